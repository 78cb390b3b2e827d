"""What the report prints beside what the ordinary tabulation makes of the SYNTHETIC responses.

Nothing is said of any one figure here: what is tabulated for it follows from `published.yaml`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    localcontext,
)
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from surveykit.errors import UnsupportedError
from surveykit.estimate import crosstab, freq
from surveykit.io import to_delimited
from surveykit.published import Audit, Printed, Published, count_range
from surveykit.published import audit as audit_published
from surveykit.published.document import Cell, Count, Figure
from surveykit.results import Rows
from surveykit.studies.badong import data
from surveykit.survey import Survey

__all__ = ["Comparison", "ComparisonRow", "as_percent", "comparison"]

PLAIN: Final = "as_printed"
_MODES: Final = {  # `either` allows the upper and the even neighbour of a tie; the upper is shown
    "either": ROUND_HALF_UP,
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "truncate": ROUND_DOWN,
    "ceil": ROUND_CEILING,
}


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One printed figure.

    `computed` and `match` are empty for a count that enters no table; `status` is the figure's in
    the plain reading: possible, impossible, explained or conflict; ``count`` for a whole number.
    """

    id: str
    place: str
    printed: str
    computed: str
    match: str
    status: str


@dataclass(frozen=True, repr=False)
class Comparison(Rows):
    """Every printed figure, in the order of `published.yaml`: counts, then percentages."""

    columns: ClassVar[tuple[str, ...]] = (
        "id", "place", "printed", "computed", "match", "status",
    )  # fmt: skip

    rows: tuple[ComparisonRow, ...]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [asdict(r) for r in self.rows]

    def to_csv(self) -> str:
        """Return the rows as CSV, lines ended by a line feed."""
        return to_delimited(self.to_pandas())

    @property
    def differing(self) -> tuple[ComparisonRow, ...]:
        """The rows whose computed value is not the printed one."""
        return tuple(r for r in self.rows if r.match == "no")


def comparison(
    *, draw: data.Draw = 1, folder: str | Path | None = None, audit: Audit | None = None
) -> Comparison:
    """Compare every printed figure with what the reader and the tabulation make of the responses.

    A match holds by construction: the responses were made to print so. It checks that reading,
    coding and tabulation give back what went in, not the report.

    Parameters
    ----------
    draw : int or Path
        Which SYNTHETIC file.
    folder : path, optional
        A folder with `published.yaml`, `codebook.yaml` and SYNTHETIC files; that of the study
        by default.
    audit : Audit, optional
        Of the same `published.yaml`, if there is one already; else the plain reading is audited.

    Returns
    -------
    Comparison

    Raises
    ------
    UnsupportedError
        For a figure that one cross-table does not give.

    Examples
    --------
    >>> rows = comparison(audit=data.audit()).rows
    >>> [(r.id, r.printed, r.computed, r.match) for r in rows if r.id.startswith("aware_o")]
    [('aware_other', '54.3', '54.3', 'yes')]
    """
    here = data.files() if folder is None else Path(folder)
    published = data.published(here)
    survey = data.survey(data.synthetic(draw, here))
    plain = (audit or audit_published(published, [PLAIN])).reading(PLAIN)
    figures = [f for f in published.figures if f.printed is not None]
    return Comparison(
        (
            *(_count_row(count, survey) for count in published.counts),
            *(_figure_row(f, published, survey, plain.figure(f.id).status) for f in figures),
        )
    )


def _count_row(count: Count, survey: Survey) -> ComparisonRow:
    if count.what:  # enters no table
        return ComparisonRow(count.id, count.source, str(count.count), "", "", "count")
    found = _count_where(survey, count.where) if count.where else survey.n
    match = _yes_no(found == count.count)
    return ComparisonRow(count.id, count.source, str(count.count), str(found), match, "count")


def _count_where(survey: Survey, where: Cell) -> int:
    first, *rest = where
    return _tally(survey, {first: where[first]}, {name: where[name] for name in rest}, "count")[0]


def _figure_row(figure: Figure, published: Published, survey: Survey, status: str) -> ComparisonRow:
    assert figure.percent is not None
    printed = Printed.parse(figure.percent)
    count, base = _count_and_base(_as_made(figure, published, survey), survey)
    low, high = count_range(printed, np.array([base]), published.rounding)
    return ComparisonRow(
        figure.id,
        figure.source,
        figure.percent,
        as_percent(count, base, printed.decimals, published.rounding),
        _yes_no(bool(low[0] <= count <= high[0])),
        status,
    )


def _as_made(figure: Figure, published: Published, survey: Survey) -> Figure:
    """Return the figure with the base that it has in the reading which the responses follow."""
    reading = survey.synthetic.reading if survey.synthetic is not None else PLAIN
    for scenario in published.scenarios:
        if scenario.id == reading:
            changed: dict[str, Any] = dict(scenario.figures.get(figure.id, {}))
            changed.pop("percent", None)  # compared is what the report prints
            return replace(figure, **changed)
    return figure


def _count_and_base(figure: Figure, survey: Survey) -> tuple[int, int]:
    """Return a figure's count and base: of two printed numbers, or as tabulated."""
    if isinstance(figure.of, tuple):
        top, bottom = figure.of
        return int(top), int(bottom)
    if len(figure.where) != 1:
        raise _unsupported(figure, "two variables in `where`")
    if any(len(levels) > 1 for levels in figure.within.values()):
        raise _unsupported(figure, "a base that joins several levels")
    ((variable, levels),) = figure.where.items()
    cases = figure.of == "cases"
    if len(levels) > 1 and cases and survey.codebook[variable].kind == "multiple":
        raise _unsupported(figure, "several choices of a multiple response taken together")
    stat = "count" if cases else "percent_of_responses"
    return _tally(survey, figure.where, figure.within, stat)


def _tally(survey: Survey, where: Cell, within: Cell, stat: str) -> tuple[int, int]:
    """Return how many are in a cell, and its base: that of the rows with this `stat`."""
    ((variable, levels),) = where.items()
    by, code = "*".join(within), "*".join(level for (level,) in within.values())
    made = crosstab(survey, variable, by, tests=()) if by else freq(survey, variable)
    rows = [r for r in made.rows if r.level_code in levels and (r.by, r.by_code) == (by, code)]
    count = sum(int(r.estimate or 0) for r in rows if r.stat == "count")
    return count, next((r.n or 0 for r in rows if r.stat == stat), 0)


def _unsupported(figure: Figure, what: str) -> UnsupportedError:
    return UnsupportedError(
        f"the comparison does not tabulate {what}.", where=f"figure {figure.id!r}"
    )


def as_percent(count: int, base: int, decimals: int, rounding: str = "either") -> str:
    """Return a share as printed, with `decimals` places; exact, no floating point.

    Examples
    --------
    >>> as_percent(242, 385, 1), as_percent(1, 8, 0), as_percent(1, 8, 0, "half_even")
    ('62.9', '13', '12')
    >>> as_percent(0, 0, 1)
    ''
    """
    if base == 0:
        return ""
    with localcontext(prec=60):  # a tie is a finite decimal, so it divides exactly
        share = Decimal(100 * count) / Decimal(base)
        return f"{share.quantize(Decimal(1).scaleb(-decimals), rounding=_MODES[rounding]):f}"


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
