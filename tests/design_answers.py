"""What stats/ computes for every stored result of R survey that it covers, under R's ids.

``ANSWERS["apistrat"]["mean[se|mean|api00]"]`` and so on; the calls of R are in the JSON files.
`apiclus1_draws.csv` says how often each bootstrap replicate drew each district (the replicate
weights are these numbers times the weight; times 15/14 as well for the subbootstrap).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from surveykit.stats.design import (
    LONELY_RULES,
    SampleDesign,
    cell_covariance,
    degrees_of_freedom,
)
from surveykit.stats.designci import (
    DESIGN_INTERVALS,
    design_proportion_interval,
    t_interval,
    t_test,
)
from surveykit.stats.designinput import resolve_design
from surveykit.stats.linear import (
    Linear,
    contrasts,
    design_effect,
    mean_sums,
    means,
    proportion_sums,
    proportions,
    ratios,
    srs_variance,
)
from surveykit.stats.quantiles import (
    QUANTILE_INTERVALS,
    QUANTILE_RULES,
    design_quantiles,
    weighted_quantiles,
    woodruff,
)
from surveykit.stats.raoscott import design_test
from surveykit.stats.replicates import (
    ReplicateDesign,
    replicate_covariance,
    replicate_degrees_of_freedom,
    replicate_ratios,
    replicate_totals,
    resolve_replicates,
)

HERE = Path(__file__).parent / "reference" / "r"
FILES = ("apiclus1", "apiclus2", "apistrat", "edges", "lonely")
REFERENCE = {
    f: {v["id"]: v["value"] for v in json.loads((HERE / f"{f}.json").read_text())["values"]}
    for f in FILES
}
TESTS = {
    "F": "rao_scott",
    "Chisq": "rao_scott_chi2",
    "Wald": "wald",
    "adjWald": "adj_wald",
    "lincom": "lincom",
    "saddlepoint": "saddlepoint",
}
QUINTET = (0.1, 0.25, 0.5, 0.75, 0.9)
Out = dict[str, float]


@cache
def data(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / f"{name}.csv")


def codes(d: pd.DataFrame, *names: str) -> tuple[np.ndarray, list[str]]:
    """Cells of crossed factors, first factor fastest, labelled as R does: "E.No"."""
    out, labels = np.zeros(len(d), dtype=int), [""]
    for name in names:
        own = d[name].astype("category")
        out = out + len(labels) * own.cat.codes.to_numpy()
        labels = [f"{a}.{b}".lstrip(".") for b in own.cat.categories for a in labels]
    return out, labels


def numbers(d: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [d[n].to_numpy(float) for n in names]


def put(out: Out, prefix: str, key: str, names, values) -> None:
    out.update({f"{prefix}[{key.format(n)}]": float(v) for n, v in zip(names, values, strict=True)})


def with_intervals(out: Out, prefix: str, kind: str, names, e, se, df=None, deff=None) -> None:
    """R's est, se, intervals by normal and by t quantiles, and design effects."""
    parts = {"est": e, "se": se}
    z = t_interval(e, se, np.inf)
    parts |= {"ci_lo_z": z.low, "ci_hi_z": z.high}
    if df is not None:
        t = t_interval(e, se, df)
        parts |= {"ci_lo_t": t.low, "ci_hi_t": t.high}
    if deff is not None:
        parts["deff"] = deff
    for key, values in parts.items():
        put(out, prefix, key + f"|{kind}|{{}}", names, values)


class Moments:
    """Totals of numbers in groups of a domain, with all that means, totals and deff need."""

    def __init__(self, design, values, groups=None, k=1, mask=None) -> None:
        group = np.zeros(design.n, dtype=int) if groups is None else groups
        inside = np.ones(design.n, dtype=bool) if mask is None else mask
        inside = inside & ~np.isnan(values).any(axis=0)
        self.design, self.values, self.k, self.m = design, values, k, len(values)
        self.codes = np.where(inside, group, -1)
        # centred, so that a spread is not the difference of two large numbers
        w = np.where(inside, design.weights, 0.0)
        self.centres = [np.nansum(w * v) / w.sum() for v in values]
        self.totals, self.v = cell_covariance(
            self.codes, k, design, values=[v - c for v, c in zip(values, self.centres, strict=True)]
        )
        self.n = np.bincount(group[inside & (design.weights > 0)], minlength=k)
        self.population = self.totals[:k]

    def mean(self, i: int = 0) -> Linear:
        one = means(self.population, self.totals[(i + 1) * self.k : (i + 2) * self.k])
        j = np.zeros((self.k, len(self.totals)))
        j[:, : self.k] = one.jacobian[:, : self.k]
        j[:, (i + 1) * self.k : (i + 2) * self.k] = one.jacobian[:, self.k :]
        return Linear(one.estimate + self.centres[i], j)

    def total(self, i: int = 0) -> Linear:
        pick = np.zeros((self.k, len(self.totals)))
        pick[:, (i + 1) * self.k : (i + 2) * self.k] = np.eye(self.k)
        pick[:, : self.k] = np.eye(self.k) * self.centres[i]
        return Linear(pick @ self.totals, pick)

    def spread(self, i: int = 0) -> np.ndarray:
        inside = self.codes >= 0
        group, y, w = self.codes[inside], self.values[i][inside], self.design.weights[inside]
        distance = (y - self.mean(i).estimate[group]) ** 2
        return np.bincount(group, w * distance, self.k) / self.population

    def deff(self, i: int = 0, *, total: bool = False, replacement: str = "without") -> np.ndarray:
        simple = srs_variance(self.spread(i), self.n, self.population, replacement=replacement)
        of = self.total(i) if total else self.mean(i)
        return design_effect(of.variance(self.v), simple * self.population**2 if total else simple)


