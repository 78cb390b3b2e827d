"""Relations over the totals that groupings share, and their exact joins."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.local import ANSWERED, RESPONSES, Block
from surveykit.published.model import Key
from surveykit.published.states import Box, Ints, TooLargeError, aggregate, encode

__all__ = ["Name", "Relation", "Whole", "join", "join_all", "joinable"]

Name = tuple[Key, Block]
"""A total over everyone: an outcome and one block of its levels."""

MAX_PAIRS = 30_000_000


@dataclass(frozen=True, slots=True)
class Whole:
    """How the followed totals of an outcome hang together.

    Attributes
    ----------
    least, most : int
        Respondents who answered, as far as the reading says.
    options : int
        Number of choices of a multiple-response question, 0 for levels that exclude each other.
    complete : bool
        Whether every block is followed.
    parts : int
        Number of blocks that are followed: where fewer are known, they may fall short of everyone.
    """

    least: int
    most: int
    options: int
    complete: bool
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of allowed totals: each lies anywhere between `low` and `high`; `count` ways each.

    Attributes
    ----------
    names : k names
    low, high : shape (m, k)
    count : shape (m,)
    """

    names: tuple[Name, ...]
    low: Ints
    high: Ints
    count: NDArray[Any]

    @property
    def fixed(self) -> tuple[bool, ...]:
        """Which names have one value in every row."""
        return tuple(
            bool((self.low[:, j] == self.high[:, j]).all()) for j in range(len(self.names))
        )

    def take(self, rows: Ints | NDArray[np.bool_]) -> Relation:
        """Return some of the rows."""
        return Relation(self.names, self.low[rows], self.high[rows], self.count[rows])

    def project(self, names: Sequence[Name]) -> Relation:
        """Keep only `names`, adding up the counts of equal rows."""
        keep = [j for j, n in enumerate(self.names) if n in names]
        both = np.c_[self.low[:, keep], self.high[:, keep]]
        if not len(both):
            return Relation(
                tuple(self.names[j] for j in keep),
                both[:, : len(keep)],
                both[:, len(keep) :],
                self.count,
            )
        unique, inverse = np.unique(both, axis=0, return_inverse=True)
        _, count = aggregate(inverse.reshape(-1).astype(np.int64), self.count)
        return Relation(
            tuple(self.names[j] for j in keep),
            unique[:, : len(keep)],
            unique[:, len(keep) :],
            count,
        )


