"""The first records of a file: what a format is recognised by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveykit.io._delimited import head_rows
from surveykit.io._unzip import first_bytes, is_archive
from surveykit.io._xlsx import sheet_heads

__all__ = ["Head", "head_of"]

_COUNT = 4
_START = 200_000  # bytes of an entry of an archive that are looked at
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_BINARY = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"$FL", b"\x1f\x8b", b"PAR1")


@dataclass(frozen=True, slots=True)
class Head:
    """The first records of a text file or of the sheets of a workbook, zipped or not.

    Attributes
    ----------
    rows : tuple of tuple of str
        Of the text file, or of the first visible sheet; cells without blank edges.
    sheets : mapping of str to rows
        Of a workbook.
    """

    rows: tuple[tuple[str, ...], ...] = ()
    sheets: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @property
    def header(self) -> tuple[str, ...]:
        """The first record."""
        return self.rows[0] if self.rows else ()


def head_of(data: bytes) -> Head:
    """Return the head of a file; an empty one when it is neither text nor a workbook.

    Examples
    --------
    >>> head_of(b"a,b\\n1,2\\n").rows
    (('a', 'b'), ('1', '2'))
    """
    if is_archive(data):
        data = first_bytes(data, _START)
    if data.startswith(b"PK\x03\x04"):
        return Head() if is_archive(data) else _workbook(data)
    if data.startswith(_BINARY):
        return Head()
    return Head(_tidy(head_rows(data, _COUNT)))


def _workbook(data: bytes) -> Head:
    sheets = {title: _tidy(rows) for title, rows in sheet_heads(data, _COUNT).items()}
    return Head(next(iter(sheets.values()), ()), sheets)


def _tidy(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell.translate(_UNSEEN).strip() for cell in row) for row in rows)
