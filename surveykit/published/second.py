"""Two people's transcriptions of one paper: what differs, in which lines, and which is possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

from surveykit.codebook import load_tree
from surveykit.errors import SurveyKitError
from surveykit.published.document import AS_PRINTED, Figure, Published
from surveykit.published.model import Reading, groups_of, read_as
from surveykit.published.rounding import prints
from surveykit.published.solve import group_for
from surveykit.results import Rows

__all__ = ["Difference", "Transcriptions", "compare_transcriptions"]

SECTIONS = ("counts", "figures", "means", "tests", "claims", "scenarios")
WORDS = (
    "source",
    "label",
    "note",
    "quote",
    "heading",
    "line",
)  # differ between people and change nothing
KINDS = {s: s.removesuffix("s") for s in SECTIONS}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two transcriptions have differently; lines are 0 where a file lacks it.

    `possible` says which of two digits can be true with the rest of the first file: "first",
    "second", "both", "neither", or nothing where that was not looked at.
    """

    kind: str
    id: str
    what: str
    first: str
    second: str
    first_line: int = 0
    second_line: int = 0
    possible: str = ""


@dataclass(frozen=True, repr=False)
class Transcriptions(Rows):
    """Two transcriptions compared: one row for each difference."""

    columns: ClassVar[tuple[str, ...]] = (
        "kind", "id", "what", "first", "second", "first_line", "second_line", "possible",
    )  # fmt: skip

    first: str
    second: str
    differences: tuple[Difference, ...]
    compared: int
    agreeing: int

    @property
    def agreement(self) -> float:
        """Share of the ids in either file that both have alike, 0 to 1."""
        return self.agreeing / self.compared if self.compared else 1.0

    @property
    def clean(self) -> bool:
        """Whether the two say the same."""
        return not self.differences

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one row for each difference, in the order of the first file."""
        return [{c: getattr(d, c) for c in self.columns} for d in self.differences]

    def to_json(self) -> dict[str, Any]:
        """Return everything, ready for ``json.dumps``."""
        return {
            "first": self.first, "second": self.second, "compared": self.compared,
            "agreeing": self.agreeing, "agreement": self.agreement, "differences": self.to_dicts(),
        }  # fmt: skip


def compare_transcriptions(first: Published, second: Published) -> Transcriptions:
    """Compare two transcriptions of one paper, id by id; words such as `source` do not count.

    Where two digits of a figure differ, both are tried with the rest of the first file.

    Returns
    -------
    Transcriptions

    Examples
    --------
    >>> from surveykit.published.load import parse_published
    >>> text = '''
    ... surveykit: published/1
    ... study: {title: A paper}
    ... variables: {aware: {levels: ["yes", "no"]}}
    ... counts: [{id: all, count: "40"}]
    ... figures: [{id: a, percent: "62.5", where: {aware: "yes"}}]
    ... '''
    >>> found = compare_transcriptions(parse_published(text), parse_published(text.replace("62", "26")))
    >>> [(d.id, d.first, d.second, d.possible) for d in found.differences], found.agreement
    ([('a', '62.5', '26.5', 'first')], 0.8)
    """
    lines = _lines(first.path), _lines(second.path)
    out: list[Difference] = []
    ids: set[tuple[str, str]] = set()
    for section, mine, other in _sections(first, second):
        ids |= {(section, id) for id in (*mine, *other)}
        for id in dict.fromkeys((*mine, *other)):
            where = (lines[0].get((section, id), 0), lines[1].get((section, id), 0))
            out += _differences(KINDS.get(section, section), id, mine.get(id), other.get(id), where)
    out = [_tried(d, first, second) for d in out]
    apart = len({(d.kind, d.id) for d in out})
    return Transcriptions(first.path, second.path, tuple(out), len(ids), len(ids) - apart)


def _sections(
    first: Published, second: Published
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Return what both hold under each section, by id."""
    yield "variables", first.variables, second.variables
    yield "rounding", {"rounding": first.rounding}, {"rounding": second.rounding}
    for section in SECTIONS:
        yield section, _by_id(getattr(first, section)), _by_id(getattr(second, section))


