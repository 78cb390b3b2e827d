"""How a codebook reads cells: text → codes, sets of choices, numbers.

The same rules serve every analysis and every ``where``. A cell that the codebook does not
allow becomes ``UNKNOWN`` here and is reported by whoever uses the variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.codebook._cells import Cells, narrowest, parse_number, plain_numbers
from surveykit.codebook._model import Choice, Variable
from surveykit.rules import Levels
from surveykit.text import Label, fold, shortest

__all__ = [
    "BLANK",
    "NONE_CHOSEN",
    "NOT_ASKED",
    "UNKNOWN",
    "USER_MISSING",
    "CodedCategories",
    "CodedNumbers",
    "CodedSets",
    "Unknown",
    "encode_bins",
    "encode_categories",
    "encode_multiple",
    "encode_number_array",
    "encode_numbers",
    "levels_of",
    "missing_token",
    "number_categories",
]

BLANK, NOT_ASKED, USER_MISSING, NONE_CHOSEN, UNKNOWN = -1, -2, -3, -4, -5

Ints = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_BLANK_TOKENS = {"(空)"}
_SKIP_TOKENS = {"(跳过)"}
_FILLED_IN = re.compile(r"〖[^〗]*〗")
_FILLED_WITH_BRACKETS = re.compile(r"〖[^〖]*〗\s*$")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text that the codebook does not allow: where, how often, first rows (0-based)."""

    column: str
    value: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CodedCategories:
    """`values` (n,): index into `levels`, or BLANK, NOT_ASKED, USER_MISSING, UNKNOWN."""

    levels: tuple[Choice, ...]
    values: Ints
    unknown: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class CodedSets:
    """`chosen` (n, k); `status` (n,): 0 with at least one choice, else why there is none."""

    levels: tuple[Choice, ...]
    chosen: Bools
    status: Ints
    unknown: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class CodedNumbers:
    """`values` (n,): nan where missing; `status` (n,): 0 with a number, else why none."""

    values: Floats
    status: Ints
    unknown: tuple[Unknown, ...] = ()


# ---------------------------------------------------------------- single texts
def missing_token(text: str) -> int | None:
    """Return BLANK or NOT_ASKED for a cell that survey tools leave for these, else None.

    Examples
    --------
    >>> missing_token("（空）"), missing_token("(跳过)"), missing_token("0")
    (-1, -2, None)
    """
    key = fold(text)
    if not key or key in _BLANK_TOKENS:
        return BLANK
    return NOT_ASKED if key in _SKIP_TOKENS else None


def levels_of(choices: Iterable[Choice]) -> Levels:
    """Return the names of choices: code, Chinese label, English label."""
    return Levels((c.code, c.label.zh, c.label.en) for c in choices)


@dataclass(frozen=True, slots=True)
class _Matcher:
    """Texts of one variable → place of the choice or a missing status."""

    choices: Levels
    missing: Levels
    none: frozenset[str]
    reserved: frozenset[str]  # codes of missing that may be the label of a choice

    @classmethod
    def of(cls, variable: Variable) -> _Matcher:
        none = frozenset(map(fold, variable.none))
        codes = {fold(c.code) for c in variable.choices}
        reserved = frozenset(fold(c.code) for c in variable.missing) - codes
        return cls(levels_of(variable.choices), levels_of(variable.missing), none, reserved)

    def match(self, text: str) -> int:
        found = self.choices.exact.get(text)
        if found is None:
            if fold(text) in self.reserved:
                return USER_MISSING
            found = self.choices.find(text)
        if found is not None:
            return found
        status = self.status(text)
        if status is not None:
            return status
        if "〖" not in text:
            return UNKNOWN
        stems = (p.sub("", text) for p in (_FILLED_IN, _FILLED_WITH_BRACKETS))
        found = next((f for s in stems if (f := self.choices.find(s)) is not None), None)
        return UNKNOWN if found is None else found

    def status(self, text: str) -> int | None:
        """Return why a text is no answer; None when it may be one."""
        if self.missing.find(text) is not None:
            return USER_MISSING
        return BLANK if fold(text) in self.none else missing_token(text)


