"""Minimal conflicts where tables are too many to follow: the program's answers against listing."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from test_published_program import _groups, _study

from surveykit.published import certain
from surveykit.published.audit import audit
from surveykit.published.certain import Certain
from surveykit.published.conflicts import Answer, minimal_conflicts
from surveykit.published.group_conflicts import _Questions, group_conflicts
from surveykit.published.load import parse_published
from surveykit.published.program import program_of
from surveykit.published.solve import Group


def _misprinted(paper: dict[str, Any], which: int, by: float, decimals: int) -> dict[str, Any]:
    figure = paper["figures"][which]
    figure["percent"] = f"{min(float(figure['percent']) + by, 100.0):.{decimals}f}"
    return paper


@pytest.mark.parametrize("kind", ["plain", "missing", "multiple", "hidden"])
def test_the_program_finds_the_conflicts_that_listing_finds(kind: str) -> None:
    several = 0
    for seed in range(6):
        rng = np.random.default_rng([seed, 3, len(kind)])
        paper = _study(rng, 14 + 2 * seed, 2, 3, seed % 2, kind)
        for group in _groups(_misprinted(paper, -1 - seed % 4, 9 + seed, seed % 2)):
            if not group.followed or group.feasible or not group.exact:
                continue
            listed = group_conflicts(group)
            large = group_conflicts(Group(group.reading, group.items, follow=False))
            assert large.sure
            assert set(large.sets) == set(listed.sets), (seed, kind)
            several += any(len(c) > 1 for c in large.sets)
    assert several


def test_conflicts_of_a_large_group_are_minimal_and_hold_the_misprint() -> None:
    """Checked again one by one: all figures of a conflict have no table, any but one have one."""
    pytest.importorskip("ortools", reason="proofs for 2,000 respondents need CP-SAT")
    paper = _misprinted(_study(np.random.default_rng(3), 2000, 8, 3, 0, "plain"), -1, 6, 0)
    (reading,) = audit(parse_published(json.dumps(paper))).readings
    (verdict,) = reading.groups
    assert (verdict.number, verdict.exact) == (0, True)
    assert verdict.conflicts
    (group,) = _groups(paper)
    ids = {i.id for i in group.items}
    for conflict in verdict.conflicts[:3]:
        for apart in (None, *conflict):
            kept = {i for i in conflict if i != apart}
            assert Certain(program_of(group, ids - kept)).feasible == (apart is not None)
    members = {i for c in verdict.conflicts for i in c}
    assert paper["figures"][-1]["id"] in members
    for figure in reading.figures:
        assert figure.status == ("conflict" if figure.id in members else "possible")
    assert verdict.repairs
    assert any(r.name == paper["figures"][-1]["id"] for r in verdict.repairs)


def test_a_search_that_ends_early_says_what_is_not_shown() -> None:
    paper = _misprinted(_study(np.random.default_rng(2), 30, 3, 3, 1, "plain"), -1, 7.3, 1)
    groups = [g for g in _groups(paper) if not g.feasible]
    assert groups
    for group in groups:
        large = Group(group.reading, group.items, follow=False)
        for most in (0, 2, 5, 400):
            found = group_conflicts(large, most)
            assert found.sets
            assert set(found.unproven) <= set(found.sets)
            assert found.sure or not found.complete
            for conflict in set(found.sets) - set(found.unproven):
                part = [i for i in group.items if i.id in conflict]
                assert not Group(group.reading, part).feasible
                for apart in conflict if len(conflict) > 1 else ():
                    rest = [i for i in part if i.id != apart]
                    assert Group(group.reading, rest).feasible
        assert group_conflicts(large, 0).unproven == (tuple(i.id for i in group.items),)


def test_answers_that_are_not_known_keep_a_figure() -> None:
    cores = [frozenset("ab"), frozenset("cd")]

    def feasible(subset: frozenset[str]) -> Answer:
        found = not any(c <= subset for c in cores)
        return None if subset == frozenset("b") or ("e" in subset and found) else found

    found = minimal_conflicts("abcde", feasible)
    assert {frozenset(c) for c in found.sets} == set(cores)
    assert found.unproven == (("a", "b"),)
    assert not found.complete


def test_without_cp_sat_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linear bounds in whole numbers prove what CP-SAT proves, on a study of 60 people."""
    paper = _misprinted(_study(np.random.default_rng(4), 60, 3, 3, 1, "plain"), -1, 8.8, 1)
    (group,) = [g for g in _groups(paper) if not g.feasible]
    with_it = group_conflicts(Group(group.reading, group.items, follow=False))
    monkeypatch.setattr(certain.Certain, "_model", None)
    without = group_conflicts(Group(group.reading, group.items, follow=False))
    proven = set(without.sets) - set(without.unproven)
    assert proven
    assert proven <= set(with_it.sets)


def test_a_table_found_for_some_figures_answers_for_all_it_prints() -> None:
    (group,) = _groups(_study(np.random.default_rng(8), 40, 2, 3, 1, "plain"))
    ids = [i.id for i in group.items]
    asked = _Questions(group, frozenset([*ids, "another"]), 400)
    for kept in itertools.combinations(ids, 2):
        assert asked(frozenset(kept)) is True
        for together in asked.possible:
            assert Group(group.reading, [i for i in group.items if i.id in together]).feasible
    assert asked.left > 400 - len(ids) * len(ids) // 2
