"""Bad `published.yaml` files: one clear message with file, line and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UnsupportedError
from surveykit.published import audit, load_published

GOOD = """\
surveykit: published/1
study: {title: made up}
rounding: either
variables:
  village: {levels: [demo, other]}
  aware: {levels: ["yes", "no"]}
  effects: {kind: multiple, levels: [social, economy]}
counts:
  - {id: valid, count: "40"}
  - {id: returned, count: "41", what: returned}
figures:
  - {id: aware_demo, percent: "61.5", where: {aware: "yes"}, within: {village: demo}}
  - {id: aware_other, percent: "50.0", where: {aware: "yes"}, within: {village: other}}
  - {id: rate, percent: "97.6", of: ["40", "41"]}
  - {id: social, percent: "25.0", where: {effects: social}}
claims:
  - {id: order, greater: [aware_demo, aware_other], test: chi2, alpha: "0.05"}
scenarios:
  - {id: open, missing: {aware: allowed}, figures: {social: {of: responses}}}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "published.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def place(path: Path, line: int) -> str:
    return rf"{re.escape(str(path))}, line {line}\b"


def test_the_file_without_a_fault_is_read(tmp_path: Path) -> None:
    result = audit(load_published(write(tmp_path, GOOD)))
    assert [r.id for r in result.readings] == ["as_printed", "open"]


CASES = [
    ("unknown section", "figures:\n", "figurs:\n", 11, "figurs", "figures"),
    ("unknown key of a figure", 'percent: "61.5"', 'percnt: "61.5"', 12, "percnt", "percent"),
    ("unknown key of a scenario", "{id: open, missing", "{id: open, mising", 19, "mising", "missing"),
    ("unknown key of a variable", "{kind: multiple,", "{kinds: multiple,", 7, "kinds", "kind"),
    ("unknown key of a count", 'count: "41", what', 'count: "41", whta', 10, "whta", "what"),
    ("unknown key of a claim", "test: chi2", "tset: chi2", 17, "tset", "test"),
    ("percent as a number", 'percent: "61.5"', "percent: 61.5", 12, "61.5", 'percent: "61.5"'),
    ("percent as words", 'percent: "61.5"', 'percent: "61.5 %"', 12, "61.5 %", "digits as printed"),
    ("percent above 100", 'percent: "61.5"', 'percent: "615"', 12, "615", "check the digits"),
    ("unknown level", "within: {village: demo}", "within: {village: dmo}", 12, "dmo", "demo"),
    ("unknown variable", "within: {village: other}", "within: {vilage: other}", 13, "vilage", "village"),
    ("unknown figure in a claim", "[aware_demo, aware_other]", "[aware_demo, aware_othr]", 17, "aware_othr", "aware_other"),
    ("unknown figure in a scenario", "{social: {of", "{socal: {of", 19, "socal", "social"),
    ("unknown variable in a scenario", "missing: {aware: allowed}", "missing: {awar: allowed}", 19, "awar", "aware"),
    ("unknown kind", "kind: multiple", "kind: multi", 7, "multi", "multiple"),
    ("unknown rounding", "rounding: either", "rounding: half-up", 3, "half-up", "half_up"),
    ("unknown test", "test: chi2", "test: chisq", 17, "chisq", "chi2"),
    ("alpha", 'alpha: "0.05"', 'alpha: "5"', 17, "5", "0.05"),
    ("of one number", 'of: ["40", "41"]', 'of: ["40"]', 14, "two printed numbers", "385"),
    ("of zero", 'of: ["40", "41"]', 'of: ["40", "0"]', 14, "zero", ""),
    ("of words", 'of: ["40", "41"]', "of: [forty, some]", 14, "forty", "385"),
    ("responses of a single choice", 'within: {village: other}}', 'within: {village: other}, of: responses}', 13, "multiple", ""),
    ("count that is no number", 'count: "40"', 'count: "forty"', 9, "forty", "385"),
    ("missing that is no number", "missing: {aware: allowed}", "missing: {aware: some}", 19, "some", "allowed"),
    ("one figure in an order", "[aware_demo, aware_other]", "[aware_demo]", 17, "greater takes 2", ""),
    ("weighted", 'where: {effects: social}}', 'where: {effects: social}, weighted: true}', 15, "weighted", "leave the figure out"),
    ("levels named twice", 'levels: [demo, other]', 'levels: [demo, demo]', 5, "once", ""),
    ("where and within", 'where: {effects: social}}', 'where: {effects: social}, within: {effects: economy}}', 15, "both", ""),
    ("says not of what", ', where: {effects: social}}', '}', 15, "social", "where"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "got", "hint"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_one_message_with_file_line_and_hint(
    tmp_path: Path, old: str, new: str, line: int, got: str, hint: str
) -> None:
    path = write(tmp_path, changed(old, new))
    with pytest.raises(SurveyKitError) as caught:
        load_published(path)
    message = str(caught.value)
    assert re.search(place(path, line), message), message
    assert got in message
    assert "\n" not in message
    if hint:
        assert hint in message.split("Hint:")[1]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("{id: rate", "{id: aware_demo", "aware_demo"),
        ("{id: returned", "{id: valid", "valid"),
        ("{id: rate", "{id: valid", "valid"),
    ],
)
def test_ids_are_used_once(tmp_path: Path, old: str, new: str, shown: str) -> None:
    path = write(tmp_path, changed(old, new))
    with pytest.raises(InputError, match=f"{shown!r} is used twice") as caught:
        load_published(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_two_totals(tmp_path: Path) -> None:
    path = write(tmp_path, changed(", what: returned", ""))
    with pytest.raises(InputError, match="valid, returned") as caught:
        load_published(path)
    assert "what" in str(caught.value.hint)


def test_sum_of_a_figure_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path, changed("where: {effects: social}}", "sum: [aware_demo, nosuch]}"))
    with pytest.raises(UnknownNameError, match="nosuch") as caught:
        load_published(path)
    assert str(path) in str(caught.value)


