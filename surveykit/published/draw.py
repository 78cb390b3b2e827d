"""One feasible table of a group, drawn uniformly: every table is as likely as any other.

Groupings are drawn one after another, each final state in proportion to the number of complete
tables behind it; inside a grouping, levels are drawn backwards from that state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UsageError
from surveykit.published.fold import Atoms, Fold, FoldKey, fold_key
from surveykit.published.local import ANSWERED, RESPONSES, Block
from surveykit.published.model import Key, Level
from surveykit.published.narrowed import Narrowed
from surveykit.published.plane import Plane
from surveykit.published.plane_draw import draw_pairs, pick
from surveykit.published.relation import Name, Relation, join, join_all
from surveykit.published.solve import Group, Tables
from surveykit.published.states import Ints, encode, fits

__all__ = ["DrawnCell", "DrawnLevel", "DrawnTable", "draw_table", "draw_tables"]


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """One outcome in one level: who answered, the printed base, and what each block can be."""

    base: int
    shown: int
    counts: Mapping[str, int]
    blocks: Mapping[Block, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class DrawnLevel:
    """One level of a grouping; `size` is a lower bound where nothing pins it."""

    size: int
    pinned: bool
    cells: Mapping[Key, DrawnCell]


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """One feasible table of a group.

    `totals` holds, for every followed total over everyone, the smallest and largest value that
    the drawn groupings leave it; `answered` the same for the number who answered an outcome.
    """

    folds: Mapping[FoldKey, Mapping[Level, DrawnLevel]]
    totals: Mapping[Name, tuple[int, int]]
    answered: Mapping[Key, tuple[int, int]]


def draw_table(group: Group, rng: np.random.Generator) -> DrawnTable:
    """Draw one feasible table of a solved group uniformly.

    Raises
    ------
    UsageError
        When the group has no feasible table.
    """
    if not group.feasible:
        raise UsageError("no table prints these figures: nothing can be drawn.")
    known = group.printed_totals
    relations = dict(group.relations if isinstance(group, Narrowed) else group.counted)
    chosen: dict[FoldKey, Ints] = {}
    for key in relations:
        relation, states = relations[key]
        rest = [r for k, (r, _) in relations.items() if k != key] + known
        row = pick(_completions(relation, rest, group), rng)
        one = np.array([row])
        relations[key] = (relation.take(one), states[one])
        chosen[key] = states[row]
    totals = join_all(
        [r for r, _ in relations.values()] + known, group.sums, keep=group.tracked.keys()
    )
    folds = {
        key: _draw_fold(group, _with_tests(group, key, chosen[key], rng) or fold, chosen[key], rng)
        for key, fold in group.folds.items()
    }
    spans = {n: (int(totals.low[0, j]), int(totals.high[0, j])) for j, n in enumerate(totals.names)}
    answered = {n[0]: span for n, span in spans.items() if n[1] == ANSWERED}
    levels = {n: span for n, span in spans.items() if n[1] not in (ANSWERED, RESPONSES)}
    return DrawnTable(folds, levels, answered)


def _with_tests(group: Group, key: FoldKey, state: Ints, rng: np.random.Generator) -> Fold | None:
    """Return a grouping of one table that prints its tests too, None where it has no test."""
    if not isinstance(group, Narrowed):
        return None
    return group.narrowed_fold(key, state, lambda n: int(rng.integers(n)))


def draw_tables(group: Group, number: int, rng: np.random.Generator) -> Tables:
    """Draw many feasible tables of a solved group uniformly, independent of each other.

    Parameters
    ----------
    group : Group
    number : int
    rng : numpy.random.Generator

    Returns
    -------
    Tables
        Bases and counts of the group's figures, shape (number, figures) each.

    Raises
    ------
    UsageError
        When the group has no feasible table.
    """
    planes = [key for key, fold in group.folds.items() if fold.plane and key[0]]
    flat = {i.by for i in group.items} <= {(), *(by for by, _ in planes)}
    same = len({i.outcome for i in group.items}) == 1
    if planes and flat and same and not isinstance(group, Narrowed) and group.feasible:
        return _many_in_planes(group, planes, number, rng)
    drawn = [draw_table(group, rng) for _ in range(number)]
    cells = [
        [t.folds[fold_key(group.reading, i)][i.level].cells[i.outcome] for i in group.items]
        for t in drawn
    ]
    bases = np.array([[c.shown for c in row] for row in cells], dtype=np.int64)
    counts = [[c.counts[i.id] for c, i in zip(row, group.items, strict=True)] for row in cells]
    return Tables(bases, np.array(counts, dtype=np.int64))


def _many_in_planes(
    group: Group, planes: Sequence[FoldKey], number: int, rng: np.random.Generator
) -> Tables:
    """Draw the count over everyone, then the groups of each grouping; figures on everyone follow."""
    first = group.folds[planes[0]]
    (_, block), everyone = first.names[0], first.total
    relation, states = group.relations[planes[0]]
    rest = [r for k, (r, _) in group.relations.items() if k != planes[0]] + group.printed_totals
    weights = _completions(relation, rest, group)
    ends = np.array([states[pick(weights, rng), 1] for _ in range(number)], dtype=np.int64)
    bases = np.full((number, len(group.items)), everyone, dtype=np.int64)
    counts = np.repeat(ends[:, None], len(group.items), axis=1)
    for key in planes:
        levels = [a.level for a in group.folds[key].atoms]
        plane = replace(group.planes[key])  # its arrays go when its draws are made
        pairs = draw_pairs(plane, ends, rng)
        for j, item in enumerate(group.items):
            if item.by == key[0]:
                at = levels.index(item.level)
                bases[:, j], counts[:, j] = pairs[:, at, 0], pairs[:, at, 1]
    other = [j for j, item in enumerate(group.items) if item.levels != block]
    counts[:, other] = bases[:, other] - counts[:, other]
    return Tables(bases, counts)


def _completions(relation: Relation, rest: list[Relation], group: Group) -> NDArray[Any]:
    """Return how many complete tables lie behind each row of a grouping, shape (m,)."""
    if not rest:
        return relation.count
    others = join_all(rest, group.sums, keep={n[0] for n in relation.names})
    others = others.project([n for n in others.names if n[0] in {m[0] for m in relation.names}])
    sums = {k: v for k, v in group.sums.items() if any(n[0] == k for n in relation.names)}
    joined, rows = join(relation, others, sums)
    out = np.zeros(len(relation.low), dtype=object)
    np.add.at(out, rows, joined.count.astype(object))
    return out


def _draw_fold(
    group: Group, fold: Fold, end: Ints, rng: np.random.Generator
) -> dict[Level, DrawnLevel]:
    """Draw the levels of one grouping backwards from its final state."""
    if fold.plane is not None:
        return _draw_plane(group, fold, group.planes[fold.key], end, rng)
    state, out = end, {}
    forward = fold.forward()
    for index in range(len(fold.atoms) - 1, -1, -1):
        atoms, steps = fold.atoms[index], fold.columns[index]
        states, ways = forward[index]
        keys = encode(states, fold.box)
        before = state - steps
        inside = (before >= 0).all(axis=1) & fits(np.maximum(before, 0), fold.box)
        rows = np.flatnonzero(inside)
        wanted = encode(before[rows], fold.box)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hit = keys[at] == wanted
        rows, at = rows[hit], at[hit]
        row = rows[pick(ways[at].astype(object) * atoms.weight[rows].astype(object), rng)]
        out[atoms.level] = _draw_level(group, atoms, int(row), rng)
        state = before[row]
    return {a.level: out[a.level] for a in fold.atoms}


def _draw_plane(
    group: Group, fold: Fold, plane: Plane, end: Ints, rng: np.random.Generator
) -> dict[Level, DrawnLevel]:
    """Draw the levels of a grouping in the plane: each pair is one atom."""
    (pairs,) = draw_pairs(plane, end[1:], rng)
    out = {}
    for atoms, steps, pair in zip(fold.atoms, fold.columns, pairs, strict=True):
        row = int(np.flatnonzero((steps == pair).all(axis=1))[0])
        out[atoms.level] = _draw_level(group, atoms, row, rng)
    return out


def _draw_level(group: Group, atoms: Atoms, row: int, rng: np.random.Generator) -> DrawnLevel:
    """Draw the outcomes of a level that were only counted, given its size."""
    size = int(atoms.size[row])
    fixed = {o: int(r[row]) for o, r in atoms.refs.items()}
    whole = group.reading.answered_by_all
    for outcome, local in atoms.locals.items():
        if outcome not in fixed and whole(outcome):
            fixed[outcome] = int(rng.choice(np.flatnonzero(local.base == size)))
    loose = [o for o in atoms.locals if o not in fixed]
    reach = max((int(atoms.locals[o].base[r]) for o, r in fixed.items()), default=-1)
    candidates = {o: np.flatnonzero(atoms.locals[o].base <= size) for o in loose}
    while loose:  # where nothing pins the size, it is the largest base: draw until one attains it
        picked = {o: int(rng.choice(candidates[o])) for o in loose}
        largest = max(int(atoms.locals[o].base[r]) for o, r in picked.items())
        if atoms.pinned or max(reach, largest) == size:
            fixed.update(picked)
            break
    cells = {o: _cell(atoms, o, r) for o, r in fixed.items()}
    return DrawnLevel(size, atoms.pinned, cells)


def _cell(atoms: Atoms, outcome: Key, row: int) -> DrawnCell:
    local = atoms.locals[outcome]
    return DrawnCell(
        base=int(local.base[row]),
        shown=int(local.shown[row]),
        counts={i.id: int(local.cells[row, j]) for j, i in enumerate(local.items)},
        blocks={
            b: (int(local.low[row, j]), int(local.high[row, j])) for j, b in enumerate(local.blocks)
        },
    )
