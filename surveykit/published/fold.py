"""One grouping of the respondents (by village, by age, or everyone) as a set of integer states.

Each level of the grouping has its *atoms*: every (size, counts) that prints the figures of that
level. Levels are independent but for their sums, so adding atoms level by level gives every total
that the grouping allows. What other groupings see of it is a :class:`Relation` over the totals.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.cones import Wedge
from surveykit.published.local import (
    ANSWERED,
    RESPONSES,
    Block,
    Local,
    local_outcome,
    printed_count,
)
from surveykit.published.model import HIDDEN, Item, Key, Level, Reading
from surveykit.published.plane import Level as PlaneLevel
from surveykit.published.plane import Plane
from surveykit.published.relation import Name, Relation
from surveykit.published.states import (
    Box,
    Ints,
    TooLargeError,
    add_groups,
    aggregate,
    decode,
    encode,
    fits,
    known,
    pairs_exceed,
    reachable_back,
    steps_that_lead,
    sums_exceed,
    ways_to,
)

__all__ = ["Atoms", "Fold", "FoldKey", "build_fold", "fold_key", "outside"]

FoldKey = tuple[Key, Level | None]
"""The grouping variables; a choice of a multiple-response question is a grouping of its own."""


def fold_key(reading: Reading, item: Item) -> FoldKey:
    """Return the grouping that a figure belongs to."""
    multiple = any(name in reading.multiple for name in item.by)
    return item.by, item.level if multiple else None


@dataclass(frozen=True, slots=True)
class Atoms:
    """Every possibility of one level, one row each.

    Attributes
    ----------
    size : shape (m,)
        Respondents of the level (the fewest, when nothing in it pins its size).
    low, high : shape (m, k)
        Contribution to each linked total.
    weight : shape (m,)
        Number of ways that the figures not listed in `refs` can fall.
    refs : outcome -> shape (m,)
        Row of the outcome's `Local` behind each atom.
    """

    level: Level
    pinned: bool
    size: Ints
    low: Ints
    high: Ints
    weight: NDArray[Any]
    locals: Mapping[Key, Local]
    refs: Mapping[Key, Ints]


@dataclass(frozen=True)
class Fold:
    """A grouping with its levels' atoms, ready to be added up."""

    key: FoldKey
    total: int
    names: tuple[Name, ...]
    followed: tuple[tuple[list[int], list[int]], ...]
    most: tuple[int, ...]
    atoms: tuple[Atoms, ...]
    pool: bool
    pool_least: int
    pool_exact: bool
    pool_block: Name | None
    pooled: tuple[int, ...]
    loose: tuple[bool, ...]
    forced: tuple[bool, ...]
    slack: bool
    size_at: list[int]
    box: Box
    columns: tuple[Ints, ...] = field(default=())
    plane: Plane | None = None
    _forward: list[tuple[Ints, NDArray[Any]]] = field(default_factory=list)
    _final: list[tuple[Ints, NDArray[Any]]] = field(default_factory=list)

    def forward(self) -> list[tuple[Ints, NDArray[Any]]]:
        """Return the states before the first level, before the second, …, before the last."""
        if not self._forward:
            start = (
                np.zeros((1, len(self.box.limits)), dtype=np.int64),
                np.ones(1, dtype=np.int64),
            )
            out = [start]
            groups = [self._group(index) for index in range(len(self.atoms) - 1)]
            for group, after in zip(groups, [*groups, None][1:], strict=True):
                if after and sums_exceed(out[-1][0], group[0], len(after[0]), self.box):
                    raise TooLargeError("too many combinations of groups to list")
                out.append(add_groups(out[-1], group, self.box))
            self._forward.extend(out)
        return self._forward

    def _group(self, index: int) -> tuple[Ints, NDArray[Any]]:
        """Return what a level adds to a state, each once, and in how many ways."""
        return _unique_steps(self.columns[index], self.atoms[index].weight, self.box)

    @property
    def too_large(self) -> bool:
        """Whether the states after the last level are too many, but not those before it."""
        if self.plane is not None or self.box.dense or not self.atoms:
            return False
        return pairs_exceed(self.forward()[-1][0], self._group(len(self.atoms) - 1)[0])

    def ends_of(self, totals: Relation) -> Ints:
        """Return the states that have some totals over everyone, shape (m, columns).

        Raises
        ------
        TooLargeError
            When totals do not say what the state is.
        """
        places = [totals.names.index(n) for n in self.names if n in totals.names]
        known = len(places) == len(self.names) and (totals.low == totals.high)[:, places].all()
        single = all(low == high and len(low) == 1 for low, high in self.followed)
        columns = [low[0] for low, _ in self.followed] if single else []
        if self.size_at not in ([c] for c in columns):
            columns = columns if len(self.size_at) > 1 else [*columns, *self.size_at]
        every = sorted(columns) == list(range(len(self.box.limits)))
        if not (known and single and every) or self.pool or self.slack:
            raise TooLargeError("too many combinations of groups to list")
        states = np.full((len(totals.low), len(columns)), self.total, dtype=np.int64)
        for (low, _), j in zip(self.followed, places, strict=True):
            states[:, low[0]] = totals.low[:, j]
        states = np.unique(states, axis=0)
        return states[fits(states, self.box)]

    def final(self, *, counted: bool = True, ends: Ints | None = None) -> tuple[Ints, NDArray[Any]]:
        """Return the states after the last level; without `counted` their numbers may be ones.

        With `ends`, only those among them.
        """
        if self.plane is None:
            if not self.atoms:
                return self.forward()[-1]
            if not self._final:
                before, last = self.forward()[-1], self._group(len(self.atoms) - 1)
                self._final.append(
                    add_groups(before, last, self.box)
                    if ends is None
                    else ways_to(ends, before, last, self.box)
                )
            return self._final[0]
        bits = self.plane.ends()
        counts = np.array([a for a in range(bits.bit_length()) if bits >> a & 1], dtype=np.int64)
        states = np.stack([np.full_like(counts, self.total), counts], axis=1)
        if not counted:
            return states, np.ones(len(states), dtype=np.int64)
        ways = self.plane.ways
        return states, np.array([ways[a] for a in counts.tolist()], dtype=object)

    def states_without(self, index: int) -> Ints:
        """Return the states that all levels but one add up to, unique rows."""
        states = (np.zeros((1, len(self.box.limits)), dtype=np.int64), np.ones(1, dtype=np.int64))
        for j, steps in enumerate(self.columns):
            if j != index:
                once = np.unique(steps, axis=0)
                unique = (once, np.ones(len(once), dtype=np.int64))
                states = add_groups(states, unique, self.box)
        return states[0]

    def relation(self, *, counted: bool = True, ends: Ints | None = None) -> tuple[Relation, Ints]:
        """Return what the grouping allows of the linked totals, and the state behind each row.

        With `ends`, only the rows of these states.
        """
        states, counts = self.final(counted=counted, ends=ends)
        free = self.total - self.sizes(states)
        keep = self._closes(free)
        states, counts, free = states[keep], counts[keep], free[keep]
        low = np.empty((len(states), len(self.names)), dtype=np.int64)
        high = np.empty_like(low)
        outside = np.minimum(free, self.pool_least) if self.pool_exact else free
        for j, (lows, highs) in enumerate(self.followed):
            low[:, j] = states[:, lows].sum(axis=1) + self.forced[j] * free
            high[:, j] = states[:, highs].sum(axis=1)
            high[:, j] += self.pooled[j] * (free if self.loose[j] else outside)
            if self.names[j][0] == self.key[0]:
                high[:, j] = np.minimum(high[:, j], low[:, j] + free)
            if self.pool_block == self.names[j]:
                high[:, j] = low[:, j] + free
                if not self.slack:
                    low[:, j] = high[:, j]
        return Relation(self.names, low, np.minimum(high, self.most), counts), states

    def sizes(self, states: Ints) -> Ints:
        """Return how many respondents are in each state, shape (m,)."""
        return np.asarray(states[:, self.size_at].sum(axis=1))

    def _closes(self, free: Ints) -> NDArray[np.bool_]:
        if not self.pool and not self.slack:
            return np.asarray(free == 0)
        if self.pool_exact and not self.slack:
            return np.asarray(free == self.pool_least)
        return np.asarray(free >= self.pool_least)

    def backward(self, allowed: Ints) -> list[Ints]:
        """Return the states after each level that occur and from which `allowed` can be reached."""
        out = [allowed]
        for index in range(len(self.atoms) - 1, 0, -1):
            steps = np.unique(self.columns[index], axis=0)
            back = reachable_back(out[-1], steps, self.box)
            out.append(back[known(back, self.forward()[index][0], self.box)])
        return out[::-1]

    def feasible_atoms(self, allowed: Ints) -> list[NDArray[np.bool_]]:
        """Return, for each level, which atoms take part in some feasible table."""
        if self.plane is not None:
            return self._pairs_left(self.plane, allowed)
        back = self.backward(allowed)
        out = []
        for index, steps in enumerate(self.columns):
            unique, inverse = np.unique(steps, axis=0, return_inverse=True)
            states = self.forward()[index][0]
            leads = steps_that_lead(states, unique, back[index], self.box)
            out.append(leads[inverse.reshape(-1)])
        return out

    def _pairs_left(self, plane: Plane, allowed: Ints) -> list[NDArray[np.bool_]]:
        ends = sum(1 << a for a in set(allowed[:, 1].tolist()))
        out = []
        for index, steps in enumerate(self.columns):
            left = np.zeros(self.box.shape[0] * self.box.shape[1], dtype=bool)
            pairs = np.array(list(plane.pairs_left(index, ends)), dtype=np.int64).reshape(-1, 2)
            left[encode(pairs, self.box)] = True
            inside = (steps <= np.asarray(self.box.limits)).all(axis=1)
            out.append(inside & left[np.where(inside, encode(steps, self.box), 0)])
        return out


