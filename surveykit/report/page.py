"""One HTML page from the parts of a report: numbers, anchors, contents, then the templates."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from surveykit import __version__
from surveykit.text import Label, Lang

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Block", "Drawn", "data_uri", "fill", "render"]

_WORDS: Final = {
    "skip": Label(zh="跳到正文", en="Skip to the text"),
    "contents": Label(zh="目录", en="Contents"),
    "made_with": Label(zh="制作：", en="Made with"),
}
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>\s*", re.DOTALL)
_HEADING = re.compile(r'<h3[^>]*\bid="([^"]+)"[^>]*>(.*?)</h3>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, drawn: what its files hold, and what it shows in words."""

    png: bytes
    svg: bytes
    title: str
    alt: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page: markup, and the heading or entry of the contents that it makes."""

    html: str
    section: str = ""
    entry: tuple[str, str] | None = None


@dataclass(slots=True)
class _Section:
    id: str
    heading: str
    blocks: list[str] = field(default_factory=list)
    entries: list[dict[str, str]] = field(default_factory=list)


def render(
    title: str,
    subtitle: str,
    lang: Lang,
    blocks: Sequence[Block],
    *,
    kind: Literal["report", "table"] = "report",
) -> str:
    """Return the page; needs no network and no other file. That of a ``table`` holds it alone."""
    styles: dict[str, None] = {template_text("report.css"): None}
    opening: list[str] = []
    sections: list[_Section] = []
    for block in blocks:
        if block.section:
            sections.append(_Section(f"section-{len(sections) + 1}", block.section))
        styles |= dict.fromkeys(_STYLE.findall(block.html))
        html = _STYLE.sub("", block.html).strip()
        (sections[-1].blocks if sections else opening).append(html)
        if sections:
            sections[-1].entries += _entries(block, html)
    page = {
        "title": title,
        "subtitle": subtitle,
        "language": "zh-CN" if lang == "zh" else "en",
        "version": __version__,
        "style": "\n".join(s.strip() for s in styles),
        "opening": opening,
        "sections": sections,
    }
    words = {key: label.text(lang) for key, label in _WORDS.items()}
    return fill(f"{kind}.html.j2", page=page, words=words)


def _entries(block: Block, html: str) -> list[dict[str, str]]:
    """Return the lines of the contents below the section: headings with an id, tables, figures."""
    from html import unescape

    if block.entry is not None:
        return [{"id": block.entry[0], "text": block.entry[1]}]
    found = _HEADING.findall(html)
    return [{"id": id, "text": unescape(_TAG.sub("", text)).strip()} for id, text in found]


def fill(template: str, **values: Any) -> str:
    """Fill one of the templates; every value is escaped unless the template says otherwise.

    Control characters, which no page may hold, are left out.
    """
    return _CONTROL.sub("", _environment().get_template(template).render(**values))


def data_uri(kind: str, data: bytes) -> str:
    """Return `data` as a URI that holds it."""
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


@cache
def template_text(name: str) -> str:
    """Return the text of a file among the templates."""
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(template_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