def put_means(out, prefix, d, design, names, *, df=False, deff=None, mask=None) -> None:
    m = Moments(design, numbers(d, *names), mask=mask)
    for i, name in enumerate(names):
        here = design_df(design, mask) if df else None
        effect = None if deff is None else m.deff(i, replacement=deff)
        with_intervals(
            out, prefix, "mean", [name], m.mean(i).estimate, m.mean(i).se(m.v), here, effect
        )


def put_totals(out, prefix, d, design, names, *, df=False, deff=False, mask=None) -> None:
    m = Moments(design, numbers(d, *names), mask=mask)
    for i, name in enumerate(names):
        here = design_df(design) if df else None
        effect = m.deff(i, total=True) if deff else None
        with_intervals(
            out, prefix, "total", [name], m.total(i).estimate, m.total(i).se(m.v), here, effect
        )


def design_df(design: SampleDesign, mask=None) -> int:
    return degrees_of_freedom(design, mask)


def put_shares(out, prefix, d, design, factors, *, df=False, deff=False, name=None) -> None:
    cell, labels = codes(d, *factors)
    names = [f"{name or factors[0]}{x}" for x in labels]
    t, v = cell_covariance(cell, len(labels), design)
    p = proportions(t[:, None])
    simple = srs_variance(p.estimate * (1 - p.estimate), len(d), t.sum())
    effect = design_effect(p.variance(v), simple) if deff else None
    here = design_df(design) if df else None
    with_intervals(out, prefix, "mean", names, p.estimate, p.se(v), here, effect)


def put_factor_totals(out, prefix, d, design, factor, *, deff=False) -> None:
    cell, labels = codes(d, factor)
    t, v = cell_covariance(cell, len(labels), design)
    p = t / t.sum()
    simple = srs_variance(p * (1 - p), len(d), t.sum()) * t.sum() ** 2
    effect = design_effect(np.diag(v), simple) if deff else None
    names = [factor + x for x in labels]
    with_intervals(out, prefix, "total", names, t, np.sqrt(np.diag(v)), None, effect)


def put_tests(out, prefix, table, v, n, df, *, rep=None) -> None:
    """All six tests; `rep` has the shares and their covariance where replicates give them."""
    for key, name in TESTS.items():
        wald = name in ("wald", "adj_wald")
        t, cov = (table, v) if rep is None or wald else rep
        free = np.inf if rep is not None and name in ("lincom", "saddlepoint") else df
        r = design_test(t, cov, n, free, name=name)
        first = "df" if key == "Chisq" else "ndf"
        for k, x in (("statistic", r.statistic), (first, r.df), ("ddf", r.df2), ("p", r.p)):
            if x is not None:
                out[f"{prefix}[{key}|{k}]"] = x


def put_chisq(out, prefix, d, design, row, column) -> None:
    cell, labels = codes(d, column, row)
    t, v = cell_covariance(cell, len(labels), design)
    table = t.reshape(d[row].nunique(), d[column].nunique())
    put_tests(out, prefix, table, v, len(d), design_df(design))


def put_table(out, prefix, d, design, row, column, scale=None) -> None:
    cell, labels = codes(d, row, column)
    t, _ = cell_covariance(cell, len(labels), design)
    t = t if scale is None else t / t.sum() * scale
    put(out, prefix, "{}", [x.replace(".", "|") for x in labels], t)


