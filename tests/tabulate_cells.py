"""Rows of estimates by their place, for the tests of tabulation."""

from __future__ import annotations

from surveykit.codebook import Choice, Codebook, Variable
from surveykit.estimate import Estimate, Estimates
from surveykit.text import Label

Place = tuple[str, str, str, str]
"""(variable, level_code, by, by_code)"""


def cells(found: Estimates, stat: str) -> dict[Place, Estimate]:
    """The rows of one statistic, each place once."""
    rows = [r for r in found.rows if r.stat == stat]
    places = {(r.variable, r.level_code, r.by, r.by_code): r for r in rows}
    assert len(places) == len(rows), f"a place stands twice in {stat}"
    return places


def values(found: Estimates, stat: str, field: str = "estimate") -> dict[Place, float | None]:
    return {place: getattr(row, field) for place, row in cells(found, stat).items()}


def one(found: Estimates, stat: str, level: str = "", by: str = "", code: str = "") -> Estimate:
    (row,) = (
        r for r in found.rows if (r.stat, r.level_code, r.by, r.by_code) == (stat, level, by, code)
    )
    return row


def choices(*labels: str, start: int = 1) -> tuple[Choice, ...]:
    return tuple(Choice(str(start + i), Label.of(text)) for i, text in enumerate(labels))


def codebook(*variables: Variable) -> Codebook:
    return Codebook(Label.of("A survey"), {v.name: v for v in variables})
