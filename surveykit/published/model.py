"""A reading of a paper as a problem: who answers what, and which figures share an unknown."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from surveykit.errors import InputError, UnsupportedError
from surveykit.published.document import Cell, Count, Figure, Published, Scenario
from surveykit.published.rounding import Printed

__all__ = ["Item", "Key", "Reading", "crossing", "groups_of", "read_as"]

Key = tuple[str, ...]
"""Names of the variables of an outcome or of a grouping, in order; ``()`` is everyone."""

Level = tuple[str, ...]
HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class Item:
    """One figure in a reading: the share `levels` of `outcome` within the group `level` of `by`.

    `percent` None is a cell that is not printed. `responses` says that the base is responses;
    `exact` is the cell's printed number of respondents, for a count that is no group's size.
    """

    id: str
    outcome: Key
    levels: frozenset[Level]
    by: Key
    level: Level
    percent: Printed | None
    responses: bool = False
    exact: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the solver needs to know of one reading."""

    id: str
    total: int | None
    rounding: str
    levels: Mapping[str, tuple[str, ...]]
    multiple: frozenset[str]
    missing: Mapping[str, str | int]
    hidden: Mapping[str, str | int]
    items: tuple[Item, ...]
    evidence: tuple[Item, ...]
    ratios: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    counts: tuple[Count, ...]
    where: str = ""
    filtered: Mapping[str, str] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def answered_by_all(self, key: Key) -> bool:
        """Whether every respondent answered the variables of `key`."""
        return all(self.missing.get(name, "none") in ("none", 0) for name in key)

    def states_missing(self, key: Key) -> bool:
        """Whether the reading says how many did not answer."""
        return any(self.missing.get(n, "none") not in ("none", "allowed", 0) for n in key)

    def answering(self, key: Key) -> tuple[int, int]:
        """Return the fewest and the most respondents who answered the variables of `key`."""
        total = self.total or 0
        amounts = [self.missing.get(name, "none") for name in key]
        numbers = [0 if a == "none" else a for a in amounts if a != "allowed"]
        stated = [n for n in numbers if isinstance(n, int)]
        least = 0 if len(stated) < len(key) else max(0, total - sum(stated))
        return least, max(0, total - max(stated, default=0))

    def base(self, by: Key, level: Level, outcome: Key) -> tuple[int, int]:
        """Return the fewest and the most of a group who can have answered an outcome."""
        size, everyone = self.size(by, level), self.total
        if everyone is None:
            return (size if size and self.answered_by_all(outcome) else 0), size or 0
        least, most = self.answering(outcome)
        if size is not None:
            return max(0, size - (everyone - least)), min(size, most)
        return 0, max(0, min(most, self.answering(by)[1] - self._elsewhere(by, level)))

    def _elsewhere(self, by: Key, level: Level) -> int:
        """Return how many respondents are known to be in other levels of a grouping."""
        if len(by) != 1 or by[0] in self.multiple:
            return 0
        sizes = [self.size(by, other) for other in self.levels_of(by) if other != level]
        return sum(s for s in sizes if s)

    def levels_of(self, key: Key) -> tuple[Level, ...]:
        """All levels of a key, a hidden one included, in order."""
        parts = [(*self.levels[n], *((HIDDEN,) if n in self.hidden else ())) for n in key]
        return tuple(itertools.product(*parts))

    def size(self, key: Key, level: Level) -> int | None:
        """Return the printed number of respondents in a group, if there is one."""
        if key == ():
            return self.total
        if level == (HIDDEN,) and isinstance(stated := self.hidden[key[0]], int):
            return stated
        same = [c for c in self.counts if _is_cell(c.where, key, level)]
        found = {c.count for c in same}
        if len(found) > 1:
            raise InputError(
                f"two counts of {dict(zip(key, level, strict=True))} differ: {sorted(found)}.",
                where=_place(self.where, same),
                hint="check the digits, or say with `what` which of them enters no table.",
            )
        return next(iter(found)) if found else self._last(key, level)

    def _last(self, key: Key, level: Level) -> int | None:
        """Return the size of the one group that the other printed sizes leave over."""
        if self.total is None or not self.answered_by_all(key) or len(key) != 1:
            return None
        if key[0] in self.multiple or key[0] in self.hidden:
            return None
        others = [other for other in self.levels_of(key) if other != level]
        known = [
            next((c.count for c in self.counts if _is_cell(c.where, key, o)), None) for o in others
        ]
        if any(k is None for k in known):
            return None
        return self.total - sum(k for k in known if k is not None)


