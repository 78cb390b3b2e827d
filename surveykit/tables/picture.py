"""A table as a picture: drawn with the bundled font, the same bytes every time."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from surveykit.errors import UnsupportedError, UsageError
from surveykit.fonts import families
from surveykit.tables import terminal
from surveykit.tables.captions import Span, caption, foot
from surveykit.tables.grid import Grid, Head, Line
from surveykit.tables.paper import GAP, Block, lay_out
from surveykit.tables.pieces import Piece, Pieces, pieces
from surveykit.tables.themes import DEFAULT, Face, Theme, theme_of
from surveykit.text import clean, wrap, wrap_evenly

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["png", "svg"]

_PAGE: Final = ((900.0, 10.0),)  # points across, size of the type
_PAD: Final = 10.0  # points around everything
_LINE: Final = 1.42  # height of a line in sizes of the type
_RISE: Final = 1.02  # of the baseline of the first line below its top
_ROW: Final = 3.0  # points around the lines of a row
_NOTE: Final = 8.5
_RAISED: Final = (0.7, 0.36)  # size and height of what is raised
_INK, _GREY, _HAIR, _RED = "#111111", "#6B6B6B", "#BBBBBB", "#8A1C1C"
_CELLS: Final = 12_000
_HIGH: Final = 9_000.0  # points
_PIXELS: Final = 150_000_000
_SIDE: Final = 65_000  # pixels
_LEAST: Final = 0.42  # of the size: the width of a narrow letter
_UNSEEN: Final = re.compile("[\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def png(table: Grid, theme: str = DEFAULT, dpi: float = 200) -> bytes:
    """Return `table` as the bytes of a PNG.

    Raises
    ------
    UnsupportedError
        When the table has more lines or cells than a picture can show.
    UsageError
        For a resolution outside 30 to 1200 dots per inch.
    """
    if not 30 <= dpi <= 1200:
        raise UsageError(f"dpi lies between 30 and 1200; got {dpi!r}.")
    figure = _draw(table, theme_of(theme))
    wide, high = (side * dpi for side in figure.get_size_inches())
    if max(wide, high) > _SIDE or wide * high > _PIXELS:
        raise UnsupportedError(
            f"the picture would have {wide:,.0f} × {high:,.0f} dots.", hint="a smaller dpi, or svg."
        )
    metadata = {"Software": None, "Description": _described(table)}
    return _printed(figure, format="png", dpi=dpi, metadata=metadata)


def svg(table: Grid, theme: str = DEFAULT) -> bytes:
    """Return `table` as the bytes of an SVG, texts as outlines; what it says is its description."""
    figure = _draw(table, theme_of(theme))
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    text = _printed(figure, format="svg", metadata=metadata).decode("utf-8")
    title = escape(clean(table.title or table.banner), quote=False)
    said = f"<title>{title}</title>\n<desc>{escape(_described(table), quote=False)}</desc>\n"
    opened = re.search(r"<svg\b[^>]*", text)
    assert opened is not None
    head = f'{opened[0]} role="img">\n {said}'
    return (text[: opened.start()] + head + text[opened.end() + 1 :]).encode("utf-8")


def _described(table: Grid) -> str:
    """Return the table as text, blanks squeezed."""
    lines = terminal.render(table, 100_000).split("\n")
    squeezed = (re.sub(r" {2,}", "  ", _clean(line)) for line in lines)
    return "\n".join(line for line in squeezed if line.strip("━─ "))


def _clean(text: str) -> str:
    return _UNSEEN.sub("", clean(text))


def _printed(figure: Figure, **options: Any) -> bytes:
    import matplotlib

    buffer = BytesIO()
    settings: Any = {"svg.fonttype": "path", "svg.hashsalt": "surveykit", "text.usetex": False}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # of scripts that no font holds
        figure.savefig(buffer, **options)
    return buffer.getvalue()


# ---------------------------------------------------------------- what is drawn
@dataclass(frozen=True, slots=True)
class _Word:
    """Text at its left end and its baseline, in points from the upper left corner."""

    x: float
    y: float
    text: str
    size: float
    colour: str = _INK
    face: Face = "plain"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A line from one point to another."""

    x: float
    y: float
    end: float
    points: float
    colour: str = _INK


