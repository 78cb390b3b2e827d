"""From estimates to what a chart draws: categories, series, points. No drawing here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from surveykit.errors import UnknownNameError, UsageError, expect
from surveykit.estimate import Estimate, Estimates
from surveykit.estimate.places import Bases, Group, Places, Ranges
from surveykit.text import NOT_PRINTED, Label, Lang, NumberFormat, clean, printed_digits

__all__ = [
    "Category",
    "Maker",
    "Options",
    "Plan",
    "Point",
    "make_plan",
    "without_nets",
]

_WORDS: Final = {
    "total": Label(zh="合计", en="Total"),
    "by": Label(zh="{rows}（按{by}）", en="{rows} by {by}"),
    "where": Label(zh="范围：{rule}", en="Only cases where {rule}"),
    "comma": Label(zh="、", en=", "),
    "percent": Label(zh="百分比（%）", en="Percent"),
    "mean": Label(zh="均值", en="Mean"),
    "median": Label(zh="中位数", en="Median"),
    "count": Label(zh="人数", en="Respondents"),
    "weighted_count": Label(zh="加权人数", en="Weighted respondents"),
}
_METHODS: Final = {
    "wald": "Wald",
    "wilson": "Wilson",
    "clopper_pearson": "Clopper–Pearson",
    "agresti_coull": "Agresti–Coull",
    "jeffreys": "Jeffreys",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One value: `low` and `high` only where an interval may be drawn.

    `span` is the feasible range of a value that is not printed, where the chart draws it.
    """

    value: float
    text: str
    mark: str = ""
    low: float | None = None
    high: float | None = None
    span: tuple[float, float] | None = None

    @property
    def reach(self) -> float:
        """The far end of what is drawn."""
        ends = (self.high, self.span and self.span[1])
        return max(self.value, *(end for end in ends if end is not None), self.value)


