"""How estimates vary: by linearisation under a sample design, or over replicate weights.

Both kinds of sample give the totals of cells; all else follows from these by ratios and sums.
:class:`Linearised` carries the covariance of the totals and derivatives (the delta method),
:class:`Replicated` the estimates of every replicate. They have the same methods, so that no
statistic asks which of them it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.stats.cells import cell_sums
from surveykit.stats.design import (
    SampleDesign,
    cell_covariance,
    cell_degrees_of_freedom,
    covariance,
    element_covariance,
)
from surveykit.stats.linear import Linear, ratios
from surveykit.stats.replicates import (
    ReplicateDesign,
    group_degrees_of_freedom,
    replicate_covariance,
    replicate_ratios,
    replicate_totals,
)

__all__ = [
    "AnyDesign",
    "Linearised",
    "Replicated",
    "Spread",
    "cell_totals",
    "freedom",
    "freedom_of",
    "row_totals",
    "table_totals",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.integer[Any]]
AnyDesign = SampleDesign | ReplicateDesign
_DENSE = 2_000_000  # numbers held at once for respondents by cells
_PRODUCT = 192  # cells for which a product of matrices is quicker than adding one by one


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """Estimates with their derivatives by totals whose covariance is known.

    Attributes
    ----------
    estimate : ndarray, shape (R,)
    v : ndarray, shape (C, C)
        Covariance of the totals.
    jacobian : ndarray, shape (R, C), or None
        None where the estimates are the totals.
    """

    estimate: Floats
    v: Floats
    jacobian: Floats | None = None

    def ratios(self, numerators: Floats, denominators: Floats) -> Linearised:
        """Return ratios of sums of the estimates, matrices of shape (K, R)."""
        return self._from(ratios(self.estimate, numerators, denominators))

    def combined(self, matrix: Floats) -> Linearised:
        """Return sums of the estimates, a matrix of shape (K, R)."""
        return self._from(Linear(matrix @ self.estimate, matrix))

    def mapped(self, function: Callable[[Floats], Floats], slope: Floats) -> Linearised:
        """Return a function of each estimate, with its derivative there."""
        jacobian = np.diag(slope) if self.jacobian is None else slope[:, None] * self.jacobian
        return Linearised(function(self.estimate), self.v, jacobian)

    def variance(self) -> Floats:
        """Return the variances, shape (R,), never below 0."""
        if self.jacobian is None:
            return np.maximum(np.diag(self.v), 0.0)
        return Linear(self.estimate, self.jacobian).variance(self.v)

    def covariance(self) -> Floats:
        """Return the covariance, shape (R, R)."""
        if self.jacobian is None:
            return self.v
        return Linear(self.estimate, self.jacobian).covariance(self.v)

    def within(self, k: int) -> Floats:
        """Return the covariance within each of k runs of estimates, shape (k, R/k, R/k)."""
        j = np.eye(len(self.v)) if self.jacobian is None else self.jacobian
        j = j.reshape(k, len(self.estimate) // k, -1)
        return np.asarray(np.einsum("kic,cd,kjd->kij", j, self.v, j, optimize=True))

    def logit_se(self) -> Floats | None:
        """Return None: the delta method has no other standard error of a logit."""
        return None

    def se(self) -> Floats:
        """Return the standard errors, shape (R,)."""
        return np.asarray(np.sqrt(self.variance()))

    def _from(self, made: Linear) -> Linearised:
        chained = made.jacobian if self.jacobian is None else made.jacobian @ self.jacobian
        return Linearised(made.estimate, self.v, chained)


@dataclass(frozen=True, slots=True, eq=False)
class Replicated:
    """Estimates under the weights and under every replicate of them.

    Attributes
    ----------
    estimate : ndarray, shape (R,)
    each : ndarray, shape (replicates, R)
    design : ReplicateDesign
    """

    estimate: Floats
    each: Floats
    design: ReplicateDesign

    def ratios(self, numerators: Floats, denominators: Floats) -> Replicated:
        """Return ratios of sums of the estimates, of each replicate."""
        sums = (numerators, denominators)
        found = ratios(self.estimate, *sums).estimate
        return Replicated(found, replicate_ratios(self.each, *sums), self.design)

    def combined(self, matrix: Floats) -> Replicated:
        """Return sums of the estimates, of each replicate."""
        return Replicated(matrix @ self.estimate, self.each @ matrix.T, self.design)

    def mapped(self, function: Callable[[Floats], Floats], slope: Floats) -> Replicated:
        """Return a function of each estimate, of each replicate; `slope` is not needed."""
        return Replicated(function(self.estimate), function(self.each), self.design)

    def variance(self) -> Floats:
        """Return the variances, shape (R,)."""
        d = self.design
        used = d.rscales > 0
        each = self.each[used]
        distance = each - (self.estimate if d.mse else each.mean(axis=0))
        return np.asarray(d.scale * (d.rscales[used] @ distance**2))

    def covariance(self) -> Floats:
        """Return the covariance, shape (R, R)."""
        d = self.design
        return replicate_covariance(self.each, self.estimate, d.scale, d.rscales, d.mse)

    def within(self, k: int) -> Floats:
        """Return the covariance within each of k runs of estimates, shape (k, R/k, R/k)."""
        size = len(self.estimate) // k
        runs = [slice(i * size, (i + 1) * size) for i in range(k)]
        parts = [Replicated(self.estimate[r], self.each[:, r], self.design) for r in runs]
        return np.stack([p.covariance() for p in parts]) if parts else np.zeros((0, size, size))

    def logit_se(self) -> Floats:
        """Return the spread of the logits; nan where a replicate has a share of 0 or 1."""
        with np.errstate(all="ignore"):
            return self.mapped(lambda p: np.log(p / (1 - p)), self.estimate).se()

    def se(self) -> Floats:
        """Return the standard errors, shape (R,)."""
        return np.asarray(np.sqrt(self.variance()))


Spread = Linearised | Replicated


def table_totals(
    row: Codes, k: int, columns: Sequence[tuple[Codes, int]], mask: Bools | None, design: AnyDesign
) -> list[tuple[Spread, Floats]]:
    """Total the cells of one variable by each of several, in one pass.

    Parameters
    ----------
    row : ndarray of int, shape (n,)
        0 … k-1, or negative.
    k : int
    columns : sequence of (codes, b)
    mask : ndarray of bool, shape (n,), optional
    design : SampleDesign or ReplicateDesign

    Returns
    -------
    list of (totals, df)
        For each column the k b totals, row by row, and the degrees of freedom of each of its
        levels and of all of them together, shape (b + 1,).
    """
    if not columns:
        return []
    if isinstance(design, ReplicateDesign):
        return _replicate_tables(row, k, columns, mask, design)
    w = design.weights
    if design.units is not None:
        sums = cell_sums(row, k, columns, [w], mask=mask, unit=design.units, units=design.n_units)
        return [(_of_units(s[0], design), _touched(s[0], design)) for s in sums]
    counted = None if w.min(initial=1.0) > 0 else (w > 0).astype(np.float64)
    given = [w, w * w, counted]
    sums = cell_sums(row, k, columns, given, mask=mask, unit=design.groups, units=design.n_groups)
    return [(_of_elements(s[0], s[1], design), _touched(s[2], design)) for s in sums]


def _replicate_tables(
    row: Codes,
    k: int,
    columns: Sequence[tuple[Codes, int]],
    mask: Bools | None,
    design: ReplicateDesign,
) -> list[tuple[Spread, Floats]]:
    inside = row >= 0 if mask is None else (row >= 0) & mask
    df = [freedom(np.where(inside, codes, -1), b, design) for codes, b in columns]
    sizes = [k * b for _, b in columns]
    if sum(sizes) > _PRODUCT:
        weights = [design.weights, *design.columns.T]
        sums = [s.reshape(len(s), -1) for s in cell_sums(row, k, columns, weights, mask=mask)]
        parts = [Replicated(s[0], s[1:], design) for s in sums]
        return list(zip(parts, df, strict=True))

    def make(part: slice) -> NDArray[Any]:
        known = inside[part]
        cells = [
            _members(np.where(known & (c[part] >= 0), row[part] * np.intp(b) + c[part], -1), k * b)
            for c, b in columns
        ]
        return np.hstack(cells)

    whole = row_totals(make, sum(sizes), design)
    assert isinstance(whole, Replicated)
    ends = np.cumsum([0, *sizes])
    each = [slice(a, b) for a, b in pairwise(ends)]
    return [
        (Replicated(whole.estimate[part], whole.each[:, part], design), free)
        for part, free in zip(each, df, strict=True)
    ]


def _members(codes: Codes, k: int) -> Floats:
    """Return who is in which cell as 0 and 1, (n, k)."""
    found = np.zeros((len(codes), k + 1))
    found.reshape(-1)[np.arange(len(codes)) * (k + 1) + np.where(codes < 0, k, codes)] = 1.0
    return found[:, :k]


def _of_units(sums: Floats, design: SampleDesign) -> Linearised:
    flat = sums.reshape(len(sums), -1)
    return Linearised(flat.sum(axis=0), covariance(flat, design))


def _of_elements(first: Floats, second: Floats, design: SampleDesign) -> Linearised:
    one, two = (x.reshape(len(x), -1) for x in (first, second))
    return Linearised(one.sum(axis=0), element_covariance(one, two, design))


def _touched(sums: Floats, design: SampleDesign) -> Floats:
    """Degrees of freedom from sums by unit that are 0 just where nobody is, (rows, k, b)."""
    by = sums.sum(axis=1)
    both = np.concatenate([by, by.sum(axis=1, keepdims=True)], axis=1)
    return cell_degrees_of_freedom(both, design).astype(np.float64)


def cell_totals(
    codes: Codes, k: int, design: AnyDesign, *, values: Sequence[Floats] = ()
) -> Spread:
    """Total exclusive cells, and numbers within them (see ``stats.design.cell_covariance``)."""
    if isinstance(design, SampleDesign):
        return Linearised(*cell_covariance(codes, k, design, values=values))
    if k * (1 + len(values)) > _PRODUCT:
        return Replicated(*replicate_totals(codes, k, design, values=values), design)

    def make(part: slice) -> NDArray[Any]:
        inside = _members(codes[part], k)
        # what is outside of all cells may be nan
        own = (np.where(codes[part] >= 0, v[part], 0.0) for v in values)
        return np.hstack([inside, *(inside * v[:, None] for v in own)])

    return row_totals(make, k * (1 + len(values)), design)


def row_totals(make: Callable[[slice], NDArray[Any]], size: int, design: AnyDesign) -> Spread:
    """Total what overlaps: `make` returns x of some respondents, of shape (rows, size)."""
    step = max(1, _DENSE // max(size, 1))
    parts = [slice(start, start + step) for start in range(0, design.n, step)]
    if isinstance(design, ReplicateDesign):
        t, each = np.zeros(size), np.zeros((design.columns.shape[1], size))
        for part in parts:
            x = make(part).astype(np.float64)
            t += design.weights[part] @ x
            each += design.columns[part].T @ x
        return Replicated(t, each, design)
    elements = design.units is None
    by = design.groups if design.units is None else design.units
    rows = design.n_groups if elements else design.n_units
    first, second = np.zeros((rows, size)), np.zeros((rows, size, size) if elements else 0)
    for part in parts:
        x = make(part) * design.weights[part, None]
        for c in range(size):
            first[:, c] += np.bincount(by[part], weights=x[:, c], minlength=rows)
        for s in range(rows) if elements else ():
            own = x[by[part] == s]
            second[s] += own.T @ own
    v = element_covariance(first, second, design) if elements else covariance(first, design)
    return Linearised(first.sum(axis=0), v)


def freedom(groups: Codes, b: int, design: AnyDesign) -> Floats:
    """Degrees of freedom of each of `b` groups, and of all of them together, shape (b + 1,)."""
    if isinstance(design, ReplicateDesign):
        return group_degrees_of_freedom(groups, b, design)
    some = (groups >= 0) & (design.weights > 0)
    by = design.groups if design.units is None else design.units
    rows = design.n_groups if design.units is None else design.n_units
    fused = by[some] * np.intp(b) + groups[some]
    counts = np.bincount(fused, minlength=rows * b).reshape(rows, b)
    both = np.column_stack([counts, counts.sum(axis=1)])
    return cell_degrees_of_freedom(both, design).astype(np.float64)


def freedom_of(mask: Bools, design: AnyDesign) -> float:
    """Degrees of freedom of one domain."""
    return float(freedom(np.where(mask, 0, -1), 1, design)[0])
