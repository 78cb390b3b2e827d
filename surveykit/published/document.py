"""`published.yaml` (contract 3): what a paper printed, read into frozen objects.

Nothing is solved here: the file is checked word by word, and every message names its line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from surveykit.errors import InputError, SurveyKitError, UnknownNameError
from surveykit.published.rounding import ROUNDINGS, Printed
from surveykit.text import Label

__all__ = [
    "Cell",
    "Claim",
    "Count",
    "Figure",
    "Published",
    "PublishedVariable",
    "Scenario",
    "load_published",
]

Cell = Mapping[str, tuple[str, ...]]
"""A cell: variable name -> the levels it takes there (several: their union)."""

TESTS = ("chi2", "g2", "fisher", "linear_by_linear", "cochran_armitage")
AS_PRINTED = "as_printed"


@dataclass(frozen=True, slots=True)
class PublishedVariable:
    """A variable of the paper; its levels partition the respondents unless it is multiple."""

    name: str
    levels: tuple[str, ...]
    kind: Literal["single", "multiple"] = "single"
    missing: str | int = "none"
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class Count:
    """A printed whole number; without `where` and `what` it is everyone."""

    id: str
    count: int
    where: Cell = field(default_factory=dict)
    what: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed percentage (`percent` None: a cell that the paper does not print)."""

    id: str
    percent: str | None = None
    where: Cell = field(default_factory=dict)
    within: Cell = field(default_factory=dict)
    of: Literal["cases", "responses"] | tuple[str, str] = "cases"
    sum: tuple[str, ...] = ()
    source: str = ""
    label: Label = Label()
    note: Label = Label()

    @property
    def printed(self) -> Printed | None:
        """The digits as printed, if any."""
        return None if self.percent is None else Printed.parse(self.percent)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the paper that its figures can bear out or not.

    `operands` are tuples of figure ids (several in one: their sum) for ``greater`` and ``trend``,
    variable names for ``association``, figure ids for ``largest`` and ``rank``.
    """

    id: str
    kind: Literal["greater", "association", "trend", "largest", "rank"]
    operands: tuple[tuple[str, ...], ...]
    test: str | None = None
    alpha: Fraction = Fraction(1, 20)
    rank: int = 1
    quote: str = ""
    source: str = ""
    label: Label = Label()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A reading of the paper: who answered, hidden groups, other bases or digits."""

    id: str
    missing: Mapping[str, str | int] = field(default_factory=dict)
    hidden: Mapping[str, str | int] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    label: Label = Label()
    note: Label = Label()


@dataclass(frozen=True, slots=True)
class Published:
    """Everything a `published.yaml` says."""

    title: str
    citation: str
    rounding: str
    variables: Mapping[str, PublishedVariable]
    counts: tuple[Count, ...]
    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    scenarios: tuple[Scenario, ...]
    impossible: tuple[Cell, ...] = ()
    path: str = ""
    sha256: str = ""
    heading: Label = Label()
    """The title in both languages."""

    @property
    def everyone(self) -> int | None:
        """The number of respondents, if it is printed."""
        return next((c.count for c in self.counts if not c.where and not c.what), None)

    def figure(self, id: str) -> Figure:
        """Return the figure called `id`."""
        for figure in self.figures:
            if figure.id == id:
                return figure
        raise UnknownNameError.for_name("figure", id, [f.id for f in self.figures], where=self.path)

    def scenario(self, id: str) -> Scenario:
        """Return the reading called `id`."""
        for scenario in self.scenarios:
            if scenario.id == id:
                return scenario
        allowed = [s.id for s in self.scenarios]
        raise UnknownNameError.for_name("scenario", id, allowed, where=self.path)


