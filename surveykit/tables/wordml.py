"""WordprocessingML by string: runs, paragraphs, edges; every text escaped, control characters out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["Look", "attribute", "edge", "frame", "paragraph", "plain", "run", "twips"]

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    r"""Return text that XML can hold, on one line.

    Examples
    --------
    >>> plain("a\x00b\n\tc")
    'ab c'
    """
    return _CONTROL.sub("", re.sub(r"[\t\r\n]+", " ", text))


def attribute(text: str) -> str:
    """Return text between quotes, as the value of an attribute."""
    return '"' + escape(plain(text), {'"': "&quot;"}) + '"'


def twips(points: float) -> int:
    """Return points in twentieths."""
    return round(points * 20)


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks; `font` is Word's font for Chinese."""

    bold: bool = False
    italic: bool = False
    colour: str = ""
    size: float = 0.0
    raised: bool = False
    font: str = ""

    def but(self, **changes: object) -> Look:
        """Return a copy with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def xml(self) -> str:
        """The properties of a run, in the order of the schema."""
        half = round(self.size * 2)
        parts = [
            f'<w:rFonts w:eastAsia="{self.font}"/>' if self.font else "",
            "<w:b/>" if self.bold else "",
            "<w:i/>" if self.italic else "",
            f'<w:color w:val="{self.colour}"/>' if self.colour else "",
            f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>' if half else "",
            '<w:vertAlign w:val="superscript"/>' if self.raised else "",
        ]
        joined = "".join(parts)
        return f"<w:rPr>{joined}</w:rPr>" if joined else ""


def run(text: str, look: Look = Look()) -> str:
    """Return a run of constant text; nothing for none.

    Examples
    --------
    >>> run("a < b", Look(bold=True))
    '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">a &lt; b</w:t></w:r>'
    """
    if not text:
        return ""
    return f'<w:r>{look.xml}<w:t xml:space="preserve">{escape(plain(text))}</w:t></w:r>'


def paragraph(runs: str, properties: str = "") -> str:
    """Return a paragraph; `properties` in the order of the schema."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>" if properties else f"<w:p>{runs}</w:p>"


def edge(side: str, points: float, colour: str = "000000", space: int = 0) -> str:
    """Return one edge of a cell or a paragraph."""
    eighths = max(2, round(points * 8))
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{colour}"/>'


def frame(colour: str) -> str:
    """Return the edges of a framed paragraph."""
    sides = ("top", "left", "bottom", "right")
    return f"<w:pBdr>{''.join(edge(s, 0.75, colour, 4) for s in sides)}</w:pBdr>"
