"""Weighted totals of a block under the sample design, and what follows from them.

Every weighted number of a table is a ratio of sums of cell totals; how it varies follows from
how the totals do (`_spread`), by linearisation or over replicate weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.counts import Axis, Choices
from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import Banner, Stub
from surveykit.estimate._spread import (
    AnyDesign,
    Replicated,
    Spread,
    freedom_of,
    row_totals,
    table_totals,
)

__all__ = ["Totals", "block_totals"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_MOST_TOTALS = 2_500  # their covariance holds the square of this


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Weighted totals of K rows by B columns, and how they vary.

    Attributes
    ----------
    cells : Linearised or Replicated
        The K B totals.
    rows : ndarray of 0 and 1, shape (k + nets, K)
        What is summed for each level and net.
    base : ndarray of 0 and 1, shape (K,)
        What is summed for the base of a column.
    plain : ndarray of 0 and 1, shape (K,)
        The levels without nets and base.
    columns : ndarray of 0 and 1, shape (b, B)
    whole : ndarray of 0 and 1, shape (B,)
        What is summed for all columns together, each respondent once.
    df : ndarray of float, shape (b,)
        Degrees of freedom of each column: units less strata that have anyone in its base.
    whole_df : float
        The same of everyone who has both variables.
    """

    cells: Spread
    rows: Floats
    base: Floats
    plain: Floats
    columns: Floats
    whole: Floats
    df: Floats
    whole_df: float

    def counts(self) -> Spread:
        """Weighted counts, in the order levels, in them columns."""
        return self.cells.combined(self._sums())

    def percent(self) -> Spread:
        """Shares of the columns' bases, in the order of `counts`."""
        return self._over(np.kron(self._each(self.base), self.columns))

    def row_percent(self) -> Spread:
        """Shares of each level's own total."""
        return self._over(np.kron(self.rows, self._every()))

    def total_percent(self) -> Spread:
        """Shares of everyone."""
        return self._over(np.kron(self._each(self.base), self._every()))

    def of_responses(self) -> Spread:
        """Shares of the responses of each column."""
        return self._over(np.kron(self._each(self.plain), self.columns))

    def means(self, scores: Floats) -> Spread:
        """Means of scores of the plain levels, one for each column."""
        weighted = np.zeros_like(self.base)
        weighted[: len(scores)] = scores
        sums = (np.kron(x[None, :], self.columns) for x in (weighted, self.base))
        return self.cells.ratios(*(np.asarray(x, dtype=np.float64) for x in sums))

    def table(self, test: str) -> tuple[Floats, Floats, float]:
        """Return what a test of independence takes: the table (k, b), its covariance and df.

        Over replicates, Wald tests take totals and all others shares; the exact distributions
        take the covariance as known (df infinite). So does R survey.
        """
        k, b = int(self.plain.sum()), len(self.columns)
        places = np.arange(len(self.cells.estimate)).reshape(len(self.base), -1)[:k, :b].ravel()
        picked = self.cells.combined(np.eye(len(self.cells.estimate))[places])
        df = self.whole_df
        shares = test not in ("wald", "adj_wald") and picked.estimate.sum() > 0
        if isinstance(picked, Replicated) and shares:
            picked = picked.ratios(np.eye(k * b), np.ones((k * b, k * b)))
            df = np.inf if test in ("lincom", "saddlepoint") else df
        return picked.estimate.reshape(k, b), picked.covariance(), df

    def _sums(self) -> Floats:
        return np.asarray(np.kron(self.rows, self.columns), dtype=np.float64)

    def _over(self, bases: NDArray[Any]) -> Spread:
        return self.cells.ratios(self._sums(), bases)

    def _each(self, row: Floats) -> Floats:
        return np.tile(row, (len(self.rows), 1))

    def _every(self) -> Floats:
        return np.tile(self.whole, (len(self.columns), 1))


