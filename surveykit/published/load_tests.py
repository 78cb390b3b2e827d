"""Reading the section `tests` of `published.yaml`: what a paper printed of tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, get_args

from surveykit.codebook import Tree
from surveykit.errors import SurveyKitError, UnknownNameError
from surveykit.published.document_tests import (
    METHODS,
    NO_STARS,
    NUMBERS,
    Correction,
    Legend,
    Measure,
    PrintedNumber,
    PrintedTest,
    Tested,
    p_window,
)
from surveykit.text import Label

__all__ = ["TEST_KEYS", "changed_test", "read_test"]

PARTS = (*NUMBERS, "df", "p", "fisher", "stars", "legend", "ci", "level", "method", "correction",
         "test", "measure")  # fmt: skip
TEST_KEYS = ("id", "of", *PARTS, "source", "label", "note")
SHARE = ("wald", "wilson", "clopper_pearson", "agresti_coull", "jeffreys", "either")
FITTING: Mapping[str, tuple[str, ...]] = {
    "percent": SHARE,
    "difference": ("wald", "newcombe", "either"),
    "odds_ratio": ("woolf", "either"),
    "risk_ratio": ("katz", "either"),
}
"""Methods of intervals that go with what the interval is around."""


def read_test(tree: Tree, figures: Collection[str], variables: Collection[str]) -> PrintedTest:
    """Read one entry of `tests`.

    Raises
    ------
    InputError, UnknownNameError
        With file and line.
    """
    keys = tree.keys("a test", TEST_KEYS)
    for name in ("id", "of"):
        if name not in keys:
            tree.fail(f"the key {name!r} is missing.")
    of = keys["of"].texts("of")
    kind = _kind(keys["of"], of, figures, variables)
    plain = PrintedTest(
        id=keys["id"].text("id"),
        of=of,
        kind=kind,  # type: ignore[arg-type]
        source=keys["source"].text("source") if "source" in keys else "",
        label=_label(keys["label"]) if "label" in keys else Label(),
        note=_label(keys["note"]) if "note" in keys else Label(),
    )
    return _checked(replace(plain, **_parts(keys, plain)), tree)


def changed_test(tree: Tree, test: PrintedTest) -> dict[str, Any]:
    """Read a scenario's changes of one test: what it prints, by field of :class:`PrintedTest`."""
    parts = _parts(tree.keys(f"test {test.id!r}", PARTS), test)
    _checked(replace(test, **parts), tree)
    return parts


def _label(tree: Tree) -> Label:
    if isinstance(tree.value, str):
        return Label.of(tree.value)
    return Label.of({k: t.text(k) for k, t in tree.keys("a label", ("zh", "en")).items()})


def _kind(
    tree: Tree, of: tuple[str, ...], figures: Collection[str], variables: Collection[str]
) -> str:
    """Say what is tested: a table of two variables, two figures, or one."""
    if len(of) == 2 and len(set(of)) == 2 and all(name in variables for name in of):
        return "table"
    known = (*variables, *figures) if len(of) == 2 else tuple(figures)
    what = "variable or figure" if len(of) == 2 else "figure"
    for name in of:
        if name not in known:
            raise UnknownNameError.for_name(what, name, known, where=tree.where)
    mixed = any(name not in figures for name in of)
    if mixed or len(of) not in (1, 2) or len(set(of)) != len(of):
        tree.fail("`of` names two variables, two figures, or one figure.")
    return "pair" if len(of) == 2 else "share"


def _parts(keys: Mapping[str, Tree], test: PrintedTest) -> dict[str, Any]:
    """Read what is printed; what is not named stays as it is in `test`."""
    out: dict[str, Any] = {}
    numbers = {**dict(test.numbers), **{k: _number(keys[k]) for k in NUMBERS if k in keys}}
    out["numbers"] = tuple((k, numbers[k]) for k in NUMBERS if k in numbers)
    read: dict[str, tuple[str, Callable[[Tree], Any]]] = {
        "df": ("df", _whole),
        "p": ("p", _p),
        "fisher": ("fisher", _p),
        "legend": ("legend", _legend),
        "ci": ("ci", _ci),
        "level": ("level", _level),
        "method": ("method", lambda t: _one_of(t, "method", METHODS)),
        "correction": ("correction", lambda t: _one_of(t, "correction", get_args(Correction))),
        "test": ("tested", lambda t: _one_of(t, "test", get_args(Tested))),
        "measure": ("measure", lambda t: _one_of(t, "measure", get_args(Measure))),
    }
    out |= {field: reader(keys[key]) for key, (field, reader) in read.items() if key in keys}
    if "stars" in keys:
        out["stars"] = _stars(keys["stars"], out.get("legend", test.legend))
    if "tested" not in out and test.tested == "chi2" and "g2" in numbers and "chi2" not in numbers:
        out["tested"] = "g2"
    if "measure" not in out and test.measure == "percent":
        out["measure"] = _around(test.kind, numbers)
    return out