def _place(path: str, counts: Sequence[Count]) -> str:
    """Return file and line of the last of some counts."""
    line = max((c.line for c in counts), default=0)
    return f"{path}, line {line}" if line else path


def _is_cell(where: Cell, key: Key, level: Level) -> bool:
    return set(where) == set(key) and all(
        where[name] == (value,) for name, value in zip(key, level, strict=True)
    )


def read_as(
    published: Published, scenario: Scenario, memo: dict[Any, Any] | None = None
) -> Reading:
    """Apply a scenario's changes and normalise the figures.

    `memo` keeps solved groups: readings that share one solve what they have in common once.
    """
    if scenario.counts:
        published = replace(published, counts=_other_counts(published, scenario))
    figures = tuple(
        replace(f, **scenario.figures.get(f.id, {}))
        for f in published.figures
        if f.id not in scenario.without
    )
    missing: dict[str, str | int] = {n: v.missing for n, v in published.variables.items()}
    missing.update(scenario.missing)
    reading = Reading(
        id=scenario.id,
        total=_total(published, missing, scenario),
        rounding=published.rounding,
        levels={n: v.levels for n, v in published.variables.items()},
        multiple=frozenset(n for n, v in published.variables.items() if v.kind == "multiple"),
        missing=missing,
        hidden=dict(scenario.hidden),
        items=(),
        evidence=(),
        ratios=tuple(f for f in figures if isinstance(f.of, tuple)),
        figures=figures,
        counts=tuple(c for c in published.counts if not c.what),
        where=published.path,
        memo={} if memo is None else memo,
    )
    items = tuple(_item(f, reading) for f in figures if not isinstance(f.of, tuple))
    reading = _filtered_bases(replace(reading, items=items))
    reading = replace(reading, evidence=_evidence(reading))
    _check_counts(reading)
    return reading


def _other_counts(published: Published, scenario: Scenario) -> tuple[Count, ...]:
    changes = scenario.counts
    return tuple(replace(c, count=changes.get(c.id, c.count)) for c in published.counts)


def _total(
    published: Published, missing: Mapping[str, str | int], scenario: Scenario
) -> int | None:
    """Return the number of respondents: printed, or the sum of one variable's printed groups."""
    if published.everyone is not None:
        return published.everyone
    for name, variable in published.variables.items():
        sizes = [
            next(
                (c.count for c in published.counts if not c.what and c.where == {name: (lv,)}), None
            )
            for lv in variable.levels
        ]
        whole = missing.get(name) in ("none", 0) and name not in scenario.hidden
        if variable.kind == "single" and whole and None not in sizes:
            return sum(s for s in sizes if s is not None)
    return None


def _evidence(reading: Reading) -> tuple[Item, ...]:
    """Turn printed counts of cells (not of everyone, nor of one level) into cells to be met."""
    grouping = {n for i in reading.items for n in i.by}
    out = []
    for count in reading.counts:
        names = sorted(count.where)
        if not names or (len(names) == 1 and len(count.where[names[0]]) == 1):
            continue
        by = [n for n in names if n in grouping] or names[1:]
        by = by[:1] if len(names) == 2 else []
        outcome = tuple(n for n in names if n not in by)
        if len(outcome) != 1 or any(len(count.where[n]) > 1 for n in by):
            raise UnsupportedError(
                f"the audit does not use counts like {count.id!r} ({dict(count.where)}).",
                where=reading.where,
                hint="say with `what` that it enters no table.",
            )
        levels = frozenset((lv,) for lv in count.where[outcome[0]])
        level = tuple(count.where[n][0] for n in by)
        out.append(
            Item(f"count {count.id}", outcome, levels, tuple(by), level, None, False, count.count)
        )
    return tuple(out)


