"""Counts of any pair of sides against plain loops over the respondents."""

from __future__ import annotations

import numpy as np
import pytest

from surveykit.counts import (
    MISSING_KINDS,
    NONE_CHOSEN,
    Axis,
    CellCounts,
    Choices,
    MultipleCounts,
    _engine,
    count_tables,
    everyone,
    level_overlaps,
    nest,
    option_pairs,
    overlaps,
    psu_sums,
    stratum_sums,
)
from surveykit.errors import UsageError

FIELDS = ("n", "w", "w2")


# ---------------------------------------------------------------- plain loops
def places(side, i):
    """Where respondent i is counted: levels or options, else one kind of missing."""
    if isinstance(side, Axis):
        return [int(side.codes[i])]
    if side.status[i] < 0:
        return [int(side.status[i])]
    return [j for j in range(side.k) if side.chosen[i, j]]


def answered(side, i):
    return (side.codes[i] if isinstance(side, Axis) else side.status[i]) >= 0


def plain_table(stub, by, weights, mask):
    """(k + 4, b + 4) cells and (5, b + 4) cases, by loops."""
    n = len(stub)
    cells = {f: np.zeros((stub.k + 4, by.k + 4)) for f in FIELDS}
    cases = {f: np.zeros((5, by.k + 4)) for f in FIELDS}
    for i in range(n):
        if mask is not None and not mask[i]:
            continue
        w = 1.0 if weights is None else weights[i]
        row = 0 if answered(stub, i) else places(stub, i)[0]
        for f, x in zip(FIELDS, (1.0, w, w * w), strict=True):
            for c in places(by, i):
                cases[f][row, c] += x
                for r in places(stub, i):
                    cells[f][r, c] += x
    return cells, cases


def plain_pairs(stub, by, weights, mask, f):
    """(k, b, b) of level (or option) × column × column, and (b, b) of the base."""
    out, base = np.zeros((stub.k, by.k, by.k)), np.zeros((by.k, by.k))
    for i in range(len(stub)):
        if (mask is not None and not mask[i]) or not answered(stub, i) or not answered(by, i):
            continue
        w = 1.0 if weights is None else weights[i]
        x = {"n": 1.0, "w": w, "w2": w * w}[f]
        for a in places(by, i):
            for b in places(by, i):
                base[a, b] += x
                for r in places(stub, i):
                    out[r, a, b] += x
    return out, base


# ---------------------------------------------------------------- random respondents
def axis(rng, n, k, low=-4, dtype=np.int8):
    return Axis(rng.integers(low, k, n).astype(dtype) if k or low < 0 else np.zeros(0, dtype), k)


def choices(rng, n, k, low=-4, share=0.4):
    chosen = rng.random((n, k)) < share
    return Choices(chosen, rng.integers(low, 3, n).clip(max=0).astype(np.int8))


def check(got, stub, by, weights, mask):
    cells, cases = plain_table(stub, by, weights, mask)
    for f in FIELDS:
        if isinstance(stub, Axis):
            assert isinstance(got, CellCounts)
            np.testing.assert_allclose(getattr(got.cells, f), cells[f], rtol=1e-12)
        else:
            assert isinstance(got, MultipleCounts)
            np.testing.assert_allclose(getattr(got.options, f), cells[f][: stub.k], rtol=1e-12)
            np.testing.assert_allclose(getattr(got.cases, f), cases[f], rtol=1e-12)
    assert (got.k, got.b) == (stub.k, by.k)


OPTIONS = [(False, False), (True, False), (False, True), (True, True)]


