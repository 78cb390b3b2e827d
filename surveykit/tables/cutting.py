"""A banner that is too wide, cut into blocks of columns that each keep the stub."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from surveykit.tables.grid import Grid, Head

__all__ = ["Columns", "columns_that_fit", "cut"]

Columns = tuple[int, int]
"""The first column, and the one behind the last; the stub is column 0."""


def columns_that_fit(table: Grid, fits: Callable[[int, int], bool]) -> list[Columns]:
    """Return the blocks to cut `table` into, between variables where these fit whole.

    The total, which stands first and has no variable over it, stays with what follows it.

    Parameters
    ----------
    table : Grid
    fits : function (first, end) -> bool
        Says whether the stub and these columns fit. A block that does not is a single group.

    Examples
    --------
    >>> head = ((Head("", kind="corner"), *(Head(t) for t in "abc")),)
    >>> columns_that_fit(Grid("", "en", 3, head, ()), lambda first, end: end - first <= 2)
    [(1, 3), (3, 4)]
    """
    return _packed(table, 0, (1, table.columns + 1), fits)


def _packed(
    table: Grid, row: int, within: Columns, fits: Callable[[int, int], bool]
) -> list[Columns]:
    """Cut at the headers of a row, as many together as fit; what is too wide, at the next row."""
    found = _under(table, row, within)
    parts: list[Columns] = []
    for part in found:
        alone = fits(*part)
        if parts and alone and fits(parts[-1][0], part[1]):
            parts[-1] = (parts[-1][0], part[1])
        elif alone or row + 1 >= len(table.head):
            parts.append(part)
        elif parts and _is_total(table, row, parts[-1]):
            parts.extend(_after_total(table, row + 1, (parts.pop(), part), fits))
        else:
            parts.extend(_packed(table, row + 1, part, fits))
    return parts


def _is_total(table: Grid, row: int, part: Columns) -> bool:
    """Whether a block is the first of the table and has no spanner."""
    heads = [h for at, column, h in table.placed() if at == row and column == 1]
    return part[0] == 1 and all(h.kind == "level" and h.columns == part[1] - 1 for h in heads)


def _after_total(
    table: Grid, row: int, parts: tuple[Columns, Columns], fits: Callable[[int, int], bool]
) -> list[Columns]:
    """Cut the second block so that its first piece leaves room for the total."""
    total, part = parts

    def led(first: int, end: int) -> bool:
        return fits(total[0] if first == part[0] else first, end)

    first, *more = _packed(table, row, part, led)
    alone = _packed(table, row, part, fits)
    whole = {end for _, end in _under(table, row, part)}
    torn = first[1] not in whole and alone[0][1] in whole  # a group, to make room for the total
    if fits(total[0], first[1]) and not torn:
        return [(total[0], first[1]), *more]
    return [total, *alone]


def _under(table: Grid, row: int, within: Columns) -> list[Columns]:
    """Return the columns of each header of a row; a base before the first stays with it."""
    first, end = within
    columns, heads = table.by_row[row]
    held = slice(bisect_left(columns, first), bisect_left(columns, end))
    starts = [
        column
        for column, head in zip(columns[held], heads[held], strict=True)
        if not row or head.kind in ("level", "spanner")
    ]
    edges = [first, *starts[1:]]
    return list(zip(edges, [*edges[1:], end], strict=True))


def cut(table: Grid, first: int, end: int) -> Grid:
    """Return the stub with the columns from `first` to before `end`, the stub being column 0.

    Examples
    --------
    >>> head = ((Head("", kind="corner"), *(Head(t) for t in "abc")),)
    >>> [h.text for h in cut(Grid("", "en", 3, head, ()), 2, 4).head[0]]
    ['', 'b', 'c']
    """
    head: list[list[Head]] = [[] for _ in table.head]
    for row, (starts, cells) in enumerate(table.by_row):
        if starts and starts[0] == 0:
            head[row].append(cells[0])
        at = max(bisect_right(starts, first) - 1, 0)
        for column, cell in islice(zip(starts, cells, strict=True), at, None):
            if column >= end:
                break
            covered = min(end, column + cell.columns) - max(first, column)
            if column and covered > 0:
                head[row].append(replace(cell, columns=covered))
    body = (replace(line, cells=line.cells[first - 1 : end - 1]) for line in table.body)
    return replace(table, columns=end - first, head=tuple(map(tuple, head)), body=tuple(body))
