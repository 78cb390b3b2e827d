"""From cell totals to proportions, means, ratios and differences, with their covariance.

Every estimate here is a smooth function of the column totals t of a table; its covariance is
J V Jᵀ with the Jacobian J at t and the covariance V of t (the delta method, which for ratios is
Taylor linearisation). A :class:`Linear` holds the estimates and J, so that V may come from a
design, from replicate weights or from a formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveykit.errors import UsageError
from surveykit.stats.design import CENSUS

__all__ = [
    "Linear",
    "contrasts",
    "design_effect",
    "mean_sums",
    "means",
    "proportion_sums",
    "proportions",
    "ratios",
    "srs_variance",
]

Floats = NDArray[np.float64]
Within = Literal["columns", "rows", "table"]


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Estimates that are functions of totals.

    Attributes
    ----------
    estimate : ndarray, shape (R,)
        nan where the base is 0.
    jacobian : ndarray, shape (R, C)
        Derivative of each estimate by each total.
    """

    estimate: Floats
    jacobian: Floats

    def covariance(self, v: Floats) -> Floats:
        """Covariance of the estimates, shape (R, R), from that of the totals, shape (C, C)."""
        return np.asarray(self.jacobian @ v @ self.jacobian.T)

    def variance(self, v: Floats) -> Floats:
        """Only the variances of the estimates, shape (R,), never below 0."""
        # rounding alone can make the variance of a constant negative
        squares = np.einsum("rc,rc->r", self.jacobian @ v, self.jacobian)
        return np.asarray(np.maximum(squares, 0.0), dtype=np.float64)

    def se(self, v: Floats) -> Floats:
        """Standard errors, shape (R,)."""
        return np.asarray(np.sqrt(self.variance(v)))


def ratios(totals: ArrayLike, numerators: ArrayLike, denominators: ArrayLike) -> Linear:
    """Ratios of sums of totals, (A t) / (B t).

    Parameters
    ----------
    totals : array_like, shape (C,)
    numerators, denominators : array_like, shape (R, C)
        A and B: what is summed for each ratio.

    Examples
    --------
    >>> r = ratios([1.0, 3.0], [[1.0, 0.0]], [[1.0, 1.0]])
    >>> r.estimate.tolist(), r.jacobian.tolist()
    ([0.25], [[0.1875, -0.0625]])
    """
    t, a, b = (np.asarray(x, dtype=np.float64) for x in (totals, numerators, denominators))
    base = b @ t
    base = np.where(base == 0, np.nan, base)
    estimate = (a @ t) / base
    return Linear(estimate, (a - estimate[:, None] * b) / base[:, None])


def proportions(table: ArrayLike, within: Within = "columns") -> Linear:
    """Proportions of a table of weighted totals, in the order of ``table.ravel()``.

    Parameters
    ----------
    table : array_like, shape (k, b)
    within : {"columns", "rows", "table"}
        Where proportions add up to 1.

    Examples
    --------
    >>> proportions([[1.0, 2.0], [3.0, 2.0]]).estimate.tolist()
    [0.25, 0.5, 0.75, 0.5]
    """
    t = np.asarray(table, dtype=np.float64)
    return ratios(t.ravel(), *proportion_sums(t.shape[0], t.shape[1], within))


def proportion_sums(k: int, b: int, within: Within = "columns") -> tuple[Floats, Floats]:
    """Numerators and denominators of the proportions of a k × b table, for :func:`ratios`.

    Examples
    --------
    >>> proportion_sums(1, 2, "rows")[1].tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    one = {"columns": (np.ones((k, k)), np.eye(b)), "rows": (np.eye(k), np.ones((b, b)))}
    base = np.ones((k * b, k * b)) if within == "table" else np.kron(*one[within])
    return np.eye(k * b), np.asarray(base, dtype=np.float64)


def means(weights: ArrayLike, sums: ArrayLike) -> Linear:
    """Means of k groups from Σw and Σ w y, for totals in the order (Σw …, Σ w y …).

    Examples
    --------
    >>> means([2.0, 4.0], [6.0, 4.0]).estimate.tolist()
    [3.0, 1.0]
    """
    w, s = (np.asarray(x, dtype=np.float64) for x in (weights, sums))
    return ratios(np.concatenate([w, s]), *mean_sums(len(w)))


def mean_sums(k: int) -> tuple[Floats, Floats]:
    """Numerators and denominators of the means of k groups, for :func:`ratios`.

    Examples
    --------
    >>> mean_sums(1)[0].tolist(), mean_sums(1)[1].tolist()
    ([[0.0, 1.0]], [[1.0, 0.0]])
    """
    eye, none = np.eye(k), np.zeros((k, k))
    return np.hstack([none, eye]), np.hstack([eye, none])


def contrasts(of: Linear, matrix: ArrayLike) -> Linear:
    """Linear combinations of estimates (differences, nets, averages), `matrix` (D, R).

    Examples
    --------
    >>> contrasts(means([2.0, 4.0], [6.0, 4.0]), [[1.0, -1.0]]).estimate.tolist()
    [2.0]
    """
    m = np.asarray(matrix, dtype=np.float64)
    return Linear(m @ of.estimate, m @ of.jacobian)


def srs_variance(
    variance: ArrayLike,
    n: ArrayLike,
    population: ArrayLike,
    *,
    replacement: Literal["without", "with"] = "without",
) -> Floats:
    """Variance that a mean would have in a simple random sample of the same size.

    Parameters
    ----------
    variance : array_like
        Σ w (y - ȳ)² / Σ w; p (1 - p) for a proportion.
    n : array_like
        Respondents with a weight above 0.
    population : array_like
        Σ w.
    replacement : {"without", "with"}
        Whether the sample is drawn "without" replacement from `population`, or "with".

    Returns
    -------
    ndarray
        nan with fewer than two respondents, or where the population is below the sample.

    Examples
    --------
    >>> float(srs_variance(0.25, 26, 100.0))
    0.0074
    """
    s, m, total = (np.asarray(x, dtype=np.float64) for x in (variance, n, population))
    m = np.where(m > 1, m, np.nan)
    simple = s / (m - 1)
    if replacement == "with":
        return np.asarray(simple)
    if replacement != "without":
        raise UsageError(f"replacement is {replacement!r}; it is 'without' or 'with'.")
    left = 1 - m / np.where(total > 0, total, np.nan)
    # weights that average 1 sum to the sample but for rounding: nothing of a census varies
    left = np.where(np.abs(left) < CENSUS, 0.0, left)
    return np.asarray(np.where(left >= 0, simple * left, np.nan))


def design_effect(variance: ArrayLike, simple: ArrayLike) -> Floats:
    """Variance under the design over that of a simple random sample; nan where that is 0.

    Of a mean or a proportion with :func:`srs_variance` as it is; of a total with
    ``srs_variance(...) * population**2``.

    Examples
    --------
    >>> design_effect([0.02, 0.0], [0.01, 0.0]).tolist()
    [2.0, nan]
    """
    v, s = (np.asarray(x, dtype=np.float64) for x in (variance, simple))
    return np.asarray(v / np.where(s == 0, np.nan, s))
