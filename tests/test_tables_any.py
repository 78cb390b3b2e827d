"""Whatever a user's frame holds: every renderer writes it or says why not, with the same numbers."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.errors import SurveyKitError
from surveykit.estimate import Estimate, Estimates, Spec
from surveykit.tables import Table, table
from surveykit.text import width

QUICK = settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
FIGURES = ("bars", "dots", "stacked", "likert", "mosaic", "ranking", "slope", "missing")
NASTY = st.sampled_from(
    ["=1+1", "+1", "-a", "@x", "<b>&amp;", "a\tb", "\x07", "\u202eabc", "\U0001f600", "$x_1$ #"]
)


@st.composite
def frames(draw: Any) -> pd.DataFrame:
    """Frames of text: no rows, one level, twelve, numbers of any size, empty columns, weights."""
    rows = draw(st.sampled_from([0, 1, 2, 9, 60]))
    columns: dict[str, list[str]] = {}
    for name in "abc"[: draw(st.integers(1, 3))]:
        kind = draw(st.sampled_from(["levels", "numbers", "empty", "nasty"]))
        if kind == "levels":
            levels = [f"级{i}" for i in range(draw(st.integers(1, 12)))]
            cell = st.sampled_from([*levels, ""])
        elif kind == "numbers":
            cell = st.one_of(st.just(""), st.floats(-1e6, 1e6, width=32).map(lambda x: f"{x:.3g}"))
        else:
            cell = NASTY if kind == "nasty" else st.just("")
        columns[name] = draw(st.lists(cell, min_size=rows, max_size=rows))
    weight = st.sampled_from(["1", "0.4", "2.75", "0"])
    columns["w"] = draw(st.lists(weight, min_size=rows, max_size=rows))
    return pd.DataFrame(columns, dtype=str)


def tabulated(frame: pd.DataFrame, weighted: bool, lang: Any) -> Estimates:
    survey = sk.Survey(frame, design=sk.Design(weight="w") if weighted else None)
    names = [c for c in frame.columns if c != "w"]
    if len(names) > 1:
        return sk.crosstab(survey, names[0], names[1:], lang=lang)
    return sk.freq(survey, names[0], lang=lang)


def written(made: Table, folder: Path) -> None:
    for theme in ("three_line", "apa"):
        made.to_html(theme=theme)  # type: ignore[arg-type]
        made.to_markdown(theme=theme)  # type: ignore[arg-type]
        made.to_latex(theme=theme)  # type: ignore[arg-type]
        shown = made.to_text(60, theme=theme)  # type: ignore[arg-type]
        assert "\t" not in shown
    made.to_xlsx(folder / "t.xlsx", theme="gbt")
    made.to_svg(folder / "t.svg", theme="plain")


@given(frames(), st.booleans(), st.sampled_from(["zh", "en"]), st.data())
@QUICK
def test_any_frame_is_shown_or_refused(
    tmp_path: Path, frame: pd.DataFrame, weighted: bool, lang: str, data: Any
) -> None:
    layout = data.draw(st.sampled_from(["groups_across", "groups_down", "battery"]))
    try:
        found = tabulated(frame, weighted, lang)
        written(table(found, layout=layout, stars="show"), tmp_path)
        getattr(sk.plots, data.draw(st.sampled_from(FIGURES)))(found)
    except SurveyKitError as error:
        refused = str(error)
    else:
        refused = "no"
    assert refused.strip()


# ---------------------------------------------------------------- the same rounding everywhere
def half_up(value: float, decimals: int) -> str:
    """Round a number, at the 12 digits that files hold, halves away from zero."""
    made = Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{made:f}"


class Cells(HTMLParser):
    """The text of every ``td``."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "td":
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


HALVES = [0.25, 12.25, 12.35, 0.05, 2.5, 62.45, 99.95, 1.005, 33.349999999999994, 50.15]


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_halves_are_rounded_alike_in_every_format(tmp_path: Path, decimals: int) -> None:
    rows = tuple(
        Estimate("v", f"L{i}", str(i), "", "", "", "percent", x, n=90) for i, x in enumerate(HALVES)
    )
    found = Estimates(rows, Spec("freq", ("v",), lang="en"))
    made = table(found, stats=["percent"], decimals=decimals)
    wanted = [half_up(x, decimals) for x in HALVES]
    cells = [c.text for line in made.body for c in line.cells]
    assert cells == wanted
    page = Cells()
    page.feed(re.sub(r"<style>.*?</style>", "", made.to_html(), flags=re.DOTALL))
    assert [t for t in page.found if t.strip()] == wanted
    in_text = [line.split()[-1] for line in made.to_text().splitlines() if line.startswith("  L")]
    assert in_text == wanted
    sheet = openpyxl.load_workbook(made.to_xlsx(tmp_path / "t.xlsx")).active
    assert sheet is not None
    held = {r[0].value: r[1] for r in sheet.iter_rows() if r[0].value}
    for i, text in enumerate(wanted):
        cell = held[f"L{i}"]
        assert half_up(float(cell.value), decimals) == text  # Excel rounds halves so, too
        digits = re.match(r"0(?:\.(0+))?", cell.number_format)
        assert digits is not None
        assert len(digits[1] or "") == decimals
        inline = found.inline("v", level=str(i), template=f"{{percent:.{decimals}f}}")
        assert inline == text
    for x, text in zip(HALVES, plots_texts(found, decimals), strict=True):
        assert text == half_up(x, decimals)


def plots_texts(found: Estimates, decimals: int) -> list[str]:
    ax = sk.plots.bars(found, decimals=decimals, orientation="horizontal")
    return [t.get_text() for t in ax.texts if re.fullmatch(r"[0-9.]+", t.get_text())]


# ---------------------------------------------------------------- too much of it
def test_a_banner_of_thousands_is_cut_or_refused_in_no_time(tmp_path: Path) -> None:
    rows = [
        Estimate("v", "yes", "1", "g", f"group {i}", str(i), "percent", i % 100 / 1.0, n=40)
        for i in range(1500)
    ]
    made = table(Estimates(tuple(rows), Spec("crosstab", ("v",), ("g",), lang="en")))
    lines = made.to_text(100).splitlines()
    assert max(map(width, lines)) <= 100
    assert len(lines) > 800
    book = openpyxl.load_workbook(made.to_xlsx(tmp_path / "t.xlsx"))
    sheet = book.active
    assert sheet is not None
    assert sheet.max_column == 1501
    assert sheet.print_title_cols == "$A:$A"
    assert len(sheet.col_breaks) > 50
    assert made.to_html().count("<td") >= 1500
