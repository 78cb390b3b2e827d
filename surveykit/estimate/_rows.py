"""From counts to tidy rows: percentages with their bases, intervals and marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.estimate._axes import Column, Level
from surveykit.estimate._blocks import Block
from surveykit.estimate._estimates import Estimate, Mark
from surveykit.estimate.missing import KINDS, write_split
from surveykit.text import Lang

__all__ = ["Cells", "Marker", "cell_rows", "missing_rows", "missing_split", "plain_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = list[Any]


Marker = Callable[[str, str, str, str, str], Mark]
"""(variable, level_code, by, by_code, stat) to the mark of a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One statistic of every cell of a block, arrays of shape (k, b); nan where undefined."""

    stat: str
    estimate: NDArray[Any]
    n: NDArray[Any]
    se: NDArray[Any] | None = None
    low: NDArray[Any] | None = None
    high: NDArray[Any] | None = None
    df: NDArray[Any] | None = None
    deff: NDArray[Any] | None = None


def cell_rows(
    name: str,
    levels: Sequence[Level],
    columns: Sequence[Column],
    stats: Sequence[Cells],
    mark: Marker | None,
) -> list[Estimate]:
    """Make the rows of a block: columns, in them levels, in them statistics."""
    if not stats or not levels:
        return []
    fields = ("estimate", "se", "low", "high", "n", "df", "deff")
    numbers = [_column(stats, field) for field in fields]
    rows = list(map(Estimate._make, _merged(name, levels, columns, stats, numbers)))
    return rows if mark is None else [_marked(r, mark) for r in rows]


def _merged(
    name: str,
    levels: Sequence[Level],
    columns: Sequence[Column],
    stats: Sequence[Cells],
    numbers: Sequence[Values],
) -> Iterator[tuple[Any, ...]]:
    """Yield the fields of each row, in the order of `Estimate`."""
    labels = [v.label for v in levels for _ in stats] * len(columns)
    codes = [v.code for v in levels for _ in stats] * len(columns)
    size = len(levels) * len(stats)
    bys = [by for by, _ in columns for _ in range(size)]
    by_labels = [v.label for _, v in columns for _ in range(size)]
    by_codes = [v.code for _, v in columns for _ in range(size)]
    names = [c.stat for c in stats] * (len(columns) * len(levels))
    place = (repeat(name), labels, codes, bys, by_labels, by_codes, names)
    return zip(*place, *numbers, repeat(""), repeat(""), strict=False)


def _column(stats: Sequence[Cells], field: str) -> Values:
    """Return one number of every row, in the order of the rows; None where there is none."""
    shape = stats[0].estimate.shape
    parts = [getattr(c, field) for c in stats]
    if all(p is None for p in parts):
        return [None] * (len(parts) * stats[0].estimate.size)
    found = np.full((*shape, len(parts)), np.nan)
    for i, part in enumerate(parts):
        if part is not None:
            found[..., i] = part
    flat = found.transpose(1, 0, 2).ravel()
    if field == "n":
        return flat.astype(np.int64).tolist()
    values: Values = flat.tolist()
    if np.isnan(flat).any():
        return [None if x != x else x for x in values]
    return values


def _marked(row: Estimate, mark: Marker) -> Estimate:
    """Mark a row of synthetic data; an arbitrary value carries no uncertainty."""
    found = mark(row.variable, row.level_code, row.by, row.by_code, row.stat)
    if found == "arbitrary":
        return row._replace(mark=found, se=None, low=None, high=None, df=None, deff=None)
    return row._replace(mark=found)


def missing_rows(
    name: str, columns: Sequence[Column], block: Block, lang: Lang, mark: Marker | None
) -> list[Estimate]:
    """Make the row `missing` of each by-level; its `n` is everyone in that by-level."""
    sums = block.missing.sum(axis=0).tolist()
    bases = block.bases.tolist()
    return [
        Estimate(
            name, "", "", by, level.label, level.code, "missing", float(sums[j]),
            n=sums[j] + bases[j],
            mark="" if mark is None else mark(name, "", by, level.code, "missing"),
            note=missing_split(block.missing[:, j], lang) if sums[j] else "",
        )
        for j, (by, level) in enumerate(columns)
    ]  # fmt: skip


def plain_rows(
    name: str,
    columns: Sequence[Column],
    stat: str,
    values: NDArray[Any],
    n: NDArray[Any],
    mark: Marker | None,
) -> list[Estimate]:
    """Make one row of each column that belongs to no level: a base, a sum of responses."""
    cells = Cells(stat, np.asarray(values, dtype=np.float64)[None, :], n[None, :])
    return cell_rows(name, (Level("", ""),), columns, [cells], mark)


def missing_split(counts: Ints, lang: Lang) -> str:
    """Say how many are blank, not asked and user-missing; "" where nobody is missing.

    Examples
    --------
    >>> missing_split(np.array([3, 0, 2]), "en")
    'blank 3, user-missing 2'
    """
    return write_split(dict(zip(KINDS, counts.tolist(), strict=False)), lang)
