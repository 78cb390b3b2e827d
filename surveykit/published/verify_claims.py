"""A paper's claims held against respondents' data: orders, ranks, and the auditor's tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from surveykit.errors import SurveyKitError
from surveykit.published.comparing import Case, Comparison, Outcome, share_of, why_of
from surveykit.published.document import Claim, Figure
from surveykit.published.document_means import mean_rivals
from surveykit.published.observed import Share
from surveykit.published.verify_evidence import is_mean, observed_mean
from surveykit.text import Label

__all__ = ["compare_claim"]


class _NotComputableError(Exception):
    """Carries the reason why a claim cannot be held against the data."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Label(zh, en)


def compare_claim(case: Case, claim: Claim) -> Comparison:
    unknown = Comparison(
        "claim", claim.id, _in_words(claim), "", None, None, "cannot be computed",
        source=claim.source,
    )  # fmt: skip
    judges: dict[str, Callable[[Case, Claim, Comparison], Comparison]] = {
        "greater": _order,
        "trend": _order,
        "association": _association,
        "largest": _largest,
        "rank": _rank,
    }
    try:
        return judges[claim.kind](case, claim, unknown)
    except _NotComputableError as reason:
        return replace(unknown, why=reason.why)
    except SurveyKitError as error:
        return replace(unknown, why=why_of(error))


def _in_words(claim: Claim) -> str:
    names = [" + ".join(operand) for operand in claim.operands]
    match claim.kind:
        case "greater":
            return " > ".join(names)
        case "trend":
            return " < ".join(names)
        case "association":
            return " ~ ".join(names)
        case "largest":
            return f"{names[0]}: 1"
    return f"{names[0]}: {claim.rank} / {len(names)}"


def _claimed(case: Case, id: str) -> tuple[Figure, Share]:
    """Return a figure that a claim speaks of, as the data have it."""
    if id not in case.figures:
        raise _NotComputableError(f"本读法不含数字 {id}。", f"the reading leaves {id} out.")
    figure = case.figures[id]
    if case.synthetic is not None and figure.percent is None:
        raise _NotComputableError(
            f"合成记录：数字 {id} 未印出，其值是任意的。",
            f"synthetic records: {id} is not printed, so that its value is arbitrary.",
        )
    share = share_of(case, figure)
    if share.base == 0:
        raise _NotComputableError(f"{id} 的基数为零。", f"nobody is in the base of {id}.")
    return figure, share


def _order(case: Case, claim: Claim, made: Comparison) -> Comparison:
    """`greater: [a, b]` and `trend`: the order decides, a test is told beside it."""
    operands = claim.operands if claim.kind == "trend" else claim.operands[::-1]
    if is_mean(case, claim.operands[0][0]):
        return _order_of_means(case, claim, [operand[0] for operand in operands], made)
    cells = [[_claimed(case, i) for i in operand] for operand in operands]
    values = [sum((Fraction(s.count, s.base) for _, s in cell), Fraction(0)) for cell in cells]
    shown = [f"{float(100 * v):.2f}" for v in values]
    holds = all(a < b for a, b in itertools.pairwise(values))
    texts, sign = (shown, " < ") if claim.kind == "trend" else (shown[::-1], " > ")
    if not holds:
        sign = ", "
    made = replace(made, computed=sign.join(texts), status="match" if holds else "differs")
    if claim.test is None:
        return made
    try:
        return replace(made, why=_tested(case, claim, cells)[1])
    except _NotComputableError as reason:
        return replace(made, why=reason.why)


def _order_of_means(case: Case, claim: Claim, ids: Sequence[str], made: Comparison) -> Comparison:
    values = [observed_mean(case, i) for i in ids]
    holds = all(a < b for a, b in itertools.pairwise(values))
    shown = [f"{float(v):.4g}" for v in values]
    texts, sign = (shown, " < ") if claim.kind == "trend" else (shown[::-1], " > ")
    computed = (sign if holds else ", ").join(texts)
    return replace(made, computed=computed, status="match" if holds else "differs")


def _rank_of_means(case: Case, claim: Claim, made: Comparison) -> Comparison:
    rank = claim.rank if claim.kind == "rank" else 1
    ids = [operand[0] for operand in claim.operands]
    if claim.kind == "largest":
        ids += mean_rivals(case.means.values(), ids[0])
    mine, *others = (observed_mean(case, i) for i in ids)
    larger, equal = sum(o > mine for o in others), sum(o == mine for o in others)
    place = str(larger + 1) if not equal else f"{larger + 1}–{larger + 1 + equal}"
    status: Outcome = "match" if place == str(rank) else "differs"
    return replace(made, computed=place, status=status)


