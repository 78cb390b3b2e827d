"""surveykit: survey analysis from raw export to publication."""

__version__ = "0.1.0"
