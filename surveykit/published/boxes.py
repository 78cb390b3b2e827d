"""Proven limits of test statistics where only ranges of sizes and shares are known.

A box holds, for each group, the range of its size and of its share of each column. Every table of the
paper is in the box; not every table in the box is one of the paper, so that the limits are safe and
perhaps wider than the tables reach. Sums over groups are bounded with the sizes adding up to everyone
(a knapsack with ranges, solved greedily); all ends are fractions except those of G², whose logarithms
are moved outwards by far more than their error.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Box", "Span", "chi2_limits", "g2_limits", "odds_limits", "trend_limits"]

Span = tuple[Fraction, Fraction]
Size = tuple[int, int]
GUARD = 1e-9


@dataclass(frozen=True)
class Box:
    """Ranges of the groups' sizes, shape (r,), of their shares, shape (r, c), and of everyone."""

    sizes: tuple[Size, ...]
    shares: tuple[tuple[Span, ...], ...]
    total: Size

    @property
    def columns(self) -> list[tuple[Span, ...]]:
        """The shares of each column."""
        return list(zip(*self.shares, strict=True))

    def sum(self, values: Sequence[Fraction], side: int) -> Fraction:
        """Return a limit of ``sum(n_i * values_i)`` from above (side 1) or below (-1)."""
        ends = {end: _knapsack(values, self.sizes, end, side) for end in self.total}
        found = [x for x in ends.values() if x is not None]
        if len(found) < 2 or self.total[0] != self.total[1]:  # each size by itself
            found = [
                sum((max(side * n * v for n in span) for v, span in zip(values, self.sizes, strict=True)), Fraction(0)) * side
            ]  # fmt: skip
        return max(found) if side > 0 else min(found)

    def overall(self, column: Sequence[Span]) -> Span:
        """Return the range of a column's share of everyone."""
        low, high = min(a for a, _ in column), max(b for _, b in column)
        least = self.sum([a for a, _ in column], -1) / self.total[1]
        most = self.sum([b for _, b in column], 1) / max(self.total[0], 1)
        return max(low, least), min(high, most)


def _knapsack(
    values: Sequence[Fraction], sizes: Sequence[Size], total: int, side: int
) -> Fraction | None:
    """Return the largest (side 1) or smallest sum with sizes in their ranges that add up to `total`."""
    left = total - sum(low for low, _ in sizes)
    if left < 0 or total > sum(high for _, high in sizes):
        return None
    out = sum((v * low for v, (low, _) in zip(values, sizes, strict=True)), Fraction(0))
    for j in sorted(range(len(values)), key=lambda j: side * values[j], reverse=True):
        more = min(left, sizes[j][1] - sizes[j][0])
        out, left = out + more * values[j], left - more
    return out


def _apart(span: Span, at: Fraction) -> tuple[Fraction, Fraction]:
    """Return the smallest and largest distance of a range from a number."""
    low, high = span
    near = max(low - at, at - high, Fraction(0))
    return near, max(abs(low - at), abs(high - at))


def chi2_limits(box: Box) -> Span:
    """Return proven limits of Pearson's chi-square over all tables in a box.

    ``chi2 = sum_j 1 / P_j sum_i n_i (p_ij - P_j)**2``; the inner sum is smallest at the mean P_j, so
    that any other number in its place bounds it from above, and its minimum over P from below.

    Examples
    --------
    >>> half = (Fraction(1, 2), Fraction(1, 2))
    >>> shares = (((Fraction(1, 5),) * 2, (Fraction(4, 5),) * 2), ((Fraction(4, 5),) * 2, (Fraction(1, 5),) * 2))
    >>> chi2_limits(Box(((10, 10), (10, 10)), shares, (20, 20)))
    (Fraction(36, 5), Fraction(36, 5))
    """
    least, most, everyone = Fraction(0), Fraction(0), box.total[1]
    for column in box.columns:
        low, high = box.overall(column)
        if high > 0:
            least += _spread(column, box.sizes) / high
        cap = everyone * max(b for _, b in column)
        middle = (low + high) / 2
        squares = box.sum([_apart(s, middle)[1] ** 2 for s in column], 1)
        most += min(cap, squares / low) if low > 0 else cap
    smaller = min(len(box.sizes), len(box.columns)) - 1
    return max(least, Fraction(0)), min(most, Fraction(everyone * smaller))


def _spread(column: Sequence[Span], sizes: Sequence[Size]) -> Fraction:
    """Return the minimum over P of ``sum(smallest n_i * distance of P from the range i, squared)``.

    The sum is convex and quadratic between the ends of the ranges: its minimum is at an end or where
    the derivative of one piece is zero.
    """
    weights = [n for n, _ in sizes]
    ends = sorted({e for span in column for e in span})
    tried = list(ends)
    for low, high in itertools.pairwise(ends):
        left = [(w, b) for w, (_, b) in zip(weights, column, strict=True) if b <= low]
        right = [(w, a) for w, (a, _) in zip(weights, column, strict=True) if a >= high]
        some = [*left, *right]
        if sum(w for w, _ in some):
            tried.append(sum((w * x for w, x in some), Fraction(0)) / sum(w for w, _ in some))
    return min(
        sum((w * _apart(s, p)[0] ** 2 for w, s in zip(weights, column, strict=True)), Fraction(0))
        for p in tried
    )


