"""The JSON schemas: what editors accept is what the reader accepts."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
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


# --- every file that is read is valid ---------------------------------------------------------

HERE = Path(__file__).parent
BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.DOTALL | re.MULTILINE)
SECTIONS = re.compile(r"^(?:counts|figures|means|grids|tests|claims|scenarios):", re.MULTILINE)


def documents() -> list[Path]:
    root = HERE.parent
    return [*root.glob("README*.md"), *root.glob("docs/*.md"), *root.glob("docs/methods/*.md")]


def test_files_of_the_documents_are_valid() -> None:
    found = 0
    for path in (HERE.parent / "docs" / "_data").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if text.lstrip("# \n").startswith("surveykit: published/1"):
            assert faults(text) == [], path
            found += 1
    for path in documents():
        for block in BLOCK.findall(path.read_text(encoding="utf-8")):
            if "surveykit: published/1" in block:
                assert faults(block) == [], (path, block)
            elif SECTIONS.match(block) and isinstance(parsed(block), dict):
                head = "surveykit: published/1\nstudy: {title: t}\n"
                assert faults(head + block) == [], (path, block)
            else:
                continue
            found += 1
    assert found >= 3


def strings_of_tests() -> Iterator[tuple[str, str]]:
    """Yield every text in the tests that holds a file of published figures."""
    for path in sorted(HERE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and "surveykit: published/1" in value:
                yield path.name, value


def test_every_file_in_the_tests_that_is_read_is_valid() -> None:
    read = 0
    for name, text in strings_of_tests():
        try:
            parse_published(text)
        except (SurveyKitError, ValueError):
            continue
        assert faults(text) == [], (name, text)
        read += 1
    assert read >= 12


def test_simulated_papers_are_valid() -> None:
    from simulated import simulated

    for seed in range(10):
        assert faults(simulated(seed, 40).yaml()) == [], seed


# --- typical mistakes are marked --------------------------------------------------------------

FULL = """
surveykit: published/1
study: {title: made up}
variables:
  g: {levels: [a, b]}
  o: {levels: [y, n]}
  s: {levels: ["1", "2", "3"]}
counts: [{id: n, count: "80"}]
figures:
  - {id: fa, percent: "50.0", where: {o: y}, within: {g: a}}
  - {id: fb, percent: "25.0", where: {o: y}, within: {g: b}}
means:
  - {id: m, mean: "2.10", sd: "0.80", of: s, within: {g: a}, n: "40", items: 1, divisor: n-1}
  - {id: k, mean: "-1.5", of: score, range: [-3, 3]}
tests:
  - {id: t, of: [g, o], chi2: "5.33", df: "1", p: "<.05", stars: "*", correction: none}
  - {id: r, of: [fa, fb], odds_ratio: "3.00", ci: ["1.17", "7.71"], level: "95", method: woolf}
  - {id: c, of: fa, ci: ["35.2", "64.8"], method: wilson}
  - {id: d, of: [fa, fb], difference: "25.0", p: "0.021", test: fisher}
  - {id: l, of: [g, o], stars: "†", legend: {"†": "0.10", "*": "0.05"}}
claims:
  - {id: x, greater: [fa, fb], test: chi2, alpha: "0.05"}
  - {id: y, rank: {fa: 1, among: [fa, fb]}}
  - {id: z, rank: {id: fa, rank: 1, among: [fb]}}
scenarios:
  - {id: v, figures: {t: {chi2: "5.34"}, m: {sd: "0.81"}, fa: {percent: "50.1"}}, without: [k]}
