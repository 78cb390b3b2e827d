"""Intervals under a sampling design: for proportions by seven methods, and Student's.

References
----------
The methods are those of `svyciprop` in R survey 4.5. "beta": Korn and Graubard (1998),
Confidence intervals for proportions with small expected number of positive counts estimated
from survey data, Survey Methodology 24, 193-201. "likelihood": Rao and Scott (1984), Annals of
Statistics 12, 46-60. Dean and Pagano (2015), Evaluating confidence interval methods for
binomial proportions in clustered surveys, J. Survey Statistics and Methodology 3, 484-503.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, expit, logit, ndtri, stdtr, stdtrit, xlogy

from surveykit.errors import UnknownNameError
from surveykit.stats.intervals import Interval, check_level

__all__ = [
    "DESIGN_INTERVALS",
    "DesignInterval",
    "DesignIntervalName",
    "TTest",
    "design_proportion_interval",
    "t_interval",
    "t_quantile",
    "t_test",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DesignIntervalName = Literal["logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson"]
DESIGN_INTERVALS: tuple[DesignIntervalName, ...] = get_args(DesignIntervalName)

# a share of sums of weights this near to 0 or 1 is 0 or 1, and a little rounding
EDGE = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class DesignInterval:
    """Interval ends and where they are not what the method's formula gives, one shape.

    Attributes
    ----------
    low, high : ndarray
        nan where there are no degrees of freedom.
    edge : ndarray of bool
        The proportion is 0 or 1, where no method has a formula: this is the exact interval of
        Clopper and Pearson for the effective sample size.
    """

    low: Floats
    high: Floats
    edge: Bools


@dataclass(frozen=True, slots=True, eq=False)
class TTest:
    """Student's t, its degrees of freedom and two-sided p-values, one shape."""

    statistic: Floats
    df: Floats
    p: Floats


def design_proportion_interval(
    p: ArrayLike,
    se: ArrayLike,
    n: ArrayLike,
    df: ArrayLike,
    *,
    method: DesignIntervalName = "logit",
    level: float = 0.95,
    logit_se: ArrayLike | None = None,
    n_effective: ArrayLike | None = None,
) -> DesignInterval:
    """Interval for proportions from their standard errors under the design.

    Parameters
    ----------
    p, se : array_like
        Proportions and their standard errors, between 0 and 1.
    n : array_like
        Respondents in the base ("beta", "likelihood", and all methods at 0 and 1).
    df : array_like
        Degrees of freedom of the design in the domain; infinity for normal quantiles.
    method : str
        "logit" and "xlogit" (Student on the logit scale), "likelihood" (scaled by the design
        effect), "asin" (arcsine square root), "beta" (Korn and Graubard: Clopper-Pearson with
        the effective sample size), "mean" (Student; not cut at 0 and 1), "wilson" (score
        interval with the effective sample size).
    level : float
        Confidence level, strictly between 0 and 1.
    logit_se : array_like, optional
        Standard error of the logit, where replicates give one of their own ("logit" and
        "likelihood"); else se / (p (1 - p)).
    n_effective : array_like, optional
        Effective sample size where p is 0 or 1 and its design effect cannot be estimated: n
        over a design effect known from elsewhere, or Kish's; n when not given.

    Returns
    -------
    DesignInterval
        Where p is 0 or 1 the exact interval for `n_effective`, adjusted for `df` as "beta" is,
        and `edge` true. Where se is 0 for another p (everything was sampled), p itself.

    Raises
    ------
    UnknownNameError
        For an unknown method.
    UsageError
        For a level outside (0, 1).

    Examples
    --------
    >>> i = design_proportion_interval([0.25, 0.0], [0.05, 0.0], 100, 30, method="beta")
    >>> i.low.round(4).tolist(), i.high.round(4).tolist(), i.edge.tolist()
    ([0.1547, 0.0], [0.3671, 0.0383], [False, True])
    """
    if method not in DESIGN_INTERVALS:
        raise UnknownNameError.for_name("interval method", method, DESIGN_INTERVALS)
    case = _Case.of(p, se, n, df, check_level(level), logit_se)
    with np.errstate(all="ignore"):  # the edges are replaced below
        low, high = _METHODS[method](case)
    edge = (case.p <= EDGE) | (case.p >= 1 - EDGE)
    base = case.n if n_effective is None else np.broadcast_to(np.asarray(n_effective), edge.shape)
    exact = _exact(np.round(case.p), base * case.df_factor, case.tail)
    low, high = np.where(edge, exact[0], low), np.where(edge, exact[1], high)
    sure = ~edge & (case.se == 0)
    known = (case.df >= 1) & ~np.isnan(case.p)
    low, high = (np.where(known, np.where(sure, case.p, x), np.nan) for x in (low, high))
    return DesignInterval(low, high, edge)


def t_interval(
    estimate: ArrayLike, se: ArrayLike, df: ArrayLike, *, level: float = 0.95
) -> Interval:
    """Student interval of any estimate; normal where `df` is infinite, nan where it is below 1.

    Examples
    --------
    >>> t_interval(10.0, 2.0, [9, np.inf]).high.round(4).tolist()
    [14.5243, 13.9199]
    """
    e, s = (np.asarray(x, dtype=np.float64) for x in (estimate, se))
    half = t_quantile(df, check_level(level)) * s
    return Interval(np.asarray(e - half), np.asarray(e + half))


