"""Cross-tables that cannot be listed: what holds in every table is proven, what varies has two tables.

Two sets stand around the tables of the paper. A superset: every combination of what each group can be by
itself, or, where these are too many, a box of ranges (:mod:`boxes`); what holds in all of it is proven.
A subset: tables that are known, because a solver found them or because one of the superset, all of its
numbers fixed, has a solution. What the superset leaves open and two known tables show is undetermined;
what neither decides is not evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from surveykit.published.boxes import Box, Span, chi2_limits, g2_limits, trend_limits
from surveykit.published.certain import Certain
from surveykit.published.model import Item, Level
from surveykit.published.narrowed import Narrowed
from surveykit.published.ordering import Ordering
from surveykit.published.rounding import count_range, share_range
from surveykit.published.solve import Group, Tables
from surveykit.published.states import Ints, TooLargeError

__all__ = ["Limits", "box_of", "box_of_order", "known_tables", "limits_of", "ordering_of", "probe", "share_span", "superset", "supported"]  # fmt: skip

MOST_ROWS = 200_000
MOST_PROBED = 8


def ordering_of(group: Group) -> Ordering:
    """Return a group's whole-number program, ready to be asked for orders.

    Raises
    ------
    TooLargeError
        When it cannot be written as one, or has no known point.
    """
    large = group.large
    if not large.points and not large.feasible:
        raise TooLargeError("no table is known")
    return Ordering(large, _witnessing(group))


def _witnessing(group: Group) -> bool:
    """Whether every point of a group's program is a table of the paper: no test narrows it."""
    narrowed = isinstance(group, Narrowed) or vars(group).get("_keep") is not None
    return group.exact and not narrowed


# --- ranges -------------------------------------------------------------------------------


def _ranges(group: Group, item: Item) -> tuple[tuple[int, int], tuple[int, int]]:
    found = group.proven_ranges(item)
    if found is None:
        raise TooLargeError("no table is known")
    return found


def share_span(group: Group, item: Item) -> Span:
    """Return a range that holds a figure's share in every table."""
    (n0, n1), (a0, a1) = _ranges(group, item)
    low, high = Fraction(a0, max(n1, 1)), Fraction(min(a1, n0) if n0 == n1 else a1, max(n0, 1))
    if item.percent is not None:
        window = share_range(item.percent, group.reading.rounding)
        low, high = max(low, window[0]), min(high, window[2])
    return max(low, Fraction(0)), min(high, Fraction(1))


def _by_level(items: Sequence[Item]) -> dict[Level, list[Item]]:
    out: dict[Level, list[Item]] = {}
    for item in items:
        out.setdefault(item.level, []).append(item)
    return out


# --- a superset: every combination --------------------------------------------------------


def superset(group: Group, items: Sequence[Item], limit: int = MOST_ROWS) -> Tables:
    """List every combination of what each group of a grouping can be by itself.

    Raises
    ------
    TooLargeError
        When there are more than `limit`.
    """
    levels = _by_level(items)
    parts = [_alone(group, mine, limit) for mine in levels.values()]
    spans = [(int(p[:, 0].min()), int(p[:, 0].max())) if len(p) else (1, 0) for p in parts]
    least, most = _everyone(group, items, spans)
    values, sizes = np.empty((1, 0), dtype=np.int64), np.zeros(1, dtype=np.int64)
    for step, rows in enumerate(parts):
        rest = spans[step + 1 :]
        ends = least - sum(b for _, b in rest), most - sum(a for a, _ in rest)
        left, right = _pairs(sizes, rows[:, 0], ends, limit)
        values = np.c_[values[left], rows[right]]
        sizes = sizes[left] + rows[right, 0]
    order = [i for mine in levels.values() for i in mine]
    at = [order.index(i) for i in items]
    return Tables(values[:, [2 * j for j in at]], values[:, [2 * j + 1 for j in at]])


