"""The verbs: `freq`, `crosstab`, `residuals`, `mean`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import Numbers, numbers
from surveykit.counts import Axis, Moments, group_moments
from surveykit.errors import UnknownNameError, UnsupportedError
from surveykit.estimate._axes import (
    Banner,
    Block,
    Level,
    Stub,
    as_names,
    banner,
    nested,
    stub,
    total,
)
from surveykit.estimate._estimates import Estimate, Estimates, Mark, Spec, TestRow, Tests
from surveykit.estimate._rows import (
    Cells,
    Marker,
    cell_rows,
    missing_rows,
    missing_split,
    tabulate,
)
from surveykit.estimate._tests import DEFAULT_TESTS, caution, check_tests, refusal, test_rows
from surveykit.estimate._words import say
from surveykit.stats import INTERVAL_METHODS, adjusted_residuals, mean_interval
from surveykit.stats.intervals import check_level
from surveykit.stats.many import expected_many
from surveykit.survey import Survey
from surveykit.text import PRINTED_AS, SYNTHETIC_LONG, Lang, in_lang

__all__ = ["crosstab", "freq", "mean", "residuals"]

Names = str | Sequence[str]


def freq(
    survey: Survey, variables: Names, *, ci: str = "wilson", level: float = 0.95, lang: Lang = "zh"
) -> Estimates:
    """Tabulate variables on their own: counts and percentages of everyone who answered.

    Parameters
    ----------
    survey : Survey
        A simple sample (no weight, strata or psu).
    variables : str or sequence of str
        Single or multiple response; number variables are taken as categories, ascending.
    ci : {"wilson", "wald", "clopper_pearson", "agresti_coull", "jeffreys"}
        Method of the intervals.
    level : float
        Confidence level.
    lang : {"zh", "en"}
        Language of labels and notes.

    Returns
    -------
    Estimates
        Rows with the stats ``count``, ``percent`` (0-100; of multiple response: of cases),
        ``percent_of_responses`` (multiple response only) and ``missing``.

    Raises
    ------
    UnknownNameError
        For an unknown variable or interval method, with the near miss.
    UnsupportedError
        For a survey with a weight, strata or psu.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> survey = Survey(pd.DataFrame({"aware": ["yes", "no", "yes", ""]}))
    >>> [(r.level, r.stat, round(r.estimate, 1), r.n) for r in freq(survey, "aware").rows[::2]]
    [('yes', 'count', 2.0, 3), ('no', 'count', 1.0, 3), ('', 'missing', 1.0, 4)]
    """
    return _tables(survey, _spec(survey, "freq", variables, (), ci=ci, level=level, lang=lang))


def crosstab(
    survey: Survey,
    variables: Names,
    by: Names,
    *,
    tests: Names | None = None,
    ci: str = "wilson",
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Tabulate variables by a banner, with tests of each variable by each by-variable.

    Parameters
    ----------
    survey : Survey
        A simple sample (no weight, strata or psu).
    variables : str or sequence of str
        The row variables.
    by : str or sequence of str
        The banner, side by side; ``"a*b"`` nests b in a.
    tests : str or sequence of str, optional
        Any of chi2, g2, fisher, linear_by_linear, cochran_armitage; chi2 when not given,
        none for ``()``. Tests use complete pairs.
    ci, level, lang
        As in :func:`freq`.

    Returns
    -------
    Estimates
        For each variable the total column (all valid on the variable; `by` is empty), then
        each by-variable with the stats ``count``, ``percent`` (of the by-level),
        ``row_percent``, ``total_percent`` and ``missing``. Every by-level is shown, with the
        count 0 and no percentage where nobody is in it.

    Raises
    ------
    UnknownNameError
        For an unknown variable, test or interval method, with the near miss.
    UnsupportedError
        For a weight, strata or psu; for a test asked for by name that cannot be made.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> frame = pd.DataFrame({"aware": list("yynnyyyn"), "village": list("aaaabbbb")})
    >>> result = crosstab(Survey(frame), "aware", by="village", lang="en")
    >>> [(r.by_level, r.estimate) for r in result.rows if r.stat == "percent" and r.level == "y"]
    [('', 62.5), ('a', 50.0), ('b', 75.0)]
    >>> round(result.tests.rows[0].p, 3)
    0.465
    """
    named = check_tests(DEFAULT_TESTS if tests is None else tests)
    bys = as_names(by, "by")
    spec = _spec(survey, "crosstab", variables, bys, ci=ci, level=level, tests=named, lang=lang)
    return _tables(survey, spec, demanded=tests is not None)


