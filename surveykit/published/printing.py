"""Which tables print a test's figures: arrays of tables in, one truth value each out.

What is rational (chi-square, V, phi, odds and risk ratios, differences) is compared in whole numbers
wherever floating point comes near an end of its window. A p of chi-square or of G² is compared by the
statistic itself, with quantiles between two fractions (:mod:`critical`). G², Fisher's p and interval
ends are not compared in whole numbers: a table is excluded only when it lies outside by more than a
guard band above their numeric error (:data:`GUARD`, :func:`rounding_error`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.critical import quantile
from surveykit.published.document_tests import PrintedTest, Window

__all__ = ["chi2_exact", "interval_levels", "prints", "rounding_error", "values", "yates_exact"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Exact = Callable[[Ints], Fraction]

GUARD = 1e-9
"""Relative guard band. Fisher's p is a sum of products of at most N/2 ratios, so that it errs by less
than N * 1e-15; ends of intervals take a few dozen steps of 1e-15, and inverse beta functions that err by
less than 1e-11. The tests hold all of them against exact and 50-digit values."""

EPSILON = 2.0**-52

ROUGH_Z = {90: ("1.64", "1.645", "1.65"), 95: ("1.96",), 99: ("2.576", "2.58")}
"""Normal quantiles as papers round them, by level; each is tried beside the exact one."""

EITHER = {
    "percent": ("wald", "wilson", "clopper_pearson"),
    "difference": ("wald", "newcombe"),
    "odds_ratio": ("woolf",),
    "risk_ratio": ("katz",),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to compute what is printed: the correction of a 2 × 2 chi-square, an interval's method."""

    yates: bool = False
    method: str = ""
    level: float = 0.95


def prints(test: PrintedTest, tables: Ints, rounding: str) -> Bools:
    """Return which tables print everything of a test, in one way of computing it at least.

    Parameters
    ----------
    test : PrintedTest
    tables : shape (m, r, c); for one figure shape (m, 2): count and base
    rounding : str

    Returns
    -------
    array of bool, shape (m,)
    """
    unique, inverse = np.unique(tables.reshape(len(tables), -1), axis=0, return_inverse=True)
    each = unique.reshape(-1, *tables.shape[1:])
    out = np.zeros(len(each), dtype=np.bool_)
    for variant in _variants(test, each):
        left = np.flatnonzero(~out)
        out[left] = _prints_as(test, each[left], rounding, variant)
    return np.asarray(out[inverse.reshape(-1)])


def _variants(test: PrintedTest, tables: Ints) -> Iterator[Variant]:
    two_by_two = tables.shape[1:] == (2, 2)
    yates = {"none": (False,), "yates": (True,), "either": (False, True)}[test.correction]
    if not two_by_two or test.kind == "share":
        yates = (False,)
    if test.ci is None:
        yield from (Variant(y) for y in yates)
        return
    methods = EITHER[test.measure] if test.method == "either" else (test.method,)
    yield from (
        Variant(y, m, level)
        for y, m, level in itertools.product(yates, methods, interval_levels(test))
    )


def interval_levels(test: PrintedTest) -> list[float]:
    """Return the level, and those of the quantiles as papers round them."""
    from scipy.special import ndtr

    rough = ROUGH_Z.get(int(test.level), ()) if test.level.denominator == 1 else ()
    return [float(test.level) / 100, *(float(2 * ndtr(float(z)) - 1) for z in rough)]


def _prints_as(test: PrintedTest, tables: Ints, rounding: str, variant: Variant) -> Bools:
    """Return which tables print everything in one way of computing it; those that fail drop out."""
    left = np.arange(len(tables))
    if test.df is not None:
        left = left[degrees(tables) == test.df]
    for key, windows in test.windows(rounding).items():
        if not len(left):
            break
        inside = _inside_all(test, key, tables[left], windows, variant)
        left = left[inside]
    out = np.zeros(len(tables), dtype=np.bool_)
    out[left] = True
    return out


