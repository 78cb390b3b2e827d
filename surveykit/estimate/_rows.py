"""From counts to tidy rows: percentages with their bases, intervals and marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surveykit.estimate._axes import Banner, Block, Level, Stub
from surveykit.estimate._estimates import Estimate, Mark, Spec
from surveykit.estimate._words import say
from surveykit.stats import IntervalMethod, proportion_interval
from surveykit.text import Lang

__all__ = ["Cells", "Marker", "cell_rows", "missing_rows", "missing_split", "optional", "tabulate"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


Marker = Callable[[str, str, str, str, str], Mark]
"""(variable, level_code, by, by_code, stat) to the mark of a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One statistic of every cell of a block, arrays of shape (k, b); nan where undefined."""

    stat: str
    estimate: Floats
    n: Ints
    se: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    df: Floats | None = None


def tabulate(stub: Stub, banner: Banner, block: Block, spec: Spec, mark: Marker) -> list[Estimate]:
    """Make all rows of one variable by one banner."""
    stats = [_counts(block), _share("percent", block.counts, block.bases[None, :], spec)]
    if stub.multiple:
        stats.append(_responses(block))
    if banner.name:
        rows = block.counts.sum(axis=1)[:, None]
        stats.append(_share("row_percent", block.counts, rows, spec))
        stats.append(_share("total_percent", block.counts, block.bases.sum()[None, None], spec))
    cells = list(cell_rows(stub.name, stub.levels, banner, stats, mark))
    return cells + missing_rows(stub.name, banner, block, spec.lang, mark)


def cell_rows(
    name: str, levels: tuple[Level, ...], banner: Banner, stats: list[Cells], mark: Marker
) -> Iterator[Estimate]:
    """Yield the rows of a block: by-levels, in them levels, in them statistics."""
    for j, by in enumerate(banner.levels):
        for i, level in enumerate(levels):
            for cells in stats:
                marked = mark(name, level.code, banner.name, by.code, cells.stat)
                place = (name, level.label, level.code, banner.name, by.label, by.code)
                yield _row(place, cells, (i, j), marked)


def missing_rows(
    name: str, banner: Banner, block: Block, lang: Lang, mark: Marker
) -> list[Estimate]:
    """Make the row `missing` of each by-level; its `n` is everyone in that by-level."""
    sums = block.missing.sum(axis=0)
    return [
        Estimate(
            name, "", "", banner.name, by.label, by.code, "missing", float(sums[j]),
            n=int(sums[j] + block.bases[j]),
            mark=mark(name, "", banner.name, by.code, "missing"),
            note=missing_split(block.missing[:, j], lang),
        )
        for j, by in enumerate(banner.levels)
    ]  # fmt: skip


def missing_split(counts: Ints, lang: Lang) -> str:
    """Say how many are blank, not asked and user-missing; "" where nobody is missing.

    Examples
    --------
    >>> missing_split(np.array([3, 0, 2]), "en")
    'blank 3, user-missing 2'
    """
    kinds = zip(("blank", "not_asked", "user_missing"), counts.tolist(), strict=True)
    return say("separator", lang).join(say(kind, lang, n=n) for kind, n in kinds if n)


def optional(value: float) -> float | None:
    """Return `value`, or None for nan.

    Examples
    --------
    >>> optional(1.5), optional(float("nan"))
    (1.5, None)
    """
    return None if np.isnan(value) else float(value)


def _row(
    place: tuple[str, str, str, str, str, str], cells: Cells, at: tuple[int, int], mark: Mark
) -> Estimate:
    # an arbitrary value carries no uncertainty: nobody answered it
    spread = (cells.se, cells.low, cells.high, cells.df)
    shown = [None if a is None or mark == "arbitrary" else optional(a[at]) for a in spread]
    se, low, high, df = shown
    n = int(cells.n[at])
    return Estimate(
        *place, cells.stat, optional(cells.estimate[at]), se, low, high, n, df, mark=mark
    )


def _counts(block: Block) -> Cells:
    bases = np.broadcast_to(block.bases, block.counts.shape)
    return Cells("count", block.counts.astype(np.float64), bases)


def _share(stat: str, counts: Ints, bases: Ints, spec: Spec) -> Cells:
    n = np.broadcast_to(bases, counts.shape)
    p = counts / np.where(n > 0, n, np.nan)
    se = np.sqrt(p * (1 - p) / np.maximum(n, 1))
    method = cast("IntervalMethod", spec.ci)
    ends = proportion_interval(counts, n, method=method, level=spec.level)
    return Cells(stat, 100 * p, n, 100 * se, 100 * ends.low, 100 * ends.high)


def _responses(block: Block) -> Cells:
    # responses of one respondent are not independent: no standard error
    n = np.broadcast_to(block.counts.sum(axis=0), block.counts.shape)
    return Cells("percent_of_responses", 100 * block.counts / np.where(n > 0, n, np.nan), n)
