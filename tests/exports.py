"""People whose answers are known, and what a tabulation of any export of theirs must give."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.codebook import parse_codebook
from surveykit.errors import SurveyKitError
from surveykit.io import read_frame
from surveykit.survey import Survey

SEX = ("男", "女")
AWARE = ("知晓", "听说过", "不知晓")
SOURCE = ("电视", "网络", "其他")
LIKES = ("歌舞", "体育", "集市", "其他")
SCALE = ("很差", "较差", "一般", "较好", "很好")
ROWS = ("环境", "服务")
GOALS = ("收入", "教育", "健康")
COMMENTS = ("没有意见", "=1+1", "希望多办，多宣传", '他说"好"', "a;b,c", "换\n行", "NA", "-3", "")
IP, PHONE, MAIL = "10.20.30.{}", "1391234{:04d}", "p{}@example.org"


@dataclass(frozen=True)
class Person:
    """One respondent. ``""`` and an empty set are no answer, None is not asked."""

    number: int
    sex: str
    aware: str
    source: str | None
    source_text: str
    likes: frozenset[str]
    likes_text: str
    satisfied: tuple[str, ...]
    goals: tuple[str, ...]
    age: int
    comment: str

    @property
    def liked(self) -> list[str]:
        """What is liked, in the order of the questionnaire."""
        return [c for c in LIKES if c in self.likes]


def people(count: int = 60, seed: int = 4) -> list[Person]:
    """Return respondents of every kind: some without an answer, some not asked."""
    draw = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        aware = draw.choice((*AWARE, "知晓", "")) if number > 3 else AWARE[number - 1]
        source = None if aware not in AWARE[:2] else draw.choice((*SOURCE, ""))
        likes = frozenset(c for c in LIKES if draw.random() < 0.45)
        found.append(
            Person(
                number,
                draw.choice(SEX),
                aware,
                source,
                draw.choice(("村广播", "邻居,亲戚", "抖音")) if source == "其他" else "",
                likes,
                draw.choice(("摄影", "钓鱼；散步")) if "其他" in likes else "",
                tuple(draw.choice((*SCALE, "")) for _ in ROWS),
                tuple(draw.sample(GOALS, 3)),
                draw.randint(12, 80),
                draw.choice(COMMENTS),
            )
        )
    return found


def code(choices: Sequence[str], label: str) -> str:
    """Return the code of a label: its place, from 1."""
    return str(choices.index(label) + 1)


# ------------------------------------------------------------ what must come out
def shares(answers: Iterable[str | None]) -> dict[str, float]:
    """Return the percentages of single answers, of those who gave one."""
    given_ = [a for a in answers if a]
    return {a: 100 * given_.count(a) / len(given_) for a in given_}


def set_shares(answers: Iterable[frozenset[str]]) -> dict[str, float]:
    """Return the percentages of cases, of those with at least one choice."""
    cases = [a for a in answers if a]
    return {c: 100 * sum(c in a for a in cases) / len(cases) for a in cases for c in a}


def tabulated(survey: Survey, name: str) -> dict[str, float]:
    """Return the percentages that `freq` makes, by Chinese label, without empty levels."""
    rows = sk.freq(survey, name).to_dicts()
    found = {r["level"]: r["estimate"] for r in rows if r["stat"] == "percent"}
    return {level: value for level, value in found.items() if value}


def crossed(survey: Survey, name: str, by: str) -> dict[tuple[str, str], float]:
    """Return the percentages that `crosstab` makes within each group."""
    rows = sk.crosstab(survey, name, by=[by]).to_dicts()
    return {
        (r["by_level"], r["level"]): r["estimate"]
        for r in rows
        if r["stat"] == "percent" and r["by"] and r["estimate"]
    }


def missing(survey: Survey, name: str) -> tuple[int, int, int]:
    """Return how many rows are blank, not asked and user-missing."""
    from surveykit import coding

    kind = survey.variable(name).kind
    values = (
        coding.multiple(survey, name).status
        if kind == "multiple"
        else coding.codes(survey, name).values
    )
    return tuple(int((values == s).sum()) for s in (-1, -2, -3))  # type: ignore[return-value]


def assert_truth(survey: Survey, truth: Sequence[Person], names: Mapping[str, str]) -> None:
    """Compare every tabulation with the people behind it.

    `names` says what the variables are called: sex, aware, source, likes, sat1, sat2, age.
    """
    single: dict[str, Callable[[Person], str | None]] = {
        "sex": lambda p: p.sex,
        "aware": lambda p: p.aware,
        "source": lambda p: p.source,
        "sat1": lambda p: p.satisfied[0],
        "sat2": lambda p: p.satisfied[1],
        "age": lambda p: str(p.age),
    }
    assert survey.n == len(truth)
    # the codebook can be written down and read again
    again = parse_codebook(survey.codebook.to_yaml())
    assert again.variables == survey.codebook.variables
    for key, answer in single.items():
        if key in names:
            assert tabulated(survey, names[key]) == pytest.approx(shares(map(answer, truth))), key
    likes = set_shares(p.likes for p in truth)
    assert tabulated(survey, names["likes"]) == pytest.approx(likes)
    for sex in SEX:
        those = [p for p in truth if p.sex == sex]
        for key, expected in (
            ("aware", shares(p.aware for p in those)),
            ("likes", set_shares(p.likes for p in those)),
        ):
            found = crossed(survey, names[key], names["sex"])
            ours = {level: v for (by, level), v in found.items() if by == sex}
            assert ours == pytest.approx(expected)


# ------------------------------------------------------------ files
def csv_bytes(rows: Iterable[Sequence[object]], mark: str = ",", encoding: str = "utf-8") -> bytes:
    """Return rows as a text file."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=mark).writerows(rows)
    return stream.getvalue().encode(encoding)


