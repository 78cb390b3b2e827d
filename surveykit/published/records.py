"""Synthetic records that stand on drawn tables: every printed figure exact, the rest as even as can be.

Two-way tables that printed figures pin form a forest (a variable under the variable it is crossed
with). Records are glued along it by permutation, which reproduces every table exactly. What no
figure pins is spread evenly over what is allowed, which is its maximum entropy; structural zeros and
stated orders are then met by swaps that leave every pinned table as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import InputError, UnsupportedError
from surveykit.published.document import Cell, Claim
from surveykit.published.draw import DrawnCell, DrawnLevel, DrawnTable
from surveykit.published.local import Block
from surveykit.published.model import HIDDEN, Item, Key, Reading
from surveykit.published.rounding import count_range
from surveykit.published.states import Ints

__all__ = ["Records", "build_records", "share_of"]

NO_ANSWER = -1
MAX_SWAPS = 200_000


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


def build_records(
    reading: Reading,
    tables: Sequence[DrawnTable],
    *,
    claims: Sequence[Claim],
    impossible: Sequence[Cell],
    not_asked: frozenset[str],
    aside: frozenset[str],
    rng: np.random.Generator,
) -> Records:
    """Build one record for each respondent; the stages in order.

    `not_asked` names variables that only the groups with figures were asked; `aside` names figures
    that this reading cannot print.

    Raises
    ------
    UnsupportedError
        For figures that records cannot be built for (joined outcomes or groupings).
    InputError
        When structural zeros or stated orders cannot be met, or a figure would not print as given.
    """
    assert reading.total is not None
    plan = _Plan(reading, tables, not_asked)
    records = Records(reading.total)
    _glue(plan, records, rng)
    _meet_zeros(reading, records, impossible, rng)
    _spread_arbitrary(reading, plan, records, impossible, rng)
    _choose_unprinted(reading, plan, records, claims, rng)
    _meet_orders(reading, plan, records, claims, impossible, rng)
    check_records(reading, records, aside)
    return records


# --- what the drawn tables say ------------------------------------------------------------


class _Plan:
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
                raise _cannot("groups of those who chose an option", self.reading)
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
            raise _cannot("joined variables or filtered bases", self.reading)
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
        values = _between(low, high, goal)
        out = np.zeros(len(levels) + 1, dtype=np.int64)
        for (block, _, _), value in zip(all_spans, values, strict=True):
            for level, part in zip(block, _even(int(value), len(block)), strict=True):
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
        for j, part in zip(loose, _even(left, len(loose)), strict=True):
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


def _cannot(what: str, reading: Reading) -> UnsupportedError:
    return UnsupportedError(
        f"synthetic records are not built for {what}.",
        where=f"{reading.where}, scenario {reading.id!r}",
        hint="reconstruct another reading.",
    )


def _even(total: int, parts: int) -> list[int]:
    """Split a number into parts as equal as can be.

    Examples
    --------
    >>> _even(7, 3)
    [3, 2, 2]
    """
    if parts == 0:
        return []
    return [total // parts + (j < total % parts) for j in range(parts)]


def _between(low: Ints, high: Ints, goal: int) -> Ints:
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


def _glue(plan: _Plan, records: Records, rng: np.random.Generator) -> None:
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


def _margin_from_tables(plan: _Plan, name: str) -> Ints:
    """A variable known only under groupings: fill the first table, its columns are the margin."""
    by = next(iter(plan.under[name]))
    sizes = plan.margin(by)
    assert sizes is not None
    return np.asarray(_fill(*plan.table(by, name, sizes), sizes, None).sum(axis=0))


def _permuted(margin: Ints, rng: np.random.Generator) -> Ints:
    values = np.repeat(np.r_[np.arange(len(margin) - 1), NO_ANSWER], margin)
    return rng.permutation(values)


def _grow(plan: _Plan, records: Records, name: str, rng: np.random.Generator) -> None:
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


def _counts_of(records: Records, name: str, plan: _Plan) -> Ints:
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
            out[r, at] += np.array(_even(int(row_left[r]), len(at)), dtype=np.int64)
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


# --- multiple response --------------------------------------------------------------------


def _glue_choices(
    plan: _Plan, records: Records, name: str, by: str | None, rng: np.random.Generator
) -> None:
    """Give the printed choices of a multiple-response question, group by group."""
    options = plan.levels(name)
    chosen = np.zeros((records.n, len(options)), dtype=bool)
    for rows, cell in _groups_of_choices(plan, records, name, by):
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


def _all_printed(plan: _Plan, name: str, cell: DrawnCell) -> bool:
    return all(low == high for low, high in cell.blocks.values()) or cell.shown != cell.base


def _groups_of_choices(
    plan: _Plan, records: Records, name: str, by: str | None
) -> Iterator[tuple[Ints, DrawnCell | None]]:
    """Yield the records of each group and the group's drawn cell."""
    if by is None:
        yield np.arange(records.n), plan.alone.get(name)
        return
    cells = plan.under[name][by]
    for j, level in enumerate(plan.levels(by)):
        yield np.flatnonzero(records.single[by] == j), cells.get(level)


