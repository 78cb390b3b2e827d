"""The command line: `reproduce`, `tab`, `mean`, `book`, `check`, `codebook`, `audit`, `reconstruct`.

Thin: each command reads, calls one function of a room, and hands text over to be written. Nothing
is written before the command has succeeded; JSON on stdout is stable, text is for people.

Exit codes: 0 done · 1 findings (`audit` and `check` only) · 2 bad use or unreadable input, with one
message on stderr.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from surveykit import __version__
from surveykit.errors import SurveyKitError, UnknownNameError, UsageError
from surveykit.text import Lang, in_lang

if TYPE_CHECKING:
    from surveykit.codebook import Codebook
    from surveykit.estimate import Estimates, Letters
    from surveykit.published import Audit
    from surveykit.survey import Survey
    from surveykit.tables import Book, Table

__all__ = ["app", "main"]

FINDINGS, BAD_USE = 1, 2
Progress = Callable[[str, int, int], None]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Survey analysis from raw export to publication, and audits of printed percentages.",
)


class _Lang(StrEnum):
    zh = "zh"
    en = "en"


class _TableFormat(StrEnum):
    text = "text"
    json = "json"
    csv = "csv"
    md = "md"
    html = "html"
    latex = "latex"
    docx = "docx"
    xlsx = "xlsx"
    pdf = "pdf"


class _PageFormat(StrEnum):
    text = "text"
    json = "json"
    html = "html"


class _BookFormat(StrEnum):
    text = "text"
    json = "json"
    md = "md"
    html = "html"
    latex = "latex"
    docx = "docx"
    xlsx = "xlsx"
    pdf = "pdf"


class _Against(StrEnum):
    all = "all"
    total = "total"
    previous = "previous"
    first = "first"


class _Adjust(StrEnum):
    none = "none"
    bonferroni = "bonferroni"
    holm = "holm"
    bh = "bh"


class _LayoutName(StrEnum):
    groups_across = "groups_across"
    groups_down = "groups_down"
    battery = "battery"


class _Nets(StrEnum):
    codebook = "codebook"
    none = "none"


_ENDINGS = {".txt": "text", ".htm": "html", ".tex": "latex", ".markdown": "md"}
_FILES = ("xlsx", "docx", "pdf")  # formats that are no text

# --- options that several commands share --------------------------------------------------

_File = Annotated[
    str, typer.Argument(metavar="FILE", help="Responses, as the survey tool exported them.")
]
_Labels = Annotated[
    str | None,
    typer.Option("--labels", metavar="F", help="问卷星: the text export, FILE being the numbers."),
]
_Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Of a workbook.")]
_InputFormat = Annotated[
    str | None,
    typer.Option("--input-format", metavar="NAME", help="wjx, qualtrics, csv, … [recognised]"),
]
_Published = Annotated[
    str, typer.Argument(metavar="PUBLISHED.yaml", help="The figures that a paper printed.")
]
_Variable = Annotated[str, typer.Argument(metavar="VARIABLE", help="Name or full header.")]
_By = Annotated[
    list[str] | None, typer.Option("--by", metavar="V", help="Group by V; 'a*b' nests b in a.")
]
_CodebookFile = Annotated[
    str | None, typer.Option("--codebook", metavar="F", help="codebook.yaml of the file.")
]
_Weight = Annotated[str | None, typer.Option("--weight", metavar="C", help="Column of weights.")]
_Strata = Annotated[str | None, typer.Option("--strata", metavar="C", help="Column of strata.")]
_Psu = Annotated[list[str] | None, typer.Option("--psu", metavar="C", help="Columns of clusters.")]
_Fpc = Annotated[
    list[str] | None,
    typer.Option("--fpc", metavar="C", help="Columns of population sizes or sampling fractions."),
]
_LonelyPsu = Annotated[
    str | None,
    typer.Option("--lonely-psu", metavar="RULE", help="What a stratum with one cluster does."),
]
_Where = Annotated[
    str | None, typer.Option("--where", metavar="EXPR", help="Only these, as in: age >= 18.")
]
_Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="COL", help="Keep this column though it identifies people."),
]
_Tests = Annotated[
    list[str] | None, typer.Option("--test", metavar="NAME", help="chi2, fisher, anova, …")
]
_LettersOption = Annotated[
    _Against | None,
    typer.Option(
        "--letters", help="Compare columns: all pairs by letters, or with one by + and -."
    ),
]
_Alpha = Annotated[
    list[float] | None,
    typer.Option("--alpha", metavar="P", help="Level of --letters; two for A and a. [0.05]"),
]
_AdjustOption = Annotated[
    _Adjust | None, typer.Option("--adjust", help="For several comparisons in one row. [none]")
]
_Summary = Annotated[
    list[str] | None,
    typer.Option("--summary", metavar="NAME", help="mean, sd, median, quantile_25, top2, nps, …"),
]
_NetsOption = Annotated[_Nets, typer.Option("--nets", help="Nets of the codebook, or none.")]
_Stat = Annotated[
    list[str] | None,
    typer.Option(
        "--stat", metavar="NAME", help="Column of the table: n, percent, 'percent (n)', …"
    ),
]
_LayoutOption = Annotated[
    _LayoutName | None,
    typer.Option("--layout", help="battery for a battery on its own, else groups_across."),
]
_LangOption = Annotated[_Lang, typer.Option("--lang", help="Language of labels and notes.")]
_TableOption = Annotated[
    _TableFormat | None,
    typer.Option("--format", help="text unless the ending of -o says otherwise."),
]
_BookOption = Annotated[
    _BookFormat | None,
    typer.Option("--format", help="text unless the ending of -o says otherwise."),
]
_PageOption = Annotated[
    _PageFormat | None,
    typer.Option("--format", help="text unless the ending of -o says otherwise."),
]
_Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="PATH", help="Write here, not to stdout.")
]
_Scenario = Annotated[
    str | None, typer.Option("--scenario", metavar="ID", help="One reading of the paper.")
]


def _version(asked: bool) -> None:
    if asked:
        _deliver(f"surveykit {__version__}\n")
        raise typer.Exit()


@app.callback()
def _app(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take what stands before the command."""