def put_ciprop(out, prefix, design, yes, *, level=0.95, mask=None, methods=DESIGN_INTERVALS):
    cell = np.where(np.ones(design.n, bool) if mask is None else mask, yes.astype(int), -1)
    t, v = cell_covariance(cell, 2, design)
    p = proportions(t[:, None])
    n, df = int((cell >= 0).sum()), design_df(design, mask)
    for method in methods:
        i = design_proportion_interval(p.estimate[1], p.se(v)[1], n, df, method=method, level=level)
        put(out, prefix, method + "|{}", ("est", "lo", "hi"), (p.estimate[1], i.low, i.high))


def put_quantiles(out, prefix, names, q, level_names=("2.5", "97.5")) -> None:
    parts = {
        "quantile": q.estimate,
        f"ci.{level_names[0]}": q.low,
        f"ci.{level_names[1]}": q.high,
        "se": q.se,
    }
    for key, values in parts.items():
        put(out, prefix, "{}" + key, names, values)


def put_t(out, prefix, e, se, df, what) -> None:
    t, i = t_test(e, se, df), t_interval(e, se, df)
    values = (t.statistic, df, t.p, e, i.low, i.high)
    keys = ("statistic_t", "parameter_df", "p", f"estimate_{what}", "ci_lo", "ci_hi")
    put(out, prefix, "{}", keys, [np.ravel(x)[0] for x in values])


def difference(m: Moments, i: int = 0) -> Linear:
    """Mean of the second group minus that of the first."""
    return contrasts(m.mean(i), [[-1.0, 1.0]])


def jackknife(d, design: SampleDesign, *, fpc: float = 0.0, mse=False) -> ReplicateDesign:
    """JKn replicates of a design (JK1 where there is one stratum), made here from its units."""
    units = np.arange(design.n) if design.psu is None else design.psu
    first = np.unique(units, return_index=True)[1]
    stratum = design.strata[first]
    size = np.bincount(stratum)[stratum]
    same = design.strata[:, None] == stratum[None, :]
    own = units[:, None] == np.arange(len(first))[None, :]
    factor = np.where(own, 0.0, np.where(same, size / (size - 1), 1.0))
    rscales = (size - 1) / size * (1 - design.stages[0].fraction[stratum])
    return resolve_replicates(
        design.weights, factor, "JKn", rscales=rscales, mse=mse, combined=False
    )


def draws(kind: str, factor: float, **options) -> ReplicateDesign:
    d = data("apiclus1")
    table = data("apiclus1_draws").query("kind == @kind").set_index("dnum").drop(columns="kind")
    columns = table.loc[d.dnum].to_numpy(float) * factor
    return resolve_replicates(d.pw, columns, "bootstrap", combined=False, **options)


def rep_covariance(r: ReplicateDesign, theta, theta0) -> np.ndarray:
    return replicate_covariance(theta, theta0, r.scale, r.rscales, r.mse)


def rep_se(r: ReplicateDesign, theta, theta0) -> np.ndarray:
    return np.sqrt(np.diag(rep_covariance(r, theta, theta0)))


def put_rep(out, prefix, d, r, *, names=("api00", "enroll"), df=False, totals=("enroll",)) -> None:
    zero = np.zeros(len(d), dtype=int)
    free = replicate_degrees_of_freedom(r) if df else None
    for name in names:
        t, each = replicate_totals(zero, 1, r, values=numbers(d, name))
        a, b = mean_sums(1)
        e = ratios(t, a, b).estimate
        with_intervals(
            out, prefix, "mean", [name], e, rep_se(r, replicate_ratios(each, a, b), e), free
        )
    for name in totals:
        t, each = replicate_totals(zero, 1, r, values=numbers(d, name))
        with_intervals(out, prefix, "total", [name], t[1:], rep_se(r, each[:, 1:], t[1:]))


def put_rep_chisq(out, prefix, d, r, row, column) -> None:
    cell, labels = codes(d, column, row)
    t, each = replicate_totals(cell, len(labels), r)
    shape = (d[row].nunique(), d[column].nunique())
    a, b = proportion_sums(*shape, "table")
    p = ratios(t, a, b).estimate
    vp = rep_covariance(r, replicate_ratios(each, a, b), p)
    put_tests(
        out, prefix, t.reshape(shape), rep_covariance(r, each, t), len(d),
        replicate_degrees_of_freedom(r), rep=(p.reshape(shape), vp),
    )  # fmt: skip


def put_rep_median(out, prefix, d, r, interval="mean") -> None:
    x = d.api00.to_numpy(float)

    def se_of_share(q: float) -> float:
        t, each = replicate_totals((x > q).astype(int), 2, r)
        p = t[0] / t.sum()
        return float(rep_se(r, each[:, :1] / each.sum(1, keepdims=True), [p])[0])

    df = replicate_degrees_of_freedom(r)
    q = woodruff(x, r.weights, [0.5], se_of_share, df, interval=interval)
    put_quantiles(out, prefix, [""], q)


