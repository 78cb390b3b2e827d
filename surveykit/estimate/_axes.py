"""From names to the two sides of a table: the stub (rows) and the banner (columns)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from surveykit.codebook import Choice
from surveykit.coding import codes, multiple
from surveykit.counts import Axis, count_cells, count_multiple, everyone, nest
from surveykit.errors import UnsupportedError, UsageError
from surveykit.survey import Survey
from surveykit.text import Lang, in_lang

__all__ = ["Banner", "Block", "Level", "Stub", "as_names", "banner", "nested", "stub", "total"]


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its code, which never changes, and its label in the language asked for."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Banner:
    """One by-variable (nested: ``a*b``), or the total with the name ""."""

    name: str
    levels: tuple[Level, ...]
    axis: Axis
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The counts of one variable by one banner.

    Attributes
    ----------
    counts : ndarray of int, shape (k, b)
    bases : ndarray of int, shape (b,)
        Valid on both variables; of multiple response, the cases.
    missing : ndarray of int, shape (3, b)
        Missing on the row variable: blank, not asked, user-missing.
    """

    counts: NDArray[np.int64]
    bases: NDArray[np.int64]
    missing: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stub:
    """One row variable: a single choice has `axis`, a multiple response `chosen` and `status`."""

    name: str
    levels: tuple[Level, ...]
    axis: Axis
    chosen: NDArray[np.bool_] | None = None
    notes: tuple[str, ...] = ()

    @property
    def multiple(self) -> bool:
        """True for a multiple response."""
        return self.chosen is not None

    def count(self, banners: Sequence[Banner], mask: NDArray[np.bool_] | None) -> list[Block]:
        """Count the variable by each banner in the domain `mask`."""
        axes = [b.axis for b in banners]
        if self.chosen is None:
            cells = count_cells(self.axis, axes, mask=mask)
            return [Block(c.valid, c.valid.sum(axis=0), c.missing) for c in cells]
        many = count_multiple(self.chosen, self.axis.codes, axes, mask=mask)
        return [Block(c.valid, c.answered, c.missing) for c in many]


def as_names(names: str | Sequence[str], what: str) -> tuple[str, ...]:
    """Return one name or several as a tuple without repeats; none is an error.

    Examples
    --------
    >>> as_names("age", "variables"), as_names(["a", "b", "a"], "by")
    (('age',), ('a', 'b'))
    """
    given = (names,) if isinstance(names, str) else tuple(names)
    if not given:
        raise UsageError(f"{what} is empty.", hint="name at least one variable.")
    return tuple(dict.fromkeys(given))


def stub(survey: Survey, name: str, lang: Lang) -> Stub:
    """Look up a row variable; a number variable is taken as categories, ascending."""
    variable = survey.variable(name)
    if variable.kind == "multiple":
        many = multiple(survey, name)
        axis = Axis(many.status, 1)
        notes = _notes(many.notes, lang)
        return Stub(variable.name, _levels(many.levels, lang), axis, many.chosen, notes)
    one = codes(survey, name)
    axis = Axis(one.values, len(one.levels))
    return Stub(variable.name, _levels(one.levels, lang), axis, None, _notes(one.notes, lang))


def _notes(notes: Sequence[str], lang: Lang) -> tuple[str, ...]:
    return tuple(in_lang(note, lang) for note in notes)


def total(n: int) -> Banner:
    """Return the total column of `n` respondents."""
    return Banner("", (Level("", ""),), everyone(n))


def nested(survey: Survey, by: str) -> list[str]:
    """Return the variables of ``a*b``; a variable may itself have a * in its name."""
    whole = "*" not in by or by in survey.codebook or survey.find_column(by) is not None
    return [by] if whole else [part.strip() for part in by.split("*")]


def banner(survey: Survey, by: str, lang: Lang) -> Banner:
    """Look up a by-variable; ``a*b`` nests b in a."""
    return reduce(_nest, [_banner(survey, name, lang) for name in nested(survey, by)])


def _banner(survey: Survey, name: str, lang: Lang) -> Banner:
    found = stub(survey, name, lang)
    if found.multiple:
        raise UnsupportedError(
            f"the multiple-response variable {name!r} cannot be a by-variable: its groups overlap.",
            hint="use it as the row variable, or select one option with where().",
        )
    return Banner(found.name, found.levels, found.axis, found.notes)


def _nest(outer: Banner, inner: Banner) -> Banner:
    levels = tuple(
        Level(f"{a.code}*{b.code}", f"{a.label}*{b.label}")
        for a in outer.levels
        for b in inner.levels
    )
    axis = nest(outer.axis, inner.axis)
    return Banner(f"{outer.name}*{inner.name}", levels, axis, (*outer.notes, *inner.notes))


def _levels(choices: Sequence[Choice], lang: Lang) -> tuple[Level, ...]:
    return tuple(Level(c.code, c.label.text(lang) or c.code) for c in choices)
