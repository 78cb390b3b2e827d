"""Sums of independent groups as sets of integer vectors, with the number of ways to reach each.

A *state* is a vector of running totals (respondents so far, knowers so far, …). Adding a group adds
one of its *atoms*. Small ranges are held as dense arrays, large ones as sorted keys; both are exact:
counts are 64-bit while that is certain to suffice and Python integers after that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Ints", "TooLargeError", "add_groups", "aggregate", "encode", "fits", "known", "pairs_exceed",
    "reachable_back", "sums_exceed", "ways_to",
]  # fmt: skip

Ints = NDArray[np.int64]

DENSE_CELLS = 1 << 22
SPARSE_PAIRS = 400_000_000
TRANSFORM_WORK = 200_000_000
CHUNK_PAIRS = 8_000_000
SOME_PAIRS = 4_000_000
PAIR_COST = 20
"""How many cells of a dense array are looked at in the time of one pair."""
_SAFE = 2**62


class TooLargeError(Exception):
    """The exact answer needs more states than this machine should hold."""


@dataclass(frozen=True, slots=True)
class Box:
    """Inclusive upper limits of each column of a state, shape (k,)."""

    limits: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each column."""
        return tuple(limit + 1 for limit in self.limits)

    @property
    def cells(self) -> int:
        """Number of states that the box can hold."""
        return math.prod(self.shape)

    @property
    def dense(self) -> bool:
        """Whether a dense array of the box is small enough."""
        return self.cells <= DENSE_CELLS


def encode(rows: Ints, box: Box) -> Ints:
    """Return one key for each row, shape (m,); keys keep the order of rows.

    Keys are 64-bit integers, or the rows' bytes where those are too few to tell states apart.
    """
    if box.cells >= _SAFE:
        wide = np.ascontiguousarray(rows, dtype=">u4")
        return wide.view(f"S{4 * rows.shape[1]}").reshape(-1)
    keys = np.zeros(len(rows), dtype=np.int64)
    for column, size in enumerate(box.shape):
        keys = keys * size + rows[:, column]
    return keys


def decode(keys: Ints, box: Box) -> Ints:
    """Return the rows behind `keys`, shape (m, k)."""
    if box.cells >= _SAFE:
        wide = np.ascontiguousarray(keys, dtype=f"S{4 * len(box.limits)}")
        return wide.view(">u4").reshape(len(keys), len(box.limits)).astype(np.int64)
    rows = np.empty((len(keys), len(box.limits)), dtype=np.int64)
    rest = keys.copy()
    for column in range(len(box.limits) - 1, -1, -1):
        rest, rows[:, column] = np.divmod(rest, box.shape[column])
    return rows


def fits(rows: Ints, box: Box) -> NDArray[np.bool_]:
    """Return which rows lie within the box, shape (m,)."""
    keep = np.ones(len(rows), dtype=bool)
    for column, limit in enumerate(box.limits):
        keep &= rows[:, column] <= limit
    return keep


