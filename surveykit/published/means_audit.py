"""Printed means and SDs of a reading: possible, impossible, or in conflict with something else.

Each mean is looked at alone; then with the percentages of the same variable's levels in the same
group (over all tables that those allow); then the means of a variable by group with its mean over
everyone. Sizes that are printed make these checks exact; what is checked one by one says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from surveykit.errors import UnsupportedError
from surveykit.published.conflicts import minimal_conflicts
from surveykit.published.document import Published, Scenario
from surveykit.published.document_means import PrintedMean, PrintedValue
from surveykit.published.means import ScoreDistributions, nearest_means, nearest_sds
from surveykit.published.model import Item, Reading, groups_of
from surveykit.published.scores import Target, attained
from surveykit.published.solve import Range, group_for
from surveykit.published.states import TooLargeError
from surveykit.text import Label, Lang

__all__ = ["MeanGroup", "MeanVerdict", "MeansAudit", "audit_means", "means_of"]

Option = tuple[int, int, int | None]
"""People, sum, sum of squares (None: any) of one group."""

MOST_SIZES = 60
MOST_ROWS = 200_000
MOST_OPTIONS = 300_000
STEPS = 10

BENIGN = Label(
    "先考虑：抄录或排印错误；有人未作答而基数较小；印出的是几个题目的平均分（items）；舍入方式不同。",
    "First to consider: a copying or printing error; a smaller base because some did not answer; "
    "an average over several items (`items`); another rounding.",
)
OTHER_DIVISOR = Label("标准差也可能用另一除数。", " The SD may have another divisor.")


@dataclass(frozen=True, slots=True)
class MeanVerdict:
    """What all distributions of scores say of one printed mean; None where unknown.

    Attributes
    ----------
    base, sum : smallest and largest number of people, and sum of their scores
    number : of distributions (frequency tables of the scores); None when too many to count
    ranges : smallest and largest number of people with each score
    nearest : values on this base that are possible, where the printed one is not
    """

    id: str
    printed: str
    status: str
    base: Range | None
    sum: Range | None
    number: int | None
    exact: bool
    ranges: Mapping[int, Range] = field(default_factory=dict)
    nearest: tuple[str, ...] = ()
    why: Label = Label()
    mean: str | None = None
    sd: str | None = None

    def to_json(self, lang: Lang) -> dict[str, Any]:
        """Return the verdict as it stands among the figures of the audit's JSON."""
        return {
            "id": self.id,
            "kind": "mean",
            "printed": self.mean,
            "sd": self.sd,
            "status": self.status,
            "base": _pair(self.base),
            "count": None,
            "sum": _pair(self.sum),
            "distributions": {"number": self.number, "exact": self.exact},
            "scores": {str(s): list(r) for s, r in self.ranges.items()},
            "nearest": list(self.nearest),
            "why": self.why.text(lang),
        }


def _pair(pair: Range | None) -> list[int] | None:
    return None if pair is None else list(pair)


@dataclass(frozen=True, slots=True)
class MeanGroup:
    """Means and percentages of one variable that are looked at together."""

    means: tuple[str, ...]
    figures: tuple[str, ...]
    number: int | None
    exact: bool
    conflicts: tuple[tuple[str, ...], ...] = ()
    all_conflicts: bool = True
    repairs: tuple[tuple[Label, str], ...] = ()
    why: Label = Label()

    def to_json(self, lang: Lang) -> dict[str, Any]:
        """Return the group as it stands among the groups of the audit's JSON."""
        return {
            "kind": "mean",
            "figures": [*self.means, *self.figures],
            "tables": {"number": self.number, "exact": self.exact},
            "conflicts": [list(c) for c in self.conflicts],
            "all_conflicts": self.all_conflicts,
            "repairs": [{"change": c.text(lang), "figures": [i]} for c, i in self.repairs],
            "why": self.why.text(lang),
        }


@dataclass(frozen=True, slots=True)
class MeansAudit:
    """The verdicts on a reading's means, and what they say of its percentages."""

    means: tuple[MeanVerdict, ...] = ()
    groups: tuple[MeanGroup, ...] = ()
    narrowed: Mapping[str, tuple[Range, Range]] = field(default_factory=dict)
    """Percentages whose (base, count) the means narrow."""

    conflicts: Mapping[str, Label] = field(default_factory=dict)
    """Percentages that cannot be true together with a mean, and why."""


