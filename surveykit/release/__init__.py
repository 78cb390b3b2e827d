"""Estimates on their way out: which of them are too uncertain to be shown, and why.

`_rules` the published rules by name · `_marks` :func:`mark_reliability`.
"""

from surveykit.release._marks import mark_reliability
from surveykit.release._rules import RULES

__all__ = ["RULES", "mark_reliability"]