def _same_keys(a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """Return one number for each row, equal for equal rows and in the order of rows."""
    top = np.maximum(a.max(axis=0, initial=0), b.max(axis=0, initial=0)) + 1
    if math.prod(top.tolist()) < 2**62 and min(a.min(initial=0), b.min(initial=0)) >= 0:
        box = Box(tuple((top - 1).tolist()))
        return encode(a, box), encode(b, box)
    _, inverse = np.unique(np.r_[a, b], axis=0, return_inverse=True)
    return inverse.reshape(-1)[: len(a)], inverse.reshape(-1)[len(a) :]


def _pairs(a: Relation, b: Relation) -> tuple[Ints, Ints]:
    """Return the row pairs that agree on the shared names with one value in each."""
    fixed_a, fixed_b = a.fixed, b.fixed
    shared = [
        (i, b.names.index(n))
        for i, n in enumerate(a.names)
        if n in b.names and fixed_a[i] and fixed_b[b.names.index(n)]
    ]
    if not shared:
        if len(a.low) * len(b.low) > MAX_PAIRS:
            raise TooLargeError("too many combinations of groupings to list")
        left = np.repeat(np.arange(len(a.low)), len(b.low))
        return left, np.tile(np.arange(len(b.low)), len(a.low))
    key_a = a.low[:, [i for i, _ in shared]]
    key_b = b.low[:, [j for _, j in shared]]
    id_a, id_b = _same_keys(key_a, key_b)
    order = np.argsort(id_b, kind="stable")
    start = np.searchsorted(id_b[order], id_a, "left")
    number = np.searchsorted(id_b[order], id_a, "right") - start
    if number.sum() > MAX_PAIRS:
        raise TooLargeError("too many combinations of groupings to list")
    left = np.repeat(np.arange(len(key_a)), number)
    offset = np.arange(len(left)) - np.repeat(np.cumsum(number) - number, number)
    return left, order[start[left] + offset]


def join(a: Relation, b: Relation, sums: Mapping[Key, Whole]) -> tuple[Relation, Ints]:
    """Join two relations on their shared totals; also return the row of `a` behind each row.

    `sums` says how the totals of an outcome hang together.
    """
    left, right = _pairs(a, b)
    for i, name in enumerate(a.names):  # what both know first: it leaves the fewest pairs
        if name in b.names:
            j = b.names.index(name)
            low = np.maximum(a.low[left, i], b.low[right, j])
            keep = low <= np.minimum(a.high[left, i], b.high[right, j])
            left, right = left[keep], right[keep]
    names = (*a.names, *(n for n in b.names if n not in a.names))
    columns = [_column(n, a, b, left, right) for n in names]
    keep = np.ones(len(left), dtype=bool)
    for outcome, whole in sums.items():
        keep &= _adds_up(whole, {n[1]: columns[j] for j, n in enumerate(names) if n[0] == outcome})
    left, right = left[keep], right[keep]
    low = np.stack([c[0][keep] for c in columns], axis=1) if columns else a.low[left]
    high = np.stack([c[1][keep] for c in columns], axis=1) if columns else a.high[left]
    return Relation(names, low, high, _product(a.count[left], b.count[right])), left


def _adds_up(whole: Whole, spans: Mapping[Block, tuple[Ints, Ints]]) -> Any:
    """Whether some totals within their spans go with the number who answered (or chose)."""
    blocks = [s for b, s in spans.items() if b not in (ANSWERED, RESPONSES)]
    complete = whole.complete and len(blocks) >= whole.parts
    low, high = sum(b[0] for b in blocks), sum(b[1] for b in blocks)
    least, most = spans.get(ANSWERED, (whole.least, whole.most))
    least, most = np.maximum(least, whole.least), np.minimum(most, whole.most)
    keep = least <= most
    if not whole.options:
        return keep & (low <= most) & ((high >= least) | (not complete))
    for fewest, _ in blocks:
        keep &= fewest <= most
    fewest, largest = spans.get(RESPONSES, (least, whole.options * most))
    keep &= (fewest <= whole.options * most) & (largest >= least) & (low <= largest)
    return keep & ((high >= np.maximum(least, fewest)) | (not complete))


def _column(name: Name, a: Relation, b: Relation, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return the span of one name in each row pair."""
    spans = [
        (r.low[rows, r.names.index(name)], r.high[rows, r.names.index(name)])
        for r, rows in ((a, left), (b, right))
        if name in r.names
    ]
    if len(spans) == 1:
        return spans[0]
    (low_a, high_a), (low_b, high_b) = spans
    return np.maximum(low_a, low_b), np.minimum(high_a, high_b)


def _product(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    if len(a) and int(a.max()) * int(b.max()) * len(a) >= 2**61:  # whole numbers have no limit
        a, b = a.astype(object), b.astype(object)
    product: NDArray[Any] = a * b
    return product


def join_all(
    relations: Sequence[Relation],
    sums: Mapping[Key, Whole],
    keep: Collection[Key] = (),
) -> Relation:
    """Join relations, smallest first and connected ones next.

    Names that no later relation has are dropped, but for those of the outcomes in `keep`.
    """
    rest = sorted(relations, key=lambda r: len(r.low))
    current = rest.pop(0)
    while rest:
        touching = [r for r in rest if set(r.names) & set(current.names)] or rest
        following = touching[0]
        rest = [r for r in rest if r is not following]
        full = {k: v for k, v in sums.items() if _named(k, current, following)}
        joined, _ = join(current, following, full)
        if not rest:
            return joined
        outcomes = {n[0] for r in rest for n in r.names} | set(keep)
        current = joined.project([n for n in joined.names if n[0] in outcomes])
    return current


def _named(outcome: Key, a: Relation, b: Relation) -> bool:
    return any(n[0] == outcome for n in (*a.names, *b.names))


def joinable(a: Relation, b: Relation, sums: Mapping[Key, Whole]) -> NDArray[np.bool_]:
    """Return which rows of `a` agree with some row of `b`, shape (m,)."""
    out = np.zeros(len(a.low), dtype=bool)
    size = max(1, MAX_PAIRS // max(1, len(b.low)))
    for start in range(0, len(a.low), size):
        part = np.arange(start, min(start + size, len(a.low)))
        _, rows = join(a.take(part), b, {k: v for k, v in sums.items() if _named(k, a, b)})
        out[part[np.unique(rows)]] = True
    return out
