"""Derived variables from coded ones: collapsed, reversed, scored. Nothing is written back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveykit.codebook._cells import parse_number
from surveykit.codebook._encode import (
    BLANK,
    NOT_ASKED,
    UNKNOWN,
    USER_MISSING,
    CodedCategories,
    CodedNumbers,
    encode_bins,
    number_categories,
)
from surveykit.codebook._model import Score, Variable

__all__ = ["derive", "numbers_of", "scored"]

Coded = CodedCategories | CodedNumbers


def derive(variable: Variable, sources: Sequence[Coded], source: Variable | None) -> Coded:
    """Compute a derived variable from its coded sources.

    Parameters
    ----------
    variable : Variable
    sources : sequence of coded variables
        In the order of ``variable.sources``.
    source : Variable or None
        The first of them, as the codebook has it.
    """
    if variable.score is not None:
        return scored(variable.score, [numbers_of(s) for s in sources])
    first = sources[0]
    if variable.bins:
        return encode_bins(variable, numbers_of(first))
    if isinstance(first, CodedNumbers):
        if variable.collapse:
            return _collapsed(variable, number_categories(first))
        return _turned(first, source.range if source is not None else None)
    return _collapsed(variable, first) if variable.collapse else _reversed(variable, first)


def numbers_of(coded: Coded) -> CodedNumbers:
    """Take the codes of choices as numbers; a code that is none counts as unknown."""
    if isinstance(coded, CodedNumbers):
        return coded
    scores = [parse_number(c.code) for c in coded.levels]
    table = np.array([np.nan if s is None else s for s in scores] + [np.nan], dtype=np.float64)
    values = table[np.where(coded.values < 0, len(scores), coded.values)]
    status = np.minimum(coded.values, 0)
    status = np.where((status == 0) & np.isnan(values), np.int8(UNKNOWN), status)
    return CodedNumbers(values, status.astype(np.int8), coded.unknown)


def _collapsed(variable: Variable, source: CodedCategories) -> CodedCategories:
    """Put codes together; an answer that no category takes counts as user-missing, as in bins."""
    place = {code: i for i, of in enumerate(variable.collapse) for code in of}
    table = np.array([place.get(c.code, USER_MISSING) for c in source.levels] + [0], dtype=np.intp)
    codes = table[np.where(source.values < 0, len(source.levels), source.values)]
    values = np.where(source.values < 0, source.values, codes).astype(np.int16)
    return CodedCategories(variable.choices, values, source.unknown)


def _reversed(variable: Variable, source: CodedCategories) -> CodedCategories:
    last = len(source.levels) - 1
    values = np.where(source.values < 0, source.values, last - source.values)
    return CodedCategories(variable.choices, values.astype(source.values.dtype), source.unknown)


def _turned(source: CodedNumbers, limits: tuple[float, float] | None) -> CodedNumbers:
    """Reverse numbers within the range of their scale."""
    low, high = limits if limits is not None else (np.nan, np.nan)
    return CodedNumbers(low + high - source.values, source.status, source.unknown)


def scored(score: Score, items: Sequence[CodedNumbers]) -> CodedNumbers:
    """Compute a score from its items, each of shape (n,).

    Who answered fewer items than needed has none: not asked where no item was asked, else
    user-missing where an item is, else blank.

    Examples
    --------
    >>> some = [CodedNumbers(np.array(v), np.where(np.isnan(v), -1, 0)) for v in
    ...         ([1.0, 2.0, np.nan], [3.0, np.nan, np.nan])]
    >>> scored(Score(("a", "b"), "mean", 1), some).values.tolist()
    [2.0, 2.0, nan]
    """
    stack = np.stack([item.values for item in items])
    states = np.stack([item.status for item in items])
    answered = np.count_nonzero(states == 0, axis=0)
    total = np.where(states == 0, stack, 0.0).sum(axis=0)
    enough = answered >= score.least
    value = total / np.maximum(answered, 1) if score.method == "mean" else total
    status = np.full(stack.shape[1], BLANK, dtype=np.int8)
    status[(states == NOT_ASKED).all(axis=0)] = NOT_ASKED
    status[(states == USER_MISSING).any(axis=0)] = USER_MISSING
    status[enough] = 0
    unknown = tuple(dict.fromkeys(u for item in items for u in item.unknown))
    return CodedNumbers(np.where(enough, value, np.nan), status, unknown)
