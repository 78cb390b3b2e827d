"""Printed means, standard deviations and tests held against respondents' data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import numbers
from surveykit.errors import SurveyKitError, UnsupportedError
from surveykit.published import printing
from surveykit.published.comparing import Case, Comparison, share_of, why_of
from surveykit.published.document_means import PrintedMean, PrintedValue
from surveykit.published.document_tests import PrintedTest
from surveykit.published.rounding import ROUNDINGS
from surveykit.text import Label

__all__ = ["compare_mean", "compare_test", "is_mean", "observed_mean"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Moments = tuple[int, int, int]
"""Number of respondents, sum and sum of squares of their scores (of their totals over items)."""


# --- means ----------------------------------------------------------------------------------


def compare_mean(case: Case, mean: PrintedMean) -> Comparison:
    """Compare a printed mean and standard deviation with the data, exactly."""
    printed = ", ".join(t for t in (mean.mean, mean.sd and f"SD {mean.sd}") if t)
    made = Comparison(
        "mean", mean.id, printed, "", None, None, "cannot be computed", source=mean.source
    )
    try:
        moments = _moments(case, mean)
    except SurveyKitError as error:
        return replace(made, why=why_of(error))
    n, total, _ = moments
    if n < 2:
        return replace(made, base=n, why=Label("作答者不足两人。", "fewer than two answered."))
    made = replace(made, base=n, computed=_shown(mean, moments))
    if _prints(mean, moments, case.rounding):
        return replace(made, status="match")
    gap = (
        Fraction(total, n * mean.items) - PrintedValue.parse(mean.mean).value if mean.mean else None
    )
    return replace(made, status="differs", difference=gap, readings=tuple(_readings(mean, moments)))


def is_mean(case: Case, id: str) -> bool:
    """Whether a claim's id is that of a printed mean."""
    return any(m.id == id for m in case.published.means)


def observed_mean(case: Case, id: str) -> Fraction:
    """Return the mean of the data that a printed mean is of, exactly.

    Raises
    ------
    SurveyKitError
        When the data do not have it, or the reading leaves it out.
    """
    if id not in case.means:
        raise UnsupportedError(f"the reading leaves {id} out.")
    mean = case.means[id]
    n, total, _ = _moments(case, mean)
    if n == 0:
        raise UnsupportedError(f"nobody is in the base of {id}.")
    return Fraction(total, n * mean.items)


def _moments(case: Case, mean: PrintedMean) -> Moments:
    observed = case.observed
    group = observed.members(mean.within)
    variable = case.published.variables.get(mean.of)
    if variable is not None and mean.items == 1 and len(variable.levels) == len(mean.scores):
        answers = observed.answers(mean.of)
        sizes = [int((group & answers.members[lv]).sum()) for lv in variable.levels]
        pairs = list(zip(sizes, mean.scores, strict=True))
    else:
        found = numbers(observed.survey, mean.of)
        chosen = group & (found.status == 0)
        values = _totals(mean, found.values[chosen], found.values[found.status == 0])
        pairs = [
            (int(c), int(v)) for v, c in zip(*np.unique(values, return_counts=True), strict=True)
        ]
    n = sum(c for c, _ in pairs)
    return n, sum(c * v for c, v in pairs), sum(c * v * v for c, v in pairs)


def _totals(mean: PrintedMean, values: Floats, every: Floats) -> Ints:
    """Return whole scores: as they stand, or everyone's totals over `items` items.

    A column of averages holds whole parts of the number of items between the smallest and the
    largest score of one item; a column of totals holds whole numbers, `items` times as large.
    """
    low, high, k = min(mean.scores), max(mean.scores), mean.items
    parts, whole = np.rint(every * k), np.rint(every)
    averages = np.allclose(every * k, parts, atol=1e-6 * k, rtol=0) and _within(every, low, high)
    totals = bool(np.array_equal(every, whole)) and _within(every, k * low, k * high)
    if k == 1 and np.array_equal(every, whole):
        return np.rint(values).astype(np.int64)
    if k == 1:
        raise UnsupportedError(f"{mean.of!r} holds numbers that are not whole.")
    if averages == totals:
        what = "may be totals or averages" if totals else "are neither totals nor averages"
        raise UnsupportedError(
            f"the values of {mean.of!r} {what} of {k} items of {low} to {high}.",
            hint="give a column of totals (whole numbers), or check `items` and `range`.",
        )
    return np.rint(values * k if averages else values).astype(np.int64)


def _within(values: Floats, low: int, high: int) -> bool:
    return bool((values >= low - 1e-9).all() and (values <= high + 1e-9).all())


