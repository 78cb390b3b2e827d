"""The Badong study: a survey of the campaign for ethnic unity and progress, 385 valid answers.

The respondent-level data were never published. What stands here reads the SYNTHETIC responses that
the printed percentages allow, by the ordinary reader and tabulation: `awareness` and `participation`
by any demographic variable, the report's tables and figures, and `reproduce`, which builds it all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from surveykit.studies.badong.analysis import (
    DEMOGRAPHICS,
    awareness,
    improvement,
    participation,
    sample,
)
from surveykit.studies.badong.data import audit, codebook, files, published, survey

if TYPE_CHECKING:
    from surveykit.studies.badong.figures import FIGURES, figure1, figure2, figure3
    from surveykit.studies.badong.reproduce import reproduce
    from surveykit.studies.badong.tables import (
        TABLES,
        both_outcomes,
        participation_by_education,
        table1,
        table2,
        table3,
        table4,
    )

__all__ = [
    "DEMOGRAPHICS",
    "FIGURES",
    "TABLES",
    "audit",
    "awareness",
    "both_outcomes",
    "codebook",
    "figure1",
    "figure2",
    "figure3",
    "files",
    "improvement",
    "participation",
    "participation_by_education",
    "published",
    "reproduce",
    "sample",
    "survey",
    "table1",
    "table2",
    "table3",
    "table4",
]


def __getattr__(name: str) -> Any:
    """Import tables, figures and `reproduce` when they are asked for."""
    from importlib import import_module

    for module in ("tables", "figures", "reproduce"):
        if name in __all__:
            loaded = import_module(f"surveykit.studies.badong.{module}")
            if hasattr(loaded, name):
                return getattr(loaded, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