def _filtered_bases(reading: Reading) -> Reading:
    """Turn "among those of the group who also …" into an outcome that only they answered.

    A base `within: {village: other, residence: village}` is part of the group `other`, of a
    size of its own, when nothing else in the paper speaks of `residence` on its own.
    """
    levels, missing = dict(reading.levels), dict(reading.missing)
    multiple, items = set(reading.multiple), []
    filtered = {}
    for item in reading.items:
        name = _filtering(reading, item)
        if name is not None and len(item.outcome) == 1:
            at = item.by.index(name)
            rest = [f"{n}={lv}" for n, lv in zip(item.by, item.level, strict=True) if n != name]
            source = item.outcome[0]
            derived = f"{source} ({', '.join(rest)})"
            levels[derived], missing[derived] = levels[source], "allowed"
            filtered[derived] = source
            if source in multiple:
                multiple.add(derived)
            item = replace(item, outcome=(derived,), by=(name,), level=(item.level[at],))
        items.append(item)
    return replace(
        reading,
        levels=levels,
        missing=missing,
        multiple=frozenset(multiple),
        items=tuple(items),
        filtered=filtered,
    )


def _filtering(reading: Reading, item: Item) -> str | None:
    """Return the grouping variable that a finer base belongs to, if the others only filter it."""
    if len(item.by) < 2:
        return None
    others = [i for i in reading.items if i.by != item.by]
    used = {n for i in others for n in (*i.by, *i.outcome)}
    used |= {n for c in reading.counts for n in c.where}
    shared = [n for n in item.by if n in used]
    grouping = [
        n for n in shared if n not in reading.multiple and any(i.by == (n,) for i in others)
    ]
    return grouping[0] if len(shared) == 1 and grouping else None


def _item(figure: Figure, reading: Reading) -> Item:
    outcome = tuple(sorted(figure.where))
    levels = frozenset(itertools.product(*(figure.where[n] for n in outcome)))
    by, level = _group(figure, reading)
    if len(outcome) > 1 and any(n in reading.multiple for n in outcome):
        raise _unsupported(figure, reading, "a multiple-response variable crossed inside `where`")
    cases = outcome[0] in reading.multiple and figure.of != "responses"
    if cases and len(levels) > 1 and not figure.sum:
        raise _unsupported(figure, reading, "'any of several choices' as one percentage")
    return Item(figure.id, outcome, levels, by, level, figure.printed, figure.of == "responses")


def _group(figure: Figure, reading: Reading) -> tuple[Key, Level]:
    by = tuple(sorted(figure.within))
    if any(len(figure.within[n]) > 1 for n in by):
        raise _unsupported(figure, reading, "a base that joins several levels")
    return by, tuple(figure.within[n][0] for n in by)


def _unsupported(figure: Figure, reading: Reading, what: str) -> UnsupportedError:
    return UnsupportedError(
        f"the audit does not handle {what}.",
        where=f"{reading.where}, figure {figure.id!r}",
        hint="declare the joined group as a level of its own, or leave the figure out.",
    )


def _check_counts(reading: Reading) -> None:
    """Refuse printed counts that contradict each other before anything is solved."""
    for count in reading.counts:
        if reading.total is not None and count.count > reading.total:
            raise InputError(
                f"the count {count.id!r} ({count.count}) is larger than everyone ({reading.total}).",
                where=_place(reading.where, [count]),
                hint="check the digits, or say with `what` that it enters no table.",
            )
    for name in {n for c in reading.counts for n in c.where if len(c.where) == 1}:
        _check_sizes(reading, name)


def _check_sizes(reading: Reading, name: str) -> None:
    if name in reading.multiple or reading.total is None:
        return
    sizes = [reading.size((name,), level) for level in reading.levels_of((name,))]
    known = sum(s for s in sizes if s is not None)
    complete = all(s is not None for s in sizes) and reading.answered_by_all((name,))
    if (
        known > reading.total
        or (complete and known != reading.total)
        or min((s for s in sizes if s is not None), default=0) < 0
    ):
        raise InputError(
            f"the counts of {name!r} add up to {known}, everyone is {reading.total}.",
            where=_place(reading.where, [c for c in reading.counts if set(c.where) == {name}]),
            hint="allow `missing`, declare a hidden group, or mark with `what` the counts of others.",
        )


