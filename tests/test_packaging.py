"""What a wheel and an sdist carry, built from the checkout by hatchling itself."""

from __future__ import annotations

import importlib
import re
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import surveykit
from surveykit.studies.badong import files

ROOT = Path(__file__).resolve().parents[1]
FONTS = "surveykit/plots/fonts"
CARRIED = (
    "surveykit/py.typed",
    f"{FONTS}/SurveyKitSansSC-Regular.otf",
    f"{FONTS}/OFL.txt",
    *(f"surveykit/_data/badong/{p.name}" for p in sorted((ROOT / "data" / "badong").iterdir())),
)


def wheel_of(root: Path, target: Path, version: str = "standard") -> Path:
    return Path(*WheelBuilder(str(root)).build(directory=str(target), versions=[version]))


def names_of(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dist")


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    return wheel_of(ROOT, folder)


def test_the_wheel_carries_the_study_the_font_and_its_licence(wheel: Path) -> None:
    assert set(CARRIED) - names_of(wheel) == set()
    assert {"surveykit/_data/badong/codebook.yaml", "surveykit/_data/badong/published.yaml"} <= set(
        CARRIED
    )


def test_the_wheel_carries_every_file_of_the_package(wheel: Path) -> None:
    package = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "surveykit").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert package - names_of(wheel) == set()


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    others = {n for n in names_of(wheel) if not n.startswith("surveykit/")}
    assert {n.partition("/")[0] for n in others} == {f"surveykit-{surveykit.__version__}.dist-info"}


def test_the_sdist_gives_the_same_wheel(folder: Path, wheel: Path) -> None:
    source = Path(*SdistBuilder(str(ROOT)).build(directory=str(folder)))
    with tarfile.open(source) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    again = wheel_of(unpacked, folder / "again")
    assert names_of(again) == names_of(wheel)
    for name in ("tests/test_packaging.py", "notebooks", "tools", "constraints.txt", "LICENSE"):
        assert (unpacked / name).exists()


def test_an_editable_install_leads_to_the_checkout(folder: Path) -> None:
    editable = wheel_of(ROOT, folder / "editable", "editable")
    with zipfile.ZipFile(editable) as archive:
        (path,) = (n for n in archive.namelist() if n.endswith(".pth"))
        assert Path(archive.read(path).decode().strip()) == ROOT
    assert (ROOT / "data" / "badong" / "published.yaml").is_file()


def test_the_study_finds_its_files_where_the_package_is() -> None:
    assert {"codebook.yaml", "published.yaml"} <= {p.name for p in files().iterdir()}


def test_the_licences_are_named_and_shipped(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("/METADATA"))
        said = archive.read(name).decode("utf-8")
        text = archive.read(f"{FONTS}/OFL.txt").decode("utf-8")
    assert "License-Expression: MIT AND OFL-1.1" in said
    assert "SIL OPEN FONT LICENSE Version 1.1" in text


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def test_every_core_dependency_has_a_tested_version() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {
        _normal(line.partition("==")[0]) for line in lines if line and not line.startswith("#")
    }
    wanted = {_normal(_name(d)) for d in project()["dependencies"]}
    extra = {_normal(_name(d)) for d in project()["optional-dependencies"]["test"]}
    assert (wanted | extra) - pinned == set()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+|#.*|", line) for line in lines)


def test_every_core_dependency_is_used() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "surveykit").rglob("*.py"))
    module = {"ruamel.yaml": r"ruamel\.yaml"}
    for dependency in project()["dependencies"]:
        name = module.get(_name(dependency), _name(dependency))
        assert re.search(rf"^\s*(?:import|from) {name}\b", text, re.MULTILINE), dependency


def test_no_extra_is_empty() -> None:
    assert all(project()["optional-dependencies"].values())


def test_the_command_leads_to_a_function() -> None:
    module, _, function = project()["scripts"]["surveykit"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[ ;]", requirement, maxsplit=1)[0]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
