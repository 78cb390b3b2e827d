"""Tables as they go out: themes, captions, templates, stars, pictures, numbers for prose, bad input."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from display_rows import awareness, labelled, participation, satisfaction, synthetic, whole_survey
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate import Estimate, Estimates, Spec, TestRow, Tests
from surveykit.tables import Cell, Head, Line, Table, book, table
from surveykit.tables.captions import foot
from surveykit.tables.themes import theme_of
from surveykit.text import clean

NASTY = [
    "<script>alert('x')</script> & &amp;", "=HYPERLINK(\"http://x\")", "@SUM(A1)", "-1+2",
    r"\input{x} $y_1$ 50% #a {b} ~c^", "| a | **b** `c` [d](e) ![f](g)", "# not a heading",
    "#set page(width: 1cm) *b* @ref", "שלום \u202eabc", "a\u200bb\ufeff", "a\nb\tc", "{PAGE} {0.x}",
    "1. list", "> quoted", "- item", "+ item", "1) item", "=====",
]  # fmt: skip
THEMES: list[Any] = ["three_line", "apa", "gbt", "booktabs", "plain"]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag in ("td", "th", "p"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


class TestCaptions:
    def test_a_number_stands_in_front_of_the_title(self) -> None:
        assert table(awareness(), number=2, title="知晓").title == "表 2　知晓"
        assert table(awareness(), number=2, title="Known", lang="en").title == "Table 2. Known"
        assert table(awareness(), number="表 3-1", title="知晓").number == "表 3-1"

    def test_apa_has_number_and_title_on_lines_of_their_own(self, tmp_path: Path) -> None:
        made = table(awareness(), number=2, title="Known", lang="en", notes=["Adults"])
        assert made.to_text(theme="apa").split("\n")[:2] == ["Table 2", "Known"]
        assert made.to_markdown(theme="apa").startswith("**Table 2**\n\n*Known*\n")
        shown = made.to_html(theme="apa")
        assert (
            '<p class="sk-title"><b>Table 2</b></p>\n<p class="sk-title"><i>Known</i></p>' in shown
        )
        assert "<i>Note. </i>" in shown
        word = docx.Document(str(made.to_docx(tmp_path / "t.docx", theme="apa")))
        first, second = [p for p in word.paragraphs if p.style.name == "Caption"]
        assert (first.text, second.text) == ("Table 2", "Known")
        assert all(r.bold for r in first.runs if r.text)
        assert all(r.italic for r in second.runs if r.text)
        sheet = openpyxl.load_workbook(made.to_xlsx(tmp_path / "t.xlsx", theme="apa")).active
        assert (sheet["A1"].value, sheet["A2"].value) == ("Table 2", "Known")
        assert sheet["A1"].font.b
        assert sheet["A2"].font.i

    def test_apa_notes_are_general_then_specific_then_of_probability(self) -> None:
        made = table(synthetic(), lang="en", notes=["Adults"], stars="show")
        general, specific, probability = (n.whole for n in foot(made, theme_of("apa")))
        assert general.startswith("Note. ")
        assert "Adults." in general
        assert specific.startswith("Unmarked: printed")
        assert probability.startswith("* p < 0.05, ** p < 0.01")

    def test_chinese_is_never_slanted(self) -> None:
        shown = table(awareness(), number=2, title="知晓").to_html(theme="apa")
        assert "<i>" not in shown

    def test_gbt_begins_its_notes_and_sets_the_caption_in_heiti(self, tmp_path: Path) -> None:
        made = table(awareness(), number=1, title="知晓")
        assert "\n注：是否知道" in made.to_text(theme="gbt")
        path = made.to_docx(tmp_path / "t.docx", theme="gbt")
        xml = docx.Document(str(path)).element.xml
        assert '<w:rFonts w:eastAsia="黑体"/>' in xml
        assert 'w:top w:val="single" w:sz="12"' in xml
        assert 'w:bottom w:val="single" w:sz="6"' in xml

    def test_latex_has_a_label_once_and_no_number(self) -> None:
        made = table(awareness(), number=2, title="知晓", label="tab:aware{x}").to_latex()
        assert made.count(r"\label{tab:aware-x-}") == 1
        assert r"\caption{知晓}" in made

    def test_a_book_is_numbered_from_where_it_is_told(self) -> None:
        made = book(whole_survey(), number=4)
        assert made[0].title.startswith("表 4　")
        assert made[0].label == "tab:participation"

    def test_how_numbers_are_written_is_no_number(self) -> None:
        from surveykit.text import NumberFormat

        with pytest.raises(UsageError, match="numbers="):
            table(awareness(), number=NumberFormat())  # type: ignore[arg-type]

    @pytest.mark.parametrize("theme", THEMES)
    def test_every_format_has_every_theme(self, theme: Any, tmp_path: Path) -> None:
        made = table(satisfaction(), number=1)
        for text in (made.to_text, made.to_markdown, made.to_html, made.to_latex):
            assert "满意" in text(theme=theme)
        for kind in ("xlsx", "docx", "pdf", "png", "svg"):
            path = getattr(made, f"to_{kind}")(tmp_path / f"t.{kind}", theme=theme)
            assert path.stat().st_size > 1000

    def test_an_unknown_theme_is_named_in_every_format(self, tmp_path: Path) -> None:
        made = table(awareness())
        for call in (made.to_text, made.to_markdown, made.to_html, made.to_latex):
            with pytest.raises(UnknownNameError, match="did you mean 'apa'"):
                call(theme="apa7")  # type: ignore[arg-type]
        for kind in ("xlsx", "docx", "pdf", "png", "svg"):
            with pytest.raises(UnknownNameError):
                getattr(made, f"to_{kind}")(tmp_path / "t", theme="apa7")
        assert list(tmp_path.iterdir()) == []


class TestTemplates:
    def test_a_template_fills_every_cell(self) -> None:
        made = table(awareness(), cell="{n} ({percent:.1f} %)")
        line = next(x for x in made.body if x.label == "知道")
        assert [c.text for c in line.cells[:2]] == ["237 (61.6 %)", "111 (72.5 %)"]
        assert line.cells[-1].text == "—"
        assert made.head[0][0].text == "n (%)"

    def test_intervals_marks_and_letters_come_along(self) -> None:
        made = table(satisfaction(), cell="{percent:.1f} [{low:.1f}, {high:.1f}]")
        liked = next(x for x in made.body if x.label == "满意").cells[1]
        assert (liked.text.strip("\u2007 "), liked.letters) == ("45.8 [37.9, 53.6]", "BC")
        inside = table(satisfaction(), cell="{percent:.0f}{letters}")
        assert any(c.text == "46BC" and not c.letters for x in inside.body for c in x.cells)
        implied = table(synthetic(), cell="{percent:.1f} ({n})")
        assert next(x for x in implied.body if x.label == "知道").cells[0].marker == "†"

    def test_a_template_for_each_kind(self) -> None:
        made = table(
            whole_survey().select("participation", "age"),
            cell={"single": "{n} ({percent:.0f} %)", "number": "{mean:.1f} ({sd:.1f})"},
        )
        assert "participation" not in made.title
        assert [x.label for x in made.body if x.kind != "base"] == [
            "是否参加民族团结进步创建活动，n (%)", "经常参加", "偶尔参加", "没有参加",
            "年龄，均值 (标准差)",
        ]  # fmt: skip
        assert made.body[-1].cells[0].text.strip("\u2007") == "39.4 (11.2)"

    @pytest.mark.parametrize(
        "bad",
        ["{n.__class__}", "{n[0]}", "{n!r}", "{}", "{0}", "{n:>9}", "{n", "n}", "{n:{n}}", "text",
         "{n:.1e}", "{__import__}", "{{n}}"],
    )  # fmt: skip
    def test_nothing_but_names_and_decimals_is_read(self, bad: str) -> None:
        with pytest.raises(UsageError, match="template"):
            table(awareness(), cell=bad)

    def test_near_misses_are_named(self) -> None:
        with pytest.raises(UnknownNameError, match="did you mean 'percent'"):
            table(awareness(), cell="{percnt}")
        with pytest.raises(UnknownNameError, match="key of cell"):
            table(awareness(), cell={"awre": "{n}"})

    @given(st.text(max_size=30))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        try:
            made = table(awareness(), cell=text)
        except (UsageError, UnknownNameError):
            return
        assert made.body


class TestStars:
    def test_stars_have_a_legend_and_stand_at_the_grouping(self) -> None:
        made = table(awareness(), stars="show")
        spanners = {h.text for row in made.head for h in row if h.kind == "spanner"}
        assert {"村类型***", "年龄段"} <= spanners
        assert "P < 0.001***" in made.tests[0]
        assert made.probability == ("* P < 0.05、** P < 0.01、*** P < 0.001（表下第一个检验）。",)
        assert "*" not in table(awareness()).to_text()

    def test_residuals_have_stars_of_their_own(self) -> None:
        rows = tuple(
            Estimate("v", "a", "1", "g", code, code, "adjusted_residual", z, n=50)
            for code, z in (("x", 1.9), ("y", 2.0), ("z", -3.4))
        )
        made = table(Estimates(rows, Spec("residuals", ("v",), ("g",), lang="en")), stars="show")
        cells = next(x for x in made.body if x.label == "a").cells
        assert [c.letters for c in cells] == ["", "*", "***"]

    def test_levels_are_probabilities(self) -> None:
        with pytest.raises(UsageError, match="between 0 and 1"):
            table(awareness(), stars=[5])
        with pytest.raises(UnknownNameError):
            table(awareness(), stars="yes")  # type: ignore[arg-type]


class TestInline:
    def test_a_figure_in_a_sentence(self) -> None:
        made = awareness()
        assert made.inline("aware") == "61.6%（95% 置信区间 56.7–66.4，n = 385）"
        assert made.inline("aware", by="village_type=demo", lang="en") == (
            "72.5 % (95 % CI 65.5–79.6, n = 153)"
        )
        assert made.inline(
            "aware", by={"village_type": "示范村", "sex": "男"}, lang="en"
        ).startswith("76.3 %")
        assert made.inline("aware", level="不知道", stat="count") == "148（n = 385）"
        assert made.inline("aware", template="{n} of {base} ({percent:.0f} %)") == (
            "237 of 385 (62 %)"
        )
        assert satisfaction().inline("satisfied", stat="mean", lang="en") == "3.5 (n = 420)"

    def test_what_is_ambiguous_is_listed(self) -> None:
        with pytest.raises(UsageError, match=r"several figures match: often \(经常参加\), some"):
            participation().inline("participation")
        with pytest.raises(UnknownNameError, match="demo"):
            awareness().inline("aware", by="village_type=dmo")
        with pytest.raises(UnknownNameError, match="did you mean 'village_type'"):
            awareness().inline("aware", by="vilage_type=demo")
        with pytest.raises(UsageError, match="names no group"):
            awareness().inline("aware", by="demo")

    def test_marks(self) -> None:
        made = synthetic()
        with pytest.raises(UnsupportedError, match="not printed"):
            made.inline("aware", by="occupation=0")
        assert made.inline("aware", by="village_type=demo", lang="en").endswith(
            "SYNTHETIC 合成, printed in the source)"
        )
        assert "SYNTHETIC" in made.inline("aware", template="{percent}")
        rows = tuple(r._replace(mark="suppressed") for r in awareness().rows)
        hidden = replace(awareness(), rows=rows)
        assert hidden.inline("aware", lang="en") == "suppressed"
        rows = tuple(r._replace(mark="unreliable") for r in awareness().rows)
        assert "慎用" in replace(awareness(), rows=rows).inline("aware")

    def test_tests_in_a_sentence(self) -> None:
        made = awareness()
        assert made.inline_test("village_type", lang="en") == "χ²(1) = 12.84, p < .001, V = .18"
        assert made.inline_test("age_group") == "χ²(1) = 3.64，P = 0.056，V = 0.12"
        with pytest.raises(UsageError, match=r"chi2 of aware by village_type, chi2"):
            made.inline_test()
        several = satisfaction()
        assert several.inline_test(test="anova", lang="en") == (
            "F(2, 417) = 24.10, p < .001, η² = .10"
        )
        assert several.inline_test(test="gamma", lang="en") == "γ = −.41, p < .001"
        with pytest.raises(UnsupportedError, match="made up"):
            synthetic().inline_test("occupation")
        fisher = TestRow("fisher", "v", "g", None, None, None, 0.03, None, "")
        alone = Estimates((), Spec("crosstab", ("v",), ("g",)), Tests((fisher,)))
        assert alone.inline_test(lang="en") == "Fisher's exact test, p = .030"


class TestPictures:
    def test_the_same_bytes_and_what_it_says_inside(self, tmp_path: Path) -> None:
        made = table(satisfaction(), number=1)
        for kind in ("png", "svg"):
            first = getattr(made, f"to_{kind}")(tmp_path / f"a.{kind}").read_bytes()
            assert first == getattr(made, f"to_{kind}")(tmp_path / f"b.{kind}").read_bytes()
        drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
        assert "<title>表 1　您对村里的创建活动是否满意（按村类型）</title>" in drawn
        assert "最高 2 项" in drawn.partition("</desc>")[0]
        assert "<text" not in drawn

    def test_no_word_leaves_the_picture_and_none_overlap(self) -> None:
        from surveykit.tables import picture

        for estimates in (awareness(), satisfaction(), synthetic(), whole_survey().select("q4_1")):
            figure = picture._draw(table(estimates), theme_of("three_line"))
            renderer: Any = figure.canvas.get_renderer()  # type: ignore[attr-defined]
            boxes = [t.get_window_extent(renderer) for t in figure.texts]
            wide, high = figure.bbox.width, figure.bbox.height
            assert all(b.x0 >= 0 and b.x1 <= wide and b.y0 >= 0 and b.y1 <= high for b in boxes)

    def test_what_is_too_much_is_refused(self, tmp_path: Path) -> None:
        head = ((Head("", kind="corner"), Head("%")),)
        body = tuple(Line("row", str(i), (Cell("1", value=1.0),)) for i in range(2000))
        with pytest.raises(UnsupportedError, match="cm high"):
            Table("t", "en", 1, head, body).to_png(tmp_path / "t.png")
        with pytest.raises(UnsupportedError, match="cells"):
            Table("t", "en", 1, head, body * 4).to_svg(tmp_path / "t.svg")
        with pytest.raises(UsageError, match="dpi"):
            table(awareness()).to_png(tmp_path / "t.png", dpi=5000)
        assert list(tmp_path.iterdir()) == []


def squeezed(text: str) -> str:
    return " ".join(clean(text).split())


class TestBadInput:
    @pytest.mark.parametrize("text", NASTY)
    def test_labels_come_out_as_text(self, text: str, tmp_path: Path) -> None:
        made = table(labelled(text), title=text, notes=[text])
        shown = squeezed(text)
        reader = _Text()
        reader.feed(made.to_html())
        assert sum(squeezed(c) == shown for c in reader.cells) >= 4
        assert not reader.tags & {"script", "img", "a"}
        sheet = openpyxl.load_workbook(made.to_xlsx(tmp_path / "t.xlsx")).active
        cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
        assert sum(squeezed(str(c.value)) == shown for c in cells) >= 4
        assert {c.data_type for c in cells} <= {"s", "n"}
        word = docx.Document(str(made.to_docx(tmp_path / "t.docx")))
        assert any(squeezed(p.text) == shown for p in word.paragraphs)
        assert any(squeezed(c.text) == shown for c in word.tables[0].columns[0].cells)

    @pytest.mark.parametrize("text", NASTY)
    def test_markdown_is_no_markup(self, text: str) -> None:
        made = table(labelled(text), title=text, notes=[text]).to_markdown()
        tokens = MarkdownIt("commonmark").enable("table").parse(made)
        kinds = {t.type for t in tokens}
        assert not kinds & {
            "heading_open", "bullet_list_open", "ordered_list_open", "blockquote_open",
            "html_block", "fence", "code_block", "hr",
        }  # fmt: skip
        inline = [t for t in tokens if t.type == "inline"]
        inner = {c.type for t in inline for c in t.children or []}
        assert inner <= {"text", "strong_open", "strong_close", "softbreak", "text_special"}
        found = [squeezed("".join(c.content for c in t.children or [])) for t in inline]
        assert found.count(squeezed(text)) >= 3

    @given(st.text(max_size=20))
    @settings(max_examples=25)
    def test_any_label_is_drawn_and_written(self, text: str) -> None:
        made = table(labelled(text), title=text)
        for theme in THEMES[:2]:
            made.to_html(theme=theme)
            made.to_latex(theme=theme)
            made.to_markdown(theme=theme)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            from surveykit.tables import picture

            picture.svg(made)

    def test_a_sheet_takes_so_many_columns(self, tmp_path: Path) -> None:
        head = ((Head("", kind="corner"), *[Head("a")] * 16_400),)
        wide = Table("t", "en", 16_400, head, ())
        with pytest.raises(UnsupportedError, match="a sheet of Excel takes 16,384"):
            wide.to_xlsx(tmp_path / "t.xlsx")
        assert list(tmp_path.iterdir()) == []

    def test_many_tables_of_latex_clear_the_page(self) -> None:
        head = ((Head("", kind="corner"), *[Head(f"group {i}") for i in range(200)]),)
        body = (Line("row", "a", (Cell("1.0", value=1.0, decimals=1),) * 200),)
        made = Table("t", "en", 200, head, body).to_latex()
        assert made.count(r"\begin{table}") > 10
        assert r"\clearpage" in made

    def test_latex_compiles_whatever_labels_hold(self, tmp_path: Path) -> None:
        if shutil.which("xelatex") is None:
            pytest.skip("xelatex is not installed")
        parts = [
            table(labelled(text), title=text, notes=[text], label="tab:x").to_latex(theme=theme)
            for text, theme in zip(NASTY, THEMES * 4, strict=False)
        ]
        head = r"\documentclass{article}\usepackage{booktabs,xcolor,caption}\begin{document}"
        whole = "\n".join([head, *("\\clearpage\n".join(parts)).split("\n"), r"\end{document}"])
        kept = "".join(c for c in whole if ord(c) < 0x250)  # the fonts of LaTeX are Latin
        (tmp_path / "t.tex").write_text(kept, encoding="utf-8")
        run = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-pdf", "t.tex"]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, errors="replace")
        assert done.returncode == 0, done.stdout[-1500:]

    def test_a_full_disk_leaves_nothing_behind(self, tmp_path: Path) -> None:
        kinds = ("xlsx", "png", "svg", "docx", "pdf")
        for kind in kinds:
            (tmp_path / f"t.{kind}").write_text("before")
        code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from display_rows import awareness
from surveykit.errors import InputError
from surveykit.tables import table
made = table(awareness())
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
for kind in {kinds!r}:
    try:
        getattr(made, "to_" + kind)({str(tmp_path)!r} + "/t." + kind)
    except InputError as error:
        print(kind, error)
"""
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.count("cannot be written (File too large)") == len(kinds), done.stdout
        assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {
            f"t.{kind}": "before" for kind in kinds
        }

    def test_a_file_that_is_there_is_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "t.svg"
        path.write_text("before")
        assert table(awareness()).to_svg(path).read_text(encoding="utf-8").startswith("<?xml")
        assert os.listdir(tmp_path) == ["t.svg"]
