"""Means of number variables by the columns of a banner, in any sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import Numbers
from surveykit.counts import Axis, group_moments, group_quantiles, weighted_quantiles
from surveykit.estimate._axes import Banner
from surveykit.estimate._rows import Cells
from surveykit.estimate._spread import AnyDesign, Spread, cell_totals, freedom, row_totals
from surveykit.estimate._summaries import Scored, quantile_name
from surveykit.stats import mean_interval
from surveykit.stats.linear import design_effect, mean_sums, srs_variance

__all__ = ["MeanBlock", "group_codes", "mean_block", "mean_cells"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class MeanBlock:
    """Moments of one variable in the b columns of a banner, arrays of shape (b,).

    Attributes
    ----------
    n : ndarray of int
    w, w2 : ndarray of float
        Σw and Σw².
    mean, sd, se, df, deff : ndarray of float
        nan where undefined; `deff` is nan in a simple sample.
    spread : Linearised or Replicated, or None
        How the means vary; None in a simple sample, where columns that share nobody are
        independent.
    """

    n: Ints
    w: Floats
    w2: Floats
    mean: Floats
    sd: Floats
    se: Floats
    df: Floats
    deff: Floats
    spread: Spread | None = None

    @property
    def scored(self) -> Scored:
        """The same as what columns are compared by."""
        return Scored(self.n, self.mean, self.sd**2)


def group_codes(banner: Banner, mask: Bools | None) -> list[Codes]:
    """Return the columns as codes of exclusive groups: one array, or one for each column.

    A respondent outside the domain or without a group has -1.
    """
    side = banner.side
    if isinstance(side, Axis):
        found = [side.codes]
    else:
        answered = side.status == 0
        found = [np.where(c & answered, np.int8(0), np.int8(-1)) for c in side.chosen.T]
    if mask is None:
        return found
    return [np.where(mask, g, -1).astype(g.dtype) for g in found]


def mean_block(
    values: Numbers, banner: Banner, mask: Bools | None, design: AnyDesign | None
) -> MeanBlock:
    """Average a number variable in each column of a banner, in the domain `mask`."""
    weights = None if design is None else design.weights
    parts = []
    for groups in group_codes(banner, mask):
        k = len(banner.levels) if not banner.overlaps else 1
        parts.append(group_moments(values.values, groups, k, weights))
    n, w, w2, mean, sd, se = (
        np.concatenate([getattr(p, name) for p in parts])
        for name in ("n", "w", "w2", "mean", "sd", "se")
    )
    if design is None:
        df = np.where(n > 0, n - 1.0, np.nan)
        return MeanBlock(n, w, w2, mean, sd, se, df, np.full(len(n), np.nan))
    spread, df = under_design(values.values, banner, mask, design, mean)
    variance = spread.variance()
    less = (n - 1) / np.maximum(n, 1)
    deff = design_effect(variance, srs_variance(sd**2 * less, n, w))
    return MeanBlock(n, w, w2, mean, sd, np.sqrt(variance), df, deff, spread)


def under_design(
    values: Floats, banner: Banner, mask: Bools | None, design: AnyDesign, centres: Floats
) -> tuple[Spread, Floats]:
    """Return the means less `centres`, (b,), and their degrees of freedom, (b,).

    Centred, so that no digits are lost where values vary little about a large mean.
    """
    sums, df = centred_sums(values, banner, mask, design, centres)
    return sums.ratios(*mean_sums(len(banner.levels))), df


def centred_sums(
    values: Floats, banner: Banner, mask: Bools | None, design: AnyDesign, centres: Floats
) -> tuple[Spread, Floats]:
    """Return Σw, then Σw (x - centre), of each column, (2 b,), and their df, (b,)."""
    some = ~np.isnan(values)
    columns = [np.where(some, g, -1) for g in group_codes(banner, mask)]
    b, middle = len(banner.levels), np.nan_to_num(centres)
    if not banner.overlaps:
        x = np.where(some, values, 0.0) - np.append(middle, 0.0)[columns[0]]
        return cell_totals(columns[0], b, design, values=(x,)), freedom(columns[0], b, design)[:b]

    def make(part: slice) -> Floats:
        members = np.column_stack([c[part] >= 0 for c in columns]).astype(np.float64)
        x = np.where(some[part], values[part], 0.0)[:, None] - middle
        return np.hstack([members, members * x])

    df = np.array([freedom(c, 1, design)[0] for c in columns])
    return row_totals(make, 2 * b, design), df


def mean_cells(
    block: MeanBlock,
    values: Numbers,
    banner: Banner,
    mask: Bools | None,
    design: AnyDesign | None,
    names: Sequence[str],
    level: float,
) -> list[Cells]:
    """Return the mean and the other statistics, arrays of shape (1, b)."""
    ends = mean_interval(block.mean, block.se, block.df, level=level)
    n = block.n[None, :]
    deff = None if design is None else block.deff[None, :]
    arrays = (block.mean, block.se, ends.low, ends.high, block.df)
    mean, se, low, high, df = (a[None, :] for a in arrays)
    made = [Cells("mean", mean, n, se, low, high, df, deff)]
    for name in dict.fromkeys(("sd", "median", *(x for x in names if x != "mean"))):
        found = block.sd if name == "sd" else _other(name, values, banner, mask, design)
        made.append(Cells(name, found[None, :], n))
    made.append(Cells("count", block.n[None, :].astype(np.float64), n))
    if design is not None:
        made.append(Cells("weighted_count", block.w[None, :], n))
    return made


def _other(
    name: str, values: Numbers, banner: Banner, mask: Bools | None, design: AnyDesign | None
) -> Floats:
    k = 1 if banner.overlaps else len(banner.levels)
    parts = [_of_groups(name, values, g, k, design) for g in group_codes(banner, mask)]
    return np.concatenate(parts)


def _of_groups(
    name: str, values: Numbers, groups: Codes, k: int, design: AnyDesign | None
) -> Floats:
    probability = quantile_name(name)
    if probability is None:
        return _extreme(name, values.values, groups, k)
    if design is None:
        return group_quantiles(values.values, groups, k, [probability])[:, 0]
    return weighted_quantiles(values.values, groups, k, [probability], design.weights)[:, 0]


def _extreme(name: str, values: Floats, groups: Codes, k: int) -> Floats:
    """Return the smallest or largest value of each group, shape (k,)."""
    some = ~np.isnan(values) & (groups >= 0)
    start = np.inf if name == "min" else -np.inf
    found = np.full(k, start)
    (np.minimum if name == "min" else np.maximum).at(found, groups[some], values[some])
    return np.where(np.isinf(found), np.nan, found)
