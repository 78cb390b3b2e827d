"""What no figure pins, in records: choices, structural zeros, free variables and stated orders.

All of it is spread evenly over what is allowed, which is its maximum entropy. Structural zeros and
stated orders are met by swaps that leave every pinned table as it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import InputError
from surveykit.published.document import Cell, Claim
from surveykit.published.glue import (
    NO_ANSWER,
    Asked,
    Plan,
    Records,
    UnfitError,
    between,
    cannot,
    even,
    members,
    share_of,
)
from surveykit.published.model import Item, Key, Reading
from surveykit.published.states import Ints

__all__ = ["allowed_levels", "choose_unprinted", "meet_orders", "meet_zeros", "spread_arbitrary"]

MAX_SWAPS = 200_000


# --- multiple response --------------------------------------------------------------------


def choose_unprinted(
    plan: Plan, records: Records, claims: Sequence[Claim], rng: np.random.Generator
) -> None:
    """Add choices that are not printed; everyone who answered chose at least one."""
    for name, groups in records.asked.items():
        chosen = records.multiple[name]
        for group in groups:
            if group.open or group.responses is not None:
                low, high = _limits(plan, chosen, name, group, claims)
                _add_choices(chosen, group, low, high, rng)
            _cover(plan.reading, chosen, name, group.rows, rng)


def _limits(
    plan: Plan, chosen: NDArray[np.bool_], name: str, group: Asked, claims: Sequence[Claim]
) -> tuple[Ints, Ints]:
    """Return the fewest and most that may choose each open option under the paper's ranks."""
    counts = chosen[group.rows].sum(axis=0)
    low = np.zeros(len(group.open), dtype=np.int64)
    high = np.full(len(group.open), len(group.rows), dtype=np.int64)
    for claim in claims:
        first = plan.items.get(claim.operands[0][0])
        if claim.kind not in ("largest", "rank") or first is None or first.percent is None:
            continue
        if first.outcome != (name,) or (first.by, first.level) != (group.by, group.level):
            continue
        rivals = _rivals(plan, claim, first)
        mine = int(counts[_column(plan, first)])
        above = claim.rank - 1 if claim.kind == "rank" else 0
        above -= sum(int(counts[j] > mine) for j in rivals if j not in group.open)
        places = [k for k, j in enumerate(group.open) if j in rivals]
        for place, k in enumerate(places):
            if place < above:
                low[k] = max(low[k], mine + 1)
            else:
                high[k] = min(high[k], max(mine - 1, 0))
    if (low > high).any():
        raise InputError(
            f"the ranks that the paper states of {name!r} cannot be met with the drawn tables.",
            where=plan.reading.where,
            hint="leave the rank claims out, or reconstruct another reading.",
        )
    return low, high


def _rivals(plan: Plan, claim: Claim, first: Item) -> list[int]:
    """Return the options that a figure is ranked with."""
    if claim.kind == "largest":
        return [j for j in range(len(plan.levels(first.outcome[0]))) if j != _column(plan, first)]
    others = [plan.items[o[0]] for o in claim.operands[1:] if o[0] in plan.items]
    return [_column(plan, i) for i in others if len(i.levels) == 1]


def _column(plan: Plan, item: Item) -> int:
    ((level,),) = item.levels
    return plan.levels(item.outcome[0]).index(level)


