"""Coding: raw text and codebook → codes, with blank, not asked and user-missing kept apart.

`_codes` variables as arrays · `_design` the sample design as arrays · `_check` what in the data breaks the codebook.
"""

from surveykit.coding._check import Finding, Findings, check
from surveykit.coding._codes import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    Codes,
    MultipleCodes,
    Numbers,
    asked,
    codes,
    multiple,
    numbers,
)
from surveykit.coding._design import design_notes, replicate_columns, sample_design

__all__ = [
    "BLANK",
    "NONE_CHOSEN",
    "NOT_ASKED",
    "USER_MISSING",
    "Codes",
    "Finding",
    "Findings",
    "MultipleCodes",
    "Numbers",
    "asked",
    "check",
    "codes",
    "design_notes",
    "multiple",
    "numbers",
    "replicate_columns",
    "sample_design",
]
