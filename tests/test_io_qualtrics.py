"""Qualtrics: text and numbers, joined and split, with and without the QSF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from exports import (
    AWARE,
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
    missing,
    people,
    put,
    tabulated,
    xlsx_bytes,
    zipped,
)

import surveykit as sk
from surveykit.errors import InputError
from surveykit.io import read_codebook_source, read_frame

TRUTH = people(seed=7)
NAMES = {"sex": "Q1", "aware": "Q2", "source": "Q3", "likes": "Q4", "sat1": "Q5_1", "sat2": "Q5_2", "age": "Q6"}  # fmt: skip
SYSTEM = {
    "StartDate": "startDate", "EndDate": "endDate", "Status": "status", "IPAddress": "ipAddress", "Progress": "progress",
    "Duration (in seconds)": "duration", "Finished": "finished", "RecordedDate": "recordedDate", "ResponseId": "_recordId",
    "RecipientLastName": "recipientLastName", "RecipientFirstName": "recipientFirstName", "RecipientEmail": "recipientEmail",
    "ExternalReference": "externalDataReference", "LocationLatitude": "locationLatitude",
    "LocationLongitude": "locationLongitude", "DistributionChannel": "distributionChannel", "UserLanguage": "userLanguage",
}  # fmt: skip
RECODE = {"1": "1", "2": "3", "3": "7"}  # of Q2


def system(p: Person, text: bool) -> list[str]:
    day = f"2026-05-{p.number % 28 + 1:02d} 09:00:00"
    status = (
        ("IP Address" if text else "0") if p.number != 5 else ("Survey Preview" if text else "1")
    )
    done = "True" if text else "1"
    return [day, day, status, IP.format(p.number), "100", str(60 + p.number), done, day, f"R_{p.number}", "Li", "Lei", MAIL.format(p.number), "", "30.1", "110.2", "anonymous", "ZH-S"]  # fmt: skip


def rows(truth: Sequence[Person], *, text: bool, split: bool, unseen: bool = False) -> list[list[str]]:  # fmt: skip
    """Return the records of an export; with `unseen`, -99 for what was seen and not answered."""
    columns = [(n, n, {"ImportId": i}) for n, i in SYSTEM.items()]
    columns += [("Q1", "您的性别", {"ImportId": "QID1"}), ("Q2", "是否知晓", {"ImportId": "QID2"})]
    columns += [("Q3", "从哪里知晓 - Selected Choice", {"ImportId": "QID3"}), ("Q3_3_TEXT", "从哪里知晓 - 其他 - Text", {"ImportId": "QID3_3_TEXT"})]  # fmt: skip
    stem = "喜欢的活动 - Selected Choice"
    if split:
        columns += [(f"Q4_{i}", f"{stem} - {c}", {"ImportId": "QID4", "choiceId": str(i)}) for i, c in enumerate(LIKES, 1)]  # fmt: skip
    else:
        columns += [("Q4", stem, {"ImportId": "QID4"})]
    columns += [("Q4_4_TEXT", "喜欢的活动 - 其他 - Text", {"ImportId": "QID4_4_TEXT"})]
    columns += [(f"Q5_{i}", f"满意度 - {r}", {"ImportId": f"QID5_{i}"}) for i, r in enumerate(ROWS, 1)]  # fmt: skip
    columns += [
        ("Q6", "年龄", {"ImportId": "QID6_TEXT"}),
        ("Q7", "意见", {"ImportId": "QID7_TEXT"}),
    ]
    made = [[c[0] for c in columns], [c[1] for c in columns], [json.dumps(c[2], separators=(",", ":")) for c in columns]]  # fmt: skip
    blank = "-99" if unseen else ""

    def cell(
        choices: Sequence[str], label: str | None, recode: dict[str, str] | None = None
    ) -> str:
        if not label:
            return "" if label is None else blank
        return label if text else (recode or {}).get(code(choices, label), code(choices, label))

    for p in truth:
        likes = [cell(LIKES, c) for c in p.liked]
        if split:
            cells = [(c if text else "1") if c in p.likes else ("" if p.likes else blank) for c in LIKES]  # fmt: skip
        else:
            cells = [",".join(likes) or blank]
        made.append([*system(p, text), cell(SEX, p.sex), cell(AWARE, p.aware, RECODE), cell(SOURCE, p.source), p.source_text, *cells, p.likes_text, *(cell(SCALE, s) for s in p.satisfied), str(p.age), p.comment])  # fmt: skip
    return made


def qsf() -> bytes:
    def choices(labels: Sequence[str], typed: str = "") -> dict[str, Any]:
        return {
            str(i): {"Display": f"<b>{c}</b>"} | ({"TextEntry": "true"} if c == typed else {})
            for i, c in enumerate(labels, 1)
        }

    def question(
        number: int, text: str, kind: str, selector: str, **more: object
    ) -> dict[str, Any]:
        payload = {"QuestionText": text, "DataExportTag": f"Q{number}", "QuestionType": kind, "Selector": selector, "QuestionID": f"QID{number}", **more}  # fmt: skip
        return {"SurveyID": "SV_1", "Element": "SQ", "PrimaryAttribute": f"QID{number}", "Payload": payload}  # fmt: skip

    def selected(choice: int, joint: str | None = None) -> dict[str, str]:
        locator = f"q://QID2/SelectableChoice/{choice}"
        term = {"LogicType": "Question", "QuestionID": "QID2", "ChoiceLocator": locator, "Operator": "Selected", "LeftOperand": locator, "Type": "Expression"}  # fmt: skip
        return term | ({"Conjuction": joint} if joint else {})

    logic = {"0": {"0": selected(1), "1": selected(2, "Or"), "Type": "If"}, "Type": "BooleanExpression", "inPage": False}  # fmt: skip
    order = [str(i) for i in range(1, 6)]
    blocks = [
        {"Type": "Default", "ID": "BL_1", "BlockElements": [{"Type": "Question", "QuestionID": f"QID{i}"} for i in range(1, 8)]},
        {"Type": "Trash", "ID": "BL_2", "BlockElements": [{"Type": "Question", "QuestionID": "QID9"}]},
    ]  # fmt: skip
    elements = [
        {"SurveyID": "SV_1", "Element": "BL", "Payload": blocks},
        question(1, "您的&nbsp;性别", "MC", "SAVR", Choices=choices(SEX), ChoiceOrder=["1", "2"]),
        question(2, "是否知晓", "MC", "SAVR", Choices=choices(AWARE), ChoiceOrder=["3", "1", "2"], RecodeValues=RECODE),
        question(3, "从哪里知晓", "MC", "SAVR", Choices=choices(SOURCE, "其他"), ChoiceOrder=[1, 2, 3], DisplayLogic=logic),
        question(4, "喜欢的活动", "MC", "MAVR", Choices=choices(LIKES, "其他"), ChoiceOrder=[3, 1, 2, 4]),
        question(5, "满意度", "Matrix", "Likert", SubSelector="SingleAnswer", Choices=choices(ROWS), ChoiceOrder=[1, 2], Answers=choices(SCALE), AnswerOrder=order, ChoiceDataExportTags=False),
        question(6, "年龄", "TE", "SL", Validation={"Settings": {"ContentType": "ValidNumber"}}),
        question(7, "意见", "TE", "ML"),
        question(8, "介绍", "DB", "TB"),
        question(9, "作废", "TE", "ML"),
    ]  # fmt: skip
    return json.dumps({"SurveyEntry": {"SurveyID": "SV_1", "SurveyName": "试点"}, "SurveyElements": elements}).encode()  # fmt: skip


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "zip"])
def test_a_text_export_gives_the_truth(tmp_path: Path, kind: str, split: bool) -> None:
    made = rows(TRUTH, text=True, split=split)
    data = {"zip": lambda: zipped(("试点_May 1, 2026.csv", csv_bytes(made))), "csv": lambda: csv_bytes(made, encoding="utf-8-sig"), "tsv": lambda: csv_bytes(made, "\t", "utf-16"), "xlsx": lambda: xlsx_bytes(("Sheet0", made))}[kind]()  # fmt: skip
    survey = sk.read(put(tmp_path, f"a.{kind}", data))
    assert_truth(survey, TRUTH, NAMES)
    assert survey.variable("Q4").kind == "multiple"
    assert survey.variable("Q4").question.zh == "喜欢的活动"
    assert survey.variable("Q5_1").choices == survey.variable("Q5_2").choices
    assert survey.frame["Q3_3_TEXT"].tolist() == [p.source_text for p in TRUTH]
    assert survey.frame["Q7"].tolist() == [p.comment for p in TRUTH]
    assert {"IPAddress", "RecipientEmail", "RecipientLastName", "LocationLatitude"} <= set(survey.dropped)  # fmt: skip
    assert any("1 responses are previews" in n for n in survey.notes)


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("text", [False, True])
def test_with_the_qsf(tmp_path: Path, text: bool, split: bool) -> None:
    path = put(tmp_path, "a.csv", csv_bytes(rows(TRUTH, text=text, split=split)))
    survey = sk.read(path, codebook=put(tmp_path, "a.qsf", qsf()))
    assert_truth(survey, TRUTH, NAMES)
    assert [(c.code, c.label.zh) for c in survey.variable("Q2").choices] == [("7", "不知晓"), ("1", "知晓"), ("3", "听说过")]  # fmt: skip
    assert [c.label.zh for c in survey.variable("Q4").choices] == ["集市", "歌舞", "体育", "其他"]
    assert survey.variable("Q1").question.zh == "您的 性别"
    assert survey.variable("Q3").asked_if == "Q2 == '1' or Q2 == '3'"
    assert missing(survey, "Q3") == (sum(p.source == "" for p in TRUTH), sum(p.source is None for p in TRUTH), 0)  # fmt: skip
    assert survey.codebook.title.zh == "试点"
    assert "Q9" not in survey.codebook
    assert "Q8" not in survey.codebook
    assert survey.variable("Q6").kind == "number"
    assert survey.variable("Q4_4_TEXT").asked_if == "Q4 == '4'"
    assert not any("inferred" in n for n in survey.notes)


@pytest.mark.parametrize("split", [False, True])
def test_numbers_alone(tmp_path: Path, split: bool) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(rows(TRUTH, text=False, split=split))))
    found = tabulated(survey, "Q4")
    labels = dict(found) if split else {LIKES[int(k) - 1]: v for k, v in found.items()}
    text = sk.read(put(tmp_path, "b.csv", csv_bytes(rows(TRUTH, text=True, split=split))))
    assert labels == pytest.approx(tabulated(text, "Q4"))
    assert {AWARE["137".index(k)]: v for k, v in tabulated(survey, "Q2").items()} == pytest.approx(tabulated(text, "Q2"))  # fmt: skip


def test_seen_but_unanswered(tmp_path: Path) -> None:
    for split in (False, True):
        made = rows(TRUTH, text=False, split=split, unseen=True)
        survey = sk.read(put(tmp_path, "a.csv", csv_bytes(made)), codebook=put(tmp_path, "a.qsf", qsf()))  # fmt: skip
        assert_truth(survey, TRUTH, NAMES)
        assert missing(survey, "Q3") == (sum(p.source == "" for p in TRUTH), sum(p.source is None for p in TRUTH), 0)  # fmt: skip
        assert missing(survey, "Q4")[0] == sum(not p.likes for p in TRUTH)
        assert any("-99" in n for n in survey.notes)


@pytest.mark.parametrize("split", [False, True])
def test_the_older_layout_of_two_headers(tmp_path: Path, split: bool) -> None:
    made = rows(TRUTH, text=False, split=split)
    old = ["ResponseID", "ResponseSet", "IPAddress"]
    keep = [made[0].index(n) for n in ("ResponseId", "Status", "IPAddress")]
    first = made[0].index("Q1")
    header = [["V1", "V2", "V6", *made[0][first:]], [*old, *made[1][first:]]]
    body = [[row[i] for i in keep] + row[first:] for row in made[3:]]
    path = put(tmp_path, "a.csv", csv_bytes([*header, *body]))
    survey = sk.read(path, codebook=put(tmp_path, "a.qsf", qsf()))
    assert_truth(survey, TRUTH, NAMES)
    assert survey.dropped == ("IPAddress",)


def test_options_with_commas(tmp_path: Path) -> None:
    made = rows(TRUTH[:6], text=True, split=False)
    at = made[0].index("Q4")
    cells = ["Tea, green,Milk", "Milk", "Tea, green", "Milk,Juice", "Juice", ""]
    for row, cell in zip(made[3:], cells, strict=True):
        row[at] = cell
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(made)))
    assert tabulated(survey, "Q4") == pytest.approx({"Tea, green": 40, "Milk": 60, "Juice": 40})


def test_one_choice_with_a_comma_is_no_multiple(tmp_path: Path) -> None:
    made = rows(TRUTH[:6], text=True, split=False)
    at = made[0].index("Q1")
    for row, cell in zip(made[3:], ["yes,often", "no,never"] * 3, strict=True):
        row[at] = cell
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(made)))
    assert survey.variable("Q1").kind == "single"


def test_what_is_no_export_of_it(tmp_path: Path) -> None:
    for text in ("Q1,Q2\nText,Text\n1,2\n3,4\n", "StartDate,Status,Q1\n2026,0,1\n"):
        assert read_frame(put(tmp_path, "a.csv", text)).format == "csv"
    with pytest.raises(InputError, match="no export of Qualtrics"):
        read_frame(put(tmp_path, "a.csv", "a,b\n1,2\n"), format="qualtrics")


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
def test_damaged_files(tmp_path: Path, how: str) -> None:
    data = csv_bytes(rows(TRUTH[:6], text=True, split=False))
    assert_clear(put(tmp_path, "a.csv", damaged(data)[how]), "qualtrics")


@pytest.mark.parametrize(
    "data",
    [b'{"SurveyEntry": 1', b'{"SurveyEntry": {}, "SurveyElements": 3}', b'{"SurveyEntry":' + b"[" * 100_000],
)  # fmt: skip
def test_a_damaged_qsf_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.qsf"):
        read_codebook_source(put(tmp_path, "a.qsf", data))


def test_an_odd_qsf_is_read(tmp_path: Path) -> None:
    elements = [
        {"Element": "SQ", "Payload": None},
        {"Element": "BL", "Payload": {"1": {"BlockElements": None}}},
        {"Element": "SQ", "Payload": {"QuestionID": "QID1", "QuestionType": "MC", "Selector": "SAVR", "Choices": [{"Display": "a"}, {"Display": "b"}], "DisplayLogic": [1]}},
        {"Element": "SQ", "Payload": {"QuestionID": "QID2", "QuestionType": "MC", "Choices": [], "ChoiceOrder": 3}},
        "x",
    ]  # fmt: skip
    data = json.dumps({"SurveyEntry": None, "SurveyElements": elements}).encode()
    book = read_codebook_source(put(tmp_path, "a.qsf", data))
    assert book is not None
    assert [(v.name, v.kind) for v in book.variables.values()] == [("QID1", "single"), ("QID2", "text")]  # fmt: skip


def test_fuzz(tmp_path: Path) -> None:
    pieces = ['{"ImportId":"QID4"}', "Q4_1", "-99", " - Selected Choice"]
    book = put(tmp_path, "a.qsf", qsf())
    fuzz(tmp_path, "qualtrics", csv_bytes(rows(TRUTH[:5], text=True, split=True)), pieces)
    fuzz(tmp_path, "qualtrics", csv_bytes(rows(TRUTH[:5], text=False, split=False)), pieces, codebook=book)  # fmt: skip


def test_a_questionnaire_is_no_file_of_answers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="questionnaire of Qualtrics; give it as codebook="):
        sk.read(put(tmp_path, "a.qsf", qsf()))
