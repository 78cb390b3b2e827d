"""Measures of association by name: value, standard error, interval and test of independence.

`measures` all of one table · `cramers_v_corrected`, `cramers_v_interval` Cramér's V without
its upward bias, and its interval.

References
----------
Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T, J. Korean Stat. Soc. 42.
Smithson (2003), Confidence Intervals, Sage: intervals of V from the noncentral chi-square.
Bishop, Fienberg and Holland (1975), Discrete Multivariate Analysis, section 11.3: the
standard error of φ².
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chndtr, chndtrinc, ndtri

from surveykit.errors import UnknownNameError
from surveykit.stats import association as a
from surveykit.stats.intervals import check_level
from surveykit.stats.twoway import chi2, compressed, g2

__all__ = [
    "MEASURE_NAMES",
    "Direction",
    "MeasureName",
    "MeasureTest",
    "NamedMeasure",
    "cramers_v_corrected",
    "cramers_v_interval",
    "measures",
]

Floats = NDArray[np.float64]
Direction = Literal["symmetric", "row", "column"]
MeasureTest = Literal["", "chi2", "g2", "z", "t", "f"]
MeasureName = Literal[
    "phi",
    "cramers_v",
    "cramers_v_corrected",
    "contingency_c",
    "lambda",
    "goodman_kruskal_tau",
    "uncertainty",
    "gamma",
    "tau_b",
    "tau_c",
    "somers_d",
    "pearson",
    "spearman",
    "eta",
    "kappa",
]
MEASURE_NAMES: tuple[MeasureName, ...] = get_args(MeasureName)
ROUNDING = 1e-12  # a standard error that is 0 but for rounding


@dataclass(frozen=True, slots=True)
class NamedMeasure:
    """One measure of one table; None for whatever is undefined.

    Attributes
    ----------
    name : str
    direction : {"symmetric", "row", "column"}
        Which side depends on the other.
    value : float or None
    ase : float or None
        Asymptotic standard error; None for the corrected V, and at a φ of 0.
    low, high : float or None
        Interval, within the range of the measure: from the noncentral chi-square for φ, V and
        C, else value ± z·ase. None where the ase is 0 (a table without exceptions): a normal
        interval then says nothing.
    statistic, p : float or None
        Test of independence that belongs to the measure.
    test : str
        What the statistic is: "chi2", "g2", "z", "t", "f", or "" for no test.
    """

    name: MeasureName
    direction: Direction
    value: float | None
    ase: float | None = None
    low: float | None = None
    high: float | None = None
    statistic: float | None = None
    p: float | None = None
    test: MeasureTest = ""


def measures(
    table: ArrayLike, names: str | Sequence[str] | None = None, *, level: float = 0.95
) -> tuple[NamedMeasure, ...]:
    """Measures of association of an r × c table, each in its directions.

    Parameters
    ----------
    table : array_like, shape (r, c)
        Counts; rows and columns without observations are left out (but by kappa).
    names : str or sequence of str, optional
        Any of `MEASURE_NAMES`; all when not given (kappa for square tables only).
    level : float
        Of the intervals.

    Returns
    -------
    tuple of NamedMeasure
        In the order of `names`; a directed measure gives up to three: symmetric, row, column.

    Raises
    ------
    UnknownNameError, UsageError
        For an unknown name; for kappa of a table that is not square.

    Examples
    --------
    >>> for m in measures([[20, 10], [5, 15]], ["cramers_v", "gamma", "lambda"]):
    ...     print(m.name, m.direction, round(m.value, 4), round(m.low, 4), round(m.high, 4))
    cramers_v symmetric 0.4082 0.1309 0.6854
    gamma symmetric 0.7143 0.4045 1.0
    lambda symmetric 0.3333 0.0153 0.6514
    lambda row 0.25 0.0 0.6743
    lambda column 0.4 0.1284 0.6716
    """
    given = _names(table, names)
    check_level(level)
    t = np.asarray(table, dtype=np.float64)
    return tuple(m for name in given for m in _named(name, t, level))


def _named(name: MeasureName, table: Floats, level: float) -> list[NamedMeasure]:
    if name in _NOMINAL:
        return [_nominal(compressed(table), name, level)]
    z = float(ndtri(0.5 + level / 2))
    return [_with_interval(found, z) for found in _MEASURES[name](table)]


def cramers_v_corrected(table: ArrayLike) -> float | None:
    """Cramér's V without its bias: about 0 under independence; None if undefined.

    Examples
    --------
    >>> round(cramers_v_corrected([[20, 10], [5, 15]]), 4)
    0.3864
    """
    t = compressed(table)
    statistic, n = chi2(t).statistic, float(t.sum())
    if statistic is None or n <= 1:
        return None
    r, c = t.shape
    square = max(0.0, statistic / n - (r - 1) * (c - 1) / (n - 1))
    rows, columns = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    least = min(rows, columns) - 1
    return None if least <= 0 else math.sqrt(square / least)


def cramers_v_interval(table: ArrayLike, *, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of Cramér's V; None if undefined.

    The noncentralities λ under which the observed χ² is at either end of what is likely, as
    V = √(λ / (n (k - 1))). Its lower end is 0 unless p is below (1 - level) / 2. Where χ² is
    below its expectation df, the upper end is that of χ² = df: a χ² near 0 fits no λ at all,
    and the interval would shrink to nothing.

    Examples
    --------
    >>> low, high = cramers_v_interval([[20, 10], [5, 15]])
    >>> round(low, 4), round(high, 4)
    (0.1309, 0.6854)
    """
    t = compressed(table)
    ends = _noncentralities(t, check_level(level))
    if ends is None:
        return None
    scale = float(t.sum()) * (min(t.shape) - 1)
    return math.sqrt(min(1.0, ends[0] / scale)), math.sqrt(min(1.0, ends[1] / scale))


