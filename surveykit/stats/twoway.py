"""Tests and residuals of one two-way table of counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats import many
from surveykit.stats.exact import ExactMethod, fisher_freeman_halton

__all__ = [
    "TEST_NAMES",
    "Expected",
    "Reason",
    "TestName",
    "TwoWayTest",
    "adjusted_residuals",
    "chi2",
    "cochran_armitage",
    "compressed",
    "contingency_coefficient",
    "cramers_v",
    "expected_counts",
    "fisher",
    "g2",
    "linear_by_linear",
    "phi",
    "two_way_test",
]

Floats = NDArray[np.float64]
TestName = Literal["chi2", "g2", "fisher", "linear_by_linear", "cochran_armitage"]
TEST_NAMES: tuple[TestName, ...] = get_args(TestName)
Reason = Literal["", "no_observations", "one_row", "one_column"]


@dataclass(frozen=True, slots=True)
class TwoWayTest:
    """One test of one table.

    Attributes
    ----------
    statistic, df, p : float or None
        None where the test has no such number, or where the table allows no test.
    dropped_rows, dropped_columns : int
        Rows and columns without observations, left out of the test and of `df`.
    reason : str
        Why there is no test: "no_observations", "one_row", "one_column", or "".
    method : str
        How the p of Fisher's test was found, "exact" or "monte_carlo"; "" for other tests.
    p_low, p_high : float or None
        99 % interval of the exact p around a Monte Carlo one.
    samples : int
        Random tables behind a Monte Carlo p.
    """

    statistic: float | None
    df: float | None
    p: float | None
    dropped_rows: int = 0
    dropped_columns: int = 0
    reason: Reason = ""
    method: ExactMethod | Literal[""] = ""
    p_low: float | None = None
    p_high: float | None = None
    samples: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Counts expected under independence.

    Attributes
    ----------
    values : ndarray, shape (r, c)
        Rows and columns without observations left out.
    minimum : float
        The smallest of them; nan for an empty table.
    below_5 : int
        How many are below 5.
    small : bool
        Cochran's rule: any below 1, or more than 20 % below 5.
    """

    values: Floats
    minimum: float
    below_5: int
    small: bool


def two_way_test(name: str, table: ArrayLike) -> TwoWayTest:
    """Run the test called `name` on `table` (r × c counts).

    Raises
    ------
    UnknownNameError
        For an unknown name, with the near miss.
    UnsupportedError
        If the test is not defined for a table of this shape.

    Examples
    --------
    >>> two_way_test("chi2", [[10, 20], [20, 10]]).df
    1.0
    """
    if name not in _TESTS:
        raise UnknownNameError.for_name("test", name, TEST_NAMES)
    return _TESTS[name](table)


def chi2(table: ArrayLike) -> TwoWayTest:
    """Pearson's chi-square test of independence, without continuity correction.

    Examples
    --------
    >>> t = chi2([[10, 20], [20, 10]])
    >>> round(t.statistic, 4), t.df, round(t.p, 4)
    (6.6667, 1.0, 0.0098)
    """
    return _single(many.chi2_many, table)


def g2(table: ArrayLike) -> TwoWayTest:
    """Likelihood-ratio chi-square test of independence.

    Examples
    --------
    >>> round(g2([[10, 20], [20, 10]]).statistic, 4)
    6.796
    """
    return _single(many.g2_many, table)


def fisher(table: ArrayLike) -> TwoWayTest:
    """Fisher's exact two-sided test (r × c: Freeman and Halton), by probability ordering.

    Exact where that takes about a second at most, else by Monte Carlo with a fixed seed;
    `method` says which. `fisher_freeman_halton` has the options.

    Raises
    ------
    UsageError
        For counts that are not whole.

    Examples
    --------
    >>> round(fisher([[3, 1], [1, 3]]).p, 4)
    0.4857
    >>> test = fisher([[3, 1, 0], [1, 3, 4]])
    >>> round(test.p, 4), test.method
    (0.2, 'exact')
    """
    full = _table(table)
    t = compressed(full)
    if t.shape == (2, 2):
        return replace(_single(many.fisher_many, full), method="exact")
    reason = _reason(t)
    test = fisher_freeman_halton(t)
    return TwoWayTest(
        None,
        None,
        test.p,
        full.shape[0] - t.shape[0],
        full.shape[1] - t.shape[1],
        reason,
        "" if reason else test.method,
        test.low,
        test.high,
        test.samples,
    )


def linear_by_linear(
    table: ArrayLike, row_scores: ArrayLike | None = None, column_scores: ArrayLike | None = None
) -> TwoWayTest:
    """Linear-by-linear association (Mantel-Haenszel), (n - 1) r²; scores 1, 2, 3, … by default.

    Examples
    --------
    >>> round(linear_by_linear([[10, 20], [20, 10]]).statistic, 4)
    6.5556
    """
    t = _table(table)
    scores = _default(row_scores, t.shape[0]), _default(column_scores, t.shape[1])
    keep = t.sum(1) > 0, t.sum(0) > 0
    return _single(
        lambda x: many.linear_by_linear_many(x, scores[0][keep[0]], scores[1][keep[1]]), t
    )


