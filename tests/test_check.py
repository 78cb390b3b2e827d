"""`check`: every rule finds what it should and nothing else; response rates; reliability."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Choice, Codebook, Variable, parse_codebook
from surveykit.coding import Findings, check, reliability, response_rates
from surveykit.coding._check_times import parse_moment, parse_seconds
from surveykit.coding._names import plain_name
from surveykit.errors import InputError, SurveyKitError, UsageError
from surveykit.report.check_view import check_html, check_text
from surveykit.stats.reliability import cronbach_alpha
from surveykit.stats.response import aapor_rates
from surveykit.survey import Design, Survey
from surveykit.text import Label

HEAD = "surveykit: codebook/1\n"
AGREE = "[{code: 1, label: 不同意}, {code: 2, label: 一般}, {code: 3, label: 同意}]"


def book(variables: str, study: str = "") -> Codebook:
    return parse_codebook(f"{HEAD}{study}variables:\n{variables}", "c.yaml")


def found(frame: dict[str, list[object]], variables: str, study: str = "") -> Findings:
    return check(Survey(pd.DataFrame(frame), book(variables, study)))


def rows(findings: Findings, *rules: str) -> list[tuple[str, str, str, str]]:
    """Return (respondent, variable, value, severity) of some rules."""
    return [
        (r.respondent, r.variable, r.value, r.severity) for r in findings.rows if r.rule in rules
    ]


# ------------------------------------------------------------ values
def test_ranges_of_numbers() -> None:
    variables = "  age: {kind: number, range: [0, 120], missing: [{code: 999, label: x}]}\n  n: {kind: number, range: [1, null]}\n  z: {kind: scale, range: [null, 10.5]}\n"
    values = {"age": ["-1", "0", "120", "120.5", "999", ""], "n": ["0", *"12345"], "z": ["10.5", "11", *"1234"]}  # fmt: skip
    made = found(values, variables)  # type: ignore[arg-type]
    assert rows(made, "range") == [
        ("1", "age", "-1", "error"),
        ("4", "age", "120.5", "error"),
        ("1", "n", "0", "error"),
        ("2", "z", "11", "error"),
    ]
    assert made.rows[0].message_zh.startswith("超出编码簿规定的范围（≥ 0, ≤ 120）")


EXCLUSIVE = "{code: 1, label: 茶}, {code: 2, label: 奶}, {code: 9, label: 以上都没有}"


@pytest.mark.parametrize(
    ("layout", "data"),
    [
        ("separator: ┋", {"m": ["茶┋奶", "以上都没有", "茶┋以上都没有", "", "9┋2"]}),
        (
            "columns: [m1, m2, m3], counted: 1",
            {"m1": [*"10100"], "m2": [*"10001"], "m3": [*"01101"]},
        ),
        ("columns: [a, b]", {"a": ["1", "9", "1", "", "9"], "b": ["2", "", "9", "", "2"]}),
    ],
)
def test_exclusive_choices(layout: str, data: dict[str, list[object]]) -> None:
    marked = f"  m: {{kind: multiple, {layout}, exclusive: [9], choices: [{EXCLUSIVE}]}}\n"
    made = found(data, marked)
    assert rows(made, "exclusive") == [("3", "m", "1, 9", "error"), ("5", "m", "2, 9", "error")]
    unmarked = found(data, marked.replace("exclusive: [9], ", ""))
    assert [r[3] for r in rows(unmarked, "exclusive")] == ["warning"] * 2
    assert "exclusive:" in next(r for r in unmarked.rows if r.rule == "exclusive").message_en
    harmless = found(data, marked.replace("exclusive: [9], ", "").replace("以上都没有", "无糖"))
    assert rows(harmless, "exclusive") == []


def test_thousands_of_unknown_values_take_no_quadratic_time() -> None:
    values: list[object] = [f"text {i}" for i in range(30_000)]
    began = time.perf_counter()
    made = found({"a": values}, "  a: {kind: single, choices: [x, y]}\n")
    assert time.perf_counter() - began < 20
    assert len(made) == 30_000
    assert made.rows[7].value == "text 7"
    assert len({r.respondent for r in made.rows}) == 30_000


# ------------------------------------------------------------ records
def test_whole_records_that_stand_twice() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.integers(0, 50, (200, 8)).astype(str), columns=list("abcdefgh"))
    frame.insert(0, "编号", [f"r{i}" for i in range(200)])
    frame.loc[150, "a":"h"] = frame.loc[20, "a":"h"]
    frame.loc[199, "a":"h"] = frame.loc[20, "a":"h"]
    frame.loc[30, "a":"h"] = ""
    frame.loc[31, "a":"h"] = ""
    variables = "".join(f"  {c}: {{kind: number}}\n" for c in "abcdefgh")
    made = check(Survey(frame, book(variables)))
    assert rows(made, "duplicate_record") == [("r150", "", "", "warning"), ("r199", "", "", "warning")]  # fmt: skip
    assert "与记录 r20 完全相同" in next(r for r in made.rows if r.rule == "duplicate_record").message_zh  # fmt: skip
    part = check(Survey(frame, book(variables)).where("a >= 0 and b >= 0").where("c < 100"))
    assert len(rows(part, "duplicate_record")) == 2
    few = Survey(frame[["a", "b", "c"]].assign(a="1", b="2", c="3"), book("  a: {kind: number}\n"))
    assert rows(check(few), "duplicate_record") == [("", "", "199", "info")]


# ------------------------------------------------------------ dates and durations
def test_dates() -> None:
    days = ["2016-07-05", "2016/2/30", "2016年7月6日", "July", "2999-01-01", "1850-01-01", "99", ""]
    variables = "  born: {kind: date, missing: [{code: 99, label: 拒答}]}\n"
    made = found({"born": days}, variables)  # type: ignore[arg-type]
    assert rows(made, "impossible_date", "not_a_date") == [
        ("2", "born", "2016/2/30", "error"),
        ("4", "born", "July", "warning"),
        ("5", "born", "2999-01-01", "warning"),
        ("6", "born", "1850-01-01", "warning"),
    ]
    assert [r.rule for r in made.rows][:2] == ["impossible_date", "not_a_date"]


def test_times_of_the_questionnaire() -> None:
    frame: dict[str, list[object]] = {
        "开始答题时间": ["2016-07-05 10:00:00", "2016-07-05 10:00:00", "2016-06-01 09:00:00"],
        "结束答题时间": ["2016-07-05 10:09:00", "2016-07-05 09:59:00", "2016-06-01 09:10:00"],
        "visit": ["2016-07-04", "2016-07-09", "2016-05-01"],
    }
    study = "study: {fieldwork: [2016-07-01, 2016-07-31]}\n"
    made = found(frame, "  visit: {kind: date}\n", study)
    assert rows(made, "impossible_date") == [
        ("2", "结束答题时间", "2016-07-05 09:59:00", "error"),
        ("2", "visit", "2016-07-09", "warning"),
    ]
    assert rows(made, "fieldwork") == [("3", "结束答题时间", "2016-06-01 09:10:00", "warning")]
    assert "2016-07-05" in next(r for r in made.rows if r.variable == "visit").message_en


@pytest.mark.parametrize(
    ("header", "kind", "unit"),
    [
        ("所用时间", "", "{}秒"),
        ("答题时长", "", "{}"),
        ("Duration (in seconds)", "", "{}"),
        ("interviewtime", "", "{}.25"),
        ("t", "  t: {kind: number, role: duration}\n", "{}"),
        ("t", "  t: {kind: text, role: duration}\n", "{}分0秒"),
    ],
)
def test_speeders(header: str, kind: str, unit: str) -> None:
    seconds = [300, 280, 310, 99, 305, 101, 40, 290]  # median 285: a third is 95
    values: list[object] = [unit.format(s) for s in seconds]
    made = found({header: values, "a": [1] * 8}, kind + "  a: {kind: number}\n")
    assert rows(made, "speeder") == [("7", header, unit.format(40), "warning")]
    assert "12.5 %" in next(r for r in made.rows if r.rule == "speeder").message_en


def test_no_speeders_without_a_duration() -> None:
    frame: dict[str, list[object]] = {"time": ["早", "晚"] * 5, "时间": [1, 2] * 5, "a": [1] * 10}
    assert rows(found(frame, "  a: {kind: number}\n"), "speeder") == []
    short: dict[str, list[object]] = {"所用时间": ["1秒", "99秒", "98秒", "-5秒"], "a": [1] * 4}
    made = found(short, "  a: {kind: number}\n")
    assert rows(made, "speeder", "impossible_duration") == []  # three durations make no median


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("123秒", 123), ("２分３秒", 123), ("1小时", 3600), ("1天2小时", 93600), ("00:02:03", 123),
        ("2:03", 123), ("90", 90), ("1h 2m 3s", 3723), ("45 seconds", 45), ("", None), ("快", None),
    ],
)  # fmt: skip
def test_durations_are_read(text: str, seconds: float | None) -> None:
    assert parse_seconds(text) == seconds


def test_moments_are_read() -> None:
    for text in ("2016-07-05T09:30:00", "2016/7/5 9:30", "2016年7月5日 9:30:00.5", "2016-07-05 09:30:00+08:00"):  # fmt: skip
        moment = parse_moment(text)
        assert moment is not None
        assert (moment.day, moment.hour, moment.minute) == (5, 9, 30)
    with pytest.raises(ValueError, match=r"day|month"):
        parse_moment("20161301")


# ------------------------------------------------------------ batteries
def test_straight_lines() -> None:
    items = "".join(f"  b{i}: {{kind: single, choices: {AGREE}}}\n" for i in range(1, 5))
    other = "  yes: {kind: single, choices: [a, b]}\n  x1: {kind: scale, range: [0, 10]}\n" + "".join(f"  x{i}: {{kind: scale, range: [0, 10]}}\n" for i in (2, 3, 4))  # fmt: skip
    frame = {
        "b1": ["1", "2", "3", "1", ""], "b2": ["1", "2", "3", "2", ""], "b3": ["1", "2", "", "3", ""],
        "b4": ["1", "2", "3", "1", ""], "yes": ["a"] * 5,
        "x1": [5, 5, 5, 5, 5], "x2": [5, 4, 5, 5, 5], "x3": [5, 4, 5, 5, 1], "x4": [5, 4, 5, 6, 1],
    }  # fmt: skip
    made = found(frame, items + other)  # type: ignore[arg-type]
    assert rows(made, "straight_line") == [
        ("1", "b1 … b4", "1", "info"),
        ("2", "b1 … b4", "2", "info"),
        ("1", "x1 … x4", "5", "info"),
        ("3", "x1 … x4", "5", "info"),
    ]
    assert rows(made, "straight_lining") == [("", "b1 … b4", "66.7", "info"), ("", "x1 … x4", "40.0", "info")]  # fmt: skip
    turned = found(frame, items + "  b2_r: {from: b2, reverse: true}\n" + other)  # type: ignore[arg-type]
    assert [r[3] for r in rows(turned, "straight_line")][:2] == ["warning", "warning"]
    three = found(frame, items.split("  b4")[0])  # type: ignore[arg-type]
    assert rows(three, "straight_line") == []


# ------------------------------------------------------------ privacy
def test_privacy() -> None:
    frame = {
        "q1": ["汉", "土", "汉", "汉", "汉"],
        "age": ["13", "40", "40", "40", "14"],
        "village": ["a", "a", "a", "a", "a"],
        "sex": ["1", "1", "2", "1", "1"],
        "unity": ["1", "2", "1", "1", "1"],
    }
    variables = (
        "  q1: {kind: single, question: 2、您的民族是？, choices: [汉, 土]}\n  age: {kind: number}\n"
        "  village: {kind: text}\n  sex: {kind: single, question: {en: Your gender}, choices: [1, 2]}\n"
        "  unity: {kind: single, question: 您对民族团结的了解, choices: [1, 2], sensitive: true}\n"
    )
    made = found(frame, variables)  # type: ignore[arg-type]
    assert rows(made, "under_14") == [("1", "age", "13", "info")]
    assert rows(made, "sensitive") == [("", "q1", "", "info"), ("", "unity", "", "info")]
    # village × ethnicity × age: 13 alone, 40 土 alone, 40 汉 twice, 14 alone
    assert rows(made, "unique_combination") == [
        ("", "village × q1 × age", "3", "info"),
        ("", "village × q1 × age × sex × unity", "5", "info"),
    ]
    said = next(r for r in made.rows if r.rule == "unique_combination")
    assert "of 5 respondents who answered them all, 3 have" in said.message_en
    assert "2、您的民族是？" in said.message_zh


def test_age_groups_and_what_is_not_about_age() -> None:
    variables = (
        "  g: {kind: single, question: 年龄段, choices: [{code: 1, label: 12-18岁}, {code: 2, label: 19岁以上}, {code: 3, label: 14岁以下}]}\n"
        "  wage: {kind: number, question: 您家老人的年龄差}\n"
    )
    made = found({"g": ["1", "1", "2", "3"], "wage": [1, 2, 3, 4]}, variables)
    assert rows(made, "under_14") == [("", "g", "1", "info"), ("", "g", "3", "info")]
    texts = [r.message_zh for r in made.rows if r.rule == "under_14"]
    assert "其中可能有未满" in texts[0]
    assert "可能" not in texts[1]


def test_identifiers_that_were_kept() -> None:
    made = found({"tel": ["13912345678"], "a": [1]}, "  tel: {kind: text, identifier: true}\n  a: {kind: number}\n")  # fmt: skip
    assert rows(made, "identifier") == [("", "tel", "", "warning")]


def test_names_are_taken_as_wholes() -> None:
    assert plain_name("请选择您所在的村") == "村"
    assert plain_name("Q3. What is your occupation?") == "occupation"
    assert plain_name("villageName") == "village name"


def test_synthetic_records_are_no_people() -> None:
    folder = Path(sk.__file__).parents[1] / "data" / "badong"
    file = sorted(folder.glob("SYNTHETIC_*.csv"))[0]
    rules = {r.rule for r in check(sk.read(file, codebook=folder / "codebook.yaml")).rows}
    assert rules <= {"not_found", "nonresponse"}


# ------------------------------------------------------------ never changes data, shown for people
def test_the_data_stay_as_they_were() -> None:
    frame = pd.DataFrame({"a": ["1", "7"], "所用时间": ["1秒", "2秒"]})
    before = frame.copy(deep=True)
    survey = Survey(frame, book("  a: {kind: single, choices: [1, 2]}\n"))
    assert check(survey).rows == check(survey).rows
    pd.testing.assert_frame_equal(frame, before)
    assert survey.frame.to_dict() == before.to_dict()


def test_a_page_groups_and_json_is_whole() -> None:
    values: list[object] = ["8"] * 300 + ["七"] * 200 + [f"x{i}" for i in range(40)]
    made = found({"a": values}, "  a: {kind: single, choices: [{code: 1, label: 是}]}\n")
    assert len(json.loads(json.dumps(made.to_dicts()))) == 540
    (group,) = made.groups()
    assert (group.rule, group.count, len(group.cases)) == ("not_in_codebook", 540, 42)
    assert (group.cases[0].value, len(group.cases[0].respondents)) == ("8", 300)
    for lang in ("zh", "en"):
        text = check_text(made, lang, source="a.csv", rows=540)
        assert len(text.splitlines()) < 15
        assert "540" in text
        assert "× 300" in text
    assert "另有 37 种取值，共 37 条。" in check_text(made, "zh")
    page = check_html(made, "en", source="a.csv", rows=540)
    assert page.count("<tr") == 2
    assert "record 501" in page
    assert len(repr(made).splitlines()) < 30


def test_messages_are_in_both_languages() -> None:
    frame: dict[str, list[object]] = {
        "a": ["1", "5"], "d": ["2016-02-30", "x"], "age": ["3", "200"], "民族": ["汉", "土"],
    }  # fmt: skip
    variables = "  a: {kind: single, choices: [1, 2]}\n  d: {kind: date}\n  age: {kind: number, range: [0, 120]}\n  民族: {kind: single, choices: [汉, 土]}\n"
    made = found(frame, variables, "study: {distributed: 9, returned: 5, valid: 3}\n")
    assert {r.rule for r in made.rows} >= {"response", "record_count", "range", "under_14"}
    for row in made.rows:
        assert any("一" <= c <= "鿿" for c in row.message_zh)
        assert row.message_en
        assert f"**{row.rule}" not in check_text(made)


# ------------------------------------------------------------ response
def test_aapor_rates_by_their_formulas() -> None:
    i, p, r, nc, o, u, e = 300, 20, 50, 20, 5, 105, 0.4
    rates = aapor_rates(i, p, r, nc, o, u, e)
    assert rates.rr1 == i / ((i + p) + (r + nc + o) + u)
    assert rates.rr2 == (i + p) / ((i + p) + (r + nc + o) + u)
    assert rates.rr3 == pytest.approx(i / ((i + p) + (r + nc + o) + e * u))
    assert rates.rr4 == pytest.approx((i + p) / ((i + p) + (r + nc + o) + e * u))
    assert rates.rr5 == i / ((i + p) + (r + nc + o))
    assert rates.rr6 == (i + p) / ((i + p) + (r + nc + o))
    assert (rates.coop1, rates.ref1, rates.con1) == (i / 375, 50 / 500, 375 / 500)
    assert aapor_rates(0).rr1 is None


def test_response_rates_from_counts() -> None:
    plain = response_rates(distributed=400, returned=390, valid=385, lang="en")
    assert [r["rate"] for r in plain] == [
        "return_rate",
        "valid_rate",
        "valid_of_distributed",
        "RR1",
    ]
    assert plain["valid_rate"] == pytest.approx(100 * 385 / 390)
    whole = response_rates(distributed=500, valid=300, partial=20, refusal=50, noncontact=20, other=5, unknown=100, ineligible=5, e=0.5)  # fmt: skip
    assert whole["RR1"] == pytest.approx(100 * 300 / 495)
    assert whole["RR2"] == pytest.approx(100 * 320 / 495)
    assert whole["RR3"] == pytest.approx(100 * 300 / 445)
    assert whole["RR6"] == pytest.approx(100 * 320 / 395)
    assert response_rates(distributed=10, returned=8, valid=8)["RR2"] == 80
    with pytest.raises(UsageError, match="the counts do not tell 'RR2'"):
        _ = plain["RR2"]


def test_response_rates_from_a_disposition() -> None:
    frame = pd.DataFrame({"status": [*"1112334568", ""], "a": [1.0] * 11})
    text = """study:
  disposition: {variable: status, complete: [1], partial: [2], refusal: [3], noncontact: [4], other: [5], unknown: [6], ineligible: [8]}
