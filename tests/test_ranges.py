"""What feasible tables leave open, against every joint table of small studies listed one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from joint_tables import Joint, small
from published_cases import Figure, Study

from surveykit.published.audit import ReadingAudit, audit_reading
from surveykit.published.load import parse_published
from surveykit.published.ranges import Ranges, feasible_ranges

KINDS = ("plain", "linked", "outcomes", "hidden", "missing", "choices", "responses")
EXACT = ("plain", "linked", "outcomes", "hidden")


def study_of(kind: str, seed: int) -> Study:
    return small(np.random.default_rng([seed, *map(ord, kind)]), kind)


def audited(study: Study) -> ReadingAudit:
    published = parse_published(study.published())
    return audit_reading(published, published.scenario(study.reading), judge_claims=False)


def spans(
    study: Study, joint: Joint, ranges: Ranges
) -> list[tuple[object, float, float, float, float]]:
    """(place, low, high, true low, true high) of every share and size that the package reports."""
    responses = any(f.responses for f in study.figures)
    out = []
    for place, (low, high) in ranges.shares.items():
        count, base = joint.share(Figure("", *place, None, responses))
        true = 100 * count[base > 0] / base[base > 0]
        out.append((place, low, high, true.min(), true.max()))
    for (name, level), (low, high) in ranges.sizes.items():
        size = joint.respondents({name: level})
        out.append(((name, level), low, high, size.min(), size.max()))
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_ranges_hold_in_every_table(kind: str) -> None:
    """Never too narrow; exact where everyone answers single-choice questions (all but one kind of gap)."""
    seen = Counter[str]()
    for seed in range(12):
        study = study_of(kind, seed)
        result = audited(study)
        if any(f.status == "impossible" for f in result.figures):
            continue
        joint = Joint.of(study)
        for place, low, high, least, most in spans(study, joint, feasible_ranges(result)):
            assert low - 1e-9 <= least, (seed, place)
            assert most <= high + 1e-9, (seed, place)
            tight = abs(low - least) < 1e-9 and abs(high - most) < 1e-9
            assert tight or kind not in EXACT, (seed, place, (low, high), (least, most))
            seen["tight" if tight else "wide"] += 1
    assert seen["tight"] > seen["wide"]


def test_figures_keep_the_tables_of_the_truth() -> None:
    """Item non-response with printed group sizes is no conflict: the answers themselves are a table."""
    for seed in range(40):
        study = study_of("missing", seed)
        assert {f.status for f in audited(study).figures} == {"possible"}, seed


def test_a_size_that_shares_of_everyone_print_is_exact() -> None:
    """Those who left the outcome out belong to a group of printed size."""
    study = Study(10)
    rng = np.random.default_rng(1)
    study = small(rng, "missing")
    while not ({"a_a0", "b_b0_a_a0"} <= {f.id for f in study.figures if f.percent}):
        study = small(rng, "missing")
    joint = Joint.of(study)
    low, high = feasible_ranges(audited(study)).sizes["a", "a0"]
    sizes = joint.respondents({"a": "a0"})
    assert (low, high) == (sizes.min(), sizes.max())


def test_a_group_that_is_always_empty_has_no_share() -> None:
    study = Study(4)
    from published_cases import Variable

    study.add(Variable("a", ("x", "y"), np.zeros(4, dtype=np.int64)))
    study.add(Variable("b", ("p", "q"), np.array([0, 0, 1, 1])))
    study.counts = [("x", 4, {"a": "x"}), ("y", 0, {"a": "y"})]
    study.print("b", "a", levels=["p"], groups=["x"])
    study.print("b", "a", levels=["p"], groups=["y"], decimals=None)
    ranges = feasible_ranges(audited(study))
    assert ("b", "p", "a", "y") not in ranges.shares


def test_choices_of_a_multiple_question_are_no_partition() -> None:
    """An unprinted option is not what the printed ones leave of 100 per cent."""
    study = next(
        s
        for s in (study_of("choices", seed) for seed in range(100))
        if any(f.id == "b_b0" and f.percent for f in s.figures)
        and any(f.id == "b_b1" and not f.percent for f in s.figures)
    )
    shares = feasible_ranges(audited(study)).shares
    place = ("b", "b1", "", "")
    count, base = Joint.of(study).share(Figure("", *place))
    assert shares[place][1] == pytest.approx((100 * count / base).max()) == 100
