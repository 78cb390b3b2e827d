"""What the readers of survey tools share: the table of an export, and the frame they build."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from surveykit.codebook import (
    NA_TOKENS,
    Cells,
    Choice,
    Codebook,
    Variable,
    draft_variable,
    levels_of,
    missing_token,
    parse_number,
)
from surveykit.errors import InputError, UsageError
from surveykit.io._asked import name_in_rule
from surveykit.io._delimited import delimited_rows
from surveykit.io._raw import Guess, Raw, frame_of, tidy_headers
from surveykit.io._xlsx import sheet_rows
from surveykit.text import Bilingual, Label, fold

__all__ = [
    "NOT_ASKED",
    "NO_ANSWER",
    "Build",
    "Table",
    "choices_of",
    "column_cells",
    "draft",
    "is_ranks",
    "is_yes_no",
    "plain_text",
    "require",
    "share",
    "shared_start",
    "table_of",
]

# The marks of 问卷星, which coding takes as BLANK and NOT_ASKED wherever they stand. A reader
# writes them for what its tool uses instead (-3, -99 and the like).
NO_ANSWER, NOT_ASKED = "(空)", "(跳过)"


@dataclass(frozen=True, slots=True)
class Table:
    """An export as it is: every record, header first, all of one width."""

    rows: list[list[str]]
    encoding: str
    notes: tuple[str, ...]

    @property
    def header(self) -> list[str]:
        """The first record, each header once."""
        return tidy_headers(self.rows[0])[0]

    def columns(self, skip: int = 1) -> list[list[str]]:
        """Return the cells below `skip` records of header, column by column."""
        body = self.rows[skip:]
        width = len(self.rows[0])
        return [list(c) for c in zip(*body, strict=True)] if body else [[] for _ in range(width)]


def table_of(path: Path, data: bytes, sheet: str | None = None) -> Table:
    """Read text or a sheet of a workbook as a table, whatever the file is called.

    Raises
    ------
    InputError
        When it is neither, or has no record.
    """
    if data.startswith(b"PK\x03\x04"):
        _, rows, notes = sheet_rows(path, data, sheet)
        return Table(rows, "", tuple(notes))
    if sheet is not None:
        message = f"a text file has no sheet {sheet!r}."
        raise UsageError(message, where=str(path), hint="leave sheet out.")
    rows, encoding, notes = delimited_rows(path, data)
    if encoding != "utf-8":
        notes.append(Bilingual(f"read as {encoding}.", f"按 {encoding} 编码读取。"))
    return Table(rows, encoding, tuple(notes))


class Build:
    """The columns and variables of an export, put together in order.

    Parameters
    ----------
    rows : int
        Number of respondents.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.columns: dict[str, Sequence[str]] = {}
        self.headers: dict[str, str] = {}
        self.variables: dict[str, Variable] = {}
        self.notes: list[str] = []

    def free(self, wanted: str) -> str:
        """Return `wanted`, or with a number behind it a name that is not taken yet."""
        name, number = wanted, 1
        while name in self.columns or name in self.variables:
            number += 1
            name = f"{wanted}_{number}"
        return name

    def column(self, name: str, texts: Sequence[str], header: str = "") -> str:
        """Add a column under a free name, which is returned."""
        name = self.free(name)
        self.columns[name] = texts
        if header and header != name:
            self.headers[name] = header
        return name

    def variable(self, variable: Variable) -> None:
        """Add a variable; its columns are added by themselves.

        An option without text has no code: it is numbered where a column stands for it, else
        left out, as an empty cell is no answer.
        """
        if all(fold(c.code) for c in variable.choices):
            self.variables[variable.name] = variable
            return
        numbered = [
            c if fold(c.code) else Choice(f"option_{i}", Label.of(f"option_{i}"))
            for i, c in enumerate(variable.choices, 1)
        ]
        coded = [c for c in variable.choices if fold(c.code)]
        kept = tuple(numbered if variable.counted is not None else coded)
        if kept:
            self.variables[variable.name] = replace(variable, choices=kept)
        elif not variable.columns:
            self.variables[variable.name] = Variable(variable.name, "text", variable.question)

    def drafted(self, name: str, texts: Sequence[str], header: str = "", question: str = "") -> str:
        """Add a column and the variable that its cells suggest."""
        name = self.column(name, texts, header)
        self.variable(draft(name, texts, question or header or name))
        return name

    def typed(
        self, name: str, texts: Sequence[str], header: str, question: str, chosen: tuple[str, str]
    ) -> str:
        """Add what was typed beside an option: text, or numbers, asked of who chose it.

        `chosen` is the variable of the option, and its code or label.
        """
        name = self.column(name, texts, header)
        variable = draft(name, texts, question)
        if variable.kind != "number":
            variable = Variable(name, "text", variable.question)
        of, option = chosen
        known = self.variables.get(of)
        if known is not None and levels_of(known.choices).find(option) is not None:
            quote = next((q for q in ("'", '"') if q not in option), "")
            rule = f"{name_in_rule(of)} == {quote}{option}{quote}" if quote else None
            variable = replace(variable, asked_if=rule if "\\" not in option else None)
        self.variable(variable)
        return name

    def guess(self, en: str, zh: str) -> None:
        """Add a note on what was inferred, and what the questionnaire itself would settle."""
        self.notes.append(Guess(en, zh))

    def note(self, en: str, zh: str) -> None:
        """Add a note in both languages."""
        self.notes.append(Bilingual(en, zh))

    def raw(self, path: Path, table: Table, format: str, title: str = "") -> Raw:
        """Return what the reader hands back."""
        frame = frame_of(list(self.columns), self.columns.values(), self.rows)
        self._tell_answers()
        if not self.rows:
            self.note("the file has a header and no rows.", "文件只有表头，没有数据行。")
        book = Codebook(Label.of(title), self.variables, None, str(path))
        notes = (*table.notes, *self.notes)
        return Raw(frame, book, self.headers, table.encoding, notes, format)

    def _tell_answers(self) -> None:
        """Say where what others take for missing is kept as an answer."""
        for token in NA_TOKENS:
            texts = {
                n: self.columns.get(n, ()) for n, v in self.variables.items() if v.kind != "number"
            }
            names = [repr(n) for n, cells in texts.items() if token in cells]
            if not names:
                continue
            shown, more = ", ".join(names[:5]), len(names) - 5
            self.note(
                f"column{'s' if len(names) > 1 else ''} {shown}"
                f"{f' and {more} more' if more > 0 else ''}: {token} is kept as an answer.",
                f"列 {'、'.join(names[:5])}{f' 等 {len(names)} 列' if more > 0 else ''}："
                f"{token} 按回答保留，不作缺失值。",
            )