def put_rep_ciprop(out, prefix, d, r, yes) -> None:
    t, each = replicate_totals(yes.astype(int), 2, r)
    p, reps = t[1] / t.sum(), each[:, 1] / each.sum(1)
    se = rep_se(r, reps[:, None], [p])[0]
    logits = np.log(reps / (1 - reps))
    logit_se = rep_se(r, logits[:, None], [np.log(p / (1 - p))])[0]
    df = replicate_degrees_of_freedom(r)
    for method in DESIGN_INTERVALS:
        i = design_proportion_interval(p, se, len(d), df, method=method, logit_se=logit_se)
        put(out, prefix, method + "|{}", ("est", "lo", "hi"), (p, i.low, i.high))


def apistrat() -> Out:
    d, out = data("apistrat"), Out()
    full = resolve_design(d.pw, d.stype, fpc=[d.fpc])
    nofpc, only = resolve_design(d.pw, d.stype), resolve_design(d.pw)
    out["degf"] = design_df(full)
    put_means(out, "mean", d, full, ["api00", "api99", "enroll"], df=True, deff="without")
    put_means(out, "mean_deff_replace", d, full, ["api00", "enroll"], deff="with")
    put_means(out, "mean_nofpc", d, nofpc, ["api00", "enroll"], df=True, deff="without")
    put_means(out, "mean_weights_only", d, only, ["api00", "enroll"], df=True, deff="without")
    put_means(out, "mean_na", d, full, ["acs.k3"])
    put_shares(out, "prop_factor", d, full, ["comp.imp"], df=True, deff=True)
    name = "interaction(stype, comp.imp)"
    put_shares(out, "prop_interaction", d, full, ["stype", "comp.imp"], name=name)
    put_totals(out, "total", d, full, ["enroll", "api.stu"], df=True, deff=True)
    put_totals(out, "total_nofpc", d, nofpc, ["enroll"])
    put_factor_totals(out, "total_factor", d, full, "sch.wide")
    for prefix, design, row, column in (
        ("chisq_comp_sch", full, "comp.imp", "sch.wide"),
        ("chisq_stype_comp", full, "stype", "comp.imp"),
        ("chisq_nofpc_stype_comp", nofpc, "stype", "comp.imp"),
        ("chisq_weights_only_stype_comp", only, "stype", "comp.imp"),
    ):
        put_chisq(out, prefix, d, design, row, column)
    put_table(out, "table", d, full, "stype", "sch.wide")
    put_table(out, "table_comp", d, full, "comp.imp", "sch.wide")
    put_table(out, "table_Ntotal", d, full, "comp.imp", "sch.wide", 100)
    yes = d["comp.imp"].eq("Yes").to_numpy()
    put_ciprop(out, "ciprop_comp_imp", full, yes)
    put_ciprop(out, "ciprop_yr_rnd", full, d["yr.rnd"].eq("Yes").to_numpy())
    put_ciprop(out, "ciprop90_comp_imp", full, yes, level=0.9)
    put_ciprop(out, "ciprop_nofpc_comp_imp", nofpc, yes)
    subset = {"mask": yes}
    put_means(out, "subset_mean", d, full, ["api00"], df=True, **subset)
    put_totals(out, "subset_total", d, full, ["enroll"], **subset)
    out["subset_degf"] = design_df(full, d.stype.eq("H").to_numpy())
    apistrat_joint(out, d, full)
    apistrat_quantiles(out, d, full)
    apistrat_groups(out, d, full)
    apistrat_replicates(out, d)
    return out


def apistrat_joint(out: Out, d: pd.DataFrame, full: SampleDesign) -> None:
    m = Moments(full, numbers(d, "api00", "api99", "enroll"))
    both = Linear(
        np.concatenate([m.mean(0).estimate, m.mean(1).estimate]),
        np.concatenate([m.mean(0).jacobian, m.mean(1).jacobian]),
    )
    v = both.covariance(m.v)
    names = [f"{a}|{b}" for b in ("api00", "api99") for a in ("api00", "api99")]
    put(out, "mean_cov", "{}", names, v.ravel())
    for i, name in ((0, "api00"), (2, "enroll")):
        out[f"mean_cv[{name}]"] = (m.mean(i).se(m.v) / m.mean(i).estimate)[0]
    diff = contrasts(both, [[1.0, -1.0]])
    put(out, "contrast_diff", "{}", ("est", "se"), (diff.estimate[0], diff.se(m.v)[0]))
    quotient = ratios(both.estimate, [[1.0, 0.0]], [[0.0, 1.0]])
    put(out, "contrast_nonlinear", "{}", ("est", "se"), (quotient.estimate[0], quotient.se(v)[0]))
    put_t(out, "ttest_paired", diff.estimate, diff.se(m.v), design_df(full) - 1, "mean")
    cell, _ = codes(d, "comp.imp")
    two = Moments(full, numbers(d, "api00"), cell, 2)
    gap = difference(two)
    df = design_df(full) - 1
    put_t(out, "ttest", gap.estimate, gap.se(two.v), df, "difference in mean")
    n = len(d)
    x = [a - b for a, b in zip(numbers(d, "api00", "api99"), both.estimate, strict=True)]
    products = Moments(full, [x[0] ** 2, x[0] * x[1], x[1] ** 2])
    c = [products.mean(i).estimate[0] * n / (n - 1) for i in range(3)]
    se = products.mean(0).se(products.v)[0] * n / (n - 1)
    put(out, "var", "{}", ("est", "se"), (c[0], se))
    put(out, "covar", "{}", names, (c[0], c[1], c[1], c[2]))
    out["cor"] = c[1] / np.sqrt(c[0] * c[2])
    put_ratio(out, d, full)


