"""The audit for people: figures in words, what comes first, what stands apart, sound HTML."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from surveykit.codebook import load_codebook, parse_codebook
from surveykit.coding import Finding, Findings
from surveykit.published import Audit, audit, load_published
from surveykit.published.load import parse_published
from surveykit.report import audit_words
from surveykit.report.audit_parts import big, reading_parts
from surveykit.report.audit_pictures import reading_pictures
from surveykit.report.audit_view import audit_html, audit_sections, audit_text
from surveykit.report.check_view import check_html, check_text
from surveykit.text import Lang, width

DATA = Path(__file__).resolve().parents[1] / "data" / "badong"
PAPER = """surveykit: published/1
study: {title: {zh: 一项调查, en: A survey}}
variables:
  village: {levels: [demo, rest], label: {zh: 村, en: Village}}
  aware:   {levels: ["yes", "no"], label: {zh: 知晓, en: Knows}}
  likes:   {kind: multiple, levels: [song, dance], label: {zh: 喜欢, en: Likes}}
  score:   {levels: [good, fair, poor], label: {zh: 评价, en: Rating}}
counts:
  - {id: all_count, count: "385"}
  - {id: sent_count, count: "400", what: sent}
figures:
  - {id: rate_fig, percent: "96.3", of: ["385", "400"]}
  - {id: demo_fig, percent: "72.5", where: {aware: "yes"}, within: {village: demo}}
  - {id: rest_fig, percent: "54.3", where: {aware: "yes"}, within: {village: rest}}
  - {id: song_fig, percent: "15.5", where: {likes: song}}
  - {id: good_fig, percent: "15.8", where: {score: good}}
  - {id: fair_fig, percent: "19.7", where: {score: fair}}
  - {id: top_fig, percent: "35.5", sum: [good_fig, fair_fig]}
  - {id: blank_fig, where: {score: poor}}
claims:
  - {id: order_claim, greater: [demo_fig, rest_fig], test: chi2, alpha: "0.0005", quote: "<b>higher</b> in demo villages"}
  - {id: assoc_claim, association: [village, aware]}
  - {id: song_claim, largest: song_fig, quote: songs come first}
scenarios:
  - {id: shares, label: {zh: 按次数, en: Shares}, figures: {song_fig: {of: responses}}}
  - {id: same, label: {zh: 一样, en: The same}, figures: {}}
  - {id: open, missing: {score: allowed}, without: [song_fig]}
"""
BOOK = """surveykit: codebook/1
variables:
  village: {kind: single, choices: [{code: demo, label: {zh: 示范村, en: Demo village}}, {code: rest, label: {zh: 其他村, en: Other village}}]}
  aware: {kind: single, choices: [{code: "yes", label: {zh: 知道, en: knows it}}, {code: "no", label: {zh: 不知道, en: does not}}]}
