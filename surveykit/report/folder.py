"""Files into a folder: all of them, or none that was not there before."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from surveykit.errors import InputError, UsageError

__all__ = ["inside", "write_all"]


def write_all(folder: str | os.PathLike[str], contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into `folder`: each whole, and on any error everything is as it was before.

    Parameters
    ----------
    folder : path
        Made when it does not exist.
    contents : mapping of str to bytes
        Relative names with ``/`` (``tables/table1.html``) to what the files hold.

    Returns
    -------
    tuple of Path
        In the order of `contents`.

    Raises
    ------
    UsageError
        When a name leads out of the folder.
    InputError
        When a place cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [p.name for p in write_all(f"{folder}/out", {"a/b.txt": b"1", "c.txt": b"2"})]
    ['b.txt', 'c.txt']
    """
    for name in contents:
        if not inside(name):
            raise UsageError(f"{name!r} lies outside the folder.", hint="a relative name with '/'.")
    target = Path(folder)
    places = {name: target / PurePosixPath(name) for name in contents}
    try:
        with _made_folders(target, places.values()), _stage(target) as stage:
            for number, name in enumerate(contents):
                (stage / f"{number}.new").write_bytes(contents[name])
            _move_all(stage, list(places.values()))
    except OSError as error:
        reason = error.strerror or str(error)
        place = error.filename2 or error.filename or target
        raise InputError(
            f"cannot be written ({reason}).", where=str(place), hint="choose another place with -o."
        ) from error
    return tuple(places.values())


def inside(name: str) -> bool:
    """Say whether a name stays inside the folder that it is relative to.

    Examples
    --------
    >>> inside("tables/a.html"), inside("../a.html"), inside("/etc/a")
    (True, False, False)
    """
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


@contextlib.contextmanager
def _made_folders(target: Path, places: Iterable[Path]) -> Iterator[None]:
    """Make the folders that are needed; on an error those that were made go again."""
    made: list[Path] = []
    try:
        for folder in dict.fromkeys([target, *(p.parent for p in places)]):
            made += _make(folder)
        yield
    except BaseException:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _make(folder: Path) -> list[Path]:
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    for path in reversed(missing):
        path.mkdir()
    if not folder.is_dir():
        raise NotADirectoryError(20, "there is a file in the place of the folder", str(folder))
    return missing[::-1]


@contextlib.contextmanager
def _stage(target: Path) -> Iterator[Path]:
    stage = Path(tempfile.mkdtemp(prefix=".surveykit-", dir=target))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move_all(stage: Path, places: list[Path]) -> None:
    """Move the staged files to their places; on an error put back what was there."""
    moved: list[tuple[Path, Path]] = []
    try:
        for number, place in enumerate(places):
            kept = stage / f"{number}.old"
            if place.exists():
                shutil.copy2(place, kept)
            moved.append((place, kept))
            os.replace(stage / f"{number}.new", place)
    except BaseException:
        for place, kept in reversed(moved):
            _put_back(place, kept)
        raise


def _put_back(place: Path, kept: Path) -> None:
    with contextlib.suppress(OSError):
        if kept.exists():
            os.replace(kept, place)
        else:
            place.unlink(missing_ok=True)
