"""Hard data for every figure: no text is cut, none lies on another, whatever the labels and values."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from display_rows import awareness, channels
from matplotlib.axes import Axes
from matplotlib.text import Text

from surveykit import plots
from surveykit.coding import response_rates
from surveykit.errors import SurveyKitError, UsageError
from surveykit.estimate import Estimate, Estimates, Spec
from surveykit.plots.looks import luminance

LONG = "您对本村正在开展的民族团结进步创建活动的宣传方式和宣传内容总体是否感到满意以及愿"
ENGLISH = "Very satisfied with the way in which the campaign is publicised in the village"
FIGURES: dict[str, Callable[..., Axes]] = {
    "bars": plots.bars, "dots": plots.dots, "stacked": plots.stacked, "likert": plots.likert,
    "mosaic": plots.mosaic, "ranking": plots.ranking, "slope": plots.slope,
}  # fmt: skip
DARK: dict[str, Any] = {
    "figure.facecolor": "#111111", "axes.facecolor": "#111111", "savefig.facecolor": "#111111",
    "text.color": "white", "axes.labelcolor": "white", "xtick.color": "white",
    "ytick.color": "white", "axes.edgecolor": "white", "font.size": 14.0, "axes.grid": True,
    "font.family": ["serif"], "xtick.minor.visible": True, "lines.linewidth": 5.0,
    "hatch.color": "red", "axes.titleweight": "bold",
}  # fmt: skip


def hard(
    levels: int, groups: int, *, lang: str = "zh", seed: int = 0, long: bool = True,
    missing: float = 0.0, nan: float = 0.0, nobody: tuple[int, ...] = (),
) -> Estimates:  # fmt: skip
    """Random percentages of `levels` by the total and `groups`; some missing, some without interval."""
    rng = random.Random(seed)
    text = LONG[:38] if lang == "zh" else ENGLISH
    rows = []
    for g in range(-1, groups):
        name = "" if g < 0 else f"{text[:20]}{g}" if long else f"G{g}"
        base = 0 if g in nobody else rng.randint(20, 400)
        weights = [rng.random() ** 3 for _ in range(levels)]
        for i, weight in enumerate(weights):
            value = None if not base or rng.random() < missing else 100 * weight / sum(weights)
            low = None if value is None else max(0.0, value - 8)
            high = None if value is None else min(100.0, value + 8)
            if value is not None and rng.random() < nan:
                low = high = math.nan
            label = f"{text}{i}" if long else f"L{i}"
            place = ("v", label, str(i), "" if g < 0 else "g", name, "" if g < 0 else f"g{g}")
            rows.append(Estimate(*place, "percent", value, None, low, high, base))
            count = None if value is None else value * base / 100
            rows.append(Estimate(*place, "count", count, n=base))
    questions = {"v": f"{LONG}？" if lang == "zh" else f"{ENGLISH}?", "g": "村" if lang == "zh" else "Village"}  # fmt: skip
    by = ("g",) if groups else ()
    return Estimates(tuple(rows), Spec("crosstab", ("v",), by, questions=questions, lang=lang))  # type: ignore[arg-type]


def seen(figure: Any) -> list[Text]:
    """Return the texts that are drawn: of tick labels those in view."""
    stale: set[Any] = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            pairs = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
            shown = {label for at, label in pairs if low - 1e-6 <= at <= high + 1e-6}
            stale |= set(axis.findobj(Text)) - shown - {axis.label}
    found = figure.findobj(Text)
    return [t for t in found if t not in stale and t.get_visible() and t.get_text().strip()]


def faults(ax: Axes) -> list[str]:
    """Return what is cut off by the figure's edge, and which texts lie on each other."""
    figure: Any = ax.figure
    figure.canvas.draw()
    wide, high = figure.canvas.get_width_height()
    boxes = [(t.get_text(), t.get_window_extent()) for t in seen(figure)]
    cut = [
        f"cut: {text}"
        for text, b in boxes
        if b.x0 < -1 or b.y0 < -1 or b.x1 > wide + 1 or b.y1 > high + 1
    ]
    on_each_other = [
        f"{one} | {two}"
        for (one, a), (two, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]
    return cut + on_each_other


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before


REFUSED = ("bars", "dots", "stacked", "likert", "mosaic", "ranking", "slope")
SHAPES = [
    (1, 0, {}), (1, 2, {}), (2, 2, {"lang": "en"}), (15, 1, {"seed": 1}), (2, 12, {"seed": 2}),
    (4, 2, {"missing": 0.4, "seed": 3}), (3, 2, {"nan": 0.6}), (3, 2, {"nobody": (1,)}),
    (2, 2, {"nobody": (-1, 0, 1)}),
]  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_or_lies_on_another(name: str) -> None:
    drawn = 0
    turn = list(FIGURES).index(name) % 2
    for levels, groups, options in SHAPES[turn::2]:
        try:
            ax = FIGURES[name](hard(levels, groups, **options))
        except SurveyKitError:
            continue
        assert isinstance(ax, Axes)
        assert faults(ax) == [], (name, levels, groups, options)
        drawn += 1
    assert drawn >= 1


@pytest.mark.parametrize("name", FIGURES)
def test_small_axes_of_a_user_hold_what_fits_or_are_refused(name: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    for size in ((2.0, 1.5), (14.0, 11.0)):
        figure = Figure(figsize=size)
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.35, 0.2, 0.55, 0.6))
        made = hard(2, 2, long=False)
        if size == (2.0, 1.5) and name in REFUSED:
            with pytest.raises(UsageError, match=r"larger axes"):
                FIGURES[name](made, ax=ax)
            continue
        assert FIGURES[name](made, ax=ax) is ax
        assert not [fault for fault in faults(ax) if not fault.startswith("cut")]


