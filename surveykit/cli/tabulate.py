"""`tab`, `mean`, `total`, `ratio`, `quantile`, `difference`, `book`: estimates as tables."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from surveykit.cli import options as opt
from surveykit.cli.gather import gathered
from surveykit.cli.groups import Bound, Columns, Sample, Shown, Source
from surveykit.cli.reading import banner_of, check_groups, lang_of, letters_of, sampled
from surveykit.cli.targets import check_target, format_of, table_format
from surveykit.cli.writing import contrast_notes, csv_lacks, show, show_book


@gathered
def tab(
    file: opt.File,
    variable: opt.Variable,
    source: Source,
    sample: Sample,
    columns: Columns,
    shown: Shown,
    by: opt.By = None,
    ci: Annotated[
        str | None, typer.Option("--ci", metavar="METHOD", help="Intervals: wilson, logit, …")
    ] = None,
    level: opt.Level = 0.95,
    test: opt.Tests = None,
    summary: opt.Summary = None,
    nets: opt.NetsOption = opt.NetsName.codebook,
) -> None:
    """Tabulate VARIABLE: counts and percentages, by the groups of --by, with tests."""
    kind = table_format(shown.format, shown.output, file)
    compared = letters_of(columns)
    check_groups(by, test, compared)
    from surveykit.estimate import crosstab, freq

    survey = sampled(file, source, sample)
    asked: dict[str, Any] = {
        "ci": ci,
        "level": level,
        "summaries": summary or (),
        "nets": nets.value,
        "lang": lang_of(shown.lang),
    }
    if by:
        made = crosstab(survey, variable, by, tests=test or None, letters=compared, **asked)
    else:
        made = freq(survey, variable, **asked)
    csv_lacks(kind, test, compared)
    show(made, kind, shown)


@gathered
def mean(
    file: opt.File,
    variable: opt.Variable,
    source: Source,
    sample: Sample,
    columns: Columns,
    shown: Shown,
    by: opt.By = None,
    level: opt.Level = 0.95,
    test: opt.Tests = None,
    summary: opt.Summary = None,
) -> None:
    """Take the mean of VARIABLE, by the groups of --by."""
    kind = table_format(shown.format, shown.output, file)
    compared = letters_of(columns)
    check_groups(by, test, compared)
    from surveykit.estimate import mean

    made = mean(
        sampled(file, source, sample),
        variable,
        by or (),
        tests=test or None,
        letters=compared,
        summaries=summary or (),
        level=level,
        lang=lang_of(shown.lang),
    )
    csv_lacks(kind, test, compared)
    show(made, kind, shown)


@gathered
def total(
    file: opt.File,
    variable: opt.Variable,
    source: Source,
    sample: Sample,
    shown: Shown,
    by: opt.By = None,
    level: opt.Level = 0.95,
) -> None:
    """Total VARIABLE: of the population with weights, else of the respondents."""
    kind = table_format(shown.format, shown.output, file)
    from surveykit.estimate import total

    survey = sampled(file, source, sample)
    made = total(survey, variable, by or (), level=level, lang=lang_of(shown.lang))
    show(made, kind, shown, default=["total", "se", "n"])


@gathered
def ratio(
    file: opt.File,
    numerator: Annotated[str, typer.Argument(metavar="NUMERATOR", help="A number variable.")],
    denominator: Annotated[str, typer.Argument(metavar="DENOMINATOR", help="Another one.")],
    source: Source,
    sample: Sample,
    shown: Shown,
    by: opt.By = None,
    level: opt.Level = 0.95,
) -> None:
    """Take the ratio of the totals of NUMERATOR and DENOMINATOR, of those who have both."""
    kind = table_format(shown.format, shown.output, file)
    from surveykit.estimate import ratio

    survey = sampled(file, source, sample)
    made = ratio(survey, numerator, denominator, by or (), level=level, lang=lang_of(shown.lang))
    show(made, kind, shown)


@gathered
def quantile(
    file: opt.File,
    variable: opt.Variable,
    source: Source,
    sample: Sample,
    shown: Shown,
    by: opt.By = None,
    prob: Annotated[
        list[float] | None,
        typer.Option("--prob", metavar="P", help="Which; may be repeated. [0.25 0.5 0.75]"),
    ] = None,
    interval: Annotated[
        str, typer.Option("--interval", metavar="NAME", help="mean, beta, xlogit, asin.")
    ] = "mean",
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule", metavar="NAME", help="math, school, hf1 … hf9, shahvaish. [math; hf7]"
        ),
    ] = None,
    level: opt.Level = 0.95,
) -> None:
    """Take quantiles of VARIABLE with Woodruff's intervals."""
    kind = table_format(shown.format, shown.output, file)
    from surveykit.estimate import quantile

    asked: dict[str, Any] = {"interval": interval, "rule": rule, "level": level}
    made = quantile(
        sampled(file, source, sample),
        variable,
        tuple(prob or (0.25, 0.5, 0.75)),
        by or (),
        lang=lang_of(shown.lang),
        **asked,
    )
    held = dict.fromkeys(r.stat for r in made.rows if r.stat not in ("count", "missing"))
    show(made, kind, shown, default=[f"{stat} [low, high]" for stat in held])


