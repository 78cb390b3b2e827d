"""Feasible tables at several sizes, beside HiGHS and CP-SAT on the same figures::

    python benchmarks/feasible.py

An outcome of two levels by groups of unknown size: the share in each group and over everyone is
printed (the last row: by many groupings, the share over everyone not printed). The package counts
every table exactly, gives the exact range of every base, and draws uniformly. HiGHS (scipy's `milp`,
floating point) and CP-SAT (ortools, left out where it is not installed) are asked for less: the
smallest and largest size of each group; for the last row, one table.
"""

from __future__ import annotations

import itertools
import json
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from surveykit.published.draw import draw_tables
from surveykit.published.load import parse_published
from surveykit.published.model import groups_of, read_as
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError

SEED = 1
LIMIT = 60.0


def printed(count: int, base: int, decimals: int) -> str:
    """Print a percentage, half up."""
    text = str((200 * 10**decimals * count + base) // (2 * base)).rjust(decimals + 1, "0")
    return f"{text[:-decimals]}.{text[-decimals:]}" if decimals else text


def study(n: int, groups: int, decimals: int, groupings: int = 1) -> dict[str, Any]:
    """Draw answers and print them."""
    rng = np.random.default_rng(SEED)
    variables = {"o": {"levels": ["yes", "no"]}}
    if groupings == 1:
        by = [rng.choice(groups, size=n, p=rng.dirichlet(np.full(groups, 8.0)))]
        yes = rng.random(n) < rng.beta(5.0, 5.0, size=groups)[by[0]]
    else:
        yes, by = rng.random(n) < 0.58, []
        for _ in range(groupings):
            share = rng.dirichlet(np.full(groups, 6.0))
            tilted = share * rng.uniform(0.7, 1.3, size=groups)
            both = [rng.choice(groups, size=n, p=p / p.sum()) for p in (share, tilted)]
            by.append(np.where(yes, both[1], both[0]))
    figures = []
    for v, group in enumerate(by):
        variables[f"v{v}"] = {"levels": [f"g{j}" for j in range(groups)]}
        for j in range(groups):
            mine = group == j
            percent = printed(int(yes[mine].sum()), int(mine.sum()), decimals)
            within = {f"v{v}": f"g{j}"}
            figures.append(
                {"id": f"v{v}g{j}", "where": {"o": "yes"}, "within": within, "percent": percent}
            )
    if groupings == 1:
        percent = printed(int(yes.sum()), n, decimals)
        figures.append({"id": "all", "where": {"o": "yes"}, "percent": percent})
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": variables,
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
    }


def group_of(paper: dict[str, Any]) -> Group:
    """Return the one group of figures, nothing of it solved yet."""
    published = parse_published(json.dumps(paper))
    reading = read_as(published, published.scenario("as_printed"), {})
    (items,) = groups_of(reading, reading.items)
    return Group(reading, items)


# ---------------------------------------------------------------- the other solvers
def rows_of(paper: dict[str, Any]) -> tuple[int, list[tuple[int, int]], list[tuple[int, int, str]]]:
    """Return the number of unknowns, (grouping, place of its first size), and the figures.

    A figure is (place of the count, place of the base, percent); a base of -1 is everyone.
    """
    groupings = [v for v in paper["variables"] if v != "o"]
    figures, starts, place = [], [], 1
    for name in groupings:
        mine = [f for f in paper["figures"] if f.get("within", {}).keys() == {name}]
        starts.append((place, len(mine)))
        figures += [
            (place + len(mine) + j, place + j, str(f["percent"])) for j, f in enumerate(mine)
        ]
        place += 2 * len(mine)
    figures += [(0, -1, str(f["percent"])) for f in paper["figures"] if "within" not in f]
    return place, starts, figures


def highs(paper: dict[str, Any], *, bounds: bool) -> str:
    """Return the time that HiGHS takes, and what it found."""
    n = int(paper["counts"][0]["count"])
    unknowns, starts, figures = rows_of(paper)
    rows: list[dict[int, float]] = []
    low: list[float] = []
    for count, base, percent in figures:
        digits, scale = int(percent.replace(".", "")), 200 * 10 ** len(percent.partition(".")[2])
        for sign, edge in ((1, 2 * digits - 1), (-1, -(2 * digits + 1))):
            fixed = edge * n if base < 0 else 0
            rows.append({count: sign * scale} | ({base: -edge} if base >= 0 else {}))
            low.append(fixed)
    high = [np.inf] * len(rows)
    for start, k in starts:
        rows += [{start + j: 1.0 for j in range(k)}]
        rows += [{0: 1.0} | {start + k + j: -1.0 for j in range(k)}]
        low, high = [*low, n, 0], [*high, n, 0]
    at = [(i, j, x) for i, row in enumerate(rows) for j, x in row.items()]
    matrix = csr_array(
        ([x for *_, x in at], ([i for i, *_ in at], [j for _, j, _ in at])),
        shape=(len(rows), unknowns),
    )
    least = np.zeros(unknowns)
    for start, k in starts:
        least[start : start + k] = 1

    def solve(cost: np.ndarray) -> str:
        found = milp(
            cost,
            constraints=LinearConstraint(matrix, low, high),
            integrality=np.ones(unknowns),
            bounds=Bounds(least, n),
            options={"time_limit": LIMIT / 4},
        )
        return "ok" if found.status == 0 else "not solved"

    return timed(solve, unknowns, starts, bounds=bounds)


