"""`repeated`: one answer to several questions by the same respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import codes, multiple
from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate._comparisons import Adjust
from surveykit.estimate._estimates import Estimate, Estimates, TestRow, Tests
from surveykit.estimate._request import Names, Options, Request, opening, request
from surveykit.estimate._words import say
from surveykit.stats import IntervalMethod, proportion_interval
from surveykit.stats.compare import adjust as adjusted
from surveykit.stats.repeated import McNemar, cochran_q, mcnemar
from surveykit.survey import Survey
from surveykit.text import Lang

__all__ = ["repeated"]

Bools = NDArray[np.bool_]


def repeated(
    survey: Survey,
    variables: Names,
    answer: str | None = None,
    *,
    adjust: Adjust = "none",
    where: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Compare how often one answer was given to several questions by the same respondents.

    Cochran's Q over all questions, McNemar's test of every pair: on the respondents who
    answered all of them.

    Parameters
    ----------
    survey : Survey
        A simple sample.
    variables : str or sequence of str
        Single choices or scales that share the answer, a battery; or one multiple response, whose
        options are the questions.
    answer : str, optional
        Code or label of the answer that is counted; not for a multiple response.
    adjust : {"none", "bonferroni", "holm", "bh"}
        Of the p-values of McNemar's tests, for the number of pairs.
    where, level, lang
        As in :func:`freq`.

    Returns
    -------
    Estimates
        Rows ``count`` and ``percent`` of the answer to each question. Tests: ``cochran_q`` (with
        three questions or more), then ``mcnemar`` of each pair (`variable` and `by` are the two
        questions): the statistic and its df are those without continuity correction; p is the
        exact binomial one, and `effect` the difference of the two percentages.

    Raises
    ------
    UsageError
        For fewer than two questions, or no answer to count.
    UnknownNameError
        For an answer that a question does not have.
    UnsupportedError
        For a survey with a design, and for synthetic records.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> frame = pd.DataFrame({"before": list("yynnyn"), "after": list("yyyyyn")})
    >>> found = repeated(Survey(frame), ["before", "after"], "y", lang="en")
    >>> [(r.variable, r.estimate) for r in found.rows if r.stat == "percent"]
    [('before', 50.0), ('after', 83.33333333333334)]
    >>> [(t.test, t.p) for t in found.tests.rows]
    [('mcnemar', 0.5)]
    """
    asked = request(survey, "repeated", variables, (), Options(level=level, where=where, lang=lang))
    _check_sample(asked)
    names, labels, chosen, complete = _answers(asked, answer)
    rows = _rows(asked, names, labels, chosen[complete])
    tests = _tests(names, chosen[complete], adjust, lang)
    left_out = _in_domain(asked, len(complete)) - int(complete.sum())
    notes = [*opening(asked), *([say("incomplete", lang, n=left_out)] if left_out else [])]
    spec = replace(asked.spec, variables=tuple(names), questions={**asked.spec.questions, **labels})
    return Estimates(tuple(rows), spec, Tests(tuple(tests)), tuple(notes))


def _check_sample(asked: Request) -> None:
    if asked.design is not None:
        raise UnsupportedError(
            "repeated questions are compared in simple samples; this survey has a design.",
            hint="tabulate them together: freq(survey, [...]).",
        )
    if asked.survey.synthetic is not None:
        raise UnsupportedError(
            "repeated questions are not compared on synthetic records: no printed figure pins "
            "their joint answers."
        )


def _in_domain(asked: Request, rows: int) -> int:
    return rows if asked.survey.mask is None else asked.survey.n


def _answers(asked: Request, answer: str | None) -> tuple[list[str], dict[str, str], Bools, Bools]:
    """Return names, labels, who gave the answer, (n, k), and who answered all, (n,)."""
    variables = asked.spec.variables
    if len(variables) == 1 and asked.spec.kinds[variables[0]] == "multiple":
        names, labels, chosen, complete = _options(asked, variables[0])
    else:
        names, labels, chosen, complete = _questions(asked, variables, answer)
    if len(names) < 2:
        raise UsageError("one question alone is not repeated.", hint="name two or more.")
    mask = asked.survey.mask
    return names, labels, chosen, complete if mask is None else complete & mask


