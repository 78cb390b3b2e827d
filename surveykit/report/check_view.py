"""The findings of a check for people: as text for a terminal, and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from surveykit.coding import Finding, Findings
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
_COLUMNS: Final = {
    "severity": Label("级别", "Severity"),
    "variable": Label("变量", "Variable"),
    "respondent": Label("记录", "Record"),
    "value": Label("值", "Value"),
    "message": Label("说明", "Message"),
}
_TITLE: Final = Label("数据检查：{source}", "Check of the data: {source}")
_COUNTS: Final = Label(
    "{rows} 条记录；{error} 个错误、{warning} 个警告、{info} 个提示。",
    "{rows} records; errors: {error}, warnings: {warning}, notes: {info}.",
)
_NONE: Final = Label("没有发现与编码表不符之处。", "Nothing contradicts the codebook.")
_WIDEST: Final = 28


def check_text(
    findings: Findings,
    lang: Lang = "zh",
    *,
    source: str = "",
    rows: int = 0,
    notes: Sequence[str] = (),
) -> str:
    """Return findings as text: how many of each severity, then one line each.

    Examples
    --------
    >>> found = Finding("2", "sex", "not_in_codebook", "7", "…", "value not allowed.", "error")
    >>> print(check_text(Findings((found,)), "en", source="a.csv", rows=3))
    Check of the data: a.csv
    3 records; errors: 1, warnings: 0, notes: 0.
    <BLANKLINE>
    Severity  Variable  Record  Value  Message
    error     sex       2       7      value not allowed.
    <BLANKLINE>
    """
    lines = [_TITLE.text(lang).format(source=source), _summary(findings, lang, rows)]
    lines += [in_lang(note, lang) for note in notes]
    table = [tuple(c.text(lang) for c in _COLUMNS.values())]
    table += [_cells(f, lang) for f in findings.rows]
    rooms = [min(_WIDEST, max(width(row[i]) for row in table)) for i in range(4)]
    if len(table) > 1:
        lines.append("")
        lines += [
            "  ".join([*(pad(c, r) for c, r in zip(row, rooms, strict=False)), row[4]]).rstrip()
            for row in table
        ]
    return "\n".join(lines) + "\n"


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
        columns=[c.text(lang) for c in _COLUMNS.values()],
        rows=[(f.severity, _cells(f, lang)) for f in findings.rows],
    )
    return Report(title, (Html(html),), lang).to_html()


def _summary(findings: Findings, lang: Lang, rows: int) -> str:
    number = Counter[str](f.severity for f in findings.rows)
    counts = {key: number[key] for key in _SEVERITY}
    text = _COUNTS.text(lang).format(rows=f"{rows:,}", **counts)
    return text if findings.rows else f"{text} {_NONE.text(lang)}"


def _cells(finding: Finding, lang: Lang) -> tuple[str, ...]:
    message = finding.message_zh if lang == "zh" else finding.message_en
    severity = _SEVERITY[finding.severity].text(lang)
    cells = (severity, finding.variable, finding.respondent, finding.value, message)
    return tuple(clean(cell) for cell in cells)
