"""A paper's claims over all feasible tables: a proof, or two witness tables.

An order is decided by the printed digits alone when their rounding intervals lie apart. Otherwise,
and for the auditor's tests, every distinct table that the claim's figures can form is listed.
Tests assume a simple random sample; the design effect that would undo one is reported beside it.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UnsupportedError
from surveykit.published.auditor import run_test
from surveykit.published.beside import beside_printed
from surveykit.published.bounded import bounded_association
from surveykit.published.crosstable import NotEvaluatedError, cross_items, cross_tables
from surveykit.published.document import Claim
from surveykit.published.document_tests import PrintedTest
from surveykit.published.fold import fold_key
from surveykit.published.model import Item, Reading
from surveykit.published.ordering import Ordering
from surveykit.published.rounding import share_range
from surveykit.published.search import crossing, drawn
from surveykit.published.solve import Group, Tables
from surveykit.published.states import Ints, TooLargeError
from surveykit.published.unlisted import box_of, box_of_order, ordering_of
from surveykit.published.unlisted_claims import Subject, judge_unlisted
from surveykit.published.verdicts import ClaimVerdict, Verdict
from surveykit.text import Label

__all__ = ["ClaimVerdict", "Verdict", "judge"]

MAX_LISTED = 200_000
Bools = NDArray[np.bool_]
NO_TABLE = Label("两数不在同一张表内，不作检验。", "the figures are not in one table: no test.")
VARIES = Label(
    "有的可行表成立，有的不成立（各举一例）。",
    "holds in some feasible tables and fails in others (one of each is given).",
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a claim is judged in: the reading, and each figure's group of tables."""

    reading: Reading
    items: Mapping[str, Item]
    groups: Mapping[str, Group]
    aside: Mapping[str, str]
    tests: Sequence[PrintedTest] = ()
    """What the paper prints of tests."""


def judge(claim: Claim, situation: Situation) -> ClaimVerdict:
    """Judge one claim over all feasible tables of its figures."""
    judges: dict[str, Callable[[Claim, Situation], ClaimVerdict]] = {
        "greater": _judge_order,
        "trend": _judge_order,
        "association": _judge_association,
        "largest": _judge_largest,
        "rank": _judge_rank,
    }
    try:
        verdict = judges[claim.kind](claim, situation)
        return beside_printed(verdict, claim, situation.items, situation.tests)
    except NotEvaluatedError as reason:
        order: Verdict | None = "not evaluated" if claim.kind != "association" else None
        return ClaimVerdict(claim.id, "not evaluated", order, claim.test, why=reason.why)
    except TooLargeError as reason:
        return ClaimVerdict(claim.id, "not evaluated", None, claim.test, why=_too_many(reason))
    except UnsupportedError as reason:
        why = Label("所涉数字不在同一张表内。", reason.message)
        return ClaimVerdict(claim.id, "not evaluated", None, claim.test, why=why)


# --- which tables -------------------------------------------------------------------------


def _group(ids: Sequence[str], situation: Situation) -> Group:
    """Return the solved group of the claim's figures, unprinted but implied cells included."""
    for id in ids:
        if id in situation.aside:
            status = situation.aside[id]
            raise NotEvaluatedError(
                f"数字 {id} 已搁置（{status}）。", f"the figure {id} is set aside ({status})."
            )
        if id not in situation.items:
            raise NotEvaluatedError(
                f"本读法不含数字 {id}。", f"the figure {id} is not part of this reading."
            )
    printed = [i for i in ids if situation.items[i].percent is not None]
    missing = [i for i in ids if situation.items[i].percent is None]
    groups = {id: situation.groups[id] for id in printed if id in situation.groups}
    if not groups:
        raise NotEvaluatedError("所需数字未印出。", f"not printed: {', '.join(missing or ids)}.")
    group = next(iter(groups.values()))
    if any(g is not group for g in groups.values()):
        raise NotEvaluatedError(
            "所涉数字分属互不相关的组。", "the figures belong to groups that share no unknown."
        )
    if not group.feasible:
        raise NotEvaluatedError(
            "该组数字没有可行表。", "no table prints all the figures of this group."
        )
    return _with_implied(group, missing, situation) if missing else group


