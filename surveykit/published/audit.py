"""The audit: what each printed figure allows, which cannot be true together, what claims hold.

The stages, in order (see :func:`audit_reading`): read the paper in one way, look at each figure
alone, set aside what is impossible, solve each group of figures that share an unknown, find the
minimal conflicts where a group has no table, judge the claims over all tables that are left.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np

from surveykit.errors import InputError
from surveykit.published.claims import ClaimVerdict, Situation, judge
from surveykit.published.conflicts import Conflicts
from surveykit.published.document import Figure, Published, Scenario
from surveykit.published.document_means import PrintedMean
from surveykit.published.document_tests import PrintedTest
from surveykit.published.evidence import (
    EvidenceVerdict,
    evidence_json,
    hold_tests,
    not_held,
    printed_tests,
)
from surveykit.published.fold import fold_key
from surveykit.published.group_conflicts import group_conflicts
from surveykit.published.halting import INTERRUPTED, Halt
from surveykit.published.load import as_published
from surveykit.published.means_audit import MeansAudit, MeanVerdict, audit_means, means_of
from surveykit.published.means_claims import MeansCase, judge_means
from surveykit.published.means_repairs import mend_means
from surveykit.published.mending import mend
from surveykit.published.model import Item, Reading, groups_of, read_as
from surveykit.published.repairs import Repair, repair_json
from surveykit.published.rounding import count_range
from surveykit.published.solve import Group, Range, group_for
from surveykit.published.states import TooLargeError
from surveykit.published.transcription import audit_alternatives
from surveykit.results import Rows
from surveykit.text import Label, Lang

__all__ = ["Audit", "FigureVerdict", "GroupVerdict", "ReadingAudit", "Status", "audit"]

FEW = 1_000_000
Status = Literal["possible", "impossible", "explained", "conflict"]


@dataclass(frozen=True, slots=True)
class FigureVerdict:
    """What all feasible tables say of one figure; ranges are exact, None where unknown.

    `solved` is False where nothing was found out about it beside other figures (the audit ended
    early, or its group is too large): `status` then says only that nothing speaks against it alone.
    """

    id: str
    printed: str | None
    status: Status
    base: Range | None
    count: Range | None
    why: Label = Label()
    solved: bool = True


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """Figures that share an unknown: the number of their feasible tables, or why there is none.

    `number` is None where the group is too large to count. `solved` is kept for drawing tables.
    """

    figures: tuple[str, ...]
    number: int | None
    exact: bool
    conflicts: tuple[tuple[str, ...], ...] = ()
    all_conflicts: bool = True
    repairs: tuple[Repair, ...] = ()
    why: Label = Label()
    all_repairs: bool = True
    solved: Group | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class ReadingAudit:
    """The audit of one reading (scenario) of the paper."""

    id: str
    label: Label
    note: Label
    figures: tuple[FigureVerdict, ...]
    groups: tuple[GroupVerdict, ...]
    claims: tuple[ClaimVerdict, ...]
    reading: Reading = field(repr=False, compare=False)
    tests: tuple[EvidenceVerdict, ...] = ()
    means: MeansAudit = field(default_factory=MeansAudit)

    def figure(self, id: str) -> FigureVerdict:
        """Return the verdict on the figure called `id`."""
        return next(f for f in self.figures if f.id == id)

    @property
    def clean(self) -> bool:
        """Whether every printed figure is possible together with all others, tests included."""
        tests = all(t.status in ("possible", "not evaluated") for t in self.tests)
        means = all(m.status == "possible" for m in self.means.means)
        return tests and means and all(f.status == "possible" for f in self.figures)


@dataclass(frozen=True, repr=False)
class Audit(Rows):
    """The audit of a paper: one :class:`ReadingAudit` for each reading.

    As rows: one for each figure in each reading.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "reading", "figure", "printed", "status", "base_low", "base_high", "count_low",
        "count_high", "why",
    )  # fmt: skip

    published: Published
    readings: tuple[ReadingAudit, ...]
    lang: Lang = "zh"
    stopped: Label | None = None
    """Why the audit ended early; what was not finished says so."""

    def reading(self, id: str) -> ReadingAudit:
        """Return the audit of the reading called `id`."""
        self.published.scenario(id)
        return next(r for r in self.readings if r.id == id)

    @property
    def clean(self) -> bool:
        """Whether the plain reading (the first one audited) has nothing to report."""
        return self.readings[0].clean

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one row for each figure in each reading."""
        return [
            dict(zip(self.columns, (
                r.id, f.id, f.printed, f.status, *(f.base or (None, None)),
                *(f.count or (None, None)), f.why.text(self.lang),
            ), strict=True))
            for r in self.readings for f in r.figures
        ] + [
            dict(zip(self.columns, (
                r.id, m.id, m.printed, m.status, *(m.base or (None, None)), None, None,
                m.why.text(self.lang),
            ), strict=True))
            for r in self.readings for m in r.means.means
        ]  # fmt: skip

    def to_json(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the audit as contract 2 lays it out, ready for ``json.dumps``."""
        lang = lang or self.lang
        found: dict[str, Any] = {"scenarios": [_reading_json(r, lang) for r in self.readings]}
        return found if self.stopped is None else {**found, "stopped": self.stopped.text(lang)}


