"""Means by group, the mean over everyone and percentages of the same people: solved together.

The percentages' feasible tables (:mod:`solve`) say how many people each group can have, and how many
of them at which scores. For each such table the (sum, sum of squares) that print a group's mean are
listed, added up over the groups, and compared with what prints the mean over everyone. People whose
score no figure tells may have any. Where a step would be too large it is replaced by a weaker one:
what is then refuted stays refuted, and what is not is no longer called exact.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import comb

from surveykit.errors import UnsupportedError
from surveykit.published.document_means import PrintedMean
from surveykit.published.means_sums import (
    Blocks,
    Cell,
    Sums,
    fits,
    measured,
    options_of,
    printing,
)
from surveykit.published.model import HIDDEN, Item, Key, Level, Reading, groups_of
from surveykit.published.scores import Scores
from surveykit.published.solve import Range, group_for
from surveykit.published.states import TooLargeError

__all__ = ["WORK", "Solution", "System", "partition", "subject"]

MOST_ROWS = 60_000
MOST_ATOMS = 60_000
MOST_OPTIONS = 100_000
WORK = 300_000
"""Sums compared for one grouping before a weaker check takes over: a second or two."""
MOST_SIZED = 30_000
MOST_STILL = 60_000


@dataclass(frozen=True, slots=True)
class Solution:
    """Whether means and percentages can be true together, and what they leave each other.

    `exact` False: a weaker check was made, which refutes nothing that is true. `bases`, `sums`: of
    each mean's id; `spans`: base and count of percentages, where they are narrowed.
    """

    feasible: bool
    exact: bool
    bases: Mapping[str, Range] = field(default_factory=dict)
    sums: Mapping[str, Range] = field(default_factory=dict)
    spans: Mapping[str, tuple[Range, Range]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One table of the percentages: a cell for each group with a mean, and for all others."""

    cells: tuple[Cell, ...]
    rest: tuple[Cell, ...]
    """Everyone else: one cell for each number that they can be."""


def subject(mean: PrintedMean, reading: Reading) -> tuple[str, Reading]:
    """Return the variable that a mean is of, and the reading with it.

    A mean of scores that are no levels of the file (or are totals of several items) is of a
    variable of one level: who has a score.
    """
    if mean.of in reading.levels and mean.items == 1:
        return mean.of, reading
    name = f"{mean.of} (score)"
    missing = reading.missing.get(mean.of, "none")
    return name, replace(
        reading,
        levels={**reading.levels, name: ("any",)},
        missing={**reading.missing, name: missing},
    )


class System:
    """Means of one variable with some percentages, in one reading.

    Parameters
    ----------
    means : with the group each is of, as (grouping, level, mean)
    reading : Reading
    items : percentages to be true as well
    pins : people and sum that some means are to have
    work : sums to compare for one grouping before a weaker check takes over
    """

    def __init__(
        self,
        means: Sequence[tuple[Key, Level, PrintedMean]],
        reading: Reading,
        items: Sequence[Item],
        pins: Mapping[str, tuple[int, int]] | None = None,
        work: int = WORK,
    ) -> None:
        first = means[0][2]
        self.work = work
        self.pins = pins or {}
        self.name, self.reading = subject(first, reading)
        self.means = list(means)
        self.items = list(items)
        self.scores = first.totals
        named = self.name == first.of
        self.score = (
            dict(zip(self.reading.levels[self.name], first.scores, strict=True)) if named else {}
        )
        self.exact = True

    def solve(self, *, spans: bool = False) -> Solution:
        """Solve; with `spans`, also what each mean and percentage can be."""
        everyone = [m for by, _, m in self.means if by == ()]
        chains = [Chain(self, by, levels, everyone) for by, levels in self._groupings()]
        parts = [chain.solve(spans=spans) for chain in chains]
        feasible = all(p.feasible for p in parts)
        if feasible and len(chains) > 1:
            feasible = self._same_everyone(chains)
        exact = all(p.exact for p in parts) and (len([c for c in chains if c.by]) < 2)
        if not (feasible and spans):
            return Solution(feasible, exact)
        return Solution(
            True, exact,
            _narrowest(p.bases for p in parts),
            _narrowest(p.sums for p in parts),
            {i: s for p in parts for i, s in p.spans.items()},
        )  # fmt: skip

    def _groupings(self) -> list[tuple[Key, tuple[Level, ...]]]:
        """Return groupings with the groups that have a mean; overlapping groups stand alone."""
        out: dict[Key, list[Level]] = {}
        for by, level, _ in self.means:
            if level not in out.setdefault(by, []):
                out[by].append(level)
        found: list[tuple[Key, tuple[Level, ...]]] = []
        for by, levels in out.items():
            if any(n in self.reading.multiple for n in by):
                found += [(by, (lv,)) for lv in levels]
            else:
                found.append((by, tuple(levels)))
        return found

    def _same_everyone(self, chains: Sequence[Chain]) -> bool:
        """Whether groupings that cover everyone can have the same sums."""
        whole = [c for c in chains if c.by and c.complete and c.covered]
        if len(whole) < 2:
            return True
        try:
            totals = [c.totals() for c in whole]
        except TooLargeError:
            return True
        return bool(frozenset.intersection(*totals))

    @cached_property
    def squared(self) -> bool:
        """Whether sums of squares are followed from groups to everyone."""
        return any(m.sd is not None for by, _, m in self.means if by == ())

    def block(self, levels: Iterable[Level]) -> Scores:
        """Return the scores of some levels."""
        return tuple(sorted(self.score[lv[0]] for lv in levels))


