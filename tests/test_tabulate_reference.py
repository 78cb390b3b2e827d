"""Tables of R expss 0.11.6 and estimates of R survey 4.5, met through the verbs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tabulate_cells import choices, codebook, values

import surveykit as sk
from surveykit.codebook import Choice, Design, Net, Variable
from surveykit.estimate import Estimates, Letters
from surveykit.text import Label

HERE = Path(__file__).parent / "reference"

# ---------------------------------------------------------------- expss: banners and letters
LIKES = (
    "Liked everything", "Disliked everything", "Chocolate", "Appearance", "Taste", "Stuffing",
    "Nuts", "Consistency",
)  # fmt: skip
OTHERS = (Choice("98", Label.of("Other")), Choice("99", Label.of("Hard to answer")))
PREFERRED = ("First", "Second", "Hard to say")
BANNER = ("cell", "age2", "cell*age2")
# the columns of every expss table, in its order
COLUMNS = (
    ("", ""), ("cell", "1"), ("cell", "2"), ("age2", "1"), ("age2", "2"),
    ("cell*age2", "1*1"), ("cell*age2", "1*2"), ("cell*age2", "2*1"), ("cell*age2", "2*2"),
)  # fmt: skip
CODES = {
    **{text: str(i) for i, text in enumerate(PREFERRED, 1)},
    **{text: str(i) for i, text in enumerate(LIKES, 1)},
    **{c.label.text("en"): c.code for c in OTHERS},
    "General": "net:1+2",
    "Product features": "net:3+4+5+6+7+8",
}


@cache
def product() -> sk.Survey:
    likes = Variable(
        "a1", "multiple", Label.of("Likes, first product"), (*choices(*LIKES), *OTHERS),
        columns=tuple(f"a1_{i}" for i in range(1, 7)), none=("-1",),
        nets=(
            Net(Label.of("General"), ("1", "2")),
            Net(Label.of("Product features"), ("3", "4", "5", "6", "7", "8")),
        ),
    )  # fmt: skip
    book = codebook(
        Variable("cell", "single", Label.of("Test order"), choices("VSX123 first", "SDF456 first")),
        Variable("age2", "single", Label.of("Age"), choices("18-25", "26-35")),
        Variable("c1", "single", Label.of("Preference"), choices(*PREFERRED)),
        likes,
    )
    return sk.Survey(pd.read_csv(HERE / "banner" / "product_test_expss.csv"), book)


@cache
def preference(letters: Letters | str = "none") -> Estimates:
    return sk.crosstab(product(), "c1", by=BANNER, letters=letters, lang="en")


@cache
def likes(letters: Letters | str = "none") -> Estimates:
    return sk.crosstab(product(), "a1", by=BANNER, letters=letters, lang="en")


def printed(name: str) -> dict[tuple[str, tuple[str, str]], str]:
    """(label of the row, column) to what expss prints there."""
    with (HERE / "banner" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    assert all(len(row) == 1 + len(COLUMNS) for row in rows)
    return {
        (row[0].partition("|")[2], column): cell
        for row in rows
        for column, cell in zip(COLUMNS, row[1:], strict=True)
    }


TABLES = {
    # file: (estimates, statistic of the levels, numbers in the file)
    "cpct_nested_banner": (preference, "percent", 45),
    "mr_cpct": (likes, "percent", 108),
    "mr_cpct_responses": (likes, "percent_of_responses", 99),
    "mr_net": (likes, "percent", 45),
}
BASES = {
    "#Total cases": "base",
    "#Total wtd. cases": "base",
    "#Total responses": "responses",
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_expss(name: str) -> None:
    made, stat, size = TABLES[name]
    found = made()
    (variable,) = found.spec.variables
    wanted = printed(name)
    assert len(wanted) == size
    bases = {(r.by, r.by_code): r.n for r in found.rows if r.stat == "percent"}
    for (label, column), text in wanted.items():
        if BASES.get(label) == "base":
            got: float | None = bases[column]
        elif label in BASES:
            got = values(found, BASES[label])[(variable, "", *column)]
        else:
            got = values(found, stat)[(variable, CODES[label], *column)]
        # a blank cell of expss is nobody; 1e-13: both are double precision
        assert got == pytest.approx(float(text or 0), rel=1e-13), (label, column)


MARKED = {
    # file: (estimates, options, cells of percent in the file, cells with a letter or sign)
    "sig_c1_letters": (preference, Letters(), 27, 2),
    "sig_c1_first_column": (preference, Letters(against="total", overlap="ignore"), 27, 5),
    "sig_mr_letters": (likes, Letters(), 90, 0),
    "sig_mr_letters_bonferroni": (likes, Letters(adjust="bonferroni"), 90, 0),
}


@pytest.mark.parametrize("name", MARKED)
def test_letters_of_expss(name: str) -> None:
    made, options, size, marked = MARKED[name]
    found = made(options)
    (variable,) = found.spec.variables
    wanted = {k: v for k, v in printed(name).items() if k[0] in CODES}
    assert len(wanted) == size
    marks = {k: v for k, v in found.comparisons.marks().items() if "net:" not in k[1]}
    percent = values(found, "percent")
    seen = {}
    for (label, column), text in wanted.items():
        number, *signs = text.split()[:2] or ["0"]
        place = (variable, CODES[label], *column)
        assert percent[place] == pytest.approx(float(number), rel=1e-13), place  # 15 digits
        if signs:
            seen[(*place, "percent")] = signs[0]
    assert marks == seen
    assert len(seen) == marked


def test_expss_letters_are_those_of_a_plain_pooled_z() -> None:
    """Where expss prints no letter at all (multiple response), p is still checked, cell by cell."""
    from math import erfc, sqrt

    frame = pd.read_csv(HERE / "banner" / "product_test_expss.csv")
    picked = frame[[f"a1_{i}" for i in range(1, 7)]]
    groups = {("cell", "1"): frame.cell == 1, ("cell", "2"): frame.cell == 2}
    groups |= {("age2", "1"): frame.age2 == 1, ("age2", "2"): frame.age2 == 2}
    groups |= {
        ("cell*age2", f"{c}*{a}"): (frame.cell == c) & (frame.age2 == a)
        for c in (1, 2)
        for a in (1, 2)
    }
    checked = 0
    for row in likes(Letters()).comparisons.rows:
        if row.level_code.startswith("net:"):
            continue
        has = picked.eq(int(row.level_code)).any(axis=1)
        (x1, n1), (x2, n2) = (
            (int((has & groups[row.by, code]).sum()), int(groups[row.by, code].sum()))
            for code in (row.by_code, row.against_code)
        )
        pooled = (x1 + x2) / (n1 + n2)
        se = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        assert row.difference == pytest.approx(100 * (x1 / n1 - x2 / n2))
        if se == 0:
            assert row.p is None
            continue
        z = (x1 / n1 - x2 / n2) / se
        assert row.p == pytest.approx(erfc(abs(z) / sqrt(2)), rel=1e-12)
        checked += 1
    assert checked == 27  # 7 options that anybody chose by 4 pairs, less one of two empty columns


# ---------------------------------------------------------------- R survey, through the verbs
R = HERE / "r"
R_TESTS = {
    "F": "rao_scott", "Chisq": "rao_scott_chi2", "Wald": "wald", "adjWald": "adj_wald",
    "lincom": "lincom", "saddlepoint": "saddlepoint",
}  # fmt: skip
R_INTERVALS = ("logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson")
Answers = dict[str, float | None]
STAGES = Design(psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))
DESIGNS = {
    "apistrat": Design(weight="pw", strata="stype", fpc="fpc"),
    "apistrat nofpc": Design(weight="pw", strata="stype"),
    "apistrat weights": Design(weight="pw"),
    "apiclus1": Design(weight="pw", psu="dnum", fpc="fpc"),
    "apiclus1 nofpc": Design(weight="pw", psu="dnum"),
    "apiclus2": STAGES,
    "apiclus2 wr": Design(weight="pw", psu="dnum"),
    "edges": Design(weight="pw", psu="dnum", fpc="fpc"),
    "edges nofpc": Design(weight="pw", psu="dnum"),
    "edges zero": Design(weight="w0", psu="dnum"),
} | {
    f"lonely {rule}{fpc}": Design(
        weight="pw", strata="stype", psu="psu", fpc=("fpc",) if fpc else (), lonely_psu=rule
    )
    for rule in ("remove", "certainty", "adjust", "average")
    for fpc in ("", " fpc")
}  # fmt: skip


@cache
def sampled(name: str) -> sk.Survey:
    frame = pd.read_csv(R / f"{name.split()[0]}.csv")
    return sk.Survey(frame, design=DESIGNS[name])


def means(name: str, *variables: str, where: str | None = None) -> Answers:
    """svymean: estimate, standard error, t interval, design effect."""
    found = sk.mean(sampled(name), variables, where=where, lang="en")
    out: Answers = {}
    for row in (r for r in found.rows if r.stat == "mean"):
        parts = {"est": row.estimate, "se": row.se, "ci_lo_t": row.low, "ci_hi_t": row.high}
        parts["deff"] = row.deff
        out |= {f"{key}|mean|{row.variable}": value for key, value in parts.items()}
    return out


def shares(name: str, *variables: str) -> Answers:
    """svymean of factors."""
    out: Answers = {}
    for row in sk.freq(sampled(name), variables, ci="mean").rows:
        if row.stat == "percent":
            numbers = (row.estimate, row.se, row.low, row.high)
            keys = ("est", "se", "ci_lo_t", "ci_hi_t")
            factor = row.variable + row.level_code
            out |= {f"{k}|mean|{factor}": x / 100 for k, x in zip(keys, numbers, strict=True)}
            out[f"deff|mean|{factor}"] = row.deff
    return out


def factor_totals(name: str, variable: str) -> Answers:
    """svytotal of a factor."""
    found = [r for r in sk.freq(sampled(name), variable).rows if r.stat == "weighted_count"]
    out: Answers = {f"est|total|{variable}{r.level_code}": r.estimate for r in found}
    return out | {f"se|total|{variable}{r.level_code}": r.se for r in found}


def crossed(name: str, row: str, by: str, stat: str) -> dict[tuple[str, str], Any]:
    found = sk.crosstab(sampled(name), row, by=by).rows
    return {(r.level_code, r.by_code): r for r in found if r.stat == stat and r.by}


def weighted_table(name: str, row: str, by: str) -> Answers:
    """svytable."""
    found = crossed(name, row, by, "weighted_count")
    return {f"{a}|{b}": r.estimate for (a, b), r in found.items()}


def interaction(name: str, row: str, by: str) -> Answers:
    """svymean of an interaction: shares of the table."""
    out: Answers = {}
    for (a, b), r in crossed(name, row, by, "total_percent").items():
        label = f"interaction({row}, {by}){a}.{b}"
        out |= {f"est|mean|{label}": r.estimate / 100, f"se|mean|{label}": r.se / 100}
    return out


def by_shares(name: str, row: str, by: str) -> Answers:
    """svyby of a factor."""
    out: Answers = {}
    for (a, b), r in crossed(name, row, by, "percent").items():
        out |= {f"{b}|{row}{a}": r.estimate / 100, f"{b}|se.{row}{a}": r.se / 100}
    return out


def by_interval(name: str, row: str, by: str, method: str) -> Answers:
    """svyby of svyciprop, of the answer Yes."""
    what, out = f'I({row} == "Yes")', Answers()
    for r in sk.crosstab(sampled(name), row, by=by, ci=method).rows:
        if r.stat == "percent" and r.level_code == "Yes" and r.by:
            numbers = (r.estimate, r.se, r.low, r.high)
            keys = (what, f"se.as.numeric({what})", "ci_l", "ci_u")
            out |= {f"{r.by_code}|{k}": x / 100 for k, x in zip(keys, numbers, strict=True)}
    return out


def by_means(name: str, variables: tuple[str, ...], by: str) -> Answers:
    """svyby of svymean; a nested banner where R crosses two factors (the first is R's first)."""
    out: Answers = {}
    for r in sk.mean(sampled(name), variables, by=by).rows:
        if r.stat != "mean" or not r.by:
            continue
        group, several = r.by_code.replace("*", "."), len(variables) > 1
        ends = {f"se.{r.variable}" if several else "se": r.se, f"DEff.{r.variable}": r.deff}
        ends |= {} if several else {"cv": r.se / r.estimate, "var": r.se**2}
        out |= {f"{group}|{k}": v for k, v in {r.variable: r.estimate, **ends}.items()}
    return out


def intervals(name: str, row: str, code: str = "Yes", level: float = 0.95) -> Answers:
    """svyciprop by every method."""
    out: Answers = {}
    for method in R_INTERVALS:
        (r,) = (
            r
            for r in sk.freq(sampled(name), row, ci=method, level=level).rows
            if r.stat == "percent" and r.level_code == code
        )
        numbers = zip(("est", "lo", "hi"), (r.estimate, r.low, r.high), strict=True)
        out |= {f"{method}|{k}": x / 100 for k, x in numbers}
    return out


def one_interval(name: str, row: str, code: str, method: str, where: str | None = None) -> Answers:
    """svyciprop by one method, in a domain."""
    (r,) = (
        r
        for r in sk.freq(sampled(name), row, ci=method, where=where).rows
        if r.stat == "percent" and r.level_code == code
    )
    numbers = zip(("est", "lo", "hi"), (r.estimate, r.low, r.high), strict=True)
    return {k: x / 100 for k, x in numbers}


def chi_squares(name: str, row: str, by: str) -> Answers:
    """svychisq, every statistic."""
    found = sk.crosstab(sampled(name), row, by=by, tests=tuple(R_TESTS.values()))
    made = {t.test: t for t in found.tests.rows}
    out: Answers = {}
    for key, test in R_TESTS.items():
        t = made[test]
        df = "df" if key == "Chisq" else "ndf"
        out |= {f"{key}|statistic": t.statistic, f"{key}|{df}": t.df, f"{key}|ddf": t.df2}
        out[f"{key}|p"] = t.p
    return out


def quantiles(name: str, variable: str) -> Answers:
    asked = ("quantile_25", "quantile_75")
    found = {r.stat: r.estimate for r in sk.mean(sampled(name), variable, summaries=asked).rows}
    named = {"0.25": "quantile_25", "0.5": "median", "0.75": "quantile_75"}
    return {f"{p}|quantile": found[stat] for p, stat in named.items()}


def by_median(name: str, variable: str, by: str) -> Answers:
    found = sk.mean(sampled(name), variable, by=by).rows
    return {f"{r.by_code}|{variable}": r.estimate for r in found if r.stat == "median" and r.by}


def t_test(name: str, variable: str, by: str) -> Answers:
    """svyttest is the Wald test of two means: F is the square of t."""
    found = sk.mean(sampled(name), variable, by=by, letters="all")
    (wald,) = found.tests.rows
    (pair,) = found.comparisons.rows
    assert wald.statistic == pytest.approx(pair.statistic**2, rel=1e-10)
    # R takes Yes less No; the columns here follow the data
    sign = 1 if (pair.by_code, pair.against_code) == ("Yes", "No") else -1
    return {
        "statistic_t": sign * pair.statistic, "parameter_df": wald.df2, "p": wald.p,
        "estimate_difference in mean": sign * pair.difference,
    }  # fmt: skip


def contrast(name: str, variable: str, by: str, a: str, b: str) -> Answers:
    """svycontrast of the means of two groups: a comparison of two columns."""
    pairs = sk.mean(sampled(name), variable, by=by, letters="all").comparisons.rows
    (pair,) = (p for p in pairs if (p.by_code, p.against_code) == (a, b))
    return {"est": pair.difference, "se": pair.se}


def complete(name: str) -> Answers:
    """As R with na.rm: records that lack any variable of the formula are left out.

    The t intervals asked of R took the degrees of freedom of all districts, ours those of the
    districts that have an answer.
    """
    found = means(name, "api00", "enroll", where="enroll >= 0")
    return {k: v for k, v in found.items() if "ci" not in k}


# (file, start of R's ids): what the verbs make of it, how many of R's values that meets
CASES: dict[tuple[str, str], tuple[Callable[[], Answers], int]] = {
    ("apistrat", "mean"): (lambda: means("apistrat", "api00", "api99", "enroll"), 15),
    ("apistrat", "mean_nofpc"): (lambda: means("apistrat nofpc", "api00", "enroll"), 10),
    ("apistrat", "mean_weights_only"): (lambda: means("apistrat weights", "api00", "enroll"), 10),
    ("apistrat", "mean_na"): (lambda: means("apistrat", "acs.k3"), 2),
    ("apistrat", "subset_mean"): (lambda: means("apistrat", "api00", where="`comp.imp` == 'Yes'"), 4),
    ("apistrat", "prop_factor"): (lambda: shares("apistrat", "comp.imp"), 10),
    ("apistrat", "prop_interaction"): (lambda: interaction("apistrat", "stype", "comp.imp"), 12),
    ("apistrat", "total_factor"): (lambda: factor_totals("apistrat", "sch.wide"), 4),
    ("apistrat", "table"): (lambda: weighted_table("apistrat", "stype", "sch.wide"), 6),
    ("apistrat", "table_comp"): (lambda: weighted_table("apistrat", "comp.imp", "sch.wide"), 4),
    ("apistrat", "by_prop"): (lambda: by_shares("apistrat", "sch.wide", "stype"), 12),
    ("apistrat", "by_ciprop_logit"): (lambda: by_interval("apistrat", "comp.imp", "stype", "logit"), 12),
    ("apistrat", "by_ciprop_beta"): (lambda: by_interval("apistrat", "comp.imp", "stype", "beta"), 9),
    ("apistrat", "by_mean"): (lambda: by_means("apistrat", ("api00",), "stype"), 15),
    ("apistrat", "by_mean_2way"): (lambda: by_means("apistrat", ("api00",), "sch.wide*comp.imp"), 8),
    ("apistrat", "by_median"): (lambda: by_median("apistrat", "api00", "stype"), 3),
    ("apistrat", "by_contrast"): (lambda: contrast("apistrat", "api00", "stype", "E", "H"), 2),
    ("apistrat", "ttest"): (lambda: t_test("apistrat", "api00", "comp.imp"), 4),
    ("apistrat", "ciprop_comp_imp"): (lambda: intervals("apistrat", "comp.imp"), 21),
    ("apistrat", "ciprop_yr_rnd"): (lambda: intervals("apistrat", "yr.rnd"), 21),
    ("apistrat", "ciprop90_comp_imp"): (lambda: intervals("apistrat", "comp.imp", level=0.9), 21),
    ("apistrat", "ciprop_nofpc_comp_imp"): (lambda: intervals("apistrat nofpc", "comp.imp"), 21),
    ("apistrat", "chisq_comp_sch"): (lambda: chi_squares("apistrat", "comp.imp", "sch.wide"), 19),
    ("apistrat", "chisq_stype_comp"): (lambda: chi_squares("apistrat", "stype", "comp.imp"), 19),
    ("apistrat", "chisq_nofpc_stype_comp"): (lambda: chi_squares("apistrat nofpc", "stype", "comp.imp"), 19),
    ("apistrat", "chisq_weights_only_stype_comp"): (
        lambda: chi_squares("apistrat weights", "stype", "comp.imp"), 19),
    ("apiclus1", "mean"): (lambda: means("apiclus1", "api00", "enroll", "meals"), 15),
    ("apiclus1", "mean_nofpc"): (lambda: means("apiclus1 nofpc", "api00", "enroll"), 10),
    ("apiclus1", "prop"): (lambda: shares("apiclus1", "stype", "comp.imp"), 20),
    ("apiclus1", "total"): (lambda: factor_totals("apiclus1", "stype"), 6),
    ("apiclus1", "median"): (lambda: quantiles("apiclus1", "api00"), 3),
    ("apiclus1", "ciprop"): (lambda: intervals("apiclus1", "comp.imp"), 21),
    ("apiclus1", "ciprop_rare"): (lambda: intervals("apiclus1", "stype", "H"), 21),
    ("apiclus1", "chisq"): (lambda: chi_squares("apiclus1", "sch.wide", "stype"), 19),
    ("apiclus1", "chisq2"): (lambda: chi_squares("apiclus1", "comp.imp", "sch.wide"), 19),
    ("apiclus1", "chisq_nofpc"): (lambda: chi_squares("apiclus1 nofpc", "sch.wide", "stype"), 19),
    ("apiclus1", "table"): (lambda: weighted_table("apiclus1", "sch.wide", "stype"), 6),
    ("apiclus1", "by_mean"): (lambda: by_means("apiclus1", ("api00", "enroll"), "stype"), 18),
    ("apiclus1", "ttest"): (lambda: t_test("apiclus1", "enroll", "comp.imp"), 4),
    ("apiclus2", "mean"): (lambda: complete("apiclus2"), 6),
    ("apiclus2", "mean_wr"): (lambda: complete("apiclus2 wr"), 6),
    ("apiclus2", "prop"): (lambda: shares("apiclus2", "stype", "sch.wide"), 10),
    ("apiclus2", "chisq"): (lambda: chi_squares("apiclus2", "sch.wide", "comp.imp"), 19),
    ("apiclus2", "chisq_wr"): (lambda: chi_squares("apiclus2 wr", "sch.wide", "comp.imp"), 19),
    ("apiclus2", "ciprop"): (lambda: intervals("apiclus2", "comp.imp"), 21),
    ("apiclus2", "by"): (lambda: by_means("apiclus2", ("api00",), "stype"), 6),
    ("apiclus2", "median"): (lambda: quantiles("apiclus2", "api00"), 3),
    ("edges", "chisq_zero_cell"): (lambda: chi_squares("edges", "two", "stype"), 19),
    ("edges", "single_psu_domain"): (lambda: means("edges", "api00", where="one_psu == 1"), 4),
    ("edges", "zero_weights_mean"): (lambda: means("edges zero", "api00"), 4),
    ("edges", "zero_weights_ciprop_beta"): (lambda: one_interval("edges zero", "comp.imp", "Yes", "beta"), 3),
    ("edges", "subset_vs_by"): (lambda: one_interval("edges", "comp.imp", "Yes", "beta", "stype == 'H'"), 3),
    ("edges", "right_filter"): (lambda: means("edges nofpc", "api00", where="stype == 'H'"), 2),
} | {
    ("lonely", f"{rule}_chisq"): (partial(chi_squares, f"lonely {rule}", "stype", "comp.imp"), 19)
    for rule in ("remove", "certainty", "adjust", "average")
} | {
    ("lonely", rule): (partial(means, f"lonely {rule}", "api00", "enroll"), 4)
    for rule in ("remove", "certainty", "adjust", "average")
} | {
    ("lonely", f"{rule}_fpc"): (partial(means, f"lonely {rule} fpc", "api00"), 2)
    for rule in ("remove", "certainty", "adjust", "average")
}  # fmt: skip
# part of an id: relative and absolute tolerance, and the reason
LOOSER = {
    "lincom|p": (0, 1e-7),  # R's Davies algorithm is asked for 1e-7
    "saddlepoint|p": (2e-7, 0),  # R finds the saddle point to 1e-8 of its range
    "likelihood|": (5e-3, 0),  # R interpolates a profile of some ten points; ours is its root
}


@cache
def stored(file: str) -> dict[str, float | str]:
    held = json.loads((R / f"{file}.json").read_text(encoding="utf-8"))["values"]
    return {v["id"]: v["value"] for v in held}


@pytest.mark.parametrize(
    ("file", "start"), CASES, ids=[f"{f}-{s}-{n}_values" for (f, s), (_, n) in CASES.items()]
)
def test_values_of_r_survey(file: str, start: str) -> None:
    make, count = CASES[file, start]
    wanted, got = stored(file), make()
    met = [key for key in got if f"{start}[{key}]" in wanted]
    assert len(met) == count
    for key in met:
        relative, absolute = next((t for k, t in LOOSER.items() if k in key), (1e-8, 1e-11))
        value = wanted[f"{start}[{key}]"]
        if value == "NaN":
            assert got[key] is None, key
            continue
        assert got[key] == pytest.approx(value, rel=relative, abs=absolute), key


def test_how_many_values_of_r_survey_are_met() -> None:
    assert sum(n for _, n in CASES.values()) == 708