def residuals(survey: Survey, variables: Names, by: Names, *, lang: Lang = "zh") -> Estimates:
    """Adjusted standardised residuals of each cell: beyond ±2 the cell stands out.

    Returns
    -------
    Estimates
        Rows with the stats ``expected`` (count under independence) and ``adjusted_residual``,
        on complete pairs.

    Raises
    ------
    UnsupportedError
        For a weight, strata or psu; for multiple response; for synthetic records whose
        association no printed figure pins.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> frame = pd.DataFrame({"aware": list("yynnyyyn"), "village": list("aaaabbbb")})
    >>> rows = residuals(Survey(frame), "aware", "village").rows
    >>> [round(r.estimate, 2) for r in rows if r.stat == "adjusted_residual"]
    [-0.73, 0.73, 0.73, -0.73]
    """
    spec = _spec(survey, "residuals", variables, as_names(by, "by"), lang=lang)
    banners = [banner(survey, name, lang) for name in spec.by]
    rows: list[Estimate] = []
    for row in [stub(survey, name, lang) for name in spec.variables]:
        for column, block in zip(banners, row.count(banners, survey.mask), strict=True):
            _refuse(refusal(survey, row, column, "en"))
            cells = _residual_cells(block)
            rows.extend(cell_rows(row.name, row.levels, column, cells, _marker(survey)))
    return Estimates(tuple(rows), spec, notes=_opening(survey, lang))


def mean(
    survey: Survey, variables: Names, by: Names = (), *, level: float = 0.95, lang: Lang = "zh"
) -> Estimates:
    """Means of number variables, in total and by a banner, with Student intervals.

    Returns
    -------
    Estimates
        Rows with the stats ``mean`` (its `se`, `low`, `high`, `df` = n - 1), ``sd``,
        ``median``, ``count`` and ``missing``; `level` is empty.

    Raises
    ------
    UnknownNameError
        For an unknown variable, with the near miss.
    UnsupportedError
        For a survey with a weight, strata or psu.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> survey = Survey(pd.DataFrame({"age": ["20", "30", "46"]}))
    >>> [(r.stat, r.estimate) for r in mean(survey, "age").rows][::2]
    [('mean', 32.0), ('median', 30.0), ('missing', 0.0)]
    """
    spec = _spec(
        survey, "mean", variables, as_names(by, "by") if by else (), level=level, lang=lang
    )
    banners = _banners(survey, spec)
    rows: list[Estimate] = []
    notes = [*_opening(survey, lang)]
    for name in spec.variables:
        values = numbers(survey, name)
        blocks = _valued(values).count(banners, survey.mask)
        for column, block in zip(banners, blocks, strict=True):
            cells = _mean_cells(_moments(values, column, survey.mask), level)
            rows.extend(cell_rows(name, (Level("", ""),), column, cells, _marker(survey)))
            rows.extend(missing_rows(name, column, block, lang, _marker(survey)))
        notes.extend(_mean_notes(values, spec.kinds[name], blocks[0], lang))
    notes.extend(_by_notes(banners, survey, lang))
    return Estimates(tuple(rows), spec, notes=tuple(notes))


def _tables(survey: Survey, spec: Spec, *, demanded: bool = False) -> Estimates:
    """Look up, count, make rows, test: the pipeline of `freq` and `crosstab`."""
    banners = _banners(survey, spec)
    stubs = [stub(survey, name, spec.lang) for name in spec.variables]
    rows: list[Estimate] = []
    notes = [*_opening(survey, spec.lang)]
    pairs: list[tuple[Stub, Banner, Block]] = []
    for row in stubs:
        blocks = row.count(banners, survey.mask)
        for column, block in zip(banners, blocks, strict=True):
            made = tabulate(row, column, block, spec, _marker(survey))
            rows.extend(_with_digits(made, survey, spec.lang))
        pairs.extend(zip([row] * len(banners[1:]), banners[1:], blocks[1:], strict=True))
        notes.extend((*row.notes, *_missing_note(row.name, blocks[0], spec.lang)))
    notes.extend(_by_notes(banners, survey, spec.lang))
    tests, left_out = _tests(survey, pairs, spec, demanded)
    return Estimates(tuple(rows), spec, tests, (*notes, *left_out))


def _tests(
    survey: Survey, pairs: list[tuple[Stub, Banner, Block]], spec: Spec, demanded: bool
) -> tuple[Tests, list[str]]:
    """Test every pair; what may not be tested is left out with a note, or raised if demanded."""
    rows: list[TestRow] = []
    left_out: list[str] = []
    refused = []
    for row, column, block in pairs if spec.tests else []:
        why = refusal(survey, row, column, spec.lang)
        if why:
            _refuse(refusal(survey, row, column, "en") if demanded else "")
            left_out.append(why)
            continue
        warned = caution(survey, row, column, spec.lang)
        made, not_made = test_rows(row, column, block, spec, warned)
        rows.extend(made)
        refused.extend(not_made)
    if refused and len(refused) == len(rows):
        raise refused[0]
    return Tests(tuple(rows)), left_out


def _refuse(why: str) -> None:
    if why:
        raise UnsupportedError(why)


