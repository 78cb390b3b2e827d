"""Records that stand on drawn tables: every table that printed figures pin is met exactly.

Two-way tables that printed figures pin form a forest (a variable under the variable it is crossed
with). Records are glued along it by permutation, which reproduces every table exactly; cells that no
figure tells apart are filled as evenly as the sums allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import InputError, UnsupportedError
from surveykit.published.draw import DrawnCell, DrawnLevel, DrawnTable
from surveykit.published.local import Block
from surveykit.published.model import HIDDEN, Item, Key, Reading
from surveykit.published.states import Ints

__all__ = [
    "NO_ANSWER",
    "Plan",
    "Records",
    "between",
    "cannot",
    "even",
    "glue_records",
    "groups_of_choices",
    "share_of",
]

NO_ANSWER = -1


@dataclass
class Records:
    """Values of all records: level indices (single) or chosen options (multiple).

    Attributes
    ----------
    single : name -> shape (n,)
        Index of the level, -1 for no answer.
    multiple : name -> shape (n, k)
        Chosen options; a record without any did not answer.
    asked : name -> shape (n,)
        Who answers a multiple-response question, before all their choices are made.
    parent : name -> name
        The variable each one is glued under.
    """

    n: int
    single: dict[str, Ints] = field(default_factory=dict)
    multiple: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    asked: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    parent: dict[str, str | None] = field(default_factory=dict)

    def subtree(self, name: str) -> list[str]:
        """Return a variable and all that is glued under it."""
        out = [name]
        for child, parent in self.parent.items():
            if parent == name:
                out += self.subtree(child)
        return out

    def swap(self, names: Sequence[str], i: int, j: int) -> None:
        """Exchange two records' values of some variables."""
        for name in names:
            values = self.single[name] if name in self.single else self.multiple[name]
            values[[i, j]] = values[[j, i]]

    def answered(self, name: str) -> NDArray[np.bool_]:
        """Return who answered, shape (n,)."""
        if name in self.single:
            return np.asarray(self.single[name] != NO_ANSWER)
        return np.asarray(self.multiple[name].any(axis=1))


# --- what the drawn tables say ------------------------------------------------------------


