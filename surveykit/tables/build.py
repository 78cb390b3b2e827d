"""From estimates to a grid: `table`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Places, Ranges
from surveykit.tables.battery import battery, battery_title, named_items
from surveykit.tables.cells import FIELDS, Shown, parse_stat
from surveykit.tables.layout import Totals, across, down
from surveykit.tables.source import Source, bases_of, split_stats
from surveykit.tables.under import legend, notes_of, test_lines
from surveykit.tables.views import Table
from surveykit.tables.words import Base
from surveykit.text import SYNTHETIC_LONG, Lang, NumberFormat, clean

__all__ = ["Layout", "table"]

Layout = Literal["groups_across", "groups_down", "battery"]
_LAYOUTS = {"groups_across": across, "groups_down": down, "battery": battery}


def table(
    estimates: Estimates,
    *,
    stats: Sequence[str] | None = None,
    layout: Layout = "groups_across",
    title: str | None = None,
    lang: Lang | None = None,
    number: NumberFormat | None = None,
    decimals: int = 1,
    weighted_decimals: int = 0,
    show_bases: Sequence[Base] | None = None,
    totals: Totals = "auto",
    notes: Sequence[str] = (),
    tests: Literal["show", "hide"] = "show",
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
    number : NumberFormat, optional
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
    said: Lang = lang or estimates.spec.lang
    _check_options(layout, totals)
    asked = tuple(stats or _default_stats(estimates))
    _check_stats(estimates, asked)
    columns, summaries, levels = split_stats(estimates, asked)
    primary = next((s.lead for s in columns if s.lead), "percent")
    places = Places.of(estimates, ranges, bases)
    letters = {place: _close(mark) for place, mark in estimates.comparisons.marks().items()}
    writing = number or NumberFormat.of(said)
    shown = Shown(places, writing, decimals, said, primary, letters, weighted_decimals)
    source = Source(
        estimates, columns, summaries, levels, bases_of(estimates, show_bases), shown, said
    )
    source = named_items(source) if layout == "battery" else source
    if not source.groups():
        nobody = ", ".join(map(repr, source.variables))
        raise UsageError(f"nobody answered {nobody}: there is nothing to show.")
    width, head, body = _LAYOUTS[layout](source, totals)
    default = battery_title(source) if layout == "battery" else source.title()
    return Table(
        title=clean(default if title is None else title),
        lang=said,
        columns=width,
        head=head,
        body=body,
        tests=test_lines(source) if tests == "show" else (),
        legend=legend(source),
        notes=tuple(clean(n) for n in notes_of(source, notes)),
        banner=SYNTHETIC_LONG.text(said) if estimates.spec.synthetic else "",
    )


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
