"""Reading `published.yaml` (contract 3), word by word: every message names file and line.

Nothing is solved here. Values stay the text that was written (:class:`surveykit.codebook.Tree`), so
that ``"41.0"`` keeps its decimals and a percentage given as a number can be told from a string.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeVar

from surveykit.codebook import Tree, load_tree, parse_tree
from surveykit.errors import InputError, SurveyKitError, UnknownNameError, expect
from surveykit.published.digits import checked_percent
from surveykit.published.document import (
    AS_PRINTED,
    TESTS,
    Claim,
    Count,
    Figure,
    Published,
    PublishedVariable,
    Scenario,
)
from surveykit.published.document_means import PrintedMean
from surveykit.published.document_tests import PrintedTest
from surveykit.published.grids import Grid, read_grid
from surveykit.published.load_means import changed_mean, check_claim, read_mean
from surveykit.published.load_tests import changed_test, read_test
from surveykit.published.refused import refuse_weighted
from surveykit.published.rounding import ROUNDINGS
from surveykit.text import Label

__all__ = ["load_published", "parse_published"]

T = TypeVar("T")
Variables = Mapping[str, PublishedVariable]
Figures = Mapping[str, Figure]

SECTIONS = ("surveykit", "study", "rounding", "variables", "counts", "figures", "grids", "claims",
            "tests", "means", "scenarios", "impossible")  # fmt: skip
FIGURE_PARTS = ("percent", "where", "within", "of", "sum")
KINDS = ("greater", "association", "trend", "largest", "rank")
WORDS = ("source", "label", "note")
STUDY = ("title", "citation", "note", "label", "url")
VARIABLE = ("levels", "kind", "missing", "label")
COUNT = ("id", "count", "where", "what", *WORDS)
FIGURE = ("id", *FIGURE_PARTS, *WORDS)
CLAIM = ("id", *KINDS, "test", "alpha", "quote", *WORDS)
SCENARIO = ("id", "missing", "hidden", "counts", "figures", "without", *WORDS)


def as_published(published: Published | str | os.PathLike[str]) -> Published:
    """Return printed figures as they are, or read them from the file of that name."""
    if isinstance(published, str | os.PathLike):
        return load_published(Path(published))
    expect(published, Published, hint="load_published(path), or the path itself.")
    return published


def load_published(path: str | Path) -> Published:
    """Read a `published.yaml` file.

    Raises
    ------
    InputError, UnknownNameError
        With file and line: unknown keys, a percentage that is not a string, unknown levels, …
    """
    return _published(load_tree(path), Path(path).read_bytes())


def parse_published(text: str, path: str = "published.yaml") -> Published:
    """Read the text of a `published.yaml`; see :func:`load_published`.

    Examples
    --------
    >>> parse_published('{surveykit: published/1, study: {title: A paper}}').title
    'A paper'
    """
    return _published(parse_tree(text, path), text.encode())


def _published(root: Tree, data: bytes) -> Published:
    """Read the sections in order; later ones refer to earlier ones."""
    for part in (root, *_inside(root, "study"), *_inside(root, "variables")):
        refuse_weighted(part)
    top = root.keys("the file", SECTIONS)
    _check_header(top.get("surveykit"), root)
    if "study" not in top:
        root.fail("the section 'study' is missing.", 'add  study: {title: "…"}')
    study = top["study"].keys("study", STUDY)
    title = _get(study, "title", _label, Label())
    variables = _variables(top.get("variables"))
    counts = _each(top.get("counts"), "counts", lambda t: _count(t, variables))
    figures = _each(top.get("figures"), "figures", lambda t: _figure(t, variables))
    grids = _each(top.get("grids"), "grids", lambda t: read_grid(t, variables))
    counts = (*counts, *_grid_counts(grids, counts, root))
    figures = _resolve_sums((*figures, *(f for g in grids for f in g.figures)), root)
    known = {f.id: f for f in figures}
    means = _each(top.get("means"), "means", lambda t: read_mean(t, variables, counts))
    named_means = {m.id: m for m in means}
    claims = _each(top.get("claims"), "claims", lambda t: _claim(t, known, variables, named_means))
    tests = _each(top.get("tests"), "tests", lambda t: read_test(t, known, variables))
    named: dict[str, PrintedTest | PrintedMean] = {t.id: t for t in tests}
    named |= named_means
    scenarios = _each(
        top.get("scenarios"), "scenarios", lambda t: _scenario(t, known, variables, counts, named)
    )
    if all(s.id != AS_PRINTED for s in scenarios):
        scenarios = (Scenario(AS_PRINTED), *scenarios)
    for things in ([*counts, *figures, *tests, *means], claims, scenarios):
        _unique(things, root)
    _one_total(counts, root)
    return Published(
        title=title.text("en"),
        heading=title,
        citation=_get(study, "citation", lambda t: t.text("citation"), ""),
        rounding=_get(top, "rounding", lambda t: _one_of(t, "rounding", ROUNDINGS), "either"),
        variables=variables,
        counts=counts,
        figures=figures,
        claims=claims,
        scenarios=scenarios,
        tests=tests,
        means=means,
        impossible=_each(top.get("impossible"), "impossible", lambda t: _cell(t, variables)),
        path=root.path,
        sha256=hashlib.sha256(b"".join([data, *(g.data for g in grids)])).hexdigest(),
        notes=tuple(n for g in grids for n in g.notes),
    )


def _inside(root: Tree, section: str) -> tuple[Tree, ...]:
    """Return a section and what stands in it, as far as they are mappings."""
    found = root.value.get(section) if isinstance(root.value, dict) else None
    if found is None or not isinstance(found.value, dict):
        return ()
    return (found, *(t for t in found.value.values() if isinstance(t.value, dict)))


# --- small parts --------------------------------------------------------------------------


def _get(keys: Mapping[str, Tree], name: str, read: Callable[[Tree], T], default: T) -> T:
    return read(keys[name]) if name in keys else default


def _each(tree: Tree | None, what: str, read: Callable[[Tree], T]) -> tuple[T, ...]:
    if tree is None or tree.value is None:
        return ()
    return tuple(read(item) for item in tree.items(what))


def _needs(tree: Tree, keys: Mapping[str, Tree], name: str) -> Tree:
    if name not in keys:
        tree.fail(f"the key {name!r} is missing.")
    return keys[name]


def _shown(tree: Tree) -> str:
    return repr(tree.value) if isinstance(tree.value, str) else tree.kind


def _label(tree: Tree) -> Label:
    if isinstance(tree.value, str):
        return Label.of(tree.value)
    return Label.of({k: t.text(k) for k, t in tree.keys("a label", ("zh", "en")).items()})


def _whole(tree: Tree) -> int:
    if not isinstance(tree.value, str) or not re.fullmatch(r"\d{1,12}", tree.value):
        tree.fail(f"a whole number is needed here, got {_shown(tree)}.", 'for example  "385".')
    return int(str(tree.value))


def _one_of(tree: Tree, what: str, allowed: Iterable[str]) -> str:
    if tree.value not in tuple(allowed):
        raise UnknownNameError.for_name(what, str(tree.value), allowed, where=tree.where)
    return str(tree.value)


def _amount(tree: Tree, what: str, words: tuple[str, ...]) -> str | int:
    """One of `words`, or a number of respondents."""
    if isinstance(tree.value, str) and re.fullmatch(r"\d{1,12}", tree.value):
        return int(tree.value)
    if tree.value not in words:
        allowed = (*words, "a whole number")
        raise UnknownNameError.for_name(what, str(tree.value), allowed, where=tree.where)
    return str(tree.value)


def _known(tree: Tree, what: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Read one name or a list of them, each of them known."""
    names = tree.texts(what)
    for name in names:
        if name not in tuple(allowed):
            raise UnknownNameError.for_name(what, name, allowed, where=tree.where)
    return names


