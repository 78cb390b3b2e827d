"""Many tables at once: against scipy one by one, brute force, and degenerate tables."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from surveykit.errors import UnsupportedError, UsageError
from surveykit.stats import many, twoway

RNG = np.random.default_rng(20240501)
TABLES = RNG.integers(1, 60, (40, 3, 4))
SQUARES = np.concatenate([RNG.integers(0, 15, (60, 2, 2)), RNG.integers(0, 900, (10, 2, 2))])
counts_2x2 = arrays(np.int64, (2, 2), elements=st.integers(0, 12))
counts_rxc = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 30))
)


@pytest.mark.parametrize(("test", "power"), [(many.chi2_many, 1), (many.g2_many, 0)])
def test_chi_square_tests_agree_with_scipy(test, power):
    got = test(TABLES)
    wanted = [stats.chi2_contingency(t, correction=False, lambda_=power) for t in TABLES]
    # 1e-12: both are short sums of doubles; only the order of summation differs
    np.testing.assert_allclose(got.statistic, [w.statistic for w in wanted], rtol=1e-12)
    np.testing.assert_allclose(got.p, [w.pvalue for w in wanted], rtol=1e-10)
    assert got.df.tolist() == [6.0] * len(TABLES)


def test_fisher_agrees_with_scipy():
    wanted = [stats.fisher_exact(t).pvalue for t in SQUARES if t.sum(0).all() and t.sum(1).all()]
    p = many.fisher_many(SQUARES).p
    np.testing.assert_allclose(p[~np.isnan(p)], wanted, rtol=1e-10)


@given(counts_2x2)
def test_fisher_is_the_sum_over_all_tables_no_more_likely(table):
    (a, b), (c, d) = table.tolist()
    p = many.fisher_many(table[None]).p[0]
    if min(a + b, c + d, a + c, b + d) == 0:
        assert np.isnan(p)
        return
    # exact integers: the number of ways to every table with these margins
    ways = [comb(a + b, k) * comb(c + d, a + c - k) for k in range(a + c + 1) if k <= a + b]
    observed = comb(a + b, a) * comb(c + d, c)
    exact = sum(w for w in ways if w <= observed) / comb(a + b + c + d, a + c)
    assert p == pytest.approx(exact, rel=1e-12)


def test_fisher_handles_large_and_lopsided_tables():
    tables = np.array([[[5000, 4800], [4700, 5100]], [[1, 99999], [9, 99991]]])
    wanted = [stats.fisher_exact(t).pvalue for t in tables]
    np.testing.assert_allclose(many.fisher_many(tables).p, wanted, rtol=1e-9)


def test_linear_by_linear_is_n_minus_1_times_the_squared_correlation_of_records():
    for table in TABLES[:8]:
        rows, columns = np.repeat(np.argwhere(table >= 0), table.ravel(), axis=0).T
        r, n = np.corrcoef(rows, columns)[0, 1], table.sum()
        got = many.linear_by_linear_many(table[None]).statistic[0]
        assert got == pytest.approx((n - 1) * r**2, rel=1e-11)


def test_cochran_armitage_is_the_textbook_z():
    # Armitage (1955): T over its null standard deviation, with N (not N - 1)
    tables, scores = RNG.integers(1, 50, (20, 2, 5)), np.array([0.0, 1, 2, 4, 8])
    got = many.cochran_armitage_many(tables, scores)
    cases, n_i = tables[:, 0], tables.sum(1)
    n = n_i.sum(1)
    p = cases.sum(1) / n
    t = ((cases - n_i * p[:, None]) * scores).sum(1)
    variance = p * (1 - p) * ((n_i * scores**2).sum(1) - (n_i * scores).sum(1) ** 2 / n)
    np.testing.assert_allclose(got.statistic, t / np.sqrt(variance), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(got.p, 2 * stats.norm.sf(abs(got.statistic)), rtol=1e-12)
    transposed = many.cochran_armitage_many(tables.transpose(0, 2, 1), scores)
    np.testing.assert_allclose(transposed.statistic, got.statistic, rtol=1e-12)


def test_two_groups_trend_is_pearson_chi_square():
    got = many.cochran_armitage_many(SQUARES[60:]).statistic ** 2
    np.testing.assert_allclose(got, many.chi2_many(SQUARES[60:]).statistic, rtol=1e-10)


@given(counts_rxc)
def test_empty_rows_and_columns_change_nothing(table):
    padded = np.zeros((table.shape[0] + 1, table.shape[1] + 2))
    padded[1:, :-2] = table
    for test in (many.chi2_many, many.g2_many):
        plain, more = test(table[None]), test(padded[None])
        np.testing.assert_allclose(plain.statistic, more.statistic, rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(plain.df, more.df)


@given(counts_rxc)
def test_transposing_changes_nothing(table):
    for test in (many.chi2_many, many.g2_many, many.linear_by_linear_many):
        one, other = test(table[None]), test(table.T[None])
        np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-9, atol=1e-12)
        assert np.all((one.p >= 0) & (one.p <= 1) | np.isnan(one.p))


@given(counts_rxc)
def test_single_and_many_are_one_computation(table):
    for name, test in (("chi2", many.chi2_many), ("g2", many.g2_many)):
        one, row = twoway.two_way_test(name, table), test(table[None])
        assert (one.statistic is None) == bool(np.isnan(row.statistic[0]))
        if one.statistic is not None:
            assert one.statistic == pytest.approx(row.statistic[0], rel=1e-12, abs=1e-12)
            assert one.p == pytest.approx(row.p[0], rel=1e-10)


def test_degenerate_tables_are_nan_and_warn_nothing():
    tables = np.zeros((3, 2, 2))
    tables[1, 0] = 5
    tables[2, :, 1] = 3
    for test in (
        many.chi2_many,
        many.g2_many,
        many.linear_by_linear_many,
        many.cochran_armitage_many,
        many.fisher_many,
    ):
        got = test(tables)
        assert np.isnan(got.statistic).all()
        assert np.isnan(got.p).all()


def test_no_tables_give_no_results():
    for test in (many.chi2_many, many.g2_many, many.fisher_many, many.cochran_armitage_many):
        assert test(np.zeros((0, 2, 2))).p.shape == (0,)


def test_bad_tables_are_refused():
    with pytest.raises(UsageError, match="shape"):
        many.chi2_many([[1, 2], [3, 4]])
    with pytest.raises(UsageError, match="negative"):
        many.chi2_many([[[1, -2], [3, 4]]])
    with pytest.raises(UsageError, match="whole"):
        many.fisher_many([[[1.5, 2], [3, 4]]])
    with pytest.raises(UnsupportedError, match="Hint: merge levels"):
        many.fisher_many(TABLES)
    with pytest.raises(UnsupportedError, match="two levels"):
        many.cochran_armitage_many(TABLES)
    with pytest.raises(UsageError, match="scores"):
        many.cochran_armitage_many(SQUARES, [1, 2, 3])
