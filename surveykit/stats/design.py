"""Sampling designs as arrays, and the covariance of weighted totals under them.

A table needs one pass over the data: weighted totals of its cells by sampling unit
(:func:`covariance`), or, where every respondent is a unit, Σw and Σw² of its cells by stratum
(:func:`element_covariance`, a closed form). Both give the covariance matrix of the cell totals;
proportions, means, ratios and differences follow from it by linear maps (`linear.py`).
:func:`cell_covariance` does pass and matrix in one call, from codes.

Sampling is without replacement in a stage that has a finite population correction and with
replacement otherwise; what is sampled within units drawn with replacement adds nothing.

References
----------
Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, sections 4.2-4.3.
Lumley (2010), Complex Surveys; the definitions are those of R survey 4.5 (`svyrecvar`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveykit.errors import UsageError

__all__ = [
    "LONELY_RULES",
    "LonelyRule",
    "SampleDesign",
    "Stage",
    "cell_covariance",
    "cell_degrees_of_freedom",
    "covariance",
    "degrees_of_freedom",
    "element_covariance",
    "row_covariance",
    "sums_by",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Codes = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
LonelyRule = Literal["fail", "remove", "adjust", "average", "certainty"]
LONELY_RULES: tuple[LonelyRule, ...] = get_args(LonelyRule)

# a stratum of which all but this share is sampled has no variance (R survey's bound)
CENSUS = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of sampling: units drawn within strata.

    Attributes
    ----------
    strata : ndarray of int, shape (U,) or None
        Stratum of each unit, 0 … S-1; in a further stage, the unit of the stage before it.
        None where each respondent is a unit (then `SampleDesign.groups` has the strata).
    sampled : ndarray of int, shape (S,)
        Units drawn in each stratum.
    fraction : ndarray of float, shape (S,)
        Share of the population's units that was drawn; 0 for sampling with replacement.
    """

    strata: Ints | None
    sampled: Ints
    fraction: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SampleDesign:
    """A sampling design of n respondents, resolved to arrays (see ``resolve_design``).

    Attributes
    ----------
    weights : ndarray of float, shape (n,)
        Not negative; a weight of 0 keeps the respondent's unit in the design.
    strata : ndarray of int, shape (n,)
        First-stage stratum of each respondent; all 0 without strata.
    psu : ndarray of int, shape (n,) or None
        First-stage unit, unique over all strata; None where each respondent is one.
    groups : ndarray of int, shape (n,)
        Last-stage stratum: `strata` in a design of one stage.
    units : ndarray of int, shape (n,) or None
        Last-stage unit: `psu` in a design of one stage; None where each respondent is one.
    stages : tuple of Stage
        First stage first.
    lonely : str
        What a stratum with one sampled unit contributes: "remove" and "certainty" nothing,
        "adjust" its distance from the mean of all units, "average" the mean of the other
        strata; under "fail" such a design does not exist.
    """

    weights: Floats
    strata: Ints
    psu: Ints | None
    groups: Ints
    units: Ints | None
    stages: tuple[Stage, ...]
    lonely: LonelyRule = "fail"

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weights)

    @property
    def n_groups(self) -> int:
        """Number of last-stage strata: the rows of what :func:`element_covariance` takes."""
        return len(self.stages[-1].sampled)

    @property
    def n_units(self) -> int:
        """Number of last-stage units: the rows of what :func:`covariance` takes."""
        return int(self.stages[-1].sampled.sum())


def covariance(totals: ArrayLike, design: SampleDesign) -> Floats:
    """Covariance of column totals, from the totals of every last-stage unit.

    Parameters
    ----------
    totals : array_like, shape (U, C)
        Σ w x of each unit of ``design.units``, zeros included (a domain keeps all units).
    design : SampleDesign

    Returns
    -------
    ndarray, shape (C, C)

    Examples
    --------
    >>> from surveykit.stats.designinput import resolve_design
    >>> design = resolve_design(strata=[1, 1, 1, 2, 2], psu=[[1, 1, 2, 1, 2]])
    >>> covariance([[2.0], [1.0], [1.0], [1.0]], design).tolist()
    [[1.0]]
    """
    units = np.asarray(totals, dtype=np.float64)
    _check_rows(units, design.n_units, "units")
    last = len(design.stages) - 1
    strata = design.groups if design.units is None else design.stages[last].strata
    assert strata is not None
    return _unit_part(units, strata, design, last) + _parts_above(
        sums_by(units, strata, design.n_groups), design
    )


