"""The columns and questions of a 问卷星 export."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveykit.codebook import Choice, Variable, missing_token
from surveykit.io._export import (
    NO_ANSWER,
    NOT_ASKED,
    Build,
    Table,
    choices_of,
    draft,
    is_ranks,
    is_yes_no,
    require,
    share,
)
from surveykit.io._joined import questionnaire_order
from surveykit.io._naming import question_text, short_names
from surveykit.io._times import seconds
from surveykit.text import Label, fold

TIME = "提交答卷时间"
META = ("序号", TIME, "所用时间", "来源", "来源详情", "来自IP", "用户ID", "总分")
_ITEM = re.compile(r"^第\s*(?P<number>[0-9]+)\s*题\s*[(（](?P<item>.*)[)）]$", re.DOTALL)
_BARE = re.compile(r"^(?P<number>[0-9]+)\s*、\s*[(（](?P<item>.*)[)）]$", re.DOTALL)
_TAIL = re.compile(r"(?:—|–|--|[(（])(?P<item>[^—–(（]+?)[)）]?$")
_NUMBER = re.compile(r"^(?P<number>[0-9]+)\s*(?:、|[.．](?![0-9]))")
_KIND = re.compile(
    r"\s*(?:[\[【](?:单选|多选|填空|量表|排序|矩阵)[^\]】]*[\]】]|[(（](?:单选|多选|填空)题?[)）])\s*\*?\s*$"
)
_FILL = re.compile(r"〖([^〗]*)〗")
_FILL_TO_END = re.compile(r"〖(.*)〗", re.DOTALL)  # of a fill-in that holds such brackets itself
_JOINT = "┋"
_CUT = re.compile(rf"{_JOINT}(?![^〖]*〗)")
_ARROW = "→"
_CODES = {"-2": NO_ANSWER, "-3": NOT_ASKED}
_FEW = 0.2  # share of cells with a joint below which it may have been typed


def is_header(record: Sequence[str]) -> bool:
    """Whether a record is the header of an export."""
    known = {"序号", TIME} <= set(record) and len(set(META) & set(record)) >= 4
    return known and any(_NUMBER.match(h) or _ITEM.match(h) for h in record)


# ---------------------------------------------------------------- columns
@dataclass(frozen=True, slots=True)
class Column:
    """One column: short name, full header, number of its question ("" for metadata), cells."""

    name: str
    header: str
    number: str
    item: str
    cells: list[str]


def columns_of(path: Path, table: Table) -> list[Column]:
    """Return the columns of an export with their short names."""
    headers = table.header
    require(path, "序号" in headers or TIME in headers, "问卷星", f"there is no column {TIME}")
    as_numbered = [_ITEM.sub(r"\g<number>、(\g<item>)", h) for h in headers]
    names = short_names(as_numbered)
    names = [n if n != a else h for n, a, h in zip(names, as_numbered, headers, strict=True)]
    found = []
    for name, header, cells in zip(names, headers, table.columns(), strict=True):
        which = _ITEM.match(header) or _NUMBER.match(header)
        number = which["number"] if which else ""
        found.append(Column(name, header, number, _item(header), cells))
    return found


def _item(header: str) -> str:
    """Return the option or row that a header names."""
    found = _ITEM.match(header) or _BARE.match(header) or _TAIL.search(header)
    return found["item"].strip() if found else ""


def grouped(columns: Sequence[Column]) -> list[list[Column]]:
    """Return the columns question by question; each column of metadata stands alone."""
    groups: dict[str, list[Column]] = {}
    for column in columns:
        groups.setdefault(column.number or column.header, []).append(column)
    return list(groups.values())


def is_number_export(columns: Sequence[Column]) -> bool:
    """Whether most questions hold whole numbers, and no text export's marks stand anywhere."""
    asked = [set(c.cells) - {""} for c in columns if c.number]
    asked = [texts for texts in asked if texts]
    if any(missing_token(t) is not None for texts in asked for t in texts):
        return False
    if any(is_joined(c.cells) for c in columns if c.number):
        return False
    whole = sum(all(_whole(t) for t in texts) for texts in asked)
    coded = any(_ITEM.match(c.header) for c in columns) or any(_CODES.keys() & t for t in asked)
    coded = coded or any(len(g) > 1 and _are_options(g) for g in grouped(columns))
    return coded and 2 * whole >= len(asked) > 0


def _are_options(group: Sequence[Column]) -> bool:
    """Whether columns are headed ``2、题干(选项)``, ``2、(选项)``, … and hold 0 and 1."""
    bare = all(_BARE.match(c.header) for c in group[1:]) and all(c.item for c in group)
    return bare and is_yes_no([parse(marked(c.cells)).cells for c in group])