def _variance(moments: Moments, divisor: int, items: int) -> Fraction:
    n, total, squares = moments
    return Fraction(n * squares - total * total, n * divisor * items**2)


def _divisors(mean: PrintedMean, n: int) -> list[int]:
    return [d for name, d in (("n-1", n - 1), ("n", n)) if mean.divisor in (name, "either")]


def _prints(mean: PrintedMean, moments: Moments, rounding: str) -> bool:
    n, total, _ = moments
    good = mean.mean is None or _inside(Fraction(total, n * mean.items), mean.mean, rounding)
    if mean.sd is None or not good:
        return good
    spans = [_variance(moments, d, mean.items) for d in _divisors(mean, n)]
    return any(_square_inside(v, mean.sd, rounding) for v in spans)


def _inside(value: Fraction, text: str, rounding: str) -> bool:
    low, low_in, high, high_in = PrintedValue.parse(text).interval(rounding)
    return low < value < high or (low_in and value == low) or (high_in and value == high)


def _square_inside(square: Fraction, text: str, rounding: str) -> bool:
    """Whether the root of a number prints so: compared in squares, exactly."""
    low, low_in, high, high_in = PrintedValue.parse(text).interval(rounding)
    above = low < 0 or square > low * low or (low_in and square == low * low)
    return above and (square < high * high or (high_in and square == high * high))


def _shown(mean: PrintedMean, moments: Moments) -> str:
    n, total, _ = moments
    parts = [f"{total / (n * mean.items):.6g}"] if mean.mean else []
    if mean.sd:
        spans = [float(_variance(moments, d, mean.items)) ** 0.5 for d in _divisors(mean, n)]
        parts.append(f"SD {' / '.join(f'{s:.6g}' for s in spans)}")
    return ", ".join(parts)


def _readings(mean: PrintedMean, moments: Moments) -> Iterator[Label]:
    for mode in ROUNDINGS:
        if mode != "either" and _prints(mean, moments, mode):
            yield Label(f"舍入方式 {mode}", f"rounding {mode}")
    for divisor in ("n", "n-1"):
        if divisor != mean.divisor and _prints(replace(mean, divisor=divisor), moments, "either"):
            yield Label(f"标准差的除数为 {divisor}", f"{divisor} as the divisor of the SD")


# --- tests ----------------------------------------------------------------------------------


def compare_test(case: Case, test: PrintedTest) -> Comparison:
    """Compare what a paper printed of a test with the test of the data."""
    printed = ", ".join(f"{key} {_text(value)}" for key, value in test.printed.items())
    made = Comparison(
        "test", test.id, printed, "", None, None, "cannot be computed", source=test.source
    )
    try:
        table = _table(case, test)
    except SurveyKitError as error:
        return replace(made, why=why_of(error))
    made = replace(made, base=int(table[1] if table.ndim == 1 else table.sum()))
    made = replace(made, computed=_computed(test, table))
    if printing.prints(test, table[None], case.rounding)[0]:
        return replace(made, status="match")
    readings = [
        Label(f"连续性校正为 {c}", f"correction {c}")
        for c in ("none", "yates")
        if c != test.correction
        and printing.prints(replace(test, correction=c), table[None], case.rounding)[0]
    ]
    return replace(made, status="differs", readings=tuple(readings))


def _text(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _computed(test: PrintedTest, table: Ints) -> str:
    parts = []
    for key in test.printed:
        if key in ("df", "stars", "ci"):
            continue
        value = np.ravel(printing.values(test, key, table[None]))
        parts.append(f"{key} {' / '.join(f'{v:.5g}' for v in dict.fromkeys(value.tolist()))}")
    return ", ".join(parts)


def _table(case: Case, test: PrintedTest) -> Ints:
    """Return the table that was tested: of two variables, two groups, or (count, base)."""
    if test.kind == "table":
        first, second = (case.observed.answers(name) for name in test.of)
        if first.chosen is not None or second.chosen is not None:
            raise UnsupportedError("choices of a multiple response are no cross-table.")
        everyone = case.observed.everyone
        cells = [
            [int((everyone & a & b).sum()) for b in second.members.values()]
            for a in first.members.values()
        ]
        table = np.array(cells, dtype=np.int64)
        return np.asarray(table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0])
    shares = [share_of(case, case.published.figure(id)) for id in test.of]
    if any(share.base == 0 for share in shares):
        raise UnsupportedError("nobody is in the base of a figure.")
    if test.kind == "share":
        return np.array([shares[0].count, shares[0].base], dtype=np.int64)
    return np.array([[s.count, s.base - s.count] for s in shares], dtype=np.int64)
