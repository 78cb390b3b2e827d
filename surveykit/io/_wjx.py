"""问卷星 (wjx): text export and number export, and the pair of them.

- Headers ``1、题干``, ``4、引导语—1.题干``, ``第5题(选项)``; six or more columns of metadata.
- ``(空)`` is no answer and ``(跳过)`` not asked; a number export writes -2 and -3, which
  become the same two marks.
- A fill-in ``其他〖文字〗`` leaves the choice in its column; the text goes to one of its own,
  ``q5_other``, or ``q5_<k>_text`` where several choices of a question have one.
- A ranking ``甲→乙`` stays as text and gives one column for each place, ``q6_1``, ``q6_2``.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

from surveykit.errors import InputError
from surveykit.io._export import Build, Table, table_of
from surveykit.io._head import Head, head_of
from surveykit.io._raw import Raw
from surveykit.io._unzip import is_archive, unpacked
from surveykit.io._wjx_pair import read_pair
from surveykit.io._wjx_questions import (
    add_codes,
    add_meta,
    add_texts,
    columns_of,
    grouped,
    is_header,
    is_number_export,
    marked,
)
from surveykit.text import Bilingual

__all__ = ["is_wjx", "read_wjx"]


def is_wjx(head: Head) -> bool:
    """Whether a text file or one sheet begins with the header of a 问卷星 export."""
    firsts = [rows[0] for rows in head.sheets.values() if rows] or [head.header]
    return any(map(is_header, firsts))


def read_wjx(
    path: Path, data: bytes, sheet: str | None = None, labels: str | Path | None = None
) -> Raw:
    """Read an export; with `labels`, the text export that labels the codes of a number export.

    Raises
    ------
    InputError
        When the file has no columns of 问卷星, or the two files share no respondent.
    """
    table = _table(path, data, sheet)
    columns = columns_of(path, table)
    if labels is not None:
        other = Path(labels)
        return read_pair(path, table, columns, other, _table(other, _bytes(other), None))
    build = Build(len(table.rows) - 1)
    numbers = is_number_export(columns)
    for group in grouped(columns):
        if not group[0].number:
            add_meta(build, group[0])
        elif numbers:
            add_codes(build, [replace(c, cells=marked(c.cells)) for c in group])
        else:
            add_texts(build, group)
    if numbers:
        build.note(
            "a number export: -3 reads as not asked, -2 as no answer, and codes have no labels; "
            "labels=<the text export> of the same survey adds them.",
            "按序号导出：-3 读作“跳过”，-2 读作“空”；选项只有序号，没有文字，"
            "用 labels=<同一问卷的“按文本”文件> 可以补上。",
        )
    return build.raw(path, table, "wjx")


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror or error})."
        raise InputError(message, where=str(path), hint="check the name of the file.") from error
    return unpacked(path, data)[0] if is_archive(data) else data


def _table(path: Path, data: bytes, sheet: str | None) -> Table:
    """Return the answers; of a workbook, the sheets with answers put together."""
    if sheet is not None or not _has_sheets(data):
        return table_of(path, data, sheet)
    sheets = head_of(data).sheets
    titles = [title for title, rows in sheets.items() if rows and is_header(rows[0])]
    if not titles:
        return table_of(path, data)
    tables = [table_of(path, data, title) for title in titles]
    same = [t for t in tables if t.rows[0] == tables[0].rows[0]]
    used = [x for x, t in zip(titles, tables, strict=True) if t in same]
    rows = [*tables[0].rows, *(row for t in same[1:] for row in t.rows[1:])]
    note = Bilingual(
        f"read the sheet{'s' if len(used) > 1 else ''} {', '.join(map(repr, used))} of "
        f"{', '.join(sheets)}.",
        f"读取的是工作表 {'、'.join(map(repr, used))}（全部工作表：{'、'.join(sheets)}）。",
    )
    return Table(rows, "", (note, *(n for t in same for n in t.notes)))


def _has_sheets(data: bytes) -> bool:
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return sum(n.startswith("xl/worksheets/") and n.endswith(".xml") for n in names) > 1
