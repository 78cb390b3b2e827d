"""Random small surveys for the brute force: answers that exist, what is printed of them, misprints."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from brute import (
    HIDDEN,
    NA,
    Fig,
    Problem,
    Var,
    as_text,
    base_of,
    chosen,
    count_of,
    digits_of,
    number_of_multisets,
    prints,
)

MODES = ("either", "half_up", "half_even", "half_down", "truncate", "ceil")
Rng = np.random.Generator


def levels(name: str, k: int) -> tuple[str, ...]:
    return tuple(f"{name}{j}" for j in range(k))


class Draft:
    """A survey being made up: variables first, then which cells are printed, with how many decimals."""

    def __init__(self, rng: Rng) -> None:
        self.rng = rng
        self.variables: dict[str, Var] = {}
        self.figures: list[Fig] = []
        self.decimals: list[int | None] = []
        self.sizes: list[dict[str, tuple[str, ...]]] = []
        self.unknown: set[str] = set()

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def pick(self, *options: object) -> object:
        return options[int(self.rng.integers(len(options)))]

    def add(self, name: str, k: int, *, multiple: bool = False, missing: str | int = "none",
            hidden: str | int | None = None) -> None:  # fmt: skip
        self.variables[name] = Var(levels(name, k), multiple, missing, hidden)

    def some(self, name: str) -> tuple[str, ...]:
        """Some levels of a variable, at least one, usually most."""
        every = self.variables[name].levels
        keep = [lv for lv in every if self.chance(0.75)]
        return tuple(keep) or every[:1]

    def print(self, name: str, by: str = "", *, shown: Sequence[str] = (), groups: Sequence[str] = (),
              decimals: int | None = -1, responses: bool = False) -> None:  # fmt: skip
        digits = int(self.rng.integers(0, 3)) if decimals == -1 else decimals
        for group in (groups or self.variables[by].levels) if by else ("",):
            for level in shown or self.variables[name].levels:
                within = {by: group} if by else {}
                at = "_".join(x for x in (level, group) if x)
                self.figures.append(Fig(at, {name: (level,)}, within, None, responses))
                self.decimals.append(None if self.chance(0.06) else digits)

    def add_figure(self, figure: Fig, decimals: int | None) -> None:
        self.figures.append(figure)
        self.decimals.append(decimals)

    def done(self, n: int | None = None) -> Problem:
        """Draw answers (of as many respondents as a brute force can list) and print them."""
        problem = Problem(5, self.variables, self.figures, rounding=str(self.pick(*MODES)))
        numbers = [n for n, v in self.variables.items() if v.missing == "number"]
        hidden = [n for n, v in self.variables.items() if v.hidden == "number"]
        for name in numbers:
            self.variables[name].missing = 1
        for name in hidden:
            self.variables[name].hidden = 1
        problem.counts = [(f"n{j}", 0, where) for j, where in enumerate(self.sizes)]
        most = int(self.rng.integers(1_000, 20_000))
        problem.n = n or problem.n
        while n is None and problem.n < 60 and number_of_multisets(problem) <= most:
            problem.n += 1
        answers = self._answers(problem)
        named = [dict(zip(problem.variables, a, strict=True)) for a in answers]
        for name in numbers:
            self.variables[name].missing = sum(a[name] == NA for a in named)
        for name in hidden:
            self.variables[name].hidden = sum(a[name] == HIDDEN for a in named)
        for figure, decimals in zip(self.figures, self.decimals, strict=True):
            base = sum(base_of(figure, a) for a in named)
            count = sum(count_of(figure, a) for a in named)
            problem.truth[figure.id] = (base, count)
            if decimals is not None and base:
                ways = sorted(prints(count, base, decimals, problem.rounding))
                figure.percent = as_text(int(self.rng.choice(ways)), decimals)
        problem.counts = [
            (i, sum(all(chosen(a[v], lv) > 0 for v, lv in where.items()) for a in named), where)
            for i, _, where in problem.counts
        ]
        return problem

    def _answers(self, problem: Problem) -> list[tuple[object, ...]]:
        ways = [v.options() for v in problem.variables.values()]
        cells = list(itertools.product(*ways))
        shares = self.rng.dirichlet(np.full(len(cells), 0.7))
        return [cells[i] for i in self.rng.choice(len(cells), size=problem.n, p=shares)]


# --- shapes --------------------------------------------------------------------------------


def one_grouping(d: Draft) -> None:
    d.add("b", int(d.pick(2, 2, 3)))  # type: ignore[call-overload]
    d.add("o", int(d.pick(2, 2, 3)))  # type: ignore[call-overload]
    d.print("o", "b", shown=d.some("o"), groups=d.some("b"))
    if d.chance(0.5):
        d.print("o", shown=d.some("o"))
    if d.chance(0.4):
        d.print("b", shown=d.some("b"))
    if d.chance(0.3):
        d.sizes += [{"b": (lv,)} for lv in d.some("b")]
    if d.chance(0.2):
        d.sizes += [{"o": (lv,)} for lv in d.some("o")]


def two_groupings(d: Draft) -> None:
    d.add("a", 2)
    d.add("b", int(d.pick(2, 3)))  # type: ignore[call-overload]
    d.add("o", 2)
    for by in ("a", "b"):
        d.print("o", by, shown=d.some("o"), groups=d.some(by))
    if d.chance(0.5):
        d.print("o", shown=d.some("o"))
    if d.chance(0.3):
        d.print("a", shown=d.some("a"))
    if d.chance(0.2):
        d.sizes += [{"a": (lv,)} for lv in d.some("a")]


def two_outcomes(d: Draft) -> None:
    d.add("b", 2)
    d.add("o", int(d.pick(2, 3)))  # type: ignore[call-overload]
    d.add("p", 2)
    for name in ("o", "p"):
        d.print(name, "b", shown=d.some(name), groups=d.some("b"))
        if d.chance(0.4):
            d.print(name, shown=d.some(name))
    if d.chance(0.3):
        d.sizes += [{"b": (lv,)} for lv in d.some("b")]


def chain(d: Draft) -> None:
    d.add("e", 2)
    d.add("p", int(d.pick(2, 3)))  # type: ignore[call-overload]
    d.add("r", 2, multiple=d.chance(0.4), missing=str(d.pick("none", "none", "allowed")))
    d.print("p", "e", shown=d.some("p"), groups=d.some("e"))
    if d.chance(0.7):
        d.print("p", shown=d.some("p"))
    d.print("r", "p", shown=d.some("r"), groups=d.variables["p"].levels[-1:])
    if d.chance(0.3):
        d.print("e", shown=d.some("e"))


def overall(d: Draft) -> None:
    for name in ("o", "p", "q")[: int(d.rng.integers(1, 4))]:
        hidden = d.pick("unknown", "number") if d.chance(0.3) else None
        missing = str(d.pick("none", "none", "allowed", "number"))
        d.add(name, int(d.rng.integers(2, 4)), missing=missing, hidden=hidden)  # type: ignore[arg-type]
        d.print(name, shown=d.some(name))
        if d.chance(0.3):
            d.sizes += [{name: (lv,)} for lv in d.some(name)]


def patchy(d: Draft) -> None:
    """Each group prints levels of its own."""
    d.add("b", 2, missing=str(d.pick("none", "none", "allowed")))
    d.add("o", 4, missing=str(d.pick("none", "none", "allowed")))
    for group in d.variables["b"].levels:
        d.print("o", "b", shown=d.some("o"), groups=[group])
    if d.chance(0.8):
        d.print("o", shown=d.some("o"))


def non_response(d: Draft) -> None:
    amounts = ("none", "allowed", "allowed", "number")
    d.add("b", 2, missing=str(d.pick(*amounts)))
    d.add("o", int(d.pick(2, 3)), missing=str(d.pick(*amounts)))  # type: ignore[call-overload]
    d.print("o", "b", shown=d.some("o"), groups=d.some("b"))
    if d.chance(0.5):
        d.print("o", shown=d.some("o"))
    if d.chance(0.4):
        d.print("b", shown=d.some("b"))
    if d.chance(0.25):
        d.sizes += [{"b": (lv,)} for lv in d.some("b")]
    if d.chance(0.15):
        d.sizes += [{"o": (lv,)} for lv in d.some("o")]


def non_response_chain(d: Draft) -> None:
    amounts = ("none", "allowed", "number")
    d.add("b", 2, missing=str(d.pick(*amounts)))
    d.add("o", 2, missing=str(d.pick(*amounts)))
    d.add("p", 2, missing=str(d.pick(*amounts)))
    d.print("o", "b", shown=d.some("o"), groups=d.some("b"))
    if d.chance(0.5):
        d.print("p", "b", shown=d.some("p"), groups=d.some("b"))
    else:
        d.print("o", "p", shown=d.some("o"), groups=d.some("p"))
    if d.chance(0.5):
        d.print("o", shown=d.some("o"))


def hidden_group(d: Draft) -> None:
    d.add("b", 2, hidden=str(d.pick("unknown", "number")))
    d.add("o", int(d.pick(2, 3)))  # type: ignore[call-overload]
    d.print("o", "b", shown=d.some("o"), groups=d.some("b"))
    if d.chance(0.6):
        d.print("o", shown=d.some("o"))
    if d.chance(0.4):
        d.print("b", shown=d.some("b"))
    if d.chance(0.2):
        d.sizes += [{"b": (lv,)} for lv in d.some("b")]


def choices(d: Draft) -> None:
    responses = d.chance(0.5)
    k = int(d.rng.integers(2, 4))
    d.add("m", k, multiple=True, missing=str(d.pick("none", "allowed", "number")))
    if d.chance(0.6):
        d.add("b", 2)
        d.print("m", "b", shown=d.some("m"), groups=d.some("b"), responses=responses)
        if d.chance(0.4):
            d.print("b", shown=d.some("b"))
        if d.chance(0.4):
            d.sizes += [{"b": (lv,)} for lv in d.some("b")]
        if d.chance(0.4):
            d.print("m", shown=d.some("m"), responses=responses)
    else:
        d.print("m", shown=d.some("m"), responses=responses)


def by_choice(d: Draft) -> None:
    """An outcome among those who made a choice."""
    d.add("m", 2, multiple=True, missing=str(d.pick("none", "allowed")))
    d.add("o", int(d.pick(2, 3)))  # type: ignore[call-overload]
    d.print("o", "m", shown=d.some("o"), groups=d.some("m"))
    if d.chance(0.6):
        d.print("m", shown=d.some("m"))
    if d.chance(0.5):
        d.print("o", shown=d.some("o"))


def sums(d: Draft) -> None:
    d.add("o", 3, missing=str(d.pick("none", "none", "allowed")))
    d.add("b", 2)
    grouped = d.chance(0.5)
    digits = int(d.rng.integers(0, 3))
    groups = d.some("b") if grouped else ("",)
    d.print("o", "b" if grouped else "", groups=groups, decimals=digits)
    for group in groups:
        at = f"_{group}" if group else ""
        within = {"b": group} if group else {}
        d.add_figure(
            Fig(f"sum{at}", {"o": ("o0", "o1")}, within, sum=(f"o0{at}", f"o1{at}")), digits
        )
    if grouped and d.chance(0.5):
        d.print("o", shown=d.some("o"))


def joint(d: Draft) -> None:
    """Shares of everyone with two characteristics at once."""
    d.add("a", 2, missing=str(d.pick("none", "none", "allowed")))
    d.add("b", 2)
    for i, j in itertools.product(range(2), range(2)):
        if d.chance(0.7):
            d.add_figure(
                Fig(f"a{i}b{j}", {"a": (f"a{i}",), "b": (f"b{j}",)}), int(d.rng.integers(3))
            )
    if not d.figures:
        d.add_figure(Fig("a0b0", {"a": ("a0",), "b": ("b0",)}), 1)


def printed_cells(d: Draft) -> None:
    """Whole numbers of cells printed beside percentages."""
    d.add("b", int(d.pick(2, 2, 3)))  # type: ignore[call-overload]
    d.add("o", int(d.pick(2, 3)))  # type: ignore[call-overload]
    d.print("o", "b", shown=d.some("o"), groups=d.some("b"))
    if d.chance(0.5):
        d.print("o", shown=d.some("o"))
    for i, j in itertools.product(d.some("b"), d.some("o")):
        if d.chance(0.4):
            d.sizes.append({"b": (i,), "o": (j,)})
    if d.chance(0.4):
        d.sizes += [{"b": (lv,)} for lv in d.some("b")]
    if d.chance(0.3) and len(d.variables["o"].levels) > 2:
        d.sizes.append({"o": ("o0", "o1")})


def filtered(d: Draft) -> None:
    """Groups within groups: those of a group who also have another characteristic."""
    for name in ("a", "c", "o"):
        d.add(name, 2)
    d.print("o", "a", shown=d.some("o"))
    kind = int(d.rng.integers(3))
    if kind == 0:
        d.add_figure(Fig("part", {"o": ("o0",)}, {"a": "a0", "c": "c0"}), int(d.rng.integers(3)))
    elif kind == 1:
        d.add("p", 2)
        d.add_figure(Fig("part", {"p": ("p0",)}, {"a": "a0", "c": "c0"}), int(d.rng.integers(3)))
    else:
        if d.chance(0.5):
            d.figures, d.decimals = [], []
        for i, j in itertools.product(range(2), range(2)):
            within = {"a": f"a{i}", "c": f"c{j}"}
            d.add_figure(Fig(f"part{i}{j}", {"o": ("o0",)}, within), int(d.rng.integers(3)))


SHAPES: tuple[Callable[[Draft], None], ...] = (
    one_grouping, two_groupings, two_outcomes, chain, overall, non_response, non_response_chain,
    hidden_group, patchy, choices, by_choice, sums, joint, filtered, printed_cells,
)  # fmt: skip


# --- misprints and claims ------------------------------------------------------------------


def misprint(problem: Problem, rng: Rng) -> None:
    """Change some digits of one figure, or two."""
    shown = [f for f in problem.figures if f.percent is not None]
    for _ in range(int(rng.integers(1, 3)) if shown else 0):
        figure = shown[int(rng.integers(len(shown)))]
        assert figure.percent is not None
        digits, decimals = digits_of(figure.percent)
        step = int(rng.choice([1, 2, 5, 10, 10**decimals, 7 * 10**decimals]))
        changed = digits + step if rng.random() < 0.5 else digits - step
        if 0 <= changed <= 100 * 10**decimals:
            figure.percent = as_text(changed, decimals)


def with_claims(problem: Problem, rng: Rng) -> None:
    """Claims of every kind about the figures."""
    ids = [f.id for f in problem.figures if not f.sum]
    tests = ({}, {"test": "chi2", "alpha": str(rng.choice(["0.05", "0.2", "0.5"]))})
    for j in range(3):
        if len(ids) > 1:
            a, b = (str(x) for x in rng.choice(ids, size=2, replace=False))
            problem.claims.append({"id": f"greater{j}", "greater": [a, b], **tests[j % 2]})
    by: dict[tuple[str, str], list[str]] = {}
    for f in problem.figures:
        if len(f.where) == 1 and len(f.within) == 1 and not f.sum:
            by.setdefault((next(iter(f.within)), next(iter(f.where.values()))[0]), []).append(f.id)
    for j, same in enumerate(v for v in by.values() if len(v) > 1):
        problem.claims.append({"id": f"trend{j}", "trend": [[i] for i in same]})
        ca = {"test": "cochran_armitage", "alpha": "0.2"}
        problem.claims.append({"id": f"slope{j}", "trend": [[i] for i in same], **ca})
    for j, (group, outcome) in enumerate(
        dict.fromkeys((next(iter(f.within)), next(iter(f.where))) for f in problem.figures if f.within)
    ):  # fmt: skip
        problem.claims.append({"id": f"assoc{j}", "association": [group, outcome], "alpha": "0.2"})
    if ids:
        problem.claims.append({"id": "largest", "largest": str(rng.choice(ids))})
    whole = [f.id for f in problem.figures if not f.within and len(f.where) == 1 and not f.sum]
    if len(whole) > 1:
        place = int(rng.integers(1, len(whole) + 1))
        problem.claims.append({"id": "rank", "rank": {whole[0]: place, "among": whole}})


def make(shape: Callable[[Draft], None], seed: int) -> Problem:
    rng = np.random.default_rng([seed, SHAPES.index(shape)])
    draft = Draft(rng)
    shape(draft)
    problem = draft.done()
    if rng.random() < 0.4:
        misprint(problem, rng)
    with_claims(problem, rng)
    return problem
