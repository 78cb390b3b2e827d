"""Parquet, Arrow IPC and Feather, with the codebook in the metadata of the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from surveykit.codebook import Codebook, cells
from surveykit.errors import InputError, MissingDependencyError
from surveykit.io._parquet import KEY
from surveykit.io._write import replacing

__all__ = ["write_arrow", "write_parquet"]


def write_parquet(frame: pd.DataFrame, codebook: Codebook, path: str | Path) -> Path:
    """Write responses as Parquet, whole or not at all.

    Categoricals become dictionary columns, numbers stay numbers; an empty cell is null. The
    codebook is stored in the schema under the key ``surveykit``, where the reader finds it.

    Parameters
    ----------
    frame : pandas.DataFrame
    codebook : Codebook
        Its variables name columns of the frame as they are.
    path : str or Path

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When the place cannot be written or a text cannot be encoded.
    MissingDependencyError
        Without the package pyarrow.
    """
    table = _table(frame, codebook, path)
    import pyarrow.parquet as pq

    with replacing(path) as part:
        pq.write_table(table, str(part), compression="zstd")
    return Path(path)


def write_arrow(frame: pd.DataFrame, codebook: Codebook, path: str | Path) -> Path:
    """Write responses as an Arrow IPC file, which Feather is; as :func:`write_parquet`."""
    table = _table(frame, codebook, path)
    from pyarrow import ipc

    with replacing(path) as part, ipc.new_file(str(part), table.schema) as writer:
        writer.write_table(table)
    return Path(path)


def _table(frame: pd.DataFrame, codebook: Codebook, path: str | Path) -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        purpose = f"writing {path}"
        raise MissingDependencyError.for_extra("pyarrow", "arrow", purpose) from error
    names = [str(c) for c in frame.columns]
    try:
        columns = [_array(n, frame.iloc[:, i]) for i, n in enumerate(names)]
        metadata = {KEY: codebook.to_yaml().encode("utf-8")}
    except UnicodeEncodeError as error:
        message = "a text holds half a character (a lone surrogate)."
        raise InputError(message, where=str(path)) from error
    return pa.Table.from_arrays(columns, names=names).replace_schema_metadata(metadata)


def _array(name: str, series: pd.Series[Any]) -> Any:
    """Return a column as Arrow holds it, null for an empty cell."""
    import pyarrow as pa

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = series.cat.codes.to_numpy()
        indices = pa.array(codes, mask=codes < 0)
        texts = pa.array([*map(str, series.cat.categories)], pa.string())
        return pa.DictionaryArray.from_arrays(indices, texts)
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype):
        return pa.array(series, from_pandas=True)
    found = cells(name, series)
    texts = pa.array([text or None for text in found.values], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(found.index), texts).cast(pa.string())