def means_of(published: Published, scenario: Scenario) -> tuple[PrintedMean, ...]:
    """Return the means of a reading: its changes made, those set aside left out."""
    return tuple(
        replace(m, **scenario.figures.get(m.id, {}))
        for m in published.means
        if m.id not in scenario.without
    )


def audit_means(
    means: Sequence[PrintedMean], reading: Reading, solvable: Iterable[str]
) -> MeansAudit:
    """Audit the means of a reading.

    Parameters
    ----------
    means : of the reading, from :func:`means_of`
    reading : Reading
    solvable : ids of the percentages whose group has a feasible table
    """
    places = [Place(m, reading, frozenset(solvable)) for m in means]
    alone = {p.mean.id: p.alone() for p in places}
    out = MeansAudit()
    for cluster in _clusters(places):
        sound = [p for p in cluster if alone[p.mean.id].status == "possible"]
        out = _joined(out, cluster, sound, alone)
    found = {v.id: v for v in out.means}
    return replace(out, means=tuple(replace(found[m.id], mean=m.mean, sd=m.sd) for m in means))


# --- one mean ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A printed mean where it stands: its group, the sizes that this can have, its percentages."""

    mean: PrintedMean
    reading: Reading
    solvable: frozenset[str]

    @cached_property
    def by(self) -> tuple[str, ...]:
        """The grouping variables."""
        return tuple(sorted(self.mean.within))

    @cached_property
    def level(self) -> tuple[str, ...]:
        """The group."""
        levels = [self.mean.within[n] for n in self.by]
        if any(len(x) > 1 for x in levels):
            raise UnsupportedError(
                "the audit does not handle a mean of several groups joined.",
                where=f"{self.reading.where}, mean {self.mean.id!r}",
                hint="give its base as `n`, without `within`.",
            )
        return tuple(x[0] for x in levels)

    @property
    def declared(self) -> bool:
        """Whether the scores are levels of a variable of the file."""
        return self.mean.of in self.reading.levels

    @cached_property
    def sizes(self) -> tuple[int, ...] | None:
        """The numbers of people that the base can be; None when nothing limits it."""
        if self.mean.n is not None:
            return (self.mean.n,)
        reading = self.reading
        if reading.total is None and reading.size(self.by, self.level) is None:
            return None
        outcome = (self.mean.of,) if self.declared else ()
        least, most = reading.base(self.by, self.level, outcome)
        return tuple(range(max(1, least), most + 1))

    @cached_property
    def found(self) -> ScoreDistributions:
        """All distributions that print the mean and the SD."""
        return self.part()

    def part(self, *, mean: bool = True, sd: bool = True) -> ScoreDistributions:
        """Return the distributions that print the mean or the SD or both."""
        moments = self.mean.measured(self.reading.rounding, mean=mean, sd=sd)
        return ScoreDistributions(self.mean.totals, moments, self.sizes or ())

    @cached_property
    def figures(self) -> tuple[Item, ...]:
        """The percentages of single levels of the variable in the very same group."""
        m, reading = self.mean, self.reading
        if m.n is not None or m.items > 1 or not self.declared or m.of in reading.multiple:
            return ()
        return tuple(
            i for i in reading.items
            if (i.outcome, i.by, i.level) == ((m.of,), self.by, self.level)
            and i.percent is not None and len(i.levels) == 1 and i.id in self.solvable
        )  # fmt: skip

    # --- alone

    def alone(self) -> MeanVerdict:
        """Return the verdict on the mean by itself."""
        m = self.mean
        if self.sizes is None:
            why = Label(
                "基数未印出，也没有总人数：未求解。用 n 给出基数。",
                "its base is not printed, nor is everyone: not evaluated. Give the base as `n`.",
            )
            return MeanVerdict(m.id, m.printed, "possible", None, None, None, False, why=why)
        base = (self.sizes[0], self.sizes[-1]) if self.sizes else (0, 0)
        try:
            if self.found.possible:
                return self._possible(base)
            return self._refused(base)
        except TooLargeError as reason:
            why = Label(f"未求解：{reason}。", f"not evaluated: {reason}.")
            return MeanVerdict(m.id, m.printed, "possible", base, None, None, False, why=why)

    def _possible(self, base: Range) -> MeanVerdict:
        m, found = self.mean, self.found
        if len(found.sizes) > MOST_SIZES:
            why = Label(
                "基数未印出：只判断是否可能，未计数。",
                "its base is not printed: whether it is possible is decided, nothing is counted.",
            )
            return MeanVerdict(m.id, m.printed, "possible", base, None, None, False, why=why)
        people, sums = [t[0] for t in found.targets], [t[1] for t in found.targets]
        number, why = None, Label()
        try:
            number = found.number
        except TooLargeError as reason:
            why = Label(
                f"区间是精确的；得分分布未计数：{reason}。",
                f"ranges are exact; distributions are not counted: {reason}.",
            )
        return MeanVerdict(
            m.id, m.printed, "possible", (min(people), max(people)), (min(sums), max(sums)),
            number, number is not None, _ranges(found), why=why,
        )  # fmt: skip

    def _refused(self, base: Range) -> MeanVerdict:
        m = self.mean
        if base[1] == 0:
            why = Label(f"没有人在此基数之内。{BENIGN.zh}", f"nobody is in this base. {BENIGN.en}")
            return MeanVerdict(m.id, m.printed, "impossible", base, None, 0, True, why=why)
        no_mean = m.mean is not None and not self.part(sd=False).possible
        no_sd = m.sd is not None and not no_mean and not self.part(mean=False).possible
        near = self._near(sd=not no_mean) if base[0] == base[1] else ()
        status = "impossible" if no_mean or no_sd else "conflict"
        what = ("mean", m.mean) if no_mean else ("sd", m.sd)
        why = _why_alone(base, what, near, status, m)
        return MeanVerdict(m.id, m.printed, status, base, None, 0, True, nearest=near, why=why)

    def _near(self, *, sd: bool) -> tuple[str, ...]:
        n = self.sizes[0] if self.sizes else 0
        if sd:
            return nearest_sds(self.mean.totals, self.found.moments, n)
        return nearest_means(self.mean.totals, self.found.moments, n)

    # --- with percentages

    def options(self, figures: frozenset[str], *, wide: bool) -> set[Option]:
        """Return the (people, sum, squares) that print the mean, with some percentages.

        `wide` takes the other figures of their group along, and all its printed counts.
        """
        chosen = [i for i in self.figures if i.id in figures]
        if not chosen:
            return set(_limited(self.found))
        beside = self.beside if wide else ()
        context = [i for i in beside if i.exact is not None or i.id in figures]
        return self.rows(chosen, context)[0]

    @cached_property
    def beside(self) -> tuple[Item, ...]:
        """The other figures and printed counts of the percentages' group."""
        reading = self.reading
        every = [*(i for i in reading.items if i.id in self.solvable), *reading.evidence]
        mine = set(self.figures)
        groups = [g for g in groups_of(reading, every) if mine & set(g)]
        return tuple(i for g in groups for i in g if i not in mine)

    def rows(
        self, chosen: Sequence[Item], context: Sequence[Item] = ()
    ) -> tuple[set[Option], tuple[Range, dict[str, Range]] | None]:
        """Return what the tables of the percentages leave, and the ranges of these then."""
        tables = group_for(self.reading, [*chosen, *context]).project(list(chosen))
        if len(tables.counts) > MOST_ROWS:
            raise TooLargeError("too many tables of the percentages to compare with the mean")
        score = dict(zip(self.reading.levels[self.mean.of], self.mean.scores, strict=True))
        known, at = [], []
        for column, item in enumerate(chosen):
            ((level,),) = item.levels
            if level not in known:
                known.append(level)
                at.append(column)
        s = np.array([score[x] for x in known], dtype=np.int64)
        counts, base = tables.counts[:, at], tables.bases[:, 0]
        total, squares, rest = counts @ s, counts @ (s * s), base - counts.sum(axis=1)
        others = tuple(sorted(v for k, v in score.items() if k not in known))
        out: set[Option] = set()
        good = np.zeros(len(base), dtype=bool)
        cache: dict[tuple[int, int, int, int], list[Option]] = {}
        by_size = _by_size(self.found)
        for row, key in enumerate(zip(base.tolist(), total.tolist(), squares.tolist(), rest.tolist(), strict=True)):  # fmt: skip
            if key not in cache:
                cache[key] = list(_completions(key, others, by_size))
            good[row] = bool(cache[key])
            out.update(cache[key])
        if not good.any():
            return set(), None
        counts_of = tables.counts[good]
        spans = {
            i.id: (int(counts_of[:, c].min()), int(counts_of[:, c].max()))
            for c, i in enumerate(chosen)
        }
        return out, ((int(base[good].min()), int(base[good].max())), spans)


