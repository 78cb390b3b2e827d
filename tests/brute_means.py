"""Every respondent table of a small survey with printed means, by brute force.

Cells and percentages as in :mod:`brute`; a mean adds three totals: people, sum and sum of squares of
their scores. What they print is decided by fractions and whole roots. No code of the package is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any

import brute
import numpy as np
from brute import NA, Fig, Problem, TooManyError, Var, as_text, base_of, count_of, in_group, subsets


@dataclass
class Mean:
    id: str
    of: str
    within: dict[str, str] = field(default_factory=dict)
    mean: str | None = None
    sd: str | None = None
    divisor: str = "either"


@dataclass
class Study:
    """A problem of `brute`, the scores of its variables' levels, and printed means."""

    problem: Problem
    scores: dict[str, tuple[int, ...]]
    means: list[Mean] = field(default_factory=list)
    scenario: dict[str, Any] = field(default_factory=dict)
    truth: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def yaml(self) -> str:
        top = json.loads(self.problem.yaml())
        top["means"] = [
            {"id": m.id, "of": m.of, "scores": [str(s) for s in self.scores[m.of]]}
            | ({"within": m.within} if m.within else {})
            | ({"mean": m.mean} if m.mean is not None else {})
            | ({"sd": m.sd} if m.sd is not None else {})
            | ({"divisor": m.divisor} if m.divisor != "either" else {})
            for m in self.means
        ]
        top["scenarios"][0] |= self.scenario
        return json.dumps(top, indent=1)

    @property
    def ids(self) -> list[str]:
        return [f.id for f in self.problem.figures if f.percent is not None] + [
            m.id for m in self.means
        ]


# --- printing ------------------------------------------------------------------------------


def _rounded(down: int, exact: bool, side: int, mode: str) -> frozenset[int]:
    """Digits of a value between two whole numbers; `side` is its sign against the middle."""
    up = down if exact else down + 1
    if exact or mode == "truncate":
        return frozenset([down])
    if mode == "ceil":
        return frozenset([up])
    if side:
        return frozenset([down if side < 0 else up])
    even = down if down % 2 == 0 else up
    ties = {"half_up": {up}, "half_down": {down}, "half_even": {even}, "either": {up, even}}
    return frozenset(ties[mode])


@cache
def mean_prints(n: int, total: int, decimals: int, mode: str) -> frozenset[int]:
    """Return the digits that a mean can print as; a negative one is rounded like a positive one."""
    if total < 0:
        return frozenset(-d for d in mean_prints(n, -total, decimals, mode))
    value = Fraction(total * 10**decimals, n)
    down = value.numerator // value.denominator
    middle = value - down - Fraction(1, 2)
    return _rounded(down, value == down, (middle > 0) - (middle < 0), mode)


