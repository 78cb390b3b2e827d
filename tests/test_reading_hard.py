"""Readers against what people and tools do to files: truth, bad files, privacy, mutations."""

from __future__ import annotations

import builtins
import csv
import io
import json
import random
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.cli import main
from surveykit.errors import InputError, SurveyKitError, UsageError
from surveykit.survey import Survey

USE = ["Tea, green", "Coffee", "None of the above", "Other (please specify)"]
OTHER = USE[-1]
RANKED = ["Cost", "Speed, safety", "Looks"]
SCALE = ["Very bad", "Neutral", "Very good"]
OPEN = ["NA", "None", "N/A", "=1+1", "+x", "-", "two\nlines", "a\ttab", "a\u3000blank", "x" * 3000, "😀",
        "１２", "a;b, c", 'he said "no"', "0", ""]  # fmt: skip
Person = dict[str, Any]


def people(count: int = 120, seed: int = 3) -> list[Person]:
    draw = random.Random(seed)
    return [
        {
            "sex": draw.choice(["Female", "Male", ""]),
            "use": [o for o in USE if draw.random() < 0.4],
            "other": draw.choice(["milk, cold", "water;ice", "beer"]),
            "rated": [draw.choice([*SCALE, ""]) for _ in range(2)],
            "ranked": draw.sample(RANKED, 3),
            "age": str(draw.randint(14, 90)),
            "open": draw.choice(OPEN),
        }
        for _ in range(count)
    ]


def text(rows: Iterable[Iterable[Any]], delimiter: str = ",", end: str = "\n") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode()


def typed(person: Person) -> str:
    return person["other"] if OTHER in person["use"] else ""


# ------------------------------------------------------------ the layouts, as documented
def qualtrics(found: list[Person]) -> bytes:
    meta = [
        "StartDate",
        "EndDate",
        "Status",
        "IPAddress",
        "Progress",
        "Finished",
        "ResponseId",
        "RecipientEmail",
    ]
    asked = ["Q1", "Q2", "Q2_4_TEXT", "Q3_1", "Q3_2", "Q4_1", "Q4_2", "Q4_3", "Q5", "Q6"]
    said = ["What is\nyour sex?", "Drinks? - Selected Choice", f"Drinks? - {OTHER} - Text", "Rate: - Taste",
            "Rate: - Price, value", *(f"Rank - {r}" for r in RANKED), "Age", "Comments"]  # fmt: skip
    ids = [
        json.dumps({"ImportId": n})
        for n in (*map(str.lower, meta), *(f"QID{n[1:]}" for n in asked))
    ]
    rows = [[*meta, *asked], [*meta, *said], ids]
    for i, p in enumerate(found):
        rows.append(["2024-01-02 03:04:05"] * 2 + ["IP Address", f"10.0.0.{i}", "100", "True", f"R_{i:015}",
                    f"p{i}@example.org", p["sex"], ",".join(p["use"]), typed(p), *p["rated"],
                    *(str(p["ranked"].index(r) + 1) for r in RANKED), p["age"], p["open"]])  # fmt: skip
    return text(rows, end="\r\n")


def google(found: list[Person], joint: str) -> bytes:
    rows = [
        [
            "Timestamp",
            "Username",
            "Sex?",
            "Drinks?",
            "Rate [Taste]",
            "Rate [Price]",
            "Age",
            "Comments",
        ]
    ]
    for i, p in enumerate(found):
        used = [p["other"] if o == OTHER else o for o in p["use"]]
        rows.append(["2024/01/02 3:04:05 PM GMT+8", f"p{i}@example.org", p["sex"], joint.join(used), *p["rated"],
                     p["age"], p["open"]])  # fmt: skip
    return text(rows)


