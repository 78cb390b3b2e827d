"""A table as xlsx: numbers as numbers, text as constant text, the same bytes every time.

The letters of a comparison of columns stand in narrow columns of their own, beside the numbers
that they belong to: numbers stay numbers, and letters can be read by other programs. (In the
number formats, as marks are, a book would soon have more formats than a spreadsheet takes.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import accumulate
from typing import Any, Final

from surveykit.errors import UnsupportedError
from surveykit.io.zipfiles import repack
from surveykit.tables.captions import Span, caption, foot, leans
from surveykit.tables.grid import Cell, Grid, Head, Line
from surveykit.tables.themes import DEFAULT, Face, Theme, theme_of
from surveykit.text import width, wrap

__all__ = ["render", "workbook", "write_table"]

_CREATED: Final = datetime(2000, 1, 1)  # in place of the time of writing
_BORDERS: Final = ((1.2, 2), (0.4, 1), (0.0, 7))  # points to medium, thin, hair of xlsxwriter
_MOST: Final = (1_048_576, 16_384)  # rows and columns of a sheet
_GREY: Final = "#767676"
_HAIR: Final = "#BBBBBB"
_HOUSE: Final = theme_of(DEFAULT)
_FACES: Final[dict[Face, dict[str, Any]]] = {
    "bold": {"bold": True}, "italic": {"italic": True}, "plain": {},
}  # fmt: skip
_PAGE: Final = 78  # characters across a page, upright
_PAPER: Final = 130  # characters across a page lying on its side, at three quarters of the size
_FIT: Final = 180  # characters that a page lying on its side still shows legibly
_CHARACTER: Final = 5.25  # points of a character that column widths are counted in
_SIZE: Final = 11.0  # points of the type
_LEADING: Final = 1.36  # of a line, times its size
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
    widths: list[float]

    @classmethod
    def of(cls, book: Any, sheet: Any, table: Grid, formats: dict[Any, Any], look: Theme) -> _Sheet:
        places = [0, 1]
        for column in range(table.columns):
            places.append(places[-1] + 1 + bool(_lettered(table, column)))
        return cls(book, sheet, table, formats, places, look, _widths(table))

    @property
    def last(self) -> int:
        """The last column of the sheet."""
        return self.places[-1] - 1

    @property
    def reach(self) -> int:
        """The last column that a caption or a note runs over: those of the first page."""
        held = [c for c, end in enumerate(accumulate(self.widths)) if end <= _FIT]
        return max(1, held[-1]) if held and self.last else self.last

    @property
    def across(self) -> float:
        """The width of the columns that a caption or a note runs over, in characters."""
        return sum(self.widths[: self.reach + 1])

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
    for column, wide in enumerate(out.widths):
        sheet.set_column(column, column, wide)
    top = _wide_lines(out, 0, _above(table, look))
    row = _write_head(out, top)
    sheet.freeze_panes(row, 1)
    _on_paper(out, top, row)
    row = _write_body(out, row)
    footer = [
        _Wide((Span(note.lead, note.face), Span(note.text)), {"font_size": 9})
        for note in foot(table, look)
    ]
    return out, _wide_lines(out, row, footer)


def _on_paper(out: _Sheet, top: int, end: int) -> None:
    """Print what is wider than a page on its side and smaller; what is wider still, cut in pages.

    Such pages are cut between groups, and the stub and the header stand on each of them.
    """
    sheet, wide = out.sheet, sum(out.widths)
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5)
    sheet.repeat_rows(top, end - 1)
    sheet.set_footer("&C&P / &N")
    if wide <= _PAGE:
        sheet.fit_to_pages(1, 0)  # other fonts may be wider
        return
    sheet.set_landscape()
    if wide <= _FIT:
        sheet.fit_to_pages(1, 0)
        return
    sheet.repeat_columns(0)
    sheet.set_print_scale(75)
    sheet.set_v_pagebreaks(_breaks(out))


def _breaks(out: _Sheet) -> list[int]:
    """Return the columns in front of which a printed page ends: the first of a group.

    A page is filled to its half at least; from there it ends where most headers do, so that a
    group of a nested banner stays whole.
    """
    heads: Counter[int] = Counter()
    for _, column, head in out.table.placed():
        if head.kind in ("level", "spanner"):
            heads[out.places[column]] += 1
    ends = sorted({*heads, out.places[-1]} - {0, out.places[1]})
    heads[out.places[-1]] = len(out.table.head) + 1
    found: list[int] = []
    first = out.places[1]
    while first < out.places[-1]:
        wide = {end: out.widths[0] + sum(out.widths[first:end]) for end in ends if end > first}
        fit = [end for end in wide if wide[end] <= _PAPER] or [min(wide)]
        full = [end for end in fit if wide[end] >= _PAPER / 2 or end == out.places[-1]] or fit[-1:]
        first = max(full, key=lambda end: (heads[end], end))
        found.append(first)
    return found[:-1]


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


def _widths(table: Grid) -> list[float]:
    """Column widths by the width of Chinese; headers over one column count, wrapped."""
    stub = max(
        (width(line.label) + 2 * line.indent for line in table.body if line.cells), default=8
    )
    widths = [float(min(max(stub + 2, 10), _STUB))]
    heads = dict.fromkeys(range(table.columns + 1), 0)
    for _, column, head in table.placed():
        if head.columns == 1:
            heads[column] = max(heads[column], min(width(head.text), 12))
    for column in range(table.columns):
        cells = [width(_number(line.cells[column])) for line in table.body if line.cells]
        widths.append(float(min(max([*cells, heads[column + 1], _NARROW - 2]) + 2, _WIDE)))
        letters = _lettered(table, column)
        if letters:
            widths.append(float(letters + 1.5))
    return widths


def _number(cell: Cell) -> str:
    return replace(cell, letters="").plain


def _height(text: str, wide: float, size: float = _SIZE, room: float = 0.0) -> float:
    """Return the height in points of `text` wrapped into a column, `room` characters less."""
    cells = max(4.0, (wide - room) * 2 * _CHARACTER / size - 1)
    lines = len(wrap(text, int(cells))) or 1
    return round(max(15.0, lines * size * _LEADING + (1.5 if lines > 1 else 0.0)), 1)


def _wide_lines(out: _Sheet, row: int, lines: list[_Wide]) -> int:
    """Write lines over the whole width, wrapped and tall enough."""
    for line in lines:
        faces = {span.face for span in line.spans if span.text}
        whole = {"text_wrap": True, "align": "left", "valign": "top", **line.properties}
        chosen = out.format(**whole, **(_FACES[faces.pop()] if len(faces) == 1 else {}))
        if out.last:
            out.sheet.merge_range(row, 0, row, out.reach, "", chosen)
        if faces:
            spans = [s for s in line.spans if s.text]
            parts = [
                x for s in spans for x in (out.format(**line.properties, **_FACES[s.face]), s.text)
            ]
            out.sheet.write_rich_string(row, 0, *parts, chosen)
        else:
            out.sheet.write_string(row, 0, line.text, chosen)
        size = float(line.properties.get("font_size", _SIZE))
        out.sheet.set_row(row, _height(line.text, out.across, size))
        row += 1
    return row


def _write_head(out: _Sheet, top: int) -> int:
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
        wide = sum(out.widths[column:behind])
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
    align = "left" if cell.kind == "corner" else "center"
    look: dict[str, Any] = {"text_wrap": True, "align": align, "valign": "bottom"}
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
    before = ""
    for line in lines:
        edge: dict[str, Any] = {"bottom": _border(out.look.bottom)} if line is lines[-1] else {}
        parted = line.kind in ("net", "summary", "total") and before not in ("", line.kind)
        if parted and out.look.group:
            edge |= {"top": _border(out.look.group), "top_color": _HAIR}
        before = line.kind
        if line.kind == "group":
            _write_group(out, row, line, edge)
        else:
            _write_line(out, row, line, edge)
        row += 1
    return row


def _write_group(out: _Sheet, row: int, line: Line, edge: dict[str, Any]) -> None:
    """Write the head of a group over the cells beside it, wrapped where it is longer than they."""
    look: dict[str, Any] = {"align": "left", "indent": line.indent, "bold": True, **edge}
    room = 2.0 * line.indent + 1
    if width(line.label) + room > out.across * 0.9 and out.last:
        look["text_wrap"] = True
        out.sheet.merge_range(row, 0, row, out.reach, "", out.format(**look))
        out.sheet.set_row(row, _height(line.label, out.across, room=room))
    out.text(row, 0, line.label, **look)
    for column in range(out.reach + 1 if "text_wrap" in look else 1, out.last + 1):
        out.text(row, column, "", **edge)


def _write_line(out: _Sheet, row: int, line: Line, edge: dict[str, Any]) -> None:
    look = edge | (_FACES["italic"] if line.kind == "net" and leans(line.label) else {})
    stub = {"align": "left", "valign": "top", "indent": line.indent, "text_wrap": True}
    out.text(row, 0, line.label, **stub, **look)
    if width(line.label) + 2 * line.indent > out.widths[0] - 2:
        out.sheet.set_row(row, _height(line.label, out.widths[0], room=2.0 * line.indent))
    for column, cell in enumerate(line.cells, start=1):
        place = out.places[column]
        _write_cell(out, row, place, cell, {"align": "right", "valign": "top", **look})
        if out.places[column + 1] > place + 1:
            small = {"align": "left", "valign": "top", "font_size": 8, **look}
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
