"""KoboToolbox, ODK Central and SurveyCTO: CSV (``;`` or ``,``) or xlsx.

- Group prefixes go unless names collide: ``person/sex`` (ODK: ``person-sex``) is ``sex``.
- A select-multiple is one column of joined names, with or without a 1/0 column for each,
  ``likes/tea``; it becomes one variable, read from the joined column where there is one, as
  that tells no answer from nothing chosen.
- Positions, devices and who submitted are direct identifiers.
- Labels, order of choices and skip rules come from the form: ``codebook="form.xlsx"``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveykit.codebook import Choice, Variable, missing_token
from surveykit.io._export import Build, draft, require, table_of
from surveykit.io._head import Head
from surveykit.io._joined import options_of
from surveykit.io._naming import short_names
from surveykit.io._raw import Raw
from surveykit.text import Label

__all__ = ["is_kobo", "read_kobo"]

_KOBO = {"_uuid", "_submission_time", "_id", "_index", "_validation_status", "__version__", "_submitted_by"}  # fmt: skip
_CENTRAL = {"SubmissionDate", "KEY"}
_WHO = {"_submitted_by", "SubmitterName", "SubmitterID", "DeviceID", "username", "subscriberid", "simid", "devicephonenum"}  # fmt: skip
_PART = re.compile(r"_(?P<of>.+)_(?:latitude|longitude|altitude|precision)|(?P<odk>.+)-(?:Latitude|Longitude|Altitude|Accuracy)")  # fmt: skip
_POINT = re.compile(r"-?[0-9]{1,3}\.[0-9]+ -?[0-9]{1,3}\.[0-9]+(?: -?[0-9.]+){0,2}")
_NAME = re.compile(r"[\w.-]+")
_YES = ("1", "TRUE", "True", "true")
_NO = {"0", "FALSE", "False", "false"}


def is_kobo(head: Head) -> bool:
    """Whether the columns that the server adds are there."""
    names = set(head.header)
    kobo = {"_uuid", "_submission_time"} <= names and len(_KOBO & names) >= 3
    return kobo or (names >= _CENTRAL and bool(names & _ODK_ONLY))


_ODK_ONLY = {"meta-instanceID", "instanceID", "SubmitterName", "formdef_version", "FormVersion"}


def read_kobo(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read an export with names or labels, select-multiples joined, split or both.

    Raises
    ------
    InputError
        When there is none of the columns that the servers add.
    """
    table = table_of(path, data, sheet)
    headers = table.header
    found = bool((_KOBO | _CENTRAL | {"KEY"}) & set(headers))
    require(path, found, "KoboToolbox or ODK", "there is no column _uuid, _id or KEY")
    build = Build(len(table.rows) - 1)
    columns = _columns(headers, table.columns())
    points = _positions(columns)
    done: set[str] = set()
    options: dict[str, list[Column]] = {}
    for column in columns:
        options.setdefault(column.parent, []).append(column)
    for column in columns:
        if column.name in points:
            _add_identifier(build, column)
        elif not column.parent:
            _add(build, column, options.get(column.header, []))
        elif column.parent not in headers and column.parent not in done:
            done.add(column.parent)
            _add_split(build, options[column.parent])
        elif column.parent in headers:
            build.column(column.name, column.cells, column.header)
    return build.raw(path, table, "kobo")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; of an option of a select-multiple also its `parent`, as header and as name."""

    name: str
    header: str
    parent: str
    question: str
    option: str
    cells: list[str]


def _columns(headers: Sequence[str], columns: Sequence[list[str]]) -> list[Column]:
    parents = _parents(headers, columns)
    questions = [h for h in headers if h not in parents]
    names = dict(zip(questions, _names(questions), strict=True))
    taken = set(names.values())
    found = []
    for header, cells in zip(headers, columns, strict=True):
        parent = parents.get(header, "")
        if not parent:
            found.append(Column(names[header], header, "", "", "", cells))
            continue
        option = header[len(parent) + 1 :]
        question = names.get(parent) or _leaf(parent, headers)
        short = f"{question}/{option}"
        if parent not in names:
            short = option if option not in taken and _NAME.fullmatch(option) else short
        found.append(Column(short, header, parent, question, option, cells))
    return found


def _leaf(header: str, headers: Sequence[str]) -> str:
    return header.rpartition("-" if set(headers) >= _CENTRAL else "/")[2]


def _parents(headers: Sequence[str], columns: Sequence[list[str]]) -> dict[str, str]:
    """Return the question of each column that is an option of one.

    A question may have a column itself; where it has none, all its options have to hold yes
    or no, and at least two of them: a group of other questions looks the same otherwise.
    """
    known = set(headers)
    found: dict[str, str] = {}
    groups: dict[str, list[int]] = {}
    for i, header in enumerate(headers):
        for at in (m.start() for m in re.finditer("/", header)):
            if header[:at] in known:
                found[header] = header[:at]
                break
        else:
            groups.setdefault(header.rpartition("/")[0], []).append(i)
    for group, places in groups.items():
        cells = [{t for t in columns[i] if missing_token(t) is None} for i in places]
        every = set().union(*cells)
        if group and len(places) > 1 and every & _NO and every <= {*_YES, *_NO}:
            found |= {headers[i]: group for i in places}
    return found


def _names(headers: Sequence[str]) -> list[str]:
    if not set(headers) >= _CENTRAL:
        return short_names(headers)
    leaves = [h if _PART.fullmatch(h) else h.rpartition("-")[2] or h for h in headers]
    count = Counter(leaves)
    return [leaf if count[leaf] == 1 else h for leaf, h in zip(leaves, headers, strict=True)]


def _positions(columns: Sequence[Column]) -> set[str]:
    """Return the columns that say where or by whom an answer was given."""
    names = {c.name for c in columns}
    found = {c.name for c in columns if c.name in _WHO}
    for column in columns:
        match = _PART.fullmatch(column.name) or _PART.fullmatch(column.header)
        of = (match["of"] or match["odk"]) if match else ""
        if of and (of in names or (match and match["odk"]) or f"{of}_latitude" in column.name):
            found |= {column.name, *({of} & names)}
        answers = [t for t in column.cells if t.strip()]
        if answers and all(_POINT.fullmatch(t.strip()) for t in answers):
            found.add(column.name)
    return found


def _add_identifier(build: Build, column: Column) -> None:
    name = build.column(column.name, column.cells, column.header)
    build.variable(Variable(name, "text", Label.of(name), identifier=True))


# ---------------------------------------------------------------- questions
def _add(build: Build, column: Column, options: list[Column]) -> None:
    name = build.column(column.name, column.cells, column.header)
    if options:
        codes = tuple(Choice(c.option, Label.of(c.option)) for c in options)
        build.variable(Variable(name, "multiple", Label.of(name), codes, separator=" "))
        return
    variable = _joined(name, column.cells)
    if variable is None:
        build.variable(draft(name, column.cells))
        return
    build.variable(variable)
    build.guess(
        f"{name!r}: names joined by blanks, taken for a select-multiple of "
        f"{len(variable.choices)} options; codebook=<the XLSForm> makes it certain.",
        f"{name!r}：以空格连接的选项名，按 {len(variable.choices)} 个选项的多选题读取；"
        "用 codebook=<XLSForm 表单> 可以确定。",
    )


def _joined(name: str, cells: Sequence[str]) -> Variable | None:
    """Return a select-multiple whose options have no columns, if all its parts are names."""
    found = options_of(cells, " ")
    if found is None or found.rare or not all(_NAME.fullmatch(o) for o in found.options):
        return None
    if all(o.replace(".", "").lstrip("-").isdigit() and "." in o for o in found.options):
        return None
    choices = tuple(Choice(o, Label.of(o)) for o in found.options)
    return Variable(name, "multiple", Label.of(name), choices, separator=" ")


def _add_split(build: Build, options: list[Column]) -> None:
    names = tuple(build.column(c.name, c.cells, c.header) for c in options)
    texts = {t for c in options for t in c.cells}
    yes = next((y for y in _YES if y in texts), _YES[0])
    choices = tuple(Choice(c.option, Label.of(c.option)) for c in options)
    name = build.free(options[0].question)
    variable = Variable(name, "multiple", Label.of(name), choices, columns=names, counted=yes)
    build.variable(replace(variable, name=name))
    build.note(
        f"{name!r}: {len(names)} yes/no columns ({names[0]!r} …) read as one select-multiple.",
        f"{name!r}：{len(names)} 个是/否列（{names[0]!r} 等）合为一道多选题。",
    )
