"""Claims and printed tests where the tables cannot be listed, against every table of small studies.

The package is made to think that groups are too large to follow, so that the whole-number program, the
combinations and the boxes decide; every table is listed here, by counting.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from published_cases import printed
from scipy import stats
from test_published_tests import all_tables

from surveykit.published import audit, evidence_large, unlisted_claims
from surveykit.published import claims as claims_module
from surveykit.published.audit import ReadingAudit
from surveykit.published.claims import ClaimVerdict
from surveykit.published.load import parse_published
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError

Table = tuple[tuple[int, ...], ...]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every group too large to follow, to list and to draw from."""

    def too_many(*_: object, **__: object) -> Any:
        raise TooLargeError("made too large")

    monkeypatch.setattr(Group, "followed", property(lambda _: False))
    monkeypatch.setattr(Group, "project", too_many)
    monkeypatch.setattr(claims_module, "drawn", too_many)


def study(
    rng: np.random.Generator, shape: tuple[int, int], known: int
) -> tuple[dict[str, Any], Table]:
    """Print a random table of groups by levels; of `known` groups the size is printed too."""
    rows, columns = shape
    n = int(rng.integers(10, 17))
    while True:
        cells = rng.multinomial(n, rng.dirichlet(np.full(rows * columns, 2.0))).reshape(shape)
        if cells.sum(axis=1).min() > 0 and cells.sum(axis=0).min() > 0:
            break
    decimals = int(rng.integers(0, 2))
    figures = [
        {
            "id": f"f{j}{k}", "percent": printed(int(row[k]), int(row.sum()), decimals),
            "where": {"o": f"o{k}"}, "within": {"g": f"g{j}"},
        }
        for j, row in enumerate(cells)
        for k in range(columns - 1)
    ]  # fmt: skip
    sizes = [
        {"id": f"n{j}", "count": str(cells[j].sum()), "where": {"g": f"g{j}"}} for j in range(known)
    ]
    paper = {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {
            "g": {"levels": [f"g{j}" for j in range(rows)]},
            "o": {"levels": [f"o{k}" for k in range(columns)]},
        },
        "counts": [{"id": "n", "count": str(n)}, *sizes],
        "figures": figures,
    }
    return paper, tuple(tuple(int(x) for x in row) for row in cells)


def tables_of(paper: dict[str, Any], shape: tuple[int, int]) -> Iterator[Table]:
    """Yield every table that prints the figures."""
    n = int(paper["counts"][0]["count"])
    sizes = {int(c["id"][1:]): int(c["count"]) for c in paper["counts"][1:]}
    for flat in all_tables(n, shape[0] * shape[1]):
        table = tuple(flat[j * shape[1] : (j + 1) * shape[1]] for j in range(shape[0]))
        bases = [sum(r) for r in table]
        if min(bases) and all(bases[j] == size for j, size in sizes.items()) and all(
            printed(table[int(f["id"][1])][int(f["id"][2])], bases[int(f["id"][1])],
                    len(f["percent"].partition(".")[2])) == f["percent"]
            for f in paper["figures"]
        ):  # fmt: skip
            yield table


def judged(paper: dict[str, Any], claim: dict[str, Any]) -> ClaimVerdict:
    text = json.dumps({**paper, "rounding": "half_up", "claims": [{"id": "c", **claim}]})
    return audit(parse_published(text)).readings[0].claims[0]


def word(truths: list[bool]) -> str:
    if all(truths):
        return "holds in all"
    return "undetermined" if any(truths) else "holds in none"


def table_of(witness: Any, shape: tuple[int, int]) -> Table:
    """Return the whole table of a witness that gives all printed cells."""
    rows = []
    for j in range(shape[0]):
        cells = [witness[f"f{j}{k}"] for k in range(shape[1] - 1)]
        rows.append((*(a for a, _ in cells), cells[0][1] - sum(a for a, _ in cells)))
    return tuple(rows)


def share(table: Table, j: int, k: int) -> Fraction:
    return Fraction(table[j][k], sum(table[j]))


def second(shares: list[Fraction]) -> bool:
    """Whether the first share has just one above it and none beside it."""
    mine, *others = shares
    return sum(o > mine for o in others) == 1 and mine not in others