def _options(asked: Request, name: str) -> tuple[list[str], dict[str, str], Bools, Bools]:
    many = multiple(asked.survey, name)
    labels = {c.code: c.label.text(asked.spec.lang) or c.code for c in many.levels}
    return list(labels), labels, many.chosen, np.asarray(many.status == 0)


def _questions(
    asked: Request, variables: Sequence[str], answer: str | None
) -> tuple[list[str], dict[str, str], Bools, Bools]:
    if answer is None:
        raise UsageError(
            "which answer is counted?", hint="repeated(survey, ['q1', 'q2'], answer='1')."
        )
    chosen, known = [], []
    for name in variables:
        one = codes(asked.survey, name)
        place = _place(asked, name, answer)
        chosen.append(one.values == place)
        known.append(one.values >= 0)
    labels = {name: asked.spec.questions[name] for name in variables}
    complete = np.asarray(np.column_stack(known).all(axis=1))
    return list(variables), labels, np.column_stack(chosen), complete


def _place(asked: Request, name: str, answer: str) -> int:
    levels = codes(asked.survey, name).levels
    for i, level in enumerate(levels):
        if answer in (level.code, level.label.zh, level.label.en):
            return i
    raise UnknownNameError.for_name(f"answer of {name!r}:", answer, [c.code for c in levels])


def _rows(
    asked: Request, names: Sequence[str], labels: dict[str, str], chosen: Bools
) -> list[Estimate]:
    n = len(chosen)
    counts = chosen.sum(axis=0)
    method: IntervalMethod = "wilson"
    ends = proportion_interval(
        counts, np.full(len(counts), n), method=method, level=asked.spec.level
    )
    rows = []
    for i, name in enumerate(names):
        place = (name, labels[name], "", "", "", "")
        p = counts[i] / n if n else None
        se = None if p is None else 100 * float(np.sqrt(p * (1 - p) / n))
        low, high = (100 * float(x[i]) if n else None for x in (ends.low, ends.high))
        rows.append(Estimate(*place, "count", float(counts[i]), n=n))
        percent = None if p is None else 100 * float(p)
        rows.append(Estimate(*place, "percent", percent, se, low, high, n))
    return rows


def _tests(names: Sequence[str], chosen: Bools, adjust: Adjust, lang: Lang) -> list[TestRow]:
    rows = []
    if len(names) > 2:
        q = cochran_q(chosen)
        note = "" if not q.reason else say(q.reason, lang)
        rows.append(
            TestRow("cochran_q", ", ".join(names), "", q.statistic, q.df, None, q.p, None, "", note)
        )
    pairs = list(combinations(range(len(names)), 2))
    x = chosen.astype(np.int64)
    both, alone = x.T @ x, x.sum(axis=0)
    found = mcnemar([_table(both, alone, len(x), a, b) for a, b in pairs])
    p = adjusted(found.p_exact, adjust)
    return rows + [_pair(names, pair, found, float(p[i]), i, lang) for i, pair in enumerate(pairs)]


def _table(
    both: NDArray[np.int64], alone: NDArray[np.int64], n: int, a: int, b: int
) -> list[list[int]]:
    yes = int(both[a, b])
    first, second = int(alone[a]) - yes, int(alone[b]) - yes
    return [[yes, first], [second, n - yes - first - second]]


def _pair(
    names: Sequence[str], pair: tuple[int, int], found: McNemar, p: float, i: int, lang: Lang
) -> TestRow:
    a, b = pair
    if not found.discordant[i]:
        note = say("no_disagreement", lang)
        return TestRow("mcnemar", names[a], names[b], None, None, None, None, None, "", note)
    difference = 100 * float(found.difference[i])
    statistic = float(found.statistic[i])
    return TestRow("mcnemar", names[a], names[b], statistic, 1.0, None, p, difference, "difference")
