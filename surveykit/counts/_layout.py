"""What is counted and how counts are laid out: axes and choices in, small arrays out.

An axis has `k` levels with the codes 0 … k-1 and four kinds of missing: -1 blank, -2 not asked,
-3 user-missing, -4 none chosen (of a multiple response: was shown the list, answered, and chose
nothing). Its counts have the length k + 4, laid out so that a code is its own index:
``counts[0]`` is the first level and ``counts[-1]`` the blanks. A multiple response has the same
length: its options in place of the levels, then those who gave no answer, by kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UsageError

__all__ = [
    "BLANK",
    "MISSING_KINDS",
    "NONE_CHOSEN",
    "NOT_ASKED",
    "USER_MISSING",
    "Axis",
    "Bools",
    "CellCounts",
    "Choices",
    "Codes",
    "Floats",
    "Ints",
    "MultipleCounts",
    "Side",
    "Sums",
    "everyone",
    "narrowest",
    "nest",
]

BLANK, NOT_ASKED, USER_MISSING, NONE_CHOSEN = -1, -2, -3, -4
MISSING_KINDS = 4

Codes = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A side of a table whose levels exclude each other.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        0 … k-1, or -1 … -4 for the kinds of missing. The narrower the dtype, the faster.
    k : int
        Number of levels.
    """

    codes: Codes
    k: int

    def __len__(self) -> int:
        """Return the number of respondents."""
        return len(self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """A side of a table that is a multiple response: levels may overlap.

    Attributes
    ----------
    chosen : ndarray of bool, shape (n, k)
        Who chose what; counted only where `status` is 0.
    status : ndarray of int, shape (n,)
        0 = at least one choice, else -1 … -4: why there is none.
    """

    chosen: Bools
    status: Codes

    @property
    def k(self) -> int:
        """Number of options."""
        return int(self.chosen.shape[1])

    def __len__(self) -> int:
        """Return the number of respondents."""
        return len(self.status)


Side = Axis | Choices


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Unweighted counts, Σw and Σw², three arrays of one shape; without weights w is 1."""

    n: Ints
    w: Floats
    w2: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CellCounts:
    """The counts of a single-choice variable (k levels) by another variable (b columns).

    Attributes
    ----------
    cells : Sums, shape (k + 4, b + 4)
        Everything, missing kinds included; see the module for the layout. By a multiple
        response the first b columns overlap: a respondent is in each option chosen. The last
        four hold those who gave no answer to it.
    k, b : int
        Levels of the row variable, and levels or options of the by-variable.
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
        """Missing on the row variable, by by-level, shape (4, b): row i is the code -1 - i."""
        return self.cells.n[::-1][:MISSING_KINDS, : self.b]


@dataclass(frozen=True, slots=True, eq=False)
class MultipleCounts:
    """The counts of a multiple-response variable (k options) by another variable (b columns).

    Attributes
    ----------
    options : Sums, shape (k, b + 4)
        Respondents with at least one choice who chose the option.
    cases : Sums, shape (5, b + 4)
        Respondents: index 0 has at least one choice, -1 … -4 has none, by kind.
    k, b : int
        Options, and levels or options of the by-variable. Columns as in `CellCounts`.
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
        """Those without a choice, by by-level, shape (4, b): row i is the code -1 - i."""
        return self.cases.n[::-1][:MISSING_KINDS, : self.b]


def narrowest(k: int) -> type[np.signedinteger[Any]]:
    """Return the narrowest integer type for the codes of `k` levels.

    Examples
    --------
    >>> [narrowest(k).__name__ for k in (3, 120, 121, 40_000)]
    ['int8', 'int8', 'int16', 'int32']
    """
    if k <= 120:
        return np.int8
    if k <= 32_000:
        return np.int16
    return np.int32 if k <= 2_000_000_000 else np.int64


def everyone(n: int) -> Axis:
    """Return an axis of one level that all `n` respondents have: the total column.

    The codes are one zero seen n times: they take no memory and cannot be written to.

    Examples
    --------
    >>> everyone(3).codes.tolist()
    [0, 0, 0]
    """
    return Axis(np.broadcast_to(np.int8(0), (n,)), 1)


def nest(outer: Axis, inner: Axis) -> Axis:
    """Cross two axes: level ``i * inner.k + j``; missing where either is missing.

    Where both are missing, the kind is that of `outer`.

    Examples
    --------
    >>> a, b = Axis(np.array([0, 1, 1, -2]), 2), Axis(np.array([2, 0, -1, 1]), 3)
    >>> nest(a, b).codes.tolist(), nest(a, b).k
    ([2, 3, -1, -2], 6)
    """
    if len(outer) != len(inner):
        raise UsageError(f"two axes have {len(outer)} and {len(inner)} respondents.")
    k = outer.k * inner.k
    dtype = narrowest(max(k, inner.k))
    codes = outer.codes.astype(dtype)
    inside = inner.codes.astype(dtype)
    missing = codes < 0
    kind = codes[missing]
    codes *= dtype(inner.k)
    codes += inside
    missing_inner = inside < 0
    codes[missing_inner] = inside[missing_inner]
    codes[missing] = kind
    return Axis(codes, k)
