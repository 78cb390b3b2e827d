"""`reproduce`: a published study."""

from __future__ import annotations

from typing import Annotated

import typer

from surveykit.cli import options as opt
from surveykit.cli.reading import lang_of
from surveykit.cli.talk import deliver, progress_display
from surveykit.errors import UnknownNameError


def reproduce(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="badong")],
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="By default ./STUDY; files of those names there are replaced, others stay.",
        ),
    ] = None,
    format: Annotated[
        str,
        typer.Option(
            "--format", metavar="F,F", help="html,docx,xlsx,pdf (docx and pdf need an extra)."
        ),
    ] = "html,xlsx",
    lang: opt.LangOption = opt.LangName.zh,
) -> None:
    """Build a published study: its tables, figures, report, comparison and manifest."""
    if study != "badong":
        raise UnknownNameError.for_name("study", study, ["badong"])
    from surveykit.report import check_formats
    from surveykit.studies import badong

    formats = check_formats(format)
    folder = output or study
    with progress_display() as progress:
        badong.reproduce(folder, lang=lang_of(lang), formats=formats, progress=progress)
    deliver(f"{folder}\n")
