"""Tables of surveys: nets, summaries, letters, bases, totals, batteries; rows as polars frames."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from display_rows import channels, frequency, grid_of_questions, satisfaction

from surveykit.errors import MissingDependencyError, UnknownNameError, UsageError
from surveykit.estimate import Estimate, Estimates, Spec, TestRow, Tests
from surveykit.tables import Line, Table, table
from surveykit.tables.words import BASES, STATS, TESTS
from surveykit.text import shared_lead, width


def english(label: str) -> str:
    return "Net: 1" if label.startswith("Net:") else label


SPSS = ["n", "percent_of_all", "percent", "cumulative_percent"]


def line(made: Table, label: str) -> Line:
    return next(x for x in made.body if x.label == label)


def cells(made: Table, label: str) -> list[str]:
    return [c.plain for c in line(made, label).cells]


class TestNets:
    def test_nets_and_boxes_follow_the_levels_and_are_called_so(self) -> None:
        made = table(satisfaction())
        kinds = [(x.kind, x.label) for x in made.body]
        assert [label for kind, label in kinds if kind == "net"] == [
            "最高 2 项（满意＋很满意）",
            "小计：不满意的",
        ]
        assert [k for k, _ in kinds] == ["group", *["row"] * 5, *["net"] * 2, *["summary"] * 4]
        assert cells(made, "最高 2 项（满意＋很满意）")[:2] == ["58.1", "244"]
        assert "Net: 不满意的" in [x.label for x in table(satisfaction(), lang="en").body]

    def test_nets_that_stand_between_levels_come_after_them(self) -> None:
        rows = satisfaction().rows
        nets = tuple(r for r in rows if r.net)
        made = table(replace(satisfaction(), rows=nets + tuple(r for r in rows if not r.net)))
        assert made.body == table(satisfaction()).body

    def test_nets_overlap_and_enter_no_total(self) -> None:
        made = table(satisfaction(), totals="show")
        assert cells(made, "合计")[:4] == ["100.0", "420", "100.0", "153"]

    def test_a_net_has_a_look_of_its_own(self, tmp_path: Path) -> None:
        shown = table(satisfaction()).to_html()
        assert shown.count('<tr class="sk-net">') == 2
        assert ".sk-net>*{font-style:italic}" in shown
        made = table(satisfaction(), lang="en")
        body = replace(made, body=tuple(replace(x, label=english(x.label)) for x in made.body))
        sheet = openpyxl.load_workbook(body.to_xlsx(tmp_path / "t.xlsx")).active
        (row,) = (r for r in sheet.iter_rows() if r[0].value == "Net: 1")
        assert row[0].font.italic
        assert row[1].font.italic

    def test_chinese_is_not_set_in_italics_but_has_a_rule_above(self, tmp_path: Path) -> None:
        sheet = openpyxl.load_workbook(table(satisfaction()).to_xlsx(tmp_path / "t.xlsx")).active
        first, other = (
            r for r in sheet.iter_rows()
            if r[0].value in ("最高 2 项（满意＋很满意）", "小计：不满意的")
        )  # fmt: skip
        assert not any(c.font.italic for c in (*first, *other))
        assert [c.border.top.style for c in (first[0], first[1], other[0])] == [
            "thin",
            "thin",
            None,
        ]
        shown = table(satisfaction()).to_html()
        assert ".sk-table:lang(zh) tbody tr.sk-net>*{font-style:normal}" in shown

    def test_a_plain_table_carries_no_style_for_them(self) -> None:
        assert ".sk-net" not in table(frequency(), stats=["percent"]).to_html()


class TestSummaries:
    def test_each_is_a_line_with_its_value_in_the_first_column(self) -> None:
        made = table(satisfaction())
        assert cells(made, "均值") == ["3.5", "", "4.0 BC", "", "3.3", "", "2.7", ""]
        assert [x.label for x in made.body if x.kind == "summary"] == [
            "均值", "标准差", "中位数", "25% 分位数",
        ]  # fmt: skip
        english = [x.label for x in table(satisfaction(), lang="en").body if x.kind == "summary"]
        assert english == ["Mean", "SD", "Median", "25% quantile"]

    def test_those_asked_for_and_no_others(self) -> None:
        made = table(satisfaction(), stats=["percent", "mean (sd)"])
        assert [x.label for x in made.body if x.kind == "summary"] == ["均值 (标准差)"]
        found = cells(made, "均值 (标准差)")
        assert [x.strip("\u2007\u2008") for x in found] == [
            "3.5 (1.2)", "4.0 (1.0) BC", "3.3 (1.2)", "2.7 (1.4)",
        ]  # fmt: skip

    def test_alone_they_are_columns(self) -> None:
        made = table(satisfaction(), stats=["mean (sd)", "median"])
        assert [x.kind for x in made.body] == ["row"]
        assert made.columns == 8

    def test_groups_down_has_them_across(self) -> None:
        made = table(satisfaction(), layout="groups_down", stats=["percent", "mean"])
        assert cells(made, "示范村 (A)") == [
            "153", "3.3", "6.5", "9.8", "45.8 BC", "34.6 bc", "80.4 BC", "9.8", "4.0 BC",
        ]  # fmt: skip

    def test_a_number_beside_categories_has_its_summaries_only(self) -> None:
        number = (Estimate("age", "", "", "", "", "", "mean", 39.4, n=400),)
        spec = replace(frequency().spec, variables=("satisfied", "age"))
        made = table(Estimates(frequency().rows + number, spec), stats=["percent"])
        assert [(x.kind, x.label) for x in made.body][-3:] == [
            ("group", "age"), ("base", "有效样本 n"), ("summary", "均值"),
        ]  # fmt: skip

    def test_means_show_the_summaries_that_were_asked_for(self) -> None:
        rows = tuple(
            Estimate("age", "", "", "", "", "", s, x, n=10)
            for s, x in (("mean", 3.0), ("sd", 1.0), ("quantile_90", 8.0), ("count", 10.0))
        )
        spec = Spec("mean", ("age",), summaries=("quantile_90",), lang="en")
        made = table(Estimates(rows, spec))
        assert cells(made, "age") == ["3.0", "8.0", "10"]
        assert [h.text for _, _, h in made.placed() if h.kind == "stat"] == [
            "mean", "90% quantile", "n",
        ]  # fmt: skip


class TestLetters:
    def test_columns_have_letters_and_cells_the_letters_of_others(self) -> None:
        made = table(satisfaction())
        heads = [h.text for _, _, h in made.placed() if h.kind == "level"]
        assert heads == ["合计", "示范村 (A)", "非示范村 (B)", "其他村 (C)"]
        assert cells(made, "满意")[2:] == ["45.8 BC", "70", "30.2", "70", "17.1", "6"]
        assert cells(made, "很满意")[2] == "34.6 bc"
        assert "大写 P < 0.01" in made.probability[-1]

    def test_without_comparisons_no_letters(self) -> None:
        plain = replace(satisfaction(), comparisons=frequency().comparisons)
        made = table(plain)
        assert "(A)" not in made.to_text()
        assert made.legend == made.probability == ()
        assert "<sup" not in made.to_html()

    def test_columns_that_were_compared_have_letters_though_none_differ(self) -> None:
        compared = satisfaction().comparisons
        same = tuple(r._replace(alpha=None) for r in compared.rows)
        made = table(replace(satisfaction(), comparisons=replace(compared, rows=same)))
        assert "示范村 (A)" in [h.text for _, _, h in made.placed()]
        assert "<sup" not in made.to_html()

    def test_signs_against_one_column(self) -> None:
        compared = satisfaction().comparisons
        assert compared.options is not None
        total = replace(compared, options=replace(compared.options, against="total"))
        made = table(replace(satisfaction(), comparisons=total))
        # (the fixture compares with two columns; a real table with one)
        assert cells(made, "满意")[2].startswith("45.8 +")
        assert "(A)" not in made.to_text()

    def test_letters_of_many_columns_stay_apart(self) -> None:
        compared = satisfaction().comparisons
        rows = tuple(
            r._replace(against_letter="AA") if r.against_letter == "C" else r for r in compared.rows
        )
        made = table(replace(satisfaction(), comparisons=replace(compared, rows=rows)))
        assert cells(made, "满意")[2] == "45.8 B AA"

    @pytest.mark.parametrize("stats", [["percent", "n"], ["percent (n)"]])
    def test_decimal_points_stand_in_one_column(self, stats: list[str]) -> None:
        text = table(satisfaction(), stats=stats).to_text()
        lines = [x for x in text.split("\n") if re.match(r"  (很?不?满意|一般) ", x)]
        points = [[width(x[: m.start()]) for m in re.finditer(r"\.", x)] for x in lines]
        assert len(lines) == 5
        assert len({tuple(p) for p in points}) == 1

    def test_html_keeps_a_box_of_one_width_beside_the_numbers(self) -> None:
        shown = table(satisfaction()).to_html()
        assert 'em">BC</sup>' in shown
        widths = re.findall(r'class="sk-sig" style="width:([0-9.]+)em"', shown)
        assert len(widths) == 3 * 11  # each line, in each column that has letters
        assert set(widths) == {"1.6", "0.8"}

    def test_markdown_keeps_blanks_in_their_place(self) -> None:
        rows = table(satisfaction(), stats=["percent"]).to_markdown().split("\n")
        found = {x.split(" | ")[0]: x.split(" | ")[2] for x in rows if x.startswith("| &emsp;")}
        assert found["| &emsp;满意"] == "45.8 BC"
        assert found["| &emsp;一般"] == "9.8" + 3 * "&numsp;"

    def test_xlsx_has_them_in_columns_of_their_own(self, tmp_path: Path) -> None:
        made = table(satisfaction())
        sheet = openpyxl.load_workbook(made.to_xlsx(tmp_path / "t.xlsx")).active
        (row,) = (r for r in sheet.iter_rows() if r[0].value == "满意")
        values = [c.value for c in row]
        assert values[1:5] == [
            pytest.approx(34.76, abs=0.01),
            146,
            pytest.approx(45.75, abs=0.01),
            "BC",
        ]
        assert values[5] == 70
        assert row[3].number_format == "0.0_†"
        merged = {str(m) for m in sheet.merged_cells.ranges}
        assert "D2:L2" in merged  # 村类型: three groups of two, each with a column of letters
        assert "D3:F3" in merged
        assert sheet.max_column == 1 + made.columns + 3


class TestBases:
    def test_a_weighted_survey_shows_both_and_any_others_asked_for(self) -> None:
        heads = [h.text for _, _, h in table(channels()).placed() if h.kind == "base"]
        assert heads == [
            "n = 340", "n = 140", "n = 200", "加权 n = 357", "加权 n = 147", "加权 n = 210",
        ]  # fmt: skip
        made = table(channels(), show_bases=["n", "effective", "asked", "responses"], lang="en")
        heads = [h.text for _, _, h in made.placed() if h.kind == "base"]
        assert heads[::3] == ["n = 340", "effective n = 272", "asked = 360", "responses = 510"]

    def test_weighted_counts_have_the_decimals_asked_for(self) -> None:
        made = table(channels(), stats=["weighted_count"], weighted_decimals=1)
        assert cells(made, "网络")[0] == "198.5"
        assert "加权 n = 210.0" in [h.text for _, _, h in made.placed()]
        assert cells(table(channels(), stats=["weighted_count"]), "网络")[0] == "198"

    def test_they_are_lines_where_variables_differ(self) -> None:
        both = replace(
            channels(),
            rows=channels().rows + satisfaction().rows,
            spec=replace(channels().spec, variables=("channels", "satisfied")),
        )
        made = table(both, stats=["percent"], show_bases=["n", "weighted", "asked"])
        labels = [x.label for x in made.body if x.kind == "base"]
        assert labels == ["有效样本 n", "加权样本 n", "被询问人数", "有效样本 n"]
        assert not any(h.kind == "base" for _, _, h in made.placed())

    def test_groups_down_has_them_as_columns(self) -> None:
        made = table(channels(), layout="groups_down", stats=["percent"], show_bases=["n", "asked"])
        assert cells(made, "示范村")[:3] == ["140", "160", "42.9"]

    def test_a_base_that_is_not_there(self) -> None:
        with pytest.raises(UsageError, match="no base 'effective'"):
            table(satisfaction(), show_bases=["n", "effective"])
        with pytest.raises(UnknownNameError, match="weighted"):
            table(satisfaction(), show_bases=["weigthed"])  # type: ignore[list-item]

    def test_shares_of_everyone_do_not_change_the_base(self) -> None:
        made = table(frequency(), stats=SPSS)
        assert [h.text for _, _, h in made.placed() if h.kind == "base"] == ["n = 420"]


class TestFrequencyTable:
    """The frequency table of SPSS: valid, missing, total."""

    def test_as_spss_lays_it_out(self) -> None:
        made = table(frequency(), stats=SPSS)
        assert [h.text for _, _, h in made.placed() if h.kind == "stat"] == [
            "n", "含缺失百分比", "有效百分比", "累积百分比",
        ]  # fmt: skip
        assert cells(made, "满意") == ["146", "33.8", "34.8", "76.7"]
        assert cells(made, "有效合计") == ["420", "97.2", "100.0", ""]
        assert cells(made, "缺失") == ["12", "2.8", "", ""]
        assert cells(made, "合计") == ["432", "100.0", "", ""]

    def test_the_lines_add_up(self) -> None:
        made = table(frequency(), stats=SPSS)
        for column in (0, 1):
            levels = [c.cells[column].value or 0.0 for c in made.body if c.kind == "row"]
            valid, missing, total = (
                line(made, x).cells[column].value or math.nan for x in ("有效合计", "缺失", "合计")
            )
            assert sum(levels) == pytest.approx(valid)
            assert valid + missing == pytest.approx(total)

    def test_without_missing_one_total_is_enough(self) -> None:
        full = tuple(
            r._replace(estimate=0.0 if r.stat == "missing" else r.estimate)
            for r in frequency().rows
        )
        made = table(replace(frequency(), rows=full), stats=SPSS, lang="en")
        assert [x.label for x in made.body if x.kind in ("total", "missing")] == ["Total"]

    def test_totals_when_asked_and_never_of_multiple_response(self) -> None:
        assert "total" not in [x.kind for x in table(satisfaction()).body]
        assert "total" in [x.kind for x in table(satisfaction(), totals="show").body]
        hidden = table(frequency(), stats=SPSS, totals="hide")
        assert {x.kind for x in hidden.body} == {"group", "row"}
        assert "total" not in [x.kind for x in table(channels(), totals="show").body]
        with pytest.raises(UnknownNameError, match="auto"):
            table(frequency(), totals="both")  # type: ignore[arg-type]

    def test_percent_is_only_called_valid_beside_that_of_everyone(self) -> None:
        made = table(frequency(), stats=["percent", "cumulative_percent"])
        assert [h.text for _, _, h in made.placed() if h.kind == "stat"] == ["%", "累积百分比"]


class TestBattery:
    def test_items_down_levels_across_within_groups(self) -> None:
        made = table(grid_of_questions(), layout="battery", stats=["percent", "mean"])
        assert made.title == "您对以下方面是否满意？（按村类型）"
        assert [x.label for x in made.body] == ["村容环境", "社会治安", "民族团结进步创建宣传"]
        assert cells(made, "村容环境")[:9] == [
            "150", "6.7", "13.3", "20.0", "26.7", "33.3", "60.0", "20.0", "3.7",
        ]  # fmt: skip
        spanners = [h.text for _, _, h in made.placed() if h.kind == "spanner"]
        assert spanners == ["合计", "村类型", "示范村", "非示范村"]

    def test_the_total_alone_needs_no_spanner(self) -> None:
        whole = grid_of_questions().filter(lambda r: not r.by)
        whole = replace(whole, spec=replace(whole.spec, by=()))
        made = table(whole, layout="battery", stats=["percent"])
        assert len(made.head) == 1
        assert made.title == "您对以下方面是否满意？"

    def test_an_item_without_a_net_is_left_empty_there(self) -> None:
        some = grid_of_questions().filter(lambda r: not (r.net and r.variable == "q4_2"))
        made = table(some, layout="battery", stats=["percent"])
        assert cells(made, "社会治安")[6:8] == ["—", "—"]
        assert cells(made, "村容环境")[6:8] == ["60.0", "20.0"]

    def test_different_levels_are_no_battery(self) -> None:
        mixed = grid_of_questions().filter(lambda r: (r.variable, r.level_code) != ("q4_3", "5"))
        with pytest.raises(UsageError, match="'q4_3' are not those of 'q4_1'"):
            table(mixed, layout="battery")

    @pytest.mark.parametrize(
        ("questions", "lead"),
        [
            (["满意吗？—1.环境", "满意吗？—2.治安"], ("满意吗？", ("1.环境", "2.治安"))),
            (
                ["Trust in the police", "Trust in the courts"],
                ("Trust in the", ("police", "courts")),
            ),
            (["您对环境满意吗", "您对治安满意吗"], ("", ("您对环境满意吗", "您对治安满意吗"))),
            (["A: x", "A: "], ("", ("A: x", "A: "))),
            (["only one: x"], ("", ("only one: x",))),
        ],
    )
    def test_the_lead_of_questions(
        self, questions: list[str], lead: tuple[str, tuple[str, ...]]
    ) -> None:
        assert shared_lead(questions) == lead

    def test_blocks_do_not_mix_the_rest_of_one_group_with_the_next(self) -> None:
        text = table(grid_of_questions(), layout="battery", stats=["percent"]).to_text(70)
        parts = [part for part in text.split("\n\n") if "村容环境" in part]
        assert all(width(x) <= 70 for part in parts for x in part.split("\n"))
        for part in parts:
            assert sum(name in part for name in ("合计", " 示范村", "非示范村")) == 1


class TestTests:
    def made(self, *rows: TestRow) -> tuple[str, ...]:
        return table(replace(satisfaction(), tests=Tests(rows)), lang="en").tests

    def test_measures_are_shown_by_their_value(self) -> None:
        place = ("satisfied", "village_type")
        (line,) = self.made(
            TestRow("tau_b", *place, None, None, None, 0.0004, -0.21, "tau_b"),
            TestRow("lambda", *place, None, None, None, None, 0.11, ""),
        )
        assert line == "τ-b = −0.210, p < 0.001; λ = 0.110"

    def test_a_test_without_a_statistic_keeps_its_name(self) -> None:
        place = ("satisfied", "village_type")
        (line,) = self.made(
            TestRow("fisher", *place, None, None, None, 0.03, 0.2, "cramers_v", "exact")
        )
        assert line == "Fisher's exact test p = 0.030, Cramér's V = 0.200 (exact)"

    def test_two_degrees_of_freedom(self) -> None:
        place = ("satisfied", "village_type")
        (line,) = self.made(TestRow("rao_scott", *place, 2.5, 1.93, 120.4, 0.08, None, ""))
        assert line == "Rao–Scott F(1.93, 120.4) = 2.500, p = 0.080"

    def test_every_name_speaks_both_languages(self) -> None:
        labels = [*TESTS.values(), *STATS.values(), *(x for _, *of in BASES.values() for x in of)]
        assert all(x.zh and x.en for x in labels)


def long(levels: int) -> Estimates:
    rows = [
        Estimate("v", f"选项 {i}", str(i), by, code, code, stat, float(i), n=levels)
        for by, code in (("", ""), *(("g", str(g)) for g in range(10)))
        for i in range(levels)
        for stat in ("percent", "count")
    ]
    return Estimates(tuple(rows), Spec("crosstab", ("v",), ("g",)))


def test_thousands_of_lines_are_cut_into_blocks_that_fit() -> None:
    text = table(long(1000)).to_text(80)
    assert max(map(width, text.split("\n"))) <= 80
    assert text.count("选项 999 ") == text.count("选项 0 ") >= 2


def test_rows_as_a_polars_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = satisfaction().to_polars()
    assert frame.columns == list(Estimates.columns)
    assert frame.height == len(satisfaction())
    assert frame.filter(pl.col("stat") == "mean")["estimate"][0] == pytest.approx(3.505, abs=1e-3)
    assert satisfaction().comparisons.to_polars().height == 10
    assert frame["deff"].dtype == pl.Float64  # missing in every row
    assert Tests().to_polars().columns == list(Tests.columns)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingDependencyError, match=r"to_polars needs .*'polars'"):
        satisfaction().to_polars()
