"""Bad input of tabulation: the right answer or one clear refusal, never a warning or nan."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tabulate_cells import cells, choices, codebook, one, values

import surveykit as sk
from surveykit.codebook import Choice, Design, Variable
from surveykit.errors import InputError, UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate import Letters, residuals
from surveykit.text import Label

ROOT = Path(__file__).resolve().parents[1]
N = 40
FRAME = pd.DataFrame(
    {
        "a": ["y", "n"] * 20,
        "g": ["p"] * 10 + ["q"] * 30,
        "x": np.arange(40.0),
        "t": [f"text {i}" for i in range(N)],
        "d": ["2020-01-01"] * N,
        "m": ["a;b", "a", "b", ""] * 10,
        "e": [""] * N,
        "one": ["k"] * N,
        "w": np.linspace(1, 2, N),
    }
)
BOOK = codebook(
    Variable("a", "single", Label.of("A?"), (Choice("y", Label.of("Yes")), Choice("n", Label.of("No")))),
    Variable("g", "single", Label.of("G"), tuple(Choice(c, Label.of(c.upper())) for c in "pqr")),
    Variable("x", "number", Label.of("X")),
    Variable("t", "text", Label.of("T")),
    Variable("d", "date", Label.of("D")),
    Variable("m", "multiple", Label.of("M"), tuple(Choice(c, Label.of(c)) for c in "abc"), separator=";"),
    Variable("e", "single", Label.of("E"), choices("One", "Two")),
    Variable("en", "number", Label.of("EN"), column="e"),
    Variable("em", "multiple", Label.of("EM"), choices("One", "Two"), column="e", separator=";"),
    Variable("sc", "scale", Label.of("SC"), choices("1", "2", "3", "4", "5"), column="e"),
    Variable("one", "single", Label.of("One"), (Choice("k", Label.of("K")),)),
)  # fmt: skip
SIMPLE = sk.Survey(FRAME, BOOK)
WEIGHTED = SIMPLE.with_weights("w")
SURVEYS = {"simple": SIMPLE, "weighted": WEIGHTED}
STRATIFIED = SIMPLE.with_design(Design(weight="w", strata="g"))


def clean(found: sk.Estimates) -> sk.Estimates:
    """No nan or infinity anywhere, strict JSON, and every display in both languages."""
    for rows in (found, found.tests, found.comparisons):
        for row in rows.to_dicts():
            for key, value in row.items():
                assert not isinstance(value, float) or math.isfinite(value), (key, row)
        json.dumps(rows.to_dicts(), allow_nan=False)
    if found.spec.verb != "residuals":
        for lang in ("zh", "en"):
            shown = sk.table(found, lang=lang)
            for text in (shown.to_text(), shown.to_markdown(), shown.to_html()):
                words = text.lower().replace("|", " ").split()
                assert not {"nan", "inf", "-inf", "<na>"} & set(words)
    found.pivot()
    found.to_pandas()
    assert str(found)
    return found


# ---------------------------------------------------------------- kinds, emptiness
VARIABLES = ("a", "m", "e", "em", "x", "t", "d", "one", "sc")
BYS = ("g", "m", "e", "em", "one", "g*m")


@pytest.mark.parametrize("sample", SURVEYS)
@pytest.mark.parametrize("name", VARIABLES)
def test_every_kind_by_every_banner_is_clean(sample: str, name: str) -> None:
    survey = SURVEYS[sample]
    clean(sk.freq(survey, name))
    for letters in ("all", "total", "first")[: 1 if name in "xt" else 3]:
        clean(sk.crosstab(survey, name, by=BYS, letters=letters))


@pytest.mark.parametrize("sample", SURVEYS)
def test_an_empty_domain_has_counts_of_0_and_no_percentages(sample: str) -> None:
    survey = SURVEYS[sample]
    for name in VARIABLES:
        found = clean(
            sk.crosstab(survey, name, by=["g", "m"], where="g == 'r'", letters="all", lang="en")
        )
        assert {r.estimate for r in found.rows if r.stat == "count"} == {0.0}
        assert all(r.estimate is None for r in found.rows if r.stat.endswith("percent"))
        assert all(t.p is None and t.note for t in found.tests.rows)
        assert found.comparisons.marks() == {}
        assert any("(0)" in note for note in found.notes)
    found = clean(sk.mean(survey, "x", by=["g", "m"], where="g == 'r'", summaries=("min", "max")))
    assert {r.estimate for r in found.rows if r.stat not in ("count", "missing")} <= {None, 0.0}


@pytest.mark.parametrize("sample", SURVEYS)
def test_a_variable_that_nobody_answered(sample: str) -> None:
    survey = SURVEYS[sample]
    for name in ("e", "em", "sc"):
        found = clean(sk.crosstab(survey, name, by="g", lang="en"))
        assert one(found, "missing").estimate == N
        assert all(r.n == 0 for r in found.rows if r.stat == "percent")
        assert any("blank 40" in note for note in found.notes)
        assert [t.note for t in found.tests.rows if t.p is None] == [
            t.note for t in found.tests.rows
        ]
    found = clean(sk.mean(survey, "en", by=["g", "e", "em"], letters="all"))
    assert one(found, "mean").estimate is None
    assert one(found, "missing").estimate == N


def test_an_empty_category_stays_and_the_test_leaves_it_out() -> None:
    found = clean(sk.crosstab(SIMPLE, "a", by="g", lang="en", letters="all"))
    r = one(found, "percent", "y", "g", "r")
    assert (r.estimate, r.n) == (None, 0)
    assert one(found, "count", "y", "g", "r").estimate == 0
    (test,) = found.tests.rows
    assert test.df == 1
    assert "left out" in test.note
    pairs = {
        (c.by_code, c.against_code): c.p for c in found.comparisons.rows if c.level_code == "y"
    }
    assert pairs["p", "r"] is None
    assert pairs["q", "r"] is None
    assert pairs["p", "q"] == pytest.approx(1.0)


def test_a_by_variable_of_one_level_is_tabulated_and_not_tested() -> None:
    for survey in SURVEYS.values():
        found = clean(sk.crosstab(survey, "a", by="one", letters="all", lang="en"))
        assert (
            one(found, "percent", "y", "one", "k").estimate == one(found, "percent", "y").estimate
        )
        (test,) = found.tests.rows
        assert test.p is None
        assert "only one level" in test.note
        assert found.comparisons.rows == ()


def test_a_variable_by_itself_is_the_diagonal() -> None:
    for survey in SURVEYS.values():
        found = clean(sk.crosstab(survey, "a", by="a", letters="all"))
        got = {
            (r.level_code, r.by_code): r.estimate
            for r in found.rows
            if r.stat == "percent" and r.by
        }
        assert got == {("y", "y"): 100, ("y", "n"): 0, ("n", "y"): 0, ("n", "n"): 100}
        clean(sk.crosstab(survey, "m", by="m", letters="all"))
        clean(sk.crosstab(survey, "a", by="g*g"))


WRONG_KIND: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "mean of categories": (lambda: sk.mean(SIMPLE, "a"), UsageError, "no numbers"),
    "mean of texts": (lambda: sk.mean(SIMPLE, "t"), UsageError, "text"),
    "mean of dates": (lambda: sk.mean(SIMPLE, "d"), UsageError, "date"),
    "mean of choices": (lambda: sk.mean(SIMPLE, "m"), UsageError, "multiple"),
    "median of categories": (lambda: sk.freq(SIMPLE, "a", summaries="median"), UnsupportedError, "median"),
    "sd of choices": (lambda: sk.freq(SIMPLE, "m", summaries="sd"), UnsupportedError, "multiple response"),
    "box of categories": (lambda: sk.freq(SIMPLE, "a", summaries="top2"), UnsupportedError, "top"),
    "nps of ages": (lambda: sk.freq(SIMPLE, "x", summaries="nps"), UnsupportedError, "0 to 10"),
    "chi2 of choices": (lambda: sk.crosstab(SIMPLE, "m", by="g", tests="chi2"), UnsupportedError, "several"),
    "multiple test of one": (
        lambda: sk.crosstab(SIMPLE, "a", by="g", tests="multiple_response"), UnsupportedError, "chi2"),
    "test by choices": (lambda: sk.crosstab(SIMPLE, "a", by="m", tests="chi2"), UnsupportedError, "overlap"),
    "residuals of choices": (lambda: residuals(SIMPLE, "m", "g"), UnsupportedError, "several"),
    "residuals of weights": (lambda: residuals(WEIGHTED, "a", "g"), UnsupportedError, "design"),
    "book of texts": (lambda: sk.book(SIMPLE, by="g", variables="t"), UsageError, "free text"),
    "trend in a wide table": (
        lambda: sk.crosstab(SIMPLE, "x", by="t", tests="cochran_armitage"), UnsupportedError, "two"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_KIND)
def test_a_statistic_of_the_wrong_kind_is_refused(case: str) -> None:
    call, kind, word = WRONG_KIND[case]
    with pytest.raises(kind, match=word) as caught:
        call()
    assert isinstance(caught.value, sk.SurveyKitError)


# ---------------------------------------------------------------- few rows
DESIGNS = {
    "simple": Design(),
    "weights": Design(weight="w"),
    "clusters": Design(weight="w", psu="t"),
    "strata": Design(weight="w", strata="g", lonely_psu="certainty"),
}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("rows", [1, 2])
def test_few_respondents(design: str, rows: int) -> None:
    survey = sk.Survey(FRAME.head(rows), BOOK, DESIGNS[design])
    calls: list[Callable[[], sk.Estimates]] = [
        lambda: sk.freq(survey, ["a", "m", "x"]),
        lambda: sk.crosstab(survey, ["a", "m"], by=["g", "m"], letters="all"),
        lambda: sk.mean(survey, "x", by=["g", "m"], letters="all"),
        lambda: sk.book(survey, by=["g", "m"], letters="total"),
    ]
    for call in calls:
        try:
            found = clean(call())
        except InputError as error:
            assert rows < 2 and design != "simple", error  # noqa: PT017, PT018
            continue
        bases = {r.n for r in found.rows if r.stat in ("percent", "mean") and not r.by}
        assert bases <= {0, rows}
        if rows == 1 and design == "simple":
            assert all(c.p is None for c in found.comparisons.rows)


@pytest.mark.parametrize("design", DESIGNS)
def test_no_rows_at_all(design: str) -> None:
    survey = sk.Survey(FRAME.head(0), BOOK, DESIGNS[design])
    try:
        found = clean(sk.crosstab(survey, "a", by="g"))
    except sk.SurveyKitError:
        return
    assert {r.n for r in found.rows} == {0}


EMPTY = pd.DataFrame(
    {"a": ["y", "n"], "e": ["", ""], "n": [np.nan, np.nan], "w": [1.0, 2.0], "x": [1.0, 2.0]}
)
NO_LEVELS: dict[str, Callable[[sk.Survey], sk.Estimates]] = {
    "row": lambda s: sk.freq(s, "e"),
    "row of numbers": lambda s: sk.freq(s, "n"),
    "row by": lambda s: sk.crosstab(s, "e", by="a", letters="all"),
    "by": lambda s: sk.crosstab(s, "a", by="e", letters="all"),
    "by beside another": lambda s: sk.crosstab(s, "a", by=["x", "e"]),
    "nested": lambda s: sk.crosstab(s, "x", by="a*e"),
    "mean": lambda s: sk.mean(s, "x", by="e", letters="all"),
    "mean of it": lambda s: sk.mean(s, "n", by="a", letters="all"),
    "book": lambda s: sk.book(s, by="e"),
    "book of it": lambda s: sk.book(s, by="a"),
}


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("case", NO_LEVELS)
def test_a_column_that_is_empty_throughout_and_has_no_codebook(
    case: str, weight: str | None
) -> None:
    """It has no levels at all: an empty table, or a refusal that names it."""
    survey = sk.Survey(EMPTY, design=Design(weight=weight))
    try:
        clean(NO_LEVELS[case](survey))
    except sk.SurveyKitError as error:
        named = "'e'" in str(error) or "'n'" in str(error)
        assert named, error  # noqa: PT017


# ---------------------------------------------------------------- weights, numbers
def with_w(weights: Any) -> sk.Survey:
    return sk.Survey(FRAME.assign(w=weights), BOOK, Design(weight="w"))


BAD_WEIGHTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "negative": ([1.0, -1.0] + [1.0] * 38, ("negative", "respondent 2")),
    "all zero": ([0.0] * N, ("all of them are 0",)),
    "infinite": ([1.0] * 39 + [np.inf], ("infinite", "respondent 40")),
    "missing": ([np.nan, 1.0, np.nan] + [1.0] * 37, ("missing", "respondents 1, 3")),
    "empty text": (["1", "", *["2"] * 38], ("missing", "respondent 2")),
    "no number": (["1", "x", *["2"] * 38], ("record 2", "'x'")),
    "decimal comma": (["1,5"] * N, ("record 1", "'1,5'")),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_bad_weights_are_refused_and_name_the_rows(case: str) -> None:
    weights, words = BAD_WEIGHTS[case]
    survey = with_w(weights)
    for call in (
        lambda: sk.freq(survey, ["a", "m"]),
        lambda: sk.crosstab(survey, "a", by="g", letters="all"),
        lambda: sk.mean(survey, "x", by="g"),
        lambda: sk.book(survey, by="g"),
    ):
        with pytest.raises(InputError) as caught:
            call()
        text = str(caught.value)
        assert all(word in text for word in words), text
        assert "design (w)" in text or "'w'" in text


def test_an_unknown_weight_column_is_named_with_its_near_miss() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'w'"):
        sk.freq(SIMPLE.with_weights("ww"), "a")


def test_respondents_of_weight_0_count_as_people_and_weigh_nothing() -> None:
    survey = with_w([0.0] * 10 + [1.0, 3.0] * 15)
    found = clean(sk.crosstab(survey, "a", by="g", letters="all", tests=("rao_scott", "wald")))
    assert one(found, "count", "y", "g", "p").estimate == 5  # all of group p have weight 0
    assert one(found, "weighted_count", "y", "g", "p").estimate == 0
    assert one(found, "percent", "y", "g", "p").estimate is None
    assert one(found, "percent", "y").estimate == pytest.approx(25)
    mean = clean(sk.mean(survey, "x", by=["g", "m"], letters="all", summaries=("min", "max")))
    assert one(mean, "mean", by="g", code="p").estimate is None
    w, x = np.array([1.0, 3.0] * 15), np.arange(10.0, 40.0)
    assert one(mean, "mean").estimate == pytest.approx((w * x).sum() / w.sum())


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_numbers_are_refused_and_the_record_is_named(value: float) -> None:
    survey = sk.Survey(FRAME.assign(x=[1.0, value] + [2.0] * 38), BOOK)
    for call in (
        lambda: sk.mean(survey, "x", by="g"),
        lambda: sk.freq(survey, "x"),
        lambda: sk.crosstab(survey, "a", by="x"),
        lambda: sk.book(survey, by="g"),
    ):
        with pytest.raises(InputError, match="first in record 2"):
            call()


def test_texts_that_look_like_infinity_are_no_numbers() -> None:
    for text in ("inf", "1e400", "NaN!"):
        survey = sk.Survey(pd.DataFrame({"x": [text, "1", "2"]}))
        with pytest.raises(UsageError, match="no numbers"):
            sk.mean(survey, "x")


def test_large_numbers_keep_their_digits() -> None:
    x = 1e12 + np.arange(N) % 2
    found = clean(sk.mean(sk.Survey(FRAME.assign(x=x), BOOK), "x", by="g", letters="all"))
    assert one(found, "mean").estimate == 1e12 + 0.5
    assert one(found, "sd").estimate == pytest.approx(math.sqrt(0.25 * 40 / 39), rel=1e-9)
    weighted = clean(sk.mean(sk.Survey(FRAME.assign(x=x), BOOK, Design(weight="w")), "x", by="g"))
    small = sk.mean(sk.Survey(FRAME.assign(x=x - 1e12), BOOK, Design(weight="w")), "x", by="g")
    for place, row in cells(weighted, "mean").items():
        if row.n:
            assert row.se == pytest.approx(cells(small, "mean")[place].se, rel=1e-6)


def test_pandas_missing_values_are_missing() -> None:
    x = pd.array([None, *range(1, N)], dtype="Int64")
    found = clean(sk.mean(sk.Survey(FRAME.assign(x=x), BOOK), "x", by="g"))
    assert (one(found, "mean").n, one(found, "missing").estimate) == (N - 1, 1)
    frame = pd.DataFrame({"v": ["a", None, pd.NA, np.nan, ""], "g": list("ppqqq")})
    found = clean(sk.crosstab(sk.Survey(frame), "v", by="g"))
    assert (one(found, "percent", "a").n, one(found, "missing").estimate) == (1, 4)


def test_cells_that_hold_lists_are_refused() -> None:
    survey = sk.Survey(FRAME.assign(x=[[1]] * N), BOOK)
    with pytest.raises(InputError, match="no single answers"):
        sk.freq(survey, "x")


# ---------------------------------------------------------------- sizes
@pytest.fixture(scope="module")
def wide() -> sk.Survey:
    texts = [f"answer {i}" for i in range(100_000)]
    return sk.Survey(
        pd.DataFrame({"t": texts, "g": [str(i % 40) for i in range(100_000)], "w": 1.0})
    )


def test_more_categories_than_a_table_can_show(wide: sk.Survey) -> None:
    for call in (
        lambda: sk.crosstab(wide, "t", by="g"),
        lambda: sk.crosstab(wide, "g", by="t"),
    ):
        with pytest.raises(UnsupportedError, match="more than a table can show"):
            call()
    with pytest.raises(UnsupportedError, match="at most 400 are compared"):
        sk.crosstab(wide, "g", by="t", letters="all")
    with pytest.raises(UnsupportedError, match="too many"):
        sk.freq(wide.with_weights("w"), "t")


@pytest.mark.parametrize(
    "call",
    [
        lambda s: sk.crosstab(s, "a", by="t", letters="all"),
        lambda s: sk.crosstab(s, "a", by="t*t"),
        lambda s: sk.mean(s, "x", by="t", letters="all"),
        lambda s: sk.mean(s.with_weights("w"), "x", by="t"),
    ],
)
def test_more_columns_than_can_be_compared(call: Callable[[sk.Survey], Any]) -> None:
    texts = [f"answer {i}" for i in range(100_000)]
    frame = pd.DataFrame({"t": texts, "a": ["y", "n"] * 50_000, "x": 1.0, "w": 1.0})
    with pytest.raises(UnsupportedError):
        call(sk.Survey(frame))


# ---------------------------------------------------------------- labels, names
SAME = codebook(
    Variable("v", "single", Label.of("V"), choices("Same", "Same", "Other")),
    Variable("h", "single", Label.of("H"), choices("Both", "Both")),
    Variable("m", "multiple", Label.of("M"), choices("Tea", "Tea"), separator=";"),
)
SAME_FRAME = pd.DataFrame(
    {"v": list("123123"), "h": list("112212"), "m": ["1", "2", "1;2", "", "1", "2"]}
)


def test_labels_that_collide_are_kept_apart() -> None:
    found = clean(sk.crosstab(sk.Survey(SAME_FRAME, SAME), ["v", "m"], by=["h", "m", "h*m"]))
    wide = found.pivot("count")
    assert wide.index.is_unique
    assert wide.columns.is_unique
    assert wide.loc[("v", "Same (2)"), ("h", "Both (1)", "count")] == 2
    assert wide.loc[("m", "Tea (1)"), ("h", "Both (2)", "count")] == 1
    text = sk.table(found, stats=["n"]).to_text().splitlines()
    assert sum("Same" in line for line in text) == sum("Same" in k[1] for k in wide.index) * 1
    assert any(line.strip().startswith("Same (2)") for line in text)
    alone = sk.table(sk.crosstab(sk.Survey(SAME_FRAME, SAME), "v", by="h"), stats=["n"]).to_text()
    assert "Both (1)" in alone
    assert "Both (2)" in alone
    data = found.to_pandas()
    key = ["variable", "level_code", "by", "by_code", "stat"]
    assert not data.duplicated(key).any()


STAR = codebook(
    Variable("st*ar", "single", Label.of("Star"), (Choice("a*b", Label.of("A*B")), Choice("c", Label.of("C"))), column="s"),
    Variable("a", "single", Label.of("a"), (Choice("x", Label.of("X")), Choice("x*y", Label.of("XY")))),
    Variable("b", "single", Label.of("b"), (Choice("y*z", Label.of("YZ")), Choice("z", Label.of("Z")))),
    Variable("v", "single", Label.of("V"), choices("One", "Two")),
)  # fmt: skip
STAR_FRAME = pd.DataFrame(
    {
        "s": ["a*b", "c"] * 3,
        "a": ["x", "x*y", "x", "x*y", "x", "x*y"],
        "b": ["y*z", "z", "z", "y*z", "y*z", "z"],
        "v": list("121212"),
    }
)


def test_a_star_in_names_and_codes() -> None:
    survey = sk.Survey(STAR_FRAME, STAR)
    found = clean(sk.crosstab(survey, "v", by="st*ar"))
    assert one(found, "count", "1", "st*ar", "a*b").estimate == 3
    found = clean(sk.crosstab(survey, "st*ar", by="v"))
    assert one(found, "count", "a*b", "v", "1").estimate == 3


def test_nested_codes_with_a_star_do_not_collide() -> None:
    found = sk.crosstab(sk.Survey(STAR_FRAME, STAR), "v", by="a*b")
    counts = values(found, "count")  # each place once
    assert len(counts) == 2 * (1 + 4)
    assert found.pivot("count").shape == (2, 5)


NAMES: dict[str, tuple[Callable[[], Any], str]] = {
    "variable": (lambda: sk.freq(SIMPLE, "onee"), "did you mean 'one'"),
    "by": (lambda: sk.crosstab(SIMPLE, "a", by="gg"), "did you mean 'g'"),
    "nested by": (lambda: sk.crosstab(SIMPLE, "a", by="g*mm"), "did you mean 'm'"),
    "half a nest": (lambda: sk.crosstab(SIMPLE, "a", by="g*"), "unknown variable ''"),
    "no by": (lambda: sk.crosstab(SIMPLE, "a", by=[]), "by is empty"),
    "no variables": (lambda: sk.freq(SIMPLE, []), "variables is empty"),
    "test": (lambda: sk.crosstab(SIMPLE, "a", by="g", tests="chi"), "did you mean 'chi2'"),
    "test of means": (lambda: sk.mean(SIMPLE, "x", by="g", tests="anov"), "did you mean 'anova'"),
    "ci": (lambda: sk.freq(SIMPLE, "a", ci="wilsn"), "did you mean 'wilson'"),
    "ci of a design": (lambda: sk.freq(SIMPLE, "a", ci="beta"), "no design"),
    "ci of none": (lambda: sk.freq(WEIGHTED, "a", ci="jeffreys"), "has a design"),
    "level": (lambda: sk.freq(SIMPLE, "a", level=95), "0.95"),
    "nets": (lambda: sk.freq(SIMPLE, "a", nets="all"), "codebook, none"),
    "summary": (lambda: sk.freq(SIMPLE, "x", summaries="meann"), "did you mean 'mean'"),
    "quantile": (lambda: sk.freq(SIMPLE, "x", summaries="quantile_100"), "unknown summary"),
    "where code": (lambda: sk.freq(SIMPLE, "a", where="g == 'z'"), "Allowed: p"),
    "where": (lambda: sk.freq(SIMPLE, "a", where="g =="), "position"),
    "book where": (lambda: sk.book(SIMPLE, where={"aa": "x > 1"}), "did you mean 'a'"),
    "letters": (lambda: sk.crosstab(SIMPLE, "a", by="g", letters="al"), "did you mean 'all'"),
    "against": (lambda: Letters(against="prior"), "previous"),
    "adjust": (lambda: Letters(adjust="holms"), "did you mean 'holm'"),
    "variance": (lambda: Letters(variance="pool"), "did you mean 'pooled'"),
    "overlap": (lambda: Letters(overlap="adjusted"), "did you mean 'adjust'"),
    "extremes": (lambda: Letters(extremes="skipped"), "did you mean 'skip'"),
    "levels 5": (lambda: Letters(levels=5), "between 0 and 1"),
    "three levels": (lambda: Letters(levels=(0.1, 0.05, 0.01)), "one or two"),
    "no levels": (lambda: Letters(levels=()), "one or two"),
    "nan": (lambda: Letters(levels=math.nan), "between 0 and 1"),
    "pivot": (lambda: sk.freq(SIMPLE, "a").pivot("pct"), "unknown statistic"),
    "select": (lambda: sk.freq(SIMPLE, "a").select("b"), "Allowed: a"),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_bad_names_and_options_are_one_clear_message(case: str) -> None:
    call, word = NAMES[case]
    with pytest.raises(sk.SurveyKitError) as caught:
        call()
    assert word in str(caught.value)


def fresh(**options: Any) -> Callable[[], Any]:
    return lambda: sk.freq(SIMPLE, "a", **options)


UNCHECKED: dict[str, Callable[[], Any]] = {
    "language": fresh(lang="fr"),
    "number as name": lambda: sk.freq(SIMPLE, 3),  # type: ignore[arg-type]
    "None as name": lambda: sk.freq(SIMPLE, None),  # type: ignore[arg-type]
    "None as by": lambda: sk.crosstab(SIMPLE, "a", by=None),  # type: ignore[arg-type]
    "frame as survey": lambda: sk.freq(FRAME, "a"),  # type: ignore[arg-type]
    "text as level": fresh(level="0.9"),
    "number as rule": fresh(where=3),
    "min_base": lambda: Letters(min_base=-1),
    "shape": lambda: sk.freq(SIMPLE, "a").to_pandas("wid"),  # type: ignore[arg-type]
    "net promoters of numbers": lambda: sk.mean(SIMPLE, "x", summaries="nps"),
    "boxes of numbers": lambda: sk.mean(SIMPLE, "x", summaries="top2"),
    "net promoters of a scale to 5": lambda: sk.freq(SIMPLE, "sc", summaries="nps"),
}


@pytest.mark.parametrize("case", UNCHECKED)
def test_wrong_types_and_statistics_are_refused(case: str) -> None:
    with pytest.raises(sk.SurveyKitError):
        UNCHECKED[case]()


# ---------------------------------------------------------------- the command line
CSV = "a,g,x,w\n" + "".join(
    f"{'yn'[i % 2]},{'pq'[i % 3 == 0]},{i},{'' if i == 4 else 1 + i % 3}\n" for i in range(20)
)
COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "unknown by": (("tab", "r.csv", "a", "--by", "gg"), ("'gg'", "did you mean 'g'")),
    "missing weight": (("tab", "r.csv", "a", "--by", "g", "--weight", "w"), ("missing", "respondent 5")),
    "empty file": (("tab", "empty.csv", "a"), ("empty.csv",)),
}  # fmt: skip


@pytest.mark.parametrize("case", COMMANDS)
def test_the_command_line_says_what_is_wrong_in_one_message(case: str, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    arguments, words = COMMANDS[case]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "surveykit.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "fault of surveykit" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_the_command_line_of_a_file_without_records(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("a,g\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "surveykit.cli", "tab", "r.csv", "a", "--by", "g",
         "--format", "json"],
        capture_output=True, text=True, encoding="utf-8", cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 2)
    assert "fault of surveykit" not in done.stderr
    if done.returncode == 0:
        json.loads(done.stdout, parse_constant=lambda word: pytest.fail(word))
