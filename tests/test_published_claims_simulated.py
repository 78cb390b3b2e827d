"""Simulated studies with claims and printed tests: a sample; `benchmarks/simulated_claims.py` runs 500."""

from __future__ import annotations

from typing import Any

import pytest
from brute_cases import SHAPES
from simulated_claims import run
from tally import Tally

from surveykit.published import claims as claims_module
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError


def test_what_is_true_is_never_refuted() -> None:
    tally = Tally()
    for shape in range(len(SHAPES)):
        run(shape + 2 * len(SHAPES), 60, tally)
    assert tally.wrong == []
    assert tally.seen["claim holds in all"] >= 15
    assert tally.seen["claim holds in none"] >= 15
    assert tally.seen["test possible"] >= 8


def test_nor_where_tables_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_many(*_: object, **__: object) -> Any:
        raise TooLargeError("made too large")

    monkeypatch.setattr(Group, "followed", property(lambda _: False))
    monkeypatch.setattr(Group, "project", too_many)
    monkeypatch.setattr(claims_module, "drawn", too_many)
    tally = Tally()
    for seed in range(len(SHAPES), 2 * len(SHAPES)):
        run(seed, 30, tally)
    assert tally.wrong == []
    assert tally.seen["claim holds in all"] + tally.seen["claim holds in none"] >= 30
