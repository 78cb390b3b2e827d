"""Notebook views in a real browser: sort, copy, what stands behind a figure; without scripts too."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from display_rows import awareness, grid_of_questions, labelled, satisfaction

from surveykit.codebook import Choice, Codebook, Variable
from surveykit.estimate import Estimates
from surveykit.results import Rows
from surveykit.survey import Survey
from surveykit.tables import table
from surveykit.text import Label

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def page_of(*parts: str, lang: str = "zh-CN") -> str:
    body = "\n<hr>\n".join(parts)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>t</title></head>'
        f"<body><main><h1>t</h1>{body}</main></body></html>"
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as run:
        found = run.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


def opened(browser: Any, tmp_path: Path, content: str, **options: Any) -> Any:
    for used in browser.contexts:  # what stays open slows the next page down
        used.close()
    path = tmp_path / "page.html"
    path.write_text(content, encoding="utf-8")
    page = browser.new_context(**options).new_page()
    page.goto(path.as_uri())
    return page


def column(page: Any, place: int, view: int = 0) -> list[str]:
    script = """([v, c]) => Array.from(document.querySelectorAll('.sk-view')[v].querySelectorAll('tbody tr'),
      r => r.cells[c] ? r.cells[c].innerText.trim() : '')"""
    return list(page.evaluate(script, [view, place]))


# ---------------------------------------------------------------- what needs no browser
def test_a_view_is_the_same_every_time_and_has_no_ids() -> None:
    first = table(satisfaction())._repr_html_()
    assert first == table(satisfaction())._repr_html_()
    assert not re.search(r"<[a-z][^>]*\sid=", first.partition("<script>")[0])
    assert "http" not in first
    assert not re.search(r"<(link|img|iframe|script [^>]*src)", first)


def test_without_script_and_style_a_plain_table_is_left() -> None:
    made = table(satisfaction())._repr_html_()
    bare = re.sub(r"<(style|script)>.*?</\1>", "", made, flags=re.DOTALL)
    bare = re.sub(r' data-sk-[a-z]+(="[^"]*")?', "", bare)  # what a sanitiser leaves out
    static = re.sub(r"<style>.*?</style>", "", table(satisfaction()).to_html(), flags=re.DOTALL)
    inner = re.search(r"<table.*</table>", bare, re.DOTALL)
    assert inner is not None
    assert inner[0] in static
    assert "<button" not in bare


def test_figures_tell_their_base_and_interval() -> None:
    cells = {c.text: c.about for line in table(awareness()).body for c in line.cells if c.value}
    assert cells["61.6"] == "95% 置信区间 56.7–66.4；n = 385"
    assert 'data-sk-tip="95% 置信区间 56.7–66.4；n = 385"' in table(awareness())._repr_html_()
    assert "data-sk-tip" not in table(awareness()).to_html()


def test_a_view_shows_the_first_rows_of_many_and_says_so() -> None:
    rows = awareness().rows * 60
    made = Estimates(rows, awareness().spec)
    shown = made._repr_html_()
    assert shown.count("<tr>") == 501
    assert f"共 {len(rows):,} 行，此处为前 500 行" in shown
    assert made.to_html().count("<tr>") == len(rows) + 1


def test_labels_stay_text_in_a_view() -> None:
    text = "</script><script>alert(1)</script><b>"
    for made in (table(labelled(text))._repr_html_(), labelled(text)._repr_html_()):
        assert made.count("<script>") == 1
        assert "<b>" not in made


def test_rows_of_nothing_are_shown() -> None:
    class Empty(Rows):
        columns = ("a",)

        def to_dicts(self) -> list[dict[str, Any]]:
            return []

    assert "0 rows" in Empty()._repr_html_()


# ---------------------------------------------------------------- in a browser
class TestBrowser:
    def test_a_header_sorts_within_a_question_and_nets_stay(
        self, browser: Any, tmp_path: Path
    ) -> None:
        page = opened(browser, tmp_path, page_of(table(satisfaction())._repr_html_()))
        before = column(page, 1)
        button = page.locator(".sk-sort").first
        button.click()
        down = column(page, 1)
        plain = [float(x) for x in down[1:6]]
        assert plain == sorted(plain, reverse=True)
        assert down[6:] == before[6:]
        assert page.locator("th[aria-sort=descending]").count() == 1
        assert "降序" in page.locator("[role=status]").inner_text()
        button.press("Enter")
        up = [float(x) for x in column(page, 1)[1:6]]
        assert up == sorted(up)
        button.press("Space")
        assert column(page, 1) == before

    def test_several_views_on_a_page_do_not_clash(self, browser: Any, tmp_path: Path) -> None:
        same = table(satisfaction())._repr_html_()
        page = opened(browser, tmp_path, page_of(same, same, grid_of_questions()._repr_html_()))
        before = column(page, 1, 1)
        page.locator(".sk-view >> nth=0 >> .sk-sort >> nth=0").click()
        assert column(page, 1, 1) == before
        assert page.locator(".sk-tools").count() == 3
        ids = page.evaluate("Array.from(document.querySelectorAll('[id]'), e => e.id)")
        assert len(ids) == len(set(ids)) == 3

    def test_the_table_is_copied_as_tsv(self, browser: Any, tmp_path: Path) -> None:
        made = page_of(table(satisfaction(), lang="en")._repr_html_(), lang="en")
        permissions = ["clipboard-read", "clipboard-write"]
        page = opened(browser, tmp_path, made, permissions=permissions)
        page.locator(".sk-tools button").click()
        page.locator("text=Copied").wait_for()
        lines = page.evaluate("navigator.clipboard.readText()").split("\n")
        cells = [line.split("\t") for line in lines if line]
        assert {len(row) for row in cells} == {9}
        liked = next(row for row in cells if row[0] == "满意")
        assert liked[1:4] == ["34.8", "146", "45.8 BC"]
        assert cells[2][1:5] == ["n = 420", "", "n = 153", ""]

    def test_copied_labels_are_no_formulas(self, browser: Any, tmp_path: Path) -> None:
        permissions = ["clipboard-read", "clipboard-write"]
        made = page_of(table(labelled("=1+1"))._repr_html_())
        page = opened(browser, tmp_path, made, permissions=permissions)
        page.locator(".sk-tools button").click()
        page.locator("text=已复制").wait_for()
        lines = page.evaluate("navigator.clipboard.readText()").split("\n")
        assert any(line.startswith("'=1+1\t") for line in lines)
        assert not any(line.startswith("=") for line in lines)

    def test_base_and_interval_on_hover_and_by_the_keyboard(
        self, browser: Any, tmp_path: Path
    ) -> None:
        page = opened(browser, tmp_path, page_of(table(awareness())._repr_html_()))
        tip = page.locator("[role=tooltip]")
        assert tip.is_hidden()
        page.locator("td[data-sk-tip]").first.hover()
        assert tip.inner_text() == "95% 置信区间 56.7–66.4；n = 385"
        page.mouse.move(0, 0)
        assert tip.is_hidden()
        first = page.locator("td[data-sk-tip]").first
        page.locator(".sk-sort").last.focus()
        page.keyboard.press("Tab")
        assert tip.is_visible()
        assert first.get_attribute("aria-describedby") == tip.get_attribute("id")
        page.keyboard.press("ArrowDown")
        assert tip.inner_text() == "95% 置信区间 33.6–43.3；n = 385"
        page.keyboard.press("Escape")
        assert tip.is_hidden()
        page.keyboard.press("ArrowRight")
        assert tip.is_visible()
        assert page.locator("td[tabindex='0']").count() == 1

    def test_a_page_without_scripts_shows_the_same_cells(
        self, browser: Any, tmp_path: Path
    ) -> None:
        made = page_of(table(satisfaction())._repr_html_())
        page = opened(browser, tmp_path, made, java_script_enabled=False)
        assert page.locator(".sk-view").inner_text().count("34.8") == 1
        assert page.locator("button").count() == 0

    @pytest.mark.parametrize(("wide", "scheme"), [(1280, "light"), (390, "dark")])
    def test_axe_finds_nothing(self, browser: Any, tmp_path: Path, wide: int, scheme: str) -> None:
        found = importlib.util.find_spec("axe_playwright_python")
        if found is None or not found.origin:
            pytest.skip("axe-playwright-python is not installed")
        axe = Path(found.origin).parent / "axe.min.js"
        some = awareness()
        rows = replace(some, rows=some.rows[:6])  # each more cell is looked at many times
        both = table(some, layout="groups_down", stats=["percent"])
        parts = (table(satisfaction(), stats=["percent"]), both, rows)
        made = page_of(*(part._repr_html_() for part in parts))
        page = opened(
            browser, tmp_path, made,
            viewport={"width": wide, "height": 900}, color_scheme=scheme,
        )  # fmt: skip
        page.locator("td[data-sk-tip]").first.focus()
        page.evaluate(axe.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run()")
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in result["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= wide


def test_a_survey_and_its_codebook_show_their_variables() -> None:
    hard = Label(zh="<b>知道吗</b>" + "很长" * 20, en="Aware?")
    answers = (Choice("1", Label.of("知道")), Choice("2", Label.of("2")))
    aware = Variable("aware", "single", hard, answers, missing=(Choice("9", Label.of("拒答")),))
    book = Codebook(Label.of("试点"), {"aware": aware})
    assert book.overview("en").to_dicts() == [
        {"variable": "aware", "question": "Aware?", "kind": "single", "choices": "1 知道 · 2",
         "missing": "9 拒答", "asked_if": "", "source": "", "identifier": ""}
    ]  # fmt: skip
    assert repr(book) == "Codebook('试点', 1 variables)"
    shown = Survey(pd.DataFrame({"aware": ["1", "2"]}), book)._repr_html_()
    assert shown.startswith("<p>Survey(2 rows, 1 variables)</p>")
    assert "<b>" not in shown
    assert "&lt;b&gt;知道吗" in shown
    assert shown.count("sk-long") == 1 + shown.split("</style>")[0].count("sk-long")
