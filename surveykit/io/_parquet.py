"""Parquet, Arrow IPC and Feather: columns as they are stored, without a detour through text.

A dictionary column becomes a categorical in the order of the dictionary; numbers stay numbers;
truth values are the categories ``False`` and ``True``; dates and times become ISO text, text stays
text; a list of answers is joined by ``┋``. Columns of bytes or records are left out, with a note.

A codebook is taken from the metadata of the schema (key ``surveykit``, as `write_parquet` stores
it). One that lies beside the file is not looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.codebook import Codebook, cell_text, narrowest, parse_codebook
from surveykit.errors import InputError, MissingDependencyError, SurveyKitError, UnknownNameError
from surveykit.io._raw import Raw, tidy_headers
from surveykit.text import Bilingual

__all__ = ["KEY", "is_arrow", "is_parquet", "read_arrow", "read_parquet"]

KEY = b"surveykit"
_STREAM, _FEATHER_1 = b"\xff\xff\xff\xff", b"FEA1\x00"
_EXACT = 2**53  # whole numbers up to this are exact as floats
_JOINT = "┋"
_INDEX = "__index_level_"  # the row labels of a pandas frame, which are no answers

Columns = Iterator[tuple[str, Any]]


def is_parquet(data: bytes) -> bool:
    """Say whether a file is Parquet, by its first bytes.

    Examples
    --------
    >>> is_parquet(b"PAR1\\x15\\x04"), is_parquet(b"PAR1,PAR2"), is_parquet(b"PARENT,CHILD")
    (True, False, False)
    """
    return data.startswith(b"PAR1\x15") or _is_encrypted(data)


def _is_encrypted(data: bytes) -> bool:
    return data.startswith(b"PARE") and b"\x00" in data[4:64]


def is_arrow(data: bytes) -> bool:
    """Say whether a file is Arrow IPC (file or stream) or Feather, by its first bytes."""
    return data.startswith((b"ARROW1\x00", _FEATHER_1, _STREAM))


# ---------------------------------------------------------------- the two readers
def read_parquet(path: Path, data: bytes, columns: Iterable[str] | None = None) -> Raw:
    """Read a Parquet file, one column after the other.

    Parameters
    ----------
    path : Path
    data : bytes
        The head of the file.
    columns : iterable of str, optional
        Read these only; the others are not touched.

    Raises
    ------
    InputError
        For a damaged or encrypted file.
    UnknownNameError
        For a column that does not exist.
    MissingDependencyError
        Without the package pyarrow.
    """
    if _is_encrypted(data):
        hint = "save it without encryption."
        raise InputError("is an encrypted Parquet file.", where=str(path), hint=hint)
    return _guarded(path, "Parquet", lambda: _parquet(path, columns))


def read_arrow(path: Path, data: bytes, columns: Iterable[str] | None = None) -> Raw:
    """Read an Arrow IPC file or stream, or a Feather file, from mapped memory.

    Parameters and errors are those of :func:`read_parquet`.
    """
    if data.startswith(_FEATHER_1):
        hint = "write it again as Feather version 2 (the default since 2020) or as Parquet."
        raise InputError("is a Feather file of version 1.", where=str(path), hint=hint)
    return _guarded(path, "Arrow", lambda: _arrow(path, data, columns))


def _guarded(path: Path, kind: str, read: Callable[[], Raw]) -> Raw:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        purpose = f"reading the {kind} file {path}"
        raise MissingDependencyError.for_extra("pyarrow", "arrow", purpose) from error
    try:
        return read()
    except SurveyKitError:
        raise
    except Exception as error:  # the library raises whatever a damaged file leads to
        detail = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else ""
        message = f"is damaged, or no {kind} file ({detail or type(error).__name__})."
        hint = "copy or write it again; the file may have been cut off on the way."
        raise InputError(message, where=str(path), hint=hint) from error


def _parquet(path: Path, columns: Iterable[str] | None) -> Raw:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=True) as file:
        schema = file.schema_arrow
        names = _chosen(path, schema.names, columns)
        if len(set(schema.names)) < len(schema.names):
            table = file.read()
            found: Columns = iter(zip(table.column_names, table.columns, strict=True))
        else:
            found = ((n, file.read(columns=[n]).column(n)) for n in names)
        return _raw(path, found, file.metadata.num_rows, schema.metadata, "parquet")


def _arrow(path: Path, data: bytes, columns: Iterable[str] | None) -> Raw:
    import pyarrow as pa
    from pyarrow import ipc

    with pa.memory_map(str(path)) as source:
        opened = ipc.open_stream if data.startswith(_STREAM) else ipc.open_file
        table = opened(source).read_all()
        table.validate(full=True)  # offsets of a damaged file would lead out of the memory
        names = _chosen(path, table.column_names, columns)
        pairs = zip(table.column_names, table.columns, strict=True)
        found = ((n, c) for n, c in pairs if n in names)
        return _raw(path, found, table.num_rows, table.schema.metadata, "arrow")


def _chosen(path: Path, names: Sequence[str], columns: Iterable[str] | None) -> list[str]:
    if columns is None:
        return [n for n in names if not n.startswith(_INDEX)]
    wanted = [columns] if isinstance(columns, str) else list(columns)
    for name in wanted:
        if name not in names:
            raise UnknownNameError.for_name("column", name, names, where=str(path))
    return [n for n in names if n in set(wanted)]


def _raw(path: Path, found: Columns, rows: int, metadata: Any, format: str) -> Raw:
    names: list[str] = []
    series: list[pd.Series[Any]] = []
    left: list[str] = []
    for name, column in found:
        cells = _series(column)
        if cells is None:
            left.append(f"{name} ({column.type})")
            continue
        names.append(name)
        series.append(cells)
    tidy, notes = tidy_headers(names)
    if left:
        notes.append(_left_out(left))
    frame = pd.DataFrame(dict(enumerate(series)), index=pd.RangeIndex(rows))
    frame.columns = pd.Index(tidy, dtype=object)
    book = _stored(path, metadata)
    closed = {h for v in book.variables.values() if v.choices for h in v.headers} if book else ()
    return Raw(frame, book, notes=tuple(notes), format=format, closed=frozenset(closed))


def _left_out(columns: Sequence[str]) -> Bilingual:
    return Bilingual(
        f"left out, since a cell holds no single answer: {', '.join(columns)}.",
        f"以下列的单元格不是单个回答，未读取：{'、'.join(columns)}。",
    )


def _stored(path: Path, metadata: Any) -> Codebook | None:
    """Return the codebook that the schema holds."""
    if not metadata or KEY not in metadata:
        return None
    return parse_codebook(metadata[KEY].decode("utf-8"), f"{path}, codebook")


# ---------------------------------------------------------------- one column
def _series(column: Any) -> pd.Series[Any] | None:
    """Return a column of Arrow as one of pandas; None when a cell holds no single answer."""
    import pyarrow as pa

    kind, types = column.type, pa.types
    if types.is_dictionary(kind):
        return _categories(column)
    if types.is_boolean(kind):
        return _truths(column)
    if types.is_integer(kind):
        return _integers(column)
    if types.is_floating(kind) or types.is_decimal(kind):
        return pd.Series(column.cast(pa.float64()).to_numpy())
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return pd.Series(column.cast(pa.large_string()).fill_null("").to_pandas(), dtype=str)
    if types.is_date(kind) or types.is_timestamp(kind):
        return _moments(column)
    if types.is_duration(kind):
        return pd.Series(column.cast(pa.duration("us")).cast(pa.int64()).to_numpy() / 1e6)
    if types.is_time(kind) or types.is_null(kind):
        return _texts(map(cell_text, column.to_pylist()))
    if types.is_list(kind) or types.is_large_list(kind):
        return _lists(column)
    return None


def _texts(texts: Iterable[str]) -> pd.Series[Any]:
    return pd.Series(list(texts), dtype=str)


def _categories(column: Any) -> pd.Series[Any]:
    """Return a dictionary column as a categorical; an empty text is an empty cell."""
    chunks = column.unify_dictionaries().chunks
    values = chunks[0].dictionary.to_pylist() if chunks else []
    place: dict[str, int] = {"": -1}
    table = [place.setdefault(cell_text(v), len(place) - 1) for v in values]
    narrow = np.array([*table, -1], dtype=narrowest(len(place)))
    parts = [narrow[c.indices.fill_null(len(table)).to_numpy(zero_copy_only=False)] for c in chunks]
    codes = np.concatenate(parts) if parts else narrow[:0]
    if len(place) == 1:
        return pd.Series([""] * len(codes), dtype=str)
    texts = pd.Index(list(place)[1:], dtype=str)
    return pd.Series(pd.Categorical.from_codes(codes, categories=texts))


def _truths(column: Any) -> pd.Series[Any]:
    import pyarrow as pa

    codes = column.cast(pa.int8()).fill_null(-1).to_numpy()
    texts = pd.Index(["False", "True"], dtype=str)
    return pd.Series(pd.Categorical.from_codes(codes, categories=texts))


def _integers(column: Any) -> pd.Series[Any]:
    import pyarrow.compute as pc

    if not len(column) or column.null_count == len(column):
        return pd.Series(np.full(len(column), np.nan))
    low, high = (v.as_py() for v in pc.min_max(column).values())
    if not column.null_count:
        return pd.Series(_narrowest(column.to_numpy(), low, high))
    if max(-low, high) > _EXACT:
        return _texts(map(cell_text, column.to_pylist()))
    return pd.Series(column.to_numpy().astype(np.float64))


def _narrowest(numbers: npt.NDArray[Any], low: int, high: int) -> npt.NDArray[Any]:
    for size in (np.int8, np.int16, np.int32):
        if np.iinfo(size).min <= low and high <= np.iinfo(size).max:
            return numbers.astype(size)
    return numbers


def _moments(column: Any) -> pd.Series[Any]:
    """Return dates and times as ISO text, midnight as the date alone."""
    import pyarrow as pa

    zone = getattr(column.type, "tz", None)
    if zone is not None:
        return _texts(map(cell_text, column.to_pylist()))
    numbers = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    place, found = pd.factorize(numbers.to_pandas())
    times = np.datetime_as_string(np.asarray(found, dtype=np.int64).view("datetime64[us]"))
    texts = [str(t).removesuffix(".000000").removesuffix("T00:00:00") for t in times]
    table = np.array([*texts, ""], dtype=object)
    return pd.Series(table[place], dtype=str)


def _lists(column: Any) -> pd.Series[Any]:
    return _texts(_JOINT.join(map(cell_text, cell or ())) for cell in column.to_pylist())
