"""`difference`: groups compared with a reference, with intervals, in any sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import numbers
from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate._amounts import design_of, one_of
from surveykit.estimate._axes import Banner, Level, Stub, as_names, stub
from surveykit.estimate._blocks import Block, count_blocks
from surveykit.estimate._comparisons import Comparison, Comparisons, strictest
from surveykit.estimate._design import block_totals
from surveykit.estimate._estimates import Estimate, Estimates
from surveykit.estimate._letters import letters_of
from surveykit.estimate._means import mean_block
from surveykit.estimate._request import Names, Options, Request, opening, request
from surveykit.estimate._spread import AnyDesign, Spread, freedom_of
from surveykit.estimate._tabulate import banners_of, by_notes, mean_notes, valued
from surveykit.estimate._words import say
from surveykit.stats.compare import adjust as adjusted
from surveykit.stats.designci import t_test
from surveykit.stats.intervals import mean_interval
from surveykit.survey import Survey, expect_survey
from surveykit.text import Lang

__all__ = ["difference"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Measure = Literal["difference", "ratio", "odds_ratio"]
Adjust = Literal["none", "bonferroni", "holm", "bh"]
Pairs = Sequence[tuple[int, int]]
METHODS: dict[str, tuple[str, ...]] = {
    "difference": ("newcombe", "miettinen_nurminen", "wald"),
    "ratio": ("miettinen_nurminen", "koopman", "log"),
    "odds_ratio": ("miettinen_nurminen", "exact", "log"),
}
_WHOLE = (Level("", ""),)


def difference(
    survey: Survey,
    variables: Names,
    by: str,
    *,
    against: str = "first",
    measure: Measure = "difference",
    method: str | None = None,
    adjust: Adjust = "none",
    nets: str = "codebook",
    where: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Compare groups: differences or ratios of percentages or means, with intervals.

    Parameters
    ----------
    survey : Survey
        With a design, what groups share (PSUs, respondents) is in the standard error.
    variables : str or sequence of str
        Percentages of categories and multiple response; means of numbers.
    by : str
        The groups; ``a*b`` compares b within a.
    against : str
        The reference: "first", "previous", or the code of a group.
    measure : {"difference", "ratio", "odds_ratio"}
        Percentages differ in percentage points. Intervals of ratios are made on the log scale.
    method : str, optional
        Interval of two percentages in a simple sample. Of a difference: newcombe (default),
        miettinen_nurminen, wald; of a ratio: miettinen_nurminen (default), koopman, log; of odds:
        miettinen_nurminen (default), exact, log. All others are Student's t.
    adjust : {"none", "bonferroni", "holm", "bh"}
        p-values of one level for the number of comparisons; with "bonferroni" the intervals too.
    nets, where, level, lang
        As in :func:`crosstab`.

    Returns
    -------
    Estimates
        Rows with the stat ``difference``, ``ratio`` or ``odds_ratio``; `n` is that of both
        groups, `note` names the reference. The p-values are in `comparisons`. Degrees of freedom
        of a design are those of everyone with both variables less the number of groups, plus 1:
        two groups are R survey's `svyttest`.

    Raises
    ------
    UnknownNameError
        For an unknown variable, option or reference.
    UsageError
        Where there are fewer than two groups.
    UnsupportedError
        For odds of a mean, a method that does not belong here, synthetic records.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey, expect_survey
    >>> frame = pd.DataFrame({"aware": list("yynnyyyn"), "village": list("aaaabbbb")})
    >>> found = difference(Survey(frame), "aware", "village", lang="en")
    >>> row = found.rows[0]
    >>> row.level, row.by_level, row.estimate, round(row.low, 1), round(row.high, 1), row.note
    ('y', 'b', 25.0, -32.0, 65.5, 'less a')
    >>> round(found.comparisons.rows[0].p, 3)
    0.465
    """
    expect_survey(survey)
    if survey.synthetic is not None:
        raise UnsupportedError(
            "groups of synthetic records are not compared: printed figures rarely fix both.",
            hint="audit says what the printed figures allow.",
        )
    chosen = _Choice(
        one_of("measure", measure, get_args(Measure)),
        _method(method, measure, survey.design.simple),
        one_of("adjust", adjust, get_args(Adjust)),
        against,
    )
    options = Options(level=level, nets=nets, where=where, lang=lang)
    asked = request(survey, "difference", variables, as_names(by, "by"), options)
    return _compared(replace(asked, spec=replace(asked.spec, ci=chosen.method or "t")), chosen)


