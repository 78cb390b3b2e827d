"""A table on paper: widths of its columns, size of its type, upright or sideways, cut where needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from surveykit.errors import UnsupportedError
from surveykit.tables.cutting import columns_that_fit, cut
from surveykit.tables.document import PlainTable
from surveykit.tables.grid import Cell, Grid, Head
from surveykit.tables.pieces import Open
from surveykit.text import Label, width, wrap_evenly

__all__ = [
    "CONTINUED", "GAP", "LANDSCAPE", "PORTRAIT", "Block", "Layout", "check_size", "lay_out",
    "plain_layout",
]  # fmt: skip

PORTRAIT: Final = 453.5  # points between the margins of A4, upright and sideways
LANDSCAPE: Final = 699.0
GAP: Final = 4.0  # points free on either side of a cell
CONTINUED: Final = Label(zh="（续）", en=" (continued)")

_SIZES: Final = ((PORTRAIT, 10.5), (PORTRAIT, 9.0), (LANDSCAPE, 10.5), (LANDSCAPE, 9.0))
_READABLE: Final = 520.0  # points across which what is not printed stands in line
_SMALL: Final = 8.0  # what is cut is set in this size
_EM: Final = 0.56  # of a Latin letter or half a Chinese one, with some room
_STUB: Final = 34  # cells at which the stub wraps
_CORNER: Final = 24  # cells at which what is shown, over the stub, wraps
_HEADER: Final = 12  # cells at which a header over one column wraps
_FIRM: Final = 10  # cells of a column of text that is not squeezed
_PLAIN: Final = (9.0, 8.0, 7.0)  # sizes of a table of text
_LEAST: Final = 20  # cells that a column of long text asks for
_TEXT: Final = 60  # cells of a column of text at which it wraps in any case
_MOST: Final = 100_000  # cells of a table on paper


@dataclass(frozen=True, slots=True)
class Block:
    """A table, or a part of its banner, with the widths of stub and columns in points.

    `open_cells` says how what is not printed stands: below its range, or in line with it.
    """

    table: Grid
    widths: tuple[float, ...]
    open_cells: Open = "stacked"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table stands on paper: `page` is the width between the margins, in points."""

    page: float
    size: float
    blocks: tuple[Block, ...]

    @property
    def sideways(self) -> bool:
        """Whether the page lies on its side."""
        return self.page > PORTRAIT


@dataclass(frozen=True)
class _Measured:
    """What the body needs, in cells: measured once, however often the banner is cut."""

    table: Grid
    open_cells: Open = "stacked"

    @cached_property
    def body(self) -> list[float]:
        lines = [line for line in self.table.body if line.cells]
        stub = max((width(x.label) + 2 * x.indent for x in lines), default=8)
        corners = (h for row in self.table.head for h in row if h.kind == "corner")
        stub = max(stub, min(max((width(h.text) for h in corners), default=0), _CORNER))
        columns = zip(*(line.cells for line in lines), strict=True)
        widths = [max(_cell(c, self.open_cells) for c in column) for column in columns] or [
            0.0
        ] * self.table.columns
        return [float(min(stub + 1, _STUB)), *widths]

    @cached_property
    def bare(self) -> Grid:
        return replace(self.table, body=())

    def block(self, first: int, end: int) -> list[float]:
        """Return the widths of the stub and of these columns, headers counted."""
        table = self.bare if end - first == self.table.columns else cut(self.bare, first, end)
        widths = [self.body[0], *self.body[first:end]]
        for _, column, head in sorted(table.placed(), key=lambda p: p[2].columns):
            if column:
                _widen(widths, column, head)
        return widths


def lay_out(table: Grid, pages: tuple[tuple[float, float], ...] = _SIZES) -> Layout:
    """Fit a table on a page: smaller, then sideways, then cut between the groups of its banner.

    Parameters
    ----------
    table : Grid
    pages : tuple of (width, size)
        What is tried in this order: points between the margins, size of the type.

    Raises
    ------
    UnsupportedError
        When the table has more cells than a document can hold in a useful way.

    Examples
    --------
    >>> head = ((Head("", kind="corner"), *(Head(f"group {i}") for i in range(40))),)
    >>> made = lay_out(Grid("", "en", 40, head, ()))
    >>> made.sideways, len(made.blocks), sum(b.table.columns for b in made.blocks)
    (True, 3, 40)
    """
    check_size(table)
    inline, measured = _Measured(table, "inline"), _Measured(table)
    tried = (inline, measured) if _has_open(table) else (measured,)
    wholes = [(m.block(1, table.columns + 1), m.open_cells) for m in tried]
    for page, size in pages:
        for whole, open_cells in wholes:
            room = min(page, _READABLE) if open_cells == "inline" else page
            if _points(whole, size) <= room:
                block = Block(table, _fitted(whole, size, page), open_cells)
                return Layout(page, size, (block,))
    page, size = pages[-1][0], min(_SMALL, pages[-1][1])
    parts = columns_that_fit(
        measured.bare, lambda first, end: _points(measured.block(first, end), size) <= page
    )
    blocks = (Block(cut(table, *p), _fitted(measured.block(*p), size, page)) for p in parts)
    return Layout(page, size, tuple(_titled(blocks)))


