"""One estimate to one cell: numbers, marks, and what is not printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveykit.errors import UsageError
from surveykit.estimate import Estimate
from surveykit.estimate.places import Group, Places
from surveykit.estimate.templates import parse_template
from surveykit.tables.grid import Cell
from surveykit.tables.words import BASES, WORDS, Base, stat_name
from surveykit.text import NOT_PRINTED, Lang, NumberFormat, printed_digits

__all__ = [
    "FIELDS",
    "TEMPLATE_WORDS",
    "Shown",
    "Stat",
    "align",
    "parse_stat",
    "template_stat",
]

_COUNTS = ("count", "missing", "asked", "answered", "responses")
_WEIGHTED = ("weighted_count", "weighted_base", "effective_base")
FIELDS = ("se", "low", "high", "deff", "df")
TEMPLATE_WORDS = ("base", "letters")  # of a template, held by no row
_FINE = frozenset(("ratio", "odds_ratio", "cv"))  # of the order of 1
_OF_FIELDS = {"deff": 2, "df": 0}  # decimals
_MARKERS = {"implied": "†", "unreliable": "‡"}
_SUPPRESSED = "×"
_FIGURE_SPACE, _POINT_SPACE = "\u2007", "\u2008"  # as wide as a digit, as a point


@dataclass(frozen=True, slots=True)
class Stat:
    """What one column shows: the names of statistics and the text between them.

    `decimals` are those asked for, None for the table's own; a `template` has a heading that
    leaves out what only its cells need.
    """

    names: tuple[str, ...]
    between: tuple[str, ...]
    decimals: tuple[int | None, ...] = ()
    template: bool = False
    level: float = 0.95

    @property
    def lead(self) -> str:
        """The first name that is a statistic of its own (``se``, ``low``, ``high`` are not).

        In a template a count leads only where nothing else does: the interval is of the other.
        """
        own = [n for n in self.names if n not in FIELDS and n not in TEMPLATE_WORDS]
        if self.template:
            own = [n for n in own if n not in _COUNTS] or own
        return own[0] if own else ""

    @property
    def held(self) -> tuple[str, ...]:
        """The names that estimates hold rows or fields of."""
        return tuple(n for n in self.names if n not in TEMPLATE_WORDS)

    def fill(self, values: Sequence[str]) -> str:
        """Put `values` in the places of the names."""
        pairs = zip(self.between, (*values, ""), strict=True)
        return "".join(text + value for text, value in pairs)

    def heading(self, lang: Lang) -> str:
        """Return the column heading.

        Examples
        --------
        >>> template_stat("{n} ({percent:.1f} %)").heading("en")
        'n (%)'
        >>> template_stat("{percent}% [{low}, {high}]{letters}").heading("zh")
        '% [95% 置信区间]'
        """
        named = [stat_name(n, lang) for n in self.names]
        if not self.template:
            return self.fill(named)
        words = ["" if n == "letters" else text for n, text in zip(self.names, named, strict=True)]
        return _short(Stat(self.names, self.between).fill(words), lang, self.level)


def parse_stat(text: str) -> Stat:
    """Read one of `stats`: a name, or names and the text between them.

    Examples
    --------
    >>> found = parse_stat("percent (n)")
    >>> found.names, found.between
    (('percent', 'count'), ('', ' (', ')'))
    """
    pieces = re.split(r"([A-Za-z_][A-Za-z_0-9]*)", text)
    names = tuple("count" if n == "n" else n for n in pieces[1::2])
    if not names:
        raise UsageError(
            f"{text!r} in stats names no statistic.",
            hint='a name as "percent", or names with text between them as "percent (n)".',
        )
    return Stat(names, tuple(pieces[0::2]))


def template_stat(text: str, level: float = 0.95) -> Stat:
    """Read a template of cells as a column; `level` is that of its intervals.

    ``{n}`` is the count in the cell, ``{base}`` the base of its group, ``{letters}`` the letters
    or stars beside it.

    Examples
    --------
    >>> template_stat("{n} ({percent:.1f} %)").names
    ('count', 'percent')
    """
    read = parse_template(text)
    names = tuple("count" if n == "n" else n for n in read.names)
    return Stat(names, read.texts, tuple(f.decimals for f in read.fields), True, level)


def _short(heading: str, lang: Lang, level: float) -> str:
    """Say an interval in a word, and the percent sign once."""
    low, high = stat_name("low", lang), stat_name("high", lang)
    interval = WORDS["interval"].text(lang).format(level=f"{100 * level:g}")
    text = re.sub(rf"{low}\s*%?[^\w()\[\]]*?(?:to|至|到)?\s*{high}\s*%?", interval, heading)
    return re.sub(r"%\s*%", "%", text).strip()


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
        lead = stat.lead or self.primary
        first = self.places.row(variable, level, group, lead)
        values = [self._value(variable, level, group, n, first) for n in stat.names]
        leading = values[stat.names.index(lead) if lead in stat.names else 0][0]
        if first is None or leading is None:
            hidden = first is not None and first.mark == "suppressed"
            return Cell(_SUPPRESSED if hidden else self.number.missing)
        if first.mark == "suppressed":
            return Cell(_SUPPRESSED)
        held = [self.places.row(variable, level, group, n) for n in (*stat.names, lead)]
        marks = {r.mark for r in held if r}
        letters = self._letters(variable, level, group, stat)
        shown = self._texts(stat, values, letters)
        if "arbitrary" in marks:
            return self._arbitrary(first, stat, shown)
        marker = next((m for k, m in _MARKERS.items() if k in marks), "")
        alone = len(stat.names) == 1 and not any(stat.between)
        value, decimals = values[0]
        return Cell(
            stat.fill(shown),
            marker,
            "",
            value if alone else None,
            next((d for d in stat.decimals if d is not None), decimals) if alone else decimals,
            letters="" if "letters" in stat.names else letters,
            about=self._about(first, variable, group),
        )

    def _texts(
        self, stat: Stat, values: Sequence[tuple[float | None, int]], letters: str
    ) -> list[str]:
        """Write the values of a cell, with the decimals that its template asks for."""
        asked = stat.decimals or (None,) * len(values)
        return [
            letters if name == "letters" else self.number.number(v, own if d is None else d)
            for name, (v, own), d in zip(stat.names, values, asked, strict=True)
        ]

    def _letters(self, variable: str, level: str, group: Group, stat: Stat) -> str:
        """Return the letters of the first statistic of a cell that has any."""
        found = (self.letters.get((variable, level, *group, n), "") for n in stat.names)
        return next((text for text in found if text), "")

    def _about(self, row: Estimate, variable: str, group: Group) -> str:
        """Say the base and the interval behind a figure."""
        known = self.places.base_known(variable, group)
        parts = []
        if known and row.low is not None and row.high is not None:
            decimals = self.places_of(row.stat)
            level = f"{100 * self.places.estimates.spec.level:g}"
            name = WORDS["interval"].text(self.lang).format(level=level)
            parts.append(f"{name} {self.number.span(row.low, row.high, decimals)}")
        base = row.n if row.n is not None else self.places.base(variable, group)
        if known and base is not None:
            parts.append(f"n = {self.number.number(base)}")
        return WORDS["stop"].text(self.lang).join(parts)

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
        if name in TEMPLATE_WORDS:
            known = self.places.base_known(variable, group)
            return (self.places.base(variable, group) if known and name == "base" else None), 0
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
        hidden = (*FIELDS, *TEMPLATE_WORDS)
        known = [v for v, n in zip(values, stat.names, strict=True) if n not in hidden]
        grey = f"({self.number.dash if not known else ' / '.join(known)})"
        if set(stat.names) <= set(_COUNTS):
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