def test_sum_across_bases(tmp_path: Path) -> None:
    path = write(tmp_path, changed("where: {effects: social}}", "sum: [aware_demo, aware_other]}"))
    with pytest.raises(InputError, match="one variable on one base"):
        load_published(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?i)no such file") as caught:
        load_published(tmp_path / "no.yaml")
    assert str(tmp_path / "no.yaml") in str(caught.value)
    assert caught.value.hint


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_published(tmp_path)


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "published.yaml"
    path.write_bytes("surveykit: 已发表".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        load_published(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [("surveykit: published/1\nstudy: [1\n", 3), ("a: b: c\n", 1), ("\tsurveykit: x\n", 1)],
)
def test_not_yaml(tmp_path: Path, text: str, line: int) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError, match="YAML") as caught:
        load_published(path)
    assert re.search(place(path, line), str(caught.value)), str(caught.value)


@pytest.mark.parametrize("text", ["", "just words\n", "- a\n- b\n", "42\n"])
def test_yaml_that_is_no_mapping(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_published(path)
    assert str(path) in str(caught.value)


def test_a_codebook_in_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, "surveykit: codebook/1\nstudy: {title: x}\nvariables: {}\n")
    with pytest.raises(InputError, match="codebook") as caught:
        load_published(path)
    assert caught.value.hint


def test_study_is_needed(tmp_path: Path) -> None:
    path = write(tmp_path, changed("study: {title: made up}\n", ""))
    with pytest.raises(InputError, match="study") as caught:
        load_published(path)
    assert caught.value.hint


def test_unknown_scenario_names_the_near_miss(tmp_path: Path) -> None:
    published = load_published(write(tmp_path, GOOD))
    with pytest.raises(UnknownNameError, match="did you mean 'open'"):
        audit(published, ["opne"])


@pytest.mark.parametrize(
    "counts",
    [
        '  - {id: a, count: "30", where: {village: demo}}\n'
        '  - {id: b, count: "20", where: {village: other}}\n',
        '  - {id: a, count: "41", where: {village: demo}}\n',
        '  - {id: a, count: "30", where: {village: demo}}\n'
        '  - {id: b, count: "29", where: {village: demo}}\n',
    ],
    ids=["do not add up", "more than everyone", "two sizes of one group"],
)
def test_counts_that_contradict_each_other(tmp_path: Path, counts: str) -> None:
    path = write(tmp_path, changed("figures:\n", counts + "figures:\n"))
    with pytest.raises(InputError) as caught:
        audit(load_published(path), ["as_printed"])
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_what_is_not_handled_is_said(tmp_path: Path) -> None:
    """A base of several levels, and one of several choices, are refused rather than guessed."""
    for old, new in (
        ("within: {village: other}", "within: {village: [demo, other]}"),
        ("where: {effects: social}}", "where: {effects: [social, economy]}}"),
    ):
        path = write(tmp_path, changed(old, new))
        with pytest.raises(UnsupportedError) as caught:
            audit(load_published(path), ["as_printed"])
        assert str(path) in str(caught.value)
        assert caught.value.hint
