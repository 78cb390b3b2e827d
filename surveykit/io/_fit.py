"""Codebooks and files brought together: what a questionnaire says, as the file holds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from surveykit.codebook import Choice, Codebook, Variable, levels_of, rule_problem
from surveykit.io._raw import Raw
from surveykit.text import Bilingual, fold

__all__ = ["fit_codebook", "settled"]


def settled(raw: Raw) -> Raw:
    """Return `raw` with a codebook of the columns that are left, and of rules that can be asked."""
    assert raw.codebook is not None
    book, notes = _fitted(raw.codebook, raw)
    return replace(raw, codebook=book, notes=(*raw.notes, *notes))


def fit_codebook(book: Codebook, raw: Raw) -> tuple[Codebook, tuple[str, ...]]:
    """Fit the codebook of a questionnaire to the file of its answers.

    Labels, choices and rules come from the questionnaire; which columns hold a variable, and
    how, from the file. Variables of one alone are kept where their columns are in the file.

    Parameters
    ----------
    book : Codebook
        Read from the questionnaire (QSF, XLSForm, data dictionary, structure file).
    raw : Raw
        With or without a codebook of its own.

    Returns
    -------
    Codebook, and notes on what could not be taken over

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.text import Label
    >>> yes = Choice("1", Label.of("Yes"))
    >>> book = Codebook(variables={"a": Variable("a", "single", Label.of("A?"), (yes,))})
    >>> fitted, _ = fit_codebook(book, Raw(pd.DataFrame({"a": ["1"], "b": ["x"]})))
    >>> list(fitted), fitted["a"].choices[0].label.en
    (['a'], 'Yes')
    """
    own = raw.codebook.variables if raw.codebook is not None else {}
    labels = _by_label(book)
    merged: dict[str, Variable] = {}
    for name, found in own.items():
        asked = book.variables.get(name) or labels.get(fold(found.question.zh))
        if asked is None or (asked.name != name and asked.name in own):
            merged[name] = found
        elif asked.name == name or found.columns:
            merged[asked.name] = _merged(asked, found)
        else:
            merged[asked.name] = _merged(asked, replace(found, column=found.column or name))
    for name, asked in book.variables.items():
        merged.setdefault(name, asked)
    fitted = Codebook(book.title, merged, book.design, book.path)
    return _fitted(fitted, raw)


def _by_label(book: Codebook) -> dict[str, Variable]:
    """Return the variables by question, for files whose headers are the questions."""
    found: dict[str, Variable | None] = {}
    for variable in book.variables.values():
        for text in {fold(variable.question.zh), fold(variable.question.en)} - {""}:
            found[text] = None if text in found else variable
    return {text: v for text, v in found.items() if v is not None}


def _fitted(book: Codebook, raw: Raw) -> tuple[Codebook, tuple[str, ...]]:
    columns = {*map(str, raw.frame.columns), *raw.headers.values()}
    return _within(book, columns)


def _within(book: Codebook, columns: set[str]) -> tuple[Codebook, tuple[str, ...]]:
    held = {n: v for n, v in book.variables.items() if columns.issuperset(v.headers)}
    held = {n: v for n, v in held.items() if held.keys() >= set(v.sources)}
    notes: list[str] = []
    for name, variable in held.items():
        problem = variable.asked_if and rule_problem(variable.asked_if, held)
        if problem:
            held[name] = replace(variable, asked_if=None)
            notes.append(_not_taken(name, str(variable.asked_if), problem))
    return replace(book, variables=held), tuple(notes)


def _not_taken(name: str, rule: str, problem: str) -> Bilingual:
    return Bilingual(
        f"{name!r}: its rule {rule!r} is left out ({problem.rstrip('.')}).",
        f"{name!r}：跳题规则 {rule!r} 未采用（{problem.rstrip('.')}）。",
    )


def _merged(asked: Variable, found: Variable) -> Variable:
    """Return the variable as asked, in the columns where it was found."""
    if found.kind == "multiple" and asked.choices and found.choices:
        return _merged_sets(asked, found)
    if asked.kind == "multiple":
        return replace(asked, column=found.column)
    if asked.kind == "text" and found.kind in ("number", "date"):
        return replace(asked, kind=found.kind, missing=found.missing, column=found.column)
    keep = asked.choices or asked.kind != "single"
    kind = asked.kind if keep else found.kind
    choices = asked.choices or (found.choices if kind in ("single", "scale") else ())
    if kind in ("single", "multiple") and not choices:
        kind = "text"
    missing = asked.missing or (found.missing if kind == "number" else ())
    return replace(asked, kind=kind, choices=choices, missing=missing, column=found.column)


def _merged_sets(asked: Variable, found: Variable) -> Variable:
    placed = replace(
        asked,
        kind="multiple",
        column=found.column,
        separator=found.separator,
        columns=found.columns,
        counted=found.counted,
        none=found.none or asked.none,
    )
    if found.counted is None:
        return placed
    pairs = _in_order(asked.choices, zip(found.choices, found.columns, strict=True))
    columns, choices = tuple(c for _, c in pairs), tuple(c for c, _ in pairs)
    return replace(placed, columns=columns, choices=choices)


def _in_order(
    choices: tuple[Choice, ...], found: Iterable[tuple[Choice, str]]
) -> list[tuple[Choice, str]]:
    """Bring the columns of a multiple response into the order of the questionnaire."""
    levels = levels_of(choices)
    placed: list[tuple[int, Choice, str]] = []
    for own, column in found:
        place = levels.find(own.label.zh) if own.label.zh != own.code else None
        place = levels.find(own.code) if place is None else place
        known = own if place is None else choices[place]
        placed.append((len(choices) if place is None else place, known, column))
    return [(choice, column) for _, choice, column in sorted(placed, key=lambda p: p[0])]
