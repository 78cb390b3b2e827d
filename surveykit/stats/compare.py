"""Columns of a table compared in pairs: the tests behind significance letters.

`proportion_pairs` z tests of column proportions · `mean_pairs` t tests of column means ·
`estimate_pairs` any estimates with their covariance (complex samples) · `adjust`,
`adjust_pairs` p-values for the number of pairs tested in one row.

Entry ``[r, i, j]`` of a result compares column i less column j in row r: differences and
statistics change sign with the order, p-values do not; the diagonal is nan, and so is every
pair that allows no test.

Columns that share respondents (multiple response, nested banners, a total) are correlated.
`overlap` says how many respondents each pair shares; a column against a total that contains
it shares all of its own. Two columns with the same respondents leave nothing to test: nan.

References
----------
IBM SPSS Statistics Algorithms, CTABLES: pairwise comparisons of column proportions and means.
Kish (1965), Survey Sampling, section 12.4: the variance of a difference of overlapping samples.
Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6, 65-70.
Benjamini and Hochberg (1995), Controlling the false discovery rate, JRSS B 57, 289-300.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtr

from surveykit.errors import UnknownNameError, UsageError

__all__ = [
    "Adjustment",
    "EqualVariance",
    "Extremes",
    "PairTests",
    "Pooling",
    "adjust",
    "adjust_pairs",
    "estimate_pairs",
    "mean_pairs",
    "proportion_pairs",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Pooling = Literal["pooled", "unpooled"]
EqualVariance = Literal["pooled", "welch", "all_groups"]
Extremes = Literal["test", "skip"]
Adjustment = Literal["none", "bonferroni", "holm", "bh"]

# sums of weights in two orders differ by rounding; a variance this far below its parts is 0
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class PairTests:
    """Every pair of b columns in each of k rows.

    Attributes
    ----------
    difference : ndarray, shape (k, b, b)
        Column i less column j; known even where no test is allowed.
    se : ndarray, shape (k, b, b)
        Standard error of the difference that the test uses.
    statistic : ndarray, shape (k, b, b)
        `difference` / `se`: z or t.
    df : ndarray, shape (k, b, b)
        Degrees of freedom of t; nan for z.
    p : ndarray, shape (k, b, b)
        Two-sided, not adjusted; nan where there is no test.
    """

    difference: Floats
    se: Floats
    statistic: Floats
    df: Floats
    p: Floats


def proportion_pairs(
    count: ArrayLike,
    base: ArrayLike,
    *,
    overlap: ArrayLike | None = None,
    shared: ArrayLike | None = None,
    pooled: Pooling = "pooled",
    extremes: Extremes = "test",
    min_base: float = 1,
) -> PairTests:
    """z tests of every pair of column proportions `count` / `base`.

    Parameters
    ----------
    count : array_like, shape (k, b)
        Respondents of each row in each column.
    base : array_like, shape (b,) or (k, b)
        Respondents of the column.
    overlap : array_like, shape (b, b) or (k, b, b), optional
        Respondents n₀ that two columns share: the variance is p (1 - p) (1/n₁ + 1/n₂ -
        2 n₀ / (n₁ n₂)). Its diagonal is not read.
    shared : array_like, shape (k, b, b), optional
        How many of those n₀ are in the row. With it the pooled proportion is that of the two
        columns' distinct respondents, and a column against a total that contains it has the
        same z as that column against all others. Without it, each column counts in full.
    pooled : {"pooled", "unpooled"}
        One variance p (1 - p) for both columns, as SPSS and expss; or each its own.
    extremes : {"test", "skip"}
        Whether a column at exactly 0 or 100 % is compared; SPSS and expss skip it.
    min_base : float
        Columns with a smaller base are not compared.

    Returns
    -------
    PairTests
        `df` is nan. No test where the variance is 0 (a pooled proportion of 0 or 1).

    Raises
    ------
    UnknownNameError, UsageError
        For an option that does not exist; shapes or counts that do not fit.

    Examples
    --------
    >>> t = proportion_pairs([[30, 36]], [100, 90])
    >>> t.difference[0, 0, 1].round(4).item(), t.p[0, 0, 1].round(4).item()
    (-0.1, 0.1483)
    """
    _check_option("pooled", pooled, Pooling)
    _check_option("extremes", extremes, Extremes)
    x, n = _counts(count, base)
    common = _overlap(overlap, n)
    share = _ratio(x, n)
    tested = n >= min_base if extremes == "test" else (n >= min_base) & (x > 0) & (x < n)
    if pooled == "pooled":
        variance = _pooled_share(x, n, common, shared) * _inverse(n, common)
    else:
        spread = np.sqrt(share * (1 - share))
        variance = _apart(spread**2 / _positive(n)) - _joint(spread, n, common)
    scale = _apart(_ratio(np.ones_like(n), n))
    return _tests(_difference(share), variance, scale, _both(tested), None)


def mean_pairs(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    *,
    equal_var: EqualVariance = "pooled",
    overlap: ArrayLike | None = None,
    min_base: float = 2,
) -> PairTests:
    """t tests of every pair of column means.

    Parameters
    ----------
    mean, sd : array_like, shape (k, b)
        Means and standard deviations (divisor n - 1) of the columns.
    n : array_like, shape (b,) or (k, b)
        Respondents of the column.
    equal_var : {"pooled", "welch", "all_groups"}
        One variance for the two columns compared, on n₁ + n₂ - n₀ - 2 degrees of freedom (n₀
        of `overlap`, as expss); each its own (Welch 1947), whose degrees of freedom shrink in
        the same proportion under overlap; or one variance for all columns, on Σ(n - 1), as
        SPSS does unless told to use the tested categories alone.
    overlap : array_like, shape (b, b) or (k, b, b), optional
        Respondents that two columns share, as in :func:`proportion_pairs`.
    min_base : float
        Columns with a smaller base are not compared; never below 2.

    Returns
    -------
    PairTests

    Raises
    ------
    UnknownNameError, UsageError
        For an option that does not exist; shapes that do not fit; a negative sd.

    Examples
    --------
    >>> t = mean_pairs([[5.2, 5.9]], [[1.1, 1.4]], [80, 95], equal_var="welch")
    >>> t.df[0, 0, 1].round(2).item(), t.p[0, 0, 1].round(6).item()
    (172.21, 0.000288)
    """
    _check_option("equal_var", equal_var, EqualVariance)
    m, s, size = _moments(mean, sd, n)
    common = _overlap(overlap, size)
    tested = (size >= max(min_base, 2)) & np.isfinite(m) & np.isfinite(s)
    variance, df = _VARIANCES[equal_var](s, size, common)
    return _tests(_difference(m), variance, _apart(s**2 / _positive(size)), _both(tested), df)


def estimate_pairs(
    estimate: ArrayLike,
    covariance: ArrayLike,
    df: ArrayLike | None = None,
    *,
    base: ArrayLike | None = None,
    min_base: float = 1,
) -> PairTests:
    """t tests of every pair of estimates with a known covariance, as a design gives it.

    Parameters
    ----------
    estimate : array_like, shape (k, b)
    covariance : array_like, shape (k, b, b)
        Of the b estimates of a row; what columns share is in it already.
    df : array_like that broadcasts to (k, b, b), optional
        Degrees of freedom of the design; None or infinite for z tests.
    base : array_like, shape (b,) or (k, b), optional
        Unweighted bases; columns below `min_base` are not compared.
    min_base : float

    Returns
    -------
    PairTests

    Raises
    ------
    UsageError
        For shapes that do not fit.

    Examples
    --------
    >>> t = estimate_pairs([[0.5, 0.3]], [[[0.002, 0.0005], [0.0005, 0.003]]], 20)
    >>> t.se[0, 0, 1].round(4).item(), t.p[0, 0, 1].round(4).item()
    (0.0632, 0.0049)
    """
    e = _matrix(estimate, "estimate")
    c = np.asarray(covariance, dtype=np.float64)
    if c.shape != (*e.shape, e.shape[1]):
        raise UsageError(
            f"the covariance of {e.shape} estimates has {(*e.shape, e.shape[1])}; got {c.shape}."
        )
    parts = _apart(np.diagonal(c, axis1=1, axis2=2))
    n = np.full_like(e, np.inf) if base is None else _broadcast(base, e.shape, "base")
    degrees = None if df is None else np.broadcast_to(np.asarray(df, np.float64), c.shape)
    tested = (n >= min_base) & np.isfinite(e)
    return _tests(_difference(e), parts - c - c.transpose(0, 2, 1), parts, _both(tested), degrees)


def adjust(
    p: ArrayLike,
    method: Adjustment = "none",
    *,
    axis: int = -1,
    mask: ArrayLike | None = None,
) -> Floats:
    """Adjust p-values for the number of tests made along `axis`.

    Parameters
    ----------
    p : array_like
        nan where there was no test; those count for nothing.
    method : {"none", "bonferroni", "holm", "bh"}
    axis : int
        The axis that runs over the tests of one family.
    mask : array_like of bool that broadcasts to `p`, optional
        Tests of the family; the others come back as nan.

    Returns
    -------
    ndarray, shape of `p`
        At most 1.

    Raises
    ------
    UnknownNameError
        For an unknown method.

    Examples
    --------
    >>> adjust([0.01, 0.04, float("nan"), 0.03], "holm").tolist()
    [0.03, 0.06, nan, 0.06]
    >>> adjust([0.01, 0.04, 0.03], "bh").round(4).tolist()
    [0.03, 0.04, 0.04]
    """
    _check_option("adjust", method, Adjustment)
    values = np.asarray(p, dtype=np.float64)
    if mask is not None:
        values = np.where(np.broadcast_to(np.asarray(mask, bool), values.shape), values, np.nan)
    return np.asarray(np.moveaxis(_ADJUSTMENTS[method](np.moveaxis(values, axis, -1)), -1, axis))


def adjust_pairs(
    p: ArrayLike, method: Adjustment = "none", *, pairs: ArrayLike | None = None
) -> Floats:
    """Adjust the p-values of pairs, each pair counted once, within each row.

    Parameters
    ----------
    p : array_like, shape (k, b, b)
        Symmetric in its last axes, as in :class:`PairTests`.
    method : {"none", "bonferroni", "holm", "bh"}
    pairs : array_like of bool, shape (b, b) or (k, b, b), optional
        Pairs of the family, named in either order; the others come back as nan.

    Returns
    -------
    ndarray, shape (k, b, b)

    Raises
    ------
    UnknownNameError, UsageError
        For an unknown method; for another shape.

    Examples
    --------
    >>> t = proportion_pairs([[30, 36, 40]], [100, 90, 80])
    >>> adjust_pairs(t.p, "bonferroni")[0, 0].round(4).tolist()
    [nan, 0.445, 0.0187]
    """
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 3 or values.shape[1] != values.shape[2]:
        raise UsageError(f"p-values of pairs have the shape (k, b, b); got {values.shape}.")
    if pairs is not None:
        asked = np.broadcast_to(np.asarray(pairs, bool), values.shape)
        values = np.where(asked | asked.transpose(0, 2, 1), values, np.nan)
    first, second = np.triu_indices(values.shape[1], 1)
    out = np.full_like(values, np.nan)
    out[:, first, second] = out[:, second, first] = adjust(values[:, first, second], method)
    return out


def _tests(
    difference: Floats, variance: Floats, scale: Floats, tested: Bools, df: Floats | None
) -> PairTests:
    """Statistic and p of differences; no test where the variance is nothing beside `scale`."""
    ok = tested & (variance > ROUNDING * scale)
    degrees = np.full_like(difference, np.nan) if df is None else np.where(ok, df, np.nan)
    if df is not None:
        ok = ok & (degrees > 0)
    se = np.sqrt(np.where(ok, variance, np.nan))
    statistic = difference / se
    return PairTests(difference, se, statistic, degrees, _two_sided(statistic, degrees))


def _two_sided(statistic: Floats, df: Floats) -> Floats:
    normal = ~np.isfinite(df)
    student = stdtr(np.where(normal, 1.0, df), -np.abs(statistic))
    return np.asarray(2 * np.where(normal, ndtr(-np.abs(statistic)), student))


def _difference(x: Floats) -> Floats:
    """x_i - x_j, shape (k, b, b); nan on the diagonal."""
    d = x[:, :, None] - x[:, None, :]
    d[:, np.arange(x.shape[1]), np.arange(x.shape[1])] = np.nan
    return np.asarray(d)


def _apart(x: Floats) -> Floats:
    return np.asarray(x[:, :, None] + x[:, None, :])


def _both(x: Bools) -> Bools:
    """Pairs of two different columns that both have `x`."""
    return np.asarray(x[:, :, None] & x[:, None, :] & ~np.eye(x.shape[1], dtype=bool))


def _positive(n: Floats) -> Floats:
    return np.where(n > 0, n, np.nan)


def _ratio(x: Floats, n: Floats) -> Floats:
    return np.asarray(x / _positive(n))


def _product(x: Floats) -> Floats:
    return np.asarray(x[:, :, None] * x[:, None, :])


def _inverse(n: Floats, common: Floats) -> Floats:
    """1/n₁ + 1/n₂ - 2 n₀ / (n₁ n₂)."""
    return _apart(1 / _positive(n)) - 2 * common / _product(_positive(n))


def _joint(s: Floats, n: Floats, common: Floats) -> Floats:
    """Twice the covariance of two columns: those they share vary by s₁ s₂.

    s₁ s₂ rather than a pooled variance, because the variance of the difference then cannot be
    negative; with equal variances they are the same.
    """
    return 2 * common * _product(s / _positive(n))


def _pooled_share(x: Floats, n: Floats, common: Floats, shared: ArrayLike | None) -> Floats:
    """p (1 - p) of two columns together."""
    both = np.zeros_like(common) if shared is None else np.asarray(shared, dtype=np.float64)
    once = np.zeros_like(common) if shared is None else common
    if both.shape != common.shape:
        raise UsageError(f"shared must have the shape {common.shape}; got {both.shape}.")
    p = np.clip((_apart(x) - both) / _positive(_apart(n) - once), 0.0, 1.0)
    return np.asarray(p * (1 - p))


def _pooled(s: Floats, n: Floats, common: Floats) -> tuple[Floats, Floats]:
    df = _apart(n) - 2
    variance = _apart(np.maximum(n - 1, 0) * s**2) / _positive(df)
    return variance * _inverse(n, common), df - common


def _welch(s: Floats, n: Floats, common: Floats) -> tuple[Floats, Floats]:
    part = s**2 / _positive(n)
    spread = _apart(part**2 / _positive(n - 1))
    df = _apart(part) ** 2 / np.where(spread > 0, spread, np.nan)
    kept = 1 - common / _positive(_apart(n) - 2)
    return _apart(part) - _joint(s, n, common), df * kept


def _all_groups(s: Floats, n: Floats, common: Floats) -> tuple[Floats, Floats]:
    weight = np.where(np.isnan(s), 0.0, np.maximum(n - 1, 0))
    df = weight.sum(axis=1)
    variance = (weight * np.nan_to_num(s) ** 2).sum(axis=1) / _positive(df)
    shape = common.shape
    return (
        variance[:, None, None] * _inverse(n, common),
        np.broadcast_to(df[:, None, None], shape),
    )


_VARIANCES = {"pooled": _pooled, "welch": _welch, "all_groups": _all_groups}


def _none(p: Floats) -> Floats:
    return p.copy()


def _bonferroni(p: Floats) -> Floats:
    return np.asarray(np.minimum(p * (~np.isnan(p)).sum(axis=-1, keepdims=True), 1.0))


def _holm(p: Floats) -> Floats:
    """Step down: (m - i) p₍ᵢ₎, never smaller than the one before."""
    order, m, place = _ranked(p)
    steps = np.maximum.accumulate(np.take_along_axis(p, order, -1) * (m - place), axis=-1)
    return _unranked(np.minimum(steps, 1.0), order)


def _bh(p: Floats) -> Floats:
    """Step up: (m / i) p₍ᵢ₎, never larger than the one after."""
    order, m, place = _ranked(p)
    steps = np.take_along_axis(p, order, -1) * m / (place + 1)
    # nan sorts last; fmin passes over it
    back = np.fmin.accumulate(steps[..., ::-1], axis=-1)[..., ::-1]
    return _unranked(np.where(place < m, np.minimum(back, 1.0), np.nan), order)


def _ranked(p: Floats) -> tuple[NDArray[np.intp], Floats, Floats]:
    m = (~np.isnan(p)).sum(axis=-1, keepdims=True).astype(np.float64)
    return np.argsort(p, axis=-1), m, np.arange(p.shape[-1], dtype=np.float64)


def _unranked(values: Floats, order: NDArray[np.intp]) -> Floats:
    out = np.empty_like(values)
    np.put_along_axis(out, order, values, -1)
    return out


_ADJUSTMENTS = {"none": _none, "bonferroni": _bonferroni, "holm": _holm, "bh": _bh}


def _check_option(name: str, value: str, allowed: object) -> None:
    if value not in get_args(allowed):
        raise UnknownNameError.for_name(name, value, get_args(allowed))


def _matrix(x: ArrayLike, name: str) -> Floats:
    values = np.asarray(x, dtype=np.float64)
    if values.ndim != 2:
        raise UsageError(f"{name} must have the shape (k, b), rows by columns; got {values.shape}.")
    return values


def _broadcast(x: ArrayLike, shape: tuple[int, ...], name: str) -> Floats:
    values = np.asarray(x, dtype=np.float64)
    if values.shape not in (shape, shape[1:]):
        raise UsageError(f"{name} must have the shape {shape[1:]} or {shape}; got {values.shape}.")
    return np.broadcast_to(values, shape)


def _counts(count: ArrayLike, base: ArrayLike) -> tuple[Floats, Floats]:
    x = _matrix(count, "count")
    n = _broadcast(base, x.shape, "base")
    x = np.where(np.abs(x - n) <= ROUNDING * n, n, x)
    if not bool(np.all((x >= 0) & (x <= n) & (n < np.inf))):
        raise UsageError("a count must lie between 0 and the base of its column.")
    return x, n


def _moments(mean: ArrayLike, sd: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats, Floats]:
    m, s = _matrix(mean, "mean"), _matrix(sd, "sd")
    if s.shape != m.shape:
        raise UsageError(f"sd must have the shape of mean, {m.shape}; got {s.shape}.")
    size = _broadcast(n, m.shape, "n")
    if bool(np.any(s < 0)) or not bool(np.all((size >= 0) & (size < np.inf))):
        raise UsageError("standard deviations and bases must not be negative.")
    return m, s, size


def _overlap(overlap: ArrayLike | None, n: Floats) -> Floats:
    """Shared respondents, shape (k, b, b), 0 on the diagonal."""
    k, b = n.shape
    if overlap is None:
        return np.zeros((k, b, b))
    common = np.asarray(overlap, dtype=np.float64)
    if common.shape not in ((b, b), (k, b, b)):
        raise UsageError(
            f"overlap must have the shape {(b, b)} or {(k, b, b)}; got {common.shape}."
        )
    common = np.where(np.eye(b, dtype=bool), 0.0, np.broadcast_to(common, (k, b, b)))
    most = np.minimum(n[:, :, None], n[:, None, :])
    if not bool(np.all((common >= 0) & (common <= most * (1 + ROUNDING)))):
        raise UsageError(
            "two columns cannot share more respondents than either has, or fewer than 0."
        )
    return common