def _around(kind: str, numbers: Collection[str]) -> str:
    """Return what an interval is around where the file does not say."""
    if kind == "share":
        return "percent"
    return next((k for k in ("odds_ratio", "risk_ratio") if k in numbers), "difference")


def _checked(test: PrintedTest, tree: Tree) -> PrintedTest:
    if not test.printed:
        tree.fail(
            f"the test {test.id!r} says not what is printed.",
            f"add one of {', '.join((*NUMBERS, 'df', 'p', 'fisher', 'stars', 'ci'))}.",
        )
    pairs = {"odds_ratio", "risk_ratio", "difference"} & set(dict(test.numbers))
    if test.kind != "pair" and pairs:
        tree.fail(f"{', '.join(sorted(pairs))} compares two figures.", "name them in `of`.")
    if test.kind == "share" and set(test.printed) - {"ci"}:
        tree.fail("of one figure only its interval is evidence (`ci`).")
    if test.kind == "table" and test.ci is not None:
        tree.fail("`ci` is around one figure, or compares two; `of` names two variables.")
    if test.ci is not None and (test.measure == "percent") != (test.kind == "share"):
        tree.fail(f"an interval of {test.measure} does not go with {len(test.of)} figure(s).")
    if test.ci is not None and test.method not in FITTING[test.measure]:
        raise UnknownNameError.for_name(
            f"method of an interval of {test.measure}",
            test.method,
            FITTING[test.measure],
            where=tree.where,
        )
    return test


def _quoted(tree: Tree, what: str) -> str:
    text = tree.text(what)
    if not tree.quoted:
        tree.fail(
            f"{what} must be a string, got the number {text}.",
            f'write  {what}: "{text}"  with the digits as printed.',
        )
    return text


def _parsed(tree: Tree, what: str, parse: Callable[[str], Any]) -> str:
    text = _quoted(tree, what)
    try:
        parse(text)
    except SurveyKitError as error:
        tree.fail(error.message, error.hint)
    return text


def _number(tree: Tree) -> str:
    return _parsed(tree, "a printed number", PrintedNumber.parse)


def _p(tree: Tree) -> str:
    return _parsed(tree, "p", p_window)


def _whole(tree: Tree) -> int:
    text = tree.text("df")
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 10_000:
        tree.fail(f"df must be a whole number from 1, got {text!r}.")
    return int(text)


def _one_of(tree: Tree, what: str, allowed: Iterable[str]) -> str:
    if tree.value not in tuple(allowed):
        raise UnknownNameError.for_name(what, str(tree.value), allowed, where=tree.where)
    return str(tree.value)


def _ci(tree: Tree) -> tuple[str, str]:
    ends = [_number(t) for t in tree.items("ci")]
    if len(ends) != 2:
        tree.fail(f"ci has a lower and an upper end, got {len(ends)} number(s).")
    return ends[0], ends[1]


def _level(tree: Tree) -> Fraction:
    text = tree.text("level")
    try:
        level = Fraction(text)
    except ValueError:
        level = Fraction(0)
    if not 0 < level < 100:
        tree.fail(f"level must be between 0 and 100 (per cent), got {text!r}.", 'write "95".')
    return level


def _legend(tree: Tree) -> Legend:
    """Read ``{"*": "0.05", "**": "0.01"}``: the weakest first."""
    out = [(sign, _below(t)) for sign, t in tree.mapping("legend").items()]
    if not out:
        tree.fail("legend names each sign and the level that p is below.")
    return tuple(sorted(out, key=lambda pair: -pair[1]))


def _below(tree: Tree) -> Fraction:
    text = _quoted(tree, "a level of the legend")
    try:
        level = Fraction(text)
    except ValueError:
        level = Fraction(0)
    if not 0 < level < 1:
        tree.fail(f"a level of the legend lies between 0 and 1, got {text!r}.", 'write "0.05".')
    return level


def _stars(tree: Tree, legend: Legend) -> str:
    text = "" if tree.value is None else tree.text("stars")
    allowed = [sign for sign, _ in legend]
    if text not in (*allowed, *NO_STARS):
        raise UnknownNameError.for_name("stars", text, (*allowed, "ns"), where=tree.where)
    return text
