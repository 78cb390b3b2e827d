"""Multiple response by groups, and the net promoter score.

Respondents who may choose several of k options enter a table several times, so that its
Pearson chi-square is no test. Each option alone is a proper yes/no question: the sum of the k
chi-squares tests that none of them depends on the group, and its distribution follows from
how often options are chosen together.

References
----------
Thomas and Decady (2004), Testing for association using multiple response survey data:
approximate procedures based on the Rao-Scott approach, Int. J. of Testing 4, 43-59.
Bilder and Loughin (2004), Testing for marginal independence between two categorical variables
with multiple responses, Biometrics 60, 241-248.
Reichheld (2003), The one number you need to grow, Harvard Business Review 81, 46-54.
Tango (1998), Equivalence test and confidence interval for the difference in proportions for
the paired-sample design, Statistics in Medicine 17, 891-908.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats.differences import bisected
from surveykit.stats.intervals import check_level
from surveykit.stats.many import chi2_many

__all__ = ["MultipleTest", "NetPromoter", "NpsMethod", "multiple_response_test", "nps"]

Floats = NDArray[np.float64]
MultipleReason = Literal["", "no_observations", "one_group", "no_choice"]
NpsMethod = Literal["score", "wald"]
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class MultipleTest:
    """Test of k options against b groups.

    Attributes
    ----------
    statistic, df, p : float or None
        The sum of the options' chi-squares with the second-order correction of Rao and Scott:
        chi-square on `df`, rarely whole. None where there is no test.
    total : float or None
        That sum before the correction.
    option_statistic, option_df, option_p : ndarray, shape (k,)
        Pearson's chi-square of each option (chosen or not) by group; nan where no one or
        everyone chose it.
    dropped_options, dropped_groups : int
        Options that no one or everyone chose, and groups of nobody: left out.
    reason : str
        Why there is no test: "no_observations", "one_group", "no_choice" (no option with both
        a yes and a no), or "".
    """

    statistic: float | None
    df: float | None
    p: float | None
    total: float | None
    option_statistic: Floats
    option_df: Floats
    option_p: Floats
    dropped_options: int = 0
    dropped_groups: int = 0
    reason: MultipleReason = ""


@dataclass(frozen=True, slots=True, eq=False)
class NetPromoter:
    """Net promoter scores between -1 and 1; arrays of one shape, nan where there is no base.

    Attributes
    ----------
    estimate : ndarray
        Share of promoters (9 and 10) less that of detractors (0 to 6).
    se : ndarray
        Multinomial: √((promoters + detractors - estimate²) / n), in shares.
    low, high : ndarray
    n : ndarray
    promoters, detractors : ndarray
        Shares.
    """

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    n: Floats
    promoters: Floats
    detractors: Floats


def multiple_response_test(count: ArrayLike, pairs: ArrayLike, base: ArrayLike) -> MultipleTest:
    """Test whether any option of a multiple response depends on the group.

    Parameters
    ----------
    count : array_like, shape (k, b)
        Respondents of each group who chose each option.
    pairs : array_like, shape (b, k, k)
        Those who chose both of two options; the diagonal is `count`.
    base : array_like, shape (b,)
        Respondents of each group who answered.

    Returns
    -------
    MultipleTest
        With one option it is Pearson's chi-square of that option by group.

    Raises
    ------
    UsageError
        For shapes or counts that do not fit.

    Examples
    --------
    >>> count = [[30, 45], [20, 12]]
    >>> pairs = [[[30, 10], [10, 20]], [[45, 4], [4, 12]]]
    >>> test = multiple_response_test(count, pairs, [60, 70])
    >>> round(test.statistic, 3), round(test.df, 3), round(test.p, 4)
    (7.17, 1.974, 0.027)
    """
    x, both, n = _checked(count, pairs, base)
    single = chi2_many(np.stack([x, n - x], axis=1))
    groups, chosen = n > 0, ~np.isnan(single.statistic)
    options = single.statistic, single.df, single.p
    dropped = int((~chosen).sum()), int((~groups).sum())
    reason = _reason(groups, chosen)
    if reason:
        return MultipleTest(None, None, None, None, *options, *dropped, reason)
    r = _correlations(x[chosen][:, groups], both[groups][:, chosen][:, :, chosen], n[groups])
    trace, square = _eigenvalues(r, n[groups])
    total = float(single.statistic[chosen].sum())
    statistic, df = total * trace / square, trace**2 / square
    return MultipleTest(statistic, df, float(chdtrc(df, statistic)), total, *options, *dropped)


def nps(counts: ArrayLike, *, method: NpsMethod = "score", level: float = 0.95) -> NetPromoter:
    """Net promoter score of answers from 0 to 10.

    Parameters
    ----------
    counts : array_like, shape (…, 11)
        Respondents who answered 0, 1, …, 10.
    method : {"score", "wald"}
        Tango's score interval of the difference of two shares of one sample, which is honest
        where all are promoters; or estimate ± z·se, cut at -1 and 1.
    level : float

    Returns
    -------
    NetPromoter

    Raises
    ------
    UnknownNameError, UsageError
        For an unknown method; for other shapes, negative counts, a level outside (0, 1).

    Examples
    --------
    >>> score = nps([1, 0, 0, 2, 1, 3, 4, 8, 12, 10, 9])
    >>> score.estimate.round(4).item(), score.low.round(4).item(), score.high.round(4).item()
    (0.16, -0.0555, 0.3597)
    """
    if method not in get_args(NpsMethod):
        raise UnknownNameError.for_name("method", method, get_args(NpsMethod))
    c = np.asarray(counts, dtype=np.float64)
    if c.ndim < 1 or c.shape[-1] != 11:
        raise UsageError(f"11 counts are needed, of the answers 0 to 10; got {c.shape}.")
    if not bool(np.all((c >= 0) & (c < np.inf))):
        raise UsageError("counts must be finite and not negative.")
    n = c.sum(axis=-1)
    size = np.where(n > 0, n, np.nan)
    up, down = c[..., 9:].sum(axis=-1) / size, c[..., :7].sum(axis=-1) / size
    d = up - down
    se = np.sqrt(np.maximum(up + down - d**2, 0.0) / size)
    z = float(ndtri(0.5 + check_level(level) / 2))
    low, high = _tango(up, down, size, z) if method == "score" else (d - z * se, d + z * se)
    ends = np.clip(low, -1.0, 1.0), np.clip(high, -1.0, 1.0)
    return NetPromoter(*map(np.asarray, (d, se, *ends, n, up, down)))


def _checked(count: ArrayLike, pairs: ArrayLike, base: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, both, n = (np.asarray(v, dtype=np.float64) for v in (count, pairs, base))
    if x.ndim != 2 or both.shape != (x.shape[1], x.shape[0], x.shape[0]) or n.shape != x.shape[1:]:
        raise UsageError(
            "count, pairs and base have the shapes (k, b), (b, k, k) and (b,); "
            f"got {x.shape}, {both.shape} and {n.shape}."
        )
    room = n * (1 + ROUNDING)
    if not bool(np.all((x >= 0) & (x <= room) & (n < np.inf))):
        raise UsageError("an option is chosen by 0 to all respondents of a group.")
    least = np.minimum(x.T[:, :, None], x.T[:, None, :])
    if not bool(np.all((both >= 0) & (both <= least * (1 + ROUNDING)))):
        raise UsageError("two options cannot be chosen together more often than either alone.")
    return np.minimum(x, n), both, n


def _reason(groups: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> MultipleReason:
    if not groups.any():
        return "no_observations"
    if groups.sum() < 2:
        return "one_group"
    return "" if chosen.any() else "no_choice"


def _correlations(x: Floats, both: Floats, n: Floats) -> Floats:
    """Covariances of the options in each group over √(p (1 - p)) of all, shape (b, k, k).

    Under the hypothesis the variances are those of everyone, so that the diagonal is 1.
    """
    p = x.sum(axis=1) / n.sum()
    share = (x / n).T
    spread = np.sqrt(p * (1 - p))
    joint = both / n[:, None, None] - share[:, :, None] * share[:, None, :]
    r = joint / (spread[:, None] * spread)
    r[:, np.arange(len(p)), np.arange(len(p))] = 1.0
    return np.asarray(r)


def _eigenvalues(r: Floats, n: Floats) -> tuple[float, float]:
    """Sum, and sum of squares, of the weights of the chi-squares that the total is made of.

    The total is a quadratic form in the groups' shares; its matrix is M ⊗ I with M = I - s s',
    s = √(n / Σ n), and their covariance is block-diagonal, r of each group.
    """
    s = np.sqrt(n / n.sum())
    m = np.eye(len(n)) - np.outer(s, s)
    trace = float(np.einsum("i,ijj->", np.diag(m), r))
    return trace, float(np.einsum("il,ijk,lkj->", m**2, r, r))


def _tango(up: Floats, down: Floats, n: Floats, z: float) -> tuple[Floats, Floats]:
    """Where the score statistic of up - down = d is z and -z."""
    at = np.nan_to_num(up - down)

    def score(d: Floats) -> Floats:
        b = -up - down + (2 - up + down) * d
        c = -down * d * (1 - d)
        likeliest = (np.sqrt(np.maximum(b**2 - 8 * c, 0.0)) - b) / 4
        variance = np.maximum(2 * likeliest + d * (1 - d), 0.0)
        return np.asarray((up - down - d) * np.sqrt(n) - z * np.sign(at - d) * np.sqrt(variance))

    low = bisected(lambda d: score(d) > 0, np.full_like(at, -1.0), at)
    high = bisected(lambda d: score(d) >= 0, at, np.full_like(at, 1.0))
    return np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high)
