"""Checks of one variable at a time: what its cells may hold, who was to answer it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator

import numpy as np

from surveykit.codebook import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    CodedCategories,
    CodedNumbers,
    CodedSets,
    Unknown,
    Variable,
    missing_token,
)
from surveykit.coding._advice import advice, allowed
from surveykit.coding._check_run import Bools, Run
from surveykit.coding._findings import Finding
from surveykit.errors import SurveyKitError
from surveykit.rules import Values, parse_rule
from surveykit.survey import Coded, operand_of
from surveykit.text import Bilingual, fold, shortest

__all__ = ["of_variable"]

_MOST_ADVISED = 200  # values of one variable for which near misses are looked for
_LOOKS_EXCLUSIVE = re.compile(
    r"(以上|上述)?(都|均|全|皆)(没有|不是|不|无|没)[^，,；;]{0,4}|(以上|上述)(都|均)?(无|没有)|无|没有|不知道|不清楚"
    r"|none( of (the|these)( above)?)?|no answer|do(n'?t| not) know|nothing|neither",
    re.IGNORECASE,
)


def of_variable(run: Run, variable: Variable) -> Iterator[Finding]:
    """Check one variable of the codebook."""
    if not run.survey.holds(variable):
        yield from _not_found(run, variable)
        return
    coded = run.survey.coded(variable.name)
    if not variable.derived:
        yield from _unknown(run, variable, coded)
    yield from _left_over(run, variable, coded)
    yield from _out_of_range(run, variable, coded)
    yield from _skips(run, variable, coded)
    if isinstance(coded, CodedSets):
        yield from _exclusive(run, variable, coded)
        yield from _never_counted(run, variable, coded)


def _not_found(run: Run, variable: Variable) -> Iterator[Finding]:
    if variable.identifier:
        return
    headers = ", ".join(variable.headers or variable.sources)
    zh, en = f"数据中没有该变量的列：{headers}。", f"no column in the data: {headers}."
    known = [run.header(str(c)) for c in run.survey.frame.columns]
    near = [n for h in variable.headers for n in difflib.get_close_matches(h, known, n=1)]
    if near:
        zh, en = f"{zh}是否应为“{near[0]}”？", f"{en} Did you mean {near[0]!r}?"
    yield run.about_all(variable.name, "not_found", "warning", Bilingual(en, zh))


# ---------------------------------------------------------------- values
def _unknown(run: Run, variable: Variable, coded: Coded) -> Iterator[Finding]:
    by_column: dict[str, list[Unknown]] = {}
    for unknown in coded.unknown:
        by_column.setdefault(unknown.column, []).append(unknown)
    for name, values in by_column.items():
        column = run.survey.column(name)
        said = dict(_advised(run, variable, name, values, isinstance(coded, CodedNumbers)))
        table = np.array([text in said for text in column.values], dtype=bool)
        texts, index = column.values, column.index
        yield from run.each(
            column.spread(table),
            variable.name,
            "not_in_codebook",
            "error",
            lambda row, said=said, texts=texts, index=index: said[texts[index[row]]],  # type: ignore[misc]
            lambda row, texts=texts, index=index: texts[index[row]],  # type: ignore[misc]
        )


def _advised(
    run: Run, variable: Variable, column: str, values: list[Unknown], numeric: bool
) -> Iterator[tuple[str, Bilingual]]:
    """Return the message for each value; near misses of the first few hundred only."""
    what_zh, what_en = "取值不在编码簿中", "value not in the codebook"
    if numeric:
        what_zh, what_en = "不是数字", "not a number"
    header, plain = run.header(column), allowed(variable)
    for i, unknown in enumerate(values):
        told = advice(variable, unknown.value) if i < _MOST_ADVISED else plain
        zh, en = f"{what_zh}（列“{header}”）。{told.zh}", f"{what_en} (column {header!r}). {told}"
        yield unknown.value, Bilingual(en, zh)


def _left_over(run: Run, variable: Variable, coded: Coded) -> Iterator[Finding]:
    """Find numbers that no bin takes, and choices that no collapsed category takes."""
    if not isinstance(coded, CodedCategories) or not (variable.bins or variable.collapse):
        return
    name = variable.sources[0]
    source = run.survey.coded(name)
    if isinstance(source, CodedSets):
        return
    given = source.status == 0 if isinstance(source, CodedNumbers) else source.values >= 0
    if variable.bins:
        low, high = variable.bins[0], variable.bins[-1]
        zh = f"{name} 超出分组范围 [{low:g}, {high:g})，按用户缺失值处理；请核对原始记录。"
        en = f"{name} lies outside the bins [{low:g}, {high:g}) and counts as missing; check the record."
        outside = given & (coded.values == USER_MISSING)
        yield from run.each(
            outside, variable.name, "range", "warning", Bilingual(en, zh), _shows(source)
        )
        return
    count = int(np.count_nonzero(given & (coded.values == USER_MISSING) & run.inside))
    if count:
        zh = f"{name} 的 {count} 个回答不属于任何合并类别，按用户缺失值处理。"
        en = f"{count} answers of {name} are in no category and count as missing."
        yield run.about_all(variable.name, "not_collapsed", "info", Bilingual(en, zh), str(count))


def _out_of_range(run: Run, variable: Variable, coded: Coded) -> Iterator[Finding]:
    if variable.range is None or variable.derived or not isinstance(coded, CodedNumbers):
        return
    low, high = variable.range
    with np.errstate(invalid="ignore"):
        outside = (coded.status == 0) & ((coded.values < low) | (coded.values > high))
    ends = [("≥ ", low), ("≤ ", high)]
    limits = ", ".join(f"{sign}{shortest(x)}" for sign, x in ends if np.isfinite(x))
    zh = f"超出编码簿规定的范围（{limits}）；数值未作改动，仍计入统计。"
    en = f"outside the range of the codebook ({limits}); it is left as it is and counted."
    yield from run.each(outside, variable.name, "range", "error", Bilingual(en, zh), _shows(coded))


def _exclusive(run: Run, variable: Variable, coded: CodedSets) -> Iterator[Finding]:
    """Find choices that exclude all others together with others."""
    several = coded.chosen.sum(axis=1) > 1
    for i, choice in enumerate(coded.levels):
        marked = choice.code in variable.exclusive
        if not marked and not _looks_exclusive(choice.label.zh, choice.label.en):
            continue
        label_zh, label_en = choice.label.text("zh"), choice.label.text("en")
        if marked:
            zh = f"选了排他选项“{label_zh}”，又选了其他选项。"
            en = f"chose {label_en!r}, which excludes all others, together with others."
        else:
            zh = f"“{label_zh}”像是排他选项，却与其他选项同选；若确是排他选项，请写入编码簿的 exclusive。"
            en = (
                f"{label_en!r} looks like a choice that excludes all others, and is chosen with "
                "others; if it does, list it under `exclusive:`."
            )
        yield from run.each(
            several & coded.chosen[:, i],
            variable.name,
            "exclusive",
            "error" if marked else "warning",
            Bilingual(en, zh),
            _shows(coded),
        )


def _looks_exclusive(*labels: str) -> bool:
    return any(
        _LOOKS_EXCLUSIVE.fullmatch(fold(label).strip("。.!！ ")) for label in labels if label
    )


def _never_counted(run: Run, variable: Variable, coded: CodedSets) -> Iterator[Finding]:
    """Find yes/no columns that hold answers, none of which is the counted one."""
    if variable.counted is None or coded.chosen.any():
        return
    columns = [run.survey.column(c) for c in run.survey.columns_of(variable)]
    held = sorted({v for c in columns for v in c.values if missing_token(v) is None})
    if held:
        shown = ", ".join(held[:8])
        zh = f"没有一列含有计数值 {variable.counted!r}；出现的是：{shown}。"
        en = f"no column holds the counted value {variable.counted!r}; they hold: {shown}."
        yield run.about_all(variable.name, "never_counted", "warning", Bilingual(en, zh), shown)


# ---------------------------------------------------------------- who answered
def _skips(run: Run, variable: Variable, coded: Coded) -> Iterator[Finding]:
    """Find answers of people who were not asked; then item non-response of those who were."""
    who = run.inside
    if variable.asked_if is not None:
        try:
            who = parse_rule(variable.asked_if).evaluate(_lenient(run))
        except SurveyKitError as error:
            zh = f"无法判断跳答规则 {variable.asked_if!r}：{error}"
            en = f"the rule {variable.asked_if!r} cannot be evaluated: {error}"
            yield run.about_all(variable.name, "not_evaluated", "warning", Bilingual(en, zh))
            return
        zh = f"按跳答规则 {variable.asked_if!r} 未被询问，却有回答。"
        en = f"answered although {variable.asked_if!r} does not hold."
        wrong = _answered(coded) & ~who
        if not variable.derived:
            yield from run.each(
                wrong, variable.name, "skip", "error", Bilingual(en, zh), _shows(coded)
            )
    if not variable.derived:
        yield from _nonresponse(run, variable, coded, who)


def _lenient(run: Run) -> Callable[[str], Values]:
    def lookup(name: str) -> Values:
        return operand_of(run.survey.variable(name), run.survey.coded(name))

    return lookup


def _answered(coded: Coded) -> Bools:
    status = coded.values if isinstance(coded, CodedCategories) else coded.status
    return np.isin(status, (BLANK, NONE_CHOSEN, NOT_ASKED), invert=True)


def _nonresponse(run: Run, variable: Variable, coded: Coded, who: Bools) -> Iterator[Finding]:
    status = coded.values if isinstance(coded, CodedCategories) else coded.status
    base = int(np.count_nonzero(who & run.inside & (status != NOT_ASKED)))
    blank = int(np.count_nonzero(who & run.inside & (status == BLANK)))
    if blank:
        share = 100 * blank / base
        zh = f"被询问的 {base} 人中 {blank} 人未回答（项目无回答 {share:.1f}%）。"
        en = f"{blank} of {base} who were asked did not answer (item non-response {share:.1f} %)."
        yield run.about_all(variable.name, "nonresponse", "info", Bilingual(en, zh), str(blank))


def _shows(coded: Coded) -> Callable[[int], str]:
    """Return what shows the value of a row."""
    if isinstance(coded, CodedSets):
        return _shows_sets(coded)

    def show(row: int) -> str:
        if isinstance(coded, CodedNumbers):
            return shortest(float(coded.values[row])) if coded.status[row] == 0 else ""
        code = int(coded.values[row])
        return coded.levels[code].code if code >= 0 else ""

    return show


def _shows_sets(coded: CodedSets) -> Callable[[int], str]:
    known: dict[bytes, str] = {}

    def show(row: int) -> str:
        chosen = coded.chosen[row]
        key = chosen.tobytes()
        if key not in known:
            known[key] = ", ".join(coded.levels[i].code for i in np.flatnonzero(chosen))
        return known[key]

    return show
