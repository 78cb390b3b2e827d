"""Labels that would be markup or formulas somewhere come out as text, in every file of a report
and of the command line; what is too much is refused; a full disk leaves what was there."""

from __future__ import annotations

import errno
import html.parser
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from test_cli import Here

import surveykit as sk
from surveykit.errors import InputError, UnsupportedError
from surveykit.report import FigurePart, Grid, Methods, Report, TablePart, Text

EVIL = (
    "<script>alert(1)</script>", "</td></table><b>x", "&amp;&lt;", "\\input{/etc/passwd}$x_1^2$%",
    "#set page(fill: red)", '*bold* _it_ `code` #image("x")', '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "a\x00b\x07c\x1b[31m", "tab\there\nline\r\nbreak",
    "{{table:none}} {n}", "\u202eright\u202c", "| pipe | cell", "[link](javascript:1)",
    "'quoted\" \u2028 sep", "]]>", "{%raw%}{{7*7}}", "\\\\", "~^&_#$%", "<img src=x onerror=y>",
)  # fmt: skip
QUESTION, GROUP = "q<i>\\x", "g=1+1"
FORBIDDEN = {chr(c) for c in (*range(9), 11, 12, *range(14, 32), *range(127, 160))}


def survey() -> sk.Survey:
    """Return every label three times, in three groups."""
    n = len(EVIL)
    groups = (["=a", "<b>b</b>", "#c"] * n)[: 3 * n]
    return sk.Survey(pd.DataFrame({QUESTION: EVIL * 3, GROUP: groups}))


def report() -> Report:
    made = sk.crosstab(survey(), QUESTION, GROUP, lang="en")
    total = made.filter(lambda r: r.by == "")
    return Report(
        EVIL[0] + EVIL[6] + EVIL[10],
        (
            *(Text(x, f"{x}\n\n- {x}") for x in EVIL),
            TablePart("t", sk.table(made), estimates=made),
            FigurePart("f", lambda: sk.plots.bars(total), title=EVIL[0], alt=EVIL[21]),
            Grid(EVIL[0], EVIL[:3], tuple(zip(EVIL, EVIL[1:], EVIL[2:], strict=False))),
            Methods(),
        ),
        subtitle=EVIL[3] + EVIL[4],
        lang="en",
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    report().build(folder, "html,docx,xlsx,pdf")
    return folder


class Tags(html.parser.HTMLParser):
    """The tags of a page, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_holds_text_and_its_own_tags_only(built: Path) -> None:
    for path in (built / "report.html", built / "tables" / "t.html"):
        text = path.read_text(encoding="utf-8")
        page = Tags(text)
        assert page.tags.isdisjoint({"script", "i"}), path.name
        assert not any(name.startswith("on") for name in page.attributes)
        assert "<script>alert(1)</script>" in page.text
        assert "{{7*7}}" in page.text
        assert FORBIDDEN.isdisjoint(text)


def test_workbooks_hold_no_formula(built: Path) -> None:
    sheet = openpyxl.load_workbook(built / "tables" / "t.xlsx").worksheets[0]
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert EVIL[6] in {c.value for c in cells}
    with zipfile.ZipFile(built / "tables" / "t.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_word_and_pdf_are_whole(built: Path) -> None:
    docx = pytest.importorskip("docx")
    found = docx.Document(str(built / "report.docx"))
    texts = {p.text for p in found.paragraphs}
    assert {EVIL[0], EVIL[3], EVIL[4]} <= texts
    held = {c.text for t in found.tables for row in t.rows for c in row.cells}
    assert {EVIL[6], EVIL[0], EVIL[21]} <= held
    assert (built / "report.pdf").read_bytes().startswith(b"%PDF")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


@pytest.mark.parametrize("kind", ["md", "html", "latex", "xlsx", "docx", "pdf"])
def test_a_book_from_the_command_line(here: Here, tmp_path: Path, kind: str) -> None:
    frame = survey().frame
    frame[QUESTION] = frame[QUESTION].str.replace("\x00", "")  # no text file has it
    frame.to_csv(tmp_path / "r.csv", index=False)
    target = tmp_path / f"o.{kind}"
    args = ("book", "r.csv", "--banner", GROUP, "--format", kind, "-o", target.name)
    code, _, said = here.run(*args, "--lang", "en", cwd=tmp_path)
    assert code == 0, said
    data = target.read_bytes()
    if kind == "html":
        page = Tags(data.decode())
        assert page.tags.isdisjoint({"script", "i"})
    if kind in ("md", "html", "latex"):
        assert FORBIDDEN.isdisjoint(data.decode())
    if kind == "latex":
        assert b"\\input{" not in data
        assert b"\\textbackslash" in data


# ---------------------------------------------------------------- too much
def test_what_no_document_holds_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"q": [f"answer {i}" for i in range(320)] * 2, "g": ["a", "b"] * 320})
    tall = sk.table(sk.crosstab(sk.Survey(frame), "q", "g", lang="en"))
    Report("Tall", (TablePart("t", tall),), lang="en").build(tmp_path / "tall", "html,xlsx,pdf")
    assert "answer 319" in (tmp_path / "tall" / "report.html").read_text(encoding="utf-8")
    huge = replace(tall, columns=320, body=tall.body)
    for kind in ("docx", "pdf"):
        with pytest.raises(UnsupportedError, match="cells"):
            Report("Huge", (TablePart("t", huge),), lang="en").build(tmp_path / kind, kind)
        assert not (tmp_path / kind).exists()


# ---------------------------------------------------------------- where it cannot be written
def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_disk_that_fills_halfway_leaves_the_report_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(word: str) -> Report:
        return Report(word, (Text("h", word),), lang="en", files={f"{i}.csv": word for i in range(5)})  # fmt: skip

    small("before").build(tmp_path / "r", "html")
    before = everything(tmp_path)
    with monkeypatch.context() as patch:
        real, done = os.replace, []

        def take(source: Any, target: Any) -> None:
            if len(done) == 3:
                done.append("full")
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
            done.append(str(target))
            real(source, target)

        patch.setattr(os, "replace", take)
        with pytest.raises((InputError, OSError), match=r"No space left|cannot be written"):
            small("after").build(tmp_path / "r", "html")
        assert "full" in done
    assert everything(tmp_path) == before


def test_only_the_files_of_the_report_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "report.html").write_text("an older page", encoding="utf-8")
    Report("x", (Text("h", "b"),), lang="en").build(tmp_path, "html")
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert "an older page" not in (tmp_path / "report.html").read_text(encoding="utf-8")
