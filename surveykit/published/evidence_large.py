"""A printed test held against tables that cannot be listed: refuted by proof, borne out by a table, or open.

As for claims (:mod:`unlisted`), every table is among all combinations of what each group can be, or in a
box of ranges. A test that nothing there prints is printed by no table. A known table that prints it makes
it possible. Otherwise it is not evaluated.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from surveykit.published.boxes import Box, chi2_limits, g2_limits, odds_limits
from surveykit.published.document_tests import PrintedTest, Window
from surveykit.published.extremes import chi2_extremes
from surveykit.published.fold import fold_key
from surveykit.published.model import Item
from surveykit.published.printing import interval_levels, prints, values
from surveykit.published.search import drawn
from surveykit.published.solve import Group, Tables
from surveykit.published.states import Ints, TooLargeError
from surveykit.published.unlisted import box_of, box_of_order, known_tables, probe, superset
from surveykit.text import Label

__all__ = ["Large", "Limits", "hold_large", "seen_values"]

Limits = dict[str, tuple[float, float]]
Bools = NDArray[np.bool_]
Stack = Callable[[Sequence[Item], Tables], Ints]
GUARD = 1e-9


@dataclass(frozen=True, slots=True)
class Large:
    """What was found: `limits` hold the statistics of every table, and are perhaps wider."""

    status: Literal["possible", "impossible", "not evaluated"]
    limits: Limits
    why: Label


def seen_values(test: PrintedTest, stack: Ints) -> Limits:
    """Return the smallest and largest of each printed statistic over some tables."""
    out = {}
    for key in test.windows("either"):
        if key == "ci":
            continue
        found = values(test, key, np.unique(stack, axis=0))
        finite = found[np.isfinite(found) & (found != -1.0 if key in ("p", "fisher") else True)]
        if len(finite):
            out[key] = float(finite.min()), float(finite.max())
    return out


def hold_large(
    test: PrintedTest, group: Group, items: Sequence[Item], stack: Stack, reason: TooLargeError
) -> Large:
    """Hold a printed test against the tables of a group that cannot be listed.

    Parameters
    ----------
    stack : callable
        Makes the test's own tables of figures and their (base, count).
    """
    rounding = group.reading.rounding

    def printing(tables: Tables) -> Bools:
        if not len(tables.counts):
            return np.zeros(0, dtype=np.bool_)
        return prints(test, stack(items, tables), rounding)

    some = _some_table(group, items, printing)
    try:
        every = superset(group, items)
    except TooLargeError:
        return _by_limits(test, group, items, some, reason)
    passing, limits = printing(every), seen_values(test, stack(items, every))
    if not passing.any():
        return Large("impossible", limits, _none_of(len(passing), limits))
    if some:
        return Large("possible", limits, _POSSIBLE)
    row, none = probe(group, items, every, np.flatnonzero(passing).tolist())
    if none:
        return Large("impossible", limits, _none_of(len(passing), limits))
    if row is not None:
        return Large("possible", limits, _POSSIBLE)
    return Large("not evaluated", limits, _open(reason, limits))


def _some_table(group: Group, items: Sequence[Item], printing: Callable[[Tables], Bools]) -> bool:
    """Whether a table that is known, or drawn, prints the test."""
    if printing(known_tables(group, items)).any():
        return True
    with contextlib.suppress(TooLargeError):
        found = drawn(group, items) if group.exact and group.followed else None
        return found is not None and bool(printing(found).any())
    return False


# --- limits -------------------------------------------------------------------------------


def _by_limits(
    test: PrintedTest, group: Group, items: Sequence[Item], some: bool, reason: TooLargeError
) -> Large:
    limits = _limits(test, group, items)
    shown = {k: v for k, v in limits.items() if not k.startswith("ci")}
    for key, window in _windows(test, group.reading.rounding):
        if key in limits and _apart(window, *limits[key]):
            return Large("impossible", shown, _beyond(shown))
    if some:
        return Large("possible", shown, _POSSIBLE)
    return Large("not evaluated", shown, _open(reason, shown))


def _windows(test: PrintedTest, rounding: str) -> list[tuple[str, Window]]:
    """Return what is printed as (key of the limits, window); phi without its sign."""
    out = []
    for key, windows in test.windows(rounding).items():
        for place, window in enumerate(windows):
            if key == "ci":
                out.append((f"ci{place}", window))
            elif key == "phi" and window.high is not None and window.high <= 0 and window.low is not None:  # fmt: skip
                out.append((key, Window(-window.high, window.high_closed, -window.low, window.low_closed)))  # fmt: skip
            else:
                out.append((key, window))
    return out


def _apart(window: Window, low: float, high: float) -> bool:
    """Whether proven limits and a window have nothing in common, by more than the guard band."""
    guard = GUARD * (1 + (abs(high) if math.isfinite(high) else 0.0))
    if window.low is not None and float(window.low) > high + guard:
        return True
    return window.high is not None and float(window.high) < low - guard


def _limits(test: PrintedTest, group: Group, items: Sequence[Item]) -> Limits:
    """Return proven limits of what is printed; what is not bounded is left out."""
    out: Limits = {}
    with contextlib.suppress(TooLargeError):
        if test.kind == "pair":
            box = box_of_order(group, [[i] for i in items])
            out |= _pair_limits(test, box)
        elif test.kind == "table":
            box = box_of(group, items)
        else:
            return out
        out |= _table_limits(test, box, _plane_limits(group, items))
    return {k: v for k, v in out.items() if k in test.windows("either") or k.startswith("ci")}


def _plane_limits(group: Group, items: Sequence[Item]) -> tuple[float, float]:
    """Return limits of chi-square by linear programs over groups of one count each, where they apply."""
    nothing = 0.0, math.inf
    if not group.followed:
        return nothing
    fold = group.folds[fold_key(group.reading, items[0])]
    levels = {a.level for a in fold.atoms}
    if fold.plane is None or levels != {i.level for i in items} or len(levels) < 2:
        return nothing
    spans = [group.size_range(fold.key[0], a.level) for a in fold.atoms]
    try:
        found = chi2_extremes(fold.plane, group.ends(fold.key), [s for s in spans if s is not None])
    except TooLargeError:
        return nothing
    return float(found.low), float(found.high)


def _table_limits(test: PrintedTest, box: Box, known: tuple[float, float]) -> Limits:
    """Return limits of chi-square, G², V and phi, and of the p that belongs to them."""
    from scipy.special import chdtrc

    rows, columns = len(box.sizes), len(box.columns)
    low, high = (float(x) for x in chi2_limits(box))
    low, high = max(low, known[0]), min(high, known[1])
    smaller = min(rows, columns) - 1
    share = math.sqrt(low / (box.total[1] * smaller)), math.sqrt(high / (box.total[0] * smaller))
    out = {"v": share, "phi": share, "g2": g2_limits(box)}
    corrected = 0.0 if (rows, columns) == (2, 2) and test.correction != "none" else low
    out["chi2"] = corrected, high
    if test.tested in out:
        ends = out[test.tested]
        df = (rows - 1) * (columns - 1)
        out["p"] = float(chdtrc(df, ends[1])), float(chdtrc(df, ends[0]))
    return out


def _pair_limits(test: PrintedTest, box: Box) -> Limits:
    """Return limits of what compares two shares, and of the ends of its interval."""
    (p, _), (q, _) = box.shares
    low, high = odds_limits(p, q)
    ratio = float(p[0] / q[1]) if q[1] else 0.0, float(p[1] / q[0]) if q[0] else math.inf
    out: Limits = {
        "odds_ratio": (float(low), math.inf if high is None else float(high)),
        "risk_ratio": ratio,
        "difference": (float(100 * (p[0] - q[1])), float(100 * (p[1] - q[0]))),
    }
    if test.ci is not None and test.measure in ("odds_ratio", "risk_ratio"):
        out |= _interval_limits(test, box, out[test.measure])
    return out


def _interval_limits(test: PrintedTest, box: Box, ratio: tuple[float, float]) -> Limits:
    """Return limits of both ends of a ratio's interval: its logarithm, give or take z standard errors."""
    from scipy.special import ndtri

    counts = []  # each group: the ranges of those in the level and of the others
    for size, (inside, outside) in zip(box.sizes, box.shares, strict=True):
        for span in (inside, outside):
            counts.append((math.ceil(size[0] * span[0]), math.floor(size[1] * span[1])))
    if ratio[0] <= 0 or not math.isfinite(ratio[1]) or any(low < 1 for low, _ in counts):
        return {}
    cells = [0, 1, 2, 3] if test.measure == "odds_ratio" else [0, 2]
    least = sum(1 / counts[k][1] for k in cells)
    most = sum(1 / counts[k][0] for k in cells)
    if test.measure == "risk_ratio":
        least -= sum(1 / n for n, _ in box.sizes)
        most -= sum(1 / n for _, n in box.sizes)
    z = [float(ndtri(0.5 + level / 2)) for level in interval_levels(test)]
    reach = min(z) * math.sqrt(max(least, 0.0)), max(z) * math.sqrt(max(most, 0.0))
    ends = math.log(ratio[0]), math.log(ratio[1])
    return {
        "ci0": (math.exp(ends[0] - reach[1]), math.exp(ends[1] - reach[0])),
        "ci1": (math.exp(ends[0] + reach[0]), math.exp(ends[1] + reach[1])),
    }


