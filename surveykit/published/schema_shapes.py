"""What a value of `published.yaml` may look like in the JSON schema: digits, p, stars, scores, rules.

Patterns are those that the readers accept, or narrower where a reader takes what no paper prints.
"""

from __future__ import annotations

from typing import Any

from surveykit.published.document_tests import NO_STARS, NUMBERS, STARS
from surveykit.published.load_tests import SHARE

__all__ = [
    "ALPHA",
    "CI",
    "DF",
    "EXAMPLES",
    "FIGURE_RULES",
    "LEGEND",
    "LEVEL",
    "MEAN",
    "MEAN_RULES",
    "NAME",
    "NAMES",
    "OF_TEST",
    "POSITIVE",
    "RANK",
    "SCORES",
    "SD",
    "SIGNED",
    "STARS_SHAPE",
    "TEST_RULES",
    "TWO_SCORES",
    "UNSIGNED",
    "WHOLE",
    "P",
]

Json = dict[str, Any]

_UNSIGNED = r"(?:[0-9]{1,12}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})"
_SCORE: Json = {
    "oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^-?[0-9]{1,6}$"}],
}
NAME: Json = {"type": ["string", "integer", "number", "boolean"]}
NAMES: Json = {
    "oneOf": [NAME, {"type": "array", "items": NAME, "minItems": 1, "uniqueItems": True}]
}
WHOLE: Json = {"oneOf": [{"type": "string", "pattern": "^[0-9]{1,12}$"}, {"type": "integer", "minimum": 0}]}  # fmt: skip
POSITIVE: Json = {"oneOf": [{"type": "string", "pattern": "^[1-9][0-9]{0,8}$"}, {"type": "integer", "minimum": 1}]}  # fmt: skip
UNSIGNED: Json = {"type": "string", "pattern": f"^{_UNSIGNED}$"}
SIGNED: Json = {"type": "string", "pattern": f"^[-−]?{_UNSIGNED}$"}
MEAN: Json = {"type": "string", "pattern": r"^[-−]?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})$"}
SD: Json = {"type": "string", "pattern": r"^(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})$"}
SCORES: Json = {"type": "array", "items": _SCORE, "minItems": 1, "uniqueItems": True}
TWO_SCORES: Json = {"type": "array", "items": _SCORE, "minItems": 2, "maxItems": 2}
P: Json = {"type": "string", "pattern": r"^ *(?:<=|>=|<|>|≤|≥|=)? *(?:0?\.[0-9]{1,12}|0|1(?:\.0{1,12})?) *$"}  # fmt: skip
ALPHA: Json = {"oneOf": [{"type": "string", "pattern": r"^0?\.[0-9]{1,12}$"}, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}]}  # fmt: skip
LEVEL: Json = {"oneOf": [{"type": "string", "pattern": r"^[0-9]{1,2}(?:\.[0-9]{1,6})?$"}, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 100}]}  # fmt: skip
DF: Json = {"oneOf": [{"type": "string", "pattern": "^[1-9][0-9]{0,4}$"}, {"type": "integer", "minimum": 1, "maximum": 10_000}]}  # fmt: skip
CI: Json = {"type": "array", "items": SIGNED, "minItems": 2, "maxItems": 2}
STARS_SHAPE: Json = {"type": ["string", "null"], "maxLength": 8}
LEGEND: Json = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string", "pattern": r"^0?\.[0-9]{1,12}$"}}  # fmt: skip
OF_TEST: Json = {"oneOf": [NAME, {"type": "array", "items": NAME, "minItems": 1, "maxItems": 2, "uniqueItems": True}]}  # fmt: skip
RANK: Json = {
    "type": "object",
    "properties": {"among": NAMES},
    "required": ["among"],
    "minProperties": 2,
    "maxProperties": 3,
    "additionalProperties": {"oneOf": [POSITIVE, {"type": "string", "pattern": "[^0-9]"}]},
}

EXAMPLES: dict[tuple[str, str], list[Any]] = {
    ("figure", "percent"): ["61.5"],
    ("count", "count"): ["385"],
    ("mean", "mean"): ["3.48"],
    ("mean", "sd"): ["1.20"],
    ("mean", "range"): [[1, 5]],
    ("mean", "scores"): [[1, 2, 3, 4, 5]],
    ("test", "of"): [["education", "participation"]],
    ("test", "chi2"): ["15.32"],
    ("test", "df"): ["6"],
    ("test", "p"): ["0.018", "<0.05", "<.001"],
    ("test", "stars"): ["*", "**", "***", "ns"],
    ("test", "odds_ratio"): ["2.31"],
    ("test", "ci"): [["1.20", "4.44"]],
    ("test", "legend"): [{"*": "0.05", "**": "0.01"}],
    ("claim", "alpha"): ["0.05"],
    ("grid", "file"): ["table2.csv"],
}
"""What an editor offers for a key whose values it cannot list."""


def _any_of(*keys: str) -> Json:
    return {"anyOf": [{"required": [k]} for k in keys]}


_RATIOS = ("odds_ratio", "risk_ratio", "difference")
_TWO: Json = {"type": "array", "minItems": 2}
_ONE: Json = {"properties": {"of": {"not": _TWO}}, "required": ["of"]}

TEST_RULES: list[Json] = [
    _any_of(*NUMBERS, "df", "p", "fisher", "stars", "ci"),
    {
        "if": _ONE,
        "then": {
            "required": ["ci"],
            "properties": {
                **dict.fromkeys((*NUMBERS, "df", "p", "fisher", "stars"), False),
                "method": {"enum": list(SHARE)},
                "measure": {"const": "percent"},
            },
        },
        "else": {
            "properties": {
                "method": {"enum": ["wald", "newcombe", "woolf", "katz", "either"]},
                "measure": {"enum": list(_RATIOS)},
            }
        },
    },
    {"if": _any_of(*_RATIOS), "then": {"properties": {"of": _TWO}}},
    {
        "if": {"not": {"required": ["legend"]}},
        "then": {"properties": {"stars": {"enum": [*(s for s, _ in STARS), *NO_STARS, None]}}},
    },
]
MEAN_RULES: list[Json] = [_any_of("mean", "sd"), {"not": {"required": ["scores", "range"]}}]
FIGURE_RULES: list[Json] = [
    {
        "anyOf": [
            {"required": ["where"]},
            {"required": ["sum"]},
            {"properties": {"of": {"type": "array"}}, "required": ["of"]},
        ]
    },
    {"not": {"required": ["where", "sum"]}},
    {
        "if": {"properties": {"of": {"type": "array"}}, "required": ["of"]},
        "then": {"not": _any_of("where", "sum")},
    },
]
