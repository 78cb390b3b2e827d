"""Readers and writers: what is written is read; what cannot be read says why and where."""

from __future__ import annotations

import datetime as dt
import io
import os
import stat
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UsageError
from surveykit.io import FORMATS, read_frame, to_delimited, write_atomic, write_csv
from surveykit.io._delimited import read_delimited
from surveykit.survey import read
from surveykit.text import Bilingual, in_lang


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def table(path: Path, **options: object) -> dict[str, list[str]]:
    return read_frame(path, **options).frame.to_dict("list")  # type: ignore[arg-type, return-value]


# ------------------------------------------------------------ the way there and back
_CELL = st.one_of(
    st.sampled_from(["", "NA", "None", "N/A", "nan", "=1+1", "@a", "\t", "\u3000x\u3000", "😀", '"', '""', "a\nb", "a\r\nb", "\r", ",", ";", "0012", " a "]),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8),
)  # fmt: skip
_HEADER = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=6
).filter(lambda t: t == t.strip() and not any(c in t for c in "\u200b\u200c\u200d\u2060\ufeff"))


@st.composite
def _frames(draw: st.DrawFn) -> pd.DataFrame:
    names = draw(st.lists(_HEADER, min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.tuples(*[_CELL] * len(names)), max_size=5))
    columns = {n: pd.Series([r[i] for r in rows], dtype=str) for i, n in enumerate(names)}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


@given(_frames(), st.sampled_from(",;\t"))
def test_text_survives_delimited_files(frame: pd.DataFrame, delimiter: str) -> None:
    data = to_delimited(frame, delimiter).encode("utf-8")
    again = read_delimited(Path("x.csv"), data).frame
    assert list(again.columns) == list(frame.columns)
    assert again.to_numpy().tolist() == frame.to_numpy().tolist()


@given(
    st.lists(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=6), max_size=5)
)
def test_text_survives_gb18030(cells: list[str]) -> None:
    frame = pd.DataFrame({"村": cells, "b": "1"}, dtype=str)
    raw = read_delimited(Path("x.csv"), to_delimited(frame).encode("gb18030"))
    assert (raw.encoding, raw.frame["村"].tolist()) == ("gb18030", cells)


