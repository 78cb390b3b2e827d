"""LimeSurvey: the CSV or xlsx of responses, with codes or full answers.

- Parts are named as in LimeSurvey's own equations: ``sat[SQ001]`` is ``sat_SQ001``.
- ``likes[SQ001]`` … of a multiple choice hold Y (Yes) or nothing (No): one variable. What is
  typed under ``likes[other]`` goes to ``likes_other``, and the option counts as chosen.
- ``sat[SQ001]`` … of an array share their choices; ``goals[1]``, ``goals[2]`` … of a ranking
  hold who stands in that place.
- ``N/A`` is not asked. Responses without submitdate were not finished: kept, and counted.
- Labels and skip rules come from the tab-separated structure: ``codebook="survey.txt"``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveykit.codebook import Choice, Variable, missing_token
from surveykit.io._export import NOT_ASKED, Build, draft, require, share, table_of
from surveykit.io._head import Head
from surveykit.io._raw import Raw
from surveykit.text import Label, fold

__all__ = ["is_limesurvey", "read_limesurvey"]

_SUBMITTED = ("submitdate", "Date submitted", "submitdate. Date submitted")
_LANGUAGE = ("startlanguage", "Start language", "startlanguage. Start language")
_ALSO = {"lastpage", "seed", "datestamp", "startdate", "Last page", "Seed", "id", "Response ID"}
_DATES = {*_SUBMITTED, "startdate", "datestamp", "Date started", "Date last action"}
_WHO = {"ipaddr", "IP address", "token", "Token", "firstname", "lastname", "email", "refurl", "Referrer URL"}  # fmt: skip
_PART = re.compile(r"(?P<stem>.+?)\s*\[(?P<sub>[^\[\]]+)\](?:\[(?P<scale>[^\[\]]+)\])?", re.DOTALL)
_YES = ("Y", "Yes", "是", "Ja", "Oui", "Sí", "1")
_NO = {"N", "No", "否", "Nein", "Non", "0"}
_OTHER = ("other", "Other", "其他", "其它")


def is_limesurvey(head: Head) -> bool:
    """Whether the columns that LimeSurvey puts first are there."""
    names = set(head.header)
    known = bool(names & set(_SUBMITTED)) and bool(names & set(_LANGUAGE))
    return known and bool(names & _ALSO)


def read_limesurvey(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read an export of responses.

    Raises
    ------
    InputError
        When there is no submitdate.
    """
    table = table_of(path, data, sheet)
    headers = table.header
    found = bool(set(headers) & set(_SUBMITTED))
    require(path, found, "LimeSurvey", "there is no column submitdate")
    build = Build(len(table.rows) - 1)
    columns = _columns(build, headers, table.columns())
    for group in _grouped(columns):
        _add(build, group)
    _tell_unfinished(build)
    return build.raw(path, table, "limesurvey")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `stem` and `sub` are empty for one that is no part of a question."""

    header: str
    stem: str
    sub: str
    scale: str
    cells: list[str]

    @property
    def name(self) -> str:
        """The header; of a part with a code, as in equations."""
        parts = [p for p in (self.stem, self.sub, self.scale) if p]
        coded = self.stem and all(re.fullmatch(r"\w+", p, re.ASCII) for p in parts)
        return "_".join(parts) if coded else self.header

    @property
    def answers(self) -> set[str]:
        """The distinct answers."""
        return {fold(t) for t in self.cells if missing_token(t) is None}


def _columns(build: Build, headers: Sequence[str], columns: Sequence[list[str]]) -> list[Column]:
    found, hidden = [], 0
    for header, cells in zip(headers, columns, strict=True):
        if "N/A" in cells:
            hidden += 1
            cells = [NOT_ASKED if t == "N/A" else t for t in cells]
        match = _PART.fullmatch(header)
        parts = (match["stem"], match["sub"], match["scale"] or "") if match else ("", "", "")
        found.append(Column(header, *parts, cells))
    if hidden:
        build.note(
            f"N/A reads as not asked (in {hidden} columns).", f"N/A 读作未询问（{hidden} 列）。"
        )
    return found


def _grouped(columns: Sequence[Column]) -> list[list[Column]]:
    groups: dict[str, list[Column]] = {}
    for column in columns:
        key = f"{column.stem}[{column.scale}" if column.stem else f"={column.name}"
        if column.sub.endswith("comment") or column.sub == "filecount":
            key = f"={column.name}"
        groups.setdefault(key, []).append(column)
    return list(groups.values())


def _add(build: Build, group: list[Column]) -> None:
    typed = [c for c in group if c.sub in _OTHER and not c.answers <= {*_YES, *_NO}]
    columns = [c for c in group if not any(c is t for t in typed)]
    if columns and columns[0].stem and _is_multiple(columns):
        _add_multiple(build, columns, typed)
    elif len(columns) == 1 or not columns:
        for column in columns:
            _add_one(build, column)
    else:
        _add_rows(build, columns)
    for column in typed:
        question = f"{column.stem}: {column.sub}"
        of = (column.stem, "other" if column.stem in build.variables and build.variables[column.stem].kind == "multiple" else "-oth-")  # fmt: skip
        build.typed(f"{column.stem}_other", column.cells, column.header, question, of)


def _add_one(build: Build, column: Column) -> None:
    if column.name in _WHO:
        name = build.column(column.name, column.cells, column.header)
        build.variable(Variable(name, "text", Label.of(name), identifier=True))
        return
    name = build.drafted(column.name, column.cells, column.header, column.header)
    if column.name in _DATES:
        build.variable(Variable(name, "date", Label.of(name)))


def _is_multiple(columns: Sequence[Column]) -> bool:
    """Whether columns hold yes and no, or yes and nothing."""
    answers = set().union(*(c.answers for c in columns))
    yes = answers & set(_YES)
    if len(yes) != 1 or not answers <= yes | _NO:
        return False
    return yes != {"1"} or answers <= {"1", "0"}


def _add_multiple(build: Build, columns: list[Column], typed: list[Column]) -> None:
    answers = set().union(*(c.answers for c in columns))
    yes = next(y for y in _YES if y in answers)
    names = [build.column(c.name, c.cells, c.header) for c in columns]
    subs = [c.sub for c in columns]
    for column in typed:
        chosen = [_chosen(text, yes) for text in column.cells]
        names.append(build.column(f"{column.stem}_chosen_{column.sub}", chosen))
        subs.append(column.sub)
    choices = tuple(Choice(s, Label.of(s)) for s in subs)
    stem = build.free(columns[0].stem)
    build.variable(
        Variable(
            stem, "multiple", Label.of(stem), choices, columns=tuple(names), counted=yes
        )
    )  # fmt: skip


def _chosen(text: str, yes: str) -> str:
    return text if missing_token(text) is not None else yes


def _add_rows(build: Build, columns: list[Column]) -> None:
    variables = share([draft(c.name, c.cells, c.header) for c in columns])
    if [c.sub for c in columns] == [str(i) for i in range(1, len(columns) + 1)]:
        variables = [_ranked(v, columns) for v in variables]
        stem = columns[0].stem
        build.note(
            f"{stem!r} looks like a ranking: each column holds who stands in that place.",
            f"{stem!r} 应为排序题：每列是该名次上的选项。",
        )
    for column, variable in zip(columns, variables, strict=True):
        name = build.column(column.name, column.cells, column.header)
        build.variable(replace(variable, name=name))


def _ranked(variable: Variable, columns: list[Column]) -> Variable:
    if variable.kind != "single":
        return variable
    texts = dict.fromkeys(t for c in columns for t in c.cells if missing_token(t) is None)
    return replace(variable, choices=tuple(Choice(t, Label.of(t)) for t in texts))


def _tell_unfinished(build: Build) -> None:
    name = next((n for n in _SUBMITTED if n in build.columns), None)
    if name is None:
        return
    count = sum(not text.strip() or text.startswith("1980-01-01") for text in build.columns[name])
    if count:
        rule = f'{name} != ""' if name.isidentifier() else f'`{name}` != ""'
        build.note(
            f"{count} of {build.rows} responses were not submitted; they are kept. "
            f"where: {rule} leaves them out.",
            f"{build.rows} 份答卷中有 {count} 份未提交，仍保留；用 where: {rule} 可排除。",
        )
