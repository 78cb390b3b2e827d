"""Files that carry labels (SPSS, Stata): their columns → a frame of codes and a codebook.

What becomes what
-----------------
Codes are text as short as it goes (``1``, not ``1.0``); Stata's missing values are ``.a`` … ``.z``.

- Numbers without value labels are a *number*; codes and ranges that the file declares missing are
  its missing codes (of a range: those that occur or have a label).
- Numbers whose valid values all have labels are *single*, or *scale* where the file calls them
  ordinal and there are three or more; choices stand in the order of the codes.
- Numbers of which only some values have labels are

  - a *scale*, when there are at most eleven whole codes and those without a label lie between two
    that have one (the labelled ends of a rating); a code without a label is its own label;
  - a *number*, when the file measures them on a scale, when a value without a label is no whole
    number, or when more values lack a label than have one (an amount with a word for none);
    the labels are kept in the note of the variable;
  - else categories, where a code without a label is its own label. All this is said in a note.

- Text is *single* with labels, else what its cells suggest, but never a number; blanks at the end
  go. Dates are ISO text of kind *date*; durations and times of day stay numbers (of seconds).
- A multiple response set is one *multiple* variable in place of its columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.codebook import Cells, Choice, Codebook, Kind, Variable, draft_variable, parse_number
from surveykit.io._raw import Raw
from surveykit.io._times import Clock, time_texts
from surveykit.text import Bilingual, Label, shortest

__all__ = ["AnswerSet", "Column", "Texts", "kind_of_labels", "labelled", "narrow_numbers"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.signedinteger[Any]]

_RATING = 11  # codes of the longest rating scale, 0 to 10
_MANY_TEXTS = 60
_SHOWN = 8
_TAGS = tuple(f".{chr(97 + i)}" for i in range(26))


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of text: distinct texts, and for each row the place of its own, -1 if empty."""

    values: tuple[str, ...]
    index: Ints


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a labelled file.

    Attributes
    ----------
    name, label : str
    data : float array, shape (n,), nan where empty; or Texts
    labels : mapping of float or str to str
        Value → label. Stata's missing values are ``.a`` … ``.z``.
    missing : tuple of (low, high)
        What the file declares missing; a single value is a range of one.
    measure : {"nominal", "ordinal", "scale", "unknown"}
    clock : Clock
        How the numbers count time.
    tags : int array, shape (n,), optional
        1 … 26 where a row holds Stata's ``.a`` … ``.z``, else 0.
    note : str
        What a reader of the numbers must know.
    """

    name: str
    data: Floats | Texts
    label: str = ""
    labels: Mapping[float | str, str] = field(default_factory=dict)
    missing: tuple[tuple[float | str, float | str], ...] = ()
    measure: str = "unknown"
    clock: Clock = ""
    tags: npt.NDArray[np.int8] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """A multiple response set: `counted` is the yes of yes/no columns, None for codes in each."""

    name: str
    label: str
    columns: tuple[str, ...]
    counted: str | None = None
    by_counted_label: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """What one column gives.

    `unlabelled` are choices without a label; `loose` says that there are labels without choices.
    """

    cells: pd.Series[Any]
    variable: Variable
    closed: bool
    unlabelled: tuple[str, ...] = ()
    loose: bool = False


# ---------------------------------------------------------------- the file
def labelled(
    columns: Sequence[Column], sets: Sequence[AnswerSet], *, title: str, path: str, format: str
) -> Raw:
    """Make a frame and a codebook of the columns of a labelled file.

    Examples
    --------
    >>> sex = Column("v1", np.array([1.0, 2, np.nan, 9]), "Sex", {1.0: "f", 2.0: "m"}, ((9.0, 9.0),))
    >>> raw = labelled([sex], [], title="", path="a.sav", format="spss")
    >>> raw.frame["v1"].tolist(), raw.codebook["v1"].missing[0].code
    (['1', '2', nan, '9'], '9')
    """
    by_name = {column.name: column for column in columns}
    parts = {name: _part(column) for name, column in by_name.items()}
    variables = {name: part.variable for name, part in parts.items()}
    closed = {name for name, part in parts.items() if part.closed}
    notes = _label_notes(parts)
    for group in sets:
        members = [parts[c] for c in group.columns if c in parts]
        if len(members) < len(group.columns) or not members:
            notes.append(_incomplete(group))
            continue
        variable = _set_variable(group, members, parts)
        if not variable.choices:
            continue  # no code has a label and nobody answered: its columns stay as they are
        closed |= set(group.columns)
        variables = _in_place(variables, variable, group.columns)
        declared = [set(by_name[c].missing) for c in group.columns]
        notes += _set_notes(group, variable, any(d != declared[0] for d in declared))
    size = len(columns[0].data.index if isinstance(columns[0].data, Texts) else columns[0].data)
    frame = pd.DataFrame({n: p.cells for n, p in parts.items()}, index=pd.RangeIndex(size))
    frame.columns = pd.Index(list(parts), dtype=object)
    headers = {c.name: c.label for c in columns if c.label and c.label != c.name}
    return Raw(
        frame,
        Codebook(Label.of(title), variables, None, path),
        headers=headers,
        notes=tuple(notes),
        format=format,
        closed=frozenset(closed),
    )


def _part(column: Column) -> _Part:
    return _text_part(column) if isinstance(column.data, Texts) else _number_part(column)


# ---------------------------------------------------------------- numbers
def _number_part(column: Column) -> _Part:
    numbers = np.asarray(column.data, dtype=np.float64)
    question = Label.of(column.label or column.name)
    note = Label.of(column.note) if column.note else None
    variable = Variable(column.name, "number", question, note=note)
    if not (column.labels or column.missing or column.clock or column.tags is not None):
        return _Part(pd.Series(narrow_numbers(numbers)), variable, closed=False)
    place, found = pd.factorize(numbers + 0.0)
    texts, missing = [shortest(x) for x in found], [_declared(column, float(x)) for x in found]
    if column.clock:
        times = time_texts(found, column.clock)
        texts = [t if m else time for t, m, time in zip(texts, missing, times, strict=True)]
    tagged, texts = _with_tags(column, place, texts)
    missing += [True] * (len(texts) - len(missing))
    labels = _labels(column)
    gone = _missing_codes(column, labels, [t for t, m in zip(texts, missing, strict=True) if m])
    valid = {t for t, m in zip(texts, missing, strict=True) if not m}
    if column.clock:
        variable = replace(variable, kind="date", missing=_choices(gone, labels))
        return _Part(_cells(sorted({*valid, *gone}), texts, tagged), variable, closed=False)
    named = {c: t for c, t in labels.items() if c not in gone}
    kind = kind_of_labels(list(named), valid, column.measure)
    variable = replace(variable, kind=kind, missing=_choices(gone, labels))
    if kind == "number":
        if named:
            kept = "; ".join(f"{c} = {named[c]}" for c in _ordered(named))
            variable = replace(variable, note=Label.of(kept))
        cells = _number_cells(column, numbers, texts, tagged)
        return _Part(cells, variable, closed=False, loose=bool(named))
    codes = _ordered({*named, *valid})
    variable = replace(variable, choices=_choices(codes, named))
    unlabelled = tuple(c for c in codes if c not in named)
    cells = _cells([*codes, *gone], texts, tagged)
    return _Part(cells, variable, True, unlabelled)


def kind_of_labels(named: Sequence[str], valid: Iterable[str], measure: str) -> Kind:
    """Say what numbers are by the codes that have labels and the values that occur.

    The rule is the one at the head of this module.

    Parameters
    ----------
    named : sequence of str
        Codes with a label, without those declared missing.
    valid : iterable of str
        Values that occur, without those declared missing.
    measure : {"nominal", "ordinal", "scale", "unknown"}

    Examples
    --------
    >>> kind_of_labels(["1", "2"], ["1", "2"], "nominal"), kind_of_labels([], ["1"], "nominal")
    ('single', 'number')
    >>> kind_of_labels(["1", "5"], ["1", "2", "4", "5"], "scale")  # the ends of a rating
    'scale'
    >>> kind_of_labels(["0"], ["0", "1", "2", "7"], "nominal")  # children: 0 = none
    'number'
    >>> kind_of_labels(["1", "2"], ["1", "2", "3"], "nominal")  # one code lacks its label
    'single'
    """
    if not named:
        return "number"
    others = [float(c) for c in set(valid) - set(named)]
    size = len(named) + len(others)
    ordered = measure == "ordinal" and size >= 3
    if not others:
        return "scale" if ordered else "single"
    ends = [number for number in map(parse_number, named) if number is not None]
    whole = all(x.is_integer() for x in others)
    if whole and size <= _RATING and ends and min(ends) < min(others) <= max(others) < max(ends):
        return "scale"
    if measure == "scale" or not whole or len(others) > len(named):
        return "number"
    return "scale" if ordered else "single"


def _labels(column: Column) -> dict[str, str]:
    """Return code → label; a label of a blank text says nothing of an answer."""
    pairs = {_code(value): label.strip() for value, label in column.labels.items()}
    return {code: label or code for code, label in pairs.items() if code.strip()}


def _code(value: float | str) -> str:
    return value.rstrip() if isinstance(value, str) else shortest(float(value))


def _declared(column: Column, value: float | str) -> bool:
    pairs = [(low, high) for low, high in column.missing if type(low) is type(value)]
    return any(low <= value <= high for low, high in pairs)  # type: ignore[operator]


def _missing_codes(column: Column, labels: Mapping[str, str], found: list[str]) -> list[str]:
    """Return the missing codes in order: those declared one by one, that occur, that are labelled."""
    single = [_code(low) for low, high in column.missing if low == high]
    named = [_code(v) for v in column.labels if _declared(column, v)]
    tags = [c for c in labels if c in _TAGS]
    return _ordered({*single, *named, *found, *tags})


def _ordered(codes: Iterable[str]) -> list[str]:
    """Sort codes as numbers, Stata's missing values behind them."""
    numbers = {c: parse_number(c) for c in codes}
    return sorted(numbers, key=lambda c: ((n := numbers[c]) is None, 0.0 if n is None else n, c))