# --- the commands -------------------------------------------------------------------------


@app.command()
def reproduce(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="badong")],
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="DIR", help="By default ./STUDY.")
    ] = None,
    format: Annotated[
        str,
        typer.Option(
            "--format", metavar="F,F", help="html,docx,xlsx,pdf (docx and pdf need an extra)."
        ),
    ] = "html,xlsx",
    lang: _LangOption = _Lang.zh,
) -> None:
    """Build a published study: its tables, figures, report, comparison and manifest."""
    if study != "badong":
        raise UnknownNameError.for_name("study", study, ["badong"])
    from surveykit.report import check_formats
    from surveykit.studies import badong

    formats = check_formats(format)
    folder = output or study
    with _progress() as progress:
        badong.reproduce(folder, lang=_lang(lang), formats=formats, progress=progress)
    _deliver(f"{folder}\n")


@app.command()
def tab(
    file: _File,
    variable: _Variable,
    by: _By = None,
    codebook: _CodebookFile = None,
    weight: _Weight = None,
    strata: _Strata = None,
    psu: _Psu = None,
    fpc: _Fpc = None,
    lonely_psu: _LonelyPsu = None,
    ci: Annotated[
        str | None, typer.Option("--ci", metavar="METHOD", help="Intervals: wilson, logit, …")
    ] = None,
    test: _Tests = None,
    letters: _LettersOption = None,
    alpha: _Alpha = None,
    adjust: _AdjustOption = None,
    summary: _Summary = None,
    nets: _NetsOption = _Nets.codebook,
    stat: _Stat = None,
    layout: _LayoutOption = None,
    where: _Where = None,
    keep: _Keep = None,
    labels: _Labels = None,
    sheet: _Sheet = None,
    input_format: _InputFormat = None,
    lang: _LangOption = _Lang.zh,
    format: _TableOption = None,
    output: _Output = None,
) -> None:
    """Tabulate VARIABLE: counts and percentages, by the groups of --by, with tests."""
    kind = _table_format(format, output, file)
    compared = _letters(letters, alpha, adjust)
    _check_groups(by, test, compared)
    from surveykit.estimate import crosstab, freq

    roles = _roles(weight, strata, psu, fpc, lonely_psu)
    source = _source(keep, labels, sheet, input_format)
    survey = _survey(file, codebook, where, source, roles)
    asked: dict[str, Any] = {
        "ci": ci,
        "summaries": summary or (),
        "nets": nets.value,
        "lang": _lang(lang),
    }
    if by:
        made = crosstab(survey, variable, by, tests=test or None, letters=compared, **asked)
    else:
        made = freq(survey, variable, **asked)
    _csv_lacks(kind, test, compared)
    _show(made, kind, output, stat, layout)


