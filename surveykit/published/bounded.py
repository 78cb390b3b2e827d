"""A claim of association where the tables are too many to list: proven limits of chi-square or G²."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from surveykit.published.document import Claim
from surveykit.published.extremes import CHI2, G2, Extremes, Kernel, Pairs, extremes
from surveykit.published.fold import fold_key
from surveykit.published.model import Item, Level
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError
from surveykit.published.verdicts import ClaimVerdict, Verdict
from surveykit.text import Label

__all__ = ["bounded_association"]

TRENDS = ("linear_by_linear", "cochran_armitage")
KERNELS: Mapping[str, Kernel] = {"chi2": CHI2, "g2": G2}


def bounded_association(claim: Claim, group: Group, items: Sequence[Item]) -> ClaimVerdict | None:
    """Judge by limits that are proofs; None where they do not apply (see :mod:`extremes`)."""
    fold = group.folds[fold_key(group.reading, items[0])]
    if claim.test in TRENDS:
        return _bounded_trend(claim, group, items)
    kernel = KERNELS.get(claim.test or "")
    if kernel is None or fold.plane is None or set(items) != set(group.by_fold[fold.key]):
        return None
    levels = [a.level for a in fold.atoms]
    if len(levels) < 2:
        return None
    spans = [group.size_range(fold.key[0], level) for level in levels]
    sizes = [s for s in spans if s is not None]
    limits = extremes(fold.plane, group.ends(fold.key), sizes, kernel)
    deff, p = _scaled(limits, claim, len(levels) - 1)
    verdict = _verdict(
        deff, [_critical(t, claim, len(levels) - 1, kernel) for t in _tables(limits)]
    )
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
        why=_why(limits, verdict, claim, kernel),
        witnesses=chosen,
        exact=False,
    )


def _bounded_trend(claim: Claim, group: Group, items: Sequence[Item]) -> ClaimVerdict | None:
    """Judge a trend by chi-square, of which it is one part of several: never above it."""
    from scipy.special import chdtri

    whole = bounded_association(replace(claim, test="chi2"), group, items)
    if whole is None or whole.statistic is None:
        return None
    most = whole.statistic[1]
    deff = most / float(chdtri(1, float(claim.alpha)))
    if deff >= 1 - 1e-9:
        return None
    why = Label(
        f"审计者的检验（{claim.test}），假定简单随机抽样；趋势是 χ² 的一部分，而 χ² 至多 {most:.6g}（证明）。",
        f"the auditor's test ({claim.test}), assuming a simple random sample; a trend is a part of "
        f"chi-square, which is proven to be at most {most:.6g}.",
    )
    return ClaimVerdict(
        claim.id, "holds in none", None, claim.test,
        break_even_deff=(0.0, deff), tables=whole.tables, why=why, exact=False,
    )  # fmt: skip


def _tables(limits: Extremes) -> list[Pairs]:
    return [t for t in (limits.smallest, limits.largest) if t is not None]


def _critical(table: Pairs, claim: Claim, df: int, kernel: Kernel) -> float:
    from scipy.special import chdtri

    return float(kernel.of(table)) / float(chdtri(df, float(claim.alpha)))


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


def _why(limits: Extremes, verdict: Verdict, claim: Claim, kernel: Kernel) -> Label:
    def shown(value: Fraction) -> str:
        return f"{float(value):.6g}"

    low, high = shown(limits.low), shown(limits.high)
    reached = [shown(kernel.of(t)) for t in _tables(limits)]
    zh = (
        f"审计者的检验（{claim.test}），假定简单随机抽样；可行表过多，未逐一列出：统计量必在 {low} 与 {high} 之间（证明），"
        f"已核对的表取到 {'、'.join(reached) or '无'}。"
    )
    en = (
        f"the auditor's test ({claim.test}), assuming a simple random sample; the feasible tables are too many "
        f"to list: the statistic is proven to lie between {low} and {high}, and checked tables attain "
        f"{' and '.join(reached) or 'nothing'}."
    )
    if verdict == "not evaluated":
        zh, en = f"{zh}界限不能决定。", f"{en} The limits do not decide."
    return Label(zh, en)
