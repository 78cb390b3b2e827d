"""Variables as arrays: categories, sets of choices, numbers.

Blank, not asked and user-missing are kept apart. All arrays are over all rows of the
frame, whatever the domain, and are computed once per survey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from surveykit.codebook import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    Choice,
    CodedCategories,
    CodedNumbers,
    CodedSets,
    Variable,
    number_categories,
    parse_number,
)
from surveykit.errors import UsageError
from surveykit.rules import parse_rule
from surveykit.survey import Coded, Survey
from surveykit.text import Bilingual

__all__ = [
    "BLANK",
    "NONE_CHOSEN",
    "NOT_ASKED",
    "USER_MISSING",
    "Codes",
    "MultipleCodes",
    "Numbers",
    "asked",
    "codes",
    "multiple",
    "numbers",
]

Ints = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Codes:
    """A variable with categories.

    Attributes
    ----------
    name : str
    levels : tuple of Choice, length k
    values : int array, shape (n,)
        ``0 … k-1``, or BLANK (-1), NOT_ASKED (-2), USER_MISSING (-3).
    notes : tuple of str
        What a reader must know about the coding; each a `Bilingual`.
    """

    name: str
    levels: tuple[Choice, ...]
    values: Ints
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MultipleCodes:
    """A multiple response.

    Attributes
    ----------
    name : str
    levels : tuple of Choice, length k
    chosen : bool array, shape (n, k)
    status : int array, shape (n,)
        0 with at least one choice, else BLANK, NOT_ASKED, USER_MISSING or NONE_CHOSEN (-4:
        every box of the list was answered with no).
    notes : tuple of str
    """

    name: str
    levels: tuple[Choice, ...]
    chosen: Bools
    status: Ints
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """A variable of numbers.

    Attributes
    ----------
    name : str
    values : float array, shape (n,)
        nan where missing.
    status : int array, shape (n,)
        0 with a number, else BLANK, NOT_ASKED or USER_MISSING.
    notes : tuple of str
    """

    name: str
    values: Floats
    status: Ints
    notes: tuple[str, ...] = ()


def codes(survey: Survey, name: str) -> Codes:
    """Return a variable as category codes.

    Numbers become categories, ascending, in shortest text; a derived variable is cut from
    its source; free text has one level for each text.

    Parameters
    ----------
    survey : Survey
    name : str
        Variable, column or full header.

    Returns
    -------
    Codes

    Raises
    ------
    UnknownNameError
        When there is no such variable, or its column is not in the data.
    InputError
        When the data contradict the codebook.
    UsageError
        For a multiple response, which has no single code.

    Examples
    --------
    >>> import pandas as pd
    >>> found = codes(Survey(pd.DataFrame({"sex": ["f", "", "m"]})), "sex")
    >>> [c.code for c in found.levels], found.values.tolist()
    (['f', 'm'], [0, -1, 1])
    """
    return survey.cached(("codes", name), lambda: _codes(survey, survey.variable(name)))


def _codes(survey: Survey, variable: Variable) -> Codes:
    if variable.kind == "multiple":
        hint = "tabulate it as a multiple response."
        raise UsageError(
            f"{variable.name!r} is a multiple response; it has no single code.", hint=hint
        )
    coded = survey.clean(variable.name)
    if isinstance(coded, CodedNumbers):
        coded = number_categories(coded)
    coded = cast("CodedCategories", coded)
    values = _skipped(survey, variable, coded.values, coded.values == BLANK)
    return Codes(variable.name, coded.levels, values, _outside(survey, variable, values))


def _outside(survey: Survey, variable: Variable, values: Ints) -> tuple[str, ...]:
    """Say how many answers no bin and no category of a derived variable takes."""
    if variable.source is None or not (variable.bins or variable.collapse):
        return ()
    found = survey.coded(variable.source)
    given = found.values >= 0 if isinstance(found, CodedCategories) else found.status == 0
    count = int(np.count_nonzero(given & (values == USER_MISSING)))
    if not count:
        return ()
    return (_left_over(variable, count) if variable.bins else _not_taken(variable, found, count),)


def _left_over(variable: Variable, count: int) -> Bilingual:
    low, high = variable.bins[0], variable.bins[-1]
    return Bilingual(
        f"{variable.name}: {count} values of {variable.source} lie outside the bins "
        f"[{low:g}, {high:g}) and count as missing.",
        f"{variable.name}：{variable.source} 有 {count} 个值不在分组范围 [{low:g}, {high:g}) 内，"
        "按用户缺失值处理。",
    )


def _not_taken(variable: Variable, source: Coded, count: int) -> Bilingual:
    taken = {code for of in variable.collapse for code in of}
    levels = () if isinstance(source, CodedNumbers) else source.levels
    rest = [c.code for c in levels if c.code not in taken]
    return Bilingual(
        f"{variable.name}: {count} answers of {variable.source} ({', '.join(rest)}) are in no "
        "category and count as missing.",
        f"{variable.name}：{variable.source} 有 {count} 个回答（{'、'.join(rest)}）不属于任何合并类别，"
        "按用户缺失值处理。",
    )


def multiple(survey: Survey, name: str) -> MultipleCodes:
    """Return a multiple response as a matrix of choices.

    Parameters
    ----------
    survey : Survey
    name : str

    Returns
    -------
    MultipleCodes

    Raises
    ------
    UnknownNameError, InputError
        As :func:`codes`.
    UsageError
        When the variable is no multiple response.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey(pd.DataFrame({"likes": ["tea┋milk", "", "milk"]}))
    >>> found = multiple(survey, "likes")
    >>> found.chosen.astype(int).tolist(), found.status.tolist()
    ([[1, 1], [0, 0], [0, 1]], [0, -1, 0])
    """
    return survey.cached(("multiple", name), lambda: _multiple(survey, survey.variable(name)))


def _multiple(survey: Survey, variable: Variable) -> MultipleCodes:
    if variable.kind != "multiple":
        raise UsageError(f"{variable.name!r} is of kind {variable.kind}, not a multiple response.")
    coded = cast("CodedSets", survey.clean(variable.name))
    # an unticked box says nothing of who was asked: some tools write 0 for everyone
    silent = (coded.status == BLANK) | (coded.status == NONE_CHOSEN)
    status = _skipped(survey, variable, coded.status, silent)
    return MultipleCodes(variable.name, coded.levels, coded.chosen, status)


def numbers(survey: Survey, name: str) -> Numbers:
    """Return a variable as numbers; for a scale, its codes.

    Parameters
    ----------
    survey : Survey
    name : str

    Returns
    -------
    Numbers

    Raises
    ------
    UnknownNameError, InputError
        As :func:`codes`.
    UsageError
        When the variable holds no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> found = numbers(Survey(pd.DataFrame({"age": ["31", "NA", ""]})), "age")
    >>> found.values.tolist(), found.status.tolist()
    ([31.0, nan, nan], [0, -3, -1])
    """
    return survey.cached(("numbers", name), lambda: _numbers(survey, survey.variable(name)))


def _numbers(survey: Survey, variable: Variable) -> Numbers:
    if variable.kind in ("multiple", "text", "date"):
        raise UsageError(f"{variable.name!r} is of kind {variable.kind}; it holds no numbers.")
    coded = survey.clean(variable.name)
    if isinstance(coded, CodedNumbers):
        status = _skipped(survey, variable, coded.status, coded.status == BLANK)
        return Numbers(variable.name, coded.values, status, _short_sums(survey, variable, status))
    found = codes(survey, variable.name)
    scores = [parse_number(c.code) for c in found.levels]
    if any(s is None for s in scores):
        shown = ", ".join(c.code for c in found.levels[:8])
        raise UsageError(f"{variable.name!r} has codes that are no numbers ({shown}).")
    table = np.array([*(s for s in scores if s is not None), np.nan], dtype=float)
    values = table[np.where(found.values < 0, len(scores), found.values)]
    return Numbers(variable.name, values, np.minimum(found.values, 0), found.notes)


def _short_sums(survey: Survey, variable: Variable, status: Ints) -> tuple[str, ...]:
    """Say how many sums are over fewer items than the others."""
    score = variable.score
    if score is None or score.method != "sum":
        return ()
    items = [numbers(survey, name).status == 0 for name in score.of]
    answered = np.count_nonzero(np.stack(items), axis=0)
    count = int(np.count_nonzero((status == 0) & (answered < len(items))))
    if not count:
        return ()
    note = Bilingual(
        f"{variable.name}: {count} sums are over fewer than all {len(items)} items, as far as they "
        "were answered; method: mean makes them comparable.",
        f"{variable.name}：有 {count} 个总分只加总了已回答的题目（不足 {len(items)} 题）；"
        "用 method: mean 才可比较。",
    )
    return (note,)


# ---------------------------------------------------------------- who was asked
def asked(survey: Survey, name: str) -> Bools | None:
    """Return who was asked by the rule `asked_if`, shape (n,); None when everyone was.

    Examples
    --------
    >>> import pandas as pd
    >>> asked(Survey(pd.DataFrame({"a": [1, 2]})), "a") is None
    True
    """
    return survey.cached(("asked", name), lambda: _asked(survey, survey.variable(name)))


def _asked(survey: Survey, variable: Variable) -> Bools | None:
    above = _any_asked([asked(survey, name) for name in variable.sources])
    if variable.asked_if is None:
        return above
    where = f"{survey.codebook.path or 'codebook'}, asked_if of {variable.name!r}"
    own = parse_rule(variable.asked_if, where=where).evaluate(survey.operand)
    return own if above is None else own & above


def _any_asked(sources: Sequence[Bools | None]) -> Bools | None:
    """Return who was asked at least one of several variables; None when everyone was."""
    known = [who for who in sources if who is not None]
    return np.logical_or.reduce(known) if known and len(known) == len(sources) else None


def _skipped(survey: Survey, variable: Variable, values: Ints, blank: Bools) -> Ints:
    """Turn blank into not asked where the rule says that nobody asked."""
    who = asked(survey, variable.name)
    return values if who is None else np.where(blank & ~who, np.int8(NOT_ASKED), values)
