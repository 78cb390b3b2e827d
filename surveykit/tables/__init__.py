"""Tables: from `Estimates` to a 三线表 in any format; many of them as a book.

``build``    estimates to a grid of header cells and body lines (`table`)
``books``    one table for each question, numbered, with contents (`book`); ``pages`` shows it
``source``   the estimates with what was asked of them: columns, levels, summaries, bases
``layout`` · ``battery``    groups across or down · questions that share their levels
``under``    what stands under a table: tests, the meaning of marks and letters, notes
``cells``    one estimate to one cell: numbers, marks, what is not printed
``grid``     the frozen parts of a table; all that a renderer sees
``views``    `Table`: a grid that shows itself in every format
``words``    the phrases of a table in both languages
``html`` · ``markdown`` · ``terminal`` · ``xlsx`` · ``latex``    the renderers
``docx`` · ``pdf``       Word and PDF of a `Document`: a table, a book, a report
``document`` · ``paper`` what a document is made of · widths, size and turn of a table on paper
``themes`` · ``pieces`` · ``cutting``    rules and captions by name · cells in line · wide banners cut
"""

from surveykit.tables.books import Book, book
from surveykit.tables.build import table
from surveykit.tables.grid import Cell, Head, Line
from surveykit.tables.views import Table

__all__ = ["Book", "Cell", "Head", "Line", "Table", "book", "table"]
