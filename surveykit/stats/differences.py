"""Two independent proportions: difference, ratio and odds ratio, with intervals.

All functions take counts and bases of the first and of the second group, arrays that
broadcast, and compare the first with the second. The score methods find the values that a
score test would not reject, by bisection; they need no continuity and no added halves, and
keep their meaning at counts of 0.

References
----------
Newcombe (1998), Interval estimation for the difference between independent proportions:
comparison of eleven methods, Statistics in Medicine 17, 873-890.
Miettinen and Nurminen (1985), Comparative analysis of two rates, Statistics in Medicine 4,
213-226.
Katz, Baptista, Azen and Pike (1978), Obtaining confidence intervals for the risk ratio in
cohort studies, Biometrics 34, 469-474.
Koopman (1984), Confidence intervals for the ratio of two binomial proportions, Biometrics 40.
Woolf (1955), On estimating the relation between blood group and disease, Ann. Hum. Genet. 19.
Cornfield (1956), A statistical problem arising from retrospective studies, Proc. 3rd Berkeley
Symp. 4, 135-148; the exact conditional interval is that of R's fisher.test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, ndtri

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats.intervals import check_level, wilson

__all__ = [
    "Contrast",
    "DifferenceMethod",
    "OddsRatioMethod",
    "RatioMethod",
    "bisected",
    "odds_ratio",
    "proportion_difference",
    "proportion_ratio",
]

Floats = NDArray[np.float64]
DifferenceMethod = Literal["newcombe", "miettinen_nurminen", "wald"]
RatioMethod = Literal["miettinen_nurminen", "koopman", "log"]
OddsRatioMethod = Literal["miettinen_nurminen", "exact", "log"]

HALVINGS = 80


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """A difference or a ratio of two proportions; arrays of one shape.

    Attributes
    ----------
    estimate : ndarray
        nan where a group has no base, or where the ratio is 0 / 0; inf for a ratio to 0.
    se : ndarray
        Standard error of the difference, or of the log of the ratio, each group with its own
        variance; 0 or inf where a count is 0.
    low, high : ndarray
        Ends of the interval, nan where a group has no base. A ratio of which the data say
        nothing goes from 0 to inf.
    """

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats


def proportion_difference(
    count: ArrayLike,
    n: ArrayLike,
    other_count: ArrayLike,
    other_n: ArrayLike,
    *,
    method: DifferenceMethod = "newcombe",
    level: float = 0.95,
) -> Contrast:
    """Difference of two proportions, the first less the second.

    Parameters
    ----------
    count, n, other_count, other_n : array_like, shapes that broadcast
    method : {"newcombe", "miettinen_nurminen", "wald"}
        Newcombe's method 10 (from two Wilson intervals), the score interval, or d ± z·se (of
        no width where both proportions are 0 or 1).
    level : float

    Returns
    -------
    Contrast

    Raises
    ------
    UnknownNameError, UsageError
        For an unknown method; a count outside its base, a level outside (0, 1).

    Examples
    --------
    >>> d = proportion_difference(56, 70, 48, 80)
    >>> d.estimate.round(4).item(), d.low.round(4).item(), d.high.round(4).item()
    (0.2, 0.0524, 0.3339)
    """
    _check_method(method, DifferenceMethod)
    g = _Groups.of(count, n, other_count, other_n)
    z = float(ndtri(0.5 + check_level(level) / 2))
    d, se = g.p - g.q, np.sqrt(g.p * (1 - g.p) / g.n + g.q * (1 - g.q) / g.m)
    if method == "wald":
        low, high = np.maximum(d - z * se, -1.0), np.minimum(d + z * se, 1.0)
    elif method == "newcombe":
        low, high = _newcombe(g, d, level)
    else:
        low, high = _inverted(lambda x: _difference_score(g, x), d, z, -1.0, 1.0)
    return Contrast(d, se, low, high)


def proportion_ratio(
    count: ArrayLike,
    n: ArrayLike,
    other_count: ArrayLike,
    other_n: ArrayLike,
    *,
    method: RatioMethod = "miettinen_nurminen",
    level: float = 0.95,
) -> Contrast:
    """Ratio of two proportions, the first over the second (relative risk).

    Parameters and errors as in :func:`proportion_difference`.

    Parameters
    ----------
    method : {"miettinen_nurminen", "koopman", "log"}
        Score intervals (Koopman's without the factor n / (n - 1) of the variance), or the
        normal interval of the log of the ratio (Katz), which says nothing at a count of 0.

    Examples
    --------
    >>> r = proportion_ratio(56, 70, 48, 80, method="log")
    >>> r.estimate.round(4).item(), r.low.round(4).item(), r.high.round(4).item()
    (1.3333, 1.0766, 1.6512)
    """
    _check_method(method, RatioMethod)
    g = _Groups.of(count, n, other_count, other_n)
    z = float(ndtri(0.5 + check_level(level) / 2))
    ratio = _over(g.p, g.q)
    variance = _over(1 - g.p, g.x) + _over(1 - g.q, g.y)
    se = np.sqrt(np.where(g.known & np.isnan(variance), np.inf, variance))
    if method == "log":
        return Contrast(ratio, se, *_log_interval(ratio, se, z))
    factor = 1.0 if method == "koopman" else g.correction
    low, high = _inverted_log(lambda x: _ratio_score(g, x, factor), ratio, z, g.known)
    return Contrast(ratio, se, low, high)


def odds_ratio(
    count: ArrayLike,
    n: ArrayLike,
    other_count: ArrayLike,
    other_n: ArrayLike,
    *,
    method: OddsRatioMethod = "miettinen_nurminen",
    level: float = 0.95,
) -> Contrast:
    """Odds of the first proportion over those of the second.

    Parameters and errors as in :func:`proportion_difference`.

    Parameters
    ----------
    method : {"miettinen_nurminen", "exact", "log"}
        The score interval; the exact conditional interval (whole counts; its estimate is the
        conditional one, as in R's fisher.test); or the normal interval of the log (Woolf),
        which says nothing at an empty cell.

    Examples
    --------
    >>> o = odds_ratio(3, 4, 1, 4, method="exact")
    >>> o.estimate.round(3).item(), o.low.round(4).item(), o.high.round(1).item()
    (6.408, 0.2117, 626.2)
    """
    _check_method(method, OddsRatioMethod)
    g = _Groups.of(count, n, other_count, other_n)
    z = float(ndtri(0.5 + check_level(level) / 2))
    ratio = _over(g.x * (g.m - g.y), (g.n - g.x) * g.y)
    with np.errstate(divide="ignore"):
        se = np.sqrt(1 / g.x + 1 / (g.n - g.x) + 1 / g.y + 1 / (g.m - g.y))
    if method == "log":
        return Contrast(ratio, se, *_log_interval(ratio, se, z))
    if method == "exact":
        return _exact(g, se, level)
    low, high = _inverted_log(lambda x: _odds_score(g, x), ratio, z, g.known)
    return Contrast(ratio, se, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Counts x of n and y of m, their shares p and q; nan where a base is 0."""

    x: Floats
    n: Floats
    y: Floats
    m: Floats
    p: Floats
    q: Floats
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, x: ArrayLike, n: ArrayLike, y: ArrayLike, m: ArrayLike) -> _Groups:
        given = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, n, y, m)))
        if not all(
            bool(np.all((a >= 0) & (a <= b) & (b < np.inf))) for a, b in (given[:2], given[2:])
        ):
            raise UsageError("a count must lie between 0 and the base of its group.")
        known = (given[1] > 0) & (given[3] > 0)
        a, b, c, d = (np.where(known, v, np.nan) for v in given)
        return cls(a, b, c, d, a / b, c / d, known)

    @property
    def correction(self) -> Floats:
        """Miettinen and Nurminen's n / (n - 1), of the variance under the hypothesis."""
        total = self.n + self.m
        return np.asarray(total / np.where(total > 1, total - 1, np.nan))