@dataclass(slots=True)
class _Sheet:
    """What is drawn, in points; `y` is how far down it has come."""

    wide: float
    look: Theme
    y: float = _PAD
    words: list[_Word] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)

    def line(self, spans: Sequence[Span], size: float, *, centre: bool, colour: str = _INK) -> None:
        """Write one line over the whole width."""
        total = sum(_wide(s.text, size) for s in spans)
        x = _PAD + (max(0.0, (self.wide - total) / 2) if centre else 0.0)
        for span in spans:
            self.words.append(_Word(x, self.y + _RISE * size, span.text, size, colour, span.face))
            x += _wide(span.text, size)
        self.y += size * _LINE

    def wrapped(self, spans: Sequence[Span], size: float, *, centre: bool) -> None:
        """Write a paragraph; what begins it keeps its face."""
        whole = "".join(s.text for s in spans)
        if _wide(whole, size) <= self.wide:
            self.line(spans, size, centre=centre)
            return
        first = spans[0]
        for place, part in enumerate(_fitted(whole, self.wide, size)):
            if place == 0 and part.startswith(first.text) and len(spans) > 1:
                rest = Span(part[len(first.text) :], spans[1].face)
                self.line((first, rest), size, centre=centre)
            else:
                self.line((Span(part, spans[-1].face),), size, centre=centre)


def _draw(table: Grid, look: Theme) -> Figure:
    """Lay the parts of a table below each other."""
    cells = len(table.body) * (table.columns + 1)
    if cells > _CELLS:
        raise UnsupportedError(
            f"the table has {cells:,} cells; a picture shows {_CELLS:,}.",
            hint="write it as xlsx or html, or tabulate fewer groups.",
        )
    layout = lay_out(table, _PAGE)
    wide = max(sum(block.widths) for block in layout.blocks)
    sheet = _Sheet(max(wide, 220.0), look)
    if table.banner:
        _banner(sheet, _clean(table.banner))
    for place, block in enumerate(layout.blocks):
        sheet.y += 10.0 if place else 0.0
        for spans in caption(block.table, look):
            shown = [Span(_clean(s.text), s.face) for s in spans]
            sheet.wrapped(shown, layout.size + 0.5, centre=look.caption == "center")
        sheet.y += 3.0
        _Table(sheet, block, layout.size, _offset(sheet, block)).draw()
        sheet.y += 4.0
        for note in foot(block.table, look):
            parts = (Span(_clean(note.lead), note.face), Span(_clean(note.text)))
            sheet.wrapped([p for p in parts if p.text] or [Span("")], _NOTE, centre=False)
    if sheet.y > _HIGH:
        raise UnsupportedError(
            f"the picture would be {sheet.y / 28.35:,.0f} cm high.",
            hint="write it as pdf, xlsx or html, or tabulate fewer variables at once.",
        )
    return _figure(sheet)


def _offset(sheet: _Sheet, block: Block) -> float:
    free = sheet.wide - sum(block.widths)
    return _PAD + (free / 2 if sheet.look.caption == "center" else 0.0)


def _banner(sheet: _Sheet, text: str) -> None:
    top = sheet.y
    sheet.y += 2.0
    for part in _fitted(text, sheet.wide - 8, _NOTE):
        sheet.words.append(_Word(_PAD + 4, sheet.y + _RISE * _NOTE, part, _NOTE, _RED))
        sheet.y += _NOTE * _LINE
    sheet.y += 3.0
    for y in (top, sheet.y):
        sheet.rules.append(_Rule(_PAD, y, _PAD + sheet.wide, 0.75, "#AA3333"))
    sheet.y += 6.0


