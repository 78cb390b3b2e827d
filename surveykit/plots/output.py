"""Figures to files, and figures in words."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from surveykit.errors import UsageError
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Ranges
from surveykit.plots.plan import Options, Plan, Point, make_plan
from surveykit.plots.style import style
from surveykit.text import SYNTHETIC_LONG, Label, Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["alt_text", "describe", "picture", "save"]


def alt_text(
    figure: Estimates | Figure | Axes,
    *,
    variable: str | None = None,
    by: str | Sequence[str] | None = None,
    stat: str = "percent",
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> str:
    """Return what a figure shows, in words, for who cannot see it.

    What it is of, by what, on which base, the largest and the smallest value, then the values in
    the order of the figure.

    Parameters
    ----------
    figure : Axes, Figure or Estimates
        What a chart function returned or the figure around it; of estimates, what a figure of
        them would show.
    variable, by, stat, title, lang, decimals, ranges, bases
        Those of :func:`surveykit.plots.bars`, for estimates.

    Returns
    -------
    str
        Empty for axes that no chart function has drawn into.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> row = Estimate("aware", "知道", "1", "", "", "", "percent", 61.5, n=385)
    >>> alt_text(Estimates((row,), Spec("freq", ("aware",), questions={"aware": "知晓"})))
    '知晓。百分比（%）、n = 385。知道：61.5。'
    """
    if not isinstance(figure, Estimates):
        own = getattr(figure, "surveykit_alt", None)
        return _alt_of(_whole(figure)) if own is None else str(own)
    options = Options(variable, by, None, stat, title, lang, decimals, ranges=ranges, bases=bases)
    return describe(make_plan(figure, options))


_EVERY: Final = 60  # values; of more, the largest and the smallest are said
_SAID: Final = {
    "most": Label(zh="最大：{value}", en="Largest: {value}"),
    "least": Label(zh="最小：{value}", en="Smallest: {value}"),
    "many": Label(zh="共 {n} 个值", en="{n} values in all"),
}


def describe(plan: Plan) -> str:
    """Return a plan in words: what it is, its extremes, then the values as in the figure."""
    if plan.alt:
        return plan.alt
    zh = plan.lang == "zh"
    stop, colon, join, semi = ("。", "：", "，", "；") if zh else (". ", ": ", ", ", "; ")
    parts = [SYNTHETIC_LONG.text(plan.lang).rstrip("。.")] if plan.synthetic else []
    parts += [t for t in (plan.chart, plan.title, plan.axis) if t]
    known = _known(plan, join)
    if len(known) > 2 and "arbitrary" not in plan.marks:  # else the largest may be another
        (least, _, first), (most, _, last) = min(known), max(known)
        ends = (("most", last), ("least", first)) if least < most else (("most", last),)
        parts += [_SAID[key].text(plan.lang).format(value=value) for key, value in ends]
    if sum(p is not None for row in plan.points for p in row) > _EVERY:
        parts.append(_SAID["many"].text(plan.lang).format(n=len(known)))
        return (stop.join(parts) + stop).strip()
    said = []
    for category, row in zip(plan.categories, plan.points, strict=True):
        name = join.join(t for t in (category.section, category.label, category.base) if t)
        values = [
            f"{series} {_in_words(point)}".strip()
            for series, point in zip(plan.series, row, strict=True)
            if point is not None
        ]
        said.append(f"{name}{colon}{join.join(values)}" if name else join.join(values))
    return (stop.join([*parts, semi.join(said)]) + stop).strip()


def _known(plan: Plan, join: str) -> list[tuple[float, int, str]]:
    """Return the values that are not made up, with their place in words, for the extremes."""
    found: list[tuple[float, int, str]] = []
    for category, row in zip(plan.categories, plan.points, strict=True):
        for series, point in zip(plan.series, row, strict=True):
            if point is not None and point.mark != "arbitrary":
                name = join.join(t for t in (category.section, category.label, series) if t)
                found.append((point.value, -len(found), f"{name} {point.text}"))
    return found


def _in_words(point: Point) -> str:
    low, high = point.low, point.high
    return point.text if low is None or high is None else f"{point.text} ({low:.1f}–{high:.1f})"


def save(
    figure: Figure | Axes,
    path: str | os.PathLike[str],
    *,
    dpi: float = 200,
    alt: str | None = None,
) -> tuple[Path, ...]:
    """Write a figure as PNG, SVG or PDF (by the suffix), or as PNG and SVG (without suffix).

    The same figure gives the same bytes; a file is written whole or not at all, and takes the
    place of one of the same name. Text in SVG is drawn as paths, so that it looks the same
    everywhere; what it says goes into ``<title>`` and ``<desc>``, into the ``Description`` of a
    PNG and the ``Subject`` of a PDF. In PDF text can be searched and copied.

    Parameters
    ----------
    figure : Figure or Axes
    path : path
        ``.png``, ``.svg``, ``.pdf``, or no suffix for PNG and SVG.
    dpi : float
        Of the PNG.
    alt : str, optional
        What the figure shows; that of its charts by default.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    UsageError
        For any other suffix.
    InputError
        When the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from matplotlib.figure import Figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [p.name for p in save(Figure(), f"{folder}/figure1", alt="nothing")]
    ['figure1.png', 'figure1.svg']
    """
    from surveykit.io import write_atomic

    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in ("", ".png", ".svg", ".pdf"):
        hint = ".png, .svg, .pdf, or no suffix for PNG and SVG."
        raise UsageError(f"{target.name}: {suffix} is not written.", hint=hint)
    whole = _whole(figure)
    said = _alt_of(whole) if alt is None else alt
    title = _title_of(whole)
    made = {
        ".png": lambda: _png(whole, dpi, said),
        ".svg": lambda: _svg(whole, title, said),
        ".pdf": lambda: _pdf(whole, title, said),
    }
    wanted = [suffix] if suffix else [".png", ".svg"]
    content = {s: made[s]() for s in wanted}
    names = {s: target if suffix else target.with_name(target.name + s) for s in wanted}
    return tuple(write_atomic(names[s], content[s]) for s in wanted)


def picture(figure: Figure | Axes, dpi: float) -> tuple[bytes, int, str]:
    """Return a figure as PNG, its width at 96 pixels to the inch, and its alternative text."""
    whole = _whole(figure)
    alt = _alt_of(whole)
    return _png(whole, dpi, alt), round(96 * whole.get_size_inches()[0]), alt


def _whole(figure: Figure | Axes) -> Figure:
    from matplotlib.figure import Figure

    found: Any = figure
    while found is not None and not isinstance(found, Figure):
        found = found.figure  # of axes, then of the figure that a part of one belongs to
    if found is None:
        raise UsageError("these axes belong to no figure any more.")
    return found


def _alt_of(figure: Figure) -> str:
    return "\n".join(getattr(ax, "surveykit_alt", "") for ax in figure.axes).strip()


def _title_of(figure: Figure) -> str:
    titles = (ax.get_title(loc=side) for ax in figure.axes for side in ("left", "center"))
    return next((title.replace("\n", "") for title in titles if title), "")


def _print(figure: Figure, **options: Any) -> bytes:
    buffer = BytesIO()
    with style():
        figure.savefig(buffer, **options)
    return buffer.getvalue()


def _png(figure: Figure, dpi: float, alt: str) -> bytes:
    return _print(
        figure, format="png", dpi=dpi, metadata={"Software": None, "Description": alt or None}
    )


def _pdf(figure: Figure, title: str, alt: str) -> bytes:
    metadata = {
        "Title": title or None, "Subject": alt or None, "CreationDate": None, "Creator": None,
        "Producer": None,
    }  # fmt: skip
    return _print(figure, format="pdf", metadata=metadata)


def _svg(figure: Figure, title: str, alt: str) -> bytes:
    metadata = {"Date": None, "Creator": None}
    text = _print(figure, format="svg", metadata=metadata).decode("utf-8")
    said = (
        f'<title id="figure-title">{escape(title, quote=False)}</title>\n'
        f'<desc id="figure-desc">{escape(alt, quote=False)}</desc>\n'
    )
    labelled = r'\1 role="img" aria-labelledby="figure-title figure-desc">' + "\n"
    opened = re.compile(r"(<svg\b[^>]*)>\n?")
    found = opened.search(text)
    if found is None:
        raise UsageError("the figure gave no SVG.")
    head = opened.sub(labelled, text[: found.end()])
    return (head + " " + said + text[found.end() :]).encode("utf-8")
