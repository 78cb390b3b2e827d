"""Synthetic records of one reading: the stages in order, and the last check of what they print."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from surveykit.published.arbitrary import (
    choose_unprinted,
    meet_orders,
    meet_zeros,
    spread_arbitrary,
)
from surveykit.published.document import Cell, Claim
from surveykit.published.draw import DrawnTable
from surveykit.published.glue import Plan, Records, UnfitError, glue_records, share_of
from surveykit.published.model import Reading
from surveykit.published.rounding import count_range

__all__ = ["Records", "UnfitError", "build_records", "share_of"]


def build_records(
    reading: Reading,
    tables: Sequence[DrawnTable],
    *,
    claims: Sequence[Claim],
    impossible: Sequence[Cell],
    filters: Mapping[str, Collection[str]],
    aside: frozenset[str],
    rng: np.random.Generator,
) -> Records:
    """Build one record for each respondent; the stages in order.

    `filters` names, for a question that not everyone was asked, the variables that decide who was;
    `aside` names figures that this reading cannot print.

    Raises
    ------
    UnsupportedError
        For figures that records cannot be built for (joined outcomes or groupings).
    InputError
        When structural zeros or stated orders cannot be met, or a figure would not print as given.
    """
    assert reading.total is not None
    plan = Plan(reading, tables, filters)
    records = Records(reading.total)
    glue_records(plan, records, rng)
    meet_zeros(reading, records, impossible, rng)
    spread_arbitrary(reading, plan, records, impossible, rng)
    choose_unprinted(plan, records, claims, rng)
    meet_orders(reading, plan, records, claims, impossible, rng)
    check_records(reading, records, aside)
    return records


def check_records(reading: Reading, records: Records, aside: frozenset[str]) -> None:
    """Print every figure from the records and compare: the last word on them.

    Raises
    ------
    UnfitError
        When a figure does not come out as printed.
    """
    for item in reading.items:
        if item.percent is None or item.id in aside:
            continue
        count, base = share_of(reading, records, item)
        low, high = count_range(item.percent, np.array([base]), reading.rounding)
        if not low[0] <= count <= high[0]:
            raise UnfitError.because(
                f"the synthetic records print {item.id!r} as {count} of {base}, not {item.percent} %.",
                reading.where,
            )