def _choose_unprinted(
    reading: Reading,
    plan: _Plan,
    records: Records,
    claims: Sequence[Claim],
    rng: np.random.Generator,
) -> None:
    """Add choices that are not printed: everyone who answered chose at least one."""
    for name, who in records.asked.items():
        by = records.parent[name]
        for rows, cell in _groups_of_choices(plan, records, name, by):
            if cell is None:
                continue
            mine = rows[who[rows]]
            open_ = [
                j for j, option in enumerate(plan.levels(name))
                if len(set(cell.blocks.get(frozenset([(option,)]), (0, 1)))) > 1
            ]  # fmt: skip
            caps = _caps(reading, plan, records, name, by, mine, open_, claims)
            _add_choices(records.multiple[name], mine, open_, caps, cell, rng)


def _caps(
    reading: Reading,
    plan: _Plan,
    records: Records,
    name: str,
    by: str | None,
    rows: Ints,
    open_: Sequence[int],
    claims: Sequence[Claim],
) -> Ints:
    """Return the most that each open option may have under the paper's ranks, shape (open,)."""
    caps = np.full(len(open_), len(rows), dtype=np.int64)
    chosen = records.multiple[name][rows].sum(axis=0)
    for claim in claims:
        first = plan.items.get(claim.operands[0][0])
        if claim.kind not in ("largest", "rank") or first is None or first.outcome != (name,):
            continue
        if first.percent is None or first.by != (() if by is None else (by,)):
            continue
        ((level,),) = first.levels
        mine = int(chosen[plan.levels(name).index(level)])
        printed_above = sum(int(c) > mine for c in chosen)
        above = max(claim.rank - 1 - printed_above, 0) if claim.kind == "rank" else 0
        caps[above:] = np.minimum(caps[above:], mine - 1)
    return np.maximum(caps, 0)


