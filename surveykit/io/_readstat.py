"""Reading SPSS and Stata files by parts, through pyreadstat (the `spss` extra).

Every fault of the library is one `InputError`. User-missing values are always kept: by default
the library would turn them into nothing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from surveykit.errors import InputError, MissingDependencyError, UnknownNameError
from surveykit.io._labelled import Texts
from surveykit.text import Bilingual

__all__ = ["Progress", "Source", "read_columns"]

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int | None], None]
"""Called with the rows read so far and the rows in all (None where the file does not say)."""

_CELLS = 4_000_000  # cells of one part
_FEWEST, _MOST = 2_000, 500_000  # rows of one part
_CHINESE = "GB18030"
_WESTERN = {"", "WINDOWS-1252", "CP1252", "ISO-8859-1", "LATIN1", "US-ASCII", "ASCII"}


# ---------------------------------------------------------------- the library
@dataclass(frozen=True, slots=True)
class Source:
    """A file, the function of the library that reads it, and in which encoding.

    Attributes
    ----------
    path : Path
    function : str
        ``read_sav`` or ``read_dta``.
    meta : object
        What the library knows of the file without reading its rows.
    encoding : str or None
        In place of what the file says.
    notes : tuple of str
    """

    path: Path
    function: str
    meta: Any
    encoding: str | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: Path, function: str) -> Source:
        """Read what a file says of its columns.

        Raises
        ------
        InputError
            When the file is damaged.
        MissingDependencyError
            Without the package pyreadstat.
        """
        try:
            meta = _call(path, function, None, metadataonly=True)[1]
        except _EncodingError:
            return cls._chinese(path, function)
        if not all(meta.column_names):
            raise _unreadable(path, ValueError("a variable has no name"))
        if _chinese_as_western(meta.file_encoding, _texts_of(meta)):
            return cls._chinese(path, function)
        return cls(path, function, meta)

    @classmethod
    def _chinese(cls, path: Path, function: str) -> Source:
        try:
            meta = _call(path, function, _CHINESE, metadataonly=True)[1]
        except _EncodingError as error:
            raise _unreadable(path, error) from error
        note = Bilingual(
            "read as GB18030: the texts are not in the encoding that the file states.",
            "按 GB18030 编码读取：文件声明的编码与文字不符。",
        )
        return cls(path, function, meta, _CHINESE, (note,))

    def part(self, names: Sequence[str], start: int, rows: int) -> dict[str, list[Any]]:
        """Return some rows of some columns."""
        found, _ = _call(
            self.path,
            self.function,
            self.encoding,
            usecols=list(names),
            row_offset=start,
            row_limit=rows,
        )
        return dict(found)

    @property
    def names(self) -> list[str]:
        """The columns, in order."""
        return list(self.meta.column_names)

    def chosen(self, columns: Iterable[str] | None) -> list[str]:
        """Return the columns to read, in the order of the file.

        Raises
        ------
        UnknownNameError
            For a column that does not exist.
        """
        if columns is None:
            return self.names
        wanted = [columns] if isinstance(columns, str) else list(columns)
        for name in wanted:
            if name not in self.names:
                raise UnknownNameError.for_name("column", name, self.names, where=str(self.path))
        return [name for name in self.names if name in set(wanted)]


class _EncodingError(Exception):
    """Texts are not in the encoding that the file states."""


def _call(path: Path, function: str, encoding: str | None, **options: Any) -> Any:
    try:
        import pyreadstat
    except ImportError as error:
        kind = "SPSS" if function == "read_sav" else "Stata"
        raise MissingDependencyError.for_extra(
            "pyreadstat", "spss", f"reading the {kind} file {path}"
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that stand twice, which are told elsewhere
            return getattr(pyreadstat, function)(
                str(path),
                encoding=encoding,
                user_missing=True,
                output_format="dict",
                disable_datetime_conversion=True,
                **options,
            )
    except Exception as error:  # the library raises whatever a damaged file leads to
        if isinstance(error, UnicodeDecodeError) or "convert string" in str(error):
            raise _EncodingError(str(error)) from error
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> InputError:
    detail = str(error).strip().rstrip(".") or type(error).__name__
    message = f"is damaged, or no file that can be read ({detail})."
    hint = "copy or export it again; the file may have been cut off on the way."
    return InputError(message, where=str(path), hint=hint)


# ---------------------------------------------------------------- encodings
def _texts_of(meta: Any) -> list[str]:
    labels = [label for group in meta.value_labels.values() for label in group.values()]
    texts = (*meta.column_names, *meta.column_labels, *labels)
    return [text for text in texts if isinstance(text, str)]


def _chinese_as_western(encoding: str | None, texts: Iterable[str]) -> bool:
    """Say whether texts read as Western ones are Chinese: pairs of bytes that GB 2312 knows.

    Accented letters seldom stand side by side, so that Western texts hardly ever pass.

    Examples
    --------
    >>> _chinese_as_western("WINDOWS-1252", ["您的性别".encode("gbk").decode("cp1252")])
    True
    >>> _chinese_as_western("WINDOWS-1252", ["Größe", "crème brûlée"])
    False
    """
    if (encoding or "").upper() not in _WESTERN:
        return False
    try:
        data = "\n".join(texts).encode("cp1252")
    except UnicodeEncodeError:
        return False
    runs = re.findall(rb"[\x80-\xff]+", data)
    if any(len(run) % 2 for run in runs):
        return False
    try:
        return len(set(b"".join(runs).decode("gb2312"))) >= 4
    except UnicodeDecodeError:
        return False


# ---------------------------------------------------------------- rows
class _Numbers:
    """The parts of a column of numbers; ``tags`` once Stata's missing values occur."""

    def __init__(self) -> None:
        self.parts: list[Floats] = []
        self.tags: list[npt.NDArray[np.int8]] = []
        self.tagged = False

    def add(self, values: list[Any]) -> None:
        tags = np.zeros(len(values), dtype=np.int8)
        try:
            numbers = np.array(values, dtype=np.float64)
        except (TypeError, ValueError):
            places = [i for i, v in enumerate(values) if isinstance(v, str)]
            tags[places] = [_tag(values[i]) for i in places]
            plain = [None if isinstance(v, str) else v for v in values]
            numbers = np.array(plain, dtype=np.float64)
            self.tagged = True
        self.parts.append(numbers)
        self.tags.append(tags)

    def whole(self) -> tuple[Floats, npt.NDArray[np.int8] | None]:
        parts = self.parts or [np.empty(0)]
        return np.concatenate(parts), np.concatenate(self.tags) if self.tagged else None


