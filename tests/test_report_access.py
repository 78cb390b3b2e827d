"""axe-core's rules over the pages, in a headless browser, wide and narrow.

Skipped where there is no Chromium, or no playwright with axe (both from PyPI); nothing is downloaded.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import surveykit as sk
from surveykit.coding import check
from surveykit.report import methods
from surveykit.report.audit_view import audit_html
from surveykit.report.check_view import check_html
from surveykit.studies.badong import data, reproduce

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
PAGES = ("badong_zh", "badong_en", "audit", "book", "check")

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    with sync.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def axe() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-playwright-python ships axe-core")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(browser: Any, axe: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build every page once; no browser, no page."""
    folder = tmp_path_factory.mktemp("pages")
    made: dict[str, Path] = {}
    for lang in ("zh", "en"):
        built = folder / lang
        reproduce(built, lang=lang, formats="html")  # type: ignore[arg-type]
        made[f"badong_{lang}"] = built / "report.html"
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
    paper = data.audit()
    one = replace(paper, readings=paper.readings[:1])  # the rules take long over all readings
    texts["audit"] = audit_html(one, "zh", codebook=data.codebook())
    for name, text in texts.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(text, encoding="utf-8")
    return made


def drafted() -> sk.Survey:
    frame = pd.DataFrame({"id": ["1", "1", "2"], "sex": ["m", "7", "f"], "mobile": ["", "x", "y"]})
    return sk.Survey(frame)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_no_rule_is_broken(
    browser: Any, axe: str, pages: dict[str, Path], name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(pages[name].as_uri())
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']}))")
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    said = [(v["id"], v["nodes"][0]["html"][:200], len(v["nodes"])) for v in found["violations"]]
    assert said == []
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    assert wide <= width, "the page itself scrolls sideways"