@dataclass(slots=True)
class _Table:
    """One block of a table being drawn at `left`."""

    sheet: _Sheet
    block: Block
    size: float
    left: float

    def draw(self) -> None:
        look = self.sheet.look
        self.rule(look.top)
        self.sheet.y += 1.0
        self.head()
        self.rule(look.head)
        self.body()
        self.rule(look.bottom)

    def rule(self, points: float) -> None:
        right = self.left + sum(self.block.widths)
        self.sheet.rules.append(_Rule(self.left, self.sheet.y, right, points))

    def at(self, column: int) -> float:
        return self.left + sum(self.block.widths[:column])

    def head(self) -> None:
        """Write the header; a cell stands at the bottom of the rows that it covers."""
        placed = list(self.block.table.placed())
        lines = {(r, c): self.head_lines(c, h) for r, c, h in placed}
        for row in range(len(self.block.table.head)):
            own = [(c, h, lines[r, c]) for r, c, h in placed if r + h.rows - 1 == row]
            if not own:  # of a block whose deeper headers are in another
                continue
            tall = max(len(text) for _, _, text in own)
            bottom = self.sheet.y + tall * self.size * 1.25 + _ROW
            for column, head, text in own:
                self.head_cell(column, head, text, bottom)
            self.sheet.y = bottom + 1.5

    def head_lines(self, column: int, head: Head) -> list[str]:
        wide = sum(self.block.widths[column : column + head.columns]) - GAP
        text = _clean(head.text)
        return _fitted(text, wide, self.size) if text else []

    def head_cell(self, column: int, head: Head, lines: list[str], bottom: float) -> None:
        wide = sum(self.block.widths[column : column + head.columns])
        colour = _GREY if head.grey else _INK
        first = bottom - len(lines) * self.size * 1.25
        for place, text in enumerate(lines):
            free = 0.0 if column == 0 else (wide - _wide(text, self.size)) / 2
            y = first + place * self.size * 1.25 + self.size * 0.92
            x = self.at(column) + max(free, GAP if column == 0 else 0.0)
            self.sheet.words.append(_Word(x, y, text, self.size, colour))
        if head.kind == "spanner":
            start, end = self.at(column) + GAP, self.at(column + head.columns) - GAP
            points = self.sheet.look.spanner
            self.sheet.rules.append(_Rule(start, bottom + 1.0, end, points))

    def body(self) -> None:
        table, before = self.block.table, ""
        for line, made in zip(table.body, pieces(table, self.block.open_cells), strict=True):
            parted = line.kind in ("net", "summary", "total") and before not in ("", line.kind)
            if parted and self.sheet.look.group:
                right = self.left + sum(self.block.widths)
                y = self.sheet.y
                self.sheet.rules.append(_Rule(self.left, y, right, self.sheet.look.group, _HAIR))
            self.line(line, made)
            before = line.kind
        self.sheet.y += 1.5

    def line(self, line: Line, made: tuple[Pieces, ...]) -> None:
        widths = self.block.widths
        indent = GAP + line.indent * self.size
        wide = (sum(widths) if line.kind == "group" else widths[0]) - indent
        labels = _fitted(_clean(line.label), wide, self.size)
        stacks = [list(_lines(cell)) for cell in made]
        tall = max(len(labels), *(len(stack) for stack in stacks), 1)
        base = self.sheet.y + _ROW / 2 + self.size
        face: Face = "italic" if line.kind == "net" and not _wide_script(line.label) else "plain"
        for place, text in enumerate(labels):
            y = base + place * self.size * 1.25
            self.sheet.words.append(_Word(self.left + indent, y, text, self.size, face=face))
        for column, stack in enumerate(stacks, start=1):
            for place, cell in enumerate(stack):
                self.cell(column, cell, base + place * self.size * 1.25)
        self.sheet.y += _ROW + self.size * (1.25 * tall + 0.12)

    def cell(self, column: int, made: Pieces, y: float) -> None:
        sizes = [self.size * (_RAISED[0] if "raised" in p.look else 1.0) for p in made]
        texts = [_clean(p.text) for p in made]
        total = sum(_wide(t, s) for t, s in zip(texts, sizes, strict=True))
        x = self.at(column) + (self.block.widths[column] - total) / 2
        for piece, text, size in zip(made, texts, sizes, strict=True):
            if "hidden" not in piece.look:
                up = self.size * _RAISED[1] if piece.look == "raised" else 0.0
                colour = _GREY if piece.look == "grey" else _INK
                self.sheet.words.append(_Word(x, y - up, text, size, colour))
            x += _wide(text, size)


