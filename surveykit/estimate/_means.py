"""Means of number variables by the columns of a banner, in any sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import Numbers
from surveykit.counts import group_moments, group_quantiles
from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import Banner
from surveykit.estimate._groups import column_quantiles, column_sums, group_codes
from surveykit.estimate._rows import Cells
from surveykit.estimate._spread import AnyDesign, Spread
from surveykit.estimate._summaries import Scored, check_summaries, quantile_name
from surveykit.stats import mean_interval
from surveykit.stats.linear import design_effect, mean_sums, srs_variance

_MOST_GROUPS = 2_500  # the covariance of their means holds the square of this
__all__ = [
    "MeanBlock",
    "check_statistics",
    "coefficient",
    "mean_block",
    "mean_cells",
    "population_variance",
]

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
        The means less themselves, and how they vary; None in a simple sample, where columns
        that share nobody are independent.
    sums : Linearised or Replicated, or None
        Σw, then Σw (x - mean), shape (2 b,).
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
    sums: Spread | None = None

    @property
    def scored(self) -> Scored:
        """The same as what columns are compared by."""
        return Scored(self.n, self.mean, self.sd**2)


def check_statistics(names: str | Sequence[str]) -> None:
    """Refuse what numbers have no levels for.

    Raises
    ------
    UnsupportedError

    Examples
    --------
    >>> check_statistics(["quantile_25", "min"])
    """
    for name in check_summaries(names):
        if name == "nps" or name.startswith(("top", "bottom")):
            raise UnsupportedError(
                f"{name!r} counts levels, and means have none.",
                hint=f"freq(…, summaries={name!r}) or crosstab.",
            )


def mean_block(
    values: Numbers, banner: Banner, mask: Bools | None, design: AnyDesign | None
) -> MeanBlock:
    """Average a number variable in each column of a banner, in the domain `mask`.

    Raises
    ------
    UnsupportedError
        Under a design, for more columns than their covariance can hold.
    """
    if design is not None and len(banner.levels) > _MOST_GROUPS:
        raise UnsupportedError(
            f"{banner.name!r} has {len(banner.levels):,} columns, too many for design-based "
            "standard errors.",
            hint="cut numbers into bins, or merge groups.",
        )
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
    sums, df = centred_sums(values.values, banner, mask, design, mean)
    spread = sums.ratios(*mean_sums(len(n)))
    variance = spread.variance()
    deff = design_effect(variance, srs_variance(population_variance(sd, n), n, w))
    return MeanBlock(n, w, w2, mean, sd, np.sqrt(variance), df, deff, spread, sums)


def population_variance(sd: Floats, n: Ints) -> Floats:
    """Return the variance with n in place of n - 1."""
    return np.asarray(sd**2 * ((n - 1) / np.maximum(n, 1)))


def centred_sums(
    values: Floats, banner: Banner, mask: Bools | None, design: AnyDesign, centres: Floats
) -> tuple[Spread, Floats]:
    """Return Σw, then Σw (x - centre), of each column, (2 b,), and their df, (b,).

    Centred, so that no digits are lost where values vary little about a large mean.
    """
    middle = np.append(np.nan_to_num(centres), 0.0)

    def of(at: Any) -> list[Floats]:
        return [np.asarray(values - middle[at])]

    return column_sums(~np.isnan(values), of, 1, banner, mask, design)


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
    if design is not None:
        made.append(Cells("cv", coefficient(mean, se), n))
    for name in dict.fromkeys(("sd", "median", *(x for x in names if x != "mean"))):
        made.append(_other(name, block, values, banner, mask, design, level))
    made.append(Cells("count", block.n[None, :].astype(np.float64), n))
    if design is not None:
        made.append(Cells("weighted_count", block.w[None, :], n))
    return made


def coefficient(estimate: Floats, se: Floats) -> Floats:
    """Coefficient of variation: se over the size of the estimate; nan where that is 0."""
    size = np.abs(estimate)
    return np.asarray(se / np.where(size > 0, size, np.nan))


def _other(
    name: str,
    block: MeanBlock,
    values: Numbers,
    banner: Banner,
    mask: Bools | None,
    design: AnyDesign | None,
    level: float,
) -> Cells:
    """Return the standard deviation, a quantile or an extreme of each column, (1, b)."""
    n, probability = block.n[None, :], quantile_name(name)
    if name == "sd":
        return Cells(name, block.sd[None, :], n)
    if probability is not None and design is not None:
        q = column_quantiles(values.values, [probability], banner, mask, design, level=level)
        return Cells(name, q.estimate, n, q.se, q.low, q.high, q.df[None, :])
    k = 1 if banner.overlaps else len(banner.levels)
    parts = []
    for groups in group_codes(banner, mask):
        if probability is None:
            parts.append(_extreme(name, values.values, groups, k))
        else:
            parts.append(group_quantiles(values.values, groups, k, [probability])[:, 0])
    return Cells(name, np.concatenate(parts)[None, :], n)


def _extreme(name: str, values: Floats, groups: Codes, k: int) -> Floats:
    """Return the smallest or largest value of each group, shape (k,)."""
    some = ~np.isnan(values) & (groups >= 0)
    start = np.inf if name == "min" else -np.inf
    found = np.full(k, start)
    (np.minimum if name == "min" else np.maximum).at(found, groups[some], values[some])
    return np.where(np.isinf(found), np.nan, found)
