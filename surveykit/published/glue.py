"""Records that stand on drawn tables: every table that printed figures pin is met exactly.

Two-way tables that printed figures pin form a forest (a variable under the variable it is crossed
with). Records are glued along it by permutation, which reproduces every table exactly; cells that no
figure tells apart are filled as evenly as the sums allow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import InputError, UnsupportedError
from surveykit.published.draw import DrawnCell, DrawnLevel, DrawnTable
from surveykit.published.local import Block
from surveykit.published.model import HIDDEN, Item, Key, Level, Reading
from surveykit.published.states import Ints

__all__ = [
    "NO_ANSWER",
    "Plan",
    "Records",
    "UnfitError",
    "between",
    "cannot",
    "even",
    "glue_records",
    "members",
    "share_of",
]

NO_ANSWER = -1


class UnfitError(InputError):
    """A drawn table that no records can stand on; another draw may do."""

    @classmethod
    def because(cls, message: str, where: str | None = None) -> UnfitError:
        """Build the message."""
        hint = "please report this file: records must reproduce every figure of the reading."
        return cls(message, where=where, hint=hint)


@dataclass
class Asked:
    """Those of one group who answer a multiple-response question.

    Attributes
    ----------
    by, level : the group; empty for everyone, and for those outside the groups with figures
    rows : shape (k,)
    cell : the group's drawn cell, if it has figures
    responses : number of choices that they make together, where that is printed
    open : options whose number no figure fixes
    """

    by: Key
    level: Level
    rows: Ints
    cell: DrawnCell | None
    responses: int | None
    open: list[int] = field(default_factory=list)


@dataclass
class Records:
    """Values of all records: level indices (single) or chosen options (multiple).

    Attributes
    ----------
    single : name -> shape (n,)
        Index of the level, -1 for no answer.
    multiple : name -> shape (n, k)
        Chosen options; a record without any did not answer.
    asked : name -> groups
        Who answers a multiple-response question, before all their choices are made.
    parent : name -> name
        The variable each one is glued under.
    """

    n: int
    single: dict[str, Ints] = field(default_factory=dict)
    multiple: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
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
        self,
        reading: Reading,
        tables: Sequence[DrawnTable],
        filters: Mapping[str, Collection[str]],
    ) -> None:
        self.reading, self.filters = reading, filters
        self.n = reading.total or 0
        self.alone: dict[str, DrawnCell] = {}
        self.under: dict[str, dict[str, dict[str, DrawnCell]]] = {}
        self.sizes: dict[str, dict[str, DrawnLevel]] = {}
        self.totals: dict[str, dict[Block, tuple[int, int]]] = {}
        self.most: dict[str, int] = {}
        for table in tables:
            self._read(table)
        shares = [i for i in reading.items if i.percent is not None]
        if any(n in reading.hidden for i in shares for n in i.outcome):
            raise cannot("shares on a base that counts a hidden group", reading)
        self.items = {i.id: i for i in reading.items}
        self.used = dict.fromkeys(n for i in reading.items for n in (*i.by, *i.outcome))
        self.pinned = dict.fromkeys((*self.alone, *self.under, *self.sizes))

    def _read(self, table: DrawnTable) -> None:
        for (key, block), span in table.totals.items():
            self.totals.setdefault(self._one(key), {})[block] = span
        self.most |= {self._one(key): span[1] for key, span in table.answered.items()}
        for (by, choice), levels in table.folds.items():
            if choice is not None:
                raise cannot("groups of those who chose an option", self.reading)
            for level, drawn in levels.items():
                for key, cell in drawn.cells.items():
                    name = self._one(key)
                    if by == ():
                        self.alone[name] = _merged(self.alone.get(name), cell)
                    else:
                        place = self.under.setdefault(name, {}).setdefault(self._one(by), {})
                        place[level[0]] = _merged(place.get(level[0]), cell)
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
        spans = dict(self.totals.get(name, {}))
        if name in self.alone:
            spans |= {b: s for b, s in self.alone[name].blocks.items() if b not in spans}
        if spans:
            base = self.alone[name].base if name in self.alone else None
            answering = self._answering(name)
            return self._settle(name, spans, base if answering is None else answering)
        return self._sizes(name) if name in self.sizes else None

    def _answering(self, name: str) -> int | None:
        """Return how many respondents answer a question, where the reading says."""
        amount = self.reading.missing.get(name, "none")
        return None if amount == "allowed" else self.n - (amount if isinstance(amount, int) else 0)

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
        goal = base if base is not None else min(self.most.get(name, self.n), int(high.sum()))
        values = between(low, high, goal)
        out = np.zeros(len(levels) + 1, dtype=np.int64)
        for (block, _, _), value in zip(all_spans, values, strict=True):
            for level, part in zip(block, even(int(value), len(block)), strict=True):
                out[levels.index(level)] = part
        out[-1] = self.n - out[:-1].sum()
        return out

    def _sizes(self, name: str) -> Ints:
        """Return sizes of a grouping: drawn or printed ones, and what they leave spread evenly."""
        levels, drawn = self.levels(name), self.sizes[name]
        known = {lv: d.size for lv, d in drawn.items()} | self._printed_sizes(name)
        out = np.array([*(known.get(lv, 0) for lv in levels), 0], dtype=np.int64)
        answering = self._answering(name)
        open_ = [j for j, lv in enumerate(levels) if lv not in known]
        if not open_ and answering is not None:
            open_ = [j for j, lv in enumerate(levels) if lv in drawn and not drawn[lv].pinned]
        left = (self.n if answering is None else answering) - int(out.sum())
        for j, part in zip(open_, even(left, len(open_)), strict=True):
            out[j] += part
        out[-1] = self.n - out.sum()
        if (out < 0).any():
            raise UnfitError.because("the drawn sizes do not add up.", self.reading.where)
        return out

    def _printed_sizes(self, name: str) -> dict[str, int]:
        """Return the sizes of levels that have no figures but a printed number."""
        found = {
            lv: self.reading.size((name,), (lv,)) if lv != HIDDEN else self.reading.hidden[name]
            for lv in self.levels(name)
            if lv not in self.sizes[name]
        }
        return {lv: size for lv, size in found.items() if isinstance(size, int)}

    def filtered(self, name: str, by: str) -> bool:
        """Whether only the groups of `by` that have figures were asked `name`."""
        elsewhere = name in self.alone or name in self.totals or len(self.under[name]) > 1
        return by in self.filters.get(name, ()) and not elsewhere

    def table(self, by: str, name: str, sizes: Ints) -> tuple[Ints, Ints]:
        """Return (cells, free): the table of `name` under `by` with no answer last; -1 is open."""
        cells = np.full((len(sizes), len(self.levels(name)) + 1), -1, dtype=np.int64)
        levels = self.levels(by)
        if self.reading.answered_by_all((name,)):
            cells[:, -1] = 0
        if self.filtered(name, by):
            cells[:] = 0
            cells[:, -1] = sizes
        for level, cell in self.under[name][by].items():
            row = levels.index(level)
            cells[row] = -1
            cells[row, -1] = sizes[row] - cell.base
            for block, (low, high) in cell.blocks.items():
                if low == high and len(block) == 1:
                    ((lv,),) = block
                    cells[row, self.levels(name).index(lv)] = low
        return cells, np.asarray(cells < 0)

    def joined(self, by: str, name: str) -> list[Joined]:
        """Return the joined levels whose number in a group is fixed, not that of each."""
        order = self.levels(name)
        return [
            (self.levels(by).index(level), [order.index(lv[0]) for lv in sorted(block)], low)
            for level, cell in self.under[name][by].items()
            for block, (low, high) in cell.blocks.items()
            if low == high and len(block) > 1
        ]


Joined = tuple[int, list[int], int]
"""Row of a table, columns, and how many they hold together."""


def _merged(known: DrawnCell | None, cell: DrawnCell) -> DrawnCell:
    """Join what two groups of figures say of one cell: choices on a known base share nothing."""
    if known is None:
        return cell
    blocks = {
        b: (max(span[0], known.blocks[b][0]), min(span[1], known.blocks[b][1]))
        for b, span in cell.blocks.items()
    }
    return DrawnCell(cell.base, cell.shown, {**known.counts, **cell.counts}, blocks)


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
            raise UnfitError.because("the drawn totals do not add up.")
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
    filled = _fill(*plan.table(by, name, sizes), sizes, None, plan.joined(by, name))
    return np.asarray(filled.sum(axis=0))


def _permuted(margin: Ints, rng: np.random.Generator) -> Ints:
    values = np.repeat(np.r_[np.arange(len(margin) - 1), NO_ANSWER], margin)
    return rng.permutation(values)


def _grow(plan: Plan, records: Records, name: str, rng: np.random.Generator) -> None:
    """Glue under `name` whatever is crossed with it and has no values yet."""
    links = [(name, o) for o, bys in plan.under.items() if name in bys]
    links += [(by, name) for by in plan.under.get(name, {})]
    for by, outcome in links:
        other = outcome if by == name else by
        if other == records.parent[name]:
            continue
        if other in records.parent:
            raise cannot(
                f"cross-tables that form a loop through {outcome!r} and {by!r}", plan.reading
            )
        records.parent[other] = name
        if outcome in plan.reading.multiple:
            _glue_choices(plan, records, outcome, by, rng)
            continue
        sizes = _counts_of(records, by, plan) if by in records.single else plan.margin(by)
        assert sizes is not None
        columns = _counts_of(records, name, plan) if outcome == name else plan.margin(outcome)
        joined = plan.joined(by, outcome)
        cells = _fill(*plan.table(by, outcome, sizes), sizes, columns, joined)
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


def _fill(
    cells: Ints, free: Ints, rows: Ints, columns: Ints | None, joined: Sequence[Joined] = ()
) -> Ints:
    """Fill the open cells of a table with given row (and column) sums, as evenly as allowed.

    Joined cells with a sum of their own are a row of their own while the table is filled.
    """
    if joined:
        k = len(cells)
        cells, free = (np.concatenate([x, np.zeros((len(joined), x.shape[1]), dtype=x.dtype)]) for x in (cells, free))  # fmt: skip
        rows = np.concatenate([rows, np.zeros(len(joined), dtype=np.int64)])
        for j, (r, places, number) in enumerate(joined, start=k):
            free[j, places], free[r, places], cells[r, places] = free[r, places], False, 0
            rows[j] += number
            rows[r] -= number
        filled = _fill(cells, free, rows, columns)
        for j, (r, *_) in enumerate(joined, start=k):
            filled[r] += filled[j]
        return filled[:k]
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
        raise UnfitError.because("the drawn tables do not fit together.")
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
        raise UnfitError.because("the drawn tables do not fit together.")
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
    """Give the printed choices of a multiple-response question, option by option."""
    groups = _answering_groups(plan, records, name, by, rng)
    chosen = np.zeros((records.n, len(plan.levels(name))), dtype=bool)
    for j, option in enumerate(plan.levels(name)):
        block = frozenset([(option,)])
        spans = [g.cell.blocks.get(block, (0, 1)) if g.cell else (0, 1) for g in groups]
        rest = [g for g, (low, high) in zip(groups, spans, strict=True) if low != high]
        for group, (low, high) in zip(groups, spans, strict=True):
            if low == high:
                chosen[rng.permutation(group.rows)[:low], j] = True
        left = _left_of(plan, name, block, int(chosen[:, j].sum()))
        if left is None:
            for group in rest:
                group.open.append(j)
        else:
            rows = np.concatenate([g.rows for g in rest]) if rest else np.arange(0)
            if not 0 <= left <= len(rows):
                raise UnfitError.because(f"the drawn choices of {name!r} do not add up.")
            chosen[rng.permutation(rows)[:left], j] = True
    records.multiple[name], records.asked[name] = chosen, groups


def _left_of(plan: Plan, name: str, block: Block, given: int) -> int | None:
    """Return how many more must choose an option to meet its total, None where that is free."""
    span = plan.alone[name].blocks.get(block, (0, 1)) if name in plan.alone else (0, 1)
    if span[0] != span[1]:
        span = plan.totals.get(name, {}).get(block, (0, 1))
    return span[0] - given if span[0] == span[1] else None


def _answering_groups(
    plan: Plan, records: Records, name: str, by: str | None, rng: np.random.Generator
) -> list[Asked]:
    """Draw who answers a multiple-response question, group by group."""
    cells = plan.under[name][by] if by else {}
    groups, left = [], np.arange(records.n)
    for j, level in enumerate(plan.levels(by) if by else ()):
        if level in cells and by:
            rows = np.flatnonzero(records.single[by] == j)
            groups.append(_asked(plan, name, (by,), (level,), rows, cells[level], rng))
            left = np.setdiff1d(left, rows)
    if name in plan.alone:
        whole = plan.alone[name]
        base = whole.base - sum(len(g.rows) for g in groups)
        shown = whole.shown - sum(g.responses or 0 for g in groups)
        if by and _responses(plan, name) and not plan.reading.answered_by_all((name,)):
            least = -(-shown // len(plan.levels(name)))  # the number answering is not pinned
            base = min(max(base, least), shown)
        rest = DrawnCell(base, shown, {}, {} if by else whole.blocks)
        groups.append(_asked(plan, name, (), (), left, rest, rng))
    elif by and plan.reading.answered_by_all((name,)) and not plan.filtered(name, by):
        groups.append(Asked((), (), left, None, None))
    return groups


def _asked(
    plan: Plan,
    name: str,
    by: Key,
    level: Level,
    rows: Ints,
    cell: DrawnCell,
    rng: np.random.Generator,
) -> Asked:
    if not 0 <= cell.base <= len(rows):
        raise UnfitError.because(f"the drawn bases of {name!r} do not add up.")
    who = rng.permutation(rows)[: cell.base]
    return Asked(by, level, who, cell, cell.shown if _responses(plan, name) else None)


def _responses(plan: Plan, name: str) -> bool:
    """Whether the figures of a question are shares of responses."""
    return any(i.responses for i in plan.reading.items if i.outcome == (name,))


def members(
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
        base = base & members(reading, records, item.by, frozenset([item.level]))
    if item.responses:
        at = [reading.levels[item.outcome[0]].index(lv[0]) for lv in item.levels]
        chosen = records.multiple[item.outcome[0]][base]
        return int(chosen[:, at].sum()), int(chosen.sum())
    mine = base & members(reading, records, item.outcome, item.levels)
    return int(mine.sum()), int(base.sum())
