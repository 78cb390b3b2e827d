"""Made-up studies for the tests of `reconstruct`: answers, the figures they print, and a codebook.

Figures are printed from answers that exist, so every study has a feasible table. Nothing here uses
the package: percentages are printed and files are tabulated with plain Python and pandas.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

LAYOUTS = ("counted", "codes", "joined")
MATCHES = ("code", "label", "position")


def printed(count: int, base: int, decimals: int) -> str:
    """Print a percentage, half up, exactly.

    >>> printed(1, 8, 1), printed(2, 3, 0), printed(1, 1, 2)
    ('12.5', '67', '100.00')
    """
    scaled = (2 * 100 * 10**decimals * count + base) // (2 * base)
    text = str(scaled).rjust(decimals + 1, "0")
    return f"{text[:-decimals]}.{text[-decimals:]}" if decimals else text


def prints_as(count: int, base: int, text: str) -> bool:
    """Whether count of base prints as `text`, up or to the even neighbour at an exact tie."""
    decimals = len(text.partition(".")[2])
    digits = int(text.replace(".", ""))
    distance = 2 * (100 * 10**decimals * count - digits * base)
    return base > 0 and (-base <= distance < base or (distance == base and digits % 2 == 0))


@dataclass
class Variable:
    """A question: who chose what, shape (n,) with -1 for no answer, or (n, k) of truth values."""

    name: str
    levels: tuple[str, ...]
    values: np.ndarray
    missing: bool = False
    asked_if: str = ""
    match: str = "code"
    layout: str = "counted"

    @property
    def multiple(self) -> bool:
        return self.values.ndim == 2

    @property
    def answered(self) -> np.ndarray:
        return self.values.any(axis=1) if self.multiple else self.values >= 0

    def chosen(self, level: str) -> np.ndarray:
        j = self.levels.index(level)
        return self.values[:, j] if self.multiple else self.values == j

    def code(self, level: str) -> str:
        return level if self.match == "code" else str(self.levels.index(level) + 1)


@dataclass
class Figure:
    """One figure; `percent` None is a cell that is not printed."""

    id: str
    variable: str
    level: str
    by: str = ""
    group: str = ""
    percent: str | None = None
    responses: bool = False


@dataclass
class Study:
    """Answers, what is printed of them, and how the codebook lays them out."""

    n: int
    variables: dict[str, Variable] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    counts: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    impossible: list[dict[str, Any]] = field(default_factory=list)
    scenario: dict[str, Any] | None = None

    @property
    def hidden(self) -> tuple[str, ...]:
        return tuple(self.scenario.get("hidden", ())) if self.scenario else ()

    @property
    def reading(self) -> str:
        return self.scenario["id"] if self.scenario else "as_printed"

    def add(self, variable: Variable) -> None:
        self.variables[variable.name] = variable

    def tabulate(self, figure: Figure) -> tuple[int, int]:
        """Return (count, base) of a figure in the answers."""
        variable = self.variables[figure.variable]
        base = variable.answered
        if figure.by:
            base = base & self.variables[figure.by].chosen(figure.group)
        hit = int((base & variable.chosen(figure.level)).sum())
        return hit, int(variable.values[base].sum() if figure.responses else base.sum())

    def print(
        self, name: str, by: str = "", *, decimals: int | None = 1, levels: Sequence[str] = (),
        groups: Sequence[str] = (), responses: bool = False,
    ) -> None:  # fmt: skip
        """Print the shares of some levels (within some groups); `decimals` None: cells without digits."""
        for group in (groups or self.variables[by].levels) if by else ("",):
            for level in levels or self.variables[name].levels:
                at = "_".join(x for x in (name, level, by, group) if x)
                figure = Figure(at, name, level, by, group, None, responses)
                count, base = self.tabulate(figure)
                if decimals is not None:
                    if base == 0:
                        continue
                    figure.percent = printed(count, base, decimals)
                self.figures.append(figure)

    def published(self) -> str:
        """The text of published.yaml (YAML 1.2 holds JSON)."""
        variables = {
            v.name: {"levels": list(v.levels)}
            | ({"kind": "multiple"} if v.multiple else {})
            | ({"missing": "allowed"} if v.missing else {})
            for v in self.variables.values()
        }
        figures = [
            {"id": f.id, "where": {f.variable: f.level}}
            | ({"within": {f.by: f.group}} if f.by else {})
            | ({"percent": f.percent} if f.percent is not None else {})
            | ({"of": "responses"} if f.responses else {})
            for f in self.figures
        ]
        counts = [{"id": "valid", "count": str(self.n)}]
        counts += [{"id": i, "count": str(c), "where": w} for i, c, w in self.counts]
        top = {
            "surveykit": "published/1", "study": {"title": "made up"}, "variables": variables,
            "counts": counts, "figures": figures, "claims": self.claims,
            "scenarios": [self.scenario] if self.scenario else [], "impossible": self.impossible,
        }  # fmt: skip
        return json.dumps(top, ensure_ascii=False, indent=1)

    def codebook(self) -> str:
        """The text of codebook.yaml."""
        out: dict[str, Any] = {}
        for v in self.variables.values():
            label = {"code": "Label of {}", "label": "{}", "position": "Other {}"}[v.match]
            entry: dict[str, Any] = {
                "question": f"Question {v.name}",
                "kind": "multiple" if v.multiple else "single",
                "choices": [{"code": v.code(lv), "label": label.format(lv)} for lv in v.levels],
            }
            if v.asked_if:
                entry["asked_if"] = v.asked_if
            if v.multiple and v.layout == "joined":
                entry |= {"column": f"{v.name}, all", "separator": "┋"}
            elif v.multiple:
                entry["columns"] = [f"{v.name}_{j}" for j in range(1, len(v.levels) + 1)]
                entry |= {"counted": "1"} if v.layout == "counted" else {}
            out[v.name] = entry
        top = {"surveykit": "codebook/1", "study": {"title": "made up"}, "variables": out}
        return json.dumps(top, ensure_ascii=False, indent=1)

    def write(self, folder: Path) -> tuple[Path, Path]:
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / "published.yaml", folder / "codebook.yaml"
        for path, text in zip(paths, (self.published(), self.codebook()), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths


# --- the file, tabulated with pandas only --------------------------------------------------


class Answers:
    """A synthetic CSV read with plain pandas."""

    def __init__(self, study: Study, path: Path) -> None:
        self.study = study
        self.frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")

    def column(self, name: str) -> pd.Series:
        header = name if name in self.frame else f"arbitrary_{name}"
        return self.frame[header]

    def chosen(self, name: str, level: str) -> np.ndarray:
        variable = self.study.variables[name]
        code = variable.code(level)
        if not variable.multiple:
            return (self.column(name) == code).to_numpy()
        if variable.layout == "joined":
            return np.array([code in c.split("┋") for c in self.column(f"{name}, all")])
        if variable.layout == "counted":
            j = variable.levels.index(level)
            return (self.column(f"{name}_{j + 1}") == "1").to_numpy()
        cells = [self.column(f"{name}_{j + 1}") == code for j in range(len(variable.levels))]
        return np.column_stack(cells).any(axis=1)

    def answered(self, name: str) -> np.ndarray:
        return np.column_stack([self.chosen(name, lv) for lv in self.study.variables[name].levels]).any(axis=1)  # fmt: skip

    def share(self, figure: Figure) -> tuple[int, int]:
        base = self.answered(figure.variable)
        if figure.by:
            base = base & self.chosen(figure.by, figure.group)
        hit = int((base & self.chosen(figure.variable, figure.level)).sum())
        if not figure.responses:
            return hit, int(base.sum())
        levels = self.study.variables[figure.variable].levels
        return hit, sum(int((base & self.chosen(figure.variable, lv)).sum()) for lv in levels)


# --- random studies ------------------------------------------------------------------------


def single(
    rng: np.random.Generator, name: str, n: int, k: int, *, missing: float = 0, given: Variable | None = None,
    match: str | None = None,
) -> Variable:  # fmt: skip
    """A question with one answer, its shares different in each level of `given`."""
    levels = tuple(f"{name}{j}" for j in range(k))
    values = np.empty(n, dtype=np.int64)
    groups = given.values if given is not None else np.zeros(n, dtype=np.int64)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        values[rows] = rng.choice(k, size=len(rows), p=rng.dirichlet(np.full(k, 3.0)))
    if missing:
        values[rng.random(n) < missing] = -1
    return Variable(
        name, levels, values, missing=bool(missing), match=match or str(rng.choice(MATCHES))
    )


def several(
    rng: np.random.Generator, name: str, n: int, k: int, *, missing: float = 0, given: Variable | None = None,
    match: str | None = None, layout: str | None = None,
) -> Variable:  # fmt: skip
    """A multiple-response question; everyone who answers chooses at least one."""
    values = rng.random((n, k)) < rng.uniform(0.1, 0.6, size=k)
    if given is not None:
        values &= (
            rng.random((n, k)) < rng.uniform(0.4, 1, size=len(given.levels))[given.values][:, None]
        )
    none = np.flatnonzero(~values.any(axis=1))
    values[none, rng.integers(k, size=len(none))] = True
    if missing:
        values[rng.random(n) < missing] = False
    return Variable(
        name, tuple(f"{name}{j}" for j in range(k)), values, missing=bool(missing),
        match=match or str(rng.choice(MATCHES)), layout=layout or str(rng.choice(LAYOUTS)),
    )  # fmt: skip


def _size(rng: np.random.Generator) -> int:
    return int(rng.choice([20, 35, 60, 120, 250, 400]))


def one_grouping(rng: np.random.Generator) -> Study:
    """An outcome by one grouping, with or without the overall figures and the sizes."""
    n = _size(rng)
    study = Study(n)
    by = single(rng, "by", n, int(rng.integers(2, 5)))
    out = single(rng, "out", n, int(rng.integers(2, 5)), given=by)
    study.add(by)
    study.add(out)
    decimals = int(rng.integers(0, 3))
    some = out.levels[: int(rng.integers(1, len(out.levels) + 1))]
    groups = by.levels[: int(rng.integers(1, len(by.levels) + 1))]
    study.print("out", "by", decimals=decimals, levels=some, groups=groups)
    if rng.random() < 0.5:
        study.print("out", decimals=1, levels=some)
    if rng.random() < 0.3:
        study.counts = [(f"n_{g}", int(by.chosen(g).sum()), {"by": g}) for g in groups]
    if rng.random() < 0.3:
        study.print("by", decimals=1)
    return study


def two_groupings(rng: np.random.Generator) -> Study:
    """An outcome by two groupings whose sizes are not printed: tables linked by its total."""
    n = int(rng.choice([20, 40, 80, 150, 385]))
    study = Study(n)
    a, b = (
        single(rng, "a", n, int(rng.integers(2, 4))),
        single(rng, "b", n, int(rng.integers(2, 5))),
    )
    out = single(rng, "out", n, 2, given=b)
    for v in (a, b, out):
        study.add(v)
    for by in ("a", "b"):
        study.print("out", by, levels=out.levels[:1], decimals=int(rng.integers(1, 3)))
    if rng.random() < 0.5:
        study.print("out", levels=out.levels[:1])
    return study


def two_outcomes(rng: np.random.Generator) -> Study:
    """Two outcomes by one grouping."""
    n = int(rng.choice([20, 40, 80, 150, 385]))
    study = Study(n)
    by = single(rng, "by", n, int(rng.integers(2, 4)))
    study.add(by)
    for name in ("first", "second"):
        out = single(rng, name, n, int(rng.integers(2, 4)), given=by)
        study.add(out)
        study.print(name, "by", levels=out.levels[:-1])
        if rng.random() < 0.5:
            study.print(name, levels=out.levels[:-1])
    return study


def chain(rng: np.random.Generator) -> Study:
    """Education by participation, and the reason of those who never take part."""
    n = int(rng.choice([60, 120, 385]))
    study = Study(n)
    edu = single(rng, "edu", n, int(rng.integers(2, 4)))
    part = single(rng, "part", n, 3, given=edu)
    make = several if rng.random() < 0.5 else single
    reason = make(rng, "reason", n, int(rng.integers(3, 5)))
    never = part.levels[2]
    others = ~part.chosen(never)
    reason.values[others] = False if reason.multiple else -1
    if rng.random() < 0.7:
        reason.asked_if = f'part == "{part.code(never)}"'
    for v in (edu, part, reason):
        study.add(v)
    study.print("part", "edu", levels=part.levels[:2])
    study.print("part", levels=part.levels[1:])
    study.print("reason", "part", groups=[never], levels=reason.levels[:2])
    return study


def overall(rng: np.random.Generator) -> Study:
    """Figures on everyone only, some levels unprinted."""
    n = int(rng.integers(20, 2001))
    study = Study(n)
    for name in ("p", "q", "r"):
        v = single(rng, name, n, int(rng.integers(2, 6)))
        study.add(v)
        study.print(name, levels=v.levels[: int(rng.integers(1, len(v.levels) + 1))],
                    decimals=int(rng.integers(0, 3)))  # fmt: skip
    return study


def non_response(rng: np.random.Generator) -> Study:
    """Some did not answer the outcome, or the grouping, or both; an unprinted level or two."""
    n = int(rng.choice([20, 40, 80, 120]))
    study = Study(n)
    who = int(rng.integers(3))
    by = single(rng, "by", n, int(rng.integers(2, 4)), missing=0.1 if who else 0)
    out = single(rng, "out", n, int(rng.integers(2, 4)), missing=0.1 if who != 1 else 0)
    study.add(by)
    study.add(out)
    groups = by.levels[: int(rng.integers(1, len(by.levels) + 1))]
    some = out.levels[: int(rng.integers(1, len(out.levels) + 1))]
    study.print("out", "by", levels=some, groups=groups)
    if rng.random() < 0.5:
        study.print("out", levels=some)
    if rng.random() < 0.3:
        study.print("by")
    return study


def hidden_group(rng: np.random.Generator) -> Study:
    """A group that the paper's rows leave out."""
    n = int(rng.choice([30, 60, 120]))
    study = Study(n)
    by = single(rng, "by", n, 3)
    out = single(rng, "out", n, 2, given=by)
    by.values[by.values == 2] = -1  # the third is the hidden one
    by.levels = by.levels[:2]
    study.add(by)
    study.add(out)
    study.print("out", "by", levels=out.levels[:1])
    study.print("out", levels=out.levels[:1])
    amount = int((by.values < 0).sum()) if rng.random() < 0.5 else "unknown"
    study.scenario = {"id": "hidden", "hidden": {"by": amount}}
    return study