"""
    variables = "  status: {kind: single, choices: [1, 2, 3, 4, 5, 6, 8]}\n  a: {kind: number}\n"
    survey = Survey(frame, book(variables, text))
    rates = response_rates(survey)
    assert rates["RR1"] == pytest.approx(100 * 3 / 10)  # 11 less one ineligible; blank is unknown
    assert rates["RR2"] == pytest.approx(100 * 4 / 10)
    assert rates["RR5"] == pytest.approx(100 * 3 / 8)
    assert {r.value for r in check(survey).rows if r.rule == "response"} >= {"30.0", "40.0", "37.5"}
    again = parse_codebook(survey.codebook.to_yaml())
    assert again.study == survey.codebook.study
    lost = Survey(frame, book(variables, text.replace(", other: [5]", "")))
    with pytest.raises(UsageError, match="code '5' of 'status' stands for no outcome"):
        response_rates(lost)
    assert [r.severity for r in check(lost).rows if r.rule == "response"] == ["warning"]


def test_the_check_page_shows_the_counts_of_the_study() -> None:
    study = "study: {title: x, distributed: 400, returned: 390, valid: 385, fieldwork: [2016-07-01, 2016-07-31]}\n"
    made = found({"a": ["1"] * 390}, "  a: {kind: single, choices: [1]}\n", study)
    assert [v[2] for v in rows(made, "response")] == ["97.5", "98.7", "96.2", "96.2"]
    assert rows(made, "record_count") == [("", "", "390", "warning")]
    assert "回收率（回收 / 发放）：97.5%（390 / 400）" in check_text(made, "zh")
    text = book("  a: {kind: single, choices: [1]}\n", study)
    assert parse_codebook(text.to_yaml()).study == text.study


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"distributed": 10, "returned": 11}, "11 questionnaires returned are more than 10"),
        ({"returned": 10, "valid": 11}, "11 questionnaires valid are more than 10"),
        ({"distributed": 10, "valid": 6, "refusal": 5}, "add up to 11"),
        ({"valid": -1}, "a number of questionnaires; got -1"),
        ({"valid": 1.5}, "a number of questionnaires; got 1.5"),
        ({"valid": 1, "e": 2}, "e is a share"),
        ({}, "tell no rate"),
        ({"valid": 3}, "tell no rate"),
    ],
)
def test_bad_counts(counts: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        response_rates(**counts)  # type: ignore[arg-type]


# ------------------------------------------------------------ reliability
def test_alpha_by_its_formula() -> None:
    rng = np.random.default_rng(5)
    data = rng.normal(size=(80, 1)) + rng.normal(size=(80, 5))
    data[rng.random((80, 5)) < 0.05] = np.nan
    whole = data[~np.isnan(data).any(axis=1)]
    made = cronbach_alpha(data)
    assert made.n == len(whole)

    def alpha(items: np.ndarray) -> float:
        k = items.shape[1]
        return k / (k - 1) * (1 - items.var(axis=0, ddof=1).sum() / items.sum(axis=1).var(ddof=1))

    assert made.alpha == pytest.approx(alpha(whole), abs=1e-12)
    r = np.corrcoef(whole.T)[np.triu_indices(5, 1)].mean()
    assert made.standardized == pytest.approx(5 * r / (1 + 4 * r), abs=1e-12)
    for i in range(5):
        rest = np.delete(whole, i, axis=1)
        assert made.alpha_without[i] == pytest.approx(alpha(rest), abs=1e-12)
        expected = np.corrcoef(whole[:, i], rest.sum(axis=1))[0, 1]
        assert made.item_total[i] == pytest.approx(expected, abs=1e-12)
    assert made.low < made.alpha < made.high
    doubled = cronbach_alpha(np.repeat(whole, 2, axis=0))
    weighted = cronbach_alpha(whole, np.full(len(whole), 2.0))
    assert weighted.alpha == pytest.approx(doubled.alpha, abs=1e-12)
    same = cronbach_alpha(np.ones((5, 3)))
    assert np.isnan(same.alpha)
    with pytest.raises(UsageError, match="at least two items"):
        cronbach_alpha(np.ones((5, 1)))


def test_reliability_of_a_score_with_a_reversed_item() -> None:
    rng = np.random.default_rng(6)
    trait = rng.normal(size=300)
    item = lambda sign: np.clip(np.round(3 + sign * trait + rng.normal(0, 0.7, 300)), 1, 5)  # noqa: E731
    frame = pd.DataFrame({"a": item(1), "b": item(1), "c": item(-1), "w": rng.integers(1, 4, 300)})
    scale = "{kind: scale, choices: [1, 2, 3, 4, 5]}"
    variables = f"  a: {scale}\n  b: {scale}\n  c: {scale}\n  c_r: {{from: c, reverse: true}}\n  s: {{score: {{of: [a, b, c_r]}}}}\n"
    survey = Survey(frame.astype({"a": int, "b": int, "c": int}).astype(str), book(variables))
    made = reliability(survey, "s")
    items = np.column_stack([frame.a, frame.b, 6 - frame.c])
    assert made.alpha == pytest.approx(cronbach_alpha(items).alpha)
    assert [r["item"] for r in made] == ["a", "b", "c_r"]
    assert reliability(survey, ["a", "b", "c"]).items[2]["item_total"] < 0
    part = reliability(survey.where("a >= 3"), "s")
    assert part.alpha == pytest.approx(cronbach_alpha(items[frame.a >= 3]).alpha)
    heavy = reliability(survey.with_design(Design(weight="w")), "s")
    assert heavy.alpha == pytest.approx(cronbach_alpha(np.repeat(items, frame.w, axis=0)).alpha)
    with pytest.raises(UsageError, match="'a' is no scale score"):
        reliability(survey, "a")
    with pytest.raises(UsageError, match="level lies between"):
        reliability(survey, "s", level=95)


# ------------------------------------------------------------ bad input of the new keys
BAD = {
    "variables: {a: {kind: number, range: [1]}}": "a lowest and a highest number; got 1",
    "variables: {a: {kind: number, range: [2, 1]}}": "begins above its end",
    "variables: {a: {kind: number, range: [x, 1]}}": "range should be a number; got 'x'",
    "variables: {a: {kind: number, range: 5}}": "range should be a list",
    "variables: {a: {kind: text, range: [1, 2]}}": "only numbers and scales without choices",
    "variables: {a: {kind: number, role: dauer}}": "unknown role of variable 'a': 'dauer'",
    "variables: {a: {kind: number, role: end}}": "a role 'end' is for dates",
    "variables: {a: {kind: date, role: duration}}": "no duration",
    "variables: {a: {kind: single, exclusive: [1], choices: [1]}}": "only kind multiple",
    "variables: {a: {kind: multiple, separator: ;, exclusive: [3], choices: [1]}}": "unknown exclusive code of 'a': '3'",
    "study: {distributed: many}\nvariables: {}": "distributed should be a number",
    "study: {distributed: 1.5}\nvariables: {}": "a number of questionnaires",
    "study: {distributed: 1, returned: 2}\nvariables: {}": "2 questionnaires returned are more than 1",
    "study: {distributed: 3, valid: 2, refusal: 2}\nvariables: {}": "add up to 4",
    "study: {fieldwork: 2016}\nvariables: {}": "fieldwork should be a list",
    "study: {fieldwork: [2016-07-01]}\nvariables: {}": "a first and a last day",
    "study: {fieldwork: [2016-07-01, 2016-06-31]}\nvariables: {}": "no date: '2016-06-31'",
    "study: {fieldwork: [2016-07-02, 2016-07-01]}\nvariables: {}": "ends before it begins",
    "study: {disposition: {complete: [1]}}\nvariables: {}": "names no variable",
    "study: {disposition: {variable: s}}\nvariables: {}": "unknown variable 's'",
    "study: {disposition: {variable: a, complete: [1]}}\nvariables: {a: {kind: text}}": "no single choice",
    "study: {disposition: {variable: a, complete: [2]}}\nvariables: {a: {kind: single, choices: [1]}}": "unknown code of 'a': '2'",
    "study: {disposition: {variable: a, complete: [1], other: [1]}}\nvariables: {a: {kind: single, choices: [1]}}": "'1' stands for two outcomes",
    "study: {disposition: {variable: a, done: [1]}}\nvariables: {}": "unknown key in disposition: 'done'",
    "study: {sent: 3}\nvariables: {}": "unknown key in study: 'sent'",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_keys_name_file_and_line(text: str) -> None:
    with pytest.raises(SurveyKitError) as error:
        parse_codebook(HEAD + text, "c.yaml")
    assert str(error.value).startswith("c.yaml, line 2: ")
    assert BAD[text] in str(error.value)


def test_keys_of_checks_are_read_back() -> None:
    text = """  m: {kind: multiple, separator: ;, exclusive: [9], choices: [1, 2, 9]}
  n: {kind: number, range: [-1.5, null]}
  t: {kind: text, role: duration}
