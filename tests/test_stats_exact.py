"""Fisher-Freeman-Halton: every table by brute force, published values, Monte Carlo, limits."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from surveykit.errors import UnsupportedError, UsageError
from surveykit.stats import exact, many, twoway
from surveykit.stats.exact import fisher_freeman_halton

# Agresti (2002), Categorical Data Analysis, table 2.8; the example of R's fisher.test
JOB = np.array([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]])
small = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: arrays(
        np.int64, shape, elements=st.integers(0, 2 if shape[0] * shape[1] <= 9 else 1)
    )
)


def columns(rows, total):
    """Every way to spread `total` over cells that hold no more than `rows`."""
    for cells in itertools.product(*(range(r + 1) for r in rows[:-1])):
        last = total - sum(cells)
        if 0 <= last <= rows[-1]:
            yield (*cells, last)


def weights(rows, totals):
    """Π 1/x! of every table with these margins, as exact fractions of whole numbers."""
    if len(totals) == 1:
        yield math.prod(map(math.factorial, rows))
        return
    for column in columns(rows, totals[0]):
        here = math.prod(map(math.factorial, column))
        left = tuple(r - x for r, x in zip(rows, column, strict=True))
        for rest in weights(left, totals[1:]):
            yield here * rest


def brute(table):
    """p by listing every table, in whole numbers: no rounding and no tolerance."""
    t = np.asarray(table)
    scale = math.factorial(int(t.sum()))
    margins = [int(m) for m in (*t.sum(1), *t.sum(0))]
    top = math.prod(map(math.factorial, margins))
    own = math.prod(math.factorial(int(x)) for x in t.ravel())
    every = list(weights(tuple(map(int, t.sum(1))), tuple(map(int, t.sum(0)))))
    assert sum(top / w for w in every) / scale == pytest.approx(1)
    return sum(top / w for w in every if w >= own) / scale


@given(small)
def test_p_is_the_sum_over_all_tables_no_more_likely(table):
    got = fisher_freeman_halton(table)
    kept = twoway.compressed(table).astype(int)
    if min(kept.shape) < 2:
        assert got.p is None
        return
    assert got.method == "exact"
    assert got.p == pytest.approx(brute(kept), rel=1e-9)


@pytest.mark.parametrize(
    "table",
    [
        [[8, 1, 3], [2, 9, 4]],
        [[12, 0, 3, 4], [1, 9, 2, 2]],
        [[5, 0, 2], [1, 6, 1], [0, 2, 7]],
        [[3, 1], [1, 4], [2, 2], [0, 5], [4, 1]],
        [[2, 1, 1, 0], [0, 3, 1, 2], [1, 0, 3, 1]],
        [[30, 41], [20, 39]],
    ],
)
def test_larger_tables_by_brute_force_either_way_round(table):
    wanted = brute(table)
    assert fisher_freeman_halton(table).p == pytest.approx(wanted, rel=1e-9)
    assert fisher_freeman_halton(np.transpose(table)).p == pytest.approx(wanted, rel=1e-9)


def test_published_values():
    assert fisher_freeman_halton(JOB).p == pytest.approx(0.7827, abs=5e-5)
    # R: fisher.test of the tea tasting and of the convictions of twins
    assert fisher_freeman_halton([[3, 1], [1, 3]]).p == pytest.approx(0.4857, abs=5e-5)
    assert fisher_freeman_halton([[2, 15], [10, 3]]).p == pytest.approx(0.0005367, abs=5e-8)


@given(arrays(np.int64, (2, 2), elements=st.integers(0, 40)))
def test_two_by_two_is_the_test_of_two_by_two(table):
    wanted = many.fisher_many(table[None]).p[0]
    got = fisher_freeman_halton(table).p
    assert (got is None and np.isnan(wanted)) or got == pytest.approx(wanted, rel=1e-9)


def test_states_of_one_cost_are_told_from_ties(monkeypatch):
    """Many columns of equal size: ties everywhere, in pieces of any size."""
    table = np.array([[3, 0, 1, 2, 1], [0, 3, 2, 1, 2], [1, 1, 1, 1, 1]])
    wanted = brute(table)
    assert fisher_freeman_halton(table).p == pytest.approx(wanted, rel=1e-9)
    for chunk in (1, 7, 100):
        monkeypatch.setattr(exact, "CHUNK", chunk)
        assert fisher_freeman_halton(table).p == pytest.approx(wanted, rel=1e-9)


def test_bounds_hold_for_every_completion():
    rng = np.random.default_rng(4)
    logf = exact._log_factorials(60)
    for _ in range(40):
        t = rng.integers(0, 4, (3, 3))
        rows, totals = t.sum(1), t.sum(0)
        costs = [math.log(w) for w in weights(tuple(map(int, rows)), tuple(map(int, totals)))]
        assert exact._least(rows[None], totals, logf)[0] <= min(costs)
        assert exact._most(rows[None], totals, logf)[0] >= max(costs) - 1e-9


def test_hundreds_of_respondents_are_exact_and_large_samples_approach_chi_square():
    table = np.array([[40, 35, 25], [30, 38, 32], [28, 30, 42]])
    got = fisher_freeman_halton(table)
    assert got.method == "exact"
    assert got.p == pytest.approx(twoway.chi2(table).p, rel=0.1)


def test_monte_carlo_says_so_and_its_interval_holds_the_exact_p():
    known = fisher_freeman_halton(JOB).p
    got = fisher_freeman_halton(JOB, limit=0, samples=20_000, seed=1)
    assert (got.method, got.samples) == ("monte_carlo", 20_000)
    assert got.low < known < got.high
    assert got.low < got.p < got.high
    assert got == fisher_freeman_halton(JOB, limit=0, samples=20_000, seed=1)
    assert got != fisher_freeman_halton(JOB, limit=0, samples=20_000, seed=2)
    never = fisher_freeman_halton(np.diag([30, 30, 30]), limit=0, samples=999)
    assert never.p == 1 / 1000
    assert never.low == 0
    assert fisher_freeman_halton(JOB, limit=1000, samples=10).method == "monte_carlo"


def test_intervals_of_monte_carlo_cover_by_simulation():
    known = fisher_freeman_halton(JOB).p
    runs = [fisher_freeman_halton(JOB, limit=0, samples=300, seed=i) for i in range(300)]
    # at least 99 % in the long run
    assert sum(r.low <= known <= r.high for r in runs) > 292


def test_random_tables_have_the_margins_and_their_probabilities():
    t, draws = np.array([[2, 1, 0], [0, 1, 2]]), 40_000
    costs = exact._random_costs(t, draws, np.random.default_rng(3))
    every = list(weights((3, 3), (2, 2, 2)))
    scale = math.factorial(6)
    chance = {w: 36 * 8 / w / scale * every.count(w) for w in set(every)}
    seen = [int((np.abs(costs - math.log(w)) < 1e-9).sum()) for w in chance]
    assert sum(seen) == draws
    assert stats.chisquare(seen, draws * np.array(list(chance.values()))).pvalue > 0.001


def test_the_named_test_takes_any_table():
    got = twoway.two_way_test("fisher", JOB)
    assert (got.statistic, got.df, got.method, got.samples) == (None, None, "exact", 0)
    assert got.p == fisher_freeman_halton(JOB).p
    padded = np.insert(JOB, 2, 0, axis=1)
    assert twoway.fisher(padded).dropped_columns == 1
    assert twoway.fisher(padded).p == got.p
    assert twoway.fisher([[3, 1], [1, 3]]).method == "exact"
    nothing = twoway.fisher([[3, 0, 0], [1, 0, 0]])
    assert (nothing.p, nothing.reason, nothing.method) == (None, "one_column", "")
    big = twoway.fisher(np.full((5, 6), 40))
    assert (big.method, big.samples, big.p) == ("monte_carlo", exact.SAMPLES, 1.0)
    assert big.p_high == 1.0


def test_huge_tables_do_not_ask_for_huge_memory():
    wide = np.full((12, 12), 10**4)
    assert fisher_freeman_halton(wide, samples=20).method == "monte_carlo"
    even = np.full((2, 2), 10**5)
    many_more = fisher_freeman_halton(np.full((3, 3), 10**8), samples=20)
    assert (many_more.method, many_more.p) == ("monte_carlo", 1.0)
    assert fisher_freeman_halton(even, samples=20).p == pytest.approx(1.0, abs=1e-8)


def test_bad_use_is_refused():
    with pytest.raises(UsageError, match="whole"):
        fisher_freeman_halton([[1.5, 2, 3], [1, 2, 3]])
    with pytest.raises(UsageError, match="whole"):
        twoway.fisher([[1.5, 2, 3], [1, 2, 3]])
    with pytest.raises(UsageError, match="shape"):
        fisher_freeman_halton([1, 2, 3])
    with pytest.raises(UsageError, match="not negative"):
        fisher_freeman_halton([[-1, 2], [3, 4]])
    with pytest.raises(UnsupportedError, match="1,000,000,000"):
        fisher_freeman_halton(np.full((3, 3), 10**9))
    with pytest.raises(UsageError, match="samples"):
        fisher_freeman_halton(JOB, samples=0)
