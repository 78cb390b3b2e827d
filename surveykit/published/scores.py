"""Whole-number scores of n people: which sums and sums of squares some of them have, exactly.

A distribution is a count for each score. With n, the sum S and the sum of squares Q given, three
neighbouring scores a < b < c are solved for: their counts follow from the others', because
``(c - a)(b - a) x_a = (Q - (b + c) S + b c n) - sum over the others of (s - b)(s - c) x_s`` and so
on. Every term is non-negative, so that the others are few; whether some of them fit is decided by
bits of whole numbers. Near the largest Q, where nearly all people are at the two ends of the
scale, the two ends are solved for instead.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray

from surveykit.published.states import TooLargeError

__all__ = ["attained", "level_bounds", "level_range", "square_bounds", "sum_attained"]

Ints = NDArray[np.int64]
Scores = tuple[int, ...]
Target = tuple[int, int, int | None]
"""People, sum of their scores, sum of squares (None: any)."""

MOST_BITS = 3_000_000_000
FEW_BITS = 1_000_000
"""Up to here the search over all distributions is as quick as looking for a single one."""

GRID = 1 << 17


def normal(scores: Scores, target: Target) -> tuple[Scores, Target] | None:
    """Return scores from 0 in steps of 1 at best, and the target in them; None: not attained.

    Examples
    --------
    >>> normal((1, 3, 5), (2, 4, 10))
    ((0, 1, 2), (2, 1, 1))
    """
    n, total, squares = target
    first = scores[0]
    step = gcd(*(s - first for s in scores)) or 1
    shifted, rest = divmod(total - n * first, step)
    if rest:
        return None
    if squares is not None:
        squares, rest = divmod(squares - 2 * first * total + n * first * first, step * step)
        if rest:
            return None
    return tuple((s - first) // step for s in scores), (n, shifted, squares)


def square_bounds(scores: Scores, n: int, total: int) -> tuple[int, int]:
    """Return bounds of the sum of squares of n scores with a given sum.

    Chords of the square between neighbouring scores bound it from below, the chord of the ends
    from above. Not every number between is attained.

    Examples
    --------
    >>> square_bounds((0, 1, 2, 3), 3, 3)
    (3, 9)
    """
    low, high = scores[0], scores[-1]
    most = (low + high) * total - low * high * n
    pairs = itertools.pairwise(scores)
    least = max(((a + b) * total - a * b * n for a, b in pairs), default=most)
    return least, most


@lru_cache(maxsize=4096)
def _fewest(scores: Scores, most: int) -> tuple[int, ...]:
    """Return, for each sum up to `most`, the fewest positive scores that make it."""
    never = most + 1
    out = [0] + [never] * most
    for total in range(1, most + 1):
        ways = [out[total - s] for s in scores if 0 < s <= total]
        out[total] = min(never, min(ways, default=never) + 1)
    return tuple(out)


@lru_cache(maxsize=200_000)
def sum_attained(scores: Scores, n: int, total: int) -> bool:
    """Whether n of the scores add up to `total`.

    Examples
    --------
    >>> sum_attained((0, 2, 5), 2, 6), sum_attained((0, 2, 5), 2, 7)
    (False, True)
    """
    if n == 0 or not scores:
        return n == 0 and total == 0
    scaled = normal(scores, (n, total, None))
    if scaled is None or not n * scores[0] <= total <= n * scores[-1]:
        return False
    steps, (_, rest, _) = scaled
    if len(steps) == steps[-1] + 1:
        return True
    return _fewest(steps, n * steps[-1])[rest] <= n


def attained(scores: Sequence[int], n: int, total: int, squares: int | None = None) -> bool:
    """Whether n of the scores have the sum `total` and the sum of squares `squares`.

    Raises
    ------
    TooLargeError
        When neither a distribution is found nor its absence proved within the memory allowed.

    Examples
    --------
    >>> [q for q in range(20) if attained(range(4), 3, 3, q)]
    [3, 5, 9]
    """
    if squares is None:
        return sum_attained(tuple(scores), n, total)
    return _attained(tuple(scores), n, total, squares)


@lru_cache(maxsize=400_000)
def _attained(scores: Scores, n: int, total: int, squares: int) -> bool:
    if n == 0 or not scores:
        return n == 0 and total == 0 and squares == 0
    if not sum_attained(scores, n, total):
        return False
    least, most = square_bounds(scores, n, total)
    scaled = normal(scores, (n, total, squares))
    if scaled is None or not least <= squares <= most:
        return False
    steps, (_, s, q) = scaled
    assert q is not None
    if (s + q) % 2:
        return False
    if len(steps) < 3:
        return True  # the sum decides, and the bounds meet
    search = _Search(steps, n, s, q)
    if search.bits > FEW_BITS and witness(steps, n, s, q) is not None:
        return True
    return search.decide()


# --- three neighbouring scores solved for ---------------------------------------------------


class Triple:
    """Three neighbouring scores that follow from the counts of all others.

    Attributes
    ----------
    outer : the other scores
    u, v : what one person of each of them takes off the numbers of the lowest and the highest
    left, right : what one person of the lowest and the highest takes
    """

    def __init__(self, scores: Scores, at: int) -> None:
        a, b, c = scores[at : at + 3]
        self.scores, self.low, self.middle, self.high = scores, a, b, c
        self.outer = tuple(s for s in scores if s not in (a, b, c))
        u = [(s - b) * (s - c) for s in self.outer]
        v = [(s - a) * (s - b) for s in self.outer]
        self.by_u = gcd((b - a) * (c - a), *u)
        self.by_v = gcd((c - a) * (c - b), *v)
        self.left = (b - a) * (c - a) // self.by_u
        self.right = (c - a) * (c - b) // self.by_v
        self.u = [x // self.by_u for x in u]
        self.v = [x // self.by_v for x in v]

    def needs(self, n: int, total: int, squares: int) -> tuple[int, int] | None:
        """Return the two numbers that the counts must make up, None when they cannot."""
        a, b, c = self.low, self.middle, self.high
        u, ru = divmod(squares - (b + c) * total + b * c * n, self.by_u)
        v, rv = divmod(squares - (a + b) * total + a * b * n, self.by_v)
        return None if ru or rv or u < 0 or v < 0 else (u, v)

    def most_outer(self, n: int, u: int, v: int) -> int:
        """Return how many people can have other scores at most."""
        least = min((x + y for x, y in zip(self.u, self.v, strict=True)), default=1)
        return min(n, (u + v) // least) if self.outer else 0


def central(scores: Scores, n: int, total: int) -> int:
    """Return the place of the three neighbouring scores around the mean."""
    middle = min(range(len(scores)), key=lambda i: (abs(scores[i] * n - total), i))
    return min(max(middle - 1, 0), len(scores) - 3)


def witness(scores: Scores, n: int, total: int, squares: int) -> dict[int, int] | None:
    """Return some distribution with at most two scores beside three neighbouring ones, if any."""
    best = central(scores, n, total)
    for at in sorted(range(len(scores) - 2), key=lambda i: abs(i - best)):
        triple = Triple(scores, at)
        needs = triple.needs(n, total, squares)
        if needs is None:
            continue
        for pair in _pairs(len(triple.outer)):
            found = _on_pair(triple, n, needs, pair)
            if found is not None:
                return found
        if abs(at - best) >= 2:
            break
    return None


def _pairs(k: int) -> Iterator[tuple[int, ...]]:
    """Return no score, single ones and pairs, the farthest from each other first."""
    yield ()
    yield from ((i,) for i in range(k))
    yield from sorted(itertools.combinations(range(k), 2), key=lambda p: p[0] - p[1])


def _on_pair(
    triple: Triple, n: int, needs: tuple[int, int], pair: tuple[int, ...]
) -> dict[int, int] | None:
    """Try all counts of one or two scores (the second's first 64 where they are many)."""
    u, v = needs
    ranges = []
    for j in pair:
        limits = [n, *(t // x for t, x in ((u, triple.u[j]), (v, triple.v[j])) if x)]
        ranges.append(np.arange(min(limits) + 1, dtype=np.int64))
    if len(ranges) == 2 and len(ranges[0]) * len(ranges[1]) > GRID:
        ranges[1] = ranges[1][:64]
    grid = [g.reshape(-1) for g in np.meshgrid(*ranges, indexing="ij")] if ranges else []
    zero = np.zeros(len(grid[0]) if grid else 1, dtype=np.int64)
    left = u - sum((g * triple.u[j] for g, j in zip(grid, pair, strict=True)), zero)
    right = v - sum((g * triple.v[j] for g, j in zip(grid, pair, strict=True)), zero)
    x, rx = np.divmod(left, triple.left)
    z, rz = np.divmod(right, triple.right)
    y = n - sum(grid, zero) - x - z
    good = np.flatnonzero((rx == 0) & (rz == 0) & (x >= 0) & (z >= 0) & (y >= 0))
    if not len(good):
        return None
    i = good[0]
    out = {triple.outer[j]: int(g[i]) for g, j in zip(grid, pair, strict=True)}
    return out | {triple.low: int(x[i]), triple.middle: int(y[i]), triple.high: int(z[i])}


# --- decided by bits ------------------------------------------------------------------------


class _Search:
    """The smaller of two searches over all distributions, and the bits that it takes."""

    def __init__(self, scores: Scores, n: int, total: int, squares: int) -> None:
        self.scores, self.n, self.total = scores, n, total
        self.triple = Triple(scores, central(scores, n, total))
        self.needs = self.triple.needs(n, total, squares)
        u, v = self.needs or (0, 0)
        self.inner = (self.triple.most_outer(n, u, v) + 1) * (u + 1) * (v + 1)
        self.away = scores[-1] * total - squares  # what those between the ends make up
        least = min(s * (scores[-1] - s) for s in scores[1:-1])
        self.people = min(n, self.away // least)
        self.ends = (self.away + 1) * (self.people + 1) * (self.people * scores[-2] + 1)

    @property
    def bits(self) -> int:
        return 0 if self.needs is None else min(self.inner, self.ends)

    def decide(self) -> bool:
        if self.needs is None:
            return False
        if self.bits > MOST_BITS:
            raise TooLargeError("too many distributions of scores to search")
        if self.ends <= self.inner:
            return _between_ends(self.scores, self.n, self.total, self.away, self.people)
        return _around_middle(self.triple, self.n, *self.needs)


def _between_ends(scores: Scores, n: int, total: int, away: int, people: int) -> bool:
    """Bits: for each part of `away`, the (people, sum) between the ends that make it up."""
    width = people * scores[-2] + 1
    mask = (1 << width * (people + 1)) - 1
    reach = [1] + [0] * away
    for s in scores[1:-1]:
        step, shift = s * (scores[-1] - s), width + s
        for w in range(step, away + 1):
            if reach[w - step]:
                reach[w] |= (reach[w - step] << shift) & mask
    bits = reach[away]
    while bits:
        k, s = divmod((bits & -bits).bit_length() - 1, width)
        top, rest = divmod(total - s, scores[-1])
        if not rest and top >= 0 and n - k - top >= 0:
            return True
        bits &= bits - 1
    return False


def _around_middle(triple: Triple, n: int, u: int, v: int) -> bool:
    """Bits: for each part of `u`, the (people, part of v) of the outer scores that make it up."""
    people, width = triple.most_outer(n, u, v), v + 1
    reach = [1] + [0] * u
    for du, dv in zip(triple.u, triple.v, strict=True):
        if du > u or dv > v:
            continue
        row = (1 << width - dv) - 1  # so that no sum runs over into the next number of people
        mask = sum(row << width * k for k in range(people))
        for w in range(du, u + 1):
            if before := reach[w - du] & mask:
                reach[w] |= before << width + dv
    return any(
        reach[u - triple.left * x] & _fitting(triple, n - x, v, people, width)
        for x in range(min(n, u // triple.left) + 1)
        if reach[u - triple.left * x]
    )


@lru_cache(maxsize=8)
def _columns(v: int, right: int) -> tuple[int, ...]:
    """Return, for each number of people at the highest of three scores, the bits up to it."""
    out, bits = [], 0
    for z in range(v // right + 1):
        bits |= 1 << v - right * z
        out.append(bits)
    return tuple(out)


def _fitting(triple: Triple, n: int, v: int, people: int, width: int) -> int:
    columns = _columns(v, triple.right)
    return sum(
        columns[min(n - k, len(columns) - 1)] << width * k for k in range(min(people, n) + 1)
    )


# --- what is left for one score ---------------------------------------------------------------


@lru_cache(maxsize=64)
def _combos(k: int, size: int) -> Ints:
    return np.array(list(itertools.combinations(range(k), size)), dtype=np.int64)


@lru_cache(maxsize=20_000)
def level_bounds(scores: Scores, target: Target) -> list[tuple[int, int]]:
    """Return bounds of each score's count: exact for fractions of people, so valid for people.

    With three equations, an extreme point has at most three scores (two without squares).

    Examples
    --------
    >>> level_bounds((0, 1, 2), (3, 3, 5))
    [(1, 1), (1, 1), (1, 1)]
    """
    n, total, squares = target
    size = 2 if squares is None else 3
    if len(scores) <= size:
        return _square_system(scores, target)
    combos = _combos(len(scores), size)
    s = np.asarray(scores, dtype=np.int64)[combos]
    tops, bottoms = [], []
    for i in range(size):
        others = [j for j in range(size) if j != i]
        if squares is None:
            top, bottom = total - s[:, others[0]] * n, s[:, i] - s[:, others[0]]
        else:
            b, c = s[:, others[0]], s[:, others[1]]
            top = squares - (b + c) * total + b * c * n
            bottom = (s[:, i] - b) * (s[:, i] - c)
        tops.append(np.where(bottom < 0, -top, top))
        bottoms.append(np.abs(bottom))
    fits = np.all([t >= 0 for t in tops], axis=0)
    low = np.full(len(scores), n, dtype=np.int64)
    high = np.zeros(len(scores), dtype=np.int64)
    for i in range(size):
        at = combos[fits, i]
        t, b = tops[i][fits], bottoms[i][fits]
        np.minimum.at(low, at, -(-t // b))
        np.maximum.at(high, at, t // b)
    # an extreme point without the score has none of it
    low[np.bincount(combos[fits].reshape(-1), minlength=len(scores)) < fits.sum()] = 0
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _square_system(scores: Scores, target: Target) -> list[tuple[int, int]]:
    """Return the counts of as many scores as there are equations, or fewer."""
    n, total, squares = target
    if len(scores) == 1:
        return [(n, n)]
    if len(scores) == 2:
        high = (total - n * scores[0]) // (scores[1] - scores[0])
        return [(n - high, n - high), (high, high)]
    assert squares is not None
    out = []
    for s in scores:
        b, c = (x for x in scores if x != s)
        x = (squares - (b + c) * total + b * c * n) // ((s - b) * (s - c))
        out.append((x, x))
    return out


def level_range(scores: Scores, targets: Sequence[Target], index: int) -> tuple[int, int]:
    """Return the smallest and the largest count of one score over all distributions.

    `targets` must be attained, and at least one. The bounds of :func:`level_bounds` are tried from
    the outside inwards until a count is attained.
    """
    s, others = scores[index], scores[:index] + scores[index + 1 :]
    bounds = [level_bounds(scores, t)[index] for t in targets]

    def possible(count: int) -> bool:
        for (n, total, squares), (low, high) in zip(targets, bounds, strict=True):
            rest = None if squares is None else squares - count * s * s
            if low <= count <= high and attained(others, n - count, total - count * s, rest):
                return True
        return False

    low, high = min(b[0] for b in bounds), max(b[1] for b in bounds)
    least = next(c for c in range(low, high + 1) if possible(c))
    return least, next(c for c in range(high, least - 1, -1) if possible(c))