def xlsx_bytes(*sheets: tuple[str, Iterable[Sequence[object]]]) -> bytes:
    """Return sheets as a workbook; text that looks like a formula stays text."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in sheets:
        page = book.create_sheet(title)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                cell = page.cell(r, c, value)  # type: ignore[arg-type]
                if isinstance(value, str):
                    cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(*entries: tuple[str, bytes]) -> bytes:
    """Return entries as a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return stream.getvalue()


def put(folder: Path, name: str, data: bytes | str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# ------------------------------------------------------------ bad input
def damaged(data: bytes) -> dict[str, bytes]:
    """Return a file spoilt in the ways that files are spoilt on their way."""
    lines = data.split(b"\n")
    return {
        "empty": b"",
        "blank": b"\xef\xbb\xbf \r\n",
        "header": lines[0] + b"\n",
        "cut": data[: len(data) * 2 // 3],
        "binary": b"\x00\x01\x02" + data[:100],
        "bytes": data[:60] + b"\xff\xfe\xff" + data[60:],
        "ragged": data + b"1,2\n",
        "long": data + b"," * 400 + b"x\n",
        "twice": lines[0] + b"," + lines[0] + b"\n" + lines[-2] + b"\n",
    }


def assert_clear(path: Path, format: str, **options: object) -> None:
    """Read a file: a right reading, or an error that names the file."""
    said = None
    try:
        read_frame(path, format=format, **options)  # type: ignore[arg-type]
    except SurveyKitError as error:
        said = str(error)
    assert said is None or path.name in said


def fuzz(
    folder: Path,
    format: str,
    data: bytes,
    pieces: Sequence[str],
    examples: int = 40,
    **options: object,
) -> None:
    """Read many spoilt files; nothing but a SurveyKitError may come out."""
    text = data.decode("utf-8", "replace")
    edits = st.lists(
        st.tuples(
            st.integers(0, len(text)),
            st.integers(0, 30),
            st.sampled_from(
                [*pieces, "", ",", ";", '"', "\n", "\t", "\x00", "村", "-3", "0", "〖", "┋", "→"]
            ),
        ),
        min_size=1,
        max_size=8,
    )

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(edits)
    def run(changes: list[tuple[int, int, str]]) -> None:
        spoilt = text
        for at, length, piece in changes:
            spoilt = spoilt[:at] + piece + spoilt[at + length :]
        path = put(folder, "fuzz.csv", spoilt.encode("utf-8", "replace"))
        try:
            survey = sk.read(path, format=format, **options)  # type: ignore[arg-type]
            for name in list(survey.codebook)[:40]:
                survey.coded(name)
        except SurveyKitError:
            return

    run()
