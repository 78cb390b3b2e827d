"""The feasible tables of a group that print its tests too: a view of the solved group.

The tables of each grouping with a test are listed and filtered; what is left of them takes the place
of the grouping's relation, so that numbers, ranges and projections of the whole group follow as
before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UnsupportedError
from surveykit.published.fold import Fold, FoldKey, fold_key
from surveykit.published.model import Item, Key, Level
from surveykit.published.relation import Relation
from surveykit.published.solve import Group, Range, Tables
from surveykit.published.states import Ints, TooLargeError, encode

__all__ = ["Filter", "Narrowed"]

Bools = NDArray[np.bool_]
Filter = Callable[[Sequence[Item], Tables], Bools]
"""Says which tables of some figures (one grouping) print a test."""


class Narrowed(Group):
    """The tables of a group that pass filters, each of the figures of one grouping.

    Raises
    ------
    TooLargeError
        When the tables of a grouping with a filter are too many to list.
    """

    def __init__(self, base: Group, filters: Mapping[FoldKey, Sequence[Filter]]) -> None:
        super().__init__(base.reading, base.items)
        self.base = base
        self.filters = dict(filters)
        self._views: dict[tuple[Item, ...], Tables] = {}
        self._kept = {key: self._listing(key) for key in filters}

    def _listing(self, key: FoldKey) -> tuple[Ints, Ints, Bools]:
        """Return states, rows of (base, count, base, …) and which of them pass the filters."""
        items = self.by_fold[key]
        memo, place = self.reading.memo, ("listed", id(self.base), key)
        if place not in memo:  # the group is kept beside it, so that its id stays its own
            memo[place] = self.base.listed(items), self.base
        states, rows = memo[place][0]
        tables = Tables(rows[:, 0::2], rows[:, 1::2])
        keep = np.ones(len(rows), dtype=np.bool_)
        for passes in self.filters[key]:
            left = np.flatnonzero(keep)
            keep[left] = passes(items, Tables(tables.bases[left], tables.counts[left]))
        return states, rows, keep

    # --- what takes the place of the group's own --------------------------------------------

    @cached_property
    def folds(self) -> dict[FoldKey, Fold]:
        """Every grouping, as the group has it."""
        return self.base.folds

    def _restricted(
        self, relations: Mapping[FoldKey, tuple[Relation, Ints]]
    ) -> dict[FoldKey, tuple[Relation, Ints]]:
        """Keep of each listed grouping the states that are left, each in so many ways."""
        out = dict(relations)
        for key, (states, _, keep) in self._kept.items():
            relation, ends = out[key]
            ways = _ways(states[keep], ends, self.folds[key])
            some = ways > 0
            kept = replace(relation.take(some), count=ways[some])
            out[key] = (kept, ends[some])
        return out

    @cached_property
    def relations(self) -> dict[FoldKey, tuple[Relation, Ints]]:
        """What every grouping allows of the followed totals, tests included."""
        return self._restricted(self.base.relations)

    @cached_property
    def supports(self) -> dict[FoldKey, tuple[Relation, Ints]]:
        """The same, whether or not tables can be counted."""
        return self._restricted(self.base.supports)

    @cached_property
    def exact(self) -> bool:
        """Whether `number` and ranges are exact: the group's are, and its listing has its number."""
        return self.base.exact and all(self._counts_alike(key) for key in self._kept)

    @property
    def _refuted(self) -> bool:
        return self.base._refuted

    def _counts_alike(self, key: FoldKey) -> bool:
        try:
            relation, ends = self.base.relations[key]
        except TooLargeError:
            return True
        states = self._kept[key][0]
        here = np.isin(encode(ends, self.folds[key].box), encode(states, self.folds[key].box))
        listed = _ways(states, ends, self.folds[key])
        return bool((listed[here] == relation.count[here]).all())

    # --- ranges and projections --------------------------------------------------------------

    def rows(self, key: FoldKey) -> tuple[Ints, Ints]:
        """Return states and rows of a listed grouping that the whole group allows."""
        states, rows, keep = self._kept[key]
        box = self.folds[key].box
        keep = keep & np.isin(encode(states, box), encode(self._allowed[key], box))
        return states[keep], rows[keep]

    def ranges(self, item: Item) -> tuple[Range, Range] | None:
        """Return the smallest and largest base and count of a figure, None when infeasible."""
        key = fold_key(self.reading, item)
        if key not in self._kept or not self.feasible:
            return super().ranges(item)
        at = 2 * self.by_fold[key].index(item)
        base, count = self.rows(key)[1][:, [at, at + 1]].T
        return (int(base.min()), int(base.max())), (int(count.min()), int(count.max()))

    def size_range(self, by: Key, level: Level) -> Range | None:
        """Return the smallest and largest size of a group; from the listing where a base is one."""
        key: FoldKey = (by, None)
        if key in self._kept and self.feasible:
            for j, item in enumerate(self.by_fold[key]):
                whole = self.reading.answered_by_all(item.outcome) and not item.responses
                if item.level == level and whole:
                    sizes = self.rows(key)[1][:, 2 * j]
                    return int(sizes.min()), int(sizes.max())
        return super().size_range(by, level)

    def project(self, items: Sequence[Item], limit: int = 3_000_000) -> Tables:
        """List the distinct (bases, counts) of figures of one grouping; see :meth:`Group.project`."""
        keys = {fold_key(self.reading, i) for i in items}
        if len(keys) != 1:
            raise UnsupportedError("figures of different groupings have no common table.")
        (key,) = keys
        if key not in self._kept:
            return super().project(items, limit)
        if tuple(items) not in self._views:
            at = [2 * self.by_fold[key].index(i) + k for i in items for k in (0, 1)]
            rows = np.unique(self.rows(key)[1][:, at], axis=0)
            self._views[tuple(items)] = Tables(rows[:, 0::2], rows[:, 1::2])
        return self._views[tuple(items)]

    def listed(self, items: Sequence[Item], limit: int = 3_000_000) -> tuple[Ints, Ints]:
        """Return states and rows of a whole listed grouping; see :meth:`Group.listed`."""
        key = fold_key(self.reading, items[0])
        if key in self._kept and list(items) == self.by_fold[key]:
            return self.rows(key)
        return super().listed(items, limit)

    def wider(self, items: Sequence[Item]) -> Group:
        """Return the same with more cells, the tests kept."""
        return Narrowed(self.base.wider(items), self.filters)

    def narrowed_fold(self, key: FoldKey, state: Ints, pick: Callable[[int], int]) -> Fold | None:
        """Return a grouping with the atoms of one listed table only, ready to be drawn.

        `pick` chooses a place below a number; None where the grouping has no test.
        """
        if key not in self._kept:
            return None
        states, rows = self.rows(key)
        mine = np.flatnonzero((states == state).all(axis=1))
        row = rows[mine[pick(len(mine))]]
        items = self.by_fold[key]
        fold = self.base._fold(key, keep={i.outcome for i in items})
        atoms, columns = [], []
        for index, one in enumerate(fold.atoms):
            fits: Any = np.ones(len(one.size), dtype=np.bool_)
            for j, item in enumerate(items):
                if item.level == one.level:
                    local, refs = one.locals[item.outcome], one.refs[item.outcome]
                    place = [i.id for i in local.items].index(item.id)
                    fits &= local.shown[refs] == row[2 * j]
                    fits &= local.cells[refs, place] == row[2 * j + 1]
            left = np.flatnonzero(fits)
            refs_left = {o: r[left] for o, r in one.refs.items()}
            atoms.append(
                replace(
                    one, size=one.size[left], low=one.low[left], high=one.high[left],
                    weight=one.weight[left], refs=refs_left,
                )
            )  # fmt: skip
            columns.append(fold.columns[index][left])
        return replace(
            fold, atoms=tuple(atoms), columns=tuple(columns), plane=None, _forward=[], _final=[]
        )


def _ways(states: Ints, ends: Ints, fold: Fold) -> NDArray[Any]:
    """Return how many rows have each of some states, shape (m,)."""
    keys, number = np.unique(encode(states, fold.box), return_counts=True)
    wanted = encode(ends, fold.box)
    if not len(keys):
        return np.zeros(len(ends), dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, number[at], 0)
