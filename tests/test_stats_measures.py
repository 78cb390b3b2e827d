"""Measures by name: standard errors by numeric derivatives, intervals, coverage, refusals."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats import association, twoway
from surveykit.stats.measures import (
    MEASURE_NAMES,
    cramers_v_corrected,
    cramers_v_interval,
    measures,
)

TABLES = [
    np.array([[12.0, 5, 7], [3, 9, 14]]),
    np.array([[20.0, 8, 3], [6, 27, 9], [2, 7, 31]]),
    np.array([[21.0, 10], [4, 15], [9, 8], [30, 11]]),
]
tables = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 9))
)


def values(table):
    return {
        (m.name, m.direction): m.value
        for m in measures(table)
        if m.name not in ("cramers_v_corrected",)
    }


@pytest.mark.parametrize("table", TABLES, ids=["2x3", "3x3", "4x2"])
def test_standard_errors_by_numeric_derivatives(table):
    """n ase² is the variance of the derivative of a measure by the cell proportions."""
    n, step = table.sum(), 1e-4
    slopes = {key: np.zeros_like(table) for key in values(table)}
    for cell in np.ndindex(table.shape):
        bump = np.zeros_like(table)
        bump[cell] = step
        up, down = values(table + bump), values(table - bump)
        for key in slopes:
            slopes[key][cell] = (up[key] - down[key]) / (2 * step) * n
    for m in measures(table):
        if m.name == "cramers_v_corrected":
            continue
        slope = slopes[m.name, m.direction]
        p = table / n
        wanted = np.sqrt(((p * slope**2).sum() - (p * slope).sum() ** 2) / n)
        # t of n - 2 and so on do not enter a value: n moves with the cell and cancels
        assert m.ase == pytest.approx(wanted, rel=1e-5, abs=1e-8), (m.name, m.direction)


@given(tables)
def test_values_stay_in_their_range_and_inside_their_intervals(table):
    for m in measures(table):
        if m.value is None:
            assert m.low is m.high is None
            continue
        most = np.sqrt(3) if m.name == "phi" else 1
        assert -1 - 1e-9 <= m.value <= most + 1e-9
        if m.p is not None:
            assert 0 <= m.p <= 1
            assert m.test
        if m.low is not None and m.name not in ("phi", "cramers_v", "contingency_c"):
            assert m.low - 1e-9 <= m.value <= m.high + 1e-9


@given(tables)
def test_turning_the_table_turns_the_directions(table):
    turn = {"symmetric": "symmetric", "row": "column", "column": "row"}
    other = {(m.name, turn[m.direction]): m for m in measures(table.T)}
    for m in measures(table):
        there = other[m.name, m.direction]
        for field in ("value", "p", "ase"):
            one, two = getattr(m, field), getattr(there, field)
            if m.name == "lambda" and field == "ase" and table.size:
                continue  # of equal modes the first counts, and which is first may change
            assert (one is two is None) or one == pytest.approx(two, abs=1e-7), (m.name, field)


def test_measures_are_the_ones_of_their_functions():
    t = TABLES[1]
    got = {(m.name, m.direction): m for m in measures(t)}
    assert got["cramers_v", "symmetric"].value == pytest.approx(twoway.cramers_v(t))
    assert got["phi", "symmetric"].value == pytest.approx(twoway.phi(t))
    assert got["contingency_c", "symmetric"].value == pytest.approx(
        twoway.contingency_coefficient(t)
    )
    assert got["kappa", "symmetric"].value == association.kappa(t).value
    assert got["somers_d", "row"].ase == association.ordinal(t).somers_d.rows.ase
    assert got["uncertainty", "row"].p == twoway.g2(t).p
    assert got["cramers_v", "symmetric"].p == twoway.chi2(t).p
    assert [m.name for m in measures(t, "gamma")] == ["gamma"]
    z = stats.norm.isf(0.05)
    gamma = measures(t, "gamma", level=0.9)[0]
    assert gamma.high == pytest.approx(min(1, gamma.value + z * gamma.ase))
    # the F of eta is that of the analysis of variance of the scores
    rows, columns = np.repeat(np.argwhere(t >= 0), t.ravel().astype(int), axis=0).T
    f = stats.f_oneway(*(columns[rows == i] for i in range(3)))
    assert got["eta", "column"].statistic == pytest.approx(f.statistic)
    assert got["eta", "column"].p == pytest.approx(f.pvalue)
    # of two by two tables, all of these are one
    two = {(m.name, m.direction): m.value for m in measures([[20, 10], [5, 15]])}
    for key in (("tau_b", "symmetric"), ("pearson", "symmetric"), ("eta", "row")):
        assert two[key] == pytest.approx(two["phi", "symmetric"])
    assert two["goodman_kruskal_tau", "row"] == pytest.approx(two["phi", "symmetric"] ** 2)


def test_corrected_v_has_hardly_any_bias():
    rng = np.random.default_rng(8)
    draws = rng.multinomial(60, np.ones(20) / 20, size=1500).reshape(-1, 4, 5)
    plain = np.mean([twoway.cramers_v(t) for t in draws])
    corrected = np.mean([cramers_v_corrected(t) for t in draws])
    assert plain > 0.2
    assert corrected < 0.07
    # of a large sample they agree
    assert cramers_v_corrected(TABLES[1] * 1000) == pytest.approx(
        twoway.cramers_v(TABLES[1]), rel=1e-3
    )
    assert cramers_v_corrected([[30, 0], [0, 40]]) == pytest.approx(1.0, rel=1e-9)


def test_interval_of_v_is_an_inverted_noncentral_chi_square():
    t = TABLES[1]
    statistic, n = twoway.chi2(t).statistic, t.sum()
    low, high = cramers_v_interval(t)
    for end, tail in ((low, 0.975), (high, 0.025)):
        assert stats.ncx2.cdf(statistic, 4, end**2 * 2 * n) == pytest.approx(tail, abs=1e-9)
    # it holds 0 just where p is not below half of 1 - level
    for scale in (0.05, 0.1, 0.2, 0.3, 0.5):
        weak = np.full((3, 3), 10.0) + scale * (t - t.mean())
        p, ends = twoway.chi2(weak).p, cramers_v_interval(weak)
        assert (ends[0] == 0) == (p >= 0.025)
    assert cramers_v_interval([[1, 2], [0, 0]]) is None
    perfect = cramers_v_interval(np.diag([40, 40]))
    assert perfect[1] == 1.0


def test_coverage_of_the_interval_of_v():
    rng = np.random.default_rng(6)
    p = np.array([[0.20, 0.08, 0.05], [0.10, 0.14, 0.08], [0.05, 0.10, 0.20]])
    true = twoway.cramers_v(p)
    ends = [
        cramers_v_interval(t) for t in rng.multinomial(200, p.ravel(), size=800).reshape(-1, 3, 3)
    ]
    covered = np.mean([low <= true <= high for low, high in ends])
    # the multinomial spread of χ² differs a little from the noncentral chi-square's
    assert 0.92 < covered < 0.99


def test_coverage_of_the_interval_of_v_without_association():
    rng = np.random.default_rng(7)
    ends = [
        cramers_v_interval(t) for t in rng.multinomial(120, np.ones(9) / 9, 800).reshape(-1, 3, 3)
    ]
    assert np.mean([low == 0 for low, _ in ends]) > 0.95
    assert min(high for _, high in ends) > 0.1


@pytest.mark.parametrize("name", ["gamma", "tau_b", "somers_d", "spearman", "kappa", "lambda"])
def test_coverage_of_normal_intervals(name):
    rng = np.random.default_rng(16)
    p = np.array([[0.20, 0.08, 0.05], [0.10, 0.14, 0.08], [0.05, 0.10, 0.20]])
    true = measures(p * 1e6, name)[0].value
    draws = rng.multinomial(300, p.ravel(), size=400).reshape(-1, 3, 3)
    found = [measures(t, name)[0] for t in draws]
    covered = np.mean([m.low <= true <= m.high for m in found])
    assert covered > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)


def test_degenerate_tables_and_tables_without_exceptions():
    for table in ([[0, 0], [0, 0]], [[3, 4], [0, 0]], [[3, 0], [4, 0]]):
        for m in measures(table):
            if m.name != "kappa":  # which takes both ratings on their full scale
                assert (m.value, m.ase, m.low, m.p) == (None,) * 4
    perfect = {"phi": np.sqrt(2), "contingency_c": np.sqrt(2 / 3)}
    for m in measures(np.diag([5, 6, 7])):
        assert m.value == pytest.approx(perfect.get(m.name, 1.0), abs=0.02)
        if m.name not in ("phi", "cramers_v", "contingency_c", "tau_c"):
            assert m.low is None
    flat = {m.name: m for m in measures(np.full((2, 2), 9))}
    assert (flat["phi"].value, flat["phi"].ase, flat["phi"].low) == (0, None, 0)
    # a χ² of 0 is no proof of a V of 0: the upper end is that of χ² = df
    wanted = cramers_v_interval([[11, 7], [7, 11]])[1]
    assert 0.4 < flat["cramers_v"].high < wanted
    padded = np.insert(TABLES[0], 1, 0, axis=1)
    assert [m.value for m in measures(padded)] == [m.value for m in measures(TABLES[0])]


def test_names_are_checked():
    with pytest.raises(UnknownNameError, match="did you mean 'gamma'"):
        measures(TABLES[0], ["gama"])
    with pytest.raises(UsageError, match="square"):
        measures(TABLES[0], "kappa")
    with pytest.raises(UsageError, match="level"):
        measures(TABLES[0], level=1)
    assert {m.name for m in measures(TABLES[1])} == set(MEASURE_NAMES)
    assert "kappa" not in {m.name for m in measures(TABLES[0])}
    directions = itertools.groupby(measures(TABLES[1]), lambda m: m.name)
    assert {n: len(list(g)) for n, g in directions}["lambda"] == 3
