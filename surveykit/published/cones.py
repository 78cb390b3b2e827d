"""The (base, count) pairs that print one percentage: whole points of a narrow wedge of the plane.

Rounding bounds a count `a` on a base `n` by ``low * n <= a <= high * n``, so that the pairs are the
whole points between two rays. A wedge is cut along the Stern-Brocot tree into *unimodular* pieces,
in which every point is one whole combination of two rays (Graham, Knuth and Patashnik, "Concrete
Mathematics", section 4.5). Adding a piece to many states is then two running sums, however many
points it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveykit.published.rounding import Printed, share_range

__all__ = ["Piece", "Ray", "Wedge"]

Ray = tuple[int, int]
"""A step of (base, count) without a common divisor."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The points ``start + i * rays[0] + j * rays[1]`` for all i, j from 0 (one ray: i only)."""

    start: Ray
    rays: tuple[Ray, ...]


@dataclass(frozen=True, slots=True)
class Wedge:
    """Pairs (n, a) with n >= 1 and a / n between two shares, each end in or out.

    Examples
    --------
    >>> wedge = Wedge.of(Printed.parse("33"))
    >>> [a for a in range(7) if wedge.has(6, a)], wedge.has(3, 1)
    ([2], True)
    """

    low: Fraction
    low_closed: bool
    high: Fraction
    high_closed: bool

    @classmethod
    def of(cls, printed: Printed, rounding: str = "either") -> Wedge:
        """Return the pairs that print so."""
        low, low_closed, high, high_closed = share_range(printed, rounding)
        if low < 0:
            low, low_closed = Fraction(0), True
        if high > 1:
            high, high_closed = Fraction(1), True
        return cls(low, low_closed, high, high_closed)

    def flip(self) -> Wedge:
        """Return the pairs (n, n - a)."""
        return Wedge(1 - self.high, self.high_closed, 1 - self.low, self.low_closed)

    def meet(self, other: Wedge) -> Wedge:
        """Return the pairs in both."""
        low, out = max((self.low, not self.low_closed), (other.low, not other.low_closed))
        high, into = min((self.high, self.high_closed), (other.high, other.high_closed))
        return Wedge(low, not out, high, into)

    def has(self, n: int, a: int) -> bool:
        """Whether the pair is in the wedge."""
        above = a >= self.low * n if self.low_closed else a > self.low * n
        below = a <= self.high * n if self.high_closed else a < self.high * n
        return n >= 1 and above and below

    def pieces(self, most: int) -> tuple[Piece, ...]:
        """Cut the wedge into pieces without a common point that hold every pair up to a base."""
        first, last = (1, 0), (1, 1)
        rays = [Piece(ray, (ray,)) for ray in (first, last) if self.has(*ray)]
        return (*rays, *self._cut(first, last, most))

    def _cut(self, first: Ray, last: Ray, most: int) -> Iterator[Piece]:
        """Cut what lies strictly between two neighbouring rays."""
        stack = [(first, last)]
        while stack:
            u, v = stack.pop()
            middle = (u[0] + v[0], u[1] + v[1])
            apart = Fraction(v[1], v[0]) <= self.low or Fraction(u[1], u[0]) >= self.high
            if middle[0] > most or apart:
                continue
            if Fraction(u[1], u[0]) >= self.low and Fraction(v[1], v[0]) <= self.high:
                yield Piece(middle, (u, v))
                continue
            stack += [(u, middle), (middle, v)]
            if self.has(*middle):
                yield Piece(middle, (middle,))


def points(pieces: Sequence[Piece], most: int) -> list[Ray]:
    """List all points of some pieces up to a base, sorted."""
    out = []
    for piece in pieces:
        rows = [piece.start]
        for ray in piece.rays:
            more = []
            for n, a in rows:
                while n <= most:
                    more.append((n, a))
                    n, a = n + ray[0], a + ray[1]
            rows = more
        out += rows
    return sorted(out)
