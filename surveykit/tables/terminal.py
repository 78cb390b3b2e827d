"""A table for a terminal: aligned by cells, thick and thin rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from surveykit.tables.captions import caption, foot
from surveykit.tables.cutting import columns_that_fit, cut
from surveykit.tables.grid import Cell, Grid, Head, Line
from surveykit.tables.themes import DEFAULT, Theme, theme_of
from surveykit.text import pad, width, wrap, wrap_evenly

__all__ = ["render"]

Align = Literal["left", "right", "center"]

_GAP = 2
_STUB = 36  # widest stub before it wraps, in cells
_HEADER = 12  # narrowest width at which a header wraps
_READING = 80  # the lines around a narrow table are as long as this


def render(table: Grid, cells: int = 100, theme: str = DEFAULT) -> str:
    """Return `table` as text of at most `cells` cells; nothing in it depends on the terminal.

    A banner that is wider is cut into blocks, one below the other, that repeat the stub. A block
    is wider only where the stub and a single group are.
    """
    look = theme_of(theme)
    rule = "━" if look.top > look.head else "─"
    blocks = _blocks(table, cells)
    wide = min(cells, max(_READING, *(block.total for block in blocks)))
    lines = [
        *(wrap(table.banner, wide) if table.banner else []),
        *(part for line in _caption(table, look) for part in wrap(line, wide)),
        *"\n\n".join("\n".join(block.lines(rule)) for block in blocks).split("\n"),
        *(part for note in foot(table, look) for part in _lines(note.whole, wide)),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _caption(table: Grid, look: Theme) -> Iterator[str]:
    return ("".join(span.text for span in line) for line in caption(table, look))


def _lines(text: str, wide: int) -> list[str]:
    """Wrap a line of the footer; ``P < 0.001`` stays together."""
    glued = re.sub(r" ([=<]) (?=[0-9−])", "\u00a0\\1\u00a0", text)
    return [line.replace("\u00a0", " ") for line in wrap(glued, wide)]


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the banner with its stub: `widths` of the stub and the columns, in cells."""

    table: Grid
    widths: list[int]
    rooms: list[int]

    @classmethod
    def of(cls, table: Grid, measured: _Measured) -> _Block:
        """Widen what the body needs to what the headers need."""
        widths = list(measured.widths)
        for _, column, head in sorted(table.placed(), key=lambda p: p[2].columns):
            _widen(widths, column, head)
        return cls(table, widths, list(measured.rooms))

    @property
    def total(self) -> int:
        return _span(self.widths, 0, len(self.widths))

    def lines(self, rule: str = "━") -> list[str]:
        return [
            rule * self.total,
            *_head(self.table, self.widths),
            "─" * self.total,
            *(text for line in self.table.body for text in _line(line, self.widths, self.rooms)),
            rule * self.total,
        ]


@dataclass(frozen=True, slots=True)
class _Measured:
    """What the body needs: `widths` of the stub and the columns, `rooms` for their markers.

    A long table is measured once, however often its banner is cut.
    """

    widths: tuple[int, ...]
    rooms: tuple[int, ...]

    @classmethod
    def of(cls, table: Grid) -> _Measured:
        lines = [line for line in table.body if line.cells]
        stub = max((width(line.label) + 2 * line.indent for line in lines), default=0)
        columns = list(zip(*(line.cells for line in lines), strict=True))
        rooms = [max(width(c.marker) for c in column) for column in columns]
        widths = [
            max(width(_shown(c, room)) for c in column)
            for column, room in zip(columns, rooms, strict=True)
        ]
        if not columns:
            rooms, widths = [0] * table.columns, [0] * table.columns
        return cls((min(_STUB, stub), *widths), tuple(rooms))

    def cut(self, first: int, end: int) -> _Measured:
        return _Measured((self.widths[0], *self.widths[first:end]), self.rooms[first - 1 : end - 1])


