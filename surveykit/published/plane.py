"""Groups of which only a size and one count matter, added up at any number of respondents.

A state is (respondents so far, count so far). Reachable states are held as one whole number of bits
for each number of respondents; numbers of tables as residues, exact by the Chinese remainder theorem.
Adding a group follows the pieces of its wedge (:mod:`cones`): running sums, whatever its size.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.cones import Piece, Ray, Wedge, points
from surveykit.published.states import TooLargeError

__all__ = ["Bits", "Counts", "Level", "Plane"]

Bits = list[int]
"""For each number of respondents, the reachable counts as the bits of a whole number."""

Words = NDArray[np.uint64]
Ints = NDArray[np.int64]
MODULI = (2**64, 2**63 - 25, 2**63 - 165, 2**63 - 259, 2**63 - 301, 2**63 - 375)
"""Numbers without a common divisor; products of them hold any count of tables."""

MOST_CELLS = 60_000_000
MOST_KEPT = 50_000_000
CHUNK = 64
MOST_ORDERED = 9
"""Groups of which every order is weighed."""
SAMPLED = 40


@dataclass(frozen=True, slots=True)
class Level:
    """One group: the wedge of its (size, count), and its size if it is known."""

    wedge: Wedge
    size: int | None = None

    def pieces(self, most: int) -> tuple[Piece, ...]:
        """Return the group's pairs as pieces; a known size leaves single points."""
        if self.size is None:
            return self.wedge.pieces(most)
        low, high = self.span(np.array([self.size]))
        return tuple(Piece((self.size, a), ()) for a in range(int(low[0]), int(high[0]) + 1))

    def span(self, n: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the smallest and largest count on each base, shape of `n`."""
        w = self.wedge
        low = -((-w.low.numerator * n) // w.low.denominator)
        high = (w.high.numerator * n) // w.high.denominator
        if not w.low_closed:
            low = (w.low.numerator * n) // w.low.denominator + 1
        if not w.high_closed:
            high = -((-w.high.numerator * n) // w.high.denominator) - 1
        none = n < 1 if self.size is None else (n != self.size) | (n < 1)
        return np.where(none, 1, low), np.where(none, 0, high)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of ways to reach every state: residues, shape (k, total + 1, top + 1)."""

    residues: Words
    moduli: tuple[int, ...]

    def at(self, size: int, count: int) -> int:
        """Return the exact number of ways to reach one state."""
        return combine(self.residues[:, size, count].tolist(), self.moduli)


def combine(residues: Sequence[int], moduli: Sequence[int]) -> int:
    """Return the number below the product of `moduli` with these residues.

    Examples
    --------
    >>> combine([2, 3], [5, 7])
    17
    """
    value, product = 0, 1
    for residue, modulus in zip(residues, moduli, strict=True):
        value += product * ((residue - value) * pow(product, -1, modulus) % modulus)
        product *= modulus
    return value


@dataclass(frozen=True)
class Plane:
    """Groups whose sizes add up to `total` or less and whose counts to `top` or less.

    Ways are added up for counts from `least` to `top` over everyone only: they are exact at every
    state from which such an end may be reached, and nowhere else.
    """

    total: int
    top: int
    levels: tuple[Level, ...]
    least: int = 0
    _kept: list[Counts] = field(default_factory=list, compare=False, repr=False)

    # --- which states can be reached --------------------------------------------------------

    def start(self) -> Bits:
        """Return the state of nobody."""
        return [1] + [0] * self.total

    def add(self, states: Bits, level: Level) -> Bits:
        """Return the states that one more group leads to."""
        out = [0] * (self.total + 1)
        mask = (1 << self.top + 1) - 1
        for piece in level.pieces(self.total):
            moved = _moved(states, piece.start, mask)
            for ray in piece.rays:
                _close(moved, ray, mask)
            for s, bits in enumerate(moved):
                if bits:
                    out[s] |= bits
        return out

    @cached_property
    def without_each(self) -> list[Bits]:
        """For each group, the states that all the others add up to."""
        return list(self._without(self.start(), 0, len(self.levels)))

    def _without(self, others: Bits, start: int, stop: int) -> Iterator[Bits]:
        """Halve the groups again and again: those of one half are added for all of the other."""
        if stop - start == 1:
            yield others
            return
        middle = (start + stop) // 2
        for mine, rest in (
            ((start, middle), range(middle, stop)),
            ((middle, stop), range(start, middle)),
        ):
            states = others
            for j in rest:
                states = self.add(states, self.levels[j])
            yield from self._without(states, *mine)

    def ends(self) -> int:
        """Return the counts that all groups together can have, as bits."""
        last = self.levels[-1]
        others = self.without_each[-1]
        out = 0
        for n, low, high in self._spans(last):
            if others[self.total - n]:
                for a in range(low, high + 1):
                    out |= others[self.total - n] << a
        return out & (1 << self.top + 1) - 1

    def pairs_left(self, index: int, ends: int) -> Iterator[Ray]:
        """Return which (size, count) of one group the others can complete to some of `ends`."""
        others = self.without_each[index]
        for n, low, high in self._spans(self.levels[index]):
            if rest := others[self.total - n]:
                for a in range(low, high + 1):
                    if rest << a & ends:
                        yield n, a

    def _spans(self, level: Level) -> Iterator[tuple[int, int, int]]:
        n = np.arange(self.total + 1)
        low, high = level.span(n)
        some = np.flatnonzero(low <= high)
        yield from zip(some.tolist(), low[some].tolist(), high[some].tolist(), strict=True)

    # --- in how many ways -------------------------------------------------------------------

    @property
    def moduli(self) -> tuple[int, ...]:
        """As many moduli as hold every number of ways."""
        bound, product = 1, 1
        n = np.arange(self.total + 1)
        for level in self.levels:
            low, high = level.span(n)
            bound *= max(1, int(np.maximum(high - low + 1, 0).sum()))
        for k, modulus in enumerate(MODULI, 1):
            product *= modulus
            if product > bound:
                return MODULI[:k]
        raise TooLargeError(f"more than {product} tables")

    def narrow(self, least: int, top: int) -> Plane:
        """Return the same groups with only some counts over everyone in view."""
        return Plane(self.total, top, self.levels, least)

    @property
    def order(self) -> tuple[int, ...]:
        """The groups in the order in which ways are added."""
        return self._plan[0]

    @property
    def work(self) -> int:
        """How many numbers are added, about, to count the tables."""
        return self._plan[1] * len(self.moduli)

    @cached_property
    def _plan(self) -> tuple[tuple[int, ...], int]:
        """The order of the groups that adds the fewest numbers, and how many.

        The first group is listed and the last one looked up; each one between is added once for each
        of its pieces, to as many states as can lead to an end. The best order of every set of
        groups extends that of a smaller set.
        """
        k = len(self.levels)
        pieces = [len(level.pieces(self.total)) for level in self.levels]
        if k < 3 or k > MOST_ORDERED:
            by_pieces = sorted(range(k), key=lambda j: pieces[j])
            order = (*by_pieces[-2:-1], *by_pieces[:-2], by_pieces[-1])
            cells = sum(self._cells(order, place) * pieces[order[place]] for place in range(1, k))
            return order, cells
        best: dict[int, tuple[int, tuple[int, ...]]] = {1 << j: (0, (j,)) for j in range(k)}
        for size in range(2, k + 1):
            for done in itertools.combinations(range(k), size):
                name = sum(1 << j for j in done)
                ways = []
                for j in done:
                    cost, before = best[name & ~(1 << j)]
                    rest = [i for i in range(k) if i not in before and i != j]
                    order = (*before, j, *rest)
                    more = self._cells(order, size - 1) * pieces[j] if size < k else 0
                    ways.append((cost + more, (*before, j)))
                best[name] = min(ways)
        cost, order = best[(1 << k) - 1]
        return order, cost

    def _cells(self, order: Sequence[int], place: int) -> int:
        """Return about how many states there are once the group at a place of an order is added."""
        n = np.linspace(0, self.total, SAMPLED).astype(np.int64)
        low, high = self._ends_of(order, place, n)
        return int(np.maximum(high - low, 0).sum()) * (self.total + 1) // SAMPLED

    def _ends_of(self, order: Sequence[int], place: int, n: Ints) -> tuple[Ints, Ints]:
        """Return the first and the last but one count to look at for each number of respondents.

        The groups added so far can have it, and the others can go on from it to an end. The group
        itself is among both: then all that a running sum comes from is looked at as well.
        """
        done = [self.levels[j].wedge for j in order[: place + 1]]
        rest = [self.levels[j].wedge for j in order[place:]]
        left = self.total - n
        low = np.maximum(
            _floor(min(w.low for w in done), n), self.least - _ceil(max(w.high for w in rest), left)
        )
        high = np.minimum(
            _ceil(max(w.high for w in done), n), self.top - _floor(min(w.low for w in rest), left)
        )
        return np.clip(low, 0, self.top + 1), np.clip(high + 1, 0, self.top + 1)

    def prefixes(self) -> Iterator[Counts]:
        """Return the ways to reach each state before the first group in order, after it, …

        Raises
        ------
        TooLargeError
            When the arrays would be too large.
        """
        moduli = self.moduli
        shape = (len(moduli), self.total + 1, self.top + 1)
        if math.prod(shape) > MOST_CELLS:
            raise TooLargeError("too many states to count tables")
        states = np.zeros(shape, dtype=np.uint64)
        states[:, 0, 0] = 1
        counts = Counts(states, moduli)
        yield counts
        for place in range(len(self.order) - 1):
            counts = self._add_ways(counts, place)
            yield counts

    def forward(self) -> list[Counts]:
        """Return all of :meth:`prefixes`, kept."""
        if not self._kept:
            self._kept.extend(self.prefixes())
        return self._kept

    def prefix(self, place: int) -> Counts:
        """Return the ways to reach each state before one group in order."""
        cells = math.prod((len(self.moduli), self.total + 1, self.top + 1, len(self.levels)))
        if cells <= MOST_KEPT:
            return self.forward()[place]
        return next(itertools.islice(self.prefixes(), place, None))

    @cached_property
    def weights(self) -> list[NDArray[np.float64]]:
        """The ways before each group in order, in double precision, for drawing.

        All sums are of positive numbers; fewer than 4 * total + 1000 roundings for each group.
        """
        states = np.zeros((self.total + 1, self.top + 1))
        states[0, 0] = 1.0
        out = []
        for place in range(len(self.order)):
            out.append(states)
            if place < len(self.order) - 1:
                states = self._add_weights(states, place)
        return out

    def _add_weights(self, states: NDArray[np.float64], place: int) -> NDArray[np.float64]:
        out, moved = np.zeros_like(states), np.zeros_like(states)
        first, window = int(np.argmax(states.any(axis=1))), self._window(place)
        for piece in self.levels[self.order[place]].pieces(self.total):
            _add_piece(out, states, moved, piece, first, 2**64, window)
        return out

    def _add_ways(self, counts: Counts, place: int) -> Counts:
        out = np.zeros_like(counts.residues)
        pieces = self.levels[self.order[place]].pieces(self.total)
        if place == 0:
            for n, a in points(pieces, self.total):
                if a <= self.top:
                    out[:, n, a] = 1
            return Counts(out, counts.moduli)
        window = self._window(place)
        for k, modulus in enumerate(counts.moduli):
            states = counts.residues[k]
            first = int(np.argmax(states.any(axis=1)))
            moved = np.zeros_like(states)
            for piece in pieces:
                _add_piece(out[k], states, moved, piece, first, modulus, window)
        return Counts(out, counts.moduli)

    def _window(self, place: int) -> tuple[list[int], list[int]]:
        """Return the counts to look at, for each number of respondents, as first and last but one."""
        low, high = self._ends_of(self.order, place, np.arange(self.total + 1))
        return low.tolist(), high.tolist()

    @cached_property
    def ways(self) -> list[int]:
        """In how many ways all groups together have each count from `least`, shape (top + 1,)."""
        before = self.prefix(len(self.levels) - 1)
        out = np.zeros((len(before.moduli), self.top + 1), dtype=np.uint64)
        for k, modulus in enumerate(before.moduli):
            for n, low, high in self._spans(self.levels[self.order[-1]]):
                row = before.residues[k, self.total - n]
                for a in range(low, min(high, self.top) + 1):
                    start = max(a, self.least)
                    _add_to(out[k, start:], row[start - a : self.top + 1 - a], modulus)
        return [combine(column, before.moduli) for column in out.T.tolist()]


def _floor(share: Fraction, n: Ints) -> Ints:
    return share.numerator * n // share.denominator


def _ceil(share: Fraction, n: Ints) -> Ints:
    return -((-share.numerator * n) // share.denominator)


def _moved(states: Bits, step: Ray, mask: int) -> Bits:
    """Return all states moved by one step."""
    n, a = step
    return [0] * min(n, len(states)) + [
        (bits << a) & mask if bits else 0 for bits in states[: max(0, len(states) - n)]
    ]


def _close(states: Bits, ray: Ray, mask: int) -> None:
    """Add to the states all that further steps along a ray lead to, in place."""
    n, a = ray
    for s in range(n, len(states)):
        if bits := states[s - n]:
            states[s] |= (bits << a) & mask


def _add_to(out: NDArray[Any], more: NDArray[Any], modulus: int) -> None:
    """Add residues in place; sums stay below the modulus (2**64 wraps by itself)."""
    np.add(out, more, out=out)
    if modulus < 2**64:
        np.minimum(out, out - np.uint64(modulus), out=out)


def _add_piece(
    out: NDArray[Any],
    states: NDArray[Any],
    moved: NDArray[Any],
    piece: Piece,
    first: int,
    modulus: int,
    window: tuple[list[int], list[int]],
) -> None:
    """Add to `out` the states plus every point of a piece.

    `moved` is room to work in: zero outside the window, which is all that rows can hold.
    """
    (n, a), rows = piece.start, len(states)
    begin = first + n
    for s, stop, left, right in _blocks(begin, rows, CHUNK, window):
        here = max(left, a)
        moved[s:stop, left:here] = 0
        if here < right:
            moved[s:stop, here:right] = states[s - n : stop - n, here - a : right - a]
    for step, count in piece.rays:
        for s, stop, left, right in _blocks(begin + step, rows, step, window):
            left = max(left, count)
            if left < right:
                before = moved[s - step : stop - step, left - count : right - count]
                _add_to(moved[s:stop, left:right], before, modulus)
    for s, stop, left, right in _blocks(begin, rows, CHUNK, window):
        _add_to(out[s:stop, left:right], moved[s:stop, left:right], modulus)


def _blocks(
    begin: int, rows: int, step: int, window: tuple[list[int], list[int]]
) -> Iterator[tuple[int, int, int, int]]:
    """Return blocks of rows with the columns that any of them can hold."""
    lows, highs = window
    for s in range(begin, rows, step):
        stop = min(s + step, rows)
        yield s, stop, lows[s], highs[stop - 1]
