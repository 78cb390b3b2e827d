"""Awareness and participation, by whatever the report asks them by."""

from __future__ import annotations

from collections.abc import Sequence

from surveykit.errors import UnknownNameError
from surveykit.estimate import Estimates, crosstab, freq
from surveykit.studies.badong.data import Draw, survey
from surveykit.text import Lang

__all__ = ["DEMOGRAPHICS", "awareness", "improvement", "participation", "sample"]

DEMOGRAPHICS = ("village_type", "site", "age_group", "occupation", "education", "economic")
"""What the report breaks its results down by, of the variables that are synthesised."""

By = str | Sequence[str] | None


def awareness(by: By = None, *, draw: Draw = 1, lang: Lang = "zh") -> Estimates:
    """知晓率: who knows of the campaign, in all or by one or more demographic variables.

    Parameters
    ----------
    by : str or sequence of str, optional
        Any of `DEMOGRAPHICS`, side by side; nested as ``"village_type*age_group"``.
    draw : int or Path
        Which of the shipped SYNTHETIC files, or another one.
    lang : {"zh", "en"}

    Returns
    -------
    Estimates
        Rows are marked printed, implied (the same in every feasible table) or arbitrary.

    Examples
    --------
    >>> demo = awareness("village_type", lang="en").filter(
    ...     lambda r: r.stat == "percent" and r.level_code == "yes" and r.by != "")
    >>> [(r.by_code, round(r.estimate, 1), r.mark) for r in demo.rows]
    [('demonstration', 72.5, 'printed'), ('other', 54.3, 'printed')]
    """
    return _outcome("aware", by, draw, lang)


def participation(by: By = None, *, draw: Draw = 1, lang: Lang = "zh") -> Estimates:
    """参与度: who takes part often, occasionally, never; parameters as :func:`awareness`.

    Examples
    --------
    >>> rows = participation(lang="en").rows
    >>> [(r.level_code, round(r.estimate, 1), r.mark) for r in rows if r.stat == "percent"]
    [('often', 14.8, 'printed'), ('occasionally', 35.0, 'arbitrary'), ('never', 50.1, 'printed')]
    """
    return _outcome("participation", by, draw, lang)


def improvement(by: By = "village_type", *, draw: Draw = 1, lang: Lang = "zh") -> Estimates:
    """有待改进的方面: what should be improved, by type of village."""
    return _outcome("improve", by, draw, lang)


def sample(*, draw: Draw = 1, lang: Lang = "zh") -> Estimates:
    """样本分布: the sample by every demographic variable."""
    return freq(survey(draw), list(DEMOGRAPHICS), lang=lang)


def _outcome(variable: str, by: By, draw: Draw, lang: Lang) -> Estimates:
    groups = _groups(by)
    if not groups:
        return freq(survey(draw), variable, lang=lang)
    return crosstab(survey(draw), variable, groups, lang=lang)


def _groups(by: By) -> list[str]:
    groups = [by] if isinstance(by, str) else list(by or ())
    for name in (part for group in groups for part in group.split("*")):
        if name not in DEMOGRAPHICS:
            raise UnknownNameError.for_name("demographic variable", name, DEMOGRAPHICS)
    return groups
