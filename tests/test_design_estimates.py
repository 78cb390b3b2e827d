"""Verbs under a sample design: identities on random designs, replicates, coverage, differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveykit import Survey, crosstab, difference, freq, mean, quantile, ratio, total
from surveykit.codebook import Choice, Codebook, Design, Net, Variable
from surveykit.estimate import Estimate, Estimates, Letters
from surveykit.stats.designci import t_quantile
from surveykit.text import Label

DESIGNS = {
    "weights": Design("w"),
    "strata": Design("w", "s"),
    "clusters": Design("w", psu="q"),
    "stratified clusters": Design("w", "s", "p"),
    "with fpc": Design("w", "s", "p", "f"),
    "two stages": Design("w", "s", ("p", "i"), ("f", "f2")),
}


def frame(seed: int, n: int = 240) -> pd.DataFrame:
    """Respondents in 3 strata of 4 PSUs, with blanks; three of them with a weight of 0."""
    rng = np.random.default_rng(seed)
    d = pd.DataFrame({"s": rng.integers(0, 3, n), "p": rng.integers(0, 4, n)})
    d["q"], d["i"] = 4 * d.s + d.p, np.arange(n)
    d["f"], d["f2"] = 40 + 10 * d.s, 1000
    d["w"] = rng.gamma(2, 10, n)
    d.loc[:2, "w"] = 0.0
    effect = rng.normal(0, 1, 12)[d.q]
    d["x"] = (50 + 8 * effect + rng.normal(0, 5, n)).round(2)
    d["z"] = (10 + effect + rng.gamma(3, 2, n)).round(2)
    d.loc[rng.random(n) < 0.05, "x"] = np.nan
    d["y"] = np.where(
        effect + rng.normal(0, 1, n) > 0, "1", np.where(rng.random(n) < 0.5, "2", "3")
    )
    d["g"] = rng.choice(["u", "v", ""], n, p=[0.5, 0.45, 0.05])
    for i in range(1, 4):
        d[f"m_{i}"] = (rng.random(n) < 0.2 * i).astype(int).astype(str)
    return d


def book(net: bool = True) -> Codebook:
    plain = {name: Variable(name, "number", Label.of(name)) for name in ("x", "z", "w")}
    three = tuple(Choice(c, Label.of(f"L{c}")) for c in "123")
    nets = (Net(Label.of("low"), ("1", "2")),) if net else ()
    y = Variable("y", "single", Label.of("y"), three, nets=nets)
    g = Variable(
        "g", "single", Label.of("g"), (Choice("u", Label.of("U")), Choice("v", Label.of("V")))
    )
    columns = tuple(f"m_{i}" for i in range(1, 4))
    m = Variable("m", "multiple", Label.of("m"), three, columns=columns, counted="1")
    return Codebook(Label(), {**plain, "y": y, "g": g, "m": m})


def survey(design: Design, seed: int = 1) -> Survey:
    return Survey(frame(seed), book(), design)


def pick(found: Estimates, stat: str, **where: str) -> list[Estimate]:
    return [
        r for r in found.rows
        if r.stat == stat and all(getattr(r, k) == v for k, v in where.items())
    ]  # fmt: skip


def same(a: Estimate, b: Estimate, unit: float = 1.0, fields=("estimate", "se", "df")) -> None:
    for name in fields:
        one, other = getattr(a, name), getattr(b, name)
        scaled = unit if name in ("estimate", "se") else 1.0
        assert one == pytest.approx(other * scaled, rel=1e-8, abs=1e-10), (name, a, b)


every_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())


# ---------------------------------------------------------------- identities
@every_design
def test_a_column_is_its_domain_and_a_domain_is_not_a_smaller_file(design):
    s = survey(design)
    by = mean(s, ["x", "z"], by="g")
    for code in "uv":
        alone = mean(s, ["x", "z"], where=f"g == '{code}'")
        for a, b in zip(pick(by, "mean", by_code=code), pick(alone, "mean"), strict=True):
            same(a, b, fields=("estimate", "se", "df", "low", "high", "deff", "n"))
        shares = pick(crosstab(s, "y", by="g"), "percent", by_code=code)
        domain = pick(freq(s, "y", where=f"g == '{code}'"), "percent")
        for a, b in zip(shares, domain, strict=True):
            same(a, b, fields=("estimate", "se", "df", "low", "high", "deff", "n"))


@every_design
def test_a_domain_mean_is_a_ratio_of_totals(design):
    d = frame(1)
    inside = (d.g == "u") & d.x.notna()
    d["one"], d["part"] = inside.astype(float), d.x.where(inside, 0.0)
    (quotient,) = pick(ratio(Survey(d, design=design), "part", "one"), "ratio")
    (domain,) = pick(mean(survey(design), "x", where="g == 'u'"), "mean")
    same(quotient, domain, fields=("estimate", "se"))


@every_design
def test_totals_of_domains_add_up_and_so_do_their_weighted_counts(design):
    s = survey(design)
    parts, (whole,) = (
        total(s, "z", by="g"),
        pick(total(s, "z", where="g in ('u', 'v')"), "total", by=""),
    )
    assert sum(r.estimate for r in pick(parts, "total", by="g")) == pytest.approx(whole.estimate)
    cells = crosstab(s, "y", by="g")
    everyone = freq(s, "y", where="g in ('u', 'v')")
    for code in "123":
        held = sum(r.estimate for r in pick(cells, "weighted_count", by="g", level_code=code))
        (alone,) = pick(everyone, "weighted_count", level_code=code)
        assert held == pytest.approx(alone.estimate)


@every_design
def test_a_percentage_is_the_mean_of_an_indicator_and_a_net_the_mean_of_its_own(design):
    d = frame(1)
    d["one"], d["low"] = (d.y == "1") * 1.0, d.y.isin(["1", "2"]) * 1.0
    d["chose"] = np.where(
        (d[["m_1", "m_2", "m_3"]] == "1").any(axis=1), (d.m_2 == "1") * 1.0, np.nan
    )
    numbers, s = Survey(d, design=design), survey(design)
    found = {r.level_code: r for r in pick(freq(s, "y"), "percent")}
    for code, name in (("1", "one"), ("net:1+2", "low")):
        same(
            found[code],
            pick(mean(numbers, name), "mean")[0],
            100.0,
            ("estimate", "se", "df", "deff"),
        )
    (chosen,) = pick(freq(s, "m"), "percent", level_code="2")
    same(chosen, pick(mean(numbers, "chose"), "mean")[0], 100.0, ("estimate", "se", "df", "deff"))


@every_design
def test_a_difference_of_means_is_the_slope_of_a_regression_on_a_dummy(design):
    """Weighted least squares; the residuals' influence on the slope, totalled by `total`."""
    d = frame(1)
    inside = d.g.isin(["u", "v"]) & d.x.notna()
    w, v, x = d.w.where(inside, 0.0), (d.g == "v") * 1.0, d.x.fillna(0.0)
    X = np.column_stack([np.ones(len(d)), v])
    bread = np.linalg.inv(X.T @ (X * w.to_numpy()[:, None]))
    slope = bread @ X.T @ (w * x).to_numpy()
    d["influence"] = np.where(inside, (X * (x - X @ slope).to_numpy()[:, None]) @ bread[:, 1], 0.0)
    (spread,) = pick(total(Survey(d, design=design), "influence"), "total")
    (row,) = difference(survey(design), "x", "g").rows
    assert row.estimate == pytest.approx(slope[1], rel=1e-9)
    assert row.se == pytest.approx(spread.se, rel=1e-8)


