"""Tables: from `Estimates` to a 三线表 in HTML, Markdown, text or xlsx.

``build``    estimates to a grid of header cells and body lines (`table`)
``cells``    one estimate to one cell: numbers, marks, what is not printed
``grid``     the frozen parts of a table; all that a renderer sees
``views``    `Table`: a grid that shows itself in every format
``words``    the phrases of a table in both languages
``html`` · ``markdown`` · ``terminal`` · ``xlsx``    the renderers
"""

from surveykit.tables.build import table
from surveykit.tables.grid import Cell, Head, Line
from surveykit.tables.views import Table

__all__ = ["Cell", "Head", "Line", "Table", "table"]
