"""The verbs over a survey, and their result `Estimates`."""

from surveykit.estimate._estimates import Estimate, Estimates, Mark, Spec, TestRow, Tests

__all__ = ["Estimate", "Estimates", "Mark", "Spec", "TestRow", "Tests"]
