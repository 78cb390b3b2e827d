"""Body cells as pieces of text: what is seen, raised or grey, and what only keeps room.

A cell of numbers is made as long as the longest of its column by pieces that are not seen
(digits, a point, letters): every renderer then centres the cells, and decimal points stand in
one line whatever the font.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from surveykit.tables.grid import Cell, Grid

__all__ = ["Look", "Open", "Piece", "Pieces", "pieces", "visible"]

Look = Literal["plain", "hidden", "raised", "raised_hidden", "grey"]
Open = Literal["stacked", "inline"]

_SPACES: Final = {"\u2007": "0", "\u2008": "."}  # as wide as a digit, as a point
_LETTER: Final = "A"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with one look; ``hidden`` keeps the room of its text.

    A line feed is a line break.
    """

    text: str
    look: Look = "plain"


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """What the longest cells of a column have: digits in front of the point, a marker."""

    whole: str
    marker: str

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> _Column:
        wholes = [_whole(c) for c in cells if c.value is not None]
        markers = [c.marker for c in cells if _is_number(c)]
        return cls(max(wholes, key=len, default=""), max(markers, key=len, default=""))


def pieces(table: Grid, open_cells: Open = "stacked") -> Iterator[tuple[Pieces, ...]]:
    """Yield the cells of each body line as pieces; nothing for a group head.

    What is not printed, its range and the illustrative value stand below each other, or
    ``inline``.

    Examples
    --------
    >>> from surveykit.tables.grid import Line
    >>> cells = [Cell("8.5", value=8.5, decimals=1, most=1), Cell("41", "†", value=41.0, most=1)]
    >>> body = tuple(Line("row", "", (c,)) for c in cells)
    >>> for (made,) in pieces(Grid("", "en", 1, (), body)):
    ...     print([(p.text, p.look) for p in made])
    [('4', 'hidden'), ('8.5', 'plain'), ('†', 'raised_hidden')]
    [('41', 'plain'), ('†', 'raised'), ('.0', 'hidden')]
    """
    lines = [line.cells for line in table.body if line.cells]
    columns = [_Column.of(cells) for cells in zip(*lines, strict=True)]
    for line in table.body:
        pairs = zip(line.cells, columns, strict=True) if line.cells else ()
        yield tuple(tuple(_pieces(cell, column, open_cells)) for cell, column in pairs)


def _pieces(cell: Cell, column: _Column, open_cells: Open) -> Iterator[Piece]:
    if cell.grey:
        if cell.text and open_cells == "inline":
            yield Piece(cell.text + " ")
        elif cell.text:  # the range stands on a line of its own and is not torn apart
            yield Piece(cell.text.replace(" [", "\n[") + "\n")
        yield Piece(cell.grey, "grey")
        return
    if cell.value is not None and len(column.whole) > len(_whole(cell)):
        yield Piece(column.whole[: len(column.whole) - len(_whole(cell))], "hidden")
    yield from _spaced(cell.text)
    if cell.marker:
        yield Piece(cell.marker, "raised")
    if cell.room:
        yield Piece(cell.room, "hidden")
    if column.marker and not cell.marker and _is_number(cell):
        yield Piece(column.marker, "raised_hidden")
    if cell.letters:
        yield Piece(cell.letters, "raised")
    if _is_number(cell) and cell.lettered > len(cell.letters):
        yield Piece(_LETTER * (cell.lettered - len(cell.letters)), "raised_hidden")


def _spaced(text: str) -> Iterator[Piece]:
    """Cut out the spaces that stand for a digit or a point: not every font has them."""
    for part in re.split("([\u2007\u2008]+)", text):
        if part and part[0] in _SPACES:
            yield Piece("".join(_SPACES[c] for c in part), "hidden")
        elif part:
            yield Piece(part)


def _whole(cell: Cell) -> str:
    return cell.text.partition(".")[0]


def _is_number(cell: Cell) -> bool:
    return cell.value is not None or " " in cell.text


def visible(made: Pieces) -> str:
    """Return what is seen of a cell.

    Examples
    --------
    >>> visible((Piece("0", "hidden"), Piece("8.5"), Piece("a", "raised")))
    '8.5a'
    """
    return "".join(p.text for p in made if "hidden" not in p.look).replace("\n", " ")