class Plan:
    """The drawn tables by variable: margins over everyone, and the table under each grouping."""

    def __init__(
        self, reading: Reading, tables: Sequence[DrawnTable], not_asked: frozenset[str]
    ) -> None:
        self.reading, self.not_asked = reading, not_asked
        self.n = reading.total or 0
        self.alone: dict[str, DrawnCell] = {}
        self.under: dict[str, dict[str, dict[str, DrawnCell]]] = {}
        self.sizes: dict[str, dict[str, DrawnLevel]] = {}
        self.totals: dict[str, dict[Block, tuple[int, int]]] = {}
        for table in tables:
            self._read(table)
        self.items = {i.id: i for i in reading.items}
        self.used = dict.fromkeys(n for i in reading.items for n in (*i.by, *i.outcome))
        self.pinned = dict.fromkeys((*self.alone, *self.under, *self.sizes))

    def _read(self, table: DrawnTable) -> None:
        for (key, block), span in table.totals.items():
            self.totals.setdefault(self._one(key), {})[block] = span
        for (by, choice), levels in table.folds.items():
            if choice is not None:
                raise cannot("groups of those who chose an option", self.reading)
            for level, drawn in levels.items():
                for key, cell in drawn.cells.items():
                    if by == ():
                        self.alone[self._one(key)] = cell
                    else:
                        place = self.under.setdefault(self._one(key), {})
                        place.setdefault(self._one(by), {})[level[0]] = cell
                if by != ():
                    self.sizes.setdefault(self._one(by), {})[level[0]] = drawn

    def _one(self, key: Key) -> str:
        if len(key) != 1 or key[0].endswith(")"):
            raise cannot("joined variables or filtered bases", self.reading)
        return key[0]

    def levels(self, name: str) -> tuple[str, ...]:
        hidden = (HIDDEN,) if name in self.reading.hidden else ()
        return (*self.reading.levels[name], *hidden)

    def margin(self, name: str) -> Ints | None:
        """Return respondents at each level and (last) without an answer; None when free."""
        whole = self.reading.answered_by_all((name,))
        spans = dict(self.totals.get(name, {}))
        if name in self.alone:
            spans |= {b: s for b, s in self.alone[name].blocks.items() if b not in spans}
        if spans:
            base = self.alone[name].base if name in self.alone else None
            return self._settle(name, spans, self.n if whole else base)
        if name in self.sizes:
            return self._sizes(name, whole)
        return None

    def _settle(self, name: str, spans: Mapping[Block, tuple[int, int]], base: int | None) -> Ints:
        """Choose totals inside their spans that add up, even between levels told apart by nothing."""
        levels = self.levels(name)
        named = {lv[0] for block in spans for lv in block}
        rest = [lv for lv in levels if lv not in named]
        all_spans: list[tuple[list[str], int, int]] = [
            ([lv[0] for lv in sorted(block)], *span) for block, span in spans.items()
        ]
        if rest:
            all_spans.append((rest, 0, self.n))
        low = np.array([s[1] for s in all_spans])
        high = np.array([s[2] for s in all_spans])
        goal = base if base is not None else min(self.n, int(high.sum()))
        values = between(low, high, goal)
        out = np.zeros(len(levels) + 1, dtype=np.int64)
        for (block, _, _), value in zip(all_spans, values, strict=True):
            for level, part in zip(block, even(int(value), len(block)), strict=True):
                out[levels.index(level)] = part
        out[-1] = self.n - out[:-1].sum()
        return out

    def _sizes(self, name: str, whole: bool) -> Ints:
        """Return sizes of a grouping: drawn ones, and what they leave spread evenly."""
        levels, drawn = self.levels(name), self.sizes[name]
        out = np.zeros(len(levels) + 1, dtype=np.int64)
        for level, value in drawn.items():
            out[levels.index(level)] = value.size
        left = self.n - int(out.sum())
        open_ = [j for j, lv in enumerate(levels) if lv not in drawn]
        if not open_ and not whole:
            out[-1] = left
            return out
        loose = open_ or [j for j, lv in enumerate(levels) if not drawn[lv].pinned]
        for j, part in zip(loose, even(left, len(loose)), strict=True):
            out[j] += part
        return out

    def table(self, by: str, name: str, sizes: Ints) -> tuple[Ints, Ints]:
        """Return (cells, free): the table of `name` under `by` with no answer last; -1 is open."""
        cells = np.full((len(sizes), len(self.levels(name)) + 1), -1, dtype=np.int64)
        levels = self.levels(by)
        if self.reading.answered_by_all((name,)):
            cells[:, -1] = 0
        for level, cell in self.under[name][by].items():
            row = levels.index(level)
            cells[row, -1] = sizes[row] - cell.base
            for block, (low, high) in cell.blocks.items():
                if low == high and len(block) == 1:
                    ((lv,),) = block
                    cells[row, self.levels(name).index(lv)] = low
        return cells, np.asarray(cells < 0)


def cannot(what: str, reading: Reading) -> UnsupportedError:
    return UnsupportedError(
        f"synthetic records are not built for {what}.",
        where=f"{reading.where}, scenario {reading.id!r}",
        hint="reconstruct another reading.",
    )


