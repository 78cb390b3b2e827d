"""Repeated questions, and a multiple response against groups: by loops, scipy and simulation."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.codebook import Choice, Codebook, Design, Variable
from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate import crosstab, repeated
from surveykit.survey import Survey
from surveykit.text import Label

YES_NO = (Choice("1", Label(zh="是", en="Yes")), Choice("2", Label(zh="否", en="No")))
NAMES = ("q4_1", "q4_2", "q4_3")
BOOK = Codebook(
    Label.of("Test"),
    {n: Variable(n, "single", Label.of(f"Item {n}"), YES_NO) for n in NAMES}
    | {
        "media": Variable(
            "media", "multiple", Label.of("Media"),
            tuple(Choice(c, Label.of(c)) for c in ("tv", "net", "radio")), separator=";",
        ),
        "sex": Variable("sex", "single", Label.of("Sex"),
                        (Choice("f", Label.of("F")), Choice("m", Label.of("M")))),
    },
)  # fmt: skip


def draw(n: int = 400, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    lean = rng.normal(size=n)
    items = {
        name: np.where(
            rng.random(n) < 0.06, "", np.where(lean + rng.normal(size=n) > cut, "1", "2")
        )
        for name, cut in zip(NAMES, (0.0, 0.3, -0.4), strict=True)
    }
    picks = np.column_stack([lean + rng.normal(size=n) > c for c in (0.2, -0.5, 0.9)])
    media = [";".join(np.array(["tv", "net", "radio"])[row]) for row in picks]
    return pd.DataFrame({**items, "media": media, "sex": rng.choice(["f", "m"], n)})


FRAME = draw()
SURVEY = Survey(FRAME, BOOK)


def test_cochran_and_mcnemar_are_those_of_plain_loops():
    found = repeated(SURVEY, "q4", "1", lang="en")
    kept = FRAME.loc[(FRAME[list(NAMES)] != "").all(axis=1), list(NAMES)] == "1"
    x = kept.to_numpy().astype(int)
    assert found.spec.variables == NAMES
    for j, name in enumerate(NAMES):
        percent = next(r for r in found.rows if r.variable == name and r.stat == "percent")
        assert (percent.estimate, percent.n) == (pytest.approx(100 * x[:, j].mean()), len(x))
    q, *pairs = found.tests.rows
    k, columns, rows = 3, x.sum(0), x.sum(1)
    expected = (k - 1) * (k * (columns**2).sum() - columns.sum() ** 2)
    expected /= k * rows.sum() - (rows**2).sum()
    assert (q.test, q.df) == ("cochran_q", 2.0)
    assert q.statistic == pytest.approx(expected, rel=1e-12)
    assert q.p == pytest.approx(stats.chi2.sf(expected, 2), rel=1e-10)
    for (a, b), row in zip(combinations(range(3), 2), pairs, strict=True):
        first = sum(1 for r in x if r[a] and not r[b])
        second = sum(1 for r in x if r[b] and not r[a])
        assert (row.variable, row.by) == (NAMES[a], NAMES[b])
        assert row.statistic == pytest.approx((first - second) ** 2 / (first + second))
        assert row.p == pytest.approx(stats.binomtest(first, first + second).pvalue, rel=1e-9)
        assert row.effect == pytest.approx(100 * (first - second) / len(x))
    assert f"{len(FRAME) - len(x)} respondents did not answer all" in found.notes[-1]


def test_with_two_questions_q_is_mcnemar():
    two = repeated(SURVEY, ["q4_1", "q4_2"], "是").tests.rows
    assert [t.test for t in two] == ["mcnemar"]
    x = FRAME.loc[(FRAME[["q4_1", "q4_2"]] != "").all(axis=1), ["q4_1", "q4_2"]] == "1"
    b, c = (x["q4_1"] & ~x["q4_2"]).sum(), (~x["q4_1"] & x["q4_2"]).sum()
    assert two[0].statistic == pytest.approx((b - c) ** 2 / (b + c))


def test_options_of_a_multiple_response_are_repeated_questions():
    found = repeated(SURVEY, "media")
    answered = FRAME.loc[FRAME["media"] != "", "media"].str.get_dummies(";")
    for option in ("tv", "net", "radio"):
        row = next(r for r in found.rows if r.variable == option and r.stat == "count")
        assert (row.estimate, row.n) == (answered[option].sum(), len(answered))


def test_pairs_are_adjusted_on_request():
    raw = [t.p for t in repeated(SURVEY, "q4", "1").tests.rows[1:]]
    held = [t.p for t in repeated(SURVEY, "q4", "1", adjust="bonferroni").tests.rows[1:]]
    assert held == [pytest.approx(min(1, 3 * p)) for p in raw]


def test_bad_use_of_repeated():
    with pytest.raises(UsageError, match="which answer is counted"):
        repeated(SURVEY, "q4")
    with pytest.raises(UsageError, match="one question alone"):
        repeated(SURVEY, "q4_1", "1")
    with pytest.raises(UnknownNameError, match="'3'"):
        repeated(SURVEY, "q4", "3")
    with pytest.raises(UnsupportedError, match="has a design"):
        repeated(Survey(FRAME.assign(w="1"), BOOK, Design(weight="w")), "q4", "1")
    agreed = Survey(pd.DataFrame({"a": list("yyn"), "b": list("yyn")}))
    assert "differently" in repeated(agreed, ["a", "b"], "y", lang="en").tests.rows[0].note


def test_one_option_by_groups_is_the_chi_square_of_that_option():
    frame = pd.DataFrame(
        {"likes": ["a", "a", "", "a;b"] * 25, "sex": ["f", "m", "f", "m", "m"] * 20}
    )
    book = Codebook(
        Label.of("One"),
        {
            "likes": Variable("likes", "multiple", Label.of("Likes"),
                              (Choice("a", Label.of("A")), Choice("b", Label.of("B"))), separator=";"),
            "sex": BOOK["sex"],
        },
    )  # fmt: skip
    (test,) = crosstab(Survey(frame, book), "likes", "sex").tests.rows
    answered = frame[frame["likes"] != ""]
    table = pd.crosstab(answered["likes"].str.contains("b"), answered["sex"])
    expected = stats.chi2_contingency(table, correction=False)
    # everyone who answered chose a, so that b alone is tested
    assert test.statistic == pytest.approx(expected.statistic, rel=1e-9)
    assert test.df == pytest.approx(1)


def test_the_multiple_response_test_keeps_its_level():
    """400 surveys without association: 5 % of them are significant, give or take 3 SE."""
    rng = np.random.default_rng(20)
    hits, runs = 0, 400
    for _ in range(runs):
        frame = draw(120, int(rng.integers(1 << 30)))
        hits += crosstab(Survey(frame, BOOK), "media", "sex").tests.rows[0].p < 0.05
    assert abs(hits / runs - 0.05) < 3 * np.sqrt(0.05 * 0.95 / runs)