class _Node:
    """One value of the YAML file together with its place, for messages."""

    def __init__(self, value: Any, path: str, line: int, key: str = "") -> None:
        self.value, self.path, self.line, self.key = value, path, line, key

    @property
    def where(self) -> str:
        place = f", {self.key}" if self.key else ""
        return f"{self.path}, line {self.line}{place}"

    def fail(self, message: str, hint: str | None = None) -> InputError:
        return InputError(message, where=self.where, hint=hint)

    def mapping(self, allowed: Iterable[str] | None = None, what: str = "key") -> dict[str, _Node]:
        if not isinstance(self.value, Mapping):
            raise self.fail(f"a mapping is needed here, got {_shown(self.value)}.")
        nodes = {}
        for key in self.value:
            node = _Node(self.value[key], self.path, _line(self.value, key, self.line), str(key))
            if allowed is not None and key not in allowed:
                raise UnknownNameError.for_name(what, str(key), allowed, where=node.where)
            nodes[_level_name(key, node)] = node
        return nodes

    def items(self) -> list[_Node]:
        if not isinstance(self.value, list):
            raise self.fail(f"a list is needed here, got {_shown(self.value)}.")
        return [
            _Node(v, self.path, _line(self.value, i, self.line), self.key)
            for i, v in enumerate(self.value)
        ]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.fail(f"text is needed here, got {_shown(self.value)}.", "put it in quotes.")
        return str(self.value)

    def label(self) -> Label:
        if isinstance(self.value, str):
            return Label.of(str(self.value))
        return Label.of({k: v.text() for k, v in self.mapping(("zh", "en")).items()})

    def whole(self) -> int:
        if isinstance(self.value, bool) or not re.fullmatch(r"\d{1,12}", str(self.value)):
            raise self.fail(
                f"a whole number is needed here, got {_shown(self.value)}.", 'write "385".'
            )
        return int(str(self.value))

    def names(self) -> tuple[str, ...]:
        values = self.items() if isinstance(self.value, list) else [self]
        return tuple(_level_name(v.value, v) for v in values)


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"{value!s} ({type(value).__name__})"


def _line(container: Any, key: Any, default: int) -> int:
    lc = getattr(container, "lc", None)
    data = getattr(lc, "data", None) or {}
    return int(data[key][0]) + 1 if key in data else default


def _level_name(value: Any, node: _Node) -> str:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise node.fail(f"a name is needed here, got {_shown(value)}.", "put it in quotes.")


def load_published(path: str | Path) -> Published:
    """Read a `published.yaml` file.

    Raises
    ------
    InputError, UnknownNameError
        With file and line: unknown keys, a percentage that is not a string, unknown levels, …
    """
    return parse_published(_read_text(path), str(path))


def _read_text(path: str | Path) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError("no such file.", where=str(path), hint="check the path.") from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text.", where=str(path), hint="save it as UTF-8.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot be read ({reason}).", where=str(path)) from None


def _yaml(text: str, path: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}, line {mark.line + 1}" if mark else path
        raise InputError(f"not valid YAML: {error.problem}.", where=where) from None
    except (YAMLError, ValueError) as error:
        raise InputError(f"not valid YAML: {error}.", where=path) from None


def parse_published(text: str, path: str = "published.yaml") -> Published:
    """Read the text of a `published.yaml`; see :func:`load_published`."""
    root = _Node(_yaml(text, path), path, 1)
    sections = ("surveykit", "study", "rounding", "variables", "counts", "figures", "claims",
                "scenarios", "impossible")  # fmt: skip
    top = root.mapping(sections, "section")
    _check_header(top.get("surveykit"), root)
    if "study" not in top:
        raise root.fail("the section 'study' is missing.", 'add  study: {title: "…"}')
    study = top["study"].mapping(("title", "citation", "note", "label", "url"))
    variables = _variables(top.get("variables"))
    counts = tuple(_count(n, variables) for n in _list(top.get("counts")))
    figures = tuple(_figure(n, variables) for n in _list(top.get("figures")))
    _unique([*counts, *figures], root)
    figures = _resolve_sums(figures, root)
    known = {f.id: f for f in figures}
    claims = tuple(_claim(n, known, variables) for n in _list(top.get("claims")))
    _unique(claims, root)
    scenarios = [_scenario(n, known, variables) for n in _list(top.get("scenarios"))]
    if all(s.id != AS_PRINTED for s in scenarios):
        scenarios.insert(0, Scenario(AS_PRINTED))
    _unique(scenarios, root)
    _one_total(counts, root)
    return Published(
        title=study["title"].label().text("en") if "title" in study else "",
        citation=study["citation"].text() if "citation" in study else "",
        rounding=_rounding(top.get("rounding")),
        variables=variables,
        counts=counts,
        figures=figures,
        claims=claims,
        scenarios=tuple(scenarios),
        impossible=tuple(_cell(n, variables) for n in _list(top.get("impossible"))),
        path=path,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        heading=study["title"].label() if "title" in study else Label(),
    )


def _list(node: _Node | None) -> list[_Node]:
    return [] if node is None or node.value is None else node.items()


def _check_header(node: _Node | None, root: _Node) -> None:
    if node is None or node.value != "published/1":
        got = "nothing" if node is None else _shown(node.value)
        raise (node or root).fail(
            f"the first line must be  surveykit: published/1 , got {got}.",
            "this command reads published figures, not a codebook.",
        )


