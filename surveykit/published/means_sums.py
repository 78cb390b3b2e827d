"""People whose scores are known in blocks: which sums and sums of squares print a mean.

Block by block where there are several; the largest of them is decided by :func:`scores.attained`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from surveykit.published.document_means import Moments, PrintedMean
from surveykit.published.model import Reading
from surveykit.published.scores import Scores, attained, square_bounds, sum_attained
from surveykit.published.states import TooLargeError

__all__ = ["Blocks", "Cell", "Sums", "fits", "measured", "options_of", "printing", "reached"]

MOST_OPTIONS = 100_000
MOST_TRIED = 20_000
MOST_REACH = 20_000

Sums = frozenset[tuple[int, int]]
"""(sum, sum of squares) of some people; the squares are 0 where they are not followed."""

Blocks = tuple[Scores, ...]
"""Scores that no figure of a group tells apart, joined."""


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one group, and how many of them are in each block of scores."""

    n: int
    counts: tuple[int, ...]
    blocks: Blocks


def measured(means: Sequence[PrintedMean], reading: Reading) -> tuple[Moments, ...]:
    return tuple(m.measured(reading.rounding) for m in means)


@lru_cache(maxsize=50_000)
def printing(moments: tuple[Moments, ...], scores: Scores, n: int, squared: bool) -> Sums:
    """Return the sums of n people that print all means; whether people have them is not asked."""
    if n < 1:
        return frozenset()
    out = set()
    for total in _common_sums(moments, n, scores):
        if not squared:
            out.add((total, 0))
            continue
        least, most = square_bounds(scores, n, total)
        for q in _common_squares(moments, n, total, least, most):
            out.add((total, q))
            if len(out) > MOST_OPTIONS:
                raise TooLargeError("too many sums of squares")
    return frozenset(out)


def _common_sums(moments: Sequence[Moments], n: int, scores: Scores) -> range:
    spans = [m.sums(n, scores[0], scores[-1]) for m in moments]
    low, high = max(s.start for s in spans), min(s.stop for s in spans)
    return range(low, high)


def _common_squares(
    moments: Sequence[Moments], n: int, total: int, least: int, most: int
) -> Iterator[int]:
    """Return the sums of squares that print all SDs."""
    spans = [m.squares(n, total) for m in moments if m.sd is not None]
    if not spans:
        yield from range(least, most + 1)
        return
    for low, high in spans[0]:
        for q in range(max(low, least), min(high, most) + 1):
            if all(any(a <= q <= b for a, b in more) for more in spans[1:]):
                yield q


@lru_cache(maxsize=100_000)
def options_of(cell: Cell, moments: tuple[Moments, ...], scores: Scores, squared: bool) -> Sums:
    """Return the sums of a cell's people that print all its means."""
    own = any(m.sd is not None for m in moments)
    out = set()
    for total in _common_sums(moments, cell.n, scores):
        if not own and not squared:
            if fits(cell, total, None):
                out.add((total, 0))
            continue
        least, most = square_bounds(scores, cell.n, total)
        for tried, q in enumerate(_common_squares(moments, cell.n, total, least, most)):
            if tried > MOST_TRIED:
                raise TooLargeError("too many sums of squares")
            if (total + q) % 2 == 0 and fits(cell, total, q):
                out.add((total, q if squared else 0))
                if not squared:
                    break
    return frozenset(out)


@lru_cache(maxsize=400_000)
def fits(cell: Cell, total: int, squares: int | None) -> bool:
    """Whether people in blocks of scores can have a sum and a sum of squares.

    Examples
    --------
    >>> fits(Cell(3, (1, 2), ((5,), (1, 2, 3))), 9, 33), fits(Cell(3, (3, 0), ((5,), (1,))), 14, None)
    (True, False)
    """
    fixed = [(b[0], c) for b, c in zip(cell.blocks, cell.counts, strict=True) if len(b) == 1]
    total -= sum(s * c for s, c in fixed)
    squares = None if squares is None else squares - sum(s * s * c for s, c in fixed)
    open_ = [(b, c) for b, c in zip(cell.blocks, cell.counts, strict=True) if len(b) > 1 and c]
    open_.sort(key=lambda x: (len(x[0]), x[1]))
    if not open_:
        return total == 0 and squares in (0, None)
    if len(open_) == 1:
        return attained(open_[0][0], open_[0][1], total, squares)
    states = {(0, 0)}
    for scores, people in open_[:-1]:
        moves = reached(scores, people, squares is not None)
        if len(states) * len(moves) > MOST_OPTIONS:
            raise TooLargeError("too many sums of scores")
        states = {(a + c, b + d) for (a, b), (c, d) in itertools.product(states, moves)}
    scores, people = open_[-1]
    return any(
        attained(scores, people, total - s, None if squares is None else squares - q)
        for s, q in states
    )


@lru_cache(maxsize=20_000)
def reached(scores: Scores, people: int, squared: bool) -> Sums:
    """Return all (sum, sum of squares) that so many people can have; squares 0 where not followed.

    Examples
    --------
    >>> sorted(reached((1, 2), 2, True))
    [(2, 2), (3, 5), (4, 8)]
    """
    if not squared:
        span = range(people * scores[0], people * scores[-1] + 1)
        return frozenset((s, 0) for s in span if sum_attained(scores, people, s))
    state = {(0, 0)}
    for _ in range(people):
        state = {(a + s, b + s * s) for (a, b), s in itertools.product(state, scores)}
        if len(state) > MOST_REACH:
            raise TooLargeError("too many sums of scores")
    return frozenset(state)
