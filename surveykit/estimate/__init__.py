"""The verbs over a survey, and their result `Estimates`.

`freq` one variable at a time · `crosstab` by a banner, with tests · `residuals` which cells
stand out · `mean` number variables.
"""

from surveykit.estimate._comparisons import Comparison, Comparisons, Letters
from surveykit.estimate._estimates import Estimate, Estimates, Mark, Spec, TestRow, Tests
from surveykit.estimate._verbs import crosstab, freq, mean, residuals

__all__ = [
    "Comparison",
    "Comparisons",
    "Estimate",
    "Estimates",
    "Letters",
    "Mark",
    "Spec",
    "TestRow",
    "Tests",
    "crosstab",
    "freq",
    "mean",
    "residuals",
]