@pytest.mark.parametrize("name", FIGURES)
def test_a_dark_style_of_the_user_changes_no_figure_of_its_own(name: str, tmp_path: Path) -> None:
    made = hard(3, 2, long=False)
    plain = plots.save(FIGURES[name](made), tmp_path / "plain.png")
    with mpl.rc_context(DARK):
        dark = plots.save(FIGURES[name](made), tmp_path / "dark.png")
    assert [p.read_bytes() for p in plain] == [p.read_bytes() for p in dark]


@pytest.mark.parametrize("name", FIGURES)
def test_on_dark_axes_of_the_user_every_text_can_be_read(name: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import to_hex
    from matplotlib.figure import Figure

    with mpl.rc_context(DARK):
        figure = Figure(figsize=(10, 8))
        FigureCanvasAgg(figure)
        ax = FIGURES[name](hard(3, 2, long=False), ax=figure.add_axes((0.3, 0.2, 0.6, 0.6)))
        figure.canvas.draw()
    bars = [p.get_window_extent() for p in ax.patches]
    for text in seen(figure):
        box = text.get_window_extent()
        if any(b.contains((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) for b in bars):
            continue
        light = luminance(to_hex(text.get_color()))
        assert (light + 0.05) / (luminance("#111111") + 0.05) > 4.5, text.get_text()


def test_what_a_figure_cannot_draw_is_told() -> None:
    only_tests = awareness().filter(lambda row: row.stat == "count")
    for figure in FIGURES.values():
        with pytest.raises(SurveyKitError, match=r"percent|two|one other|parts|levels?|value"):
            figure(only_tests)
    with pytest.raises(SurveyKitError, match="add up to"):
        plots.stacked(channels(), by="")


def test_rates_are_named_in_the_language_of_the_figure() -> None:
    rates = response_rates(distributed=400, returned=390, valid=385)
    words = " ".join(t.get_text() for t in plots.response(rates, lang="en").texts)
    assert "return rate (returned / distributed): 97.5%" in words.replace("\n", " ")
    assert not any(ord(c) > 0x2E7F for c in words)