@dataclass(frozen=True, slots=True)
class Category:
    """One place on the axis of categories; `section` is the heading that it stands under."""

    label: str
    base: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a chart draws; ``points[i][j]`` is category i, series j (None where there is no value)."""

    title: str
    axis: str
    categories: tuple[Category, ...]
    series: tuple[str, ...]
    points: tuple[tuple[Point | None, ...], ...]
    lang: Lang
    synthetic: bool
    percent: bool
    interval: str = ""
    notes: tuple[str, ...] = ()
    chart: str = ""  # what kind of picture it is, in words
    alt: str = ""  # what it says to who cannot see it, where that is not made from the rest

    @property
    def open_base(self) -> bool:
        """Whether the size of a group is shown in brackets: the source does not print it."""
        return "(n = " in self.axis or any(
            text.startswith("(n = ") or " (n = " in text
            for text in (*(c.base for c in self.categories), *self.series)
        )

    @property
    def spans(self) -> bool:
        """Whether feasible ranges are drawn."""
        return any(p is not None and p.span is not None for row in self.points for p in row)

    @property
    def marks(self) -> set[str]:
        """The marks that occur."""
        return {p.mark for row in self.points for p in row if p is not None and p.mark}


@dataclass(frozen=True, slots=True)
class Options:
    """The options that every chart takes."""

    variable: str | None = None
    by: str | Sequence[str] | None = None
    levels: Collection[str] | None = None
    stat: str = "percent"
    title: str | None = None
    lang: Lang | None = None
    decimals: int = 1
    number: NumberFormat | None = None
    ranges: Ranges | None = None
    bases: Bases | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    spans: Literal["words", "lines"] = "words"


_MADE_BY: Final = "crosstab(survey, …), freq(survey, …) or another verb makes them."


def without_nets(estimates: Estimates) -> Estimates:
    """Return estimates without those of nets, which are sums of others."""
    expect(estimates, Estimates, hint=_MADE_BY)
    return estimates.filter(lambda row: not row.net)


def make_plan(estimates: Estimates, options: Options) -> Plan:
    """Choose variable, groups and levels, then put every value in its place."""
    maker = Maker.of(estimates, options)
    variable = maker.variable()
    levels = maker.levels(variable)
    groups = maker.groups(variable)
    if list(groups) == [("", "")]:
        return maker.of_levels(variable, levels)
    return maker.of_groups(variable, levels, groups)


@dataclass(frozen=True, slots=True)
class Maker:
    """Looks values up in estimates, and writes what a figure says about them."""

    estimates: Estimates
    options: Options
    lang: Lang
    places: Places

    @classmethod
    def of(cls, estimates: Estimates, options: Options) -> Maker:
        """Index the estimates, in the language asked for."""
        expect(
            estimates,
            Estimates,
            hint=_MADE_BY,
        )
        lang: Lang = options.lang or estimates.spec.lang
        return cls(estimates, options, lang, Places.of(estimates, options.ranges, options.bases))

    def word(self, key: str) -> str:
        return _WORDS[key].text(self.lang)

    def number(self) -> NumberFormat:
        return self.options.number or NumberFormat.of(self.lang)

    def variable(self) -> str:
        """Return the one variable to draw."""
        held = self.estimates.spec.variables
        if self.options.variable is not None:
            if self.options.variable not in held:
                raise UnknownNameError.for_name("variable", self.options.variable, held)
            return self.options.variable
        if len(held) != 1:
            raise UsageError(
                f"the estimates hold {len(held)} variables; a figure draws one.",
                hint=f"variable= one of {', '.join(held)}.",
            )
        return held[0]

    def levels(self, variable: str) -> dict[str, str]:
        """Return the levels to draw, code to label."""
        held = self.places.levels(variable, [self.options.stat])
        if not held:
            raise UsageError(
                f"the estimates hold no {self.options.stat} of {variable!r}.",
                hint="tabulate it first, or choose another stat.",
            )
        asked = self.options.levels
        for code in asked or ():
            if code not in held:
                raise UnknownNameError.for_name(f"level of {variable}", code, held)
        return {c: t for c, t in held.items() if asked is None or c in asked}

    def groups(self, variable: str) -> dict[Group, str]:
        """Return the total and the groups to draw; with `by=""` the total alone."""
        held = {
            group: label
            for group, label in self.places.groups([self.options.stat]).items()
            if any(
                r.variable == variable and (r.by, r.by_code) == group for r in self.estimates.rows
            )
        }
        by = self.options.by
        if by is None:
            return held
        asked = [by] if isinstance(by, str) else list(by)
        known = list(dict.fromkeys(name for name, _ in held))
        for name in asked:
            if name not in known:
                raise UnknownNameError.for_name("by", name, known)
        return {group: label for group, label in held.items() if group[0] in asked}

    def title(self, variable: str, by: Sequence[str]) -> str:
        if self.options.title is not None:
            return clean(self.options.title)
        rows = self.places.question(variable)
        names = self.word("comma").join(self.places.question(b) for b in by)
        return self.word("by").format(rows=rows, by=names) if by else rows

    def axis(self) -> str:
        stat = self.options.stat
        if stat.endswith("percent"):
            return self.word("percent")
        return self.word(stat) if stat in _WORDS else stat

    def _axis(self, base: str) -> str:
        if not base:
            return self.axis()
        return f"{self.axis()}{' ' if base.startswith('(') else self.word('comma')}{base}"

    def interval(self) -> str:
        """Return the level of the intervals, and the method where it is one of a proportion."""
        spec = self.estimates.spec
        method = _METHODS.get(spec.ci, spec.ci) if self.options.stat == "percent" else ""
        return f"{spec.level * 100:g}% {method}".strip()

    def base(self, variable: str, group: Group) -> str:
        """Return ``n = 130``, in brackets where the source does not print it."""
        n = self.places.base(variable, group)
        if n is None:
            return ""
        text = f"n = {self.number().number(n)}"
        return text if self.places.base_known(variable, group) else f"({text})"

    def point(self, variable: str, level: str, group: Group) -> Point | None:
        row = self.places.row(variable, level, group, self.options.stat)
        if row is None or row.estimate is None or row.mark == "suppressed":
            return None
        if row.mark == "arbitrary":
            span = self.places.span(row) if self.options.spans == "lines" else None
            return Point(row.estimate, self._unprinted(row), row.mark, span=span)
        digits = printed_digits(row.note) if row.mark == "printed" else None
        text = digits or self.number().number(row.estimate, self.options.decimals)
        if not self.places.base_known(variable, group):  # its width would hang on a made-up size
            return Point(row.estimate, text, row.mark)
        return Point(row.estimate, text, row.mark, row.low, row.high)

    def _unprinted(self, row: Estimate) -> str:
        span = self.places.span(row)
        text = NOT_PRINTED.text(self.lang)
        return f"{text} {self.number().span(*span, self.options.decimals)}" if span else text

    def of_levels(self, variable: str, levels: Mapping[str, str]) -> Plan:
        """The total alone: each level is a category."""
        total = ("", "")
        base = self.base(variable, total)
        return self.plan(
            self.title(variable, ()),
            [Category(label or self.places.question(variable), "") for label in levels.values()],
            ("",),
            [(self.point(variable, code, total),) for code in levels],
            base,
        )

    def of_groups(
        self, variable: str, levels: Mapping[str, str], groups: Mapping[Group, str]
    ) -> Plan:
        """Each group is a category, each level a series."""
        sections = list(dict.fromkeys(by for by, _ in groups if by))
        told = self.options.groups
        ordered = sorted(groups, key=lambda g: self._section_rank(g, groups))
        categories = [
            Category(
                clean(groups[g]).replace("*", " / ") if g[0] else self.word("total"),
                self.base(variable, g),
                told.get(g[1], "")
                if told
                else self.places.question(g[0])
                if g[0] and len(sections) > 1
                else "",
            )
            for g in ordered
        ]
        points = [tuple(self.point(variable, code, g) for code in levels) for g in ordered]
        names = tuple(levels.values())
        return self.plan(self.title(variable, sections), categories, names, points, "")

    def _section_rank(self, group: Group, groups: Mapping[Group, str]) -> int:
        """Groups told apart by the caller stand together, in the order of their first member."""
        told = self.options.groups
        if not told:
            return 0
        order = list(dict.fromkeys(told.get(code, "") for _, code in groups))
        return order.index(told.get(group[1], ""))

    def plan(
        self,
        title: str,
        categories: Sequence[Category],
        series: tuple[str, ...],
        points: Sequence[tuple[Point | None, ...]],
        base: str,
    ) -> Plan:
        """Put a plan together; `base` is that of the whole figure."""
        spec = self.estimates.spec
        drawn = any(p is not None and p.low is not None for row in points for p in row)
        return Plan(
            title,
            self._axis(base),
            tuple(categories),
            series,
            tuple(points),
            self.lang,
            spec.synthetic,
            self.options.stat.endswith("percent"),
            self.interval() if drawn else "",
            self.notes(),
        )

    def notes(self) -> tuple[str, ...]:
        """Return what stands below: the domain."""
        where = self.estimates.spec.where
        return (self.word("where").format(rule=where),) if where else ()
