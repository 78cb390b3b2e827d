"""Cell counts: code arrays in, small arrays out, one pass over the rows for each table.

An axis has `k` levels with the codes 0 … k-1 and three kinds of missing with the codes
-1 (blank), -2 (not asked) and -3 (user-missing). Its counts have the length k + 3, laid out so
that a code is its own index: ``counts[0]`` is the first level and ``counts[-1]`` the blanks.
An engine that groups by the two codes and sums 1, w and w² fills the same arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UsageError

__all__ = [
    "BLANK",
    "MISSING_KINDS",
    "NOT_ASKED",
    "USER_MISSING",
    "Axis",
    "CellCounts",
    "MultipleCounts",
    "Sums",
    "count_cells",
    "count_multiple",
    "everyone",
    "nest",
]

BLANK, NOT_ASKED, USER_MISSING = -1, -2, -3
MISSING_KINDS = 3

Codes = NDArray[np.integer[Any]]
Keys = NDArray[np.intp]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One side of a table.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        0 … k-1, or -1, -2, -3 for the kinds of missing.
    k : int
        Number of levels.
    """

    codes: Codes
    k: int


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Unweighted counts, Σw and Σw², three arrays of one shape; without weights w is 1."""

    n: Ints
    w: Floats
    w2: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CellCounts:
    """The counts of a single-choice variable (k levels) by another (b levels).

    Attributes
    ----------
    cells : Sums, shape (k + 3, b + 3)
        Everything, missing kinds included; see the module for the layout.
    k, b : int
        Levels of the row variable and of the by-variable.
    """

    cells: Sums
    k: int
    b: int

    @property
    def valid(self) -> Ints:
        """Counts of those who have both variables, shape (k, b)."""
        return self.cells.n[: self.k, : self.b]

    @property
    def missing(self) -> Ints:
        """Missing on the row variable, by by-level, shape (3, b): blank, not asked, user."""
        return self.cells.n[::-1][:MISSING_KINDS, : self.b]


@dataclass(frozen=True, slots=True, eq=False)
class MultipleCounts:
    """The counts of a multiple-response variable (k options) by another (b levels).

    Attributes
    ----------
    options : Sums, shape (k, b + 3)
        Respondents with at least one choice who chose the option.
    cases : Sums, shape (4, b + 3)
        Respondents: index 0 has at least one choice, -1 blank, -2 not asked, -3 user-missing.
    k, b : int
        Options, and levels of the by-variable.
    """

    options: Sums
    cases: Sums
    k: int
    b: int

    @property
    def valid(self) -> Ints:
        """Choices of those who have the by-variable, shape (k, b)."""
        return self.options.n[:, : self.b]

    @property
    def answered(self) -> Ints:
        """Cases, those with at least one choice, by by-level, shape (b,)."""
        return self.cases.n[0, : self.b]

    @property
    def missing(self) -> Ints:
        """Those without an answer, by by-level, shape (3, b): blank, not asked, user."""
        return self.cases.n[::-1][:MISSING_KINDS, : self.b]


def everyone(n: int) -> Axis:
    """Return an axis of one level that all `n` respondents have: the total column.

    Examples
    --------
    >>> everyone(3).codes.tolist()
    [0, 0, 0]
    """
    return Axis(np.zeros(n, dtype=np.intp), 1)


def nest(outer: Axis, inner: Axis) -> Axis:
    """Cross two axes: level ``i * inner.k + j``; missing where either is missing.

    Examples
    --------
    >>> a, b = Axis(np.array([0, 1, 1, -2]), 2), Axis(np.array([2, 0, -1, 1]), 3)
    >>> nest(a, b).codes.tolist(), nest(a, b).k
    ([2, 3, -1, -2], 6)
    """
    fused = outer.codes.astype(np.intp) * inner.k + inner.codes
    missing = np.where(outer.codes < 0, outer.codes, inner.codes)
    return Axis(np.where(missing < 0, missing, fused), outer.k * inner.k)


def count_cells(
    row: Axis,
    bys: Sequence[Axis],
    *,
    weights: Floats | None = None,
    mask: Bools | None = None,
) -> tuple[CellCounts, ...]:
    """Count a single-choice variable by each of several by-variables.

    Parameters
    ----------
    row : Axis
        The row variable, n respondents.
    bys : sequence of Axis
        The by-variables, over the same respondents.
    weights : ndarray of float, shape (n,), optional
        Weights of the respondents; 1 when not given.
    mask : ndarray of bool, shape (n,), optional
        The domain; all respondents when not given.

    Returns
    -------
    tuple of CellCounts
        One for each of `bys`.

    Raises
    ------
    UsageError
        If lengths differ or a code is outside its axis.

    Examples
    --------
    >>> sex, aware = Axis(np.array([0, 1, 1, 0]), 2), Axis(np.array([0, 0, 1, -1]), 2)
    >>> (cells,) = count_cells(aware, [sex])
    >>> cells.valid.tolist(), cells.missing.tolist()
    ([[1, 1], [0, 1]], [[1, 0], [0, 0], [0, 0]])
    """
    keys = _keys(row, mask)
    w = _masked(weights, mask)
    return tuple(
        CellCounts(
            _sums(keys, row.k + 3, _keys(by, mask, len(row.codes)), by.k + 3, w), row.k, by.k
        )
        for by in bys
    )


def count_multiple(
    chosen: Bools,
    status: Codes,
    bys: Sequence[Axis],
    *,
    weights: Floats | None = None,
    mask: Bools | None = None,
) -> tuple[MultipleCounts, ...]:
    """Count a multiple-response variable by each of several by-variables.

    Parameters
    ----------
    chosen : ndarray of bool, shape (n, k)
        Who chose what; counted only where `status` is 0.
    status : ndarray of int, shape (n,)
        0 = at least one choice, else -1, -2, -3.
    bys, weights, mask
        As in :func:`count_cells`.

    Returns
    -------
    tuple of MultipleCounts
        One for each of `bys`.

    Examples
    --------
    >>> chosen = np.array([[True, True], [True, False], [False, False]])
    >>> (c,) = count_multiple(chosen, np.array([0, 0, -1]), [everyone(3)])
    >>> c.options.n[:, 0].tolist(), c.cases.n[[0, -1], 0].tolist()
    ([2, 1], [2, 1])
    """
    answered = Axis(status, 1)
    keys = _keys(answered, mask)
    w = _masked(weights, mask)
    picked = (chosen if mask is None else chosen[mask]) & (keys == 0)[:, None]
    results = []
    for by in bys:
        columns = _keys(by, mask, len(status))
        cases = _sums(keys, 1 + MISSING_KINDS, columns, by.k + 3, w)
        results.append(
            MultipleCounts(_options(picked, columns, by.k + 3, w), cases, chosen.shape[1], by.k)
        )
    return tuple(results)


def _options(picked: Bools, columns: Keys, width: int, w: Floats | None) -> Sums:
    rows = [
        _sums(np.zeros(int(p.sum()), np.intp), 1, columns[p], width, None if w is None else w[p])
        for p in picked.T
    ]
    shape = (len(rows), width)
    n, w1, w2 = (
        np.array([getattr(r, f)[0] for r in rows]).reshape(shape) for f in ("n", "w", "w2")
    )
    return Sums(n.astype(np.int64), w1.astype(np.float64), w2.astype(np.float64))


def _masked(values: Floats | None, mask: Bools | None) -> Floats | None:
    return values if values is None or mask is None else values[mask]


def _keys(axis: Axis, mask: Bools | None, n: int | None = None) -> Keys:
    """Codes as indices 0 … k + 2: a negative code counts from the end."""
    codes = axis.codes
    if n is not None and len(codes) != n:
        raise UsageError(f"two axes have {n} and {len(codes)} respondents.")
    if mask is not None:
        codes = codes[mask]
    if len(codes) and not (codes.min() >= -MISSING_KINDS and codes.max() < axis.k):
        raise UsageError(f"codes must lie between -3 and {axis.k - 1}.")
    return np.where(codes < 0, codes + np.intp(axis.k + MISSING_KINDS), codes).astype(
        np.intp, copy=False
    )


def _sums(rows: Keys, height: int, columns: Keys, width: int, w: Floats | None) -> Sums:
    fused = rows * width + columns
    size, shape = height * width, (height, width)
    n = np.bincount(fused, minlength=size).reshape(shape).astype(np.int64, copy=False)
    if w is None:
        return Sums(n, n.astype(np.float64), n.astype(np.float64))
    first, second = (np.bincount(fused, weights=x, minlength=size) for x in (w, w * w))
    return Sums(n, *(x.astype(np.float64, copy=False).reshape(shape) for x in (first, second)))
