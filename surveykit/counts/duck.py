"""The same pass inside DuckDB: one scan, and only cell counts leave the engine.

The contract, which any engine can meet (Dask, Spark, a database):

1. A side is described by raw values: a `Column` has one value for each level and says which
   values are missing, and of what kind; null is blank. A `ColumnSet` is a multiple response of one
   yes/no column for each option. A value that is neither is refused, never dropped.
2. The engine turns each side into digits: a column into its code (0 … k-1, or -1 … -4), a set into
   patterns of at most six options each (a binary number, the first option its highest bit) or
   the code that says why there is no choice: user-missing if any column says so, not asked if
   all do, none chosen if any column holds another value, else blank.
3. It groups by every pair of a digit of a stub and a digit of a by-variable, all in one scan,
   and returns of each group the two digits, the number of rows, Σw and Σw² in double
   precision (a null weight is nan). Groups without rows need not be returned, and their order
   does not matter.
4. `count_tables` and this module make the same `CellCounts` and `MultipleCounts` of such
   groups: the same counts, and weighted sums that differ by the order of summation alone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from surveykit.counts._engine import CodePart, Part, PatternPart, Tables, pattern_parts
from surveykit.counts._layout import (
    BLANK,
    MISSING_KINDS,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    Axis,
    CellCounts,
    Choices,
    MultipleCounts,
    Side,
)
from surveykit.counts._tables import PATTERN_BITS, lay_out, starts
from surveykit.errors import UsageError

__all__ = ["Column", "ColumnSet", "Relation", "count_duckdb"]

_UNKNOWN = -MISSING_KINDS - 1


@dataclass(frozen=True, slots=True)
class Column:
    """A single-choice variable.

    Attributes
    ----------
    name : str
        Column of the relation.
    levels : tuple
        Raw value of each level, in order: text, numbers, truth values or dates.
    missing : mapping
        Raw value to kind of missing (-1 … -4). Null is blank without being named.
    """

    name: str
    levels: tuple[Any, ...]
    missing: Mapping[Any, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """A multiple response of one column for each option.

    Attributes
    ----------
    names : tuple of str
        Columns of the relation, one for each option.
    counted : object
        Raw value that says that the option was chosen; any other is an answer without it.
    missing : mapping
        Raw value to kind of missing (-1 … -4). Null is blank without being named.
    """

    names: tuple[str, ...]
    counted: Any
    missing: Mapping[Any, int] = field(default_factory=dict)


class Relation(Protocol):
    """What is used of a ``duckdb.DuckDBPyRelation``."""

    def filter(self, filter_expr: str, /) -> Relation:
        """Keep the rows that meet a condition."""

    def project(self, *args: str) -> Relation:
        """Compute columns."""

    def aggregate(self, aggr_expr: str, group_expr: str = ..., /) -> Relation:
        """Group and sum."""

    def fetchall(self) -> list[Any]:
        """Run, and return the rows."""


def count_duckdb(
    relation: Relation,
    stubs: Sequence[Column | ColumnSet | None],
    bys: Sequence[Column | ColumnSet | None],
    *,
    weight: str | None = None,
    where: str | None = None,
) -> tuple[tuple[CellCounts | MultipleCounts, ...], ...]:
    """Count every stub by every by-variable in one scan of a DuckDB relation.

    Parameters
    ----------
    relation : duckdb.DuckDBPyRelation
        Table, view, query or file: ``connection.table("t")``, ``duckdb.read_parquet(path)``.
    stubs, bys : sequence of Column, ColumnSet or None
        None is everyone: the total column.
    weight : str, optional
        Column of the weights; 1 when not given.
    where : str, optional
        The domain, a condition in DuckDB's SQL. It is run as it is written: never make it of
        data. Names and values of `stubs` and `bys` are quoted.

    Returns
    -------
    tuple of tuple of CellCounts or MultipleCounts
        Indexed [stub][by], as :func:`surveykit.counts.count_tables`.

    Raises
    ------
    UsageError
        For a value in the data that is neither a level nor missing, a level that is named
        twice, or a kind of missing that does not exist.

    Examples
    --------
    >>> import duckdb  # doctest: +SKIP
    >>> rows = duckdb.sql("from (values ('yes', 'f'), ('no', 'm')) t(a, b)")  # doctest: +SKIP
    >>> a, b = Column("a", ("yes", "no")), Column("b", ("f", "m"))
    >>> count_duckdb(rows, [a], [b])[0][0].valid.tolist()  # doctest: +SKIP
    [[1, 0], [0, 1]]
    """
    left = [_digits(s) for s in stubs]
    right = [_digits(b) for b in bys]
    if not (left and right):
        return tuple(() for _ in left)
    rows = relation if where is None else relation.filter(where)
    tables = _tables(rows, left, right, weight)
    rows_at, columns_at = (starts([d.parts for d in side]) for side in (left, right))

    def grid(s: _Digits, x: int, b: _Digits, y: int) -> list[list[Tables]]:
        columns = range(y, y + len(b.parts))
        return [[tables[i, j] for j in columns] for i in range(x, x + len(s.parts))]

    return tuple(
        tuple(
            lay_out(s.side, b.side, s.parts, b.parts, grid(s, x, b, y))
            for b, y in zip(right, columns_at, strict=True)
        )
        for s, x in zip(left, rows_at, strict=True)
    )


# ---------------------------------------------------------------- sides as SQL
@dataclass(frozen=True, slots=True)
class _Digits:
    """A side as the engine sees it: one SQL expression for each digit of its code."""

    source: Column | ColumnSet | None
    side: Side
    parts: tuple[Part, ...]
    expressions: tuple[str, ...]


def _digits(source: Column | ColumnSet | None) -> _Digits:
    nobody = np.zeros(0, np.int8)
    if source is None:
        return _Digits(None, Axis(nobody, 1), (CodePart(nobody, 0, 0),), ("0",))
    _check(source)
    if isinstance(source, Column):
        k = len(source.levels)
        part = CodePart(nobody, -MISSING_KINDS, max(k - 1, BLANK))
        return _Digits(source, Axis(nobody, k), (part,), (_code(source),))
    side = Choices(np.zeros((0, len(source.names)), np.bool_), nobody)
    status = CodePart(nobody, -MISSING_KINDS, 0)
    chunks = [c.chosen.shape[1] for c in pattern_parts(side, PATTERN_BITS)]
    stops = np.cumsum(chunks).tolist()
    names = [source.names[stop - m : stop] for m, stop in zip(chunks, stops, strict=True)]
    parts = [PatternPart(np.zeros((0, m), np.bool_), status) for m in chunks]
    return _Digits(source, side, tuple(parts), tuple(_pattern(source, n) for n in names))


def _check(source: Column | ColumnSet) -> None:
    named = (*(source.levels if isinstance(source, Column) else [source.counted]), *source.missing)
    texts = [_literal(value) for value in named]
    if twice := sorted({t for t in texts if texts.count(t) > 1}):
        raise UsageError(f"{_shown(source)}: the value {twice[0]} is named twice.")
    if bad := [v for v in source.missing.values() if v not in range(-MISSING_KINDS, 0)]:
        raise UsageError(f"{_shown(source)}: {bad[0]!r} is no kind of missing (-1 … -4).")


def _shown(source: Column | ColumnSet) -> str:
    return repr(source.name if isinstance(source, Column) else ", ".join(source.names))


def _code(column: Column) -> str:
    """Write the code of a column: its level, its kind of missing, or unknown."""
    pairs = [*((v, i) for i, v in enumerate(column.levels)), *column.missing.items()]
    name = _quoted(column.name)
    whens = " ".join(f"WHEN {name} = {_literal(v)} THEN {code}" for v, code in pairs)
    return f"CASE WHEN {name} IS NULL THEN {BLANK} {whens} ELSE {_UNKNOWN} END"


def _pattern(columns: ColumnSet, names: Sequence[str]) -> str:
    """Write the pattern of some options, or why the whole set has no choice."""
    bits = [f"CASE WHEN {_is(n, columns.counted)} THEN {2**i} ELSE 0 END"
            for i, n in enumerate(reversed(names))]  # fmt: skip
    return (
        f"CASE WHEN {_any(_is(n, columns.counted) for n in columns.names)}"
        f" THEN {' + '.join(bits) or '0'} ELSE {_status(columns)} END"
    )


def _status(columns: ColumnSet) -> str:
    """Write why a set has no choice, in the order of item 2 of the contract."""
    kinds = {
        kind: [v for v, c in columns.missing.items() if c == kind]
        for kind in (USER_MISSING, NOT_ASKED, NONE_CHOSEN, BLANK)
    }

    def holds(name: str, *of: int) -> str:
        return _any(_is(name, v) for kind in of for v in kinds[kind])

    names = columns.names
    asked = _all(holds(n, NOT_ASKED) for n in names) if names else "FALSE"
    other = _any(f"({_quoted(n)} IS NOT NULL AND NOT {holds(n, NOT_ASKED, BLANK)})" for n in names)
    return (
        f"CASE WHEN {_any(holds(n, USER_MISSING) for n in names)} THEN {USER_MISSING}"
        f" WHEN {asked} THEN {NOT_ASKED} WHEN {other} THEN {NONE_CHOSEN} ELSE {BLANK} END"
    )


def _is(name: str, value: Any) -> str:
    return f"({_quoted(name)} IS NOT NULL AND {_quoted(name)} = {_literal(value)})"


def _any(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions) or 'FALSE'})"


def _all(conditions: Iterable[str]) -> str:
    return f"({' AND '.join(conditions) or 'TRUE'})"


def _quoted(name: str) -> str:
    """Quote an identifier.

    Examples
    --------
    >>> _quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def _literal(value: Any) -> str:
    """Write a raw value as SQL.

    Examples
    --------
    >>> print(_literal("it's"), _literal(True), _literal(2.5))
    'it''s' TRUE 2.5::DOUBLE
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value!r}::DOUBLE" if math.isfinite(value) else f"'{value}'::DOUBLE"
    if isinstance(value, dt.datetime):
        return f"'{value.isoformat()}'::TIMESTAMP"
    if isinstance(value, dt.date):
        return f"'{value.isoformat()}'::DATE"
    if isinstance(value, str) and "\0" not in value:
        return "'" + value.replace("'", "''") + "'"
    raise UsageError(f"{value!r} cannot be a raw value: text, numbers, truth values and dates can.")


# ---------------------------------------------------------------- one scan
def _tables(
    rows: Relation, left: Sequence[_Digits], right: Sequence[_Digits], weight: str | None
) -> dict[tuple[int, int], Tables]:
    """Run the query and fill one joint table for each pair of digits."""
    ps, qs = ([part for d in side for part in d.parts] for side in (left, right))
    tables = {
        (i, j): _empty((p.width, q.width), weight is not None)
        for i, p in enumerate(ps)
        for j, q in enumerate(qs)
    }
    for i, j, row, column, n, w, w2 in _groups(rows, left, right, weight):
        if _UNKNOWN in (row, column):
            _refuse(rows, (*left, *right))
        at = row - ps[i].low, column - qs[j].low
        table = tables[i, j]
        table.n[at] = n
        if table.w is not None and table.w2 is not None:
            table.w[at], table.w2[at] = w, w2
    return tables


def _empty(shape: tuple[int, int], weighted: bool) -> Tables:
    n = np.zeros(shape, np.int64)
    return Tables(n, np.zeros(shape), np.zeros(shape)) if weighted else Tables(n)


def _groups(
    rows: Relation, left: Sequence[_Digits], right: Sequence[_Digits], weight: str | None
) -> list[Any]:
    """Return (left digit, right digit, row code, column code, n, Σw, Σw²) of every group."""
    s = [f"s{i}" for i in range(sum(len(d.parts) for d in left))]
    b = [f"b{j}" for j in range(sum(len(d.parts) for d in right))]
    expressions = [e for d in (*left, *right) for e in d.expressions]
    w = "1" if weight is None else f"coalesce({_quoted(weight)}::DOUBLE, 'nan'::DOUBLE)"
    digits = [f"{e} AS {alias}" for e, alias in zip(expressions, [*s, *b], strict=True)]
    # fsum is the compensated sum: it does not lose digits however the scan is shared out
    sums = ["NULL", "NULL"] if weight is None else ["fsum(w)", "fsum(w * w)"]
    found = [_which(s), _which(b), f"coalesce({', '.join(s)})", f"coalesce({', '.join(b)})"]
    sets = ", ".join(f"({x}, {y})" for x in s for y in b)
    coded = rows.project(", ".join([*digits, f"{w} AS w"]))
    what = ", ".join([*found, "count(*)", *sums])
    return coded.aggregate(what, f"GROUPING SETS ({sets})").fetchall()


def _which(aliases: Sequence[str]) -> str:
    """Write which digit a group is of: codes are never null, digits of other groups are."""
    whens = " ".join(f"WHEN {a} IS NOT NULL THEN {i}" for i, a in enumerate(aliases))
    return f"CASE {whens} END"


def _refuse(rows: Relation, digits: Sequence[_Digits]) -> None:
    """Name a column whose data hold values that it does not name, and some of them."""
    for d in digits:
        if isinstance(d.source, Column):
            name, (expression,) = _quoted(d.source.name), d.expressions
            odd = rows.filter(f"{expression} = {_UNKNOWN}").aggregate(f"{name}, count(*)", name)
            if found := sorted(map(repr, (value for value, _ in odd.fetchall()))):
                raise UsageError(
                    f"column {d.source.name!r} holds {', '.join(found[:3])}, neither a level nor"
                    " missing.",
                    hint="add the value to levels or to missing.",
                )
