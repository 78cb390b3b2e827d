"""What a layout reads: the estimates with what was asked of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimate, Estimates
from surveykit.estimate.places import Group, told_apart
from surveykit.estimate.templates import parse_template
from surveykit.tables.cells import (
    FIELDS,
    TEMPLATE_WORDS,
    Shown,
    Stat,
    parse_stat,
    template_stat,
)
from surveykit.tables.words import BASES, WORDS, Base, stat_name
from surveykit.text import Lang, clean

__all__ = ["TOTAL", "Path", "Source", "bases_of", "split_stats", "templated"]

Path = tuple[tuple[str, str], ...]
"""Headers from the outside in, as (key, text)."""

TOTAL: Group = ("", "")
_BOX = re.compile(r"net:(?:top|bottom)[1-9]")
_ALL = "percent_of_all"
_NO_SUMMARY = {"missing", "count", "weighted_count", *(stat for stat, *_ in BASES.values())}


@dataclass(frozen=True, slots=True)
class Source:
    """The estimates with what was asked of them.

    Attributes
    ----------
    stats : tuple of Stat
        The columns of each group.
    summaries : mapping
        Of each variable, what stands under its levels: a mean, a median.
    levels : mapping
        Of each variable code to label; ``{"": ""}`` where the variable is one line of its own.
    bases : tuple of Base
    names : mapping
        What a variable is called here where that is not its question.
    own : mapping
        The one column of each variable where templates tell them apart.
    stars : mapping
        ``(variable, by)`` to the stars of its test, at `star_levels`.
    """

    estimates: Estimates
    stats: tuple[Stat, ...]
    summaries: Mapping[str, tuple[Stat, ...]]
    levels: Mapping[str, Mapping[str, str]]
    bases: tuple[Base, ...]
    shown: Shown
    lang: Lang
    names: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, Stat] = field(default_factory=dict)
    stars: Mapping[tuple[str, str], str] = field(default_factory=dict)
    star_levels: tuple[float, ...] = ()

    def stats_of(self, variable: str) -> tuple[Stat, ...]:
        """Return the columns of each group in the lines of a variable."""
        return (self.own[variable],) if variable in self.own else self.stats

    @property
    def alike(self) -> bool:
        """Whether every variable has the same columns."""
        return len({self.stats_of(v) for v in self.variables}) <= 1

    def headline(self, variable: str) -> str:
        """Return what stands over the lines of a variable: its question, its unit, its stars."""
        text = self.question(variable)
        if not self.alike:
            unit = self.stats_of(variable)[0].heading(self.lang)
            text = self.word("unit").format(question=text, unit=unit)
        one = len(self.estimates.spec.by) == 1 and len(self.variables) > 1
        return text + (self.stars.get((variable, self.estimates.spec.by[0]), "") if one else "")

    def word(self, key: str) -> str:
        """Return one of the table's own phrases."""
        return WORDS[key].text(self.lang)

    def question(self, name: str) -> str:
        """Return what a variable, or ``a*b``, is called."""
        return self.names.get(name) or self.shown.places.question(name)

    @property
    def variables(self) -> tuple[str, ...]:
        """The row variables."""
        return self.estimates.spec.variables

    def groups(self) -> dict[Group, str]:
        """Return the total and every group with its label, in the order of the banner."""
        asked = {s.lead or self.shown.primary for v in self.variables for s in self.stats_of(v)}
        asked |= {s.lead for found in self.summaries.values() for s in found}
        return self.shown.places.groups(asked)

    def heading(self, stat: Stat) -> str:
        """Return the heading of a column; ``percent`` beside that of everyone is the valid one."""
        if stat.names == ("percent",) and any(_ALL in s.names for s in self.stats):
            return stat.fill([stat_name("valid_percent", self.lang)])
        return stat.heading(self.lang)

    def label(self, variable: str, code: str) -> str:
        """Return the label of a level; a net is called so, unless it is a box."""
        label = self.levels[variable][code]
        if not is_net(code) or _BOX.fullmatch(code):
            return label
        return self.word("net").format(label=label)

    def summary_label(self, stat: Stat) -> str:
        """Return what a summary is called at the start of a line."""
        text = stat.heading(self.lang)
        return text[:1].upper() + text[1:]

    def letters(self) -> Mapping[Group, str]:
        """Return the letter of each column where all pairs of columns were compared.

        They stand there also where no pair differs: it was compared.
        """
        found = self.estimates.comparisons
        lettered = found.rows and found.options is not None and found.options.against == "all"
        return found.letters if lettered else {}

    def path(self, group: Group, label: str) -> Path:
        """Return the header of a group from the outside in."""
        by, code = group
        letter = self.letters().get(group, "")
        mark = f" ({letter})" if letter else ""
        if group == TOTAL:
            return (("", self.word("total") + mark),)
        alone = len(self.variables) == 1
        starred = self.stars.get((self.variables[0], by), "") if alone else ""
        outer = (by, self.question(by) + starred)
        codes, labels = code.split("*"), label.split("*")
        if "*" in by and len(codes) == len(labels) == len(by.split("*")):
            keys = ["*".join(codes[: i + 1]) for i in range(len(codes))]
            texts = [*map(clean, labels[:-1]), clean(labels[-1]) + mark]
            return (outer, *((f"{by}/{k}", t) for k, t in zip(keys, texts, strict=True)))
        return (outer, (f"{by}/{code}", clean(label) + mark))

    def title(self, rows: str = "") -> str:
        """Return the title made from the questions."""
        comma = self.word("comma")
        rows = rows or comma.join(self.question(v) for v in self.variables)
        by = comma.join(self.question(b) for b in self.estimates.spec.by)
        return self.word("by").format(rows=rows, by=by) if by else rows


