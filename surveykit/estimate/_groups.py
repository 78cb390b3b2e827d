"""Numbers in the columns of a banner under a design: their sums and quantiles, and how these vary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.counts import Axis
from surveykit.estimate._axes import Banner
from surveykit.estimate._spread import AnyDesign, Spread, cell_totals, freedom, row_totals
from surveykit.stats.quantiles import QuantileInterval, QuantileRule, weighted_quantiles, woodruff

__all__ = ["ColumnQuantiles", "column_quantiles", "column_sums", "group_codes"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.integer[Any]]
Values = Callable[[Any], Sequence[Floats]]
"""(column of each respondent, or one column for all) to the numbers to be summed, each (n,)."""


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


def column_sums(
    known: Bools, values: Values, m: int, banner: Banner, mask: Bools | None, design: AnyDesign
) -> tuple[Spread, Floats]:
    """Sum numbers in each column of a banner.

    Parameters
    ----------
    known : ndarray of bool, shape (n,)
        Who has the numbers.
    values : callable
        Gives m arrays of numbers, which may depend on the column (to be centred in it).
    m : int

    Returns
    -------
    sums : Linearised or Replicated
        Σw of the b columns, then Σ w x of them for each of the m numbers.
    df : ndarray, shape (b,)
    """
    columns = [np.where(known, g, -1) for g in group_codes(banner, mask)]
    b = len(banner.levels)
    if not banner.overlaps:
        (codes,) = columns
        df = freedom(codes, b, design)[:b]
        return cell_totals(codes, b, design, values=list(values(codes))), df
    members = [codes >= 0 for codes in columns]
    own = [values(j) for j in range(b)]

    def make(part: slice) -> Floats:
        inside = np.column_stack([c[part] for c in members]).astype(np.float64)
        parts = [inside]
        for i in range(m):
            x = np.column_stack([numbers[i][part] for numbers in own])
            parts.append(np.where(inside > 0, x, 0.0))
        return np.hstack(parts)

    df = np.array([freedom(codes, 1, design)[0] for codes in columns])
    return row_totals(make, (1 + m) * b, design), df


@dataclass(frozen=True, slots=True, eq=False)
class ColumnQuantiles:
    """Quantiles of each column, arrays of shape (q, b); df of shape (b,)."""

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    df: Floats


def column_quantiles(
    values: Floats,
    probabilities: Sequence[float],
    banner: Banner,
    mask: Bools | None,
    design: AnyDesign,
    *,
    rule: QuantileRule = "math",
    interval: QuantileInterval = "mean",
    level: float = 0.95,
) -> ColumnQuantiles:
    """Quantiles in each column of a banner with Woodruff's intervals.

    The standard errors of all shares at or below a quantile come from one pass for each
    probability.
    """
    found = [
        _of_groups(values, probabilities, groups, k, design, rule, interval, level)
        for groups, k in _runs(values, banner, mask)
    ]
    arrays = (
        np.concatenate([getattr(f, name) for f in found], axis=-1)
        for name in ("estimate", "se", "low", "high", "df")
    )
    return ColumnQuantiles(*arrays)


def _runs(values: Floats, banner: Banner, mask: Bools | None) -> list[tuple[Codes, int]]:
    k = 1 if banner.overlaps else len(banner.levels)
    known = ~np.isnan(values)
    return [(np.where(known, g, -1), k) for g in group_codes(banner, mask)]


def _of_groups(
    values: Floats,
    probabilities: Sequence[float],
    groups: Codes,
    k: int,
    design: AnyDesign,
    rule: QuantileRule,
    interval: QuantileInterval,
    level: float,
) -> ColumnQuantiles:
    held = [(values[groups == j], design.weights[groups == j]) for j in range(k)]
    estimate = np.stack(
        [weighted_quantiles(x, w, probabilities, rule=rule) for x, w in held], axis=1
    )
    se = np.stack([_share_se(values, groups, k, at, design) for at in estimate])
    df = freedom(groups, k, design)[:k]
    parts = np.full((3, *estimate.shape), np.nan)
    for j, (x, w) in enumerate(held):
        if np.isnan(estimate[:, j]).any():
            continue
        known = dict(zip(estimate[:, j].tolist(), se[:, j].tolist(), strict=True))
        q = woodruff(
            x, w, probabilities, known.__getitem__, df[j],
            rule=rule, interval=interval, level=level,
        )  # fmt: skip
        parts[:, :, j] = q.se, q.low, q.high
    return ColumnQuantiles(estimate, parts[0], parts[1], parts[2], df)


def _share_se(values: Floats, groups: Codes, k: int, at: Floats, design: AnyDesign) -> Floats:
    """Return the standard error of each group's share at or below its number `at`, (k,)."""
    limits = np.append(at, np.nan)[groups]
    cells = np.where(groups >= 0, 2 * groups.astype(np.intp) + ~(values <= limits), -1)
    whole: Floats = np.repeat(np.eye(k), 2, axis=1)
    below = whole * np.tile([1.0, 0.0], k)
    return cell_totals(cells, 2 * k, design).ratios(below, whole).se()
