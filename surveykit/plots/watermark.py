"""合成 SYNTHETIC inside the picture, large, where nothing else is drawn."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from surveykit.text import SYNTHETIC

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["occupied", "watermark"]

Boxes = NDArray[np.float64]
"""(n, 4): left, bottom, right and top of each box, in pixels."""

_SIZES: Final = (30.0, 26.0, 22.0, 19.0, 16.0, 13.5, 11.5, 10.0)
_LIGHT: Final = "#C9C9C9"
_SMALL: Final = "#A9A9A9"  # small words are darker
_MARGIN: Final = 3.0  # pixels around the words
_STEPS: Final = 60  # places tried in each direction


def watermark(ax: Axes) -> Text:
    """Write the words into the axes in the largest size that finds a free place.

    Where no place is free they stand at the right edge, upright.
    """
    style: dict[str, Any] = {"gid": "synthetic", "zorder": 0.1}
    boxes = occupied(ax)
    text = ax.text(
        0.5, 0.5, SYNTHETIC.zh, transform=ax.transAxes, ha="center", va="center", **style
    )
    for size in _SIZES:
        text.set(fontsize=size, color=_LIGHT if size > 16 else _SMALL)
        place = _free_place(ax, text, boxes)
        if place is not None:
            text.set_position(place)
            return text
    text.set(fontsize=9.0, rotation=90, ha="left", color=_SMALL)
    text.set_position((1.01, 0.5))
    return text


def occupied(ax: Axes) -> Boxes:
    """Return the boxes of what is drawn in the axes: bars, dots, lines, texts, the legend."""
    legend = ax.get_legend()
    artists = chain(ax.patches, ax.texts, () if legend is None else (legend,))
    found = [np.array(artist.get_window_extent().extents) for artist in artists]
    found += [_around(ax.transData.transform(line.get_xydata()), 2.0) for line in ax.lines]
    for collection in ax.collections:
        found += _of_collection(ax, collection)
    return np.array(found, dtype=np.float64).reshape(-1, 4)


def _of_collection(ax: Axes, collection: Any) -> list[NDArray[np.float64]]:
    """Return the boxes of the dots or of the segments of a collection."""
    if hasattr(collection, "get_segments"):
        return [_around(ax.transData.transform(s), 2.0) for s in collection.get_segments()]
    points = float(np.sqrt(np.max(collection.get_sizes(), initial=0.0)))
    radius = points / 2 * ax.figure.dpi / 72 + 2
    places = ax.transData.transform(np.atleast_2d(collection.get_offsets()))
    return [_around(place[None], radius) for place in places]


def _around(points: Any, radius: float) -> NDArray[np.float64]:
    return np.concatenate([points.min(axis=0) - radius, points.max(axis=0) + radius])


def _free_place(ax: Axes, text: Text, boxes: Boxes) -> tuple[float, float] | None:
    """Return the free place nearest to the middle, as fractions of the axes; None if none is."""
    inner, own = ax.get_window_extent(), text.get_window_extent()
    half = np.array([own.width, own.height]) / 2 + _MARGIN
    room = np.array([inner.width, inner.height])
    if (2 * half > room).any():
        return None
    low, high = half / room, 1 - half / room
    grid = np.meshgrid(*(np.linspace(a, b, _STEPS) for a, b in zip(low, high, strict=True)))
    places = np.stack([axis.ravel() for axis in grid], axis=1)
    centres = places * room + [inner.x0, inner.y0]
    least, most = (centres - half)[:, None, :], (centres + half)[:, None, :]
    hit = ((least < boxes[:, 2:]) & (most > boxes[:, :2])).all(axis=2).any(axis=1)
    free = places[~hit]
    if not len(free):
        return None
    x, y = free[np.argmin(((free - 0.5) ** 2).sum(axis=1))]
    return float(x), float(y)
