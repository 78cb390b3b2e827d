"""Intervals for a proportion and for a mean in a simple random sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri, stdtrit

from surveykit.errors import UnknownNameError, UsageError

__all__ = [
    "INTERVAL_METHODS",
    "Interval",
    "IntervalMethod",
    "agresti_coull",
    "clopper_pearson",
    "jeffreys",
    "mean_interval",
    "proportion_interval",
    "wald",
    "wilson",
]

Floats = NDArray[np.float64]
IntervalMethod = Literal["wald", "wilson", "clopper_pearson", "agresti_coull", "jeffreys"]
INTERVAL_METHODS: tuple[IntervalMethod, ...] = get_args(IntervalMethod)


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Lower and upper ends, arrays of one shape; nan where there is no base."""

    low: Floats
    high: Floats


def proportion_interval(
    count: ArrayLike, n: ArrayLike, *, method: IntervalMethod = "wilson", level: float = 0.95
) -> Interval:
    """Interval for the proportion `count` / `n` by a named method.

    Parameters
    ----------
    count, n : array_like, shapes that broadcast
        Successes and trials, 0 ≤ count ≤ n. They need not be whole (effective sample sizes).
    method : {"wilson", "wald", "clopper_pearson", "agresti_coull", "jeffreys"}
        Name of the method.
    level : float
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Interval
        Ends between 0 and 1, broadcast shape; nan where n is 0.

    Raises
    ------
    UnknownNameError
        For an unknown method.
    UsageError
        For a level outside (0, 1) or a count outside [0, n].

    References
    ----------
    Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion,
    Statistical Science 16, 101-133.

    Examples
    --------
    >>> i = proportion_interval(8, 10)
    >>> round(float(i.low), 4), round(float(i.high), 4)
    (0.4902, 0.9433)
    """
    if method not in INTERVAL_METHODS:
        raise UnknownNameError.for_name("interval method", method, INTERVAL_METHODS)
    a, n_ = _checked(count, n)
    low, high = _METHODS[method](a, n_, check_level(level))
    empty = n_ == 0
    low = np.where(empty, np.nan, np.where(a == 0, np.minimum(low, 0.0), low))
    high = np.where(empty, np.nan, np.where(a == n_, np.maximum(high, 1.0), high))
    return Interval(np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0))


def wald(count: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """Normal interval p ± z·se, cut at 0 and 1; of no width at p = 0 and p = 1.

    Examples
    --------
    >>> wald(5, 10).high.round(4).item()
    0.8099
    """
    return proportion_interval(count, n, method="wald", level=level)


def wilson(count: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """Score interval of Wilson (1927).

    Examples
    --------
    >>> wilson([0, 10], 10).high.round(4).tolist()
    [0.2775, 1.0]
    """
    return proportion_interval(count, n, method="wilson", level=level)


def clopper_pearson(count: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """Exact interval of Clopper and Pearson (1934): covers at least `level` for every p.

    Examples
    --------
    >>> clopper_pearson(0, 10).high.round(4).item()
    0.3085
    """
    return proportion_interval(count, n, method="clopper_pearson", level=level)


def agresti_coull(count: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """Normal interval after adding z²/2 successes and failures (1998), cut at 0 and 1.

    Examples
    --------
    >>> agresti_coull(8, 10).low.round(4).item()
    0.4794
    """
    return proportion_interval(count, n, method="agresti_coull", level=level)


def jeffreys(count: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """Beta(½, ½) posterior interval; its lower end is 0 at count = 0, its upper end 1 at n.

    Examples
    --------
    >>> i = jeffreys(0, 10)
    >>> i.low.item(), i.high.round(4).item()
    (0.0, 0.2172)
    """
    return proportion_interval(count, n, method="jeffreys", level=level)


def mean_interval(
    mean: ArrayLike, se: ArrayLike, df: ArrayLike, *, level: float = 0.95
) -> Interval:
    """Student interval mean ± t·se with `df` degrees of freedom; nan where df is below 1.

    Examples
    --------
    >>> i = mean_interval(10.0, 2.0, 9)
    >>> round(float(i.low), 4), round(float(i.high), 4)
    (5.4757, 14.5243)
    """
    m, s, d = (np.asarray(x, dtype=np.float64) for x in (mean, se, df))
    upper = 0.5 + check_level(level) / 2
    t = np.where(d >= 1, stdtrit(np.maximum(d, 1.0), upper), np.nan)
    return Interval(m - t * s, m + t * s)


def check_level(level: float) -> float:
    """Return `level` if it is strictly between 0 and 1, else raise UsageError.

    Examples
    --------
    >>> check_level(0.9)
    0.9
    """
    given: object = level  # from callers that no type checker sees
    if isinstance(given, str) or not 0.0 < level < 1.0:
        raise UsageError(
            f"the confidence level is {level!r}; it must lie strictly between 0 and 1.",
            hint="0.95 gives 95 % intervals.",
        )
    return float(level)


def _checked(count: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    a, n_ = np.broadcast_arrays(np.asarray(count, np.float64), np.asarray(n, np.float64))
    if not bool(np.all((a >= 0) & (a <= n_))):
        raise UsageError("a count of successes must lie between 0 and the number of trials.")
    return a, n_


Ends = tuple[Floats, Floats]


def _share(a: Floats, n: Floats) -> Floats:
    return np.asarray(a / np.where(n == 0, np.nan, n))


def _wald(a: Floats, n: Floats, level: float) -> Ends:
    p, z = _share(a, n), ndtri(0.5 + level / 2)
    half = z * np.sqrt(p * (1 - p) / np.where(n == 0, np.nan, n))
    # of no width at the ends: the method's known fault, kept because the method was named
    return np.asarray(p - half), np.asarray(p + half)


def _wilson(a: Floats, n: Floats, level: float) -> Ends:
    z2 = ndtri(0.5 + level / 2) ** 2
    centre = (a + z2 / 2) / (n + z2)
    half = np.sqrt(z2) / (n + z2) * np.sqrt(_share(a, n) * (n - a) + z2 / 4)
    return np.asarray(centre - half), np.asarray(centre + half)


def _agresti_coull(a: Floats, n: Floats, level: float) -> Ends:
    z2 = ndtri(0.5 + level / 2) ** 2
    return _wald(a + z2 / 2, n + z2, level)


def _clopper_pearson(a: Floats, n: Floats, level: float) -> Ends:
    tail = (1 - level) / 2
    low = betaincinv(np.maximum(a, 1e-300), n - a + 1, tail)
    high = betaincinv(a + 1, np.maximum(n - a, 1e-300), 1 - tail)
    return np.where(a == 0, 0.0, low), np.where(a == n, 1.0, high)


def _jeffreys(a: Floats, n: Floats, level: float) -> Ends:
    tail = (1 - level) / 2
    low = betaincinv(a + 0.5, n - a + 0.5, tail)
    high = betaincinv(a + 0.5, n - a + 0.5, 1 - tail)
    return np.where(a == 0, 0.0, low), np.where(a == n, 1.0, high)


_METHODS = {
    "wald": _wald,
    "wilson": _wilson,
    "clopper_pearson": _clopper_pearson,
    "agresti_coull": _agresti_coull,
    "jeffreys": _jeffreys,
}