def _by_id(things: Iterable[Any]) -> dict[str, Any]:
    return {thing.id: thing for thing in things}


def _differences(
    kind: str, id: str, mine: Any, other: Any, lines: tuple[int, int]
) -> Iterator[Difference]:
    if mine is None or other is None:
        shown = ["absent" if x is None else "present" for x in (mine, other)]
        yield Difference(kind, id, "entry", shown[0], shown[1], lines[0], lines[1])
    elif isinstance(mine, str):
        if mine != other:
            yield Difference(kind, id, kind, mine, other, lines[0], lines[1])
    else:
        for field in fields(mine):
            a, b = getattr(mine, field.name), getattr(other, field.name)
            if field.name not in WORDS and a != b:
                yield Difference(kind, id, field.name, _shown(a), _shown(b), lines[0], lines[1])


def _shown(value: Any) -> str:
    """Show a value as the YAML has it."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return _shown(value[0]) if len(value) == 1 else f"[{', '.join(map(_shown, value))}]"
    return str(value)


def _lines(path: str) -> dict[tuple[str, str], int]:
    """Return the line of each id; of nothing where the file is not there (parsed from text)."""
    if not Path(path).is_file():
        return {}
    out = {}
    for section, tree in load_tree(path).mapping("the file").items():
        if isinstance(tree.value, tuple):
            for item in tree.value:
                if isinstance(item.value, dict) and "id" in item.value:
                    out[section, str(item.value["id"].value)] = item.line
        elif isinstance(tree.value, dict):
            out |= {(section, name): line for name, line in tree.key_lines.items()}
        else:
            out[section, section] = tree.line
    return out


def _tried(difference: Difference, first: Published, second: Published) -> Difference:
    """Say which of two digits can be true with the rest of the first transcription."""
    if (difference.kind, difference.what) != ("figure", "percent"):
        return difference
    good = {
        name: _possible(first, difference.id, text)
        for name, text in (("first", difference.first), ("second", difference.second))
        if text
    }
    if len(good) < 2:
        return difference
    alike = {True: "both", False: "neither"}
    same = len(set(good.values())) == 1
    which = alike[good["first"]] if same else next(n for n, ok in good.items() if ok)
    return replace(difference, possible=which)


def _possible(published: Published, id: str, percent: str) -> bool:
    """Whether nothing in a figure's group objects to these digits."""

    def put(figure: Figure) -> Figure:
        return replace(figure, percent=percent) if figure.id == id else figure

    changed = replace(
        published, figures=tuple(map(put, published.figures)), claims=(), means=(), tests=()
    )
    try:
        return _fits(read_as(changed, changed.scenario(AS_PRINTED)), id)
    except SurveyKitError:
        return False


def _fits(reading: Reading, id: str) -> bool:
    """Whether a figure's group has a table, figures that are impossible by themselves left out."""
    printed = [i for i in reading.items if i.percent is not None]
    parts = groups_of(reading, [*printed, *reading.evidence])
    part = next((p for p in parts if any(i.id == id for i in p)), ())
    if not part:  # a share of two printed numbers
        return any(_prints(f, reading.rounding) for f in reading.ratios if f.id == id)
    exact = [i for i in part if i.exact is not None]
    left = [
        i for i in part
        if i.exact is None and (i.id == id or group_for(reading, [i, *exact]).feasible)
    ]  # fmt: skip
    return group_for(reading, [*left, *exact]).feasible


def _prints(figure: Figure, rounding: str) -> bool:
    assert isinstance(figure.of, tuple)
    count, base = (int(x) for x in figure.of)
    decimals = figure.printed.decimals if figure.printed else 0
    return figure.percent in prints(count, base, decimals, rounding)
