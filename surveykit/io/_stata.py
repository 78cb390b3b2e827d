"""Stata: .dta with value labels, its missing values ``.a`` … ``.z`` and its dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.errors import InputError
from surveykit.io._labelled import Column, labelled
from surveykit.io._raw import Raw
from surveykit.io._readstat import Progress, Source, read_columns
from surveykit.io._times import stata_clock

__all__ = ["is_stata", "read_stata"]

_OLD = (0x69, 0x6C, 0x6E, 0x6F, 0x71, 0x72, 0x73)  # releases 105 … 115, before Stata 13


def is_stata(data: bytes) -> bool:
    """Say whether a file is one of Stata, by its first bytes.

    Examples
    --------
    >>> is_stata(b"<stata_dta><header>"), is_stata(bytes([114, 2, 1, 0])), is_stata(b"rows")
    (True, True, False)
    """
    old = len(data) > 3 and data[0] in _OLD and data[1] in (1, 2) and data[2:4] == b"\x01\x00"
    return old or data.startswith(b"<stata_dta>")


def read_stata(
    path: Path,
    data: bytes,
    columns: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Raw:
    """Read a .dta file part by part.

    Stata 14 and later write UTF-8. Older files do not say their encoding: their texts are
    taken as Western ones, or as GB 18030 where they are Chinese in that.

    Parameters
    ----------
    path : Path
    data : bytes
        The head of the file.
    columns : iterable of str, optional
        Read these only.
    progress : callable, optional
        Called with the rows read so far and the rows in all.

    Raises
    ------
    InputError
        For a damaged or cut off file.
    MissingDependencyError
        Without the package pyreadstat.
    """
    if not is_stata(data):
        hint = "leave format out, so that it is recognised, or name another."
        raise InputError("is no Stata file.", where=str(path), hint=hint)
    source = Source.open(path, "read_dta")
    names = source.chosen(columns)
    found = read_columns(source, names, source.meta.number_rows, progress)
    raw = labelled(
        [_column(source.meta, name, *found.pop(name)) for name in names],
        [],
        title=source.meta.file_label or "",
        path=str(path),
        format="stata",
    )
    encoding = source.encoding or source.meta.file_encoding or ""
    return replace(raw, encoding=encoding, notes=(*source.notes, *raw.notes))


def _column(meta: Any, name: str, data: Any, tags: npt.NDArray[np.int8] | None) -> Column:
    style = meta.original_variable_types.get(name) or ""
    labels = meta.variable_value_labels.get(name, {})
    if meta.readstat_variable_types.get(name) == "float":
        data = _single_precision(data)
    return Column(
        name,
        data,
        (meta.column_names_to_labels.get(name) or "").strip(),
        {f".{v}" if isinstance(v, str) else float(v): label for v, label in labels.items()},
        clock=stata_clock(style),
        tags=tags,
        note="milliseconds since 1960, leap seconds counted" if style.startswith("%tC") else "",
    )


def _single_precision(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return numbers stored in four bytes as the decimals they were: 0.1, not 0.10000000149.

    Examples
    --------
    >>> _single_precision(np.array([np.float32(0.1), np.nan], dtype=np.float64)).tolist()
    [0.1, nan]
    """
    place, found = pd.factorize(numbers)
    plain = np.array([*map(float, map(str, found.astype(np.float32))), np.nan])
    return plain[place]