@app.command()
def mean(
    file: _File,
    variable: _Variable,
    by: _By = None,
    codebook: _CodebookFile = None,
    weight: _Weight = None,
    strata: _Strata = None,
    psu: _Psu = None,
    fpc: _Fpc = None,
    lonely_psu: _LonelyPsu = None,
    test: _Tests = None,
    letters: _LettersOption = None,
    alpha: _Alpha = None,
    adjust: _AdjustOption = None,
    summary: _Summary = None,
    stat: _Stat = None,
    layout: _LayoutOption = None,
    where: _Where = None,
    keep: _Keep = None,
    labels: _Labels = None,
    sheet: _Sheet = None,
    input_format: _InputFormat = None,
    lang: _LangOption = _Lang.zh,
    format: _TableOption = None,
    output: _Output = None,
) -> None:
    """Take the mean of VARIABLE, by the groups of --by."""
    kind = _table_format(format, output, file)
    compared = _letters(letters, alpha, adjust)
    _check_groups(by, test, compared)
    from surveykit.estimate import mean

    roles = _roles(weight, strata, psu, fpc, lonely_psu)
    source = _source(keep, labels, sheet, input_format)
    survey = _survey(file, codebook, where, source, roles)
    made = mean(
        survey,
        variable,
        by or (),
        tests=test or None,
        letters=compared,
        summaries=summary or (),
        lang=_lang(lang),
    )
    _csv_lacks(kind, test, compared)
    _show(made, kind, output, stat, layout)


@app.command()
def book(
    file: _File,
    banner: Annotated[
        list[str] | None,
        typer.Option("--banner", metavar="V,V", help="Group by these; 'a*b' nests b in a."),
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", metavar="V", help="Only this question (may be repeated)."),
    ] = None,
    codebook: _CodebookFile = None,
    weight: _Weight = None,
    strata: _Strata = None,
    psu: _Psu = None,
    fpc: _Fpc = None,
    lonely_psu: _LonelyPsu = None,
    letters: _LettersOption = None,
    alpha: _Alpha = None,
    adjust: _AdjustOption = None,
    summary: _Summary = None,
    nets: _NetsOption = _Nets.codebook,
    stat: _Stat = None,
    where: _Where = None,
    keep: _Keep = None,
    labels: _Labels = None,
    sheet: _Sheet = None,
    input_format: _InputFormat = None,
    lang: _LangOption = _Lang.zh,
    format: _BookOption = None,
    output: _Output = None,
) -> None:
    """Tabulate every question of FILE by one banner: a book of tables with contents."""
    kind = _format(format, output, [f.value for f in _BookFormat])
    _check_target(kind, output, file)
    compared = _letters(letters, alpha, adjust)
    _check_groups(banner, None, compared, "--banner")
    from surveykit.estimate import book

    roles = _roles(weight, strata, psu, fpc, lonely_psu)
    source = _source(keep, labels, sheet, input_format)
    survey = _survey(file, codebook, where, source, roles)
    made = book(
        survey,
        _banner(survey, banner or []),
        variable or None,
        letters=compared,
        summaries=summary or (),
        nets=nets.value,
        lang=_lang(lang),
    )
    _show_book(made, kind, output, stat)


@app.command()
def check(
    file: _File,
    codebook: Annotated[str, typer.Option("--codebook", metavar="F", help="codebook.yaml.")],
    keep: _Keep = None,
    labels: _Labels = None,
    sheet: _Sheet = None,
    input_format: _InputFormat = None,
    lang: _LangOption = _Lang.zh,
    format: _PageOption = None,
    output: _Output = None,
) -> None:
    """Compare FILE with its codebook; exit code 1 when there are errors."""
    kind = _page_format(format, output, file, codebook)
    from surveykit.coding import check
    from surveykit.report.check_view import check_html, check_text

    source = _source(keep, labels, sheet, input_format)
    survey = _survey(file, codebook, source=source)
    findings = check(survey)
    if kind == "json":
        said = _json(
            {
                "findings": findings.to_dicts(),
                "notes": [in_lang(note, _lang(lang)) for note in survey.notes],
            }
        )
    else:
        view = check_html if kind == "html" else check_text
        said = view(findings, _lang(lang), source=survey.source, rows=survey.n, notes=survey.notes)
    _deliver(said, output, FINDINGS if len(findings.of("error")) else 0)


