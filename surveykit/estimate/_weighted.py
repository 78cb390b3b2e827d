"""Weighted counts and percentages of a block, with standard errors under its sample design."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from surveykit.estimate._axes import Stub
from surveykit.estimate._blocks import Block
from surveykit.estimate._design import Totals
from surveykit.estimate._estimates import Spec
from surveykit.estimate._rows import Cells
from surveykit.estimate._shares import divided, uncertain
from surveykit.estimate._spread import Spread
from surveykit.estimate._summaries import nps_scores, scored, summary_cells
from surveykit.stats import mean_interval
from surveykit.stats.designci import EDGE, DesignIntervalName, design_proportion_interval
from surveykit.stats.linear import design_effect, srs_variance

__all__ = ["effective_base", "weighted_shares", "weighted_summaries"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Bases:
    """What shares are taken of, arrays of shape (k, b): respondents, Σw, Σw², df."""

    n: Ints
    w: Floats
    w2: Floats
    df: Floats

    @property
    def effective(self) -> Floats:
        """Kish's effective base: what stands in for n where a share is 0 or 1."""
        return np.nan_to_num(divided(self.w**2, self.w2))


def weighted_shares(
    stub: Stub, total: bool, block: Block, totals: Totals, spec: Spec
) -> list[Cells]:
    """Return the statistics of every level and net of a weighted or complex sample.

    `total` says that the block is the total column.
    """
    counts = np.asarray(block.n.cells, dtype=np.float64)
    shape = counts.shape
    bases = _bases(block, "bases", shape, totals.df)
    made = [Cells("count", counts, bases.n), _weighted_count(totals, bases, spec)]
    made.append(_share("percent", totals.percent(), bases, spec))
    for cells in uncertain(stub, block, spec):
        made.append(_with_responses(cells, stub, totals, bases.df))
    if not total:
        every = np.array(totals.whole_df)
        rows, whole = (_bases(block, name, shape, every) for name in ("rows", "whole"))
        made.append(_share("row_percent", totals.row_percent(), rows, spec))
        made.append(_share("total_percent", totals.total_percent(), whole, spec))
    return made


def _bases(block: Block, name: str, shape: tuple[int, ...], df: Floats) -> _Bases:
    assert block.w is not None
    assert block.w2 is not None
    layers = (block.n, block.w, block.w2)
    n, w, w2 = (np.broadcast_to(getattr(layer, name), shape) for layer in layers)
    return _Bases(n.astype(np.int64), w, w2, np.broadcast_to(df, shape))


def _weighted_count(totals: Totals, bases: _Bases, spec: Spec) -> Cells:
    found, shape = totals.counts(), bases.n.shape
    t, variance = found.estimate.reshape(shape), found.variance().reshape(shape)
    se = np.sqrt(variance)
    ends = mean_interval(t, se, bases.df, level=spec.level)
    share = _whole(divided(t, bases.w))
    simple = srs_variance(share * (1 - share), bases.n, bases.w) * bases.w**2
    deff = design_effect(variance, simple)
    # a number of people is not negative
    low = np.maximum(ends.low, 0.0)
    return Cells("weighted_count", t, bases.n, se, low, ends.high, bases.df, deff)


def _share(stat: str, shares: Spread, bases: _Bases, spec: Spec) -> Cells:
    shape = bases.n.shape
    p = _whole(shares.estimate.reshape(shape))
    variance = np.where((p == 0) | (p == 1), 0.0 * p, shares.variance().reshape(shape))
    se = np.sqrt(variance)
    ends = design_proportion_interval(
        p,
        se,
        bases.n,
        bases.df,
        method=cast("DesignIntervalName", spec.ci),
        level=spec.level,
        logit_se=_logit_se(shares, p, se, spec.ci),
        n_effective=bases.effective,
    )
    deff = design_effect(variance, srs_variance(p * (1 - p), bases.n, bases.w))
    shown = (100 * x for x in (p, se, ends.low, ends.high))
    estimate, se, low, high = shown
    return Cells(stat, estimate, bases.n, se, low, high, bases.df, deff)


def _whole(share: Floats) -> Floats:
    """Return shares as 0 or 1 where a sum of weights missed them by rounding."""
    return np.where(share < EDGE, 0.0 * share, np.where(share > 1 - EDGE, 1.0 + 0.0 * share, share))


def _logit_se(shares: Spread, p: Floats, se: Floats, ci: str) -> Floats | None:
    """Return the spread of the logits over replicates, se / (p (1 - p)) where there is none."""
    own = shares.logit_se() if ci in ("logit", "likelihood") else None
    if own is None:
        return None
    spread = p * (1 - p)
    delta = se / np.where(spread > 0, spread, np.nan)
    return np.where(np.isfinite(own.reshape(p.shape)), own.reshape(p.shape), delta)


def _with_responses(cells: Cells, stub: Stub, totals: Totals, df: Floats) -> Cells:
    """Give the shares of responses their standard error: a design knows who gave them."""
    if cells.stat != "percent_of_responses" or stub.nets:
        return cells
    se = totals.of_responses().se().reshape(cells.estimate.shape)
    return replace(cells, se=100 * se, df=df)


def effective_base(block: Block) -> Floats:
    """Kish's effective base (Σw)²/Σw² of each column, shape (b,); 0 for an empty one."""
    assert block.w is not None
    assert block.w2 is not None
    return np.nan_to_num(divided(np.asarray(block.w.bases) ** 2, block.w2.bases))


def weighted_summaries(
    stub: Stub, block: Block, totals: Totals, names: tuple[str, ...], level: float
) -> list[Cells]:
    """Return the statistics called `names`; means and net promoter scores by the design."""
    made = []
    for cells in summary_cells(stub, block, names, level):
        if cells.stat == "mean":
            assert stub.scores is not None
            cells = _design_mean(cells, stub.scores, stub, block, totals, level)
        elif cells.stat == "nps":
            cells = _design_mean(cells, nps_scores(stub), stub, block, totals, level)
        made.append(cells)
    return made


def _design_mean(
    cells: Cells, scores: Floats, stub: Stub, block: Block, totals: Totals, level: float
) -> Cells:
    middle = scores.mean() if len(scores) else 0.0
    means = totals.means(scores - middle)
    variance = means.variance()
    se = np.sqrt(variance)
    mean = means.estimate + middle
    ends = mean_interval(mean, se, totals.df, level=level)
    base = block.weighted.bases
    spread = scored(replace(stub, scores=scores), block).variance
    n = np.maximum(block.bases, 1)
    simple = srs_variance(spread * (n - 1) / n, block.bases, base)
    deff = design_effect(variance, simple)
    arrays = (mean, se, ends.low, ends.high, totals.df, deff)
    mean, se, low, high, df, deff = (a[None, :] for a in arrays)
    return Cells(cells.stat, mean, cells.n, se, low, high, df, deff)