def _unique_steps(steps: Ints, weight: NDArray[Any], box: Box) -> tuple[Ints, NDArray[Any]]:
    inside = (steps <= np.asarray(box.limits)).all(axis=1)
    keys, counts = aggregate(encode(steps[inside], box), weight[inside])
    return decode(keys, box), counts


def build_fold(
    reading: Reading,
    key: FoldKey,
    items: Sequence[Item],
    blocks: Mapping[Key, Sequence[Block]],
    names: Sequence[Name],
    limits: Mapping[Name, int],
    keep: Collection[Key] = (),
) -> Fold:
    """List the atoms of every level that has figures, and say what is left over.

    `names` are the totals that others look at: (outcome, block). Outcomes in `keep` are listed
    count by count even where nothing outside needs them.
    """
    assert reading.total is not None
    levels = list(dict.fromkeys(i.level for i in items))
    pool, least, exact, block = _pool(reading, key, levels, blocks, names)
    followed = any(n[0] == key[0] for n in names)
    sized = _sized([(key[0], b) for b in blocks[key[0]]], limits) if followed else set()
    atoms = [
        _atoms(reading, key, level, items, blocks, names, keep, level in sized) for level in levels
    ]
    slack = not all(a.pinned for a in atoms)
    loose = {n: _is_loose(n, key[0], atoms) for n in names}
    plan = _plan(atoms, names, key[0])
    box = Box(plan.limits(reading, names, limits, atoms))
    flat = plan.kept == ((-1, "low"), (0, "low")) and not (pool or slack or followed)
    return Fold(
        key=key,
        total=reading.total,
        names=tuple(names),
        followed=plan.followed,
        most=tuple(reading.total * _weight(reading, n) for n in names),
        atoms=tuple(atoms),
        pool=pool,
        pool_least=least,
        pool_exact=exact,
        pool_block=block,
        pooled=tuple(
            _share_of_pool(reading, key[0], n, levels, pool or loose[n], slack) for n in names
        ),
        loose=tuple(loose.values()),
        forced=tuple(
            pool and not slack and n[1] == RESPONSES and reading.answered_by_all(n[0])
            for n in names
        ),
        slack=slack,
        size_at=plan.size_at,
        box=box,
        columns=tuple(plan.columns(a) for a in atoms),
        plane=_plane(reading, key, items, names, levels, box) if flat else None,
    )


