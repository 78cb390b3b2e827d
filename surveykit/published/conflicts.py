"""Minimal conflicts: which printed figures cannot be true together, and no fewer of them.

All minimal conflicts are found by hitting sets (Reiter 1987, "A theory of diagnosis from first
principles", section 4): a set of figures that hits every conflict found so far is set aside; if
the rest still has no solution, one more conflict lies in it and is shrunk by deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Conflicts", "minimal_conflicts"]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Minimal conflicts in the order found; `complete` False when the limit was reached."""

    sets: tuple[tuple[str, ...], ...]
    complete: bool


def minimal_conflicts(
    ids: Sequence[str], feasible: Callable[[frozenset[str]], bool], limit: int = 100
) -> Conflicts:
    """Return every minimal subset of `ids` that has no solution, up to `limit`.

    Parameters
    ----------
    ids : sequence of str
    feasible : callable
        Whether a subset of `ids` has a solution; must be monotone (fewer figures, more solutions).
    limit : int

    Examples
    --------
    >>> apart = lambda s: not ({"a", "b"} <= s or {"b", "c"} <= s)
    >>> minimal_conflicts("abc", apart).sets
    (('a', 'b'), ('b', 'c'))
    """
    known: dict[frozenset[str], bool] = {}

    def solvable(subset: frozenset[str]) -> bool:
        if subset not in known:
            known[subset] = feasible(subset)
        return known[subset]

    everything = frozenset(ids)
    found: list[frozenset[str]] = []
    seen: set[frozenset[str]] = set()
    queue: list[frozenset[str]] = [frozenset()]
    while queue and len(found) < limit:
        aside = queue.pop(0)
        conflict = next((c for c in found if not c & aside), None)
        if conflict is None:
            if solvable(everything - aside):
                continue
            conflict = _shrink(ids, everything - aside, solvable)
            found.append(conflict)
        for member in [i for i in ids if i in conflict]:
            wider = aside | {member}
            if wider not in seen:
                seen.add(wider)
                queue.append(wider)
    sets = sorted(found, key=lambda c: (len(c), [i for i in range(len(ids)) if ids[i] in c]))
    return Conflicts(tuple(tuple(i for i in ids if i in c) for c in sets), not queue)


def _shrink(
    ids: Sequence[str], start: frozenset[str], solvable: Callable[[frozenset[str]], bool]
) -> frozenset[str]:
    """Drop one figure after another while what is left still has no solution."""
    current = start
    size = max(1, len(start) // 2)
    while size >= 1:  # whole blocks first, then one by one: fewer calls, the same minimality
        members = [i for i in ids if i in current]
        for at in range(0, len(members), size):
            smaller = current - frozenset(members[at : at + size])
            if smaller != current and not solvable(smaller):
                current = smaller
        size //= 2
    return current