def put_ratio(out: Out, d: pd.DataFrame, full: SampleDesign) -> None:
    m = Moments(full, numbers(d, "api.stu", "enroll"))
    r, base = ratio_of(m), m.total(1).estimate[0]
    se, df = r.se(m.v), design_df(full)
    z, t = t_interval(r.estimate, se, np.inf), t_interval(r.estimate, se, df)
    residual = (m.values[0] - r.estimate * m.values[1]) / base
    spread = (full.weights * residual**2).sum() / full.weights.sum()
    simple = srs_variance(spread, full.n, full.weights.sum()) * full.weights.sum() ** 2
    keys = ("est", "se", "lo_z", "hi_z", "lo_t", "hi_t", "deff")
    values = (r.estimate, se, z.low, z.high, t.low, t.high, design_effect(se**2, simple))
    put(out, "ratio", "{}", keys, [v[0] for v in values])


def ratio_of(m: Moments) -> Linear:
    a, b = m.total(0), m.total(1)
    return ratios(m.totals, a.jacobian, b.jacobian)


def apistrat_quantiles(out: Out, d: pd.DataFrame, full: SampleDesign) -> None:
    x, enroll = numbers(d, "api00", "enroll")
    for interval in QUANTILE_INTERVALS:
        q = design_quantiles(x, full, QUINTET, interval=interval)
        put_quantiles(out, f"quantile_ci_{interval}", [f"{p}|" for p in QUINTET], q)
    for rule in QUANTILE_RULES:
        for name, values in (("api00", x), ("enroll", enroll)):
            q = weighted_quantiles(values, full.weights, QUINTET, rule=rule)
            put(out, f"quantile_rule_{rule}", name + ".{}", QUINTET, q)


def apistrat_groups(out: Out, d: pd.DataFrame, full: SampleDesign) -> None:
    group, names = codes(d, "stype")
    m = Moments(full, numbers(d, "api00", "enroll", "api.stu"), group, 3)
    e, se = m.mean().estimate, m.mean().se(m.v)
    put_by(out, "by_mean", names, "api00", e, se)
    put(out, "by_mean", "{}|cv", names, se / e)
    put(out, "by_mean", "{}|var", names, se**2)
    put(out, "by_mean", "{}|DEff.api00", names, m.deff())
    gap = contrasts(m.mean(), [[1.0, -1.0, 0.0]])
    put(out, "by_contrast", "{}", ("est", "se"), (gap.estimate[0], gap.se(m.v)[0]))
    r = ratio_of(Moments(full, m.values[2:0:-1], group, 3))
    q = Moments(full, m.values[2:0:-1], group, 3)
    put_by(out, "by_ratio", names, "api.stu/enroll", r.estimate, r.se(q.v), "|se.api.stu/enroll")
    two, pairs = codes(d, "sch.wide", "comp.imp")
    m2 = Moments(full, numbers(d, "api00"), two, 4)
    put_by(out, "by_mean_2way", pairs, "api00", m2.mean().estimate, m2.mean().se(m2.v))
    comp, answers = codes(d, "comp.imp")
    t = Moments(full, numbers(d, "enroll"), comp, 2)
    total, se = t.total().estimate, t.total().se(t.v)
    put(out, "by_total", "{}|enroll", answers, total)
    put(out, "by_total", "{}|se", answers, se)
    put(out, "by_total", "{}|cv", answers, se / total)
    wide, kinds = codes(d, "sch.wide")
    cells, v = cell_covariance(wide * 3 + group, 6, full)
    p = proportions(cells.reshape(2, 3), "columns")
    e, se = p.estimate.reshape(2, 3), p.se(v).reshape(2, 3)
    for i, kind in enumerate(kinds):
        what = f"sch.wide{kind}"
        put_by(out, "by_prop", names, what, e[i], se[i], f"|se.{what}", f".{what}")
    for j, name in enumerate(names):
        put_group(out, d, full, name, comp == 1, group == j)


