"""Dates that SPSS and Stata store as numbers → ISO text; times taken, in Chinese → seconds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from surveykit.text import fold, shortest

__all__ = ["Clock", "seconds", "spss_clock", "stata_clock", "time_texts"]

Clock = Literal["", "spss", "days", "milliseconds", "weeks", "months", "quarters", "halves"]
"""How a number means a time: empty when it does not. See :func:`time_texts`."""

Floats = npt.NDArray[np.float64]

_SPSS = re.compile(r"(?:[AEJS]?DATE|DATETIME|YMDHMS|QYR|MOYR|WKYR)[0-9.]*")
_STATA = re.compile(r"%-?(?:t?(?P<day>d)|t(?P<other>[cCwmqh])).*")
_SECONDS = re.compile(r"(?:([0-9]+)小时)?(?:([0-9]+)分钟?)?(?:([0-9]+)秒)?")
_STATA_CLOCKS: dict[str, Clock] = {
    "c": "milliseconds",
    "w": "weeks",
    "m": "months",
    "q": "quarters",
    "h": "halves",
}


def spss_clock(format: str) -> Clock:
    """Return how a column of this SPSS format counts time.

    ``TIME`` and ``DTIME`` are durations in seconds, ``MONTH`` and ``WKDAY`` are numbers of
    months and days of the week: they stay numbers.

    Examples
    --------
    >>> spss_clock("DATE11"), spss_clock("DATETIME20.2"), spss_clock("TIME8"), spss_clock("F8.2")
    ('spss', 'spss', '', '')
    """
    return "spss" if _SPSS.fullmatch(format.upper()) else ""


def stata_clock(format: str) -> Clock:
    """Return how a column of this Stata format counts time.

    ``%tC`` counts leap seconds, which are not in the file: it stays a number.

    Examples
    --------
    >>> stata_clock("%td"), stata_clock("%d"), stata_clock("%tcDDmonCCYY"), stata_clock("%tC")
    ('days', 'days', 'milliseconds', '')
    >>> stata_clock("%tm"), stata_clock("%8.0g")
    ('months', '')
    """
    match = _STATA.fullmatch(format)
    if match is None:
        return ""
    return "days" if match["day"] else _STATA_CLOCKS.get(match["other"], "")


def time_texts(numbers: Floats, clock: Clock) -> list[str]:
    """Return times as ISO text; a time outside the years 1 to 9999 stays a number.

    Parameters
    ----------
    numbers : float array, shape (n,)
        No nan.
    clock : Clock
        ``spss`` counts seconds from 1582-10-14; the others are Stata's and count from 1960.
        Weeks are Stata's own (52 a year, the first begins on 1 January), hence the small ``w``.

    Examples
    --------
    >>> time_texts(np.array([13986604800.0, 13986640800.5]), "spss")
    ['2026-01-01', '2026-01-01T10:00:00.500']
    >>> time_texts(np.array([0.0, 24107.0]), "days"), time_texts(np.array([795.0]), "months")
    (['1960-01-01', '2026-01-01'], ['2026-04'])
    >>> time_texts(np.array([265.0]), "quarters"), time_texts(np.array([1e300]), "days")
    (['2026-Q2'], ['1e+300'])
    """
    make = _MAKERS[clock]
    return [make(x) if abs(x) < 1e15 else shortest(x) for x in numbers.tolist()]


_MIDNIGHT = "T00:00:00"
_LAST = np.datetime64("9999-12-31T23:59:59.999", "ms")
_FIRST = np.datetime64("0001-01-01", "ms")


def _moment(epoch: str, milliseconds: float) -> Callable[[float], str]:
    start = np.datetime64(epoch, "ms")

    def make(number: float) -> str:
        scaled = number * milliseconds
        if abs(scaled) > 1e15:
            return shortest(number)
        time: Any = start + np.timedelta64(round(scaled), "ms")
        if not _FIRST <= time <= _LAST:
            return shortest(number)
        return str(time).removesuffix(".000").removesuffix(_MIDNIGHT)

    return make


def _period(parts: int, mark: str, digits: int = 1) -> Callable[[float], str]:
    def make(number: float) -> str:
        year, part = divmod(int(number), parts)
        if not (number.is_integer() and 1 <= 1960 + year <= 9999):
            return shortest(number)
        return f"{1960 + year:04d}-{mark}{part + 1:0{digits}d}"

    return make


_MAKERS: dict[Clock, Callable[[float], str]] = {
    "": shortest,
    "spss": _moment("1582-10-14", 1000),
    "days": _moment("1960-01-01", 86_400_000),
    "milliseconds": _moment("1960-01-01", 1),
    "weeks": _period(52, "w", 2),
    "months": _period(12, "", 2),
    "quarters": _period(4, "Q"),
    "halves": _period(2, "H"),
}


def seconds(text: str) -> str | None:
    """Return a time such as 2分3秒 in seconds, None when it is none.

    Examples
    --------
    >>> seconds("2分3秒"), seconds("45"), seconds("soon")
    ('123', '45', None)
    """
    plain = fold(text)
    if not plain or plain.isdigit():
        return plain
    match = _SECONDS.fullmatch(plain)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return str(3600 * hours + 60 * minutes + seconds)
