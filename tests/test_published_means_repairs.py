"""Repairs of printed means: pasted into the file they hold; the nearest value is the nearest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import brute_means
import numpy as np
import pytest
from brute_means import Study
from ruamel.yaml import YAML

from surveykit.published import audit
from surveykit.published.audit import ReadingAudit
from surveykit.published.load import parse_published
from surveykit.published.repairs import Repair

HEAD = """
surveykit: published/1
study: {title: A survey}
variables:
  score: {levels: ["1", "2", "3", "4", "5"]}
  village: {levels: [demo, other]}
"""


def repairs(result: ReadingAudit) -> list[Repair]:
    return [r for g in result.means.groups for r in g.repairs]


def pasted(text: dict[str, Any], repair: Repair) -> ReadingAudit:
    """Audit the file with the lines of a repair added to it."""
    more = YAML(typ="safe", pure=True).load(repair.scenario)
    scenarios = more.pop("scenarios", [])
    made = {**text, **more, "scenarios": [*text.get("scenarios", []), *scenarios]}
    id = scenarios[0]["id"] if scenarios else "r"
    quoted = json.dumps(made, default=str)
    return audit(parse_published(quoted), [id]).reading(id)


def statuses(result: ReadingAudit) -> dict[str, str]:
    out = {f.id: f.status for f in result.figures if f.printed is not None}
    return {**out, **{m.id: m.status for m in result.means.means}}


@pytest.mark.parametrize("block", range(2))
def test_every_repair_holds_when_it_is_pasted(block: int) -> None:
    tried = 0
    for seed in range(6 * block, 6 * block + 6):
        study = brute_means.drawn(seed, 5)
        brute_means.misprint(study, seed)
        result = audit(parse_published(study.yaml()), ["r"]).reading("r")
        found = repairs(result)
        assert found == sorted(found, key=lambda r: r.rank)
        alone = {v.id for v in result.means.means if v.number == 0}
        for repair in found:
            after = statuses(pasted(json.loads(study.yaml()), repair))
            bad = {i for i, s in after.items() if s != "possible"}
            assert not bad & set(repair.names), (seed, repair)
            # what is still wrong was wrong by itself, or has nothing to do with the means
            assert bad & {m.id for m in study.means} <= alone - set(repair.names), (seed, repair)
            tried += 1
    assert tried >= 3


@pytest.mark.parametrize("seed", [3, 5, 9, 14, 21])
def test_the_nearest_value_is_the_nearest_of_all_tables(seed: int) -> None:
    study = brute_means.drawn(seed, 5)
    study.means = study.means[-1:]
    study.problem.figures = [f for f in study.problem.figures if f.id in ("top", "low")]
    (m,) = study.means
    if m.mean is None:
        return
    value, decimals = brute_means.digits(m.mean)
    m.mean = brute_means.signed(value + 1, decimals)
    tables = brute_means.all_tables(study)

    def possible(digits: int) -> bool:
        trial = replace(m, mean=brute_means.signed(digits, decimals))
        masks = brute_means.printing(Study(study.problem, study.scores, [trial]), tables)
        return bool(np.logical_and.reduce([masks[i] for i in study.ids]).any())

    result = audit(parse_published(study.yaml()), ["r"]).reading("r")
    mine = [r for r in repairs(result) if r.kind in ("slip", "misprint") and r.name == m.id and f" {m.id} (SD)" not in r.change.text("en")]  # fmt: skip
    if possible(value + 1):
        assert not repairs(result)
        return
    step = next(k for k in range(1, 60) if possible(value + 1 + k) or possible(value + 1 - k))
    away = [abs(brute_means.digits(t)[0] - value - 1) for r in mine for t in r.percents if len(t.partition(".")[2]) == decimals]  # fmt: skip
    assert min(away) == step


def reading(text: str) -> ReadingAudit:
    return audit(parse_published(HEAD + text)).reading("as_printed")


def test_kinds_of_repairs_of_a_mean_that_is_impossible() -> None:
    text = (
        'counts: [{id: all, count: "28"}]\nmeans: [{id: m, mean: "5.19", of: x, range: [1, 7]}]\n'
    )
    found = {r.kind: r for r in repairs(reading(text))}
    assert list(found) == ["slip", "missing", "base", "without"]
    assert found["slip"].percents == ("5.18",)
    assert found["missing"].change.text("en") == "m of 27 people (not 28) would have a solution"
    assert 'figures: {m: {"n": "27"}}' in found["missing"].scenario
    named = [r.change.text("en") for r in repairs(reading(text)) if r.kind == "base"]
    assert named[0] == "m as an average over 3 items would have a solution"


def test_divisor_and_rounding_are_readings() -> None:
    text = """
rounding: half_up
counts: [{id: all, count: "2"}]
means: [{id: m, mean: "3.00", sd: "1.00", of: score, divisor: n-1}]
"""
    assert "the SD of m over n would have a solution" in [
        r.change.text("en") for r in repairs(reading(text))
    ]
    text = 'rounding: half_up\ncounts: [{id: all, count: "3"}]\nmeans: [{id: m, mean: "3.66", of: score}]\n'
    found = [r for r in repairs(reading(text)) if r.scenario.startswith("rounding")]
    assert [r.scenario for r in found] == ["rounding: truncate\n"]  # 11 / 3


def test_a_conflict_with_a_percentage_is_repaired_on_both_sides() -> None:
    text = """
counts: [{id: all, count: "10"}]
figures: [{id: top, percent: "80", where: {score: ["4", "5"]}}]
means: [{id: m, mean: "3.3", of: score}]
"""
    found = repairs(reading(text))
    slips = {(r.name, r.percents) for r in found if r.kind == "slip"}
    assert slips == {("m", ("3.4",)), ("top", ("70",))}
    data = audit(parse_published(HEAD + text)).to_json("en")["scenarios"][0]
    group = next(g for g in data["groups"] if g.get("kind") == "mean")
    assert group["repairs"][0].keys() >= {"change", "figures", "kind", "scenario", "percents"}
