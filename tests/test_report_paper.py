"""Reports as Word and PDF: the parts of the page, in its order."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import docx
import pytest
from test_report import report

from surveykit.errors import MissingDependencyError
from surveykit.report import Html, Report, check_formats
from surveykit.report.markup import items_of
from surveykit.tables.document import Heading, List, Paragraph, PlainTable


def test_word_and_pdf_hold_the_report_and_are_the_same_twice(tmp_path: Path) -> None:
    report().build(tmp_path / "a", "html,docx,pdf")
    report().build(tmp_path / "b", "docx,pdf,html")
    listed = json.loads((tmp_path / "a" / "manifest.json").read_text(encoding="utf-8"))
    made = {n for n in listed["files"] if n.endswith((".docx", ".pdf"))}
    assert {"report.docx", "report.pdf"} < made
    assert any(n.startswith("tables/") for n in made)
    assert {"python-docx", "typst"} <= set(listed["versions"])
    for name in made:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    _looks_right((tmp_path / "a" / "report.docx").read_bytes())


def _looks_right(data: bytes) -> None:
    found = docx.Document(BytesIO(data))
    texts = [p.text for p in found.paragraphs]
    assert report().title in texts
    assert any(p.style.name == "Heading 1" for p in found.paragraphs)
    assert len(found.inline_shapes) == 1
    assert found.inline_shapes[0]._inline.docPr.get("descr")
    assert found.tables
    links = found.element.xpath(".//w:hyperlink/@w:anchor")
    marks = found.element.xpath(".//w:bookmarkStart/@w:name")
    assert links == [m for m in marks if m.startswith("_Toc")]
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize(("kind", "module"), [("docx", "docx"), ("pdf", "typst")])
def test_without_the_extra_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, module: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(MissingDependencyError, match="needs the package"):
        report().build(tmp_path / "out", f"html,{kind}")
    assert list(tmp_path.iterdir()) == []


def test_formats_of_paper_are_taken() -> None:
    assert check_formats("pdf,docx") == ("pdf", "docx")


def test_markup_becomes_items() -> None:
    html = (
        "<style>p{}</style><h3 id=a>Why <em>so</em></h3><p>A\n &lt; B</p>"
        "<ul><li>one<p>more</p><ul><li>two</li></ul></li></ul>"
        '<div class=scroll><table><caption>C</caption><thead><tr><th>x</th><th class="number">n</th>'
        "</tr></thead><tbody><tr><th colspan=2>G</th></tr><tr><th>a</th><td>1<div>2</div></td></tr>"
        "</tbody></table></div><details><summary>S</summary>text</details>"
    )
    assert items_of(html) == (
        Heading("Why so", 2),
        Paragraph("A < B"),
        List(((0, "one"), (0, "more"), (1, "two"))),
        PlainTable("C", ("x", "n"), (("G",), ("a", "1\n2")), "tn"),
        Paragraph("S", "strong"),
        Paragraph("text"),
    )


def test_merged_cells_become_lines_and_nothing_is_lost(tmp_path: Path) -> None:
    html = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    assert items_of(html) == (Paragraph("a · b", "small"), Paragraph("c", "small"))
    made = Report("R", (Html(html),), lang="en")
    made.build(tmp_path, "docx")
    assert "a · b" in [p.text for p in docx.Document(str(tmp_path / "report.docx")).paragraphs]
