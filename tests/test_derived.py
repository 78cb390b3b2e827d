"""Recodes as data: what is derived, against plain pandas; the file format; bad input."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Codebook, Variable, parse_codebook
from surveykit.coding import BLANK, NOT_ASKED, USER_MISSING, codes, numbers
from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UsageError
from surveykit.survey import Survey
from surveykit.text import Label, in_lang

AGREE = "[{code: 1, label: {zh: 很不同意, en: Strongly disagree}}, {code: 2, label: 不同意}, {code: 3, label: 一般}, {code: 4, label: 同意}, {code: 5, label: {zh: 很同意, en: Strongly agree}}]"
BOOK = f"""surveykit: codebook/1
variables:
  sex: {{kind: single, choices: [{{code: 1, label: 男}}, {{code: 2, label: 女}}]}}
  age: {{kind: number, missing: [{{code: 999, label: 拒答}}]}}
  q1: {{kind: scale, choices: {AGREE}, missing: [{{code: 9, label: 不知道}}]}}
  q2: {{kind: scale, choices: {AGREE}, missing: [{{code: 9, label: 不知道}}]}}
  q3: {{kind: scale, choices: {AGREE}, asked_if: sex == 2}}
  joy: {{kind: scale, range: [0, 10]}}
  edu: {{kind: single, choices: [{{code: a, label: 小学}}, {{code: b, label: 初中}}, {{code: c, label: 高中}}, {{code: d, label: 大学}}]}}
  # what is derived
  age_group: {{from: age, kind: scale, bins: [0, 18, 60, 120], choices: [{{code: 1, label: 少}}, {{code: 2, label: 中}}, {{code: 3, label: 老}}]}}
  q1_three: {{from: q1, collapse: [{{code: 1, label: {{zh: 不同意, en: Disagree}}, of: [1, 2]}}, {{code: 2, label: 一般, of: [3]}}, {{code: 3, label: 同意, of: [4, 5]}}]}}
  q2_r: {{from: q2, reverse: true}}
  joy_r: {{from: joy, reverse: true}}
  schooled: {{from: edu, question: 受教育, collapse: [{{code: low, of: [a, b]}}, {{code: high, of: [c]}}], nets: [{{label: 都算, of: [low, high]}}]}}
  content: {{score: {{of: [q1, q2_r], method: mean}}}}
  content_1: {{score: {{of: [q1, q2_r, q3], method: mean, min_items: 2}}, question: {{zh: 满意度, en: Contentment}}}}
  total: {{score: {{of: [q1, q2_r], method: sum, min_items: 1}}}}
  content_group: {{from: content, bins: [1, 3, 5.5], choices: [{{code: low, label: 低}}, {{code: high, label: 高}}]}}
  q2_back: {{from: q2_r, reverse: true}}
  q2_two: {{from: q2_r, collapse: [{{code: 1, of: [1, 2, 3]}}, {{code: 2, of: [4, 5]}}]}}
