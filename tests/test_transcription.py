"""Writing a paper down: grids beside the YAML, digits that cannot be read, a second transcription."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UsageError
from surveykit.published import audit, compare_transcriptions, load_published
from surveykit.published.digits import alternatives, cleaned_percent
from surveykit.published.load import parse_published
from surveykit.published.rounding import prints

# ---------------------------------------------------------------- digits that cannot be read
PAPER = """
surveykit: published/1
study: {title: made up}
rounding: MODE
variables: {group: {levels: [a, b]}, aware: {levels: ["yes", "no"]}, other: {levels: [x, y]}}
counts: [{id: n, count: "24"}, {id: na, count: "11", where: {group: a}}]
figures:
  - {id: all, percent: "ALL", where: {aware: "yes"}}
  - {id: a, percent: "AAA", where: {aware: "yes"}, within: {group: a}}
  - {id: b, percent: "BBB", where: {aware: "yes"}, within: {group: b}}
  - {id: x, percent: "50.0", where: {other: x}}
claims: [{id: order, greater: [a, b]}]
"""


def by_brute_force(texts: dict[str, tuple[str, ...]], mode: str) -> list[dict[str, int]]:
    """Every table of the two groups that prints one of the texts of each figure."""
    out = []
    for a, b in itertools.product(range(12), range(14)):
        shown = {"all": (a + b, 24), "a": (a, 11), "b": (b, 13)}
        if all(
            any(t in prints(*shown[id], len(t.partition(".")[2]), mode) for t in texts[id])
            for id in shown
        ):
            out.append({"a": a, "b": b, "all": a + b})
    return out


CASES = [
    ("58.3", "5[47].5", "[46]1.5"),
    ("5?", "5?", "6?"),
    ("[0123456789]?.3", "54.5", "?1.5"),
    ("58.3", "5[56].5", "61.5"),
    ("?8.3", "?4.5", "?1.5"),
]


@pytest.mark.parametrize("mode", ["half_up", "half_even", "truncate", "either"])
@pytest.mark.parametrize(("everyone", "a", "b"), CASES)
def test_alternatives_are_the_union_of_what_each_allows(
    everyone: str, a: str, b: str, mode: str
) -> None:
    text = PAPER.replace("MODE", mode).replace("ALL", everyone).replace("AAA", a).replace("BBB", b)
    reading = audit(parse_published(text)).readings[0]
    texts = {"all": alternatives(everyone), "a": alternatives(a), "b": alternatives(b)}
    tables = by_brute_force(texts, mode)
    group = next(g for g in reading.groups if "a" in g.figures)
    if np.prod([len(t) for t in texts.values()]) > 200:
        assert group.number is None
        assert "readings together" in group.why.en
        return
    if tables:
        assert group.number == len(tables) or (mode == "either" and not group.exact)
    for id in ("all", "a", "b") if tables else ():
        counts = [t[id] for t in tables]
        assert reading.figure(id).count == (min(counts), max(counts))
        assert reading.figure(id).status == "possible"
    if not tables:
        assert any(f.status != "possible" for f in reading.figures)
    assert [reading.figure(i).printed for i in ("all", "a", "b", "x")] == [everyone, a, b, "50.0"]
    if tables:
        orders = {t["a"] * 13 > t["b"] * 11 for t in tables}
        words = {(True,): "holds in all", (False,): "holds in none"}
        assert reading.claims[0].verdict == words.get(tuple(orders), "undetermined")


def test_the_surviving_digits_are_named() -> None:
    text = PAPER.replace("MODE", "half_up").replace("ALL", "58.3").replace("AAA", "?4.5").replace("BBB", "61.5")  # fmt: skip
    why = audit(parse_published(text)).readings[0].figure("a").why.en
    assert "54.5 can be true with the other figures" in why
    assert "alone: 54.5" in why


def test_a_scenario_may_have_digits_that_cannot_be_read() -> None:
    text = PAPER.replace("MODE", "half_up").replace("ALL", "58.3").replace("AAA", "54.5").replace("BBB", "61.5")  # fmt: skip
    text += 'scenarios: [{id: blurred, figures: {a: {percent: "[56]4.5"}}}]\n'
    first, second = audit(parse_published(text)).readings
    assert (first.figure("a").printed, second.figure("a").printed) == ("54.5", "[56]4.5")
    assert first.figure("a").count == second.figure("a").count == (6, 6)


@pytest.mark.parametrize(
    ("text", "said"),
    [("4[1", "no percentage"), ("4[1].0", "no choice"), ("????", "at most"), ("[89]00", "more than 100"), ("4[ab]", "no percentage")],
)  # fmt: skip
def test_patterns_that_are_none(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        alternatives(text)


# ---------------------------------------------------------------- grids
YAML = """surveykit: published/1
study: {title: made up}
rounding: half_up
variables:
  part: {levels: [often, never]}
  edu: {levels: [college, primary]}
