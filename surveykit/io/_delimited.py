"""CSV and TSV: encoding and delimiter are recognised, rows are checked, cells stay text."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from surveykit.errors import InputError
from surveykit.io._raw import Raw, frame_of, tidy_headers
from surveykit.text import Bilingual

__all__ = ["decode", "delimited_rows", "head_rows", "read_delimited"]

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a]")
_DELIMITERS = ",;\t"
_HEAD, _RECORDS = 200_000, 100  # how much of a file is looked at to recognise its delimiter
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_delimited(path: Path, data: bytes, delimiter: str | None = None) -> Raw:
    """Read CSV or TSV text.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
    delimiter : str, optional
        Recognised among comma, semicolon and tab where not given.

    Raises
    ------
    InputError
        For an empty file, bytes that are no text, an open quote, a row that is too long.
    """
    rows, encoding, notes = delimited_rows(path, data, delimiter)
    header, body = rows[0], rows[1:]
    names, renamed = tidy_headers(header)
    frame = frame_of(names, zip(*body, strict=True) if body else [()] * len(header), len(body))
    if not body:
        notes.append(Bilingual("the file has a header and no rows.", "文件只有表头，没有数据行。"))
    if encoding != "utf-8":
        notes.append(Bilingual(f"read as {encoding}.", f"按 {encoding} 编码读取。"))
    return Raw(frame, encoding=encoding, notes=(*notes, *renamed), format="csv")


def delimited_rows(
    path: Path, data: bytes, delimiter: str | None = None
) -> tuple[list[list[str]], str, list[str]]:
    """Return the records of a text file, header first, as wide as the header; encoding, notes.

    Examples
    --------
    >>> delimited_rows(Path("a.csv"), b"a,b\\n1,2\\n")
    ([['a', 'b'], ['1', '2']], 'utf-8', [])
    """
    text, encoding = decode(path, data)
    if not text.strip():
        raise InputError("the file is empty.", where=str(path), hint="export it again.")
    text, declared = _declared(text)
    rows, lines = _records(path, text, delimiter or declared or _recognise(text))
    if not rows:
        raise InputError("the file is empty.", where=str(path), hint="export it again.")
    width, notes = _fit(path, rows[0], rows[1:], lines[1:])
    del rows[0][width:]
    return rows, encoding, notes


def head_rows(data: bytes, count: int) -> list[list[str]]:
    """Return the first records of what may be a text file; none where it is no text.

    Examples
    --------
    >>> head_rows(b"a;b\\n1;2\\n3;4\\n", 2)
    [['a', 'b'], ['1', '2']]
    """
    text = _head_text(data[:_HEAD])
    if not text.strip():
        return []
    text, declared = _declared(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=declared or _recognise(text))
    found: list[list[str]] = []
    try:
        for record in reader:
            found += [record] if record else []
            if len(found) == count:
                break
    except csv.Error:
        pass
    return found


def _head_text(data: bytes) -> str:
    if data[:2] in _BOMS:
        return data[: len(data) & ~1].decode(_BOMS[data[:2]], "ignore")
    if b"\x00" in data:
        return ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)("strict").decode(data)
        except UnicodeDecodeError:
            continue
    return ""


def decode(path: Path, data: bytes) -> tuple[str, str]:
    """Decode strictly: UTF-8 (or UTF-16 by its mark), else GB 18030.

    Examples
    --------
    >>> decode(Path("a.csv"), "村".encode("gb18030"))
    ('村', 'gb18030')
    """
    encodings = (_BOMS[data[:2]],) if data[:2] in _BOMS else ("utf-8-sig", "gb18030")
    if b"\x00" in data and encodings[0] != "utf-16":
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        message = "is no text file (it holds null bytes)."
        raise InputError(message, where=f"{path}, line {line}", hint="export it as CSV or xlsx.")
    line = 1
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            continue
        if encoding == "utf-8-sig" or not _CONTROL.search(text):
            return text, encoding.removesuffix("-sig")
    tried = " nor ".join(encodings)
    message = f"is text neither in {tried}." if len(encodings) > 1 else f"is no text in {tried}."
    raise InputError(message, where=f"{path}, line {line}", hint="save it as UTF-8.")


def _declared(text: str) -> tuple[str, str | None]:
    """Take off the line ``sep=;`` by which spreadsheets declare a delimiter."""
    match = re.match(r'"?sep=([,;\t])"?\r?\n', text)
    return (text[match.end() :], match[1]) if match else (text, None)


def _recognise(text: str) -> str:
    """Choose the delimiter that leaves quotes in place and cuts evenly into most fields."""
    head = text[:_HEAD]
    scores = {mark: (_quotes_fit(head, mark), *_evenness(head, mark)) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: scores[mark])


def _quotes_fit(head: str, mark: str) -> bool:
    """Say whether every quote in the first records opens, closes or stands doubled in a cell."""
    cell = re.compile(rf'(?:"[^"]*(?:""[^"]*)*"|[^"\r\n{mark}]*)(?:{mark}|\r\n?|\n|\Z)')
    at = records = 0
    while at < len(head) and records < _RECORDS:
        match = cell.match(head, at)
        if match is None:
            return len(head) == _HEAD and '"' not in head[at + 1 :]
        at = match.end()
        records += match[0].endswith(("\r", "\n"))
    return True


def _evenness(head: str, mark: str) -> tuple[float, int]:
    """Return the share of records as wide as the first one, and its width; (0, 1) for one cell."""
    widths: list[int] = []
    try:
        for record in csv.reader(io.StringIO(head, newline=""), delimiter=mark):
            widths += [len(record)] if record else []
            if len(widths) == _RECORDS:
                break
    except csv.Error:
        return 0.0, 1
    if not widths or widths[0] == 1:
        return 0.0, 1
    return sum(w == widths[0] for w in widths) / len(widths), widths[0]


def _records(path: Path, text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Cut the text into records; empty lines are none. Also the line each one ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, lines = [], []
    known: dict[str, str] = {}  # one object for each text, however often it stands in the file
    try:
        for record in reader:
            if record:
                rows.append(list(map(known.setdefault, record, record)))
                lines.append(reader.line_num)
    except csv.Error as error:
        hint = "a quote is not closed, or a quoted cell goes on after its quote."
        raise InputError(f"{error}.", where=f"{path}, line {reader.line_num}", hint=hint) from error
    return rows, lines


def _fit(
    path: Path, header: list[str], body: list[list[str]], lines: list[int]
) -> tuple[int, list[str]]:
    """Bring every row to the width of the header, in place, or say which cannot be."""
    width = _used_width(header, body)
    short: list[int] = []
    for row, line in zip(body, lines, strict=True):
        if len(row) < width:
            short.append(line)
            row.extend([""] * (width - len(row)))
        elif len(row) > width:
            if any(cell.strip() for cell in row[width:]):
                raise InputError(
                    f"a row has {len(row)} cells, the header has {len(header)}.",
                    where=f"{path}, line {line}",
                    hint="a delimiter inside a cell needs quotes around the cell.",
                )
            del row[width:]
    if not short:
        return width, []
    rows = "1 row is" if len(short) == 1 else f"{len(short)} rows are"
    note = Bilingual(
        f"{rows} shorter than the header (line {short[0]}); missing cells count as empty.",
        f"{len(short)} 行的单元格少于表头（首见于第 {short[0]} 行），缺少的单元格按空白处理。",
    )
    return width, [note]


def _used_width(header: list[str], body: list[list[str]]) -> int:
    """Return the number of columns without empty ones at the end, at least one."""
    width = len(header)
    while width > 1 and not header[width - 1].strip():
        if any(cell.strip() for row in body for cell in row[width - 1 : len(header)]):
            break
        width -= 1
    return width
