"""Readers and writers: file ⇄ frame of text and codebook.

`_formats` lists the formats, one module for each (`_delimited`, `_xlsx`) · `_raw` what a reader
returns · `_naming` short names · `_privacy` direct identifiers · `_write` atomic writers.
"""

from surveykit.io._fit import fit_codebook
from surveykit.io._formats import FORMATS, Format
from surveykit.io._naming import question_text
from surveykit.io._raw import Raw
from surveykit.io._read import read_frame
from surveykit.io._sources import read_codebook_source
from surveykit.io._write import to_delimited, write_atomic, write_csv

__all__ = [
    "FORMATS",
    "Format",
    "Raw",
    "fit_codebook",
    "question_text",
    "read_codebook_source",
    "read_frame",
    "to_delimited",
    "write_atomic",
    "write_csv",
]
