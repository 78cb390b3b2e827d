"""Two proportions: Newcombe's table, score intervals inverted by brute force, scipy, coverage."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import optimize, stats

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats import compare, differences
from surveykit.stats.differences import odds_ratio, proportion_difference, proportion_ratio

Z = stats.norm.isf(0.025)
# Newcombe (1998), table II: counts, bases, Miettinen-Nurminen, method 10
NEWCOMBE = [
    ((56, 70, 48, 80), (0.0528, 0.3382), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1700, 0.8406), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0342, 0.8534), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0326, 0.1933), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1658, 0.2844), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2879, 0.2879), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.7156, 1.0000), (0.6791, 1.0000)),
    ((10, 10, 0, 10), (0.6636, 1.0000), (0.6075, 1.0000)),
]
CASES = [(7, 20, 12, 25), (0, 15, 4, 18), (9, 9, 3, 11), (30, 90, 2, 40), (1, 6, 5, 7)]


def ends(found):
    return float(found.low), float(found.high)


def test_newcombes_table():
    for case, score, hybrid in NEWCOMBE:
        got = proportion_difference(*case, method="miettinen_nurminen")
        assert ends(got) == pytest.approx(score, abs=5.1e-5)
        assert ends(proportion_difference(*case)) == pytest.approx(hybrid, abs=5.1e-5)


def loglik(x, n, p):
    return stats.binom.logpmf(x, n, p)


def restricted(case, link):
    """The likeliest second proportion when the first is link(second), by search."""
    x, n, y, m = case
    grid = np.linspace(1e-9, 1 - 1e-9, 20001)
    first = link(grid)
    ok = (first > 0) & (first < 1)
    value = np.where(
        ok, loglik(x, n, np.clip(first, 1e-12, 1 - 1e-12)) + loglik(y, m, grid), -np.inf
    )
    i = int(np.argmax(value))
    step = grid[1] - grid[0]

    def minus(q):
        p = link(q)
        return 1e9 if not 0 < p < 1 or not 0 < q < 1 else -(loglik(x, n, p) + loglik(y, m, q))

    found = optimize.minimize_scalar(
        minus, bounds=(grid[i] - step, grid[i] + step), method="bounded", options={"xatol": 1e-13}
    )
    return found.x


@pytest.mark.parametrize("case", CASES)
def test_the_score_statistic_is_the_one_at_the_likeliest_proportions(case):
    x, n, y, m = case
    g = differences._Groups.of(*case)
    total = n + m
    for d in (-0.4, -0.1, 0.05, 0.3):
        q = restricted(case, lambda q, d=d: q + d)
        p = q + d
        spread = np.sqrt((p * (1 - p) / n + q * (1 - q) / m) * total / (total - 1))
        wanted = (x / n - y / m - d) / spread
        assert differences._difference_score(g, np.array(d)) == pytest.approx(wanted, abs=1e-4)
    for r in (0.4, 0.9, 1.5, 3.0):
        q = restricted(case, lambda q, r=r: r * q)
        p = r * q
        wanted = (x / n - r * y / m) / np.sqrt(p * (1 - p) / n + r**2 * q * (1 - q) / m)
        assert differences._ratio_score(g, np.array(r), 1.0) == pytest.approx(wanted, abs=1e-4)
        q = restricted(case, lambda q, r=r: r * q / (1 + q * (r - 1)))
        p = r * q / (1 + q * (r - 1))
        spread = np.sqrt(total / (total - 1) / (1 / (n * p * (1 - p)) + 1 / (m * q * (1 - q))))
        wanted = (x - n * p) / spread
        assert differences._odds_score(g, np.array(r)) == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("case", [*CASES, (0, 8, 0, 5), (8, 8, 5, 5), (8, 8, 0, 5)])
def test_score_intervals_hold_what_the_test_does_not_reject_and_nothing_else(case):
    g = differences._Groups.of(*case)
    d = proportion_difference(*case, method="miettinen_nurminen")
    grid = np.linspace(-0.9995, 0.9995, 2000)
    kept = np.abs(differences._difference_score(g, grid)) <= Z
    np.testing.assert_array_equal(kept, (grid >= d.low) & (grid <= d.high))
    for call, score in (
        (
            proportion_ratio(*case, method="koopman"),
            lambda r: differences._ratio_score(g, r, 1.0),
        ),
        (
            proportion_ratio(*case),
            lambda r: differences._ratio_score(g, r, g.correction),
        ),
        (odds_ratio(*case), lambda r: differences._odds_score(g, r)),
    ):
        ratios = np.geomspace(1e-4, 1e4, 2001)
        kept = np.abs(score(ratios)) <= Z
        np.testing.assert_array_equal(kept, (ratios >= call.low) & (ratios <= call.high))


def test_score_intervals_agree_with_the_test_of_no_difference():
    for x, y in itertools.product(range(0, 21, 4), range(0, 16, 2)):
        z = compare.proportion_pairs([[x, y]], [20, 15]).p[0, 0, 1]
        ratio = proportion_ratio(x, 20, y, 15, method="koopman")
        inside = bool(ratio.low <= 1 <= ratio.high)
        assert inside == (np.isnan(z) or z >= 0.05)


def test_log_and_exact_intervals_agree_with_scipy():
    for x, n, y, m in [(7, 20, 12, 25), (3, 4, 1, 4), (30, 90, 2, 40)]:
        risk = stats.contingency.relative_risk(x, n, y, m).confidence_interval()
        got = proportion_ratio(x, n, y, m, method="log")
        assert ends(got) == pytest.approx((risk.low, risk.high), rel=1e-9)
        table = [[x, n - x], [y, m - y]]
        for kind, method in (("sample", "log"), ("conditional", "exact")):
            wanted = stats.contingency.odds_ratio(table, kind=kind)
            found = wanted.confidence_interval()
            got = odds_ratio(x, n, y, m, method=method)
            assert float(got.estimate) == pytest.approx(wanted.statistic, rel=1e-6)
            assert ends(got) == pytest.approx((found.low, found.high), rel=1e-6)


def test_exact_odds_ratio_as_r_prints_it():
    # R stops its search at about four digits
    # R: fisher.test(TeaTasting, alternative = "greater") prints 6.408309 and 0.3135693
    tea = odds_ratio(3, 4, 1, 4, method="exact", level=0.9)
    assert float(tea.estimate) == pytest.approx(6.408309, abs=3e-5)
    assert float(tea.low) == pytest.approx(0.3135693, abs=3e-5)
    # R: fisher.test(Convictions, alternative = "less") prints 0.04693661 and 0.2849601
    twins = odds_ratio(2, 17, 10, 13, method="exact", level=0.9)
    assert float(twins.estimate) == pytest.approx(0.04693661, abs=3e-5)
    assert float(twins.high) == pytest.approx(0.2849601, abs=3e-5)


METHODS = [(proportion_difference, m) for m in ("newcombe", "miettinen_nurminen", "wald")] + [
    (f, m)
    for f, names in (
        (proportion_ratio, ("miettinen_nurminen", "koopman", "log")),
        (odds_ratio, ("miettinen_nurminen", "exact", "log")),
    )
    for m in names
]


@pytest.mark.parametrize(("call", "method"), METHODS)
def test_swapped_groups_turn_the_interval_around(call, method):
    for x, n, y, m in [*CASES, (0, 8, 0, 5), (8, 8, 0, 5), (5, 5, 5, 5)]:
        one, other = call(x, n, y, m, method=method), call(y, m, x, n, method=method)
        if call is proportion_difference:
            assert ends(one) == pytest.approx((-other.high, -other.low), abs=1e-9)
        else:
            with np.errstate(divide="ignore"):
                assert ends(one) == pytest.approx((1 / other.high, 1 / other.low), rel=1e-8)
        assert not one.low > one.high
        if not np.isnan(one.estimate):
            assert one.low - 1e-9 <= one.estimate <= one.high + 1e-9


@pytest.mark.parametrize(("method", "worst"), [("newcombe", 0.93), ("miettinen_nurminen", 0.93)])
def test_coverage_of_differences_is_near_nominal(method, worst):
    """Exact coverage: every pair of counts of 25 and 30, weighted by its probability."""
    x, y = np.meshgrid(range(26), range(31), indexing="ij")
    found = proportion_difference(x, 25, y, 30, method=method)
    covered = []
    for p, q in itertools.product((0.05, 0.2, 0.35, 0.5, 0.8), repeat=2):
        inside = (found.low <= p - q) & (p - q <= found.high)
        weight = np.outer(stats.binom.pmf(range(26), 25, p), stats.binom.pmf(range(31), 30, q))
        covered.append(float(weight[inside].sum()))
    assert min(covered) > worst
    assert 0.945 < np.mean(covered) < 0.97


@pytest.mark.parametrize(
    ("call", "method"),
    [
        (proportion_ratio, "miettinen_nurminen"),
        (proportion_ratio, "koopman"),
        (odds_ratio, "exact"),
    ],
)
def test_coverage_of_ratios(call, method):
    x, y = np.meshgrid(range(16), range(19), indexing="ij")
    found = call(x, 15, y, 18, method=method)
    for p, q in itertools.product((0.1, 0.3, 0.6), repeat=2):
        true = p / q if call is proportion_ratio else p * (1 - q) / (q * (1 - p))
        weight = np.outer(stats.binom.pmf(range(16), 15, p), stats.binom.pmf(range(19), 18, q))
        covered = float(weight[(found.low <= true) & (true <= found.high)].sum())
        assert covered > (0.9499 if method == "exact" else 0.92)


def test_zero_cells_and_empty_groups():
    nothing = proportion_ratio([0, 3, 0], [9, 9, 0], [0, 0, 3], [9, 9, 9], method="log")
    np.testing.assert_array_equal(nothing.estimate, [np.nan, np.inf, np.nan])
    np.testing.assert_array_equal(nothing.low, [0, 0, np.nan])
    np.testing.assert_array_equal(nothing.high, [np.inf, np.inf, np.nan])
    for call, method in METHODS:
        found = call([3, 4], 9, [[2], [0]], [[9], [7]], method=method)
        assert found.low.shape == found.se.shape == (2, 2)
        empty = call(0, 0, 2, 9, method=method)
        assert np.isnan([empty.estimate, empty.low, empty.high]).all()
    assert proportion_difference(0, 9, 0, 9, method="wald").high == 0
    score = odds_ratio(0, 9, 4, 9)
    assert score.low == 0
    assert 0 < score.high < 1.2


def test_bad_use_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'newcombe'"):
        proportion_difference(1, 2, 1, 2, method="newcomb")
    with pytest.raises(UsageError, match="between 0 and the base"):
        proportion_ratio(3, 2, 1, 2)
    with pytest.raises(UsageError, match="level"):
        odds_ratio(1, 2, 1, 2, level=95)
    with pytest.raises(UsageError, match="whole"):
        odds_ratio(1.5, 2, 1, 2, method="exact")