def _by_size(found: ScoreDistributions) -> dict[int, list[Target]]:
    out: dict[int, list[Target]] = {}
    for target in _limited(found):
        out.setdefault(target[0], []).append(target)
    return out


def _completions(
    key: tuple[int, int, int, int], others: tuple[int, ...], by_size: Mapping[int, list[Target]]
) -> Iterable[Option]:
    """Return the targets that the people of the levels not printed can complete."""
    base, total, squares, rest = key
    for n, s, q in by_size.get(base, ()):
        if attained(others, rest, s - total, None if q is None else q - squares):
            yield n, s, q


def _limited(found: ScoreDistributions) -> tuple[Target, ...]:
    if len(found.sizes) > MOST_SIZES:
        raise TooLargeError("the base of a mean is not printed")
    if found.moments.mean is None and found.moments.sd is None:
        return ()
    return found.targets


def _ranges(found: ScoreDistributions) -> dict[int, Range]:
    try:
        return found.ranges
    except TooLargeError:
        return {}


def _why_alone(
    base: Range, what: tuple[str, str | None], near: tuple[str, ...], status: str, m: PrintedMean
) -> Label:
    n = str(base[1]) if base[0] == base[1] else f"≤ {base[1]}"
    zh_near = f"该基数下最近的可能值：{'、'.join(near)}。" if near else ""
    en_near = f" The nearest that are possible on this base: {', '.join(near)}." if near else ""
    items = f" × {m.items}" if m.items > 1 else ""
    span = f"{m.scores[0]}…{m.scores[-1]}" if len(m.scores) > 3 else ", ".join(map(str, m.scores))
    if what[0] == "mean":
        return Label(
            f"{n}{items} 个整数得分（{span}）的平均数不会印成 {what[1]}。{zh_near}{BENIGN.zh}",
            f"no {n}{items} whole-number scores ({span}) have a mean that prints as {what[1]}."
            f"{en_near} {BENIGN.en}",
        )
    if status == "impossible":
        return Label(
            f"{n}{items} 个整数得分（{span}）的标准差不会印成 {what[1]}。{zh_near}{BENIGN.zh}{OTHER_DIVISOR.zh}",
            f"no {n}{items} whole-number scores ({span}) have an SD that prints as {what[1]}."
            f"{en_near} {BENIGN.en}{OTHER_DIVISOR.en}",
        )
    return Label(
        f"平均数 {m.mean} 与标准差 {m.sd} 各自可能，但没有一种得分分布（n = {n}）同时印成两者。"
        f"{zh_near.replace('可能值', '可能标准差')}{BENIGN.zh}{OTHER_DIVISOR.zh}",
        f"the mean {m.mean} and the SD {m.sd} are each possible, but no distribution of scores "
        f"(n = {n}) prints both.{en_near.replace('nearest', 'nearest SDs')} {BENIGN.en}{OTHER_DIVISOR.en}",
    )


