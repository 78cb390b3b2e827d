"""Claims at scale: limits of G², orders between groupings, tables too many to list, r × c Fisher."""

from __future__ import annotations

import itertools
import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from published_cases import printed
from scipy import stats
from test_published_extremes import study

from surveykit.published import audit
from surveykit.published.claims import ClaimVerdict
from surveykit.published.extremes import g2_of
from surveykit.published.load import parse_published
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError


def judged(paper: dict[str, Any]) -> ClaimVerdict:
    return audit(parse_published(json.dumps(paper))).readings[0].claims[0]


def with_claim(text: str, **claim: Any) -> dict[str, Any]:
    return {**json.loads(text), "claims": [{"id": "c", **claim}]}


@pytest.mark.parametrize("seed", range(6))
def test_limits_of_g2_hold_every_table(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = with_claim(
        study(seed, 150, 3, (0.02, 0.3, 0.6)[seed % 3]), association=["g", "o"], test="g2"
    )
    exact = judged(paper)

    def too_many(*_: object, **__: object) -> None:
        raise TooLargeError("made too large")

    monkeypatch.setattr(Group, "project", too_many)
    bounded = judged(paper)
    assert exact.statistic
    assert bounded.statistic
    assert bounded.statistic[0] <= exact.statistic[0] * (1 + 1e-12)
    assert exact.statistic[1] <= bounded.statistic[1] * (1 + 1e-12)
    assert bounded.statistic[1] < 1.1 * exact.statistic[1] + 0.5
    assert bounded.verdict in (exact.verdict, "not evaluated")


def test_g2_of_a_table_is_that_of_scipy() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        n = rng.integers(5, 60, 4)
        a = rng.binomial(n, 0.4)
        if 0 < a.sum() < n.sum():
            found = stats.chi2_contingency(
                np.c_[a, n - a], correction=False, lambda_="log-likelihood"
            )
            mine = float(g2_of(list(zip(n.tolist(), a.tolist(), strict=True))))
            assert abs(mine - found.statistic) < 1e-9


def test_too_many_tables_and_a_test_without_limits_get_two_tables() -> None:
    text = study(5, 1500, 4, 0.03)
    verdict = judged(with_claim(text, association=["g", "o"], test="linear_by_linear"))
    values = []
    for witness in verdict.witnesses:
        rows = np.array([[a, n - a] for a, n in witness.values()])
        assert rows.sum() == 1500
        for id, (a, n) in witness.items():
            (percent,) = (f["percent"] for f in json.loads(text)["figures"] if f["id"] == id)
            assert printed(a, n, 0) == percent
        x = np.repeat(np.arange(4), rows.sum(axis=1))
        y = np.concatenate([[1] * a + [0] * b for a, b in rows.tolist()])
        values.append(1499 * np.corrcoef(x, y)[0, 1] ** 2)
    if verdict.verdict == "undetermined":
        assert values[0] > 3.8415 > values[1]
    else:
        assert verdict.verdict == "not evaluated"
        assert "no proof" in verdict.why.en


def test_an_order_of_equal_digits_among_too_many_tables_is_undetermined() -> None:
    paper = json.loads(study(5, 1500, 4, 0.0))
    paper["figures"][1]["percent"] = paper["figures"][0]["percent"]
    ids = ["f0", "f1", "f2", "f3"]
    claims = [{"id": "c", "trend": [["f0"], ["f1"]]}, {"id": "r", "rank": {"f0": 1, "among": ids}}]
    read = audit(parse_published(json.dumps({**paper, "claims": claims}))).readings[0]
    trend, rank = read.claims
    assert trend.verdict == "undetermined"
    for (a, n), (b, m) in (w.values() for w in trend.witnesses):
        assert printed(a, n, 0) == printed(b, m, 0)
    (up, down) = trend.witnesses
    assert Fraction(*up["f0"]) < Fraction(*up["f1"])
    assert Fraction(*down["f0"]) >= Fraction(*down["f1"])
    assert rank.verdict in ("undetermined", "not evaluated", "holds in none")


def two_groupings(rng: np.random.Generator, n: int) -> tuple[dict[str, Any], np.ndarray]:
    """Awareness by village and by sex, printed without decimals; the joint table is the truth."""
    cells = rng.multinomial(n, rng.dirichlet(np.full(8, 1.5))).reshape(2, 2, 2)  # v, s, aware
    figures = []
    for name, axis in (("v", 1), ("s", 0)):
        table = cells.sum(axis=axis)
        for j in range(2):
            if table[j].sum():
                figures.append(
                    {
                        "id": f"{name}{j}", "where": {"o": "yes"}, "within": {name: f"{name}{j}"},
                        "percent": printed(int(table[j, 0]), int(table[j].sum()), 0),
                    }
                )  # fmt: skip
    levels = {x: {"levels": [f"{x}0", f"{x}1"]} for x in ("v", "s")}
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {**levels, "o": {"levels": ["yes", "no"]}},
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
        "claims": [{"id": "c", "greater": ["v0", "s0"]}],
    }, cells


