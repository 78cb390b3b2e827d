"""The verbs over a survey, and their result `Estimates`.

`freq` one variable at a time · `crosstab` by a banner, with tests and letters · `mean` number
variables · `book` every question by one banner · `residuals` which cells stand out ·
`total`, `ratio`, `quantile` of numbers · `difference` groups against a reference ·
`repeated` one answer to several questions · `association` every measure of a pair.
"""

from surveykit.estimate._amounts import quantile, ratio, total
from surveykit.estimate._association import Association, Associations, association
from surveykit.estimate._book import book
from surveykit.estimate._comparisons import Comparison, Comparisons, Letters
from surveykit.estimate._differences import difference
from surveykit.estimate._estimates import Estimate, Estimates, Mark, Spec, TestRow, Tests
from surveykit.estimate._repeated import repeated
from surveykit.estimate._verbs import crosstab, freq, mean, residuals

__all__ = [
    "Association",
    "Associations",
    "Comparison",
    "Comparisons",
    "Estimate",
    "Estimates",
    "Letters",
    "Mark",
    "Spec",
    "TestRow",
    "Tests",
    "association",
    "book",
    "crosstab",
    "difference",
    "freq",
    "mean",
    "quantile",
    "ratio",
    "repeated",
    "residuals",
    "total",
]
