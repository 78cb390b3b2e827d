"""What all feasible tables leave open: the range of every share and of every group's size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from surveykit.errors import SurveyKitError
from surveykit.published.audit import ReadingAudit
from surveykit.published.fold import fold_key
from surveykit.published.model import Item
from surveykit.published.solve import Group, Range
from surveykit.published.states import TooLargeError

__all__ = ["Place", "Ranges", "feasible_ranges"]

Place = tuple[str, str, str, str]
"""Variable, level, grouping variable and group (both empty: everyone)."""


@dataclass(frozen=True)
class Ranges:
    """Feasible ranges in one reading.

    Attributes
    ----------
    shares : place -> (smallest, largest)
        In per cent, of every cell that is declared without a percentage.
    sizes : (variable, level) -> (smallest, largest)
        Respondents in each group whose figures are printed.
    """

    shares: Mapping[Place, tuple[float, float]]
    sizes: Mapping[tuple[str, str], Range]


def feasible_ranges(result: ReadingAudit) -> Ranges:
    """Return the exact range of every unprinted share and of every group's size over the tables of a reading."""
    shares: dict[Place, tuple[float, float]] = {}
    sizes: dict[tuple[str, str], Range] = {}
    groups = {i: g.solved for g in result.groups for i in g.figures}
    for item in result.reading.items:
        if len(item.outcome) > 1 or len(item.by) > 1 or len(item.levels) > 1:
            continue
        group = groups.get(item.id)
        ((level,),) = item.levels
        by = (item.by[0], item.level[0]) if item.by else ("", "")
        span = None if item.percent is not None else _share(result, item, group)
        if span is not None:
            shares[item.outcome[0], level, *by] = (float(100 * span[0]), float(100 * span[1]))
        if item.by and item.percent is not None and by not in sizes and group is not None:
            size = group.size_range(item.by, item.level)
            if size is not None:
                sizes[by] = size
    return Ranges(shares, sizes)


def _share(
    result: ReadingAudit, item: Item, group: Group | None
) -> tuple[Fraction, Fraction] | None:
    verdict = result.figure(item.id)
    if verdict.status != "possible" or verdict.base is None or verdict.count is None:
        return None
    if group is None or not group.feasible:
        return Fraction(0), Fraction(1)
    reading = result.reading
    multiple = item.outcome[0] in reading.multiple
    if item.by == () and item.outcome in group.tracked and not multiple:
        return group.share_range(item.outcome, item.levels)
    crossed = {i.outcome for i in group.items} if item.by == () else ()
    if item.outcome not in crossed and all(
        fold_key(reading, i) != fold_key(reading, item) for i in group.items
    ):
        low, high = verdict.count
        return Fraction(low, max(verdict.base[1], 1)), Fraction(int(high > 0))
    try:
        tables = group.wider([item]).project([item])
    except (TooLargeError, SurveyKitError):
        return None
    values = [
        Fraction(int(c), int(b))
        for c, b in zip(tables.counts[:, 0], tables.bases[:, 0], strict=True)
        if b
    ]
    return (min(values), max(values)) if values else None
