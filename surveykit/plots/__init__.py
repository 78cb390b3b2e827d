"""Figures: functions ``(estimates, *, ax=None) -> Axes``; plain matplotlib comes out.

``charts``   `bars`, `dots`, `stacked`
``plan``     from estimates to categories, series and points; no drawing
``looks``    how a printed, an implied and a not printed value look
``frame``    the figure around a chart: title, legend, notes, room for every label
``watermark``    合成 SYNTHETIC in a free place
``style``    fonts and rcParams, inside a context only
``output``   `save` (PNG and SVG, the same bytes every time) and `alt_text`
"""

from surveykit.plots.charts import bars, dots, stacked
from surveykit.plots.output import alt_text, save
from surveykit.plots.style import style

__all__ = ["alt_text", "bars", "dots", "save", "stacked", "style"]
