"""Qualtrics: CSV, TSV or xlsx with three records of header (name, text, ImportId).

- A multiple choice is one column of choices joined by commas, or one column for each choice;
  either becomes one variable.
- ``_TEXT`` columns stay beside their question. The rows of a matrix share their choices.
- The older layout of two records (``V1`` … with ``ResponseID`` below) is read as well.
- With "seen but unanswered" recoded as -99, that is no answer and an empty cell not asked.
- Numbers get their labels from the survey itself: ``codebook="survey.qsf"``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveykit.codebook import Choice, Variable, missing_token
from surveykit.io._export import (
    NO_ANSWER,
    NOT_ASKED,
    Build,
    Table,
    draft,
    plain_text,
    require,
    share,
    shared_start,
    table_of,
)
from surveykit.io._head import Head
from surveykit.io._joined import options_of
from surveykit.io._raw import Raw
from surveykit.text import Label, fold

__all__ = ["is_qualtrics", "read_qualtrics"]

_HEADER = 3
_UNANSWERED = "-99"
_QUESTION = re.compile(r"(?:[0-9]+_)?(?P<id>QID[0-9]+(?:#[0-9]+)?)(?P<rest>.*)")
_OLD_META = re.compile(r"V[0-9]+")
_OLD_QUESTION = re.compile(r"(?P<id>.+?)(?P<rest>(?:_x?[0-9]+)*(?:_TEXT)?)")
_PLACE = re.compile(r"_x?[0-9]+")
_SELECTED = " - Selected Choice"
_NUMBERS = re.compile(r"[0-9]+(?:,[0-9]+)+")
_DATES = {"StartDate", "EndDate", "RecordedDate"}


def is_qualtrics(head: Head) -> bool:
    """Whether the third record holds the import ids of Qualtrics."""
    return _header_rows(head.rows) > 0


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    """Return how many records are header: three, two in the older layout, none elsewhere."""
    if len(rows) >= _HEADER and _has_ids(rows[_HEADER - 1]):
        return _HEADER
    old = len(rows) > 1 and [*rows[0][:1], *rows[1][:1]] == ["V1", "ResponseID"]
    return _HEADER - 1 if old else 0


def _has_ids(record: Sequence[str]) -> bool:
    cells = [c for c in record if c]
    return bool(cells) and 2 * sum('"ImportId"' in c for c in cells) >= len(cells)


def read_qualtrics(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read an export with text or numbers, multiple choices joined or split.

    Raises
    ------
    InputError
        When the third record holds no import ids.
    """
    table = table_of(path, data, sheet)
    skip = _header_rows(table.rows)
    require(path, skip > 0, "Qualtrics", "the third record holds no ImportId")
    columns = _columns(table) if skip == _HEADER else _old_columns(table)
    build = Build(len(table.rows) - skip)
    columns = _answered(build, columns)
    for group in _grouped(columns):
        _add(build, group)
    _tell_status(build)
    return build.raw(path, table, "qualtrics")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `question` is the QID and `rest` what follows it, both empty for metadata."""

    name: str
    text: str
    question: str
    rest: str
    choice: str
    cells: list[str]

    @property
    def open(self) -> bool:
        """Whether it holds what was typed."""
        return self.rest.endswith("TEXT")


def _columns(table: Table) -> list[Column]:
    names, texts, ids = table.header, table.rows[1], table.rows[2]
    found = []
    for name, text, key, cells in zip(names, texts, ids, table.columns(_HEADER), strict=True):
        given, choice = _import_id(key)
        match = _QUESTION.fullmatch(given)
        question, rest = (match["id"], match["rest"]) if match else ("", "")
        found.append(Column(name, plain_text(text), question, rest, choice, cells))
    return found


def _old_columns(table: Table) -> list[Column]:
    """Return the columns of the older layout: metadata named by the second record."""
    found = []
    for name, text, cells in zip(table.header, table.rows[1], table.columns(2), strict=True):
        shown = plain_text(text)
        match = _OLD_QUESTION.fullmatch(name)
        if _OLD_META.fullmatch(name) or match is None or name == text:
            found.append(Column(shown or name, shown, "", "", "", cells))
        else:
            found.append(Column(name, shown, match["id"], match["rest"], "", cells))
    return found


def _import_id(cell: str) -> tuple[str, str]:
    try:
        content = json.loads(cell)
        return str(content.get("ImportId", "")), str(content.get("choiceId", ""))
    except (ValueError, AttributeError, RecursionError):
        return "", ""


def _answered(build: Build, columns: list[Column]) -> list[Column]:
    """Tell no answer (-99) from not asked (empty), where an export recodes the former."""
    marked = [c for c in columns if c.question and _UNANSWERED in c.cells]
    if len(marked) < 2:
        return columns
    build.note(
        f"{len(marked)} columns hold -99 (seen but unanswered): read as no answer there, "
        "and an empty cell as not asked.",
        f"有 {len(marked)} 列含 -99（看到但未回答）：读作未回答，这些列中的空单元格读作未询问。",
    )
    marks = {_UNANSWERED: NO_ANSWER, "": NOT_ASKED}
    names = {c.name for c in marked}
    return [
        replace(c, cells=[marks.get(t, t) for t in c.cells]) if c.name in names else c
        for c in columns
    ]


def _grouped(columns: list[Column]) -> list[list[Column]]:
    """Return closed columns question by question; open text and metadata stand alone."""
    groups: dict[str, list[Column]] = {}
    for column in columns:
        closed = column.question and not column.open and "_DO" not in column.rest
        key = _stem(column) if closed else f"={column.name}"
        groups.setdefault(key, []).append(column)
    return list(groups.values())


def _stem(column: Column) -> str:
    """Return what the columns of one question share: id, and loop or matrix row for splits."""
    if column.choice:
        return f"{column.question}{column.rest}"
    return column.question


def _add(build: Build, group: list[Column]) -> None:
    if _is_split(group):
        _add_split(build, group)
        return
    variables = share([_variable(c) for c in group]) if len(group) > 1 else [_variable(group[0])]
    for column, variable in zip(group, variables, strict=True):
        name = build.column(column.name, column.cells)
        build.variable(replace(variable, name=name))
        rare = [c.code for c in variable.choices] if variable.kind == "multiple" else []
        if rare:
            _tell_joined(build, name, len(rare))


def _variable(column: Column) -> Variable:
    question = column.text.removesuffix(_SELECTED)
    if column.name in _DATES:
        return Variable(column.name, "date", Label.of(question or column.name))
    if column.question and not column.open:
        joined = _joined(column)
        if joined is not None:
            return replace(joined, question=Label.of(question))
    return draft(column.name, column.cells, question or column.name)


def _joined(column: Column) -> Variable | None:
    answers = [t for t in column.cells if missing_token(t) is None]
    if answers and any(_NUMBERS.fullmatch(t) for t in answers) and all(
        _NUMBERS.fullmatch(t) or t.isdigit() for t in answers
    ):  # fmt: skip
        codes = sorted({int(part) for t in answers for part in t.split(",")})
        choices = tuple(Choice(str(c), Label.of(str(c))) for c in codes)
        return Variable(column.name, "multiple", Label(), choices, separator=",")
    found = options_of(column.cells, ",", tight=True)
    if found is None or not found.certain:
        return None
    choices = tuple(Choice(o, Label.of(o)) for o in found.options)
    return Variable(column.name, "multiple", Label(), choices, separator=",")


def _tell_joined(build: Build, name: str, count: int) -> None:
    build.guess(
        f"{name!r}: choices joined by commas; {count} options were inferred from the answers. "
        "codebook=<the .qsf file> gives them for certain.",
        f"{name!r}：多个选项以逗号连接；由回答推断出 {count} 个选项，"
        "用 codebook=<.qsf 文件> 可得到确切的选项。",
    )


def _is_split(group: list[Column]) -> bool:
    """Whether columns are those of the choices of one question: each holds one text or none."""
    if len(group) < 2 and not group[0].choice:
        return False
    texts = [{t for t in c.cells if missing_token(t) is None} for c in group]
    single = all(len(t) <= 1 for t in texts) and any(texts)
    same = {t for found in texts for t in found}
    named = all(c.choice or _SELECTED in c.text for c in group)
    own = all(next(iter(t)) == _option(c) for t, c in zip(texts, group, strict=True) if t)
    ones = same == {"1"} and all(_PLACE.fullmatch(c.rest) for c in group)
    return single and (named or own or ones)


def _option(column: Column) -> str:
    return column.text.rpartition(" - ")[2]


def _add_split(build: Build, group: list[Column]) -> None:
    names = tuple(build.column(c.name, c.cells, c.text) for c in group)
    stem = _common(list(names))
    question = _common([c.text for c in group], " - ").removesuffix(_SELECTED)
    texts = dict.fromkeys(fold(t) for c in group for t in c.cells if missing_token(t) is None)
    codes = [n.removeprefix(stem).lstrip("_") or n for n in names]
    name = build.free(stem.rstrip("_") or group[0].question)
    if set(texts) <= {"1"}:
        choices = tuple(
            Choice(k, Label.of(_option(c) or k)) for k, c in zip(codes, group, strict=True)
        )
        build.variable(
            Variable(name, "multiple", Label.of(question), choices, columns=names, counted="1")
        )
        return
    own = {_option(c): None for c in group} | texts
    choices = tuple(Choice(t, Label.of(t)) for t in own if t)
    build.variable(Variable(name, "multiple", Label.of(question), choices, columns=names))


def _common(texts: list[str], mark: str = "_") -> str:
    """Return what texts share at their beginning, up to a mark."""
    shared = shared_start(texts)
    at = shared.rfind(mark)
    return shared[:at] if at > 0 else shared


def _tell_status(build: Build) -> None:
    """Count previews, spam and responses that were not finished; they stay."""
    status = build.columns.get("Status", ())
    odd = sum(fold(s) in ("Survey Preview", "1", "Spam", "8", "Survey Test", "4") for s in status)
    if odd:
        build.note(
            f"{odd} responses are previews, tests or spam (column Status); they are kept.",
            f"有 {odd} 份答卷是预览、测试或垃圾答卷（见 Status 列），仍保留。",
        )
    open_ = sum(fold(s).lower() in ("false", "0") for s in build.columns.get("Finished", ()))
    if open_:
        build.note(
            f"{open_} responses are not finished (column Finished); they are kept.",
            f"有 {open_} 份答卷未完成（见 Finished 列），仍保留。",
        )