"""
IDS = re.compile(r"\b\w+_(?:fig|claim|count)\b")


@cache
def small() -> Audit:
    return audit(parse_published(PAPER))


@cache
def badong() -> Audit:
    """The plain reading of the Badong report, which has conflicts and repairs."""
    return audit(load_published(DATA / "published.yaml"), ["as_printed"])


# ---------------------------------------------------------------- figures in words
def test_figures_are_named_by_labels_else_by_levels() -> None:
    bare = reading_parts(small(), "en")[0].figures
    assert [f.name for f in bare] == [
        "share of two printed numbers, 385 of 400",
        "Knows: yes (Village demo)",
        "Knows: yes (Village rest)",
        "Likes: song",
        "Rating: good",
        "Rating: fair",
        "Rating: good + fair",
    ]
    labelled = reading_parts(small(), "zh", parse_codebook(BOOK))[0].figures
    assert [f.name for f in labelled[1:4]] == [
        "知晓：知道（示范村）",
        "知晓：知道（其他村）",
        "喜欢：song",
    ]
    shares = reading_parts(small(), "en")[1].figures
    assert shares[3].name == "Likes: song (of responses)"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_id_is_left_in_what_people_read(lang: Lang) -> None:
    assert IDS.findall(audit_text(small(), lang)) == []
    names = {f.id for f in badong().published.figures if "_" in f.id}
    names |= {c.id for c in badong().published.claims} | set(badong().published.variables)
    text = audit_text(badong(), lang, codebook=load_codebook(DATA / "codebook.yaml"))
    assert sorted(n for n in names if re.search(rf"\b{n}\b", text) and "_" in n) == []


def test_a_minimal_conflict_is_told_by_cells_and_printed_values() -> None:
    (part,) = reading_parts(badong(), "zh", load_codebook(DATA / "codebook.yaml"))
    group = next(g for g in part.groups if "村类型" in g.title)
    assert group.conflicts[0] == (
        "知晓创建活动：知道——示范村 72.5%、非示范点 54.3%",
        "有待改进的方面：存在走过场——非示范点 28.1%",
    )
    repaired = next(g for g in part.groups if "文化程度" in g.title)
    told = [r.text for r in repaired.repairs]
    assert (
        told[0] == "参与创建活动：经常参加（大专及以上）：若印作 15.4%，而不是 15.1%（错一个数字）"
    )
    assert "参与创建活动：偶尔参加（高中）：若印作 36.8%，而不是 37.0%" in told
    assert "若有人未回答：文化程度（至少 3 人）" in told
    assert "若另有一组未印出：文化程度（3–104 人）" in told


def test_the_answer_comes_in_three_sentences() -> None:
    (part,) = reading_parts(badong(), "en", load_codebook(DATA / "codebook.yaml"))
    assert len(part.answer) == 3
    assert part.answer[0].startswith("Read “As printed”, at most 31 of the 36 printed figures")
    assert "62.8%" in part.answer[1]
    assert "17 are possible one by one" in part.answer[1]
    text = audit_text(badong(), "zh")
    assert text.index("先说结果") < text.index("一览")


def test_the_number_of_tables_can_be_read() -> None:
    assert big(1591518588, "en") == "1,591,518,588"
    assert big(10**18 - 1, "zh") == "999,999,999,999,999,999"
    assert big(314 * 10**30, "zh") == "约 3.1 × 10^32"


# ---------------------------------------------------------------- order and separation
HEADS = ("what", "overview", "problems", "groups", "figures", "orders", "tests")


def test_what_matters_comes_first() -> None:
    text = audit_text(small(), "en")
    lines = text.splitlines()
    assert lines[:2] == ["Audit of printed figures", "A survey"]
    assert "No data are recovered" in text
    assert "no sign of misconduct" in text
    assert text.index("no sign of misconduct") < text.index("impossible:")
    heads = [audit_words.say(h, "en") for h in HEADS[1:]]
    places = [lines.index(h) for h in heads]
    assert places == sorted(places)


def test_orders_stand_apart_from_the_auditors_tests() -> None:
    for part in reading_parts(small(), "en")[:1]:
        (order, song) = part.orders
        assert (order.texts, order.verdict) == (
            ("Knows: yes — Village demo > Village rest",),
            "holds in all",
        )
        assert song.why == "a figure that it needs is set aside (impossible or explained)"
        tests = {t.id: t for t in part.tests}
        assert list(tests) == ["order_claim", "assoc_claim"]
        assert tests["order_claim"].verdict == "undetermined"
        assert re.fullmatch(r"[\d.]+–[\d.]+", tests["order_claim"].deff)
        assert [w.split(":")[0] for w in tests["order_claim"].witnesses] == [
            "one in which it holds",
            "one in which it fails",
        ]
    text = " ".join(audit_text(small(), "en").split())
    assert (
        "Orders that the paper states (2): 1 hold in all feasible tables, 1 not evaluated." in text
    )
    assert "The auditor's tests (2): 1 hold in all feasible tables, 1 undetermined." in text
    assert "the paper reports none" in text
    assert "simple random sample" in text
    assert "break-even design effect is the factor at which" in text


def test_an_impossible_and_an_explained_figure_say_why() -> None:
    part = reading_parts(small(), "en")[0]
    song, top = part.problems
    assert (song.status, song.printed, song.count) == ("impossible", "15.5%", "")
    assert "59 of 385 is 15.325 %" in song.why
    assert (top.status, top.verdict) == ("explained", "explained")
    assert "15.8 + 19.7 = 35.5" in top.why
    assert part.numbers == (1, 1, 0)
    assert part.together == "not possible"


def test_later_readings_tell_what_differs() -> None:
    text = audit_text(small(), "en")
    first, shares, same, last = text.split("═" * 92)[2:]
    assert "[as_printed]" in first
    assert "Likes: song (of responses)" in shares
    assert "Rating: good + fair" not in shares
    assert "--scenario shares shows all" in shares
    assert "Nothing differs from “As printed”." in same
    assert "some may not have answered: Rating; left out: Likes: song." in " ".join(last.split())
    every = audit_html(small(), "en")
    assert every.count("share of two printed numbers, 385 of 400") == 4


def test_readings_that_fit_are_named() -> None:
    text = audit_text(small(), "en")
    assert "Readings in which all printed figures can be true together: open." in text
    alone = replace(small(), readings=small().readings[:1])
    assert "can be true together:" not in audit_text(alone, "en")


def test_long_lists_are_cut_in_text_and_folded_on_the_page() -> None:
    text, page = audit_text(badong(), "en"), audit_html(badong(), "en")
    (part,) = reading_parts(badong(), "en")
    group = max(part.groups, key=lambda g: len(g.conflicts))
    left = len(group.conflicts) - 3
    assert left > 1
    assert f"… and {left} more" in text
    assert f"<details><summary>… and {left} more</summary>" in page
    assert page.count('<ul class="audit-members">') >= sum(len(g.conflicts) for g in part.groups)


# ---------------------------------------------------------------- languages and form
def test_every_phrase_is_there_in_both_languages() -> None:
    tables = (audit_words._PHRASES, audit_words.STATUS, audit_words.VERDICT, audit_words.COUNTED)
    labels = [label for table in tables for label in table.values()]
    labels += [*audit_words.INTRO, *audit_words.EXPLAINED, *audit_words.STATUS_MEANS.values()]
    for label in labels:
        assert label.zh
        assert label.en
        assert not re.search("[\u4e00-\u9fff]", label.en)
        fields = [sorted(re.findall(r"\{\w+\}", text)) for text in (label.zh, label.en)]
        assert fields[0] == fields[1]


def test_english_holds_no_chinese() -> None:
    assert not re.search("[\u4e00-\u9fff]", audit_text(small(), "en"))
    text = audit_text(badong(), "en", codebook=load_codebook(DATA / "codebook.yaml"))
    unquoted = re.sub("“[^”]*”", "", text)
    assert not re.search("[\u4e00-\u9fff]", unquoted)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_lines_keep_their_width_and_columns_align(lang: Lang) -> None:
    text = audit_text(badong(), lang, codebook=load_codebook(DATA / "codebook.yaml"))
    assert max(map(width, text.splitlines())) <= 92
    ends = {width(line) for line in text.splitlines() if re.search(r"  \d+\.\d%  .*(\d|\?)$", line)}
    assert len(ends) == 1


# ---------------------------------------------------------------- the page
class Page(HTMLParser):
    """Collect what a sound page must have; void elements aside, every tag is closed in turn."""

    VOID = ("meta", "link", "img", "br", "hr", "input")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def all(self, *names: str) -> Iterator[dict[str, str | None]]:
        return (attrs for tag, attrs in self.tags if tag in names)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_needs_nothing_else_and_is_sound(lang: Lang) -> None:
    html = audit_html(small(), lang)
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert next(page.all("html"))["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    assert list(page.all("script", "link", "iframe")) == []
    assert not re.search(r'(?:src|href)="(?!#|data:image/png)', html)
    assert "url(" not in html
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    assert len(list(page.all("caption"))) == len(list(page.all("table"))) > 0
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = [str(attrs["href"])[1:] for attrs in page.all("a")]
    assert set(targets) <= set(ids)


def test_what_the_paper_says_is_escaped() -> None:
    html = audit_html(small(), "en")
    assert "<b>higher</b>" not in html
    assert "&lt;b&gt;higher&lt;/b&gt; in demo villages" in html


def test_headings_go_down_one_at_a_time() -> None:
    for html in (audit_html(small(), "zh"), audit_sections(small(), "zh", level=3)):
        levels = [int(h) for h in re.findall(r"<h([1-6])", html)]
        steps = itertools.pairwise(levels)
        assert all(after - before <= 1 for before, after in steps)
    embedded = audit_sections(small(), "zh", level=3)
    assert min(int(h) for h in re.findall(r"<h([1-6])", embedded)) == 3
    assert embedded.startswith("<style>")
    assert 'id="audit-as_printed"' in embedded


def test_the_same_audit_gives_the_same_page() -> None:
    again = audit(parse_published(PAPER))
    assert audit_html(small(), "zh") == audit_html(again, "zh")


# ---------------------------------------------------------------- findings of a check
FOUND = Findings(
    (
        Finding(
            "S1", "性别", "not_in_codebook", "<7>", "取值不在编码表中。", "not allowed.", "error"
        ),
        Finding("", "age", "nonresponse", "2", "2 人未答。", "2 did not answer.", "info"),
    )
)


def test_findings_are_counted_and_aligned() -> None:
    lines = check_text(FOUND, "zh", source="a.csv", rows=1200, notes=["一条说明。"]).splitlines()
    assert lines[:3] == [
        "数据检查：a.csv",
        "1,200 条记录；1 个错误、0 个警告、1 个提示。",
        "一条说明。",
    ]
    head, first, second = lines[4:]
    before = [
        width(head[: head.index("说明")]),
        width(first[: first.index("“<7>”")]),
        width(second[: second.index("2 人")]),
    ]
    assert len(set(before)) == 1


def test_findings_are_a_sound_page() -> None:
    html = check_html(FOUND, "en", source="<a>.csv", rows=3)
    Page(html)
    assert "&lt;7&gt;" in html
    assert "<a>.csv" not in html
    assert "Nothing contradicts the codebook." in check_html(Findings(), "en", source="a", rows=3)


def test_printed_means_and_tests_are_told_beside_the_figures() -> None:
    paper = """
