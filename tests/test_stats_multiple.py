"""Multiple response by groups, net promoter scores: identities, brute force, simulated size."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import optimize, stats

from surveykit.errors import UnknownNameError, UsageError
from surveykit.stats import multiple, twoway
from surveykit.stats.multiple import multiple_response_test, nps

RNG = np.random.default_rng(12)


def arrays_of(chosen, group, b):
    """count (k, b), pairs (b, k, k) and base (b,) of bool records (n, k)."""
    parts = [chosen[group == i].astype(float) for i in range(b)]
    pairs = np.stack([p.T @ p for p in parts])
    return np.stack([p.sum(0) for p in parts], axis=1), pairs, [len(p) for p in parts]


def draw(rng, sizes, shares, link):
    """Options that depend on each other through a common normal variable, not on the group."""
    group = np.repeat(range(len(sizes)), sizes)
    strength = np.asarray(link)[group][:, None]
    common = rng.normal(size=(len(group), 1))
    own = rng.normal(size=(len(group), len(shares)))
    mixed = np.sqrt(strength) * common + np.sqrt(1 - strength) * own
    return mixed < stats.norm.ppf(shares), group


CHOSEN, GROUP = draw(np.random.default_rng(1), [40, 60, 55], [0.2, 0.5, 0.7, 0.35], [0.5] * 3)
DATA = arrays_of(CHOSEN, GROUP, 3)


def test_one_option_is_pearsons_chi_square():
    count, pairs, base = DATA
    for j in range(4):
        got = multiple_response_test(count[j : j + 1], pairs[:, j : j + 1, j : j + 1], base)
        wanted = twoway.chi2([count[j], base - count[j]])
        assert got.statistic == pytest.approx(wanted.statistic)
        assert got.df == pytest.approx(wanted.df)
        assert got.p == pytest.approx(wanted.p)


def test_options_are_tested_one_by_one_and_together():
    count, pairs, base = DATA
    got = multiple_response_test(count, pairs, base)
    for j in range(4):
        wanted = twoway.chi2([count[j], base - count[j]])
        assert got.option_statistic[j] == pytest.approx(wanted.statistic)
        assert got.option_p[j] == pytest.approx(wanted.p)
    assert got.total == pytest.approx(got.option_statistic.sum())
    assert 2 < got.df < 8  # one option's, and what four independent ones would have
    # the same option four times over is one option
    same = multiple_response_test(
        np.repeat(count[:1], 4, axis=0), np.repeat(np.repeat(pairs[:, :1, :1], 4, 1), 4, 2), base
    )
    assert same.option_p[3] == same.option_p[0]


def test_weights_are_the_eigenvalues_of_the_quadratic_form():
    count, pairs, base = DATA
    n = np.array(base, dtype=float)
    r = multiple._correlations(count, pairs, n)
    s = np.sqrt(n / n.sum())
    m = np.kron(np.eye(3) - np.outer(s, s), np.eye(4))
    blocks = np.zeros((12, 12))
    for i in range(3):
        blocks[4 * i : 4 * i + 4, 4 * i : 4 * i + 4] = r[i]
    values = np.linalg.eigvals(m @ blocks).real
    trace, square = multiple._eigenvalues(r, n)
    assert trace == pytest.approx(values.sum())
    assert square == pytest.approx((values**2).sum())
    assert trace == pytest.approx(4 * 2)
    got = multiple_response_test(count, pairs, base)
    assert got.df == pytest.approx(64 / square)
    assert got.statistic == pytest.approx(got.total * 8 / square)


@pytest.mark.parametrize("link", [[0.0, 0.0, 0.0], [0.8, 0.8, 0.8], [0.9, 0.1, 0.5]])
def test_size_under_the_null(link):
    """5 % of tests reject when no option depends on the group, however options hang together."""
    rng, runs = np.random.default_rng(9), 1000
    shares = [0.15, 0.5, 0.7, 0.4, 0.3]
    p = [
        multiple_response_test(*arrays_of(*draw(rng, [60, 100, 80], shares, link), 3)).p
        for _ in range(runs)
    ]
    # four standard errors of the simulation, and half a point for the second-order approximation
    assert abs(np.mean(np.array(p) < 0.05) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / runs) + 0.005


def test_uncorrected_total_is_no_chi_square_where_options_hang_together():
    rng = np.random.default_rng(2)
    found = [
        multiple_response_test(*arrays_of(*draw(rng, [60, 80], [0.4] * 6, [0.95] * 2), 2))
        for _ in range(400)
    ]
    naive = np.mean([stats.chi2.sf(t.total, 6) < 0.05 for t in found])
    assert naive > 0.09
    assert np.mean([t.p < 0.05 for t in found]) < naive


def test_order_does_not_matter_and_the_empty_is_left_out():
    count, pairs, base = DATA
    plain = multiple_response_test(count, pairs, base)
    turn, swap = [2, 0, 3, 1], [1, 2, 0]
    turned = multiple_response_test(
        count[turn][:, swap], pairs[swap][:, turn][:, :, turn], np.array(base)[swap]
    )
    assert turned.p == pytest.approx(plain.p)
    none = np.zeros_like(CHOSEN[:, :1])
    padded = multiple_response_test(*arrays_of(np.hstack([CHOSEN, none, ~none]), GROUP, 5))
    assert padded.p == pytest.approx(plain.p)
    assert (padded.dropped_options, padded.dropped_groups) == (2, 2)
    assert np.isnan(padded.option_p[4:]).all()


def test_no_test_says_why():
    assert multiple_response_test([[0, 0]], [[[0]], [[0]]], [0, 0]).reason == "no_observations"
    assert multiple_response_test([[2, 0]], [[[2]], [[0]]], [3, 0]).reason == "one_group"
    assert multiple_response_test([[3, 4]], [[[3]], [[4]]], [3, 4]).reason == "no_choice"
    for bad in (
        ([1, 2], [[[1]], [[2]]], [3, 3]),
        ([[4, 2]], [[[1]], [[2]]], [3, 3]),
        ([[1, 2]], [[[2]], [[2]]], [3, 3]),
        ([[1, 2]], [[[1]]], [3, 3]),
    ):
        with pytest.raises(UsageError):
            multiple_response_test(*bad)


COUNTS = np.array([[1, 0, 0, 2, 1, 3, 4, 8, 12, 10, 9], [0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 6]])


def test_nps_is_the_mean_of_plus_one_zero_and_minus_one():
    got = nps(COUNTS, method="wald")
    value = np.repeat([-1.0] * 7 + [0, 0, 1, 1], COUNTS[0])
    assert got.estimate[0] == pytest.approx(value.mean())
    assert got.se[0] == pytest.approx(value.std() / np.sqrt(len(value)))
    z = stats.norm.isf(0.025)
    assert got.low[0] == pytest.approx(value.mean() - z * got.se[0])
    assert (got.low[1], got.high[1], got.se[1]) == (1.0, 1.0, 0.0)
    honest = nps(COUNTS)
    assert honest.high[1] == pytest.approx(1.0)
    # ten promoters of ten: the least is Wilson's lower end, all others being detractors
    assert honest.low[1] == pytest.approx(2 * 10 / (10 + z**2) - 1)
    assert np.isnan([nps(np.zeros(11)).estimate, nps(np.zeros(11)).low]).all()


def test_score_interval_of_nps_holds_what_the_test_does_not_reject():
    up, down, n = 19, 11, 50

    def z_of(d):
        """(up - down - n d) over its standard error at the likeliest shares that differ by d."""

        def minus(q):
            p, rest = q + d, 1 - 2 * q - d
            if min(p, q, rest) <= 0:
                return 1e9
            return -(up * np.log(p) + down * np.log(q) + (n - up - down) * np.log(rest))

        low, high = max(0, -d), (1 - d) / 2
        q = optimize.minimize_scalar(
            minus, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
        ).x
        return (up - down - n * d) / np.sqrt(n * (2 * q + d - d**2))

    got = nps(COUNTS[0])
    assert z_of(float(got.low)) == pytest.approx(stats.norm.isf(0.025), abs=1e-4)
    assert z_of(float(got.high)) == pytest.approx(-stats.norm.isf(0.025), abs=1e-4)


def test_coverage_of_nps_intervals():
    """Exact: all samples of 30 from three kinds of respondents."""
    n = 30
    every = [(u, d, n - u - d) for u, d in itertools.product(range(n + 1), repeat=2) if u + d <= n]
    counts = np.zeros((len(every), 11))
    counts[:, [10, 0, 7]] = every
    found = nps(counts)
    for shares in ((0.5, 0.2, 0.3), (0.9, 0.02, 0.08), (0.2, 0.2, 0.6), (0.1, 0.7, 0.2)):
        true = shares[0] - shares[1]
        weight = stats.multinomial.pmf(every, n, shares)
        covered = weight[(found.low <= true) & (true <= found.high)].sum()
        assert 0.93 < covered < 0.98


def test_bad_use_of_nps_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'wald'"):
        nps(COUNTS, method="walt")
    with pytest.raises(UsageError, match="11 counts"):
        nps([1, 2, 3])
    with pytest.raises(UsageError, match="negative"):
        nps([-1, *range(10)])
