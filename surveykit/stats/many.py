"""Tests of many two-way tables at once; the tests of one table are these with m = 1.

Every function takes counts of shape (m, r, c) and returns arrays of shape (m,). Rows and
columns without observations are left out table by table. Where a table allows no test
(fewer than two rows or columns with observations), statistic and p are nan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, kl_div, ndtr

from surveykit.errors import UnsupportedError, UsageError

__all__ = [
    "ManyTests",
    "chi2_many",
    "cochran_armitage_many",
    "expected_many",
    "fisher_many",
    "g2_many",
    "linear_by_linear_many",
]

Floats = NDArray[np.float64]
# R's fisher.test counts tables as "no more likely than the observed" up to this factor
FISHER_TIES = 1 + 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class ManyTests:
    """Results of one test on m tables.

    Attributes
    ----------
    statistic : ndarray, shape (m,)
        nan where the table allows no test (and for Fisher's test, which has none).
    df : ndarray, shape (m,)
        Degrees of freedom of a chi-square statistic; nan for z statistics and exact tests.
    p : ndarray, shape (m,)
        Two-sided p-value; nan where the table allows no test.
    """

    statistic: Floats
    df: Floats
    p: Floats


Test = Callable[[Floats], ManyTests]


def expected_many(tables: ArrayLike) -> Floats:
    """Counts expected under independence, shape (m, r, c); all 0 for an empty table.

    Examples
    --------
    >>> expected_many([[[3, 1], [1, 3]]]).tolist()
    [[[2.0, 2.0], [2.0, 2.0]]]
    """
    t = as_tables(tables)
    n = t.sum(axis=(1, 2), keepdims=True)
    margins = t.sum(axis=2, keepdims=True) * t.sum(axis=1, keepdims=True)
    return _divide(margins, n, n > 0)


def chi2_many(tables: ArrayLike) -> ManyTests:
    """Pearson's chi-square test of independence, without continuity correction.

    Parameters
    ----------
    tables : array_like, shape (m, r, c)
        Counts.

    Returns
    -------
    ManyTests

    Raises
    ------
    UsageError
        If the shape is not (m, r, c) or a count is negative or not finite.

    Examples
    --------
    >>> t = chi2_many([[[10, 20], [20, 10]], [[5, 5], [0, 0]]])
    >>> t.statistic.round(4).tolist(), t.df.tolist()
    ([6.6667, nan], [1.0, 0.0])
    """
    t = as_tables(tables)
    e = expected_many(t)
    parts = _divide((t - e) ** 2, e, e > 0)
    return _chi_square(parts.sum(axis=(1, 2)), _df(t))


def g2_many(tables: ArrayLike) -> ManyTests:
    """Likelihood-ratio chi-square test of independence, G² = 2 Σ O ln(O/E).

    Parameters, returns and errors as in :func:`chi2_many`.

    Examples
    --------
    >>> g2_many([[[10, 20], [20, 10]]]).statistic.round(4).tolist()
    [6.796]
    """
    t = as_tables(tables)
    # Σ kl_div(O, E) = Σ O ln(O/E), because O and E have one total; its terms are never negative
    return _chi_square(2 * kl_div(t, expected_many(t)).sum(axis=(1, 2)), _df(t))


def linear_by_linear_many(
    tables: ArrayLike, row_scores: ArrayLike | None = None, column_scores: ArrayLike | None = None
) -> ManyTests:
    """Linear-by-linear association (Mantel-Haenszel): (n - 1) r² on 1 degree of freedom.

    Parameters
    ----------
    tables : array_like, shape (m, r, c)
        Counts.
    row_scores, column_scores : array_like, shapes (r,) and (c,), optional
        1, 2, 3, … when not given; levels without observations keep their score.

    Examples
    --------
    >>> linear_by_linear_many([[[10, 20], [20, 10]]]).statistic.round(4).tolist()
    [6.5556]
    """
    t = as_tables(tables)
    r = correlation_many(t, row_scores, column_scores)
    n = t.sum(axis=(1, 2))
    return _chi_square((n - 1) * r**2, np.where(np.isnan(r), 0.0, 1.0))


def cochran_armitage_many(tables: ArrayLike, scores: ArrayLike | None = None) -> ManyTests:
    """Cochran-Armitage test for a trend in proportions.

    Parameters
    ----------
    tables : array_like, shape (m, 2, k) or (m, k, 2)
        Counts: two outcomes by k ordered groups (either way round).
    scores : array_like, shape (k,), optional
        Scores of the groups; 1, 2, 3, … when not given.

    Returns
    -------
    ManyTests
        `statistic` is z (its square is the chi-square of R's ``prop.trend.test``), positive
        when the share of the first outcome rises with the score; `df` is nan.

    Raises
    ------
    UnsupportedError
        If neither variable has two levels.

    Examples
    --------
    >>> t = cochran_armitage_many([[[10, 20, 30], [40, 30, 20]]])
    >>> t.statistic.round(4).tolist(), t.p.round(6).tolist()
    ([4.0825], [4.5e-05])
    """
    t = as_tables(tables)
    if 2 not in t.shape[1:]:
        raise UnsupportedError(
            "the Cochran-Armitage trend test needs one variable with exactly two levels; "
            f"this table has {t.shape[1]} rows and {t.shape[2]} columns.",
            hint="use linear_by_linear, or merge levels until one variable has two.",
        )
    if t.shape[1] != 2:
        t = t.transpose(0, 2, 1)
    # with the binomial variance z is the correlation of outcome and score, times √n
    z = -np.sqrt(t.sum(axis=(1, 2))) * correlation_many(t, None, scores)
    return ManyTests(z, np.full_like(z, np.nan), 2 * ndtr(-np.abs(z)))


def fisher_many(tables: ArrayLike) -> ManyTests:
    """Fisher's exact two-sided test of 2 × 2 tables, by probability ordering as in R.

    Parameters
    ----------
    tables : array_like, shape (m, 2, 2)
        Whole numbers.

    Returns
    -------
    ManyTests
        `p` is the probability, given the margins, of all tables no more likely than the
        observed one (ties within a factor of 1 + 1e-7); `statistic` and `df` are nan.

    Raises
    ------
    UnsupportedError
        For larger tables.
    UsageError
        For counts that are not whole.

    Examples
    --------
    >>> fisher_many([[[3, 1], [1, 3]], [[10, 0], [0, 10]]]).p.round(6).tolist()
    [0.485714, 1.1e-05]
    """
    t = as_tables(tables)
    _check_fisher(t)
    cells = t.astype(np.int64)
    r1, c1, n = cells[:, 0].sum(1), cells[:, :, 0].sum(1), cells.sum(axis=(1, 2))
    margins, which = np.unique(np.stack([r1, c1, n], axis=1), axis=0, return_inverse=True)
    p = _by_group(which.reshape(-1), cells[:, 0, 0], [_fisher_p(*m) for m in margins.tolist()])
    p[_df(t) == 0] = np.nan
    blank = np.full_like(p, np.nan)
    return ManyTests(blank, blank, p)


def correlation_many(
    tables: ArrayLike, row_scores: ArrayLike | None = None, column_scores: ArrayLike | None = None
) -> Floats:
    """Pearson correlation of row and column scores, shape (m,); nan where a score is constant.

    Examples
    --------
    >>> correlation_many([[[10, 20], [20, 10]]]).round(4).tolist()
    [-0.3333]
    """
    t = as_tables(tables)
    x, y = _scores(row_scores, t.shape[1], "row"), _scores(column_scores, t.shape[2], "column")
    rows, columns, n = t.sum(axis=2), t.sum(axis=1), t.sum(axis=(1, 2))
    # centred per table: no cancellation however large the scores
    dx = x - _divide(rows @ x, n, n > 0)[:, None]
    dy = y - _divide(columns @ y, n, n > 0)[:, None]
    sxx, syy = (rows * dx**2).sum(1), (columns * dy**2).sum(1)
    sxy = np.einsum("mrc,mr,mc->m", t, dx, dy)
    ok = (_df(t) > 0) & (sxx * syy > 0)
    return np.where(ok, _divide(sxy, np.sqrt(sxx * syy), ok), np.nan)


def as_tables(tables: ArrayLike) -> Floats:
    """Return counts as floats of shape (m, r, c), or raise UsageError.

    Examples
    --------
    >>> as_tables([[[1, 2]]]).shape
    (1, 1, 2)
    """
    t = np.asarray(tables, dtype=np.float64)
    if t.ndim != 3:
        raise UsageError(f"tables must have the shape (m, r, c); got {t.shape}.")
    if not bool(np.all((t >= 0) & (t < np.inf))):
        raise UsageError("the counts of a table must be finite and not negative.")
    return t


def _divide(a: Floats, b: Floats, where: NDArray[np.bool_]) -> Floats:
    """Return a / b, and 0 where `where` is false."""
    out = np.zeros(np.broadcast_shapes(a.shape, b.shape))
    np.divide(a, b, out=out, where=where)
    return out


def _df(t: Floats) -> Floats:
    rows = (t.sum(axis=2) > 0).sum(axis=1)
    columns = (t.sum(axis=1) > 0).sum(axis=1)
    return np.asarray(np.maximum(rows - 1, 0) * np.maximum(columns - 1, 0), dtype=np.float64)


def _chi_square(statistic: Floats, df: Floats) -> ManyTests:
    x = np.where(df > 0, statistic, np.nan)
    return ManyTests(x, df, chdtrc(np.maximum(df, 1.0), x))


def _scores(scores: ArrayLike | None, k: int, kind: str) -> Floats:
    values = np.arange(1.0, k + 1) if scores is None else np.asarray(scores, dtype=np.float64)
    if values.shape != (k,):
        raise UsageError(f"{k} {kind} scores are needed; got the shape {values.shape}.")
    return values


def _check_fisher(t: Floats) -> None:
    if t.shape[1:] != (2, 2):
        raise UnsupportedError(
            f"Fisher's exact test is there for 2 × 2 tables; this one has {t.shape[1]} rows "
            f"and {t.shape[2]} columns.",
            hint="merge levels, or use chi2 or g2.",
        )
    if not bool(np.all(t == np.floor(t))):
        raise UsageError("Fisher's exact test needs whole counts.")


def _by_group(group: NDArray[np.intp], index: NDArray[np.int64], values: list[Floats]) -> Floats:
    """Return ``values[group[i]][index[i]]`` for every i."""
    starts = np.cumsum([0, *(len(v) for v in values)])[:-1]
    flat = np.concatenate(values) if values else np.zeros(0)
    return np.asarray(flat[starts[group] + index]) if len(index) else np.zeros(0)


def _fisher_p(row: int, column: int, n: int) -> Floats:
    """Two-sided p of every top-left count 0 … min(row, column), given the margins."""
    low, high = max(0, row + column - n), min(row, column)
    k = np.arange(low, high, dtype=np.float64)
    # pmf(k + 1) / pmf(k), multiplied outwards from the mode: no large logarithms to cancel
    ratio = (row - k) * (column - k) / ((k + 1) * (n - row - column + k + 1))
    mode = int((ratio >= 1).sum())
    left = np.cumprod(1 / ratio[:mode][::-1])[::-1]
    pmf = np.concatenate([left, [1.0], np.cumprod(ratio[mode:])])
    ordered = np.sort(pmf)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    p = sums[np.searchsorted(ordered, pmf * FISHER_TIES, side="right")] / sums[-1]
    return np.concatenate([np.full(low, np.nan), np.minimum(p, 1.0)])
