"""Google Forms: options inferred, never split blindly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from exports import (
    MAIL,
    ROWS,
    Person,
    assert_clear,
    assert_truth,
    csv_bytes,
    damaged,
    fuzz,
    people,
    put,
    tabulated,
    xlsx_bytes,
)

import surveykit as sk
from surveykit.errors import InputError
from surveykit.io import read_frame


def written(p: Person) -> Person:
    """Return the respondent as a form writes: what is typed stands in place of the option."""
    likes = frozenset(p.likes_text if c == "其他" else c for c in p.likes)
    return replace(p, source=p.source_text or p.source, likes=likes)


TRUTH = [written(p) for p in people(80, seed=11)]
NAMES = {"sex": "您的性别", "aware": "是否知晓", "source": "从哪里知晓", "likes": "喜欢的活动", "sat1": "满意度 [环境]", "sat2": "满意度 [服务]", "age": "年龄"}  # fmt: skip


def rows(truth: Sequence[Person], mark: str, *, sheet: bool = False) -> list[list[object]]:
    grid = [f"满意度 [{r}]" for r in ROWS]
    made: list[list[object]] = [["Timestamp", "Email Address", *list(NAMES.values())[:4], *grid, "年龄", "意见"]]  # fmt: skip
    for p in truth:
        stamp = dt.datetime(2026, 5, p.number % 28 + 1, 9, 3, p.number % 60)
        shown: object = stamp if sheet else f"{stamp:%Y/%m/%d} 9:03:{stamp.second:02d} AM GMT+8"
        order = {c: i for i, c in enumerate(["歌舞", "体育", "集市"])}
        likes = mark.join(sorted(p.likes, key=lambda c: order.get(c, 9)))
        made.append([shown, MAIL.format(p.number), p.sex, p.aware, p.source or "", likes, *p.satisfied, p.age, p.comment])  # fmt: skip
    return made


FILES = {
    "form": lambda t: ("a.csv", csv_bytes(rows(t, ";"))),
    "sheet csv": lambda t: ("a.csv", csv_bytes(rows(t, ", "))),
    "sheet": lambda t: ("a.xlsx", xlsx_bytes(("Form Responses 1", rows(t, ", ", sheet=True)))),
    "中文": lambda t: ("a.xlsx", xlsx_bytes(("第 1 张表单回复", [["时间戳记", *rows(t, ", ")[0][1:]], *rows(t, ", ", sheet=True)[1:]]))),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_an_export_gives_the_truth(tmp_path: Path, kind: str) -> None:
    survey = sk.read(put(tmp_path, *FILES[kind](TRUTH)))
    assert_truth(survey, TRUTH, NAMES)
    assert survey.variable("喜欢的活动").separator == (";" if kind == "form" else ", ")
    assert survey.variable("满意度 [环境]").choices == survey.variable("满意度 [服务]").choices
    assert survey.frame["意见"].tolist() == [p.comment for p in TRUTH]
    assert survey.dropped == ("Email Address",)
    assert any("options were inferred" in n for n in survey.notes)


def form(cells: Sequence[str], header: str = "Q") -> bytes:
    stamps = ["5/1/2026 9:03:02"] * len(cells)
    return csv_bytes([["Timestamp", header], *zip(stamps, cells, strict=True)])


def test_options_that_hold_the_mark(tmp_path: Path) -> None:
    cells = ["Bread, white", "Bread, white, Milk", "Milk", "Bread, white, Eggs", "Eggs", "Milk, Eggs"]  # fmt: skip
    survey = sk.read(put(tmp_path, "a.csv", form(cells)))
    # "Bread" and "white" never stand without each other
    expected = {"Bread, white": 50, "Milk": 50, "Eggs": 50}
    assert tabulated(survey, "Q") == pytest.approx(expected)
    book = put(tmp_path, "b.yaml", 'surveykit: codebook/1\nvariables:\n  Q: {kind: multiple, separator: ", ", choices: ["Bread, white", Milk, Eggs]}\n')  # fmt: skip
    survey = sk.read(put(tmp_path, "a.csv", form(cells)), codebook=book)
    assert tabulated(survey, "Q") == pytest.approx(expected)


def test_typed_text_beside_options_stays_whole(tmp_path: Path) -> None:
    cells = ["a, b", "a", "b", "a, b", "b, my own, long text", "a", "b", "a, b"]
    survey = sk.read(put(tmp_path, "a.csv", form(cells)))
    assert [c.code for c in survey.variable("Q").choices] == ["a", "b", "my own, long text"]
    assert any("may be typed text: 'my own, long text'" in n for n in survey.notes)


def test_what_is_not_certain_stays_joined(tmp_path: Path) -> None:
    cells = ["a, b", "a, c", "b, d", "a, e", "b, f", "a", "g, h"]
    survey = sk.read(put(tmp_path, "a.csv", form(cells)))
    assert survey.variable("Q").kind == "single"
    assert survey.frame["Q"].tolist() == cells
    assert any("may be a multiple choice" in n for n in survey.notes)
    free = ["Well, I do not know", "Nothing, thanks", "More, and more, and more", "yes"]
    survey = sk.read(put(tmp_path, "b.csv", form(free)))
    assert survey.frame["Q"].tolist() == free
    assert survey.variable("Q").kind == "single"


@pytest.mark.parametrize(
    "text",
    ["Timestamp,a\n2026-05-01T10:00:00,x;y\n", "Timestamp,a\n1714550000,x\n", "time,a\n5/1/2026 9:03:02,b\n", "Timestamp\n5/1/2026 9:03:02\n"],
)  # fmt: skip
def test_a_plain_file_stays_plain(tmp_path: Path, text: str) -> None:
    assert read_frame(put(tmp_path, "a.csv", text)).format == "csv"
    book = xlsx_bytes(("Sheet1", [["Timestamp", "a"], [dt.datetime(2026, 5, 1), "x"]]))
    assert read_frame(put(tmp_path, "a.xlsx", book)).format == "xlsx"


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
def test_damaged_files(tmp_path: Path, how: str) -> None:
    assert_clear(put(tmp_path, "a.csv", damaged(csv_bytes(rows(TRUTH[:6], ";")))[how]), "googleforms")  # fmt: skip
    with pytest.raises(InputError, match="no export of Google Forms"):
        read_frame(put(tmp_path, "b.csv", "a,b\n1,2\n"), format="googleforms")


def test_fuzz(tmp_path: Path) -> None:
    fuzz(tmp_path, "googleforms", csv_bytes(rows(TRUTH[:8], ";")), ["Timestamp", " [x]", ", ", "9:03:02"])  # fmt: skip