def _unknown(cells: Cells, codes: npt.NDArray[np.intp]) -> tuple[Unknown, ...]:
    """List the distinct texts whose code is UNKNOWN, most frequent first."""
    counts = cells.counts()
    places = np.flatnonzero((codes == UNKNOWN) & (counts > 0))
    if not len(places):
        return ()
    # one pass for all of them: a column of open text may hold as many as there are rows
    rows = np.flatnonzero(cells.spread(codes == UNKNOWN))
    rows = rows[np.argsort(cells.index[rows], kind="stable")]
    starts = np.searchsorted(cells.index[rows], places)
    found = []
    for i, start in zip(places.tolist(), starts.tolist(), strict=True):
        first = rows[start : start + min(5, int(counts[i]))].tolist()
        found.append(Unknown(cells.name, cells.values[i], int(counts[i]), tuple(first)))
    return tuple(sorted(found, key=lambda u: (-u.count, u.rows)))


def _narrow(codes: npt.NDArray[np.intp], size: int) -> npt.NDArray[Any]:
    return codes.astype(narrowest(size))


def encode_categories(variable: Variable, cells: Cells) -> CodedCategories:
    """Code a column of kind single, scale, text or date.

    A variable without choices takes its levels from the data: dates in order of time,
    text in order of first appearance.
    """
    if not variable.choices and variable.kind in ("text", "date"):
        return _open_categories(variable, cells)
    matcher = _Matcher.of(variable)
    codes = np.array([matcher.match(v) for v in cells.values], dtype=np.intp)
    values = cells.spread(_narrow(codes, len(variable.choices)))
    return CodedCategories(variable.choices, values, _unknown(cells, codes))


def _open_categories(variable: Variable, cells: Cells) -> CodedCategories:
    matcher = _Matcher.of(variable)
    status = [matcher.status(v) for v in cells.values]
    present = [int(i) for i in np.flatnonzero(cells.counts()) if status[i] is None]
    if variable.kind == "date":
        present.sort(key=lambda i: cells.values[i])
    codes = np.array([BLANK if s is None else s for s in status], dtype=np.intp)
    codes[present] = np.arange(len(present))
    levels = tuple(Choice(cells.values[i], Label.of(cells.values[i])) for i in present)
    return CodedCategories(levels, cells.spread(_narrow(codes, len(levels))))


# ---------------------------------------------------------------- numbers
def encode_numbers(variable: Variable, cells: Cells) -> CodedNumbers:
    """Code a column of numbers that came as text."""
    matcher = _Matcher.of(variable)
    plain = plain_numbers([v for v in cells.values if v])
    if plain is not None and not variable.missing:
        numbers = np.full(len(cells.values), np.nan)
        numbers[[bool(v) for v in cells.values]] = plain
        status = np.where(np.isnan(numbers), BLANK, 0)
        return CodedNumbers(cells.spread(numbers), cells.spread(_narrow(status, 4)))
    found = [matcher.status(v) for v in cells.values]
    parsed = [
        parse_number(v) if s is None else None for v, s in zip(cells.values, found, strict=True)
    ]
    numbers = np.array([np.nan if x is None else x for x in parsed], dtype=float)
    status = np.where(np.isnan(numbers), UNKNOWN, 0)
    status = np.array(
        [x if s is None else s for s, x in zip(found, status, strict=True)], dtype=np.intp
    )
    unknown = _unknown(cells, status)
    return CodedNumbers(cells.spread(numbers), cells.spread(_narrow(status, 4)), unknown)


def encode_number_array(variable: Variable, name: str, values: Floats) -> CodedNumbers:
    """Code a column that came as numbers, shape (n,), nan where missing."""
    status = np.where(np.isnan(values), np.int8(BLANK), np.int8(0))
    codes = [parse_number(c.code) for c in variable.missing]
    status[np.isin(values, [c for c in codes if c is not None])] = USER_MISSING
    unknown = []
    for bad in (np.inf, -np.inf):
        rows = np.flatnonzero(values == bad)
        if len(rows):
            status[rows] = UNKNOWN
            unknown.append(Unknown(name, str(bad), len(rows), tuple(map(int, rows[:5]))))
    return CodedNumbers(np.where(status == 0, values, np.nan), status, tuple(unknown))


def number_categories(numbers: CodedNumbers) -> CodedCategories:
    """Take numbers as categories: ascending, in shortest text."""
    valid = numbers.status == 0
    # a hash table, then a sort of the few distinct numbers: no sort of all records
    place, found = pd.factorize(numbers.values[valid] + 0.0)
    order = np.argsort(found)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    distinct = found[order]
    codes = numbers.status.astype(np.intp)
    codes[valid] = rank[place]
    levels = tuple(Choice(text, Label.of(text)) for text in map(shortest, distinct))
    return CodedCategories(levels, _narrow(codes, len(levels)), numbers.unknown)


