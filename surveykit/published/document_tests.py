"""What a paper printed of tests: statistics, p, stars, effects and confidence intervals as digits.

Printed tests are evidence, kept apart from the auditor's own tests of claims: a table that would
have printed another statistic is no table of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from surveykit.errors import UsageError
from surveykit.text import Label

__all__ = ["Correction", "Legend", "Method", "PrintedNumber", "PrintedTest", "Window"]

Correction = Literal["none", "yates", "either"]
Method = Literal[
    "wald", "wilson", "clopper_pearson", "agresti_coull", "jeffreys", "newcombe", "woolf", "katz",
    "either",
]  # fmt: skip
Tested = Literal["chi2", "g2", "fisher"]
Measure = Literal["percent", "difference", "odds_ratio", "risk_ratio"]
Legend = tuple[tuple[str, Fraction], ...]
"""Signs and the level that p is below, the weakest first."""

NUMBERS = ("chi2", "g2", "v", "phi", "odds_ratio", "risk_ratio", "difference")
"""Keys of printed numbers; `df`, `p`, `fisher`, `stars` and `ci` are read in their own ways."""

METHODS: tuple[str, ...] = get_args(Method)
STARS: Legend = (("*", Fraction(1, 20)), ("**", Fraction(1, 100)), ("***", Fraction(1, 1000)))
NO_STARS = ("", "ns", "n.s.", "NS")

_NUMBER = re.compile(r"([-−]?)([0-9]{0,12})(?:\.([0-9]{1,12}))?")
_SIGNED = re.compile(r"(<=|>=|<|>|≤|≥|=)?\s*(0?\.[0-9]{1,12}|0|1(?:\.0{1,12})?)")


@dataclass(frozen=True, slots=True)
class Window:
    """The numbers that print so: an interval, each end in or out (None: no end)."""

    low: Fraction | None
    low_closed: bool
    high: Fraction | None
    high_closed: bool

    def has(self, value: Fraction) -> bool:
        """Whether an exact number is inside."""
        above = self.low is None or value > self.low or (self.low_closed and value == self.low)
        below = self.high is None or value < self.high or (self.high_closed and value == self.high)
        return above and below

    def shown(self) -> str:
        """Return the window as text, for example ``[0.0175, 0.0185)``."""
        low = "-∞" if self.low is None else f"{float(self.low):.12g}"
        high = "∞" if self.high is None else f"{float(self.high):.12g}"
        return f"{'[' if self.low_closed else '('}{low}, {high}{']' if self.high_closed else ')'}"


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A printed number: its digits as one integer with sign, and how many are decimals.

    Examples
    --------
    >>> PrintedNumber.parse("15.32")
    PrintedNumber(digits=1532, decimals=2, negative=False)
    >>> PrintedNumber.parse(".05").window("half_up").shown()
    '[0.045, 0.055]'
    """

    digits: int
    decimals: int
    negative: bool = False

    @classmethod
    def parse(cls, text: str) -> PrintedNumber:
        """Read a number as printed.

        Raises
        ------
        UsageError
            When `text` is no number in plain digits.
        """
        match = _NUMBER.fullmatch(text)
        if match is None or not (match.group(2) or match.group(3)):
            raise UsageError(
                f"{text!r} is not a printed number.", hint='write the digits as printed: "15.32".'
            )
        decimals = match.group(3) or ""
        return cls(int(match.group(2) + decimals), len(decimals), bool(match.group(1)))

    def window(self, rounding: str = "either") -> Window:
        """Return which numbers print so.

        Both ends are in, whatever the rule: software computes statistics in floating point, so
        that an exact tie (3.15 held as 3.1499…) prints either way. Of negative numbers the window
        holds both ways that a rule may treat the sign.
        """
        v, unit = self.digits, 10**self.decimals
        if self.negative:
            reach = Fraction(1, 2) if rounding.startswith(("half", "either")) else Fraction(1)
            return Window((-v - reach) / unit, True, (-v + reach) / unit, True)
        low, high = {"truncate": (2 * v, 2 * v + 2), "ceil": (2 * v - 2, 2 * v)}.get(
            rounding, (2 * v - 1, 2 * v + 1)
        )
        return Window(Fraction(low, 2 * unit), True, Fraction(high, 2 * unit), True)


def p_window(text: str, rounding: str = "either") -> Window:
    """Return which p print so: ``"0.018"``, ``"<.05"``, ``">0.05"``.

    Raises
    ------
    UsageError
        When `text` is no p.

    Examples
    --------
    >>> p_window("<0.05").shown()
    '(-∞, 0.05)'
    """
    match = _SIGNED.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{text!r} is not a printed p.", hint='write it as printed: "0.018", "<0.05", ">0.05".'
        )
    sign, digits = match.groups()
    number = Fraction(digits)
    if sign in ("<", "<=", "≤"):
        return Window(None, False, number, sign != "<")
    if sign in (">", ">=", "≥"):
        return Window(number, sign != ">", None, False)
    return PrintedNumber.parse(digits).window(rounding)


def star_window(stars: str, legend: Legend = STARS) -> Window:
    """Return which p earn these stars and no more.

    Examples
    --------
    >>> star_window("**").shown()
    '[0.001, 0.01)'
    """
    if stars in NO_STARS:
        return Window(legend[0][1], True, None, False)
    signs = [sign for sign, _ in legend]
    at = signs.index(stars)
    stricter = legend[at + 1][1] if at + 1 < len(legend) else None
    return Window(stricter, True, legend[at][1], False)


@dataclass(frozen=True, slots=True)
class PrintedTest:
    """What a paper printed of one test.

    `of` names two variables (`kind` "table"), two figures ("pair": this level or not, by the two
    groups) or one figure ("share"). `numbers` are the printed digits by key (:data:`NUMBERS`);
    `tested` says which statistic `p` and `stars` belong to, `measure` what `ci` is around.
    """

    id: str
    of: tuple[str, ...]
    kind: Literal["table", "pair", "share"]
    numbers: tuple[tuple[str, str], ...] = ()
    df: int | None = None
    p: str | None = None
    fisher: str | None = None
    stars: str | None = None
    legend: Legend = STARS
    ci: tuple[str, str] | None = None
    level: Fraction = Fraction(95)
    method: Method = "either"
    correction: Correction = "either"
    tested: Tested = "chi2"
    measure: Measure = "percent"
    source: str = ""
    label: Label = Label()
    note: Label = Label()

    @property
    def printed(self) -> dict[str, Any]:
        """What is printed, by key, in the order of the file's keys."""
        out: dict[str, Any] = dict(self.numbers)
        rest = {"df": self.df, "p": self.p, "fisher": self.fisher, "stars": self.stars}
        out |= {k: v for k, v in rest.items() if v is not None}
        if self.ci is not None:
            out["ci"] = list(self.ci)
        return out

    def windows(self, rounding: str) -> Mapping[str, tuple[Window, ...]]:
        """Return which values print so, by key; `p` may be bounded twice (digits and stars)."""
        out: dict[str, tuple[Window, ...]] = {
            key: (PrintedNumber.parse(text).window(rounding),) for key, text in self.numbers
        }
        p = [p_window(self.p, rounding)] if self.p is not None else []
        if self.stars is not None:
            p.append(star_window(self.stars, self.legend))
        if p:
            out["p"] = tuple(p)
        if self.fisher is not None:
            out["fisher"] = (p_window(self.fisher, rounding),)
        if self.ci is not None:
            out["ci"] = tuple(PrintedNumber.parse(end).window(rounding) for end in self.ci)
        return out
