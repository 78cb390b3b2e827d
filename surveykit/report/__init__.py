"""Reports: a folder of tables and figures, one page that explains them, a manifest of it all.

``parts``       what a report is made of: text, tables, figures, ready markup
``build``       `Report` and its ``build(folder)``
``page``        from the parts to one HTML page
``paper``       from the parts to a document for Word and PDF; ``markup`` reads ready markup for it
``refs``        "Table 2" where a text says ``{table:name}``
``methods``     the methods paragraph from the estimates
``manifest``    `manifest.json`: every file with its hash, versions, seed, inputs
``folder``      files into a folder, all of them or none
``audit_view``  the page of an audit
"""

from surveykit.report.build import DEFAULTS, FORMATS, Report, check_formats
from surveykit.report.methods import methods
from surveykit.report.parts import FigurePart, Grid, Html, Methods, TablePart, Text

__all__ = [
    "DEFAULTS",
    "FORMATS",
    "FigurePart",
    "Grid",
    "Html",
    "Methods",
    "Report",
    "TablePart",
    "Text",
    "check_formats",
    "methods",
]