def is_joined(cells: list[str]) -> bool:
    """Whether cells join choices: not so where few hold a joint and no part stands elsewhere.

    Examples
    --------
    >>> is_joined(["茶┋奶", "茶"]), is_joined(["a┋b", *"cdefgh"])
    (True, False)
    """
    texts = [t for t in parse(cells).cells if missing_token(t) is None]
    joint = [t for t in texts if _JOINT in t]
    if not joint or len(joint) >= _FEW * len(texts):
        return bool(joint)
    seen = Counter(part for t in set(texts) for part in set(t.split(_JOINT)))
    return any(seen[part] > 1 for t in joint for part in t.split(_JOINT))


def share_of_numbers(columns: Sequence[Column]) -> float:
    """Return the share of answers to questions that are whole numbers."""
    texts = [t for c in columns if c.number for t in c.cells if missing_token(t) is None]
    return sum(map(_whole, texts)) / max(len(texts), 1)


def _whole(text: str) -> bool:
    return fold(_FILL.sub("", text)).lstrip("-").isdigit()


def marked(cells: list[str]) -> list[str]:
    """Return the cells of a number export with -2 and -3 as the marks of a text export."""
    return [_CODES.get(fold(text), text) for text in cells]


def add_meta(build: Build, column: Column) -> None:
    """Add a column of metadata; the time taken in seconds."""
    if column.header == "所用时间":
        taken = {text: seconds(text) for text in set(column.cells)}
        if all(v is not None for v in taken.values()):
            texts = [taken[text] or "" for text in column.cells]
            build.drafted(column.name, texts, column.header, "所用时间（秒）")
            return
    name = build.drafted(column.name, column.cells, column.header)
    if column.header == TIME:
        build.variable(Variable(name, "date", Label.of(TIME)))


# ---------------------------------------------------------------- text export
@dataclass(frozen=True, slots=True)
class Parsed:
    """A column of texts taken apart: stems joined again, and fill-ins by stem."""

    cells: list[str]
    fills: dict[str, list[str]]


def parse(cells: list[str]) -> Parsed:
    """Take the fill-ins out of cells.

    Examples
    --------
    >>> found = parse(["茶┋其他〖奶〗", "茶", "(跳过)"])
    >>> found.cells, found.fills
    (['茶┋其他', '茶', '(跳过)'], {'其他': ['奶', '', '']})
    """
    fills: dict[str, list[str]] = {}
    stems = []
    for row, text in enumerate(cells):
        if "〖" not in text:
            stems.append(text)
            continue
        parts = []
        for part in _CUT.split(text):
            fill = _fill_of(part)
            stem = fill.sub("", part).strip()
            filled = [f for f in fill.findall(part) if f.strip()]
            if filled:
                fills.setdefault(stem, [""] * len(cells))[row] = "；".join(filled)
            parts.append(stem)
        stems.append(_JOINT.join(parts))
    return Parsed(stems, fills)


def _fill_of(part: str) -> re.Pattern[str]:
    """Return what finds the fill-ins of an option: one or several, or one with brackets in it."""
    left = _FILL.sub("", part)
    return _FILL_TO_END if "〗" in left else _FILL


def add_texts(build: Build, group: Sequence[Column]) -> None:
    """Add a question of a text export: closed, open or ranked, in one or several columns."""
    parsed = [parse(c.cells) for c in group]
    variables = [_text_variable(c, p, title_of(c)) for c, p in zip(group, parsed, strict=True)]
    for column, part, variable in zip(group, parsed, share(variables), strict=True):
        closed = variable.kind in ("single", "multiple")
        cells = part.cells if closed else column.cells
        places = ranking(cells)
        name = build.column(column.name, cells, column.header)
        if places:
            build.variable(Variable(name, "text", variable.question))
            add_places(build, name, variable.question, places)
            continue
        variable = replace(variable, name=name)
        build.variable(variable)
        if closed:
            add_fills(build, variable, part.fills)


def title_of(column: Column) -> str:
    """Return the question of a column, without number and kind."""
    return _KIND.sub("", question_text(column.header))


def _stem_of(column: Column) -> str:
    """Return the question of ``2、题干(选项)``; empty where the header has none."""
    found = None if _ITEM.match(column.header) else _TAIL.search(title_of(column))
    return title_of(column)[: found.start()].strip() if found else ""