def monkey(found: list[Person]) -> bytes:
    meta = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name",
            "Last Name", "Custom Data 1"]  # fmt: skip
    first = [*meta, "Sex?", "Drinks?", "", "", "", "Rate", "", "Rank", "", "", "Age", "Comments"]
    second = [""] * 9 + ["Response", *USE, "Taste", "Price", *RANKED, *["Open-Ended Response"] * 2]
    rows = [first, second]
    for i, p in enumerate(found):
        used = [(p["other"] if o == OTHER else o) if o in p["use"] else "" for o in USE]
        when = "01/02/2024 03:04:05 AM"
        rows.append([str(11800000000 + i), "400000001", when, when, f"10.0.0.{i}", "", "", "", "", p["sex"], *used,
                     *p["rated"], *(str(p["ranked"].index(r) + 1) for r in RANKED), p["age"], p["open"]])  # fmt: skip
    return text(rows)


def tencent(found: list[Person]) -> bytes:
    meta = ["编号", "开始答题时间", "结束答题时间", "答题时长", "语言", "清洗数据结果", "地理位置省", "用户标识",
            "昵称", "IP", "UA", "Referrer"]  # fmt: skip
    rows = [[*meta, "1.性别", "2.喝什么", "3.评价:口味", "3.评价:价格", "4.年龄", "5.意见", ""]]
    for i, p in enumerate(found):
        rows.append([str(i + 1), "2024/1/2 3:04:05", "2024/1/2 3:14:05", "10分3秒", "中文", "有效", "上海", f"o{i}",
                     f"小明{i}", f"10.0.0.{i}", "Mozilla", "", p["sex"], "┋".join(p["use"]), *p["rated"], p["age"],
                     p["open"], ""])  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("问卷_1.csv", b"\xef\xbb\xbf" + text(rows))
    return packed.getvalue()


LAYOUTS: dict[str, tuple[str, Callable[[list[Person]], bytes], list[str]]] = {
    "qualtrics": ("a.csv", qualtrics, ["Q1", "Q2", "Q3_1", "Q3_2", "Q5", "Q6"]),
    "form": (
        "a.csv",
        lambda p: google(p, ";"),
        ["Sex?", "", "Rate [Taste]", "Rate [Price]", "Age", "Comments"],
    ),
    "sheet": (
        "a.csv",
        lambda p: google(p, ", "),
        ["Sex?", "", "Rate [Taste]", "Rate [Price]", "Age", "Comments"],
    ),
    "surveymonkey": ("a.csv", monkey, ["q1", "q2", "q3_1", "q3_2", "q5", "q6"]),
    "tencent": ("a.zip", tencent, ["q1", "q2", "q3_1", "q3_2", "q4", "q5"]),
}


def counts(survey: Survey, name: str) -> dict[str, float]:
    rows = sk.freq(survey, name, lang="en").to_dicts()
    return {r["level"]: r["estimate"] for r in rows if r["stat"] == "count" and r["estimate"]}


@pytest.mark.parametrize("count", [120, 1])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_truth(layout: str, count: int, tmp_path: Path) -> None:
    name, make, (sex, use, first, second, age, said) = LAYOUTS[layout]
    found = people(count)
    path = tmp_path / name
    path.write_bytes(make(found))
    survey = sk.read(path)
    assert survey.n == count
    assert counts(survey, sex) == Counter(p["sex"] for p in found if p["sex"])
    for place, variable in enumerate((first, second)):
        assert counts(survey, variable) == Counter(
            p["rated"][place] for p in found if p["rated"][place]
        )
    assert survey.variable(age).kind == "number"
    assert list(survey.frame[said]) == [p["open"] for p in found]
    if use and count > 1:
        assert counts(survey, use) == Counter(o for p in found for o in p["use"])
    elif count > 1:
        said_too = Counter(p["other"] if o == OTHER else o for p in found for o in p["use"])
        assert counts(survey, next(n for n in survey.frame if n.startswith("Drinks"))) == said_too
    assert "10.0.0.0" not in survey.frame.to_csv() + survey.codebook.to_yaml()
    assert "example.org" not in survey.frame.to_csv() + survey.codebook.to_yaml()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_respondents(layout: str, tmp_path: Path) -> None:
    name, make, _ = LAYOUTS[layout]
    path = tmp_path / name
    path.write_bytes(make([]))
    assert sk.read(path, format={"form": "googleforms", "sheet": "googleforms"}.get(layout)).n == 0


