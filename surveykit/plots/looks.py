"""How values look by their mark: printed, implied, not printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from surveykit.plots.plan import Plan
from surveykit.plots.style import GREY, PALETTE
from surveykit.text import Label

if TYPE_CHECKING:
    from matplotlib.patches import Patch

__all__ = [
    "bar_look",
    "color",
    "dot_look",
    "ink_on",
    "mark_handles",
    "patch",
    "series_handles",
    "word",
]

_HATCHES: Final = ("", "////", "", "....", "\\\\\\\\", "xxxx", "----", "||||")

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
    "unreliable": Label(zh="基数小，不可靠", en="unreliable, small base"),
    "interval": Label(
        zh="细线为 {interval} 置信区间。", en="Thin lines: {interval} confidence intervals."
    ),
    "illustrative_base": Label(
        zh="（n = …）：原文没有印出这一组的人数，仅为示意，所以不画区间。",
        en="(n = …): the source does not print the size of this group; illustrative, so no interval.",
    ),
}
_MARKED: Final = ("printed", "implied", "arbitrary", "unreliable")


def word(key: str, plan: Plan) -> str:
    """Return a phrase in the language of the plan."""
    return _WORDS[key].text(plan.lang)


def color(index: int | None) -> str:
    """Return the colour of a series; grey for none."""
    return GREY if index is None else PALETTE[index % len(PALETTE)]


def ink_on(fill: str) -> str:
    """Return black or white, whichever is legible on `fill` (by relative luminance).

    Examples
    --------
    >>> ink_on("#174A7C"), ink_on("#F2E3A0")
    ('white', '#1A1A1A')
    """
    red, green, blue = (int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5))
    luminance = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return "white" if luminance < 0.3 else "#1A1A1A"


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
    """Return the properties of a dot: filled, ringed, or a hollow dashed outline."""
    marker = ("o", "s", "D", "^", "v", "P")[(index or 0) % 6]
    if mark == "arbitrary":
        hollow = {"facecolors": "none", "edgecolors": GREY, "linestyles": [(0, (2, 1.4))]}
        return {"marker": marker, "linewidths": 1.0, **hollow}
    face = "white" if mark == "implied" else color(index)
    return {"marker": marker, "facecolors": face, "edgecolors": color(index), "linewidths": 1.6}


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
    texts = [p.text for row in plan.points for p in row if p and p.mark == "arbitrary"]
    ranged = any(text[-1:].isdigit() for text in texts)
    keys: dict[str, str] = {m: m for m in _MARKED if m in plan.marks}
    if "arbitrary" in keys and not ranged:
        keys["arbitrary"] = "arbitrary_plain"
    return [_handle(kind, m, None, plan, word(key, plan)) for m, key in keys.items()]


def _handle(kind: str, mark: str, index: int | None, plan: Plan, label: str) -> Any:
    """Return the handle of a series, or (without index) of a mark, in grey."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if kind == "bar":
        return patch(Patch(label=label, **bar_look(mark, index, plan)))
    look = dot_look(mark, index)
    face, edge = look["facecolors"], look["edgecolors"]
    return Line2D(
        [],
        [],
        label=label,
        linestyle="none",
        marker=look["marker"],
        markerfacecolor=face,
        markeredgecolor=edge,
    )
