"""The pair of 问卷星 exports: codes from the number export, labels from the text export.

Respondents are paired by 序号. A code takes the one text that stands beside it; where two
texts share a code the question keeps its numbers, with a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from surveykit.codebook import Choice, Variable, missing_token, parse_number
from surveykit.errors import InputError
from surveykit.io._export import Build, Table, is_yes_no
from surveykit.io._raw import Raw
from surveykit.io._wjx_questions import (
    Column,
    Parsed,
    add_fills,
    add_meta,
    add_multiple,
    add_places,
    add_texts,
    columns_of,
    grouped,
    is_number_export,
    marked,
    parse,
    ranking,
    share_of_numbers,
    title_of,
)
from surveykit.text import Label, fold

__all__ = ["read_pair"]

ID = "序号"
_APART = 0.3  # difference in the share of numbers that tells the two exports apart


def read_pair(path: Path, table: Table, columns: list[Column], labels: Path, other: Table) -> Raw:
    """Read a pair, in whichever order the two files are given.

    Raises
    ------
    InputError
        When not exactly one of the two is a number export, or they share no respondent.
    """
    theirs = columns_of(labels, other)
    kinds = is_number_export(columns), is_number_export(theirs)
    shares = share_of_numbers(columns), share_of_numbers(theirs)
    if kinds[0] == kinds[1] and abs(shares[0] - shares[1]) > _APART:
        kinds = shares[0] > shares[1], shares[1] > shares[0]
    if kinds[0] == kinds[1]:
        which = "number exports (按序号)" if kinds[0] else "text exports (按文本)"
        message = f"{path.name} and {labels.name} are both {which}."
        raise InputError(message, where=str(path), hint="give one of each.")
    numbers, texts = (columns, theirs) if kinds[0] else (theirs, columns)
    build, texts = _aligned(path, labels, numbers, texts)
    by_number = {g[0].number: g for g in grouped(texts) if g[0].number}
    for group in grouped(numbers):
        if not group[0].number:
            add_meta(build, group[0])
            continue
        coded = [replace(c, cells=marked(c.cells)) for c in group]
        _add(build, coded, by_number.pop(group[0].number, []))
    for group in by_number.values():
        add_texts(build, group)
    return build.raw(path, table, "wjx")


def _aligned(
    path: Path, labels: Path, numbers: list[Column], texts: list[Column]
) -> tuple[Build, list[Column]]:
    """Bring the rows of the text export into the order of the number export, by 序号."""
    ids, others = (_ids(p, c) for p, c in ((path, numbers), (labels, texts)))
    place = {key: row for row, key in enumerate(others)}
    rows = [place.get(key) for key in ids]
    found = sum(row is not None for row in rows)
    if not found:
        message = f"{path.name} and {labels.name} share no {ID}."
        raise InputError(message, where=str(path), hint="are they exports of one survey?")
    build = Build(len(ids))
    if found < len(ids) or found < len(others):
        build.note(
            f"paired by {ID}: {found} respondents are in both files, {len(ids) - found} only "
            f"among the numbers, {len(others) - found} only among the texts (left out).",
            f"按{ID}配对：两个文件共有 {found} 份答卷；{len(ids) - found} 份只在按序号文件中，"
            f"{len(others) - found} 份只在按文本文件中（未读入）。",
        )
    moved = [replace(c, cells=["" if row is None else c.cells[row] for row in rows]) for c in texts]
    return build, moved


def _ids(path: Path, columns: list[Column]) -> list[str]:
    found = next((c for c in columns if c.header == ID), None)
    if found is None:
        raise InputError(f"has no column {ID}.", where=str(path), hint="a pair is matched by it.")
    ids = [fold(text) for text in found.cells]
    if len(set(ids)) < len(ids):
        raise InputError(f"a {ID} stands twice.", where=str(path), hint="export it again.")
    return ids


def _add(build: Build, coded: list[Column], texts: list[Column]) -> None:
    """Add one question that both files hold."""
    codes = [parse(c.cells) for c in coded]
    words = [parse(c.cells) for c in texts]
    question = Label.of(title_of(texts[0] if texts else coded[0]))
    if is_yes_no([p.cells for p in codes]) and all(c.item for c in coded):
        add_multiple(build, coded, codes, question if len(texts) == 1 else None)
        _fills_of_joined(build, coded, words)
        return
    places = ranking(words[0].cells) if len(words) == 1 else []
    if places:
        name = build.column(texts[0].name, texts[0].cells, texts[0].header)
        build.variable(Variable(name, "text", question))
        add_places(build, name, question, places)
        return
    if len(coded) != len(texts):
        _unlabelled(build, coded, codes)
        return
    _add_labelled(build, coded, codes, texts, words)


def _fills_of_joined(build: Build, coded: list[Column], words: list[Parsed]) -> None:
    name = f"q{coded[0].number}"
    if len(words) == 1 and name in build.variables:
        variable = build.variables[name]
        labels = tuple(Choice(c.label.zh, c.label) for c in variable.choices)
        if f"{name}_other" not in build.columns:
            add_fills(build, replace(variable, choices=labels), words[0].fills)


def _unlabelled(build: Build, coded: list[Column], codes: list[Parsed]) -> None:
    for column, part in zip(coded, codes, strict=True):
        build.drafted(column.name, part.cells, column.header, title_of(column))
    names = ", ".join(c.name for c in coded)
    build.note(
        f"{names}: the two exports do not agree on this question; it keeps its numbers.",
        f"{names}：两个文件对不上，此题保留序号。",
    )


def _add_labelled(
    build: Build,
    coded: list[Column],
    codes: list[Parsed],
    texts: list[Column],
    words: list[Parsed],
) -> None:
    """Add columns of codes whose labels the text export shows, all rows of a matrix alike."""
    pairs = [
        (fold(a), b)
        for number, word in zip(codes, words, strict=True)
        for a, b in zip(number.cells, word.cells, strict=True)
        if missing_token(a) is None and missing_token(b) is None
    ]
    same = all(a == fold(b) for a, b in pairs)
    labels = {} if same else _labels(pairs)
    if not same and labels is None:
        _unlabelled(build, coded, codes)
        return
    choices = tuple(Choice(code, Label.of(text)) for code, text in (labels or {}).items())
    if not choices:
        add_texts(build, texts)
        return
    for column, number, text, word in zip(coded, codes, texts, words, strict=True):
        title = title_of(text)
        name = build.column(column.name, number.cells, text.header)
        variable = Variable(name, "single", Label.of(title), choices)
        build.variable(variable)
        by_text = tuple(Choice(c.label.zh, c.label) for c in choices)
        add_fills(build, replace(variable, choices=by_text), word.fills)


def _labels(pairs: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    """Return code → text, ascending; None when a code or a text has two partners."""
    found: dict[str, str] = {}
    for code, text in pairs:
        if parse_number(code) is None or found.setdefault(code, text) != text:
            return None
    if len(set(found.values())) < len(found):
        return None
    return dict(sorted(found.items(), key=lambda item: parse_number(item[0]) or 0.0))
