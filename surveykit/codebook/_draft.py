"""A codebook drafted from data that have none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from surveykit.codebook._cells import NA_TOKENS, Cells, cells, parse_number, plain_numbers
from surveykit.codebook._encode import missing_token
from surveykit.codebook._model import Choice, Codebook, Kind, Variable
from surveykit.text import Label, fold

__all__ = ["draft_codebook", "draft_variable"]

_DATE = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9].*)?")
_LONGEST_LABEL = 80
_MOST_CATEGORIES = 60
_EXACT_DIGITS = 15
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
    present = column.counts() > 0
    texts = [
        text
        for text, here in zip(column.values, present, strict=True)
        if (here or column.categorical) and missing_token(text) is None
    ]
    if column.categorical:
        return Variable(column.name, "single", label, _choices(texts))
    answers = [t for t in texts if t not in NA_TOKENS]
    if answers and (column.numeric or _are_numbers(answers)):
        tokens = _choices(t for t in texts if t in NA_TOKENS)
        return Variable(column.name, "number", label, missing=tokens)
    if any(_JOINT in t for t in texts):
        parts = dict.fromkeys(p for t in texts for p in t.split(_JOINT))
        return Variable(column.name, "multiple", label, _choices(parts), separator=_JOINT)
    kind = _kind_of_texts(texts, len(column.index))
    return Variable(column.name, kind, label, _choices(texts) if kind == "single" else ())


def _choices(texts: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(t, Label.of(t)) for t in texts)


def _are_numbers(texts: list[str]) -> bool:
    """Say whether all texts are numbers that a float holds without losing digits."""
    if plain_numbers(texts) is None and any(parse_number(t) is None for t in texts):
        return False
    return not any(len(t) > _EXACT_DIGITS and _loses_digits(t) for t in texts)


def _loses_digits(text: str) -> bool:
    plain = fold(text).lstrip("+-")
    return plain.isdigit() and int(float(plain)) != int(plain)


def _kind_of_texts(texts: list[str], rows: int) -> Kind:
    if not texts:
        return "text"
    if all(_DATE.fullmatch(t) for t in texts):
        return "date"
    many = len(texts) > _MOST_CATEGORIES or (len(texts) > 20 and len(texts) > rows / 2)
    return "text" if many or max(map(len, texts)) > _LONGEST_LABEL else "single"
