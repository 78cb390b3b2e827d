"""Wedges cut into pieces, groups added up in the plane, and draws: against plain listing."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from test_published_extremes import study

from surveykit.published import plane_draw
from surveykit.published.cones import Wedge, points
from surveykit.published.draw import draw_tables
from surveykit.published.load import parse_published
from surveykit.published.model import groups_of, read_as
from surveykit.published.plane import MODULI, Level, Plane, combine
from surveykit.published.plane_draw import draw_pairs
from surveykit.published.rounding import ROUNDINGS, Printed, count_range
from surveykit.published.solve import Group

Pair = tuple[int, int]
SEED = 29


def listed(printed: Printed, rounding: str, most: int) -> list[Pair]:
    n = np.arange(1, most + 1)
    low, high = count_range(printed, n, rounding)
    spans = zip(n.tolist(), low.tolist(), high.tolist(), strict=True)
    return [(b, a) for b, lo, hi in spans for a in range(lo, hi + 1)]


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_the_pieces_of_a_wedge_hold_every_pair_once(rounding: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(25):
        decimals = int(rng.integers(0, 3))
        printed = Printed(int(rng.integers(0, 100 * 10**decimals + 1)), decimals)
        wedge = Wedge.of(printed, rounding)
        assert points(wedge.pieces(150), 150) == listed(printed, rounding, 150), printed
        low, high = Level(wedge).span(np.arange(151))
        spans = enumerate(zip(low.tolist(), high.tolist(), strict=True))
        assert [(n, a) for n, (lo, hi) in spans for a in range(lo, hi + 1)] == listed(
            printed, rounding, 150
        )


def test_a_wedge_flips_and_meets() -> None:
    yes, no = Wedge.of(Printed.parse("33.3")), Wedge.of(Printed.parse("66.6"))
    both = yes.meet(no.flip())
    assert points(both.pieces(60), 60) == [
        (n, a) for n, a in listed(Printed.parse("33.3"), "either", 60) if no.has(n, n - a)
    ]


def some_plane(seed: int, total: int = 40) -> tuple[Plane, list[list[Pair]]]:
    """Groups that exist, some of known size, and the pairs of each that print alike."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 5))
    sizes = 1 + rng.multinomial(total - k, np.full(k, 1 / k))
    levels, pairs, sum_ = [], [], 0
    for n in sizes.tolist():
        count, decimals = int(rng.integers(0, n + 1)), int(rng.integers(0, 2))
        scale = 10**decimals
        printed = Printed((200 * scale * count + n) // (2 * n), decimals)
        known = n if rng.random() < 0.2 else None
        levels.append(Level(Wedge.of(printed), known))
        every = listed(printed, "either", total)
        pairs.append([p for p in every if known is None or p[0] == known])
        sum_ += count
    top = min(total, sum_ + int(rng.integers(0, 5)))
    return Plane(total, top, tuple(levels)), pairs


def ways_of(pairs: list[list[Pair]], plane: Plane) -> Counter[int]:
    """Count the tables by their count over everyone, pair by pair."""
    states = Counter({(0, 0): 1})
    for mine in pairs:
        more: Counter[Pair] = Counter()
        for (s, c), ways in states.items():
            for n, a in mine:
                if s + n <= plane.total and c + a <= plane.top:
                    more[s + n, c + a] += ways
        states = more
    return Counter({c: ways for (s, c), ways in states.items() if s == plane.total})


@pytest.mark.parametrize("seed", range(30))
def test_numbers_and_ranges_are_those_of_plain_addition(seed: int) -> None:
    plane, pairs = some_plane(seed)
    true = ways_of(pairs, plane)
    assert {a: w for a, w in enumerate(plane.ways) if w} == true
    assert plane.ends() == sum(1 << a for a in true)
    for index, mine in enumerate(pairs):
        left = set(plane.pairs_left(index, plane.ends()))
        want = {
            p for p in mine
            if ways_of([[p] if j == index else q for j, q in enumerate(pairs)], plane)
        } if len(pairs) < 4 else left  # fmt: skip
        assert left == want


def test_residues_hold_numbers_beyond_64_bits() -> None:
    assert all(math.gcd(a, b) == 1 for a, b in itertools.combinations(MODULI, 2))
    number = 3**70 + 12345
    assert combine([number % m for m in MODULI[:2]], MODULI[:2]) == number
    level = Level(Wedge.of(Printed.parse("50")))
    plane = Plane(150, 75, (level,) * 30)
    grid = np.zeros((151, 76), dtype=object)
    grid[0, 0] = 1
    for _ in plane.levels:
        more = np.zeros_like(grid)
        for n, a in points(level.wedge.pieces(150), 150):
            if a <= 75:
                more[n:, a:] += grid[: 151 - n, : 76 - a]
        grid = more
    assert len(plane.moduli) > 1
    assert sum(plane.ways) > 2**64
    assert plane.ways == grid[150].tolist()


def test_draws_are_uniform_over_all_tables() -> None:
    plane, pairs = some_plane(SEED, 25)
    ((count, ways),) = ways_of(pairs, plane).most_common(1)
    rng = np.random.default_rng(5)
    drawn = draw_pairs(plane, np.full(200 * ways, count), rng)
    seen = Counter(map(bytes, drawn))
    assert len(seen) == ways
    chi2 = sum((n - 200) ** 2 / 200 for n in seen.values())
    assert chi2 < ways + 5 * (2 * ways) ** 0.5
    assert (drawn.sum(axis=1) == [plane.total, count]).all()


def test_a_draw_near_a_boundary_is_made_again_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a margin as wide as everything, whole numbers make the same choices."""
    plane, pairs = some_plane(SEED, 25)
    ((count, _),) = ways_of(pairs, plane).most_common(1)
    counts = np.full(200, count)
    quick = [draw_pairs(plane, counts[:1], np.random.default_rng([7, k])) for k in range(60)]
    monkeypatch.setattr(plane_draw, "MARGIN", 10.0)
    slow = [draw_pairs(plane, counts[:1], np.random.default_rng([7, k])) for k in range(60)]
    firsts = [
        (q[0, plane.order[-1]].tolist(), s[0, plane.order[-1]].tolist())
        for q, s in zip(quick, slow, strict=True)
    ]
    assert all(q == s for q, s in firsts)


def test_many_tables_at_once_print_every_figure() -> None:
    text = study(4, 400, 4)
    published = parse_published(text)
    reading = read_as(published, published.scenario("as_printed"), {})
    (items,) = groups_of(reading, reading.items)
    group = Group(reading, items)
    tables = draw_tables(group, 500, np.random.default_rng(2))
    for j, item in enumerate(items):
        (base, count) = group.ranges(item) or ((0, 0), (0, 0))
        assert base[0] <= tables.bases[:, j].min()
        assert tables.counts[:, j].max() <= count[1]
        assert item.percent is not None
        low, high = count_range(item.percent, tables.bases[:, j], reading.rounding)
        assert ((low <= tables.counts[:, j]) & (tables.counts[:, j] <= high)).all()
    groups = [j for j, i in enumerate(items) if i.by]
    assert (tables.bases[:, groups].sum(axis=1) == 400).all()
