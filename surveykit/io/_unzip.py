"""The zip in which a survey tool hands out its export, read in memory, up to a size.

Nothing of an archive is written anywhere, whatever the names in it say.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from surveykit.errors import InputError
from surveykit.io._bounds import refuse_bomb
from surveykit.text import Bilingual

__all__ = ["first_bytes", "is_archive", "unpacked"]

_KINDS = (".csv", ".xlsx")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError,
)  # fmt: skip


def is_archive(data: bytes) -> bool:
    """Whether bytes are a zip that is no workbook.

    Examples
    --------
    >>> is_archive(b"a,b"), is_archive(b"PK no zip")
    (False, False)
    """
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" not in archive.namelist()
    except _DAMAGE:
        return True


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the tables in an archive, CSV before xlsx, the one of the shortest name first.

    ODK puts the repeats of ``form.csv`` beside it as ``form-household.csv``.
    """
    found = [e for e in archive.infolist() if e.filename.lower().endswith(_KINDS)]
    return sorted(found, key=lambda e: (e.filename.lower().endswith(".xlsx"), len(e.filename)))


def first_bytes(data: bytes, count: int) -> bytes:
    """Return the beginning of the table in an archive, all of a workbook; none if there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = _entries(archive)[0]
            refuse_bomb(Path(entry.filename), [entry])
            with archive.open(entry) as stream:
                return (
                    stream.read(count) if entry.filename.lower().endswith(".csv") else stream.read()
                )
    except (*_DAMAGE, IndexError, InputError):
        return b""


def unpacked(path: Path, data: bytes) -> tuple[bytes, list[str]]:
    """Return the table in an archive, and a note where there are several.

    Raises
    ------
    InputError
        When the archive is damaged, locked, holds no table or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _entries(archive)
            if not found:
                hint = "download the answers as CSV."
                raise InputError("is a zip without a CSV.", where=str(path), hint=hint)
            refuse_bomb(path, found[:1])
            content = archive.read(found[0])
    except InputError:
        raise
    except _DAMAGE as error:
        message = f"is a zip that cannot be read ({error})."
        hint = "download it again, or unpack it and read the CSV."
        raise InputError(message, where=str(path), hint=hint) from error
    if not content:
        raise InputError("the CSV in the zip is empty.", where=str(path), hint="download it again.")
    return content, _told([e.filename for e in found])


def _told(names: list[str]) -> list[str]:
    if len(names) == 1:
        return []
    others = ", ".join(map(repr, names[1:6]))
    note = Bilingual(
        f"the zip holds {len(names)} tables; read {names[0]!r}, not {others}.",
        f"压缩包中有 {len(names)} 个数据文件；读取了 {names[0]!r}，未读取 {others}。",
    )
    return [note]
