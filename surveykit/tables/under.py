"""What stands under a table: tests, the meaning of marks and letters, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from surveykit.estimate import Estimates, TestRow
from surveykit.tables.source import Source
from surveykit.tables.words import TESTS
from surveykit.text import SYNTHETIC_LONG, clean

__all__ = ["legend", "notes_of", "pair_stars", "probabilities", "stars_of", "test_lines"]


def test_lines(source: Source) -> tuple[str, ...]:
    """One line for each pair of variables, in the order of the tests."""
    rows = source.estimates.tests.rows
    by_pair: dict[tuple[str, str], list[TestRow]] = {}
    for row in rows:
        by_pair.setdefault((row.variable, row.by), []).append(row)
    several = len(by_pair) > 1 or len(source.estimates.spec.by) > 1
    lines = []
    for (variable, by), held in by_pair.items():
        name = _pair(source, variable, by)
        if by and _unprinted(source.estimates, variable, by):
            lines.append(source.word("no_test").format(pair=name))
            continue
        shown = source.word("stop").join(_test(source, t) for t in held)
        lines.append(clean(f"{name}{source.word('colon')}{shown}" if several else shown))
    return tuple(lines)


test_lines.__test__ = False  # type: ignore[attr-defined]


def _pair(source: Source, variable: str, by: str) -> str:
    name = source.question(variable)
    return f"{name} {source.word('cross')} {source.question(by)}" if by else name


def _unprinted(estimates: Estimates, variable: str, by: str) -> bool:
    marks = {r.mark for r in estimates.rows if (r.variable, r.by) == (variable, by)}
    return estimates.spec.synthetic and marks == {"arbitrary"}


def _test(source: Source, row: TestRow) -> str:
    """Write one test: statistic with its degrees of freedom, p, effect; a measure by its value."""
    name, number = _named(source, row.test), source.shown.number
    p = ""
    if row.p is not None:
        stars = stars_of(row.p, source.star_levels)
        p = f"{'P' if source.lang == 'zh' else 'p'} {number.p(row.p)}{stars}"
    effect = ""
    if row.effect is not None:
        effect_name = _named(source, row.effect_name) or name
        effect = f"{effect_name} = {number.number(row.effect, 3)}"
    if row.statistic is not None:
        parts = [_statistic(source, name, row), p, effect]
    elif effect and row.effect_name in ("", row.test):  # a measure of association
        parts = [effect, p]
    else:
        parts = [f"{name} {p}" if p else "", effect]
    note = source.word("aside").format(text=row.note.rstrip("。.")) if row.note else ""
    return (", ".join(part for part in parts if part) or name) + note


def _named(source: Source, test: str) -> str:
    return TESTS[test].text(source.lang) if test in TESTS else test


def _statistic(source: Source, name: str, row: TestRow) -> str:
    number = source.shown.number
    degrees = [
        f"{d:.4g}" if d < 10_000 else number.number(d) for d in (row.df, row.df2) if d is not None
    ]
    freedom = f"({', '.join(degrees)})" if degrees else ""
    return f"{name}{freedom} = {source.shown.number.number(row.statistic, 3)}"


def legend(source: Source) -> tuple[str, ...]:
    """Explain the marks that the table holds, and no others."""
    asked = {n for v in source.variables for s in source.stats_of(v) for n in s.names}
    marks = {r.mark for r in source.estimates.rows if r.stat in asked}
    order = ("printed", "implied", "arbitrary", "unreliable", "suppressed")
    lines = [source.word(m) for m in order if m in marks]
    known, groups = source.shown.places.base_known, source.groups()
    if any(not known(v, g) for v in source.variables for g in groups):
        lines.append(source.word("illustrative_base"))
    return tuple(lines)


def probabilities(source: Source) -> tuple[str, ...]:
    """Say what the letters of compared columns mean."""
    return (*source.estimates.comparisons.legend(source.lang), *_star_legend(source))


def _star_legend(source: Source) -> Iterator[str]:
    """Say at which level the stars of the table stand, where it has any."""
    if not source.star_levels:
        return
    comma = source.word("comma")
    levels = comma.join(
        source.word("star").format(stars="*" * count, level=f"{level:g}")
        for count, level in enumerate(source.star_levels, start=1)
    )
    asked = {n for v in source.variables for s in source.stats_of(v) for n in s.names}
    if "adjusted_residual" in asked:
        yield source.word("stars").format(levels=levels, test=source.word("star_residual"))
    if any(r.p is not None for r in source.estimates.tests.rows):
        yield source.word("stars").format(levels=levels, test=source.word("star_test"))


def stars_of(p: float | None, levels: Sequence[float]) -> str:
    """Return a star for each level that p is below.

    Examples
    --------
    >>> stars_of(0.004, (0.05, 0.01, 0.001)), stars_of(0.2, (0.05,)), stars_of(None, (0.05,))
    ('**', '', '')
    """
    return "" if p is None else "*" * sum(p < level for level in levels)


def pair_stars(estimates: Estimates, levels: Sequence[float]) -> dict[tuple[str, str], str]:
    """Return the stars of the first test with a p of each pair that was not made up."""
    found: dict[tuple[str, str], str] = {}
    for row in estimates.tests.rows:
        pair = (row.variable, row.by)
        if row.p is not None and pair not in found and not _unprinted(estimates, *pair):
            found[pair] = stars_of(row.p, levels)
    return found


def notes_of(source: Source, notes: Sequence[str]) -> Iterable[str]:
    """Return the notes: of the table, of the estimates, of the caller."""
    spec = source.estimates.spec
    if any(spec.kinds.get(v) == "multiple" for v in source.variables):
        yield source.word("multiple")
    if spec.where:
        yield source.word("where").format(where=spec.where)
    banner = (SYNTHETIC_LONG.zh, SYNTHETIC_LONG.en)  # stands above the table already
    yield from (n for n in (*source.estimates.notes, *notes) if n not in banner)
