"""The smallest and largest chi-square or G² of a groups × 2 table, the tables too many to list.

With everyone and the count over everyone given, the statistic grows with the sum of ``a**2 / n``
over the groups. Within a group's narrow wedge ``l <= a / n <= h`` that term lies between the tangent
``2 c a - c**2 n`` and the secant ``(l + h) a - l h n``: two linear programs. A floating-point solver
only proposes multipliers; weak duality makes a bound of any multipliers, evaluated in fractions.
Tables that the solver proposes are checked in whole numbers: what they attain is attained.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from surveykit.published.plane import Level, Plane
from surveykit.published.states import TooLargeError

__all__ = [
    "Extremes",
    "Kernel",
    "Pairs",
    "chi2_extremes",
    "chi2_of",
    "extremes",
    "g2_extremes",
    "g2_of",
]

Pairs = tuple[tuple[int, int], ...]
Span = tuple[int, int]
Line = tuple[Fraction, Fraction]
"""A linear function of (n, a) by its two factors."""

MOST_PROGRAMS = 400
TRIED = 3
DIGITS = 10**9
MARGIN = 1e-13
"""By which bounds of logarithms are moved outwards, for each respondent; they err by less than 1e-15."""


@dataclass(frozen=True, slots=True)
class Extremes:
    """Proven limits of a statistic over all tables, and checked tables that come near them."""

    low: Fraction
    high: Fraction
    smallest: Pairs | None
    largest: Pairs | None


def chi2_of(pairs: Sequence[tuple[int, int]]) -> Fraction:
    """Return Pearson's statistic of a table of (size, count), exactly.

    Examples
    --------
    >>> chi2_of([(10, 2), (10, 8)])
    Fraction(36, 5)
    """
    everyone, count = sum(n for n, _ in pairs), sum(a for _, a in pairs)
    squares = sum((Fraction(a * a, n) for n, a in pairs), Fraction(0))
    return _statistic(squares, everyone, count)


def _statistic(squares: Fraction, everyone: int, count: int) -> Fraction:
    excess = squares - Fraction(count * count, everyone)
    return excess * Fraction(everyone * everyone, count * (everyone - count))


@dataclass(frozen=True, slots=True)
class Kernel:
    """A statistic that grows with the sum of ``n f(a / n)`` over the groups, f convex.

    `line` bounds one term from a side by a linear function, `of_sum` makes the statistic of a
    bound of the sum, `of` that of a table.
    """

    line: Callable[[Level, str], Line]
    of_sum: Callable[[Fraction, int, int, str], Fraction]
    of: Callable[[Pairs], Fraction]


def chi2_extremes(plane: Plane, ends: Sequence[int], sizes: Sequence[Span]) -> Extremes:
    """Bound Pearson's chi-square over all tables of some groups; see :func:`extremes`."""
    return extremes(plane, ends, sizes, CHI2)


def g2_extremes(plane: Plane, ends: Sequence[int], sizes: Sequence[Span]) -> Extremes:
    """Bound the likelihood ratio G² over all tables of some groups; see :func:`extremes`.

    Logarithms are taken in double precision and moved outwards by far more than their error.
    """
    return extremes(plane, ends, sizes, G2)


def extremes(plane: Plane, ends: Sequence[int], sizes: Sequence[Span], kernel: Kernel) -> Extremes:
    """Bound a statistic over all tables of some groups.

    Parameters
    ----------
    plane : Plane
    ends : sequence of int
        Every count over everyone that some table has.
    sizes : sequence of (int, int)
        Smallest and largest size of each group.

    Raises
    ------
    TooLargeError
        When there are too many counts over everyone, or one in which nobody or everybody is.
    """
    if len(ends) > MOST_PROGRAMS or min(ends) == 0 or max(ends) == plane.total:
        raise TooLargeError("too many totals to bound the statistic")
    found: dict[str, tuple[Fraction, Pairs | None]] = {}
    for side in ("low", "high"):
        bounds = {a: _bound(plane, sizes, a, side, kernel) for a in ends}
        order = sorted(ends, key=lambda a: bounds[a], reverse=side == "high")
        tables = [_table(plane, sizes, a, side, kernel) for a in order[:TRIED]]
        kept = sorted((t for t in tables if t), key=kernel.of, reverse=side == "high")
        found[side] = (bounds[order[0]], kept[0] if kept else None)
    return Extremes(
        max(found["low"][0], Fraction(0)), found["high"][0], found["low"][1], found["high"][1]
    )


def _line(level: Level, side: str) -> Line:
    """Return the linear function that bounds ``a**2 / n`` on a wedge from one side."""
    low, high = level.wedge.low, level.wedge.high
    if side == "high":
        return -low * high, low + high
    middle = (low + high) / 2
    return -middle * middle, 2 * middle


def _entropy(share: float) -> float:
    """Return x ln x + (1 - x) ln (1 - x)."""
    return sum(x * math.log(x) for x in (share, 1 - share) if x > 0)