def test_missing_cells_are_written_empty(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", None], "b": [None, "NA"]})
    path = write_csv(frame, tmp_path / "deep" / "a.csv", bom=True)
    assert path.read_bytes() == b"\xef\xbb\xbfa,b\nx,\n,NA\n"
    assert table(path) == {"a": ["x", ""], "b": ["", "NA"]}


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    for cell in ("\ud800", "\x00"):
        with pytest.raises(InputError, match=r"a\.csv"):
            write_csv(pd.DataFrame({"a": [cell]}, dtype=object), tmp_path / "a.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_atomic(tmp_path / "folder", "text")
    put(tmp_path, "file", "")
    with pytest.raises(InputError, match="cannot be written"):
        write_atomic(tmp_path / "file" / "a.txt", "text")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_a_written_file_has_ordinary_permissions(tmp_path: Path) -> None:
    written = write_atomic(tmp_path / "a", b"x")
    plain = put(tmp_path, "b", b"x")
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


# ------------------------------------------------------------ encodings and delimiters
@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16")],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, named: str) -> None:
    path = put(tmp_path, "a.csv", "村,年龄\r\n示范村,１２\r\n".encode(encoding))
    raw = read_frame(path)
    assert raw.frame.to_dict("list") == {"村": ["示范村"], "年龄": ["１２"]}
    assert raw.encoding == named
    assert (f"read as {named}." in raw.notes) == (named != "utf-8")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_delimiters(tmp_path: Path, mark: str) -> None:
    path = put(tmp_path, "a.csv", f'a{mark}b\n"1,5; x"{mark}2\n')
    assert table(path) == {"a": ["1,5; x"], "b": ["2"]}


def test_a_declared_delimiter(tmp_path: Path) -> None:
    assert table(put(tmp_path, "a.csv", "sep=;\r\na;b,c\r\n1;2,3\r\n")) == {
        "a": ["1"],
        "b,c": ["2,3"],
    }


def test_a_delimiter_inside_answers_is_none(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "id,likes\n1,tea;milk\n2,tea\n3,a;b;c\n")
    assert table(path)["likes"] == ["tea;milk", "tea", "a;b;c"]
    assert table(put(tmp_path, "b.tsv", "a,b\tc\n1,2\t3\n")) == {"a,b": ["1,2"], "c": ["3"]}
    assert table(put(tmp_path, "one.csv", "likes\ntea; milk\ntea\n")) == {
        "likes": ["tea; milk", "tea"]
    }


# ------------------------------------------------------------ bad files
@pytest.mark.parametrize(
    ("name", "data", "parts"),
    [
        ("a.csv", b"", ["a.csv", "empty"]),
        ("a.csv", b"\xef\xbb\xbf \r\n", ["a.csv", "empty"]),
        ("a.csv", b"a,b\n1,2\n1,2,3\n", ["line 3", "3 cells", "header has 2"]),
        ("a.csv", b'a,b\n1,"2\n3,4\n', ["line", "quote"]),
        ("a.csv", b'a,b\n"1"x,2\n', ["line 2", "quote"]),
        ("a.csv", b"a,b\n\x00\x01,2\n", ["line 2", "no text file"]),
        ("a.csv", b"a,b\n\xff\xff\xff,2\n", ["line 2", "utf-8-sig nor gb18030"]),
        ("a.csv", b"\x01\x02\xb4\xe5\x03", ["neither"]),
        ("a.csv", b"\xff\xfea\x00,\x00b", ["utf-16"]),
        ("a.xyz", b"a,b\n1,2\n", ["unknown format", "'.xyz'", "csv (.csv .txt)", "xlsx"]),
        ("a", b"a,b\n1,2\n", ["unknown format", "no ending"]),
        ("a.xls", b"\xd0\xcf\x11\xe0rest", ["unknown format", "old Office file"]),
        ("a.csv", b"%PDF-1.7", ["unknown format", "a PDF"]),
        ("a.xlsx", b"PK\x03\x04broken", ["unknown format", "zip"]),
        ("a.xlsx", b"a,b\n1,2\n", ["unknown format", "'.xlsx'"]),
    ],
)
def test_a_bad_file_says_what_and_where(
    tmp_path: Path, name: str, data: bytes, parts: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        read_frame(put(tmp_path, name, data))
    message = str(caught.value)
    assert message.startswith(str(tmp_path / name))
    assert [p for p in parts if p not in message] == []


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.csv: cannot be read \(No such file"):
        read_frame(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_frame(tmp_path)
    with pytest.raises(UnknownNameError, match="did you mean 'csv'"):
        read_frame(put(tmp_path, "a.csv", "a\n1\n"), format="cvs")
    with pytest.raises(UsageError, match="no sheet"):
        read_frame(put(tmp_path, "a.csv", "a\n1\n"), sheet="x")


def test_format_by_name(tmp_path: Path) -> None:
    path = put(tmp_path, "a.dat", "a\tb\n1\t2\n")
    assert table(path, format="csv") == table(path, format="tsv") == {"a": ["1"], "b": ["2"]}
    assert len({f.name for f in FORMATS}) == len(FORMATS)


def test_headers_that_repeat_or_lack(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "\u200ba\u3000,a,,a_2,\n1,2,3,4,\n")
    raw = read_frame(path)
    assert raw.frame.to_dict("list") == {"a": ["1"], "a_3": ["2"], "column_3": ["3"], "a_2": ["4"]}
    assert any("'a' again" in n for n in raw.notes)
    assert any("column 3 has no header" in n for n in raw.notes)


def test_rows_that_are_too_short_or_end_in_nothing(tmp_path: Path) -> None:
    raw = read_frame(put(tmp_path, "a.csv", "a,b\n1\n2,3,,\n\n4,5\n"))
    assert raw.frame.to_dict("list") == {"a": ["1", "2", "4"], "b": ["", "3", "5"]}
    assert raw.notes == (
        "1 row is shorter than the header (line 2); missing cells count as empty.",
    )


def test_a_header_alone(tmp_path: Path) -> None:
    raw = read_frame(put(tmp_path, "a.csv", "a,b\n"))
    assert raw.frame.shape == (0, 2)
    assert raw.notes == ("the file has a header and no rows.",)


def chinese(notes: tuple[str, ...]) -> list[str]:
    assert all(isinstance(n, Bilingual) for n in notes)
    return [in_lang(n, "zh") for n in notes]


def test_notes_are_there_in_chinese_too(tmp_path: Path) -> None:
    text = "村,村,,手机号,原因\nA,B,,13912345678,打 13912345678\nC\nD,E,x,,不想\n"
    raw = read_frame(put(tmp_path, "a.csv", text.encode("gb18030")))
    assert chinese(raw.notes) == [
        "1 行的单元格少于表头（首见于第 3 行），缺少的单元格按空白处理。",
        "按 gb18030 编码读取。",
        "第 2 列的表头 '村' 与前面重复，这里称作 '村_2'。",
        "第 3 列没有表头，这里称作 'column_3'。",
        "列 '原因'：1 个回答中疑似含有手机号。",
        "以下列属于直接标识符，已删除：'手机号'；确需保留时用 keep='手机号'。",
    ]
    assert chinese(read_frame(put(tmp_path, "b.csv", "a,b\n")).notes) == [
        "文件只有表头，没有数据行。"
    ]


def test_notes_on_workbooks_are_there_in_chinese_too(tmp_path: Path) -> None:
    rows: list[list[object]] = [["a", "b"], [1, "=A2+1"], [None, None], [10**16, "#N/A"]]
    path = put(tmp_path, "a.xlsx", workbook(("one", rows), ("two", [["a"]])))
    assert chinese(read_frame(path, keep=["a"]).notes) == [
        "读取的是工作表 'one'（全部工作表：one、two）。",
        "1 个公式没有存下结果，按空白读取（首见于 B2）；请先在电子表格软件中打开并保存。",
        "已略去 1 个空行。",
        "列 'a' 含有按数值存储的超过 15 位的数字：文件中末几位已丢失，无法恢复。",
        "列 'b' 含有错误值（如 #N/A），按文本保留。",
    ]
    assert chinese(read_frame(path, sheet="two").notes)[-1] == (
        "工作表 'two' 只有表头，没有数据行。"
    )


# ------------------------------------------------------------ xlsx
def workbook(*sheets: tuple[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
        page.sheet_state = "hidden" if title in hidden else "visible"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_cells_of_a_workbook(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["n", "t", "d", "b"],
        [1, "NA", dt.datetime(2026, 5, 1), True],
        [1.5, "None", dt.datetime(2026, 5, 1, 9, 30), False],
        [0.1, "0012", dt.time(9, 30), None],
        [None, " ", dt.date(2026, 1, 2), None],
        [None, None, None, None],
    ]
    path = put(tmp_path, "a.xlsx", workbook(("one", rows)))
    assert table(path) == {
        "n": ["1", "1.5", "0.1", ""],
        "t": ["NA", "None", "0012", " "],
        "d": ["2026-05-01", "2026-05-01T09:30:00", "09:30:00", "2026-01-02"],
        "b": ["TRUE", "FALSE", "", ""],
    }


def test_sheets(tmp_path: Path) -> None:
    data = workbook(
        ("hid", [["a"], [0]]), ("one", [["a"], [1]]), ("two", [["a"], [2]]), hidden=("hid",)
    )
    path = put(tmp_path, "a.csv", data)
    raw = read_frame(path)
    assert (raw.frame.to_dict("list"), raw.format) == ({"a": ["1"]}, "xlsx")
    assert raw.notes == ("read the sheet 'one' of hid, one, two.",)
    assert table(path, sheet="two") == {"a": ["2"]}
    with pytest.raises(UnknownNameError, match="did you mean 'two'"):
        read_frame(path, sheet="twoo")


def test_bad_workbooks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sheet 'one' is empty"):
        read_frame(put(tmp_path, "a.xlsx", workbook(("one", []))))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(InputError, match="no workbook"):
        read_frame(put(tmp_path, "b.xlsx", stream.getvalue()))


def test_lost_digits_and_error_values_are_told(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["big", "err"],
        [420106199001011234, "#N/A"],
        ["x", "y"],
        ["z", "y"],
    ]
    raw = read_frame(put(tmp_path, "a.xlsx", workbook(("one", rows))), keep=["big"])
    assert any("'big' holds numbers of more than 15 digits" in n for n in raw.notes)
    assert any("'err' holds error values" in n for n in raw.notes)
    assert raw.frame["err"].tolist() == ["#N/A", "y", "y"]


@given(
    st.lists(
        st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=6),
        min_size=1,
        max_size=6,
    )
)
def test_text_survives_a_workbook(cells: list[str]) -> None:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "h")
        page.write_string(0, 1, "end")
        for i, cell in enumerate(cells):
            page.write_string(i + 1, 0, cell)
            page.write_string(i + 1, 1, "x")
    from surveykit.io._xlsx import read_xlsx

    assert read_xlsx(Path("a.xlsx"), stream.getvalue()).frame["h"].tolist() == cells


def test_formulas_without_a_result_are_told(tmp_path: Path) -> None:
    raw = read_frame(
        put(tmp_path, "a.xlsx", workbook(("one", [["a", "b"], [1, "=A2+1"], [2, "x"]])))
    )
    assert raw.frame["b"].tolist() == ["", "x"]
    assert raw.notes == (
        "1 formula has no stored result and read as empty (first in B2); "
        "open and save the workbook in a spreadsheet.",
    )


def test_a_formula_reads_as_its_result(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["a", "b"])
        page.write(1, 0, 1)
        page.write_formula(1, 1, "=A2+1.5", None, 2.5)
    assert table(path) == {"a": ["1"], "b": ["2.5"]}
    assert read_frame(path).notes == ()


# ------------------------------------------------------------ names and identifiers
def test_short_names_of_an_export(tmp_path: Path) -> None:
    header = "序号,1、您的性别,2.您的年龄,3．学历,4、满意度—1.环境,4、满意度—2.服务,1.5 mg,6、选(A),6、选(B)"
    raw = read_frame(put(tmp_path, "a.csv", f"{header}\n{','.join('1' * 9)}\n"))
    assert list(raw.frame.columns) == [
        "序号",
        "q1",
        "q2",
        "q3",
        "q4_1",
        "q4_2",
        "1.5 mg",
        "q6_1",
        "q6_2",
    ]
    assert raw.headers["q4_2"] == "4、满意度—2.服务"
    assert "序号" not in raw.headers


def test_a_short_name_that_is_taken_is_not_given(tmp_path: Path) -> None:
    raw = read_frame(put(tmp_path, "a.csv", "q1,1、性别\n1,2\n"))
    assert list(raw.frame.columns) == ["q1", "1、性别"]


IDENTIFIERS = {
    "来自IP": "", "IP Address": "", "手机号": "", "3、您的手机号是？": "x", "E-mail": "", "姓名": "张三", "身份证号": "",
    "地理位置": "湖北", "LocationLatitude": "30.1", "RecipientLastName": "Li", "Device ID": "1", "User Agent": "Moz",
    "微信": "", "openid": "", "昵称": "x", "用户标识": "1", "name": "Li", "q_mail": "a.b@example.org",
    "q_phone": "+86 139-1234-5678", "q_id": "42010619900101123X", "q_ip": "10.1.2.3",
}  # fmt: skip
ORDINARY = {
    "age": "13", "您是否有手机": "是", "手机使用频率": "1", "village": "13", "code": "1391234", "w": "0.13912345678",
    "date": "20260101", "时长": "1700000000000", "version": "1.2", "note": "call me",
}  # fmt: skip


@pytest.mark.parametrize(("header", "cell"), IDENTIFIERS.items())
def test_direct_identifiers_are_dropped_and_named(tmp_path: Path, header: str, cell: str) -> None:
    path = put(tmp_path, "a.csv", f"{header},a\n{cell},1\n,2\n")
    raw = read_frame(path)
    assert list(raw.frame.columns) == ["a"]
    assert f"dropped as direct identifiers: {header!r}" in raw.notes[-1]
    assert len(read_frame(path, keep=[header]).frame.columns) == 2


@pytest.mark.parametrize(("header", "cell"), ORDINARY.items())
def test_ordinary_columns_are_kept(tmp_path: Path, header: str, cell: str) -> None:
    raw = read_frame(put(tmp_path, "a.csv", f"{header},a\n{cell},1\n,2\n"))
    assert list(raw.frame.columns) == [header, "a"]
    assert raw.notes == ()


def test_a_few_repeated_answers_are_a_category(tmp_path: Path) -> None:
    rows = "\n".join(["urban,yes", "rural,no"] * 5)
    raw = read_frame(put(tmp_path, "a.csv", f"location,是否愿意留下联系方式\n{rows}\n"))
    assert list(raw.frame.columns) == ["location", "是否愿意留下联系方式"]


def test_identifiers_inside_open_text_are_told(tmp_path: Path) -> None:
    raw = read_frame(put(tmp_path, "a.csv", "why\nring 13912345678\ngood\nbad\n"))
    assert raw.notes == ("column 'why': 1 answer holds what looks like: mobile phone.",)


def test_what_the_codebook_knows_goes_before_guesses(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "name,town\nLi,x\nWu,y\n")
    assert list(read_frame(path, safe={"name"}, drop={"town"}).frame.columns) == ["name"]
    assert list(read_frame(path, keep=["town", "name"], drop={"town"}).frame.columns) == [
        "name",
        "town",
    ]
    with pytest.raises(UnknownNameError, match="column to keep: 'twon'"):
        read_frame(path, keep=["twon"])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        raw = read_delimited(Path("x.csv"), data)
    except SurveyKitError as error:
        assert "x.csv" in str(error)  # noqa: PT017
    else:
        assert raw.frame.columns.is_unique


def test_kobo_group_prefixes_go_unless_names_collide(tmp_path: Path) -> None:
    path = tmp_path / "kobo.csv"
    path.write_text("a/q1;b/q1;b/age;likes;likes/tea;_uuid\nx;y;3;tea;1;u1\nx;z;4;;0;u2\n", "utf-8")
    raw = read_frame(path)
    assert list(raw.frame.columns) == ["a/q1", "b/q1", "age", "likes", "likes/tea", "_uuid"]
    plain = tmp_path / "plain.csv"
    plain.write_text("yes/no,age\nyes,3\n", "utf-8")
    assert list(read_frame(plain).frame.columns) == ["yes/no", "age"]


def test_a_dropped_identifier_is_named_when_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("性别,电话\n女,13800138000\n男,13900139000\n", "utf-8")
    with pytest.raises(UnknownNameError, match=r"dropped as a direct identifier.*--keep"):
        read(path).variable("电话")
    assert read(path, keep=["电话"]).variable("电话").name == "电话"
