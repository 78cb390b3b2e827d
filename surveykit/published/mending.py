"""The stage of an audit that looks for repairs: group by group, impossible figures included."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from surveykit.published.document import Published, Scenario
from surveykit.published.model import Reading
from surveykit.published.repairs import Repair, Repairs, find_repairs, ratio_repairs

__all__ = ["mend"]


def mend(
    published: Published,
    scenario: Scenario,
    reading: Reading,
    figures: Sequence[str],
    conflicts: Sequence[Sequence[str]],
    statuses: Mapping[str, str],
    *,
    large: bool = False,
) -> Repairs:
    """Return the repairs of one group of figures; none where nothing is wrong.

    Where some figures are impossible alone, changes that make the whole group possible come
    first, then those of each such figure, then those of the conflicts of the others.

    Parameters
    ----------
    figures : sequence of str
        Ids of the group.
    conflicts : sequence of sequences of str
        Its minimal conflicts.
    statuses : mapping of str to str
        The status of every printed figure of the reading.
    large : bool
        Whether the tables of the group are too many to follow.
    """
    bad = [i for i in figures if statuses.get(i) == "impossible"]
    if not bad and not conflicts:
        return Repairs((), True)
    ratio = next((f for f in reading.ratios if f.id in figures), None)
    if ratio is not None:
        return Repairs(ratio_repairs(published, scenario, ratio, reading.rounding), True)
    key = _meaning(reading, figures, conflicts, bad, scenario)
    if key not in reading.memo:
        find = partial(find_repairs, published, scenario, reading, large=large)
        reading.memo[key] = _mend(find, figures, conflicts, statuses, bad)
    known: Repairs = reading.memo[key]
    return known


def _mend(
    find: Callable[..., Repairs],
    figures: Sequence[str],
    conflicts: Sequence[Sequence[str]],
    statuses: Mapping[str, str],
    bad: Sequence[str],
) -> Repairs:
    good = [i for i in figures if statuses.get(i) in ("possible", "conflict")]
    beside = [i for i, s in statuses.items() if s == "possible" and i not in figures]
    single = [[i] for i in bad]
    targets: list[tuple[Collection[str], Sequence[Sequence[str]]]] = [
        ([*good, *bad], [*single, *conflicts])
    ]
    if len(single) + bool(conflicts) > 1:
        targets += [([*([] if conflicts else good), i], [[i]]) for i in bad]
        targets += [(good, conflicts)] if conflicts else []
    found: list[Repair] = []
    complete = True
    for number, (ids, sets) in enumerate(targets):
        order = [i for i in figures if i in ids]
        some = find(order, sets, beside)
        found += [replace(r, whole=number == 0) for r in some.found]
        complete &= some.complete
    seen: dict[str, Repair] = {}
    for repair in sorted(found, key=lambda r: r.rank):
        seen.setdefault(repair.scenario, repair)
    return Repairs(tuple(seen.values()), complete)


def _meaning(
    reading: Reading,
    figures: Sequence[str],
    conflicts: Sequence[Sequence[str]],
    bad: Sequence[str],
    scenario: Scenario,
) -> tuple[Any, ...]:
    """Return what repairs depend on, so that one reading's are not looked for in another again."""
    return (
        "repairs", tuple(figures), tuple(map(tuple, conflicts)), tuple(bad), repr(scenario.missing),
        repr(scenario.hidden), repr(scenario.figures), scenario.without, repr(scenario.counts),
    )  # fmt: skip