def _tested(
    case: Case, claim: Claim, cells: list[list[tuple[Figure, Share]]]
) -> tuple[bool, Label]:
    """Test the groups × (this level or not) table of an order."""
    figures = [f for cell in cells for f, _ in cell]
    groups = [case.observed.members(cell[0][0].within) for cell in cells]
    overlap = np.sum(groups, axis=0).max(initial=0) > 1
    outcome = {tuple(sorted(f.where)) for f in figures}
    if overlap or len(outcome) > 1 or any(f.of != "cases" for f in figures):
        raise _NotComputableError(
            "各数不是同一变量在互不重叠的组中的百分比：检验不适用。",
            "the figures are not of one variable in groups that do not overlap: no test applies.",
        )
    rows = [(sum(s.count for _, s in cell), cell[0][1].base) for cell in cells]
    return _run_test(claim, np.array([[(a, n - a) for a, n in rows]], dtype=np.int64))


def _run_test(claim: Claim, stack: np.ndarray[Any, Any]) -> tuple[bool, Label]:
    """Run a named test on one table; whether it is below alpha, and that in words."""
    from surveykit.stats import many

    tests: dict[str, Callable[[Any], many.ManyTests]] = {
        "chi2": many.chi2_many,
        "g2": many.g2_many,
        "fisher": many.fisher_many,
        "linear_by_linear": many.linear_by_linear_many,
        "cochran_armitage": many.cochran_armitage_many,
    }
    try:
        result = tests[claim.test or "chi2"](stack)
    except SurveyKitError as error:
        raise _NotComputableError(f"检验不适用：{error.message}", error.message) from None
    p = float(result.p[0])
    if not np.isfinite(p):
        raise _NotComputableError("此表不能检验。", "this table allows no test.")
    statistic = float(result.statistic[0])
    value = f", {statistic:.4g}" if np.isfinite(statistic) else ""
    below = p < float(claim.alpha)
    sign = "<" if below else "≥"
    said = f"{claim.test}{value}, p = {p:.4g} {sign} {float(claim.alpha):g}"
    return below, Label(
        f"审计者的检验（简单随机抽样）：{said}",
        f"the auditor's test (simple random sample): {said}",
    )


def _association(case: Case, claim: Claim, made: Comparison) -> Comparison:
    (a,), (b,) = claim.operands
    variables = case.published.variables
    if any(variables[n].kind == "multiple" for n in (a, b)):
        raise _NotComputableError(
            "多选题的选项不构成列联表。", "choices of a multiple response are no cross-table."
        )
    first, second = case.observed.answers(a), case.observed.answers(b)
    if case.synthetic is not None and not case.synthetic.pins(first.name, second.name):
        raise _NotComputableError(
            "合成记录：没有印出的数字确定这一关联。",
            "synthetic records: no printed figure pins this association.",
        )
    everyone = case.observed.everyone
    table = np.array(
        [
            [int((everyone & first.members[x] & second.members[y]).sum()) for y in second.members]
            for x in first.members
        ],
        dtype=np.int64,
    )
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    below, why = _run_test(claim, table[None])
    status: Outcome = "match" if below else "not significant"
    return replace(made, base=int(table.sum()), status=status, why=why, computed=why.en.split(": ", 1)[1])  # fmt: skip


def _largest(case: Case, claim: Claim, made: Comparison) -> Comparison:
    """Whether one level is the most frequent of its variable in its group."""
    ((id,),) = claim.operands
    if is_mean(case, id):
        return _rank_of_means(case, claim, made)
    figure, own = _claimed(case, id)
    if len(figure.where) != 1:
        raise _NotComputableError("不是单个变量的类别。", "not a level of one variable.")
    ((name, levels),) = figure.where.items()
    rest = [lv for lv in case.published.variables[name].levels if lv not in levels]
    counts = {lv: _level(case, figure, name, lv).count for lv in rest}
    above = [lv for lv, n in counts.items() if n >= own.count]
    if case.synthetic is not None:
        printed = {lv for f in case.figures.values() if f.percent and f.within == figure.within
                   for lv in f.where.get(name, ())}  # fmt: skip
        above = [lv for lv in above if lv in printed]
    shown = f"{own.count}" + (
        f"; {', '.join(f'{lv} {counts[lv]}' for lv in above)}" if above else ""
    )
    status: Outcome = "differs" if above else "match"
    return replace(made, computed=shown, count=own.count, base=own.base, status=status)


def _level(case: Case, figure: Figure, name: str, level: str) -> Share:
    return share_of(case, replace(figure, where={name: (level,)}, sum=()))


def _rank(case: Case, claim: Claim, made: Comparison) -> Comparison:
    if is_mean(case, claim.operands[0][0]):
        return _rank_of_means(case, claim, made)
    shares = [_claimed(case, operand[0])[1] for operand in claim.operands]
    values = [Fraction(s.count, s.base) for s in shares]
    larger = sum(v > values[0] for v in values[1:])
    tied = sum(v == values[0] for v in values[1:])
    place = f"{larger + 1}" if not tied else f"{larger + 1}–{larger + tied + 1}"
    status: Outcome = "match" if larger == claim.rank - 1 and not tied else "differs"
    own = shares[0]
    return replace(made, computed=place, count=own.count, base=own.base, status=status)