"""
DERIVED = [
    "age_group", "q1_three", "q2_r", "joy_r", "schooled", "content", "content_1", "total",
    "content_group", "q2_back", "q2_two",
]  # fmt: skip


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    n = 500
    scale = ["1", "2", "3", "4", "5", "9", ""]
    frame = pd.DataFrame(
        {
            "sex": rng.choice(["1", "2"], n),
            "age": rng.choice(["12", "17", "18", "59", "60", "119", "120", "999", ""], n),
            "q1": rng.choice(scale, n),
            "q2": rng.choice(scale, n),
            "q3": rng.choice(scale[:5], n),
            "joy": rng.choice(["0", "3", "10", ""], n),
            "edu": rng.choice(["a", "b", "c", "d", ""], n),
        }
    )
    frame.loc[frame.sex == "1", "q3"] = ""
    return frame


@pytest.fixture(scope="module")
def survey(data: pd.DataFrame) -> Survey:
    return Survey(data, parse_codebook(BOOK))


def scored(frame: pd.DataFrame) -> pd.DataFrame:
    """The same by plain pandas."""
    num = frame.apply(pd.to_numeric, errors="coerce")
    q1, q2 = num.q1.where(num.q1 < 9), num.q2.where(num.q2 < 9)
    q2_r = 6 - q2
    age = num.age.where(num.age < 120)
    items = pd.concat([q1, q2_r, num.q3], axis=1)
    two = items.iloc[:, :2]
    content = two.mean(axis=1, skipna=False)
    return pd.DataFrame(
        {
            "age_group": pd.cut(age, [0, 18, 60, 120], right=False, labels=["1", "2", "3"]),
            "q1_three": q1.map({1: "1", 2: "1", 3: "2", 4: "3", 5: "3"}),
            "q2_r": q2_r,
            "joy_r": 10 - num.joy,
            "schooled": frame.edu.map({"a": "low", "b": "low", "c": "high"}),
            "content": content,
            "content_1": items.mean(axis=1).where(items.notna().sum(axis=1) >= 2),
            "total": two.sum(axis=1, min_count=1),
            "content_group": pd.cut(content, [1, 3, 5.5], right=False, labels=["low", "high"]),
            "q2_back": q2,
            "q2_two": q2_r.map({1: "1", 2: "1", 3: "1", 4: "2", 5: "2"}),
        }
    )


@pytest.mark.parametrize("name", ["age_group", "q1_three", "schooled", "content_group", "q2_two"])
def test_categories_are_those_of_pandas(survey: Survey, data: pd.DataFrame, name: str) -> None:
    found = codes(survey, name)
    text = [found.levels[i].code if i >= 0 else None for i in found.values]
    expected = scored(data)[name].astype(object)
    assert text == [None if pd.isna(v) else v for v in expected]


@pytest.mark.parametrize(
    "name", ["q2_r", "joy_r", "content", "content_1", "total", "q2_back", "q2"]
)
def test_numbers_are_those_of_pandas(survey: Survey, data: pd.DataFrame, name: str) -> None:
    expected = scored(data)["q2_back" if name == "q2" else name].to_numpy(dtype=float)
    np.testing.assert_allclose(numbers(survey, name).values, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("name", "by"), list(itertools.product(["q1_three", "q2_r", "content_group"], ["schooled", "age_group"])))  # fmt: skip
def test_tabulation_by_itself(survey: Survey, data: pd.DataFrame, name: str, by: str) -> None:
    own = scored(data)
    table = pd.crosstab(own[name], own[by])
    rows = sk.crosstab(survey, name, by=[by]).to_dicts()
    counts = {(r["level_code"], r["by_code"]): r["estimate"] for r in rows if r["stat"] == "count" and r["by"]}  # fmt: skip
    expected = {(_code(a), b): n for a, row in table.iterrows() for b, n in row.items()}
    assert {k: v for k, v in counts.items() if v} == {k: v for k, v in expected.items() if v}
    means = {r["by_code"]: r["estimate"] for r in sk.mean(survey, "content_1", by=[by]).to_dicts() if r["stat"] == "mean" and r["by"]}  # fmt: skip
    for code, value in own.groupby(by, observed=True)["content_1"].mean().items():
        assert means[code] == pytest.approx(value, abs=1e-12)


def _code(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize(
    ("rule", "mask"),
    [
        ("q1_three == 3", lambda d: d.q1_three == "3"),
        ("q1_three == 'Disagree'", lambda d: d.q1_three == "1"),
        ("q2_r >= 4", lambda d: d.q2_r >= 4),
        ("q2_r == 'Strongly disagree'", lambda d: d.q2_r == 5),
        ("content > 3 and content_group == 'high'", lambda d: d.content > 3),
        ("joy_r < 7.5", lambda d: d.joy_r < 7.5),
        ("total in [2, 3]", lambda d: d.total.isin([2, 3])),
    ],
)
def test_where(survey: Survey, data: pd.DataFrame, rule: str, mask: object) -> None:
    expected = mask(scored(data))  # type: ignore[operator]
    np.testing.assert_array_equal(survey.where(rule).mask, expected.to_numpy())


def test_a_label_stays_with_its_answer() -> None:
    book = parse_codebook(BOOK)
    assert [(c.code, c.label.en) for c in book["q2_r"].choices][::4] == [
        ("1", "Strongly agree"),
        ("5", "Strongly disagree"),
    ]
    assert book["q2_back"].choices == book["q2"].choices
    assert book["q2_r"].kind == "scale"
    assert book["joy_r"].range == (0, 10)
    assert book["joy_r"].numeric


def test_why_there_is_no_value(survey: Survey, data: pd.DataFrame) -> None:
    own = numbers(survey, "content_1")
    men = (data.sex == "1").to_numpy()
    q1, q2 = numbers(survey, "q1"), numbers(survey, "q2")
    refused = ((q1.status == USER_MISSING) | (q2.status == USER_MISSING)) & men
    assert (own.status[refused] == USER_MISSING).all()
    assert refused.sum() > 20
    blank = (q1.status == BLANK) & (q2.status == BLANK)
    assert (own.status[blank] == BLANK).all()
    whole = Survey(
        data,
        parse_codebook(
            BOOK + "  girls: {score: {of: [q3, q3_r]}}\n  q3_r: {from: q3, reverse: true}\n"
        ),
    )
    assert (numbers(whole, "girls").status == np.where(men, NOT_ASKED, 0)).all()
    assert (codes(whole, "q3_r").values[men] == NOT_ASKED).all()


def test_notes_tell_what_no_category_takes(survey: Survey, data: pd.DataFrame) -> None:
    (note,) = codes(survey, "schooled").notes
    assert note == f"schooled: {(data.edu == 'd').sum()} answers of edu (d) are in no category and count as missing."  # fmt: skip
    assert "合并类别" in in_lang(note, "zh")
    (note,) = numbers(survey, "total").notes
    assert "sums are over fewer than all 2 items" in note
    assert numbers(survey, "content").notes == ()


def test_the_data_stay_as_they_were(data: pd.DataFrame) -> None:
    before = data.copy(deep=True)
    own = Survey(data, parse_codebook(BOOK))
    for name in DERIVED:
        sk.freq(own, name)
    pd.testing.assert_frame_equal(data, before)
    assert list(own.frame.columns) == list(before.columns)


def test_yaml_of_derived_variables_is_read_back() -> None:
    book = parse_codebook(BOOK)
    again = parse_codebook(book.to_yaml())
    assert again == Codebook(book.title, book.variables, book.design, again.path)
    assert again.to_yaml() == book.to_yaml()
    assert "q2_r:\n    from: q2_r" not in book.to_yaml()
    assert "min_items: 2" in book.to_yaml()


def test_a_wrong_cell_is_told_for_the_variable_that_holds_it(data: pd.DataFrame) -> None:
    wrong = data.copy()
    wrong.loc[3, "q2"] = "7"
    own = Survey(wrong, parse_codebook(BOOK))
    for name in ("q2_r", "q2_back", "q2_two", "content_group"):
        with pytest.raises(InputError, match=r"for 'q2': '7' in column 'q2' \(1 time"):
            codes(own, name)
    with pytest.raises(InputError, match="for 'q2': '7'"):
        numbers(own, "total")
    codes(own, "q1_three")


def test_written_as_spss(survey: Survey, data: pd.DataFrame, tmp_path) -> None:
    sk.write(survey, tmp_path / "a.sav")
    again = sk.read(tmp_path / "a.sav", codebook=tmp_path / "a.codebook.yaml")
    own = scored(data)
    for name in ("q2_r", "content", "content_1", "total", "joy_r"):
        np.testing.assert_allclose(numbers(again, name).values, own[name].to_numpy(dtype=float))
    for name in ("q1_three", "schooled", "content_group"):
        found = codes(again, name)
        text = [found.levels[i].code if i >= 0 else None for i in found.values]
        assert text == [None if pd.isna(v) else v for v in own[name].astype(object)]


def test_the_documented_codebook_is_one() -> None:
    page = Path(__file__).parents[1] / "docs" / "codebook.md"
    if not page.exists():
        pytest.skip("tests without the documentation")
    (block,) = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    made = parse_codebook(block, "codebook.md")
    frame = pd.DataFrame(
        {"trust": ["1", "3", ""], "doubt": ["3", "", "1"], "age": ["18", "19", "40"]}
    )
    survey = Survey(frame, made)
    assert numbers(survey, "confidence").values.tolist() == [1, 3, 3]
    assert codes(survey, "confident").values.tolist() == [0, 1, 1]
    assert codes(survey, "age_group").values.tolist() == [0, 1, 2]
    assert codes(survey, "trusts").values.tolist() == [0, 1, BLANK]
    assert parse_codebook(made.to_yaml()).variables == made.variables


# ------------------------------------------------------------ bad input
BAD = {
    "{from: q1, reverse: true, collapse: [{code: 1, of: [1]}]}": "both 'collapse' and 'reverse'",
    "{from: q1}": "'from' without 'bins', 'collapse' or 'reverse'",
    "{from: q1, reverse: false}": "'from' without 'bins', 'collapse' or 'reverse'",
    "{kind: single, collapse: [{code: 1, of: [1]}]}": "'collapse' without 'from'",
    "{kind: scale, reverse: true}": "'reverse' without 'from'",
    "{from: q, reverse: true}": "unknown variable 'q'. Hint: did you mean",
    "{from: x, reverse: true}": "in a circle: 'x' from 'x'",
    "{from: age, reverse: true}": "neither choices nor a range",
    "{from: edu, reverse: true}": "'edu' has the code 'a', which is no number",
    "{from: t, reverse: true}": "'t' is of kind text",
    "{from: open, reverse: true}": "range of 'open' is open",
    "{from: q1, reverse: maybe}": "reverse should be true or false",
    "{from: q1, reverse: true, choices: [1, 2]}": "cannot have 'choices'",
    "{from: q1, reverse: true, kind: number}": "kind is single or scale",
    "{from: q1, collapse: [{code: 1, of: [1]}], kind: number}": "kind is single or scale",
    "{from: q1, collapse: []}": "collapse has no entries",
    "{from: q1, collapse: [{of: [1]}]}": "no 'code'",
    "{from: q1, collapse: [{code: 1}]}": "no 'of'",
    "{from: q1, collapse: [{code: 1, of: []}]}": "takes no code",
    "{from: q1, collapse: [{code: 1, of: [1]}, {code: 1, of: [2]}]}": "code '1' twice",
    "{from: q1, collapse: [{code: 1, of: [1]}, {code: 2, of: [1]}]}": "takes the code '1' twice",
    "{from: q1, collapse: [{code: 1, of: [6]}]}": "unknown code of 'q1': '6'",
    "{from: q1, collapse: [{code: 1, of: [9]}]}": "'9' is a missing code",
    "{from: q1, collapse: [{code: 1, of: [1], labels: x}]}": "unknown key in collapse: 'labels'",
    "{from: m, collapse: [{code: 1, of: [1]}]}": "'m' is a multiple response",
    "{from: age, collapse: [{code: 1, of: [1]}]}": "'age' has no choices",
    "{from: t, collapse: [{code: 1, of: [1]}]}": "'t' has no choices",
    "{from: q1, bins: [1, 2], choices: [a]}": "'q1', which is no number",
    "{from: age, bins: [1, 2, 3], choices: [a]}": "3 bins and 1 choices",
    "{from: age, bins: [2, 1], choices: [a]}": "should increase",
    "{from: age, bins: [1, 2], choices: [a], range: [1, 2]}": "cannot have 'range'",
    "{from: age, bins: [1, 2], choices: [a], column: z}": "cannot have 'column'",
    "{score: {of: [q1]}}": "at least two items",
    "{score: {of: [q1, q1]}}": "the item 'q1' twice",
    "{score: {of: [q1, q7]}}": "unknown variable 'q7'",
    "{score: {of: [q1, t]}}": "'t' is of kind text",
    "{score: {of: [q1, m]}}": "'m' is of kind multiple",
    "{score: {of: [q1, edu]}}": "'edu' has the code 'a'",
    "{score: {of: [q1, x]}}": "in a circle",
    "{score: {of: [q1, q2], method: median}}": "unknown method of a score: 'median'",
    "{score: {of: [q1, q2], min_items: 3}}": "whole number from 1 to 2",
    "{score: {of: [q1, q2], min_items: 1.5}}": "whole number from 1 to 2",
    "{score: {of: [q1, q2], min_items: x}}": "min_items should be a number",
    "{score: {of: [q1, q2]}, kind: single}": "kind is number",
    "{score: {of: [q1, q2]}, from: q1}": "a score and 'from'",
    "{score: {of: [q1, q2]}, column: z}": "cannot have 'column'",
    "{score: {method: mean}}": "no 'of'",
    "{score: mean}": "score should be a mapping",
    "{from: q1, reverse: true, nets: [{label: x, of: [6]}]}": "unknown code in a net of 'x': '6'",
}


@pytest.mark.parametrize("entry", BAD)
def test_bad_entries_name_file_and_line(entry: str) -> None:
    text = f"""surveykit: codebook/1
