"""A table as Markdown: one header line, for every reader of pipe tables."""

from __future__ import annotations

import re
from dataclasses import replace

from surveykit.tables.grid import Cell, Grid, Line

__all__ = ["escape", "render"]


def render(table: Grid) -> str:
    """Return `table` as Markdown: banner, title, pipe table, notes."""
    parts = [
        f"> **{escape(table.banner)}**" if table.banner else "",
        f"**{escape(table.title)}**" if table.title else "",
        "\n".join([*_head(table), *(_line(line, table.columns) for line in table.body)]),
        *(escape(text) for text in table.footer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Escape what Markdown or HTML would read as markup.

    Examples
    --------
    >>> escape("a*b | <i>[x](y)")
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
            texts[place].append(escape(cell.text))
    names = [" · ".join(parts) for parts in texts]
    return [f"| {' | '.join(names)} |", f"| :--- |{' ---: |' * table.columns}"]


def _room(cell: Cell) -> str:
    """Return blanks as wide as the decimals and letters that this cell lacks beside others."""
    decimals = cell.room.replace("0", "&numsp;").replace(".", "&puncsp;")
    letters = "&numsp;" * (cell.lettered - len(cell.letters) + (not cell.letters))
    return decimals + letters if cell.lettered else decimals


def _cell(cell: Cell) -> str:
    if not cell.letters:
        return escape(cell.plain) + _room(cell)
    decimals = _room(replace(cell, lettered=0))
    missing = _room(replace(cell, most=0))
    return f"{escape(cell.text + cell.marker)}{decimals} {escape(cell.letters)}{missing}"


def _line(line: Line, columns: int) -> str:
    blank = "&emsp;" * line.indent
    if line.kind == "group":
        return f"| {blank}**{escape(line.label)}** |{'  |' * columns}"
    cells = " | ".join(_cell(cell) for cell in line.cells)
    return f"| {blank}{escape(line.label)} | {cells} |"
