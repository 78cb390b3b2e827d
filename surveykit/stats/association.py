"""Measures of association of one r × c table: ordinal, correlation, nominal, agreement.

Rows and columns without observations are left out first. A measure that the table does not
define (one row, no ties to break, …) has the value None. `ase` is the asymptotic standard
error under the alternative; `statistic` is the estimate over its standard error under
independence (a t for correlations, approximately normal otherwise). `measures` (in
`surveykit.stats.measures`) gives all of them by name, with intervals.

Where the literature has no closed form that is shorter, `ase` is by the delta method: for a
measure f of the cell proportions p, n · ase² is the variance of ∂f/∂p over the respondents
(Bishop, Fienberg and Holland 1975, Discrete Multivariate Analysis, section 14.6).

References
----------
Goodman and Kruskal (1979), Measures of Association for Cross Classifications.
Brown and Benedetti (1977), Sampling behavior of tests for correlation in two-way
contingency tables, JASA 72, 309-315.
Fleiss, Cohen and Everitt (1969), Large sample standard errors of kappa and weighted kappa,
Psychological Bulletin 72, 323-327.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, fdtrc, ndtr, stdtr, xlogy

from surveykit.errors import UsageError
from surveykit.stats.twoway import compressed

__all__ = [
    "Correlations",
    "Directed",
    "Measure",
    "Ordinal",
    "correlations",
    "delta_ase",
    "eta",
    "goodman_kruskal_tau",
    "kappa",
    "lambda_",
    "ordinal",
    "uncertainty",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """An estimate; None for whatever is undefined or not computed."""

    value: float | None
    ase: float | None = None
    statistic: float | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Directed:
    """A measure in its directions: rows dependent, columns dependent, symmetric."""

    rows: Measure
    columns: Measure
    symmetric: Measure


@dataclass(frozen=True, slots=True)
class Ordinal:
    """Measures of two ordered variables that count concordant and discordant pairs."""

    gamma: Measure
    tau_b: Measure
    tau_c: Measure
    somers_d: Directed


@dataclass(frozen=True, slots=True)
class Correlations:
    """Pearson's r of the scores 1, 2, 3, … and Spearman's of the (mid-)ranks."""

    pearson: Measure
    spearman: Measure


UNDEFINED = Measure(None)
ROUNDING = 1e-14  # of a share of variance


def ordinal(table: ArrayLike) -> Ordinal:
    """Goodman-Kruskal gamma, Kendall's tau-b, Stuart's tau-c and Somers' d.

    Examples
    --------
    >>> o = ordinal([[20, 10], [5, 15]])
    >>> round(o.gamma.value, 4), round(o.tau_b.value, 4)
    (0.7143, 0.4082)
    """
    t = compressed(table)
    if min(t.shape) < 2:
        return Ordinal(UNDEFINED, UNDEFINED, UNDEFINED, Directed(UNDEFINED, UNDEFINED, UNDEFINED))
    pairs = _Pairs.of(t)
    somers = Directed(
        _somers(pairs, pairs.columns, t.sum(0)[None, :]),
        _somers(pairs, pairs.rows, t.sum(1)[:, None]),
        _somers_symmetric(pairs),
    )
    return Ordinal(_gamma(pairs), _tau_b(pairs), _tau_c(pairs), somers)


def correlations(table: ArrayLike) -> Correlations:
    """Pearson and Spearman correlation, with t tests on n - 2 degrees of freedom.

    Examples
    --------
    >>> round(correlations([[20, 10], [5, 15]]).pearson.value, 4)
    0.4082
    """
    t = compressed(table)
    if min(t.shape) < 2:
        return Correlations(UNDEFINED, UNDEFINED)
    scores = np.arange(1.0, t.shape[0] + 1), np.arange(1.0, t.shape[1] + 1)
    ranks = _midranks(t.sum(1)), _midranks(t.sum(0))
    pearson, spearman = _correlation(t, *scores), _correlation(t, *ranks)
    return Correlations(
        replace(pearson, ase=delta_ase(t, _pearson_slope(t, *scores))),
        replace(spearman, ase=delta_ase(t, _spearman_slope(t))),
    )


def lambda_(table: ArrayLike) -> Directed:
    """Goodman and Kruskal's lambda: the share of errors that knowing the other saves.

    Examples
    --------
    >>> round(lambda_([[20, 10], [5, 15]]).columns.value, 4)
    0.4
    """
    t = compressed(table)
    if min(t.shape) < 2:
        return Directed(UNDEFINED, UNDEFINED, UNDEFINED)
    return Directed(_lambda(t.T), _lambda(t), _lambda_symmetric(t))


def goodman_kruskal_tau(table: ArrayLike) -> Directed:
    """Goodman and Kruskal's tau: the share of the Gini variation explained.

    `statistic` is (n - 1) (k - 1) τ, k levels of the dependent side, a chi-square (Light and
    Margolin 1971, JASA 66, 534-544).

    Examples
    --------
    >>> round(goodman_kruskal_tau([[20, 10], [5, 15]]).columns.value, 4)
    0.1667
    """
    t = compressed(table)
    if min(t.shape) < 2:
        return Directed(UNDEFINED, UNDEFINED, UNDEFINED)
    return Directed(_gini_share(t.T), _gini_share(t), UNDEFINED)


def uncertainty(table: ArrayLike) -> Directed:
    """Theil's uncertainty coefficient: the share of the entropy explained.

    Examples
    --------
    >>> round(uncertainty([[20, 10], [5, 15]]).symmetric.value, 4)
    0.1263
    """
    t = compressed(table)
    if min(t.shape) < 2:
        return Directed(UNDEFINED, UNDEFINED, UNDEFINED)
    return Directed(_uncertainty(t.T), _uncertainty(t), _uncertainty_symmetric(t))


def eta(table: ArrayLike) -> Directed:
    """Correlation ratio: the dependent side scored 1, 2, 3, …, the other taken as groups.

    `statistic` is the F of the analysis of variance of the scores.

    Examples
    --------
    >>> round(eta([[20, 10], [5, 15]]).columns.value, 4)
    0.4082
    """
    t = compressed(table)
    if min(t.shape) < 2:
        return Directed(UNDEFINED, UNDEFINED, UNDEFINED)
    return Directed(_eta(t.T), _eta(t), UNDEFINED)


def kappa(table: ArrayLike) -> Measure:
    """Cohen's kappa of two ratings on the same levels (a square table, nothing left out).

    Raises
    ------
    UsageError
        If the table is not square.

    Examples
    --------
    >>> round(kappa([[20, 10], [5, 15]]).value, 4)
    0.4
    """
    t = np.asarray(table, dtype=np.float64)
    if t.ndim != 2 or t.shape[0] != t.shape[1]:
        raise UsageError(f"kappa needs a square table (both ratings on one scale); got {t.shape}.")
    n = float(t.sum())
    if n == 0 or float(t.sum(1) @ t.sum(0)) == n**2:
        return UNDEFINED
    return _kappa(t / n, n)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Concordant (A) and discordant (D) records of each cell, and what follows from them."""

    t: Floats
    n: float
    difference: Floats  # A - D, shape (r, c)
    concordant: Floats  # A, shape (r, c)
    p: float  # twice the concordant pairs
    q: float  # twice the discordant pairs
    rows: float  # n² - Σ row², twice the pairs not tied on rows
    columns: float

    @classmethod
    def of(cls, t: Floats) -> _Pairs:
        a = _quadrant(t) + _quadrant(t[::-1, ::-1])[::-1, ::-1]
        d = _quadrant(t[:, ::-1])[:, ::-1] + _quadrant(t[::-1])[::-1]
        n = float(t.sum())
        ties = float(n**2 - (t.sum(1) ** 2).sum()), float(n**2 - (t.sum(0) ** 2).sum())
        return cls(t, n, a - d, a, float((t * a).sum()), float((t * d).sum()), *ties)

    @property
    def excess(self) -> float:
        return self.p - self.q

    @property
    def spread(self) -> float:
        """√(Σ n (A - D)² - (P - Q)² / n): common to all standard errors under independence."""
        square = float((self.t * self.difference**2).sum()) - self.excess**2 / self.n
        return math.sqrt(max(square, 0.0))


