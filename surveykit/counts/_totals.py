"""Weighted totals of every cell per PSU or per stratum: what design-based variances are made of.

The cells of a stub by a by-variable are the k × b cells, row by row; of a multiple-response
stub the b bases (those with at least one choice) follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.counts._engine import (
    BLOCK,
    axis_part,
    blocks,
    checked_mask,
    checked_weights,
    pattern_parts,
)
from surveykit.counts._layout import Axis, Bools, Codes, Floats, Side, Sums
from surveykit.counts._tables import common_length
from surveykit.errors import UsageError

__all__ = ["cell_count", "psu_sums", "stratum_sums"]

Indices = NDArray[np.intp]
_DENSE = 8


def cell_count(stub: Side, by: Side) -> int:
    """Return the number of cells of a stub by a by-variable, bases included.

    Examples
    --------
    >>> cell_count(Axis(np.array([0, 1]), 2), Axis(np.array([0, 2]), 3))
    6
    """
    return (stub.k + (not isinstance(stub, Axis))) * by.k


def psu_sums(
    stub: Side,
    by: Side,
    psu: Codes,
    P: int,
    *,
    weights: Floats | None = None,
    mask: Bools | None = None,
) -> Floats:
    """Sum the weights in every cell for each primary sampling unit.

    Parameters
    ----------
    stub, by : Axis or Choices, k and b levels or options
    psu : ndarray of int, shape (n,)
        PSU of each respondent, 0 … P-1. With element samples, where each respondent is a PSU,
        :func:`stratum_sums` holds all that a variance needs.
    P : int
        Number of PSUs, those without a respondent in the domain included.
    weights, mask
        As in :func:`count_tables`.

    Returns
    -------
    ndarray of float, shape (P, cells)
        See the module for the order of cells.

    Raises
    ------
    UsageError
        If lengths differ, or a code or PSU is out of range.

    Examples
    --------
    >>> aware, village = Axis(np.array([0, 1, 0, -1]), 2), Axis(np.zeros(4, int), 1)
    >>> psu_sums(aware, village, np.array([0, 0, 1, 1]), 2, weights=np.array([1, 2, 4, 8.0]))
    array([[1., 2.],
           [4., 0.]])
    """
    out = np.zeros((P, cell_count(stub, by)))
    _accumulate(stub, by, psu, P, weights, mask, lambda key, w: _add(out, key, w))
    return out


def stratum_sums(
    stub: Side,
    by: Side,
    stratum: Codes,
    H: int,
    *,
    weights: Floats | None = None,
    mask: Bools | None = None,
) -> Sums:
    """Sum 1, w and w² in every cell for each stratum.

    Parameters
    ----------
    stub, by : Axis or Choices, k and b levels or options
    stratum : ndarray of int, shape (n,)
        0 … H-1.
    H : int
        Number of strata.
    weights, mask
        As in :func:`count_tables`.

    Returns
    -------
    Sums, shape (H, cells)
        See the module for the order of cells.

    Raises
    ------
    UsageError
        If lengths differ, or a code or stratum is out of range.

    Examples
    --------
    >>> aware, village = Axis(np.array([0, 1, 0, -1]), 2), Axis(np.zeros(4, int), 1)
    >>> stratum_sums(aware, village, np.array([0, 0, 1, 1]), 2).n.tolist()
    [[1, 1], [1, 0]]
    """
    shape = (H, cell_count(stub, by))
    n, w, w2 = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)

    def add(key: Indices, weight: Floats | None) -> None:
        _add(n, key, None)
        if weight is not None:
            _add(w, key, weight)
            _add(w2, key, weight * weight)

    _accumulate(stub, by, stratum, H, weights, mask, add)
    return Sums(n, w, w2) if weights is not None else Sums(n, n.astype(float), n.astype(float))


Add = Callable[[Indices, Floats | None], None]


def _accumulate(
    stub: Side,
    by: Side,
    unit: Codes,
    units: int,
    weights: Floats | None,
    mask: Bools | None,
    add: Add,
) -> None:
    """Hand the keys ``unit * cells + cell`` of each block of rows, and their weights, to `add`."""
    n = common_length([stub, by])
    _check(stub, by)
    _check_units(unit, units, n)
    weights, mask = checked_weights(weights, n), checked_mask(mask, n)
    cells = cell_count(stub, by)
    for rows in blocks(n, BLOCK):
        inside = None if mask is None else mask[rows]
        start = unit[rows].astype(np.intp) * cells
        w = None if weights is None else weights[rows]
        for at, cell in _cells(stub, by, rows, inside):
            add(start[at] + cell, None if w is None else w[at])


def _check(*sides: Side) -> None:
    for side in sides:
        _ = axis_part(side) if isinstance(side, Axis) else pattern_parts(side, 1)


def _check_units(unit: Codes, units: int, n: int) -> None:
    """Refuse units of another length or out of range."""
    part = axis_part(Axis(unit, units))
    if len(unit) != n or part.low < 0:
        raise UsageError(f"PSUs or strata must be {n} codes between 0 and {units - 1}.")


Piece = tuple[Bools, "Indices | int"]


def _pieces(side: Side, rows: slice, *, base: bool) -> list[Piece]:
    """Return who is counted and in which level: once for an axis, once for each option."""
    if isinstance(side, Axis):
        codes = side.codes[rows]
        return [(codes >= 0, codes.astype(np.intp))]
    answered = side.status[rows] >= 0
    options = np.ascontiguousarray(side.chosen[rows].T)
    pieces: list[Piece] = [(chosen & answered, j) for j, chosen in enumerate(options)]
    return [*pieces, (answered, side.k)] if base else pieces


def _cells(
    stub: Side, by: Side, rows: slice, inside: Bools | None
) -> Iterator[tuple[Indices, Indices | int]]:
    """Yield (row in the block, cell) of all that is counted in a block."""
    columns = _pieces(by, rows, base=False)
    for who, level in _pieces(stub, rows, base=True):
        counted = who if inside is None else who & inside
        for has, column in columns:
            at = np.flatnonzero(counted & has)
            i = level if isinstance(level, int) else level[at]
            yield at, i * by.k + (column if isinstance(column, int) else column[at])


def _add(out: NDArray[Any], key: Indices, w: Floats | None) -> None:
    """Add 1 or w at the flat places `key`: over their range if it is short, else one by one."""
    if not len(key):
        return
    low, high = int(key.min()), int(key.max())
    flat = out.reshape(-1)
    if high - low < _DENSE * len(key):
        flat[low : high + 1] += np.bincount(key - low, weights=w)
    else:
        np.add.at(flat, key, 1 if w is None else w)