def _lines(made: Pieces) -> Iterator[Pieces]:
    """Cut a cell at its line breaks."""
    line: list[Piece] = []
    for piece in made:
        first, *more = piece.text.split("\n")
        line.append(Piece(first, piece.look))
        for text in more:
            yield tuple(line)
            line = [Piece(text, piece.look)]
    yield tuple(p for p in line if p.text)


def _wide_script(text: str) -> bool:
    return any(ord(c) > 0x2E7F for c in text)


def _fitted(text: str, wide: float, size: float) -> list[str]:
    """Wrap text to a width in points: as few lines as there can be, a word that is too long cut."""
    if _wide(text, size) <= wide:
        return [text]
    glued = re.sub(r" ([=<]) (?=[0-9−])", "\u00a0\\1\u00a0", text)
    glued = re.sub(r"\(([0-9.]+), (?=[0-9])", "(\\1,\u00a0", glued)
    most = max(2, int(wide / (size * _LEAST)))
    for cells in range(most, max(1, most // 2), -1):
        parts = wrap(glued, cells)
        if all(_wide(part, size) <= wide for part in parts):
            break
    if len(glued) < 120:
        even = wrap_evenly(glued, cells)
        parts = even if all(_wide(part, size) <= wide for part in even) else parts
    whole = (piece for part in parts for piece in _cut(part, wide, size))
    return [piece.replace("\u00a0", " ") for piece in whole]


def _cut(text: str, wide: float, size: float) -> Iterator[str]:
    while len(text) > 1 and _wide(text, size) > wide:
        kept = max(1, int(len(text) * wide / _wide(text, size)))
        while kept > 1 and _wide(text[:kept], size) > wide:
            kept -= 1
        yield text[:kept]
        text = text[kept:]
    yield text


# ---------------------------------------------------------------- matplotlib
@lru_cache(maxsize=20_000)
def _wide(text: str, size: float) -> float:
    """Return the width of text in points."""
    if not text:
        return 0.0
    renderer, font = _measure(size)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        wide, _, _ = renderer.get_text_width_height_descent(text, font, False)
    return float(wide) / 10


@lru_cache
def _measure(size: float) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    made: Any = RendererAgg
    return made(1, 1, 720), FontProperties(family=list(families()), size=size)


def _figure(sheet: _Sheet) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.transforms import Affine2D

    wide, high = sheet.wide + 2 * _PAD, sheet.y + _PAD
    figure = Figure(figsize=(wide / 72, high / 72), facecolor="white")
    FigureCanvasAgg(figure)
    points = Affine2D().scale(1 / 72, -1 / 72).translate(0, high / 72) + figure.dpi_scale_trans
    for rule in sheet.rules:
        line = Line2D(
            [rule.x, rule.end], [rule.y, rule.y], linewidth=rule.points, color=rule.colour,
            solid_capstyle="butt", transform=points, antialiased=True,
        )  # fmt: skip
        figure.add_artist(line)
    for word in sheet.words:
        if word.text.strip():
            figure.add_artist(_text(word, points))
    return figure


def _text(word: _Word, points: Any) -> Any:
    from matplotlib.text import Text

    effects = {"bold": _bold, "italic": _leaned}.get(word.face)
    return Text(
        word.x, word.y, word.text, fontsize=word.size, color=word.colour, va="baseline",
        ha="left", transform=points, fontfamily=list(families()), parse_math=False,
        path_effects=effects(word) if effects else None, usetex=False,
    )  # fmt: skip


def _bold(word: _Word) -> list[Any]:
    """Return what thickens text: the font has one weight."""
    from matplotlib.patheffects import Normal, Stroke

    return [Stroke(linewidth=word.size * 0.045, foreground=word.colour), Normal()]


def _leaned(word: _Word) -> list[Any]:
    """Return what leans text over: the font has no italic."""
    from matplotlib.patheffects import AbstractPathEffect
    from matplotlib.transforms import Affine2D

    class Leaned(AbstractPathEffect):
        def draw_path(
            self, renderer: Any, gc: Any, tpath: Any, affine: Any, rgbFace: Any = None
        ) -> None:
            renderer.draw_path(gc, tpath, Affine2D().skew_deg(12, 0) + affine, rgbFace)

    return [Leaned()]
