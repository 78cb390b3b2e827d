"""Skip rules of survey tools, translated or left alone; options inferred from joined cells."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.io._asked import limesurvey_rule, name_in_rule, redcap_rule, xlsform_rule
from surveykit.io._joined import options_of, questionnaire_order
from surveykit.rules import Categories, Levels, Sets, Values, parse_rule

TRANSLATED = [
    (xlsform_rule, "${a} = '1'", "a == '1'"),
    (xlsform_rule, "${a}='1' and not(${b} = '2')", "a == '1' and not (b == '2')"),
    (xlsform_rule, "${a} != '1'", "not a == '1'"),
    (xlsform_rule, "18 <= ${age} and ${age} < 60", "age >= 18 and age < 60"),
    (xlsform_rule, "selected( ${likes} , 'tea' )", "likes == 'tea'"),
    (xlsform_rule, "not(selected(${likes}, 'tea'))", "not (likes == 'tea')"),
    (xlsform_rule, "(${a} = '1' or ${a} = '2') and ${b} > 3", "(a == '1' or a == '2') and b > 3"),
    (xlsform_rule, "${q-1} = '1'", "`q-1` == '1'"),
    (redcap_rule, "[a] = '1' AND [b] <> '2'", "a == '1' and not b == '2'"),
    (redcap_rule, "[likes(2)] = '1' or [likes(3)] = '0'", "likes == '2' or not likes == '3'"),
    (redcap_rule, "[age] >= '18'", "age >= 18"),
    (limesurvey_rule, '((a.NAOK == "A1"))', "((a == 'A1'))"),
    (limesurvey_rule, "!(a.NAOK eq 'A1') && age > 3", "not (a == 'A1') and age > 3"),
    (limesurvey_rule, "1", ""),
]
BEYOND = [
    (xlsform_rule, "count-selected(${a}) > 1"), (xlsform_rule, "${a} != ''"), (xlsform_rule, "${a} = ${b}"),
    (xlsform_rule, "${a} + 1 = 2"), (xlsform_rule, "true()"), (xlsform_rule, "${a} = '1' and"), (xlsform_rule, "(" * 200),
    (xlsform_rule, "selected(${a})"), (xlsform_rule, "regex(${a}, '^x')"), (xlsform_rule, ""), (xlsform_rule, "position(..) > 1"),
    (redcap_rule, "[event][a] = '1'"), (redcap_rule, "[a] = ''"), (redcap_rule, "[likes(2)] = '3'"), (redcap_rule, "sum([a],[b]) > 2"),
    (limesurvey_rule, "is_empty(a)"), (limesurvey_rule, "strlen(a.NAOK) > 2"), (limesurvey_rule, "a.NAOK == ''"),
]  # fmt: skip


@pytest.mark.parametrize(("translate", "text", "rule"), TRANSLATED)
def test_comparisons_are_translated(translate, text, rule) -> None:  # type: ignore[no-untyped-def]
    assert translate(text) == rule
    if rule:
        parse_rule(rule)


@pytest.mark.parametrize(("translate", "text"), BEYOND)
def test_what_goes_beyond_is_left_alone(translate, text) -> None:  # type: ignore[no-untyped-def]
    assert translate(text) is None


def test_a_translated_rule_asks_whom_the_form_asks() -> None:
    """Every respondent there can be, empty answers included, against plain Python."""
    people = list(product(("", "1", "2"), ((), ("tea",), ("tea", "milk"), ("milk",))))
    codes = np.array([{"": -1, "1": 0, "2": 1}[a] for a, _ in people])
    chosen = np.array([["tea" in b, "milk" in b] for _, b in people])
    a: Values = Categories(codes, Levels([("1",), ("2",)]), False, Levels([]))
    likes: Values = Sets(chosen, chosen.any(axis=1), Levels([("tea",), ("milk",)]), Levels([]))
    cases = {
        "${a} != '1' and selected(${b}, 'tea')": lambda a, b: a != "1" and "tea" in b,
        "not(selected(${b}, 'tea')) or ${a} = '2'": lambda a, b: "tea" not in b or a == "2",
        "not(${a} = '1' or ${a} = '2')": lambda a, b: a not in ("1", "2"),
    }
    for text, expected in cases.items():
        rule = xlsform_rule(text)
        assert rule is not None
        found = parse_rule(rule).evaluate({"a": a, "b": likes}.__getitem__)
        assert found.tolist() == [expected(*p) for p in people]


@given(st.text(st.sampled_from("${}[]()'\"=<>!&| abAB.12andornot"), max_size=40))
def test_no_text_breaks_a_translation(text: str) -> None:
    for translate in (xlsform_rule, redcap_rule, limesurvey_rule):
        rule = translate(text)
        if rule:
            parse_rule(rule)


@given(st.text(min_size=1, max_size=6).filter(lambda t: "`" not in t))
def test_every_name_can_stand_in_a_rule(name: str) -> None:
    assert parse_rule(f"{name_in_rule(name)} == 1").names == (name,)


# ------------------------------------------------------------ joined answers
_OPTIONS = ["tea", "milk", "green tea, hot", "water"]


@given(st.lists(st.sets(st.sampled_from(_OPTIONS), min_size=1), min_size=20, max_size=60))
def test_options_are_found_whatever_they_hold(answers: list[set[str]]) -> None:
    """With every option known alone, the options are found, also one that holds the mark."""
    cells = [", ".join(sorted(a)) for a in answers] + _OPTIONS * 3
    found = options_of(cells, ", ")
    if found is None:
        assert all(len(a) == 1 for a in answers)
        return
    assert set(found.options) == set(_OPTIONS)


@given(st.permutations(_OPTIONS), st.lists(st.sets(st.integers(0, 3), min_size=1), max_size=30))
def test_the_order_of_the_questionnaire_is_kept(order: list[str], picks: list[set[int]]) -> None:
    lists = [[order[i] for i in sorted(pick)] for pick in picks]
    found = questionnaire_order([*lists, order])
    assert found == order


def test_free_text_is_no_multiple_choice() -> None:
    words = ["I like it, very much", "no, thanks", "well, maybe, or not", "none"]
    assert options_of(words, ", ") is None
    assert options_of([f"a{i}, b{i}" for i in range(3000)], ", ") is None