@every_design
def test_one_table_of_all_columns_is_each_table_alone(design):
    s = survey(design)
    wide = crosstab(s, ["y", "m"], by=["g", "y*g", "m"], letters="all")
    for by in ("g", "y*g", "m"):
        alone = crosstab(s, ["y", "m"], by=by, letters="all")
        for a, b in zip([r for r in wide.rows if r.by == by],
                        [r for r in alone.rows if r.by == by], strict=True):  # fmt: skip
            assert a[:7] == b[:7]
            for name in ("estimate", "se", "low", "high", "df", "deff"):
                one, other = getattr(a, name), getattr(b, name)
                assert (
                    one == other
                    if None in (one, other)
                    else one == pytest.approx(other, rel=1e-7, abs=1e-9)
                )
        ours = [c for c in wide.comparisons.rows if c.by == by]
        for a, b in zip(ours, alone.comparisons.rows, strict=True):
            assert (a.p is None) == (b.p is None)
            assert a.p is None or a.p == pytest.approx(b.p, rel=1e-6, abs=1e-12)


# ---------------------------------------------------------------- replicate weights
def jackknife(d: pd.DataFrame) -> tuple[pd.DataFrame, tuple[float, ...]]:
    """JKn of strata of 4 PSUs: one column without each, the others of its stratum times 4/3."""
    columns = {}
    for unit in range(12):
        same_stratum, own = d.s == unit // 4, d.q == unit
        columns[f"rep{unit + 1}"] = d.w * np.where(own, 0.0, np.where(same_stratum, 4 / 3, 1.0))
    return d.assign(**columns), (0.75,) * 12