def audit(
    published: Published | str | os.PathLike[str],
    scenarios: Iterable[str] | None = None,
    *,
    lang: Lang = "zh",
    progress: Callable[[str, int, int], None] | None = None,
    time_limit: float | None = None,
) -> Audit:
    """Audit printed figures: every reading, or those named.

    Parameters
    ----------
    published : Published or path
        What `load_published` returns, or the file itself.
    scenarios : iterable of str, optional
        Ids of readings; all of them when not given.
    lang : {"zh", "en"}
        Language of the explanations.
    progress : callable, optional
        Called with (reading, done, total) before each group.
    time_limit : float, optional
        Seconds after which no more is solved. As after an interrupt (Ctrl-C), what is finished is
        kept, `Audit.stopped` says why, and the rest is "not evaluated: …".

    Raises
    ------
    UnknownNameError
        For a reading that the file does not have.
    """
    published = as_published(published)
    ids = [s.id for s in published.scenarios] if scenarios is None else list(scenarios)
    chosen = [published.scenario(i) for i in ids]
    memo: dict[Any, Any] = {}

    def solve(scenario: Scenario) -> ReadingAudit:
        try:
            return audit_reading(published, scenario, progress, memo, halt=halt)
        except KeyboardInterrupt:  # between two groups
            if halt.reason is not None:
                raise
            halt.stop()
            return audit_reading(published, scenario, progress, memo, halt=halt)

    with Halt(time_limit) as halt:
        readings = tuple(audit_alternatives(published, s, solve) for s in chosen)
    return Audit(published, readings, lang, halt.reason)


def audit_reading(
    published: Published,
    scenario: Scenario,
    progress: Callable[[str, int, int], None] | None = None,
    memo: dict[Any, Any] | None = None,
    *,
    judge_claims: bool = True,
    halt: Halt | None = None,
) -> ReadingAudit:
    """Audit one reading: the stages in order. `memo` is shared by readings of one paper."""
    halt = halt or Halt()
    reading = read_as(published, scenario, memo)
    verdicts = {f.id: _ratio(f, reading) for f in reading.ratios}
    aside = _set_aside(reading, verdicts)
    printed = [i for i in reading.items if i.percent is not None]
    groups: list[GroupVerdict] = []
    parts = groups_of(reading, [*printed, *reading.evidence])
    for done, items in enumerate(parts):
        if progress:
            progress(scenario.id, done, len(parts))
        if any(i.exact is None for i in items):
            groups.append(halt.run(
                partial(_solve, reading, items, aside, verdicts),
                partial(_stopped, halt, reading, items, aside, verdicts),
            ))  # fmt: skip
    found = printed_tests(published, scenario)
    groups, tests = halt.run(
        partial(_with_tests, found, reading, groups, verdicts),
        lambda: (groups, tuple(not_held(t, halt.reason or INTERRUPTED) for t in found)),
    )
    groups = halt.run(partial(_with_unprinted, reading, groups, verdicts), lambda: groups)
    groups += [_ratio_group(verdicts[f.id]) for f in reading.ratios]
    mended = partial(_mended, published, scenario, reading, verdicts)
    groups = [halt.run(partial(mended, g), partial(_unmended, g)) for g in groups]
    asked, solvable = means_of(published, scenario), _solvable(groups, verdicts)
    means = halt.run(
        partial(_with_means, asked, reading, groups, verdicts),
        lambda: MeansAudit(tuple(_unsolved_mean(m, halt.reason or INTERRUPTED) for m in asked)),
    )
    told = halt.run(
        partial(mend_means, published, scenario, reading, means, solvable), lambda: means.groups
    )
    means = replace(means, groups=told)
    situation = Situation(
        reading,
        {i.id: i for i in reading.items},
        {i: g.solved for g in groups for i in g.figures if g.solved is not None},
        {i: v.status for i, v in verdicts.items() if v.status in ("impossible", "explained")},
        found,
    )
    scored = MeansCase(asked, means, reading, tuple(_solvable(groups, verdicts)))
    claims = tuple(
        halt.run(
            partial(judge_means, c, scored) if scored.speaks(c) else partial(judge, c, situation),
            partial(_unjudged, halt, c.id),
        )
        for c in published.claims
        if judge_claims
    )
    order = [f.id for f in reading.figures]
    return ReadingAudit(
        scenario.id,
        scenario.label if scenario.label.text("en") else Label.of(scenario.id),
        scenario.note,
        tuple(verdicts[i] for i in order if i in verdicts),
        tuple(sorted(groups, key=lambda g: order.index(g.figures[0]))),
        claims,
        reading,
        tests,
        means,
    )


