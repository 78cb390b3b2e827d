"""Intervals: against scipy and published figures, identities, seeded coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats import INTERVAL_METHODS, mean_interval, proportion_interval
from surveykit.stats.intervals import agresti_coull, clopper_pearson, jeffreys, wald, wilson

count_and_n = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(count_and_n)
def test_wilson_and_clopper_pearson_agree_with_scipy(pair):
    a, n = pair
    for method, name in (("wilson", "wilson"), ("clopper_pearson", "exact")):
        wanted = stats.binomtest(a, n).proportion_ci(0.9, method=name)
        got = proportion_interval(a, n, method=method, level=0.9)
        assert got.low == pytest.approx(wanted.low, rel=1e-9, abs=1e-12)
        assert got.high == pytest.approx(wanted.high, rel=1e-9, abs=1e-12)


def test_published_values():
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I
    w = wilson([81, 15, 0, 1], [263, 148, 20, 29])
    np.testing.assert_allclose(w.low, [0.2553, 0.0624, 0.0, 0.0061], atol=5e-5)
    np.testing.assert_allclose(w.high, [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)
    c = clopper_pearson([81, 15, 0, 1], [263, 148, 20, 29])
    np.testing.assert_allclose(c.low, [0.2527, 0.0578, 0.0, 0.0009], atol=5e-5)
    np.testing.assert_allclose(c.high, [0.3676, 0.1617, 0.1684, 0.1776], atol=5e-5)
    d = wald([81, 15], [263, 148])
    np.testing.assert_allclose(d.low, [0.2522, 0.0527], atol=5e-5)
    np.testing.assert_allclose(d.high, [0.3638, 0.1500], atol=5e-5)


def test_agresti_coull_shares_its_centre_with_wilson():
    a, w = agresti_coull(30, 100), wilson(30, 100)
    assert a.low + a.high == pytest.approx(w.low + w.high, rel=1e-12)
    assert a.low < w.low


def test_jeffreys_has_beta_tails_inside_and_the_end_rules_outside():
    inside = jeffreys(4, 11)
    assert stats.beta(4.5, 7.5).cdf(inside.low) == pytest.approx(0.025, rel=1e-9)
    assert stats.beta(4.5, 7.5).sf(inside.high) == pytest.approx(0.025, rel=1e-9)
    assert jeffreys(0, 11).low == 0.0
    assert jeffreys(11, 11).high == 1.0


@pytest.mark.parametrize("method", INTERVAL_METHODS)
@given(pair=count_and_n)
def test_every_interval_holds_its_estimate_and_mirrors(method, pair):
    a, n = pair
    i, mirror = (proportion_interval(x, n, method=method) for x in (a, n - a))
    assert 0 <= i.low <= a / n + 1e-12
    assert a / n - 1e-12 <= i.high <= 1
    assert i.low == pytest.approx(1 - mirror.high, abs=1e-9)


@pytest.mark.parametrize("method", [m for m in INTERVAL_METHODS if m != "wald"])
def test_none_of_ten_is_not_reported_as_certainly_none(method):
    i = proportion_interval([0, 10], 10, method=method)
    assert i.low[0] == 0.0
    assert 0.1 < i.high[0] < 0.4
    assert i.high[1] == 1.0
    assert 0.6 < i.low[1] < 0.9


def test_no_base_gives_nan():
    i = proportion_interval([0, 1], [0, 2])
    assert np.isnan(i.low).tolist() == [True, False]
    assert np.isnan(i.high).tolist() == [True, False]


def coverage(method: str, p: float, n: int, draws: int = 20_000) -> float:
    counts = np.random.default_rng(385).binomial(n, p, draws)
    i = proportion_interval(counts, n, method=method)
    return float(((i.low <= p) & (p <= i.high)).mean())


@pytest.mark.parametrize("p", [0.02, 0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("n", [25, 100, 385])
def test_clopper_pearson_covers_at_least_its_level(p, n):
    # 0.004 is 2.6 standard errors of a coverage of 0.95 in 20,000 draws
    assert coverage("clopper_pearson", p, n) >= 0.95 - 0.004


def test_wilson_covers_its_level_on_average_where_wald_does_not():
    grid = [(p, n) for p in (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.95) for n in (20, 50, 130, 385)]
    assert np.mean([coverage("wilson", p, n) for p, n in grid]) == pytest.approx(0.95, abs=0.01)
    assert min(coverage("wilson", p, n) for p, n in grid) > 0.91
    assert coverage("wald", 0.05, 20) < 0.7


def test_mean_interval_is_students():
    x = np.array([3.1, 4.0, 5.5, 6.1, 2.2])
    se = x.std(ddof=1) / np.sqrt(5)
    wanted = stats.t.interval(0.95, 4, x.mean(), se)
    got = mean_interval(x.mean(), se, 4)
    assert (got.low, got.high) == pytest.approx(wanted, rel=1e-10)
    assert np.isnan(mean_interval(1.0, 0.0, 0).low)


def test_bad_use_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'wilson'"):
        proportion_interval(1, 2, method="wilsn")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="between 0 and 1"):
        wilson(1, 2, level=95)
    with pytest.raises(UsageError, match="trials"):
        wilson(3, 2)