@pytest.fixture(scope="module")
def replicated() -> Survey:
    d, rscales = jackknife(frame(1))
    return Survey(d, book(), Design("w", repweights="rep*", kind="JKn", rscales=rscales))


def test_jackknife_of_totals_is_linearisation(replicated):
    linear = survey(DESIGNS["stratified clusters"])
    for verb, stat, name in ((total, "total", "z"), (crosstab, "weighted_count", "y")):
        for a, b in zip(
            pick(verb(replicated, name, by="g"), stat), pick(verb(linear, name, by="g"), stat),
            strict=True,
        ):  # fmt: skip
            same(a, b, fields=("estimate", "se", "low", "high", "deff"))


def test_every_verb_follows_replicates_and_is_near_linearisation(replicated):
    linear = survey(DESIGNS["stratified clusters"])
    calls = {
        "percent": lambda s: crosstab(s, ["y", "m"], by=["g", "m"]),
        "mean": lambda s: mean(s, ["x", "z"], by=["g", "m"]),
        "ratio": lambda s: ratio(s, "x", "z", by=["g", "m"]),
        "difference": lambda s: difference(s, ["x", "y", "m"], "g"),
        "odds_ratio": lambda s: difference(s, ["y", "m"], "g", measure="odds_ratio"),
        "median": lambda s: quantile(s, ["x", "z"], 0.5, by="g"),
    }
    for stat, call in calls.items():
        ours, theirs = pick(call(replicated), stat), pick(call(linear), stat)
        assert len(ours) == len(theirs) > 0
        for a, b in zip(ours, theirs, strict=True):
            assert a.estimate == pytest.approx(b.estimate, rel=1e-10)
            assert a.se == pytest.approx(b.se, rel=0.35), (a, b)
            assert a.df == pytest.approx(b.df, abs=3)
    assert [r.df for r in pick(mean(replicated, "x"), "mean")] == [9.0]  # 12 PSUs less 3 strata


def test_replicates_of_ratios_are_those_of_each_replicate_by_hand(replicated):
    d = replicated.frame
    base = (d.m_1 == "1") & (d.y != "")
    shares = []
    for i in range(1, 13):
        w = d[f"rep{i}"]
        shares.append(w[base & (d.y == "2")].sum() / w[base].sum())
    by_hand = np.sqrt(0.75 * ((np.array(shares) - np.mean(shares)) ** 2).sum())
    (row,) = pick(crosstab(replicated, "y", by="m"), "percent", by_code="1", level_code="2")
    assert row.se == pytest.approx(100 * by_hand, rel=1e-10)


def test_replicates_give_letters_of_overlapping_columns(replicated):
    found = crosstab(replicated, ["y", "m"], by=["g", "m"], letters=Letters("total"))
    linear = crosstab(
        survey(DESIGNS["stratified clusters"]), ["y", "m"], by=["g", "m"], letters=Letters("total")
    )
    pairs = zip(found.comparisons.rows, linear.comparisons.rows, strict=True)
    for a, b in pairs:
        assert a.difference == pytest.approx(b.difference, rel=1e-9, abs=1e-9)
        assert (a.se is None) == (b.se is None)
        assert a.se is None or a.se == pytest.approx(b.se, rel=0.35)


def test_the_options_of_replicates(replicated):
    d = replicated.frame
    factors = d.filter(like="rep").div(d.w.where(d.w > 0, 1.0), axis=0)
    apart = Survey(
        d.drop(columns=factors.columns).join(factors), book(),
        Design("w", repweights="rep*", kind="JKn", rscales=0.75, combined=False),
    )  # fmt: skip
    (a,), (b,) = pick(mean(replicated, "x"), "mean"), pick(mean(apart, "x"), "mean")
    same(a, b)
    fay = replicated.with_design(Design("w", repweights="rep*", kind="Fay", rho=0.5))
    brr = replicated.with_design(Design("w", repweights="rep*", kind="BRR"))
    (c,), (e,) = pick(mean(fay, "x"), "mean"), pick(mean(brr, "x"), "mean")
    assert c.se == pytest.approx(2 * e.se)
    assert replicated.with_weights("w").design.replicated