@pytest.mark.parametrize(("weighted", "masked"), OPTIONS)
@pytest.mark.parametrize("n", [0, 1, 2, 97])
def test_every_pair_of_sides_is_that_of_plain_loops(n, weighted, masked):
    rng = np.random.default_rng(n)
    weights = rng.gamma(2.0, 1.0, n) if weighted else None
    mask = rng.random(n) < 0.6 if masked else None
    sides = [
        axis(rng, n, 3), axis(rng, n, 1, 0), axis(rng, n, 200, -2, np.int16), everyone(n),
        choices(rng, n, 0), choices(rng, n, 1), choices(rng, n, 5, 0), choices(rng, n, 15),
        axis(rng, n, 4, dtype=np.int64), Axis(np.full(n, -1), 0), Axis(np.full(n, -3), 2),
    ]  # fmt: skip
    grid = count_tables(sides, sides, weights=weights, mask=mask)
    assert len(grid) == len(sides)
    for stub, row in zip(sides, grid, strict=True):
        for by, got in zip(sides, row, strict=True):
            check(got, stub, by, weights, mask)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint32])
def test_any_integer_type_gives_the_same(dtype):
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 100, (2, 400))
    a, b = (Axis(c.astype(dtype), 100) for c in codes)
    ((got,),) = count_tables([a], [b])
    wanted = np.zeros((100, 100), int)
    np.add.at(wanted, tuple(codes), 1)
    np.testing.assert_array_equal(got.valid, wanted)
    assert got.valid.dtype == np.int64


def test_blocks_add_up(monkeypatch):
    rng = np.random.default_rng(4)
    n = 1000
    sides = [axis(rng, n, 3), axis(rng, n, 7), choices(rng, n, 8), axis(rng, n, 130, -1, np.int16)]
    weights, mask = rng.random(n), rng.random(n) < 0.5
    whole = count_tables(sides, sides, weights=weights, mask=mask)
    monkeypatch.setattr(_engine, "BLOCK", 64)
    monkeypatch.setattr(_engine, "_FUSED_CELLS", 500)
    parts = count_tables(sides, sides, weights=weights, mask=mask)
    for i, stub in enumerate(sides):
        for j in range(len(sides)):
            a, b = whole[i][j], parts[i][j]
            x, y = (a.cells, b.cells) if isinstance(stub, Axis) else (a.options, b.options)
            np.testing.assert_array_equal(x.n, y.n)
            np.testing.assert_allclose(x.w, y.w, rtol=1e-12)
            np.testing.assert_allclose(x.w2, y.w2, rtol=1e-12)


def test_strided_columns_of_a_matrix_are_counted_and_nothing_is_changed():
    rng = np.random.default_rng(5)
    matrix = rng.integers(-1, 3, (50, 2))
    matrix.flags.writeable = False
    a, b = Axis(matrix[:, 0], 3), Axis(matrix[::-1, 1], 3)
    check(count_tables([a], [b])[0][0], a, b, None, None)


def test_weighted_sums_are_the_same_to_the_last_bit_from_run_to_run():
    rng = np.random.default_rng(6)
    n = 150_000
    sides, weights = [axis(rng, n, 3), axis(rng, n, 10)], rng.random(n)
    first, second = (count_tables(sides, sides, weights=weights) for _ in range(2))
    np.testing.assert_array_equal(first[0][1].cells.w, second[0][1].cells.w)
    np.testing.assert_array_equal(first[0][1].cells.w2, second[0][1].cells.w2)


def test_those_who_chose_none_are_a_kind_of_their_own():
    chosen = np.array([[True, False], [False, False], [False, False]])
    stub = Choices(chosen, np.array([0, NONE_CHOSEN, -1]))
    ((got, by_self),) = count_tables([stub], [everyone(3), stub])
    assert got.missing[:, 0].tolist() == [1, 0, 0, 1]
    assert got.answered.tolist() == [1]
    assert by_self.cases.n[:, NONE_CHOSEN].tolist() == [0, 1, 0, 0, 0]
    assert MISSING_KINDS == 4


def test_levels_far_more_than_respondents():
    codes = np.array([0, 69_999, 40_000])
    ((got,),) = count_tables([Axis(codes, 70_000)], [everyone(3)])
    assert got.valid[codes, 0].tolist() == [1, 1, 1]
    assert got.valid.sum() == 3


def test_a_table_that_no_memory_holds_is_refused():
    many = Axis(np.array([0, 99_999]), 100_000)
    with pytest.raises(UsageError, match="10,000,000,000 cells is too large"):
        count_tables([many], [many])


