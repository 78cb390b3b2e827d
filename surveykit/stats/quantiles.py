"""Weighted quantiles, and their intervals under a design by inverting one of a proportion.

References
----------
Woodruff (1952), Confidence intervals for medians and other position measures, JASA 47, 635-646.
Hyndman and Fan (1996), Sample quantiles in statistical packages, The American Statistician 50,
361-365; with weights as in R survey 4.5 (`svyquantile` and its rules). Shah and Vaish (2006),
Confidence intervals for quantile estimation from complex survey data, Proc. ASA.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats.design import SampleDesign, cell_covariance, degrees_of_freedom
from surveykit.stats.designci import DesignIntervalName, design_proportion_interval, t_quantile
from surveykit.stats.linear import proportions

__all__ = [
    "QUANTILE_INTERVALS",
    "QUANTILE_RULES",
    "QuantileInterval",
    "QuantileRule",
    "Quantiles",
    "design_quantiles",
    "weighted_quantiles",
    "woodruff",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
QuantileInterval = Literal["mean", "beta", "xlogit", "asin"]
QUANTILE_INTERVALS: tuple[QuantileInterval, ...] = get_args(QuantileInterval)
QuantileRule = Literal[
    "math", "school", "shahvaish", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"
]
QUANTILE_RULES: tuple[QuantileRule, ...] = get_args(QuantileRule)

# a cumulated share this near to the one sought is equal to it: sums of weights are rounded
TIE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """Quantiles of one variable, arrays of shape (q,).

    Attributes
    ----------
    estimate, low, high, se : ndarray of float
        An end is nan where the interval of the proportion leaves [0, 1]; `se` is the width of
        the interval over twice the critical value.
    """

    estimate: Floats
    low: Floats
    high: Floats
    se: Floats


def weighted_quantiles(
    values: ArrayLike, weights: ArrayLike, probabilities: ArrayLike, *, rule: QuantileRule = "math"
) -> Floats:
    """Quantiles of weighted values.

    Parameters
    ----------
    values, weights : array_like, shape (n,)
        Without nan; weights of 0 are left out.
    probabilities : array_like, shape (q,)
        Between 0 and 1.
    rule : str
        "math" (= "hf1"): the smallest value with at least that share of the weight at or below
        it. "school" (= "hf2"): the middle of two values where the share is met exactly. "hf3"
        … "hf9" and "shahvaish": see the references.

    Returns
    -------
    ndarray, shape (q,)
        nan if nothing has weight.

    Examples
    --------
    >>> weighted_quantiles([1, 2, 3, 4], [1, 1, 1, 1], [0.5, 0.9]).tolist()
    [2.0, 4.0]
    >>> weighted_quantiles([1, 2, 3, 4], [1, 1, 1, 1], [0.5], rule="school").tolist()
    [2.5]
    """
    return _Sorted.of(values, weights).quantiles(probabilities, rule)


def design_quantiles(
    values: ArrayLike,
    design: SampleDesign,
    probabilities: ArrayLike,
    *,
    mask: Bools | None = None,
    rule: QuantileRule = "math",
    interval: QuantileInterval = "mean",
    level: float = 0.95,
    df: float | None = None,
) -> Quantiles:
    """Quantiles under a design, with Woodruff's intervals.

    Parameters
    ----------
    values : array_like, shape (n,)
        Respondents with nan are outside the domain.
    design : SampleDesign
    probabilities : array_like, shape (q,)
        Strictly between 0 and 1.
    mask : ndarray of bool, shape (n,), optional
        The domain.
    rule : str
        See :func:`weighted_quantiles`.
    interval : {"mean", "beta", "xlogit", "asin"}
        Interval of the share at or below the quantile.
    level : float
    df : float, optional
        Degrees of freedom; those of the design in the domain when not given.

    Returns
    -------
    Quantiles

    Raises
    ------
    UnknownNameError
        For an unknown rule or interval.
    UsageError
        For a probability outside (0, 1).

    Examples
    --------
    >>> from surveykit.stats.designinput import resolve_design
    >>> q = design_quantiles(np.arange(100.0), resolve_design(n=100), [0.5])
    >>> q.estimate.tolist(), q.low.tolist(), q.high.tolist()
    ([49.0], [40.0], [59.0])
    """
    x = np.asarray(values, dtype=np.float64)
    inside = ~np.isnan(x) if mask is None else mask & ~np.isnan(x)
    known = np.where(inside, x, np.inf)

    def se_of_share(q: float) -> float:
        return _share_se(np.where(inside, np.where(known <= q, 0, 1), -1), design)

    free = degrees_of_freedom(design, inside) if df is None else df
    return woodruff(
        x[inside],
        design.weights[inside],
        probabilities,
        se_of_share,
        free,
        rule=rule,
        interval=interval,
        level=level,
    )


def woodruff(
    values: ArrayLike,
    weights: ArrayLike,
    probabilities: ArrayLike,
    se_of_share: Callable[[float], float],
    df: float,
    *,
    rule: QuantileRule = "math",
    interval: QuantileInterval = "mean",
    level: float = 0.95,
) -> Quantiles:
    """Quantiles with Woodruff's intervals, for any source of standard errors.

    Parameters
    ----------
    values, weights : array_like, shape (n,)
        Of the domain.
    probabilities : array_like, shape (q,)
    se_of_share : callable
        The standard error of the weighted share of values at or below a number (by a design
        or by replicates).
    df : float
    rule, interval, level
        As in :func:`design_quantiles`.

    Examples
    --------
    >>> q = woodruff(np.arange(10.0), np.ones(10), [0.5], lambda _: 0.1, 20)
    >>> q.estimate.tolist(), q.low.tolist(), q.high.tolist()
    ([4.0], [2.0], [7.0])
    """
    if interval not in QUANTILE_INTERVALS:
        raise UnknownNameError.for_name("quantile interval", interval, QUANTILE_INTERVALS)
    data = _Sorted.of(values, weights)
    estimate = data.quantiles(probabilities, rule)
    if not data.n:
        return Quantiles(estimate, estimate, estimate, estimate)
    p = np.array([data.share(q) for q in estimate])
    se = np.array([se_of_share(float(q)) for q in estimate])
    method: DesignIntervalName = interval
    ends = design_proportion_interval(p, se, data.rows, df, method=method, level=level)
    low = _at(data, np.where(ends.low < 0, np.nan, ends.low), rule)
    high = _at(data, np.where(ends.high > 1, np.nan, ends.high), rule)
    return Quantiles(estimate, low, high, (high - low) / (2 * t_quantile(df, level)))


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Values in order, with their weights and cumulated shares, arrays of shape (n,)."""

    x: Floats
    w: Floats
    shares: Floats
    rows: int  # respondents, those with a weight of 0 included

    @classmethod
    def of(cls, values: ArrayLike, weights: ArrayLike) -> _Sorted:
        x, w = (np.asarray(a, dtype=np.float64) for a in (values, weights))
        seen = w != 0
        order = np.argsort(x[seen], kind="stable")
        ordered, sums = w[seen][order], np.cumsum(w[seen][order])
        return cls(x[seen][order], ordered, sums / sums[-1] if len(sums) else sums, len(x))

    @property
    def n(self) -> int:
        return len(self.x)

    def share(self, q: float) -> float:
        """Weighted share of the values at or below `q`."""
        below = int(np.searchsorted(self.x, q, side="right"))
        return float(self.shares[below - 1]) if below else 0.0

    def quantiles(self, probabilities: ArrayLike, rule: str) -> Floats:
        p = np.atleast_1d(np.asarray(probabilities, dtype=np.float64))
        if not ((p > 0) & (p < 1)).all():
            raise UsageError("the probability of a quantile must lie strictly between 0 and 1.")
        return _at(self, p, rule)


