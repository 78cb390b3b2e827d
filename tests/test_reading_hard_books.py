"""Questionnaires of four tools beside their exports: labels, order and rules; the truth in the counts."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import surveykit as sk
from surveykit.codebook import parse_codebook
from surveykit.survey import Survey

USE = {"tea": "Tea, green", "coffee": "Coffee", "other": "Other (please specify)"}
SEX = ("Female", "Male")
SCALE = ("Very bad", "Neutral", "Very good")


def people() -> list[dict[str, Any]]:
    draw = random.Random(5)
    found = []
    for _ in range(80):
        sex = draw.choice([*SEX, ""])
        asked = sex == "Female"  # only they are asked for the rating
        found.append(
            {
                "sex": sex,
                "use": [k for k in USE if draw.random() < 0.5],
                "rated": draw.choice([*SCALE, ""]) if asked else None,
                "age": draw.randint(14, 90),
            }
        )
    return found


PEOPLE = people()


def write(path: Path, rows: Iterable[Iterable[Any]], delimiter: str = ",") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    return path


def place(options: tuple[str, ...], answer: str | None) -> str:
    return str(options.index(answer) + 1) if answer else ""


def assert_truth(survey: Survey, sex: str, use: str, rated: str) -> None:
    from surveykit import coding

    def counts(name: str) -> dict[str, float]:
        rows = sk.freq(survey, name, lang="en").to_dicts()
        return {r["level"]: r["estimate"] for r in rows if r["stat"] == "count" and r["estimate"]}

    assert counts(sex) == Counter(p["sex"] for p in PEOPLE if p["sex"])
    assert counts(use) == Counter(USE[k] for p in PEOPLE for k in p["use"])
    assert counts(rated) == Counter(p["rated"] for p in PEOPLE if p["rated"])
    assert [c.label.en for c in survey.variable(rated).choices] == list(SCALE)
    values = coding.codes(survey, rated).values
    assert int((values == -1).sum()) == sum(p["rated"] == "" for p in PEOPLE)
    assert int((values == -2).sum()) == sum(p["rated"] is None for p in PEOPLE)
    assert parse_codebook(survey.codebook.to_yaml()).variables == survey.codebook.variables


def test_qualtrics_with_its_qsf(tmp_path: Path) -> None:
    def question(
        tag: str, kind: str, selector: str, choices: Iterable[str] = (), **more: Any
    ) -> dict[str, Any]:
        shown = {str(i): {"Display": c} for i, c in enumerate(choices, 1)}
        payload = {"QuestionID": f"QID{tag[1:]}", "DataExportTag": tag, "QuestionText": f"<p>{tag}?</p>",
                   "QuestionType": kind, "Selector": selector, "Choices": shown, "ChoiceOrder": list(shown), **more}  # fmt: skip
        return {"Element": "SQ", "PrimaryAttribute": payload["QuestionID"], "Payload": payload}

    logic = {"0": {"0": {"LogicType": "Question", "QuestionID": "QID1", "Operator": "Selected",
                         "ChoiceLocator": "q://QID1/SelectableChoice/1", "LeftOperand": "q://QID1/SelectableChoice/1",
                         "Type": "Expression"}, "Type": "If"}, "Type": "BooleanExpression"}  # fmt: skip
    qsf = {
        "SurveyEntry": {"SurveyName": "S", "SurveyID": "SV_1"},
        "SurveyElements": [
            {"Element": "BL", "Payload": {"1": {"Type": "Default", "ID": "BL_1", "BlockElements": [
                {"Type": "Question", "QuestionID": f"QID{k}"} for k in (1, 2, 3, 4)]}}},
            question("Q1", "MC", "SAVR", SEX),
            question("Q2", "MC", "MAVR", USE.values(), RecodeValues={"1": "10", "2": "20", "3": "99"}),
            question("Q3", "MC", "SAVR", SCALE, DisplayLogic=logic),
            question("Q4", "TE", "SL"),
        ],
    }  # fmt: skip
    (tmp_path / "s.qsf").write_text(json.dumps(qsf), encoding="utf-8")
    header = ["StartDate", "EndDate", "Status", "IPAddress", "ResponseId", "Q1", "Q2", "Q3", "Q4"]
    ids = [json.dumps({"ImportId": h.replace("Q", "QID")}) for h in header]
    rows = [
        ["2024-01-02 03:04:05"] * 2 + ["0", "10.0.0.1", f"R_{i:015}", p["sex"],
         ",".join(USE[k] for k in p["use"]), p["rated"] or "", p["age"]]
        for i, p in enumerate(PEOPLE)
    ]  # fmt: skip
    path = write(tmp_path / "a.csv", [header, header, ids, *rows])
    survey = sk.read(path, codebook=tmp_path / "s.qsf")
    assert_truth(survey, "Q1", "Q2", "Q3")
    assert [c.code for c in survey.variable("Q2").choices] == ["10", "20", "99"]


@pytest.mark.parametrize("or_other", ["", " or_other"])
def test_kobo_with_its_xlsform(or_other: str, tmp_path: Path) -> None:
    form = openpyxl.Workbook()
    assert form.active is not None
    form.active.title = "survey"
    label = ["label::中文 (zh)", "label::English (en)"]
    for row in (
        ["type", "name", *label, "relevant"],
        ["begin_group", "grp", "组", "Group", ""],
        ["select_one sx", "sex", "性别", "Sex", ""],
        [f"select_multiple us{or_other}", "use", "喝什么", "Drinks", ""],
        ["end_group", "", "", "", ""],
        ["select_one sc", "rated", "评分", "Rating", "${sex} = 'female'"],
        ["integer", "age", "年龄", "Age", ""],
    ):
        form.active.append(row)
    choices = form.create_sheet("choices")
    choices.append(["list_name", "name", *label])
    for s in SEX:
        choices.append(["sx", s.lower(), {"Female": "女", "Male": "男"}[s], s])
    for k, v in USE.items():
        choices.append(["us", k, v, v])
    for i, s in enumerate(SCALE, 1):
        choices.append(["sc", str(i), s, s])
    form.save(tmp_path / "form.xlsx")
    header = [
        "start",
        "grp/sex",
        "grp/use",
        *(f"grp/use/{k}" for k in USE),
        "rated",
        "age",
        "_id",
        "_uuid",
        "_index",
    ]
    rows = [
        ["2024-01-02T03:04:05.000+08:00", p["sex"].lower(), " ".join(p["use"]),
         *("" if not p["use"] else int(k in p["use"]) for k in USE), place(SCALE, p["rated"]), p["age"], i, f"u{i}", i]
        for i, p in enumerate(PEOPLE)
    ]  # fmt: skip
    path = write(tmp_path / "a.csv", [header, *rows], ";")
    survey = sk.read(path, codebook=tmp_path / "form.xlsx")
    assert_truth(survey, "sex", "use", "rated")
    assert survey.variable("sex").choices[0].label.zh == "女"
    assert [c.code for c in survey.variable("use").choices] == list(USE)


def test_redcap_with_its_dictionary(tmp_path: Path) -> None:
    columns = [
        "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
        "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
        "Text Validation Min", "Text Validation Max", "Identifier?",
        "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment",
        "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation",
    ]  # fmt: skip

    def field(name: str, kind: str, choices: str = "", logic: str = "") -> list[str]:
        return [name, "s", "", kind, f"{name}, please?", choices, *[""] * 5, logic, *[""] * 6]

    dictionary = [
        columns,
        field("record_id", "text"),
        field("sex", "radio", "1, Female | 2, Male"),
        field("use", "checkbox", " | ".join(f"{i}, {v}" for i, v in enumerate(USE.values(), 1))),
        field(
            "rated", "radio", " | ".join(f"{i}, {v}" for i, v in enumerate(SCALE, 1)), "[sex] = '1'"
        ),
        field("age", "text"),
    ]
    header = ["record_id", "sex", *(f"use___{i}" for i in (1, 2, 3)), "rated", "age", "s_complete"]
    rows = [
        [
            i,
            place(SEX, p["sex"]),
            *(int(k in p["use"]) for k in USE),
            place(SCALE, p["rated"]),
            p["age"],
            2,
        ]
        for i, p in enumerate(PEOPLE, 1)
    ]
    path = write(tmp_path / "a.csv", [header, *rows])
    survey = sk.read(path, codebook=write(tmp_path / "dictionary.csv", dictionary))
    assert_truth(survey, "sex", "use", "rated")


def test_limesurvey_with_its_structure(tmp_path: Path) -> None:
    columns = ["id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language",
               "validation", "mandatory", "other"]  # fmt: skip

    def line(
        kind: str, type_: str, name: str, said: str = "", relevance: str = "1", id_: str = ""
    ) -> list[str]:
        return [id_, "", kind, type_, name, relevance, said, "", "en", "", "N", "N"]

    structure = [
        columns,
        line("S", "", "language", "en"),
        line("G", "0", "G1", "Group", id_="1"),
        line("Q", "L", "Q1", "Sex?", id_="10"),
        *(line("A", "0", f"A{i}", s) for i, s in enumerate(SEX, 1)),
        line("Q", "M", "Q2", "Drinks?", id_="11"),
        *(line("SQ", "0", f"SQ{i}", v) for i, v in enumerate(USE.values(), 1)),
        line("Q", "L", "Q3", "Rating?", '((Q1.NAOK == "A1"))', "12"),
        *(line("A", "0", f"A{i}", s) for i, s in enumerate(SCALE, 1)),
        line("Q", "N", "AGE", "Age?", id_="13"),
    ]
    header = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "Q1",
        *(f"Q2[SQ{i}]" for i in (1, 2, 3)),
        "Q3",
        "AGE",
    ]
    rows = [
        [i, "2024-01-02 03:04:05", 1, "en", 99, "A" + place(SEX, p["sex"]) if p["sex"] else "",
         *("Y" if k in p["use"] else "" for k in USE), "A" + place(SCALE, p["rated"]) if p["rated"] else "", p["age"]]
        for i, p in enumerate(PEOPLE, 1)
    ]  # fmt: skip
    path = write(tmp_path / "a.csv", [header, *rows])
    survey = sk.read(path, codebook=write(tmp_path / "structure.txt", structure, "\t"))
    assert_truth(survey, "Q1", "Q2", "Q3")


@pytest.mark.parametrize("value", [None, [], {}, "x", -1, {"a": [1]}])
@pytest.mark.parametrize(
    "key", ["QuestionID", "QuestionType", "Selector", "QuestionText", "Choices", "ChoiceOrder"]
)
def test_a_qsf_with_a_part_of_another_type(key: str, value: Any, tmp_path: Path) -> None:
    from surveykit.errors import SurveyKitError

    payload = {"QuestionID": "QID1", "DataExportTag": "Q1", "QuestionText": "Sex?", "QuestionType": "MC",
               "Selector": "SAVR", "Choices": {"1": {"Display": "Female"}}, "ChoiceOrder": ["1"], key: value}  # fmt: skip
    qsf = {"SurveyEntry": {}, "SurveyElements": [{"Element": "SQ", "Payload": payload}]}
    (tmp_path / "s.qsf").write_text(json.dumps(qsf), encoding="utf-8")
    ids = ['{"ImportId": "startDate"}', '{"ImportId": "QID1"}']
    path = write(
        tmp_path / "a.csv",
        [["StartDate", "Q1"], ["Start Date", "Sex?"], ids, ["2024-01-02", "Female"]],
    )
    try:
        survey = sk.read(path, codebook=tmp_path / "s.qsf")
    except SurveyKitError:
        return
    assert survey.n == 1
