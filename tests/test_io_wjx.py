"""问卷星: every export of known people gives the percentages of those people."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
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
from surveykit.errors import InputError, UsageError
from surveykit.io import read_frame
from surveykit.text import in_lang

META = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")
QUESTIONS = ("1、您的性别", "2、您是否知晓", "3、从哪里知晓的")
NAMES = {"sex": "q1", "aware": "q2", "source": "q3", "likes": "q4", "sat1": "q5_1", "sat2": "q5_2", "age": "q7"}  # fmt: skip
TRUTH = people()


def meta(p: Person) -> list[object]:
    return [p.number, f"2026/5/{p.number % 28 + 1} 9:0{p.number % 10}:00", f"{60 + p.number}秒", "微信", "N/A", IP.format(p.number)]  # fmt: skip


def text_rows(
    truth: Sequence[Person], empty: str = "(空)", skip: str = "(跳过)"
) -> list[list[object]]:
    header = [*META, *QUESTIONS, "4、您喜欢的活动", *(f"5、满意度—{i}.{r}" for i, r in enumerate(ROWS, 1)), "6、请排序", "7、年龄", "8、意见", "9、手机号"]  # fmt: skip

    def filled(label: str, text: str) -> str:
        return f"{label}〖{text}〗" if label == "其他" and text else label

    rows: list[list[object]] = [header]
    for p in truth:
        source = skip if p.source is None else filled(p.source, p.source_text) or empty
        likes = "┋".join(filled(c, p.likes_text) for c in p.liked) or empty
        satisfied = [s or empty for s in p.satisfied]
        rows.append([*meta(p), p.sex, p.aware or empty, source, likes, *satisfied, "→".join(p.goals), p.age, p.comment or empty, PHONE.format(p.number)])  # fmt: skip
    return rows


def number_rows(truth: Sequence[Person]) -> list[list[object]]:
    header = [*META, *QUESTIONS, *(f"第4题({c})" for c in LIKES), *(f"第5题({r})" for r in ROWS), *(f"第6题({g})" for g in GOALS), "7、年龄", "8、意见", "9、手机号"]  # fmt: skip

    def coded(choices: Sequence[str], label: str | None) -> object:
        return -3 if label is None else int(code(choices, label)) if label else -2

    rows: list[list[object]] = [header]
    for p in truth:
        likes = [int(c in p.likes) if p.likes else -2 for c in LIKES]
        rows.append([*meta(p), coded(SEX, p.sex), coded(AWARE, p.aware), coded(SOURCE, p.source), *likes, *(coded(SCALE, s) for s in p.satisfied), *(p.goals.index(g) + 1 for g in GOALS), p.age, p.comment or -2, PHONE.format(p.number)])  # fmt: skip
    return rows


FILES: dict[str, Callable[[list[list[object]]], tuple[str, bytes]]] = {
    "csv": lambda rows: ("1_按文本_调查_60_60.csv", csv_bytes(rows, encoding="gb18030")),
    "bom": lambda rows: ("a.csv", csv_bytes(rows, encoding="utf-8-sig")),
    "xlsx": lambda rows: ("1_按文本_调查_60_60.xlsx", xlsx_bytes(("Sheet1", rows), ("题目", [["x"]]))),
    "misnamed": lambda rows: ("a.xls", xlsx_bytes(("Sheet1", rows))),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_text_export_gives_the_truth(tmp_path: Path, kind: str) -> None:
    name, data = FILES[kind](text_rows(TRUTH))
    survey = sk.read(put(tmp_path, name, data))
    assert_truth(survey, TRUTH, NAMES)
    assert survey.variable("q4").kind == "multiple"
    assert survey.variable("q4").separator == "┋"
    assert [c.code for c in survey.variable("q4").choices] == list(LIKES)
    assert survey.variable("q5_1").choices == survey.variable("q5_2").choices
    assert survey.headers["q5_1"] == "5、满意度—1.环境"
    assert survey.variable("7、年龄").kind == "number"
    assert survey.frame["所用时间"].tolist()[:2] == ["61", "62"]
    assert survey.variable("提交答卷时间").kind == "date"


def test_not_asked_and_no_answer_stay_apart(tmp_path: Path) -> None:
    for marks in (("(空)", "(跳过)"), ("（空）", "（跳过）")):
        survey = sk.read(put(tmp_path, "a.csv", csv_bytes(text_rows(TRUTH, *marks))))
        blank = sum(p.source == "" for p in TRUTH)
        skipped = sum(p.source is None for p in TRUTH)
        assert blank
        assert missing(survey, "q3") == (blank, skipped, 0)
        assert missing(survey, "q4") == (sum(not p.likes for p in TRUTH), 0, 0)


def test_fill_ins_stand_beside_their_choice(tmp_path: Path) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(text_rows(TRUTH))))
    assert survey.frame["q3_other"].tolist() == [p.source_text for p in TRUTH]
    assert survey.frame["q4_other"].tolist() == [p.likes_text for p in TRUTH]
    assert [c.code for c in survey.variable("q3").choices if "〖" in c.code] == []
    assert not survey.frame["q4"].str.contains("〖").any()
    assert survey.variable("q4_other").asked_if == "q4 == '其他'"
    others = sum(p.source == "其他" for p in TRUTH)
    assert missing(survey, "q3_other") == (0, len(TRUTH) - others, 0)


def test_quantities_beside_several_choices() -> None:
    from surveykit.io._wjx import read_wjx

    rows: list[list[object]] = [[*META, "1、买了什么"]]
    rows += [
        [*meta(p), t]
        for p, t in zip(TRUTH, ["米〖3〗┋油〖1〗", "油〖2〗", "米〖1┋5〗", "(空)"], strict=False)
    ]
    raw = read_wjx(Path("a.csv"), csv_bytes(rows))
    assert raw.frame["q1"].tolist() == ["米┋油", "油", "米", "(空)"]
    assert raw.frame["q1_1_text"].tolist() == ["3", "", "1┋5", ""]
    assert raw.frame["q1_2_text"].tolist() == ["1", "2", "", ""]
    assert raw.codebook is not None
    assert raw.codebook["q1_2_text"].kind == "number"


def test_a_ranking_keeps_its_text_and_gives_places(tmp_path: Path) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(text_rows(TRUTH))))
    assert survey.frame["q6"].tolist() == ["→".join(p.goals) for p in TRUTH]
    first = [p.goals[0] for p in TRUTH]
    assert tabulated(survey, "q6_1") == pytest.approx({g: 100 * first.count(g) / 60 for g in GOALS})
    assert any("'q6' is a ranking" in n for n in survey.notes)


def test_open_text_is_untouched_and_identifiers_go(tmp_path: Path) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(text_rows(TRUTH))))
    assert survey.frame["q8"].tolist() == [p.comment or "(空)" for p in TRUTH]
    assert {"来自IP", "q9"} <= set(survey.dropped)
    assert sum("dropped as direct identifiers" in n for n in survey.notes) == 1
    assert "q9" not in survey.codebook
    kept = sk.read(put(tmp_path, "a.csv", csv_bytes(text_rows(TRUTH))), keep=["q9"])
    assert kept.frame["q9"].tolist()[0] == PHONE.format(1)


# ------------------------------------------------------------ numbers
def labelled(kind: str, value: str) -> str:
    choices = {"q1": SEX, "q2": AWARE, "q3": SOURCE, "q5_1": SCALE}[kind]
    return choices[int(value) - 1]


def test_a_number_export_gives_the_truth_in_codes(tmp_path: Path) -> None:
    survey = sk.read(put(tmp_path, "b.xlsx", xlsx_bytes(("Sheet1", number_rows(TRUTH)))))
    text = sk.read(put(tmp_path, "a.csv", csv_bytes(text_rows(TRUTH))))
    for name in ("q1", "q2", "q3", "q5_1"):
        ours = {labelled(name, k): v for k, v in tabulated(survey, name).items()}
        assert ours == pytest.approx(tabulated(text, name))
    assert tabulated(survey, "q4") == pytest.approx(tabulated(text, "q4"))
    assert survey.variable("q4").columns == ("q4_1", "q4_2", "q4_3", "q4_4")
    assert missing(survey, "q3") == missing(text, "q3")
    assert missing(survey, "q4") == missing(text, "q4")
    assert any("labels=" in n for n in survey.notes)
    assert any("q6_1, q6_2, q6_3: a ranking" in n for n in survey.notes)
    assert survey.frame["q8"].tolist()[:5] == text.frame["q8"].tolist()[:5]


@pytest.mark.parametrize("order", ["numbers first", "texts first"])
def test_a_pair_gives_codes_with_labels(tmp_path: Path, order: str) -> None:
    numbers = put(tmp_path, "1_按序号.xlsx", xlsx_bytes(("Sheet1", number_rows(TRUTH))))
    shuffled = text_rows(TRUTH)
    shuffled[1:] = shuffled[:0:-1]
    texts = put(tmp_path, "1_按文本.csv", csv_bytes(shuffled, encoding="gb18030"))
    first, second = (numbers, texts) if order == "numbers first" else (texts, numbers)
    survey = sk.read(first, labels=second)
    assert_truth(survey, TRUTH, NAMES)
    for name, choices in (
        ("q1", SEX),
        ("q2", AWARE),
        ("q3", SOURCE),
        ("q5_1", SCALE),
        ("q4", LIKES),
    ):
        assert [(c.code, c.label.zh) for c in survey.variable(name).choices] == [(code(choices, c), c) for c in choices]  # fmt: skip
    assert survey.frame["q3_other"].tolist() == [p.source_text for p in TRUTH]
    assert survey.frame["q4_other"].tolist() == [p.likes_text for p in TRUTH]
    assert survey.variable("q4").question.zh == "您喜欢的活动"
    assert survey.frame["q6"].tolist() == ["→".join(p.goals) for p in TRUTH]
    assert missing(survey, "q3")[1] == sum(p.source is None for p in TRUTH)


def test_a_pair_that_does_not_match(tmp_path: Path) -> None:
    numbers = put(tmp_path, "n.csv", csv_bytes(number_rows(TRUTH)))
    with pytest.raises(InputError, match="both number exports"):
        sk.read(numbers, labels=numbers)
    rows = text_rows(TRUTH)
    others = [rows[0], *([f"x{r[0]}", *r[1:]] for r in rows[1:])]
    strangers = put(tmp_path, "t.csv", csv_bytes(others))
    with pytest.raises(InputError, match="share no 序号"):
        sk.read(numbers, labels=strangers)
    with pytest.raises(InputError, match="cannot be read"):
        sk.read(numbers, labels=tmp_path / "none.csv")
    part = put(tmp_path, "t.csv", csv_bytes(text_rows(TRUTH[:50])))
    assert any("50 respondents are in both files, 10 only" in n for n in sk.read(numbers, labels=part).notes)  # fmt: skip
    with pytest.raises(UsageError, match="no labels"):
        sk.read(put(tmp_path, "plain.csv", "a,b\n1,2\n"), labels=numbers)


def test_a_question_on_which_a_pair_disagrees_keeps_its_numbers(tmp_path: Path) -> None:
    texts = text_rows(TRUTH)
    for row in texts[1:8]:
        row[6] = "未知"
    survey = sk.read(
        put(tmp_path, "n.csv", csv_bytes(number_rows(TRUTH))),
        labels=put(tmp_path, "t.csv", csv_bytes(texts)),
    )
    assert survey.variable("q1").kind == "number"
    assert any(n.startswith("q1: the two exports do not agree") for n in survey.notes)


# ------------------------------------------------------------ what is no export of it
@pytest.mark.parametrize(
    "header",
    [
        "序号,1、性别,2、年龄",
        "提交答卷时间,a",
        "1、性别,4、满意度—1.环境",
        "序号,提交答卷时间,性别",
        "a,b",
    ],
)
def test_a_plain_file_stays_plain(tmp_path: Path, header: str) -> None:
    row = ",".join("1" * len(header.split(",")))
    assert read_frame(put(tmp_path, "a.csv", f"{header}\n{row}\n")).format == "csv"


def test_a_codebook_of_ones_own_reads_it(tmp_path: Path) -> None:
    book = put(tmp_path, "book.yaml", "surveykit: codebook/1\nvariables:\n  sex: {kind: single, column: 1、您的性别, choices: [{code: 1, label: 男}, {code: 2, label: 女}]}\n  src: {kind: single, column: q3, choices: [电视, 网络, 其他]}\n")  # fmt: skip
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(text_rows(TRUTH))), codebook=book)
    assert tabulated(survey, "sex")["男"] == pytest.approx(
        100 * sum(p.sex == "男" for p in TRUTH) / 60
    )
    assert missing(survey, "src")[1] == sum(p.source is None for p in TRUTH)


def test_notes_are_there_in_chinese(tmp_path: Path) -> None:
    raw = read_frame(put(tmp_path, "a.csv", csv_bytes(number_rows(TRUTH))))
    assert any(in_lang(n, "zh").startswith("按序号导出") for n in raw.notes)


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
@pytest.mark.parametrize("rows", [text_rows, number_rows])
def test_damaged_files(tmp_path: Path, how: str, rows: Callable[[Sequence[Person]], list[list[object]]]) -> None:  # fmt: skip
    data = csv_bytes(rows(TRUTH[:6]))
    assert_clear(put(tmp_path, "a.csv", damaged(data)[how]), "wjx")
    book = xlsx_bytes(("Sheet1", rows(TRUTH[:6])))
    assert_clear(put(tmp_path, "b.xlsx", damaged(book)[how]), "wjx")


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no export of 问卷星"):
        read_frame(put(tmp_path, "a.csv", "a,b\n1,2\n"), format="wjx")


def test_fuzz(tmp_path: Path) -> None:
    pieces = ["序号", "第4题(", "1、", "—1.", "(跳过)", "〖x〗"]
    fuzz(tmp_path, "wjx", csv_bytes(text_rows(TRUTH[:5])), pieces)
    fuzz(tmp_path, "wjx", csv_bytes(number_rows(TRUTH[:5])), pieces)
    labels = put(tmp_path, "t.csv", csv_bytes(text_rows(TRUTH[:5])))
    fuzz(tmp_path, "wjx", csv_bytes(number_rows(TRUTH[:5])), pieces, labels=labels)


# ------------------------------------------------------------ workbooks
def test_sheets_of_one_export_are_put_together(tmp_path: Path) -> None:
    made = text_rows(TRUTH)
    cover: list[list[object]] = [["问卷标题"], ["试点"]]
    book = xlsx_bytes(("说明", cover), ("1", made[:31]), ("2", [made[0], *made[31:]]))
    survey = sk.read(put(tmp_path, "a.xlsx", book))
    assert_truth(survey, TRUTH, NAMES)
    assert "read the sheets '1', '2' of 说明, 1, 2." in survey.notes
    one = sk.read(put(tmp_path, "a.xlsx", book), sheet="2")
    assert one.n == len(TRUTH) - 30


def test_formulas_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(("1", text_rows(TRUTH)))))
    book.active["K3"] = "=A3+1"  # type: ignore[index]
    stream = io.BytesIO()
    book.save(stream)
    survey = sk.read(put(tmp_path, "a.xlsx", stream.getvalue()))
    assert any("1 formula has no stored result" in n for n in survey.notes)


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path) -> None:
    data = bytearray(xlsx_bytes(("1", text_rows(TRUTH[:2]))))
    size = data.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24
    data[size : size + 4] = (3 << 30).to_bytes(4, "little")
    with pytest.raises(InputError, match="would unpack to"):
        read_frame(put(tmp_path, "a.xlsx", bytes(data)), format="wjx")


def test_a_locked_workbook_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="locked by a password"):
        read_frame(put(tmp_path, "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))


# ------------------------------------------------------------ layouts seen in older exports
def test_unselected_options_as_empty(tmp_path: Path) -> None:
    made = number_rows(TRUTH)
    at = [i for i, h in enumerate(made[0]) if str(h).startswith("第4题")]
    for row in made[1:]:
        for i in at:
            row[i] = row[i] if row[i] == 1 else -2
    survey = sk.read(put(tmp_path, "n.csv", csv_bytes(made)))
    text = sk.read(put(tmp_path, "t.csv", csv_bytes(text_rows(TRUTH))))
    assert tabulated(survey, "q4") == pytest.approx(tabulated(text, "q4"))


def test_kinds_in_headers_are_no_part_of_questions(tmp_path: Path) -> None:
    made = text_rows(TRUTH)
    made[0][6] = "1、您的性别[单选题]*"
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(made)))
    assert survey.variable("q1").question.zh == "您的性别"
    assert survey.variable("1、您的性别[单选题]*").name == "q1"


def test_a_pair_without_any_mark_of_numbers(tmp_path: Path) -> None:
    answers = [("男", "1"), ("女", "2"), ("女", "2"), ("男", "1")]
    header = [*META, "1、性别"]
    people_ = TRUTH[:4]
    numbers = [header, *([*meta(p), n] for p, (_, n) in zip(people_, answers, strict=True))]
    texts = [header, *([*meta(p), t] for p, (t, _) in zip(people_, answers, strict=True))]
    survey = sk.read(
        put(tmp_path, "n.csv", csv_bytes(numbers)), labels=put(tmp_path, "t.csv", csv_bytes(texts))
    )
    assert [(c.code, c.label.zh) for c in survey.variable("q1").choices] == [
        ("1", "男"),
        ("2", "女"),
    ]
