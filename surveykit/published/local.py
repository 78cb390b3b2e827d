"""One outcome inside one group: every (base, counts) that prints the group's figures.

The base is unknown in general. For each possible base the figures bound their counts by intervals
(:mod:`rounding`), and the levels of the outcome partition the base: sums of counts are bounded too.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UnsupportedError
from surveykit.published.model import Item, Level, Reading
from surveykit.published.rounding import count_range
from surveykit.published.states import Ints, TooLargeError

__all__ = ["ANSWERED", "RESPONSES", "Block", "Local", "local_outcome", "printed_count"]

Block = frozenset[Level]
"""Levels of an outcome that no figure tells apart."""

ANSWERED: Block = frozenset([("(answered)",)])
RESPONSES: Block = frozenset([("(responses)",)])
"""What is followed of an outcome beside its levels: who answered it, how many choices they made."""

MAX_ROWS = 4_000_000


@dataclass(frozen=True, slots=True)
class Local:
    """Every possibility of one outcome in one group, one row each.

    Attributes
    ----------
    base, most : shape (m,)
        Respondents of the group who answered the outcome's question: the fewest, and the most
        where only the number of their choices is printed.
    shown : shape (m,)
        Base of the percentages: `base`, or the number of responses.
    cells : shape (m, k)
        Counts of the figures, in the order of `items`.
    low, high : shape (m, b)
        What each of `blocks` can be in that row; equal where the row determines it.
    """

    items: tuple[Item, ...]
    blocks: tuple[Block, ...]
    base: Ints
    most: Ints
    shown: Ints
    cells: Ints
    low: Ints
    high: Ints

    def span(self, block: Block, rows: Ints) -> tuple[Ints, Ints]:
        """Return the fewest and the most respondents in a block (or answers), shape of `rows`."""
        if block == ANSWERED:
            return self.base[rows], self.most[rows]
        if block == RESPONSES and self.items[0].responses:
            return self.shown[rows], self.shown[rows]
        if block == RESPONSES:  # shares of cases: everyone made one choice or more
            fewest = np.maximum(self.low[rows].sum(axis=1), self.base[rows])
            return fewest, self.high[rows].sum(axis=1)
        column = self.blocks.index(block)
        return self.low[rows, column], self.high[rows, column]


def local_outcome(
    reading: Reading,
    items: Sequence[Item],
    blocks: Sequence[Block],
    bases: Ints,
) -> Local:
    """List every (base, counts) of the figures `items` (one outcome, one group) on `bases`."""
    multiple = items[0].outcome[0] in reading.multiple
    if any(i.responses for i in items) and not all(i.responses for i in items):
        raise UnsupportedError(
            f"figures {', '.join(i.id for i in items)} mix shares of cases and of responses.",
            where=reading.where,
            hint="give all of one question the same base in a reading.",
        )
    if multiple and items[0].responses:
        return _responses(reading, items, blocks, bases)
    cells, rows = _cell_grid(reading, items, bases, disjoint=not multiple)
    base = bases[rows]
    if multiple:
        keep = _someone_chose(reading, items, cells, base)
        cells, base = cells[keep], base[keep]
        low, high = _free_options(items, blocks, cells, base)
        if len(spare := _unprinted(items, blocks)) == 1:  # those who chose nothing else chose it
            low[:, spare[0]] = np.maximum(base - _choices(items, cells), 0)
        return Local(tuple(items), tuple(blocks), base, base, base, cells, low, high)
    low, high, keep = _partition(items, blocks, cells, base)
    base, cells, low, high = base[keep], cells[keep], low[keep], high[keep]
    return Local(tuple(items), tuple(blocks), base, base, base, cells, low, high)


def _cell_grid(
    reading: Reading, items: Sequence[Item], bases: Ints, *, disjoint: bool
) -> tuple[Ints, Ints]:
    """Return every combination of counts within each figure's interval, and its base's index.

    A figure on the same levels as an earlier one is the same cell, printed twice.
    """
    rows = np.arange(len(bases))
    cells = np.empty((len(rows), 0), dtype=np.int64)
    seen: dict[Block, int] = {}
    for item in items:
        low, high = _range(reading, item, bases)
        if item.levels in seen:
            known = cells[:, seen[item.levels]]
            keep = (known >= low[rows]) & (known <= high[rows])
            cells, rows = np.c_[cells, known][keep], rows[keep]
        else:
            cells, rows = _spread(cells, rows, low[rows], high[rows])
        seen.setdefault(item.levels, cells.shape[1] - 1)
        if disjoint:
            keep = _disjoint_total(items[: cells.shape[1]], cells) <= bases[rows]
            cells, rows = cells[keep], rows[keep]
    return cells, rows


def _disjoint_total(items: Sequence[Item], cells: Ints) -> Ints:
    """Return a lower bound of the respondents that the cells of a single-choice outcome hold."""
    total = np.zeros(len(cells), dtype=np.int64)
    taken: set[Level] = set()
    for column, item in enumerate(items):
        if taken.isdisjoint(item.levels):
            total += cells[:, column]
            taken |= item.levels
    return total


def _range(reading: Reading, item: Item, bases: Ints) -> tuple[Ints, Ints]:
    if item.percent is None:
        low, high = np.zeros_like(bases), bases.copy()
    else:
        low, high = count_range(item.percent, bases, reading.rounding)
    exact = printed_count(reading, item)
    if exact is not None:
        low, high = np.maximum(low, exact), np.minimum(high, exact)
    return low, high


def printed_count(reading: Reading, item: Item) -> int | None:
    """Return the whole number that the paper prints for this very cell, if any."""
    if item.exact is not None:
        return item.exact
    if len(item.levels) != 1:
        return None
    (level,) = item.levels
    cell = dict(zip((*item.outcome, *item.by), (*level, *item.level), strict=True))
    for count in reading.counts:
        if {n: v[0] for n, v in count.where.items() if len(v) == 1} == cell and cell:
            return count.count
    return None


def _spread(cells: Ints, rows: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Repeat each row once for every count from `low` to `high`."""
    number = np.maximum(high - low + 1, 0)
    if number.sum() > MAX_ROWS:
        raise TooLargeError("too many counts of one group to list")
    again = np.repeat(np.arange(len(rows)), number)
    offset = np.arange(len(again)) - np.repeat(np.cumsum(number) - number, number)
    return np.c_[cells[again], low[again] + offset], rows[again]


