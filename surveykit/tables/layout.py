"""The layouts of a table: groups across the top, or down the side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

from surveykit.estimate.places import Group
from surveykit.tables.cells import Shown, Stat, align
from surveykit.tables.grid import Cell, Head, HeadKind, Line
from surveykit.tables.source import Path, Source, is_net
from surveykit.tables.words import BASES, Base

__all__ = ["Laid", "Totals", "across", "aligned", "corner", "down", "head_rows"]

Totals = Literal["auto", "show", "hide"]
Laid = tuple[int, tuple[tuple[Head, ...], ...], tuple[Line, ...]]
"""Columns without the stub, header rows, body lines."""

_WITH_TOTALS = ("percent_of_all", "cumulative_percent")
_SUMS = ("count", "weighted_count", "percent", "percent_of_all", "total_percent")


def head_rows(
    paths: Sequence[Path], span: int, kinds: Sequence[HeadKind] | None = None
) -> list[list[Head]]:
    """Merge the headers of neighbouring columns; `span` is the columns under each path.

    `kinds` are those of the innermost headers, levels by default.
    """
    depth = max(len(p) for p in paths)
    leaves: Sequence[HeadKind] = kinds or ["level"] * len(paths)
    told = list(zip(paths, leaves, strict=True))
    rows: list[list[Head]] = [[] for _ in range(depth)]
    for level in range(depth):
        for _, run in groupby(told, key=lambda pair: pair[0][: level + 1]):
            same = list(run)
            path, kind = same[0]
            if len(path) <= level:  # ended above, and spans down to here
                continue
            leaf = len(path) == level + 1
            deep = depth - level if leaf else 1
            shown: HeadKind = kind if leaf else "spanner"
            rows[level].append(Head(path[level][1], span * len(same), deep, shown))
    return rows


def corner(source: Source, rows: list[list[Head]]) -> tuple[tuple[Head, ...], ...]:
    """Put the cell over the stub in front; it holds the unit where there is one statistic."""
    one = len(source.stats) == 1 and source.alike
    unit = source.stats_of(source.variables[0])[0].heading(source.lang) if one else ""
    rows[0].insert(0, Head(unit, 1, len(rows), "corner"))
    return tuple(tuple(row) for row in rows)


def aligned(lines: list[Line]) -> tuple[Line, ...]:
    """Line up composed cells column by column."""
    filled = [i for i, line in enumerate(lines) if line.cells]
    columns = [align(column) for column in zip(*(lines[i].cells for i in filled), strict=True)]
    for i, cells in zip(filled, zip(*columns, strict=True), strict=True):
        old = lines[i]
        lines[i] = Line(old.kind, old.label, tuple(cells), old.indent)
    return tuple(lines)


# ---------------------------------------------------------------- groups across
def across(source: Source, totals: Totals = "auto") -> Laid:
    """Levels down the side, groups across."""
    groups, stats = source.groups(), source.stats
    rows = head_rows([source.path(g, t) for g, t in groups.items()], len(stats))
    shared = _shared(source, list(groups))
    if shared:
        rows.extend(_base_heads(source, groups))
    if len(stats) > 1:
        rows.append([Head(source.heading(s), kind="stat") for _ in groups for s in stats])
    lines: list[Line] = []
    for variable in source.variables:
        lines += _variable_lines(source, variable, list(groups), shared, totals)
    return len(groups) * len(stats), corner(source, rows), aligned(lines)


def _shared(source: Source, groups: Sequence[Group]) -> bool:
    """True where every variable has the same bases in every group."""
    return all(
        len({source.shown.base(v, g, kind) for v in source.variables}) == 1
        for g in groups
        for kind in source.bases
    )


def _base_heads(source: Source, groups: Iterable[Group]) -> Iterator[list[Head]]:
    shown, variable, span = source.shown, source.variables[0], len(source.stats)
    for kind in source.bases:
        if any(shown.base(variable, g, kind) is not None for g in groups):
            yield [_base_head(shown, variable, g, kind, span) for g in groups]


def _base_head(shown: Shown, variable: str, group: Group, kind: Base, span: int) -> Head:
    known = kind != "n" or shown.places.base_known(variable, group)
    return Head(shown.base_text(variable, group, kind), span, kind="base", grey=not known)


def _variable_lines(
    source: Source, variable: str, groups: Sequence[Group], shared: bool, totals: Totals
) -> Iterator[Line]:
    levels = source.levels[variable]
    alone = list(levels) == [""]  # a mean: the question is its own row
    indent = int(not alone)
    if not alone:
        yield Line("group", source.headline(variable))
    if not shared:
        yield from _base_lines(source, variable, groups, indent)
    for code in levels:
        stats = source.stats_of(variable)
        cells = [source.shown.cell(variable, code, g, s) for g in groups for s in stats]
        label = source.label(variable, code) or source.headline(variable)
        yield Line("net" if is_net(code) else "row", label, tuple(cells), indent)
    if _has_totals(source, variable, totals):
        yield from _total_lines(source, variable, groups)
    for stat in source.summaries.get(variable, ()):
        found = [source.shown.cell(variable, "", g, stat) for g in groups]
        yield Line("summary", source.summary_label(stat), _spread(source, found), 1)


def _spread(source: Source, firsts: Iterable[Cell]) -> tuple[Cell, ...]:
    """Put one cell into the first column of each group; the others are empty."""
    blank = [Cell("")] * (len(source.stats) - 1)
    return tuple(c for first in firsts for c in (first, *blank))


def _base_lines(
    source: Source, variable: str, groups: Sequence[Group], indent: int
) -> Iterator[Line]:
    for kind in source.bases:
        if kind != "n" and all(source.shown.base(variable, g, kind) is None for g in groups):
            continue
        found = [source.shown.base_cell(variable, g, kind) for g in groups]
        yield Line("base", BASES[kind][2].text(source.lang), _spread(source, found), indent)


# ---------------------------------------------------------------- the missing and the total
def _has_totals(source: Source, variable: str, totals: Totals) -> bool:
    if source.estimates.spec.kinds.get(variable) == "multiple" or not source.levels[variable]:
        return False
    shown = {n for s in source.stats_of(variable) for n in s.names}
    return totals == "show" or (totals == "auto" and not shown.isdisjoint(_WITH_TOTALS))


def _total_lines(source: Source, variable: str, groups: Sequence[Group]) -> Iterator[Line]:
    """Write the total of the levels; where shares of everyone stand, the missing and all as well."""
    everyone = any("percent_of_all" in s.names for s in source.stats_of(variable))
    valid = [{s: _sum(source, variable, g, s) for s in _SUMS} for g in groups]
    lacking = [_missing(source, variable, g, v) for g, v in zip(groups, valid, strict=True)]
    if not everyone or not any(m["count"] for m in lacking):
        yield _total_line(source, variable, "total", "total", valid)
        return
    yield _total_line(source, variable, "total", "valid_total", valid)
    yield _total_line(source, variable, "missing", "missing_line", lacking)
    whole = [
        {s: _plus(v.get(s), m.get(s)) for s in ("count", "weighted_count", "percent_of_all")}
        for v, m in zip(valid, lacking, strict=True)
    ]
    yield _total_line(source, variable, "total", "total", whole)


def _total_line(
    source: Source,
    variable: str,
    kind: Literal["total", "missing"],
    word: str,
    sums: Sequence[Sums],
) -> Line:
    stats = source.stats_of(variable)
    cells = [_total_cell(source, found, s) for found in sums for s in stats]
    return Line(kind, source.word(word), tuple(cells), 1)


def _total_cell(source: Source, sums: Sums, stat: Stat) -> Cell:
    known = [sums.get(n) for n in stat.names]
    if len(known) != 1 or known[0] is None:
        return Cell("")
    return source.shown.written(known[0], source.shown.places_of(stat.names[0]))


Sums = dict[str, float | None]


def _sum(source: Source, variable: str, group: Group, stat: str) -> float | None:
    """Add the plain levels up; nets overlap with them and stay out."""
    plain = (c for c in source.levels[variable] if not is_net(c))
    rows = [source.shown.places.row(variable, code, group, stat) for code in plain]
    values = [r.estimate for r in rows if r is not None and r.estimate is not None]
    marks = {r.mark for r in rows if r is not None}
    return sum(values) if len(values) == len(rows) and marks <= {""} else None


def _missing(source: Source, variable: str, group: Group, valid: Sums) -> Sums:
    row = source.shown.places.row(variable, "", group, "missing")
    share = valid["percent_of_all"]
    return {
        "count": row.estimate if row else None,
        "percent_of_all": None if share is None else max(0.0, 100.0 - share),
    }


def _plus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


# ---------------------------------------------------------------- groups down
def down(source: Source, totals: Totals = "auto") -> Laid:
    """Groups down the side, levels across; totals have no place here."""
    found = [place for v in source.variables for place in _down_paths(source, v)]
    paths, kinds = [path for path, _ in found], [kind for _, kind in found]
    head = corner(source, head_rows(paths, 1, kinds))
    return len(paths), head, aligned(list(_down_lines(source)))


def held_bases(source: Source, variable: str) -> list[Base]:
    """Return the bases shown that a variable has in any group."""
    groups = source.groups()
    return [
        kind
        for kind in source.bases
        if kind == "n" or any(source.shown.base(variable, g, kind) is not None for g in groups)
    ]


def _down_paths(source: Source, variable: str) -> Iterator[tuple[Path, HeadKind]]:
    """Return the headers of one variable's columns and the kind of the innermost: base, levels."""
    outer = (variable, source.question(variable))
    for kind in held_bases(source, variable):
        yield (outer, (f"base {kind}", BASES[kind][1].text(source.lang))), "stat"
    for path, leaf in level_paths(source, variable):
        yield (outer, *path), leaf


