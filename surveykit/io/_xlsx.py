"""xlsx: text as text, numbers in shortest text, dates as ISO text, formulas as their values."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

from surveykit.errors import InputError, UnknownNameError
from surveykit.io._bounds import refuse_bomb
from surveykit.io._raw import Raw, frame_of, tidy_headers
from surveykit.text import Bilingual, shortest

__all__ = ["read_xlsx", "sheet_heads", "sheet_rows"]

_MOST_SHEETS = 20  # whose first rows are looked at to recognise a format


def read_xlsx(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read one sheet of a workbook, the first visible one unless `sheet` names another.

    Raises
    ------
    InputError
        For a workbook that cannot be opened, or an empty sheet.
    UnknownNameError
        For a sheet that does not exist.
    """
    title, rows, notes = sheet_rows(path, data, sheet)
    names, renamed = tidy_headers(rows[0])
    body = rows[1:]
    if not body:
        notes.append(
            Bilingual(
                f"the sheet {title!r} has a header and no rows.",
                f"工作表 {title!r} 只有表头，没有数据行。",
            )
        )
    columns = zip(*body, strict=True) if body else [()] * len(names)
    return Raw(frame_of(names, columns, len(body)), notes=(*notes, *renamed), format="xlsx")


def sheet_rows(
    path: Path, data: bytes, sheet: str | None = None
) -> tuple[str, list[list[str]], list[str]]:
    """Return the title of a sheet, its rows that are not empty (header first), and notes."""
    _bounded(path, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a workbook looks like is of no interest here
        book = _open(path, data, values=True)
        try:
            page, notes = _page(path, book, sheet)
            rows, lost = _whole(path, page)
        finally:
            book.close()
        if not rows:
            raise InputError(f"the sheet {page.title!r} is empty.", where=str(path))
        notes += _without_value(path, data, page.title)
    body = [row for row in rows[1:] if any(row)]
    if len(body) < len(rows) - 1:
        empty = len(rows) - 1 - len(body)
        notes.append(
            Bilingual(
                f"{empty} empty row{'s were' if empty > 1 else ' was'} left out.",
                f"已略去 {empty} 个空行。",
            )
        )
    names = tidy_headers(rows[0])[0]
    notes += [
        Bilingual(f"column {names[i]!r} {what}", f"列 {names[i]!r} {what.text('zh')}")
        for i, what in sorted(lost.items())
    ]
    return page.title, [rows[0], *body], notes


def _bounded(path: Path, data: bytes) -> None:
    """Refuse a workbook that unpacks to far more than any survey."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_bomb(path, archive.infolist())
    except (zipfile.BadZipFile, OSError):
        return


def sheet_heads(data: bytes, count: int) -> dict[str, list[list[str]]]:
    """Return the first rows of each sheet of what may be a workbook, visible ones first.

    Examples
    --------
    >>> sheet_heads(b"PK no workbook", 3)
    {}
    """
    path = Path("workbook")
    try:
        _bounded(path, data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _open(path, data, values=True)
            try:
                pages = [book[n] for n in book.sheetnames if hasattr(book[n], "iter_rows")]
                pages.sort(key=lambda page: page.sheet_state != "visible")
                return {page.title: _first(page, count) for page in pages[:_MOST_SHEETS]}
            finally:
                book.close()
    except Exception:  # whatever is broken is told when the workbook is read
        return {}


def _first(page: Any, count: int) -> list[list[str]]:
    page.reset_dimensions()
    rows = page.iter_rows(max_row=count + 20, values_only=True)
    found = [[_text(value) for value in row] for row in rows]
    while found and not any(found[0]):
        del found[0]
    return [row for row in found if any(row)][:count]


def _whole(path: Path, page: Any) -> tuple[list[list[str]], dict[int, Bilingual]]:
    try:
        return _rows(page)
    except Exception as error:  # openpyxl raises whatever a broken part of a workbook leads to
        hint = "open it in a spreadsheet and save it again as .xlsx."
        message = f"the sheet {page.title!r} is damaged ({_first_line(error)})."
        raise InputError(message, where=str(path), hint=hint) from error


def _open(path: Path, data: bytes, *, values: bool) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values)
    except Exception as error:  # openpyxl raises whatever a broken part of a workbook leads to
        hint = "open it in a spreadsheet and save it again as .xlsx."
        message = f"is no workbook that can be read ({_first_line(error)})."
        raise InputError(message, where=str(path), hint=hint) from error


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        return any(re.search(rb"<f[ >]", archive.read(n)) for n in sheets)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def _without_value(path: Path, data: bytes, title: str) -> list[str]:
    """Tell of formulas whose result the file does not hold: they read as empty."""
    if not _has_formulas(data):
        return []
    formulas, values = (_open(path, data, values=v) for v in (False, True))
    try:
        pairs = zip(formulas[title].iter_rows(), values[title].iter_rows(), strict=False)
        found = [
            f.coordinate
            for f_row, v_row in pairs
            for f, v in zip(f_row, v_row, strict=False)
            if f.data_type == "f" and v.value is None
        ]
    finally:
        formulas.close()
        values.close()
    if not found:
        return []
    told = "1 formula has" if len(found) == 1 else f"{len(found)} formulas have"
    note = Bilingual(
        f"{told} no stored result and read as empty (first in {found[0]}); "
        "open and save the workbook in a spreadsheet.",
        f"{len(found)} 个公式没有存下结果，按空白读取（首见于 {found[0]}）；"
        "请先在电子表格软件中打开并保存。",
    )
    return [note]


def _page(path: Path, book: Any, sheet: str | None) -> tuple[Any, list[str]]:
    names = book.sheetnames
    if sheet is not None:
        if sheet not in names:
            raise UnknownNameError.for_name("sheet", sheet, names, where=str(path))
        return book[sheet], []
    pages = [book[n] for n in names if hasattr(book[n], "iter_rows")]
    if not pages:
        raise InputError("the workbook has no sheet with cells.", where=str(path))
    page = next((p for p in pages if p.sheet_state == "visible"), pages[0])
    note = Bilingual(
        f"read the sheet {page.title!r} of {', '.join(names)}.",
        f"读取的是工作表 {page.title!r}（全部工作表：{'、'.join(names)}）。",
    )
    return page, [note] if len(names) > 1 else []


_LOST = Bilingual(
    "holds numbers of more than 15 digits stored as numbers: the workbook has lost their last digits.",
    "含有按数值存储的超过 15 位的数字：文件中末几位已丢失，无法恢复。",
)
_ERRORS = Bilingual(
    "holds error values (#N/A and the like), kept as text.",
    "含有错误值（如 #N/A），按文本保留。",
)


def _rows(page: Any) -> tuple[list[list[str]], dict[int, Bilingual]]:
    """Return the rows as text of one width, the used one; and columns to warn about."""
    page.reset_dimensions()
    rows: list[list[str]] = []
    lost: dict[int, Bilingual] = {}
    known: dict[str, str] = {}
    for cells in page.iter_rows(values_only=False):
        row: list[str] = []
        for i, cell in enumerate(cells):
            value = cell.value
            text = _text(value)
            row.append(known.setdefault(text, text))
            if isinstance(value, (int, float)) and abs(value) >= 1e15:
                lost.setdefault(i, _LOST)
            elif cell.data_type == "e":
                lost.setdefault(i, _ERRORS)
        while row and not row[-1]:
            row.pop()
        rows.append(row)
    while rows and not any(rows[0]):
        del rows[0]
    width = max(map(len, rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)) if row else ())  # an empty row stays without cells
    return rows, {i: w for i, w in lost.items() if i < width}


def _text(value: object) -> str:
    """Return a cell as text.

    Examples
    --------
    >>> _text(1.0), _text(True), _text(dt.datetime(2026, 5, 1)), _text(None)
    ('1', 'TRUE', '2026-05-01', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)
