"""`likert`: diverging stacked bars, centred on the neutral level or between the levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from surveykit.errors import UnknownNameError, UsageError, expect
from surveykit.estimate import Estimates
from surveykit.estimate.missing import read_split
from surveykit.estimate.places import Bases, Group, Ranges
from surveykit.plots.canvas import HIDDEN, Canvas, make_canvas
from surveykit.plots.frame import lines_of
from surveykit.plots.looks import bar_look, ink_on, named, patch, shades
from surveykit.plots.plan import Category, Maker, Options, Plan, Point, without_nets
from surveykit.plots.style import INK, style
from surveykit.text import NOT_PRINTED, Label, Lang, NumberFormat, clean, shared_lead

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["likert"]

Order = Literal["given", "net"]

_BAR: Final = 0.27  # inches
_ENDS: Final = (
    Label(zh="负向合计（%）", en="Negative, net %"),
    Label(zh="正向合计（%）", en="Positive, net %"),
)
_ASKED: Final = Label(zh="n = {n}（问到 {asked}）", en="n = {n} of {asked} asked")


def likert(
    estimates: Estimates,
    *,
    ax: Axes | None = None,
    variables: str | Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    neutral: str = "auto",
    positive: Collection[str] | None = None,
    order: Order = "given",
    ends: tuple[str, str] | None = None,
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Axes:
    """Draw scales as stacked bars that diverge from their middle, with net percentages at both ends.

    One variable has a bar for each group; several variables of the same levels (a battery) have
    one bar each, by groups only where `by` is given.

    Parameters
    ----------
    estimates : Estimates
        Rows of contract 1 with the stat ``percent``; nets and boxes among them are not drawn.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of the size that the labels need is made by default.
    variables : str or sequence of str, optional
        Which variables, or the name of a battery; all by default.
    by : str or sequence of str, optional
        Which groups; ``""`` is the total.
    neutral : str
        Code of the level that the bars are centred on; ``"auto"`` is the middle one of an odd
        number of levels, ``"none"`` puts the centre between the levels.
    positive : collection of str, optional
        Codes of the levels on the right; those after the neutral one (or the second half) by
        default. Where they come first in the codebook, the levels are drawn in reverse.
    order : {"given", "net"}
        Of the bars: as given, or by the net percentage on the right, the largest first.
    ends : tuple of two str, optional
        What stands above the net percentages.
    title, lang, decimals, number, ranges, bases
        As in :func:`surveykit.plots.bars`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError, UnknownNameError
        When variables do not share their levels, or a code is unknown.

    Notes
    -----
    A percentage that its part has no room for is not written; it is in the alternative text, as
    every other one. Net percentages are sums of unrounded percentages; of synthetic data they are
    given only where every part is printed or implied, as sums of what is printed.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> shares = {"1": 20.0, "2": 30.0, "3": 50.0}
    >>> rows = [
    ...     Estimate("trust", c, c, "", "", "", "percent", x, n=80) for c, x in shares.items()
    ... ]
    >>> ax = likert(Estimates(tuple(rows), Spec("freq", ("trust",), lang="en")))
    >>> [(round(p.get_x()), round(p.get_width())) for p in ax.patches]
    [(-35, 20), (-15, 30), (15, 50)]
    """
    options = Options(None, by, None, "percent", title, lang, decimals, number, ranges, bases)
    maker = Maker.of(without_nets(estimates), options)
    chosen = _variables(estimates, variables)
    scale = _scale(maker, chosen, neutral, positive)
    rows = _rows(maker, chosen, scale)
    if order == "net":
        rows = _sorted(rows)
    elif order != "given":
        raise UnknownNameError.for_name("order", order, ("given", "net"))
    plan = named(_plan(maker, chosen, scale, rows), "likert")
    heads = ends or (_ENDS[0].text(maker.lang), _ENDS[1].text(maker.lang))
    with style():
        canvas = make_canvas(plan, ax, _BAR, upright=False, deep=1)
        return _draw(canvas, scale, rows, heads)


@dataclass(frozen=True, slots=True)
class _Scale:
    """The levels from left to right: how many lie on the left, and whether one is neutral."""

    levels: Mapping[str, str]
    left: int
    neutral: bool

    @property
    def right(self) -> int:
        return len(self.levels) - self.left - self.neutral

    def colors(self) -> list[str]:
        middle = ["#E6E6E6"] if self.neutral else []
        return [*shades("left", self.left), *middle, *shades("right", self.right)[::-1]]


@dataclass(frozen=True, slots=True)
class _Row:
    """One bar: its place, its parts from left to right, and the sums of both sides."""

    category: Category
    points: tuple[Point | None, ...]
    nets: tuple[str, str]
    sides: tuple[float, float]  # how far it reaches to the left and to the right
    net: float


def _variables(estimates: Estimates, asked: str | Sequence[str] | None) -> tuple[str, ...]:
    expect(
        estimates,
        Estimates,
        hint="crosstab(survey, …), freq(survey, …) or another verb makes them.",
    )
    spec = estimates.spec
    if asked is None:
        return spec.variables
    names = (asked,) if isinstance(asked, str) else tuple(asked)
    found = [v for name in names for v in spec.batteries.get(name, (name,))]
    for name in found:
        if name not in spec.variables:
            raise UnknownNameError.for_name("variable", name, (*spec.batteries, *spec.variables))
    return tuple(found)


def _scale(
    maker: Maker, variables: Sequence[str], neutral: str, positive: Collection[str] | None
) -> _Scale:
    held = [maker.levels(v) for v in variables]
    for variable, own in zip(variables, held, strict=True):
        if list(own) != list(held[0]):
            raise UsageError(
                f"{variables[0]!r} and {variable!r} have different levels "
                f"({', '.join(held[0])} and {', '.join(own)}).",
                hint="variables= with those that share a scale.",
            )
    levels = held[0]
    codes = list(levels)
    if len(codes) < 2:
        raise UsageError(f"{variables[0]!r} has {len(codes)} level; a scale has two or more.")
    middle = _neutral(codes, neutral, positive)
    right = _right(codes, middle, positive)
    rest = [c for c in codes if c != middle and c not in right]
    if codes.index(right[0] if right else codes[-1]) < codes.index(rest[0] if rest else codes[0]):
        rest, right = rest[::-1], right[::-1]
    placed = [*rest, *([middle] if middle else []), *right]
    return _Scale({c: levels[c] for c in placed}, len(rest), bool(middle))


def _neutral(codes: list[str], neutral: str, positive: Collection[str] | None) -> str:
    if neutral == "none":
        return ""
    if neutral == "auto":
        middle = codes[len(codes) // 2] if len(codes) % 2 else ""
        return "" if positive is not None and middle in positive else middle
    if neutral not in codes:
        raise UnknownNameError.for_name("neutral level", neutral, ("auto", "none", *codes))
    return neutral


def _right(codes: list[str], middle: str, positive: Collection[str] | None) -> list[str]:
    if positive is None:
        return codes[codes.index(middle) + 1 :] if middle else codes[len(codes) // 2 :]
    for code in positive:
        if code not in codes:
            raise UnknownNameError.for_name("level", code, codes)
        if code == middle:
            raise UsageError(f"the level {code!r} is both neutral and positive.")
    return [c for c in codes if c in positive]


def _rows(maker: Maker, variables: Sequence[str], scale: _Scale) -> list[_Row]:
    many = len(variables) > 1
    rows = []
    for variable in variables:
        groups = maker.groups(variable)
        if many and maker.options.by is None and ("", "") in groups:
            groups = {("", ""): ""}
        rows += [_row(maker, variable, group, label, scale) for group, label in groups.items()]
    if not many:
        return rows
    names, _ = _names(maker, variables)
    return [
        replace(row, category=_named(row.category, name, one_each=len(rows) == len(variables)))
        for row, name in zip(rows, _repeated(maker, variables, names), strict=True)
    ]


def _names(maker: Maker, variables: Sequence[str]) -> tuple[list[str], str]:
    """Return what is each variable's own in its question, and what they share."""
    questions = [maker.places.question(v) for v in variables]
    lead, own = shared_lead(questions)
    return list(own), lead


