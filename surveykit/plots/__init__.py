"""Figures: functions ``(estimates, *, ax=None) -> Axes``; plain matplotlib comes out.

``charts``   `bars`, `dots`, `stacked`
``diverging`` · ``ranked`` · ``slopes`` · ``areas``    `likert` · `ranking` · `slope` · `mosaic`
``accounting`` · ``absence``    `response`: sent, returned, valid · `missing`: by kind, by pattern
``plan``     from estimates to categories, series and points; no drawing
``canvas``   axes with a place for every category
``looks``    how a printed, an implied and a not printed value look; shades of a scale
``spread``   labels moved apart
``frame``    the figure around a chart: title, legend, notes, room for every label
``watermark``    合成 SYNTHETIC in a free place
``glyphs``   characters that no font has
``style``    fonts and rcParams, inside a context only
``output``   `save` (PNG, SVG, PDF, the same bytes every time) and `alt_text`
"""

from surveykit.plots.absence import missing
from surveykit.plots.accounting import response
from surveykit.plots.areas import mosaic
from surveykit.plots.charts import bars, dots, stacked
from surveykit.plots.diverging import likert
from surveykit.plots.glyphs import MissingGlyphWarning
from surveykit.plots.output import alt_text, save
from surveykit.plots.ranked import ranking
from surveykit.plots.slopes import slope
from surveykit.plots.style import style

__all__ = [
    "MissingGlyphWarning",
    "alt_text",
    "bars",
    "dots",
    "likert",
    "missing",
    "mosaic",
    "ranking",
    "response",
    "save",
    "slope",
    "stacked",
    "style",
]