variables:
  x: {entry}
  q1: {{kind: scale, choices: [1, 2, 3], missing: [9]}}
  q2: {{kind: scale, choices: [1, 2, 3]}}
  age: {{kind: number}}
  open: {{kind: number, range: [0, null]}}
  edu: {{kind: single, choices: [a, b]}}
  t: {{kind: text}}
  m: {{kind: multiple, separator: ;, choices: [1, 2]}}
"""
    with pytest.raises(SurveyKitError) as error:
        parse_codebook(text, "c.yaml")
    said = str(error.value)
    assert said.startswith("c.yaml, line 3: ")
    assert BAD[entry] in said
    assert isinstance(error.value, InputError | UnknownNameError)


def test_a_longer_circle() -> None:
    text = """surveykit: codebook/1
variables:
  a: {from: b, reverse: true}
  b: {from: c, reverse: true}
  c: {score: {of: [a, d]}}
  d: {kind: number}
"""
    with pytest.raises(
        InputError,
        match="line 3: variables are derived in a circle: 'a' from 'b' from 'c' from 'a'",
    ):
        parse_codebook(text, "c.yaml")
    loop = {n: Variable(n, "scale", Label.of(n), source=s, reverse=True) for n, s in ("ab", "ba")}
    with pytest.raises(UsageError, match="circle: a from b from a"):
        Codebook(variables=loop)


def test_sources_may_stand_below() -> None:
    text = """surveykit: codebook/1
variables:
  twice: {from: once, reverse: true, nets: [{label: x, of: [1]}]}
  once: {from: q, reverse: true}
  q: {kind: scale, choices: [{code: 0, label: no}, {code: 1, label: half}, {code: 3, label: yes}]}
"""
    book = parse_codebook(text)
    assert [(c.code, c.label.en) for c in book["once"].choices] == [("0", "yes"), ("2", "half"), ("3", "no")]  # fmt: skip
    assert book["twice"].choices == book["q"].choices
