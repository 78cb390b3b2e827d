"""Writers: nothing half-written, nothing that a spreadsheet would take for something else."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from surveykit.errors import InputError

__all__ = ["replacing", "to_delimited", "write_atomic", "write_csv"]

_QUOTED = frozenset(',;\t"\r\n')


def write_atomic(path: str | Path, data: bytes | str) -> Path:
    """Write `data` (text as UTF-8) to `path` whole or not at all.

    Parameters
    ----------
    path : str or Path
        Its folder is made when it does not exist.
    data : bytes or str

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomic(f"{folder}/a/b.txt", "知晓").read_text(encoding="utf-8")
    '知晓'
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    with replacing(path) as part:
        part.write_bytes(content)
    return Path(path)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give the name of a new file in the folder of `path`, which takes its place in the end.

    Parameters
    ----------
    path : str or Path
        Its folder is made when it does not exist.

    Yields
    ------
    Path
        To be written; nothing is left of it when something is raised.

    Raises
    ------
    InputError
        When the place cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/a.txt") as part:
    ...         _ = part.write_text("whole", encoding="utf-8")
    ...     os.listdir(folder)
    ['a.txt']
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=".part"
        )
        os.close(handle)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield Path(name)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(target: Path, error: OSError) -> InputError:
    message = f"cannot be written ({error.strerror or error})."
    return InputError(message, where=str(target), hint="choose another place with -o.")


def to_delimited(frame: pd.DataFrame, delimiter: str = ",") -> str:
    r"""Return a frame of text as delimited text, lines ended by a line feed.

    Missing cells are empty. A cell is quoted when it holds a quote, a line break or any
    character that readers take for a delimiter.

    Examples
    --------
    >>> to_delimited(pd.DataFrame({"a": ["1", None], "b": ["x,y", "=1"]}))
    'a,b\n1,"x,y"\n,=1\n'
    """
    columns = [_quoted_column(frame.iloc[:, i]) for i in range(frame.shape[1])]
    header = delimiter.join(_quote(str(name)) for name in frame.columns)
    if len(columns) == 1:
        rows = [cell or '""' for cell in columns[0]]
    else:
        rows = list(map(delimiter.join, zip(*columns, strict=True)))
    return "\n".join([header, *rows, ""])


def _quoted_column(series: pd.Series[str]) -> list[str]:
    known: dict[str, str] = {}
    cells = series.astype(object).where(series.notna(), "")
    return [known.setdefault(c, _quote(c)) for c in map(str, cells)]


def _quote(text: str) -> str:
    if _QUOTED.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def write_csv(
    frame: pd.DataFrame, path: str | Path, *, delimiter: str = ",", bom: bool = False
) -> Path:
    """Write a frame of text as CSV in UTF-8, whole or not at all.

    Parameters
    ----------
    frame : pandas.DataFrame
    path : str or Path
    delimiter : str
    bom : bool
        Begin with a byte order mark, by which Excel knows UTF-8.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When the place cannot be written or a text cannot be encoded.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_csv(pd.DataFrame({"村": ["示范村"]}), f"{folder}/a.csv")
    ...     path.read_text(encoding="utf-8")
    '村\\n示范村\\n'
    """
    text = to_delimited(frame, delimiter)
    if "\x00" in text:
        raise InputError("a text holds a null character, which no reader takes.", where=str(path))
    try:
        data = text.encode("utf-8-sig" if bom else "utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            "a text holds half a character (a lone surrogate).", where=str(path)
        ) from error
    return write_atomic(path, data)
