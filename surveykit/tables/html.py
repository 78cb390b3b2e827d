"""A table as HTML that needs nothing else: scoped style, everything escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final, Literal

from surveykit.results._view import attributes, view
from surveykit.tables.captions import Span, caption, foot
from surveykit.tables.grid import Cell, Grid, Head, Line
from surveykit.tables.themes import DEFAULT, Theme, theme_of
from surveykit.text import width

__all__ = ["notebook", "render", "style"]

_STYLE: Final = """<style>
.sk-table{color:#111;background:#fff;font:14px/1.5 "Noto Sans SC","Source Han Sans SC","PingFang SC",
"Microsoft YaHei",system-ui,sans-serif;margin:1em 0;max-width:100%}
.sk-table .sk-scroll{overflow-x:auto}
.sk-table table{border-collapse:collapse;border-top:2px solid #111;border-bottom:2px solid #111;
font-variant-numeric:tabular-nums;margin:0;width:auto;min-width:16em}
.sk-table .sk-title{font-weight:700;margin:0 0 .4em}
.sk-table .sk-banner{border:1px solid #a33;color:#8a1c1c;padding:.2em .6em;margin:0 0 .5em;font-size:13px}
.sk-table th,.sk-table td{border:0;background:#fff;padding:.22em .7em;font-weight:400;vertical-align:baseline}
.sk-table thead th{text-align:center;vertical-align:bottom}
.sk-table thead th.sk-spanner{background:linear-gradient(#111,#111) 50% 100%/calc(100% - .9em) 1px no-repeat #fff}
.sk-table thead .sk-last{border-bottom:1px solid #111}
.sk-table thead .sk-last:not([colspan]){text-align:right;padding-right:1.1em}
.sk-table thead .sk-corner.sk-last{text-align:left}
.sk-table thead th.sk-base{font-size:12px;white-space:nowrap}
.sk-table tbody th{text-align:left;min-width:5em;max-width:22em}
.sk-table thead th:first-child.sk-corner,.sk-table tbody th{position:sticky;left:0}
.sk-table tbody th[scope=rowgroup]{font-weight:600;position:static}
.sk-table tbody th.sk-in1{padding-left:1.9em}
.sk-table tbody th.sk-in2{padding-left:3.1em}
.sk-table td{text-align:right;white-space:nowrap;padding-right:1.1em}
.sk-table td.sk-hidden{white-space:normal;min-width:5em}
.sk-table td.sk-hidden span{white-space:nowrap}
.sk-table .sk-mark{display:inline-block;width:0;overflow:visible}
.sk-table .sk-room::after{content:attr(data-room);visibility:hidden}
.sk-table .sk-grey{color:#767676}
.sk-table .sk-foot{font-size:12.5px;margin:.4em 0 0;overflow-wrap:anywhere}
.sk-table .sk-foot p{margin:.1em 0}
@media (max-width:480px){.sk-table th,.sk-table td{padding:.22em .3em}.sk-table td{padding-right:.9em}.sk-table tbody th{max-width:9em;overflow-wrap:anywhere}}
</style>"""


_MORE: Final = """<style>
.sk-table .sk-sig{display:inline-block;margin-left:.25em;font-size:.72em;line-height:1;text-align:left;vertical-align:.35em}
.sk-table thead th.sk-level{min-width:3em}
@media (min-width:700px){.sk-table tbody th.sk-long{min-width:13em}}
.sk-table tbody tr.sk-net>*{font-style:italic}
.sk-table:lang(zh) tbody tr.sk-net>*{font-style:normal}
.sk-table tbody tr:not(.sk-net)+tr.sk-net>*,.sk-table tbody tr:not(.sk-total):not(.sk-missing)+tr.sk-total>*,
.sk-table tbody tr:not(.sk-summary)+tr.sk-summary>*{border-top:1px solid #bbb}
</style>"""
_MANY: Final = 16  # columns beside which headers need a width of their own
_LONG: Final = 16  # cells of a label that has a width of its own beside many columns
_MARKED: Final = ("net", "summary", "missing", "total")  # lines with a look of their own


def style(*tables: Grid, theme: str = DEFAULT) -> str:
    """Return the style that tables need: more of it for nets, letters, many columns, a theme."""
    lines = (line for table in tables for line in table.body)
    more = any(line.kind in _MARKED or any(c.lettered for c in line.cells) for line in lines)
    more = more or any(table.columns > _MANY for table in tables)
    themed = _themed(theme) if theme != DEFAULT else ""
    return "\n".join(part for part in (_STYLE, _MORE if more else "", themed) if part)


def _themed(name: str) -> str:
    """Return the rules and the caption of a theme; a rule is never thinner than a pixel."""
    look, of = theme_of(name), f".sk-table.sk-{name.replace('_', '-')}"
    ink = "currentColor"
    top, head, spanner, bottom = (
        f"{max(1.0, points * 4 / 3):.3g}px"
        for points in (look.top, look.head, look.spanner, look.bottom)
    )
    place = "margin-left:auto;margin-right:auto" if look.caption == "center" else ""
    rules = [
        f"{of} table{{border-top:{top} solid {ink};border-bottom:{bottom} solid {ink};{place}}}",
        f"{of} thead .sk-last{{border-bottom:{head} solid {ink}}}",
        f"{of} thead th.sk-spanner{{background-size:calc(100% - .9em) {spanner}}}",
        f"{of} .sk-title{{font-weight:400;text-align:{look.caption}}}",
        f"{of} .sk-title b{{font-weight:700}}",
        f"{of} .sk-title i,{of} .sk-foot i{{font-style:italic}}",
    ]
    if look.caption == "center":  # caption and notes as wide as the table, and over it
        rules.append(
            f"{of}{{width:fit-content;min-width:min(100%,34em);margin-left:auto;margin-right:auto}}"
        )
        rules.append(
            f"{of} .sk-title,{of} .sk-banner,{of} .sk-foot{{width:0;min-width:100%;"
            f"box-sizing:border-box}}"
        )
    if not look.group:
        rules.append(
            f"{of} tbody tr.sk-net>*,{of} tbody tr.sk-summary>*,"
            f"{of} tbody tr.sk-total>*{{border-top:0 !important}}"
        )
    if name == "gbt":
        rules.append(
            f'{of}{{font-family:"Times New Roman","Songti SC",SimSun,"Noto Serif CJK SC",'
            f'"Source Han Serif SC",serif}}'
        )
        rules.append(
            f'{of} .sk-title{{font-family:"Times New Roman",SimHei,"Heiti SC",'
            f'"Noto Sans SC",sans-serif}}'
        )
    return "<style>\n" + "\n".join(rules) + "\n</style>"


def notebook(table: Grid) -> str:
    """Return `table` as a view that can be sorted, copied, and asked for base and interval."""
    return view(render(table, shown="notebook"), table.lang)


def render(
    table: Grid,
    styled: Literal["own", "page"] = "own",
    theme: str = DEFAULT,
    shown: Literal["page", "notebook"] = "page",
) -> str:
    """Return `table` as a ``div`` with its title, table and notes; the style, or the page has it."""
    look = theme_of(theme)
    name = escape(table.title or table.banner or "table")
    themed = "" if theme == DEFAULT else f" sk-{theme.replace('_', '-')}"
    return "\n".join(
        [
            f'<div class="sk-table{themed}" lang="{"zh-CN" if table.lang == "zh" else "en"}">',
            *([style(table, theme=theme)] if styled == "own" else []),
            *([f'<p class="sk-banner">{escape(table.banner)}</p>'] if table.banner else []),
            *_title(table, look, plain=theme == DEFAULT),
            f'<div class="sk-scroll" role="region" aria-label="{name}" tabindex="0">',
            f'<table aria-label="{name}">',
            *_head(table),
            *_body(table, shown),
            "</table>",
            "</div>",
            *_foot(table, look),
            "</div>",
        ]
    )


def _title(table: Grid, look: Theme, *, plain: bool) -> Iterator[str]:
    """Yield the caption, a paragraph for each of its lines; the page's style makes a plain bold."""
    for line in caption(table, look):
        text = "".join(escape(s.text) if plain else _span(s) for s in line)
        yield f'<p class="sk-title">{text}</p>'


def _span(span: Span) -> str:
    tag = {"bold": "b", "italic": "i"}.get(span.face, "")
    return f"<{tag}>{escape(span.text)}</{tag}>" if tag else escape(span.text)


def _head(table: Grid) -> list[str]:
    rows: list[list[str]] = [[] for _ in table.head]
    for row, _, cell in table.placed():
        rows[row].append(_head_cell(cell, last=row + cell.rows == len(table.head)))
    return ["<thead>", *(f"<tr>{''.join(cells)}</tr>" for cells in rows), "</thead>"]


def _head_cell(cell: Head, *, last: bool) -> str:
    classes = [
        f"sk-{cell.kind}",
        *(["sk-last"] if last else []),
        *(["sk-grey"] if cell.grey else []),
    ]
    spans = "".join(
        f' {name}="{count}"'
        for name, count in (("colspan", cell.columns), ("rowspan", cell.rows))
        if count > 1
    )
    if cell.kind == "corner" and not cell.text:
        return f'<td class="{" ".join(classes)}"{spans}></td>'
    scope = "colgroup" if cell.columns > 1 else "col"
    return f'<th scope="{scope}" class="{" ".join(classes)}"{spans}>{escape(cell.text)}</th>'


def _body(table: Grid, shown: str) -> list[str]:
    parts: list[str] = ["<tbody>"]
    for line in table.body:
        if line.kind == "group" and line.indent == 0 and len(parts) > 1:
            parts.append("</tbody><tbody>")
        parts.append(_line(line, table.columns, shown))
    return [*parts, "</tbody>"]


def _line(line: Line, columns: int, shown: str) -> str:
    looks = [
        *([f"sk-in{min(line.indent, 2)}"] if line.indent else []),
        *(["sk-long"] if columns > _MANY and width(line.label) > _LONG else []),
    ]
    indent = f' class="{" ".join(looks)}"' if looks else ""
    label = escape(line.label)
    fixed = " data-sk-fixed" if shown == "notebook" and line.kind != "row" else ""
    if line.kind == "group":
        return f'<tr{fixed}><th scope="rowgroup" colspan="{columns + 1}"{indent}>{label}</th></tr>'
    cells = "".join(_cell(c, shown) for c in line.cells)
    kind = f' class="sk-{line.kind}"' if line.kind in _MARKED else ""
    return f'<tr{kind}{fixed}><th scope="row"{indent}>{label}</th>{cells}</tr>'


def _cell(cell: Cell, shown: str) -> str:
    if cell.grey:
        text = (
            f"<span>{escape(cell.text).replace(' [', '</span> <span>[')}</span> "
            if cell.text
            else ""
        )
        grey = f'<span class="sk-grey">{escape(cell.grey)}</span>'
        return f'<td class="sk-hidden">{text}{grey}</td>'
    mark = f'<span class="sk-mark">{escape(cell.marker)}</span>' if cell.marker else ""
    room = f'<span class="sk-room" data-room="{cell.room}"></span>' if cell.room else ""
    behind = attributes(cell.value, cell.about) if shown == "notebook" else ""
    return f"<td{behind}>{escape(cell.text)}{mark}{room}{_letters(cell)}</td>"


def _letters(cell: Cell) -> str:
    """Put the letters beside the number, in a box as wide as the most letters of the column."""
    if not cell.lettered:
        return ""
    return f'<sup class="sk-sig" style="width:{0.8 * cell.lettered:.4g}em">{escape(cell.letters)}</sup>'


def _foot(table: Grid, look: Theme) -> list[str]:
    lines = [
        f"<p>{_span(Span(note.lead, note.face))}{escape(note.text)}</p>"
        for note in foot(table, look)
    ]
    return ['<div class="sk-foot">', *lines, "</div>"] if lines else []