def _spec(
    survey: Survey,
    verb: str,
    variables: Names,
    by: tuple[str, ...],
    *,
    ci: str = "wilson",
    level: float = 0.95,
    tests: tuple[str, ...] = (),
    lang: Lang,
) -> Spec:
    """Check what was asked for, and keep it under the names of the codebook."""
    _check_simple(survey)
    if ci not in INTERVAL_METHODS:
        raise UnknownNameError.for_name("interval method", ci, INTERVAL_METHODS)
    rows = [survey.variable(name) for name in as_names(variables, "variables")]
    columns = [[survey.variable(name) for name in nested(survey, b)] for b in by]
    held = [*rows, *chain.from_iterable(columns)]
    return Spec(
        verb,
        tuple(v.name for v in rows),
        tuple("*".join(v.name for v in parts) for parts in columns),
        ci,
        check_level(level),
        tests,
        survey.where_text,
        lang,
        {v.name: v.question.text(lang) for v in held},
        {v.name: v.kind for v in held},
        survey.source,
        survey.synthetic is not None,
    )


def _check_simple(survey: Survey) -> None:
    if not survey.design.simple:
        raise UnsupportedError(
            "weighted and complex-sample estimates are not there yet, and this survey has a "
            f"design ({', '.join(survey.design.columns)}).",
            hint="without its design the figures would describe the sample only.",
        )


def _banners(survey: Survey, spec: Spec) -> list[Banner]:
    return [total(survey.rows), *(banner(survey, name, spec.lang) for name in spec.by)]


def _marker(survey: Survey) -> Marker:
    if survey.synthetic is None:
        return _unmarked
    return survey.synthetic.mark


def _with_digits(rows: list[Estimate], survey: Survey, lang: Lang) -> list[Estimate]:
    """Note the digits that the source prints beside the value computed from synthetic records."""
    printed = survey.synthetic.printed if survey.synthetic is not None else {}
    place = attrgetter("variable", "level_code", "by", "by_code", "stat")
    return [_beside(r, printed[place(r)], lang) if place(r) in printed else r for r in rows]


def _beside(row: Estimate, digits: str, lang: Lang) -> Estimate:
    """Add the printed digits; records that no longer print so lose the mark, and it is said."""
    unit = 10.0 ** -len(digits.partition(".")[2])
    value = row.estimate
    # within rounding, ties to either side; 1e-9 covers the last bit of a division
    if value is not None and abs(value - float(digits)) <= unit / 2 + 1e-9:
        return row._replace(note=PRINTED_AS.text(lang).format(digits=digits))
    return row._replace(mark="", note=say("changed", lang, digits=digits))


def _unmarked(variable: str, level: str, by: str, by_level: str, stat: str) -> Mark:
    return ""


def _opening(survey: Survey, lang: Lang) -> tuple[str, ...]:
    """What comes before everything else: synthetic records, what was read, the domain."""
    notes = [SYNTHETIC_LONG.text(lang)] if survey.synthetic is not None else []
    notes.extend(in_lang(note, lang) for note in survey.notes)
    if survey.where_text:
        notes.append(say("where", lang, rule=survey.where_text, n=survey.n))
    return tuple(dict.fromkeys(notes))


def _missing_note(name: str, block: Block, lang: Lang) -> Iterable[str]:
    missing = int(block.missing.sum())
    if missing:
        split = missing_split(block.missing[:, 0], lang)
        everyone = missing + int(block.bases[0])
        yield say("missing", lang, name=name, total=everyone, missing=missing, split=split)


def _mean_notes(values: Numbers, kind: str, block: Block, lang: Lang) -> Iterable[str]:
    if kind == "single":
        yield say("codes_averaged", lang, name=values.name)
    yield from (in_lang(note, lang) for note in values.notes)
    yield from _missing_note(values.name, block, lang)


def _by_notes(banners: list[Banner], survey: Survey, lang: Lang) -> Iterable[str]:
    for column in banners[1:]:
        yield from column.notes
        unknown = column.axis.codes < 0
        count = int((unknown if survey.mask is None else unknown & survey.mask).sum())
        if count:
            yield say("by_missing", lang, name=column.name, missing=count)


def _residual_cells(block: Block) -> list[Cells]:
    n = np.broadcast_to(block.bases, block.counts.shape)
    expected = expected_many(block.counts[None])[0]
    return [
        Cells("expected", expected, n),
        Cells("adjusted_residual", adjusted_residuals(block.counts), n),
    ]


def _valued(values: Numbers) -> Stub:
    return Stub(values.name, (Level("", ""),), Axis(values.status, 1))


def _moments(values: Numbers, column: Banner, mask: NDArray[np.bool_] | None) -> Moments:
    groups = column.axis.codes if mask is None else np.where(mask, column.axis.codes, -1)
    return group_moments(values.values, groups, column.axis.k)


def _mean_cells(m: Moments, level: float) -> list[Cells]:
    """Arrays of shape (1, groups), as of a variable with one level."""
    ends = mean_interval(m.mean, m.se, m.n - 1, level=level)
    df = np.where(m.n > 0, m.n - 1.0, np.nan)
    se, low, high, dfs = (a[None, :] for a in (m.se, ends.low, ends.high, df))
    n = m.n[None, :]
    others = {"sd": m.sd, "median": m.median, "count": m.n.astype(np.float64)}
    mean = Cells("mean", m.mean[None, :], n, se, low, high, dfs)
    return [mean, *(Cells(stat, a[None, :], n) for stat, a in others.items())]