def test_degrees_of_freedom_are_the_rank_of_the_domains_replicates(replicated):
    domain = mean(replicated, "x", where="y == '1' and g == 'u'")
    d = replicated.frame
    inside = ((d.y == "1") & (d.g == "u") & d.x.notna()).to_numpy()
    rank = np.linalg.matrix_rank(d.filter(like="rep").to_numpy()[inside], tol=1e-6)
    assert pick(domain, "mean")[0].df == rank - 1


def test_a_thousand_columns():
    rng = np.random.default_rng(3)
    n, columns = 3000, 1000
    w = rng.gamma(2, 1, n)
    group = rng.integers(0, columns, n)
    kept = w * columns / (columns - 1)
    reps = {f"r_{i}": np.where(group == i, 0.0, kept) for i in range(columns)}
    d = pd.DataFrame(
        {"w": w, "y": rng.choice(["a", "b"], n), "g": rng.choice(["u", "v"], n), **reps}
    )
    s = Survey(d, design=Design("w", repweights="r_*", kind="JK1"))
    clusters = Survey(d[["w", "y", "g"]].assign(p=group), design=Design("w", psu="p"))
    for a, b in zip(pick(crosstab(s, "y", by="g"), "percent"),
                    pick(crosstab(clusters, "y", by="g"), "percent"), strict=True):  # fmt: skip
        assert a.se == pytest.approx(b.se, rel=0.01)


# ---------------------------------------------------------------- differences
def test_percentages_of_a_simple_sample_by_newcombe_and_their_p():
    d = pd.DataFrame(
        {"g": ["a"] * 80 + ["b"] * 70, "y": ["n"] * 32 + ["y"] * 48 + ["y"] * 56 + ["n"] * 14}
    )
    found = difference(Survey(d), "y", "g", lang="en")
    (row,) = (r for r in found.rows if r.level == "y")
    assert (round(row.estimate, 2), round(row.low, 2), round(row.high, 2)) == (20.0, 5.24, 33.39)
    (test,) = (c for c in found.comparisons.rows if c.level == "y")
    pooled = 104 / 150
    z = 0.2 / np.sqrt(pooled * (1 - pooled) * (1 / 80 + 1 / 70))
    assert test.statistic == pytest.approx(z)
    (ratio_row,) = (r for r in difference(Survey(d), "y", "g", measure="ratio", method="log").rows
                    if r.level == "y")  # fmt: skip
    assert ratio_row.estimate == pytest.approx(0.8 / 0.6)
    assert (round(ratio_row.low, 4), round(ratio_row.high, 4)) == (1.0766, 1.6512)


def test_means_of_a_simple_sample_by_welch():
    from scipy.stats import ttest_ind

    d = frame(4)
    s = Survey(d, book())
    found = difference(s, "x", "g")
    u, v = (d.x[d.g == k].dropna() for k in "uv")
    theirs = ttest_ind(v, u, equal_var=False)
    (row,), (test,) = found.rows, found.comparisons.rows
    assert row.estimate == pytest.approx(v.mean() - u.mean())
    assert test.p == pytest.approx(theirs.pvalue)
    ends = theirs.confidence_interval()
    assert (row.low, row.high) == pytest.approx((ends.low, ends.high))


def test_references_and_adjustment():
    s = survey(DESIGNS["stratified clusters"])
    first = difference(s, "x", "y", lang="en").rows
    assert [(r.by_code, r.note) for r in first] == [("2", "less L1"), ("3", "less L1")]
    previous = difference(s, "x", "y", against="previous").rows
    coded = difference(s, "x", "y", against="2").rows
    assert [r.by_code for r in coded] == ["1", "3"]
    assert previous[1].estimate == pytest.approx(first[1].estimate - first[0].estimate)
    assert coded[1].se == pytest.approx(previous[1].se)
    plain = difference(s, "x", "y")
    strict = difference(s, "x", "y", adjust="bonferroni")
    assert [c.p_adjusted for c in strict.comparisons.rows] == pytest.approx(
        [min(2 * c.p, 1) for c in plain.comparisons.rows]
    )
    a, b = plain.rows[0], strict.rows[0]
    wider = t_quantile(a.df, 0.975) / t_quantile(a.df, 0.95)
    assert (b.high - b.low) / (a.high - a.low) == pytest.approx(float(wider))
    nested = difference(s, "x", "y*g", against="first").rows
    assert [r.by_code for r in nested] == ["1*v", "2*v", "3*v"]


