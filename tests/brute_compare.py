"""What an audit says against what the brute force finds: every difference as one line of text."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import brute
import numpy as np
from brute import Fig, Problem, Vectors

Json = dict[str, Any]


class Truth:
    """The brute force's side: all tables, and which figures are set aside."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.vectors = brute.all_tables(problem)
        self.masks = brute.printing(problem, self.vectors)
        self.by_id = {f.id: f for f in problem.figures}
        self.printed = list(self.masks)
        self.impossible = {i for i in self.printed if not self._alone(i)}
        for i in self.impossible:
            self.masks.pop(i)
        self.conflicts = self._conflicts()
        members = {i for c in self.conflicts for i in c}
        self.explained = {i for i in members if brute.explained(problem, self.by_id[i])}
        for i in self.explained:
            self.masks.pop(i)
        if self.explained:
            self.conflicts = self._conflicts()
        self.explained |= {i for i in self.impossible if brute.explained(problem, self.by_id[i])}

    def _alone(self, id: str) -> bool:
        """Whether some base that the figure may have prints it with some count."""
        figure = self.by_id[id]
        mine = set(figure.within)
        counts = [
            c for c in self.problem.counts
            if set(c[2]) == mine and all(len(levels) == 1 for levels in c[2].values())
        ]  # fmt: skip
        few = replace(self.problem, counts=counts, figures=[figure])
        alone = brute.all_tables(few)[:, 0]
        digits, decimals = brute.digits_of(figure.percent or "")
        return any(
            digits in brute.prints(a, b, decimals, self.problem.rounding)
            for b in np.unique(alone).tolist() if b
            for a in range(b + 1)
        )  # fmt: skip

    def _conflicts(self) -> set[frozenset[str]]:
        return brute.minimal_conflicts(self.masks, list(self.masks)) if self.masks else set()

    def tables(self, ids: Sequence[str]) -> Vectors:
        """Return every table that prints these figures, those set aside left out."""
        kept = [i for i in ids if i in self.masks]
        return self.vectors[brute.meet(self.masks, kept, len(self.vectors))]

    def status(self, id: str) -> str:
        if id in self.explained:
            return "explained"
        if id in self.impossible:
            return "impossible"
        return "conflict" if any(id in c for c in self.conflicts) else "possible"

    def range(self, id: str, ids: Sequence[str]) -> tuple[list[int], list[int]] | None:
        rows = self.tables(ids)
        if not len(rows):
            return None
        base, count = rows[:, brute.columns(self.problem, [id])].T
        return [int(base.min()), int(base.max())], [int(count.min()), int(count.max())]


def compare(problem: Problem, reading: Json) -> list[str]:
    """Return every difference between the audit of one reading and the brute force."""
    truth = Truth(problem)
    out: list[str] = []
    out += _statuses(truth, reading)
    out += _groups(truth, reading)
    out += _ranges(truth, reading)
    out += _claims(truth, reading)
    return out


def _statuses(truth: Truth, reading: Json) -> list[str]:
    said = {f["id"]: f["status"] for f in reading["figures"]}
    out = [
        f"{i}: status {said[i]}, brute force {truth.status(i)}"
        for i in truth.printed
        if said[i] != truth.status(i)
    ]
    found = {frozenset(c) for g in reading["groups"] for c in g["conflicts"]}
    if not all(g["tables"]["exact"] for g in reading["groups"]):
        wrong = [sorted(c) for c in found if not any(t <= c for t in truth.conflicts)]
        return [f"conflicts that are none: {wrong}"] if wrong else []
    if found != truth.conflicts:
        show = [sorted(map(sorted, c)) for c in (found - truth.conflicts, truth.conflicts - found)]
        out.append(f"conflicts: only in the audit {show[0]}, only by brute force {show[1]}")
    return out