surveykit: published/1
study: {title: t}
variables: {a: {levels: [y, n]}, g: {levels: [u, v]}, s: {levels: ["1", "2", "3"]}}
counts: [{id: n, count: "40"}, {id: nu, count: "20", where: {g: u}}]
figures:
  - {id: fu, percent: "50.0", where: {a: y}, within: {g: u}}
  - {id: fv, percent: "50.0", where: {a: y}, within: {g: v}}
means:
  - {id: good, mean: "2.50", of: s}
  - {id: off, mean: "2.51", of: s}
tests:
  - {id: t, of: [g, a], chi2: "9.99"}
"""
    found = audit(parse_published(paper), lang="en")
    text = audit_text(found, "en")
    page = audit_html(found, "en")
    assert found.reading("as_printed").means.means[1].status == "impossible"  # 100.4 / 40
    for shown in (text, page):
        assert "mean off" in shown
        assert "test t" in shown
    assert "at most 3 of the 5 printed figures" in text
    (part,) = reading_parts(found, "en")
    assert {x.id for x in part.problems} == {"off", "t"}
    assert [x.status for x in part.figures if x.id == "good"] == ["possible"]


TWO_SCHOOLS = """
surveykit: published/1
study: {title: Two schools}
variables:
  member: {levels: ["yes", "no"]}
  school: {levels: [north, south]}
