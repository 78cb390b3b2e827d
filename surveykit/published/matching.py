"""Which codes of a codebook the levels of a paper's variables are; shared by `reconstruct` and `verify`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from surveykit.codebook import Variable
from surveykit.errors import InputError, UnknownNameError
from surveykit.text import fold

__all__ = ["How", "Matched", "codes_of", "match_variable"]

How = Literal["code", "label", "position"]
_NO_LEVELS = ("number", "text", "date")


@dataclass(frozen=True, slots=True)
class Matched:
    """A codebook variable, the code of each level, and how the levels were found."""

    variable: Variable
    codes: Mapping[str, str]
    how: How = "code"


def match_variable(
    name: str,
    levels: Sequence[str],
    variable: Variable,
    *,
    multiple: bool,
    path: str,
    by_position: bool = True,
) -> Matched:
    """Match a variable of the paper with one of a codebook.

    Raises
    ------
    InputError
        When one of them is a multiple response and the other is not.
    UnknownNameError
        For a level that the codebook lacks.
    """
    if (variable.kind == "multiple") != multiple or variable.kind in _NO_LEVELS:
        raise InputError(
            f"the variable {name!r} is {variable.kind} in the codebook, but "
            f"{'multiple' if multiple else 'single'} in the published figures.",
            where=path,
        )
    pairs = [(c.code, (c.label.zh, c.label.en)) for c in variable.choices]
    codes, how = codes_of(name, levels, pairs, path=path, by_position=by_position)
    return Matched(variable, codes, how)


def codes_of(
    name: str,
    levels: Sequence[str],
    choices: Sequence[tuple[str, Sequence[str]]],
    *,
    path: str,
    by_position: bool = True,
) -> tuple[dict[str, str], How]:
    """Match levels with choices: by code, else by label, else (same number of both) by position.

    Parameters
    ----------
    choices : sequence of (code, labels)

    Raises
    ------
    UnknownNameError
        With the near miss.

    Examples
    --------
    >>> codes_of("village", ["demo", "other"], [("1", ["demo"]), ("2", ["other"])], path="c.yaml")
    ({'demo': '1', 'other': '2'}, 'label')
    """
    by_code = {code: code for code, _ in choices}
    by_label = {text: code for code, labels in choices for text in labels if text}
    folded = {fold(text): code for text, code in (by_label | by_code).items()}
    if all(level in by_code for level in levels):
        return {level: by_code[level] for level in levels}, "code"
    if all(level in by_label for level in levels):
        return {level: by_label[level] for level in levels}, "label"
    if all(fold(level) in folded for level in levels):
        return {level: folded[fold(level)] for level in levels}, "label"
    if by_position and len(levels) == len(choices):
        return {lv: code for lv, (code, _) in zip(levels, choices, strict=True)}, "position"
    unknown = next(level for level in levels if fold(level) not in folded)
    raise UnknownNameError.for_name(
        f"choice of {name!r}", unknown, by_code, where=f"{path} (codebook)"
    )