def _check_header(tree: Tree | None, root: Tree) -> None:
    if tree is None or tree.value != "published/1":
        (tree or root).fail(
            "the first line must be  surveykit: published/1 , got "
            f"{'nothing' if tree is None else _shown(tree)}.",
            "this command reads published figures, not a codebook.",
        )


def _grid_counts(grids: Iterable[Grid], counts: tuple[Count, ...], root: Tree) -> tuple[Count, ...]:
    """Return the counts of grids; everyone is kept once, and must be the same number."""
    everyone = next((c for c in counts if not c.where and not c.what), None)
    out = []
    for count in [c for g in grids for c in g.counts]:
        if count.where:
            out.append(count)
        elif everyone is None:
            everyone = count
            out.append(count)
        elif everyone.count != count.count:
            root.fail(
                f"everyone is {everyone.count} ({everyone.id}), but {count.count} in the grid "
                f"({count.source}).",
                "check the digits, or leave the cell empty.",
            )
    return tuple(out)


def _unique(things: Iterable[Any], root: Tree) -> None:
    seen: set[str] = set()
    for thing in things:
        if thing.id in seen:
            raise InputError(
                f"the id {thing.id!r} is used twice.",
                where=_last_place(root, thing.id),
                hint="give each its own id.",
            )
        seen.add(thing.id)


