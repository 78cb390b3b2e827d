"""Templates for cells and for prose: ``"{n} ({percent:.1f} %)"``, read and never evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from surveykit.errors import UnknownNameError, UsageError

__all__ = ["Field", "Template", "parse_template"]

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z_0-9]*(?:\.[0-9]+)?")
_FORMAT: Final = re.compile(r"(?:\.([0-9]))?[fd]?")
_HINT: Final = (
    "names of statistics in braces, with decimals where wanted: '{n} ({percent:.1f} %)'; "
    "{{ and }} for braces themselves."
)


@dataclass(frozen=True, slots=True)
class Field:
    """One ``{name:.1f}``; `decimals` is None where none are given."""

    name: str
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template as its fields and the text around them: one more text than fields."""

    fields: tuple[Field, ...]
    texts: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(f.name for f in self.fields)

    def fill(self, value: Callable[[Field], str]) -> str:
        """Return the text with `value(field)` in the place of each field."""
        return self.texts[0] + "".join(
            value(f) + text for f, text in zip(self.fields, self.texts[1:], strict=True)
        )

    def check(self, allowed: Iterable[str]) -> None:
        """Refuse a field that is none of `allowed`.

        Raises
        ------
        UnknownNameError
        """
        known = list(allowed)
        for name in self.names:
            if name not in known:
                raise UnknownNameError.for_name("field of a template", name, known)


def parse_template(text: str) -> Template:
    """Read a template.

    Nothing but names and decimals is understood: no attributes, indices, conversions or nested
    fields, so that a template from elsewhere can reach nothing.

    Raises
    ------
    UsageError
        For braces that do not close, what is no name or no number of decimals, and a template
        without fields.

    Examples
    --------
    >>> made = parse_template("{n} ({percent:.1f} %)")
    >>> made.fields, made.texts
    ((Field(name='n', decimals=None), Field(name='percent', decimals=1)), ('', ' (', ' %)'))
    >>> parse_template("{n.__class__}")
    Traceback (most recent call last):
    surveykit.errors.UsageError: '{n.__class__}' in the template '{n.__class__}' is no field. Hint: ...
    """
    if not isinstance(text, str):
        raise UsageError(f"a template is text; got {text!r}.", hint=_HINT)
    fields: list[Field] = []
    texts = [""]
    for piece in re.findall(r"\{\{|\}\}|\{[^{}]*\}?|\}|[^{}]+", text):
        if piece in ("{{", "}}"):
            texts[-1] += piece[0]
        elif piece[0] in "{}":
            fields.append(_field(piece, text))
            texts.append("")
        else:
            texts[-1] += piece
    if not fields:
        raise UsageError(f"the template {text!r} names no statistic.", hint=_HINT)
    return Template(tuple(fields), tuple(texts))


def _field(piece: str, whole: str) -> Field:
    name, _, form = piece[1:-1].partition(":")
    found = _FORMAT.fullmatch(form)
    closed = len(piece) > 2 and piece[0] == "{" and piece[-1] == "}"
    if not (closed and _NAME.fullmatch(name) and found):
        raise UsageError(f"{piece!r} in the template {whole!r} is no field.", hint=_HINT)
    if found[1]:
        return Field(name, int(found[1]))
    return Field(name, 0 if form.endswith("d") else None)