def _with_implied(group: Group, missing: Sequence[str], situation: Situation) -> Group:
    """Add cells that are not printed; they must follow from the printed ones."""
    keys = {(fold_key(group.reading, i), i.level) for i in group.items}
    wider = [situation.items[id] for id in missing]
    if not group.followed:
        return _with_complements(group, wider)
    if any((fold_key(group.reading, i), i.level) not in keys for i in wider):
        raise NotEvaluatedError("所需数字未印出。", f"not printed: {', '.join(missing)}.")
    bigger = group.wider(wider)
    if bigger.number != group.number:
        raise NotEvaluatedError(
            "所需数字既未印出，也不能由印出的数字推出。",
            f"neither printed nor implied: {', '.join(missing)}.",
        )
    return bigger


def _with_complements(group: Group, wider: Sequence[Item]) -> Group:
    """Add cells to a group too large to follow: each must be what the printed levels leave."""
    for item in wider:
        levels = [
            i.levels for i in group.items
            if (i.outcome, i.by, i.level) == (item.outcome, item.by, item.level) and i.percent
        ]  # fmt: skip
        parts = [*levels, item.levels]
        whole = frozenset(group.reading.levels_of(item.outcome))
        single = item.outcome[0] not in group.reading.multiple
        if not single or sum(map(len, parts)) > len(whole) or frozenset().union(*parts) != whole:
            raise NotEvaluatedError("所需数字未印出。", f"not printed: {item.id}.")
    return _beyond(group, wider)


def _beyond(group: Group, more: Sequence[Item]) -> Group:
    """Return a group that cannot be listed with more cells; it is not tried to list it again."""
    if type(group) is not Group:
        return group.wider(more)
    memo, place = group.reading.memo, ("unfollowed", id(group), tuple(more))
    if place not in memo:  # the group is kept beside it, so that its id stays its own
        memo[place] = Group(group.reading, [*group.items, *more], follow=False), group
    bigger: Group = memo[place][0]
    return bigger


def _listed(group: Group, items: Sequence[Item]) -> Tables:
    """List the tables of some figures of one grouping."""
    if not group.followed:
        raise TooLargeError("the group is too large to follow")
    return group.project(items)


def _witness(items: Sequence[Item], tables: Tables, row: int) -> Mapping[str, tuple[int, int]]:
    return {
        i.id: (int(tables.counts[row, j]), int(tables.bases[row, j])) for j, i in enumerate(items)
    }


def _over_all(holds: Bools) -> Verdict:
    if holds.all():
        return "holds in all"
    return "undetermined" if holds.any() else "holds in none"


# --- orders -------------------------------------------------------------------------------


def _judge_order(claim: Claim, situation: Situation) -> ClaimVerdict:
    """`greater: [a, b]` (a above b) and `trend` (each above the one before)."""
    operands = claim.operands if claim.kind == "trend" else claim.operands[::-1]
    ids = list(dict.fromkeys(i for operand in operands for i in operand))
    quick = _order_by_digits(operands, situation)
    if quick is not None and claim.test is None and not any(i in situation.groups for i in ids):
        return ClaimVerdict(claim.id, quick, quick, why=_digits_why(quick))  # holds for any base
    try:
        group = _group(ids, situation)
    except NotEvaluatedError:
        if len({id(situation.groups.get(i)) for i in ids}) < 2 or claim.kind == "trend":
            raise
        return _judge_apart(claim, operands, situation)
    if claim.test is None and quick is not None:
        return ClaimVerdict(claim.id, quick, quick, why=_digits_why(quick))
    items = [situation.items[i] for i in ids]
    at = [[ids.index(i) for i in operand] for operand in operands]
    order = quick
    try:
        if len({fold_key(group.reading, i) for i in items}) > 1:
            return _judge_apart(claim, operands, situation, linked=True)
        tables = _listed(group, items)
        ordered = _ordered(tables, at)
        order = _over_all(ordered)
        if claim.test is None:
            return _verdict(claim, order, order, ordered, items, tables)
        stack = _order_tables(items, tables, at)
        return _tested(claim, order, ordered, stack, items, tables)
    except NotEvaluatedError as reason:  # the order may stand where a test does not apply
        return _open(claim, order, reason.why)
    except TooLargeError as reason:
        return _large_order(claim, situation, group, items, at, order, reason)


