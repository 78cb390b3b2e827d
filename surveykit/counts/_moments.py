"""Means of a number variable by group: counts, means, squared deviations, medians."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Moments", "group_moments"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments of k groups, arrays of shape (k,).

    Attributes
    ----------
    n : ndarray of int
        Respondents with a value.
    mean, median : ndarray of float
        nan for an empty group; the median of an even number is the middle of the two.
    squares : ndarray of float
        Sum of squared deviations from the group's mean.
    """

    n: NDArray[np.int64]
    mean: Floats
    median: Floats
    squares: Floats

    @property
    def sd(self) -> Floats:
        """Standard deviation with n - 1, nan below two values."""
        return np.sqrt(self.squares / np.where(self.n > 1, self.n - 1, np.nan))

    @property
    def se(self) -> Floats:
        """Standard error of the mean in a simple random sample, nan below two values."""
        return np.asarray(self.sd / np.sqrt(np.maximum(self.n, 1)))


def group_moments(values: Floats, groups: NDArray[np.integer[Any]], k: int) -> Moments:
    """Count, average and rank `values` within each of `k` groups.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        nan is left out.
    groups : ndarray of int, shape (n,)
        0 … k-1; negative (missing) is left out.
    k : int
        Number of groups.

    Examples
    --------
    >>> m = group_moments(np.array([1.0, 3.0, 8.0, np.nan]), np.array([0, 0, 1, 1]), 2)
    >>> m.n.tolist(), m.mean.tolist(), m.sd.round(3).tolist()
    ([2, 1], [2.0, 8.0], [1.414, nan])
    """
    keep = ~np.isnan(values) & (groups >= 0)
    x, g = values[keep], groups[keep]
    n = np.bincount(g, minlength=k)
    some = np.where(n > 0, n, np.nan)
    mean = np.bincount(g, weights=x, minlength=k) / some
    # two passes: Σx² - n·mean² would lose the digits of large values
    squares = np.bincount(g, weights=(x - mean[g]) ** 2, minlength=k).astype(np.float64)
    return Moments(n, mean, _medians(x, g, n), squares)


def _medians(x: Floats, g: NDArray[np.integer[Any]], n: NDArray[np.int64]) -> Floats:
    if len(x) == 0:
        return np.full(len(n), np.nan)
    ordered = x[np.lexsort((x, g))]
    starts = np.cumsum(n) - n
    low, high = starts + np.maximum(n - 1, 0) // 2, starts + n // 2
    last = len(x) - 1
    middle = (ordered[np.minimum(low, last)] + ordered[np.minimum(high, last)]) / 2
    return np.where(n > 0, middle, np.nan)
