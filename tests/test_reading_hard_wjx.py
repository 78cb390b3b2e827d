"""问卷星 exports with everything that respondents type, against the answers that made them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import parse_codebook
from surveykit.survey import Survey

SEX = ["男", "女"]
SOURCE = ["电视,广播", "网络（含微信）", "其他"]
LIKES = ["歌舞；戏曲", "体育", "集市, 庙会", "以上都没有", "其他"]
ROWS = ["环境 卫生", "服务—态度"]
SCALE = ["很差", "一般", "很好"]
GOALS = ["收入", "教育", "健康"]
SOURCE_TYPED = ["邻居┋亲戚", "a〗b", "x→y", "村里,大喇叭", "〖引〗"]
LIKES_TYPED = ["摄影┋钓鱼", "唱〗歌", "下棋"]
OPEN = ["NA", "None", "N/A", "=1+1", "+86", "@x", "-3", "换\n行", "a\tb", "\u3000全角\u3000", "好" * 3000,
        "😀", "1２", "a┋b", "甲→乙", '他说"好"', "(无)", "0", "\u200b零宽"]  # fmt: skip
META = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
HEAD = ["1、您的性别\n（单选）", "2、从哪里知道的？"]
TAIL = ["6、年龄（岁）", "7、其他意见"]


def respondents(count: int = 150, seed: int = 7) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        sex = draw.choice(SEX)
        source = draw.choice([*SOURCE, "(空)"]) if sex == "男" else "(跳过)"
        likes = [o for o in LIKES if o != "以上都没有" and draw.random() < 0.4]
        likes = likes or draw.choice([["以上都没有"], []])
        found.append(
            {
                "sex": sex,
                "source": source,
                "source_typed": draw.choice(SOURCE_TYPED) if source == "其他" else "",
                "likes": likes,
                "likes_typed": draw.choice(LIKES_TYPED) if "其他" in likes else "",
                "rated": [draw.choice([*SCALE, "(空)"]) for _ in ROWS],
                "ranked": draw.sample(GOALS, draw.choice([2, 3])) if draw.random() < 0.9 else [],
                "age": draw.randint(12, 90),
                "open": draw.choice(OPEN),
            }
        )
    return found


def filled(option: str, typed: str) -> str:
    return f"{option}〖{typed}〗" if option == "其他" and typed else option


def meta(number: int) -> list[str]:
    return [str(number), "2024/5/1 8:03:09", "123秒", "微信", "N/A", f"10.1.2.{number}(北京-北京)"]


def as_text(people: list[dict[str, Any]]) -> list[list[Any]]:
    header = [
        *META,
        *HEAD,
        "3、喜欢的活动【多选题】",
        *(f"4、请评价—{r}" for r in ROWS),
        "5、排序",
        *TAIL,
    ]
    rows = [
        [
            *meta(i),
            p["sex"],
            filled(p["source"], p["source_typed"]),
            "┋".join(filled(o, p["likes_typed"]) for o in p["likes"]) or "(空)",
            *p["rated"],
            "→".join(p["ranked"]) or "(空)",
            p["age"],
            p["open"],
        ]
        for i, p in enumerate(people, 1)
    ]
    return [header, *rows]


def place(options: list[str], answer: str) -> int:
    return {"(空)": -2, "(跳过)": -3}.get(answer) or options.index(answer) + 1


def likes_cell(person: dict[str, Any], option: str) -> Any:
    if not person["likes"]:
        return -2
    if option == "其他" and person["likes_typed"]:
        return f"1〖{person['likes_typed']}〗"
    return int(option in person["likes"])


def as_numbers(people: list[dict[str, Any]]) -> list[list[Any]]:
    header = [
        *META,
        *HEAD,
        *(f"第3题({o})" for o in LIKES),
        *(f"第4题({r})" for r in ROWS),
        *(f"第5题({g})" for g in GOALS),
        *TAIL,
    ]
    rows = [
        [
            *meta(i),
            place(SEX, p["sex"]),
            f"3〖{p['source_typed']}〗" if p["source_typed"] else place(SOURCE, p["source"]),
            *(likes_cell(p, o) for o in LIKES),
            *(place(SCALE, a) for a in p["rated"]),
            *(p["ranked"].index(g) + 1 if g in p["ranked"] else -2 for g in GOALS),
            p["age"],
            p["open"],
        ]
        for i, p in enumerate(people, 1)
    ]
    return [header, *rows]


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a leading = is text, as the tool writes it
    book.save(path)
    return path


def counts(survey: Survey, name: str) -> dict[str, float]:
    rows = sk.freq(survey, name).to_dicts()
    return {r["level"]: r["estimate"] for r in rows if r["stat"] == "count" and r["estimate"]}


def statuses(survey: Survey, name: str) -> dict[int, int]:
    from surveykit import coding

    values = coding.codes(survey, name).values
    return {int(s): int((values == s).sum()) for s in (-1, -2)}


def valid(answers: Iterable[str]) -> Counter[str]:
    return Counter(a for a in answers if a not in ("(空)", "(跳过)"))


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    return respondents()


@pytest.fixture(scope="module")
def files(people: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("wjx")
    text = workbook(folder / "1_按文本_标题_150_150.xlsx", as_text(people))
    numbers = workbook(folder / "1_按序号_标题_150_150.xlsx", as_numbers(people))
    return [text, numbers]


def assert_is_truth(survey: Survey, people: list[dict[str, Any]]) -> None:
    assert counts(survey, "q1") == Counter(p["sex"] for p in people)
    assert counts(survey, "q2") == valid(p["source"] for p in people)
    asked = Counter(p["source"] for p in people)
    assert statuses(survey, "q2") == {-1: asked["(空)"], -2: asked["(跳过)"]}
    assert counts(survey, "q3") == Counter(o for p in people for o in p["likes"])
    for i in range(2):
        assert counts(survey, f"q4_{i + 1}") == valid(p["rated"][i] for p in people)
    first = Counter(p["ranked"][0] for p in people if p["ranked"])
    assert counts(survey, "q5_1") == first
    assert survey.variable("q6").kind == "number"
    assert survey.variable("q7").kind == "text"
    assert list(survey.frame["q7"]) == [p["open"] for p in people]
    assert list(survey.frame["q2_other"]) == [p["source_typed"] for p in people]
    assert list(survey.frame["q3_other"]) == [p["likes_typed"] for p in people]
    assert not {"来自IP"} & set(survey.frame)
    assert parse_codebook(survey.codebook.to_yaml()).variables == survey.codebook.variables
    men = [p for p in people if p["sex"] == "男"]
    rows = sk.crosstab(survey, "q3", by="q1").to_dicts()
    shares = {
        r["level"]: r["estimate"] for r in rows if r["stat"] == "percent" and r["by_level"] == "男"
    }
    base = sum(bool(p["likes"]) for p in men)
    assert shares == pytest.approx(
        {o: 100 * sum(o in p["likes"] for p in men) / base for o in LIKES}
    )  # fmt: skip


def test_text_export(files: list[Path], people: list[dict[str, Any]]) -> None:
    assert_is_truth(sk.read(files[0]), people)


@pytest.mark.parametrize("turned", [False, True])
def test_pair(files: list[Path], people: list[dict[str, Any]], turned: bool) -> None:
    first, second = reversed(files) if not turned else files
    survey = sk.read(first, labels=second)
    assert_is_truth(survey, people)
    assert [c.label.zh for c in survey.variable("q4_1").choices] == SCALE


def test_number_export_alone_with_a_joint_in_an_open_answer(
    files: list[Path], people: list[dict[str, Any]]
) -> None:
    survey = sk.read(files[1])
    asked = Counter(p["source"] for p in people)
    assert statuses(survey, "q2") == {-1: asked["(空)"], -2: asked["(跳过)"]}
    assert counts(survey, "q3") == Counter(o for p in people for o in p["likes"])
    assert survey.variable("q7").kind == "text"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_csv(
    encoding: str, files: list[Path], people: list[dict[str, Any]], tmp_path: Path
) -> None:
    rows = [[str(cell) for cell in row] for row in as_text(people)]
    path = tmp_path / "1.csv"
    pd.DataFrame(rows[1:], columns=rows[0]).to_csv(path, index=False, encoding=encoding)
    assert_is_truth(sk.read(path), people)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_respondents(count: int, tmp_path: Path) -> None:
    people = respondents(count)
    survey = sk.read(workbook(tmp_path / "1.xlsx", as_text(people)))
    assert survey.n == count
    if count:
        assert counts(survey, "q1") == Counter(p["sex"] for p in people)
    else:
        assert any("no rows" in note for note in survey.notes)


def test_a_fill_in_with_brackets_in_a_column_left_as_it_is() -> None:
    book = parse_codebook(
        "surveykit: codebook/1\nvariables:\n  a: {kind: single, choices: [{code: 其他}, {code: 无}]}\n"
        "  b: {kind: multiple, separator: ┋, choices: [{code: 其他}, {code: 茶}]}\n"
    )
    frame = pd.DataFrame(
        {
            "a": ["其他〖唱〗歌〗", "其他〖x〗", "无"],
            "b": ["茶┋其他〖x〗y〗", "其他〖a┋b〗", "茶〖1〗┋其他〖2〗"],
        }
    )
    survey = Survey(frame, book)
    assert counts(survey, "a") == {"其他": 2, "无": 1}
    assert counts(survey, "b") == {"其他": 3, "茶": 2}


def test_an_exact_missing_code_is_no_label() -> None:
    book = parse_codebook(
        "surveykit: codebook/1\nvariables:\n"
        '  a: {kind: single, choices: [{code: 1, label: "9"}, {code: 2, label: no}],'
        " missing: [{code: 9, label: refused}]}\n"
        '  b: {kind: multiple, separator: ";", choices: [{code: 1, label: "9"}, {code: 2}],'
        " missing: [{code: 9, label: refused}]}\n"
    )
    frame = pd.DataFrame({"a": ["9", "9.0", "1", "2"], "b": ["9", "1;2", "1", ""]})
    survey = Survey(frame, book)
    assert counts(survey, "a") == {"9": 1, "no": 1}
    assert counts(survey, "b") == {"9": 2, "2": 1}


def test_number_export_whose_later_options_have_no_question(tmp_path: Path) -> None:
    header = [*META, "1、性别", "2、爱好(唱歌)", "2、(跳舞)", "2、(其他（请补充）:)"]
    rows = [[*meta(i), 1 + i % 2, i % 2, (i + 1) % 2, 0] for i in range(1, 21)]
    survey = sk.read(workbook(tmp_path / "1.xlsx", [header, *rows]))
    variable = survey.variable("q2")
    assert (variable.kind, variable.question.zh) == ("multiple", "爱好")
    assert counts(survey, "q2") == {"唱歌": 10, "跳舞": 10}
    assert [c.label.zh for c in variable.choices] == ["唱歌", "跳舞", "其他（请补充）:"]


def test_five_hundred_options_and_an_option_zero(tmp_path: Path) -> None:
    draw = random.Random(1)
    options = [str(k) for k in range(500)]
    chosen = [[o for o in options if draw.random() < 0.05] for _ in range(200)]
    header = [*META, "1、选过的", "2、孩子数"]
    rows = [[*meta(i), "┋".join(c) or "(空)", str(i % 3)] for i, c in enumerate(chosen, 1)]
    survey = sk.read(workbook(tmp_path / "1.xlsx", [header, *rows]))
    assert counts(survey, "q1") == Counter(o for c in chosen for o in c)
    assert counts(survey, "q2") == Counter(str(i % 3) for i in range(1, 201))
