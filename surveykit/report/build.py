"""`Report`: a frozen description of a page with its tables and figures, built into a folder."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from surveykit.errors import UnknownNameError, UsageError
from surveykit.report import refs
from surveykit.report.folder import write_all
from surveykit.report.manifest import manifest, outdated
from surveykit.report.methods import methods
from surveykit.report.page import Block, Drawn, data_uri, fill, render
from surveykit.report.paper import document
from surveykit.report.parts import FigurePart, Grid, Html, Methods, Part, TablePart, Text
from surveykit.tables import Table, docx, pdf
from surveykit.tables.document import Document
from surveykit.text import Label, Lang

__all__ = ["DEFAULTS", "FORMATS", "Report", "check_formats"]

FORMATS: Final = ("html", "docx", "xlsx", "pdf")
DEFAULTS: Final = ("html", "xlsx")  # what needs no extra
_PAPER: Final = {"docx": docx, "pdf": pdf}
_KINDS: Final = {
    "table": Label(zh="表 {n}　{title}", en="Table {n}. {title}"),
    "figure": Label(zh="图 {n}　{title}", en="Figure {n}. {title}"),
}
_METHODS: Final = Label(zh="方法", en="Methods")
_BROKEN: Final = re.compile(r"(?<=[\u0020-\u2e7f])\n(?=[\u0020-\u2e7f])")
_SIZE = re.compile(r'<svg\b[^>]*\bviewBox="0 0 ([0-9.]+) ([0-9.]+)"')

Progress = Callable[[str, int, int], None]
"""Called with (what, done, total) before each step."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says and shows; `build` writes it into a folder.

    Parameters
    ----------
    title : str
    parts : tuple of Text, TablePart, FigurePart, Grid, Methods, Html
        In the order of the page.
    lang : {"zh", "en"}
    subtitle : str
    files : mapping of str to bytes or str
        More files for the folder, by their relative name (``comparison.csv``).
    inputs : mapping of str to str
        What was read: name to SHA-256, for the manifest.
    seed : int, optional
        Of synthetic records, for the manifest.

    Examples
    --------
    >>> page = Report("Village survey", (Text("Limits", "One sample of 385."),), lang="en")
    >>> "<h2" in page.to_html(), "One sample of 385." in page.to_html()
    (True, True)
    """

    title: str
    parts: tuple[Part, ...]
    lang: Lang = "zh"
    subtitle: str = ""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None

    def build(
        self,
        folder: str | os.PathLike[str],
        formats: str | Iterable[str] = DEFAULTS,
        *,
        progress: Progress | None = None,
    ) -> tuple[Path, ...]:
        """Write the page, its tables and figures, and ``manifest.json`` into `folder`.

        The same report gives the same bytes in the same environment. Everything is made before
        the first file is written; if anything fails, the folder is as it was. Files that an
        earlier build left, and this one does not make, are removed if nobody changed them.

        Parameters
        ----------
        folder : path
            Made when it does not exist.
        formats : str or iterable of {"html", "docx", "xlsx", "pdf"}
            ``html``: ``report.html``, and each table as HTML and Markdown; ``docx`` and ``pdf``:
            ``report.docx``, ``report.pdf``, and each table so; ``xlsx``: each table as a workbook.
            Figures (PNG and SVG) and the manifest are always written.
        progress : function (what, done, total), optional

        Returns
        -------
        tuple of Path
            The files written.

        Raises
        ------
        UsageError
            For an unknown format, or two parts with one name.
        MissingDependencyError
            For ``docx`` without the extra ``office``, ``pdf`` without the extra ``pdf``.
        UnsupportedError
            For a table of too many cells for a document.
        InputError
            When the folder cannot be written.
        """
        wanted = check_formats(formats)
        parts = _numbered(self)
        figures = _figures(parts)
        step = _steps(progress, len(figures) + 2)
        drawn = {f.name: _draw(f) for f in figures if step(f.name)}
        contents = {name: _bytes(data) for name, data in self.files.items()}
        step("report.html")
        if "html" in wanted:
            contents["report.html"] = _page(self, parts, drawn).encode()
        contents |= _on_paper(self, parts, drawn, wanted)
        for table in _tables(parts):
            contents |= _table_files(table, wanted)
        for name, figure in drawn.items():
            contents |= {f"figures/{name}.png": figure.png, f"figures/{name}.svg": figure.svg}
        contents["manifest.json"] = manifest(
            contents, inputs=self.inputs, seed=self.seed, lang=self.lang
        )
        step(str(folder))
        left = outdated(Path(folder), contents)
        written = write_all(folder, contents)
        for path in left:
            path.unlink(missing_ok=True)
        return written

    def to_html(self) -> str:
        """Return the page: one HTML text that needs no network and no other file."""
        parts = _numbered(self)
        return _page(self, parts, {f.name: _draw(f) for f in _figures(parts)})


def check_formats(formats: str | Iterable[str]) -> tuple[str, ...]:
    """Return the formats asked for (``"html,xlsx"`` or a sequence), each once.

    Raises
    ------
    UsageError
        For an unknown format.
    MissingDependencyError
        For one that needs an extra which is not installed.

    Examples
    --------
    >>> check_formats("html, xlsx")
    ('html', 'xlsx')
    """
    asked = formats.split(",") if isinstance(formats, str) else formats
    names = tuple(dict.fromkeys(str(f).strip().lower() for f in asked))
    for name in names:
        if name not in FORMATS:
            near = UnknownNameError.for_name("format", name, FORMATS)
            raise UsageError(near.message, hint=near.hint)
        if name in _PAPER:
            _PAPER[name].available()
    if not names:
        raise UsageError("no format is asked for.", hint=f"choose from {', '.join(FORMATS)}.")
    return names


def _numbered(report: Report) -> tuple[Part, ...]:
    """Put numbers before the titles of tables that ask for one; refuse a name used twice."""
    seen: set[str] = set()  # as references name them: a table and its figure may share a name
    parts: list[Part] = []
    tables = 0
    for part in report.parts:
        if isinstance(part, TablePart | FigurePart):
            key = f"{refs.kind_of(part)}:{part.name}"
            if key in seen:
                raise UsageError(f"two parts of the report are called {part.name!r}.")
            seen.add(key)
        if isinstance(part, TablePart) and part.numbered == "auto":
            tables += 1
            title = _number("table", tables, part.table.title, report.lang)
            part = replace(part, table=replace(part.table, title=title))
        parts.append(_written(part, report) if isinstance(part, Methods) else part)
    refs.check(parts)
    return tuple(parts)


def _written(part: Methods, report: Report) -> Text:
    """Write the methods paragraph from the estimates of the part, else of the report's tables."""
    own = [p.estimates for p in _tables(report.parts) if p.estimates is not None]
    body = methods(part.estimates or own, report.lang)
    return Text(part.heading or _METHODS.text(report.lang), body, part.level)


