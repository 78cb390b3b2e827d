"""Printed means in synthetic records: answers are changed until every mean and SD prints.

Only what no percentage pins is changed. An answer moves among levels that no figure tells apart, two
records that agree in the variables crossed with it exchange theirs. Sums and sums of squares
are whole numbers; a search with a little randomness brings them to what prints, and the records
are counted again at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.document_means import PrintedMean
from surveykit.published.glue import NO_ANSWER, Plan, Records, UnfitError, members
from surveykit.published.means_joint import partition
from surveykit.published.model import Reading
from surveykit.published.solve import Range
from surveykit.published.states import Ints

__all__ = ["MeansToMeet", "UnmetError", "meet_means", "pin", "set_sizes", "unmet"]

STEPS = 12_000
STEPS_EACH = 60


@dataclass(frozen=True)
class MeansToMeet:
    """Printed means that the records are to print, and the people that each can be of."""

    means: tuple[PrintedMean, ...]
    bases: Mapping[str, Range]

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that must be in the records."""
        return tuple(dict.fromkeys(n for m in self.means for n in (m.of, *m.within)))

    def divided(self) -> MeansToMeet:
        """Return the same with SDs over n - 1, as the ordinary tabulation has them, where it can be."""
        return replace(self, means=tuple(
            replace(m, divisor="n-1") if m.sd and m.divisor == "either" else m for m in self.means
        ))  # fmt: skip

    def without(self, ids: Iterable[str]) -> MeansToMeet:
        """Return the same without some means."""
        aside = set(ids)
        return MeansToMeet(tuple(m for m in self.means if m.id not in aside), self.bases)


class UnmetError(UnfitError):
    """Records that print some means otherwise; `ids` are those."""

    ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, ids: Iterable[str], where: str) -> UnmetError:
        """Build the message."""
        names = tuple(ids)
        error = cls(f"no records were found that print the means {', '.join(names)}.", where=where)
        error.ids = names
        return error


def meet_means(
    plan: Plan,
    records: Records,
    wanted: MeansToMeet,
    allowed: Mapping[str, NDArray[np.bool_]],
    rng: np.random.Generator,
) -> None:
    """Change answers until all means print; what is pinned by percentages stays.

    Parameters
    ----------
    plan : Plan
    records : Records
        With a value of every variable that a mean needs.
    allowed : name -> shape (n, k)
        Which levels the paper's impossible combinations leave each record.

    Raises
    ------
    UnmetError
        When some mean does not print in the end.
    """
    for name in dict.fromkeys(m.of for m in wanted.means):
        mine = [m for m in wanted.means if m.of == name]
        _Search(plan, records, mine, allowed[name], rng).run()
    left = unmet(plan.reading, records, wanted.means)
    if left:
        raise UnmetError.of(left, plan.reading.where)


def set_sizes(plan: Plan, records: Records, wanted: MeansToMeet, rng: np.random.Generator) -> None:
    """Give groupings that no percentage pins sizes that their means can be of."""
    for name in dict.fromkeys(n for m in wanted.means for n in m.within):
        if name in plan.pinned or name not in records.single:
            continue
        levels = plan.levels(name)
        sizes: dict[str, int] = {}
        for m in wanted.means:
            ((by, (level,)),) = m.within.items() if m.within else (("", ("",)),)
            if by == name and m.id in wanted.bases:
                sizes[level] = _a_size(m, wanted.bases[m.id], plan.reading.rounding, rng)
        known = {lv: plan.reading.size((name,), (lv,)) for lv in levels}
        sizes |= {lv: s for lv, s in known.items() if s is not None}
        left = records.n - sum(sizes.values())
        rest = [lv for lv in levels if lv not in sizes]
        if left < 0 or (left and not rest):
            fixed = [lv for lv in sizes if known[lv] is None]
            if not fixed:
                raise UnfitError.because("the printed sizes do not add up.", plan.reading.where)
            sizes[fixed[-1]] += left
            if sizes[fixed[-1]] < 0:
                raise UnmetError.of([m.id for m in wanted.means], plan.reading.where)
        for j, lv in enumerate(rest):
            sizes[lv] = left // len(rest) + (j < left % len(rest))
        values = np.repeat(np.arange(len(levels)), [sizes[lv] for lv in levels])
        records.single[name] = rng.permutation(values)


