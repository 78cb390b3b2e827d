"""`manifest.json`: what was built, from what, with what."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from surveykit import __version__
from surveykit.report.folder import inside

__all__ = ["PACKAGES", "manifest", "outdated", "sha256", "versions"]

PACKAGES = ("numpy", "pandas", "scipy", "matplotlib", "jinja2", "xlsxwriter")
"""What the bytes of the files depend on, besides surveykit and Python."""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


_WRITERS = {".docx": "python-docx", ".pdf": "typst"}


def versions(names: Iterable[str] = ()) -> dict[str, str]:
    """Return the versions of surveykit, of Python and of what they compute and draw with.

    Parameters
    ----------
    names : iterable of str
        Names of files: what wrote Word and PDF files among them is counted.

    Examples
    --------
    >>> list(versions())[:2]
    ['surveykit', 'python']
    """
    found = {"surveykit": __version__, "python": platform.python_version()}
    written = {PurePosixPath(name).suffix for name in names}
    writers = (package for ending, package in _WRITERS.items() if ending in written)
    for name in (*PACKAGES, *writers):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a package that came without its metadata
            found[name] = "unknown"
    return found


def manifest(
    contents: Mapping[str, bytes], *, inputs: Mapping[str, str], seed: int | None, lang: str
) -> bytes:
    """Return the manifest of `contents`: no time stamp, no place on this machine.

    Parameters
    ----------
    contents : mapping of str to bytes
        The files by their name in the folder.
    inputs : mapping of str to str
        Names of the files read, and their SHA-256.
    seed : int, optional
        Of the synthetic records.
    lang : str

    Examples
    --------
    >>> made = json.loads(manifest({"a.txt": b"1"}, inputs={}, seed=1, lang="zh"))
    >>> made["files"]["a.txt"]["size"], made["seed"]
    (1, 1)
    """
    files = {name: {"sha256": sha256(data), "size": len(data)} for name, data in contents.items()}
    made = {
        "surveykit": "manifest/1",
        "lang": lang,
        "files": files,
        "inputs": dict(inputs),
        "seed": seed,
        "versions": versions(contents),
    }
    return f"{json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def outdated(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Return the files that an earlier build left in `folder` and this one does not write.

    Only those that its manifest lists and that nobody has changed since.
    """
    try:
        earlier: Any = json.loads((folder / "manifest.json").read_bytes())
        listed = {str(n): str(f["sha256"]) for n, f in earlier["files"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []
    return [
        folder / name
        for name, digest in listed.items()
        if name not in contents and inside(name) and _unchanged(folder / name, digest)
    ]


def _unchanged(path: Path, digest: str) -> bool:
    return path.is_file() and not path.is_symlink() and sha256(path.read_bytes()) == digest
