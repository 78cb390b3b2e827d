"""`check`: what in the data breaks the codebook or calls for care; raises nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator

from surveykit.coding._check_batteries import straight_lines
from surveykit.coding._check_privacy import privacy
from surveykit.coding._check_records import (
    design,
    duplicate_ids,
    duplicate_records,
    not_described,
    rows_that_are_none,
)
from surveykit.coding._check_run import Run
from surveykit.coding._check_times import times
from surveykit.coding._check_values import of_variable
from surveykit.coding._findings import RANK, Finding, Findings
from surveykit.coding._response import accounting
from surveykit.survey import Survey, expect_survey
from surveykit.text import Lang

__all__ = ["check"]


def check(survey: Survey, *, lang: Lang = "zh") -> Findings:
    """Compare the data with the codebook, and point out what calls for care.

    Nothing in the data is changed. The rules, by severity:

    - *error*: `not_in_codebook` values that are neither choices nor missing codes · `range` numbers
      outside the range of the codebook · `skip` answers of people who were not asked ·
      `exclusive` a choice marked as exclusive together with others · `duplicate_id` · `weight` ·
      `impossible_date`, `impossible_duration` · `not_found` a column of the design.
    - *warning*: `not_found` columns · `range` numbers that no bin takes · `exclusive` choices that
      look so · `never_counted` · `not_evaluated` rules · `empty_record`, `total_row` ·
      `duplicate_record` records alike in every column but the id · `impossible_date` days in the
      future or before 1900 · `not_a_date` · `fieldwork` · `speeder` records filled in within less
      than a third of the median time · `straight_line` the same answer to a whole battery though
      an item of it is reversed · `identifier` · `record_count`.
    - *info*: `nonresponse` · `not_described` · `not_collapsed` · `straight_line` in other batteries,
      `straight_lining` their share · `sensitive` · `unique_combination` people who can be told
      apart by quasi-identifiers together · `under_14` children, and age groups that may hold some ·
      `response` rates of the study.

    The messages say what is allowed and what may have been meant. Of synthetic records neither
    twins, straight lines nor privacy are looked at.

    Parameters
    ----------
    survey : Survey
        The rows outside its domain are left out.
    lang : {"zh", "en"}
        Of the messages that are shown; the rows hold both.

    Returns
    -------
    Findings
        A row for each respondent, up to 100,000 for one variable and rule; a last row counts the
        rest. Shown as text or HTML, many alike are cut short.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.codebook import parse_codebook
    >>> book = parse_codebook('''
    ... surveykit: codebook/1
    ... variables: {q1: {kind: single, choices: [{code: 1, label: f}, {code: 2, label: m}]}}
    ... ''')
    >>> found = check(Survey(pd.DataFrame({"q1": [1, 7, 2]}), book))
    >>> [(r["respondent"], r["rule"], r["value"], r["severity"]) for r in found]
    [('2', 'not_in_codebook', '7', 'error')]
    """
    expect_survey(survey)
    found = sorted(_found(Run(survey)), key=lambda finding: RANK[finding.severity])
    return Findings(tuple(found), lang)


def _found(run: Run) -> Iterator[Finding]:
    """Apply every rule."""
    yield from accounting(run)
    yield from duplicate_ids(run)
    yield from duplicate_records(run)
    yield from design(run)
    yield from rows_that_are_none(run)
    yield from not_described(run)
    for variable in run.survey.codebook.variables.values():
        yield from of_variable(run, variable)
    yield from straight_lines(run)
    yield from times(run)
    yield from privacy(run)