@dataclass(frozen=True, slots=True)
class _Choice:
    """The options: what is compared with what, and how."""

    measure: str
    method: str
    adjust: str
    against: str


def _method(name: str | None, measure: str, simple: bool) -> str:
    """Return the interval of two percentages; "" under a design."""
    allowed = METHODS.get(measure, ())
    if name is None:
        return allowed[0] if simple and allowed else ""
    if not simple:
        raise UnsupportedError(
            f"the interval {name!r} takes every respondent for one of a simple random sample; "
            "this survey has a design.",
            hint="leave method out: intervals are Student's t with the design's covariance.",
        )
    return one_of("interval method", name, allowed)


def _compared(asked: Request, chosen: _Choice) -> Estimates:
    """Look up, compare each variable, adjust: the pipeline of `difference`."""
    spec, survey = asked.spec, asked.survey
    everyone, column = banners_of(asked)
    pairs = _pairs(column, chosen.against, survey)
    rows: list[Estimate] = []
    tests: list[Comparison] = []
    notes = [*opening(asked)]
    for name in spec.variables:
        if spec.kinds[name] == "number":
            values = numbers(survey, name)
            levels: tuple[Level, ...] = _WHOLE
            unit = 1.0
            found = _of_means(values, column, pairs, asked, chosen)
            (block,) = count_blocks([valued(values)], [everyone], mask=survey.mask)[0]
            notes.extend(mean_notes(values, "number", block, spec.lang))
        else:
            row = stub(survey, name, spec.lang, asked.nets)
            levels, unit = row.rows, 1.0 if chosen.measure != "difference" else 100.0
            found = _of_shares(row, column, pairs, asked, chosen)
            notes.extend(row.notes)
        rows += _rows(name, levels, column, pairs, found, unit, asked, chosen)
        tests += _tests(name, levels, column, pairs, found, unit, chosen)
    notes.extend(by_notes([everyone, column], survey, spec.lang))
    notes.append(_told(column, pairs, chosen, spec.lang))
    comparisons = Comparisons(tuple(tests), None, {})
    return Estimates(tuple(rows), spec, notes=tuple(dict.fromkeys(notes)), comparisons=comparisons)


def _told(column: Banner, pairs: Pairs, chosen: _Choice, lang: Lang) -> str:
    """Say what each group is compared with; of one reference, once."""
    references = list(dict.fromkeys(j for _, j in pairs))
    if len(references) == 1:
        each = say("each_group", lang)
        shown = [(each, column.levels[references[0]].label)]
    else:
        shown = [(column.levels[i].label, column.levels[j].label) for i, j in pairs]
    said = (f"{one} {say(f'against_{chosen.measure}', lang, other=other)}" for one, other in shown)
    return f"{column.name}: {say('separator', lang).join(said)}"


def _pairs(column: Banner, against: str, survey: Survey) -> list[tuple[int, int]]:
    """Return (group, reference), within each part of a nested banner."""
    codes = [v.code for v in column.levels]
    if len(codes) < 2:
        raise UsageError(f"{column.name} has fewer than two groups.", where=survey.source or None)
    parts: dict[int, list[int]] = {}
    for i, part in enumerate(column.parts):
        parts.setdefault(part, []).append(i)
    if against == "previous":
        return [p for held in parts.values() for p in zip(held[1:], held, strict=False)]
    if against == "first":
        return [(i, held[0]) for held in parts.values() for i in held[1:]]
    if against not in codes:
        allowed = ("first", "previous", *codes)
        raise UnknownNameError.for_name(f"group of {column.name}:", against, allowed)
    reference = codes.index(against)
    return [(i, reference) for i in parts[column.parts[reference]] if i != reference]


