"""Themes by name: the rules and the caption of a table on paper, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from surveykit.errors import UnknownNameError

__all__ = ["THEMES", "Theme", "ThemeName", "theme_of"]

ThemeName = Literal["three_line", "apa", "gbt", "plain"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Widths of rules in points, and how the caption stands.

    Parameters
    ----------
    top, head, spanner, bottom : float
        Rules above the header, under it, under a spanner, under the body.
    group : float
        A grey rule above nets, summaries and totals; 0 for none.
    caption : {"center", "left"}
    caption_face : {"bold", "italic", "plain"}
    east_asian : str
        Word's font for Chinese; Latin is Times New Roman.
    east_asian_caption : str
    """

    top: float
    head: float
    spanner: float
    bottom: float
    group: float = 0.5
    caption: Literal["center", "left"] = "center"
    caption_face: Literal["bold", "italic", "plain"] = "bold"
    east_asian: str = "宋体"
    east_asian_caption: str = "宋体"


THEMES: Final[dict[str, Theme]] = {
    "three_line": Theme(top=1.5, head=0.75, spanner=0.5, bottom=1.5),
    "apa": Theme(
        top=0.75, head=0.75, spanner=0.5, bottom=0.75, group=0, caption="left",
        caption_face="italic",
    ),
    "gbt": Theme(
        top=1.5, head=0.75, spanner=0.75, bottom=1.5, group=0, caption_face="plain",
        east_asian_caption="黑体",
    ),
    "plain": Theme(top=0.5, head=0.5, spanner=0.5, bottom=0.5, caption="left"),
}  # fmt: skip


def theme_of(name: str) -> Theme:
    """Return a theme by its name.

    Raises
    ------
    UnknownNameError

    Examples
    --------
    >>> theme_of("three_line").top, theme_of("apa").caption
    (1.5, 'left')
    """
    if name not in THEMES:
        raise UnknownNameError.for_name("theme", name, get_args(ThemeName))
    return THEMES[name]