def _number(kind: str, n: int, title: str, lang: Lang) -> str:
    return _KINDS[kind].text(lang).format(n=n, title=title).strip()


def _tables(parts: Iterable[Part]) -> list[TablePart]:
    return [p for p in parts if isinstance(p, TablePart)]


def _figures(parts: Iterable[Part]) -> list[FigurePart]:
    return [p for p in parts if isinstance(p, FigurePart)]


def _steps(progress: Progress | None, total: int) -> Callable[[str], bool]:
    """Return a function that reports the next step; always true, for use in a comprehension."""
    done = iter(range(total))

    def step(what: str) -> bool:
        if progress is not None:
            progress(what, next(done), total)
        return True

    return step


def _bytes(data: str | bytes) -> bytes:
    return data.encode("utf-8") if isinstance(data, str) else data


# --- the pieces ---------------------------------------------------------------------------


def _draw(part: FigurePart) -> Drawn:
    """Draw a figure and hold what its two files hold."""
    from surveykit import plots

    axes = part.draw()
    with tempfile.TemporaryDirectory() as folder:
        png, svg = plots.save(axes, Path(folder) / part.name, alt=part.alt or None)
        made = png.read_bytes(), svg.read_bytes()
    alt = part.alt or getattr(axes, "surveykit_alt", "")
    title = part.title or axes.get_title(loc="left") or axes.get_title()
    title = _BROKEN.sub(" ", title).replace("\n", "")  # between Chinese there is no blank
    return Drawn(*made, title=title, alt=alt or title, size=_svg_size(made[1]))


def _svg_size(svg: bytes) -> tuple[int, int]:
    """Return width and height of an SVG in CSS pixels; matplotlib writes points."""
    found = _SIZE.search(svg[:2000].decode("utf-8", "replace"))
    wide, high = (float(x) for x in found.groups()) if found else (480.0, 360.0)
    return round(wide * 96 / 72), round(high * 96 / 72)


