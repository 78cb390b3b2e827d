"""Tables on paper: LaTeX, Word and PDF from one grid, whatever the labels hold."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from display_rows import awareness, labelled, satisfaction, synthetic, whole_survey
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.errors import (
    InputError,
    MissingDependencyError,
    UnknownNameError,
    UnsupportedError,
)
from surveykit.tables import Cell, Head, Line, Table, book, latex, pdf, table
from surveykit.tables import docx as word
from surveykit.tables.document import Document, PlainTable
from surveykit.tables.paper import LANDSCAPE, PORTRAIT, lay_out, plain_layout
from surveykit.tables.pieces import pieces, visible

HOSTILE = r"""=1+1 \input{x} $y$ 50 % # & _ ^ ~ {PAGE} <w:p/> ]]> "q" 'a' `b` #set page() *b* @ref -- ?`"""
hostile = st.text(
    st.one_of(
        st.sampled_from(
            "\\{}$&#%_^~<>[]|\"'`*@=+-/!?,;:\n\r\t\x00\x01\x0b\x1f\x7f\x85\u2028\u202e\ufeff"
        ),
        st.characters(codec="utf-8", max_codepoint=0x2FF),
        st.sampled_from("表示范村知晓率，。（）〖〗┋"),
    ),
    max_size=30,
)


def opened(made: Table, tmp_path: Path) -> docx.document.Document:
    return docx.Document(str(made.to_docx(tmp_path / "t.docx")))


def simple(label: str, rows: int = 1, columns: int = 1) -> Table:
    head = ((Head(label, kind="corner"), *[Head(label)] * columns),)
    body = (Line("row", label, (Cell("41.0", value=41.0, decimals=1),) * columns),) * rows
    return Table(label, "en", columns, head, body, notes=(label,))


def pdf_text(data: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", data))


class TestPieces:
    def test_every_cell_of_a_column_is_as_long(self) -> None:
        made = table(satisfaction())
        for column in zip(*(c for c in pieces(made) if c), strict=True):
            numbers = [c for c in column if any(p.text.strip() for p in c)]
            assert len({sum(len(p.text) for p in c) for c in numbers}) == 1

    def test_what_is_seen_is_what_the_cell_says(self) -> None:
        for estimates in (awareness(), synthetic(), satisfaction()):
            made = table(estimates)
            for line, cells in zip(made.body, pieces(made), strict=True):
                for cell, shown in zip(line.cells, cells, strict=True):
                    assert visible(shown).replace(" ", "") == cell.plain.replace(" ", "")


class TestLayout:
    def test_smaller_then_sideways_then_cut(self) -> None:
        found = [lay_out(simple("x" * 8, columns=n)) for n in (3, 8, 10, 30)]
        assert [(m.page, len(m.blocks) > 1) for m in found] == [
            (PORTRAIT, False), (PORTRAIT, False), (LANDSCAPE, False), (LANDSCAPE, True),
        ]  # fmt: skip
        assert all(sum(b.widths) <= m.page for m in found for b in m.blocks)

    def test_a_cut_keeps_every_column_and_says_that_it_continues(self) -> None:
        made = lay_out(simple("group", columns=200))
        assert sum(b.table.columns for b in made.blocks) == 200
        assert [bool(b.table.notes) for b in made.blocks] == [
            *[False] * (len(made.blocks) - 1),
            True,
        ]
        assert all(b.table.title.endswith("(continued)") for b in made.blocks[1:])

    def test_too_many_cells_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UnsupportedError, match=r"cells; a document takes 100,000.*|xlsx"):
            simple("x", rows=60_000).to_pdf(tmp_path / "t.pdf")
        assert list(tmp_path.iterdir()) == []

    def test_numbers_of_a_table_of_text_are_not_squeezed(self) -> None:
        made = PlainTable("", ("why", "n"), (("word " * 60, "1234.5"),), "tn")
        size, (wide, narrow) = plain_layout(made, 300)
        assert narrow > 6 * size * 0.5
        assert wide + narrow <= 301


