"""A printed cross-table typed as a CSV beside `published.yaml`: every cell becomes a figure.

A grid has a header of levels, a first column of levels, and the digits as printed; its cells are
text always. Orientation is read off the labels. A row or column of bases (``n``) becomes counts, a
Total becomes the figures of all respondents. What was stripped from a cell is told in a note.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from surveykit.codebook import Tree
from surveykit.errors import InputError, SurveyKitError, UnknownNameError
from surveykit.published.digits import cleaned_percent, widthless
from surveykit.published.document import Count, Figure, PublishedVariable
from surveykit.text import Bilingual

__all__ = ["GRID_KEYS", "Grid", "read_grid"]

GRID_KEYS = ("id", "file", "rows", "columns", "where", "within", "percent", "cells", "labels",
             "source", "label", "note")  # fmt: skip
DIRECTIONS = ("columns", "rows", "total")
CELLS = ("percent", "counts", "percent (n)", "n (percent)")
TOTALS = frozenset({"total", "all", "overall", "合计", "总计", "总体", "全体"})
BASES = frozenset({"n", "base", "人数", "基数", "样本量", "例数"})
EMPTY = frozenset({"", "-", "–", "—", "――", "——", "…", "...", "……"})
_PAIR = re.compile(r"([^()]+)\(([^()]+)\)")

Variables = Mapping[str, PublishedVariable]


@dataclass(frozen=True, slots=True)
class Grid:
    """What a grid says: figures and counts, notes on its cells, the bytes of its file."""

    figures: tuple[Figure, ...]
    counts: tuple[Count, ...]
    notes: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]


@dataclass(slots=True)
class _Spec:
    """A grid's entry in the YAML, its file read."""

    id: str
    path: str
    rows: PublishedVariable
    columns: PublishedVariable
    direction: str
    cells: str
    labels: Mapping[str, str]
    source: str
    figures: list[Figure] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fail(self, line: int, column: int, message: str, hint: str | None = None) -> NoReturn:
        """Raise an error that names file, line and column."""
        raise InputError(message, where=f"{self.path}, line {line}, column {column + 1}", hint=hint)


def read_grid(tree: Tree, variables: Variables) -> Grid:
    """Read one entry of `grids` and the file it names.

    Raises
    ------
    InputError, UnknownNameError
        Naming the YAML's line for the entry, and the file, line and column for a cell.
    """
    keys = tree.keys("a grid", GRID_KEYS)
    if "file" not in keys:
        tree.fail("the grid names no file.", "add  file: table2.csv.")
    path = Path(tree.path).parent / keys["file"].text("file")
    try:
        data = path.read_bytes()
    except OSError as error:
        keys["file"].fail(
            f"the grid {str(path)!r} cannot be read ({error.strerror}).",
            "a path is relative to the YAML file.",
        )
    rows = _rows(path, data)
    labels = {n: t.text("a level") for n, t in keys["labels"].mapping("labels").items()} if "labels" in keys else {}  # fmt: skip
    first, second, direction = _variables(keys, tree, variables, rows, labels)
    spec = _Spec(
        id=keys["id"].text("id") if "id" in keys else path.stem,
        path=str(path),
        rows=first,
        columns=second,
        direction=direction,
        cells=_choice(keys, "cells", CELLS),
        labels=labels,
        source=keys["source"].text("source") if "source" in keys else path.name,
    )
    _read_cells(spec, rows)
    return Grid(tuple(spec.figures), tuple(spec.counts), tuple(spec.notes), data)


def _choice(keys: Mapping[str, Tree], name: str, allowed: Sequence[str]) -> str:
    if name not in keys:
        return allowed[0]
    if keys[name].value not in allowed:
        value = str(keys[name].value)
        raise UnknownNameError.for_name(name, value, allowed, where=keys[name].where)
    return str(keys[name].value)


