"""The sample design of a survey, from its columns to arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.codebook import Cells, parse_number
from surveykit.errors import InputError, UnknownNameError
from surveykit.survey import Survey

if TYPE_CHECKING:
    from surveykit.stats.design import SampleDesign
    from surveykit.stats.designinput import Labelled

__all__ = ["sample_design"]


def sample_design(survey: Survey) -> SampleDesign | None:
    """Return the design of a survey over all its rows; None for a simple random sample.

    Weights alone make a design as well: every respondent is then a sampling unit.

    Raises
    ------
    UnknownNameError
        When a column of the design is not in the data.
    InputError
        For weights, strata, units or corrections that make no design; the message names them.

    Examples
    --------
    >>> from surveykit.codebook import Design
    >>> survey = Survey(pd.DataFrame({"sex": ["f", "m"], "w": [1.5, 2]}), design=Design(weight="w"))
    >>> sample_design(survey).weights.tolist(), sample_design(Survey(survey.frame))
    ([1.5, 2.0], None)
    """
    if survey.design.simple:
        return None
    return survey.cached(("design", survey.design), lambda: _resolved(survey))


def _resolved(survey: Survey) -> SampleDesign:
    from surveykit.stats.designinput import resolve_design

    roles = survey.design
    try:
        return resolve_design(
            None if roles.weight is None else _numbers(survey, roles.weight),
            None if roles.strata is None else _labels(survey, roles.strata),
            [_labels(survey, name) for name in roles.psu],
            [_numbers(survey, name) for name in roles.fpc],
            roles.lonely_psu,
            n=survey.rows,
        )
    except InputError as error:
        columns = ", ".join(roles.columns)
        where = f"{survey.source or 'the data'}, design ({columns})"
        raise InputError(error.message, where=where, hint=error.hint) from error


def _column(survey: Survey, name: str) -> str:
    found = survey.find_column(name)
    if found is None:
        columns = [str(c) for c in survey.frame.columns]
        where = survey.source or None
        raise UnknownNameError.for_name("column of the design", name, columns, where=where)
    return found


def _labels(survey: Survey, name: str) -> Labelled:
    from surveykit.stats.designinput import Labelled

    cells = survey.column(_column(survey, name))
    place = np.arange(len(cells.values), dtype=np.intp)
    place[[not v.strip() for v in cells.values]] = -1
    return Labelled(cells.spread(place), cells.values)


def _numbers(survey: Survey, name: str) -> npt.NDArray[np.float64]:
    column = _column(survey, name)
    series = survey.frame[column]
    if pd.api.types.is_numeric_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    cells = survey.column(column)
    return cells.spread(np.array([_number(survey, name, cells, v) for v in cells.values]))


def _number(survey: Survey, name: str, cells: Cells, text: str) -> float:
    if not text.strip():
        return np.nan
    found = parse_number(text)
    if found is None:
        row = int(np.argmax(cells.index == cells.values.index(text))) + 1
        raise InputError(
            f"the column {name!r} holds numbers; record {row} has {text!r}.",
            where=survey.source or None,
            hint="correct the cell, or name another column.",
        )
    return found