def _rounding(node: _Node | None) -> str:
    if node is None:
        return "either"
    if node.value not in ROUNDINGS:
        raise UnknownNameError.for_name("rounding", str(node.value), ROUNDINGS, where=node.where)
    return str(node.value)


def _unique(things: Iterable[Any], root: _Node) -> None:
    seen: set[str] = set()
    for thing in things:
        if thing.id in seen:
            raise root.fail(f"the id {thing.id!r} is used twice.", "give each its own id.")
        seen.add(thing.id)


def _one_total(counts: Iterable[Count], root: _Node) -> None:
    totals = [c.id for c in counts if not c.where and not c.what]
    if len(totals) > 1:
        raise root.fail(
            f"the counts {', '.join(totals)} are each everyone (neither `where` nor `what`).",
            "say with `what` which of them enter no table.",
        )


def _missing(node: _Node) -> str | int:
    if node.value in ("none", "allowed"):
        return str(node.value)
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value >= 0:
        return int(node.value)
    raise UnknownNameError.for_name(
        "value of missing", str(node.value), ("none", "allowed", "a whole number"), where=node.where
    )


def _variables(node: _Node | None) -> dict[str, PublishedVariable]:
    out = {}
    for name, item in (node.mapping() if node and node.value is not None else {}).items():
        keys = item.mapping(("levels", "kind", "missing", "label"))
        if "levels" not in keys:
            raise item.fail("the variable has no levels.", "add  levels: [a, b].")
        levels = tuple(_level_name(v.value, v) for v in keys["levels"].items())
        if len(set(levels)) != len(levels) or not levels:
            raise keys["levels"].fail("levels must be named once each, and at least one.")
        kind = keys["kind"].value if "kind" in keys else "single"
        if kind not in ("single", "multiple"):
            allowed = ("single", "multiple")
            raise UnknownNameError.for_name("kind", str(kind), allowed, where=keys["kind"].where)
        missing = _missing(keys["missing"]) if "missing" in keys else "none"
        label = keys["label"].label() if "label" in keys else Label()
        multiple: Literal["single", "multiple"] = "multiple" if kind == "multiple" else "single"
        out[name] = PublishedVariable(name, levels, multiple, missing, label)
    return out


def _cell(node: _Node, variables: Mapping[str, PublishedVariable]) -> dict[str, tuple[str, ...]]:
    cell = {}
    for name, item in (node.mapping() if node.value is not None else {}).items():
        if name not in variables:
            raise UnknownNameError.for_name("variable", name, variables, where=item.where)
        for level in item.names():
            if level not in variables[name].levels:
                raise UnknownNameError.for_name(
                    f"level of {name!r}", level, variables[name].levels, where=item.where
                )
        cell[name] = item.names()
    return cell


def _needs(node: _Node, keys: Mapping[str, _Node], name: str) -> _Node:
    if name not in keys:
        raise node.fail(f"the key {name!r} is missing.")
    return keys[name]


def _count(node: _Node, variables: Mapping[str, PublishedVariable]) -> Count:
    keys = node.mapping(("id", "count", "where", "what", "source", "label", "note"))
    return Count(
        id=_needs(node, keys, "id").text(),
        count=_needs(node, keys, "count").whole(),
        where=_cell(keys["where"], variables) if "where" in keys else {},
        what=keys["what"].label().text("en") if "what" in keys else "",
        source=keys["source"].text() if "source" in keys else "",
    )


_FIGURE_PARTS = ("percent", "where", "within", "of", "sum")


def _figure_parts(
    keys: Mapping[str, _Node], variables: Mapping[str, PublishedVariable]
) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if "percent" in keys:
        parts["percent"] = _percent(keys["percent"])
    for name in ("where", "within"):
        if name in keys:
            parts[name] = _cell(keys[name], variables)
    if "of" in keys:
        parts["of"] = _of(keys["of"])
    if "sum" in keys:
        parts["sum"] = keys["sum"].names()
    return parts


def _percent(node: _Node) -> str:
    if not isinstance(node.value, str):
        raise node.fail(
            f"percent must be a string, got the number {node.value}.",
            f'write  percent: "{node.value}"  with the decimals as printed.',
        )
    try:
        Printed.parse(str(node.value))
    except SurveyKitError as error:
        raise node.fail(error.message, error.hint) from None
    return str(node.value)


