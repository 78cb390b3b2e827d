"""Check a build of the Badong study, and that `figures/` holds what it builds::

    surveykit reproduce badong -o out
    python tools/check_study.py out
    python tools/check_study.py --write     # builds the study and renews figures/

Of tables and of what they say every byte is compared; pictures and workbooks, whose bytes change with
the versions of matplotlib and xlsxwriter, have to be there.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from surveykit.published import load_published
from surveykit.studies import badong

STORED = Path(__file__).resolve().parents[1] / "figures"
TEXT = (".md", ".html")


def stored_name(path: Path, folder: Path) -> Path:
    """Return where a built table or figure is kept: figures at the top, tables below."""
    relative = path.relative_to(folder)
    return STORED / (relative.name if relative.parts[0] == "figures" else relative)


def built(folder: Path) -> list[Path]:
    """Return the tables and figures of a build."""
    return sorted(p for part in ("figures", "tables") for p in (folder / part).iterdir())


def wrong_hashes(folder: Path) -> Iterator[str]:
    """Compare the files with the manifest."""
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    for name, said in files.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != said["sha256"]:
            yield f"{name} is not what the manifest says"
    here = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    for name in sorted(here ^ {*files, "manifest.json"}):
        yield f"{name} stands in the folder or in the manifest, not in both"


def wrong_figures(folder: Path) -> Iterator[str]:
    """Look for every printed percentage in comparison.csv."""
    with (folder / "comparison.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    for figure in load_published(badong.files() / "published.yaml").figures:
        row = rows.get(figure.id)
        if figure.percent is None:
            continue
        if row is None or row["printed"] != figure.percent:
            yield f"{figure.id}: {figure.percent} is not in comparison.csv"
        elif row["computed"] != row["printed"] or row["match"] != "yes":
            yield f"{figure.id}: printed {row['printed']}, computed {row['computed']}"


def outdated(folder: Path) -> Iterator[str]:
    """Compare `figures/` with the build."""
    wanted = {stored_name(p, folder): p for p in built(folder)}
    kept = {p for p in STORED.rglob("*") if p.is_file() and p.name != "README.md"}
    for path in sorted(kept ^ set(wanted)):
        yield f"{path.relative_to(STORED.parent)} is {'left over' if path in kept else 'missing'}"
    for path in sorted(kept & set(wanted)):
        if path.suffix in TEXT and path.read_bytes() != wanted[path].read_bytes():
            yield f"{path.relative_to(STORED.parent)} is not what is built"


def renew(folder: Path) -> None:
    """Store the tables and figures of a build."""
    for path in STORED.rglob("*"):
        if path.is_file() and path.name != "README.md":
            path.unlink()
    for path in built(folder):
        target = stored_name(path, folder)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)


def main() -> int:
    """Check a build; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="a build; made when not given")
    parser.add_argument("--write", action="store_true", help="renew figures/")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = options.folder or Path(own, "out")
        if options.folder is None:
            badong.reproduce(folder)
        if options.write:
            renew(folder)
        found = [*wrong_hashes(folder), *wrong_figures(folder), *outdated(folder)]
    print(
        *found, f"{len(found)} differences." if found else "The study is as it should be.", sep="\n"
    )
    if found:
        print("If the change is meant: python tools/check_study.py --write")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
