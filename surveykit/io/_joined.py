"""Answers of a multiple choice joined in one cell, when the options are not known.

Nothing is split blindly: an option may hold the joining mark itself. A part counts as an
option when it also stands alone, or beside different others; what is left over in a cell
stays in one piece.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from surveykit.codebook import missing_token

__all__ = ["Joined", "options_of"]

_MOST = 40  # options of one question
_SURE = 0.8  # share of the parts that have to be options without doubt


@dataclass(frozen=True, slots=True)
class Joined:
    """The options found, in order of appearance; `rare` stand in one cell text alone."""

    options: tuple[str, ...]
    rare: tuple[str, ...]


def options_of(cells: Sequence[str], mark: str, *, tight: bool = False) -> Joined | None:
    """Return the options that cells join by `mark`; None when they are no such cells.

    Parameters
    ----------
    cells : sequence of str
    mark : str
    tight : bool
        True when `mark` before a blank belongs to an option, as in Qualtrics.

    Examples
    --------
    >>> options_of(["tea;milk", "tea", "milk;juice", "juice", ""], ";").options
    ('tea', 'milk', 'juice')
    >>> options_of(["yes, always", "no, never", "yes, always"], ", ")
    """
    counts = Counter(t for t in cells if missing_token(t) is None)
    split = {text: _parts(text, mark, tight) for text in counts}
    if not any(len(parts) > 1 for parts in split.values()):
        return None
    seen = Counter(part for parts in split.values() for part in set(parts))
    known = {p for p, n in seen.items() if n > 1} | {t for t in counts if len(split[t]) == 1}
    parts = [(p, n) for text, n in counts.items() for p in split[text]]
    sure = sum(n for p, n in parts if p in known)
    if len(known) < 2 or len(known) > _MOST or sure < _SURE * sum(n for _, n in parts):
        return None
    if not any(p in known for parts_ in split.values() if len(parts_) > 1 for p in parts_):
        return None
    rare = [whole for found in split.values() for whole in _left_over(found, known, mark)]
    options = dict.fromkeys(p for found in split.values() for p in found if p in known)
    return Joined((*options, *dict.fromkeys(rare)), tuple(dict.fromkeys(rare)))


def _parts(text: str, mark: str, tight: bool) -> list[str]:
    parts: list[str] = []
    for piece in text.split(mark):
        if tight and parts and piece.startswith(" "):
            parts[-1] += mark + piece
        else:
            parts.append(piece)
    return parts


def _left_over(parts: list[str], known: set[str], mark: str) -> list[str]:
    """Return the runs of parts that are no known option, each run in one piece."""
    runs: list[list[str]] = [[]]
    for part in parts:
        if part in known:
            runs.append([])
        else:
            runs[-1].append(part)
    return [mark.join(run) for run in runs if run]
