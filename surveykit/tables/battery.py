"""A battery: questions that share their levels, one line each, the levels across."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from surveykit.errors import UsageError
from surveykit.estimate.places import Group
from surveykit.tables.grid import Cell, HeadKind, Line
from surveykit.tables.layout import (
    Laid,
    Totals,
    aligned,
    corner,
    head_rows,
    held_bases,
    level_cells,
    level_paths,
)
from surveykit.tables.source import TOTAL, Path, Source, is_net
from surveykit.tables.words import BASES, Base
from surveykit.text import shared_lead

__all__ = ["battery", "battery_title", "named_items"]


def named_items(source: Source) -> Source:
    """Call each variable by what is its own in its question."""
    names = [source.question(v) for v in source.variables]
    _, items = shared_lead(names)
    return replace(source, names=dict(zip(source.variables, items, strict=True)))


def battery_title(source: Source) -> str:
    """Return the title: what the questions share, else the name of the battery."""
    plain = replace(source, names={})
    lead, _ = shared_lead([plain.question(v) for v in source.variables])
    batteries = source.estimates.spec.batteries
    named = next((n for n, of in batteries.items() if set(of) >= set(source.variables)), "")
    return plain.title(lead or source.shown.places.question(named))


def battery(source: Source, totals: Totals = "auto") -> Laid:
    """Items down the side, their levels across, within each group; totals have no place here."""
    source = _unified(source)
    groups = source.groups()
    kinds = _bases(source)
    found = [place for g, t in groups.items() for place in _paths(source, g, t, kinds)]
    paths, leaves = [path for path, _ in found], [leaf for _, leaf in found]
    lines = [
        Line("row", source.question(v), tuple(_cells(source, v, groups, kinds)))
        for v in source.variables
    ]
    return len(paths), corner(source, head_rows(paths, 1, leaves)), aligned(lines)


def _bases(source: Source) -> list[Base]:
    held = [held_bases(source, v) for v in source.variables]
    return [kind for kind in source.bases if any(kind in found for found in held)]


def _paths(
    source: Source, group: Group, label: str, kinds: Sequence[Base]
) -> Iterator[tuple[Path, HeadKind]]:
    alone = list(source.groups()) == [TOTAL]
    outer = () if alone else source.path(group, label)
    for kind in kinds:
        yield (*outer, (f"base {kind}", BASES[kind][1].text(source.lang))), "stat"
    for path, leaf in level_paths(source, source.variables[0]):
        yield (*outer, *path), leaf


def _cells(
    source: Source, variable: str, groups: dict[Group, str], kinds: Sequence[Base]
) -> Iterator[Cell]:
    for group in groups:
        yield from (source.shown.base_cell(variable, group, kind) for kind in kinds)
        yield from level_cells(source, variable, group)


def _unified(source: Source) -> Source:
    """Give every item the nets and summaries that any has; its cells are empty without.

    Raises
    ------
    UsageError
        When the items have different levels.
    """
    plain = {v: [c for c in source.levels[v] if not is_net(c)] for v in source.variables}
    first = source.variables[0]
    for variable in source.variables[1:]:
        if plain[variable] != plain[first]:
            raise UsageError(
                f"a battery has the same levels in every line; those of {variable!r} are not "
                f"those of {first!r}.",
                hint='estimates.select(...) the variables of one battery, or layout="groups_across".',
            )
    levels: dict[str, str] = {}
    for variable in reversed(source.variables):
        levels = {**source.levels[variable], **levels, **source.levels[variable]}
    order = [*plain[first], *(c for c in levels if is_net(c))]
    levels = {code: levels[code] for code in order}
    found = dict.fromkeys(s for v in source.variables for s in source.summaries.get(v, ()))
    return replace(
        source,
        levels=dict.fromkeys(source.variables, levels),
        summaries=dict.fromkeys(source.variables, tuple(found)),
    )
