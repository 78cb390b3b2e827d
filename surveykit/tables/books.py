"""A book of tables: every question of a survey in a table of its own, numbered, with contents."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimates, Tests
from surveykit.estimate.places import Places
from surveykit.io import write_atomic
from surveykit.tables import docx, pages, pdf
from surveykit.tables.build import CellTemplate, Layout, Stars, table
from surveykit.tables.cells import FIELDS, parse_stat
from surveykit.tables.layout import Totals
from surveykit.tables.themes import DEFAULT, ThemeName
from surveykit.tables.views import Table
from surveykit.tables.words import BASES, WORDS, Base
from surveykit.text import Lang, NumberFormat, clean, shared_lead

__all__ = ["Batteries", "Book", "book"]

Batteries = Literal["auto", "battery", "groups_across"]


@dataclass(frozen=True, repr=False)
class Book:
    """Numbered tables with their contents; made by :func:`book`.

    Attributes
    ----------
    title : str
    lang : {"zh", "en"}
    tables : tuple of Table
        Their titles have the numbers.
    names : tuple of str
        The variable or battery of each table.
    notes : tuple of str
        What holds for more than one table, said once.

    Notes
    -----
    A sequence of its tables: ``for table in book``, ``book[0]``, ``book["aware"]``.
    """

    title: str
    lang: Lang
    tables: tuple[Table, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __getitem__(self, place: int | str) -> Table:
        """Return a table by its place (from 0) or by the name of its variable or battery."""
        if isinstance(place, int):
            return self.tables[place]
        if place not in self.names:
            raise UnknownNameError.for_name("table", place, self.names)
        return self.tables[self.names.index(place)]

    def to_text(self, width: int = 100, *, theme: ThemeName = DEFAULT) -> str:
        """Return contents and tables for a terminal of `width` cells."""
        return pages.text(self, width, theme)

    def to_markdown(self, *, theme: ThemeName = DEFAULT) -> str:
        """Return contents, with links, and tables as Markdown."""
        return pages.markdown_page(self, theme)

    def to_html(self, *, theme: ThemeName = DEFAULT) -> str:
        """Return one page that needs nothing else: contents with links, then the tables."""
        return pages.html_page(self, theme)

    def to_xlsx(self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT) -> Path:
        """Write a workbook: contents with links, then one sheet for each table.

        The same bytes every time, all or nothing.
        """
        return write_atomic(Path(path), pages.xlsx_book(self, theme))

    def to_docx(self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT) -> Path:
        """Write a Word file: contents with links, then the tables; needs the extra ``office``.

        The same bytes every time, all or nothing.
        """
        return write_atomic(Path(path), docx.render(pages.document(self, theme)))

    def to_pdf(self, path: str | os.PathLike[str], *, theme: ThemeName = DEFAULT) -> Path:
        """Write a PDF: contents with links, then the tables; needs the extra ``pdf``.

        The same bytes every time, all or nothing.
        """
        return write_atomic(Path(path), pdf.render(pages.document(self, theme)))

    def to_latex(self, *, theme: ThemeName = DEFAULT) -> str:
        """Return LaTeX: the notes of the book as paragraphs, then one table after the other."""
        return pages.latex_tables(self, theme)

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return pages.html_parts(self)


def book(
    estimates: Estimates,
    *,
    stats: Sequence[str] | None = None,
    title: str | None = None,
    lang: Lang | None = None,
    number: int = 1,
    numbers: NumberFormat | None = None,
    cell: CellTemplate | None = None,
    decimals: int = 1,
    weighted_decimals: int = 0,
    show_bases: Sequence[Base] | None = None,
    totals: Totals = "auto",
    batteries: Batteries = "auto",
    tests: Literal["show", "hide"] = "show",
    stars: Stars = "hide",
    notes: Sequence[str] = (),
) -> Book:
    """Lay out estimates of many variables as a book: one table for each question or battery.

    Parameters
    ----------
    estimates : Estimates
        Of several variables, as a banner or on their own.
    stats, numbers, cell, decimals, weighted_decimals, show_bases, totals, tests, stars
        As in :func:`table`; a table takes of `stats` and `show_bases` what its variables have.
    title : str, optional
        Made from the banner by default.
    number : int
        Of the first table; those after it follow.
    batteries : {"auto", "battery", "groups_across"}
        The layout of questions that share their levels; "auto": a battery where there is no
        banner, else one question below the other.
    notes : sequence of str
        At the front, after what holds for more than one table.

    Returns
    -------
    Book
        A note that belongs to one variable stands under its table, any other once at the front.

    Raises
    ------
    UsageError, UnknownNameError
        When the estimates hold no rows, or an option has no such value.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Spec
    >>> rows = tuple(Estimate(v, "Yes", "1", "", "", "", "percent", 50.0, n=10) for v in "ab")
    >>> made = book(Estimates(rows, Spec("book", ("a", "b"), lang="en")), title="Pilot")
    >>> len(made), made[0].title, made["b"].title
    (2, 'Table 1. a', 'Table 2. b')
    """
    said: Lang = lang or estimates.spec.lang
    if batteries not in get_args(Batteries):
        raise UnknownNameError.for_name("batteries", batteries, get_args(Batteries))
    options = {
        "lang": said, "numbers": numbers, "decimals": decimals, "tests": tests, "totals": totals,
        "weighted_decimals": weighted_decimals, "cell": cell, "stars": stars,
    }  # fmt: skip
    parts = list(_parts(estimates, batteries))
    if not parts:
        raise UsageError("the estimates hold no rows.", hint="tabulate something first.")
    made = [
        _table(part, stats, show_bases, options, place)
        for place, part in enumerate(parts, start=number)
    ]
    tables, shared = _without_repeats(made)
    return Book(
        title=clean(_title(estimates, said) if title is None else title),
        lang=said,
        tables=tables,
        names=tuple(part.name for part in parts),
        notes=tuple(clean(n) for n in dict.fromkeys((*_general(estimates), *shared, *notes))),
    )


# ---------------------------------------------------------------- the parts of a book
@dataclass(frozen=True, slots=True)
class _Part:
    """One table to be: a variable, or the variables of a battery."""

    name: str
    title: str
    estimates: Estimates
    layout: Layout


def _parts(estimates: Estimates, batteries: Batteries) -> Iterator[_Part]:
    pieces = _by_variable(estimates)
    spec = estimates.spec
    places = Places(estimates, {}, {}, {}, {})
    across = batteries == "groups_across" or (batteries == "auto" and spec.by)
    home = {v: name for name, items in spec.batteries.items() for v in items}
    done: set[str] = set()
    for variable in spec.variables:
        name = home.get(variable, variable)
        if name in done:
            continue
        done.add(name)
        items = [v for v in spec.batteries.get(name, (variable,)) if v in pieces]
        if not items:
            continue
        lead, own = shared_lead([places.question(v) for v in items])
        title = places.question(variable) if len(items) == 1 else lead or places.question(name)
        layout: Layout = "groups_across" if across or len(items) == 1 else "battery"
        found = _joined(estimates, dict(zip(items, own, strict=True)), pieces)
        yield _Part(name, title, found, layout)


_Piece = tuple[list[Any], list[Any], list[Any]]


def _by_variable(estimates: Estimates) -> dict[str, _Piece]:
    """Sort rows, tests and comparisons by variable, in one pass over each."""
    pieces: dict[str, _Piece] = {}
    for row in estimates.rows:
        pieces.setdefault(row.variable, ([], [], []))[0].append(row)
    for test in estimates.tests.rows:
        if test.variable in pieces:
            pieces[test.variable][1].append(test)
    for pair in estimates.comparisons.rows:
        if pair.variable in pieces:
            pieces[pair.variable][2].append(pair)
    return pieces


def _joined(estimates: Estimates, items: dict[str, str], pieces: dict[str, _Piece]) -> Estimates:
    """Return the estimates of some variables, each called as `items` says."""
    rows, tests, pairs = ([x for v in items for x in pieces[v][i]] for i in range(3))
    named = [n for n in estimates.notes if any(_about(n, v) for v in items)]
    return replace(
        estimates,
        rows=tuple(rows),
        spec=replace(
            estimates.spec,
            variables=tuple(items),
            questions={**estimates.spec.questions, **items},
        ),
        tests=Tests(tuple(tests)),
        notes=tuple(named),
        comparisons=replace(estimates.comparisons, rows=tuple(pairs)),
    )


def _about(note: str, variable: str) -> bool:
    """True where a note begins with the name of a variable.

    Examples
    --------
    >>> _about("q1：3 人缺失", "q1"), _about("q12: 3 missing", "q1"), _about("No weights.", "No")
    (True, False, False)
    """
    return re.match(rf"{re.escape(variable)}(?:[：:]| ×|\s?是|\s?is )", note) is not None


def _general(estimates: Estimates) -> Iterator[str]:
    names = estimates.spec.variables
    banner = estimates.spec.synthetic
    for note in estimates.notes:
        if not any(_about(note, v) for v in names) and not (banner and "SYNTHETIC" in note):
            yield note


def _title(estimates: Estimates, lang: Lang) -> str:
    if not estimates.spec.by:
        return WORDS["book"].text(lang)
    places = Places(estimates, {}, {}, {}, {})
    by = WORDS["comma"].text(lang).join(places.question(b) for b in estimates.spec.by)
    return WORDS["book_by"].text(lang).format(by=by)


# ---------------------------------------------------------------- the tables of a book
def _table(
    part: _Part,
    stats: Sequence[str] | None,
    show_bases: Sequence[Base] | None,
    options: dict[str, Any],
    number: int,
) -> Table:
    held = {r.stat for r in part.estimates.rows}
    asked = _held_stats(stats, held)
    if asked is None and part.layout == "battery" and "percent" in held:
        asked = ["percent"]
    elif asked is None and "percent" not in held:
        asked = [s for s in ("mean (sd)", "median") if set(parse_stat(s).names) <= held] or None
    found = (
        None if show_bases is None else [b for b in show_bases if b not in BASES or _has(held, b)]
    )
    label = f"tab:{part.name}"
    return table(
        part.estimates, stats=asked, show_bases=found, layout=part.layout, title=part.title,
        number=number, label=label, **options,
    )  # fmt: skip


def _has(held: set[str], base: Base) -> bool:
    return base == "n" or BASES[base][0] in held


def _held_stats(stats: Sequence[str] | None, held: set[str]) -> list[str] | None:
    """Return the columns that a variable has; None (the default) where it has none of them."""
    fit = [s for s in stats or () if set(parse_stat(s).names) <= held.union(FIELDS)]
    named = any(parse_stat(s).lead not in ("", "count") for s in fit)
    return fit if named else None


def _lines(made: Table) -> tuple[str, ...]:
    return (*made.legend, *made.probability, *made.notes)


def _without_repeats(tables: Sequence[Table]) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Take what stands under more than one table from under them."""
    lines = Counter(text for t in tables for text in dict.fromkeys(_lines(t)))
    shared = [text for text, times in lines.items() if times > 1]
    kept = (
        replace(
            t,
            legend=tuple(x for x in t.legend if x not in shared),
            probability=tuple(x for x in t.probability if x not in shared),
            notes=tuple(x for x in t.notes if x not in shared),
        )
        for t in tables
    )
    return tuple(kept), tuple(shared)
