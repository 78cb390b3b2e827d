"""New variables into a codebook that a person has edited: nothing that stands there is touched."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveykit.codebook._dump import dump
from surveykit.codebook._load import parse_codebook
from surveykit.codebook._model import Codebook, Variable
from surveykit.errors import InputError
from surveykit.text import fold

__all__ = ["Update", "update_codebook", "update_yaml"]


@dataclass(frozen=True, slots=True)
class Update:
    """The text of a codebook with what was added.

    Attributes
    ----------
    text : str
    added : tuple of str
        Names of new variables.
    left_out : tuple of str
        Names that stand in the codebook already, for another column.
    """

    text: str
    added: tuple[str, ...]
    left_out: tuple[str, ...]


def update_codebook(
    path: str | Path, drafted: Codebook, headers: Mapping[str, str] | None = None
) -> Update:
    """Add to the codebook in a file the variables of a drafted one that it does not have.

    Nothing is written; what the person wrote, comments and layout included, stays to the letter.

    Parameters
    ----------
    path : str or Path
    drafted : Codebook
    headers : mapping of str to str, optional
        Column name → full header of the file, where the two differ.

    Returns
    -------
    Update

    Raises
    ------
    InputError, UnknownNameError
        When the file is no codebook, or contradicts itself.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error}).", where=str(path)) from error
    except UnicodeDecodeError as error:
        hint = "name another file; this one would be overwritten."
        raise InputError("is no codebook: not UTF-8.", where=str(path), hint=hint) from error
    return update_yaml(text, drafted, str(path), headers)


def update_yaml(
    text: str,
    drafted: Codebook,
    path: str = "<text>",
    headers: Mapping[str, str] | None = None,
) -> Update:
    """Do what :func:`update_codebook` does, with the text of the codebook.

    A variable is new when neither its name nor any of its columns is in the codebook.

    Examples
    --------
    >>> from surveykit.text import Label
    >>> old = "surveykit: codebook/1\\nvariables:\\n  a: {kind: number}  # years\\n# the end\\n"
    >>> new = Codebook(variables={n: Variable(n, "number", Label.of(n)) for n in "ab"})
    >>> print(update_yaml(old, new).text, end="")
    surveykit: codebook/1
    variables:
      a: {kind: number}  # years
      b:
        kind: number
    # the end
    """
    book = parse_codebook(text, path)
    new, left_out = _new(book, drafted, headers or {})
    if not new:
        return Update(text, (), left_out)
    made = _inserted(text, new)
    _check(book, parse_codebook(made, path), new)
    return Update(made, tuple(new), left_out)


def _new(
    book: Codebook, drafted: Codebook, full: Mapping[str, str]
) -> tuple[dict[str, Variable], tuple[str, ...]]:
    held = {fold(h) for v in book.variables.values() for h in v.headers}
    new: dict[str, Variable] = {}
    left_out = []
    for name, variable in drafted.variables.items():
        columns = {fold(h) for c in variable.headers for h in (c, full.get(c, c))}
        if columns & held:
            continue
        if name in book:
            left_out.append(name)
        else:
            new[name] = variable
    return new, tuple(left_out)


def _check(book: Codebook, made: Codebook, new: dict[str, Variable]) -> None:
    """Make sure that what was read before is read now, and the new variables as drafted."""
    expected = {**book.variables, **new}
    if dict(made.variables) != expected or (made.title, made.design, made.study) != (
        book.title,
        book.design,
        book.study,
    ):
        raise InputError(
            "new variables could not be added without a change to the others.",
            where=book.path or None,
            hint="write the draft to another file, and copy what is new.",
        )


# ---------------------------------------------------------------- in the text
def _inserted(text: str, new: dict[str, Variable]) -> str:
    from ruamel.yaml import YAML

    root = YAML(typ="safe", pure=True).compose(text)
    (node,) = (value for key, value in root.value if key.value == "variables")
    if node.flow_style or root.flow_style:
        return _in_flow(text, new)
    column = node.value[0][0].start_mark.column
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    place = _after(lines, _last_line(node), column)
    if place and not lines[place - 1].endswith(("\n", "\r")):
        lines[place - 1] += end
    block = dump(Codebook(variables=new)).split("variables:\n", 1)[1]
    added = [" " * column + line[2:] + end for line in block.splitlines()]
    return "".join([*lines[:place], *added, *lines[place:]])


def _last_line(node: Any) -> int:
    """Return the line (from 0) on which the content of a node ends."""
    if isinstance(node.value, str):
        first, last = int(node.start_mark.line), int(node.end_mark.line)
        return last - 1 if node.end_mark.column == 0 and last > first else last
    if node.flow_style or not node.value:
        return int(node.end_mark.line)
    child = node.value[-1]
    return _last_line(child[1] if isinstance(child, tuple) else child)


def _after(lines: list[str], last: int, column: int) -> int:
    """Return where to insert: behind the comments that still belong to the last variable."""
    place = last + 1
    while place < len(lines):
        line = lines[place]
        comment = line.lstrip()
        if not comment.startswith("#") or len(line) - len(comment) <= column:
            break
        place += 1
    return place


def _in_flow(text: str, new: dict[str, Variable]) -> str:
    """Add to variables that stand in braces, by a round trip that keeps comments."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 100_000
    tree = yaml.load(text)
    tree["variables"].update(yaml.load(dump(Codebook(variables=new)))["variables"])
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()
