"""Designs on the command line as users of R survey know them: replicate weights, and the verbs
`total`, `ratio`, `quantile`, `difference`, against stored results of R survey 4.5."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_cli import Here

import surveykit as sk

R = Path(__file__).parent / "reference" / "r"
STRATA = ("--weight", "pw", "--strata", "stype", "--fpc", "fpc")
CLUSTERS = ("--weight", "pw", "--psu", "dnum", "--fpc", "fpc")
Row = dict[str, Any]


def stored(name: str) -> dict[str, float]:
    values = json.loads((R / f"{name}.json").read_text(encoding="utf-8"))["values"]
    return {v["id"]: v["value"] for v in values}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cluster sample with its jackknife (R's JK1) and the stored draws of a bootstrap."""
    made = tmp_path_factory.mktemp("api")
    d = pd.read_csv(R / "apiclus1.csv", dtype={"cds": str})
    units = sorted(set(d.dnum))
    for k, unit in enumerate(units, 1):
        d[f"jk_{k:02}"] = np.where(d.dnum == unit, 0.0, d.pw * len(units) / (len(units) - 1))
    drawn = pd.read_csv(R / "apiclus1_draws.csv").query("kind == 'bootstrap'").set_index("dnum")
    drawn = drawn[[c for c in drawn.columns if c.startswith("rep")]].dropna(axis=1)
    times = drawn.loc[d.dnum].reset_index(drop=True)
    d = pd.concat([d, times.add_prefix("times_"), times.mul(d.pw, axis=0).add_prefix("boot_")], axis=1)  # fmt: skip
    d.to_csv(made / "clus.csv", index=False)
    (made / "strat.csv").write_bytes((R / "apistrat.csv").read_bytes())
    (made / "plain.csv").write_bytes((R / "apiclus1.csv").read_bytes())
    book = "surveykit: codebook/1\ndesign: {weight: pw, psu: [dnum], fpc: [fpc]}\nvariables:\n"
    (made / "book.yaml").write_text(f"{book}  api00: {{kind: number}}\n", encoding="utf-8")
    return made


def rows(here: Here, folder: Path, *args: str, stat: str) -> list[Row]:
    code, stdout, said = here.run(*args, "--format", "json", "--lang", "en", cwd=folder)
    assert code == 0, said
    return [r for r in json.loads(stdout)["estimates"] if r["stat"] == stat]


