"""Numbers by group: counts, means, squared deviations, medians and other quantiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.counts._engine import BLOCK, blocks
from surveykit.counts._layout import narrowest
from surveykit.errors import UsageError

__all__ = ["Moments", "group_moments", "group_quantiles", "weighted_quantiles"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Groups = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments of k groups, arrays of shape (k,); without weights w is 1.

    Attributes
    ----------
    n : ndarray of int
        Respondents with a value.
    mean, median : ndarray of float
        nan for an empty group. The median of an even number is the middle of the two; with
        weights, it is the smallest value that reaches half of the weight (nan if a weight is negative).
    squares : ndarray of float
        Σw·(x - mean)².
    w, w2 : ndarray of float
        Σw and Σw² of those with a value.
    weighted_squares : ndarray of float
        Σw²·(x - mean)².
    """

    n: Ints
    mean: Floats
    median: Floats
    squares: Floats
    w: Floats
    w2: Floats
    weighted_squares: Floats

    @property
    def sd(self) -> Floats:
        """Standard deviation with n - 1, nan below two values; as R's svyvar with weights."""
        return np.asarray(np.sqrt(self.squares / _or_nan(self.w * self._less)))

    @property
    def se(self) -> Floats:
        """Standard error of the mean, nan below two values.

        That of a simple random sample; with weights, linearised, each respondent a PSU.
        """
        return np.asarray(np.sqrt(self.weighted_squares / _or_nan(self._less)) / _or_nan(self.w))

    @property
    def _less(self) -> Floats:
        return (self.n - 1) / np.maximum(self.n, 1)


def group_moments(values: Floats, groups: Groups, k: int, weights: Floats | None = None) -> Moments:
    """Count, average and rank `values` within each of `k` groups.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        nan is left out.
    groups : ndarray of int, shape (n,)
        0 … k-1; negative (missing) is left out.
    k : int
        Number of groups.
    weights : ndarray of float, shape (n,), optional

    Raises
    ------
    UsageError
        If lengths differ or a group is not below `k`.

    Examples
    --------
    >>> m = group_moments(np.array([1.0, 3.0, 8.0, np.nan]), np.array([0, 0, 1, 1]), 2)
    >>> m.n.tolist(), m.mean.tolist(), m.sd.round(3).tolist()
    ([2, 1], [2.0, 8.0], [1.414, nan])
    """
    _check(values, groups, k, weights)
    n = np.zeros(k, np.int64)
    w, w2, total = np.zeros(k), np.zeros(k), np.zeros(k)
    for g, x, weight in _valid(values, groups, weights):
        n += np.bincount(g, minlength=k)
        total += np.bincount(g, weights=x if weight is None else x * weight, minlength=k)
        if weight is not None:
            w += np.bincount(g, weights=weight, minlength=k)
            w2 += np.bincount(g, weights=weight * weight, minlength=k)
    if weights is None:
        w, w2 = n.astype(np.float64), n.astype(np.float64)
    mean = total / _or_nan(w)
    squares, weighted = _squares(values, groups, k, weights, mean)
    return Moments(n, mean, _medians(values, groups, k, weights), squares, w, w2, weighted)


def _medians(values: Floats, groups: Groups, k: int, weights: Floats | None) -> Floats:
    if weights is None:
        return group_quantiles(values, groups, k, [0.5])[:, 0]
    if len(weights) and not (weights.min() >= 0 and np.isfinite(weights.max())):
        return np.full(k, np.nan)
    return weighted_quantiles(values, groups, k, [0.5], weights)[:, 0]


def _or_nan(x: Floats) -> Floats:
    return np.where(x != 0, x, np.nan)


def _squares(
    values: Floats, groups: Groups, k: int, weights: Floats | None, mean: Floats
) -> tuple[Floats, Floats]:
    """Sum the squared deviations in a second pass: Σx² - n·mean² would lose digits."""
    squares, weighted = np.zeros(k), np.zeros(k)
    for g, x, weight in _valid(values, groups, weights):
        deviations = (x - mean[g]) ** 2
        if weight is not None:
            deviations *= weight
            weighted += np.bincount(g, weights=deviations * weight, minlength=k)
        squares += np.bincount(g, weights=deviations, minlength=k)
    return squares, squares if weights is None else weighted


