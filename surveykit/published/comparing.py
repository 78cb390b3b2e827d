"""What `verify` compares: one printed thing beside the data, in one reading of the paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from surveykit.errors import SurveyKitError
from surveykit.published.digits import alternatives
from surveykit.published.document import Figure, Published, Scenario
from surveykit.published.observed import Observed, Share
from surveykit.text import Label

__all__ = ["Case", "Comparison", "Outcome", "digits", "read_figure", "share_of", "why_of"]

Outcome = Literal["match", "differs", "not significant", "not printed", "cannot be computed"]
Kind = Literal["figure", "count", "claim", "mean", "test"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One printed figure, count or claim beside the data.

    `difference` is computed minus printed (percentage points; respondents for a count), exact;
    `readings` name what would make them agree, the likeliest first.
    """

    kind: Kind
    id: str
    printed: str
    computed: str
    count: int | None
    base: int | None
    status: Outcome
    difference: Fraction | None = None
    readings: tuple[Label, ...] = ()
    why: Label = Label()
    source: str = ""


class Case:
    """A reading of the paper beside the data."""

    def __init__(self, published: Published, scenario: Scenario, observed: Observed) -> None:
        self.published, self.scenario, self.observed = published, scenario, observed
        self.figures = {
            f.id: read_figure(f, scenario)
            for f in published.figures
            if f.id not in scenario.without
        }
        self.means = {
            m.id: replace(m, **scenario.figures.get(m.id, {}))
            for m in published.means
            if m.id not in scenario.without
        }
        self.synthetic = observed.survey.synthetic

    @property
    def rounding(self) -> str:
        """The rounding of the file."""
        return self.published.rounding


def read_figure(figure: Figure, scenario: Scenario) -> Figure:
    """Return a figure as a reading has it."""
    return replace(figure, **scenario.figures.get(figure.id, {}))


def digits(percent: str) -> tuple[str, ...]:
    """Return the texts that a printed percentage may be: one, unless digits cannot be read."""
    return alternatives(percent)


def share_of(case: Case, figure: Figure) -> Share:
    if isinstance(figure.of, tuple):
        return Share(int(figure.of[0]), int(figure.of[1]))
    return case.observed.share(figure)


def why_of(error: SurveyKitError) -> Label:
    text = f"{error.message} {error.hint}" if error.hint else error.message
    return Label(text, text)
