"""Data beside a paper for people: what differs first, then everything; as text and as one page."""

from __future__ import annotations

from typing import Final

from surveykit.published.comparing import Comparison
from surveykit.published.verify import Verification
from surveykit.report.build import Report
from surveykit.report.page import fill
from surveykit.report.parts import Html
from surveykit.text import Label, Lang, in_lang, pad, width

__all__ = ["verify_html", "verify_text"]

_STATUS: Final = {
    "match": Label("相符", "match"),
    "differs": Label("不符", "differs"),
    "not significant": Label("检验不显著", "not significant"),
    "not printed": Label("未印出", "not printed"),
    "cannot be computed": Label("无法计算", "cannot be computed"),
}
_KIND: Final = {
    "figure": Label("百分比", "figure"),
    "count": Label("人数", "count"),
    "claim": Label("论断", "claim"),
    "mean": Label("均值", "mean"),
    "test": Label("检验", "test"),
}
_HEADS: Final = (
    Label("类型", "Kind"), Label("编号", "Id"), Label("印出", "Printed"),
    Label("算得", "Computed"), Label("人数", "Count"), Label("基数", "Base"),
    Label("结果", "Result"), Label("说明", "Remarks"),
)  # fmt: skip
_TITLE: Final = Label("{title}：与数据 {file} 对照", "{title}: beside the data {file}")
_READING: Final = Label("读法：{id}。", "Reading: {id}.")
_WOULD: Final = Label("以下读法可使其相符：", "would match with: ")
_WIDEST: Final = 46


def verify_text(result: Verification, lang: Lang = "zh") -> str:
    """Return the comparison as text; what differs stands first."""
    lines = [_title(result, lang), _summary(result, lang), *_notes(result, lang)]
    body = [[h.text(lang) for h in _HEADS], *(_cells(c, lang) for c in _sorted(result))]
    widths = [min(_WIDEST, max(width(r[i]) for r in body)) for i in range(len(_HEADS) - 1)]
    lines.append("")
    for row in body:
        shown = [pad(cell, w) for cell, w in zip(row, widths, strict=False)]
        lines.append("  ".join([*shown, row[-1]]).rstrip())
    return "\n".join(lines) + "\n"


def verify_html(result: Verification, lang: Lang = "zh") -> str:
    """Return the comparison as one page that needs no network and no other file."""
    body = fill(
        "verify.html.j2",
        said=[_summary(result, lang), *_notes(result, lang)],
        heads=[h.text(lang) for h in _HEADS],
        rows=[_cells(c, lang) for c in _sorted(result)],
    )
    return Report(_title(result, lang), (Html(body),), lang).to_html()


def _sorted(result: Verification) -> list[Comparison]:
    order = list(_STATUS)
    order.remove("differs")
    rank = {status: i for i, status in enumerate(["differs", *order])}
    return sorted(result.comparisons, key=lambda c: rank[c.status])


def _title(result: Verification, lang: Lang) -> str:
    title = result.published.heading.text(lang) or result.published.title
    return _TITLE.text(lang).format(title=title, file=result.file)


def _summary(result: Verification, lang: Lang) -> str:
    stop, between = ("。", "，") if lang == "zh" else (".", ", ")
    parts = [f"{_STATUS[s].text(lang)} {n}" for s, n in _ordered(result.tally)]
    return f"{_READING.text(lang).format(id=result.scenario)} {between.join(parts)}{stop}"


def _ordered(tally: dict[str, int]) -> list[tuple[str, int]]:
    return [(s, tally[s]) for s in _STATUS if s in tally]


def _notes(result: Verification, lang: Lang) -> list[str]:
    return [in_lang(note, lang) for note in result.notes]


def _cells(comparison: Comparison, lang: Lang) -> list[str]:
    readings = "; ".join(r.text(lang) for r in comparison.readings)
    would = f"{_WOULD.text(lang)}{readings}" if readings else ""
    remarks = " ".join(t for t in (comparison.why.text(lang), would) if t)
    numbers = ["" if n is None else str(n) for n in (comparison.count, comparison.base)]
    return [
        _KIND[comparison.kind].text(lang), comparison.id, comparison.printed, comparison.computed,
        *numbers, _STATUS[comparison.status].text(lang), remarks,
    ]  # fmt: skip
