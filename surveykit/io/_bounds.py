"""How much an archive may unpack to before it is opened."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from surveykit.errors import InputError

__all__ = ["refuse_bomb"]

_MOST = 4 << 30  # bytes, whatever they were packed to
_LARGE, _RATIO = 256 << 20, 100  # text packs to a tenth or less; a bomb to a thousandth


def refuse_bomb(path: Path, entries: Iterable[zipfile.ZipInfo]) -> None:
    """Raise an InputError for entries that would unpack to far more than any survey.

    The sizes are those that the archive declares; more than declared is never read.
    """
    known = list(entries)
    size, packed = sum(e.file_size for e in known), sum(e.compress_size for e in known)
    if size > _MOST or (size > _LARGE and size > _RATIO * packed):
        message = f"would unpack to {size:,} bytes, which is no file of answers."
        raise InputError(message, where=str(path), hint="export it again, as CSV.")
