"""Repairs: the smallest single changes that give a group of figures a common table again.

Each is a reading that can be tested, not a finding: one figure misprinted by how little, or
item non-response to one question, or one hidden group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from surveykit.published.model import Item, Reading
from surveykit.published.rounding import Printed
from surveykit.published.solve import group_for
from surveykit.published.states import TooLargeError
from surveykit.text import Label

__all__ = ["Repair", "find_repairs"]

STEPS = 10
"""How far a misprint is looked for, in units of the last printed digit."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that restores a solution, and the figures it touches.

    `name` is the figure that would be printed as one of `percents`, or the variable that some
    did not answer or that has a hidden group.
    """

    change: Label
    figures: tuple[str, ...]
    kind: Literal["misprint", "missing", "hidden"] = "misprint"
    name: str = ""
    percents: tuple[str, ...] = ()


def find_repairs(
    reading: Reading, items: Sequence[Item], conflicts: Sequence[Sequence[str]]
) -> tuple[Repair, ...]:
    """Return single changes that restore a solution: misprints first, then readings."""
    every = [i for i in items if all(i.id in c for c in conflicts)]
    found = [r for item in every if (r := _misprint(reading, items, item)) is not None]
    return (*found, *_nonresponse(reading, items), *_hidden(reading, items))


def _feasible(reading: Reading, items: Sequence[Item]) -> bool:
    try:
        return group_for(reading, items).feasible
    except TooLargeError:
        return False


def _misprint(reading: Reading, items: Sequence[Item], item: Item) -> Repair | None:
    """Return the nearest other digits of one figure that restore a solution."""
    assert item.percent is not None
    for step in range(1, STEPS + 1):
        fits = [
            p for p in _neighbours(item.percent, step) if _feasible(reading, _swap(items, item, p))
        ]
        if fits:
            zh, en = "或".join(map(str, fits)), " or ".join(map(str, fits))
            return Repair(
                Label(
                    f"{item.id} 若印作 {zh}（而非 {item.percent}），则有解",
                    f"{item.id} printed as {en} (not {item.percent}) would have a solution",
                ),
                (item.id,),
                "misprint",
                item.id,
                tuple(map(str, fits)),
            )
    return None


def _neighbours(printed: Printed, step: int) -> Iterator[Printed]:
    for digits in (printed.digits - step, printed.digits + step):
        if 0 <= digits <= 100 * 10**printed.decimals:
            yield Printed(digits, printed.decimals)


def _swap(items: Sequence[Item], item: Item, printed: Printed) -> list[Item]:
    return [replace(i, percent=printed) if i.id == item.id else i for i in items]


def _nonresponse(reading: Reading, items: Sequence[Item]) -> Iterator[Repair]:
    """Try item non-response to each question that everyone is taken to have answered."""
    names = dict.fromkeys(n for i in items for n in (*i.by, *i.outcome))
    for name in names:
        if reading.missing.get(name, "none") not in ("none", 0):
            continue
        changed = replace(reading, missing={**reading.missing, name: "allowed"})
        if _feasible(changed, items):
            touched = tuple(i.id for i in items if name in (*i.by, *i.outcome))
            yield Repair(
                Label(f"若有人未回答 {name}，则有解", f"some did not answer {name}"),
                touched,
                "missing",
                name,
            )


def _hidden(reading: Reading, items: Sequence[Item]) -> Iterator[Repair]:
    """Try one group that is not printed, for each grouping."""
    names = dict.fromkeys(i.by[0] for i in items if len(i.by) == 1)
    for name in names:
        if name in reading.hidden or name in reading.multiple:
            continue
        changed = replace(reading, hidden={**reading.hidden, name: "unknown"})
        if _feasible(changed, items):
            touched = tuple(i.id for i in items if i.by == (name,))
            yield Repair(
                Label(
                    f"若 {name} 另有一组未印出，则有解",
                    f"{name} has one more group that is not printed",
                ),
                touched,
                "hidden",
                name,
            )