def _large_order(
    claim: Claim,
    situation: Situation,
    group: Group,
    items: Sequence[Item],
    at: Sequence[Sequence[int]],
    order: Verdict | None,
    reason: TooLargeError,
) -> ClaimVerdict:
    """Judge an order of tables too many to list: by ranges of shares, drawn tables, or the program."""
    operands = [[items[j].id for j in operand] for operand in at]
    with contextlib.suppress(TooLargeError):
        order = order or _by_ranges(operands, situation)
    if claim.test is None and order is not None:
        why = Label(
            "各占比的取值范围不相交（证明）。", "the ranges of the shares lie apart: a proof."
        )
        return ClaimVerdict(claim.id, order, order, why=why)
    tables = _drawn(group, items)
    ordered = None if tables is None else _ordered(tables, at)
    if order is None and ordered is not None and _over_all(ordered) == "undetermined":
        order = "undetermined"
        if claim.test is None:
            assert tables is not None
            return _by_drawn(claim, order, ordered, items, tables, reason)
    if order is None:
        found = _by_program(claim, group, items, at)
        order = found.order
        if claim.test is None and order is not None:
            return found
    if claim.test is None:
        return _open(claim, order, _too_many(reason))
    if order == "holds in none":
        return ClaimVerdict(claim.id, order, order, claim.test)
    return _large_test(claim, group, items, at, order, tables, reason)


def _by_program(
    claim: Claim, group: Group, items: Sequence[Item], at: Sequence[Sequence[int]]
) -> ClaimVerdict:
    """Judge an order by the group's whole-number program; `order` None where it finds neither."""
    try:
        ordering = ordering_of(group)
        shares = [ordering.share([items[j] for j in a]) for a in at]
        order, points = ordering.rising(shares)
    except TooLargeError:
        return ClaimVerdict(claim.id, "not evaluated")
    return _of_points(claim, order, ordering, items, points)


def _of_points(
    claim: Claim,
    order: Verdict,
    ordering: Ordering,
    items: Sequence[Item],
    points: Sequence[NDArray[np.int64]],
) -> ClaimVerdict:
    """Return the verdict of a whole-number program, with its two tables where it has them."""
    witnesses = tuple(ordering.witness(items, p) for p in points)
    why = VARIES if witnesses else Label(
        "可行表无法逐一列出；整数规划证明没有相反的表。",
        "the tables cannot be listed; a whole-number program has no table to the contrary: a proof.",
    )  # fmt: skip
    return ClaimVerdict(claim.id, order, order, why=why, witnesses=witnesses)


def _large_test(
    claim: Claim,
    group: Group,
    items: Sequence[Item],
    at: Sequence[Sequence[int]],
    order: Verdict | None,
    tables: Tables | None,
    reason: TooLargeError,
) -> ClaimVerdict:
    """Judge the auditor's test of an order whose tables cannot be listed."""
    if len({fold_key(group.reading, i) for i in items}) > 1:
        return _open(claim, order, NO_TABLE)
    subject = Subject(
        claim, group, items,
        lambda t: _order_tables(items, t, at),
        lambda t: _ordered(t, at),
        lambda: box_of_order(group, [[items[j] for j in a] for a in at]),
        order,
    )  # fmt: skip
    return _unlisted(subject, tables, reason)