def _choices(codes: Iterable[str], labels: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(c, Label.of(labels.get(c, c))) for c in codes)


def _with_tags(column: Column, place: Ints, texts: list[str]) -> tuple[Ints, list[str]]:
    """Give Stata's missing values places behind those of the numbers."""
    if column.tags is None:
        return place, texts
    used = np.flatnonzero(np.bincount(column.tags, minlength=27)[1:])
    table = np.full(27, -1, dtype=np.intp)
    table[used + 1] = len(texts) + np.arange(len(used))
    places = np.where(column.tags > 0, table[column.tags], place)
    return places, [*texts, *(_TAGS[i] for i in used)]


def _cells(codes: Sequence[str], texts: Sequence[str], place: Ints) -> pd.Series[Any]:
    """Return a categorical of `codes`; `texts[place[i]]` is the code of row i, -1 for empty."""
    where = {code: i for i, code in enumerate(codes)}
    table = np.array([*(where[t] for t in texts), -1], dtype=_narrow(len(codes)))
    return pd.Series(pd.Categorical.from_codes(table[place], categories=pd.Index(codes, dtype=str)))


def _narrow(size: int) -> type[np.signedinteger[Any]]:
    return np.int8 if size < 2**7 else np.int16 if size < 2**15 else np.int32


def _number_cells(column: Column, numbers: Floats, texts: list[str], place: Ints) -> pd.Series[Any]:
    if column.tags is None:
        return pd.Series(narrow_numbers(numbers))
    return _cells(_ordered(set(texts)), texts, place)


