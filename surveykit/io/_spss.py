"""SPSS: .sav and .zsav with value labels, user-missing values and multiple response sets.

An empty text is no answer here, as in every other format; SPSS itself counts it as a valid value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from surveykit.codebook import Codebook, Design
from surveykit.errors import InputError
from surveykit.io._labelled import AnswerSet, Column, labelled
from surveykit.io._raw import Raw
from surveykit.io._readstat import Progress, Source, read_columns
from surveykit.io._spss_dictionary import Dictionary, DictionaryError, read_dictionary
from surveykit.io._times import spss_clock
from surveykit.text import Bilingual, shortest

__all__ = ["is_spss", "read_spss"]

_MARKS = (b"$FL2", b"$FL3")
_ENCRYPTED, _PORTABLE = b"ENCRYPTEDSAV", b"SPSSPORT"
_SECONDS = ("TIME", "DTIME", "MTIME")


def is_spss(data: bytes) -> bool:
    """Say whether a file is one of SPSS, by its first bytes.

    Examples
    --------
    >>> is_spss(b"$FL2@(#) SPSS DATA FILE"), is_spss(b"a,b")
    (True, False)
    """
    return data.startswith(_MARKS) or data[8:20] == _ENCRYPTED or _is_portable(data)


def _is_portable(data: bytes) -> bool:
    return _PORTABLE in data[:600].replace(b"\r", b"").replace(b"\n", b"")


def read_spss(
    path: Path,
    data: bytes,
    columns: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Raw:
    """Read a .sav or .zsav file part by part.

    Texts are in the encoding that the file states; in GB 18030 where they cannot be in that.

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
        For a damaged, cut off, encrypted or portable file.
    MissingDependencyError
        Without the package pyreadstat.
    """
    _refuse(path, data)
    dictionary = _dictionary(path)
    source = Source.open(path, "read_sav")
    names = source.chosen(columns)
    found = read_columns(source, names, dictionary.cases, progress)
    raw = labelled(
        [_column(source.meta, name, *found.pop(name)) for name in names],
        _sets(source.meta, dictionary, names),
        title=source.meta.file_label or "",
        path=str(path),
        format="spss",
    )
    encoding = source.encoding or source.meta.file_encoding or ""
    raw = replace(raw, encoding=encoding, notes=(*source.notes, *raw.notes))
    return _weighted(raw, _decoded(dictionary.weight, encoding))


def _refuse(path: Path, data: bytes) -> None:
    if data.startswith(_MARKS):
        return
    if data[8:20] == _ENCRYPTED:
        message = "is encrypted with a password."
        hint = "save it in SPSS without a password, or decrypt it with: pspp-convert IN.sav OUT.sav"
    elif _is_portable(data):
        message = (
            "is a portable file (.por), which does not say in which encoding its texts are, and whose "
            "user-missing values cannot be told from no answer."
        )
        hint = "save it as .sav, in SPSS or with: pspp-convert IN.por OUT.sav"
    else:
        message = "is no SPSS file (it does not begin with $FL2)."
        hint = "leave format out, so that it is recognised, or name another."
    raise InputError(message, where=str(path), hint=hint)


def _dictionary(path: Path) -> Dictionary:
    try:
        with path.open("rb") as stream:
            return read_dictionary(stream)
    except DictionaryError as error:
        hint = "copy or export it again."
        raise InputError(f"is damaged: {error}.", where=str(path), hint=hint) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", where=str(path)) from error


def _column(meta: Any, name: str, data: Any, tags: Any) -> Column:
    style = meta.original_variable_types.get(name) or ""
    ranges = meta.missing_ranges.get(name, [])
    labels = meta.variable_value_labels.get(name, {})
    timed = style.rstrip("0123456789.") in _SECONDS
    return Column(
        name,
        data,
        (meta.column_names_to_labels.get(name) or "").strip(),
        {v.rstrip() if isinstance(v, str) else float(v): label for v, label in labels.items()},
        tuple((_bound(r["lo"]), _bound(r["hi"])) for r in ranges),
        meta.variable_measure.get(name) or "unknown",
        spss_clock(style),
        tags,
        "seconds" if timed else "",
    )


def _bound(value: Any) -> float | str:
    return value.rstrip() if isinstance(value, str) else float(value)


# ---------------------------------------------------------------- what belongs to the whole file
def _sets(meta: Any, dictionary: Dictionary, names: Sequence[str]) -> list[AnswerSet]:
    """Return the multiple response sets of which all columns are read."""
    encoding = meta.file_encoding or "utf-8"
    counted = {_decoded(k, encoding): _decoded(v, encoding) for k, v in dictionary.counted.items()}
    found = []
    for name, group in meta.mr_sets.items():
        members = tuple(dict.fromkeys(group["variable_list"]))
        if not set(members) & set(names):
            continue
        value = None
        if group["is_dichotomy"]:
            value = _counted(group["counted_value"], counted.get(name, ""))
        by_label = group["type"] == "E"
        found.append(AnswerSet(name.lstrip("$"), group["label"] or "", members, value, by_label))
    return found


def _counted(value: Any, text: str) -> str:
    """Return the counted value as a code; the library leaves out a counted text."""
    if isinstance(value, (int, float)):
        return shortest(float(value))
    return str(value or text).rstrip()


def _decoded(name: bytes, encoding: str) -> str:
    try:
        return name.decode(encoding or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return name.decode("utf-8", errors="replace")


def _weighted(raw: Raw, weight: str) -> Raw:
    """Take over the weight by which the file says that it is weighted."""
    if weight not in raw.frame.columns or raw.codebook is None:
        return raw
    note = Bilingual(
        f"the file is weighted by {weight!r}, and so are figures made of it, unless a codebook is "
        "given; design=sk.Design() takes every record once.",
        f"文件按 {weight!r} 加权，未另给编码本时所得数字也按它加权；不加权请用 design=sk.Design()。",
    )
    book = raw.codebook
    weighted = Codebook(book.title, book.variables, Design(weight=weight), book.path)
    return replace(raw, codebook=weighted, notes=(*raw.notes, note))