def element_covariance(first: ArrayLike, second: ArrayLike, design: SampleDesign) -> Floats:
    """Covariance of column totals where every respondent is a unit, from sums by stratum.

    With one stage, n respondents in a stratum and its totals T = Σ w x, the stratum adds
    (1 - f) n/(n-1) (Σ w² x xᵀ - T Tᵀ/n).

    Parameters
    ----------
    first : array_like, shape (S, C)
        Σ w x by last-stage stratum (``design.groups``).
    second : array_like, shape (S, C) or (S, C, C)
        Σ w² x² by stratum for columns that exclude each other (cells of one table), or
        Σ w² x xᵀ for columns that overlap.
    design : SampleDesign
        With ``units`` None.

    Returns
    -------
    ndarray, shape (C, C)

    Raises
    ------
    UsageError
        If the design has units of several respondents, or shapes do not fit.

    Examples
    --------
    >>> from surveykit.stats.designinput import resolve_design
    >>> design = resolve_design(weights=[1.0, 1.0, 2.0])
    >>> element_covariance([[2.0, 2.0]], [[2.0, 4.0]], design).tolist()
    [[1.0, -2.0], [-2.0, 4.0]]
    """
    one, two = (np.asarray(x, dtype=np.float64) for x in (first, second))
    _check_elements(design)
    _check_rows(one, design.n_groups, "strata")
    factor = _factors(design)[-1]
    pairs = np.einsum("s,s...->...", factor.scale, two)
    return _moment_part(one, np.diag(pairs) if pairs.ndim == 1 else pairs, design)


def row_covariance(contributions: ArrayLike, design: SampleDesign) -> Floats:
    """Covariance of column totals from one row for each respondent.

    For few columns, or for linearised residuals; tables take :func:`cell_covariance`.

    Parameters
    ----------
    contributions : array_like, shape (n, C)
        w x of each respondent; 0 outside a domain.
    design : SampleDesign

    Returns
    -------
    ndarray, shape (C, C)

    Examples
    --------
    >>> from surveykit.stats.designinput import resolve_design
    >>> row_covariance([[1.0], [2.0], [3.0]], resolve_design(n=3)).tolist()
    [[3.0]]
    """
    rows = np.asarray(contributions, dtype=np.float64)
    _check_rows(rows, design.n, "respondents")
    if design.units is None:
        return covariance(rows, design)
    return covariance(sums_by(rows, design.units, design.n_units), design)


def cell_covariance(
    codes: Codes, k: int, design: SampleDesign, *, values: Sequence[Floats] = ()
) -> tuple[Floats, Floats]:
    """Weighted totals of exclusive cells and their covariance, from codes.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Cell of each respondent, 0 … k-1; a negative code is in no cell.
    k : int
        Number of cells.
    design : SampleDesign
    values : sequence of ndarray, each of shape (n,)
        Numbers to be totalled within the cells as well, for means; never nan in a cell.
        Centre them first: digits are lost when they vary little about a large mean.

    Returns
    -------
    totals : ndarray, shape ((1 + m) k,)
        Σw of the k cells, then Σ w v of the k cells for each of the m values.
    covariance : ndarray, shape ((1 + m) k, (1 + m) k)

    Examples
    --------
    >>> from surveykit.stats.designinput import resolve_design
    >>> t, v = cell_covariance(np.array([0, 0, 1]), 2, resolve_design(weights=[1.0, 1.0, 2.0]))
    >>> t.tolist(), v.tolist()
    ([2.0, 2.0], [[1.0, -2.0], [-2.0, 4.0]])
    """
    inside = codes >= 0
    every = bool(inside.all())
    cell = codes if every else codes[inside]
    w, *numbers = (x if every else x[inside] for x in (design.weights, *values))
    contributions = [w, *(w * v for v in numbers)]
    by = design.groups if design.units is None else design.units
    within = by if every else by[inside]
    rows = design.n_groups if design.units is None else design.n_units
    first = np.concatenate([_cells(within, rows, cell, k, c) for c in contributions], axis=1)
    if design.units is not None:
        return first.sum(0), covariance(first, design)
    pairs = _cell_pairs(cell, k, contributions, _factors(design)[-1].scale[within])
    return first.sum(0), _moment_part(first, pairs, design)


