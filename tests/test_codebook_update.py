"""`surveykit codebook FILE -o existing`: what is new is added, what a person wrote stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import surveykit as sk
from surveykit.codebook import Codebook, Variable, parse_codebook, update_codebook, update_yaml
from surveykit.errors import InputError, SurveyKitError
from surveykit.text import Label

OLD = """# A pilot, edited by hand
surveykit:   codebook/1
variables:
    aware:          # the main outcome
        question: {zh: 知晓,   en: "Aware"}   # as asked
        column: 1、您知道吗
        kind: single
        choices:
        - {code: 01, label: {zh: 是, en: Yes}}
        - {code: 02, label: 1:30}
        # a third choice was dropped after the pilot
    # what is derived
    aware_r: {from: aware, reverse: true, note: |
        x}

# fieldwork
study: {title: Pilot, distributed: 400}
"""
OLD = OLD.replace(", note: |\n        x}", ", note: 'two words'}")


def draft(*names: str) -> Codebook:
    return Codebook(variables={n: Variable(n, "number", Label.of(f"{n} (years)")) for n in names})


def test_every_line_stays_and_new_variables_stand_at_the_end_of_their_section() -> None:
    made = update_yaml(OLD, draft("aware", "age", "income"))
    assert made.added == ("age", "income")
    lines, old = made.text.splitlines(), OLD.splitlines()
    assert [line for line in lines if line in old] == old
    place = lines.index("    age:")
    assert lines[place - 1].startswith("    aware_r")
    assert lines[place + 1] == "        question: age (years)" or "age (years)" in lines[place + 1]
    book = parse_codebook(made.text)
    assert list(book) == ["aware", "aware_r", "age", "income"]
    assert [c.code for c in book["aware"].choices] == ["01", "02"]
    assert book["aware"].choices[1].label.en == "1:30"
    assert book.study.distributed == 400
    assert update_yaml(made.text, draft("aware", "age", "income")).text == made.text


@pytest.mark.parametrize(
    "old",
    [
        "surveykit: codebook/1\nvariables:\n  a: {kind: number}",
        "surveykit: codebook/1\r\nvariables:\r\n  a:\r\n    kind: number\r\n",
        "surveykit: codebook/1\nvariables:\n  a:\n    kind: single\n    choices:\n      - x\n      - y\n  # last word\n",
        "surveykit: codebook/1\nvariables:\n  a:\n    kind: text\n    note: |\n      two\n      lines\nstudy: {title: x}\n",
        "surveykit: codebook/1\nvariables:\n  a:\n    kind: text\n    note: >-\n      folded\n      text\n",
        "surveykit: codebook/1\nvariables: {a: {kind: number}} # in braces\n",
        "{surveykit: codebook/1, variables: {a: {kind: number}}}\n",
        "surveykit: codebook/1\nvariables:\n  a:\n    kind: number\n...\n",
        "---\nsurveykit: codebook/1\nvariables:\n  a:\n    question: a long\n      question\n    kind: number\n",
    ],
)
def test_layouts(old: str) -> None:
    made = update_yaml(old, draft("a", "b"))
    book, before = parse_codebook(made.text), parse_codebook(old)
    assert list(book) == ["a", "b"]
    assert book["a"] == before["a"]
    assert book["b"] == draft("b")["b"]
    for comment in ("# last word", "# in braces"):
        assert (comment in made.text) == (comment in old)
    if "\r\n" in old:
        assert "\n" not in made.text.replace("\r\n", "")


def test_columns_are_known_by_their_full_headers() -> None:
    drafted = draft("q1", "q2")
    made = update_yaml(OLD, drafted, headers={"q1": "1、您知道吗", "q2": "2、年龄"})
    assert made.added == ("q2",)
    other = update_yaml(OLD, draft("aware_r"))
    assert (other.added, other.left_out, other.text) == ((), ("aware_r",), OLD)


def test_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("aware,age\nyes,31\nno,40\n", encoding="utf-8")
    book = tmp_path / "book.yaml"

    def codebook(code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "surveykit.cli", "codebook", "a.csv", "-o", "book.yaml"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code
        return done.stderr

    codebook()
    text = book.read_text(encoding="utf-8").replace("variables:", "variables:  # edited")
    book.write_text(text, encoding="utf-8")
    assert "0 new variables" in codebook()
    assert book.read_text(encoding="utf-8") == text
    (tmp_path / "a.csv").write_text("aware,age,sex\nyes,31,f\nno,40,m\n", encoding="utf-8")
    assert "1 new variables (sex)" in codebook()
    made = book.read_text(encoding="utf-8")
    assert made.startswith(text)
    assert list(sk.read(tmp_path / "a.csv", codebook=book).codebook) == ["aware", "age", "sex"]
    book.write_text("not: a codebook\n", encoding="utf-8")
    assert "book.yaml" in codebook(2)
    assert book.read_text(encoding="utf-8") == "not: a codebook\n"


def test_what_is_no_codebook(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"x\.yaml: is no codebook: not UTF-8"):
        update_codebook(file, draft("a"))
    with pytest.raises(InputError, match="cannot be read"):
        update_codebook(tmp_path / "none.yaml", draft("a"))
    with pytest.raises(SurveyKitError, match=r"<text>, line 2"):
        update_yaml("surveykit: codebook/1\nvariabels: {}\n", draft("a"))