def _repeated(maker: Maker, variables: Sequence[str], names: Sequence[str]) -> list[str]:
    found = []
    for variable, name in zip(variables, names, strict=True):
        groups = maker.groups(variable)
        only_total = maker.options.by is None and ("", "") in groups
        found += [name] * (1 if only_total else len(groups))
    return found


def _named(category: Category, name: str, *, one_each: bool) -> Category:
    if one_each:
        return replace(category, label=name, section="")
    return replace(category, section=name)


def _row(maker: Maker, variable: str, group: Group, label: str, scale: _Scale) -> _Row:
    points = tuple(maker.point(variable, code, group) for code in scale.levels)
    shown = clean(label).replace("*", " / ") if group[0] else maker.word("total")
    category = Category(shown, _base(maker, variable, group))
    left, right = points[: scale.left], points[len(points) - scale.right :]
    half = sum(p.value for p in points[scale.left : len(points) - scale.right] if p) / 2
    sums = [sum(p.value for p in side if p) for side in (left, right)]
    nets = (_net(maker, left), _net(maker, right))
    return _Row(category, points, nets, (sums[0] + half, sums[1] + half), sums[1])


def _base(maker: Maker, variable: str, group: Group) -> str:
    """Return the base, and of how many asked, where that is more."""
    base = maker.base(variable, group)
    row = maker.places.row(variable, "", group, "missing")
    n = maker.places.base(variable, group)
    if row is None or n is None or row.n is None or row.mark or base.startswith("("):
        return base
    asked = row.n - read_split(row.note).get("not_asked", 0)
    number = maker.number()
    if asked <= n:
        return base
    return _ASKED.text(maker.lang).format(n=number.number(n), asked=number.number(asked))


