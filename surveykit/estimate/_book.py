"""`book`: every question of a survey by one banner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from surveykit.codebook import Variable, parse_number
from surveykit.coding import codes, replicate_columns
from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate._axes import as_names, batteries_among
from surveykit.estimate._comparisons import Letters
from surveykit.estimate._estimates import Estimates
from surveykit.estimate._meantests import mean_tests
from surveykit.estimate._request import Names, Options, Request, request
from surveykit.estimate._summaries import promoter_scale
from surveykit.estimate._tabulate import averages, both, tables
from surveykit.estimate._tests import table_tests
from surveykit.estimate._words import say
from surveykit.survey import Survey, expect_survey
from surveykit.text import Lang

__all__ = ["book"]


def book(
    survey: Survey,
    by: Names = (),
    variables: Names | None = None,
    *,
    letters: Letters | str = "none",
    summaries: Names = (),
    nets: str = "codebook",
    where: str | Mapping[str, str] | None = None,
    ci: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Tabulate every question of a survey by one banner, in one pass.

    Categories and multiple response are tabulated as by :func:`crosstab`, numbers averaged as by
    :func:`mean`; free text, dates, identifiers and the columns of the design are left out, with a
    note.

    Parameters
    ----------
    survey : Survey
    by : str or sequence of str
        The banner; none for the total column alone.
    variables : str or sequence of str, optional
        The questions; all of the codebook by default.
    summaries
        As in :func:`freq`; given to scales, where their codes are numbers.
    where : str, or mapping of variable to str
        A filter for all tables, or one for each variable named.
    letters, nets, ci, level, lang
        As in :func:`crosstab`.

    Returns
    -------
    Estimates
        `spec.variables` in the order of the codebook; ``select(name)`` takes one question out.

    Raises
    ------
    UsageError
        Where nothing is left to tabulate.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey, expect_survey
    >>> frame = pd.DataFrame({"sex": list("fmfm"), "aware": list("yynn"), "age": [20, 30, 40, 50]})
    >>> found = book(Survey(frame), by="sex")
    >>> found.spec.variables, [t.test for t in found.tests.rows]
    (('sex', 'aware', 'age'), ['chi2', 'anova'])
    """
    expect_survey(survey)
    filters = where if isinstance(where, Mapping) else {}
    rule = where if isinstance(where, str) else None
    columns = as_names(by, "by") if by else ()
    options = Options(ci, level, (), summaries, nets, letters, rule, lang)
    names = tuple(survey.codebook) if variables is None else as_names(variables, "variables")
    whole = request(survey, "book", names, columns, options)
    jobs = _jobs(whole, filters)
    if not jobs:
        raise UsageError(
            "there is no question to tabulate: only free text, dates or identifiers.",
            hint="name the variables, or give the codebook of the survey.",
        )
    parts = [_made(survey, job, group, columns, options) for job, group in jobs.items()]
    done = set().union(*jobs.values())
    kept = tuple(v for v in whole.spec.variables if v in done)
    grids = batteries_among(whole.survey, kept)
    joined = both(parts, replace(whole, spec=replace(whole.spec, variables=kept, batteries=grids)))
    skipped = [v for v in whole.spec.variables if v not in done]
    if not skipped:
        return joined
    note = say("skipped_text", lang, names=say("separator", lang).join(skipped))
    return replace(joined, notes=(*joined.notes, note))


class _Job(NamedTuple):
    """What questions of the book have in common: they are tabulated in one pass."""

    verb: Literal["mean", "crosstab", "freq"]
    summaries: tuple[str, ...]
    rule: str | None


def _jobs(whole: Request, filters: Mapping[str, str]) -> dict[_Job, list[str]]:
    """Sort the questions by what is made of them; free text is left out."""
    for name in filters:
        if name not in whole.spec.variables:
            raise UnknownNameError.for_name("variable", name, whole.spec.variables)
    found: dict[_Job, list[str]] = {}
    roles = {*whole.survey.design.columns, *replicate_columns(whole.survey)}
    for name in whole.spec.variables:
        variable = whole.survey.variable(name)
        if variable.identifier or variable.kind in ("text", "date"):
            continue
        if roles & {name, *variable.headers} or _empty(whole.survey, variable):
            continue
        if variable.kind == "number":
            job = _Job("mean", (), filters.get(name))
        else:
            verb: Literal["crosstab", "freq"] = "crosstab" if whole.spec.by else "freq"
            job = _Job(verb, _fitting(variable, whole.spec.summaries), filters.get(name))
        found.setdefault(job, []).append(name)
    return found


def _empty(survey: Survey, variable: Variable) -> bool:
    """Whether a variable has no levels: nobody answered it, and no codebook lists its choices."""
    return variable.kind == "single" and not codes(survey, variable.name).levels


def _fitting(variable: Variable, summaries: tuple[str, ...]) -> tuple[str, ...]:
    """Return the summaries that a question can have: those of a scale with numbers as codes."""
    scores = [parse_number(c.code) for c in variable.choices]
    if variable.kind != "scale" or not scores or any(s is None for s in scores):
        return ()
    promoted = promoter_scale(np.array(scores, dtype=np.float64), closed=True)
    return tuple(s for s in summaries if s != "nps" or promoted)


def _made(
    survey: Survey, job: _Job, names: list[str], by: tuple[str, ...], options: Options
) -> Estimates:
    """Tabulate the questions of one job."""
    numbers = job.verb == "mean"
    tests = (mean_tests if numbers else table_tests)(survey, None) if by else ()
    rules = [r for r in (options.where, job.rule) if r]
    domain = survey
    for rule in rules:
        domain = domain.where(rule)
    chosen = replace(options, tests=tests, summaries=job.summaries, where=None)
    asked = request(domain, job.verb, names, by, chosen)
    return averages(asked) if numbers else tables(asked)
