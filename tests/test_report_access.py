"""axe-core's rules over the pages, in a headless browser, wide and narrow.

Skipped where there is no Chromium, or no playwright with axe (both from PyPI); nothing is downloaded.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import surveykit as sk
from surveykit.coding import check
from surveykit.report import methods
from surveykit.report.check_view import check_html
from surveykit.studies.badong import data, reproduce
from surveykit.text import Lang

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
WIDTHS = (1280, 390)
RUN = "async () => (await axe.run(document, {resultTypes: ['violations'], elementRef: false}))"


@pytest.fixture
def browser() -> Iterator[Any]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    with sync.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def axe() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-playwright-python ships axe-core")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def pages(folder: Path) -> dict[str, Path]:
    """Build every page: the study's report and audit of all readings, a book, findings."""
    made: dict[str, Path] = {}
    langs: tuple[Lang, ...] = ("zh", "en")
    for lang in langs:
        built = folder / lang
        reproduce(built, lang=lang, formats="html")
        made |= {f"{name}_{lang}": built / f"{name}.html" for name in ("report", "audit")}
    survey = data.survey()
    found = sk.crosstab(
        sk.Survey(survey.frame.drop(columns=["record_status"]), survey.codebook),
        ["aware", "participation"],
        by=["village_type", "age_group*education"],
        lang="en",
    )
    texts = {
        "book": sk.tables.book(found, notes=(methods(found, "en"),)).to_html(),
        "check": check_html(check(drafted()), "en", source="a.csv", rows=3, notes=("One note.",)),
    }
    for name, text in texts.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(text, encoding="utf-8")
    return made


def drafted() -> sk.Survey:
    frame = pd.DataFrame({"id": ["1", "1", "2"], "sex": ["m", "7", "f"], "mobile": ["", "x", "y"]})
    return sk.Survey(frame)


def test_no_rule_is_broken(browser: Any, axe: str, tmp_path: Path) -> None:
    """One test, so that the pages are built once however the tests are spread over processes."""
    wrong: list[tuple[object, ...]] = []
    for name, path in pages(tmp_path).items():
        page = browser.new_page(viewport={"width": WIDTHS[0], "height": 900})
        asked: list[str] = []
        page.on("request", lambda r, asked=asked: asked.append(r.url))
        page.goto(path.as_uri())
        page.evaluate(axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for v in page.evaluate(RUN)["violations"]:
                wrong.append((name, width, v["id"], len(v["nodes"]), v["nodes"][0]["html"][:200]))
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append((name, width, "scrolls sideways", wide))
        wrong += [(name, url) for url in asked if not url.startswith(("file:", "data:"))]
        page.close()
    assert wrong == []
