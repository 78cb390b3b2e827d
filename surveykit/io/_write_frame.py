"""`write_frame`: responses and their codebook beside them, in the format of the file's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from surveykit.codebook import Codebook, Design, Variable, cells, load_codebook, parse_codebook
from surveykit.errors import InputError, SurveyKitError, UnknownNameError
from surveykit.io._raw import tidy_headers
from surveykit.io._write import write_atomic, write_csv
from surveykit.text import Bilingual, Lang

__all__ = ["WRITTEN", "write_frame"]

WRITTEN = (".csv", ".tsv", ".parquet", ".arrow", ".feather", ".sav", ".zsav")
"""File name endings that can be written."""

_DELIMITERS = {".csv": ",", ".tsv": "\t"}


def write_frame(
    frame: pd.DataFrame, codebook: Codebook, path: str | Path, *, lang: Lang = "zh"
) -> tuple[str, ...]:
    """Write responses, and ``<name>.codebook.yaml`` beside them.

    Parameters
    ----------
    frame : pandas.DataFrame
    codebook : Codebook
        Its variables name columns of the frame as they are.
    path : str or Path
        The ending says the format: one of `WRITTEN`.
    lang : {"zh", "en"}
        Of the labels in an SPSS file; the codebook keeps both.

    Returns
    -------
    tuple of str
        What was renamed, cut or cannot be written; each a `Bilingual`.

    Raises
    ------
    UnknownNameError
        For an ending that is none of these.
    InputError
        When the data contradict the codebook (SPSS), the place cannot be written, or another
        codebook already lies there.

    Examples
    --------
    >>> import os, tempfile
    >>> from surveykit.codebook import draft_codebook
    >>> frame = pd.DataFrame({"aware": ["yes", "no"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     notes = write_frame(frame, draft_codebook(frame), f"{folder}/a.csv")
    ...     sorted(os.listdir(folder)), notes
    (['a.codebook.yaml', 'a.csv'], ())
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in WRITTEN:
        raise UnknownNameError.for_name("ending", suffix, WRITTEN, where=str(path))
    beside = target.with_suffix(".codebook.yaml")
    frame, codebook, told = _tidied(frame, codebook)
    book, notes, save = _plan(frame, codebook, target, suffix, lang)
    there = _lies_there(beside, book)
    save()
    if not there:
        write_atomic(beside, book.to_yaml())
    return (*told, *notes)


def _tidied(
    frame: pd.DataFrame, codebook: Codebook
) -> tuple[pd.DataFrame, Codebook, tuple[Bilingual, ...]]:
    """Give columns the names under which readers find them: no blank edges, nothing unseen."""
    names = [str(c) for c in frame.columns]
    new = {a: b for a, b in zip(names, tidy_headers(names)[0], strict=True) if a != b}
    if not new:
        return frame, codebook, ()

    def called(name: str) -> str:
        return new.get(name, name)

    def moved(variable: Variable) -> Variable:
        own = () if variable.columns or variable.source else (variable.column or variable.name,)
        column = called(own[0]) if own and own[0] in new else variable.column
        return replace(variable, column=column, columns=tuple(map(called, variable.columns)))

    variables = {name: moved(v) for name, v in codebook.variables.items()}
    design = codebook.design and _roles_called(codebook.design, called)
    told = ", ".join(f"{a!r} → {b!r}" for a, b in new.items())
    note = Bilingual(f"columns renamed in the file: {told}.", f"文件中的列名有改动：{told}。")
    book = replace(codebook, variables=variables, design=design)
    return frame.set_axis([called(n) for n in names], axis=1), book, (note,)


def _roles_called(design: Design, called: Callable[[str], str]) -> Design:
    return replace(
        design,
        weight=design.weight and called(design.weight),
        strata=design.strata and called(design.strata),
        psu=tuple(map(called, design.psu)),
        fpc=tuple(map(called, design.fpc)),
        repweights=tuple(map(called, design.repweights)),
    )


def _plan(
    frame: pd.DataFrame, codebook: Codebook, path: Path, suffix: str, lang: Lang
) -> tuple[Codebook, tuple[str, ...], Callable[[], object]]:
    if suffix in (".sav", ".zsav"):
        from surveykit.io._write_spss import plan_sav

        return plan_sav(frame, codebook, path, lang=lang)
    if suffix in _DELIMITERS:
        mark = _DELIMITERS[suffix]
        return codebook, (), lambda: write_csv(_as_text(frame), path, delimiter=mark)
    from surveykit.io._write_parquet import write_arrow, write_parquet

    write = write_parquet if suffix == ".parquet" else write_arrow
    return codebook, (), lambda: write(frame, codebook, path)


def _lies_there(path: Path, codebook: Codebook) -> bool:
    """Say whether this codebook is there already, as a person may have written it.

    Raises
    ------
    InputError
        When another one is there.
    """
    if not path.exists():
        return False
    try:
        found = load_codebook(path)
    except SurveyKitError:
        found = Codebook()
    again = parse_codebook(codebook.to_yaml())
    if (found.title, dict(found.variables), found.design) == (
        again.title,
        dict(again.variables),
        again.design,
    ):
        return True
    hint = "move it away, or write under another name."
    message = "another codebook lies where that of the new file goes; nothing is written."
    raise InputError(message, where=str(path), hint=hint)


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    columns = [cells(str(name), frame[name]) for name in frame.columns]
    texts = {c.name: np.array(c.values or ("",), dtype=object)[c.index] for c in columns}
    return pd.DataFrame(texts, index=pd.RangeIndex(len(frame)))
