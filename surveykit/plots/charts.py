"""The charts: `bars`, `dots`, `stacked`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from surveykit.errors import UsageError
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Ranges
from surveykit.plots.canvas import (
    BAR,
    DOT,
    HIDDEN,
    UPRIGHT_BAR,
    UPRIGHT_LABEL,
    Canvas,
    draw_bar,
    draw_dot,
    make_canvas,
)
from surveykit.plots.looks import bar_look, color, ink_on, named, patch
from surveykit.plots.plan import Category, Options, Plan, Point, make_plan, without_nets
from surveykit.plots.style import INK, style
from surveykit.text import NOT_PRINTED, Lang, NumberFormat, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = ["bars", "dots", "stacked"]

Orientation = Literal["auto", "horizontal", "vertical"]

_STACK = 0.30  # inches
_TIER, _TIERS = 0.12, 3  # height of a line of numbers above a bar, and the most of them
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
    plan = named(make_plan(estimates, options), "bar")
    upright = _upright(plan, orientation)
    with style():
        canvas = make_canvas(plan, ax, UPRIGHT_BAR if upright else BAR, upright)
        texts = [
            text
            for place, index, point in canvas.values()
            for text in draw_bar(canvas, place, index, point)
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
    plan = named(make_plan(estimates, options), "dot")
    if groups and len(plan.series) > 1:
        raise UsageError("groups= tells one level apart.", hint="levels=[…] with one code.")
    kinds = list(dict.fromkeys(c.section for c in plan.categories)) if groups else []
    with style():
        canvas = make_canvas(plan, ax, DOT, upright=False)
        texts = [
            text
            for place, index, point in canvas.values(kinds)
            for text in draw_dot(canvas, place, index, point)
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
    """Draw one bar of 100 % for each group, divided by the levels; nets are no parts of it.

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
    parts = without_nets(estimates)
    plan = named(_as_parts(make_plan(parts, options)), "stacked")
    _check_whole(plan)
    with style():
        canvas = make_canvas(plan, ax, _STACK, upright=False, deep=1)
        canvas.ax.set_xlim(0, 100)  # first: text is measured in place
        for i, row in enumerate(plan.points):
            _stack(canvas, canvas.centres[i], row)
        return canvas.finish([], "bar")


def _upright(plan: Plan, orientation: Orientation) -> bool:
    if orientation not in ("auto", "horizontal", "vertical"):
        raise UsageError(
            f"orientation {orientation!r} is unknown.", hint="'auto', 'horizontal', 'vertical'."
        )
    if orientation != "auto":
        return orientation == "vertical"
    long = any(width(c.label) > 2 * UPRIGHT_LABEL for c in plan.categories)
    sections = {c.section for c in plan.categories} - {""}
    many = len(plan.categories) > _CATEGORIES_UPRIGHT
    return not (long or many or sections or "arbitrary" in plan.marks)


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


def _stack(canvas: Canvas, place: float, row: Sequence[Point | None]) -> None:
    """Draw one divided bar; a value too wide for its part stands above it."""
    left, free = 0.0, [-1.0] * _tiers(canvas, place)
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


def _tiers(canvas: Canvas, place: float) -> int:
    """Return how many lines of numbers have room above a bar, up to the one before it."""
    above = [c for c in canvas.centres if c < place]
    free = place - max(above) - canvas.thick if above else place - canvas.thick / 2
    return max(1, min(_TIERS, int((free - 0.01) / _TIER)))


def _inside(
    canvas: Canvas,
    place: float,
    middle: float,
    room: float,
    index: int,
    point: Point,
    free: list[float],
) -> None:
    """Write a value into its part of the bar, else above it where nothing stands yet."""
    hidden = point.mark == "arbitrary"
    ink = HIDDEN if hidden else ink_on(color(index))
    style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 8.0}
    at = (middle, place)
    text = canvas.ax.annotate(
        point.text, at, xytext=(0, 0), textcoords="offset points", color=ink, **style
    )
    if hidden:
        _shorten(text, room, NOT_PRINTED.text(canvas.plan.lang))
        return
    wide = text.get_window_extent().width
    if wide <= room - 3:
        text.set_bbox({"boxstyle": "square,pad=0.1", "fc": color(index), "ec": "none"})
        return
    half = wide / 2 * 100 / canvas.ax.get_window_extent().width
    tier = next((i for i, end in enumerate(free) if end < middle - half), None)
    if tier is None:  # a number on another says less than none
        text.set_text("")
        return
    free[tier] = middle + half + 0.5
    text.set(color=INK, va="bottom")
    text.xy = (middle, place - canvas.thick / 2 - 0.01 - _TIER * tier)


def _shorten(text: Annotation, room: float, words: str) -> None:
    """Leave out the range, then the words, of a part that is too narrow for them."""
    for shorter in (words, ""):
        if text.get_window_extent().width > room - 4:
            text.set_text(shorter)
