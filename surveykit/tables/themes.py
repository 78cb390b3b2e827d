"""Themes by name: rules, caption and notes of a table in every format, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from surveykit.errors import UnknownNameError

__all__ = ["DEFAULT", "THEMES", "Face", "Theme", "ThemeName", "theme_of"]

ThemeName = Literal["three_line", "apa", "gbt", "booktabs", "plain"]
Face = Literal["bold", "italic", "plain"]
DEFAULT: Final[ThemeName] = "three_line"


@dataclass(frozen=True, slots=True)
class Theme:
    """Widths of rules in points, and how the caption and the notes stand.

    Parameters
    ----------
    top, head, spanner, bottom : float
        Rules above the header, under it, under a spanner, under the body.
    group : float
        A grey rule above nets, summaries and totals; 0 for none.
    caption : {"center", "left"}
    number_face, caption_face : {"bold", "italic", "plain"}
        Of the number and of the title. Chinese is never set in italics.
    number : {"inline", "above"}
        The number in front of the title, or on a line of its own.
    notes : {"lines", "gbt", "apa"}
        One line each; the first with 注： in front; or general, specific and probability notes,
        one paragraph of each kind.
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
    number_face: Face = "bold"
    caption_face: Face = "bold"
    number: Literal["inline", "above"] = "inline"
    notes: Literal["lines", "gbt", "apa"] = "lines"
    east_asian: str = "宋体"
    east_asian_caption: str = "宋体"


THEMES: Final[dict[str, Theme]] = {
    # the house: 三线表, thick outside and thin inside
    "three_line": Theme(top=1.5, head=0.75, spanner=0.5, bottom=1.5),
    # Publication Manual of the American Psychological Association, 7th edition, chapter 7
    "apa": Theme(
        top=0.75, head=0.75, spanner=0.5, bottom=0.75, group=0, caption="left",
        caption_face="italic", number="above", notes="apa",
    ),
    # GB/T 7713.1 and CY/T 170: caption over the table in 黑体, body in 宋体, 注 under it
    "gbt": Theme(
        top=1.5, head=0.75, spanner=0.75, bottom=1.5, group=0, number_face="plain",
        caption_face="plain", notes="gbt", east_asian_caption="黑体",
    ),
    # the widths of LaTeX's booktabs at 10 points: 0.08, 0.05 and 0.03 em
    "booktabs": Theme(
        top=0.8, head=0.5, spanner=0.3, bottom=0.8, group=0, caption_face="plain",
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
