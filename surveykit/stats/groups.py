"""Are the means, or the ranks, of several independent groups the same?

`anova` equal variances · `welch_anova` each group its own · `kruskal_wallis` ranks, with ties.
The first two need only n, mean and sd of each group: one pass over the data gives them.

References
----------
Fisher (1925), Statistical Methods for Research Workers, chapter 7.
Welch (1951), On the comparison of several mean values: an alternative approach, Biometrika 38.
Kruskal and Wallis (1952), Use of ranks in one-criterion variance analysis, JASA 47, 583-621.
Hays (1963), Statistics for Psychologists: ω². Kelley (1935), An unbiased correlation ratio
measure, PNAS 21: ε². Tomczak and Tomczak (2014), Trends in Sport Sciences 1: ε² and η² of H.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, fdtrc

from surveykit.errors import UsageError

__all__ = ["GroupTest", "GroupsReason", "anova", "kruskal_wallis", "welch_anova"]

Floats = NDArray[np.float64]
GroupsReason = Literal["", "few_groups", "few_observations", "no_variance"]


@dataclass(frozen=True, slots=True)
class GroupTest:
    """One test of several groups.

    Attributes
    ----------
    statistic, df, df2, p : float or None
        F on df and df2 degrees of freedom, or the chi-square H on df; None where the groups
        allow no test.
    effect, effect_name : float or None, str
        The usual measure of effect of this test: η² of F, ε² of H.
    eta_squared, epsilon_squared, omega_squared : float or None
        Share of the variance (of the ranks) that the groups explain: in this sample; and
        estimates for the population, which may fall below 0. There is no ω² of H. ω² of
        Welch's F is df (F - 1) / (df (F - 1) + n).
    groups, n : int
        Groups with anyone in them, and everyone in them.
    reason : str
        Why there is no test: "few_groups" (fewer than two), "few_observations" (none left to
        estimate a variance; for Welch, a group of one), "no_variance", or "".
    """

    statistic: float | None
    df: float | None
    df2: float | None
    p: float | None
    effect: float | None = None
    effect_name: str = ""
    eta_squared: float | None = None
    epsilon_squared: float | None = None
    omega_squared: float | None = None
    groups: int = 0
    n: int = 0
    reason: GroupsReason = ""


def anova(n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> GroupTest:
    """One-way analysis of variance of k groups.

    Parameters
    ----------
    n, mean, sd : array_like, shape (k,)
        Sizes, means and standard deviations (divisor n - 1; not read where n is 1). Groups of
        nobody are left out.

    Returns
    -------
    GroupTest

    Raises
    ------
    UsageError
        For shapes that differ, a negative or missing size or sd.

    Examples
    --------
    >>> test = anova([10, 12, 9], [5.0, 6.1, 4.2], [1.2, 1.0, 1.4])
    >>> round(test.statistic, 3), test.df, test.df2, round(test.p, 4)
    (6.752, 2.0, 28.0, 0.004)
    """
    n_, m, within = _groups(n, mean, sd)
    k, total = len(n_), int(n_.sum())
    if k < 2:
        return _none("few_groups", k, total)
    if total <= k:
        return _none("few_observations", k, total)
    between, inner = _squares(n_, m, within)
    if inner <= 0:
        return _none("no_variance", k, total)
    df, df2, error = k - 1, total - k, inner / (total - k)
    f = between / df / error
    extra = between - df * error
    return _f_test(
        (f, df, df2),
        (between / (between + inner), extra / (between + inner), extra / (between + inner + error)),
        k,
        total,
    )


def welch_anova(n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> GroupTest:
    """Welch's test of the means of k groups whose variances differ.

    Parameters, returns and errors as in :func:`anova`; every group needs two respondents and
    a variance.

    Examples
    --------
    >>> test = welch_anova([10, 12, 9], [5.0, 6.1, 4.2], [1.2, 1.0, 1.4])
    >>> round(test.statistic, 3), test.df, round(test.df2, 2), round(test.p, 4)
    (6.543, 2.0, 16.87, 0.0079)
    """
    n_, m, within = _groups(n, mean, sd)
    k, total = len(n_), int(n_.sum())
    if k < 2:
        return _none("few_groups", k, total)
    if bool(np.any(n_ < 2)):
        return _none("few_observations", k, total)
    if bool(np.any(within <= 0)):
        return _none("no_variance", k, total)
    f, df, df2 = _welch(n_, m, within / (n_ - 1))
    between, inner = _squares(n_, m, within)
    error = inner / max(total - k, 1)
    extra = df * (f - 1)
    shares = (
        between / (between + inner),
        (between - df * error) / (between + inner),
        extra / (extra + total),
    )
    return _f_test((f, df, df2), shares, k, total)


def kruskal_wallis(values: ArrayLike, groups: ArrayLike, k: int | None = None) -> GroupTest:
    """Kruskal-Wallis test by ranks, corrected for ties.

    Parameters
    ----------
    values : array_like, shape (n,)
        nan where missing.
    groups : array_like of int, shape (n,)
        0 … k - 1; below 0 where missing.
    k : int, optional
        Number of groups; read off `groups` when not given.

    Returns
    -------
    GroupTest
        H, corrected for ties, by its chi-square approximation. η² is (H - k + 1) / (n - k)
        and ε² is H / (n - 1), which is the share of the variance of the ranks.

    Raises
    ------
    UsageError
        For shapes that differ, groups that are not whole or not below `k`.

    Examples
    --------
    >>> test = kruskal_wallis([1, 2, 2, 5, 6, 7], [0, 0, 0, 1, 1, 1])
    >>> round(test.statistic, 4), test.df, round(test.p, 4)
    (3.9706, 1.0, 0.0463)
    """
    x, g, number = _records(values, groups, k)
    size = np.bincount(g, minlength=number).astype(np.float64)
    held, total = int((size > 0).sum()), len(x)
    if held < 2:
        return _none("few_groups", held, total)
    ranks, ties = _midranks(x)
    if ties >= 1:
        return _none("no_variance", held, total)
    sums = np.bincount(g, weights=ranks - (total + 1) / 2, minlength=number)
    square = float((sums[size > 0] ** 2 / size[size > 0]).sum())
    h = 12 * square / (total * (total + 1)) / (1 - ties)
    df, epsilon = float(held - 1), h / (total - 1)
    eta = (h - df) / (total - held) if total > held else None
    p = float(chdtrc(df, h))
    return GroupTest(h, df, None, p, epsilon, "epsilon_squared", eta, epsilon, None, held, total)


def _groups(n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Size, mean and sum of squares around it of the groups that have anyone."""
    n_, m, s = (np.asarray(x, dtype=np.float64) for x in (n, mean, sd))
    if not n_.ndim == 1 or not n_.shape == m.shape == s.shape:
        raise UsageError(
            f"n, mean and sd need one number for each group; got {n_.shape}, {m.shape}, {s.shape}."
        )
    if not bool(np.all((n_ >= 0) & (n_ < np.inf))):
        raise UsageError("the sizes of groups must be finite and not negative.")
    held = n_ > 0
    n_, m = n_[held], m[held]
    s = np.where(n_ > 1, s[held], 0.0)
    if not bool(np.all(np.isfinite(m) & np.isfinite(s) & (s >= 0))):
        raise UsageError("a group has no mean, or no standard deviation of at least 0.")
    return n_, m, np.maximum(n_ - 1, 0) * s**2


