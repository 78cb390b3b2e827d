"""SurveyMonkey: two headers, options in columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from exports import (
    AWARE,
    GOALS,
    IP,
    LIKES,
    MAIL,
    ROWS,
    SCALE,
    SEX,
    SOURCE,
    Person,
    assert_clear,
    assert_truth,
    code,
    csv_bytes,
    damaged,
    fuzz,
    people,
    put,
    set_shares,
    tabulated,
    xlsx_bytes,
    zipped,
)

import surveykit as sk
from surveykit.errors import InputError
from surveykit.io import read_frame

OTHER = "其他 (please specify)"
# whoever chose Other has typed something: that is how SurveyMonkey knows
TRUTH = [replace(p, likes_text=p.likes_text if "其他" in p.likes else "") for p in people(seed=41)]
NAMES = {"sex": "q1", "aware": "q2", "source": "q3", "likes": "q4", "sat1": "q5_1", "sat2": "q5_2", "age": "q7"}  # fmt: skip
META = ("Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1")  # fmt: skip
NEW = ("respondent_id", "collector_id", "date_created", "date_modified", "ip_address", "email_address", "first_name", "last_name", "custom_1")  # fmt: skip


def rows(truth: Sequence[Person], *, numbers: bool = False, numbered: bool = False, new: bool = False) -> list[list[object]]:  # fmt: skip
    def cell(choices: Sequence[str], label: str | None) -> str:
        return (code(choices, label) if numbers else label) if label else ""

    texts = ["您的性别", "是否知晓", "从哪里知晓", "喜欢的活动", "满意度", "请排序", "年龄", "意见"]
    if numbered:
        texts = [f"{i}. {t}" for i, t in enumerate(texts, 1)]
    q = iter(texts)
    pairs: list[tuple[str, str]] = [(m, "") for m in (NEW if new else META)]
    pairs += [(next(q), "Response"), (next(q), "Response"), (next(q), "Response"), ("", OTHER)]
    pairs += [(next(q) if i == 0 else "", c if c != "其他" else OTHER) for i, c in enumerate(LIKES)]
    for labels in (ROWS, GOALS):
        first = next(q)
        pairs += [(first if i == 0 else "", label) for i, label in enumerate(labels)]
    pairs += [(next(q), "Open-Ended Response"), (next(q), "Open-Ended Response")]
    made: list[list[object]] = [[a for a, _ in pairs], [b for _, b in pairs]]
    for p in truth:
        day = f"05/{p.number % 28 + 1:02d}/2026 09:00:00 AM"
        meta = [11800000000 + p.number, "c1", day, day, IP.format(p.number), MAIL.format(p.number), "Lei", "Li", ""]  # fmt: skip
        source = "" if p.source == "其他" else cell(SOURCE, p.source)
        likes = [cell(LIKES, c) if c in p.likes else "" for c in LIKES[:3]]
        ranks = [p.goals.index(g) + 1 for g in GOALS]
        made.append([*meta, cell(SEX, p.sex), cell(AWARE, p.aware), source, p.source_text, *likes, p.likes_text, *(cell(SCALE, s) for s in p.satisfied), *ranks, p.age, p.comment])  # fmt: skip
    return made


def renamed(p: Person) -> Person:
    likes = frozenset(OTHER if c == "其他" else c for c in p.likes)
    return replace(p, source=OTHER if p.source == "其他" else p.source, likes=likes)


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "new"])
def test_an_export_gives_the_truth(tmp_path: Path, kind: str, numbered: bool) -> None:
    made = rows(TRUTH, numbered=numbered, new=kind == "new")
    data = xlsx_bytes(("Sheet", made)) if kind == "xlsx" else csv_bytes(made, encoding="utf-8-sig")
    survey = sk.read(put(tmp_path, "a.xlsx" if kind == "xlsx" else "a.csv", data))
    packed = zipped((f"Excel/调查.{'xlsx' if kind == 'xlsx' else 'csv'}", data))
    again = sk.read(put(tmp_path, "a.zip", packed))
    assert again.codebook.variables == survey.codebook.variables
    assert_truth(survey, [renamed(p) for p in TRUTH], NAMES)
    assert survey.variable("q4").question.zh == "喜欢的活动"
    assert survey.variable("q5_1").choices == survey.variable("q5_2").choices
    assert survey.headers["q5_1"] == ("5. " if numbered else "") + "满意度: 环境"
    assert survey.frame["q3_other"].tolist() == [p.source_text for p in TRUTH]
    assert survey.frame["q4_other"].tolist() == [p.likes_text for p in TRUTH]
    assert survey.frame["q8"].tolist() == [p.comment for p in TRUTH]
    assert {"IP Address", "Email Address", "First Name"} & set(survey.dropped) or kind == "new"
    assert not {"ip_address", "email_address", "last_name"} & set(survey.frame.columns)
    assert any("who only typed a text count as" in n for n in survey.notes)
    assert any("a ranking" in n for n in survey.notes)


def test_numbers_in_place_of_texts(tmp_path: Path) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(rows(TRUTH, numbers=True))))
    likes = set_shares(renamed(p).likes for p in TRUTH)
    assert tabulated(survey, "q4") == pytest.approx(likes)
    ones = rows(TRUTH, numbers=True)
    for row in ones[2:]:
        row[13:16] = ["1" if c else "" for c in row[13:16]]
    survey = sk.read(put(tmp_path, "b.csv", csv_bytes(ones)))
    assert survey.variable("q4").counted == "1"
    assert tabulated(survey, "q4") == pytest.approx(likes)


def test_a_matrix_of_several_choices(tmp_path: Path) -> None:
    options = ["早 - 茶", "早 - 奶", "晚 - 茶", "晚 - 奶"]
    made: list[list[object]] = [["Respondent ID", "Collector ID", "喝什么", "", "", ""], ["", "", *options]]  # fmt: skip
    drinks = [("茶", "", "", "奶"), ("茶", "奶", "", ""), ("", "", "茶", "奶")]
    made += [[i, 1, *d] for i, d in enumerate(drinks, 1)]
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(made)))
    assert tabulated(survey, "q1_1") == pytest.approx({"茶": 100, "奶": 50})
    assert tabulated(survey, "q1_2") == pytest.approx({"茶": 50, "奶": 100})
    assert survey.variable("q1_1").question.zh == "喝什么: 早"


@pytest.mark.parametrize(
    "text",
    ["Respondent ID,Collector ID,q\n1,2,x\n", "Respondent ID,q\n,Response\n1,x\n", "a,b\n,\n1,2\n"],
)
def test_a_plain_file_stays_plain(tmp_path: Path, text: str) -> None:
    assert read_frame(put(tmp_path, "a.csv", text)).format == "csv"


def test_an_option_without_a_header(tmp_path: Path) -> None:
    made = [["Respondent ID", "Collector ID", "q", "", ""], ["", "", "a", "", "b"]]
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes([*made, [1, 1, "a", "", "b"], [2, 1, "", "", "b"]])))  # fmt: skip
    assert tabulated(survey, "q1") == pytest.approx({"a": 50, "b": 100})
    ones = csv_bytes([*made, [1, 1, 1, 1, 1], [2, 1, "", "", 1]])
    survey = sk.read(put(tmp_path, "b.csv", ones))
    assert tabulated(survey, "q1") == pytest.approx({"a": 50, "2": 50, "b": 100})


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
def test_damaged_files(tmp_path: Path, how: str) -> None:
    data = csv_bytes(rows(TRUTH[:6]))
    assert_clear(put(tmp_path, "a.csv", damaged(data)[how]), "surveymonkey")
    with pytest.raises(InputError, match="no export of SurveyMonkey"):
        read_frame(put(tmp_path, "b.csv", "a,b\n1,2\n"), format="surveymonkey")


def test_fuzz(tmp_path: Path) -> None:
    fuzz(tmp_path, "surveymonkey", csv_bytes(rows(TRUTH[:5])), ["Response", "Other", " - ", "1"])
