"""The guide to complex samples runs as it stands, on the data of R survey's help pages."""

from __future__ import annotations

import doctest
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "complex-samples.md").read_text(encoding="utf-8")
REFERENCE = Path(__file__).parent / "reference" / "r"


def test_its_code_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("apistrat.csv", "apiclus1.csv"):
        shutil.copy(REFERENCE / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    runner = doctest.DocTestRunner()
    for block in re.findall(r"^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE):
        test = doctest.DocTestParser().get_doctest(block, names, "guide", "guide", 0)
        runner.run(test, clear_globs=False)
        names = test.globs
    assert runner.summarize().attempted >= 20
    assert runner.summarize().failed == 0


@pytest.mark.parametrize(
    ("file", "key", "shown"),
    [
        ("apistrat", "mean[est|mean|api00]", "mean 662.29"),
        ("apistrat", "mean[se|mean|api00]", "SE 9.4089"),
        ("apistrat", "total[est|total|enroll]", "total 3687178"),
        ("apistrat", "total[se|total|enroll]", "SE 114642"),
        ("apistrat", "ratio[est]", "ratio 0.8369569"),
        ("apistrat", "ratio[se]", "SE 0.007757103"),
        ("apiclus1", "mean[deff|mean|api00]", "design effect of 9.3459"),
        ("apistrat", "ttest[statistic_t]", "t = 2.0842"),
        ("apistrat", "ttest[p]", "p = 0.03843"),
        ("apistrat", "ttest[ci_hi]", "to 79.775196"),
        ("apiclus1", "jk1[se|mean|api00]", "SE 26.594"),
        ("apiclus1", "jk1_chisq[F|statistic]", "F = 4.3755"),
        ("apiclus1", "jk1_chisq[F|p]", "p = 0.03765"),
    ],
)
def test_what_it_says_of_r_is_what_r_says(file: str, key: str, shown: str) -> None:
    values = json.loads((REFERENCE / f"{file}.json").read_text(encoding="utf-8"))["values"]
    value = next(v["value"] for v in values if v["id"] == key)
    number = shown.split()[-1]
    decimals = len(number.partition(".")[2])
    assert f"{value:.{decimals}f}" == number
    assert shown in re.sub(r"\s+", " ", GUIDE)