def _rows(path: Path, data: bytes) -> list[_Row]:
    """Return the rows that hold anything, with their lines."""
    from surveykit.io import decode

    text, _ = decode(path, data)
    text = text.removeprefix("\ufeff")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        rows = [_Row(reader.line_num, [c.strip() for c in cells]) for cells in reader]
    except csv.Error as error:
        raise InputError(
            f"the grid cannot be read as a CSV file ({error}).",
            where=f"{path}, line {reader.line_num}",
            hint="look for a quotation mark that is not closed.",
        ) from None
    rows = [row for row in rows if any(row.cells)]
    if len(rows) < 2 or len(rows[0].cells) < 2:
        raise InputError(
            "a grid needs a header of levels and at least one row.", where=str(path),
            hint="first cell empty, then one column for each level.",
        )  # fmt: skip
    return rows


# --- which variable stands where --------------------------------------------------------------


def _variables(
    keys: Mapping[str, Tree], tree: Tree, variables: Variables, rows: list[_Row],
    labels: Mapping[str, str],
) -> tuple[PublishedVariable, PublishedVariable, str]:  # fmt: skip
    """Return the variables of rows and columns, and what the percentages add up over."""
    turned = [k for k in ("where", "within") if k in keys]
    placed = [k for k in ("rows", "columns") if k in keys]
    if sorted((len(turned), len(placed))) != [0, 2]:
        tree.fail(
            "a grid needs two variables.",
            "`where` and `within`, or `rows` and `columns` (then  percent: columns | rows | total).",
        )
    if placed:
        first, second = (_variable(keys[k], variables) for k in placed)
        return first, second, _choice(keys, "percent", DIRECTIONS)
    if "percent" in keys:
        keys["percent"].fail(
            "`within` says already what a percentage is of.",
            "leave `percent` out, or name `rows` and `columns` instead.",
        )
    outcome, group = (_variable(keys[k], variables) for k in turned)
    if _knows(outcome, [r.cells[0] for r in rows[1:]], labels):
        return outcome, group, "columns"
    return group, outcome, "rows"


def _variable(tree: Tree, variables: Variables) -> PublishedVariable:
    name = tree.text("a variable")
    if name not in variables:
        raise UnknownNameError.for_name("variable", name, variables, where=tree.where)
    return variables[name]


def _knows(variable: PublishedVariable, texts: Sequence[str], labels: Mapping[str, str]) -> bool:
    """Whether some label is a level of the variable."""
    return any(_bare(labels.get(t, t)) in map(_bare, variable.levels) for t in texts)


def _bare(label: str) -> str:
    """Return a label as it is compared: plain forms, no footnote marks."""
    return widthless(label).strip(" *†‡§").casefold()


def _level(spec: _Spec, variable: PublishedVariable, text: str, line: int, column: int) -> str:
    """Return the level that a label means, or "total" or "n" with a leading blank."""
    text = spec.labels.get(text, text)
    known = {_bare(level): level for level in variable.levels}
    bare = _bare(text)
    if text in variable.levels:
        return text
    if bare in known:
        return known[bare]
    if bare.strip("()") in BASES:
        return " n"
    if bare in TOTALS:
        return " total"
    raise UnknownNameError.for_name(
        f"level of {variable.name!r}:", text, variable.levels,
        where=f"{spec.path}, line {line}, column {column + 1}",
    )  # fmt: skip


# --- cells ------------------------------------------------------------------------------------


def _read_cells(spec: _Spec, rows: list[_Row]) -> None:
    head, body = rows[0], rows[1:]
    while head.cells and not head.cells[-1]:
        head.cells.pop()
    columns = [_level(spec, spec.columns, t, head.line, i) for i, t in enumerate(head.cells) if i]
    _once(spec, columns, head.line)
    lines = [_level(spec, spec.rows, row.cells[0], row.line, 0) for row in body]
    for at, (row, level) in enumerate(zip(body, lines, strict=True)):
        if level in lines[:at]:
            spec.fail(row.line, 0, f"the row {row.cells[0]!r} stands twice.")
        extra = [i for i, c in enumerate(row.cells) if c and i > len(columns)]
        if extra:
            spec.fail(row.line, extra[0], f"{row.cells[extra[0]]!r} stands under no header.")
        for i, column in enumerate(columns, 1):
            text = row.cells[i] if i < len(row.cells) else ""
            _cell(spec, level, column, text, row.line, i)


