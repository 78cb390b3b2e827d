"""Fonts and rcParams of figures; nothing global but the registered font."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from surveykit.fonts import FAMILY, FONT, families

__all__ = ["FAMILY", "FONT", "GREY", "INK", "PALETTE", "families", "style"]

# neighbours differ in lightness too (L* about 48, 73, 87, 34, 58), so that they survive grey print
PALETTE: Final = (
    "#3B76AF", "#EBA33B", "#BFE0D8", "#7B3F7E", "#CC6F6A", "#F5EAB8", "#4F7F5B", "#3A3A3A",
)  # fmt: skip
GREY: Final = "#767676"
INK: Final = "#1A1A1A"


_ROOMS: Final = (
    "axes", "axes3d", "date", "errorbar", "figure", "font", "grid", "hatch", "legend", "lines",
    "markers", "mathtext", "patch", "path", "pdf", "polaraxes", "savefig", "scatter", "svg",
    "text", "xaxis", "xtick", "yaxis", "ytick",
)  # fmt: skip


def _settings() -> Any:
    """Return matplotlib's own settings with ours: a user's dark style must not shine through."""
    from matplotlib import rcParamsDefault

    held = {k: v for k, v in rcParamsDefault.items() if k.partition(".")[0] in _ROOMS}
    return held | {
        "font.family": list(families()),
        "font.size": 9.0,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.labelsize": 9.0,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 11.0,
        "axes.unicode_minus": True,
        "figure.dpi": 100.0,
        "figure.facecolor": "white",
        "legend.fontsize": 8.5,
        "legend.frameon": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "surveykit",
        "text.color": INK,
        "text.parse_math": False,  # a dollar sign in a label is a dollar sign
        "text.usetex": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 9.0,
    }


@contextmanager
def style() -> Iterator[None]:
    """Set fonts and sizes inside a ``with`` block; outside it nothing is changed.

    The chart functions use it themselves; it is for figures that users draw on their own.

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["font.family"]
    >>> with style():
    ...     inside = matplotlib.rcParams["font.family"][0]
    >>> inside, matplotlib.rcParams["font.family"] == before
    ('SurveyKit Sans SC', True)
    """
    import matplotlib

    with matplotlib.rc_context(_settings()):
        yield
