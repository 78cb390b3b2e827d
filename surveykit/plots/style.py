"""Fonts and rcParams of figures; nothing global but the registered font."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

__all__ = ["FAMILY", "FONT", "GREY", "INK", "PALETTE", "families", "style"]

FONT: Final = Path(__file__).parent / "fonts" / "SurveyKitSansSC-Regular.otf"
FAMILY: Final = "SurveyKit Sans SC"

# neighbours differ in lightness too (L* about 48, 73, 87, 34, 58), so that they survive grey print
PALETTE: Final = (
    "#3B76AF", "#EBA33B", "#BFE0D8", "#7B3F7E", "#CC6F6A", "#F5EAB8", "#4F7F5B", "#3A3A3A",
)  # fmt: skip
GREY: Final = "#767676"
INK: Final = "#1A1A1A"

_INSTALLED: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC",
    "Hiragino Sans GB", "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei",
)  # fmt: skip


@cache
def families() -> tuple[str, ...]:
    """Return the chain of font families: the bundled one, installed Chinese ones, DejaVu Sans.

    The bundled font is registered with matplotlib the first time.

    Examples
    --------
    >>> families()[0], families()[-1]
    ('SurveyKit Sans SC', 'DejaVu Sans')
    """
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT)
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return (FAMILY, *(name for name in _INSTALLED if name in known), "DejaVu Sans")


def _settings() -> Any:
    return {
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
