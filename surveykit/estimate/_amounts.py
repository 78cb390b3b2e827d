"""The verbs of numbers beside `mean`: totals, ratios of totals, quantiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import Numbers, numbers
from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate._axes import Banner, Level, as_names
from surveykit.estimate._blocks import count_blocks
from surveykit.estimate._estimates import Estimate, Estimates
from surveykit.estimate._groups import column_quantiles, column_sums, group_codes
from surveykit.estimate._means import coefficient, mean_block, population_variance
from surveykit.estimate._request import Names, Options, Request, opening, request
from surveykit.estimate._rows import Cells, cell_rows, missing_rows
from surveykit.estimate._spread import AnyDesign
from surveykit.estimate._tabulate import banners_of, by_notes, mean_notes, valued
from surveykit.stats import mean_interval
from surveykit.stats.linear import design_effect, srs_variance
from surveykit.stats.quantiles import (
    QUANTILE_INTERVALS,
    QUANTILE_RULES,
    QuantileInterval,
    QuantileRule,
)
from surveykit.survey import Survey
from surveykit.text import Lang

__all__ = ["design_of", "one_of", "quantile", "ratio", "total"]

Floats = NDArray[np.float64]
_WHOLE = (Level("", ""),)


def design_of(asked: Request) -> AnyDesign:
    """Return the design; that of a simple random sample with replacement where there is none."""
    from surveykit.stats.designinput import resolve_design

    return resolve_design(n=asked.survey.rows) if asked.design is None else asked.design


def total(
    survey: Survey,
    variables: Names,
    by: Names = (),
    *,
    where: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Totals of number variables: of the population with weights, else of the respondents.

    How many people are in a category is the `weighted_count` of :func:`freq` and
    :func:`crosstab`.

    Parameters
    ----------
    survey, variables, by, where, level, lang
        As in :func:`mean`.

    Returns
    -------
    Estimates
        Rows with the stats ``total`` (its `se`, `low`, `high`, `df` and, against simple random
        sampling without replacement, `deff`), ``cv`` (its standard error over it), ``count``
        and ``missing``; `level` is empty.

    Raises
    ------
    UnknownNameError, UsageError
        As in :func:`mean`.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Design, Survey
    >>> frame = pd.DataFrame({"pupils": [10, 20, 30], "w": [2.0, 2.0, 1.0]})
    >>> row = total(Survey(frame, design=Design(weight="w")), "pupils").rows[0]
    >>> row.stat, row.estimate, round(row.se, 2)
    ('total', 90.0, 17.32)
    """
    asked = _request(survey, "total", as_names(variables, "variables"), by, where, level, lang)
    design = design_of(asked)

    def cells(values: Numbers, column: Banner) -> list[Cells]:
        block = mean_block(values, column, asked.survey.mask, design)
        b = len(block.n)
        assert block.sums is not None
        centre = np.nan_to_num(block.mean)
        found = block.sums.combined(np.hstack([np.diag(centre), np.eye(b)]))
        variance = found.variance()
        simple = srs_variance(population_variance(block.sd, block.n), block.n, block.w)
        deff = design_effect(variance, simple * block.w**2)
        return _cells("total", found.estimate, variance, block.n, block.df, deff, asked)

    return _tabulated(asked, cells)