# ---------------------------------------------------------------- numbers
@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Comparisons of k levels by m pairs, arrays of shape (k, m); nan where undefined.

    `difference`, `spread`, `statistic`, `df` and `p` are of the test, on the log scale for ratios.
    """

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    n: Ints
    df: Floats
    difference: Floats
    spread: Floats
    statistic: Floats
    p: Floats
    test: str


def _of_means(values: Any, column: Banner, pairs: Pairs, asked: Request, chosen: _Choice) -> _Found:
    if chosen.measure == "odds_ratio":
        raise UnsupportedError(
            f"{values.name!r} is a number and has no odds.", hint="measure='ratio' or 'difference'."
        )
    design, mask = design_of(asked), asked.survey.mask
    block = mean_block(values, column, mask, design)
    assert block.spread is not None
    known = ~np.isnan(values.values) & ~column.unknown()
    if asked.design is None and not column.overlaps and chosen.measure == "difference":
        return _welch(block.mean, block.sd, block.n, pairs, asked.spec.level, chosen)
    df = _freedom(known if mask is None else known & mask, block.n, design)
    centres = np.where(block.n > 0, block.mean, np.nan)
    means = block.spread.mapped(lambda x: x + centres, np.ones(len(centres)))
    return _of_spread(means, 1, block.n, df, pairs, asked.spec.level, chosen)


def _of_shares(row: Stub, column: Banner, pairs: Pairs, asked: Request, chosen: _Choice) -> _Found:
    mask, design = asked.survey.mask, design_of(asked)
    weights = None if asked.design is None else asked.design.weights
    (block,) = count_blocks([row], [column], weights=weights, mask=mask)[0]
    if asked.design is None and not column.overlaps:
        return _simple(block, pairs, asked.spec.level, chosen)
    (totals,) = block_totals(row, [column], design, mask)
    groups = int((block.bases > 0).sum())
    return _of_spread(
        totals.percent(), len(row.rows), block.bases, totals.whole_df - (groups - 1), pairs,
        asked.spec.level, chosen,
    )  # fmt: skip


def _freedom(known: Bools, n: Ints, design: AnyDesign) -> float:
    return freedom_of(known, design) - (int((n > 0).sum()) - 1)


def _of_spread(
    found: Spread,
    k: int,
    bases: Ints,
    df: float,
    pairs: Pairs,
    level: float,
    chosen: _Choice,
) -> _Found:
    """Compare estimates in the order levels, in them groups, by their covariance."""
    scaled = _on_scale(found, chosen.measure)
    b = len(bases)
    value, covariance = scaled.estimate.reshape(k, b), scaled.within(k)
    i, j = (np.array(x, dtype=np.intp) for x in zip(*pairs, strict=True))
    d = value[:, i] - value[:, j]
    parts = covariance[:, i, i] + covariance[:, j, j]
    variance = parts - 2 * covariance[:, i, j]
    # rounding alone can leave a difference of constants a variance of either sign
    se = np.sqrt(np.where(variance > 1e-14 * parts, variance, 0.0) + 0 * d)
    return _with_test(d, se, bases[i] + bases[j], np.full(d.shape, df), level, chosen, "design")


def _on_scale(found: Spread, measure: str) -> Spread:
    """Return the estimates, their logs or their logits; nan where there is none."""
    if measure == "difference":
        return found
    e = found.estimate
    with np.errstate(all="ignore"):
        if measure == "ratio":
            e = np.where(e > 0, e, np.nan)
            return found.mapped(lambda p: np.log(np.where(p > 0, p, np.nan)), 1 / e)
        inside = np.where((e > 0) & (e < 1), e, np.nan)
        return found.mapped(
            lambda p: np.log(np.where((p > 0) & (p < 1), p / (1 - p), np.nan)),
            1 / (inside * (1 - inside)),
        )


def _with_test(
    d: Floats, se: Floats, n: Ints, df: Floats, level: float, chosen: _Choice, test: str
) -> _Found:
    """Make the interval and the t test of differences, logs turned back into ratios."""
    with np.errstate(all="ignore"):
        t = t_test(d, np.where(se > 0, se, np.nan), df)
    ends = mean_interval(d, se, df, level=_level(level, d.shape[1], chosen))
    shown = (d, se, ends.low, ends.high)
    if chosen.measure != "difference":
        ratio = np.exp(d)
        shown = (ratio, ratio * se, np.exp(ends.low), np.exp(ends.high))
    n = np.broadcast_to(n, d.shape)
    return _Found(*shown, n, df, d, se, t.statistic, t.p, test)


def _level(level: float, pairs: int, chosen: _Choice) -> float:
    return 1 - (1 - level) / pairs if chosen.adjust == "bonferroni" else level


def _welch(
    mean: Floats, sd: Floats, n: Ints, pairs: Pairs, level: float, chosen: _Choice
) -> _Found:
    """Compare means of a simple sample: Welch's t."""
    i, j = (np.array(x, dtype=np.intp) for x in zip(*pairs, strict=True))
    part = sd**2 / np.where(n > 0, n, 1)
    variance = part[i] + part[j]
    less = np.maximum(n - 1, 1)
    scatter = part[i] ** 2 / less[i] + part[j] ** 2 / less[j]
    df = variance**2 / np.where(scatter > 0, scatter, np.nan)
    d = mean[i] - mean[j]
    arrays = (d[None], np.sqrt(variance)[None], (n[i] + n[j])[None], df[None])
    return _with_test(*arrays, level, chosen, "welch")