def aggregate(keys: Ints, counts: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Add up the counts of equal keys; keys come back sorted and unique."""
    if not len(keys):
        return keys, counts
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    return keys[starts], np.add.reduceat(counts, starts)


def sorted_unique(keys: Ints) -> Ints:
    """Return the distinct keys in order (`numpy.unique` hashes first, which takes longer)."""
    keys = np.sort(keys)
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first]


def sums_exceed(rows: Ints, steps: Ints, further: int, box: Box) -> bool:
    """Whether adding a group makes more states than can be combined with `further` atoms after it.

    Some of the sums are looked at: the distinct ones among them are fewer than all, so that True is sure.
    """
    if box.dense or len(rows) * len(steps) <= 4 * SOME_PAIRS or not further:
        return False
    few, many = (rows, steps) if len(rows) < len(steps) else (steps, rows)
    few = few[:: -(-len(few) // int(SOME_PAIRS**0.5))]
    many = many[:: -(-len(many) // (SOME_PAIRS // len(few)))]
    total = (few[:, None, :] + many[None, :, :]).reshape(-1, rows.shape[1])
    return len(sorted_unique(encode(total[fits(total, box)], box))) * further > SPARSE_PAIRS


def pairs_exceed(rows: Ints, steps: Ints) -> bool:
    """Whether there are too many pairs of a state and an atom to add them."""
    return len(rows) * len(steps) > SPARSE_PAIRS


def ways_to(
    ends: Ints,
    states: tuple[Ints, NDArray[Any]],
    atoms: tuple[Ints, NDArray[Any]],
    box: Box,
) -> tuple[Ints, NDArray[Any]]:
    """Return which of some ends a state and an atom add up to, and in how many ways.

    Parameters
    ----------
    ends : shape (m, k)
    states, atoms : (rows of shape (m, k), counts of shape (m,)), rows in ascending order
    box : Box
    """
    (rows, ways), (steps, weights) = states, atoms
    keep = fits(steps, box)
    steps, weights = steps[keep], weights[keep]
    ways, weights = _widen(ways, weights)
    keys, out = encode(rows, box), np.zeros(len(ends), dtype=ways.dtype)
    for j, end in enumerate(ends if len(keys) else ends[:0]):
        before = end - steps
        inside = (before >= 0).all(axis=1)
        wanted = encode(before[inside], box)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hit = keys[at] == wanted
        out[j] = (ways[at[hit]] * weights[inside][hit]).sum()
    return ends[out > 0], out[out > 0]


def _widen(a: NDArray[Any], b: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Switch to Python integers when a product of totals could leave 64 bits."""
    if a.dtype == object or b.dtype == object:
        return a.astype(object), b.astype(object)
    if float(a.astype(float).sum()) * float(b.astype(float).sum()) >= _SAFE / 4:
        return a.astype(object), b.astype(object)
    return a, b


def add_groups(
    states: tuple[Ints, NDArray[Any]], atoms: tuple[Ints, NDArray[Any]], box: Box
) -> tuple[Ints, NDArray[Any]]:
    """Add one group: every state plus every atom that stays within the box.

    Parameters
    ----------
    states, atoms : (rows of shape (m, k), counts of shape (m,))
    box : Box

    Returns
    -------
    (rows, counts) : unique rows in ascending order.
    """
    (rows, ways), (steps, weights) = states, atoms
    keep = fits(steps, box)
    steps, weights = steps[keep], weights[keep]
    ways, weights = _widen(ways, weights)
    if not len(rows) or not len(steps):
        return rows[:0], ways[:0]
    if box.dense and min(len(rows), len(steps)) > 8:
        return _add_dense(rows, ways, steps, weights, box)
    return _add_sparse(rows, ways, steps, weights, box)


def _add_dense(
    rows: Ints, ways: NDArray[Any], steps: Ints, weights: NDArray[Any], box: Box
) -> tuple[Ints, NDArray[Any]]:
    if len(steps) > len(rows):
        rows, ways, steps, weights = steps, weights, rows, ways
    grid = np.zeros(box.shape, dtype=ways.dtype)
    grid[tuple(rows.T)] = ways
    out = np.zeros_like(grid)
    for step, weight in zip(steps.tolist(), weights.tolist(), strict=True):
        to = tuple(slice(s, None) for s in step)
        come = tuple(slice(None, size - s) for s, size in zip(step, box.shape, strict=True))
        out[to] += grid[come] * weight if weight != 1 else grid[come]
    where = np.nonzero(out)
    return np.stack(where, axis=1).astype(np.int64), out[where]


def _add_sparse(
    rows: Ints, ways: NDArray[Any], steps: Ints, weights: NDArray[Any], box: Box
) -> tuple[Ints, NDArray[Any]]:
    if len(rows) * len(steps) > SPARSE_PAIRS:
        raise TooLargeError("too many combinations of groups to list")
    size = max(1, CHUNK_PAIRS // len(steps))
    keys, counts = encode(rows[:0], box), ways[:0]
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        sums, keep = _sums(rows[part], steps, box)
        count = (ways[part, None] * weights[None, :]).reshape(-1)
        more = aggregate(sums[keep], count[keep])
        keys, counts = aggregate(np.concatenate([keys, more[0]]), np.concatenate([counts, more[1]]))
    return decode(keys, box), counts


def _sums(rows: Ints, steps: Ints, box: Box) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the key of every row plus every step, and which of these lie within the box."""
    if box.cells >= _SAFE:
        total = (rows[:, None, :] + steps[None, :, :]).reshape(-1, rows.shape[1])
        keep = fits(total, box)
        return encode(np.where(keep[:, None], total, 0), box), keep
    keep = np.ones((len(rows), len(steps)), dtype=bool)
    for column, limit in enumerate(box.limits):
        keep &= rows[:, column, None] <= limit - steps[None, :, column]
    # keys add up as their columns do
    keys = encode(rows, box)[:, None] + encode(steps, box)[None, :]
    return keys.reshape(-1), keep.reshape(-1)


def reachable_back(allowed: Ints, steps: Ints, box: Box) -> Ints:
    """Return the states from which some atom leads into `allowed`, unique rows."""
    steps = steps[fits(steps, box)]
    if not len(allowed) or not len(steps):
        return allowed[:0]
    if box.dense and min(len(allowed), len(steps)) > 8:
        return np.stack(np.nonzero(_back_dense(allowed, steps, box)), axis=1).astype(np.int64)
    if len(allowed) * len(steps) > SPARSE_PAIRS:
        raise TooLargeError("too many combinations of groups to list")
    size = max(1, CHUNK_PAIRS // len(steps))
    keys = encode(allowed[:0], box)
    for start in range(0, len(allowed), size):
        more = _differences(allowed[start : start + size], steps, box)
        keys = sorted_unique(np.concatenate([keys, sorted_unique(more)]))
    return decode(keys, box)


def _differences(rows: Ints, steps: Ints, box: Box) -> Ints:
    """Return the keys of every row less every step that leaves nothing below zero."""
    if box.cells >= _SAFE:
        before = (rows[:, None, :] - steps[None, :, :]).reshape(-1, rows.shape[1])
        return encode(before[(before >= 0).all(axis=1)], box)
    keys, keep = _less(rows, steps, box)
    return keys[keep]


def _less(rows: Ints, steps: Ints, box: Box) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the key of every row less every step, and which of these are not below zero."""
    keep = np.ones((len(rows), len(steps)), dtype=bool)
    for column in range(rows.shape[1]):
        keep &= rows[:, column, None] >= steps[None, :, column]
    keys = encode(rows, box)[:, None] - encode(steps, box)[None, :]
    return keys.reshape(-1), keep.reshape(-1)


def known(rows: Ints, among: Ints, box: Box) -> NDArray[np.bool_]:
    """Return which rows are among others, shape (m,)."""
    return _isin(encode(rows, box), np.sort(encode(among, box)))


def _grid(rows: Ints, box: Box) -> NDArray[np.bool_]:
    """Return a dense array that is true at `rows`."""
    grid = np.zeros(box.shape, dtype=bool)
    grid[tuple(rows.T)] = True
    return grid


def _shifted(by: list[int], box: Box) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Return where values come from and go to when all states move back by `by`."""
    come = tuple(slice(b, None) for b in by)
    return come, tuple(slice(None, size - b) for b, size in zip(by, box.shape, strict=True))


def _back_dense(allowed: Ints, steps: Ints, box: Box) -> NDArray[np.bool_]:
    """Mark every state from which a step leads into `allowed`; loops over the smaller of both."""
    if min(len(allowed), len(steps)) * box.cells > TRANSFORM_WORK:
        return _back_transformed(_grid(allowed, box), _grid(steps, box))
    out = np.zeros(box.shape, dtype=bool)
    if len(steps) <= len(allowed):
        grid = _grid(allowed, box)
        for step in steps.tolist():
            come, to = _shifted(step, box)
            out[to] |= grid[come]
        return out
    grid = _grid(steps, box)
    for end in allowed.tolist():
        upto = tuple(slice(None, e + 1) for e in end)
        out[upto] |= np.flip(grid[upto])
    return out


def _back_transformed(allowed: NDArray[np.bool_], steps: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Count, for every state, the steps that lead into `allowed`, by Fourier transform.

    Counts are whole numbers up to the number of steps. The error of the transform is below
    1e-15 * log2(cells) * sqrt(len(allowed) * len(steps)), which stays under 1e-6 for all dense
    boxes (at most 2**22 cells), so that a count is told from zero at one half without doubt.
    """
    shape = [2 * s for s in allowed.shape]
    axes = list(range(allowed.ndim))
    ends = np.fft.rfftn(allowed.astype(np.float64), shape, axes=axes)
    moves = np.fft.rfftn(steps.astype(np.float64), shape, axes=axes)
    counts = np.fft.irfftn(ends * np.conj(moves), shape, axes=axes)
    return np.asarray(counts[tuple(slice(None, s) for s in allowed.shape)] > 0.5)


def steps_that_lead(states: Ints, steps: Ints, allowed: Ints, box: Box) -> NDArray[np.bool_]:
    """Return which atoms lead from some state of `states` into `allowed`, shape (len(steps),)."""
    out = np.zeros(len(steps), dtype=bool)
    inside = np.flatnonzero(fits(steps, box)) if len(steps) else np.empty(0, dtype=np.int64)
    if not len(states) or not len(allowed):
        return out
    few = min(len(states), len(allowed))
    if box.dense and few * PAIR_COST < box.cells and box.cells < _SAFE:
        out[inside] = _leads(states, steps[inside], allowed, box)
        return out
    if box.dense and len(states) < len(inside):
        # a step leads from a state into `allowed` where `allowed` less the state has it
        good = np.zeros(box.shape, dtype=bool)
        there = _grid(allowed, box)
        for state in states.tolist():
            come, to = _shifted(state, box)
            good[to] |= there[come]
        out[inside] = good[tuple(steps[inside].T)]
        return out
    if box.dense:
        here, there = _grid(states, box), _grid(allowed, box)
        for i in inside:
            come, to = _shifted(steps[i].tolist(), box)
            out[i] = bool((here[to] & there[come]).any())
        return out
    out[inside] = _leads(states, steps[inside], allowed, box)
    return out


def _leads(states: Ints, steps: Ints, allowed: Ints, box: Box) -> NDArray[np.bool_]:
    """Say the same pair by pair, from `states` or back from `allowed`, whichever are fewer."""
    out = np.zeros(len(steps), dtype=bool)
    onward = len(states) <= len(allowed) or box.cells >= _SAFE
    rows, others = (states, allowed) if onward else (allowed, states)
    ordered = np.sort(encode(others, box))
    size = max(1, CHUNK_PAIRS // len(rows))
    for start in range(0, len(steps), size):
        part = steps[start : start + size]
        keys, keep = _sums(rows, part, box) if onward else _less(rows, part, box)
        there = np.zeros(len(keep), dtype=bool)
        there[keep] = _isin(keys[keep], ordered)
        out[start : start + size] = there.reshape(len(rows), len(part)).any(axis=0)
    return out


def _isin(keys: Ints, ordered: Ints) -> NDArray[np.bool_]:
    """Membership in a sorted array, shape of `keys`."""
    if not len(ordered):
        return np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return np.asarray(ordered[at] == keys)