def t_test(estimate: ArrayLike, se: ArrayLike, df: ArrayLike) -> TTest:
    """Two-sided test of estimates (differences, contrasts) against 0.

    Examples
    --------
    >>> t = t_test([4.0], [2.0], 10)
    >>> t.statistic.tolist(), t.p.round(4).tolist()
    ([2.0], [0.0734])
    """
    e, s, d = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (estimate, se, df)))
    t = e / np.where(s > 0, s, np.nan)
    # stdtr of 1e30 degrees of freedom is the normal distribution
    p = 2 * stdtr(np.where(d >= 1, np.minimum(d, 1e30), np.nan), -np.abs(t))
    return TTest(np.asarray(t), np.asarray(d), np.asarray(p))


def t_quantile(df: ArrayLike, level: float) -> Floats:
    """Two-sided critical value of Student's t; nan below 1 degree of freedom.

    Examples
    --------
    >>> t_quantile([10, np.inf, 0], 0.95).round(4).tolist()
    [2.2281, 1.96, nan]
    """
    d = np.asarray(df, dtype=np.float64)
    finite = np.isfinite(d) & (d >= 1)
    t = stdtrit(np.where(finite, d, 1.0), 0.5 + level / 2)
    normal = np.where(d > 1, ndtri(0.5 + level / 2), np.nan)
    return np.asarray(np.where(finite, t, normal), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """The numbers of all proportions, broadcast to one shape."""

    p: Floats
    se: Floats
    n: Floats
    df: Floats
    logit_se: Floats
    t: Floats
    tail: float  # in each direction
    df_factor: Floats  # Korn and Graubard's (t_{n-1} / t_df)²

    @classmethod
    def of(
        cls,
        p: ArrayLike,
        se: ArrayLike,
        n: ArrayLike,
        df: ArrayLike,
        level: float,
        logit_se: ArrayLike | None,
    ) -> _Case:
        q, s, m, d = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (p, se, n, df)))
        t = t_quantile(d, level)
        factor = (t_quantile(m - 1, level) / t) ** 2
        if logit_se is None:
            spread = q * (1 - q)
            on_logit = s / np.where(spread > 0, spread, np.nan)
        else:
            on_logit = np.broadcast_to(np.asarray(logit_se, dtype=np.float64), q.shape)
        return cls(q, s, m, d, on_logit, t, (1 - level) / 2, factor)

    @property
    def effective(self) -> Floats:
        return np.asarray(self.p * (1 - self.p) / self.se**2)


Ends = tuple[Floats, Floats]


def _logit(c: _Case) -> Ends:
    half = c.t * c.logit_se
    return expit(logit(c.p) - half), expit(logit(c.p) + half)


def _xlogit(c: _Case) -> Ends:
    half = c.t * c.se / (c.p * (1 - c.p))
    return expit(logit(c.p) - half), expit(logit(c.p) + half)


def _asin(c: _Case) -> Ends:
    half = c.t * c.se / (2 * np.sqrt(c.p * (1 - c.p)))
    angle = np.arcsin(np.sqrt(c.p))
    # beyond 0 and 1 the sine would turn back into the interval
    low, high = np.maximum(angle - half, 0.0), np.minimum(angle + half, np.pi / 2)
    return np.asarray(np.sin(low) ** 2), np.asarray(np.sin(high) ** 2)


def _mean(c: _Case) -> Ends:
    return np.asarray(c.p - c.t * c.se), np.asarray(c.p + c.t * c.se)


def _wilson(c: _Case) -> Ends:
    n, t2 = c.effective, c.t**2
    centre = c.p + t2 / (2 * n)
    half = c.t / (2 * n) * np.sqrt(4 * n * c.p * (1 - c.p) + t2)
    return np.asarray((centre - half) / (1 + t2 / n)), np.asarray((centre + half) / (1 + t2 / n))


def _beta(c: _Case) -> Ends:
    return _exact(c.p, c.effective * c.df_factor, c.tail)


def _exact(p: Floats, n: Floats, tail: float) -> Ends:
    """Clopper-Pearson for p n successes of n, which need not be whole."""
    with np.errstate(all="ignore"):
        low = betaincinv(n * p, n * (1 - p) + 1, tail)
        high = betaincinv(n * p + 1, n * (1 - p), 1 - tail)
    return np.where(p == 0, 0.0, low), np.where(p == 1, 1.0, high)


def _likelihood(c: _Case) -> Ends:
    """Where the binomial deviance, over its dispersion n/(n-1), reaches t² times deff."""
    effect = c.logit_se**2 * c.n * c.p * (1 - c.p)
    limit = c.t**2 * effect / (2 * (c.n - 1))
    return _root(c.p, np.zeros_like(c.p), limit), _root(c.p, np.ones_like(c.p), limit)


def _root(p: Floats, bound: Floats, limit: Floats) -> Floats:
    """Where the Kullback-Leibler distance from p, on the way to `bound`, is `limit`."""
    inner, outer = p.copy(), bound
    for _ in range(100):  # bisection to the last digit
        middle = (inner + outer) / 2
        distance = xlogy(p, p / middle) + xlogy(1 - p, (1 - p) / (1 - middle))
        inner, outer = (
            np.where(distance < limit, middle, inner),
            np.where(distance < limit, outer, middle),
        )
    return np.asarray(np.where(np.isnan(limit), np.nan, (inner + outer) / 2))


_METHODS: dict[str, Callable[[_Case], Ends]] = {
    "logit": _logit,
    "likelihood": _likelihood,
    "asin": _asin,
    "beta": _beta,
    "mean": _mean,
    "xlogit": _xlogit,
    "wilson": _wilson,
}
