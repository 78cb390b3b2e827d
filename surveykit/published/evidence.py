"""Printed tests as evidence: they narrow the feasible tables, or no feasible table prints them.

A stage after the groups are solved. Each test is held against the tables of its group alone; those
that some table prints narrow the group together. A test that none prints is a finding with benign
causes first, and is set aside, as a figure would be that no number of respondents prints. The
paper's tests are evidence; the auditor's tests of claims (:mod:`claims`) run over what they leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import SurveyKitError
from surveykit.published.conflicts import minimal_conflicts
from surveykit.published.crosstable import NotEvaluatedError, cross_items, cross_tables
from surveykit.published.document import Published, Scenario
from surveykit.published.document_tests import PrintedTest
from surveykit.published.evidence_large import hold_large, seen_values
from surveykit.published.fold import FoldKey, fold_key
from surveykit.published.joint import JointGroup
from surveykit.published.model import Item, Reading
from surveykit.published.narrowed import Filter, Narrowed
from surveykit.published.printing import degrees, prints
from surveykit.published.solve import Group, Tables, group_for
from surveykit.published.states import Ints, TooLargeError
from surveykit.text import Label, Lang

__all__ = ["EvidenceVerdict", "evidence_json", "hold_tests", "not_held", "printed_tests"]

Status = Literal["possible", "impossible", "conflict", "not evaluated"]
Bools = NDArray[np.bool_]

MOST_ROWS = 200_000
"""Tables that a search for a minimal conflict may list at once, estimated beforehand."""


@dataclass(frozen=True, slots=True)
class EvidenceVerdict:
    """What the feasible tables say of one printed test.

    `values` are the smallest and largest of each printed statistic over the tables of the figures
    alone, `df` their degrees of freedom; `tables` counts the tables of its cross-table before and
    after this test alone; `conflicts` are figures (or tests) that cannot be true with it.
    """

    id: str
    status: Status
    of: tuple[str, ...] = ()
    printed: Mapping[str, Any] | None = None
    values: Mapping[str, tuple[float, float]] | None = None
    df: tuple[int, ...] = ()
    tables: tuple[int, int] | None = None
    narrows: bool = False
    conflicts: tuple[tuple[str, ...], ...] = ()
    why: Label = Label()


@dataclass(frozen=True, slots=True)
class _Held:
    """A test beside the figures of its table."""

    test: PrintedTest
    items: tuple[Item, ...]
    reading: Reading

    @property
    def key(self) -> FoldKey:
        return fold_key(self.reading, self.items[0])

    def stack(self, items: Sequence[Item], tables: Tables) -> Ints:
        """Return the test's own tables, shape (m, r, c), or (m, 2) of one figure."""
        at = [[i.id for i in items].index(i.id) for i in self.items]
        mine = Tables(tables.bases[:, at], tables.counts[:, at])
        if self.test.kind == "share":
            return np.stack([mine.counts[:, 0], mine.bases[:, 0]], axis=1)
        if self.test.kind == "pair":
            return np.stack([mine.counts, mine.bases - mine.counts], axis=2)
        return cross_tables(self.items, mine, self.reading)

    def passes(self, items: Sequence[Item], tables: Tables) -> Bools:
        """Return which tables print the test."""
        return prints(self.test, self.stack(items, tables), self.reading.rounding)


def printed_tests(published: Published, scenario: Scenario) -> tuple[PrintedTest, ...]:
    """Return the tests of a reading: those set aside left out, digits as it reads them."""
    return tuple(
        replace(t, **scenario.figures.get(t.id, {}))
        for t in published.tests
        if t.id not in scenario.without
    )


def hold_tests(
    tests: Sequence[PrintedTest],
    reading: Reading,
    aside: Mapping[str, str],
    solved: Sequence[Group | None],
) -> tuple[list[Group | None], tuple[EvidenceVerdict, ...]]:
    """Hold every test against the solved groups.

    Parameters
    ----------
    tests : sequence of PrintedTest
    reading : Reading
    aside : figure id -> status
        Figures that are set aside.
    solved : sequence of Group or None

    Returns
    -------
    groups, verdicts
        The groups in the same order, narrowed where tests narrow them.
    """
    groups, verdicts = list(solved), dict[str, EvidenceVerdict]()
    mine: dict[int, list[_Held]] = {}
    for test in tests:
        try:
            held = _Held(test, tuple(_items(test, reading, aside)), reading)
            mine.setdefault(_home(held, groups), []).append(held)
        except NotEvaluatedError as reason:
            verdicts[test.id] = _verdict(test, "not evaluated", why=reason.why)
    for index, together in mine.items():
        group = groups[index]
        assert group is not None
        groups[index], found = _hold(group, together)
        verdicts |= found
    return groups, tuple(verdicts[t.id] for t in tests)