def _of(node: _Node) -> str | tuple[str, str]:
    if node.value in ("responses", "cases"):
        return str(node.value)
    if isinstance(node.value, list) and len(node.value) == 2:
        top, bottom = (str(n.whole()) for n in node.items())
        if int(bottom) == 0:
            raise node.fail("the second number is zero.")
        return top, bottom
    raise node.fail(
        f"of must be 'responses', 'cases' or two printed numbers, got {_shown(node.value)}.",
        'for example  of: ["385", "390"].',
    )


def _figure(node: _Node, variables: Mapping[str, PublishedVariable]) -> Figure:
    if isinstance(node.value, Mapping) and "weighted" in node.value:
        raise node.fail(
            "weighted percentages have no whole numbers of respondents behind them.",
            "leave the figure out: it cannot be audited this way.",
        )
    keys = node.mapping(("id", *_FIGURE_PARTS, "source", "label", "note"))
    figure = Figure(
        id=_needs(node, keys, "id").text(),
        source=keys["source"].text() if "source" in keys else "",
        label=keys["label"].label() if "label" in keys else Label(),
        note=keys["note"].label() if "note" in keys else Label(),
        **_figure_parts(keys, variables),
    )
    _check_figure(figure, node, variables)
    return figure


def _check_figure(figure: Figure, node: _Node, variables: Mapping[str, PublishedVariable]) -> None:
    ratio = isinstance(figure.of, tuple)
    if not figure.where and not figure.sum and not ratio:
        raise node.fail(f"the figure {figure.id!r} says not what it is a percentage of.",
                        "add `where`, `sum`, or  of: [a, b].")  # fmt: skip
    if ratio and (figure.where or figure.sum):
        raise node.fail("a share of two printed numbers takes neither `where` nor `sum`.")
    if figure.sum and figure.where:
        raise node.fail("a figure has `where` or `sum`, not both.")
    if figure.of == "responses" and any(variables[v].kind != "multiple" for v in figure.where):
        raise node.fail("a share of responses needs a variable of  kind: multiple.")
    shared = set(figure.where) & set(figure.within)
    if shared:
        raise node.fail(f"{', '.join(sorted(shared))} stands in both `where` and `within`.")


def _resolve_sums(figures: tuple[Figure, ...], root: _Node) -> tuple[Figure, ...]:
    """Give each `sum` figure the cell that its parts make together."""
    known = {f.id: f for f in figures}
    out = []
    for figure in figures:
        for part in figure.sum:
            if part not in known:
                raise UnknownNameError.for_name(
                    "figure", part, known, where=f"{root.path}, figure {figure.id!r}, sum"
                )
        parts = [known[p] for p in figure.sum]
        if parts and not figure.where:
            figure = replace(figure, **_union(figure, parts, root))
        out.append(figure)
    return tuple(out)


def _union(figure: Figure, parts: list[Figure], root: _Node) -> dict[str, Any]:
    names = {tuple(p.where) for p in parts}
    first = parts[0]
    same = all(p.within == first.within and p.of == first.of for p in parts)
    if len(names) != 1 or len(first.where) != 1 or not same:
        raise InputError(
            f"the figures {', '.join(figure.sum)} are not categories of one variable on one base.",
            where=f"{root.path}, figure {figure.id!r}, sum",
        )
    (name,) = first.where
    levels = tuple(dict.fromkeys(level for p in parts for level in p.where[name]))
    return {"where": {name: levels}, "within": first.within, "of": first.of}


def _ids(node: _Node, known: Mapping[str, Figure]) -> tuple[str, ...]:
    for name in node.names():
        if name not in known:
            raise UnknownNameError.for_name("figure", name, known, where=node.where)
    return node.names()


_KINDS = ("greater", "association", "trend", "largest", "rank")


def _claim(
    node: _Node, known: Mapping[str, Figure], variables: Mapping[str, PublishedVariable]
) -> Claim:
    keys = node.mapping(("id", *_KINDS, "test", "alpha", "quote", "source", "label", "note"))
    kinds = [k for k in _KINDS if k in keys]
    if len(kinds) != 1:
        raise node.fail("a claim has exactly one of " + ", ".join(_KINDS) + ".")
    kind = kinds[0]
    body = keys[kind]
    rank = 1
    if kind == "association":
        operands: tuple[tuple[str, ...], ...] = tuple((n,) for n in body.names())
        for (name,) in operands:
            if name not in variables:
                raise UnknownNameError.for_name("variable", name, variables, where=body.where)
    elif kind == "rank":
        operands, rank = _rank(body, known)
    else:
        operands = tuple(_ids(n, known) for n in (body.items() if kind != "largest" else [body]))
    return Claim(
        id=_needs(node, keys, "id").text(),
        kind=kind,  # type: ignore[arg-type]
        operands=_check_operands(kind, operands, body),
        test=_test(keys.get("test"), kind),
        alpha=_alpha(keys.get("alpha")),
        rank=rank,
        quote=keys["quote"].text() if "quote" in keys else "",
        source=keys["source"].text() if "source" in keys else "",
        label=keys["label"].label() if "label" in keys else Label(),
    )


