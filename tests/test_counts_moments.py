"""Means, deviations and quantiles by group, with and without weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.counts import group_moments, group_quantiles, weighted_quantiles
from surveykit.errors import UsageError

RNG = np.random.default_rng(17)
N = 400
GROUPS = RNG.integers(-4, 3, N).astype(np.int8)
VALUES = np.where(RNG.random(N) < 0.2, np.nan, RNG.normal(50, 3.0, N).round(1))
WEIGHTS = RNG.gamma(2.0, 1.0, N)


def test_weighted_moments_are_their_definitions():
    got = group_moments(VALUES, GROUPS, 3, WEIGHTS)
    for g in range(3):
        keep = (g == GROUPS) & ~np.isnan(VALUES)
        x, w, n = VALUES[keep], WEIGHTS[keep], keep.sum()
        mean = np.average(x, weights=w)
        assert got.n[g] == n
        assert got.mean[g] == pytest.approx(mean, rel=1e-13)
        assert got.w[g] == pytest.approx(w.sum(), rel=1e-13)
        assert got.w2[g] == pytest.approx((w**2).sum(), rel=1e-13)
        assert got.squares[g] == pytest.approx((w * (x - mean) ** 2).sum(), rel=1e-12)
        variance = (w * (x - mean) ** 2).sum() / w.sum() * n / (n - 1)
        assert got.sd[g] == pytest.approx(np.sqrt(variance), rel=1e-12)
        # the linearised variance of a ratio, each respondent a PSU
        z = w * (x - mean) / w.sum()
        assert got.se[g] == pytest.approx(np.sqrt(n / (n - 1) * (z**2).sum()), rel=1e-12)


def test_weights_of_one_change_nothing_but_the_rule_of_the_median():
    plain, ones = (group_moments(VALUES, GROUPS, 3, w) for w in (None, np.ones(N)))
    for name in ("n", "w", "w2", "mean", "squares", "weighted_squares", "sd", "se"):
        np.testing.assert_allclose(getattr(plain, name), getattr(ones, name), rtol=1e-13)


def test_a_weight_of_two_is_a_doubled_row_for_estimates():
    twice = np.r_[VALUES, VALUES[:100]]
    doubled = group_moments(twice, np.r_[GROUPS, GROUPS[:100]], 3)
    weights = np.where(np.arange(N) < 100, 2.0, 1.0)
    got = group_moments(VALUES, GROUPS, 3, weights)
    np.testing.assert_allclose(got.mean, doubled.mean, rtol=1e-13)
    np.testing.assert_allclose(got.squares, doubled.squares, rtol=1e-12)


def test_many_blocks_are_those_of_pandas(monkeypatch):
    monkeypatch.setattr("surveykit.counts._moments.BLOCK", 37)
    got = group_moments(VALUES, GROUPS, 3)
    wanted = pd.Series(VALUES).groupby(GROUPS).agg(["mean", "std", "sem", "median"]).loc[[0, 1, 2]]
    for name, array in zip(wanted, (got.mean, got.sd, got.se, got.median), strict=True):
        np.testing.assert_allclose(array, wanted[name], rtol=1e-12)


def test_quantiles_are_those_of_pandas():
    probs = [0.0, 0.1, 0.25, 0.5, 0.9, 1.0]
    got = group_quantiles(VALUES, GROUPS, 4, probs)
    wanted = pd.Series(VALUES).groupby(GROUPS).quantile(probs).unstack().loc[[0, 1, 2]]
    np.testing.assert_allclose(got[:3], wanted, rtol=1e-13)
    assert np.isnan(got[3]).all()


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=30),
    st.integers(0, 10),
)
def test_weighted_quantiles_are_the_first_value_that_reaches_p(rows, tenths):
    x, w = np.array(rows, dtype=float).T
    (got,) = weighted_quantiles(x, np.zeros(len(x), int), 1, [tenths / 10], w)[0]
    reached = sorted(value for value in x[w > 0] if 10 * w[x <= value].sum() >= tenths * w.sum())
    assert got == reached[0] if w.any() else np.isnan(got)


def test_whole_weights_are_repeated_rows():
    w = RNG.integers(1, 5, N)
    probs = [0.1, 0.5, 0.75]
    got = weighted_quantiles(VALUES, GROUPS, 3, probs, w.astype(float))
    repeated = np.repeat(VALUES, w), np.repeat(GROUPS, w)
    for g in range(3):
        x = repeated[0][(repeated[1] == g) & ~np.isnan(repeated[0])]
        wanted = np.quantile(x, probs, method="inverted_cdf")
        np.testing.assert_array_equal(got[g], wanted)


def test_groups_of_nobody():
    empty, none = np.array([]), np.array([], int)
    assert group_quantiles(empty, none, 2, [0.5]).shape == (2, 1)
    assert np.isnan(weighted_quantiles(empty, none, 2, [0.5], empty)).all()
    got = group_moments(np.array([np.nan, 5.0]), np.array([0, 1]), 3, np.array([2.0, 0.0]))
    assert got.n.tolist() == [0, 1, 0]
    assert np.isnan(got.sd).all()


def test_all_weights_zero_have_no_mean():
    got = group_moments(np.array([1.0, 2.0]), np.array([0, 0]), 1, np.zeros(2))
    assert np.isnan(got.mean).all()
    assert np.isnan(got.median).all()
    assert np.isnan(got.sd).all()


def test_a_negative_weight_has_a_mean_but_no_median():
    got = group_moments(np.array([1.0, 2.0, 4.0]), np.array([0, 0, 0]), 1, np.array([2, 2, -1.0]))
    assert got.mean[0] == pytest.approx(2 / 3)
    assert np.isnan(got.median[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: group_moments(np.ones(2), np.array([0, 3]), 3), "below 3; found 3"),
        (lambda: group_moments(np.ones(2), np.array([0]), 3), r"lengths \[2, 1\]"),
        (lambda: group_moments(np.ones(1), np.array([0]), 1, np.ones(2)), r"\[1, 1, 2\]"),
        (lambda: group_quantiles(np.ones(1), np.array([0]), 1, [1.5]), "between 0 and 1"),
        (
            lambda: weighted_quantiles(np.ones(1), np.array([0]), 1, [0.5], np.array([-1.0])),
            "not negative",
        ),
        (
            lambda: weighted_quantiles(np.ones(1), np.array([0]), 1, [0.5], np.array([np.nan])),
            "finite",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(UsageError, match=message):
        call()