def level_paths(source: Source, variable: str) -> Iterator[tuple[Path, HeadKind]]:
    """Return the headers of the levels and summaries of a variable where they stand across."""
    stats = source.stats_of(variable)
    headings = [(str(i), source.heading(s)) for i, s in enumerate(stats)]
    for code in source.levels[variable]:
        label = source.label(variable, code)
        inner = ((f"level {code}", label),) if label else ()
        if len(headings) == 1 and inner and source.alike:
            yield inner, "level"
        else:
            yield from (((*inner, heading), "stat") for heading in headings)
    for stat in source.summaries.get(variable, ()):
        yield ((f"summary {stat.names}", source.summary_label(stat)),), "level"


def level_cells(source: Source, variable: str, group: Group) -> list[Cell]:
    """Return the cells under `level_paths`."""
    cell = source.shown.cell
    levels = source.levels[variable]
    stats = source.stats_of(variable)
    cells = [cell(variable, code, group, s) for code in levels for s in stats]
    return cells + [cell(variable, "", group, s) for s in source.summaries.get(variable, ())]


def _down_lines(source: Source) -> Iterator[Line]:
    before: Path = ()
    kinds = {v: held_bases(source, v) for v in source.variables}
    for group, label in source.groups().items():
        *outer, leaf = source.path(group, label)
        same = 0
        while same < min(len(outer), len(before)) and outer[same] == before[same]:
            same += 1
        for depth in range(same, len(outer)):
            yield Line("group", outer[depth][1], indent=depth)
        cells: list[Cell] = []
        for v in source.variables:
            cells += [source.shown.base_cell(v, group, kind) for kind in kinds[v]]
            cells += level_cells(source, v, group)
        yield Line("row", leaf[1], tuple(cells), len(outer))
        before = tuple(outer)