def _table_files(part: TablePart, formats: Iterable[str]) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    if "html" in formats:
        made[f"tables/{part.name}.html"] = _table_page(part.table).encode()
        made[f"tables/{part.name}.md"] = part.table.to_markdown().encode()
    if "xlsx" in formats:
        with tempfile.TemporaryDirectory() as folder:
            made[f"tables/{part.name}.xlsx"] = part.table.to_xlsx(f"{folder}/t.xlsx").read_bytes()
    alone = Document(part.table.title or part.table.banner, part.table.lang, (part.table,))
    made |= {f"tables/{part.name}.{n}": _PAPER[n].render(alone) for n in formats if n in _PAPER}
    return made


def _on_paper(
    report: Report, parts: Iterable[Part], drawn: Mapping[str, Drawn], formats: Iterable[str]
) -> dict[str, bytes]:
    """Return the report as Word and PDF, where they are asked for."""
    asked = [name for name in formats if name in _PAPER]
    if not asked:
        return {}
    titles = _figure_titles(parts, drawn, report.lang)
    shown = _labels(parts, drawn, report.lang)
    whole = document(report.title, report.subtitle, report.lang, parts, drawn, titles, shown)
    return {f"report.{name}": _PAPER[name].render(whole) for name in asked}


def _figure_titles(parts: Iterable[Part], drawn: Mapping[str, Drawn], lang: Lang) -> dict[str, str]:
    """Return the captions of figures; one that the picture shows already has none."""
    titles: dict[str, str] = {}
    numbers = iter(range(1, len(drawn) + 1))
    for part in _figures(parts):
        title = drawn[part.name].title
        if part.numbered == "auto":
            titles[part.name] = _number("figure", next(numbers), title, lang)
        elif part.title:
            titles[part.name] = title
    return titles


def _labels(parts: Iterable[Part], drawn: Mapping[str, Drawn], lang: Lang) -> dict[str, str]:
    """Return what references to the tables and figures show."""
    figures = _figure_titles(parts, drawn, lang)
    tables = {f"table:{p.name}": p.table.title for p in _tables(parts)}
    asked = refs.asked(parts)
    captions = tables | {f"figure:{n}": figures.get(n, d.title) for n, d in drawn.items()}
    return refs.labels({key: title for key, title in captions.items() if key in asked}, lang)


def _table_page(table: Table) -> str:
    return render(table.title, "", table.lang, [Block(table.to_html())], kind="table")


def _page(report: Report, parts: Iterable[Part], drawn: Mapping[str, Drawn]) -> str:
    blocks = list(_blocks(tuple(parts), drawn, report.lang))
    return render(report.title, report.subtitle, report.lang, blocks)


def _blocks(parts: Iterable[Part], drawn: Mapping[str, Drawn], lang: Lang) -> Iterator[Block]:
    """Yield the parts as markup, in order."""
    shown = _labels(parts, drawn, lang)
    figures = 0
    for number, part in enumerate(parts, start=1):
        match part:
            case Text():
                yield _text_block(part, f"part-{number}", shown, lang)
            case TablePart():
                id = f"table-{part.name}"
                html = f'<div id="{id}" class="block">\n{part.table.to_html()}\n</div>'
                yield Block(html, entry=(id, part.table.title))
            case FigurePart():
                figures += part.numbered == "auto"
                yield _figure_block(part, drawn[part.name], figures, lang)
            case Grid():
                yield Block(fill("grid.html.j2", grid=part))
            case Html():
                yield Block(part.html)


def _text_block(text: Text, id: str, shown: Mapping[str, str], lang: Lang) -> Block:
    html = fill("text.html.j2", text=text, id=id, blocks=list(refs.blocks(text, shown, lang)))
    return Block(html, section=text.heading if text.level == 2 else "")


def _figure_block(part: FigurePart, drawn: Drawn, number: int, lang: Lang) -> Block:
    title = drawn.title
    if part.numbered == "auto":
        title = _number("figure", number, title, lang)
    id = f"figure-{part.name}"
    html = fill(
        "figure.html.j2",
        id=id,
        name=part.name,
        title=title,
        shown=title == drawn.title and not part.title,  # the picture shows it already
        source=data_uri("image/svg+xml", drawn.svg),
        alt=drawn.alt,
        size=drawn.size,
    )
    return Block(html, entry=(id, title))