def _someone_chose(
    reading: Reading, items: Sequence[Item], cells: Ints, base: Ints
) -> NDArray[np.bool_]:
    """Every respondent who answered chose at least one: binding when all choices are printed."""
    printed = {level: j for j, i in enumerate(items) if len(i.levels) == 1 for level in i.levels}
    if len(printed) < len(reading.levels_of(items[0].outcome)):
        return np.ones(len(base), dtype=bool)
    return np.asarray(cells[:, list(printed.values())].sum(axis=1) >= base)


def _free_options(
    items: Sequence[Item], blocks: Sequence[Block], cells: Ints, base: Ints
) -> tuple[Ints, Ints]:
    """Each choice of a multiple-response question is a yes or no of its own."""
    at = {i.levels: j for j, i in enumerate(items)}
    low = np.zeros((len(base), len(blocks)), dtype=np.int64)
    high = np.repeat(base[:, None], len(blocks), axis=1)
    for b, block in enumerate(blocks):
        if block in at:
            low[:, b] = high[:, b] = cells[:, at[block]]
    return low, high


def _unprinted(items: Sequence[Item], blocks: Sequence[Block]) -> list[int]:
    """Return the places of the choices that no figure prints."""
    printed = {i.levels for i in items}
    return [b for b, block in enumerate(blocks) if block not in printed]


def _choices(items: Sequence[Item], cells: Ints) -> Ints:
    """Return how many choices the printed options make together, shape (m,)."""
    first = {i.levels: j for j, i in reversed(list(enumerate(items))) if len(i.levels) == 1}
    return np.asarray(cells[:, list(first.values())].sum(axis=1))


