"""Changed readings, tried: does a change make a set of figures possible together?

Every change is a :class:`Scenario`, applied as the audit applies one, so that what is found here
holds when it is written into the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from surveykit.errors import SurveyKitError
from surveykit.published.document import Published, Scenario
from surveykit.published.model import Item, Reading, groups_of, read_as
from surveykit.published.rounding import count_range
from surveykit.published.solve import Group, new_group
from surveykit.published.states import TooLargeError

__all__ = ["Change", "Trials", "snippet"]

Change = Mapping[str, Any]
"""What a reading changes: any of ``missing``, ``hidden``, ``figures``, ``counts``, ``without``."""


@dataclass
class Trials:
    """Changes of one reading tried on figures that are to be possible together.

    `ids` are the figures to make possible; `beside` those whose unknowns they may share after a
    change. `left` is how many more changes may be solved; below 0 the search stops. `large` says that
    their tables are too many to follow.
    """

    published: Published
    scenario: Scenario
    reading: Reading
    ids: frozenset[str]
    beside: frozenset[str]
    left: int
    large: bool = False
    known: dict[str, bool] = field(default_factory=dict)

    @property
    def items(self) -> list[Item]:
        """The figures to make possible, as the reading has them."""
        return [i for i in self.reading.items if i.id in self.ids]

    def holds(self, change: Change) -> bool:
        """Whether the figures are possible together once `change` is made."""
        key = repr(change)
        if key not in self.known:
            if self.left <= 0:
                return False
            self.left -= 1
            self.known[key] = self._solve(change)
        return self.known[key]

    @property
    def exhausted(self) -> bool:
        """Whether some change was not tried because too many were."""
        return self.left <= 0

    def parts(self, change: Change) -> list[tuple[Reading, list[Item]]]:
        """Return the groups of figures to be solved after a change."""
        reading = read_as(self.published, merged(self.scenario, change))
        kept = [i for i in reading.items if i.percent is not None]
        kept = [i for i in kept if i.id in self.ids or i.id in self.beside]
        groups = groups_of(reading, [*kept, *reading.evidence])
        return [(reading, list(g)) for g in groups if any(i.id in self.ids for i in g)]

    def _solve(self, change: Change) -> bool:
        try:
            parts = self.parts(change)
            alone = all(possible_alone(r, i) for r, items in parts for i in items)
            return alone and all(self._feasible(r, items) for r, items in parts)
        except (SurveyKitError, TooLargeError):
            return False

    def group(self, reading: Reading, items: Sequence[Item]) -> Group:
        """Return a group of figures after a change, not solved."""
        return new_group(reading, items, follow=not self.large)

    def _feasible(self, reading: Reading, items: Sequence[Item]) -> bool:
        """Solve a group once for all readings of the paper; only the answer is kept."""
        memo = self.reading.memo
        key = ("feasible", _meaning(reading, items))
        if key not in memo:
            group = self.group(reading, items)
            self.large |= not group.followed
            memo[key] = group.feasible
        return bool(memo[key])


def _meaning(reading: Reading, items: Sequence[Item]) -> tuple[Any, ...]:
    """Return all that a group's answer depends on."""
    names = sorted({n for i in items for n in (*i.by, *i.outcome)})
    said = tuple(
        (n, reading.levels[n], n in reading.multiple, reading.missing.get(n), reading.hidden.get(n))
        for n in names
    )
    counts = tuple((c.count, tuple(sorted(c.where.items()))) for c in reading.counts)
    return tuple(items), said, counts, reading.total, reading.rounding


def possible_alone(reading: Reading, item: Item) -> bool:
    """Whether some base that the reading allows prints the figure (cheap; necessary only)."""
    if item.percent is None or reading.total is None:
        return True
    least, most = reading.base(item.by, item.level, item.outcome)
    most *= len(reading.levels_of(item.outcome)) if item.responses else 1
    bases = np.arange(max(1, least), most + 1, dtype=np.int64)
    low, high = count_range(item.percent, bases, reading.rounding)
    return bool((low <= high).any())


def merged(scenario: Scenario, change: Change, id: str | None = None) -> Scenario:
    """Return a scenario with a change made to it."""
    figures = {k: dict(v) for k, v in scenario.figures.items()}
    for name, parts in change.get("figures", {}).items():
        figures[name] = {**figures.get(name, {}), **parts}
    return replace(
        scenario,
        id=scenario.id if id is None else id,
        missing={**scenario.missing, **change.get("missing", {})},
        hidden={**scenario.hidden, **change.get("hidden", {})},
        counts={**scenario.counts, **change.get("counts", {})},
        without=(*scenario.without, *change.get("without", ())),
        figures=figures,
    )


def snippet(scenario: Scenario, change: Change, taken: Iterable[str]) -> str:
    """Return the changed reading as lines of YAML to paste under ``scenarios:``.

    Examples
    --------
    >>> snippet(Scenario("as_printed"), {"missing": {"education": 3}}, ())
    'scenarios:\\n  - {id: try_missing_education_3, missing: {education: "3"}}\\n'
    """
    made = merged(scenario, change)
    body = {
        "missing": made.missing,
        "hidden": made.hidden,
        "counts": made.counts,
        "figures": made.figures,
        "without": list(made.without),
    }
    shown = {k: _plain(v) for k, v in body.items() if v}
    told = {"id": _id(change, set(taken)), **shown}
    return f"scenarios:\n  - {_flow(told)}\n"


def _id(change: Change, taken: set[str]) -> str:
    words = re.findall(r"[A-Za-z0-9]+", _flow(_plain(change)))
    skip = {"figures", "percent", "counts", "within", "without", "of"}
    name = "try_" + "_".join(w for w in words if w not in skip)[:48].strip("_")
    numbered = (name, *(f"{name}_{n}" for n in range(2, len(taken) + 3)))
    return next(n for n in numbered if n not in taken)


def _plain(value: Any) -> Any:
    """Levels as the file writes them: one alone, several as a list; numbers as text."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return _plain(value[0]) if len(value) == 1 else [_plain(v) for v in value]
    return str(value)


_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WORDS = {"yes", "no", "true", "false", "null", "on", "off", "y", "n"}


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    text = str(value)
    bare = _BARE.fullmatch(text) and text.lower() not in _WORDS
    return text if bare else json.dumps(text, ensure_ascii=False)