def test_ratio_of_means_on_the_log_scale():
    s = survey(DESIGNS["stratified clusters"])
    u, v = pick(mean(s, "x", by="g"), "mean", by="g")
    (row,) = difference(s, "x", "g", measure="ratio").rows
    assert row.estimate == pytest.approx(v.estimate / u.estimate)
    assert np.log(row.high / row.estimate) == pytest.approx(np.log(row.estimate / row.low))


# ---------------------------------------------------------------- simple samples, totals
def test_total_and_quantiles_of_a_simple_sample():
    d = frame(2)
    s = Survey(d, book())
    (row,) = pick(total(s, "z"), "total")
    n = len(d)
    assert row.estimate == pytest.approx(d.z.sum())
    assert row.se == pytest.approx(np.sqrt(n * d.z.var()))
    assert row.deff is None
    found = quantile(s, "z", (0.1, 0.5))
    assert [r.stat for r in found.rows][:2] == ["quantile_10", "median"]
    assert [r.estimate for r in found.rows][:2] == pytest.approx(d.z.quantile([0.1, 0.5]).tolist())


def test_large_means_lose_no_digits():
    d = frame(1)
    far = Survey(d.assign(x=d.x + 1e9, z=d.z + 1e9), book(), DESIGNS["stratified clusters"])
    near = survey(DESIGNS["stratified clusters"])
    for verb in (mean, lambda s, x, by: difference(s, x, by)):
        for a, b in zip(verb(far, "x", by="g").rows, verb(near, "x", by="g").rows, strict=True):
            if a.se is not None:
                assert a.se == pytest.approx(b.se, rel=1e-5)


# ---------------------------------------------------------------- coverage
def test_intervals_of_stratified_cluster_samples_cover_95_percent():
    """400 samples of 6 of 30 clusters in each of 4 strata; 95 % intervals cover 93-97 %."""
    rng = np.random.default_rng(11)
    strata, clusters, size, drawn = 4, 30, 20, 6
    effect = rng.normal(0, 0.7, (strata, clusters, 1)) + np.linspace(-1, 1, strata)[:, None, None]
    yes = effect + rng.normal(0, 1, (strata, clusters, size)) > 0.6
    x = 50 + 5 * effect + rng.normal(0, 8, yes.shape)
    second = rng.random(yes.shape) < 0.5
    truth = {
        "percent": 100 * yes[second].mean(), "mean": x.mean(), "total": x.sum(),
        "difference": x[second].mean() - x[~second].mean(),
    }  # fmt: skip
    hits = dict.fromkeys(truth, 0)
    rounds = 400
    for _ in range(rounds):
        chosen = np.stack([rng.permutation(clusters)[:drawn] for _ in range(strata)])
        at = (np.arange(strata)[:, None], chosen)
        rows = strata * drawn * size
        d = pd.DataFrame({
            "w": np.full(rows, clusters / drawn), "f": clusters,
            "s": np.repeat(np.arange(strata), drawn * size), "p": np.repeat(chosen, size),
            "x": x[at].ravel(), "y": pd.Categorical.from_codes(yes[at].ravel() * 1, ["n", "y"]),
            "g": pd.Categorical.from_codes(second[at].ravel() * 1, ["a", "b"]),
        })  # fmt: skip
        s = Survey(d, design=Design("w", "s", "p", "f"))
        found = {
            "percent": pick(
                crosstab(s, "y", by="g", tests=()), "percent", by_code="b", level_code="y"
            ),
            "mean": pick(mean(s, "x"), "mean"),
            "total": pick(total(s, "x"), "total"),
            "difference": list(difference(s, "x", "g").rows),
        }
        for name, (row,) in found.items():
            hits[name] += row.low <= truth[name] <= row.high
    shares = {name: 100 * count / rounds for name, count in hits.items()}
    assert all(93 <= share <= 97 for share in shares.values()), shares