def even(total: int, parts: int) -> list[int]:
    """Split a number into parts as equal as can be.

    Examples
    --------
    >>> even(7, 3)
    [3, 2, 2]
    """
    if parts == 0:
        return []
    return [total // parts + (j < total % parts) for j in range(parts)]


def between(low: Ints, high: Ints, goal: int) -> Ints:
    """Return whole numbers between `low` and `high` that add up to `goal`, as even as can be."""
    values = low.copy()
    left = goal - int(values.sum())
    while left > 0:
        room = np.flatnonzero(values < high)
        if not len(room):
            raise InputError("the drawn totals do not add up.", hint="please report this file.")
        lowest = room[np.argsort(values[room], kind="stable")]
        values[lowest[: min(left, len(lowest))]] += 1
        left = goal - int(values.sum())
    return values


# --- gluing -------------------------------------------------------------------------------


def glue_records(plan: Plan, records: Records, rng: np.random.Generator) -> None:
    """Give every pinned variable its values, one tree of crossed variables after another."""
    for root in plan.pinned:
        if root in records.parent or root in plan.reading.multiple:
            continue
        margin = plan.margin(root)
        if margin is None:
            margin = _margin_from_tables(plan, root)
        records.parent[root] = None
        records.single[root] = _permuted(margin, rng)
        _grow(plan, records, root, rng)
    for name in plan.pinned:
        if name in plan.reading.multiple and name not in records.parent:
            records.parent[name] = None
            _glue_choices(plan, records, name, None, rng)


def _margin_from_tables(plan: Plan, name: str) -> Ints:
    """A variable known only under groupings: fill the first table, its columns are the margin."""
    by = next(iter(plan.under[name]))
    sizes = plan.margin(by)
    assert sizes is not None
    return np.asarray(_fill(*plan.table(by, name, sizes), sizes, None).sum(axis=0))


def _permuted(margin: Ints, rng: np.random.Generator) -> Ints:
    values = np.repeat(np.r_[np.arange(len(margin) - 1), NO_ANSWER], margin)
    return rng.permutation(values)


def _grow(plan: Plan, records: Records, name: str, rng: np.random.Generator) -> None:
    """Glue under `name` whatever is crossed with it and has no values yet."""
    links = [(name, o) for o, bys in plan.under.items() if name in bys]
    links += [(by, name) for by in plan.under.get(name, {})]
    for by, outcome in links:
        other = outcome if by == name else by
        if other in records.parent:
            continue
        records.parent[other] = name
        if outcome in plan.reading.multiple:
            _glue_choices(plan, records, outcome, by, rng)
            continue
        sizes = _counts_of(records, by, plan) if by in records.single else plan.margin(by)
        assert sizes is not None
        columns = _counts_of(records, name, plan) if outcome == name else plan.margin(outcome)
        cells = _fill(*plan.table(by, outcome, sizes), sizes, columns)
        _assign(records, name, other, cells if by == name else cells.T, rng)
        _grow(plan, records, other, rng)


def _counts_of(records: Records, name: str, plan: Plan) -> Ints:
    values = records.single[name]
    k = len(plan.levels(name))
    return np.bincount(np.where(values == NO_ANSWER, k, values), minlength=k + 1)


def _assign(records: Records, known: str, new: str, cells: Ints, rng: np.random.Generator) -> None:
    """Give `new` its values inside each level of `known`, by permutation (rows: levels of known)."""
    out = np.full(records.n, NO_ANSWER, dtype=np.int64)
    for row in range(len(cells)):
        level = NO_ANSWER if row == len(cells) - 1 else row
        out[records.single[known] == level] = _permuted(cells[row], rng)
    records.single[new] = out


def _fill(cells: Ints, free: Ints, rows: Ints, columns: Ints | None) -> Ints:
    """Fill the open cells of a table with given row (and column) sums, as evenly as allowed."""
    known = np.where(free, 0, cells)
    row_left = rows - known.sum(axis=1)
    if columns is None:
        out = known.copy()
        for r in range(len(out)):
            at = np.flatnonzero(free[r])
            at = at[at < out.shape[1] - 1] if len(at) > 1 else at
            out[r, at] += np.array(even(int(row_left[r]), len(at)), dtype=np.int64)
        return out
    column_left = columns - known.sum(axis=0)
    if (row_left < 0).any() or (column_left < 0).any():
        raise InputError("the drawn tables do not fit together.", hint="please report this file.")
    return known + _transport(free, row_left, column_left)


def _transport(free: Ints, rows: Ints, columns: Ints) -> Ints:
    """Whole numbers in the open cells with these sums: near the maximum-entropy real solution.

    Iterative proportional fitting gives the real solution; its whole parts stay, and a maximum
    flow rounds what is left (the sums are whole, so an exact rounding exists).
    """
    real = np.where(free, 1.0, 0.0)
    for _ in range(200):
        for axis, goal in ((1, rows), (0, columns)):
            total = real.sum(axis=axis, keepdims=True)
            scale = np.divide(
                np.expand_dims(goal, axis), total, out=np.zeros_like(total), where=total > 0
            )
            real = real * scale
    base = np.floor(real + 1e-9).astype(np.int64)
    left_rows, left_columns = rows - base.sum(axis=1), columns - base.sum(axis=0)
    if (left_rows >= 0).all() and (left_columns >= 0).all():
        part = _flow(np.where(free & (real - base > 1e-9), 1, 0), left_rows, left_columns)
        if part is None:
            part = _flow(np.where(free, rows.sum() + 1, 0), left_rows, left_columns)
        if part is not None:
            return base + part
    whole = _flow(np.where(free, rows.sum() + 1, 0), rows, columns)
    if whole is None:
        raise InputError("the drawn tables do not fit together.", hint="please report this file.")
    return whole


def _flow(capacity: Ints, rows: Ints, columns: Ints) -> Ints | None:
    """Return a flow from rows to columns within `capacity`, None when it cannot carry the sums."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    r, c = capacity.shape
    graph = np.zeros((r + c + 2, r + c + 2), dtype=np.int32)
    graph[0, 1 : r + 1] = rows
    graph[1 : r + 1, r + 1 : r + c + 1] = capacity
    graph[r + 1 : r + c + 1, -1] = columns
    result = maximum_flow(csr_array(graph), 0, r + c + 1)
    if result.flow_value != rows.sum():
        return None
    flow = np.asarray(result.flow.todense())[1 : r + 1, r + 1 : r + c + 1]
    return np.maximum(flow, 0).astype(np.int64)


def _glue_choices(
    plan: Plan, records: Records, name: str, by: str | None, rng: np.random.Generator
) -> None:
    """Give the printed choices of a multiple-response question, group by group."""
    options = plan.levels(name)
    chosen = np.zeros((records.n, len(options)), dtype=bool)
    for rows, cell in groups_of_choices(plan, records, name, by):
        if cell is None:
            continue
        who = rng.permutation(rows)[: cell.base]
        start = 0
        wrap = _all_printed(plan, name, cell)
        for j, option in enumerate(options):
            low, high = cell.blocks.get(frozenset([(option,)]), (0, 1))
            if low != high:
                continue
            order = np.roll(who, -start) if wrap else rng.permutation(who)
            chosen[order[:low], j] = True
            start += low
        records.asked.setdefault(name, np.zeros(records.n, dtype=bool))[who] = True
    records.multiple[name] = chosen


def _all_printed(plan: Plan, name: str, cell: DrawnCell) -> bool:
    return all(low == high for low, high in cell.blocks.values()) or cell.shown != cell.base


def groups_of_choices(
    plan: Plan, records: Records, name: str, by: str | None
) -> Iterator[tuple[Ints, DrawnCell | None]]:
    """Yield the records of each group and the group's drawn cell."""
    if by is None:
        yield np.arange(records.n), plan.alone.get(name)
        return
    cells = plan.under[name][by]
    for j, level in enumerate(plan.levels(by)):
        yield np.flatnonzero(records.single[by] == j), cells.get(level)


def _members(
    reading: Reading, records: Records, names: Key, levels: frozenset[tuple[str, ...]]
) -> NDArray[np.bool_]:
    """Return who is in some levels of one variable, shape (n,)."""
    (name,) = names
    at = [reading.levels[name].index(lv[0]) for lv in levels]
    if name in records.multiple:
        return np.asarray(records.multiple[name][:, at].any(axis=1))
    return np.isin(records.single[name], at)


def share_of(reading: Reading, records: Records, item: Item) -> tuple[int, int]:
    """Return (count, base) of a figure in the records."""
    base = records.answered(item.outcome[0])
    if item.by:
        base = base & _members(reading, records, item.by, frozenset([item.level]))
    if item.responses:
        at = [reading.levels[item.outcome[0]].index(lv[0]) for lv in item.levels]
        chosen = records.multiple[item.outcome[0]][base]
        return int(chosen[:, at].sum()), int(chosen.sum())
    mine = base & _members(reading, records, item.outcome, item.levels)
    return int(mine.sum()), int(base.sum())
