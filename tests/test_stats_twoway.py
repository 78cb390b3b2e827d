"""One table: residuals, small expected counts, dropped levels, degenerate tables, association."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.stats import TEST_NAMES, adjusted_residuals, association, expected_counts, twoway

TABLE = np.array([[12, 5, 7], [3, 9, 14]])
tables = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(1, 9))
)


def test_degenerate_tables_have_a_reason_and_no_numbers():
    for table, reason in (
        ([[0, 0], [0, 0]], "no_observations"),
        ([[4, 5], [0, 0]], "one_row"),
        ([[4, 0], [3, 0]], "one_column"),
    ):
        for name in TEST_NAMES:
            test = twoway.two_way_test(name, table)
            assert (test.statistic, test.df, test.p, test.reason) == (None, None, None, reason)
        assert twoway.cramers_v(table) is None
        assert twoway.phi(table) is None
        assert twoway.contingency_coefficient(table) is None


def test_levels_without_observations_are_dropped_and_counted():
    padded = np.insert(np.insert(TABLE, 1, 0, axis=1), 0, 0, axis=0)
    got, plain = twoway.chi2(padded), twoway.chi2(TABLE)
    assert (got.statistic, got.df, got.p) == (plain.statistic, plain.df, plain.p)
    assert (got.dropped_rows, got.dropped_columns) == (1, 1)
    assert twoway.cramers_v(padded) == twoway.cramers_v(TABLE)
    assert twoway.fisher([[3, 0, 1], [1, 0, 3]]).p == twoway.fisher([[3, 1], [1, 3]]).p


def test_dropped_levels_keep_their_scores():
    gap = [[10, 0, 30], [40, 0, 20]]
    squeezed = [[10, 30], [40, 20]]
    assert twoway.linear_by_linear(gap).statistic == pytest.approx(
        twoway.linear_by_linear(squeezed, None, [1, 3]).statistic
    )
    uneven, even = [[10, 0, 30, 9], [40, 0, 20, 9]], [[10, 30, 9], [40, 20, 9]]
    trend = twoway.cochran_armitage(uneven)
    assert trend.statistic == pytest.approx(twoway.cochran_armitage(even, [1, 3, 4]).statistic)
    assert trend.statistic != pytest.approx(twoway.cochran_armitage(even).statistic)


def test_trend_works_either_way_round_and_needs_two_levels():
    assert twoway.cochran_armitage(TABLE.T).statistic == pytest.approx(
        twoway.cochran_armitage(TABLE).statistic
    )
    with pytest.raises(UnsupportedError, match="two levels"):
        twoway.cochran_armitage(np.ones((3, 3)))


@given(tables)
def test_adjusted_residuals_of_a_cell_square_to_its_2_by_2_chi_square(table):
    residuals = adjusted_residuals(table)
    for i, j in itertools.product(*map(range, table.shape)):
        a, n = table[i, j], table.sum()
        b, c = table[i].sum() - a, table[:, j].sum() - a
        chi2 = twoway.chi2([[a, b], [c, n - a - b - c]]).statistic
        assert residuals[i, j] ** 2 == pytest.approx(chi2, rel=1e-9, abs=1e-9)


def test_residuals_of_an_empty_level_are_nan():
    residuals = adjusted_residuals([[1, 0, 2], [3, 0, 4]])
    assert np.isnan(residuals).tolist() == [[False, True, False]] * 2


def test_cochrans_rule():
    assert not expected_counts([[10, 10], [10, 10]]).small
    one_of_ten = np.array([[4, 40, 40, 40, 40], [4, 40, 40, 40, 40]])
    assert expected_counts(one_of_ten).below_5 == 2
    assert not expected_counts(one_of_ten).small  # 20 % is not more than 20 %
    assert expected_counts([[4, 40, 40, 40], [4, 40, 40, 40]]).small
    assert expected_counts([[0.9, 100, 100, 100], [0.9, 100, 100, 100]]).small
    assert np.isnan(expected_counts([[0, 0]]).minimum)


def pairs(table):
    """Concordant and discordant pairs of records, by looking at every pair."""
    records = np.repeat(np.argwhere(table >= 0), table.ravel(), axis=0)
    signs = [np.sign((a[0] - b[0]) * (a[1] - b[1])) for a, b in itertools.combinations(records, 2)]
    return signs.count(1), signs.count(-1)


def test_gamma_is_the_excess_of_concordant_pairs():
    concordant, discordant = pairs(TABLE)
    gamma = association.ordinal(TABLE).gamma.value
    assert gamma == pytest.approx((concordant - discordant) / (concordant + discordant))


@given(tables)
def test_tau_b_and_correlations_agree_with_scipy_on_records(table):
    rows, columns = np.repeat(np.argwhere(table >= 0), table.ravel(), axis=0).T
    got = association.correlations(table)
    assert association.ordinal(table).tau_b.value == pytest.approx(
        stats.kendalltau(rows, columns).statistic, abs=1e-12
    )
    assert got.pearson.value == pytest.approx(stats.pearsonr(rows, columns).statistic, abs=1e-12)
    assert got.spearman.value == pytest.approx(stats.spearmanr(rows, columns).statistic, abs=1e-12)


@given(tables)
def test_association_is_symmetric_where_it_should_be(table):
    one, other = association.ordinal(table), association.ordinal(table.T)
    assert one.tau_b.value == pytest.approx(other.tau_b.value, abs=1e-12)
    assert one.somers_d.rows.value == pytest.approx(other.somers_d.columns.value, abs=1e-12)
    for measure in (association.lambda_, association.uncertainty, association.eta):
        a, b = measure(table), measure(table.T)
        assert a.rows.value == pytest.approx(b.columns.value, abs=1e-9)
        assert a.symmetric.value == pytest.approx(b.symmetric.value, abs=1e-9)


def test_association_of_perfect_and_undefined_tables():
    perfect = np.diag([4, 5, 6])
    assert association.kappa(perfect).value == pytest.approx(1.0)
    assert association.ordinal(perfect).gamma.value == 1.0
    assert association.uncertainty(perfect).symmetric.value == pytest.approx(1.0)
    assert association.lambda_(perfect).rows.value == 1.0
    assert association.goodman_kruskal_tau(perfect).rows.value == pytest.approx(1.0)
    assert association.eta(perfect).columns.value == pytest.approx(1.0)
    assert twoway.cramers_v(perfect) == pytest.approx(1.0)
    flat = [[3, 4], [0, 0]]
    assert association.ordinal(flat).somers_d.rows.value is None
    assert association.correlations(flat).pearson.value is None
    for measure in (
        association.lambda_,
        association.uncertainty,
        association.eta,
        association.goodman_kruskal_tau,
    ):
        assert measure(flat).columns.value is None
    assert association.kappa([[5, 0], [0, 0]]).value is None


def test_bad_use_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'fisher'"):
        twoway.two_way_test("fishr", TABLE)
    with pytest.raises(UsageError, match="shape"):
        twoway.chi2([1, 2, 3])
    with pytest.raises(UsageError, match="square"):
        association.kappa(TABLE)
    with pytest.raises(UsageError, match="scores"):
        twoway.linear_by_linear(TABLE, [1, 2, 3])