GRIDS
"""


def paper(folder: Path, grid: str, entry: str, encoding: str = "utf-8") -> Path:
    (folder / "t.csv").write_bytes(grid.encode(encoding))
    path = folder / "published.yaml"
    path.write_text(YAML.replace("GRIDS", f"grids:\n  - {{{entry}}}"), encoding="utf-8")
    return path


def cells(path: Path) -> dict[str, Any]:
    return {f.id: (f.percent, dict(f.where), dict(f.within)) for f in load_published(path).figures}


DOWN = ",college,primary\noften,15.1,14.3\nnever,84.9,85.7\n"
ACROSS = ",often,never\ncollege,15.1,84.9\nprimary,14.3,85.7\n"


def test_orientation_makes_no_difference(tmp_path: Path) -> None:
    entry = "id: g, file: t.csv, where: part, within: edu"
    down = cells(paper(tmp_path, DOWN, entry))
    assert down["g.often.college"] == ("15.1", {"part": ("often",)}, {"edu": ("college",)})
    assert len(down) == 4
    across = cells(paper(tmp_path, ACROSS, entry))
    assert sorted(across.values(), key=str) == sorted(down.values(), key=str)


def test_percentages_of_columns_rows_and_the_total(tmp_path: Path) -> None:
    entry = "id: g, file: t.csv, rows: part, columns: edu"
    one = {k: cells(paper(tmp_path, DOWN, f"{entry}, percent: {k}"))["g.often.college"] for k in ("columns", "rows", "total")}  # fmt: skip
    part, edu = {"part": ("often",)}, {"edu": ("college",)}
    assert one == {
        "columns": ("15.1", part, edu), "rows": ("15.1", edu, part), "total": ("15.1", {**part, **edu}, {}),
    }  # fmt: skip


def test_labels_totals_bases_marks_and_empty_cells(tmp_path: Path) -> None:
    grid = "参与,大学,小学,合计\n经常,１５．１％,14.3*,15.0\n从不,—,…,85.0\n合计,100.0,100.0,100.0\n人数,86,28,114\n"
    entry = 'id: g, file: t.csv, where: part, within: edu, labels: {经常: often, 从不: never, 大学: college, 小学: primary}'  # fmt: skip
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path = paper(tmp_path, grid, entry, encoding)
        loaded = load_published(path)
        found = {f.id: f.percent for f in loaded.figures}
        assert found == {
            "g.often.college": "15.1", "g.often.primary": "14.3", "g.often.total": "15.0",
            "g.never.college": None, "g.never.primary": None, "g.never.total": "85.0",
        }  # fmt: skip
        assert loaded.everyone == 114
        assert [(c.count, dict(c.where)) for c in loaded.counts][:2] == [(86, {"edu": ("college",)}), (28, {"edu": ("primary",)})]  # fmt: skip
        assert len(loaded.notes) == 2 or len(loaded.notes) == 3
        assert "line 2, column 2" in loaded.figures[0].source


def test_counts_and_both_numbers_in_a_cell(tmp_path: Path) -> None:
    path = paper(tmp_path, ",college,primary\noften,13,4\nnever,73,24\n", "id: g, file: t.csv, where: part, within: edu, cells: counts")  # fmt: skip
    assert [c.count for c in load_published(path).counts] == [13, 4, 73, 24]
    both = ",college,primary\noften,15.1 (13),14.3（4）\nnever,—,\n"
    path = paper(
        tmp_path, both, 'id: g, file: t.csv, where: part, within: edu, cells: "percent (n)"'
    )
    loaded = load_published(path)
    assert [c.count for c in loaded.counts] == [13, 4]
    assert [f.percent for f in loaded.figures] == ["15.1", "14.3", None, None]


def test_cells_can_be_used_by_claims_and_are_audited(tmp_path: Path) -> None:
    path = paper(tmp_path, DOWN + "n,86,28\n", "id: g, file: t.csv, where: part, within: edu")
    with path.open("a", encoding="utf-8") as file:
        file.write("counts: [{id: all, count: '114'}]\nclaims: [{id: c, greater: [g.often.college, g.often.primary]}]\n")  # fmt: skip
    reading = audit(load_published(path)).readings[0]
    assert reading.figure("g.often.college").count == (13, 13)
    assert reading.claims[0].verdict == "holds in all"


def test_the_hash_includes_the_grid(tmp_path: Path) -> None:
    entry = "id: g, file: t.csv, where: part, within: edu"
    one = load_published(paper(tmp_path, DOWN, entry)).sha256
    two = load_published(paper(tmp_path, DOWN.replace("15.1", "15.2"), entry)).sha256
    assert one != two


BAD = [
    (",college,primry\noften,15.1,14.3\n", "", 1, 3, "did you mean 'primary'"),
    (",college,primary\noftn,15.1,14.3\n", "", 2, 1, "did you mean 'often'"),
    (',college,primary\noften,"15,1",14.3\n', "", 2, 2, "15.1"),
    (",college,primary\noften,-5,14.3\n", "", 2, 2, "negative"),
    (",college,primary\noften,151,14.3\n", "", 2, 2, "more than 100"),
    (",college,primary\noften,15.1 (13),14.3\n", "", 2, 2, "two numbers"),
    (",college,primary\noften,15.1,14.3,9\n", "", 2, 4, "no header"),
    (",college,college\noften,15.1,14.3\n", "", 1, 3, "twice"),
    (",college,primary\noften,15.1,14.3\noften,15.1,14.3\n", "", 3, 1, "twice"),
    (",college,primary\nn,86.5,28\n", "", 2, 2, "whole number"),
]


@pytest.mark.parametrize(("grid", "more", "line", "column", "said"), BAD)
def test_errors_name_file_line_and_column(
    tmp_path: Path, grid: str, more: str, line: int, column: int, said: str
) -> None:
    path = paper(tmp_path, grid, f"id: g, file: t.csv, rows: part, columns: edu{more}")
    with pytest.raises(SurveyKitError) as caught:
        load_published(path)
    message = str(caught.value)
    assert re.search(rf"t\.csv, line {line}, column {column}\b", message), message
    assert said in message


@pytest.mark.parametrize(
    "entry",
    ["id: g, file: no.csv, where: part, within: edu", "id: g, file: t.csv", "id: g, file: t.csv, where: prt, within: edu",
     "id: g, fil: t.csv, where: part, within: edu", "id: g, file: t.csv, where: part, within: edu, percent: rows"],
)  # fmt: skip
def test_errors_of_an_entry_name_its_line(tmp_path: Path, entry: str) -> None:
    path = paper(tmp_path, DOWN, entry)
    with pytest.raises(SurveyKitError, match="line 8"):
        load_published(path)


def test_a_superscript_is_never_a_digit() -> None:
    assert cleaned_percent("61.5²", footnotes=True)[0] == "61.5"
    with pytest.raises(UsageError):
        cleaned_percent("61.5²")


# ---------------------------------------------------------------- weighted percentages
WEIGHTED = [
    ("{title: made up}", "{title: made up, weighted: true}", 2),
    ("{levels: [often, never]}", "{levels: [often, never], weighted: true}", 5),
    ("rounding: half_up", "weighted: true", 3),
]


@pytest.mark.parametrize(("old", "new", "line"), WEIGHTED)
def test_weighted_is_refused_wherever_it_stands(old: str, new: str, line: int) -> None:
    text = YAML.replace("GRIDS", "").replace(old, new)
    with pytest.raises(InputError) as caught:
        parse_published(text)
    message = str(caught.value)
    assert f"line {line}:" in message
    assert "no whole numbers of respondents" in message
    assert "leave the figure out" in message


# ---------------------------------------------------------------- a second transcription
def test_two_transcriptions(tmp_path: Path) -> None:
    text = PAPER.replace("MODE", "half_up").replace("ALL", "58.3").replace("AAA", "54.5").replace("BBB", "61.5")  # fmt: skip
    other = text.replace("54.5", "45.5").replace('count: "11"', 'count: "12"').replace("greater: [a, b]", "greater: [b, a]")  # fmt: skip
    other = other.replace('  - {id: x, percent: "50.0", where: {other: x}}\n', "")
    for name, content in (("a.yaml", text), ("b.yaml", other)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    one, two = (load_published(tmp_path / n) for n in ("a.yaml", "b.yaml"))
    found = {(d.kind, d.id, d.what): d for d in compare_transcriptions(one, two).differences}
    assert set(found) == {
        ("count", "na", "count"), ("figure", "a", "percent"), ("figure", "x", "entry"), ("claim", "order", "operands"),
    }  # fmt: skip
    digit = found["figure", "a", "percent"]
    assert (digit.first, digit.second, digit.possible) == ("54.5", "45.5", "first")
    lines = text.splitlines()
    assert "id: a," in lines[digit.first_line - 1]
    assert found["figure", "x", "entry"].second_line == 0
    same = compare_transcriptions(one, one)
    assert same.clean
    assert same.agreement == 1
    assert json.dumps(same.to_json())


def test_unknown_schema_is_told() -> None:
    from surveykit.published.schema import shipped_schema

    with pytest.raises(UnknownNameError, match="publishd"):
        shipped_schema("publishd")


def test_two_transcriptions_in_words(tmp_path: Path) -> None:
    import re

    from surveykit.report.transcription_view import transcriptions_html, transcriptions_text
    from surveykit.text import width

    text = PAPER.replace("MODE", "half_up").replace("ALL", "58.3").replace("AAA", "54.5").replace("BBB", "61.5")  # fmt: skip
    other = text.replace("54.5", "45.5").replace('count: "11"', 'count: "12"')
    other = other.replace('  - {id: x, percent: "50.0", where: {other: x}}\n', "")
    for name, content in (("a.yaml", text), ("b.yaml", other)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    found = compare_transcriptions(*(load_published(tmp_path / n) for n in ("a.yaml", "b.yaml")))
    zh, en = transcriptions_text(found, "zh"), transcriptions_text(found, "en")
    assert "只有第一份" in zh
    assert re.search(r"百分比 +a +数字 +54\.5 +45\.5 +\d+ / \d+ +只有第一份", zh)
    assert re.search(r"百分比 +x +整条 +有 +没有 +\d+ / –", zh)
    assert "only the first" in en
    assert not re.search("[\u4e00-\u9fff]", en)
    rows = [line for line in zh.splitlines() if " / " in line and "yaml" not in line]
    starts = {width(line[: line.index(" / ")].rstrip("0123456789")) for line in rows}
    assert len(rows) == 3
    assert len(starts) == 1, "columns are aligned"
    page = transcriptions_html(found, "zh")
    assert 'lang="zh' in page
    assert "54.5" in page


def test_transcriptions_speak_chinese_unless_asked(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from surveykit.cli.entry import app

    text = PAPER.replace("MODE", "half_up").replace("ALL", "58.3").replace("AAA", "54.5").replace("BBB", "61.5")  # fmt: skip
    for name, content in (("a.yaml", text), ("b.yaml", text.replace("54.5", "45.5"))):
        (tmp_path / name).write_text(content, encoding="utf-8")
    files = [str(tmp_path / n) for n in ("a.yaml", "b.yaml")]
    plain = CliRunner().invoke(app, ["transcriptions", *files])
    english = CliRunner().invoke(app, ["transcriptions", *files, "--lang", "en"])
    assert plain.exit_code == english.exit_code == 1
    assert "个条目中有" in plain.stdout
    assert "entries agree" in english.stdout
