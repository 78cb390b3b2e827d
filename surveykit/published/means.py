"""Means and standard deviations of whole-number scores: which of them some n people print.

GRIM (Brown and Heathers 2017, doi:10.1177/1948550616673876), GRIMMER (Anaya 2016,
doi:10.7287/peerj.preprints.2400v1; Allard 2018, "Analytic-GRIMMER") and DEBIT (Heathers and Brown
2019) as exact integer problems, and every distribution of scores behind a mean and an SD. Allard's
conditions are necessary; here a mean and an SD are possible when a distribution has them.

Rounding is named as in :mod:`rounding`. The options of the R package scrutiny are, for values
that are not negative: ``up`` half_up, ``down`` half_down, ``even`` half_even, ``floor`` and
``trunc`` truncate, ``ceiling`` and ``anti_trunc`` ceil; ``up_or_down`` holds when half_up or
half_down does. ``either`` (the default here) is half_up or half_even.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from math import isqrt

import numpy as np

from surveykit.errors import UsageError
from surveykit.published.document_means import (
    DIVISORS,
    Divisor,
    Moments,
    PrintedValue,
    item_totals,
)
from surveykit.published.rounding import ROUNDINGS
from surveykit.published.scores import (
    Scores,
    Target,
    attained,
    level_range,
    square_bounds,
    sum_attained,
)
from surveykit.published.scores_count import Distributions

__all__ = [
    "MeanCheck",
    "ScoreDistributions",
    "debit",
    "grim",
    "grimmer",
    "nearest_means",
    "nearest_sds",
    "score_distributions",
]

NEAR = 200
"""How far a possible mean or SD is looked for, in units of the last digit."""


@dataclass(frozen=True, slots=True)
class MeanCheck:
    """Whether a printed mean (and SD) is possible; true or false in a condition.

    Attributes
    ----------
    possible : bool
    sums : the sums of scores that print the mean
    nearest : the next values below and above that are possible, where this one is not
    fails : "", "mean", "sd" (the SD alone with every sum) or "scores" (no distribution has both)
    """

    possible: bool
    sums: tuple[int, ...]
    nearest: tuple[str, ...] = ()
    fails: str = ""

    def __bool__(self) -> bool:
        return self.possible


def grim(mean: str, n: int, *, items: int = 1, rounding: str = "either") -> MeanCheck:
    """Whether a mean of whole numbers is possible with n people (GRIM).

    Parameters
    ----------
    mean : str
        As printed: ``"5.19"``.
    n : int
        People who answered.
    items : int
        Number of items that each person's score is the mean of.
    rounding : str
        See :mod:`surveykit.published.means`.

    Raises
    ------
    UsageError
        When an argument cannot be read.

    References
    ----------
    Brown and Heathers (2017), "The GRIM test", doi:10.1177/1948550616673876.

    Examples
    --------
    >>> check = grim("5.19", 28)
    >>> bool(check), check.nearest
    (False, ('5.18', '5.21'))
    """
    printed = PrintedValue.parse(mean)
    _check(n, items, rounding, "n")
    low, high = printed.wholes(n * items, rounding)
    if low <= high:
        return MeanCheck(True, tuple(range(low, high + 1)))
    return MeanCheck(False, (), _nearest(printed, n * items, rounding), "mean")


def _nearest(printed: PrintedValue, scale: int, rounding: str) -> tuple[str, ...]:
    """Return the next printable means below and above."""
    out = []
    for way in (-1, 1):
        for step in range(1, 10**printed.decimals + 1):
            other = printed.moved(way * step)
            low, high = other.wholes(scale, rounding)
            if low <= high:
                out.append(str(other))
                break
    return tuple(out)


def grimmer(
    mean: str,
    sd: str,
    n: int,
    *,
    items: int = 1,
    range: tuple[int, int] | None = None,
    scores: Iterable[int] | None = None,
    divisor: Divisor = "n-1",
    rounding: str = "either",
) -> MeanCheck:
    """Whether a mean and an SD of whole numbers are possible together with n people.

    A witness is found or its absence proved, so that it says "possible" less often than the
    conditions of GRIMMER on parity and bounds alone.

    Parameters
    ----------
    mean, sd : str
        As printed.
    n, items, rounding :
        As in :func:`grim`.
    range : (int, int), optional
        Smallest and largest score of one item; any whole number when neither it nor `scores` is
        given.
    scores : iterable of int, optional
        The scores of one item, where there are gaps.
    divisor : {"n-1", "n", "either"}
        What the SD's sum of squares was divided by.

    References
    ----------
    Anaya (2016), doi:10.7287/peerj.preprints.2400v1; Allard (2018), "Analytic-GRIMMER: a new way
    of testing the possibility of standard deviations".

    Examples
    --------
    >>> bool(grimmer("5.21", "1.60", 28)), grimmer("3.44", "2.47", 18).fails
    (True, 'scores')
    """
    _check(n, items, rounding, divisor)
    moments = Moments(PrintedValue.parse(mean), PrintedValue.parse(sd), items, divisor, rounding)
    chosen = None
    if range is not None or scores is not None:
        chosen = item_totals(_scores(range, scores), items)
    low, high = moments.mean.wholes(n * items, rounding)  # type: ignore[union-attr]
    sums = tuple(_span(low, high))
    if not sums:
        return MeanCheck(False, (), _nearest(PrintedValue.parse(mean), n * items, rounding), "mean")
    if any(_with_sd(chosen, moments, n, s) for s in sums):
        return MeanCheck(True, sums)
    return MeanCheck(False, sums, nearest_sds(chosen, moments, n), "scores")


def _span(low: int, high: int) -> Iterable[int]:
    return np.arange(low, high + 1).tolist()


def _with_sd(scores: Scores | None, moments: Moments, n: int, total: int) -> bool:
    """Whether some distribution with this sum prints the SD."""
    least, most = square_bounds(scores, n, total) if scores else (0, n * total * total)
    for low, high in moments.squares(n, total):
        for squares in _span(max(low, least), min(high, most) if scores else high):
            if (total + squares) % 2 == 0 and n * squares >= total * total:
                chosen = scores or _unbounded(n, total, squares)
                if attained(chosen, n, total, squares):
                    return True
    return False


def _unbounded(n: int, total: int, squares: int) -> Scores:
    """Return all whole numbers that n people with this sum and sum of squares can have.

    With 16 people or more, a distribution exists for every even distance from the least sum of
    squares: 8 of them have the same score at the least, and by Lagrange's four squares, four
    pairs that move a up and a down by the same add any even number. Fewer scores then suffice to
    find one, but all of them are searched where they are few people.
    """
    away = isqrt(squares - total * total // n) + 1
    middle = total // n
    return tuple(_span(middle - away, middle + 1 + away))


def nearest_sds(scores: Scores | None, moments: Moments, n: int) -> tuple[str, ...]:
    """Return the next SDs below and above that are possible with the mean."""
    assert moments.sd is not None
    if moments.mean is None and scores is None:
        return ()
    ends = scores or (-(10**9), 10**9)
    sums = list(moments.sums(n, ends[0], ends[-1]))
    out = []
    for way in (-1, 1):
        for step in _span(1, NEAR):
            other = moments.sd.moved(way * step)
            if other.negative:
                break
            trial = replace(moments, sd=other)
            if any(_with_sd(scores, trial, n, s) for s in sums):
                out.append(str(other))
                break
    return tuple(out)


def nearest_means(scores: Scores, moments: Moments, n: int) -> tuple[str, ...]:
    """Return the next means below and above that n of the scores can have."""
    assert moments.mean is not None
    out = []
    for way in (-1, 1):
        for step in _span(1, NEAR):
            trial = replace(moments, mean=moments.mean.moved(way * step))
            if any(sum_attained(scores, n, s) for s in trial.sums(n, scores[0], scores[-1])):
                out.append(str(trial.mean))
                break
    return tuple(out)


def debit(
    mean: str, sd: str, n: int, *, divisor: Divisor = "n-1", rounding: str = "either"
) -> MeanCheck:
    """Whether a mean and an SD of 0/1 scores are possible together (DEBIT).

    References
    ----------
    Heathers and Brown (2019), "DEBIT: a simple consistency test for binary data".

    Examples
    --------
    >>> bool(debit("0.19", "0.35", 1683)), debit("0.19", "0.35", 1683).nearest
    (False, ('0.39',))
    """
    return grimmer(mean, sd, n, scores=(0, 1), divisor=divisor, rounding=rounding)


def _scores(range: tuple[int, int] | None, scores: Iterable[int] | None) -> Scores:
    if scores is not None:
        out = tuple(sorted(set(scores)))
    else:
        assert range is not None
        low, high = range
        out = tuple(_span(low, high))
    if not out:
        raise UsageError(f"no scores between {range}.", hint="range=(smallest, largest).")
    return out


def _check(n: int, items: int, rounding: str, divisor: str) -> None:
    if n < 1 or items < 1:
        raise UsageError(f"n and items must be at least 1, got {n} and {items}.")
    if rounding not in ROUNDINGS:
        raise UsageError(f"unknown rounding {rounding!r}.", hint=", ".join(ROUNDINGS))
    if divisor not in DIVISORS:
        raise UsageError(f"unknown divisor {divisor!r}.", hint=", ".join(DIVISORS))


# --- all distributions -----------------------------------------------------------------------


@dataclass(frozen=True)
class ScoreDistributions:
    """Every distribution of scores that prints a mean, an SD or both.

    Attributes
    ----------
    scores : the scores of one person (totals over the items)
    moments : what is printed
    sizes : the numbers of people that are looked at
    """

    scores: Scores
    moments: Moments
    sizes: tuple[int, ...]

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Every (people, sum, sum of squares) that prints so and that some distribution has.

        The sum of squares is None where no SD is printed.
        """
        return tuple(t for n in self.sizes for t in self._targets(n))

    def _targets(self, n: int) -> Iterable[Target]:
        for total in self.moments.sums(n, self.scores[0], self.scores[-1]):
            if not sum_attained(self.scores, n, total):
                continue
            if self.moments.sd is None:
                yield n, total, None
                continue
            least, most = square_bounds(self.scores, n, total)
            for low, high in self.moments.squares(n, total):
                for squares in _span(max(low, least), min(high, most)):
                    if (squares + total) % 2 == 0 and attained(self.scores, n, total, squares):
                        yield n, total, squares

    @property
    def possible(self) -> bool:
        """Whether there is any."""
        return any(True for n in self.sizes for _ in self._targets(n))

    @cached_property
    def _counted(self) -> Distributions:
        return Distributions(self.scores, self.targets)

    @property
    def number(self) -> int:
        """The exact number of distributions (frequency tables of the scores).

        Raises
        ------
        TooLargeError
            When they are too many to count.
        """
        return self._counted.number if self.targets else 0

    @cached_property
    def ranges(self) -> dict[int, tuple[int, int]]:
        """The exact smallest and largest number of people with each score."""
        if not self.targets:
            return {}
        return {s: level_range(self.scores, self.targets, i) for i, s in enumerate(self.scores)}

    def draw(self, seed: int | np.random.Generator) -> dict[int, int]:
        """Draw one distribution, every one as likely as any other: score -> people.

        Raises
        ------
        UsageError
            When there is none.
        TooLargeError
            When they are too many to count.
        """
        if not self.targets:
            raise UsageError("no distribution of scores prints so: there is none to draw.")
        _, counts = self._counted.draw(np.random.default_rng(seed))
        return dict(zip(self.scores, counts, strict=True))


