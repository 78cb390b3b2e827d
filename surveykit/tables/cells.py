"""One estimate to one cell: numbers, marks, and what is not printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveykit.errors import UsageError
from surveykit.estimate import Estimate
from surveykit.estimate.places import Group, Places
from surveykit.tables.grid import Cell
from surveykit.tables.words import BASES, Base, stat_name
from surveykit.text import NOT_PRINTED, Lang, NumberFormat, printed_digits

__all__ = ["FIELDS", "Shown", "Stat", "align", "parse_stat"]

_COUNTS = ("count", "missing", "asked", "answered", "responses")
_WEIGHTED = ("weighted_count", "weighted_base", "effective_base")
FIELDS = ("se", "low", "high", "deff", "df")
_FINE = frozenset(("ratio", "odds_ratio", "cv"))  # of the order of 1
_OF_FIELDS = {"deff": 2, "df": 0}  # decimals
_MARKERS = {"implied": "†", "unreliable": "‡"}
_SUPPRESSED = "×"
_FIGURE_SPACE, _POINT_SPACE = "\u2007", "\u2008"  # as wide as a digit, as a point


@dataclass(frozen=True, slots=True)
class Stat:
    """What one column shows: the names of statistics and the text between them."""

    names: tuple[str, ...]
    between: tuple[str, ...]

    @property
    def lead(self) -> str:
        """The first name that is a statistic of its own (``se``, ``low``, ``high`` are not)."""
        return next((n for n in self.names if n not in FIELDS), "")

    def fill(self, values: Sequence[str]) -> str:
        """Put `values` in the places of the names."""
        pairs = zip(self.between, (*values, ""), strict=True)
        return "".join(text + value for text, value in pairs)

    def heading(self, lang: Lang) -> str:
        """Return the column heading."""
        return self.fill([stat_name(n, lang) for n in self.names])


def parse_stat(text: str) -> Stat:
    """Read one of `stats`: a name, or names and the text between them.

    Examples
    --------
    >>> parse_stat("percent (n)")
    Stat(names=('percent', 'count'), between=('', ' (', ')'))
    """
    pieces = re.split(r"([A-Za-z_][A-Za-z_0-9]*)", text)
    names = tuple("count" if n == "n" else n for n in pieces[1::2])
    if not names:
        raise UsageError(
            f"{text!r} in stats names no statistic.",
            hint='a name as "percent", or names with text between them as "percent (n)".',
        )
    return Stat(names, tuple(pieces[0::2]))


@dataclass(frozen=True, slots=True)
class Shown:
    """What turns estimates into cells: the rows by their place, and how numbers are written.

    `primary` is the statistic whose se, low and high a column of these alone shows; `letters`
    are what stands beside a cell, by ``(variable, level_code, by, by_code, stat)``.
    """

    places: Places
    number: NumberFormat
    decimals: int
    lang: Lang
    primary: str
    letters: Mapping[tuple[str, str, str, str, str], str] = field(default_factory=dict)
    weighted_decimals: int = 0

    def cell(self, variable: str, level: str, group: Group, stat: Stat) -> Cell:
        """Return the cell of one level in one group."""
        first = self.places.row(variable, level, group, stat.lead or self.primary)
        values = [self._value(variable, level, group, n, first) for n in stat.names]
        if first is None or values[0][0] is None:
            hidden = first is not None and first.mark == "suppressed"
            return Cell(_SUPPRESSED if hidden else self.number.missing)
        if first.mark == "suppressed":
            return Cell(_SUPPRESSED)
        marks = {r.mark for n in stat.names if (r := self.places.row(variable, level, group, n))}
        if "arbitrary" in marks:
            return self._arbitrary(first, stat, [self.number.number(v, d) for v, d in values])
        marker = next((m for k, m in _MARKERS.items() if k in marks), "")
        text = stat.fill([self.number.number(v, d) for v, d in values])
        alone = len(stat.names) == 1 and not any(stat.between)
        value, decimals = values[0]
        letters = self.letters.get((variable, level, *group, stat.names[0]), "")
        return Cell(text, marker, "", value if alone else None, decimals, letters=letters)

    def written(self, value: float | None, decimals: int) -> Cell:
        """Return a number that is no estimate of its own (a total, a share of the missing)."""
        return Cell(self.number.number(value, decimals), value=value, decimals=decimals)

    def _value(
        self, variable: str, level: str, group: Group, name: str, first: Estimate | None
    ) -> tuple[float | None, int]:
        if name in FIELDS:
            known = self.places.base_known(
                variable, group
            )  # else its width hangs on a made-up size
            hidden = first is None or first.mark == "arbitrary" or not known
            places = _OF_FIELDS.get(
                name, self.decimals + (2 if first and first.stat in _FINE else 0)
            )
            return None if hidden else getattr(first, name), places
        row = self.places.row(variable, level, group, name)
        digits = printed_digits(row.note) if row and row.mark == "printed" else None
        if digits:  # as the source prints it: 70, not 69.7
            return float(digits), len(digits.partition(".")[2])
        return (row.estimate if row else None), self.places_of(name)

    def places_of(self, stat: str) -> int:
        """Return the decimals of a statistic."""
        if stat in _WEIGHTED:
            return self.weighted_decimals
        if stat in _COUNTS:
            return 0
        return self.decimals + (2 if stat in _FINE else 0)

    def _arbitrary(self, row: Estimate, stat: Stat, values: Sequence[str]) -> Cell:
        """Not printed: the feasible range where known, the illustrative value in grey at most."""
        known = [v for v, n in zip(values, stat.names, strict=True) if n not in FIELDS]
        grey = f"({self.number.dash if not known else ' / '.join(known)})"
        if stat.names[0] in _COUNTS:
            return Cell("", grey=grey)
        span = self.places.span(row)
        text = NOT_PRINTED.text(self.lang)
        if span:
            text += f" [{self.number.span(*span, self.decimals)}]"
        return Cell(text, grey=grey)

    def base(self, variable: str, group: Group, kind: Base = "n") -> float | None:
        """Return a base of a group: unweighted, weighted, of those asked, …."""
        if kind == "n":
            return self.places.base(variable, group)
        row = self.places.row(variable, "", group, BASES[kind][0])
        return row.estimate if row else None

    def base_cell(self, variable: str, group: Group, kind: Base = "n") -> Cell:
        """Return a base as a body cell."""
        if kind != "n":
            return self.written(self.base(variable, group, kind), self.places_of(BASES[kind][0]))
        n = self.places.base(variable, group)
        text = self.number.number(n)
        if n is None or self.places.base_known(variable, group):
            return Cell(text, value=n)
        span = self.places.base_span(variable, group)
        return Cell(f"[{self.number.span(*span)}]" if span else "", grey=f"({text})")

    def base_text(self, variable: str, group: Group, kind: Base = "n") -> str:
        """Return a base for a header: ``n = 130``, in brackets where it is illustrative."""
        n = self.base(variable, group, kind)
        shown = self.number.number(n, self.places_of(BASES[kind][0]) if kind != "n" else 0)
        text = f"{BASES[kind][1].text(self.lang)} = {shown}"
        if n is None or kind != "n" or self.places.base_known(variable, group):
            return text
        span = self.places.base_span(variable, group)
        return f"[{self.number.span(*span)}] ({text})" if span else f"({text})"


def align(cells: Sequence[Cell]) -> list[Cell]:
    """Line up the cells of one column on their decimal points.

    Numbers are told how many decimals the column has; composed cells (``72.5 (94)``) are padded.
    All are told how many letters a cell of the column has beside it.

    Examples
    --------
    >>> number, composed = Cell("41", value=41.0), Cell("72.5 (94)")
    >>> [c.room for c in align([number, Cell("53.3", value=53.3, decimals=1)])]
    ['.0', '']
    >>> [c.text for c in align([composed, Cell("8 (9)")])]
    ['72.5 (94)', '\u20078\u2008\u2007 (9)\u2007']
    """
    lettered = max((len(c.letters) for c in cells), default=0)
    if lettered:
        cells = [replace(c, lettered=lettered) for c in cells]
    most = max((c.decimals for c in cells if c.value is not None), default=0)
    parts = [(_to_point(c.text), c.text.partition(" ")[2]) for c in cells if _composed(c)]
    left = max((len(whole) for (whole, _), _ in parts), default=0)
    behind = max((len(rest) for (_, rest), _ in parts), default=0)
    right = max((len(tail) for _, tail in parts), default=0)

    def padded(cell: Cell) -> Cell:
        if cell.value is not None:
            return replace(cell, most=most) if most else cell
        if not _composed(cell):
            return cell
        (whole, rest), tail = _to_point(cell.text), cell.text.partition(" ")[2]
        free = _room(rest, behind)
        text = f"{whole:{_FIGURE_SPACE}>{left}}{rest}{free} {tail:{_FIGURE_SPACE}<{right}}"
        return replace(cell, text=text)

    return [padded(c) for c in cells]


def _composed(cell: Cell) -> bool:
    return cell.value is None and " " in cell.text and not cell.grey


def _to_point(text: str) -> tuple[str, str]:
    """Cut the first word of a cell before its decimal point."""
    head = text.partition(" ")[0]
    whole, point, rest = head.partition(".")
    return whole, point + rest


def _room(rest: str, behind: int) -> str:
    if rest or not behind:
        return _FIGURE_SPACE * (behind - len(rest))
    return _POINT_SPACE + _FIGURE_SPACE * (behind - 1)
