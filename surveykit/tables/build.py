"""From estimates to a grid: `table`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import erfc, sqrt
from typing import Any, Literal, get_args

from surveykit.errors import UnknownNameError, UsageError, expect
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Places, Ranges
from surveykit.tables.battery import battery, battery_title, named_items
from surveykit.tables.captions import numbered
from surveykit.tables.cells import FIELDS, Shown, Stat, parse_stat
from surveykit.tables.layout import Totals, across, down
from surveykit.tables.source import Source, bases_of, split_stats, templated
from surveykit.tables.under import (
    legend,
    notes_of,
    pair_stars,
    probabilities,
    stars_of,
    test_lines,
)
from surveykit.tables.views import Table
from surveykit.tables.words import Base
from surveykit.text import SYNTHETIC_LONG, Lang, NumberFormat, clean

__all__ = ["CellTemplate", "Layout", "Stars", "table"]

CellTemplate = str | Mapping[str, str]
Place = tuple[str, str, str, str, str]
Stars = Literal["hide", "show"] | Sequence[float]
Layout = Literal["groups_across", "groups_down", "battery"]
_LAYOUTS = {"groups_across": across, "groups_down": down, "battery": battery}


def table(
    estimates: Estimates,
    *,
    stats: Sequence[str] | None = None,
    layout: Layout = "groups_across",
    title: str | None = None,
    lang: Lang | None = None,
    number: int | str | None = None,
    label: str = "",
    cell: CellTemplate | None = None,
    numbers: NumberFormat | None = None,
    decimals: int = 1,
    weighted_decimals: int = 0,
    show_bases: Sequence[Base] | None = None,
    totals: Totals = "auto",
    notes: Sequence[str] = (),
    tests: Literal["show", "hide"] = "show",
    stars: Stars = "hide",
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Table:
    """Lay out estimates as a table: levels against the groups of a banner.

    Parameters
    ----------
    estimates : Estimates
        Rows of contract 1; their order gives the order of levels and groups. Nets follow the
        levels, and summaries (a mean, a median) stand under them.
    stats : sequence of str, optional
        One column each: names of statistics (``n`` is the count in the cell), or several in one
        column with text between them: ``"percent (n)"``, ``"percent [low, high]"``. By default
        ``("percent", "n")``, or ``("mean", "n")`` of means. Beside statistics of levels, one
        that belongs to the whole variable (``"mean (sd)"``) is a line under its levels; where
        none is named, all that the estimates hold are.
    layout : {"groups_across", "groups_down", "battery"}
        ``groups_across``: levels down the side, the total and each `by` across, bases under the
        headers. ``groups_down``: the total and each `by` down the side, levels across.
        ``battery``: variables with the same levels down the side, levels across, within each
        group of a banner.
    title : str, optional
        Made from the questions by default; ``""`` for none.
    lang : {"zh", "en"}, optional
        Of the table's own words; that of the estimates by default.
    number : int or str, optional
        Of the table: ``2`` is "表 2" or "Table 2", a text (``"表 3-1"``) stands as it is.
    label : str
        By which LaTeX refers to the table, as in ``"tab:aware"``.
    cell : str or mapping, optional
        In place of `stats`, one column for each group, made by a template:
        ``"{n} ({percent:.1f} %)"``, ``"{percent:.1f} [{low:.1f}, {high:.1f}]"``,
        ``"{mean:.2f} ({sd:.2f})"``. ``{n}`` is the count in the cell, ``{base}`` the base of its
        group, ``{letters}`` what stands beside it. A mapping has a template for each variable, by
        its name, its kind (``"single"``, ``"number"``, …) or its statistic (``"percent"``,
        ``"mean"``).
    numbers : NumberFormat, optional
        How numbers are written; that of `lang` by default.
    decimals : int
        Of everything but counts; rounded half-up.
    weighted_decimals : int
        Of weighted counts and of weighted and effective bases.
    show_bases : sequence of {"n", "weighted", "effective", "asked", "answered", "responses"}, optional
        Which bases stand under the headers, or under each variable where they differ between
        variables. By default n, and the weighted one of a weighted survey.
    totals : {"auto", "show", "hide"}
        Whether the missing and the total stand under the levels of a single choice; "auto":
        where ``percent_of_all`` or ``cumulative_percent`` is shown, as in a frequency table
        of SPSS.
    notes : sequence of str
        Lines under the table, after those that the table writes itself.
    tests : {"show", "hide"}
        Whether the estimates' tests stand under the table.
    stars : {"hide", "show"} or sequence of float
        Stars for the p of tests and of adjusted residuals, "show" at 0.05, 0.01 and 0.001: behind
        the p; of one variable behind each grouping in the header, of several by one grouping
        behind each variable. What they mean is written under the table.
    ranges : mapping, optional
        ``(variable, level_code, by, by_code)`` to the feasible range (in percent) of a cell that
        is not printed; with level_code ``""`` that of the group's size. A range named in the
        note of an estimate is taken otherwise.
    bases : mapping, optional
        ``(variable, by, by_code)`` to the mark of the group's size. By default the size of a
        group of synthetic data is known when each of its counts is printed or implied.

    Returns
    -------
    Table
        Frozen; shows itself in a notebook and by ``to_html``, ``to_markdown``, ``to_text``,
        ``to_xlsx``.

    Raises
    ------
    UsageError, UnknownNameError
        When the estimates do not hold one of `stats` or `show_bases`, an option has no such
        value, or the variables of a battery have different levels.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> rows = [
    ...     Estimate("aware", "知道", "1", "", "", "", "percent", 61.5, n=385),
    ...     Estimate("aware", "知道", "1", "", "", "", "count", 237.0, n=385),
    ... ]
    >>> estimates = Estimates(tuple(rows), Spec("freq", ("aware",), questions={"aware": "知晓"}))
    >>> print(table(estimates, cell="{n} ({percent:.0f} %)", number=1).to_text())
    表 1　知晓
    ━━━━━━━━━━━━━━━━━━
                  合计
    n (%)      n = 385
    ──────────────────
    知晓
      知道  237 (62 %)
    ━━━━━━━━━━━━━━━━━━
    >>> print(table(estimates).to_text())
    知晓
    ━━━━━━━━━━━━━━━━━
              合计
             n = 385
               %    n
    ─────────────────
    知晓
      知道  61.5  237
    ━━━━━━━━━━━━━━━━━
    """
    expect(
        estimates,
        Estimates,
        hint="crosstab(survey, …), freq(survey, …) or another verb makes them.",
    )
    said: Lang = lang or estimates.spec.lang
    _check_options(layout, totals)
    own: dict[str, Stat] = {}
    columns: tuple[Stat, ...]
    if cell is not None:
        if stats is not None:
            raise UsageError("stats and cell both say what stands in a cell.", hint="give one.")
        own, summaries, levels = _templated(estimates, cell)
        columns = (next(iter(own.values())),)
    else:
        asked = tuple(stats or _default_stats(estimates))
        _check_stats(estimates, asked)
        columns, summaries, levels = split_stats(estimates, asked)
    primary = next((s.lead for s in columns if s.lead), "percent")
    star_levels = _star_levels(stars)
    writing = numbers or NumberFormat.of(said)
    shown = Shown(
        Places.of(estimates, ranges, bases), writing, decimals, said, primary,
        _beside(estimates, star_levels), weighted_decimals,
    )  # fmt: skip
    source = Source(
        estimates, columns, summaries, levels, bases_of(estimates, show_bases), shown, said,
        own=own, stars=pair_stars(estimates, star_levels), star_levels=star_levels,
    )  # fmt: skip
    source = named_items(source) if layout == "battery" else source
    if not source.groups():
        nobody = ", ".join(map(repr, source.variables))
        raise UsageError(f"nobody answered {nobody}: there is nothing to show.")
    width, head, body = _LAYOUTS[layout](source, totals)
    default = battery_title(source) if layout == "battery" else source.title()
    words, full = _numbered(number, clean(default if title is None else title), said)
    return Table(
        title=full,
        lang=said,
        columns=width,
        head=head,
        body=body,
        tests=test_lines(source) if tests == "show" else (),
        legend=legend(source),
        notes=tuple(clean(n) for n in notes_of(source, notes)),
        banner=SYNTHETIC_LONG.text(said) if estimates.spec.synthetic else "",
        number=words,
        label=label,
        probability=probabilities(source),
    )


def _numbered(number: int | str | None, title: str, lang: Lang) -> tuple[str, str]:
    if isinstance(number, NumberFormat):
        raise UsageError("number is that of the table; how numbers are written is numbers=.")
    return ("", title) if number is None else numbered(clean(str(number)), title, lang)


def _templated(estimates: Estimates, cell: CellTemplate) -> Any:
    if not estimates.rows:
        raise UsageError("the estimates hold no rows.", hint="tabulate something first.")
    return templated(estimates, cell)


def _star_levels(stars: Stars) -> tuple[float, ...]:
    """Return the levels of the stars, the laxest first.

    Examples
    --------
    >>> _star_levels("show"), _star_levels([0.01, 0.1]), _star_levels("hide")
    ((0.05, 0.01, 0.001), (0.1, 0.01), ())
    """
    if isinstance(stars, str):
        if stars not in ("hide", "show"):
            raise UnknownNameError.for_name("stars", stars, ("hide", "show"))
        return (0.05, 0.01, 0.001) if stars == "show" else ()
    levels = tuple(sorted(set(stars), reverse=True))
    if not all(isinstance(a, int | float) and 0 < a < 1 for a in levels):
        raise UsageError(f"the levels of stars lie between 0 and 1; got {tuple(stars)!r}.")
    return levels


def _beside(estimates: Estimates, levels: tuple[float, ...]) -> dict[Place, str]:
    """Return what stands beside cells: letters of comparisons, stars of residuals."""
    found = {place: _close(mark) for place, mark in estimates.comparisons.marks().items()}
    for row in estimates.rows if levels else ():
        if row.stat == "adjusted_residual" and row.estimate is not None:
            p = erfc(abs(row.estimate) / sqrt(2))  # both tails of the normal distribution
            place = (row.variable, row.level_code, row.by, row.by_code, row.stat)
            found[place] = stars_of(p, levels)
    return {place: mark for place, mark in found.items() if mark}


def _check_options(layout: str, totals: str) -> None:
    if layout not in _LAYOUTS:
        allowed = ", ".join(repr(name) for name in _LAYOUTS)
        raise UsageError(f"layout {layout!r} is unknown.", hint=f"one of {allowed}.")
    if totals not in get_args(Totals):
        raise UnknownNameError.for_name("totals", totals, get_args(Totals))


_CONTRASTS = ("difference", "odds_ratio", "ratio")


def _default_stats(estimates: Estimates) -> tuple[str, ...]:
    held = dict.fromkeys(r.stat for r in estimates.rows if r.stat != "missing")
    main = next((s for s in ("percent", "mean") if s in held), None)
    contrast = next((s for s in _CONTRASTS if s in held), None)
    if main is None and contrast is not None:
        return (f"{contrast} [low, high]",)
    if main is None and "total" in held:
        return ("total", "cv", *(["n"] if "count" in held else []))
    more = [s for s in estimates.spec.summaries if s in held and s != main]
    beside = more if main == "mean" else []  # under the levels otherwise
    return tuple(held) if main is None else (main, *beside, *(["n"] if "count" in held else []))


def _check_stats(estimates: Estimates, stats: Sequence[str]) -> None:
    held = {r.stat for r in estimates.rows}
    if not held:
        raise UsageError("the estimates hold no rows.", hint="tabulate something first.")
    for name in dict.fromkeys(n for s in stats for n in parse_stat(s).names):
        if name not in held and name not in FIELDS:
            raise UnknownNameError.for_name("statistic", name, sorted(held.union(FIELDS)))


def _close(mark: str) -> str:
    """Set letters of one character each without blanks between: ``B C`` as ``BC``.

    Examples
    --------
    >>> _close("B C"), _close("B AA"), _close("++")
    ('BC', 'B AA', '++')
    """
    parts = mark.split()
    return "".join(parts) if all(len(p) == 1 for p in parts) else mark