def _groups(truth: Truth, reading: Json) -> list[str]:
    out, product, exact = [], 1, True
    for group in reading["groups"]:
        kept = [i for i in group["figures"] if i in truth.masks]
        number = group["tables"]["number"]
        if not kept:
            continue
        exact &= group["tables"]["exact"]
        true = brute.number(truth.problem, truth.tables(kept), kept)
        loose = not group["tables"]["exact"]
        same = number >= true if loose else number == true
        exact &= not loose
        if not same:
            out.append(f"group {kept}: {number} tables, brute force {true}")
        product *= number
    every = list(truth.masks)
    if every and not _overlap(truth.problem):
        true = brute.number(truth.problem, truth.tables(every), every)
        if exact and true != product:
            out.append(f"all groups together: {product} tables, brute force {true}")
    return out


def _overlap(problem: Problem) -> bool:
    """Whether groups are those who made a choice: such groups share people, not a number."""
    return any(problem.variables[v].multiple for f in problem.figures for v in f.within)


def _ranges(truth: Truth, reading: Json) -> list[str]:
    out = []
    home = {i: g for g in reading["groups"] for i in g["figures"]}
    for figure in reading["figures"]:
        i = figure["id"]
        if i in truth.impossible or i in truth.explained:
            continue
        group = home.get(i, {"figures": [], "tables": {"exact": True}})
        true = truth.range(i, group["figures"])
        if true is None:
            out += _alone(truth, figure)
        elif group["tables"]["exact"] and (figure["printed"] or _plain(truth.problem)):
            if [figure["base"], figure["count"]] != list(true):
                kind = "" if figure["printed"] else " (not printed)"
                out.append(f"{i}{kind}: {figure['base']} {figure['count']}, brute force {true}")
        elif not _inside(true, (figure["base"], figure["count"])):
            out.append(f"{i}: {figure['base']} {figure['count']} leaves out {true}")
    return out


def _plain(problem: Problem) -> bool:
    """Whether ranges of cells that are not printed are exact: no multiple response, no group
    within a group."""
    return not any(v.multiple for v in problem.variables.values()) and all(
        len(f.within) < 2 for f in problem.figures
    )


def _inside(true: Sequence[list[int]], said: Sequence[list[int] | None]) -> bool:
    return all(
        s is not None and s[0] <= t[0] and t[1] <= s[1] for t, s in zip(true, said, strict=True)
    )


def _alone(truth: Truth, figure: Json) -> list[str]:
    """No table in its group: a figure with a known base keeps what it allows alone."""
    f = truth.by_id[figure["id"]]
    column = 2 * truth.problem.figures.index(f)
    bases = np.unique(truth.vectors[:, column])
    want_base = [int(bases[0])] * 2 if len(bases) == 1 and bases[0] else None
    want_count = None
    if want_base and f.percent is not None:
        digits, decimals = brute.digits_of(f.percent)
        fits = [
            a for a in range(want_base[0] + 1)
            if digits in brute.prints(a, want_base[0], decimals, truth.problem.rounding)
        ]  # fmt: skip
        want_count = [fits[0], fits[-1]] if fits else None
    if want_base is not None and figure["base"] is None and figure["count"] is None:
        return []  # known only through other counts: not said is not wrong
    if [figure["base"], figure["count"]] != [want_base, want_count]:
        return [f"{f.id} (no table): {figure['base']} {figure['count']}, brute force {want_base} {want_count}"]  # fmt: skip
    return []


# --- claims --------------------------------------------------------------------------------


def _claims(truth: Truth, reading: Json) -> list[str]:
    spec = {c["id"]: c for c in truth.problem.claims}
    home = {i: g for g in reading["groups"] for i in g["figures"]}
    out: list[str] = []
    for said in reading["claims"]:
        claim = spec[said["id"]]
        try:
            out += [f"claim {said['id']}: {d}" for d in _claim(truth, claim, said, home)]
        except NotDecidedError:
            continue
    return out


class NotDecidedError(Exception):
    """The brute force does not judge this claim here."""


