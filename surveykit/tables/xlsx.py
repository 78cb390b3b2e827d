"""A table as xlsx: numbers as numbers, text as constant text, the same bytes every time.

The letters of a comparison of columns stand in narrow columns of their own, beside the numbers
that they belong to: numbers stay numbers, and letters can be read by other programs. (In the
number formats, as marks are, a book would soon have more formats than a spreadsheet takes.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from surveykit.errors import UnsupportedError
from surveykit.io.zipfiles import repack
from surveykit.tables.captions import Span, caption, foot
from surveykit.tables.grid import Cell, Grid, Head, Line, LineKind
from surveykit.tables.themes import DEFAULT, Face, Theme, theme_of
from surveykit.text import width

__all__ = ["render", "workbook", "write_table"]

_CREATED: Final = datetime(2000, 1, 1)  # in place of the time of writing
_BORDERS: Final = ((1.2, 2), (0.4, 1), (0.0, 7))  # points to medium, thin, hair of xlsxwriter
_MOST: Final = (1_048_576, 16_384)  # rows and columns of a sheet
_GREY: Final = "#767676"
_HOUSE: Final = theme_of(DEFAULT)
_FACES: Final[dict[Face, dict[str, Any]]] = {
    "bold": {"bold": True}, "italic": {"italic": True}, "plain": {},
}  # fmt: skip
_LOOKS: Final[dict[LineKind, dict[str, Any]]] = {"net": {"italic": True}}
_PAGE: Final = 90  # characters on a page
_NARROW, _WIDE, _STUB = 7, 28, 44  # column widths in characters


@dataclass(slots=True)
class _Sheet:
    """One worksheet being written, with the formats of its workbook by their properties.

    `places` gives for each column of the table (0 is the stub) its column in the sheet, and
    behind them the first column after the table; a column with letters takes two.
    """

    book: Any
    sheet: Any
    table: Grid
    formats: dict[tuple[tuple[str, Any], ...], Any]
    places: list[int]
    look: Theme

    @classmethod
    def of(cls, book: Any, sheet: Any, table: Grid, formats: dict[Any, Any], look: Theme) -> _Sheet:
        places = [0, 1]
        for column in range(table.columns):
            places.append(places[-1] + 1 + bool(_lettered(table, column)))
        return cls(book, sheet, table, formats, places, look)

    @property
    def last(self) -> int:
        """The last column of the sheet."""
        return self.places[-1] - 1

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


def render(table: Grid, theme: str = DEFAULT) -> bytes:
    """Return `table` as the bytes of an xlsx file.

    Raises
    ------
    UnsupportedError
        When the table has more rows or columns than a sheet.
    """
    theme_of(theme)
    name = "表" if table.lang == "zh" else "Table"

    def fill(book: Any) -> None:
        write_table(book, book.add_worksheet(name), table, theme=theme)

    return workbook(table.title, fill)


def _check_size(out: _Sheet) -> None:
    rows = len(out.table.head) + len(out.table.body) + len(out.table.footer) + 3
    for size, most, what in zip((rows, out.last + 1), _MOST, ("rows", "columns"), strict=True):
        if size > most:
            raise UnsupportedError(
                f"the table has {size:,} {what}; a sheet of Excel takes {most:,}.",
                hint="write it as csv, or tabulate fewer groups.",
            )


def workbook(title: str, fill: Callable[[Any], object]) -> bytes:
    """Return the bytes of a workbook; `fill` writes its sheets."""
    import xlsxwriter

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": title[:200], "created": _CREATED})
    fill(book)
    book.close()
    return repack(buffer.getvalue())


def write_table(
    book: Any,
    sheet: Any,
    table: Grid,
    formats: dict[Any, Any] | None = None,
    theme: str = DEFAULT,
) -> tuple[_Sheet, int]:
    """Write one table; return its sheet and the first row below it."""
    look = theme_of(theme)
    out = _Sheet.of(book, sheet, table, {} if formats is None else formats, look)
    _check_size(out)
    widths = _widths(out)
    for column, wide in enumerate(widths):
        sheet.set_column(column, column, wide)
    row = _wide_lines(out, 0, _above(table, look), widths)
    row = _write_head(out, row, widths)
    sheet.freeze_panes(row, 1)
    _on_paper(sheet, row, sum(widths))
    row = _write_body(out, row)
    footer = [
        _Wide((Span(note.lead, note.face), Span(note.text)), {"font_size": 9})
        for note in foot(table, look)
    ]
    return out, _wide_lines(out, row, footer, widths)


def _on_paper(sheet: Any, head: int, wide: float) -> None:
    """Print what is wider than a page sideways and smaller, or with the stub on every page."""
    if wide > _PAGE:
        sheet.set_landscape()
        sheet.repeat_rows(0, head - 1)
        if wide <= 2 * _PAGE:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.repeat_columns(0)


def _lettered(table: Grid, column: int) -> int:
    """Return the most letters that stand beside a number of a column."""
    return max((line.cells[column].lettered for line in table.body if line.cells), default=0)


@dataclass(frozen=True, slots=True)
class _Wide:
    """A line over the whole width: its parts, and what holds for all of it."""

    spans: tuple[Span, ...]
    properties: dict[str, Any]

    @property
    def text(self) -> str:
        return "".join(s.text for s in self.spans)


def _above(table: Grid, look: Theme) -> list[_Wide]:
    lines: list[_Wide] = []
    if table.banner:
        lines.append(_Wide((Span(table.banner, "bold"),), {"font_color": "#8A1C1C"}))
    for spans in caption(table, look):
        properties: dict[str, Any] = {"align": look.caption} if look != _HOUSE else {}
        if look.east_asian_caption != look.east_asian:
            properties["font_name"] = look.east_asian_caption
        lines.append(_Wide(spans, properties))
    return lines


def _widths(out: _Sheet) -> list[float]:
    """Column widths by the width of Chinese; headers over one column count, wrapped."""
    table = out.table
    stub = max(
        (width(line.label) + 2 * line.indent for line in table.body if line.cells), default=8
    )
    widths = [float(min(max(stub + 2, 10), _STUB))]
    for column in range(table.columns):
        cells = [width(_number(line.cells[column])) for line in table.body if line.cells]
        heads = [
            min(width(h.text), 12) for _, c, h in table.placed() if c == column + 1 == c * h.columns
        ]
        widths.append(float(min(max([*cells, *heads, _NARROW - 2]) + 2, _WIDE)))
        letters = _lettered(table, column)
        if letters:
            widths.append(float(letters + 1.5))
    return widths


def _number(cell: Cell) -> str:
    return replace(cell, letters="").plain


def _height(text: str, wide: float, size: float = 15.0) -> float:
    lines = -(-width(text) // max(1, int(wide)))
    return size * max(1, lines)


def _wide_lines(out: _Sheet, row: int, lines: list[_Wide], widths: list[float]) -> int:
    """Write lines over the whole width, wrapped and tall enough."""
    for line in lines:
        faces = {span.face for span in line.spans if span.text}
        whole = {"text_wrap": True, "align": "left", "valign": "top", **line.properties}
        chosen = out.format(**whole, **(_FACES[faces.pop()] if len(faces) == 1 else {}))
        if out.last:
            out.sheet.merge_range(row, 0, row, out.last, "", chosen)
        if faces:
            spans = [s for s in line.spans if s.text]
            parts = [
                x for s in spans for x in (out.format(**line.properties, **_FACES[s.face]), s.text)
            ]
            out.sheet.write_rich_string(row, 0, *parts, chosen)
        else:
            out.sheet.write_string(row, 0, line.text, chosen)
        out.sheet.set_row(row, _height(line.text, sum(widths)))
        row += 1
    return row


def _write_head(out: _Sheet, top: int, widths: list[float]) -> int:
    rows = len(out.table.head)
    heights = [15.0] * rows
    for row, place, cell in out.table.placed():
        last = row + cell.rows == rows
        properties = _head_look(out, cell, first=row == 0, last=last)
        column, behind = out.places[place], out.places[place + cell.columns]
        end = (top + row + cell.rows - 1, behind - 1)
        if (cell.rows, behind - column) != (1, 1):
            out.sheet.merge_range(top + row, column, *end, "", out.format(**properties))
        out.text(top + row, column, cell.text, **properties)
        wide = sum(widths[column:behind])
        at = row + cell.rows - 1
        heights[at] = max(heights[at], _height(cell.text, wide))
    for row, height in enumerate(heights):
        out.sheet.set_row(top + row, height)
    return top + rows


def _border(points: float) -> int:
    """Return xlsxwriter's border style for a rule.

    Examples
    --------
    >>> _border(1.5), _border(0.75), _border(0.3)
    (2, 1, 7)
    """
    return next(style for least, style in _BORDERS if points >= least)


def _head_look(out: _Sheet, cell: Head, *, first: bool, last: bool) -> dict[str, Any]:
    look: dict[str, Any] = {"text_wrap": True, "align": "center", "valign": "bottom"}
    if first:
        look["top"] = _border(out.look.top)
    if last:
        look["bottom"] = _border(out.look.head)
    elif cell.kind == "spanner":
        look["bottom"] = _border(out.look.spanner)
    if cell.grey:
        look["font_color"] = _GREY
    return look


def _write_body(out: _Sheet, row: int) -> int:
    lines = out.table.body
    for line in lines:
        edge: dict[str, Any] = {"bottom": _border(out.look.bottom)} if line is lines[-1] else {}
        _write_line(out, row, line, edge)
        row += 1
    return row


def _write_line(out: _Sheet, row: int, line: Line, edge: dict[str, Any]) -> None:
    look = edge | _LOOKS.get(line.kind, {})
    stub = {"bold": True} if line.kind == "group" else {"text_wrap": True}
    out.text(row, 0, line.label, align="left", indent=line.indent, **stub, **look)
    if not line.cells:
        for column in range(1, out.last + 1):
            out.text(row, column, "", **edge)
    for column, cell in enumerate(line.cells, start=1):
        place = out.places[column]
        _write_cell(out, row, place, cell, {"align": "right", **look})
        if out.places[column + 1] > place + 1:
            small = {"align": "left", "font_size": 8, **look}
            out.text(row, place + 1, cell.letters, **small)


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