"""
    made = book(text)
    again = parse_codebook(made.to_yaml())
    assert dict(again.variables) == dict(made.variables)
    assert made["n"].range == (-1.5, float("inf"))
    other = Codebook(variables={"x": Variable("x", "single", Label.of("x"), (Choice("1", Label.of("1")),), exclusive=())})  # fmt: skip
    assert "exclusive" not in other.to_yaml()


def test_a_large_file_is_checked_in_seconds() -> None:
    rng = np.random.default_rng(2)
    n = 20_000
    frame = {f"q{i}": rng.choice([*"12345", "", "9"], n, p=[0.2] * 4 + [0.18, 0.01, 0.01]) for i in range(60)}  # fmt: skip
    frame["所用时间"] = rng.integers(20, 900, n).astype(str)
    variables = "".join(f"  q{i}: {{kind: scale, choices: [1, 2, 3, 4, 5]}}\n" for i in range(60))
    survey = Survey(pd.DataFrame(frame), book(variables))
    began = time.perf_counter()
    made = check(survey)
    assert time.perf_counter() - began < 15  # less than one on a free machine
    assert len(made) > 10_000


def test_a_rule_that_fails_stops_nothing() -> None:
    with pytest.raises(InputError):
        book("  a: {kind: number, asked_if: 'b =='}\n")
    made = found(
        {"a": ["1", "x"]}, "  a: {kind: number, asked_if: 'g == 1'}\n  g: {kind: number}\n"
    )
    assert [r.rule for r in made.rows if r.variable == "a"][:1] == ["not_in_codebook"]
