"""The parts of a report as a document on paper: Word and PDF are written from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from surveykit import __version__
from surveykit.report import refs
from surveykit.report.markup import items_of
from surveykit.report.page import Drawn
from surveykit.report.parts import FigurePart, Grid, Html, Methods, Part, TablePart, Text
from surveykit.tables.document import (
    Anchor,
    Document,
    Heading,
    Item,
    List,
    Paragraph,
    Picture,
    PlainTable,
)
from surveykit.tables.paper import PORTRAIT
from surveykit.text import Label, Lang

__all__ = ["document"]

_MADE: Final = Label(zh="制作：surveykit {version}", en="Made with surveykit {version}")
_HIGHEST: Final = 560.0  # points of a page that a figure may take


def document(
    title: str,
    subtitle: str,
    lang: Lang,
    parts: Iterable[Part],
    drawn: Mapping[str, Drawn],
    titles: Mapping[str, str],
    shown: Mapping[str, str],
) -> Document:
    """Return a report as a document.

    Parameters
    ----------
    title, subtitle : str
    lang : {"zh", "en"}
    parts : iterable of Part
        In order, tables numbered.
    drawn : mapping of str to Drawn
        Figures by name.
    titles : mapping of str to str
        Of figures, with their numbers, by name; those that the picture shows are left out.
    shown : mapping of str to str
        What references show, by ``table:name``.
    """
    items = tuple(item for part in parts for item in _items(part, lang, drawn, titles, shown))
    closing = Paragraph(_MADE.text(lang).format(version=__version__), "small")
    return Document(title, lang, (*items, closing), subtitle, contents="show")


def _items(
    part: Part,
    lang: Lang,
    drawn: Mapping[str, Drawn],
    titles: Mapping[str, str],
    shown: Mapping[str, str],
) -> Iterator[Item]:
    if isinstance(part, TablePart | FigurePart):
        yield Anchor(f"{refs.kind_of(part)}:{part.name}")
    match part:
        case Text():
            yield from _text(part, shown, lang)
        case TablePart():
            yield part.table
        case FigurePart():
            yield _picture(drawn[part.name], titles.get(part.name, ""))
        case Grid():
            yield PlainTable(part.caption, part.head, part.rows, part.kinds)
        case Html():
            yield from items_of(part.html)
        case Methods():
            raise AssertionError("the methods are written before")


def _text(text: Text, shown: Mapping[str, str], lang: Lang) -> Iterator[Item]:
    if text.heading:
        yield Heading(text.heading, 1 if text.level == 2 else 2)
    for kind, lines in refs.blocks(text, shown, lang):
        words = ["".join(piece for piece, _ in line) for line in lines]
        if kind == "list":
            yield List(tuple((0, line) for line in words), lines)
        else:
            look: Literal["notice", "text"] = "notice" if text.kind == "notice" else "text"
            yield Paragraph(words[0], look, lines[0])


def _picture(drawn: Drawn, title: str) -> Picture:
    wide, high = (side * 72 / 96 for side in drawn.size)
    scale = min(1.0, PORTRAIT / wide, _HIGHEST / high)
    size = (round(wide * scale, 1), round(high * scale, 1))
    return Picture(title, title or drawn.title, drawn.alt, drawn.png, drawn.svg, size)
