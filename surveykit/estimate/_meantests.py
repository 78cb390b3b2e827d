"""Tests of equal means over the columns of a banner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import Numbers
from surveykit.estimate._axes import Banner
from surveykit.estimate._estimates import TestRow
from surveykit.estimate._groups import group_codes
from surveykit.estimate._means import MeanBlock
from surveykit.estimate._request import Request
from surveykit.estimate._spread import freedom_of
from surveykit.estimate._tests import check_tests
from surveykit.estimate._words import say
from surveykit.survey import Survey, expect_survey

__all__ = ["mean_test_rows", "mean_tests"]

Floats = NDArray[np.float64]
MEAN_TESTS = ("anova", "welch", "kruskal_wallis")


def mean_tests(survey: Survey, tests: str | Sequence[str] | None) -> tuple[str, ...]:
    """Check the tests of means that were asked for; by default one that suits the sample.

    Raises
    ------
    UnknownNameError, UnsupportedError
    """
    expect_survey(survey)
    simple = survey.design.simple
    if tests is None:
        return ("anova",) if simple else ("wald",)
    return check_tests(tests, MEAN_TESTS, ("wald",), simple=simple)


def mean_test_rows(
    asked: Request, values: Numbers, banners: Sequence[Banner], blocks: Sequence[MeanBlock]
) -> list[TestRow]:
    """Test equal means in every by-variable; overlapping columns and synthetic data are left out."""
    if asked.survey.synthetic is not None:
        return []
    return [
        _row(name, asked, values, banner, block)
        for banner, block in zip(banners, blocks, strict=True)
        if not banner.overlaps
        for name in asked.spec.tests
    ]


def _row(name: str, asked: Request, values: Numbers, banner: Banner, block: MeanBlock) -> TestRow:
    names = {"name": values.name, "by": banner.name}
    if name == "wald":
        return _wald(asked, values, banner, block)
    found = _simple(name, asked, values, banner, block)
    if found.p is None:
        note = say("few_groups", asked.spec.lang, **names)
        return TestRow(name, values.name, banner.name, None, None, None, None, None, "", note)
    numbers = (found.statistic, found.df, found.df2, found.p, found.effect, found.effect_name)
    return TestRow(name, values.name, banner.name, *numbers)


def _simple(name: str, asked: Request, values: Numbers, banner: Banner, block: MeanBlock) -> Any:
    from surveykit.stats.groups import anova, kruskal_wallis, welch_anova

    if name == "kruskal_wallis":
        (groups,) = group_codes(banner, asked.survey.mask)
        return kruskal_wallis(values.values, groups, len(banner.levels))
    test = anova if name == "anova" else welch_anova
    return test(block.n, block.mean, block.sd)


def _wald(asked: Request, values: Numbers, banner: Banner, block: MeanBlock) -> TestRow:
    """Test equal means by their covariance under the design, as F.

    Korn and Graubard (1999), section 3.6; with two groups t² of R survey's `svyttest`.
    """
    from scipy.special import fdtrc

    names = {"name": values.name, "by": banner.name}
    nobody = TestRow(
        "wald", values.name, banner.name, None, None, None, None, None, "",
        say("few_groups", asked.spec.lang, **names),
    )  # fmt: skip
    held = np.flatnonzero((block.n > 0) & ~np.isnan(block.mean))
    if len(held) < 2 or block.spread is None or asked.design is None:
        return nobody
    (groups,) = group_codes(banner, asked.survey.mask)
    known = (groups >= 0) & ~np.isnan(values.values)
    df = len(held) - 1
    df2 = freedom_of(known, asked.design) - df
    differences = block.mean[held][1:] - block.mean[held][0]
    contrast = np.hstack([-np.ones((df, 1)), np.eye(df)])
    covariance = contrast @ block.spread.covariance()[np.ix_(held, held)] @ contrast.T
    if df2 <= 0 or np.linalg.matrix_rank(covariance, hermitian=True) < df:
        return nobody
    f = float(differences @ np.linalg.solve(covariance, differences)) / df
    return TestRow(
        "wald",
        values.name,
        banner.name,
        f,
        float(df),
        float(df2),
        float(fdtrc(df, df2, f)),
        None,
        "",
    )
