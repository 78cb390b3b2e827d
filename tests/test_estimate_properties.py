"""Identities that every table obeys, on random small surveys."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.estimate import Estimates, crosstab, freq
from surveykit.survey import Survey

answers = st.sampled_from(["p", "q", "r", ""])
groups = st.sampled_from(["u", "v", ""])
surveys = st.lists(st.tuples(answers, groups), min_size=1, max_size=25)
LEVELS, GROUPS = ["p", "q", "r"], ["u", "v"]
bounded = settings(max_examples=40, deadline=None)


def survey(rows: list[tuple[str, str]], levels: list[str] = LEVELS) -> Survey:
    a, b = ([text or None for text in column] for column in zip(*rows, strict=True))
    return Survey(pd.DataFrame({"a": pd.Categorical(a, levels), "b": pd.Categorical(b, GROUPS)}))


def values(result: Estimates) -> dict[tuple[str, str, str, str], float | None]:
    return {(r.level_code, r.by, r.by_code, r.stat): r.estimate for r in result.rows}


@bounded
@given(surveys)
def test_margins_add_and_percentages_sum_to_100(rows):
    got = values(crosstab(survey(rows), "a", "b"))
    complete = [(a, b) for a, b in rows if a and b]
    for b in GROUPS:
        column = sum(got[a, "b", b, "count"] for a in LEVELS)
        assert column == sum(1 for r in complete if r[1] == b)
        if column:
            assert sum(got[a, "b", b, "percent"] for a in LEVELS) == pytest.approx(100)
        else:
            assert got["p", "b", b, "percent"] is None
    for a in LEVELS:
        if any(r[0] == a for r in complete):
            assert sum(got[a, "b", b, "row_percent"] for b in GROUPS) == pytest.approx(100)
    if complete:
        total = sum(got[a, "b", b, "total_percent"] for a in LEVELS for b in GROUPS)
        assert total == pytest.approx(100)
    answered = sum(got[a, "", "", "count"] for a in LEVELS)
    assert answered + got["", "", "", "missing"] == len(rows)


@bounded
@given(surveys, st.randoms())
def test_order_of_respondents_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = (crosstab(survey(r), "a", "b") for r in (rows, shuffled))
    assert one.rows == other.rows
    assert one.tests == other.tests


@bounded
@given(surveys)
def test_merging_two_categories_is_tabulating_the_merged_variable(rows):
    merged = [("q" if a == "r" else a, b) for a, b in rows]
    apart = values(crosstab(survey(rows), "a", "b"))
    joined = values(crosstab(survey(merged, ["p", "q"]), "a", "b"))
    sums: dict[tuple[str, str, str, str], float | None] = defaultdict(float)
    for (a, by, b, stat), value in apart.items():
        key = ("q" if a == "r" else a, by, b, stat)
        sums[key] = None if value is None or sums[key] is None else sums[key] + value
    for key, value in joined.items():
        if key[3] == "row_percent":  # shares of different rows do not add
            continue
        assert sums[key] == (None if value is None else pytest.approx(value)), key


@bounded
@given(surveys)
def test_a_doubled_survey_has_the_same_percentages_and_narrower_intervals(rows):
    once, twice = freq(survey(rows), "a"), freq(survey(rows * 2), "a")
    for a, b in zip(once.rows, twice.rows, strict=True):
        if a.stat == "percent" and a.estimate is not None:
            assert b.estimate == pytest.approx(a.estimate)
            assert b.high - b.low < a.high - a.low
            assert a.low <= a.estimate <= a.high