def _check_method(method: str, allowed: object) -> None:
    if method not in get_args(allowed):
        raise UnknownNameError.for_name("method", method, get_args(allowed))


def _over(a: Floats, b: Floats) -> Floats:
    """a / b; inf for a positive number over 0, nan for 0 / 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(a / b)


def _newcombe(g: _Groups, d: Floats, level: float) -> tuple[Floats, Floats]:
    size, other = np.nan_to_num(g.n), np.nan_to_num(g.m)
    first = wilson(np.nan_to_num(g.x), size, level=level)
    second = wilson(np.nan_to_num(g.y), other, level=level)
    low = d - np.hypot(g.p - first.low, second.high - g.q)
    return np.asarray(low), np.asarray(d + np.hypot(first.high - g.p, g.q - second.low))


def _log_interval(ratio: Floats, se: Floats, z: float) -> tuple[Floats, Floats]:
    finite = np.isfinite(se)
    log = np.log(np.where(finite, ratio, 1.0))
    wide = np.where(finite, se, 0.0)
    low, high = np.exp(log - z * wide), np.exp(log + z * wide)
    nothing = np.isinf(se)
    low = np.where(finite, low, np.where(nothing, 0.0, np.nan))
    return low, np.where(finite, high, np.where(nothing, np.inf, np.nan))


def _score(numerator: Floats, variance: Floats) -> Floats:
    """numerator / √variance; where there is no variance, 0 or infinite as the numerator."""
    spread = np.sqrt(np.maximum(variance, 0.0))
    large = np.where(numerator == 0, 0.0, np.copysign(np.inf, numerator))
    return np.where(spread > 0, numerator / np.where(spread > 0, spread, 1.0), large)


def _difference_score(g: _Groups, d: Floats) -> Floats:
    """Score statistic of p - q = d: its variance at the likeliest p and q that differ by d."""
    q = _restricted(g, d)
    p = np.clip(q + d, 0.0, 1.0)
    variance = (p * (1 - p) / g.n + q * (1 - q) / g.m) * g.correction
    return _score(g.p - g.q - d, variance)


def _restricted(g: _Groups, d: Floats) -> Floats:
    """The likeliest q if p = q + d: the root of a cubic (Miettinen and Nurminen, appendix I)."""
    total, count = g.n + g.m, g.x + g.y
    a = (g.n + 2 * g.m) * d - total - count
    b = (g.m * d - total - 2 * g.y) * d + count
    c = g.y * d * (1 - d)
    u = a / (3 * total)
    v = u**3 - a * b / (6 * total**2) + c / (2 * total)
    w = np.copysign(np.sqrt(np.maximum(u**2 - b / (3 * total), 0.0)), v)
    angle = np.clip(np.where(w == 0, 0.0, v / np.where(w == 0, 1.0, w**3)), -1.0, 1.0)
    q = 2 * w * np.cos((np.pi + np.arccos(angle)) / 3) - u
    return np.asarray(np.clip(q, np.maximum(0.0, -d), np.minimum(1.0, 1.0 - d)))


def _ratio_score(g: _Groups, ratio: Floats, factor: Floats | float) -> Floats:
    """Score statistic of p / q = ratio."""
    a, c = (g.n + g.m) * ratio, g.x + g.y
    b = g.n * ratio + g.x + g.m + g.y * ratio
    # the smaller root, in the form that does not cancel
    q = 2 * c / (b + np.sqrt(np.maximum(b**2 - 4 * a * c, 0.0)))
    p = np.minimum(q * ratio, 1.0)
    variance = (p * (1 - p) / g.n + ratio**2 * q * (1 - q) / g.m) * factor
    return _score(g.p - ratio * g.q, variance)


def _odds_score(g: _Groups, ratio: Floats) -> Floats:
    """Score statistic of an odds ratio: the count of the first group against its expectation."""
    count = g.x + g.y
    a = g.m * (ratio - 1)
    b = g.n * ratio + g.m - count * (ratio - 1)
    q = 2 * count / (b + np.sqrt(np.maximum(b**2 + 4 * a * count, 0.0)))
    q = np.clip(q, 0.0, 1.0)
    below = 1 - q + q * ratio
    p = np.where(below > 0, ratio * q / np.where(below > 0, below, 1.0), 1.0)
    one = np.ones_like(p)
    information = _over(one, g.n * p * (1 - p)) + _over(one, g.m * q * (1 - q))
    told = (count > 0) & (count < g.n + g.m)
    return np.where(told, _score(g.x - g.n * p, g.correction / information), 0.0)


def _inverted(
    score: Callable[[Floats], Floats], estimate: Floats, z: float, least: float, most: float
) -> tuple[Floats, Floats]:
    """Where a falling `score` passes z and -z, between `least` and `most`."""
    at = np.nan_to_num(estimate)
    low = bisected(lambda x: score(x) > z, np.full_like(at, least), at)
    high = bisected(lambda x: score(x) >= -z, at, np.full_like(at, most))
    nan = np.isnan(estimate)
    return np.where(nan, np.nan, low), np.where(nan, np.nan, high)


def bisected(above: Callable[[Floats], NDArray[np.bool_]], low: Floats, high: Floats) -> Floats:
    """Return where `above`, true at `low` and false at `high`, turns; arrays of one shape.

    Examples
    --------
    >>> bisected(lambda x: x**2 < 2, np.zeros(1), np.full(1, 2.0)).round(6).tolist()
    [1.414214]
    """
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        up = above(middle)
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.asarray((low + high) / 2)


def _inverted_log(
    score: Callable[[Floats], Floats], ratio: Floats, z: float, known: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """As `_inverted`, for a ratio from 0 to inf, on the scale of x / (1 + x)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(np.isinf(ratio), 1.0, ratio / (1 + ratio))
    nothing = known & np.isnan(ratio)
    at = np.where(nothing, 0.5, share)
    low, high = _inverted(lambda x: score(_unbounded(x)), at, z, 0.0, 1.0)
    low = np.where(nothing | (ratio == 0), 0.0, _unbounded(low))
    return low, np.where(nothing | np.isinf(ratio), np.inf, _unbounded(high))