def put_by(out, prefix, names, what, e, se, se_key="|se", suffix="") -> None:
    put(out, prefix, "{}|" + what, names, e)
    put(out, prefix, "{}" + se_key, names, se)
    z = t_interval(e, se, np.inf)
    put(out, prefix, "{}|ci_l" + suffix, names, z.low)
    put(out, prefix, "{}|ci_u" + suffix, names, z.high)


def put_group(out, d, full, name, yes, mask) -> None:
    """R's svyby of svyciprop and of svyquantile: degrees of freedom of the domain."""
    t, v = cell_covariance(np.where(mask, yes.astype(int), -1), 2, full)
    p = proportions(t[:, None])
    what = 'I(comp.imp == "Yes")'
    for method in ("logit", "beta"):
        i = design_proportion_interval(
            p.estimate[1], p.se(v)[1], mask.sum(), design_df(full, mask), method=method
        )
        keys = (what, "ci_l", "ci_u")
        put(out, f"by_ciprop_{method}", name + "|{}", keys, (p.estimate[1], i.low, i.high))
    out[f"by_ciprop_logit[{name}|se.as.numeric({what})]"] = p.se(v)[1]
    q = design_quantiles(numbers(d, "api00")[0], full, [0.5], mask=mask)
    keys = ("api00", "se.api00", "ci_l", "ci_u")
    values = (q.estimate[0], q.se[0], q.low[0], q.high[0])
    put(out, "by_median", name + "|{}", keys, values)


def apistrat_replicates(out: Out, d: pd.DataFrame) -> None:
    full = resolve_design(d.pw, d.stype, fpc=[d.fpc])
    r = jackknife(d, full)
    put_rep(out, "jkn", d, r, df=True)
    put_rep(out, "jkn_mse", d, jackknife(d, full, mse=True), names=["api00"], totals=())
    put_rep_chisq(out, "jkn_chisq", d, r, "stype", "comp.imp")
    put_rep_median(out, "jkn_median", d, r)
    zero = np.zeros(len(d), dtype=int)
    t, each = replicate_totals(zero, 1, r, values=numbers(d, "api.stu", "enroll"))
    e = t[1] / t[2]
    se = rep_se(r, each[:, 1:2] / each[:, 2:3], [e])[0]
    put(out, "jkn_ratio", "{}", ("est", "se"), (e, se))


def apiclus1() -> Out:
    d, out = data("apiclus1"), Out()
    full = resolve_design(d.pw, psu=[d.dnum], fpc=[d.fpc])
    nofpc = resolve_design(d.pw, psu=[d.dnum])
    out["degf"] = design_df(full)
    put_means(out, "mean", d, full, ["api00", "enroll", "meals"], df=True, deff="without")
    put_means(out, "mean_nofpc", d, nofpc, ["api00", "enroll"], df=True, deff="without")
    m = Moments(full, numbers(d, "api00", "enroll"))
    for i, name in enumerate(("api00", "enroll")):
        out[f"deff_replace[{name}]"] = m.deff(i, replacement="with")[0]
    put_totals(out, "total", d, full, ["enroll"], deff=True)
    put_factor_totals(out, "total", d, full, "stype", deff=True)
    for factor in ("stype", "comp.imp"):
        put_shares(out, "prop", d, full, [factor], df=True)
    m = Moments(full, numbers(d, "api.stu", "enroll"))
    put(out, "ratio", "{}", ("est", "se"), (ratio_of(m).estimate[0], ratio_of(m).se(m.v)[0]))
    x = numbers(d, "api00")[0]
    q = design_quantiles(x, full, [0.25, 0.5, 0.75])
    put_quantiles(out, "median", [f"{p}|" for p in (0.25, 0.5, 0.75)], q)
    put_quantiles(out, "median_nonCIdf", [""], design_quantiles(x, full, [0.5], df=np.inf))
    yes = d["comp.imp"].eq("Yes").to_numpy()
    put_ciprop(out, "ciprop", full, yes)
    put_ciprop(out, "ciprop_rare", full, d.stype.eq("H").to_numpy())
    put_chisq(out, "chisq", d, full, "sch.wide", "stype")
    put_chisq(out, "chisq2", d, full, "comp.imp", "sch.wide")
    put_chisq(out, "chisq_nofpc", d, nofpc, "sch.wide", "stype")
    put_table(out, "table", d, full, "sch.wide", "stype")
    both = yes & d["sch.wide"].eq("Yes").to_numpy()
    put_means(out, "subset_mean", d, full, ["api00"], mask=both)
    apiclus1_groups(out, d, full)
    apiclus1_replicates(out, d, yes)
    return out