def _inside_all(
    test: PrintedTest, key: str, tables: Ints, windows: Sequence[Window], variant: Variant
) -> Bools:
    if key == "ci":
        ends = _interval(test, tables, variant)
        inside = [_near(end, w) for end, w in zip(ends, windows, strict=True)]
    elif key in EXACT:
        approximate, exact = _rational(key, tables, variant)
        inside = [_exactly(approximate, tables, exact, _folded(key, w)) for w in windows]
    elif key == "p" and test.tested != "fisher":
        inside = [_by_quantile(test.tested, tables, variant, w) for w in windows]
    elif key == "g2":
        inside = [_g2_inside(tables, w) for w in windows]
    else:
        value = _transcendental(test, key, tables, variant)
        inside = [_near(value, w) | (value == UNKNOWN) for w in windows]
    return np.asarray(np.logical_and.reduce(inside))


# --- windows ------------------------------------------------------------------------------


def _ends(window: Window) -> tuple[float, float]:
    low = -np.inf if window.low is None else float(window.low)
    high = np.inf if window.high is None else float(window.high)
    return low, high


def _near(value: Floats, window: Window) -> Bools:
    """Return which values are inside, or outside by no more than the guard band."""
    low, high = _ends(window)
    guard = GUARD * (1 + np.abs(np.nan_to_num(value, posinf=0.0, neginf=0.0)))
    if min(abs(low), abs(high)) < 1e-3:  # p near 0: a relative band, so that "<.001" keeps its end
        guard = GUARD * np.maximum(np.abs(np.nan_to_num(value)), 1e-3)
    known = ~np.isnan(value)
    return np.asarray(known & (value >= low - guard) & (value <= high + guard))


def _exactly(approximate: Floats, tables: Ints, exact: Exact, window: Window) -> Bools:
    """Return which values are inside: in fractions where floating point is near an end."""
    low, high = _ends(window)
    guard = GUARD * (1 + np.abs(np.nan_to_num(approximate, posinf=0.0))) + rounding_error(tables)
    known = np.isfinite(approximate)
    out = known & (approximate > low + guard) & (approximate < high - guard)
    outside = ~known | (approximate < low - guard) | (approximate > high + guard)
    for row in np.flatnonzero(~out & ~outside).tolist():
        out[row] = window.has(exact(tables[row]))
    return np.asarray(out)


def _folded(key: str, window: Window) -> Window:
    """Turn a window of V or phi into one of its square, without its sign."""
    if key not in ("v", "phi"):
        return window
    assert window.low is not None
    assert window.high is not None
    if window.high <= 0:
        window = Window(-window.high, window.high_closed, -window.low, window.low_closed)
    low, high = window.low, window.high
    assert low is not None
    assert high is not None
    if low <= 0:
        return Window(None, False, high * high, window.high_closed)
    return Window(low * low, window.low_closed, high * high, window.high_closed)


# --- rational statistics ------------------------------------------------------------------


def chi2_exact(table: Ints) -> Fraction:
    """Return Pearson's chi-square of a table as a fraction.

    Examples
    --------
    >>> chi2_exact(np.array([[2, 8], [8, 2]]))
    Fraction(36, 5)
    """
    rows, columns = table.sum(axis=1).tolist(), table.sum(axis=0).tolist()
    n = sum(rows)
    parts = (
        Fraction(o * o, r * c)
        for r, line in zip(rows, table.tolist(), strict=True)
        for c, o in zip(columns, line, strict=True)
        if r and c
    )
    return Fraction(n * (sum(parts, Fraction(0)) - 1))


def yates_exact(table: Ints) -> Fraction:
    """Return the chi-square of a 2 × 2 table with Yates' correction, 0 where it would go below.

    Examples
    --------
    >>> yates_exact(np.array([[2, 8], [8, 2]]))
    Fraction(5, 1)
    """
    (a, b), (c, d) = table.tolist()
    n = a + b + c + d
    over = max(Fraction(0), abs(a * d - b * c) - Fraction(n, 2))
    return Fraction(n * over * over / ((a + b) * (c + d) * (a + c) * (b + d)))


def _share_exact(table: Ints) -> Fraction:
    smaller = min(int((table.sum(axis=1) > 0).sum()), int((table.sum(axis=0) > 0).sum()))
    return chi2_exact(table) / (int(table.sum()) * (smaller - 1))


