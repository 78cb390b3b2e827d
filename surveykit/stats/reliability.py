"""Reliability of scale scores: Cronbach's alpha and what each item adds.

Sources: Cronbach (1951), Psychometrika 16, 297-334; corrected item-total correlation: Nunnally &
Bernstein (1994), Psychometric Theory, chapter 8; interval: Feldt, Woodruff & Salih (1987),
Applied Psychological Measurement 11, 93-103.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from surveykit.errors import UsageError

__all__ = ["Reliability", "cronbach_alpha"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Reliability of the sum (or mean) of k items.

    Attributes
    ----------
    alpha : float
        Cronbach's alpha; nan where the total does not vary.
    standardized : float
        Of items brought to the same variance: from the mean correlation.
    low, high : float
        Feldt's interval; nan with weights.
    n : int
        Respondents who answered every item.
    means, sds : float arrays, shape (k,)
    item_total : float array, shape (k,)
        Correlation of each item with the total of the others.
    alpha_without : float array, shape (k,)
        Alpha of the other items; nan with two items.
    """

    alpha: float
    standardized: float
    low: float
    high: float
    n: int
    means: Floats
    sds: Floats
    item_total: Floats
    alpha_without: Floats


def cronbach_alpha(
    items: npt.ArrayLike, weights: npt.ArrayLike | None = None, level: float = 0.95
) -> Reliability:
    """Compute Cronbach's alpha over the respondents who answered every item.

    ``alpha = k / (k - 1) · (1 - Σ var(item) / var(total))``

    Parameters
    ----------
    items : float array, shape (n, k)
        nan where not answered.
    weights : float array, shape (n,), optional
    level : float
        Of the interval.

    Returns
    -------
    Reliability

    Raises
    ------
    UsageError
        With fewer than two items.

    Examples
    --------
    >>> found = cronbach_alpha([[1, 2, 1], [2, 3, 3], [4, 4, 5], [5, 4, 4], [3, 3, 2]])
    >>> round(found.alpha, 4), found.item_total.round(3).tolist()
    (0.9184, [0.861, 0.996, 0.861])
    """
    table = np.asarray(items, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise UsageError(f"alpha needs at least two items; got an array of shape {table.shape}.")
    whole = ~np.isnan(table).any(axis=1)
    share = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=np.float64)
    whole &= share > 0
    data, share = table[whole], share[whole]
    means, cov = _moments(data, share)
    low, high = np.nan, np.nan
    if weights is None:
        low, high = _feldt(_alpha(cov), len(data), len(cov), level)
    return Reliability(
        _alpha(cov),
        _standardized(cov),
        low,
        high,
        len(data),
        means,
        np.sqrt(np.diag(cov)),
        _item_total(cov),
        _without(cov),
    )


def _moments(data: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return weighted means and covariances, with n - 1 as the weights sum to n."""
    n, k = data.shape
    if n < 2:
        return np.full(k, np.nan), np.full((k, k), np.nan)
    share = weights / weights.sum()
    means: Floats = share @ data
    centred = data - means
    cov: Floats = (centred * share[:, None]).T @ centred * (n / (n - 1))
    return means, cov


def _ratio(above: Any, below: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(below) > 1e-14, above / below, np.nan)


def _alpha(cov: Floats) -> float:
    k = len(cov)
    return float(k / (k - 1) * (1 - _ratio(np.trace(cov), cov.sum())))


def _standardized(cov: Floats) -> float:
    k = len(cov)
    sd = np.sqrt(np.diag(cov))
    cor = _ratio(cov, np.outer(sd, sd))
    mean = (cor.sum() - np.trace(cor)) / (k * (k - 1))
    return float(k * mean / (1 + (k - 1) * mean))


def _item_total(cov: Floats) -> Floats:
    """Correlate each item with the sum of the others, from covariances alone."""
    own = np.diag(cov)
    with_rest = cov.sum(axis=0) - own
    rest = cov.sum() - 2 * cov.sum(axis=0) + own
    found: Floats = _ratio(with_rest, np.sqrt(np.maximum(own * rest, 0)))
    return found


def _without(cov: Floats) -> Floats:
    k = len(cov)
    if k < 3:
        return np.full(k, np.nan)
    parts = (np.delete(np.delete(cov, i, 0), i, 1) for i in range(k))
    return np.array([_alpha(part) for part in parts])


def _feldt(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    from scipy.stats import f

    if np.isnan(alpha) or n < 2:
        return np.nan, np.nan
    tail = (1 - level) / 2
    degrees = (n - 1, (n - 1) * (k - 1))
    # (1 - alpha) / (1 - estimate) is distributed as F with (n-1)(k-1) and n-1 degrees
    low = 1 - (1 - alpha) * f.ppf(1 - tail, *degrees)
    high = 1 - (1 - alpha) * f.ppf(tail, *degrees)
    return float(low), float(high)
