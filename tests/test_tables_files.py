"""Tables as files: what xlsx holds, and that the same table gives the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from display_rows import awareness, labelled, synthetic

from surveykit.io.zipfiles import pack, repack
from surveykit.tables import table


def opened(tmp_path: Path, made: object) -> openpyxl.worksheet.worksheet.Worksheet:
    path = made.to_xlsx(tmp_path / "t.xlsx")  # type: ignore[attr-defined]
    return openpyxl.load_workbook(path, rich_text=True).active


def values(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[list[object]]:
    return [[c.value for c in row] for row in sheet.iter_rows()]


def test_numbers_are_numbers_with_their_decimals(tmp_path: Path) -> None:
    sheet = opened(tmp_path, table(awareness()))
    line = next(row for row in sheet.iter_rows() if row[0].value == "知道")
    assert line[1].value == pytest.approx(100 * 237 / 385)
    assert line[2].value == 237
    assert line[1].number_format == "0.0_†"
    assert line[2].number_format == "0_†"
    assert line[-2].value is None or line[-2].value == "—"


def test_decimal_points_stand_in_one_line_in_xlsx(tmp_path: Path) -> None:
    whole = [
        r._replace(note="印作 41") if (r.by_code, r.mark) == ("other", "printed") else r
        for r in synthetic().rows
    ]
    made = table(replace(synthetic(), rows=tuple(whole)), layout="groups_down", stats=["percent"])
    lines = {str(row[0].value): row for row in opened(tmp_path, made).iter_rows()}
    assert (lines["非示范村"][2].value, lines["非示范村"][2].number_format) == (41, "0_._0_†")
    assert lines["示范村"][2].number_format == "0.0_†"


def test_marks_in_xlsx(tmp_path: Path) -> None:
    sheet = opened(tmp_path, table(synthetic(), layout="groups_down"))
    lines = {str(row[0].value): row for row in sheet.iter_rows() if row[1].value is not None}
    assert lines["示范村"][3].number_format == '0"†"'
    hidden = lines["学生"][2].value
    assert str(hidden) == "未印出 [10.0–90.0] (41.7)"
    assert hidden[-1].font.color.rgb == "FF767676"
    assert lines["学生"][1].font.color.rgb == "FF767676"
    assert "合成 SYNTHETIC" in str(sheet["A1"].value)


def test_three_line_look_frozen_header_and_wide_columns(tmp_path: Path) -> None:
    made = table(awareness(), title="表")
    sheet = opened(tmp_path, made)
    head, depth = 2, len(made.head)
    assert all(c.border.top.style == "medium" for c in sheet[head])
    assert all(c.border.bottom.style == "thin" for c in sheet[head + depth - 1])
    last = head + depth + len(made.body) - 1
    assert all(c.border.bottom.style == "medium" for c in sheet[last])
    assert all(c.border.bottom.style is None for c in sheet[last - 1])
    assert sheet.freeze_panes == f"B{head + depth}"
    assert 10 <= sheet.column_dimensions["A"].width <= 45
    merged = {str(r) for r in sheet.merged_cells.ranges}
    assert "A2:A6" in merged
    assert "D2:G2" in merged


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_what_looks_like_a_formula_is_text(tmp_path: Path, text: str) -> None:
    sheet = opened(tmp_path, table(labelled(text), title=text))
    found = [c for row in sheet.iter_rows() for c in row if c.value == text]
    assert len(found) >= 3
    assert {c.data_type for c in found} == {"s"}
    assert any(c.quotePrefix for c in found)


def test_control_characters_do_not_spoil_the_file(tmp_path: Path) -> None:
    sheet = opened(tmp_path, table(labelled("a\x00b\x0bc\ud800d\ufffee\nf")))
    assert any(cell == "ab cde f" for row in values(sheet) for cell in row)


def test_nothing_is_left_behind_when_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").mkdir()
    with pytest.raises((OSError, ValueError)):
        table(awareness()).to_xlsx(tmp_path / "t.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["t.xlsx"]


_BUILD = """
import sys
sys.path.insert(0, sys.argv[1])
from display_rows import awareness, synthetic
from surveykit.tables import table
for i, made in enumerate((awareness(), synthetic())):
    t = table(made, layout="groups_down")
    t.to_xlsx(f"{sys.argv[2]}/{i}.xlsx")
    for name, text in (("html", t.to_html()), ("md", t.to_markdown()), ("txt", t.to_text())):
        with open(f"{sys.argv[2]}/{i}.{name}", "w", encoding="utf-8") as f:
            f.write(text)
"""


def build(folder: Path, seed: str) -> dict[str, str]:
    folder.mkdir()
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": f"UTC{seed}"}
    subprocess.run([sys.executable, "-c", _BUILD, here, str(folder)], check=True, env=environment)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = build(tmp_path / "a", "1"), build(tmp_path / "b", "7")
    assert len(first) == 8
    assert first == second


def test_zip_files_hold_no_time_and_keep_what_readers_look_for_in_front() -> None:
    data = pack({"xl/b.xml": b"2", "[Content_Types].xml": b"0", "a.xml": b"1"})
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.namelist() == ["[Content_Types].xml", "a.xml", "xl/b.xml"]
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("xl/b.xml") == b"2"
    assert repack(data) == data
    with pytest.raises(zipfile.BadZipFile):
        repack(b"no zip")