# --- figures alone ------------------------------------------------------------------------


def _ratio(figure: Figure, reading: Reading) -> FigureVerdict:
    """A share of two printed numbers."""
    assert isinstance(figure.of, tuple)
    top, bottom = (int(x) for x in figure.of)
    base = (bottom, bottom)
    if figure.printed is None:
        return FigureVerdict(figure.id, None, "possible", base, (top, top))
    low, high = count_range(figure.printed, np.array([bottom]), reading.rounding)
    if low[0] <= top <= high[0]:
        return FigureVerdict(figure.id, figure.percent, "possible", base, (top, top))
    shown = f"{100 * top / bottom:.{figure.printed.decimals + 2}f}"
    why = Label(
        f"{top}/{bottom} = {shown}%，不会印成 {figure.percent}%。先考虑抄录错误或另有基数。",
        f"{top} of {bottom} is {shown} %, which does not print as {figure.percent} %. "
        "A copying error or another base come first.",
    )
    return FigureVerdict(figure.id, figure.percent, "impossible", base, None, why)


def _ratio_group(verdict: FigureVerdict) -> GroupVerdict:
    return GroupVerdict((verdict.id,), int(verdict.status == "possible"), True)


def _mended(
    published: Published,
    scenario: Scenario,
    reading: Reading,
    verdicts: Mapping[str, FigureVerdict],
    group: GroupVerdict,
) -> GroupVerdict:
    """Add what would make the figures of a group possible together."""
    statuses = {i: v.status for i, v in verdicts.items() if v.printed is not None}
    large = group.solved is not None and not group.solved.followed
    found = mend(
        published, scenario, reading, group.figures, group.conflicts, statuses, large=large
    )
    return replace(group, repairs=found.found, all_repairs=found.complete)


def _unmended(group: GroupVerdict) -> GroupVerdict:
    """A group whose repairs were not looked for."""
    return replace(group, all_repairs=not group.conflicts)


def _stopped(
    halt: Halt,
    reading: Reading,
    items: Sequence[Item],
    aside: set[str],
    verdicts: dict[str, FigureVerdict],
) -> GroupVerdict:
    """A group that was not solved because the audit ended early."""
    figures = [i for i in items if i.exact is None]
    why = halt.reason or INTERRUPTED
    for item in [i for i in figures if i.id not in aside]:
        verdicts[item.id] = _unsolved(reading, item, why)
    return GroupVerdict(tuple(i.id for i in figures), None, False, why=why)


def _unsolved(reading: Reading, item: Item, why: Label) -> FigureVerdict:
    """A figure of which only what it allows alone is known."""
    return replace(_alone(reading, item, "possible"), why=why, solved=False)


def _unsolved_mean(mean: PrintedMean, why: Label) -> MeanVerdict:
    nothing: tuple[None, None, None] = (None, None, None)
    return MeanVerdict(mean.id, mean.printed, "possible", *nothing, False, why=why, solved=False)


def _unjudged(halt: Halt, id: str) -> ClaimVerdict:
    return ClaimVerdict(id, "not evaluated", why=halt.reason or INTERRUPTED)


