"""Zip-based files (xlsx, docx …) that come out as the same bytes every time."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

__all__ = ["pack", "repack"]

_TIME = (1980, 1, 1, 0, 0, 0)  # the first time that a zip entry can hold
_FIRST = ("mimetype", "[Content_Types].xml")  # readers look for these in front


def pack(entries: Mapping[str, bytes]) -> bytes:
    """Return a zip of `entries` (name to content) that depends on nothing else.

    Entries are sorted by name (those that readers look for in front stay there), with one fixed
    time, fixed permissions and one method of compression.

    Examples
    --------
    >>> pack({"b": b"2", "a": b"1"}) == pack({"a": b"1", "b": b"2"})
    True
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(entries, key=lambda n: (n not in _FIRST, n)):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            stored = name == "mimetype"
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, entries[name], compresslevel=6)
    return buffer.getvalue()


def repack(data: bytes) -> bytes:
    """Return the zip `data` with the same entries, packed by :func:`pack`.

    Raises
    ------
    zipfile.BadZipFile
        When `data` is no zip.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return pack({name: archive.read(name) for name in archive.namelist()})