def block_totals(
    stub: Stub, banners: Sequence[Banner], design: AnyDesign, mask: Bools | None
) -> list[Totals]:
    """Total the cells of one variable by several banners, in the domain `mask`, in one pass.

    Raises
    ------
    UnsupportedError
        Where there are too many cells for a covariance matrix.
    """
    shapes = [_shape(stub, banner) for banner in banners]
    side = stub.side
    plain = [b for b in banners if isinstance(side, Axis) and isinstance(b.side, Axis)]
    found = iter(_exclusive(side, plain, design, mask) if isinstance(side, Axis) else ())
    made = []
    for banner, shape in zip(banners, shapes, strict=True):
        if isinstance(side, Axis) and isinstance(banner.side, Axis):
            cells, df = next(found)
        else:
            cells, df = _overlapping(side, banner.side, design, mask, shape)
        made.append(_totals(stub, banner, cells, df, shape))
    return made


def _shape(stub: Stub, banner: Banner) -> tuple[int, int]:
    k, b = len(stub.levels), len(banner.levels)
    height = k + len(stub.nets) + 1 if stub.multiple else k
    width = b + 1 if banner.overlaps else b
    if height * width > _MOST_TOTALS:
        raise UnsupportedError(
            f"{stub.name} × {banner.name}: {height} × {width} cells are too many for "
            "design-based standard errors.",
            hint="cut numbers into bins, or take the mean.",
        )
    return height, width


def _totals(
    stub: Stub, banner: Banner, cells: Spread, df: Floats, shape: tuple[int, int]
) -> Totals:
    (height, width), k, b = shape, len(stub.levels), len(banner.levels)
    base, plain = np.ones(height), np.ones(height)
    if stub.multiple:
        base[:-1], plain[k:] = 0.0, 0.0
    columns, whole = np.eye(b, width), np.ones(width)
    if banner.overlaps:
        whole[:-1] = 0.0
    rows = _summed(stub, height)
    return Totals(cells, rows, base, plain, columns, whole, df[:b], float(df[b]))


def _summed(stub: Stub, height: int) -> Floats:
    """Return what is summed for each level and net, shape (k + nets, height)."""
    k, nets = len(stub.levels), len(stub.nets)
    if stub.multiple:  # nets are columns of their own
        return np.eye(k + nets, height)
    rows = np.zeros((k + nets, height))
    rows[:k] = np.eye(k)
    for i, net in enumerate(stub.nets):
        rows[k + i, list(net.members)] = 1.0
    return rows


def _exclusive(
    row: Axis, banners: Sequence[Banner], design: AnyDesign, mask: Bools | None
) -> list[tuple[Spread, Floats]]:
    sides = [b.side for b in banners]
    columns = [(side.codes, side.k) for side in sides if isinstance(side, Axis)]
    return table_totals(row.codes, row.k, columns, mask, design)


def _overlapping(
    row: Axis | Choices,
    column: Axis | Choices,
    design: AnyDesign,
    mask: Bools | None,
    shape: tuple[int, int],
) -> tuple[Spread, Floats]:
    tall, wide = _indicators(row, shape[0]), _indicators(column, shape[1])
    if mask is not None:
        tall = tall & mask[:, None]
    size = shape[0] * shape[1]

    def cells(part: slice) -> NDArray[Any]:
        return (tall[part, :, None] & wide[part, None, :]).reshape(-1, size)

    base: Bools = tall[:, -1] if isinstance(row, Choices) else np.asarray(tall.any(axis=1))
    df = [freedom_of(np.asarray(base & w), design) for w in wide.T]
    if isinstance(column, Axis):
        df.append(freedom_of(base & wide.any(axis=1), design))
    return row_totals(cells, size, design), np.array(df)


def _indicators(side: Axis | Choices, size: int) -> Bools:
    """Return who is in which row (or column), (n, size); of choices the last is anyone."""
    if isinstance(side, Axis):
        return np.asarray(side.codes[:, None] == np.arange(size, dtype=side.codes.dtype))
    answered = side.status == 0
    return np.column_stack([side.chosen & answered[:, None], answered])
