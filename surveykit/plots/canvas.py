"""Axes with a place for every category: what `bars`, `dots`, `stacked`, `ranking` and others share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surveykit.plots.frame import INTERVAL, fit_values, furnish, lines_of, new_axes
from surveykit.plots.glyphs import readable
from surveykit.plots.looks import SPAN, bar_look, dot_look, patch
from surveykit.plots.output import describe
from surveykit.plots.plan import Plan, Point
from surveykit.plots.style import INK
from surveykit.text import width, wrap_evenly

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = [
    "BAR",
    "DOT",
    "HIDDEN",
    "LINE",
    "UPRIGHT_BAR",
    "UPRIGHT_LABEL",
    "WIDE",
    "Canvas",
    "draw_bar",
    "draw_dot",
    "make_canvas",
    "texts_before",
]

# in inches
WIDE, _HIGH = 4.4, 2.7  # the axis of values, lying and upright
BAR, UPRIGHT_BAR, DOT = 0.21, 0.42, 0.22
_GAP, _HEADING = 0.17, 0.30
LINE = 0.17  # one line of a label
_LABEL, UPRIGHT_LABEL = 24, 10  # widths of labels in cells, before they wrap
HIDDEN = "#5C5C5C"  # the words "not printed" and a range


@dataclass(frozen=True, slots=True)
class Canvas:
    """Axes with a place for every category; places are in inches along the categories."""

    ax: Axes
    plan: Plan
    owned: bool
    before: Mapping[Text, str]
    thick: float
    upright: bool
    centres: tuple[float, ...]

    def values(self, kinds: Sequence[str] = ()) -> list[tuple[float, int, Point]]:
        """Return every point with its place and the number of its colour; dash those without."""
        count = len(self.plan.series)
        found = []
        for centre, category, row in zip(
            self.centres, self.plan.categories, self.plan.points, strict=True
        ):
            for j, point in enumerate(row):
                place = centre + (j - (count - 1) / 2) * self.thick
                index = kinds.index(category.section) if kinds else j
                if point is None:
                    self.write(place, Point(0.0, "—"))
                else:
                    found.append((place, index, point))
        return found

    def at(self, place: float, value: float) -> tuple[float, float]:
        """Return the coordinates of a value."""
        return (place, value) if self.upright else (value, place)

    def write(self, place: float, point: Point) -> Text:
        """Write the value behind the end of what is drawn."""
        from matplotlib.patheffects import withStroke

        hidden = point.mark == "arbitrary"
        text = point.text.replace(" ", "\n", 1) if hidden and self.upright else point.text
        return self.ax.annotate(
            text,
            self.at(place, point.reach),
            xytext=(0, 3) if self.upright else (4, 0),
            textcoords="offset points",
            ha="center" if self.upright else "left",
            va="bottom" if self.upright else "center_baseline",
            fontsize=8.5,
            color=HIDDEN if hidden else INK,
            path_effects=[withStroke(linewidth=2, foreground="white")],
        )

    def interval(self, place: float, point: Point) -> None:
        """Draw the interval of a value that carries one."""
        if point.low is None or point.high is None or point.mark == "arbitrary":
            return
        ends = [[max(0.0, point.value - point.low)], [max(0.0, point.high - point.value)]]
        x, y = self.at(place, point.value)
        error: dict[str, Any] = {"yerr" if self.upright else "xerr": ends}
        drawn = self.ax.errorbar(
            x, y, fmt="none", ecolor=INK, elinewidth=0.9, capsize=2.2, zorder=2.5, **error
        )
        for artist in (*drawn[1], *drawn[2]):
            artist.set_gid(INTERVAL)

    def finish(self, texts: Sequence[Text], kind: str, legend: Sequence[Any] | None = None) -> Axes:
        """Scale the axis of values, then add title, legend and notes."""
        ax, plan = self.ax, self.plan
        if texts or kind == "dot":
            reach = [p.reach for row in plan.points for p in row if p is not None]
            floor = min([0.0, *(p.value for row in plan.points for p in row if p is not None)])
            limits = (floor, max([*reach, floor + 1e-9]) * 1.02)
            (ax.set_ylim if self.upright else ax.set_xlim)(*limits)
            fit_values(ax, texts, self.upright, 100.0 if plan.percent else None)
        (ax.set_ylabel if self.upright else ax.set_xlabel)(plan.axis)
        if kind == "dot":
            ax.grid(visible=True, axis="x", color="#E3E3E3", linewidth=0.7)
            ax.set_axisbelow(True)
        ax.tick_params(axis="x" if self.upright else "y", length=0)
        ax.surveykit_alt = describe(plan)  # type: ignore[attr-defined]
        return furnish(ax, plan, kind, owned=self.owned, before=self.before, legend=legend)


def make_canvas(
    plan: Plan, ax: Axes | None, thick: float, upright: bool, deep: int | None = None,
    label: int | None = None,
) -> Canvas:  # fmt: skip
    """Lay out the categories, label them, and make axes of the size that they need.

    `label` is the width at which labels wrap, in cells.
    """
    plan = readable(plan)
    bars_each = deep or len(plan.series)
    cells = label or (UPRIGHT_LABEL if upright else _LABEL)
    labels = [
        "\n".join([
            *(wrap_evenly(c.label, label) if label else lines_of(c.label, cells)),
            *([c.base] if c.base else []),
        ])
        for c in plan.categories
    ]  # fmt: skip
    if upright and "arbitrary" in plan.marks:
        thick = 0.72
    size = _across if upright else _down
    sizes = [size(label, bars_each * thick) for label in labels]
    centres, headings, total = _places(plan, sizes)
    owned = ax is None
    shape = (total, _HIGH) if upright else (WIDE, total)
    axes = new_axes(*shape) if ax is None else ax
    before = {} if owned else texts_before(axes)
    canvas = Canvas(axes, plan, owned, before, thick, upright, tuple(centres))
    _label(canvas, labels, headings, total)
    return canvas


def texts_before(ax: Axes) -> dict[Text, str]:
    """Return the texts of axes that somebody else wrote, with what they say."""
    from matplotlib.text import Text

    found = ax.findobj(Text)
    return {t: t.get_text() for t in found if isinstance(t, Text) and t.get_text()}


def _across(label: str, thick: float) -> float:
    longest = max(width(line) for line in label.split("\n"))
    return max(thick, longest * 9.0 / 72 * 0.56) + 0.22


def _down(label: str, thick: float) -> float:
    return max(thick, (label.count("\n") + 1) * LINE) + _GAP


def _places(
    plan: Plan, sizes: Sequence[float]
) -> tuple[list[float], list[tuple[float, str]], float]:
    """Return the centre of each category, the place of each heading, and the length in all."""
    at, section = 0.04, ""
    centres: list[float] = []
    headings: list[tuple[float, str]] = []
    for category, size in zip(plan.categories, sizes, strict=True):
        if category.section != section:
            section = category.section
            headings.append((at + _HEADING / 2 + 0.03, section))
            at += _HEADING
        centres.append(at + size / 2)
        at += size
    return centres, headings, at + 0.04


def _label(
    canvas: Canvas, labels: Sequence[str], headings: Sequence[tuple[float, str]], total: float
) -> None:
    ax = canvas.ax
    if canvas.upright:
        ax.set_xlim(0, total)
        ax.set_xticks(list(canvas.centres), labels)
        return
    ax.set_ylim(total, 0)
    ax.set_yticks(list(canvas.centres), labels)
    for place, text in headings:
        ax.annotate(
            text, (0, place), xycoords=("axes fraction", "data"), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=9.0, color="#444444",
        )  # fmt: skip


def draw_bar(canvas: Canvas, place: float, index: int, point: Point) -> list[Text]:
    """Draw one bar, its interval and its value."""
    look = bar_look(point.mark, index, canvas.plan)
    draw: Callable[..., Any] = canvas.ax.bar if canvas.upright else canvas.ax.barh
    side = "width" if canvas.upright else "height"
    drawn = draw(place, point.value, **{side: canvas.thick * 0.88}, **look)
    for one in drawn.patches:
        patch(one)
    canvas.interval(place, point)
    return [canvas.write(place, point)]


def draw_dot(canvas: Canvas, place: float, index: int, point: Point) -> list[Text]:
    """Draw one dot, its interval and its value."""
    canvas.interval(place, point)
    if point.span is not None:
        canvas.ax.plot(*zip(*(canvas.at(place, end) for end in point.span), strict=True), **SPAN)
    look = dot_look(point.mark, index)
    canvas.ax.scatter(*canvas.at(place, point.value), zorder=3, **look)
    text = canvas.write(place, point)
    if point.high is None:
        text.set_position((8, 0))
    return [text]
