"""A handful of pictures beside their baselines, drawn with the bundled font.

Artists are tested elsewhere; these find what no artist tells: a hatch gone, a font changed, a
legend in the way. After a deliberate change look at the new pictures, then keep them::

    python tests/test_plots_baselines.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from display_rows import (
    awareness,
    channels,
    grid_of_questions,
    satisfaction,
    synthetic,
)
from matplotlib.axes import Axes
from PIL import Image

from surveykit import plots
from surveykit.coding import MissingKind, MissingPattern, MissingPatterns

HERE = Path(__file__).parent
FOLDER = HERE / "baselines"
DPI = 60

# Of 255, over all pixels. On one version of matplotlib with one font the pictures are the same but
# for the last bit of floating point (another processor, another build of FreeType), which moves
# the edge of a letter by part of a pixel: below 1. A label moved by one pixel gives about 6, a
# hatch left out about 9.
TOLERANCE = 2.5


def lacking() -> MissingPatterns:
    kinds = (MissingKind("a", 90, 6, 4, 0, 0, 100), MissingKind("b", 70, 5, 0, 25, 0, 100))
    patterns = (
        MissingPattern("", 0, 64, 64.0), MissingPattern("b=not_asked", 1, 25, 25.0),
        MissingPattern("a=blank; b=blank", 2, 5, 5.0), MissingPattern("a=user_missing", 1, 4, 4.0),
        MissingPattern("a=blank", 1, 2, 2.0),
    )  # fmt: skip
    return MissingPatterns(patterns, kinds, {"a": "是否参加", "b": "不参加的原因（可多选）"})


FIGURES: dict[str, Callable[[], Axes]] = {
    "bars-synthetic": lambda: plots.bars(synthetic(), by=["village_type", "occupation"],
                                         levels=["yes"]),
    "likert": lambda: plots.likert(satisfaction()),
    "likert-battery": lambda: plots.likert(grid_of_questions(), order="net", lang="en"),
    "mosaic": lambda: plots.mosaic(satisfaction()),
    "mosaic-residual": lambda: plots.mosaic(awareness(), by="village_type", shade="residual"),
    "ranking": lambda: plots.ranking(channels(), by="village_type"),
    "slope": lambda: plots.slope(satisfaction(), groups=["demo", "third"], levels=list("12345")),
    "missing-patterns": lambda: plots.missing(lacking(), view="patterns"),
}  # fmt: skip


def drawn(name: str) -> bytes:
    buffer = BytesIO()
    with plots.style():
        figure = FIGURES[name]().figure
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})  # type: ignore[union-attr]
    return buffer.getvalue()


def pinned() -> str:
    text = (HERE.parent / "constraints.txt").read_text(encoding="utf-8")
    found = re.search(r"^matplotlib==(\S+)$", text, re.MULTILINE)
    assert found is not None
    return found[1]


def difference(one: bytes, two: bytes) -> float:
    """Root mean square of the differences of all pixels, 0-255; 255 where the sizes differ."""
    first, second = (np.asarray(Image.open(BytesIO(b)).convert("RGB"), dtype=float)
                     for b in (one, two))  # fmt: skip
    if first.shape != second.shape:
        return 255.0
    return float(np.sqrt(((first - second) ** 2).mean()))


@pytest.mark.parametrize("name", FIGURES)
def test_the_picture_is_its_baseline(name: str, tmp_path: Path) -> None:
    if matplotlib.__version__ != pinned():
        pytest.skip(f"baselines are of matplotlib {pinned()}; others draw letters otherwise")
    now = drawn(name)
    found = difference(now, (FOLDER / f"{name}.png").read_bytes())
    if found > TOLERANCE:
        (tmp_path / f"{name}.png").write_bytes(now)
    assert found <= TOLERANCE, f"see {tmp_path / name}.png"


def test_the_tolerance_sees_a_hatch_left_out() -> None:
    plain = plots.mosaic(satisfaction())
    for one in plain.patches:
        one.set_hatch(None)
    buffer = BytesIO()
    plain.figure.savefig(buffer, format="png", dpi=DPI)  # type: ignore[union-attr]
    assert difference(buffer.getvalue(), drawn("mosaic")) > 2 * TOLERANCE


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for figure_name in FIGURES:
        (FOLDER / f"{figure_name}.png").write_bytes(drawn(figure_name))
