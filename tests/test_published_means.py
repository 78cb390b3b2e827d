"""Means and SDs of whole-number scores: published cases, every score vector by brute force.

Published cases: Brown and Heathers (2017), and the tables and tests of the R package scrutiny
(https://github.com/lhdjung/scrutiny, data sets `pigs1`, `pigs2`, `pigs3`, `pigs5`, all fictional).
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal, getcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.errors import UsageError
from surveykit.published.document_means import Moments, PrintedValue, item_totals
from surveykit.published.means import debit, grim, grimmer, score_distributions
from surveykit.published.scores import attained, level_bounds, level_range, square_bounds
from surveykit.published.scores_count import Distributions
from surveykit.published.states import TooLargeError

T, F = True, False
PIGS1 = [
    ("7.22", 32), ("4.74", 25), ("5.23", 29), ("2.57", 24), ("6.77", 27), ("2.68", 28),
    ("7.01", 29), ("7.38", 26), ("3.14", 27), ("6.89", 31), ("5.00", 25), ("0.24", 28),
]  # fmt: skip
PIGS3 = [
    ("0.53", "0.50"), ("0.44", "0.50"), ("0.77", "0.42"), ("0.19", "0.35"), ("0.34", "0.47"),
    ("0.93", "0.25"), ("0.12", "0.33"),
]  # fmt: skip
PIGS5 = [
    ("7.22", "5.30", 38), ("4.74", "6.55", 31), ("5.23", "2.55", 35), ("2.57", "2.57", 30),
    ("6.77", "2.18", 33), ("2.68", "2.59", 34), ("7.01", "6.68", 35), ("7.38", "3.65", 32),
    ("3.14", "5.32", 33), ("6.89", "4.18", 37), ("5.00", "2.18", 31), ("0.24", "6.43", 34),
]  # fmt: skip


def up_or_down(mean: str, n: int, items: int = 1) -> bool:
    """Scrutiny's default: up or down at 5."""
    return any(grim(mean, n, items=items, rounding=r) for r in ("half_up", "half_down"))


# --- published cases -----------------------------------------------------------------------


def test_brown_and_heathers_example() -> None:
    # "a mean of 5.19 from 28 participants": 145/28 = 5.178…, 146/28 = 5.214…
    check = grim("5.19", 28)
    assert not check
    assert check.nearest == ("5.18", "5.21")
    assert grim("5.18", 28).sums == (145,)
    assert grim("5.21", 28).sums == (146,)
    assert grim("3.45", 20)
    assert not grim("3.44", 20)


def test_sequence_of_scrutiny() -> None:
    means = [f"{x / 100:.2f}" for x in range(519, 531)]
    assert [up_or_down(m, 28) for m in means] == [F, F, T, F, F, F, T, F, F, F, T, F]


def test_items_of_scrutiny() -> None:
    thirds = [f"0.{x}" for x in range(150, 160)]
    assert [up_or_down(m, 120, 3) for m in thirds] == [T, F, F, T, F, F, T, F, T, F]
    halves = [f"0.{x}" for x in range(80, 90)]
    assert [up_or_down(m, 28, 2) for m in halves] == [T, F, T, F, T, F, T, T, T, T]


def test_pigs1() -> None:
    assert [up_or_down(m, n) for m, n in PIGS1] == [T, F, F, F, F, T, F, T, F, F, T, F]


N40 = {
    "half_up": [F, F, T, F, F, T, F, T, F, F, T, F],
    "half_down": [T, F, F, T, T, F, F, F, F, F, T, F],
    "ceil": [F, F, T, F, F, T, F, T, F, F, T, F],
    "truncate": [T, F, F, T, T, F, F, F, F, F, T, F],
}
N80 = {
    "half_up": [F, T, T, F, F, T, T, T, T, T, T, T],
    "half_down": [T, T, F, T, T, F, T, F, T, T, T, T],
    "ceil": [T, T, T, T, T, T, F, T, T, T, T, T],
    "truncate": [T, F, T, T, T, T, T, T, F, F, T, F],
}


@pytest.mark.parametrize(
    ("n", "mode", "expected"),
    [(n, mode, e) for n, by in ((40, N40), (80, N80)) for mode, e in by.items()],
)
def test_rounding_as_in_scrutiny(n: int, mode: str, expected: list[bool]) -> None:
    # scrutiny's up, down, ceiling (= anti_trunc) and floor (= trunc); it also lets 7.00 be 7.01
    # by ceiling and 4.75 be 4.74 by floor, because it moves its floating-point numbers by 1e-12;
    # the lists above are the exact ones there
    assert [bool(grim(m, n, rounding=mode)) for m, _ in PIGS1] == expected


@pytest.mark.parametrize(
    ("n", "expected"), [(40, [T, F, T, T, T, T, F, T, F, F, T, F]), (80, [T] * 12)]
)
def test_up_or_down_at_ties(n: int, expected: list[bool]) -> None:
    assert [up_or_down(m, n) for m, _ in PIGS1] == expected


