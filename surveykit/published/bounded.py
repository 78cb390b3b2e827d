"""A claim of association where the tables are too many to list: proven limits of chi-square."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from surveykit.published.document import Claim
from surveykit.published.extremes import Extremes, Pairs, chi2_extremes, chi2_of
from surveykit.published.fold import fold_key
from surveykit.published.model import Item, Level
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError
from surveykit.published.verdicts import ClaimVerdict, Verdict
from surveykit.text import Label

__all__ = ["bounded_association"]


def bounded_association(claim: Claim, group: Group, items: Sequence[Item]) -> ClaimVerdict | None:
    """Judge by limits that are proofs; None where they do not apply (see :mod:`extremes`)."""
    fold = group.folds[fold_key(group.reading, items[0])]
    if claim.test != "chi2" or fold.plane is None or set(items) != set(group.by_fold[fold.key]):
        return None
    levels = [a.level for a in fold.atoms]
    if len(levels) < 2:
        return None
    spans = [group.size_range(fold.key[0], level) for level in levels]
    limits = chi2_extremes(fold.plane, group.ends(fold.key), [s for s in spans if s is not None])
    deff, p = _scaled(limits, claim, len(levels) - 1)
    verdict = _verdict(deff, [_critical(t, claim, len(levels) - 1) for t in _tables(limits)])
    chosen: tuple[Mapping[str, tuple[int, int]], ...] = ()
    if verdict == "undetermined":
        named = {level: [i for i in items if i.level == level] for level in levels}
        block = fold.names[0][1]
        chosen = tuple(_witness(t, levels, named, block) for t in _tables(limits)[::-1])
    return ClaimVerdict(
        claim.id,
        verdict,
        None,
        claim.test,
        statistic=(float(limits.low), float(limits.high)),
        p=p,
        break_even_deff=deff,
        tables=_number(group),
        why=_why(limits, verdict),
        witnesses=chosen,
    )


def _tables(limits: Extremes) -> list[Pairs]:
    return [t for t in (limits.smallest, limits.largest) if t is not None]


def _critical(table: Pairs, claim: Claim, df: int) -> float:
    from scipy.special import chdtri

    return float(chi2_of(table)) / float(chdtri(df, float(claim.alpha)))


def _scaled(
    limits: Extremes, claim: Claim, df: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the break-even design effects and p of the limits."""
    from scipy.special import chdtrc, chdtri

    ends = float(limits.low), float(limits.high)
    critical = float(chdtri(df, float(claim.alpha)))
    p: Any = chdtrc(df, ends[::-1])
    return (ends[0] / critical, ends[1] / critical), (float(p[0]), float(p[1]))


def _verdict(deff: tuple[float, float], attained: Sequence[float]) -> Verdict:
    """Decide by the limits, else by two tables; a limit too near the boundary decides nothing."""
    if deff[0] > 1 + 1e-9:
        return "holds in all"
    if deff[1] < 1 - 1e-9:
        return "holds in none"
    both = len(attained) == 2 and min(attained) < 1 - 1e-9 and max(attained) > 1 + 1e-9
    return "undetermined" if both else "not evaluated"


def _witness(
    table: Pairs,
    levels: Sequence[Level],
    named: Mapping[Level, Sequence[Item]],
    block: frozenset[Level],
) -> Mapping[str, tuple[int, int]]:
    """Return (count, base) of every figure in a table."""
    return {
        i.id: (a if i.levels == block else n - a, n)
        for level, (n, a) in zip(levels, table, strict=True)
        for i in named[level]
    }


def _number(group: Group) -> int | None:
    try:
        return group.number
    except TooLargeError:
        return None


def _why(limits: Extremes, verdict: Verdict) -> Label:
    def shown(value: Fraction) -> str:
        return f"{float(value):.6g}"

    low, high = shown(limits.low), shown(limits.high)
    reached = [shown(chi2_of(t)) for t in _tables(limits)]
    zh = (
        f"审计者的检验（chi2），假定简单随机抽样；可行表过多，未逐一列出：统计量必在 {low} 与 {high} 之间（证明），"
        f"已核对的表取到 {'、'.join(reached) or '无'}。"
    )
    en = (
        "the auditor's test (chi2), assuming a simple random sample; the feasible tables are too many "
        f"to list: the statistic is proven to lie between {low} and {high}, and checked tables attain "
        f"{' and '.join(reached) or 'nothing'}."
    )
    if verdict == "not evaluated":
        zh, en = f"{zh}界限不能决定。", f"{en} The limits do not decide."
    return Label(zh, en)
