"""Orders of shares where tables cannot be listed: a table of each kind, or a proof that there is none.

A share is a count over a base, both unknown, so that an order of two is not linear. It becomes so by
naming a number between them: ``a / n < b / m`` if and only if some t has ``a / n < t <= b / m``. For all
t of an interval at once these are two linear rows that every such table satisfies. Where the rows have
no whole point the interval is closed; where the point found has another order, the interval is cut at a
fraction between its two shares, which excludes the point from both parts (branch and bound over t).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from surveykit.published.certain import Certain
from surveykit.published.model import Item
from surveykit.published.program import Linear, Program
from surveykit.published.states import TooLargeError
from surveykit.published.verdicts import Verdict

__all__ = ["Chain", "Ordering", "Share", "between"]

Point = NDArray[np.int64]
Witness = Mapping[str, tuple[int, int]]

MOST_NODES = 60
"""Intervals that are looked at for one answer."""

MOST_SETS = 40
"""Sets of rivals that are looked at for one rank."""


@dataclass(frozen=True)
class Share:
    """A count (a sum of unknowns) over a base (one unknown)."""

    base: int
    count: Linear

    def at(self, point: Point) -> Fraction:
        """Return the share in a table."""
        return Fraction(self.number(point), int(point[self.base]))

    def number(self, point: Point) -> int:
        """Return the count in a table."""
        return sum(f * int(point[j]) for j, f in self.count.items())

    def beside(self, t: Fraction) -> Linear:
        """Return ``q * count - p * base`` for t = p / q: its sign is that of share - t."""
        row = {j: t.denominator * f for j, f in self.count.items()}
        row[self.base] = row.get(self.base, 0) - t.numerator
        return row


Pair = tuple[Share, Share, bool]
"""The first share is below the second (True), or not above it (False)."""

Chain = Sequence[Pair]


@dataclass(frozen=True)
class _Node:
    """For each pair, the interval in which a number between its shares is looked for."""

    spans: tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Ordering:
    """A group's whole-number program asked for orders.

    Parameters
    ----------
    certain : Certain
        The program, with the points found so far.
    exact : bool
        Whether each of its points is a table of the paper. Where it is not, that there is no point
        is still a proof, but a point is no witness.
    """

    certain: Certain
    exact: bool = True

    def share(self, items: Sequence[Item]) -> Share:
        """Return the share of some figures of one base together.

        Raises
        ------
        TooLargeError
            When nobody may be in the base, so that there may be no share.
        """
        places = [self.certain.program.places[i.id] for i in items]
        base = places[0][0]
        if self.certain.program.low[base] < 1:
            raise TooLargeError("a base that may be empty")
        count: dict[int, int] = {}
        for _, terms in places:
            for j, factor in terms.items():
                count[j] = count.get(j, 0) + factor
        return Share(base, count)

    # --- one chain -------------------------------------------------------------------------

    def find(self, chain: Chain) -> Point | None:
        """Return a point in which every pair of a chain is so, None where it is proven that none is.

        Raises
        ------
        TooLargeError
            When neither is found within a fixed number of steps.
        """
        for known in reversed(self.certain.points):
            if _so(chain, known):
                return known
        straight = [self._straight(pair) for pair in chain]
        stack = [_Node(tuple((Fraction(0), Fraction(1)) for _ in chain))]
        for _ in range(MOST_NODES):
            if not stack:
                return None
            node = stack.pop()
            point = self._solve(self._narrowed(chain, straight, node))
            if point is None:
                continue
            self.certain.points.append(point)
            if _so(chain, point):
                return point
            stack += _halves(chain, node, point)
        if not stack:
            return None
        raise TooLargeError("neither a table nor a proof that there is none was found")

    def _straight(self, pair: Pair) -> Linear | None:
        """Return the order as one row (at most 0, below: -1) where the bases are one or known."""
        (low, high, _), program = pair, self.certain.program
        n, m = low.base, high.base
        if n == m:
            factors = (1, 1)
        elif program.low[n] == program.high[n] and program.low[m] == program.high[m]:
            factors = program.low[m], program.low[n]
        else:
            return None
        row: dict[int, int] = {}
        for factor, share in ((factors[0], low), (-factors[1], high)):
            for j, f in share.count.items():
                row[j] = row.get(j, 0) + factor * f
        return row

    def _narrowed(self, chain: Chain, straight: Sequence[Linear | None], node: _Node) -> Program:
        program = self.certain.program
        rows = list(program.rows)
        for (low, high, below), row, (first, last) in zip(chain, straight, node.spans, strict=True):
            if row is not None:
                rows.append((row, None, -1 if below else 0))
                continue
            if below or last < 1:
                rows.append((low.beside(last), None, -1 if below else 0))
            if below or first > 0:
                rows.append((high.beside(first), 1 if below else 0, None))
        return replace(program, rows=rows)

    def _solve(self, program: Program) -> Point | None:
        sub = Certain(program)
        sub.points += [p for p in self.certain.points if sub.holds(p)]
        if sub.points:
            return sub.points[-1]
        return sub.points[-1] if sub.feasible else None

    # --- verdicts --------------------------------------------------------------------------

    def rising(self, shares: Sequence[Share]) -> tuple[Verdict, tuple[Point, ...]]:
        """Judge whether each share is above the one before: the verdict, and its two tables."""
        chain = [(a, b, True) for a, b in itertools.pairwise(shares)]
        return self.judged([chain], [[(b, a, False)] for a, b, _ in chain])

    def largest(self, mine: Share, others: Sequence[Share]) -> tuple[Verdict, tuple[Point, ...]]:
        """Judge whether a share is above all others."""
        return self.ranked(mine, others, 1)

    def ranked(
        self, mine: Share, others: Sequence[Share], rank: int
    ) -> tuple[Verdict, tuple[Point, ...]]:
        """Judge whether a share has a place among others: so many above, all others below.

        It has not where `rank` of the others are at least as large, or so many at most as large
        that too few are left to be above.
        """
        places = range(len(others))
        has = [
            [(mine, o, True) if j in above else (o, mine, True) for j, o in enumerate(others)]
            for above in itertools.combinations(places, rank - 1)
        ]
        not_below = itertools.combinations(others, rank)
        not_above = itertools.combinations(others, len(others) - rank + 2)
        fails = [[(mine, o, False) for o in some] for some in not_below]
        fails += [[(o, mine, False) for o in some] for some in not_above]
        if max(len(has), len(fails)) > MOST_SETS:
            raise TooLargeError("too many figures to rank")
        return self.judged(has, fails)

    def judged(
        self, holds: Sequence[Chain], fails: Sequence[Chain]
    ) -> tuple[Verdict, tuple[Point, ...]]:
        """Judge a claim that holds where one of some chains is so, and fails where one of others is.

        Raises
        ------
        TooLargeError
            When neither a proof nor two tables are found.
        """
        good = self._any(holds)
        if good is None:
            return "holds in none", ()
        bad = self._any(fails)
        if bad is None:
            return "holds in all", ()
        if not self.exact:
            raise TooLargeError("the groups' totals alone do not tell which tables there are")
        return "undetermined", (good, bad)

    def _any(self, chains: Sequence[Chain]) -> Point | None:
        """Return a point of the first chain that has one; None where none has, proven."""
        reason: TooLargeError | None = None
        for chain in chains:
            try:
                point = self.find(chain)
            except TooLargeError as error:
                reason = error
                continue
            if point is not None:
                return point
        if reason is not None:
            raise reason
        return None

    def witness(self, items: Sequence[Item], point: Point) -> Witness:
        """Return (count, base) of each figure in a table."""
        shares = {i.id: self.certain.program.places[i.id] for i in items}
        return {
            id: (Share(base, count).number(point), int(point[base]))
            for id, (base, count) in shares.items()
        }


def _so(chain: Chain, point: Point) -> bool:
    """Whether every pair is so in a table, exact."""
    shares = [(low.at(point), high.at(point), below) for low, high, below in chain]
    return all(a < b if below else a <= b for a, b, below in shares)


def _halves(chain: Chain, node: _Node, point: Point) -> list[_Node]:
    """Cut the interval of the pair that is furthest from so, where neither part has the point."""
    excess = [low.at(point) - high.at(point) for low, high, _ in chain]
    wrong = [
        j for j, (_, _, below) in enumerate(chain) if excess[j] > 0 or (below and not excess[j])
    ]
    j = max(wrong, key=lambda k: excess[k])
    low, high, below = chain[j]
    cut = between(high.at(point), low.at(point), closed=below)
    first, last = node.spans[j]
    parts = ((first, cut), (cut, last))
    return [_Node((*node.spans[:j], part, *node.spans[j + 1 :])) for part in parts]


def between(low: Fraction, high: Fraction, *, closed: bool) -> Fraction:
    """Return the fraction of the smallest denominator between two numbers, the ends in or out.

    Examples
    --------
    >>> between(Fraction(1, 3), Fraction(1, 2), closed=False), between(Fraction(3, 10), Fraction(3, 10), closed=True)
    (Fraction(2, 5), Fraction(3, 10))
    """
    whole = low.numerator // low.denominator
    if closed and whole == low:
        return low
    up = whole + 1
    if up < high or (closed and up == high):
        return Fraction(up)
    if closed:
        return whole + 1 / between(1 / (high - whole), 1 / (low - whole), closed=True)
    under = 1 / (high - whole)
    if low == whole:
        return whole + Fraction(1, under.numerator // under.denominator + 1)
    return whole + 1 / between(under, 1 / (low - whole), closed=False)
