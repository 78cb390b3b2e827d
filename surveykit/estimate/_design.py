"""Weighted totals of a block under the sample design, and what follows from them.

Every weighted number of a table is a ratio of sums of cell totals; its standard error comes from
the covariance of the totals (`surveykit.stats.design`) by the delta method.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.counts import Axis, Choices
from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import Banner, Stub
from surveykit.stats.design import (
    SampleDesign,
    cell_covariance,
    cell_degrees_of_freedom,
    covariance,
    element_covariance,
)
from surveykit.stats.linear import Linear, ratios

__all__ = ["Totals", "block_totals"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.integer[Any]]
_MOST_TOTALS = 2_500  # their covariance holds the square of this
_DENSE = 20_000_000  # numbers held at once for respondents by overlapping cells


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Weighted totals of K rows by B columns, and their covariance.

    Attributes
    ----------
    t : ndarray, shape (K B,)
    v : ndarray, shape (K B, K B)
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

    t: Floats
    v: Floats
    rows: Floats
    base: Floats
    plain: Floats
    columns: Floats
    whole: Floats
    df: Floats
    whole_df: float

    def percent(self) -> Linear:
        """Shares of the columns' bases, in the order levels, in them columns."""
        return self._over(np.kron(self._each(self.base), self.columns))

    def row_percent(self) -> Linear:
        """Shares of each level's own total."""
        return self._over(np.kron(self.rows, self._every()))

    def total_percent(self) -> Linear:
        """Shares of everyone."""
        return self._over(np.kron(self._each(self.base), self._every()))

    def of_responses(self) -> Linear:
        """Shares of the responses of each column."""
        return self._over(np.kron(self._each(self.plain), self.columns))

    def means(self, scores: Floats) -> Linear:
        """Means of scores of the plain levels, one for each column."""
        weighted = np.zeros_like(self.base)
        weighted[: len(scores)] = scores
        return ratios(
            self.t,
            np.kron(weighted[None, :], self.columns),
            np.kron(self.base[None, :], self.columns),
        )

    def cells(self) -> tuple[Floats, Floats]:
        """Weighted counts and their standard errors, in the order of `percent`."""
        sums = self._sums()
        variance = np.einsum("rc,cd,rd->r", sums, self.v, sums, optimize=True)
        return sums @ self.t, np.sqrt(np.maximum(variance, 0.0))

    def table(self) -> tuple[Floats, Floats]:
        """Return the totals of the plain levels, (k, b), and their covariance, (k b, k b)."""
        k, b = int(self.plain.sum()), len(self.columns)
        places = np.arange(len(self.t)).reshape(len(self.base), -1)[:k, :b]
        flat = places.ravel()
        return self.t[places], self.v[np.ix_(flat, flat)]

    def _sums(self) -> Floats:
        return np.asarray(np.kron(self.rows, self.columns), dtype=np.float64)

    def _over(self, bases: NDArray[Any]) -> Linear:
        return ratios(self.t, self._sums(), bases)

    def _each(self, row: Floats) -> Floats:
        return np.tile(row, (len(self.rows), 1))

    def _every(self) -> Floats:
        return np.tile(self.whole, (len(self.columns), 1))


def block_totals(stub: Stub, banner: Banner, design: SampleDesign, mask: Bools | None) -> Totals:
    """Total the cells of one variable by one banner, in the domain `mask`.

    Raises
    ------
    UnsupportedError
        Where there are too many cells for a covariance matrix.
    """
    k, b = len(stub.levels), len(banner.levels)
    height = k + len(stub.nets) + 1 if stub.multiple else k
    width = b + 1 if banner.overlaps else b
    if height * width > _MOST_TOTALS:
        raise UnsupportedError(
            f"{stub.name} × {banner.name}: {height} × {width} cells are too many for "
            "design-based standard errors.",
            hint="cut numbers into bins, or take the mean.",
        )
    t, v, df = _moments(stub, banner, design, mask, (height, width))
    base, plain = np.ones(height), np.ones(height)
    if stub.multiple:
        base[:-1], plain[k:] = 0.0, 0.0
    columns, whole = np.eye(b, width), np.ones(width)
    if banner.overlaps:
        whole[:-1] = 0.0
    return Totals(t, v, _summed(stub, height), base, plain, columns, whole, df[:b], float(df[b]))


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