@app.command()
def codebook(
    file: _File,
    keep: _Keep = None,
    labels: _Labels = None,
    sheet: _Sheet = None,
    input_format: _InputFormat = None,
    output: _Output = None,
) -> None:
    """Draft a codebook (YAML) from FILE; into a codebook that is there, only what is new."""
    _check_output(output, file)
    survey = _survey(file, source=_source(keep, labels, sheet, input_format))
    _remark(survey.notes)
    if output is None or not os.path.exists(output):
        _deliver(survey.codebook.to_yaml(), output)
        return
    from surveykit.codebook import update_codebook

    update = update_codebook(output, survey.codebook, survey.headers)
    names = ", ".join(update.added)
    _say(f"{output}: {len(update.added)} new variables{f' ({names})' if names else ''}.")
    _remark([f"{n}: stands there for another column; not added." for n in update.left_out])
    _deliver(update.text, output)


@app.command()
def audit(
    published: _Published,
    scenario: _Scenario = None,
    lang: _LangOption = _Lang.zh,
    format: _PageOption = None,
    output: _Output = None,
) -> None:
    """Find what printed figures allow; exit code 1 when some cannot be true as printed."""
    kind = _page_format(format, output, published)
    from surveykit.published import audit, load_published

    paper = load_published(published)
    with _progress() as progress:
        chosen = None if scenario is None else [scenario]
        result = audit(paper, chosen, lang=_lang(lang), progress=progress)
    said = _audited(result, kind, _lang(lang), published)
    clean = result.reading(scenario or "as_printed").clean
    _deliver(said, output, 0 if clean else FINDINGS)


@app.command()
def reconstruct(
    published: _Published,
    codebook: Annotated[str, typer.Option("--codebook", metavar="F", help="codebook.yaml.")],
    output: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="Folder.")],
    scenario: _Scenario = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same bytes.")] = 1,
    draws: Annotated[int, typer.Option("--draws", metavar="M", help="Number of files.")] = 1,
) -> None:
    """Write SYNTHETIC responses that reproduce the printed figures of one reading."""
    from surveykit.codebook import load_codebook
    from surveykit.published import load_published, reconstruct

    paper, book = load_published(published), load_codebook(codebook)
    with _progress() as progress:
        paths = reconstruct(
            paper,
            book,
            folder=output,
            scenario=scenario,
            seed=seed,
            draws=draws,
            progress=progress,
        )
    _deliver("".join(f"{path}\n" for path in paths))


# --- what a command reads -----------------------------------------------------------------


def _lang(lang: _Lang) -> Lang:
    return "zh" if lang is _Lang.zh else "en"


def _source(
    keep: list[str] | None, labels: str | None, sheet: str | None, format: str | None
) -> dict[str, Any]:
    """Return how FILE is read, as `read` takes it."""
    return {"keep": keep or (), "labels": labels, "sheet": sheet, "format": format}


def _survey(
    file: str,
    codebook: str | None = None,
    where: str | None = None,
    source: Mapping[str, Any] | None = None,
    roles: Mapping[str, Any] | None = None,
) -> Survey:
    from surveykit.survey import read

    source = source or {}
    survey = read(file, codebook=codebook, **source)
    if roles:
        design = replace(survey.design, **roles)
        if design.simple:
            raise UsageError(
                "--lonely-psu belongs to a sample design, and there is none.",
                hint="name it with --weight, --strata and --psu, or in the codebook.",
            )
        if all(survey.find_column(c) for c in design.columns):
            survey = survey.with_design(design)
        else:  # it may be a column that identifies people, such as a village
            survey = read(file, codebook=codebook, design=design, **source)
    return survey if where is None else survey.where(where)


def _roles(
    weight: str | None,
    strata: str | None,
    psu: list[str] | None,
    fpc: list[str] | None,
    lonely_psu: str | None,
) -> dict[str, Any]:
    """Return the roles given as options; those of the codebook stay for the others."""
    given = {"weight": weight, "strata": strata, "psu": psu, "fpc": fpc, "lonely_psu": lonely_psu}
    return {role: column for role, column in given.items() if column}


def _letters(
    against: _Against | None, alpha: list[float] | None, adjust: _Adjust | None
) -> Letters | str:
    """Return how columns are compared, "none" where it was not asked for."""
    if against is None:
        named = [n for n, v in (("--alpha", alpha), ("--adjust", adjust)) if v]
        if named:
            raise UsageError(
                f"{' and '.join(named)} belong to --letters.", hint="add --letters all."
            )
        return "none"
    from surveykit.estimate import Letters

    levels = tuple(alpha) if alpha else (0.05,)
    return Letters(against.value, levels, adjust.value if adjust else "none")