def _odds_exact(table: Ints) -> Fraction:
    (a, b), (c, d) = table.tolist()
    return Fraction(a * d, b * c)


def _risk_exact(table: Ints) -> Fraction:
    (a, b), (c, d) = table.tolist()
    return Fraction(a * (c + d), c * (a + b))


def _difference_exact(table: Ints) -> Fraction:
    (a, b), (c, d) = table.tolist()
    return 100 * (Fraction(a, a + b) - Fraction(c, c + d))


EXACT: dict[str, Exact] = {
    "chi2": chi2_exact,
    "v": _share_exact,
    "phi": _share_exact,
    "odds_ratio": _odds_exact,
    "risk_ratio": _risk_exact,
    "difference": _difference_exact,
}


def _rational(key: str, tables: Ints, variant: Variant) -> tuple[Floats, Exact]:
    """Return a rational statistic in double precision (nan: none), and how to compute it exactly."""
    if key == "chi2":
        return _chi2(tables, variant), yates_exact if variant.yates else chi2_exact
    if key in ("v", "phi"):
        rows = (tables.sum(axis=2) > 0).sum(axis=1)
        columns = (tables.sum(axis=1) > 0).sum(axis=1)
        over = tables.sum(axis=(1, 2)) * (np.minimum(rows, columns) - 1)
        return _over(_chi2(tables, Variant()), over.astype(np.float64)), EXACT[key]
    a, b, c, d = tables.reshape(len(tables), 4).astype(np.float64).T
    if key == "odds_ratio":
        return _over(a * d, b * c), EXACT[key]
    if key == "risk_ratio":
        return _over(a * (c + d), c * (a + b)), EXACT[key]
    return 100 * (_over(a, a + b) - _over(c, c + d)), EXACT[key]


def _over(top: Floats, bottom: Floats) -> Floats:
    out = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def _chi2(tables: Ints, variant: Variant) -> Floats:
    from surveykit.stats.many import chi2_many

    if not variant.yates:
        return chi2_many(tables).statistic
    a, b, c, d = tables.reshape(len(tables), 4).astype(np.float64).T
    n = a + b + c + d
    over = np.maximum(np.abs(a * d - b * c) - n / 2, 0.0)
    return _over(n * over**2, (a + b) * (c + d) * (a + c) * (b + d))


def degrees(tables: Ints) -> NDArray[np.int64]:
    """Return the degrees of freedom of each table, shape (m,); empty rows and columns do not count."""
    rows = (tables.sum(axis=2) > 0).sum(axis=1)
    columns = (tables.sum(axis=1) > 0).sum(axis=1)
    return np.asarray(np.maximum(rows - 1, 0) * np.maximum(columns - 1, 0))


# --- p by quantiles, G² ---------------------------------------------------------------------


def rounding_error(tables: Ints) -> Floats:
    """Return a bound on the error of chi-square and G² in double precision, shape (m,).

    An expected count errs by at most 3 epsilon of itself, a term of chi-square by 7 epsilon of
    (observed + expected), one of G² by 7 epsilon of that times (1 + ln N); the terms add up to 2 N,
    and adding them errs by no more than one epsilon of the sum for each cell.
    """
    n = tables.sum(axis=(1, 2)).astype(np.float64)
    cells = tables.shape[1] * tables.shape[2]
    return np.asarray((14 + 2 * cells) * EPSILON * 2 * n * (1 + np.log(np.maximum(n, 1.0))))


def _by_quantile(tested: str, tables: Ints, variant: Variant, window: Window) -> Bools:
    """Return which tables have a p inside, by the window of their statistic."""
    out = np.zeros(len(tables), dtype=np.bool_)
    df = degrees(tables)
    for one in np.unique(df[df > 0]).tolist():
        mine, inner = np.flatnonzero(df == one), _statistics(window, one)
        if inner is None:
            continue
        if tested == "g2":
            out[mine] = _g2_inside(tables[mine], inner)
        else:
            approximate, exact = _rational("chi2", tables[mine], variant)
            out[mine] = _exactly(approximate, tables[mine], exact, inner)
    return out


