"""YAML as a tree of text in which every value knows its line.

All scalars stay the text that was written: ``en: Yes`` is no truth value, ``code: 01``
keeps its zero, ``1:30`` is no number. Who reads a value says what it should be.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from surveykit.errors import InputError, UnknownNameError

__all__ = ["Tree", "load_tree", "parse_tree"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Tree:
    """One value of a YAML file.

    Attributes
    ----------
    path, line
        Where the value stands; lines count from 1.
    value : str or None or tuple of Tree or dict of str to Tree
        A scalar as text (None for null), a list, or a mapping.
    key_lines : dict
        For a mapping, the line of each key.
    quoted : bool
        True for a scalar in quotes.
    """

    path: str
    line: int
    value: str | tuple[Tree, ...] | dict[str, Tree] | None
    key_lines: dict[str, int]
    quoted: bool = False

    @property
    def where(self) -> str:
        """File and line, as errors show them."""
        return f"{self.path}, line {self.line}"

    def fail(self, message: str, hint: str | None = None) -> NoReturn:
        """Raise an InputError that names file and line."""
        raise InputError(message, where=self.where, hint=hint)

    @property
    def kind(self) -> str:
        """What the value is, in words."""
        if self.value is None:
            return "nothing"
        return {str: "text", tuple: "a list", dict: "a mapping"}[type(self.value)]

    def mapping(self, what: str) -> dict[str, Tree]:
        """Return the value as a mapping."""
        if not isinstance(self.value, dict):
            self.fail(f"{what} should be a mapping (name: value); got {self.kind}.")
        return self.value

    def keys(self, what: str, allowed: Collection[str]) -> dict[str, Tree]:
        """Return the value as a mapping whose keys are all allowed."""
        found = self.mapping(what)
        for key in found:
            if key not in allowed:
                where = f"{self.path}, line {self.key_lines[key]}"
                raise UnknownNameError.for_name(f"key in {what}:", key, allowed, where=where)
        return found

    def items(self, what: str) -> tuple[Tree, ...]:
        """Return the value as a list."""
        if not isinstance(self.value, tuple):
            self.fail(f"{what} should be a list; got {self.kind}.")
        return self.value

    def text(self, what: str) -> str:
        """Return the value as text."""
        if not isinstance(self.value, str):
            self.fail(f"{what} should be text; got {self.kind}.")
        return self.value

    def texts(self, what: str) -> tuple[str, ...]:
        """Return the value as a list of texts; a single text is a list of one."""
        if isinstance(self.value, str):
            return (self.value,)
        return tuple(item.text(what) for item in self.items(what))

    def number(self, what: str) -> float:
        """Return the value as a number."""
        text = self.text(what)
        if self.quoted or not _NUMBER.fullmatch(text):
            self.fail(f"{what} should be a number; got {text!r}.")
        return float(text)

    def flag(self, what: str) -> bool:
        """Return the value as true or false."""
        text = self.text(what)
        if self.quoted or text not in ("true", "false"):
            self.fail(f"{what} should be true or false; got {text!r}.")
        return text == "true"


def load_tree(path: str | Path) -> Tree:
    """Read a YAML file (UTF-8) into a tree.

    Raises
    ------
    InputError
        When the file cannot be read, is not UTF-8 or is not YAML.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror or error})."
        raise InputError(message, where=str(path), hint="check the name of the file.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        where = f"{path}, line {line}"
        raise InputError("is not UTF-8.", where=where, hint="save it as UTF-8.") from error
    return parse_tree(text, str(path))


def parse_tree(text: str, path: str = "<text>") -> Tree:
    """Parse YAML text into a tree; `path` names it in errors.

    Examples
    --------
    >>> tree = parse_tree("a: {code: 01, en: Yes}")
    >>> tree.mapping("it")["a"].mapping("it")["en"].text("en")
    'Yes'
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        root = YAML(typ="safe", pure=True).compose(text)
        if root is not None:
            return _tree(root, path, (), {})
    except RecursionError:
        raise InputError(
            "is nested too deeply.", where=path, hint="look for brackets that are not closed."
        ) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(
            f"is not valid YAML: {error.problem or error.context}.",
            where=f"{path}, line {line}",
            hint="check indentation, quotes and colons near this line.",
        ) from error
    except YAMLError as error:
        raise InputError(f"is not valid YAML: {str(error).splitlines()[0]}", where=path) from error
    raise InputError("the file is empty.", where=path)


def _tree(node: Any, path: str, above: tuple[int, ...], known: dict[int, Tree]) -> Tree:
    """Return the tree of a node; what aliases name is read once, and `known` after that."""
    if id(node) not in known:
        known[id(node)] = _read(node, path, above, known)
    return known[id(node)]


def _read(node: Any, path: str, above: tuple[int, ...], known: dict[int, Tree]) -> Tree:
    line = node.start_mark.line + 1
    if id(node) in above:
        raise InputError("an alias refers to what it stands in.", where=f"{path}, line {line}")
    inside = (*above, id(node))
    if isinstance(node.value, str):
        null = node.tag == "tag:yaml.org,2002:null" and not node.style
        return Tree(path, line, None if null else node.value, {}, bool(node.style))
    if (node.value and isinstance(node.value[0], tuple)) or node.tag.endswith(":map"):
        return _mapping(node, path, line, inside, known)
    return Tree(path, line, tuple(_tree(n, path, inside, known) for n in node.value), {})


def _mapping(
    node: Any, path: str, line: int, inside: tuple[int, ...], known: dict[int, Tree]
) -> Tree:
    values: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        place = f"{path}, line {key_node.start_mark.line + 1}"
        if not isinstance(key_node.value, str):
            raise InputError("a key should be text.", where=place)
        key = key_node.value
        if key in values:
            raise InputError(
                f"the key {key!r} stands twice (first in line {lines[key]}).", where=place
            )
        values[key] = _tree(value_node, path, inside, known)
        lines[key] = key_node.start_mark.line + 1
    return Tree(path, line, values, lines)
