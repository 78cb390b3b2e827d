"""Claims where tables are too many to list, or lie in two groupings: a proof, or two tables.

Tables drawn at random are feasible tables like any other: one in which a claim holds and one in which
it fails prove that it is undetermined. That all drawn tables agree proves nothing, and says so. An
order between two groupings is decided by cutting at every share that both can have: some table has
the first at most there and the second at least there, or the join of the two groupings is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.draw import draw_table, draw_tables
from surveykit.published.fold import fold_key
from surveykit.published.model import Item
from surveykit.published.narrowed import Filter, Narrowed
from surveykit.published.solve import Group, Tables
from surveykit.published.states import TooLargeError

__all__ = ["Crossing", "crossing", "drawn", "shares"]

MOST_CUTS = 400
DRAWS = 2_000
MOST_ROWS = 2_000
"""Totals of groupings beyond which one drawn table takes a second or more."""

FEW_DRAWS = 200
"""Where groupings are not groups of one count each, tables are drawn one at a time."""

Side = Callable[[NDArray[Any], NDArray[Any]], NDArray[np.bool_]]
Witness = Mapping[str, tuple[int, int]]


def drawn(group: Group, items: Sequence[Item]) -> Tables | None:
    """Return some feasible tables, the same at every call; None where drawing takes long."""
    figures = [i.id for i in group.items]
    plane = any(f.plane is not None and k[0] for k, f in group.folds.items())
    if not plane and sum(len(r.low) for r, _ in group.relations.values()) > MOST_ROWS:
        return None
    tables = draw_tables(group, DRAWS if plane else FEW_DRAWS, np.random.default_rng(0))
    at = [figures.index(i.id) for i in items]
    return Tables(tables.bases[:, at], tables.counts[:, at])


def shares(group: Group, items: Sequence[Item]) -> list[Fraction]:
    """Return the distinct shares that some figures of one base have together, ascending."""
    tables = group.project(items)
    rows = np.unique(np.c_[tables.counts.sum(axis=1), tables.bases[:, 0]], axis=0)
    return sorted({Fraction(int(a), int(n)) for a, n in rows.tolist() if n})


@dataclass(frozen=True, slots=True)
class Crossing:
    """Whether one share can be, and can fail to be, larger than another: a table of each."""

    above: Witness | None
    not_above: Witness | None


def crossing(group: Group, high: Sequence[Item], low: Sequence[Item]) -> Crossing:
    """Compare the shares of two groupings of one group over all its tables.

    Parameters
    ----------
    group : Group
        With `exact`: otherwise what looks feasible need not be.
    high, low : sequences of Item
        Figures on one base each, of different groupings.

    Raises
    ------
    TooLargeError
        When a grouping is too large to list, or both have too many shares in common.
    """
    mine, others = shares(group, high), shares(group, low)
    fails = [s for s in mine if s <= others[-1]]
    holds = [s for s in mine if s > others[0]]
    if min(len(fails), len(holds)) > MOST_CUTS:
        raise TooLargeError("too many shares to compare")
    above = _first(group, high, low, holds[::-1], (_at_least, _below))
    return Crossing(above, _first(group, high, low, fails, (_at_most, _at_least)))


def _at_least(over: NDArray[Any], under: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(over >= under)


def _at_most(over: NDArray[Any], under: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(over <= under)


def _below(over: NDArray[Any], under: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(over < under)


def _first(
    group: Group,
    high: Sequence[Item],
    low: Sequence[Item],
    cuts: Sequence[Fraction],
    sides: tuple[Side, Side],
) -> Witness | None:
    """Return a table with the first share on one side of some cut and the second on the other."""
    for cut in cuts[:MOST_CUTS]:
        filters = {
            fold_key(group.reading, items[0]): [_cut(items, cut, side)]
            for items, side in ((high, sides[0]), (low, sides[1]))
        }
        narrowed = Narrowed(group, filters)
        if narrowed.feasible:
            return _table(narrowed, [*high, *low])
    if len(cuts) > MOST_CUTS:
        raise TooLargeError("too many shares to compare")
    return None


def _cut(items: Sequence[Item], cut: Fraction, side: Side) -> Filter:
    ids = [i.id for i in items]

    def passes(listed: Sequence[Item], tables: Tables) -> NDArray[np.bool_]:
        at = [[i.id for i in listed].index(i) for i in ids]
        count, base = tables.counts[:, at].sum(axis=1), tables.bases[:, at[0]]
        return side(count * cut.denominator, base * cut.numerator)

    return passes


def _table(group: Group, items: Sequence[Item]) -> Witness:
    table = draw_table(group, np.random.default_rng(0))
    cells = {i.id: table.folds[fold_key(group.reading, i)][i.level].cells[i.outcome] for i in items}
    return {id: (cell.counts[id], cell.shown) for id, cell in cells.items()}
