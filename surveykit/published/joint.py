"""Groups of figures whose groupings cross, lie in one another or are read both ways: joint cells.

Where every grouping meets the others in totals over everyone only, those totals are followed
(:mod:`solve`). That is not so where one cross-table is printed by rows and by columns, where `where`
or `within` name several variables, where groupings form a loop. Then respondents are counted by all
that the figures tell apart of them: every kind of respondent is one unknown. The kinds are added one by
one, and every figure that is complete keeps only what prints it; where that is too much to list, the kinds
are the unknowns of a whole-number program (:mod:`certain`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from surveykit.published.document import Count, Figure
from surveykit.published.model import HIDDEN, Item, Key, Level, Reading
from surveykit.published.rounding import count_range
from surveykit.published.solve import Group, Range, Tables
from surveykit.published.states import Ints, TooLargeError

if TYPE_CHECKING:
    from surveykit.published.fold import Fold, FoldKey
    from surveykit.published.local import Block
    from surveykit.published.narrowed import Filter
    from surveykit.published.program import Program
    from surveykit.published.relation import Relation

__all__ = ["JointGroup"]

Where = Mapping[str, tuple[str, ...]]
State = str | frozenset[str] | None
"""What one respondent answered to one variable; None is no answer."""

MOST_STATES = 60_000
"""Combinations of answers to all variables of a group."""

MOST_KINDS = 400
"""Kinds of respondents that the figures of a group tell apart."""

MOST_ROWS = 2_000_000
"""Rows of one step of the list."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """Who is in a figure's base and in its count."""

    where: Where
    within: Where
    responses: bool
    several: bool
    """Whether choices of one question are added up."""

    def of(self, person: Mapping[str, State]) -> tuple[int, int]:
        """Return what one respondent adds to the base and to the count."""
        asked = (*self.where, *self.within)
        if any(person[n] is None for n in asked):
            return 0, 0
        if not all(_hits(person[n], levels) for n, levels in self.within.items()):
            return 0, 0
        if self.responses or self.several:
            ((name, levels),) = self.where.items()
            chosen = person[name]
            assert isinstance(chosen, frozenset)
            return len(chosen) if self.responses else 1, len(chosen & set(levels))
        return 1, int(all(_hits(person[n], levels) for n, levels in self.where.items()))


def _hits(answer: State, levels: Collection[str]) -> bool:
    if isinstance(answer, frozenset):
        return not answer.isdisjoint(levels)
    return answer in levels


