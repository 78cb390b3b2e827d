"""The `study` of a `codebook.yaml`: title, counts of questionnaires, dispositions, fieldwork."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NoReturn

from surveykit.codebook._model import Study, Variable
from surveykit.codebook._tree import Tree
from surveykit.errors import UnknownNameError

__all__ = ["OUTCOMES", "STUDY", "check_disposition", "study_of"]

_COUNTS = (
    "distributed", "returned", "valid", "partial", "refusal", "noncontact", "other", "unknown",
    "ineligible",
)  # fmt: skip
STUDY = ("title", *_COUNTS, "disposition", "fieldwork")
OUTCOMES = ("complete", "partial", "refusal", "noncontact", "other", "unknown", "ineligible")


def study_of(keys: Mapping[str, Tree]) -> Study:
    """Return the study; `keys` are those of its section."""
    counts: dict[str, Any] = {k: _count(keys[k], k) for k in _COUNTS if k in keys}
    _check_order(counts, keys)
    variable, dispositions = (
        _disposition(keys["disposition"]) if "disposition" in keys else ("", ())
    )
    fieldwork = _fieldwork(keys["fieldwork"]) if "fieldwork" in keys else None
    return Study(
        **counts, disposition=variable or None, dispositions=dispositions, fieldwork=fieldwork
    )


def _count(tree: Tree, what: str) -> int:
    number = tree.number(what)
    if number < 0 or not number.is_integer():
        tree.fail(f"{what} is a number of questionnaires; got {tree.value!r}.")
    return int(number)


def _check_order(counts: Mapping[str, int], keys: Mapping[str, Tree]) -> None:
    """Refuse more questionnaires back than went out, or more valid than came back."""
    for smaller, larger in (
        ("returned", "distributed"),
        ("valid", "returned"),
        ("valid", "distributed"),
    ):
        if smaller in counts and larger in counts and counts[smaller] > counts[larger]:
            keys[smaller].fail(
                f"{counts[smaller]} questionnaires {smaller} are more than {counts[larger]} {larger}."
            )
    outcomes = [n for n in _COUNTS[2:] if n in counts]
    total = sum(counts[n] for n in outcomes)
    if "distributed" in counts and total > counts["distributed"]:
        keys[outcomes[-1]].fail(
            f"{', '.join(outcomes)} add up to {total}, more than {counts['distributed']} distributed."
        )


def _disposition(tree: Tree) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    keys = tree.keys("disposition", ("variable", *OUTCOMES))
    if "variable" not in keys:
        tree.fail(
            "disposition names no variable.",
            "disposition: {variable: status, complete: [1], refusal: [2]}.",
        )
    found = tuple((n, keys[n].texts(n)) for n in OUTCOMES if n in keys)
    seen: set[str] = set()
    for name, codes in found:
        for code in codes:
            if code in seen:
                keys[name].fail(f"the code {code!r} stands for two outcomes.")
            seen.add(code)
    return keys["variable"].text("variable"), found


def check_disposition(study: Study, tree: Tree, variables: Mapping[str, Variable]) -> None:
    """Check that the disposition names a single choice and its codes."""
    if study.disposition is None:
        return
    keys = tree.mapping("disposition")
    name = study.disposition
    if name not in variables:
        where = keys["variable"].where
        raise UnknownNameError.for_name("variable", name, variables, where=where)
    choices = variables[name].choices
    if variables[name].kind not in ("single", "scale") or not choices:
        keys["variable"].fail(f"{name!r} is no single choice; outcomes are its codes.")
    codes = [c.code for c in (*choices, *variables[name].missing)]
    for outcome, of in study.dispositions:
        for code in of:
            if code not in codes:
                where = keys[outcome].where
                raise UnknownNameError.for_name(f"code of {name!r}:", code, codes, where=where)


def _fieldwork(tree: Tree) -> tuple[str, str]:
    days = tree.items("fieldwork")
    if len(days) != 2:
        tree.fail("fieldwork has a first and a last day.", "fieldwork: [2016-07-01, 2016-08-31].")
    first, last = (_day(day) for day in days)
    if first > last:
        tree.fail(f"fieldwork ends before it begins ({first}, {last}).")
    return first, last


def _day(tree: Tree) -> str:
    text = tree.text("fieldwork")
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        _no_day(tree, text)


def _no_day(tree: Tree, text: str) -> NoReturn:
    tree.fail(f"a day of the fieldwork is no date: {text!r}.", "write 2016-07-01.")