def _unlisted(subject: Subject, tables: Tables | None, reason: TooLargeError) -> ClaimVerdict:
    """Judge a test by drawn tables that differ, else by limits that are proven."""
    claim = subject.claim
    holds: Bools | None = None
    if tables is not None:
        with contextlib.suppress(TooLargeError):
            holds = subject.holds(tables)[0]
    if holds is not None and tables is not None and _over_all(holds) == "undetermined":
        return _by_drawn(claim, subject.order, holds, subject.items, tables, reason)
    try:
        found = judge_unlisted(subject)
    except TooLargeError as limit:
        found = _open(claim, subject.order, _no_limits(reason, limit))
    if found.verdict == "not evaluated" and holds is not None and tables is not None:
        drawn_ = _by_drawn(claim, subject.order, holds, subject.items, tables, reason)
        return replace(found, order=drawn_.order, why=drawn_.why)
    return found


def _no_limits(reason: TooLargeError, limit: TooLargeError) -> Label:
    return Label(
        "可行表过多，无法逐一列出，也没有可证明的界限。",
        f"the feasible tables are too many to list ({reason}), and nothing is proven of the test "
        f"otherwise ({limit}).",
    )


def _drawn(group: Group, items: Sequence[Item]) -> Tables | None:
    """Return some feasible tables of a group whose tables are exactly known, else None."""
    try:
        return drawn(group, items) if group.exact else None
    except TooLargeError:
        return None


def _by_drawn(
    claim: Claim,
    order: Verdict | None,
    holds: Bools,
    items: Sequence[Item],
    tables: Tables,
    reason: TooLargeError,
) -> ClaimVerdict:
    """Two drawn tables that differ are a proof; drawn tables that agree are none, and say so."""
    if _over_all(holds) == "undetermined":
        found = _verdict(claim, "undetermined", order, holds, items, tables)
        return replace(found, tables=None, test=claim.test)
    zh = f"可行表过多，无法逐一列出（{reason}）；随机抽出的 {len(holds):,} 张可行表结论一致，但这不是证明。"
    en = (
        f"the feasible tables are too many to list ({reason}); {len(holds):,} tables drawn at random "
        f"all {'bear it out' if holds.all() else 'contradict it'}, which is no proof."
    )
    return _open(claim, order, Label(zh, en))


def _by_ranges(operands: Sequence[Sequence[str]], situation: Situation) -> Verdict | None:
    """Decide an order where the ranges of the shares lie apart."""
    pairs = list(itertools.pairwise([_shares(operand, situation) for operand in operands]))
    if all(low[1] < high[0] for low, high in pairs):
        return "holds in all"
    return "holds in none" if any(high[1] <= low[0] for low, high in pairs) else None


def _open(claim: Claim, order: Verdict | None, why: Label) -> ClaimVerdict:
    return ClaimVerdict(claim.id, "not evaluated", order or "not evaluated", claim.test, why=why)


def _too_many(reason: TooLargeError) -> Label:
    return Label(
        "可行表过多，无法逐一列出。", f"the feasible tables are too many to list ({reason})."
    )


def _digits_why(verdict: Verdict) -> Label:
    en = "the printed digits settle the order, whatever the bases"
    zh = "印出的数字本身已定次序，与基数无关"
    return Label(f"{zh}。", f"{en}.") if verdict != "undetermined" else Label()


