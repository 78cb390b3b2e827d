"""From names to the two sides of a table: the stub (rows) and the banner (columns)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from surveykit.codebook import Choice, Net, Variable, parse_number
from surveykit.coding import codes, multiple
from surveykit.counts import Axis, Choices, everyone, nest
from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate._estimates import NET
from surveykit.estimate._words import say
from surveykit.survey import Survey
from surveykit.text import Lang, in_lang

__all__ = [
    "Banner",
    "Column",
    "Level",
    "NetLevel",
    "Nets",
    "Stub",
    "as_names",
    "banner",
    "batteries_among",
    "battery",
    "boxes",
    "nested",
    "stub",
    "total",
    "with_batteries",
]

Nets = Literal["codebook", "none"]
_MOST_COLUMNS = 100_000
_BOX = re.compile(r"(top|bottom)([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its code, which never changes, and its label in the language asked for."""

    code: str
    label: str


Column = tuple[str, Level]
"""A column of a table: the name of its banner ("" for the total) and its level."""


@dataclass(frozen=True, slots=True)
class NetLevel:
    """Several levels counted as one; `members` are their places."""

    level: Level
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Banner:
    """One by-variable (nested: ``a*b``), or the total with the name "".

    `parts` gives for each level the outer level of a nested banner that it stands in: columns are
    compared within it.
    """

    name: str
    levels: tuple[Level, ...]
    side: Axis | Choices
    notes: tuple[str, ...] = ()
    parts: tuple[int, ...] = ()

    @property
    def columns(self) -> list[Column]:
        """The columns with the name of the banner."""
        return [(self.name, level) for level in self.levels]

    @property
    def overlaps(self) -> bool:
        """True where a respondent may be in several columns."""
        return isinstance(self.side, Choices)

    def unknown(self) -> NDArray[np.bool_]:
        """Return who has no group, shape (n,)."""
        status = self.side.status if isinstance(self.side, Choices) else self.side.codes
        return np.asarray(status < 0)


@dataclass(frozen=True, slots=True, eq=False)
class Stub:
    """One row variable.

    Attributes
    ----------
    levels : tuple of Level, length k
    side : Axis or Choices
        Of a multiple response the k options, and behind them one column for each net.
    nets : tuple of NetLevel
    scores : ndarray of float, shape (k,), or None
        The numbers that the levels stand for; None where a code is no number.
    closed : bool
        The levels are those of the codebook, whether anyone chose them or not.
    """

    name: str
    levels: tuple[Level, ...]
    side: Axis | Choices
    nets: tuple[NetLevel, ...] = ()
    scores: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    closed: bool = False

    @property
    def multiple(self) -> bool:
        """True for a multiple response."""
        return isinstance(self.side, Choices)

    @property
    def rows(self) -> tuple[Level, ...]:
        """The levels, then the nets."""
        return (*self.levels, *(n.level for n in self.nets))


# ---------------------------------------------------------------- names
def as_names(names: str | Sequence[str], what: str) -> tuple[str, ...]:
    """Return one name or several as a tuple without repeats; none is an error.

    Examples
    --------
    >>> as_names("age", "variables"), as_names(["a", "b", "a"], "by")
    (('age',), ('a', 'b'))
    """
    if not isinstance(names, str | Iterable):
        raise UsageError(f"{what}: a name or a list of names is expected; got {names!r}.")
    given = (names,) if isinstance(names, str) else tuple(names)
    if not given:
        raise UsageError(f"{what} is empty.", hint="name at least one variable.")
    for name in given:
        if not isinstance(name, str):
            raise UsageError(f"{what}: a name is text; got {name!r}.")
    return tuple(dict.fromkeys(given))


def battery(survey: Survey, name: str) -> tuple[str, ...]:
    """Return the variables of a grid of questions: ``q4`` of ``q4_1``, ``q4_2``, ….

    They are single choices or scales that share their choices; none where `name` is a variable
    itself, or no such grid.
    """
    if name in survey.codebook or survey.find_column(name) is not None:
        return ()
    lead = f"{name}_"
    items = [v for n, v in survey.codebook.variables.items() if n.startswith(lead)]
    shared = {tuple(c.code for c in v.choices) for v in items}
    fit = len(items) > 1 and len(shared) == 1 and all(v.kind in ("single", "scale") for v in items)
    return tuple(v.name for v in items) if fit else ()


