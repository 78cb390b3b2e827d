"""The figure around a chart: title, legend, notes, and room for every label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from surveykit.errors import UsageError
from surveykit.plots.looks import luminance, mark_handles, series_handles, word
from surveykit.plots.plan import Plan
from surveykit.plots.style import families
from surveykit.plots.watermark import watermark
from surveykit.text import SYNTHETIC, SYNTHETIC_LONG, width, wrap, wrap_evenly

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["INTERVAL", "fit_values", "furnish", "lines_of", "new_axes"]

_PAD = 0.12  # inches around everything
_CELL = 0.56  # width of a terminal cell in ems of the font, with room to spare
_ALARM = "#8A1C1C"
_DARK = 0.2  # luminance
_LIGHT = "#E8E8E8"
INTERVAL = "interval"  # marks the lines of intervals


def new_axes(wide: float, high: float) -> Axes:
    """Return axes of `wide` by `high` inches in a figure of their own (no pyplot)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from surveykit.plots.shown import Axes as ShownAxes

    figure = Figure(figsize=(wide, high))
    FigureCanvasAgg(figure)
    return figure.add_axes((0.0, 0.0, 1.0, 1.0), axes_class=ShownAxes)


def lines_of(text: str, cells: int) -> list[str]:
    """Wrap a label; a word twice as wide as a line (an address, a code) is cut.

    Examples
    --------
    >>> lines_of("see example.org/a-very-long-address", 12)
    ['see', 'example.org/', 'a-very-long-address']
    """
    lines: list[str] = []
    for line in wrap(text, cells):
        while width(line) > 2 * cells:
            lines.append(line[:cells])
            line = line[cells:]
        lines.append(line)
    return lines


def fit_values(ax: Axes, texts: Sequence[Text], upright: bool, ticks_to: float | None) -> None:
    """Widen the axis of values until every text at the end of a bar lies inside.

    `ticks_to` is the last tick to show (100 for percentages).
    """
    from matplotlib.ticker import MaxNLocator

    box = ax.get_window_extent()
    room = box.height if upright else box.width
    axis = ax.yaxis if upright else ax.xaxis
    low, high = ax.get_ylim() if upright else ax.get_xlim()
    for text in texts:
        extent = text.get_window_extent()
        size = (extent.height if upright else extent.width) + 8
        at = text.xy[1] if upright else text.xy[0]  # type: ignore[attr-defined]
        if size < room * 0.9:
            high = max(high, low + (at - low) * room / (room - size))
    (ax.set_ylim if upright else ax.set_xlim)(low, high)
    shown = min(high, ticks_to) if ticks_to is not None else high
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, shown)
    axis.set_ticks([t for t in ticks if low <= t <= shown + 1e-9])


def furnish(
    ax: Axes,
    plan: Plan,
    kind: str,
    *,
    owned: bool,
    before: Mapping[Text, str],
    legend: Sequence[Any] | None = None,
) -> Axes:
    """Add what every figure has, then give an own figure the size that it needs.

    `before` are the texts of the axes that were there before; they keep their font. `legend`
    stands for the handles of the series, where a chart has its own.
    """
    series = series_handles(plan, kind) if legend is None else legend
    legends = [mark_handles(plan, kind), series]
    if owned:
        _surround(ax, plan, legends)
    else:
        _dress(ax, plan, [handle for part in reversed(legends) for handle in part], before)
    if plan.synthetic:
        watermark(ax)
    if owned:
        _resize(ax)
    _set_fonts(ax, before)
    return ax


def _columns(ax: Axes, legend: Sequence[Any]) -> int:
    """Return how many legend entries fit side by side."""
    wide = ax.get_window_extent().width / ax.figure.dpi
    longest = max(width(str(h.get_label())) for h in legend) * 8.5 / 72 * _CELL + 0.45
    return max(1, min(len(legend), int(wide / longest)))


