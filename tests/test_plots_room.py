"""Every chart, both languages, long and hostile labels, 1 to 40 categories: nothing lies on
anything, nothing is cut; axes too small for it are refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from display_rows import cells
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from surveykit import plots
from surveykit.coding import MissingKind, MissingPattern, MissingPatterns
from surveykit.errors import SurveyKitError, UsageError
from surveykit.estimate import Estimates, Spec
from surveykit.text import Lang

LONG = {
    "zh": "领导和工作人员对创建工作（包括宣传、培训与检查）认识不到位，重视程度不够，没有深入基层做宣传教育{}",
    "en": "Local officials pay too little attention to the campaign, and it rarely reaches us {}",
}
SHORT = {"zh": "项{}", "en": "Item {}"}
HOSTILE = "$x_{{{}}}^2$ <b>&amp;</b>\nline\x07 =1+1 {}"


def crossed(levels: int, groups: int, label: str, lang: Lang = "zh", **spec: object) -> Estimates:
    """A variable of `levels` by `groups`, with every label made of `label`."""
    rng = np.random.default_rng(levels * 100 + groups)
    names = [(f"l{i}", label.format(i, i)) for i in range(levels)]
    made = []
    for by, count in (("", 1), ("g", groups)):
        for j in range(count):
            counts = tuple(rng.integers(1, 60, levels).tolist())
            code, text = (f"g{j}", label.format(j, j)) if by else ("", "")
            made.append((by, (code, text, sum(counts), counts)))
    rows = [r for by, one in made for r in cells("v", names, by, [one])]
    question = label.format("?", "?")
    base = Spec("crosstab", ("v",), ("g",), questions={"v": question, "g": question}, lang=lang)
    return Estimates(tuple(rows), replace(base, **spec))  # type: ignore[arg-type]


def battery(items: int, label: str, lang: Lang) -> Estimates:
    rows = []
    levels = [(str(i), SHORT[lang].format(i)) for i in range(1, 6)]
    for i in range(items):
        group = ("", "", 100, (5 + i % 9, 15, 20, 30 - i % 9, 30))
        rows += cells(f"q{i}", levels, "", [group])
    names = tuple(f"q{i}" for i in range(items))
    questions = {n: label.format(i, i) for i, n in enumerate(names)}
    return Estimates(tuple(rows), Spec("freq", names, questions=questions, lang=lang))


def lacking(count: int, label: str, lang: Lang) -> MissingPatterns:
    names = [f"q{i}" for i in range(count)]
    kinds = [MissingKind(n, 100 - i % 7, i % 7, 0, 0, 0, 100) for i, n in enumerate(names)]
    patterns = [MissingPattern("", 0, 60, 60.0)]
    patterns += [MissingPattern(f"{n}=blank", 1, 1, 1.0) for n in names]
    questions = {n: label.format(i, i) for i, n in enumerate(names)}
    return MissingPatterns(tuple(patterns), tuple(kinds), questions, lang)


Draw = Callable[[int, str, Lang], Axes]
CHARTS: dict[str, Draw] = {
    "bars": lambda k, t, lang: plots.bars(crossed(k, 1, t, lang), by=""),
    "bars grouped": lambda k, t, lang: plots.bars(crossed(3, k, t, lang)),
    "bars of counts": lambda k, t, lang: plots.bars(crossed(2, k, t, lang), stat="count"),
    "dots": lambda k, t, lang: plots.dots(crossed(2, k, t, lang)),
    "stacked": lambda k, t, lang: plots.stacked(crossed(3, k, t, lang)),
    "likert groups": lambda k, t, lang: plots.likert(crossed(5, k, t, lang)),
    "likert battery": lambda k, t, lang: plots.likert(battery(k, t, lang), order="net"),
    "likert levels": lambda k, t, lang: plots.likert(crossed(max(2, min(k, 11)), 2, t, lang)),
    "ranking": lambda k, t, lang: plots.ranking(crossed(k, 1, t, lang)),
    "ranking by": lambda k, t, lang: plots.ranking(crossed(k, 3, t, lang), by="g"),
    "mosaic": lambda k, t, lang: plots.mosaic(crossed(4, k, t, lang)),
    "slope": lambda k, t, lang: plots.slope(crossed(k, 2, t, lang)),
    "missing": lambda k, t, lang: plots.missing(lacking(k, t, lang)),
    "patterns": lambda k, t, lang: plots.missing(lacking(k, t, lang), view="patterns", most=40),
}
CASES = [
    (1, SHORT, "zh"), (5, LONG, "zh"), (40, SHORT, "en"), (3, HOSTILE + LONG["en"][:-2], "en"),
]  # fmt: skip


def texts(figure: Figure) -> list[Text]:
    return [
        t
        for t in figure.findobj(Text)
        if isinstance(t, Text) and t.get_visible() and t.get_text().strip()
    ]


def check(figure: Figure) -> None:
    """No text is cut, no two lie on each other."""
    figure.draw_without_rendering()
    shown = texts(figure)
    boxes = np.array([t.get_window_extent().extents for t in shown])
    whole = figure.bbox
    assert boxes[:, 0].min() >= whole.x0 - 1
    assert boxes[:, 1].min() >= whole.y0 - 1
    assert boxes[:, 2].max() <= whole.x1 + 1
    assert boxes[:, 3].max() <= whole.y1 + 1
    inner = boxes + np.array([1, 1, -1, -1])
    apart = (inner[:, None, :2] >= inner[None, :, 2:]).any(axis=2)
    hits = np.argwhere(np.triu(~(apart | apart.T), k=1))
    assert [(shown[i].get_text(), shown[j].get_text()) for i, j in hits] == []


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("case", range(len(CASES)))
def test_no_text_is_cut_and_none_lies_on_another(chart: str, case: int) -> None:
    count, labels, lang = CASES[case]
    label = labels if isinstance(labels, str) else labels[lang]
    before = dict(matplotlib.rcParams)
    ax = CHARTS[chart](count, label, lang)  # type: ignore[arg-type]
    check(ax.figure)  # type: ignore[arg-type]
    assert dict(matplotlib.rcParams) == before
    said = "".join(t.get_text() for t in texts(ax.figure))  # type: ignore[arg-type]
    assert "\x07" not in said
    assert not any(t.get_parse_math() for t in texts(ax.figure))  # type: ignore[arg-type]
    if HOSTILE in label:
        assert "<b>&amp;</b>" in said.replace("\n", "").replace(" ", "")
    assert plots.alt_text(ax).strip()
    assert plots.alt_text(ax.figure) == plots.alt_text(ax)  # type: ignore[arg-type]


@pytest.mark.parametrize("chart", ["bars grouped", "likert groups", "ranking", "mosaic", "slope"])
def test_axes_too_small_for_the_labels_are_refused(chart: str) -> None:
    small = Figure(figsize=(2.5, 1.2)).add_subplot()
    estimates = (
        crossed(9, 2, LONG["zh"]) if chart in ("ranking", "slope") else crossed(3, 12, LONG["zh"])
    )
    draw = {
        "bars grouped": plots.bars, "likert groups": plots.likert, "ranking": plots.ranking,
        "mosaic": plots.mosaic, "slope": plots.slope,
    }[chart]  # fmt: skip
    with pytest.raises(UsageError, match="Hint: larger axes"):
        draw(estimates, ax=small)


@pytest.mark.parametrize(
    "draw", [plots.likert, plots.ranking, plots.mosaic, plots.slope, plots.stacked, plots.dots]
)
def test_given_axes_are_used_and_nothing_else_of_the_figure_changes(
    draw: Callable[..., Axes],
) -> None:
    figure = Figure(figsize=(14, 7))
    left, right = figure.subplots(1, 2)
    other = right.plot([1, 2])[0]
    assert draw(crossed(3, 2, SHORT["zh"]), ax=left) is left
    assert tuple(figure.get_size_inches()) == (14, 7)
    assert right.get_children()[0] is other
    assert plots.alt_text(figure) == plots.alt_text(left)
    figure.draw_without_rendering()


def test_characters_that_no_font_has_are_named_and_never_a_box() -> None:
    with pytest.warns(plots.MissingGlyphWarning, match=r"U\+1FAE8.*Hint: install"):
        ax = plots.bars(crossed(2, 2, "好🫨{}"))
    said = "".join(t.get_text() for t in texts(ax.figure))  # type: ignore[arg-type]
    assert "🫨" not in said
    assert "[U+1FAE8]" in said.replace("\n", "")
    assert "🫨" in plots.alt_text(ax)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.draw_without_rendering()  # type: ignore[union-attr]


@pytest.mark.parametrize("chart", ["likert", "mosaic", "stacked"])
def test_what_has_no_parts_is_refused(chart: str) -> None:
    with pytest.raises(SurveyKitError):
        getattr(plots, chart)(crossed(1, 0, SHORT["zh"]).filter(lambda r: r.stat == "mean"))