class TestLatex:
    def test_three_lines_and_spanners_of_their_own(self) -> None:
        made = table(awareness()).to_latex()
        parts = made.count(r"\begin{tabular}{l")
        for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
            assert made.count(rule) == parts
        assert r"\cmidrule(lr){4-7}" in made
        assert "% \\usepackage{booktabs,xcolor}" in made
        assert "ctex" in made

    def test_rows_have_as_many_cells_as_columns(self) -> None:
        made = table(satisfaction()).to_latex()
        columns = len(re.search(r"\\begin\{tabular\}\{(\w+)\}", made)[1])  # type: ignore[index]
        body = made.split("pt]\n")[2]
        for row in body.splitlines():
            if row.endswith(r"\\") and "multicolumn" not in row:
                assert row.count(" & ") == columns - 1

    def test_letters_are_raised_marks_too_and_illustrative_values_grey(self) -> None:
        assert r"45.8\textsuperscript{BC}" in table(satisfaction()).to_latex()
        made = table(synthetic()).to_latex()
        assert r"\textsuperscript{\textdagger{}}" in made
        assert r"\textcolor[HTML]{767676}{(41.7)}" in made
        assert made.count("SYNTHETIC") >= 1

    def test_a_number_of_its_own_leaves_the_caption(self) -> None:
        made = replace(table(awareness()), title="表 12　知晓情况").to_latex()
        assert r"\caption{知晓情况}" in made

    def test_a_long_body_is_a_longtable(self) -> None:
        made = simple("x", rows=80).to_latex()
        assert r"\begin{longtable}" in made
        assert "longtable}" in made.splitlines()[0]

    @given(hostile)
    def test_no_character_has_a_meaning(self, text: str) -> None:
        made = latex.escape(text)
        bare = re.sub(r"\\(?:text[a-z]+|char\d\d|phantom|quad|enspace)\{[^{}]*\}", "", made)
        bare = re.sub(r"\\[{}$&#_%,]|\$\\?[a-zA-Z−-]+\$|\{[\[\]*]\}|([-,])\{\}", "", bare)
        assert not set(bare) & set("\\{}$&#^_%\n\r\x00\x1b<>|\"'`[]*"), (text, made)

    @settings(max_examples=30)
    @given(hostile)
    def test_braces_balance(self, text: str) -> None:
        made = re.sub(r"\\[{}]", "", simple(text).to_latex())
        assert made.count("{") == made.count("}")


class TestWord:
    def test_borders_on_every_cell_of_a_row(self, tmp_path: Path) -> None:
        found = opened(table(satisfaction()), tmp_path).tables[0]

        def edges(row: int, side: str) -> set[str]:
            cells = found.rows[row]._tr.tc_lst
            return {
                (e[0].get(qn("w:sz")) if (e := c.xpath(f"./w:tcPr/w:tcBorders/w:{side}")) else "")
                for c in cells
            }

        head = len(table(satisfaction()).head)
        assert edges(0, "top") == {"12"}
        assert edges(head - 1, "bottom") == {"6"}
        assert edges(len(found.rows) - 1, "bottom") == {"12"}
        assert edges(head + 1, "bottom") == {""}

    def test_headers_are_merged_and_repeat(self, tmp_path: Path) -> None:
        made = table(awareness())
        found = opened(made, tmp_path).tables[0]
        headers = [bool(r._tr.xpath("./w:trPr/w:tblHeader")) for r in found.rows]
        assert headers == [True] * len(made.head) + [False] * len(made.body)
        for row in found.rows:
            spans = [int(s) for s in row._tr.xpath("./w:tc/w:tcPr/w:gridSpan/@w:val")]
            assert len(row._tr.tc_lst) - len(spans) + sum(spans) == made.columns + 1
        assert found.rows[0].cells[3].text == "村类型"

    def test_fonts_caption_and_notes(self, tmp_path: Path) -> None:
        made = replace(table(awareness()), title="表 3　知晓情况")
        document = opened(made, tmp_path)
        caption = document.paragraphs[0]
        assert (caption.style.name, caption.text) == ("Caption", "表 3　知晓情况")
        assert caption._p.xpath(".//w:instrText")[0].text.strip() == r"SEQ 表 \* ARABIC \r 3"
        fonts = document.styles["Normal"].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "宋体"
        assert fonts.get(qn("w:ascii")) == "Times New Roman"
        assert [p.text for p in document.paragraphs if p.text][1:] == list(made.footer)

    def test_synthetic_is_said_and_illustrative_values_are_grey(self, tmp_path: Path) -> None:
        document = opened(table(synthetic()), tmp_path)
        assert "SYNTHETIC" in document.paragraphs[0].text
        grey = document.element.xpath('.//w:r[w:rPr/w:color/@w:val="767676"]/w:t/text()')
        assert "(41.7)" in grey
        assert document.sections[0].page_width > document.sections[0].page_height

    def test_what_labels_hold_is_text(self, tmp_path: Path) -> None:
        document = opened(table(labelled(HOSTILE)), tmp_path)
        texts = [c.text for r in document.tables[0].rows for c in r.cells]
        assert HOSTILE in texts
        assert not document.element.xpath(".//w:instrText")

    @settings(max_examples=25, deadline=None)
    @given(hostile)
    def test_any_label_can_be_written_and_read(self, text: str) -> None:
        found = docx.Document(
            BytesIO(word.render(Document(text, "zh", (simple(text),), contents="show")))
        )
        kept = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", re.sub("[\t\r\n]+", " ", text))
        assert found.tables[0].rows[1].cells[0].text == kept

    def test_a_long_table_is_written_quickly_and_whole(self, tmp_path: Path) -> None:
        document = opened(simple("x", rows=3000, columns=6), tmp_path)
        assert len(document.tables[0]._tbl.tr_lst) == 3001

    def test_no_time_stands_in_the_file(self, tmp_path: Path) -> None:
        first = table(awareness()).to_docx(tmp_path / "a.docx").read_bytes()
        assert first == table(awareness()).to_docx(tmp_path / "b.docx").read_bytes()
        with zipfile.ZipFile(BytesIO(first)) as archive:
            assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"2000-01-01" in archive.read("docProps/core.xml")


