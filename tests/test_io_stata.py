"""Stata: files written by pyreadstat and by pandas, with their missing values and dates."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Choice
from surveykit.coding import codes, numbers
from surveykit.errors import InputError, MissingDependencyError, SurveyKitError
from surveykit.io import _readstat, read_frame
from surveykit.survey import Survey, read
from surveykit.text import Label

pyreadstat = pytest.importorskip("pyreadstat")

AWARE = [1, 2, "a", "b", None, 1, 1, 2]
INCOME = [1200, 3000, "a", None, 1200, 7, 8, 9]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as pyreadstat writes it, with tagged missing values."""
    frame = pd.DataFrame(
        {
            "aware": AWARE,
            "income": INCOME,
            "place": ["甲村", "乙村 ", "", "甲村", "甲村", "丙村", "丙村", "甲村"],
            "children": [0, 1, 2, 3, 0, 1, 4, 2],
        }
    )
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(
        frame,
        path,
        file_label="虚构的调查",
        column_labels=["是否知晓", "收入", "村", "子女数"],
        variable_value_labels={
            "aware": {1: "知晓", 2: "不知晓", "a": "拒答", "z": "不适用"},
            "income": {"a": "拒答"},
            "children": {0: "没有"},
        },
        missing_user_values={"aware": ["a", "b", "z"], "income": ["a"]},
    )
    return path


def test_labels_and_tagged_missing_values(file: Path) -> None:
    survey = read(file)
    book = survey.codebook
    assert [(v.name, v.kind) for v in book.variables.values()] == [
        ("aware", "single"),
        ("income", "number"),
        ("place", "single"),
        ("children", "number"),
    ]
    assert book.title == Label.of("虚构的调查")
    assert book["aware"].question == Label.of("是否知晓")
    assert book["aware"].choices == (Choice("1", Label.of("知晓")), Choice("2", Label.of("不知晓")))
    assert [(c.code, c.label.zh) for c in book["aware"].missing] == [
        (".a", "拒答"),
        (".b", ".b"),
        (".z", "不适用"),
    ]
    assert codes(survey, "aware").values.tolist() == [0, 1, -3, -3, -1, 0, 0, 1]
    assert book["children"].note == Label.of("0 = 没有")
    assert [c.code for c in book["place"].choices] == sorted(["丙村", "乙村", "甲村"])


def test_percentages(file: Path) -> None:
    valid = [a for a in AWARE if a in (1, 2)]
    rows = sk.freq(read(file), "aware").rows
    found = {r.level_code: r.estimate for r in rows if r.stat == "percent"}
    assert found == pytest.approx({str(a): 100 * n / len(valid) for a, n in Counter(valid).items()})


def test_numbers_with_tagged_missing_values(file: Path) -> None:
    found = numbers(read(file), "income")
    assert found.status.tolist() == [0, 0, -3, -1, 0, 0, 0, 0]
    valid = [x for x in INCOME if isinstance(x, (int, float))]
    assert np.nansum(found.values) == pytest.approx(sum(valid))


def test_parts_make_the_same_frame(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(file).frame
    monkeypatch.setattr(_readstat, "_FEWEST", 3)
    monkeypatch.setattr(_readstat, "_CELLS", 3)
    pd.testing.assert_frame_equal(read(file).frame, whole)


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_files_of_pandas(tmp_path: Path, version: int) -> None:
    frame = pd.DataFrame(
        {
            "quality": pd.Categorical(["low", "high", "low"], ["low", "mid", "high"], ordered=True),
            "day": pd.to_datetime(["2020-01-01", None, "2026-05-06"]),
            "month": pd.to_datetime(["2020-01-01", "2020-02-01", None]),
            "moment": pd.to_datetime(["2020-01-01 10:00", None, "2026-05-06 11:30"]),
            "share": np.array([0.1, 2.5, 0.1], dtype=np.float32),
            "count": np.array([1, 200, 3], dtype=np.int16),
        }
    )
    path = tmp_path / "a.dta"
    frame.to_stata(
        path, write_index=False, version=version,
        convert_dates={"day": "td", "month": "tm", "moment": "tc"},
    )  # fmt: skip
    survey = read(path)
    assert [c.label.zh for c in survey.codebook["quality"].choices] == ["low", "mid", "high"]
    texts = survey.frame.astype(object).fillna("")
    assert texts["day"].tolist() == ["2020-01-01", "", "2026-05-06"]
    assert texts["month"].tolist() == ["2020-01", "2020-02", ""]
    assert texts["moment"].tolist() == ["2020-01-01T10:00:00", "", "2026-05-06T11:30:00"]
    assert survey.codebook["day"].kind == "date"
    assert survey.frame["share"].tolist() == [0.1, 2.5, 0.1]
    assert survey.frame["count"].dtype == np.int16


def test_chinese_of_before_stata_14(tmp_path: Path) -> None:
    def western(text: str) -> str:
        return text.encode("gbk").decode("latin-1")

    path = tmp_path / "a.dta"
    frame = pd.DataFrame({"a": pd.Categorical([western("示范村"), western("非示范村")])})
    frame.to_stata(path, write_index=False, version=114, variable_labels={"a": western("您的村")})
    raw = read_frame(path)
    assert raw.codebook is not None
    assert raw.codebook["a"].question == Label.of("您的村")
    assert {c.label.zh for c in raw.codebook["a"].choices} == {"示范村", "非示范村"}
    assert any("read as GB18030" in n for n in raw.notes)


# ---------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"<stata_dta><header><release>118</release>", "is damaged"),
        (bytes([114, 2, 1, 0]) + bytes(30), "is damaged"),
        (b"a,b\n1,2\n", "unknown format: the name ends in '.dta'"),
    ],
)
def test_bad_files(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.dta"
    path.write_bytes(data)
    with pytest.raises(InputError, match=said):
        read(path)


def test_every_cut_off_file_is_told(file: Path) -> None:
    data = file.read_bytes()
    end = data.index(b"</data>")
    for size in range(12, end, 61):
        file.write_bytes(data[:size])
        with pytest.raises(InputError, match=r"damaged|ends after"):
            read(file)


def test_a_flipped_file_raises_nothing_but_our_own(file: Path) -> None:
    whole = file.read_bytes()
    outcomes: Counter[str] = Counter()
    for seed in range(120):
        rng = random.Random(seed)
        data = bytearray(whole)
        for _ in range(rng.choice((1, 2, 4))):
            data[rng.randrange(4, len(data))] = rng.choice((0, 1, 2, 127, 128, 255))
        file.write_bytes(data)
        outcomes[_outcome(file)] += 1
    assert min(outcomes["read"], outcomes["told"]) > 15


def _outcome(path: Path) -> str:
    try:
        found = read(path)
        for name in found.codebook:
            found.coded(name)
    except SurveyKitError:
        return "told"
    return "read"


def test_without_the_package(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(MissingDependencyError, match=r"Stata file .*surveykit\[spss\]"):
        read(file)


def test_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(pd.DataFrame({"a": []}, dtype=float), path)
    found = read(path)
    assert isinstance(found, Survey)
    assert (found.rows, list(found.codebook)) == (0, ["a"])
