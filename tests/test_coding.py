"""Coding: what every cell becomes; the three layouts of multiple response agree; `check`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Design, parse_codebook
from surveykit.coding import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    check,
    codes,
    multiple,
    numbers,
)
from surveykit.errors import InputError, UnknownNameError, UsageError
from surveykit.survey import Survey, read
from surveykit.text import in_lang


def book(variables: str) -> Codebook:
    return parse_codebook("surveykit: codebook/1\nvariables:\n" + variables, "c.yaml")


def survey(variables: str, **columns: list[object]) -> Survey:
    return Survey(pd.DataFrame(columns), book(variables), source="a.csv")


YES = "  a: {kind: single, choices: [{code: 1, label: {zh: 是, en: Yes}}, {code: 2, label: {zh: 否, en: No}}], missing: [{code: 99, label: 拒答}]}\n"


# ------------------------------------------------------------ categories
@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1", 0), (1, 0), (1.0, 0), ("2.0", 1), (" ２\u3000", 1), ("\ufeff1", 0), ("是", 0), ("Yes", 0), ("No ", 1),
        ("是〖补充〗", 0), ("", BLANK), (None, BLANK), (" \u3000", BLANK), ("(空)", BLANK), ("（空）", BLANK),
        ("(跳过)", NOT_ASKED), ("（跳过）", NOT_ASKED), ("99", USER_MISSING), (99.0, USER_MISSING), ("拒答", USER_MISSING),
    ],
)  # fmt: skip
def test_what_a_cell_becomes(cell: object, code: int) -> None:
    found = codes(survey(YES, a=[cell, "1"]), "a")
    assert found.values.tolist() == [code, 0]
    assert [c.code for c in found.levels] == ["1", "2"]
    assert found.values.dtype == np.int8


@pytest.mark.parametrize("cell", ["3", "yes", "NA", "1.5", "1, 2"])
def test_a_value_that_the_codebook_does_not_have(cell: str) -> None:
    with pytest.raises(InputError) as caught:
        codes(survey(YES, a=["1", cell, "2", cell, "8"]), "a")
    message = str(caught.value)
    for part in ("a.csv", "c.yaml", "'a'", f"{cell!r} in column 'a' (2 times", "record 2, 4", "'8'", "1 (是)", "missing: 99", "sk.check"):  # fmt: skip
        assert part in message


def test_a_choice_goes_before_the_tokens_of_tools() -> None:
    found = codes(survey("  a: {kind: single, choices: ['(空)', b]}\n", a=["(空)", "b", ""]), "a")
    assert found.values.tolist() == [0, 1, BLANK]


def test_numbers_as_categories() -> None:
    found = codes(Survey(pd.DataFrame({"n": ["10", "9", "1.50", "", "NA", "9.0"]})), "n")
    assert [c.code for c in found.levels] == ["1.5", "9", "10"]
    assert found.values.tolist() == [2, 1, 0, BLANK, USER_MISSING, 1]
    frame = pd.DataFrame({"n": [2.0, 1.0, None], "i": pd.array([3, None, 1], dtype="Int64")})
    assert [c.code for c in codes(Survey(frame), "n").levels] == ["1", "2"]
    assert codes(Survey(frame), "i").values.tolist() == [1, BLANK, 0]


def test_text_and_dates_as_categories() -> None:
    frame = pd.DataFrame({"t": ["b", "a", "NA", "", "b"], "d": pd.to_datetime(["2026-02-01", "2026-01-01", None, "2026-02-01", "2025-01-01"])})  # fmt: skip
    found = codes(Survey(frame), "t")
    assert ([c.code for c in found.levels], found.values.tolist()) == (
        ["b", "a", "NA"],
        [0, 1, 2, BLANK, 0],
    )
    days = codes(Survey(frame), "d")
    assert [c.code for c in days.levels] == ["2025-01-01", "2026-01-01", "2026-02-01"]
    assert days.values.tolist() == [2, 1, BLANK, 2, 0]


def test_categoricals_keep_their_order() -> None:
    column = pd.Categorical(["low", None, "high"], categories=["low", "mid", "high"])
    found = codes(Survey(pd.DataFrame({"x": column})), "x")
    assert ([c.code for c in found.levels], found.values.tolist()) == (
        ["low", "mid", "high"],
        [0, BLANK, 2],
    )


def test_text_that_differs_in_blanks_is_two_answers() -> None:
    found = codes(Survey(pd.DataFrame({"x": ["Yes", "Yes ", "Yes"]})), "x")
    assert found.values.tolist() == [0, 1, 0]


def test_many_levels_take_a_wider_type() -> None:
    found = codes(Survey(pd.DataFrame({"x": np.arange(40_000)})), "x")
    assert found.values.dtype == np.int32
    assert found.values.tolist() == list(range(40_000))


# ------------------------------------------------------------ bins
BINS = "  age: {kind: number, missing: [{code: -1, label: none}]}\n  g: {from: age, bins: [12, 19, 36, 61, 71], choices: [a, b, c, d]}\n"


@given(
    st.lists(st.one_of(st.integers(-2, 80), st.floats(10, 72, width=32)), min_size=1, max_size=20)
)
def test_bins_are_closed_on_the_left(ages: list[float]) -> None:
    edges = [12, 19, 36, 61, 71]

    def by_hand(age: float) -> int:
        for i in range(4):
            if edges[i] <= age < edges[i + 1]:
                return i
        return USER_MISSING

    found = codes(survey(BINS, age=list(ages)), "g")
    assert found.values.tolist() == [by_hand(a) for a in ages]
    outside = sum(by_hand(a) == USER_MISSING and a != -1 for a in ages)
    assert bool(found.notes) == bool(outside)
    assert not outside or f"g: {outside} values of age" in found.notes[0]
    assert not outside or f"g：age 有 {outside} 个值不在分组范围" in in_lang(found.notes[0], "zh")


def test_bins_pass_on_what_is_missing() -> None:
    found = codes(survey(BINS, age=["18", "19", "", "(跳过)", "-1", "70.9", "71"]), "g")
    assert found.values.tolist() == [0, 1, BLANK, NOT_ASKED, USER_MISSING, 3, USER_MISSING]


# ------------------------------------------------------------ who was asked
SKIP = YES + "  why: {kind: single, choices: [x, y], asked_if: 'a == 是'}\n  n: {kind: number, asked_if: 'a != 1'}\n".replace("== 是", '== "是"')  # fmt: skip


def test_blank_and_not_asked() -> None:
    found = survey(
        SKIP,
        a=["1", "1", "2", "2", "99", ""],
        why=["x", "", "", "y", "", ""],
        n=["", "1", "", "2", "", ""],
    )
    assert codes(found, "why").values.tolist() == [0, BLANK, NOT_ASKED, 1, NOT_ASKED, NOT_ASKED]
    assert numbers(found, "n").status.tolist() == [NOT_ASKED, 0, BLANK, 0, NOT_ASKED, NOT_ASKED]


# ------------------------------------------------------------ multiple response
LAYOUTS = {
    "codes": "  m: {kind: multiple, columns: [m1, m2, m3], none: [-1], choices: [{code: 1, label: tea}, {code: 2, label: milk}, {code: 3, label: 'a, b'}]}\n",
    "yes_no": "  m: {kind: multiple, columns: [m1, m2, m3], counted: 1, choices: [{code: 1, label: tea}, {code: 2, label: milk}, {code: 3, label: 'a, b'}]}\n",
    "joined": "  m: {kind: multiple, column: m, separator: ', ', choices: [{code: 1, label: tea}, {code: 2, label: milk}, {code: 3, label: 'a, b'}]}\n",
}  # fmt: skip
LABELS = ["tea", "milk", "a, b"]


@given(
    st.lists(st.lists(st.integers(0, 2), unique=True, max_size=3), min_size=1, max_size=8),
    st.booleans(),
)
def test_the_three_layouts_agree(rows: list[list[int]], labels: bool) -> None:
    def write(i: int) -> str:
        return LABELS[i] if labels else str(i + 1)

    width = [[write(r[k]) if k < len(r) else "-1" for r in rows] for k in range(3)]
    yes = [[str(int(k in r)) for r in rows] for k in range(3)]
    found = [
        multiple(survey(LAYOUTS["codes"], m1=width[0], m2=width[1], m3=width[2]), "m"),  # type: ignore[arg-type]
        multiple(survey(LAYOUTS["yes_no"], m1=yes[0], m2=yes[1], m3=yes[2]), "m"),  # type: ignore[arg-type]
        multiple(survey(LAYOUTS["joined"], m=[", ".join(map(write, r)) for r in rows]), "m"),
    ]
    expected = [[k in r for k in range(3)] for r in rows]
    # only boxes that were answered with no tell "chose none" from "did not answer"
    for one, none in zip(found, (BLANK, NONE_CHOSEN, BLANK), strict=True):
        assert one.chosen.tolist() == expected
        assert one.status.tolist() == [0 if r else none for r in rows]


def test_joined_answers_of_wjx() -> None:
    variables = "  m: {kind: multiple, separator: ┋, choices: [茶, 奶, 其他], missing: [不知道]}\n"
    cells: list[object] = ["茶┋其他〖水┋汤〗", "（空）", "(跳过)", "不知道", "其他〖〗", "茶┋茶"]
    found = multiple(survey(variables, m=cells[1:]), "m")
    assert found.status.tolist() == [BLANK, NOT_ASKED, USER_MISSING, 0, 0]
    assert found.chosen[3:].tolist() == [[False, False, True], [True, False, False]]
    assert multiple(survey(variables, m=cells[:1]), "m").chosen.tolist() == [[True, False, True]]


def test_statuses_of_columns() -> None:
    variables = "  m: {kind: multiple, columns: [m1, m2], choices: [1, 2], missing: [99]}\n"
    found = survey(
        variables, m1=["(跳过)", "(跳过)", "99", "", "1"], m2=["(跳过)", "", "", "", "99"]
    )
    assert multiple(found, "m").status.tolist() == [NOT_ASKED, BLANK, USER_MISSING, BLANK, 0]


@pytest.mark.parametrize("layout", ["codes", "joined"])
def test_an_unknown_choice(layout: str) -> None:
    columns: dict[str, list[object]] = (
        {"m": ["tea, cocoa"]} if layout == "joined" else {"m1": ["1"], "m2": ["cocoa"], "m3": [""]}
    )
    with pytest.raises(InputError, match="cocoa"):
        multiple(survey(LAYOUTS[layout], **columns), "m")


# ------------------------------------------------------------ numbers
def test_numbers_of_every_kind() -> None:
    found = numbers(
        survey(
            "  n: {kind: number, missing: [{code: 99}]}\n", n=[" １2.5 ", "99", "", "-1e2", "(空)"]
        ),
        "n",
    )
    np.testing.assert_array_equal(found.values, [12.5, np.nan, np.nan, -100, np.nan])
    assert found.status.tolist() == [0, USER_MISSING, BLANK, 0, BLANK]
    array = numbers(survey("  n: {kind: number, missing: [{code: 99}]}\n", n=[12.5, 99, None]), "n")
    np.testing.assert_array_equal(array.values, [12.5, np.nan, np.nan])
    assert array.status.tolist() == [0, USER_MISSING, BLANK]
    scale = numbers(
        survey(
            "  a: {kind: scale, choices: [{code: 5, label: good}, {code: 1, label: bad}]}\n",
            a=["good", "1", ""],
        ),
        "a",
    )
    np.testing.assert_array_equal(scale.values, [5, 1, np.nan])
    free = survey("  a: {kind: scale}\n", a=["10", "2", ""])
    assert [c.code for c in codes(free, "a").levels] == ["2", "10"]


@pytest.mark.parametrize("cell", ["1,000", "12岁", "inf", "1_0"])
def test_what_is_no_number(cell: str) -> None:
    with pytest.raises(InputError, match="Allowed: numbers"):
        numbers(survey("  n: {kind: number}\n", n=["1", cell]), "n")
    with pytest.raises(InputError, match="inf"):
        numbers(Survey(pd.DataFrame({"n": [1.0, np.inf]})), "n")


def test_the_wrong_verb() -> None:
    some = survey(YES + LAYOUTS["yes_no"] + "  t: {kind: text}\n  w: {kind: single, choices: [x]}\n", a=["1"], t=["x"], w=["x"], m1=["1"], m2=["0"], m3=["0"])  # fmt: skip
    with pytest.raises(UsageError, match="multiple response"):
        codes(some, "m")
    with pytest.raises(UsageError, match="not a multiple response"):
        multiple(some, "a")
    with pytest.raises(UsageError, match="no numbers"):
        numbers(some, "t")
    with pytest.raises(UsageError, match="codes that are no numbers"):
        numbers(some, "w")
    with pytest.raises(UnknownNameError, match="unknown variable 'aa'"):
        codes(some, "aa")


def test_coded_once_and_shared_by_domains() -> None:
    whole = survey(YES, a=["1", "2"])
    assert codes(whole.where("a == 1"), "a") is codes(whole, "a")


# ------------------------------------------------------------ check
def test_check_finds_everything_once() -> None:
    variables = (
        SKIP
        + BINS
        + "  m: {kind: multiple, columns: [m1, m2], counted: 1, choices: [x, y]}\n"
        + "  gone: {kind: text}\n  bad: {kind: number, asked_if: 'gone == \"x\"'}\n"
    )
    data = pd.DataFrame(
        {
            "record_id": ["r1", "r2", "r3", "r3"],
            "a": ["1", "7", "2", ""],
            "why": ["x", "", "y", ""],
            "n": ["", "1", "two", ""],
            "age": ["18", "80", "20", "20"],
            "m1": ["yes", "no", "no", "no"],
            "m2": ["no", "no", "no", "no"],
            "bad": ["1", "1", "1", "1"],
            "w": ["1", "-1", "x", "0"],
        }
    )
    found = check(Survey(data, book(variables), Design(weight="w", strata="st")))
    rows = {(r["respondent"], r["variable"], r["rule"], r["value"], r["severity"]) for r in found}
    assert rows == {
        ("r2", "a", "not_in_codebook", "7", "error"),
        ("r3", "why", "skip", "y", "error"),
        ("r2", "n", "skip", "1", "error"),  # whether r2 was asked cannot be known
        ("r3", "n", "not_in_codebook", "two", "error"),
        ("r3", "record_id", "duplicate_id", "r3", "error"),
        ("", "st", "not_found", "", "error"),
        ("r2", "w", "weight", "-1", "error"),
        ("r3", "w", "weight", "x", "error"),
        ("r2", "g", "range", "80", "warning"),
        ("", "gone", "not_found", "", "warning"),
        ("", "bad", "not_evaluated", "", "warning"),
        ("", "m", "never_counted", "no, yes", "warning"),
        ("", "a", "nonresponse", "1", "info"),
    }
    assert [r["severity"] for r in found] == sorted(
        (r["severity"] for r in found), key=["error", "warning", "info"].index
    )
    assert all(r["message_zh"] and r["message_en"] for r in found)
    assert len(found.of("error")) == 8


def test_check_of_clean_data_is_empty_and_of_a_domain_its_own() -> None:
    assert len(check(survey(YES, a=["1", "2", "99"]))) == 0
    assert len(check(Survey(pd.DataFrame({"x": ["a", "b"]})))) == 0
    part = survey(YES + "  b: {kind: number}\n", a=["1", "7"], b=[1, 2]).where("b == 1")
    assert len(check(part)) == 0


def test_check_does_not_flood() -> None:
    found = check(survey(YES, a=["8"] * 250))
    assert len(found) == 250  # all are rows; a table shows the first of them
    assert len(found.to_text().splitlines()) == 1 + 20 + 1
    assert "230 more records like these." in check(survey(YES, a=["8"] * 250), lang="en").to_text()


CLERK = """编号,村名, 村类型 ,年龄,2、性别,知晓,原因,影响,满意度
1,甲村,示范村,34,男,知道,,社会和谐┋经济发展,5
2,甲村,示范点,３５,女 ,知道 ,,社会和谐,非常满意
3,乙村,非示范村,不详,男,不知道,没时间,,4
3,乙村,非示范村,17岁,女,不知道,没时间、不了解,社会和谐、经济发展,6
5,乙村,1,230,男性,,没时间,经济发展┋其他〖旅游〗,3
6,丙村,2,45,M,知道,没时间,无,99
,,,,,,,,
合计,,,,男3女3,,,,
"""
CLERKS_BOOK = (
    "  village: {kind: single, column: 村类型, choices: [{code: 1, label: 示范村}, {code: 2, label: 非示范村}]}\n"
    "  age: {kind: number, column: 年龄, missing: [{code: -1, label: 拒答}]}\n"
    "  sex: {kind: single, column: '2、性别', choices: [{code: 1, label: {zh: 男, en: Male}}, {code: 2, label: {zh: 女, en: Female}}]}\n"
    "  aware: {kind: single, column: 知晓, choices: [{code: 1, label: 知道}, {code: 2, label: 不知道}]}\n"
    "  why: {kind: single, column: 原因, asked_if: aware == 2, choices: [{code: 1, label: 没时间}, {code: 2, label: 不了解}]}\n"
    "  effects: {kind: multiple, column: 影响, separator: ┋, choices: [{code: 1, label: 社会和谐}, {code: 2, label: 经济发展}, {code: 3, label: 其他}]}\n"
    "  content: {kind: scale, column: 满意, choices: [{code: 1, label: 不满意}, {code: 5, label: 非常满意}]}\n"
)


def test_messages_say_what_is_allowed_and_what_may_have_been_meant(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(CLERK.encode("gb18030"))
    found = check(read(file, codebook=book(CLERKS_BOOK))).to_dicts()
    told = {(r["respondent"], r["variable"], r["value"]): r for r in found}
    zh = {place: r["message_zh"] for place, r in told.items()}
    assert zh["3", "编号", "3"] == "编号出现 2 次（第 3、4 条记录）。"
    assert zh["2", "village", "示范点"] == (
        "取值不在编码簿中（列“村类型”）。允许的取值：1（示范村）、2（非示范村）。是否应为“示范村”？"
    )
    assert zh["3", "age", "17岁"] == (
        "不是数字（列“年龄”）。应填数字，或缺失值代码 -1。是否应为 17？（第 4 条记录）"
    )
    assert "是否" not in zh["3", "age", "不详"]
    assert zh["5", "sex", "男性"].startswith("取值不在编码簿中（列“2、性别”）。")
    assert zh["5", "sex", "男性"].endswith("是否应为“男”？")
    assert told["6", "sex", "M"]["message_en"].endswith("Did you mean 'Male'?")
    assert "一格中填了多个选项" in zh["3", "why", "没时间、不了解"]
    assert "用的是“、”，编码簿写的分隔符是“┋”" in zh["3", "effects", "社会和谐、经济发展"]
    assert zh["6", "effects", "无"].endswith("请写入编码簿的 none，或列为一个选项。")
    assert zh["", "content", ""] == "数据中没有该变量的列：满意。是否应为“满意度”？"
    assert told["", "content", ""]["message_en"].endswith("Did you mean '满意度'?")
    assert zh["5", "why", "1"] == "按跳答规则 'aware == 2' 未被询问，却有回答。"
    assert zh["", "aware", "3"] == "被询问的 8 人中 3 人未回答（项目无回答 37.5%）。"
    rules = [(r["rule"], r["respondent"], r["severity"]) for r in found if not r["variable"]]
    assert rules == [
        ("empty_record", "#7", "warning"),
        ("total_row", "合计", "warning"),
        ("not_described", "", "info"),
    ]
    assert zh["", "", "村名, 满意度"] == "编码簿没有说明 2 列：村名、满意度。"


def test_findings_show_one_language_and_hold_both() -> None:
    data = survey(YES, a=["8", "1"])
    for lang, said, other in (("zh", "取值不在编码簿中", "Allowed"), ("en", "Allowed", "允许")):
        found = check(data, lang=lang)
        for shown in (found.to_text(), found.to_html(), found.of("error").to_markdown()):
            assert said in shown
            assert other not in shown
        assert found.to_text().split()[:6] == [
            "severity", "respondent", "variable", "rule", "value", "message",
        ]  # fmt: skip
        assert list(found.to_pandas().columns)[-3:] == ["message_zh", "message_en", "severity"]


def test_errors_name_the_header_as_it_stands_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(CLERK, encoding="utf-8")
    with pytest.raises(InputError, match="'男性' in column '2、性别'"):
        codes(read(file, codebook=book(CLERKS_BOOK)), "sex")
