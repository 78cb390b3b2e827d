"""The parts of a report as a document on paper: Word and PDF are written from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from surveykit import __version__
from surveykit.report.markup import items_of
from surveykit.report.page import Drawn
from surveykit.report.parts import FigurePart, Grid, Html, Part, TablePart, Text
from surveykit.tables.document import Document, Heading, Item, List, Paragraph, Picture, PlainTable
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
    """
    items = tuple(item for part in parts for item in _items(part, lang, drawn, titles))
    closing = Paragraph(_MADE.text(lang).format(version=__version__), "small")
    return Document(title, lang, (*items, closing), subtitle, contents="show")


def _items(
    part: Part, lang: Lang, drawn: Mapping[str, Drawn], titles: Mapping[str, str]
) -> Iterator[Item]:
    match part:
        case Text():
            yield from _text(part, lang)
        case TablePart():
            yield part.table
        case FigurePart():
            yield _picture(drawn[part.name], titles.get(part.name, ""))
        case Grid():
            yield PlainTable(part.caption, part.head, part.rows, part.kinds)
        case Html():
            yield from items_of(part.html)


def _text(text: Text, lang: Lang) -> Iterator[Item]:
    if text.heading:
        yield Heading(text.heading, 1 if text.level == 2 else 2)
    for lines in text.blocks:
        if lines[0].startswith("- "):
            yield List(tuple((0, line.removeprefix("- ")) for line in lines))
        else:
            joined = ("" if lang == "zh" else " ").join(lines)
            yield Paragraph(joined, "notice" if text.kind == "notice" else "text")


def _picture(drawn: Drawn, title: str) -> Picture:
    wide, high = (side * 72 / 96 for side in drawn.size)
    scale = min(1.0, PORTRAIT / wide, _HIGHEST / high)
    size = (round(wide * scale, 1), round(high * scale, 1))
    return Picture(title, title or drawn.title, drawn.alt, drawn.png, drawn.svg, size)
