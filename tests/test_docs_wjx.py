"""docs/from-wjx.md: its commands and its code run as they stand, on a pair of exports made here."""

from __future__ import annotations

import random
import re
import shlex
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from surveykit.errors import SurveyKitError

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "from-wjx.md").read_text(encoding="utf-8")
SEX, USED, LIKES = ("男", "女"), ("经常", "偶尔", "从不"), ("歌舞", "体育", "集市", "其他")
AGE, SCALE, ROWS = ("18岁以下", "18~35岁", "36岁以上"), ("很差", "一般", "很好"), ("环境", "服务")
META = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def exports() -> tuple[list[list[Any]], list[list[Any]]]:
    """Return the text and the number export of 90 fictitious people."""
    draw = random.Random(2)
    text = [
        [
            *META,
            "1、您的性别",
            "2、您使用文化站吗",
            "3、喜欢的活动【多选题】",
            "4、您的年龄",
            *(f"5、请评价—{r}" for r in ROWS),
            "6、手机号",
        ]
    ]
    number = [
        [
            *META,
            "1、您的性别",
            "2、您使用文化站吗",
            *(f"第3题({o})" for o in LIKES),
            "4、您的年龄",
            *(f"第5题({r})" for r in ROWS),
            "6、手机号",
        ]
    ]
    for i in range(1, 91):
        meta = [
            str(i),
            f"2024/5/{1 + i % 28} 8:03:0{i % 10}",
            f"{100 + i}秒",
            "微信",
            "",
            f"10.0.0.{i}",
        ]
        sex, used, age = draw.choice(SEX), draw.choice(USED), draw.choice(AGE)
        likes = [o for o in LIKES if draw.random() < 0.5]
        rated = [draw.choice(SCALE) for _ in ROWS] if used != "从不" else ["(跳过)"] * 2
        phone = f"139{i:08d}"
        joined = "┋".join(o if o != "其他" else "其他〖下棋〗" for o in likes) or "(空)"
        text.append([*meta, sex, used, joined, age, *rated, phone])
        marks = [int(o in likes) if likes else -2 for o in LIKES]
        codes = [SCALE.index(a) + 1 if a in SCALE else -3 for a in rated]
        number.append(
            [
                *meta,
                SEX.index(sex) + 1,
                USED.index(used) + 1,
                *marks,
                AGE.index(age) + 1,
                *codes,
                phone,
            ]
        )
    return text, number


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, rows in zip(("问卷.xlsx", "问卷序号.xlsx"), exports(), strict=True):
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_five_commands(folder: Path) -> None:
    from surveykit.cli import app

    commands, english = blocks("bash")
    lines = [*commands.splitlines(), *english.splitlines()]
    assert len(commands.splitlines()) == 5
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "surveykit"
        done = CliRunner().invoke(app, words[1:])
        assert done.exit_code == 0, (line, done.output, done.exception)
        if "-o" in words:
            assert (folder / words[words.index("-o") + 1]).stat().st_size > 0
    book = (folder / "codebook.yaml").read_text(encoding="utf-8")
    assert "q5_1" in book
    assert "手机号" not in book
    with zipfile.ZipFile(folder / "表1.docx") as word:
        page = word.read("word/document.xml").decode()
    assert "经常" in page
    assert "18~35岁" in page
    assert "13900000001" not in page
    sheet = openpyxl.load_workbook(folder / "表2.xlsx").worksheets[0]
    shown = [cell.value for row in sheet.iter_rows() for cell in row]
    assert {"歌舞", "男"} <= {str(v) for v in shown}
    people, _ = exports()
    men = [r for r in people[1:] if r[6] == "男" and r[8] != "(空)"]
    dancing = 100 * sum("歌舞" in r[8] for r in men) / len(men)
    assert any(isinstance(v, float) and abs(v - dancing) < 0.06 for v in shown)


def test_ten_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 10
    names: dict[str, Any] = {}
    exec(compile(code, "from-wjx.md", "exec"), names)
    assert {"表1.docx", "表1.xlsx", "图1.png", "图1.svg"} <= {p.name for p in folder.iterdir()}
    choices = names["survey"].variable("q5_1").choices
    assert [c.label.zh for c in choices] == list(SCALE)
    said = capsys.readouterr().out
    assert "手机号" in said
    assert "13900000001" not in said


def test_the_formats_of_the_table_are_those_that_are_read() -> None:
    from surveykit.io import FORMATS, WRITTEN

    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if line.startswith("| `")]
    named = {name for line in table for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert named == {f.name for f in FORMATS}
    assert all(ending in page for ending in WRITTEN)


def test_the_pair_and_a_sheet_on_the_command_line(folder: Path) -> None:
    from surveykit.cli import app

    pair = ["问卷序号.xlsx", "--labels", "问卷.xlsx"]
    done = CliRunner().invoke(app, ["codebook", *pair, "-o", "pair.yaml"])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(
        app, ["tab", *pair, "q5_1", "--codebook", "pair.yaml", "--format", "csv"]
    )
    assert done.exit_code == 0, done.output
    places = [done.output.index(text) for text in SCALE]
    assert places == sorted(places)
    done = CliRunner().invoke(app, ["check", *pair, "--codebook", "pair.yaml"])
    assert done.exit_code == 0, done.output
    for words, told in (
        (["--sheet", "Sheet1"], "Sheet1"),
        (["--input-format", "wjy"], "wjx"),
        (["--input-format", "qualtrics"], "Qualtrics"),
    ):
        done = CliRunner().invoke(app, ["tab", "问卷.xlsx", "q1", *words])
        assert isinstance(done.exception, SurveyKitError)
        assert told in str(done.exception)
