"""Printed means and standard deviations as frozen objects; :mod:`load_means` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from surveykit.errors import UsageError
from surveykit.published.rounding import Printed, share_range
from surveykit.text import Label

__all__ = ["DIVISORS", "Divisor", "PrintedMean", "PrintedValue", "mean_rivals"]

Divisor = Literal["n", "n-1", "either"]
DIVISORS: tuple[str, ...] = ("n", "n-1", "either")

_VALUE = re.compile(r"([-−]?)([0-9]{1,9})?(?:\.([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A printed mean or standard deviation: its sign, digits and decimals.

    Negative values are rounded like positive ones (0.5 away from zero is `half_up`), as
    spreadsheets and SPSS do.

    Examples
    --------
    >>> PrintedValue.parse("3.48")
    PrintedValue(digits=348, decimals=2, negative=False)
    """

    digits: int
    decimals: int
    negative: bool = False

    @classmethod
    def parse(cls, text: str) -> PrintedValue:
        """Read a value as printed.

        Raises
        ------
        UsageError
            When `text` is no number written with digits and at most one point.
        """
        match = _VALUE.fullmatch(text) if isinstance(text, str) else None
        if not match or not (match.group(2) or match.group(3)):
            raise UsageError(
                f"{text!r} is not a printed mean or standard deviation.",
                hint='write the digits as printed, in quotes: "3.48".',
            )
        whole, decimals = match.group(2) or "0", match.group(3) or ""
        return cls(int(whole + decimals), len(decimals), bool(match.group(1)))

    @property
    def value(self) -> Fraction:
        """The printed value as an exact fraction."""
        return Fraction(-self.digits if self.negative else self.digits, 10**self.decimals)

    def interval(self, rounding: str) -> tuple[Fraction, bool, Fraction, bool]:
        """Return the exact values that print so: low, closed, high, closed."""
        low, low_in, high, high_in = share_range(Printed(self.digits, self.decimals), rounding)
        if self.digits == 0:
            low, low_in = -high, high_in
        low, high = 100 * low, 100 * high
        return (-high, high_in, -low, low_in) if self.negative else (low, low_in, high, high_in)

    def wholes(self, scale: int, rounding: str) -> tuple[int, int]:
        """Return the smallest and largest whole number whose `scale`-th part prints so.

        Examples
        --------
        >>> PrintedValue.parse("3.48").wholes(25, "either")
        (87, 87)
        """
        low, low_in, high, high_in = self.interval(rounding)
        return _least(low * scale, low_in), _most(high * scale, high_in)

    def moved(self, step: int) -> PrintedValue:
        """Return the value `step` units of the last digit higher."""
        digits = (-self.digits if self.negative else self.digits) + step
        return PrintedValue(abs(digits), self.decimals, digits < 0)

    def __str__(self) -> str:
        text = str(self.digits).rjust(self.decimals + 1, "0")
        text = f"{text[: -self.decimals]}.{text[-self.decimals :]}" if self.decimals else text
        return f"-{text}" if self.negative else text


def _least(value: Fraction, closed: bool) -> int:
    return ceil(value) if closed else floor(value) + 1


def _most(value: Fraction, closed: bool) -> int:
    return floor(value) if closed else ceil(value) - 1


@dataclass(frozen=True, slots=True)
class PrintedMean:
    """A printed mean, standard deviation or both, of the whole-number scores of a variable.

    Attributes
    ----------
    scores : one for each level of `of`; with `items`, of one item
    n : printed only when the base is no count of the file
    items : the printed value is the mean of so many items each
    divisor : what the sum of squared deviations was divided by
    """

    id: str
    of: str
    scores: tuple[int, ...]
    mean: str | None = None
    sd: str | None = None
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    n: int | None = None
    items: int = 1
    divisor: Divisor = "either"
    source: str = ""
    label: Label = Label()
    note: Label = Label()

    @property
    def printed(self) -> str:
        """What is printed, as text: ``3.48 (SD 1.20)``."""
        sd = f"SD {self.sd}" if self.sd else ""
        return f"{self.mean} ({sd})" if self.mean and sd else self.mean or sd

    def measured(self, rounding: str, *, mean: bool = True, sd: bool = True) -> Moments:
        """Return what is printed as bounds of sums; either part can be left out."""
        return Moments(
            PrintedValue.parse(self.mean) if self.mean and mean else None,
            PrintedValue.parse(self.sd) if self.sd and sd else None,
            self.items, self.divisor, rounding,
        )  # fmt: skip

    @property
    def totals(self) -> tuple[int, ...]:
        """Every total that one person can have over the items."""
        return item_totals(self.scores, self.items)


def mean_rivals(means: Iterable[PrintedMean], id: str) -> list[str]:
    """Return the means that `largest: id` compares one with.

    The same variable's in the other groups; for a mean over everyone, the others over everyone.
    """
    known = {m.id: m for m in means if m.mean is not None}
    mine = known[id]
    return [
        m.id for m in known.values()
        if m.id != id and set(m.within) == set(mine.within)
        and (not mine.within or m.of == mine.of)
    ]  # fmt: skip


def item_totals(scores: tuple[int, ...], items: int) -> tuple[int, ...]:
    """Return every total of `items` scores.

    >>> item_totals((1, 2, 5), 2)
    (2, 3, 4, 6, 7, 10)
    """
    reach = {0}
    for _ in range(items):
        reach = {t + s for t in reach for s in scores}
    return tuple(sorted(reach))


@dataclass(frozen=True, slots=True)
class Moments:
    """Bounds of the sum and of the sum of squares of n people's totals over `items` items."""

    mean: PrintedValue | None
    sd: PrintedValue | None
    items: int = 1
    divisor: Divisor = "either"
    rounding: str = "either"

    def sums(self, n: int, least: int, most: int) -> range:
        """Return the sums that print the mean, between `least` and `most` for each person."""
        if n < 1:
            return range(0)
        low, high = n * least, n * most
        if self.mean is not None:
            first, last = self.mean.wholes(n * self.items, self.rounding)
            low, high = max(low, first), min(high, last)
        return range(low, high + 1)

    def squares(self, n: int, total: int) -> list[tuple[int, int]]:
        """Return the spans of the sum of squares that print the SD, given the sum.

        The sum of squared deviations times n is ``n Q - S**2``; it lies between the squares of
        the ends of the printed SD times ``n * divisor * items**2``: whole numbers and fractions.
        """
        assert self.sd is not None
        low, low_in, high, high_in = self.sd.interval(self.rounding)
        if low < 0:
            low, low_in = Fraction(0), True
        spans = []
        for d in {"n": (n,), "n-1": (n - 1,), "either": (n - 1, n)}[self.divisor]:
            if d < 1:
                continue
            by = n * d * self.items**2
            first = _least((total * total + low * low * by) / n, low_in)
            last = _most((total * total + high * high * by) / n, high_in)
            if first <= last:
                spans.append((first, last))
        return _merged(spans)

    def prints(self, n: int, total: int, squares: int) -> bool:
        """Whether people with this sum and sum of squares print the mean and the SD."""
        if n < 1:
            return False
        if self.mean is not None:
            low, high = self.mean.wholes(n * self.items, self.rounding)
            if not low <= total <= high:
                return False
        spans = [(squares, squares)] if self.sd is None else self.squares(n, total)
        return any(a <= squares <= b for a, b in spans)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out
