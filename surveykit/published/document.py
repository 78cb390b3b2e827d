"""What a paper printed (contract 3), as frozen objects; :mod:`load` reads them from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from surveykit.errors import UnknownNameError, UsageError
from surveykit.published.digits import is_pattern
from surveykit.published.document_means import PrintedMean
from surveykit.published.document_tests import PrintedTest
from surveykit.published.rounding import Printed
from surveykit.text import Label

__all__ = [
    "Cell",
    "Claim",
    "Count",
    "Figure",
    "Published",
    "PublishedVariable",
    "Scenario",
]

Cell = Mapping[str, tuple[str, ...]]
"""A cell: variable name -> the levels it takes there (several: their union)."""

TESTS = ("chi2", "g2", "fisher", "linear_by_linear", "cochran_armitage")
AS_PRINTED = "as_printed"


@dataclass(frozen=True, slots=True)
class PublishedVariable:
    """A variable of the paper; its levels partition the respondents unless it is multiple."""

    name: str
    levels: tuple[str, ...]
    kind: Literal["single", "multiple"] = "single"
    missing: str | int = "none"
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class Count:
    """A printed whole number; without `where` and `what` it is everyone."""

    id: str
    count: int
    where: Cell = field(default_factory=dict)
    what: str = ""
    source: str = ""
    line: int = field(default=0, compare=False)
    """Of the YAML file, for messages; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed percentage (`percent` None: a cell that the paper does not print)."""

    id: str
    percent: str | None = None
    where: Cell = field(default_factory=dict)
    within: Cell = field(default_factory=dict)
    of: Literal["cases", "responses"] | tuple[str, str] = "cases"
    sum: tuple[str, ...] = ()
    source: str = ""
    label: Label = Label()
    note: Label = Label()

    @property
    def printed(self) -> Printed | None:
        """The digits as printed, if any.

        Raises
        ------
        UsageError
            Where digits cannot be read: choose them in a scenario (:mod:`transcription`).
        """
        if self.percent is not None and is_pattern(self.percent):
            raise UsageError(
                f"digits of the figure {self.id!r} cannot be read ({self.percent}).",
                hint="choose them under `scenarios`:  figures: {" + self.id + ': {percent: "…"}}.',
            )
        return None if self.percent is None else Printed.parse(self.percent)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the paper that its figures can bear out or not.

    `operands` are tuples of figure ids (several in one: their sum) for ``greater`` and ``trend``,
    variable names for ``association``, figure ids for ``largest`` and ``rank``.
    """

    id: str
    kind: Literal["greater", "association", "trend", "largest", "rank"]
    operands: tuple[tuple[str, ...], ...]
    test: str | None = None
    alpha: Fraction = Fraction(1, 20)
    rank: int = 1
    quote: str = ""
    source: str = ""
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A reading of the paper: who answered, hidden groups, other bases, digits or counts."""

    id: str
    missing: Mapping[str, str | int] = field(default_factory=dict)
    hidden: Mapping[str, str | int] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    label: Label = Label()
    note: Label = Label()
    counts: Mapping[str, int] = field(default_factory=dict)
    """Other numbers for printed counts, by id."""


@dataclass(frozen=True, slots=True)
class Published:
    """Everything a `published.yaml` says."""

    title: str
    citation: str
    rounding: str
    variables: Mapping[str, PublishedVariable]
    counts: tuple[Count, ...]
    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    scenarios: tuple[Scenario, ...]
    impossible: tuple[Cell, ...] = ()
    path: str = ""
    sha256: str = ""
    notes: tuple[str, ...] = ()
    """What was stripped from the cells of grids; each a `Bilingual`."""
    heading: Label = Label()
    """The title in both languages."""
    tests: tuple[PrintedTest, ...] = ()
    means: tuple[PrintedMean, ...] = ()

    @property
    def everyone(self) -> int | None:
        """The number of respondents, if it is printed."""
        return next((c.count for c in self.counts if not c.where and not c.what), None)

    def figure(self, id: str) -> Figure:
        """Return the figure called `id`."""
        for figure in self.figures:
            if figure.id == id:
                return figure
        raise UnknownNameError.for_name("figure", id, [f.id for f in self.figures], where=self.path)

    def scenario(self, id: str) -> Scenario:
        """Return the reading called `id`."""
        for scenario in self.scenarios:
            if scenario.id == id:
                return scenario
        allowed = [s.id for s in self.scenarios]
        raise UnknownNameError.for_name("scenario", id, allowed, where=self.path)