# --- words --------------------------------------------------------------------------------

_POSSIBLE = Label(
    "有可行表印成如此；可行表过多，未用来缩小。",
    "some table prints it; the feasible tables are too many to list, so that it narrows nothing.",
)


def _spans(limits: Limits) -> str:
    return ", ".join(f"{k} {a:.6g}–{b:.6g}" for k, (a, b) in limits.items())


def _none_of(number: int, limits: Limits) -> Label:
    return Label(
        f"可行表都在各组各自可取的 {number:,} 种组合之内，其中没有可行表印成如此（{_spans(limits)}）。",
        f"all feasible tables are among {number:,} combinations of what each group can be, and none "
        f"of them prints it ({_spans(limits)}).",
    )


def _beyond(limits: Limits) -> Label:
    return Label(
        f"可行表过多，但已证明统计量只能在界限之内（{_spans(limits)}），没有可行表印成如此。",
        "the feasible tables are too many to list, but what they print is proven to lie within limits "
        f"({_spans(limits)}): no feasible table prints it.",
    )


def _open(reason: TooLargeError, limits: Limits) -> Label:
    zh = f"；已证明的界限：{_spans(limits)}" if limits else ""
    en = f"; proven limits: {_spans(limits)}" if limits else ""
    return Label(
        f"可行表过多，无法逐一列出，既未找到印成如此的表，也未证明没有{zh}。",
        f"the feasible tables are too many to list ({reason}): no table that prints it was found, "
        f"nor a proof that there is none{en}.",
    )