def apiclus1_groups(out: Out, d: pd.DataFrame, full: SampleDesign) -> None:
    group, names = codes(d, "stype")
    m = Moments(full, numbers(d, "api00", "enroll"), group, 3)
    for i, y in enumerate(("api00", "enroll")):
        e, se = m.mean(i).estimate, m.mean(i).se(m.v)
        put_by(out, "by_mean", names, y, e, se, f"|se.{y}", f".{y}")
        put(out, "by_mean", "{}|DEff." + y, names, m.deff(i))
    put(out, "by_total", "{}|enroll", names, m.total(1).estimate)
    put(out, "by_total", "{}|se", names, m.total(1).se(m.v))
    two = Moments(full, numbers(d, "enroll"), codes(d, "comp.imp")[0], 2)
    gap = difference(two)
    df = design_df(full) - 1
    put_t(out, "ttest", gap.estimate, gap.se(two.v), df, "difference in mean")


def apiclus1_replicates(out: Out, d: pd.DataFrame, yes: np.ndarray) -> None:
    nofpc = resolve_design(d.pw, psu=[d.dnum])
    r = jackknife(d, nofpc)
    put_rep(out, "jk1", d, r, df=True)
    out["jk1[degf]"] = replicate_degrees_of_freedom(r)
    full = resolve_design(d.pw, psu=[d.dnum], fpc=[d.fpc])
    put_rep(out, "jk1_fpc", d, jackknife(d, full))
    put_rep(out, "jk1_mse", d, jackknife(d, nofpc, mse=True), names=["api00"], totals=())
    put_rep_median(out, "jk1_median", d, r)
    put_rep_chisq(out, "jk1_chisq", d, r, "sch.wide", "stype")
    put_rep_ciprop(out, "jk1_ciprop", d, r, yes)
    group, names = codes(d, "stype")
    t, each = replicate_totals(group, 3, r, values=numbers(d, "api00"))
    e = ratios(t, *mean_sums(3)).estimate
    put(out, "jk1_by", "{}|api00", names, e)
    put(out, "jk1_by", "{}|se", names, rep_se(r, replicate_ratios(each, *mean_sums(3)), e))
    correlation = [weighted_correlation(w, *numbers(d, "api00", "meals")) for w in r.columns.T]
    e = weighted_correlation(r.weights, *numbers(d, "api00", "meals"))
    se = rep_se(r, np.array(correlation)[:, None], [e])[0]
    put(out, "jk1_withreplicates", "{}", ("est", "se"), (e, se))
    apiclus1_bootstraps(out, d)


def apiclus1_bootstraps(out: Out, d: pd.DataFrame) -> None:
    own = draws("bootstrap", 1.0, scale=15 / 14 / 199)
    put_rep(out, "bootstrap_from_file", d, own)
    out["bootstrap_from_file[scale]"] = own.scale
    out["bootstrap_from_file[rscale1]"] = own.rscales[0]
    out["bootstrap_from_file[degf]"] = replicate_degrees_of_freedom(own)
    sub = draws("subbootstrap", 15 / 14)
    put_rep(out, "subbootstrap_from_file", d, sub)
    out["subbootstrap_from_file[scale]"] = sub.scale
    out["subbootstrap_from_file[rscale1]"] = sub.rscales[0]
    imported = draws("bootstrap", 1.0)
    put_rep(out, "bootstrap_imported", d, imported, names=["api00"], totals=())
    out["bootstrap_imported[scale]"] = imported.scale
    mse = draws("bootstrap", 1.0, mse=True)
    put_rep(out, "bootstrap_imported_mse", d, mse, names=["api00"], totals=())
    sdr = resolve_replicates(d.pw, own.columns[:, :80], "SDR")
    put_rep(out, "acs_sdr", d, sdr, names=["api00"], totals=())
    out["acs_sdr[scale]"] = sdr.scale


