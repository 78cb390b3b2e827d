r"""A table as LaTeX with booktabs: every text escaped, decimals lined up by ``\phantom``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from surveykit.tables.captions import Note, foot, leans, split_number
from surveykit.tables.grid import Grid, Head, Line
from surveykit.tables.paper import CONTINUED, GAP, PORTRAIT, Block, lay_out
from surveykit.tables.pieces import Open, Piece, Pieces, pieces
from surveykit.tables.themes import Theme, theme_of
from surveykit.text import width, wrap_evenly

__all__ = ["escape", "render"]

_WIDE: Final = 14  # cells at which a header over one column wraps
_STUB: Final = 30  # cells at which the stub becomes a paragraph
_LONG: Final = 35  # lines of a body that does not fit on a page
_BLOCKS: Final = 10  # floats after which a page is cleared: TeX holds 18 of them
_LABEL: Final = re.compile(r"[^0-9A-Za-z:_.+-]+")
_POINTS: Final = 9.0  # size of the type that widths are reckoned in
_PAGE: Final = ((PORTRAIT, _POINTS),)  # wider than this, a banner is cut
_TIGHT: Final = 0.75  # of a page, from where columns stand closer
_EM: Final = 0.56  # of a Latin letter or half a Chinese one, with some room
_ESCAPES: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "^": r"\textasciicircum{}", "_": r"\_", "%": r"\%", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\char34{}",
    "'": r"\char39{}", "`": r"\textasciigrave{}",
    "[": "{[}", "]": "{]}", "*": "{*}",
    "\u00a0": "~", "\u2002": r"\enspace{}", "\u2003": r"\quad{}", "\u3000": r"\quad{}",
    "\u2007": r"\phantom{0}", "\u2008": r"\phantom{.}", "\u2009": r"\,", "\u202f": r"\,",
    "†": r"\textdagger{}", "‡": r"\textdaggerdbl{}", "−": "$-$", "×": r"$\times$",
    "±": r"$\pm$", "≤": r"$\leq$", "≥": r"$\geq$", "≠": r"$\neq$", "≈": r"$\approx$",
    "÷": r"$\div$", "←": r"$\leftarrow$", "→": r"$\rightarrow$", "²": r"\textsuperscript{2}",
    "³": r"\textsuperscript{3}", "χ": r"$\chi$", "η": r"$\eta$", "γ": r"$\gamma$",
    "α": r"$\alpha$", "β": r"$\beta$", "κ": r"$\kappa$", "λ": r"$\lambda$", "μ": r"$\mu$",
    "ρ": r"$\rho$", "σ": r"$\sigma$", "τ": r"$\tau$", "φ": r"$\varphi$", "ω": r"$\omega$",
    "ε": r"$\varepsilon$", "δ": r"$\delta$", "θ": r"$\theta$", "Δ": r"$\Delta$",
    "Σ": r"$\Sigma$",
}  # fmt: skip
_TABLE: Final = str.maketrans(_ESCAPES)
_LIGATURE = re.compile(r"([-,])(?=\1)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]")  # fmt: skip


def escape(text: str) -> str:
    r"""Return `text` so that LaTeX sets it as it is; control characters are left out.

    Examples
    --------
    >>> escape(r"50 % of \input{x} & $n$")
    '50 \\% of \\textbackslash{}input\\{x\\} \\& \\$n\\$'
    >>> escape("[a] -- b"), escape("χ²(1)")
    ('{[}a{]} -{}- b', '$\\chi$\\textsuperscript{2}(1)')
    """
    spaced = re.sub(r"[\t\r\n]+", " ", text)
    return _LIGATURE.sub(r"\1{}", _CONTROL.sub("", spaced).translate(_TABLE))


def render(table: Grid, theme: str = "three_line") -> str:
    r"""Return `table` as a ``table`` environment; one that is longer than a page as ``longtable``.

    A banner that is wider than a page is cut into several of them, which repeat the stub.

    The caption leaves out a number of its own: LaTeX numbers it.

    Examples
    --------
    >>> head = ((Head("", kind="corner"), Head("%")),)
    >>> made = render(Grid("Table 1. Aware", "en", 1, head, ()))
    >>> r"\caption{Aware}" in made, r"\toprule" in made
    (True, True)
    """
    look = theme_of(theme)
    long = len(table.body) > _LONG
    parts = [*_preamble(table, look, long=long)]
    for place, block in enumerate(lay_out(table, _PAGE).blocks):
        if place and place % _BLOCKS == 0:
            parts.append(r"\clearpage")
        label = "" if place else table.label
        part = replace(block.table, label=label)
        written = _long if long else _floating
        parts += written(replace(block, table=part), look)
    return "\n".join(parts) + "\n"


def _preamble(table: Grid, look: Theme, *, long: bool) -> Iterator[str]:
    names = ["booktabs", "xcolor", *(["longtable"] if long else [])]
    if _style(look, leaning=True):
        names.append("caption")
    yield f"% \\usepackage{{{','.join(names)}}}"
    if any(ord(c) > 0x2E7F for c in _all_text(table)):
        yield "% \\usepackage{ctex}  % Chinese: with XeLaTeX or LuaLaTeX"


def _all_text(table: Grid) -> str:
    cells = [cell.plain for line in table.body for cell in line.cells]
    heads = [head.text for row in table.head for head in row]
    return "".join(
        [table.title, table.banner, *heads, *(x.label for x in table.body), *cells, *table.footer]
    )


def _floating(block: Block, look: Theme) -> Iterator[str]:
    table = block.table
    yield r"\begin{table}[htbp]"
    yield r"\centering" if look.caption == "center" else r"\raggedright"
    yield from _banner(table)
    yield from _caption(table, look)
    yield from _gap(sum(block.widths))
    yield rf"\begin{{tabular}}{{{_columns(table)}}}"
    yield _rule(r"\toprule", look.top)
    yield from _head(block)
    yield _rule(r"\midrule", look.head)
    yield from _body(table, sum(block.widths), block.open_cells)
    yield _rule(r"\bottomrule", look.bottom)
    yield r"\end{tabular}"
    yield from _foot(table, look)
    yield r"\end{table}"


def _long(block: Block, look: Theme) -> Iterator[str]:
    table = block.table
    header = [_rule(r"\toprule", look.top), *_head(block), _rule(r"\midrule", look.head)]
    more = escape(CONTINUED.text(table.lang))
    yield r"\begingroup"
    yield from _banner(table)
    yield from _gap(sum(block.widths))
    yield rf"\begin{{longtable}}{{{_columns(table)}}}"
    captioned = _caption(table, look)
    yield from captioned[:-1]
    yield from (line + r"\\" for line in captioned[-1:])
    yield from header
    yield r"\endfirsthead"
    yield rf"\multicolumn{{{table.columns + 1}}}{{l}}{{\footnotesize {more}}}\\"
    yield from header
    yield r"\endhead"
    yield _rule(r"\bottomrule", look.bottom)
    yield r"\endfoot"
    yield from _body(table, sum(block.widths), block.open_cells)
    yield r"\end{longtable}"
    yield from _foot(table, look)
    yield r"\endgroup"


def _gap(wide: float) -> Iterator[str]:
    """Set the columns of a wide table closer than LaTeX does, as its width was reckoned."""
    if wide > _TIGHT * PORTRAIT:
        yield rf"\setlength{{\tabcolsep}}{{{GAP:g}pt}}"


def _rule(command: str, points: float) -> str:
    return f"{command}[{points:g}pt]"


def _style(look: Theme, *, leaning: bool) -> str:
    """Return what the package caption needs to set a caption as the theme has it; "" for LaTeX's own."""
    options = []
    if look.number == "above":
        options.append("labelsep=newline")
    if look.caption == "left":
        options += ["justification=raggedright", "singlelinecheck=false"]
    if look.number_face == "bold" and look.caption_face != "bold":
        options.append("labelfont=bf")
    if look.caption_face == "italic" and leaning:
        options.append("textfont=it")
    return ",".join(options)


