"""Cross-references: ``{table:name}`` in a text becomes "Table 2", a link to the part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from surveykit.errors import UnknownNameError, UsageError
from surveykit.report.parts import FigurePart, Part, TablePart, Text
from surveykit.text import Label, Lang

__all__ = ["Pieces", "asked", "blocks", "check", "kind_of", "labels"]

Pieces = tuple[tuple[str, str], ...]
"""Text in pieces: (words, the part they lead to as ``table:name``, or empty)."""

_REFERENCE: Final = re.compile(r"\{(\{?)(table|figure):([^{}]*)\}\}?")
_NUMBER: Final = re.compile(
    r"(?:表|图|Table|Figure)\s*(?:[A-Z]?[0-9]+(?:[.-][0-9]+)*|[一二三四五六七八九十百]+)"
    r"(?:（[0-9一二三四五六七八九十]+）| \([0-9]+\)(?=\.))?"
)
_NAMED: Final = Label("“{title}”", "“{title}”")


def kind_of(part: Part) -> str:
    """Return ``table`` or ``figure``, or an empty text for what has no name."""
    return {TablePart: "table", FigurePart: "figure"}.get(type(part), "")


def check(parts: Iterable[Part]) -> None:
    """Raise for a reference to a part that is not there, before anything is drawn.

    Raises
    ------
    UnknownNameError
        With the names that are near.
    """
    held = list(parts)
    known = {k: [p.name for p in held if isinstance(p, TablePart | FigurePart) and kind_of(p) == k]
             for k in ("table", "figure")}  # fmt: skip
    for key in asked(held):
        kind, _, name = key.partition(":")
        if name not in known[kind]:
            raise UnknownNameError.for_name(f"{kind} of the report", name, known[kind])


def asked(parts: Iterable[Part]) -> dict[str, None]:
    """Return the parts that the texts refer to, as ``table:name``, in order."""
    bodies = (part.body for part in parts if isinstance(part, Text))
    found = (match.groups() for body in bodies for match in _REFERENCE.finditer(body))
    return dict.fromkeys(f"{kind}:{name.strip()}" for escaped, kind, name in found if not escaped)


def labels(titles: Mapping[str, str], lang: Lang) -> dict[str, str]:
    """Return what a reference shows: the number at the front of the caption, else its words.

    Parameters
    ----------
    titles : mapping
        ``table:name`` to the caption.
    lang : {"zh", "en"}

    Examples
    --------
    >>> labels({"table:a": "Table 2. Awareness", "figure:b": "Answers by age"}, "en")
    {'table:a': 'Table 2', 'figure:b': '“Answers by age”'}
    >>> labels({"table:a": "表1（二） 知晓", "figure:b": "图一 各地"}, "zh")
    {'table:a': '表1（二）', 'figure:b': '图一'}
    """
    return {key: _label(key, title, lang) for key, title in titles.items()}


def _label(key: str, title: str, lang: Lang) -> str:
    found = _NUMBER.match(title)
    if found:
        return found.group()
    if not title:
        raise UsageError(
            f"{key} has no caption to refer to.", hint="give it a title, or numbered='auto'."
        )
    return _NAMED.text(lang).format(title=title)


def blocks(
    text: Text, shown: Mapping[str, str], lang: Lang
) -> Iterator[tuple[Literal["list", "paragraph"], tuple[Pieces, ...]]]:
    """Yield the paragraphs and lists of a text: its kind, then its lines in pieces."""
    for lines in text.blocks:
        if lines[0].startswith("- "):
            yield "list", tuple(_pieces(line.removeprefix("- "), shown) for line in lines)
        else:
            yield "paragraph", (_pieces(("" if lang == "zh" else " ").join(lines), shown),)


def _pieces(line: str, shown: Mapping[str, str]) -> Pieces:
    """Cut a line at its references.

    Examples
    --------
    >>> _pieces("See {table:a}, not {{table:b}}.", {"table:a": "Table 1"})
    (('See ', ''), ('Table 1', 'table:a'), (', not ', ''), ('{table:b}', ''), ('.', ''))
    """
    made: list[tuple[str, str]] = []
    end = 0
    for found in _REFERENCE.finditer(line):
        escaped, kind, name = found.groups()
        key = f"{kind}:{name.strip()}"
        stop = found.end() if escaped or not found.group().endswith("}}") else found.end() - 1
        made.append((line[end : found.start()], ""))
        made.append((found.group()[1:-1], "") if escaped else (shown[key], key))
        end = stop
    made.append((line[end:], ""))
    return tuple((words, key) for words, key in made if words)
