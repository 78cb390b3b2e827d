"""The counts of every variable by every banner, from one pass over the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.counts import (
    MISSING_KINDS,
    Axis,
    CellCounts,
    Choices,
    MultipleCounts,
    Sums,
    count_tables,
)
from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import Banner, Stub

__all__ = ["Block", "Layer", "beside", "count_blocks"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_MOST_CELLS = 2_000_000  # of all tables asked for together: about as many rows of estimates


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The sums of a block, unweighted or weighted; k levels (behind them the nets), b columns.

    Attributes
    ----------
    cells : ndarray, shape (k + nets, b)
    bases : ndarray, shape (b,)
        Valid on both variables; of multiple response, the cases.
    rows : ndarray, shape (k + nets, b)
        Those of a level who have a group: of overlapping columns less than the sum of `cells`.
        The same in every column of a by-variable.
    whole : ndarray, shape (b,)
        Those who have both variables; the same in every column of a by-variable.
    """

    cells: NDArray[Any]
    bases: NDArray[Any]
    rows: NDArray[Any]
    whole: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The counts of one variable by one banner.

    Attributes
    ----------
    k : int
        Levels without the nets.
    n : Layer of int
        Respondents.
    missing : ndarray of int, shape (4, b)
        Missing on the row variable: blank, not asked, user-missing, none chosen.
    w, w2 : Layer of float, or None
        Σw and Σw²; None without weights.
    w_missing : ndarray of float, shape (4, b), or None
        Σw of the missing.
    """

    k: int
    n: Layer
    missing: Ints
    w: Layer | None = None
    w2: Layer | None = None
    w_missing: Floats | None = None

    @property
    def counts(self) -> Ints:
        """Respondents of the plain levels, shape (k, b)."""
        return np.asarray(self.n.cells[: self.k], dtype=np.int64)

    @property
    def bases(self) -> Ints:
        """Valid respondents of each column, shape (b,)."""
        return np.asarray(self.n.bases, dtype=np.int64)

    @property
    def lacking(self) -> NDArray[Any]:
        """Weighted missing, shape (4, b); the respondents themselves without weights."""
        return self.missing if self.w_missing is None else self.w_missing

    @property
    def weighted(self) -> Layer:
        """The weighted layer; the respondents themselves without weights."""
        return self.n if self.w is None else self.w


def count_blocks(
    stubs: Sequence[Stub],
    banners: Sequence[Banner],
    *,
    weights: Floats | None = None,
    mask: Bools | None = None,
) -> list[list[Block]]:
    """Count every stub by every banner, indexed ``[stub][banner]``.

    Raises
    ------
    UnsupportedError
        Where the tables together have more cells than can be shown.
    """
    _check_size(stubs, banners)
    anyone = [_anyone(b) for b in banners if b.overlaps]
    sides = [*(b.side for b in banners), *anyone]
    grid = count_tables([s.side for s in stubs], sides, weights=weights, mask=mask)
    blocks = []
    for stub, cells in zip(stubs, grid, strict=True):
        whole = iter(cells[len(banners) :])
        row = [
            _block(stub, cell, next(whole) if banner.overlaps else None, weights is not None)
            for banner, cell in zip(banners, cells, strict=False)
        ]
        blocks.append(row)
    return blocks


def _anyone(banner: Banner) -> Axis:
    """Return who is in any of overlapping columns."""
    assert isinstance(banner.side, Choices)
    return Axis(banner.side.status, 1)


def _check_size(stubs: Sequence[Stub], banners: Sequence[Banner]) -> None:
    columns = sum(len(b.levels) for b in banners)
    cells = sum(len(s.rows) for s in stubs) * columns
    if cells > _MOST_CELLS:
        widest = max(stubs, key=lambda s: len(s.rows))
        raise UnsupportedError(
            f"{cells:,} cells are more than a table can show: {widest.name!r} has "
            f"{len(widest.rows):,} levels, and the banner {columns:,} columns.",
            hint="cut numbers into bins, take the mean, or leave free text out.",
        )


def _block(
    stub: Stub,
    cell: CellCounts | MultipleCounts,
    anyone: CellCounts | MultipleCounts | None,
    weighted: bool,
) -> Block:
    n = _layer(stub, cell, anyone, "n")
    block = Block(len(stub.levels), n, cell.missing)
    if not weighted:
        return block
    w, w2 = (_layer(stub, cell, anyone, name) for name in ("w", "w2"))
    return replace(block, w=w, w2=w2, w_missing=_missing(cell))


def _missing(cell: CellCounts | MultipleCounts) -> Floats:
    held = cell.cases if isinstance(cell, MultipleCounts) else cell.cells
    return held.w[::-1][:MISSING_KINDS, : cell.b]


def _layer(
    stub: Stub,
    cell: CellCounts | MultipleCounts,
    anyone: CellCounts | MultipleCounts | None,
    name: str,
) -> Layer:
    cells, bases = _sums(stub, cell, name)
    rows, whole = (cells.sum(1, keepdims=True), bases.sum(keepdims=True))
    if anyone is not None:
        rows, whole = _sums(stub, anyone, name)
    return Layer(
        cells, bases, np.broadcast_to(rows, cells.shape), np.broadcast_to(whole, bases.shape)
    )


def beside(blocks: Sequence[Block]) -> Block:
    """Put the columns of several banners side by side; their statistics are then made at once."""
    first = blocks[0]
    if len(blocks) == 1:
        return first
    layers = {
        name: None if getattr(first, name) is None else _joined([getattr(b, name) for b in blocks])
        for name in ("n", "w", "w2")
    }
    missing = np.concatenate([b.missing for b in blocks], axis=1)
    lacking = np.concatenate([b.lacking for b in blocks], axis=1)
    w_missing = None if first.w_missing is None else lacking
    assert layers["n"] is not None
    return Block(first.k, layers["n"], missing, layers["w"], layers["w2"], w_missing)


def _joined(layers: Sequence[Layer]) -> Layer:
    cells, bases, rows, whole = (
        np.concatenate([getattr(x, name) for x in layers], axis=-1)
        for name in ("cells", "bases", "rows", "whole")
    )
    return Layer(cells, bases, rows, whole)


def _sums(stub: Stub, cell: CellCounts | MultipleCounts, name: str) -> tuple[Floats, Floats]:
    """Return the cells, nets behind the levels, and the bases."""
    if isinstance(cell, MultipleCounts):
        return _of(cell.options, name)[:, : cell.b], _of(cell.cases, name)[0, : cell.b]
    plain = _of(cell.cells, name)[: cell.k, : cell.b]
    if not stub.nets:
        return plain, plain.sum(axis=0)
    nets = np.stack([plain[list(n.members)].sum(axis=0) for n in stub.nets])
    return np.concatenate([plain, nets]), plain.sum(axis=0)


def _of(sums: Sums, name: str) -> Floats:
    found: Floats = getattr(sums, name)
    return found
