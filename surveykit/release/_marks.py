"""Reliability marks: each estimate beside a published rule, with the reason in its note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from surveykit.estimate import Estimate, Estimates
from surveykit.release._rules import Cell, Reason, Rule, rule_named
from surveykit.text import Label, Lang

__all__ = ["mark_reliability"]

_TEXTS = {
    "small_n": Label(zh="样本量 {n:.0f}，不足 30", en="sample size {n:.0f}, below 30"),
    "small_effective": Label(
        zh="有效样本量 {n:.1f}，不足 30", en="effective sample size {n:.1f}, below 30"
    ),
    "no_interval": Label(zh="没有置信区间", en="no confidence interval"),
    "wide": Label(
        zh="置信区间宽 {width:.1f} 个百分点，不小于 30",
        en="interval {width:.1f} percentage points wide, 30 or more",
    ),
    "relatively_wide": Label(
        zh="置信区间宽为比例的 {relative:.0f}%，大于 130%",
        en="interval {relative:.0f} % as wide as the proportion, above 130 %",
    ),
    "complement": Label(
        zh="置信区间宽为余下比例的 {relative:.0f}%，大于 130%",
        en="interval {relative:.0f} % as wide as the complement, above 130 %",
    ),
    "small_df": Label(zh="自由度 {df:.0f}，不足 8", en="{df:.0f} degrees of freedom, below 8"),
    "edge": Label(zh="恰为 0 或 100%", en="exactly 0 or 100 %"),
    "large_cv": Label(
        zh="变异系数 {cv:.1f}%，大于 {limit:g}%",
        en="coefficient of variation {cv:.1f} %, above {limit:g} %",
    ),
    "no_cv": Label(zh="没有变异系数", en="no coefficient of variation"),
    "separator": Label(zh="；", en="; "),
    "summary": Label(
        zh="可靠性按 {rule} 标准标注：{suppressed} 个估计不宜发布，{unreliable} 个宜慎用。",
        en="Reliability by the {rule} standards: {suppressed} estimates not to be published, "
        "{unreliable} to be used with caution.",
    ),
    "nchs": Label(
        zh="NCHS 比例发布（Parker 等 2017）",
        en="NCHS presentation (proportions; Parker et al. 2017)",
    ),
    "statcan": Label(zh="加拿大统计局变异系数", en="Statistics Canada (CV)"),
    "abs": Label(zh="澳大利亚统计局相对标准误", en="ABS (relative standard error)"),
}
# what a share is; others with a standard error are judged by their coefficient of variation
SHARES = ("percent", "row_percent", "total_percent")
# statistics that are no estimates of a population
BASES = frozenset(
    ("count", "missing", "cv", "sd", "asked", "answered", "responses", "weighted_base",
     "effective_base", "min", "max", "difference", "ratio_of", "odds_ratio")
)  # fmt: skip


def mark_reliability(estimates: Estimates, rule: str = "nchs") -> Estimates:
    """Mark estimates that a published rule calls unreliable or not to be shown.

    No number is changed or removed: rows get the mark ``unreliable`` or ``suppressed`` and the
    reason in `note`; what is shown of them is decided by tables.

    Parameters
    ----------
    estimates : Estimates
        Of `freq`, `crosstab`, `mean`, `total` or `ratio`.
    rule : {"nchs", "statcan", "abs"}
        "nchs": percentages by the standards of the US National Center for Health Statistics
        (sample size, effective sample size, width of Korn and Graubard's interval, degrees of
        freedom), whatever interval the rows show. "statcan": coefficients of variation above
        16.5 % are marked unreliable, above 33.3 % suppressed. "abs": 25 % and 50 %.

    Returns
    -------
    Estimates
        A copy; its notes say how many rows were marked.

    Raises
    ------
    UnknownNameError
        For an unknown rule.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.estimate import freq
    >>> from surveykit.survey import Survey
    >>> few = freq(Survey(pd.DataFrame({"aware": ["yes"] * 9 + ["no"] * 11})), "aware", lang="en")
    >>> row = next(r for r in mark_reliability(few).rows if r.stat == "percent")
    >>> row.mark, row.note
    ('suppressed', 'sample size 20, below 30')
    """
    judge, lang = rule_named(rule), estimates.spec.lang
    rows = tuple(_marked(row, judge, lang) for row in estimates.rows)
    changed = (r.mark for r, old in zip(rows, estimates.rows, strict=True) if r is not old)
    found = Counter(changed)
    note = _say(
        "summary", lang, rule=_say(rule, lang),
        suppressed=found["suppressed"], unreliable=found["unreliable"],
    )  # fmt: skip
    return replace(estimates, rows=rows, notes=(*estimates.notes, note))


def _marked(row: Estimate, rule: Rule, lang: Lang) -> Estimate:
    if row.stat in BASES or row.se is None or row.mark:
        return row
    share = row.stat in SHARES
    unit = 100.0 if share else 1.0
    estimate = None if row.estimate is None else row.estimate / unit
    cell = Cell(share, estimate, row.se / unit, row.n, row.deff, row.df)
    verdict = rule(cell)
    if not verdict.mark:
        return row
    return row._replace(mark=verdict.mark, note=_reasons(row.note, verdict.reasons, lang))


def _reasons(note: str, reasons: Iterable[Reason], lang: Lang) -> str:
    said = (_say(name, lang, **numbers) for name, numbers in reasons)
    return _say("separator", lang).join(part for part in (note, *said) if part)


def _say(key: str, lang: Lang, **values: object) -> str:
    return _TEXTS[key].text(lang).format(**values)
