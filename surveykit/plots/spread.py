"""Labels moved apart, as little as possible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["spread"]


def spread(
    wanted: Sequence[float] | NDArray[np.float64], sizes: Sequence[float], low: float, high: float
) -> NDArray[np.float64]:
    """Return places as near as possible to the wanted ones that keep labels from overlapping.

    Least squares under the order of the wanted places: with the sizes taken off this is isotonic
    regression, solved by pooling adjacent violators (Barlow and others 1972).

    Parameters
    ----------
    wanted, sizes : sequence of float, length k
        Centre and length of each label; `wanted` ascending.
    low, high : float
        Between which they have to lie; kept where the sizes allow it.

    Returns
    -------
    ndarray of float, shape (k,)

    Examples
    --------
    >>> spread([1.0, 1.2, 5.0], [1.0, 1.0, 1.0], 0.0, 9.0).round(2).tolist()
    [0.6, 1.6, 5.0]
    """
    size = np.asarray(sizes, dtype=np.float64)
    offsets = np.cumsum(size) - size / 2
    pooled: list[tuple[float, int]] = []
    for value in np.asarray(wanted, dtype=np.float64) - offsets:
        mean, count = float(value), 1
        while pooled and pooled[-1][0] > mean:
            other, many = pooled.pop()
            mean, count = (mean * count + other * many) / (count + many), count + many
        pooled.append((mean, count))
    free = np.repeat([m for m, _ in pooled], [c for _, c in pooled])
    last = max(low, high - float(size.sum()))
    return np.asarray(np.clip(free, low, last) + offsets)