def _set_aside(reading: Reading, verdicts: dict[str, FigureVerdict]) -> set[str]:
    """Look at each figure alone; return those that no whole number of respondents prints."""
    aside = set()
    for item in reading.items:
        if item.percent is None:
            continue
        bases = _bases_alone(reading, item)
        if bases is None:
            continue
        low, high = count_range(item.percent, bases, reading.rounding)
        if (low <= high).any():
            continue
        aside.add(item.id)
        verdicts[item.id] = _impossible(reading, item, bases)
    return aside


def _bases_alone(reading: Reading, item: Item) -> Any:
    """Return the bases that a figure could have if nothing else were printed, None if any."""
    if reading.total is None and reading.size(item.by, item.level) is None:
        return None
    least, most = reading.base(item.by, item.level, item.outcome)
    if item.responses:
        most *= len(reading.levels_of(item.outcome))
    return np.arange(max(1, least), most + 1, dtype=np.int64)


def _impossible(reading: Reading, item: Item, bases: Any) -> FigureVerdict:
    figure = next(f for f in reading.figures if f.id == item.id)
    base = (int(bases[0]), int(bases[-1])) if len(bases) else (0, 0)
    explained = _explained(reading, figure)
    if explained is not None:
        return FigureVerdict(item.id, figure.percent, "explained", base, None, explained)
    return FigureVerdict(
        item.id, figure.percent, "impossible", base, None, _why_impossible(item, base)
    )


def _why_impossible(item: Item, base: Range) -> Label:
    assert item.percent is not None
    benign = Label(
        "先考虑：抄录或排印错误；有人未作答而基数较小；以选择次数而非人数为基数。",
        "First to consider: a copying or printing error; a smaller base because some did not "
        "answer; responses instead of respondents as the base.",
    )
    if base[1] == 0:
        return Label(f"没有人在此基数之内。{benign.zh}", f"nobody is in this base. {benign.en}")
    if base[0] == base[1]:
        n = base[0]
        near = int(item.percent.value * n / 100)
        around = [(a, f"{100 * a / n:.{item.percent.decimals + 2}f}") for a in (near, near + 1)]
        zh = "，".join(f"{a}/{n} = {s}%" for a, s in around)
        en = ", ".join(f"{a} of {n} is {s} %" for a, s in around)
        return Label(
            f"基数 {n} 时没有整数人数会印成 {item.percent}%（{zh}）。{benign.zh}",
            f"no whole number of {n} prints as {item.percent} % ({en}). {benign.en}",
        )
    return Label(
        f"基数不超过 {base[1]} 时没有人数会印成 {item.percent}%。{benign.zh}",
        f"no count on any base up to {base[1]} prints as {item.percent} %. {benign.en}",
    )


def _explained(reading: Reading, figure: Figure) -> Label | None:
    """A figure declared as a sum whose printed parts add up to it exactly."""
    parts = [f for f in reading.figures if f.id in figure.sum]
    if not figure.sum or len(parts) != len(set(figure.sum)) or figure.printed is None:
        return None
    printed = [p.printed for p in parts]
    if any(p is None for p in printed):
        return None
    total = sum((p.value for p in printed if p is not None), Fraction(0))
    if total != figure.printed.value:
        return None
    terms = " + ".join(str(p.percent) for p in parts)
    return Label(
        f"不是整数人数的占比，而是已取整的数字之和：{terms} = {figure.percent}。",
        f"not a share of respondents, but the sum of rounded figures: {terms} = {figure.percent}.",
    )


# --- groups -------------------------------------------------------------------------------


def _solve(
    reading: Reading,
    items: Sequence[Item],
    aside: set[str],
    verdicts: dict[str, FigureVerdict],
) -> GroupVerdict:
    """Solve one group; fills `verdicts` for its figures."""
    ids = tuple(i.id for i in items if i.exact is None)
    left = [i for i in items if i.id not in aside]
    if all(i.exact is not None for i in left):
        return GroupVerdict(ids, 0, True)
    try:
        return _solved(reading, ids, left, aside, verdicts)
    except TooLargeError as reason:
        why = Label(f"未求解：{reason}。", f"not solved: {reason}.")
        for item in [i for i in left if i.exact is None]:
            verdicts[item.id] = _unsolved(reading, item, why)
        return GroupVerdict(ids, None, False, why=why)


