"""Books: one table for each question, contents, notes said once, every format."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from display_rows import grid_of_questions, labelled, satisfaction, synthetic, whole_survey

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimate, Estimates, Spec
from surveykit.tables import book
from surveykit.tables.pages import sheet_name

GENERAL = ("已略去可识别个人的列：手机号。", "village_type：3 人的分组未知，只计入合计列。")


def without_banner() -> Estimates:
    whole = whole_survey().filter(lambda r: not r.by)
    return replace(whole, spec=replace(whole.spec, by=()))


class TestBook:
    def test_one_numbered_table_for_each_question_or_battery(self) -> None:
        made = book(whole_survey())
        assert made.names == ("participation", "satisfied", "q4", "channels", "age")
        assert [t.title for t in made] == [
            "表 1　是否参加民族团结进步创建活动",
            "表 2　您对村里的创建活动是否满意",
            "表 3　您对以下方面是否满意？",
            "表 4　从哪里知道创建活动（可多选）",
            "表 5　年龄",
        ]
        assert made.title == "表册：按村类型"
        assert len(made) == 5
        assert made[2] is made["q4"]
        assert book(whole_survey(), lang="en", title="Pilot")[0].title.startswith("Table 1. ")

    def test_a_table_holds_its_own_question_only(self) -> None:
        made = book(whole_survey())
        for table in made:
            assert len(made["participation"].body) == 4
            assert len([x for x in table.body if x.kind == "group"]) in (0, 1, 3)
        assert made["satisfied"].tests == book(whole_survey())["satisfied"].tests != ()
        assert made["participation"].tests == ()

    def test_a_battery_is_one_table_across_where_there_is_no_banner(self) -> None:
        made = book(without_banner())
        assert made.title == "表册"
        assert [x.label for x in made["q4"].body] == [
            "村容环境",
            "社会治安",
            "民族团结进步创建宣传",
        ]
        below = book(without_banner(), batteries="groups_across")["q4"]
        assert [x.label for x in below.body if x.kind == "group"] == [
            "村容环境", "社会治安", "民族团结进步创建宣传",
        ]  # fmt: skip
        beside = book(grid_of_questions(), batteries="battery")["q4"]
        assert beside.columns == 3 * (1 + 7 + 4)

    def test_notes_are_said_once_and_where_they_belong(self) -> None:
        made = book(whole_survey())
        assert made.notes == GENERAL
        assert made["participation"].notes == (
            "participation：400 人中 15 人缺失（未回答 15），不计入任何基数。",
        )
        assert len(made["channels"].notes) == 2
        assert made["age"].notes == ()
        for shown in (made.to_text(), made.to_html(), made.to_markdown()):
            assert shown.count("手机号") == 1

    def test_what_stands_under_several_tables_moves_to_the_front(self) -> None:
        where = replace(whole_survey(), spec=replace(whole_survey().spec, where="age > 18"))
        made = book(where, notes=["末"])
        assert made.notes == (*GENERAL, "范围：age > 18", "末")
        assert not any("范围" in note for table in made for note in table.notes)

    def test_a_variable_whose_name_begins_like_another(self) -> None:
        rows = tuple(Estimate(v, "是", "1", "", "", "", "percent", 5.0, n=9) for v in ("q1", "q12"))
        made = book(Estimates(rows, Spec("book", ("q1", "q12")), notes=("q12：3 人缺失。",)))
        assert (made["q1"].notes, made["q12"].notes) == ((), ("q12：3 人缺失。",))

    def test_each_table_takes_of_the_statistics_and_bases_what_it_has(self) -> None:
        made = book(
            whole_survey(), stats=["percent", "weighted_count"], show_bases=["n", "responses"]
        )
        assert made["participation"].columns == 3
        assert made["channels"].columns == 6
        heads = [h.text for _, _, h in made["channels"].placed() if h.kind == "base"]
        assert heads[3] == "应答数 = 510"
        assert [h.text for _, _, h in made["age"].placed() if h.kind == "stat"][:2] == [
            "均值 (标准差)", "中位数",
        ]  # fmt: skip

    def test_synthetic_data_are_called_so_on_every_table(self) -> None:
        made = book(synthetic())
        assert all("SYNTHETIC" in t.banner for t in made)

    def test_errors(self) -> None:
        with pytest.raises(UsageError, match="no rows"):
            book(replace(satisfaction(), rows=()))
        with pytest.raises(UnknownNameError, match="groups_across"):
            book(satisfaction(), batteries="across")  # type: ignore[arg-type]
        with pytest.raises(UnknownNameError, match="did you mean 'satisfied'"):
            book(satisfaction())["satisfeid"]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.ids += [str(held["id"])] if "id" in held else []
        self.links += [str(held["href"])] if "href" in held else []
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestViews:
    def test_one_page_with_working_links_and_nothing_from_elsewhere(self) -> None:
        page = book(whole_survey()).to_html()
        reader = _Links()
        reader.feed(page)
        assert reader.open == []
        assert len(reader.ids) == len(set(reader.ids)) == 6
        assert {x.removeprefix("#") for x in reader.links} == set(reader.ids)
        assert not re.search(r"https?:|url\(|@import|<script|<link", page)
        assert page.count(".sk-table{color") == 1  # the style once
        assert page.startswith("<!doctype html>")
        part = book(whole_survey())._repr_html_()
        assert "<html" not in part
        assert part in page

    def test_text_lists_the_contents_and_fits(self) -> None:
        text = book(whole_survey()).to_text(80)
        front = text.split("\n\n\n")[0].split("\n")
        assert front[0] == "表册：按村类型"
        assert front[-5:] == [f"  {t.title}" for t in book(whole_survey())]
        assert repr(book(whole_survey())) == book(whole_survey()).to_text()

    def test_markdown_links_to_its_anchors(self) -> None:
        text = book(whole_survey()).to_markdown()
        assert re.findall(r"\]\(#(t\d)\)", text) == re.findall(r'<a id="(t\d)">', text)

    def test_what_labels_hold_is_text(self) -> None:
        evil = "<script>alert(1)</script>]|'"
        page = book(labelled(evil), title=evil).to_html()
        assert "<script" not in page
        assert "<script" not in book(labelled(evil)).to_markdown()

    def test_a_workbook_with_contents_and_a_sheet_for_each_table(self, tmp_path: Path) -> None:
        made = book(whole_survey())
        found = openpyxl.load_workbook(made.to_xlsx(tmp_path / "b.xlsx"))
        assert found.sheetnames[0] == "目录"
        assert len(found.sheetnames) == 6
        contents = found["目录"]
        links = {
            c.value: c.hyperlink.location for r in contents.iter_rows() for c in r if c.hyperlink
        }
        assert list(links) == [t.title for t in made]
        assert [x.split("!")[0].strip("'") for x in links.values()] == found.sheetnames[1:]
        for name, table in zip(found.sheetnames[1:], made, strict=True):
            assert found[name]["A1"].value == table.title
            back = [c for r in found[name].iter_rows() for c in r if c.hyperlink]
            assert [c.hyperlink.location for c in back] == ["'目录'!A1"]

    def test_the_same_bytes_every_time(self, tmp_path: Path) -> None:
        paths = [book(whole_survey()).to_xlsx(tmp_path / f"{i}.xlsx") for i in (1, 2)]
        first, second = (hashlib.sha256(p.read_bytes()).hexdigest() for p in paths)
        assert first == second

    def test_names_of_sheets_are_safe_and_unique(self, tmp_path: Path) -> None:
        titles = [
            "表 1　a/b:c*d?[e]\\f'",
            "表 2　" + "长" * 60,
            "Table 3. " + "😀" * 40,
            "Table 4. History",
        ]
        names = [sheet_name(i, t) for i, t in enumerate(titles, start=1)]
        assert names[0] == "1 abcdef"
        assert names[3] == "4 History"
        assert all(len(n.encode("utf-16-le")) // 2 <= 31 for n in names)
        questions = {f"v{i}": "同一个问题" * 9 for i in range(12)}
        rows = tuple(Estimate(v, "是", "1", "", "", "", "percent", 5.0, n=9) for v in questions)
        made = book(Estimates(rows, Spec("book", tuple(questions), questions=questions)))
        found = openpyxl.load_workbook(made.to_xlsx(tmp_path / "b.xlsx")).sheetnames
        assert len({n.lower() for n in found}) == 13