# --- orders -------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [0, 1, 3])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("large")
def test_orders_by_the_program_are_those_of_every_table(seed: int, known: int) -> None:
    rng = np.random.default_rng([seed, known, 1])
    shape = (3, 2) if seed % 2 else (2, 3)
    paper, _ = study(rng, shape, min(known, shape[0]))
    every = list(tables_of(paper, shape))
    claims: list[tuple[dict[str, Any], Any]] = [
        ({"greater": ["f00", "f10"]}, lambda t: share(t, 0, 0) > share(t, 1, 0)),
        ({"greater": ["f10", "f00"]}, lambda t: share(t, 1, 0) > share(t, 0, 0)),
    ]
    if shape == (3, 2):
        claims += [
            (
                {"trend": ["f00", "f10", "f20"]},
                lambda t: share(t, 0, 0) < share(t, 1, 0) < share(t, 2, 0),
            ),
            (
                {"rank": {"f00": 2, "among": ["f00", "f10", "f20"]}},
                lambda t: second([share(t, j, 0) for j in range(3)]),
            ),
        ]  # fmt: skip
    else:
        claims += [
            ({"largest": "f00"}, lambda t: t[0][0] > max(t[0][1:])),
            (
                {"greater": [["f00", "f01"], ["f10", "f11"]]},
                lambda t: share(t, 0, 0) + share(t, 0, 1) > share(t, 1, 0) + share(t, 1, 1),
            ),
        ]
    for claim, holds in claims:
        found = judged(paper, claim)
        expected = word([holds(t) for t in every])
        assert found.verdict == expected, (claim, found, paper)
        for witness, wanted in zip(found.witnesses, (True, False), strict=False):
            if len(witness) == len(paper["figures"]):
                table = table_of(witness, shape)
                assert table in every
                assert holds(table) is wanted


def two_groupings(rng: np.random.Generator, n: int) -> tuple[dict[str, Any], np.ndarray]:
    cells = rng.multinomial(n, rng.dirichlet(np.full(8, 1.5))).reshape(2, 2, 2)  # v, s, yes
    figures = [
        {
            "id": f"{name}{j}", "where": {"o": "yes"}, "within": {name: f"{name}{j}"},
            "percent": printed(int(table[j, 0]), int(table[j].sum()), 0),
        }
        for name, table in (("v", cells.sum(axis=1)), ("s", cells.sum(axis=0)))
        for j in range(2)
        if table[j].sum()
    ]  # fmt: skip
    levels = {x: {"levels": [f"{x}0", f"{x}1"]} for x in ("v", "s")}
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {**levels, "o": {"levels": ["yes", "no"]}},
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
    }, cells


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("large")
def test_orders_across_linked_groupings(seed: int) -> None:
    rng = np.random.default_rng([seed, 2])
    n = int(rng.integers(12, 20))
    paper, _ = two_groupings(rng, n)
    if len(paper["figures"]) < 4:
        pytest.skip("an empty group")
    percents = {f["id"]: f["percent"] for f in paper["figures"]}

    def pairs(a: str, b: str) -> dict[int, list[tuple[int, int, int, int]]]:
        out: dict[int, list[tuple[int, int, int, int]]] = {}
        for size in range(1, n):
            for x, y in itertools.product(range(size + 1), range(n - size + 1)):
                if printed(x, size, 0) == percents[a] and printed(y, n - size, 0) == percents[b]:
                    out.setdefault(x + y, []).append((x, size, y, n - size))
        return out

    by_v, by_s = pairs("v0", "v1"), pairs("s0", "s1")
    joined = [(*x, *y) for t in by_v.keys() & by_s.keys() for x in by_v[t] for y in by_s[t]]
    at = {"v0": 0, "v1": 2, "s0": 4, "s1": 6}
    for high, low in (("v0", "s0"), ("s1", "v1"), ("v1", "v0")):
        i, j = at[high], at[low]
        truths = [Fraction(r[i], r[i + 1]) > Fraction(r[j], r[j + 1]) for r in joined]
        found = judged(paper, {"greater": [high, low]})
        assert found.verdict == word(truths), (high, low, found)
        for witness, above in zip(found.witnesses, (True, False), strict=False):
            assert (Fraction(*witness[high]) > Fraction(*witness[low])) is above
            rows = [
                r for r in joined if all(tuple(witness[f]) == r[at[f] : at[f] + 2] for f in witness)
            ]
            assert rows