def _check_groups(
    by: list[str] | None, test: list[str] | None, letters: object, option: str = "--by"
) -> None:
    asked = "--test" if test else "--letters" if letters != "none" else ""
    if asked and not by:
        raise UsageError(
            f"{asked} compares groups, and there are none.", hint=f"name them with {option}."
        )


def _banner(survey: Survey, given: list[str]) -> tuple[str, ...]:
    """Return the by-variables of `a,b`; a header may itself have a comma."""
    found: list[str] = []
    for text in given:
        whole = text in survey.codebook or survey.find_column(text) is not None
        found += [text] if whole else [part.strip() for part in text.split(",") if part.strip()]
    return tuple(found)


def _beside(published: str) -> Codebook | None:
    """Return the codebook.yaml that stands beside a published.yaml: labels for its levels."""
    from surveykit.codebook import load_codebook

    path = Path(published).parent / "codebook.yaml"
    if not path.is_file():
        return None
    try:
        return load_codebook(path)
    except SurveyKitError as error:
        _remark([f"labels are not taken from the codebook beside it: {error}"])
        return None


def _table_format(format: _TableFormat | None, output: str | None, *inputs: str) -> str:
    kind = _format(format, output, [f.value for f in _TableFormat])
    _check_target(kind, output, *inputs)
    return kind


def _check_target(kind: str, output: str | None, *inputs: str) -> None:
    if kind in _FILES and output is None:
        raise UsageError(
            f"{kind} is no text for the terminal.", hint=f"name a file: -o table.{kind}."
        )
    _check_output(output, *inputs)
    if kind in ("docx", "pdf"):
        from surveykit.report import check_formats

        check_formats(kind)  # what is not installed is told before the work


def _page_format(format: _PageFormat | None, output: str | None, *inputs: str) -> str:
    _check_output(output, *inputs)
    return _format(format, output, [f.value for f in _PageFormat])


def _format(format: StrEnum | None, output: str | None, allowed: list[str]) -> str:
    """Return the format asked for; else that of the ending of the output, else text."""
    if format is not None:
        return format.value
    ending = Path(output or "").suffix.lower()
    name = _ENDINGS.get(ending, ending.removeprefix("."))
    return name if name in allowed else "text"


def _check_output(output: str | None, *inputs: str) -> None:
    """Refuse to write over what is read."""
    for path in inputs if output is not None and os.path.exists(output) else ():
        if os.path.exists(path) and os.path.samefile(str(output), path):
            raise UsageError(
                "-o would write over the file that is read.", where=output, hint="another name."
            )


# --- what a command writes ----------------------------------------------------------------


def _csv_lacks(kind: str, test: list[str] | None, letters: object) -> None:
    if kind == "csv" and (test or letters != "none"):
        _remark(["csv holds the estimates only; --format json holds the tests too."])


def _show(
    estimates: Estimates,
    kind: str,
    output: str | None,
    stats: list[str] | None,
    layout: _LayoutName | None,
) -> None:
    """Write estimates in one of the formats."""
    if kind == "json":
        _deliver(_estimates_json(estimates), output)
    elif kind == "csv":
        _remark(estimates.notes)
        _deliver(_estimates_csv(estimates), output)
    else:
        _table(estimates, kind, output, stats, layout)


def _table(
    estimates: Estimates,
    kind: str,
    output: str | None,
    stats: list[str] | None,
    layout: _LayoutName | None,
) -> None:
    from surveykit.tables import table

    battery = layout is None and _is_battery(estimates)
    made = table(
        estimates,
        stats=stats or (["percent"] if battery else None),
        layout="battery" if battery else layout.value if layout else "groups_across",
    )
    if kind in _FILES and output is not None:
        _to_file(made, kind, output)
    elif kind == "html":
        from surveykit.report import Html, Report

        lang = estimates.spec.lang
        _deliver(Report(made.title, (Html(made.to_html()),), lang).to_html(), output)
    else:
        views: dict[str, Callable[[], str]] = {
            "md": made.to_markdown,
            "latex": made.to_latex,
            "text": made.to_text,
        }
        _deliver(views[kind]().rstrip("\n") + "\n", output)


def _to_file(made: Table | Book, kind: str, output: str) -> None:
    """Write a table or a book to a file that is no text."""
    writers = {"xlsx": made.to_xlsx, "docx": made.to_docx, "pdf": made.to_pdf}
    writers[kind](output)


