"""`read_frame`: file → text, short names, without direct identifiers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from surveykit.codebook import Cells
from surveykit.errors import UnknownNameError
from surveykit.io._fit import settled
from surveykit.io._formats import read_raw
from surveykit.io._naming import short_names
from surveykit.io._privacy import PATTERNS, glance, identifier, leaks
from surveykit.io._raw import Raw
from surveykit.text import Bilingual

__all__ = ["read_frame", "read_memory"]


def read_frame(
    path: str | Path,
    *,
    format: str | None = None,
    sheet: str | None = None,
    labels: str | Path | None = None,
    columns: Iterable[str] | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    keep: Iterable[str] = (),
    safe: Collection[str] = (),
    drop: Collection[str] = (),
) -> Raw:
    """Read a file of responses as text.

    Parameters
    ----------
    path : str or Path
    format : str, optional
        Name of the format; recognised by content and file name where not given.
    sheet : str, optional
        Of a workbook; the first visible one where not given.
    labels : str or Path, optional
        With a number export of 问卷星, the text export of the same survey: its texts become
        the labels of the codes.
    columns : iterable of str, optional
        Read these only; of SPSS, Stata, Parquet and Arrow files.
    progress : callable, optional
        Called with the rows read so far and the rows in all; for SPSS and Stata files.
    keep : iterable of str
        Direct identifiers to keep, by name or full header.
    safe, drop : collection of str
        Columns that a codebook says are none (they have choices or a design role), and
        columns that it marks as direct identifiers; by name or full header.

    Returns
    -------
    Raw

    Raises
    ------
    InputError
        When the file cannot be read as what it seems to be.
    UnknownNameError
        For a format, a sheet or a column to keep that does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     _ = path.write_text("1、性别,来自IP\\n女,10.0.0.1\\n", encoding="gb18030")
    ...     raw = read_frame(path)
    >>> list(raw.frame.columns), raw.encoding, raw.headers
    (['q1'], 'gb18030', {'q1': '1、性别'})
    """
    options = {"sheet": sheet, "labels": labels, "columns": columns, "progress": progress}
    raw = _named(read_raw(Path(path), format, **options))
    book = raw.codebook
    marked = (n for v in book.variables.values() if v.identifier for n in v.headers) if book else ()
    raw = _private(raw, str(path), tuple(keep), safe, {*drop, *marked})
    return raw if book is None else settled(raw)


def read_memory(
    frame: pd.DataFrame,
    *,
    keep: Iterable[str] = (),
    safe: Collection[str] = (),
    drop: Collection[str] = (),
) -> Raw:
    """Take a frame as if it had been read from a file: short names, no direct identifiers.

    Raises
    ------
    UnknownNameError
        For a column to keep that does not exist.

    Examples
    --------
    >>> raw = read_memory(pd.DataFrame({"1、性别": ["女"], "手机号": ["13912345678"]}))
    >>> list(raw.frame), raw.dropped
    (['q1'], ('手机号',))
    """
    return _private(_named(Raw(frame, format="frame")), "the frame", tuple(keep), safe, drop)


def _named(raw: Raw) -> Raw:
    full = [str(c) for c in raw.frame.columns]
    names = short_names(full)
    frame = raw.frame.set_axis(names, axis=1)
    headers = dict(raw.headers) | {n: f for n, f in zip(names, full, strict=True) if n != f}
    return replace(raw, frame=frame, headers=headers)


def _private(
    raw: Raw, path: str, keep: tuple[str, ...], safe: Collection[str], drop: Collection[str]
) -> Raw:
    names = [str(c) for c in raw.frame.columns]
    full = {n: raw.headers.get(n, n) for n in names}
    for name in keep:
        if name not in full and name not in full.values():
            raise UnknownNameError.for_name("column to keep:", name, names, where=path)
    kept: dict[str, Cells] = {}
    dropped, notes = list[str](), list(raw.notes)
    wanted, known = set(keep), {*keep, *safe, *raw.closed}
    for name in names:
        both = {name, full[name]}
        series = raw.frame[name]
        text = pd.api.types.is_string_dtype(series.dtype)
        trusted = bool(both & known)
        column = glance(name, series) if text or not trusted else None
        tells = not trusted and column is not None and identifier(full[name], column, name)
        if not both & wanted and (both & set(drop) or tells):
            dropped.append(name)
            continue
        if column is not None:
            notes += [] if trusted else _warnings(name, leaks(column))
            kept |= {name: column} if text else {}
    if dropped:
        notes.append(_dropped([full[n] for n in dropped], dropped[0]))
    return replace(
        raw,
        frame=raw.frame.drop(columns=dropped),
        headers={n: h for n, h in raw.headers.items() if n not in dropped},
        notes=tuple(notes),
        dropped=tuple(dict.fromkeys((*dropped, *(full[n] for n in dropped)))),
        cells=kept,
    )


def _dropped(headers: list[str], first: str) -> Bilingual:
    quoted = list(map(repr, headers))
    return Bilingual(
        f"dropped as direct identifiers: {', '.join(quoted)}; keep={first!r} keeps one.",
        f"以下列属于直接标识符，已删除：{'、'.join(quoted)}；确需保留时用 keep={first!r}。",
    )


def _warnings(name: str, found: dict[str, int]) -> list[str]:
    return [
        Bilingual(
            f"column {name!r}: {n} answer{'s hold' if n > 1 else ' holds'} what looks like: {what}.",
            f"列 {name!r}：{n} 个回答中疑似含有{PATTERNS[what]}。",
            (name,),
        )
        for what, n in found.items()
    ]
