"""REDCap: checkboxes, labels, and the data dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from exports import (
    AWARE,
    LIKES,
    PHONE,
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
)

import surveykit as sk
from surveykit.errors import InputError
from surveykit.io import read_codebook_source, read_frame

# the likes were asked only of those who know, as the branching logic says
TRUTH = [replace(p, likes=p.likes if p.aware in AWARE[:2] else frozenset()) for p in people(80, seed=61)]  # fmt: skip
NAMES = {"sex": "sex", "aware": "aware", "source": "source", "likes": "likes", "sat1": "sat1", "sat2": "sat2", "age": "age"}  # fmt: skip
DICTIONARY = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation",
)  # fmt: skip


def rows(truth: Sequence[Person], *, labels: bool = False) -> list[list[object]]:
    def cell(choices: Sequence[str], label: str | None) -> str:
        return (label if labels else code(choices, label)) if label else ""

    if labels:
        likes = [f"喜欢的活动 (choice={c})" for c in LIKES]
        header: list[object] = ["Record ID", "性别", "年龄", "手机号", "是否知晓", "从哪里知晓", "请说明", *likes, "请说明2", *ROWS, "意见", "Complete?"]  # fmt: skip
    else:
        header = ["record_id", "sex", "age", "phone", "aware", "source", "source_other", *(f"likes___{i}" for i in range(1, 5)), "likes_other", "sat1", "sat2", "comment", "pilot_complete"]  # fmt: skip
    yes, no = ("Checked", "Unchecked") if labels else (1, 0)
    made = [header]
    for p in truth:
        ones = [yes if c in p.likes else no for c in LIKES]
        made.append([p.number, cell(SEX, p.sex), p.age, PHONE.format(p.number), cell(AWARE, p.aware), cell(SOURCE, p.source), p.source_text, *ones, p.likes_text, *(cell(SCALE, s) for s in p.satisfied), p.comment, "Complete" if labels else 2])  # fmt: skip
    return made


def dictionary() -> list[list[object]]:
    def listed(choices: Sequence[str]) -> str:
        return " | ".join(f"{i}, {c}" for i, c in enumerate(choices, 1))

    def field(name: str, kind: str, label: str, choices: str = "", validation: str = "", identifier: str = "", branching: str = "") -> list[object]:  # fmt: skip
        row = [""] * 18
        row[0], row[1], row[3], row[4] = name, "pilot", kind, label
        row[5], row[7], row[10], row[11] = choices, validation, identifier, branching
        return list(row)

    knows = "[aware] = '1' or [aware] = '2'"
    return [
        list(DICTIONARY),
        field("record_id", "text", "Record ID"),
        field("sex", "radio", "<div>性别</div>", listed(SEX)),
        field("age", "text", "年龄", validation="integer"),
        field("phone", "text", "手机号", validation="phone", identifier="y"),
        field("aware", "dropdown", "是否知晓", listed(AWARE)),
        field("source", "radio", "从哪里知晓", listed(SOURCE), branching=knows),
        field("source_other", "text", "请说明", branching="[source] = '3'"),
        field("likes", "checkbox", "喜欢的活动", listed(LIKES), branching=knows),
        field("likes_other", "text", "请说明", branching="[likes(4)] = '1'"),
        *(field(f"sat{i}", "radio", r, listed(SCALE)) for i, r in enumerate(ROWS, 1)),
        field("hint", "descriptive", "说明"),
        field("comment", "notes", "意见", branching="datediff([dob], 'today', 'y') > 1"),
        field("ever", "yesno", "是否"),
    ]


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_with_the_dictionary(tmp_path: Path, kind: str, labels: bool) -> None:
    made = rows(TRUTH, labels=labels)
    data = csv_bytes(made, encoding="utf-8-sig") if kind == "csv" else xlsx_bytes(("a", made))
    book = put(tmp_path, "dictionary.csv", csv_bytes(dictionary()))
    survey = sk.read(put(tmp_path, f"a.{kind}", data), codebook=book)
    names = NAMES
    if labels:
        names = {k: v for k, v in NAMES.items() if not k.startswith("sat")} | {"sat1": "sat1", "sat2": "sat2"}  # fmt: skip
    assert_truth(survey, TRUTH, names)
    assert [(c.code, c.label.zh) for c in survey.variable("likes").choices] == [(code(LIKES, c), c) for c in LIKES]  # fmt: skip
    assert survey.variable("sex").question.zh == "性别"
    assert survey.variable("likes").asked_if == "aware == '1' or aware == '2'"
    asked = sum(p.aware in AWARE[:2] for p in TRUTH)
    assert missing(survey, "likes")[1] == len(TRUTH) - asked
    assert missing(survey, "source")[1] == len(TRUTH) - asked
    assert survey.variable("sat1").choices == survey.variable("sat2").choices
    if not labels:
        assert survey.variable("likes_other").asked_if == "likes == '4'"
        assert survey.variable("comment").note is not None
        assert survey.frame["comment"].tolist() == [p.comment for p in TRUTH]
        assert survey.dropped == ("phone",)


def test_without_the_dictionary(tmp_path: Path) -> None:
    book = put(tmp_path, "dictionary.csv", csv_bytes(dictionary()))
    known = sk.read(put(tmp_path, "a.csv", csv_bytes(rows(TRUTH))), codebook=book)
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(rows(TRUTH))))
    ours = {LIKES[int(k) - 1]: v for k, v in tabulated(survey, "likes").items()}
    assert ours == pytest.approx(tabulated(known, "likes"))
    labels = sk.read(put(tmp_path, "b.csv", csv_bytes(rows(TRUTH, labels=True))))
    assert tabulated(labels, "喜欢的活动") == pytest.approx(ours)
    assert "phone" in survey.dropped


def test_events_are_told(tmp_path: Path) -> None:
    text = (
        "record_id,redcap_event_name,a___1,a____2,a_complete\n1,e1,1,0,2\n1,e2,0,1,2\n2,e1,1,1,2\n"
    )
    survey = sk.read(put(tmp_path, "a.csv", text))
    assert any("3 rows hold 2 records" in n for n in survey.notes)
    assert [c.code for c in survey.variable("a").choices] == ["1", "-2"]


def test_what_a_dictionary_says(tmp_path: Path) -> None:
    book = read_codebook_source(put(tmp_path, "d.csv", csv_bytes(dictionary())))
    assert book is not None
    assert book["phone"].identifier
    assert book["age"].kind == "number"
    assert [(c.code, c.label.en) for c in book["ever"].choices] == [("1", "Yes"), ("0", "No")]
    assert "hint" not in book
    assert [c.label.en for c in book["pilot_complete"].choices] == ["Incomplete", "Unverified", "Complete"]  # fmt: skip
    assert read_codebook_source(put(tmp_path, "plain.csv", "a,b\n1,2\n")) is None


@pytest.mark.parametrize(
    "text", ["a___1,a___2\n1,0\n", "record_id,age\n1,2\n", "x_complete,a\n1,2\n"]
)
def test_a_plain_file_stays_plain(tmp_path: Path, text: str) -> None:
    assert read_frame(put(tmp_path, "a.csv", text)).format == "csv"


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
def test_damaged_files(tmp_path: Path, how: str) -> None:
    assert_clear(put(tmp_path, "a.csv", damaged(csv_bytes(rows(TRUTH[:6])))[how]), "redcap")
    with pytest.raises(InputError, match="no export of REDCap"):
        read_frame(put(tmp_path, "b.csv", "a,b\n1,2\n"), format="redcap")
    spoilt = put(tmp_path, "d.csv", damaged(csv_bytes(dictionary()))[how])
    said = None
    try:
        book = read_codebook_source(spoilt)
    except InputError as error:
        said = str(error)
    assert "d.csv" in said if said else book is None or len(book) >= 0


def test_fuzz(tmp_path: Path) -> None:
    book = put(tmp_path, "d.csv", csv_bytes(dictionary()))
    fuzz(tmp_path, "redcap", csv_bytes(rows(TRUTH[:5])), ["___1", "likes", "2", "_complete"], codebook=book)  # fmt: skip
    fuzz(tmp_path, "redcap", csv_bytes(rows(TRUTH[:5], labels=True)), ["(choice=", "Checked"], 25)
