"""Groups too large to list: the whole-number program says what the listed tables say.

The same figures are solved twice: by listing every table (`Group`) and as a program (`Certain`), on
studies small enough for both. Where the listing is exact, found ranges and proven ones must agree.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from published_cases import printed

from surveykit.published.audit import audit
from surveykit.published.certain import SCALE, Certain
from surveykit.published.load import parse_published
from surveykit.published.model import groups_of, read_as
from surveykit.published.program import program_of
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError


def _study(
    rng: np.random.Generator, n: int, groups: int, levels: int, decimals: int, kind: str
) -> dict[str, Any]:
    """Draw answers and print them: `kind` is plain, missing, multiple, responses or hidden."""
    by = rng.choice(groups, size=n, p=rng.dirichlet(np.full(groups, 8.0)))
    if kind in ("multiple", "responses"):
        chosen = rng.random((n, levels)) < 0.45
        chosen[~chosen.any(axis=1), 0] = True
    else:
        chosen = np.eye(levels, dtype=bool)[rng.choice(levels, size=n)]
    there = rng.random(n) < (0.85 if kind == "missing" else 2.0)
    outcome: dict[str, Any] = {"levels": [f"l{j}" for j in range(levels)]}
    if kind in ("multiple", "responses"):
        outcome["kind"] = "multiple"
    if kind == "missing":
        outcome["missing"] = "allowed"
    figures = []
    for g in (*range(groups - (kind == "hidden")), None):
        mine = there & (by == g) if g is not None else there
        base = int(chosen[mine].sum()) if kind == "responses" else int(mine.sum())
        for j in range(levels):
            if base:
                figure: dict[str, Any] = {
                    "id": f"{g}.{j}",
                    "where": {"o": f"l{j}"},
                    "percent": printed(int((mine & chosen[:, j]).sum()), base, decimals),
                }
                figure |= {} if g is None else {"within": {"v": f"g{g}"}}
                figure |= {"of": "responses"} if kind == "responses" else {}
                figures.append(figure)
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {"o": outcome, "v": {"levels": [f"g{j}" for j in range(groups)]}},
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
    }


def _groups(paper: dict[str, Any]) -> list[Group]:
    published = parse_published(json.dumps(paper))
    reading = read_as(published, published.scenario("as_printed"), {})
    return [Group(reading, items) for items in groups_of(reading, reading.items)]


@pytest.mark.parametrize("kind", ["plain", "missing", "multiple", "responses", "hidden"])
def test_same_ranges_as_all_tables_listed(kind: str) -> None:
    compared = 0
    for seed in range(4):
        rng = np.random.default_rng([seed, len(kind)])
        levels, small = (3, 14) if kind != "responses" else (2, 9)
        paper = _study(rng, small + 3 * seed, 2 + seed % 2, levels, seed % 2, kind)
        for group in _groups(paper):
            assert group.feasible, "the truth prints these figures"
            found = Certain(program_of(group))
            assert found.feasible
            for item in group.items if group.exact else ():
                base, count = found.program.places[item.id]
                for terms, listed in zip(({base: 1}, count), group.ranges(item) or (), strict=True):
                    low, high, _ = found.span(terms)
                    assert (low, high) == listed, (seed, item.id)
                    compared += 1
            assert all(found.holds(point) for point in found.points)
    assert compared > 20


def test_a_misprint_that_leaves_no_table_is_proven_by_both() -> None:
    none = 0
    for seed in range(8):
        rng = np.random.default_rng([seed, 7])
        paper = _study(rng, 30, 3, 3, 1, "plain")
        figure = paper["figures"][-1]
        figure["percent"] = f"{min(float(figure['percent']) + 7.3, 100.0):.1f}"
        for group in _groups(paper):
            try:
                said = Certain(program_of(group)).feasible
            except TooLargeError:
                continue
            assert said == group.feasible
            none += not said
    assert none >= 4


def test_a_bound_holds_for_any_prices() -> None:
    """Prices need not be the best ones, nor come from a solver, for a bound to be true."""
    rng = np.random.default_rng(5)
    (group,) = _groups(_study(rng, 20, 2, 3, 0, "plain"))
    found = Certain(program_of(group))
    assert found.feasible
    point, (low, high) = found.points[0], found.ends
    for _ in range(200):
        cost = rng.integers(-5, 6, size=len(low))
        prices = -rng.integers(0, 1 << 20, size=len(found.limits)) * (rng.random() < 0.9)
        assert found._bound(cost, prices, low, high) <= SCALE * int(cost @ point)


def test_an_audit_of_a_group_too_large_to_follow_gives_ranges() -> None:
    paper = _study(np.random.default_rng(3), 2000, 8, 3, 0, "plain")
    (reading,) = audit(parse_published(json.dumps(paper))).readings
    (group,) = reading.groups
    assert {f.status for f in reading.figures} == {"possible"}
    assert group.number is None
    assert "too many" in group.why.en
    for figure in reading.figures:
        assert figure.base is not None
        assert figure.count is not None
        assert 0 < figure.base[0] <= figure.base[1] <= 2000
    overall = reading.figure("None.0")
    assert overall.base == (2000, 2000)
