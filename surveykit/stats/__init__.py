"""Arrays only: intervals, two-way tests and association. Knows no variables and no labels.

`intervals` a proportion or a mean · `many` tests of many tables at once · `twoway` the same
tests of one table, residuals, Cramér's V · `association` ordinal and nominal measures.
"""

from surveykit.stats.intervals import (
    INTERVAL_METHODS,
    Interval,
    IntervalMethod,
    mean_interval,
    proportion_interval,
)
from surveykit.stats.many import ManyTests
from surveykit.stats.twoway import (
    TEST_NAMES,
    Expected,
    Reason,
    TestName,
    TwoWayTest,
    adjusted_residuals,
    cramers_v,
    expected_counts,
    two_way_test,
)

__all__ = [
    "INTERVAL_METHODS",
    "TEST_NAMES",
    "Expected",
    "Interval",
    "IntervalMethod",
    "ManyTests",
    "Reason",
    "TestName",
    "TwoWayTest",
    "adjusted_residuals",
    "cramers_v",
    "expected_counts",
    "mean_interval",
    "proportion_interval",
    "two_way_test",
]
