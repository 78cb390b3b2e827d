"""Design-based tests, intervals, quantiles and replicate weights: edges, brute force, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from design_answers import REFERENCE, data
from scipy import integrate, stats
from scipy.special import expit, logit, xlogy

from surveykit.errors import InputError, UnknownNameError, UsageError
from surveykit.stats.design import cell_covariance, degrees_of_freedom
from surveykit.stats.designci import (
    DESIGN_INTERVALS,
    design_proportion_interval,
    t_interval,
    t_test,
)
from surveykit.stats.designinput import resolve_design
from surveykit.stats.intervals import clopper_pearson
from surveykit.stats.linear import proportions
from surveykit.stats.quadform import f_sum_sf, f_sum_sf_saddlepoint
from surveykit.stats.quantiles import (
    QUANTILE_RULES,
    design_quantiles,
    weighted_quantiles,
    woodruff,
)
from surveykit.stats.raoscott import DESIGN_TESTS, design_effects, design_test
from surveykit.stats.replicates import (
    REPLICATE_KINDS,
    replicate_covariance,
    replicate_degrees_of_freedom,
    replicate_totals,
    resolve_replicates,
)


def simple_sample(t: np.ndarray) -> np.ndarray:
    """Covariance of counts in a simple random sample."""
    n = t.sum()
    return np.diag(t.ravel()) - np.outer(t.ravel(), t.ravel()) / n


COUNTS = np.array([[20.0, 15, 5], [10, 30, 12], [8, 9, 31]])


# --- tests of independence -------------------------------------------------------------------


def test_in_a_simple_random_sample_they_are_the_chi_square_test():
    n, v = COUNTS.sum(), simple_sample(COUNTS)
    x2, p, df, _ = stats.chi2_contingency(COUNTS, correction=False)
    assert design_effects(COUNTS, v, n)[0] == pytest.approx(np.ones(4))
    for name in ("rao_scott_chi2", "rao_scott_chi2_second", "lincom"):
        r = design_test(COUNTS, v, n, math.inf, name=name)
        assert (r.statistic, r.p) == (pytest.approx(x2), pytest.approx(p, rel=1e-8)), name
    r = design_test(COUNTS, v, n, math.inf)
    assert (r.statistic * df, r.df, r.p) == pytest.approx((x2, df, p))


def test_weights_are_not_counts():
    """Ten times the weights changes nothing but for the statistic's scale, which is n's."""
    n, v = COUNTS.sum(), simple_sample(COUNTS)
    for name in DESIGN_TESTS:
        one = design_test(COUNTS, v, n, 50, name=name)
        ten = design_test(COUNTS * 10, v * 100, n, 50, name=name)
        assert ten.statistic == pytest.approx(one.statistic), name
        assert ten.p == pytest.approx(one.p, rel=1e-8), name


def test_f_and_p_do_not_depend_on_n_and_chi_square_is_scaled_to_it():
    v = simple_sample(COUNTS)
    complete, all_rows = (design_test(COUNTS, v, n, 50) for n in (140, 153))
    assert complete.statistic == pytest.approx(all_rows.statistic)
    assert complete.p == pytest.approx(all_rows.p)
    complete, all_rows = (design_test(COUNTS, v, n, 50, name="rao_scott_chi2") for n in (140, 153))
    assert all_rows.statistic / complete.statistic == pytest.approx(153 / 140)
    assert complete.p == pytest.approx(all_rows.p)


def test_a_transposed_or_permuted_table_gives_the_same():
    rng = np.random.default_rng(1)
    a = rng.normal(size=(9, 9))
    v = simple_sample(COUNTS) + a @ a.T
    order = np.arange(9).reshape(3, 3)
    for name in DESIGN_TESTS:
        base = design_test(COUNTS, v, 140, 30, name=name)
        for turn in (order.T, order[[2, 0, 1]][:, [1, 0, 2]]):
            other = design_test(
                COUNTS.ravel()[turn], v[np.ix_(turn.ravel(), turn.ravel())], 140, 30, name=name
            )
            assert other.p == pytest.approx(base.p, rel=1e-7), name


def test_empty_rows_and_columns_are_left_out():
    t = np.zeros((4, 5))
    t[np.ix_([0, 2, 3], [0, 1, 4])] = COUNTS
    v = simple_sample(t)
    for name in DESIGN_TESTS:
        r, whole = (
            design_test(t, v, 140, 30, name=name),
            design_test(COUNTS, simple_sample(COUNTS), 140, 30, name=name),
        )
        assert r.p == pytest.approx(whole.p, rel=1e-8), name
        assert (r.dropped_rows, r.dropped_columns) == (1, 2)


def test_tables_that_allow_no_test_say_why():
    def reason(t, df=30, name="rao_scott"):
        t = np.array(t, dtype=float)
        r = design_test(
            t, simple_sample(t) if t.sum() else np.zeros((t.size,) * 2), 1, df, name=name
        )
        assert r.p is None
        return r.reason

    assert reason([[0, 0], [0, 0]]) == "no_observations"
    assert reason([[1, 2], [0, 0]]) == "one_row"
    assert reason([[1, 0], [2, 0]]) == "one_column"
    assert reason([[1, 2], [3, 4]], df=0) == "no_df"
    assert reason(COUNTS, df=3, name="adj_wald") == "no_df"


def test_a_covariance_that_is_zero_is_singular():
    for name in DESIGN_TESTS:
        r = design_test(COUNTS, np.zeros((9, 9)), 140, 30, name=name)
        assert (r.reason, r.p) == ("singular", None), name


def test_many_empty_cells_use_the_proportions_under_independence():
    t = np.diag([30.0, 40, 50])
    r = design_test(t, simple_sample(t), 120, 100)
    assert r.null_proportions
    assert r.p < 1e-10
    assert not design_test(COUNTS, simple_sample(COUNTS), 140, 100).null_proportions


def test_wald_has_its_level_under_independence():
    """Seeded: 1,500 cluster samples of two independent variables, p below 0.05 in 3.5-7 %."""
    rng = np.random.default_rng(3)
    psu = np.repeat(np.arange(40), 15)
    design = resolve_design(psu=[psu], weights=rng.uniform(1, 2, 600))
    low = dict.fromkeys(("rao_scott", "lincom", "adj_wald"), 0)
    for _ in range(1500):
        a = (rng.random(600) < 0.5).astype(int)
        b = (rng.random(600) + 0.3 * rng.normal(size=40)[psu] > 0.5).astype(int)
        t, v = cell_covariance(2 * a + b, 4, design)
        for name in low:
            low[name] += design_test(t.reshape(2, 2), v, 600, 39, name=name).p < 0.05
    assert all(0.035 < k / 1500 < 0.07 for k in low.values()), low


def test_unknown_tests_and_shapes_are_refused():
    with pytest.raises(UnknownNameError, match="adj_wald"):
        design_test(COUNTS, simple_sample(COUNTS), 140, 30, name="adj_wlad")
    with pytest.raises(UsageError, match=r"\(9, 9\)"):
        design_test(COUNTS, np.eye(8), 140, 30)


# --- the exact distribution ------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.01, 0.5, 3.0, 20.0, 300.0])
@pytest.mark.parametrize("m", [1, 2, 5, 12])
def test_equal_effects_are_chi_square_and_f(x, m):
    assert f_sum_sf(x, np.full(m, 1.5)) == pytest.approx(stats.chi2.sf(x / 1.5, m), rel=1e-9)
    for df in (1.0, 2.5, 30.0, 1e4):
        expected = stats.f.sf(x / (1.5 * m), m, df)
        assert f_sum_sf(x, np.full(m, 1.5), df) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("x", [0.1, 2.0, 9.0, 60.0])
@pytest.mark.parametrize("effects", [(3.0, 1.0), (1.0, 0.01), (5.0, 4.9)])
def test_two_effects_by_integration(x, effects):
    """P(aX + bY > x) = E P(X > (x - bY) / a), over the chi-square variable Y by its square."""
    a, b = effects

    def inner(z: float) -> float:
        return 2 * stats.norm.pdf(z) * stats.chi2.sf((x - b * z * z) / a, 1)

    edge = math.sqrt(x / b)
    parts = [integrate.quad(inner, *ends, epsabs=1e-14, epsrel=1e-11, limit=200)[0]
             for ends in ((0, min(edge, 9.0)), (min(edge, 9.0), max(9.0, edge)))]  # fmt: skip
    rest = stats.chi2.sf(max(81.0, edge**2), 1)
    assert f_sum_sf(x, effects) == pytest.approx(sum(parts) + rest, rel=1e-7)


def test_pairs_of_effects_have_a_closed_form():
    """λ twice each: a mixture of exponentials (Box 1954)."""
    lam = np.array([4.0, 2.0, 1.0])
    share = [np.prod([a / (a - b) for b in lam if b != a]) for a in lam]
    for x in (1.0, 10.0, 100.0):
        expected = float(np.sum(share * np.exp(-x / (2 * lam))))
        assert f_sum_sf(x, np.repeat(lam, 2)) == pytest.approx(expected, rel=1e-10)


def test_tails_far_out_keep_their_digits():
    assert f_sum_sf(2000.0, [1.0]) == pytest.approx(stats.chi2.sf(2000, 1), rel=1e-8)
    assert f_sum_sf(1e-9, [1.0, 1.0]) == pytest.approx(1 - 5e-10, rel=1e-12)


def test_degenerate_sums():
    assert f_sum_sf(0.0, [1.0]) == 1.0
    assert f_sum_sf(1.0, []) == 0.0
    assert f_sum_sf(3.0, [1.0, 0.0, -1e-18]) == pytest.approx(stats.chi2.sf(3, 1))
    assert f_sum_sf_saddlepoint(-1.0, [1.0]) == 1.0


def test_saddlepoint_is_near_the_exact_value_also_at_the_mean():
    for x in (1.0, 4.999, 5.0, 5.001, 12.0, 40.0):
        for df in (20, math.inf):
            exact = f_sum_sf(x, [2.0, 2.0, 1.0], df)
            assert f_sum_sf_saddlepoint(x, [2.0, 2.0, 1.0], df) == pytest.approx(exact, rel=0.06)


# --- intervals -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", DESIGN_INTERVALS)
def test_proportions_of_0_and_1_have_the_exact_interval(method):
    i = design_proportion_interval([0.0, 1.0, 1 - 1e-16], 0.0, 50, math.inf, method=method)
    # n - 1 degrees of freedom against the normal distribution: the effective n is adjusted
    n = 50 * (stats.t.ppf(0.975, 49) / stats.norm.ppf(0.975)) ** 2
    upper = 1 - 0.025 ** (1 / n)
    assert i.low == pytest.approx([0, 1 - upper, 1 - upper])
    assert i.high == pytest.approx([upper, 1, 1])
    assert i.edge.all()


def test_the_edge_takes_an_effective_sample_size():
    i = design_proportion_interval(0.0, 0.0, 50, 49, method="logit", n_effective=20)
    assert i.high == pytest.approx(clopper_pearson(0, 20).high)


@pytest.mark.parametrize("method", DESIGN_INTERVALS)
def test_without_degrees_of_freedom_there_is_no_interval(method):
    i = design_proportion_interval(
        [0.3, 0.0, np.nan], [0.0, 0.0, np.nan], 9, [0, 0, 5], method=method
    )
    assert np.isnan(i.low).all()
    assert np.isnan(i.high).all()


@pytest.mark.parametrize("method", DESIGN_INTERVALS)
def test_a_census_knows_its_proportion(method):
    i = design_proportion_interval(0.3, 0.0, 9, 5, method=method)
    assert (i.low, i.high, i.edge) == (0.3, 0.3, False)


@pytest.mark.parametrize("method", DESIGN_INTERVALS)
def test_intervals_hold_the_estimate_and_mirror(method):
    p = np.linspace(0.001, 0.999, 41)
    se = np.sqrt(p * (1 - p) / 30)
    i = design_proportion_interval(p, se, 60, 12, method=method)
    assert ((i.low <= p) & (p <= i.high)).all()
    assert i.low == pytest.approx(1 - i.high[::-1], abs=1e-12)
    wider = design_proportion_interval(p, se, 60, 12, method=method, level=0.99)
    assert ((wider.low <= i.low) & (i.high <= wider.high)).all()
    if method != "mean":
        assert ((i.low >= 0) & (i.high <= 1)).all()


def test_arcsine_stops_at_the_ends():
    i = design_proportion_interval(0.01, 0.02, 100, 20, method="asin")
    assert i.low == 0.0


def test_beta_is_clopper_pearson_for_a_simple_random_sample():
    p, n = 0.3, 50
    i = design_proportion_interval(p, math.sqrt(p * (1 - p) / n), n, n - 1, method="beta")
    assert (i.low, i.high) == (
        pytest.approx(clopper_pearson(15, n).low), pytest.approx(clopper_pearson(15, n).high),
    )  # fmt: skip


def natural_spline(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Cubic spline whose end pieces follow cubics through the four points at each end."""
    n, h = len(x), np.diff(x)
    slopes = np.diff(y) / h
    a, r = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        a[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        r[i] = 6 * (slopes[i] - slopes[i - 1])
    for row, i, j in ((0, 0, 0), (-1, n - 4, n - 2)):
        second = np.diff(slopes[i : i + 3]) / (x[i + 2 : i + 4] - x[i : i + 2])
        a[row, [j, j + 1]] = -1 / h[j], 1 / h[j]
        r[row] = 6 * (second[1] - second[0]) / (x[i + 3] - x[i])
    m = np.linalg.solve(a, r)
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, n - 2)
    left, right = (x[k + 1] - at) / h[k], (at - x[k]) / h[k]
    bend = (left**3 - left) * m[k] + (right**3 - right) * m[k + 1]
    return left * y[k] + right * y[k + 1] + bend * h[k] ** 2 / 6