def _quadrant(t: Floats) -> Floats:
    """Sum of the cells strictly above and to the left of each cell, shape (r, c)."""
    sums = np.zeros((t.shape[0] + 1, t.shape[1] + 1))
    sums[1:, 1:] = t.cumsum(0).cumsum(1)
    return sums[:-1, :-1]


def _pair_measure(pairs: _Pairs, value: float, ase: float | None) -> Measure:
    """Every one of these measures is (P - Q) over a constant, so they share one statistic."""
    if pairs.spread == 0:
        return Measure(value, ase)
    z = pairs.excess / (2 * pairs.spread)
    return Measure(value, ase, z, 2 * float(ndtr(-abs(z))))


def _gamma(x: _Pairs) -> Measure:
    total = x.p + x.q
    if total == 0:
        return UNDEFINED
    discordant = x.concordant - x.difference
    square = float((x.t * (x.q * x.concordant - x.p * discordant) ** 2).sum())
    return _pair_measure(x, x.excess / total, 4 / total**2 * math.sqrt(square))


def _tau_b(x: _Pairs) -> Measure:
    root = math.sqrt(x.rows * x.columns)
    tau = x.excess / root
    v = x.t.sum(1)[:, None] * x.columns + x.t.sum(0)[None, :] * x.rows
    square = float((x.t * (2 * root * x.difference + tau * v) ** 2).sum())
    square -= x.n**3 * tau**2 * (x.rows + x.columns) ** 2
    return _pair_measure(x, tau, math.sqrt(max(square, 0.0)) / root**2)


