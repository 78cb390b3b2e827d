"""`slope`: two groups side by side, one line for each level, labels at both ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Group, Ranges
from surveykit.plots.canvas import HIDDEN, texts_before
from surveykit.plots.frame import furnish, lines_of, new_axes
from surveykit.plots.glyphs import readable
from surveykit.plots.looks import dot_look, edge, named
from surveykit.plots.output import describe
from surveykit.plots.plan import Category, Maker, Options, Plan, Point
from surveykit.plots.spread import spread
from surveykit.plots.style import GREY, INK, PALETTE, style
from surveykit.text import Lang, NumberFormat, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = ["slope"]

# in inches
_BETWEEN, _LEAST_BETWEEN = 2.0, 0.7  # the lines
_HIGH, _LINE = 2.4, 0.155
_GAP = 0.14  # between a dot and its label
_CELLS = 24


def slope(
    estimates: Estimates,
    *,
    ax: Axes | None = None,
    variable: str | None = None,
    by: str | None = None,
    groups: Sequence[str] | None = None,
    levels: Collection[str] | None = None,
    stat: str = "percent",
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Axes:
    """Draw how each level differs between two groups: a line, labelled at both ends.

    Parameters
    ----------
    groups : sequence of two str, optional
        Codes of the two groups, left and right; needed where `by` has more than two.
    by : str, optional
        The variable whose groups are compared; needed where the estimates hold several.
    estimates, ax, variable, levels, stat, title, lang, decimals, number, ranges, bases
        As in :func:`surveykit.plots.bars`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError
        When there are not two groups, or `ax` has no room for the labels.
    UnknownNameError
        For a group or level that is not there.

    Notes
    -----
    Labels are moved apart where values lie close, a thin line leads to their dot. Intervals are
    thin upright lines. A line with an end that is not printed is dashed.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> rows = [
    ...     Estimate("aware", "Yes", "1", "year", y, y, "percent", x, n=90)
    ...     for y, x in (("2023", 48.0), ("2024", 61.5))
    ... ]
    >>> ax = slope(Estimates(tuple(rows), Spec("crosstab", ("aware",), ("year",), lang="en")))
    >>> [t.get_text() for t in ax.texts]
    ['Yes 48.0', '61.5 Yes']
    """
    options = Options(variable, by, levels, stat, title, lang, decimals, number, ranges, bases)
    maker = Maker.of(estimates, options)
    plan = named(_plan(maker, groups), "slope")
    with style():
        drawing = _drawing(readable(plan), plan, ax)
        for index, pair in enumerate(zip(*drawing.plan.points, strict=True)):
            _line(drawing, index, pair)
        return _finish(drawing)


def _plan(maker: Maker, asked: Sequence[str] | None) -> Plan:
    variable = maker.variable()
    held = {g: t for g, t in maker.groups(variable).items() if g[0]}
    pair = _pair(held, asked)
    levels = maker.levels(variable)
    rows = [tuple(maker.point(variable, code, group) for code in levels) for group in pair]
    full = [i for i in range(len(levels)) if all(row[i] is not None for row in rows)]
    if not full:
        raise UsageError(f"no level of {variable!r} has a value in both groups.")
    names = tuple(levels.values())
    categories = [
        Category(clean(held[g]).replace("*", " / "), maker.base(variable, g)) for g in pair
    ]
    return maker.plan(
        maker.title(variable, [pair[0][0]]),
        categories,
        tuple(names[i] for i in full),
        [tuple(row[i] for i in full) for row in rows],
        "",
    )


def _pair(held: dict[Group, str], asked: Sequence[str] | None) -> tuple[Group, Group]:
    if asked is not None:
        by_code = {code: (by, code) for by, code in held}
        for code in asked:
            if code not in by_code:
                raise UnknownNameError.for_name("group", code, by_code)
        found = [by_code[code] for code in asked]
    else:
        found = list(held)
    if len(found) != 2 or found[0] == found[1]:
        raise UsageError(
            f"a slope joins two groups; got {len(found)} ({', '.join(c for _, c in found[:8])}).",
            hint="groups=[first, second] with their codes, and by= where there are several.",
        )
    return found[0], found[1]


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Axes with room for the labels; `plan` is drawn, `words` is said."""

    ax: Axes
    plan: Plan
    words: Plan
    owned: bool
    before: dict[Any, str]
    labels: tuple[tuple[Annotation, ...], tuple[Annotation, ...]]


def _drawing(plan: Plan, words: Plan, ax: Axes | None) -> _Drawing:
    """Make axes, write every label at its dot, then move the labels of each end apart."""
    texts = [[_text(plan, row[i], i, side) for i in range(len(row))]
             for side, row in enumerate(plan.points)]  # fmt: skip
    high = max(_HIGH, *(sum(_tall(t) for t in side) + 0.2 for side in texts))
    owned = ax is None
    axes = new_axes(4.4, high) if ax is None else ax
    before = {} if owned else texts_before(axes)
    labels = tuple(
        tuple(_write(axes, plan, side, i, text) for i, text in enumerate(texts[side]))
        for side in (0, 1)
    )
    dpi = axes.figure.dpi
    wide = [max(t.get_window_extent().width for t in side) / dpi + _GAP for side in labels]
    if owned:
        whole = sum(wide) + _BETWEEN
        figure: Any = axes.figure  # made by new_axes
        figure.set_size_inches(whole, high)
    box = axes.get_window_extent()
    _check(box.width / dpi - sum(wide), box.height / dpi, high, owned)
    inner = box.width / dpi - sum(wide)
    axes.set_xlim(-wide[0] / inner, 1 + wide[1] / inner)
    axes.set_ylim(*_limits(plan))
    drawing = _Drawing(axes, plan, words, owned, before, (labels[0], labels[1]))
    for side in (0, 1):
        _move_apart(drawing, side)
    return drawing