def _rank(body: _Node, known: Mapping[str, Figure]) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Read ``{figure: 4, among: [a, b, …]}`` or ``{id: figure, rank: 4, among: […]}``."""
    parts = body.mapping(("among", "id", "rank", *known), "figure")
    if "among" not in parts:
        raise body.fail("rank needs `among`: the figures it is ranked with.")
    if "rank" in parts:
        (name,) = _ids(_needs(body, parts, "id"), known)
        place = parts["rank"]
    else:
        names = [k for k in parts if k != "among"]
        if len(names) != 1 or names[0] not in known:
            raise body.fail(
                "rank names one figure and its place, for example  {social: 1, among: [social, economy]}."
            )
        name, place = names[0], parts[names[0]]
    among = tuple(a for a in _ids(parts["among"], known) if a != name)
    rank = place.whole()
    if not 1 <= rank <= len(among) + 1:
        raise place.fail(f"rank {rank} is not possible among {len(among) + 1} figures.")
    return ((name,), *((a,) for a in among)), rank


def _check_operands(
    kind: str, operands: tuple[tuple[str, ...], ...], body: _Node
) -> tuple[tuple[str, ...], ...]:
    wanted = {"greater": 2, "association": 2, "largest": 1}.get(kind)
    if wanted and len(operands) != wanted:
        raise body.fail(f"{kind} takes {wanted}, got {len(operands)}.")
    if len(operands) < 2 and kind == "trend":
        raise body.fail("a trend needs at least two figures.")
    return operands


def _test(node: _Node | None, kind: str) -> str | None:
    if node is None:
        return "chi2" if kind == "association" else None
    if node.value not in TESTS:
        raise UnknownNameError.for_name("test", str(node.value), TESTS, where=node.where)
    return str(node.value)


def _alpha(node: _Node | None) -> Fraction:
    if node is None:
        return Fraction(1, 20)
    if not re.fullmatch(r"0?\.\d+", str(node.value)) or Fraction(str(node.value)) == 0:
        raise node.fail(
            f"alpha must be between 0 and 1, got {_shown(node.value)}.", 'write "0.05".'
        )
    return Fraction(str(node.value))


def _amounts(
    node: _Node, variables: Mapping[str, PublishedVariable], words: tuple[str, ...]
) -> dict[str, str | int]:
    out: dict[str, str | int] = {}
    for name, item in node.mapping().items():
        if name not in variables:
            raise UnknownNameError.for_name("variable", name, variables, where=item.where)
        if item.value in words:
            out[name] = str(item.value)
        elif isinstance(item.value, int) and not isinstance(item.value, bool) and item.value >= 0:
            out[name] = int(item.value)
        else:
            allowed = (*words, "a whole number")
            raise UnknownNameError.for_name("value", str(item.value), allowed, where=item.where)
    return out


def _scenario(
    node: _Node, known: Mapping[str, Figure], variables: Mapping[str, PublishedVariable]
) -> Scenario:
    keys = node.mapping(("id", "missing", "hidden", "figures", "without", "label", "note"))
    changes = {}
    for name, item in (keys["figures"].mapping() if "figures" in keys else {}).items():
        if name not in known:
            raise UnknownNameError.for_name("figure", name, known, where=item.where)
        parts = _figure_parts(item.mapping(_FIGURE_PARTS), variables)
        if "where" in parts or "of" in parts:
            parts.setdefault("sum", ())
        _check_figure(replace(known[name], **parts), item, variables)
        changes[name] = parts
    return Scenario(
        id=_needs(node, keys, "id").text(),
        missing=_amounts(keys["missing"], variables, ("none", "allowed"))
        if "missing" in keys
        else {},
        hidden=_amounts(keys["hidden"], variables, ("unknown",)) if "hidden" in keys else {},
        figures=changes,
        without=_ids(keys["without"], known) if "without" in keys else (),
        label=keys["label"].label() if "label" in keys else Label(),
        note=keys["note"].label() if "note" in keys else Label(),
    )
