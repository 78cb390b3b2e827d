"""Files that are no study: one message with file, place and hint, quickly, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

import surveykit as sk

PAPER = """\
surveykit: published/1
study: {title: t}
variables:
  often: {levels: [weekly, less]}
  school: {levels: [north, south]}
counts:
  - {id: all, count: "40"}
grids:
  - {id: g, file: g.csv, where: often, within: school}
"""


def refused(path: Path) -> str:
    with pytest.raises(sk.SurveyKitError) as caught:
        sk.load_published(path)
    return str(caught.value)


def test_aliases_of_aliases_are_read_once(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for one, other in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 10)}]")
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join([*lines, "surveykit: published/1", "study: {title: t}"]))
    assert "unknown key in the file: 'a'" in refused(path)


@pytest.mark.parametrize(
    "text", ["x: " + "[" * 1200 + "]" * 1200, "study: " + "{a: " * 1200 + "x" + "}" * 1200]
)
def test_nested_too_deeply(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(f"surveykit: published/1\n{text}\n")
    said = refused(path)
    assert "deep.yaml: is nested too deeply. Hint:" in said


def test_a_grid_with_returns_alone_between_lines(tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text(PAPER)
    (tmp_path / "g.csv").write_bytes(b",north,south\rweekly,40.0,20.0\rless,60.0,80.0\r")
    figures = sk.load_published(tmp_path / "paper.yaml").figures
    assert [f.percent for f in figures] == ["40.0", "20.0", "60.0", "80.0"]


def test_a_grid_whose_quotation_mark_stays_open(tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text(PAPER)
    (tmp_path / "g.csv").write_text(',north,south\nweekly,"' + "4" * 200_000)
    assert "g.csv, line" in refused(tmp_path / "paper.yaml")


def test_degrees_of_freedom_of_thousands_of_digits(tmp_path: Path) -> None:
    content = (
        PAPER.split("grids:")[0] + "tests:\n  - {id: t, of: [often, school], chi2: '2.0', df: '%s'}"
    )
    (tmp_path / "paper.yaml").write_text(content % ("9" * 5000))
    assert "df must be a whole number" in refused(tmp_path / "paper.yaml")
