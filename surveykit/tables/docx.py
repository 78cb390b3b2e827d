"""A document as Word: 三线表 with captions, contents, pictures; the same bytes every time.

Tables are written as WordprocessingML: python-docx, which keeps the package, its styles and
pictures, takes minutes for a table of thousands of cells.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from surveykit.errors import MissingDependencyError
from surveykit.io.zipfiles import repack
from surveykit.tables.captions import Note, Span, caption, foot
from surveykit.tables.document import (
    Anchor,
    Document,
    Heading,
    Item,
    List,
    Paragraph,
    Picture,
    Pieces,
    PlainTable,
)
from surveykit.tables.docx_tables import plain_table
from surveykit.tables.docx_tables import table as table_xml
from surveykit.tables.grid import Grid
from surveykit.tables.paper import PORTRAIT, lay_out
from surveykit.tables.themes import Face, Theme, theme_of
from surveykit.tables.wordml import Look, attribute, frame, paragraph, plain, run
from surveykit.tables.words import WORDS

__all__ = ["available", "render"]

_CREATED: Final = datetime(2000, 1, 1)  # in place of the time of writing
_NUMBER = re.compile(r"^(表|图|Table|Figure)(\s*)([0-9]+)(?![0-9A-Za-z])")
_RED: Final = "8A1C1C"
_NOTICE: Final = "B4690E"
_LATIN: Final = "Times New Roman"
_A4: Final = (7560310, 10692130)  # in English metric units
_MARGIN: Final = 900000
_EMU: Final = 12700  # of a point
_NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SMALL: Final = 9.0
_ANCHORS: Final = 1_000_000  # numbers of bookmarks apart from those of the contents
_DEEP: Final = 3  # level of headings that the contents leave out
_STYLES: Final = {  # size, centred, left indent of the styles that text is set in
    "Normal": 10.5, "Title": 18.0, "Heading 1": 15.0, "Heading 2": 13.0, "Heading 3": 11.5,
    "Caption": 10.5,
}  # fmt: skip


def available() -> None:
    """Raise when python-docx is not installed.

    Raises
    ------
    MissingDependencyError
    """
    try:
        import docx  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError.for_extra("python-docx", "office", "a Word file") from error


def render(document: Document) -> bytes:
    """Return `document` as the bytes of a docx file.

    Raises
    ------
    MissingDependencyError
        Without python-docx.
    UnsupportedError
        For a table of too many cells.
    """
    theme = theme_of(document.theme)
    available()
    writer = _Writer.of(document, theme)
    writer.front()
    for item in document.items:
        writer.item(item)
    return writer.finished()


@dataclass(slots=True)
class _Writer:
    """The document being written: items go in front of the properties of the last section."""

    document: Document
    theme: Theme
    word: Any
    end: Any
    entries: list[tuple[int, str, str]]
    sideways: bool | None = None
    counters: dict[str, int] = field(default_factory=dict)
    marks: int = 0
    anchor: str = ""
    anchors: int = 0

    @classmethod
    def of(cls, document: Document, theme: Theme) -> _Writer:
        import docx

        word = docx.Document()
        _properties(word, document)
        _styles(word, theme, document.lang)
        entries = _entries(document) if document.contents == "show" else []
        if entries:
            _page_numbers(word)
        return cls(document, theme, word, word.element.body.sectPr, entries)

    def add(self, xml: str) -> None:
        """Put markup at the end of what is written."""
        from docx.oxml import parse_xml

        for element in list(parse_xml(f'<w:body xmlns:w="{_NAMESPACE}">{xml}</w:body>')):
            self.end.addprevious(deepcopy(element))  # moved, a long table takes minutes

    def front(self) -> None:
        """Write title, subtitle and contents of a report or a book."""
        if self.document.contents == "none":
            return
        self.turn(sideways=False)
        self.add(paragraph(run(self.document.title), '<w:pStyle w:val="Title"/>'))
        if self.document.subtitle:
            self.add(paragraph(run(self.document.subtitle), '<w:spacing w:after="240"/>'))
        if self.entries:
            self.add(_contents(self.entries, WORDS["contents"].text(self.document.lang)))

    def item(self, item: Item) -> None:
        """Write one item."""
        if isinstance(item, Anchor):
            self.anchor = item.key
            return
        if isinstance(item, Grid):
            self.table(item)
        else:
            self.other(item)
        self.anchor = ""

    def other(self, item: Heading | Paragraph | List | PlainTable | Picture) -> None:
        """Write an item that is no table of statistics."""
        self.turn(sideways=False)
        match item:
            case Heading():
                style = f'<w:pStyle w:val="Heading{item.level}"/>'
                text = run(item.text)
                self.add(paragraph(self.marked(text) if item.level < _DEEP else text, style))
            case Paragraph():
                self.add(_text_paragraph(item))
            case List():
                self.add("".join(_list_lines(item)))
            case PlainTable():
                if item.caption:
                    self.add(self.strong(item.caption))
                self.add(plain_table(item, PORTRAIT, self.theme) + _gap())
            case Picture():
                self.picture(item)

    def strong(self, text: str) -> str:
        return paragraph(run(text, Look(bold=True)), '<w:keepNext/><w:spacing w:before="120"/>')

    def table(self, table: Grid) -> None:
        """Write a table with what stands over and under it, on a page that lies if it is wide."""
        layout = lay_out(table)
        self.turn(sideways=layout.sideways)
        for place, block in enumerate(layout.blocks):
            if table.banner:
                self.add(_banner(table.banner))
            lines = caption(block.table, self.theme)
            for line, spans in enumerate(lines):
                kind = "first" if not place and not line else "more"
                self.add(self.caption(spans, kind))
            self.add(table_xml(block, self.theme, layout.size))
            self.add("".join(_note(note) for note in foot(block.table, self.theme)) + _gap())

    def caption(self, spans: Sequence[Span], kind: str) -> str:
        """Return a line of a caption; its number is one of Word's, that its list of tables knows."""
        runs = [run(s.text, self.face(s.face)) for s in spans]
        found = _NUMBER.match(spans[0].text)
        if found and kind == "first":
            look = self.face(spans[0].face)
            label, space, number = found.groups()
            field_xml = _sequence(label, int(number), self.counters.get(label, 0), look)
            self.counters[label] = int(number)
            rest = run(spans[0].text[found.end() :], look)
            runs[0] = run(label + space, look) + field_xml + rest
        align = self.theme.caption
        properties = f'<w:pStyle w:val="Caption"/><w:keepNext/><w:jc w:val="{align}"/>'
        joined = "".join(runs)
        return paragraph(self.marked(joined) if kind == "first" else joined, properties)

    def face(self, face: Face) -> Look:
        """Return the look of a part of a caption."""
        font = self.theme.east_asian_caption
        return Look(bold=face == "bold", italic=face == "italic", font=font)

    def picture(self, item: Picture) -> None:
        """Write a figure with its alternative text; the caption under it."""
        from docx.shared import Emu

        wide, high = item.size
        line = self.word.add_paragraph()
        line.alignment = 1
        line.paragraph_format.keep_with_next = bool(item.title)
        shape = line.add_run().add_picture(
            BytesIO(item.png), Emu(round(wide * _EMU)), Emu(round(high * _EMU))
        )
        shape._inline.docPr.set("descr", plain(item.alt))
        shape._inline.docPr.set("name", plain(item.entry)[:60] or "figure")
        if item.title:
            spans = (Span(item.title, self.theme.caption_face),)
            self.add(self.caption(spans, "first").replace("<w:keepNext/>", ""))
        else:
            from docx.oxml import parse_xml

            for element in parse_xml(f'<w:p xmlns:w="{_NAMESPACE}">{self.marked("")}</w:p>'):
                line._p.append(element)

    def marked(self, runs: str) -> str:
        """Put a bookmark around what the contents lead to."""
        if self.anchor:  # what pieces of text lead to
            self.anchors += 1
            runs = _bookmark(_ANCHORS + self.anchors, _reference(self.anchor), runs)
            self.anchor = ""
        if not self.entries:
            return runs
        self.marks += 1
        return _bookmark(self.marks, _mark(self.marks), runs)

    def turn(self, *, sideways: bool) -> None:
        """Begin a section where the paper turns."""
        if self.sideways is not None and self.sideways != sideways:
            section = _turned(deepcopy(self.end), sideways=self.sideways)
            last = self.end.getprevious()
            if (
                not last.tag.endswith("}p")
                or "".join(last.itertext())
                or last.xpath(".//w:drawing")
            ):
                self.add(_gap())
            self.end.getprevious().get_or_add_pPr().append(section)
            for reference in list(self.end):  # later sections take the footer of the first
                if reference.tag.endswith("}footerReference"):
                    self.end.remove(reference)
        self.sideways = sideways

    def finished(self) -> bytes:
        _turned(self.end, sideways=bool(self.sideways))
        buffer = BytesIO()
        self.word.save(buffer)
        return repack(buffer.getvalue())