def _narrowest(parts: Iterable[Mapping[str, Range]]) -> dict[str, Range]:
    out: dict[str, Range] = {}
    for part in parts:
        for id, (low, high) in part.items():
            known = out.get(id, (low, high))
            out[id] = (max(low, known[0]), min(high, known[1]))
    return out


class Chain:
    """One grouping of a system: its groups with a mean, everyone else, and everyone."""

    def __init__(
        self, system: System, by: Key, levels: tuple[Level, ...], everyone: Sequence[PrintedMean]
    ) -> None:
        self.system, self.by, self.levels = system, by, levels
        self.reading = system.reading
        self.of = {
            lv: [m for b, level, m in system.means if (b, level) == (by, lv)] for lv in levels
        }
        self.everyone = list(everyone) if by else []
        self.exact = True
        self.outcome = (system.name,)
        self.work = system.work
        self.squared = bool(by) and system.squared

    # --- shape ------------------------------------------------------------------------------

    @cached_property
    def complete(self) -> bool:
        """Whether the groups partition everyone."""
        return not any(
            n in self.reading.multiple or n in self.reading.hidden for n in self.by
        ) and (self.reading.answered_by_all(self.by))

    @cached_property
    def covered(self) -> bool:
        """Whether every group has a mean."""
        return set(self.levels) == set(self.reading.levels_of(self.by))

    # --- solving ----------------------------------------------------------------------------

    def solve(self, *, spans: bool) -> Solution:
        """Solve; without sums of squares over the groups where those are too many."""
        try:
            return self._solve(spans=spans)
        except TooLargeError:
            if not self.squared:
                raise
            self.squared = self.exact = False
            return self._solve(spans=spans)

    def _solve(self, *, spans: bool) -> Solution:
        """Solve by tables of the percentages, else by sizes alone."""
        rows = self._rows()
        if rows is None:
            return self._by_sizes(spans=spans)
        good = []
        for row in rows:
            if self._holds(row):
                good.append(row)
                if not spans:
                    break
        if not good or not spans:
            return Solution(bool(good), self.exact)
        return self._spanned(good)

    def _holds(self, row: Row) -> bool:
        options = [
            self.options(c, self.of[lv]) for c, lv in zip(row.cells, self.levels, strict=True)
        ]
        if not all(options):
            return False
        return not self.everyone or self._adds_up(options, row)

    def _adds_up(self, options: Sequence[Sums], row: Row) -> bool:
        """Whether the groups' sums and everyone else's print the mean over everyone."""
        states = self._convolved(options)
        if states is None:
            self.exact = False
            return self._bounded(options, row)
        people = sum(c.n for c in row.cells)
        return any(self._completed(states, people, rest) for rest in row.rest)

    def _convolved(self, options: Sequence[Sums]) -> Sums | None:
        """Return all sums of the groups together, None where they are too many."""
        state: Sums = frozenset([(0, 0)])
        for moves in options:
            if len(state) * len(moves) > MOST_OPTIONS:
                return None
            state = frozenset((a + c, b + d) for (a, b), (c, d) in itertools.product(state, moves))
        return state

    def _targets(self, n: int) -> Sums:
        """Return the sums of n people that print every mean over everyone."""
        found = printing(measured(self.everyone, self.reading), self.system.scores, n, self.squared)
        return self._pinned(found, self.everyone, n)

    def _completed(self, states: Sums, people: int, rest: Cell) -> bool:
        targets = self._targets(people + rest.n)
        if rest.n == 0:
            return not targets.isdisjoint(states)
        if not self._affords(len(states) * len(targets)):
            return True
        return any(
            fits(rest, t[0] - s[0], t[1] - s[1] if self.squared else None)
            for s, t in itertools.product(states, targets)
        )

    def _affords(self, work: int) -> bool:
        """Whether so many sums may still be compared; once not, nothing is called exact."""
        self.work -= work
        self.exact = self.exact and self.work >= 0
        return self.work >= 0

    def _bounded(self, options: Sequence[Sums], row: Row) -> bool:
        """The same by smallest and largest sums, and smallest and largest squares."""
        ends = [
            (sum(min(o[k] for o in some) for some in options),
             sum(max(o[k] for o in some) for some in options))
            for k in (0, 1)
        ]  # fmt: skip
        people = sum(c.n for c in row.cells)
        for rest in row.rest:
            first, last = rest.n * self.system.scores[0], rest.n * self.system.scores[-1]
            most = max(s * s for s in self.system.scores) * rest.n
            for s, q in self._targets(people + rest.n):
                if ends[0][0] + first <= s <= ends[0][1] + last and (
                    not self.squared or ends[1][0] <= q <= ends[1][1] + most
                ):
                    return True
        return False

    def options(self, cell: Cell, means: Sequence[PrintedMean]) -> Sums:
        """Return the sums of a group's people that print its means."""
        found = options_of(cell, measured(means, self.reading), self.system.scores, self.squared)
        return self._pinned(found, means, cell.n)

    def _pinned(self, sums: Sums, means: Iterable[PrintedMean], n: int) -> Sums:
        """Return the sums that pinned means have."""
        pins = [self.system.pins[m.id] for m in means if m.id in self.system.pins]
        for people, total in pins:
            sums = frozenset(o for o in sums if (people, total) == (n, o[0]))
        return sums

    def totals(self) -> Sums:
        """Return all (people, sum) of everyone that the groups' means allow."""
        rows = self._rows()
        if rows is None:
            raise TooLargeError("group sizes are not known")
        out: set[tuple[int, int]] = set()
        for row in rows:
            options = [self.options(c, self.of[lv]) for c, lv in zip(row.cells, self.levels, strict=True)]  # fmt: skip
            if not all(options):
                continue
            states = self._convolved([frozenset((s, 0) for s, _ in o) for o in options])
            if states is None:
                raise TooLargeError("too many sums of groups")
            people = sum(c.n for c in row.cells)
            out |= {(people, s) for s, _ in states}
        return frozenset(out)

    # --- tables of the percentages ------------------------------------------------------------

    def _rows(self) -> list[Row] | None:
        """Return all tables of the percentages, None where sizes are to be followed instead."""
        told = self._told_sizes()
        if told is not None:
            return told
        for full in (True, False):
            try:
                found = self._projected(full=full)
            except (TooLargeError, UnsupportedError):
                self.exact = False
                continue
            if found is not None:
                return found
            self.exact = True
            break
        return self._known_sizes()

    def _known_sizes(self) -> list[Row] | None:
        """Return the one table that printed sizes make, where no percentage matters."""
        return self._row_of([self.reading.size(self.by, lv) for lv in self.levels])

    def _told_sizes(self) -> list[Row] | None:
        """The same where percentages pin every size, and none of them is of the scores."""
        mine = any(self.outcome in (i.outcome, i.by) for i in self.system.items)
        if mine or not self.by or not self.system.items or self._told_elsewhere():
            return None
        sizes: list[int | None] = []
        for lv in self.levels:
            span = self._linked_size(lv)
            known = span[0] if span is not None and span[0] == span[1] else None
            sizes.append(known if known is not None else self.reading.size(self.by, lv))
        return self._row_of(sizes)

    def _row_of(self, sizes: Sequence[int | None]) -> list[Row] | None:
        reading = self.reading
        if (
            None in sizes
            or not reading.answered_by_all(self.outcome)
            or (self.everyone and reading.total is None)
        ):
            return None
        whole = (self.system.scores,)
        cells = tuple(Cell(n, (n,), whole) for n in sizes if n is not None)
        if any(c.n == 0 for c in cells):
            return []
        left = max(0, (reading.total or 0) - sum(c.n for c in cells))
        return [Row(cells, (Cell(left, (left,), whole),))]

    def _asked(self, *, full: bool) -> dict[Level, tuple[frozenset[Level], ...]]:
        """Return for each group the blocks of levels whose numbers are asked for."""
        mine = [
            i for i in (*self.system.items, *self.reading.evidence) if i.outcome == self.outcome
        ]
        others = self._told_elsewhere() if full else []
        real = [lv for lv in self.reading.levels_of(self.by) if HIDDEN not in lv]
        out = {}
        for level in real if self.by else [()]:
            if self.reading.multiple & set(self.by) and level not in self.levels:
                continue
            here = mine if full else [i for i in mine if (i.by, i.level) == (self.by, level)]
            sets = [*(i.levels for i in here), *others]
            out[level] = partition(self.reading.levels_of(self.outcome), sets)
        return out

    def _told_elsewhere(self) -> list[frozenset[Level]]:
        """Return levels whose number over everyone is printed, or that other shares are of."""
        sized = [i.level for i in self.system.items if i.by == self.outcome]
        levels = self.reading.levels_of(self.outcome)
        sized += [lv for lv in levels if self.reading.size(self.outcome, lv) is not None]
        return [frozenset([lv]) for lv in dict.fromkeys(sized)] if len(levels) > 1 else []

    def _projected(self, *, full: bool) -> list[Row] | None:
        if self.reading.total is None:
            return None
        asked = self._asked(full=full)
        cells = {
            level: [
                Item(f"score {k} {level}", self.outcome, b, self.by, level, None)
                for k, b in enumerate(blocks)
            ]
            for level, blocks in asked.items()
        }
        wanted = [i for items in cells.values() for i in (items[:-1] or items)]
        linked = self._linked(wanted)
        if not linked and not self._told_elsewhere():
            return None
        self._affordable(asked)
        group = group_for(self.reading, [*linked, *wanted])
        self.exact = self.exact and group.exact
        if not group.feasible:
            return []
        if not group.followed:
            raise TooLargeError("too many tables of the percentages")
        tables = group.project(wanted, MOST_ROWS)
        if len(tables.counts) > MOST_ROWS:
            raise TooLargeError("too many tables of the percentages")
        return list(self._read(wanted, tables.bases.tolist(), tables.counts.tolist(), asked))

    def _linked(self, wanted: Sequence[Item]) -> list[Item]:
        """Return the percentages and printed counts that share an unknown with these cells."""
        known = [*self.system.items, *self.reading.evidence]
        ids = {i.id for i in wanted}
        groups = groups_of(self.reading, [*known, *wanted])
        return [
            i for g in groups if any(x.id in ids for x in g) for i in g if i.id not in ids
        ]  # fmt: skip

    def _affordable(self, asked: Mapping[Level, Sequence[frozenset[Level]]]) -> None:
        """Refuse to list cells that nothing printed limits, where they would be many."""
        atoms = 1
        for level, blocks in asked.items():
            least, most = self.reading.base(self.by, level, self.outcome)
            said = {
                i.levels for i in self.system.items
                if (i.outcome, i.by, i.level) == (self.outcome, self.by, level)
            }  # fmt: skip
            free = max(0, len(blocks) - 1 - len(said))
            sizes = 1 if least == most or said else most - least + 1
            atoms *= comb(most + free, free) * sizes
            if atoms > MOST_ATOMS:
                raise TooLargeError("too many tables of the percentages")

    def _read(
        self,
        wanted: Sequence[Item],
        bases: Sequence[Sequence[int]],
        counts: Sequence[Sequence[int]],
        asked: Mapping[Level, tuple[frozenset[Level], ...]],
    ) -> Iterator[Row]:
        at: dict[Level, list[int]] = {}
        for j, item in enumerate(wanted):
            at.setdefault(item.level, []).append(j)
        seen = set()
        for base, count in zip(bases, counts, strict=True):
            cells = {lv: self._cell(asked[lv], [base[j] for j in js], [count[j] for j in js])
                     for lv, js in at.items()}  # fmt: skip
            own = tuple(cells[lv] for lv in self.levels)
            if any(c.n == 0 for c in own):
                continue
            row = Row(own, tuple(self._rest([c for lv, c in cells.items() if lv not in self.levels], sum(c.n for c in cells.values()))))  # fmt: skip
            if row not in seen:
                seen.add(row)
                yield row

    def _cell(
        self, blocks: Sequence[frozenset[Level]], bases: Sequence[int], counts: Sequence[int]
    ) -> Cell:
        n = bases[0]
        told = list(counts) if len(blocks) > 1 else []
        scores: Blocks = (
            tuple(self.system.block(b) for b in blocks)
            if self.system.score
            else (self.system.scores,)
        )
        return Cell(n, (*told, n - sum(told)), scores)

    def _rest(self, others: Sequence[Cell], people: int) -> Iterator[Cell]:
        """Return everyone outside the groups with a mean: one cell for each possible number."""
        if not self.by or not self.everyone:
            yield Cell(0, (0,), (self.system.scores,))
            return
        same = {c.blocks for c in others}
        if not self.complete and any(len(b) > 1 for b in same):
            self.exact = False
        n = sum(c.n for c in others)
        merged = Cell(n, (n,), (self.system.scores,))
        if len(same) == 1:
            merged = Cell(n, tuple(map(sum, zip(*(c.counts for c in others), strict=True))), same.pop())  # fmt: skip
        elif others:
            self.exact = False
        if self.complete:
            yield merged
            return
        least, most = self.reading.answering(self.outcome)
        if any(i.outcome == self.outcome and i.by == () for i in self.system.items):
            self.exact = False
        if least < most:
            self.exact = False
        for total in range(max(least, people), most + 1):
            more = total - people + n
            yield Cell(more, (more,), (self.system.scores,))

    # --- sizes alone ---------------------------------------------------------------------------

    def _by_sizes(self, *, spans: bool) -> Solution:
        """Follow (people, sum, squares) over the groups, each of every size that it can have."""
        out = Solution(True, False)
        if self.reading.total is None and None in [self.reading.size(self.by, lv) for lv in self.levels]:  # fmt: skip
            return out
        ways = {lv: self._sized(lv) for lv in self.levels}
        if any(not w for w in ways.values()):
            return Solution(False, self.exact)
        if self.reading.total is None:
            return Solution(True, self.exact)
        least, most = self.reading.answering(self.outcome)
        outside = self._outside()

        def meets(state: Triples) -> set[tuple[int, int]]:
            """Return the people and sums of everyone that a state can be part of."""
            if self.everyone:
                return self._ends_meet(state, (least, most), outside)
            return {
                (n, 0) for n, *_ in state
                if max(n + outside[0], least) <= min(n + outside[1], most)
            }  # fmt: skip

        moves = [{(n, s, q if self.squared else 0) for n, s, q in ways[lv]} for lv in self.levels]
        try:
            needed = (max(0, least - outside[1]), most - outside[0])
            ends = meets(_paired(self._added(moves[:-1], most), moves[-1], needed))
        except TooLargeError:
            return Solution(True, False)
        if not ends or not spans:
            return Solution(bool(ends), self.exact)
        return self._ways_spans(
            [self._still(moves, k, most, needed, meets) for k in range(len(moves))], ends
        )

    def _added(self, moves: Sequence[Triples], most: int) -> Triples:
        """Return all (people, sum, squares) of some groups together."""
        state = {(0, 0, 0)}
        for some in moves:
            state = _paired(state, some, (0, most))
        return state

    def _still(
        self,
        moves: Sequence[Triples],
        k: int,
        most: int,
        needed: Range,
        meets: Callable[[Triples], set[tuple[int, int]]],
    ) -> Triples:
        """Return what one group can be beside the others."""
        try:
            others = self._added([m for j, m in enumerate(moves) if j != k], most)
            if _pairs(others, moves[k], needed) > MOST_STILL:
                raise TooLargeError("too many sums of groups")
        except TooLargeError:
            self.exact = False
            return moves[k]
        return {o for o in moves[k] if meets(_paired(others, {o}, needed))}

    def _outside(self) -> Range:
        """Return how many with a score can be outside the groups with a mean."""
        reading = self.reading
        if not self.complete:
            return 0, reading.total or 0
        left = [lv for lv in reading.levels_of(self.by) if lv not in self.levels]
        sizes = [reading.size(self.by, lv) for lv in left]
        known = sum(s for s in sizes if s is not None)
        least = known if reading.answered_by_all(self.outcome) else 0
        return least, (reading.total or 0) if None in sizes else known

    def _ends_meet(self, state: Triples, everyone: Range, outside: Range) -> set[tuple[int, int]]:
        """Return the (people, sum) of everyone that print their mean with such groups."""
        by_people: dict[int, set[tuple[int, int]]] = {}
        for n, s, q in state:
            by_people.setdefault(n, set()).add((s, q))
        out: set[tuple[int, int]] = set()
        for n, sums in by_people.items():
            least, most = max(n + outside[0], everyone[0]), min(n + outside[1], everyone[1])
            for total in range(least, most + 1):
                targets = self._targets(total)
                if not self._affords(len(sums) * len(targets)):
                    out |= {(total, t) for t, _ in targets}
                    continue
                rest = Cell(total - n, (total - n,), (self.system.scores,))
                out |= {(total, t) for t in self._hit(frozenset(sums), targets, rest)}
        return out

    def _hit(self, states: Sums, targets: Sums, rest: Cell) -> set[int]:
        """Return the sums of everyone that groups and everyone else add up to."""
        if rest.n == 0:
            return {s for s, _ in targets & states}
        out: set[int] = set()
        for t, s in itertools.product(targets, states):
            if t[0] not in out and fits(rest, t[0] - s[0], t[1] - s[1] if self.squared else None):
                out.add(t[0])
        return out

    def _sized(self, level: Level) -> Triples:
        """Return the (people, sum, squares) of every size that print a group's means."""
        least, most = self.reading.base(self.by, level, self.outcome)
        span = self._linked_size(level)
        if span is not None:
            self.exact, most = False, min(most, span[1])
            least = max(least, span[0]) if self.reading.answered_by_all(self.outcome) else least
        out = set()
        for n in range(max(1, least), most + 1):
            cell = Cell(n, (n,), (self.system.scores,))
            out |= {(n, s, q) for s, q in self.options(cell, self.of[level])}
            if len(out) > MOST_SIZED:
                raise TooLargeError("the base of a mean is not printed")
        return out

    def _linked_size(self, level: Level) -> Range | None:
        """Return the sizes of a group that the percentages of its people leave."""
        items, people = self.system.items, frozenset([level])
        shares = [i for i in items if (i.outcome, i.by, i.levels) == (self.by, (), people)]
        mine = shares or [i for i in items if i.by == self.by and self.by]
        if not mine or self.reading.multiple & set(self.by):
            return None
        try:
            group = group_for(self.reading, [*mine, *self._linked(mine)])
            if not group.followed or not group.feasible:
                return None
            found = group.ranges(shares[0]) if shares else None
            return found[1] if found else group.size_range(self.by, level)
        except (TooLargeError, UnsupportedError):
            return None

    def _ways_spans(self, left: Sequence[Triples], ends: set[tuple[int, int]]) -> Solution:
        bases: dict[str, Range] = {}
        sums: dict[str, Range] = {}
        for lv, some in zip(self.levels, left, strict=True):
            for m in self.of[lv] if some else ():
                bases[m.id] = (min(w[0] for w in some), max(w[0] for w in some))
                sums[m.id] = (min(w[1] for w in some), max(w[1] for w in some))
        self._add_everyone(bases, sums, ends)
        return Solution(True, self.exact, bases, sums)

    def _add_everyone(
        self, bases: dict[str, Range], sums: dict[str, Range], ends: Iterable[tuple[int, int]]
    ) -> None:
        for n, total in ends if self.everyone else ():
            for m in self.everyone:
                bases[m.id] = _wider(bases.get(m.id), n, n)
                sums[m.id] = _wider(sums.get(m.id), total, total)

    # --- what is left to each -------------------------------------------------------------------

    def _spanned(self, good: Sequence[Row]) -> Solution:
        bases: dict[str, Range] = {}
        sums: dict[str, Range] = {}
        counts: dict[str, tuple[Range, Range]] = {}
        for row in good:
            self._add_everyone(bases, sums, self._ends(row))
            for k, (cell, level) in enumerate(zip(row.cells, self.levels, strict=True)):
                left = self._left(row, k)
                low, high = min(s for s, _ in left), max(s for s, _ in left)
                for m in self.of[level]:
                    bases[m.id] = _wider(bases.get(m.id), cell.n, cell.n)
                    sums[m.id] = _wider(sums.get(m.id), low, high)
                self._count(counts, cell, level)
        return Solution(True, self.exact, bases, sums, counts)

    def _ends(self, row: Row) -> set[tuple[int, int]]:
        """Return the (people, sum) of everyone that a table can have."""
        people = sum(c.n for c in row.cells)
        states = None
        if self.everyone:
            states = self._convolved([self.options(c, self.of[lv]) for c, lv in zip(row.cells, self.levels, strict=True)])  # fmt: skip
        out: set[tuple[int, int]] = set()
        for rest in row.rest if self.everyone else ():
            total = people + rest.n
            targets = self._targets(total)
            if states is None or not self._affords(len(states) * len(targets)):
                self.exact = False
                out |= {(total, t) for t, _ in targets}
            else:
                out |= {(total, t) for t in self._hit(states, targets, rest)}
        return out

    def _count(self, counts: dict[str, tuple[Range, Range]], cell: Cell, level: Level) -> None:
        """Add what a cell says of the percentages printed of it."""
        for item in self.system.items:
            if (item.outcome, item.by, item.level) != (self.outcome, self.by, level):
                continue
            told = set(self.system.block(item.levels))
            parts = [c for c, b in zip(cell.counts, cell.blocks, strict=True) if set(b) <= told]
            mine = {s for b in cell.blocks if set(b) <= told for s in b}
            if mine != told:
                continue
            base, count = counts.get(item.id, (None, None))
            counts[item.id] = (_wider(base, cell.n, cell.n), _wider(count, sum(parts), sum(parts)))

    def _left(self, row: Row, k: int) -> Sums:
        """Return the sums of one group that the others and everyone's mean leave."""
        options = [self.options(c, self.of[lv]) for c, lv in zip(row.cells, self.levels, strict=True)]  # fmt: skip
        if not self.everyone:
            return options[k]
        others = self._convolved([o for j, o in enumerate(options) if j != k])
        if others is None or not self._affords(len(others) * len(options[k])):
            self.exact = False
            return options[k]
        people = sum(c.n for c in row.cells)
        left = frozenset(
            o for o in options[k]
            if any(self._completed(frozenset((a + o[0], b + o[1]) for a, b in others), people, r)
                   for r in row.rest)
        )  # fmt: skip
        return left or options[k]


