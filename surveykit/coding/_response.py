"""Response accounting: what was distributed, what came back, what is used; AAPOR's rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from surveykit.codebook import OUTCOMES, Study
from surveykit.coding._check_run import Run
from surveykit.coding._codes import codes
from surveykit.coding._findings import Finding
from surveykit.errors import UsageError
from surveykit.results import Rows
from surveykit.survey import Survey, expect_survey
from surveykit.text import Bilingual, Label, Lang

if TYPE_CHECKING:
    from surveykit.stats.response import AaporRates

__all__ = ["Rate", "ResponseRates", "accounting", "rate_name", "response_rates"]

_NAMES = {
    "return_rate": Label("回收率（回收 / 发放）", "return rate (returned / distributed)"),
    "valid_rate": Label("有效率（有效 / 回收）", "valid rate (valid / returned)"),
    "valid_of_distributed": Label(
        "有效回收率（有效 / 发放）", "valid of those distributed (valid / distributed)"
    ),
    "RR1": Label("AAPOR 最低应答率 RR1", "AAPOR response rate 1 (minimum)"),
    "RR2": Label(
        "AAPOR 应答率 RR2（含部分完成）", "AAPOR response rate 2 (with partial interviews)"
    ),
    "RR3": Label("AAPOR 应答率 RR3（估计合格率）", "AAPOR response rate 3 (eligibility estimated)"),
    "RR4": Label("AAPOR 应答率 RR4（估计合格率，含部分完成）", "AAPOR response rate 4"),
    "RR5": Label("AAPOR 最高应答率 RR5", "AAPOR response rate 5 (maximum)"),
    "RR6": Label("AAPOR 最高应答率 RR6（含部分完成）", "AAPOR response rate 6"),
}


def rate_name(rate: str, lang: Lang) -> str:
    """Return what a rate is called; of an unknown one its own name.

    Examples
    --------
    >>> rate_name("valid_rate", "en"), rate_name("RR1", "zh")
    ('valid rate (valid / returned)', 'AAPOR 最低应答率 RR1')
    """
    return _NAMES[rate].text(lang) if rate in _NAMES else rate


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate: `count` of `base`, as `percent` (0-100)."""

    rate: str
    label: str
    count: int
    base: float
    percent: float


