"""Tables: layout, marks, and the views that are text."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, replace
from html.parser import HTMLParser

import pytest
from display_rows import awareness, both, labelled, participation, synthetic

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimate, Estimates, Spec
from surveykit.tables import Table, table
from surveykit.text import SYNTHETIC_LONG, Lang, NumberFormat, width


def row(made: Table, label: str) -> list[str]:
    """The cells of the first row with this label, as text."""
    return next([c.plain for c in line.cells] for line in made.body if line.label == label)


def grid(made: Table) -> list[list[str]]:
    """The header as a full grid, every spanned place filled."""
    filled = [[""] * (made.columns + 1) for _ in made.head]
    for r, c, head in made.placed():
        for i in range(head.rows):
            for j in range(head.columns):
                assert filled[r + i][c + j] == ""
                filled[r + i][c + j] = head.text or "·"
    return filled


class TestLayout:
    def test_banner_with_nesting_fills_every_header_place_once(self) -> None:
        made = table(awareness())
        lines = grid(made)
        assert all("" not in line for line in lines)
        assert made.columns == 2 * (1 + 2 + 2 + 4)
        assert lines[0][1:8:2] == ["合计", "村类型", "村类型", "年龄段"]
        assert lines[0][11] == "村类型 × 性别"
        assert lines[1][11::2] == ["示范村", "示范村", "非示范村", "非示范村"]
        assert lines[2][11::2] == ["男", "女", "男", "女"]
        assert lines[3][1::2] == [f"n = {n}" for n in (385, 153, 232, 100, 150, 80, 73, 232, 0)]
        assert lines[4][1:] == ["%", "n"] * 9

    def test_values_stand_under_their_group_and_empty_cells_are_dashes(self) -> None:
        made = table(awareness())
        assert row(made, "知道")[:6] == ["61.6", "237", "72.5", "111", "54.3", "126"]
        assert row(made, "不知道")[-2:] == ["—", "0"]
        assert made.body[0].kind == "group"
        assert made.body[0].label == "是否知道正在开展的民族团结进步创建活动"

    def test_groups_down_turns_the_table_over(self) -> None:
        made = table(awareness(), layout="groups_down")
        nested = [("村类型 × 性别", 0), ("示范村", 1), ("男", 2), ("女", 2)]
        nested += [("非示范村", 1), ("男", 2), ("女", 2)]
        assert [(line.label, line.indent) for line in made.body][-7:] == nested
        assert row(made, "合计") == ["385", "61.6", "237", "38.4", "148"]
        assert row(made, "12-18岁") == ["100", "41.0", "41", "59.0", "59"]
        assert all("" not in line for line in grid(made))

    def test_both_layouts_show_the_same_numbers(self) -> None:
        across, down = table(awareness()), table(awareness(), layout="groups_down")
        yes, no = row(across, "知道"), row(across, "不知道")
        pairs = [[*yes[i : i + 2], *no[i : i + 2]] for i in range(0, len(yes), 2)]
        assert [[c.plain for c in x.cells[1:]] for x in down.body if x.kind == "row"] == pairs

    def test_different_bases_stand_in_the_body(self) -> None:
        made = table(both(), stats=["percent"])
        bases = [[c.plain for c in x.cells] for x in made.body if x.kind == "base"]
        assert bases == [["385", "153", "232"], ["385", "150", "235"]]
        assert not any(h.kind == "base" for _, _, h in made.placed())
        assert made.head[0][0].text == "%"

    def test_composed_cells_line_up(self) -> None:
        made = table(participation(), stats=["percent (n)"], layout="groups_down")
        texts = [line.cells[1].text for line in made.body if line.cells]
        assert [t.replace("\u2007", "") for t in texts] == ["14.8 (57)", "20.0 (30)", "2.1 (5)"]
        assert len({t.index(".") for t in texts}) == 1
        assert len({width(t) for t in texts}) == 1

    def test_row_percentages_do_not_change_the_base_of_the_group(self) -> None:
        wide = tuple(r._replace(stat="row_percent", n=385) for r in awareness().rows)
        made = table(replace(awareness(), rows=awareness().rows + wide), stats=["row_percent"])
        assert [h.text for _, _, h in made.placed() if h.kind == "base"][:3] == [
            "n = 385", "n = 153", "n = 232",
        ]  # fmt: skip

    def test_means_are_rows_of_their_own_and_may_show_intervals(self) -> None:
        rows = (
            Estimate("age", "", "", "", "", "", "mean", 39.445, 1.1, 37.25, 41.65, 200),
            Estimate("age", "", "", "", "", "", "count", 200.0, n=200),
        )
        estimates = Estimates(rows, Spec("mean", ("age",), questions={"age": "年龄"}))
        assert row(table(estimates), "年龄") == ["39.4", "200"]
        made = table(estimates, stats=["mean", "se", "[low, high]"])
        assert row(made, "年龄") == ["39.4", "1.1", "[37.3, 41.7]"]

    def test_language_numbers_and_decimals(self) -> None:
        made = table(awareness(), lang="en", decimals=2, numbers=NumberFormat(missing="n/a"))
        assert grid(made)[0][1] == "Total"
        assert row(made, "知道")[0] == "61.56"
        assert row(made, "知道")[-2] == "n/a"

    def test_multiple_response_is_said(self) -> None:
        estimates = participation()
        spec = replace(estimates.spec, kinds={"participation": "multiple"}, where="age > 18")
        notes = table(replace(estimates, spec=spec), notes=["末"]).notes
        assert "多选题" in notes[0]
        assert notes[1:] == ("范围：age > 18", "末")

    def test_frozen_and_the_estimates_stay_as_they_were(self) -> None:
        estimates = awareness()
        made = table(estimates)
        made.to_html()
        with pytest.raises(FrozenInstanceError):
            made.title = "x"  # type: ignore[misc]
        assert estimates == awareness()


class TestErrors:
    def test_unknown_statistic_names_the_near_miss(self) -> None:
        with pytest.raises(UnknownNameError, match="did you mean 'percent'"):
            table(awareness(), stats=["percnt"])

    def test_unknown_layout(self) -> None:
        with pytest.raises(UsageError, match="groups_down"):
            table(awareness(), layout="sideways")  # type: ignore[arg-type]

    def test_nothing_to_show(self) -> None:
        with pytest.raises(UsageError, match="no rows"):
            table(replace(awareness(), rows=()))
        with pytest.raises(UsageError, match="names no statistic"):
            table(awareness(), stats=["%"])


class TestTestLines:
    def test_tests_stand_under_the_table(self) -> None:
        first, second = table(awareness()).tests
        assert first.endswith("× 村类型：χ²(1) = 12.841, P < 0.001, Cramér's V = 0.183")
        assert second.endswith("× 年龄段：χ²(1) = 3.639, P = 0.056, Cramér's V = 0.121")
        assert table(awareness(), tests="hide").tests == ()

    def test_no_test_of_an_association_that_is_nowhere_printed(self) -> None:
        lines = table(synthetic()).tests
        assert "χ²(1)" in lines[0]
        assert lines[1].startswith("未作检验")
        assert "9.9" not in "".join(lines)


class TestMarks:
    def test_printed_plain_implied_with_a_dagger(self) -> None:
        made = table(synthetic(), layout="groups_down")
        assert row(made, "示范村") == ["153", "72.5", "111†", "27.5†", "42†"]

    def test_not_printed_shows_words_range_and_the_illustrative_value_in_grey(self) -> None:
        made = table(synthetic(), layout="groups_down")
        line = next(x for x in made.body if x.label == "学生")
        base, percent, count = line.cells[:3]
        assert (base.text, base.grey) == ("", "(48)")
        assert (percent.text, percent.grey) == ("未印出 [10.0–90.0]", "(41.7)")
        assert (count.text, count.grey, count.value) == ("", "(20)", None)

    def test_given_ranges_win_and_reach_the_bases(self) -> None:
        ranges = {
            ("aware", "yes", "occupation", "0"): (33.04, 44.0),
            ("aware", "", "occupation", "0"): (40.0, 52.0),
        }
        made = table(synthetic(), layout="groups_down", ranges=ranges, lang="en")
        assert row(made, "学生")[:2] == ["[40–52] (48)", "not printed [33.0–44.0] (41.7)"]

    def test_an_interval_is_never_shown_for_a_cell_that_is_not_printed(self) -> None:
        wide = tuple(
            r._replace(low=1.11, high=99.99) if r.mark == "arbitrary" else r
            for r in synthetic().rows
        )
        made = table(replace(synthetic(), rows=wide), stats=["percent [low, high]"])
        for shown in (made.to_text(), made.to_html(), made.to_markdown()):
            assert "99.99" not in shown
            assert "100.0" not in shown

    def test_no_interval_where_the_size_of_the_group_is_not_printed(self) -> None:
        unknown = {("aware", "village_type", "demo"): "arbitrary"}
        made = table(
            synthetic(), stats=["percent", "[low, high]"], layout="groups_down", bases=unknown
        )
        assert row(made, "示范村")[:3] == ["(153)", "72.5", "—"]
        assert row(made, "非示范村")[2] == "[47.9, 60.7]"

    def test_the_size_of_a_group_can_be_stated_as_known(self) -> None:
        known = {("aware", "occupation", "0"): "printed"}
        made = table(synthetic(), layout="groups_down", bases=known)
        assert row(made, "学生")[0] == "48"
        assert row(made, "教师")[0] == "(48)"

    def test_the_legend_explains_the_marks_that_occur_and_no_others(self) -> None:
        assert table(awareness()).legend == ()
        legend = "\n".join(table(synthetic()).legend)
        assert all(
            word in legend for word in ("原文印出", "†", "可行范围", "原文没有印出这一组的人数")
        )
        assert "保密" not in legend

    def test_release_marks(self) -> None:
        rows = [r._replace(mark="unreliable") for r in awareness().rows[:1]]
        rows += [r._replace(mark="suppressed", estimate=None) for r in awareness().rows[2:3]]
        made = table(replace(awareness(), rows=tuple(rows)), stats=["percent"])
        assert row(made, "知道") == ["61.6‡"]
        assert row(made, "不知道") == ["×"]
        assert len(made.legend) == 2

    def test_synthetic_data_are_called_so_in_every_view(self) -> None:
        made = table(synthetic())
        for shown in (made.to_text(), made.to_html(), made.to_markdown(), repr(made)):
            assert "合成 SYNTHETIC" in shown
        assert "SYNTHETIC" not in table(awareness()).to_html()

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_synthetic_data_are_called_so_once(self, lang: Lang) -> None:
        noted = replace(synthetic(), notes=(SYNTHETIC_LONG.zh, "一条说明。"))
        made = table(noted, lang=lang, notes=[SYNTHETIC_LONG.text(lang)])
        assert made.banner == SYNTHETIC_LONG.text(lang)
        assert made.notes == ("一条说明。",)
        assert made.to_markdown().count("SYNTHETIC") == 1


class TestText:
    def test_every_line_is_as_wide_as_the_rules_at_most(self) -> None:
        lines = table(awareness()).to_text().split("\n")
        top = next(line for line in lines if line.startswith("━"))
        end = max(i for i, line in enumerate(lines) if line.startswith("━"))
        inside = lines[lines.index(top) : end + 1]
        assert max(width(line) for line in inside) == width(top)
        assert sum(line == top for line in inside) == 2

    def test_decimals_stand_in_one_column(self) -> None:
        lines = table(synthetic(), layout="groups_down", stats=["percent"]).to_text().split("\n")
        shown = [line for line in lines if re.match(r"(合计|  (非)?示范村)", line)]
        at = {width(line[: line.index(".")]) for line in shown}
        assert len(shown) == 3
        assert len(at) == 1


def blocks(text: str) -> list[list[str]]:
    """The blocks of a table in text, from rule to rule."""
    lines = text.split("\n")
    edges = [i for i, line in enumerate(lines) if line.startswith("━")]
    return [lines[a : b + 1] for a, b in zip(edges[::2], edges[1::2], strict=True)]


class TestBlocks:
    """A banner wider than the terminal is cut into blocks that repeat the stub."""

    @pytest.mark.parametrize("layout", ["groups_across", "groups_down"])
    @pytest.mark.parametrize("cells", [50, 64, 80, 100, 1000])
    @pytest.mark.parametrize("made", [awareness(), synthetic(), both(), participation()])
    def test_blocks_fit_and_hold_every_cell_once_and_in_order(
        self, made: Estimates, cells: int, layout: str
    ) -> None:
        view = table(made, layout=layout, stats=["percent"])  # type: ignore[arg-type]
        parts = blocks(view.to_text(cells))
        assert all(width(line) <= cells for part in parts for line in part)
        rows = [line for line in view.body if line.cells]
        for line in rows:
            indent = "  " * line.indent
            shown = [x for part in parts for x in part if x.startswith(f"{indent}{line.label} ")]
            found = " ".join(x.removeprefix(indent + line.label) for x in shown).split()
            wanted = " ".join(
                c.plain for other in rows if other.label == line.label for c in other.cells
            ).split()
            assert sorted(found) == sorted(wanted)

    def test_variables_stay_whole_where_they_fit_and_groups_always(self) -> None:
        first, second = blocks(table(awareness()).to_text(80))
        assert [x.split() for x in (first[1], second[1])] == [
            ["村类型", "年龄段"],
            ["村类型", "×", "性别"],
        ]
        assert first[-2].split() == [
            "不知道",
            "38.4",
            "148",
            "27.5",
            "42",
            "45.7",
            "106",
            "59.0",
            "59",
            "46.7",
            "70",
        ]
        assert second[-2].split() == ["不知道", "23.8", "19", "31.5", "23", "45.7", "106", "—", "0"]
        tight = blocks(table(awareness()).to_text(40))
        assert len(tight) == 5  # an outer group of a nested banner is not torn apart
        assert all(any("%" in x and " n" in x for x in part) for part in tight)
        assert tight[0][-2].split() == ["不知道", "38.4", "148"]

    def test_a_base_stays_with_the_first_level(self) -> None:
        parts = blocks(table(both(), layout="groups_down", stats=["percent"]).to_text(50))
        heads = [[x.split() for x in part if " n " in f"{x} "] for part in parts]
        assert all(len(found[0]) > 2 for found in heads if found)

    def test_a_narrow_table_is_one_block_and_the_width_is_not_the_terminals(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "40")
        made = table(awareness())
        assert len(blocks(made.to_text())) == 1
        assert repr(made) == made.to_text(100)

    def test_on_a_terminal_the_width_is_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "64")
        monkeypatch.setattr("sys.stdout", type("Terminal", (), {"isatty": lambda self: True})())
        made = table(awareness())
        assert repr(made) == made.to_text(64) != made.to_text()


def mixed() -> Estimates:
    """Digits as printed: 41 beside 72.5, one of them implied elsewhere."""
    notes = {"demo": "印作 72.5", "other": "印作 41"}
    rows = [
        r._replace(note=notes[r.by_code]) if r.by == "village_type" and r.mark == "printed" else r
        for r in synthetic().rows
    ]
    return replace(synthetic(), rows=tuple(rows))


class TestDecimalPoints:
    def test_in_text(self) -> None:
        made = table(mixed(), layout="groups_down", stats=["percent"])
        assert row(made, "非示范村")[1] == "41"
        lines = made.to_text().split("\n")
        whole = next(line for line in lines if line.startswith("  非示范村"))
        parted = next(line for line in lines if line.startswith("  示范村"))
        point = width(parted[: parted.index("72.5") + 2])
        assert width(whole[: whole.index("41") + 2]) == point

    def test_in_html_by_room_that_is_no_text(self) -> None:
        shown = table(mixed(), layout="groups_down", stats=["percent"]).to_html()
        assert '<td>41<span class="sk-room" data-room=".0"></span></td>' in shown
        assert "<td>72.5</td>" in shown
        assert "content:attr(data-room);visibility:hidden" in shown

    def test_in_markdown(self) -> None:
        shown = table(mixed(), layout="groups_down", stats=["percent"]).to_markdown()
        assert "| 41&puncsp;&numsp; |" in shown
        assert "| 72.5 |" in shown

    def test_composed_cells(self) -> None:
        made = table(mixed(), layout="groups_down", stats=["percent (n)"])
        texts = [
            next(x.cells[1].text for x in made.body if x.label == v) for v in ("示范村", "非示范村")
        ]
        assert texts == ["72.5 (111)", "41\u2008\u2007 (126)"]

    def test_columns_of_equal_decimals_hold_no_room(self) -> None:
        assert "data-room" not in table(awareness()).to_html().split("</style>")[1]
        assert "numsp" not in table(awareness()).to_markdown()


class TestMarkdown:
    def test_pipe_table(self) -> None:
        lines = table(participation(), title="表").to_markdown().split("\n")
        assert lines[0] == "**表**"
        pipes = [line for line in lines if line.startswith("|")]
        assert pipes[0] == (
            "|  | 合计 · n = 385 · % | 合计 · n = 385 · n | 村类型 · 示范村 · n = 150 · % "
            "| 村类型 · 示范村 · n = 150 · n | 村类型 · 非示范村 · n = 235 · % "
            "| 村类型 · 非示范村 · n = 235 · n |"
        )
        assert pipes[1] == "| :--- | ---: | ---: | ---: | ---: | ---: | ---: |"
        assert pipes[3] == "| &emsp;经常参加 | 14.8 | 57 | 20.0 | 30 | 2.1 | 5 |"
        assert len({line.count("|") for line in pipes}) == 1

    def test_markup_in_labels_is_text(self) -> None:
        shown = table(labelled("a|b <i>*c* [x](y)")).to_markdown()
        assert "a\\|b &lt;i>\\*c\\* \\[x](y)" in shown


class _Reader(HTMLParser):
    """Collects tags and checks that they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestHtml:
    @pytest.mark.parametrize("layout", ["groups_across", "groups_down"])
    @pytest.mark.parametrize("made", [awareness(), synthetic(), both()])
    def test_well_formed_and_every_row_fills_the_columns(
        self, made: Estimates, layout: str
    ) -> None:
        view = table(made, layout=layout)  # type: ignore[arg-type]
        reader = _Reader()
        reader.feed(view.to_html())
        assert reader.open == []
        body = view.to_html().split("<tbody>", 1)[1].split("</table>")[0]
        for line in re.findall(r"<tr>(.*?)</tr>", body):
            cells = re.findall(r"<t[hd][^>]*>", line)
            spans = [int(m[1]) if (m := re.search(r'colspan="(\d+)"', c)) else 1 for c in cells]
            assert sum(spans) == view.columns + 1

    def test_scopes(self) -> None:
        reader = _Reader()
        reader.feed(table(awareness()).to_html())
        scopes = [a.get("scope") for tag, a in reader.seen if tag == "th"]
        assert None not in scopes
        assert {"col", "colgroup", "row", "rowgroup"} == set(scopes)

    def test_rules_of_a_three_line_table_and_a_scroll_box(self) -> None:
        shown = table(awareness()).to_html()
        assert "border-top:2px solid #111;border-bottom:2px solid #111" in shown
        assert ".sk-table thead .sk-last{border-bottom:1px solid #111}" in shown
        assert 'class="sk-scroll" role="region"' in shown
        rules = re.findall(r"^([^{@\n]+)\{", shown.split("<style>")[1], re.MULTILINE)
        assert all(part.startswith(".sk-table") for rule in rules for part in rule.split(","))

    def test_nothing_is_loaded_from_elsewhere(self) -> None:
        shown = table(synthetic()).to_html()
        assert not re.search(r"https?:|url\(|@import|<script|<link", shown)

    def test_everything_is_escaped(self) -> None:
        evil = '<script>alert("x")</script> & \'"'
        shown = table(labelled(evil), title=evil).to_html()
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown
        reader = _Reader()
        reader.feed(shown)
        assert reader.open == []

    def test_implied_and_hidden_cells(self) -> None:
        shown = table(synthetic(), layout="groups_down").to_html()
        assert '<td>111<span class="sk-mark">†</span></td>' in shown
        assert '<span>[10.0–90.0]</span> <span class="sk-grey">(41.7)</span>' in shown
        assert "sk-view" in table(synthetic())._repr_html_()