def _plane(
    reading: Reading,
    key: FoldKey,
    items: Sequence[Item],
    names: Sequence[Name],
    levels: Sequence[Level],
    box: Box,
) -> Plane | None:
    """Return the groups as wedges where one count of each, in or out of one block, is all there is."""
    ((outcome, block),) = names
    rest = frozenset(reading.levels_of(outcome)) - block
    plain = all(i.outcome == outcome and i.levels in (block, rest) for i in items)
    bare = all(i.percent is not None and printed_count(reading, i) is None for i in items)
    single = outcome[0] not in reading.multiple and reading.answered_by_all(outcome)
    if not (plain and bare and single and key[1] is None):
        return None
    out = []
    for level in levels:
        wedges = [_wedge(reading, i, block) for i in items if i.level == level]
        out.append(PlaneLevel(functools.reduce(Wedge.meet, wedges), reading.size(key[0], level)))
    return Plane(box.limits[0], box.limits[1], tuple(out))


def _wedge(reading: Reading, item: Item, block: Block) -> Wedge:
    assert item.percent is not None
    wedge = Wedge.of(item.percent, reading.rounding)
    return wedge if item.levels == block else wedge.flip()


def _sized(mine: Sequence[Name], limits: Mapping[Name, int]) -> set[Level]:
    """Return the levels whose sizes other figures print: shares of everyone, all but one at least."""
    printed = [n for n in mine if n in limits]
    return {lv for _, block in (mine if len(mine) - len(printed) <= 1 else printed) for lv in block}


