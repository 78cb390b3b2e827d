"""Tables as WordprocessingML: merged headers, rules on every physical cell, decimals in line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from surveykit.tables.captions import leans
from surveykit.tables.document import PlainTable
from surveykit.tables.grid import Head, Line
from surveykit.tables.paper import GAP, Block, plain_layout
from surveykit.tables.pieces import Piece, Pieces, pieces
from surveykit.tables.themes import Theme
from surveykit.tables.wordml import Look, attribute, edge, paragraph, run, twips

__all__ = ["GREY", "plain_table", "table"]

GREY: Final = "767676"
_HAIR: Final = "BBBBBB"
_ROOM: Final = {".": "\u2008", ",": "\u2008", "A": "\u2007\u2005"}
_SHORT: Final = 30  # lines of a body that is kept on one page
_TOGETHER: Final = 3  # lines that stay with the header


@dataclass(frozen=True, slots=True)
class _Cell:
    """One physical cell of a row; `inner` are edges of its paragraph."""

    content: str
    width: float
    columns: int = 1
    merged: str = ""
    edges: str = ""
    align: str = "center"
    keep: bool = False
    indent: float = 0.0
    inner: str = ""
    stands: str = "bottom"

    def xml(self) -> str:
        span = f'<w:gridSpan w:val="{self.columns}"/>' if self.columns > 1 else ""
        borders = f"<w:tcBorders>{self.edges}</w:tcBorders>" if self.edges else ""
        keep = "<w:keepNext/>" if self.keep else ""
        inner = f"<w:pBdr>{self.inner}</w:pBdr>" if self.inner else ""
        indent = f'<w:ind w:left="{twips(self.indent)}"/>' if self.indent else ""
        spacing = '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
        within = f'{keep}{inner}{spacing}{indent}<w:jc w:val="{self.align}"/>'
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{twips(self.width)}" w:type="dxa"/>{span}{self.merged}'
            f'{borders}<w:vAlign w:val="{self.stands}"/></w:tcPr>'
            f"{paragraph(self.content, within)}</w:tc>"
        )


def table(block: Block, theme: Theme, size: float) -> str:
    """Return one block of a table: its header repeats on every page, a row is never split."""
    made = _Body(block, theme, Look(size=size))
    align = "center" if theme.caption == "center" else "left"
    return _table(block.widths, made.rows(), block.table.title, align)


def plain_table(made: PlainTable, page: float, theme: Theme) -> str:
    """Return a table of text."""
    size, widths = plain_layout(made, page)
    look = Look(size=size)
    edges = edge("top", theme.top) + edge("bottom", theme.head)
    aligns = ["right" if made.kind(c) == "n" else "left" for c in range(len(widths))]
    head = [
        _Cell(run(t, look), w, edges=edges, align=a, keep=True)
        for t, w, a in zip(made.head, widths, aligns, strict=True)
    ]
    rows = [_row(head, head=True)]
    for place, cells in enumerate(made.rows):
        under = edge("bottom", theme.bottom) if place + 1 == len(made.rows) else ""
        begun = not under and place < _TOGETHER
        if len(cells) == 1 < len(widths):
            heading = run(cells[0], look.but(bold=True))
            only = _Cell(
                heading, sum(widths), len(widths), edges=under, align="left", keep=not under
            )
            rows.append(_row([only]))
            continue
        rows.append(
            _row(
                _Cell(_lines(t, look), w, edges=under, align=a, keep=begun, stands="top")
                for t, w, a in zip(cells, widths, aligns, strict=True)
            )
        )
    return _table(widths, "".join(rows), made.caption, "left")


def _lines(text: str, look: Look) -> str:
    """Return runs with a line break between the lines of a cell."""
    return "<w:r><w:br/></w:r>".join(run(line, look) for line in text.split("\n"))


def _row(cells: Iterable[_Cell], *, head: bool = False) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    joined = "".join(c.xml() for c in cells)
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{joined}</w:tr>"


def _table(widths: Sequence[float], rows: str, described: str, align: str) -> str:
    wide = [twips(w) for w in widths]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in wide)
    gap = twips(GAP)
    caption = f"<w:tblCaption w:val={attribute(described)}/>" if described else ""
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(wide)}" w:type="dxa"/><w:jc w:val="{align}"/>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{gap}" w:type="dxa"/><w:right w:w="{gap}" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        f'w:noHBand="1" w:noVBand="1"/>{caption}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


@dataclass(frozen=True, slots=True)
class _Body:
    """One block being written: its rules and its type."""

    block: Block
    theme: Theme
    look: Look

    def rows(self) -> str:
        return "".join([*self._head(), *self._lines()])

    def _head(self) -> Iterator[str]:
        placed = list(self.block.table.placed())
        for row in range(len(self.block.table.head)):
            own = sorted((c, r, h) for r, c, h in placed if r <= row < r + h.rows)
            yield _row([self._head_cell(row, c, r, h) for c, r, h in own], head=True)

    def _head_cell(self, row: int, column: int, first: int, head: Head) -> _Cell:
        """Return the cell of a header in one of the rows that it covers."""
        merged = ""
        if head.rows > 1:
            merged = '<w:vMerge w:val="restart"/>' if row == first else "<w:vMerge/>"
        edges = edge("top", self.theme.top) if row == 0 else ""
        if row + 1 == len(self.block.table.head):
            edges += edge("bottom", self.theme.head)
        ruled = head.kind == "spanner" and row == first
        text = head.text.replace(" = ", "\u00a0=\u00a0") if row == first else ""
        return _Cell(
            run(text, self.look.but(colour=GREY) if head.grey else self.look),
            sum(self.block.widths[column : column + head.columns]),
            head.columns,
            merged,
            edges,
            "left" if column == 0 else "center",
            keep=True,
            inner=edge("bottom", self.theme.spanner, space=1) if ruled else "",
        )

    def _lines(self) -> Iterator[str]:
        table = self.block.table
        whole = len(table.body) <= _SHORT
        before = ""
        for place, (line, cells) in enumerate(
            zip(table.body, pieces(table, self.block.open_cells), strict=True)
        ):
            last = place + 1 == len(table.body)
            edges = self._above(line, before)
            edges += edge("bottom", self.theme.bottom) if last else ""
            begun = place < _TOGETHER or line.kind == "group"
            keep = bool(table.footer) if last else whole or begun
            yield _row(self._line(line, cells, edges, keep=keep))
            before = line.kind

    def _above(self, line: Line, before: str) -> str:
        parted = line.kind in ("net", "summary", "total") and before not in ("", line.kind)
        return edge("top", self.theme.group, _HAIR) if parted and self.theme.group else ""

    def _line(
        self, line: Line, cells: tuple[Pieces, ...], edges: str, *, keep: bool
    ) -> Iterator[_Cell]:
        look = self.look.but(italic=line.kind == "net" and leans(line.label))
        widths = self.block.widths
        across = len(widths) if line.kind == "group" else 1
        yield _Cell(
            run(line.label, look),
            sum(widths[:across]),
            across,
            edges=edges,
            align="left",
            keep=keep,
            indent=line.indent * look.size,
            stands="top",
        )
        for made, wide in zip(cells, widths[1:], strict=False):
            content = "".join(_piece(p, look) for p in made)
            yield _Cell(content, wide, edges=edges, keep=keep, stands="top")


def _piece(piece: Piece, look: Look) -> str:
    match piece.look:
        case "hidden":
            return run(_room(piece.text), look)
        case "raised":
            return run(piece.text, look.but(raised=True))
        case "raised_hidden":
            return run(_room(piece.text), look.but(raised=True))
        case "grey":
            return run(piece.text, look.but(colour=GREY))
        case _:
            return _lines(piece.text, look)


def _room(text: str) -> str:
    """Return spaces as wide as `text` in Times: a digit and a dagger half an em, a point a quarter.

    Examples
    --------
    >>> [f"{ord(c):x}" for c in _room("1.0")]
    ['2007', '2008', '2007']
    """
    return "".join(_ROOM.get(c, "\u2007") for c in re.sub(r"\s", "", text))