def _a_size(mean: PrintedMean, span: Range, rounding: str, rng: np.random.Generator) -> int:
    """Return one of the sizes at which some sum prints a mean."""
    moments, scores = mean.measured(rounding), mean.totals
    fits = [n for n in range(span[0], span[1] + 1) if moments.sums(n, scores[0], scores[-1])]
    return int(rng.choice(fits)) if fits else span[0]


def unmet(reading: Reading, records: Records, means: Iterable[PrintedMean]) -> list[str]:
    """Return the means that the records do not print."""
    out = []
    for m in means:
        scores = np.array([*m.scores, 0], dtype=np.int64)
        values = records.single[m.of][_group(reading, records, m)]
        some = scores[values[values != NO_ANSWER]]
        total, squares = int(some.sum()), int((some * some).sum())
        if not m.measured(reading.rounding).prints(len(some), total, squares):
            out.append(m.id)
    return out


def _group(reading: Reading, records: Records, mean: PrintedMean) -> NDArray[np.bool_]:
    inside = np.ones(records.n, dtype=bool)
    for name, levels in mean.within.items():
        inside &= np.isin(
            records.single[name], [reading.levels[name].index(level) for level in levels]
        )
    return inside


class _Target:
    """One mean: the sum and the squares of its people now, and how far they are from printing."""

    def __init__(
        self, mean: PrintedMean, reading: Reading, n: int, total: int, squares: int
    ) -> None:
        self.n, self.total, self.squares = n, total, squares
        self.moments = mean.measured(reading.rounding)
        ends = min(mean.scores), max(mean.scores)
        self.sums = list(self.moments.sums(n, *ends))
        self.weight = 4 * max(1, ends[1] - ends[0], *map(abs, ends))
        self._known: dict[tuple[int, int], float] = {}

    def short(self, ds: int = 0, dq: int = 0) -> float:
        """Return how far sum and squares are from printing after a change; 0 when they print."""
        key = (self.total + ds, self.squares + dq)
        if key not in self._known:
            self._known[key] = self._short(*key)
        return self._known[key]

    def _short(self, total: int, squares: int) -> float:
        if not self.sums:
            return math.inf
        near = min(self.sums, key=lambda s: abs(s - total))
        away = float(self.weight * abs(near - total))
        if self.moments.sd is None:
            return away
        best = math.inf
        for s in self.sums if away == 0 else [near]:
            spans = self.moments.squares(self.n, s)
            gaps = [max(a - squares, squares - b, 0) for a, b in spans]
            best = min(best, min(gaps, default=math.inf) + self.weight * abs(s - total))
        return max(best, away)