def choices(rng: np.random.Generator) -> Study:
    """Multiple response by a grouping or of everyone, of cases or of responses."""
    n = int(rng.choice([20, 40, 80, 150]))
    study = Study(n)
    by = single(rng, "by", n, int(rng.integers(2, 4)))
    pick = several(rng, "pick", n, int(rng.integers(3, 7)), given=by,
                   missing=float(rng.choice([0, 0.1])))  # fmt: skip
    study.add(by)
    study.add(pick)
    responses = bool(rng.random() < 0.5)
    some = pick.levels[: int(rng.integers(1, len(pick.levels) + 1))]
    grouped = rng.random() < 0.6
    if grouped:
        study.print("pick", "by", levels=some[:3], responses=responses)
        if rng.random() < 0.5:
            study.counts = [(f"n_{g}", int(by.chosen(g).sum()), {"by": g}) for g in by.levels]
        if not study.counts and rng.random() < 0.7:
            study.print("by")
    else:
        study.print("pick", levels=some, responses=responses)
    return study


def unpinned(rng: np.random.Generator) -> Study:
    """Orders of unprinted cells and impossible combinations beside a pinned table."""
    n = int(rng.choice([60, 120, 385]))
    study = Study(n)
    by = single(rng, "by", n, 2)
    out = single(rng, "out", n, 2, given=by)
    job = single(rng, "job", n, 4)
    place = single(rng, "place", n, 4)
    for v in (by, out, job, place):
        study.add(v)
    study.print("out", "by", levels=out.levels[:1])
    study.print("out", levels=out.levels[:1])
    for name in ("job", "place"):
        study.print("out", name, levels=out.levels[:1], decimals=None)
    ids = [f"out_out0_job_job{j}" for j in range(4)]
    study.claims = [
        {"id": "first", "greater": [ids[0], ids[2]]}, {"id": "second", "greater": [ids[1], ids[3]]},
    ]  # fmt: skip
    study.impossible = [
        {"by": by.levels[0], "place": list(place.levels[:2])},
        {"by": by.levels[1], "place": place.levels[3]},
        {"job": job.levels[0], "place": place.levels[2]},
    ]
    return study


