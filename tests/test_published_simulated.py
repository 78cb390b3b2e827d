"""Simulated studies with known truth: a sample; `benchmarks/simulated.py` runs many more."""

from __future__ import annotations

import pytest
from brute_cases import SHAPES
from simulated import audited, misprinted, run, simulated
from tally import Tally


@pytest.mark.parametrize("shape", range(len(SHAPES)), ids=[s.__name__ for s in SHAPES])
def test_the_truth_is_among_the_tables_and_misprints_are_found(shape: int) -> None:
    tally = Tally()
    for turn in range(3):
        run(shape + turn * len(SHAPES), 60, tally, solver=False)
    assert tally.wrong == []
    assert tally.seen["studies"] >= 2


def test_a_stated_number_of_hidden_people_is_used_in_shares_of_everyone() -> None:
    problem = simulated(214, 200)
    misprinted(problem, 214)
    statuses = {f["id"]: f["status"] for f in audited(problem)["figures"]}
    assert statuses["p0"] == "conflict"