@pytest.mark.parametrize(
    ("file", "column", "value", "prefix"),
    [
        ("apiclus1", "comp.imp", "Yes", "ciprop[likelihood|{}]"),
        ("apiclus1", "stype", "H", "ciprop_rare[likelihood|{}]"),
        ("edges", "two", 1, "ciprop_likelihood_two[{}]"),
    ],
)
def test_likelihood_intervals_of_r_are_ours_interpolated(file, column, value, prefix):
    """R profiles the deviance in steps and interpolates; redone, that gives R's own ends."""
    d = data(file)
    design = resolve_design(d.pw, psu=[d.dnum], fpc=[d.fpc])
    t, v = cell_covariance(d[column].eq(value).to_numpy().astype(int), 2, design)
    share = proportions(t[:, None])
    p, n, df = share.estimate[1], len(d), degrees_of_freedom(design)
    se = share.se(v)[1] / (p * (1 - p))
    cut = stats.t.ppf(0.975, df) * math.sqrt(se**2 * n * p * (1 - p))
    largest = math.sqrt(stats.f.isf(stats.norm.sf(cut) / 2, 1, n - 1))

    def z(b):
        q = expit(b)
        distance = xlogy(p, p / q) + xlogy(1 - p, (1 - p) / (1 - q))
        return np.sign(b - logit(p)) * np.sqrt(2 * (n - 1) * distance)

    step = largest / 5 * se
    grid = [logit(p)]
    for sign in (-1, 1):
        steps = 1
        while True:
            grid.append(logit(p) + sign * steps * step)
            steps += 1
            if steps == 10 or abs(z(grid[-1])) >= largest:
                break
    grid = np.sort(grid)
    fine = np.linspace(grid[0], grid[-1], 3 * len(grid))
    ends = np.interp([-cut, cut], natural_spline(grid, z(grid), fine), fine)
    theirs = [REFERENCE[file][prefix.format(x)] for x in ("lo", "hi")]
    assert expit(ends) == pytest.approx(theirs, rel=5e-5)
    ours = design_proportion_interval(p, share.se(v)[1], n, df, method="likelihood")
    assert z(logit([ours.low, ours.high])) == pytest.approx([-cut, cut], rel=1e-9)