def pairs_of(percents: tuple[str, str], n: int) -> dict[int, list[tuple[int, int]]]:
    """Return, for each number aware in all, the (aware, size) of the first of two groups."""
    out: dict[int, list[tuple[int, int]]] = {}
    for size in range(1, n):
        for a, b in itertools.product(range(size + 1), range(n - size + 1)):
            if percents[0] == printed(a, size, 0) and percents[1] == printed(b, n - size, 0):
                out.setdefault(a + b, []).append((a, size))
    return out


@pytest.mark.parametrize("seed", range(25))
def test_orders_between_linked_groupings_against_every_table(seed: int) -> None:
    rng = np.random.default_rng([seed, 77])
    n = int(rng.integers(12, 24))
    paper, _ = two_groupings(rng, n)
    if len(paper["figures"]) < 4:
        pytest.skip("an empty group")
    percents = {f["id"]: f["percent"] for f in paper["figures"]}
    by_v = pairs_of((percents["v0"], percents["v1"]), n)
    by_s = pairs_of((percents["s0"], percents["s1"]), n)
    holds = {
        Fraction(*x) > Fraction(*y)
        for total in by_v.keys() & by_s.keys()
        for x in by_v[total]
        for y in by_s[total]
    }
    expected = "undetermined" if len(holds) > 1 else "holds in all" if True in holds else "holds in none"  # fmt: skip
    verdict = judged(paper)
    assert verdict.verdict == expected
    for witness, above in zip(verdict.witnesses, (True, False), strict=False):
        assert (Fraction(*witness["v0"]) > Fraction(*witness["s0"])) is above


def test_fisher_of_a_larger_table() -> None:
    table = [[12, 3, 5], [4, 9, 7]]
    figures = [
        {
            "id": f"f{j}{k}", "percent": printed(c, sum(row), 1),
            "where": {"o": f"o{k}"}, "within": {"g": f"g{j}"},
        }
        for j, row in enumerate(table)
        for k, c in enumerate(row[:2])
    ]  # fmt: skip
    paper = {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {"g": {"levels": ["g0", "g1"]}, "o": {"levels": ["o0", "o1", "o2"]}},
        "counts": [{"id": "n", "count": "40"}, {"id": "m", "count": "20", "where": {"g": "g0"}}],
        "figures": figures,
        "claims": [{"id": "c", "association": ["g", "o"], "test": "fisher"}],
    }
    verdict = judged(paper)
    assert verdict.verdict == "holds in all"
    assert verdict.tables == 1
    assert verdict.p == pytest.approx((fisher_by_listing(table),) * 2, rel=1e-9)


def fisher_by_listing(table: list[list[int]]) -> float:
    """Return the p of a 2 × 3 table from every table with its margins."""
    columns = [a + b for a, b in zip(*table, strict=True)]
    size = sum(table[0])

    def weight(row: tuple[int, ...]) -> int:
        return math.prod(math.comb(c, x) for c, x in zip(columns, row, strict=True))

    rows = [r for r in itertools.product(*(range(c + 1) for c in columns)) if sum(r) == size]
    mine = weight(tuple(table[0]))
    return sum(w for r in rows if (w := weight(r)) <= mine) / sum(map(weight, rows))


@pytest.mark.parametrize("test", ["linear_by_linear", "cochran_armitage"])
def test_a_trend_is_never_above_chi_square(test: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = with_claim(study(3, 60, 3, 0.0), association=["g", "o"], test=test, alpha="0.0001")
    exact = judged(paper)
    assert exact.verdict == "holds in none"

    def too_many(*_: object, **__: object) -> None:
        raise TooLargeError("made too large")

    monkeypatch.setattr(Group, "project", too_many)
    bounded = judged(paper)
    assert bounded.verdict == "holds in none"
    assert "chi-square" in bounded.why.en


@pytest.mark.parametrize("seed", range(20))
def test_a_test_of_one_grouping_narrows_the_other(seed: int) -> None:
    rng = np.random.default_rng([seed, 78])
    n = int(rng.integers(14, 24))
    paper, cells = two_groupings(rng, n)
    village = cells.sum(axis=1)
    if len(paper["figures"]) < 4 or not village.sum(axis=0).all():
        pytest.skip("an empty group")
    percents = {f["id"]: f["percent"] for f in paper["figures"]}
    value = stats.chi2_contingency(village, correction=False).statistic
    text = f"{value:.2f}"
    by_v = pairs_of((percents["v0"], percents["v1"]), n)
    by_s = pairs_of((percents["s0"], percents["s1"]), n)
    left = []
    for total, pairs in by_v.items():
        for a, size in pairs:
            table = [[a, size - a], [total - a, n - size - total + a]]
            if 0 < total < n:
                x = stats.chi2_contingency(table, correction=False).statistic
                if f"{x:.2f}" == text:
                    left += [(total, a, size, *other) for other in by_s.get(total, ())]
    paper["tests"] = [{"id": "t", "of": ["v", "o"], "chi2": text, "correction": "none"}]
    reading = audit(parse_published(json.dumps(paper))).readings[0]
    assert reading.tests[0].status == "possible"
    assert [(g.number, g.exact) for g in reading.groups] == [(len(left), True)]
    for id, at in (("v0", 1), ("s0", 3)):
        figure = reading.figure(id)
        assert figure.count == (min(r[at] for r in left), max(r[at] for r in left))
        assert figure.base == (min(r[at + 1] for r in left), max(r[at + 1] for r in left))