# --- which figures share an unknown -------------------------------------------------------


class _Sets:
    """Union of things that share an unknown."""

    def __init__(self) -> None:
        self.parent: dict[Any, Any] = {}

    def find(self, x: Any) -> Any:
        self.parent.setdefault(x, x)
        while self.parent[x] != x:
            x = self.parent[x]
        return x

    def join(self, x: Any, y: Any) -> None:
        self.parent[self.find(x)] = self.find(y)


def groups_of(reading: Reading, items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """Split the figures into groups that share no unknown, in the order of the file."""
    sets, crossed = _Sets(), _crossed(items)
    for item in items:
        shared = [("crossed", n) for n in (*item.outcome, *item.by) if n in crossed]
        for unknown in [*_unknowns(reading, item, items), *shared]:
            sets.join(("item", item.id), unknown)
    grouped: dict[Any, list[Item]] = {}
    for item in items:
        grouped.setdefault(sets.find(("item", item.id)), []).append(item)
    return [tuple(g) for g in grouped.values()]


def crossing(reading: Reading, items: Sequence[Item]) -> bool:
    """Whether totals over everyone do not hold all that the figures say of each other."""
    keys = {i.outcome for i in items} | {i.by for i in items if i.by}
    both = {(i.by, i.outcome) for i in items if i.by}
    if any((outcome, by) in both for by, outcome in both):
        return True
    printed = {frozenset(c.where) for c in reading.counts if c.where}
    for key in keys:
        if len(key) == 1:
            continue
        others = [set(k) for k in keys if k != key] + [set(p) for p in printed if p != set(key)]
        if any(set(key) & other for other in others) or not reading.answered_by_all(key):
            return True
    return any(set(i.by) & set(i.outcome) for i in items)


def _crossed(items: Iterable[Item]) -> set[str]:
    """Return the variables of cells and bases that name several: those share what the others say."""
    keys = {key for i in items for key in (i.outcome, i.by) if len(key) > 1}
    return {name for key in keys for name in key}


def _unknowns(reading: Reading, item: Item, items: Iterable[Item]) -> list[Any]:
    """Return names of the unknown numbers that a figure rests on."""
    out: list[Any] = [("item", item.id)]
    multiple = item.outcome[0] in reading.multiple
    options: list[Any] = (
        [item.outcome] if not multiple else [(item.outcome, level) for level in item.levels]
    )
    for option in options:
        out += _outcome_unknowns(reading, item, option)
    if item.responses or not reading.answered_by_all(item.outcome):
        out.append(("answering", item.outcome))
    if multiple:
        out += _multiple_unknowns(reading, item, items)
    if item.by != () and reading.size(item.by, item.level) is None:
        out.append(("sizes", item.by))
        multiple = len(item.by) == 1 and item.by[0] in reading.multiple
        out.append(("total", (item.by, item.level) if multiple else item.by))
    if item.by == () and reading.total is None:
        out.append(("everyone",))
    return out


def _outcome_unknowns(reading: Reading, item: Item, option: Any) -> list[Any]:
    """Return the outcome's totals over everyone where they are not printed as counts."""
    if isinstance(option[0], str) and all(
        reading.size(item.outcome, level) is not None for level in reading.levels_of(item.outcome)
    ):
        return [("cross", option, item.by)]
    return [("total", option)]


def _multiple_unknowns(reading: Reading, item: Item, items: Iterable[Item]) -> list[Any]:
    """Return the shared base of a multiple-response question's figures in one group."""
    where = ("answered", item.outcome, item.by, item.level, item.responses)
    if item.responses or not reading.answered_by_all(item.outcome):
        return [where]
    printed = {
        level
        for other in items
        if (other.outcome, other.by, other.level) == (item.outcome, item.by, item.level)
        for level in other.levels
    }
    return [where] if len(printed) == len(reading.levels_of(item.outcome)) else []
