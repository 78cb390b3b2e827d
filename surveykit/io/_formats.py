"""The formats that are read: one module for each, listed here once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from surveykit.errors import InputError, UnknownNameError, UsageError
from surveykit.io._delimited import read_delimited
from surveykit.io._googleforms import is_googleforms, read_googleforms
from surveykit.io._head import Head, head_of
from surveykit.io._kobo import is_kobo, read_kobo
from surveykit.io._limesurvey import is_limesurvey, read_limesurvey
from surveykit.io._parquet import is_arrow, is_parquet, read_arrow, read_parquet
from surveykit.io._qsf import is_qsf
from surveykit.io._qualtrics import is_qualtrics, read_qualtrics
from surveykit.io._raw import Raw
from surveykit.io._redcap import is_redcap, read_redcap
from surveykit.io._spss import is_spss, read_spss
from surveykit.io._stata import is_stata, read_stata
from surveykit.io._surveymonkey import is_surveymonkey, read_surveymonkey
from surveykit.io._tencent import is_tencent, read_tencent
from surveykit.io._unzip import is_archive, unpacked
from surveykit.io._wjx import is_wjx, read_wjx

__all__ = ["FORMATS", "Format", "choose", "read_raw"]


@dataclass(frozen=True, slots=True)
class Format:
    """One source format.

    Attributes
    ----------
    name : str
        By which `format=` asks for it.
    suffixes : tuple of str
        File name endings, lower case.
    matches : callable
        ``(data) -> bool``: whether the bytes are this format; asked in the order of `FORMATS`.
    read : callable
        ``(path, data, **options) -> Raw``.
    options : tuple of str
        The options of its own that `read` takes.
    scanned : bool
        True when `read` takes the file from the disk part by part: `data` is only its head.
    tells : callable, optional
        ``(head) -> bool``: whether the first records are this format's; asked before `matches`,
        so that a survey tool's CSV is not taken for a plain one.
    """

    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes], bool]
    read: Callable[..., Raw]
    options: tuple[str, ...] = ()
    scanned: bool = False
    tells: Callable[[Head], bool] | None = None


def _is_xlsx(data: bytes) -> bool:
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        return "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    except zipfile.BadZipFile:
        return False


_OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls), or a workbook locked by a password",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"$FL": "an SPSS file",
    b"\x1f\x8b": "a gzip archive",
    b"<!DO": "a web page",
    b"<htm": "a web page",
    b"<stata": "a Stata file",
    b"PAR1\x15": "a Parquet file",
    b"ARROW1\x00": "an Arrow file",
    b"FEA1\x00": "a Feather file",
    b"\xff\xff\xff\xff": "an Arrow stream",
}


def _is_text(data: bytes) -> bool:
    return not any(data.startswith(mark) for mark in _OTHER_KINDS)


def _read_xlsx(path: Path, data: bytes, **options: Any) -> Raw:
    from surveykit.io._xlsx import read_xlsx

    return read_xlsx(path, data, **options)


def _read_tsv(path: Path, data: bytes) -> Raw:
    return read_delimited(path, data, "\t")


_HEAD = 4096  # bytes by which a scanned format is recognised


def _never(_: bytes) -> bool:
    return False


FORMATS: tuple[Format, ...] = (
    Format("spss", (".sav", ".zsav"), is_spss, read_spss, ("columns", "progress"), scanned=True),
    Format("stata", (".dta",), is_stata, read_stata, ("columns", "progress"), scanned=True),
    Format("parquet", (".parquet",), is_parquet, read_parquet, ("columns",), scanned=True),
    Format("arrow", (".arrow", ".feather"), is_arrow, read_arrow, ("columns",), scanned=True),
    Format("qualtrics", (), _never, read_qualtrics, ("sheet",), tells=is_qualtrics),
    Format("wjx", (), _never, read_wjx, ("sheet", "labels"), tells=is_wjx),
    Format("tencent", (), _never, read_tencent, ("sheet",), tells=is_tencent),
    Format("kobo", (), _never, read_kobo, ("sheet",), tells=is_kobo),
    Format("surveymonkey", (), _never, read_surveymonkey, ("sheet",), tells=is_surveymonkey),
    Format("limesurvey", (), _never, read_limesurvey, ("sheet",), tells=is_limesurvey),
    Format("redcap", (), _never, read_redcap, ("sheet",), tells=is_redcap),
    Format("googleforms", (), _never, read_googleforms, ("sheet",), tells=is_googleforms),
    Format("xlsx", (".xlsx", ".xlsm"), _is_xlsx, _read_xlsx, ("sheet",)),
    Format("tsv", (".tsv", ".tab"), _is_text, _read_tsv),
    Format("csv", (".csv", ".txt"), _is_text, read_delimited),
)


def _known() -> str:
    return ", ".join(
        f"{f.name} ({' '.join(f.suffixes)})" if f.suffixes else f.name for f in FORMATS
    )


def choose(path: Path, data: bytes, name: str | None = None) -> Format:
    """Choose the format by what was asked for, else by content and file name.

    Raises
    ------
    UnknownNameError
        For a format that does not exist.
    InputError
        For a file of no known format; the message lists those that are.
    """
    if name is not None:
        for entry in FORMATS:
            if entry.name == name:
                return entry
        raise UnknownNameError.for_name("format", name, [f.name for f in FORMATS])
    found = next((f for f in FORMATS if f.scanned and f.matches(data)), None)
    if found is not None:
        return found
    head = head_of(data)
    told = next((f for f in FORMATS if f.tells is not None and f.tells(head)), None)
    if told is not None:
        return told
    suffix = path.suffix.lower()
    fitting = [f for f in FORMATS if f.matches(data)]
    for entry in fitting:
        if suffix in entry.suffixes or entry.matches is not _is_text:
            return entry
    message = f"unknown format: {_seems(suffix, data)}. Known: {_known()}."
    raise InputError(
        message, where=str(path), hint="save it as one of these, or name it with format=."
    )


def _seems(suffix: str, data: bytes) -> str:
    if data.startswith(b"PK\x03\x04") and suffix in (".xlsx", ".xlsm"):
        return "this is a zip archive, but no whole workbook: it is damaged or was cut short"
    kind = next((k for mark, k in _OTHER_KINDS.items() if data.startswith(mark)), None)
    if kind is not None:
        return f"this is {kind}"
    if is_qsf(data):
        return "this is a questionnaire of Qualtrics; give it as codebook=, with the answers"
    if suffix in {s for f in FORMATS for s in f.suffixes}:
        plain = ", but it is plain text (format='csv' reads that)" if head_of(data).rows else ""
        return f"the name ends in {suffix!r}{plain or ', but the content is nothing of the kind'}"
    return f"the name ends in {suffix!r}" if suffix else "the name has no ending"


def _load(path: Path, name: str | None) -> bytes:
    """Return the bytes of a file; of one whose reader scans it, only the head."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            scanned = [f for f in FORMATS if f.scanned]
            if any(f.matches(head) if name is None else f.name == name for f in scanned):
                return head
            stream.seek(0)
            return stream.read()
    except OSError as error:
        message = f"cannot be read ({error.strerror or error})."
        raise InputError(message, where=str(path), hint="check the name of the file.") from error


def read_raw(path: Path, name: str | None = None, **options: Any) -> Raw:
    """Read a file with the reader of its format, nothing renamed or dropped yet."""
    data = _load(path, name)
    if not data:
        raise InputError("the file is empty.", where=str(path), hint="export it again.")
    entry = choose(path, data, name)
    given = {k: v for k, v in options.items() if v is not None}
    for option in given:
        if option not in entry.options:
            message = f"the format {entry.name} has no {option}."
            raise UsageError(message, where=str(path), hint=f"leave {option} out.")
    notes: list[str] = []
    if entry.tells is not None and is_archive(data):
        data, notes = unpacked(path, data)
    raw = entry.read(path, data, **given)
    return replace(raw, notes=(*notes, *raw.notes)) if notes else raw