# --- several together --------------------------------------------------------------------------


def _clusters(places: Sequence[Place]) -> list[list[Place]]:
    """Group the means of one variable that are by one grouping, with the one over everyone."""
    out: dict[tuple[object, ...], list[Place]] = {}
    for p in places:
        m = p.mean
        out.setdefault((m.of, m.scores, m.items, m.n is None or p.mean.id), []).append(p)
    return list(out.values())


def _joined(
    out: MeansAudit, cluster: list[Place], sound: list[Place], alone: dict[str, MeanVerdict]
) -> MeansAudit:
    """Add one cluster: its means together and with their percentages."""
    means, groups = list(out.means), list(out.groups)
    narrowed, conflicts = dict(out.narrowed), dict(out.conflicts)
    for place in (p for p in cluster if p not in sound):
        means.append(alone[place.mean.id])
        own = alone[place.mean.id]
        sets = ((place.mean.id,),) if own.status == "conflict" else ()
        groups.append(MeanGroup((place.mean.id,), (), 0, True, sets))
    if not sound:
        return replace(out, means=tuple(means), groups=tuple(groups))
    joint = _Joint(sound)
    ids = tuple(p.mean.id for p in sound)
    try:
        feasible = joint.feasible(frozenset(joint.ids))
    except (TooLargeError, UnsupportedError) as reason:
        why = Label(
            f"与其他数字只逐一核对，未联合求解：{reason}。",
            f"checked one by one, not together with other figures: {reason}.",
        )
        groups += [_single(alone[i], why) for i in ids]
        return replace(out, means=(*means, *(alone[i] for i in ids)), groups=tuple(groups))
    why = joint.why
    if feasible and any(p.figures for p in sound):
        wide = _Joint(sound, wide=True)
        try:
            feasible = wide.feasible(frozenset(wide.ids))
            joint = joint if feasible else wide
            for place in sound if feasible else ():
                narrowed.update(_narrowing(place))
        except (TooLargeError, UnsupportedError) as reason:
            why = Label(
                f"只与同组的百分比联合求解，未与相连的其他数字联合求解：{reason}。",
                "solved together with the percentages of the same group only, not with all that "
                f"is linked to them: {reason}.",
            )
    if feasible:
        figures = tuple(i.id for p in sound for i in p.figures)
        if len(ids) == 1 and not figures:
            groups.append(_single(alone[ids[0]], why))
        else:
            groups.append(MeanGroup(ids, figures, None, False, why=why))
        means += [alone[i] for i in ids]
    else:
        found = minimal_conflicts(joint.ids, joint.feasible)
        members = {x for c in found.sets for x in c}
        for p in sound:
            bad = p.mean.id in members
            v = alone[p.mean.id]
            means.append(
                replace(v, status="conflict", why=_why_joint(p.mean.id, found.sets)) if bad else v
            )
        conflicts |= {i: _why_joint(i, found.sets) for i in members if i not in ids}
        figures = tuple(i for i in joint.ids if i not in ids)
        groups.append(
            MeanGroup(ids, figures, 0, True, found.sets, found.complete, joint.repairs(), joint.why)
        )
    return MeansAudit(tuple(means), tuple(groups), narrowed, conflicts)