def _once(spec: _Spec, columns: Sequence[str], line: int) -> None:
    for at, column in enumerate(columns):
        if column in columns[:at]:
            spec.fail(line, at + 1, f"the column {column.strip()!r} stands twice.")


def _cell(spec: _Spec, row: str, column: str, text: str, line: int, at: int) -> None:
    """Turn one cell into a figure, a count or both."""
    id = ".".join((spec.id, row.strip(), column.strip()))
    place = f"{spec.source}, {row.strip()} × {column.strip()} ({Path(spec.path).name}, line {line}, column {at + 1})"
    if " n" in (row, column) or spec.cells == "counts":
        _add_count(spec, id, row, column, text, place, (line, at))
        return
    percent, number = _split(spec, text, line, at)
    if number is not None:
        _add_count(spec, f"{id}.n", row, column, number, place, (line, at))
    cell = _figure_cell(spec, row, column)
    if cell is None:  # the 100.0 of a column of percentages
        return
    where, within = cell
    digits = _digits(spec, percent, line, at)
    spec.figures.append(Figure(id, digits, where, within, source=place))


def _split(spec: _Spec, text: str, line: int, at: int) -> tuple[str, str | None]:
    """Return the percentage and the number of a cell."""
    plain = widthless(text)
    pair = _PAIR.fullmatch(plain)
    if spec.cells == "percent":
        if pair:
            spec.fail(
                line, at, f"{text!r} holds two numbers.",
                'say which is which:  cells: "percent (n)"  or  "n (percent)".',
            )  # fmt: skip
        return text, None
    if text.strip() in EMPTY:
        return "", None
    if not pair:
        spec.fail(line, at, f"{text!r} is not of the form {spec.cells!r}.", 'for example "61.5 (80)".')  # fmt: skip
    first, second = pair[1].strip(), pair[2].strip()
    return (first, second) if spec.cells == "percent (n)" else (second, first)


def _digits(spec: _Spec, text: str, line: int, at: int) -> str | None:
    """Return the digits of a percentage, None for a cell that prints nothing."""
    if text.strip() in EMPTY:
        return None
    try:
        digits, notes = cleaned_percent(text, footnotes=True)
    except SurveyKitError as error:
        spec.fail(line, at, error.message, error.hint)
    place = f"{spec.path}, line {line}, column {at + 1}"
    spec.notes += [Bilingual(f"{place}: {n.en}", f"{place}：{n.zh}") for n in notes]
    return digits


def _figure_cell(
    spec: _Spec, row: str, column: str
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]] | None:
    """Return `where` and `within` of a cell of percentages; None for a sum of them."""
    down: dict[str, tuple[str, ...]] = {spec.rows.name: (row,)} if row != " total" else {}
    across: dict[str, tuple[str, ...]] = (
        {spec.columns.name: (column,)} if column != " total" else {}
    )
    if spec.direction == "total":
        return ({**down, **across}, {}) if down or across else None
    where, within = (down, across) if spec.direction == "columns" else (across, down)
    return (where, within) if where else None


def _add_count(
    spec: _Spec, id: str, row: str, column: str, text: str, place: str, at: tuple[int, int]
) -> None:
    if text.strip() in EMPTY:
        return
    plain = widthless(text).strip().rstrip("*†‡§ ").replace(",", "")
    plain = plain.removeprefix("n").lstrip("= ")
    if not re.fullmatch(r"[0-9]{1,12}", plain):
        spec.fail(*at, f"a whole number is needed here, got {text!r}.", "for example 385.")
    down = {} if row in (" total", " n") else {spec.rows.name: (row,)}
    across = {} if column in (" total", " n") else {spec.columns.name: (column,)}
    spec.counts.append(Count(id, int(plain), {**down, **across}, source=place))
