"""Synthetic records of one reading: the stages in order, and the last check of what they print."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from surveykit.published.arbitrary import (
    allowed_levels,
    choose_unprinted,
    meet_orders,
    meet_zeros,
    spread_arbitrary,
)
from surveykit.published.document import Cell, Claim
from surveykit.published.draw import DrawnTable
from surveykit.published.glue import Plan, Records, UnfitError, glue_records, share_of
from surveykit.published.means_records import (
    MeansToMeet,
    UnmetError,
    meet_means,
    pin,
    set_sizes,
    unmet,
)
from surveykit.published.model import Reading
from surveykit.published.rounding import count_range

__all__ = ["MeansToMeet", "Records", "UnfitError", "UnmetError", "build_records", "share_of"]

NO_MEANS = MeansToMeet((), {})


def build_records(
    reading: Reading,
    tables: Sequence[DrawnTable],
    *,
    claims: Sequence[Claim],
    impossible: Sequence[Cell],
    filters: Mapping[str, Collection[str]],
    aside: frozenset[str],
    rng: np.random.Generator,
    means: MeansToMeet = NO_MEANS,
) -> Records:
    """Build one record for each respondent; the stages in order.

    `filters` names, for a question that not everyone was asked, the variables that decide who was;
    `aside` names figures that this reading cannot print; `means` are to be printed too.

    Raises
    ------
    UnsupportedError
        For figures that records cannot be built for (joined outcomes or groupings).
    InputError
        When structural zeros or stated orders cannot be met, or a figure would not print as given.
    """
    assert reading.total is not None
    plan = Plan(reading, tables, filters)
    plan.used.update(dict.fromkeys(means.names))
    records = Records(reading.total)
    glue_records(plan, records, rng)
    meet_zeros(reading, records, impossible, rng)
    spread_arbitrary(reading, plan, records, impossible, rng)
    set_sizes(plan, records, means, rng)
    limits = {m.of: allowed_levels(reading, records, m.of, impossible) for m in means.means}
    meet_means(plan, records, means, limits, rng)
    pin(plan, means)
    choose_unprinted(plan, records, claims, rng)
    meet_orders(reading, plan, records, claims, impossible, rng)
    check_records(reading, records, aside)
    if left := unmet(reading, records, means.means):
        raise UnmetError.of(left, reading.where)
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