def test_an_infinite_weight_stays_in_its_own_cell():
    a, b = Axis(np.array([0, 1, 1]), 2), Choices(np.eye(3, dtype=bool), np.zeros(3, int))
    ((got,),) = count_tables([a], [b], weights=np.array([np.inf, 1.0, np.nan]))
    assert got.cells.w[:2, :3].tolist()[0] == [np.inf, 0.0, 0.0]
    assert got.cells.w[1, 1] == 1.0
    assert np.isnan(got.cells.w[1, 2])


# ---------------------------------------------------------------- overlapping levels
@pytest.mark.parametrize(("weighted", "masked"), OPTIONS)
@pytest.mark.parametrize("b", [1, 4, 19])
def test_overlaps_are_those_of_plain_loops(b, weighted, masked):
    rng = np.random.default_rng(b)
    n = 120
    weights = rng.gamma(2.0, 1.0, n) if weighted else None
    mask = rng.random(n) < 0.6 if masked else None
    by = choices(rng, n, b)
    for stub in (axis(rng, n, 3), choices(rng, n, 6), everyone(n), axis(rng, n, 150, 0, np.int16)):
        both = overlaps(stub, by, weights=weights, mask=mask)
        each = level_overlaps(stub, by, weights=weights, mask=mask)
        swapped = option_pairs(by, stub, weights=weights, mask=mask)
        for f in FIELDS:
            levels, base = plain_pairs(stub, by, weights, mask, f)
            np.testing.assert_allclose(getattr(both, f), base, rtol=1e-12)
            np.testing.assert_allclose(getattr(each, f), levels, rtol=1e-12)
            np.testing.assert_allclose(getattr(swapped, f), levels, rtol=1e-12)


def test_overlaps_of_nothing():
    none = Choices(np.zeros((3, 0), bool), np.full(3, NONE_CHOSEN))
    assert overlaps(everyone(3), none).n.shape == (0, 0)
    assert level_overlaps(everyone(3), none).n.shape == (1, 0, 0)
    assert (
        overlaps(none, Choices(np.ones((3, 2), bool), np.zeros(3, int))).n.tolist() == [[0, 0]] * 2
    )


# ---------------------------------------------------------------- totals of PSUs and strata
def plain_totals(stub, by, unit, units, weights, mask, f):
    multiple = not isinstance(stub, Axis)
    out = np.zeros((units, stub.k + multiple, by.k))
    for i in range(len(stub)):
        if (mask is not None and not mask[i]) or not answered(stub, i) or not answered(by, i):
            continue
        w = 1.0 if weights is None else weights[i]
        rows = places(stub, i) + ([stub.k] if multiple else [])
        for r in rows:
            for c in places(by, i):
                out[unit[i], r, c] += {"n": 1.0, "w": w, "w2": w * w}[f]
    return out.reshape(units, -1)


@pytest.mark.parametrize(("weighted", "masked"), OPTIONS)
@pytest.mark.parametrize("units", [1, 7, 3000])
def test_totals_by_unit_are_those_of_plain_loops(units, weighted, masked, monkeypatch):
    monkeypatch.setattr("surveykit.counts._totals.BLOCK", 50)
    rng = np.random.default_rng(units)
    n = 130
    weights = rng.gamma(2.0, 1.0, n) if weighted else None
    mask = rng.random(n) < 0.6 if masked else None
    unit = rng.integers(0, units, n)
    for stub in (axis(rng, n, 3), choices(rng, n, 4)):
        for by in (axis(rng, n, 2), choices(rng, n, 3), everyone(n)):
            sums = stratum_sums(stub, by, unit, units, weights=weights, mask=mask)
            for f in FIELDS:
                wanted = plain_totals(stub, by, unit, units, weights, mask, f)
                np.testing.assert_allclose(getattr(sums, f), wanted, rtol=1e-12)
            got = psu_sums(stub, by, unit, units, weights=weights, mask=mask)
            np.testing.assert_allclose(got, sums.w, rtol=1e-12)


