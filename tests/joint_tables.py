"""Every way that N respondents can answer a few questions, listed one by one.

An independent brute force for the tests of feasible tables: the cells are all combinations of
answers, the rows all ways to put N respondents into them. A figure is a sum of cells over a sum
of cells, whatever the package makes of it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from published_cases import Figure, Study, prints_as, several, single


def compositions(total: int, cells: int) -> np.ndarray:
    """All ways to write `total` as an ordered sum of `cells` whole numbers, shape (m, cells)."""
    bars = np.array(
        list(itertools.combinations(range(total + cells - 1), cells - 1)), dtype=np.int64
    )
    ends = np.full((len(bars), 1), total + cells - 1)
    return np.diff(np.c_[np.full((len(bars), 1), -1), bars, ends], axis=1) - 1


@dataclass
class Joint:
    """All joint tables of a study's variables, shape (m, cells); `answers` names each cell."""

    study: Study
    counts: np.ndarray
    answers: list[dict[str, frozenset[str]]]

    @classmethod
    def of(cls, study: Study) -> Joint:
        """List the tables of N respondents in which every printed figure prints as given."""
        names = list(study.variables)
        kinds = [_answers(study, name) for name in names]
        answers = [dict(zip(names, cell, strict=True)) for cell in itertools.product(*kinds)]
        joint = cls(study, compositions(study.n, len(answers)), answers)
        keep = np.ones(len(joint.counts), dtype=bool)
        for figure in study.figures:
            if figure.percent is not None:
                count, base = joint.share(figure)
                keep &= joint.prints(count, base, figure.percent)
        for _, number, where in study.counts:
            keep &= joint.respondents(where) == number
        for name in study.hidden:
            amount = study.scenario["hidden"][name]
            seen = sum(joint.respondents({name: lv}) for lv in study.variables[name].levels)
            keep &= (amount == "unknown") | (study.n - seen == amount)
        joint.counts = joint.counts[keep]
        return joint

    def respondents(self, where: dict[str, str]) -> np.ndarray:
        """Number of respondents who gave all these answers, shape (m,)."""
        inside = [all(lv in cell[n] for n, lv in where.items()) for cell in self.answers]
        return self.counts @ np.array(inside, dtype=np.int64)

    def share(self, figure: Figure) -> tuple[np.ndarray, np.ndarray]:
        """Count and base of a figure in every table, shape (m,) each."""
        top, bottom = [], []
        for cell in self.answers:
            asked = bool(cell[figure.variable]) and (
                not figure.by or figure.group in cell[figure.by]
            )
            top.append(int(asked and figure.level in cell[figure.variable]))
            bottom.append(asked * (len(cell[figure.variable]) if figure.responses else 1))
        return self.counts @ np.array(top), self.counts @ np.array(bottom)

    @staticmethod
    def prints(count: np.ndarray, base: np.ndarray, text: str) -> np.ndarray:
        pairs = {
            p: prints_as(*p, text) for p in set(zip(count.tolist(), base.tolist(), strict=True))
        }
        return np.array(
            [pairs[p] for p in zip(count.tolist(), base.tolist(), strict=True)], dtype=bool
        )

    def tables(self) -> set[tuple[int, ...]]:
        """The distinct (count, base) of all printed figures."""
        columns = [x for f in self.study.figures if f.percent is not None for x in self.share(f)]
        return set(map(tuple, np.stack(columns, axis=1).tolist())) if len(self.counts) else set()


def _answers(study: Study, name: str) -> list[frozenset[str]]:
    variable = study.variables[name]
    if variable.multiple:
        sizes = range(1, len(variable.levels) + 1)
        out = [frozenset(c) for r in sizes for c in itertools.combinations(variable.levels, r)]
    else:
        out = [frozenset([level]) for level in variable.levels]
    return [*out, frozenset()] if variable.missing or name in study.hidden else out


# --- studies small enough to list ----------------------------------------------------------

LARGEST = {4: 24, 6: 15, 7: 12, 8: 11, 9: 10, 12: 8, 14: 7, 16: 6}


def small(rng: np.random.Generator, kind: str) -> Study:
    """A study of some respondents with few joint cells; unprinted cells are declared too."""
    study = Study(0)
    sizes = {"linked": (2, 2, 2), "outcomes": (2, 2, 2), "choices": (2,), "responses": (2,)}.get(
        kind, (int(rng.integers(2, 4)), 2)
    )
    missing = [0.0] * 3
    if kind == "missing":
        missing = [(0.2, 0.0), (0.0, 0.2), (0.2, 0.2)][int(rng.integers(3))] + (0.0,)
    options = int(rng.integers(2, 4)) if kind in ("choices", "responses") else 0
    cells = int(np.prod([k + (m > 0) for k, m in zip(sizes, missing, strict=False)]))
    cells = 6 if kind == "hidden" else cells * (2**options - 1 if options else 1)
    study.n = n = LARGEST[cells] - int(rng.integers(0, 2))
    for name, k, share in zip("abc", sizes, missing, strict=False):
        study.add(single(rng, name, n, k, missing=share, match="code"))
    if options:
        study.add(several(rng, "b", n, options, match="code", layout="counted"))
    if kind == "hidden":
        study.variables["a"] = single(rng, "a", n, 2, missing=0.3, match="code")
        study.variables["a"].missing = False
        hidden = int((~study.variables["a"].answered).sum())
        study.scenario = {
            "id": "hidden",
            "hidden": {"a": hidden if rng.random() < 0.5 else "unknown"},
        }
    _print_some(rng, study, kind)
    return study


def _print_some(rng: np.random.Generator, study: Study, kind: str) -> None:
    decimals = int(rng.integers(0, 2))
    crossed = {"linked": [("c", "a"), ("c", "b")], "outcomes": [("b", "a"), ("c", "a")]}
    responses = kind == "responses"
    for name, by in crossed.get(kind, [("b", "a")]):
        levels = study.variables[name].levels
        some = levels[: int(rng.integers(1, len(levels) + 1))]
        groups = study.variables[by].levels
        if kind not in ("linked", "outcomes") and rng.random() < 0.4:
            groups = groups[:-1]
        study.print(name, by, decimals=decimals, levels=some, groups=groups, responses=responses)
        study.print(name, by, decimals=None, levels=levels, responses=responses)
        if rng.random() < 0.4:
            study.print(name, decimals=decimals, levels=some, responses=responses)
        study.print(name, decimals=None, levels=levels, responses=responses)
    if rng.random() < 0.4 and not study.hidden:
        study.print("a", decimals=decimals)
    known = {}
    for figure in study.figures:  # a cell that is printed needs no second declaration
        known.setdefault((figure.variable, figure.level, figure.by, figure.group), figure)
    study.figures = list(known.values())