def weighted_correlation(w: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    c = np.cov(x, y, aweights=w)
    return float(c[0, 1] / np.sqrt(c[0, 0] * c[1, 1]))


def apiclus2() -> Out:
    d, out = data("apiclus2"), Out()
    full = resolve_design(psu=[d.dnum, d.snum], fpc=[d.fpc1, d.fpc2])
    wr = resolve_design(d.pw, psu=[d.dnum])
    out["degf"] = design_df(full)
    w = full.weights
    put(out, "weights", "{}", ("min", "max", "sum"), (w.min(), w.max(), w.sum()))
    put_means(out, "mean", d, full, ["api00", "enroll"], df=True, deff="without")
    put_means(out, "mean_wr", d, wr, ["api00", "enroll"], df=True, deff="without")
    put_totals(out, "total", d, full, ["enroll"])
    for factor in ("stype", "sch.wide"):
        put_shares(out, "prop", d, full, [factor], df=True)
    m = Moments(full, numbers(d, "api.stu", "enroll"))
    put(out, "ratio", "{}", ("est", "se"), (ratio_of(m).estimate[0], ratio_of(m).se(m.v)[0]))
    put_chisq(out, "chisq", d, full, "sch.wide", "comp.imp")
    put_chisq(out, "chisq_wr", d, wr, "sch.wide", "comp.imp")
    put_ciprop(out, "ciprop", full, d["comp.imp"].eq("Yes").to_numpy())
    group, names = codes(d, "stype")
    m = Moments(full, numbers(d, "api00"), group, 3)
    put_by(out, "by", names, "api00", m.mean().estimate, m.mean().se(m.v))
    m = Moments(full, numbers(d, "enroll"), group, 3)
    put(out, "by2", "{}|enroll", names, m.total().estimate)
    put(out, "by2", "{}|se", names, m.total().se(m.v))
    ultimate = resolve_design(full.weights, psu=[d.dnum], fpc=[d.fpc1])
    put_means(out, "one_stage_ultimate", d, ultimate, ["api00"])
    q = design_quantiles(numbers(d, "api00")[0], full, [0.25, 0.5, 0.75])
    put_quantiles(out, "median", [f"{p}|" for p in (0.25, 0.5, 0.75)], q)
    return out


def edges() -> Out:
    d, out = data("edges"), Out()
    full = resolve_design(d.pw, psu=[d.dnum], fpc=[d.fpc])
    for name in ("never", "always", "two"):
        own: Out = {}
        put_ciprop(own, "x", full, d[name].eq(1).to_numpy())
        for key, value in own.items():
            method, what = key[2:-1].split("|")
            out[f"ciprop_{method}_{name}[{what}]"] = value
    one = d.one_psu.eq(1).to_numpy()
    put_means(out, "single_psu_domain", d, full, ["api00"], df=True, mask=one)
    out["single_psu_domain_degf"] = design_df(full, one)
    yes = d["comp.imp"].eq("Yes").to_numpy()
    zero = resolve_design(d.w0, psu=[d.dnum])
    put_means(out, "zero_weights_mean", d, zero, ["api00"], df=True)
    out["zero_weights_mean[degf]"] = design_df(zero)
    high = d.stype.eq("H").to_numpy()
    for prefix, design, mask in (
        ("single_psu_domain_ciprop_beta", full, one),
        ("zero_weights_ciprop_beta", zero, None),
        ("subset_vs_by", full, high),
    ):
        own = {}
        put_ciprop(own, "x", design, yes, mask=mask, methods=("beta",))
        out |= {f"{prefix}[{k[2:-1].split('|')[1]}]": v for k, v in own.items()}
    put_chisq(out, "chisq_zero_cell", d, full, "two", "stype")
    kept = d[high]
    wrong, right = resolve_design(kept.pw, psu=[kept.dnum]), resolve_design(d.pw, psu=[d.dnum])
    put_means(out, "wrong_filter", kept, wrong, ["api00"])
    put_totals(out, "wrong_filter_total", kept, wrong, ["enroll"])
    put_means(out, "right_filter", d, right, ["api00"], mask=high)
    put_totals(out, "right_filter_total", d, right, ["enroll"], mask=high)
    return out


def lonely() -> Out:
    d, out = data("lonely"), Out()
    for rule in LONELY_RULES[1:]:
        plain = resolve_design(d.pw, d.stype, [d.psu], lonely=rule)
        put_means(out, rule, d, plain, ["api00", "enroll"])
        put_totals(out, rule, d, plain, ["enroll"])
        put_chisq(out, f"{rule}_chisq", d, plain, "stype", "comp.imp")
        fpc = resolve_design(d.pw, d.stype, [d.psu], [d.fpc], lonely=rule)
        put_means(out, f"{rule}_fpc", d, fpc, ["api00"])
    full = data("apistrat")
    design = resolve_design(full.pw, full.stype)
    mask = full.stype.eq("E").to_numpy(copy=True)
    mask[np.flatnonzero(full.stype.eq("H"))[0]] = True
    put_means(out, "domain_lonely_FALSE", full, design, ["api00"], mask=mask)
    return out


MAKERS: dict[str, Callable[[], Out]] = {
    "apiclus1": apiclus1,
    "apiclus2": apiclus2,
    "apistrat": apistrat,
    "edges": edges,
    "lonely": lonely,
}
ANSWERS = {name: maker() for name, maker in MAKERS.items()}