def _has_open(table: Grid) -> bool:
    return any(cell.grey and cell.text for line in table.body for cell in line.cells)


def check_size(table: Grid) -> None:
    """Refuse a table that no page can show."""
    cells = len(table.body) * (table.columns + 1)
    if cells > _MOST:
        raise UnsupportedError(
            f"the table has {cells:,} cells; a document takes {_MOST:,}.",
            hint="write it as xlsx or csv, or tabulate fewer groups.",
        )


def _titled(blocks: Iterator[Block]) -> Iterator[Block]:
    """Say which blocks continue; the notes stand under the last."""
    held = list(blocks)
    for place, block in enumerate(held):
        table = block.table
        if place and table.title:
            table = replace(table, title=table.title + CONTINUED.text(table.lang))
        if place + 1 < len(held):
            table = replace(table, tests=(), legend=(), notes=(), probability=())
        yield replace(block, table=table)


def _cell(cell: Cell, open_cells: Open) -> float:
    """Return the cells that a body cell needs; what is not printed wraps at its spaces."""
    if cell.grey and open_cells == "inline":
        return float(width(f"{cell.text} {cell.grey}"))
    if cell.grey:
        return float(
            max(width(line) for line in (*cell.text.replace(" [", "\n[").split("\n"), cell.grey))
        )
    small = 0.7 * (width(cell.marker) + max(cell.lettered, len(cell.letters)))
    return width(cell.text + cell.room) + small


def _widen(widths: list[float], column: int, head: Head) -> None:
    covered = range(column, column + head.columns)
    held = sum(widths[c] for c in covered)
    lines = wrap_evenly(head.text.replace(" = ", "\u00a0=\u00a0"), max(int(held), _HEADER))
    short = max((width(line) for line in lines), default=0) - held
    for c in covered if short > 0 else ():
        widths[c] += short / head.columns


def _points(cells: list[float], size: float) -> float:
    return sum(cells) * size * _EM + 2 * GAP * len(cells)


def _fitted(cells: list[float], size: float, page: float) -> tuple[float, ...]:
    """Return widths in points; of a block that is too wide still, as much as there is."""
    shrink = min(1.0, page / _points(cells, size))
    return tuple(round((c * size * _EM + 2 * GAP) * shrink, 1) for c in cells)


def plain_layout(table: PlainTable, page: float) -> tuple[float, list[float]]:
    """Return the size of the type and the widths of a table of text, in points.

    Numbers and short texts keep their room; long texts share what is left, in smaller type where
    that is little.

    Examples
    --------
    >>> plain_layout(PlainTable("", ("a", "b"), (("1", "2"),)), 400)
    (9.0, [23.1, 23.1])
    """
    rows = [table.head, *(row for row in table.rows if len(row) == len(table.head))]
    natural = [_natural(column) for column in zip(*rows, strict=True)]
    firm = [n <= _FIRM or table.kind(c) != "t" for c, n in enumerate(natural)]
    held = sum(n for n, kept in zip(natural, firm, strict=True) if kept)
    wrapping = sum(natural) - held
    least = min(wrapping, _LEAST * firm.count(False))
    for size in _PLAIN:
        free = (page - 2 * GAP * len(natural)) / (size * _EM)
        if held + least <= free:
            break
    left = max(free - held, least) / wrapping if wrapping else 1.0
    cells = [n if k else n * min(1.0, left) for n, k in zip(natural, firm, strict=True)]
    shrink = min(1.0, free / sum(cells))
    return size, [round(n * shrink * size * _EM + 2 * GAP, 1) for n in cells]


def _natural(column: Sequence[str]) -> int:
    """Return the cells that a column of text needs; long text wraps in any case."""
    head, *texts = (max(map(width, text.split("\n"))) for text in column)
    return max(3, min(max([min(head, _HEADER), *texts]), _TEXT))