@dataclass(frozen=True, repr=False)
class ResponseRates(Rows):
    """Response rates as tidy rows."""

    columns: ClassVar[tuple[str, ...]] = tuple(Rate.__dataclass_fields__)

    rows: tuple[Rate, ...] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rates as dictionaries."""
        return [asdict(r) for r in self.rows]

    def __getitem__(self, rate: str) -> float:
        """Return a rate in percent by its name, such as "RR1"."""
        for row in self.rows:
            if row.rate == rate:
                return row.percent
        raise UsageError(
            f"the counts do not tell {rate!r}.",
            hint=f"there are {', '.join(r.rate for r in self.rows)}.",
        )


def response_rates(
    survey: Survey | None = None,
    *,
    distributed: int | None = None,
    returned: int | None = None,
    valid: int | None = None,
    partial: int | None = None,
    refusal: int | None = None,
    noncontact: int | None = None,
    other: int | None = None,
    unknown: int | None = None,
    ineligible: int | None = None,
    e: float | None = None,
    lang: Lang = "zh",
) -> ResponseRates:
    """Account for the questionnaires: returned, valid, and AAPOR's response rates.

    A rate is given where the counts tell it. All that was distributed and is not known to be
    ineligible is in the base of RR1 and RR2, whatever became of it; RR2 needs the partial
    interviews, RR3 and RR4 also `e`, RR5 and RR6 every disposition.

    Parameters
    ----------
    survey : Survey, optional
        Its codebook's study section gives the counts that are not given here; a disposition
        variable there is counted over all rows.
    distributed, returned, valid : int, optional
        Questionnaires handed out, that came back, and that are used (complete interviews).
    partial, refusal, noncontact, other, unknown, ineligible : int, optional
        Final dispositions, as AAPOR defines them.
    e : float, optional
        Share of the cases of unknown eligibility that are taken to be eligible.
    lang : {"zh", "en"}
        Of the labels.

    Returns
    -------
    ResponseRates

    Raises
    ------
    UsageError
        When there is no count, counts contradict each other, or `e` is no share.

    Examples
    --------
    >>> found = response_rates(distributed=400, returned=390, valid=385)
    >>> [(r["rate"], round(r["percent"], 2)) for r in found]
    [('return_rate', 97.5), ('valid_rate', 98.72), ('valid_of_distributed', 96.25), ('RR1', 96.25)]
    """
    if survey is not None:
        expect_survey(survey)
    given = {
        "distributed": distributed, "returned": returned, "valid": valid, "partial": partial,
        "refusal": refusal, "noncontact": noncontact, "other": other, "unknown": unknown,
        "ineligible": ineligible,
    }  # fmt: skip
    for name, count in given.items():
        if count is not None and (isinstance(count, bool) or count != int(count) or count < 0):
            raise UsageError(f"{name} is a number of questionnaires; got {count!r}.")
    if e is not None and not 0 <= e <= 1:
        raise UsageError(f"e is a share between 0 and 1; got {e!r}.")
    study = Study() if survey is None else _counted(survey)
    counts: dict[str, Any] = {k: int(v) for k, v in given.items() if v is not None}
    study = replace(study, **counts)
    _check_counts(study)
    rows = tuple(_rows(study, e, lang))
    if not rows:
        hint = "response_rates(distributed=400, returned=390, valid=385)."
        raise UsageError("the counts tell no rate.", hint=hint)
    return ResponseRates(rows)


def _counted(survey: Survey) -> Study:
    """Return the study, its dispositions counted where a variable holds them."""
    study = survey.codebook.study
    if study.disposition is None:
        return study
    found = codes(survey, study.disposition)
    of = {code: outcome for outcome, listed in study.dispositions for code in listed}
    counts: dict[str, Any] = dict.fromkeys(OUTCOMES, 0)
    for i, level in enumerate(found.levels):
        count = int(np.count_nonzero(found.values == i))
        if count and level.code not in of:
            raise UsageError(
                f"the code {level.code!r} of {study.disposition!r} stands for no outcome.",
                where=survey.codebook.path or None,
                hint=f"list it in disposition under one of {', '.join(OUTCOMES)}.",
            )
        if count:
            counts[of[level.code]] += count
    missing = {c.code for c in survey.variable(study.disposition).missing}
    elsewhere = [o for code, o in of.items() if code in missing]
    rest = int(np.count_nonzero(found.values < 0))
    counts[elsewhere[0] if elsewhere else "unknown"] += rest  # nothing is known of these cases
    valid = counts.pop("complete")
    return replace(study, distributed=survey.rows, returned=None, valid=valid, **counts)


def _check_counts(study: Study) -> None:
    for smaller, larger in (
        ("returned", "distributed"),
        ("valid", "returned"),
        ("valid", "distributed"),
    ):
        few, many = getattr(study, smaller), getattr(study, larger)
        if few is not None and many is not None and few > many:
            raise UsageError(f"{few} questionnaires {smaller} are more than {many} {larger}.")
    parts = [study.valid, study.partial, study.refusal, study.noncontact, study.other,
             study.unknown, study.ineligible]  # fmt: skip
    total = sum(p for p in parts if p is not None)
    if study.distributed is not None and total > study.distributed:
        raise UsageError(
            f"the dispositions add up to {total}, more than {study.distributed} distributed."
        )


def _rows(study: Study, e: float | None, lang: Lang) -> Iterator[Rate]:
    def rate(name: str, count: int | None, base: float | None) -> Iterator[Rate]:
        if count is not None and base:
            yield Rate(name, _NAMES[name].text(lang), count, base, 100 * count / base)

    yield from rate("return_rate", study.returned, study.distributed)
    yield from rate("valid_rate", study.valid, study.returned)
    yield from rate("valid_of_distributed", study.valid, study.distributed)
    yield from _aapor(study, e, lang)


def _aapor(study: Study, e: float | None, lang: Lang) -> Iterator[Rate]:
    from surveykit.stats.response import aapor_rates

    if study.valid is None:
        return
    known = (study.refusal, study.noncontact, study.other)
    refusal, noncontact, other = (k or 0 for k in known)
    partial = study.partial
    if partial is None and study.returned is not None and study.returned == study.valid:
        partial = 0  # all that came back is complete
    told = study.valid + (partial or 0) + refusal + noncontact + other
    if study.distributed is not None:
        unknown = study.distributed - (study.ineligible or 0) - told
    elif None not in (*known, study.unknown):
        unknown = study.unknown or 0
    else:
        return
    every = None not in (*known, partial)
    complete = every and unknown == (study.unknown or 0)
    share = e if complete else None
    rates = aapor_rates(
        study.valid, partial or 0, refusal, noncontact, other, unknown=unknown, e=share
    )
    yield from _named(rates, study.valid, partial, complete, lang)


def _named(
    rates: AaporRates, valid: int, partial: int | None, complete: bool, lang: Lang
) -> Iterator[Rate]:
    """Yield the rates that the counts tell."""
    everyone = ("RR1", "RR2", "RR3", "RR4", "RR5", "RR6")
    told = everyone if complete else everyone[:2] if partial is not None else everyone[:1]
    for i, name in enumerate(told):
        value = getattr(rates, name.lower())
        count = valid + (partial or 0) * (i % 2)
        if value is not None:
            base = count / value if value else 0.0
            yield Rate(name, _NAMES[name].text(lang), count, round(base, 6), 100 * value)


# ---------------------------------------------------------------- in a check
def accounting(run: Run) -> Iterator[Finding]:
    """Tell the response rates of the study, and whether the file holds as many records."""
    study = run.survey.codebook.study
    if study.disposition is not None and not run.survey.holds(
        run.survey.codebook[study.disposition]
    ):
        return
    if study.valid is None and study.disposition is None and study.returned is None:
        return
    try:
        zh, en = (response_rates(run.survey, lang=lang) for lang in ("zh", "en"))
    except UsageError as error:
        said = Bilingual(f"response rates cannot be computed: {error}", f"无法计算应答率：{error}")
        yield run.about_all("", "response", "warning", said)
        return
    for a, b in zip(zh.rows, en.rows, strict=True):
        said = Bilingual(
            f"{b.label}: {b.percent:.1f} % ({b.count} of {b.base:g}).",
            f"{a.label}：{a.percent:.1f}%（{a.count} / {a.base:g}）。",
        )
        yield run.about_all("", "response", "info", said, f"{a.percent:.1f}")
    yield from _records(run, study)


def _records(run: Run, study: Study) -> Iterator[Finding]:
    rows, valid = run.survey.rows, study.valid
    if study.disposition is not None or valid is None or rows == valid:
        return
    if rows == study.returned:
        said = Bilingual(
            f"the file holds all {rows} questionnaires that came back, of which {valid} are valid; "
            "all of them are counted unless where() leaves the others out.",
            f"文件含全部回收的 {rows} 份问卷，其中有效 {valid} 份；不用 where 排除时，无效问卷也计入统计。",
        )
    else:
        said = Bilingual(
            f"the file holds {rows} records; the codebook says {valid} valid questionnaires.",
            f"文件有 {rows} 条记录，编码簿写的有效问卷为 {valid} 份。",
        )
    yield run.about_all("", "record_count", "warning", said, str(rows))