counts: [{id: all, count: "100"}]
figures:
  - {id: north, percent: "33", where: {member: "yes"}, within: {school: north}}
  - {id: south, percent: "33", where: {member: "yes"}, within: {school: south}}
claims:
  - {id: more, greater: [north, south]}
  - {id: again, greater: [north, south], test: chi2}
  - {id: sum_more, greater: [[north], [south]]}
scenarios:
  - {id: fewer, counts: {all: "6"}}
"""


def test_pictures_of_shares_and_pairs_where_they_say_something() -> None:
    found = audit(parse_published(TWO_SCHOOLS), lang="en")
    plain, fewer = (list(reading_pictures(found, r, "en", None)) for r in found.readings)
    titles = [picture.title for picture in plain]
    assert [t.split(":")[0] for t in titles[:2]] == [
        "Respondents behind each figure",
        "Where each share lies within its rounding",
    ]
    assert sum("feasible pairs" in t for t in titles) == 1  # three claims about the same two
    assert found.reading("as_printed").claims[0].verdict == "undetermined"
    assert found.reading("fewer").figure("north").base == (3, 3)  # nothing is left open there
    assert ["p of the auditor" in picture.title for picture in fewer] == [True]
    page = audit_html(found, "en")
    assert page.count('class="audit-picture"') == len(plain) + len(fewer) + 1
    assert all(f'aria-label="{title}' in unescape(page) for title in titles)