JK1 = ("--weight", "pw", "--repweights", "jk_*", "--rep-type", "JK1")
BOOT = ("--weight", "pw", "--repweights", "boot_rep*", "--rep-type", "bootstrap")
REPLICATES = {
    "jk1": (JK1, "jk1"),
    "jk1, columns named": (
        ("--weight", "pw", "--repweights", "jk_01,jk_02,jk_03,jk_04,jk_05,jk_06,jk_07",
         "--repweights", "jk_08,jk_09,jk_1*", "--rep-type", "jk1"),
        "jk1",
    ),
    "jk1 about the estimate": ((*JK1, "--mse"), "jk1_mse"),
    "jk1 by its factors": (
        ("--weight", "pw", "--repweights", "jk_*", "--rep-type", "other", "--scale", str(14 / 15),
         "--rscales", "1"),
        "jk1",
    ),
    "bootstrap of so many": (BOOT, "bootstrap_imported"),
    "bootstrap about the estimate": ((*BOOT, "--mse"), "bootstrap_imported_mse"),
    "bootstrap with R's scale": ((*BOOT, "--scale", str(15 / 14 / 199)), "bootstrap_from_file"),
    "multiples of the weight": (
        ("--weight", "pw", "--repweights", "times_rep*", "--rep-type", "bootstrap",
         "--no-combined-weights"),
        "bootstrap_imported",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REPLICATES)
def test_replicate_weights_give_what_r_survey_gives(here: Here, folder: Path, case: str) -> None:
    options, id = REPLICATES[case]
    theirs = stored("apiclus1")
    (row,) = rows(here, folder, "mean", "clus.csv", "api00", *options, stat="mean")
    assert row["estimate"] == pytest.approx(theirs[f"{id}[est|mean|api00]"], rel=1e-12)
    assert row["se"] == pytest.approx(theirs[f"{id}[se|mean|api00]"], rel=1e-10)


def test_every_verb_takes_replicate_weights(here: Here, folder: Path) -> None:
    theirs = stored("apiclus1")
    (row,) = rows(here, folder, "total", "clus.csv", "enroll", *JK1, stat="total")
    assert row["estimate"] == pytest.approx(theirs["jk1[est|total|enroll]"], rel=1e-12)
    assert row["se"] == pytest.approx(theirs["jk1[se|total|enroll]"], rel=1e-10)
    args = ("quantile", "clus.csv", "api00", "--prob", "0.5")
    (row,) = rows(here, folder, *args, *JK1, stat="median")
    assert [row["estimate"], row["low"], row["high"]] == [652, 551, 722]
    args = ("tab", "clus.csv", "comp.imp", "--ci", "logit")
    found = rows(here, folder, *args, *JK1, stat="percent")
    (row,) = (r for r in found if r["level_code"] == "Yes")
    for end, key in (("low", "lo"), ("high", "hi")):
        assert row[end] == pytest.approx(100 * theirs[f"jk1_ciprop[logit|{key}]"], rel=1e-6)
    (row,) = rows(here, folder, "ratio", "clus.csv", "api.stu", "enroll", *JK1, stat="ratio")
    assert row["estimate"] == pytest.approx(theirs["ratio[est]"], rel=1e-12)
    found = rows(here, folder, "difference", "clus.csv", "enroll", "--by", "comp.imp", *JK1, stat="difference")  # fmt: skip
    assert len(found) == 1
    code, said, _ = here.run("book", "clus.csv", "--banner", "stype", "--variable", "comp.imp", *JK1, "--lang", "en", cwd=folder)  # fmt: skip
    assert code == 0
    assert "replicate weights" in said


def test_totals_ratios_quantiles_and_differences_are_those_of_r(here: Here, folder: Path) -> None:
    theirs = stored("apistrat")
    found = rows(here, folder, "total", "strat.csv", "enroll", "--by", "comp.imp", *STRATA, stat="total")  # fmt: skip
    (row, *groups) = found
    assert row["estimate"] == pytest.approx(theirs["total[est|total|enroll]"], rel=1e-12)
    assert row["se"] == pytest.approx(theirs["total[se|total|enroll]"], rel=1e-12)
    for r in groups:
        assert r["se"] == pytest.approx(theirs[f"by_total[{r['by_code']}|se]"], rel=1e-9)
    for r in rows(here, folder, "ratio", "strat.csv", "api.stu", "enroll", "--by", "stype", *STRATA, stat="ratio")[1:]:  # fmt: skip
        key = f"by_ratio[{r['by_code']}|"
        assert r["estimate"] == pytest.approx(theirs[f"{key}api.stu/enroll]"], rel=1e-12)
        assert r["se"] == pytest.approx(theirs[f"{key}se.api.stu/enroll]"], rel=1e-9)
    for share in ("0.25", "0.5", "0.75"):
        for interval in ("mean", "beta"):
            stat = "median" if share == "0.5" else f"quantile_{share[2:]}"
            args = ("quantile", "strat.csv", "api00", "--prob", share, "--interval", interval)
            (row,) = rows(here, folder, *args, *STRATA, stat=stat)
            key = f"quantile_ci_{interval}[{share}|"
            assert row["estimate"] == theirs[f"{key}quantile]"]
            assert row["low"] == pytest.approx(theirs[f"{key}ci.2.5]"])
    theirs = stored("apiclus1")
    args = ("difference", "plain.csv", "enroll", "--by", "comp.imp", "--against", "No")
    code, stdout, said = here.run(*args, *CLUSTERS, "--format", "json", cwd=folder)
    assert code == 0, said
    made = json.loads(stdout)
    (row,), (test,) = made["estimates"], made["comparisons"]
    assert row["estimate"] == pytest.approx(theirs["ttest[estimate_difference in mean]"], rel=1e-10)
    assert [row["low"], row["df"]] == [pytest.approx(theirs["ttest[ci_lo]"]), 13]
    assert test["p"] == pytest.approx(theirs["ttest[p]"], rel=1e-8)
    *_, line = here.run(*args, *CLUSTERS, "--lang", "en", cwd=folder)[1].strip().splitlines()
    assert line == "Yes p = 0.478"


def test_the_numbers_are_those_of_python(here: Here, folder: Path) -> None:
    survey = sk.read(folder / "strat.csv", design=sk.Design("pw", strata="stype", fpc="fpc"))
    made = {
        ("total", "strat.csv", "enroll", "--by", "stype", "--level", "0.9"): sk.total(
            survey, "enroll", "stype", level=0.9, lang="en"
        ),
        ("quantile", "strat.csv", "enroll", "--rule", "hf7"): sk.quantile(
            survey, "enroll", rule="hf7", lang="en"
        ),
        ("difference", "strat.csv", "sch.wide", "--by", "stype", "--measure", "odds_ratio",
         "--adjust", "holm"): sk.difference(
            survey, "sch.wide", "stype", measure="odds_ratio", adjust="holm", lang="en"
        ),
        ("tab", "strat.csv", "sch.wide", "--level", "0.9"): sk.freq(
            survey, "sch.wide", level=0.9, lang="en"
        ),
    }  # fmt: skip
    for args, estimates in made.items():
        code, stdout, said = here.run(
            *args, *STRATA, "--format", "json", "--lang", "en", cwd=folder
        )
        assert code == 0, said
        found = json.loads(stdout)
        assert [tuple(r.values()) for r in found["estimates"]] == [
            tuple(None if isinstance(v, float) and math.isnan(v) else v for v in r)
            for r in estimates.rows
        ], args
        held = found.get("comparisons", [])
        assert [c["p"] for c in held] == [c.p for c in estimates.comparisons.rows]


def test_tables_show_the_error_or_the_interval(here: Here, folder: Path) -> None:
    shown = {}
    for verb, *names in (("total", "enroll"), ("quantile", "enroll"), ("ratio", "api.stu", "enroll")):  # fmt: skip
        code, shown[verb], said = here.run(verb, "strat.csv", *names, *STRATA, "--lang", "en", cwd=folder)  # fmt: skip
        assert code == 0, said
    assert "114,641.7" in shown["total"]
    assert "446.0 [424.0, 522.0]" in shown["quantile"]
    assert "0.837 [0.822, 0.852]" in shown["ratio"]
    code, said, _ = here.run("total", "strat.csv", "enroll", *STRATA, "--stat", "cv", "--format", "md", cwd=folder)  # fmt: skip
    assert "0.031" in said


@pytest.mark.parametrize("kind", ["html", "xlsx", "docx", "pdf", "latex", "csv", "png"])
def test_differences_in_every_format(here: Here, folder: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"made.{kind}"
    args = ("difference", "strat.csv", "api00", "--by", "stype", *STRATA, "--format", kind)
    code, _, said = here.run(*args, "-o", target, cwd=folder)
    assert code == 0, said
    assert target.stat().st_size > 200
    assert ("comparisons" in said or "tests" in said) is (kind == "csv")


def test_replicates_take_the_place_of_the_units_of_the_codebook(here: Here, folder: Path) -> None:
    args = ("mean", "clus.csv", "api00", "--codebook", "book.yaml", "--format", "json")
    own = ("--repweights", "jk_*", "--rep-type", "JK1")
    code, stdout, said = here.run(*args, *own, cwd=folder)
    assert code == 0, said
    assert "set aside from the codebook's design: psu, fpc." in said
    row = next(r for r in json.loads(stdout)["estimates"] if r["stat"] == "mean")
    assert row["se"] == pytest.approx(stored("apiclus1")["jk1[se|mean|api00]"], rel=1e-10)


BAD = {
    "no type": (("--weight", "pw", "--repweights", "jk_*"), ["--rep-type", "JK1", "Hint"]),
    "no weight": (("--repweights", "jk_*", "--rep-type", "JK1"), ["--weight"]),
    "unknown type": (("--weight", "pw", "--repweights", "jk_*", "--rep-type", "jack"), ["jack", "jk1"]),
    "no columns": (("--weight", "pw", "--repweights", "jj_*", "--rep-type", "JK1"), ["jj_*"]),
    "a column missing": (("--weight", "pw", "--repweights", "jk_01,jk_99", "--rep-type", "JK1"), ["jk_99", "jk_09"]),
    "one column": (("--weight", "pw", "--repweights", "jk_01", "--rep-type", "JK1"), ["at least 2"]),
    "both": (("--weight", "pw", "--psu", "dnum", "--repweights", "jk_*", "--rep-type", "JK1"), ["--psu", "--repweights"]),
    "type alone": (("--weight", "pw", "--rep-type", "JK1"), ["--rep-type", "--repweights"]),
    "mse alone": (("--mse",), ["--mse", "--repweights"]),
    "no factors": (("--weight", "pw", "--repweights", "jk_*", "--rep-type", "other"), ["rscales"]),
    "words": (("--weight", "pw", "--repweights", "jk_*", "--rep-type", "JKn", "--rscales", "0.5,half"), ["--rscales", "half"]),
    "too few factors": (("--weight", "pw", "--repweights", "jk_*", "--rep-type", "JKn", "--rscales", "0.5,1"), ["rscales", "15"]),
    "no rho": (("--weight", "pw", "--repweights", "jk_*", "--rep-type", "Fay"), ["rho"]),
    "text": (("--weight", "pw", "--repweights", "stype,awards", "--rep-type", "JK1"), ["stype"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_replicates_of_which_too_little_is_said(here: Here, folder: Path, case: str) -> None:
    options, named = BAD[case]
    refused(here, folder, ("mean", "clus.csv", "api00", *options), named)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("total", "strat.csv", "stype"), ["stype"]),
        (("total", "strat.csv", "enrol"), ["enrol", "did you mean 'enroll'"]),
        (("ratio", "strat.csv", "api.stu"), ["DENOMINATOR"]),
        (("ratio", "strat.csv", "api.stu", "stype"), ["stype"]),
        (("quantile", "strat.csv", "enroll", "--prob", "50"), ["50", "between 0 and 1"]),
        (("quantile", "strat.csv", "enroll", "--interval", "bta"), ["bta", "beta"]),
        (("quantile", "strat.csv", "enroll", "--rule", "hf0"), ["hf0", "hf1"]),
        (("difference", "strat.csv", "enroll"), ["--by"]),
        (("difference", "strat.csv", "enroll", "--by", "stype", "--against", "X"), ["X", "E"]),
        (("difference", "strat.csv", "enroll", "--by", "stype", "--measure", "odds"), ["odds", "ratio"]),
        (("difference", "strat.csv", "enroll", "--by", "stype", "--measure", "odds_ratio"), ["no odds"]),
        (("difference", "strat.csv", "awards", "--by", "stype", "--method", "newcomb"), ["newcomb", "newcombe"]),
        (("difference", "strat.csv", "awards", "--by", "stype", "--method", "wald", *STRATA), ["design"]),
        (("total", "strat.csv", "enroll", "--level", "95"), ["95"]),
        (("mean", "strat.csv", "enroll", "--level", "0"), ["0"]),
    ],
)  # fmt: skip
def test_bad_use_of_the_verbs(
    here: Here, folder: Path, args: tuple[str, ...], named: list[str]
) -> None:
    refused(here, folder, args, named)


def refused(here: Here, folder: Path, args: tuple[str, ...], named: list[str]) -> None:
    code, stdout, said = here.run(*args, "--lang", "en", cwd=folder)
    assert (code, stdout) == (2, ""), said
    assert "Traceback" not in said
    assert "fault of surveykit" not in said
    assert all(word in said for word in named), said