def g2_limits(box: Box) -> tuple[float, float]:
    """Return proven limits of G² over all tables in a box.

    ``G2 = 2 sum n_i f(p_ij, P_j)`` with ``f(x, P) = x ln(x / P) - x + P``, which is never negative,
    convex, and grows with the distance of the two.
    """
    least, worst = 0.0, [0.0] * len(box.sizes)
    for column in box.columns:
        overall = box.overall(column)
        for i, (span, (few, _)) in enumerate(zip(column, box.sizes, strict=True)):
            near = 0.0
            if span[0] > overall[1]:
                near = _divergence(float(span[0]), float(overall[1]))
            elif span[1] < overall[0]:
                near = _divergence(float(span[1]), float(overall[0]))
            least += few * near
            worst[i] += max(_divergence(float(x), float(p)) for x in span for p in overall)
    everyone = box.total[1]
    most = 2.0 * everyone * math.log(min(len(box.sizes), len(box.columns)))
    if all(math.isfinite(w) for w in worst):
        most = min(most, 2 * float(box.sum([Fraction(w) for w in worst], 1)))
    guard = GUARD * (1 + everyone)
    return max(0.0, 2 * least - guard), most + guard


def _divergence(x: float, p: float) -> float:
    if p <= 0:
        return 0.0 if x <= 0 else math.inf
    return (x * math.log(x / p) if x > 0 else 0.0) - x + p


def trend_limits(box: Box) -> Span | None:
    """Return proven limits of r² between the places of groups and columns; None: nothing is known.

    Both are scored 1, 2, 3, …; the covariance is a sum over pairs of groups of the difference of
    their mean scores, so that it has a sign wherever these means are in order.
    """
    everyone, groups = box.total[1], len(box.sizes)
    if box.total[0] != everyone:
        return None
    means = [_mean_score(row) for row in box.shares]
    low = high = Fraction(0)
    for i, k in itertools.combinations(range(groups), 2):
        apart = means[k][0] - means[i][1], means[k][1] - means[i][0]
        weights = [n * m for n in box.sizes[i] for m in box.sizes[k]]
        low += min(min(weights) * (k - i) * apart[0], max(weights) * (k - i) * apart[0])
        high += max(min(weights) * (k - i) * apart[1], max(weights) * (k - i) * apart[1])
    squares = Fraction(0) if low <= 0 <= high else min(low * low, high * high), max(low * low, high * high)  # fmt: skip
    rows = _variance([Fraction(i) for i in range(groups)], box)
    columns = _column_variance(box)
    n4 = Fraction(everyone) ** 4
    least = squares[0] / (n4 * rows[1] * columns[1]) if rows[1] and columns[1] else Fraction(0)
    bottom = n4 * rows[0] * columns[0]
    most = min(Fraction(1), squares[1] / bottom) if bottom > 0 else Fraction(1)
    return least, most


def _mean_score(row: Sequence[Span]) -> Span:
    """Return the range of a group's mean column score, its shares adding up to 1."""
    return _expected(row, [Fraction(j) for j in range(len(row))])


def _expected(row: Sequence[Span], values: Sequence[Fraction]) -> Span:
    """Return the range of ``sum(p_j * values_j)`` with every p in its range, adding up to 1."""
    out = []
    for side in (-1, 1):
        left = 1 - sum((a for a, _ in row), Fraction(0))
        total = sum((v * a for v, (a, _) in zip(values, row, strict=True)), Fraction(0))
        for j in sorted(range(len(row)), key=lambda j: side * values[j], reverse=True):
            more = min(left, row[j][1] - row[j][0])
            total, left = total + more * values[j], left - more
        out.append(total + left * (max(values) if side > 0 else min(values)))
    return out[0], out[1]


def _variance(scores: Sequence[Fraction], box: Box) -> Span:
    """Return the range of the variance of the groups' scores over everyone."""
    n = box.total[1]
    low, high = box.sum(scores, -1) / n, box.sum(scores, 1) / n
    middle, off = (low + high) / 2, (high - low) / 2
    squares = [(x - middle) ** 2 for x in scores]
    return max(Fraction(0), box.sum(squares, -1) / n - off * off), box.sum(squares, 1) / n


def _column_variance(box: Box) -> Span:
    """Return the range of the variance of the columns' scores over everyone."""
    overall = [box.overall(c) for c in box.columns]
    ends = _expected(overall, [Fraction(j) for j in range(len(overall))])
    middle = (ends[0] + ends[1]) / 2
    squares = _expected(overall, [(j - middle) ** 2 for j in range(len(overall))])
    off = (ends[1] - ends[0]) / 2
    return max(Fraction(0), squares[0] - off * off), squares[1]


def odds_limits(one: Span, other: Span) -> tuple[Fraction, Fraction | None]:
    """Return limits of the odds ratio of two shares; None: no upper limit.

    Examples
    --------
    >>> odds_limits((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 5), Fraction(1, 3)))
    (Fraction(2, 1), Fraction(4, 1))
    """
    (a, b), (c, d) = one, other
    low = a * (1 - d) / ((1 - a) * d) if a < 1 and d > 0 else Fraction(0)
    high = b * (1 - c) / ((1 - b) * c) if b < 1 and c > 0 else None
    return low, high
