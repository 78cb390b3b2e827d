"""Derived variables of a `codebook.yaml`: bins, collapsed and reversed choices, scale scores."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NoReturn, get_args

from surveykit.codebook._cells import parse_number
from surveykit.codebook._model import Choice, Score, ScoreMethod, Variable
from surveykit.codebook._tree import Tree
from surveykit.errors import UnknownNameError
from surveykit.text import Label

__all__ = ["check_derived", "check_fit", "check_sources", "collapsed", "score_of"]

_WAYS = ("bins", "collapse", "reverse")
_NO_COLUMN = (
    "column", "columns", "counted", "separator", "none", "missing", "exclusive", "range",
    "identifier",
)  # fmt: skip


def _label(tree: Tree) -> Label:
    if not isinstance(tree.value, dict):
        return Label.of(tree.text("label"))
    parts = tree.keys("label", ("zh", "en"))
    return Label.of({lang: part.text("label") for lang, part in parts.items()})


def collapsed(tree: Tree) -> tuple[tuple[Choice, ...], tuple[tuple[str, ...], ...]]:
    """Return the choices of ``collapse:``, and the source's codes of each."""
    choices, parts = [], []
    for item in tree.items("collapse"):
        keys = item.keys("collapse", ("code", "label", "of"))
        for key in ("code", "of"):
            if key not in keys:
                item.fail(
                    f"an entry of collapse has no {key!r}.",
                    "write {code: 1, label: …, of: [1, 2]}.",
                )
        code = keys["code"].text("code")
        label = _label(keys["label"]) if "label" in keys else Label.of(code)
        of = keys["of"].texts("of")
        if not of:
            keys["of"].fail("an entry of collapse takes no code.", "of: [1, 2].")
        choices.append(Choice(code, label))
        parts.append(of)
    if not choices:
        tree.fail("collapse has no entries.", "write {code: 1, label: …, of: [1, 2]}.")
    return tuple(choices), tuple(parts)


def score_of(tree: Tree) -> Score:
    """Return ``score:`` as a score."""
    keys = tree.keys("score", ("of", "method", "min_items"))
    if "of" not in keys:
        tree.fail("a score has no 'of'.", "score: {of: [q1, q2, q3], method: mean}.")
    items = tuple(item.text("of") for item in keys["of"].items("of"))
    if len(items) < 2:
        keys["of"].fail(f"a score is made of at least two items; got {len(items)}.")
    twice = next((n for n in items if items.count(n) > 1), None)
    if twice is not None:
        keys["of"].fail(f"the score names the item {twice!r} twice.")
    method: ScoreMethod = "mean"
    if "method" in keys:
        said = keys["method"].text("method")
        if said not in get_args(ScoreMethod):
            where = keys["method"].where
            raise UnknownNameError.for_name(
                "method of a score:", said, get_args(ScoreMethod), where=where
            )
        method = said  # type: ignore[assignment]
    return Score(
        items, method, _min_items(keys["min_items"], items) if "min_items" in keys else None
    )


def _min_items(tree: Tree, items: tuple[str, ...]) -> int:
    number = tree.number("min_items")
    if not number.is_integer() or not 1 <= number <= len(items):
        tree.fail(f"min_items is a whole number from 1 to {len(items)}; got {tree.value!r}.")
    return int(number)


# ---------------------------------------------------------------- one entry
def check_derived(variable: Variable, tree: Tree) -> None:
    """Check what an entry says by itself; its sources are looked at when all are known."""
    keys, name = tree.mapping("variable"), variable.name
    ways = [key for key in _WAYS if key in keys and (key != "reverse" or variable.reverse)]
    if variable.source is None and not variable.score:
        for key in ways:
            keys[key].fail(
                f"{name!r} has {key!r} without 'from'.", f"from: names what {key} is of."
            )
        return
    if variable.score and (variable.source is not None or ways):
        keys["score"].fail(f"{name!r} has a score and {'from' if variable.source else ways[0]!r}.")
    if not variable.score and len(ways) != 1:
        _not_one_way(name, ways, keys)
    for key in _NO_COLUMN:
        if key in keys:
            keys[key].fail(f"{name!r} is derived from other variables and cannot have {key!r}.")
    _check_kind(variable, tree, (*ways, "score")[0])
    if variable.bins:
        _check_bins(variable, tree)
    if variable.collapse:
        _check_collapse(variable, keys["collapse"])


def _not_one_way(name: str, ways: list[str], keys: Mapping[str, Tree]) -> NoReturn:
    if ways:
        keys[ways[1]].fail(
            f"{name!r} has both {ways[0]!r} and {ways[1]!r}; one way of deriving it."
        )
    keys["from"].fail(
        f"{name!r} has 'from' without 'bins', 'collapse' or 'reverse'.", "say how it is derived."
    )


def _check_kind(variable: Variable, tree: Tree, way: str) -> None:
    keys = tree.mapping("variable")
    allowed = {"score": ("number",), "reverse": ("single", "scale")}.get(way, ("single", "scale"))
    if variable.kind not in allowed:
        place = keys.get("kind", tree)
        place.fail(f"{variable.name!r} is derived by {way}; its kind is {' or '.join(allowed)}.")
    if "choices" in keys and way != "bins":
        keys["choices"].fail(
            f"{variable.name!r} is derived by {way} and cannot have 'choices'.",
            "they follow from what it is derived from."
            if way != "collapse"
            else "the entries of collapse are its choices.",
        )