def not_held(test: PrintedTest, why: Label) -> EvidenceVerdict:
    """Return the verdict on a test that was not held against anything."""
    return _verdict(test, "not evaluated", why=why)


def _verdict(test: PrintedTest, status: Status, **more: Any) -> EvidenceVerdict:
    return EvidenceVerdict(test.id, status, test.of, test.printed, **more)


# --- which figures, which group -----------------------------------------------------------


def _items(test: PrintedTest, reading: Reading, aside: Mapping[str, str]) -> list[Item]:
    """Return the figures of the test's table, which must be all of it."""
    items = {i.id: i for i in reading.items}
    if test.kind == "table":
        usable = [i for i in items.values() if i.percent is not None and i.id not in aside]
        a, b = test.of
        found = cross_items(a, b, usable, reading.multiple)
        _check_apart(found[0], reading)
        return _whole_table(found, reading)
    for id in test.of:
        if id in aside or id not in items or items[id].percent is None:
            raise NotEvaluatedError(
                f"数字 {id} 未印出或已搁置。", f"the figure {id} is not printed or is set aside."
            )
    chosen = [items[id] for id in test.of]
    if any(i.responses for i in chosen):
        raise NotEvaluatedError(
            "百分比以选择次数为基数，检验不适用。", "shares of responses: no test of respondents."
        )
    if test.kind == "pair":
        _check_apart(chosen[0], reading)
        _check_pair(*chosen)
    return chosen


def _check_apart(item: Item, reading: Reading) -> None:
    if any(name in reading.multiple for name in item.by):
        raise NotEvaluatedError(
            "多选题的选项作组时互相重叠，组间检验不适用。",
            "groups made of choices overlap: a test between groups does not apply.",
        )


def _check_pair(a: Item, b: Item) -> None:
    if (a.outcome, a.levels, a.by) != (b.outcome, b.levels, b.by) or a.level == b.level:
        raise NotEvaluatedError(
            "两数须是同一类别在两个组中的百分比。",
            "the two figures must be the same level in two groups of one grouping.",
        )


def _whole_table(found: Sequence[Item], reading: Reading) -> list[Item]:
    """Return the finest figures of a cross-table, each cell once; refuse one with parts missing."""
    single = {(i.level, lv) for i in found if len(i.levels) == 1 for lv in i.levels}
    cells: dict[Any, Item] = {}
    for i in found:
        if len(i.levels) == 1 or not all((i.level, lv) in single for lv in i.levels):
            cells.setdefault((i.level, i.levels), i)
    items = list(cells.values())
    lacking = set(reading.levels_of(items[0].by)) - {i.level for i in items}
    if lacking:
        names = ", ".join(sorted(lv[0] for lv in lacking))
        raise NotEvaluatedError(
            f"交叉表缺组：{names}。", f"groups of the table are not printed: {names}."
        )
    levels = frozenset(reading.levels_of(items[0].outcome))
    rest = levels - frozenset().union(*(i.levels for i in items))
    if len(rest) > 1 or any(len(i.levels) > 1 for i in items):
        raise NotEvaluatedError(
            "有的类别未逐一印出，交叉表不完整。",
            "some levels are not printed one by one: the table of the test is not complete.",
        )
    return items


def _home(held: _Held, groups: Sequence[Group | None]) -> int:
    for index, group in enumerate(groups):
        if group is not None and set(held.items) <= set(group.items):
            if not group.feasible:
                raise NotEvaluatedError(
                    "该组数字没有可行表。", "no table prints all the figures of this group."
                )
            return index
    raise NotEvaluatedError(
        "所涉数字未在同一组内求解。", "the figures are not solved in one group."
    )


# --- one group ----------------------------------------------------------------------------


