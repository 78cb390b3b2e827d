"""A table for a terminal: aligned by cells, thick and thin rules."""

from __future__ import annotations

from typing import Literal

from surveykit.tables.grid import Cell, Grid, Head, Line
from surveykit.text import pad, width, wrap

__all__ = ["render"]

Align = Literal["left", "right", "center"]

_GAP = 2
_STUB = 36  # widest stub before it wraps, in cells
_HEADER = 12  # narrowest width at which a header wraps


def render(table: Grid) -> str:
    """Return `table` as text; nothing in it depends on the terminal."""
    rooms = [_room(table, column) for column in range(table.columns)]
    widths = _widths(table, rooms)
    total = _span(widths, 0, len(widths))
    wide = max(total, 60)
    lines = [
        *(wrap(table.banner, wide) if table.banner else []),
        *(wrap(table.title, wide) if table.title else []),
        "━" * total,
        *_head(table, widths),
        "─" * total,
        *(text for line in table.body for text in _line(line, widths, rooms)),
        "━" * total,
        *(part for text in table.footer for part in wrap(text, wide)),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _room(table: Grid, column: int) -> int:
    """Return the room that the markers of a column need behind its numbers."""
    return max((width(line.cells[column].marker) for line in table.body if line.cells), default=0)


def _shown(cell: Cell, room: int) -> str:
    """Return the cell's text; what bears no marker keeps its room free, so that decimals align."""
    return cell.plain if cell.grey else cell.text + pad(cell.marker, room)


def _span(widths: list[int], column: int, columns: int) -> int:
    return sum(widths[column : column + columns]) + _GAP * (columns - 1)


def _widths(table: Grid, rooms: list[int]) -> list[int]:
    stub = [width(line.label) + 2 * line.indent for line in table.body if line.cells]
    widths = [min(_STUB, max(stub, default=0))]
    for column, room in enumerate(rooms):
        cells = (line.cells[column] for line in table.body if line.cells)
        widths.append(max((width(_shown(c, room)) for c in cells), default=0))
    for _, column, head in sorted(table.placed(), key=lambda p: p[2].columns):
        _widen(widths, column, head)
    return widths


def _widen(widths: list[int], column: int, head: Head) -> None:
    """Give the columns under a header the room it needs (wrapped if it is long)."""
    covered = range(column, column + head.columns)
    held = sum(widths[c] for c in covered) + _GAP * (head.columns - 1)
    lines = wrap(head.text, max(held, _STUB if column == 0 else _HEADER))
    short = max(width(text) for text in lines) - held
    for step in range(max(0, short)):
        widths[covered[-1 - step % head.columns]] += 1


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
    wrapped = [(c, h, wrap(h.text, _span(widths, c, h.columns))) for c, h in cells]
    tall = max((len(lines) for _, _, lines in wrapped), default=0)
    rows: list[list[tuple[int, str]]] = [[] for _ in range(tall)]
    for column, head, lines in wrapped:
        align: Align = "left" if column == 0 else "right" if head.columns == 1 else "center"
        for row, text in zip(rows[tall - len(lines) :], lines, strict=True):
            row.append((column, pad(text, _span(widths, column, head.columns), align)))
    return [_place(row, widths) for row in rows]


def _place(texts: list[tuple[int, str]], widths: list[int]) -> str:
    """Put each text at the start of its column."""
    line = ""
    for column, text in sorted(texts):
        line = pad(line, sum(widths[:column]) + _GAP * column) + text
    return line


def _line(line: Line, widths: list[int], rooms: list[int]) -> list[str]:
    indent = "  " * line.indent
    room = _span(widths, 0, len(widths)) if line.kind == "group" else widths[0]
    labels = [indent + text for text in wrap(line.label, max(room, _HEADER) - len(indent))]
    if line.kind == "group":
        return labels
    cells = [
        (column, pad(_shown(cell, free), widths[column], "right"))
        for column, (cell, free) in enumerate(zip(line.cells, rooms, strict=True), start=1)
    ]
    return [_place([(0, labels[0]), *cells], widths), *labels[1:]]
