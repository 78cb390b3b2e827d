"""`association`: how strongly two variables go together, by every usual measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import Banner, Stub, as_names, banner, stub
from surveykit.estimate._blocks import count_blocks
from surveykit.estimate._estimates import Spec
from surveykit.estimate._request import Names, Options, opening, request
from surveykit.estimate._tabulate import refuse
from surveykit.estimate._tests import caution, misfit, refusal
from surveykit.results import Rows
from surveykit.stats.measures import NamedMeasure
from surveykit.stats.measures import measures as of_table
from surveykit.survey import Survey
from surveykit.text import Lang

__all__ = ["Association", "Associations", "association"]


class Association(NamedTuple):
    """One measure of one pair of variables; None for whatever is undefined.

    `dependent` names the variable that is predicted from the other, "" of a symmetric measure.
    `test` says what `statistic` is: chi2, g2, z, t, f, or "" for none.
    """

    measure: str
    variable: str
    by: str
    dependent: str
    value: float | None
    ase: float | None
    low: float | None
    high: float | None
    test: str
    statistic: float | None
    p: float | None
    n: int


@dataclass(frozen=True, repr=False)
class Associations(Rows):
    """Measures of association, one row each.

    Attributes
    ----------
    rows : tuple of Association
    spec : Spec
    notes : tuple of str
    """

    columns: ClassVar[tuple[str, ...]] = Association._fields

    rows: tuple[Association, ...]
    spec: Spec
    notes: tuple[str, ...] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [r._asdict() for r in self.rows]


def association(
    survey: Survey,
    variables: Names,
    by: Names,
    measures: Names | None = None,
    *,
    where: str | None = None,
    level: float = 0.95,
    lang: Lang = "zh",
) -> Associations:
    """Measure how strongly variables go together, with standard errors and intervals.

    Parameters
    ----------
    survey : Survey
        A simple sample.
    variables, by : str or sequence of str
        Single choices or scales; the order of their levels counts for the ordinal measures.
    measures : str or sequence of str, optional
        Any of phi, cramers_v, cramers_v_corrected (Bergsma 2013), contingency_c, lambda,
        goodman_kruskal_tau, uncertainty, gamma, tau_b, tau_c, somers_d, pearson, spearman, eta,
        kappa; all by default (kappa of square tables only).
    where, level, lang
        As in :func:`freq`.

    Returns
    -------
    Associations
        On complete pairs. A directed measure has up to three rows: symmetric, and with each of
        the two as `dependent`.

    Raises
    ------
    UnknownNameError
        For an unknown variable or measure, with the near miss.
    UnsupportedError
        For multiple response; for a survey with a design; for synthetic records whose
        association no printed figure pins.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.survey import Survey
    >>> frame = pd.DataFrame({"aware": list("yynnyyyn"), "village": list("aaaabbbb")})
    >>> for row in association(Survey(frame), "aware", "village", ["phi", "lambda"]).rows:
    ...     print(row.measure, row.dependent, round(row.value, 3))
    phi  0.258
    lambda  0.143
    lambda aware 0.0
    lambda village 0.25
    """
    options = Options(level=level, where=where, lang=lang, nets="none")
    asked = request(survey, "association", variables, as_names(by, "by"), options)
    if asked.design is not None:
        raise UnsupportedError(
            "measures of association take every respondent for one of a simple random sample; "
            "this survey has a design.",
            hint="crosstab(…) tests the pair under the design.",
        )
    domain = asked.survey
    stubs = [stub(domain, v, lang) for v in asked.spec.variables]
    banners = [banner(domain, b, lang) for b in asked.spec.by]
    for row in stubs:
        for column in banners:
            refuse(misfit("chi2", row, column, "en") or refusal(domain, row, column, "en"))
    grid = count_blocks(stubs, banners, mask=domain.mask)
    found = [
        made
        for row, blocks in zip(stubs, grid, strict=True)
        for column, block in zip(banners, blocks, strict=True)
        for made in _measured(row, column, block.counts, measures, level)
    ]
    warned = dict.fromkeys(caution(domain, r, c, lang) for r in stubs for c in banners)
    notes = (*opening(asked), *(w for w in warned if w))
    return Associations(tuple(found), asked.spec, notes)


def _measured(
    row: Stub, column: Banner, counts: Any, names: Names | None, level: float
) -> list[Association]:
    n = int(counts.sum())
    return [_named(m, row, column, n) for m in of_table(counts, names, level=level)]


def _named(m: NamedMeasure, row: Stub, column: Banner, n: int) -> Association:
    dependent = {"row": row.name, "column": column.name}.get(m.direction, "")
    return Association(
        m.name, row.name, column.name, dependent, m.value, m.ase, m.low, m.high, m.test,
        m.statistic, m.p, n,
    )  # fmt: skip
