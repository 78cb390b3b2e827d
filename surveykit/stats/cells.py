"""Sums of weights in the cells of several tables at once, by unit, in blocks that stay in cache.

Tables that share their rows are fused into one key (a number in a mixed base) while the joint
table is small; each one is then a margin of it. This is the one pass over the data of a table
under a sample design or replicate weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cell_sums"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Codes = NDArray[np.integer[Any]]
Column = tuple[Codes, int]
_JOINT = 1 << 18  # cells of a joint table: what a cache holds
_ROWS = 1 << 16


def cell_sums(
    row: Codes,
    k: int,
    columns: Sequence[Column],
    weights: Sequence[Floats | None],
    *,
    mask: Bools | None = None,
    unit: Ints | None = None,
    units: int = 1,
) -> list[Floats]:
    """Sum weights in the cells of one row variable by each of several columns.

    Parameters
    ----------
    row : ndarray of int, shape (n,)
        0 … k-1; a negative code is in no cell.
    k : int
    columns : sequence of (codes, b)
        Codes of shape (n,), 0 … b-1 or negative.
    weights : sequence of ndarray, each of shape (n,), or None
        What is summed, m columns; None counts respondents.
    mask : ndarray of bool, shape (n,), optional
        The domain.
    unit : ndarray of int, shape (n,), optional
        Unit (or stratum) of each respondent, 0 … units-1; one for all when not given.
    units : int

    Returns
    -------
    list of ndarray, one for each column, of shape (m, units, k, b)

    Examples
    --------
    >>> row, sex = np.array([0, 1, 1, -1]), np.array([0, 0, 1, 1])
    >>> (found,) = cell_sums(row, 2, [(sex, 2)], [np.array([1.0, 2.0, 4.0, 8.0]), None])
    >>> found[0, 0].tolist(), found[1, 0].tolist()
    ([[1.0, 0.0], [2.0, 4.0]], [[1.0, 0.0], [1.0, 1.0]])
    """
    rows = _Digit.of(row, k, missing=mask is not None)
    digits = [_Digit.of(codes, b) for codes, b in columns]
    groups = list(_groups(digits, units * rows.width))
    sums = [np.zeros((len(weights), units * rows.width * _width(g))) for g in groups]
    largest = max((s.shape[1] for s in sums), default=0)
    step = min(max(_ROWS, 4 * largest), 16 * _ROWS)
    for start in range(0, len(row), step):
        part = slice(start, start + step)
        _add(part, rows, groups, weights, mask, unit, sums)
    return [
        margin
        for s, g in zip(sums, groups, strict=True)
        for margin in _margins(s.reshape(len(weights), units, rows.width, -1)[:, :, :k], g)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Digit:
    """A column of codes as one digit of a key; a last value for those in no cell."""

    codes: Codes
    k: int
    missing: bool

    @classmethod
    def of(cls, codes: Codes, k: int, *, missing: bool = False) -> _Digit:
        return cls(codes, k, missing or bool(len(codes) and codes.min() < 0))

    @property
    def width(self) -> int:
        return self.k + self.missing

    def load(self, part: slice) -> Codes:
        """Return the codes of some rows, of those in no cell the last."""
        codes = self.codes[part]
        return np.where(codes < 0, self.k, codes) if self.missing else codes


def _groups(digits: Sequence[_Digit], height: int) -> Iterator[list[_Digit]]:
    """Put columns together while their joint table is small."""
    group: list[_Digit] = []
    for digit in digits:
        if group and height * _width(group) * digit.width > _JOINT:
            yield group
            group = []
        group.append(digit)
    if group:
        yield group


def _width(group: Sequence[_Digit]) -> int:
    width = 1
    for digit in group:
        width *= digit.width
    return width


def _add(
    part: slice,
    rows: _Digit,
    groups: Sequence[Sequence[_Digit]],
    weights: Sequence[Floats | None],
    mask: Bools | None,
    unit: Ints | None,
    sums: Sequence[Floats],
) -> None:
    lead = rows.load(part).astype(np.intp)
    if mask is not None:
        lead[~mask[part]] = rows.k
    if unit is not None:
        lead += unit[part] * np.intp(rows.width)
    for group, total in zip(groups, sums, strict=True):
        key = lead
        for digit in group:
            if digit.width > 1:
                key = key * np.intp(digit.width)
                key += digit.load(part)
        for i, w in enumerate(weights):
            own = None if w is None else w[part]
            total[i] += np.bincount(key, weights=own, minlength=total.shape[1])


def _margins(joint: Floats, group: Sequence[_Digit]) -> Iterator[Floats]:
    """Yield the table of each column from the joint one, shape (m, units, k, …)."""
    whole = joint.reshape(*joint.shape[:3], *(d.width for d in group))
    for i, digit in enumerate(group):
        others = tuple(3 + j for j in range(len(group)) if j != i)
        yield whole.sum(axis=others)[..., : digit.k] if others else whole[..., : digit.k]
