"""The cross-table of two variables as a paper's figures print it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from surveykit.published.model import Item, Reading
from surveykit.published.solve import Tables
from surveykit.text import Label

__all__ = ["NotEvaluatedError", "cross_items", "cross_tables"]


class NotEvaluatedError(Exception):
    """Something printed cannot be held against the tables; carries the reason."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Label(zh, en)


def cross_items(a: str, b: str, usable: Sequence[Item], multiple: Iterable[str]) -> list[Item]:
    """Return the printed figures of the cross-table of two variables."""
    for by, outcome in ((a, b), (b, a)):
        items = [i for i in usable if i.by == (by,) and i.outcome == (outcome,)]
        if items:
            if outcome in multiple:
                raise NotEvaluatedError(
                    "多选题的选项不构成列联表。",
                    "choices of a multiple response are no cross-table.",
                )
            return items
    raise NotEvaluatedError(
        f"{a} 与 {b} 的交叉表未印出。", f"no figure of the table of {a} by {b} is printed."
    )


def cross_tables(items: Sequence[Item], tables: Tables, reading: Reading) -> NDArray[np.int64]:
    """Return the whole cross-tables, shape (m, groups, levels): unprinted levels as one rest."""
    levels = list(dict.fromkeys(i.level for i in items))
    sets = [{i.levels for i in items if i.level == level} for level in levels]
    if len(levels) < 2 or any(s != sets[0] for s in sets):
        raise NotEvaluatedError(
            "各组印出的类别不同，交叉表不完整。",
            "the groups do not print the same levels: the table is not complete.",
        )
    cells = sorted(sets[0], key=sorted)
    if sum(len(c) for c in cells) != len(frozenset().union(*cells)):
        raise NotEvaluatedError("印出的类别互相重叠。", "the printed levels overlap.")
    full = frozenset().union(*cells) == frozenset(reading.levels_of(items[0].outcome))
    out = np.zeros((len(tables.counts), len(levels), len(cells) + (not full)), dtype=np.int64)
    for j, item in enumerate(items):
        row, column = levels.index(item.level), cells.index(item.levels)
        out[:, row, column] = tables.counts[:, j]
        if not full:
            out[:, row, -1] = tables.bases[:, j]
    if not full:
        out[:, :, -1] -= out[:, :, :-1].sum(axis=2)
    if out.shape[2] < 2:
        raise NotEvaluatedError("交叉表只有一列。", "the table has one column only.")
    return out
