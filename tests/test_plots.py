"""Figures: what is drawn (artists, not pixels), room for every label, marks."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import combinations

import matplotlib
import pytest
from display_rows import (
    QUESTIONS,
    TAKE_PART,
    awareness,
    both,
    cells,
    labelled,
    participation,
    synthetic,
)
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from surveykit import plots
from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimates, Spec
from surveykit.plots.style import FAMILY
from surveykit.plots.watermark import watermark


def rectangles(ax: Axes) -> list[Rectangle]:
    return [p for p in ax.patches if isinstance(p, Rectangle)]


def shown_texts(ax: Axes) -> list[Text]:
    return [
        t
        for t in ax.figure.findobj(Text)
        if isinstance(t, Text) and t.get_visible() and t.get_text().strip()
    ]


def part(synthetic: bool = False) -> Estimates:
    """Participation with one group that is not printed."""
    marks = {("demo", code): "printed" for code, _ in TAKE_PART}
    marks |= {("other", code): "arbitrary" for code, _ in TAKE_PART}
    groups = [("demo", "示范村", 150, (30, 60, 60)), ("other", "非示范村", 235, (5, 75, 155))]
    rows = cells("participation", TAKE_PART, "village_type", groups, marks if synthetic else "")
    spec = Spec(
        "crosstab",
        ("participation",),
        ("village_type",),
        questions=QUESTIONS,
        synthetic=synthetic,
    )
    return Estimates(tuple(rows), spec)


LONG = "领导和工作人员对创建工作认识不到位，重视程度不够，没有深入基层做宣传教育"
FIGURES = {
    "banner": lambda: plots.bars(awareness(), levels=["yes"]),
    "two series": lambda: plots.bars(awareness()),
    "upright": lambda: plots.bars(awareness(), by="village_type"),
    "total": lambda: plots.bars(participation(), by=""),
    "english": lambda: plots.bars(awareness(), by=["", "age_group"], lang="en"),
    "long": lambda: plots.bars(labelled(LONG)),
    "synthetic": lambda: plots.bars(synthetic(), levels=["yes"]),
    "synthetic upright": lambda: plots.bars(
        synthetic(), by="occupation", levels=["yes"], orientation="vertical"
    ),
    "dots": lambda: plots.dots(awareness()),
    "kinds": lambda: plots.dots(
        awareness(), by="village_type", levels=["yes"], groups={"demo": "甲类", "other": "乙类"}
    ),
    "hidden dots": lambda: plots.dots(synthetic(), by="occupation", levels=["yes"]),
    "stacked": lambda: plots.stacked(participation()),
    "stacked total": lambda: plots.stacked(participation(), by=""),
    "stacked synthetic": lambda: plots.stacked(part(synthetic=True)),
}


@pytest.mark.parametrize("name", FIGURES)
class TestRoom:
    def test_nothing_is_cut(self, name: str) -> None:
        ax = FIGURES[name]()
        ax.figure.canvas.draw()
        whole = ax.figure.bbox
        for text in shown_texts(ax):
            box = text.get_window_extent()
            assert box.x0 >= whole.x0 - 1, text
            assert box.y0 >= whole.y0 - 1, text
            assert box.x1 <= whole.x1 + 1, text
            assert box.y1 <= whole.y1 + 1, text

    def test_no_two_texts_overlap(self, name: str) -> None:
        ax = FIGURES[name]()
        ax.figure.canvas.draw()
        texts = [t for t in shown_texts(ax) if t.get_gid() != "synthetic"]
        boxes = [(t.get_text(), t.get_window_extent().padded(-1)) for t in texts]
        for (one, first), (two, second) in combinations(boxes, 2):
            assert not first.overlaps(second), (one, two)

    def test_same_figure_twice_and_no_settings_leak(self, name: str) -> None:
        before = dict(matplotlib.rcParams)
        first, second = FIGURES[name](), FIGURES[name]()
        assert [t.get_text() for t in shown_texts(first)] == [
            t.get_text() for t in shown_texts(second)
        ]
        assert tuple(first.figure.get_size_inches()) == tuple(second.figure.get_size_inches())
        assert dict(matplotlib.rcParams) == before


def badong_like(lang: str) -> Axes:
    """Six sites of two kinds, none printed, anything possible."""
    spans = {("aware", "yes", "occupation", str(i)): (0.0, 100.0) for i in range(8)}
    groups = {str(i): ("示范村", "非示范点")[i > 3] for i in range(8)}
    return plots.dots(
        synthetic(), by="occupation", levels=["yes"], groups=groups, ranges=spans, lang=lang
    )


FIGURES |= {
    "ranges zh": lambda: badong_like("zh"),
    "ranges en": lambda: badong_like("en"),
}


class TestWatermark:
    @pytest.mark.parametrize(
        "name", [n for n in FIGURES if "synth" in n or "ra" in n or "hid" in n]
    )
    def test_nothing_is_drawn_where_the_words_stand(self, name: str) -> None:
        ax = FIGURES[name]()
        ax.figure.canvas.draw()
        marks = [t for t in ax.texts if t.get_gid() == "synthetic"]
        for mark in marks:
            own = mark.get_window_extent()
            drawn = [t for t in shown_texts(ax) if t is not mark]
            boxes = [a.get_window_extent() for a in (*drawn, *ax.patches, *ax.lines)]
            assert not any(own.overlaps(box) for box in boxes)
            for dots in ax.collections:
                for x, y in ax.transData.transform(dots.get_offsets()):
                    assert not own.padded(4).contains(x, y)
            assert mark.get_fontsize() >= 9
        if "ranges" in name:
            assert len(marks) == 1
            assert ax.get_window_extent().overlaps(marks[0].get_window_extent())

    def test_where_no_place_is_free_the_words_stand_at_the_edge(self) -> None:
        ax = plots.bars(part(synthetic=True), by="village_type", orientation="vertical")
        ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes))
        with plots.style():
            mark = watermark(ax)
            box = mark.get_window_extent()
        assert box.x0 >= ax.get_window_extent().x1
        assert mark.get_rotation() == 90


class TestBars:
    def test_heights_intervals_and_values(self) -> None:
        ax = plots.bars(awareness(), by="village_type", levels=["yes"])
        heights = [r.get_height() for r in rectangles(ax)]
        assert heights == pytest.approx([100 * 111 / 153, 100 * 126 / 232])
        assert [t.get_text() for t in ax.texts][:2] == ["72.5", "54.3"]
        assert [t.get_text() for t in ax.get_xticklabels()] == [
            "示范村\nn = 153",
            "非示范村\nn = 232",
        ]
        rows = [r for r in awareness().rows if r.by == "village_type" and r.level_code == "yes"]
        wanted = [(r.low, r.high) for r in rows if r.stat == "percent"]
        drawn = [c.get_segments()[0][:, 1] for c in ax.collections]
        assert [tuple(d) for d in drawn] == [pytest.approx(w) for w in wanted]

    def test_no_interval_without_low_and_high(self) -> None:
        bare = tuple(r._replace(low=None, high=None) for r in awareness().rows)
        ax = plots.bars(replace(awareness(), rows=bare), by="village_type")
        assert len(ax.collections) == 0
        assert not any("置信区间" in t.get_text() for t in ax.texts)

    def test_the_value_axis_starts_at_zero_and_ticks_end_at_100(self) -> None:
        ax = plots.bars(labelled("x"))
        assert min(ax.get_xlim()[0], ax.get_ylim()[0]) == 0
        for figure in FIGURES.values():
            drawn = figure()
            ticks = drawn.get_xticks() if drawn.get_xlabel() else drawn.get_yticks()
            assert max(ticks) <= 100

    def test_empty_cells_are_dashes(self) -> None:
        ax = plots.bars(awareness(), by="village_type*sex", levels=["yes"])
        assert [t.get_text() for t in ax.texts][:1] == ["—"]
        assert len(rectangles(ax)) == 3

    def test_given_axes_are_used_and_their_figure_keeps_its_size(self) -> None:
        figure = Figure(figsize=(9, 4))
        left, right = figure.subplots(1, 2)
        own = right.set_title("own", loc="right")
        assert plots.bars(synthetic(), by="village_type", ax=left) is left
        assert tuple(figure.get_size_inches()) == (9, 4)
        assert own.get_fontfamily() == matplotlib.rcParams["font.family"]
        for text in (left.title, left.xaxis.label, left.yaxis.label, *shown_texts(left)):
            if text.get_text() and text is not own:
                assert text.get_fontfamily()[0] == FAMILY, text
        figure.savefig(BytesIO())
        assert [t.get_text() for t in left.texts if t.get_gid() == "synthetic"] == [
            "合成 SYNTHETIC"
        ] * 2

    def test_a_dollar_is_a_dollar(self) -> None:
        ax = plots.bars(labelled("$5 ^ $10"))
        assert "$5 ^ $10" in ax.get_title(loc="left")
        assert not ax.get_xticklabels()[0].get_parse_math()
        ax.figure.canvas.draw()


class TestErrors:
    def test_several_variables(self) -> None:
        with pytest.raises(UsageError, match="variable= one of aware, participation"):
            plots.bars(both())
        assert plots.bars(both(), variable="participation").get_title(loc="left")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"variable": "awre"}, "did you mean 'aware'"),
            ({"by": "village"}, "unknown by 'village'"),
            ({"levels": ["ye"]}, "did you mean 'yes'"),
            ({"stat": "mean"}, "no mean of 'aware'"),
        ],
    )
    def test_unknown_names(self, options: dict[str, object], message: str) -> None:
        with pytest.raises((UnknownNameError, UsageError), match=message):
            plots.bars(awareness(), **options)  # type: ignore[arg-type]

    def test_orientation(self) -> None:
        with pytest.raises(UsageError, match="'vertical'"):
            plots.bars(awareness(), orientation="slanted")  # type: ignore[arg-type]

    def test_a_multiple_choice_is_not_stacked(self) -> None:
        more = tuple(r._replace(estimate=(r.estimate or 0) * 2) for r in participation().rows)
        with pytest.raises(UsageError, match="add up to 200"):
            plots.stacked(replace(participation(), rows=more))

    def test_kinds_need_one_level(self) -> None:
        with pytest.raises(UsageError, match="one level"):
            plots.dots(awareness(), groups={"demo": "x"})


class TestMarks:
    def test_printed_solid_implied_hatched_hidden_hollow(self) -> None:
        ax = plots.bars(synthetic(), levels=["yes"])
        total, demo, other, *hidden = rectangles(ax)
        assert total.get_hatch() == "///"
        assert demo.get_hatch() in (None, "")
        assert demo.get_facecolor() == other.get_facecolor()
        assert len(hidden) == 8
        for bar in hidden:
            assert bar.get_facecolor()[3] == 0
            assert bar.get_linestyle() not in ("-", "solid")
            assert matplotlib.colors.to_hex(bar.get_edgecolor()) == "#767676"

    def test_hidden_values_show_words_and_ranges_and_never_an_interval(self) -> None:
        wide = tuple(
            r._replace(low=1.0, high=99.0) if r.mark == "arbitrary" else r for r in synthetic().rows
        )
        for draw in (plots.bars, plots.dots):
            ax = draw(replace(synthetic(), rows=wide), by="occupation", levels=["yes"])
            texts = [t.get_text() for t in ax.texts]
            assert texts.count("未印出 10.0–90.0") == 8
            assert not any("41.7" in t for t in texts)
            lines = [c for c in ax.collections if c.__class__.__name__ == "LineCollection"]
            assert lines == []

    def test_no_interval_where_the_size_of_the_group_is_not_printed(self) -> None:
        unknown = {("aware", "village_type", "demo"): "arbitrary"}
        ax = plots.bars(synthetic(), by="village_type", levels=["yes"], bases=unknown)
        assert len(ax.collections) == 1
        assert ax.get_xticklabels()[0].get_text() == "示范村\n(n = 153)"

    def test_feasible_ranges_of_dots_are_dotted_lines_and_no_intervals(self) -> None:
        ax = plots.dots(synthetic(), by="occupation", levels=["yes"])
        assert len(ax.lines) == 8
        for line in ax.lines:
            assert sorted(line.get_xdata()) == [10, 90]
            assert line.get_linestyle() not in ("-", "solid")
            assert line.get_marker() in (None, "None", "")
        assert "可行范围（不是置信区间）" in [t.get_text() for t in ax.get_legend().get_texts()]
        ax.figure.canvas.draw()
        ends = max(line.get_window_extent().x1 for line in ax.lines)
        labels = [t for t in ax.texts if t.get_text().startswith("未印出 10")]
        assert all(t.get_window_extent().x0 > ends for t in labels)
        printed = plots.dots(synthetic(), by="village_type", levels=["yes"])
        assert not any(line.get_linestyle() == "--" for line in printed.lines)
        assert "可行范围" not in "".join(t.get_text() for t in printed.get_legend().get_texts())

    def test_hollow_dots_of_two_kinds_differ_in_colour_and_shape(self) -> None:
        dots = [c for c in badong_like("zh").collections if hasattr(c, "get_sizes")]
        first, second = dots[0], dots[-1]
        edges = [matplotlib.colors.to_hex(d.get_edgecolor()[0]) for d in (first, second)]
        assert edges[0] != edges[1]
        assert "#767676" not in edges
        shapes = [d.get_paths()[0].vertices for d in (first, second)]
        assert len(shapes[0]) != len(shapes[1])
        assert all(tuple(d.get_facecolor()[0]) == (1, 1, 1, 1) for d in (first, second))

    def test_a_size_that_is_not_printed_is_explained_on_the_axis_too(self) -> None:
        total = replace(
            part(synthetic=True),
            rows=tuple(
                r._replace(by="", by_code="", by_level="")
                for r in part(synthetic=True).rows
                if r.by_code == "other"
            ),
        )
        ax = plots.bars(total, by="")
        assert ax.get_xlabel() == "百分比（%） (n = 235)"
        assert any("原文没有印出这一组的人数" in t.get_text() for t in ax.texts)

    def test_ranges_can_be_given(self) -> None:
        ranges = {("aware", "yes", "occupation", "0"): (33.0, 44.0)}
        ax = plots.bars(synthetic(), by="occupation", levels=["yes"], ranges=ranges, lang="en")
        texts = [t.get_text() for t in ax.texts]
        assert "not printed 33.0–44.0" in texts

    def test_sizes_that_are_not_printed_stand_in_brackets(self) -> None:
        ax = plots.bars(synthetic(), levels=["yes"])
        labels = [t.get_text() for t in ax.get_yticklabels()]
        assert labels[:2] == ["合计\nn = 385", "示范村\nn = 153"]
        assert labels[3] == "学生\n(n = 48)"

    def test_the_legend_names_the_marks(self) -> None:
        legend = plots.bars(synthetic(), levels=["yes"]).get_legend()
        assert legend is not None
        words = [t.get_text() for t in legend.get_texts()]
        assert [w[:4] for w in words] == ["原文印出", "未印出，", "未印出："]

    @pytest.mark.parametrize("draw", [plots.bars, plots.dots, plots.stacked])
    def test_every_picture_of_synthetic_data_says_so_inside(self, draw: object) -> None:
        for estimates, expected in ((part(synthetic=True), True), (part(), False)):
            ax = draw(estimates)  # type: ignore[operator]
            ax.figure.canvas.draw()
            said = [t for t in shown_texts(ax) if "合成 SYNTHETIC" in t.get_text()]
            assert bool(said) is expected
            inside = [t for t in said if t.get_gid() == "synthetic"]
            assert len(inside) == int(expected)
            for text in inside:
                box = text.get_window_extent()
                assert ax.figure.bbox.contains(box.x0, box.y0)
                assert ax.figure.bbox.contains(box.x1, box.y1)


class TestStacked:
    def test_parts_lie_end_to_end(self) -> None:
        ax = plots.stacked(participation())
        bars = rectangles(ax)
        for row in (bars[0:3], bars[3:6], bars[6:9]):
            assert row[0].get_x() == 0
            assert row[1].get_x() == pytest.approx(row[0].get_width())
            assert row[2].get_x() + row[2].get_width() == pytest.approx(100)

    def test_a_value_too_wide_for_its_part_stands_above_it(self) -> None:
        ax = plots.stacked(participation())
        ax.figure.canvas.draw()
        small = next(t for t in ax.texts if t.get_text() == "2.1")
        bar = rectangles(ax)[6].get_window_extent()
        assert small.get_window_extent().y0 >= bar.y1 - 2

    def test_hidden_parts_show_no_value(self) -> None:
        texts = [t.get_text() for t in plots.stacked(part(synthetic=True)).texts]
        assert "66.0" not in texts
        assert "未印出" in texts


class TestLooks:
    def test_neighbouring_colours_differ_in_grey(self) -> None:
        from surveykit.plots.style import PALETTE

        grey = [_lightness(c) for c in PALETTE[:5]]
        assert all(abs(a - b) >= 9 for a, b in combinations(grey, 2))

    def test_series_are_told_apart_by_hatches_where_nothing_is_marked(self) -> None:
        bars = rectangles(plots.bars(awareness(), by="village_type"))
        assert bars[0].get_hatch() != bars[1].get_hatch()

    def test_kinds_have_their_own_colour_heading_and_shape(self) -> None:
        ax = FIGURES["kinds"]()
        dots = [c for c in ax.collections if c.__class__.__name__ == "PathCollection"]
        first, second = (tuple(d.get_facecolor()[0]) for d in dots)
        assert first != second
        assert {"甲类", "乙类"} <= {t.get_text() for t in ax.texts}
        assert len(dots[0].get_paths()[0].vertices) != len(dots[1].get_paths()[0].vertices)


def _lightness(color: str) -> float:
    """CIE L* of a colour, by the definition of sRGB (IEC 61966-2-1)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16
