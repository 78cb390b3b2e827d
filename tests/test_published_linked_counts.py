"""Groupings that share the number over everyone: tables counted and drawn against plain listing."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from published_cases import printed
from test_published_plane import listed, some_plane, ways_of

from surveykit.published.draw import draw_table, draw_tables
from surveykit.published.load import parse_published
from surveykit.published.model import groups_of, read_as
from surveykit.published.plane import Plane
from surveykit.published.relation import Relation, Whole, join_all
from surveykit.published.solve import Group


def _linked(seed: int, n: int, groupings: int) -> dict[str, Any]:
    """A share by several groupings of unknown sizes; at even seeds over everyone too."""
    rng = np.random.default_rng(seed)
    yes: np.ndarray = rng.random(n) < 0.55
    decimals = seed % 3 == 0
    variables: dict[str, Any] = {"o": {"levels": ["yes", "no"]}}
    figures: list[dict[str, Any]] = []
    for v in range(groupings):
        k = int(rng.integers(2, 4))
        group = np.concatenate([np.arange(k), rng.choice(k, size=n - k)])
        variables[f"v{v}"] = {"levels": [f"g{j}" for j in range(k)]}
        for j in range(k):
            mine = yes[group == j]
            said = "yes" if rng.random() < 0.8 else "no"
            told = mine if said == "yes" else ~mine
            figures.append(
                {
                    "id": f"v{v}g{j}",
                    "where": {"o": said},
                    "within": {f"v{v}": f"g{j}"},
                    "percent": printed(int(np.sum(told)), len(told), int(decimals)),
                }
            )
    if seed % 2 == 0:
        percent = printed(int(yes.sum()), n, 0)
        figures.append({"id": "all", "where": {"o": "yes"}, "percent": percent})
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": variables,
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
    }


def _group(paper: dict[str, Any]) -> Group:
    published = parse_published(json.dumps(paper))
    reading = read_as(published, published.scenario("as_printed"), {})
    (items,) = groups_of(reading, reading.items)
    return Group(reading, items)


def _listed(group: Group, n: int) -> dict[tuple[str, ...], Counter[int]]:
    """For each grouping, in how many ways its figures fall for each number who say yes."""
    rounding, out = group.reading.rounding, {}
    for by in dict.fromkeys(i.by for i in group.items):
        states: Counter[tuple[int, int]] = Counter({(0, 0): 1})
        for item in (i for i in group.items if i.by == by):
            assert item.percent is not None
            pairs = listed(item.percent, rounding, n) if by else []
            pairs = pairs or [p for p in listed(item.percent, rounding, n) if p[0] == n]
            if item.levels != {("yes",)}:
                pairs = [(b, b - a) for b, a in pairs]
            more: Counter[tuple[int, int]] = Counter()
            for (size, count), ways in states.items():
                for b, a in pairs:
                    if size + b <= n:
                        more[size + b, count + a] += ways
            states = more
        out[by] = Counter({c: ways for (size, c), ways in states.items() if size == n})
    return out


@pytest.mark.parametrize("seed", range(12))
def test_linked_tables_are_counted_by_their_shared_total(seed: int) -> None:
    n, groupings = 24 + 2 * seed, 2 + seed % 2
    group = _group(_linked(seed, n, groupings))
    ways = list(_listed(group, n).values())
    true = sum(int(np.prod([w[c] for w in ways], dtype=object)) for c in range(n + 1))
    assert group.feasible
    assert group.exact
    assert group.number == true
    tables = draw_tables(group, 50, np.random.default_rng(seed))
    totals = {
        by: sum(
            tables.counts[:, j] if i.levels == {("yes",)} else (tables.bases - tables.counts)[:, j]
            for j, i in enumerate(group.items)
            if i.by == by
        )
        for by in {i.by for i in group.items}
    }
    first = next(iter(totals.values()))
    assert all((t == first).all() for t in totals.values())
    for by in totals:
        mine = [j for j, i in enumerate(group.items) if i.by == by]
        assert (tables.bases[:, mine].sum(axis=1) == n).all()


def test_linked_draws_are_uniform() -> None:
    groups = (_group(_linked(seed, 40, 2)) for seed in range(3, 30))
    group = next(g for g in groups if 20 < g.number < 300)
    number = group.number
    rng = np.random.default_rng(3)
    tables = draw_tables(group, 60 * number, rng)
    seen = Counter(map(bytes, np.c_[tables.bases, tables.counts]))
    assert len(seen) == number
    chi2 = sum((k - 60) ** 2 / 60 for k in seen.values())
    assert chi2 < number + 5 * (2 * number) ** 0.5
    one = draw_table(group, rng)
    cells = [one.folds[i.by, None][i.level].cells[i.outcome] for i in group.items]
    row = np.array([*(c.shown for c in cells), *(c.counts[i.id] for c, i in zip(cells, group.items, strict=True))])  # fmt: skip
    assert bytes(row) in seen


@pytest.mark.parametrize("seed", range(20))
def test_ways_are_the_same_with_only_some_ends_in_view(seed: int) -> None:
    plane, pairs = some_plane(seed)
    true = ways_of(pairs, plane)
    ends = sorted(true)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        low, high = sorted(rng.choice(ends, size=2).tolist())
        narrow = plane.narrow(low, high)
        assert sorted(narrow.order) == list(range(len(plane.levels)))
        found = {a: w for a, w in enumerate(narrow.ways) if w}
        assert found == {a: w for a, w in true.items() if low <= a <= high}
        for order in (plane.order, tuple(reversed(plane.order))):
            other = Plane(plane.total, high, plane.levels, low)
            other.__dict__["_plan"] = (order, 0)
            assert other.ways == narrow.ways


def test_numbers_beyond_what_a_double_holds() -> None:
    """Groupings of more than 10**308 tables together are counted, not failed."""
    name = (("o",), frozenset([("yes",)]))
    ways = np.array([10**90, 10**91], dtype=object)
    counts = np.array([[3], [4]])
    relation = Relation((name,), counts, counts, ways)
    joined = join_all(
        [relation.take(np.arange(2)) for _ in range(5)], {name[0]: Whole(9, 9, 0, False)}
    )
    assert sum(joined.count.tolist()) == 10**450 + 10**455
