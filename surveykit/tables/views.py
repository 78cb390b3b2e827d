"""`Table`: a grid that shows itself in every format."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from surveykit.io import write_atomic
from surveykit.tables import docx, html, latex, markdown, pdf, terminal, xlsx
from surveykit.tables.document import Document
from surveykit.tables.grid import Grid
from surveykit.tables.themes import ThemeName

__all__ = ["Table"]


@dataclass(frozen=True, repr=False)
class Table(Grid):
    """A table ready to be shown; made by :func:`surveykit.tables.table`.

    Notes
    -----
    Frozen: ``dataclasses.replace(t, title="…")`` makes a copy with another title.
    """

    def to_html(self) -> str:
        """Return HTML with its own scoped style; every text is escaped."""
        return html.render(self)

    def to_markdown(self) -> str:
        """Return a Markdown pipe table with its title and notes."""
        return markdown.render(self)

    def to_text(self, width: int = 100) -> str:
        """Return the table for a terminal; Chinese characters count two cells.

        Parameters
        ----------
        width : int
            Of the terminal, in cells: a banner that is wider is cut into blocks, one below the
            other, that repeat the stub. A block is wider only where the stub and a single group
            are. ``print(table)`` takes the width of the terminal that it prints to.
        """
        return terminal.render(self, width)

    def to_xlsx(self, path: str | os.PathLike[str]) -> Path:
        """Write the table to an xlsx file, the same bytes every time, all or nothing.

        Numbers are numbers; every text is constant text, never a formula.
        """
        return write_atomic(Path(path), xlsx.render(self))

    def to_latex(self, *, theme: ThemeName = "three_line") -> str:
        r"""Return LaTeX with booktabs: every text escaped, the packages named in a comment.

        The caption leaves out a number that the title has: LaTeX numbers its tables itself. A
        banner wider than a page is cut into several tables; a body longer than a page is a
        ``longtable``.
        """
        return latex.render(self, theme)

    def to_docx(self, path: str | os.PathLike[str], *, theme: ThemeName = "three_line") -> Path:
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

    def to_pdf(self, path: str | os.PathLike[str], *, theme: ThemeName = "three_line") -> Path:
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
        return self.to_html()
