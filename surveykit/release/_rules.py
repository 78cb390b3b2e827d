"""Published rules for what may be shown, each a function of numbers only.

References
----------
Parker, Talih, Malec, Beresovsky, Carroll, Gonzalez, Hamilton, Ingram, Kochanek, McCarty, Moriarity,
Shimizu, Strashny and Ward (2017), National Center for Health Statistics Data Presentation Standards
for Proportions, Vital and Health Statistics 2(175). Korn and Graubard (1998), Survey Methodology
24, 193-201: the interval and the effective sample size that these standards take.
Statistics Canada: guidelines on sampling variability in the user guides of its microdata files
(quality levels by coefficient of variation: 16.5 % and 33.3 %).
Australian Bureau of Statistics: estimates with relative standard errors of 25 % to 50 % are
annotated, those above 50 % are considered too unreliable for general use.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from surveykit.errors import UnknownNameError

__all__ = ["RULES", "Cell", "Verdict", "rule_named"]

Reason = tuple[str, dict[str, float]]
Grade = Literal["", "unreliable", "suppressed"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One estimate as a rule sees it; shares from 0 to 1, None where unknown.

    Attributes
    ----------
    share : bool
        It is a proportion.
    estimate, se : float or None
    n : float or None
        Respondents in the base.
    deff, df : float or None
        None of a simple random sample.
    """

    share: bool
    estimate: float | None
    se: float | None
    n: float | None
    deff: float | None
    df: float | None

    @property
    def effective(self) -> float | None:
        """Effective sample size, n over the design effect, at most n (Korn and Graubard)."""
        if self.n is None:
            return None
        if self.deff is None or not self.deff > 0:
            return self.n
        return min(self.n, self.n / self.deff)

    @property
    def cv(self) -> float | None:
        """Coefficient of variation in percent; None where the estimate is 0 or unknown."""
        if self.se is None or not self.estimate:
            return None
        return 100 * self.se / abs(self.estimate)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A mark and its reasons: names of texts with their numbers."""

    mark: Grade = ""
    reasons: tuple[Reason, ...] = ()


Rule = Callable[[Cell], Verdict]


def nchs(cell: Cell) -> Verdict:
    """NCHS standards for proportions.

    Suppressed: fewer than 30 respondents, or 30 effective ones; an interval (Korn and Graubard,
    95 %) at least 30 percentage points wide; one wider than 5 points and than 130 % of the
    proportion. Unreliable, to be reviewed by a statistician: fewer than 8 degrees of freedom;
    0 or 100 %; an interval wider than 130 % of the complement. Other statistics: no verdict.

    Examples
    --------
    >>> nchs(Cell(True, 0.5, 0.1, 25, None, None)).mark
    'suppressed'
    >>> nchs(Cell(True, 0.5, 0.02, 600, 1.2, 40)).mark
    ''
    """
    if not cell.share or cell.estimate is None or cell.n is None:
        return Verdict()
    effective = cell.effective
    assert effective is not None
    if cell.n < 30:
        return Verdict("suppressed", (("small_n", {"n": cell.n}),))
    edge = cell.estimate <= 0 or cell.estimate >= 1
    if not edge and effective < 30:
        return Verdict("suppressed", (("small_effective", {"n": effective}),))
    width = _korn_graubard_width(cell)
    if width is None:
        return Verdict("suppressed", (("no_interval", {}),))
    wide = _too_wide(cell.estimate, width)
    if wide is not None:
        return Verdict("suppressed", (wide,))
    reasons: list[Reason] = []
    if cell.df is not None and cell.df < 8:
        reasons.append(("small_df", {"df": cell.df}))
    if edge:
        reasons.append(("edge", {}))
    elif width > 0.05 and width > 1.3 * (1 - cell.estimate):
        relative = 100 * width / (1 - cell.estimate)
        reasons.append(("complement", {"relative": relative}))
    return Verdict("unreliable" if reasons else "", tuple(reasons))


def _too_wide(p: float, width: float) -> Reason | None:
    if width >= 0.30:
        return "wide", {"width": 100 * width}
    if width > 0.05 and p > 0 and width > 1.3 * p:
        return "relatively_wide", {"relative": 100 * width / p}
    return None


def _korn_graubard_width(cell: Cell) -> float | None:
    from surveykit.stats.designci import design_proportion_interval

    if cell.estimate is None or cell.se is None or cell.n is None:
        return None
    # a simple sample has n - 1 degrees of freedom, which change nothing
    df = cell.n - 1 if cell.df is None else cell.df
    p = min(max(cell.estimate, 0.0), 1.0)
    # an effective sample size above n is cut to n
    floor = math.sqrt(p * (1 - p) / cell.n)
    ends = design_proportion_interval(p, max(cell.se, floor), cell.n, df, method="beta")
    width = float(ends.high - ends.low)
    return None if math.isnan(width) else width


def by_cv(caution: float, limit: float) -> Rule:
    """Build a rule on coefficients of variation in percent; fewer than 2 respondents: suppressed.

    Examples
    --------
    >>> by_cv(16.5, 33.3)(Cell(False, 100.0, 20.0, 50, None, None)).mark
    'unreliable'
    """

    def rule(cell: Cell) -> Verdict:
        if cell.estimate is None:
            return Verdict()
        cv = cell.cv
        if cv is None:
            return Verdict("unreliable", (("no_cv", {}),))
        if cv > limit:
            return Verdict("suppressed", (("large_cv", {"cv": cv, "limit": limit}),))
        if cv > caution:
            return Verdict("unreliable", (("large_cv", {"cv": cv, "limit": caution}),))
        return Verdict()

    return rule


RULES: dict[str, Rule] = {
    "nchs": nchs,
    "statcan": by_cv(16.5, 33.3),
    "abs": by_cv(25.0, 50.0),
}


def rule_named(name: str) -> Rule:
    """Return the rule called `name`.

    Raises
    ------
    UnknownNameError
        With the near miss.

    Examples
    --------
    >>> rule_named("nchs").__name__
    'nchs'
    """
    if name not in RULES:
        raise UnknownNameError.for_name("reliability rule", name, RULES)
    return RULES[name]
