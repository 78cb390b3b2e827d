"""A table as Markdown: one header line, for every reader of pipe tables."""

from __future__ import annotations

import re
from dataclasses import replace

from surveykit.tables.captions import Span, caption, foot
from surveykit.tables.grid import Cell, Grid, Line
from surveykit.tables.themes import DEFAULT, theme_of

__all__ = ["escape", "render"]


def render(table: Grid, theme: str = DEFAULT) -> str:
    """Return `table` as Markdown: banner, title, pipe table, notes."""
    look = theme_of(theme)
    parts = [
        f"> **{escape(table.banner)}**" if table.banner else "",
        *("".join(map(_span, line)) for line in caption(table, look)),
        "\n".join([*_head(table), *(_line(line, table.columns) for line in table.body)]),
        *(_span(Span(note.lead, note.face)) + _start(note.text) for note in foot(table, look)),
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


def _start(text: str) -> str:
    """Escape a paragraph; what would make it a heading, a list or a quotation as well.

    Examples
    --------
    >>> _start("# one"), _start("1. two"), _start("- three"), _start("> four")
    ('\\\\# one', '1\\\\. two', '\\\\- three', '\\\\> four')
    """
    whole = escape(text.strip())
    return re.sub(r"^([0-9]*)([#>+=.)-])", r"\1\\\2", whole)


def _span(span: Span) -> str:
    """Return a part of a caption between stars, blanks outside them."""
    text = span.text
    stars = {"bold": "**", "italic": "*"}.get(span.face, "")
    inner = text.strip()
    if not inner:
        return text
    if not stars:
        return _start(text)
    before, _, after = text.partition(inner)
    return f"{before}{stars}{escape(inner)}{stars}{after}"


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
