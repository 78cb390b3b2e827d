"""腾讯问卷: the CSV, as it is or in the zip that is downloaded.

- Headers ``1.题干``; a multiple choice is one column for each option, ``5.题干:选项``, that holds
  its text or nothing; an answer carries its letter, ``A.男``, which gives the order of choices.
- What is typed beside an option stands in a column of its own, ``…[选项填空]``, called
  ``q3_other``, or ``q5_<k>_text`` where several options of a question have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveykit.codebook import Choice, Variable, missing_token
from surveykit.io._export import (
    Build,
    draft,
    is_ranks,
    is_yes_no,
    require,
    share,
    shared_start,
    table_of,
)
from surveykit.io._head import Head
from surveykit.io._naming import question_text
from surveykit.io._raw import Raw
from surveykit.io._times import seconds
from surveykit.text import Label, fold

__all__ = ["is_tencent", "read_tencent"]

_ID, _TIMES = "编号", ("开始答题时间", "结束答题时间")
_TAKEN = "答题时长"
_NUMBER = re.compile(r"^(?P<number>[0-9]+)\s*[.．、]\s*(?P<rest>.*)$", re.DOTALL)
_FILLED = "[选项填空]"
_BLANK = re.compile(r"_{2,}(?:\{[^{}]*\})?|\{fillblank-[^{}]*\}")
_LETTER = re.compile(r"^(?P<letter>[A-Z]{1,2})\s*[.．、]\s*(?P<label>.*)$", re.DOTALL)


def is_tencent(head: Head) -> bool:
    """Whether the first record is the header of a 腾讯问卷 export."""
    known = {_ID, *_TIMES} <= set(head.header)
    return known and any(_NUMBER.match(h) for h in head.header)


def read_tencent(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read an export, CSV or xlsx.

    Raises
    ------
    InputError
        When it has none of the columns that 腾讯问卷 puts first.
    """
    table = table_of(path, data, sheet)
    headers = table.header
    found = _ID in headers or bool(set(_TIMES) & set(headers))
    require(path, found, "腾讯问卷", f"there is no column {_ID} or {_TIMES[0]}")
    build = Build(len(table.rows) - 1)
    for group in _grouped(headers, table.columns()):
        _add(build, group)
    return build.raw(path, table, "tencent")


# ---------------------------------------------------------------- columns
@dataclass(frozen=True, slots=True)
class Column:
    """One column; `number` is empty for a system column, `filled` says that it holds typed text."""

    header: str
    number: str
    filled: bool
    cells: list[str]


def _grouped(headers: Sequence[str], columns: Sequence[list[str]]) -> list[list[Column]]:
    groups: dict[str, list[Column]] = {}
    for header, cells in zip(headers, columns, strict=True):
        match = _NUMBER.match(header)
        filled = header.endswith(_FILLED)
        tidy = [t.rstrip("\t") for t in cells]
        column = Column(header, match["number"] if match else "", filled and bool(match), tidy)
        groups.setdefault(column.number or f"={header}", []).append(column)
    return list(groups.values())


def _add(build: Build, group: list[Column]) -> None:
    asked = [c for c in group if not c.filled]
    if not asked or not asked[0].number:
        for column in group:
            _add_system(build, column)
        return
    name = f"q{asked[0].number}"
    stem, options = _options([c.header for c in asked])
    cells = [c.cells for c in asked]
    if len(asked) == 1:
        variable = _single(name, cells[0], question_text(asked[0].header))
        name = build.column(name, cells[0], asked[0].header)
        build.variable(replace(variable, name=name))
    elif _is_multiple(cells, options):
        _add_multiple(build, name, stem, asked, options)
    else:
        _add_rows(build, name, stem, asked, options)
    _add_fills(build, name, stem, [c.header for c in asked], [c for c in group if c.filled])


def _add_system(build: Build, column: Column) -> None:
    if column.header == _TAKEN:
        taken = {text: seconds(text) for text in set(column.cells)}
        if all(v is not None for v in taken.values()):
            texts = [taken[text] or "" for text in column.cells]
            build.drafted(_TAKEN, texts, question=f"{_TAKEN}（秒）")
            return
    name = build.drafted(column.header, column.cells)
    if column.header in _TIMES:
        build.variable(Variable(name, "date", Label.of(name)))


