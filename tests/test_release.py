"""Reliability marks: each criterion of the published rules, alone and at its limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import UnknownNameError
from surveykit.estimate import Estimate, Estimates, Spec
from surveykit.release import RULES
from surveykit.release._rules import Cell, nchs

CELLS = {
    "well": (Cell(True, 0.5, 0.02, 900, 1.44, 40), "", []),
    "29 people": (Cell(True, 0.5, 0.02, 29, None, None), "suppressed", ["small_n"]),
    "30 people, wide": (Cell(True, 0.5, 0.0913, 30, None, None), "suppressed", ["wide"]),
    "effective 29.9": (Cell(True, 0.5, 0.0914, 100, 100 / 29.9, 40), "suppressed", ["small_effective"]),
    "deff below 1 counts no more than n": (Cell(True, 0.5, 0.001, 29, 0.01, 40), "suppressed", ["small_n"]),
    "rare": (Cell(True, 0.02, 0.009, 400, 1.65, 40), "", []),
    "rare and vague": (Cell(True, 0.02, 0.014, 100, 1.0, 40), "suppressed", ["relatively_wide"]),
    "common and vague": (Cell(True, 0.98, 0.014, 100, 1.0, 40), "unreliable", ["complement"]),
    "7 df": (Cell(True, 0.5, 0.02, 900, 1.44, 7), "unreliable", ["small_df"]),
    "8 df": (Cell(True, 0.5, 0.02, 900, 1.44, 8), "", []),
    "none of 900": (Cell(True, 0.0, 0.0, 900, None, 40), "unreliable", ["edge"]),
    "all of 40": (Cell(True, 1.0, 0.0, 40, None, 40), "unreliable", ["edge"]),
    "no df": (Cell(True, 0.5, 0.02, 900, 1.44, 0), "suppressed", ["no_interval"]),
    "a mean": (Cell(False, 50.0, 30.0, 20, None, None), "", []),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS)
def test_nchs(case):
    cell, mark, reasons = CELLS[case]
    verdict = nchs(cell)
    assert (verdict.mark, [name for name, _ in verdict.reasons]) == (mark, reasons)


def test_the_interval_of_nchs_is_korn_and_graubard():
    """Whatever interval a table shows: the width by scipy's beta at the effective sample size."""
    from scipy.stats import beta, t

    n, deff, df, p = 200, 1.8, 25, 0.06
    effective = n / deff * (t.ppf(0.975, n - 1) / t.ppf(0.975, df)) ** 2
    low = beta.ppf(0.025, p * effective, effective * (1 - p) + 1)
    high = beta.ppf(0.975, p * effective + 1, effective * (1 - p))
    verdict = nchs(Cell(True, p, np.sqrt(deff * p * (1 - p) / n), n, deff, df))
    assert 100 * (high - low) / p > 130
    assert verdict.mark == "suppressed"
    assert verdict.reasons[0][1]["relative"] == pytest.approx(100 * (high - low) / p, rel=1e-9)


@pytest.mark.parametrize(
    ("rule", "cv", "mark"),
    [
        ("statcan", 16.5, ""), ("statcan", 16.6, "unreliable"), ("statcan", 33.4, "suppressed"),
        ("abs", 25.0, ""), ("abs", 25.1, "unreliable"), ("abs", 50.1, "suppressed"),
    ],
)  # fmt: skip
def test_coefficients_of_variation(rule, cv, mark):
    assert RULES[rule](Cell(False, 100.0, cv, 50, None, None)).mark == mark
    assert RULES[rule](Cell(True, 0.5, cv / 200, 50, None, None)).mark == mark
    assert RULES[rule](Cell(False, 0.0, 1.0, 50, None, None)).mark == "unreliable"


def test_rows_are_marked_and_nothing_else_changes():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.choice(["a", "b"], 300), "g": ["u"] * 280 + ["v"] * 20})
    frame["w"], frame["p"] = rng.gamma(3, 1, 300), rng.integers(0, 20, 300)
    found = sk.crosstab(sk.Survey(frame, design=sk.Design("w", psu="p")), "y", by="g", lang="en")
    marked = sk.mark_reliability(found)
    assert [r._replace(mark="", note="") for r in marked.rows] == [
        r._replace(mark="", note="") for r in found.rows
    ]
    v = [r for r in marked.rows if r.by_level == "v" and r.stat == "percent"]
    assert [(r.mark, r.note) for r in v] == [("suppressed", "sample size 20, below 30")] * 2
    u = [r for r in marked.rows if r.by_level == "u" and r.stat == "percent"]
    assert [r.mark for r in u] == ["", ""]
    assert marked.notes[:-1] == found.notes
    assert "not to be published" in marked.notes[-1]
    assert marked.tests == found.tests
    assert "×" in sk.table(marked).to_text()


def test_chinese_reasons_stand_behind_what_the_note_said():
    row = Estimate("y", "a", "a", "", "", "", "percent", 50.0, 2.0, n=12, note="已有说明")
    (found,) = sk.mark_reliability(Estimates((row,), Spec("freq", ("y",)))).rows
    assert found.note == "已有说明；样本量 12，不足 30"


def test_marks_of_synthetic_records_stay():
    row = Estimate("y", "a", "a", "", "", "", "percent", 50.0, 2.0, n=12, mark="printed")
    (found,) = sk.mark_reliability(Estimates((row,), Spec("freq", ("y",)))).rows
    assert found == row


def test_totals_and_means_by_their_variation():
    frame = pd.DataFrame({"x": [1.0, 2, 3, 50], "w": [1.0, 2, 1, 1]})
    survey = sk.Survey(frame, design=sk.Design("w"))
    for verb, stat in ((sk.total, "total"), (sk.mean, "mean")):
        marked = sk.mark_reliability(verb(survey, "x", lang="en"), rule="statcan")
        row = next(r for r in marked.rows if r.stat == stat)
        assert row.mark == "suppressed"
        assert "coefficient of variation" in row.note


def test_an_unknown_rule_is_named():
    with pytest.raises(UnknownNameError, match="did you mean 'nchs'"):
        sk.mark_reliability(Estimates((), Spec("freq", ())), rule="nsch")
