"""Every respondent table of a small survey, by brute force; no code of the package is used.

A respondent is one joint cell: a level, a hidden level or no answer for each single-choice question,
a non-empty set of choices or no answer for each multiple-response question. All tables of N
respondents are built by adding one respondent after another and keeping the distinct totals of
what is printed, which is the same as listing every multiset of N cells (a test does both).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import comb
from typing import Any

import numpy as np

NA, HIDDEN = "<no answer>", "<hidden>"
Vectors = np.ndarray
"""Totals, one row for each distinct table: (base, count) of every figure, then extra columns."""


class TooManyError(Exception):
    """More tables than a brute force should list."""


# --- printing ------------------------------------------------------------------------------


@cache
def prints(count: int, base: int, decimals: int, mode: str) -> frozenset[int]:
    """Return what count of base may be printed as: the digits as whole numbers."""
    exact = Fraction(100 * 10**decimals * count, base)
    down = exact.numerator // exact.denominator
    up = down if exact == down else down + 1
    if exact == down:
        return frozenset([down])
    if mode == "truncate":
        return frozenset([down])
    if mode == "ceil":
        return frozenset([up])
    if exact - down != Fraction(1, 2):
        return frozenset([down if exact - down < Fraction(1, 2) else up])
    even = down if down % 2 == 0 else up
    ties = {"half_up": {up}, "half_down": {down}, "half_even": {even}, "either": {up, even}}
    return frozenset(ties[mode])


def digits_of(text: str) -> tuple[int, int]:
    """Return the digits of a printed percentage and its number of decimals."""
    return int(text.replace(".", "")), len(text.partition(".")[2])


def as_text(digits: int, decimals: int) -> str:
    text = str(digits).rjust(decimals + 1, "0")
    return f"{text[:-decimals]}.{text[-decimals:]}" if decimals else text


# --- a survey and what is printed of it ----------------------------------------------------


@dataclass
class Var:
    levels: tuple[str, ...]
    multiple: bool = False
    missing: str | int = "none"
    hidden: str | int | None = None

    def options(self) -> list[Any]:
        """Return every way to answer this question."""
        if self.multiple:
            sizes = range(1, len(self.levels) + 1)
            out: list[Any] = [
                frozenset(c) for k in sizes for c in itertools.combinations(self.levels, k)
            ]
        else:
            out = [*self.levels, *([HIDDEN] if self.hidden is not None else [])]
        return out + ([NA] if self.missing not in ("none", 0) else [])


@dataclass
class Fig:
    id: str
    where: dict[str, tuple[str, ...]]
    within: dict[str, str] = field(default_factory=dict)
    percent: str | None = None
    responses: bool = False
    sum: tuple[str, ...] = ()


@dataclass
class Problem:
    n: int
    variables: dict[str, Var]
    figures: list[Fig] = field(default_factory=list)
    counts: list[tuple[str, int, dict[str, tuple[str, ...]]]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    rounding: str = "either"
    truth: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Base and count of every figure in the answers that were drawn."""

    def cells(self) -> list[dict[str, Any]]:
        ways = [v.options() for v in self.variables.values()]
        return [dict(zip(self.variables, c, strict=True)) for c in itertools.product(*ways)]

    def yaml(self) -> str:
        """Return the text of published.yaml; the reading is called `r`."""
        variables = {
            name: {"levels": list(v.levels)} | ({"kind": "multiple"} if v.multiple else {})
            for name, v in self.variables.items()
        }
        figures = []
        for f in self.figures:
            entry: dict[str, Any] = {"id": f.id}
            if f.sum:
                entry["sum"] = list(f.sum)
            else:
                entry["where"] = {
                    v: list(lv) if len(lv) > 1 else lv[0] for v, lv in f.where.items()
                }
                entry |= {"within": dict(f.within)} if f.within else {}
                entry |= {"of": "responses"} if f.responses else {}
            entry |= {"percent": f.percent} if f.percent is not None else {}
            figures.append(entry)
        reading: dict[str, Any] = {"id": "r"}
        missing = {k: v.missing for k, v in self.variables.items() if v.missing != "none"}
        hidden = {k: v.hidden for k, v in self.variables.items() if v.hidden is not None}
        reading |= {"missing": missing} if missing else {}
        reading |= {"hidden": hidden} if hidden else {}
        counts: list[dict[str, Any]] = [{"id": "everyone", "count": str(self.n)}]
        counts += [
            {"id": i, "count": str(c), "where": {v: list(lv) if len(lv) > 1 else lv[0] for v, lv in w.items()}}
            for i, c, w in self.counts
        ]  # fmt: skip
        top = {
            "surveykit": "published/1", "study": {"title": "made up"}, "rounding": self.rounding,
            "variables": variables, "counts": counts, "figures": figures, "claims": self.claims,
            "scenarios": [reading],
        }  # fmt: skip
        return json.dumps(top, indent=1)