def _hold(group: Group, together: Sequence[_Held]) -> tuple[Group, dict[str, EvidenceVerdict]]:
    """Hold the tests of one group against it, one by one and then together."""
    verdicts = {h.test.id: _alone(group, h) for h in together}
    usable = [h for h in together if verdicts[h.test.id].narrows]
    if not usable:
        return group, verdicts
    narrowed = _narrow(group, usable)
    if narrowed.feasible:
        return narrowed, verdicts
    ids = [h.test.id for h in usable]
    conflicts = minimal_conflicts(
        ids, lambda s: not s or _narrow(group, [h for h in usable if h.test.id in s]).feasible
    )
    members = {m for c in conflicts.sets for m in c}
    for id in members:
        mine = tuple(c for c in conflicts.sets if id in c)
        others = ", ".join(sorted({m for c in mine for m in c} - {id}))
        why = Label(
            f"单独有可行表印成如此，但与 {others} 不能同时成立；两者都不用来缩小可行表。",
            f"some feasible table prints it, but none prints it together with {others}; "
            "neither narrows the tables.",
        )
        verdicts[id] = replace(verdicts[id], status="conflict", narrows=False, conflicts=mine, why=why)  # fmt: skip
    left = [h for h in usable if h.test.id not in members]
    return (_narrow(group, left) if left else group), verdicts


def _narrow(group: Group, tests: Sequence[_Held]) -> Group:
    """Return the group narrowed by some tests, made once for all readings that share it."""
    key = ("narrowed", id(group), tuple(h.test for h in tests))
    memo = group.reading.memo
    if key not in memo:
        filters: dict[FoldKey, list[Filter]] = {}
        for held in tests:
            filters.setdefault(held.key, []).append(held.passes)
        view = (
            group.narrowed(filters) if isinstance(group, JointGroup) else Narrowed(group, filters)
        )
        memo[key] = (view, group)  # the group is kept, so that its id stays its own
    found: Group = memo[key][0]
    return found


def _alone(group: Group, held: _Held) -> EvidenceVerdict:
    """Hold one test against all tables of the group's figures."""
    items = [i for i in held.items if i in group.items]
    try:
        if not group.followed:
            raise TooLargeError("the group is too large to follow")
        tables = group.project(items)
        stack = held.stack(items, tables)
    except NotEvaluatedError as reason:
        return _verdict(held.test, "not evaluated", why=reason.why)
    except TooLargeError as reason:
        try:
            return _too_many(group, held, reason)
        except NotEvaluatedError as other:
            return _verdict(held.test, "not evaluated", why=other.why)
    passing = prints(held.test, stack, held.reading.rounding)
    seen = seen_values(held.test, stack)
    df = () if held.test.kind == "share" else tuple(np.unique(degrees(stack)).tolist())
    number = len(stack), int(passing.sum())
    if passing.any():
        return _possible(group, held, seen, df, number)
    conflict, minimal = ((), True) if _other_df(held.test, df) else _conflict(group, held)
    why = _why_none(held, stack, seen, df, conflict, minimal)
    return _verdict(
        held.test, "impossible", values=seen, df=df, tables=number,
        conflicts=(conflict,) if conflict else (), why=why,
    )  # fmt: skip


def _possible(
    group: Group,
    held: _Held,
    seen: Mapping[str, tuple[float, float]],
    df: tuple[int, ...],
    number: tuple[int, int],
) -> EvidenceVerdict:
    try:
        feasible = _narrow(group, [held]).feasible
    except TooLargeError as reason:
        why = Label(
            f"有可行表印成如此；整组可行表过多（{reason}），未用来缩小。",
            f"some table prints it; the group's tables are too many to list ({reason}): not narrowed.",
        )
        return _verdict(held.test, "possible", values=seen, df=df, tables=number, why=why)
    assert feasible  # every listed table is part of a table of the whole group
    zh = f"其交叉表的 {number[0]:,} 种可行取值中有 {number[1]:,} 种印成如此。"
    en = f"{number[1]:,} of the {number[0]:,} feasible cross-tables print it."
    return _verdict(
        held.test, "possible", values=seen, df=df, tables=number, narrows=True, why=Label(zh, en)
    )


def _other_df(test: PrintedTest, df: Sequence[int]) -> bool:
    return test.df is not None and bool(df) and test.df not in df