def _tau_c(x: _Pairs) -> Measure:
    m = min(x.t.shape)
    scale = m / (x.n**2 * (m - 1))
    return _pair_measure(x, scale * x.excess, 2 * scale * x.spread)


def _somers(x: _Pairs, untied: float, margin: Floats) -> Measure:
    """Somers' d; `untied` and `margin` are those of the *independent* side."""
    square = float((x.t * (untied * x.difference - x.excess * (x.n - margin)) ** 2).sum())
    return _pair_measure(x, x.excess / untied, 2 / untied**2 * math.sqrt(square))


def _somers_symmetric(x: _Pairs) -> Measure:
    untied = (x.rows + x.columns) / x.n**2
    value = 2 * x.excess / (x.rows + x.columns)
    margins = x.t.sum(1)[:, None] + x.t.sum(0)
    slope = (4 * x.difference + 2 * value * margins) / (x.n * untied)
    return _pair_measure(x, value, delta_ase(x.t, slope))


def _midranks(margin: Floats) -> Floats:
    return np.asarray(np.cumsum(margin) - (margin - 1) / 2)


def _correlation(t: Floats, x: Floats, y: Floats) -> Measure:
    n = float(t.sum())
    dx, dy = x - (t.sum(1) @ x) / n, y - (t.sum(0) @ y) / n
    r = float(dx @ t @ dy / math.sqrt((t.sum(1) @ dx**2) * (t.sum(0) @ dy**2)))
    if n <= 2 or 1 - r**2 < ROUNDING:  # 1 but for rounding: no test
        return Measure(r)
    statistic = r * math.sqrt((n - 2) / (1 - r**2))
    return Measure(r, None, statistic, 2 * float(stdtr(n - 2, -abs(statistic))))


def _lambda(t: Floats) -> Measure:
    """Lambda with columns dependent; the first of equal largest columns counts as the mode."""
    n, best = float(t.sum()), t.max(1)
    mode = int(t.sum(0).argmax())
    largest = float(t.sum(0)[mode])
    value = (float(best.sum()) - largest) / (n - largest)
    agree = float(best[t.argmax(1) == mode].sum())
    square = (n - float(best.sum())) * (float(best.sum()) + largest - 2 * agree)
    return Measure(value, math.sqrt(max(square, 0.0) / (n - largest) ** 3))


def delta_ase(t: Floats, slope: Floats) -> float:
    """Standard error of a measure whose derivative by the cell proportions is `slope`.

    Parameters
    ----------
    t, slope : ndarray, shape (r, c)

    Examples
    --------
    >>> t = np.array([[20.0, 10.0], [5.0, 15.0]])  # the share of the first cell
    >>> round(delta_ase(t, np.array([[1.0, 0.0], [0.0, 0.0]])), 4)
    0.0693
    """
    p = t / t.sum()
    variance = float((p * (slope - float((p * slope).sum())) ** 2).sum())
    return math.sqrt(variance / float(t.sum()))


def _pearson_slope(t: Floats, x: Floats, y: Floats) -> Floats:
    p = t / t.sum()
    dx, dy = x - p.sum(1) @ x, y - p.sum(0) @ y
    sxx, syy = float(p.sum(1) @ dx**2), float(p.sum(0) @ dy**2)
    r = float(dx @ p @ dy) / math.sqrt(sxx * syy)
    squares = (dx**2 / sxx)[:, None] + dy**2 / syy
    return np.asarray(np.outer(dx, dy) / math.sqrt(sxx * syy) - r / 2 * squares)


def _spearman_slope(t: Floats) -> Floats:
    """Of 12 Σ p (R - ½) (C - ½) / √((1 - Σ row³) (1 - Σ column³)): ranks depend on p as well."""
    p = t / t.sum()
    row, column = p.sum(1), p.sum(0)
    a, b = np.cumsum(row) - row / 2 - 0.5, np.cumsum(column) - column / 2 - 0.5
    above, beside = p @ b, a @ p
    # a respondent moves the ranks of all later levels by 1, of the own by ½
    later = np.cumsum(above[::-1])[::-1] - above / 2
    after = np.cumsum(beside[::-1])[::-1] - beside / 2
    top, d_top = float(a @ p @ b), np.outer(a, b) + later[:, None] + after
    u, v = 1 - float((row**3).sum()), 1 - float((column**3).sum())
    d_bottom = -3 * (row**2 / u)[:, None] - 3 * column**2 / v
    return np.asarray(12 / math.sqrt(u * v) * (d_top - top / 2 * d_bottom))


