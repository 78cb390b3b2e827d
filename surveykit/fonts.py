"""The font that comes with surveykit, for pictures and paper: Chinese with none installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["FAMILY", "FONT", "families", "files"]

FONT: Final = Path(__file__).parent / "plots" / "fonts" / "SurveyKitSansSC-Regular.otf"
FAMILY: Final = "SurveyKit Sans SC"

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


def files() -> tuple[Path, ...]:
    """Return the files of the fonts that are always at hand: the bundled one and DejaVu Sans.

    Examples
    --------
    >>> [path.suffix for path in files()]
    ['.otf', '.ttf']
    """
    from matplotlib import get_data_path

    return FONT, Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