"""

MISTAKES = [
    ('mean: "2.10"', "mean: 2.10"),
    ('mean: "2.10"', 'mean: "2.10 (0.80)"'),
    ('mean: "2.10"', 'mean: "2,10"'),
    ('mean: "2.10", sd: "0.80"', 'avg: "2.10"'),
    ('mean: "2.10", sd: "0.80", of: s', "of: s"),
    ('sd: "0.80"', 'sd: "-0.80"'),
    ('n: "40"', 'n: "0"'),
    ("items: 1", "items: one"),
    ("divisor: n-1", "divisor: n+1"),
    ("range: [-3, 3]", "range: [-3, 0, 3]"),
    ("range: [-3, 3]", "range: [-3, 3.5]"),
    ("range: [-3, 3]", "range: [-3, 3], scores: [1, 2]"),
    ('chi2: "5.33"', "chi2: 5.33"),
    ('chi2: "5.33"', 'chisq: "5.33"'),
    ('chi2: "5.33"', 'chi2: "5.33*"'),
    ('chi2: "5.33"', 'chi2: "= 5.33"'),
    ('df: "1"', 'df: "0"'),
    ('p: "<.05"', "p: 0.05"),
    ('p: "<.05"', 'p: "p<.05"'),
    ('p: "<.05"', 'p: "5%"'),
    ('p: "0.021"', 'p: "1.5"'),
    ('stars: "*"', 'stars: "****"'),
    ("correction: none", "correction: yate"),
    ('ci: ["1.17", "7.71"]', 'ci: "1.17-7.71"'),
    ('ci: ["1.17", "7.71"]', 'ci: ["1.17"]'),
    ('ci: ["1.17", "7.71"]', "ci: [1.17, 7.71]"),
    ('level: "95"', 'level: "195"'),
    ("method: woolf", "method: wolf"),
    ("method: woolf", "method: wilson"),
    ("method: wilson", "method: woolf"),
    ("of: fa, ci", "of: [fa, fb, fa], ci"),
    ('of: fa, ci: ["35.2", "64.8"]', 'of: fa, chi2: "3.1"'),
    ("difference: \"25.0\", p", "diff: \"25.0\", p"),
    ('of: [fa, fb], difference: "25.0"', 'of: fa, difference: "25.0"'),
    ("test: fisher", "test: exact"),
    ('legend: {"†": "0.10", "*": "0.05"}', 'legend: {"†": 0.10}'),
    ('legend: {"†": "0.10", "*": "0.05"}', "legend: {}"),
    ("rank: {fa: 1, among: [fa, fb]}", "rank: {fa: 1}"),
    ("rank: {fa: 1, among: [fa, fb]}", "rank: {fa: 0, among: [fa, fb]}"),
    ('t: {chi2: "5.34"}', "t: {chi2: 5.34}"),
    ('t: {chi2: "5.34"}', 't: {chi: "5.34"}'),
    ('m: {sd: "0.81"}', 'm: {sds: "0.81"}'),
    ("without: [k]", "without: []"),
    ("{levels: [a, b]}", "{levels: [a, a]}"),
]  # fmt: skip


def test_the_file_without_a_mistake_is_valid() -> None:
    parse_published(FULL)
    assert faults(FULL) == []


@pytest.mark.parametrize(("old", "new"), MISTAKES, ids=[f"{a} -> {b}" for a, b in MISTAKES])
def test_typical_mistakes_are_marked(old: str, new: str) -> None:
    assert FULL.count(old) == 1, old
    assert faults(FULL.replace(old, new))


GRID_MISTAKES = [
    "where: part, whitin: edu",
    "within: [edu]",
    "cells: percents",
    "percent: row",
    "labels: [a]",
]


@pytest.mark.parametrize("entry", GRID_MISTAKES)
def test_typical_mistakes_of_grids_are_marked(entry: str) -> None:
    head = "surveykit: published/1\nstudy: {title: t}\ngrids: "
    assert faults(f"{head}[{{file: t.csv, where: part, within: edu}}]") == []
    assert faults(f"{head}[{{file: t.csv, {entry}}}]")
    assert faults(f"{head}[{{where: part, within: edu}}]")


def test_an_editor_has_something_to_offer_for_every_key() -> None:
    schema = published_schema()
    for section in ("means", "tests", "grids"):
        entry = schema["properties"][section]["items"]
        assert entry["additionalProperties"] is False
        for key, shape in entry["properties"].items():
            assert shape["description"], key
            if key not in ("labels",):
                assert {"type", "enum", "oneOf", "pattern"} & set(shape), (section, key)