def _lambda_symmetric(t: Floats) -> Measure:
    p = t / t.sum()
    row_mode, column_mode = int(t.sum(1).argmax()), int(t.sum(0).argmax())
    best = np.zeros_like(p)
    best[np.arange(len(p)), t.argmax(1)] += 1
    best[t.argmax(0), np.arange(p.shape[1])] += 1
    mode = np.zeros_like(p)
    mode[row_mode] += 1
    mode[:, column_mode] += 1
    saved, errors = float((p * (best - mode)).sum()), 2 - float((p * mode).sum())
    return Measure(saved / errors, delta_ase(t, (best - mode) / errors + saved * mode / errors**2))


def _gini_share(t: Floats) -> Measure:
    """Goodman and Kruskal's tau with columns dependent."""
    p, n = t / t.sum(), float(t.sum())
    row, column = p.sum(1)[:, None], p.sum(0)[None, :]
    within, margin = float((p**2 / row).sum()), float((column**2).sum())
    value = max(0.0, (within - margin) / (1 - margin))
    d_within = 2 * p / row - (p**2).sum(1, keepdims=True) / row**2
    slope = (d_within - 2 * (1 - value) * column) / (1 - margin)
    statistic = (n - 1) * (p.shape[1] - 1) * value
    df = (p.shape[0] - 1) * (p.shape[1] - 1)
    return Measure(value, delta_ase(t, slope), statistic, float(chdtrc(df, statistic)))


def _entropy(counts: Floats) -> float:
    share = counts / counts.sum()
    return -float(xlogy(share, share).sum())


def _uncertainty(t: Floats) -> Measure:
    """Uncertainty coefficient with columns dependent."""
    n, rows, columns = float(t.sum()), t.sum(1)[:, None], t.sum(0)[None, :]
    h_row, h_column, h_both = _entropy(rows), _entropy(columns), _entropy(t)
    seen = np.where(t > 0, t, 1.0)
    parts = h_column * np.log(seen / rows) + (h_row - h_both) * np.log(columns / n)
    ase = math.sqrt(float((t * parts**2).sum())) / (n * h_column**2)
    return Measure((h_row + h_column - h_both) / h_column, ase)


def _uncertainty_symmetric(t: Floats) -> Measure:
    row, column, both = _entropy(t.sum(1)), _entropy(t.sum(0)), _entropy(t)
    p, margins = t / t.sum(), row + column
    value = 2 * (margins - both) / margins
    d_margins = -np.log(p.sum(1))[:, None] - np.log(p.sum(0))
    d_both = -np.log(np.where(p > 0, p, 1.0))
    slope = 2 * (d_margins * both / margins**2 - d_both / margins)
    return Measure(value, delta_ase(t, slope))


def _eta(t: Floats) -> Measure:
    """Eta with columns dependent."""
    p, n, groups = t / t.sum(), float(t.sum()), t.shape[0]
    y = np.arange(1.0, t.shape[1] + 1)
    y = y - p.sum(0) @ y
    means = (p @ y) / p.sum(1)
    between, total = float(p.sum(1) @ means**2), float(p.sum(0) @ y**2)
    between = between if between > ROUNDING * total else 0.0
    value = math.sqrt(between / total)
    slope = (2 * np.outer(means, y) - means[:, None] ** 2 - value**2 * y**2) / total
    ase = delta_ase(t, slope) / (2 * value) if value > 0 else None
    if n <= groups or between >= total:
        return Measure(value, ase)
    f = between / (groups - 1) / ((total - between) / (n - groups))
    return Measure(value, ase, f, float(fdtrc(groups - 1, n - groups, f)))


def _kappa(p: Floats, n: float) -> Measure:
    row, column = p.sum(1), p.sum(0)
    observed, chance = float(np.trace(p)), float(row @ column)
    value = (observed - chance) / (1 - chance)
    both = column[:, None] + row[None, :]  # p.i + pj. of cell (i, j)
    diagonal = np.diag(p)
    a = float((diagonal * (1 - (row + column) * (1 - value)) ** 2).sum())
    off = p * both**2
    b = (1 - value) ** 2 * float(off.sum() - np.trace(off))
    c = (value - chance * (1 - value)) ** 2
    ase = math.sqrt(max(a + b - c, 0.0) / n) / (1 - chance)
    null = chance + chance**2 - float((row * column * (row + column)).sum())
    if null <= 0:
        return Measure(value, ase)
    z = value * (1 - chance) / math.sqrt(null / n)
    return Measure(value, ase, z, 2 * float(ndtr(-abs(z))))
