"""Minimal conflicts: which printed figures cannot be true together, and no fewer of them.

All minimal conflicts are found by hitting sets (Reiter 1987, "A theory of diagnosis from first
principles", section 4): a set of figures that hits every conflict found so far is set aside; if
the rest still has no solution, one more conflict lies in it and is shrunk by deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Conflicts", "minimal_conflicts"]


Answer = bool | None
"""Whether some figures have a common solution; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Minimal conflicts, smallest first.

    `complete` False when the limit was reached or an answer was not known (`sure` False); `unproven`
    are the sets of which it is not shown that no smaller one suffices.
    """

    sets: tuple[tuple[str, ...], ...]
    complete: bool
    unproven: tuple[tuple[str, ...], ...] = ()
    sure: bool = True


def minimal_conflicts(
    ids: Sequence[str], feasible: Callable[[frozenset[str]], Answer], limit: int = 100
) -> Conflicts:
    """Return every minimal subset of `ids` that has no solution, up to `limit`.

    Parameters
    ----------
    ids : sequence of str
    feasible : callable
        Whether a subset of `ids` has a solution; must be monotone (fewer figures, more solutions).
        None, for not known, keeps a figure in a conflict and says so.
    limit : int

    Examples
    --------
    >>> apart = lambda s: not ({"a", "b"} <= s or {"b", "c"} <= s)
    >>> minimal_conflicts("abc", apart).sets
    (('a', 'b'), ('b', 'c'))
    """
    solvable = _Remembered(feasible)
    everything = frozenset(ids)
    found: dict[frozenset[str], bool] = {}
    seen: set[frozenset[str]] = set()
    queue: list[frozenset[str]] = [frozenset()]
    sure = True
    while queue and len(found) < limit:
        aside = queue.pop(0)
        conflict = next((c for c in found if not c & aside), None)
        if conflict is None:
            answer = solvable(everything - aside)
            if answer is not False:
                sure &= answer is True
                continue
            conflict, minimal = _shrink(ids, everything - aside, solvable)
            found[conflict] = minimal
        for member in [i for i in ids if i in conflict]:
            wider = aside | {member}
            if wider not in seen:
                seen.add(wider)
                queue.append(wider)
    order = sorted(found, key=lambda c: (len(c), [i for i in range(len(ids)) if ids[i] in c]))
    told = {c: tuple(i for i in ids if i in c) for c in order}
    unproven = tuple(told[c] for c in order if not found[c])
    sure = sure and not unproven
    return Conflicts(tuple(told.values()), not queue and sure, unproven, sure)


class _Remembered:
    """Answers by what they imply: parts of what has a solution have one, and what holds a conflict none."""

    def __init__(self, feasible: Callable[[frozenset[str]], Answer]) -> None:
        self.feasible = feasible
        self.known: dict[frozenset[str], Answer] = {}

    def __call__(self, subset: frozenset[str]) -> Answer:
        for other, answer in self.known.items():
            if (answer is True and subset <= other) or (answer is False and subset >= other):
                return answer
        if subset not in self.known:
            self.known[subset] = self.feasible(subset)
        return self.known[subset]


def _shrink(
    ids: Sequence[str], start: frozenset[str], solvable: Callable[[frozenset[str]], Answer]
) -> tuple[frozenset[str], bool]:
    """Drop one figure after another while what is left still has no solution.

    Also says whether what is left is shown to be minimal: without any one of it there is a solution.
    """
    current = start
    size = max(1, len(start) // 2)
    while size >= 1:  # whole blocks first, then one by one: fewer calls, the same minimality
        members = [i for i in ids if i in current]
        for at in range(0, len(members), size):
            smaller = current - frozenset(members[at : at + size])
            if smaller != current and solvable(smaller) is False:
                current = smaller
        size //= 2
    return current, all(solvable(current - {i}) for i in current)
