"""Stdout, stderr and files: the only places where a command says something."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import typer

from surveykit.errors import UsageError

FINDINGS, BAD_USE = 1, 2
Progress = Callable[[str, int, int], None]


def deliver(text: str, output: str | None = None, code: int = 0) -> None:
    """Write the whole of `text` to the file or to stdout, then end with `code` if it is not 0."""
    if output is not None:
        from surveykit.io import write_atomic

        write_atomic(output, text)
    else:
        _to_stdout(text)
    if code:
        raise typer.Exit(code)


def _to_stdout(text: str) -> None:
    """Write to stdout; a reader that has gone away (``| head``) is no error."""
    if sys.stdout is None:  # closed by the caller
        raise UsageError("stdout is closed.", hint="write to a file with -o.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _silence_stdout()
        if not isinstance(error, BrokenPipeError):
            raise


def _silence_stdout() -> None:
    """Send what is left in the buffer nowhere, so that ending does not fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def remark(notes: tuple[str, ...] | list[str]) -> None:
    """Say on stderr what the output itself has no place for."""
    for note in notes:
        say(note)


def say(text: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(f"surveykit: {text}", file=sys.stderr)


@contextlib.contextmanager
def progress_display() -> Iterator[Progress | None]:
    """Give a progress display on stderr; None where that is no terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Display

    with Display(console=Console(stderr=True), transient=True) as display:
        tasks: dict[str, Any] = {}

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = display.add_task(what, total=total)
            display.update(tasks[what], completed=done, total=total)

        yield step
