"""Printed digits against 50-digit arithmetic: guard bands are wider than every error, p is compared exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from surveykit.published.critical import chi2_tail, quantile
from surveykit.published.document_tests import PrintedTest
from surveykit.published.printing import GUARD, chi2_exact, prints, rounding_error
from surveykit.stats import differences, intervals, many


@pytest.fixture(autouse=True)
def fifty_digits() -> Iterator[None]:
    with localcontext() as context:
        context.prec = 60
        yield


def dec(x: Fraction) -> Decimal:
    return Decimal(x.numerator) / Decimal(x.denominator)


# --- nothing of the package in here -------------------------------------------------------


def erfc(z: Decimal) -> Decimal:
    """Return erfc by its continued fraction (Abramowitz and Stegun 7.1.14), for z of 1 or more."""
    value = z
    for k in range(4_000, 0, -1):
        value = z + (Decimal(k) / 2) / value
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
    return (-z * z).exp() / pi.sqrt() / value


def tail(x: Fraction, df: int) -> Decimal:
    """Return the tail of chi-square by recurrence from 1 or 2 degrees of freedom."""
    h = dec(x) / 2
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
    if df % 2:
        value, a, step = erfc(h.sqrt()), Decimal("0.5"), 2 * h.sqrt() * (-h).exp() / pi.sqrt()
    else:
        value, a, step = (-h).exp(), Decimal(1), h * (-h).exp()
    while a < Decimal(df) / 2:
        value, a = value + step, a + 1
        step = step * h / a
    return value


def g2_decimal(table: np.ndarray) -> Decimal:
    n, out = int(table.sum()), Decimal(0)
    rows, columns = table.sum(axis=1).tolist(), table.sum(axis=0).tolist()
    for r, line in zip(rows, table.tolist(), strict=True):
        for c, o in zip(columns, line, strict=True):
            if o:
                out += o * (Decimal(o) * n / (Decimal(r) * c)).ln()
    return 2 * out


def random_tables(rng: np.random.Generator, m: int, most: int) -> Iterator[np.ndarray]:
    """Yield tables of all sizes, associated or hardly so."""
    for _ in range(m):
        shape = tuple(rng.integers(2, 6, 2))
        n = int(10 ** rng.uniform(1, math.log10(most)))
        p = np.outer(rng.dirichlet(np.full(shape[0], 2.0)), rng.dirichlet(np.full(shape[1], 2.0)))
        if rng.random() < 0.5:
            p = 0.8 * p + 0.2 * rng.dirichlet(np.full(p.size, 1.0)).reshape(shape)
        table = rng.multinomial(n, (p / p.sum()).reshape(-1)).reshape(shape)
        if table.sum(axis=0).min() and table.sum(axis=1).min():
            yield table


# --- the tail and its inverse -------------------------------------------------------------


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 6, 9, 12, 25])
def test_the_tail_of_chi_square(df: int) -> None:
    for x in (Fraction(5, 2), Fraction(384, 100), Fraction(22, 3), Fraction(40), Fraction(151)):
        assert abs(chi2_tail(x, df) / tail(x, df) - 1) < Decimal("1e-45"), (x, df)


@pytest.mark.parametrize("df", [1, 2, 3, 8, 15, 60])
def test_quantiles_are_enclosed(df: int) -> None:
    for p in ("0.05", "0.001", "0.0175", "0.9995", "0.0000005", "0.999999999999"):
        low, high = quantile(Fraction(p), df)
        assert chi2_tail(low, df) > Decimal(p) > chi2_tail(high, df) or low == 0
        assert high - low < Fraction(1, 10**12) * (1 + low)


@pytest.mark.parametrize("tested", ["chi2", "g2"])
def test_a_p_is_compared_to_the_last_printed_digit(tested: str) -> None:
    """Of 12 printed decimals (6 of G², which has a guard band) the right ones pass, the next do not."""
    decimals = 12 if tested == "chi2" else 6
    rng = np.random.default_rng(5)
    for table in random_tables(rng, 25, 2_000):
        df = (table.shape[0] - 1) * (table.shape[1] - 1)
        x = chi2_exact(table) if tested == "chi2" else Fraction(g2_decimal(table))
        p = tail(x, df) if x >= 2 else chi2_tail(x, df)
        if not Decimal("1e-6") < p < Decimal("0.999"):
            continue
        digits = int((p * 10**decimals).to_integral_value())
        for off, expected in ((0, True), (1, False), (-1, False)):
            text = f"0.{digits + off:0{decimals}d}"
            test = PrintedTest("t", ("a", "b"), "table", p=text, tested=tested, correction="none")  # type: ignore[arg-type]
            assert prints(test, table[None], "half_up")[0] == expected, (table, text, p)


def test_a_p_at_the_end_of_its_window_is_decided_as_it_is() -> None:
    """p = exp(-x / 2) with 2 df: windows whose end is 1e-11 off on either side."""
    table = np.array([[20, 10, 5], [10, 15, 20]])
    p = tail(chi2_exact(table), 2)
    for off, expected in ((Decimal("1e-11"), True), (Decimal("-1e-11"), False)):
        test = PrintedTest("t", ("a", "b"), "table", p=f"<{p + off:.12f}"[:15])
        assert prints(test, table[None], "half_up")[0] == expected


# --- errors of double precision -----------------------------------------------------------


def test_chi_square_and_g2_err_less_than_their_bound() -> None:
    rng = np.random.default_rng(6)
    worst = {"chi2": 0.0, "g2": 0.0}
    for table in random_tables(rng, 400, 10_000_000):
        bound = float(rounding_error(table[None])[0])
        chi2 = abs(Fraction(float(many.chi2_many(table[None]).statistic[0])) - chi2_exact(table))
        g2 = abs(Decimal(float(many.g2_many(table[None]).statistic[0])) - g2_decimal(table))
        worst["chi2"] = max(worst["chi2"], float(chi2) / bound)
        worst["g2"] = max(worst["g2"], float(g2) / bound)
    assert max(worst.values()) < 1, worst


def test_fishers_p_errs_far_less_than_its_guard() -> None:
    rng = np.random.default_rng(7)
    for n in (20, 100, 500, 2_000):
        for _ in range(6):
            a, b, c, d = (int(x) for x in rng.multinomial(n, rng.dirichlet(np.full(4, 3.0))))
            r, k = a + b, a + c
            ways = [math.comb(k, x) * math.comb(n - k, r - x) for x in range(max(0, r + k - n), min(r, k) + 1)]  # fmt: skip
            mine = math.comb(k, a) * math.comb(n - k, r - a)
            exact = Fraction(sum(w for w in ways if w <= mine), sum(ways))
            found = many.fisher_many([[[a, b], [c, d]]]).p[0]
            if not np.isnan(found):
                assert abs(Fraction(float(found)) - exact) < Fraction(GUARD) / 10 * exact


def upper_tail(n: int, least: int, p: Fraction) -> Fraction:
    """Return the probability of `least` or more among n, exact."""
    q = p.denominator - p.numerator
    ways = sum(math.comb(n, k) * p.numerator**k * q ** (n - k) for k in range(least, n + 1))
    return Fraction(ways, p.denominator**n)


def test_clopper_pearson_ends_are_within_the_guard() -> None:
    rng = np.random.default_rng(8)
    step, half = Fraction(GUARD) / 100, Fraction(1, 40)
    for _ in range(12):
        n = int(rng.integers(5, 300))
        a = int(rng.integers(1, n))
        found = intervals.proportion_interval(np.array([a]), np.array([n]), method="clopper_pearson", level=0.95)  # fmt: skip
        low = Fraction(float(found.low[0])).limit_denominator(10**15)
        high = Fraction(float(found.high[0])).limit_denominator(10**15)
        assert upper_tail(n, a, low - step) < half < upper_tail(n, a, low + step)
        below = [1 - upper_tail(n, a + 1, high + s) for s in (step, -step)]
        assert below[0] < half < below[1]


Z = Decimal("1.95996398454005423552459443052055152795555007786")


def wilson(a: int, n: int) -> tuple[Decimal, Decimal]:
    p, z2 = Decimal(a) / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
    return middle - half, middle + half


def test_other_ends_are_within_the_guard() -> None:
    rng = np.random.default_rng(9)
    near = Decimal(GUARD) / 100
    for _ in range(60):
        n, m = (int(x) for x in rng.integers(8, 5_000, 2))
        a, b = int(rng.integers(1, n)), int(rng.integers(1, m))
        p, q = Decimal(a) / n, Decimal(b) / m
        se = (p * (1 - p) / n).sqrt()
        expected = {
            "wald": (max(p - Z * se, Decimal(0)), min(p + Z * se, Decimal(1))),
            "wilson": wilson(a, n),
        }
        for method, ends in expected.items():
            found = intervals.proportion_interval(np.array([a]), np.array([n]), method=method, level=0.95)  # type: ignore[arg-type]  # fmt: skip
            for x, y in zip((found.low[0], found.high[0]), ends, strict=True):
                assert abs(Decimal(float(x)) - y) < near, (method, a, n)
        pair = (np.array([a]), np.array([n]), np.array([b]), np.array([m]))
        log_odds = (p * (1 - q) / (q * (1 - p))).ln()
        woolf = (1 / Decimal(a) + 1 / Decimal(n - a) + 1 / Decimal(b) + 1 / Decimal(m - b)).sqrt()
        katz = (1 / Decimal(a) - 1 / Decimal(n) + 1 / Decimal(b) - 1 / Decimal(m)).sqrt()
        for ratio, middle, spread in (
            (differences.odds_ratio, log_odds, woolf),
            (differences.proportion_ratio, (p / q).ln(), katz),
        ):
            r = ratio(*pair, method="log", level=0.95)
            for x, s in ((r.low[0], -1), (r.high[0], 1)):
                y = (middle + s * Z * spread).exp()
                assert abs(Decimal(float(x)) / y - 1) < near
        (l1, u1), (l2, u2) = wilson(a, n), wilson(b, m)
        newcombe = (
            p - q - ((p - l1) ** 2 + (u2 - q) ** 2).sqrt(),
            p - q + ((u1 - p) ** 2 + (q - l2) ** 2).sqrt(),
        )
        d = differences.proportion_difference(*pair, method="newcombe", level=0.95)
        for x, y in zip((d.low[0], d.high[0]), newcombe, strict=True):
            assert abs(Decimal(float(x)) - y) < near
