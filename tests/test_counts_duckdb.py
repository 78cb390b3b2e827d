"""The same pass inside DuckDB: the same counts as in memory."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from surveykit.counts import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    Axis,
    Choices,
    count_tables,
    everyone,
)
from surveykit.counts.duck import Column, ColumnSet, count_duckdb
from surveykit.errors import UsageError

duckdb = pytest.importorskip("duckdb", reason="the extra duckdb is not installed")

NASTY = "x'); drop table answers; --"
KINDS = {"refused": USER_MISSING, "(skip)": NOT_ASKED, "": BLANK}
FIELDS = ("n", "w", "w2")


@pytest.fixture
def connection():
    with duckdb.connect() as con:
        yield con


def relation(connection, frame):
    connection.register("incoming", frame)
    connection.execute("create or replace table answers as select * from incoming")
    connection.unregister("incoming")
    return connection.table("answers")


def texts(rng, n, levels):
    """Random answers as text and as codes."""
    values = [*levels, *KINDS, None]
    at = rng.integers(0, len(values), n)
    codes = np.array([*range(len(levels)), *KINDS.values(), BLANK])[at]
    return np.array(values, dtype=object)[at], codes.astype(np.int8)


def marks(rng, n, k):
    """Random yes/no columns with missing marks, and what they mean, by plain rules."""
    values = np.array(["yes", "no", "no", "refused", "(skip)", "", None], dtype=object)
    cells = values[rng.integers(0, len(values), (n, k))]
    cells[rng.random(n) < 0.1] = "(skip)"
    cells[rng.random(n) < 0.1] = None
    cells[rng.random(n) < 0.1] = "no"
    status = np.zeros(n, np.int8)
    for i, row in enumerate(cells):
        row = list(row)
        if "yes" in row:
            continue
        if "refused" in row:
            status[i] = USER_MISSING
        elif row and all(c == "(skip)" for c in row):
            status[i] = NOT_ASKED
        else:
            status[i] = NONE_CHOSEN if "no" in row else BLANK
    return cells, Choices(cells == "yes", status)


def data(seed=1, n=600, k=8):
    rng = np.random.default_rng(seed)
    columns = {'the "sex"': ["f", "m"], "地区": ["东", "西", NASTY], "z": list("abcdefghij")}
    frame, sides, described = {}, [], []
    for name, levels in columns.items():
        frame[name], codes = texts(rng, n, levels)
        sides.append(Axis(codes, len(levels)))
        described.append(Column(name, tuple(levels), KINDS))
    cells, choices = marks(rng, n, k)
    names = tuple(f"m{j}" for j in range(k))
    frame.update({name: cells[:, j] for j, name in enumerate(names)})
    frame["w"] = rng.gamma(2.0, 1.0, n)
    sides.append(choices)
    described.append(ColumnSet(names, "yes", KINDS))
    return pd.DataFrame(frame), sides, described


def same(a, b, rtol=0.0):
    parts = ("cells",) if hasattr(a, "cells") else ("options", "cases")
    assert (a.k, a.b) == (b.k, b.b)
    for part in parts:
        for f in FIELDS:
            x, y = getattr(getattr(a, part), f), getattr(getattr(b, part), f)
            assert x.dtype == y.dtype
            np.testing.assert_allclose(x, y, rtol=0 if f == "n" else rtol)


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("masked", [False, True])
def test_counts_are_those_in_memory(connection, weight, masked):
    frame, sides, described = data()
    got = count_duckdb(
        relation(connection, frame),
        described,
        [*described, None],
        weight=weight,
        where="z <> 'a' or z is null" if masked else None,
    )
    wanted = count_tables(
        sides,
        [*sides, everyone(len(frame))],
        weights=None if weight is None else frame["w"].to_numpy(),
        mask=(frame["z"] != "a").to_numpy() if masked else None,
    )
    for row, expected in zip(got, wanted, strict=True):
        for a, b in zip(row, expected, strict=True):
            same(a, b, 1e-12)
    assert len(connection.table("answers")) == len(frame)
    assert connection.execute("show tables").fetchall() == [("answers",)]


def test_weighted_sums_of_many_rows_agree_to_1e_12(connection):
    n = 300_000
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 3, n), rng.integers(0, 5, n)
    w = rng.lognormal(0, 3, n)
    rows = relation(connection, pd.DataFrame({"a": a, "b": b, "w": w}))
    columns = [Column("a", (0, 1, 2)), Column("b", tuple(range(5)))]
    got = count_duckdb(rows, columns[:1], columns[1:], weight="w")
    wanted = count_tables([Axis(a, 3)], [Axis(b, 5)], weights=w)
    same(got[0][0], wanted[0][0], 1e-12)


def test_values_that_are_no_text(connection):
    days = [dt.date(2024, 1, 1), dt.date(2024, 1, 2)]
    frame = pd.DataFrame({"i": [1, 2, 99], "x": [0.5, 1.5, 0.5], "t": [True, False, True]})
    rows = relation(connection, frame).project("*, date '2024-01-01' + (i % 2)::int as d")
    sides = [
        Column("i", (np.int64(2), 1), {99: USER_MISSING}),
        Column("x", (1.5, 0.5)),
        Column("t", (True, False)),
        Column("d", tuple(days)),
        ColumnSet(("t",), True),
    ]
    got = [row[0] for row in count_duckdb(rows, sides, [None])]
    assert [c.valid[:, 0].tolist() for c in got] == [[1, 1], [1, 2], [2, 1], [1, 2], [2]]
    assert got[0].missing[:, 0].tolist() == [0, 0, 1, 0]
    assert got[4].missing[:, 0].tolist() == [0, 0, 0, 1]


def test_empty_relations_and_no_sides(connection):
    rows = relation(connection, pd.DataFrame({"a": ["x"]})).filter("a = 'y'")
    side = Column("a", ("x", "y"))
    assert count_duckdb(rows, [side], [None])[0][0].cells.n.tolist() == [[0] * 5] * 6
    assert count_duckdb(rows, [side], []) == ((),)
    assert count_duckdb(rows, [], [side]) == ()
    none = count_duckdb(rows, [ColumnSet((), 1)], [side])[0][0]
    assert none.valid.shape == (0, 2)


def test_a_null_weight_is_not_a_number_as_in_memory(connection):
    rows = relation(connection, pd.DataFrame({"a": [0, 1, 1]})).project(
        "a, case when a = 1 then 2.0 end as w"
    )
    ((got,),) = count_duckdb(rows, [Column("a", (0, 1))], [None], weight="w")
    assert np.isnan(got.cells.w[0, 0])
    assert got.cells.w[1, 0] == 4.0


@pytest.mark.parametrize(
    ("side", "message"),
    [
        (Column("a", ("x",)), "'a' holds 'y', neither a level nor missing"),
        (Column("a", ("x", "y", "x")), "'x' is named twice"),
        (Column("a", ("x", "y"), {"y": BLANK}), "'y' is named twice"),
        (Column("a", ("x",), {"y": -5}), "-5 is no kind of missing"),
        (Column("a", ("x", None)), "None cannot be a raw value"),
        (ColumnSet(("a",), "x", {"x": BLANK}), "named twice"),
    ],
)
def test_bad_descriptions_are_refused(connection, side, message):
    rows = relation(connection, pd.DataFrame({"a": ["x", "y"]}))
    with pytest.raises(UsageError, match=message):
        count_duckdb(rows, [side], [None])
