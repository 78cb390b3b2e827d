"""The reference pages are complete: every command, every section and key, in a file that is read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import surveykit as sk
from surveykit.cli.entry import COMMANDS
from surveykit.published.schema import shipped_schema

DOCS = Path(__file__).resolve().parents[1] / "docs"


def _blocks(page: str, kind: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Return the file that the page writes down, its grids beside it."""
    for k, table in enumerate(_blocks("published.md", "csv"), 1):
        (tmp_path / f"table{k}.csv").write_text(table, encoding="utf-8")
    path = tmp_path / "published.yaml"
    path.write_text("".join(_blocks("published.md", "yaml")), encoding="utf-8")
    return path


def test_every_command_has_its_place() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    names = [command.__name__ for command in COMMANDS]
    for pattern in (r"^## (\w+)\n", r"^```{command} (\w+)\n"):
        told = re.findall(pattern, text, re.MULTILINE)
        assert {n for n in told if n.islower()} == set(names)
    assert set(re.findall(r"^\| \[`(\w+)`\]", text, re.MULTILINE)) == set(names)


def _entries(value: Any, schema: dict[str, Any]) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return value
    return list(value.values()) if "additionalProperties" in schema and "properties" not in schema else [value]  # fmt: skip


def test_every_section_and_key_of_a_paper_has_an_example(published: Path) -> None:
    from ruamel.yaml import YAML

    written = YAML(typ="safe", pure=True).load(published.read_text(encoding="utf-8"))
    schema = json.loads(shipped_schema("published"))
    assert set(written) == set(schema["properties"])
    for section, part in schema["properties"].items():
        inside = part.get("items", part)
        extra = inside.get("additionalProperties")
        allowed = (extra if isinstance(extra, dict) else inside).get("properties")
        if allowed:
            used = {key for entry in _entries(written[section], part) for key in entry}
            assert used == set(allowed), section
    shown = set(re.findall(r"^```{keys} published (\w+)", (DOCS / "published.md").read_text("utf-8"), re.MULTILINE))  # fmt: skip
    assert shown == set(schema["properties"]) - {"surveykit", "rounding", "impossible"}


def test_the_example_is_a_paper_whose_figures_fit(published: Path) -> None:
    found = sk.audit(sk.load_published(published), ["as_printed"])
    plain = found.reading("as_printed")
    assert {f.status for f in plain.figures} == {"possible"}
    assert {t.status for t in plain.tests} == {"possible"}
    assert {m.status for m in plain.means.means} == {"possible"}
    assert {c.verdict for c in plain.claims} == {"holds in all"}