# ---------------------------------------------------------------- pieces of text
def _bookmark(number: int, name: str, runs: str) -> str:
    return (
        f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{runs}<w:bookmarkEnd w:id="{number}"/>'
    )


def _reference(key: str) -> str:
    """Return the name of a bookmark: Word takes 40 letters, digits and underscores."""
    return f"_Ref{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _linked(text: str, pieces: Pieces) -> str:
    """Return text as runs, those that lead to a table or a picture as links."""
    return "".join(
        f'<w:hyperlink w:anchor="{_reference(key)}" w:history="1">{run(words)}</w:hyperlink>'
        if key
        else run(words)
        for words, key in pieces or ((text, ""),)
    )


def _text_paragraph(item: Paragraph) -> str:
    match item.kind:
        case "notice":
            return paragraph(
                _linked(item.text, item.pieces),
                f'{frame(_NOTICE)}<w:ind w:left="113" w:right="113"/>',
            )
        case "small":
            return paragraph(run(item.text, Look(size=_SMALL)))
        case "strong":
            return paragraph(run(item.text, Look(bold=True)), "<w:keepNext/>")
        case _:
            return paragraph(_linked(item.text, item.pieces))


def _list_lines(item: List) -> Iterator[str]:
    for place, (depth, text) in enumerate(item.lines):
        yield _list_line(depth, _linked(text, item.pieces[place] if item.pieces else ()))


