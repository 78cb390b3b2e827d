"""The Badong study: a survey of the campaign for ethnic unity and progress, 385 valid answers.

The respondent-level data were never published. What stands here reads the SYNTHETIC responses that
the printed percentages allow, by the ordinary reader and tabulation: `awareness` and `participation`
by any demographic variable, the report's tables and figures, and `reproduce`, which builds it all.
"""

from __future__ import annotations

from surveykit.studies.badong.analysis import (
    DEMOGRAPHICS,
    awareness,
    improvement,
    participation,
    sample,
)
from surveykit.studies.badong.data import audit, codebook, files, published, survey
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