class _Search:
    def __init__(
        self,
        plan: Plan,
        records: Records,
        means: Sequence[PrintedMean],
        allowed: NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> None:
        self.plan, self.records, self.rng = plan, records, rng
        self.name = means[0].of
        self.values = records.single[self.name]
        self.scores = list(means[0].scores)
        self.allowed = allowed
        self.blocks, self.kind = self._blocks()
        self.targets: list[_Target] = []
        self.member: list[list[int]] = [[] for _ in range(records.n)]
        for k, m in enumerate(means):
            inside = _group(plan.reading, records, m) & (self.values != NO_ANSWER)
            some = np.array(self.scores)[self.values[inside]]
            self.targets.append(
                _Target(m, plan.reading, len(some), int(some.sum()), int((some * some).sum()))
            )
            for i in np.flatnonzero(inside).tolist():
                self.member[i].append(k)
        self.rows = np.flatnonzero(self.values != NO_ANSWER)
        near = [records.parent.get(self.name), *(c for c, p in records.parent.items() if p == self.name)]  # fmt: skip
        crossed = [n for n in near if n is not None]
        self.exchange = all(n in records.single for n in crossed)
        self.crossed = [records.single[n] for n in crossed if n in records.single]

    def _blocks(self) -> tuple[list[list[list[int]]], Ints]:
        """Return, for each kind of record, the levels that no figure of it tells each one from.

        Records that the same figures speak of are of one kind; the second value is each one's.
        """
        reading, name = self.plan.reading, self.name
        levels = reading.levels[name]
        mine = [
            i for i in (*reading.items, *reading.evidence)
            if i.outcome == (name,) and (i.percent is not None or i.exact is not None)
        ]  # fmt: skip
        fixed = [frozenset([i.level]) for i in reading.items if i.by == (name,) and i.percent]
        fixed += [frozenset([(lv,)]) for lv in levels if reading.size((name,), (lv,)) is not None]
        told = np.ones((self.records.n, len(mine)), dtype=bool)
        for j, item in enumerate(mine):
            if item.by:
                told[:, j] = members(reading, self.records, item.by, frozenset([item.level]))
        kinds, kind = np.unique(told, axis=0, return_inverse=True)
        out = []
        for row in kinds:
            sets = [i.levels for i, used in zip(mine, row, strict=True) if used] + fixed
            of = {lv[0]: p for p in partition([(lv,) for lv in levels], sets) for lv in p}
            out.append([[levels.index(x[0]) for x in sorted(of[lv])] for lv in levels])
        return out, kind.reshape(-1)

    def run(self) -> None:
        """Move answers until all means print, or the steps are used up."""
        steps = STEPS + STEPS_EACH * len(self.rows)
        short = sum(t.short() for t in self.targets)
        if not math.isfinite(short):
            return
        warm = float(max(1, max(abs(s) for s in self.scores)))
        for step in range(steps):
            if short == 0:
                return
            moves = self._moves()
            if not moves:
                continue
            changed = self._changes(moves)
            after = short + sum(
                self.targets[k].short(*d) - self.targets[k].short() for k, d in changed.items()
            )
            heat = warm * (1 - step / steps)
            worse = after - short
            if worse <= 0 or (heat > 0 and self.rng.random() < math.exp(-worse / heat)):
                self._make(moves, changed)
                short = after

    def _pick(self) -> int:
        return int(self.rows[int(self.rng.random() * len(self.rows))])

    def _moves(self) -> list[tuple[int, int]]:
        """Return records with a new level each: one answer, two that keep a sum, or an exchange."""
        way, i = self.rng.random(), self._pick()
        if way < 0.3 and self.exchange:
            j = self._pick()
            a, b = int(self.values[i]), int(self.values[j])
            same = all(values[i] == values[j] for values in self.crossed)
            fits = self.allowed[i, b] and self.allowed[j, a]
            return [(i, b), (j, a)] if a != b and same and fits else []
        one = self._step(i)
        if one is None or way < 0.65:
            return [] if one is None else [one]
        other = self._step(self._pick())
        return [one, other] if other is not None and other[0] != i else []

    def _step(self, i: int) -> tuple[int, int] | None:
        block = self.blocks[int(self.kind[i])][int(self.values[i])]
        if len(block) < 2:
            return None
        new = block[int(self.rng.random() * len(block))]
        return (i, new) if new != self.values[i] and self.allowed[i, new] else None

    def _changes(self, moves: Sequence[tuple[int, int]]) -> dict[int, tuple[int, int]]:
        out: dict[int, tuple[int, int]] = {}
        for i, new in moves:
            a, b = self.scores[int(self.values[i])], self.scores[new]
            for k in self.member[i]:
                s, q = out.get(k, (0, 0))
                out[k] = (s + b - a, q + b * b - a * a)
        return out

    def _make(self, moves: Sequence[tuple[int, int]], changed: Mapping[int, Any]) -> None:
        for i, new in moves:
            self.values[i] = new
        for k, (s, q) in changed.items():
            self.targets[k].total += s
            self.targets[k].squares += q


def pin(plan: Plan, wanted: MeansToMeet) -> None:
    """Take the variables of the means out of what later stages may change."""
    plan.pinned.update(dict.fromkeys(wanted.names))