def _list_line(depth: int, runs: str) -> str:
    left = 420 * (depth + 1)
    properties = f'<w:spacing w:after="40"/><w:ind w:left="{left}" w:hanging="280"/>'
    tabbed = "<w:r><w:t>•</w:t></w:r><w:r><w:tab/></w:r>"
    return paragraph(
        tabbed + runs, f'<w:tabs><w:tab w:val="left" w:pos="{left}"/></w:tabs>{properties}'
    )


def _banner(text: str) -> str:
    look = Look(colour=_RED, size=_SMALL)
    return paragraph(
        run(text, look),
        f'<w:keepNext/>{frame("AA3333")}<w:spacing w:before="120" w:after="80"/>'
        '<w:ind w:left="113" w:right="113"/>',
    )


def _note(note: Note) -> str:
    properties = (
        '<w:keepLines/><w:spacing w:before="20" w:after="0" w:line="240" w:lineRule="auto"/>'
    )
    lead = run(note.lead, Look(size=_SMALL, italic=note.face == "italic"))
    return paragraph(lead + run(note.text, Look(size=_SMALL)), properties)


def _gap() -> str:
    """Return an empty line: two tables that touch would be one."""
    return paragraph("", '<w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/>')


def _field(code: str, shown: str, look: Look) -> str:
    def char(kind: str) -> str:
        return f'<w:r>{look.xml}<w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = f'<w:r>{look.xml}<w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    return char("begin") + instruction + char("separate") + shown + char("end")