def _surround(ax: Axes, plan: Plan, legends: Sequence[Sequence[Any]]) -> None:
    """Stack legends, warning and title above the axes and the notes below, flush left."""
    for legend in legends:
        if legend:
            _legend(ax, legend)
    box, inner = _tight(ax), ax.get_window_extent()
    wide = max(box.x1 - box.x0, 3.4 * ax.figure.dpi) / ax.figure.dpi
    left = (box.x0 - inner.x0) / inner.width
    top = box.y1
    if plan.synthetic:
        lines = _lines(SYNTHETIC_LONG.text(plan.lang), wide, 8.5)
        warning = _put(ax, lines, left, _up(ax, top, 5), 8.5, "bottom", color=_ALARM)
        top = warning.get_window_extent().y1
    if plan.title:
        title = "\n".join(_lines(plan.title, wide, 11.0))
        ax.set_title(title, loc="left", x=left, y=_up(ax, top, 6), pad=0, fontsize=11.0)
    notes = [line for note in _notes(plan) for line in _lines(note, wide, 8.0)]
    if notes:
        _put(ax, notes, left, _up(ax, box.y0, -6), 8.0, "top", color="#444444")


def _legend(ax: Axes, legend: Sequence[Any]) -> None:
    """Put a legend on top of what is there already."""
    before = ax.get_legend()
    height = 1.0 if before is None else _up(ax, before.get_window_extent().y1, 0)
    columns = _columns(ax, legend)
    ax.legend(
        handles=_by_rows(legend, columns),
        loc="lower left",
        bbox_to_anchor=(0.0, height),
        ncols=columns,
        borderaxespad=0.2,
        borderpad=0.2,
        handlelength=1.6,
        columnspacing=1.2,
    )
    if before is not None:
        ax.add_artist(before)


def _by_rows(legend: Sequence[Any], columns: int) -> list[Any]:
    """Order the entries so that they read along the rows; matplotlib fills column by column."""
    return [entry for i in range(columns) for entry in legend[i::columns]]


def _notes(plan: Plan) -> list[str]:
    notes = []
    if plan.interval:
        notes.append(word("interval", plan).format(interval=plan.interval))
    if plan.open_base:
        notes.append(word("illustrative_base", plan))
    return [*notes, *plan.notes]


def _lines(text: str, inches: float, size: float) -> list[str]:
    return wrap_evenly(text, max(12, int(inches * 72 / (size * _CELL))))


def _up(ax: Axes, pixels: float, points: float) -> float:
    """Return a height in the figure, moved by points, as a fraction of the axes."""
    inner = ax.get_window_extent()
    return float((pixels + points * ax.figure.dpi / 72 - inner.y0) / inner.height)


def _put(
    ax: Axes, lines: Sequence[str], x: float, y: float, size: float, anchor: str, *, color: str
) -> Text:
    style: dict[str, Any] = {"ha": "left", "va": anchor, "color": color, "linespacing": 1.35}
    return ax.text(x, y, "\n".join(lines), transform=ax.transAxes, fontsize=size, **style)


def _tight(ax: Axes) -> Any:
    box = ax.get_tightbbox()
    return ax.get_window_extent() if box is None else box


def _resize(ax: Axes) -> None:
    """Give the figure the size of all that is drawn; the axes keep theirs."""
    figure: Any = ax.figure  # made by new_axes
    box = _tight(ax)
    inner = ax.get_window_extent().frozen()  # the extent itself follows the figure
    dpi = figure.dpi
    pad = _PAD * dpi
    # whole pixels, so that every file format gets the same picture
    wide, high = round(box.width + 2 * pad), round(box.height + 2 * pad)
    figure.set_size_inches(wide / dpi, high / dpi)
    ax.set_position(
        (
            (inner.x0 - box.x0 + pad) / wide,
            (inner.y0 - box.y0 + pad) / high,
            inner.width / wide,
            inner.height / high,
        )
    )


def _dress(ax: Axes, plan: Plan, legend: Sequence[Any], before: Mapping[Text, str]) -> None:
    """In axes of the user's own figure: title and legend as usual, the label at the right edge."""
    ax.spines[["top", "right"]].set_visible(False)
    if plan.title and not ax.get_title(loc="left"):
        wide = ax.get_window_extent().width / ax.figure.dpi
        ax.set_title("\n".join(_lines(plan.title, wide, 11.0)), loc="left")
    if legend:
        _legend_inside(ax, legend)
    _check_room(ax, before)
    _lighten(ax, before)
    if plan.synthetic:
        style: dict[str, Any] = {"ha": "left", "va": "center", "rotation": 90, "gid": "synthetic"}
        ax.text(
            1.01, 0.5, SYNTHETIC.zh, transform=ax.transAxes, fontsize=8.5, color=_ALARM, **style
        )


