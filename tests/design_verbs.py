"""What the verbs give for every stored result of R survey that they cover, under R's ids.

``VERBS["apistrat"]["mean[se|mean|api00]"]`` and so on, from `mean`, `total`, `ratio`, `quantile`,
`freq`, `crosstab` and `difference` on surveys with the designs of the JSON files.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd
from design_answers import QUINTET, TESTS, Out, data, draws, jackknife

from surveykit import Design, Survey, crosstab, difference, freq, mean, quantile, ratio, total
from surveykit.estimate import Estimate, Estimates
from surveykit.stats.design import LONELY_RULES
from surveykit.stats.designci import DESIGN_INTERVALS
from surveykit.stats.designinput import resolve_design

T = {"est": "estimate", "se": "se", "ci_lo_t": "low", "ci_hi_t": "high", "deff": "deff"}
P = {"est": "estimate", "lo": "low", "hi": "high"}


def survey(name: str, weight: str | None = "pw", **roles) -> Survey:
    return Survey(data(name), design=Design(weight, **roles))


def rows(found: Estimates, stat: str, by: str = "") -> list[Estimate]:
    return [r for r in found.rows if r.stat == stat and r.by == by]


def put(out: Out, prefix: str, names: dict[str, str], row: Estimate, after: str = "", unit=1.0):
    for theirs, ours in names.items():
        value = getattr(row, ours)
        scaled = unit if ours in ("estimate", "se", "low", "high") else 1.0
        out[f"{prefix}[{theirs}{after}]"] = math.nan if value is None else value / scaled


def put_means(out: Out, prefix: str, s: Survey, *names: str, where: str | None = None) -> None:
    for row in rows(mean(s, names, where=where), "mean"):
        put(out, prefix, T, row, f"|mean|{row.variable}")


def put_totals(out: Out, prefix: str, s: Survey, *names: str, where: str | None = None) -> None:
    for row in rows(total(s, names, where=where), "total"):
        put(out, prefix, T, row, f"|total|{row.variable}")


def put_shares(out: Out, prefix: str, s: Survey, *names: str) -> None:
    for name in names:
        for row in rows(freq(s, name, ci="mean"), "percent"):
            put(out, prefix, T, row, f"|mean|{name}{row.level_code}", 100.0)


def put_counts(out: Out, prefix: str, s: Survey, name: str) -> None:
    for row in rows(freq(s, name), "weighted_count"):
        put(out, prefix, T, row, f"|total|{name}{row.level_code}")


def put_ciprop(
    out: Out, prefix: str, s: Survey, name: str, yes: str, *,
    methods: Iterable[str] = DESIGN_INTERVALS, level: float = 0.95, where: str | None = None,
    form: str = "{}[{}|{}]",
) -> None:  # fmt: skip
    for method in methods:
        found = freq(s, name, ci=method, level=level, where=where)
        (row,) = (r for r in rows(found, "percent") if r.level_code == yes)
        for theirs, ours in P.items():
            value = getattr(row, ours)
            out[form.format(prefix, method, theirs)] = math.nan if value is None else value / 100


def put_tests(out: Out, prefix: str, s: Survey, row: str, by: str) -> None:
    found = crosstab(s, row, by, tests=tuple(TESTS.values())).tests.rows
    for (key, _), t in zip(TESTS.items(), found, strict=True):
        first = "df" if key == "Chisq" else "ndf"
        for what, x in (("statistic", t.statistic), (first, t.df), ("ddf", t.df2), ("p", t.p)):
            if x is not None:
                out[f"{prefix}[{key}|{what}]"] = x


def put_quantiles(out: Out, prefix: str, s: Survey, name: str, shares, form="{}|", **options):
    found = quantile(s, name, shares, **options).rows
    for row, p in zip((r for r in found if r.se is not None), shares, strict=True):
        names = {"quantile": "estimate", "ci.2.5": "low", "ci.97.5": "high", "se": "se"}
        put(out, prefix, {form.format(p) + k: v for k, v in names.items()}, row)


def put_by(out: Out, prefix: str, found: list[Estimate], what: str, se="|se", deff=None) -> None:
    for row in found:
        code = row.by_code.replace("*", ".")
        out[f"{prefix}[{code}|{what}]"] = row.estimate
        out[f"{prefix}[{code}{se}]"] = row.se
        if deff is not None:
            out[f"{prefix}[{code}|{deff}]"] = row.deff


def put_table(out: Out, prefix: str, s: Survey, row: str, by: str, of="weighted_count", unit=1.0):
    for r in rows(crosstab(s, row, by), of, by):
        out[f"{prefix}[{r.level_code}|{r.by_code}]"] = r.estimate * unit


def put_ratio(out: Out, prefix: str, s: Survey) -> None:
    (row,) = rows(ratio(s, "api.stu", "enroll"), "ratio")
    put(out, prefix, {"est": "estimate", "se": "se", "lo_t": "low", "hi_t": "high"}, row)
    out[f"{prefix}[deff]"] = row.deff


def put_t(out: Out, s: Survey, name: str) -> None:
    found = difference(s, name, "comp.imp", against="No")
    (row,), (test,) = found.rows, found.comparisons.rows
    names = {"estimate_difference in mean": "estimate", "ci_lo": "low", "ci_hi": "high"}
    put(out, "ttest", names | {"parameter_df": "df"}, row)
    out["ttest[statistic_t]"], out["ttest[p]"] = test.statistic, test.p


def repeated(d: pd.DataFrame, r, **roles) -> Survey:
    """A survey with replicate weights as columns `rep1`, `rep2` …, which contain the weight."""
    names = [f"rep{i + 1}" for i in range(r.columns.shape[1])]
    columns = pd.DataFrame(r.columns, columns=names, index=d.index)
    frame = pd.concat([d, columns], axis=1)
    return Survey(frame, design=Design("pw", repweights="rep*", **roles))


def from_design(d: pd.DataFrame, mse: bool = False, **roles) -> Survey:
    """JKn replicates, made in the test from the units of a design."""
    r = jackknife(d, resolve_design(d.pw, **roles))
    return repeated(d, r, kind="JKn", rscales=tuple(r.rscales), mse=mse)


def apiclus1() -> Out:
    d, out = data("apiclus1"), Out()
    full, nofpc = survey("apiclus1", psu="dnum", fpc="fpc"), survey("apiclus1", psu="dnum")
    out["degf"] = rows(mean(full, "api00"), "mean")[0].df
    put_means(out, "mean", full, "api00", "enroll", "meals")
    put_means(out, "mean_nofpc", nofpc, "api00", "enroll")
    put_totals(out, "total", full, "enroll")
    put_counts(out, "total", full, "stype")
    put_shares(out, "prop", full, "stype", "comp.imp")
    put_ratio(out, "ratio", full)
    put_quantiles(out, "median", full, "api00", (0.25, 0.5, 0.75))
    put_ciprop(out, "ciprop", full, "comp.imp", "Yes")
    put_ciprop(out, "ciprop_rare", full, "stype", "H")
    put_tests(out, "chisq", full, "sch.wide", "stype")
    put_tests(out, "chisq2", full, "comp.imp", "sch.wide")
    put_tests(out, "chisq_nofpc", nofpc, "sch.wide", "stype")
    put_table(out, "table", full, "sch.wide", "stype")
    both = "comp.imp == 'Yes' and sch.wide == 'Yes'"
    renamed = Survey(d.rename(columns=lambda c: c.replace(".", "_")), design=full.design)
    put_means(out, "subset_mean", renamed, "api00", where=both.replace(".", "_"))
    for name in ("api00", "enroll"):
        found = rows(mean(full, name, by="stype"), "mean", "stype")
        put_by(out, "by_mean", found, name, f"|se.{name}", f"DEff.{name}")
    put_by(out, "by_total", rows(total(full, "enroll", by="stype"), "total", "stype"), "enroll")
    put_t(out, full, "enroll")
    apiclus1_replicates(out, d)
    return out


def apiclus1_replicates(out: Out, d: pd.DataFrame) -> None:
    jk1 = repeated(d, jackknife(d, resolve_design(d.pw, psu=[d.dnum])), kind="JK1")
    put_rep(out, "jk1", jk1)
    out["jk1[degf]"] = rows(mean(jk1, "api00"), "mean")[0].df
    put_rep(out, "jk1_fpc", from_design(d, psu=[d.dnum], fpc=[d.fpc]))
    put_means(out, "jk1_mse", from_design(d, True, psu=[d.dnum]), "api00")
    put_quantiles(out, "jk1_median", jk1, "api00", (0.5,), "")
    put_tests(out, "jk1_chisq", jk1, "sch.wide", "stype")
    put_ciprop(out, "jk1_ciprop", jk1, "comp.imp", "Yes")
    put_by(out, "jk1_by", rows(mean(jk1, "api00", by="stype"), "mean", "stype"), "api00")
    own = draws("bootstrap", 1.0)
    boot = repeated(d, own, kind="bootstrap", scale=15 / 14 / 199)
    put_rep(out, "bootstrap_from_file", boot)
    out["bootstrap_from_file[degf]"] = rows(mean(boot, "api00"), "mean")[0].df
    put_rep(
        out, "subbootstrap_from_file", repeated(d, draws("subbootstrap", 15 / 14), kind="bootstrap")
    )
    put_means(out, "bootstrap_imported", repeated(d, own, kind="bootstrap"), "api00")
    put_means(out, "bootstrap_imported_mse", repeated(d, own, kind="bootstrap", mse=True), "api00")
    sdr = Design("pw", repweights=tuple(f"rep{i + 1}" for i in range(80)), kind="SDR")
    put_means(out, "acs_sdr", boot.with_design(sdr), "api00")


def put_rep(out: Out, prefix: str, s: Survey) -> None:
    put_means(out, prefix, s, "api00", "enroll")
    put_totals(out, prefix, s, "enroll")


def apiclus2() -> Out:
    out = Out()
    full = survey("apiclus2", None, psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))
    wr, one = survey("apiclus2", psu="dnum"), survey("apiclus2", psu="dnum", fpc="fpc1")
    out["degf"] = rows(mean(full, "api00"), "mean")[0].df
    (base,) = rows(mean(full, "api00"), "weighted_base")
    out["weights[sum]"] = base.estimate
    # R leaves out the schools without `enroll` from both means
    put_means(out, "mean", full, "api00", "enroll", where="enroll >= 0")
    put_means(out, "mean_wr", wr, "api00", "enroll", where="enroll >= 0")
    put_totals(out, "total", full, "enroll")
    put_shares(out, "prop", full, "stype", "sch.wide")
    put_ratio(out, "ratio", full)
    put_tests(out, "chisq", full, "sch.wide", "comp.imp")
    put_tests(out, "chisq_wr", wr, "sch.wide", "comp.imp")
    put_ciprop(out, "ciprop", full, "comp.imp", "Yes")
    put_by(out, "by", rows(mean(full, "api00", by="stype"), "mean", "stype"), "api00")
    put_by(out, "by2", rows(total(full, "enroll", by="stype"), "total", "stype"), "enroll")
    put_means(out, "one_stage_ultimate", one, "api00")
    put_quantiles(out, "median", full, "api00", (0.25, 0.5, 0.75))
    return out


def apistrat() -> Out:
    d, out = data("apistrat"), Out()
    full = survey("apistrat", strata="stype", fpc="fpc")
    nofpc, only = survey("apistrat", strata="stype"), survey("apistrat")
    out["degf"] = rows(mean(full, "api00"), "mean")[0].df
    put_means(out, "mean", full, "api00", "api99", "enroll")
    put_means(out, "mean_nofpc", nofpc, "api00", "enroll")
    put_means(out, "mean_weights_only", only, "api00", "enroll")
    put_means(out, "mean_na", full, "acs.k3")
    for name in ("api00", "enroll"):
        out[f"mean_cv[{name}]"] = rows(mean(full, name), "cv")[0].estimate
    put_shares(out, "prop_factor", full, "comp.imp")
    for r in rows(crosstab(full, "comp.imp", "stype"), "total_percent", "stype"):
        cell = f"|mean|interaction(stype, comp.imp){r.by_code}.{r.level_code}"
        put(out, "prop_interaction", {"est": "estimate", "se": "se"}, r, cell, 100.0)
    put_totals(out, "total", full, "enroll", "api.stu")
    put_totals(out, "total_nofpc", nofpc, "enroll")
    put_counts(out, "total_factor", full, "sch.wide")
    put_ratio(out, "ratio", full)
    for prefix, s, row, by in (
        ("chisq_comp_sch", full, "comp.imp", "sch.wide"),
        ("chisq_stype_comp", full, "stype", "comp.imp"),
        ("chisq_nofpc_stype_comp", nofpc, "stype", "comp.imp"),
        ("chisq_weights_only_stype_comp", only, "stype", "comp.imp"),
    ):
        put_tests(out, prefix, s, row, by)
    put_table(out, "table", full, "stype", "sch.wide")
    put_table(out, "table_comp", full, "comp.imp", "sch.wide")
    put_table(out, "table_Ntotal", full, "comp.imp", "sch.wide", "total_percent")
    put_ciprop(out, "ciprop_comp_imp", full, "comp.imp", "Yes")
    put_ciprop(out, "ciprop_yr_rnd", full, "yr.rnd", "Yes")
    put_ciprop(out, "ciprop90_comp_imp", full, "comp.imp", "Yes", level=0.9)
    put_ciprop(out, "ciprop_nofpc_comp_imp", nofpc, "comp.imp", "Yes")
    out["subset_degf"] = rows(mean(full, "api00", where="stype == 'H'"), "mean")[0].df
    apistrat_subset(out, d, full)
    apistrat_quantiles(out, full)
    apistrat_groups(out, full)
    apistrat_replicates(out, d)
    put_t(out, full, "api00")
    return out


def apistrat_subset(out: Out, d: pd.DataFrame, full: Survey) -> None:
    renamed = Survey(d.rename(columns=lambda c: c.replace(".", "_")), design=full.design)
    put_means(out, "subset_mean", renamed, "api00", where="comp_imp == 'Yes'")
    put_totals(out, "subset_total", renamed, "enroll", where="comp_imp == 'Yes'")


def apistrat_quantiles(out: Out, full: Survey) -> None:
    for interval in ("mean", "beta", "xlogit", "asin"):
        put_quantiles(out, f"quantile_ci_{interval}", full, "api00", QUINTET, interval=interval)
    for rule in ("math", "school", *(f"hf{i}" for i in range(1, 10))):
        for row in quantile(full, ["api00", "enroll"], 0.1, rule=rule).rows:
            if row.stat == "quantile_10":
                out[f"quantile_rule_{rule}[{row.variable}.0.1]"] = row.estimate


def apistrat_groups(out: Out, full: Survey) -> None:
    found = mean(full, "api00", by=["stype", "comp.imp*sch.wide"])
    put_by(out, "by_mean", rows(found, "mean", "stype"), "api00", deff="DEff.api00")
    for row in rows(found, "cv", "stype"):
        out[f"by_mean[{row.by_code}|cv]"] = row.estimate
    for row in rows(found, "mean", "stype"):
        out[f"by_mean[{row.by_code}|var]"] = row.se**2
    swapped = mean(full, "api00", by="sch.wide*comp.imp")
    put_by(out, "by_mean_2way", rows(swapped, "mean", "sch.wide*comp.imp"), "api00")
    amounts = total(full, "enroll", by="comp.imp")
    put_by(out, "by_total", rows(amounts, "total", "comp.imp"), "enroll")
    for row in rows(amounts, "cv", "comp.imp"):
        out[f"by_total[{row.by_code}|cv]"] = row.estimate
    for r in rows(crosstab(full, "sch.wide", "stype"), "percent", "stype"):
        what = f"sch.wide{r.level_code}"
        names = {f"{r.by_code}|{what}": "estimate", f"{r.by_code}|se.{what}": "se"}
        put(out, "by_prop", names, r, unit=100.0)
    for ci in ("logit", "beta"):
        found = crosstab(full, "comp.imp", "stype", ci=ci)
        for r in rows(found, "percent", "stype"):
            if r.level_code == "Yes":
                what = 'I(comp.imp == "Yes")'
                names = {what: "estimate", "ci_l": "low", "ci_u": "high"}
                names |= {f"se.as.numeric({what})": "se"} if ci == "logit" else {}
                names = {f"{r.by_code}|{k}": v for k, v in names.items()}
                put(out, f"by_ciprop_{ci}", names, r, unit=100.0)
    quotients = rows(ratio(full, "api.stu", "enroll", by="stype"), "ratio", "stype")
    put_by(out, "by_ratio", quotients, "api.stu/enroll", "|se.api.stu/enroll")
    for r in rows(mean(full, "api00", by="stype"), "median", "stype"):
        names = {"api00": "estimate", "se.api00": "se", "ci_l": "low", "ci_u": "high"}
        put(out, "by_median", {f"{r.by_code}|{k}": v for k, v in names.items()}, r)
    (gap,) = (r for r in difference(full, "api00", "stype", against="H").rows if r.by_code == "E")
    put(out, "by_contrast", {"est": "estimate", "se": "se"}, gap)


def apistrat_replicates(out: Out, d: pd.DataFrame) -> None:
    jkn = from_design(d, strata=d.stype, fpc=[d.fpc])
    put_rep(out, "jkn", jkn)
    put_means(out, "jkn_mse", from_design(d, True, strata=d.stype, fpc=[d.fpc]), "api00")
    put_tests(out, "jkn_chisq", jkn, "stype", "comp.imp")
    put_quantiles(out, "jkn_median", jkn, "api00", (0.5,), "")
    put_ratio(out, "jkn_ratio", jkn)


def edges() -> Out:
    out = Out()
    full = survey("edges", psu="dnum", fpc="fpc")
    put_ciprop(out, "ciprop", full, "two", "1", form="{}_{}_two[{}]")
    put_means(out, "single_psu_domain", full, "api00", where="one_psu == 1")
    (row,) = rows(mean(full, "api00", where="one_psu == 1"), "mean")
    out["single_psu_domain_degf"] = row.df
    zero = survey("edges", "w0", psu="dnum")
    put_means(out, "zero_weights_mean", zero, "api00")
    out["zero_weights_mean[degf]"] = rows(mean(zero, "api00"), "mean")[0].df
    for prefix, s, where in (
        ("single_psu_domain_ciprop_beta", full, "one_psu == 1"),
        ("zero_weights_ciprop_beta", zero, None),
        ("subset_vs_by", full, "stype == 'H'"),
    ):
        one = {"methods": ("beta",), "where": where, "form": "{0}[{2}]"}
        put_ciprop(out, prefix, s, "comp.imp", "Yes", **one)
    put_tests(out, "chisq_zero_cell", full, "two", "stype")
    right = survey("edges", psu="dnum")
    kept = data("edges").query("stype == 'H'").reset_index(drop=True)
    wrong = Survey(kept, design=right.design)
    put_means(out, "wrong_filter", wrong, "api00")
    put_totals(out, "wrong_filter_total", wrong, "enroll")
    put_means(out, "right_filter", right, "api00", where="stype == 'H'")
    put_totals(out, "right_filter_total", right, "enroll", where="stype == 'H'")
    return out


def lonely() -> Out:
    out = Out()
    for rule in LONELY_RULES[1:]:
        plain = survey("lonely", strata="stype", psu="psu", lonely_psu=rule)
        put_means(out, rule, plain, "api00", "enroll")
        put_totals(out, rule, plain, "enroll")
        put_tests(out, f"{rule}_chisq", plain, "stype", "comp.imp")
        fpc = survey("lonely", strata="stype", psu="psu", fpc="fpc", lonely_psu=rule)
        put_means(out, f"{rule}_fpc", fpc, "api00")
    full = data("apistrat")
    first = full.stype.eq("H") & ~full.stype.eq("H").shift(fill_value=False).cummax()
    mask = (full.stype.eq("E") | first).to_numpy()
    domain = Survey(full, design=Design("pw", "stype"), mask=mask)
    put_means(out, "domain_lonely_FALSE", domain, "api00")
    return out


VERBS: dict[str, Out] = {
    name: maker()
    for name, maker in {
        "apiclus1": apiclus1, "apiclus2": apiclus2, "apistrat": apistrat, "edges": edges,
        "lonely": lonely,
    }.items()
}  # fmt: skip