class TestPdf:
    def test_the_same_bytes_every_time_and_no_date(self, tmp_path: Path) -> None:
        first = table(synthetic()).to_pdf(tmp_path / "a.pdf").read_bytes()
        assert first == table(synthetic()).to_pdf(tmp_path / "b.pdf").read_bytes()
        assert first.startswith(b"%PDF")
        assert b"CreationDate" not in first
        assert b"SurveyKitSansSC" in first

    def test_a_long_table_breaks_over_pages(self) -> None:
        made = pdf.render(Document("x", "en", (simple("x", rows=400),)))
        assert pdf_text(made) >= 8

    @settings(max_examples=15, deadline=None)
    @given(hostile)
    def test_any_label_can_be_written(self, text: str) -> None:
        assert pdf.render(Document(text, "zh", (simple(text),))).startswith(b"%PDF")

    def test_labels_are_no_markup(self) -> None:
        assert pdf_text(pdf.render(Document(HOSTILE, "en", (table(labelled(HOSTILE)),)))) == 1


class TestBooksAndErrors:
    def test_a_book_has_contents_and_all_tables(self, tmp_path: Path) -> None:
        made = book(whole_survey())
        found = docx.Document(str(made.to_docx(tmp_path / "b.docx")))
        links = found.element.xpath(".//w:hyperlink/@w:anchor")
        marks = found.element.xpath(".//w:bookmarkStart/@w:name")
        assert links == marks
        assert len(links) == len(made)
        assert made.to_pdf(tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
        assert made.to_latex().count(r"\caption{") >= len(made)

    @pytest.mark.parametrize("kind", ["docx", "pdf"])
    def test_nothing_is_left_where_it_cannot_be_written(self, tmp_path: Path, kind: str) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(InputError, match="cannot be written"):
            getattr(table(awareness()), f"to_{kind}")(tmp_path / "file" / f"t.{kind}")
        assert [p.name for p in tmp_path.iterdir()] == ["file"]

    @pytest.mark.parametrize(
        ("module", "kind", "extra"), [("docx", "docx", "office"), ("typst", "pdf", "pdf")]
    )
    def test_a_missing_package_is_named_with_its_extra(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, kind: str, extra: str
    ) -> None:
        monkeypatch.setitem(__import__("sys").modules, module, None)
        with pytest.raises(MissingDependencyError) as caught:
            getattr(table(awareness()), f"to_{kind}")(tmp_path / f"t.{kind}")
        assert f"surveykit[{extra}]" in str(caught.value)
        assert list(tmp_path.iterdir()) == []

    def test_themes(self, tmp_path: Path) -> None:
        assert r"\toprule[0.75pt]" in table(awareness()).to_latex(theme="apa")
        for name in ("apa", "gbt", "plain"):
            table(awareness()).to_pdf(tmp_path / f"{name}.pdf", theme=name)  # type: ignore[arg-type]
            table(awareness()).to_docx(tmp_path / f"{name}.docx", theme=name)  # type: ignore[arg-type]
        with pytest.raises(UnknownNameError, match="unknown theme"):
            table(awareness()).to_latex(theme="three_lines")  # type: ignore[arg-type]
