"""What a command reads: the survey with its roles, the letters, the banner."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveykit.cli import options as opt
from surveykit.cli.groups import Columns, Sample, Source
from surveykit.cli.sampling import designed, roles_of
from surveykit.cli.talk import remark
from surveykit.errors import SurveyKitError, UsageError
from surveykit.text import Lang

if TYPE_CHECKING:
    from surveykit.codebook import Codebook
    from surveykit.estimate import Letters
    from surveykit.survey import Survey


def lang_of(lang: opt.LangName) -> Lang:
    return "zh" if lang is opt.LangName.zh else "en"


def source_of(
    keep: list[str] | None, labels: str | None, sheet: str | None, format: str | None
) -> dict[str, Any]:
    """Return how FILE is read, as `read` takes it."""
    return {"keep": keep or (), "labels": labels, "sheet": sheet, "format": format}


def sampled(file: str, source: Source, sample: Sample) -> Survey:
    """Return the survey of FILE with its design, of those whom ``--where`` names."""
    how = source_of(source.keep, source.labels, source.sheet, source.input_format)
    return survey_of(file, source.codebook, source.where, how, roles_of(sample))


def survey_of(
    file: str,
    codebook: str | None = None,
    where: str | None = None,
    source: Mapping[str, Any] | None = None,
    roles: Mapping[str, Any] | None = None,
) -> Survey:
    from surveykit.survey import read

    source = source or {}
    survey = read(file, codebook=codebook, **source)
    if roles:
        design = designed(survey.design, dict(roles))
        if design.simple:
            raise UsageError(
                "--lonely-psu belongs to a sample design, and there is none.",
                hint="name it with --weight, --strata and --psu, or in the codebook.",
            )
        if all(survey.find_column(c) for c in design.columns):
            survey = survey.with_design(design)
        else:  # it may be a column that identifies people, such as a village
            survey = read(file, codebook=codebook, design=design, **source)
    return survey if where is None else survey.where(where)


def letters_of(columns: Columns) -> Letters | str:
    """Return how columns are compared, "none" where it was not asked for."""
    against, alpha, adjust = columns.letters, columns.alpha, columns.adjust
    if against is None:
        named = [n for n, v in (("--alpha", alpha), ("--adjust", adjust)) if v]
        if named:
            raise UsageError(
                f"{' and '.join(named)} belong to --letters.", hint="add --letters all."
            )
        return "none"
    from surveykit.estimate import Letters

    levels = tuple(alpha) if alpha else (0.05,)
    return Letters(against.value, levels, adjust.value if adjust else "none")


def check_groups(
    by: list[str] | None, test: list[str] | None, letters: object, option: str = "--by"
) -> None:
    asked = "--test" if test else "--letters" if letters != "none" else ""
    if asked and not by:
        raise UsageError(
            f"{asked} compares groups, and there are none.", hint=f"name them with {option}."
        )


def banner_of(survey: Survey, given: list[str]) -> tuple[str, ...]:
    """Return the by-variables of `a,b`; a header may itself have a comma."""
    found: list[str] = []
    for text in given:
        whole = text in survey.codebook or survey.find_column(text) is not None
        found += [text] if whole else [part.strip() for part in text.split(",") if part.strip()]
    return tuple(found)


def codebook_beside(published: str) -> Codebook | None:
    """Return the codebook.yaml that stands beside a published.yaml: labels for its levels."""
    from surveykit.codebook import load_codebook

    path = Path(published).parent / "codebook.yaml"
    if not path.is_file():
        return None
    try:
        return load_codebook(path)
    except SurveyKitError as error:
        remark([f"labels are not taken from the codebook beside it: {error}"])
        return None