def _partition(
    items: Sequence[Item], blocks: Sequence[Block], cells: Ints, base: Ints
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Levels partition the base: bound every block, and drop what does not add up.

    The figures' level sets must nest or be apart (a total and its parts), which makes the
    regions between them a tree whose sums are exact.
    """
    sets = {i.levels: j for j, i in enumerate(items)}
    everything: Block = frozenset().union(*blocks)
    order = sorted({*sets, everything}, key=len)
    low = np.zeros((len(base), len(blocks)), dtype=np.int64)
    high = np.zeros_like(low)
    keep = np.ones(len(base), dtype=bool)
    for index, outer in enumerate(order):
        whole = cells[:, sets[outer]] if outer in sets else base
        if outer == everything and outer in sets:
            keep &= whole == base
        inner = _children(outer, order[:index])
        parts = sum((cells[:, sets[s]] for s in inner), np.zeros(len(base), dtype=np.int64))
        rest = whole - parts
        region = outer.difference(*inner) if inner else outer
        keep &= rest == 0 if not region else rest >= 0
        mine = [b for b, block in enumerate(blocks) if block <= region]
        low[:, mine] = rest[:, None] if len(mine) == 1 else 0
        high[:, mine] = rest[:, None]
    return low, high, keep


def _children(outer: Block, smaller: Sequence[Block]) -> list[Block]:
    """Return the largest level sets inside `outer`."""
    inside = [s for s in smaller if s < outer]
    top = [s for s in inside if not any(s < other for other in inside)]
    for a, b in itertools.combinations(top, 2):
        if a & b:
            raise UnsupportedError(
                "figures on overlapping sets of levels are not handled together."
            )
    return top


def _responses(
    reading: Reading, items: Sequence[Item], blocks: Sequence[Block], bases: Ints
) -> Local:
    """Shares of responses: between one response and all choices for each respondent."""
    choices = len(reading.levels_of(items[0].outcome))
    limit = int(bases.max(initial=0)) * choices
    responses = np.arange(limit + 1, dtype=np.int64)
    cells, at = _cell_grid(reading, items, responses, disjoint=False)
    shown = responses[at]
    least, ok = _fewest_answering(items, choices, cells, shown)
    cells, shown, least = cells[ok], shown[ok], least[ok]
    pairs = [
        np.c_[np.full(len(rows), base), rows]
        for base in bases.tolist()
        if len(rows := np.flatnonzero((least <= base) & (shown >= base)))
    ]
    table = np.concatenate(pairs) if pairs else np.empty((0, 2), dtype=np.int64)
    free = not reading.answered_by_all(items[0].outcome)  # the number answering is not pinned
    if free:
        table = table[np.unique(table[:, 1], return_index=True)[1]]
    base, pick = table[:, 0], table[:, 1]
    most = np.minimum(shown[pick], bases.max(initial=0)) if free else base
    low, high = _free_options(items, blocks, cells[pick], most)
    if spare := _unprinted(items, blocks):
        left = shown[pick] - _choices(items, cells[pick])
        low[:, spare] = np.maximum(left - (len(spare) - 1) * most, 0)[:, None]
        high[:, spare] = np.minimum(left, most)[:, None]
    return Local(tuple(items), tuple(blocks), base, most, shown[pick], cells[pick], low, high)


def _fewest_answering(
    items: Sequence[Item], choices: int, cells: Ints, shown: Ints
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the fewest respondents that can give these responses, and whether any can.

    Nobody gives the same choice twice, so each choice's count and an equal part of the
    responses left to unprinted choices are lower bounds.
    """
    single = {level: j for j, i in enumerate(items) if len(i.levels) == 1 for level in i.levels}
    total = cells[:, list(single.values())].sum(axis=1)
    most = cells[:, list(single.values())].max(axis=1, initial=0)
    left, spare = shown - total, choices - len(single)
    ok = left == 0 if spare == 0 else left >= 0
    for j, item in enumerate(items):
        if len(item.levels) > 1:
            parts = [single[level] for level in item.levels if level in single]
            known = cells[:, parts].sum(axis=1)
            whole = len(parts) == len(item.levels)
            ok &= cells[:, j] == known if whole else cells[:, j] >= known
    least = np.maximum(most, -(-shown // choices))
    return (np.maximum(least, -(-left // spare)) if spare else least), ok