def is_net(code: str) -> bool:
    """True for the code of a net or a box."""
    return code.startswith("net:")


def split_stats(
    estimates: Estimates, stats: Sequence[str]
) -> tuple[tuple[Stat, ...], dict[str, tuple[Stat, ...]], dict[str, dict[str, str]]]:
    """Tell the columns from what stands under the levels, and find the levels.

    Where only statistics without levels are asked for (means), they are the columns. Else the
    levels have the columns, and each variable has below them the summaries asked for, or all
    that it holds where none is named.
    """
    asked = tuple(parse_stat(s) for s in stats)
    of_levels = {r.stat for r in estimates.rows if r.level_code}
    columns: tuple[Stat, ...]
    columns = tuple(s for s in asked if not s.lead or s.lead in of_levels)
    if any(s.lead for s in asked) and not any(s.lead for s in columns):
        columns = ()
    leads = {s.lead or "percent" for s in columns} & of_levels
    if not leads:  # nothing that a level has
        return asked, {}, {v: {"": ""} for v in estimates.spec.variables}
    named = tuple(s for s in asked if s not in columns)
    rows = _by_variable(estimates)
    summaries = {v: tuple(_summaries(rows.get(v, []), named)) for v in estimates.spec.variables}
    levels = {v: _levels(rows.get(v, []), leads) for v in estimates.spec.variables}
    return columns, summaries, levels