def _pairs(sums: Ints, sizes: Ints, ends: tuple[int, int], limit: int) -> tuple[Ints, Ints]:
    """Pair partial sums with sizes so that both together are between two ends."""
    by_size = np.argsort(sizes, kind="stable")
    start = np.searchsorted(sizes[by_size], ends[0] - sums, "left")
    number = np.maximum(np.searchsorted(sizes[by_size], ends[1] - sums, "right") - start, 0)
    if number.sum() > limit:
        raise TooLargeError(f"more than {limit:,} combinations")
    left = np.repeat(np.arange(len(sums)), number)
    offset = np.arange(len(left)) - np.repeat(np.cumsum(number) - number, number)
    return left, by_size[start[left] + offset]


def _alone(group: Group, items: Sequence[Item], limit: int) -> Ints:
    """List (base, count) of each of some figures of one base, side by side."""
    ranges = [_ranges(group, i) for i in items]
    n0, n1 = max(r[0][0] for r in ranges), min(r[0][1] for r in ranges)
    rows = np.arange(n0, n1 + 1, dtype=np.int64)[:, None]
    for item, (_, (least, most)) in zip(items, ranges, strict=True):
        base = rows[:, 0]
        low, high = np.full(len(base), least), np.minimum(base, most)
        if item.percent is not None:
            printed = count_range(item.percent, base, group.reading.rounding)
            low, high = np.maximum(low, printed[0]), np.minimum(high, printed[1])
        number = np.maximum(high - low + 1, 0)
        if number.sum() > limit:
            raise TooLargeError(f"more than {limit:,} combinations")
        again = np.repeat(np.arange(len(rows)), number)
        offset = np.arange(len(again)) - np.repeat(np.cumsum(number) - number, number)
        rows = np.c_[rows[again], low[again] + offset]
    side_by_side = [k for j in range(len(items)) for k in (0, j + 1)]
    return np.asarray(_possible(group, items, rows)[:, side_by_side])


def _possible(group: Group, items: Sequence[Item], rows: Ints) -> Ints:
    """Keep the rows (base, counts) whose counts can add up to the base."""
    parts = [i.levels for i in items]
    apart = sum(map(len, parts)) == len(frozenset().union(*parts))
    if items[0].outcome[0] in group.reading.multiple or not apart:
        return rows
    total = rows[:, 1:].sum(axis=1)
    whole = frozenset().union(*parts) == frozenset(group.reading.levels_of(items[0].outcome))
    return np.asarray(rows[total == rows[:, 0] if whole else total <= rows[:, 0]])


# --- a subset: tables that are known ------------------------------------------------------


def known_tables(group: Group, items: Sequence[Item]) -> Tables:
    """Return the tables that a solver has found for the figures; none where they are no witnesses."""
    empty = np.empty((0, len(items)), dtype=np.int64)
    try:
        ordering = ordering_of(group)
    except TooLargeError:
        return Tables(empty, empty)
    if not ordering.exact:
        return Tables(empty, empty)
    found = [ordering.witness(items, p) for p in ordering.certain.points]
    rows = np.array([[w[i.id] for i in items] for w in found], dtype=np.int64)
    return Tables(rows[:, :, 1], rows[:, :, 0])


def supported(group: Group, items: Sequence[Item], tables: Tables, row: int) -> bool | None:
    """Say whether some table of the paper has just these numbers; None where that is not known."""
    program = group.large.program
    fixed = list(program.rows)
    for j, item in enumerate(items):
        base, count = program.places[item.id]
        n, a = int(tables.bases[row, j]), int(tables.counts[row, j])
        fixed += [({base: 1}, n, n), (count, a, a)]
    try:
        return Certain(replace(program, rows=fixed)).feasible
    except TooLargeError:
        return None


def probe(group: Group, items: Sequence[Item], tables: Tables, rows: Sequence[int]) -> tuple[int | None, bool]:  # fmt: skip
    """Look for one among some combinations that is a table of the paper.

    Returns
    -------
    row, none
        A row that is one, or None; and whether it is proven that none of them is.
    """
    exact = _witnessing(group)
    sure = len(rows) <= MOST_PROBED
    for row in rows[:MOST_PROBED]:
        found = supported(group, items, tables, row)
        if found and exact:
            return row, False
        sure &= found is False
    return None, sure


