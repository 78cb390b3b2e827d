"""From estimates to a grid: `table`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimates, TestRow
from surveykit.estimate.places import Bases, Group, Places, Ranges
from surveykit.tables.cells import FIELDS, Shown, Stat, align, parse_stat
from surveykit.tables.grid import Cell, Head, HeadKind, Line
from surveykit.tables.views import Table
from surveykit.tables.words import TESTS, WORDS
from surveykit.text import SYNTHETIC_LONG, Lang, NumberFormat, clean

__all__ = ["Layout", "table"]

Layout = Literal["groups_across", "groups_down"]
Path = tuple[tuple[str, str], ...]  # headers from the outside in, as (key, text)
_TOTAL: Group = ("", "")


def table(
    estimates: Estimates,
    *,
    stats: Sequence[str] | None = None,
    layout: Layout = "groups_across",
    title: str | None = None,
    lang: Lang | None = None,
    number: NumberFormat | None = None,
    decimals: int = 1,
    notes: Sequence[str] = (),
    tests: Literal["show", "hide"] = "show",
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Table:
    """Lay out estimates as a table: levels against the groups of a banner.

    Parameters
    ----------
    estimates : Estimates
        Rows of contract 1; their order gives the order of levels and groups.
    stats : sequence of str, optional
        One column each: names of statistics (``n`` is the count in the cell), or several in one
        column with text between them: ``"percent (n)"``, ``"percent [low, high]"``. By default
        ``("percent", "n")``, or ``("mean", "n")`` of means.
    layout : {"groups_across", "groups_down"}
        ``groups_across``: levels down the side, the total and each `by` across, bases under the
        headers. ``groups_down``: the total and each `by` down the side, levels across.
    title : str, optional
        Made from the questions by default; ``""`` for none.
    lang : {"zh", "en"}, optional
        Of the table's own words; that of the estimates by default.
    number : NumberFormat, optional
        How numbers are written; that of `lang` by default.
    decimals : int
        Of everything but counts; rounded half-up.
    notes : sequence of str
        Lines under the table, after those that the table writes itself.
    tests : {"show", "hide"}
        Whether the estimates' tests stand under the table.
    ranges : mapping, optional
        ``(variable, level_code, by, by_code)`` to the feasible range (in percent) of a cell that
        is not printed; with level_code ``""`` that of the group's size. A range named in the
        note of an estimate is taken otherwise.
    bases : mapping, optional
        ``(variable, by, by_code)`` to the mark of the group's size. By default the size of a
        group of synthetic data is known when each of its counts is printed or implied.

    Returns
    -------
    Table
        Frozen; shows itself in a notebook and by ``to_html``, ``to_markdown``, ``to_text``,
        ``to_xlsx``.

    Raises
    ------
    UsageError, UnknownNameError
        When the estimates do not hold one of `stats`, or an option has no such value.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> rows = [
    ...     Estimate("aware", "知道", "1", "", "", "", "percent", 61.5, n=385),
    ...     Estimate("aware", "知道", "1", "", "", "", "count", 237.0, n=385),
    ... ]
    >>> estimates = Estimates(tuple(rows), Spec("freq", ("aware",), questions={"aware": "知晓"}))
    >>> print(table(estimates).to_text())
    知晓
    ━━━━━━━━━━━━━━━━━
              合计
             n = 385
               %    n
    ─────────────────
    知晓
      知道  61.5  237
    ━━━━━━━━━━━━━━━━━
    """
    said: Lang = lang or estimates.spec.lang
    if layout not in ("groups_across", "groups_down"):
        raise UsageError(f"layout {layout!r} is unknown.", hint="'groups_across' or 'groups_down'.")
    parsed = tuple(parse_stat(s) for s in stats or _default_stats(estimates))
    _check_stats(estimates, parsed)
    primary = next((s.lead for s in parsed if s.lead), "percent")
    places = Places.of(estimates, ranges, bases)
    shown = Shown(places, number or NumberFormat.of(said), decimals, said, primary)
    source = _Source(estimates, parsed, shown, said)
    columns, head, body = (_across if layout == "groups_across" else _down)(source)
    return Table(
        title=clean(source.title() if title is None else title),
        lang=said,
        columns=columns,
        head=head,
        body=body,
        tests=_test_lines(source) if tests == "show" else (),
        legend=_legend(source),
        notes=tuple(clean(n) for n in _notes(source, notes)),
        banner=SYNTHETIC_LONG.text(said) if estimates.spec.synthetic else "",
    )


def _default_stats(estimates: Estimates) -> tuple[str, ...]:
    held = dict.fromkeys(r.stat for r in estimates.rows if r.stat != "missing")
    main = next((s for s in ("percent", "mean") if s in held), None)
    return tuple(held) if main is None else (main, *(["n"] if "count" in held else []))


def _check_stats(estimates: Estimates, stats: Sequence[Stat]) -> None:
    held = {r.stat for r in estimates.rows}
    if not held:
        raise UsageError("the estimates hold no rows.", hint="tabulate something first.")
    for name in dict.fromkeys(n for s in stats for n in s.names):
        if name not in held and name not in FIELDS:
            raise UnknownNameError.for_name("statistic", name, sorted(held.union(FIELDS)))


@dataclass(frozen=True, slots=True)
class _Source:
    """The estimates with what was asked of them."""

    estimates: Estimates
    stats: tuple[Stat, ...]
    shown: Shown
    lang: Lang

    def word(self, key: str) -> str:
        return WORDS[key].text(self.lang)

    def question(self, name: str) -> str:
        return self.shown.places.question(name)

    def variables(self) -> tuple[str, ...]:
        return self.estimates.spec.variables

    def _asked(self) -> set[str]:
        return {s.lead or self.shown.primary for s in self.stats}

    def levels(self, variable: str) -> dict[str, str]:
        return self.shown.places.levels(variable, self._asked())

    def groups(self) -> dict[Group, str]:
        return self.shown.places.groups(self._asked())

    def path(self, group: Group, label: str) -> Path:
        """Return the header of a group from the outside in, as (key, text) pairs."""
        by, code = group
        if group == _TOTAL:
            return (("", self.word("total")),)
        outer = (by, self.question(by))
        codes, labels = code.split("*"), label.split("*")
        if "*" in by and len(codes) == len(labels) == len(by.split("*")):
            keys = ["*".join(codes[: i + 1]) for i in range(len(codes))]
            return (outer, *((f"{by}/{k}", clean(t)) for k, t in zip(keys, labels, strict=True)))
        return (outer, (f"{by}/{code}", clean(label)))

    def title(self) -> str:
        comma = self.word("comma")
        rows = comma.join(self.question(v) for v in self.variables())
        by = comma.join(self.question(b) for b in self.estimates.spec.by)
        return self.word("by").format(rows=rows, by=by) if by else rows


def _head_rows(
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


def _corner(source: _Source, rows: list[list[Head]]) -> tuple[tuple[Head, ...], ...]:
    """Put the cell over the stub in front; it holds the unit where there is one statistic."""
    unit = source.stats[0].heading(source.lang) if len(source.stats) == 1 else ""
    rows[0].insert(0, Head(unit, 1, len(rows), "corner"))
    return tuple(tuple(row) for row in rows)


def _across(source: _Source) -> tuple[int, tuple[tuple[Head, ...], ...], tuple[Line, ...]]:
    """Levels down the side, groups across."""
    groups, shown, stats = source.groups(), source.shown, source.stats
    rows = _head_rows([source.path(g, t) for g, t in groups.items()], len(stats))
    variables = source.variables()
    shared = all(len({shown.places.base(v, g) for v in variables}) == 1 for g in groups)
    based = any(shown.places.base(variables[0], g) is not None for g in groups)
    if shared and based:
        rows.append([_base_head(shown, variables[0], g, len(stats)) for g in groups])
    if len(stats) > 1:
        rows.append([Head(s.heading(source.lang), kind="stat") for _ in groups for s in stats])
    lines: list[Line] = []
    for variable in variables:
        lines += _across_lines(source, variable, list(groups), shared)
    return len(groups) * len(stats), _corner(source, rows), _aligned(lines)


def _base_head(shown: Shown, variable: str, group: Group, span: int) -> Head:
    known = shown.places.base_known(variable, group)
    return Head(shown.base_text(variable, group), span, kind="base", grey=not known)


def _across_lines(
    source: _Source, variable: str, groups: Sequence[Group], shared: bool
) -> Iterable[Line]:
    shown, levels = source.shown, source.levels(variable)
    question = source.question(variable)
    alone = list(levels.values()) == [""]  # a mean: the question is its own row
    if not alone:
        yield Line("group", question)
    if not shared:
        blank = [Cell("")] * (len(source.stats) - 1)
        bases = [c for g in groups for c in (shown.base_cell(variable, g), *blank)]
        yield Line("base", source.word("base"), tuple(bases), int(not alone))
    for code, label in levels.items():
        cells = tuple(shown.cell(variable, code, g, s) for g in groups for s in source.stats)
        yield Line("row", label or question, cells, int(not alone))


def _down(source: _Source) -> tuple[int, tuple[tuple[Head, ...], ...], tuple[Line, ...]]:
    """Groups down the side, levels across."""
    found = [place for v in source.variables() for place in _down_paths(source, v)]
    paths, kinds = [path for path, _ in found], [kind for _, kind in found]
    head = _corner(source, _head_rows(paths, 1, kinds))
    return len(paths), head, _aligned(list(_down_lines(source)))


def _down_paths(source: _Source, variable: str) -> Iterable[tuple[Path, HeadKind]]:
    """Return the headers of one variable's columns and the kind of the innermost: base, levels."""
    outer = (variable, source.question(variable))
    headings = [(str(i), s.heading(source.lang)) for i, s in enumerate(source.stats)]
    yield (outer, ("", "n")), "stat"
    for code, label in source.levels(variable).items():
        inner = [(f"level {code}", label)] if label else []
        if len(headings) == 1 and inner:
            yield (outer, *inner), "level"
        else:
            yield from (((outer, *inner, heading), "stat") for heading in headings)