def _lighten(ax: Axes, before: Mapping[Text, str]) -> None:
    """On a dark ground, make what was drawn in dark ink light; not what stands on bars."""
    from matplotlib.colors import to_hex
    from matplotlib.patheffects import withStroke

    ground = _ground(ax)
    if luminance(ground) > _DARK:
        return
    bars = [p.get_window_extent() for p in ax.patches]
    for text in _seen(ax):
        box = text.get_window_extent()
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        if before.get(text) == text.get_text() or any(b.contains(*middle) for b in bars):
            continue
        if luminance(to_hex(text.get_color())) < _DARK:
            text.set_color(_LIGHT)
        if text.get_path_effects():
            text.set_path_effects([withStroke(linewidth=2, foreground=ground)])
    lines: list[Any] = [*ax.collections, *ax.lines]
    for line in lines:
        if line.get_gid() == INTERVAL:
            line.set_color(_LIGHT)


def _ground(ax: Axes) -> str:
    """Return the colour behind axes; of transparent ones that of the figure."""
    from matplotlib.colors import to_hex, to_rgba

    face, behind = to_rgba(ax.get_facecolor()), to_rgba(ax.figure.get_facecolor())
    share = face[3]
    if not (share or behind[3]):
        return "#ffffff"
    red, green, blue = (
        share * a + (1 - share) * b for a, b in zip(face[:3], behind[:3], strict=True)
    )
    return to_hex((red, green, blue))


def _check_room(ax: Axes, before: Mapping[Text, str]) -> None:
    """Refuse axes of the user's own figure in which the texts would lie on each other."""
    _set_fonts(ax, before)  # as they are going to be drawn
    legend = ax.get_legend()
    inside = () if legend is None else legend.get_texts()  # placed only when drawn
    found = [
        (t.get_text(), np.array(t.get_window_extent().padded(-1).extents))
        for t in _seen(ax)
        if t not in inside and t.get_visible() and t.get_text().strip()
    ]
    if legend is not None:
        found.append(("legend", np.array(legend.get_window_extent().extents)))
    boxes = np.array([box for _, box in found]).reshape(-1, 4)
    apart = (boxes[:, None, :2] >= boxes[None, :, 2:]).any(axis=2)
    hit = np.argwhere(np.triu(~(apart | apart.T), k=1))
    if not len(hit):
        return
    (one, two), box = hit[0], ax.get_window_extent()
    wide, high = box.width / ax.figure.dpi, box.height / ax.figure.dpi
    raise UsageError(
        f"in axes of {wide:.1f} × {high:.1f} inches labels lie on each other "
        f"({found[one][0]!r} and {found[two][0]!r}).",
        hint="larger axes, fewer levels or groups, or no ax= for a figure of the size needed.",
    )


def _seen(ax: Axes) -> list[Text]:
    """Return the texts of axes; of tick labels those in view, as they stand now."""
    from matplotlib.text import Text

    stale: set[Any] = set()
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        slack = 1e-6 * (high - low)
        labels = axis.get_majorticklabels()  # brings ticks up to date
        places = axis.get_majorticklocs()
        shown = {
            t for at, t in zip(places, labels, strict=False) if low - slack <= at <= high + slack
        }
        stale |= set(axis.findobj(Text)) - shown - {axis.label}
    return [t for t in ax.findobj(Text) if isinstance(t, Text) and t not in stale]


def _legend_inside(ax: Axes, legend: Sequence[Any]) -> None:
    """Put the legend at the top of the axes, and make room for it there."""
    height = ax.legend(handles=legend, loc="upper left").get_window_extent().height * 1.15
    share = min(0.6, height / ax.get_window_extent().height)
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom, bottom + (top - bottom) / (1 - share))


def _set_fonts(ax: Axes, before: Mapping[Text, str]) -> None:
    """Fix the fonts of what was drawn, tick labels included, whatever rcParams are in force later."""
    from matplotlib.text import Text

    ax.tick_params(labelfontfamily=list(families()))
    for text in ax.findobj(Text):
        if isinstance(text, Text) and before.get(text) != text.get_text():
            text.set_fontfamily(list(families()))
            text.set_parse_math(False)