def _add_choices(
    chosen: NDArray[np.bool_], group: Asked, low: Ints, high: Ints, rng: np.random.Generator
) -> None:
    """Fill open options: first those without a choice, then at random."""
    rows, open_ = group.rows, group.open
    without = rng.permutation(rows[~chosen[rows].any(axis=1)])
    if group.responses is not None:
        left = group.responses - int(chosen[rows].sum())
        if not int(low.sum()) <= left <= int(high.sum()):
            raise UnfitError.because("the drawn choices do not add up to the responses.")
        room = between(low, high, left)
    else:  # half of those who answered is the most even, the ranks allow less or want more
        room = np.clip(max(len(rows) // 2, -(-len(without) // len(open_))), low, high)
    first = rng.permutation(np.repeat(np.arange(len(open_)), room))[: len(without)]
    for row, j in zip(without, first, strict=False):
        chosen[row, open_[j]] = True
    for j, option in enumerate(open_):
        free = rng.permutation(rows[~chosen[rows, option]])
        chosen[free[: room[j] - int((first == j).sum())], option] = True


def _cover(
    reading: Reading,
    chosen: NDArray[np.bool_],
    name: str,
    rows: Ints,
    rng: np.random.Generator,
) -> None:
    """Give those without a choice one of another's, until everyone who answered has one."""
    without = rows[~chosen[rows].any(axis=1)]
    if len(without) and chosen[rows].sum() < len(rows):
        raise UnfitError(
            f"too few choices of {name!r} for everyone who answered.",
            where=reading.where,
            hint="leave rank claims out, or reconstruct another reading.",
        )
    for row in without:
        donors = rows[chosen[rows].sum(axis=1) > 1]
        donor = donors[int(rng.integers(len(donors)))]
        options = np.flatnonzero(chosen[donor])
        option = options[int(rng.integers(len(options)))]
        chosen[donor, option], chosen[row, option] = False, True


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


def meet_zeros(
    reading: Reading, records: Records, impossible: Sequence[Cell], rng: np.random.Generator
) -> None:
    """Swap parts of records that leave all pinned tables alone until no rule is broken."""
    if any(n in reading.multiple for rule in impossible for n in rule):
        raise cannot("impossible combinations with a multiple-response question", reading)
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


def spread_arbitrary(
    reading: Reading,
    plan: Plan,
    records: Records,
    impossible: Sequence[Cell],
    rng: np.random.Generator,
) -> None:
    """Variables that no printed figure pins: even over the levels each record may have."""
    for name in plan.used:
        if name in records.parent or name not in reading.levels:
            continue
        if name in reading.multiple:
            everyone = np.arange(records.n)
            options = list(range(len(reading.levels[name])))
            records.multiple[name] = np.zeros((records.n, len(options)), dtype=bool)
            records.asked[name] = [Asked((), (), everyone, None, None, options)]
            continue
        records.parent[name] = None
        allowed = allowed_levels(reading, records, name, impossible)
        values = np.full(records.n, NO_ANSWER, dtype=np.int64)
        for pattern in np.unique(allowed, axis=0):
            rows = rng.permutation(np.flatnonzero((allowed == pattern).all(axis=1)))
            levels = np.flatnonzero(pattern)
            if not len(levels):
                raise InputError(
                    f"the combinations declared impossible leave no level of {name!r}.",
                    where=reading.where,
                )
            values[rows] = np.repeat(levels, even(len(rows), len(levels)))
        records.single[name] = values


def allowed_levels(
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


def meet_orders(
    reading: Reading,
    plan: Plan,
    records: Records,
    claims: Sequence[Claim],
    impossible: Sequence[Cell],
    rng: np.random.Generator,
) -> None:
    """Change what is arbitrary until the orders that the paper states of unprinted cells hold."""
    orders = [
        (plan.items[a[0]], plan.items[b[0]])
        for claim in claims if claim.test is None for a, b in _stated(claim)
        if len(a) == len(b) == 1 and a[0] in plan.items and b[0] in plan.items
        and None in (plan.items[a[0]].percent, plan.items[b[0]].percent)
    ]  # fmt: skip
    for name in [n for n in records.single if n not in plan.pinned]:
        mine = [p for p in orders if any(name in (*x.by, *x.outcome) for x in p)]
        if mine:
            _order_one(
                reading,
                records,
                name,
                mine,
                allowed_levels(reading, records, name, impossible),
                rng,
            )
    for larger, smaller in orders:
        shares = share_of(reading, records, larger), share_of(reading, records, smaller)
        if _missed(*shares, records.n):
            raise UnfitError(
                f"the order that the paper states of {larger.id!r} and {smaller.id!r} cannot be met.",
                where=reading.where,
                hint="another seed, or leave that claim out.",
            )


def _stated(claim: Claim) -> list[tuple[Key, Key]]:
    """Return the pairs (larger, smaller) that a claim states."""
    if claim.kind == "greater":
        return [(claim.operands[0], claim.operands[1])]
    if claim.kind == "trend":
        return [(b, a) for a, b in itertools.pairwise(claim.operands)]
    return []


class _Tally:
    """Count and base of one figure while records change their level of one variable."""

    def __init__(self, reading: Reading, records: Records, item: Item, name: str) -> None:
        values, levels = records.single[name], reading.levels[name]
        member = [True] * len(levels)
        if name in item.by:
            member = [level == item.level[0] for level in levels]
        base = records.answered(item.outcome[0])
        if item.by and name not in item.by:
            base = base & members(reading, records, item.by, frozenset([item.level]))
        hit = base & (
            np.True_
            if name in item.outcome
            else members(reading, records, item.outcome, item.levels)
        )
        chosen = [(level,) in item.levels for level in levels] if name in item.outcome else member
        self.flags = ((hit.tolist(), chosen), (base.tolist(), member))
        self.sums = [
            sum(f and inside[v] for f, v in zip(flag, values.tolist(), strict=True))
            for flag, inside in self.flags
        ]

    def move(self, i: int, old: int, new: int) -> None:
        """Record i changes its level."""
        for k, (flag, inside) in enumerate(self.flags):
            self.sums[k] += flag[i] * (inside[new] - inside[old])


def _order_one(
    reading: Reading,
    records: Records,
    name: str,
    orders: Sequence[tuple[Item, Item]],
    allowed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    """Swap two records' levels, or change one where the order is of everyone, never for the worse."""
    values, n = records.single[name], records.n
    tallies = {x.id: _Tally(reading, records, x, name) for pair in orders for x in pair}
    overall = any(not x.by for pair in orders for x in pair)

    def change(moves: Sequence[tuple[int, int, int]]) -> float:
        for i, old, new in moves:
            values[i] = new
            for tally in tallies.values():
                tally.move(i, old, new)
        return sum(_missed(tallies[a.id].sums, tallies[b.id].sums, n) for a, b in orders)

    short = change([])
    for step in range(MAX_SWAPS):
        if short == 0:
            return
        i, j = (int(x) for x in rng.integers(n, size=2))
        single = overall and step % 2 == 1
        a, b = int(values[i]), int(values[j])
        if a == b or not (allowed[i, b] and (single or allowed[j, a])):
            continue
        moves = [(i, a, b)] if single else [(i, a, b), (j, b, a)]
        after = change(moves)
        if after > short or (single and after == short):
            change([(k, new, old) for k, old, new in reversed(moves)])
        else:
            short = after
    raise InputError(
        f"the orders that the paper states of {name!r} cannot be met with the drawn tables.",
        where=reading.where,
        hint="another seed, or leave those claims out.",
    )


def _missed(high: Sequence[int], low: Sequence[int], n: int) -> float:
    """Return by how much one share falls short of being the larger; 0 when it is."""
    (a, m), (b, k) = high, low
    if m == 0 or k == 0:
        return 1.0
    return b / k - a / m + 1 / n if a * k <= b * m else 0.0