def _down_lines(source: _Source) -> Iterable[Line]:
    before: Path = ()
    for group, label in source.groups().items():
        *outer, leaf = source.path(group, label)
        same = 0
        while same < min(len(outer), len(before)) and outer[same] == before[same]:
            same += 1
        for depth in range(same, len(outer)):
            yield Line("group", outer[depth][1], indent=depth)
        yield Line("row", leaf[1], _down_cells(source, group), len(outer))
        before = tuple(outer)


def _down_cells(source: _Source, group: Group) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for variable in source.variables():
        cells.append(source.shown.base_cell(variable, group))
        cells += [
            source.shown.cell(variable, code, group, s)
            for code in source.levels(variable)
            for s in source.stats
        ]
    return tuple(cells)


def _aligned(lines: list[Line]) -> tuple[Line, ...]:
    """Line up composed cells column by column."""
    filled = [i for i, line in enumerate(lines) if line.cells]
    columns = [align(column) for column in zip(*(lines[i].cells for i in filled), strict=True)]
    for i, cells in zip(filled, zip(*columns, strict=True), strict=True):
        old = lines[i]
        lines[i] = Line(old.kind, old.label, tuple(cells), old.indent)
    return tuple(lines)


def _test_lines(source: _Source) -> tuple[str, ...]:
    """One line for each pair of variables, in the order of the tests."""
    rows = source.estimates.tests.rows
    pairs = list(dict.fromkeys((t.variable, t.by) for t in rows))
    lines = []
    for pair in pairs:
        name = f"{source.question(pair[0])} {source.word('cross')} {source.question(pair[1])}"
        if _unprinted(source.estimates, *pair):
            lines.append(source.word("no_test").format(pair=name))
            continue
        shown = source.word("stop").join(
            _test(source, t) for t in rows if (t.variable, t.by) == pair
        )
        lines.append(clean(f"{name}{source.word('colon')}{shown}" if len(pairs) > 1 else shown))
    return tuple(lines)