def _statistics(window: Window, df: int) -> Window | None:
    """Return the statistics whose p is in a window, each end moved outwards; None: there are none.

    No rational statistic has a p of just 0 or of an end of the window, which is a fraction: only
    a p of 1 (a statistic of 0) tells ends that are in from ends that are out.
    """
    high = None if window.low is None or window.low <= 0 else window.low
    low = None if window.high is None else window.high
    if low is not None and (low <= 0 or (high is not None and high > 1)):
        return None
    if high is not None and (high > 1 or (high == 1 and not window.low_closed)):
        return None
    most = None if high is None else Fraction(0) if high == 1 else quantile(high, df)[1]
    if low is None or low > 1 or (low == 1 and window.high_closed):
        return Window(Fraction(0), True, most, True)
    return Window(Fraction(0) if low == 1 else quantile(low, df)[0], low != 1, most, True)


def _g2_inside(tables: Ints, window: Window) -> Bools:
    """Return which tables have a G² inside, or outside by no more than it may err."""
    from surveykit.stats import many

    value = many.g2_many(tables).statistic
    low, high = _ends(window)
    guard = GUARD * (1 + np.abs(np.nan_to_num(value))) + rounding_error(tables)
    known = ~np.isnan(value)
    return np.asarray(known & (value >= low - guard) & (value <= high + guard))


# --- p, G² and intervals ------------------------------------------------------------------


def _transcendental(test: PrintedTest, key: str, tables: Ints, variant: Variant) -> Floats:
    from scipy.special import chdtrc

    from surveykit.stats import many

    if key == "g2":
        return many.g2_many(tables).statistic
    if key == "fisher" or test.tested == "fisher":
        return _fisher(tables)
    if test.tested == "g2":
        return many.g2_many(tables).p
    df = degrees(tables).astype(np.float64)
    statistic = np.where(df > 0, _chi2(tables, variant), np.nan)
    return np.asarray(chdtrc(np.maximum(df, 1.0), statistic))


UNKNOWN = -1.0
"""In place of a p that is too much work: such a table is not excluded."""

FISHER_TABLES = 1_000
FISHER_LIMIT = 300_000


def _fisher(tables: Ints) -> Floats:
    """Return Fisher's p; of larger tables those whose p is too much work count as unknown."""
    from surveykit.stats import many
    from surveykit.stats.exact import fisher_freeman_halton

    if tables.shape[1:] == (2, 2):
        return many.fisher_many(tables).p
    out = np.full(len(tables), UNKNOWN)
    for row, table in enumerate(tables[:FISHER_TABLES]):
        found = fisher_freeman_halton(table, limit=FISHER_LIMIT, samples=1)
        if found.p is None:
            out[row] = np.nan
        elif found.method == "exact":
            out[row] = found.p
    return out


def _interval(test: PrintedTest, tables: Ints, variant: Variant) -> tuple[Floats, Floats]:
    """Return both ends of an interval, in the unit of print."""
    from surveykit.stats import differences, intervals

    if test.measure == "percent":
        count, base = tables[:, 0], tables[:, 1]
        ends = intervals.proportion_interval(
            count,
            base,
            method=variant.method,  # type: ignore[arg-type]
            level=variant.level,
        )
        return 100 * ends.low, 100 * ends.high
    pair = (tables[:, 0, 0], tables[:, 0].sum(axis=1), tables[:, 1, 0], tables[:, 1].sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        if test.measure == "difference":
            d = differences.proportion_difference(
                *pair,
                method=variant.method,  # type: ignore[arg-type]
                level=variant.level,
            )
            return 100 * d.low, 100 * d.high
        ratio = (
            differences.odds_ratio if test.measure == "odds_ratio" else differences.proportion_ratio
        )
        r = ratio(*pair, method="log", level=variant.level)
    return r.low, r.high


def values(test: PrintedTest, key: str, tables: Ints) -> Any:
    """Return a printed statistic of each table in every way of computing it, shape (ways, m)."""
    seen = {}
    for variant in _variants(test, tables):
        if key in EXACT:
            seen[variant.yates] = _rational(key, tables, variant)[0]
            if key in ("v", "phi"):
                seen[variant.yates] = np.sqrt(seen[variant.yates])
        else:
            seen[variant.yates] = _transcendental(test, key, tables, variant)
    return np.stack(list(seen.values()))