def cochran_armitage(table: ArrayLike, scores: ArrayLike | None = None) -> TwoWayTest:
    """Cochran-Armitage trend test of a 2 × k (or k × 2) table; the statistic is z.

    `scores` are those of the k levels (1, 2, 3, … by default). z is positive when the share
    of the first of the two outcomes rises with the score.

    Raises
    ------
    UnsupportedError
        If neither variable has exactly two levels with observations.

    Examples
    --------
    >>> round(cochran_armitage([[10, 20, 30], [40, 30, 20]]).statistic, 4)
    4.0825
    """
    t = _table(table)
    keep = t.sum(1) > 0, t.sum(0) > 0
    axis = 1 if keep[0].sum() == 2 else 0
    kept = _default(scores, t.shape[axis])[keep[axis]]
    return _single(lambda x: many.cochran_armitage_many(x, kept), t)


def expected_counts(table: ArrayLike) -> Expected:
    """Counts expected under independence, and whether they are small by Cochran's rule.

    References
    ----------
    Cochran (1954), Some methods for strengthening the common χ² tests, Biometrics 10, 417-451.

    Examples
    --------
    >>> e = expected_counts([[8, 2], [1, 5]])
    >>> round(e.minimum, 3), e.below_5, e.small
    (2.625, 3, True)
    """
    e = many.expected_many(compressed(table)[None])[0]
    if e.size == 0:
        return Expected(e, float("nan"), 0, False)
    below = int((e < 5).sum())
    return Expected(e, float(e.min()), below, bool(e.min() < 1 or below > 0.2 * e.size))


def adjusted_residuals(table: ArrayLike) -> Floats:
    """Adjusted standardised residuals, shape (r, c): standard normal under independence.

    (O - E) / √(E (1 - row/n) (1 - column/n)); nan where a margin is 0 or everything.

    References
    ----------
    Haberman (1973), The analysis of residuals in cross-classified tables, Biometrics 29.

    Examples
    --------
    >>> adjusted_residuals([[10, 20], [20, 10]]).round(3).tolist()
    [[-2.582, 2.582], [2.582, -2.582]]
    """
    t = _table(table)
    n = t.sum()
    e = many.expected_many(t[None])[0]
    rest = np.outer(n - t.sum(1), n - t.sum(0))
    spread = np.sqrt(e * rest) / max(float(n), 1.0)
    return np.asarray((t - e) / np.where(spread > 0, spread, np.nan))


def cramers_v(table: ArrayLike) -> float | None:
    """Cramér's V, √(χ² / (n (k - 1))) with k the smaller number of levels; None if undefined.

    Examples
    --------
    >>> round(cramers_v([[10, 20], [20, 10]]), 4)
    0.3333
    """
    t = compressed(table)
    square = _phi_square(t)
    return None if square is None else float(np.sqrt(square / (min(t.shape) - 1)))


def phi(table: ArrayLike) -> float | None:
    """Phi, √(χ² / n), without sign; None if undefined.

    Examples
    --------
    >>> round(phi([[10, 20], [20, 10]]), 4)
    0.3333
    """
    square = _phi_square(_table(table))
    return None if square is None else float(np.sqrt(square))


def contingency_coefficient(table: ArrayLike) -> float | None:
    """Pearson's contingency coefficient, √(χ² / (χ² + n)); None if undefined.

    Examples
    --------
    >>> round(contingency_coefficient([[10, 20], [20, 10]]), 4)
    0.3162
    """
    square = _phi_square(_table(table))
    return None if square is None else float(np.sqrt(square / (1 + square)))


def compressed(table: ArrayLike) -> Floats:
    """Return the table without the rows and columns that have no observations.

    Examples
    --------
    >>> compressed([[1, 0, 2], [0, 0, 0]]).tolist()
    [[1.0, 2.0]]
    """
    t = _table(table)
    return np.asarray(t[t.sum(1) > 0][:, t.sum(0) > 0])


def _phi_square(t: Floats) -> float | None:
    statistic = chi2(t).statistic
    return None if statistic is None else statistic / float(t.sum())


def _table(table: ArrayLike) -> Floats:
    t = np.asarray(table, dtype=np.float64)
    if t.ndim != 2:
        raise UsageError(f"a two-way table must have the shape (r, c); got {t.shape}.")
    return np.asarray(many.as_tables(t[None])[0])


def _default(scores: ArrayLike | None, k: int) -> Floats:
    values = np.arange(1.0, k + 1) if scores is None else np.asarray(scores, dtype=np.float64)
    if values.shape != (k,):
        raise UsageError(f"{k} scores are needed, one for each level; got {values.shape}.")
    return values


def _reason(t: Floats) -> Reason:
    if t.sum() == 0:
        return "no_observations"
    if t.shape[0] < 2:
        return "one_row"
    return "one_column" if t.shape[1] < 2 else ""


def _number(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _single(test: many.Test, table: ArrayLike) -> TwoWayTest:
    full = _table(table)
    t = compressed(full)
    dropped = full.shape[0] - t.shape[0], full.shape[1] - t.shape[1]
    reason = _reason(t)
    if reason:
        return TwoWayTest(None, None, None, *dropped, reason)
    one = test(t[None])
    statistic, df, p = (_number(x[0]) for x in (one.statistic, one.df, one.p))
    return TwoWayTest(statistic, df, p, *dropped)


_TESTS = {
    "chi2": chi2,
    "g2": g2,
    "fisher": fisher,
    "linear_by_linear": linear_by_linear,
    "cochran_armitage": cochran_armitage,
}
