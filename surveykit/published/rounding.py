"""Which counts on a base print a given percentage: exact, in integers.

A printed percentage with the digits ``V`` (as an integer) and ``d`` decimals says of a count
``a`` on a base ``n`` that ``100 a / n`` rounds to ``V / 10**d``. For rounding half up that is
``(2V - 1) n <= 200 * 10**d * a < (2V + 1) n``: linear in (a, n), so no floating point is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UsageError

__all__ = ["Printed", "Rounding", "count_range", "prints", "share_range"]

Rounding = Literal["half_up", "half_even", "half_down", "either", "truncate", "ceil"]
ROUNDINGS: tuple[str, ...] = get_args(Rounding)

_DIGITS = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed percentage: its digits as one integer, and how many of them are decimals.

    Examples
    --------
    >>> Printed.parse("61.5")
    Printed(digits=615, decimals=1)
    """

    digits: int
    decimals: int

    @classmethod
    def parse(cls, text: str) -> Printed:
        """Read a percentage as printed; only digits and one point (no sign, no ``%``).

        Raises
        ------
        UsageError
            When `text` is not a percentage between 0 and 100.
        """
        match = _DIGITS.fullmatch(text)
        if not match:
            raise UsageError(
                f"{text!r} is not a printed percentage.",
                hint='write the digits as printed, in quotes: "61.5".',
            )
        whole, decimals = match.group(1), match.group(2) or ""
        printed = cls(int(whole + decimals), len(decimals))
        if printed.value > 100:
            raise UsageError(f"{text!r} is more than 100 per cent.", hint="check the digits.")
        return printed

    @property
    def value(self) -> Fraction:
        """The printed percentage as an exact fraction."""
        return Fraction(self.digits, 10**self.decimals)

    def __str__(self) -> str:
        text = str(self.digits).rjust(self.decimals + 1, "0")
        return f"{text[: -self.decimals]}.{text[-self.decimals :]}" if self.decimals else text


def _ends(printed: Printed, rounding: str) -> tuple[int, bool, int, bool, int]:
    """Return (low numerator, low closed, high numerator, high closed, scale of the count)."""
    v, even = printed.digits, printed.digits % 2 == 0
    half = 200 * 10**printed.decimals
    match rounding:
        case "half_up":
            return 2 * v - 1, True, 2 * v + 1, False, half
        case "half_even":
            return 2 * v - 1, even, 2 * v + 1, even, half
        case "half_down":
            return 2 * v - 1, False, 2 * v + 1, True, half
        case "either":
            return 2 * v - 1, True, 2 * v + 1, even, half
        case "truncate":
            return v, True, v + 1, False, half // 2
        case "ceil":
            return v - 1, False, v, True, half // 2
    raise UsageError(f"unknown rounding {rounding!r}.", hint=f"Allowed: {', '.join(ROUNDINGS)}.")


def count_range(
    printed: Printed, bases: NDArray[np.int64], rounding: str = "either"
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Smallest and largest count that prints so on each base; smallest > largest means none.

    Parameters
    ----------
    printed : Printed
    bases : array of int, shape (m,)
        Bases, at least 0; a base of 0 prints nothing.
    rounding : str
        ``either`` allows, at an exact tie, the upper neighbour and the even one.

    Returns
    -------
    low, high : arrays of int, shape (m,)

    Examples
    --------
    >>> low, high = count_range(Printed.parse("62.8"), np.array([384, 385]))
    >>> list(zip(low.tolist(), high.tolist()))
    [(241, 241), (242, 241)]
    """
    low_num, low_closed, high_num, high_closed, scale = _ends(printed, rounding)
    n = np.asarray(bases, dtype=np.int64)
    low = -((-low_num * n) // scale) if low_closed else (low_num * n) // scale + 1
    high = (high_num * n) // scale if high_closed else -((-high_num * n) // scale) - 1
    low, high = np.maximum(low, 0), np.minimum(high, n)
    return np.where(n > 0, low, 1), np.where(n > 0, high, 0)


def prints(count: int, base: int, decimals: int, rounding: str = "either") -> tuple[str, ...]:
    """Return how a share prints, in whole numbers: one text, or two at a tie of ``either``.

    Raises
    ------
    UsageError
        For a base of nobody.

    Examples
    --------
    >>> prints(80, 130, 1), prints(1, 8, 1), prints(1, 8, 1, "half_down")
    (('61.5',), ('12.5',), ('12.5',))
    >>> prints(1, 16, 1), prints(1, 16, 1, "truncate"), prints(3, 16, 1)
    (('6.3', '6.2'), ('6.2',), ('18.8',))
    """
    if base < 1:
        raise UsageError("a share of nobody prints nothing.")
    whole, rest = divmod(100 * 10**decimals * count, base)
    up = 2 * rest >= base
    even = 2 * rest > base or (2 * rest == base and whole % 2 == 1)
    steps: dict[str, tuple[bool, ...]] = {
        "half_up": (up,),
        "half_even": (even,),
        "half_down": (2 * rest > base,),
        "either": (up, even),
        "truncate": (False,),
        "ceil": (rest > 0,),
    }
    if rounding not in steps:
        raise UsageError(f"unknown rounding {rounding!r}.", hint=f"Allowed: {', '.join(steps)}.")
    found = dict.fromkeys(whole + int(step) for step in steps[rounding])
    return tuple(str(Printed(digits, decimals)) for digits in found)


def share_range(
    printed: Printed, rounding: str = "either"
) -> tuple[Fraction, bool, Fraction, bool]:
    """Return the exact interval of shares (0 to 1) that print so: low, closed, high, closed."""
    low_num, low_closed, high_num, high_closed, scale = _ends(printed, rounding)
    return Fraction(low_num, scale), low_closed, Fraction(high_num, scale), high_closed
