"""`verify`, `transcriptions`, `schema`: data beside a paper, two transcriptions, JSON schemas."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from surveykit.cli import options as opt
from surveykit.cli.reading import lang_of, source_of, survey_of
from surveykit.cli.talk import FINDINGS, deliver, remark
from surveykit.cli.targets import check_output, format_of
from surveykit.cli.writing import to_json
from surveykit.text import Lang

if TYPE_CHECKING:
    from surveykit.published import Transcriptions, Verification


class VerifyFormat(StrEnum):
    text = "text"
    json = "json"
    html = "html"
    csv = "csv"


def verify(
    published: opt.Published,
    file: opt.File,
    codebook: opt.CodebookFile = None,
    scenario: opt.Scenario = None,
    where: opt.Where = None,
    keep: opt.Keep = None,
    labels: opt.Labels = None,
    sheet: opt.Sheet = None,
    input_format: opt.InputFormat = None,
    lang: opt.LangOption = opt.LangName.zh,
    format: Annotated[
        VerifyFormat | None,
        typer.Option("--format", help="text unless the ending of -o says otherwise."),
    ] = None,
    output: opt.Output = None,
) -> None:
    """Compare FILE with what a paper printed; exit code 1 when something differs."""
    inputs = (published, file, *([codebook] if codebook else []))
    check_output(output, *inputs)
    kind = format_of(format, output, [f.value for f in VerifyFormat])
    from surveykit.published import load_published, verify

    paper = load_published(published)
    source = source_of(keep, labels, sheet, input_format)
    survey = survey_of(file, codebook, where, source)
    result = verify(paper, survey, scenario=scenario, lang=lang_of(lang))
    deliver(_verified(result, kind, lang_of(lang)), output, 0 if result.clean else FINDINGS)


def _verified(result: Verification, kind: str, lang: Lang) -> str:
    if kind == "json":
        return to_json(result.to_json(lang))
    if kind == "csv":
        from surveykit.io import to_delimited

        remark(result.notes)
        return to_delimited(result.to_pandas().fillna("").astype(str))
    from surveykit.report.verify_view import verify_html, verify_text

    view = verify_html if kind == "html" else verify_text
    return view(result, lang)


def transcriptions(
    first: Annotated[str, typer.Argument(metavar="A.yaml", help="One person's transcription.")],
    second: Annotated[str, typer.Argument(metavar="B.yaml", help="Another's, of the same paper.")],
    lang: opt.LangOption = opt.LangName.zh,
    format: Annotated[
        VerifyFormat | None,
        typer.Option("--format", help="text unless the ending of -o says otherwise."),
    ] = None,
    output: opt.Output = None,
) -> None:
    """Compare two transcriptions of one paper; exit code 1 when they differ."""
    check_output(output, first, second)
    kind = format_of(format, output, [f.value for f in VerifyFormat])
    from surveykit.published import compare_transcriptions, load_published

    result = compare_transcriptions(load_published(first), load_published(second))
    deliver(_compared(result, kind, lang_of(lang)), output, 0 if result.clean else FINDINGS)


def _compared(result: Transcriptions, kind: str, lang: Lang) -> str:
    if kind == "json":
        return to_json(result.to_json())
    from surveykit.report import transcription_view as view

    if kind == "csv":
        from surveykit.io import to_delimited

        remark([view.transcriptions_said(result, lang)])
        return to_delimited(result.to_pandas().astype(str))
    show = view.transcriptions_html if kind == "html" else view.transcriptions_text
    return show(result, lang)


def schema(
    name: Annotated[str, typer.Argument(metavar="NAME", help="published or codebook.")],
    output: opt.Output = None,
) -> None:
    """Write the JSON schema of a file format, for editors."""
    check_output(output)
    from surveykit.published.schema import shipped_schema

    deliver(shipped_schema(name), output)
