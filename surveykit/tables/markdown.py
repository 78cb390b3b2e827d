"""A table as Markdown: one header line, for every reader of pipe tables."""

from __future__ import annotations

import re

from surveykit.tables.grid import Cell, Grid, Line

__all__ = ["render"]


def render(table: Grid) -> str:
    """Return `table` as Markdown: banner, title, pipe table, notes."""
    parts = [
        f"> **{_escape(table.banner)}**" if table.banner else "",
        f"**{_escape(table.title)}**" if table.title else "",
        "\n".join([*_head(table), *(_line(line, table.columns) for line in table.body)]),
        *(_escape(text) for text in table.footer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _escape(text: str) -> str:
    """Escape what Markdown or HTML would read as markup.

    Examples
    --------
    >>> _escape("a*b | <i>[x](y)")
    'a\\\\*b \\\\| &lt;i>\\\\[x](y)'
    """
    return re.sub(r"([\\`*_\[|~$])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def _head(table: Grid) -> list[str]:
    """Join each column's headers from the outside in; what spans all of them goes to the stub."""
    texts: list[list[str]] = [[] for _ in range(table.columns + 1)]
    for _, column, cell in table.placed():
        over_all = cell.columns == table.columns > 1
        covered = [0] if over_all else range(column, column + cell.columns)
        for place in covered if cell.text else ():
            texts[place].append(_escape(cell.text))
    names = [" · ".join(parts) for parts in texts]
    return [f"| {' | '.join(names)} |", f"| :--- |{' ---: |' * table.columns}"]


def _room(cell: Cell) -> str:
    """Return blanks as wide as the decimals that others of the column have and this one lacks."""
    return cell.room.replace("0", "&numsp;").replace(".", "&puncsp;")


def _line(line: Line, columns: int) -> str:
    blank = "&emsp;" * line.indent
    if line.kind == "group":
        return f"| {blank}**{_escape(line.label)}** |{'  |' * columns}"
    cells = " | ".join(_escape(cell.plain) + _room(cell) for cell in line.cells)
    return f"| {blank}{_escape(line.label)} | {cells} |"