def _caption(table: Grid, look: Theme) -> list[str]:
    """Return the caption without its number and the label; LaTeX numbers the table itself."""
    number, title = split_number(table.title, table.number)
    if not table.title:
        return []
    style = _style(look, leaning=leans(title))
    label = rf"\label{{{_LABEL.sub('-', table.label)}}}" if table.label else ""
    shown = escape(title if number else table.title)
    return [
        *([rf"\captionsetup{{{style}}}"] if style else []),
        rf"\caption{{{shown}}}{label}",
    ]


def _banner(table: Grid) -> list[str]:
    if not table.banner:
        return []
    return [
        r"{\fboxsep=3pt\fcolorbox[HTML]{AA3333}{FFFFFF}{\parbox{0.9\linewidth}"
        rf"{{\footnotesize\textcolor[HTML]{{8A1C1C}}{{{escape(table.banner)}}}}}}}}}\par\smallskip"
    ]


def _columns(table: Grid) -> str:
    widest = max((width(x.label) + 2 * x.indent for x in table.body if x.cells), default=0)
    stub = "l" if widest <= _STUB else rf"p{{{_STUB * 0.5:g}em}}"
    return stub + "c" * table.columns


def _head(block: Block) -> Iterator[str]:
    """Yield the header rows: a cell stands in the last of the rows that it covers."""
    table = block.table
    placed = list(table.placed())
    for row in range(len(table.head)):
        own = {c: h for r, c, h in placed if r + h.rows - 1 == row}
        if not own:  # of a block whose deeper headers are in another
            continue
        yield _head_row(own, block.widths)
        spanners = [(c, h) for c, h in own.items() if h.kind == "spanner"]
        if spanners:
            yield "".join(rf"\cmidrule(lr){{{c + 1}-{c + h.columns}}}" for c, h in spanners)