def _claim(truth: Truth, claim: Json, said: Json, home: Mapping[str, Json]) -> list[str]:
    kind = next(k for k in ("greater", "trend", "association", "largest", "rank") if k in claim)
    if kind in ("greater", "trend"):
        return _order(truth, claim, said, home, kind)
    if kind == "association":
        return _association(truth, claim, said, home)
    return _place(truth, claim, said, home, kind)


def _rows(truth: Truth, ids: Sequence[str], home: Mapping[str, Json]) -> Vectors | None:
    """Return the distinct tables of the claim's figures over their groups; None: not evaluated."""
    if any(i not in truth.masks for i in ids):
        return None
    groups = {tuple(home[i]["figures"]) for i in ids}
    every = [i for g in groups for i in g]
    if not all(home[i]["tables"]["exact"] for i in ids):
        raise NotDecidedError
    rows = truth.tables(every)
    return brute.distinct(truth.problem, rows, ids) if len(rows) else None


def _over_all(holds: Sequence[bool]) -> str:
    if all(holds):
        return "holds in all"
    return "undetermined" if any(holds) else "holds in none"


def _order(truth: Truth, claim: Json, said: Json, home: Mapping[str, Json], kind: str) -> list[str]:
    operands = claim["trend"] if kind == "trend" else [[i] for i in claim["greater"][::-1]]
    ids = [i for o in operands for i in o]
    if any(truth.by_id[i].percent is None for i in ids):
        raise NotDecidedError
    rows = _rows(truth, ids, home)
    if rows is None:
        return [] if said["verdict"] == "not evaluated" else [f"{said['verdict']}, no table"]
    tables = [[(int(r[2 * j + 1]), int(r[2 * j])) for j in range(len(ids))] for r in rows]
    ordered = [all(Fraction(*a) < Fraction(*b) for a, b in itertools.pairwise(t)) for t in tables]
    out = []
    if said["order"] != "not evaluated" and said["order"] != _over_all(ordered):
        out.append(f"order {said['order']}, brute force {_over_all(ordered)}")
    test = claim.get("test")
    if test is None:
        if said["verdict"] == "not evaluated":
            out.append(f"not evaluated: {said['why']}")
        return out
    if said["verdict"] == "not evaluated":
        return out
    results = [_run(test, t) for t in tables]
    alpha = float(claim["alpha"])
    holds = [o and r is not None and r[1] < alpha for o, r in zip(ordered, results, strict=True)]
    return out + _numbers(said, holds, results, alpha, square=test == "cochran_armitage")


def _run(test: str, groups: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    if test == "cochran_armitage":
        return brute.trend_test(groups)
    result = brute.chi_square([(a, b - a) for a, b in groups])
    return None if result is None else (result[0], result[2])


def _numbers(
    said: Json, holds: Sequence[bool], results: Sequence[tuple[float, float] | None],
    alpha: float, *, square: bool = False, df: Sequence[int] | None = None,
) -> list[str]:  # fmt: skip
    from scipy.stats import chi2

    out = []
    if said["verdict"] != _over_all(holds):
        out.append(f"verdict {said['verdict']}, brute force {_over_all(holds)}")
    if said["tables"] != len(holds):
        out.append(f"{said['tables']} tables, brute force {len(holds)}")
    some = [r for r in results if r is not None]
    degrees = df or [1] * len(some)
    deff = [
        (s * s if square else s) / float(chi2.isf(alpha, k))
        for (s, _), k in zip(some, degrees, strict=True)
    ]
    for name, values in (
        ("statistic", [s for s, _ in some]), ("p", [p for _, p in some]), ("break_even_deff", deff),
    ):  # fmt: skip
        want = [min(values), max(values)] if values else None
        if (want is None) != (said[name] is None) or (
            want
            and not all(
                math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9)
                for x, y in zip(said[name], want, strict=True)
            )
        ):
            out.append(f"{name} {said[name]}, brute force {want}")
    return out


def _association(truth: Truth, claim: Json, said: Json, home: Mapping[str, Json]) -> list[str]:
    a, b = claim["association"]
    if truth.problem.variables[a].multiple or truth.problem.variables[b].multiple:
        raise NotDecidedError
    figures = [
        f for f in truth.problem.figures
        if f.id in truth.masks and set(f.within) == {a} and set(f.where) == {b}
    ]  # fmt: skip
    groups: dict[str, dict[tuple[str, ...], str]] = {}
    for f in figures:
        groups.setdefault(f.within[a], {})[f.where[b]] = f.id
    shown = {frozenset(g) for g in groups.values()}
    ids = [f.id for f in figures]
    rows = _rows(truth, ids, home) if ids else None
    if rows is None or len(groups) < 2 or len(shown) > 1 or said["verdict"] == "not evaluated":
        return [] if said["verdict"] == "not evaluated" else [f"{said['verdict']}, no table"]
    levels = list(next(iter(groups.values())))
    if len({x for lv in levels for x in lv}) < sum(len(lv) for lv in levels):
        raise NotDecidedError
    results, df = [], []
    for r in rows.tolist():
        table = []
        for cells in groups.values():
            at = [ids.index(cells[lv]) for lv in levels]
            counts = [r[2 * j + 1] for j in at]
            table.append([*counts, r[2 * at[0]] - sum(counts)])
        found = brute.chi_square(table)
        results.append(None if found is None else (found[0], found[2]))
        df += [] if found is None else [found[1]]
    alpha = float(claim["alpha"])
    holds = [r is not None and r[1] < alpha for r in results]
    return _numbers(said, holds, results, alpha, df=df)


def _place(truth: Truth, claim: Json, said: Json, home: Mapping[str, Json], kind: str) -> list[str]:
    """`largest` and `rank`, with the levels that no figure prints counted in the tables."""
    if kind == "rank":
        (me,) = [k for k in claim["rank"] if k != "among"]
        ids = [me, *(i for i in claim["rank"]["among"] if i != me)]
        rows = _rows(truth, ids, home) if all(i in truth.masks for i in ids) else None
        if rows is None:
            return [] if said["verdict"] == "not evaluated" else [f"{said['verdict']}, no table"]
        if said["verdict"] == "not evaluated":
            return []
        holds = []
        for r in rows.tolist():
            shares = [Fraction(r[2 * j + 1], r[2 * j]) for j in range(len(ids))]
            above = sum(s > shares[0] for s in shares[1:])
            holds.append(above == claim["rank"][me] - 1 and shares[0] not in shares[1:])
        want = _over_all(holds)
        return [] if said["verdict"] == want else [f"{said['verdict']}, brute force {want}"]
    return _largest(truth, claim["largest"], said, home)


def _largest(truth: Truth, id: str, said: Json, home: Mapping[str, Json]) -> list[str]:
    figure = truth.by_id[id]
    if said["verdict"] == "not evaluated" or len(figure.where) > 1:
        raise NotDecidedError
    ((name, mine),) = figure.where.items()
    variable = truth.problem.variables[name]
    levels = [*variable.levels, *([brute.HIDDEN] if variable.hidden is not None else [])]
    rivals = [
        Fig(f"rival {lv}", {name: (lv,)}, figure.within, None, figure.responses)
        for lv in levels if lv not in mine
    ]  # fmt: skip
    wider = brute.all_tables(truth.problem, rivals, 2_000_000)
    masks = brute.printing(truth.problem, wider)
    if id not in truth.masks or not home[id]["tables"]["exact"]:
        raise NotDecidedError
    kept = [i for i in home[id]["figures"] if i in truth.masks]
    rows = wider[brute.meet(masks, kept, len(wider))]
    first = 2 * len(truth.problem.figures)
    others = rows[:, [first + 2 * j + 1 for j in range(len(rivals))]]
    own = rows[:, brute.columns(truth.problem, [id])[1]]
    holds = (own[:, None] > others).all(axis=1)
    want = _over_all(holds.tolist())
    return [] if said["verdict"] == want else [f"{said['verdict']}, brute force {want}"]
