"""Draws: every feasible table is found, each as often as any other."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from joint_tables import Joint, small
from published_cases import Study, several, single
from scipy import stats

from surveykit.errors import UsageError
from surveykit.published.audit import audit_reading
from surveykit.published.draw import DrawnTable, draw_table
from surveykit.published.load import parse_published
from surveykit.published.plane_draw import pick
from surveykit.published.solve import Group

LEAST_P = 1e-4
"""A uniform draw falls below this once in 10,000 cases; about twenty are tried, with fixed seeds."""


def groups_of(study: Study) -> list[Group]:
    published = parse_published(study.published())
    result = audit_reading(published, published.scenario(study.reading), judge_claims=False)
    assert {f.status for f in result.figures} == {"possible"}
    return [g.solved for g in result.groups if g.solved is not None]


def figures_of(study: Study, tables: list[DrawnTable]) -> tuple[int, ...]:
    """(count, base) of all printed figures, in the order of the study."""
    cells = [
        (cell.counts, cell.shown)
        for table in tables
        for levels in table.folds.values()
        for level in levels.values()
        for cell in level.cells.values()
    ]
    found = {i: (count, shown) for counts, shown in cells for i, count in counts.items()}
    return tuple(x for f in study.figures if f.percent is not None for x in found[f.id])


def assert_uniform(study: Study, each: int = 30) -> None:
    truth = Joint.of(study).tables()
    groups = groups_of(study)
    rng = np.random.default_rng(7)
    draws = each * len(truth)
    seen = Counter(figures_of(study, [draw_table(g, rng) for g in groups]) for _ in range(draws))
    assert set(seen) == truth
    if len(truth) > 1:
        assert stats.chisquare(list(seen.values())).pvalue > LEAST_P


def cases(kind: str, number: int) -> list[Study]:
    """The first few small studies of a kind with a handful to some dozens of tables."""
    out = []
    for seed in range(200):
        study = small(np.random.default_rng([seed, *map(ord, kind)]), kind)
        if any(f.percent for f in study.figures) and 2 <= len(Joint.of(study).tables()) <= 40:
            out.append(study)
        if len(out) == number:
            return out
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", ["plain", "linked", "outcomes", "hidden", "choices"])
def test_uniform_over_all_feasible_tables(kind: str) -> None:
    for study in cases(kind, 2):
        assert_uniform(study)


def test_uniform_with_non_response_and_sizes_that_nothing_pins() -> None:
    """The group's size is open, its base is not: what is drawn are the printed cells."""
    rng = np.random.default_rng(3)
    study = Study(9)
    study.add(single(rng, "a", 9, 2, match="code"))
    study.add(single(rng, "b", 9, 2, missing=0.2, match="code"))
    study.print("b", "a", levels=["b0"], decimals=0)
    assert_uniform(study, each=30)


def test_uniform_over_shares_of_responses() -> None:
    rng = np.random.default_rng(8)
    study = Study(6)
    study.add(several(rng, "p", 6, 3, match="code", layout="counted"))
    study.print("p", levels=["p0", "p1"], decimals=0, responses=True)
    assert_uniform(study)


def test_totals_are_those_of_the_drawn_cells() -> None:
    (study,) = cases("linked", 1)
    (group,) = groups_of(study)
    table = draw_table(group, np.random.default_rng(1))
    mine = {n: span for n, span in table.totals.items() if n[0] == ("c",)}
    assert mine
    for (outcome, block), (low, high) in mine.items():
        parts = [
            level.cells[outcome].blocks[block]
            for (by, _), levels in table.folds.items()
            if by == ("a",)
            for level in levels.values()
        ]
        assert (low, high) == (sum(p[0] for p in parts), sum(p[1] for p in parts))


def test_the_same_stream_draws_the_same_table() -> None:
    (study,) = cases("linked", 1)
    (group,) = groups_of(study)
    assert draw_table(group, np.random.default_rng(4)) == draw_table(
        group, np.random.default_rng(4)
    )


def test_picks_are_exact_where_weights_leave_64_bits() -> None:
    weights = np.array([2**70, 0, 3 * 2**70], dtype=object)
    rng = np.random.default_rng(1)
    seen = Counter(pick(weights, rng) for _ in range(4000))
    assert seen[1] == 0
    assert stats.binomtest(seen[0], 4000, 0.25).pvalue > LEAST_P


def test_nothing_is_drawn_from_figures_without_a_table() -> None:
    study = Study(10)
    rng = np.random.default_rng(1)
    study.add(single(rng, "a", 10, 2, match="code"))
    study.add(single(rng, "b", 10, 2, given=study.variables["a"], match="code"))
    study.print("b", "a", levels=["b0"], decimals=0)
    study.print("b", levels=["b0"], decimals=0)
    for figure, text in zip(study.figures, ("0", "0", "50"), strict=True):
        figure.percent = text
    published = parse_published(study.published())
    result = audit_reading(published, published.scenario("as_printed"))
    (group,) = [g.solved for g in result.groups if g.solved is not None]
    with pytest.raises(UsageError, match="nothing can be drawn"):
        draw_table(group, np.random.default_rng(1))