def _tag(letter: str) -> int:
    number = ord(letter[:1].lower() or "a") - 96
    return number if 1 <= number <= 26 else 26


class _Words:
    """The parts of a column of text, each distinct text held once."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {"": -1}
        self.parts: list[npt.NDArray[np.int32]] = []

    def add(self, values: list[Any]) -> None:
        known = self.known
        texts = ("" if v is None else str(v).rstrip(" \x00") for v in values)
        places = (known.setdefault(text, len(known) - 1) for text in texts)
        self.parts.append(np.fromiter(places, dtype=np.int32, count=len(values)))

    def whole(self) -> tuple[Texts, None]:
        parts = self.parts or [np.empty(0, dtype=np.int32)]
        return Texts(tuple(self.known)[1:], np.concatenate(parts)), None


def read_columns(
    source: Source, names: Sequence[str], rows: int | None, progress: Progress | None = None
) -> dict[str, tuple[Floats | Texts, npt.NDArray[np.int8] | None]]:
    """Read columns part by part, so that the library never holds the whole file.

    Parameters
    ----------
    source : Source
    names : sequence of str
    rows : int or None
        Rows in all, where the file says so.
    progress : callable, optional

    Returns
    -------
    Name → numbers or texts, and Stata's missing values where there are any

    Raises
    ------
    InputError
        When the file ends before its last row.
    """
    kinds = source.meta.readstat_variable_types
    stores = {n: _Words() if kinds.get(n) == "string" else _Numbers() for n in names}
    size = min(_MOST, max(_FEWEST, _CELLS // max(1, len(names))))
    done = 0
    while names and (rows is None or done < rows):
        found = _some(source, names, done, size if rows is None else min(size, rows - done))
        got = len(next(iter(found.values()), []))
        for name, store in stores.items():
            store.add(found.pop(name))
        done += got
        if progress is not None:
            progress(done, rows)
        if got < size:
            break
    if names and rows is not None and done < rows:
        hint = "copy it again: the file was cut off on the way."
        message = f"ends after {done} of its {rows} records."
        raise InputError(message, where=str(source.path), hint=hint)
    return {name: store.whole() for name, store in stores.items()}


def _some(source: Source, names: Sequence[str], start: int, rows: int) -> dict[str, list[Any]]:
    try:
        return source.part(names, start, rows)
    except _EncodingError as error:
        raise _unreadable(source.path, error) from error