def test_totals_of_units_add_up_to_the_table():
    rng = np.random.default_rng(8)
    stub, by, w = axis(rng, 300, 3), axis(rng, 300, 4), rng.random(300)
    ((table,),) = count_tables([stub], [by], weights=w)
    totals = psu_sums(stub, by, rng.integers(0, 20, 300), 20, weights=w)
    np.testing.assert_allclose(totals.sum(axis=0).reshape(3, 4), table.cells.w[:3, :4], rtol=1e-12)
    assert psu_sums(everyone(0), everyone(0), np.zeros(0, int), 2).tolist() == [[0.0], [0.0]]


# ---------------------------------------------------------------- bad input
A2 = Axis(np.array([0, 1]), 2)


@pytest.mark.parametrize(
    ("stub", "options", "message"),
    [
        (Axis(np.array([0, 2]), 2), {}, "between -4 and 1; found 0 to 2"),
        (Axis(np.array([0, -5]), 2), {}, "found -5 to 0"),
        (Axis(np.array([0, 200], np.uint8), 2), {}, "found 0 to 200"),
        (Axis(np.array([0, 0]), 0), {}, "between -4 and -1"),
        (Axis(np.array([0.0, 1.0]), 2), {}, "column of integers, not 1-d float64"),
        (Axis(np.array([[0], [1]]), 2), {}, "not 2-d int64"),
        (Axis(np.array([0]), 2), {}, "1 and 2 respondents"),
        (Choices(np.ones((2, 1)), np.array([0, 0])), {}, "matrix of bool, not 2-d float64"),
        (Choices(np.ones((2, 1), bool), np.array([0, 1])), {}, "between -4 and 0"),
        (Choices(np.ones((3, 1), bool), np.array([0, 0])), {}, "3 and 2 respondents"),
        (A2, {"weights": np.ones(3)}, r"weights have shape \(3,\)"),
        (A2, {"mask": np.ones(1, bool)}, r"not bool of \(2,\)"),
        (A2, {"mask": np.array([1, 0])}, "the mask is int64"),
    ],
)
def test_bad_input_is_refused(stub, options, message):
    with pytest.raises(UsageError, match=message):
        count_tables([stub], [A2], **options)
    with pytest.raises(UsageError, match=message):
        psu_sums(stub, A2, np.zeros(2, int), 1, **options)


@pytest.mark.parametrize("unit", [np.array([0, 2]), np.array([0, -1]), np.array([0])])
def test_bad_units_are_refused(unit):
    with pytest.raises(UsageError, match="between"):
        psu_sums(A2, A2, unit, 2)


def test_axes_of_other_lengths_are_not_nested():
    with pytest.raises(UsageError, match="2 and 3 respondents"):
        nest(A2, everyone(3))


def test_nested_codes_are_narrow_and_count_the_crossing():
    rng = np.random.default_rng(9)
    a, b = axis(rng, 200, 12), axis(rng, 200, 11)
    crossed = nest(a, b)
    assert (crossed.k, crossed.codes.dtype) == (132, np.int16)
    for i in range(200):
        x, y = int(a.codes[i]), int(b.codes[i])
        assert crossed.codes[i] == (x if x < 0 else y if y < 0 else x * 11 + y)


def test_crossing_an_axis_without_levels():
    crossed = nest(Axis(np.array([-1, -2]), 0), Axis(np.array([150, -4]), 200))
    assert (crossed.k, crossed.codes.tolist()) == (0, [-1, -2])


def test_no_stubs_or_no_bys():
    assert count_tables([A2], []) == ((),)
    assert count_tables([], [A2]) == ()
    assert count_tables([], []) == ()


def test_a_weight_of_two_is_a_doubled_row_for_sums():
    rng = np.random.default_rng(10)
    stub, by = axis(rng, 80, 3), axis(rng, 80, 4)
    rows = np.r_[np.arange(80), np.arange(20)]
    doubled = Axis(stub.codes[rows], 3), Axis(by.codes[rows], 4)
    ((twice,),) = count_tables(doubled[:1], doubled[1:])
    ((weighted,),) = count_tables([stub], [by], weights=np.where(np.arange(80) < 20, 2.0, 1.0))
    np.testing.assert_array_equal(weighted.cells.w, twice.cells.n)