def _net(maker: Maker, side: Sequence[Point | None]) -> str:
    """Add up one side; of marked values what is shown of them."""
    points = [p for p in side if p is not None]
    number = maker.number()
    if not points:
        return number.missing
    if any(p.mark == "arbitrary" for p in points):
        return NOT_PRINTED.text(maker.lang)
    if any(p.mark in ("printed", "implied") for p in points):
        return number.number(sum(float(p.text) for p in points), maker.options.decimals)
    return number.number(sum(p.value for p in points), maker.options.decimals)


def _sorted(rows: Sequence[_Row]) -> list[_Row]:
    """Sort by the net on the right within each section; sections by their best bar."""
    best: dict[str, float] = {}
    for row in rows:
        best[row.category.section] = max(best.get(row.category.section, -1.0), row.net)
    order = list(best)
    return sorted(
        rows,
        key=lambda r: (-best[r.category.section], order.index(r.category.section), -r.net),
    )


def _plan(maker: Maker, variables: Sequence[str], scale: _Scale, rows: Sequence[_Row]) -> Plan:
    points = tuple(tuple(p and replace(p, low=None, high=None) for p in row.points) for row in rows)
    named = [b for v in variables for b, _ in maker.groups(v) if b]
    sections = list(dict.fromkeys(named)) if maker.options.by or len(variables) == 1 else []
    title = maker.title(variables[0], sections)
    if len(variables) > 1 and maker.options.title is None:
        title = _names(maker, variables)[1]
    spec = maker.estimates.spec
    return Plan(
        title, maker.axis(), tuple(r.category for r in rows), tuple(scale.levels.values()), points,
        maker.lang, spec.synthetic, True, "", maker.notes(),
    )  # fmt: skip


def _draw(canvas: Canvas, scale: _Scale, rows: Sequence[_Row], heads: tuple[str, str]) -> Axes:
    colors = scale.colors()
    _ends(canvas, rows, heads)
    canvas.ax.axvline(0, color=INK, linewidth=0.8, zorder=0.5)
    for place, row in zip(canvas.centres, rows, strict=True):
        _parts(canvas, place, row, colors)
    legend = _legend(canvas.plan, scale, colors)
    canvas.ax.spines["left"].set_visible(False)
    return canvas.finish([], "bar", legend=legend)


