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
from surveykit.published.document_tests import METHODS, Correction, Measure, Tested
from surveykit.published.grids import CELLS, DIRECTIONS, GRID_KEYS
from surveykit.published.load_means import CHANGES, MEAN_KEYS
from surveykit.published.load_tests import PARTS, TEST_KEYS
from surveykit.published.rounding import ROUNDINGS
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

_TEXT: Json = {"type": "string"}
_NAME: Json = {"type": ["string", "integer", "number", "boolean"]}
_NAMES: Json = {"oneOf": [_NAME, {"type": "array", "items": _NAME}]}
_WHOLE: Json = {"oneOf": [{"type": "string", "pattern": "^[0-9]{1,12}$"}, {"type": "integer", "minimum": 0}]}  # fmt: skip
_LABEL: Json = {"oneOf": [_NAME, {"type": "object", "properties": {"zh": _NAME, "en": _NAME}, "additionalProperties": False}]}  # fmt: skip
_CELL: Json = {"type": ["object", "null"], "additionalProperties": _NAMES}
_PRINTED: Json = {"type": "string"}


def _enum(values: Sequence[str]) -> Json:
    return {"enum": list(values)}


def _amount(*words: str) -> Json:
    return {"oneOf": [_enum(words), _WHOLE]}


def _of_variables(value: Json) -> Json:
    return {"type": "object", "additionalProperties": value}


_PERCENT: Json = {"type": "string", "pattern": PERCENT_PATTERN}
_PAIR: Json = {"type": "array", "items": _WHOLE, "minItems": 2, "maxItems": 2}
_SHARED: dict[str, Json] = {
    "id": _NAME, "source": _NAME, "label": _LABEL, "note": _LABEL, "title": _LABEL,
    "where": _CELL, "within": _CELL, "quote": _NAME,
}  # fmt: skip
_SHAPES: dict[str, dict[str, Json]] = {
    "top": {"surveykit": {"const": "published/1"}, "rounding": _enum(ROUNDINGS)},
    "study": {"citation": _NAME, "url": _NAME},
    "variable": {
        "levels": {"type": "array", "items": _NAME, "minItems": 1},
        "kind": _enum(("single", "multiple")),
        "missing": _amount("none", "allowed"),
    },
    "count": {"count": _WHOLE, "what": _LABEL},
    "figure": {
        "percent": _PERCENT,
        "of": {"oneOf": [_enum(("cases", "responses")), _PAIR]},
        "sum": _NAMES,
    },
    "grid": {
        "file": _TEXT, "rows": _NAME, "columns": _NAME, "where": _NAME, "within": _NAME,
        "percent": _enum(DIRECTIONS), "cells": _enum(CELLS), "labels": _of_variables(_NAME),
    },
    "mean": {
        "mean": _PRINTED, "sd": _PRINTED, "of": _NAME, "n": _WHOLE, "items": _WHOLE,
        "scores": {"type": "array"}, "range": {"type": "array", "minItems": 2, "maxItems": 2},
        "divisor": _enum(DIVISORS),
    },
    "claim": {
        "greater": {"type": "array", "items": _NAMES, "minItems": 2, "maxItems": 2},
        "association": {"type": "array", "items": _NAME, "minItems": 2, "maxItems": 2},
        "trend": {"type": "array", "items": _NAMES, "minItems": 2},
        "largest": _NAMES,
        "rank": {"type": "object", "required": ["among"]},
        "test": _enum(TESTS),
        "alpha": {"oneOf": [{"type": "string", "pattern": "^0?\\.[0-9]{1,12}$"}, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}]},
    },
    "test": {
        "of": _NAMES, "method": _enum(METHODS), "correction": _enum(get_args(Correction)),
        "test": _enum(get_args(Tested)), "measure": _enum(get_args(Measure)),
        "ci": {"type": "array", "minItems": 2, "maxItems": 2}, "df": _WHOLE,
    },
    "scenario": {
        "missing": _of_variables(_amount("none", "allowed")),
        "hidden": _of_variables(_amount("unknown")),
        "counts": _of_variables(_WHOLE),
        "without": _NAMES,
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
    figure = properties["figures"]["items"]
    figure["oneOf"] = [{"required": [k]} for k in ("where", "sum")] + [
        {"properties": {"of": {"type": "array"}}, "required": ["of"]}
    ]
    figure["anyOf"] = figure.pop("oneOf")
    properties["claims"]["items"]["oneOf"] = [{"required": [k]} for k in load.KINDS]
    changes = {k: properties["figures"]["items"]["properties"][k] for k in load.FIGURE_PARTS}
    changes |= {k: {} for k in (*CHANGES, *PARTS) if k not in changes}
    properties["scenarios"]["items"]["properties"]["figures"] |= _of_variables(
        {"type": "object", "properties": changes, "additionalProperties": False}
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
    return {**shape, "description": f"{words.zh} · {words.en}"}


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
