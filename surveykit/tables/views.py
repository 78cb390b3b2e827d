"""`Table`: a grid that shows itself in every format."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from surveykit.io import write_atomic
from surveykit.tables import docx, html, latex, markdown, pdf, picture, terminal, xlsx
from surveykit.tables.document import Document
from surveykit.tables.grid import Grid
from surveykit.tables.themes import DEFAULT, ThemeName

__all__ = ["Table"]


@dataclass(frozen=True, repr=False)
class Table(Grid):
    """A table ready to be shown; made by :func:`surveykit.tables.table`.

    Notes
    -----
    Frozen: ``dataclasses.replace(t, title="…")`` makes a copy with another title.

    Every format takes a `theme`: ``three_line`` (三线表), ``apa`` (APA 7), ``gbt`` (a Chinese
    thesis, GB/T 7713), ``booktabs`` (a journal's) or ``plain``. A file that stands at the path
    named is replaced, whole or not at all.
    """

    def to_html(self, *, theme: ThemeName = DEFAULT) -> str:
        """Return HTML with its own scoped style; every text is escaped."""
        return html.render(self, theme=theme)

    def to_markdown(self, *, theme: ThemeName = DEFAULT) -> str:
        """Return a Markdown pipe table with its title and notes."""
        return markdown.render(self, theme)

    def to_text(self, width: int = 100, *, theme: ThemeName = DEFAULT) -> str:
        """Return the table for a terminal; Chinese characters count two cells.

        Parameters
        ----------
        width : int
            Of the terminal, in cells: a banner that is wider is cut into blocks, one below the
            other, that repeat the stub. A block is wider only where the stub and a single group
            are. ``print(table)`` takes the width of the terminal that it prints to.
        """
        return terminal.render(self, width, theme)

    def to_xlsx(self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT) -> Path:
        """Write the table to an xlsx file, the same bytes every time, all or nothing.

        Numbers are numbers; every text is constant text, never a formula.

        Raises
        ------
        UnsupportedError
            For more rows or columns than a sheet can hold.
        InputError
            When the place cannot be written.
        """
        return write_atomic(Path(path), xlsx.render(self, theme))

    def to_png(
        self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT, dpi: float = 200
    ) -> Path:
        """Write the table as a picture, the same bytes every time, all or nothing.

        Drawn with the font that comes with surveykit: Chinese needs none installed. A banner that
        is wider than a picture should be is cut into blocks, one below the other. What the table
        says stands in the file as its description.

        Raises
        ------
        UnsupportedError
            For a table of more lines than a picture can show.
        UsageError
            For a resolution outside 30 to 1200 dots per inch.
        InputError
            When the place cannot be written.
        """
        return write_atomic(Path(path), picture.png(self, theme, dpi))

    def to_svg(self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT) -> Path:
        """Write the table as an SVG picture, texts as outlines; otherwise as :meth:`to_png`."""
        return write_atomic(Path(path), picture.svg(self, theme))

    def to_latex(self, *, theme: ThemeName = DEFAULT) -> str:
        r"""Return LaTeX with booktabs: every text escaped, the packages named in a comment.

        The caption leaves out a number that the title has: LaTeX numbers its tables itself. A
        banner wider than a page is cut into several tables; a body longer than a page is a
        ``longtable``.
        """
        return latex.render(self, theme)

    def to_docx(self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT) -> Path:
        """Write the table to a Word file, the same bytes every time, all or nothing.

        A wide table lies on its side; a wider one is cut between the groups of its banner.

        Raises
        ------
        MissingDependencyError
            Without the extra ``office``.
        UnsupportedError
            For more cells than a document can hold.
        InputError
            When the place cannot be written.
        """
        return write_atomic(Path(path), docx.render(self._alone(theme)))

    def to_pdf(self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT) -> Path:
        """Write the table to a PDF file, the same bytes every time, all or nothing.

        Chinese needs no font installed. Widths and errors as of :meth:`to_docx`; the extra is
        ``pdf``.
        """
        return write_atomic(Path(path), pdf.render(self._alone(theme)))

    def _alone(self, theme: ThemeName) -> Document:
        return Document(self.title or self.banner, self.lang, (self,), theme=theme)

    def __repr__(self) -> str:
        on_terminal = sys.stdout is not None and sys.stdout.isatty()
        return self.to_text(shutil.get_terminal_size((100, 24)).columns if on_terminal else 100)

    def _repr_html_(self) -> str:
        """Return the view of a notebook: columns sort, the table is copied, figures explained."""
        return html.notebook(self)