def _text(plan: Plan, point: Point | None, index: int, side: int) -> str:
    value = "" if point is None else point.text
    label = plan.series[index]
    whole = f"{label} {value}" if side == 0 else f"{value} {label}"
    return "\n".join(lines_of(whole, _CELLS))


def _tall(text: str) -> float:
    return _LINE * (text.count("\n") + 1) + 0.03


def _check(between: float, high: float, needed: float, owned: bool) -> None:
    if owned:
        return
    if between < _LEAST_BETWEEN or high < needed - 0.2 - _HIGH * 0.3:
        raise UsageError(
            f"the labels leave no room in these axes ({between:.1f} inches between the groups, "
            f"{high:.1f} inches high; {_LEAST_BETWEEN} and {needed:.1f} are needed).",
            hint="larger axes, fewer levels=, or no ax= for a figure of the right size.",
        )


def _limits(plan: Plan) -> tuple[float, float]:
    ends = [
        end
        for row in plan.points
        for p in row
        if p is not None
        for end in (p.value, p.low, p.high)
        if end is not None
    ]
    low, high = min(ends), max(ends)
    pad = 0.06 * (high - low or 1.0)
    return low - pad, high + pad


def _write(ax: Axes, plan: Plan, side: int, index: int, text: str) -> Annotation:
    point = plan.points[side][index]
    hidden = point is not None and point.mark == "arbitrary"
    return ax.annotate(
        text,
        (side, 0.0 if point is None else point.value),
        xytext=(-_GAP * 72 if side == 0 else _GAP * 72, 0),
        textcoords="offset points",
        ha="right" if side == 0 else "left",
        va="center",
        fontsize=8.5,
        linespacing=1.15,
        color=HIDDEN if hidden else INK,
    )


def _move_apart(drawing: _Drawing, side: int) -> None:
    """Move the labels of one end apart and lead a thin line to those that moved."""
    ax, texts = drawing.ax, drawing.labels[side]
    points = drawing.plan.points[side]
    values = np.array([0.0 if p is None else p.value for p in points])
    order = np.argsort(values, kind="stable")
    pixels = ax.transData.transform([(side, v) for v in values[order]])[:, 1]
    sizes = [texts[i].get_window_extent().height + 3 for i in order]
    box = ax.get_window_extent()
    places = spread(pixels, sizes, box.y0, box.y1)
    for i, at, wanted in zip(order, places, pixels, strict=True):
        moved = (at - wanted) * 72 / ax.figure.dpi
        text = texts[i]
        text.set_position((text.get_position()[0], moved))
        if abs(moved) > 2:
            _lead(drawing, side, float(values[i]), moved)


def _lead(drawing: _Drawing, side: int, value: float, moved: float) -> None:
    sign = -1 if side == 0 else 1
    drawing.ax.annotate(
        "", (side, value), xytext=(sign * (_GAP * 72 - 2), moved), textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": "#9A9A9A", "linewidth": 0.6,
                    "shrinkA": 0, "shrinkB": 4},
        annotation_clip=False,
    )  # fmt: skip


def _line(drawing: _Drawing, index: int, pair: tuple[Point | None, ...]) -> None:
    """Draw one line, its dots and their intervals."""
    ax, points = drawing.ax, [p for p in pair if p is not None]
    many = len(drawing.plan.series) > len(PALETTE)
    color = GREY if many else edge(index)
    hidden = any(p.mark == "arbitrary" for p in points)
    dash: dict[str, Any] = {"linestyle": (0, (3, 2)), "color": GREY} if hidden else {"color": color}
    ax.plot([0, 1], [p.value for p in points], linewidth=1.4, zorder=2.2, **dash)
    shift = (index % 5 - 2) * 0.006
    for side, point in enumerate(points):
        if point.low is not None and point.high is not None:
            ends = [point.low, point.high]
            ax.plot([side + shift] * 2, ends, color=color, linewidth=0.9, alpha=0.75, zorder=2)
        look = dot_look(point.mark, None if many else index)
        ax.scatter(side, point.value, zorder=3, **(look | {"s": 34}))


def _finish(drawing: _Drawing) -> Axes:
    ax, plan = drawing.ax, drawing.plan
    names = ["\n".join([*lines_of(c.label, 14), *([c.base] if c.base else [])])
             for c in plan.categories]  # fmt: skip
    ax.set_xticks([0, 1], names)
    ax.tick_params(axis="x", length=0)
    for side in (0, 1):
        ax.axvline(side, color="#D5D5D5", linewidth=0.8, zorder=1)
    ax.set_yticks([])
    for spine in ("left", "bottom"):
        ax.spines[spine].set_visible(False)
    ax.set_xlabel(plan.axis)
    ax.surveykit_alt = describe(drawing.words)  # type: ignore[attr-defined]
    return furnish(
        ax,
        replace(plan, series=("",)),
        "dot",
        owned=drawing.owned,
        before=drawing.before,
        legend=[],
    )
