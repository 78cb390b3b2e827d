"""`tab`, `mean`, `book`: estimates as tables."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from surveykit.cli import options as opt
from surveykit.cli.reading import (
    banner_of,
    check_groups,
    lang_of,
    letters_of,
    roles_of,
    source_of,
    survey_of,
)
from surveykit.cli.targets import check_target, format_of, table_format
from surveykit.cli.writing import csv_lacks, show, show_book


def tab(
    file: opt.File,
    variable: opt.Variable,
    by: opt.By = None,
    codebook: opt.CodebookFile = None,
    weight: opt.Weight = None,
    strata: opt.Strata = None,
    psu: opt.Psu = None,
    fpc: opt.Fpc = None,
    lonely_psu: opt.LonelyPsu = None,
    ci: Annotated[
        str | None, typer.Option("--ci", metavar="METHOD", help="Intervals: wilson, logit, …")
    ] = None,
    test: opt.Tests = None,
    letters: opt.LettersOption = None,
    alpha: opt.Alpha = None,
    adjust: opt.AdjustOption = None,
    summary: opt.Summary = None,
    nets: opt.NetsOption = opt.NetsName.codebook,
    stat: opt.Stat = None,
    layout: opt.LayoutOption = None,
    where: opt.Where = None,
    keep: opt.Keep = None,
    labels: opt.Labels = None,
    sheet: opt.Sheet = None,
    input_format: opt.InputFormat = None,
    theme: opt.ThemeOption = opt.ThemeName.three_line,
    lang: opt.LangOption = opt.LangName.zh,
    format: opt.TableOption = None,
    output: opt.Output = None,
) -> None:
    """Tabulate VARIABLE: counts and percentages, by the groups of --by, with tests."""
    kind = table_format(format, output, file)
    compared = letters_of(letters, alpha, adjust)
    check_groups(by, test, compared)
    from surveykit.estimate import crosstab, freq

    roles = roles_of(weight, strata, psu, fpc, lonely_psu)
    source = source_of(keep, labels, sheet, input_format)
    survey = survey_of(file, codebook, where, source, roles)
    asked: dict[str, Any] = {
        "ci": ci,
        "summaries": summary or (),
        "nets": nets.value,
        "lang": lang_of(lang),
    }
    if by:
        made = crosstab(survey, variable, by, tests=test or None, letters=compared, **asked)
    else:
        made = freq(survey, variable, **asked)
    csv_lacks(kind, test, compared)
    show(made, kind, output, stat, layout, theme.value)


def mean(
    file: opt.File,
    variable: opt.Variable,
    by: opt.By = None,
    codebook: opt.CodebookFile = None,
    weight: opt.Weight = None,
    strata: opt.Strata = None,
    psu: opt.Psu = None,
    fpc: opt.Fpc = None,
    lonely_psu: opt.LonelyPsu = None,
    test: opt.Tests = None,
    letters: opt.LettersOption = None,
    alpha: opt.Alpha = None,
    adjust: opt.AdjustOption = None,
    summary: opt.Summary = None,
    stat: opt.Stat = None,
    layout: opt.LayoutOption = None,
    where: opt.Where = None,
    keep: opt.Keep = None,
    labels: opt.Labels = None,
    sheet: opt.Sheet = None,
    input_format: opt.InputFormat = None,
    theme: opt.ThemeOption = opt.ThemeName.three_line,
    lang: opt.LangOption = opt.LangName.zh,
    format: opt.TableOption = None,
    output: opt.Output = None,
) -> None:
    """Take the mean of VARIABLE, by the groups of --by."""
    kind = table_format(format, output, file)
    compared = letters_of(letters, alpha, adjust)
    check_groups(by, test, compared)
    from surveykit.estimate import mean

    roles = roles_of(weight, strata, psu, fpc, lonely_psu)
    source = source_of(keep, labels, sheet, input_format)
    survey = survey_of(file, codebook, where, source, roles)
    made = mean(
        survey,
        variable,
        by or (),
        tests=test or None,
        letters=compared,
        summaries=summary or (),
        lang=lang_of(lang),
    )
    csv_lacks(kind, test, compared)
    show(made, kind, output, stat, layout, theme.value)


def book(
    file: opt.File,
    banner: Annotated[
        list[str] | None,
        typer.Option("--banner", metavar="V,V", help="Group by these; 'a*b' nests b in a."),
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", metavar="V", help="Only this question (may be repeated)."),
    ] = None,
    codebook: opt.CodebookFile = None,
    weight: opt.Weight = None,
    strata: opt.Strata = None,
    psu: opt.Psu = None,
    fpc: opt.Fpc = None,
    lonely_psu: opt.LonelyPsu = None,
    letters: opt.LettersOption = None,
    alpha: opt.Alpha = None,
    adjust: opt.AdjustOption = None,
    summary: opt.Summary = None,
    nets: opt.NetsOption = opt.NetsName.codebook,
    stat: opt.Stat = None,
    where: opt.Where = None,
    keep: opt.Keep = None,
    labels: opt.Labels = None,
    sheet: opt.Sheet = None,
    input_format: opt.InputFormat = None,
    theme: opt.ThemeOption = opt.ThemeName.three_line,
    lang: opt.LangOption = opt.LangName.zh,
    format: opt.BookOption = None,
    output: opt.Output = None,
) -> None:
    """Tabulate every question of FILE by one banner: a book of tables with contents."""
    kind = format_of(format, output, [f.value for f in opt.BookFormat])
    check_target(kind, output, file)
    compared = letters_of(letters, alpha, adjust)
    check_groups(banner, None, compared, "--banner")
    from surveykit.estimate import book

    roles = roles_of(weight, strata, psu, fpc, lonely_psu)
    source = source_of(keep, labels, sheet, input_format)
    survey = survey_of(file, codebook, where, source, roles)
    made = book(
        survey,
        banner_of(survey, banner or []),
        variable or None,
        letters=compared,
        summaries=summary or (),
        nets=nets.value,
        lang=lang_of(lang),
    )
    show_book(made, kind, output, stat, theme.value)