def _ends(canvas: Canvas, rows: Sequence[_Row], heads: tuple[str, str]) -> None:
    """Write the net percentages in a column at either end, and scale the axis between them."""
    ax = canvas.ax
    reach = [max(1.0, *(row.sides[i] for row in rows)) for i in (0, 1)]
    style: dict[str, Any] = {"va": "center_baseline", "fontsize": 8.5}
    columns: list[list[Text]] = [[], []]
    for place, row in zip(canvas.centres, rows, strict=True):
        for side, (text, align) in enumerate(zip(row.nets, ("right", "left"), strict=True)):
            columns[side].append(ax.text(0, place, text, ha=align, **style))
    wide = [max(t.get_window_extent().width for t in c) + 12 for c in columns]
    inner = max(40.0, ax.get_window_extent().width - sum(wide))
    unit = sum(reach) / inner
    ends = (-reach[0] - 6 * unit, reach[1] + 6 * unit)
    for texts, end in zip(columns, ends, strict=True):
        for one in texts:
            one.set_x(end)
    outer = (-reach[0] - wide[0] * unit, reach[1] + wide[1] * unit)
    ax.set_xlim(*outer)
    _heads(canvas, heads, outer)
    top = _round_ticks(reach)
    ax.set_xticks(top, [f"{abs(t):g}" for t in top])


def _heads(canvas: Canvas, heads: tuple[str, str], outer: tuple[float, float]) -> None:
    low, high = canvas.ax.get_ylim()
    lines = [lines_of(clean(head), 20) for head in heads]
    tall = 0.14 * max(map(len, lines)) + 0.06
    canvas.ax.set_ylim(low, high - tall)
    style: dict[str, Any] = {"va": "bottom", "fontsize": 8.0, "color": "#444444"}
    for text, place, align in zip(lines, outer, ("left", "right"), strict=True):
        canvas.ax.text(place, high, "\n".join(text), ha=align, **style)


def _round_ticks(reach: Sequence[float]) -> list[float]:
    step = next(s for s in (5.0, 10.0, 20.0, 25.0, 50.0) if max(reach) / s <= 4.0 or s == 50.0)
    return [i * step for i in range(-int(reach[0] // step), int(reach[1] // step) + 1)]


def _parts(canvas: Canvas, place: float, row: _Row, colors: Sequence[str]) -> None:
    left = -row.sides[0]
    if not any(row.points):
        canvas.write(place, Point(0.0, "—"))
    for point, fill in zip(row.points, colors, strict=True):
        if point is None:
            continue
        look = bar_look(point.mark, 0, canvas.plan)
        if point.mark != "arbitrary":
            look |= {"facecolor": fill, "linewidth": 0.8}
            look |= {} if point.mark == "implied" else {"hatch": None}
        drawn = canvas.ax.barh(place, point.value, left=left, height=canvas.thick * 0.92, **look)
        for one in drawn.patches:
            patch(one)
        _value(canvas, place, left, point, fill)
        left += point.value


def _value(canvas: Canvas, place: float, left: float, point: Point, fill: str) -> None:
    """Write a percentage into its part, where it has room."""
    hidden = point.mark == "arbitrary"
    ends = canvas.ax.transData.transform([(left, place), (left + point.value, place)])[:, 0]
    text = canvas.ax.text(
        left + point.value / 2, place, NOT_PRINTED.text(canvas.plan.lang) if hidden else point.text,
        ha="center", va="center_baseline", fontsize=8.0, color=HIDDEN if hidden else ink_on(fill),
    )  # fmt: skip
    if text.get_window_extent().width > ends[1] - ends[0] - 4:
        text.remove()
    elif point.mark == "implied":
        text.set_bbox({"boxstyle": "square,pad=0.1", "fc": fill, "ec": "none"})


def _legend(plan: Plan, scale: _Scale, colors: Sequence[str]) -> list[Any]:
    from matplotlib.patches import Patch

    return [
        Patch(label=name, facecolor=fill, edgecolor="#8C8C8C", linewidth=0.4)
        for name, fill in zip(plan.series, colors, strict=True)
    ]