@gathered
def difference(
    file: opt.File,
    variable: opt.Variable,
    by: Annotated[str, typer.Option("--by", metavar="V", help="The groups; 'a*b': b within a.")],
    source: Source,
    sample: Sample,
    shown: Shown,
    against: Annotated[
        str, typer.Option("--against", metavar="G", help="first, previous, or a group's code.")
    ] = "first",
    measure: Annotated[
        opt.MeasureName, typer.Option("--measure", help="Of percentages or means; odds of shares.")
    ] = opt.MeasureName.difference,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="NAME", help="Interval of two shares: newcombe, wald, …"),
    ] = None,
    adjust: opt.AdjustOption = None,
    nets: opt.NetsOption = opt.NetsName.codebook,
    level: opt.Level = 0.95,
) -> None:
    """Compare VARIABLE between the groups of --by: differences or ratios, with intervals and p."""
    kind = table_format(shown.format, shown.output, file)
    from surveykit.estimate import difference

    made = difference(
        sampled(file, source, sample),
        variable,
        by,
        against=against,
        measure=measure.value,
        method=method,
        adjust=adjust.value if adjust else "none",
        nets=nets.value,
        level=level,
        lang=lang_of(shown.lang),
    )
    csv_lacks(kind, None, "differences")
    show(made, kind, shown, notes=contrast_notes(made))


@gathered
def book(
    file: opt.File,
    source: Source,
    sample: Sample,
    columns: Columns,
    shown: Bound,
    banner: Annotated[
        list[str] | None,
        typer.Option("--banner", metavar="V,V", help="Group by these; 'a*b' nests b in a."),
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option("--variable", metavar="V", help="Only this question (may be repeated)."),
    ] = None,
    level: opt.Level = 0.95,
    summary: opt.Summary = None,
    nets: opt.NetsOption = opt.NetsName.codebook,
) -> None:
    """Tabulate every question of FILE by one banner: a book of tables with contents."""
    kind = format_of(shown.format, shown.output, [f.value for f in opt.BookFormat])
    check_target(kind, shown.output, file)
    compared = letters_of(columns)
    check_groups(banner, None, compared, "--banner")
    from surveykit.estimate import book

    survey = sampled(file, source, sample)
    made = book(
        survey,
        banner_of(survey, banner or []),
        variable or None,
        letters=compared,
        summaries=summary or (),
        nets=nets.value,
        level=level,
        lang=lang_of(shown.lang),
    )
    show_book(made, kind, shown.output, shown.stat, shown.theme.value)
