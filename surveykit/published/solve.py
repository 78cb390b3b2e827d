"""All feasible tables of one group of figures: their number, exact ranges, and projections."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UnsupportedError
from surveykit.published.certain import Certain
from surveykit.published.fold import Atoms, Fold, FoldKey, build_fold, fold_key
from surveykit.published.local import ANSWERED, RESPONSES, Block
from surveykit.published.model import Item, Key, Level, Reading, crossing
from surveykit.published.plane import Plane
from surveykit.published.program import Program, program_of
from surveykit.published.relation import Name, Relation, Whole, join_all, joinable
from surveykit.published.states import Ints, TooLargeError, encode, fits, reachable_back

__all__ = ["Group", "Range", "Tables", "group_for", "new_group"]

Range = tuple[int, int]
MOST_WORK = 12_000_000_000
"""Additions of numbers of tables in one group: about half a minute."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Distinct values of some figures over all feasible tables, shape (m, k) each."""

    bases: Ints
    counts: Ints


def group_for(reading: Reading, items: Sequence[Item]) -> Group:
    """Return the group of `items`, solved once for all readings in which it means the same."""
    names = sorted({n for i in items for n in (*i.by, *i.outcome)})
    meaning = tuple(
        (n, reading.levels[n], n in reading.multiple, reading.missing.get(n), reading.hidden.get(n))
        for n in names
    )
    counts = tuple((c.count, tuple(sorted(c.where.items()))) for c in reading.counts)
    key = (tuple(items), meaning, counts, reading.total, reading.rounding)
    if key not in reading.memo:
        reading.memo[key] = new_group(reading, items)
    known: Group = reading.memo[key]
    return known


def new_group(reading: Reading, items: Sequence[Item], *, follow: bool = True) -> Group:
    """Return the group of `items`, not solved: over joint cells where their groupings cross."""
    group = Group(reading, items, follow=follow)
    if group.crossing and Group.crossed is not None:
        with contextlib.suppress(TooLargeError):
            return Group.crossed(reading, items)
    return group


