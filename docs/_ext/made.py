"""Tables made from the program, so that a page cannot fall behind it.

``{command} NAME``          usage, arguments and options of a command, as its ``--help`` has them
``{keys} SCHEMA [SECTION]`` the keys of a section of a file format, from its JSON schema
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

_WHOLE = "as printed, in quotes or whole number"  # a whole number may stand in quotes
_OPTION = re.compile(r"(?<![\w`-])(--?[a-z][\w-]*)")


class Made(SphinxDirective):
    """Write Markdown lines where the directive stands."""

    required_arguments = 1

    def lines(self) -> Iterable[str]:
        """Return the Markdown."""
        raise NotImplementedError

    def run(self) -> list[Any]:
        """Return the nodes of the Markdown."""
        node = nodes.container()
        node.document = self.state.document
        lines = StringList(list(self.lines()), source=self.name)
        self.state.nested_parse(lines, self.content_offset, node)
        return node.children


class Command(Made):
    """What a command takes."""

    def lines(self) -> Iterator[str]:
        """Yield its words, its usage and a table of all that it takes."""
        import typer

        from surveykit.cli import app

        command = typer.main.get_command(app).commands[self.arguments[0]]
        context = command.make_context(self.arguments[0], [], resilient_parsing=True)
        yield from (_said(line.strip()) for line in (command.help or "").splitlines())
        yield from ("", "| takes | meaning |", "|---|---|")
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record is not None:
                yield f"| `{_safe(record[0])}` | {_said(_safe(' '.join(record[1].split())))} |"


class Keys(Made):
    """The keys of a section: whether each must be there, its value and its meaning."""

    final_argument_whitespace = True

    def lines(self) -> Iterator[str]:
        """Yield a table with a line for each key."""
        from surveykit.published.schema import shipped_schema

        name, *section = self.arguments[0].split()
        schema = json.loads(shipped_schema(name))
        for part in section:
            schema = _inside(schema["properties"][part])
        must = schema.get("required", ())
        yield from ("| key | value | meaning |", "|---|---|---|")
        for key, value in schema["properties"].items():
            star = " (must be there)" if key in must else ""
            said = value.get("description", "").split(" · ")[-1]
            yield f"| `{key}` | {_safe(_shape(value))} | {_safe(said)}{star} |"


def _inside(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what an entry of a section is like."""
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict) and "properties" in schema[key]:
            return schema[key]
    return schema


def _shape(value: dict[str, Any]) -> str:
    """Return the values that a key takes, in words."""
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return _or(f"`{v}`" for v in value["enum"])
    for key in ("oneOf", "anyOf"):
        if key in value and all("required" not in one for one in value[key]):
            return _or(map(_shape, value[key])).replace(_WHOLE, "whole number")
    kinds = value.get("type", [])
    if isinstance(kinds, list):
        return (
            "entries by name"
            if "object" in kinds
            else "entries"
            if "array" in kinds
            else _bare(kinds)
        )
    if kinds == "array":
        return _list(value)
    if kinds == "object":
        if set(value.get("properties", ())) == {"zh", "en"}:
            return "`{zh: …, en: …}`"
        return "entries by name" if "additionalProperties" in value else "keys"
    if kinds == "string":
        return "as printed, in quotes" if "pattern" in value else "text"
    return {"integer": "whole number", "number": "number"}.get(kinds, "")


def _bare(kinds: list[str]) -> str:
    return "text" if "string" in kinds else "as printed, in quotes"


def _list(value: dict[str, Any]) -> str:
    items = value.get("items", {})
    if "properties" in items:
        return "entries"
    least, most = value.get("minItems"), value.get("maxItems")
    number = {(2, 2): "two of: ", (2, None): "two or more of: "}.get((least, most), "list of: ")
    return number + (_shape(items) if items else "numbers as printed")


def _or(parts: Iterable[str]) -> str:
    *first, last = dict.fromkeys(parts)
    return f"{', '.join(first)} or {last}" if first else last


def _safe(text: str) -> str:
    """Return text that stays inside the cell of a table."""
    return text.replace("|", "\\|")


def _said(text: str) -> str:
    """Return words of a help text with the options in them as code."""
    return _OPTION.sub(r"`\1`", text)


def setup(app: Any) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("command", Command)
    app.add_directive("keys", Keys)
    return {"parallel_read_safe": True}