def _unbounded(x: Floats) -> Floats:
    x = np.minimum(x, 1 - 2.0**-53)
    return np.asarray(x / (1 - x))


def _exact(g: _Groups, se: Floats, level: float) -> Contrast:
    whole = [np.nan_to_num(v) for v in (g.x, g.n, g.y, g.m)]
    if not all(bool(np.all(v == np.floor(v))) for v in whole):
        raise UsageError("the exact interval needs whole counts.")
    found = np.full((3, *g.x.shape), np.nan)
    for place in np.argwhere(g.known):
        at = tuple(place)
        found[(slice(None), *at)] = _exact_one(*(int(v[at]) for v in whole), tail=(1 - level) / 2)
    return Contrast(found[0], se, found[1], found[2])


def _exact_one(x: int, n: int, y: int, m: int, *, tail: float) -> tuple[float, float, float]:
    """Conditional estimate and interval: Fisher's noncentral hypergeometric distribution."""
    k = np.arange(max(0, x + y - m), min(n, x + y) + 1)
    log = -(
        gammaln(k + 1) + gammaln(n - k + 1) + gammaln(x + y - k + 1) + gammaln(m - x - y + k + 1)
    )
    if len(k) == 1:
        return np.nan, 0.0, np.inf

    def chances(t: float) -> Floats:
        weight = log + k * t
        share = np.exp(weight - weight.max())
        return np.asarray(share / share.sum())

    def root(below: Callable[[float], bool]) -> float:
        low, high = -_LARGEST, _LARGEST
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if below(middle) else (low, middle)
        return float(np.exp(low))

    first, last = x == k[0], x == k[-1]
    low = 0.0 if first else root(lambda t: chances(t)[k >= x].sum() < tail)
    high = np.inf if last else root(lambda t: chances(t)[k <= x].sum() > tail)
    if first or last:
        return (0.0 if first else np.inf), low, high
    return root(lambda t: float(chances(t) @ k) < x), low, high


_LARGEST = 700.0  # of the log of an odds ratio: the end of double precision
