"""Groups: scipy on records, permutations, effects by their definitions, degenerate groups."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from surveykit.errors import UsageError
from surveykit.stats.groups import anova, kruskal_wallis, welch_anova

RNG = np.random.default_rng(11)
GROUPS = [RNG.normal(m, s, n) for m, s, n in ((0, 1, 12), (0.6, 2, 25), (0.1, 0.5, 7))]
scores = st.lists(st.lists(st.integers(1, 6), min_size=2, max_size=8), min_size=2, max_size=5)


def summary(groups):
    return (
        [len(g) for g in groups],
        [np.mean(g) for g in groups],
        [np.std(g, ddof=1) for g in groups],
    )


def records(groups):
    return np.concatenate(groups), np.repeat(range(len(groups)), [len(g) for g in groups])


def test_f_tests_agree_with_scipy():
    got, wanted = anova(*summary(GROUPS)), stats.f_oneway(*GROUPS)
    assert got.statistic == pytest.approx(wanted.statistic, rel=1e-10)
    assert got.p == pytest.approx(wanted.pvalue, rel=1e-9)
    assert (got.df, got.df2, got.groups, got.n) == (2, 41, 3, 44)


def test_welch_of_two_groups_is_welchs_t_and_of_three_keeps_its_size():
    two = GROUPS[:2]
    got, wanted = welch_anova(*summary(two)), stats.ttest_ind(*two, equal_var=False)
    assert got.statistic == pytest.approx(wanted.statistic**2, rel=1e-10)
    assert got.df2 == pytest.approx(wanted.df, rel=1e-10)
    assert got.p == pytest.approx(wanted.pvalue, rel=1e-9)
    # R: oneway.test(extra ~ group, sleep) prints F = 3.4626, num df = 1, denom df = 17.776
    sleep = [
        [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
        [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
    ]
    r = welch_anova(*summary(sleep))
    assert (round(r.statistic, 4), round(r.df2, 3), round(r.p, 5)) == (3.4626, 17.776, 0.07939)
    rng, runs = np.random.default_rng(5), 3000
    draws = [rng.normal(0, s, (runs, n)) for s, n in ((1, 8), (3, 12), (0.5, 30))]
    kept = [welch_anova(*summary([d[i] for d in draws])).p < 0.05 for i in range(runs)]
    assert abs(np.mean(kept) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / runs)
    plain = [anova(*summary([d[i] for d in draws])).p < 0.05 for i in range(500)]
    assert np.mean(plain) > 0.08  # what the other test does with such groups


@given(scores)
def test_kruskal_wallis_agrees_with_scipy_under_ties(groups):
    got = kruskal_wallis(*records(groups))
    if len({x for g in groups for x in g}) == 1:
        assert (got.p, got.reason) == (None, "no_variance")
        return
    wanted = stats.kruskal(*groups)
    assert got.statistic == pytest.approx(wanted.statistic, rel=1e-9, abs=1e-9)
    assert got.p == pytest.approx(wanted.pvalue, rel=1e-9)
    # ε² is the share of the variance of the ranks
    ranks, group = stats.rankdata(np.concatenate(groups)), records(groups)[1]
    means = np.array([ranks[group == i].mean() for i in range(len(groups))])[group]
    assert got.epsilon_squared == pytest.approx(means.var() / ranks.var(), abs=1e-12)


def test_kruskal_wallis_does_not_see_the_missing_or_the_order_of_records():
    x, g = records([[1.0, 3, 2, 2], [2, 5, 4], [9, 1]])
    turn = RNG.permutation(len(x))
    plain = kruskal_wallis(x, g)
    for a, b in zip(
        (kruskal_wallis(x[turn], g[turn]), kruskal_wallis(np.exp(x), g)),
        (plain, plain),
        strict=True,
    ):
        assert a.statistic == pytest.approx(b.statistic, rel=1e-12)
    padded = kruskal_wallis([*x, np.nan, 4.0], [*g, 1, -1], k=5)
    assert (padded.statistic, padded.df, padded.n) == (plain.statistic, plain.df, plain.n)


def test_f_by_every_permutation_of_small_groups():
    """The share of regroupings with at least this F is near p when there are many of them."""
    x, g = records([[1.0, 4.2, 2.1, 3.3], [5.1, 3.9, 6.0, 4.4]])
    observed = anova(*summary([x[g == 0], x[g == 1]]))
    more, every = 0, list(itertools.combinations(range(8), 4))
    for chosen in every:
        inside = np.isin(range(8), chosen)
        f = anova(*summary([x[inside], x[~inside]])).statistic
        more += f >= observed.statistic - 1e-9
    assert more / len(every) == pytest.approx(observed.p, abs=0.02)


def test_effects_by_their_definitions():
    x, g = records(GROUPS)
    means = np.array([a.mean() for a in GROUPS])[g]
    total, between = ((x - x.mean()) ** 2).sum(), ((means - x.mean()) ** 2).sum()
    error = (total - between) / 41
    got = anova(*summary(GROUPS))
    assert got.eta_squared == pytest.approx(between / total)
    assert (got.effect, got.effect_name) == (got.eta_squared, "eta_squared")
    assert got.omega_squared == pytest.approx((between - 2 * error) / (total + error))
    # ε² is adjusted R² of the regression on the groups
    assert got.epsilon_squared == pytest.approx(1 - (1 - between / total) * 43 / 41)
    welch = welch_anova(*summary(GROUPS))
    assert welch.eta_squared == pytest.approx(between / total)
    f = welch.statistic
    assert welch.omega_squared == pytest.approx(2 * (f - 1) / (2 * (f - 1) + 44))
    even = [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]
    assert anova(*summary(even)).statistic == 0
    assert anova(*summary(even)).omega_squared < 0


def test_groups_that_allow_no_test_say_why():
    for test in (anova, welch_anova):
        assert test([5, 0], [1, np.nan], [1, np.nan]).reason == "few_groups"
        assert test([], [], []).reason == "few_groups"
        assert test([1, 1, 1], [1, 2, 3], [np.nan] * 3).reason == "few_observations"
        assert test([5, 5], [1, 2], [0, 0]).reason == "no_variance"
        empty = test([5, 0, 7], [1, np.nan, 2], [1, np.nan, 2])
        assert empty.p == test([5, 7], [1, 2], [1, 2]).p
    assert anova([1, 5], [1, 2], [np.nan, 1]).df2 == 4
    assert welch_anova([1, 5], [1, 2], [np.nan, 1]).reason == "few_observations"
    assert kruskal_wallis([], np.array([], int)).reason == "few_groups"
    assert kruskal_wallis([1, 2], [0, 0]).reason == "few_groups"
    assert kruskal_wallis([2, 2, 2], [0, 1, 1]).reason == "no_variance"
    assert kruskal_wallis([1, 2], [0, 1]).eta_squared is None


def test_bad_use_is_refused():
    for call in (
        lambda: anova([1, 2], [1, 2], [1]),
        lambda: anova([[1, 2]], [[1, 2]], [[1, 2]]),
        lambda: anova([-1, 2], [1, 2], [1, 1]),
        lambda: anova([3, 2], [1, 2], [np.nan, 1]),
        lambda: anova([3, 2], [1, 2], [-1, 1]),
        lambda: kruskal_wallis([1, 2], [0, 1, 1]),
        lambda: kruskal_wallis([1, 2], [0.0, 1.0]),
        lambda: kruskal_wallis([1, 2], [0, 2], k=2),
    ):
        with pytest.raises(UsageError):
            call()