def _head_row(own: dict[int, Head], widths: Sequence[float]) -> str:
    cells: list[str] = []
    column = 0
    while column < len(widths):
        head = own.get(column)
        under = widths[column : column + head.columns] if head else ()
        cells.append(_head_cell(head, sum(under)) if head else "")
        column += max(1, len(under))
    return " & ".join(cells) + r" \\"


def _head_cell(head: Head, wide: float) -> str:
    room = max(_WIDE, int(wide / (_EM * _POINTS)))
    lines = [escape(t) for t in wrap_evenly(head.text.replace(" = ", "\u00a0=\u00a0"), room)]
    text = lines[0] if lines else ""
    if len(lines) > 1:
        stacked = r"\\".join(lines)
        text = rf"\begin{{tabular}}[b]{{@{{}}c@{{}}}}{stacked}\end{{tabular}}"
    if head.grey and text:
        text = rf"\textcolor[HTML]{{767676}}{{{text}}}"
    return rf"\multicolumn{{{head.columns}}}{{c}}{{{text}}}" if head.columns > 1 else text


def _body(table: Grid, wide: float, open_cells: Open) -> Iterator[str]:
    before = ""
    paragraphs = _columns(table).startswith("p")
    for line, cells in zip(table.body, pieces(table, open_cells), strict=True):
        if line.kind in ("net", "summary", "total") and before not in (line.kind, ""):
            yield r"\addlinespace[2pt]"
        before = line.kind
        if line.kind == "group":
            yield _group(line, table.columns, wide)
        else:
            yield _line(line, [_cell(cell) for cell in cells], paragraphs=paragraphs)


def _group(line: Line, columns: int, wide: float) -> str:
    """Return the head of a group over all columns, in lines where it is longer than they."""
    room = max(_STUB, int(wide / (_EM * _POINTS)) - 2 * line.indent)
    indent = rf"\hspace*{{{line.indent}em}}" if line.indent else ""
    lines = [escape(t) for t in wrap_evenly(line.label, room)]
    label = lines[0] if lines else ""
    if len(lines) > 1:
        stacked = r"\\".join(lines)
        label = rf"\begin{{tabular}}[t]{{@{{}}l@{{}}}}{stacked}\end{{tabular}}"
    return rf"\multicolumn{{{columns + 1}}}{{@{{}}l}}{{{indent}{label}}} \\"


def _line(line: Line, cells: list[str], *, paragraphs: bool) -> str:
    """Return a line; where the stub is a paragraph, all lines of a label are indented."""
    label = escape(line.label)
    indent = rf"\hspace*{{{line.indent}em}}" if line.indent else ""
    if paragraphs:
        indent = rf"\raggedright\hangindent={line.indent}em\hangafter=0\relax "
    if line.kind == "net" and leans(line.label):
        label = rf"\textit{{{label}}}"
    return " & ".join([indent + label, *cells]) + r" \\"


def _cell(made: Pieces) -> str:
    """Return a cell; what is not printed stands in lines, cut at its spaces."""
    if len(made) < 2 or made[-1].look != "grey":
        return "".join(map(_piece, made))
    if "\n" not in made[0].text:
        return "".join(map(_piece, made))
    words = [*(escape(word) for word in made[0].text.split("\n") if word), _piece(made[-1])]
    stacked = r"\\".join(words)
    return rf"\begin{{tabular}}[t]{{@{{}}c@{{}}}}{stacked}\end{{tabular}}"


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    match piece.look:
        case "hidden":
            return rf"\phantom{{{text}}}"
        case "raised":
            return rf"\textsuperscript{{{text}}}"
        case "raised_hidden":
            return rf"\phantom{{\textsuperscript{{{text}}}}}"
        case "grey":
            return rf"\textcolor[HTML]{{767676}}{{{text}}}"
        case _:
            return text


def _foot(table: Grid, look: Theme) -> Iterator[str]:
    notes = foot(table, look)
    if notes:
        yield r"\par\smallskip"
        yield r"\begin{minipage}{\linewidth}\footnotesize\raggedright"
        yield from (rf"{_lead(note)}{escape(note.text)}\par" for note in notes)
        yield r"\end{minipage}"


def _lead(note: Note) -> str:
    if note.face != "italic":
        return escape(note.lead)
    return rf"\textit{{{escape(note.lead.rstrip())}}} "