def _squares(n: Floats, m: Floats, within: Floats) -> tuple[float, float]:
    centre = float(n @ m) / float(n.sum())
    return float(n @ (m - centre) ** 2), float(within.sum())


def _welch(n: Floats, m: Floats, variance: Floats) -> tuple[float, float, float]:
    k, w = len(n), n / variance
    centre = float(w @ m) / float(w.sum())
    spread = float(((1 - w / w.sum()) ** 2 / (n - 1)).sum()) / (k**2 - 1)
    f = float(w @ (m - centre) ** 2) / (k - 1) / (1 + 2 * (k - 2) * spread)
    return f, k - 1, 1 / (3 * spread)


def _f_test(
    test: tuple[float, float, float], shares: tuple[float, float, float], k: int, n: int
) -> GroupTest:
    f, df, df2 = map(float, test)
    p = float(fdtrc(df, df2, f))
    return GroupTest(f, df, df2, p, shares[0], "eta_squared", *shares, k, n)


def _none(reason: GroupsReason, k: int, n: int) -> GroupTest:
    return GroupTest(None, None, None, None, groups=k, n=n, reason=reason)


def _records(
    values: ArrayLike, groups: ArrayLike, k: int | None
) -> tuple[Floats, NDArray[np.intp], int]:
    x, g = np.asarray(values, dtype=np.float64), np.asarray(groups)
    if x.ndim != 1 or x.shape != g.shape:
        raise UsageError(f"values and groups must have one shape (n,); got {x.shape}, {g.shape}.")
    if g.size and not np.issubdtype(g.dtype, np.integer):
        raise UsageError(f"groups must be whole numbers; got {g.dtype}.")
    number = int(g.max(initial=-1)) + 1 if k is None else int(k)
    if int(g.max(initial=-1)) >= number:
        raise UsageError(f"groups must be below {number}, the number of groups; got {g.max()}.")
    known = (g >= 0) & ~np.isnan(x)
    return x[known], g[known].astype(np.intp), number


def _midranks(x: Floats) -> tuple[Floats, float]:
    """Ranks from 1, ties sharing their mean, and Σ(t³ - t) / (n³ - n): 1 if all are tied."""
    order = np.argsort(x)
    ordered = x[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    size = np.diff([*first, len(x)]).astype(np.float64)
    ranks = np.empty(len(x))
    ranks[order] = np.repeat(first + (size + 1) / 2, size.astype(np.intp))
    n = float(len(x))
    return ranks, float((size**3 - size).sum() / (n**3 - n))
