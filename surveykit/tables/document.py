"""What a document on paper is made of; Word and PDF are written from the same items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from surveykit.tables.grid import Grid
from surveykit.text import Lang

__all__ = [
    "Anchor",
    "Document",
    "Heading",
    "Item",
    "List",
    "Paragraph",
    "Picture",
    "Pieces",
    "PlainTable",
]


Pieces = tuple[tuple[str, str], ...]
"""Text in pieces: (words, the key of the item that they lead to, or empty)."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The key of the table or picture that comes next; pieces of text lead to it."""

    key: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 stands in the contents as a chapter does."""

    text: str
    level: Literal[1, 2, 3] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; a ``notice`` stands in a frame, ``small`` in small type, ``strong`` in bold."""

    text: str
    kind: Literal["text", "notice", "small", "strong"] = "text"
    pieces: Pieces = ()  # the same text, where some of it is a link


@dataclass(frozen=True, slots=True)
class List:
    """Lines with how deep each stands (0 is outermost)."""

    lines: tuple[tuple[int, str], ...]
    pieces: tuple[Pieces, ...] = ()  # of each line, where some of it is a link


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table of text; `kinds` has a letter for each column: ``n`` numbers, ``s`` short, ``t`` text.

    A row of one cell is a heading over the rows that follow.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: str = ""

    def kind(self, column: int) -> str:
        """Return the letter of a column."""
        return self.kinds[column] if column < len(self.kinds) else "t"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: `svg` for PDF, `png` for Word; `size` in points, `alt` what it shows in words.

    `title` is empty where the picture shows it already; `entry` is its line of the contents.
    """

    title: str
    entry: str
    alt: str
    png: bytes
    svg: bytes
    size: tuple[float, float]


Item = Anchor | Heading | Paragraph | List | PlainTable | Picture | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """Items in their order; with a title page head and contents where it is a report or a book.

    Examples
    --------
    >>> Document("Pilot", "en", (Heading("Limits"), Paragraph("One sample."))).contents
    'none'
    """

    title: str
    lang: Lang
    items: tuple[Item, ...]
    subtitle: str = ""
    contents: Literal["none", "show"] = "none"
    theme: str = "three_line"
