"""`Survey`: responses, their codebook and the sample design, held together.

`read` is the front door: file → text → codebook → `Survey`. A survey is frozen;
``where`` marks a domain and keeps every row, so that a design stays whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.codebook import (
    NA_TOKENS,
    Cells,
    Codebook,
    CodedCategories,
    CodedNumbers,
    CodedSets,
    Design,
    Unknown,
    Variable,
    cells,
    derive,
    draft_variable,
    encode_categories,
    encode_multiple,
    encode_number_array,
    encode_numbers,
    levels_of,
    load_codebook,
    parse_number,
)
from surveykit.errors import InputError, UnknownNameError, UsageError, expect
from surveykit.io import (
    Guess,
    fit_codebook,
    question_text,
    read_codebook_source,
    read_frame,
    read_memory,
    write_frame,
)
from surveykit.rules import Categories, Sets, Values, parse_rule
from surveykit.text import SYNTHETIC_LONG, Bilingual, Label, Lang, fold

__all__ = ["Design", "Survey", "Synthetic", "read", "write"]

T = TypeVar("T")
Coded = CodedCategories | CodedNumbers | CodedSets
Mark = Literal["printed", "implied", "arbitrary"]
ARBITRARY = "arbitrary_"
_LOOKED_AT = 1000  # distinct answers that tell whether a column is almost one of numbers


# ---------------------------------------------------------------- synthetic records
@dataclass(frozen=True)
class Synthetic:
    """What is known of synthetic records: which cells printed figures pin.

    Attributes
    ----------
    reading : str
        The reading of the paper that the records follow.
    cells : mapping
        ``(variable, level_code, by, by_code, stat)`` → mark; a cell not listed is arbitrary.
    printed : mapping
        The same places → the digits that the source prints there.
    pinned : frozenset of (variable, by)
        The associations that printed figures pin.
    columns : mapping of str to tuple of str
        The columns of each variable.
    """

    reading: str = ""
    draw: int | None = None
    seed: int | None = None
    cells: Mapping[tuple[str, str, str, str, str], Mark] = field(default_factory=dict)
    printed: Mapping[tuple[str, str, str, str, str], str] = field(default_factory=dict)
    pinned: frozenset[tuple[str, str]] = frozenset()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def mark(self, variable: str, level_code: str, by: str, by_code: str, stat: str) -> Mark:
        """Return the mark of one cell; `by` and `by_code` are empty for the total.

        Examples
        --------
        >>> known = Synthetic(cells={("aware", "yes", "", "", "percent"): "printed"})
        >>> known.mark("aware", "yes", "", "", "percent"), known.mark("aware", "no", "", "", "percent")
        ('printed', 'arbitrary')
        """
        return self.cells.get((variable, level_code, by, by_code, stat), "arbitrary")

    def pins(self, variable: str, by: str) -> bool:
        """Say whether printed figures pin the association of two variables.

        Examples
        --------
        >>> known = Synthetic(pinned=frozenset({("aware", "village")}))
        >>> known.pins("village", "aware"), known.pins("aware", "age")
        (True, False)
        """
        return (variable, by) in self.pinned or (by, variable) in self.pinned

    @classmethod
    def load(cls, path: str | Path) -> Synthetic:
        """Read a sidecar file.

        Raises
        ------
        InputError
            When it is no sidecar.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            if content["surveykit"] != "synthetic/1":
                raise ValueError(f"'surveykit' is {content['surveykit']!r}, not 'synthetic/1'")
            keys = ("variable", "level_code", "by", "by_code", "stat")
            return cls(
                reading=content.get("reading", ""),
                draw=content.get("draw"),
                seed=content.get("seed"),
                cells={tuple(c[k] for k in keys): _mark(c["mark"]) for c in content["cells"]},
                printed={
                    tuple(c[k] for k in keys): c["printed"]
                    for c in content["cells"]
                    if "printed" in c
                },
                pinned=frozenset((a, b) for a, b in content["pinned_associations"]),
                columns={n: tuple(v["columns"]) for n, v in content["variables"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            detail = f"no {error}" if isinstance(error, KeyError) else str(error)
            hint = "the sidecar is written with the synthetic file; write both again."
            message = f"is no description of synthetic records ({detail})."
            raise InputError(message, where=str(path), hint=hint) from error


def _mark(text: str) -> Mark:
    if text not in ("printed", "implied", "arbitrary"):
        raise ValueError(f"unknown mark {text!r}")
    return cast("Mark", text)


# ---------------------------------------------------------------- the survey
@dataclass(frozen=True, eq=False, repr=False, init=False)
class Survey:
    """Responses, codebook and design.

    Parameters
    ----------
    frame : pandas.DataFrame, or any eager frame that narwhals knows
        One row per respondent. Categorical columns keep their order.
    codebook : Codebook, optional
        Drafted from the frame where not given.
    design : Design, optional
        The codebook's, where not given; else a simple random sample.
    source : str
        Name of the file, for messages.
    notes : tuple of str
        What was guessed, renamed or dropped on the way; `text.in_lang` gives one in Chinese.
    synthetic : Synthetic, optional
        Set for synthetic records.
    mask : bool array, shape (n,), optional
        The domain; all rows where None.
    where_text : str
        The rules that made the mask.
    headers : mapping
        Column name → full header, where the two differ.
    dropped : tuple of str
        Columns left out on reading as direct identifiers.

    Raises
    ------
    InputError
        When no variable of the codebook is in the frame, or a column name stands twice.

    Examples
    --------
    >>> survey = Survey(pd.DataFrame({"sex": ["f", "m", "f"], "age": [30, 41, None]}))
    >>> survey.n, survey.where("sex == 'f'").n, survey.variable("age").kind
    (3, 2, 'number')
    """

    frame: pd.DataFrame
    codebook: Codebook
    design: Design
    source: str
    notes: tuple[str, ...]
    synthetic: Synthetic | None
    mask: npt.NDArray[np.bool_] | None
    where_text: str
    headers: Mapping[str, str]
    dropped: tuple[str, ...]
    _cache: dict[Hashable, Any]

    def __init__(
        self,
        frame: Any,
        codebook: Codebook | None = None,
        design: Design | None = None,
        *,
        source: str = "",
        notes: Iterable[str] = (),
        synthetic: Synthetic | None = None,
        mask: npt.NDArray[np.bool_] | None = None,
        where_text: str = "",
        headers: Mapping[str, str] | None = None,
        dropped: Iterable[str] = (),
        _cache: dict[Hashable, Any] | None = None,
    ) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("frame", _as_pandas(frame, source))
        put("source", source)
        put("headers", dict(headers or {}))
        put("dropped", tuple(dropped))
        put("synthetic", synthetic)
        put("mask", None if mask is None else _as_mask(mask, len(self.frame)))
        put("where_text", where_text)
        put("_cache", {} if _cache is None else _cache)
        put("codebook", self._draft() if codebook is None else codebook)
        put("notes", (*notes, *(_draft_notes(self) if codebook is None else ())))
        put("design", design or self.codebook.design or Design())
        if codebook is not None and not any(map(self.holds, codebook.variables.values())):
            raise self._nothing_found()

    def _draft(self) -> Codebook:
        variables = {c: self._drafted(c) for c in map(str, self.frame.columns)}
        return Codebook(Label(), variables, None, self.source)

    def _drafted(self, column: str) -> Variable:
        question = question_text(self.headers.get(column, column))
        if _is_numeric(self.frame[column]):
            return Variable(column, "number", Label.of(question))
        return draft_variable(self.column(column), question)

    # ------------------------------------------------------------ rows
    @property
    def rows(self) -> int:
        """Number of rows of the frame, inside the domain or not."""
        return len(self.frame)

    @property
    def n(self) -> int:
        """Number of respondents in the domain."""
        return self.rows if self.mask is None else int(np.count_nonzero(self.mask))

    def where(self, rule: str) -> Survey:
        """Return the survey with the domain where `rule` holds; every row is kept.

        Parameters
        ----------
        rule : str
            In the language of :mod:`surveykit.rules`.

        Raises
        ------
        UsageError
            When the rule is not understood.
        UnknownNameError
            For a variable, code or label that does not exist.
        InputError
            When a column of the rule contradicts the codebook.

        Examples
        --------
        >>> survey = Survey(pd.DataFrame({"age": [17, 19, 40]}))
        >>> adults = survey.where("age >= 18")
        >>> adults.n, adults.rows, adults.where("age < 30").where_text
        (2, 3, '(age >= 18) and (age < 30)')
        """
        mask = parse_rule(rule).evaluate(self.operand)
        if self.mask is None:
            return replace(self, mask=mask, where_text=rule)
        return replace(self, mask=self.mask & mask, where_text=f"({self.where_text}) and ({rule})")

    def with_design(self, design: Design) -> Survey:
        """Return the survey with another sample design.

        Examples
        --------
        >>> survey = Survey(pd.DataFrame({"sex": ["f", "m"], "w": [1.0, 2.0]}))
        >>> survey.with_design(Design(weight="w")).design.weight
        'w'
        """
        return replace(self, design=design)

    def with_weights(self, column: str) -> Survey:
        """Return the survey weighted by a column; strata, PSUs and the rest stay.

        Examples
        --------
        >>> survey = Survey(pd.DataFrame({"sex": ["f", "m"], "w": [1.0, 2.0]}))
        >>> survey.with_weights("w").design.weight
        'w'
        """
        return replace(self, design=replace(self.design, weight=column))

    # ------------------------------------------------------------ names
    def variable(self, name: str) -> Variable:
        """Return a variable of the codebook, or one drafted from the column of that name.

        `name` may be the name of a variable, of a column, or the full header of either.

        Raises
        ------
        UnknownNameError
            With the near miss.
        """
        return self.cached(("variable", name), lambda: self._variable(name))

    def _variable(self, name: str) -> Variable:
        if name in self.codebook:
            return self.codebook[name]
        for variable in self.codebook.variables.values():
            if not variable.columns and fold(name) in map(fold, variable.headers):
                return variable
        column = self.find_column(name)
        if column is None and name in self.dropped:
            raise UnknownNameError(
                f"the column {name!r} was dropped as a direct identifier.",
                where=self.source or None,
                hint=f"keep it by name: keep={name!r}, or --keep on the command line.",
            )
        if column is None:
            known = dict.fromkeys((*self.codebook, *map(str, self.frame.columns)))
            raise UnknownNameError.for_name("variable", name, known, where=self.source or None)
        for variable in self.codebook.variables.values():
            if variable.kind != "multiple" and column in map(self.find_column, variable.headers):
                return variable
        return self._drafted(column)

    def find_column(self, header: str) -> str | None:
        """Return the column called `header`: by name, full header, or marked arbitrary."""
        names = self.cached("names", self._names)
        return names.get(header) or names.get(fold(header)) or names.get(ARBITRARY + header)

    def _names(self) -> dict[str, str]:
        columns = [str(c) for c in self.frame.columns]
        names = {fold(self.headers.get(c, c)): c for c in reversed(columns)}
        names |= {fold(c): c for c in reversed(columns)}
        names |= {self.headers.get(c, c): c for c in reversed(columns)}
        return names | {c: c for c in columns}

    def columns_of(self, variable: Variable) -> tuple[str, ...]:
        """Return the columns of the frame that hold a variable.

        Raises
        ------
        UnknownNameError
            When one of them is not in the frame.
        """
        if variable.derived:
            held = (self.columns_of(self.codebook[name]) for name in variable.sources)
            return tuple(dict.fromkeys(column for columns in held for column in columns))
        listed = self.synthetic.columns.get(variable.name, ()) if self.synthetic else ()
        if (
            listed
            and len(listed) == len(variable.headers)
            and set(listed) <= set(self.frame.columns)
        ):
            return listed
        return tuple(self._column_of(variable, header) for header in variable.headers)

    def _column_of(self, variable: Variable, header: str) -> str:
        found = self.find_column(header)
        if found is None and not variable.columns:
            found = self.find_column(variable.name)
        if found is None:
            columns = [str(c) for c in self.frame.columns]
            near = UnknownNameError.for_name("column", header, columns)
            message = f"the column {header!r} of the variable {variable.name!r} is not in the data."
            raise UnknownNameError(message, where=self.source or None, hint=near.hint)
        return found

    def holds(self, variable: Variable) -> bool:
        """Say whether the columns of a variable are in the frame."""
        try:
            self.columns_of(variable)
        except UnknownNameError:
            return False
        return True

    def _nothing_found(self) -> InputError:
        columns = ", ".join(map(repr, self.frame.columns[:20]))
        book = self.codebook.path or "the codebook"
        message = f"no variable of {book} is a column here. Columns: {columns or 'none'}."
        hint = (
            "is it the codebook of this file? `column:` says under which header a variable stands."
        )
        return InputError(message, where=self.source or None, hint=hint)

    # ------------------------------------------------------------ cells
    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return `make()`, computed once for this survey and its domains."""
        if key not in self._cache:
            self._cache[key] = make()
        return cast("T", self._cache[key])

    def column(self, column: str) -> Cells:
        """Return one column of the frame, each distinct text held once."""
        return self.cached(("column", column), lambda: self._column(column))

    def _column(self, column: str) -> Cells:
        try:
            return cells(column, self.frame[column])
        except TypeError as error:
            message = f"the column {column!r} holds values that are no single answers ({error})."
            hint = "write one text or number into each cell."
            raise InputError(message, where=self.source or None, hint=hint) from error

    def coded(self, name: str) -> Coded:
        """Return a variable as the codebook reads its cells, before `asked_if`.

        Cells that the codebook does not allow are listed in ``unknown``.
        """
        return self.cached(("coded", name), lambda: self._coded(self.variable(name)))

    def _coded(self, variable: Variable) -> Coded:
        if variable.derived:
            sources = [self.coded(name) for name in variable.sources]
            known = self.codebook[variable.sources[0]]
            return derive(variable, cast("list[CodedCategories | CodedNumbers]", sources), known)
        names = self.columns_of(variable)
        if variable.kind == "multiple":
            return encode_multiple(variable, [self.column(c) for c in names])
        if variable.numeric:
            return self._coded_numbers(variable, names[0])
        return encode_categories(variable, self.column(names[0]))

    def _coded_numbers(self, variable: Variable, column: str) -> CodedNumbers:
        series = self.frame[column]
        if not _is_numeric(series):
            return encode_numbers(variable, self.column(column))
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return encode_number_array(variable, column, values)

    def clean(self, name: str) -> Coded:
        """Return :meth:`coded` of a variable whose cells the codebook allows.

        Raises
        ------
        InputError
            Naming file, column, the values that are not allowed and where they stand.
        """
        coded, variable = self.coded(name), self.variable(name)
        for source in variable.sources:
            self.clean(source)
        if coded.unknown:
            raise self._contradiction(variable, coded.unknown)
        return coded

    def _contradiction(self, variable: Variable, unknown: tuple[Unknown, ...]) -> InputError:
        shown = "; ".join(
            f"{u.value!r} in column {self.headers.get(u.column, u.column)!r} ({u.count} {'time' if u.count == 1 else 'times'}, "
            f"first in record {', '.join(str(r + 1) for r in u.rows[:3])})"
            for u in unknown[:5]
        )
        more = f"; and {len(unknown) - 5} more values" if len(unknown) > 5 else ""
        if variable.kind == "number":
            allowed = "numbers"
        else:
            allowed = ", ".join(f"{c.code} ({c.label.text('zh')})" for c in variable.choices[:12])
        if variable.missing:
            allowed += f"; missing: {', '.join(c.code for c in variable.missing)}"
        book = f" of {self.codebook.path}" if self.codebook.path not in ("", self.source) else ""
        message = f"the data contradict the codebook{book} for {variable.name!r}: {shown}{more}. Allowed: {allowed}."
        hint = "sk.check(survey) lists every such value; add a choice or a missing code, or correct the data."
        return InputError(message, where=self.source or None, hint=hint)

    def operand(self, name: str) -> Values:
        """Return the values of a variable as a rule compares them."""
        variable, coded = self.variable(name), self.clean(name)
        return operand_of(variable, coded)

    def __repr__(self) -> str:
        parts = [f"{self.rows} rows", f"{len(self.codebook)} variables"]
        if self.where_text:
            parts.append(f"where {self.where_text}: {self.n}")
        if self.synthetic is not None:
            parts.append("SYNTHETIC")
        return f"Survey({', '.join(parts)})"

    def _repr_html_(self) -> str:
        """Return what it is and its variables, to be sorted and copied in a notebook."""
        return f"<p>{escape(repr(self))}</p>{self.codebook.overview()._repr_html_()}"


def expect_survey(value: object) -> None:
    """Raise unless `value` is a survey: a frame is told how to become one.

    Examples
    --------
    >>> try:
    ...     expect_survey(pd.DataFrame({"a": [1]}))
    ... except UsageError as error:
    ...     print(error)
    a Survey is expected first; got DataFrame. Hint: sk.read(file), or sk.Survey(frame).
    """
    expect(value, Survey, hint="sk.read(file), or sk.Survey(frame).")


def operand_of(variable: Variable, coded: Coded) -> Values:
    """Return coded values as a rule compares them; what is unknown counts as missing."""
    if isinstance(coded, CodedNumbers):
        return coded.values
    levels, missing = levels_of(coded.levels), levels_of(variable.missing)
    if isinstance(coded, CodedSets):
        return Sets(coded.chosen, coded.status == 0, levels, missing)
    return Categories(coded.values, levels, variable.kind in ("text", "date"), missing)


def _is_numeric(series: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(series.dtype) and not (
        pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_complex_dtype(series.dtype)
    )


def _as_pandas(frame: Any, source: str) -> pd.DataFrame:
    copy = frame.copy(deep=False) if isinstance(frame, pd.DataFrame) else _from_other(frame)
    copy.columns = pd.Index([str(c) for c in copy.columns], dtype=object)
    twice = copy.columns[copy.columns.duplicated()]
    if len(twice):
        message = f"the column {twice[0]!r} stands twice."
        raise InputError(message, where=source or None, hint="give every column its own name.")
    return copy


def _from_other(frame: Any) -> pd.DataFrame:
    import narwhals as nw

    try:
        wide = nw.from_native(frame, eager_only=True)
    except TypeError as error:
        message = f"a frame is expected (pandas, polars, pyarrow); got {type(frame).__name__}."
        raise UsageError(message, hint="a lazy frame has to be collected first.") from error
    return pd.DataFrame({name: _as_series(wide.get_column(name)) for name in wide.columns})


def _as_series(column: Any) -> pd.Series[Any]:
    """Turn a narwhals series into a pandas one without a detour through pyarrow."""
    import narwhals as nw

    kind = column.dtype
    if isinstance(kind, nw.Enum):
        order = list(kind.categories)
        codes = _places(column.cast(nw.String), order)
        return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(order)))
    if isinstance(kind, nw.String | nw.Categorical):
        texts = column.cast(nw.String)
        distinct = texts.drop_nulls().unique(maintain_order=True).to_list()
        table = np.array([*distinct, None], dtype=object)
        return pd.Series(table[_places(texts, distinct)], dtype=object)
    if kind.is_numeric() and column.null_count() == 0:
        return pd.Series(column.to_numpy())
    return pd.Series(column.to_list(), dtype=object)


def _places(texts: Any, order: list[str]) -> npt.NDArray[np.int32]:
    """Return the place of each text in `order`, -1 for a missing one: a join, not a list."""
    import narwhals as nw

    if not order:
        return np.full(len(texts), -1, dtype=np.int32)
    found = texts.replace_strict(order, list(range(len(order))), return_dtype=nw.Int32)
    places: npt.NDArray[np.int32] = found.fill_null(-1).to_numpy().astype(np.int32)
    return places


def _as_mask(mask: npt.ArrayLike, rows: int) -> npt.NDArray[np.bool_]:
    array = np.array(mask)
    if array.dtype != bool or array.shape != (rows,):
        message = f"a mask holds one truth value for each of the {rows} rows"
        raise UsageError(f"{message}; got {array.dtype} of shape {array.shape}.")
    array.flags.writeable = False
    return array


def _draft_notes(survey: Survey) -> list[str]:
    notes: list[str] = []
    for variable in survey.codebook.variables.values():
        if variable.kind == "number":
            continue
        column = survey.column(variable.name)
        kept = [] if column.categorical else [t for t in NA_TOKENS if t in column.values]
        if kept:
            notes.append(_answers(variable.name, kept))
        header = survey.headers.get(variable.name, variable.name)
        notes += [] if column.categorical else _almost_numbers(header, column)
    return notes


def _answers(column: str, tokens: list[str]) -> Bilingual:
    return Bilingual(
        f"column {column!r}: {', '.join(tokens)} is kept as an answer.",
        f"列 {column!r}：{'、'.join(tokens)} 按回答保留，不作缺失值。",
        (column,),
    )


def _almost_numbers(column: str, found: Cells) -> list[str]:
    """Say which answers kept a column of numbers from being read as numbers."""
    head = [v for v in found.values[:_LOOKED_AT] if fold(v)]
    others = [v for v in head if parse_number(v) is None]
    if len(head) < 5 or 3 * len(others) > len(head):
        return []
    shown = list(map(repr, others[:3]))
    note = Bilingual(
        f"column {column!r}: most answers are numbers, but not {', '.join(shown)}"
        f"{' and others' if len(others) > 3 else ''}; it is read as text.",
        f"列 {column!r}：大多数回答是数字，但 {'、'.join(shown)}"
        f"{'等' if len(others) > 3 else ''}不是，整列按文本读取。",
        (column,),
    )
    return [note] if others else []


# ---------------------------------------------------------------- reading
def read(
    path: str | os.PathLike[str] | Any,
    *,
    codebook: str | Path | Codebook | None = None,
    format: str | None = None,
    sheet: str | None = None,
    labels: str | Path | None = None,
    columns: Iterable[str] | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    keep: Iterable[str] = (),
    design: Design | None = None,
) -> Survey:
    """Read a file of responses, or a frame as a file is read.

    Parameters
    ----------
    path : str or Path, or a frame (pandas, polars, pyarrow)
        Of a frame the direct identifiers are dropped as well; ``Survey(frame)`` keeps them.
    codebook : str, Path or Codebook, optional
        A ``codebook.yaml``, or a tool's own questionnaire: QSF, XLSForm, REDCap data
        dictionary, LimeSurvey structure. Where not given: the file's own, else one drafted
        from the data.
    format : str, optional
        Recognised where not given.
    sheet : str, optional
        Of a workbook.
    labels : str or Path, optional
        With a number export of 问卷星, the text export of the same survey: its texts become
        the labels of the codes.
    columns : iterable of str, optional
        Read these only; of SPSS, Stata, Parquet and Arrow files.
    progress : callable, optional
        Called with the rows read so far and the rows in all; for SPSS and Stata files.
    keep : iterable of str
        Direct identifiers to keep, by column name or full header; others are dropped.
    design : Design, optional
        In place of the codebook's.

    Returns
    -------
    Survey

    Raises
    ------
    InputError
        When the file or the codebook cannot be read, or they have nothing in common.
    UnknownNameError
        For a format, sheet, column or key that does not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.csv")
    ...     _ = file.write_text("sex,phone\\nf,13912345678\\nm,\\n", encoding="utf-8")
    ...     survey = read(file)
    >>> survey.n, list(survey.codebook), survey.notes
    (2, ['sex'], ("dropped as direct identifiers: 'phone'; keep='phone' keeps one.",))
    """
    keep = (keep,) if isinstance(keep, str) else tuple(keep)
    book, questionnaire = _book_of(codebook)
    roles = design or (book.design if book else None) or Design()
    safe, drop = _known_columns(book, roles)
    options: dict[str, Any] = {
        "format": format,
        "sheet": sheet,
        "labels": labels,
        "columns": columns,
        "progress": progress,
    }
    if isinstance(path, str | os.PathLike):
        source = str(os.fspath(path))
        raw = read_frame(source, keep=keep, safe=safe, drop=drop, **options)
        known, notes = _synthetic(Path(source), raw.frame)
    else:
        _no_options_of_files(options)
        raw = read_memory(_as_pandas(path, ""), keep=keep, safe=safe, drop=drop)
        source, known, notes = "", None, []
    if book is not None and questionnaire:
        book, told = fit_codebook(book, raw)
        notes = [*notes, *told]
    read_notes = (n for n in raw.notes if book is None or not isinstance(n, Guess))
    return Survey(
        raw.frame,
        book or raw.codebook,
        design,
        source=source,
        notes=(*read_notes, *notes),
        synthetic=known,
        headers=raw.headers,
        dropped=raw.dropped,
        _cache={("column", name): column for name, column in raw.cells.items()},
    )


def _no_options_of_files(options: Mapping[str, Any]) -> None:
    given = next((name for name, value in options.items() if value is not None), None)
    if given is not None:
        raise UsageError(f"a frame has no {given}.", hint=f"leave {given} out.")


def _book_of(codebook: str | Path | Codebook | None) -> tuple[Codebook | None, bool]:
    """Return the codebook, and whether it is a tool's questionnaire that has yet to be fitted."""
    if codebook is None or isinstance(codebook, Codebook):
        return codebook, False
    asked = read_codebook_source(codebook)
    return (load_codebook(codebook), False) if asked is None else (asked, True)


def _known_columns(book: Codebook | None, roles: Design) -> tuple[set[str], set[str]]:
    """Return the headers that are no identifiers, and those that the codebook marks as such."""
    safe, drop = set(roles.columns), set[str]()
    for variable in book.variables.values() if book else ():
        names = {variable.name, *variable.headers}
        if variable.identifier:
            drop |= names
        elif variable.choices and not variable.derived:
            safe |= names
    return safe - drop, drop


_SYNTHETIC = Bilingual(SYNTHETIC_LONG.en, SYNTHETIC_LONG.zh)


def _synthetic(path: Path, frame: pd.DataFrame) -> tuple[Synthetic | None, list[str]]:
    """Recognise synthetic records and read what is known of them from beside the file."""
    if "record_status" not in frame.columns or not len(frame):
        return None, []
    if not (frame["record_status"] == "SYNTHETIC").all():
        return None, []
    sidecar = path.with_suffix(".json")
    if not sidecar.exists():
        alone = Bilingual(
            f"SYNTHETIC records without {sidecar.name}: every figure counts as arbitrary.",
            f"合成 SYNTHETIC 记录缺少说明文件 {sidecar.name}：所有数字都视为“未印出”。",
        )
        return Synthetic(), [_SYNTHETIC, alone]
    return Synthetic.load(sidecar), [_SYNTHETIC]


# ---------------------------------------------------------------- writing
def write(survey: Survey, path: str | Path, *, lang: Lang = "zh") -> tuple[str, ...]:
    """Write responses, and their codebook beside them as ``<name>.codebook.yaml``.

    Reading both gives the same survey; a Parquet or Arrow file holds its codebook itself.

    Parameters
    ----------
    survey : Survey
        All its rows are written, whatever its domain.
    path : str or Path
        The ending says the format: .csv, .tsv, .parquet, .arrow, .feather, .sav or .zsav.
    lang : {"zh", "en"}
        Of the labels in an SPSS file; the codebook keeps both.

    Returns
    -------
    tuple of str
        What was renamed, cut or cannot be written; `text.in_lang` gives one in Chinese.

    Raises
    ------
    UnknownNameError
        For another ending.
    InputError
        When the data contradict the codebook (SPSS), the place cannot be written, or another
        codebook lies beside it.
    MissingDependencyError
        For SPSS without pyreadstat, for Parquet and Arrow without pyarrow.

    Examples
    --------
    >>> import tempfile
    >>> survey = Survey(pd.DataFrame({"aware": ["yes", "no"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     notes = write(survey, f"{folder}/a.csv")
    ...     again = read(f"{folder}/a.csv", codebook=f"{folder}/a.codebook.yaml")
    >>> notes, again.n, again.codebook["aware"] == survey.codebook["aware"]
    ((), 2, True)
    """
    notes = write_frame(survey.frame, _in_columns(survey), path, lang=lang)
    return (*notes, *_not_written(survey))


def _in_columns(survey: Survey) -> Codebook:
    """Return the codebook of what is there, each variable in the column as the frame names it."""
    book = survey.codebook
    held = {name: v for name, v in book.variables.items() if survey.holds(v)}
    placed = {name: _placed(survey, variable) for name, variable in held.items()}
    design = survey.design

    def column(name: str) -> str:
        return survey.find_column(name) or name

    roles = replace(
        design,
        weight=design.weight and column(design.weight),
        strata=design.strata and column(design.strata),
        psu=tuple(map(column, design.psu)),
        fpc=tuple(map(column, design.fpc)),
        repweights=tuple(map(column, design.repweights)),
    )
    written = None if roles == Design() else roles
    return Codebook(book.title, placed, written, book.path, book.study)


def _placed(survey: Survey, variable: Variable) -> Variable:
    if variable.derived:
        return variable
    columns = survey.columns_of(variable)
    if variable.columns:
        return replace(variable, columns=columns)
    return replace(variable, column=None if columns[0] == variable.name else columns[0])


def _not_written(survey: Survey) -> list[str]:
    notes: list[str] = []
    if survey.mask is not None:
        notes.append(
            Bilingual(
                f"all {survey.rows} rows are written, not only those where {survey.where_text}.",
                f"写入的是全部 {survey.rows} 行，不限于筛选条件 {survey.where_text}。",
            )
        )
    if survey.synthetic is not None and survey.synthetic.cells:
        notes.append(
            Bilingual(
                "which cells printed figures pin is not written; copy the .json beside the source.",
                "哪些单元格由印出的数字确定没有写入；请一并复制原文件旁的 .json 说明文件。",
            )
        )
    return notes