def templated(
    estimates: Estimates, cell: str | Mapping[str, str]
) -> tuple[dict[str, Stat], dict[str, tuple[Stat, ...]], dict[str, dict[str, str]]]:
    """Read the templates: the column of each variable, what stands under its levels, the levels.

    A template is found by the name of the variable, its kind, or the statistic that leads.

    Raises
    ------
    UnknownNameError, UsageError
        For what is no template, and one that names what the estimates do not hold.
    """
    level = estimates.spec.level
    rows = _by_variable(estimates)
    held = dict.fromkeys(r.stat for r in estimates.rows)
    given = {"": cell} if isinstance(cell, str) else dict(cell)
    kinds = dict.fromkeys(estimates.spec.kinds.values())
    allowed = ("", *estimates.spec.variables, *kinds, *held)
    for key in given:
        if key not in allowed:
            raise UnknownNameError.for_name("key of cell", key, filter(None, allowed))
    read = {key: template_stat(text, level) for key, text in given.items()}
    fields = ["n", *held, *FIELDS, *TEMPLATE_WORDS]
    for text in given.values():
        parse_template(text).check(fields)
    columns: dict[str, Stat] = {}
    summaries: dict[str, tuple[Stat, ...]] = {}
    levels: dict[str, dict[str, str]] = {}
    for v in estimates.spec.variables:
        columns[v], of_levels = _own(estimates.spec.kinds.get(v, ""), v, rows.get(v, []), read)
        found = _summaries(rows.get(v, []), ()) if of_levels else ()
        made = [read.get(s.lead, s) for s in found]
        within = {n for s in made if s.template for n in s.names if n != s.lead}
        summaries[v] = tuple(s for s in made if s.lead not in within)
        leads = {columns[v].lead or "percent"}
        levels[v] = _levels(rows.get(v, []), leads) if of_levels else {"": ""}
    return columns, summaries, levels


def _own(
    kind: str, variable: str, rows: Sequence[Estimate], read: Mapping[str, Stat]
) -> tuple[Stat, bool]:
    """Return the column of a variable, and whether its levels have it."""
    of_levels = dict.fromkeys(r.stat for r in rows if r.level_code)
    alone = dict.fromkeys(r.stat for r in rows if not r.level_code and r.stat not in _NO_SUMMARY)
    for key in (variable, kind, *of_levels, *alone, ""):
        stat = read.get(key)
        if stat is not None and (not stat.lead or stat.lead in of_levels or stat.lead in alone):
            lead = stat.lead or "percent"
            return stat, lead in of_levels or (lead in _NO_SUMMARY and bool(of_levels))
    main = next((s for s in ("percent", "mean") if s in of_levels or s in alone), "count")
    sd = main == "mean" and "sd" in alone
    return parse_stat("mean (sd)" if sd else main), main in of_levels


def _by_variable(estimates: Estimates) -> dict[str, list[Estimate]]:
    rows: dict[str, list[Estimate]] = {}
    for row in estimates.rows:
        rows.setdefault(row.variable, []).append(row)
    return rows


def _levels(rows: Sequence[Estimate], stats: set[str]) -> dict[str, str]:
    labels = told_apart({r.level_code: r.level for r in rows if r.level_code and r.stat in stats})
    found = {code: clean(label) for code, label in labels.items()}
    plain = {code: label for code, label in found.items() if not is_net(code)}
    return plain | {code: label for code, label in found.items() if is_net(code)}


def _summaries(rows: Sequence[Estimate], named: Sequence[Stat]) -> Sequence[Stat]:
    held = dict.fromkeys(r.stat for r in rows if not r.level_code and r.stat not in _NO_SUMMARY)
    if named:
        return [s for s in named if s.lead in held]
    return [parse_stat(stat) for stat in held]


def bases_of(estimates: Estimates, asked: Sequence[Base] | None) -> tuple[Base, ...]:
    """Return the bases that a table shows: n, and of a weighted survey the weighted one.

    Raises
    ------
    UnknownNameError, UsageError
        For a base that does not exist, or that the estimates do not hold.
    """
    held = {r.stat for r in estimates.rows if not r.level_code}
    if asked is None:
        return ("n", "weighted") if "weighted_base" in held else ("n",)
    for name in asked:
        if name not in get_args(Base):
            raise UnknownNameError.for_name("base", name, get_args(Base))
        if name != "n" and BASES[name][0] not in held:
            raise UsageError(
                f"these estimates hold no base {name!r}.",
                hint="weighted and effective bases belong to weighted surveys; asked, answered "
                "and responses to multiple response.",
            )
    return tuple(dict.fromkeys(asked))
