"""A document as PDF, by typst: Chinese with no font installed, the same bytes every time.

The look is in ``templates/paper.typ``; all text goes to it as data, so that none is markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from surveykit.errors import MissingDependencyError, SurveyKitError
from surveykit.fonts import FAMILY, files
from surveykit.tables.captions import caption, foot
from surveykit.tables.document import (
    Anchor,
    Document,
    Heading,
    Item,
    List,
    Paragraph,
    Picture,
    PlainTable,
)
from surveykit.tables.grid import Grid
from surveykit.tables.paper import PORTRAIT, Block, lay_out, plain_layout
from surveykit.tables.pieces import pieces
from surveykit.tables.themes import Theme, theme_of
from surveykit.tables.words import WORDS

__all__ = ["available", "render"]

_FAMILIES: Final = (FAMILY, "DejaVu Sans")  # matplotlib brings the second
_TEMPLATE: Final = Path(__file__).parent / "templates" / "paper.typ"
_SHORT: Final = 30  # lines of a body that is kept on one page
_CONTROL: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_DEEPEST: Final = 4  # level of a heading


def available() -> None:
    """Raise when typst is not installed.

    Raises
    ------
    MissingDependencyError
    """
    try:
        import typst  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError.for_extra("typst", "pdf", "a PDF file") from error


def render(document: Document) -> bytes:
    """Return `document` as the bytes of a PDF.

    Raises
    ------
    MissingDependencyError
        Without typst.
    UnsupportedError
        For a table of too many cells.
    """
    look = theme_of(document.theme)
    available()
    data: dict[str, Any] = {
        "title": document.title,
        "subtitle": document.subtitle,
        "contents": document.contents == "show",
        "word": WORDS["contents"].text(document.lang),
        "lang": document.lang,
        "region": "CN" if document.lang == "zh" else "US",
        "fonts": _FAMILIES,
        "theme": {
            "top": look.top, "head": look.head, "spanner": look.spanner, "bottom": look.bottom,
            "group": look.group, "caption": look.caption, "face": look.caption_face,
        },
        "parts": list(_parts(document.items, look)),
    }  # fmt: skip
    return _compiled(_clean(data))


def _compiled(data: Any) -> bytes:
    import typst

    text = json.dumps(data, ensure_ascii=False)
    made, warnings = typst.compile_with_warnings(
        _TEMPLATE.read_bytes(),
        font_paths=_fonts("bundled" if _held(text) else "all"),
        sys_inputs={"data": text},
        format="pdf",
    )
    if warnings:
        said = "; ".join(str(w.message) for w in warnings)
        raise SurveyKitError(f"the PDF did not come out right: {said}.")
    return bytes(made)


@cache
def _fonts(which: Literal["bundled", "all"]) -> Any:
    """Return the fonts; installed ones are looked at only where those at hand lack something."""
    import typst

    paths = [str(path.parent) for path in files()]
    return typst.Fonts(include_system_fonts=which == "all", font_paths=paths)


def _held(text: str) -> bool:
    return set(map(ord, set(text))) - {10} <= _characters()


@cache
def _characters() -> frozenset[int]:
    """Return what the fonts at hand hold."""
    from matplotlib.ft2font import FT2Font

    return frozenset(c for path in files() for c in FT2Font(str(path)).get_charmap())


def _clean(value: Any) -> Any:
    """Take control characters out of every text; typst would stop at some and show others."""
    if isinstance(value, str):
        return _CONTROL.sub("", value.replace("\t", " ").replace("\r", ""))
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


# ---------------------------------------------------------------- items as data
def _parts(items: Iterable[Item], look: Theme) -> Iterator[dict[str, Any]]:
    """Yield runs of items that stand on paper turned the same way."""
    sideways = False
    held: list[dict[str, Any]] = []
    level, key = 1, ""
    for item in items:
        if isinstance(item, Anchor):
            key = item.key
            continue
        if isinstance(item, Heading):
            level = min(item.level + 1, _DEEPEST)
        turned, made = _item(item, level, look)
        if key and made:
            _lead(made, key)
        key = ""
        if held and turned != sideways:
            yield {"sideways": sideways, "items": held}
            held = []
        sideways = turned
        held += made
    if held:
        yield {"sideways": sideways, "items": held}


def _lead(made: list[dict[str, Any]], key: str) -> None:
    """Give the caption of a table, or a picture, the key that links lead to."""
    for part in made:
        if part["is"] in ("caption", "picture"):
            part["key"] = key
            return


def _item(
    item: Heading | Paragraph | List | PlainTable | Picture | Grid, level: int, look: Theme
) -> tuple[bool, list[dict[str, Any]]]:
    """Return whether an item needs a page that lies, and what it is made of."""
    match item:
        case Grid():
            return _table(item, level, look)
        case Heading():
            made: dict[str, Any] = {"is": "heading", "text": item.text, "level": item.level}
        case Paragraph():
            made = {"is": "paragraph", "text": item.text, "kind": item.kind,
                    "pieces": item.pieces or [(item.text, "")]}  # fmt: skip
        case List():
            made = {"is": "list", "lines": [
                (d, item.pieces[i] if item.pieces else [(t, "")])
                for i, (d, t) in enumerate(item.lines)
            ]}  # fmt: skip
        case PlainTable():
            size, widths = plain_layout(item, PORTRAIT)
            kinds = [item.kind(c) for c in range(len(widths))]
            made = {"is": "plain", "caption": item.caption, "head": item.head, "rows": item.rows,
                    "size": size, "widths": widths, "kinds": kinds}  # fmt: skip
        case Picture():
            wide, high = item.size
            made = {"is": "picture", "svg": item.svg.decode("utf-8"), "alt": item.alt,
                    "lines": [[(item.title or item.entry, look.caption_face)]],
                    "title": item.title or item.entry, "level": level, "shown": not item.title,
                    "width": wide, "height": high}  # fmt: skip
    return False, [made]


def _table(table: Grid, level: int, look: Theme) -> tuple[bool, list[dict[str, Any]]]:
    layout = lay_out(table)
    made: list[dict[str, Any]] = []
    for place, block in enumerate(layout.blocks):
        if table.banner:
            made.append({"is": "banner", "text": table.banner})
        if block.table.title:
            title = {"is": "caption", "text": block.table.title, "level": level}
            lines = caption(block.table, look)
            made.append(title | {"found": place == 0, "lines": lines})
        made.append(_block(block, layout.size))
        notes = foot(block.table, look)
        if notes:
            made.append({"is": "notes", "texts": notes})
    return layout.sideways, made


def _block(block: Block, size: float) -> dict[str, Any]:
    table = block.table
    depth = len(table.head)
    head = [
        {"x": c, "y": r, "columns": h.columns, "rows": h.rows, "kind": h.kind, "grey": h.grey,
         "text": h.text.replace(" = ", "\u00a0=\u00a0"), "last": r + h.rows == depth}
        for r, c, h in table.placed()
    ]  # fmt: skip
    return {"is": "table", "widths": block.widths, "size": size, "depth": depth, "head": head,
            "rows": list(_rows(block)), "whole": len(table.body) <= _SHORT}  # fmt: skip


def _rows(block: Block) -> Iterator[dict[str, Any]]:
    table = block.table
    before = ""
    for place, (line, cells) in enumerate(
        zip(table.body, pieces(table, block.open_cells), strict=True)
    ):
        parted = line.kind in ("net", "summary", "total") and before not in ("", line.kind)
        yield {
            "kind": line.kind,
            "label": line.label,
            "indent": line.indent,
            "parted": parted,
            "last": place + 1 == len(table.body),
            "cells": [[(p.text, p.look) for p in cell] for cell in cells],
        }
        before = line.kind