def _moments(
    stub: Stub, banner: Banner, design: SampleDesign, mask: Bools | None, shape: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    if isinstance(stub.side, Axis) and isinstance(banner.side, Axis):
        return _exclusive(stub.side, banner.side, design, mask)
    return _overlapping(stub.side, banner.side, design, mask, shape)


def _exclusive(
    row: Axis, column: Axis, design: SampleDesign, mask: Bools | None
) -> tuple[Floats, Floats, Floats]:
    inside = (row.codes >= 0) & (column.codes >= 0)
    if mask is not None:
        inside &= mask
    wide: Any = np.int32 if row.k * column.k > 30_000 else np.int16
    fused = row.codes.astype(wide) * wide(column.k) + column.codes.astype(wide)
    fused[~inside] = -1
    t, v = cell_covariance(fused, row.k * column.k, design)
    groups = np.where(inside, column.codes, -1)
    return t, v, _freedom(groups, column.k, design)


def _freedom(groups: Codes, b: int, design: SampleDesign) -> Floats:
    """Degrees of freedom of each of `b` groups, and of all of them together, shape (b + 1,)."""
    some = (groups >= 0) & (design.weights > 0)
    by = design.groups if design.units is None else design.units
    rows = design.n_groups if design.units is None else design.n_units
    fused = by[some] * np.intp(b) + groups[some]
    counts = np.bincount(fused, minlength=rows * b).reshape(rows, b)
    both = np.column_stack([counts, counts.sum(axis=1)])
    return cell_degrees_of_freedom(both, design).astype(np.float64)


def _overlapping(
    row: Axis | Choices,
    column: Axis | Choices,
    design: SampleDesign,
    mask: Bools | None,
    shape: tuple[int, int],
) -> tuple[Floats, Floats, Floats]:
    tall, wide = _indicators(row, shape[0]), _indicators(column, shape[1])
    if mask is not None:
        tall = tall & mask[:, None]
    first, second = _sums_and_pairs(tall, wide, design)
    t = first.sum(axis=0)
    v = covariance(first, design) if second is None else element_covariance(first, second, design)
    base = tall[:, -1] if isinstance(row, Choices) else tall.any(axis=1)
    df = [_freedom(np.where(base & w, 0, -1), 1, design)[0] for w in wide.T]
    if isinstance(column, Axis):
        df.append(_freedom(np.where(base & wide.any(axis=1), 0, -1), 1, design)[0])
    return t, v, np.array(df)


def _indicators(side: Axis | Choices, size: int) -> Bools:
    """Return who is in which row (or column), (n, size); of choices the last is anyone."""
    if isinstance(side, Axis):
        return np.asarray(side.codes[:, None] == np.arange(size, dtype=side.codes.dtype))
    answered = side.status == 0
    return np.column_stack([side.chosen & answered[:, None], answered])


def _sums_and_pairs(tall: Bools, wide: Bools, design: SampleDesign) -> tuple[Floats, Floats | None]:
    """Return Σ w x by unit; where each respondent is a unit, by stratum, and Σ w² x xᵀ."""
    by = design.groups if design.units is None else design.units
    rows = design.n_groups if design.units is None else design.n_units
    size = tall.shape[1] * wide.shape[1]
    first = np.zeros((rows, size))
    second = np.zeros((rows, size, size)) if design.units is None else None
    step = max(1, _DENSE // size)
    for start in range(0, len(by), step):
        part = slice(start, start + step)
        x = (tall[part, :, None] & wide[part, None, :]).reshape(-1, size) * design.weights[
            part, None
        ]
        for c in range(size):
            first[:, c] += np.bincount(by[part], weights=x[:, c], minlength=rows)
        for s in range(rows) if second is not None else ():
            own = x[by[part] == s]
            second[s] += own.T @ own  # type: ignore[index]
    return first, second
