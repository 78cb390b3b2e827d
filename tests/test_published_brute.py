"""Audits of random small surveys against every respondent table, listed by brute force.

The brute force (`brute.py`) knows nothing of the package: it lists all ways that N respondents can
answer, keeps those that print the figures, and reads off counts, ranges, conflicts and verdicts.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brute import Fig, Problem, Var, all_tables, all_tables_naive
from brute_cases import SHAPES, Draft, make
from brute_compare import Truth, compare

from surveykit.published import audit, load_published

SEEDS = 25
SEEN: Counter[str] = Counter()


def audited(problem: Problem, folder: Path) -> dict[str, Any]:
    path = folder / "published.yaml"
    path.write_text(problem.yaml(), encoding="utf-8")
    (reading,) = audit(load_published(path), ["r"]).to_json("en")["scenarios"]
    return reading  # type: ignore[no-any-return]


def tally(reading: dict[str, Any]) -> None:
    SEEN.update(f["status"] for f in reading["figures"])
    SEEN.update(c["verdict"] for c in reading["claims"])
    for group in reading["groups"]:
        SEEN["exact" if group["tables"]["exact"] else "not exact"] += 1
        SEEN["several tables"] += group["tables"]["number"] > 1
        SEEN["conflicts"] += len(group["conflicts"])
        SEEN["conflicts of several"] += sum(len(c) > 1 for c in group["conflicts"])


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.__name__)
def test_audit_against_every_table(shape: Any, tmp_path: Path) -> None:
    for seed in range(SEEDS):
        problem = make(shape, seed)
        reading = audited(problem, tmp_path)
        tally(reading)
        assert compare(problem, reading) == [], (shape.__name__, seed, problem.yaml())
        SEEN["surveys"] += 1


def test_the_random_surveys_reach_every_kind_of_answer() -> None:
    if SEEN["surveys"] < SEEDS * len(SHAPES):
        pytest.skip("only some shapes ran")
    assert SEEN["surveys"] >= 300
    for kind, least in {
        "possible": 1000, "impossible": 50, "conflict": 30, "conflicts of several": 10,
        "several tables": 60, "exact": 300, "not exact": 5, "holds in all": 100,
        "holds in none": 100, "undetermined": 10, "not evaluated": 100,
    }.items():  # fmt: skip
        assert SEEN[kind] >= least, (kind, SEEN[kind])


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.__name__)
def test_one_by_one_lists_what_every_multiset_of_respondents_gives(shape: Any) -> None:
    draft = Draft(np.random.default_rng(5))
    shape(draft)
    problem = draft.done()
    problem.n = 4
    problem.counts = []
    for variable in problem.variables.values():
        variable.missing = "allowed" if isinstance(variable.missing, int) else variable.missing
    assert np.array_equal(
        np.unique(all_tables(problem), axis=0), np.unique(all_tables_naive(problem), axis=0)
    )


# --- made by hand --------------------------------------------------------------------------


def by_group(*percents: str, n: int = 10, overall: str | None = None) -> Problem:
    """An outcome by as many groups as there are percentages."""
    groups = tuple(f"b{j}" for j in range(len(percents)))
    figures = [
        Fig(f"f{j}", {"o": ("o0",)}, {"b": g}, p)
        for j, (g, p) in enumerate(zip(groups, percents, strict=True))
    ]
    if overall is not None:
        figures.append(Fig("all", {"o": ("o0",)}, {}, overall))
    return Problem(n, {"b": Var(groups), "o": Var(("o0", "o1"))}, figures)


def test_one_groups_conflict_says_nothing_about_another(tmp_path: Path) -> None:
    problem = by_group("50", "50", n=9, overall="33.3")
    problem.variables["q"] = Var(("q0", "q1"))
    problem.figures.append(Fig("q", {"q": ("q0",)}, {}, "44.4"))
    reading = audited(problem, tmp_path)
    assert compare(problem, reading) == []
    numbers = {tuple(g["figures"]): g["tables"]["number"] for g in reading["groups"]}
    assert numbers == {("f0", "f1", "all"): 0, ("q",): 1}
    assert {f["id"]: f["status"] for f in reading["figures"]}["q"] == "possible"


def test_impossible_figures_are_set_aside_before_a_group_is_solved(tmp_path: Path) -> None:
    problem = by_group("50", "50", n=8, overall="51")
    reading = audited(problem, tmp_path)
    assert compare(problem, reading) == []
    status = {f["id"]: f["status"] for f in reading["figures"]}
    assert status == {"f0": "possible", "f1": "possible", "all": "impossible"}
    assert reading["groups"][0]["tables"]["number"] == 3


def test_a_sum_of_rounded_figures_is_explained(tmp_path: Path) -> None:
    """1 of 7 is 14.3 %, 2 of 7 are 28.6 %: two of the first make 28.6, but four of them 57.2."""
    problem = Problem(
        7,
        {"o": Var(("o0", "o1", "o2"))},
        [
            Fig("a", {"o": ("o0",)}, {}, "28.6"),
            Fig("b", {"o": ("o1",)}, {}, "28.6"),
            Fig("both", {"o": ("o0", "o1")}, {}, "57.2", sum=("a", "b")),
        ],
    )
    reading = audited(problem, tmp_path)
    assert compare(problem, reading) == []
    both = reading["figures"][2]
    assert both["status"] == "explained"
    assert "28.6 + 28.6 = 57.2" in both["why"]


def test_every_conflict_of_several_is_minimal(tmp_path: Path) -> None:
    """Three shares of everyone that add up to more than all, each pair of them possible."""
    problem = Problem(
        10,
        {"o": Var(("o0", "o1", "o2", "o3"))},
        [Fig(f"f{j}", {"o": (f"o{j}",)}, {}, "40.0") for j in range(4)],
    )
    reading = audited(problem, tmp_path)
    assert compare(problem, reading) == []
    conflicts = {frozenset(c) for c in reading["groups"][0]["conflicts"]}
    assert conflicts == {frozenset({f"f{j}" for j in range(4)} - {f"f{i}"}) for i in range(4)}


def test_a_printed_percentage_has_a_base(tmp_path: Path) -> None:
    """Nobody has answered: no table, though 0 of 0 would leave every count as it is."""
    problem = by_group("0", "0", n=3)
    problem.variables["o"].missing = 3
    assert Truth(problem).status("f0") == "impossible"
    assert audited(problem, tmp_path)["figures"][0]["status"] == "impossible"
