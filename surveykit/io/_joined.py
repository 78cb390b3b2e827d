"""Answers of a multiple choice joined in one cell, when the options are not known.

Nothing is split blindly: an option may hold the joining mark itself. A part counts as an
option when it also stands alone, or beside different others; what is left over in a cell
stays in one piece.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from surveykit.codebook import missing_token

__all__ = ["Joined", "options_of", "questionnaire_order"]

_OFTEN = 3  # answers in which parts stand together before they are taken for one option
_MOST = 40  # options of one question
_MOST_PARTS = 2000  # different parts, typed text included; more are free text
_SURE, _LIKELY = 0.8, 0.5  # share of the parts that are options without doubt


@dataclass(frozen=True, slots=True)
class Joined:
    """The options found.

    Attributes
    ----------
    options : tuple of str
        In order of appearance, those in `rare` last.
    rare : tuple of str
        What stands beside options in one cell text alone: a rare option, or typed text.
    certain : bool
        False when too much is left over for the cells to be cut.
    """

    options: tuple[str, ...]
    rare: tuple[str, ...]
    certain: bool = True


def options_of(cells: Sequence[str], mark: str, *, tight: bool = False) -> Joined | None:
    """Return the options that cells seem to join by `mark`; None when they do not.

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
    if len({part for parts in split.values() for part in parts}) > _MOST_PARTS:
        return None
    split = _mended(split, counts, mark)
    seen = Counter(part for parts in split.values() for part in set(parts))
    known = {p for p, n in seen.items() if n > 1} | {t for t in counts if len(split[t]) == 1}
    parts = [(p, n) for text, n in counts.items() for p in split[text]]
    sure = sum(n for p, n in parts if p in known)
    share = sure / sum(n for _, n in parts)
    if len(known) < 2 or len(known) > _MOST or share < _LIKELY:
        return None
    if not any(p in known for parts_ in split.values() if len(parts_) > 1 for p in parts_):
        return None
    rare = [whole for found in split.values() for whole in _left_over(found, known, mark)]
    options = questionnaire_order([[p for p in found if p in known] for found in split.values()])
    rare = list(dict.fromkeys(rare))
    return Joined((*options, *rare), tuple(rare), share >= _SURE)


def questionnaire_order(lists: Iterable[Sequence[str]]) -> list[str]:
    """Return the options in the one order that all lists follow, else as they appear.

    Most tools write the choices of a respondent in the order of the questionnaire.

    Examples
    --------
    >>> questionnaire_order([["b"], ["a", "c"], ["a", "b"], ["b", "c"]])
    ['a', 'b', 'c']
    >>> questionnaire_order([["b", "a"], ["a", "b"]])
    ['b', 'a']
    """
    known = {tuple(options) for options in lists}
    seen = list(dict.fromkeys(o for options in lists for o in options))
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(seen, ()))
    for options in known:
        for before, after in pairwise(options):
            sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError:
        return seen
    place = {o: i for i, o in enumerate(seen)}
    order: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
        first = ready.pop(0)
        order.append(first)
        sorter.done(first)
    return order


def _parts(text: str, mark: str, tight: bool) -> list[str]:
    parts: list[str] = []
    for piece in text.split(mark):
        if tight and parts and piece.startswith(" "):
            parts[-1] += mark + piece
        else:
            parts.append(piece)
    return parts


def _mended(
    split: dict[str, list[str]], counts: Mapping[str, int], mark: str
) -> dict[str, list[str]]:
    """Put parts together again that never stand without each other: one option with a mark."""
    for _ in range(_MOST):
        seen: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for text, parts in split.items():
            for part in parts:
                seen[part] += counts[text]
            for pair in pairwise(parts):
                pairs[pair] += counts[text]
        first = next((ab for ab, n in pairs.items() if n >= _OFTEN and seen[ab[0]] == n == seen[ab[1]]), None)  # fmt: skip
        if first is None:
            break
        split = {text: _glued(parts, first, mark) for text, parts in split.items()}
    return split


def _glued(parts: list[str], pair: tuple[str, str], mark: str) -> list[str]:
    if pair[0] not in parts:
        return parts
    at = parts.index(pair[0])
    return [*parts[:at], mark.join(pair), *parts[at + 2 :]]


def _left_over(parts: list[str], known: set[str], mark: str) -> list[str]:
    """Return the runs of parts that are no known option, each run in one piece."""
    runs: list[list[str]] = [[]]
    for part in parts:
        if part in known:
            runs.append([])
        else:
            runs[-1].append(part)
    return [mark.join(run) for run in runs if run]
