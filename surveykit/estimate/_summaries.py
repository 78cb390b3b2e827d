"""Means and other statistics of levels that stand for numbers: from the counts, no second pass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UnknownNameError, UnsupportedError
from surveykit.estimate._axes import Stub
from surveykit.estimate._blocks import Block
from surveykit.estimate._rows import Cells
from surveykit.estimate._shares import divided
from surveykit.stats import mean_interval

__all__ = [
    "NAMES",
    "Scored",
    "check_summaries",
    "promoter_scale",
    "quantile_name",
    "scored",
    "summary_cells",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NAMES = (
    "mean",
    "sd",
    "median",
    "quantile_25",
    "quantile_75",
    "min",
    "max",
    "nps",
    "top2",
    "bottom2",
)
_PATTERN = re.compile(r"mean|sd|median|quantile_([1-9]\d?)|min|max|nps|(top|bottom)[1-9]")
_NPS_CODES = np.arange(11.0)


def check_summaries(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of summaries as a tuple, or raise UnknownNameError with the near miss.

    Examples
    --------
    >>> check_summaries(["mean", "quantile_90", "top2"])
    ('mean', 'quantile_90', 'top2')
    """
    given = (names,) if isinstance(names, str) else tuple(names)
    for name in given:
        if not _PATTERN.fullmatch(name):
            raise UnknownNameError.for_name("summary", name, NAMES)
    return tuple(dict.fromkeys(given))


def quantile_name(name: str) -> float | None:
    """Return the probability of a quantile, None for any other name.

    Examples
    --------
    >>> quantile_name("median"), quantile_name("quantile_25"), quantile_name("mean")
    (0.5, 0.25, None)
    """
    if name == "median":
        return 0.5
    found = re.fullmatch(r"quantile_([1-9]\d?)", name)
    return int(found[1]) / 100 if found else None


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Levels as numbers in the columns of a block, arrays of shape (b,).

    Attributes
    ----------
    n : ndarray of int
    mean, variance : ndarray of float
        nan for an empty column; the variance has n - 1, and with weights is
        n/(n - 1) Σw(x - mean)²/Σw.
    """

    n: Ints
    mean: Floats
    variance: Floats


def scored(stub: Stub, block: Block) -> Scored:
    """Average the scores of a stub; it must have scores."""
    assert stub.scores is not None
    weights = np.asarray(block.weighted.cells[: block.k], dtype=np.float64)
    base = weights.sum(axis=0)
    # centred at a middle score, so that large codes keep their digits
    middle = stub.scores.mean()
    x = stub.scores - middle
    mean = divided(x @ weights, base)
    squares = ((x[:, None] - np.nan_to_num(mean)) ** 2 * weights).sum(axis=0)
    n = block.bases
    return Scored(n, mean + middle, divided(squares, base) * divided(n, n - 1))


def refuse_unscored(stub: Stub, names: Sequence[str]) -> None:
    """Raise where a statistic of numbers is asked of levels that are none.

    Raises
    ------
    UnsupportedError
    """
    if stub.multiple:
        raise UnsupportedError(
            f"{stub.name!r} is a multiple response and has no {names[0]}.",
            hint="ask it of a scale or a number, or tabulate this variable on its own.",
        )
    if stub.scores is None:
        shown = ", ".join(level.code for level in stub.levels[:6])
        raise UnsupportedError(
            f"{stub.name!r} has codes that are no numbers ({shown}), so it has no {names[0]}.",
            hint="give its choices numbers as codes in the codebook.",
        )
    if "nps" in names and not promoter_scale(stub.scores, stub.closed):
        raise UnsupportedError(
            f"{stub.name!r} is not on the scale from 0 to 10 that a net promoter score needs.",
            hint="ask for top2 and bottom2, or for the mean.",
        )


def promoter_scale(scores: Floats, closed: bool) -> bool:
    """Say whether scores are those from 0 to 10: all of them, where the codebook lists them.

    Examples
    --------
    >>> promoter_scale(np.arange(1.0, 6), True), promoter_scale(np.array([3.0, 9.0]), False)
    (False, True)
    """
    inside = bool(np.isin(scores, _NPS_CODES).all())
    return inside and (not closed or len(scores) == len(_NPS_CODES))


def summary_cells(stub: Stub, block: Block, names: Sequence[str], level: float) -> list[Cells]:
    """Return the statistics called `names` (boxes left out: they are levels), shape (1, b) each.

    Raises
    ------
    UnsupportedError
        For levels that stand for no numbers.
    """
    asked = [n for n in names if not re.fullmatch(r"(top|bottom)[1-9]", n)]
    if not asked:
        return []
    refuse_unscored(stub, asked)
    return [_one(stub, block, name, level) for name in asked]


def _one(stub: Stub, block: Block, name: str, level: float) -> Cells:
    if name == "mean":
        return _mean(scored(stub, block), level)
    if name == "nps":
        return _nps(stub, block, level)
    return Cells(name, _value(stub, block, name)[None, :], block.bases[None, :])


def _value(stub: Stub, block: Block, name: str) -> Floats:
    assert stub.scores is not None
    if name == "sd":
        return np.sqrt(scored(stub, block).variance)
    probability = quantile_name(name)
    if probability is not None:
        return quantiles(stub.scores, block, probability)
    held = block.counts > 0
    empty = np.inf if name == "min" else -np.inf
    ends = np.where(held, stub.scores[:, None], empty)
    found = ends.min(axis=0, initial=empty) if name == "min" else ends.max(axis=0, initial=empty)
    return np.where(held.any(axis=0), found, np.nan)


def _mean(found: Scored, level: float) -> Cells:
    se = np.sqrt(divided(found.variance, found.n))
    df = np.where(found.n > 0, found.n - 1.0, np.nan)
    ends = mean_interval(found.mean, se, found.n - 1, level=level)
    arrays: tuple[NDArray[Any], ...] = (found.mean, found.n, se, ends.low, ends.high, df)
    mean, n, se, low, high, df = (a[None, :] for a in arrays)
    return Cells("mean", mean, n, se, low, high, df)


def _nps(stub: Stub, block: Block, level: float) -> Cells:
    """Net promoter score of a simple sample, with Tango's score interval."""
    from surveykit.stats.multiple import nps

    assert stub.scores is not None
    counts = np.zeros((block.counts.shape[1], len(_NPS_CODES)))
    counts[:, stub.scores.astype(np.intp)] = block.counts.T
    found = nps(counts, level=level)
    arrays = (100 * found.estimate, block.bases, 100 * found.se, 100 * found.low, 100 * found.high)
    return Cells("nps", *(a[None, :] for a in arrays))


