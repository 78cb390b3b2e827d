"""How values look by their mark: printed, implied, not printed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from surveykit.plots.plan import Plan
from surveykit.plots.style import GREY, INK, PALETTE
from surveykit.text import Label

if TYPE_CHECKING:
    from matplotlib.patches import Patch

__all__ = [
    "SPAN",
    "bar_look",
    "color",
    "dot_look",
    "ink_on",
    "luminance",
    "mark_handles",
    "named",
    "patch",
    "series_handles",
    "shades",
    "word",
]

_HATCHES: Final = ("", "////", "", "....", "\\\\\\\\", "xxxx", "----", "||||")

SPAN: Final[dict[str, Any]] = {
    "color": "#8C8C8C",
    "linewidth": 1.0,
    "linestyle": (0, (1, 2.2)),
    "solid_capstyle": "butt",
    "zorder": 2.0,
}
"""The line of a feasible range: thin, grey, dotted, without caps."""

_WORDS: Final = {
    "printed": Label(zh="原文印出", en="printed in the source"),
    "implied": Label(
        zh="未印出，但所有可行的表都相同", en="not printed, the same in every feasible table"
    ),
    "arbitrary": Label(
        zh="未印出：图形仅为示意，数字为可行范围",
        en="not printed: outline illustrative, numbers are the feasible range",
    ),
    "arbitrary_plain": Label(zh="未印出：图形仅为示意", en="not printed: outline illustrative"),
    "span": Label(zh="可行范围（不是置信区间）", en="feasible range (not a confidence interval)"),
    "unreliable": Label(zh="基数小，不可靠", en="unreliable, small base"),
    "interval": Label(
        zh="细线为 {interval} 置信区间。", en="Thin lines: {interval} confidence intervals."
    ),
    "bar": Label(zh="条形图", en="Bar chart"),
    "dot": Label(zh="点图", en="Dot chart"),
    "stacked": Label(zh="百分比堆积条形图", en="Stacked bar chart"),
    "likert": Label(zh="发散堆积条形图", en="Diverging stacked bar chart"),
    "mosaic": Label(zh="马赛克图", en="Mosaic chart"),
    "ranking": Label(zh="排序条形图", en="Ranked bar chart"),
    "slope": Label(zh="斜率图", en="Slope chart"),
    "illustrative_base": Label(
        zh="（n = …）：原文没有印出这一组的人数，仅为示意，所以不画区间。",
        en="(n = …): the source does not print the size of this group; illustrative, so no interval.",
    ),
}
_SHADES: Final = {
    "left": ("#8C510A", "#B9792B", "#DFC27D"),
    "right": ("#01665E", "#2A8A82", "#80CDC1"),
}
_MARKED: Final = ("printed", "implied", "arbitrary", "unreliable")


def word(key: str, plan: Plan) -> str:
    """Return a phrase in the language of the plan."""
    return _WORDS[key].text(plan.lang)


def named(plan: Plan, chart: str) -> Plan:
    """Return the plan of one kind of chart."""
    return replace(plan, chart=word(chart, plan))


def color(index: int | None) -> str:
    """Return the colour of a series; grey for none."""
    return GREY if index is None else PALETTE[index % len(PALETTE)]


def shades(side: Literal["left", "right"], count: int) -> list[str]:
    """Return `count` shades of one side of a diverging scale, the strongest first.

    Brown and teal are told apart with every kind of colour vision; both sides run from dark to
    light alike, so that in grey print strength is seen, and the side by its place.

    Examples
    --------
    >>> shades("left", 2), shades("right", 1)
    (['#8C510A', '#DFC27D'], ['#2A8A82'])
    """
    ends = _SHADES[side]
    if count == 1:
        return [ends[1]]
    places = [i / (count - 1) for i in range(count)]
    return [_between(ends[0], ends[2], p) for p in places]


def _between(first: str, last: str, share: float) -> str:
    pairs = ((int(first[i : i + 2], 16), int(last[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def edge(index: int | None) -> str:
    """Return the colour of a series for a thin outline: darker where it is pale.

    Examples
    --------
    >>> edge(0), edge(2), edge(None)
    ('#3B76AF', '#738682', '#767676')
    """
    fill = color(index)
    if ink_on(fill) == "white" or index is None:
        return fill
    return "#" + "".join(f"{round(int(fill[i : i + 2], 16) * 0.6):02X}" for i in (1, 3, 5))


def ink_on(fill: str) -> str:
    """Return white or black, whichever has enough contrast on `fill` (4.5, WCAG 2.2).

    Examples
    --------
    >>> ink_on("#174A7C"), ink_on("#F2E3A0")
    ('white', '#1A1A1A')
    """
    light = luminance(fill) + 0.05
    if 1.05 / light >= 4.5:
        return "white"
    if light / (luminance(INK) + 0.05) >= 4.5:
        return INK
    return "white" if light**2 / 0.05 < 1.05 else "#000000"


def luminance(color: str) -> float:
    """Return the relative luminance of a colour (sRGB, IEC 61966-2-1).

    Examples
    --------
    >>> luminance("#000000"), round(luminance("#FFFFFF"), 6)
    (0.0, 1.0)
    """
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def bar_look(mark: str, index: int | None, plan: Plan) -> dict[str, Any]:
    """Return the properties of a bar: solid, lightly hatched, or a hollow dashed outline.

    Where no value is marked, hatches tell the series apart in grey print.
    """
    if mark == "arbitrary":
        return {"facecolor": "none", "edgecolor": GREY, "linestyle": (0, (3, 2)), "linewidth": 1.0}
    look: dict[str, Any] = {"facecolor": color(index), "edgecolor": "white", "linewidth": 0.0}
    if mark == "implied":
        look |= {"hatch": "///"}
    elif not plan.marks:
        look |= {"hatch": _HATCHES[(index or 0) % len(_HATCHES)]}
    return look


def dot_look(mark: str, index: int | None) -> dict[str, Any]:
    """Return the properties of a dot: filled, ringed, or a hollow dashed outline.

    Its colour and its shape both tell the series, so that it is told in grey print too.
    """
    marker = ("o", "s", "D", "^", "v", "P")[(index or 0) % 6]
    if mark == "arbitrary":
        hollow = {"facecolors": "white", "edgecolors": edge(index), "linestyles": [(0, (1.5, 0.9))]}
        return {"marker": marker, "s": 58, "linewidths": 1.4, **hollow}
    face = "white" if mark == "implied" else color(index)
    return {
        "marker": marker,
        "facecolors": face,
        "edgecolors": edge(index),
        "s": 48,
        "linewidths": 1.6,
    }


def patch(artist: Patch) -> Patch:
    """Thin the hatch of a patch where matplotlib can."""
    if hasattr(artist, "set_hatch_linewidth"):
        artist.set_hatch_linewidth(0.6)
    return artist


def series_handles(plan: Plan, kind: str) -> list[Any]:
    """Return the handles of the series, where there are several."""
    names = plan.series if len(plan.series) > 1 else ()
    plain = "printed" if plan.marks else ""
    return [_handle(kind, plain, i, plan, name) for i, name in enumerate(names)]


def mark_handles(plan: Plan, kind: str) -> list[Any]:
    """Return the handles of the marks that occur."""
    from matplotlib.lines import Line2D

    texts = [p.text for row in plan.points for p in row if p and p.mark == "arbitrary"]
    ranged = any(text[-1:].isdigit() for text in texts)
    keys: dict[str, str] = {m: m for m in _MARKED if m in plan.marks}
    if "arbitrary" in keys and (plan.spans or not ranged):
        keys["arbitrary"] = "arbitrary_plain"
    handles = [_handle(kind, m, None, plan, word(key, plan)) for m, key in keys.items()]
    return [*handles, Line2D([], [], label=word("span", plan), **SPAN)] if plan.spans else handles


def _handle(kind: str, mark: str, index: int | None, plan: Plan, label: str) -> Any:
    """Return the handle of a series, or (without index) of a mark, in grey."""
    from matplotlib.collections import PathCollection
    from matplotlib.markers import MarkerStyle
    from matplotlib.patches import Patch
    from matplotlib.transforms import IdentityTransform

    if kind == "bar":
        return patch(Patch(label=label, **bar_look(mark, index, plan)))
    look = dot_look(mark, index)
    shape = MarkerStyle(look.pop("marker"))
    path = shape.get_path().transformed(shape.get_transform())
    handle = PathCollection([path], sizes=[look.pop("s")], label=label, **look)
    handle.set_transform(IdentityTransform())  # as that of scatter: sized in points
    return handle
