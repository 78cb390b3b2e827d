"""Text: languages, labels, the width of Chinese in a terminal, wrapping, numbers as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Label", "Lang", "pad", "width", "wrap"]

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Label:
    """A label in one or both languages; `text` falls back to the language that is there.

    Examples
    --------
    >>> Label(zh="示范村", en="Demonstration village").text("en")
    'Demonstration village'
    >>> Label.of("Yes").text("zh")
    'Yes'
    """

    zh: str = ""
    en: str = ""

    @classmethod
    def of(cls, value: str | Mapping[str, str] | Label) -> Label:
        """Make a label from plain text (both languages) or from ``{zh: …, en: …}``."""
        if isinstance(value, Label):
            return value
        if isinstance(value, str):
            return cls(value, value)
        return cls(str(value.get("zh", "")), str(value.get("en", "")))

    def text(self, lang: Lang) -> str:
        """Return the label in `lang`, else in the other language."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


def width(text: str) -> int:
    """Return the number of terminal cells that `text` takes.

    Examples
    --------
    >>> width("abc"), width("知晓率")
    (3, 6)
    """
    cells = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me", "Mn"):
            continue
        cells += 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
    return cells


def pad(text: str, cells: int, align: Literal["left", "right", "center"] = "left") -> str:
    """Pad `text` with blanks to `cells` terminal cells.

    Examples
    --------
    >>> pad("村", 4) + "|", pad("5", 3, "right")
    ('村  |', '  5')
    """
    gap = max(0, cells - width(text))
    if align == "left":
        return text + " " * gap
    if align == "right":
        return " " * gap + text
    return " " * (gap // 2) + text + " " * (gap - gap // 2)


def wrap(text: str, cells: int) -> list[str]:
    """Wrap `text` into lines of at most `cells` cells; Chinese breaks anywhere, Latin at blanks.

    Examples
    --------
    >>> wrap("民族团结进步", 8)
    ['民族团结', '进步']
    >>> wrap("to take part often", 8)
    ['to take', 'part', 'often']
    """
    pieces: list[str] = []
    for char in text:
        latin = width(char) < 2 and not char.isspace()
        if latin and pieces and not pieces[-1].isspace() and width(pieces[-1][-1]) < 2:
            pieces[-1] += char
        else:
            pieces.append(char)
    lines, line = [], ""
    for piece in pieces:
        if line and width(line.rstrip()) + width(piece) + (width(line) - width(line.rstrip())) > cells:
            lines.append(line.rstrip())
            line = ""
        line = line + piece if line or not piece.isspace() else line
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines
