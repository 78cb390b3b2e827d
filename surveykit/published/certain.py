"""Whole-number programs solved with proof: floating point proposes, whole numbers decide.

HiGHS (scipy) proposes points and dual prices. A point counts when every row holds in whole numbers. A
bound counts when it follows from prices rounded to whole numbers, whatever these are: for any prices y,
``c x = y A x + (c - y A) x`` is at least what the rows and the ends of x leave of it (Neumaier and
Shcherbina 2004, "Safe bounds in linear and mixed-integer linear programming"). Where one bound does not
decide, the range of an unknown is halved (branch and bound), up to a fixed number of steps, so that the
answer does not depend on the speed of a machine. CP-SAT (ortools, the extra ``solve``) works in whole numbers:
where it is installed it is asked before HiGHS, which takes longer, and its answer is a proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.program import Linear, Program
from surveykit.published.states import TooLargeError

__all__ = ["Certain"]

Ends = tuple[NDArray[np.int64], NDArray[np.int64]]
Point = NDArray[np.int64]

SCALE = 1 << 24
"""Prices are rounded to parts of this."""

MOST_STEPS = 40
"""Linear programs for one proof."""

MOST_WORK = 2.0
"""CP-SAT's limit for one proof, in its own measure of work: a few seconds."""

MOST_PROOFS_LOST = 4
"""Proofs that CP-SAT may fail to reach before it is asked no more."""


@dataclass
class Certain:
    """A program with the points found so far, each a table that prints all its figures."""

    program: Program
    points: list[Point] = field(default_factory=list)
    _lost: int = 0

    @cached_property
    def matrix(self) -> Any:
        """Rows as ``A x <= b``, an equality twice, shape (rows, unknowns)."""
        from scipy.sparse import csr_array

        at = [(i, j, s * f) for i, (s, row, _) in enumerate(self._rows) for j, f in row.items()]
        shape = (len(self._rows), len(self.program.low))
        entries = np.array(at, dtype=np.int64).reshape(-1, 3)
        return csr_array((entries[:, 2], (entries[:, 0], entries[:, 1])), shape=shape)

    @cached_property
    def _scaled(self) -> tuple[Any, NDArray[np.float64], NDArray[np.float64]]:
        """Rows and limits with a largest factor of one each, for floating point, and the scale."""
        scale = np.maximum(abs(self.matrix).max(axis=1).toarray().reshape(-1), 1).astype(float)
        return self.matrix.multiply(1 / scale[:, None]).tocsr(), self.limits / scale, scale

    @cached_property
    def _rows(self) -> list[tuple[int, Linear, int]]:
        out = [(1, row, most) for row, _, most in self.program.rows if most is not None]
        out += [(-1, row, -least) for row, least, _ in self.program.rows if least is not None]
        return out

    @cached_property
    def limits(self) -> NDArray[np.int64]:
        """The right-hand sides, shape (rows,)."""
        return np.array([limit for *_, limit in self._rows], dtype=np.int64)

    @property
    def ends(self) -> Ends:
        """The ends of every unknown."""
        return np.array(self.program.low), np.array(self.program.high)

    # --- points ----------------------------------------------------------------------------

    @cached_property
    def feasible(self) -> bool:
        """Whether any point satisfies every row, with proof.

        Raises
        ------
        TooLargeError
            When neither a point nor a proof is found.
        """
        if (self.ends[0] > self.ends[1]).any() or self._none_below(None, 0, steps=1):
            return False
        settled = self._settled(None, 0)
        if settled is not None:
            return settled[0]
        if self._propose(np.zeros(len(self.program.low))) is not None:
            return True
        if self._none_below(None, 0):
            return False
        raise TooLargeError("neither a table nor a proof that there is none was found")

    def _propose(self, cost: NDArray[np.float64]) -> Point | None:
        """Ask HiGHS for the cheapest point and check it; keep it if it is one."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        low, high = self.ends
        if (low > high).any():
            return None
        rows, limits, _ = self._scaled
        found = milp(
            cost,
            constraints=LinearConstraint(rows, ub=limits),
            integrality=np.ones(len(low), dtype=np.int64),
            bounds=Bounds(low, high),
            options={"node_limit": 1_000, "mip_rel_gap": 0.0},
        )
        if found.x is None:
            return None
        point = np.rint(found.x).astype(np.int64)
        if not self.holds(point):
            return None
        self.points.append(point)
        return point

    def holds(self, point: Point) -> bool:
        """Whether a point satisfies every row, in whole numbers."""
        low, high = self.ends
        inside = (low <= point).all() and (point <= high).all()
        return bool(inside and (self.matrix @ point <= self.limits).all())

    # --- ranges ----------------------------------------------------------------------------

    def span(self, terms: Linear) -> tuple[int, int, bool]:
        """Return the smallest and the largest sum of some unknowns, and whether both are proven.

        Where a proof is not reached, the ends are what was found: the true range is not narrower.
        """
        (low, sure), (high, sure_too) = self._least(terms, 1), self._least(terms, -1)
        return low, -high, sure and sure_too

    def _least(self, terms: Linear, sign: int) -> tuple[int, bool]:
        cost = np.zeros(len(self.program.low), dtype=np.int64)
        for j, factor in terms.items():
            cost[j] += sign * factor
        best = min(int(cost @ p) for p in self.points)
        if self._none_below(cost, best, steps=1):
            return best, True
        settled = self._settled(cost, best)
        if settled is not None:
            return settled[1], True
        self._propose(cost.astype(float))
        best = min(int(cost @ p) for p in self.points)
        return best, self._none_below(cost, best)

    @cached_property
    def _model(self) -> tuple[Any, Any, list[Any]] | None:
        """The program as CP-SAT has it: the library, the model and its unknowns."""
        try:
            from ortools.sat.python import cp_model
        except ImportError:
            return None
        model, program = cp_model.CpModel(), self.program
        x = [model.new_int_var(a, b, "") for a, b in zip(program.low, program.high, strict=True)]
        for row, least, most in program.rows:
            total = sum(f * x[j] for j, f in row.items())
            if least is not None:
                model.add(total >= least)
            if most is not None:
                model.add(total <= most)
        return cp_model, model, x

    def _settled(self, cost: NDArray[np.int64] | None, best: int) -> tuple[bool, int] | None:
        """Ask CP-SAT whether there is a point, and for the smallest cost; None where it is silent."""
        if self._lost >= MOST_PROOFS_LOST or self._model is None:
            return None
        cp_model, model, x = self._model
        model.clear_objective()
        model.clear_hints()
        if cost is not None:
            used = np.flatnonzero(cost).tolist()
            model.minimize(sum(int(cost[j]) * x[j] for j in used))
            nearest = min(self.points, key=lambda p: int(cost @ p))
            for j, value in enumerate(nearest.tolist()):
                model.add_hint(x[j], value)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = MOST_WORK
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return False, best
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self._lost += 1
            return None
        point = np.array([solver.value(v) for v in x], dtype=np.int64)
        if not self.holds(point):
            return None
        self.points.append(point)
        if status != cp_model.OPTIMAL and cost is not None:
            self._lost += 1
            return None
        return True, 0 if cost is None else int(cost @ point)

    def _none_below(
        self, cost: NDArray[np.int64] | None, value: int, steps: int = MOST_STEPS
    ) -> bool:
        """Prove that no point costs less than `value`; without a cost, that there is no point."""
        stack = [self.ends]
        while stack:
            low, high = stack.pop()
            steps -= 1
            if steps < 0:
                return False
            closed, at = self._closed(low, high, cost, value)
            if closed:
                continue
            if at is None:
                return False
            j, middle = at
            left, right = high.copy(), low.copy()
            left[j], right[j] = middle, middle + 1
            stack += [(low, left), (right, high)]
        return True

    def _closed(
        self, low: Point, high: Point, cost: NDArray[np.int64] | None, value: int
    ) -> tuple[bool, tuple[int, int] | None]:
        """Close a box by a safe bound, or say where to halve it (None: nowhere)."""
        prices, x = self._prices(low, high, cost)
        if prices is None:
            return False, None
        if cost is None:
            bound = self._bound(np.zeros(len(low), dtype=np.int64), prices, low, high)
            return bound > 0, self._halve(x, low, high)
        bound = self._bound(cost, prices, low, high)
        if bound > (value - 1) * SCALE:
            return True, None
        return False, self._halve(x, low, high)

    def _prices(
        self, low: Point, high: Point, cost: NDArray[np.int64] | None
    ) -> tuple[NDArray[np.int64] | None, NDArray[np.float64]]:
        """Return dual prices (scaled, whole, at most 0 each) of the linear relaxation.

        Without a cost, or where the relaxation has no point, the rows may be exceeded and the
        excess is the cost: prices that make it positive prove that there is no point.
        """
        from scipy.sparse import csr_array, hstack

        ends = np.stack([low, high], axis=1).astype(np.float64)
        rows, limits, scale = self._scaled
        if cost is not None:
            found = _relaxed(cost.astype(np.float64), rows, limits, ends)
            if found.status == 0:
                prices = np.rint(found.ineqlin.marginals / scale * SCALE).astype(np.int64)
                return np.minimum(prices, 0), found.x
        wide = hstack([rows, csr_array(-np.ones((len(scale), 1)))]).tocsr()
        price = np.r_[np.zeros(len(low)), 1.0]
        found = _relaxed(price, wide, limits, np.r_[ends, [[0, np.inf]]])
        if found.status != 0:
            return None, np.zeros(len(low))
        prices = np.rint(found.ineqlin.marginals / scale * SCALE * 2**10).astype(np.int64)
        return np.minimum(prices, 0), found.x[:-1]

    def _bound(
        self, cost: NDArray[np.int64], prices: NDArray[np.int64], low: Point, high: Point
    ) -> int:
        """Return a bound on SCALE * cost that holds for every point of a box, exact."""
        used = np.flatnonzero(prices)
        left: list[int] = [SCALE * int(c) for c in cost]
        bound = 0
        for i in used.tolist():
            price, (sign, row, limit) = int(prices[i]), self._rows[i]
            bound += price * limit
            for j, factor in row.items():
                left[j] -= price * sign * factor
        ends = zip(left, low.tolist(), high.tolist(), strict=True)
        return bound + int(sum(f * (a if f > 0 else b) for f, a, b in ends))

    def _halve(self, x: NDArray[np.float64], low: Point, high: Point) -> tuple[int, int] | None:
        """Return an unknown and where to halve its range: a size or base first."""
        for places in (self.program.bases, range(len(low))):
            best = self._most_open(x, low, high, places)
            if best is not None:
                return best
        return None

    def _most_open(
        self, x: NDArray[np.float64], low: Point, high: Point, places: Sequence[int]
    ) -> tuple[int, int] | None:
        at = np.fromiter((j for j in places if low[j] < high[j]), dtype=np.int64)
        if not len(at):
            return None
        apart = np.abs(x[at] - np.rint(x[at]))
        if apart.max() > 1e-6:
            j = int(at[np.argmax(apart)])
            return j, int(np.clip(np.floor(x[j]), low[j], high[j] - 1))
        if places is not self.program.bases:
            j = int(at[np.argmax(high[at] - low[at])])
            return j, int((low[j] + high[j]) // 2)
        return None


def _relaxed(cost: Any, rows: Any, limits: Any, ends: Any) -> Any:
    """Return HiGHS's answer to the linear relaxation: point, status and dual prices."""
    from scipy.optimize import linprog

    return linprog(cost, A_ub=rows, b_ub=limits, bounds=ends, method="highs")
