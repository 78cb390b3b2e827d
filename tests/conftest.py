"""Shared settings: no time limit per example, since machines differ."""

from hypothesis import settings

settings.register_profile("surveykit", deadline=None)
settings.load_profile("surveykit")
