"""Survey and read: names, domains, synthetic records, other frames, bad input."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from surveykit.codebook import Codebook, Design, parse_codebook
from surveykit.coding import codes, multiple, numbers
from surveykit.errors import InputError, UnknownNameError, UsageError
from surveykit.survey import Survey, Synthetic, read
from surveykit.text import SYNTHETIC_LONG, in_lang


def book(variables: str, head: str = "") -> Codebook:
    return parse_codebook(f"surveykit: codebook/1\n{head}variables:\n{variables}", "c.yaml")


AWARE = "  aware: {kind: single, column: 1、知晓吗, choices: [{code: 1, label: 是}, {code: 2, label: 否}]}\n"


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# ------------------------------------------------------------ reading
def test_from_file_to_codes(tmp_path: Path) -> None:
    file = put(tmp_path, "a.csv", "序号,1、知晓吗,2、年龄,来自IP\n1,是,12,1.2.3.4\n2,否,,\n")
    code = put(
        tmp_path, "c.yaml", "surveykit: codebook/1\ndesign: {weight: 序号}\nvariables:\n" + AWARE
    )
    survey = read(file, codebook=code)
    assert (survey.n, survey.rows, survey.source, survey.design.weight) == (2, 2, str(file), "序号")
    for name in ("aware", "q1", "1、知晓吗", "１、知晓吗"):
        assert codes(survey, name).name == "aware"
        assert codes(survey, name).values.tolist() == [0, 1]
    for name in ("q2", "2、年龄"):
        assert numbers(survey, name).name == "q2"
    assert survey.variable("q2").question.zh == "年龄"
    assert "来自IP" not in survey.frame.columns
    assert "'来自IP'" in survey.notes[0]
    assert "来自IP" in read(file, keep="来自IP").frame.columns


def test_without_a_codebook_na_is_told(tmp_path: Path) -> None:
    survey = read(put(tmp_path, "a.csv", "n,t\n1,NA\nNA,x\n,\n"))
    assert survey.notes == ("column 't': NA is kept as an answer.",)
    assert in_lang(survey.notes[0], "zh") == "列 't'：NA 按回答保留，不作缺失值。"
    assert [c.code for c in codes(survey, "t").levels] == ["NA", "x"]
    assert codes(survey, "n").values.tolist() == [0, -3, -1]


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    file = put(tmp_path, "a.csv", "aware,occupaton\n1,2\n")
    both = book(
        AWARE
        + "  occupation: {kind: number}\n  m: {kind: multiple, columns: [x, aware], choices: [1]}\n"
    )
    survey = read(file, codebook=both)
    assert codes(survey, "aware").values.tolist() == [0]
    with pytest.raises(UnknownNameError) as caught:
        codes(survey, "occupation")
    for part in (
        str(file),
        "the column 'occupation' of the variable 'occupation' is not in the data",
        "did you mean 'occupaton'",
        "aware",
    ):
        assert part in str(caught.value)
    with pytest.raises(UnknownNameError, match="'x'"):
        multiple(survey, "m")
    with pytest.raises(
        InputError, match=r"no variable of c\.yaml is a column here\. Columns: 'aware'"
    ):
        read(file, codebook=book("  z: {kind: number}\n"))
    with pytest.raises(UnknownNameError, match=r"unknown variable 'awre'.*did you mean 'aware'"):
        survey.variable("awre")


def test_what_the_codebook_says_about_identifiers(tmp_path: Path) -> None:
    file = put(tmp_path, "a.csv", "name,town,地址\n1,x,Li\n2,y,Wu\n")
    known = book(
        "  name: {kind: single, choices: [1, 2]}\n  town: {kind: text, identifier: true}\n"
    )
    assert list(read(file, codebook=known).frame.columns) == ["name"]
    assert list(read(file, codebook=known, keep=["town"]).frame.columns) == ["name", "town"]
    assert list(read(file, design=Design(strata="地址")).frame.columns) == ["town", "地址"]


def test_bad_files_reach_the_caller_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"b\.csv: cannot be read"):
        read(tmp_path / "b.csv")
    file = put(tmp_path, "a.csv", "aware\n1\n")
    with pytest.raises(InputError, match=r"c\.yaml: cannot be read"):
        read(file, codebook=tmp_path / "c.yaml")
    with pytest.raises(UnknownNameError, match="column to keep"):
        read(file, keep=["x"])


# ------------------------------------------------------------ domains
def test_a_domain_keeps_every_row() -> None:
    survey = Survey(pd.DataFrame({"a": [1, 2, 3, None], "t": ["x", "y", "x", ""]}))
    part = survey.where("a >= 2").where("t == 'x'")
    assert (part.n, part.rows, part.where_text) == (1, 4, "(a >= 2) and (t == 'x')")
    assert part.mask is not None
    assert part.mask.tolist() == [False, False, True, False]
    assert survey.mask is None
    with pytest.raises(ValueError, match="read-only"):
        part.mask[0] = True


def test_a_rule_uses_codes_and_labels_of_either_language() -> None:
    known = book(
        "  v: {kind: single, choices: [{code: 1, label: {zh: 示范村, en: Demo}}, {code: 2, label: {zh: 非示范村, en: Other}}]}\n"
        "  age: {kind: number}\n  g: {from: age, bins: [0, 18, 99], choices: [young, old]}\n"
        "  m: {kind: multiple, separator: ;, choices: [tea, milk]}\n"
    )
    survey = Survey(
        pd.DataFrame({"v": ["示范村", "2"], "age": [17, 18], "m": ["tea;milk", "tea"]}), known
    )
    for rule in (
        "v == 1",
        "v == '示范村'",
        "v == 'Demo'",
        "v < 2",
        "g == 'young'",
        "m == 'milk'",
        "age < 18",
    ):
        assert survey.where(rule).mask.tolist() == [True, False]  # type: ignore[union-attr]
    with pytest.raises(UnknownNameError, match=r"'示范寸'.*'示范村'"):
        survey.where("v == '示范寸'")
    with pytest.raises(UnknownNameError, match="unknown variable 'w'"):
        survey.where("w == 1")


def test_a_rule_over_contradicting_data_is_refused() -> None:
    survey = Survey(pd.DataFrame({"aware": ["1", "7"]}), book(AWARE), source="a.csv")
    with pytest.raises(
        InputError, match=r"a\.csv: the data contradict the codebook of c\.yaml for 'aware': '7'"
    ):
        survey.where("aware == 1")


# ------------------------------------------------------------ frames
def test_the_users_frame_is_not_touched() -> None:
    frame = pd.DataFrame({1: ["a", None], "b": [1.0, np.nan]})
    before = frame.copy(deep=True)
    survey = Survey(frame)
    codes(survey, "1")
    numbers(survey, "b")
    pd.testing.assert_frame_equal(frame, before)
    with pytest.raises(AttributeError):
        survey.frame = frame  # type: ignore[misc]
    with pytest.raises(InputError, match="'b' stands twice"):
        Survey(pd.DataFrame([[1, 2]], columns=["b", "b"]))
    with pytest.raises(UsageError, match="a mask holds"):
        Survey(frame, mask=np.array([1, 0]))


def test_a_survey_can_be_copied_and_sent() -> None:
    survey = Survey(pd.DataFrame({"aware": ["1", "2"]}), book(AWARE)).where("aware == 1")
    for again in (copy.deepcopy(survey), pickle.loads(pickle.dumps(survey))):
        assert (again.n, again.codebook, again.where_text) == (1, survey.codebook, "aware == 1")


def test_a_column_of_a_multiple_response_is_its_own_variable() -> None:
    known = book("  m: {kind: multiple, columns: [m1, m2], choices: [1, 2]}\n")
    survey = Survey(pd.DataFrame({"m1": ["1", "2"], "m2": ["", "1"]}), known)
    assert (survey.variable("m1").name, survey.variable("m1").kind) == ("m1", "number")
    with pytest.raises(InputError, match="no single answers"):
        codes(Survey(pd.DataFrame({"a": [1], "b": [[1, 2]]})), "b")


def test_polars_and_pandas_agree() -> None:
    frame = pl.DataFrame(
        {
            "i": [2, 1, None],
            "f": [0.5, 1.0, 2.0],
            "t": ["x", None, "NA"],
            "b": [True, False, None],
            "e": pl.Series(["hi", "lo", None], dtype=pl.Enum(["lo", "hi"])),
            "d": pl.Series(["2026-01-02", None, "2026-01-01"]).str.to_date(),
        }
    )
    survey = Survey(frame)
    assert [v.kind for v in survey.codebook.variables.values()] == ["number", "number", "single", "single", "single", "date"]  # fmt: skip
    found = {
        n: ([c.code for c in codes(survey, n).levels], codes(survey, n).values.tolist())
        for n in frame.columns
    }
    assert found == {
        "i": (["1", "2"], [1, 0, -1]),
        "f": (["0.5", "1", "2"], [0, 1, 2]),
        "t": (["x", "NA"], [0, -1, 1]),
        "b": (["True", "False"], [0, 1, -1]),
        "e": (["lo", "hi"], [1, 0, -1]),
        "d": (["2026-01-01", "2026-01-02"], [1, -1, 0]),
    }
    with pytest.raises(UsageError, match="collected first"):
        Survey(frame.lazy())
    with pytest.raises(UsageError, match="got list"):
        Survey([1, 2])


# ------------------------------------------------------------ synthetic records
SIDECAR = {
    "surveykit": "synthetic/1",
    "file": "SYNTHETIC_a_1.csv",
    "reading": "as_printed",
    "draw": 1,
    "seed": 7,
    "records": 2,
    "published_sha256": "0",
    "variables": {
        "aware": {"columns": ["aware"], "status": "pinned"},
        "job": {"columns": ["arbitrary_job"], "status": "arbitrary"},
        "m": {"columns": ["arbitrary_m1", "arbitrary_m2"], "status": "arbitrary"},
    },
    "cells": [
        {
            "variable": "aware",
            "level_code": "1",
            "by": "",
            "by_code": "",
            "stat": "percent",
            "mark": "printed",
        }
    ],
    "pinned_associations": [["aware", "village"]],
}


def test_a_column_that_is_almost_one_of_numbers_is_told(tmp_path: Path) -> None:
    ages = ["34", "35", "17岁", "50", "61", "44", "不详"]
    frame = pd.DataFrame({"age": ages, "n": list("1234567"), "t": list("abc4567")})
    notes = Survey(frame).notes
    assert notes == (
        "column 'age': most answers are numbers, but not '17岁', '不详'; it is read as text.",
    )
    assert in_lang(notes[0], "zh") == (
        "列 'age'：大多数回答是数字，但 '17岁'、'不详'不是，整列按文本读取。"
    )


def synthetic(folder: Path, sidecar: object) -> Survey:
    file = put(
        folder,
        "SYNTHETIC_a_1.csv",
        "record_status,record_id,aware,arbitrary_job,arbitrary_m1,arbitrary_m2\n"
        "SYNTHETIC,SYN-0001,1,x,1,\nSYNTHETIC,SYN-0002,2,y,2,1\n",
    )
    if sidecar is not None:
        put(folder, "SYNTHETIC_a_1.json", json.dumps(sidecar))
    known = (
        AWARE
        + "  job: {kind: single, choices: [x, y]}\n  m: {kind: multiple, columns: [m1, m2], choices: [1, 2]}\n"
    )
    return read(file, codebook=book(known))


@pytest.mark.parametrize("sidecar", [SIDECAR, None])
def test_arbitrary_columns_come_back_to_their_variables(tmp_path: Path, sidecar: object) -> None:
    survey = synthetic(tmp_path, sidecar)
    for name in ("job", "arbitrary_job"):
        assert (codes(survey, name).name, codes(survey, name).values.tolist()) == ("job", [0, 1])
    assert multiple(survey, "m").chosen.tolist() == [[True, False], [True, True]]
    known = survey.synthetic
    assert known is not None
    assert known.mark("aware", "2", "", "", "percent") == "arbitrary"
    assert known.mark("aware", "1", "", "", "percent") == ("printed" if sidecar else "arbitrary")
    assert known.pins("village", "aware") is bool(sidecar)
    told = [in_lang(n, "zh") for n in survey.notes]
    assert told[0] == SYNTHETIC_LONG.zh
    assert survey.notes[0] == SYNTHETIC_LONG.en
    assert told[1:] == (
        []
        if sidecar
        else ["合成 SYNTHETIC 记录缺少说明文件 SYNTHETIC_a_1.json：所有数字都视为“未印出”。"]
    )
    assert "SYNTHETIC" in repr(survey)


def test_ordinary_records_are_not_synthetic(tmp_path: Path) -> None:
    survey = read(put(tmp_path, "a.csv", "record_status,a\nSYNTHETIC,1\ndone,2\n"))
    assert survey.synthetic is None


@pytest.mark.parametrize(
    "change",
    [{"surveykit": "synthetic/2"}, {"cells": [{}]}, {"cells": [{**SIDECAR["cells"][0], "mark": "sure"}]}, {"variables": []}],  # type: ignore[index]
)  # fmt: skip
def test_a_broken_sidecar(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(
        InputError, match=r"SYNTHETIC_a_1\.json: is no description of synthetic records"
    ):
        synthetic(tmp_path, SIDECAR | change)
    with pytest.raises(InputError, match="no description"):
        Synthetic.load(put(tmp_path, "x.json", "[1"))


def test_codebook_design_unless_another_is_given() -> None:
    known = book("  a: {kind: number}\n", "design: {weight: w}\n")
    frame = pd.DataFrame({"a": [1], "w": [2.0]})
    assert Survey(frame, known).design.weight == "w"
    assert Survey(frame, known, Design()).design.weight is None
    assert numbers(Survey(frame, known), "w").values.tolist() == [2.0]