def group_quantiles(values: Floats, groups: Groups, k: int, probs: Sequence[float]) -> Floats:
    """Return quantiles of `values` within each of `k` groups, by linear interpolation.

    Parameters
    ----------
    values, groups, k
        As in :func:`group_moments`.
    probs : sequence of float, q of them between 0 and 1

    Returns
    -------
    ndarray of float, shape (k, q)
        Type 7 of Hyndman and Fan (1996), as numpy and pandas; nan for an empty group.

    Raises
    ------
    UsageError
        If lengths differ, a group is not below `k`, or a probability is outside 0 to 1.

    Examples
    --------
    >>> group_quantiles(np.array([1.0, 3.0, 8.0]), np.array([0, 0, 1]), 3, [0.25, 0.5]).tolist()
    [[1.5, 2.0], [8.0, 8.0], [nan, nan]]
    """
    _check(values, groups, k, None, probs)
    return _by_group(values, groups, k, len(probs), lambda x, _: np.quantile(x, probs))


def weighted_quantiles(
    values: Floats, groups: Groups, k: int, probs: Sequence[float], weights: Floats
) -> Floats:
    """Return weighted quantiles within each of `k` groups: the smallest x with F(x) ≥ p.

    Parameters
    ----------
    values, groups, k, probs
        As in :func:`group_quantiles`.
    weights : ndarray of float, shape (n,)
        Not negative; a value of weight 0 is no quantile.

    Returns
    -------
    ndarray of float, shape (k, q)
        The inverse of the weighted distribution function, R survey's `qrule="math"`; nan for a
        group without weight. Sums that differ from p in the last digits alone count as p.

    Raises
    ------
    UsageError
        As :func:`group_quantiles`, and for a weight that is negative, infinite or nan.

    Examples
    --------
    >>> x, w = np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0])
    >>> weighted_quantiles(x, np.zeros(3, int), 1, [0.5, 0.51], w).tolist()
    [[2.0, 3.0]]
    """
    _check(values, groups, k, weights, probs)
    wanted = np.asarray(probs, dtype=np.float64)

    def inverse(x: Floats, w: Floats) -> Floats:
        if not (w.min() >= 0 and np.isfinite(w.max())):
            raise UsageError("weights of a quantile must be finite and not negative.")
        x, w = x[w > 0], w[w > 0]
        if not len(x):
            return np.full(len(wanted), np.nan)
        order = np.argsort(x, kind="stable")
        share = np.cumsum(w[order])
        share /= share[-1]
        at = np.searchsorted(share, wanted - 1e-12, side="left")
        return np.asarray(x[order][np.minimum(at, len(x) - 1)])

    return _by_group(values, groups, k, len(wanted), inverse, weights)


# ---------------------------------------------------------------- rows of groups
def _check(
    values: Floats,
    groups: Groups,
    k: int,
    weights: Floats | None,
    probs: Sequence[float] = (),
) -> None:
    lengths = [len(x) for x in (values, groups, weights) if x is not None]
    if len(set(lengths)) > 1:
        raise UsageError(f"values, groups and weights have the lengths {lengths}.")
    if len(groups) and int(groups.max()) >= k:
        raise UsageError(f"groups must be below {k}; found {int(groups.max())}.")
    if not all(0 <= p <= 1 for p in probs):
        raise UsageError(f"probabilities must lie between 0 and 1: {list(probs)}.")


def _valid(
    values: Floats, groups: Groups, weights: Floats | None
) -> Iterator[tuple[NDArray[np.intp], Floats, Floats | None]]:
    """Yield group, value and weight of those who have both group and value, by blocks."""
    for rows in blocks(len(values), BLOCK):
        x, g = values[rows], groups[rows]
        keep = ~np.isnan(x) & (g >= 0)
        w = None if weights is None else weights[rows][keep]
        yield g[keep].astype(np.intp, copy=False), x[keep], w


def _by_group(
    values: Floats,
    groups: Groups,
    k: int,
    q: int,
    quantiles: Callable[[Floats, Floats], Floats],
    weights: Floats | None = None,
) -> Floats:
    """Hand the values (and weights) of each group that has some to `quantiles`."""
    keep = np.flatnonzero(~np.isnan(values) & (groups >= 0))
    # a stable sort of narrow integers is a radix sort: linear in the number of rows
    group = groups[keep].astype(narrowest(k))
    order = keep[np.argsort(group, kind="stable")]
    stops = np.cumsum(np.bincount(group, minlength=k))
    x = values[order].astype(np.float64, copy=False)
    w = x if weights is None else weights[order]
    out = np.full((k, q), np.nan)
    for i, (start, stop) in enumerate(zip([0, *stops[:-1]], stops, strict=True)):
        if stop > start:
            out[i] = quantiles(x[start:stop], w[start:stop])
    return out
