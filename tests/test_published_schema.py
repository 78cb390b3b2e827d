"""The JSON schemas: what editors accept is what the reader accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_published_input import GOOD
from test_transcription import DOWN, PAPER

from surveykit.codebook import _load, _load_study, load_codebook
from surveykit.errors import SurveyKitError
from surveykit.published import load_published
from surveykit.published.load import parse_published
from surveykit.published.schema import KEYS, published_schema, shipped_schema
from surveykit.published.schema_words import WORDS_OF

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
BADONG = Path(__file__).parents[1] / "data" / "badong"


def parsed(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


def faults(text: str, name: str = "published") -> list[str]:
    schema = json.loads(shipped_schema(name))
    return [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(parsed(text))]


def test_the_shipped_schema_is_the_one_that_is_made() -> None:
    assert json.loads(shipped_schema("published")) == json.loads(json.dumps(published_schema()))


def test_every_key_has_words_in_both_languages_and_the_reverse() -> None:
    assert {k: set(v) for k, v in KEYS.items()} == {k: set(v) for k, v in WORDS_OF.items()}
    assert all(w.zh and w.en for words in WORDS_OF.values() for w in words.values())


def test_the_keys_of_the_codebook_schema_are_those_that_are_read() -> None:
    schema = json.loads(shipped_schema("codebook"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = schema["properties"]
    assert set(found) == set(_load._TOP)
    assert set(found["study"]["properties"]) == set(_load_study.STUDY)
    assert set(found["design"]["properties"]) == set(_load._DESIGN)
    assert set(found["variables"]["additionalProperties"]["properties"]) == set(_load._VARIABLE)


def test_shipped_files_are_valid() -> None:
    load_published(BADONG / "published.yaml")
    load_codebook(BADONG / "codebook.yaml")
    assert not faults((BADONG / "published.yaml").read_text(encoding="utf-8"))
    assert not faults((BADONG / "codebook.yaml").read_text(encoding="utf-8"), "codebook")


MORE = """
means:
  - {id: m1, mean: "3.48", sd: "1.20", of: effects, range: [1, 5], n: "28", divisor: n-1}
tests:
  - {id: t1, of: [village, aware], chi2: "15.32", df: "1", p: "<0.05", correction: yates}
"""


def test_good_files_are_valid_in_both(tmp_path: Path) -> None:
    unread = PAPER.replace("MODE", "either").replace("ALL", "5?.3").replace("AAA", "5[47].5").replace("BBB", "61.5")  # fmt: skip
    for text in (GOOD, unread):
        parse_published(text)
        assert not faults(text)
    assert not faults(GOOD + MORE)
    (tmp_path / "t.csv").write_text(DOWN, encoding="utf-8")
    grid = "surveykit: published/1\nstudy: {title: t}\nvariables: {part: {levels: [often, never]}, edu: {levels: [college, primary]}}\ngrids: [{file: t.csv, where: part, within: edu}]\n"  # fmt: skip
    (tmp_path / "p.yaml").write_text(grid, encoding="utf-8")
    load_published(tmp_path / "p.yaml")
    assert not faults(grid)


BAD = [
    ("surveykit: published/1", "surveykit: codebook/1"),
    ("figures:\n", "figurs:\n"),
    ('percent: "61.5"', 'percnt: "61.5"'),
    ('percent: "61.5"', "percent: 61.5"),
    ('percent: "61.5"', 'percent: "61,5"'),
    ('percent: "61.5"', 'percent: "61.5%"'),
    ('percent: "61.5"', 'percent: "-61.5"'),
    ('percent: "61.5"', 'percent: "6[1.5"'),
    ("rounding: either", "rounding: eiter"),
    ("{kind: multiple,", "{kind: multi,"),
    ("{levels: [demo, other]}", "{label: x}"),
    ("{levels: [demo, other]}", "{levels: []}"),
    ('count: "40"', 'count: "4O"'),
    ('count: "40"', "count: -40"),
    ('{id: valid, count: "40"}', "{id: valid}"),
    ('of: ["40", "41"]', 'of: ["40"]'),
    (", where: {effects: social}}", "}"),
    (", where: {effects: social}}", ", where: {effects: social}, weighted: true}"),
    ("greater: [aware_demo, aware_other]", "greatr: [aware_demo, aware_other]"),
    ("greater: [aware_demo, aware_other]", "greater: [aware_demo]"),
    ("test: chi2", "test: chi"),
    ('alpha: "0.05"', 'alpha: "5"'),
    ("missing: {aware: allowed}", "missing: {aware: allwed}"),
    ("figures: {social: {of: responses}}", "figures: {social: {off: responses}}"),
    ("study: {title: made up}", "study: {titel: made up}"),
]


@pytest.mark.parametrize(("old", "new"), BAD)
def test_bad_files_fail_in_both(old: str, new: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(SurveyKitError):
        parse_published(text)
    assert faults(text)
