"""Who may import whom: lower rooms never import higher ones, siblings never each other, no cycles.

Every import counts: at the top of a module and inside a function; for the direction also under
``TYPE_CHECKING``, which never runs and so makes no cycle.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import surveykit

PACKAGE = Path(surveykit.__file__).parent
ROOT = "surveykit"

# low to high; rooms on one line never import each other
ROOMS = (
    ("errors",),
    ("text", "fonts"),
    ("results",),
    ("rules",),
    ("stats",),
    ("codebook",),
    ("io",),
    ("survey",),
    ("coding",),
    ("counts",),
    ("estimate", "weighting", "published"),
    ("release",),
    ("tables", "plots"),
    ("report",),
    ("studies",),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(ROOMS) for room in rooms}
HEAVY = (
    "pydantic",
    "scipy",
    "matplotlib",
    "openpyxl",
    "xlsxwriter",
    "jinja2",
    "rich",
    "typer",
    "ruamel.yaml",
)


@cache
def sources() -> dict[str, str]:
    """Return every module of the package by its dotted name, with its source."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = (ROOT, *path.relative_to(PACKAGE).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text(encoding="utf-8")
    return found


@cache
def imported(name: str, source: str, modules: frozenset[str]) -> tuple[tuple[int, str], ...]:
    """Return (line, module) of each import of the package's own modules in `source`."""
    return tuple(_imported(name, source, modules))


def _imported(name: str, source: str, modules: frozenset[str]) -> Iterator[tuple[int, str]]:
    package = name if name in _packages(modules) else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            targets = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(dots, package) if node.level else dots
            targets = [_target(base, a.name, modules) for a in node.names]
        elif (text := _by_name(node)) is not None:
            targets = [text]
        else:
            continue
        for target in targets:
            if target and target.partition(".")[0] == ROOT:
                yield node.lineno, target


def _packages(modules: frozenset[str]) -> set[str]:
    return {m.rpartition(".")[0] for m in modules} | {ROOT}


def _target(base: str, name: str, modules: frozenset[str]) -> str:
    """Return the module that ``from base import name`` reaches; the version is no room's."""
    if (base, name) == (ROOT, "__version__"):
        return ""
    return f"{base}.{name}" if f"{base}.{name}" in modules else base


def _by_name(node: ast.AST) -> str | None:
    """Return what ``import_module("surveykit…")`` imports, as far as it is written out."""
    if not (isinstance(node, ast.Call) and node.args):
        return None
    called = (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    )
    if called not in ("import_module", "__import__"):
        return None
    first = node.args[0]
    if isinstance(first, ast.JoinedStr):
        first = first.values[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value.rstrip(".")
    return None


def room(module: str) -> str:
    """Return the room of a module; the package itself (the interface) is its own."""
    return module.split(".")[1] if "." in module else ""


def edges(modules: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Return (importer, line, imported) over all modules."""
    names = frozenset(modules)
    for name, source in modules.items():
        for line, target in imported(name, source, names):
            yield name, line, target


def violations(modules: Mapping[str, str]) -> list[str]:
    """Return a line for each import that goes up, sideways, or to the interface from within."""
    wrong = []
    for name, line, target in edges(modules):
        low, high = room(name), room(target)
        if not low or low == high:
            continue
        if not high:
            wrong.append(f"{name}:{line} imports the package's interface: import the room instead")
        elif RANK[high] > RANK[low]:
            wrong.append(f"{name}:{line} imports {target}, which stands above it")
        elif RANK[high] == RANK[low]:
            wrong.append(f"{name}:{line} imports {target}, its sibling")
    return wrong


def cycle(modules: Mapping[str, str]) -> list[str]:
    """Return the modules of an import cycle, empty if there is none."""
    graph: dict[str, set[str]] = {m: set() for m in modules}
    for name, _, target in edges({m: _without_typing(s) for m, s in modules.items()}):
        if name != ROOT and target != name:
            graph[name].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _without_typing(source: str) -> str:
    """Return the source without its ``if TYPE_CHECKING:`` blocks."""
    tree = ast.parse(source)
    tree.body = [n for n in tree.body if not (isinstance(n, ast.If) and _is_typing(n.test))]
    return ast.unparse(tree)


def _is_typing(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def test_every_module_has_a_room() -> None:
    unknown = {room(m) for m in sources()} - set(RANK) - {"", "_data"}
    assert not unknown, f"rooms without a place in the order: {sorted(unknown)}"


def test_imports_go_down() -> None:
    assert violations(sources()) == []


def test_no_import_cycle() -> None:
    assert cycle(sources()) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("from surveykit.cli import main", "stands above"),
        ("def f():\n    import surveykit.tables.html", "stands above"),
        ("def f():\n    from surveykit import published", "its sibling"),
        ("from ..published import audit", "its sibling"),
        ("from surveykit import freq", "interface"),
        ("from importlib import import_module\nimport_module('surveykit.cli')", "stands above"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import surveykit.plots",
            "above",
        ),
    ],
)
def test_a_wrong_import_is_found(source: str, said: str) -> None:
    modules = dict.fromkeys(sources(), "") | {"surveykit.estimate._new": source}
    (found,) = violations(modules)
    assert found.startswith("surveykit.estimate._new")
    assert said in found


@pytest.mark.parametrize(
    "source",
    ["from surveykit.stats import wilson", "from surveykit import __version__", "import numpy"],
)
def test_a_right_import_is_not(source: str) -> None:
    modules = dict.fromkeys(sources(), "") | {"surveykit.estimate._new": source}
    assert violations(modules) == []


def test_a_cycle_is_found() -> None:
    modules = {
        "surveykit": "",
        "surveykit.io": "from surveykit.io._a import f",
        "surveykit.io._a": "def f():\n    from surveykit.io import _b",
        "surveykit.io._b": "import surveykit.io._a",
    }
    assert {"surveykit.io._a", "surveykit.io._b"} <= set(cycle(modules))


# ---------------------------------------------------------------- the interface
def _python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    return done.stdout.strip()


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = _python("import sys, surveykit; print(*sys.modules)").split()
    assert [h for h in HEAVY if h in loaded] == []


def test_every_public_name_is_there() -> None:
    assert 14 <= len(surveykit.__all__) <= 30
    assert [n for n in surveykit.__all__ if getattr(surveykit, n, None) is None] == []
    assert set(surveykit.__all__) <= set(dir(surveykit))
    with pytest.raises(AttributeError, match="no attribute 'crostab'"):
        _ = surveykit.crostab


def test_lazy_names_are_those_of_their_rooms() -> None:
    for name, home in surveykit._LATER.items():
        found = getattr(surveykit, name)
        assert getattr(found, "__module__", found.__name__).startswith(f"surveykit.{home}")


def test_type_checkers_see_the_lazy_names() -> None:
    tree = ast.parse(sources()[ROOT])
    (typing,) = (n for n in tree.body if isinstance(n, ast.If))
    seen = {
        alias.name: node.module
        for node in ast.walk(typing)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes = {n: ROOT if n == home else f"{ROOT}.{home}" for n, home in surveykit._LATER.items()}
    assert seen == homes


def test_the_docstring_maps_every_room() -> None:
    said = set(re.findall(r"\w+", surveykit.__doc__ or ""))
    assert {room(m) for m in sources()} - {"", "_data"} <= said
