"""Arrays only: estimates' intervals, tests and association. Knows no variables and no labels.

Simple samples: `intervals` a proportion or a mean · `differences` two proportions · `compare`
columns in pairs, adjusted p-values · `many` tests of many tables at once · `twoway` the same
tests of one table, residuals, Cramér's V · `exact` Fisher's test of r × c tables · `groups`
means and ranks of several groups · `repeated` the same respondents twice or more · `multiple`
multiple response by groups, net promoter score · `association` ordinal and nominal measures ·
`measures` all of them by name, with intervals.

Complex samples: `design` variances of totals, and what is built on them in `linear`,
`designci`, `quantiles`, `replicates`, `raoscott`.
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
