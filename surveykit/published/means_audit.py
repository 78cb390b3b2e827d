"""Printed means and SDs of a reading: possible, impossible, or in conflict with something else.

Each mean is looked at alone; then with the percentages of the same variable's levels in the same
group (over all tables that those allow); then the means of a variable by group with its mean over
everyone. Sizes that are printed make these checks exact; what is checked one by one says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from surveykit.errors import UnsupportedError
from surveykit.published.conflicts import Conflicts, minimal_conflicts
from surveykit.published.document import Published, Scenario
from surveykit.published.document_means import PrintedMean, PrintedValue
from surveykit.published.means import ScoreDistributions, nearest_means, nearest_sds
from surveykit.published.means_joint import WORK, Solution, System, subject
from surveykit.published.model import Item, Reading, groups_of
from surveykit.published.repairs import Repair, repair_json
from surveykit.published.solve import Range
from surveykit.published.states import TooLargeError
from surveykit.text import Label, Lang

__all__ = [
    "Joint",
    "MeanGroup",
    "MeanVerdict",
    "MeansAudit",
    "audit_means",
    "means_of",
    "sound_joints",
]

MOST_SIZES = 60
MOST_CONFLICTS = 30
MOST_SUBSETS = 150
CONFLICT_WORK = 100_000
"""What is compared for each set of figures while minimal conflicts are looked for."""

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
    solved : False where the audit ended before it was looked at
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
    solved: bool = True

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
            "solved": self.solved,
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
    repairs: tuple[Repair, ...] = ()
    why: Label = Label()

    def to_json(self, lang: Lang) -> dict[str, Any]:
        """Return the group as it stands among the groups of the audit's JSON."""
        return {
            "kind": "mean",
            "figures": [*self.means, *self.figures],
            "tables": {"number": self.number, "exact": self.exact},
            "conflicts": [list(c) for c in self.conflicts],
            "all_conflicts": self.all_conflicts,
            "repairs": [repair_json(r, lang) for r in self.repairs],
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
    for cluster in clusters(places):
        sound = [p for p in cluster if alone[p.mean.id].status == "possible"]
        out = _joined(out, cluster, sound, alone)
    found = {v.id: v for v in out.means}
    return replace(out, means=tuple(replace(found[m.id], mean=m.mean, sd=m.sd) for m in means))


def sound_joints(
    means: Sequence[PrintedMean], found: MeansAudit, reading: Reading, solvable: Iterable[str]
) -> list[Joint]:
    """Return the possible means of a reading, those of one variable together."""
    sound = {v.id for v in found.means if v.status == "possible"}
    places = [Place(m, reading, frozenset(solvable)) for m in means if m.id in sound]
    return [Joint(cluster) for cluster in clusters(places)]


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


def _ranges(found: ScoreDistributions) -> dict[int, Range]:
    try:
        return found.ranges
    except TooLargeError:
        return {}


def _outside(m: PrintedMean) -> bool:
    """Whether no number of people has a mean like this."""
    low, high = Fraction(min(m.scores)), Fraction(max(m.scores))
    value = PrintedValue.parse(m.mean or "0")
    unit = Fraction(1, 10**value.decimals)
    return m.mean is not None and not low - unit < value.value < high + unit


def _why_alone(
    base: Range, what: tuple[str, str | None], near: tuple[str, ...], status: str, m: PrintedMean
) -> Label:
    n = str(base[1]) if base[0] == base[1] else f"≤ {base[1]}"
    zh_near = f"该基数下最近的可能值：{'、'.join(near)}。" if near else ""
    en_near = f" The nearest that are possible on this base: {', '.join(near)}." if near else ""
    items = f" × {m.items}" if m.items > 1 else ""
    span = f"{m.scores[0]}…{m.scores[-1]}" if len(m.scores) > 3 else ", ".join(map(str, m.scores))
    if what[0] == "mean" and _outside(m):
        return Label(
            f"平均数 {m.mean} 超出得分范围（{span}）。先核对 scores、range、items 是否写对。{BENIGN.zh}",
            f"the mean {m.mean} lies outside the scores ({span}): check `scores`, `range` and `items` "
            f"in the file. {BENIGN.en}",
        )
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


def clusters(places: Sequence[Place]) -> list[list[Place]]:
    """Group the means of one variable; one with a base of its own stands alone."""
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
    for place in (p for p in cluster if p not in sound):
        means.append(alone[place.mean.id])
        own = alone[place.mean.id]
        sets = ((place.mean.id,),) if own.status == "conflict" else ()
        groups.append(MeanGroup((place.mean.id,), (), 0, True, sets))
    if not sound:
        return replace(out, means=tuple(means), groups=tuple(groups))
    joint = Joint(sound)
    ids = tuple(p.mean.id for p in sound)
    try:
        found = joint.solve(frozenset(joint.ids), spans=True)
    except (TooLargeError, UnsupportedError) as reason:
        why = Label(
            f"与其他数字只逐一核对，未联合求解：{reason}。",
            f"checked one by one, not together with other figures: {reason}.",
        )
        groups += [_single(alone[i], why) for i in ids]
        return replace(out, means=(*means, *(alone[i] for i in ids)), groups=tuple(groups))
    if found.feasible:
        if joint.alone:
            groups.append(_single(alone[ids[0]], Label()))
        else:
            groups.append(MeanGroup(ids, joint.figures, None, False, why=_why_weak(found)))
        means += [_narrowed(alone[i], found) for i in ids]
        narrowed = {**out.narrowed, **found.spans}
        return replace(out, means=tuple(means), groups=tuple(groups), narrowed=narrowed)
    known = minimal_conflicts(joint.ids, joint.feasible, MOST_CONFLICTS)
    if not known.sets:  # refuted by all that was compared at first, not by the less compared since
        known = Conflicts((tuple(joint.ids),), complete=False)
    members = {x for c in known.sets for x in c}
    for i in ids:
        why = _why_joint(i, known.sets) if i in members else Label()
        means.append(replace(alone[i], status="conflict", why=why) if i in members else alone[i])
    conflicts = {i: _why_joint(i, known.sets) for i in members if i not in ids}
    groups.append(
        MeanGroup(ids, joint.figures, 0, True, known.sets, known.complete and not joint.exhausted)
    )
    return replace(
        out, means=tuple(means), groups=tuple(groups), conflicts={**out.conflicts, **conflicts}
    )


def _single(verdict: MeanVerdict, why: Label) -> MeanGroup:
    said = why if why.text("en") else verdict.why
    return MeanGroup((verdict.id,), (), verdict.number, verdict.exact, why=said)


def _why_weak(found: Solution) -> Label:
    if found.exact:
        return Label()
    return Label(
        "联合求解用的是较弱的必要条件：能否定的都是证明，未否定的不算证明。",
        "solved together by necessary conditions: what they refute is refuted, the rest is not proven.",
    )


def _narrowed(verdict: MeanVerdict, found: Solution) -> MeanVerdict:
    """Return a verdict with the base and the sum that all figures together leave."""
    id = verdict.id
    return replace(
        verdict,
        base=_within(verdict.base, found.bases.get(id)),
        sum=_within(verdict.sum, found.sums.get(id)),
    )


def _within(one: Range | None, other: Range | None) -> Range | None:
    if one is None or other is None:
        return one or other
    return max(one[0], other[0]), min(one[1], other[1])


def _why_joint(id: str, sets: Sequence[Sequence[str]]) -> Label:
    mine = [c for c in sets if id in c]
    others = [i for i in min(mine, key=len) if i != id]
    return Label(
        f"与 {'、'.join(others)} 不能同时成立（共 {len(mine)} 组最小矛盾）。{BENIGN.zh}",
        f"cannot be true together with {', '.join(others)} ({len(mine)} minimal conflicts in "
        f"all). {BENIGN.en}",
    )


class Joint:
    """Means of one variable, with every percentage that shares an unknown with them."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = list(places)
        self.reading = places[0].reading
        free = places[0].mean.n is None
        self.items = self._linked(places[0].solvable) if free else []
        self.figures = tuple(i.id for i in self.items)
        self.ids = [*(p.mean.id for p in places), *self.figures]
        self._left = MOST_SUBSETS

    @property
    def exhausted(self) -> bool:
        """Whether some subset was not looked at because too many were."""
        return self._left < 0

    @property
    def alone(self) -> bool:
        """Whether there is one mean and nothing that it is linked with."""
        return len(self.ids) == 1

    def feasible(self, subset: frozenset[str]) -> bool | None:
        """Whether these means and percentages can be true together; None when not known."""
        self._left -= 1
        if self._left < 0:
            return None
        try:
            return self.solve(subset, work=CONFLICT_WORK).feasible
        except (TooLargeError, UnsupportedError):
            return None

    def solve(
        self,
        subset: frozenset[str],
        *,
        spans: bool = False,
        pins: Mapping[str, tuple[int, int]] | None = None,
        work: int = WORK,
    ) -> Solution:
        """Solve some of the means and percentages together."""
        left = [(p.by, p.level, p.mean) for p in self.places if p.mean.id in subset]
        if not left or left[0][2].n is not None:
            return Solution(True, True)
        items = [i for i in self.items if i.id in subset]
        return System(left, self.reading, items, pins, work).solve(spans=spans)

    def _linked(self, solvable: frozenset[str]) -> list[Item]:
        """Return the percentages that a change of could change what the means can be."""
        name, reading = subject(self.places[0].mean, self.reading)
        cells = [Item(f"cell {k}", (name,), frozenset(reading.levels_of((name,))[:1]), p.by, p.level, None)
                 for k, p in enumerate(self.places)]  # fmt: skip
        known = [i for i in reading.items if i.id in solvable and i.percent is not None]
        groups = groups_of(reading, [*known, *reading.evidence, *cells])
        ids = {c.id for c in cells}
        mine = [i for g in groups if any(x.id in ids for x in g) for i in g]
        return [i for i in mine if i.id not in ids and i.exact is None]