def _check_bins(variable: Variable, tree: Tree) -> None:
    name, bins, keys = variable.name, variable.bins, tree.mapping("variable")
    place = keys["bins"]
    if any(b >= a for b, a in pairwise(bins)):
        place.fail(f"the bins of {name!r} should increase.")
    if not variable.choices:
        keys.get("choices", tree).fail(f"{name!r} has bins and no choices.")
    if len(bins) != len(variable.choices) + 1:
        place.fail(
            f"{name!r} has {len(bins)} bins and {len(variable.choices)} choices.",
            "bins are limits: one more than there are choices.",
        )


def _check_collapse(variable: Variable, place: Tree) -> None:
    seen: set[str] = set()
    entries = zip(variable.choices, variable.collapse, place.items("collapse"), strict=True)
    codes: set[str] = set()
    for choice, of, entry in entries:
        if choice.code in codes:
            entry.fail(f"{variable.name!r} has the code {choice.code!r} twice.")
        codes.add(choice.code)
        for code in of:
            if code in seen:
                entry.fail(
                    f"{variable.name!r} takes the code {code!r} twice; each belongs to one category.",
                    "categories that overlap are nets: nets: [{label: …, of: [1, 2]}].",
                )
            seen.add(code)


# ---------------------------------------------------------------- what it is derived from
def check_sources(variables: Mapping[str, Variable], entries: Mapping[str, Tree]) -> None:
    """Check that everything that is derived has sources of the right kind, and no circle.

    Raises
    ------
    UnknownNameError, InputError
        With file and line.
    """
    for name, variable in variables.items():
        for source in variable.sources:
            if source not in variables:
                where = _place(variable, entries[name], source).where
                others = [n for n in variables if n != name]
                raise UnknownNameError.for_name("variable", source, others, where=where)
    for name in variables:
        _refuse_circle(name, variables, entries)


def _place(variable: Variable, tree: Tree, source: str) -> Tree:
    """Return where an entry names a source."""
    keys = tree.mapping("variable")
    if variable.score is None:
        return keys["from"]
    items = keys["score"].mapping("score")["of"].items("of")
    return next(item for item in items if item.value == source)


def _refuse_circle(
    name: str, variables: Mapping[str, Variable], entries: Mapping[str, Tree]
) -> None:
    done: set[str] = set()
    trail: list[tuple[str, tuple[str, ...]]] = [(name, ())]
    while trail:
        here, above = trail.pop()
        if here in above:
            variable = variables[name]
            if here != name:
                continue
            circle = " from ".join(map(repr, (*above, here)))
            first = above[1] if len(above) > 1 else here
            _place(variable, entries[name], first).fail(
                f"variables are derived in a circle: {circle}.",
                "start from a variable that has a column of its own.",
            )
        if here in done:
            continue
        done.add(here)
        trail += [(source, (*above, here)) for source in variables[here].sources]


def check_fit(variable: Variable, tree: Tree, variables: Mapping[str, Variable]) -> None:
    """Check that the sources, themselves complete, can be derived from in this way."""
    for name in variable.sources:
        source, place = variables[name], _place(variable, tree, name)
        if variable.score is not None:
            _need_numbers(variable, source, place, "item of the score")
        elif variable.bins and not source.numeric:
            place.fail(
                f"{variable.name!r} is derived by bins from {name!r}, which is no number.",
                "choices are put together by collapse: [{code: 1, label: …, of: [1, 2]}].",
            )
        elif variable.collapse:
            _fit_collapse(variable, tree, source, place)
        elif variable.reverse:
            _fit_reverse(variable, source, place)


def _need_numbers(variable: Variable, source: Variable, place: Tree, what: str) -> None:
    if source.kind in ("multiple", "text", "date"):
        place.fail(
            f"{source.name!r} is of kind {source.kind}; as {what} {variable.name!r} it should "
            "hold numbers."
        )
    bad = [c.code for c in source.choices if parse_number(c.code) is None]
    if bad:
        place.fail(
            f"{source.name!r} has the code {bad[0]!r}, which is no number; "
            f"it cannot be {what} {variable.name!r}.",
            "give its choices numbers as codes: {code: 1, label: …}.",
        )


def _fit_collapse(variable: Variable, tree: Tree, source: Variable, place: Tree) -> None:
    if source.kind == "multiple":
        place.fail(
            f"{source.name!r} is a multiple response; collapse is for one choice.",
            "use nets: [{label: …, of: [1, 2]}] there.",
        )
    if not source.choices:
        hint = "numbers are cut by bins: [0, 18, 60]." if source.numeric else None
        place.fail(f"{source.name!r} has no choices that {variable.name!r} could collapse.", hint)
    codes = [c.code for c in source.choices]
    missing = {c.code for c in source.missing}
    entries = tree.mapping("variable")["collapse"].items("collapse")
    for of, entry in zip(variable.collapse, entries, strict=True):
        where = entry.mapping("collapse")["of"]
        for code in of:
            if code in missing:
                where.fail(f"{code!r} is a missing code of {source.name!r}; it is no category.")
            if code not in codes:
                raise UnknownNameError.for_name(
                    f"code of {source.name!r}:", code, codes, where=where.where
                )


def _fit_reverse(variable: Variable, source: Variable, place: Tree) -> None:
    _need_numbers(variable, source, place, "the scale reversed by")
    if not source.choices and source.range is None:
        place.fail(
            f"{source.name!r} has neither choices nor a range; its ends are not known.",
            f"give {source.name} its range: [1, 10].",
        )
    if source.range is not None and not source.choices:
        low, high = source.range
        if low in (float("-inf"), float("inf")) or high in (float("-inf"), float("inf")):
            place.fail(f"the range of {source.name!r} is open; it cannot be reversed.")
