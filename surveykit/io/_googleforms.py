"""Google Forms: the CSV of a form, or its linked Sheet as CSV or xlsx.

The form's CSV joins the choices of a checkbox question by ``;``, the Sheet by ``, ``. Options
are not in the file: they are inferred from the answers, and where that is not certain the
cells stay joined, with a note. The rows of a grid, ``Question [Row]``, share their choices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from surveykit.codebook import Variable
from surveykit.io._export import Build, choices_of, draft, require, share, table_of
from surveykit.io._head import Head
from surveykit.io._joined import Joined, options_of
from surveykit.io._naming import question_text, short_names
from surveykit.io._raw import Raw
from surveykit.text import Label

__all__ = ["is_googleforms", "read_googleforms"]

_TIMESTAMP = {"Timestamp", "时间戳记", "时间戳", "時間戳記"}
_TIME = re.compile(
    r"[0-9]{1,4}/[0-9]{1,2}/[0-9]{1,4},? (?:[上下]午 ?)?[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
    r"(?: ?(?:[AP]M|[上下]午))?(?: (?:GMT|UTC)?[+-]?[0-9:]*| [A-Z]{2,5})?",
    re.IGNORECASE,
)
_SHEET = re.compile(
    r"(?:form responses|表单回复|表單回覆|表單回應|回复).*|.*(?:表单回复|表單回覆).*", re.IGNORECASE
)
_GRID = re.compile(r"(?P<stem>.*\S)\s*\[(?P<row>[^\[\]]+)\]", re.DOTALL)
_MARKS = (";", ", ")


def is_googleforms(head: Head) -> bool:
    """Whether the first column is a form's time stamp, in its own way of writing or sheet."""
    if len(head.header) < 2 or head.header[0] not in _TIMESTAMP:
        return False
    if head.sheets:
        return bool(_SHEET.fullmatch(next(iter(head.sheets))))
    stamps = [row[0] for row in head.rows[1:] if row and row[0]]
    return bool(stamps) and all(_TIME.fullmatch(s) for s in stamps)


def read_googleforms(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read the answers to a form.

    Raises
    ------
    InputError
        When there is no column of time stamps.
    """
    table = table_of(path, data, sheet)
    headers = table.header
    require(path, headers[0] in _TIMESTAMP, "Google Forms", "the first column is no Timestamp")
    build = Build(len(table.rows) - 1)
    columns = table.columns()
    stamp = build.column(headers[0], columns[0])
    build.variable(Variable(stamp, "date", Label.of(stamp)))
    names = short_names(headers)
    for group in _grids(headers)[1:]:
        _add(build, [(names[i], headers[i], columns[i]) for i in group])
    return build.raw(path, table, "googleforms")


def _grids(headers: Sequence[str]) -> list[list[int]]:
    """Return the places of the columns, the rows of one grid together."""
    groups: dict[str, list[int]] = {}
    for i, header in enumerate(headers):
        match = _GRID.fullmatch(header)
        groups.setdefault(match["stem"] + "[" if match else f"={i}", []).append(i)
    return list(groups.values())


def _add(build: Build, group: list[tuple[str, str, list[str]]]) -> None:
    variables = [_variable(build, *column) for column in group]
    if len(group) > 1:
        variables = share(variables)
    for (name, header, cells), variable in zip(group, variables, strict=True):
        name = build.column(name, cells, header)
        build.variable(replace(variable, name=name))


def _variable(build: Build, name: str, header: str, cells: list[str]) -> Variable:
    question = question_text(header)
    found = [(m, j) for m in _MARKS if (j := options_of(cells, m)) is not None]
    if not found:
        return draft(name, cells, question)
    mark, joined = max(found, key=lambda f: (f[1].certain, -len(f[1].options)))
    if not joined.certain:
        _tell_joined(build, name, mark)
        return draft(name, cells, question)
    _tell_options(build, name, mark, joined)
    choices = choices_of(joined.options)
    return Variable(name, "multiple", Label.of(question), choices, separator=mark)


def _tell_joined(build: Build, name: str, mark: str) -> None:
    build.guess(
        f"{name!r} may be a multiple choice joined by {mark!r}; its options are not certain, so "
        f"the cells stay as they are. A codebook with its choices and separator: {mark!r} cuts them.",
        f"{name!r} 可能是以 {mark!r} 连接的多选题；无法确定选项，单元格保持原样。"
        f"在编码簿中写明选项和 separator: {mark!r} 即可拆分。",
    )


def _tell_options(build: Build, name: str, mark: str, found: Joined) -> None:
    rare = ", ".join(map(repr, found.rare[:5]))
    more = f" (and {len(found.rare) - 5} more)" if len(found.rare) > 5 else ""
    more_zh = f"（另有 {len(found.rare) - 5} 个）" if len(found.rare) > 5 else ""
    build.guess(
        f"{name!r}: choices joined by {mark!r}; {len(found.options)} options were inferred from "
        f"the answers" + (f", of which may be typed text: {rare}{more}." if rare else "."),
        f"{name!r}：多个选项以 {mark!r} 连接；由回答推断出 {len(found.options)} 个选项"
        + (f"，其中可能是填写的文字：{rare}{more_zh}。" if rare else "。"),
    )
