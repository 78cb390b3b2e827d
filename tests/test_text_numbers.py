"""Numbers as text: rounding, p-values, ranges, cleaning."""

from __future__ import annotations

import copy
import math
import pickle
import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.text import (
    Bilingual,
    NumberFormat,
    clean,
    feasible_range,
    half_up,
    in_lang,
    pad,
    width,
    wrap,
)


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_every_share_up_to_385_rounds_half_up_as_exact_fractions_do(decimals: int) -> None:
    for n in range(1, 386, 3):
        for a in range(n + 1):
            share = Fraction(100 * a, n) * 10**decimals
            exact = math.floor(share + Fraction(1, 2))
            assert int(half_up(100 * a / n, decimals).scaleb(decimals)) == exact
            assert int(half_up(a / n * 100, decimals).scaleb(decimals)) == exact


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (12.35, 1, "12.4"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (-0.04, 1, "0.0"),
        (1234.5, 0, "1235"),
        (1e20, 0, "100000000000000000000"),
        (float("nan"), 1, "—"),
        (float("inf"), 1, "∞"),
        (None, 1, "—"),
    ],
)
def test_numbers(value: float | None, decimals: int, shown: str) -> None:
    assert NumberFormat.of("zh").number(value, decimals) == shown


def test_english_groups_thousands_and_chinese_does_not() -> None:
    assert NumberFormat.of("en").number(1234567.0) == "1,234,567"
    assert NumberFormat.of("zh").number(1234567.0) == "1234567"


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (0.0009999, "< 0.001"),
        (0.001, "= 0.001"),
        (0.0564, "= 0.056"),
        (0.0, "< 0.001"),
        (1.0, "= 1.000"),
        (None, "= —"),
    ],
)
def test_a_p_value_is_never_zero(p: float | None, shown: str) -> None:
    assert NumberFormat().p(p) == shown


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_rounding_moves_by_half_a_unit_at_most(value: float, decimals: int) -> None:
    moved = abs(Fraction(half_up(value, decimals)) - Fraction(value))
    assert moved <= Fraction(1, 2 * 10**decimals) + Fraction(abs(value)) / 10**11


@given(st.text())
def test_clean_text_is_safe_in_xml_and_stays_clean(text: str) -> None:
    from xml.etree import ElementTree

    cleaned = clean(text)
    element = ElementTree.Element("a")
    element.text = cleaned
    assert ElementTree.fromstring(ElementTree.tostring(element, "utf-8")).text == (cleaned or None)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("not printed; feasible range 20.1–45.3", (20.1, 45.3)),
        ("Feasible: 7 to 9.5 %", (7.0, 9.5)),
        ("可行范围 41.0%–43.2%", (41.0, 43.2)),
        ("arbitrary", None),
        ("n = 12–14", None),
    ],
)
def test_feasible_ranges_in_notes(note: str, found: tuple[float, float] | None) -> None:
    assert feasible_range(note) == found


@given(st.text(alphabet="ab 村组（）", max_size=40), st.integers(4, 20))
def test_wrapped_lines_keep_the_text_and_chinese_lines_the_width(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    # brackets side by side are one piece with what they hold, and may be wider than a line
    together = re.search("[（）]{2}|（.）", text)
    if not together and not set(text) & set(" ab"):
        assert all(width(line) <= cells for line in lines)


def test_padding_counts_chinese_as_two() -> None:
    assert [width(pad(t, 8, "center")) for t in ("村", "ab", "示范村x")] == [8, 8, 8]


def test_a_note_keeps_its_chinese_through_copies_and_pickles() -> None:
    note = Bilingual("two rows.", "两行。")
    for kept in (note, copy.deepcopy(note), pickle.loads(pickle.dumps(note))):
        assert (kept, in_lang(kept, "zh"), in_lang(kept, "en")) == (note, "两行。", "two rows.")
        assert type(in_lang(kept, "en")) is str


_MIXED = st.text(st.sampled_from("村民，。：（）ab1 .,()[]–"), max_size=60)


@given(_MIXED, st.integers(12, 40))
def test_wrapped_lines_keep_punctuation_where_it_belongs(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for before, after in pairwise(lines):
        if f"{before}{after}" in text:  # broken between two characters, not at a blank
            assert after[0] not in "，。：）.,)]"
            assert before[-1] not in "（(["
    for line in lines:
        words = line.replace("\u3000", " ").split(" ")
        assert width(line) <= cells or len(words) == 1
