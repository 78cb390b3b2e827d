"""Designs that cannot be, and traps: every message names the stratum, PSU or column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from surveykit import (
    Design,
    Survey,
    SurveyKitError,
    crosstab,
    difference,
    freq,
    mean,
    quantile,
    ratio,
    total,
)
from surveykit.cli import main
from surveykit.codebook import Codebook, Variable
from surveykit.codebook._load import parse_codebook
from surveykit.coding import replicate_columns, sample_design
from surveykit.errors import InputError, UnknownNameError, UnsupportedError, UsageError
from surveykit.text import Label

FRAME = pd.DataFrame(
    {
        "y": list("aabbabab"),
        "g": list("uuvvuvuv"),
        "x": [1.0, 2, 3, 4, 5, 6, 7, 9],
        "w": ["1.5", "2", "1", "1", "2", "3", "1", "1"],
        "s": list("AAAABBBB"),
        "p": ["1", "1", "2", "2", "1", "1", "2", "3"],
        "rep1": [2.0] * 4 + [0.0] * 4,
        "rep2": [0.0] * 4 + [2.0] * 4,
    }
)
FULL = Design("w", "s", "p")
BRR = Design("w", repweights="rep*", kind="BRR")


def with_(design: Design = FULL, **columns) -> Survey:
    return Survey(FRAME.assign(**columns), design=design)


BAD = {
    "no such weight": (Design("wt", "s"), {}, UnknownNameError, ["'wt'", "did you mean 'w'"]),
    "no such strata": (Design("w", "strat"), {}, UnknownNameError, ["'strat'"]),
    "no such psu": (Design("w", "s", "psu"), {}, UnknownNameError, ["'psu'"]),
    "no such fpc": (Design("w", "s", "p", "N"), {}, UnknownNameError, ["'N'"]),
    "weight missing": (FULL, {"w": ["1", ""] + ["1"] * 6}, InputError, ["missing", "respondent 2"]),
    "weight negative": (FULL, {"w": [1, -2] + [1] * 6}, InputError, ["negative", "respondent 2"]),
    "weights all 0": (FULL, {"w": [0] * 8}, InputError, ["all of them are 0", "w, s, p"]),
    "weight is text": (FULL, {"w": ["1,5"] * 8}, InputError, ["'w'", "record 1", "'1,5'"]),
    "stratum missing": (FULL, {"s": ["A", ""] + ["A"] * 6}, InputError, ["strata", "respondent 2"]),
    "psu missing": (FULL, {"p": ["1", ""] + ["2"] * 6}, InputError, ["PSU", "respondent 2"]),
    "lonely": (
        FULL, {"p": list("11112223")}, InputError,
        ["stratum 'A'", "certainty", "remove", "adjust", "average", "merge"],
    ),
    "fpc below the sample": (
        Design("w", "s", "p", "f"), {"f": [10] * 4 + [2] * 4}, InputError,
        ["stratum 'B'", "3 sampled units", "population of 2"],
    ),
    "fpc varies": (
        Design("w", "s", "p", "f"), {"f": [10, 9] + [10] * 6}, InputError,
        ["varies within stratum 'A'", "respondent 2"],
    ),
    "fpc of two kinds": (
        Design("w", "s", "p", "f"), {"f": [0.5] * 4 + [10] * 4}, InputError, ["mixes"],
    ),
    "pattern of nothing": (
        Design("w", repweights="repw*", kind="BRR"), {}, UnknownNameError, ["'repw*'"],
    ),
    "one replicate": (
        Design("w", repweights="rep1", kind="BRR"), {}, UsageError, ["at least 2"],
    ),
    "twice": (
        Design("w", repweights=("rep1", "rep*"), kind="BRR"), {}, UsageError, ["'rep1'", "twice"],
    ),
    "rscales of another length": (
        Design("w", repweights="rep*", kind="JKn", rscales=(0.5, 0.5, 0.5)), {}, UsageError,
        ["rscales", "2 numbers"],
    ),
    "no rscales": (
        Design("w", repweights="rep*", kind="JKn"), {}, UsageError, ["rscales", "stratified"],
    ),
    "no rho": (Design("w", repweights="rep*", kind="Fay"), {}, UsageError, ["rho"]),
    "rho of 1": (Design("w", repweights="rep*", kind="Fay", rho=1.0), {}, UsageError, ["rho", "below 1"]),
    "a scale of 0": (
        Design("w", repweights="rep*", kind="other", scale=0.0, rscales=1.0), {}, UsageError, ["scale"],
    ),
    "negative replicate": (
        BRR, {"rep2": [0.0, -1.0] + [2.0] * 6}, InputError, ["'rep2'", "record 2", "-1"],
    ),
    "missing replicate": (
        BRR, {"rep2": ["0", ""] + ["2"] * 6}, InputError, ["'rep2'", "record 2"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_design_that_cannot_be_is_refused_by_name(case):
    design, columns, error, words = BAD[case]
    survey = with_(design, **columns)
    for call in (
        lambda: freq(survey, "y"),
        lambda: mean(survey, "x", by="g"),
        lambda: total(survey, "x"),
        lambda: difference(survey, "y", "g"),
    ):
        with pytest.raises(error) as caught:
            call()
        assert all(word in str(caught.value) for word in words), str(caught.value)


ROLES = {
    "no kind": ({"repweights": "rep*"}, "kind of the replicate weights"),
    "no weight": ({"weight": None, "repweights": "rep*", "kind": "BRR"}, "need the weight"),
    "both": ({"repweights": "rep*", "kind": "BRR", "strata": "s"}, "take the place of strata"),
    "a kind alone": ({"kind": "BRR"}, "kind belong to replicate weights"),
    "small letters": ({"repweights": "rep*", "kind": "brr"}, "got 'brr'"),
}


@pytest.mark.parametrize("case", ROLES)
def test_roles_that_exclude_each_other(case):
    roles, message = ROLES[case]
    with pytest.raises(UsageError, match=message):
        Design(**{"weight": "w", **roles})


def test_replicates_in_a_codebook_and_back():
    text = (
        "surveykit: codebook/1\n"
        'design: {weight: w, repweights: ["rep*"], kind: JKn, scale: 2, rscales: [0.5, 0.25],'
        " mse: true, combined: false}\n"
        "variables:\n  y: {kind: text}\n"
    )
    book = parse_codebook(text)
    wanted = Design(
        "w", repweights="rep*", kind="JKn", scale=2, rscales=(0.5, 0.25), mse=True, combined=False
    )
    assert book.design == wanted
    assert parse_codebook(book.to_yaml()).design == wanted
    r = sample_design(Survey(FRAME, design=wanted))
    assert (r.scale, r.rscales.tolist(), r.mse) == (2.0, [0.5, 0.25], True)
    assert r.columns[:, 0].tolist() == [3.0, 4.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0]
    with pytest.raises(InputError, match=r"line 2.*kind of the replicate weights"):
        parse_codebook(text.replace(" kind: JKn,", ""))
    assert replicate_columns(Survey(FRAME, design=wanted)) == ("rep1", "rep2")


def test_weights_that_fpc_implies():
    design = Design(strata="s", psu="p", fpc="N")
    found = sample_design(Survey(FRAME.assign(N=[6] * 4 + [9] * 4), design=design))
    assert found.weights.tolist() == [3.0] * 8


# ---------------------------------------------------------------- traps
def percents(found) -> list:
    return [r for r in found.rows if r.stat == "percent"]


def test_weights_as_text_are_numbers():
    assert [r.estimate for r in percents(freq(with_(), "y"))] == pytest.approx([52, 48])


def test_a_zero_weight_keeps_its_unit_but_counts_no_degree_of_freedom():
    some = with_(w=[0, 0, 1, 1, 1, 1, 1, 1])
    row = percents(freq(some, "y"))[0]
    assert (row.n, row.df) == (8, 2.0)


def test_a_domain_with_one_psu_has_an_estimate_and_no_interval():
    row = percents(freq(with_(), "y", where="s == 'B' and p == '1'"))[0]
    assert (row.estimate, row.df, row.low) == (40.0, 0.0, None)


def test_an_empty_domain_says_so_and_has_no_numbers():
    for call in (
        lambda s: crosstab(s, "y", "g", where="x > 100", lang="en"),
        lambda s: mean(s, "x", "g", where="x > 100", lang="en"),
        lambda s: ratio(s, "x", "x", "g", where="x > 100", lang="en"),
        lambda s: quantile(s, "x", 0.5, "g", where="x > 100", lang="en"),
        lambda s: difference(s, ["x", "y"], "g", where="x > 100", lang="en"),
    ):
        for design in (FULL, BRR, Design()):
            found = call(with_(design))
            assert any("(0)" in note for note in found.notes)
            kept = ("percent", "mean", "ratio", "median", "difference")
            assert [r.estimate for r in found.rows if r.stat in kept and r.estimate] == []


def test_0_and_100_percent_have_an_honest_interval_and_a_note():
    found = freq(with_(y=["a"] * 8), "y", lang="en")
    (row,) = percents(found)
    assert row.estimate == 100.0
    assert row.high == 100.0
    assert 30 < row.low < 70
    assert any("exactly 0 or 100" in note for note in found.notes)
    assert not any("exactly" in note for note in freq(with_(), "y", lang="en").notes)


def test_weights_that_add_up_to_less_than_the_sample_have_no_design_effect():
    assert [r.deff for r in percents(freq(with_(w=[0.01] * 8), "y"))] == [None, None]


@pytest.mark.parametrize(
    "ids",
    [
        [f"9007199254740993{i // 2}" for i in range(8)],
        [2**60 + i // 2 for i in range(8)],
        [-(2**60) - i // 2 for i in range(8)],
    ],
)
def test_long_ids_are_not_merged(ids):
    assert percents(freq(with_(p=ids), "y"))[0].df == 2.0


def test_a_psu_in_several_strata_is_named_unless_ids_begin_anew():
    spanning = with_(p=["1", "1", "2", "2", "2", "3", "4", "5"])
    note = "PSU '2' stands in the strata 'A', 'B': taken as a unit of its own in each of them."
    assert note in freq(spanning, "y", lang="en").notes
    assert (
        freq(with_(p=list("12121212")), "y", lang="en").notes == freq(with_(), "y", lang="en").notes
    )


def test_the_notes_name_the_design():
    (note,) = freq(with_(BRR), "y", lang="en").notes
    assert "weight w, replicate weights rep1, rep2 (2 columns, BRR)" in note
    assert "BRR" in freq(with_(BRR), "y").notes[0]


# ---------------------------------------------------------------- the verbs
def test_verbs_refuse_what_makes_no_sense():
    survey, simple = with_(), Survey(FRAME)
    cases = [
        (lambda: total(survey, "y"), UsageError, "no numbers"),
        (lambda: ratio(survey, "x", "xx"), UnknownNameError, "did you mean 'x'"),
        (lambda: quantile(survey, "x", 1.5), UsageError, "between 0 and 1"),
        (lambda: quantile(survey, "x", interval="t"), UnknownNameError, "quantile interval"),
        (lambda: quantile(survey, "x", rule="hf10"), UnknownNameError, "hf1"),
        (lambda: difference(survey, "x", "g", measure="odds_ratio"), UnsupportedError, "no odds"),
        (lambda: difference(survey, "y", "g", method="newcombe"), UnsupportedError, "design"),
        (lambda: difference(simple, "y", "g", method="koopman"), UnknownNameError, "newcombe"),
        (lambda: difference(simple, "y", "g", against="w"), UnknownNameError, "first, previous"),
        (lambda: difference(simple, "y", "g", adjust="tukey"), UnknownNameError, "holm"),
        (lambda: difference(with_(g=["u"] * 8), "y", "g"), UsageError, "fewer than two"),
    ]
    for call, error, message in cases:
        with pytest.raises(error, match=message):
            call()


def test_synthetic_records_are_not_compared():
    from surveykit.survey import Synthetic

    survey = Survey(FRAME, synthetic=Synthetic())
    with pytest.raises(UnsupportedError, match="synthetic"):
        difference(survey, "y", "g")


def test_survey_is_not_changed():
    survey = with_()
    before = survey.frame.copy()
    difference(survey, ["x", "y"], "g")
    total(survey, "x")
    quantile(survey, "x")
    pd.testing.assert_frame_equal(survey.frame, before)


# ---------------------------------------------------------------- the command line
CLI = {
    "no such column": ("", ["--weight", "wt"], "did you mean 'w'"),
    "lonely": ("p", ["--weight", "w", "--strata", "s", "--psu", "p"], "stratum 'A'"),
    "negative weight": ("w", ["--weight", "w"], "respondent 2"),
    "fpc": ("f", ["--weight", "w", "--strata", "s", "--psu", "p", "--fpc", "f"], "2 sampled units"),
}
CHANGED = {
    "p": {"p": list("11112223")},
    "w": {"w": [1, -1, 1, 1, 1, 1, 1, 1]},
    "f": {"f": [1.5] * 8},
    "": {},
}


@pytest.mark.parametrize("case", CLI)
def test_the_command_line_says_it_in_one_message(case, tmp_path, capsys, monkeypatch):
    changed, options, message = CLI[case]
    path = tmp_path / "r.csv"
    FRAME.assign(**CHANGED[changed]).to_csv(path, index=False)
    monkeypatch.setattr("sys.argv", ["surveykit", "tab", str(path), "y", *options])
    with pytest.raises(SystemExit) as left:
        main()
    shown = capsys.readouterr()
    assert left.value.code == 2
    assert message in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_errors_are_of_the_package():
    assert issubclass(UsageError, SurveyKitError)
    book = Codebook(Label(), {"x": Variable("x", "number", Label.of("x"))}, design=BRR)
    assert np.isfinite(mean(Survey(FRAME, book), "x").rows[0].se)