def batteries_among(survey: Survey, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the batteries of which every item is among `names`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({f"q4_{i}": ["yes", "no"] for i in (1, 2)} | {"sex": ["f", "m"]})
    >>> batteries_among(Survey(frame), ["q4_1", "q4_2", "sex"])
    {'q4': ('q4_1', 'q4_2')}
    """
    leads = dict.fromkeys(n.rpartition("_")[0] for n in names if "_" in n)
    found = {lead: battery(survey, lead) for lead in leads if lead}
    return {lead: items for lead, items in found.items() if items and set(items) <= set(names)}


def with_batteries(
    survey: Survey, names: Iterable[str]
) -> tuple[tuple[Variable, ...], dict[str, tuple[str, ...]]]:
    """Look names up, each battery as its variables; also return the batteries."""
    grids = {n: battery(survey, n) for n in names}
    flat = chain.from_iterable(items or (n,) for n, items in grids.items())
    found = tuple(survey.variable(n) for n in dict.fromkeys(flat))
    return found, {n: items for n, items in grids.items() if items}


def nested(survey: Survey, by: str) -> list[str]:
    """Return the variables of ``a*b``; a variable may itself have a * in its name."""
    whole = "*" not in by or by in survey.codebook or survey.find_column(by) is not None
    return [by] if whole else [part.strip() for part in by.split("*")]


# ---------------------------------------------------------------- rows
def stub(
    survey: Survey, name: str, lang: Lang, nets: Nets = "none", summaries: Sequence[str] = ()
) -> Stub:
    """Look up a row variable; a number variable is taken as categories, ascending."""
    variable = survey.variable(name)
    if variable.kind == "multiple":
        return _multiple(survey, variable, lang, nets)
    one = codes(survey, name)
    levels, scores = _levels(one.levels, lang), _scores(variable, one.levels)
    found = list(_nets(variable, one.levels, lang) if nets == "codebook" else ())
    found += boxes(variable.name, levels, scores, summaries, lang)
    axis = Axis(one.values, len(levels))
    notes, closed = _notes(one.notes, lang), bool(variable.choices)
    return Stub(variable.name, levels, axis, tuple(found), scores, notes, closed)


def _multiple(survey: Survey, variable: Variable, lang: Lang, nets: Nets) -> Stub:
    many = multiple(survey, variable.name)
    found = tuple(_nets(variable, many.levels, lang) if nets == "codebook" else ())
    chosen = many.chosen
    if found:
        any_of = [many.chosen[:, list(n.members)].any(axis=1) for n in found]
        chosen = np.column_stack([many.chosen, *any_of])
    side = Choices(chosen, many.status)
    levels, notes = _levels(many.levels, lang), _notes(many.notes, lang)
    return Stub(variable.name, levels, side, found, None, notes)


def _nets(variable: Variable, choices: Sequence[Choice], lang: Lang) -> Iterator[NetLevel]:
    place = {c.code: i for i, c in enumerate(choices)}
    for net in variable.nets:
        members = tuple(place[code] for code in net.of if code in place)
        yield NetLevel(Level(_net_code(net), net.label.text(lang) or "+".join(net.of)), members)


def _net_code(net: Net) -> str:
    return NET + "+".join(net.of)


def boxes(
    name: str,
    levels: tuple[Level, ...],
    scores: NDArray[np.float64] | None,
    summaries: Sequence[str],
    lang: Lang,
) -> list[NetLevel]:
    """Make the boxes of `summaries`: ``top2`` holds the two highest codes, ``bottom2`` the lowest.

    Raises
    ------
    UnsupportedError
        Where a code is no number, so that none is the highest.
    """
    asked = [m for s in summaries if (m := _BOX.fullmatch(s))]
    if asked and scores is None:
        raise UnsupportedError(
            f"{name!r} has codes that are no numbers, so none of its levels is the top.",
            hint="give its choices numbers as codes, or write a net into the codebook.",
        )
    return [_box(m[0], m[1], int(m[2]), levels, scores, lang) for m in asked if scores is not None]


def _box(
    code: str,
    end: str,
    size: int,
    levels: tuple[Level, ...],
    scores: NDArray[np.float64],
    lang: Lang,
) -> NetLevel:
    order = np.argsort(scores, kind="stable")
    ends = order[-size:][::-1] if end == "top" else order[:size]
    members = tuple(int(i) for i in ends)
    held = say("plus", lang).join(levels[i].label for i in members)
    return NetLevel(Level(NET + code, say(f"{end}_box", lang, size=size, held=held)), members)


def _scores(variable: Variable, choices: Sequence[Choice]) -> NDArray[np.float64] | None:
    if variable.kind in ("text", "date") or not choices:
        return None
    numbers = [parse_number(c.code) for c in choices]
    if any(x is None for x in numbers):
        return None
    return np.array(numbers, dtype=np.float64)


# ---------------------------------------------------------------- columns
def total(n: int) -> Banner:
    """Return the total column of `n` respondents."""
    return Banner("", (Level("", ""),), everyone(n), (), (0,))


def banner(survey: Survey, by: str, lang: Lang) -> Banner:
    """Look up a by-variable; ``a*b`` nests b in a. A multiple response has overlapping columns."""
    return reduce(_nest, [_banner(survey, name, lang) for name in nested(survey, by)])


def _banner(survey: Survey, name: str, lang: Lang) -> Banner:
    found = stub(survey, name, lang)
    if not found.levels:
        raise UnsupportedError(
            f"{found.name!r} holds no answers, so that there are no groups.",
            hint="group by another variable.",
        )
    return Banner(found.name, found.levels, found.side, found.notes, (0,) * len(found.levels))


def _nest(outer: Banner, inner: Banner) -> Banner:
    columns = len(outer.levels) * len(inner.levels)
    if columns > _MOST_COLUMNS:
        raise UnsupportedError(
            f"{outer.name} × {inner.name}: {columns:,} columns are more than a table can show.",
            hint="cut numbers into bins, or leave free text out of the banner.",
        )
    levels = tuple(
        Level(f"{_plain(a, outer)}*{_plain(b, inner)}", f"{a.label}*{b.label}")
        for a in outer.levels
        for b in inner.levels
    )
    # columns are compared within all outer levels: those of the outermost, then the next …
    parts = tuple(i for i in range(len(outer.levels)) for _ in inner.levels)
    notes = (*outer.notes, *inner.notes)
    return Banner(
        f"{outer.name}*{inner.name}", levels, _cross(outer.side, inner.side), notes, parts
    )


def _plain(level: Level, of: Banner) -> str:
    """Return the code of a level; a * of its own is told from that of the nest."""
    return level.code if "*" in of.name else level.code.replace("*", "\\*")


def _cross(outer: Axis | Choices, inner: Axis | Choices) -> Axis | Choices:
    if isinstance(outer, Axis) and isinstance(inner, Axis):
        return nest(outer, inner)
    (a, status), (b, other) = _members(outer), _members(inner)
    chosen = (a[:, :, None] & b[:, None, :]).reshape(len(a), -1)
    return Choices(chosen, np.where(status < 0, status, other))


def _members(side: Axis | Choices) -> tuple[NDArray[np.bool_], NDArray[np.integer[Any]]]:
    """Return who is in which column, (n, k), and why somebody is in none, (n,)."""
    if isinstance(side, Choices):
        return side.chosen, side.status
    inside = side.codes[:, None] == np.arange(side.k, dtype=side.codes.dtype)
    return inside, np.minimum(side.codes, 0)


def _notes(notes: Sequence[str], lang: Lang) -> tuple[str, ...]:
    return tuple(in_lang(note, lang) for note in notes)


def _levels(choices: Sequence[Choice], lang: Lang) -> tuple[Level, ...]:
    return tuple(Level(c.code, c.label.text(lang) or c.code) for c in choices)


def check_nets(nets: str) -> Nets:
    """Return `nets`, or raise UnknownNameError.

    Examples
    --------
    >>> check_nets("none")
    'none'
    """
    if nets not in ("codebook", "none"):
        raise UnknownNameError.for_name("nets", nets, ("codebook", "none"))
    return "none" if nets == "none" else "codebook"
