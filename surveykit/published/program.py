"""A group of figures as a whole-number program: unknown sizes, bases and counts, linear rows.

A printed percentage is linear in its base and its count, levels add up to bases and groups to everyone
(:mod:`rounding`), so that a group too large to list is still the whole points of a polyhedron. Its rows
are whole numbers. The convex hull of the (base, count) pairs of one figure is added to them: a short
list of edges, with which the linear relaxation is close to the whole points.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from surveykit.published.fold import FoldKey, outside
from surveykit.published.local import Block, printed_count
from surveykit.published.model import Item, Key, Level
from surveykit.published.rounding import Printed, count_range, share_range
from surveykit.published.states import TooLargeError

if TYPE_CHECKING:
    from surveykit.published.solve import Group

__all__ = ["Linear", "Program", "percentage", "program_of"]

Linear = Mapping[int, int]
"""Unknown -> whole-number factor."""


@dataclass
class Program:
    """Whole unknowns between two ends, and rows ``least <= sum(factor * unknown) <= most``.

    `places` gives, for each figure, the unknown that is its base and the sum that is its count.
    """

    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    rows: list[tuple[Linear, int | None, int | None]] = field(default_factory=list)
    places: dict[str, tuple[int, Linear]] = field(default_factory=dict)
    bases: list[int] = field(default_factory=list)
    """Sizes and bases: with these known, the rest is a flow, and whole by itself."""

    def unknown(self, low: int, high: int) -> int:
        """Add an unknown and return its place."""
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def row(self, factors: Linear, least: int | None, most: int | None) -> None:
        """Add a row."""
        self.rows.append((factors, least, most))

    def equal(self, left: Iterable[int], right: Iterable[int], plus: int = 0) -> None:
        """Add the row: the sum of some unknowns is the sum of others and a number."""
        factors: dict[int, int] = {}
        for sign, unknowns in ((1, left), (-1, right)):
            for j in unknowns:
                factors[j] = factors.get(j, 0) + sign
        self.row(factors, plus, plus)

    def at_most(self, small: int, large: int) -> None:
        """Add the row: one unknown is not larger than another."""
        if small != large:
            self.row({small: 1, large: -1}, None, 0)


@dataclass(frozen=True)
class _Answers:
    """One outcome among some respondents: how many answered, how many choices, each block."""

    answered: int
    choices: int | None
    blocks: Mapping[Block, int]


def program_of(group: Group, without: Collection[str] = ()) -> Program:
    """Write a group of figures as a program; those in `without` are cells that are not printed.

    Raises
    ------
    TooLargeError
        Where figures add up choices of one multiple-response question (not written here).
    """
    builder = _Builder(group, frozenset(without))
    for key, items in group.by_fold.items():
        builder.grouping(key, items)
    builder.totals()
    return builder.program


class _Builder:
    """Unknowns by what they stand for, while groupings are added."""

    def __init__(self, group: Group, without: frozenset[str]) -> None:
        self.group, self.reading, self.without = group, group.reading, without
        self.everyone = group.reading.total or 0
        self.program = Program()
        self.whole = self.program.unknown(self.everyone, self.everyone)
        self.seen: dict[Key, list[list[_Answers]]] = {}

    def grouping(self, key: FoldKey, items: Sequence[Item]) -> None:
        """Add the groups of one grouping, everyone outside them, and their answers."""
        by, _ = key
        levels = list(dict.fromkeys(i.level for i in items))
        sizes = {level: self._size(by, level) for level in levels}
        self._outside(key, levels, sizes)
        for outcome in dict.fromkeys(i.outcome for i in items):
            parts, counted = [], []
            for level in levels:
                here = [i for i in items if (i.level, i.outcome) == (level, outcome)]
                if here:
                    parts.append(self._answers(outcome, sizes[level], here))
                    counted.append(sizes[level])
            if by != ():
                rest = self.program.unknown(0, self.everyone)
                self.program.equal([*counted, rest], [self.whole])
                parts.append(self._answers(outcome, rest, ()))
            self.seen.setdefault(outcome, []).append(parts)

    def _size(self, by: Key, level: Level) -> int:
        if by == ():
            return self.whole
        known = self.reading.size(by, level)
        place = self.program.unknown(known or 0, self.everyone if known is None else known)
        self.program.bases.append(place)
        return place

    def _outside(self, key: FoldKey, levels: Sequence[Level], sizes: Mapping[Level, int]) -> None:
        """Add those in none of the groups; a grouping that is an outcome too gives its totals."""
        by, choice = key
        if by == ():
            return
        blocks = self.group.blocks.get(by, ())
        program = self.program
        if choice is not None:
            chosen = [b for b in blocks if choice in b]
            if chosen:
                answers = self._answers(by, self.whole, ())
                program.equal([answers.blocks[chosen[0]]], [sizes[choice]])
                self.seen.setdefault(by, []).append([answers])
            return
        least, exact = outside(self.reading, key, levels)
        pool = program.unknown(least, least if exact else self.everyone)
        program.equal([*sizes.values(), pool], [self.whole])
        if blocks:
            rest = self._answers(by, pool, ())
            for level in levels:
                (block,) = [b for b in blocks if level in b]
                program.high[rest.blocks[block]] = 0
            inside = {b: sizes[lv] for b in blocks for lv in levels if lv in b}
            size = program.unknown(0, self.everyone)
            program.equal(inside.values(), [size])
            none = {b: program.unknown(0, 0) for b in blocks if b not in inside}
            mine = _Answers(size, None, {b: (inside | none)[b] for b in blocks})
            self.seen.setdefault(by, []).append([mine, rest])

    # --- answers ---------------------------------------------------------------------------

    def _answers(self, outcome: Key, size: int, items: Sequence[Item]) -> _Answers:
        """Add one outcome among `size` respondents, with the figures printed of it."""
        program, multiple = self.program, outcome[0] in self.reading.multiple
        answered = size
        if not self.reading.answered_by_all(outcome):
            answered = program.unknown(0, self.everyone)
            program.bases.append(answered)
            program.at_most(answered, size)
        blocks = {b: program.unknown(0, self.everyone) for b in self.group.blocks[outcome]}
        choices: int | None = None
        if not multiple:
            program.equal(blocks.values(), [answered])
        else:
            choices = program.unknown(0, self.everyone * len(blocks))
            program.bases.append(choices)
            program.equal(blocks.values(), [choices])
            program.at_most(answered, choices)
            for place in blocks.values():
                program.at_most(place, answered)
        for item in items:
            self._figure(item, answered if not item.responses else choices, blocks)
        return _Answers(answered, choices, blocks)

    def _figure(self, item: Item, base: int | None, blocks: Mapping[Block, int]) -> None:
        assert base is not None
        count = {place: 1 for block, place in blocks.items() if block <= item.levels}
        multiple = item.outcome[0] in self.reading.multiple
        if multiple and not item.responses and len(item.levels) > 1:
            raise TooLargeError("sums of choices of one question")
        exact = printed_count(self.reading, item)
        if exact is not None:
            self.program.row(count, exact, exact)
        if item.percent is not None and item.id not in self.without:
            percentage(self.program, item.percent, self.reading.rounding, base, count)
        self.program.places[item.id] = base, count

    # --- everyone --------------------------------------------------------------------------

    def totals(self) -> None:
        """Say that every grouping has the same respondents."""
        for outcome, groupings in self.seen.items():
            self._known(outcome, groupings[0])
            for other in groupings[1:]:
                self._same(groupings[0], other)

    def _known(self, outcome: Key, parts: Sequence[_Answers]) -> None:
        """Add what is printed, or stated by the reading, of an outcome over everyone."""
        least, most = self.reading.answering(outcome)
        self.program.row({p.answered: 1 for p in parts}, least, most)
        if outcome not in self.group.linked:
            return
        for (_, block), size in self.group.known(outcome).items():
            self.program.row({p.blocks[block]: 1 for p in parts}, size, size)

    def _same(self, one: Sequence[_Answers], other: Sequence[_Answers]) -> None:
        equal = self.program.equal
        equal([p.answered for p in one], [p.answered for p in other])
        for block in one[0].blocks:
            equal([p.blocks[block] for p in one], [p.blocks[block] for p in other])


def percentage(program: Program, printed: Printed, rounding: str, base: int, count: Linear) -> None:
    """Add the rows that say that a count on a base prints so."""
    program.low[base] = max(program.low[base], 1)
    low, low_in, high, high_in = share_range(printed, rounding)
    scaled = {j: -f * low.denominator for j, f in count.items()} | {base: low.numerator}
    program.row(scaled, None, 0 if low_in else -1)
    scaled = {j: f * high.denominator for j, f in count.items()} | {base: -high.numerator}
    program.row(scaled, None, 0 if high_in else -1)
    hull = _hull(printed, rounding, program.low[base], program.high[base])
    if hull is None:
        program.row({base: 0}, 1, None)  # no base prints it
        return
    program.low[base], program.high[base] = hull.low, hull.high
    for sign, (n, a), (m, b) in hull.edges:
        # the count lies under the line from (n, a) to (m, b)
        factors = {j: sign * f * (m - n) for j, f in count.items()} | {base: a - b}
        program.row(factors, None, a * (m - n) - (b - a) * n)


@dataclass(frozen=True, slots=True)
class _Hull:
    """The convex hull of the (base, count) pairs that print a percentage.

    `low`, `high`: the smallest and the largest base; `edges`: 1 above the pairs, -1 below them with
    counts negated, and the two ends of each edge.
    """

    low: int
    high: int
    edges: tuple[tuple[int, tuple[int, int], tuple[int, int]], ...]


@functools.lru_cache(maxsize=1024)
def _hull(percent: Printed, rounding: str, low: int, high: int) -> _Hull | None:
    """Return the hull over the bases from `low` to `high`, None where none prints the percentage."""
    bases = np.arange(low, high + 1, dtype=np.int64)
    least, most = count_range(percent, bases, rounding)
    some = least <= most
    if not some.any():
        return None
    bases = bases[some]
    sides = ((1, most[some]), (-1, -least[some]))
    edges = tuple((sign, a, b) for sign, ends in sides for a, b in _edges(bases, ends))
    return _Hull(int(bases[0]), int(bases[-1]), edges)


def _edges(x: np.ndarray, y: np.ndarray) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the edges of the upper hull of points in ascending order of x."""
    hull: list[tuple[int, int]] = []
    for point in zip(x.tolist(), y.tolist(), strict=True):
        while len(hull) > 1 and _above(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return list(itertools.pairwise(hull))


def _above(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    """Whether the line from `a` to `c` passes above `b` or through it."""
    return (c[1] - a[1]) * (b[0] - a[0]) >= (b[1] - a[1]) * (c[0] - a[0])
