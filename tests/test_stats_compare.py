"""Pairs of columns: reference values, scipy on records, overlap by brute force, adjustments."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats import compare, twoway

HERE = Path(__file__).parent / "reference" / "banner"
RNG = np.random.default_rng(20)
COUNT = np.array([[30.0, 36, 12, 0], [45, 20, 50, 60], [0, 90, 0, 60], [0, 0, 0, 0]])
BASE = np.array([100.0, 90, 50, 60])


def reference():
    with (HERE / "compare_functions.csv").open(encoding="utf-8", newline="") as lines:
        return {row["what"]: float(row["value"]) for row in csv.DictReader(lines)}


WANTED = reference()


def p_of(tests: compare.PairTests) -> float:
    assert tests.p[0, 0, 1] == tests.p[0, 1, 0]
    return float(tests.p[0, 0, 1])


def shares(p1, p2, n1, n2, **options):
    return p_of(compare.proportion_pairs([[p1 * n1, p2 * n2]], [n1, n2], **options))


def means(**options):
    return p_of(compare.mean_pairs([[5.2, 5.9]], [[1.1, 1.4]], [80, 95], **options))


def test_expss_values():
    got = {
        "compare_proportions_z_p_1": shares(0.3, 0.4, 100, 90),
        "compare_proportions_z_p_2": shares(0.45, 0.3, 120, 110),
        "compare_proportions_z_p_3": shares(0.2, 0.35, 80, 100),
        "compare_means_welch_p": means(equal_var="welch"),
        "compare_means_pooled_p": means(),
        "compare_proportions_z_p_common_base_25": shares(
            0.3, 0.4, 100, 90, overlap=np.full((2, 2), 25)
        ),
        "compare_means_p_common_base_20": means(overlap=[[80, 20], [20, 95]]),
    }
    assert got.keys() == WANTED.keys()
    for what, value in WANTED.items():
        # 1e-10: both double precision; p loses the digits that the square root of p took
        assert got[what] == pytest.approx(value, rel=1e-10), what


def test_pooled_z_is_the_root_of_the_chi_square_of_the_two_columns():
    got = compare.proportion_pairs(COUNT, BASE)
    for r, i, j in itertools.product(range(4), range(4), range(4)):
        if i == j:
            assert np.isnan([got.p[r, i, j], got.difference[r, i, j]]).all()
            continue
        pair = COUNT[r, [i, j]]
        chi2 = twoway.chi2([pair, BASE[[i, j]] - pair])
        share = pair / BASE[[i, j]]
        assert got.difference[r, i, j] == pytest.approx(share[0] - share[1])
        if chi2.p is None:
            assert np.isnan(got.p[r, i, j])
            continue
        assert got.statistic[r, i, j] ** 2 == pytest.approx(chi2.statistic, abs=1e-12)
        assert np.sign(got.statistic[r, i, j]) == np.sign(share[0] - share[1])
        assert got.p[r, i, j] == pytest.approx(chi2.p)


def test_unpooled_z_uses_each_columns_own_variance():
    got = compare.proportion_pairs(COUNT[:2], BASE, pooled="unpooled")
    p, q = COUNT[1, 0] / BASE[0], COUNT[1, 2] / BASE[2]
    wanted = np.sqrt(p * (1 - p) / BASE[0] + q * (1 - q) / BASE[2])
    assert got.se[1, 0, 2] == pytest.approx(wanted)
    assert np.isnan(compare.proportion_pairs([[0.0, 5]], [5, 5], pooled="unpooled").p).all()


def test_extremes_and_small_bases_are_left_out_when_asked():
    skipped = compare.proportion_pairs(COUNT, BASE, extremes="skip").p
    wanted = (COUNT > 0) & (COUNT < BASE)
    off = ~np.eye(4, dtype=bool)
    np.testing.assert_array_equal(~np.isnan(skipped), wanted[:, :, None] & wanted[:, None, :] & off)
    small = compare.proportion_pairs(COUNT, BASE, min_base=60).p
    assert np.isnan(small[:, 2]).all()
    assert not np.isnan(small[0, [0, 0, 1], [1, 3, 3]]).any()
    empty = compare.proportion_pairs([[3, 0, 2]], [10, 0, 10])
    assert np.isnan(empty.p[0, 1]).all()
    assert empty.p[0, 0, 2] > 0
    few = compare.mean_pairs([[1.0, 2.0, 3.0]], [[1.0, np.nan, 0.5]], [9, 1, 8])
    assert np.isnan(few.p[0, 1]).all()
    assert few.p[0, 0, 2] > 0


def test_student_and_welch_agree_with_scipy_on_records():
    groups = [RNG.normal(m, s, n) for m, s, n in ((0, 1, 12), (0.8, 2, 25), (0.1, 0.5, 40))]
    m, s = ([[f(g) for g in groups]] for f in (np.mean, lambda g: np.std(g, ddof=1)))
    for equal_var, flag in (("pooled", True), ("welch", False)):
        got = compare.mean_pairs(m, s, [12, 25, 40], equal_var=equal_var)
        for i, j in itertools.permutations(range(3), 2):
            wanted = stats.ttest_ind(groups[i], groups[j], equal_var=flag)
            assert got.statistic[0, i, j] == pytest.approx(wanted.statistic, rel=1e-9)
            assert got.df[0, i, j] == pytest.approx(wanted.df, rel=1e-9)
            assert got.p[0, i, j] == pytest.approx(wanted.pvalue, rel=1e-9)


def test_all_groups_is_the_contrast_of_a_one_way_model():
    groups = [RNG.normal(m, 1, n) for m, n in ((0, 12), (0.8, 25), (0.1, 7))]
    y, group = np.concatenate(groups), np.repeat(range(3), [12, 25, 7])
    x = (group[:, None] == np.arange(3)).astype(float)
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    mse = residual @ residual / (len(y) - 3)
    m, s = ([[f(g) for g in groups]] for f in (np.mean, lambda g: np.std(g, ddof=1)))
    got = compare.mean_pairs(m, s, [12, 25, 7], equal_var="all_groups")
    assert got.se[0, 0, 2] == pytest.approx(np.sqrt(mse * (1 / 12 + 1 / 7)))
    assert set(got.df[0][~np.eye(3, dtype=bool)]) == {41.0}
    # two groups alone: the pooled test
    two = compare.mean_pairs([m[0][:2]], [s[0][:2]], [12, 25], equal_var="all_groups")
    assert p_of(two) == pytest.approx(
        p_of(compare.mean_pairs([m[0][:2]], [s[0][:2]], [12, 25])), rel=1e-12
    )


def test_a_column_against_a_total_that_contains_it():
    """With the shared count known, z is that of the column against all others."""
    part, rest, n_part, n_rest = 12.0, 40.0, 30.0, 80.0
    overlap = np.array([[30.0, 30], [30, 110]])
    shared = np.array([[[12.0, 12], [12, 52]]])
    got = compare.proportion_pairs(
        [[part, part + rest]], [n_part, n_part + n_rest], overlap=overlap, shared=shared
    )
    other = compare.proportion_pairs([[part, rest]], [n_part, n_rest])
    assert got.statistic[0, 0, 1] == pytest.approx(other.statistic[0, 0, 1], rel=1e-12)
    # and is nearer to nothing when the overlap is ignored
    ignored = compare.proportion_pairs([[part, part + rest]], [n_part, n_part + n_rest])
    assert abs(ignored.statistic[0, 0, 1]) < abs(got.statistic[0, 0, 1])


def test_columns_of_the_same_respondents_leave_nothing_to_test():
    same = np.full((2, 2), 40.0)
    assert np.isnan(compare.proportion_pairs([[12, 12]], [40, 40], overlap=same).p).all()
    for equal_var in ("pooled", "welch", "all_groups"):
        got = compare.mean_pairs(
            [[2.0, 2.0]], [[0.7, 0.7]], [40, 40], overlap=same, equal_var=equal_var
        )
        assert np.isnan(got.p).all()
    matrix = np.array([[[0.3, 0.3], [0.3, 0.3]]]) / 7
    assert np.isnan(compare.estimate_pairs([[1.0, 1.0]], matrix, 9).p).all()


@pytest.mark.parametrize("shared", [0, 30, 60])
def test_size_of_the_overlap_tests_by_simulation(shared):
    """Two columns of 100 and 80 that share respondents: 5 % are found to differ under the null."""
    rng, runs = np.random.default_rng(7 + shared), 4000
    y = rng.normal(size=(runs, 180 - shared))
    first, second = y[:, :100], y[:, 100 - shared :]
    overlap = np.full((2, 2), float(shared))
    m = np.stack([first.mean(1), second.mean(1)], axis=1)
    s = np.stack([first.std(1, ddof=1), second.std(1, ddof=1)], axis=1)
    x = np.stack([(first > 0.5).sum(1), (second > 0.5).sum(1)], axis=1)
    # four binomial standard errors of the simulation, and the discreteness of counts
    margin = 4 * np.sqrt(0.05 * 0.95 / runs)
    for got in (
        compare.mean_pairs(m, s, [100, 80], overlap=overlap),
        compare.mean_pairs(m, s, [100, 80], overlap=overlap, equal_var="welch"),
        compare.proportion_pairs(x, [100, 80], overlap=overlap),
        compare.proportion_pairs(x, [100, 80], overlap=overlap, pooled="unpooled"),
    ):
        assert abs((got.p[:, 0, 1] < 0.05).mean() - 0.05) < margin + 0.005


def test_estimates_with_a_diagonal_covariance_are_welch_and_unpooled_z():
    m, s, n = np.array([[5.2, 5.9]]), np.array([[1.1, 1.4]]), np.array([80.0, 95.0])
    welch = compare.mean_pairs(m, s, n, equal_var="welch")
    got = compare.estimate_pairs(m, (s**2 / n)[:, :, None] * np.eye(2), welch.df)
    assert p_of(got) == pytest.approx(p_of(welch), rel=1e-12)
    p = COUNT[:1] / BASE
    z = compare.proportion_pairs(COUNT[:1], BASE, pooled="unpooled")
    got = compare.estimate_pairs(p, (p * (1 - p) / BASE)[:, :, None] * np.eye(4))
    np.testing.assert_allclose(got.p, z.p, rtol=1e-12)
    assert np.isnan(got.df).all()


def test_estimates_use_the_covariance():
    root = RNG.normal(size=(3, 3))
    covariance = root @ root.T
    got = compare.estimate_pairs([[1.0, 2.0, 4.0]], covariance[None], 11)
    contrast = np.array([1.0, 0.0, -1.0])
    t = -3 / np.sqrt(contrast @ covariance @ contrast)
    assert got.statistic[0, 0, 2] == pytest.approx(t)
    assert got.p[0, 0, 2] == pytest.approx(2 * stats.t.sf(-t, 11))
    few = compare.estimate_pairs(
        [[1.0, 2.0, 4.0]], covariance[None], np.inf, base=[9, 40, 50], min_base=10
    )
    assert np.isnan(few.p[0, 0]).all()
    assert few.p[0, 1, 2] > 0
    assert np.isnan(compare.estimate_pairs([[1.0, 2, 4]], covariance[None], 0).p).all()


def by_hand(p, method):
    """Adjusted p-values from their definitions, by looking at every set of hypotheses."""
    m = len(p)
    if method == "none":
        return list(p)
    if method == "bonferroni":
        return [min(1, m * x) for x in p]
    if method == "holm":  # closed testing with Bonferroni tests of every intersection
        sets = [s for k in range(1, m + 1) for s in itertools.combinations(range(m), k)]
        local = {s: min(1, len(s) * min(p[i] for i in s)) for s in sets}
        return [max(local[s] for s in sets if i in s) for i in range(m)]
    # the smallest level at which the step-up rule rejects: it is one of the m p / i
    levels = sorted(min(1, m * x / i) for x in p for i in range(1, m + 1))

    def rejected(level):
        passed = [x for x in p if x <= level * (1 + 1e-12) * sum(y <= x for y in p) / m]
        return max(passed, default=-1)

    return [next((a for a in levels if x <= rejected(a)), 1.0) for x in p]


@given(
    st.lists(st.floats(0.0001, 1), min_size=1, max_size=6),
    st.sampled_from(["none", "bonferroni", "holm", "bh"]),
    st.integers(0, 3),
)
def test_adjusted_p_by_definition(p, method, blanks):
    given_p = np.array([np.nan] * blanks + p)
    got = compare.adjust(given_p, method)
    assert np.isnan(got[:blanks]).all()
    assert got[blanks:] == pytest.approx(by_hand(p, method), rel=1e-9)


def test_adjustment_runs_along_its_axis_and_within_its_mask():
    p = RNG.uniform(0, 0.2, (4, 5))
    for method in ("bonferroni", "holm", "bh"):
        got = compare.adjust(p, method, axis=0)
        for j in range(5):
            np.testing.assert_allclose(got[:, j], compare.adjust(p[:, j], method))
        mask = np.array([True, False, True, True, False])
        some = compare.adjust(p, method, mask=mask)
        np.testing.assert_allclose(some[:, mask], compare.adjust(p[:, mask], method))
        assert np.isnan(some[:, ~mask]).all()
    np.testing.assert_allclose(
        compare.adjust(p, "bh"), stats.false_discovery_control(p, axis=1), rtol=1e-12
    )


def test_pairs_of_a_row_are_counted_once():
    p = compare.proportion_pairs(COUNT[:2], BASE).p
    got = compare.adjust_pairs(p, "bonferroni")
    np.testing.assert_allclose(got[0, 0, 1], min(1, 6 * p[0, 0, 1]))
    np.testing.assert_allclose(got, got.transpose(0, 2, 1))
    with_first = np.zeros((4, 4), dtype=bool)
    with_first[0] = True
    got = compare.adjust_pairs(p, "bonferroni", pairs=with_first)
    np.testing.assert_allclose(got[1, 0, 3], min(1, 3 * p[1, 0, 3]))
    assert np.isnan(got[:, 1, 2]).all()
    # a pair that could not be tested is no test
    blank = compare.proportion_pairs(COUNT[2:3], BASE, extremes="skip").p
    assert np.isnan(compare.adjust_pairs(blank, "holm")).all()


def test_order_of_columns_does_not_matter():
    turn = [2, 0, 3, 1]
    one = compare.proportion_pairs(COUNT, BASE)
    other = compare.proportion_pairs(COUNT[:, turn], BASE[turn])
    np.testing.assert_allclose(one.statistic[:, turn][:, :, turn], other.statistic)
    np.testing.assert_allclose(one.statistic, -one.statistic.transpose(0, 2, 1))


def test_bad_use_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'pooled'"):
        compare.proportion_pairs(COUNT, BASE, pooled="poled")
    with pytest.raises(UnknownNameError, match="did you mean 'welch'"):
        compare.mean_pairs([[1, 2]], [[1, 1]], [5, 5], equal_var="welsh")
    with pytest.raises(UnknownNameError, match="holm"):
        compare.adjust([0.1], "hlm")
    with pytest.raises(UsageError, match="between 0 and the base"):
        compare.proportion_pairs([[11, 2]], [10, 10])
    with pytest.raises(UsageError, match="between 0 and the base"):
        compare.proportion_pairs([[1, np.nan]], [10, 10])
    with pytest.raises(UsageError, match="cannot share more"):
        compare.proportion_pairs([[1, 2]], [10, 10], overlap=np.full((2, 2), 11))
    with pytest.raises(UsageError, match="negative"):
        compare.mean_pairs([[1, 2]], [[-1, 1]], [5, 5])
    for call in (
        lambda: compare.proportion_pairs([1, 2], [10, 10]),
        lambda: compare.proportion_pairs([[1, 2]], [10, 10, 10]),
        lambda: compare.proportion_pairs([[1, 2]], [10, 10], overlap=[1, 2]),
        lambda: compare.proportion_pairs([[1, 2]], [10, 10], shared=[[1, 1], [1, 1]]),
        lambda: compare.mean_pairs([[1, 2]], [[1, 1, 1]], [5, 5]),
        lambda: compare.estimate_pairs([[1, 2]], np.eye(2), 5),
        lambda: compare.adjust_pairs([[0.1, 0.2]], "holm"),
    ):
        with pytest.raises(UsageError, match=r"shape|covariance"):
            call()
