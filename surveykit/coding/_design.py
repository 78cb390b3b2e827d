"""The sample design of a survey, from its columns to arrays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.codebook import Cells, parse_number
from surveykit.errors import InputError, UnknownNameError, UsageError
from surveykit.survey import Survey
from surveykit.text import Bilingual

if TYPE_CHECKING:
    from surveykit.stats.design import SampleDesign
    from surveykit.stats.designinput import Labelled
    from surveykit.stats.replicates import ReplicateDesign

__all__ = ["design_notes", "replicate_columns", "sample_design"]

_MOST_PLACES = 20_000_000  # PSUs by strata that are looked through


def sample_design(survey: Survey) -> SampleDesign | ReplicateDesign | None:
    """Return the design of a survey over all its rows; None for a simple random sample.

    Weights alone make a design as well: every respondent is then a sampling unit. Where replicate
    weights come with the data, they are the design.

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


def replicate_columns(survey: Survey) -> tuple[str, ...]:
    """Return the columns of replicate weights, patterns as the columns they match, in order.

    Raises
    ------
    UnknownNameError
        For a column that is not in the data, or a pattern that no column matches.

    Examples
    --------
    >>> from surveykit.codebook import Design
    >>> frame = pd.DataFrame({"w": [1, 1], "rep1": [2, 0], "rep2": [0, 2]})
    >>> replicate_columns(Survey(frame, design=Design("w", repweights="rep*", kind="JK1")))
    ('rep1', 'rep2')
    """
    found: list[str] = []
    for name in survey.design.repweights:
        found += _matches(survey, name) if "*" in name else [_column(survey, name)]
    twice = [c for c, times in Counter(found).items() if times > 1]
    if twice:
        raise UsageError(
            f"the column {twice[0]!r} is named twice among the replicate weights.",
            where=survey.source or None,
        )
    return tuple(found)


def _matches(survey: Survey, pattern: str) -> list[str]:
    form = re.compile(".*".join(map(re.escape, pattern.split("*"))))
    columns = [str(c) for c in survey.frame.columns]
    found = [c for c in columns if form.fullmatch(c) and c != survey.design.weight]
    if not found:
        raise UnknownNameError.for_name(
            "column of the design", pattern, columns, where=survey.source or None
        )
    return found


def _resolved(survey: Survey) -> SampleDesign | ReplicateDesign:
    roles = survey.design
    if not survey.rows:
        raise InputError("there are no records.", where=survey.source or None)
    try:
        return _replicates(survey) if roles.replicated else _sampled(survey)
    except (InputError, UsageError) as error:
        columns = ", ".join((*roles.columns, *(n for n in roles.repweights if "*" in n)))
        where = f"{survey.source or 'the data'}, design ({columns})"
        if error.where is not None:  # a column has said where
            where = error.where
        raise type(error)(error.message, where=where, hint=error.hint) from error


def _sampled(survey: Survey) -> SampleDesign:
    from surveykit.stats.designinput import resolve_design

    roles = survey.design
    return resolve_design(
        None if roles.weight is None else _numbers(survey, roles.weight),
        None if roles.strata is None else _labels(survey, roles.strata),
        [_labels(survey, name) for name in roles.psu],
        [_numbers(survey, name) for name in roles.fpc],
        roles.lonely_psu,
        n=survey.rows,
    )


def _replicates(survey: Survey) -> ReplicateDesign:
    from surveykit.stats.replicates import resolve_replicates

    roles, names = survey.design, replicate_columns(survey)
    assert roles.weight is not None
    assert roles.kind is not None
    columns = np.empty((survey.rows, len(names)), order="F")
    for i, name in enumerate(names):
        columns[:, i] = _weights(survey, name)
    rscales = roles.rscales[0] if len(roles.rscales) == 1 else (roles.rscales or None)
    return resolve_replicates(
        _weights(survey, roles.weight),
        columns,
        roles.kind,
        rho=roles.rho,
        scale=roles.scale,
        rscales=rscales,
        mse=roles.mse,
        combined=roles.combined,
    )


def _weights(survey: Survey, name: str) -> npt.NDArray[np.float64]:
    """Return weights; what is none is refused under the name of its column."""
    found = _numbers(survey, name)
    if len(found) and not (found.min() >= 0 and found.max() < np.inf):
        row = int(np.argmax(~(np.isfinite(found) & (found >= 0))))
        value = "no weight" if np.isnan(found[row]) else f"{found[row]:g}"
        raise InputError(
            f"the weights {name!r}: record {row + 1} has {value}.",
            where=survey.source or None,
            hint="weights are finite numbers, 0 or more, for every record.",
        )
    return found


def design_notes(survey: Survey) -> tuple[Bilingual, ...]:
    """Say what was guessed about a design: PSU ids that stand in several strata.

    Ids are nested in strata, so that 1, 2, 3 may begin anew in each one. Where most ids stand in
    one stratum alone, those in several are rather an error in the data.

    Examples
    --------
    >>> from surveykit.codebook import Design
    >>> frame = pd.DataFrame({"s": list("aabbb"), "p": [1, 2, 2, 3, 4]})
    >>> print(*design_notes(Survey(frame, design=Design(strata="s", psu="p"))))
    PSU '2' stands in the strata 'a', 'b': taken as a unit of its own in each of them.
    """
    roles = survey.design
    if roles.strata is None or not roles.psu:
        return ()
    return survey.cached(("design_notes", roles), lambda: tuple(_spanning(survey)))


def _spanning(survey: Survey) -> Iterator[Bilingual]:
    assert survey.design.strata is not None
    strata, psu = (_labels(survey, n) for n in (survey.design.strata, survey.design.psu[0]))
    if len(strata.labels) * len(psu.labels) > _MOST_PLACES:
        return
    held = np.zeros((len(psu.labels), len(strata.labels)), dtype=bool)
    known = (strata.codes >= 0) & (psu.codes >= 0)
    held[psu.codes[known], strata.codes[known]] = True
    times = held.sum(axis=1)
    several = np.flatnonzero(times > 1)
    if not len(several) or 2 * len(several) > np.count_nonzero(times):
        return
    first = int(several[0])
    name = str(psu.labels[first])
    places = ", ".join(repr(str(strata.labels[s])) for s in np.flatnonzero(held[first])[:4])
    more = len(several) - 1
    yield Bilingual(
        f"PSU {name!r} stands in the strata {places}: taken as a unit of its own in each of them"
        f"{f'; so are {more} more' if more else ''}.",
        f"抽样单位 {name!r} 出现在多个层（{places}）：在各层中各作一个单位"
        f"{f'；另有 {more} 个也如此' if more else ''}。",
    )


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
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "fiu":
        return np.asarray(series, dtype=np.float64)
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
