"""Two transcriptions of one paper for people: how much agrees, then each difference; as text and as one page."""

from __future__ import annotations

from typing import Final

from surveykit.published.second import Difference, Transcriptions
from surveykit.report.build import Report
from surveykit.report.page import fill
from surveykit.report.parts import Html
from surveykit.text import Label, Lang, clean, pad, width

__all__ = ["transcriptions_html", "transcriptions_said", "transcriptions_text"]

_TITLE: Final = Label("两份录入的比较", "Two transcriptions compared")
_FILES: Final = Label("第一份：{first}　第二份：{second}", "First: {first}  Second: {second}")
_SAID: Final = Label(
    "{compared} 个条目中有 {agreeing} 个一致（{share:.1%}）。",
    "{agreeing} of {compared} entries agree ({share:.1%}).",
)
_TRY: Final = Label(
    "“可能”一栏：把该数字放回第一份录入，其余数字不变，能否同时成立。两者都可能时，请再看原文。",
    "“Possible”: whether the digits can be true with the rest of the first transcription. Where both "
    "can, look at the paper again.",
)
_HEADS: Final = {
    "kind": Label("类型", "Kind"),
    "id": Label("编号", "Id"),
    "what": Label("内容", "What"),
    "first": Label("第一份", "First"),
    "second": Label("第二份", "Second"),
    "lines": Label("行", "Lines"),
    "possible": Label("可能", "Possible"),
}
_KIND: Final = {
    "variable": Label("变量", "variable"),
    "variables": Label("变量", "variable"),
    "rounding": Label("舍入方式", "rounding"),
    "count": Label("人数", "count"),
    "figure": Label("百分比", "figure"),
    "mean": Label("均值", "mean"),
    "test": Label("检验", "test"),
    "claim": Label("论断", "claim"),
    "scenario": Label("读法", "reading"),
}
_WHAT: Final = {
    "entry": Label("整条", "entry"),
    "percent": Label("数字", "digits"),
    "count": Label("人数", "number"),
    "where": Label("哪一类", "where"),
    "within": Label("组别", "within"),
    "of": Label("基数", "of"),
    "levels": Label("类别", "levels"),
    "rounding": Label("舍入方式", "rounding"),
}
_SIDE: Final = {
    "absent": Label("没有", "absent"),
    "present": Label("有", "present"),
}
_POSSIBLE: Final = {
    "first": Label("只有第一份", "only the first"),
    "second": Label("只有第二份", "only the second"),
    "both": Label("两者都可能", "both"),
    "neither": Label("两者都不可能", "neither"),
}
_WIDEST: Final = 40


def transcriptions_said(result: Transcriptions, lang: Lang = "zh") -> str:
    """Return in one sentence how much of two transcriptions agrees."""
    return _SAID.text(lang).format(
        compared=result.compared, agreeing=result.agreeing, share=result.agreement
    )


def transcriptions_text(result: Transcriptions, lang: Lang = "zh") -> str:
    """Return the comparison as text: how much agrees, then one line for each difference.

    Examples
    --------
    >>> from surveykit.published import compare_transcriptions
    >>> from surveykit.published.load import parse_published
    >>> text = '''
    ... surveykit: published/1
    ... study: {title: A paper}
    ... variables: {aware: {levels: ["yes", "no"]}}
    ... counts: [{id: all, count: "40"}]
    ... figures: [{id: a, percent: "62.5", where: {aware: "yes"}}]
    ... '''
    >>> one, two = parse_published(text), parse_published(text.replace("62", "26"))
    >>> said = transcriptions_text(compare_transcriptions(one, two), "en").splitlines()
    >>> said[1], said[4].split()
    ('4 of 5 entries agree (80.0%).', ['figure', 'a', 'digits', '62.5', '26.5', 'only', 'the', 'first'])
    """
    lines = [_files(result, lang), transcriptions_said(result, lang)]
    if result.differences:
        lines += ["", *_columns([_heads(lang), *(_cells(d, lang) for d in result.differences)])]
        lines += [""] if _tried(result) else []
        lines += [_TRY.text(lang)] if _tried(result) else []
    return "\n".join(lines) + "\n"


def transcriptions_html(result: Transcriptions, lang: Lang = "zh") -> str:
    """Return the comparison as one page that needs no network and no other file."""
    said = [_files(result, lang), transcriptions_said(result, lang)]
    body = fill(
        "verify.html.j2",
        said=[*said, *([_TRY.text(lang)] if _tried(result) else [])],
        heads=_heads(lang),
        rows=[_cells(d, lang) for d in result.differences],
    )
    return Report(_TITLE.text(lang), (Html(body),), lang).to_html()


def _tried(result: Transcriptions) -> bool:
    return any(d.possible for d in result.differences)


def _files(result: Transcriptions, lang: Lang) -> str:
    return _FILES.text(lang).format(first=clean(result.first), second=clean(result.second))


def _heads(lang: Lang) -> list[str]:
    return [head.text(lang) for head in _HEADS.values()]


def _cells(difference: Difference, lang: Lang) -> list[str]:
    d = difference
    lines = " / ".join(str(n or "–") for n in (d.first_line, d.second_line))
    sides = [_SIDE.get(x, Label.of(x)) if d.what == "entry" else Label.of(x) for x in (d.first, d.second)]  # fmt: skip
    return [
        _KIND[d.kind].text(lang) if d.kind in _KIND else d.kind,
        clean(d.id),
        _WHAT[d.what].text(lang) if d.what in _WHAT else d.what,
        *(clean(s.text(lang)) for s in sides),
        "" if lines == "– / –" else lines,
        _POSSIBLE[d.possible].text(lang) if d.possible else "",
    ]


def _columns(rows: list[list[str]]) -> list[str]:
    """Align rows; columns that are empty but for their head are left out."""
    kept = [j for j in range(len(rows[0])) if any(row[j] for row in rows[1:])]
    widths = [min(_WIDEST, max(width(row[j]) for row in rows)) for j in kept]
    return ["  ".join(pad(row[j], w) for j, w in zip(kept, widths, strict=True)).rstrip() for row in rows]  # fmt: skip
