"""Where the study's files are, and the study's survey: read as any user's file is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from surveykit.codebook import Codebook, load_codebook
from surveykit.errors import InputError
from surveykit.published import Audit, Published, load_published
from surveykit.published import audit as audit_published
from surveykit.survey import Survey, read

__all__ = [
    "READING",
    "Draw",
    "audit",
    "codebook",
    "files",
    "open_ranges",
    "open_sizes",
    "published",
    "survey",
    "synthetic",
]

READING = "nonresponse"
"""The reading that the shipped synthetic files follow: the first in which all figures can be true."""

Place = tuple[str, str, str, str]

Draw = int | Path
"""A SYNTHETIC file: the number of one that is shipped, or the path of one with its sidecar and codebook beside it."""


def files() -> Path:
    """Return the folder with the study's files: in the installed package, else in the checkout.

    Examples
    --------
    >>> (files() / "published.yaml").exists()
    True
    """
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_data" / "badong", package.parent / "data" / "badong"):
        if (folder / "published.yaml").is_file():
            return folder
    raise InputError(
        "the files of the Badong study are not installed.",
        where=str(package / "_data" / "badong"),
        hint="install surveykit again.",
    )


def published(folder: Path | None = None) -> Published:
    """Return every figure that the report prints, with its readings and claims."""
    return load_published((folder or files()) / "published.yaml")


def codebook(folder: Path | None = None) -> Codebook:
    """Return the study's codebook."""
    path = (folder or files()) / "codebook.yaml"
    return _codebook(path, _state(path))


def survey(draw: Draw = 1) -> Survey:
    """Return one draw of the SYNTHETIC responses (385 records), read by the ordinary reader."""
    path = synthetic(draw)
    beside = path.parent / "codebook.yaml"
    return _survey(path, beside, _state(path, path.with_suffix(".json"), beside))


State = tuple[tuple[int, int], ...]
"""When files were last written, and how long they are: what was read of them is kept as long."""


def _state(*paths: Path) -> State:
    held = (path.stat() if path.is_file() else None for path in paths)
    return tuple((s.st_mtime_ns, s.st_size) if s else (0, 0) for s in held)


@lru_cache(maxsize=8)
def _codebook(path: Path, state: State) -> Codebook:
    return load_codebook(path)


@lru_cache(maxsize=8)
def _survey(path: Path, beside: Path, state: State) -> Survey:
    return read(path, codebook=beside)


def synthetic(draw: Draw = 1, folder: Path | None = None) -> Path:
    """Return the SYNTHETIC file of a draw, of those shipped or in `folder`."""
    if isinstance(draw, Path):
        return draw
    here = folder or files()
    path = here / f"SYNTHETIC_{READING}_{draw}.csv"
    if not path.is_file():
        known = sorted(p.stem.rsplit("_", 1)[1] for p in here.glob(f"SYNTHETIC_{READING}_*.csv"))
        raise InputError(
            f"there is no draw {draw}.", where=str(here), hint=f"draws: {', '.join(known)}."
        )
    return path


@cache
def _sidecar(draw: Draw) -> dict[str, list[dict[str, str]]]:
    path = synthetic(draw).with_suffix(".json")
    loaded: dict[str, list[dict[str, str]]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def open_ranges(draw: Draw = 1) -> dict[Place, tuple[float, float]]:
    """Return the feasible range, in per cent, of cells that the report does not print.

    Bases (numbers of respondents) stand under an empty level code; all ranges are exact, over all feasible tables.
    """
    side = _sidecar(draw)
    shares = {
        (r["variable"], r["level_code"], r["by"], r["by_code"]): (float(r["low"]), float(r["high"]))
        for r in side["ranges"]
    }
    bases = {
        (r["variable"], "", r["by"], r["by_code"]): (float(r["low"]), float(r["high"]))
        for r in side["bases"]
    }
    return shares | bases


def open_sizes(draw: Draw = 1) -> dict[tuple[str, str], tuple[int, int]]:
    """Return the feasible number of respondents in each group whose figures are printed."""
    return {
        (r["by"], r["by_code"]): (int(r["low"]), int(r["high"])) for r in _sidecar(draw)["sizes"]
    }


_audits: dict[Path, Audit] = {}


def audit(progress: Callable[[str, int, int], None] | None = None) -> Audit:
    """Audit every reading of the report; kept, since it takes some ten seconds."""
    path = files() / "published.yaml"
    if path not in _audits:
        _audits[path] = audit_published(load_published(path), progress=progress)
    return _audits[path]
