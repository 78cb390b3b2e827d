"""Pictures of feasible sets: what the artists hold, and what is said of them."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest

from surveykit.errors import UnknownNameError, UsageError
from surveykit.plots import feasible as draw
from surveykit.published import Audit, audit
from surveykit.published.load import parse_published

PAPER = """
surveykit: published/1
study: {title: A survey}
variables: {aware: {levels: [know, other]}, sex: {levels: [man, woman]}}
counts: [{id: all, count: "85"}]
figures:
  - {id: a, percent: "62", where: {aware: know}, within: {sex: man}}
  - {id: b, percent: "30", where: {aware: know}, within: {sex: woman}}
claims:
  - {id: c, greater: [a, b], test: chi2, alpha: "0.05"}
scenarios:
  - {id: missing, missing: {aware: allowed}}
"""


@cache
def found() -> Audit:
    return audit(parse_published(PAPER), lang="en")


def test_bases_are_those_of_the_audit() -> None:
    ax = draw.feasible_bases(found())
    bars = {(round(p.get_x()), round(p.get_x() + p.get_width())) for p in ax.patches}
    bases = {f.base for f in found().readings[0].figures}
    assert bars == bases
    for low, high in bars:
        assert f"{low}–{high}" in ax.surveykit_alt  # type: ignore[attr-defined]


def test_shares_lie_in_their_rounding_interval() -> None:
    ax = draw.feasible_shares(found())
    for marks in ax.collections:
        x = marks.get_offsets()[:, 0]
        assert (x >= -0.5).all()
        assert (x <= 0.5).all()


def test_pairs_are_the_feasible_ones() -> None:
    ax = draw.feasible_pairs(found(), "c")
    points = ax.collections[0].get_offsets()
    group = found().readings[0].groups[0].solved
    assert group is not None
    items = [next(i for i in group.items if i.id == k) for k in "ab"]
    tables = group.project(items)
    wanted = {tuple(r) for r in (100 * tables.counts / tables.bases)[:, ::-1].round(6).tolist()}
    assert {tuple(r) for r in points.round(6).tolist()} == wanted


def test_scores_are_those_that_some_distribution_has() -> None:
    paper = """
surveykit: published/1
study: {title: A survey}
variables: {content: {levels: ["1", "2", "3", "4"]}}
counts: [{id: all, count: "14"}]
means: [{id: m, mean: "3.36", sd: "0.74", of: content}, {id: grim, mean: "3.37", of: content}]
"""
    told = audit(parse_published(paper), lang="en")
    ax = draw.feasible_scores(told, "m", names={"m": "Content"})
    seen: dict[int, set[int]] = {s: set() for s in (1, 2, 3, 4)}
    for x in product(range(15), repeat=3):  # every distribution of 14 people over 4 scores
        people = np.array([*x, 14 - sum(x)])
        if people[3] < 0:
            continue
        answers = np.repeat([1, 2, 3, 4], people)
        sds = {round(float(answers.std(ddof=d)), 2) for d in (0, 1)}
        if round(float(answers.mean()), 2) == 3.36 and 0.74 in sds:
            for score, number in zip(seen, people.tolist(), strict=True):
                seen[score].add(number)
    for score, numbers in seen.items():
        low, high = min(numbers), max(numbers)
        text = f"{score}: {low}" if low == high else f"{score}: {low}–{high}"
        assert text in ax.surveykit_alt  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="grim"):
        draw.feasible_scores(told, "grim")
    with pytest.raises(UnknownNameError, match="mean"):
        draw.feasible_scores(told, "mm")


def test_p_and_the_grid_say_what_the_verdicts_say() -> None:
    p = found().readings[0].claims[0].p
    assert p is not None
    ax = draw.feasible_p(found())
    assert "0.05" in [t.get_text() for t in ax.get_legend().get_texts()][1]  # type: ignore[union-attr]
    grid = draw.verdicts(found())
    signs = [t.get_text() for t in grid.texts]
    assert len([s for s in signs if s in "✓✗?–"]) == 2
    assert found().readings[0].claims[0].verdict in grid.surveykit_alt  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_label_is_cut_or_lies_on_another(lang: str) -> None:
    names = {
        "a": "知晓创建活动：知道（示范村的全部受访村民和干部）" * 2,
        "b": "knows of the campaign " * 4,
    }
    ax = draw.feasible_bases(found(), names=names, lang=lang)  # type: ignore[arg-type]
    figure = ax.figure
    inside = figure.bbox
    boxes = [t.get_window_extent() for t in ax.get_yticklabels()]
    assert all(inside.x0 <= b.x0 and b.x1 <= inside.x1 for b in boxes)
    assert not boxes[0].overlaps(boxes[1])
    ends = [t.get_window_extent() for t in ax.texts]
    assert all(b.x1 <= inside.x1 for b in ends)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UsageError, match="two single figures"):
        draw.feasible_pairs(found(), "none")
    with pytest.raises(UsageError, match="nothing to draw"):
        draw.feasible_bases(found(), figures=[])
