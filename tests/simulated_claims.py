"""Simulated studies with claims and printed tests: what is true of the answers is never refuted.

A claim that holds in the truth is never "holds in none"; one that fails there never "holds in all"; a
test as the truth prints it is never impossible and never in conflict. Statistics are scipy's and sums of
fractions; nothing of the package says what is true.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from brute import Fig, Problem, as_text
from scipy import stats
from simulated import simulated, truth_left_out
from tally import Tally

from surveykit.published import audit
from surveykit.published.load import parse_published

Json = dict[str, Any]
Rng = np.random.Generator


@dataclass
class Stated:
    """Claims with whether each is true, and printed tests that are all true."""

    claims: list[Json] = field(default_factory=list)
    true: dict[str, bool] = field(default_factory=dict)
    tests: list[Json] = field(default_factory=list)

    def claim(self, true: bool, **claim: Any) -> None:
        id = f"c{len(self.claims)}"
        self.claims.append({"id": id, **claim})
        self.true[id] = bool(true)


def share(problem: Problem, figure: Fig) -> Fraction | None:
    base, count = problem.truth[figure.id]
    return Fraction(count, base) if base else None


def p_of(test: str, table: np.ndarray) -> float:
    """Return p of a table without its empty rows and columns, 1 where there is no test."""
    t = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(t.shape) < 2:
        return 1.0
    if test == "fisher":
        return float(stats.fisher_exact(t).pvalue)
    if test in ("chi2", "g2"):
        kind = "pearson" if test == "chi2" else "log-likelihood"
        return float(stats.chi2_contingency(t, correction=False, lambda_=kind).pvalue)
    rows, columns = np.indices(table.shape)  # empty levels keep their scores
    repeat = table.reshape(-1)
    x, y = np.repeat(rows.reshape(-1), repeat), np.repeat(columns.reshape(-1), repeat)
    n = table.sum() - (test == "linear_by_linear")
    return float(stats.chi2.sf(n * np.corrcoef(x, y)[0, 1] ** 2, 1))


# --- what is claimed ----------------------------------------------------------------------


def printed_figures(problem: Problem) -> list[Fig]:
    """Return the figures with a percentage and somebody in their base."""
    return [
        f for f in problem.figures if f.percent is not None and problem.truth[f.id][0] and not f.sum
    ]


def orders(problem: Problem, stated: Stated, rng: Rng) -> None:
    figures = printed_figures(problem)
    if len(figures) < 2:
        return
    pick = [figures[int(j)] for j in rng.permutation(len(figures))]
    for f, g in itertools.pairwise(pick[:4]):
        a, b = share(problem, f), share(problem, g)
        assert a is not None
        assert b is not None
        stated.claim(a > b, greater=[f.id, g.id])
    some = [share(problem, f) or Fraction(0) for f in pick[:3]]
    if len(some) == 3:
        stated.claim(some[0] < some[1] < some[2], trend=[f.id for f in pick[:3]])
        rank = int(rng.integers(1, 4))
        above, ties = sum(s > some[0] for s in some[1:]), some[0] in some[1:]
        stated.claim(
            above == rank - 1 and not ties,
            rank={pick[0].id: rank, "among": [f.id for f in pick[:3]]},
        )


def pairs(problem: Problem) -> list[tuple[Fig, Fig, np.ndarray]]:
    """Return figures of one level in two groups of one single-choice question, with their table."""
    out = []
    for f, g in itertools.combinations(printed_figures(problem), 2):
        same = f.where == g.where and not f.responses and not g.responses
        grouped = len(f.within) == 1 and f.within.keys() == g.within.keys() and f.within != g.within
        if same and grouped and not any(problem.variables[v].multiple for v in f.within):
            (n, a), (m, b) = problem.truth[f.id], problem.truth[g.id]
            out.append((f, g, np.array([[a, n - a], [b, m - b]])))
    return out


def cross_tables(problem: Problem) -> list[tuple[str, str, np.ndarray]]:
    """Return the cross-tables that figures print in every group, unprinted levels as one rest."""
    out = []
    for by, outcome in itertools.permutations(problem.variables, 2):
        v, o = problem.variables[by], problem.variables[outcome]
        if v.multiple or o.multiple:
            continue
        cells = {
            (f.within[by], f.where[outcome]): problem.truth[f.id]
            for f in printed_figures(problem)
            if set(f.within) == {by} and set(f.where) == {outcome} and not f.responses
        }
        groups = [lv for lv in v.levels if any(g == lv for g, _ in cells)]
        sets = [{w for g, w in cells if g == lv} for lv in groups]
        if len(groups) < 2 or any(s != sets[0] for s in sets) or any(len(w) > 1 for w in sets[0]):
            continue
        shown = [(lv,) for lv in o.levels if (lv,) in sets[0]]
        rows = []
        for g in groups:
            counts = [cells[g, w][1] for w in shown]
            rest = cells[g, shown[0]][0] - sum(counts)
            rows.append([*counts, *([rest] if len(shown) < len(o.levels) else [])])
        table = np.array(rows)
        if table.shape[1] > 1:
            out.append((by, outcome, table))
    return out


def tested(problem: Problem, stated: Stated, rng: Rng) -> None:
    every = pairs(problem)
    for j in rng.permutation(len(every))[:2].tolist():
        f, g, table = every[j]
        for test in ("chi2", "fisher"):
            alpha = str(rng.choice(["0.05", "0.3"]))
            up = table[0, 0] * table[1].sum() > table[1, 0] * table[0].sum()
            true = up and p_of(test, table) < float(alpha)
            stated.claim(true, greater=[f.id, g.id], test=test, alpha=alpha)
    for by, outcome, table in cross_tables(problem)[:2]:
        tests = ["chi2", "g2", "linear_by_linear"]
        if 2 in table.shape:
            tests.append("cochran_armitage")
        for test in tests:
            alpha = str(rng.choice(["0.05", "0.3"]))
            true = p_of(test, table) < float(alpha)
            stated.claim(true, association=[by, outcome], test=test, alpha=alpha)


# --- what is printed of tests -------------------------------------------------------------


def text_of(value: float, decimals: int, mode: str) -> str:
    scaled = Fraction(value) * 10**decimals
    low = math.floor(scaled)
    rest = scaled - low
    if mode == "truncate":
        return as_text(low, decimals)
    if mode == "ceil":
        return as_text(low + (rest > 0), decimals)
    return as_text(low + (rest > Fraction(1, 2)), decimals)


def printed(problem: Problem, stated: Stated, rng: Rng) -> None:
    mode = problem.rounding
    every = pairs(problem)
    if every:
        f, g, table = every[int(rng.integers(len(every)))]
        (a, b), (c, d) = table.tolist()
        of = [f.id, g.id]
        if table.sum(axis=0).min():
            kind = int(rng.integers(4))
            x = stats.chi2_contingency(table, correction=kind == 1)
            if kind < 2:
                stated.tests.append({"id": "pair", "of": of, "chi2": text_of(x.statistic, 2, mode), "p": text_of(x.pvalue, 3, mode)})  # fmt: skip
            elif kind == 2:
                p = float(stats.fisher_exact(table).pvalue)
                stated.tests.append({"id": "pair", "of": of, "fisher": text_of(p, 3, mode)})
            else:
                phi = math.sqrt(stats.chi2_contingency(table, correction=False).statistic / table.sum())  # fmt: skip
                stated.tests.append({"id": "pair", "of": of, "phi": text_of(phi, 2, mode)})
        if min(a, b, c, d):
            value, se = a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
            ends = [text_of(value * math.exp(s * 1.96 * se), 2, mode) for s in (-1, 1)]
            stated.tests.append({"id": "odds", "of": of, "odds_ratio": text_of(value, 2, mode), "ci": ends})  # fmt: skip
    for by, outcome, table in cross_tables(problem)[:1]:
        if table.sum(axis=0).min() and table.sum(axis=1).min() and len(table) == len(problem.variables[by].levels):  # fmt: skip
            x = stats.chi2_contingency(table, correction=False)
            stars = "***" if x.pvalue < 0.001 else "**" if x.pvalue < 0.01 else "*" if x.pvalue < 0.05 else "ns"  # fmt: skip
            stated.tests.append({"id": "table", "of": [by, outcome], "chi2": text_of(x.statistic, 2, mode), "df": str(x.dof), "stars": stars, "correction": "none"})  # fmt: skip
    single = [f for f in printed_figures(problem) if not f.responses]
    if single:
        f = single[int(rng.integers(len(single)))]
        n, a = problem.truth[f.id]
        low, high = stats.binomtest(a, n).proportion_ci(method="wilson")
        ends = [text_of(max(100 * x, 0.0), 1, mode) for x in (low, high)]
        stated.tests.append({"id": "one", "of": f.id, "ci": ends, "method": "wilson"})


# --- one study ----------------------------------------------------------------------------


def run(seed: int, largest: int, tally: Tally) -> None:
    """Simulate a study with true claims, false claims and true printed tests; audit it."""
    problem = simulated(seed, largest)
    rng = np.random.default_rng([seed, 41])
    stated = Stated()
    orders(problem, stated, rng)
    tested(problem, stated, rng)
    printed(problem, stated, rng)
    paper = json.loads(problem.yaml())
    paper["claims"], paper["tests"] = stated.claims, stated.tests
    found = audit(parse_published(json.dumps(paper, ensure_ascii=False)), ["r"]).to_json("en")
    (reading,) = found["scenarios"]
    where = f"seed {seed} (n = {problem.n})"
    tally.seen["studies"] += 1
    tally.wrong += [f"{where}: {x}" for x in truth_left_out(problem, reading)]
    for verdict in reading["claims"]:
        claim = next(c for c in stated.claims if c["id"] == verdict["id"])
        never = "holds in none" if stated.true[verdict["id"]] else "holds in all"
        tally.seen[f"claim {verdict['verdict']}"] += 1
        if verdict["verdict"] == never:
            tally.wrong.append(f"{where}: {claim} {verdict['verdict']}: {verdict['why']}")
    for verdict in reading["tests"]:
        tally.seen[f"test {verdict['status']}"] += 1
        if verdict["status"] in ("impossible", "conflict"):
            test = next(t for t in stated.tests if t["id"] == verdict["id"])
            tally.wrong.append(f"{where}: {test} {verdict['status']}: {verdict['why']}")