def _last_place(root: Tree, id: str) -> str:
    """Return file and line of the last entry with an id."""
    places = [
        item.where
        for section in root.mapping("the file").values()
        if isinstance(section.value, tuple)
        for item in section.value
        if isinstance(item.value, dict) and "id" in item.value and item.value["id"].value == id
    ]
    return places[-1] if places else root.where


def _one_total(counts: Iterable[Count], root: Tree) -> None:
    totals = [c for c in counts if not c.where and not c.what]
    if len(totals) > 1:
        raise InputError(
            f"the counts {', '.join(c.id for c in totals)} are each everyone (neither `where` nor "
            "`what`).",
            where=_last_place(root, totals[-1].id),
            hint="say with `what` which of them enter no table.",
        )


# --- variables, counts, figures -----------------------------------------------------------


def _variables(tree: Tree | None) -> dict[str, PublishedVariable]:
    if tree is None or tree.value is None:
        return {}
    return {name: _variable(name, item) for name, item in tree.mapping("variables").items()}


def _variable(name: str, tree: Tree) -> PublishedVariable:
    keys = tree.keys(f"variable {name!r}", VARIABLE)
    if "levels" not in keys:
        tree.fail(f"the variable {name!r} has no levels.", "add  levels: [a, b].")
    levels = tuple(t.text("a level") for t in keys["levels"].items("levels"))
    if len(set(levels)) != len(levels) or not levels:
        keys["levels"].fail("levels must be named once each, and at least one.")
    kind = _get(keys, "kind", lambda t: _one_of(t, "kind", ("single", "multiple")), "single")
    multiple: Literal["single", "multiple"] = "multiple" if kind == "multiple" else "single"
    missing: str | int = "none"
    if "missing" in keys:
        missing = _amount(keys["missing"], "missing", ("none", "allowed"))
    return PublishedVariable(name, levels, multiple, missing, _get(keys, "label", _label, Label()))


def _cell(tree: Tree, variables: Variables) -> dict[str, tuple[str, ...]]:
    if tree.value is None:
        return {}
    cell = {}
    for name, item in tree.mapping("a cell").items():
        if name not in variables:
            raise UnknownNameError.for_name("variable", name, variables, where=item.where)
        cell[name] = _known(item, f"level of {name!r}", variables[name].levels)
    return cell


def _count(tree: Tree, variables: Variables) -> Count:
    keys = tree.keys("a count", COUNT)
    return Count(
        id=_needs(tree, keys, "id").text("id"),
        count=_whole(_needs(tree, keys, "count")),
        where=_get(keys, "where", lambda t: _cell(t, variables), {}),
        what=_get(keys, "what", lambda t: _label(t).text("en"), ""),
        source=_get(keys, "source", lambda t: t.text("source"), ""),
        line=tree.line,
    )


def _figure(tree: Tree, variables: Variables) -> Figure:
    refuse_weighted(tree)
    keys = tree.keys("a figure", FIGURE)
    figure = Figure(
        id=_needs(tree, keys, "id").text("id"),
        source=_get(keys, "source", lambda t: t.text("source"), ""),
        label=_get(keys, "label", _label, Label()),
        note=_get(keys, "note", _label, Label()),
        **_figure_parts(keys, variables),
    )
    if figure.sum and figure.where:
        tree.fail("a figure has `where` or `sum`, not both.")
    _check_figure(figure, tree, variables)
    return figure


def _figure_parts(keys: Mapping[str, Tree], variables: Variables) -> dict[str, Any]:
    read: dict[str, Callable[[Tree], Any]] = {
        "percent": _percent,
        "where": lambda t: _cell(t, variables),
        "within": lambda t: _cell(t, variables),
        "of": _of,
        "sum": lambda t: t.texts("sum"),
    }
    return {name: read[name](keys[name]) for name in FIGURE_PARTS if name in keys}


def _percent(tree: Tree) -> str:
    text = tree.text("percent")
    if not tree.quoted:
        tree.fail(
            f"percent must be a string, got the number {text}.",
            f'write  percent: "{text}"  with the decimals as printed.',
        )
    try:
        return checked_percent(text)
    except SurveyKitError as error:
        tree.fail(error.message, error.hint)