# ------------------------------------------------------------ bad files
def zipped(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def book(fill: Callable[[Any, Any], object]) -> bytes:
    workbook = openpyxl.Workbook()
    fill(workbook, workbook.active)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


PLAIN = book(lambda _, sheet: (sheet.append(["a", "b"]), sheet.append([1, "x"])))
SHEET = "xl/worksheets/sheet1.xml"


def only_a_chart(workbook: Any, sheet: Any) -> None:
    workbook.create_chartsheet("c")
    workbook.remove(sheet)


BAD = {
    "empty.csv": b"",
    "blank.csv": b" \n\n",
    "mark.csv": b"\xef\xbb\xbf",
    "binary.csv": random.Random(1).randbytes(3000),
    "binary.xlsx": random.Random(2).randbytes(3000),
    "binary.sav": b"$FL2" + random.Random(3).randbytes(500),
    "binary.dta": b"<stata_dta><header>" + random.Random(4).randbytes(500),
    "binary.parquet": b"PAR1\x15" + random.Random(5).randbytes(500) + b"PAR1",
    "binary.arrow": b"ARROW1\x00\x00" + random.Random(6).randbytes(500),
    "latin.csv": "a,b\ncafé,é\n".encode("latin-1"),
    "utf16.csv": "a,b\n1,村\n".encode("utf-16-be"),
    "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "cut.xlsx": PLAIN[:-40],
    "half.xlsx": PLAIN[: len(PLAIN) // 2],
    "text.xlsx": b"a,b\n1,2\n",
    "text.sav": b"a,b\n1,2\n",
    "page.csv": b"<html><table><tr><td>1</td></tr></table></html>",
    "long.csv": b"a,b\n1,2,3\n",
    "quote.csv": b'a,b\n"1,2\n3,4\n',
    "null.csv": b"a,b\n1,\x002\n",
    "nothing.zip": zipped({"readme.md": b"x"}),
    "outside.zip": zipped({"../../evil.csv": b"a,b\n1,2\n"}),
    "chart.xlsx": book(only_a_chart),
    "blank.xlsx": book(lambda workbook, sheet: None),
    "broken.xlsx": zipped(parts_of(PLAIN) | {SHEET: b"<worksheet><sheetData><row>"}),
    "bomb.xlsx": zipped(parts_of(PLAIN) | {SHEET: b" " * (300 << 20)}),
    "laughs.xlsx": zipped(parts_of(PLAIN) | {SHEET: b"<!DOCTYPE l [<!ENTITY a 'lol'>]><worksheet>&a;</worksheet>"}),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["surveykit", "tab", name, "a"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert name in said.err
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) <= 2
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_files_that_are_odd_and_read() -> None:
    def read(data: bytes, name: str, folder: Path) -> Survey:
        (folder / name).write_bytes(data)
        return sk.read(folder / name)

    import tempfile

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        short = read(b"a,b,c\n1\n2,3,4\n", "a.csv", folder)
        assert any("shorter" in n for n in short.notes)
        twice = read(b"a,a,b,,\n1,2,3,,\n", "a.csv", folder)
        assert list(twice.frame) == ["a", "a_2", "b"]
        formulas = read(b"a,b\n=1+1,@x\n", "a.csv", folder)
        assert formulas.frame.iloc[0].tolist() == ["=1+1", "@x"]
        unsaved = read(
            book(lambda _, s: (s.append(["a", "b"]), s.append(["=1+1", "x"]))), "a.xlsx", folder
        )
        assert any("formula" in n for n in unsaved.notes)

        def far(_: Any, sheet: Any) -> None:
            sheet["A1"], sheet["CV9000"] = "a", "x"

        assert read(book(far), "a.xlsx", folder).frame.shape == (1, 100)
        digits = read(
            book(lambda _, s: (s.append(["n", "x"]), s.append([110101199003071234, 1]))),
            "a.xlsx",
            folder,
        )
        assert any("last digits" in n for n in digits.notes)
        assert "n" not in digits.frame  # an ID number, though its last digits are lost


# ------------------------------------------------------------ direct identifiers
VALUES: dict[str, Callable[[int], str]] = {
    "mobile": lambda i: f"139{12345678 + i * 137:08d}",
    "mobile in parts": lambda i: f"+86 139-{1000 + i}-{2000 + i}",
    "mobile, wide digits": lambda i: "".join(
        chr(ord(c) + 0xFEE0) for c in f"139{12345678 + i:08d}"
    ),
    "telephone": lambda i: f"010-6{i * 137:07d}",
    "telephone abroad": lambda i: f"+44 20 7946 {1000 + i}",
    "ID number": lambda i: f"11010119900307{i:03d}X",
    "old ID number": lambda i: f"110101900307{i:03d}",
    "e-mail": lambda i: f"p{i}@example.org",
    "IP": lambda i: f"10.0.0.{i}",
    "IP with place": lambda i: f"10.0.0.{i}(北京-北京)",
    "IPv6": lambda i: f"2001:db8::{i + 4096:x}",
    "place": lambda i: f"31.23{i:04d}, 121.47{i:04d}",
    "device": lambda i: f"00:1A:2B:3C:4D:{i:02X}",
    "WeChat": lambda i: f"oXyZ{i:024d}",
}
HEADERS = [
    "来自IP", "您的手机号", "联系电话", "5、紧急联系人电话", "您的姓名（选填）", "10、请输入您的身份证号：", "电子邮箱",
    "您的email", "微信号", "QQ号", "微信openid", "家庭住址", "学号", "病历号", "设备号", "经纬度",
    "IP Address", "ipaddr", "What is your email address?", "Phone number (optional)", "Home address", "Full name",
    "participant_email", "interviewee_name", "Recipient Name", "_submitted_by", "Passport No.", "Device ID", "GPS",
    "Student ID", "WeChat ID", "telephone_1", "Social Security Number",
]  # fmt: skip
NO_IDENTIFIERS = {
    "是否使用微信": ["是", "否"], "手机品牌": ["华为", "苹果"], "居住地址类型": ["城", "乡"], "Name": ["A", "B"],
    "email_use": ["yes", "no"], "location type": ["urban", "rural"], "您的手机号是否常换": ["是", "否"],
    "姓名权您了解吗": ["是", "否"], "score": ["31.2304", "121.47"], "收入": ["3500", "12000"],
    "开始时间": ["08:30:15", "09:12:44"], "日期": ["2024-01-02", "2024-03-04"], "version": ["1.2.3", "2.0.10"],
}  # fmt: skip


def surveyed(folder: Path, columns: dict[str, list[str]], **options: Any) -> Survey:
    path = folder / "a.csv"
    pd.DataFrame({**columns, "ok": ["a", "b"] * 15}).to_csv(path, index=False)
    return sk.read(path, **options)


def test_identifiers_by_content_and_by_header(tmp_path: Path) -> None:
    columns = {f"zz{k}": [make(i) for i in range(30)] for k, make in enumerate(VALUES.values())}
    columns |= {h: [f"abc{i}" for i in range(30)] for h in HEADERS}
    survey = surveyed(tmp_path, columns)
    names = dict(zip(columns, [*VALUES, *HEADERS], strict=True))
    assert [names.get(survey.headers.get(c, c)) for c in survey.frame if c != "ok"] == []
    told = [n for n in survey.notes if "dropped" in n]
    assert len(told) == 1
    assert all(repr(h) in told[0] for h in columns)
    again = surveyed(tmp_path, columns, keep=["zz0", "家庭住址"])
    assert list(again.frame) == ["zz0", "家庭住址", "ok"]


def test_what_is_no_identifier_stays(tmp_path: Path) -> None:
    columns = {h: values * 15 for h, values in NO_IDENTIFIERS.items()}
    assert list(surveyed(tmp_path, columns).frame) == [*columns, "ok"]


def test_planted_identifiers_are_in_no_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = ["13912345678", "secret.person@example.org", "110101199003071234", "203.0.113.77"]
    rows = [["1、性别", "手机号", "邮箱", "身份证号", "来自IP"]]
    rows += [
        ["男" if i % 2 else "女", f"138{i:08d}", f"p{i}@x.org", "", f"10.0.0.{i}"]
        for i in range(30)
    ]
    rows[7][1:] = planted
    (tmp_path / "a.csv").write_bytes(text(rows))
    monkeypatch.chdir(tmp_path)
    for words in (
        ["tab", "a.csv", "q1", "--format", "json"],
        ["codebook", "a.csv", "-o", "b.yaml"],
        ["check", "a.csv", "--codebook", "b.yaml", "--format", "json"],
        ["book", "a.csv", "--format", "html"],
        ["tab", "a.csv", "手机号"],
    ):
        monkeypatch.setattr(sys, "argv", ["surveykit", *words])
        with pytest.raises(SystemExit):
            main()
    said = capsys.readouterr()
    shown = said.out + said.err + (tmp_path / "b.yaml").read_text(encoding="utf-8")
    assert [p for p in planted if p in shown] == []


@pytest.mark.parametrize("frame", [lambda f: f, pl.from_pandas])
def test_a_frame_is_read_as_a_file_is(frame: Callable[[pd.DataFrame], Any]) -> None:
    native = frame(
        pd.DataFrame(
            {"1、性别": ["女", "男"], "手机号": ["13912345678", "13912345679"], "n": [1.5, None]}
        )
    )
    survey = sk.read(native)
    assert list(survey.codebook) == ["q1", "n"]
    assert survey.notes == ("dropped as direct identifiers: '手机号'; keep='手机号' keeps one.",)
    assert "手机号" in sk.read(native, keep="手机号").frame
    with pytest.raises(UsageError, match="has no sheet"):
        sk.read(native, sheet="a")


# ------------------------------------------------------------ writing and reading again
NASTY = st.one_of(
    st.sampled_from(["", "NA", "None", "N/A", "nan", "=1+1", "(空)", "-3", " a ", "1.0", "001", "1e5", '"', "a\r\nb", "\r"]),
    st.text(
        st.one_of(st.sampled_from(list('\t"\n\r,;\u3000=+-@┋〖〗→0１a村😀\u200b\ufeff\u2028\x0b\x0c\x85')),
                  st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
        max_size=10,
    ),
)  # fmt: skip
HEADER = st.text(st.sampled_from(list("ab1、.(村 \u3000\n\"',;")), min_size=1, max_size=6).filter(
    lambda t: bool(t.strip())
)


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "arrow"])
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(names=st.lists(HEADER, min_size=1, max_size=3, unique_by=str.strip), data=st.data())
def test_writing_then_reading_is_the_identity(
    ending: str, names: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    row = st.lists(NASTY, min_size=len(names), max_size=len(names))
    rows = data.draw(st.lists(row, max_size=4))
    frame = pd.DataFrame(rows, columns=names, dtype=str)
    path = tmp_path_factory.mktemp("w") / f"a.{ending}"
    sk.write(Survey(frame), path)
    beside = None if ending in ("parquet", "arrow") else path.with_suffix(".codebook.yaml")
    again = sk.read(path, codebook=beside)
    full = [again.headers.get(c, c) for c in again.frame]
    kept = [n for n in names if n.strip() not in again.dropped]
    assert full == [n.strip() for n in kept]
    for column, name in zip(again.frame, kept, strict=True):
        assert list(again.frame[column].astype(object).fillna("")) == list(frame[name])


# ------------------------------------------------------------ nothing else is touched
def test_nothing_outside_the_folder_is_read_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: make(people(8)) for name, (_, make, _) in LAYOUTS.items()} | {
        "plain": PLAIN,
        "zip": BAD["outside.zip"],
    }
    sk.read(pd.DataFrame({"a": ["1"]}))  # whatever is imported late is imported now
    (tmp_path / "warm.xlsx").write_bytes(PLAIN)
    sk.read(tmp_path / "warm.xlsx")
    opened: list[str] = []
    real = io.open

    def watched(file: Any, *rest: Any, **options: Any) -> Any:
        opened.append(str(file))
        return real(file, *rest, **options)

    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(io, "open", watched)
    before = {p.name for p in tmp_path.iterdir()}
    for name, data in files.items():
        path = tmp_path / name
        path.mkdir()
        ending = (
            ".zip"
            if data.startswith(b"PK") and data != PLAIN
            else ".xlsx"
            if data == PLAIN
            else ".csv"
        )
        (path / f"a{ending}").write_bytes(data)
        try:
            sk.read(path / f"a{ending}")
        except InputError:
            assert name == "zip"
        assert len(list(path.iterdir())) == 1
    assert {p.name for p in tmp_path.iterdir()} == before | set(files)
    own = str(Path(sk.__file__).parents[1])
    outside = [
        o for o in opened if not o.startswith((str(tmp_path), sys.prefix, own)) and not o.isdigit()
    ]
    assert outside == []


# ------------------------------------------------------------ mutations
BITS = [*(b.encode() for b in '," \n\r;\t┋〖〗→(跳过)😀{[/1\u200b\u2028'), b"\0", b"\xff", b"\xef\xbb\xbf", b"1e999",
        b"inf", b'{"ImportId":"QID1"}', b"9" * 400, b"___1", b"\x1a"]  # fmt: skip


def mutated(data: bytes, draw: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(draw.choice([1, 2, 4, 12])):
        at = (
            draw.randrange(len(out) + 1)
            if draw.random() < 0.5
            else min(len(out), draw.randrange(400))
        )
        match draw.randrange(5):
            case 0 if out:
                out[at % len(out)] = draw.randrange(256)
            case 1:
                out[at:at] = draw.choice(BITS)
            case 2:
                del out[at : at + draw.choice([1, 3, 20, 200])]
            case 3:
                start = draw.randrange(len(out) + 1)
                out[at:at] = out[start : start + draw.choice([5, 50, 500])]
            case _:
                out[at : at + 1] = draw.choice(BITS)
    return bytes(out)


def mutated_parts(data: bytes, draw: random.Random) -> bytes:
    parts = parts_of(data)
    hit = draw.choice(list(parts))
    return zipped(parts | {hit: mutated(parts[hit], draw)})


@pytest.mark.parametrize("kind", [*LAYOUTS, "xlsx", "sav", "dta", "parquet", "arrow"])
def test_mutated_files_raise_nothing_of_their_own(kind: str, tmp_path: Path) -> None:
    draw = random.Random(kind)
    if kind in LAYOUTS:
        name, make, _ = LAYOUTS[kind]
        seed = make(people(8))
    elif kind == "xlsx":
        name, seed = "a.xlsx", PLAIN
    else:
        name = f"a.{kind}"
        frame = pd.DataFrame(
            {"sex": ["m", "f", "m"], "n": [1.0, 2.5, None], "t": ["NA", "x y", "=1"]}
        )
        if kind == "dta":
            frame.to_stata(tmp_path / name, write_index=False)
        else:
            sk.write(Survey(frame), tmp_path / name)
        seed = (tmp_path / name).read_bytes()
    for _ in range(30):
        inner = seed.startswith(b"PK") and draw.random() < 0.7
        (tmp_path / name).write_bytes(mutated_parts(seed, draw) if inner else mutated(seed, draw))
        try:
            survey = sk.read(tmp_path / name)
            for variable in list(survey.codebook)[:4]:
                sk.freq(survey, variable)
        except SurveyKitError:
            pass
