"""`Raw`, what every reader returns, and what readers share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from surveykit.codebook import Cells, Codebook
from surveykit.text import Bilingual

__all__ = ["Guess", "Raw", "frame_of", "tidy_headers"]

_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


class Guess(Bilingual):
    """A note on what a reader inferred, needless where a codebook says it."""

    __slots__ = ()


@dataclass(frozen=True)
class Raw:
    """A file as text.

    Attributes
    ----------
    frame : pandas.DataFrame
        Every cell as text, an empty cell as ``""``; nothing is turned into missing.
    codebook : Codebook or None
        What the file itself says about its columns.
    headers : mapping
        Column name → header as it stands in the file, where the two differ.
    encoding : str
        Of a text file; empty for other formats.
    notes : tuple of str
        What was guessed, renamed or dropped; each a `Bilingual`.
    format : str
        Name of the format.
    dropped : tuple of str
        Headers of the columns left out as direct identifiers.
    cells : mapping
        Column name → its distinct texts, as far as they were looked at on reading.
    closed : frozenset of str
        Columns that the file itself shows to be closed questions, and so no identifiers.
    """

    frame: pd.DataFrame
    codebook: Codebook | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    notes: tuple[str, ...] = ()
    format: str = ""
    dropped: tuple[str, ...] = ()
    cells: Mapping[str, Cells] = field(default_factory=dict, repr=False)
    closed: frozenset[str] = frozenset()


def frame_of(names: Sequence[str], columns: Iterable[Sequence[str]], rows: int) -> pd.DataFrame:
    """Make a frame of text from columns of equal length `rows`."""
    data = {i: pd.Series(list(c), dtype=str) for i, c in enumerate(columns)}
    frame = pd.DataFrame(data, index=pd.RangeIndex(rows))
    frame.columns = pd.Index(list(names), dtype=object)
    return frame


def tidy_headers(found: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return headers without zero-width characters and blank edges, each one once, and notes.

    Examples
    --------
    >>> tidy_headers(["\\ufeffage\\u3000", "age", ""])[0]
    ['age', 'age_2', 'column_3']
    """
    names = [text.translate(_UNSEEN).strip() for text in found]
    notes: list[str] = []
    tidy, taken = list(names), set(names)
    for i, name in enumerate(names):
        if name and name not in names[:i]:
            continue
        base = name or "column"
        number = i + 1 if not name else names[: i + 1].count(name)
        while f"{base}_{number}" in taken:
            number += 1
        tidy[i] = f"{base}_{number}"
        taken.add(tidy[i])
        notes.append(_renamed(i + 1, name, tidy[i]))
    return tidy, notes


def _renamed(number: int, header: str, name: str) -> Bilingual:
    what = f"has the header {header!r} again" if header else "has no header"
    was = f"的表头 {header!r} 与前面重复" if header else "没有表头"
    return Bilingual(
        f"column {number} {what}; it is called {name!r} here.",
        f"第 {number} 列{was}，这里称作 {name!r}。",
    )