def _solved(
    reading: Reading,
    ids: tuple[str, ...],
    left: list[Item],
    aside: set[str],
    verdicts: dict[str, FigureVerdict],
) -> GroupVerdict:
    group = group_for(reading, left)
    figures = [i for i in left if i.exact is None]
    if group.feasible:
        for item in figures:
            base, count = group.ranges(item) or (None, None)
            verdicts[item.id] = FigureVerdict(item.id, str(item.percent), "possible", base, count)
        return _counted(
            GroupVerdict(ids, None, group.exact and group.proven, why=_loop(group), solved=group),
            group,
        )
    if not _feasible(reading, left, frozenset()):
        names = ", ".join(i.id for i in left if i.exact is not None)
        raise InputError(
            f"the printed counts contradict each other ({names}).", where=reading.where
        )
    conflicts = group_conflicts(group)
    sums = _explained_sums(reading, conflicts.sets)
    if sums:
        for item in [i for i in left if i.id in sums]:
            known = _alone(reading, item, "explained").base
            verdicts[item.id] = FigureVerdict(
                item.id, str(item.percent), "explained", known, None, sums[item.id]
            )
            aside.add(item.id)
        again = _solve(reading, left, aside, verdicts)
        return replace(again, figures=ids)
    members = {m for c in conflicts.sets for m in c}
    for item in figures:
        status: Status = "conflict" if item.id in members else "possible"
        verdicts[item.id] = _alone(reading, item, status, conflicts.sets)
    exact, why = (group.exact, _loop(group)) if group.followed else (True, Label())
    if not conflicts.complete and not (group.followed and conflicts.sure):
        why = _searched(conflicts)
    return GroupVerdict(ids, 0, exact, conflicts.sets, conflicts.complete, why=why, solved=group)


def _searched(conflicts: Conflicts) -> Label:
    """How far the conflicts of a group too large to follow were looked for."""
    zh, en = "", ""
    if conflicts.unproven:
        k = len(conflicts.unproven)
        zh = f"其中 {k} 组未证明不能再小；"
        en = f"; of {k} of these sets it is not shown that no smaller one suffices"
    return Label(
        f"本组数字不能同时成立（已证明）；组太大，只找出部分矛盾。{zh}其余未列出的数字也可能参与其他矛盾。",
        "the figures of this group cannot all be true (proven); the group is too large to search for "
        f"every conflict{en}. Figures that stand in none of those found may stand in others.",
    )


def _counted(verdict: GroupVerdict, group: Group) -> GroupVerdict:
    """Add the number of tables, unless they are too many even to count."""
    try:
        return replace(verdict, number=group.number)
    except TooLargeError as reason:
        ranges = (
            Label("区间是精确的；", "ranges are exact; ")
            if group.exact and group.proven
            else _loop(group)
        )
        why = Label(
            f"{ranges.zh}可行表未计数：{reason}。",
            f"{ranges.en} tables are not counted: {reason}.".replace("  ", " "),
        )
        return replace(verdict, exact=False, why=why)


def _loop(group: Group) -> Label:
    if not group.proven:
        return Label(
            "组太大，无法逐表列出：区间两端都有可行表达到，但是否还能更宽只有浮点求解器的结论，没有证明（安装附加组件 solve 可由 CP-SAT 证明）。",
            "the group is too large to follow: some table reaches each end of a range, but that none goes "
            "further is a floating-point solver's word, not proven (the extra 'solve' lets CP-SAT prove it).",
        )
    if group.exact:
        return Label()
    return Label(
        "这些交叉表首尾相连成环，或组别互相重叠，或各组印出的类别不全，或一组是另一组的一部分，或只印出某格人数的组大小未定：可行表数是上界，区间可能偏宽。",
        "these cross-tables form a loop, their groups overlap or lie in one another, "
        "print some levels only, or only a cell's number is printed of some: the number is an upper bound and ranges may be too wide.",
    )


def _feasible(reading: Reading, items: Sequence[Item], subset: frozenset[str]) -> bool:
    some = [i for i in items if i.id in subset or i.exact is not None]
    try:
        return not some or group_for(reading, some).feasible
    except TooLargeError:  # no proof that there is no table: not part of a conflict by itself
        return True


def _explained_sums(reading: Reading, conflicts: Sequence[Sequence[str]]) -> dict[str, Label]:
    """Declared sums in a conflict that equal the sum of their printed parts."""
    out = {}
    for figure in reading.figures:
        if figure.sum and any(figure.id in c for c in conflicts):
            why = _explained(reading, figure)
            if why is not None:
                out[figure.id] = why
    return out


