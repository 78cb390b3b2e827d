"""Reading the section `means` of `published.yaml`: printed means and standard deviations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Protocol

from surveykit.codebook import Tree
from surveykit.errors import SurveyKitError, UnknownNameError
from surveykit.published.document_means import DIVISORS, PrintedMean, PrintedValue
from surveykit.text import Label

__all__ = ["MEAN_KEYS", "changed_mean", "check_claim", "read_mean", "read_scores"]

PARTS = ("mean", "sd", "n", "items", "divisor", "within")
MEAN_KEYS = ("id", "of", "scores", "range", *PARTS, "source", "label", "note")
CHANGES = ("mean", "sd", "n", "items", "divisor", "within")
MOST_SCORES = 200


class _Variable(Protocol):
    @property
    def levels(self) -> tuple[str, ...]: ...
    @property
    def kind(self) -> str: ...


class _Count(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def where(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def what(self) -> str: ...


def read_mean(
    tree: Tree, variables: Mapping[str, _Variable], counts: Iterable[_Count] = ()
) -> PrintedMean:
    """Read one entry of `means`; `counts` are the printed ones, which no base can exceed.

    Raises
    ------
    InputError, UnknownNameError
        With file and line.
    """
    keys = tree.keys("a mean", MEAN_KEYS)
    for name in ("id", "of"):
        if name not in keys:
            tree.fail(
                f"the key {name!r} is missing.",
                'for example  {id: m1, of: satisfaction, mean: "3.48", sd: "1.20"}.',
            )
    if "mean" not in keys and "sd" not in keys:
        tree.fail("neither `mean` nor `sd` is given.", 'for example  mean: "3.48", sd: "1.20".')
    of = keys["of"].text("of")
    if of in variables and variables[of].kind == "multiple":
        keys["of"].fail(
            f"{of!r} is a multiple-response question: its choices have no mean.",
            "for the mean number of choices name another variable, with  range: [0, …].",
        )
    mean = PrintedMean(
        id=keys["id"].text("id"),
        of=of,
        scores=_scores(tree, keys, of, variables),
        source=keys["source"].text("source") if "source" in keys else "",
        label=_label(keys["label"]) if "label" in keys else Label(),
        note=_label(keys["note"]) if "note" in keys else Label(),
        **_parts(keys, variables),
    )
    if of in mean.within:
        keys["within"].fail(
            f"the mean of {of!r} stands within {of!r} itself.", "name another grouping."
        )
    _check_base(mean, keys, counts)
    return mean


def _check_base(mean: PrintedMean, keys: Mapping[str, Tree], counts: Iterable[_Count]) -> None:
    """Refuse a base that is larger than the printed number of its group, or of everyone."""
    for count in counts:
        mine = not count.where or dict(count.where) == dict(mean.within)
        if mean.n is not None and not count.what and mine and mean.n > count.count:
            keys["n"].fail(
                f"n of the mean {mean.id!r} is {mean.n}, but {count.id!r} counts {count.count}.",
                "leave `n` out where the base is a count of the file; else check the digits.",
            )


def changed_mean(
    tree: Tree, variables: Mapping[str, _Variable], mean: PrintedMean
) -> dict[str, Any]:
    """Read what a scenario changes of a mean."""
    return _parts(tree.keys(f"mean {mean.id!r}", CHANGES), variables)


def check_claim(
    tree: Tree,
    operands: Iterable[tuple[str, ...]],
    means: Mapping[str, PrintedMean],
    *,
    tested: bool,
) -> None:
    """Refuse what cannot be claimed of means; a claim of percentages passes."""
    sides = list(operands)
    ids = [i for operand in sides for i in operand]
    mine = [i for i in ids if i in means]
    if not mine:
        return
    if len(mine) < len(ids):
        other = next(i for i in ids if i not in means)
        tree.fail(
            f"a claim is about means or about percentages: {mine[0]!r} is a mean, {other!r} is not.",
            "compare means with means.",
        )
    if any(len(operand) > 1 for operand in sides):
        tree.fail("means do not add up to one.", "name one mean on each side.")
    bare = [i for i in mine if means[i].mean is None]
    if bare:
        tree.fail(f"of {bare[0]!r} only the SD is printed.", "an order is of means.")
    if tested:
        tree.fail(
            "no test is run between means: printed means and SDs do not fix one.",
            "leave `test` out: the order alone is judged.",
        )


def _parts(keys: Mapping[str, Tree], variables: Mapping[str, _Variable]) -> dict[str, Any]:
    out: dict[str, Any] = {
        name: _value(keys[name], name) for name in ("mean", "sd") if name in keys
    }
    out |= {name: _whole(keys[name], name) for name in ("n", "items") if name in keys}
    if "divisor" in keys:
        text = keys["divisor"].text("divisor").replace(" ", "").replace("−", "-")
        if text not in DIVISORS:
            raise UnknownNameError.for_name("divisor", text, DIVISORS, where=keys["divisor"].where)
        out["divisor"] = text
    if "within" in keys:
        out["within"] = _within(keys["within"], variables)
    return out


def _value(tree: Tree, name: str) -> str:
    text = tree.text(name)
    if not tree.quoted:
        tree.fail(
            f"{name} must be a string, got the number {text}.",
            f'write  {name}: "{text}"  with the decimals as printed.',
        )
    try:
        printed = PrintedValue.parse(text)
    except SurveyKitError as error:
        tree.fail(error.message, _hint(name, text) or error.hint)
    if name == "sd" and printed.negative:
        tree.fail(
            f"a standard deviation is not negative, got {text!r}.", "check the digits, or the key."
        )
    return text


def _hint(name: str, text: str) -> str:
    """Say how a mean that is written otherwise is to be written."""
    both = re.fullmatch(r"\s*(-?[0-9.]+)\s*(?:±|\+/-|\()\s*([0-9.]+)\s*\)?\s*", text)
    if both:
        return f'mean and SD apart:  mean: "{both.group(1)}", sd: "{both.group(2)}".'
    if re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        return f'with a point:  {name}: "{text.replace(",", ".")}".'
    if "%" in text:
        return "a percentage belongs under `figures`."
    if "?" in text or "[" in text:
        return "choose digits that cannot be read under `scenarios`, one reading for each."
    return ""


def _whole(tree: Tree, name: str) -> int:
    text = str(tree.value)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        got = repr(tree.value) if isinstance(tree.value, str) else tree.kind
        what = {"n": "people who answered", "items": "items that are averaged"}[name]
        tree.fail(
            f"{name} must be a whole number of 1 or more, got {got}.",
            f'{name} is the number of {what}: for example  {name}: "4".',
        )
    return int(text)


def _within(tree: Tree, variables: Mapping[str, _Variable]) -> dict[str, tuple[str, ...]]:
    cell = {}
    for name, item in tree.mapping("within").items():
        if name not in variables:
            raise UnknownNameError.for_name("variable", name, variables, where=item.where)
        levels = item.texts(f"level of {name!r}")
        for level in levels:
            if level not in variables[name].levels:
                allowed = variables[name].levels
                raise UnknownNameError.for_name("level", level, allowed, where=item.where)
        cell[name] = levels
    return cell


def _scores(
    tree: Tree, keys: Mapping[str, Tree], of: str, variables: Mapping[str, _Variable]
) -> tuple[int, ...]:
    """Return one score for each level: stated, a range, or the levels themselves."""
    levels = variables[of].levels if of in variables else None
    if "scores" in keys or "range" in keys:
        scores = read_scores(keys, tree)
        items = str(keys["items"].value) if "items" in keys else "1"
        if levels is not None and len(levels) != len(scores):
            tree.fail(
                f"{of!r} has {len(levels)} levels, but there are {len(scores)} scores.",
                "give one score for each level, in their order"
                + (
                    " (of one item: the total is made of `items` of them)." if items != "1" else "."
                ),
            )
        return scores
    stated = getattr(variables.get(of), "scores", ())
    if stated:
        return tuple(stated)
    if levels is None:
        near = get_close_matches(of, variables, 1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        known = f" The variables are {', '.join(variables)}." if variables and not near else ""
        keys["of"].fail(
            f"{of!r} is no variable of this file, and its scores are not given.{meant}{known}",
            "add  range: [1, 5]  (smallest, largest) or  scores: [1, 3, 5].",
        )
    try:
        scores = tuple(int(level) for level in levels)
    except ValueError:
        keys["of"].fail(
            f"the levels of {of!r} are no whole numbers ({', '.join(levels)}).",
            "add  scores: [1, 2, …] , one for each level.",
        )
    if len(set(scores)) != len(scores):
        keys["of"].fail(
            f"two levels of {of!r} are the same number.", "add  scores: […] , one for each level."
        )
    return scores


def read_scores(keys: Mapping[str, Tree], tree: Tree) -> tuple[int, ...]:
    """Read `scores` or `range`: whole numbers, each once."""
    both = [name for name in ("scores", "range") if name in keys]
    if len(both) != 1:
        tree.fail("both `scores` and `range` are given.", "give one of them.")
    numbers = [_score(t) for t in keys[both[0]].items(both[0])]
    if both[0] == "scores":
        if len(set(numbers)) != len(numbers) or not numbers:
            keys["scores"].fail(
                "scores must be named once each, and at least one.",
                "for example  scores: [1, 3, 5].",
            )
        return tuple(numbers)
    if len(numbers) != 2 or not 0 <= numbers[1] - numbers[0] <= MOST_SCORES:
        keys["range"].fail(
            f"range is the smallest and the largest score, at most {MOST_SCORES} apart.",
            "for example  range: [1, 5].",
        )
    return tuple(range(numbers[0], numbers[1] + 1))


def _score(tree: Tree) -> int:
    if not re.fullmatch(r"-?[0-9]{1,6}", str(tree.value)):
        tree.fail(
            f"a score is a whole number, got {tree.value!r}.",
            "half points: twice the scores with  items: 2  (the mean is of halves).",
        )
    return int(str(tree.value))


def _label(tree: Tree) -> Label:
    if isinstance(tree.value, str):
        return Label.of(tree.value)
    return Label.of({k: t.text(k) for k, t in tree.keys("a label", ("zh", "en")).items()})
