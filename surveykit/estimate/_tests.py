"""The tests of a table: one row for each variable, by-variable and test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surveykit.counts import Choices, option_pairs
from surveykit.errors import SurveyKitError, UnknownNameError, UnsupportedError
from surveykit.estimate._axes import Banner, Stub, as_names
from surveykit.estimate._blocks import Block
from surveykit.estimate._design import Totals
from surveykit.estimate._estimates import TestRow
from surveykit.estimate._words import say, sentences
from surveykit.stats import TEST_NAMES, TwoWayTest, cramers_v, expected_counts, two_way_test
from surveykit.stats.raoscott import DESIGN_TESTS, DesignTest, design_test
from surveykit.stats.twoway import compressed
from surveykit.survey import Survey, expect_survey
from surveykit.text import Lang

__all__ = [
    "Tested",
    "caution",
    "check_tests",
    "default_names",
    "misfit",
    "refusal",
    "table_tests",
    "test_rows",
]

MULTIPLE = "multiple_response"
SIMPLE_TESTS: tuple[str, ...] = (*TEST_NAMES, MULTIPLE)
Tested = tuple[list[TestRow], list[SurveyKitError]]


def table_tests(survey: Survey, tests: str | Sequence[str] | None) -> tuple[str, ...]:
    """Check the tests of tables that were asked for; by default one that suits the sample.

    Raises
    ------
    UnknownNameError, UnsupportedError
    """
    expect_survey(survey)
    simple = survey.design.simple
    if tests is None:
        return ("chi2",) if simple else ("rao_scott",)
    return check_tests(tests, SIMPLE_TESTS, DESIGN_TESTS, simple=simple)


def check_tests(
    names: str | Sequence[str],
    simple_names: Sequence[str],
    design_names: Sequence[str],
    *,
    simple: bool,
) -> tuple[str, ...]:
    """Return the names of tests as a tuple.

    Raises
    ------
    UnknownNameError
        With the near miss.
    UnsupportedError
        For a test that would take weights for counts, or a design-based one without a design.

    Examples
    --------
    >>> check_tests(["chi2", "fisher"], ["chi2", "fisher"], ["rao_scott"], simple=True)
    ('chi2', 'fisher')
    """
    given = as_names(names, "tests") if names or not isinstance(names, Sequence) else ()
    own, others = (simple_names, design_names) if simple else (design_names, simple_names)
    for name in given:
        if name in own:
            continue
        if name not in others:
            raise UnknownNameError.for_name("test", name, own)
        if simple:
            raise UnsupportedError(
                f"the test {name!r} belongs to weighted and complex samples; this survey has no "
                "design.",
                hint=f"choose from {', '.join(own)}; or name its weight, strata or PSUs.",
            )
        raise UnsupportedError(
            f"the test {name!r} takes every respondent for one of a simple random sample; this "
            "survey has a design.",
            hint=f"design-based: {', '.join(own)}.",
        )
    return tuple(dict.fromkeys(given))


def refusal(survey: Survey, stub: Stub, banner: Banner, lang: Lang) -> str:
    """Say why no test may be made of this pair; "" if one may."""
    if survey.synthetic is None:
        return ""
    if stub.multiple or not survey.synthetic.pins(stub.name, banner.name):
        # which options were chosen together is printed nowhere
        key = "no_joint_options" if stub.multiple else "not_pinned"
        return say(key, lang, name=stub.name, by=banner.name)
    return ""


def default_names(tests: tuple[str, ...], stub: Stub, simple: bool) -> tuple[str, ...]:
    """Return the tests that a variable gets by itself; a multiple response has its own.

    Under a design it has none: `tests` are returned, which do not fit it.
    """
    return (MULTIPLE,) if stub.multiple and simple else tests


def misfit(name: str, stub: Stub, banner: Banner, lang: Lang) -> str:
    """Say why the test called `name` is none of these two sides; "" if it is."""
    names = {"name": stub.name, "by": banner.name}
    if banner.overlaps:
        return say("no_overlap_test", lang, **names)
    if stub.multiple and name != MULTIPLE:
        return say("no_multiple_test", lang, **names)
    if name == MULTIPLE and not stub.multiple:
        return say("no_single_test", lang, **names)
    return ""


def caution(survey: Survey, stub: Stub, banner: Banner, lang: Lang) -> str:
    """Say that a test stands on illustrative group sizes; "" where every count is known."""
    known = survey.synthetic
    if known is None:
        return ""
    marks = {
        known.mark(stub.name, level.code, banner.name, by.code, "count")
        for level in stub.levels
        for by in banner.levels
    }
    return say("sizes_open", lang) if "arbitrary" in marks else ""


def test_rows(
    names: Sequence[str],
    stub: Stub,
    banner: Banner,
    block: Block,
    totals: Totals | None,
    survey: Survey,
    lang: Lang,
) -> Tested:
    """Run the tests called `names` on complete pairs; also return what a test refused.

    `totals` are those of a design.
    """
    rows, refused = [], list[SurveyKitError]()
    warned = caution(survey, stub, banner, lang)
    for name in names:
        unfit = misfit(name, stub, banner, "en")
        if unfit:
            refused.append(UnsupportedError(unfit))
            rows.append(_empty(name, stub, banner, misfit(name, stub, banner, lang)))
            continue
        try:
            if totals is not None:
                row = _design_row(name, stub, banner, block, totals, lang)
            elif name == MULTIPLE:
                row = _multiple_row(stub, banner, block, survey, lang)
            else:
                row = _row(name, stub, banner, block, lang)
            rows.append(replace(row, note=sentences((warned, row.note), lang)))
        except UnsupportedError as error:
            where = f"{stub.name} × {banner.name}"
            refused.append(UnsupportedError(error.message, where=where, hint=error.hint))
            rows.append(_empty(name, stub, banner, _unfit(name, block.counts, lang)))
    return rows, refused


test_rows.__test__ = False  # type: ignore[attr-defined]


def _multiple_row(stub: Stub, banner: Banner, block: Block, survey: Survey, lang: Lang) -> TestRow:
    """Test whether any option of a multiple response depends on the group."""
    from surveykit.stats.multiple import multiple_response_test

    assert isinstance(stub.side, Choices)
    plain = Choices(stub.side.chosen[:, : block.k], stub.side.status)
    pairs = option_pairs(plain, banner.side, mask=survey.mask).n
    result = multiple_response_test(block.counts, pairs, block.bases)
    names = {"name": stub.name, "by": banner.name}
    note = say("summed_options", lang)
    if result.reason:
        reason = {"one_group": "one_column", "no_choice": "one_row"}.get(
            result.reason, result.reason
        )
        note = say(reason, lang, **names)
    elif result.dropped_options or result.dropped_groups:
        dropped = {"rows": result.dropped_options, "columns": result.dropped_groups}
        note = sentences((note, say("dropped", lang, **names, **dropped)), lang)
    numbers = (result.statistic, result.df, None, result.p, None, "")
    return TestRow(MULTIPLE, stub.name, banner.name, *numbers, note)


def _row(name: str, stub: Stub, banner: Banner, block: Block, lang: Lang) -> TestRow:
    result = two_way_test(name, block.counts)
    effect = _effect(name, result, block.counts)
    note = sentences(_notes(name, result, stub, banner, block.counts, lang), lang)
    numbers = (result.statistic, result.df, None, result.p, effect, "cramers_v")
    return TestRow(name, stub.name, banner.name, *numbers, note)


def _effect(name: str, result: TwoWayTest, counts: NDArray[np.int64]) -> float | None:
    """Return Cramér's V; from the chi-square itself where that is the test."""
    if name != "chi2" or result.statistic is None:
        return cramers_v(counts)
    rows = counts.shape[0] - result.dropped_rows
    columns = counts.shape[1] - result.dropped_columns
    return math.sqrt(result.statistic / (int(counts.sum()) * (min(rows, columns) - 1)))