def _names(table: ArrayLike, names: str | Sequence[str] | None) -> tuple[MeasureName, ...]:
    if names is None:
        shape = np.shape(table)
        square = len(shape) == 2 and shape[0] == shape[1]
        return tuple(n for n in MEASURE_NAMES if square or n != "kappa")
    given = (names,) if isinstance(names, str) else tuple(names)
    for name in given:
        if name not in MEASURE_NAMES:
            raise UnknownNameError.for_name("measure", name, MEASURE_NAMES)
    return given  # type: ignore[return-value]


def _noncentralities(t: Floats, level: float) -> tuple[float, float] | None:
    test = chi2(t)
    if test.statistic is None or test.df is None:
        return None
    x, df, tail = test.statistic, test.df, (1 - level) / 2

    def centre(x: float, p: float) -> float:
        return float(chndtrinc(x, df, p)) if chndtr(x, df, 0.0) > p else 0.0

    return centre(x, 1 - tail), centre(max(x, df), tail)


def _nominal(t: Floats, name: MeasureName, level: float) -> NamedMeasure:
    """φ, V and C: one function each of φ², whose interval they share."""
    test, n = chi2(t), float(t.sum())
    if test.statistic is None:
        return NamedMeasure(name, "symmetric", None)
    if name == "cramers_v_corrected":
        value = cramers_v_corrected(t)
        return NamedMeasure(
            name, "symmetric", value, statistic=test.statistic, p=test.p, test="chi2"
        )
    most, square = min(t.shape) - 1, test.statistic / n
    shown, slope = _NOMINAL[name](most)
    ends = _noncentralities(t, level)
    assert ends is not None
    low, high = (shown(min(float(most), e / n)) for e in ends)
    ase = slope(square) * _phi_square_ase(t) if square > a.ROUNDING else None
    return NamedMeasure(
        name, "symmetric", shown(square), ase, low, high, test.statistic, test.p, "chi2"
    )


def _phi_square_ase(t: Floats) -> float:
    p = t / t.sum()
    row, column = p.sum(1)[:, None], p.sum(0)[None, :]
    ratio = p**2 / (row * column)
    slope = 2 * p / (row * column) - ratio.sum(1, keepdims=True) / row
    return a.delta_ase(t, slope - ratio.sum(0, keepdims=True) / column)


Shown = tuple[Callable[[float], float], Callable[[float], float]]


def _v(most: int) -> Shown:
    return lambda s: math.sqrt(s / most), lambda s: 0.5 / math.sqrt(s * most)


def _c(most: int) -> Shown:
    return (
        lambda s: math.sqrt(s / (1 + s)),
        lambda s: 0.5 / math.sqrt(s / (1 + s)) / (1 + s) ** 2,
    )


# φ² to the measure, and the derivative of that; `most` is the largest φ² that a table can have
_NOMINAL: dict[str, Callable[[int], Shown]] = {
    "phi": lambda most: _v(1),
    "cramers_v": _v,
    "cramers_v_corrected": _v,
    "contingency_c": _c,
}

Named = tuple[MeasureName, Direction, a.Measure, MeasureTest, float]


def _with_interval(found: Named, z: float) -> NamedMeasure:
    name, direction, m, test, least = found
    numbers = m.value, m.ase, *_ends(m, z, least), m.statistic, m.p
    return NamedMeasure(name, direction, *numbers, test if m.statistic is not None else "")


def _ends(m: a.Measure, z: float, least: float) -> tuple[float | None, float | None]:
    if m.value is None or m.ase is None or m.ase < ROUNDING:
        return None, None
    return max(least, m.value - z * m.ase), min(1.0, m.value + z * m.ase)


def _directed(
    name: MeasureName, found: a.Directed, test: MeasureTest, least: float, symmetric: bool = True
) -> Iterator[Named]:
    if symmetric:
        yield name, "symmetric", found.symmetric, test, least
    yield name, "row", found.rows, test, least
    yield name, "column", found.columns, test, least


def _uncertainty(t: Floats) -> Iterator[Named]:
    test = g2(t)
    found = a.uncertainty(t)
    for name, direction, m, _, least in _directed("uncertainty", found, "g2", 0.0):
        yield name, direction, a.Measure(m.value, m.ase, test.statistic, test.p), "g2", least


_MEASURES: dict[str, Callable[[Floats], Iterator[Named]]] = {
    "lambda": lambda t: _directed("lambda", a.lambda_(t), "", 0.0),
    "goodman_kruskal_tau": lambda t: _directed(
        "goodman_kruskal_tau", a.goodman_kruskal_tau(t), "chi2", 0.0, symmetric=False
    ),
    "uncertainty": _uncertainty,
    "gamma": lambda t: iter([("gamma", "symmetric", a.ordinal(t).gamma, "z", -1.0)]),
    "tau_b": lambda t: iter([("tau_b", "symmetric", a.ordinal(t).tau_b, "z", -1.0)]),
    "tau_c": lambda t: iter([("tau_c", "symmetric", a.ordinal(t).tau_c, "z", -1.0)]),
    "somers_d": lambda t: _directed("somers_d", a.ordinal(t).somers_d, "z", -1.0),
    "pearson": lambda t: iter([("pearson", "symmetric", a.correlations(t).pearson, "t", -1.0)]),
    "spearman": lambda t: iter([("spearman", "symmetric", a.correlations(t).spearman, "t", -1.0)]),
    "eta": lambda t: _directed("eta", a.eta(t), "f", 0.0, symmetric=False),
    "kappa": lambda t: iter([("kappa", "symmetric", a.kappa(t), "z", -1.0)]),
}