def test_rounding_to_even_is_exact_here() -> None:
    # 209/40 = 5.225 is 5.22 to even; scrutiny calls 5.23 consistent, by R's floating point
    assert not grim("5.23", 40, rounding="half_even")
    assert grim("5.22", 40, rounding="half_even")


def test_pigs2_percentages_are_means_of_two_more_decimals() -> None:
    shares = ["0.674", "0.542", "0.540", "0.698", "0.681", "0.554"]
    assert [up_or_down(m, 150) for m in shares] == [
        any(round(1000 * a / 150 - int(m[2:]), 9) in (0, -0.5, 0.5) or abs(1000 * a / 150 - int(m[2:])) < 0.5 for a in range(151))
        for m in shares
    ]  # fmt: skip


def test_pigs3() -> None:
    assert [bool(debit(m, s, 1683)) for m, s in PIGS3] == [T, T, T, F, T, T, T]
    assert not debit("0.35", "0.18", 20)  # of scrutiny's vignette


def test_pigs5() -> None:
    # scrutiny: GRIM fails in rows 1, 5, 7, 9; GRIMMER's parity in row 3; the others pass
    fails = [grimmer(*row).fails for row in PIGS5]
    assert [f == "mean" for f in fails] == [T, F, F, F, T, F, T, F, T, F, F, F]
    assert [f == "scores" for f in fails] == [F, F, T, F, F, F, F, F, F, F, F, F]


def test_grimmer_of_scrutiny() -> None:
    assert grimmer("5.21", "1.6", 28)
    assert not grimmer("3.44", "2.47", 18)
    assert not grimmer("5.23", "2.55", 35)
    assert grimmer("5.23", "2.55", 31)
    assert grimmer("2.74", "0.96", 63, items=2)
    # a case that the parity test of older versions flagged wrongly: ten scores that exist
    assert grimmer("3.10", "1.37", 10, range=(1, 5))


# --- brute force ---------------------------------------------------------------------------


def tables(n: int, levels: int) -> itertools.chain[tuple[int, ...]]:
    """Return every count of n people over the levels."""
    for bars in itertools.combinations(range(n + levels - 1), levels - 1):
        edges = (-1, *bars, n + levels - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(edges))


def by_sums(scores: tuple[int, ...], n: int) -> dict[tuple[int, int], list[tuple[int, ...]]]:
    out = defaultdict(list)
    for c in tables(n, len(scores)):
        s = sum(a * b for a, b in zip(c, scores, strict=True))
        q = sum(a * b * b for a, b in zip(c, scores, strict=True))
        out[s, q].append(c)
    return out


scales = st.one_of(
    st.integers(1, 6).map(lambda k: tuple(range(1, k + 1))),
    st.lists(st.integers(-4, 9), min_size=1, max_size=6, unique=True).map(
        lambda x: tuple(sorted(x))
    ),
)


@settings(max_examples=40, deadline=None)
@given(scales, st.integers(1, 7))
def test_sums_and_squares_are_those_of_some_scores(scores: tuple[int, ...], n: int) -> None:
    every = by_sums(scores, n)
    sums = {s for s, _ in every}
    for s in range(min(sums) - 1, max(sums) + 2):
        assert attained(scores, n, s) == (s in sums)
        qs = [q for t, q in every if t == s]
        for q in range(min(qs, default=0) - 1, max(qs, default=3) + 2):
            assert attained(scores, n, s, q) == ((s, q) in every)
        if qs:
            low, high = square_bounds(scores, n, s)
            assert low <= min(qs)
            assert max(qs) <= high


@settings(max_examples=40, deadline=None)
@given(scales, st.integers(1, 7), st.data())
def test_numbers_and_ranges_are_those_of_all_scores(scores: tuple[int, ...], n: int, data) -> None:  # type: ignore[no-untyped-def]
    every = by_sums(scores, n)
    s, q = data.draw(st.sampled_from(sorted(every)))
    mine = every[s, q]
    assert Distributions(scores, ((n, s, q),)).number == len(mine)
    sums = [c for (t, _), cs in every.items() if t == s for c in cs]
    assert Distributions(scores, ((n, s, None),)).number == len(sums)
    for j in range(len(scores)):
        column = [c[j] for c in mine]
        assert level_range(scores, [(n, s, q)], j) == (min(column), max(column))
        low, high = level_bounds(scores, (n, s, q))[j]
        assert low <= min(column)
        assert max(column) <= high
        column = [c[j] for c in sums]
        assert level_range(scores, [(n, s, None)], j) == (min(column), max(column))


def test_draws_are_uniform() -> None:
    found = score_distributions("3.00", "1.41", 12, (1, 5))
    every = {
        c for (s, q), cs in by_sums((1, 2, 3, 4, 5), 12).items() for c in cs
        if (12, s, q) in found.targets
    }  # fmt: skip
    assert found.number == len(every)
    rng = np.random.default_rng(20170101)
    drawn = Counter(tuple(found.draw(rng).values()) for _ in range(40 * len(every)))
    assert set(drawn) == every
    chi2 = sum((x - 40) ** 2 / 40 for x in drawn.values())
    assert chi2 < len(every) + 4 * math.sqrt(2 * len(every))