def _single(verdict: MeanVerdict, why: Label) -> MeanGroup:
    said = why if why.text("en") else verdict.why
    return MeanGroup((verdict.id,), (), verdict.number, verdict.exact, why=said)


def _narrowing(place: Place) -> dict[str, tuple[Range, Range]]:
    """Return the ranges of percentages that the mean narrows, over all tables of their group."""
    if not place.figures:
        return {}
    _, spans = place.rows(place.figures, place.beside)
    return {} if spans is None else {i: (spans[0], counts) for i, counts in spans[1].items()}


def _why_joint(id: str, sets: Sequence[Sequence[str]]) -> Label:
    mine = [c for c in sets if id in c]
    others = [i for i in min(mine, key=len) if i != id]
    return Label(
        f"与 {'、'.join(others)} 不能同时成立（共 {len(mine)} 组最小矛盾）。{BENIGN.zh}",
        f"cannot be true together with {', '.join(others)} ({len(mine)} minimal conflicts in "
        f"all). {BENIGN.en}",
    )


def _both(a: set[Option], b: set[Option]) -> set[Option]:
    """Return what two sets of (people, sum, squares or any) have in common."""
    out = set()
    for one, other in ((a, b), (b, a)):
        sums = {(n, s) for n, s, q in other if q is None}
        out |= {o for o in one if o in other or o[:2] in sums}
    squared = {o[:2] for o in out if o[2] is not None}
    return {o for o in out if o[2] is not None or o[:2] not in squared}


