"""The one pass over the data: code arrays → small arrays of n, Σw and Σw².

`count_cells` single choice by many by-variables · `count_multiple` multiple response ·
`group_moments` means and medians by group · `nest` crosses two axes.
"""

from surveykit.counts._cells import (
    BLANK,
    MISSING_KINDS,
    NOT_ASKED,
    USER_MISSING,
    Axis,
    CellCounts,
    MultipleCounts,
    Sums,
    count_cells,
    count_multiple,
    everyone,
    nest,
)
from surveykit.counts._moments import Moments, group_moments

__all__ = [
    "BLANK",
    "MISSING_KINDS",
    "NOT_ASKED",
    "USER_MISSING",
    "Axis",
    "CellCounts",
    "Moments",
    "MultipleCounts",
    "Sums",
    "count_cells",
    "count_multiple",
    "everyone",
    "group_moments",
    "nest",
]
