"""What a report is made of: text, tables, figures, methods, ready markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from surveykit.errors import UsageError
from surveykit.estimate import Estimates
from surveykit.tables import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FigurePart", "Grid", "Html", "Methods", "Numbered", "Part", "TablePart", "Text"]

Numbered = Literal["auto", "own"]
"""``auto``: the report puts "Table 1." before the title; ``own``: the title has its number."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Text:
    r"""A heading with text, or either alone.

    Parameters
    ----------
    heading : str
        Level 2 opens a section of the report; level 3 stands inside one.
    body : str
        Plain text, escaped. A blank line ends a paragraph; lines that begin with a hyphen and a blank are a list.
        ``{table:name}`` and ``{figure:name}`` become "Table 2", a link to the part of that name;
        ``{{table:name}}`` stays as text. Numbers may come from ``estimates.inline(…)``.
    level : {2, 3}
    kind : {"text", "notice"}
        A ``notice`` stands in a frame.

    Examples
    --------
    >>> Text("Limits", "One sample.\n\n- no weights\n- no strata").blocks
    (('One sample.',), ('- no weights', '- no strata'))
    """

    heading: str = ""
    body: str = ""
    level: Literal[2, 3] = 2
    kind: Literal["text", "notice"] = "text"

    @property
    def blocks(self) -> tuple[tuple[str, ...], ...]:
        """The paragraphs and lists, each a tuple of lines."""
        found = ([line.strip() for line in b.splitlines()] for b in re.split(r"\n\s*\n", self.body))
        return tuple(lines for b in found if (lines := tuple(line for line in b if line)))


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table of the report.

    Parameters
    ----------
    name : str
        That of its files (``tables/<name>.xlsx`` …), and what ``{table:name}`` refers to.
    table : Table
    numbered : {"auto", "own"}
    estimates : Estimates, optional
        What it shows: `Methods` says how they were made.
    """

    name: str
    table: Table
    numbered: Numbered = "auto"
    estimates: Estimates | None = None

    def __post_init__(self) -> None:
        _check_name(self.name)


@dataclass(frozen=True, slots=True)
class FigurePart:
    """A figure of the report; `draw` is called when the report is built.

    Parameters
    ----------
    name : str
        That of its files (``figures/<name>.png``, ``.svg``), and what ``{figure:name}`` refers to.
    draw : function () -> Axes
    title, alt : str
        By default those that the chart carries.
    numbered : {"auto", "own"}
    """

    name: str
    draw: Callable[[], Axes]
    title: str = ""
    alt: str = ""
    numbered: Numbered = "auto"

    def __post_init__(self) -> None:
        _check_name(self.name)


@dataclass(frozen=True, slots=True)
class Grid:
    """A plain table of text on the page, of anything that is no estimate; it has no files.

    Parameters
    ----------
    caption : str
    head : tuple of str
        Headings of the columns; the first column names the rows.
    rows : tuple of tuple of str
        As many cells as columns; a row of one cell is a heading over the rows that follow.
    kinds : str, optional
        One letter for each column: ``t`` text that wraps, ``s`` short text that does not,
        ``n`` numbers, to the right.
    folded : bool
        Whether the reader opens the table by its caption.

    Examples
    --------
    >>> Grid("Versions", ("package", "version"), (("numpy", "2.1"),), "sn").kind(1)
    'number'
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: str = ""
    folded: bool = False

    def __post_init__(self) -> None:
        if any(len(row) not in (1, len(self.head)) for row in self.rows):
            raise UsageError(f"a row of the grid {self.caption!r} does not fit its columns.")

    def kind(self, column: int) -> str:
        """Return what stands in a column, as the name of its style."""
        names = {"t": "text", "s": "short", "n": "number"}
        return names[self.kinds[column]] if column < len(self.kinds) else "text"


@dataclass(frozen=True, slots=True)
class Html:
    """Ready markup, put in as it is: whoever writes it has escaped what it holds.

    A ``<style>`` in it moves to the head of the page.
    """

    html: str


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods paragraph, written from what was done.

    Parameters
    ----------
    estimates : tuple of Estimates
        By default those that the tables of the report carry.
    heading : str
        "Methods" by default, in the language of the report.
    level : {2, 3}
    """

    estimates: tuple[Estimates, ...] = ()
    heading: str = ""
    level: Literal[2, 3] = 2


Part = Text | TablePart | FigurePart | Grid | Html | Methods


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot name a file of the report.",
            hint="small letters, digits, '-' and '_', as in 'table1_sample'.",
        )