@cache
def sd_prints(
    n: int, total: int, squares: int, divisor: str, decimals: int, mode: str
) -> frozenset[int]:
    """Return the digits that a standard deviation can print as."""
    out: set[int] = set()
    for d in {"n": [n], "n-1": [n - 1], "either": [n, n - 1]}[divisor]:
        if d < 1:
            continue
        square = Fraction(n * squares - total * total, n * d) * 100**decimals
        down = isqrt(square.numerator // square.denominator)
        middle = square - Fraction(2 * down + 1, 2) ** 2
        out |= _rounded(down, square == down * down, (middle > 0) - (middle < 0), mode)
    return frozenset(out)


def digits(text: str) -> tuple[int, int]:
    """Return the digits of a printed value and its number of decimals."""
    sign = -1 if text.startswith("-") else 1
    return sign * int(text.replace(".", "").lstrip("-")), len(text.partition(".")[2])


# --- every table ---------------------------------------------------------------------------


def moments_of(study: Study, mean: Mean, cell: Mapping[str, Any]) -> tuple[int, int, int]:
    answer = cell[mean.of]
    levels = study.problem.variables[mean.of].levels
    if answer == NA or answer not in levels or not in_group(cell, mean.within):
        return 0, 0, 0
    score = study.scores[mean.of][levels.index(answer)]
    return 1, score, score * score


def all_tables(study: Study, limit: int = 400_000) -> np.ndarray:
    """Return the distinct totals of every table: figures' (base, count), means' (n, sum, squares)."""
    problem = study.problem
    limits = brute.constraints(problem)
    steps = np.unique(
        [
            [x for f in problem.figures for x in (base_of(f, c), count_of(f, c))]
            + [x for m in study.means for x in moments_of(study, m, c)]
            + [mine[j] for _, mine in limits]
            for j, c in enumerate(problem.cells())
        ],
        axis=0,
    )
    required = [number for number, _ in limits]
    first = steps.shape[1] - len(required)
    totals = np.zeros((1, steps.shape[1]), dtype=np.int64)
    for _ in range(problem.n):
        totals = (totals[:, None, :] + steps[None, :, :]).reshape(-1, steps.shape[1])
        totals = totals[(totals[:, first:] <= required).all(axis=1)]
        totals = np.unique(totals, axis=0)
        if len(totals) > limit:
            raise TooManyError
    return totals[(totals[:, first:] == required).all(axis=1)]


def column(study: Study, id: str) -> int:
    """Return the first column of a figure or a mean."""
    figures = study.problem.figures
    for j, f in enumerate(figures):
        if f.id == id:
            return 2 * j
    return 2 * len(figures) + 3 * [m.id for m in study.means].index(id)


def printing(study: Study, tables: np.ndarray) -> dict[str, np.ndarray]:
    """Return, for each figure and mean, which tables print it."""
    out = brute.printing(study.problem, tables)
    for m in study.means:
        at = column(study, m.id)
        rows, back = np.unique(tables[:, at : at + 3], axis=0, return_inverse=True)
        good = [mean_holds(study, m, *map(int, row)) for row in rows]
        out[m.id] = np.array(good, dtype=bool)[back.reshape(-1)]
    return out


def mean_holds(study: Study, mean: Mean, n: int, total: int, squares: int) -> bool:
    mode = study.problem.rounding
    if n < 1:
        return False
    if mean.mean is not None:
        value, decimals = digits(mean.mean)
        if value not in mean_prints(n, total, decimals, mode):
            return False
    if mean.sd is not None:
        value, decimals = digits(mean.sd)
        return value in sd_prints(n, total, squares, mean.divisor, decimals, mode)
    return True


# --- random studies ------------------------------------------------------------------------


def drawn(seed: int, most: int = 7) -> Study:
    """Draw a small study with known truth: shapes, decimals, roundings and gaps vary."""
    rng = np.random.default_rng([seed, 31])
    n = int(rng.integers(4, most + 1))
    k = int(rng.integers(2, 5 if n > 5 else 6))
    start = int(rng.choice([0, 1, 1, -2]))
    step = rng.choice([1, 1, 1, 2])
    scores = {"v": tuple(int(start + step * j) for j in range(k))}
    if rng.random() < 0.15:
        scores["v"] = tuple(sorted(rng.choice(np.arange(0, 9), k, replace=False).tolist()))
    gap = str(rng.choice(["none", "none", "v", "g"]))
    hidden = gap == "none" and rng.random() < 0.2
    groups = int(rng.integers(2, 4)) if n < 7 else 2
    variables = {
        "v": Var(tuple(f"v{j}" for j in range(k)), missing="allowed" if gap == "v" else "none"),
        "g": Var(
            tuple(f"g{j}" for j in range(groups)),
            missing="allowed" if gap == "g" else "none",
            hidden="unknown" if hidden else None,
        ),
    }
    if rng.random() < 0.25 and n < 7:
        variables["h"] = Var(("h0", "h1"))
    problem = Problem(n, variables, rounding=str(rng.choice(["either", "half_up", "half_even", "half_down", "truncate", "ceil"])))  # fmt: skip
    cells = problem.cells()
    people = [cells[j] for j in rng.integers(len(cells), size=n)]
    study = Study(problem, scores)
    _print(study, people, rng)
    return study


def _print(study: Study, people: Sequence[Mapping[str, Any]], rng: np.random.Generator) -> None:
    problem = study.problem
    levels = {name: v.levels for name, v in problem.variables.items()}
    groupings = [name for name in ("g", "h") if name in levels]
    for name in groupings:
        if name == "h" and rng.random() < 0.4:
            continue
        for level in levels[name]:
            if rng.random() < 0.8:
                _mean(study, people, rng, {name: level})
    if rng.random() < 0.7:
        _mean(study, people, rng, {})
    top = levels["v"][-int(rng.integers(1, 3)) :]
    if rng.random() < 0.5:
        where = {} if rng.random() < 0.5 else {"g": levels["g"][0]}
        _share(study, people, rng, "top", {"v": top if len(top) < len(levels["v"]) else top[-1:]}, where)  # fmt: skip
    if rng.random() < 0.3:
        _share(study, people, rng, "low", {"v": levels["v"][:1]}, {"g": levels["g"][-1]})
    if rng.random() < 0.4:
        _share(study, people, rng, "size", {"g": levels["g"][:1]}, {})
    if rng.random() < 0.3 and "h" in levels:
        _share(study, people, rng, "other", {"h": ("h0",)}, {"g": levels["g"][0]})
    if rng.random() < 0.35:
        problem.counts = [
            (f"n_{lv}", sum(in_group(c, {"g": lv}) for c in people), {"g": (lv,)})
            for lv in levels["g"][: int(rng.integers(1, len(levels["g"]) + 1))]
        ]
    if not study.means:
        _mean(study, people, rng, {})


def _share(
    study: Study, people: Sequence[Mapping[str, Any]], rng: np.random.Generator, id: str,
    where: dict[str, tuple[str, ...]], within: dict[str, str],
) -> None:  # fmt: skip
    figure = Fig(id, where, within)
    base, count = sum(base_of(figure, c) for c in people), sum(count_of(figure, c) for c in people)
    if base:
        decimals = int(rng.integers(0, 2))
        some = sorted(brute.prints(count, base, decimals, study.problem.rounding))
        figure.percent = as_text(some[int(rng.integers(len(some)))], decimals)
        study.problem.figures.append(figure)
        study.problem.truth[id] = (base, count)


def _mean(
    study: Study, people: Sequence[Mapping[str, Any]], rng: np.random.Generator, within: dict[str, str]
) -> None:  # fmt: skip
    made = Mean("_".join(["m", *within.values()]), "v", within)
    made.divisor = str(rng.choice(["either", "n", "n-1"]))
    n, total, squares = (sum(x) for x in zip(*(moments_of(study, made, c) for c in people), strict=True))  # fmt: skip
    if n == 0:
        return
    mode = study.problem.rounding
    decimals = int(rng.integers(0, 3))
    made.mean = signed(min(mean_prints(n, total, decimals, mode)), decimals)
    if rng.random() < 0.5:
        places = int(rng.integers(0, 3))
        some = sorted(sd_prints(n, total, squares, made.divisor, places, mode))
        if some:
            made.sd = as_text(some[int(rng.integers(len(some)))], places)
            if rng.random() < 0.15:
                made.mean = None
    study.means.append(made)
    study.truth[made.id] = (n, total, squares)


def signed(value: int, decimals: int) -> str:
    return ("-" if value < 0 else "") + as_text(abs(value), decimals)


def misprint(study: Study, seed: int) -> str:
    """Change a mean, an SD or (a third of the time) a percentage by a few units; return its id."""
    rng = np.random.default_rng([seed, 5])
    figures = [f for f in study.problem.figures if f.percent is not None]
    step = int(rng.choice([1, 2, 3, 7])) * int(rng.choice([-1, 1]))
    if figures and rng.random() < 0.3:
        figure = figures[int(rng.integers(len(figures)))]
        value, decimals = brute.digits_of(figure.percent or "")
        value = value + step if 0 <= value + step <= 100 * 10**decimals else value - step
        figure.percent = as_text(min(max(value, 0), 100 * 10**decimals), decimals)
        return figure.id
    made = study.means[int(rng.integers(len(study.means)))]
    if made.sd is not None and (made.mean is None or rng.random() < 0.4):
        value, decimals = digits(made.sd)
        made.sd = as_text(abs(value + step), decimals)
    else:
        value, decimals = digits(made.mean or "")
        made.mean = signed(value + step, decimals)
    return made.id


__all__ = ["Mean", "Study", "all_tables", "column", "drawn", "misprint", "printing", "subsets"]
