"""Limits from ranges of sizes and shares: no table in a box is outside them; a point box is exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from surveykit.published.boxes import (
    Box,
    Span,
    chi2_limits,
    g2_limits,
    odds_limits,
    trend_limits,
)

Tables = list[np.ndarray]


def around(rng: np.random.Generator, shape: tuple[int, int], width: int, fixed: bool) -> Tables:
    """Return tables near one another, with or without a fixed number of people."""
    first = rng.integers(3, 30, shape)
    out = [first]
    while len(out) < 12:
        t = np.maximum(first + rng.integers(-width, width + 1, shape), 0)
        if fixed:
            t[-1, -1] += first.sum() - t.sum()
        if t.min() >= 0 and t.sum(axis=0).min() > 0 and t.sum(axis=1).min() > 0:
            out.append(t)
    return out


def hull(tables: Tables) -> Box:
    """Return the smallest box that holds some tables."""
    sizes = np.array([t.sum(axis=1) for t in tables])
    r, c = tables[0].shape

    def span(i: int, j: int) -> Span:
        seen = [Fraction(int(t[i, j]), int(t[i].sum())) for t in tables]
        return min(seen), max(seen)

    totals = [int(t.sum()) for t in tables]
    return Box(
        tuple((int(a), int(b)) for a, b in zip(sizes.min(axis=0), sizes.max(axis=0), strict=True)),
        tuple(tuple(span(i, j) for j in range(c)) for i in range(r)),
        (min(totals), max(totals)),
    )


def correlation(t: np.ndarray) -> float:
    rows, columns = np.indices(t.shape)
    repeat = t.reshape(-1)
    return float(
        np.corrcoef(np.repeat(rows.reshape(-1), repeat), np.repeat(columns.reshape(-1), repeat))[
            0, 1
        ]
    )


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 4), (4, 3)])
def test_every_table_of_a_box_is_within_its_limits(shape: tuple[int, int], fixed: bool) -> None:
    rng = np.random.default_rng([*shape, fixed])
    for width in (0, 1, 2, 6):
        for _ in range(3):
            tables = around(rng, shape, width, fixed)
            box = hull(tables)
            limits: dict[str, Any] = {
                "pearson": [float(x) for x in chi2_limits(box)],
                "log-likelihood": g2_limits(box),
            }
            trend = trend_limits(box)
            assert (trend is not None) == (box.total[0] == box.total[1])
            for t in tables:
                for name, (low, high) in limits.items():
                    x = stats.chi2_contingency(t, correction=False, lambda_=name).statistic
                    assert low <= x * (1 + 1e-12) + 1e-12, (name, t, low, x)
                    assert x <= high * (1 + 1e-12) + 1e-12, (name, t, high, x)
                if trend is not None:
                    square = correlation(t) ** 2
                    assert float(trend[0]) - 1e-12 <= square <= float(trend[1]) + 1e-12


@pytest.mark.parametrize("shape", [(2, 2), (5, 2), (3, 4)])
def test_a_box_of_one_table_is_the_table(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    for _ in range(6):
        t = rng.integers(1, 30, shape)
        box = hull([t])
        x = stats.chi2_contingency(t, correction=False).statistic
        assert [float(v) for v in chi2_limits(box)] == pytest.approx([x, x], rel=1e-9)
        trend = trend_limits(box)
        assert trend is not None
        assert [float(v) for v in trend] == pytest.approx([correlation(t) ** 2] * 2, rel=1e-9)
        g = stats.chi2_contingency(t, correction=False, lambda_="log-likelihood").statistic
        assert g2_limits(box) == pytest.approx((g, g), rel=1e-6, abs=1e-6)


def test_odds_ratios_of_ranges() -> None:
    rng = np.random.default_rng(4)
    for _ in range(100):
        p = sorted(Fraction(int(x), 40) for x in rng.integers(0, 41, 2))
        q = sorted(Fraction(int(x), 40) for x in rng.integers(0, 41, 2))
        low, high = odds_limits((p[0], p[1]), (q[0], q[1]))
        for a in (p[0], (p[0] + p[1]) / 2, p[1]):
            for b in (q[0], (q[0] + q[1]) / 2, q[1]):
                if a < 1 and b > 0:
                    ratio = a * (1 - b) / ((1 - a) * b)
                    assert low <= ratio
                    assert high is None or ratio <= high