def _blocks(table: Grid, cells: int) -> list[_Block]:
    """Cut the banner where it is wider than `cells`, between variables if they fit whole."""
    measured = _Measured.of(table)
    whole = _Block.of(table, measured)
    if table.columns == 0 or whole.total <= cells:
        return [whole]
    bare = replace(table, body=())

    def fits(first: int, end: int) -> bool:
        return _Block.of(cut(bare, first, end), measured.cut(first, end)).total <= cells

    parts = columns_that_fit(bare, fits)
    return [_Block.of(cut(table, *part), measured.cut(*part)) for part in parts]


def _shown(cell: Cell, room: int) -> str:
    """Return the cell's text; the room of markers, decimals and letters it lacks is kept free."""
    if cell.grey:
        return cell.plain
    number = cell.text + pad(cell.marker, room + len(cell.room))
    return f"{number} {pad(cell.letters, cell.lettered)}" if cell.lettered else number


def _span(widths: list[int], column: int, columns: int) -> int:
    return sum(widths[column : column + columns]) + _GAP * (columns - 1)


def _widen(widths: list[int], column: int, head: Head) -> None:
    """Give the columns under a header the room it needs (wrapped if it is long)."""
    covered = range(column, column + head.columns)
    held = sum(widths[c] for c in covered) + _GAP * (head.columns - 1)
    lines = _wrapped(head, max(held, _STUB if column == 0 else _HEADER))
    short = max(width(text) for text in lines) - held
    for step in range(max(0, short)):
        widths[covered[-1 - step % head.columns]] += 1


def _wrapped(head: Head, cells: int) -> list[str]:
    """Wrap a header; ``n = 310`` stays together."""
    lines = wrap_evenly(head.text.replace(" = ", "\u00a0=\u00a0"), cells)
    return [line.replace("\u00a0", " ") for line in lines]


def _head(table: Grid, widths: list[int]) -> list[str]:
    """Return the header's lines: a cell stands in the last of the rows that it covers."""
    placed = list(table.placed())
    lines: list[str] = []
    for row in range(len(table.head)):
        own = [(c, h) for r, c, h in placed if r + h.rows - 1 == row]
        lines += _head_row(own, widths)
        ruled = [(c, "─" * _span(widths, c, h.columns)) for c, h in own if h.kind == "spanner"]
        if ruled:
            lines.append(_place(ruled, widths))
    return lines


def _head_row(cells: list[tuple[int, Head]], widths: list[int]) -> list[str]:
    """Wrap each cell to its columns; short ones stand at the bottom."""
    wrapped = [(c, h, _wrapped(h, _span(widths, c, h.columns))) for c, h in cells]
    tall = max((len(lines) for _, _, lines in wrapped), default=0)
    rows: list[list[tuple[int, str]]] = [[] for _ in range(tall)]
    for column, head, lines in wrapped:
        align: Align = "left" if column == 0 else "right" if head.columns == 1 else "center"
        for row, text in zip(rows[tall - len(lines) :], lines, strict=True):
            row.append((column, pad(text, _span(widths, column, head.columns), align)))
    return [_place(row, widths) for row in rows]


def _place(texts: list[tuple[int, str]], widths: list[int]) -> str:
    """Put each text at the start of its column."""
    parts: list[str] = []
    at = 0
    for column, text in sorted(texts):
        start = sum(widths[:column]) + _GAP * column
        parts += [" " * (start - at), text]
        at = max(at, start) + width(text)
    return "".join(parts)


def _line(line: Line, widths: list[int], rooms: list[int]) -> list[str]:
    indent = "  " * line.indent
    room = _span(widths, 0, len(widths)) if line.kind == "group" else widths[0]
    labels = [indent + text for text in wrap_evenly(line.label, max(room, _HEADER) - len(indent))]
    if line.kind == "group":
        return labels
    cells = [
        (column, pad(_shown(cell, free), widths[column], "right"))
        for column, (cell, free) in enumerate(zip(line.cells, rooms, strict=True), start=1)
    ]
    return [_place([(0, labels[0]), *cells], widths), *labels[1:]]
