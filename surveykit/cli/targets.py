"""Where a command writes, and in which format."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from surveykit.cli import options as opt
from surveykit.errors import UsageError

_ENDINGS = {".txt": "text", ".htm": "html", ".tex": "latex", ".markdown": "md"}
FILES = ("xlsx", "docx", "pdf", "png", "svg")  # formats that are no text


def table_format(format: opt.TableFormat | None, output: str | None, *inputs: str) -> str:
    kind = format_of(format, output, [f.value for f in opt.TableFormat])
    check_target(kind, output, *inputs)
    return kind


def check_target(kind: str, output: str | None, *inputs: str) -> None:
    if kind in FILES and output is None:
        raise UsageError(
            f"{kind} is no text for the terminal.", hint=f"name a file: -o table.{kind}."
        )
    check_output(output, *inputs)
    if kind in ("docx", "pdf"):
        from surveykit.report import check_formats

        check_formats(kind)  # what is not installed is told before the work


def page_format(format: opt.PageFormat | None, output: str | None, *inputs: str) -> str:
    check_output(output, *inputs)
    return format_of(format, output, [f.value for f in opt.PageFormat])


def format_of(format: StrEnum | None, output: str | None, allowed: list[str]) -> str:
    """Return the format asked for; else that of the ending of the output, else text."""
    if format is not None:
        return format.value
    ending = Path(output or "").suffix.lower()
    name = _ENDINGS.get(ending, ending.removeprefix("."))
    return name if name in allowed else "text"


def check_output(output: str | None, *inputs: str) -> None:
    """Refuse to write over what is read."""
    for path in inputs if output is not None and os.path.exists(output) else ():
        if os.path.exists(path) and os.path.samefile(str(output), path):
            raise UsageError(
                "-o would write over the file that is read.", where=output, hint="another name."
            )