def test_counts_need_more_than_64_bits() -> None:
    # partitions of people over 28 scores by generating function, in Python's whole numbers
    ways = {(0, 0): 1}
    n, total = 40, 200
    grid = [[0] * (total + 1) for _ in range(n + 1)]
    grid[0][0] = 1
    for s in range(28):
        for k in range(1, n + 1):
            for t in range(s, total + 1):
                grid[k][t] += grid[k - 1][t - s]
    del ways
    assert Distributions(tuple(range(28)), ((n, total, None),)).number == grid[n][total]


def test_largest_squares_have_gaps() -> None:
    # nearly all at the ends of 0…27: decided between the ends, not by parity
    high = square_bounds(tuple(range(28)), 100, 1000)[1]
    found = [q for q in range(high - 160, high + 1) if attained(range(28), 100, 1000, q)]
    assert found == [26870, 26872, 26874, 26876, 26878, 26922, 26924, 26974]


def test_too_large_says_so() -> None:
    with pytest.raises(TooLargeError):
        _ = Distributions(tuple(range(28)), ((2000, 16000, 200000),)).number


# --- printed values ------------------------------------------------------------------------


def test_values_are_read_with_their_decimals() -> None:
    assert str(PrintedValue.parse("3.40")) == "3.40"
    assert str(PrintedValue.parse("-0.52")) == "-0.52"
    assert str(PrintedValue.parse(".86")) == "0.86"
    for bad in ("", "3,4", "1e3", "3.", "-"):
        with pytest.raises(UsageError):
            PrintedValue.parse(bad)


@pytest.mark.parametrize("mode", ["half_up", "half_down", "half_even", "truncate", "ceil"])
def test_negative_means_are_rounded_like_positive_ones(mode: str) -> None:
    for n in (8, 40):
        for digits in range(1, 60):
            low, high = PrintedValue(digits, 2).wholes(n, mode)
            assert PrintedValue(digits, 2, True).wholes(n, mode) == (-high, -low)


def test_items_are_totals() -> None:
    assert item_totals((1, 2, 3), 2) == (2, 3, 4, 5, 6)
    found = score_distributions("1.50", "0.50", 2, (1, 3), items=2, divisor="n")
    assert set(found.targets) == {(2, 6, 20)}  # totals 2 and 4: averages 1.0 and 2.0


def test_arguments_are_checked() -> None:
    with pytest.raises(UsageError, match="rounding"):
        grim("3.5", 10, rounding="up")
    with pytest.raises(UsageError, match="divisor"):
        grimmer("3.5", "1.0", 10, divisor="m")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at least 1"):
        grim("3.5", 0)
    with pytest.raises(UsageError, match="scores"):
        score_distributions("3.5", None, 10)
    with pytest.raises(UsageError, match="none"):
        score_distributions("5.19", None, 28, (1, 7)).draw(1)


# --- simulated truth -----------------------------------------------------------------------

getcontext().prec = 50


def shown(value: Decimal, decimals: int) -> str:
    return str(value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def test_truth_is_always_possible_and_misprints_are_found() -> None:
    rng = np.random.default_rng(20260101)
    found = planted = 0
    for case in range(320):
        k, n = int(rng.integers(2, 12)), int(rng.integers(2, 260))
        scores = np.sort(rng.choice(np.arange(-3, 30), k, replace=False)) if case % 3 == 0 else np.arange(1, k + 1)  # fmt: skip
        values = rng.choice(scores, n, p=rng.dirichlet(np.ones(k)))
        s, q = int(values.sum()), int((values**2).sum())
        divisor = ("n-1", "n")[case % 2]
        variance = Decimal(n * q - s * s) / Decimal(n * (n - (divisor == "n-1")))
        places = int(rng.integers(0, 4)), int(rng.integers(0, 4))
        mean = shown(Decimal(s) / Decimal(n), places[0]).replace("-0.00", "0.00")
        sd = shown(variance.sqrt(), places[1])
        all_ = score_distributions(
            mean, sd, n, scores=scores.tolist(), divisor="either", rounding="half_up"
        )
        assert all_.moments.prints(n, s, q)
        assert attained(tuple(scores.tolist()), n, s, q)
        assert all_.possible
        if min(places) >= 2 and n < 100 and k < 7:
            assert (n, s, q) in all_.targets
            counts = Counter(values.tolist())
            assert all(a <= counts.get(v, 0) <= b for v, (a, b) in all_.ranges.items())
        if places[0] >= 2 and n < 50:
            planted += 1
            wrong = str(PrintedValue.parse(mean).moved(1))
            m = Moments(PrintedValue.parse(wrong), None, rounding="half_up")
            low, high = m.mean.wholes(n, "half_up")  # type: ignore[union-attr]
            possible = any(
                shown(Decimal(t) / Decimal(n), places[0]) == wrong for t in range(low - 2, high + 3)
            )
            assert bool(grim(wrong, n, rounding="half_up")) == possible
            found += not possible
    assert planted >= 20
    assert found >= planted / 2
