"""Minimal conflicts of a group of figures, also where its tables are too many to follow.

Subsets are solved as groups of their own. Once one of them is too large to follow, they are asked of
the whole group's program instead: without some figures (:mod:`program`), answered with proof
(:mod:`certain`). A table that is found prints more figures than were asked for: all of them are known to
be possible together then. That search ends after a number of questions, so that what is found does
not depend on the speed of a machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from surveykit.published.certain import Certain, Point
from surveykit.published.conflicts import Answer, Conflicts, minimal_conflicts
from surveykit.published.program import Linear
from surveykit.published.rounding import count_range
from surveykit.published.solve import Group, group_for
from surveykit.published.states import TooLargeError

__all__ = ["group_conflicts"]

MOST_QUESTIONS = 240
MOST_CONFLICTS = 100
MOST_LARGE = 20
"""Conflicts looked for in a group that is too large to follow."""


def group_conflicts(group: Group, most: int = MOST_QUESTIONS) -> Conflicts:
    """Return the minimal conflicts of a group of which no table prints all figures.

    Parameters
    ----------
    group : Group
    most : int
        Subsets that are solved where tables are too many to follow.
    """
    ids = [i.id for i in group.items if i.exact is None and i.percent is not None]
    large = _Questions(group, frozenset(ids), most)
    asked = _Subsets(group, large, group.followed) if group.followed else large
    return minimal_conflicts(ids, asked, MOST_CONFLICTS if group.followed else MOST_LARGE)


@dataclass
class _Subsets:
    """Whether some figures have a common table: each set a group of its own while it can be."""

    group: Group
    large: _Questions
    follow: bool

    def __call__(self, subset: frozenset[str]) -> Answer:
        items = [i for i in self.group.items if i.id in subset or i.exact is not None]
        if not items:
            return True
        if self.follow:
            part = group_for(self.group.reading, items)
            self.follow = part.followed
        return part.feasible if self.follow else self.large(subset)


@dataclass
class _Questions:
    """Whether some figures have a common table, by the group's program: at most `left` answers more."""

    group: Group
    ids: frozenset[str]
    left: int
    possible: list[frozenset[str]] = field(default_factory=list)
    """Figures that one table prints."""

    def __call__(self, subset: frozenset[str]) -> Answer:
        if subset == self.ids:  # all of them have none: that is why conflicts are looked for
            return False
        if any(subset <= together for together in self.possible):
            return True
        if self.left <= 0:
            return None
        self.left -= 1
        try:
            found = Certain(self.group.program(self.ids - subset))
            answer = found.feasible
        except TooLargeError:
            return None
        if found.points:
            self.possible.append(subset | self._printed(found, found.points[-1]))
        return answer

    def _printed(self, found: Certain, point: Point) -> frozenset[str]:
        """Return the figures that a table prints, asked for or not."""
        places, rounding = found.program.places, self.group.reading.rounding
        out = []
        for item in self.group.items:
            if item.id in self.ids and item.percent is not None:
                base, count = places[item.id]
                low, high = count_range(item.percent, point[[base]], rounding)
                out += [item.id] if low[0] <= _sum(count, point) <= high[0] else []
        return frozenset(out)


def _sum(terms: Linear, point: Point) -> int:
    return sum(factor * int(point[j]) for j, factor in terms.items())
