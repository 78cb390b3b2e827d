"""Printed figures whose groupings cross: rows and columns of one table, cells and bases of several
variables, choices as groups. The answers are those of counting every table of respondents by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import surveykit as sk


def audited(tmp_path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """Audit a study given as a mapping; the plain reading as JSON has it."""
    path = tmp_path / "paper.yaml"
    head = {"surveykit": "published/1", "study": {"title": "t"}}
    path.write_text(json.dumps(head | content), encoding="utf-8")
    said: dict[str, Any] = sk.audit(sk.load_published(path), lang="en").to_json("en")
    reading: dict[str, Any] = said["scenarios"][-1]
    return reading


def figure(id: str, percent: str | None, where: Any, within: Any = None, **more: Any) -> Any:
    shown = {"id": id, "where": where} | ({"within": within} if within else {}) | more
    return shown | ({"percent": percent} if percent else {})


TWO = {"v0": {"levels": ["a", "b"]}, "v1": {"levels": ["x", "y"]}}


def test_one_cell_as_row_and_as_column_percentage(tmp_path: Path) -> None:
    # all of x are a, a fifth of a are x: 1 of 5 or 2 of 10
    figures = [
        figure("row", "100.00", {"v0": "a"}, {"v1": "x"}),
        figure("column", "20.00", {"v1": "x"}, {"v0": "a"}),
    ]
    content = {"variables": TWO, "counts": [{"id": "all", "count": "12"}], "figures": figures}
    found = audited(tmp_path, content)
    row, column = found["figures"]
    assert (row["base"], row["count"]) == ([1, 2], [1, 2])
    assert (column["base"], column["count"]) == ([5, 10], [1, 2])
    assert found["groups"][0]["tables"] == {"number": 2, "exact": True}


def test_a_cell_of_everyone_beside_the_base_it_lies_in(tmp_path: Path) -> None:
    # 5.88 % of 34 is 2 people in the cell; 28.57 % of those in x are a, 9 are a: so 7 are a and x
    figures = [
        figure("cell", "5.88", {"v0": "a", "v1": "y"}),
        figure("share", "28.57", {"v0": "a"}, {"v1": "x"}),
        figure("open", None, {"v1": "y"}, {"v0": "a"}),
    ]
    counts = [
        {"id": "all", "count": "34"},
        {"id": "of_b", "count": "25", "where": {"v0": "b"}},
    ]
    found = audited(tmp_path, {"variables": TWO, "counts": counts, "figures": figures})
    by = {f["id"]: f for f in found["figures"]}
    assert by["share"]["status"] == by["cell"]["status"] == "conflict"  # 7 of 24.5 people
    assert found["groups"][0]["conflicts"] == [["cell", "share"]]


def test_the_answering_of_a_cell_are_those_of_its_variables(tmp_path: Path) -> None:
    variables = {
        "v0": {"levels": ["a", "b", "c"]},
        "v1": {"levels": ["x", "y"], "missing": "allowed"},
    }
    counts = [{"id": "all", "count": "8"}, {"id": "y", "count": "6", "where": {"v1": "y"}}]
    figures = [figure("cell", "0", {"v0": "c", "v1": "x"})]
    content = {"variables": variables, "counts": counts, "figures": figures}
    found = audited(tmp_path, content | {"rounding": "half_down"})
    assert found["figures"][0]["base"] == [6, 8]
    assert found["groups"][0]["tables"] == {"number": 3, "exact": True}


def test_choices_as_groups_and_as_outcome(tmp_path: Path) -> None:
    variables = {"v0": {"levels": ["l", "m"], "kind": "multiple"}, "v1": TWO["v1"]}
    figures = [
        figure("chose_l", "30.00", {"v0": "l"}, {"v1": "y"}),
        figure("chose_m", "100.00", {"v0": "m"}, {"v1": "y"}),
        figure("y", "59", {"v1": "y"}),
        figure("y_of_l", "60.00", {"v1": "y"}, {"v0": "l"}),
    ]
    content = {"variables": variables, "counts": [{"id": "all", "count": "17"}]}
    found = audited(tmp_path, content | {"figures": figures})
    ranges = [(f["base"], f["count"]) for f in found["figures"]]
    assert ranges == [
        ([10, 10], [3, 3]),
        ([10, 10], [10, 10]),
        ([17, 17], [10, 10]),
        ([5, 5], [3, 3]),
    ]


@pytest.mark.parametrize("total", [40, 385])
def test_too_many_tables_to_list_have_the_ranges_of_the_program(
    tmp_path: Path, total: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = [
        figure("row", "25", {"v0": "a"}, {"v1": "x"}),
        figure("column", "50", {"v1": "x"}, {"v0": "a"}),
        figure("everyone", "30", {"v0": "a"}),
    ]
    counts = [{"id": "all", "count": str(total)}]
    content = {"variables": TWO, "counts": counts, "figures": figures}
    listed = audited(tmp_path, content)
    monkeypatch.setattr("surveykit.published.joint.MOST_ROWS", 10)
    asked = audited(tmp_path, content)
    assert asked["groups"][0]["tables"]["exact"] is False
    for one, other in zip(listed["figures"], asked["figures"], strict=True):
        assert (one["base"], one["count"]) == (other["base"], other["count"])


def test_some_levels_known_of_two_tables_are_no_conflict(tmp_path: Path) -> None:
    # 12 of a and 7 of b; of b 5 are x, of a 3 are y: with 4 who are y in all, one of b is y
    variables = {
        "v0": {"levels": ["a", "b"], "missing": "allowed"},
        "v1": {"levels": ["x", "y", "z"]},
    }
    counts = [
        {"id": "all", "count": "19"},
        {"id": "of_b", "count": "7", "where": {"v0": "b"}},
        {"id": "of_y", "count": "4", "where": {"v1": "y"}},
    ]
    figures = [
        figure("a", "63", {"v0": "a"}),
        figure("x_of_b", "71", {"v1": "x"}, {"v0": "b"}),
        figure("y_of_a", "25", {"v1": "y"}, {"v0": "a"}),
    ]
    found = audited(tmp_path, {"variables": variables, "counts": counts, "figures": figures})
    assert [f["status"] for f in found["figures"]] == ["possible"] * 3
    assert found["groups"][0]["tables"] == {"number": 1, "exact": True}


def test_shares_of_cases_beside_shares_of_responses_of_a_group(tmp_path: Path) -> None:
    # of 13 in b all chose l and 5 chose m (13 of 18 choices); in all 28 of 29 chose l and 12 m
    variables = {"v0": {"levels": ["a", "b"]}, "v1": {"levels": ["l", "m"], "kind": "multiple"}}
    counts = [
        {"id": "all", "count": "29"},
        {"id": "of_m", "count": "12", "where": {"v1": "m"}},
    ]
    figures = [
        figure("l_of_b", "72", {"v1": "l"}, {"v0": "b"}, of="responses"),
        figure("b", "45", {"v0": "b"}),
        figure("l", "97", {"v1": "l"}),
    ]
    found = audited(tmp_path, {"variables": variables, "counts": counts, "figures": figures})
    assert [f["status"] for f in found["figures"]] == ["possible"] * 3
    assert (found["figures"][0]["base"], found["figures"][0]["count"]) == ([18, 18], [13, 13])


def test_no_records_where_groupings_cross(tmp_path: Path) -> None:
    figures = [
        figure("row", "100.00", {"v0": "a"}, {"v1": "x"}),
        figure("column", "20.00", {"v1": "x"}, {"v0": "a"}),
    ]
    content = {"variables": TWO, "counts": [{"id": "all", "count": "12"}], "figures": figures}
    audited(tmp_path, content)
    choices = {n: [{"code": c, "label": c} for c in v["levels"]] for n, v in TWO.items()}
    variables = {n: {"kind": "single", "choices": c} for n, c in choices.items()}
    book = {"surveykit": "codebook/1", "study": {"title": "t"}, "variables": variables}
    (tmp_path / "book.yaml").write_text(json.dumps(book), encoding="utf-8")
    with pytest.raises(sk.SurveyKitError, match="groupings cross"):
        sk.reconstruct(tmp_path / "paper.yaml", tmp_path / "book.yaml", folder=tmp_path / "out")