class Group:
    """The feasible tables of figures that share unknowns, in one reading.

    Nothing is computed before it is asked for. `items` without a percentage are cells that the
    paper does not print; they are listed like the others. `follow` False goes straight to the
    whole-number program, where it is known that the tables are too many to follow.
    """

    crossed: ClassVar[type[Group] | None] = None
    """What solves figures whose groupings cross; :mod:`joint` sets it."""

    def __init__(self, reading: Reading, items: Sequence[Item], *, follow: bool = True) -> None:
        if reading.total is None:
            raise TooLargeError("the number of respondents is not printed: bases have no limit")
        self.reading = reading
        self.items = tuple(items)
        self._follow = follow
        self._reason = "too many combinations of groups to list"
        self._totals: dict[tuple[Key, Block], Range | None] = {}
        self._projections: dict[tuple[Item, ...], Tables] = {}
        self._spans: dict[tuple[tuple[int, int], ...], tuple[int, int, bool]] = {}

    # --- the shape of the problem ----------------------------------------------------------

    @cached_property
    def by_fold(self) -> dict[FoldKey, list[Item]]:
        """Figures by their grouping."""
        out: dict[FoldKey, list[Item]] = {}
        for item in self.items:
            out.setdefault(fold_key(self.reading, item), []).append(item)
        return out

    @cached_property
    def blocks(self) -> dict[Key, tuple[Block, ...]]:
        """For each outcome, its levels joined where no figure tells them apart."""
        outcomes = dict.fromkeys(i.outcome for i in self.items)
        return {outcome: self._split(outcome) for outcome in outcomes}

    def _split(self, outcome: Key) -> tuple[Block, ...]:
        levels = self.reading.levels_of(outcome)
        if outcome[0] in self.reading.multiple:
            return tuple(frozenset([level]) for level in levels)
        sets = {i.levels for i in self.items if i.outcome == outcome}
        sets |= {frozenset([i.level]) for i in self.items if i.by == outcome}
        known = [level for level in levels if self.reading.size(outcome, level) is not None]
        sets |= {frozenset([level]) for level in known}
        order = sorted(sets, key=sorted)
        parts: dict[tuple[bool, ...], list[Level]] = {}
        for level in levels:
            parts.setdefault(tuple(level in s for s in order), []).append(level)
        return tuple(frozenset(p) for p in parts.values())

    @cached_property
    def linked(self) -> frozenset[Key]:
        """Outcomes whose totals over everyone are seen from more than one place."""
        seen: dict[Key, set[FoldKey]] = {}
        for key, items in self.by_fold.items():
            for item in items:
                seen.setdefault(item.outcome, set()).add(key)
        bys = {key[0] for key in self.by_fold}
        return frozenset(
            o for o, keys in seen.items()
            if len(keys) > 1 or o in bys or self.known(o)
        )  # fmt: skip

    def known(self, outcome: Key) -> dict[Name, int]:
        """Return the printed totals of an outcome's blocks."""
        out: dict[Name, int] = {}
        for block in self.blocks[outcome]:
            sizes = [self.reading.size(outcome, level) for level in block]
            if all(s is not None for s in sizes):
                out[outcome, block] = sum(s for s in sizes if s is not None)
        return out

    @cached_property
    def tracked(self) -> dict[Key, tuple[Name, ...]]:
        """The totals to follow for each linked outcome; the last block whose total is not known
        follows from the others when every grouping determines them."""
        out = {}
        for outcome in self.linked:
            names = tuple((outcome, block) for block in self.blocks[outcome])
            multiple = outcome[0] in self.reading.multiple
            if multiple or self._needs_all(outcome) or len(names) < 2:
                used = {lv for i in self.items if i.outcome == outcome for lv in i.levels}
                used |= {i.level for i in self.items if i.by == outcome}
                out[outcome] = tuple(n for n in names if not multiple or n[1] <= used)
            else:
                known = self.known(outcome)
                left = [n for n in names if n not in known] or names
                out[outcome] = tuple(n for n in names if n != left[-1])
        return out

    def _needs_all(self, outcome: Key) -> bool:
        if not self.reading.answered_by_all(outcome):
            return True
        return len(self.blocks[outcome]) > 2 and not self._determined(outcome)

    def _determined(self, outcome: Key) -> bool:
        """Whether the figures of every grouping leave at most one block of each group open."""
        for (by, choice), items in self.by_fold.items():
            mine = [i for i in items if i.outcome == outcome]
            if not mine and by != outcome:
                continue
            if choice is not None or not self.reading.answered_by_all(by):
                return False
            levels = {i.level for i in items}
            if by and levels != set(self.reading.levels_of(by)):
                return False
            for level in levels if by != outcome else ():
                apart = {i.levels for i in mine if i.level == level} & set(self.blocks[outcome])
                if len(apart) < len(self.blocks[outcome]) - 1:
                    return False
        return True

    @cached_property
    def answering(self) -> dict[Key, tuple[Name, ...]]:
        """Who answered an outcome, and how many choices they made, where that is to be followed."""
        reading, out = self.reading, {}
        for o in self.blocks:
            varies = o in self.linked and not reading.answered_by_all(o)
            shares = o in self.linked and any(i.responses for i in self.items if i.outcome == o)
            follow = {ANSWERED: varies or reading.states_missing(o), RESPONSES: shares}
            out[o] = tuple((o, n) for n, wanted in follow.items() if wanted)
        return out

    @cached_property
    def sums(self) -> dict[Key, Whole]:
        """How the followed totals of an outcome hang together."""
        out = {}
        for o in {*self.tracked, *(o for o, names in self.answering.items() if names)}:
            names = self.tracked.get(o, ())
            complete = len(names) == len(self.blocks[o])
            options = len(self.blocks[o]) if o[0] in self.reading.multiple else 0
            out[o] = Whole(*self.reading.answering(o), options, complete, len(names))
        return out

    # --- solving ---------------------------------------------------------------------------

    def _fold(self, key: FoldKey, keep: Collection[Key] = ()) -> Fold:
        items = self.by_fold[key]
        outcomes = dict.fromkeys(i.outcome for i in items)
        names = [n for o in outcomes for n in (*self.tracked.get(o, ()), *self.answering[o])]
        by, choice = key
        if by in self.tracked:
            mine = self.tracked[by]
            names += [n for n in mine if choice is None or choice in n[1]]
            names += self.answering[by] if choice is None else ()
        limits = {n: v for o in self.linked for n, v in self.known(o).items()}
        limits |= {n: v for n, v in self._upper.items() if v < limits.get(n, v + 1)}
        return build_fold(self.reading, key, items, self.blocks, names, limits, keep)

    @cached_property
    def _upper(self) -> dict[Name, int]:
        """Upper limits of totals from figures on everyone, to keep the states few."""
        from surveykit.published.rounding import count_range

        out = {}
        for item in self.items:
            if item.by == () and item.percent and not item.responses:
                _, high = count_range(
                    item.percent, np.arange((self.reading.total or 0) + 1), self.reading.rounding
                )
                for block in self.blocks[item.outcome]:
                    if block <= item.levels:
                        out[item.outcome, block] = int(high.max(initial=0))
        return out

    @cached_property
    def folds(self) -> dict[FoldKey, Fold]:
        """Every grouping, built."""
        return {key: self._fold(key) for key in self.by_fold}

    @cached_property
    def relations(self) -> dict[FoldKey, tuple[Relation, Ints]]:
        """What every grouping allows of the followed totals, and the state behind each row.

        Raises
        ------
        TooLargeError
            When counting would take too long; what is possible at all is in `supports`.
        """
        if sum(plane.work for plane in self.planes.values()) > MOST_WORK:
            raise TooLargeError("too many states to count the tables")
        return self.counted

    @cached_property
    def counted(self) -> dict[FoldKey, tuple[Relation, Ints]]:
        """The same as `relations`, however long it takes."""
        out = dict(self.supports)
        for key, plane in self.planes.items():
            relation, states = out[key]
            keep = (states[:, 1] >= plane.least) & (states[:, 1] <= plane.top)
            states = states[keep]
            ways = [plane.ways[a] for a in states[:, 1].tolist()]
            relation = replace(relation.take(keep), count=np.array(ways, dtype=object))
            out[key] = relation, states
        return out

    @cached_property
    def planes(self) -> dict[FoldKey, Plane]:
        """The groupings in the plane, with only those counts over everyone that the others allow."""
        out = {}
        for key, fold in self.folds.items():
            ends = self._allowed[key][:, 1] if fold.plane else ()
            if fold.plane and len(ends):
                out[key] = fold.plane.narrow(int(min(ends)), int(max(ends)))
        return out

    @cached_property
    def supports(self) -> dict[FoldKey, tuple[Relation, Ints]]:
        """The same, where only what is possible counts, not in how many ways."""
        large = [key for key, fold in self.folds.items() if fold.too_large]
        out = {k: f.relation(counted=False) for k, f in self.folds.items() if k not in large}
        if not large:
            return out
        rest = [r for r, _ in out.values()] + self.printed_totals
        if not rest:
            raise TooLargeError("too many combinations of groups to list")
        for key in large:
            fold = self.folds[key]
            totals = join_all(rest, self.sums, keep={n[0] for n in fold.names})
            out[key] = fold.relation(ends=fold.ends_of(totals))
        return {key: out[key] for key in self.folds}

    @cached_property
    def printed_totals(self) -> list[Relation]:
        """Totals over everyone that the paper prints, or the reading states, as one relation."""
        known = {
            n: (v, v) for o in self.linked for n, v in self.known(o).items() if n in self.tracked[o]
        }
        known |= {
            (o, ANSWERED): self.reading.answering(o)
            for o in self.blocks
            if self.reading.states_missing(o)
        }
        if not known:
            return []
        low, high = np.array(list(known.values()), dtype=np.int64).T[:, None, :]
        return [Relation(tuple(known), low, high, np.ones(1, dtype=np.int64))]

    @cached_property
    def number(self) -> int:
        """Number of distinct feasible tables, exact.

        Raises
        ------
        TooLargeError
            When they are too many to follow, or to count.
        """
        if not self.followed:
            raise TooLargeError(self._reason)
        relations = [r for r, _ in self.relations.values()] + self.printed_totals
        joined = join_all(relations, self.sums)
        number = int(sum(joined.count.tolist()))
        if number and self._refuted:
            return 0
        if number > 1 and self._bare and self._listable:
            return len(self.project(self._figures).counts)
        return number

    @property
    def _figures(self) -> list[Item]:
        return [i for i in self.items if i.exact is None]

    @property
    def _bare(self) -> bool:
        """Whether groups of which only a cell's number is printed have open sizes.

        No figure has such a size as its base, so that it makes no table of its own.
        """
        bare = {i.level for i in self.items if i.by} - {i.level for i in self._figures}
        return bool(bare) and (any(f.pool for f in self.folds.values()) or len(bare) > 1)

    @property
    def _listable(self) -> bool:
        """Whether the figures' tables can be listed without the sizes of other groups."""
        return len(self.folds) == 1 and not any(i.responses for i in self.items)

    @cached_property
    def large(self) -> Certain:
        """The group as a whole-number program: for ranges where its tables are too many to follow."""
        return Certain(self.program())

    def program(self, without: Collection[str] = ()) -> Program:
        """Write the group as a whole-number program; figures in `without` are not printed."""
        return program_of(self, without)

    @cached_property
    def followed(self) -> bool:
        """Whether the tables are few enough to follow, so that ranges come from all of them."""
        if not self._follow:
            return False
        try:
            self._feasible_followed  # noqa: B018
        except TooLargeError as reason:
            self._reason = str(reason)
            return False
        return True

    @cached_property
    def feasible(self) -> bool:
        """Whether any table prints all the figures.

        Raises
        ------
        TooLargeError
            When the group is too large to follow, and neither a table nor a proof is found.
        """
        if not self.followed:
            return self.large.feasible
        return self._feasible_followed and not self._refuted

    @cached_property
    def _refuted(self) -> bool:
        """Whether the program shows that there is no table where totals alone do not suffice."""
        if self.exact:
            return False
        try:
            return not self.large.feasible
        except TooLargeError:
            return False

    @cached_property
    def _feasible_followed(self) -> bool:
        relations = [r for r, _ in self.supports.values()] + self.printed_totals
        return len(join_all(relations, self.sums).low) > 0

    @property
    def proven(self) -> bool:
        """Whether every range given so far is proven."""
        return self.followed or all(sure for *_, sure in self._spans.values())

    @cached_property
    def exact(self) -> bool:
        """Whether `number` and ranges are exact (for those proven, see `proven`).

        The groupings form a tree, none overlap, and totals within their spans and their sum are
        all that the groups' figures say of an outcome.
        """
        if self.crossing:
            return False
        if self._bare and not self._listable:
            return False
        return not (self.followed and any(self._patchy(o) for o in self.tracked))

    @cached_property
    def crossing(self) -> bool:
        """Whether totals over everyone do not hold all that groupings say of each other."""
        chosen = [by for by, choice in self.by_fold if choice is not None]
        several = len(chosen) > len(set(chosen))
        return several or self._loops() or self._nested() or crossing(self.reading, self.items)

    def _nested(self) -> bool:
        """Whether a base is part of another one whose figures are here too: not followed."""
        filtered = self.reading.filtered
        return any(
            (a.outcome[0] == filtered[d.outcome[0]] and (a.by != d.by or a.level == d.level))
            or ((a.by, a.level) == (d.by, d.level) and a.outcome[0] in filtered)
            for d in self.items
            if d.outcome[0] in filtered
            for a in self.items
            if a.outcome != d.outcome
        )

    def _patchy(self, outcome: Key) -> bool:
        """Whether a sum of some of an outcome's parts matters that is not followed.

        That is so where groups leave several of four or more levels open, and where an open
        number of people outside the groups make several choices.
        """
        whole = self.reading.answered_by_all(outcome) or self.reading.states_missing(outcome)
        if outcome[0] in self.reading.multiple:  # nobody makes a choice twice: not followed outside
            return bool(self.answering[outcome]) and any(
                by and (fold.pool or fold.slack)
                for (by, _), fold in self.folds.items()
                if any(outcome in atoms.locals for atoms in fold.atoms)
            )
        if len(self.blocks[outcome]) + (not whole) < 4:
            return False
        return any(
            np.count_nonzero((local.low != local.high).any(axis=0)) > 1
            for (by, _), fold in self.folds.items()
            for atoms in fold.atoms
            if (local := atoms.locals.get(outcome)) is not None
            and (by or any(len(i.levels) > 1 for i in local.items))
        )

    def _loops(self) -> bool:
        """Groupings and outcomes as a graph: a loop means that totals alone do not suffice."""
        edges: set[tuple[Key, Key]] = set()
        for (by, _), items in self.by_fold.items():
            edges |= {(min(by, i.outcome), max(by, i.outcome)) for i in items if by}
        keys = {k for e in edges for k in e} | {i.outcome for i in self.items}
        names = [n for k in keys for n in k]
        if len(names) != len(set(names)):
            return True
        parent = {k: k for k in keys}

        def root(k: Key) -> Key:
            while parent[k] != k:
                k = parent[k]
            return k

        for a, b in sorted(edges):
            if root(a) == root(b):
                return True
            parent[root(a)] = root(b)
        return False

    @cached_property
    def _allowed(self) -> dict[FoldKey, Ints]:
        """For each grouping, its final states that the other groupings can meet."""
        out = {}
        for key, (relation, states) in self.supports.items():
            others = [r for k, (r, _) in self.supports.items() if k != key] + self.printed_totals
            if others:
                rest = join_all(others, self.sums, keep={n[0] for n in relation.names})
                states = states[joinable(relation, rest, self.sums)]
            out[key] = np.unique(states, axis=0)
        return out

    def ends(self, key: FoldKey) -> list[int]:
        """Return every count over everyone that some table has, for a grouping in the plane."""
        return sorted(set(self._allowed[key][:, 1].tolist()))

    @cached_property
    def _atoms_left(self) -> dict[FoldKey, list[NDArray[np.bool_]]]:
        return {k: fold.feasible_atoms(self._allowed[k]) for k, fold in self.folds.items()}

    def ranges(self, item: Item) -> tuple[Range, Range] | None:
        """Return the exact smallest and largest base and count of a figure, None when infeasible."""
        if not self.feasible:
            return None
        if not self.followed:
            return self._span(item)
        key = fold_key(self.reading, item)
        fold = self.folds[key]
        index = next(j for j, a in enumerate(fold.atoms) if a.level == item.level)
        atoms = fold.atoms[index]
        rows = self._rows_left(atoms, self._atoms_left[key][index], item.outcome)
        local = atoms.locals[item.outcome]
        column = [i.id for i in local.items].index(item.id)
        shown, cells = local.shown[rows], local.cells[rows, column]
        return (int(shown.min()), int(shown.max())), (int(cells.min()), int(cells.max()))

    def _span(self, item: Item) -> tuple[Range, Range]:
        """Return the ranges of a figure's base and count in a group too large to follow."""
        base, count = self.large.program.places[item.id]
        out = []
        for terms in ({base: 1}, count):
            key = tuple(sorted(terms.items()))
            if key not in self._spans:
                self._spans[key] = self.large.span(terms)
            out.append(self._spans[key][:2])
        return out[0], out[1]

    def proven_ranges(self, item: Item) -> tuple[Range, Range] | None:
        """Return ranges of a figure's base and count that no table leaves, None when infeasible.

        They are those of :meth:`ranges` where these are proven, else what the program's unknowns allow.
        """
        if self.followed or not self.feasible:
            return self.ranges(item)
        base, count = self.large.program.places[item.id]
        self._span(item)
        low, high = self.large.program.low, self.large.program.high
        out = []
        for terms in ({base: 1}, count):
            least, most, sure = self._spans[tuple(sorted(terms.items()))]
            if not sure:
                least = sum(f * (low if f > 0 else high)[j] for j, f in terms.items())
                most = sum(f * (high if f > 0 else low)[j] for j, f in terms.items())
            out.append((least, most))
        return out[0], out[1]

    def _rows_left(self, atoms: Atoms, left: NDArray[np.bool_], outcome: Key) -> Ints:
        """Return the rows of an outcome's `Local` that take part in some feasible table."""
        local = atoms.locals[outcome]
        if outcome in atoms.refs:
            return np.unique(atoms.refs[outcome][left])
        sizes = np.unique(atoms.size[left])
        if self.reading.answered_by_all(outcome):
            return np.flatnonzero(np.isin(local.base, sizes))
        if atoms.pinned:
            return np.flatnonzero(local.base <= sizes.max())
        # nothing pins the size, it stands for the largest base: this one, or another's
        others = [o for o in atoms.locals if o != outcome]
        reached = {int(m) for m in sizes if any(m in atoms.locals[o].base for o in others)}
        most = max(reached, default=-1)
        return np.flatnonzero((local.base <= most) | np.isin(local.base, sizes))

    def total_range(self, outcome: Key, levels: Block) -> Range | None:
        """Return the smallest and largest number of all respondents in some levels of an outcome.

        None where no table is feasible, or the outcome's totals are not followed.
        """
        if outcome not in self.tracked or not self.feasible:
            return None
        if (outcome, levels) not in self._totals:
            self._totals[outcome, levels] = self._total_range(outcome, levels)
        return self._totals[outcome, levels]

    def _total_range(self, outcome: Key, levels: Block) -> Range | None:
        spans = self._total_spans(outcome, levels)
        return None if spans is None else (int(spans[0].min()), int(spans[1].max()))

    def _total_spans(self, outcome: Key, levels: Block) -> tuple[Ints, Ints, Ints, Ints] | None:
        """Return, for each way that the groupings fit together, the span of respondents in
        `levels` and of those in the other levels: low, high, other low, other high, shape (m,)."""
        relations = [r for r, _ in self.supports.values()] + self.printed_totals
        joined = join_all(relations, self.sums, keep={outcome})
        names = self.tracked[outcome]
        inside = [joined.names.index(n) for n in names if n[1] <= levels]
        outside = [joined.names.index(n) for n in names if not n[1] & levels]
        if len(inside) + len(outside) < len(names):
            return None
        everyone = self.reading.total or 0
        least = everyone if self.reading.answered_by_all(outcome) else 0
        low, high = joined.low[:, inside].sum(axis=1), joined.high[:, inside].sum(axis=1)
        covered = frozenset().union(*(n[1] for n in names)) >= levels
        rest_low, rest_high = (
            joined.low[:, outside].sum(axis=1),
            joined.high[:, outside].sum(axis=1),
        )
        if len(names) == len(self.blocks[outcome]):
            low, high = np.maximum(low, least - rest_high), np.minimum(high, everyone - rest_low)
            rest_low = np.maximum(rest_low, least - high)
            rest_high = np.minimum(rest_high, everyone - low)
        elif covered:  # the block that is not followed is what the others leave
            rest_low, rest_high = everyone - high, everyone - low
        else:
            low, high = everyone - rest_high, everyone - rest_low
        return low, high, rest_low, rest_high

    def total_spans(self, item: Item) -> tuple[Range, Range] | None:
        """Return the ranges of base and count of a share of everyone that is not a figure here."""
        if item.outcome not in self.tracked or item.responses or not self.feasible:
            return None
        spans = self._total_spans(item.outcome, item.levels)
        if spans is None:
            return None
        low, high, rest_low, rest_high = spans
        base = int((low + rest_low).min()), int((high + rest_high).max())
        return (base[0], min(base[1], self.reading.total or 0)), (int(low.min()), int(high.max()))

    def share_range(self, outcome: Key, levels: Block) -> tuple[Fraction, Fraction] | None:
        """Return the smallest and largest share of some levels among all who answered."""
        if outcome not in self.tracked or not self.feasible:
            return None
        spans = self._total_spans(outcome, levels)
        if spans is None:
            return None
        low, high, rest_low, rest_high = spans
        least, most = _shares(low, low + rest_high), _shares(high, high + rest_low)
        return (min(least), max(most)) if least and most else None

    def size_range(self, by: Key, level: Level) -> Range | None:
        """Return the smallest and largest number of respondents in one group of a grouping.

        None where the group has no figure here or no table is feasible.
        """
        fold = self.folds.get((by, None))
        levels = [a.level for a in fold.atoms] if fold else []
        if fold is None or level not in levels or not self.feasible:
            return None
        index, total = levels.index(level), fold.total
        left = self._atoms_left[by, None][index]
        if not left.any():
            return None
        if fold.atoms[index].pinned:
            sizes = fold.atoms[index].size[left]
            return int(sizes.min()), int(sizes.max())
        others = fold.states_without(index)
        before = reachable_back(self._allowed[by, None], fold.columns[index][left], fold.box)
        others = others[np.isin(encode(others, fold.box), encode(before, fold.box))]
        rest = fold.sizes(others)  # all beyond the smallest sizes of the others may belong here
        spare = fold.pool or any(not a.pinned for j, a in enumerate(fold.atoms) if j != index)
        own = int(fold.sizes(fold.columns[index][left]).min())
        return own if spare else total - int(rest.max()), total - int(rest.min())

    # --- projections -----------------------------------------------------------------------

    def project(self, items: Sequence[Item], limit: int = 3_000_000) -> Tables:
        """List the distinct (bases, counts) that figures of one grouping take over all tables.

        Raises
        ------
        TooLargeError
            When there are more than `limit`.
        UnsupportedError
            When the figures belong to different groupings.
        """
        if tuple(items) not in self._projections:
            self._projections[tuple(items)] = self._project(items, limit)
        return self._projections[tuple(items)]

    def wider(self, items: Sequence[Item]) -> Group:
        """Return the group with more cells, printed or not."""
        return group_for(self.reading, [*self.items, *items])

    def _tables_of(self, key: FoldKey) -> int:
        """Return in how many ways one grouping's figures can fall over all feasible tables."""
        fold = self.folds[key]
        if fold.plane:
            ends = self._allowed[key][:, 1].tolist()
            return sum(self.planes[key].ways[a] for a in ends)
        states, ways = fold.final()
        mine = np.isin(encode(states, fold.box), encode(self._allowed[key], fold.box))
        return int(sum(ways[mine].tolist()))

    def _project(self, items: Sequence[Item], limit: int) -> Tables:
        values = self.listed(items, limit)[1]
        unique = np.unique(values, axis=0)
        return Tables(unique[:, 0::2], unique[:, 1::2])

    def listed(self, items: Sequence[Item], limit: int = 3_000_000) -> tuple[Ints, Ints]:
        """Return distinct rows: the state that the kept levels add up to, and base and count of
        each figure side by side, shapes (m, columns) and (m, 2k); errors as :meth:`project`."""
        keys = {fold_key(self.reading, i) for i in items}
        if len(keys) != 1:
            raise UnsupportedError("figures of different groupings have no common table.")
        (key,) = keys
        if set(items) == set(self.by_fold[key]) and (many := self._tables_of(key)) > limit:
            raise TooLargeError(f"{many:,} different tables")
        fold = self._fold(key, keep={i.outcome for i in items})
        levels = [a.level for a in fold.atoms]
        kept = sorted({levels.index(i.level) for i in items}, key=lambda j: len(fold.columns[j]))
        allowed = self._allowed[key]
        for index in range(len(levels)):
            if index not in kept:
                steps = np.unique(fold.columns[index], axis=0)
                allowed = reachable_back(allowed, steps, fold.box)
        ends = [allowed]
        for index in kept[:0:-1]:
            steps = np.unique(fold.columns[index], axis=0)
            ends.append(reachable_back(ends[-1], steps, fold.box))
        ends.reverse()
        sums, values = (
            np.zeros((1, allowed.shape[1]), dtype=np.int64),
            np.empty((1, 0), dtype=np.int64),
        )
        order: list[Item] = []
        for step, index in enumerate(kept):
            mine = [i for i in items if i.level == levels[index]]
            rows, shown = _level_values(fold, index, mine)
            sums, values = _extend(sums, values, rows, shown, ends[step], fold, limit)
            order += mine
        at = [2 * order.index(i) for i in items]
        return sums, values[:, [j + k for j in at for k in (0, 1)]]


