"""Tables of counts: what is asked for, in the layout that a code indexes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from surveykit.counts._engine import (
    Part,
    PatternPart,
    Tables,
    axis_part,
    joint_tables,
    pattern_parts,
)
from surveykit.counts._layout import (
    MISSING_KINDS,
    Axis,
    Bools,
    CellCounts,
    Choices,
    Codes,
    Floats,
    MultipleCounts,
    Side,
    Sums,
)
from surveykit.errors import UsageError

__all__ = [
    "PATTERN_BITS",
    "common_length",
    "count_cells",
    "count_multiple",
    "count_tables",
    "lay_out",
    "level_overlaps",
    "option_pairs",
    "overlaps",
    "starts",
]

Array = NDArray[Any]
Field = Literal["n", "w", "w2"]
_Reduce = Callable[[Side, Sequence[Part], Sequence[Array]], Array]
PATTERN_BITS = 6
_PAIR_CELLS = 16_384


def count_tables(
    stubs: Sequence[Side],
    bys: Sequence[Side],
    *,
    weights: Floats | None = None,
    mask: Bools | None = None,
) -> tuple[tuple[CellCounts | MultipleCounts, ...], ...]:
    """Count every stub by every by-variable in one pass over the rows.

    Parameters
    ----------
    stubs, bys : sequence of Axis or Choices
        Row and column variables over the same n respondents.
    weights : ndarray of float, shape (n,), optional
        Weights of the respondents; 1 when not given. Any number is summed as it is.
    mask : ndarray of bool, shape (n,), optional
        The domain; all respondents when not given.

    Returns
    -------
    tuple of tuple of CellCounts or MultipleCounts
        Indexed [stub][by]: `CellCounts` of an axis, `MultipleCounts` of a multiple response.
        Counts are exact; weighted sums are the same to the last bit from run to run.

    Raises
    ------
    UsageError
        If lengths differ or a code is outside its axis, in the domain or not.

    Examples
    --------
    >>> aware = Axis(np.array([0, 0, 1, -1]), 2)
    >>> media = Choices(np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool), np.array([0, 0, 0, -1]))
    >>> (row,) = count_tables([aware], [media, aware])
    >>> row[0].valid.tolist(), row[0].cells.n[-1].tolist()
    ([[2, 1], [0, 1]], [0, 0, 0, 0, 0, 1])
    """
    n = common_length([*stubs, *bys])
    left, right = [_parts(s) for s in stubs], [_parts(b) for b in bys]
    tables = joint_tables(
        [(p,) for parts in left for p in parts],
        [(p,) for parts in right for p in parts],
        n, weights, mask,
    )  # fmt: skip
    rows, columns = starts(left), starts(right)
    return tuple(
        tuple(
            lay_out(stub, by, ps, qs, [t[j : j + len(qs)] for t in tables[i : i + len(ps)]])
            for by, qs, j in zip(bys, right, columns, strict=True)
        )
        for stub, ps, i in zip(stubs, left, rows, strict=True)
    )


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
    weights, mask
        As in :func:`count_tables`.

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
    >>> cells.valid.tolist(), cells.missing[0].tolist()
    ([[1, 1], [0, 1]], [1, 0])
    """
    (tables,) = count_tables([row], bys, weights=weights, mask=mask)
    return tuple(t for t in tables if isinstance(t, CellCounts))


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
        0 = at least one choice, else -1 … -4.
    bys, weights, mask
        As in :func:`count_tables`.

    Returns
    -------
    tuple of MultipleCounts
        One for each of `bys`.

    Examples
    --------
    >>> chosen = np.array([[True, True], [True, False], [False, False]])
    >>> (c,) = count_multiple(chosen, np.array([0, 0, -1]), [Axis(np.zeros(3, int), 1)])
    >>> c.options.n[:, 0].tolist(), c.cases.n[[0, -1], 0].tolist()
    ([2, 1], [2, 1])
    """
    (tables,) = count_tables([Choices(chosen, status)], bys, weights=weights, mask=mask)
    return tuple(t for t in tables if isinstance(t, MultipleCounts))


def common_length(sides: Sequence[Side]) -> int:
    """Return the number of respondents that all sides have."""
    lengths = dict.fromkeys(len(s) for s in sides)
    if len(lengths) > 1:
        first, second, *_ = lengths
        raise UsageError(f"two axes have {first} and {second} respondents.")
    return next(iter(lengths), 0)


# ---------------------------------------------------------------- pairs of overlapping levels
def overlaps(
    stub: Side, by: Choices, *, weights: Floats | None = None, mask: Bools | None = None
) -> Sums:
    """Count the respondents with a valid stub who are in both of two overlapping columns.

    Parameters
    ----------
    stub : Axis or Choices
        Whose valid answers make the base.
    by : Choices, b options
    weights, mask
        As in :func:`count_tables`.

    Returns
    -------
    Sums, shape (b, b)
        Symmetric; the diagonal is the base of each column.

    Examples
    --------
    >>> media = Choices(np.array([[1, 1], [1, 0], [0, 1]], bool), np.zeros(3, int))
    >>> overlaps(Axis(np.array([0, 1, -1]), 2), media).n.tolist()
    [[2, 1], [1, 1]]
    """
    return _pairs(stub, by, _valid, weights, mask)


def level_overlaps(
    stub: Side, by: Choices, *, weights: Floats | None = None, mask: Bools | None = None
) -> Sums:
    """Count the respondents with each level (or option) who are in both of two columns.

    Parameters
    ----------
    stub : Axis or Choices, k levels or options
    by : Choices, b options
    weights, mask
        As in :func:`count_tables`.

    Returns
    -------
    Sums, shape (k, b, b)

    Examples
    --------
    >>> media = Choices(np.array([[1, 1], [1, 0], [0, 1]], bool), np.zeros(3, int))
    >>> level_overlaps(Axis(np.array([0, 1, -1]), 2), media).n.tolist()
    [[[1, 1], [1, 1]], [[1, 0], [0, 0]]]
    """
    return _pairs(stub, by, _options, weights, mask)


def option_pairs(
    stub: Choices, by: Side, *, weights: Floats | None = None, mask: Bools | None = None
) -> Sums:
    """Count the respondents of each column who chose both of two options.

    Parameters
    ----------
    stub : Choices, k options
    by : Axis or Choices, b columns
    weights, mask
        As in :func:`count_tables`.

    Returns
    -------
    Sums, shape (b, k, k)

    Examples
    --------
    >>> media = Choices(np.array([[1, 1], [1, 0], [0, 1]], bool), np.zeros(3, int))
    >>> option_pairs(media, Axis(np.array([0, 0, 1]), 2)).n.tolist()
    [[[2, 1], [1, 1]], [[0, 0], [0, 1]]]
    """
    return level_overlaps(by, stub, weights=weights, mask=mask)


def _pairs(
    stub: Side, by: Choices, reduce: _Reduce, weights: Floats | None, mask: Bools | None
) -> Sums:
    """Tabulate stub × pattern, or stub × pattern × pattern where one would be too wide."""
    n = common_length([stub, by])
    left = _parts(stub, bits=4)
    room = (_PAIR_CELLS // max(p.width for p in left)).bit_length() - 1
    one = by.k < room
    chunks = pattern_parts(by, by.k + 1 if one else max(room // 2, 1))
    atoms = [(p,) if one else (p, c) for c in chunks for p in left]
    joint = joint_tables(atoms, [(c,) for c in chunks], n, weights, mask)

    def build(field: Field) -> Array:
        rows = []
        for i, first in enumerate(chunks):
            tables = [[getattr(t, field) for t in row] for row in joint[i * len(left) :]]
            columns = [[row[j] for row in tables[: len(left)]] for j in range(len(chunks))]
            reduced = [reduce(stub, left, column) for column in columns]
            pairs = zip(reduced, chunks, strict=True)
            rows.append(
                _same_pattern(reduced[0], first)
                if one
                else np.concatenate([_two_patterns(t, first, c) for t, c in pairs], axis=-1)
            )
        return np.concatenate(rows, axis=-2)

    return _sums(weights is not None, build)


def _same_pattern(table: Array, part: PatternPart) -> Array:
    """Sum the patterns that hold both of two options: (…, patterns) → (…, m, m)."""
    valid, bits = table[..., -part.low :], part.bits.T
    pairs = [valid[..., a & b].sum(axis=-1) for a in bits for b in bits]
    shape = (*valid.shape[:-1], len(bits), len(bits))
    return np.stack(pairs, axis=-1).reshape(shape) if pairs else np.zeros(shape, valid.dtype)


def _two_patterns(table: Array, first: PatternPart, second: PatternPart) -> Array:
    """Sum (…, patterns, other patterns) to (…, m, other m)."""
    valid = table[..., -first.low :, -second.low :]
    rows = np.stack([valid[..., on, :].sum(axis=-2) for on in first.bits.T], axis=-2)
    return np.stack([rows[..., on].sum(axis=-1) for on in second.bits.T], axis=-1)


# ---------------------------------------------------------------- from digits to levels
def _parts(side: Side, bits: int = PATTERN_BITS) -> tuple[Part, ...]:
    return (axis_part(side),) if isinstance(side, Axis) else pattern_parts(side, bits)


def starts(parts: Sequence[Sequence[Part]]) -> list[int]:
    """Return where the digits of each side begin in the list of all."""
    return [sum(map(len, parts[:i])) for i in range(len(parts))]


def _sums(weighted: bool, build: Callable[[Field], Array]) -> Sums:
    n = build("n")
    if not weighted:
        w = n.astype(np.float64)
        return Sums(n, w, w)
    return Sums(n, build("w"), build("w2"))


def lay_out(
    stub: Side, by: Side, ps: Sequence[Part], qs: Sequence[Part], grid: Sequence[Sequence[Tables]]
) -> CellCounts | MultipleCounts:
    """Lay out the counts of one stub by one by-variable; `grid` is indexed [p][q]."""
    weighted = grid[0][0].w is not None

    def build(rows: _Reduce, field: Field) -> Array:
        columns = [
            rows(stub, ps, [getattr(row[q], field) for row in grid]).T for q in range(len(qs))
        ]
        return _levels(by, qs, columns).T

    if isinstance(stub, Axis) and isinstance(by, Axis):
        crossed = partial(_crossed, stub.k, by.k, ps[0], qs[0])
        cells = _sums(weighted, lambda field: crossed(getattr(grid[0][0], field)))
        return CellCounts(cells, stub.k, by.k)
    if isinstance(stub, Axis):
        return CellCounts(_sums(weighted, partial(build, _levels)), stub.k, by.k)
    options = _sums(weighted, partial(build, _options))
    return MultipleCounts(options, _sums(weighted, partial(build, _cases)), stub.k, by.k)


def _crossed(k: int, b: int, p: Part, q: Part, table: Array) -> Array:
    """Lay out two axes at once: a code is its own index on each."""
    out = np.zeros((k + MISSING_KINDS, b + MISSING_KINDS), table.dtype)
    out[: p.high + 1, : q.high + 1] = table[-p.low :, -q.low :]
    if p.low < 0:
        out[p.low :, : q.high + 1] = table[: -p.low, -q.low :]
    if q.low < 0:
        out[: p.high + 1, q.low :] = table[-p.low :, : -q.low]
    if p.low < 0 and q.low < 0:
        out[p.low :, q.low :] = table[: -p.low, : -q.low]
    return out


def _levels(side: Side, parts: Sequence[Part], tables: Sequence[Array]) -> Array:
    """Lay out levels (or options) and kinds of missing along the first axis, k + 4 long."""
    if not isinstance(side, Axis):
        return np.concatenate([_options(side, parts, tables), _missing(parts[0], tables[0])])
    (part,), (table,) = parts, tables
    out = np.zeros((side.k + MISSING_KINDS, *table.shape[1:]), table.dtype)
    out[: part.high + 1] = table[-part.low :]
    if part.low < 0:
        out[part.low :] = table[: -part.low]
    return out


def _options(side: Side, parts: Sequence[Part], tables: Sequence[Array]) -> Array:
    """Sum the patterns of each level or option along the first axis, k long."""
    if isinstance(side, Axis):
        return _levels(side, parts, tables)[: side.k]
    rows = [
        table[-part.low :][on].sum(axis=0)
        for part, table in zip(parts, tables, strict=True)
        if isinstance(part, PatternPart)
        for on in part.bits.T
    ]
    shape = (len(rows), *tables[0].shape[1:])
    return np.array(rows, dtype=tables[0].dtype).reshape(shape)


def _valid(_: Side, parts: Sequence[Part], tables: Sequence[Array]) -> Array:
    """Sum all who have a valid answer over the first axis."""
    total: Array = tables[0][-parts[0].low :].sum(axis=0)
    return total


def _cases(side: Side, parts: Sequence[Part], tables: Sequence[Array]) -> Array:
    """Lay out those with an answer and the kinds of missing along the first axis, 5 long."""
    valid = _valid(side, parts, tables)
    return np.concatenate([valid[None], _missing(parts[0], tables[0])])


def _missing(part: Part, table: Array) -> Array:
    out = np.zeros((MISSING_KINDS, *table.shape[1:]), table.dtype)
    out[MISSING_KINDS + part.low :] = table[: -part.low]
    return out
