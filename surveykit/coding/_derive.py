"""How well the items of a scale score go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from surveykit.coding._codes import numbers
from surveykit.coding._design import sample_design
from surveykit.errors import UsageError
from surveykit.results import Rows
from surveykit.survey import Survey, expect_survey
from surveykit.text import Lang

__all__ = ["ScaleReliability", "reliability"]


@dataclass(frozen=True, repr=False)
class ScaleReliability(Rows):
    """Reliability of a scale: one row per item, and the figures of the whole.

    Attributes
    ----------
    alpha, standardized, low, high : float
        Cronbach's alpha, that of standardised items, and Feldt's interval (nan with weights).
    n : int
        Respondents who answered every item.
    items : tuple of dict
        The rows.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "item", "label", "n", "mean", "sd", "item_total", "alpha_without",
    )  # fmt: skip

    name: str
    alpha: float
    standardized: float
    low: float
    high: float
    n: int
    items: tuple[dict[str, Any], ...]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one row per item."""
        return [dict(row) for row in self.items]

    def __repr__(self) -> str:
        head = f"{self.name}: Cronbach's alpha {self.alpha:.3f}, n = {self.n}"
        return f"{head}\n{self.to_text()}"


def reliability(
    survey: Survey, items: str | Sequence[str], *, level: float = 0.95, lang: Lang = "zh"
) -> ScaleReliability:
    """Compute Cronbach's alpha of a scale score, and what each item adds to it.

    Over the respondents of the domain who answered every item, weighted where the design has
    weights. An item that is worded the other way round belongs in as its reversed variable:
    its correlation with the others is negative if not.

    Parameters
    ----------
    survey : Survey
    items : str or sequence of str
        The name of a score of the codebook, or the items themselves.
    level : float
        Of the interval.
    lang : {"zh", "en"}
        Of the labels.

    Returns
    -------
    ScaleReliability

    Raises
    ------
    UsageError
        When the name is no score, or an item holds no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1, 2, 4, 5, 3], "b": [2, 3, 4, 4, 3], "c": [1, 3, 5, 4, 2]})
    >>> found = reliability(Survey(frame), ["a", "b", "c"])
    >>> round(found.alpha, 4), [round(r["item_total"], 3) for r in found]
    (0.9184, [0.861, 0.996, 0.861])
    """
    expect_survey(survey)
    from surveykit.stats.reliability import cronbach_alpha

    if isinstance(items, str):
        score = survey.variable(items).score
        if score is None:
            hint = "a codebook has it as score: {of: [a, b, c]}; or name the items in a list."
            raise UsageError(f"{items!r} is no scale score.", hint=hint)
        name, names = items, score.of
    else:
        names = tuple(items)
        name = ", ".join(names)
    if not 0 < level < 1:
        raise UsageError(f"level lies between 0 and 1; got {level!r}.")
    values = [numbers(survey, n).values for n in names]
    table = np.stack(values, axis=1) if values else np.empty((0, 0))
    inside = np.ones(survey.rows, dtype=bool) if survey.mask is None else survey.mask
    design = sample_design(survey)
    weights = None if design is None else design.weights[inside]
    found = cronbach_alpha(table[inside], weights, level)
    labels = [survey.variable(n).question.text(lang) for n in names]
    rows = [
        (n, label, found.n, *map(float, figures))
        for n, label, *figures in zip(
            names, labels, found.means, found.sds, found.item_total, found.alpha_without,
            strict=True,
        )
    ]  # fmt: skip
    tidy = tuple(dict(zip(ScaleReliability.columns, row, strict=True)) for row in rows)
    return ScaleReliability(
        name, found.alpha, found.standardized, found.low, found.high, found.n, tidy
    )