def _judge_apart(
    claim: Claim,
    operands: Sequence[Sequence[str]],
    situation: Situation,
    *,
    linked: bool = False,
) -> ClaimVerdict:
    """Compare figures of different tables by the ranges of their shares.

    Ranges that lie apart prove an order. Where they overlap, both orders occur if the tables
    share no unknown, and the ends of the ranges are the two tables; if they do (`linked`), the
    groupings are joined.
    """
    order = _by_ranges(operands, situation)
    witnesses: tuple[Mapping[str, tuple[int, int]], ...] = ()
    if order is None and not linked:
        low, high = (_end_tables(operand, situation) for operand in operands)
        if low is None or high is None:
            return _open(claim, None, Label("两数不在同一张表内，其取值范围有重叠。", "the figures are not in one table, and their ranges overlap."))  # fmt: skip
        order, witnesses = "undetermined", ({**low[0], **high[1]}, {**low[1], **high[0]})
    if order is None and linked:
        order, witnesses = _crossed(operands, situation)
        if order is None:
            found = _linked_by_program(claim, operands, situation)
            order, witnesses = found.order, found.witnesses
        if order is None:
            return _open(claim, None, Label("两数不在同一张表内，其取值范围有重叠。", "the figures are not in one table, and their ranges overlap."))  # fmt: skip
    assert order is not None
    if claim.test is None:
        return ClaimVerdict(claim.id, order, order, witnesses=witnesses)
    return replace(_open(claim, order, NO_TABLE), witnesses=witnesses)


def _linked_by_program(
    claim: Claim, operands: Sequence[Sequence[str]], situation: Situation
) -> ClaimVerdict:
    group = _group([i for operand in operands for i in operand], situation)
    items = [situation.items[i] for operand in operands for i in operand]
    ids = [i.id for i in items]
    return _by_program(claim, group, items, [[ids.index(i) for i in o] for o in operands])


def _crossed(
    operands: Sequence[Sequence[str]], situation: Situation
) -> tuple[Verdict | None, tuple[Mapping[str, tuple[int, int]], ...]]:
    """Compare figures of groupings that share totals, by joining the groupings."""
    group = _group([i for operand in operands for i in operand], situation)
    if not group.exact:
        return None, ()
    pairs = [[[situation.items[i] for i in o] for o in pair] for pair in itertools.pairwise(operands)]  # fmt: skip
    try:
        if any(fold_key(group.reading, low[0]) == fold_key(group.reading, high[0]) for low, high in pairs):  # fmt: skip
            return None, ()
        found = [crossing(group, high, low) for low, high in pairs]
    except TooLargeError:
        return None, ()
    if any(c.above is None for c in found):
        return "holds in none", ()
    if all(c.not_above is None for c in found):
        return "holds in all", ()
    if len(found) == 1 and found[0].above and found[0].not_above:
        return "undetermined", (found[0].above, found[0].not_above)
    return None, ()


def _shares(operand: Sequence[str], situation: Situation) -> tuple[Fraction, Fraction]:
    """Return the smallest and the largest share of an operand over its tables."""
    values = _share_rows(_listed(_group(operand, situation), [situation.items[i] for i in operand]))
    return min(values)[0], max(values)[0]


def _share_rows(tables: Tables) -> list[tuple[Fraction, int]]:
    """Return the share of an operand in each table, with the table's row."""
    total, base = tables.counts.sum(axis=1), tables.bases[:, 0]
    pairs = enumerate(zip(total.tolist(), base.tolist(), strict=True))
    return [(Fraction(t, b), row) for row, (t, b) in pairs if b]


def _end_tables(
    operand: Sequence[str], situation: Situation
) -> tuple[Mapping[str, tuple[int, int]], Mapping[str, tuple[int, int]]] | None:
    """Return tables in which an operand's share is smallest and largest, if they are tables."""
    group, items = _group(operand, situation), [situation.items[i] for i in operand]
    if not group.exact:
        return None
    tables = _listed(group, items)
    rows = _share_rows(tables)
    low, high = min(rows)[1], max(rows)[1]
    return _witness(items, tables, low), _witness(items, tables, high)


