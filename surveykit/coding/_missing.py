"""Who is missing where, and together with what: kinds of missing, and their patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import numpy as np

from surveykit.coding._codes import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    Ints,
    codes,
    multiple,
    numbers,
)
from surveykit.errors import UsageError
from surveykit.results import Rows
from surveykit.survey import Survey, expect_survey
from surveykit.text import Lang

__all__ = ["MissingKind", "MissingPattern", "MissingPatterns", "missing_patterns"]

KINDS = {
    BLANK: "blank",
    USER_MISSING: "user_missing",
    NOT_ASKED: "not_asked",
    NONE_CHOSEN: "none_chosen",
}


@dataclass(frozen=True, slots=True)
class MissingKind:
    """How many respondents are missing on one variable, by kind, of `n`."""

    variable: str
    answered: int
    blank: int
    user_missing: int
    not_asked: int
    none_chosen: int
    n: int


@dataclass(frozen=True, slots=True)
class MissingPattern:
    """Respondents who lack the same variables for the same reasons.

    Attributes
    ----------
    pattern : str
        ``variable=kind`` of each variable missing, joined by ``; ``; empty where none is.
    variables : int
        How many are missing.
    count : int
    percent : float
        Of all respondents, 0-100.
    """

    pattern: str
    variables: int
    count: int
    percent: float

    @property
    def kinds(self) -> dict[str, str]:
        """Variable to kind of missing."""
        pairs = (part.rpartition("=") for part in self.pattern.split("; ") if part)
        return {name: kind for name, _, kind in pairs}


@dataclass(frozen=True, repr=False)
class MissingPatterns(Rows):
    """Patterns of missing answers as tidy rows, the most frequent first.

    Attributes
    ----------
    rows : tuple of MissingPattern
    by_variable : tuple of MissingKind
        The kinds of missing of each variable.
    questions : mapping
        Variable to its question.
    lang, synthetic
        As in the spec of estimates.
    """

    columns: ClassVar[tuple[str, ...]] = tuple(MissingPattern.__dataclass_fields__)

    rows: tuple[MissingPattern, ...] = ()
    by_variable: tuple[MissingKind, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    lang: Lang = "zh"
    synthetic: bool = False

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the patterns as dictionaries."""
        return [asdict(r) for r in self.rows]


def missing_patterns(
    survey: Survey, variables: Sequence[str] | None = None, *, lang: Lang = "zh"
) -> MissingPatterns:
    """Count who is missing on which variables, and together with which others.

    Blank, user-missing, not asked and (of a multiple response) nothing chosen are kept apart.

    Parameters
    ----------
    survey : Survey
        Of its domain; unweighted.
    variables : sequence of str, optional
        All of the codebook by default, without free text, dates and identifiers.
    lang : {"zh", "en"}
        Of the questions.

    Returns
    -------
    MissingPatterns
        One row for each pattern; ``by_variable`` has the kinds of each variable.

    Raises
    ------
    UsageError
        When there is no variable.
    UnknownNameError
        For a variable that is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": ["1", "", "2", ""], "b": ["1", "", "1", "2"]})
    >>> found = missing_patterns(Survey(frame))
    >>> [(r.pattern, r.count, r.percent) for r in found.rows]
    [('', 2, 50.0), ('a=blank', 1, 25.0), ('a=blank; b=blank', 1, 25.0)]
    """
    expect_survey(survey)
    names = _names(survey) if variables is None else [survey.variable(v).name for v in variables]
    if not names:
        raise UsageError("there is no variable to look at.", hint="name some: variables=[…].")
    inside = np.ones(survey.rows, dtype=bool) if survey.mask is None else survey.mask
    states = np.stack([np.minimum(_status(survey, n), 0)[inside] for n in names], axis=1)
    questions = {n: survey.variable(n).question.text(lang) or n for n in names}
    kinds = tuple(_kind(name, states[:, j]) for j, name in enumerate(names))
    return MissingPatterns(
        _patterns(names, states), kinds, questions, lang, survey.synthetic is not None
    )


def _names(survey: Survey) -> list[str]:
    return [
        name
        for name in survey.codebook
        if not survey.codebook[name].identifier
        and survey.codebook[name].kind not in ("text", "date")
        and survey.holds(survey.codebook[name])
    ]


def _status(survey: Survey, name: str) -> Ints:
    """Return 0 or more where a variable is answered, shape (n,)."""
    kind = survey.variable(name).kind
    if kind == "multiple":
        return multiple(survey, name).status
    return numbers(survey, name).status if kind == "number" else codes(survey, name).values


def _kind(name: str, states: Ints) -> MissingKind:
    count = {kind: int(np.count_nonzero(states == code)) for code, kind in KINDS.items()}
    return MissingKind(
        name, int(np.count_nonzero(states == 0)), count["blank"], count["user_missing"],
        count["not_asked"], count["none_chosen"], len(states),
    )  # fmt: skip


def _patterns(names: Sequence[str], states: Ints) -> tuple[MissingPattern, ...]:
    if not len(states):
        return ()
    found, counts = np.unique(states, axis=0, return_counts=True)
    rows = []
    for pattern, count in zip(found.tolist(), counts.tolist(), strict=True):
        held = [f"{n}={KINDS[s]}" for n, s in zip(names, pattern, strict=True) if s < 0]
        rows.append(MissingPattern("; ".join(held), len(held), count, 100 * count / len(states)))
    return tuple(sorted(rows, key=lambda r: (-r.count, r.variables, r.pattern)))