# --- too many tables to list --------------------------------------------------------------


def _too_many(group: Group, held: _Held, reason: TooLargeError) -> EvidenceVerdict:
    """Judge by the shape of the table, and by what is proven of tables that cannot be listed."""
    levels, outcome = {i.level for i in held.items}, {i.levels for i in held.items}
    complete = sum(len(s) for s in outcome) == len(held.reading.levels_of(held.items[0].outcome))
    most = (len(levels) - 1) * (len(outcome) - complete)
    test = held.test
    if test.kind == "table" and test.df is not None and test.df > most:
        return _verdict(test, "impossible", df=(most,), why=_why_df(held, test.df, (most,)))
    found = hold_large(test, group, held.items, held.stack, reason)
    benign = BENIGN if test.kind == "table" else BENIGN_INTERVAL
    more = benign if found.status == "impossible" else Label()
    why = Label(found.why.zh + more.zh, f"{found.why.en} {more.en}".strip())
    return _verdict(test, found.status, values=found.limits or None, why=why)


# --- no table prints it -------------------------------------------------------------------


BENIGN_INTERVAL = Label(
    "先考虑：区间用另一种方法或另一分位数；加权或设计效应；比较方向相反；抄录或排印错误。",
    "First to consider: another method or quantile of the interval; weights or a design effect; the "
    "comparison the other way round; a copying or printing error.",
)

BENIGN = Label(
    "先考虑：连续性校正或未校正；所印为似然比而非 χ²；检验所用的表合并了类别或含未答一行；加权；单侧 p；抄录或排印错误。",
    "First to consider: a continuity correction or none; G² printed as χ²; a table with levels merged "
    "or with a row of no answer; weights; a one-sided p; a copying or printing error.",
)


def _why_none(
    held: _Held,
    stack: Ints,
    seen: Mapping[str, tuple[float, float]],
    df: Sequence[int],
    conflict: Sequence[str],
    minimal: bool,
) -> Label:
    test = held.test
    if test.df is not None and _other_df(test, df):
        return _why_df(held, test.df, df)
    spans = "; ".join(f"{k} {a:.6g}–{b:.6g}" for k, (a, b) in seen.items())
    zh = f"没有可行表印成如此（可行取值共 {len(stack):,} 种{'：' if spans else ''}{spans}）。"
    en = f"no feasible table prints it (feasible cross-tables: {len(stack):,}{'; ' if spans else ''}{spans})."
    if conflict:
        zh += f"与之不能同时成立的数字：{'、'.join(conflict)}。"
        en += f" It cannot be true together with {', '.join(conflict)}."
        if not minimal:
            zh += "（未证明为最小：去掉其中某些数字后可行表过多。）"
            en += (
                " (Not shown to be minimal: without some of them the tables are too many to list.)"
            )
    fitting = [label for label, mask in _other_ways(held, stack) if mask.any()]
    if fitting:
        zh += f"若为{'，或'.join(f.zh for f in fitting)}，则有可行表印成如此。"
        en += f" A feasible table prints it as {', or as '.join(f.en for f in fitting)}."
    benign = BENIGN if test.kind == "table" else BENIGN_INTERVAL
    return Label(zh + benign.zh, f"{en} {benign.en}")


def _why_df(held: _Held, printed: int, df: Sequence[int]) -> Label:
    """Say which table would have the printed degrees of freedom."""
    rows = len({i.level for i in held.items})
    levels = len(held.reading.levels_of(held.items[0].outcome))
    r, c = (rows, levels) if held.test.kind == "table" else (2, 2)
    shapes = [
        (f"{a} × {b}")
        for a, b in ((r + 1, c), (r, c + 1), (r - 1, c), (r, c - 1), (r + 1, c + 1), (r - 1, c - 1))
        if min(a, b) > 1 and (a - 1) * (b - 1) == printed
    ]
    expected = ", ".join(map(str, df))
    zh = f"印出的自由度为 {printed}，而 {r} × {c} 表的自由度为 {expected}"
    en = f"df is printed as {printed}; the printed {r} × {c} table has {expected}"
    if shapes:
        zh += f"；{'、'.join(shapes)} 表才有此自由度（例如含未答一行，或合并了类别）"
        en += f"; a table of {' or '.join(shapes)} has it (a row of no answer, or levels merged)"
    return Label(f"{zh}。该检验属于另一张表，未予采用。", f"{en}. The test is of another table: set aside.")  # fmt: skip