def _weight(reading: Reading, name: Name) -> int:
    """How much one respondent can add to a total."""
    return len(reading.levels_of(name[0])) if name[1] == RESPONSES else 1


def _is_loose(name: Name, by: Key, atoms: Sequence[Atoms]) -> bool:
    """Whether respondents beyond the smallest sizes of the levels can count towards a total."""
    outcome, block = name
    if outcome == by:
        return block == ANSWERED
    return any(not a.pinned and outcome not in a.refs for a in atoms)


def _share_of_pool(
    reading: Reading, by: Key, name: Name, levels: Sequence[Level], pool: bool, slack: bool
) -> int:
    """How much each respondent outside the levels with figures can add to a total."""
    outcome, block = name
    if outcome != by:
        return int(pool) * _weight(reading, name)
    if block == ANSWERED:
        return int(slack or set(levels) != set(reading.levels_of(by)))
    return int(pool and not block.issubset(levels))


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which numbers of an atom are added up, and which of these sums make each total.

    Attributes
    ----------
    kept : (name, "low" or "high") of each column; (-1, "low") is the size
    followed : for each name, the columns whose sum is its smallest and its largest value
    size_at : the columns whose sum is the number of respondents
    """

    kept: tuple[tuple[int, str], ...]
    followed: tuple[tuple[list[int], list[int]], ...]
    size_at: list[int]

    def columns(self, atoms: Atoms) -> Ints:
        """Return what each atom adds to a state."""
        parts = [
            atoms.size if j < 0 else (atoms.low if end == "low" else atoms.high)[:, j]
            for j, end in self.kept
        ]
        return np.stack(parts, axis=1)

    def limits(
        self,
        reading: Reading,
        names: Sequence[Name],
        limits: Mapping[Name, int],
        atoms: Sequence[Atoms],
    ) -> tuple[int, ...]:
        """Return the largest value that each column of a state may have."""
        total = reading.total or 0
        return tuple(
            total
            if j < 0
            else limits.get(names[j], total * _weight(reading, names[j]))
            if end == "low"
            else sum(int(a.high[:, j].max(initial=0)) for a in atoms)
            for j, end in self.kept
        )


def _plan(atoms: Sequence[Atoms], names: Sequence[Name], by: Key) -> _Plan:
    """Keep no column that others add up to."""
    fixed = [all((a.low[:, j] == a.high[:, j]).all() for a in atoms) for j in range(len(names))]
    parts = {j: _parts(atoms, names, fixed, j) for j, n in enumerate(names) if n[1] == ANSWERED}
    told = {j for j, of in parts.items() if of or names[j][0] == by}
    own = [j for j in range(len(names)) if j not in told]
    size = _size_follows(atoms, names, fixed) if all(fixed[j] for j in own) else []
    kept = [] if size else [(-1, "low")]
    for j in own:
        kept += [(j, "low")] if fixed[j] else [(j, "low"), (j, "high")]
    at = {column: c for c, column in enumerate(kept)}
    size_at = [at[j, "low"] for j in size] or [0]

    def ends(j: int) -> tuple[list[int], list[int]]:
        if j not in told:
            return [at[j, "low"]], [at.get((j, "high"), at[j, "low"])]
        lows = size_at if names[j][0] == by else [at[i, "low"] for i in parts[j]]
        return lows, lows

    return _Plan(tuple(kept), tuple(ends(j) for j in range(len(names))), size_at)


def _blocks_of(names: Sequence[Name], outcome: Key) -> list[int]:
    return [j for j, n in enumerate(names) if n[0] == outcome and n[1] not in (ANSWERED, RESPONSES)]


def _parts(
    atoms: Sequence[Atoms], names: Sequence[Name], fixed: Sequence[bool], j: int
) -> list[int]:
    """Return the levels that add up to those who answered in every atom, if they do."""
    mine = _blocks_of(names, names[j][0])
    adds_up = fixed[j] and all(fixed[i] for i in mine)
    same = adds_up and all((a.low[:, mine].sum(axis=1) == a.low[:, j]).all() for a in atoms)
    return mine if same else []


def _size_follows(
    atoms: Sequence[Atoms], names: Sequence[Name], fixed: Sequence[bool]
) -> list[int]:
    """Return the names whose sum is the size in every atom (then it needs no column of its own)."""
    for outcome in dict.fromkeys(n[0] for n in names):
        mine = _blocks_of(names, outcome)
        known = mine and all(fixed[j] for j in mine)
        if known and all((a.low[:, mine].sum(axis=1) == a.size).all() for a in atoms):
            return mine
    return []


def _pool(
    reading: Reading,
    key: FoldKey,
    levels: Sequence[Level],
    blocks: Mapping[Key, Sequence[Block]],
    names: Sequence[Name],
) -> tuple[bool, int, bool, Name | None]:
    """Respondents outside the levels with figures: unprinted levels, a hidden group, no answer."""
    by, choice = key
    if by == ():
        return False, 0, True, None
    if choice is not None:
        return True, 0, False, None
    least, exact = outside(reading, key, levels)
    others = [level for level in reading.levels_of(by) if level not in levels]
    everyone_answers = reading.answered_by_all(by)
    pool = bool(others) or not everyone_answers
    rest = [b for b in blocks.get(by, ()) if any(level in b for level in others)]
    single = len(rest) == 1 and everyone_answers and (by, rest[0]) in names
    return pool, least, exact, (by, rest[0]) if single else None


def outside(reading: Reading, key: FoldKey, levels: Sequence[Level]) -> tuple[int, bool]:
    """Return the fewest respondents in none of `levels` of a grouping, and whether it is so many."""
    by = key[0]
    least, exact = 0, True
    for level in reading.levels_of(by):
        if level not in levels:
            size = _pool_size(reading, by, level)
            least, exact = least + (size or 0), exact and size is not None
    for name in by:
        amount = reading.missing.get(name, "none")
        if amount == "allowed" or (len(by) > 1 and isinstance(amount, int) and amount):
            exact = False
        elif isinstance(amount, int):
            least += amount
    return least, exact


def _pool_size(reading: Reading, by: Key, level: Level) -> int | None:
    if HIDDEN in level:
        amount = reading.hidden[by[level.index(HIDDEN)]]
        return amount if isinstance(amount, int) and len(by) == 1 else None
    return reading.size(by, level)


def _atoms(
    reading: Reading,
    key: FoldKey,
    level: Level,
    items: Sequence[Item],
    blocks: Mapping[Key, Sequence[Block]],
    names: Sequence[Name],
    keep: Collection[Key],
    sized: bool,
) -> Atoms:
    by = key[0]
    total = reading.total or 0
    known = reading.size(by, level)
    here: dict[Key, list[Item]] = {}
    for item in items:
        if item.level == level:
            here.setdefault(item.outcome, []).append(item)
    linked = {name[0] for name in names} | set(keep)
    pinned = sized or known is not None or any(reading.answered_by_all(o) for o in here)
    grow = _Growing(total, known, pinned)
    locals_: dict[Key, Local] = {}
    for outcome in sorted(here, key=lambda o: not reading.answered_by_all(o)):
        whole = reading.answered_by_all(outcome)
        bases = (
            np.array([known])
            if whole and known is not None
            else np.arange((known if known is not None else total) + 1)
        )
        local = local_outcome(reading, here[outcome], _blocks(blocks, outcome), bases)
        locals_[outcome] = local
        if outcome in linked:
            grow.list_rows(outcome, local, whole)
        else:
            grow.weigh(local, whole)
    grow.finish()
    low, high = _contributions(reading, by, level, names, locals_, grow, blocks)
    return Atoms(level, pinned, grow.size, low, high, grow.weight, locals_, grow.refs)


def _blocks(blocks: Mapping[Key, Sequence[Block]], outcome: Key) -> Sequence[Block]:
    return blocks[outcome]


def _contributions(
    reading: Reading,
    by: Key,
    level: Level,
    names: Sequence[Name],
    locals_: Mapping[Key, Local],
    grow: _Growing,
    blocks: Mapping[Key, Sequence[Block]],
) -> tuple[Ints, Ints]:
    """Return what a level adds to each linked total: smallest and largest, shape (m, k)."""
    top = grow.size if grow.pinned else np.full(len(grow.size), reading.total or 0)
    low = np.zeros((len(grow.size), len(names)), dtype=np.int64)
    high = np.zeros_like(low)
    for j, (outcome, block) in enumerate(names):
        if outcome == by:
            if level in block or block == ANSWERED:
                low[:, j], high[:, j] = grow.size, top
        elif outcome in grow.refs:
            low[:, j], high[:, j] = locals_[outcome].span(block, grow.refs[outcome])
        else:
            everyone = block in (ANSWERED, RESPONSES) and reading.answered_by_all(outcome)
            low[:, j] = grow.size if everyone else 0
            high[:, j] = grow.size * _weight(reading, (outcome, block))
    return low, high


class _Growing:
    """Rows of a level while outcome after outcome is joined to them."""

    def __init__(self, total: int, known: int | None, pinned: bool) -> None:
        self.total, self.pinned = total, pinned
        start = [known] if known is not None else (range(total + 1) if pinned else [0])
        self.size: Ints = np.array(start, dtype=np.int64)
        self.weight: NDArray[Any] = np.ones(len(self.size), dtype=np.int64)
        self.refs: dict[Key, Ints] = {}
        self.loose: list[NDArray[Any]] = []

    def _take(self, rows: Ints) -> None:
        self.size, self.weight = self.size[rows], self.weight[rows]
        self.refs = {o: r[rows] for o, r in self.refs.items()}

    def list_rows(self, outcome: Key, local: Local, whole: bool) -> None:
        """Join every row of the outcome: on equal size, or on a base no larger than the size."""
        order = np.argsort(local.base, kind="stable")
        base = local.base[order]
        if whole:
            start = np.searchsorted(base, self.size, "left")
            stop = np.searchsorted(base, self.size, "right")
        else:
            start = np.zeros(len(self.size), dtype=np.int64)
            stop = (
                np.searchsorted(base, self.size, "right")
                if self.pinned
                else np.full(len(self.size), len(base))
            )
        number = stop - start
        if number.sum() > 20_000_000:
            raise TooLargeError("too many counts of one group to list")
        again = np.repeat(np.arange(len(self.size)), number)
        offset = np.arange(len(again)) - np.repeat(np.cumsum(number) - number, number)
        chosen = order[start[again] + offset]
        self._take(again)
        self.refs[outcome] = chosen
        if not self.pinned:
            self.size = np.maximum(self.size, local.base[chosen])

    def weigh(self, local: Local, whole: bool) -> None:
        """Count the ways of an outcome that nothing outside the level needs."""
        ways = np.bincount(local.base, minlength=self.total + 1).astype(np.int64)
        if whole:
            self.weight = self.weight * ways[self.size]
        else:
            self.loose.append(np.cumsum(ways))

    def finish(self) -> None:
        """Apply the outcomes with item non-response that were only counted."""
        if self.loose:
            below = self.loose[0].astype(object)
            for ways in self.loose[1:]:
                below = below * ways.astype(object)
            below = below.astype(np.int64) if max(below) < 2**62 else below
            if self.pinned:
                self.weight = self.weight * below[self.size]
            else:
                self._spread_sizes(np.diff(below, prepend=below[:1] * 0))
        keep = self.weight > 0
        self._take(np.flatnonzero(keep))

    def _spread_sizes(self, exactly: NDArray[Any]) -> None:
        """Nothing pins the size: it is at least the largest base of all outcomes."""
        sizes = np.flatnonzero(exactly > 0)
        if len(self.size) * len(sizes) > 20_000_000:
            raise TooLargeError("too many bases of one group to list")
        rows = np.repeat(np.arange(len(self.size)), len(sizes))
        largest = np.tile(sizes, len(self.size))
        self._take(rows)
        self.size = np.maximum(self.size, largest)
        self.weight = self.weight * exactly[largest]
