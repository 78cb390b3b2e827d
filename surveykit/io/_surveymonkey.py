"""SurveyMonkey: CSV or xlsx with two records of header, the question and below it the option.

- Nine columns of metadata; then each question takes one column (``Response``) or one for each
  option, row or box, whose header of the first record is empty after the first.
- Questions are called ``q1``, ``q2`` … by their number, or else their place; the full question
  is kept as header.
- An option's column holds its text (or its number) or nothing: together one variable.
  ``Other (please specify)`` holds what was typed: ``q4_other``, and its option is chosen there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveykit.codebook import Choice, Variable, missing_token
from surveykit.io._export import Build, Table, draft, is_ranks, plain_text, require, share, table_of
from surveykit.io._head import Head
from surveykit.io._raw import Raw
from surveykit.text import Label

__all__ = ["is_surveymonkey", "read_surveymonkey"]

_IDS = (("Respondent ID", "Collector ID"), ("respondent_id", "collector_id"))
_META = {
    "Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name",
    "Custom Data 1", "Custom Data", "respondent_id", "collector_id", "date_created", "date_modified", "ip_address",
    "email_address", "first_name", "last_name", "custom_1",
}  # fmt: skip
_DATES = {"Start Date", "End Date", "date_created", "date_modified"}
_NUMBER = re.compile(r"^[Qq]?(?P<number>[0-9]+)\s*[.．、:：]\s*(?P<rest>.+)$", re.DOTALL)
_OTHER = re.compile(r"other\b.*|其[他它].*", re.IGNORECASE | re.DOTALL)
_PLAIN = {"Response", "Open-Ended Response", "回答", "答案", ""}
_BETWEEN = " - "


def is_surveymonkey(head: Head) -> bool:
    """Whether the first record begins with the ids of SurveyMonkey, and a second header follows."""
    two = len(head.rows) > 1 and head.header[:2] in _IDS
    return two and not any(head.rows[1][:2]) and any(head.rows[1])


def read_surveymonkey(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read an export of all responses, condensed or expanded, with texts or numbers.

    Raises
    ------
    InputError
        When it does not begin with the ids of respondent and collector.
    """
    table = table_of(path, data, sheet)
    found = tuple(t.strip() for t in table.rows[0][:2]) in _IDS and len(table.rows) > 1
    require(path, found, "SurveyMonkey", "it has no Respondent ID and Collector ID, or one header")
    build = Build(len(table.rows) - 2)
    for number, group in enumerate(_questions(build, table), 1):
        _add(build, _named(number, group), group)
    return build.raw(path, table, "surveymonkey")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: question, option (the second header), cells."""

    question: str
    option: str
    cells: list[str]

    @property
    def answers(self) -> dict[str, None]:
        """The distinct answers, in order of appearance."""
        return dict.fromkeys(t for t in self.cells if missing_token(t) is None)


def _questions(build: Build, table: Table) -> list[list[Column]]:
    """Add the metadata; return the columns of each question."""
    groups: list[list[Column]] = []
    pairs = zip(table.rows[0], table.rows[1], table.columns(2), strict=True)
    for first, second, cells in pairs:
        header, option = plain_text(first), plain_text(second)
        if header in _META and not groups:
            name = build.drafted(header, cells)
            if header in _DATES:
                build.variable(Variable(name, "date", Label.of(name)))
        elif header or not groups:
            groups.append([Column(header or option, option, cells)])
        else:
            groups[-1].append(Column(groups[-1][0].question, option, cells))
    return groups


def _named(place: int, group: list[Column]) -> str:
    match = _NUMBER.match(group[0].question)
    return f"q{match['number'] if match else place}"


def _title(column: Column) -> str:
    match = _NUMBER.match(column.question)
    return match["rest"] if match else column.question


# ---------------------------------------------------------------- one question
def _add(build: Build, name: str, group: list[Column]) -> None:
    name = build.free(name)
    typed = [c for c in group[1:] if _OTHER.fullmatch(c.option) and not _is_option(c, None)]
    columns = [c for c in group if not any(c is t for t in typed)]
    if len(columns) == 1:
        _add_single(build, name, columns[0], typed)
    elif _is_multiple(columns):
        _add_multiple(build, name, columns, typed)
    elif all(_cell(c) for c in columns):
        _add_grid(build, name, columns)
    else:
        _add_rows(build, name, columns)
    for i, column in enumerate(typed, 1):
        own = f"{name}_other" if len(typed) == 1 else f"{name}_other_{i}"
        header = f"{column.question}: {column.option}"
        title = f"{_title(column)}: {column.option}"
        build.typed(own, column.cells, header, title, (name, column.option))


def _add_single(build: Build, name: str, column: Column, typed: list[Column]) -> None:
    """Add a question of one column; who only typed under Other has chosen it."""
    cells = column.cells
    for other in typed:
        pairs = list(zip(cells, other.cells, strict=True))
        alone = sum(bool(text.strip()) and not cell.strip() for cell, text in pairs)
        if alone:
            cells = [c or (other.option if text.strip() else "") for c, text in pairs]
            _tell_other(build, name, other.option, alone)
    title = _title(column)
    if column.option not in _PLAIN:
        title = f"{title}: {column.option}"
    build.drafted(name, cells, column.question, title)


def _tell_other(build: Build, name: str, option: str, count: int) -> None:
    build.note(
        f"{name!r}: {count} who only typed a text count as {option!r}.",
        f"{name!r}：{count} 人只填写了文字，计入 {option!r}。",
    )


def _is_option(column: Column, place: int | None) -> bool:
    """Whether a column holds nothing but its option: as text, as 1, or as its number."""
    own = {column.option, "1", str(place)} if place else {column.option}
    return set(column.answers) <= own


def _is_multiple(columns: Sequence[Column]) -> bool:
    places = enumerate(columns, 1)
    return all(_is_option(c, i) for i, c in places) and any(c.answers for c in columns)


def _add_multiple(build: Build, name: str, columns: list[Column], typed: list[Column]) -> None:
    chosen = [*columns, *(_chosen(t) for t in typed)]
    names = tuple(
        build.column(f"{name}_{i}", c.cells, f"{c.question}: {c.option}")
        for i, c in enumerate(chosen, 1)
    )
    title = Label.of(_title(columns[0]))
    texts = {t for c in columns for t in c.answers}
    if texts == {"1"}:
        choices = tuple(Choice(str(i), Label.of(c.option)) for i, c in enumerate(chosen, 1))
        cells = [["1" if t else "" for t in c.cells] for c in chosen[len(columns) :]]
        for own, texts_ in zip(names[len(columns) :], cells, strict=True):
            build.columns[own] = texts_
        build.variable(
            Variable(build.free(name), "multiple", title, choices, columns=names, counted="1")
        )
        return
    codes = [next(iter(c.answers), c.option) for c in chosen]
    choices = tuple(Choice(k, Label.of(c.option)) for k, c in zip(codes, chosen, strict=True))
    choices = tuple({c.code: c for c in choices}.values())
    build.variable(Variable(build.free(name), "multiple", title, choices, columns=names))


def _chosen(typed: Column) -> Column:
    """Return a column that holds the option wherever something was typed."""
    cells = [typed.option if text.strip() else "" for text in typed.cells]
    return replace(typed, cells=cells)


# ---------------------------------------------------------------- matrices
def _cell(column: Column) -> bool:
    """Whether a column is one cell of a matrix of several choices: ``row - choice``."""
    _, found, choice = column.option.rpartition(_BETWEEN)
    return bool(found) and set(column.answers) <= {choice}


def _add_grid(build: Build, name: str, columns: list[Column]) -> None:
    """Add a matrix of several choices: one multiple response for each row."""
    rows: dict[str, list[Column]] = {}
    for column in columns:
        rows.setdefault(column.option.rpartition(_BETWEEN)[0], []).append(column)
    for i, (row, cells) in enumerate(rows.items(), 1):
        inner = [replace(c, option=c.option.rpartition(_BETWEEN)[2]) for c in cells]
        title = Label.of(f"{_title(cells[0])}: {row}")
        names = tuple(
            build.column(f"{name}_{i}_{j}", c.cells, f"{c.question}: {o.option}")
            for j, (c, o) in enumerate(zip(inner, cells, strict=True), 1)
        )
        choices = tuple(Choice(c.option, Label.of(c.option)) for c in inner)
        choices = tuple({c.code: c for c in choices}.values())
        own = build.free(f"{name}_{i}")
        build.variable(Variable(own, "multiple", title, choices, columns=names))


def _add_rows(build: Build, name: str, columns: list[Column]) -> None:
    variables = [
        draft(f"{name}_{i}", c.cells, f"{_title(c)}: {c.option}") for i, c in enumerate(columns, 1)
    ]
    for column, variable in zip(columns, share(variables), strict=True):
        own = build.column(variable.name, column.cells, f"{column.question}: {column.option}")
        build.variable(replace(variable, name=own))
    if is_ranks([c.cells for c in columns]):
        build.note(
            f"{name}_1 … {name}_{len(columns)}: a ranking; each column holds the place of one item.",
            f"{name}_1 … {name}_{len(columns)}：排序题，每列是一个选项的名次。",
        )