def _alone(
    reading: Reading, item: Item, status: Status, conflicts: Sequence[Sequence[str]] = ()
) -> FigureVerdict:
    """What a figure allows by itself: given only where its base is known."""
    base, count = _known_base(reading, item), None
    if base is not None:
        assert item.percent is not None
        low, high = count_range(item.percent, np.array(base[:1]), reading.rounding)
        count = (int(low[0]), int(high[0])) if low[0] <= high[0] else None
    why = _why_conflict(item.id, conflicts) if status == "conflict" else Label()
    return FigureVerdict(item.id, str(item.percent), status, base, count, why)


def _known_base(reading: Reading, item: Item) -> Range | None:
    if item.responses or reading.size(item.by, item.level) is None:
        return None
    least, most = reading.base(item.by, item.level, item.outcome)
    return (least, most) if least == most else None


def _why_conflict(id: str, conflicts: Sequence[Sequence[str]]) -> Label:
    mine = [c for c in conflicts if id in c]
    smallest = min(mine, key=len)
    others = [i for i in smallest if i != id]
    if not others:
        return Label(
            "与印出的人数不能同时成立。先考虑抄录错误、有人未作答或另有基数。",
            "cannot be true together with the printed counts. A copying error, item non-response "
            "or another base come first.",
        )
    return Label(
        f"与 {'、'.join(others)} 不能同时成立（共 {len(mine)} 组最小矛盾）。先考虑抄录错误、未作答、未印出的组别或另有基数。",
        f"cannot be true together with {', '.join(others)} ({len(mine)} minimal conflicts in all). "
        "A copying error, item non-response, a group that is not printed or another base come first.",
    )


# --- printed tests ------------------------------------------------------------------------


def _with_tests(
    tests: Sequence[PrintedTest],
    reading: Reading,
    groups: list[GroupVerdict],
    verdicts: dict[str, FigureVerdict],
) -> tuple[list[GroupVerdict], tuple[EvidenceVerdict, ...]]:
    """Narrow the solved groups by the tests that the paper prints (:mod:`evidence`)."""
    if not tests:
        return groups, ()
    aside = {i: v.status for i, v in verdicts.items() if v.status in ("impossible", "explained")}
    solved = [g.solved for g in groups]
    narrowed, found = hold_tests(tests, reading, aside, solved)
    out = []
    for verdict, before, after in zip(groups, solved, narrowed, strict=True):
        if after is None or after is before:
            out.append(verdict)
            continue
        for item in after.items:
            if item.exact is None:
                base, count = after.ranges(item) or (None, None)
                verdicts[item.id] = replace(verdicts[item.id], base=base, count=count)
        out.append(_counted(replace(verdict, exact=after.exact, solved=after), after))
    return out, found


# --- means ---------------------------------------------------------------------------------


def _solvable(groups: Sequence[GroupVerdict], verdicts: Mapping[str, FigureVerdict]) -> list[str]:
    """Return the figures that are possible together with the others of their group."""
    solved = [g for g in groups if g.solved is not None and g.number != 0]
    return [i for g in solved for i in g.figures if verdicts[i].status == "possible"]


def _with_means(
    means: Sequence[PrintedMean],
    reading: Reading,
    groups: Sequence[GroupVerdict],
    verdicts: dict[str, FigureVerdict],
) -> MeansAudit:
    """Look at the printed means; narrow or refute the percentages that share their scores."""
    found = audit_means(means, reading, _solvable(groups, verdicts))
    for id, (base, count) in found.narrowed.items():
        verdicts[id] = replace(verdicts[id], base=base, count=count)
    for id, why in found.conflicts.items():
        verdicts[id] = replace(verdicts[id], status="conflict", why=why)
    return found


# --- cells that are not printed -----------------------------------------------------------


def _with_unprinted(
    reading: Reading, groups: list[GroupVerdict], verdicts: dict[str, FigureVerdict]
) -> list[GroupVerdict]:
    """Add the cells that are not printed to the group they belong to, with their ranges."""
    out = list(groups)
    for item in reading.items:
        if item.percent is not None:
            continue
        index = _home(reading, item, out)
        solved = out[index].solved if index is not None else None
        if solved is not None and not solved.feasible:
            verdicts[item.id] = FigureVerdict(
                item.id, None, "possible", _known_base(reading, item), None
            )
        else:
            base, count = _unprinted_ranges(reading, item, solved)
            verdicts[item.id] = FigureVerdict(item.id, None, "possible", base, count)
        if index is not None:
            home = out[index]
            out[index] = replace(home, figures=(*home.figures, item.id))
    return out