def _simple(block: Block, pairs: Pairs, level: float, chosen: _Choice) -> _Found:
    """Compare percentages of a simple sample from their counts."""
    from surveykit.stats.compare import proportion_pairs
    from surveykit.stats.differences import odds_ratio, proportion_difference, proportion_ratio

    verbs: dict[str, Any] = {
        "difference": proportion_difference,
        "ratio": proportion_ratio,
        "odds_ratio": odds_ratio,
    }
    i, j = (np.array(x, dtype=np.intp) for x in zip(*pairs, strict=True))
    x, n = np.asarray(block.n.cells), np.asarray(block.n.bases)
    bases = np.broadcast_to(n, x.shape)
    c = verbs[chosen.measure](
        x[:, i], bases[:, i], x[:, j], bases[:, j],
        method=chosen.method, level=_level(level, len(pairs), chosen),
    )  # fmt: skip
    se = c.se if chosen.measure == "difference" else c.estimate * c.se
    z = proportion_pairs(x, n)
    both = bases[:, i] + bases[:, j]
    nan = np.full(se.shape, np.nan)
    tests = (z.difference[:, i, j], z.se[:, i, j], z.statistic[:, i, j], z.p[:, i, j])
    low, high = _finite(c.low), _finite(c.high)
    return _Found(_finite(c.estimate), _finite(se), low, high, both, nan, *tests, "z")


def _finite(x: Floats) -> Floats:
    return np.where(np.isfinite(x), x, np.nan)


# ---------------------------------------------------------------- rows
def _rows(
    name: str,
    levels: Sequence[Level],
    column: Banner,
    pairs: Pairs,
    found: _Found,
    unit: float,
    asked: Request,
    chosen: _Choice,
) -> Iterator[Estimate]:
    """Yield a row of each pair and level: pairs, in them levels."""
    for m, (i, j) in enumerate(pairs):
        one, other = column.levels[i], column.levels[j]
        note = say(f"against_{chosen.measure}", asked.spec.lang, other=other.label)
        for k, v in enumerate(levels):
            at = (k, m)
            yield Estimate(
                name, v.label, v.code, column.name, one.label, one.code, chosen.measure,
                _number(unit * found.estimate[at]), _number(unit * found.se[at]),
                _number(unit * found.low[at]), _number(unit * found.high[at]),
                int(found.n[at]), _number(found.df[at]), note=note,
            )  # fmt: skip


def _tests(
    name: str,
    levels: Sequence[Level],
    column: Banner,
    pairs: Pairs,
    found: _Found,
    unit: float,
    chosen: _Choice,
) -> Iterator[Comparison]:
    p = adjusted(found.p, chosen.adjust)  # type: ignore[arg-type]
    letters, mean = letters_of(column), levels == _WHOLE
    for k, v in enumerate(levels):
        for m, (i, j) in enumerate(pairs):
            one, other, at = column.levels[i], column.levels[j], (k, m)
            fair = _number(p[at])
            yield Comparison(
                name, v.label, v.code, "mean" if mean else "percent",
                column.name, one.label, one.code, letters[one.code],
                column.name, other.label, other.code, letters[other.code],
                _number(unit * found.difference[at]), _number(unit * found.spread[at]),
                _number(found.statistic[at]), _number(found.df[at]),
                _number(found.p[at]), fair, strictest(fair, (0.05,)), found.test,
            )  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
