"""Covariance from replicate weights that come with the data.

:func:`replicate_totals` makes the totals of a table under the weights and under every column of
replicate weights; estimates are computed from each of them (:func:`replicate_ratios`), and
:func:`replicate_covariance` is their spread.

References
----------
Wolter (2007), Introduction to Variance Estimation. The scale factors are those of
`svrepdesign` in R survey 4.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveykit.errors import InputError, UnknownNameError, UsageError

__all__ = [
    "REPLICATE_KINDS",
    "ReplicateDesign",
    "ReplicateKind",
    "group_degrees_of_freedom",
    "replicate_covariance",
    "replicate_degrees_of_freedom",
    "replicate_ratios",
    "replicate_totals",
    "resolve_replicates",
]

Floats = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]
ReplicateKind = Literal["JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "SDR", "other"]
REPLICATE_KINDS: tuple[ReplicateKind, ...] = get_args(ReplicateKind)

# a column of which less is left beside the others adds nothing to the rank, as R survey has it
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class ReplicateDesign:
    """Weights and replicate weights of n respondents, and how replicates are added up.

    Attributes
    ----------
    weights : ndarray, shape (n,)
    columns : ndarray, shape (n, R)
        Replicate weights that contain the weight.
    scale : float
    rscales : ndarray, shape (R,)
    mse : bool
        Whether spread is measured from the estimate itself; from the replicates' mean if not.
    """

    weights: Floats
    columns: Floats
    scale: float
    rscales: Floats
    mse: bool
    _held: list[_Patterns] = field(default_factory=list, repr=False)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weights)

    def patterns(self) -> _Patterns:
        """Return the distinct rows of the replicate weights, looked for once."""
        if not self._held:
            self._held.append(_Patterns.of(self.columns))
        return self._held[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Patterns:
    """Rows of replicate weights that are multiples of each other, held once.

    Attributes
    ----------
    rows : ndarray, shape (P, R)
    of_each : ndarray of int, shape (n,)
    ranks : dict
        Rank of the rows by which of them are held: groups often hold the same.
    """

    rows: Floats
    of_each: NDArray[np.intp]
    ranks: dict[bytes, int] = field(default_factory=dict, repr=False)

    def rank(self, held: NDArray[np.bool_]) -> int:
        """Return the rank of the rows that are held."""
        key = np.packbits(held).tobytes()
        if key not in self.ranks:
            self.ranks[key] = _rank(self.rows if held.all() else self.rows[held])
        return self.ranks[key]

    @classmethod
    def of(cls, columns: Floats) -> _Patterns:
        """Find them by their products with one vector: those of one unit differ by rounding."""
        rng = np.random.default_rng(0)
        lengths, products = columns.sum(axis=1), columns @ rng.random(columns.shape[1])
        some = lengths > 0
        share = np.where(some, products / np.where(some, lengths, 1.0), 0.0)
        _, first, of_each = np.unique(share.round(11), return_index=True, return_inverse=True)
        if 2 * len(first) > len(columns):
            return cls(columns, np.arange(len(columns)))
        return cls(columns[first], of_each.reshape(-1))


def resolve_replicates(
    weights: ArrayLike,
    columns: ArrayLike,
    kind: ReplicateKind,
    *,
    rho: float | None = None,
    scale: float | None = None,
    rscales: ArrayLike | None = None,
    mse: bool = False,
    combined: bool = True,
) -> ReplicateDesign:
    """Check replicate weights and fill in the scale factors of their kind.

    Parameters
    ----------
    weights : array_like, shape (n,)
    columns : array_like, shape (n, R)
    kind : str
        "JK1" (scale (R-1)/R), "JK2" (1), "JKn" (rscales must be given), "BRR" (1/R), "Fay"
        (1/(R (1-rho)²)), "bootstrap" (1/(R-1)), "SDR" (successive differences, 4/R), "other"
        (scale and rscales must be given).
    rho : float, optional
        Fay's factor, 0 ≤ rho < 1.
    scale, rscales : float and array_like of shape (R,), optional
        Factors that replace those of the kind; the producer of the data documents them.
    mse : bool
    combined : bool
        False if the columns are factors that the weight has still to be multiplied by.

    Raises
    ------
    InputError
        For missing, negative or infinite weights.
    UsageError
        If shapes do not fit, a factor is missing, or one is given that the kind does not use.

    Examples
    --------
    >>> r = resolve_replicates([1.0, 1.0], [[0.0, 2.0], [2.0, 0.0]], "JK1")
    >>> r.scale, r.rscales.tolist()
    (0.5, [1.0, 1.0])
    """
    if kind not in REPLICATE_KINDS:
        raise UnknownNameError.for_name("kind of replicate weights", kind, REPLICATE_KINDS)
    w, r = _numbers(weights, 1, "weights"), _numbers(columns, 2, "replicate weights")
    if r.shape[1] < 2:
        raise UsageError(
            f"{r.shape[1]} column of replicate weights is no replication; at least 2 are needed.",
            hint="a pattern such as 'repwt_*' names all of them.",
        )
    if len(r) != len(w):
        raise UsageError(f"{len(w)} weights and replicate weights of shape {r.shape} do not fit.")
    if not combined:
        r = r * w[:, None]
    r = np.asfortranarray(r)  # every pass reads one column
    factor = _scale(kind, r.shape[1], rho, scale, rscales is not None)
    return ReplicateDesign(w, r, factor, _rscales(rscales, r.shape[1]), mse)


def replicate_totals(
    codes: Codes, k: int, design: ReplicateDesign, *, values: Sequence[Floats] = ()
) -> tuple[Floats, Floats]:
    """Weighted totals of exclusive cells under the weights and under every replicate.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Cell of each respondent, 0 … k-1; a negative code is in no cell.
    k : int
    design : ReplicateDesign
    values : sequence of ndarray, each of shape (n,)
        Numbers to be totalled within the cells as well; never nan in a cell.

    Returns
    -------
    totals : ndarray, shape ((1 + m) k,)
        Σw of the cells, then Σ w v for each of the m values.
    replicates : ndarray, shape (R, (1 + m) k)

    Examples
    --------
    >>> r = resolve_replicates([1.0, 1.0], [[0.0, 2.0], [2.0, 0.0]], "JK1")
    >>> t, each = replicate_totals(np.array([0, 1]), 2, r)
    >>> t.tolist(), each.tolist()
    ([1.0, 1.0], [[0.0, 2.0], [2.0, 0.0]])
    """
    # an extra cell for those in none: cheaper than leaving them out of every column
    cell = np.where(codes >= 0, codes, k).astype(np.intp)
    numbers = [np.where(codes >= 0, v, 0.0) for v in values]

    def totals(w: Floats) -> Floats:
        parts = [w, *(w * v for v in numbers)]
        return np.concatenate([np.bincount(cell, weights=x, minlength=k + 1)[:k] for x in parts])

    return totals(design.weights), np.stack([totals(w) for w in design.columns.T])


def replicate_ratios(totals: ArrayLike, numerators: ArrayLike, denominators: ArrayLike) -> Floats:
    """Ratios of sums of totals (A t) / (B t) for each replicate, shape (R, K).

    `totals` has the shape (R, C); A and B have the shape (K, C), as for ``linear.ratios``.

    Examples
    --------
    >>> replicate_ratios([[1.0, 3.0], [2.0, 2.0]], [[1.0, 0.0]], [[1.0, 1.0]]).tolist()
    [[0.25], [0.5]]
    """
    t, a, b = (np.asarray(x, dtype=np.float64) for x in (totals, numerators, denominators))
    base = t @ b.T
    return np.asarray((t @ a.T) / np.where(base == 0, np.nan, base))


def replicate_covariance(
    theta: ArrayLike,
    theta0: ArrayLike,
    scale: float,
    rscales: ArrayLike,
    mse: bool = False,
) -> Floats:
    """Covariance of estimates from their replicates.

    Parameters
    ----------
    theta : array_like, shape (R, C)
        Estimates of every replicate.
    theta0 : array_like, shape (C,)
        Estimates under the weights.
    scale : float
    rscales : array_like, shape (R,)
    mse : bool
        Spread from `theta0`, else from the mean of the replicates that count.

    Returns
    -------
    ndarray, shape (C, C)
        nan in the rows and columns of an estimate that any replicate does not define.

    Examples
    --------
    >>> replicate_covariance([[1.0], [3.0]], [2.0], 0.5, [1.0, 1.0]).tolist()
    [[1.0]]
    """
    t, factors = (np.asarray(x, dtype=np.float64) for x in (theta, rscales))
    centre = np.asarray(theta0, dtype=np.float64) if mse else t[factors > 0].mean(0)
    distance = (t - centre)[factors > 0]
    return np.asarray(scale * (distance * factors[factors > 0, None]).T @ distance)


def replicate_degrees_of_freedom(design: ReplicateDesign) -> int:
    """Rank of the replicate weights minus 1, as R survey has it.

    Examples
    --------
    >>> replicate_degrees_of_freedom(
    ...     resolve_replicates([1.0, 1.0], [[0.0, 2.0], [2.0, 0.0]], "JK1")
    ... )
    1
    """
    found = design.patterns()
    return found.rank(np.ones(len(found.rows), dtype=bool)) - 1


def group_degrees_of_freedom(groups: Codes, k: int, design: ReplicateDesign) -> Floats:
    """Degrees of freedom of `k` domains: rank of the replicate weights in each one, minus 1.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Domain of each respondent, 0 … k-1; a negative code is in none.
    k : int
    design : ReplicateDesign

    Returns
    -------
    ndarray of float, shape (k + 1,)
        Of each domain, then of all of them together; -1 for one without anyone.

    Examples
    --------
    >>> r = resolve_replicates([1.0, 1.0], [[0.0, 2.0], [2.0, 0.0]], "JK1")
    >>> group_degrees_of_freedom(np.array([0, -1]), 1, r).tolist()
    [0.0, 0.0]
    """
    found = design.patterns()
    size, inside = len(found.rows), groups >= 0
    keys = groups[inside].astype(np.intp) * size + found.of_each[inside]
    held = np.zeros((k, size), dtype=bool)
    held.reshape(-1)[keys] = True
    return np.array([found.rank(h) - 1.0 for h in (*held, held.any(axis=0))])


def _rank(rows: Floats) -> int:
    """Rank of a matrix (m, R), columns scaled to one length."""
    m, columns = rows.shape
    if m > 8 * columns:  # most often some rows show that it is R, which it cannot exceed
        some = _full_rank(rows[:: m // (4 * columns)])
        if some == columns:
            return some
    return _full_rank(rows)


def _full_rank(rows: Floats) -> int:
    """Rank by a Cholesky decomposition of the products of columns, the largest pivots first."""
    from scipy.linalg.lapack import dpstrf

    gram = rows.T @ rows
    lengths = np.sqrt(np.diag(gram))
    scale = np.where(lengths > 0, 1 / np.where(lengths > 0, lengths, 1.0), 0.0)
    _, _, rank, _ = dpstrf(gram * np.outer(scale, scale), tol=TOLERANCE**2)
    return int(rank) if (lengths > 0).any() else 0


def _numbers(values: ArrayLike, ndim: int, what: str) -> Floats:
    try:
        x = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} must be numbers ({error}).") from error
    if x.ndim != ndim:
        raise UsageError(f"{what} must have {ndim} dimensions; got the shape {x.shape}.")
    # nan fails both
    if x.size and not (x.min() >= 0 and x.max() < np.inf):
        place = np.argwhere(~(np.isfinite(x) & (x >= 0)))[0] + 1
        column = f", column {place[1]}" if ndim == 2 else ""
        raise InputError(
            f"{what}: {x[tuple(place - 1)]} for respondent {place[0]}{column}.",
            hint="weights are finite numbers, 0 or more.",
        )
    return x


def _scale(
    kind: ReplicateKind, R: int, rho: float | None, scale: float | None, has_rscales: bool
) -> float:
    if (kind == "Fay") != (rho is not None):
        raise UsageError(
            f"replicate weights of kind {kind!r} {'need' if kind == 'Fay' else 'have no'} rho.",
            hint="rho is the factor of Fay's method, documented with the data.",
        )
    if rho is not None and not 0 <= rho < 1:
        raise UsageError(f"rho is {rho!r}; it is at least 0 and below 1.")
    if kind in ("JKn", "other") and not has_rscales:
        raise UsageError(
            f"replicate weights of kind {kind!r} need rscales, one factor for each column.",
            hint="for a stratified jackknife it is (n - 1)/n of the column's stratum.",
        )
    if kind == "other" and scale is None:
        raise UsageError("replicate weights of kind 'other' need a scale.")
    if scale is not None:
        if not (np.isfinite(scale) and scale > 0):
            raise UsageError(f"scale is {scale!r}; it is a number above 0.")
        return float(scale)
    factors = {
        "JK1": (R - 1) / R,
        "BRR": 1 / R,
        "Fay": 1 / (R * (1 - (rho or 0.0)) ** 2),
        "bootstrap": 1 / (R - 1),
        "SDR": 4 / R,
    }
    return factors.get(kind, 1.0)


def _rscales(rscales: ArrayLike | None, R: int) -> Floats:
    if rscales is None:
        return np.ones(R)
    x = np.asarray(rscales, dtype=np.float64)
    x = np.full(R, float(x)) if x.ndim == 0 else x
    if x.shape != (R,) or not (np.isfinite(x) & (x >= 0)).all():
        raise UsageError(
            f"rscales must be {R} numbers of 0 or more, one for each column; got shape {x.shape}."
        )
    return x