def _order_by_digits(operands: Sequence[Sequence[str]], situation: Situation) -> Verdict | None:
    """Decide an order by the printed digits where their rounding intervals lie apart."""
    bounds = []
    for operand in operands:
        known = [situation.items[i] for i in operand if i in situation.items]
        if len(known) < len(operand) or any(i.id in situation.aside for i in known):
            return None
        percents = [i.percent for i in known]
        if any(p is None for p in percents):
            return None
        parts = [share_range(p, situation.reading.rounding) for p in percents if p is not None]
        bounds.append((sum(p[0] for p in parts), sum(p[2] for p in parts)))
    pairs = list(itertools.pairwise(bounds))
    if all(low[1] < high[0] for low, high in pairs):
        return "holds in all"
    if any(low[0] > high[1] for low, high in pairs):
        return "holds in none"
    return None


def _ordered(tables: Tables, at: Sequence[Sequence[int]]) -> Bools:
    """Return in which tables each share is larger than the one before, exact in integers."""
    holds = np.ones(len(tables.counts), dtype=bool)
    for low, high in itertools.pairwise(at):
        a, n = tables.counts[:, high].sum(axis=1), tables.bases[:, high[0]]
        b, m = tables.counts[:, low].sum(axis=1), tables.bases[:, low[0]]
        holds &= a * m > b * n
    return holds


def _order_tables(
    items: Sequence[Item], tables: Tables, at: Sequence[Sequence[int]]
) -> NDArray[np.int64]:
    """Return the groups × (this level or not) tables of an order claim, shape (m, k, 2)."""
    if len({items[a[0]].level for a in at}) < len(at):
        raise NotEvaluatedError(
            "两数同属一个基数，组间检验不适用。",
            "the figures share one base: a test between groups does not apply.",
        )
    if items[0].responses:
        raise NotEvaluatedError(
            "百分比以选择次数为基数，检验不适用。", "shares of responses: no test of respondents."
        )
    if any(len(a) > 1 and len({items[j].outcome for j in a}) > 1 for a in at):
        raise NotEvaluatedError(
            "不同变量不能相加。", "figures of different variables do not add up."
        )
    yes = np.stack([tables.counts[:, a].sum(axis=1) for a in at], axis=1)
    base = np.stack([tables.bases[:, a[0]] for a in at], axis=1)
    return np.stack([yes, base - yes], axis=2)


# --- tests --------------------------------------------------------------------------------


def _tested(
    claim: Claim,
    order: Verdict | None,
    ordered: Bools,
    stack: NDArray[np.int64],
    items: Sequence[Item],
    tables: Tables,
) -> ClaimVerdict:
    """Run the auditor's test on every table."""
    from scipy.special import chdtri

    assert claim.test is not None
    statistic, df, p = run_test(claim.test, stack)
    holds = ordered & (np.nan_to_num(p, nan=1.0) < float(claim.alpha))
    scale = statistic**2 if claim.test == "cochran_armitage" else statistic
    critical = chdtri(np.where(np.isnan(df) | (df < 1), 1.0, df), float(claim.alpha))
    result = _verdict(claim, _over_all(holds), order, holds, items, tables)
    return ClaimVerdict(
        id=claim.id,
        verdict=result.verdict,
        order=order,
        test=claim.test,
        statistic=_extremes(statistic),
        p=_extremes(p),
        break_even_deff=_extremes(scale / critical),
        tables=len(stack),
        why=Label(
            f"审计者的检验（{claim.test}），假定简单随机抽样。",
            f"the auditor's test ({claim.test}), assuming a simple random sample;",
        ),
        witnesses=result.witnesses,
    )


def _extremes(values: NDArray[Any]) -> tuple[float, float] | None:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else None


def _verdict(
    claim: Claim,
    verdict: Verdict,
    order: Verdict | None,
    holds: Bools,
    items: Sequence[Item],
    tables: Tables,
) -> ClaimVerdict:
    witnesses: tuple[Mapping[str, tuple[int, int]], ...] = ()
    why = Label()
    if verdict == "undetermined":
        rows = (int(np.flatnonzero(holds)[0]), int(np.flatnonzero(~holds)[0]))
        witnesses = tuple(_witness(items, tables, r) for r in rows)
        why = VARIES
    return ClaimVerdict(claim.id, verdict, order, tables=len(holds), why=why, witnesses=witnesses)


