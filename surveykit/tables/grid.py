"""The frozen parts of a table: all that a renderer sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from surveykit.text import Lang

__all__ = ["Cell", "Grid", "Head", "HeadKind", "Line", "LineKind"]


HeadKind = Literal["corner", "spanner", "level", "base", "stat"]
LineKind = Literal["group", "row", "base", "net", "summary", "missing", "total"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One body cell: what is shown, and the number behind it for a spreadsheet.

    `text` is shown plainly, `marker` (``†``) hangs behind it, `letters` (columns that this one
    differs from) stand beside it, `grey` (an illustrative value in brackets) follows in grey.
    `value` is set where `text` is one number with `decimals` places; `most` is the most decimals
    that a number of its column has, `lettered` the most letters. `about` says what stands behind
    the figure (its base, its interval) where a view shows it on demand.
    """

    text: str
    marker: str = ""
    grey: str = ""
    value: float | None = None
    decimals: int = 0
    most: int = 0
    letters: str = ""
    lettered: int = 0
    about: str = field(default="", compare=False)

    @property
    def room(self) -> str:
        """What the number lacks to be as long as others of its column: left free behind it.

        Examples
        --------
        >>> Cell("41", value=41.0, most=1).room, Cell("53.3", value=53.3, decimals=1, most=1).room
        ('.0', '')
        """
        lacking = max(0, self.most - self.decimals) if self.value is not None else 0
        return "0" * lacking if self.decimals or not lacking else "." + "0" * lacking

    @property
    def plain(self) -> str:
        """The whole cell as text."""
        return " ".join(p for p in (self.text + self.marker, self.letters, self.grey) if p)


@dataclass(frozen=True, slots=True)
class Head:
    """One header cell over `columns` columns and `rows` header rows."""

    text: str
    columns: int = 1
    rows: int = 1
    kind: HeadKind = "level"
    grey: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body: a group head (no cells), or a line of cells by what it shows.

    ``row`` a level, ``net`` a level that counts several others, ``summary`` a mean or the like
    under the levels, ``base``, ``missing`` and ``total`` numbers of respondents.
    """

    kind: LineKind
    label: str
    cells: tuple[Cell, ...] = ()
    indent: int = 0


@dataclass(frozen=True, repr=False)
class Grid:
    """A table as its parts, ready to be rendered; `Table` adds the renderers.

    Attributes
    ----------
    title : str
        Empty for none.
    lang : {"zh", "en"}
    columns : int
        Columns without the stub.
    head : tuple of tuple of Head
        Header rows; a cell that spans rows stands in the first of them.
    body : tuple of Line
    tests, legend, notes : tuple of str
        Lines under the table: tests, the meaning of marks, notes.
    banner : str
        Says that the data are synthetic; empty otherwise.
    number : str
        What the title begins with where the table is numbered: ``表 2``, ``Table 2``.
    label : str
        By which LaTeX refers to it.
    probability : tuple of str
        Lines that say what letters and stars mean, at which level.
    """

    title: str
    lang: Lang
    columns: int
    head: tuple[tuple[Head, ...], ...]
    body: tuple[Line, ...]
    tests: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    banner: str = ""
    number: str = ""
    label: str = ""
    probability: tuple[str, ...] = ()

    def placed(self) -> Iterator[tuple[int, int, Head]]:
        """Yield every header cell with its row and its first column (0 is the stub)."""
        taken: set[tuple[int, int]] = set()
        for row, cells in enumerate(self.head):
            column = 0
            for cell in cells:
                while (row, column) in taken:
                    column += 1
                yield row, column, cell
                taken |= {
                    (row + r, column + c) for r in range(cell.rows) for c in range(cell.columns)
                }
                column += cell.columns

    @cached_property
    def by_row(self) -> tuple[tuple[list[int], list[Head]], ...]:
        """The header cells of each row from left to right, and the columns that they begin at."""
        found: tuple[tuple[list[int], list[Head]], ...] = tuple(([], []) for _ in self.head)
        for row, column, cell in self.placed():
            found[row][0].append(column)
            found[row][1].append(cell)
        return found

    @property
    def footer(self) -> tuple[str, ...]:
        """The lines under the table: tests, legend, probabilities, notes."""
        return self.tests + self.legend + self.probability + self.notes
