"""The auditor's tests over many tables at once: each distinct table is tested once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.crosstable import NotEvaluatedError
from surveykit.published.states import TooLargeError

__all__ = ["run_test"]

MOST_FISHER = 1_000
FISHER_WORK = 300_000


def run_test(name: str, stack: NDArray[np.int64]) -> tuple[Any, Any, Any]:
    """Run a named test on many tables at once.

    Parameters
    ----------
    name : str
        chi2, g2, fisher, linear_by_linear or cochran_armitage.
    stack : shape (m, r, c)

    Returns
    -------
    statistic, df, p : arrays of shape (m,)

    Raises
    ------
    NotEvaluatedError
        For a trend test of a table without a variable of two levels.
    TooLargeError
        When Fisher's p of so many, or so large, tables is too much work.
    """
    from surveykit.stats import many

    if name == "cochran_armitage" and 2 not in stack.shape[1:]:
        raise NotEvaluatedError("趋势检验只用于 2×k 表。", "the trend test takes 2 × k tables.")
    tests: dict[str, Callable[[Any], many.ManyTests]] = {
        "chi2": many.chi2_many,
        "g2": many.g2_many,
        "fisher": _fisher,
        "linear_by_linear": many.linear_by_linear_many,
        "cochran_armitage": many.cochran_armitage_many,
    }
    unique, inverse = np.unique(stack.reshape(len(stack), -1), axis=0, return_inverse=True)
    result = tests[name](unique.reshape(-1, *stack.shape[1:]))
    back = inverse.reshape(-1)
    return result.statistic[back], result.df[back], result.p[back]


def _fisher(tables: Any) -> Any:
    """Run Fisher's exact test on 2 × 2 or larger tables, exactly or not at all."""
    from surveykit.stats import many
    from surveykit.stats.exact import fisher_freeman_halton

    if tables.shape[1:] == (2, 2):
        return many.fisher_many(tables)
    if len(tables) > MOST_FISHER:
        raise TooLargeError(f"{len(tables):,} different tables for Fisher's exact test")
    found = [fisher_freeman_halton(t, limit=FISHER_WORK, samples=1) for t in tables]
    if any(f.p is not None and f.method != "exact" for f in found):
        raise TooLargeError("an exact p of such a table")
    p = np.array([np.nan if f.p is None else f.p for f in found])
    blank = np.full(len(p), np.nan)
    return many.ManyTests(blank, blank, p)