def _of(tree: Tree) -> str | tuple[str, str]:
    if tree.value in ("responses", "cases"):
        return str(tree.value)
    if not isinstance(tree.value, tuple) or len(tree.value) != 2:
        tree.fail(
            f"of must be 'responses', 'cases' or two printed numbers, got {_shown(tree)}.",
            'for example  of: ["385", "390"].',
        )
    top, bottom = (str(_whole(t)) for t in tree.value)
    if int(bottom) == 0:
        tree.fail("the second number is zero.")
    return top, bottom


def _check_figure(figure: Figure, tree: Tree, variables: Variables) -> None:
    ratio = isinstance(figure.of, tuple)
    if not figure.where and not figure.sum and not ratio:
        tree.fail(
            f"the figure {figure.id!r} says not what it is a percentage of.",
            "add `where`, `sum`, or  of: [a, b].",
        )
    if ratio and (figure.where or figure.sum):
        tree.fail("a share of two printed numbers takes neither `where` nor `sum`.")
    if figure.of == "responses" and any(variables[v].kind != "multiple" for v in figure.where):
        tree.fail("a share of responses needs a variable of  kind: multiple.")
    shared = sorted(set(figure.where) & set(figure.within))
    if shared:
        tree.fail(f"{', '.join(shared)} stands in both `where` and `within`.")


def _resolve_sums(figures: tuple[Figure, ...], root: Tree) -> tuple[Figure, ...]:
    """Give each `sum` figure the cell that its parts make together."""
    known = {f.id: f for f in figures}
    return tuple(replace(f, **_union(f, known, root)) if f.sum else f for f in figures)


def _union(figure: Figure, known: Figures, root: Tree) -> dict[str, Any]:
    where = f"{root.path}, figure {figure.id!r}, sum"
    for part in figure.sum:
        if part not in known:
            raise UnknownNameError.for_name("figure", part, known, where=where)
    parts = [known[p] for p in figure.sum]
    first = parts[0]
    same = all(p.within == first.within and p.of == first.of for p in parts)
    if len({tuple(p.where) for p in parts}) != 1 or len(first.where) != 1 or not same:
        raise InputError(
            f"the figures {', '.join(figure.sum)} are not categories of one variable on one base.",
            where=where,
        )
    (name,) = first.where
    levels = tuple(dict.fromkeys(level for p in parts for level in p.where[name]))
    return {"where": {name: levels}, "within": first.within, "of": first.of}


# --- claims and scenarios -----------------------------------------------------------------


def _claim(
    tree: Tree, figures: Figures, variables: Variables, means: Mapping[str, PrintedMean]
) -> Claim:
    known: Mapping[str, object] = {**figures, **means}
    keys = tree.keys("a claim", CLAIM)
    kinds = [k for k in KINDS if k in keys]
    if len(kinds) != 1:
        tree.fail("a claim has exactly one of " + ", ".join(KINDS) + ".")
    kind, body, rank = kinds[0], keys[kinds[0]], 1
    operands: tuple[tuple[str, ...], ...]
    if kind == "association":
        operands = tuple((n,) for n in _known(body, "variable", variables))
    elif kind == "rank":
        operands, rank = _rank(body, known)
    elif kind == "largest":
        operands = (_known(body, "figure", known),)
    else:
        operands = tuple(_known(t, "figure", known) for t in body.items(kind))
    if kind != "association":
        check_claim(body, operands, means, tested="test" in keys)
    return Claim(
        id=_needs(tree, keys, "id").text("id"),
        kind=kind,  # type: ignore[arg-type]
        operands=_check_operands(kind, operands, body),
        test=_get(keys, "test", lambda t: _one_of(t, "test", TESTS), _default_test(kind)),
        alpha=_get(keys, "alpha", _alpha, Fraction(1, 20)),
        rank=rank,
        quote=_get(keys, "quote", lambda t: t.text("quote"), ""),
        source=_get(keys, "source", lambda t: t.text("source"), ""),
        label=_get(keys, "label", _label, Label()),
    )


def _default_test(kind: str) -> str | None:
    return "chi2" if kind == "association" else None


