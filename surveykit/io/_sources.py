"""Codebooks from the questionnaires of survey tools."""

from __future__ import annotations

from pathlib import Path

from surveykit.codebook import Codebook
from surveykit.errors import InputError
from surveykit.io._head import head_of
from surveykit.io._limesurvey_structure import is_structure, read_structure
from surveykit.io._qsf import is_qsf, read_qsf
from surveykit.io._redcap import is_dictionary, read_dictionary
from surveykit.io._xlsform import is_xlsform, read_xlsform

__all__ = ["read_codebook_source"]


def read_codebook_source(path: str | Path) -> Codebook | None:
    """Read the questionnaire of a survey tool as a codebook.

    QSF (Qualtrics), XLSForm (ODK, KoboToolbox), data dictionary (REDCap) and tab-separated
    structure (LimeSurvey), recognised by content.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Codebook or None
        None for a file that is none of these, such as a ``codebook.yaml``.

    Raises
    ------
    InputError
        When the file cannot be read, or is damaged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "book.yaml")
    ...     _ = file.write_text("surveykit: codebook/1", encoding="utf-8")
    ...     print(read_codebook_source(file))
    None
    """
    path = Path(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror or error})."
        raise InputError(message, where=str(path), hint="check the name of the file.") from error
    if is_qsf(data):
        return read_qsf(path, data)
    head = head_of(data)
    if is_xlsform(head):
        return read_xlsform(path, data, list(head.sheets))
    if is_structure(head):
        return read_structure(path, data)
    if is_dictionary(head):
        return read_dictionary(path, data)
    return None
