"""Uniform draws from groups added up in the plane (:mod:`plane`), many at once.

Groups are drawn backwards, each (size, count) in proportion to the ways of the groups before it. The
choice is made with double precision weights, whose error is bounded; where a draw falls so near to
a boundary that the error could matter, it is made again with the exact whole numbers and more digits
of the same draw. So every table is as likely as any other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.plane import Level, Plane

__all__ = ["draw_pairs", "pick"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MARGIN = 1e-10
"""Bound of the relative error of a weight: fewer than 10**5 roundings of positive sums.

Running sums by count have fewer than 10**4 roundings, a hundredth of it at most.
"""
BATCH = 64


def pick(weights: NDArray[Any], rng: np.random.Generator) -> int:
    """Draw an index in proportion to whole-number weights of any size, exactly."""
    cumulated = np.cumsum(weights.astype(object))
    total = int(cumulated[-1])
    digits = total.bit_length() + 64  # the remainder's bias is below 2**-64
    number = int.from_bytes(rng.bytes(digits // 8 + 1), "big") % total
    return int(np.searchsorted(cumulated, number, side="right"))


def draw_pairs(plane: Plane, counts: Ints, rng: np.random.Generator) -> Ints:
    """Draw (size, count) of every group, given the count that all of them have together.

    Parameters
    ----------
    plane : Plane
    counts : shape (m,)
        One draw for each; the groups' sizes add up to ``plane.total``.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (m, groups, 2)
    """
    out = np.zeros((len(counts), len(plane.levels), 2), dtype=np.int64)
    state = np.stack([np.full_like(counts, plane.total), counts], axis=1)
    for place in range(len(plane.order) - 1, -1, -1):
        index = plane.order[place]
        if place == 0:
            out[:, index] = state
            break
        step = _Step(plane, place)
        by_size = np.argsort(state[:, 0], kind="stable")
        for start in range(0, len(state), BATCH):
            part = by_size[start : start + BATCH]
            out[part, index] = step.draw(state[part], rng)
        state = state - out[:, index]
    return out


class _Step:
    """The draw of one group: weights of the states before it, and their running sums by count."""

    def __init__(self, plane: Plane, place: int) -> None:
        self.plane, self.place = plane, place
        self.level: Level = plane.levels[plane.order[place]]
        self.weights = plane.weights[place]
        self.cumulated = np.zeros((plane.total + 1, plane.top + 2))
        np.cumsum(self.weights, axis=1, out=self.cumulated[:, 1:])
        low, high = self.level.span(np.arange(plane.total + 1))
        self.sizes = np.flatnonzero(low <= high)
        self.low, self.high = low[self.sizes], high[self.sizes]
        self.wide = np.arange(int((self.high - self.low).max(initial=0)) + 1)

    def draw(self, state: Ints, rng: np.random.Generator) -> Ints:
        """Return (size, count) of the group for each state, shape (m, 2)."""
        u = rng.random(len(state))
        rows = np.arange(len(state))
        size, count, top = state[:, :1], state[:, 1:], self.plane.top
        kept = self.sizes <= int(size.max())
        sizes, low, high = self.sizes[kept], self.low[kept], self.high[kept]
        before = size - sizes
        begin = np.minimum(np.maximum(count - high, 0), top + 1)
        stop = np.minimum(np.maximum(count - low + 1, begin), top + 1)
        flat = self.cumulated.reshape(-1)
        row = np.maximum(before, 0) * (top + 2)
        ways = flat.take(row + stop)
        ways[before < 0] = 0.0
        below = ways.sum(axis=1)
        ways -= flat.take(row + begin)
        ways[before < 0] = 0.0
        sums = np.cumsum(ways, axis=1)
        where = u * sums[:, -1]
        at = np.minimum((sums <= where[:, None]).sum(axis=1), len(sizes) - 1)
        cells = begin[rows, at][:, None] + self.wide
        inside = cells < stop[rows, at][:, None]
        fine = self.weights[np.maximum(before[rows, at], 0)[:, None], np.minimum(cells, top)]
        fine = np.where(inside, fine, 0.0)
        start = np.where(at > 0, sums[rows, at - 1], 0.0)
        edges = start[:, None] + np.cumsum(fine, axis=1)
        pick_ = np.minimum((edges <= where[:, None]).sum(axis=1), len(self.wide) - 1)
        error = MARGIN * (sums[:, -1] + below / 100)
        lower = np.where(pick_ > 0, edges[rows, pick_ - 1], start)
        sure = (where - lower > error) & (edges[rows, pick_] - where > error)
        out = np.stack([sizes[at], count[:, 0] - cells[rows, pick_]], axis=1)
        for j in np.flatnonzero(~sure):
            out[j] = self._exactly(state[j], float(u[j]), rng)
        return out

    def _exactly(self, state: Ints, u: float, rng: np.random.Generator) -> tuple[int, int]:
        """Make a draw again with whole numbers; `u` keeps its digits and gets 256 more bits."""
        size, count = (int(x) for x in state)
        exact = self.plane.prefix(self.place)
        pairs, ways = [], []
        for n, low, high in zip(
            self.sizes.tolist(), self.low.tolist(), self.high.tolist(), strict=True
        ):
            for a in range(min(high, count), max(low, count - self.plane.top) - 1, -1):
                if n <= size and self.weights[size - n, count - a] > 0:
                    pairs.append((n, a))
                    ways.append(exact.at(size - n, count - a))
        digits = (int(u * 2**53) << 256) | int.from_bytes(rng.bytes(32), "big")
        number = digits * sum(ways) >> 309
        for pair, way in zip(pairs, ways, strict=True):
            if number < way:
                return pair
            number -= way
        raise AssertionError("the ways of a reachable state are positive")