def _at(data: _Sorted, p: Floats, rule: str) -> Floats:
    """Quantiles at `p`, nan where `p` is."""
    if rule not in QUANTILE_RULES:
        raise UnknownNameError.for_name("quantile rule", rule, QUANTILE_RULES)
    if data.n == 0:
        return np.full(p.shape, np.nan)
    if data.n == 1:
        return np.where(np.isnan(p), np.nan, data.x[0])
    answer = _RULES[rule](data, np.where(np.isnan(p), 0.5, p))
    return np.where(np.isnan(p), np.nan, answer)


def _position(shares: Floats, p: Floats) -> tuple[NDArray[np.intp], Bools]:
    """Index of the last share that is at most `p`, -1 if none is, and whether it is equal."""
    at = np.searchsorted(shares, p + TIE, side="right") - 1
    return at, (at >= 0) & (p - shares[at] <= TIE)


def _hf1(d: _Sorted, p: Floats) -> Floats:
    at, met = _position(d.shares, p)
    return np.where(met, d.x[at], d.x[np.minimum(at + 1, d.n - 1)])


def _hf2(d: _Sorted, p: Floats) -> Floats:
    at, met = _position(d.shares, p)
    above = d.x[np.minimum(at + 1, d.n - 1)]
    return np.where(met, (d.x[at] + above) / 2, above)