Triples = set[tuple[int, int, int]]
"""(people, sum, sum of squares) of some people; the squares are 0 where they are not followed."""


def _pairs(state: Triples, more: Triples, needed: Range) -> int:
    """Return how many pairs of two sets have as many people as are needed."""
    sizes = Counter(n for n, *_ in state)
    return sum(
        sizes[n] * times
        for a, times in Counter(n for n, *_ in more).items()
        for n in range(max(0, needed[0] - a), needed[1] - a + 1)
        if n in sizes
    )


def _paired(state: Triples, more: Triples, needed: Range) -> Triples:
    """Return the sums of two sets that have as many people as are needed."""
    if _pairs(state, more, needed) > 4 * MOST_OPTIONS:
        raise TooLargeError("too many sums of groups")
    by_people: dict[int, list[tuple[int, int]]] = {}
    for n, s, q in state:
        by_people.setdefault(n, []).append((s, q))
    return {
        (n + a, s + b, q + c)
        for a, b, c in more
        for n in range(max(0, needed[0] - a), needed[1] - a + 1)
        for s, q in by_people.get(n, ())
    }


def _wider(known: Range | None, low: int, high: int) -> Range:
    return (low, high) if known is None else (min(low, known[0]), max(high, known[1]))


def partition(
    levels: Sequence[Level], sets: Iterable[frozenset[Level]]
) -> tuple[frozenset[Level], ...]:
    """Join the levels that none of the sets tells apart."""
    order = sorted(set(sets), key=sorted)
    parts: dict[tuple[bool, ...], list[Level]] = {}
    for level in levels:
        if HIDDEN not in level:
            parts.setdefault(tuple(level in s for s in order), []).append(level)
    return tuple(frozenset(p) for p in parts.values())
