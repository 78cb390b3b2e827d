"""From counts to tidy rows: percentages with their bases, intervals and marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.estimate._axes import Banner, Level
from surveykit.estimate._blocks import Block
from surveykit.estimate._estimates import Estimate, Mark
from surveykit.estimate._words import say
from surveykit.text import Lang

__all__ = ["Cells", "Marker", "cell_rows", "missing_rows", "missing_split", "plain_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = list[float | None]


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
    banner: Banner,
    stats: Sequence[Cells],
    mark: Marker | None,
) -> list[Estimate]:
    """Make the rows of a block: by-levels, in them levels, in them statistics."""
    if not stats or not levels:
        return []
    columns = [_column(stats, field) for field in ("estimate", "se", "low", "high", "df", "deff")]
    n = np.stack([np.broadcast_to(c.n, c.estimate.shape) for c in stats], axis=-1)
    estimate, se, low, high, df, deff = columns
    numbers = (estimate, se, low, high, _flat(n), df, deff)
    rows = list(map(Estimate._make, _merged(name, levels, banner, stats, numbers)))
    return rows if mark is None else [_marked(r, mark) for r in rows]


def _merged(
    name: str,
    levels: Sequence[Level],
    banner: Banner,
    stats: Sequence[Cells],
    numbers: tuple[Values, ...],
) -> Iterator[tuple[Any, ...]]:
    """Yield the fields of each row, in the order of `Estimate`."""
    every = range(len(stats))
    lines = [(level.label, level.code) for level in levels]
    labels = [label for _ in banner.levels for label, _ in lines for _ in every]
    codes = [code for _ in banner.levels for _, code in lines for _ in every]
    size = len(lines) * len(stats)
    by_labels = [by.label for by in banner.levels for _ in range(size)]
    by_codes = [by.code for by in banner.levels for _ in range(size)]
    names = [c.stat for c in stats] * (len(banner.levels) * len(lines))
    place = (repeat(name), labels, codes, repeat(banner.name), by_labels, by_codes, names)
    return zip(*place, *numbers, repeat(""), repeat(""), strict=False)


def _column(stats: Sequence[Cells], field: str) -> Values:
    """Return one number of every row, in the order of the rows; None where there is none."""
    parts = [getattr(c, field) for c in stats]
    if all(p is None for p in parts):
        return [None] * (len(parts) * stats[0].estimate.size)
    nan = np.full(stats[0].estimate.shape, np.nan)
    found = np.stack([nan if p is None else np.broadcast_to(p, nan.shape) for p in parts], axis=-1)
    return [None if x != x else x for x in _flat(found)]


def _flat(values: NDArray[Any]) -> Values:
    """Shape (k, b, stats) to the order of the rows: columns, in them levels."""
    flat: Values = values.transpose(1, 0, 2).ravel().tolist()
    return flat


def _marked(row: Estimate, mark: Marker) -> Estimate:
    """Mark a row of synthetic data; an arbitrary value carries no uncertainty."""
    found = mark(row.variable, row.level_code, row.by, row.by_code, row.stat)
    if found == "arbitrary":
        return row._replace(mark=found, se=None, low=None, high=None, df=None, deff=None)
    return row._replace(mark=found)


def missing_rows(
    name: str, banner: Banner, block: Block, lang: Lang, mark: Marker | None
) -> list[Estimate]:
    """Make the row `missing` of each by-level; its `n` is everyone in that by-level."""
    sums = block.missing.sum(axis=0).tolist()
    bases = block.bases.tolist()
    return [
        Estimate(
            name, "", "", banner.name, by.label, by.code, "missing", float(sums[j]),
            n=sums[j] + bases[j],
            mark="" if mark is None else mark(name, "", banner.name, by.code, "missing"),
            note=missing_split(block.missing[:, j], lang) if sums[j] else "",
        )
        for j, by in enumerate(banner.levels)
    ]  # fmt: skip


def plain_rows(
    name: str, banner: Banner, stat: str, values: NDArray[Any], n: NDArray[Any], mark: Marker | None
) -> list[Estimate]:
    """Make one row of each column that belongs to no level: a base, a sum of responses."""
    cells = Cells(stat, np.asarray(values, dtype=np.float64)[None, :], n[None, :])
    return cell_rows(name, (Level("", ""),), banner, [cells], mark)


def missing_split(counts: Ints, lang: Lang) -> str:
    """Say how many are blank, not asked and user-missing; "" where nobody is missing.

    Examples
    --------
    >>> missing_split(np.array([3, 0, 2]), "en")
    'blank 3, user-missing 2'
    """
    names = ("blank", "not_asked", "user_missing", "none_chosen")
    kinds = zip(names, counts.tolist(), strict=False)
    return say("separator", lang).join(say(kind, lang, n=n) for kind, n in kinds if n)