def test_student():
    i = t_interval([1.0, 1.0], 2.0, [5, np.inf])
    assert i.high == pytest.approx(1 + 2 * np.array([stats.t.ppf(0.975, 5), stats.norm.ppf(0.975)]))
    t = t_test([3.0, 3.0, 1.0], [1.5, 1.5, 0.0], [7, np.inf, 7])
    assert t.p[:2] == pytest.approx([2 * stats.t.sf(2, 7), 2 * stats.norm.sf(2)])
    assert np.isnan(t.p[2])
    with pytest.raises(UsageError, match="level"):
        t_interval(1.0, 1.0, 5, level=95)


def test_unknown_intervals_are_refused():
    with pytest.raises(UnknownNameError, match="wilson"):
        design_proportion_interval(0.5, 0.1, 9, 5, method="wilsn")


# --- quantiles -------------------------------------------------------------------------------

NUMPY = {
    "hf1": "inverted_cdf", "hf2": "averaged_inverted_cdf", "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen", "hf6": "weibull", "hf7": "linear", "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}  # fmt: skip


@pytest.mark.parametrize("rule", NUMPY)
def test_equal_weights_give_hyndman_and_fan(rule):
    rng = np.random.default_rng(5)
    for n in (2, 3, 10, 41):
        x, p = rng.normal(size=n), np.array([0.05, 0.25, 0.3, 0.5, 0.75, 0.9])
        expected = np.quantile(x, p, method=NUMPY[rule])
        assert weighted_quantiles(x, np.full(n, 3.7), p, rule=rule) == pytest.approx(expected), n


@pytest.mark.parametrize("rule", ["math", "school", "hf1", "hf2"])
def test_a_weight_of_2_is_a_row_twice(rule):
    rng = np.random.default_rng(6)
    x, w = rng.integers(0, 9, 40), rng.integers(1, 4, 40)
    p = np.linspace(0.05, 0.95, 19)
    assert (
        weighted_quantiles(x, w, p, rule=rule)
        == weighted_quantiles(np.repeat(x, w), np.ones(w.sum()), p, rule=rule)
    ).all()


def test_a_share_met_but_for_rounding_is_met():
    """0.1 ten times is 0.9999999999999999: the median of ten values is still the fifth."""
    assert weighted_quantiles(np.arange(10), np.full(10, 0.1), [0.5]).tolist() == [4.0]
    third = np.full(9, 1 / 3)
    assert weighted_quantiles(np.arange(9), third, [1 / 3, 2 / 3]).tolist() == [2.0, 5.0]


@pytest.mark.parametrize("rule", QUANTILE_RULES)
def test_quantiles_are_in_order_and_within_the_data(rule):
    rng = np.random.default_rng(7)
    x, w = rng.normal(size=30), rng.uniform(0, 5, 30)
    q = weighted_quantiles(x, w, np.linspace(0.01, 0.99, 50), rule=rule)
    assert (np.diff(q) >= -1e-12).all()
    assert x.min() <= q.min() <= q.max() <= x.max()
    assert weighted_quantiles([7.0, 1.0], [2.0, 0.0], [0.2, 0.8], rule=rule).tolist() == [7.0, 7.0]
    assert np.isnan(weighted_quantiles([], [], [0.5], rule=rule)).all()


def test_missing_values_are_a_domain():
    x = np.array([1.0, np.nan, 3.0, 4.0, 9.0, 2.0])
    design = resolve_design(weights=[1, 5, 1, 1, 1, 1.0], psu=[[1, 1, 2, 2, 3, 3]])
    a = design_quantiles(x, design, [0.5], level=0.5)
    b = design_quantiles(np.nan_to_num(x), design, [0.5], mask=~np.isnan(x), level=0.5)
    assert (a.estimate, a.low, a.high, a.se) == (b.estimate, b.low, b.high, b.se)
    assert a.estimate == 3.0
    assert a.low <= 3.0 < a.high
    empty = design_quantiles(np.full(6, np.nan), design, [0.5])
    assert np.isnan([empty.estimate, empty.low, empty.high, empty.se]).all()


def test_bad_quantiles_are_refused():
    for p in ([0.0], [1.0], [50]):
        with pytest.raises(UsageError, match="between 0 and 1"):
            weighted_quantiles([1, 2], [1, 1], p)
    with pytest.raises(UnknownNameError, match="school"):
        weighted_quantiles([1, 2], [1, 1], [0.5], rule="shool")
    with pytest.raises(UnknownNameError, match="quantile interval"):
        woodruff([1, 2], [1, 1], [0.5], lambda _: 0.1, 5, interval="wald")


# --- replicate weights -----------------------------------------------------------------------


def test_scale_factors_of_every_kind():
    w, r = np.ones(3), np.ones((3, 8))
    options = {"Fay": {"rho": 0.5}, "JKn": {"rscales": np.full(8, 0.9)},
               "other": {"scale": 2.0, "rscales": 0.5}}  # fmt: skip
    expected = {"JK1": 7 / 8, "JK2": 1.0, "JKn": 1.0, "BRR": 1 / 8, "Fay": 1 / 2,
                "bootstrap": 1 / 7, "SDR": 1 / 2, "other": 2.0}  # fmt: skip
    for kind in REPLICATE_KINDS:
        made = resolve_replicates(w, r, kind, **options.get(kind, {}))
        assert made.scale == pytest.approx(expected[kind]), kind
    assert made.rscales.tolist() == [0.5] * 8


def test_balanced_half_samples_are_the_variance_of_two_psus():
    """Three strata of two PSUs: BRR of a total is exactly Σ (difference)²; Fay's as well."""
    hadamard = np.array([[1, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]])
    y, w = np.array([1.0, 4.0, 2.0, 2.5, 7.0, 3.0]), np.array([2.0, 3.0, 1.0, 1.0, 2.0, 2.0])
    sign = np.tile([1, -1], 3) * hadamard[:, [0, 0, 1, 1, 2, 2]]
    z = (w * y).reshape(3, 2)
    expected = ((z[:, 0] - z[:, 1]) ** 2).sum()
    for kind, rho in (("BRR", None), ("Fay", 0.3)):
        factors = (1 + sign * (1 - (rho or 0))).T
        d = resolve_replicates(w, factors, kind, rho=rho, combined=False)
        t, each = replicate_totals(np.zeros(6, int), 1, d, values=[y])
        assert replicate_covariance(each, t, d.scale, d.rscales)[1, 1] == pytest.approx(expected)
        assert replicate_degrees_of_freedom(d) == 3


def test_mse_measures_from_the_estimate_and_zero_rscales_do_not_count():
    theta, scales = np.array([[1.0], [3.0], [100.0]]), [1.0, 1.0, 0.0]
    assert replicate_covariance(theta, [0.0], 1.0, scales)[0, 0] == 2.0
    assert replicate_covariance(theta, [0.0], 1.0, scales, True)[0, 0] == 10.0


def test_columns_that_contain_the_weight_and_factors_are_one():
    rng = np.random.default_rng(9)
    w, f = rng.uniform(1, 2, 20), rng.integers(0, 3, (20, 6)).astype(float)
    a = resolve_replicates(w, f, "bootstrap", combined=False)
    b = resolve_replicates(w, f * w[:, None], "bootstrap")
    assert (a.columns == b.columns).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0, np.nan], np.ones((2, 3)), "JK1"), InputError, "nan for respondent 2"),
        (([1.0, 1.0], [[1, 1], [1, -2.0]], "JK1"), InputError, "-2.0 for respondent 2, column 2"),
        (([1.0, 1.0], np.ones((3, 3)), "JK1"), UsageError, "do not fit"),
        (([1.0, 1.0], np.ones((2, 1)), "JK1"), UsageError, "at least 2"),
        (([1.0, 1.0], np.ones(2), "JK1"), UsageError, "2 dimensions"),
        (([1.0, 1.0], [["a"], ["b"]], "JK1"), InputError, "must be numbers"),
        (([1.0, 1.0], np.ones((2, 3)), "JKn"), UsageError, "need rscales"),
        (([1.0, 1.0], np.ones((2, 3)), "Fay"), UsageError, "need rho"),
        (([1.0, 1.0], np.ones((2, 3)), "jk1"), UnknownNameError, "JK1"),
    ],
)
def test_bad_replicate_weights_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        resolve_replicates(*arguments)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("BRR", {"rho": 0.5}, "have no rho"),
        ("Fay", {"rho": 1.0}, "below 1"),
        ("JKn", {"rscales": [1.0, 1.0]}, "must be 3 numbers"),
        ("other", {"rscales": 1.0}, "need a scale"),
        ("JK1", {"scale": -1.0}, "above 0"),
    ],
)
def test_bad_scale_factors_are_refused(kind, options, message):
    with pytest.raises(UsageError, match=message):
        resolve_replicates([1.0, 1.0], np.ones((2, 3)), kind, **options)
