"""Outcomes of three levels by groups of unknown size, beside HiGHS and CP-SAT (see `feasible.py`).

Every share is printed, in each group and over everyone; `missing`: some did not answer, so that bases are
not even known to add up to everyone. The package gives the exact range of every base and count and says
whether each is proven, and counts the tables where it can. The others are asked for both ends of every
base and count, from the formulation below, which is not the package's: HiGHS's ends are no proof.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from feasible import LIMIT, bounded, counted, printed, seconds_of
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from surveykit.published.states import TooLargeError

Terms = dict[int, int]
STUDIES = (
    (385, 4, 1, False), (385, 4, 0, False), (2000, 4, 1, False), (2000, 8, 0, False),
    (2000, 8, 1, False), (2000, 4, 1, True), (2000, 8, 1, True),
)  # fmt: skip


def study(n: int, groups: int, decimals: int, *, missing: bool, seed: int = 1) -> dict[str, Any]:
    """Draw answers of three levels and print them."""
    rng = np.random.default_rng(seed)
    by = rng.choice(groups, size=n, p=rng.dirichlet(np.full(groups, 8.0)))
    shares = rng.dirichlet(np.full(3, 5.0), size=groups)
    said = np.array([rng.choice(3, p=shares[b]) for b in by])
    there = rng.random(n) < (0.93 if missing else 2.0)
    outcome: dict[str, Any] = {"levels": ["l0", "l1", "l2"]}
    outcome |= {"missing": "allowed"} if missing else {}
    figures = []
    for j in (*range(groups), None):
        mine = there if j is None else there & (by == j)
        for level in range(3):
            percent = printed(int((mine & (said == level)).sum()), int(mine.sum()), decimals)
            figure: dict[str, Any] = {"id": f"{j}.{level}", "where": {"o": f"l{level}"}}
            figure |= {"percent": percent} | ({} if j is None else {"within": {"v": f"g{j}"}})
            figures.append(figure)
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "variables": {"o": outcome, "v": {"levels": [f"g{j}" for j in range(groups)]}},
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
    }


def rows_of(paper: dict[str, Any]) -> tuple[int, list[tuple[Terms, int]], list[Terms]]:
    """Return the number of unknowns, rows ``terms <= limit``, and what both ends are asked of.

    Unknowns: the base of each group, then its three counts. Nothing else is needed: who did not
    answer only leaves the bases' sum free.
    """
    n, groups = int(paper["counts"][0]["count"]), len(paper["variables"]["v"]["levels"])
    base = [4 * j for j in range(groups)]
    everyone: Terms = dict.fromkeys(base, 1)
    rows: list[tuple[Terms, int]] = [(everyone, n)]
    if "missing" not in paper["variables"]["o"]:
        rows.append((dict.fromkeys(base, -1), -n))
    for j in base:
        whole = {j: -1, j + 1: 1, j + 2: 1, j + 3: 1}
        rows += [(whole, 0), ({k: -f for k, f in whole.items()}, 0)]
    for number, figure in enumerate(paper["figures"]):
        group, level = divmod(number, 3)
        bases = {base[group]: 1} if group < groups else everyone
        counts = [b + 1 + level for b in (bases)]
        digits, scale = int(figure["percent"].replace(".", "")), 200
        scale *= 10 ** len(figure["percent"].partition(".")[2])
        for sign, edge in ((-1, 2 * digits - 1), (1, 2 * digits + 1)):
            rows.append(
                (dict.fromkeys(counts, sign * scale) | dict.fromkeys(bases, -sign * edge), 0)
            )
    return 4 * groups, rows, [{j: 1} for j in range(4 * groups)]


def highs(paper: dict[str, Any]) -> str:
    """Return the time that HiGHS takes for both ends of everything."""
    size, rows, asked = rows_of(paper)
    n = int(paper["counts"][0]["count"])
    at = [(i, j, f) for i, (terms, _) in enumerate(rows) for j, f in terms.items()]
    shape = (len(rows), size)
    matrix = csr_array(([f for *_, f in at], ([i for i, *_ in at], [j for _, j, _ in at])), shape)
    least = np.array([float(j % 4 == 0) for j in range(size)])

    def solve(terms: Terms, sign: int) -> bool:
        cost = np.zeros(size)
        cost[list(terms)] = sign
        found = milp(
            cost,
            constraints=LinearConstraint(matrix, ub=[limit for _, limit in rows]),
            integrality=np.ones(size, dtype=np.int64),
            bounds=Bounds(least, n),
            options={"time_limit": LIMIT / 4},
        )
        return bool(found.status == 0)

    return _timed(solve, asked)


def cp_sat(paper: dict[str, Any]) -> str:
    """Return the time that CP-SAT takes for both ends of everything."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return "not installed"
    size, rows, asked = rows_of(paper)
    n = int(paper["counts"][0]["count"])
    model = cp_model.CpModel()
    x = [model.new_int_var(int(j % 4 == 0), n, "") for j in range(size)]
    for terms, limit in rows:
        model.add(sum(f * x[j] for j, f in terms.items()) <= limit)

    def solve(terms: Terms, sign: int) -> bool:
        model.minimize(sum(sign * f * x[j] for j, f in terms.items()))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        solver.parameters.max_time_in_seconds = LIMIT / 4
        return bool(solver.solve(model) == cp_model.OPTIMAL)

    return _timed(solve, asked)


def _timed(solve: Any, asked: list[Terms]) -> str:
    """Ask for both ends of everything; those not reached within the limit are told."""
    begin, left = time.process_time(), 2 * len(asked)
    for terms in asked:
        for sign in (1, -1):
            if time.process_time() - begin < LIMIT:
                left -= solve(terms, sign)
    missing = f" ({left} of {2 * len(asked)} not solved)" if left else ""
    return f"{time.process_time() - begin:.2f} s{missing}"


def levels() -> None:
    """Print the table of RESULTS.md."""
    print("| study, three levels | tables | count | bounds of all | proven | HiGHS | CP-SAT |")
    print("|" + "---|" * 7)
    for n, groups, decimals, missing in STUDIES:
        paper = study(n, groups, decimals, missing=missing)
        group, spent = seconds_of(partial(bounded, paper))
        try:
            number, counting = seconds_of(partial(counted, group))
            told, took = f"{number:,}", f"{counting:.2f} s"
        except TooLargeError:
            told, took = "not counted", "–"
        name = f"{n:,} × {groups} × {decimals}" + (", non-response" if missing else "")
        proven = "yes" if group.proven and group.exact else "no"
        cells = (name, told, took, f"{spent:.2f} s", proven, highs(paper), cp_sat(paper))
        print("| " + " | ".join(cells) + " |", flush=True)