def encode_bins(variable: Variable, numbers: CodedNumbers) -> CodedCategories:
    """Cut numbers into the left-closed bins of a derived variable.

    A number outside all bins counts as user-missing: it is an answer that no category takes.
    """
    edges = np.asarray(variable.bins)
    codes = np.searchsorted(edges, numbers.values, side="right").astype(np.intp) - 1
    outside = (codes < 0) | (codes >= len(edges) - 1)
    codes[outside] = USER_MISSING
    codes = np.where(numbers.status == 0, codes, numbers.status)
    return CodedCategories(variable.choices, _narrow(codes, len(edges)), numbers.unknown)


# ---------------------------------------------------------------- multiple response
def encode_multiple(variable: Variable, columns: Sequence[Cells]) -> CodedSets:
    """Code a multiple response in any of its three layouts."""
    if variable.separator is not None:
        return _joined(variable, columns[0])
    if variable.counted is not None:
        return _yes_no(variable, columns)
    return _code_in_each(variable, columns)


def _worst(parts: Sequence[Ints], chosen: Bools) -> Ints:
    """Status of a row without choice: not asked if all columns say so, missing if any does.

    A column that says "not this one" is an answer: nothing was chosen, but the list was answered.
    """
    stack = np.stack(parts)
    status = np.full(stack.shape[1], BLANK, dtype=np.int8)
    status[(stack == 0).any(axis=0)] = NONE_CHOSEN
    status[(stack == NOT_ASKED).all(axis=0)] = NOT_ASKED
    status[(stack == USER_MISSING).any(axis=0)] = USER_MISSING
    status[(stack == UNKNOWN).any(axis=0)] = UNKNOWN
    status[chosen.any(axis=1)] = 0
    return status


def _code_in_each(variable: Variable, columns: Sequence[Cells]) -> CodedSets:
    matcher = _Matcher.of(variable)
    size = len(variable.choices)
    chosen = np.zeros((len(columns[0].index), size), dtype=bool)
    parts: list[Ints] = []
    unknown: list[Unknown] = []
    for cells in columns:
        codes = np.array([matcher.match(v) for v in cells.values], dtype=np.intp)
        values = cells.spread(codes)
        hit = np.flatnonzero(values >= 0)
        chosen[hit, values[hit]] = True
        parts.append(np.minimum(values, 0))
        unknown.extend(_unknown(cells, codes))
    return CodedSets(variable.choices, chosen, _worst(parts, chosen), tuple(unknown))


def _yes_no(variable: Variable, columns: Sequence[Cells]) -> CodedSets:
    counted = fold(variable.counted or "")
    matcher = _Matcher.of(variable)

    def code(text: str) -> int:
        status = 1 if fold(text) == counted else matcher.status(text)
        return 0 if status is None else status

    values = [c.spread(np.array([code(v) for v in c.values], dtype=np.int8)) for c in columns]
    chosen = np.stack([v == 1 for v in values], axis=1)
    return CodedSets(variable.choices, chosen, _worst([np.minimum(v, 0) for v in values], chosen))


def _joined(variable: Variable, cells: Cells) -> CodedSets:
    matcher = _Matcher.of(variable)
    size, separator = len(variable.choices), variable.separator or ""
    table = np.zeros((len(cells.values), size), dtype=bool)
    status = np.zeros(len(cells.values), dtype=np.intp)
    for i, text in enumerate(cells.values):
        places = _split(text, separator, matcher)
        table[i, [p for p in places if p >= 0]] = True
        status[i] = min(places, default=BLANK) if UNKNOWN in places or not table[i].any() else 0
    unknown = _unknown(cells, status)
    return CodedSets(
        variable.choices, cells.spread(table), cells.spread(_narrow(status, 4)), unknown
    )


def _split(text: str, separator: str, matcher: _Matcher) -> list[int]:
    """Return the choices joined in `text`, the longest known option first.

    Options may themselves contain the separator, so that the text is never split blindly.
    """
    whole = matcher.match(text)
    if whole != UNKNOWN:
        return [whole]
    parts = text.split(separator)
    places, start = [], 0
    while start < len(parts):
        for stop in range(len(parts), start, -1):
            place = matcher.match(separator.join(parts[start:stop]))
            if place != UNKNOWN:
                break
        else:
            place, stop = UNKNOWN, start + 1
        places.append(place)
        start = stop
    return places
