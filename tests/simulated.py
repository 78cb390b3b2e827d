"""Simulated studies with known truth, larger than a brute force can list.

Answers are drawn, printed and audited: the truth must be among what the audit leaves possible. Then
one figure is misprinted: the audit must object exactly if CP-SAT (ortools) proves, on the joint cells
of all questions, that no respondents print all figures. Nothing of the package is in that program.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from brute import Problem, as_text, base_of, constraints, count_of, digits_of
from brute_cases import SHAPES, Draft
from tally import Tally

from surveykit.published import audit
from surveykit.published.load import parse_published

Json = dict[str, Any]


def simulated(seed: int, largest: int) -> Problem:
    """Draw a study of 20 to `largest` respondents; shapes take turns."""
    rng = np.random.default_rng([seed, 2024])
    draft = Draft(rng)
    SHAPES[seed % len(SHAPES)](draft)
    return draft.done(int(rng.integers(20, largest + 1)))


def audited(problem: Problem) -> Json:
    published = parse_published(problem.yaml())
    (reading,) = audit(published, ["r"]).to_json("en")["scenarios"]
    return reading  # type: ignore[no-any-return]


def truth_left_out(problem: Problem, reading: Json) -> list[str]:
    """Return the figures whose true base or count the audit leaves out."""
    out = []
    for figure in reading["figures"]:
        base, count = problem.truth[figure["id"]]
        if figure["printed"] is not None and figure["status"] != "possible":
            out.append(f"{figure['id']}: {figure['status']}")
        spans = ((figure["base"], base), (figure["count"], count))
        out += [f"{figure['id']}: {v} not in {s}" for s, v in spans if s and not s[0] <= v <= s[1]]
    return out


def misprinted(problem: Problem, seed: int) -> str:
    """Change one figure by 1 to 30 units of its last digit; return its id."""
    rng = np.random.default_rng([seed, 7])
    figure = next(f for f in problem.figures if f.percent is not None)
    shown = [f for f in problem.figures if f.percent is not None and not f.sum] or [figure]
    figure = shown[int(rng.integers(len(shown)))]
    digits, decimals = digits_of(figure.percent or "")
    step = int(rng.choice([1, 2, 5, 10, 30])) * int(rng.choice([-1, 1]))
    if not 0 <= digits + step <= 100 * 10**decimals:
        step = -step
    figure.percent = as_text(min(max(digits + step, 0), 100 * 10**decimals), decimals)
    return figure.id


def has_table(problem: Problem, seconds: float = 20.0) -> bool | None:
    """Ask CP-SAT whether any respondents print all figures; None when it does not decide."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    cells = problem.cells()
    people = [model.new_int_var(0, problem.n, f"x{j}") for j in range(len(cells))]
    model.add(sum(people) == problem.n)
    for number, mine in constraints(problem):
        model.add(sum(x for x, m in zip(people, mine, strict=True) if m) == number)
    for figure in problem.figures:
        if figure.percent is None:
            continue
        base = sum(base_of(figure, c) * x for c, x in zip(cells, people, strict=True))
        count = sum(count_of(figure, c) * x for c, x in zip(cells, people, strict=True))
        model.add(base >= 1)
        for low, strict in ends(figure.percent, problem.rounding):
            model.add(low(count, base) >= int(strict))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return True
    return False if status == cp_model.INFEASIBLE else None


def ends(percent: str, mode: str) -> list[tuple[Any, bool]]:
    """Return what must be at least 0 (strictly or not) for count of base to print so."""
    digits, decimals = digits_of(percent)
    unit, even = 100 * 10**decimals, digits % 2 == 0
    open_low = {"half_down": True, "half_even": not even, "ceil": True}.get(mode, False)
    open_high = {"half_up": True, "half_even": not even, "either": not even, "truncate": True}.get(
        mode, False
    )
    low = {"truncate": 2 * digits, "ceil": 2 * digits - 2}.get(mode, 2 * digits - 1)
    high = {"truncate": 2 * digits + 2, "ceil": 2 * digits}.get(mode, 2 * digits + 1)
    return [
        (lambda c, b: 2 * unit * c - low * b, open_low),
        (lambda c, b: high * b - 2 * unit * c, open_high),
    ]


def run(seed: int, largest: int, tally: Tally, *, solver: bool) -> None:
    """Simulate one study, audit it, misprint a figure, audit again."""
    problem = simulated(seed, largest)
    if all(f.percent is None for f in problem.figures):
        tally.seen["nothing printed"] += 1
        return
    where = f"seed {seed} ({SHAPES[seed % len(SHAPES)].__name__}, n = {problem.n})"
    reading = audited(problem)
    tally.seen["studies"] += 1
    tally.wrong += [f"{where}: truth left out: {x}" for x in truth_left_out(problem, reading)]
    id = misprinted(problem, seed)
    again = audited(problem)
    found = any(f["status"] != "possible" for f in again["figures"])
    tally.seen["misprint found" if found else "misprint not found"] += 1
    if not solver:
        return
    possible = has_table(problem)
    exact = all(g["tables"]["exact"] for g in again["groups"])
    if possible is None:
        tally.seen["CP-SAT undecided"] += 1
    elif possible:
        tally.seen["misprint prints in some table"] += 1
        if found:
            tally.wrong.append(f"{where}: {id} objected to, but CP-SAT has a table")
    else:
        tally.seen["misprint prints in no table"] += 1
        if not found and exact:
            tally.wrong.append(f"{where}: {id} not found, CP-SAT proves it")
        tally.seen["missed, number not exact"] += not found and not exact