def _is_battery(estimates: Estimates) -> bool:
    """True for one battery and nothing else, without a banner."""
    held = [set(items) for items in estimates.spec.batteries.values()]
    return not estimates.spec.by and held == [set(estimates.spec.variables)]


def _show_book(
    estimates: Estimates, kind: str, output: str | None, stats: list[str] | None
) -> None:
    """Write a book of tables in one of the formats."""
    if kind == "json":
        _deliver(_estimates_json(estimates), output)
        return
    from surveykit.tables import book

    made = book(estimates, stats=stats or None)
    if kind in _FILES and output is not None:
        _to_file(made, kind, output)
        return
    views: dict[str, Callable[[], str]] = {
        "html": made.to_html,
        "latex": made.to_latex,
        "md": made.to_markdown,
        "text": made.to_text,
    }
    _deliver(views[kind]().rstrip("\n") + "\n", output)


def _estimates_json(estimates: Estimates) -> str:
    content: dict[str, Any] = {
        "estimates": estimates.to_dicts(),
        "tests": estimates.tests.to_dicts(),
        "notes": list(estimates.notes),
    }
    if estimates.comparisons.options is not None:
        content["comparisons"] = estimates.comparisons.to_dicts()
    return _json(content)


def _estimates_csv(estimates: Estimates) -> str:
    """Return the rows of contract 1 as CSV, numbers in full."""
    import pandas as pd

    from surveykit.io import to_delimited

    rows = [[_csv_cell(v) for v in row.values()] for row in estimates.to_dicts()]
    return to_delimited(pd.DataFrame(rows, columns=list(estimates.columns), dtype=object))


def _csv_cell(value: object) -> str:
    plain = _plain(value)
    return "" if plain is None else repr(plain) if isinstance(plain, float) else str(plain)


def _audited(result: Audit, kind: str, lang: Lang, path: str) -> str:
    if kind == "json":
        return _json(result.to_json(lang))
    from surveykit.report.audit_view import audit_html, audit_text

    view = audit_html if kind == "html" else audit_text
    return view(result, lang, codebook=_beside(path))


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(_plain(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    """Return `value` as JSON holds it: missing and infinite numbers are null."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):  # a number of numpy
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _deliver(text: str, output: str | None = None, code: int = 0) -> None:
    """Write the whole of `text` to the file or to stdout, then end with `code` if it is not 0."""
    if output is not None:
        from surveykit.io import write_atomic

        write_atomic(output, text)
    else:
        _to_stdout(text)
    if code:
        raise typer.Exit(code)


def _to_stdout(text: str) -> None:
    """Write to stdout; a reader that has gone away (``| head``) is no error."""
    if sys.stdout is None:  # closed by the caller
        raise UsageError("stdout is closed.", hint="write to a file with -o.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _silence_stdout()
        if not isinstance(error, BrokenPipeError):
            raise


def _silence_stdout() -> None:
    """Send what is left in the buffer nowhere, so that ending does not fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _remark(notes: tuple[str, ...] | list[str]) -> None:
    """Say on stderr what the output itself has no place for."""
    for note in notes:
        _say(note)


def _say(text: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(f"surveykit: {text}", file=sys.stderr)


@contextlib.contextmanager
def _progress() -> Iterator[Progress | None]:
    """Give a progress display on stderr; None where that is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Display

    with Display(console=Console(stderr=True), transient=True) as display:
        tasks: dict[str, Any] = {}

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = display.add_task(what, total=total)
            display.update(tasks[what], completed=done, total=total)

        yield step


# --- the entry ----------------------------------------------------------------------------


def main() -> NoReturn:
    """Run the command line; every error on purpose is one message on stderr and exit code 2."""
    _prepare()
    try:
        app(prog_name="surveykit")
    except SurveyKitError as error:
        _fail(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}.")
    except Exception as error:
        if os.environ.get("SURVEYKIT_TRACEBACK"):
            raise
        _fail(
            f"this is a fault of surveykit ({type(error).__name__}: {error}). Hint: report it, "
            "with what SURVEYKIT_TRACEBACK=1 shows."
        )
    sys.exit(0)


def _prepare() -> None:
    """Speak UTF-8 whatever the locale, and end without a traceback when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))


def _fail(message: str) -> NoReturn:
    _say(message)
    sys.exit(BAD_USE)


if __name__ == "__main__":
    main()
