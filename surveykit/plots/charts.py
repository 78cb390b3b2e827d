"""The charts: `bars`, `dots`, `stacked`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from surveykit.errors import UsageError
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Ranges
from surveykit.plots.frame import fit_values, furnish, new_axes
from surveykit.plots.looks import SPAN, bar_look, color, dot_look, ink_on, patch
from surveykit.plots.output import describe
from surveykit.plots.plan import Category, Options, Plan, Point, make_plan
from surveykit.plots.style import INK, style
from surveykit.text import Lang, NumberFormat, width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation, Text

__all__ = ["bars", "dots", "stacked"]

Orientation = Literal["auto", "horizontal", "vertical"]

# in inches
_WIDE, _HIGH = 4.4, 2.7  # the axis of values, lying and upright
_BAR, _UPRIGHT_BAR, _DOT, _STACK = 0.21, 0.42, 0.22, 0.30
_GAP, _HEADING = 0.17, 0.30
_LINE = 0.17  # one line of a label
_LABEL, _UPRIGHT_LABEL = 24, 10  # widths of labels in cells, before they wrap
_HIDDEN = "#5C5C5C"  # the words "not printed" and a range
_CATEGORIES_UPRIGHT = 6  # more lie down


def bars(
    estimates: Estimates,
    *,
    ax: Axes | None = None,
    variable: str | None = None,
    by: str | Sequence[str] | None = None,
    levels: Collection[str] | None = None,
    stat: str = "percent",
    orientation: Orientation = "auto",
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Axes:
    """Draw bars with their values, and intervals where the estimates carry them.

    Without groups each level is a bar; with groups each group has one bar for each level.

    Parameters
    ----------
    estimates : Estimates
        Rows of contract 1.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of the size that the labels need is made by default.
    variable : str, optional
        Which variable, where the estimates hold several.
    by : str or sequence of str, optional
        Which groups; all of the estimates by default, ``""`` for the total alone.
    levels : collection of str, optional
        Codes of the levels to draw; all by default.
    stat : str
        Which statistic.
    orientation : {"auto", "horizontal", "vertical"}
        ``auto``: lying bars for long labels, many groups, or cells that are not printed.
    title : str, optional
        Made from the questions by default; ``""`` for none.
    lang, number, decimals
        As in :func:`surveykit.tables.table`.
    ranges, bases : mapping, optional
        As in :func:`surveykit.tables.table`: feasible ranges, and which group sizes are known.

    Returns
    -------
    matplotlib.axes.Axes
        Plain matplotlib; ``ax.figure`` is the figure.

    Raises
    ------
    UsageError, UnknownNameError
        When there is nothing, or no such thing, to draw.

    Notes
    -----
    Printed values are solid, implied ones lightly hatched, those not printed a hollow dashed
    outline without interval. Figures of synthetic data say so inside the image.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> row = Estimate("aware", "知道", "1", "", "", "", "percent", 61.5, n=385)
    >>> ax = bars(Estimates((row,), Spec("freq", ("aware",), questions={"aware": "知晓"})))
    >>> ax.get_title(loc="left"), [t.get_text() for t in ax.texts]
    ('知晓', ['61.5'])
    """
    options = Options(variable, by, levels, stat, title, lang, decimals, number, ranges, bases)
    plan = make_plan(estimates, options)
    upright = _upright(plan, orientation)
    with style():
        canvas = _canvas(plan, ax, _UPRIGHT_BAR if upright else _BAR, upright)
        texts = [
            text
            for place, index, point in canvas.values()
            for text in _bar(canvas, place, index, point)
        ]
        return canvas.finish(texts, "bar")


def dots(
    estimates: Estimates,
    *,
    ax: Axes | None = None,
    variable: str | None = None,
    by: str | Sequence[str] | None = None,
    levels: Collection[str] | None = None,
    groups: Mapping[str, str] | None = None,
    stat: str = "percent",
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Axes:
    """Draw a dot for each value, with intervals where the estimates carry them.

    Parameters
    ----------
    groups : mapping, optional
        ``by_code`` to the kind that it is of: kinds stand apart under their own heading, in
        their own colour and shape (for one level only).
    estimates, ax, variable, by, levels, stat, title, lang, decimals, number, ranges, bases
        As in :func:`bars`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError, UnknownNameError
        As :func:`bars`; also for `groups` with several levels.

    Notes
    -----
    The dot of a value that is not printed is hollow; a thin dotted line shows its feasible
    range, where known. The line has no caps and is no interval.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> rows = [
    ...     Estimate("aware", "Yes", "1", "site", s, s, "percent", 50.0, None, 40.0, 60.0, 90)
    ...     for s in "AB"
    ... ]
    >>> estimates = Estimates(tuple(rows), Spec("crosstab", ("aware",), ("site",), lang="en"))
    >>> ax = dots(estimates, groups={"A": "Demonstration", "B": "Other"})
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['A\\nn = 90', 'B\\nn = 90']
    """
    options = Options(
        variable,
        by,
        levels,
        stat,
        title,
        lang,
        decimals,
        number,
        ranges,
        bases,
        groups or {},
        "lines",
    )
    plan = make_plan(estimates, options)
    if groups and len(plan.series) > 1:
        raise UsageError("groups= tells one level apart.", hint="levels=[…] with one code.")
    kinds = list(dict.fromkeys(c.section for c in plan.categories)) if groups else []
    with style():
        canvas = _canvas(plan, ax, _DOT, upright=False)
        texts = [
            text
            for place, index, point in canvas.values(kinds)
            for text in _dot(canvas, place, index, point)
        ]
        return canvas.finish(texts, "dot")


def stacked(
    estimates: Estimates,
    *,
    ax: Axes | None = None,
    variable: str | None = None,
    by: str | Sequence[str] | None = None,
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Axes:
    """Draw one bar of 100 % for each group, divided by the levels.

    Parameters
    ----------
    estimates, ax, variable, by, title, lang, decimals, number, ranges, bases
        As in :func:`bars`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError
        When the percentages of a group exceed 100 in all, as those of a multiple choice do.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> rows = [
    ...     Estimate("aware", level, level, "sex", "Men", "m", "percent", value, n=90)
    ...     for level, value in (("yes", 60.0), ("no", 40.0))
    ... ]
    >>> ax = stacked(Estimates(tuple(rows), Spec("crosstab", ("aware",), ("sex",), lang="en")))
    >>> [t.get_text() for t in ax.texts]
    ['60.0', '40.0']
    """
    options = Options(variable, by, None, "percent", title, lang, decimals, number, ranges, bases)
    plan = _as_parts(make_plan(estimates, options))
    _check_whole(plan)
    with style():
        canvas = _canvas(plan, ax, _STACK, upright=False, deep=1)
        canvas.ax.set_xlim(0, 100)  # first: text is measured in place
        for i, row in enumerate(plan.points):
            _stack(canvas, canvas.centres[i], row)
        return canvas.finish([], "bar")


@dataclass(frozen=True, slots=True)
class _Canvas:
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
            color=_HIDDEN if hidden else INK,
            path_effects=[withStroke(linewidth=2, foreground="white")],
        )

    def interval(self, place: float, point: Point) -> None:
        """Draw the interval of a value that carries one."""
        if point.low is None or point.high is None or point.mark == "arbitrary":
            return
        ends = [[max(0.0, point.value - point.low)], [max(0.0, point.high - point.value)]]
        x, y = self.at(place, point.value)
        error: dict[str, Any] = {"yerr" if self.upright else "xerr": ends}
        self.ax.errorbar(
            x, y, fmt="none", ecolor=INK, elinewidth=0.9, capsize=2.2, zorder=2.5, **error
        )

    def finish(self, texts: Sequence[Text], kind: str) -> Axes:
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
        return furnish(ax, plan, kind, owned=self.owned, before=self.before)


def _upright(plan: Plan, orientation: Orientation) -> bool:
    if orientation not in ("auto", "horizontal", "vertical"):
        raise UsageError(
            f"orientation {orientation!r} is unknown.", hint="'auto', 'horizontal', 'vertical'."
        )
    if orientation != "auto":
        return orientation == "vertical"
    long = any(width(c.label) > 2 * _UPRIGHT_LABEL for c in plan.categories)
    sections = {c.section for c in plan.categories} - {""}
    many = len(plan.categories) > _CATEGORIES_UPRIGHT
    return not (long or many or sections or "arbitrary" in plan.marks)


def _canvas(
    plan: Plan, ax: Axes | None, thick: float, upright: bool, deep: int | None = None
) -> _Canvas:
    """Lay out the categories, label them, and make axes of the size that they need."""
    from matplotlib.text import Text

    bars_each = deep or len(plan.series)
    cells = _UPRIGHT_LABEL if upright else _LABEL
    labels = [
        "\n".join([*wrap(c.label, cells), *([c.base] if c.base else [])]) for c in plan.categories
    ]
    if upright and "arbitrary" in plan.marks:
        thick = 0.72
    size = _across if upright else _down
    sizes = [size(label, bars_each * thick) for label in labels]
    centres, headings, total = _places(plan, sizes)
    owned = ax is None
    shape = (total, _HIGH) if upright else (_WIDE, total)
    axes = new_axes(*shape) if ax is None else ax
    found = () if owned else axes.findobj(Text)
    before = {t: t.get_text() for t in found if isinstance(t, Text) and t.get_text()}
    canvas = _Canvas(axes, plan, owned, before, thick, upright, tuple(centres))
    _label(canvas, labels, headings, total)
    return canvas


def _across(label: str, thick: float) -> float:
    longest = max(width(line) for line in label.split("\n"))
    return max(thick, longest * 9.0 / 72 * 0.56) + 0.22


def _down(label: str, thick: float) -> float:
    return max(thick, (label.count("\n") + 1) * _LINE) + _GAP


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
    canvas: _Canvas, labels: Sequence[str], headings: Sequence[tuple[float, str]], total: float
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


def _bar(canvas: _Canvas, place: float, index: int, point: Point) -> list[Text]:
    """Draw one bar, its interval and its value."""
    look = bar_look(point.mark, index, canvas.plan)
    draw: Callable[..., Any] = canvas.ax.bar if canvas.upright else canvas.ax.barh
    side = "width" if canvas.upright else "height"
    drawn = draw(place, point.value, **{side: canvas.thick * 0.88}, **look)
    for one in drawn.patches:
        patch(one)
    canvas.interval(place, point)
    return [canvas.write(place, point)]


def _dot(canvas: _Canvas, place: float, index: int, point: Point) -> list[Text]:
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


def _as_parts(plan: Plan) -> Plan:
    """Return the plan without intervals; levels of the total alone become one divided bar."""
    points = tuple(tuple(p and replace(p, low=None, high=None) for p in row) for row in plan.points)
    if plan.series != ("",):
        return replace(plan, points=points, interval="")
    names = tuple(c.label for c in plan.categories)
    parts = tuple(point for (point,) in points)
    return replace(plan, categories=(Category("", ""),), series=names, points=(parts,), interval="")


def _check_whole(plan: Plan) -> None:
    for category, row in zip(plan.categories, plan.points, strict=True):
        total = sum(p.value for p in row if p is not None)
        if total > 100.5:
            raise UsageError(
                f"the percentages of {category.label!r} add up to {total:.1f}; they are no parts.",
                hint="bars() shows a multiple choice.",
            )


def _stack(canvas: _Canvas, place: float, row: Sequence[Point | None]) -> None:
    """Draw one divided bar; a value too wide for its part stands above it."""
    left, free = 0.0, [-1.0] * 3
    scale = canvas.ax.get_window_extent().width / 100
    for index, point in enumerate(row):
        if point is None:
            continue
        look = bar_look(point.mark, index, canvas.plan)
        look |= {} if point.mark == "arbitrary" else {"linewidth": 0.8}
        drawn = canvas.ax.barh(place, point.value, left=left, height=canvas.thick * 0.92, **look)
        for one in drawn.patches:
            patch(one)
        _inside(canvas, place, left + point.value / 2, point.value * scale, index, point, free)
        left += point.value


def _inside(
    canvas: _Canvas,
    place: float,
    middle: float,
    room: float,
    index: int,
    point: Point,
    free: list[float],
) -> None:
    """Write a value into its part of the bar, else above it where nothing stands yet."""
    hidden = point.mark == "arbitrary"
    ink = _HIDDEN if hidden else ink_on(color(index))
    style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 8.0}
    at = (middle, place)
    text = canvas.ax.annotate(
        point.text, at, xytext=(0, 0), textcoords="offset points", color=ink, **style
    )
    if hidden:
        _shorten(text, room)
        return
    wide = text.get_window_extent().width
    if wide <= room - 3:
        text.set_bbox({"boxstyle": "square,pad=0.1", "fc": color(index), "ec": "none"})
        return
    half = wide / 2 * 100 / canvas.ax.get_window_extent().width
    tier = next((i for i, end in enumerate(free) if end < middle - half), len(free) - 1)
    free[tier] = middle + half + 0.5
    text.set(color=INK, va="bottom")
    text.xy = (middle, place - canvas.thick / 2 - 0.01 - 0.12 * tier)


def _shorten(text: Annotation, room: float) -> None:
    """Leave out the range, then the words, of a part that is too narrow for them."""
    for shorter in (text.get_text().split(" ")[0], ""):
        if text.get_window_extent().width > room - 4:
            text.set_text(shorter)