def _other_ways(held: _Held, stack: Ints) -> Iterator[tuple[Label, Bools]]:
    """Try the benign causes that can be computed: which tables print the test so."""
    test, rounding = held.test, held.reading.rounding
    if test.kind == "share":
        return
    two_by_two = stack.shape[1:] == (2, 2)
    numbers = dict(test.numbers)
    if two_by_two and test.correction != "either":
        other = replace(test, correction="either")
        yield Label("另一种连续性校正", "the other continuity correction"), prints(other, stack, rounding)  # fmt: skip
    if "chi2" in numbers:
        g2 = (*((k, v) for k, v in test.numbers if k != "chi2"), ("g2", numbers["chi2"]))
        other = replace(test, numbers=g2, tested="g2")
        yield Label("似然比统计量（G²）", "the likelihood-ratio statistic (G²)"), prints(other, stack, rounding)  # fmt: skip
    if test.p is not None and two_by_two and test.tested != "fisher":
        other = replace(test, tested="fisher")
        yield Label("Fisher 检验的 p", "Fisher's p"), prints(other, stack, rounding)
    if test.p is not None or test.stars is not None:
        plain = replace(test, p=None, stars=None)
        if plain.printed:
            yield Label("另一检验（或单侧、抄错）的 p", "a p of another test, one-sided or mistyped"), prints(plain, stack, rounding)  # fmt: skip


def _conflict(group: Group, held: _Held) -> tuple[tuple[str, ...], bool]:
    """Return figures that cannot be true with the test, and whether dropping any of them allows it.

    Figures whose absence leaves too many tables to list are kept: they may be too many then.
    """
    unknown: set[frozenset[str]] = set()
    figures = [i.id for i in group.items if i.exact is None]
    own = {i.id for i in held.items}

    def feasible(subset: frozenset[str]) -> bool:
        items = [
            i if i.id in subset or i.exact is not None else replace(i, percent=None)
            for i in group.items
            if i.id in subset or i.exact is not None or i.id in own
        ]
        if _many(group.reading, items, held.key) > MOST_ROWS:
            unknown.add(subset)
            return True
        mine = [next(i for i in items if i.id == o.id) for o in held.items]
        try:
            tables = group_for(group.reading, items).project(mine, MOST_ROWS)
            return bool(replace(held, items=tuple(mine)).passes(mine, tables).any())
        except (TooLargeError, SurveyKitError):
            unknown.add(subset)
            return True

    found = frozenset(minimal_conflicts(figures, feasible, limit=1).sets[0])
    minimal = all(found - {id} not in unknown for id in found)
    return tuple(id for id in figures if id in found), minimal


def _many(reading: Reading, items: Sequence[Item], key: FoldKey) -> float:
    """Estimate how many tables of one grouping there are."""
    number, free = 1.0, False
    mine = [i for i in items if fold_key(reading, i) == key]
    for level in dict.fromkeys(i.level for i in mine):
        size = reading.size(key[0], level)
        free |= size is None
        most = size if size is not None else reading.total or 0
        number *= 1 if size is not None else most / 2
        for i in mine:
            if i.level == level:
                width = most + 1 if i.percent is None else most / 100 / 10**i.percent.decimals
                number *= max(1.0, width if size is not None else width / 2)
    return number / max(1.0, float(reading.total or 1)) if free else number


# --- JSON ---------------------------------------------------------------------------------


def evidence_json(verdict: EvidenceVerdict, lang: Lang) -> dict[str, Any]:
    """Return one entry of ``tests`` in the audit's JSON."""
    return {
        "id": verdict.id,
        "of": list(verdict.of),
        "status": verdict.status,
        "printed": dict(verdict.printed or {}),
        "values": {k: list(v) for k, v in (verdict.values or {}).items()},
        "df": list(verdict.df),
        "tables": list(verdict.tables) if verdict.tables else None,
        "narrows": verdict.narrows,
        "conflicts": [list(c) for c in verdict.conflicts],
        "why": verdict.why.text(lang),
    }