def cp_sat(paper: dict[str, Any], *, bounds: bool) -> str:
    """Return the time that CP-SAT takes, and what it found."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return "not installed"
    n = int(paper["counts"][0]["count"])
    unknowns, starts, figures = rows_of(paper)
    model = cp_model.CpModel()
    x = [model.new_int_var(0, n, f"x{j}") for j in range(unknowns)]
    for count, base, percent in figures:
        digits, scale = int(percent.replace(".", "")), 200 * 10 ** len(percent.partition(".")[2])
        size = n if base < 0 else x[base]
        model.add(scale * x[count] >= (2 * digits - 1) * size)
        model.add(scale * x[count] <= (2 * digits + 1) * size)
    for start, k in starts:
        model.add(sum(x[start : start + k]) == n)
        model.add(sum(x[start + k : start + 2 * k]) == x[0])
        for j in range(k):
            model.add(x[start + j] >= 1)

    def solve(cost: np.ndarray) -> str:
        terms = [int(c) * x[j] for j, c in enumerate(cost) if c]
        model.clear_objective()
        if terms:
            model.minimize(sum(terms))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        solver.parameters.max_time_in_seconds = LIMIT / 4
        done = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        return "ok" if done else "not solved"

    return timed(solve, unknowns, starts, bounds=bounds)


def timed(
    solve: Callable[[np.ndarray], str],
    unknowns: int,
    starts: list[tuple[int, int]],
    *,
    bounds: bool,
) -> str:
    """Ask for both ends of every size, or for one table."""
    begin, failed, asked = time.perf_counter(), 0, 0
    costs = [np.zeros(unknowns)]
    if bounds:
        places = [start + j for start, k in starts for j in range(k)]
        costs = [s * np.eye(unknowns)[j] for j in places for s in (1, -1)]
    for cost in costs:
        if time.perf_counter() - begin > LIMIT:
            break
        asked += 1
        failed += solve(cost) != "ok"
    seconds = f"{time.perf_counter() - begin:.2f} s"
    missing = len(costs) - asked + failed
    return f"{seconds} ({missing} of {len(costs)} not solved)" if missing else seconds


# ---------------------------------------------------------------- the table
def row(n: int, groups: int, decimals: int, groupings: int = 1, draws: int = 10_000) -> str:
    """Measure one study."""
    paper = study(n, groups, decimals, groupings)
    group = group_of(paper)
    marks = [time.perf_counter()]
    feasible = group.feasible
    marks.append(time.perf_counter())
    assert feasible
    for item in group.items:
        group.ranges(item)
    marks.append(time.perf_counter())
    try:
        number = f"{group.number:,}"
    except TooLargeError:
        number = "not counted"
    marks.append(time.perf_counter())
    if groupings == 1:
        draw_tables(group, draws, np.random.default_rng(1))
    marks.append(time.perf_counter())
    took = [f"{b - a:.2f} s" for a, b in itertools.pairwise(marks)]
    if groupings > 1:
        took[2], took[3] = "–", "–"
    others = [f(paper, bounds=groupings == 1) for f in (highs, cp_sat)]
    name = f"{n:,} × {groups} × {decimals}" + (f", {groupings} groupings" if groupings > 1 else "")
    return "| " + " | ".join((name, number, took[2], took[0], took[1], took[3], *others)) + " |"


def main() -> None:
    """Print the table of RESULTS.md."""
    head = ("study", "tables", "count", "feasible", "all bases", "10,000 draws", "HiGHS", "CP-SAT")
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for n, groups, decimals in (
        (385, 4, 1), (385, 4, 0), (2000, 4, 1), (2000, 8, 1), (2000, 8, 0), (5000, 6, 1),
    ):  # fmt: skip
        print(row(n, groups, decimals), flush=True)
    for decimals in (1, 0):
        print(row(5000, 6, decimals, groupings=20), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"\nPeak memory: {peak:.1f} GB.")


if __name__ == "__main__":
    main()
