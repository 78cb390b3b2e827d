"""Readers and writers: file ⇄ frame of text and codebook.

`_formats` lists the formats, one module for each (`_delimited`, `_xlsx`) · `_raw` what a reader
returns · `_head` what a format is recognised by, `_unzip` in a zip too · `_export`, `_joined` what the readers of survey
tools share (`_wjx`, `_tencent`, `_qualtrics`, `_googleforms`, `_surveymonkey`, `_limesurvey`,
`_kobo`, `_redcap`) · `_sources` their questionnaires as codebooks (`_qsf`, `_xlsform`,
`_limesurvey_structure`; `_asked` skip rules), `_fit` brought together with a file ·
`_naming` short names · `_privacy` direct identifiers · `_labelled` what SPSS and Stata
share · `_write` atomic writers, `_write_frame` responses with the codebook beside them.
"""

from surveykit.io._delimited import decode
from surveykit.io._fit import fit_codebook
from surveykit.io._formats import FORMATS, Format
from surveykit.io._naming import question_text
from surveykit.io._raw import Guess, Raw
from surveykit.io._read import read_frame, read_memory
from surveykit.io._sources import read_codebook_source
from surveykit.io._write import replacing, to_delimited, write_atomic, write_csv
from surveykit.io._write_frame import WRITTEN, write_frame

__all__ = [
    "FORMATS",
    "WRITTEN",
    "Format",
    "Guess",
    "Raw",
    "decode",
    "fit_codebook",
    "question_text",
    "read_codebook_source",
    "read_frame",
    "read_memory",
    "replacing",
    "to_delimited",
    "write_atomic",
    "write_csv",
    "write_frame",
]