def degrees_of_freedom(design: SampleDesign, mask: Bools | None = None) -> int:
    """First-stage units minus strata that hold a respondent with a weight above 0 in `mask`.

    Examples
    --------
    >>> from surveykit.stats.designinput import resolve_design
    >>> design = resolve_design(strata=[1, 1, 1, 2, 2])
    >>> degrees_of_freedom(design)
    3
    >>> degrees_of_freedom(design, np.array([True, True, True, False, False]))
    2
    """
    here = design.weights != 0
    if mask is not None:
        here &= mask
    strata = np.count_nonzero(np.bincount(design.strata[here]))
    if design.psu is None:
        return int(np.count_nonzero(here) - strata)
    return int(np.count_nonzero(np.bincount(design.psu[here])) - strata)


def cell_degrees_of_freedom(counts: ArrayLike, design: SampleDesign) -> Ints:
    """Degrees of freedom of many domains at once: units minus strata that each one touches.

    Parameters
    ----------
    counts : array_like, shape (U, C) or (S, C)
        Respondents with a weight above 0 by last-stage unit; by last-stage stratum where
        each respondent is a unit. Columns are domains.

    Returns
    -------
    ndarray of int, shape (C,)

    Examples
    --------
    >>> from surveykit.stats.designinput import resolve_design
    >>> cell_degrees_of_freedom([[3, 2], [2, 0]], resolve_design(strata=[1, 1, 1, 2, 2])).tolist()
    [3, 1]
    """
    level = np.asarray(counts, dtype=np.float64)
    elements = design.units is None
    _check_rows(level, design.n_groups if elements else design.n_units, "rows")
    if elements and len(design.stages) == 1:
        return np.asarray(level.sum(0) - (level > 0).sum(0), dtype=np.intp)
    for stage in reversed(design.stages[1:]):
        level = level if stage.strata is None else sums_by(level, stage.strata, len(stage.sampled))
    first = design.stages[0]
    assert first.strata is not None
    strata = sums_by(level, first.strata, len(first.sampled))
    return np.asarray((level > 0).sum(0) - (strata > 0).sum(0), dtype=np.intp)