# --- association --------------------------------------------------------------------------


def _judge_association(claim: Claim, situation: Situation) -> ClaimVerdict:
    items = _cross_items(claim, situation)
    group = _group([i.id for i in items], situation)
    try:
        tables = _listed(group, items)
    except TooLargeError as reason:
        return _large_association(claim, group, items, reason)
    stack = cross_tables(items, tables, situation.reading)
    ordered = np.ones(len(stack), dtype=bool)
    return _tested(claim, None, ordered, stack, items, tables)


def _large_association(
    claim: Claim, group: Group, items: Sequence[Item], reason: TooLargeError
) -> ClaimVerdict:
    """Judge tables too many to list: by proven limits, else by tables that are drawn."""
    try:
        bounded = bounded_association(claim, group, items) if group.followed else None
    except TooLargeError:
        bounded = None
    if bounded is not None and bounded.verdict != "not evaluated":
        return bounded
    subject = Subject(
        claim, group, items,
        lambda t: cross_tables(items, t, group.reading),
        lambda t: np.ones(len(t.counts), dtype=np.bool_),
        lambda: box_of(group, _apart(items, group)),
    )  # fmt: skip
    found = replace(_unlisted(subject, _drawn(group, items), reason), order=None)
    if bounded is None or found.verdict != "not evaluated":
        return found
    return replace(bounded, why=found.why)


def _apart(items: Sequence[Item], group: Group) -> Sequence[Item]:
    """Return the items of a cross-table that is complete: every group prints the same levels."""
    empty = np.ones((1, len(items)), dtype=np.int64)
    cross_tables(items, Tables(empty, empty), group.reading)
    return items


def _cross_items(claim: Claim, situation: Situation) -> list[Item]:
    """Return the printed figures of the cross-table of the claim's two variables."""
    (a,), (b,) = claim.operands
    usable = [
        i for i in situation.items.values() if i.percent is not None and i.id not in situation.aside
    ]
    return cross_items(a, b, usable, situation.reading.multiple)


# --- ranks --------------------------------------------------------------------------------


def _judge_largest(claim: Claim, situation: Situation) -> ClaimVerdict:
    """Judge whether one level is the most frequent of its variable."""
    ((id,),) = claim.operands
    if id not in situation.items:
        _group([id], situation)
    item = situation.items[id]
    rivals = [
        i for i in situation.items.values()
        if (i.outcome, i.by, i.level) == (item.outcome, item.by, item.level)
        and i.levels.isdisjoint(item.levels) and len(i.levels) == 1 and i.percent is not None
        and i.id not in situation.aside
    ]  # fmt: skip
    group = _group([id, *(r.id for r in rivals)], situation)
    items = [item, *rivals]
    try:
        tables = _listed(group, items)
    except TooLargeError as reason:
        return _large_largest(claim, group, items, reason)
    must, may = _largest(items, tables, situation.reading)
    verdict: Verdict = "undetermined"
    if must.all():
        verdict = "holds in all"
    elif not may.any():
        verdict = "holds in none"
    else:
        verdict = _largest_listed(group, items) or verdict
    open_ = Label(
        "未印出的类别可大可小，印出的数字不能决定。",
        "levels that are not printed may be larger or smaller: the printed figures do not decide.",
    )
    why = open_ if verdict == "undetermined" else Label()
    return ClaimVerdict(claim.id, verdict, verdict, tables=len(must), why=why)


def _large_largest(
    claim: Claim, group: Group, items: Sequence[Item], reason: TooLargeError
) -> ClaimVerdict:
    """Judge by the whole-number program, levels that are not printed being unknowns of it too."""
    more = _unprinted_levels(group, items)
    try:
        bigger = _beyond(group, more) if more else group
        ordering = ordering_of(bigger)
        first, *others = (ordering.share([i]) for i in [*items, *more])
        order, points = ordering.largest(first, others)
    except TooLargeError:
        return _open(claim, None, _too_many(reason))
    return _of_points(claim, order, ordering, items, points)


