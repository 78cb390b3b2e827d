"""Codebooks: reading YAML, every contradiction with its line, the way back to YAML."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.codebook import (
    Choice,
    Codebook,
    Design,
    Net,
    Variable,
    draft_codebook,
    load_codebook,
    parse_codebook,
)
from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UsageError
from surveykit.text import Label

WHOLE = """\
surveykit: codebook/1
study: {title: {zh: "巴东", en: Badong}}
design: {weight: w, strata: s, psu: [p, q], fpc: f, lonely_psu: adjust}
variables:
  village_type:
    question: {zh: "您所在的村", en: "Your village"}
    kind: single
    column: "1、您所在的村"
    choices:
      - {code: 1, label: {zh: 示范村, en: Demonstration village}}
      - {code: 02, label: {zh: 非示范村, en: Yes}}
    missing: [{code: 99, label: 拒答}]
    note: the first
  age: {kind: number, missing: [{code: -1, label: none}]}
  age_group:
    from: age
    bins: [12, 19, 36]
    choices: [{code: a, label: 12-18}, {code: b, label: 19-35}]
  likes:
    kind: multiple
    columns: [a1, a2, a3]
    none: [-1]
    choices: [{code: 3}, {code: 4, label: four}]
    nets: [{label: Both, of: [3, 4]}]
    asked_if: "village_type == '示范村' and age >= 18"
  joined: {kind: multiple, column: x, separator: "┋", choices: [tea, milk]}
  yes_no: {kind: multiple, columns: [b1, b2], counted: 1, choices: [tea, milk]}
  rating: {kind: scale, sensitive: true}
  day: {kind: date}
  phone: {kind: text, identifier: true}