def ratio(
    survey: Survey,
    numerator: str,
    denominator: str,
    by: Names = (),
    *,
    where: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Ratio of the totals of two number variables, among those who have both.

    Parameters
    ----------
    survey : Survey
    numerator, denominator : str
    by, where, level, lang
        As in :func:`mean`.

    Returns
    -------
    Estimates
        Rows of the variable ``numerator/denominator`` with the stats ``ratio``, ``cv`` and
        ``count``.

    Raises
    ------
    UnknownNameError, UsageError
        As in :func:`mean`.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> frame = pd.DataFrame({"tested": [8, 18, 30], "pupils": [10, 20, 40]})
    >>> row = ratio(Survey(frame), "tested", "pupils").rows[0]
    >>> row.variable, row.estimate, round(row.se, 4)
    ('tested/pupils', 0.8, 0.0495)
    """
    asked = _request(survey, "ratio", (numerator, denominator), by, where, level, lang)
    design, names = design_of(asked), asked.spec.variables
    if len(names) > 2:
        raise UsageError(f"a ratio has two variables; {', '.join(names)} are {len(names)}.")
    above, below = (numbers(asked.survey, name) for name in (names[0], names[-1]))
    both = Numbers(
        f"{above.name}/{below.name}",
        np.where(np.isnan(below.values), np.nan, above.values),
        np.where(above.status < 0, above.status, below.status),
        (*above.notes, *below.notes),
    )

    def cells(values: Numbers, column: Banner) -> list[Cells]:
        return _ratio_cells(values, below.values, column, asked, design)

    return _tabulated(_renamed(asked, both.name), cells, {both.name: both})


def _ratio_cells(
    above: Numbers, below: Floats, column: Banner, asked: Request, design: AnyDesign
) -> list[Cells]:
    """Ratios by residuals about themselves, so that no digits are lost."""
    mask, b = asked.survey.mask, len(column.levels)
    known, x, y = ~np.isnan(above.values), above.values, below
    # the sums are those of the weights, of the first and of the second number
    first, second = (np.eye(3 * b)[i * b : (i + 1) * b] for i in (1, 2))
    plain, _ = column_sums(known, lambda at: (x, y), 2, column, mask, design)
    r = plain.ratios(first, second).estimate
    padded = np.append(np.nan_to_num(r), 0.0)

    def residuals(at: Any) -> Sequence[Floats]:
        return np.asarray(x - padded[at] * y), y

    found, df = column_sums(known, residuals, 2, column, mask, design)
    variance = found.ratios(first, second).variance()
    n, spread = _residual_spread(known, residuals, column, asked, design)
    w, base = found.estimate[:b], found.estimate[2 * b :]
    simple = srs_variance(spread, n, w) * w**2 / np.where(base == 0, np.nan, base) ** 2
    return _cells("ratio", r, variance, n, df, design_effect(variance, simple), asked)


def _residual_spread(
    known: NDArray[np.bool_], residuals: Any, column: Banner, asked: Request, design: AnyDesign
) -> tuple[NDArray[np.int64], Floats]:
    """Return respondents and Σ w e² / Σ w of each column, shape (b,)."""
    w = design.weights
    n, squares, sums = [], [], []
    k = 1 if column.overlaps else len(column.levels)
    for j, groups in enumerate(group_codes(column, asked.survey.mask)):
        inside = known & (groups >= 0)
        e = residuals(j if column.overlaps else groups)[0][inside]
        code, own = groups[inside], w[inside]
        n.append(np.bincount(code, minlength=k))
        squares.append(np.bincount(code, weights=own * e * e, minlength=k))
        sums.append(np.bincount(code, weights=own, minlength=k))
    whole = np.concatenate(sums)
    spread = np.concatenate(squares) / np.where(whole > 0, whole, np.nan)
    return np.concatenate(n).astype(np.int64), spread


def quantile(
    survey: Survey,
    variables: Names,
    probabilities: float | Sequence[float] = (0.25, 0.5, 0.75),
    by: Names = (),
    *,
    interval: str = "mean",
    rule: str | None = None,
    where: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Quantiles of number variables with Woodruff's intervals.

    Parameters
    ----------
    survey, variables, by, where, level, lang
        As in :func:`mean`.
    probabilities : float or sequence of float
        Strictly between 0 and 1.
    interval : {"mean", "beta", "xlogit", "asin"}
        Interval of the share at or below the quantile, which is turned back into values.
    rule : str, optional
        Which value is the quantile: "math" (the default with a design), "school",
        "hf1" … "hf9" (the default without one is "hf7", as in pandas and R), "shahvaish".

    Returns
    -------
    Estimates
        Rows with the stats ``median``, ``quantile_25`` …, ``count`` and ``missing``; the
        standard error is the width of the interval over twice its critical value.

    Raises
    ------
    UnknownNameError
        For an unknown variable, interval or rule.
    UsageError
        For a probability outside (0, 1).

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> survey = Survey(pd.DataFrame({"age": range(100)}))
    >>> row = quantile(survey, "age", 0.5).rows[0]
    >>> row.stat, row.estimate, round(row.low, 1), round(row.high, 1)
    ('median', 49.5, 39.6, 59.4)
    """
    asked = _request(survey, "quantile", as_names(variables, "variables"), by, where, level, lang)
    shares = _probabilities(probabilities)
    method = cast("QuantileInterval", one_of("quantile interval", interval, QUANTILE_INTERVALS))
    plain = "hf7" if asked.design is None else "math"
    named = cast("QuantileRule", one_of("quantile rule", rule or plain, QUANTILE_RULES))
    design = design_of(asked)

    def cells(values: Numbers, column: Banner) -> list[Cells]:
        q = column_quantiles(
            values.values, shares, column, asked.survey.mask, design,
            rule=named, interval=method, level=level,
        )  # fmt: skip
        n = _valid(values, column, asked)[None, :]
        arrays = zip(q.estimate, q.se, q.low, q.high, strict=True)
        made = [
            Cells(_quantile_stat(p), e[None], n, se[None], low[None], high[None], q.df[None])
            for p, (e, se, low, high) in zip(shares, arrays, strict=True)
        ]
        return [*made, Cells("count", n.astype(np.float64), n)]

    return _tabulated(asked, cells)


def _quantile_stat(probability: float) -> str:
    """Name the statistic of a quantile.

    Examples
    --------
    >>> _quantile_stat(0.5), _quantile_stat(0.25), _quantile_stat(0.025)
    ('median', 'quantile_25', 'quantile_2.5')
    """
    return "median" if probability == 0.5 else f"quantile_{100 * probability:.10g}"


def _probabilities(given: float | Sequence[float]) -> tuple[float, ...]:
    found = (given,) if isinstance(given, int | float) else tuple(given)
    if not found or not all(0 < p < 1 for p in found):
        raise UsageError(
            f"probabilities of quantiles lie strictly between 0 and 1; got {given!r}.",
            hint="0.5 is the median.",
        )
    return tuple(float(p) for p in found)


def one_of(what: str, name: str, allowed: Sequence[str]) -> str:
    """Return `name` if it is allowed, or raise UnknownNameError with the near miss.

    Examples
    --------
    >>> one_of("interval", "mean", ["mean", "score"])
    'mean'
    """
    if name not in allowed:
        raise UnknownNameError.for_name(what, name, allowed)
    return name


def _valid(values: Numbers, column: Banner, asked: Request) -> NDArray[np.int64]:
    known = ~np.isnan(values.values)
    k = 1 if column.overlaps else len(column.levels)
    parts = [
        np.bincount(groups[known & (groups >= 0)], minlength=k)
        for groups in group_codes(column, asked.survey.mask)
    ]
    return np.concatenate(parts).astype(np.int64)


# ---------------------------------------------------------------- what they share
def _request(
    survey: Survey,
    verb: str,
    variables: Names,
    by: Names,
    where: str | None,
    level: float,
    lang: Lang,
) -> Request:
    options = Options(level=level, nets="none", where=where, lang=lang)
    return request(survey, verb, variables, as_names(by, "by") if by else (), options)


def _renamed(asked: Request, name: str) -> Request:
    """Return the request with one variable in place of two."""
    spec = asked.spec
    two = [spec.questions[v] for v in spec.variables]
    questions = {**spec.questions, name: " / ".join(two)}
    kinds = {**spec.kinds, name: "number"}
    return replace(asked, spec=replace(spec, variables=(name,), questions=questions, kinds=kinds))


def _cells(
    stat: str,
    estimate: Floats,
    variance: Floats,
    n: NDArray[np.int64],
    df: Floats,
    deff: Floats,
    asked: Request,
) -> list[Cells]:
    """Return an estimate of each column with its interval, its cv and who is in it, (1, b)."""
    se = np.sqrt(variance)
    # nobody there: an estimate of nobody is none, but a total is 0
    shown = np.where((n > 0) | (stat == "total"), estimate, np.nan)
    ends = mean_interval(shown, se, df, level=asked.spec.level)
    arrays = (shown, se, ends.low, ends.high, df, deff)
    e, s, low, high, free, effect = (np.asarray(a)[None, :] for a in arrays)
    base = n[None, :]
    return [
        Cells(stat, e, base, s, low, high, free, effect if asked.sized else None),
        Cells("cv", coefficient(e, s), base),
        Cells("count", base.astype(np.float64), base),
    ]


def _tabulated(
    asked: Request,
    cells: Callable[[Numbers, Banner], list[Cells]],
    held: dict[str, Numbers] | None = None,
) -> Estimates:
    """Look up each variable, compute the cells of each column of the banner, make rows."""
    spec, survey = asked.spec, asked.survey
    banners = banners_of(asked)
    rows: list[Estimate] = []
    notes = [*opening(asked)]
    for name in spec.variables:
        values = held[name] if held else numbers(survey, name)
        counted = count_blocks([valued(values)], banners, mask=survey.mask)[0]
        for column, block in zip(banners, counted, strict=True):
            made = cells(values, column)
            rows += cell_rows(values.name, _WHOLE, column.columns, made, asked.mark)
            rows += missing_rows(values.name, column.columns, block, spec.lang, asked.mark)
        notes.extend(mean_notes(values, spec.kinds[name], counted[0], spec.lang))
    notes.extend(by_notes(banners, survey, spec.lang))
    return Estimates(tuple(rows), spec, notes=tuple(dict.fromkeys(notes)))
