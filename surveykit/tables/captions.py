"""What stands over and under a table, as a theme has it: the caption and the notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from surveykit.tables.grid import Grid
from surveykit.tables.themes import Face, Theme
from surveykit.tables.words import WORDS
from surveykit.text import Lang

__all__ = [
    "Caption", "Note", "Span", "caption", "foot", "full_title", "leans", "numbered", "split_number",
]  # fmt: skip

_NUMBER: Final = re.compile(
    r"(?P<number>(?:续?附?表|图|Table|Figure)\s*[A-Z]?[0-9]+(?:[-–.][0-9]+)*)"
    r"(?P<between>[.．:：]\s*|[\s\u3000]+)(?=\S)"
)
_CJK: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_ENDS: Final = (".", "。", "!", "?", "！", "？", "…")


class Span(NamedTuple):
    """A stretch of a caption with its face."""

    text: str
    face: Face = "plain"


Caption = tuple[tuple[Span, ...], ...]
"""The lines of a caption."""


class Note(NamedTuple):
    """One line or paragraph under a table; `lead` (注：, Note.) stands in front of it."""

    lead: str
    text: str
    face: Face = "plain"

    @property
    def whole(self) -> str:
        """The line as text."""
        return self.lead + self.text


def split_number(title: str, number: str = "") -> tuple[str, str]:
    """Cut the number from a title; ``("", title)`` where it has none.

    Parameters
    ----------
    title : str
    number : str
        The number where it is known.

    Examples
    --------
    >>> split_number("Table 2. Awareness"), split_number("表 3-1　知晓率"), split_number("Table salt")
    (('Table 2', 'Awareness'), ('表 3-1', '知晓率'), ('', 'Table salt'))
    """
    if number and title.startswith(number):
        return number, title[len(number) :].lstrip(" .．:：\u3000")
    found = _NUMBER.match(title)
    return (found["number"], title[found.end() :]) if found else ("", title)


def numbered(number: int | str, title: str, lang: Lang) -> tuple[str, str]:
    """Return the number in words and the whole title.

    Examples
    --------
    >>> numbered(2, "Awareness", "en"), numbered("表 A1", "知晓率", "zh")
    (('Table 2', 'Table 2. Awareness'), ('表 A1', '表 A1　知晓率'))
    """
    named = str(number).strip()
    if named[:1].isdigit():
        named = WORDS["number"].text(lang).format(n=named)
    return named, full_title(named, title, lang)


def full_title(number: str, title: str, lang: Lang) -> str:
    """Return number and title on one line.

    Examples
    --------
    >>> full_title("表 2", "知晓率", "zh"), full_title("Table 2", "", "en"), full_title("", "A", "en")
    ('表 2　知晓率', 'Table 2', 'A')
    """
    if number and title:
        return WORDS["numbered"].text(lang).format(number=number, title=title)
    return number or title


def caption(table: Grid, theme: Theme) -> Caption:
    """Return the lines of a caption; none for a table without a title.

    Examples
    --------
    >>> from surveykit.tables.themes import theme_of
    >>> made = Grid("Table 1. Awareness", "en", 0, (), ())
    >>> caption(made, theme_of("apa"))
    ((Span(text='Table 1', face='bold'),), (Span(text='Awareness', face='italic'),))
    >>> caption(made, theme_of("three_line"))
    ((Span(text='Table 1. Awareness', face='bold'),),)
    """
    number, title = split_number(table.title, table.number)
    face = _upright(theme.caption_face, title)
    if theme.number == "above" and number:
        first = (Span(number, theme.number_face),)
        return (first, (Span(title, face),)) if title else (first,)
    if number and theme.number_face != face:
        between = table.title[len(number) : len(table.title) - len(title)]
        return ((Span(number + between, theme.number_face), Span(title, face)),)
    return ((Span(table.title, face),),) if table.title else ()


def leans(text: str) -> bool:
    """Whether a text may be set in italics: Chinese never is.

    Examples
    --------
    >>> leans("Net: satisfied"), leans("小计：满意")
    (True, False)
    """
    return not _CJK.search(text)


def _upright(face: Face, text: str) -> Face:
    return "plain" if face == "italic" and not leans(text) else face


def foot(table: Grid, theme: Theme) -> tuple[Note, ...]:
    """Return what stands under a table in the order and the words of a theme.

    Examples
    --------
    >>> from surveykit.tables.themes import theme_of
    >>> made = Grid("", "en", 0, (), (), legend=("†: implied.",), notes=("Adults",))
    >>> [n.whole for n in foot(made, theme_of("apa"))]
    ['Note. Adults.', '†: implied.']
    >>> [n.whole for n in foot(made, theme_of("three_line"))]
    ['†: implied.', 'Adults']
    """
    if theme.notes == "apa":
        return tuple(_kinds(table))
    lines = table.footer
    if theme.notes == "gbt" and lines:
        lead = WORDS["note_gbt"].text(table.lang)
        return (Note(lead, lines[0]), *(Note("", text) for text in lines[1:]))
    return tuple(Note("", text) for text in lines)


def _kinds(table: Grid) -> Iterator[Note]:
    """Yield the general, specific and probability notes of APA style, a paragraph each."""
    general = _paragraph((*table.notes, *table.tests), table.lang)
    if general:
        face: Face = "italic" if table.lang == "en" else "plain"
        yield Note(WORDS["note"].text(table.lang), general, face)
    for lines in (table.legend, table.probability):
        if lines:
            yield Note("", _paragraph(lines, table.lang))


def _paragraph(lines: Sequence[str], lang: Lang) -> str:
    stop, between = ("。", "") if lang == "zh" else (".", " ")
    return between.join(text if text.endswith(_ENDS) else text + stop for text in lines if text)
