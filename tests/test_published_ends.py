"""Groups whose last level is not added up but met from the ends: the same numbers, ranges and draws."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from test_published_program import _groups, _study

from surveykit.published import fold, states
from surveykit.published.draw import draw_table
from surveykit.published.solve import Group
from surveykit.published.states import Box, TooLargeError, steps_that_lead, ways_to


def _studies(kind: str) -> list[Group]:
    out = []
    for seed in range(6):
        rng = np.random.default_rng([seed, 41])
        paper = _study(rng, 90 + 30 * seed, 3, 3, 0, kind)
        out += _groups(paper)
    return out


@pytest.mark.parametrize("dense", [True, False])
def test_the_last_level_met_from_the_ends(monkeypatch: pytest.MonkeyPatch, dense: bool) -> None:
    """Without dense arrays everything is added pair by pair; with few pairs allowed, from the ends."""
    expected = [(g.number, [g.ranges(i) for i in g.items]) for g in _studies("plain")]
    assert sum(number > 3 for number, _ in expected) >= 2
    if not dense:
        monkeypatch.setattr(states, "DENSE_CELLS", 0)
        again = [(g.number, [g.ranges(i) for i in g.items]) for g in _studies("plain")]
        assert again == expected
    monkeypatch.setattr(fold.Fold, "too_large", property(lambda self: len(self.atoms) > 2))
    found = [(g.number, [g.ranges(i) for i in g.items]) for g in _studies("plain")]
    assert found == expected


def test_draws_from_the_ends_are_uniform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold.Fold, "too_large", property(lambda self: len(self.atoms) > 2))
    group = next(g for g in _studies("plain") if 3 < g.number < 60)
    rng = np.random.default_rng(1)
    seen: Counter[tuple[int, ...]] = Counter()
    for _ in range(40 * group.number):
        table = draw_table(group, rng)
        cells = [table.folds[i.by, None][i.level].cells[i.outcome] for i in group.items]
        seen[tuple(c.counts[i.id] for c, i in zip(cells, group.items, strict=True))] += 1
    assert len(seen) == group.number
    chi2 = sum((k - 40) ** 2 / 40 for k in seen.values())
    assert chi2 < group.number + 5 * (2 * group.number) ** 0.5


def test_ends_that_do_not_say_the_state_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With non-response sizes are open: the group is left to its program, not cut short."""
    expected = [[g.ranges(i) for i in g.items] for g in _studies("missing")[:1]]
    monkeypatch.setattr(fold.Fold, "too_large", property(lambda self: len(self.atoms) > 2))
    for group, ranges in zip(_studies("missing")[:1], expected, strict=True):
        assert not group.followed
        with pytest.raises(TooLargeError):
            _ = group.number
        assert group.feasible
        assert [group.ranges(i) for i in group.items] == ranges or not group.proven


@pytest.mark.parametrize("seed", range(8))
def test_ways_and_steps_against_plain_sums(seed: int) -> None:
    rng = np.random.default_rng(seed)
    box = Box((9, 7, 2**62) if seed % 4 == 3 else (9, 7, 5))
    rows, steps, ends = (
        np.unique(rng.integers(0, 6, size=(m, 3)), axis=0)
        for m in (30, 25, int(4 + 60 * (seed % 2)))
    )
    ways, weights = rng.integers(1, 9, size=len(rows)), rng.integers(1, 9, size=len(steps))
    true = {
        tuple(e): sum(
            int(w * v)
            for r, w in zip(rows, ways, strict=True)
            for s, v in zip(steps, weights, strict=True)
            if (r + s == e).all()
        )
        for e in ends
    }
    found, number = ways_to(ends, (rows, ways), (steps, weights), box)
    assert dict(zip(map(tuple, found), number.tolist(), strict=True)) == {
        e: w for e, w in true.items() if w
    }
    leads = steps_that_lead(rows, steps, ends, box)
    kept = {tuple(e) for e in ends}
    assert leads.tolist() == [any(tuple(r + s) in kept for r in rows) for s in steps]
