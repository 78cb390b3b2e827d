"""`mosaic`: areas in proportion to counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Group, Ranges
from surveykit.plots.canvas import HIDDEN, WIDE, texts_before
from surveykit.plots.frame import furnish, lines_of, new_axes
from surveykit.plots.glyphs import readable
from surveykit.plots.looks import bar_look, ink_on, named, patch
from surveykit.plots.output import describe
from surveykit.plots.plan import Category, Maker, Options, Plan, Point, without_nets
from surveykit.plots.spread import spread
from surveykit.plots.style import style
from surveykit.text import NOT_PRINTED, Label, Lang, NumberFormat, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = ["mosaic"]

Floats = NDArray[np.float64]
Shade = Literal["level", "residual"]

_WORDS: Final = {
    "axis": Label(
        zh="组内百分比（%）；面积与{what}成正比", en="Percent of group; areas are {what}"
    ),
    "people": Label(zh="人数", en="respondents"),
    "weighted": Label(zh="加权人数", en="weighted respondents"),
    "residual": Label(
        zh="颜色为调整标准化残差：超过 ±2 的格子明显多于或少于独立时的期望。",
        en="Colour: adjusted standardised residuals; beyond ±2 a cell holds clearly more or fewer "
        "than under independence.",
    ),
}
_CLASSES: Final = (
    (-np.inf, -4.0, "#8C510A", "////", "< −4"),
    (-4.0, -2.0, "#DFC27D", "////", "−4 … −2"),
    (-2.0, 2.0, "#F2F2F2", "", "−2 … 2"),
    (2.0, 4.0, "#80CDC1", "", "2 … 4"),
    (4.0, np.inf, "#01665E", "", "> 4"),
)
# in inches
_HIGH, _SPACE, _LINE = 2.5, 0.05, 0.17


def mosaic(
    estimates: Estimates,
    *,
    ax: Axes | None = None,
    variable: str | None = None,
    by: str | None = None,
    shade: Shade = "level",
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Axes:
    """Draw a cross-table as areas: a band for each group as high as the group is large.

    Parameters
    ----------
    by : str, optional
        The variable that makes the groups; needed where the estimates hold several.
    shade : {"level", "residual"}
        ``level``: a colour for each level. ``residual``: adjusted standardised residuals, of
        unweighted counts.
    estimates, ax, variable, title, lang, decimals, number, ranges, bases
        As in :func:`surveykit.plots.bars`; rows with the stat ``count`` (with weights
        ``weighted_count``) and ``percent``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError
        When there are no groups, for a multiple response (its shares are no parts), or when `ax`
        has no room for the labels.
    UnsupportedError
        For residuals of weighted estimates, or of synthetic data with cells that are not printed.

    Notes
    -----
    Bands are drawn apart; the area of every part is exactly in proportion to its count. Bases are
    unweighted. A percentage that its part has no room for is not written.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> rows = [
    ...     Estimate("aware", v, v, "sex", s, s, stat, x, n=n)
    ...     for v, s, n, count in (("y", "m", 40, 30), ("n", "m", 40, 10), ("y", "f", 60, 20),
    ...                            ("n", "f", 60, 40))
    ...     for stat, x in (("count", float(count)), ("percent", 100 * count / n))
    ... ]
    >>> ax = mosaic(Estimates(tuple(rows), Spec("crosstab", ("aware",), ("sex",))))
    >>> areas = [p.get_width() * p.get_height() for p in ax.patches]
    >>> [round(float(a / sum(areas)), 6) for a in areas]
    [0.3, 0.1, 0.2, 0.4]
    """
    if shade not in ("level", "residual"):
        raise UnknownNameError.for_name("shade", shade, ("level", "residual"))
    options = Options(variable, by, None, "percent", title, lang, decimals, number, ranges, bases)
    maker = Maker.of(without_nets(estimates), options)
    plan, counts = _plan(maker, shade)
    shading = _residuals(maker, plan, counts) if shade == "residual" else None
    with style():
        shown = readable(plan)
        owned = ax is None
        labels = ["\n".join([*lines_of(c.label, 24), c.base]).strip() for c in shown.categories]
        needed = sum(_tall(label) for label in labels)
        axes = new_axes(WIDE, max(_HIGH, needed)) if ax is None else ax
        before = {} if owned else texts_before(axes)
        tiles = _tiles(axes, counts)
        _draw(axes, shown, tiles, shading)
        _label(axes, labels, tiles, needed, owned)
        axes.set_xticks([0, 20, 40, 60, 80, 100])
        axes.set_xlabel(shown.axis)
        axes.surveykit_alt = describe(plan)  # type: ignore[attr-defined]
        legend = None if shading is None else _legend(shading)
        return furnish(axes, shown, "bar", owned=owned, before=before, legend=legend)


@dataclass(frozen=True, slots=True)
class _Tiles:
    """Where the parts lie: `bottom`, `height` (groups,), `left`, `width` (groups, levels)."""

    bottom: Floats
    height: Floats
    left: Floats
    width: Floats


def _plan(maker: Maker, shade: Shade) -> tuple[Plan, Floats]:
    variable = maker.variable()
    spec = maker.estimates.spec
    if spec.kinds.get(variable) == "multiple":
        raise UsageError(
            f"{variable!r} is a multiple response; its options are no parts of a whole.",
            hint="ranking() shows it.",
        )
    groups = _groups(maker, variable)
    levels = maker.levels(variable)
    counts = _counts(maker, variable, groups, levels)
    kept = counts.sum(axis=1) > 0
    if not kept.any():
        raise UsageError(f"nobody answered {variable!r} in these groups.")
    held = [g for g, keep in zip(groups, kept, strict=True) if keep]
    points = [tuple(_point(maker, variable, code, g) for code in levels) for g in held]
    what = "weighted" if spec.weight else "people"
    axis = _WORDS["axis"].text(maker.lang).format(what=_WORDS[what].text(maker.lang))
    notes = (*maker.notes(), *([_WORDS["residual"].text(maker.lang)] if shade != "level" else []))
    plan = Plan(
        maker.title(variable, [held[0][0]]), axis,
        tuple(Category(clean(groups[g]).replace("*", " / "), maker.base(variable, g)) for g in held),
        tuple(levels.values()), tuple(points), maker.lang, spec.synthetic, True, "", notes,
    )  # fmt: skip
    return named(plan, "mosaic"), counts[kept]


def _groups(maker: Maker, variable: str) -> dict[Group, str]:
    found = {g: t for g, t in maker.groups(variable).items() if g[0]}
    held = list(dict.fromkeys(by for by, _ in found))
    if len(held) != 1:
        raise UsageError(
            f"a mosaic shows one variable by one other; the estimates hold {len(held)}.",
            hint=f"by= one of {', '.join(held)}." if held else "crosstab(survey, variable, by=…).",
        )
    return found


def _counts(
    maker: Maker, variable: str, groups: dict[Group, str], levels: dict[str, str]
) -> Floats:
    stat = "weighted_count" if maker.estimates.spec.weight else "count"
    rows = [[maker.places.row(variable, code, g, stat) for code in levels] for g in groups]
    if not any(row is not None for line in rows for row in line):
        raise UsageError(f"the estimates hold no {stat} of {variable!r}.")
    return np.array([[(r and r.estimate) or 0.0 for r in line] for line in rows])


def _point(maker: Maker, variable: str, level: str, group: Group) -> Point | None:
    point = maker.point(variable, level, group)
    if point is None:
        return None
    return Point(point.value, point.text, point.mark)


def _residuals(maker: Maker, plan: Plan, counts: Floats) -> Floats:
    """Return the adjusted standardised residual of every cell."""
    from surveykit.stats import adjusted_residuals

    if maker.estimates.spec.weight or maker.estimates.spec.design:
        raise UnsupportedError(
            "residuals of weighted counts are no test.", hint="shade='level', or no weights."
        )
    if plan.synthetic and "arbitrary" in plan.marks:
        raise UnsupportedError(
            "the association is not printed in the source; its residuals would be made up.",
            hint="shade='level'.",
        )
    found: Floats = np.asarray(adjusted_residuals(counts.T.astype(np.int64))).T
    return np.nan_to_num(found)


def _tiles(ax: Axes, counts: Floats) -> _Tiles:
    """Place every part; the bands lie apart by the same space whatever their height."""
    totals = counts.sum(axis=1)
    inches = ax.get_window_extent().height / ax.figure.dpi
    space = _SPACE / max(inches, 0.5) * totals.sum()
    bottom = np.cumsum(totals) - totals + space * np.arange(len(totals))
    width = 100 * counts / totals[:, None]
    ax.set_ylim(float(bottom[-1] + totals[-1]), 0.0)
    ax.set_xlim(0, 100)
    return _Tiles(bottom, totals, np.cumsum(width, axis=1) - width, width)


def _draw(ax: Axes, plan: Plan, tiles: _Tiles, shading: Floats | None) -> None:
    for i, row in enumerate(plan.points):
        for j, point in enumerate(row):
            if point is None or not tiles.width[i, j]:
                continue
            look = _look(plan, point, j, None if shading is None else float(shading[i, j]))
            drawn = ax.barh(
                tiles.bottom[i] + tiles.height[i] / 2, tiles.width[i, j], left=tiles.left[i, j],
                height=tiles.height[i], **look,
            )  # fmt: skip
            for one in drawn.patches:
                patch(one)
            _value(ax, tiles, (i, j), point, look["facecolor"], plan.lang)


def _look(plan: Plan, point: Point, index: int, residual: float | None) -> dict[str, Any]:
    look = bar_look(point.mark, index, plan)
    if point.mark == "arbitrary":
        return look
    if residual is not None:
        _, _, fill, hatch, _ = next(c for c in _CLASSES if c[0] <= residual < c[1])
        look |= {"facecolor": fill, "hatch": hatch}
        return look | {"edgecolor": "#8C8C8C" if not hatch else "white", "linewidth": 0.6}
    return look | {"linewidth": 0.8}


def _value(
    ax: Axes, tiles: _Tiles, cell: tuple[int, int], point: Point, fill: str, lang: Lang
) -> None:
    """Write a percentage into its part, where it has room both ways."""
    i, _ = cell
    hidden = point.mark == "arbitrary"
    middle = (tiles.left[cell] + tiles.width[cell] / 2, tiles.bottom[i] + tiles.height[i] / 2)
    ends = ax.transData.transform(
        [(tiles.left[cell], tiles.bottom[i]),
         (tiles.left[cell] + tiles.width[cell], tiles.bottom[i] + tiles.height[i])]
    )  # fmt: skip
    text = ax.text(
        *middle, NOT_PRINTED.text(lang) if hidden else point.text, ha="center",
        va="center_baseline", fontsize=8.0, color=HIDDEN if hidden else ink_on(fill),
    )  # fmt: skip
    box = text.get_window_extent()
    wide, high = abs(ends[1] - ends[0])
    if box.width > wide - 4 or box.height > high - 1:
        text.remove()
    elif not hidden:
        text.set_bbox({"boxstyle": "square,pad=0.1", "fc": fill, "ec": "none"})


def _tall(label: str) -> float:
    return _LINE * (label.count("\n") + 1) + 0.04


def _label(ax: Axes, labels: Sequence[str], tiles: _Tiles, needed: float, owned: bool) -> None:
    """Write the labels beside their bands, moved apart where bands are low."""
    box = ax.get_window_extent()
    if not owned and box.height / ax.figure.dpi < 0.85 * needed:
        raise UsageError(
            f"{len(labels)} labels need axes {needed:.1f} inches high; these are "
            f"{box.height / ax.figure.dpi:.1f}.",
            hint="larger axes, or no ax= for a figure of the right size.",
        )
    ax.set_yticks([])
    centres = tiles.bottom + tiles.height / 2
    texts = [_beside(ax, label, float(y)) for label, y in zip(labels, centres, strict=True)]
    pixels = ax.transData.transform([(0, y) for y in centres])[:, 1]
    sizes = [t.get_window_extent().height + 3 for t in texts]
    order = np.argsort(pixels, kind="stable")
    places = spread(pixels[order], [sizes[i] for i in order], box.y0, box.y1)
    for i, at in zip(order, places, strict=True):
        moved = (at - pixels[i]) * 72 / ax.figure.dpi
        texts[i].set_position((-12, moved))
        _lead(ax, float(centres[i]), moved)


def _beside(ax: Axes, label: str, y: float) -> Annotation:
    return ax.annotate(
        label, (0, y), xytext=(-12, 0), textcoords="offset points", ha="right", va="center",
        fontsize=9.0, linespacing=1.15, annotation_clip=False,
    )  # fmt: skip


def _lead(ax: Axes, y: float, moved: float) -> None:
    ax.annotate(
        "", (0, y), xytext=(-10, moved), textcoords="offset points", annotation_clip=False,
        arrowprops={"arrowstyle": "-", "color": "#9A9A9A", "linewidth": 0.6,
                    "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip


def _legend(shading: Floats) -> list[Any]:
    from matplotlib.patches import Patch

    held = [c for c in _CLASSES if ((shading >= c[0]) & (shading < c[1])).any()]
    return [
        patch(
            Patch(label=label, facecolor=fill, hatch=hatch, linewidth=0.6,
                  edgecolor="white" if hatch else "#8C8C8C")
        )
        for _, _, fill, hatch, label in held
    ]  # fmt: skip