"""


def test_the_whole_of_the_format() -> None:
    book = parse_codebook(WHOLE, "c.yaml")
    assert book.title == Label("巴东", "Badong")
    assert book.design == Design("w", "s", ("p", "q"), ("f",), "adjust")
    assert list(book)[:3] == ["village_type", "age", "age_group"]
    village = book["village_type"]
    assert village.choices[1] == Choice("02", Label("非示范村", "Yes"))
    assert village.missing == (Choice("99", Label.of("拒答")),)
    assert (village.column, village.note) == ("1、您所在的村", Label.of("the first"))
    group = book["age_group"]
    assert (group.kind, group.source, group.bins) == ("single", "age", (12.0, 19.0, 36.0))
    likes = book["likes"]
    assert likes.nets == (Net(Label.of("Both"), ("3", "4")),)
    assert (likes.none, likes.choices[0].label.en) == (("-1",), "3")
    assert book["joined"].choices[0] == Choice("tea", Label.of("tea"))
    assert (book["yes_no"].counted, book["yes_no"].headers) == ("1", ("b1", "b2"))
    assert book["rating"].sensitive
    assert book["phone"].identifier
    assert book["age"].question == Label.of("age")


def test_the_way_back() -> None:
    book = parse_codebook(WHOLE, "c.yaml")
    again = parse_codebook(book.to_yaml(), "c.yaml")
    assert again == book
    assert again.to_yaml() == book.to_yaml()


def test_unknown_variable_names_the_near_miss() -> None:
    with pytest.raises(UnknownNameError, match=r"c\.yaml: unknown variable 'aeg'.*'age'"):
        parse_codebook(WHOLE, "c.yaml")["aeg"]
    with pytest.raises(UnknownNameError, match="unknown code"):
        parse_codebook(WHOLE)["village_type"].choice("7")


# Each case: the text after the head, the line that must be named, what must be said.
HEAD = "surveykit: codebook/1\nvariables:\n  s: {kind: single, choices: [{code: 1}, {code: 2}]}\n  n: {kind: number}\n"
CASES = {
    "unknown key": ("  a:\n    kind: number\n    questoin: A\n", 7, "did you mean 'question'"),
    "unknown kind": ("  a: {kind: singel, choices: [x]}\n", 5, "did you mean 'single'"),
    "no kind": ("  a: {question: A}\n", 5, "has no kind"),
    "no choices": ("  a: {kind: single}\n", 5, "has no choices"),
    "empty choices": ("  a:\n    kind: single\n    choices: []\n", 7, "has no choices"),
    "choices of a number": ("  a: {kind: number, choices: [1]}\n", 5, "has choices"),
    "duplicate code": ("  a:\n    kind: single\n    choices:\n      - {code: 1}\n      - {code: 1}\n", 9, "twice"),
    "missing is a choice": ("  a:\n    kind: single\n    choices: [x]\n    missing: [x]\n", 8, "twice"),
    "choice without code": ("  a:\n    kind: single\n    choices:\n      - {label: x}\n", 8, "has no code"),
    "empty code": ("  a: {kind: single, choices: [{code: ' '}]}\n", 5, "code is empty"),
    "unknown key of a choice": ("  a: {kind: single, choices: [{code: 1, lable: x}]}\n", 5, "'label'"),
    "unknown language": ("  a: {kind: number, question: {fr: x}}\n", 5, "'fr'"),
    "bins and choices": ("  a:\n    from: n\n    bins: [1, 2, 3]\n    choices: [x]\n", 7, "3 bins and 1 choices"),
    "bins that fall": ("  a: {from: n, bins: [2, 1], choices: [x]}\n", 5, "should increase"),
    "bins without from": ("  a: {kind: single, bins: [1, 2], choices: [x]}\n", 5, "without 'from'"),
    "from without bins": ("  a: {from: n, choices: [x]}\n", 5, "without 'bins'"),
    "from nowhere": ("  a: {from: nn, bins: [1, 2], choices: [x]}\n", 5, "unknown variable 'nn'"),
    "from a category": ("  a: {from: s, bins: [1, 2], choices: [x]}\n", 5, "which is no number"),
    "from with column": ("  a: {from: n, bins: [1, 2], choices: [x], column: c}\n", 5, "cannot have 'column'"),
    "bins of text": ("  a: {from: n, bins: [1, '2'], choices: [x]}\n", 5, "should be a number"),
    "net of nothing": ("  a:\n    kind: single\n    choices: [x]\n    nets:\n      - {label: l, of: [y]}\n", 9, "'y'"),
    "net without of": ("  a: {kind: single, choices: [x], nets: [{label: l}]}\n", 5, "has no 'of'"),
    "columns of a single": ("  a: {kind: single, choices: [x], columns: [b]}\n", 5, "only kind multiple"),
    "two layouts": ("  a: {kind: multiple, choices: [x], columns: [b], column: c}\n", 5, "both"),
    "no layout": ("  a: {kind: multiple, choices: [x]}\n", 5, "neither"),
    "counted alone": ("  a: {kind: multiple, choices: [x], separator: ';', counted: 1}\n", 5, "without 'columns'"),
    "counted columns": ("  a: {kind: multiple, choices: [x, y], columns: [b], counted: 1}\n", 5, "1 columns and 2"),
    "column twice": ("  a: {kind: multiple, choices: [x], columns: [b, b]}\n", 5, "'b' twice"),
    "rule not understood": ("  a: {kind: number, asked_if: 's = 1'}\n", 5, "compare with =="),
    "rule of a stranger": ("  a: {kind: number, asked_if: 'ss == 1'}\n", 5, "did you mean 's'"),
    "rule of no code": ("  a: {kind: number, asked_if: 's == 7'}\n", 5, "code or label of 's'"),
    "flag": ("  a: {kind: text, identifier: Yes}\n", 5, "true or false"),
    "key twice": ("  a: {kind: number}\n  a: {kind: text}\n", 6, "stands twice"),
    "list for mapping": ("  a: [1]\n", 5, "should be a mapping"),
    "mapping for list": ("  a: {kind: single, choices: {1: x}}\n", 5, "should be a list"),
    "broken YAML": ("  a: {kind: single\n  b: ]\n", 6, "not valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_contradiction_names_file_and_line(case: str, tmp_path: Path) -> None:
    text, line, part = CASES[case]
    path = tmp_path / "codebook.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(SurveyKitError) as caught:
        load_codebook(path)
    assert f"codebook.yaml, line {line}" in str(caught.value)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("variables: {}\n", "begins with"),
        ("surveykit: published/1\nvariables: {}\n", "got 'published/1'"),
        ("surveykit: codebook/1\n", "no 'variables'"),
        ("surveykit: codebook/1\nvariable: {}\n", "did you mean 'variables'"),
        ("surveykit: codebook/1\ndesign: {wieght: w}\nvariables: {}\n", "did you mean 'weight'"),
        ("surveykit: codebook/1\ndesign: {lonely_psu: x}\nvariables: {}\n", "lonely_psu"),
        ("- 1\n", "should be a mapping"),
        ("a: &a [*a]\n", "alias"),
    ],
)
def test_what_is_no_codebook(text: str, part: str) -> None:
    with pytest.raises(SurveyKitError, match=part):
        parse_codebook(text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_codebook(tmp_path)
    path = tmp_path / "c.yaml"
    path.write_bytes("a: 1\nb: 村".encode("gb18030"))
    with pytest.raises(InputError, match=r"c\.yaml, line 2: is not UTF-8"):
        load_codebook(path)


def test_yaml_1_2_keeps_words_and_times() -> None:
    book = parse_codebook(
        "surveykit: codebook/1\nvariables:\n  a:\n    kind: single\n"
        "    choices: [{code: 01, label: {en: Yes, zh: 1:30}}, {code: No}]\n"
    )
    assert book["a"].choices == (Choice("01", Label("1:30", "Yes")), Choice("No", Label.of("No")))


def test_frozen() -> None:
    book = parse_codebook(WHOLE)
    with pytest.raises(AttributeError):
        book["age"].kind = "text"  # type: ignore[misc]
    with pytest.raises(TypeError):
        book.variables["x"] = book["age"]  # type: ignore[index]
    assert "age" in book
    assert len(book) == 9
    assert Design().simple
    with pytest.raises(UsageError, match="lonely_psu"):
        Design(lonely_psu="x")  # type: ignore[arg-type]


# ------------------------------------------------------------ any codebook survives YAML
_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")) | st.sampled_from("\t\n"), min_size=1, max_size=12)  # fmt: skip
_CODE = (_TEXT | st.integers(-99, 99).map(str) | st.sampled_from(["01", "1.0", "null", "~", "yes", "- a", "#", "*x", "1e3"])).filter(str.strip)  # fmt: skip
_LABEL = st.one_of(_TEXT.map(Label.of), st.builds(Label, _TEXT, _TEXT), st.builds(Label, zh=_TEXT))


@st.composite
def _variables(draw: st.DrawFn, name: str) -> Variable:
    codes = draw(st.lists(_CODE, min_size=1, max_size=5, unique_by=lambda c: c.strip()))
    choices = tuple(Choice(c, draw(_LABEL)) for c in codes)
    cut = draw(st.integers(1, len(choices)))
    kind = draw(st.sampled_from(["single", "scale"]))
    nets = (Net(draw(_LABEL), (choices[0].code,)),) if draw(st.booleans()) else ()
    return Variable(
        name,
        kind,  # type: ignore[arg-type]
        draw(_LABEL),
        choices[:cut],
        choices[cut:],
        column=draw(st.none() | _TEXT),
        nets=nets,
        sensitive=draw(st.booleans()),
        note=draw(st.none() | _LABEL),
    )


@given(st.data(), st.lists(_TEXT.filter(str.strip), min_size=1, max_size=3, unique=True), _LABEL)
def test_any_codebook_survives_yaml(data: st.DataObject, names: list[str], title: Label) -> None:
    book = Codebook(title, {n: data.draw(_variables(n)) for n in names}, path="p")
    assert parse_codebook(book.to_yaml(), "p") == book


# ------------------------------------------------------------ drafts
def _draft(values: list[object]) -> Variable:
    return draft_codebook(pd.DataFrame({"x": values}))["x"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", ""], "number"),
        (["1.0", "-2e3", " ３ "], "number"),
        (["1", "NA", "N/A"], "number"),
        (["1", "2", "x"], "single"),
        (["NA", "yes"], "single"),
        (["NA", "NaN"], "single"),
        (["1_000", "2"], "single"),
        (["inf", "nan"], "single"),
        (["12345678901234567", "2"], "single"),
        (["", " "], "text"),
        (["2026-01-02", "2026-02-03 10:00:00"], "date"),
        (["a┋b", "b"], "multiple"),
        (["x" * 100, "y"], "text"),
        ([f"answer {i}" for i in range(30)], "text"),
        ([1, 2.5, None], "number"),
        ([True, False], "single"),
    ],
)
def test_the_kind_of_a_draft(values: list[object], kind: str) -> None:
    assert _draft(values).kind == kind


def test_the_levels_of_a_draft() -> None:
    assert [c.code for c in _draft(["b", "", "a", "b", "(空)"]).choices] == ["b", "a"]
    assert [c.code for c in _draft(["1", "NA", "N/A"]).missing] == ["NA", "N/A"]
    assert [c.code for c in _draft(["b┋a", "c", "(跳过)"]).choices] == ["b", "a", "c"]
    ordered = pd.Categorical(["low", "high"], categories=["low", "mid", "high"], ordered=True)
    assert [c.code for c in draft_codebook(pd.DataFrame({"x": ordered}))["x"].choices] == [
        "low",
        "mid",
        "high",
    ]


def test_a_draft_survives_yaml() -> None:
    frame = pd.DataFrame(
        {"a": ["1", "NA"], "b": ["Yes", "Yes "], "c": ["x┋y", "=1"], "d": ["2026-01-01", ""]}
    )
    book = draft_codebook(frame, questions={"a": "年龄"}, path="p")
    assert parse_codebook(book.to_yaml(), "p") == book
    assert book["a"].question == Label.of("年龄")