def _design_row(
    name: str, stub: Stub, banner: Banner, block: Block, totals: Totals, lang: Lang
) -> TestRow:
    table, covariance, df = totals.table(name)
    n = int(block.bases.sum())
    result = design_test(table, covariance, n, df, name=name)  # type: ignore[arg-type]
    effect = cramers_v(table)
    note = sentences(_design_notes(result, stub, banner, lang), lang)
    numbers = (result.statistic, result.df, result.df2, result.p, effect, "cramers_v")
    return TestRow(name, stub.name, banner.name, *numbers, note)


def _design_notes(result: DesignTest, stub: Stub, banner: Banner, lang: Lang) -> list[str]:
    names = {"name": stub.name, "by": banner.name}
    if result.reason:
        return [say(result.reason, lang, **names)]
    if result.dropped_rows or result.dropped_columns:
        dropped = {"rows": result.dropped_rows, "columns": result.dropped_columns}
        return [say("dropped", lang, **names, **dropped)]
    return []


def _unfit(name: str, counts: NDArray[np.int64], lang: Lang) -> str:
    """Say why the test called `name` does not fit a table, levels without anyone left out."""
    rows, columns = compressed(counts).shape
    return say(f"unfit_{name}", lang, rows=rows, columns=columns)


def _empty(name: str, stub: Stub, banner: Banner, note: str) -> TestRow:
    return TestRow(name, stub.name, banner.name, None, None, None, None, None, "", note)


def _notes(
    name: str,
    result: TwoWayTest,
    stub: Stub,
    banner: Banner,
    counts: NDArray[np.int64],
    lang: Lang,
) -> list[str]:
    names = {"name": stub.name, "by": banner.name}
    if result.reason:
        return [say(result.reason, lang, **names)]
    notes = []
    if result.dropped_rows or result.dropped_columns:
        dropped = {"rows": result.dropped_rows, "columns": result.dropped_columns}
        notes.append(say("dropped" if result.df else "dropped_no_df", lang, **names, **dropped))
    if name in ("chi2", "g2"):
        notes.extend(_small(counts, lang))
    if result.method == "monte_carlo":
        ends = {"low": result.p_low, "high": result.p_high, "samples": result.samples}
        notes.append(say("monte_carlo", lang, **ends))
    if name in ("linear_by_linear", "cochran_armitage"):
        notes.append(say("scores", lang))
    return notes


def _small(counts: NDArray[np.int64], lang: Lang) -> list[str]:
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    # the smallest expected count of all cells: most tables need no closer look
    if rows[rows > 0].min() * columns[columns > 0].min() >= 5 * rows.sum():
        return []
    expected = expected_counts(counts)
    if not expected.small:
        return []
    size = expected.values.size
    numbers = {"below": expected.below_5, "cells": size, "minimum": expected.minimum}
    return [say("small", lang, **numbers)]
