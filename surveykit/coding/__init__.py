"""Coding: raw text and codebook → codes, with blank, not asked and user-missing kept apart.

`_codes` variables as arrays · `_derive` reliability of scores · `_design` the sample design as
arrays · `_check`, `_check_*` what in the data breaks the codebook or calls for care, as
`_findings` · `_missing` who is missing where · `_response` distributed, returned, valid.
"""

from surveykit.coding._check import check
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
from surveykit.coding._derive import ScaleReliability, reliability
from surveykit.coding._design import design_notes, replicate_columns, sample_design
from surveykit.coding._findings import Case, Finding, Findings, Group
from surveykit.coding._missing import (
    MissingKind,
    MissingPattern,
    MissingPatterns,
    missing_patterns,
)
from surveykit.coding._response import Rate, ResponseRates, rate_name, response_rates

__all__ = [
    "BLANK",
    "NONE_CHOSEN",
    "NOT_ASKED",
    "USER_MISSING",
    "Case",
    "Codes",
    "Finding",
    "Findings",
    "Group",
    "MissingKind",
    "MissingPattern",
    "MissingPatterns",
    "MultipleCodes",
    "Numbers",
    "Rate",
    "ResponseRates",
    "ScaleReliability",
    "asked",
    "check",
    "codes",
    "design_notes",
    "missing_patterns",
    "multiple",
    "numbers",
    "rate_name",
    "reliability",
    "replicate_columns",
    "response_rates",
    "sample_design",
]