def _home(reading: Reading, item: Item, groups: Sequence[GroupVerdict]) -> int | None:
    items = {i.id: i for i in reading.items}
    for index, group in enumerate(groups):
        members = [items[i] for i in group.figures if i in items]
        if members and len(groups_of(reading, [*members, item])) == 1:
            return index
    return None


def _unprinted_ranges(
    reading: Reading, item: Item, group: Group | None
) -> tuple[Range | None, Range | None]:
    """Return what all feasible tables leave for a cell that is not printed."""
    total = reading.total
    if total is None:
        return None, None
    others = [*reading.evidence] if group is None else [*group.items]
    beside = any(fold_key(reading, i) == fold_key(reading, item) for i in others)
    if beside or _few(reading, item, group):
        try:
            wider = (
                group.wider([item]) if group is not None else group_for(reading, [*others, item])
            )
            return wider.ranges(item) or (None, None)
        except TooLargeError:
            return None, None
    if item.by == () and group is not None and (spans := group.total_spans(item)) is not None:
        return spans
    size = reading.size(item.by, item.level)
    limit = size if size is not None else total
    if item.responses:
        return (0, limit * len(reading.levels_of(item.outcome))), (0, limit)
    fixed = size is not None and reading.answered_by_all(item.outcome)
    low, high = _outcome_total(reading, item, group)
    least = max(0, low - (total - limit)) if fixed else 0
    return ((limit if fixed else 0), limit), (least, min(limit, high))


def _few(reading: Reading, item: Item, group: Group | None) -> bool:
    """Whether every (base, count) of a cell can be listed beside the tables of its group."""
    least, most = reading.base(item.by, item.level, item.outcome)
    cells = (most + 1) * (most - least + 1) * (len(reading.levels_of(item.outcome)) if item.responses else 1)  # fmt: skip
    rows = [len(r.low) for r, _ in group.relations.values()] if group is not None else []
    return cells * max(rows, default=1) <= FEW


def _outcome_total(reading: Reading, item: Item, group: Group | None) -> Range:
    """Return how many of all respondents can be in a cell's levels."""
    total = reading.total or 0
    if group is None or all(i.outcome != item.outcome for i in group.items):
        return 0, total
    return group.total_range(item.outcome, item.levels) or (0, total)


# --- JSON ---------------------------------------------------------------------------------


def _reading_json(reading: ReadingAudit, lang: Lang) -> dict[str, Any]:
    return {
        "id": reading.id,
        "label": reading.label.text(lang),
        "note": reading.note.text(lang),
        "figures": [
            {
                "id": f.id,
                "printed": f.printed,
                "status": f.status,
                "base": _pair(f.base),
                "count": _pair(f.count),
                "solved": f.solved,
                "why": f.why.text(lang),
            }
            for f in reading.figures
        ]
        + [m.to_json(lang) for m in reading.means.means],
        "groups": [_group_json(g, lang) for g in reading.groups]
        + [g.to_json(lang) for g in reading.means.groups],
        "claims": [_claim_json(c, lang) for c in reading.claims],
        "tests": [evidence_json(t, lang) for t in reading.tests],
    }


def _pair(pair: tuple[float, float] | None) -> list[float] | None:
    return None if pair is None else list(pair)


def _group_json(group: GroupVerdict, lang: Lang) -> dict[str, Any]:
    return {
        "figures": list(group.figures),
        "tables": {"number": group.number, "exact": group.exact},
        "conflicts": [list(c) for c in group.conflicts],
        "all_conflicts": group.all_conflicts,
        "repairs": [repair_json(r, lang) for r in group.repairs],
        "all_repairs": group.all_repairs,
        "why": group.why.text(lang),
    }


def _claim_json(claim: ClaimVerdict, lang: Lang) -> dict[str, Any]:
    witnesses: list[Mapping[str, tuple[int, int]]] = list(claim.witnesses)
    return {
        "id": claim.id,
        "verdict": claim.verdict,
        "order": claim.order,
        "test": claim.test,
        "break_even_deff": _pair(claim.break_even_deff),
        "statistic": _pair(claim.statistic),
        "p": _pair(claim.p),
        "tables": claim.tables,
        "exact": claim.exact,
        "why": claim.why.text(lang),
        "printed_tests": list(claim.printed_tests),
        "witnesses": [{i: list(v) for i, v in w.items()} for w in witnesses],
    }
