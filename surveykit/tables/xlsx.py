"""A table as xlsx: numbers as numbers, text as constant text, the same bytes every time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from surveykit.io.zipfiles import repack
from surveykit.tables.grid import Cell, Grid, Head, Line
from surveykit.text import width

__all__ = ["render"]

_CREATED: Final = datetime(2000, 1, 1)  # in place of the time of writing
_THICK, _THIN = 5, 1  # xlsxwriter's border styles
_GREY: Final = "#767676"
_NARROW, _WIDE, _STUB = 7, 28, 44  # column widths in characters


@dataclass(slots=True)
class _Sheet:
    """One worksheet being written, with its formats by their properties."""

    book: Any
    sheet: Any
    table: Grid
    top: int = 0
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def format(self, **properties: Any) -> Any:
        """Return the format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
            self.formats[key] = self.book.add_format(base | properties)
        return self.formats[key]

    def text(self, row: int, column: int, text: str, **properties: Any) -> None:
        """Write constant text; what looks like a formula keeps a quote in front of it."""
        if text.startswith(("=", "+", "-", "@")):
            properties["quote_prefix"] = True
        if text:
            self.sheet.write_string(row, column, text, self.format(**properties))
        else:
            self.sheet.write_blank(row, column, None, self.format(**properties))


def render(table: Grid) -> bytes:
    """Return `table` as the bytes of an xlsx file."""
    import xlsxwriter

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": table.title[:200], "created": _CREATED})
    out = _Sheet(book, book.add_worksheet("表" if table.lang == "zh" else "Table"), table)
    widths = _widths(table)
    for column, wide in enumerate(widths):
        out.sheet.set_column(column, column, wide)
    row = _wide_lines(out, 0, _above(table), widths)
    row = _write_head(out, row, widths)
    out.sheet.freeze_panes(row, 1)
    row = _write_body(out, row)
    _wide_lines(out, row, [(text, {"font_size": 9}) for text in table.footer], widths)
    book.close()
    return repack(buffer.getvalue())


def _above(table: Grid) -> list[tuple[str, dict[str, Any]]]:
    lines: list[tuple[str, dict[str, Any]]] = []
    if table.banner:
        lines.append((table.banner, {"font_color": "#8A1C1C", "bold": True}))
    if table.title:
        lines.append((table.title, {"bold": True}))
    return lines


def _widths(table: Grid) -> list[float]:
    """Column widths by the width of Chinese; headers over one column count, wrapped."""
    stub = max(
        (width(line.label) + 2 * line.indent for line in table.body if line.cells), default=8
    )
    widths = [float(min(max(stub + 2, 10), _STUB))]
    for column in range(table.columns):
        cells = [width(line.cells[column].plain) for line in table.body if line.cells]
        heads = [
            min(width(h.text), 12) for _, c, h in table.placed() if c == column + 1 == c * h.columns
        ]
        widths.append(float(min(max([*cells, *heads, _NARROW - 2]) + 2, _WIDE)))
    return widths


def _height(text: str, wide: float, size: float = 15.0) -> float:
    lines = -(-width(text) // max(1, int(wide)))
    return size * max(1, lines)


def _wide_lines(
    out: _Sheet, row: int, lines: list[tuple[str, dict[str, Any]]], widths: list[float]
) -> int:
    """Write lines over the whole width, wrapped and tall enough."""
    for text, properties in lines:
        chosen = out.format(
            text_wrap=True,
            align="left",
            valign="top",
            **{k: v for k, v in properties.items() if k != "valign"},
        )
        if out.table.columns:
            out.sheet.merge_range(row, 0, row, out.table.columns, "", chosen)
        out.sheet.write_string(row, 0, text, chosen)
        out.sheet.set_row(row, _height(text, sum(widths)))
        row += 1
    return row


def _write_head(out: _Sheet, top: int, widths: list[float]) -> int:
    rows = len(out.table.head)
    heights = [15.0] * rows
    for row, column, cell in out.table.placed():
        last = row + cell.rows == rows
        properties = _head_look(cell, first=row == 0, last=last)
        end = (top + row + cell.rows - 1, column + cell.columns - 1)
        if (cell.rows, cell.columns) != (1, 1):
            out.sheet.merge_range(top + row, column, *end, "", out.format(**properties))
        out.text(top + row, column, cell.text, **properties)
        wide = sum(widths[column : column + cell.columns])
        at = row + cell.rows - 1
        heights[at] = max(heights[at], _height(cell.text, wide))
    for row, height in enumerate(heights):
        out.sheet.set_row(top + row, height)
    return top + rows


def _head_look(cell: Head, *, first: bool, last: bool) -> dict[str, Any]:
    look: dict[str, Any] = {"text_wrap": True, "align": "center", "valign": "bottom"}
    if first:
        look["top"] = _THICK
    if last or cell.kind == "spanner":
        look["bottom"] = _THIN
    if cell.grey:
        look["font_color"] = _GREY
    return look


def _write_body(out: _Sheet, row: int) -> int:
    lines = out.table.body
    for line in lines:
        edge: dict[str, Any] = {"bottom": _THICK} if line is lines[-1] else {}
        _write_line(out, row, line, edge)
        row += 1
    return row


def _write_line(out: _Sheet, row: int, line: Line, edge: dict[str, Any]) -> None:
    bold = {"bold": True} if line.kind == "group" else {"text_wrap": True}
    out.text(row, 0, line.label, align="left", indent=line.indent, **bold, **edge)
    if not line.cells:
        for column in range(1, out.table.columns + 1):
            out.text(row, column, "", **edge)
    for column, cell in enumerate(line.cells, start=1):
        _write_cell(out, row, column, cell, {"align": "right", **edge})


def _write_cell(out: _Sheet, row: int, column: int, cell: Cell, look: dict[str, Any]) -> None:
    if cell.value is not None:
        marked = {"num_format": _number_format(cell), **look}
        out.sheet.write_number(row, column, float(f"{cell.value:.12g}"), out.format(**marked))
    elif cell.grey and cell.text:
        grey = out.format(font_color=_GREY)
        parts = [out.format(), f"{cell.text} ", grey, cell.grey]
        out.sheet.write_rich_string(row, column, *parts, out.format(**look))
    elif cell.grey:
        out.text(row, column, cell.grey, font_color=_GREY, **look)
    else:
        out.text(row, column, cell.text + cell.marker, **look)


def _number_format(cell: Cell) -> str:
    """Return an Excel format with the cell's decimals; what it lacks of others is left free.

    Examples
    --------
    >>> _number_format(Cell("41", value=41.0, most=1)), _number_format(Cell("9", "†", value=9.0))
    ('0_._0_†', '0"†"')
    """
    digits = "0." + "0" * cell.decimals if cell.decimals else "0"
    room = "".join(f"_{char}" for char in cell.room)
    return f'{digits}"{cell.marker}"{room}' if cell.marker else f"{digits}{room}_†"
