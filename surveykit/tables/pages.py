"""A book as text, Markdown, one HTML page, a workbook, a document on paper, or LaTeX."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from surveykit.tables import html, latex, markdown, terminal, xlsx
from surveykit.tables.document import Document, Item, Paragraph
from surveykit.tables.themes import DEFAULT
from surveykit.tables.words import WORDS
from surveykit.text import width, wrap

if TYPE_CHECKING:
    from surveykit.tables.books import Book

__all__ = [
    "document", "html_page", "html_parts", "latex_tables", "markdown_page", "text", "xlsx_book",
]  # fmt: skip

_STYLE: Final = """<style>
.sk-book{color:#111;background:#fff;font:14px/1.5 "Noto Sans SC","Source Han Sans SC","PingFang SC",
"Microsoft YaHei",system-ui,sans-serif}
.sk-book h1{font-size:22px;margin:.4em 0}
.sk-book h2{font-size:16px;margin:1em 0 .3em}
.sk-book nav ol{columns:22em;padding:0;margin:.3em 0;list-style:none}
.sk-book nav li{break-inside:avoid;padding:.15em 0}
.sk-book a{color:#0b4f9c;text-decoration:none}
.sk-book a:hover{text-decoration:underline}
.sk-book .sk-notes p{font-size:12.5px;margin:.1em 0}
.sk-book section{margin:1.6em 0;break-inside:avoid-page}
.sk-book .sk-back{font-size:12px;margin:.2em 0}
@media print{.sk-book .sk-back{display:none}}
</style>"""
_PAGE: Final = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body{{margin:0 auto;max-width:72em;padding:1em 1.2em;background:#fff}}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _word(book: Book, key: str) -> str:
    return WORDS[key].text(book.lang)


def text(book: Book, width: int, theme: str = DEFAULT) -> str:
    """Return the book for a terminal of `width` cells."""
    front = [
        *wrap(book.title, width),
        *(line for note in book.notes for line in wrap(note, width)),
        "",
        _word(book, "contents"),
        *(f"  {line}" for t in book.tables for line in wrap(t.title, width - 2)),
    ]
    tables = (terminal.render(t, width, theme) for t in book.tables)
    return "\n\n\n".join(["\n".join(front), *tables])


def markdown_page(book: Book, theme: str = DEFAULT) -> str:
    """Return the book as Markdown; contents link to anchors before the tables."""
    plain = markdown.escape
    links = [f"- [{plain(t.title)}](#t{i})" for i, t in enumerate(book.tables, start=1)]
    parts = [
        f"# {plain(book.title)}",
        *(plain(note) for note in book.notes),
        f"## {plain(_word(book, 'contents'))}",
        "\n".join(links),
        *(
            f'<a id="t{i}"></a>\n\n{markdown.render(t, theme)}'
            for i, t in enumerate(book.tables, start=1)
        ),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def html_page(book: Book, theme: str = DEFAULT) -> str:
    """Return the book as one HTML page."""
    lang = "zh-CN" if book.lang == "zh" else "en"
    return _PAGE.format(lang=lang, title=escape(book.title), body=html_parts(book, theme))


def html_parts(book: Book, theme: str = DEFAULT) -> str:
    """Return the book as a ``div`` with its style."""
    notes = [f"<p>{escape(note)}</p>" for note in book.notes]
    links = [
        f'<li><a href="#t{i}">{escape(t.title)}</a></li>' for i, t in enumerate(book.tables, 1)
    ]
    back = f'<p class="sk-back"><a href="#contents">{escape(_word(book, "back"))}</a></p>'
    tables = [
        f'<section id="t{i}">\n{html.render(t, "page", theme)}\n{back}\n</section>'
        for i, t in enumerate(book.tables, start=1)
    ]
    return "\n".join(
        [
            '<div class="sk-book">',
            _STYLE,
            html.style(*book.tables, theme=theme),
            f"<h1>{escape(book.title)}</h1>",
            *(['<div class="sk-notes">', *notes, "</div>"] if notes else []),
            f'<nav id="contents"><h2>{escape(_word(book, "contents"))}</h2>',
            "<ol>",
            *links,
            "</ol></nav>",
            *tables,
            "</div>",
        ]
    )


def document(book: Book, theme: str) -> Document:
    """Return the book as a document on paper: title, contents, notes, tables."""
    notes = tuple(Paragraph(note, "small") for note in book.notes)
    items: tuple[Item, ...] = (*notes, *book.tables)
    return Document(book.title, book.lang, items, contents="show", theme=theme)


def latex_tables(book: Book, theme: str) -> str:
    """Return the tables of the book as LaTeX; its notes as text in front."""
    notes = "".join(f"{latex.escape(note)}\n\n" for note in book.notes)
    return notes + "\n".join(latex.render(table, theme) for table in book.tables)


# ---------------------------------------------------------------- a workbook
_LINE, _ACROSS = 13, 90  # points of a line of a note, and its letters on the contents
_LONGEST: Final = 31  # of the name of a sheet, in UTF-16 units


def xlsx_book(book: Book, theme: str = DEFAULT) -> bytes:
    """Return the book as the bytes of a workbook."""
    return xlsx.workbook(book.title, lambda out: _fill(book, out, theme))


def _fill(book: Book, out: Any, theme: str) -> None:
    formats: dict[Any, Any] = {}
    contents = out.add_worksheet(_word(book, "contents"))
    names = [sheet_name(i, t.title) for i, t in enumerate(book.tables, start=1)]
    link = out.add_format({"font_name": "Times New Roman", "font_color": "#0B4F9C", "underline": 1})
    for name, table in zip(names, book.tables, strict=True):
        _, row = xlsx.write_table(out, out.add_worksheet(name), table, formats, theme)
        back = f"internal:'{_word(book, 'contents')}'!A1"
        out.worksheets()[-1].write_url(row, 0, back, link, _word(book, "back"))
    _contents(book, out, contents, names, link)


def _contents(book: Book, out: Any, sheet: Any, names: list[str], link: Any) -> None:
    face = {"font_name": "Times New Roman", "text_wrap": True, "valign": "top"}
    bold, plain = out.add_format(face | {"bold": True}), out.add_format(face | {"font_size": 9})
    sheet.set_column(0, 0, 75)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, book.title, bold)
    row = 1
    for note in book.notes:
        sheet.write_string(row, 0, note, plain)
        sheet.set_row(row, _LINE * max(1, -(-width(note) // _ACROSS)))
        row += 1
    for name, table in zip(names, book.tables, strict=True):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, table.title)
        row += 1


def sheet_name(number: int, title: str) -> str:
    r"""Return a name that a sheet may have, unique by its number.

    Examples
    --------
    >>> sheet_name(3, "表 3　您的村: [A/B]?"), len(sheet_name(12, "x" * 99))
    ('3 您的村 AB', 31)
    """
    own = re.sub(r"^\S+\s+\d+[.\s]\s*", "", title)
    kept = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", "", own).strip()
    name = f"{number} {kept}".strip()
    while len(name.encode("utf-16-le")) // 2 > _LONGEST:
        name = name[:-1]
    return name.rstrip()
