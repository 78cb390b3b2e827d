"""The same respondents asked more than once: are the shares of yes the same?

`mcnemar` two questions · `cochran_q` any number of them.

References
----------
McNemar (1947), Note on the sampling error of the difference between correlated proportions or
percentages, Psychometrika 12, 153-157. Edwards (1948), ibid. 13: the continuity correction.
Fagerland, Lydersen and Laake (2013), The McNemar test for binary matched-pairs data: mid-p and
asymptotic are better than exact conditional, BMC Medical Research Methodology 13, 91.
Cochran (1950), The comparison of percentages in matched samples, Biometrika 37, 256-266.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, chdtrc, gammaln

from surveykit.errors import UsageError

__all__ = ["CochranQ", "McNemar", "cochran_q", "mcnemar"]

Floats = NDArray[np.float64]
QReason = Literal["", "no_observations", "one_question", "no_disagreement"]


@dataclass(frozen=True, slots=True, eq=False)
class McNemar:
    """McNemar's test of 2 × 2 tables; arrays of the shape that the tables are stacked in.

    Attributes
    ----------
    statistic, p : ndarray
        (b - c)² / (b + c), chi-square on 1 degree of freedom; b and c are the respondents who
        answered yes to the first question alone and to the second alone.
    corrected, p_corrected : ndarray
        (abs(b - c) - 1)² / (b + c), with the continuity correction (0 where b = c).
    p_exact, p_mid : ndarray
        Two-sided binomial p of b in b + c, and its mid-p; nan where counts are not whole.
    difference : ndarray
        Share of yes to the first question less that to the second, (b - c) / n.
    discordant : ndarray
        b + c. Where it is 0 there is no test: nan.
    """

    statistic: Floats
    p: Floats
    corrected: Floats
    p_corrected: Floats
    p_exact: Floats
    p_mid: Floats
    difference: Floats
    discordant: Floats


@dataclass(frozen=True, slots=True)
class CochranQ:
    """Cochran's test of k questions.

    Attributes
    ----------
    statistic, df, p : float or None
        Q and its chi-square approximation on k - 1 degrees of freedom; None without a test.
    n : int
        Respondents with an answer to every question.
    informative : int
        Those of them who did not give one answer to all questions: Q depends on them alone.
    reason : str
        Why there is no test: "no_observations", "one_question", "no_disagreement", or "".
    """

    statistic: float | None
    df: float | None
    p: float | None
    n: int
    informative: int = 0
    reason: QReason = ""


def mcnemar(table: ArrayLike) -> McNemar:
    """McNemar's test of one or many tables of two yes/no answers by the same respondents.

    Parameters
    ----------
    table : array_like, shape (2, 2) or (…, 2, 2)
        Counts of answers to the first question (rows) and to the second (columns), both in one
        order of yes and no.

    Returns
    -------
    McNemar

    Raises
    ------
    UsageError
        For another shape, negative or infinite counts.

    Examples
    --------
    >>> test = mcnemar([[59, 6], [16, 80]])
    >>> [x.round(4).item() for x in (test.statistic, test.p, test.p_exact, test.p_mid)]
    [4.5455, 0.033, 0.0525, 0.0347]
    """
    t = np.asarray(table, dtype=np.float64)
    if t.ndim < 2 or t.shape[-2:] != (2, 2):
        raise UsageError(f"McNemar's test needs tables of the shape (2, 2); got {t.shape}.")
    if not bool(np.all((t >= 0) & (t < np.inf))):
        raise UsageError("the counts of a table must be finite and not negative.")
    b, c, n = t[..., 0, 1], t[..., 1, 0], t.sum(axis=(-2, -1))
    both = np.where(b + c > 0, b + c, np.nan)
    plain = (b - c) ** 2 / both
    corrected = np.maximum(np.abs(b - c) - 1, 0) ** 2 / both
    exact, mid = _binomial(b, c)
    return McNemar(
        np.asarray(plain),
        np.asarray(chdtrc(1, plain)),
        np.asarray(corrected),
        np.asarray(chdtrc(1, corrected)),
        exact,
        mid,
        np.asarray((b - c) / np.where(n > 0, n, np.nan)),
        np.asarray(b + c),
    )


def cochran_q(answers: ArrayLike, known: ArrayLike | None = None) -> CochranQ:
    """Cochran's Q: are the shares of yes the same for k questions to the same respondents?

    Parameters
    ----------
    answers : array_like of bool, or of 0, 1 and nan, shape (n, k)
    known : array_like of bool, shape (n,) or (n, k), optional
        Which answers count. Only respondents with all k of them are used.

    Returns
    -------
    CochranQ

    Raises
    ------
    UsageError
        For another shape, or answers other than 0 and 1.

    Examples
    --------
    >>> test = cochran_q([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 1, 0], [1, 1, 0], [1, 0, 0]])
    >>> round(test.statistic, 4), test.df, round(test.p, 4), test.informative
    (5.2, 2.0, 0.0743, 5)
    """
    x = np.asarray(answers)
    if x.ndim != 2:
        raise UsageError(f"answers must have the shape (n, k); got {x.shape}.")
    complete = _complete(x, known)
    chosen = x[complete].astype(np.float64)
    if not bool(np.all((chosen == 0) | (chosen == 1))):
        raise UsageError("answers must be 0 or 1 (no or yes), nan where missing.")
    n, k = chosen.shape
    columns, rows = chosen.sum(axis=0), chosen.sum(axis=1)
    spread = float((rows * (k - rows)).sum())
    informative = int(((rows > 0) & (rows < k)).sum())
    if n == 0 or k < 2 or spread == 0:
        reason: QReason = "no_observations" if n == 0 else "no_disagreement"
        return CochranQ(None, None, None, n, informative, "one_question" if k < 2 else reason)
    q = k * (k - 1) * float(((columns - columns.mean()) ** 2).sum()) / spread
    return CochranQ(q, float(k - 1), float(chdtrc(k - 1, q)), n, informative)


def _complete(x: NDArray[np.generic], known: ArrayLike | None) -> NDArray[np.bool_]:
    complete = np.ones(len(x), dtype=bool)
    if np.issubdtype(x.dtype, np.floating):
        complete &= ~np.isnan(x).any(axis=1)
    if known is None:
        return complete
    given = np.asarray(known, dtype=bool)
    if given.shape not in (x.shape, x.shape[:1]):
        raise UsageError(
            f"known must have the shape {x.shape[:1]} or {x.shape}; got {given.shape}."
        )
    return complete & (given if given.ndim == 1 else given.all(axis=1))


def _binomial(b: Floats, c: Floats) -> tuple[Floats, Floats]:
    """Two-sided p of b successes in b + c trials at ½, and its mid-p."""
    ok = (b + c > 0) & (b == np.floor(b)) & (c == np.floor(c))
    least, n = np.where(ok, np.minimum(b, c), 0.0), np.where(ok, b + c, 1.0)
    chance = np.exp(gammaln(n + 1) - gammaln(least + 1) - gammaln(n - least + 1) - n * np.log(2))
    exact = np.minimum(2 * bdtr(least, n.astype(np.int64), 0.5), 1.0)
    # half of what is as likely as b: b and c in turn, which are one where they are equal
    mid = exact - np.where(2 * least == n, chance / 2, chance)
    return np.where(ok, exact, np.nan), np.where(ok, mid, np.nan)
