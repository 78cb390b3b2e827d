"""Design-based tests of independence in a two-way table of weighted totals.

All of them take the totals, their covariance under the design, the number of respondents and
the design's degrees of freedom: weights are never counts. Rows and columns without weight are
left out first.

References
----------
Rao and Scott (1981), The analysis of categorical data from complex sample surveys, JASA 76,
221-230. Rao and Scott (1984), On chi-squared tests for multiway contingency tables with cell
proportions estimated from survey data, Annals of Statistics 12, 46-60.
Thomas and Rao (1987), Small-sample comparisons of level and power for simple goodness-of-fit
statistics under cluster sampling, JASA 82, 630-636.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, fdtrc

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats.linear import proportions
from surveykit.stats.quadform import f_sum_sf, f_sum_sf_saddlepoint

__all__ = ["DESIGN_TESTS", "DesignTest", "DesignTestName", "design_effects", "design_test"]

Floats = NDArray[np.float64]
DesignTestName = Literal[
    "rao_scott",
    "rao_scott_chi2",
    "rao_scott_chi2_second",
    "wald",
    "adj_wald",
    "lincom",
    "saddlepoint",
]
DESIGN_TESTS: tuple[DesignTestName, ...] = get_args(DesignTestName)
Reason = Literal["", "no_observations", "one_row", "one_column", "no_df", "singular"]


@dataclass(frozen=True, slots=True, eq=False)
class DesignTest:
    """One design-based test of one table.

    Attributes
    ----------
    statistic : float or None
        F for "rao_scott", "wald" and "adj_wald"; else the chi-square statistic of the table
        scaled to `n` respondents, before correction ("rao_scott_chi2_second": corrected).
    df, df2 : float or None
        Degrees of freedom of the reference distribution; None where it has no such number.
    p : float or None
    dropped_rows, dropped_columns : int
        Rows and columns without weight, left out.
    reason : str
        Why there is no test: "no_observations", "one_row", "one_column", "no_df" (fewer units
        than the test needs), "singular" (the covariance is), or "".
    null_proportions : bool
        Empty cells left the design effects undefined at the observed proportions; they are
        those at the proportions that independence expects.
    """

    statistic: float | None
    df: float | None
    df2: float | None
    p: float | None
    dropped_rows: int = 0
    dropped_columns: int = 0
    reason: Reason = ""
    null_proportions: bool = False


def design_test(
    table: ArrayLike,
    covariance: ArrayLike,
    n: float,
    df: float,
    *,
    name: DesignTestName = "rao_scott",
) -> DesignTest:
    """Test independence in a table of weighted totals.

    Parameters
    ----------
    table : array_like, shape (k, b)
        Weighted totals of the respondents who have both variables.
    covariance : array_like, shape (k b, k b)
        Their covariance under the design, cells in the order of ``table.ravel()``.
    n : float
        Respondents in the table. It scales the chi-square statistic and nothing else: F and p
        do not depend on it. (R survey takes the rows of the data, incomplete ones too.)
    df : float
        Degrees of freedom of the design (units minus strata); infinity for large samples
        (with replicate weights, "lincom" and "saddlepoint" of R survey take it so).
    name : str
        "rao_scott" (second-order correction, F), "rao_scott_chi2" (first order, chi-square),
        "rao_scott_chi2_second" (second order, chi-square), "wald", "adj_wald", "lincom" (the
        exact distribution of the linear combination), "saddlepoint" (its approximation). These
        two cut their second degrees of freedom to a whole number, as R survey 4.5 does.

    Returns
    -------
    DesignTest

    Raises
    ------
    UnknownNameError
        For an unknown test.
    UsageError
        If the shapes do not fit.

    Examples
    --------
    A simple random sample of 100, and its covariance: the chi-square statistic, taken as F.

    >>> t = np.array([[30.0, 20.0], [20.0, 30.0]])
    >>> v = np.diag(t.ravel()) - np.outer(t.ravel(), t.ravel()) / 100
    >>> r = design_test(t, v, 100, 99)
    >>> round(r.statistic, 4), r.df, r.df2, round(r.p, 4)
    (4.0, 1.0, 99.0, 0.0482)
    """
    if name not in DESIGN_TESTS:
        raise UnknownNameError.for_name("test", name, DESIGN_TESTS)
    full, v = _checked(table, covariance)
    rows, columns = full.sum(1) != 0, full.sum(0) != 0
    t = full[rows][:, columns]
    kept = np.outer(rows, columns).ravel()
    reason = _reason(t, df)
    if reason:
        result = DesignTest(None, None, None, None, reason=reason)
    elif name in ("wald", "adj_wald"):
        result = _wald(t, v[np.ix_(kept, kept)], df, adjusted=name == "adj_wald")
    else:
        result = _corrected(t, v[np.ix_(kept, kept)], n, df, name)
    return _with_dropped(result, int((~rows).sum()), int((~columns).sum()))


def design_effects(table: ArrayLike, covariance: ArrayLike, n: float) -> tuple[Floats, bool]:
    """Return the generalised design effects of a table's interactions (Rao and Scott 1984).

    The eigenvalues of (Cᵀ D⁻¹ C / n)⁻¹ (Cᵀ D⁻¹ V D⁻¹ C), with the cell proportions in D, their
    covariance V and a basis C of the interaction contrasts; all 1 in a simple random sample.

    Parameters
    ----------
    table : array_like, shape (k, b)
        Weighted totals, no row or column empty.
    covariance : array_like, shape (k b, k b)
    n : float

    Returns
    -------
    effects : ndarray, shape ((k-1)(b-1),), largest first
    null_proportions : bool
        Whether D had to be the proportions expected under independence.

    Examples
    --------
    >>> t = np.array([[30.0, 20.0], [20.0, 30.0]])
    >>> v = np.diag(t.ravel()) - np.outer(t.ravel(), t.ravel()) / 100
    >>> design_effects(t, v, 100)[0].round(10).tolist()
    [1.0]
    """
    t, v = _checked(table, covariance)
    share = proportions(t, "table")
    p, vp = share.estimate, share.covariance(v)
    basis = np.kron(_contrast_basis(t.shape[0]), _contrast_basis(t.shape[1]))
    seen = p > 0
    inverse = np.where(seen, 1 / np.where(seen, p, 1.0), 0.0)
    denominator = basis.T @ (inverse[:, None] * basis) / n
    null = not seen.all() and bool(np.linalg.matrix_rank(denominator) < len(denominator))
    if null:
        inverse = 1 / (_expected(t) / t.sum()).ravel()
        denominator = basis.T @ (inverse[:, None] * basis) / n
    scaled = inverse[:, None] * basis
    return _generalised_eigenvalues(scaled.T @ vp @ scaled, denominator), null


def _generalised_eigenvalues(numerator: Floats, denominator: Floats) -> Floats:
    """Eigenvalues of denominator⁻¹ numerator, both symmetric, largest first."""
    lower = np.linalg.cholesky(denominator)
    half = np.linalg.solve(lower, numerator)
    whole = np.linalg.solve(lower, half.T)
    return np.asarray(np.linalg.eigvalsh((whole + whole.T) / 2)[::-1], dtype=np.float64)


def _contrast_basis(k: int) -> Floats:
    """Orthonormal columns that span what is orthogonal to (1, …, 1), shape (k, k-1)."""
    steps = np.arange(1.0, k)
    basis = np.triu(np.ones((k, k - 1)))
    basis[np.arange(1, k), np.arange(k - 1)] = -steps
    return np.asarray(basis / np.sqrt(steps * (steps + 1)))


def _expected(t: Floats) -> Floats:
    return np.asarray(np.outer(t.sum(1), t.sum(0)) / t.sum())


def _pearson(t: Floats, n: float) -> float:
    e = _expected(t)
    return float(((t - e) ** 2 / e).sum() / t.sum() * n)


def _corrected(t: Floats, v: Floats, n: float, df: float, name: str) -> DesignTest:
    effects, null = design_effects(t, v, n)
    trace, square = float(effects.sum()), float((effects**2).sum())
    if not trace > 0:
        return DesignTest(None, None, None, None, reason="singular")
    x2, d0 = _pearson(t, n), trace**2 / square
    p: float
    if name == "rao_scott":
        f, df2 = x2 / trace, d0 * df
        p = _f_tail(d0, df2, f)
        return DesignTest(f, d0, df2, p, null_proportions=null)
    if name == "rao_scott_chi2":
        m = len(effects)
        return DesignTest(x2, m, None, float(chdtrc(m, x2 * m / trace)), null_proportions=null)
    if name == "rao_scott_chi2_second":
        x2 = x2 * d0 / trace
        return DesignTest(x2, d0, None, float(chdtrc(d0, x2)), null_proportions=null)
    tail = f_sum_sf if name == "lincom" else f_sum_sf_saddlepoint
    p = tail(*_whole(x2, effects, d0 * df))
    return DesignTest(x2, None, None, p, null_proportions=null)


def _whole(x: float, effects: Floats, df2: float) -> tuple[float, Floats, float]:
    """R survey's Σ λ χ² > x χ²_h / df2 with h = df2 cut to a whole number."""
    if math.isinf(df2):
        return x, effects, df2
    # 14 - 1e-15 is 14
    whole = math.floor(df2 + 1e-9)
    return x * whole / df2, effects, whole