def score_distributions(
    mean: str | None,
    sd: str | None,
    n: int | Iterable[int],
    range: tuple[int, int] | None = None,
    *,
    scores: Iterable[int] | None = None,
    items: int = 1,
    divisor: Divisor = "n-1",
    rounding: str = "either",
) -> ScoreDistributions:
    """Return every distribution of scores that prints a mean and an SD.

    Parameters
    ----------
    mean, sd : str or None
        As printed; one of them can be missing.
    n : int or iterable of int
        People, or every number of people that is possible.
    range, scores, items, divisor, rounding :
        As in :func:`grimmer`; the scores must be given one way or the other.

    Examples
    --------
    >>> found = score_distributions("2.50", "1.29", 4, (1, 4))
    >>> found.number, found.targets
    (1, ((4, 10, 30),))
    >>> found.draw(1)
    {1: 1, 2: 1, 3: 1, 4: 1}
    """
    sizes = (n,) if isinstance(n, int) else tuple(n)
    for size in sizes:
        _check(size, items, rounding, divisor)
    if range is None and scores is None:
        raise UsageError("which scores are there?", hint="range=(1, 5) or scores=(1, 3, 5).")
    moments = Moments(
        PrintedValue.parse(mean) if mean is not None else None,
        PrintedValue.parse(sd) if sd is not None else None,
        items, divisor, rounding,
    )  # fmt: skip
    return ScoreDistributions(item_totals(_scores(range, scores), items), moments, sizes)
