"""`verify`: respondents' data against what a paper printed, figure by figure.

Everything is counted in whole numbers; a share is printed under the file's rounding and compared
with the digits of the paper. Where they differ, the readings under which they would agree are named:
another base, responses instead of cases, another rounding, another reading of the file.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, TypeVar

import numpy as np

from surveykit.errors import InputError, SurveyKitError
from surveykit.published.comparing import Case, Comparison, digits, read_figure, share_of, why_of
from surveykit.published.document import AS_PRINTED, Count, Figure, Published, Scenario
from surveykit.published.document_means import PrintedMean
from surveykit.published.document_tests import PrintedTest
from surveykit.published.load import as_published
from surveykit.published.observed import Observed, Share, other_bases
from surveykit.published.rounding import ROUNDINGS, Printed, count_range, prints
from surveykit.published.verify_claims import compare_claim
from surveykit.published.verify_evidence import compare_mean, compare_test
from surveykit.results import Rows
from surveykit.survey import Survey
from surveykit.text import Bilingual, Label, Lang

__all__ = ["Verification", "verify"]

T = TypeVar("T", PrintedMean, PrintedTest)


@dataclass(frozen=True, repr=False)
class Verification(Rows):
    """Data against a paper: one row for each printed figure, count and claim."""

    columns: ClassVar[tuple[str, ...]] = (
        "kind", "id", "printed", "computed", "count", "base", "status", "difference", "readings",
        "why", "source",
    )  # fmt: skip

    published: Published
    scenario: str
    comparisons: tuple[Comparison, ...]
    file: str = ""
    notes: tuple[str, ...] = ()
    lang: Lang = "zh"
    synthetic: bool = False

    @property
    def differences(self) -> tuple[Comparison, ...]:
        """What does not come out as printed."""
        return tuple(c for c in self.comparisons if c.status == "differs")

    @property
    def clean(self) -> bool:
        """Whether everything that can be computed comes out as printed."""
        return not self.differences

    @property
    def tally(self) -> dict[str, int]:
        """How many comparisons came out in each way."""
        return dict(Counter(c.status for c in self.comparisons))

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one row for each comparison, in the order of the file."""
        return [
            dict(zip(self.columns, (
                c.kind, c.id, c.printed, c.computed, c.count, c.base, c.status,
                None if c.difference is None else _signed(c.difference),
                "; ".join(r.text(self.lang) for r in c.readings), c.why.text(self.lang), c.source,
            ), strict=True))
            for c in self.comparisons
        ]  # fmt: skip

    def to_json(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return everything, ready for ``json.dumps``."""
        said = self if lang is None else replace(self, lang=lang)
        rows = said.to_dicts()
        for row, comparison in zip(rows, self.comparisons, strict=True):
            row["readings"] = [r.text(said.lang) for r in comparison.readings]
        return {
            "scenario": self.scenario, "file": self.file, "synthetic": self.synthetic,
            "clean": self.clean, "tally": self.tally, "comparisons": rows,
            "notes": list(self.notes),
        }  # fmt: skip


def verify(
    published: Published | str | os.PathLike[str],
    survey: Survey,
    *,
    scenario: str | None = None,
    lang: Lang = "zh",
) -> Verification:
    """Compare respondents' data with what was printed.

    Parameters
    ----------
    published : Published or path
    survey : Survey
        Its variables are found by name, header or question; a level by code, else by label, else
        (with a codebook of as many choices) by position. Weights are not used: a weighted
        percentage cannot be written into a `published.yaml`.
    scenario : str, optional
        Id of the reading; the one that synthetic records follow, else ``as_printed``.
    lang : {"zh", "en"}

    Returns
    -------
    Verification

    Raises
    ------
    UnknownNameError
        For a reading that the file does not have.
    InputError
        When nothing that the paper prints can be computed from the data.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.published.load import parse_published
    >>> paper = parse_published('''
    ... surveykit: published/1
    ... study: {title: A paper}
    ... variables: {aware: {levels: ["yes", "no"]}}
    ... counts: [{id: all, count: "3"}]
    ... figures: [{id: yes, percent: "66.6", where: {aware: "yes"}}]
    ... ''')
    >>> survey = Survey(pd.DataFrame({"aware": ["yes", "no", "yes"]}))
    >>> found = verify(paper, survey, lang="en")
    >>> [(c.id, c.computed, c.status) for c in found.comparisons]
    [('all', '3', 'match'), ('yes', '66.7', 'differs')]
    >>> found.comparisons[1].readings[0].en
    'rounding truncate prints 66.6'
    """
    published = as_published(published)
    chosen = published.scenario(scenario or _followed(published, survey))
    case = Case(published, chosen, Observed(survey, published))
    comparisons = (
        *(_count(case, c) for c in published.counts),
        *(_figure(case, f) for f in case.figures.values()),
        *(compare_mean(case, m) for m in _read(published.means, chosen)),
        *(compare_claim(case, c) for c in published.claims),
        *(compare_test(case, t) for t in _read(published.tests, chosen)),
    )
    if comparisons and all(c.status == "cannot be computed" for c in comparisons):
        first = comparisons[0]
        raise InputError(
            f"nothing that the paper prints can be computed from these data ({first.id}: "
            f"{first.why.en})",
            where=survey.source or None,
            hint="give the codebook of the file: its variables are matched by name.",
        )
    notes = (*_notes(case), *survey.notes)
    synthetic = survey.synthetic is not None
    return Verification(published, chosen.id, comparisons, survey.source, notes, lang, synthetic)


def _read(evidence: Iterable[T], scenario: Scenario) -> list[T]:
    """Return printed means or tests as a reading has them."""
    return [
        replace(e, **scenario.figures.get(e.id, {}))
        for e in evidence
        if e.id not in scenario.without
    ]


def _followed(published: Published, survey: Survey) -> str:
    """Return the reading that synthetic records follow, if the paper has it."""
    reading = survey.synthetic.reading if survey.synthetic is not None else ""
    return reading if reading in {s.id for s in published.scenarios} else AS_PRINTED


def _notes(case: Case) -> list[str]:
    out: list[str] = []
    if case.synthetic is not None:
        out.append(Bilingual(
            "these are SYNTHETIC records, made from the printed figures: a match says nothing of the paper.",
            "这是由印出的数字生成的合成（SYNTHETIC）记录：相符并不说明论文正确。",
        ))  # fmt: skip
    for name in case.published.variables:
        try:
            answers = case.observed.answers(name)
        except SurveyKitError:
            continue
        if answers.how == "position":
            out.append(Bilingual(
                f"levels of {name!r} are matched with the codebook's choices by their order.",
                f"变量 {name!r} 的类别按顺序与编码表的选项对应。",
            ))  # fmt: skip
    return out


def _signed(value: Fraction) -> str:
    """Show an exact difference: as a decimal of up to 6 places."""
    text = f"{float(value):+.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("+0", "-0") else text


# --- counts ---------------------------------------------------------------------------------


def _count(case: Case, count: Count) -> Comparison:
    printed = case.scenario.counts.get(count.id, count.count)
    unknown = Comparison(
        "count", count.id, str(printed), "", None, None, "cannot be computed", source=count.source
    )
    if count.what:
        why = Label(f"不是受访者人数：{count.what}。", f"no number of respondents: {count.what}.")
        return replace(unknown, why=why)
    try:
        found = int(case.observed.members(count.where).sum())
    except SurveyKitError as error:
        return replace(unknown, why=why_of(error))
    made = replace(unknown, computed=str(found), count=found)
    if found == printed:
        return replace(made, status="match")
    readings = tuple(_count_readings(case, count, printed))
    return replace(made, status="differs", difference=Fraction(found - printed), readings=readings)


def _count_readings(case: Case, count: Count, printed: int) -> Iterable[Label]:
    """Name what would make a count agree: all rows, or those who answered a question."""
    observed = case.observed
    if not count.where:
        if observed.survey.rows == printed:
            yield Label(f"全部 {printed} 条记录", f"all {printed} rows, whatever the domain")
        for name in case.published.variables:
            try:
                answered = int((observed.everyone & observed.answers(name).answered).sum())
            except SurveyKitError:
                continue
            if answered == printed:
                yield Label(f"回答了 {name} 的人数", f"those who answered {name}")
    for scenario in case.published.scenarios:
        found = int(observed.members(count.where).sum())
        if scenario.id != case.scenario.id and scenario.counts.get(count.id) == found:
            yield _of_reading(scenario)


def _of_reading(scenario: Scenario) -> Label:
    return Label(f"读法 {scenario.id}", f"the reading {scenario.id}")


# --- figures --------------------------------------------------------------------------------


def _figure(case: Case, figure: Figure) -> Comparison:
    unknown = Comparison(
        "figure", figure.id, figure.percent or "", "", None, None, "cannot be computed",
        source=figure.source,
    )  # fmt: skip
    try:
        share = share_of(case, figure)
    except SurveyKitError as error:
        return replace(unknown, why=why_of(error))
    made = replace(unknown, count=share.count, base=share.base, why=_of_printed(figure))
    if share.base == 0:
        return replace(made, why=Label("基数为零。", "nobody is in this base."))
    if figure.percent is None:
        shown = prints(share.count, share.base, 1, case.rounding)
        return replace(made, computed=" / ".join(shown), status="not printed")
    texts = digits(figure.percent)
    decimals = Printed.parse(texts[0]).decimals
    made = replace(
        made, computed=" / ".join(prints(share.count, share.base, decimals, case.rounding))
    )
    if any(_prints_so(share, text, case.rounding) for text in texts):
        return replace(made, status="match")
    exact = Fraction(100 * share.count, share.base)
    gaps = [exact - Printed.parse(text).value for text in texts]
    return replace(
        made,
        status="differs",
        difference=min(gaps, key=abs),
        readings=tuple(_readings(case, figure, share, texts)),
        why=_near_count(share, texts, case.rounding),
    )


def _of_printed(figure: Figure) -> Label:
    if not isinstance(figure.of, tuple):
        return Label()
    return Label("由印出的两个数算得。", "computed of the two printed numbers.")


def _prints_so(share: Share, text: str, rounding: str) -> bool:
    if share.base < 1:
        return False
    low, high = count_range(Printed.parse(text), np.array([share.base]), rounding)
    return bool(low[0] <= share.count <= high[0])


def _near_count(share: Share, texts: Iterable[str], rounding: str) -> Label:
    """Say how many respondents more or fewer would print so."""
    steps = []
    for text in texts:
        low, high = count_range(Printed.parse(text), np.array([share.base]), rounding)
        if low[0] <= high[0]:
            end = low[0] if share.count < low[0] else high[0]
            steps.append(int(end) - share.count)
    if not steps:
        return Label(
            f"基数 {share.base} 时没有整数人数会印成这样。",
            f"no whole number of {share.base} prints so.",
        )
    step = min(steps, key=abs)
    return Label(
        f"要印成这样，须{'多' if step > 0 else '少'} {abs(step)} 人。",
        f"{abs(step)} {'more' if step > 0 else 'fewer'} would print so.",
    )


_BASES = {
    "refused": Label("把拒答等用户缺失计入基数", "user-missing answers counted in the base"),
    "asked": Label("把未作答者计入基数", "those who did not answer counted in the base"),
    "group": Label("以全组（含未被问到者）为基数", "the whole group as the base, not asked included"),
    "cases": Label("以人数（回答了该题的人）为基数", "cases, not responses"),
    "responses": Label("以选择次数为基数", "responses, not cases"),
    "listed": Label("只以论文列出的类别为基数", "only the levels that the paper lists as the base"),
    "total": Label("是全体的百分比，而不是该组的", "the share of all respondents, not of this group"),
    "share of all": Label("以全体为基数（总百分比）", "all respondents as the base (a total percentage)"),
    "other direction": Label("行列方向相反", "the other direction: the share of the group among these"),
}  # fmt: skip


def _readings(case: Case, figure: Figure, share: Share, texts: tuple[str, ...]) -> Iterable[Label]:
    """Name the readings under which the figure would print as the paper has it."""
    found = [*_roundings(share, texts)]
    bases = [] if isinstance(figure.of, tuple) else _other_shares(case, figure, share)
    near = [
        _withshare_of(_BASES[name], other)
        for name, other in bases
        if any(_prints_so(other, text, case.rounding) for text in texts)
    ]
    found += near
    found += [*_other_scenarios(case, figure)]
    if not found:
        found = [
            Label(f"{label.zh}，且{rounding.zh}", f"{label.en}, and {rounding.en}")
            for name, other in bases
            for label in [_withshare_of(_BASES[name], other)]
            for rounding in _roundings(other, texts)
        ]
    if figure.sum:
        found += [*_rounded_sum(case, figure, texts)]
    return found


def _withshare_of(label: Label, share: Share) -> Label:
    return Label(
        f"{label.zh}（{share.count}/{share.base}）", f"{label.en} ({share.count} of {share.base})"
    )


def _roundings(share: Share, texts: Iterable[str]) -> Iterable[Label]:
    for text in texts:
        for mode in ROUNDINGS:
            if mode != "either" and _prints_so(share, text, mode):
                yield Label(f"舍入方式 {mode} 印作 {text}", f"rounding {mode} prints {text}")


def _other_shares(case: Case, figure: Figure, own: Share) -> list[tuple[str, Share]]:
    """Count the figure's cell on other bases; each share once."""
    out: dict[Share, str] = {own: ""}
    for name, other, base in other_bases(case.observed, figure):
        out.setdefault(case.observed.share(other, base), name)
    return [(name, share) for share, name in out.items() if name]


def _other_scenarios(case: Case, figure: Figure) -> Iterable[Label]:
    (original,) = [f for f in case.published.figures if f.id == figure.id]
    for scenario in case.published.scenarios:
        other = read_figure(original, scenario)
        if other == figure or other.percent is None or scenario.id == case.scenario.id:
            continue
        try:
            share = share_of(case, other)
        except SurveyKitError:
            continue
        if any(_prints_so(share, text, case.rounding) for text in digits(other.percent)):
            yield _of_reading(scenario)


def _rounded_sum(case: Case, figure: Figure, texts: tuple[str, ...]) -> Iterable[Label]:
    """Whether the sum of the parts, each rounded, is what was printed."""
    parts = [case.figures[i] for i in figure.sum if i in case.figures]
    shares = [share_of(case, part) for part in parts]
    if len(parts) != len(figure.sum) or any(s.base == 0 for s in shares):
        return
    decimals = Printed.parse(texts[0]).decimals
    rounded = [prints(s.count, s.base, decimals, case.rounding)[0] for s in shares]
    total = sum((Printed.parse(r).value for r in rounded), Fraction(0))
    if any(Printed.parse(text).value == total for text in texts):
        terms = " + ".join(rounded)
        yield Label(f"已取整的各部分之和（{terms}）", f"the sum of rounded parts ({terms})")
