"""腾讯问卷: zip and CSV of known people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from exports import (
    AWARE,
    GOALS,
    IP,
    LIKES,
    PHONE,
    ROWS,
    SCALE,
    SEX,
    SOURCE,
    Person,
    assert_clear,
    assert_truth,
    csv_bytes,
    damaged,
    fuzz,
    people,
    put,
    xlsx_bytes,
    zipped,
)

import surveykit as sk
from surveykit.errors import InputError
from surveykit.io import read_frame

TRUTH = people(seed=21)
NAMES = {"sex": "q1", "aware": "q2", "source": "q3", "likes": "q4", "sat1": "q5_1", "sat2": "q5_2", "age": "q7"}  # fmt: skip
BEFORE = ("编号", "开始答题时间", "结束答题时间", "答题时长")
AFTER = ("语言", "清洗数据结果", "智能清洗数据无效概率", "地理位置国家和地区", "地理位置省", "地理位置市", "用户类型", "用户标识", "昵称", "自定义字段", "IP", "UA", "Referrer", "")  # fmt: skip
BLANK = "____{fillblank-345b}"


def lettered(choices: Sequence[str], label: str | None) -> str:
    return f"{'ABCDE'[choices.index(label)]}.{label}" if label else ""


def rows(truth: Sequence[Person], *, letters: bool = True) -> list[list[object]]:
    def cell(choices: Sequence[str], label: str | None) -> str:
        return lettered(choices, label) if letters else label or ""

    likes = [f"4.您喜欢的活动:{c}{BLANK if c == '其他' else ''}" for c in LIKES]
    header = [*BEFORE, "1.您的性别", "2.是否知晓", "3.从哪里知晓", "3.从哪里知晓[选项填空]", *likes, f"{likes[-1]}[选项填空]", *(f"5.满意度:{r}" for r in ROWS), *(f"6.排序:{g}" for g in GOALS), "7.年龄", "8.意见", "9.手机号", *AFTER]  # fmt: skip
    made: list[list[object]] = [header]
    for p in truth:
        time = [f"2026-05-{p.number % 28 + 1:02d} 09:00:00"] * 2
        chosen = [cell(LIKES, c) + (BLANK if c == "其他" else "") if c in p.likes else "" for c in LIKES]  # fmt: skip
        ranks = [p.goals.index(g) + 1 for g in GOALS]
        after = ["简体中文", "", "0.1", "中国", "湖北", "恩施", "微信", f"u{p.number}", "小明", "", IP.format(p.number), "Mozilla", "", ""]  # fmt: skip
        made.append([p.number, *time, 60 + p.number, cell(SEX, p.sex), cell(AWARE, p.aware), cell(SOURCE, p.source), p.source_text, *chosen, p.likes_text, *(cell(SCALE, s) for s in p.satisfied), *ranks, p.age, p.comment, f"{PHONE.format(p.number)}\t", *after])  # fmt: skip
    return made


FILES = {
    "zip": lambda r: ("12345.zip", zipped(("../../答卷.csv", csv_bytes(r, encoding="utf-8-sig")), ("说明.txt", b"x"))),
    "csv": lambda r: ("a.csv", csv_bytes(r, encoding="gb18030")),
    "xlsx": lambda r: ("a.xlsx", xlsx_bytes(("Sheet1", r))),
}  # fmt: skip


@pytest.mark.parametrize("letters", [True, False])
@pytest.mark.parametrize("kind", FILES)
def test_an_export_gives_the_truth(tmp_path: Path, kind: str, letters: bool) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    survey = sk.read(put(folder, *FILES[kind](rows(TRUTH, letters=letters))))
    assert_truth(survey, TRUTH, NAMES)
    assert survey.variable("q4").columns == ("q4_1", "q4_2", "q4_3", "q4_4")
    assert [c.label.zh for c in survey.variable("q4").choices] == list(LIKES)
    assert survey.variable("q4").question.zh == "您喜欢的活动"
    assert survey.variable("q5_1").choices == survey.variable("q5_2").choices
    if letters:
        assert [c.label.zh for c in survey.variable("q5_1").choices] == list(SCALE)
        assert [c.code for c in survey.variable("q2").choices] == ["A.知晓", "B.听说过", "C.不知晓"]
    assert survey.frame["q3_other"].tolist() == [p.source_text for p in TRUTH]
    assert survey.frame["q4_other"].tolist() == [p.likes_text for p in TRUTH]
    assert survey.frame["q8"].tolist() == [p.comment for p in TRUTH]
    assert [float(v) for v in survey.frame["q6_1"]] == [p.goals.index("收入") + 1 for p in TRUTH]
    assert {"q9", "IP", "UA", "用户标识", "昵称", "地理位置市"} <= set(survey.dropped)
    assert any("a ranking" in n for n in survey.notes)
    assert sorted(p.name for p in tmp_path.rglob("*")) == sorted(["in", FILES[kind](rows(TRUTH[:1]))[0]])  # fmt: skip


def test_codes_as_yes_and_no(tmp_path: Path) -> None:
    made = rows(TRUTH)
    at = [i for i, h in enumerate(made[0]) if str(h).startswith("4.") and not str(h).endswith("]")]
    for row in made[1:]:
        for i in at:
            row[i] = int(bool(row[i]))
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(made)))
    assert survey.variable("q4").counted == "1"
    assert_truth(survey, TRUTH, NAMES)


def test_zips_that_are_none(tmp_path: Path) -> None:
    data = zipped(("a.csv", csv_bytes(rows(TRUTH[:3]))))
    for name, spoilt, message in (
        ("a.zip", data[:200], "cannot be read"),
        ("a.zip", data[:60] + b"\x00" * 20 + data[80:], "cannot be read"),
        ("a.zip", zipped(("a.txt", b"x")), "zip without a CSV"),
        ("a.zip", zipped(("a.csv", b"")), "is empty"),
        ("a.zip", zipped(("a.csv", b"a,b\n1,2\n")), "no export of 腾讯问卷"),
    ):
        with pytest.raises(InputError, match=message):
            read_frame(put(tmp_path, name, spoilt), format="tencent")
    with pytest.raises(InputError, match="this is a zip archive"):
        read_frame(put(tmp_path, "a.zip", zipped(("a.csv", b"a,b\n1,2\n"))))


def test_a_zip_bomb_and_a_locked_zip_are_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.csv", csv_bytes(rows(TRUTH[:3])))))
    size = data.index(b"PK\x01\x02") + 24
    bomb = data[:size] + (3 << 30).to_bytes(4, "little") + data[size + 4 :]
    with pytest.raises(InputError, match="would unpack to"):
        read_frame(put(tmp_path, "a.zip", bytes(bomb)), format="tencent")
    locked = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + at] |= 1
    with pytest.raises(InputError, match="cannot be read"):
        read_frame(put(tmp_path, "b.zip", bytes(locked)), format="tencent")


def test_several_files_in_a_zip_are_told(tmp_path: Path) -> None:
    data = csv_bytes(rows(TRUTH))
    survey = sk.read(put(tmp_path, "a.zip", zipped(("a.csv", data), ("b.csv", data))))
    assert any("holds 2 tables; read 'a.csv'" in n for n in survey.notes)


@pytest.mark.parametrize("text", ["编号,1.性别\n1,男\n", "编号,开始答题时间,结束答题时间\n1,2,3\n"])
def test_a_plain_file_stays_plain(tmp_path: Path, text: str) -> None:
    assert read_frame(put(tmp_path, "a.csv", text)).format == "csv"


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
def test_damaged_files(tmp_path: Path, how: str) -> None:
    data = csv_bytes(rows(TRUTH[:6]))
    assert_clear(put(tmp_path, "a.csv", damaged(data)[how]), "tencent")
    assert_clear(put(tmp_path, "a.zip", damaged(zipped(("a.csv", data)))[how]), "tencent")
    assert_clear(put(tmp_path, "b.zip", zipped(("a.csv", damaged(data)[how]))), "tencent")


def test_fuzz(tmp_path: Path) -> None:
    fuzz(tmp_path, "tencent", csv_bytes(rows(TRUTH[:5])), ["编号", "4.", ":", "[选项填空]", "A."])