def draft(name: str, texts: Sequence[str], question: str = "") -> Variable:
    """Draft the variable that one column suggests."""
    return draft_variable(column_cells(name, texts), question)


def column_cells(name: str, texts: Sequence[str]) -> Cells:
    """Return a list of texts as distinct texts and an index."""
    place: dict[str, int] = {}
    index = np.fromiter((place.setdefault(t, len(place)) for t in texts), np.intp, len(texts))
    return Cells(name, tuple(place), index)


def choices_of(texts: Iterable[str]) -> tuple[Choice, ...]:
    """Return one choice for each distinct text, coded by itself."""
    return tuple(Choice(text, Label.of(text)) for text in dict.fromkeys(texts))


def share(variables: list[Variable]) -> list[Variable]:
    """Give the rows of a matrix one list of choices, where their choices overlap."""
    closed = [v for v in variables if v.choices]
    kinds = {v.kind for v in closed}
    if len(closed) < 2 or not kinds <= {"single", "multiple"}:
        return variables
    rows = Counter(c.code for v in closed for c in v.choices)
    if any(all(rows[c.code] == 1 for c in v.choices) for v in closed):
        return variables
    every = tuple(dict.fromkeys(c for v in closed for c in v.choices))
    joint = next((v.separator for v in closed if v.separator), None)
    return [_sharing(v, every, joint) if v.choices else v for v in variables]


def _sharing(variable: Variable, every: tuple[Choice, ...], joint: str | None) -> Variable:
    if joint is None:
        return replace(variable, choices=every)
    return replace(variable, choices=every, kind="multiple", separator=joint)


def _answers(columns: Sequence[list[str]]) -> set[str]:
    return {fold(t) for c in columns for t in c if missing_token(t) is None}


def is_yes_no(columns: Sequence[list[str]]) -> bool:
    """Whether columns are those of a multiple choice: 1, and 0 or nothing."""
    found = _answers(columns)
    if found != {"1"}:
        return found == {"0"} or found == {"0", "1"}
    ones = [sum(missing_token(t) is None for t in row) for row in zip(*columns, strict=True)]
    return any(0 < n < len(columns) for n in ones)


def is_ranks(columns: Sequence[list[str]]) -> bool:
    """Whether columns hold the places of a ranking: in every row 1 … m, each once."""
    if len(columns) < 2:
        return False
    rows = [[t for t in row if missing_token(t) is None] for row in zip(*columns, strict=True)]
    rows = [row for row in rows if row]
    numbers = [sorted(parse_number(t) or 0.0 for t in row) for row in rows]
    return len(rows) > 2 and all(n == list(range(1, len(n) + 1)) for n in numbers)


def shared_start(texts: Sequence[str]) -> str:
    """Return what texts have in common at their beginning.

    Examples
    --------
    >>> shared_start(["Q4:tea", "Q4:talk"])
    'Q4:t'
    """
    first, last = min(texts), max(texts)
    pairs = enumerate(zip(first, last, strict=False))
    return first[: next((i for i, (a, b) in pairs if a != b), min(len(first), len(last)))]


_TAG = re.compile(r"<(?:[a-zA-Z/!][^<>]*)>")


def plain_text(value: Any) -> str:
    """Return a label without markup, entities and needless blanks.

    Examples
    --------
    >>> plain_text("<b>Your&nbsp;age</b><br>in years"), plain_text(None)
    ('Your age in years', '')
    """
    if value is None:
        return ""
    return " ".join(html.unescape(_TAG.sub(" ", str(value))).split())


def require(path: Path, found: bool, tool: str, what: str) -> None:
    """Raise an InputError when a file lacks what makes it an export of `tool`."""
    if not found:
        message = f"is no export of {tool}: {what}."
        raise InputError(message, where=str(path), hint="leave format out, or name another.")