class _Joint:
    """Means of one variable together: by group, over everyone, and with their percentages."""

    def __init__(self, places: Sequence[Place], *, wide: bool = False) -> None:
        self.places, self.wide = list(places), wide
        self.reading = places[0].reading
        figures = [i.id for p in places for i in p.figures]
        if wide:
            figures += [i.id for p in places for i in p.beside if i.exact is None]
        self.ids = [*(p.mean.id for p in places), *dict.fromkeys(figures)]
        self.why = Label()
        self._options: dict[tuple[str, frozenset[str]], set[Option]] = {}

    def feasible(self, subset: frozenset[str]) -> bool:
        """Whether these means and percentages can be true together."""
        left = [p for p in self.places if p.mean.id in subset]
        options = {p.mean.id: self._of(p, subset) for p in left if self._needed(p, left, subset)}
        if any(not o for o in options.values()) or not self._same(left, options):
            return False
        return all(self._adds_up(by, left, options) for by in self._groupings(left))

    def _needed(self, place: Place, left: Sequence[Place], subset: frozenset[str]) -> bool:
        twice = sum((p.by, p.level) == (place.by, place.level) for p in left) > 1
        return twice or bool(self._groupings(left)) or any(i.id in subset for i in place.figures)

    def _same(self, left: Sequence[Place], options: Mapping[str, set[Option]]) -> bool:
        """Whether a mean that is printed twice (or its SD elsewhere) is the same one."""
        there: dict[object, set[Option]] = {}
        for p in (p for p in left if p.mean.n is None and p.mean.id in options):
            key, mine = (p.by, p.level), options[p.mean.id]
            both = _both(there[key], mine) if key in there else mine
            if not both:
                return False
            there[key] = both
        return True

    def _of(self, place: Place, subset: frozenset[str]) -> set[Option]:
        own = {i.id for i in (*place.figures, *(place.beside if self.wide else ()))}
        key = place.mean.id, subset & own
        if key not in self._options:
            self._options[key] = place.options(subset, wide=self.wide)
        return self._options[key]

    # --- groups and everyone

    def _groupings(self, left: Sequence[Place]) -> list[str]:
        """Return groupings whose groups partition those over whom a mean is printed."""
        if not any(p.by == () and p.mean.n is None for p in left):
            return []
        names = dict.fromkeys(p.by[0] for p in left if len(p.by) == 1 and p.mean.n is None)
        return [n for n in names if n not in self.reading.multiple]

    def _adds_up(self, by: str, left: Sequence[Place], options: Mapping[str, set[Option]]) -> bool:
        """Whether the groups' sums can add up to everyone's."""
        reading = self.reading
        of = (left[0].mean.of,) if left[0].declared else ()
        sizes = {lv: reading.size((by,), lv) for lv in reading.levels_of((by,))}
        if None in sizes.values() or not reading.answered_by_all((by, *of)):
            self.why = Label(
                "各组人数未全部印出或有人未作答：分组平均数与总平均数未联合求解。",
                "not all group sizes are printed, or some did not answer: means of groups are not "
                "added up to the mean of everyone.",
            )
            return True
        groups = [p for p in left if p.by == (by,)]
        if len({p.level for p in groups}) < len(groups):
            self.why = Label(
                "同一组印出两个平均数：逐一核对。", "two means of one group: one by one."
            )
            return True
        free = sum(s or 0 for lv, s in sizes.items() if lv not in {p.level for p in groups})
        whole = [options[p.mean.id] for p in left if p.by == ()]
        parts = [options[p.mean.id] for p in groups]
        return self._sums(parts, set.intersection(*whole) if len(whole) > 1 else whole[0], free)

    def _sums(self, parts: Sequence[set[Option]], whole: set[Option], free: int) -> bool:
        squared = all(o[2] is not None for part in (*parts, whole) for o in part)
        state: set[tuple[int, int]] = {(0, 0)}
        for part in parts:
            moves = {(o[1], (o[2] or 0) if squared else 0) for o in part}
            if len(state) * len(moves) > MOST_OPTIONS:
                raise TooLargeError("too many sums of groups")
            state = {(a + c, b + d) for (a, b), (c, d) in itertools.product(state, moves)}
        if not squared and any(o[2] is not None for part in (*parts, whole) for o in part):
            self.why = Label(
                "只有部分平均数印出标准差：各组之和只核对总分，不核对平方和。",
                "SDs are printed of some means only: groups are added up by their sums, not their "
                "sums of squares.",
            )
        scores = tuple(self.places[0].mean.totals)
        for (_, s, q), (a, b) in itertools.product(whole, state):
            rest = (q or 0) - b if squared else None
            if attained(scores, free, s - a, rest):
                return True
        return False

    # --- repairs

    def repairs(self) -> tuple[tuple[Label, str], ...]:
        """Return the nearest other means that would have a solution, one for each mean."""
        out = []
        for at, place in enumerate(self.places):
            other = self._nearest(at, place)
            if other is not None:
                m = place.mean
                label = Label(
                    f"{m.id} 若印作 {other}（而非 {m.mean}），则有解",
                    f"{m.id} printed as {other} (not {m.mean}) would have a solution",
                )
                out.append((label, m.id))
        return tuple(out)

    def _nearest(self, at: int, place: Place) -> str | None:
        if place.mean.mean is None:
            return None
        printed = PrintedValue.parse(place.mean.mean)
        for step, way in itertools.product(range(1, STEPS + 1), (-1, 1)):
            moved = replace(place.mean, mean=str(printed.moved(way * step)))
            trial = Place(moved, place.reading, place.solvable)
            others = [trial if j == at else p for j, p in enumerate(self.places)]
            if trial.found.possible and _Joint(others, wide=self.wide).feasible(
                frozenset(self.ids)
            ):
                return moved.mean
        return None
