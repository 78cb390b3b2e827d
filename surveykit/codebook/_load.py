"""`codebook.yaml` (contract 4) → :class:`Codebook`, every error with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from surveykit.codebook._encode import levels_of
from surveykit.codebook._load_derived import (
    check_derived,
    check_fit,
    check_sources,
    collapsed,
    score_of,
)
from surveykit.codebook._load_study import STUDY, check_disposition, study_of
from surveykit.codebook._model import (
    Choice,
    Codebook,
    Design,
    Kind,
    LonelyPsu,
    Net,
    Role,
    Study,
    Variable,
    completed,
    derivation_order,
)
from surveykit.codebook._tree import Tree, load_tree, parse_tree
from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UsageError
from surveykit.rules import Categories, Sets, Values, parse_rule
from surveykit.text import Label, fold

__all__ = ["load_codebook", "parse_codebook", "rule_problem"]

_TOP = ("surveykit", "study", "design", "variables")
_DESIGN = (
    "weight", "strata", "psu", "fpc", "lonely_psu",
    "repweights", "kind", "rho", "scale", "rscales", "mse", "combined",
)  # fmt: skip
_VARIABLE = (
    "question", "kind", "column", "columns", "counted", "separator", "none", "choices", "missing",
    "asked_if", "from", "bins", "collapse", "reverse", "score", "nets", "exclusive", "range",
    "role", "identifier", "sensitive", "note",
)  # fmt: skip
_MARK = "codebook/1"


def load_codebook(path: str | Path) -> Codebook:
    """Read a ``codebook.yaml``.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Codebook

    Raises
    ------
    InputError
        When the file cannot be read or contradicts itself; the message names file and line.
    UnknownNameError
        For a key, variable or code that does not exist, with the near miss.

    Examples
    --------
    >>> load_codebook("nowhere.yaml")
    Traceback (most recent call last):
    ...
    surveykit.errors.InputError: nowhere.yaml: cannot be read (No such file or directory). Hint: check the name of the file.
    """
    return _codebook(load_tree(path))


def parse_codebook(text: str, path: str = "<text>") -> Codebook:
    """Parse the text of a ``codebook.yaml``; `path` names it in errors.

    Examples
    --------
    >>> book = parse_codebook('''
    ... surveykit: codebook/1
    ... variables:
    ...   aware: {kind: single, choices: [{code: 1, label: {zh: 知晓, en: Aware}}, {code: 2, label: 否}]}
    ... ''')
    >>> book["aware"].choices[0]
    Choice(code='1', label=Label(zh='知晓', en='Aware'))
    """
    return _codebook(parse_tree(text, path))


def _codebook(tree: Tree) -> Codebook:
    top = tree.keys("the codebook", _TOP)
    mark = top["surveykit"].text("surveykit") if "surveykit" in top else None
    if mark != _MARK:
        got = "there is none" if mark is None else f"got {mark!r}"
        tree.fail(f"a codebook begins with 'surveykit: {_MARK}'; {got}.")
    if "variables" not in top:
        tree.fail("the codebook has no 'variables'.")
    about = top["study"].keys("study", STUDY) if "study" in top else {}
    title = _label(about["title"], "title") if "title" in about else Label()
    study = study_of(about)
    design = _design(top["design"]) if "design" in top else None
    book = _linked(top["variables"].mapping("variables"), title, design, tree.path, study)
    if "disposition" in about:
        check_disposition(study, about["disposition"], book.variables)
    return book


def _linked(
    entries: Mapping[str, Tree], title: Label, design: Design | None, path: str, study: Study
) -> Codebook:
    """Make the codebook of its entries, what they refer to looked up among all of them."""
    variables = {name: _variable(name, entry) for name, entry in entries.items()}
    check_sources(variables, entries)
    # in order of derivation: what follows from a source needs the source whole and sound
    sound: dict[str, Variable] = {}
    for name in derivation_order(variables):
        check_fit(variables[name], entries[name], sound)
        sound[name] = completed(variables[name], sound)
    book = Codebook(title, variables, design, path, study)
    for name, entry in entries.items():
        if book[name].reverse:
            _check_nets(book[name], entry)
        _check_links(book[name], entry, dict(book.variables))
    return book


def _label(tree: Tree, what: str) -> Label:
    if not isinstance(tree.value, dict):
        return Label.of(tree.text(what))
    parts = tree.keys(what, ("zh", "en"))
    return Label.of({lang: part.text(what) for lang, part in parts.items()})


def _design(tree: Tree) -> Design:
    roles = tree.keys("design", _DESIGN)
    lonely: LonelyPsu = "fail"
    if "lonely_psu" in roles:
        rule = roles["lonely_psu"].text("lonely_psu")
        if rule not in get_args(LonelyPsu):
            raise UnknownNameError.for_name(
                "lonely_psu", rule, get_args(LonelyPsu), where=roles["lonely_psu"].where
            )
        lonely = rule  # type: ignore[assignment]
    try:
        return Design(
            weight=roles["weight"].text("weight") if "weight" in roles else None,
            strata=roles["strata"].text("strata") if "strata" in roles else None,
            psu=roles["psu"].texts("psu") if "psu" in roles else (),
            fpc=roles["fpc"].texts("fpc") if "fpc" in roles else (),
            lonely_psu=lonely,
            **_replicates(roles),
        )
    except UsageError as error:
        raise InputError(error.message, where=tree.where, hint=error.hint) from error


def _replicates(roles: dict[str, Tree]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "repweights" in roles:
        found["repweights"] = roles["repweights"].texts("repweights")
    if "kind" in roles:
        found["kind"] = roles["kind"].text("kind")
    for name in ("rho", "scale"):
        if name in roles:
            found[name] = roles[name].number(name)
    if "rscales" in roles:
        given = roles["rscales"]
        items = given.items("rscales") if isinstance(given.value, tuple) else (given,)
        found["rscales"] = tuple(item.number("rscales") for item in items)
    for name in ("mse", "combined"):
        if name in roles:
            found[name] = roles[name].flag(name)
    return found


# ---------------------------------------------------------------- one variable
def _variable(name: str, tree: Tree) -> Variable:
    what = f"variable {name!r}"
    if not name.strip():
        tree.fail("a variable needs a name.")
    keys = tree.keys(what, _VARIABLE)

    def text(key: str) -> str | None:
        return keys[key].text(key) if key in keys else None

    def flag(key: str) -> bool:
        return key in keys and keys[key].flag(key)

    def texts(key: str) -> tuple[str, ...]:
        return keys[key].texts(key) if key in keys else ()

    choices = _choices(keys["choices"], "choices") if "choices" in keys else ()
    parts: tuple[tuple[str, ...], ...] = ()
    if "collapse" in keys and not choices:
        choices, parts = collapsed(keys["collapse"])
    variable = Variable(
        name=name,
        kind=_kind(what, tree, keys),
        question=_label(keys["question"], "question") if "question" in keys else Label.of(name),
        choices=choices,
        missing=_choices(keys["missing"], "missing") if "missing" in keys else (),
        column=text("column"),
        columns=texts("columns"),
        counted=text("counted"),
        separator=text("separator"),
        none=texts("none"),
        asked_if=text("asked_if"),
        source=text("from"),
        bins=tuple(b.number("bins") for b in keys["bins"].items("bins")) if "bins" in keys else (),
        collapse=parts,
        reverse=flag("reverse"),
        score=score_of(keys["score"]) if "score" in keys else None,
        nets=tuple(_net(n) for n in keys["nets"].items("nets")) if "nets" in keys else (),
        exclusive=texts("exclusive"),
        range=_range(keys["range"]) if "range" in keys else None,
        role=_role(what, keys["role"]) if "role" in keys else None,
        identifier=flag("identifier"),
        sensitive=flag("sensitive"),
        note=_label(keys["note"], "note") if "note" in keys else None,
    )
    check_derived(variable, tree)
    _check_codes(variable, tree)
    _check_layout(variable, tree)
    _check_range(variable, tree)
    return variable


def _range(tree: Tree) -> tuple[float, float]:
    """Return a range; ``null`` leaves an end open."""
    ends = tree.items("range")
    if len(ends) != 2:
        tree.fail(
            f"a range has a lowest and a highest number; got {len(ends)}.", "range: [0, 120]."
        )
    low = -np.inf if ends[0].value is None else ends[0].number("range")
    high = np.inf if ends[1].value is None else ends[1].number("range")
    if low > high:
        tree.fail(f"the range begins above its end ({low:g}, {high:g}).", "range: [0, 120].")
    return low, high


def _role(what: str, tree: Tree) -> Role:
    role = tree.text("role")
    if role not in get_args(Role):
        raise UnknownNameError.for_name(f"role of {what}:", role, get_args(Role), where=tree.where)
    return role  # type: ignore[return-value]


def _kind(what: str, tree: Tree, keys: dict[str, Tree]) -> Kind:
    if "kind" not in keys:
        if "score" in keys:
            return "number"
        if "from" in keys:
            return "single"
        tree.fail(f"{what} has no kind.", f"kind is one of {', '.join(get_args(Kind))}.")
    kind = keys["kind"].text("kind")
    if kind not in get_args(Kind):
        where = keys["kind"].where
        raise UnknownNameError.for_name(f"kind of {what}:", kind, get_args(Kind), where=where)
    return kind  # type: ignore[return-value]


def _choices(tree: Tree, what: str) -> tuple[Choice, ...]:
    choices = []
    for item in tree.items(what):
        if isinstance(item.value, str):
            choices.append(Choice(item.value, Label.of(item.value)))
            continue
        keys = item.keys(what, ("code", "label"))
        if "code" not in keys:
            item.fail(f"an entry of {what} has no code.", "write {code: 1, label: …}.")
        code = keys["code"].text("code")
        if not fold(code):
            item.fail("a code is empty.", "an empty cell is blank by itself; leave the entry out.")
        label = _label(keys["label"], "label") if "label" in keys else Label.of(code)
        choices.append(Choice(code, label))
    return tuple(choices)


def _net(tree: Tree) -> Net:
    keys = tree.keys("nets", ("label", "of"))
    for key in ("label", "of"):
        if key not in keys:
            tree.fail(f"a net has no {key!r}.", "write {label: …, of: [codes]}.")
    return Net(_label(keys["label"], "label"), keys["of"].texts("of"))


# ---------------------------------------------------------------- what must agree
def _place(tree: Tree, key: str) -> Tree:
    keys = tree.mapping("variable")
    return keys.get(key, tree)


def _check_codes(variable: Variable, tree: Tree) -> None:
    seen: dict[str, str] = {}
    for key, choices in (("choices", variable.choices), ("missing", variable.missing)):
        for i, choice in enumerate(choices):
            if choice.code in seen:
                place = _place(tree, key).items(key)[i]
                place.fail(
                    f"{variable.name!r} has the code {choice.code!r} twice ({seen[choice.code]} and {key})."
                )
            seen[choice.code] = key
    codes = [c.code for c in variable.choices]
    for code in variable.exclusive:
        if code not in codes and variable.kind == "multiple":
            where = _place(tree, "exclusive").where
            what = f"exclusive code of {variable.name!r}:"
            raise UnknownNameError.for_name(what, code, codes, where=where)
    if not variable.reverse:  # then its choices follow from a source that is not known yet
        _check_nets(variable, tree)


def _check_nets(variable: Variable, tree: Tree) -> None:
    codes = [c.code for c in variable.choices]
    for i, net in enumerate(variable.nets):
        place = _place(tree, "nets").items("nets")[i]
        for code in net.of:
            if code not in codes:
                raise UnknownNameError.for_name(
                    f"code in a net of {variable.name!r}:", code, codes, where=place.where
                )


def _check_layout(variable: Variable, tree: Tree) -> None:
    name, keys = variable.name, tree.mapping("variable")
    if variable.kind in ("single", "multiple") and not variable.choices and not variable.derived:
        _place(tree, "choices").fail(f"{name!r} is of kind {variable.kind} and has no choices.")
    if variable.kind in ("number", "text", "date") and variable.choices:
        _place(tree, "choices").fail(
            f"{name!r} is of kind {variable.kind} and has choices.",
            "use kind single or scale, or missing for codes that are no answer.",
        )
    if variable.kind != "multiple":
        for key in ("columns", "counted", "separator", "none", "exclusive"):
            if key in keys:
                keys[key].fail(f"{name!r} has {key!r}, which only kind multiple can have.")
        return
    _check_multiple(variable, tree)


def _check_range(variable: Variable, tree: Tree) -> None:
    if variable.range is not None and not variable.numeric:
        _place(tree, "range").fail(
            f"{variable.name!r} has a range; only numbers and scales without choices can.",
            "the choices say what is allowed.",
        )
    if variable.role in ("start", "end") and variable.kind not in ("date", "text"):
        _place(tree, "role").fail(
            f"{variable.name!r} is of kind {variable.kind}; a role {variable.role!r} is for dates."
        )
    if variable.role == "duration" and variable.kind in ("multiple", "date"):
        _place(tree, "role").fail(f"{variable.name!r} is of kind {variable.kind}, no duration.")


def _check_multiple(variable: Variable, tree: Tree) -> None:
    name = variable.name
    if variable.columns and (variable.column or variable.separator):
        key = "column" if variable.column else "separator"
        message = f"{name!r} has both 'columns' and {key!r}."
        _place(tree, key).fail(message, "several columns, or one joined column, not both.")
    if not variable.columns and not variable.separator:
        message = f"{name!r} is of kind multiple and says neither 'columns' nor 'separator'."
        tree.fail(message, "columns: [a1, a2] or separator: ';'.")
    if variable.counted is not None and not variable.columns:
        _place(tree, "counted").fail(f"{name!r} has 'counted' without 'columns'.")
    if variable.counted is not None and len(variable.columns) != len(variable.choices):
        _place(tree, "columns").fail(
            f"{name!r} has {len(variable.columns)} columns and {len(variable.choices)} choices; "
            "with 'counted' there is one column per choice.",
        )
    twice = _first_twice(variable.columns)
    if twice is not None:
        _place(tree, "columns").fail(f"{name!r} names the column {twice!r} twice.")


def _first_twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _check_links(variable: Variable, tree: Tree, variables: dict[str, Variable]) -> None:
    if variable.asked_if is not None:
        _check_rule(variable.asked_if, _place(tree, "asked_if"), variables)


def _check_rule(text: str, place: Tree, variables: dict[str, Variable]) -> None:
    """Try the rule on no respondents at all: unknown names and codes come to light."""

    def lookup(name: str) -> Values:
        if name not in variables:
            raise UnknownNameError.for_name("variable", name, variables)
        return _no_values(variables[name])

    try:
        parse_rule(text).evaluate(lookup)
    except UnknownNameError as error:
        raise UnknownNameError(
            error.message, where=_within(place, error), hint=error.hint
        ) from None
    except SurveyKitError as error:
        raise InputError(error.message, where=_within(place, error), hint=error.hint) from None


def rule_problem(text: str, variables: Mapping[str, Variable]) -> str | None:
    """Say why a rule cannot be asked of `variables`; None when it can.

    Examples
    --------
    >>> rule_problem("age > 18", {"age": Variable("age", "number", Label.of("Age"))})
    >>> rule_problem("income > 18", {})
    "unknown variable 'income'."
    """

    def lookup(name: str) -> Values:
        if name not in variables:
            raise UnknownNameError.for_name("variable", name, variables)
        return _no_values(variables[name])

    try:
        parse_rule(text).evaluate(lookup)
    except SurveyKitError as error:
        return error.message
    return None


def _within(place: Tree, error: SurveyKitError) -> str:
    return f"{place.where}: asked_if: {error.where}" if error.where else f"{place.where}: asked_if"


def _no_values(variable: Variable) -> Values:
    if variable.kind == "number" or (variable.kind == "scale" and not variable.choices):
        return np.empty(0)
    levels, missing = levels_of(variable.choices), levels_of(variable.missing)
    if variable.kind == "multiple":
        return Sets(
            np.empty((0, len(levels)), dtype=bool), np.empty(0, dtype=bool), levels, missing
        )
    return Categories(
        np.empty(0, dtype=np.int16), levels, variable.kind in ("text", "date"), missing
    )