def _log_line(level: Level, side: str) -> Line:
    """Return a linear function that bounds ``n (x ln x + (1 - x) ln(1 - x))``, x = a / n."""
    low, high = float(level.wedge.low), float(level.wedge.high)
    if side == "low":  # any slope s: the convex conjugate is ln(1 + e**s)
        middle = min(max((low + high) / 2, 1e-9), 1 - 1e-9)
        slope = math.log(middle / (1 - middle))
        return Fraction(-math.log1p(math.exp(slope)) - MARGIN), Fraction(slope)
    slope = (_entropy(high) - _entropy(low)) / (high - low) if high > low else 0.0
    most = max(_entropy(x) - slope * x for x in (low, high))
    return Fraction(most + MARGIN), Fraction(slope)


def _g2_of_sum(total: Fraction, everyone: int, count: int, side: str) -> Fraction:
    whole = everyone * _entropy(count / everyone)
    guard = MARGIN * everyone * (1 + math.log(everyone))
    return 2 * (total - Fraction(whole) + Fraction(guard if side == "high" else -guard))


def g2_of(pairs: Sequence[tuple[int, int]]) -> Fraction:
    """Return G² of a table of (size, count), in double precision.

    Examples
    --------
    >>> round(float(g2_of([(10, 2), (10, 8)])), 6)
    7.70979
    """
    everyone, count = sum(n for n, _ in pairs), sum(a for _, a in pairs)
    parts = math.fsum(n * _entropy(a / n) for n, a in pairs)
    return Fraction(2 * (parts - everyone * _entropy(count / everyone)))


CHI2 = Kernel(_line, lambda total, everyone, count, _: _statistic(total, everyone, count), chi2_of)
G2 = Kernel(_log_line, _g2_of_sum, g2_of)


def _bound(
    plane: Plane, sizes: Sequence[Span], count: int, side: Literal["low", "high"], kernel: Kernel
) -> Fraction:
    """Return a limit of the statistic at one count over everyone, by weak duality."""
    from scipy.optimize import linprog

    lines = [kernel.line(level, side) for level in plane.levels]
    sign = -1 if side == "high" else 1
    k = len(lines)
    rows = np.zeros((2 * k, 2 * k))
    for g, level in enumerate(plane.levels):
        rows[2 * g, [g, k + g]] = float(level.wedge.low), -1.0
        rows[2 * g + 1, [g, k + g]] = -float(level.wedge.high), 1.0
    equal = np.zeros((2, 2 * k))
    equal[0, :k] = equal[1, k:] = 1.0
    cost = sign * np.array([float(x) for line in zip(*lines, strict=True) for x in line])
    limits = [*sizes, *((0, None) for _ in lines)]
    result = linprog(
        cost, A_ub=rows, b_ub=np.zeros(2 * k), A_eq=equal, b_eq=[plane.total, count], bounds=limits
    )
    marginals = result.eqlin.marginals if result.status == 0 else (0.0, 0.0)
    size_price, count_price = (
        Fraction(sign * float(m)).limit_denominator(DIGITS) for m in marginals
    )
    squares = size_price * plane.total + count_price * count
    for level, line, span in zip(plane.levels, lines, sizes, strict=True):
        corners = [
            n * (line[0] - size_price + share * (line[1] - count_price))
            for n in span
            for share in (level.wedge.low, level.wedge.high)
        ]
        squares += max(corners) if side == "high" else min(corners)
    return kernel.of_sum(squares, plane.total, count, side)


def _table(
    plane: Plane, sizes: Sequence[Span], count: int, side: Literal["low", "high"], kernel: Kernel
) -> Pairs | None:
    """Return a table near the limit at one count over everyone, checked in whole numbers."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    k = len(plane.levels)
    lines = [kernel.line(level, side) for level in plane.levels]
    rows, least = np.zeros((2 * k + 2, 2 * k)), np.zeros(2 * k + 2)
    for g, level in enumerate(plane.levels):
        w = level.wedge
        rows[2 * g, [g, k + g]] = -w.low.numerator, w.low.denominator
        rows[2 * g + 1, [g, k + g]] = w.high.numerator, -w.high.denominator
        least[2 * g : 2 * g + 2] = not w.low_closed, not w.high_closed
    rows[-2, :k] = rows[-1, k:] = 1.0
    least[-2:] = plane.total, count
    most = np.full(2 * k + 2, np.inf)
    most[-2:] = least[-2:]
    cost = np.array([float(x) for line in zip(*lines, strict=True) for x in line])
    lower = [low for low, _ in sizes] + [0] * k
    upper = [high for _, high in sizes] + [plane.top] * k
    result = milp(
        -cost if side == "high" else cost,
        constraints=LinearConstraint(rows, least, most),
        integrality=np.ones(2 * k, dtype=np.int64),
        bounds=Bounds(lower, upper),
        options={"time_limit": 5.0, "mip_rel_gap": 1e-6},
    )
    if result.x is None:
        return None
    whole = [int(x) for x in np.rint(result.x)]
    pairs = tuple(zip(whole[:k], whole[k:], strict=True))
    good = all(lv.wedge.has(n, a) for lv, (n, a) in zip(plane.levels, pairs, strict=True))
    known = all(lv.size in (None, n) for lv, (n, _) in zip(plane.levels, pairs, strict=True))
    sums = sum(whole[:k]) == plane.total and sum(whole[k:]) == count
    return pairs if good and known and sums else None