def has(answer: Any) -> bool:
    return answer != NA


def chosen(answer: Any, levels: Sequence[str]) -> int:
    """Return how many of `levels` an answer holds."""
    if isinstance(answer, frozenset):
        return len(answer & set(levels))
    return int(answer in levels)


def in_group(cell: Mapping[str, Any], within: Mapping[str, str]) -> bool:
    return all(has(cell[v]) and chosen(cell[v], [level]) for v, level in within.items())


def base_of(figure: Fig, cell: Mapping[str, Any]) -> int:
    if not in_group(cell, figure.within) or not all(has(cell[v]) for v in figure.where):
        return 0
    (first, *_) = figure.where
    return len(cell[first]) if figure.responses else 1


def count_of(figure: Fig, cell: Mapping[str, Any]) -> int:
    if not base_of(figure, cell):
        return 0
    held = [chosen(cell[v], levels) for v, levels in figure.where.items()]
    return held[0] if figure.responses else int(all(held))


# --- every table ---------------------------------------------------------------------------


def constraints(problem: Problem) -> list[tuple[int, list[int]]]:
    """Return (printed or stated number, what each cell adds to it)."""
    cells = problem.cells()
    out = []
    for name, v in problem.variables.items():
        if isinstance(v.missing, int) and v.missing:
            out.append((v.missing, [int(c[name] == NA) for c in cells]))
        if isinstance(v.hidden, int):
            out.append((v.hidden, [int(c[name] == HIDDEN) for c in cells]))
    for _, number, where in problem.counts:
        mine = [int(all(chosen(c[v], lv) > 0 for v, lv in where.items())) for c in cells]
        out.append((number, mine))
    return out


def features(problem: Problem, extra: Sequence[Fig] = ()) -> np.ndarray:
    """Return what a respondent of each cell adds, shape (cells, 2 × figures + constraints)."""
    rows = []
    limits = constraints(problem)
    for j, cell in enumerate(problem.cells()):
        row = [x for f in (*problem.figures, *extra) for x in (base_of(f, cell), count_of(f, cell))]
        row += [int(in_group(cell, f.within)) for f in problem.figures if counts_people(problem, f)]
        rows.append(row + [mine[j] for _, mine in limits])
    return np.unique(np.array(rows, dtype=np.int64), axis=0)


def counts_people(problem: Problem, figure: Fig) -> bool:
    """Whether a table also tells the people behind shares of responses: everyone answered."""
    (name, *_) = figure.where
    return figure.responses and problem.variables[name].missing in ("none", 0)


def people(problem: Problem, ids: Sequence[str], extra: int = 0) -> list[int]:
    """Return the columns that hold the people behind shares of responses."""
    first = 2 * (len(problem.figures) + extra)
    told = [f.id for f in problem.figures if counts_people(problem, f)]
    return [first + j for j, i in enumerate(told) if i in ids]


def number_of_multisets(problem: Problem, extra: Sequence[Fig] = ()) -> int:
    return comb(problem.n + len(features(problem, extra)) - 1, problem.n)


def _independent(steps: np.ndarray) -> list[int]:
    """Return columns that determine all others (a basis of the column space)."""
    chosen_: list[int] = []
    for j in range(steps.shape[1]):
        if np.linalg.matrix_rank(steps[:, [*chosen_, j]]) > len(chosen_):
            chosen_.append(j)
    return chosen_


def all_tables(problem: Problem, extra: Sequence[Fig] = (), limit: int = 400_000) -> Vectors:
    """Return the distinct totals of every table that meets the counts, not yet the percentages."""
    steps = features(problem, extra)
    required = [number for number, _ in constraints(problem)]
    first = steps.shape[1] - len(required)
    basis = _independent(steps)
    radix = int(steps.max()) * problem.n + 1
    assert radix ** len(basis) < 2**62
    powers = np.array([radix**i for i in range(len(basis))], dtype=np.int64)
    totals = np.zeros((1, steps.shape[1]), dtype=np.int64)
    for _ in range(problem.n):
        totals = (totals[:, None, :] + steps[None, :, :]).reshape(-1, steps.shape[1])
        totals = totals[(totals[:, first:] <= required).all(axis=1)]
        _, at = np.unique(totals[:, basis] @ powers, return_index=True)
        totals = totals[at]
        if len(totals) > limit:
            raise TooManyError
    return totals[(totals[:, first:] == required).all(axis=1)]