def _add_choices(
    chosen: NDArray[np.bool_],
    rows: Ints,
    open_: Sequence[int],
    caps: Ints,
    cell: DrawnCell,
    rng: np.random.Generator,
) -> None:
    """Fill open options up to their caps: first those without a choice, then at random."""
    if not open_:
        return
    without = rng.permutation(rows[~chosen[rows].any(axis=1)])
    total = cell.shown - int(chosen[rows].sum()) if cell.shown != cell.base else None
    room = np.minimum(caps, len(rows)).copy()
    if total is not None:
        room = _between(np.zeros_like(room), room, min(total, int(room.sum())))
    else:  # half of those who answered is the most even, the ranks allow less
        room = np.minimum(room, max(len(rows) // 2, -(-len(without) // len(open_))))
    quota = np.repeat(np.arange(len(open_)), room)
    if len(quota) < len(without):
        raise InputError(
            "the paper's ranks leave too few choices for everyone who answered.",
            hint="leave the rank claims out, or reconstruct another reading.",
        )
    first = rng.permutation(quota)[: len(without)]
    for row, j in zip(without, first, strict=True):
        chosen[row, open_[j]] = True
    for j, option in enumerate(open_):
        free = rng.permutation(rows[~chosen[rows, option]])
        chosen[free[: room[j] - int((first == j).sum())], option] = True


# --- structural zeros, what is arbitrary, stated orders -------------------------------------


def _holds(reading: Reading, records: Records, rule: Cell, rows: Ints) -> NDArray[np.bool_]:
    """Return which of `rows` meet every condition of a rule, shape (len(rows),)."""
    out = np.ones(len(rows), dtype=bool)
    for name, levels in rule.items():
        if name not in records.single:
            return np.zeros(len(rows), dtype=bool)
        wanted = [reading.levels[name].index(lv) for lv in levels]
        out &= np.isin(records.single[name][rows], wanted)
    return out


def _meet_zeros(
    reading: Reading, records: Records, impossible: Sequence[Cell], rng: np.random.Generator
) -> None:
    """Swap parts of records that leave all pinned tables alone until no rule is broken."""
    rules = [r for r in impossible if all(n in records.single for n in r)]
    everyone = np.arange(records.n)
    for _ in range(MAX_SWAPS):
        broken = [
            (k, i)
            for k, r in enumerate(rules)
            for i in everyone[_holds(reading, records, r, everyone)]
        ]
        if not broken:
            return
        for k, i in broken:
            _try_swap(reading, records, rules, list(rules[k]), int(i), rng)
    raise InputError(
        "the combinations declared impossible cannot all be avoided with the drawn tables.",
        where=reading.where,
        hint="check `impossible`, or another seed.",
    )


def _try_swap(
    reading: Reading,
    records: Records,
    rules: Sequence[Cell],
    names: Sequence[str],
    i: int,
    rng: np.random.Generator,
) -> None:
    """Swap one variable (and what is glued under it) of record i with a random partner's."""
    name = names[int(rng.integers(len(names)))]
    parent = records.parent[name]
    same = np.arange(records.n)
    if parent is not None:
        same = np.flatnonzero(records.single[parent] == records.single[parent][i])
    j = int(same[int(rng.integers(len(same)))])
    both = np.array([i, j])
    moved = records.subtree(name)
    before = sum(int(_holds(reading, records, r, both).sum()) for r in rules)
    records.swap(moved, i, j)
    if sum(int(_holds(reading, records, r, both).sum()) for r in rules) > before:
        records.swap(moved, i, j)


def _spread_arbitrary(
    reading: Reading,
    plan: _Plan,
    records: Records,
    impossible: Sequence[Cell],
    rng: np.random.Generator,
) -> None:
    """Variables that no printed figure pins: even over the levels each record may have."""
    for name in plan.used:
        if name in records.parent or name not in reading.levels:
            continue
        if name in reading.multiple:
            raise _cannot(
                f"the multiple-response variable {name!r} without any printed figure", reading
            )
        records.parent[name] = None
        allowed = _allowed(reading, records, name, impossible)
        values = np.full(records.n, NO_ANSWER, dtype=np.int64)
        for pattern in np.unique(allowed, axis=0):
            rows = rng.permutation(np.flatnonzero((allowed == pattern).all(axis=1)))
            levels = np.flatnonzero(pattern)
            if not len(levels):
                raise InputError(
                    f"the combinations declared impossible leave no level of {name!r}.",
                    where=reading.where,
                )
            values[rows] = np.repeat(levels, _even(len(rows), len(levels)))
        records.single[name] = values


def _allowed(
    reading: Reading, records: Records, name: str, impossible: Sequence[Cell]
) -> NDArray[np.bool_]:
    """Return which levels of a variable each record may have, shape (n, k)."""
    levels = reading.levels[name]
    out = np.ones((records.n, len(levels)), dtype=bool)
    everyone = np.arange(records.n)
    for rule in impossible:
        others = {n: v for n, v in rule.items() if n != name}
        if name not in rule or any(n not in records.single for n in others):
            continue
        met = _holds(reading, records, others, everyone)
        for level in rule[name]:
            out[met, levels.index(level)] = False
    return out


def _meet_orders(
    reading: Reading,
    plan: _Plan,
    records: Records,
    claims: Sequence[Claim],
    impossible: Sequence[Cell],
    rng: np.random.Generator,
) -> None:
    """Swap what is arbitrary until the orders that the paper states of unprinted cells hold."""
    orders = [
        (plan.items[a[0]], plan.items[b[0]])
        for claim in claims if claim.kind == "greater" and claim.test is None
        for a, b in [claim.operands]
        if len(a) == len(b) == 1 and a[0] in plan.items and b[0] in plan.items
        and None in (plan.items[a[0]].percent, plan.items[b[0]].percent)
    ]  # fmt: skip
    movable = [n for n in records.single if n not in plan.pinned]
    names = [n for n in movable if any(n in (*x.by, *x.outcome) for pair in orders for x in pair)]
    for name in names:
        _order_one(
            reading,
            records,
            name,
            [p for p in orders if any(name in x.by for x in p)],
            impossible,
            rng,
        )


def _order_one(
    reading: Reading,
    records: Records,
    name: str,
    orders: Sequence[tuple[Item, Item]],
    impossible: Sequence[Cell],
    rng: np.random.Generator,
) -> None:
    allowed = _allowed(reading, records, name, impossible)
    values = records.single[name]
    short = _shortfall(reading, records, orders)
    for _ in range(MAX_SWAPS):
        if short == 0:
            return
        i, j = (int(x) for x in rng.integers(records.n, size=2))
        if values[i] == values[j] or not (allowed[i, values[j]] and allowed[j, values[i]]):
            continue
        records.swap([name], i, j)
        after = _shortfall(reading, records, orders)
        if after > short:
            records.swap([name], i, j)
        else:
            short = after
    raise InputError(
        f"the orders that the paper states of {name!r} cannot be met with the drawn tables.",
        where=reading.where,
        hint="another seed, or leave those claims out.",
    )


def _shortfall(reading: Reading, records: Records, orders: Sequence[tuple[Item, Item]]) -> float:
    """Return by how much the stated orders are missed in all; 0 when each holds strictly."""
    total = 0.0
    shares = {item.id: share_of(reading, records, item) for pair in orders for item in pair}
    for high, low in orders:
        (a, n), (b, m) = shares[high.id], shares[low.id]
        if n == 0 or m == 0:
            total += 1.0
        elif a * m <= b * n:
            total += b / m - a / n + 1 / records.n
    return total


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


def check_records(reading: Reading, records: Records, aside: frozenset[str]) -> None:
    """Print every figure from the records and compare: the last word on them.

    Raises
    ------
    InputError
        When a figure does not come out as printed.
    """
    for item in reading.items:
        if item.percent is None or item.id in aside:
            continue
        count, base = share_of(reading, records, item)
        low, high = count_range(item.percent, np.array([base]), reading.rounding)
        if not low[0] <= count <= high[0]:
            raise InputError(
                f"the synthetic records print {item.id!r} as {count} of {base}, not {item.percent} %.",
                where=reading.where,
                hint="please report this file: records must reproduce every figure of the reading.",
            )