def _unprinted_levels(group: Group, items: Sequence[Item]) -> list[Item]:
    printed = {level for i in items for level in i.levels}
    return [
        replace(items[0], id=f"level {lv}", levels=frozenset([lv]), percent=None)
        for lv in group.reading.levels_of(items[0].outcome)
        if lv not in printed
    ]


def _largest_listed(group: Group, items: Sequence[Item]) -> Verdict | None:
    """Judge with the levels that are not printed listed too, if they are few enough."""
    more = _unprinted_levels(group, items)
    if ((group.reading.total or 0) + 1) ** len(more) > MAX_LISTED:
        return None
    try:
        tables = group.wider(more).project([*items, *more])
    except TooLargeError:
        return None
    holds: Bools = np.asarray((tables.counts[:, :1] > tables.counts[:, 1:]).all(axis=1))
    return _over_all(holds)


def _largest(items: Sequence[Item], tables: Tables, reading: Reading) -> tuple[Bools, Bools]:
    """Return in which tables the first figure must be, and may be, larger than every other."""
    first = tables.counts[:, 0]
    above = np.asarray((first[:, None] > tables.counts[:, 1:]).all(axis=1), dtype=np.bool_)
    printed = {level for i in items for level in i.levels}
    others = len(set(reading.levels_of(items[0].outcome)) - printed)
    if not others:
        return above, above
    rest = tables.bases[:, 0] - tables.counts.sum(axis=1)
    free = items[0].outcome[0] in reading.multiple and not items[0].responses
    least = np.maximum(-(-rest // others), 0)
    if free:  # anyone may have made any other choice; who made no printed one has made another
        return above & (first > tables.bases[:, 0]), above & (first > least)
    return above & (first > rest), above & (first > least)


def _judge_rank(claim: Claim, situation: Situation) -> ClaimVerdict:
    ids = [operand[0] for operand in claim.operands]
    for id in ids:
        if id in situation.items and situation.items[id].percent is None:
            raise NotEvaluatedError(f"数字 {id} 未印出。", f"the figure {id} is not printed.")
    group = _group(ids, situation)
    items = [situation.items[i] for i in ids]
    try:
        tables = _listed(group, items)
    except TooLargeError as reason:
        return _large_rank(claim, group, items, reason)
    holds = _ranked(claim, tables)
    order = _over_all(holds)
    return _verdict(claim, order, order, holds, items, tables)


def _large_rank(
    claim: Claim, group: Group, items: Sequence[Item], reason: TooLargeError
) -> ClaimVerdict:
    """Judge a rank by drawn tables that differ, else by the whole-number program."""
    some = _drawn(group, items)
    if some is not None and _over_all(_ranked(claim, some)) == "undetermined":
        found = _by_drawn(claim, None, _ranked(claim, some), items, some, reason)
        return replace(found, order=found.verdict)
    try:
        ordering = ordering_of(group)
        first, *others = (ordering.share([i]) for i in items)
        order, points = ordering.ranked(first, others, claim.rank)
    except TooLargeError:
        if some is None:
            raise reason from None
        found = _by_drawn(claim, None, _ranked(claim, some), items, some, reason)
        return replace(found, order=found.verdict)
    return _of_points(claim, order, ordering, items, points)


def _ranked(claim: Claim, tables: Tables) -> Bools:
    """Return in which tables the first figure has its place among the others."""
    mine = (tables.counts[:, :1], tables.bases[:, :1])
    other: tuple[Ints, Ints] = (tables.counts[:, 1:], tables.bases[:, 1:])
    larger = (other[0] * mine[1] > mine[0] * other[1]).sum(axis=1)
    equal = (other[0] * mine[1] == mine[0] * other[1]).sum(axis=1)
    return np.asarray((larger == claim.rank - 1) & (equal == 0))
