"""Repairs: the smallest changes after which figures have a common table, ranked.

Each is a reading that can be tested, not a finding. The order is stated (`RANK`): what changes
fewer figures comes first; among those a copying error before all others, one slip of a digit
before a value that is merely near; then a printed count, item non-response, another base, a group
that is not printed; the smaller change first. Each carries the lines of YAML that make it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from surveykit.errors import SurveyKitError
from surveykit.published.document import Figure, Published, Scenario
from surveykit.published.edits import Edit, distance, edits
from surveykit.published.model import HIDDEN, Item, Reading
from surveykit.published.rounding import Printed, prints
from surveykit.published.solve import Group, Range
from surveykit.published.states import TooLargeError
from surveykit.published.trials import Change, Trials, snippet
from surveykit.text import Label, Lang

__all__ = ["RANK", "Kind", "Repair", "Repairs", "find_repairs", "ratio_repairs", "repair_json"]

Kind = Literal[
    "slip", "misprint", "count", "missing", "responses", "base", "swapped", "hidden",
    "misprints", "without",
]  # fmt: skip
RANK: tuple[str, ...] = get_args(Kind)

STEPS = 10
"""How far a count, or two figures at once, are looked for, in units of the last digit."""
SCAN = 60
"""How many sizes are tried one after another for the smallest number of people."""
PAIRS = 12
"""How many smallest sets of figures are shown where one figure does not suffice."""
MOST = 400
"""Changes tried for one group; fewer where respondents times figures are many."""
MOST_LARGE = 80
"""Changes tried for a group whose tables are too many to follow."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that restores a solution, and the figures it touches.

    Attributes
    ----------
    name : str
        The figure, count or variable that changes (the first of several).
    names : tuple of str
        All of them.
    percents : tuple of str
        What could have been printed: alternatives of one figure, or one for each of several.
    size : int, pair of int, str or None
        How much: respondents who did not answer, smallest and largest hidden group, difference of
        a count, points of a percentage.
    edit : str
        ``digit``, ``swap`` or ``point`` for a single slip, else empty.
    whole : bool
        Whether nothing of the group is left to repair.
    scenario : str
        YAML to paste into the file.
    changes : tuple
        The same as data, one for each of the alternatives.
    """

    change: Label
    figures: tuple[str, ...]
    kind: Kind = "misprint"
    name: str = ""
    percents: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    size: int | Range | str | None = None
    edit: Edit | Literal[""] = ""
    whole: bool = True
    scenario: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def rank(self) -> tuple[Any, ...]:
        """Where the repair stands in the stated order."""
        many = len(self.names) if self.kind in ("misprints", "without") else 1
        amount = self.size[0] if isinstance(self.size, tuple) else self.size
        return (not self.whole, many, RANK.index(self.kind), float(amount or 0))


@dataclass(frozen=True, slots=True)
class Repairs:
    """Repairs in order; `complete` False when the search stopped at its limit."""

    found: tuple[Repair, ...]
    complete: bool


def find_repairs(
    published: Published,
    scenario: Scenario,
    reading: Reading,
    figures: Sequence[str],
    conflicts: Sequence[Sequence[str]],
    beside: Iterable[str] = (),
    *,
    large: bool = False,
) -> Repairs:
    """Return the smallest changes after which `figures` are possible together.

    Parameters
    ----------
    published, scenario, reading
        The paper, the reading, and what it makes of the paper.
    figures : sequence of str
        The figures of one group; those impossible alone stand in `conflicts` as sets of one.
    conflicts : sequence of sequences of str
        Minimal conflicts among them.
    beside : iterable of str
        Possible figures of other groups: a change may link them.
    large : bool
        Whether the tables of the figures are too many to follow.

    Examples
    --------
    >>> from surveykit.published.load import parse_published
    >>> from surveykit.published.model import read_as
    >>> paper = parse_published('''
    ... surveykit: published/1
    ... study: {title: A survey}
    ... variables: {aware: {levels: [know, other]}}
    ... counts: [{id: all, count: "385"}]
    ... figures: [{id: a, percent: "62.8", where: {aware: know}}]
    ... ''')
    >>> plain = paper.scenarios[0]
    >>> found = find_repairs(paper, plain, read_as(paper, plain), ["a"], [["a"]]).found
    >>> [(r.kind, r.percents, r.size) for r in found][:3]
    [('slip', ('62.9',), '0.1'), ('count', (), 1), ('missing', (), 1)]
    """
    work = max(1, (reading.total or 1) * len(figures))
    limit = MOST_LARGE if large else max(30, min(MOST, 4_000_000 // work))
    others = frozenset(beside) - {*figures}
    trials = Trials(published, scenario, reading, frozenset(figures), others, limit, large)
    search = _Search(trials, [frozenset(c) for c in conflicts])
    found = sorted(search.all(), key=lambda r: r.rank)
    taken = [s.id for s in published.scenarios]
    told = tuple(replace(r, scenario=snippet(scenario, r.changes[0], taken)) for r in found)
    return Repairs(told, not trials.exhausted)


@dataclass(frozen=True)
class _Search:
    trials: Trials
    conflicts: Sequence[frozenset[str]]

    @property
    def reading(self) -> Reading:
        return self.trials.reading

    def all(self) -> Iterator[Repair]:
        hitting = [i for i in self.trials.items if all(i.id in c for c in self.conflicts)]
        single = [r for item in hitting for r in self.misprints(item)]
        yield from single
        yield from self.counts()
        yield from self.nonresponse()
        yield from self.responses()
        for item in hitting:
            yield from self.bases(item)
        yield from self.swapped()
        yield from self.hidden()
        if not single:
            yield from self.several()

    # --- one figure -----------------------------------------------------------------------

    def misprints(self, item: Item) -> Iterator[Repair]:
        """The nearest single slip, and the nearest other digits where they are nearer."""
        assert item.percent is not None
        slips = edits(item.percent)
        near = self._nearest(item)
        slip = next((p for p in slips if self._printed({item.id: p})), None)
        if slip is not None:
            same = [
                p for p in slips
                if distance(p, item.percent) == distance(slip, item.percent)
                and self._printed({item.id: p})
            ]  # fmt: skip
            yield self._misprint(item, same, slips[slip])
        if near and (
            slip is None or distance(near[0], item.percent) < distance(slip, item.percent)
        ):
            yield self._misprint(item, near, "")

    def _printed(self, digits: dict[str, Printed]) -> bool:
        return self.trials.holds(_digits(digits))

    def _nearest(self, item: Item) -> list[Printed]:
        """Return the nearest other digits, as many decimals; blocks of ten are ruled out at once."""
        assert item.percent is not None
        old, most = item.percent.digits, 100 * 10**item.percent.decimals
        for step in range(1, most + 1):
            if self.trials.exhausted:
                return []
            both = [d for d in (old - step, old + step) if 0 <= d <= most]
            fits = [
                Printed(d, item.percent.decimals) for d in both
                if self._block(item, d) and self._printed({item.id: Printed(d, item.percent.decimals)})
            ]  # fmt: skip
            if fits:
                return fits
        return []

    def _block(self, item: Item, digits: int) -> bool:
        """Whether the same figure with one decimal fewer is possible: necessary, and one for ten."""
        assert item.percent is not None
        decimals = item.percent.decimals
        if decimals == 0 or abs(digits - item.percent.digits) <= STEPS:
            return True
        coarse = (digits // 10, digits // 10 + 1)
        return any(
            self._printed({item.id: Printed(c, decimals - 1)})
            for c in coarse if c <= 100 * 10 ** (decimals - 1)
        )  # fmt: skip

    def _misprint(self, item: Item, fits: Sequence[Printed], edit: Edit | Literal[""]) -> Repair:
        assert item.percent is not None
        away = distance(fits[0], item.percent)
        zh, en = "或".join(map(str, fits)), " or ".join(map(str, fits))
        how = {
            "digit": Label("：错一个数字", ": one digit"),
            "swap": Label("：相邻两个数字颠倒", ": two neighbouring digits swapped"),
            "point": Label("：小数点错位", ": the decimal point"),
            "": Label(),
        }[edit]
        return Repair(
            Label(
                f"{item.id} 若印作 {zh}（而非 {item.percent}{how.zh}），则有解",
                f"{item.id} printed as {en} (not {item.percent}{how.en}) would have a solution",
            ),
            (item.id,),
            "slip" if edit else "misprint",
            item.id,
            tuple(map(str, fits)),
            (item.id,),
            f"{away:.{max(item.percent.decimals, fits[0].decimals)}f}",
            edit,
            changes=tuple(_digits({item.id: p}) for p in fits),
        )

    # --- counts, non-response, hidden groups ------------------------------------------------

    def _names(self) -> list[str]:
        """Variables of the figures, in order; a derived one stands for the paper's."""
        known = self.trials.published.variables
        names = dict.fromkeys(n for i in self.trials.items for n in (*i.by, *i.outcome))
        return list(dict.fromkeys(
            m for n in names if (m := self.reading.filtered.get(n, n)) in known
        ))  # fmt: skip

    def _touched(self, name: str) -> tuple[str, ...]:
        derived = {d for d, source in self.reading.filtered.items() if source == name} | {name}
        return tuple(i.id for i in self.trials.items if derived & {*i.by, *i.outcome})

    def counts(self) -> Iterator[Repair]:
        """Try nearby numbers for each printed count that the figures rest on."""
        names = set(self._names())
        for count in self.reading.counts:
            if not set(count.where) <= names:
                continue
            for step in range(1, STEPS + 1):
                values = (count.count - step, count.count + step)
                fits = [v for v in values if v >= 0 and self.trials.holds(_count(count.id, v))]
                if fits:
                    yield self._count(count.id, count.count, fits, step)
                    break

    def _count(self, id: str, old: int, fits: Sequence[int], step: int) -> Repair:
        zh, en = "或".join(map(str, fits)), " or ".join(map(str, fits))
        return Repair(
            Label(
                f"印出的人数 {id} 若为 {zh}（而非 {old}），则有解",
                f"the count {id} being {en} (not {old}) would have a solution",
            ),
            tuple(i.id for i in self.trials.items),
            "count",
            id,
            names=(id,),
            size=step,
            changes=tuple(_count(id, v) for v in fits),
        )

    def nonresponse(self) -> Iterator[Repair]:
        """The smallest number who did not answer one question; else the fewest questions."""
        missing = self.reading.missing
        names = [n for n in self._names() if missing.get(n, "none") in ("none", 0)]
        alone = [n for n in names if self.trials.holds(_missing([n], "allowed"))]
        for name in alone:
            k = self._fewest(_missing([name], "allowed"), name)
            zh = f" {k} 人" if k else "有人"
            en = f"{k} respondent{'' if k == 1 else 's'}" if k else "some"
            yield Repair(
                Label(f"若{zh}未回答 {name}，则有解", f"{en} did not answer {name}"),
                self._touched(name),
                "missing",
                name,
                names=(name,),
                size=k,
                changes=(_missing([name], k or "allowed"),),
            )
        if not alone and len(names) > 1 and self.trials.holds(_missing(names, "allowed")):
            yield self._unanswered(self._fewer(names))

    def _fewer(self, names: list[str]) -> list[str]:
        """Drop questions that everyone may have answered."""
        for name in list(names):
            rest = [n for n in names if n != name]
            if rest and self.trials.holds(_missing(rest, "allowed")):
                names = rest
        return names

    def _unanswered(self, names: list[str]) -> Repair:
        zh, en = "、".join(names), ", ".join(names)
        touched = dict.fromkeys(i for n in names for i in self._touched(n))
        return Repair(
            Label(f"若有人未回答 {zh}，则有解", f"some did not answer {en}"),
            tuple(touched),
            "missing",
            names[0],
            names=tuple(names),
            changes=(_missing(names, "allowed"),),
        )

    def _fewest(self, change: Change, name: str) -> int | None:
        """Return the smallest number who did not answer, None where the search ends before it."""
        least = 1
        try:
            for reading, items in self.trials.parts(change):
                group = self.trials.group(reading, items)
                for item in items:
                    if item.by == () and item.outcome == (name,) and not item.responses:
                        found = group.ranges(item)
                        least = max(least, (reading.total or 0) - found[0][1] if found else 1)
        except (SurveyKitError, TooLargeError):
            return None
        return self._first(range(least, least + SCAN), lambda k: _missing([name], k))

    def _first(self, sizes: Iterable[int], change: Callable[[int], Change]) -> int | None:
        for k in sizes:
            if self.trials.exhausted:
                return None
            if self.trials.holds(change(k)):
                return k
        return None

    def hidden(self) -> Iterator[Repair]:
        """One group that is not printed, for each grouping, with its smallest and largest size."""
        names = dict.fromkeys(i.by[0] for i in self.trials.items if len(i.by) == 1)
        for name in names:
            if name in self.reading.hidden or name in self.reading.multiple:
                continue
            if name not in self.trials.published.variables:
                continue
            if self.trials.holds(change := {"hidden": {name: "unknown"}}):
                size = self._sizes(change, name)
                zh = f"（{size[0]}–{size[1]} 人）" if size else ""
                en = f" ({size[0]} to {size[1]} respondents)" if size else ""
                yield Repair(
                    Label(
                        f"若 {name} 另有一组未印出{zh}，则有解",
                        f"{name} has one more group that is not printed{en}",
                    ),
                    tuple(i.id for i in self.trials.items if i.by == (name,)),
                    "hidden",
                    name,
                    names=(name,),
                    size=size,
                    changes=(change,),
                )

    def _sizes(self, change: Change, name: str) -> Range | None:
        low, high = 1, self.reading.total or 0
        if self.trials.large:  # sizes of groups are not in reach
            return None
        try:
            for reading, items in self.trials.parts(change):
                group = Group(reading, items)
                levels = [lv for lv in reading.levels_of((name,)) if lv != (HIDDEN,)]
                spans = [group.size_range((name,), lv) for lv in levels]
                if any((name,) == i.by for i in items) and all(spans):
                    low = max(low, high - sum(s[1] for s in spans if s))
                    high = high - sum(s[0] for s in spans if s)
                    break
        except (SurveyKitError, TooLargeError):
            return None
        size: Callable[[int], Change] = lambda k: {"hidden": {name: k}}  # noqa: E731
        least = self._first(range(low, low + SCAN), size)
        most = self._first(range(high, max(high - SCAN, low - 1), -1), size)
        return None if least is None or most is None else (least, most)

    # --- other bases ------------------------------------------------------------------------

    def responses(self) -> Iterator[Repair]:
        """Shares of responses instead of cases, or the other way, for a whole question."""
        for name in self._names():
            if name not in self.reading.multiple:
                continue
            mine = [i for i in self.trials.items if i.id in self._touched(name)]
            mine = [i for i in mine if name in (i.outcome[0], *_source(self.reading, i))]
            if not mine:
                continue
            other = "cases" if mine[0].responses else "responses"
            told = [f.id for f in self.reading.figures if name in f.where and not f.sum]
            change = {"figures": {i: {"of": other} for i in told}}
            if self.trials.holds(change):
                zh = "选择次数" if other == "responses" else "人数"
                yield Repair(
                    Label(
                        f"{name} 若以{zh}为基数，则有解",
                        f"shares of {other} for {name} would have a solution",
                    ),
                    tuple(i.id for i in mine),
                    "responses",
                    name,
                    names=(name,),
                    changes=(change,),
                )

    def bases(self, item: Item) -> Iterator[Repair]:
        """One figure of everyone instead of a group, or of a group instead of everyone."""
        figure = self._figure(item.id)
        if figure.sum:
            return
        places: list[dict[str, tuple[str, ...]]] = [{}] if figure.within else []
        if not figure.within:
            others = (self._figure(i.id) for i in self.trials.items)
            seen = [
                dict(f.within) for f in others if f.within and f.where.keys() == figure.where.keys()
            ]
            places += [w for n, w in enumerate(seen) if w not in seen[:n]]
        for within in places:
            change = {"figures": {item.id: {"within": within}}}
            if self.trials.holds(change):
                group = ", ".join(f"{n} = {'/'.join(v)}" for n, v in within.items())
                yield Repair(
                    Label(
                        f"{item.id} 若以{group or '全部受访者'}为基数，则有解",
                        f"{item.id} as a share of {group or 'everyone'} would have a solution",
                    ),
                    (item.id,),
                    "base",
                    item.id,
                    names=(item.id,),
                    changes=(change,),
                )

    def swapped(self) -> Iterator[Repair]:
        """Rows for columns: all figures of a cross-table as shares of the other variable."""
        tables: dict[tuple[str, str], list[Figure]] = {}
        for item in self.trials.items:
            figure = self._figure(item.id)
            if len(figure.where) == len(figure.within) == 1 and not figure.sum:
                tables.setdefault((*figure.where, *figure.within), []).append(figure)  # type: ignore[arg-type]
        for (outcome, by), figures in tables.items():
            if {outcome, by} & self.reading.multiple:
                continue
            change = {
                "figures": {
                    f.id: {"where": dict(f.within), "within": dict(f.where)} for f in figures
                }
            }
            if self.trials.holds(change):
                yield Repair(
                    Label(
                        f"若百分比是 {by} 在 {outcome} 各组中的比例（行列互换），则有解",
                        f"percentages of {by} within {outcome} (rows for columns)",
                    ),
                    tuple(f.id for f in figures),
                    "swapped",
                    by,
                    names=(by, outcome),
                    changes=(change,),
                )

    def _figure(self, id: str) -> Figure:
        return next(f for f in self.reading.figures if f.id == id)

    # --- several figures ----------------------------------------------------------------------

    def several(self) -> Iterator[Repair]:
        """The smallest sets of figures that hit every conflict: misprinted, or set aside."""
        members = [i for i in self.trials.items if any(i.id in c for c in self.conflicts)]
        for many in range(1, len(members) + 1):
            sets = [
                pick for pick in itertools.combinations(members, many)
                if all(any(i.id in c for i in pick) for c in self.conflicts)
            ]  # fmt: skip
            if sets:
                yield from self._sets(sets[:PAIRS])
                return

    def _sets(self, sets: Sequence[tuple[Item, ...]]) -> Iterator[Repair]:
        for pick in sets:
            ids = tuple(i.id for i in pick)
            if not self._others(ids).holds({}):
                continue
            found = self._both(*pick) if len(pick) == 2 else None
            if found:
                both = dict(zip(ids, found, strict=True))
                zh = "、".join(f"{i} 印作 {p}" for i, p in both.items())
                en = " and ".join(f"{i} as {p}" for i, p in both.items())
                away = sum(distance(p, i.percent) for p, i in zip(found, pick, strict=True) if i.percent)  # fmt: skip
                yield Repair(
                    Label(f"若 {zh}，则有解", f"printing {en} would have a solution"),
                    ids, "misprints", ids[0], tuple(map(str, found)), ids, f"{away:g}",
                    changes=(_digits(both),),
                )  # fmt: skip
            else:
                yield Repair(
                    Label(
                        f"不计 {'、'.join(ids)}，其余有解",
                        f"without {', '.join(ids)} the rest has a solution",
                    ),
                    ids, "without", ids[0], names=ids, changes=({"without": list(ids)},),
                )  # fmt: skip

    def _others(self, ids: tuple[str, ...]) -> Trials:
        """The same trials with some figures set aside."""
        return replace(self.trials, ids=self.trials.ids - {*ids}, known={}, left=4 * STEPS)

    def _both(self, a: Item, b: Item) -> tuple[Printed, Printed] | None:
        """Return the two figures' digits that are nearest in all, within `STEPS` units each."""
        without = {i.id: self._others((i.id,)) for i in (a, b)}
        pairs = itertools.product(_near(a), _near(b))
        for (_, p), (_, q) in sorted(pairs, key=lambda x: x[0][0] + x[1][0]):
            if self.trials.exhausted:
                return None
            alone = (without[b.id], a, p), (without[a.id], b, q)
            if all(t.holds(_digits({i.id: d})) for t, i, d in alone) and self._printed(
                {a.id: p, b.id: q}
            ):
                return p, q
        return None


