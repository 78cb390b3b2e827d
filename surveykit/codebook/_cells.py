"""One column of a file, each distinct text held once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.text import fold, shortest

__all__ = ["NA_TOKENS", "Cells", "cell_text", "cells", "parse_number", "plain_numbers"]

NA_TOKENS = ("NA", "NaN", "N/A")
_BLOCK = 1 << 18
_PLAIN = frozenset("0123456789.+-eE")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Cells:
    """A column as its distinct texts and an index into them.

    Attributes
    ----------
    name : str
    values : tuple of str
        Distinct texts: in the order of the categories of a categorical column, else of
        first appearance. An empty or missing cell is ``""``.
    index : int array, shape (n,)
        ``values[index[i]]`` is the text of row i; as narrow as the number of texts allows.
    numeric : bool
        True when the column came as numbers (not as text).
    categorical : bool
        True when the order of `values` is the user's own.
    """

    name: str
    values: tuple[str, ...]
    index: npt.NDArray[np.signedinteger[Any]]
    numeric: bool = False
    categorical: bool = False

    def spread(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return one entry of `table` (one per distinct text) for every row."""
        return _looked_up(table, self.index)

    def counts(self) -> npt.NDArray[np.intp]:
        """Return how many rows hold each distinct text."""
        found = np.zeros(len(self.values), dtype=np.intp)
        for part in _blocks(len(self.index)):
            found += np.bincount(self.index[part], minlength=len(self.values))
        return found


def cells(name: str, series: pd.Series[Any]) -> Cells:
    """Factorise one column of any dtype.

    Examples
    --------
    >>> column = cells("a", pd.Series([2.0, None, 1.5, 2.0]))
    >>> column.values, column.index.tolist()
    (('2', '1.5', ''), [0, 2, 1, 0])
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        return _merged(
            name, series.cat.codes.to_numpy(), list(series.cat.categories), categorical=True
        )
    codes, uniques = pd.factorize(series, use_na_sentinel=True)
    numeric = pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(
        series.dtype
    )
    return _merged(name, codes, list(uniques), numeric=numeric)


def _merged(
    name: str,
    codes: npt.NDArray[np.integer[Any]],
    uniques: list[Any],
    *,
    numeric: bool = False,
    categorical: bool = False,
) -> Cells:
    """Write the distinct values as text; values of the same text become one."""
    place: dict[str, int] = {}
    table = np.empty(len(uniques) + 1, dtype=np.intp)
    for i, value in enumerate(uniques):
        table[i] = place.setdefault(cell_text(value), len(place))
    if codes.min(initial=0) < 0:
        table[-1] = place.setdefault("", len(place))
    narrow = table.astype(narrowest(len(place)))
    index = _looked_up(narrow, codes)
    return Cells(name, tuple(place), index, numeric, categorical)


def narrowest(size: int) -> type[np.signedinteger[Any]]:
    """Return the narrowest signed type that holds ``-size … size``.

    Examples
    --------
    >>> narrowest(5), narrowest(1000)
    (<class 'numpy.int8'>, <class 'numpy.int16'>)
    """
    return np.int8 if size < 2**7 else np.int16 if size < 2**15 else np.int32


def _blocks(n: int) -> Iterator[slice]:
    """Cut n rows into blocks: an index array is widened to 64 bits where it is used."""
    return (slice(start, start + _BLOCK) for start in range(0, n, _BLOCK))


def _looked_up(table: npt.NDArray[Any], index: npt.NDArray[np.integer[Any]]) -> npt.NDArray[Any]:
    """Return ``table[index]`` without a wide copy of the whole index."""
    if len(index) <= _BLOCK:
        return np.asarray(table[index])
    out = np.empty((len(index), *table.shape[1:]), dtype=table.dtype)
    for part in _blocks(len(index)):
        out[part] = table[index[part]]
    return out


def cell_text(value: Any) -> str:
    """Return a cell of any type as text: numbers shortest, dates ISO, missing empty.

    Examples
    --------
    >>> cell_text(1.0), cell_text(True), cell_text(pd.Timestamp("2026-05-01")), cell_text(None)
    ('1', 'True', '2026-05-01', '')
    """
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return shortest(float(str(value)))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)


def parse_number(text: str) -> float | None:
    """Return the number that a cell holds, None when it is no (finite) number.

    Examples
    --------
    >>> parse_number(" １２.50 "), parse_number("1,000"), parse_number("nan")
    (12.5, None, None)
    """
    plain = fold(text)
    number = float(plain) if _NUMBER.fullmatch(plain) else math.inf
    return number if math.isfinite(number) else None


def plain_numbers(texts: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return many texts as numbers at once, None when any is not plainly one.

    Examples
    --------
    >>> plain_numbers(["1", "-2.5e3"]).tolist(), plain_numbers(["1", "nan"])
    ([1.0, -2500.0], None)
    """
    if not set("".join(texts)) <= _PLAIN:
        return None
    try:
        numbers = np.array(texts, dtype=object).astype(np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None