def all_tables_naive(problem: Problem, extra: Sequence[Fig] = ()) -> Vectors:
    """The same by listing every multiset of respondents."""
    steps = features(problem, extra)
    required = [number for number, _ in constraints(problem)]
    first = steps.shape[1] - len(required)
    found = {
        tuple(steps[list(pick)].sum(axis=0).tolist())
        for pick in itertools.combinations_with_replacement(range(len(steps)), problem.n)
    }
    return np.array(
        [v for v in sorted(found) if list(v[first:]) == required], dtype=np.int64
    ).reshape(-1, steps.shape[1])


# --- what they print -----------------------------------------------------------------------


def printing(problem: Problem, vectors: Vectors) -> dict[str, np.ndarray]:
    """Return, for each printed figure, which tables print it."""
    out = {}
    for j, f in enumerate(problem.figures):
        if f.percent is None:
            continue
        digits, decimals = digits_of(f.percent)
        pairs, back = np.unique(vectors[:, [2 * j, 2 * j + 1]], axis=0, return_inverse=True)
        good = [
            b > 0 and digits in prints(c, b, decimals, problem.rounding) for b, c in pairs.tolist()
        ]
        out[f.id] = np.array(good, dtype=bool)[back.reshape(-1)]
    return out


def meet(masks: Mapping[str, np.ndarray], ids: Sequence[str], size: int) -> np.ndarray:
    out = np.ones(size, dtype=bool)
    for i in ids:
        out &= masks[i]
    return out


def minimal_conflicts(masks: Mapping[str, np.ndarray], ids: Sequence[str]) -> set[frozenset[str]]:
    """Return the minimal sets of figures that no table prints together, by trying all subsets."""
    patterns = np.unique(np.stack([masks[i] for i in ids], axis=1), axis=0)
    found: set[frozenset[str]] = set()
    for size in range(1, len(ids) + 1):
        for pick in itertools.combinations(range(len(ids)), size):
            names = frozenset(ids[p] for p in pick)
            if any(c <= names for c in found):
                continue
            if not patterns[:, pick].all(axis=1).any():
                found.add(names)
    return found


def columns(problem: Problem, ids: Sequence[str]) -> list[int]:
    at = {f.id: j for j, f in enumerate(problem.figures)}
    return [c for i in ids for c in (2 * at[i], 2 * at[i] + 1)]


def distinct(problem: Problem, vectors: Vectors, ids: Sequence[str]) -> np.ndarray:
    """Return the distinct (base, count, …) of some figures."""
    return np.unique(vectors[:, columns(problem, ids)], axis=0)


def number(problem: Problem, vectors: Vectors, ids: Sequence[str]) -> int:
    """Return the number of distinct tables of some figures."""
    kept = columns(problem, ids) + people(problem, ids)
    return len(np.unique(vectors[:, kept], axis=0))


def explained(problem: Problem, figure: Fig) -> bool:
    """Whether a declared sum is the sum of its printed parts."""
    by_id = {f.id: f for f in problem.figures}
    parts = [by_id[p].percent for p in figure.sum]
    if not parts or figure.percent is None or any(p is None for p in parts):
        return False
    total = sum(Fraction(p) for p in parts if p is not None)
    return total == Fraction(figure.percent)


# --- claims --------------------------------------------------------------------------------


def chi_square(table: Sequence[Sequence[int]]) -> tuple[float, int, float] | None:
    """Pearson's test by scipy, rows and columns without observations left out."""
    from scipy.stats import chi2_contingency

    t = np.array(table)
    t = t[t.sum(axis=1) > 0][:, t.sum(axis=0) > 0]
    if min(t.shape) < 2:
        return None
    result = chi2_contingency(t, correction=False)
    return float(result.statistic), int(result.dof), float(result.pvalue)


def trend_test(table: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    """Cochran-Armitage: z of the slope of proportions on 1, 2, …, two-sided p."""
    from scipy.stats import norm

    yes = np.array([y for y, _ in table], dtype=float)
    size = np.array([b for _, b in table], dtype=float)
    score, total = np.arange(1, len(table) + 1), size.sum()
    share = yes.sum() / total
    spread = (size * (score - (size * score).sum() / total) ** 2).sum()
    if share in (0.0, 1.0) or spread <= 1e-12:
        return None
    z = ((yes - size * share) * score).sum() / np.sqrt(share * (1 - share) * spread)
    return float(z), float(2 * norm.sf(abs(z)))


def subsets(items: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(items) + 1):
        yield from itertools.combinations(items, size)