def _unprinted(estimates: Estimates, variable: str, by: str) -> bool:
    marks = {r.mark for r in estimates.rows if (r.variable, r.by) == (variable, by)}
    return estimates.spec.synthetic and marks == {"arbitrary"}


def _test(source: _Source, row: TestRow) -> str:
    number = source.shown.number
    name = TESTS[row.test].text(source.lang) if row.test in TESTS else row.test
    sign = "P" if source.lang == "zh" else "p"
    parts = []
    if row.statistic is not None:
        degrees = [f"{d:.4g}" for d in (row.df, row.df2) if d is not None]
        freedom = f"({', '.join(degrees)})" if degrees else ""
        parts.append(f"{name}{freedom} = {number.number(row.statistic, 3)}")
    if row.p is not None:
        parts.append(f"{'' if parts else name + ' '}{sign} {number.p(row.p)}")
    if row.effect is not None:
        effect = (
            TESTS[row.effect_name].text(source.lang)
            if row.effect_name in TESTS
            else row.effect_name
        )
        parts.append(f"{effect or name} = {number.number(row.effect, 3)}")
    note = f" ({row.note})" if row.note else ""
    return ", ".join(parts) + note if parts else f"{name}{note}"


def _legend(source: _Source) -> tuple[str, ...]:
    """Explain the marks that the table holds, and no others."""
    asked = {n for s in source.stats for n in s.names}
    marks = {r.mark for r in source.estimates.rows if r.stat in asked}
    order = ("printed", "implied", "arbitrary", "unreliable", "suppressed")
    lines = [source.word(m) for m in order if m in marks]
    shown = source.shown
    if any(not shown.places.base_known(v, g) for v in source.variables() for g in source.groups()):
        lines.append(source.word("illustrative_base"))
    return tuple(lines)


def _notes(source: _Source, notes: Sequence[str]) -> Iterable[str]:
    spec = source.estimates.spec
    if any(spec.kinds.get(v) == "multiple" for v in source.variables()):
        yield source.word("multiple")
    if spec.where:
        yield source.word("where").format(where=spec.where)
    banner = (SYNTHETIC_LONG.zh, SYNTHETIC_LONG.en)  # stands above the table already
    yield from (n for n in (*source.estimates.notes, *notes) if n not in banner)