def nps_scores(stub: Stub) -> Floats:
    """Return +100, 0 or -100 for each level, shape (k,)."""
    assert stub.scores is not None
    return 100.0 * ((stub.scores >= 9).astype(float) - (stub.scores <= 6))


def quantiles(scores: Floats, block: Block, probability: float) -> Floats:
    """Return a quantile of each column from its counts, shape (b,); nan for an empty one.

    Without weights linear interpolation between order statistics (Hyndman and Fan 1996, type 7:
    pandas, numpy and R by default); with weights the smallest score at which the weighted
    distribution reaches `probability` (R survey's "math").
    """
    order = np.argsort(scores, kind="stable")
    x = scores[order]
    upto = np.cumsum(np.asarray(block.weighted.cells[: block.k])[order], axis=0)
    if not len(x):
        return np.full(upto.shape[1], np.nan)
    if block.w is not None:
        return _inverse(x, upto, probability)
    return _between(x, upto, probability)


def _inverse(x: Floats, upto: NDArray[Any], probability: float) -> Floats:
    share = divided(upto, np.broadcast_to(upto[-1], upto.shape))
    # 1e-12: a share that reaches the probability but for the last bits of a sum does reach it
    place = (share < probability - 1e-12).sum(axis=0)
    return np.where(upto[-1] > 0, x[np.minimum(place, len(x) - 1)], np.nan)


def _between(x: Floats, upto: NDArray[Any], probability: float) -> Floats:
    n = upto[-1]
    rank = probability * np.maximum(n - 1, 0)
    low = np.floor(rank)
    a, b = (x[np.minimum((upto <= r).sum(axis=0), len(x) - 1)] for r in (low, np.ceil(rank)))
    return np.where(n > 0, a + (rank - low) * (b - a), np.nan)