def _options(headers: Sequence[str]) -> tuple[str, list[str]]:
    """Return the stem that headers share, and what each adds to it."""
    shared = shared_start(headers)
    at = max(shared.rfind(":"), shared.rfind("_"))
    stem = shared[: at + 1] if at > 0 else shared
    rests = [_clean(h[len(stem) :]) or _clean(h) for h in headers]
    return question_text(stem.rstrip(":_：")), rests


def _clean(text: str) -> str:
    """Return an option without the mark of its blank."""
    return _BLANK.sub("", text).strip()


def _label(text: str) -> str:
    match = _LETTER.match(text)
    return _clean(match["label"] if match else text) or text


def _choices(texts: Iterable[str]) -> tuple[Choice, ...]:
    """Return choices coded by their text, in the order of their letters where all have one."""
    found = list(dict.fromkeys(texts))
    if all(_LETTER.match(t) for t in found):
        found.sort(key=_place)
    return tuple(Choice(t, Label.of(_label(t))) for t in found)


def _place(text: str) -> tuple[int, str]:
    match = _LETTER.match(text)
    letter = match["letter"] if match else ""
    return len(letter), letter


def _single(name: str, cells: Sequence[str], question: str) -> Variable:
    variable = draft(name, cells, question)
    if variable.kind in ("single", "text"):
        texts = [t for t in dict.fromkeys(cells) if missing_token(t) is None]
        lettered = bool(texts) and all(_LETTER.match(t) for t in texts)
        if variable.kind == "single" or (lettered and len(texts) <= 60):
            return replace(variable, kind="single", choices=_choices(texts))
    return variable


def _is_multiple(cells: Sequence[list[str]], options: Sequence[str]) -> bool:
    """Whether each column holds nothing but its own option, or yes and no."""
    if is_yes_no(cells):
        return True
    texts = [{t for t in c if missing_token(t) is None} for c in cells]
    pairs = zip(texts, options, strict=True)
    return any(texts) and all({_label(t) for t in ts} <= {_label(o)} for ts, o in pairs)


def _add_multiple(
    build: Build, name: str, stem: str, asked: list[Column], options: list[str]
) -> None:
    names = tuple(build.column(f"{name}_{i}", c.cells, c.header) for i, c in enumerate(asked, 1))
    counted = "1" if is_yes_no([c.cells for c in asked]) else None
    if counted:
        choices = tuple(Choice(str(i), Label.of(_label(o))) for i, o in enumerate(options, 1))
    else:
        firsts = (next((t for t in c.cells if missing_token(t) is None), "") for c in asked)
        pairs = zip(firsts, options, strict=True)
        choices = tuple(Choice(text or o, Label.of(_label(o))) for text, o in pairs)
        choices = tuple({c.code: c for c in choices}.values())
    whole = Variable(build.free(name), "multiple", Label.of(stem), choices, columns=names)
    build.variable(replace(whole, counted=counted))


def _add_rows(build: Build, name: str, stem: str, asked: list[Column], options: list[str]) -> None:
    variables = [
        _single(f"{name}_{i}", c.cells, f"{stem}：{o}")
        for i, (c, o) in enumerate(zip(asked, options, strict=True), 1)
    ]
    shared = share(variables)
    if any(v.choices for v in shared):
        every = _choices(c.code for v in shared for c in v.choices)
        same = len({v.choices for v in shared if v.choices}) == 1
        shared = [replace(v, choices=every) if v.choices and same else v for v in shared]
    for column, variable in zip(asked, shared, strict=True):
        own = build.column(variable.name, column.cells, column.header)
        build.variable(replace(variable, name=own))
    if is_ranks([c.cells for c in asked]):
        build.note(
            f"{name}_1 … {name}_{len(asked)}: a ranking; each column holds the place of one item.",
            f"{name}_1 … {name}_{len(asked)}：排序题，每列是一个选项的名次。",
        )


def _add_fills(
    build: Build, name: str, stem: str, headers: list[str], filled: list[Column]
) -> None:
    """Add the columns of typed text, beside the option whose header they repeat."""
    for column in filled:
        of = column.header.removesuffix(_FILLED)
        place = headers.index(of) + 1 if of in headers else 1
        own = f"{name}_other" if len(filled) == 1 else f"{name}_{place}_text"
        option = _options([*headers, of])[1][-1] if len(headers) > 1 else "其他"
        build.typed(own, column.cells, column.header, f"{fold(stem)}：{option}", (name, option))
