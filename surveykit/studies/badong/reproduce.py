"""`reproduce`: the whole study into a folder. It reads like the report's table of contents."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from surveykit.published import Audit, Published
from surveykit.published import audit as audit_published
from surveykit.report import DEFAULTS, FigurePart, Methods, Report, TablePart, Text, check_formats
from surveykit.report.audit_view import audit_html
from surveykit.report.manifest import sha256
from surveykit.report.parts import Part
from surveykit.studies.badong import data as study_data
from surveykit.studies.badong.comparison import comparison
from surveykit.studies.badong.facts import Study
from surveykit.studies.badong.figures import FIGURES
from surveykit.studies.badong.tables import TABLES
from surveykit.studies.badong.words import HEADINGS, SUBTITLE, TEXTS, TITLE, WORDS
from surveykit.text import Lang

__all__ = ["reproduce"]

Progress = Callable[[str, int, int], None]
"""Called with (what, done, total) before each step."""

PAPER = (
    "table1_sample", "table1_awareness", "figure1", "table2", "table3", "figure2", "table4",
)  # fmt: skip
"""The report's own tables and figures, in its order; what is not here lies beyond it."""


def reproduce(
    folder: str | os.PathLike[str],
    *,
    lang: Lang = "zh",
    formats: str | Iterable[str] = DEFAULTS,
    draw: int = 1,
    progress: Progress | None = None,
    data: str | os.PathLike[str] | None = None,
) -> tuple[Path, ...]:
    """Build the study: ``tables/``, ``figures/``, ``report.html``, ``comparison.csv``, ``audit.html``, ``audit.json``, ``manifest.json``.

    The same inputs give the same bytes in the same environment. Nothing is written before
    everything is made. It takes half a minute, most of it for the audit of all readings.

    Parameters
    ----------
    folder : path
        Made when it does not exist.
    lang : {"zh", "en"}
    formats : str or iterable of {"html", "docx", "xlsx", "pdf"}
        Of the tables and the report (``docx`` and ``pdf`` need an extra); figures are always PNG and SVG.
    draw : int
        Which SYNTHETIC file.
    progress : function (what, done, total), optional
    data : path, optional
        A folder with `published.yaml`, `codebook.yaml` and SYNTHETIC files, in place of the
        study's own.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    UsageError, MissingDependencyError
        For an unknown format, or one that needs an extra which is not installed.
    InputError
        For a draw that does not exist, or a folder that cannot be written.
    """
    wanted = check_formats(formats)
    study = _read(lang, draw, None if data is None else Path(data), progress)
    report = Report(
        title=TITLE.text(lang),
        subtitle=SUBTITLE.text(lang),
        parts=tuple(_parts(study)),
        lang=lang,
        files={
            "comparison.csv": study.comparison.to_csv(),
            "audit.html": audit_html(study.audit, lang, codebook=study.codebook),
            "audit.json": _audit_json(study),
        },
        inputs=study.inputs,
        seed=study.survey.synthetic.seed if study.survey.synthetic else None,
    )
    return report.build(folder, wanted, progress=progress)


def _parts(study: Study) -> Iterator[Part]:
    """Yield the report from its first line to its last."""
    facts = study.facts() | {"problems": study.problems()}
    section = partial(_section, study.lang, facts)
    yield Text(body=TEXTS["opening"].text(study.lang), kind="notice")
    yield section("summary")
    yield section("study")

    yield section("comparison")
    yield study.comparison_grid()

    yield section("paper")
    yield from _shown(study, PAPER)
    yield section("beyond")
    yield from _shown(study, [name for name in (*TABLES, *FIGURES) if name not in PAPER])

    yield section("conflicts", "causes")
    yield section("plain", level=3)
    yield section("readings", level=3)
    yield study.readings_grid()

    yield section("claims")
    yield study.claims_grid()
    yield study.open_grid()

    yield section("audit")

    yield section("methods")
    yield Methods(study.tabulated(), HEADINGS["statistics"].text(study.lang), level=3)
    yield section("limits", level=3)
    yield section("files")
    yield study.versions_grid()
    yield study.inputs_grid()


def _section(
    lang: Lang, facts: dict[str, Any], name: str, body: str | None = None, *, level: Any = 2
) -> Text:
    text = TEXTS[body or name].text(lang).format(**facts)
    return Text(HEADINGS[name].text(lang), text, level)


def _shown(study: Study, names: Iterable[str]) -> Iterator[Part]:
    """Yield tables and figures by name; they carry the report's own numbers."""
    for name in names:
        if name in TABLES:
            made = TABLES[name](lang=study.lang, draw=study.source)
            yield TablePart(name, made, numbered="own")
        else:
            draw = partial(FIGURES[name], lang=study.lang, draw=study.source)
            yield FigurePart(name, draw, numbered="own")


# --- what goes in -------------------------------------------------------------------------


def _read(lang: Lang, draw: int, folder: Path | None, progress: Progress | None) -> Study:
    """Read the responses as any file is read, audit the printed figures, compare the two."""
    here = folder or study_data.files()
    source = study_data.synthetic(draw, here)
    published = study_data.published(here)
    survey = study_data.survey(source)
    audit = _audit(published, lang, progress)
    read = (here / "published.yaml", here / "codebook.yaml", source, source.with_suffix(".json"))
    return Study(
        published=published,
        codebook=study_data.codebook(here),
        survey=survey,
        audit=audit,
        comparison=comparison(draw=draw, folder=here, audit=audit),
        inputs={path.name: sha256(path.read_bytes()) for path in read if path.is_file()},
        lang=lang,
        source=source,
    )


def _audit(published: Published, lang: Lang, progress: Progress | None) -> Audit:
    """Audit all readings; those of the study's own figures are kept."""

    def report(reading: str, done: int, total: int) -> None:
        if progress is not None:
            label = published.scenario(reading).label.text(lang) or reading
            progress(WORDS["audit"].text(lang).format(reading=label), done, total)

    heard = report if progress is not None else None
    if published.sha256 == study_data.published().sha256:
        return study_data.audit(heard)
    return audit_published(published, lang=lang, progress=heard)


def _audit_json(study: Study) -> str:
    made = _rounded(study.audit.to_json(study.lang))
    return f"{json.dumps(made, ensure_ascii=False, indent=1)}\n"


def _rounded(value: Any) -> Any:
    """Return `value` with every float at 12 significant digits."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