def _near(item: Item) -> list[tuple[float, Printed]]:
    """Return other digits of a figure with their distance."""
    assert item.percent is not None
    old, decimals = item.percent.digits, item.percent.decimals
    span = range(max(0, old - STEPS), min(old + STEPS, 100 * 10**decimals) + 1)
    made = [Printed(d, decimals) for d in span if d != old]
    return [(distance(p, item.percent), p) for p in made]


def _source(reading: Reading, item: Item) -> tuple[str, ...]:
    source = reading.filtered.get(item.outcome[0])
    return () if source is None else (source,)


def _digits(digits: dict[str, Printed]) -> Change:
    return {"figures": {i: {"percent": str(p)} for i, p in digits.items()}}


def _missing(names: Sequence[str], amount: int | str) -> Change:
    return {"missing": dict.fromkeys(names, amount)}


def _count(id: str, value: int) -> Change:
    return {"counts": {id: value}}


def ratio_repairs(
    published: Published, scenario: Scenario, figure: Figure, rounding: str
) -> tuple[Repair, ...]:
    """Return what a share of two printed numbers should print as."""
    if figure.printed is None or not isinstance(figure.of, tuple):
        return ()
    top, bottom = map(int, figure.of)
    if top > bottom:
        return ()
    fits = [Printed.parse(t) for t in prints(top, bottom, figure.printed.decimals, rounding)]
    slips = edits(figure.printed)
    changes = tuple(_digits({figure.id: p}) for p in fits)
    zh, en = "或".join(map(str, fits)), " or ".join(map(str, fits))
    edit: Edit | Literal[""] = slips.get(fits[0], "")
    return (
        Repair(
            Label(
                f"{figure.id} 若印作 {zh}（而非 {figure.printed}），则有解",
                f"{figure.id} printed as {en} (not {figure.printed}) would have a solution",
            ),
            (figure.id,),
            "slip" if edit else "misprint",
            figure.id,
            tuple(map(str, fits)),
            (figure.id,),
            f"{distance(fits[0], figure.printed):.{figure.printed.decimals}f}",
            edit,
            scenario=snippet(scenario, changes[0], [s.id for s in published.scenarios]),
            changes=changes,
        ),
    )


def repair_json(repair: Repair, lang: Lang) -> dict[str, Any]:
    """Return a repair as it stands in the audit's JSON."""
    size = repair.size
    return {
        "change": repair.change.text(lang),
        "figures": list(repair.figures),
        "kind": repair.kind,
        "names": list(repair.names),
        "percents": list(repair.percents),
        "size": list(size) if isinstance(size, tuple) else size,
        "edit": repair.edit or None,
        "whole": repair.whole,
        "scenario": repair.scenario,
    }
