"""What is asked of a frame, where a survey or its estimates are wanted, says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import surveykit as sk

FRAME = pd.DataFrame({"a": ["1", "2"], "b": ["x", "y"]})
OF_SURVEYS: dict[str, Callable[[Any], object]] = {
    "freq": lambda first: sk.freq(first, "a"),
    "crosstab": lambda first: sk.crosstab(first, "a", by="b"),
    "mean": lambda first: sk.mean(first, "a"),
    "total": lambda first: sk.total(first, "a"),
    "ratio": lambda first: sk.ratio(first, "a", "a"),
    "quantile": lambda first: sk.quantile(first, "a", 0.5),
    "difference": lambda first: sk.difference(first, "a", by="b"),
    "association": lambda first: sk.association(first, "a", "b"),
    "repeated": lambda first: sk.repeated(first, ["a", "b"]),
    "reliability": lambda first: sk.reliability(first, ["a", "b"]),
    "book": lambda first: sk.book(first),
    "check": sk.check,
    "response_rates": lambda first: sk.response_rates(first),
}
OF_ESTIMATES: dict[str, Callable[[Any], object]] = {
    "table": sk.table,
    "bars": sk.plots.bars,
    "dots": sk.plots.dots,
    "stacked": sk.plots.stacked,
    "likert": sk.plots.likert,
    "mosaic": sk.plots.mosaic,
    "ranking": sk.plots.ranking,
    "slope": sk.plots.slope,
    "missing": sk.plots.missing,
}


@pytest.mark.parametrize("verb", OF_SURVEYS)
def test_a_survey_is_expected(verb: str) -> None:
    with pytest.raises(sk.SurveyKitError, match=r"a Survey is expected first; got DataFrame.*read"):
        OF_SURVEYS[verb](FRAME)


@pytest.mark.parametrize("verb", OF_ESTIMATES)
@pytest.mark.parametrize("first", [FRAME, sk.Survey(FRAME)], ids=["frame", "survey"])
def test_estimates_are_expected(verb: str, first: object) -> None:
    with pytest.raises(sk.SurveyKitError, match="an Estimates is expected first; got"):
        OF_ESTIMATES[verb](first)


def test_other_things_are_expected() -> None:
    with pytest.raises(sk.SurveyKitError, match="a ResponseRates is expected first; got Survey"):
        sk.plots.response(sk.Survey(FRAME))
    with pytest.raises(sk.SurveyKitError, match="a Published is expected first; got dict"):
        sk.audit({})