def _wald(t: Floats, v: Floats, df: float, *, adjusted: bool) -> DesignTest:
    """Wald test of the differences between totals and what independence expects of them."""
    k, b = t.shape
    m = (k - 1) * (b - 1)
    df2 = df - m + 1 if adjusted else df
    if not df2 > 0:
        return DesignTest(None, None, None, None, reason="no_df")
    use = np.arange(k * b).reshape(k, b)[1:, 1:].ravel()
    jacobian = _residual_jacobian(t)[use]
    y, vy = (t - _expected(t)).ravel()[use], jacobian @ v @ jacobian.T
    if np.linalg.matrix_rank(vy, hermitian=True) < m:
        return DesignTest(None, None, None, None, reason="singular")
    f = float(y @ np.linalg.solve(vy, y)) / m
    if adjusted and not math.isinf(df):
        f *= df2 / df
    return DesignTest(f, m, df2, _f_tail(m, df2, f))


def _residual_jacobian(t: Floats) -> Floats:
    """Derivative of T_ij - T_i. T_.j / T by every cell, shape (k b, k b)."""
    k, b = t.shape
    total, row, column = t.sum(), t.sum(1), t.sum(0)
    by_row = np.kron(np.eye(k), np.ones((b, b))) * np.tile(column, k)[:, None] / total
    by_column = np.kron(np.ones((k, k)), np.eye(b)) * np.repeat(row, b)[:, None] / total
    both = np.outer(row, column).ravel()[:, None] / total**2
    return np.asarray(np.eye(k * b) - by_row - by_column + both)


def _f_tail(df: float, df2: float, f: float) -> float:
    return float(chdtrc(df, f * df)) if math.isinf(df2) else float(fdtrc(df, df2, f))


def _checked(table: ArrayLike, covariance: ArrayLike) -> tuple[Floats, Floats]:
    t, v = np.asarray(table, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if t.ndim != 2 or v.shape != (t.size, t.size):
        raise UsageError(
            f"a table of shape {t.shape} needs a covariance of shape ({t.size}, {t.size}); "
            f"got {v.shape}."
        )
    return t, v


def _reason(t: Floats, df: float) -> Reason:
    if t.sum() == 0:
        return "no_observations"
    if t.shape[0] < 2:
        return "one_row"
    if t.shape[1] < 2:
        return "one_column"
    return "" if df >= 1 else "no_df"


def _with_dropped(r: DesignTest, rows: int, columns: int) -> DesignTest:
    return DesignTest(r.statistic, r.df, r.df2, r.p, rows, columns, r.reason, r.null_proportions)
