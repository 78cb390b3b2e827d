"""The findings of a check for people, by rule and variable: for a terminal, and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from surveykit.coding import Case, Findings, Group
from surveykit.report.build import Report
from surveykit.report.page import fill
from surveykit.report.parts import Html
from surveykit.text import Label, Lang, clean, in_lang, pad, width

__all__ = ["check_html", "check_text"]

_SEVERITY: Final = {
    "error": Label("错误", "error"),
    "warning": Label("警告", "warning"),
    "info": Label("提示", "info"),
}
_RULE: Final = {
    "duplicate_id": Label("编号重复", "record id twice"),
    "duplicate_record": Label("整条记录重复", "record twice"),
    "empty_record": Label("空记录", "empty record"),
    "exclusive": Label("排他选项与其他同选", "exclusive choice with others"),
    "fieldwork": Label("不在调查期内", "outside the fieldwork"),
    "identifier": Label("直接标识信息", "direct identifier"),
    "impossible_date": Label("不可能的日期", "impossible date"),
    "impossible_duration": Label("不可能的时长", "impossible duration"),
    "never_counted": Label("计数值未出现", "counted value not there"),
    "nonresponse": Label("项目无回答", "item non-response"),
    "not_a_date": Label("不是日期", "no date"),
    "not_collapsed": Label("未归入合并类别", "in no category"),
    "not_described": Label("编码簿未说明", "not in the codebook"),
    "not_evaluated": Label("规则无法判断", "rule not evaluated"),
    "not_found": Label("缺列", "column not found"),
    "not_in_codebook": Label("取值不在编码簿中", "value not in the codebook"),
    "range": Label("超出范围", "out of range"),
    "record_count": Label("记录数不符", "number of records"),
    "response": Label("回收与应答", "response"),
    "sensitive": Label("敏感信息", "sensitive"),
    "skip": Label("违反跳答规则", "skip rule broken"),
    "speeder": Label("作答过快", "speeder"),
    "straight_line": Label("同一选项到底", "straight line"),
    "straight_lining": Label("同一选项到底的比例", "share of straight lines"),
    "total_row": Label("合计行", "row of totals"),
    "under_14": Label("未满十四周岁", "under 14"),
    "unique_combination": Label("可识别的组合", "unique combination"),
    "weight": Label("权重", "weight"),
}
_COLUMNS: Final = {
    "severity": Label("级别", "Severity"),
    "variable": Label("变量", "Variable"),
    "rule": Label("规则", "Rule"),
    "count": Label("条数", "Count"),
    "message": Label("说明", "Message"),
}
_TITLE: Final = Label("数据检查：{source}", "Check of the data: {source}")
_COUNTS: Final = Label(
    "{rows} 条记录；{error} 个错误、{warning} 个警告、{info} 个提示。",
    "{rows} records; errors: {error}, warnings: {warning}, notes: {info}.",
)
_NONE: Final = Label("没有发现与编码表不符之处。", "Nothing contradicts the codebook.")
_RECORDS: Final = Label("记录 {records}", "{what} {records}")
_VALUE: Final = Label("“{value}”", "{value!r}")
_MORE_CASES: Final = Label("另有 {n} 种取值，共 {count} 条。", "{n} more values, {count} findings.")
_WIDEST: Final = 28
_CASES, _RECORDS_SHOWN = 5, 6


def check_text(
    findings: Findings,
    lang: Lang = "zh",
    *,
    source: str = "",
    rows: int = 0,
    notes: Sequence[str] = (),
) -> str:
    """Return findings as text: how many of each severity, then each rule and variable.

    Examples
    --------
    >>> from surveykit.coding import Finding
    >>> found = Finding("2", "sex", "not_in_codebook", "7", "…", "Allowed: 1, 2.", "error")
    >>> print(check_text(Findings((found,)), "en", source="a.csv", rows=3))
    Check of the data: a.csv
    3 records; errors: 1, warnings: 0, notes: 0.
    <BLANKLINE>
    Severity  Variable  Rule                       Count  Message
    error     sex       value not in the codebook  1      '7' (record 2): Allowed: 1, 2.
    <BLANKLINE>
    """
    lines = [_TITLE.text(lang).format(source=source), _summary(findings, lang, rows)]
    lines += [in_lang(note, lang) for note in notes]
    groups = [(_cells(g, lang), _messages(g, lang)) for g in findings.groups()]
    if groups:
        lines += ["", *_table([(_heads(lang), [_COLUMNS["message"].text(lang)]), *groups])]
    return "\n".join(lines) + "\n"


def _table(groups: Sequence[tuple[tuple[str, ...], list[str]]]) -> Iterator[str]:
    """Lay the groups out in columns, one line for each message."""
    rooms = [min(_WIDEST, max(width(cells[i]) for cells, _ in groups)) for i in range(4)]
    for cells, messages in groups:
        for i, message in enumerate(messages):
            shown = cells if i == 0 else ("",) * len(cells)
            padded = (pad(c, r) for c, r in zip(shown, rooms, strict=True))
            yield "  ".join([*padded, message]).rstrip()


def check_html(
    findings: Findings,
    lang: Lang = "zh",
    *,
    source: str = "",
    rows: int = 0,
    notes: Sequence[str] = (),
) -> str:
    """Return findings as one page that needs no network and no other file.

    Examples
    --------
    >>> from surveykit.coding import Finding
    >>> found = Finding("2", "sex", "not_in_codebook", "<7>", "…", "not allowed.", "error")
    >>> "&lt;7&gt;" in check_html(Findings((found,)), "en", source="a.csv", rows=3)
    True
    """
    title = _TITLE.text(lang).format(source=source)
    html = fill(
        "check.html.j2",
        caption=title,
        summary=_summary(findings, lang, rows),
        notes=[in_lang(note, lang) for note in notes],
        columns=[*_heads(lang), _COLUMNS["message"].text(lang)],
        rows=[(g.severity, _cells(g, lang), _messages(g, lang)) for g in findings.groups()],
    )
    return Report(title, (Html(html),), lang).to_html()


def _summary(findings: Findings, lang: Lang, rows: int) -> str:
    number = Counter[str](f.severity for f in findings.rows)
    counts = {key: number[key] for key in _SEVERITY}
    text = _COUNTS.text(lang).format(rows=f"{rows:,}", **counts)
    return text if findings.rows else f"{text} {_NONE.text(lang)}"


def _heads(lang: Lang) -> tuple[str, ...]:
    return tuple(_COLUMNS[c].text(lang) for c in ("severity", "variable", "rule", "count"))


def _cells(group: Group, lang: Lang) -> tuple[str, ...]:
    rule = _RULE.get(group.rule, Label.of(group.rule)).text(lang)
    severity = _SEVERITY[group.severity].text(lang)
    return severity, clean(group.variable), rule, f"{group.count:,}"


def _messages(group: Group, lang: Lang) -> list[str]:
    """Return what the group says: once where all say the same, else by value.

    The values most often found come first, each with the first of its records.
    """
    said = {case.finding.message(lang) for case in group.cases}
    if len(said) == 1 and len(group.cases) > 1:
        return [clean(next(iter(said))), *_listed(group, lang)]
    shown = [_case(case, lang) for case in group.cases[:_CASES]]
    return [*shown, *_rest(group, lang)]


def _listed(group: Group, lang: Lang) -> Iterator[str]:
    """Name the values of one message, each with its records, on one line."""
    parts = [_place(case, lang) for case in group.cases[:_CASES]]
    yield "；".join(parts) if lang == "zh" else "; ".join(parts)
    yield from _rest(group, lang)


def _rest(group: Group, lang: Lang) -> Iterator[str]:
    others = group.cases[_CASES:]
    if others:
        count = sum(len(case.respondents) for case in others)
        yield _MORE_CASES.text(lang).format(n=f"{len(others):,}", count=f"{count:,}")


def _case(case: Case, lang: Lang) -> str:
    place, message = _place(case, lang), clean(case.finding.message(lang))
    joint = "：" if lang == "zh" else ": "
    return f"{place}{joint}{message}" if place else message


def _place(case: Case, lang: Lang) -> str:
    """Return the value and the first of its records, of what is about records."""
    ids = case.respondents
    if not any(ids):
        return ""
    comma = "、" if lang == "zh" else ", "
    more = "……" if lang == "zh" else ", …"
    listed = comma.join(map(clean, ids[:_RECORDS_SHOWN])) + (
        more if len(ids) > _RECORDS_SHOWN else ""
    )
    what = "record" if len(ids) == 1 else "records"
    records = _RECORDS.text(lang).format(records=listed, what=what)
    if not case.value:
        return records
    times = f" × {len(ids):,}" if len(ids) > 1 else ""
    value = _VALUE.text(lang).format(value=clean(case.value))
    return f"{value}{times}（{records}）" if lang == "zh" else f"{value}{times} ({records})"
