"""What the charts draw is what the estimates hold: read from the artists, reckoned another way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from display_rows import awareness, cells, channels, grid_of_questions, participation, satisfaction
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

import surveykit as sk
from surveykit import plots
from surveykit.coding import missing_patterns, response_rates
from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate import Estimates, Spec
from surveykit.plots.looks import ink_on, luminance, shades
from surveykit.plots.spread import spread
from surveykit.plots.style import PALETTE


def rectangles(ax: Axes) -> list[Rectangle]:
    return [p for p in ax.patches if isinstance(p, Rectangle)]


def share(estimates: Estimates, variable: str, code: str, group: str = "") -> float:
    return next(
        r.estimate
        for r in estimates.rows
        if (r.variable, r.level_code, r.by_code, r.stat) == (variable, code, group, "percent")
        and r.estimate is not None
    )


class TestLikert:
    def test_parts_lie_end_to_end_and_the_neutral_level_is_centred(self) -> None:
        ax = plots.likert(satisfaction())
        bars = rectangles(ax)
        assert len(bars) == 4 * 5  # nets and boxes are no parts
        for i, group in enumerate(("", "demo", "other", "third")):
            row = bars[5 * i : 5 * i + 5]
            widths = [b.get_width() for b in row]
            assert widths == pytest.approx(
                [share(satisfaction(), "satisfied", c, group) for c in "12345"]
            )
            assert sum(widths) == pytest.approx(100)
            for one, two in pairwise(row):
                assert one.get_x() + one.get_width() == pytest.approx(two.get_x())
            assert row[2].get_x() + row[2].get_width() / 2 == pytest.approx(0)

    def test_an_even_scale_is_centred_between_its_halves(self) -> None:
        ax = plots.likert(awareness(), by="village_type", neutral="none")
        bars = rectangles(ax)
        assert [round(b.get_x() + b.get_width(), 9) for b in bars[::2]] == [0, 0]
        assert [round(b.get_x(), 9) for b in bars[1::2]] == [0, 0]

    def test_favourable_levels_that_come_first_are_drawn_on_the_right(self) -> None:
        ax = plots.likert(participation(), positive=["often", "some"], neutral="none")
        legend = ax.get_legend()
        assert legend is not None
        assert [t.get_text() for t in legend.get_texts()] == ["没有参加", "偶尔参加", "经常参加"]
        right = [b for b in rectangles(ax)[:3] if b.get_x() >= -1e-9]
        assert [round(b.get_width(), 1) for b in right] == [35.1, 14.8]

    def test_net_percentages_stand_at_both_ends_and_order_the_rows(self) -> None:
        ax = plots.likert(satisfaction(), order="net", by="village_type")
        words = [t.get_text() for t in ax.texts]
        for left, right in (("9.8", "80.4"), ("26.7", "47.4"), ("48.6", "31.4")):
            assert left in words
            assert right in words
        labels = [t.get_text().split("\n")[0] for t in ax.get_yticklabels()]
        assert labels == ["示范村", "非示范村", "其他村"]

    def test_a_battery_has_a_row_for_each_question_without_what_they_share(self) -> None:
        ax = plots.likert(grid_of_questions(), variables="q4")
        labels = [t.get_text().split("\n")[0] for t in ax.get_yticklabels()]
        assert labels == ["村容环境", "社会治安", "民族团结进步创建宣传"]
        assert ax.get_title(loc="left") == "您对以下方面是否满意？"
        grouped = plots.likert(grid_of_questions(), by="village_type")
        assert len(grouped.get_yticklabels()) == 6
        assert {"村容环境", "社会治安"} <= {t.get_text() for t in grouped.texts}

    def test_how_many_were_asked_is_shown_where_it_is_more_than_the_base(self) -> None:
        label = plots.likert(satisfaction(), by="").get_yticklabels()[0].get_text()
        assert label.endswith("n = 420（问到 432）")

    def test_what_makes_no_sense_is_refused(self) -> None:
        mixed = replace(
            satisfaction(),
            rows=satisfaction().rows + participation().rows,
            spec=replace(satisfaction().spec, variables=("satisfied", "participation")),
        )
        with pytest.raises(UsageError, match="have different levels"):
            plots.likert(mixed)
        with pytest.raises(UnknownNameError, match="neutral level '9'"):
            plots.likert(satisfaction(), neutral="9")
        with pytest.raises(UsageError, match="both neutral and positive"):
            plots.likert(satisfaction(), neutral="3", positive=["3", "4"])
        with pytest.raises(UnknownNameError, match="order"):
            plots.likert(satisfaction(), order="size")  # type: ignore[arg-type]


class TestRanking:
    def test_the_most_chosen_first_nets_apart_none_of_these_last(self) -> None:
        levels = (("a", "茶"), ("b", "酒"), ("z", "以上都没有"), ("net:a+b", "饮料"), ("c", "水"))
        rows = cells("likes", levels, "", [("", "", 100, (20, 55, 40, 66, 30))])
        ax = plots.ranking(Estimates(tuple(rows), Spec("freq", ("likes",))))
        labels = [t.get_text() for t in ax.get_yticklabels()]
        assert labels == ["酒", "水", "茶", "以上都没有", "饮料"]
        widths = [b.get_width() for b in rectangles(ax)]
        assert widths == pytest.approx([55, 30, 20, 40, 66])
        assert any("合并" in t.get_text() for t in ax.texts)
        own = plots.ranking(Estimates(tuple(rows), Spec("freq", ("likes",))), last=["b"])
        assert [t.get_text() for t in own.get_yticklabels()] == [
            "以上都没有", "水", "茶", "酒", "饮料",
        ]  # fmt: skip

    def test_intervals_and_groups(self) -> None:
        estimates = channels()
        ax = plots.ranking(estimates, by="village_type")
        drawn = [tuple(c.get_segments()[0][:, 0]) for c in ax.collections]
        wanted = [
            (r.low, r.high)
            for code in ("web", "tv", "talk", "net:tv+web")
            for group in ("demo", "other")
            for r in estimates.rows
            if (r.level_code, r.by_code, r.stat) == (code, group, "percent")
        ]
        assert [d == pytest.approx(w) for d, w in zip(drawn, wanted, strict=True)] == [True] * 8
        legend = ax.get_legend()
        assert legend is not None
        assert [t.get_text() for t in legend.get_texts()] == [
            "示范村、n = 140",
            "非示范村、n = 200",
        ]

    def test_too_many_groups(self) -> None:
        groups = [(str(i), str(i), 10, (3, 7)) for i in range(7)]
        rows = cells("v", (("a", "a"), ("b", "b")), "g", groups)
        with pytest.raises(UsageError, match="7 groups cannot be told apart"):
            plots.ranking(Estimates(tuple(rows), Spec("crosstab", ("v",), ("g",))))


class TestMosaic:
    def test_areas_are_in_proportion_to_counts(self) -> None:
        ax = plots.mosaic(satisfaction())
        counts = [
            r.estimate
            for g in ("demo", "other", "third")
            for c in "12345"
            for r in satisfaction().rows
            if (r.level_code, r.by_code, r.stat) == (c, g, "count")
        ]
        areas = [b.get_width() * b.get_height() for b in rectangles(ax)]
        assert np.array(areas) / sum(areas) == pytest.approx(np.array(counts) / sum(counts))
        assert [t.get_text() for t in ax.texts if "n = " in t.get_text()] == [
            "示范村\nn = 153", "非示范村\nn = 232", "其他村\nn = 35",
        ]  # fmt: skip

    def test_residuals_are_those_of_the_counts(self) -> None:
        ax = plots.mosaic(awareness(), by="village_type", shade="residual")
        table = np.array([[111, 42], [126, 106]])
        n, row, column = table.sum(), table.sum(axis=1), table.sum(axis=0)
        expected = np.outer(row, column) / n
        spread_ = np.sqrt(expected * np.outer(1 - row / n, 1 - column / n))
        assert abs((table - expected) / spread_).min() > 2  # ±3.6: every cell is coloured
        legend = ax.get_legend()
        assert legend is not None
        assert [t.get_text() for t in legend.get_texts()] == ["−4 … −2", "2 … 4"]

    def test_what_is_no_table_is_refused(self) -> None:
        with pytest.raises(UsageError, match="by= one of"):
            plots.mosaic(awareness())
        with pytest.raises(UsageError, match="no parts of a whole"):
            plots.mosaic(channels())
        weighted = replace(awareness(), spec=replace(awareness().spec, weight="w"))
        with pytest.raises(UsageError, match="no weighted_count"):
            plots.mosaic(weighted, by="village_type")
        rows = tuple(x for r in awareness().rows for x in (r, r._replace(stat="weighted_count")))
        with pytest.raises(UnsupportedError, match="no test"):
            plots.mosaic(replace(weighted, rows=rows), by="village_type", shade="residual")


class TestSlope:
    def test_lines_join_the_values_and_labels_keep_their_order(self) -> None:
        ax = plots.slope(satisfaction(), groups=["demo", "third"], levels=list("12345"))
        lines = [x for x in ax.lines if list(x.get_xdata()) == [0, 1] and len(x.get_ydata()) == 2]
        drawn = [list(x.get_ydata()) for x in lines]
        wanted = [
            [share(satisfaction(), "satisfied", c, g) for g in ("demo", "third")] for c in "12345"
        ]
        assert drawn[:5] == [pytest.approx(w) for w in wanted]
        right = [t for t in ax.texts if t.get_ha() == "left" and t.get_text()[:1].isdigit()]
        heights = [t.get_window_extent().y0 for t in right]
        values = [w[1] for w in wanted]
        assert np.argsort(heights).tolist() == np.argsort(values).tolist()

    def test_two_groups_are_needed(self) -> None:
        with pytest.raises(UsageError, match="joins two groups; got 3"):
            plots.slope(satisfaction())
        with pytest.raises(UnknownNameError, match="group 'dem'"):
            plots.slope(satisfaction(), groups=["dem", "other"])


class TestSpread:
    def test_against_brute_force(self) -> None:
        rng = np.random.default_rng(3)
        for _ in range(20):
            wanted = np.sort(rng.uniform(0, 10, 3))
            sizes = rng.uniform(0.5, 2, 3)
            got = spread(wanted, sizes, 0, 10)
            gaps = np.diff(got) - (sizes[1:] + sizes[:-1]) / 2
            assert gaps.min() > -1e-9
            assert got[0] - sizes[0] / 2 > -1e-9
            assert got[-1] + sizes[-1] / 2 < 10 + 1e-9
            grid = np.linspace(0, 10, 61)
            a, b, c = np.meshgrid(grid, grid, grid, indexing="ij")
            fits = (b - a >= (sizes[0] + sizes[1]) / 2) & (c - b >= (sizes[1] + sizes[2]) / 2)
            fits &= (a >= sizes[0] / 2) & (c <= 10 - sizes[2] / 2)
            cost = (a - wanted[0]) ** 2 + (b - wanted[1]) ** 2 + (c - wanted[2]) ** 2
            assert ((got - wanted) ** 2).sum() <= cost[fits].min() + 1e-9


class TestResponse:
    def test_what_is_lost_is_what_lies_between(self) -> None:
        rates = response_rates(distributed=400, returned=390, valid=385, lang="en")
        ax = plots.response(rates, lang="en")
        spans = [(b.get_x(), b.get_x() + b.get_width()) for b in rectangles(ax)]
        assert spans == [(0, 400), (390, 400), (0, 390), (385, 390), (0, 385)]
        notes = " ".join(t.get_text() for t in ax.texts)
        assert "97.5%" in notes
        assert "AAPOR response rate 1 (minimum): 96.3%." in notes

    def test_dispositions_take_the_whole_down_to_what_is_valid(self) -> None:
        counts = {"distributed": 1000, "valid": 560, "refusal": 300, "noncontact": 100}
        bars = rectangles(plots.response(counts))
        ends = [b.get_x() for b in bars]
        assert ends == [0, 900, 600, 560, 0]
        assert sum(b.get_width() for b in bars[1:]) == 1000

    def test_counts_that_contradict_each_other(self) -> None:
        with pytest.raises(UsageError, match="contradict"):
            plots.response({"distributed": 10, "returned": 20})
        with pytest.raises(UnknownNameError, match="did you mean 'returned'"):
            plots.response({"distributed": 10, "returnd": 5})
        with pytest.raises(UsageError, match="do not tell"):
            plots.response({"valid": 5})


class TestMissing:
    def survey(self) -> sk.Survey:
        import pandas as pd

        frame = pd.DataFrame({"a": list("12") * 10, "b": [""] * 4 + ["1", "2"] * 8})
        frame["c"] = ["", ""] + ["1"] * 15 + [""] * 3
        return sk.Survey(frame)

    def test_patterns_add_up_and_the_kinds_agree_with_the_estimates(self) -> None:
        found = missing_patterns(self.survey())
        assert [(r.pattern, r.count) for r in found.rows] == [
            ("", 13), ("c=blank", 3), ("b=blank", 2), ("b=blank; c=blank", 2),
        ]  # fmt: skip
        assert sum(r.percent for r in found.rows) == pytest.approx(100)
        assert [(k.variable, k.answered, k.blank) for k in found.by_variable] == [
            ("a", 20, 0), ("b", 16, 4), ("c", 15, 5),
        ]  # fmt: skip
        one = plots.missing(found)
        other = plots.missing(sk.freq(self.survey(), ["a", "b", "c"]))
        widths = [[b.get_width() for b in rectangles(ax)] for ax in (one, other)]
        assert widths[0] == widths[1] == [20.0, 25.0]

    def test_columns_are_as_high_as_their_counts(self) -> None:
        ax = plots.missing(missing_patterns(self.survey()), view="patterns", most=3)
        tall = [-b.get_height() for b in rectangles(ax)]
        assert np.array(tall) / tall[0] == pytest.approx([1, 3 / 13, 2 / 13])
        assert any("另有 1 种组合（共 2 人）" in t.get_text() for t in ax.texts)
        signs = [c.get_offsets().tolist() for c in ax.collections if c.get_sizes()[0] > 20]
        assert [[x for x, _ in places] for places in signs] == [[1, 2]]

    def test_the_domain_and_names(self) -> None:
        found = missing_patterns(self.survey().where("a == '1'"), ["b"])
        assert [(r.pattern, r.count) for r in found.rows] == [("", 8), ("b=blank", 2)]
        with pytest.raises(UnknownNameError):
            missing_patterns(self.survey(), ["x"])
        with pytest.raises(UsageError, match="missing together"):
            plots.missing(sk.freq(self.survey(), "a"), view="patterns")


def test_counts_have_a_name_on_their_axis() -> None:
    ax = plots.bars(awareness(), by="village_type", stat="count", lang="en")
    assert ax.get_ylabel() == "Respondents"
    assert sorted(b.get_height() for b in rectangles(ax)) == [42, 106, 111, 126]


def test_nets_are_no_parts_of_a_stacked_bar() -> None:
    widths = [b.get_width() for b in rectangles(plots.stacked(satisfaction()))]
    assert sum(widths) == pytest.approx(400)


class TestAltText:
    def test_what_by_what_the_range_and_the_values(self) -> None:
        said = plots.alt_text(plots.likert(satisfaction(), lang="en"))
        assert said.startswith("Diverging stacked bar chart. ")
        assert "Largest: 示范村, 满意 45.8. Smallest: 示范村, 很不满意 3.3." in said
        assert "n = 153" in said

    def test_of_many_values_the_extremes(self) -> None:
        groups = [(str(i), f"组{i}", 50, (10 + i, 40 - i)) for i in range(35)]
        rows = cells("v", (("a", "甲"), ("b", "乙")), "g", groups)
        said = plots.alt_text(plots.dots(Estimates(tuple(rows), Spec("crosstab", ("v",), ("g",)))))
        assert "共 70 个值" in said
        assert len(said) < 200

    def test_of_axes_that_nobody_drew_into(self) -> None:
        from matplotlib.figure import Figure

        assert plots.alt_text(Figure().add_subplot()) == ""


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)  # fmt: skip


def _linear(color: str) -> np.ndarray:
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(linear, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


class TestColours:
    def test_neighbouring_series_differ_without_red_and_green(self) -> None:
        seen = [_lab(DEUTERANOPIA @ _linear(c)) for c in PALETTE]
        for i, one in enumerate(seen[:6]):
            for two in seen[i + 1 : 6]:
                assert np.linalg.norm(one - two) > 15

    def test_both_sides_of_a_scale_differ_without_red_and_green(self) -> None:
        for count in (1, 2, 3, 5):
            sides = zip(shades("left", count), shades("right", count), strict=True)
            for left, right in sides:
                gap = _lab(DEUTERANOPIA @ _linear(left)) - _lab(DEUTERANOPIA @ _linear(right))
                assert np.linalg.norm(gap) > 15

    def test_the_strength_of_a_level_is_seen_in_grey(self) -> None:
        for side in ("left", "right"):
            grey = [luminance(c) for c in (*shades(side, 3), "#E6E6E6")]
            assert all(b / a > 1.25 for a, b in pairwise(grey))

    def test_numbers_on_every_colour_have_a_contrast_of_4_5(self) -> None:
        fills = [*PALETTE, *shades("left", 5), *shades("right", 5), "#E6E6E6", "#F2F2F2"]
        for fill in fills:
            ink = 1.0 if ink_on(fill) == "white" else luminance(ink_on(fill))
            high, low = sorted((ink, luminance(fill)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, fill


def marked() -> Estimates:
    """Three levels by two groups: one printed, one made up."""
    levels = (("1", "少"), ("2", "中"), ("3", "多"))
    rows = cells("v", levels, "g", [("a", "甲", 80, (20, 20, 40))], "printed")
    rows += cells(
        "v", levels, "g", [("b", "乙", 50, (7, 18, 25))], "arbitrary", "可行范围 1.0–90.0"
    )
    return Estimates(tuple(rows), Spec("crosstab", ("v",), ("g",), synthetic=True))


class TestSynthetic:
    @pytest.mark.parametrize(
        "draw",
        [plots.likert, plots.mosaic, plots.slope, lambda e: plots.ranking(e, by="g")],
    )
    def test_the_picture_says_so_inside_and_made_up_values_are_hollow(self, draw) -> None:  # type: ignore[no-untyped-def]
        ax = draw(marked())
        ax.figure.draw_without_rendering()
        words = [t for t in ax.texts if t.get_gid() == "synthetic"]
        assert len(words) == 1
        box = words[0].get_window_extent()
        assert ax.figure.bbox.contains(box.x0, box.y0)
        assert ax.figure.bbox.contains(box.x1, box.y1)
        shown = " ".join(t.get_text() for t in ax.texts)
        for made_up in ("14.0", "36.0"):
            assert made_up not in shown
            assert made_up not in plots.alt_text(ax)
        hollow = [p for p in rectangles(ax) if p.get_facecolor()[3] == 0]
        assert len(hollow) == (0 if draw is plots.slope else 3)
        assert plots.alt_text(ax).startswith("合成 SYNTHETIC")
        assert "最大" not in plots.alt_text(ax)  # it might be one that is not printed

    def test_net_percentages_and_residuals_of_made_up_values_are_not_given(self) -> None:
        texts = [t.get_text() for t in plots.likert(marked()).texts]
        assert texts.count("未印出") >= 2
        with pytest.raises(UnsupportedError, match="made up"):
            plots.mosaic(marked(), shade="residual")