def _hf3(d: _Sorted, p: Floats) -> Floats:
    distinct, first = np.unique(d.x, return_index=True)
    shares = d.shares[np.append(first[1:], d.n) - 1]
    at, met = _position(shares, p)
    # an even place, counted from 1
    even = at % 2 == 1
    return np.where(met & even, distinct[at], distinct[np.minimum(at + 1, len(distinct) - 1)])


def _hf4(d: _Sorted, p: Floats) -> Floats:
    return np.asarray(np.interp(p, d.shares, d.x))


def _interpolated(
    places: Callable[[Floats, Floats], Floats],
) -> Callable[[_Sorted, Floats], Floats]:
    """Build the rules that interpolate between plotting positions: of cumulated weights and w."""

    def rule(d: _Sorted, p: Floats) -> Floats:
        return np.asarray(np.interp(p, places(np.cumsum(d.w), d.w), d.x))

    return rule


def _before(sums: Floats) -> Floats:
    return np.concatenate([[0.0], sums[:-1]])


def _shahvaish(d: _Sorted, p: Floats) -> Floats:
    w = d.w / d.w.mean()
    places = (np.cumsum(w) + 0.5 - w / 2) / (d.n + 1)
    at = np.searchsorted(places, p, side="right") - 1
    return np.asarray(d.x[np.clip(at, 0, d.n - 1)])


def _share_se(codes: NDArray[np.integer[Any]], design: SampleDesign) -> float:
    """Standard error of the share of code 0 among the codes 0 and 1."""
    totals, v = cell_covariance(codes, 2, design)
    return float(proportions(totals[:, None]).se(v)[0])


_RULES: dict[str, Callable[[_Sorted, Floats], Floats]] = {
    "math": _hf1,
    "school": _hf2,
    "shahvaish": _shahvaish,
    "hf1": _hf1,
    "hf2": _hf2,
    "hf3": _hf3,
    "hf4": _hf4,
    "hf5": _interpolated(lambda s, w: (s - w / 2) / s[-1]),
    "hf6": _interpolated(lambda s, w: s / (s[-1] + w[-1])),
    "hf7": _interpolated(lambda s, w: _before(s) / s[-2]),
    "hf8": _interpolated(lambda s, w: (_before(s) / 3 + s * 2 / 3) / (s[-1] + w[-1] / 3)),
    "hf9": _interpolated(lambda s, w: (_before(s) * 3 / 8 + s * 5 / 8) / (s[-1] + w[-1] / 4)),
}
