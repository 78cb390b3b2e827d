"""Printed means and printed tests, beside HiGHS and CP-SAT where they can be asked (see `feasible.py`)."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from feasible import printed, seconds_of
from scipy.optimize import Bounds, LinearConstraint, milp

from surveykit.published.audit import ReadingAudit, audit
from surveykit.published.load import parse_published

SCORES = (1, 2, 3, 4, 5)


def audited(paper: dict[str, Any]) -> ReadingAudit:
    """Audit a paper from nothing."""
    (reading,) = audit(parse_published(json.dumps(paper))).readings
    return reading


# ---------------------------------------------------------------- means
def answers(n: int) -> tuple[str, str]:
    """Draw scores and print their mean and standard deviation (divisor n - 1)."""
    x = np.random.default_rng(1).choice(SCORES, size=n, p=(0.1, 0.15, 0.25, 0.3, 0.2))
    return f"{x.mean():.2f}", f"{x.std(ddof=1):.2f}"


def mean_paper(n: int, mean: str, sd: str) -> dict[str, Any]:
    """Write a paper that prints one mean and its standard deviation."""
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {"s": {"levels": [str(s) for s in SCORES]}},
        "counts": [{"id": "n", "count": str(n)}],
        "means": [{"id": "m", "mean": mean, "sd": sd, "of": "s", "divisor": "n-1"}],
    }


def sums_of(n: int, mean: str, sd: str) -> list[tuple[int, int, int]]:
    """Return the sums that print the mean, each with the least and most squares that print the SD."""
    half = Fraction(1, 200)
    low, high = (Fraction(mean) - half) * n, (Fraction(mean) + half) * n
    out = []
    for total in range(
        -(-low.numerator // low.denominator), high.numerator // high.denominator + 1
    ):
        ends = [
            (Fraction(sd) + side) ** 2 * (n - 1) + Fraction(total**2, n) for side in (-half, half)
        ]
        first, last = ends
        least, most = -(-first.numerator // first.denominator), last.numerator // last.denominator
        out.append((total, least, most))
    return out


def highs_mean(n: int, mean: str, sd: str) -> str:
    """Return the time in which HiGHS finds one distribution, sum after sum."""
    begin = time.process_time()
    rows = np.array([[1] * 5, SCORES, [s * s for s in SCORES]])
    for total, least, most in sums_of(n, mean, sd):
        rule = LinearConstraint(rows, [n, total, least], [n, total, most])
        found = milp(
            np.zeros(5),
            constraints=rule,
            integrality=np.ones(5, dtype=np.int64),
            bounds=Bounds(0, n),
        )
        if found.status == 0:
            return f"one, {time.process_time() - begin:.2f} s"
    return f"none, {time.process_time() - begin:.2f} s"


def cp_sat_mean(n: int, mean: str, sd: str, limit: float = 20.0) -> str:
    """Return how many distributions CP-SAT lists within a limit."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return "not installed"

    class Counter(cp_model.CpSolverSolutionCallback):
        """Counts what is listed."""

        found = 0

        def on_solution_callback(self) -> None:
            self.found += 1

    begin, counter, whole = time.process_time(), Counter(), True
    for total, least, most in sums_of(n, mean, sd):
        model = cp_model.CpModel()
        x = [model.new_int_var(0, n, "") for _ in SCORES]
        model.add(sum(x) == n)
        model.add(sum(s * c for s, c in zip(SCORES, x, strict=True)) == total)
        squares = sum(s * s * c for s, c in zip(SCORES, x, strict=True))
        model.add(squares >= least)
        model.add(squares <= most)
        solver = cp_model.CpSolver()
        solver.parameters.enumerate_all_solutions = True
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = max(0.1, limit - (time.process_time() - begin))
        whole &= solver.solve(model, counter) in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    told = "all" if whole else f"{counter.found:,} of them"
    return f"{told}, {time.process_time() - begin:.1f} s"


def means() -> None:
    """Print the rows of means."""
    print(
        "| printed mean and SD, scores 1 to 5 | distributions | audit | HiGHS: one | CP-SAT: list |"
    )
    print("|" + "---|" * 5)
    for n in (385, 2000):
        mean, sd = answers(n)
        reading, spent = seconds_of(partial(audited, mean_paper(n, mean, sd)))
        (group,) = reading.means.groups
        number = "not counted" if group.number is None else f"{group.number:,}"
        number += "" if group.exact else " (not exact)"
        name = f"{mean} ({sd}) of {n:,}"
        others = highs_mean(n, mean, sd), cp_sat_mean(n, mean, sd)
        print(f"| {name} | {number} | {spent:.2f} s | {' | '.join(others)} |", flush=True)


# ---------------------------------------------------------------- tests
def test_paper(n: int, groups: int, decimals: int) -> dict[str, Any]:
    """Write a paper that prints shares by groups, and the chi-square and p of their table."""
    from scipy.stats import chi2_contingency

    rng = np.random.default_rng(1)
    by = rng.choice(groups, size=n, p=rng.dirichlet(np.full(groups, 8.0)))
    yes = rng.random(n) < rng.beta(5.0, 5.0, size=groups)[by]
    table = np.array([[(yes & (by == j)).sum(), (~yes & (by == j)).sum()] for j in range(groups)])
    found = chi2_contingency(table, correction=False)
    figures: list[dict[str, Any]] = [
        {
            "id": f"g{j}",
            "where": {"o": "yes"},
            "within": {"v": f"g{j}"},
            "percent": printed(int(table[j, 0]), int(table[j].sum()), decimals),
        }
        for j in range(groups)
    ]
    figures.append(
        {"id": "all", "where": {"o": "yes"}, "percent": printed(int(yes.sum()), n, decimals)}
    )
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {
            "o": {"levels": ["yes", "no"]},
            "v": {"levels": [f"g{j}" for j in range(groups)]},
        },
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
        "tests": [{"id": "t", "of": ["o", "v"], "chi2": f"{found.statistic:.2f}"}],
    }


def tests() -> None:
    """Print the rows of tests. Neither HiGHS nor CP-SAT takes a chi-square with unknown bases."""
    print(
        "| printed χ² of | tables before | tables that print it | audit without | audit with it |"
    )
    print("|" + "---|" * 5)
    for size in ((385, 4, 1), (385, 4, 0), (2000, 4, 1)):
        paper = test_paper(*size)
        bare = {k: v for k, v in paper.items() if k != "tests"}
        before, without = seconds_of(partial(audited, bare))
        after, with_it = seconds_of(partial(audited, paper))
        (group,), (narrowed,) = before.groups, after.groups
        assert after.tests[0].status == "possible"
        told = [
            f"{g.number:,}" if g.number is not None else "not counted" for g in (group, narrowed)
        ]
        name = " × ".join(f"{k:,}" for k in size)
        print(f"| {name} | {told[0]} | {told[1]} | {without:.2f} s | {with_it:.2f} s |", flush=True)
