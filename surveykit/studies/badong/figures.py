"""The report's figures: 1 and 2 as it numbers them, then one of ours.

Each picture carries 合成 SYNTHETIC; a bar is solid where the report prints it, hollow where not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from surveykit import plots
from surveykit.studies.badong.analysis import awareness, participation
from surveykit.studies.badong.data import Draw, codebook, open_ranges
from surveykit.text import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FIGURES", "figure1", "figure2", "figure3"]

DEMONSTRATION_SITES = ("a", "b", "c")


def figure1(*, lang: Lang = "zh", draw: Draw = 1, ax: Axes | None = None) -> Axes:
    """图一: awareness by site, the two kinds of village told apart.

    The report's figure is not in our copy: only its order is known, so no interval is drawn.

    Examples
    --------
    >>> figure1(lang="en").get_title(loc="left")
    'Figure 1. Awareness by site'
    """
    title = {"zh": "图一 各调研地的知晓情况", "en": "Figure 1. Awareness by site"}
    kinds = codebook()["village_type"]
    label = {c: kinds.choice(c).label.text(lang) for c in ("demonstration", "other")}
    sites = [c.code for c in codebook()["site"].choices]
    groups = {s: label["demonstration" if s in DEMONSTRATION_SITES else "other"] for s in sites}
    estimates = awareness("site", draw=draw, lang=lang)
    return plots.dots(
        estimates.filter(lambda r: r.by != ""),
        ax=ax,
        levels=["yes"],
        groups=groups,
        title=title[lang],
        ranges=open_ranges(draw),
    )


def figure2(*, lang: Lang = "zh", draw: Draw = 1, ax: Axes | None = None) -> Axes:
    """图二: participation."""
    title = {"zh": "图二 群众参与情况", "en": "Figure 2. Participation"}
    return plots.bars(
        participation(draw=draw, lang=lang), ax=ax, title=title[lang], ranges=open_ranges(draw)
    )


def figure3(*, lang: Lang = "zh", draw: Draw = 1, ax: Axes | None = None) -> Axes:
    """Beyond the report: participation by education, one bar of 100 % for each group."""
    title = {"zh": "图三 各文化程度的参与情况", "en": "Figure 3. Participation by education"}
    estimates = participation("education", draw=draw, lang=lang)
    return plots.stacked(
        estimates.filter(lambda r: r.by != ""),
        ax=ax,
        title=title[lang],
        ranges=open_ranges(draw),
    )


FIGURES: Mapping[str, Callable[..., Axes]] = {
    "figure1": figure1,
    "figure2": figure2,
    "figure3": figure3,
}
"""Every figure of the study, in the order of the report."""