def mixed(rng: np.random.Generator) -> Study:
    """A crossed pair, something glued to it, non-response here and there, some figures left out."""
    n = int(rng.choice([30, 50, 90]))

    def gap() -> float:
        return float(rng.choice([0, 0, 0, 0.1, 0.2]))

    study = Study(n)
    a = single(rng, "a", n, int(rng.integers(2, 4)), missing=gap())
    out = single(rng, "out", n, int(rng.integers(2, 4)), missing=gap())
    study.add(a)
    study.add(out)
    some = out.levels[: int(rng.integers(1, len(out.levels) + 1))]
    study.print("out", "a", levels=some)
    if rng.random() < 0.5:
        study.print("out", levels=some)
    if rng.random() < 0.4:
        study.print("a")
    more = (_second_grouping, _second_outcome, _options, _options_of_some, _free)
    more[int(rng.integers(len(more)))](rng, study, gap())
    if not study.claims:
        kept = [f for f in study.figures if f.percent is None or rng.random() < 0.8]
        study.figures = kept or study.figures
    return study


def _second_grouping(rng: np.random.Generator, study: Study, gap: float) -> None:
    study.add(single(rng, "b", study.n, 2, missing=gap))
    study.print("out", "b", levels=study.variables["out"].levels[:1])


def _second_outcome(rng: np.random.Generator, study: Study, gap: float) -> None:
    study.add(single(rng, "c", study.n, 2, missing=gap))
    study.print("c", "a", levels=["c0"])