def sums_by(values: Floats, codes: Codes, size: int) -> Floats:
    """Column sums of `values`, shape (m, C), by `codes`, shape (m,): shape (size, C).

    Examples
    --------
    >>> sums_by(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 0]), 2).tolist()
    [[5.0], [2.0]]
    """
    if values.shape[1] == 0:
        return np.zeros((size, 0))
    steps = np.diff(codes) if len(codes) else codes
    if (
        len(codes)
        and codes[0] == 0
        and codes[-1] == size - 1
        and ((steps == 0) | (steps == 1)).all()
    ):
        # in order and without gaps, as units are numbered
        return np.add.reduceat(values, np.append(0, np.flatnonzero(steps) + 1), axis=0)
    return np.stack([np.bincount(codes, weights=c, minlength=size) for c in values.T], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Factor:
    """What multiplies the centred products of each stratum, shape (S,), and who is lonely."""

    scale: Floats
    lonely: Bools


def _factors(design: SampleDesign) -> list[_Factor]:
    return [
        _factor(stage, multiplier, design.lonely, first=i == 0)
        for i, (stage, multiplier) in enumerate(
            zip(design.stages, _multipliers(design), strict=True)
        )
    ]


def _multipliers(design: SampleDesign) -> Iterator[Floats]:
    """Weight of a stage's strata: product of the sampling fractions of the units above."""
    multiplier = np.ones(len(design.stages[0].sampled))
    for stage in design.stages[:-1]:
        yield multiplier
        assert stage.strata is not None
        multiplier = (multiplier * stage.fraction)[stage.strata]
    yield multiplier


def _factor(stage: Stage, multiplier: Floats, rule: LonelyRule, *, first: bool) -> _Factor:
    rest = np.where(1 - stage.fraction < CENSUS, 0.0, 1 - stage.fraction) * multiplier
    lonely = (stage.sampled == 1) & (rest > 0)
    scale = rest * stage.sampled / np.maximum(stage.sampled - 1, 1)
    if not lonely.any():
        return _Factor(scale, lonely)
    if rule == "average":
        share = len(lonely) / (len(lonely) - lonely.sum()) if not lonely.all() else np.nan
        return _Factor(np.where(lonely, 0.0, scale * share), lonely)
    # in a further stage the units of one stratum are all there are to take a mean of
    kept = {"adjust": rest if first else 0.0, "fail": np.nan}.get(rule, 0.0)
    return _Factor(np.where(lonely, kept, scale), lonely)


def _centres(sums: Floats, stage: Stage, factor: _Factor, rule: LonelyRule) -> Floats:
    """Where the units of each stratum are centred, shape (S, C)."""
    centres = sums / np.maximum(stage.sampled, 1)[:, None]
    if rule == "adjust" and factor.lonely.any():
        centres[factor.lonely] = sums.sum(0) / stage.sampled.sum()
    return centres


def _unit_part(units: Floats, strata: Ints, design: SampleDesign, i: int) -> Floats:
    """Return what stage `i` adds, from the totals of its units, shape (U, C)."""
    stage, factor = design.stages[i], _factors(design)[i]
    centres = _centres(sums_by(units, strata, len(stage.sampled)), stage, factor, design.lonely)
    distance = units - centres[strata]
    return np.asarray((distance * factor.scale[strata][:, None]).T @ distance)


def _moment_part(first: Floats, pairs: Floats, design: SampleDesign) -> Floats:
    """Everything, from stratum totals (S, C) and Σ scale w² x xᵀ (C, C) of the last stage."""
    stage, factor = design.stages[-1], _factors(design)[-1]
    centres = _centres(first, stage, factor, design.lonely)
    crossed = (first * factor.scale[:, None]).T @ centres
    squared = (centres * (factor.scale * stage.sampled)[:, None]).T @ centres
    return np.asarray(pairs - crossed - crossed.T + squared) + _parts_above(first, design)


def _parts_above(level: Floats, design: SampleDesign) -> Floats:
    """Return what the stages before the last add, from the totals of the last one's strata."""
    total = np.zeros((level.shape[1], level.shape[1]))
    for i in range(len(design.stages) - 2, -1, -1):
        strata = design.stages[i].strata
        assert strata is not None
        total = total + _unit_part(level, strata, design, i)
        level = sums_by(level, strata, len(design.stages[i].sampled))
    return total


def _cells(rows: Ints, height: int, cell: Codes, k: int, weights: Floats) -> Floats:
    fused = rows * np.intp(k) + cell
    sums = np.bincount(fused, weights=weights, minlength=height * k)
    return np.asarray(sums, dtype=np.float64).reshape(height, k)


def _cell_pairs(cell: Codes, k: int, contributions: list[Floats], scale: Floats) -> Floats:
    """Σ scale w² x xᵀ of exclusive cells: a diagonal block for each pair of variables."""
    m = len(contributions)
    pairs = np.zeros((m, k, m, k))
    for a in range(m):
        for b in range(a, m):
            products = scale * contributions[a] * contributions[b]
            block = np.diag(np.bincount(cell, weights=products, minlength=k))
            pairs[a, :, b, :] = pairs[b, :, a, :] = block
    return pairs.reshape(m * k, m * k)


def _check_elements(design: SampleDesign) -> None:
    if design.units is not None:
        raise UsageError(
            "sums by stratum are not enough for a design with units of several respondents.",
            hint="pass the totals of its units to `covariance`.",
        )


def _check_rows(values: Floats, rows: int, what: str) -> None:
    if values.ndim < 2 or len(values) != rows:
        raise UsageError(f"got an array of shape {values.shape} for {rows} {what}.")
