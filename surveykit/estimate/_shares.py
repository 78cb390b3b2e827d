"""Counts and percentages of a block, of a simple sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from surveykit.estimate._axes import Stub
from surveykit.estimate._blocks import Block, Layer
from surveykit.estimate._estimates import Spec
from surveykit.estimate._rows import Cells
from surveykit.stats import IntervalMethod, proportion_interval

__all__ = ["divided", "responses", "simple_shares", "uncertain"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def simple_shares(stub: Stub, total: bool, block: Block, spec: Spec) -> list[Cells]:
    """Return the statistics of every level and net of a simple sample.

    `total` says that the block is the total column, where shares of rows and of the table are
    those of the column.
    """
    n = block.n
    counts = np.asarray(n.cells, dtype=np.float64)
    bases = {"percent": np.broadcast_to(n.bases, counts.shape)}
    if not total:
        bases |= {"row_percent": n.rows, "total_percent": np.broadcast_to(n.whole, counts.shape)}
    shares = _shares(counts, bases, spec)
    made = [Cells("count", counts, bases["percent"]), shares[0]]
    return [*made, *uncertain(stub, block, spec), *shares[1:]]


def uncertain(stub: Stub, block: Block, spec: Spec) -> list[Cells]:
    """Return the shares that carry no standard error: of responses, of everyone, cumulated."""
    made = []
    if stub.multiple:
        made.append(_responses(stub, block))
        made.append(_of_more("percent_of_asked", block, (0, 2, 3)))
    if spec.verb == "freq":
        made.append(_of_more("percent_of_all", block, (0, 1, 2, 3)))
        if not stub.multiple:
            made.append(_cumulated(block))
    return made


def divided(counts: NDArray[Any], bases: NDArray[Any]) -> Floats:
    """Return counts over bases, nan where the base is not positive.

    Examples
    --------
    >>> divided(np.array([1.0, 2.0]), np.array([4.0, 0.0])).tolist()
    [0.25, nan]
    """
    return np.asarray(counts / np.where(bases > 0, bases, np.nan))


def responses(stub: Stub, layer: Layer) -> NDArray[Any]:
    """Return the number of responses of each column, shape (b,)."""
    return np.asarray(layer.cells[: len(stub.levels)].sum(axis=0))


def _shares(counts: Floats, bases: Mapping[str, NDArray[Any]], spec: Spec) -> list[Cells]:
    """Return the shares of several bases at once, with standard errors and intervals."""
    n = np.array(list(bases.values()), dtype=np.float64)
    p = divided(counts, n)
    se = 100 * np.sqrt(p * (1 - p) / np.maximum(n, 1))
    method = cast("IntervalMethod", spec.ci)
    ends = proportion_interval(counts, n, method=method, level=spec.level)
    shown = zip(bases, 100 * p, n, se, 100 * ends.low, 100 * ends.high, strict=True)
    return [Cells(*of_stat) for of_stat in shown]


def _responses(stub: Stub, block: Block) -> Cells:
    # responses of one respondent are not independent: no standard error
    n = np.broadcast_to(responses(stub, block.n), block.n.cells.shape)
    plain = block.weighted.cells[: block.k]
    nets = [plain[list(net.members)].sum(axis=0) for net in stub.nets]
    counts = np.concatenate([plain, np.stack(nets)]) if nets else plain
    whole = np.broadcast_to(responses(stub, block.weighted), counts.shape)
    return Cells("percent_of_responses", 100 * divided(counts, whole), n.astype(np.int64))


def _of_more(stat: str, block: Block, kinds: tuple[int, ...]) -> Cells:
    """Return shares of a base that holds `kinds` of the missing as well."""
    kept = list(kinds)
    people = np.asarray(block.n.bases + block.missing[kept].sum(axis=0))
    whole = block.weighted.bases + block.lacking[kept].sum(axis=0)
    counts = block.weighted.cells
    n = np.broadcast_to(people, counts.shape)
    return Cells(stat, 100 * divided(counts, np.broadcast_to(whole, counts.shape)), n)


def _cumulated(block: Block) -> Cells:
    """Return the shares of the levels so far, in their order; none of a net."""
    layer = block.weighted
    plain = np.cumsum(layer.cells[: block.k], axis=0)
    share = np.full(layer.cells.shape, np.nan)
    share[: block.k] = 100 * divided(plain, np.broadcast_to(layer.bases, plain.shape))
    return Cells("cumulative_percent", share, np.broadcast_to(block.bases, share.shape))