def _options(rng: np.random.Generator, study: Study, gap: float) -> None:
    study.add(several(rng, "p", study.n, int(rng.integers(2, 5)), missing=gap))
    levels, responses = study.variables["p"].levels, bool(rng.random() < 0.5)
    study.print("p", "a", levels=levels[: int(rng.integers(1, 4))], responses=responses)
    if rng.random() < 0.5:
        study.print("p", levels=levels[: int(rng.integers(1, 4))], responses=responses)


def _options_of_some(rng: np.random.Generator, study: Study, gap: float) -> None:
    make, out = (several if rng.random() < 0.5 else single), study.variables["out"]
    p = make(rng, "p", study.n, 3)
    p.values[~out.chosen(out.levels[0])] = False if p.multiple else -1
    p.asked_if = f'out == "{out.code(out.levels[0])}"'
    study.add(p)
    study.print("p", "out", levels=p.levels[:2], groups=out.levels[:1])


def _free(rng: np.random.Generator, study: Study, gap: float) -> None:
    study.add(single(rng, "d", study.n, 3))
    level = study.variables["out"].levels[0]
    study.print("out", "d", levels=[level], decimals=None)
    ids = [f"out_{level}_d_d{j}" for j in range(3)]
    study.claims = [{"id": "x", "greater": ids[:2]}, {"id": "y", "greater": ids[1:]}]
    study.impossible = [{"a": study.variables["a"].levels[0], "d": ["d0"]}]


SHAPES = (
    one_grouping, two_groupings, two_outcomes, chain, overall, non_response, hidden_group, choices,
    unpinned, mixed,
)  # fmt: skip
