"""A codebook drafted from data that have none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from surveykit.codebook._cells import NA_TOKENS, Cells, cells, parse_number
from surveykit.codebook._model import Choice, Codebook, Variable
from surveykit.text import Label, fold

__all__ = ["draft_codebook", "draft_variable"]

_DATE = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9].*)?")
_LONGEST_LABEL = 80
_MOST_CATEGORIES = 60
_JOINT = "┋"


def draft_codebook(
    frame: pd.DataFrame, *, questions: Mapping[str, str] | None = None, path: str = ""
) -> Codebook:
    """Draft a codebook from a frame.

    A column is

    - *number* when all its cells that are not empty, ``NA``, ``NaN`` or ``N/A`` are numbers
      (these three then are missing codes);
    - *date* when all are ISO dates;
    - *multiple* when cells join several answers by ``┋``;
    - *text* when its texts are long, or are many and seldom repeated;
    - *single* otherwise, one choice for each text as it is in the file. The choices keep
      the order of a categorical column; else they stand in order of first appearance.

    Parameters
    ----------
    frame : pandas.DataFrame
    questions : mapping of column name to question text, optional
    path : str
        Name of the source, for messages.

    Returns
    -------
    Codebook

    Examples
    --------
    >>> book = draft_codebook(pd.DataFrame({"age": ["31", "NA"], "sex": ["f", "m"]}))
    >>> [(v.name, v.kind, [c.code for c in v.choices or v.missing]) for v in book.variables.values()]
    [('age', 'number', ['NA']), ('sex', 'single', ['f', 'm'])]
    """
    asked = questions or {}
    variables = {
        str(name): draft_variable(cells(str(name), frame[name]), asked.get(str(name), ""))
        for name in frame.columns
    }
    return Codebook(Label(), variables, None, path)


def draft_variable(column: Cells, question: str = "") -> Variable:
    """Draft one variable, as :func:`draft_codebook` describes."""
    label = Label.of(question or column.name)
    counts = column.counts()
    texts = [
        v
        for v, n in zip(column.values, counts, strict=True)
        if fold(v) and (n or column.categorical)
    ]
    kind, choices, missing = "text", [], []
    answers = [t for t in texts if t not in NA_TOKENS]
    if column.categorical:
        kind, choices = "single", texts
    elif answers and all(map(_is_number, answers)):
        kind, missing = "number", [t for t in texts if t in NA_TOKENS]
    elif texts and all(_DATE.fullmatch(t) for t in texts):
        kind = "date"
    elif any(_JOINT in t for t in texts):
        parts = dict.fromkeys(p for t in texts for p in t.split(_JOINT))
        return Variable(column.name, "multiple", label, _choices(parts), separator=_JOINT)
    elif texts and not _is_free_text(texts, int(counts.sum())):
        kind, choices = "single", texts
    return Variable(column.name, kind, label, _choices(choices), _choices(missing))  # type: ignore[arg-type]


def _choices(texts: Any) -> tuple[Choice, ...]:
    return tuple(Choice(t, Label.of(t)) for t in texts)


def _is_number(text: str) -> bool:
    """Say whether a text is a number that a float holds without losing digits."""
    number = parse_number(text)
    digits = re.sub(r"[eE].*|[^0-9]", "", fold(text)).lstrip("0")
    return number is not None and np.isfinite(number) and len(digits) <= 17


def _is_free_text(texts: list[str], rows: int) -> bool:
    if max(map(len, texts)) > _LONGEST_LABEL:
        return True
    return len(texts) > _MOST_CATEGORIES or (len(texts) > 20 and len(texts) > rows / 2)
