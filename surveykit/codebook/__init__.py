"""Codebooks: what every column means, and how its cells are read.

`_model` the frozen objects · `_tree`, `_load`, `_load_derived`, `_load_study` from YAML, every
error with file and line · `_dump` to YAML, `_update` into a codebook that a person has edited ·
`_cells`, `_encode` text to codes · `_derive` codes to derived variables · `_draft` a codebook
from data alone.
"""

from surveykit.codebook._cells import (
    NA_TOKENS,
    Cells,
    cell_text,
    cells,
    narrowest,
    parse_number,
    plain_numbers,
)
from surveykit.codebook._derive import derive, numbers_of
from surveykit.codebook._draft import draft_codebook, draft_variable
from surveykit.codebook._encode import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    UNKNOWN,
    USER_MISSING,
    CodedCategories,
    CodedNumbers,
    CodedSets,
    Unknown,
    encode_bins,
    encode_categories,
    encode_multiple,
    encode_number_array,
    encode_numbers,
    levels_of,
    missing_token,
    number_categories,
)
from surveykit.codebook._load import load_codebook, parse_codebook, rule_problem
from surveykit.codebook._load_study import OUTCOMES
from surveykit.codebook._model import (
    Choice,
    Codebook,
    Design,
    Kind,
    LonelyPsu,
    Net,
    Role,
    Score,
    Study,
    Variable,
)
from surveykit.codebook._tree import Tree, load_tree, parse_tree
from surveykit.codebook._update import Update, update_codebook, update_yaml

__all__ = [
    "BLANK",
    "NA_TOKENS",
    "NONE_CHOSEN",
    "NOT_ASKED",
    "OUTCOMES",
    "UNKNOWN",
    "USER_MISSING",
    "Cells",
    "Choice",
    "Codebook",
    "CodedCategories",
    "CodedNumbers",
    "CodedSets",
    "Design",
    "Kind",
    "LonelyPsu",
    "Net",
    "Role",
    "Score",
    "Study",
    "Tree",
    "Unknown",
    "Update",
    "Variable",
    "cell_text",
    "cells",
    "derive",
    "draft_codebook",
    "draft_variable",
    "encode_bins",
    "encode_categories",
    "encode_multiple",
    "encode_number_array",
    "encode_numbers",
    "levels_of",
    "load_codebook",
    "load_tree",
    "missing_token",
    "narrowest",
    "number_categories",
    "numbers_of",
    "parse_codebook",
    "parse_number",
    "parse_tree",
    "plain_numbers",
    "rule_problem",
    "update_codebook",
    "update_yaml",
]
