"""The verbs: `freq`, `crosstab`, `mean`, `residuals`."""

from __future__ import annotations

import numpy as np

from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import as_names, banner, stub
from surveykit.estimate._blocks import Block, count_blocks
from surveykit.estimate._comparisons import Letters
from surveykit.estimate._estimates import Estimate, Estimates
from surveykit.estimate._means import check_statistics
from surveykit.estimate._meantests import mean_tests
from surveykit.estimate._request import Names, Options, opening, request
from surveykit.estimate._rows import Cells, cell_rows
from surveykit.estimate._tabulate import averages, refuse, tables
from surveykit.estimate._tests import misfit, refusal, table_tests
from surveykit.stats import adjusted_residuals
from surveykit.stats.many import expected_many
from surveykit.survey import Survey
from surveykit.text import Lang

__all__ = ["crosstab", "freq", "mean", "residuals"]


def freq(
    survey: Survey,
    variables: Names,
    *,
    summaries: Names = (),
    nets: str = "codebook",
    where: str | None = None,
    ci: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Tabulate variables on their own: counts and percentages of everyone who answered.

    Parameters
    ----------
    survey : Survey
        With a design (a weight, strata, PSUs), estimates are weighted and their standard errors
        follow the design; with a weight alone every respondent is a sampling unit.
    variables : str or sequence of str
        Single or multiple response; number variables are taken as categories, ascending. The
        name of a battery (``q4`` of ``q4_1``, ``q4_2``, …) stands for its variables.
    summaries : str or sequence of str
        Statistics beside the levels, where their codes are numbers: ``mean``, ``sd``, ``median``,
        ``quantile_25`` …, ``min``, ``max``, ``nps``, and the boxes ``top2``, ``bottom2`` ….
    nets : {"codebook", "none"}
        Whether the nets of the codebook follow the levels; their `level_code` begins ``net:``.
    where : str, optional
        A filter for this table, in the language of ``Survey.where``.
    ci : str, optional
        Method of the intervals. Simple samples: wilson (default), wald, clopper_pearson,
        agresti_coull, jeffreys. With a design: logit (default), likelihood, asin, beta, mean,
        xlogit, wilson.
    level : float
        Confidence level.
    lang : {"zh", "en"}
        Language of labels and notes.

    Returns
    -------
    Estimates
        Rows with the stats ``count``, ``percent`` (0-100; of multiple response: of cases),
        ``percent_of_all`` (of everyone, the missing included), ``cumulative_percent``; of
        multiple response ``percent_of_responses`` and ``percent_of_asked``; with weights
        ``weighted_count``. Rows of no level: the summaries, other bases (``asked``,
        ``answered``, ``responses``, ``weighted_base``, ``effective_base``) and ``missing``.

    Raises
    ------
    UnknownNameError
        For an unknown variable, summary or interval method, with the near miss.
    UnsupportedError
        For a statistic of numbers where the codes are none; an interval of another kind of sample.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> survey = Survey(pd.DataFrame({"aware": ["yes", "no", "yes", ""]}))
    >>> rows = freq(survey, "aware").rows
    >>> [(r.level, r.stat, round(r.estimate, 1), r.n) for r in rows if r.stat == "percent"]
    [('yes', 'percent', 66.7, 3), ('no', 'percent', 33.3, 3)]
    """
    options = Options(ci, level, (), summaries, nets, "none", where, lang)
    return tables(request(survey, "freq", variables, (), options))


def crosstab(
    survey: Survey,
    variables: Names,
    by: Names,
    *,
    tests: Names | None = None,
    letters: Letters | str = "none",
    summaries: Names = (),
    nets: str = "codebook",
    where: str | None = None,
    ci: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Tabulate variables by a banner, with tests of each variable by each by-variable.

    Parameters
    ----------
    survey : Survey
        As in :func:`freq`.
    variables : str or sequence of str
        The row variables.
    by : str or sequence of str
        The banner, side by side; ``"a*b"`` nests b in a. The columns of a multiple response
        overlap.
    tests : str or sequence of str, optional
        Any of chi2 (the default), g2, fisher, linear_by_linear, cochran_armitage and, the default
        of a multiple response, multiple_response (Bilder and Loughin 2004); with a design
        of rao_scott (the default then), rao_scott_chi2, wald, adj_wald, lincom, saddlepoint.
        None for ``()``. Tests use complete pairs.
    letters : Letters or {"none", "all", "total", "previous", "first"}
        Compares columns: ``comparisons`` of the result holds every pair, and its ``marks()`` the
        letters. With a design they follow it.
    summaries, nets, where, ci, level, lang
        As in :func:`freq`.

    Returns
    -------
    Estimates
        For each variable the total column (all valid on the variable; `by` is empty), then
        each by-variable with the stats ``count``, ``percent`` (of the by-level),
        ``row_percent``, ``total_percent``, those of :func:`freq` that need no order, and
        ``missing``. Every by-level is shown, with the count 0 and no percentage where nobody is
        in it.

    Raises
    ------
    UnknownNameError
        For an unknown variable, test, option or interval method, with the near miss.
    UnsupportedError
        For a test asked for by name that cannot be made, and as in :func:`freq`.

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
    named = table_tests(survey, tests)
    options = Options(ci, level, named, summaries, nets, letters, where, lang)
    asked = request(survey, "crosstab", variables, as_names(by, "by"), options)
    return tables(asked, demanded=tests is not None)


def mean(
    survey: Survey,
    variables: Names,
    by: Names = (),
    *,
    tests: Names | None = None,
    letters: Letters | str = "none",
    summaries: Names = (),
    where: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Estimates:
    """Means of number variables, in total and by a banner, with Student intervals.

    Parameters
    ----------
    survey, variables, by, letters, where, level, lang
        As in :func:`crosstab`.
    tests : str or sequence of str, optional
        Any of anova (the default), welch, kruskal_wallis; with a design wald.
    summaries : str or sequence of str
        Further statistics: ``quantile_25`` …, ``min``, ``max``.

    Returns
    -------
    Estimates
        Rows with the stats ``mean`` (its `se`, `low`, `high`, `df`), ``sd``, ``median``,
        ``count`` and ``missing``; `level` is empty. With weights ``weighted_count`` and
        ``effective_base``; quantiles are then the smallest value at which the weighted
        distribution reaches them, else they interpolate between order statistics (type 7).

    Raises
    ------
    UnknownNameError
        For an unknown variable or option, with the near miss.
    UsageError
        For a variable that holds no numbers.
    UnsupportedError
        For a test of another kind of sample.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> survey = Survey(pd.DataFrame({"age": ["20", "30", "46"]}))
    >>> [(r.stat, r.estimate) for r in mean(survey, "age").rows][::2]
    [('mean', 32.0), ('median', 30.0), ('missing', 0.0)]
    """
    named = mean_tests(survey, tests) if by else ()
    check_statistics(summaries)
    options = Options(None, level, named, summaries, "none", letters, where, lang)
    columns = as_names(by, "by") if by else ()
    return averages(request(survey, "mean", variables, columns, options))


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
    asked = request(survey, "residuals", variables, as_names(by, "by"), Options(lang=lang))
    if asked.design is not None:
        raise UnsupportedError(
            "adjusted residuals take every respondent for one of a simple random sample; this "
            "survey has a design.",
            hint="compare columns under the design: crosstab(…, letters='all').",
        )
    banners = [banner(survey, name, lang) for name in asked.spec.by]
    stubs = [stub(survey, name, lang) for name in asked.spec.variables]
    rows: list[Estimate] = []
    for row, blocks in zip(stubs, count_blocks(stubs, banners, mask=survey.mask), strict=True):
        for column, block in zip(banners, blocks, strict=True):
            refuse(misfit("chi2", row, column, "en") or refusal(survey, row, column, "en"))
            cells = _residual_cells(block)
            rows.extend(cell_rows(row.name, row.levels, column.columns, cells, asked.mark))
    return Estimates(tuple(rows), asked.spec, notes=opening(asked))


def _residual_cells(block: Block) -> list[Cells]:
    n = np.broadcast_to(block.bases, block.counts.shape)
    expected = expected_many(block.counts[None])[0]
    return [
        Cells("expected", expected, n),
        Cells("adjusted_residual", adjusted_residuals(block.counts), n),
    ]
