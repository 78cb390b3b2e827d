"""Axes of a figure of their own that show themselves at the end of a notebook's cell.

Figures are made without pyplot, so that no list of open figures grows and nothing is shown twice;
pyplot's way of showing them is missed with it. This is the other way: what a chart returns
has a picture, as a data frame has a table.
"""

from __future__ import annotations

from typing import Any, Final

from matplotlib import axes

from surveykit.plots.output import picture

__all__ = ["Axes"]

_DPI: Final = 144  # dots; twice the 72 of a point, so that text is sharp where screens are dense


class Axes(axes.Axes):
    """Matplotlib's axes, with the picture of their figure and its words for a notebook."""

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        """Return the figure as PNG, its size on the page in pixels, and its alternative text."""
        content, wide, alt = picture(self, _DPI)
        return content, {"width": wide, "alt": alt}