def narrow_numbers(numbers: Floats) -> npt.NDArray[Any]:
    """Return whole numbers without gaps as the narrowest integers, others as they are.

    Examples
    --------
    >>> narrow_numbers(np.array([1.0, 300.0])).dtype, narrow_numbers(np.array([1.5])).dtype
    (dtype('int16'), dtype('float64'))
    """
    if not len(numbers) or not np.isfinite(numbers).all():
        return numbers
    low, high = float(numbers.min()), float(numbers.max())
    if max(-low, high) >= 2**31 or not (numbers == np.trunc(numbers)).all():
        return numbers
    sizes = (np.int8, np.int16, np.int32)
    fitting = next(s for s in sizes if np.iinfo(s).min <= low and high <= np.iinfo(s).max)
    return numbers.astype(fitting)


# ---------------------------------------------------------------- text
def _text_part(column: Column) -> _Part:
    data = column.data
    assert isinstance(data, Texts)
    question = Label.of(column.label or column.name)
    labels = _labels(column)
    present = set(data.values)
    gone = [c for c in sorted({*present, *labels}) if _declared(column, c)]
    gone += [_code(low) for low, high in column.missing if low == high and _code(low) not in gone]
    named = {c: t for c, t in labels.items() if c not in gone}
    valid = present - set(gone)
    missing = _choices(gone, labels)
    if named and len(valid - set(named)) <= max(len(named), _RATING):
        codes = sorted({*named, *valid})
        variable = Variable(column.name, "single", question, _choices(codes, named), missing)
        unlabelled = tuple(c for c in codes if c not in named)
        cells = _cells([*codes, *gone], data.values, data.index)
        return _Part(cells, variable, True, unlabelled)
    variable = replace(_drafted(column.name, data, valid), question=question, missing=missing)
    if named:
        kept = "; ".join(f"{c} = {t}" for c, t in sorted(named.items()))
        variable = replace(variable, note=Label.of(kept))
    cells = _text_cells(data, [*sorted(valid), *gone])
    return _Part(cells, variable, closed=False, loose=bool(named))


def _text_cells(data: Texts, codes: Sequence[str]) -> pd.Series[Any]:
    if 2 * len(data.values) <= len(data.index):
        return _cells(codes, data.values, data.index)
    table = np.array([*data.values, ""], dtype=object)
    return pd.Series(table[data.index], dtype=str)


