"""The tests of a table: one row for each variable, by-variable and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surveykit.errors import SurveyKitError, UnknownNameError, UnsupportedError
from surveykit.estimate._axes import Banner, Block, Stub
from surveykit.estimate._estimates import Spec, TestRow
from surveykit.estimate._words import say
from surveykit.stats import TEST_NAMES, TwoWayTest, cramers_v, expected_counts, two_way_test
from surveykit.stats.twoway import compressed
from surveykit.survey import Survey
from surveykit.text import Lang

__all__ = ["DEFAULT_TESTS", "Tested", "caution", "check_tests", "refusal", "test_rows"]

DEFAULT_TESTS = ("chi2",)
Tested = tuple[list[TestRow], list[SurveyKitError]]


def check_tests(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of tests as a tuple, or raise UnknownNameError with the near miss.

    Examples
    --------
    >>> check_tests(["chi2", "fisher"])
    ('chi2', 'fisher')
    """
    given = (names,) if isinstance(names, str) else tuple(names)
    for name in given:
        if name not in TEST_NAMES:
            raise UnknownNameError.for_name("test", name, TEST_NAMES)
    return tuple(dict.fromkeys(given))


def refusal(survey: Survey, stub: Stub, banner: Banner, lang: Lang) -> str:
    """Say why no test may be made of this pair; "" if one may."""
    names = {"name": stub.name, "by": banner.name}
    if stub.multiple:
        return say("no_multiple_test", lang, **names)
    if survey.synthetic is not None and not survey.synthetic.pins(stub.name, banner.name):
        return say("not_pinned", lang, **names)
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


def test_rows(stub: Stub, banner: Banner, block: Block, spec: Spec, caution: str) -> Tested:
    """Run the tests of `spec` on complete pairs; also return what a test refused.

    `caution` ("" for none) is noted with each result.
    """
    rows, refused = [], []
    for name in spec.tests:
        try:
            row = _row(name, stub, banner, block, spec.lang)
            notes = [n for n in (caution, row.note) if n]
            rows.append(replace(row, note=say("sentence", spec.lang).join(notes)))
        except UnsupportedError as error:
            where = f"{stub.name} × {banner.name}"
            refused.append(UnsupportedError(error.message, where=where, hint=error.hint))
            rows.append(_empty(name, stub, banner, _unfit(name, block.counts, spec.lang)))
    return rows, list(refused)


test_rows.__test__ = False  # type: ignore[attr-defined]


def _row(name: str, stub: Stub, banner: Banner, block: Block, lang: Lang) -> TestRow:
    result = two_way_test(name, block.counts)
    effect = cramers_v(block.counts)
    note = say("sentence", lang).join(_notes(name, result, stub, banner, block.counts, lang))
    numbers = (result.statistic, result.df, None, result.p, effect, "cramers_v")
    return TestRow(name, stub.name, banner.name, *numbers, note)


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
        notes.append(say("dropped", lang, **names, **dropped))
    if name in ("chi2", "g2"):
        notes.extend(_small(counts, lang))
    if name in ("linear_by_linear", "cochran_armitage"):
        notes.append(say("scores", lang))
    return notes


def _small(counts: NDArray[np.int64], lang: Lang) -> list[str]:
    expected = expected_counts(counts)
    if not expected.small:
        return []
    size = expected.values.size
    key = "small_2x2" if expected.values.shape == (2, 2) else "small"
    numbers = {"below": expected.below_5, "cells": size, "minimum": expected.minimum}
    return [say(key, lang, **numbers)]
