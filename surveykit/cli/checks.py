"""`check`, `codebook`: a file and its codebook."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from surveykit.cli import options as opt
from surveykit.cli.reading import lang_of, source_of, survey_of
from surveykit.cli.talk import FINDINGS, deliver, remark, say
from surveykit.cli.targets import check_output, page_format
from surveykit.cli.writing import to_json
from surveykit.text import in_lang


def check(
    file: opt.File,
    codebook: Annotated[str, typer.Option("--codebook", metavar="F", help="codebook.yaml.")],
    keep: opt.Keep = None,
    labels: opt.Labels = None,
    sheet: opt.Sheet = None,
    input_format: opt.InputFormat = None,
    lang: opt.LangOption = opt.LangName.zh,
    format: opt.PageOption = None,
    output: opt.Output = None,
) -> None:
    """Compare FILE with its codebook; exit code 1 when there are errors."""
    kind = page_format(format, output, file, codebook)
    from surveykit.coding import check
    from surveykit.report.check_view import check_html, check_text

    source = source_of(keep, labels, sheet, input_format)
    survey = survey_of(file, codebook, source=source)
    findings = check(survey)
    if kind == "json":
        said = to_json(
            {
                "findings": findings.to_dicts(),
                "notes": [in_lang(note, lang_of(lang)) for note in survey.notes],
            }
        )
    else:
        view = check_html if kind == "html" else check_text
        said = view(
            findings, lang_of(lang), source=survey.source, rows=survey.n, notes=survey.notes
        )
    deliver(said, output, FINDINGS if len(findings.of("error")) else 0)


def codebook(
    file: opt.File,
    keep: opt.Keep = None,
    labels: opt.Labels = None,
    sheet: opt.Sheet = None,
    input_format: opt.InputFormat = None,
    output: opt.Output = None,
) -> None:
    """Draft a codebook (YAML) from FILE; into a codebook that is there, only what is new."""
    check_output(output, file)
    survey = survey_of(file, source=source_of(keep, labels, sheet, input_format))
    remark(survey.notes)
    if output is None or not os.path.exists(output):
        deliver(survey.codebook.to_yaml(), output)
        return
    from surveykit.codebook import update_codebook

    update = update_codebook(output, survey.codebook, survey.headers)
    names = ", ".join(update.added)
    say(f"{output}: {len(update.added)} new variables{f' ({names})' if names else ''}.")
    remark([f"{n}: stands there for another column; not added." for n in update.left_out])
    deliver(update.text, output)
