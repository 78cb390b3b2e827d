"""Rules: tables of cases, an independent evaluator in Python, and random text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.errors import SurveyKitError, UnknownNameError, UsageError
from surveykit.rules import Categories, Levels, Rule, Sets, Values, parse_rule

NAN = float("nan")
AGE = np.array([17.0, 19.0, 35.0, 36.0, NAN])
AWARE = Categories(
    np.array([0, 1, 0, -1, -3]),
    Levels([("1", "知晓", "Aware"), ("2", "不知晓", "Not aware")]),
    missing=Levels([("99", "拒答", "Refused")]),
)
PLACE = Categories(np.array([0, 0, 1, 2, -1]), Levels([("a b",), ("县城",), ("12",)]), open=True)
LIKES = Sets(
    np.array([[1, 0], [1, 1], [0, 1], [0, 0], [0, 0]], dtype=bool),
    np.array([1, 1, 1, 0, 0], dtype=bool),
    Levels([("1", "茶", "tea"), ("2", "奶", "milk")]),
)
VALUES: dict[str, Values] = {
    "age": AGE,
    "年龄": AGE,
    "aware": AWARE,
    "place": PLACE,
    "likes": LIKES,
    "1、村 (a)": AWARE,
}


def holds(text: str) -> list[int]:
    return np.flatnonzero(parse_rule(text).evaluate(VALUES.__getitem__)).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("age == 19", [1]),
        ("age != 19", [0, 2, 3]),
        ("age<36", [0, 1, 2]),
        ("36 > age", [0, 1, 2]),
        ("19 <= age < 36", [1, 2]),
        ("age in [17, 36.0]", [0, 3]),
        ("age in (17)", [0]),
        ("age in []", []),
        ("age not in [17, 36]", [1, 2]),
        ("age >= -1e3", [0, 1, 2, 3]),
        ("年龄 > 19 and 年龄 < 36", [2]),
        ("age < 18 or age > 35", [0, 3]),
        ("age < 18 or age > 18 and age < 20", [0, 1]),
        ("(age < 18 or age > 18) and age < 20", [0, 1]),
        ("not age < 36", [3, 4]),
        ("not (age < 18 or age >= 36)", [1, 2, 4]),
        ("NOT age < 36 AND age > 0", [3]),
        ("age == age", [0, 1, 2, 3]),
        ("aware == 1", [0, 2]),
        ("aware == 1.0", [0, 2]),
        ("aware == '知晓'", [0, 2]),
        ('aware == "Not aware"', [1]),
        ("aware == “知晓”", [0, 2]),
        ("aware != 1", [1]),
        ("aware != 99", [0, 1, 2]),
        ("aware not in [1, 99]", [1]),
        ("aware < 2", [0, 2]),
        ("2 >= aware", [0, 1, 2]),
        ("`1、村 (a)` == 1", [0, 2]),
        ("place == 'a b'", [0, 1]),
        ("place == 12", [3]),
        ("place == '没有的地方'", []),
        ("place != '县城'", [0, 1, 3]),
        ("likes == 1", [0, 1]),
        ("likes == 'tea' and likes == 'milk'", [1]),
        ("likes != 1", [2]),
        ("likes in [1, 2]", [0, 1, 2]),
    ],
)
def test_what_holds(text: str, rows: list[int]) -> None:
    assert holds(text) == rows


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("", 1, "the rule ends"),
        ("age = 1", 5, "compare with =="),
        ("age == 1 && age == 2", 10, "write and"),
        ("age == 1 | age == 2", 10, "write or"),
        ("!age == 1", 1, "write not"),
        ("age == 'x", 8, "has no end"),
        ("`age == 1", 1, "has no end"),
        ("age", 4, "comparison"),
        ("age == ", 8, "the rule ends"),
        ("(age == 1", 10, "closing )"),
        ("age == 1)", 9, "should end here"),
        ("age == 1 age == 2", 10, "should end here"),
        ("1 == 2", 1, "needs a variable"),
        ("1 in [2]", 1, "before in"),
        ("age in 1", 8, "a list"),
        ("age in [1", 10, "comma or ]"),
        ("age in [1 2]", 11, "comma or ]"),
        ("age in [age]", 9, "in the list"),
        ("age not 1", 9, "comparison"),
        ("1st == 1", 1, "backquotes"),
        ("age == 1; import os", 9, "not understood"),
        ("__import__('os')", 11, "comparison"),
        ("age.real == 1", 4, "not understood"),
    ],
)
def test_what_is_not_understood(text: str, position: int, part: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_rule(text)
    message = str(caught.value)
    assert f"position {position}:" in message
    assert part in message


def test_where_stands_in_front_of_the_message() -> None:
    with pytest.raises(UsageError, match=r"^codebook\.yaml, line 3: rule 'age = 1', position 5"):
        parse_rule("age = 1", where="codebook.yaml, line 3")


@pytest.mark.parametrize(
    ("text", "near"),
    [("aware == '知哓'", "知晓"), ("likes in ['teas']", "tea"), ("aware == 7", "Allowed")],
)
def test_an_unknown_level_names_near_misses(text: str, near: str) -> None:
    with pytest.raises(UnknownNameError, match=near):
        holds(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("aware == 99", "missing code"),
        ("aware in [1, '拒答']", "missing code"),
        ("place < 3", "could be ordered"),
        ("likes < 3", "could be ordered"),
        ("age == 'old'", "is a number"),
        ("aware == place", "in quotes"),
    ],
)
def test_a_comparison_without_sense(text: str, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        holds(text)


def test_nesting_has_a_limit() -> None:
    with pytest.raises(UsageError, match="levels"):
        parse_rule("(" * 500 + "age == 1" + ")" * 500)


def test_escapes_in_quoted_text() -> None:
    rule = parse_rule(r"""x == "a\"b\\" """)
    found = Categories(np.array([0, 1]), Levels([('a"b\\',), ("c",)]))
    assert rule.evaluate(lambda _: found).tolist() == [True, False]


def test_a_label_of_two_levels_names_neither() -> None:
    levels = Levels([("1", "其他"), ("2", "其他"), ("3", "1")])
    assert [levels.find(t) for t in ("其他", "1", "2", "3")] == [None, 0, 1, 2]


# ------------------------------------------------------------ against Python itself
_ATOMS = st.tuples(
    st.sampled_from(["x", "y"]),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    st.integers(0, 3),
).map(lambda t: f"{t[0]} {t[1]} {t[2]}")
_RULES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda a: f"not ({a})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda t: f"{t[0]} {t[1]} {t[2]}"
        ),
        inner.map(lambda a: f"({a})"),
    ),
    max_leaves=8,
)


@given(_RULES, st.integers(0, 3), st.integers(0, 3))
def test_agrees_with_python(text: str, x: int, y: int) -> None:
    rule = parse_rule(text)
    values = {"x": np.array([float(x)]), "y": np.array([float(y)])}
    expected = eval(text, {"__builtins__": {}}, {"x": x, "y": y})  # the oracle, on generated text
    assert bool(rule.evaluate(values.__getitem__)[0]) is expected
    assert set(rule.names) <= {"x", "y"}


@given(st.text(max_size=30))
def test_any_text_parses_or_says_why(text: str) -> None:
    try:
        rule = parse_rule(text)
    except SurveyKitError as error:
        found: str | Rule = str(error)
    else:
        found = rule
    assert isinstance(found, Rule) or "position" in found
