"""Counts: against pandas on random data, identities, domains, weights, missing kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.counts import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    Axis,
    count_cells,
    count_multiple,
    everyone,
    group_moments,
    nest,
)
from surveykit.errors import UsageError

RNG = np.random.default_rng(7)
N = 500
A = Axis(RNG.integers(-4, 4, N), 4)
B = Axis(RNG.integers(-4, 3, N), 3)
W = RNG.gamma(2.0, 1.0, N)
MASK = RNG.random(N) < 0.6
CODES = [*range(4), NONE_CHOSEN, USER_MISSING, NOT_ASKED, BLANK]


def crosstab(a, b, values=None):
    table = pd.crosstab(
        pd.Categorical(a, CODES),
        pd.Categorical(b, [0, 1, 2, -4, -3, -2, -1]),
        values=values,
        aggfunc=None if values is None else "sum",
        dropna=False,
    )
    return table.fillna(0).to_numpy()


@pytest.mark.parametrize("mask", [None, MASK])
def test_counts_are_those_of_pandas_missing_kinds_included(mask):
    keep = np.ones(N, bool) if mask is None else mask
    (got,) = count_cells(A, [B], weights=W, mask=mask)
    a, b, w = A.codes[keep], B.codes[keep], W[keep]
    np.testing.assert_array_equal(got.cells.n, crosstab(a, b))
    np.testing.assert_allclose(got.cells.w, crosstab(a, b, w), rtol=1e-12)
    np.testing.assert_allclose(got.cells.w2, crosstab(a, b, w**2), rtol=1e-12)


def test_codes_are_their_own_index():
    (got,) = count_cells(A, [B])
    for code in CODES:
        assert got.cells.n[code].sum() == (A.codes == code).sum()
    assert got.missing[1, 2] == ((A.codes == NOT_ASKED) & (B.codes == 2)).sum()
    assert got.valid.sum() == ((A.codes >= 0) & (B.codes >= 0)).sum()


def test_without_weights_w_is_n():
    (got,) = count_cells(A, [B])
    np.testing.assert_array_equal(got.cells.w, got.cells.n)
    np.testing.assert_array_equal(got.cells.w2, got.cells.n)


def test_every_by_variable_gets_its_table_and_nothing_is_changed():
    before = A.codes.copy(), B.codes.copy()
    one, two = count_cells(A, [everyone(N), B])
    np.testing.assert_array_equal(one.cells.n[:, 0], two.cells.n.sum(axis=1))
    np.testing.assert_array_equal(A.codes, before[0])
    np.testing.assert_array_equal(B.codes, before[1])


@given(st.lists(st.tuples(st.integers(-4, 3), st.integers(-4, 2)), max_size=40), st.randoms())
def test_order_of_rows_does_not_matter(rows, random):
    def table(pairs):
        codes = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return count_cells(Axis(codes[:, 0], 4), [Axis(codes[:, 1], 3)])[0].cells.n

    shuffled = list(rows)
    random.shuffle(shuffled)
    np.testing.assert_array_equal(table(rows), table(shuffled))
    assert table(rows).sum() == len(rows)


@given(st.lists(st.integers(-4, 3), min_size=1, max_size=40))
def test_merging_two_levels_is_adding_their_counts(codes):
    array = np.array(codes)
    merged = np.where(array == 3, 2, array)
    (four,) = count_cells(Axis(array, 4), [everyone(len(codes))])
    (three,) = count_cells(Axis(merged, 3), [everyone(len(codes))])
    counts = four.valid[:, 0]
    assert three.valid[:, 0].tolist() == [*counts[:2], counts[2] + counts[3]]
    np.testing.assert_array_equal(three.missing, four.missing)


def test_nested_axes_count_the_crossing():
    (got,) = count_cells(A, [nest(B, Axis(np.arange(N) % 2, 2))])
    for i in range(3):
        (part,) = count_cells(A, [Axis(np.arange(N) % 2, 2)], mask=B.codes == i)
        np.testing.assert_array_equal(got.valid[:, 2 * i : 2 * i + 2], part.valid)


def test_multiple_response_counts_choices_of_those_who_answered():
    chosen = RNG.random((N, 5)) < 0.3
    status = np.where(chosen.any(axis=1), 0, RNG.integers(-4, 0, N))
    status[:5] = USER_MISSING  # a choice beside a refusal is not counted
    (got,) = count_multiple(chosen, status, [B], weights=W, mask=MASK)
    frame = pd.DataFrame(chosen).assign(status=status, b=B.codes, w=W)[MASK]
    answered = frame[frame["status"] == 0]
    for j in range(5):
        for b in (0, 1, 2, BLANK):
            cell = answered[answered[j] & (answered["b"] == b)]
            assert got.options.n[j, b] == len(cell)
            assert got.options.w[j, b] == pytest.approx(cell["w"].sum())
            assert got.options.w2[j, b] == pytest.approx((cell["w"] ** 2).sum())
    assert got.answered.tolist() == [(answered["b"] == b).sum() for b in range(3)]
    not_asked = frame[frame["status"] == NOT_ASKED]
    assert got.missing[1].tolist() == [(not_asked["b"] == b).sum() for b in range(3)]


def test_multiple_response_without_options_or_rows():
    (none,) = count_multiple(np.zeros((3, 0), bool), np.array([-1, -1, -1]), [everyone(3)])
    assert none.valid.shape == (0, 1)
    assert none.missing[:, 0].tolist() == [3, 0, 0, 0]
    (empty,) = count_multiple(np.zeros((0, 2), bool), np.zeros(0, int), [everyone(0)])
    assert empty.valid[:, 0].tolist() == [0, 0]


def test_moments_are_those_of_pandas():
    values = RNG.normal(50, 3.0, N)
    values[RNG.random(N) < 0.2] = np.nan
    got = group_moments(values, B.codes, 3)
    wanted = pd.Series(values).groupby(B.codes).agg(["count", "mean", "std", "sem", "median"])
    wanted = wanted.loc[[0, 1, 2]]
    assert got.n.tolist() == wanted["count"].tolist()
    for name, array in (
        ("mean", got.mean),
        ("std", got.sd),
        ("sem", got.se),
        ("median", got.median),
    ):
        np.testing.assert_allclose(array, wanted[name], rtol=1e-12)


def test_a_large_mean_does_not_blur_the_spread():
    values = RNG.integers(0, 9, N).astype(float)
    far = group_moments(values + 2.0**40, B.codes, 3)
    np.testing.assert_allclose(far.sd, group_moments(values, B.codes, 3).sd, rtol=1e-6)


def test_moments_of_small_groups():
    got = group_moments(np.array([5.0, np.nan]), np.array([1, 2]), 3)
    assert got.n.tolist() == [0, 1, 0]
    assert np.isnan(got.mean).tolist() == [True, False, True]
    assert np.isnan(got.median).tolist() == [True, False, True]
    assert np.isnan(got.sd).all()
    assert np.isnan(group_moments(np.array([]), np.array([], int), 2).median).all()


def test_codes_outside_their_axis_and_unequal_lengths_are_refused():
    with pytest.raises(UsageError, match="between -4 and 1"):
        count_cells(Axis(np.array([0, 2]), 2), [everyone(2)])
    with pytest.raises(UsageError, match="2 and 3 respondents"):
        count_cells(Axis(np.array([0, 1]), 2), [everyone(3)])
