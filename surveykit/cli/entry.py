"""The entry: the application with its commands, and errors as one message."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated, NoReturn

import typer

from surveykit import __version__
from surveykit.cli import audits, checks, papers, studies, tabulate
from surveykit.cli.talk import BAD_USE, deliver, say
from surveykit.errors import SurveyKitError

COMMANDS = (
    studies.reproduce,
    tabulate.tab,
    tabulate.mean,
    tabulate.total,
    tabulate.ratio,
    tabulate.quantile,
    tabulate.difference,
    tabulate.book,
    checks.check,
    checks.codebook,
    audits.audit,
    audits.reconstruct,
    papers.verify,
    papers.transcriptions,
    papers.schema,
)  # in the order of the help

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Survey analysis from raw export to publication, and audits of printed percentages.",
)
for _command in COMMANDS:
    app.command()(_command)


def _version(asked: bool) -> None:
    if asked:
        deliver(f"surveykit {__version__}\n")
        raise typer.Exit()


@app.callback()
def _app(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take what stands before the command."""


def main() -> NoReturn:
    """Run the command line; every error on purpose is one message on stderr and exit code 2."""
    _prepare()
    try:
        app(prog_name="surveykit")
    except SurveyKitError as error:
        _fail(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}.")
    except Exception as error:
        if os.environ.get("SURVEYKIT_TRACEBACK"):
            raise
        _fail(
            f"this is a fault of surveykit ({type(error).__name__}: {error}). Hint: report it, "
            "with what SURVEYKIT_TRACEBACK=1 shows."
        )
    sys.exit(0)


def _prepare() -> None:
    """Speak UTF-8 whatever the locale, and end without a traceback when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))


def _fail(message: str) -> NoReturn:
    say(message)
    sys.exit(BAD_USE)
