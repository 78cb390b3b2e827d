"""What all feasible tables say of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from surveykit.text import Label

__all__ = ["ClaimVerdict", "Verdict"]

Verdict = Literal["holds in all", "holds in none", "undetermined", "not evaluated"]


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What all feasible tables say of one claim.

    `order` is the verdict on the order alone, None for a claim that is not about an order.
    `statistic`, `p` and `break_even_deff` are the smallest and largest over the tables;
    `witnesses` are tables (figure -> count, base) in which the claim holds and fails;
    `printed_tests` are the ids of what the paper itself prints of tests of these figures.
    Where `exact` is False, the ranges are limits: proven, but perhaps wider than the tables reach.
    """

    id: str
    verdict: Verdict
    order: Verdict | None = None
    test: str | None = None
    statistic: tuple[float, float] | None = None
    p: tuple[float, float] | None = None
    break_even_deff: tuple[float, float] | None = None
    tables: int | None = None
    why: Label = Label()
    witnesses: tuple[Mapping[str, tuple[int, int]], ...] = ()
    printed_tests: tuple[str, ...] = ()
    exact: bool = True
