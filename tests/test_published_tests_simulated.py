"""Simulated studies of all shapes with the truth's own test printed: the truth is never excluded."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
from brute import Problem
from simulated import simulated, truth_left_out
from test_published_tests import shown

from surveykit.codebook import parse_tree
from surveykit.published import audit
from surveykit.published.load import parse_published


def plain(tree: Any) -> Any:
    """Return the values of a YAML tree."""
    value = tree.value
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, tuple) else value


def true_test(problem: Problem, paper: dict[str, Any], rng: np.random.Generator) -> dict[str, Any] | None:  # fmt: skip
    """Return the truth's odds ratio, or chi-square, of two figures of one level in two groups."""
    figures = [f for f in paper["figures"] if "percent" in f and "sum" not in f and "of" not in f]
    pairs = [
        (f, g)
        for f, g in itertools.combinations(figures, 2)
        if f.get("where") == g.get("where") and f.get("within") and g.get("within")
        and len(f["within"]) == 1 and f["within"].keys() == g["within"].keys()
        and f["within"] != g["within"]
    ]  # fmt: skip
    if not pairs:
        return None
    f, g = pairs[int(rng.integers(len(pairs)))]
    (n, a), (m, b) = problem.truth[f["id"]], problem.truth[g["id"]]
    out: dict[str, Any] = {"id": "t", "of": [f["id"], g["id"]]}
    if rng.random() < 0.5 and b and n - a:
        return out | {"odds_ratio": max(shown(Fraction(a * (m - b), (n - a) * b), 2, problem.rounding))}  # fmt: skip
    if 0 < a + b < n + m and n and m:
        top = (n + m) * (a * (m - b) - b * (n - a)) ** 2
        value = Fraction(top, n * m * (a + b) * (n + m - a - b))
        return out | {"chi2": max(shown(value, 2, problem.rounding)), "df": "1"}
    return None


def test_the_truth_survives_its_own_test() -> None:
    seen: Counter[str] = Counter()
    for seed in range(150):
        problem = simulated(seed, 40)
        tree = parse_tree(problem.yaml(), "made up")
        paper = plain(tree)
        test = true_test(problem, paper, np.random.default_rng([seed, 31]))
        if test is None:
            continue
        paper["tests"] = [test]
        published = parse_published(json.dumps(paper, ensure_ascii=False))
        result = audit(published, ["r"])
        (reading,) = result.to_json("en")["scenarios"]
        assert truth_left_out(problem, reading) == [], seed
        (verdict,) = reading["tests"]
        assert verdict["status"] in ("possible", "not evaluated"), (seed, verdict)
        seen[verdict["status"]] += 1
        seen["narrows"] += verdict["narrows"]
    assert seen["narrows"] >= 40, seen