# --- the auditor's tests ------------------------------------------------------------------


def p_of(test: str, table: Table) -> float:
    t = np.array(table)
    if (t.sum(axis=0) == 0).any():
        t = t[:, t.sum(axis=0) > 0]
    if min(t.shape) < 2:
        return 1.0
    if test == "fisher":
        return float(stats.fisher_exact(t).pvalue)
    if test in ("chi2", "g2"):
        kind = "pearson" if test == "chi2" else "log-likelihood"
        return float(stats.chi2_contingency(t, correction=False, lambda_=kind).pvalue)
    x = np.repeat(np.arange(t.shape[0]), t.sum(axis=1))
    y = np.concatenate([np.repeat(np.arange(t.shape[1]), row) for row in t])
    n = t.sum() - (test == "linear_by_linear")
    return float(stats.chi2.sf(n * np.corrcoef(x, y)[0, 1] ** 2, 1))


@pytest.mark.parametrize("boxes", [False, True], ids=["combinations", "boxes"])
@pytest.mark.parametrize("test", ["chi2", "g2", "linear_by_linear", "cochran_armitage", "fisher"])
@pytest.mark.usefixtures("large")
def test_the_auditors_tests_are_proven_or_shown(
    test: str, boxes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if boxes:

        def too_many(*_: object, **__: object) -> Any:
            raise TooLargeError("made too large")

        monkeypatch.setattr(unlisted_claims, "superset", too_many)
    seen: Counter[str] = Counter()
    for seed in range(4):
        rng = np.random.default_rng([seed, len(test), 3])
        shape = (2, 2) if test == "fisher" else (3, 2)
        paper, truth = study(rng, shape, seed % 4 if shape[0] > 2 else seed % 3)
        every = list(tables_of(paper, shape))
        assert truth in every
        ps = [p_of(test, t) for t in every]
        alpha = (0.05, 0.2, 0.5, 0.9)[seed % 4]
        claim = {"association": ["g", "o"], "test": test, "alpha": str(alpha)}
        order = {"greater": ["f00", "f10"], "test": test, "alpha": str(alpha)}
        for kind in (claim, order) if shape[0] == 2 else (claim,):
            found = judged(paper, kind)
            up = [kind is claim or share(t, 0, 0) > share(t, 1, 0) for t in every]
            expected = word([a and p < alpha for a, p in zip(up, ps, strict=True)])
            assert found.verdict in (expected, "not evaluated"), (found, expected)
            seen[found.verdict] += 1
            if found.p is not None and kind is claim:
                assert found.p[0] <= min(ps) * (1 + 1e-9)
                assert max(ps) <= found.p[1] * (1 + 1e-9)
                assert found.exact is False
            for witness, wanted in zip(found.witnesses, (True, False), strict=False):
                table = table_of(witness, shape)
                assert table in every
                above = kind is claim or share(table, 0, 0) > share(table, 1, 0)
                assert (above and p_of(test, table) < alpha) is wanted
    if test == "fisher" and boxes:
        assert set(seen) <= {"not evaluated", "holds in none"}
    else:
        assert seen["not evaluated"] <= (3 if boxes else 0), seen


def read(paper: dict[str, Any]) -> ReadingAudit:
    return audit(parse_published(json.dumps(paper)), lang="en").readings[0]


# --- printed tests ------------------------------------------------------------------------


def value_of(key: str, table: Table) -> float | None:
    """Return a statistic of a 2 × 2 or 3 × 2 table, None where it has none."""
    t = np.array(table)
    if min(t.sum(axis=0).min(), t.sum(axis=1).min()) == 0:
        return None
    if key in ("chi2", "v", "p"):
        x = stats.chi2_contingency(t, correction=False)
        return {"chi2": x.statistic, "v": (x.statistic / t.sum()) ** 0.5, "p": x.pvalue}[key]
    (a, b), (c, d) = t.tolist()
    if key == "odds_ratio":
        return a * d / (b * c) if b * c else None
    if key == "risk_ratio":
        return a * (c + d) / (c * (a + b)) if c else None
    return 100 * (a / (a + b) - c / (c + d))


def text_of(value: float) -> str:
    text = f"{abs(value):.2f}"
    return f"-{text}" if value < 0 and float(text) else text


@pytest.mark.parametrize("boxes", [False, True], ids=["combinations", "boxes"])
@pytest.mark.parametrize("key", ["chi2", "v", "p", "odds_ratio", "risk_ratio", "difference"])
@pytest.mark.usefixtures("large")
def test_printed_tests_are_refuted_or_borne_out(
    key: str, boxes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if boxes:

        def too_many(*_: object, **__: object) -> Any:
            raise TooLargeError("made too large")

        monkeypatch.setattr(evidence_large, "superset", too_many)
    seen: Counter[str] = Counter()
    pair = key in ("odds_ratio", "risk_ratio", "difference")
    for seed in range(4):
        rng = np.random.default_rng([seed, len(key), 4])
        shape = (2, 2) if pair or seed % 2 else (3, 2)
        paper, truth = study(rng, shape, seed % 3)
        every = list(tables_of(paper, shape))
        true = value_of(key, truth)
        if true is None:
            continue
        for off in (0.0, 0.04, 0.6):
            text = text_of(true * (1 + 4 * off) + off * (1 - 0.7 * (key == "p")))
            if key == "p" and float(text) > 1:
                continue
            of = ["f00", "f10"] if pair else ["g", "o"]
            test = {"id": "t", "of": of, key: text, "correction": "none"}
            paper["tests"] = [test]
            paper["rounding"] = "half_up"
            verdict = read(paper).tests[0]
            values = [v for t in every if (v := value_of(key, t)) is not None]
            prints = any(abs(v - float(text)) <= 0.005 + 1e-9 for v in values)
            surely = any(abs(v - float(text)) < 0.005 - 1e-9 for v in values)
            if verdict.status == "possible":
                assert prints, (key, text, values, verdict)
            if verdict.status == "impossible":
                assert not surely, (key, text, values, verdict)
            assert not verdict.narrows
            if key in (verdict.values or {}):
                low, high = verdict.values[key]  # type: ignore[index]
                assert low <= min(values) * (1 + 1e-9 * np.sign(min(values))) + 1e-12
                assert max(values) <= high + abs(high) * 1e-9 + 1e-12
            seen[verdict.status] += 1
            if verdict.status == "not evaluated":
                assert "nor a proof that there is none" in verdict.why.en
    assert seen["possible"] >= 2, seen
    assert seen["impossible"] >= (0 if boxes else 1), seen


@pytest.mark.usefixtures("large")
def test_an_interval_of_one_figure_on_an_unknown_base() -> None:
    paper, truth = study(np.random.default_rng(8), (3, 2), 0)
    a, n = truth[0][0], sum(truth[0])
    low, high = stats.binomtest(a, n).proportion_ci(method="wilson")
    for shift, status in ((0.0, "possible"), (7.7, "impossible")):
        ci = [f"{100 * low + shift:.1f}", f"{100 * high + shift:.1f}"]
        paper["tests"] = [{"id": "t", "of": "f00", "ci": ci, "method": "wilson"}]
        assert read(paper).tests[0].status == status


@pytest.mark.parametrize("boxes", [False, True], ids=["combinations", "boxes"])
@pytest.mark.usefixtures("large")
def test_an_odds_ratio_with_its_interval(boxes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if boxes:

        def too_many(*_: object, **__: object) -> Any:
            raise TooLargeError("made too large")

        monkeypatch.setattr(evidence_large, "superset", too_many)
    statuses = []
    for seed in range(5):
        paper, truth = study(np.random.default_rng([seed, 6]), (2, 2), 1)
        (a, b), (c, d) = truth
        if min(a, b, c, d) == 0:
            continue
        value, se = a * d / (b * c), (1 / a + 1 / b + 1 / c + 1 / d) ** 0.5
        for factor in (1.0, 9.0):
            ends = [f"{value * factor * np.exp(s * 1.96 * se):.2f}" for s in (-1, 1)]
            paper["tests"] = [
                {"id": "t", "of": ["f00", "f10"], "ci": ends, "measure": "odds_ratio"}
            ]
            verdict = read(paper).tests[0]
            if factor == 1:
                assert verdict.status != "impossible", (truth, ends)
            statuses.append((factor, verdict.status))
    assert (9.0, "impossible") in statuses
    assert (1.0, "possible") in statuses
