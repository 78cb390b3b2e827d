"""`audit`, `reconstruct`: what a paper printed."""

from __future__ import annotations

from typing import Annotated

import typer

from surveykit.cli import options as opt
from surveykit.cli.reading import lang_of
from surveykit.cli.talk import FINDINGS, deliver, progress_display
from surveykit.cli.targets import page_format
from surveykit.cli.writing import audited


def audit(
    published: opt.Published,
    scenario: opt.Scenario = None,
    lang: opt.LangOption = opt.LangName.zh,
    format: opt.PageOption = None,
    output: opt.Output = None,
) -> None:
    """Find what printed figures allow; exit code 1 when some cannot be true as printed."""
    kind = page_format(format, output, published)
    from surveykit.published import audit, load_published

    paper = load_published(published)
    with progress_display() as progress:
        chosen = None if scenario is None else [scenario]
        result = audit(paper, chosen, lang=lang_of(lang), progress=progress)
    said = audited(result, kind, lang_of(lang), published)
    clean = result.reading(scenario or "as_printed").clean
    deliver(said, output, 0 if clean else FINDINGS)


def reconstruct(
    published: opt.Published,
    codebook: Annotated[str, typer.Option("--codebook", metavar="F", help="codebook.yaml.")],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder; files of those names there are replaced, others stay.",
        ),
    ],
    scenario: opt.Scenario = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same bytes.")] = 1,
    draws: Annotated[int, typer.Option("--draws", metavar="M", help="Number of files.")] = 1,
) -> None:
    """Write SYNTHETIC responses that reproduce the printed figures of one reading."""
    from surveykit.codebook import load_codebook
    from surveykit.published import load_published, reconstruct

    paper, book = load_published(published), load_codebook(codebook)
    with progress_display() as progress:
        paths = reconstruct(
            paper,
            book,
            folder=output,
            scenario=scenario,
            seed=seed,
            draws=draws,
            progress=progress,
        )
    deliver("".join(f"{path}\n" for path in paths))
