"""The one pass over the data: code arrays → small arrays of n, Σw and Σw².

`count_tables` all stubs by all by-variables · `count_cells` single choice · `count_multiple`
multiple response · `overlaps`, `level_overlaps`, `option_pairs` levels that overlap ·
`psu_sums`, `stratum_sums` totals for variances · `group_moments`, `group_quantiles`,
`weighted_quantiles` numbers by group · `nest` crosses two axes.
"""

from surveykit.counts._layout import (
    BLANK,
    MISSING_KINDS,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    Axis,
    CellCounts,
    Choices,
    MultipleCounts,
    Side,
    Sums,
    everyone,
    narrowest,
    nest,
)
from surveykit.counts._moments import (
    Moments,
    group_moments,
    group_quantiles,
    weighted_quantiles,
)
from surveykit.counts._tables import (
    count_cells,
    count_multiple,
    count_tables,
    level_overlaps,
    option_pairs,
    overlaps,
)
from surveykit.counts._totals import cell_count, psu_sums, stratum_sums

__all__ = [
    "BLANK",
    "MISSING_KINDS",
    "NONE_CHOSEN",
    "NOT_ASKED",
    "USER_MISSING",
    "Axis",
    "CellCounts",
    "Choices",
    "Moments",
    "MultipleCounts",
    "Side",
    "Sums",
    "cell_count",
    "count_cells",
    "count_multiple",
    "count_tables",
    "everyone",
    "group_moments",
    "group_quantiles",
    "level_overlaps",
    "narrowest",
    "nest",
    "option_pairs",
    "overlaps",
    "psu_sums",
    "stratum_sums",
    "weighted_quantiles",
]
