"""Straight-lining: the same answer to every item of a battery."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from surveykit.codebook import CodedCategories, CodedNumbers, CodedSets, Variable
from surveykit.coding._check_run import Bools, Run
from surveykit.coding._findings import Finding, Severity
from surveykit.survey import Coded
from surveykit.text import Bilingual, shortest

__all__ = ["batteries", "straight_lines"]

_FEWEST_ITEMS, _FEWEST_LEVELS = 4, 3


def batteries(run: Run) -> list[tuple[Variable, ...]]:
    """Return the batteries: at least four questions in a row with the same three or more choices.

    Scales without choices belong together when the codebook gives them the same range.
    """
    asked = [v for v in run.survey.codebook.variables.values() if not v.derived]
    found = (tuple(g) for key, g in groupby(asked, _levels) if key is not None)
    held = set(run.held)
    whole = (tuple(v for v in g if v in held) for g in found)
    return [g for g in whole if len(g) >= _FEWEST_ITEMS]


def _levels(variable: Variable) -> object:
    """Return what the items of one battery have in common; None for what is no item."""
    if variable.kind == "scale" and not variable.choices:
        return variable.range
    if variable.kind in ("single", "scale") and len(variable.choices) >= _FEWEST_LEVELS:
        return variable.kind, variable.choices
    return None


def straight_lines(run: Run) -> Iterator[Finding]:
    """Find respondents who gave the same answer to all items of a battery.

    Where an item is scored the other way round the same answer contradicts itself: a warning.
    """
    if run.survey.synthetic is not None:
        return
    turned = {v.source for v in run.survey.codebook.variables.values() if v.reverse}
    for items in batteries(run):
        coded = [run.survey.coded(v.name) for v in items]
        stack = np.stack([_values(c) for c in coded])
        answered = np.stack([_given(c) for c in coded]).all(axis=0)
        same = answered & (stack == stack[0]).all(axis=0) & run.inside
        base, count = int(np.count_nonzero(answered & run.inside)), int(np.count_nonzero(same))
        if not count:
            continue
        contradicts = any(v.name in turned for v in items)
        name = f"{items[0].name} … {items[-1].name}"
        share = 100 * count / base
        said = Bilingual(
            f"{count} of {base} who answered all {len(items)} items gave the same answer to each ({share:.1f} %).",
            f"答完全部 {len(items)} 题的 {base} 人中，{count} 人各题答案相同（{share:.1f}%）。",
        )
        yield run.about_all(name, "straight_lining", "info", said, f"{share:.1f}")
        each = Bilingual(
            f"the same answer to all {len(items)} items"
            + (", some of which are worded the other way round." if contradicts else "."),
            f"{len(items)} 题答案全部相同" + ("，而其中有反向题。" if contradicts else "。"),
        )
        first = coded[0]

        def shown(row: int, first: object = first) -> str:
            if isinstance(first, CodedCategories):
                return first.levels[int(first.values[row])].code
            return shortest(float(first.values[row])) if isinstance(first, CodedNumbers) else ""

        severity: Severity = "warning" if contradicts else "info"
        yield from run.each(same, name, "straight_line", severity, each, shown)


def _values(coded: Coded) -> npt.NDArray[Any]:
    assert not isinstance(coded, CodedSets)
    return coded.values


def _given(coded: Coded) -> Bools:
    return coded.values >= 0 if isinstance(coded, CodedCategories) else coded.status == 0
