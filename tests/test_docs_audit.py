"""The guide to the audit runs as it stands, on the paper that it writes down."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

from surveykit.published.load import parse_published

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "audit.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


def test_its_code_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper, club = _blocks("yaml")
    (table,) = _blocks("csv")
    for name, text in (("paper.yaml", paper), ("club.yaml", club), ("table1.csv", table)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    runner = doctest.DocTestRunner()
    for block in _blocks("python"):
        test = doctest.DocTestParser().get_doctest(block, names, "guide", "guide", 0)
        runner.run(test, clear_globs=False)
        names = test.globs
    assert runner.summarize().attempted >= 14
    assert runner.summarize().failed == 0


def test_its_scenarios_are_read() -> None:
    paper = _blocks("yaml")[0].replace(
        "  often:", "  likes:  {kind: multiple, levels: [song, play]}\n  often:"
    )
    paper = paper.replace(
        "claims:", '  - {id: social, percent: "20.0", where: {likes: song}}\nclaims:'
    )
    read = parse_published(paper + _blocks("text")[0])
    assert [s.id for s in read.scenarios] == [
        "as_printed", "nonresponse", "hidden", "digits", "responses",
    ]  # fmt: skip