def _drafted(name: str, data: Texts, valid: set[str]) -> Variable:
    """Draft a variable of text by the texts that are no missing codes; never a number."""
    table = np.array([v in valid for v in data.values] + [False])
    rows = data.index[table[data.index]]
    place, found = pd.factorize(rows)
    order = np.argsort([data.values[i] for i in found], kind="stable")
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    values = tuple(data.values[found[i]] for i in order)
    drafted = draft_variable(Cells(name, values, rank[place]))
    if drafted.kind != "number":
        return replace(drafted, missing=())
    many = len(values) > _MANY_TEXTS or (len(values) > 20 and 2 * len(values) > len(rows))
    kind: Kind = "text" if many else "single"
    return Variable(name, kind, drafted.question, () if many else _choices(values, {}))


# ---------------------------------------------------------------- multiple response sets
def _set_variable(
    group: AnswerSet, members: Sequence[_Part], parts: Mapping[str, _Part]
) -> Variable:
    name = group.name
    while name in parts and name not in group.columns:
        name += "_set"
    missing = {c.code: c for m in members for c in m.variable.missing if c.code != group.counted}
    if group.counted is None:
        known = {c.code: c for m in reversed(members) for c in _codes_of(m)}
        choices = tuple(known[c] for c in _ordered(known) if c not in missing)
    else:
        pairs = zip(group.columns, members, strict=True)
        choices = tuple(Choice(c, _option(group, m.variable)) for c, m in pairs)
    return Variable(
        name,
        "multiple",
        Label.of(group.label or group.name),
        choices,
        tuple(missing[c] for c in _ordered(missing)),
        columns=group.columns,
        counted=group.counted,
    )


def _codes_of(part: _Part) -> tuple[Choice, ...]:
    if part.variable.choices:
        return part.variable.choices
    gone = {c.code for c in part.variable.missing}
    texts = (_code(v) for v in part.cells.dropna().unique())
    return _choices((t for t in texts if t and t not in gone), {})


def _option(group: AnswerSet, variable: Variable) -> Label:
    if group.by_counted_label:
        return next(
            (c.label for c in variable.choices if c.code == group.counted), variable.question
        )
    return variable.question


def _in_place(
    variables: dict[str, Variable], new: Variable, columns: Sequence[str]
) -> dict[str, Variable]:
    """Put a set where its first column stands, and its columns away."""
    found: dict[str, Variable] = {}
    for name, variable in variables.items():
        if name in columns and new.name not in found:
            found[new.name] = new
        if name not in columns:
            found[name] = variable
    return found if new.name in found else {**found, new.name: new}


# ---------------------------------------------------------------- notes
def _label_notes(parts: Mapping[str, _Part]) -> list[str]:
    """Say which codes have no label, and which labels no code."""
    notes: list[str] = []
    lacking = {n: p.unlabelled for n, p in parts.items() if p.unlabelled}
    if lacking:
        listed = [f"{n} ({', '.join(c[:_SHOWN])})" for n, c in lacking.items()]
        notes.append(
            Bilingual(
                f"codes without a label, each taken as a category of its own: {_few(listed, '; ')}.",
                f"以下取值没有标签，各自作为一个类别：{_few(listed, '；')}。",
            )
        )
    kept = [n for n, p in parts.items() if p.loose]
    if kept:
        notes.append(
            Bilingual(
                f"only some values have labels, which are kept in the note of the variable: {_few(kept, ', ')}.",
                f"以下变量只有部分取值有标签，标签保存在变量的注释（note）中：{_few(kept, '、')}。",
            )
        )
    return notes


def _few(items: Sequence[str], joint: str) -> str:
    more = f"{joint}… ({len(items)})" if len(items) > _SHOWN else ""
    return joint.join(items[:_SHOWN]) + more


def _incomplete(group: AnswerSet) -> Bilingual:
    return Bilingual(
        f"the multiple response set {group.name!r} names columns that are not read; it is left out.",
        f"多选题集合 {group.name!r} 所列的列没有全部读取，未作为多选题。",
    )


def _set_notes(group: AnswerSet, variable: Variable, uneven: bool) -> list[str]:
    notes: list[str] = []
    if variable.name != group.name:
        notes.append(
            Bilingual(
                f"the multiple response set {group.name!r} is called {variable.name!r}: a column has its name.",
                f"多选题集合 {group.name!r} 与某列同名，这里称作 {variable.name!r}。",
            )
        )
    if uneven and variable.missing:
        codes = [c.code for c in variable.missing]
        notes.append(
            Bilingual(
                f"{variable.name}: its columns do not declare the same missing codes; "
                f"{', '.join(codes)} count as missing in all of them.",
                f"{variable.name}：各列声明的缺失值不同；{'、'.join(codes)} 在所有列中都按缺失值处理。",
            )
        )
    return notes