def _shares(counts: Ints, bases: Ints) -> list[Fraction]:
    """Return exact shares among which the smallest and the largest of all rows are."""
    some = bases > 0
    counts, bases = counts[some], bases[some]
    if not len(bases):
        return []
    near = counts / bases  # a double tells shares of fewer than 10**7 respondents apart
    ends = np.flatnonzero((near <= near.min() + 1e-15) | (near >= near.max() - 1e-15))
    pairs = np.unique(np.c_[counts[ends], bases[ends]], axis=0)
    return [Fraction(int(a), int(b)) for a, b in pairs]


def _level_values(fold: Fold, index: int, items: Sequence[Item]) -> tuple[Ints, Ints]:
    """Return the distinct (columns, base and count of each figure) of one level's atoms."""
    atoms = fold.atoms[index]
    parts = [fold.columns[index]]
    for item in items:
        local, rows = atoms.locals[item.outcome], atoms.refs[item.outcome]
        column = [i.id for i in local.items].index(item.id)
        parts.append(np.stack([local.shown[rows], local.cells[rows, column]], axis=1))
    unique = np.unique(np.concatenate(parts, axis=1), axis=0)
    width = fold.columns[index].shape[1]
    return unique[:, :width], unique[:, width:]


def _extend(
    sums: Ints, values: Ints, steps: Ints, shown: Ints, allowed: Ints, fold: Fold, limit: int
) -> tuple[Ints, Ints]:
    """Add one level to partial tables, keeping those that can still be completed."""
    keys = np.sort(encode(allowed, fold.box))
    if not len(keys) or not len(steps):
        return sums[:0], np.empty((0, values.shape[1] + shown.shape[1]), dtype=np.int64)
    exact = np.unique(allowed[:, 0]) if fold.size_at == [0] else allowed[:0, 0]
    order = np.argsort(steps[:, 0], kind="stable")
    steps, shown = steps[order], shown[order]
    new_sums, new_values, found = [], [], 0
    size = max(1, 4_000_000 // len(steps))
    for start in range(0, len(sums), size):
        left, right = _candidates(sums[start : start + size], steps, exact)
        total = sums[start + left] + steps[right]
        inside = fits(total, fold.box)
        left, right, total = left[inside], right[inside], total[inside]
        at = np.minimum(np.searchsorted(keys, encode(total, fold.box)), len(keys) - 1)
        good = keys[at] == encode(total, fold.box)
        found += int(good.sum())
        if found > limit:
            raise TooLargeError(f"more than {limit:,} different tables")
        new_sums.append(total[good])
        new_values.append(np.c_[values[start + left[good]], shown[right[good]]])
    both = np.unique(np.c_[np.concatenate(new_sums), np.concatenate(new_values)], axis=0)
    return both[:, : sums.shape[1]], both[:, sums.shape[1] :]


def _candidates(sums: Ints, steps: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Pair partial tables with atoms; by size where only one total size is allowed."""
    if len(sizes) == 1:
        need = sizes[0] - sums[:, 0]
        start = np.searchsorted(steps[:, 0], need, "left")
        number = np.searchsorted(steps[:, 0], need, "right") - start
        left = np.repeat(np.arange(len(sums)), number)
        offset = np.arange(len(left)) - np.repeat(np.cumsum(number) - number, number)
        return left, start[left] + offset
    left = np.repeat(np.arange(len(sums)), len(steps))
    return left, np.tile(np.arange(len(steps)), len(sums))
