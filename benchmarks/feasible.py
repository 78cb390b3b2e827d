"""Feasible tables at several sizes, beside HiGHS and CP-SAT on the same figures::

    python benchmarks/feasible.py [targets] [linked] [levels] [means] [tests]

Without words, all of them. `targets`: an outcome of two levels by groups of unknown size, the share in
each group and over everyone printed; each row has a target, and says whether it is reached. `linked`: the
same by many groupings, the share over everyone not printed. `levels` (`levels.py`): outcomes of three
levels, and non-response. `means`, `tests` (`printed_numbers.py`): printed means and tests.

HiGHS (scipy's `milp`, floating point) and CP-SAT (ortools, left out where it is not installed) are asked for
less: the smallest and largest size of each group; for many groupings, one table. Seconds are of processor
time, all threads together (CP-SAT is given two), so that other work on the machine matters less; what takes
less than two seconds is run three times, and the least is told.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from surveykit.published.draw import draw_tables
from surveykit.published.load import parse_published
from surveykit.published.model import groups_of, read_as
from surveykit.published.solve import Group

SEED = 1
LIMIT = 60.0
DRAWS = 10_000
T = TypeVar("T")


def seconds_of(work: Callable[[], T]) -> tuple[T, float]:
    """Return a result and the processor seconds it takes."""
    begin = time.process_time()
    result = work()
    spent = time.process_time() - begin
    for _ in range(2 if spent < 2 else 0):
        begin = time.process_time()
        result = work()
        spent = min(spent, time.process_time() - begin)
    return result, spent


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
            integrality=np.ones(unknowns, dtype=np.int64),
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
        model.clear_objective()  # type: ignore[no-untyped-call]
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
    begin, failed, asked = time.process_time(), 0, 0
    costs = [np.zeros(unknowns)]
    if bounds:
        places = [start + j for start, k in starts for j in range(k)]
        costs = [s * np.eye(unknowns)[j] for j in places for s in (1, -1)]
    for cost in costs:
        if time.process_time() - begin > LIMIT:
            break
        asked += 1
        failed += solve(cost) != "ok"
    seconds = f"{time.process_time() - begin:.2f} s"
    missing = len(costs) - asked + failed
    return f"{seconds} ({missing} of {len(costs)} not solved)" if missing else seconds


# ---------------------------------------------------------------- the tables
def bounded(paper: dict[str, Any]) -> Group:
    """Solve a study's group from nothing: is there a table, and all exact ranges."""
    group = group_of(paper)
    assert group.feasible
    for item in group.items:
        group.ranges(item)
    return group


def listed(paper: dict[str, Any]) -> int:
    """List all tables of a study from nothing."""
    group = group_of(paper)
    groups = [i for i in group.items if i.by]
    return len(group.project(groups).counts) if group.feasible else 0


def counted(group: Group) -> int:
    """Count tables; what was added up for an earlier count is not used again."""
    for name in ("planes", "counted", "relations", "number"):
        group.__dict__.pop(name, None)
    return group.number


def drawn(group: Group) -> None:
    """Draw tables uniformly; what was added up to count them is not kept from an earlier draw."""
    group.__dict__.pop("planes", None)
    draw_tables(group, DRAWS, np.random.default_rng(1))


def row(n: int, groups: int, decimals: int, goals: dict[str, float]) -> str:
    """Measure one study: each column from nothing, but for draws, before which tables were counted."""
    paper = study(n, groups, decimals)
    took = {}
    group, took["bounds"] = seconds_of(lambda: bounded(paper))
    number, took["count"] = seconds_of(lambda: group_of(paper).number)
    if "list" in goals:
        tables, took["list"] = seconds_of(lambda: listed(paper))
        assert tables == number
    assert group.number == number
    _, took["draws"] = seconds_of(lambda: drawn(group))
    told = [f"{took[k]:.2f} s" if k in took else "–" for k in ("list", "count", "bounds", "draws")]
    missed = [f"{k} {took[k]:.2f} s" for k, most in goals.items() if took[k] > most]
    asked = ", ".join(f"{k} < {most:g} s" for k, most in goals.items()) or "–"
    reached = ("no: " + ", ".join(missed) if missed else "yes") if goals else "–"
    others = [f(paper, bounds=True) for f in (highs, cp_sat)]
    name = f"{n:,} × {groups} × {decimals}"
    return "| " + " | ".join((name, f"{number:,}", *told, asked, reached, *others)) + " |"


TARGETS: dict[tuple[int, int, int], dict[str, float]] = {
    (385, 4, 1): {"list": 0.1},
    (385, 4, 0): {"count": 1},
    (2000, 4, 1): {},
    (2000, 8, 1): {"bounds": 3, "draws": 2},
    (2000, 8, 0): {"bounds": 3, "draws": 2},
    (5000, 6, 1): {},
}


def targets() -> None:
    """Print the rows of one grouping."""
    head = ("study", "tables", "list all", "count", "bounds of all", "10,000 draws", "target")
    print("| " + " | ".join((*head, "reached", "HiGHS", "CP-SAT")) + " |")
    print("|" + "---|" * 10)
    for size, goals in TARGETS.items():
        print(row(*size, goals), flush=True)


def linked() -> None:
    """Print the rows of 20 groupings of six levels that share the number over everyone."""
    print(
        "| study | bounds of all | target | reached | tables | count | 1,000 draws | HiGHS | CP-SAT |"
    )
    print("|" + "---|" * 9)
    for decimals in (1, 0):
        paper = study(5000, 6, decimals, groupings=20)
        group, spent = seconds_of(partial(bounded, paper))
        number, counting = seconds_of(partial(counted, group))
        told = f"{str(number)[0]}.{str(number)[1:3]}·10^{len(str(number)) - 1}"
        begin = time.process_time()
        draw_tables(group, 1000, np.random.default_rng(1))
        draws = time.process_time() - begin
        others = [f(paper, bounds=False) for f in (highs, cp_sat)]
        reached = "yes" if spent < 60 else "no"
        cells = (
            f"5,000 × 6 × {decimals}, 20 groupings", f"{spent:.1f} s", "< 60 s", reached, told,
            f"{counting:.1f} s", f"{draws:.1f} s", *others,
        )  # fmt: skip
        print("| " + " | ".join(cells) + " |", flush=True)


def main(words: list[str] | None = None) -> None:
    """Print the tables of RESULTS.md."""
    from levels import levels
    from printed_numbers import means, tests

    parts = {"targets": targets, "linked": linked, "levels": levels, "means": means, "tests": tests}
    for word in words or parts:
        parts[word]()
        print(flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"Peak memory: {peak:.1f} GB.")


if __name__ == "__main__":
    main(sys.argv[1:])
