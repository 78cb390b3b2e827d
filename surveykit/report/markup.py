"""Ready markup as items of a document: what Word and PDF show of an `Html` part."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from surveykit.tables.document import Heading, Item, List, Paragraph, PlainTable

__all__ = ["items_of"]

_UNSEEN: Final = ("style", "script", "title")
_BREAKS: Final = ("p", "div", "dt", "dd", "summary", "br", "figcaption", "section", "details")
_HEADINGS: Final = {"h1": 1, "h2": 1, "h3": 2, "h4": 3, "h5": 3, "h6": 3}


def items_of(html: str) -> tuple[Item, ...]:
    """Return headings, paragraphs, lists and tables in the order of the markup.

    Examples
    --------
    >>> [type(i).__name__ for i in items_of("<h3>Why</h3><p>A &lt; B.</p><ul><li>one</li></ul>")]
    ['Heading', 'Paragraph', 'List']
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_text()
    reader.end_list()
    return tuple(reader.items)


@dataclass(slots=True)
class _Rows:
    """A table being read."""

    caption: str = ""
    head: tuple[str, ...] = ()
    kinds: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    header: bool = False

    def item(self) -> PlainTable | None:
        wide = len(self.head)
        fit = [r for r in self.rows if len(r) in (1, wide)]
        if not wide or len(fit) < len(self.rows):
            return None
        return PlainTable(self.caption, self.head, tuple(fit), self.kinds)


class _Reader(HTMLParser):
    """Collects text until a tag ends it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[Item] = []
        self.text: list[str] = []
        self.lines: list[tuple[int, str]] = []
        self.depth = 0
        self.unseen = 0
        self.strong = ""
        self.rows: _Rows | None = None

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        elif self.rows is not None:
            self._in_table(tag, dict(attrs))
        elif tag == "table":
            self.end_text()
            self.end_list()
            self.rows = _Rows()
        elif tag in ("ul", "ol", "li") or tag in _HEADINGS or tag in _BREAKS:
            self.end_text()
            self.depth += tag in ("ul", "ol")
            if tag in _HEADINGS:
                self.end_list()
        elif tag == "img":
            self.text.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif self.rows is not None:
            self._end_in_table(tag)
        elif tag in _HEADINGS:
            self._heading(_HEADINGS[tag])
        elif tag in ("ul", "ol"):
            self.end_text()
            self.depth = max(0, self.depth - 1)
            if not self.depth:
                self.end_list()
        elif tag in _BREAKS or tag == "li":
            self.end_text("strong" if tag in ("summary", "dt") else "text")

    def _in_table(self, tag: str, attrs: dict[str, str | None]) -> None:
        rows = self.rows
        assert rows is not None
        if tag == "thead":
            rows.header = True
        elif tag in ("td", "th", "caption"):
            self.text = []
            if rows.header and tag != "caption":
                rows.kinds += "n" if "number" in (attrs.get("class") or "") else "t"
        elif tag in _BREAKS or tag == "li":
            self.text.append("\n")

    def _end_in_table(self, tag: str) -> None:
        rows = self.rows
        assert rows is not None
        if tag == "caption":
            rows.caption = self._taken()
        elif tag in ("td", "th"):
            rows.cells.append(self._taken())
        elif tag == "tr":
            if rows.header:
                rows.head = tuple(rows.cells)
            else:
                rows.rows.append(tuple(rows.cells))
            rows.cells = []
        elif tag == "thead":
            rows.header = False
        elif tag == "table":
            self._end_table(rows)

    def _end_table(self, rows: _Rows) -> None:
        made = rows.item()
        if made is not None:
            self.items.append(made)
        else:  # merged cells: its rows as lines
            self.items += [Paragraph(rows.caption, "strong")] if rows.caption else []
            self.items += [Paragraph(" · ".join(r), "small") for r in (rows.head, *rows.rows) if r]
        self.rows = None

    def _heading(self, level: int) -> None:
        text = self._taken()
        if text:
            self.items.append(Heading(text, 1 if level == 1 else 2 if level == 2 else 3))

    def _taken(self) -> str:
        """Return the text held, spaces folded; the lines of a cell stay apart."""
        lines = (" ".join(line.split()) for line in "".join(self.text).split("\n"))
        self.text = []
        return "\n".join(line for line in lines if line)

    def end_text(self, kind: str = "text") -> None:
        """End a paragraph or a line of a list."""
        text = " ".join(self._taken().split())
        if not text:
            return
        if self.depth:
            self.lines.append((self.depth - 1, text))
        else:
            self.items.append(Paragraph(text, "strong" if kind == "strong" else "text"))

    def end_list(self) -> None:
        """End a list, nested ones with it."""
        if self.lines:
            self.items.append(List(tuple(self.lines)))
            self.lines = []
