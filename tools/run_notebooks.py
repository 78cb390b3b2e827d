"""Run the notebooks from top to bottom, and compare what they print with what is stored.

::

    python tools/run_notebooks.py            # fails on an error, or where text outputs differ
    python tools/run_notebooks.py --write    # stores the new outputs
    python tools/run_notebooks.py notebooks/02_audit.ipynb

What text, Markdown and HTML outputs say is compared word by word, numbers within 1e-6, not how
HTML looks; of pictures only that there is one. Stored notebooks carry no times and no paths.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import html
import math
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_output

ROOT = Path(__file__).resolve().parents[1]
TEXT = ("text/plain", "text/markdown", "text/html")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# what differs from run to run without meaning anything
VOLATILE = re.compile(r"0x[0-9a-f]+")
MARKUP = re.compile(r"<style\b.*?</style>|<[^>]+>", re.DOTALL)


def run(path: Path) -> Any:
    """Return the notebook, executed in its own folder."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    return tidy(notebook)


def tidy(notebook: Any) -> Any:
    """Drop what changes from run to run; cell ids are kept."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    counter = 0
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        counter += 1
        cell.execution_count = counter
        cell.outputs = list(joined(cell.outputs))
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = counter
            output.pop("transient", None)
            if "metadata" in output:
                output.metadata = {}
    return notebook


def joined(outputs: list[Any]) -> Iterator[Any]:
    """Yield outputs with neighbouring texts of one stream as one."""
    for name, group in groupby(outputs, key=lambda o: o.get("name", "")):
        if name:
            yield new_output("stream", name=name, text="".join(o.text for o in group))
        else:
            yield from group


def texts(cell: Any) -> list[str]:
    """Return what a cell shows, as texts; of a picture only that it is one."""
    shown = []
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            shown.append(f"{output.name}: {output.text}")
            continue
        data = output.get("data", {})
        shown += [f"{kind}: {said(kind, data[kind])}" for kind in TEXT if kind in data]
        shown += [f"({kind})" for kind in sorted(data) if kind not in TEXT]
    return [VOLATILE.sub("0x…", text).strip() for text in shown]


def said(kind: str, text: str) -> str:
    """Return the words of an output, a line for each piece of HTML."""
    if kind != "text/html":
        return text
    pieces = (piece.strip() for piece in MARKUP.split(text))
    return "\n".join(html.unescape(piece) for piece in pieces if piece)


def same(old: str, new: str) -> bool:
    """Say whether two texts agree, numbers within 1e-6."""
    if old == new:
        return True
    if NUMBER.split(old) != NUMBER.split(new):
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=1e-6, abs_tol=1e-9) for a, b in pairs)


def differences(stored: Any, fresh: Any) -> Iterator[str]:
    """Yield a diff for each cell whose text outputs differ."""
    for old_cell, new_cell in zip(stored.cells, fresh.cells, strict=True):
        old, new = texts(old_cell), texts(new_cell)
        if len(old) == len(new) and all(map(same, old, new)):
            continue
        lines = difflib.unified_diff(
            "\n".join(old).splitlines(),
            "\n".join(new).splitlines(),
            "stored",
            "now",
            lineterm="",
            n=1,
        )
        yield f"cell {new_cell.id}:\n" + "\n".join(lines)


def check(path: Path, *, write: bool) -> bool:
    """Run one notebook; store or compare its outputs; say whether all is well."""
    stored = nbformat.read(path, as_version=4)
    try:
        fresh = run(path)
    except CellExecutionError as error:
        print(f"{path.name}: stopped.\n{error}")
        return False
    text = nbformat.writes(fresh)
    if str(ROOT) in text or str(Path.home()) + os.sep in text:
        print(f"{path.name}: an output holds a path of this machine.")
        return False
    if write:
        path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
        print(f"{path.name}: written.")
        return True
    found = list(differences(stored, fresh))
    print(f"{path.name}: {'differs' if found else 'as stored'}.", *found, sep="\n")
    return not found


def main() -> int:
    """Run the notebooks named, or all; 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="store the new outputs")
    options = parser.parse_args()
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    paths = options.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as own:  # no settings of the user's, nothing left behind
        os.environ.update(IPYTHONDIR=own, JUPYTER_CONFIG_DIR=own, JUPYTER_DATA_DIR=own)
        done = [check(path.resolve(), write=options.write) for path in paths]
    return 0 if all(done) else 1


if __name__ == "__main__":
    raise SystemExit(main())