# --- limits of a test ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """Proven limits of a statistic on the chi-square scale, and its degrees of freedom."""

    low: float
    high: float
    df: int

    @property
    def p(self) -> tuple[float, float]:
        """Limits of p."""
        from scipy.special import chdtrc

        return float(chdtrc(self.df, self.high)), float(chdtrc(self.df, self.low))

    def break_even(self, alpha: float) -> tuple[float, float]:
        """Limits of the design effect at which the test stops being significant."""
        from scipy.special import chdtri

        critical = float(chdtri(self.df, alpha))
        return self.low / critical, self.high / critical


def box_of(group: Group, items: Sequence[Item]) -> Box:
    """Return a box around a cross-table: its groups by all its levels, those not printed as one rest.

    Raises
    ------
    TooLargeError
        When a group or a column may be empty, so that the table's shape is not known.
    """
    rows, sizes = [], []
    complete = frozenset(group.reading.levels_of(items[0].outcome))
    for mine in _by_level(items).values():
        spans = [share_span(group, i) for i in sorted(mine, key=lambda i: sorted(i.levels))]
        if frozenset().union(*(i.levels for i in mine)) != complete:
            low = sum((a for a, _ in spans), Fraction(0))
            high = sum((b for _, b in spans), Fraction(0))
            spans.append((max(1 - high, Fraction(0)), min(1 - low, Fraction(1))))
        rows.append(tuple(spans))
        bases = [_ranges(group, i)[0] for i in mine]
        sizes.append((max(b[0] for b in bases), min(b[1] for b in bases)))
    if any(n < 1 for n, _ in sizes) or any(all(a <= 0 for a, _ in c) for c in zip(*rows, strict=True)):  # fmt: skip
        raise TooLargeError("a group or a level that may be empty")
    return Box(tuple(sizes), tuple(rows), _everyone(group, items, sizes))


def box_of_order(group: Group, operands: Sequence[Sequence[Item]]) -> Box:
    """Return a box around the groups of an order: a level (or a sum of levels) or not.

    Raises
    ------
    TooLargeError
        When a group may be empty.
    """
    rows, sizes = [], []
    for operand in operands:
        spans = [share_span(group, i) for i in operand]
        low = sum((a for a, _ in spans), Fraction(0))
        high = min(sum((b for _, b in spans), Fraction(0)), Fraction(1))
        rows.append(((low, high), (1 - high, 1 - low)))
        sizes.append(_ranges(group, operand[0])[0])
    if any(n < 1 for n, _ in sizes) or any(all(a <= 0 for a, _ in c) for c in zip(*rows, strict=True)):  # fmt: skip
        raise TooLargeError("a group or a level that may be empty")
    return Box(tuple(sizes), tuple(rows), _everyone(group, [o[0] for o in operands], sizes))


def _everyone(
    group: Group, items: Sequence[Item], sizes: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """Return the range of the number of people in a cross-table."""
    reading = group.reading
    by, outcome = items[0].by, items[0].outcome
    levels = {i.level for i in items}
    if (
        reading.total is not None and reading.answered_by_all(by) and reading.answered_by_all(outcome)
        and levels == set(reading.levels_of(by))
        and not set(by) & {*reading.hidden, *reading.multiple}
    ):  # fmt: skip
        return reading.total, reading.total
    least, most = sum(n for n, _ in sizes), sum(n for _, n in sizes)
    return least, min(most, reading.total or most)


def limits_of(test: str, box: Box) -> Limits:
    """Return proven limits of the auditor's test over a box.

    Raises
    ------
    TooLargeError
        Where none are known (Fisher's exact test; a trend with an unknown number of people).
    """
    rows, columns = len(box.sizes), len(box.columns)
    if test == "chi2":
        low, high = chi2_limits(box)
        return Limits(_down(float(low)), _up(float(high)), (rows - 1) * (columns - 1))
    if test == "g2":
        return Limits(*g2_limits(box), (rows - 1) * (columns - 1))
    trend = trend_limits(box) if test in ("linear_by_linear", "cochran_armitage") else None
    if trend is None:
        raise TooLargeError(f"no limits of {test} are known")
    n = box.total[0] - (test == "linear_by_linear")
    return Limits(_down(float(trend[0] * n)), _up(float(trend[1] * n)), 1)


def _down(value: float) -> float:
    return max(0.0, math.nextafter(value, -math.inf))


def _up(value: float) -> float:
    return math.nextafter(value, math.inf)