def _rank(body: Tree, known: Mapping[str, object]) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Read ``{figure: 4, among: [a, b, …]}`` or ``{id: figure, rank: 4, among: […]}``."""
    parts = body.keys("rank", ("among", "id", "rank", *known))
    if "among" not in parts:
        body.fail("rank needs `among`: the figures it is ranked with.")
    if "rank" in parts:
        (name,) = _known(_needs(body, parts, "id"), "figure", known)
        place = parts["rank"]
    else:
        names = [k for k in parts if k != "among"]
        if len(names) != 1 or names[0] not in known:
            body.fail(
                "rank names one figure and its place.",
                "for example  {social: 1, among: [social, economy]}.",
            )
        name, place = names[0], parts[names[0]]
    among = tuple(a for a in _known(parts["among"], "figure", known) if a != name)
    rank = _whole(place)
    if not 1 <= rank <= len(among) + 1:
        place.fail(f"rank {rank} is not possible among {len(among) + 1} figures.")
    return ((name,), *((a,) for a in among)), rank


def _check_operands(
    kind: str, operands: tuple[tuple[str, ...], ...], body: Tree
) -> tuple[tuple[str, ...], ...]:
    wanted = {"greater": 2, "association": 2, "largest": 1}.get(kind)
    if wanted and len(operands) != wanted:
        body.fail(f"{kind} takes {wanted}, got {len(operands)}.")
    if kind == "largest" and len(operands[0]) != 1:
        body.fail("largest names one figure.")
    if len(operands) < 2 and kind == "trend":
        body.fail("a trend needs at least two figures.")
    return operands


def _alpha(tree: Tree) -> Fraction:
    text = str(tree.value)
    if not re.fullmatch(r"0?\.\d{1,12}", text) or Fraction(text) == 0:
        tree.fail(f"alpha must be between 0 and 1, got {_shown(tree)}.", 'write "0.05".')
    return Fraction(text)


def _amounts(
    tree: Tree, what: str, variables: Variables, words: tuple[str, ...]
) -> dict[str, str | int]:
    found = tree.mapping(what)
    for name, item in found.items():
        if name not in variables:
            raise UnknownNameError.for_name("variable", name, variables, where=item.where)
    return {name: _amount(item, f"value of {what}", words) for name, item in found.items()}


def _scenario(
    tree: Tree,
    known: Figures,
    variables: Variables,
    counts: tuple[Count, ...],
    tests: Mapping[str, PrintedTest | PrintedMean],
) -> Scenario:
    keys = tree.keys("a scenario", SCENARIO)
    some = ("none", "allowed")
    return Scenario(
        id=_needs(tree, keys, "id").text("id"),
        missing=_get(keys, "missing", lambda t: _amounts(t, "missing", variables, some), {}),
        hidden=_get(keys, "hidden", lambda t: _amounts(t, "hidden", variables, ("unknown",)), {}),
        figures=_get(keys, "figures", lambda t: _changes(t, known, variables, tests), {}),
        without=_get(keys, "without", lambda t: _known(t, "figure", (*known, *tests)), ()),
        label=_get(keys, "label", _label, Label()),
        note=_get(keys, "note", _label, Label()),
        counts=_get(keys, "counts", lambda t: _other_counts(t, counts), {}),
    )


def _other_counts(tree: Tree, counts: tuple[Count, ...]) -> dict[str, int]:
    """Read other numbers for printed counts."""
    found = tree.mapping("counts")
    for name, item in found.items():
        if name not in {c.id for c in counts}:
            raise UnknownNameError.for_name("count", name, [c.id for c in counts], where=item.where)
    return {name: _whole(item) for name, item in found.items()}


def _changes(
    tree: Tree, known: Figures, variables: Variables, tests: Mapping[str, PrintedTest | PrintedMean]
) -> dict[str, dict[str, Any]]:
    """Read other bases or digits of figures, tests and means; what is not named stays as it is."""
    changes = {}
    for name, item in tree.mapping("figures").items():
        if name in tests:
            changes[name] = _changed(item, tests[name], variables)
            continue
        if name not in known:
            raise UnknownNameError.for_name("figure", name, known, where=item.where)
        parts = _figure_parts(item.keys(f"figure {name!r}", FIGURE_PARTS), variables)
        if isinstance(parts.get("of"), tuple):
            parts = {"where": {}, "within": {}, "sum": (), **parts}
        elif "where" in parts and "sum" not in parts:
            parts["sum"] = ()
        _check_figure(replace(known[name], **parts), item, variables)
        changes[name] = parts
    return changes


def _changed(
    tree: Tree, evidence: PrintedTest | PrintedMean, variables: Variables
) -> dict[str, Any]:
    if isinstance(evidence, PrintedMean):
        return changed_mean(tree, variables, evidence)
    return changed_test(tree, evidence)
