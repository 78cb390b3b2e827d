"""Traps that other systems fall into: weights as counts, missing rows, 0 and 100 %, lonely PSUs.

One trap is not met here: the scale of the Canty-Davison bootstrap, lost when its weights are
written and read again. A survey takes no replicate weights yet; their scale is tested where they
are computed (test_stats_design_reference.py).
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tabulate_cells import cells, one

import surveykit as sk
from surveykit.codebook import Design
from surveykit.errors import UnsupportedError
from surveykit.estimate import residuals
from surveykit.stats import association
from surveykit.stats.designci import DESIGN_INTERVALS
from surveykit.stats.differences import odds_ratio, proportion_difference, proportion_ratio
from surveykit.stats.intervals import INTERVAL_METHODS

R = Path(__file__).parent / "reference" / "r"
CROSSTABS = Path(__file__).parent / "reference" / "crosstabs"
STRAT = pd.read_csv(R / "apistrat.csv")
Z = stats.norm.ppf(0.975)


def weighted(factor: float = 1.0, frame: pd.DataFrame = STRAT) -> sk.Survey:
    return sk.Survey(frame.assign(pw=frame["pw"] * factor), design=Design(weight="pw"))


def loop_sums(frame: pd.DataFrame, row: str, by: str) -> dict[tuple[str, str], float]:
    """Sums of the weights of each cell, by a plain loop."""
    sums: dict[tuple[str, str], float] = {}
    for a, b, w in zip(frame[row], frame[by], frame["pw"], strict=True):
        sums[a, b] = sums.get((a, b), 0.0) + w
    return sums


def chi_square(sums: dict[tuple[str, str], float]) -> tuple[float, int]:
    rows, columns = sorted({a for a, _ in sums}), sorted({b for _, b in sums})
    table = np.array([[sums.get((a, b), 0.0) for b in columns] for a in rows])
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return statistic, (len(rows) - 1) * (len(columns) - 1)


# ---------------------------------------------------------------- 1: weights are no counts
def test_weights_are_never_counted_as_people() -> None:
    found = sk.crosstab(weighted(), "awards", by="yr.rnd", lang="en")
    (test,) = found.tests.rows
    assert test.test == "rao_scott"
    raw, df = chi_square(loop_sums(STRAT, "awards", "yr.rnd"))
    assert raw == pytest.approx(114.67, abs=0.01)  # as if 6,194 schools had answered, not 200
    assert stats.chi2.sf(raw, df) < 1e-25
    assert test.p is not None
    assert 0.08 < test.p < 0.1
    assert any("weights are not taken for counts" in note for note in found.notes)
    assert all(r.n <= len(STRAT) for r in found.rows if r.n is not None)


def test_tests_of_a_simple_sample_are_refused_for_weights() -> None:
    for name in ("chi2", "g2", "fisher", "linear_by_linear", "cochran_armitage"):
        with pytest.raises(UnsupportedError, match="rao_scott"):
            sk.crosstab(weighted(), "comp.imp", by="stype", tests=name)
    with pytest.raises(UnsupportedError, match="anova"):
        sk.mean(weighted(), "api00", by="stype", tests="anova")
    with pytest.raises(UnsupportedError, match="letters"):
        residuals(weighted(), "comp.imp", by="stype")


@pytest.mark.parametrize("factor", [1e-6, 1 / 30.97, 1000.0])
def test_the_scale_of_the_weights_changes_totals_only(factor: float) -> None:
    def made(scale: float) -> sk.Estimates:
        return sk.crosstab(
            weighted(scale), ["comp.imp", "awards"], by=["stype", "sch.wide"],
            tests=("rao_scott", "rao_scott_chi2", "wald", "adj_wald"), letters="all",
        )  # fmt: skip

    ours, theirs = made(1.0), made(factor)
    near = {"rel": 1e-9, "abs": 1e-12}
    for stat in ("percent", "row_percent", "total_percent"):
        for place, row in cells(ours, stat).items():
            other = cells(theirs, stat)[place]
            for field in ("estimate", "se", "low", "high", "df"):
                assert getattr(other, field) == pytest.approx(getattr(row, field), **near), place
            assert other.n == row.n
    for place, row in cells(ours, "weighted_count").items():
        other = cells(theirs, "weighted_count")[place]
        assert other.estimate == pytest.approx(factor * row.estimate, rel=1e-9)
        assert other.se == pytest.approx(factor * row.se, rel=1e-9)
    for a, b in zip(ours.tests.rows, theirs.tests.rows, strict=True):
        assert (b.statistic, b.df, b.df2, b.p) == pytest.approx((a.statistic, a.df, a.df2, a.p))
    for a, b in zip(ours.comparisons.rows, theirs.comparisons.rows, strict=True):
        assert b.p == pytest.approx(a.p, **near)
    assert ours.comparisons.marks() == theirs.comparisons.marks()


def test_standard_error_of_a_weighted_share_is_that_of_its_definition() -> None:
    """Σ w (x - p) over respondents, each a unit with replacement: by a plain loop."""
    for group, part in STRAT.groupby("stype"):
        w, x = part["pw"].to_numpy(), part["comp.imp"].eq("Yes").to_numpy()
        p = (w * x).sum() / w.sum()
        scores = [wi * (xi - p) / w.sum() for wi, xi in zip(w, x, strict=True)]
        n = len(STRAT)  # those of other groups are units with the score 0
        middle = sum(scores) / n
        squares = sum((s - middle) ** 2 for s in scores) + (n - len(scores)) * middle**2
        row = one(sk.crosstab(weighted(), "comp.imp", by="stype"), "percent", "Yes", "stype", group)
        assert row.estimate == pytest.approx(100 * p, rel=1e-12)
        assert row.se == pytest.approx(100 * math.sqrt(n / (n - 1) * squares), rel=1e-9)


# ---------------------------------------------------------------- 2: complete rows
def test_the_statistic_counts_complete_rows_only() -> None:
    rng = np.random.default_rng(3)
    holes = STRAT.copy()
    holes.loc[rng.choice(len(holes), 40, replace=False), "comp.imp"] = None
    holes.loc[rng.choice(len(holes), 30, replace=False), "sch.wide"] = None
    whole = holes.dropna(subset=["comp.imp", "sch.wide"])
    assert 120 < len(whole) < 160
    raw, df = chi_square(loop_sums(whole, "comp.imp", "sch.wide"))
    scaled = raw / whole["pw"].sum() * len(whole)
    names = ("rao_scott", "rao_scott_chi2")
    f, x2 = sk.crosstab(weighted(frame=holes), "comp.imp", by="sch.wide", tests=names).tests.rows
    assert x2.statistic == pytest.approx(scaled, rel=1e-12)
    assert x2.df == df
    # R survey's scale, n with the missing rows, would print this
    assert scaled * len(holes) / len(whole) > 1.25 * x2.statistic
    # the domain of the complete rows: the very same
    survey = weighted(frame=holes)
    rule = "`comp.imp` in ['Yes', 'No'] and `sch.wide` in ['Yes', 'No']"
    again = sk.crosstab(survey, "comp.imp", by="sch.wide", tests=names, where=rule).tests.rows
    for ours, theirs in zip((f, x2), again, strict=True):
        assert theirs.statistic == pytest.approx(ours.statistic, rel=1e-12)
        assert theirs.p == pytest.approx(ours.p, rel=1e-9)


# ---------------------------------------------------------------- 3: 0 and 100 %
EXTREME = pd.DataFrame(
    {
        "aware": ["yes"] * 12 + ["no"] * 3 + ["yes"] * 9,
        "village": ["a"] * 12 + ["b"] * 12,
        "w": np.linspace(1, 3.3, 24),
        "unit": [str(i // 3) for i in range(24)],
        "strata": ["x", "x", "x", "y", "y", "y"] * 4,
    }
)
SAMPLES = {
    "simple": (Design(), [m for m in INTERVAL_METHODS if m != "wald"]),
    "weights": (Design(weight="w"), DESIGN_INTERVALS),
    "clusters": (Design(weight="w", psu="unit"), DESIGN_INTERVALS),
    "strata": (Design(weight="w", strata="strata"), DESIGN_INTERVALS),
}


@pytest.mark.parametrize(
    ("sample", "method"), [(s, m) for s, (_, methods) in SAMPLES.items() for m in methods]
)
@pytest.mark.parametrize("level", [0.8, 0.999])
def test_an_interval_at_0_and_100_percent_has_a_width(
    sample: str, method: str, level: float
) -> None:
    survey = sk.Survey(EXTREME, design=SAMPLES[sample][0])
    found = sk.crosstab(survey, "aware", by="village", ci=method, level=level)
    for stat in ("percent", "row_percent"):
        for row in cells(found, stat).values():
            assert row.low is not None
            assert row.low <= row.estimate <= row.high
            assert row.high - row.low > 2
            # R survey's "mean" is symmetric, and may leave the scale between 0 and 100 %
            if method != "mean" or row.estimate in (0, 100):
                assert row.low >= 0
                assert row.high <= 100
    none, all_ = (one(found, "percent", code, "village", "a") for code in ("no", "yes"))
    assert (none.estimate, none.low, all_.estimate, all_.high) == (0, 0, 100, 100)
    assert none.high == pytest.approx(100 - all_.low)
    narrow = sk.crosstab(survey, "aware", by="village", ci=method, level=level - 0.1)
    assert one(narrow, "percent", "no", "village", "a").high < none.high


def test_the_interval_at_0_is_clopper_and_pearson_of_the_effective_base() -> None:
    for sample in ("simple", "weights", "clusters"):
        design, methods = SAMPLES[sample]
        survey = sk.Survey(EXTREME, design=design)
        method = "clopper_pearson" if sample == "simple" else methods[0]
        row = one(
            sk.crosstab(survey, "aware", by="village", ci=method), "percent", "no", "village", "a"
        )
        w = EXTREME["w"][:12].to_numpy()
        n = 12.0 if sample == "simple" else w.sum() ** 2 / (w**2).sum()
        units = 4 if sample == "clusters" else 12
        n *= (stats.t.ppf(0.975, 11) / stats.t.ppf(0.975, units - 1)) ** 2
        assert row.high == pytest.approx(100 * stats.beta.ppf(0.975, 1, n), rel=1e-9), sample


def test_r_survey_prints_nonsense_at_0_and_ours_does_not() -> None:
    edges = pd.read_csv(R / "edges.csv").astype({"never": str, "always": str})
    held = json.loads((R / "edges.json").read_text(encoding="utf-8"))["values"]
    theirs = {v["id"]: v["value"] for v in held}
    survey = sk.Survey(edges, design=Design(weight="pw", psu="dnum", fpc="fpc"))
    seen = 0
    for method in DESIGN_INTERVALS:
        for name in ("never", "always"):
            (row,) = [r for r in sk.freq(survey, name, ci=method).rows if r.stat == "percent"]
            assert row.estimate == 100  # all 0, or all 1
            assert 80 < row.low < 100 == row.high
            r = theirs.get(f"ciprop_{method}_{name}[lo]"), theirs.get(f"ciprop_{method}_{name}[hi]")
            if r != (None, None):
                honest = all(isinstance(x, float | int) for x in r) and r[1] - r[0] > 0.02
                seen += not honest
    assert seen >= 10


# ---------------------------------------------------------------- 4: lonely PSUs
LONELY = pd.read_csv(R / "lonely.csv")


def lonely_survey(rule: str) -> sk.Survey:
    roles = Design(weight="pw", strata="stype", psu="psu", lonely_psu=rule)
    return sk.Survey(LONELY, design=roles)


def loop_total(x: np.ndarray, rule: str) -> tuple[float, float]:
    """A total and its standard error with a stratum of one PSU, by plain loops.

    adjust: that PSU deviates from the mean of all PSUs; average: the stratum gets the mean
    variance of the others; remove, certainty: nothing.
    """
    totals: dict[str, dict[int, float]] = {}
    for stratum, unit, w, value in zip(
        LONELY["stype"], LONELY["psu"], LONELY["pw"], x, strict=True
    ):
        own = totals.setdefault(stratum, {})
        own[unit] = own.get(unit, 0.0) + w * value
    everyone = [t for own in totals.values() for t in own.values()]
    middle = sum(everyone) / len(everyone)
    variance, parts = 0.0, []
    for own in totals.values():
        n, mean = len(own), sum(own.values()) / len(own)
        if n > 1:
            parts.append(n / (n - 1) * sum((t - mean) ** 2 for t in own.values()))
        elif rule == "adjust":
            variance += sum((t - middle) ** 2 for t in own.values())
    variance += sum(parts)
    if rule == "average":
        variance *= len(totals) / len(parts)
    return sum(everyone), math.sqrt(variance)


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_a_lonely_psu_in_totals(rule: str) -> None:
    held = json.loads((R / "lonely.json").read_text(encoding="utf-8"))["values"]
    r = {v["id"]: v["value"] for v in held}
    # the loop is R survey 4.5's arithmetic (4.1 has 98,480 for adjust, 4.4 has Inf) …
    total, se = loop_total(LONELY["enroll"].to_numpy(float), rule)
    assert total == pytest.approx(r[f"{rule}[est|total|enroll]"])
    assert se == pytest.approx(r[f"{rule}[se|total|enroll]"], rel=1e-9)
    # … and the weighted counts of a table are such totals
    found = sk.crosstab(lonely_survey(rule), "comp.imp", by="stype")
    for place, row in cells(found, "weighted_count").items():
        _, code, by, group = place
        inside = LONELY["comp.imp"].eq(code) & (LONELY["stype"].eq(group) if by else True)
        wanted = loop_total(inside.to_numpy(float), rule)
        assert (row.estimate, row.se) == pytest.approx(wanted, rel=1e-9, abs=1e-9), place
    mean = one(sk.mean(lonely_survey(rule), "enroll"), "mean")
    assert mean.se == pytest.approx(r[f"{rule}[se|mean|enroll]"], rel=1e-9)


def test_a_lonely_psu_is_an_error_that_lists_the_remedies() -> None:
    with pytest.raises(sk.SurveyKitError) as caught:
        sk.freq(lonely_survey("fail"), "comp.imp")
    text = str(caught.value)
    assert "'H'" in text or "H" in text
    for remedy in ("remove", "adjust", "average", "certainty"):
        assert remedy in text


# ---------------------------------------------------------------- 6: kappa, risks, 1.96
def kappa_of(p: np.ndarray) -> float:
    agreed, chance = np.trace(p), float(p.sum(1) @ p.sum(0))
    return (agreed - chance) / (1 - chance)


def delta_ase(table: np.ndarray) -> float:
    """Standard error of kappa by the delta method, derivatives by central differences."""
    n = table.sum()
    p = table / n
    slope = np.zeros_like(p)
    for cell in np.ndindex(*p.shape):
        step = np.zeros_like(p)
        step[cell] = 1e-6
        slope[cell] = (kappa_of(p + step) - kappa_of(p - step)) / 2e-6
    mean = (p * slope).sum()
    return math.sqrt(((p * slope**2).sum() - mean**2) / n)


def test_standard_error_of_kappa() -> None:
    stored = json.loads((CROSSTABS / "crosstabs.json").read_text(encoding="utf-8"))
    housing = pd.read_csv(CROSSTABS / "housing.csv")
    patients = pd.read_csv(CROSSTABS / "mspatients.csv")
    tables = {
        "housing_infl_x_sat": housing.pivot_table("Freq", "Infl_n", "Sat_n", "sum"),
        "mspatients_no_x_wi": patients.pivot_table("Freq", "neuro_no", "neuro_wi", "sum"),
    }
    for name, frame in tables.items():
        table = frame.to_numpy(float)
        got = association.kappa(table)
        assert got.value == pytest.approx(stored[name]["kappa"], rel=1e-12)
        assert got.ase == pytest.approx(stored[name]["kappa_ase"], rel=1e-12)
        assert got.statistic == pytest.approx(stored[name]["kappa_t"], rel=1e-12)
        assert got.ase == pytest.approx(delta_ase(table), rel=1e-6)


def test_intervals_of_risks_take_the_exact_quantile_not_1_96() -> None:
    x, n, y, m = 30, 200, 45, 180
    log_or = math.log(x * (m - y) / (y * (n - x)))
    se = math.sqrt(1 / x + 1 / (n - x) + 1 / y + 1 / (m - y))
    got = odds_ratio(x, n, y, m, method="log")
    assert float(got.low) == pytest.approx(math.exp(log_or - Z * se), rel=1e-12)
    assert float(got.low) != pytest.approx(math.exp(log_or - 1.96 * se), rel=1e-6)
    rr_se = math.sqrt(1 / x - 1 / n + 1 / y - 1 / m)
    got = proportion_ratio(x, n, y, m, method="log")
    assert float(got.high) == pytest.approx(x / n / (y / m) * math.exp(Z * rr_se), rel=1e-12)
    d_se = math.sqrt(x * (n - x) / n**3 + y * (m - y) / m**3)
    got = proportion_difference(x, n, y, m, method="wald")
    assert float(got.low) == pytest.approx(x / n - y / m - Z * d_se, rel=1e-12)


# ---------------------------------------------------------------- weights that average 1
def test_weights_that_average_1_have_no_design_effect_against_a_census() -> None:
    effects = []
    for seed in range(8):  # the rest of a sum that should be 0 is 0, above, or below it
        w = np.random.default_rng(seed).uniform(0.5, 2, len(STRAT))
        frame = STRAT.assign(pw=w / w.mean())
        survey = sk.Survey(frame, design=Design(weight="pw"))
        rows = sk.crosstab(survey, "comp.imp", by="stype").rows + sk.mean(survey, "api00").rows
        effects += [r.deff for r in rows if r.deff is not None]
    assert max(effects, default=0) < 100