class JointGroup(Group):
    """The feasible tables of figures whose groupings cross, over kinds of respondents."""

    def __init__(
        self, reading: Reading, items: Sequence[Item], keep: NDArray[np.bool_] | None = None
    ) -> None:
        super().__init__(reading, items)
        self._keep = keep
        if len(self.kinds) > MOST_KINDS:
            raise TooLargeError("too many kinds of respondents to tell apart")

    # --- the problem -----------------------------------------------------------------------

    @cached_property
    def names(self) -> list[str]:
        """The variables of the group: of its figures, and of the counts that go with them."""
        names = {n for s in self._shapes.values() for n in (*s.where, *s.within)}
        while (
            more := {n for c in self.reading.counts if names & set(c.where) for n in c.where}
            - names
        ):
            names |= more  # fmt: skip
        return sorted(names)

    @cached_property
    def _shapes(self) -> dict[str, _Shape]:
        figures = {f.id: f for f in self.reading.figures}
        return {i.id: self._shape(i, figures.get(i.id)) for i in self.items if i.exact is None}

    def _shape(self, item: Item, figure: Figure | None) -> _Shape:
        several = item.outcome[0] in self.reading.multiple and len(item.levels) > 1
        if figure is not None and any(n in self.reading.filtered for n in item.outcome):
            where, within = dict(figure.where), dict(figure.within)
        else:
            parts = [tuple(sorted({lv[j] for lv in item.levels})) for j in range(len(item.outcome))]
            if math.prod(map(len, parts)) != len(item.levels):
                raise TooLargeError("cells of several variables joined into one")
            where = dict(zip(item.outcome, parts, strict=True))
            within = {n: (lv,) for n, lv in zip(item.by, item.level, strict=True)}
        return _Shape(where, within, item.responses, several)

    @cached_property
    def _counts(self) -> list[Count]:
        return [c for c in self.reading.counts if c.where and set(c.where) <= set(self.names)]

    def _states(self, name: str) -> list[State]:
        levels = self.reading.levels[name]
        out: list[State]
        if name in self.reading.multiple:
            sizes = range(1, len(levels) + 1)
            out = [frozenset(s) for k in sizes for s in itertools.combinations(levels, k)]
        else:
            out = [*levels, *([HIDDEN] if name in self.reading.hidden else [])]
        unanswered = self.reading.missing.get(name, "none") not in ("none", 0)
        return [*out, *([None] if unanswered else [])]

    def _people(self) -> Iterator[dict[str, State]]:
        sizes = [
            2 ** len(self.reading.levels[n]) if n in self.reading.multiple else len(self._states(n))
            for n in self.names
        ]
        if math.prod(sizes) > MOST_STATES:
            raise TooLargeError("too many combinations of answers to list")
        for answers in itertools.product(*(self._states(n) for n in self.names)):
            yield dict(zip(self.names, answers, strict=True))

    @cached_property
    def _fixed(self) -> list[tuple[str, State, int]]:
        """Numbers that the reading states: of those who did not answer, of those hidden."""
        missing, hidden = self.reading.missing, self.reading.hidden
        out: list[tuple[str, State, int]] = []
        for name in self.names:
            if isinstance(n := missing.get(name), int) and n:
                out.append((name, None, n))
            if isinstance(n := hidden.get(name), int):
                out.append((name, HIDDEN, n))
        return out

    @cached_property
    def wanted(self) -> Ints:
        """The printed and stated numbers, in the order of the last columns of `kinds`."""
        stated = [c.count for c in self._counts] + [n for *_, n in self._fixed]
        return np.array(stated, dtype=np.int64)

    @cached_property
    def kinds(self) -> Ints:
        """What one respondent of each kind adds to (base, count) of every figure, to every printed
        number: shape (kinds, 2 * figures + numbers)."""
        found = set()
        for person in self._people():
            row = [x for s in self._shapes.values() for x in s.of(person)]
            for count in self._counts:
                answered = all(person[n] is not None for n in count.where)
                row.append(answered and all(_hits(person[n], v) for n, v in count.where.items()))
            row += [person[name] == answer for name, answer, _ in self._fixed]
            found.add(tuple(map(int, row)))
        return np.array(sorted(found), dtype=np.int64).reshape(len(found), -1)

    # --- every table -----------------------------------------------------------------------

    @cached_property
    def rows(self) -> Ints:
        """Base and count of every figure, side by side, in every feasible table.

        Raises
        ------
        TooLargeError
            When they are too many to list.
        """
        order = self._order()
        kinds = np.c_[np.ones(len(order), dtype=np.int64), self.kinds[order]]
        total, width = self.reading.total or 0, 2 * len(self._shapes)
        most = np.r_[total, np.full(width, np.iinfo(np.int64).max), self.wanted]
        rows = np.zeros((1, kinds.shape[1]), dtype=np.int64)
        for at, kind in enumerate(kinds):
            rows = _added(rows, kind, most)
            later = kinds[at + 1 :].any(axis=0)
            rows = self._printing(rows, kind, later, most)
        rows = np.unique(self._based(rows)[:, 1 : 1 + width], axis=0)
        return rows if self._keep is None else rows[self._keep]

    def _order(self) -> list[int]:
        """Return the kinds so that the base of one figure after the other is complete early."""
        left, order = set(range(len(self.kinds))), []
        bases = [self.kinds[:, j] > 0 for j in range(0, 2 * len(self._shapes), 2)]
        bases += [self.kinds[:, j] > 0 for j in range(2 * len(self._shapes), self.kinds.shape[1])]
        sets = [set(np.flatnonzero(b).tolist()) for b in bases]
        while left:
            open_ = [s & left for s in sets if s & left]
            following = min(open_, key=len) if open_ else left
            order += sorted(following)
            left -= following
        return order

    def _printing(self, rows: Ints, kind: Ints, later: NDArray[np.bool_], most: Ints) -> Ints:
        """Keep the rows in which every number that this kind has completed is as printed."""
        done = (kind > 0) & ~later
        keep = np.ones(len(rows), dtype=bool)
        at = [0, *range(1 + 2 * len(self._shapes), rows.shape[1])]
        for j in at:
            if not later[j]:
                keep &= rows[:, j] == most[j]
        items = [i for i in self.items if i.exact is None]
        for j, item in enumerate(items):
            if item.percent is None or not done[1 + 2 * j]:
                continue
            low, high = count_range(item.percent, rows[:, 1 + 2 * j], self.reading.rounding)
            keep &= (low <= rows[:, 2 + 2 * j]) & (rows[:, 2 + 2 * j] <= high)
        return rows[keep]

    def _based(self, rows: Ints) -> Ints:
        """Keep the rows in which every printed figure has somebody in its base."""
        items = [i for i in self.items if i.exact is None]
        at = [1 + 2 * j for j, i in enumerate(items) if i.percent is not None]
        return rows[(rows[:, at] > 0).all(axis=1)]

    @cached_property
    def followed(self) -> bool:
        """Whether the tables are few enough to list."""
        try:
            self.rows  # noqa: B018
        except TooLargeError:
            return False
        return True

    @cached_property
    def feasible(self) -> bool:
        """Whether any table prints all the figures."""
        return len(self.rows) > 0 if self.followed else self.large.feasible

    exact = True

    @cached_property
    def number(self) -> int:
        """Number of distinct feasible tables of the printed figures."""
        printed = [i for i in self.items if i.exact is None and i.percent is not None]
        return len(self.project(printed or self._figures).counts)

    def ranges(self, item: Item) -> tuple[Range, Range] | None:
        """Return the exact smallest and largest base and count of a figure, None when infeasible."""
        if not self.feasible:
            return None
        if not self.followed:
            return self._span(item)
        found = self.rows[:, self._columns([item])]
        (base, count), (base_most, count_most) = found.min(axis=0), found.max(axis=0)
        return (int(base), int(base_most)), (int(count), int(count_most))

    def _columns(self, items: Sequence[Item]) -> list[int]:
        ids = list(self._shapes)
        return [2 * ids.index(i.id) + k for i in items for k in (0, 1)]

    def _project(self, items: Sequence[Item], limit: int) -> Tables:
        values = np.unique(self.rows[:, self._columns(items)], axis=0)
        return Tables(values[:, 0::2], values[:, 1::2])

    def narrowed(self, filters: Mapping[FoldKey, Sequence[Filter]]) -> JointGroup:
        """Return the group of the tables that pass filters, each of the figures of one grouping."""
        keep = np.ones(len(self.rows), dtype=bool)
        for key, passes in filters.items():
            items = self.by_fold[key]
            values = self.rows[:, self._columns(items)]
            for one in passes:
                keep &= one(items, Tables(values[:, 0::2], values[:, 1::2]))
        if self._keep is not None:
            inner, keep = keep, self._keep.copy()
            keep[np.flatnonzero(keep)] = inner
        return JointGroup(self.reading, self.items, keep)

    # --- too large to list -----------------------------------------------------------------

    def program(self, without: Collection[str] = ()) -> Program:
        """Write the group as a whole-number program; figures in `without` are not printed."""
        from surveykit.published.program import Program, percentage

        total, program = self.reading.total or 0, Program()
        kinds = [program.unknown(0, total) for _ in self.kinds]
        program.row(dict.fromkeys(kinds, 1), total, total)
        numbers = self.kinds[:, 2 * len(self._shapes) :]
        for column, wanted in zip(numbers.T.tolist(), self.wanted.tolist(), strict=True):
            program.row(_sum(kinds, column), wanted, wanted)
        items = {i.id: i for i in self.items}
        bases: dict[tuple[int, ...], int] = {}
        for j, id in enumerate(self._shapes):
            base, count = self.kinds[:, 2 * j : 2 * j + 2].T.tolist()
            place = bases.get(tuple(base))
            if place is None:
                place = bases[tuple(base)] = program.unknown(0, total * max(base))
                program.bases.append(place)
                program.row({**_sum(kinds, base), place: -1}, 0, 0)
            cells = program.unknown(0, total * max(count, default=0))
            program.row({**_sum(kinds, count), cells: -1}, 0, 0)
            printed = items[id].percent
            if printed is not None and id not in without:
                percentage(program, printed, self.reading.rounding, place, {cells: 1})
            program.places[id] = place, {cells: 1}
        return program

    # --- what only totals over everyone have -------------------------------------------------

    @property
    def relations(self) -> dict[FoldKey, tuple[Relation, Ints]]:
        """None: no grouping stands for itself."""
        return {}

    def total_range(self, outcome: Key, levels: Block) -> Range | None:
        """Return None: totals are not followed one by one."""
        return None

    def total_spans(self, item: Item) -> None:
        """Return None: see :meth:`wider`."""
        return

    def share_range(self, outcome: Key, levels: Block) -> None:
        """Return None: totals are not followed one by one."""
        return

    def size_range(self, by: Key, level: Level) -> Range | None:
        """Return the size of a group where it is the base of a figure that all of it answered."""
        for item in self.items:
            same = (item.by, item.level) == (by, level) and not item.responses
            if same and item.exact is None and self.reading.answered_by_all(item.outcome):
                found = self.ranges(item)
                return found[0] if found else None
        return None

    def listed(self, items: Sequence[Item], limit: int = 3_000_000) -> tuple[Ints, Ints]:
        """Raise TooLargeError: there are no states of one grouping."""
        raise TooLargeError("groupings that cross are not followed one by one")

    @property
    def folds(self) -> dict[FoldKey, Fold]:
        """Raise TooLargeError: there are no states of one grouping."""
        raise TooLargeError("groupings that cross are not followed one by one")


Group.crossed = JointGroup


def _sum(unknowns: Sequence[int], factors: Sequence[int]) -> dict[int, int]:
    return {x: f for x, f in zip(unknowns, factors, strict=True) if f}


def _added(rows: Ints, kind: Ints, most: Ints) -> Ints:
    """Add 0, 1, 2, … respondents of one kind to every row, while no number is exceeded."""
    counted = np.flatnonzero((kind > 0) & (most < np.iinfo(np.int64).max))
    room = ((most[counted] - rows[:, counted]) // kind[counted]).min(axis=1)
    ways = room + 1
    if int(ways.sum()) > MOST_ROWS:
        raise TooLargeError("too many tables of kinds of respondents to list")
    again = np.repeat(np.arange(len(rows)), ways)
    step = np.arange(len(again)) - np.repeat(np.cumsum(ways) - ways, ways)
    return np.unique(rows[again] + step[:, None] * kind, axis=0)