def _sequence(label: str, number: int, before: int, look: Look) -> str:
    reset = "" if number == before + 1 else f" \\r {number}"
    return _field(f"SEQ {label} \\* ARABIC{reset}", run(str(number), look), look)


# ---------------------------------------------------------------- contents
def _mark(number: int) -> str:
    return f"_Toc{number:06d}"


def _entries(document: Document) -> list[tuple[int, str, str]]:
    """Return the lines of the contents: level, text, bookmark; in the order they are written."""
    found: list[tuple[int, str]] = []
    for item in document.items:
        match item:
            case Heading() if item.level < _DEEP:
                found.append((item.level, item.text))
            case Picture():
                found.append((3, item.title or item.entry))
            case Grid() if item.title:
                found.append((3, item.title))
    return [(level, text, _mark(i)) for i, (level, text) in enumerate(found, start=1)]


def _contents(entries: list[tuple[int, str, str]], title: str) -> str:
    """Return a field of contents whose lines stand there already, as links."""
    code = r'TOC \o "1-2" \t "Caption,3" \n \h \z \u'
    opening = _field(code, "\0", Look()).split("\0")
    lines = []
    for place, (level, text, mark) in enumerate(entries):
        link = f'<w:hyperlink w:anchor="{mark}" w:history="1">{run(text)}</w:hyperlink>'
        before = opening[0] if place == 0 else ""
        after = opening[1] if place + 1 == len(entries) else ""
        style = f"<w:pStyle w:val={attribute(f'toc{level}')}/>"
        lines.append(paragraph(before + link + after, style))
    heading = paragraph(
        run(title, Look(bold=True, size=13)), '<w:keepNext/><w:spacing w:before="240"/>'
    )
    return heading + "".join(lines)


# ---------------------------------------------------------------- the package
def _properties(word: Any, document: Document) -> None:
    core = word.core_properties
    core.title = plain(document.title)[:200]
    core.author = core.last_modified_by = core.comments = ""
    core.created = core.modified = _CREATED
    core.language = "zh-CN" if document.lang == "zh" else "en-US"
    core.revision = 1


def _styles(word: Any, theme: Theme, lang: str) -> None:
    """Set fonts and sizes: Times New Roman beside the theme's Chinese font, everything black."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    for level in (1, 2, 3):
        style = word.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        style.paragraph_format.left_indent = Pt(12 * (level - 1))
        style.paragraph_format.space_after = Pt(2)
    for name, size in _STYLES.items():
        style = word.styles[name]
        font = theme.east_asian if name in ("Normal", "Caption") else "黑体"
        _set_fonts(style, font)
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = name.startswith(("Heading", "Title"))
    word.styles["Caption"].paragraph_format.space_after = Pt(4)
    word.styles["Caption"].paragraph_format.space_before = Pt(6)
    word.styles["Normal"].paragraph_format.space_after = Pt(6)
    _without_rule(word.styles["Title"])
    for spoken in word.styles.element.iter(f"{{{_NAMESPACE}}}lang"):
        spoken.set(f"{{{_NAMESPACE}}}eastAsia", "zh-CN")


def _set_fonts(style: Any, font: str) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(f"{{{_NAMESPACE}}}{name}", _LATIN)
    fonts.set(f"{{{_NAMESPACE}}}eastAsia", font)


def _without_rule(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    for edge in properties.findall(f"{{{_NAMESPACE}}}pBdr"):
        properties.remove(edge)


def _page_numbers(word: Any) -> None:
    from docx.oxml import parse_xml

    line = word.sections[0].footer.paragraphs[0]
    line.alignment = 1
    field_xml = _field("PAGE", run("1"), Look())
    for element in list(parse_xml(f'<w:p xmlns:w="{_NAMESPACE}">{field_xml}</w:p>')):
        line._p.append(element)


def _turned(section: Any, *, sideways: bool) -> Any:
    """Set the paper of a section: A4, upright or sideways."""
    short, long = _A4
    section.page_width, section.page_height = (long, short) if sideways else (short, long)
    section.orientation = 1 if sideways else 0
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN
    return section
