"""The JSON schema of `published.yaml`, for editors: made from the keys that `load` accepts.

A schema says which keys there are and what shape a value has; what refers to something else in the
file (levels, figures, variables) is checked on reading only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from surveykit.published import load
from surveykit.published.digits import PERCENT_PATTERN
from surveykit.published.document import TESTS
from surveykit.published.document_means import DIVISORS
from surveykit.published.document_tests import METHODS, NUMBERS, Correction, Measure, Tested
from surveykit.published.grids import CELLS, DIRECTIONS, GRID_KEYS
from surveykit.published.load_means import CHANGES, MEAN_KEYS
from surveykit.published.load_tests import PARTS, TEST_KEYS
from surveykit.published.rounding import ROUNDINGS
from surveykit.published.schema_shapes import (
    ALPHA,
    CI,
    DF,
    EXAMPLES,
    FIGURE_RULES,
    LEGEND,
    LEVEL,
    MEAN,
    MEAN_RULES,
    NAME,
    NAMES,
    OF_TEST,
    POSITIVE,
    RANK,
    SCORES,
    SD,
    SIGNED,
    STARS_SHAPE,
    TEST_RULES,
    TWO_SCORES,
    UNSIGNED,
    WHOLE,
    P,
)
from surveykit.published.schema_words import WORDS_OF

__all__ = ["SCHEMAS", "published_schema", "shipped_schema"]

Json = dict[str, Any]
SCHEMAS = ("published", "codebook")

KEYS: dict[str, Sequence[str]] = {
    "top": load.SECTIONS,
    "study": load.STUDY,
    "variable": load.VARIABLE,
    "count": load.COUNT,
    "figure": load.FIGURE,
    "grid": GRID_KEYS,
    "mean": MEAN_KEYS,
    "claim": load.CLAIM,
    "test": TEST_KEYS,
    "scenario": load.SCENARIO,
}

_LABEL: Json = {"oneOf": [NAME, {"type": "object", "properties": {"zh": NAME, "en": NAME}, "minProperties": 1, "additionalProperties": False}]}  # fmt: skip
_CELL: Json = {"type": ["object", "null"], "additionalProperties": NAMES}


def _enum(values: Sequence[str]) -> Json:
    return {"enum": list(values)}


def _amount(*words: str) -> Json:
    return {"oneOf": [_enum(words), WHOLE]}


def _of_variables(value: Json) -> Json:
    return {"type": "object", "additionalProperties": value}


_PERCENT: Json = {"type": "string", "pattern": PERCENT_PATTERN}
_PAIR: Json = {"type": "array", "items": WHOLE, "minItems": 2, "maxItems": 2}
_SHARED: dict[str, Json] = {
    "id": NAME, "source": NAME, "label": _LABEL, "note": _LABEL, "title": _LABEL,
    "where": _CELL, "within": _CELL, "quote": NAME,
}  # fmt: skip
_SHAPES: dict[str, dict[str, Json]] = {
    "top": {"surveykit": {"const": "published/1"}, "rounding": _enum(ROUNDINGS)},
    "study": {"citation": NAME, "url": NAME},
    "variable": {
        "levels": {"type": "array", "items": NAME, "minItems": 1, "uniqueItems": True},
        "kind": _enum(("single", "multiple")),
        "missing": _amount("none", "allowed"),
    },
    "count": {"count": WHOLE, "what": _LABEL},
    "figure": {
        "percent": _PERCENT,
        "of": {"oneOf": [_enum(("cases", "responses")), _PAIR]},
        "sum": NAMES,
    },
    "grid": {
        "file": {"type": "string", "minLength": 1}, "rows": NAME, "columns": NAME, "where": NAME, "within": NAME,
        "percent": _enum(DIRECTIONS), "cells": _enum(CELLS), "labels": _of_variables(NAME),
    },
    "mean": {
        "mean": MEAN, "sd": SD, "of": NAME, "n": POSITIVE, "items": POSITIVE,
        "scores": SCORES, "range": TWO_SCORES, "divisor": _enum(DIVISORS),
    },
    "claim": {
        "greater": {"type": "array", "items": NAMES, "minItems": 2, "maxItems": 2},
        "association": {"type": "array", "items": NAME, "minItems": 2, "maxItems": 2, "uniqueItems": True},
        "trend": {"type": "array", "items": NAMES, "minItems": 2},
        "largest": {"oneOf": [NAME, {"type": "array", "items": NAME, "minItems": 1, "maxItems": 1}]},
        "rank": RANK,
        "test": _enum(TESTS),
        "alpha": ALPHA,
    },
    "test": {
        **dict.fromkeys(NUMBERS, UNSIGNED), "phi": SIGNED, "difference": SIGNED,
        "of": OF_TEST, "df": DF, "p": P, "fisher": P, "stars": STARS_SHAPE, "legend": LEGEND,
        "ci": CI, "level": LEVEL, "method": _enum(METHODS), "test": _enum(get_args(Tested)),
        "correction": _enum(get_args(Correction)), "measure": _enum(get_args(Measure)),
    },
    "scenario": {
        "missing": _of_variables(_amount("none", "allowed")),
        "hidden": _of_variables(_amount("unknown")),
        "counts": _of_variables(WHOLE),
        "without": NAMES,
    },
}  # fmt: skip
_REQUIRED = {
    "top": ("surveykit", "study"), "variable": ("levels",), "count": ("id", "count"),
    "figure": ("id",), "grid": ("file",), "mean": ("id", "of"), "claim": ("id",),
    "test": ("id", "of"), "scenario": ("id",),
}  # fmt: skip
_SECTIONS = {
    "counts": "count", "figures": "figure", "grids": "grid", "means": "mean", "claims": "claim",
    "tests": "test", "scenarios": "scenario",
}  # fmt: skip
_RULES = {"figures": FIGURE_RULES, "means": MEAN_RULES, "tests": TEST_RULES}


def published_schema() -> Json:
    """Return the JSON schema (draft 2020-12) of `published.yaml`.

    Examples
    --------
    >>> sorted(published_schema()["properties"]["study"]["properties"])
    ['citation', 'label', 'note', 'title', 'url']
    """
    top = _object("top")
    properties = top["properties"]
    properties["study"] |= _object("study")
    properties["variables"] |= {
        "type": ["object", "null"],
        "additionalProperties": _object("variable"),
    }
    for section, kind in _SECTIONS.items():
        properties[section] |= {"type": ["array", "null"], "items": _object(kind)}
    properties["impossible"] |= {"type": ["array", "null"], "items": _CELL}
    for section, rules in _RULES.items():
        properties[section]["items"]["allOf"] = rules
    properties["claims"]["items"]["oneOf"] = [{"required": [k]} for k in load.KINDS]
    changes = {k: _key("test", k) for k in PARTS} | {k: _key("mean", k) for k in CHANGES}
    changes |= {k: _key("figure", k) for k in load.FIGURE_PARTS}
    properties["scenarios"]["items"]["properties"]["figures"] |= _of_variables(
        {
            "type": "object",
            "properties": changes,
            "minProperties": 1,
            "additionalProperties": False,
        }
    )
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "published.yaml (surveykit published/1)",
    }
    return head | top


def _object(kind: str) -> Json:
    """Return the schema of one kind of mapping."""
    return {
        "type": "object",
        "properties": {key: _key(kind, key) for key in KEYS[kind]},
        "required": list(_REQUIRED.get(kind, ())),
        "additionalProperties": False,
    }


def _key(kind: str, key: str) -> Json:
    words = WORDS_OF[kind][key]
    shape = _SHAPES[kind].get(key, _SHARED.get(key, {}))
    shown = EXAMPLES.get((kind, key))
    more = {} if shown is None else {"examples": shown}
    return {**shape, "description": f"{words.zh} · {words.en}", **more}


def shipped_schema(name: str) -> str:
    """Return the text of a schema that comes with the package.

    Raises
    ------
    UnknownNameError
        When there is no such schema.
    """
    from surveykit.errors import UnknownNameError

    folder = Path(__file__).parent.parent / "schemas"
    path = folder / f"{name}.json"
    if not path.is_file():
        names = sorted(p.stem for p in folder.glob("*.json"))
        raise UnknownNameError.for_name("schema", name, names)
    return path.read_text(encoding="utf-8")