def _text_variable(column: Column, parsed: Parsed, title: str) -> Variable:
    drafted = draft(column.name, parsed.cells, title)
    if drafted.kind == "number" and parsed.fills:
        texts = (t for t in parsed.cells if missing_token(t) is None)
        return replace(drafted, kind="single", choices=choices_of(texts), missing=())
    if drafted.kind == "multiple" and not is_joined(parsed.cells):
        return Variable(drafted.name, "text", drafted.question)
    if drafted.kind == "multiple":
        cells = dict.fromkeys(t for t in parsed.cells if missing_token(t) is None)
        return replace(
            drafted, choices=choices_of(questionnaire_order([t.split(_JOINT) for t in cells]))
        )
    return drafted


def add_fills(build: Build, variable: Variable, fills: dict[str, list[str]]) -> None:
    """Add the columns of what was written beside choices."""
    codes = [c.code for c in variable.choices]
    for stem, texts in fills.items():
        only = len(fills) == 1
        place = codes.index(stem) + 1 if stem in codes else len(codes) + 1
        name = f"{variable.name}_other" if only else f"{variable.name}_{place}_text"
        build.typed(name, texts, "", f"{variable.question.zh}：{stem}", (variable.name, stem))


def ranking(cells: Sequence[str]) -> list[list[str]]:
    """Return who stands in each place, place by place, when cells are rankings; else nothing.

    Examples
    --------
    >>> ranking(["甲→乙", "乙→甲", "(空)"])
    [['甲', '乙', '(空)'], ['乙', '甲', '(空)']]
    """
    orders = [t.split(_ARROW) if missing_token(t) is None else [t] for t in cells]
    ranked = [o for o in orders if len(o) > 1]
    if not ranked or any(len(set(o)) < len(o) for o in ranked):
        return []
    items = {item for o in orders for item in o if missing_token(item) is None}
    longest = max(map(len, ranked))
    if len(items) > 2 * longest:
        return []
    return [[_placed(order, place) for order in orders] for place in range(longest)]


def _placed(order: list[str], place: int) -> str:
    if len(order) == 1 and missing_token(order[0]) is not None:
        return order[0]
    return order[place].strip() if place < len(order) else ""


def add_places(build: Build, name: str, question: Label, places: list[list[str]]) -> None:
    """Add one column for each place of a ranking, with one list of choices."""
    texts = (t for place in places for t in place if missing_token(t) is None)
    choices = choices_of(texts)
    for i, place in enumerate(places, 1):
        title = Label(f"{question.zh}（第{i}位）", f"{question.en} (place {i})")
        column = build.column(f"{name}_{i}", place)
        build.variable(Variable(column, "single", title, choices))
    build.note(
        f"{name!r} is a ranking: kept as text, with one variable for each place "
        f"({name}_1 … {name}_{len(places)}).",
        f"{name!r} 是排序题：原文保留，另按名次各生成一个变量（{name}_1 … {name}_{len(places)}）。",
    )


# ---------------------------------------------------------------- number export
def add_codes(build: Build, group: Sequence[Column]) -> None:
    parsed = [parse(c.cells) for c in group]
    if is_yes_no([p.cells for p in parsed]) and all(c.item for c in group):
        add_multiple(build, group, parsed)
        return
    ranks = is_ranks([p.cells for p in parsed])
    for column, part in zip(group, parsed, strict=True):
        name = build.drafted(column.name, part.cells, column.header, title_of(column))
        if build.variables[name].kind == "multiple" and not is_joined(part.cells):
            build.variable(Variable(name, "text", build.variables[name].question))
        add_fills(build, build.variables[name], part.fills)
    if ranks:
        names = ", ".join(c.name for c in group)
        build.note(
            f"{names}: a ranking; each column holds the place of one item.",
            f"{names}：排序题，每列是一个选项的名次。",
        )


def add_multiple(
    build: Build,
    group: Sequence[Column],
    parsed: Sequence[Parsed],
    question: Label | None = None,
) -> None:
    """Add the yes/no columns of a multiple choice as one variable."""
    names = tuple(
        build.column(c.name, p.cells, c.header) for c, p in zip(group, parsed, strict=True)
    )
    question = question or Label.of(_stem_of(group[0]) or f"第{group[0].number}题")
    choices = tuple(Choice(str(i), Label.of(c.item)) for i, c in enumerate(group, 1))
    name = build.free(f"q{group[0].number}")
    variable = Variable(name, "multiple", question, choices, columns=names, counted="1")
    build.variable(variable)
    fills = {c.item: f for c, p in zip(group, parsed, strict=True) for f in p.fills.values()}
    labelled = replace(variable, choices=choices_of(c.item for c in group))
    add_fills(build, labelled, fills)
