"""`audit`, `reconstruct`: what a paper printed."""

from __future__ import annotations

from typing import Annotated

import typer

from surveykit.cli import options as opt
from surveykit.cli.reading import lang_of
from surveykit.cli.talk import FINDINGS, deliver, progress_display, remark, say
from surveykit.cli.targets import page_format
from surveykit.cli.writing import audited

TIME_IS_UP, INTERRUPTED = 124, 130


def audit(
    published: opt.Published,
    scenario: opt.Scenario = None,
    lang: opt.LangOption = opt.LangName.zh,
    format: opt.PageOption = None,
    output: opt.Output = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit",
            metavar="SECONDS",
            min=0,
            help="Stop solving then; what is finished is shown, the rest named (exit code 124).",
        ),
    ] = None,
) -> None:
    """Find what printed figures allow; exit code 1 when some cannot be true as printed.

    Ctrl-C ends the search, not the output: what is finished is shown (or written with -o), the
    rest is "not evaluated: interrupted", and the exit code is 130.
    """
    kind = page_format(format, output, published)
    from surveykit.published import audit, load_published
    from surveykit.published.halting import OUT_OF_TIME

    paper = load_published(published)
    remark(paper.notes)
    with progress_display() as progress:
        chosen = None if scenario is None else [scenario]
        result = audit(paper, chosen, lang=lang_of(lang), progress=progress, time_limit=time_limit)
    said = audited(result, kind, lang_of(lang), published)
    clean = result.reading(scenario or "as_printed").clean
    if result.stopped is not None:
        say(result.stopped.text(lang_of(lang)))
        late = result.stopped == OUT_OF_TIME
        deliver(said, output, TIME_IS_UP if late else INTERRUPTED)
    deliver(said, output, 0 if clean else FINDINGS)


def reconstruct(
    published: opt.Published,
    codebook: Annotated[str, typer.Option("--codebook", metavar="F", help="codebook.yaml.")],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder; files of those names there are replaced, others stay.",
        ),
    ],
    scenario: opt.Scenario = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same bytes.")] = 1,
    draws: Annotated[int, typer.Option("--draws", metavar="M", help="Number of files.")] = 1,
) -> None:
    """Write SYNTHETIC responses that reproduce the printed figures of one reading."""
    from surveykit.codebook import load_codebook
    from surveykit.published import load_published, reconstruct
    from surveykit.published.reconstruct import means_left_out

    paper, book = load_published(published), load_codebook(codebook)
    with progress_display() as progress:
        paths = reconstruct(
            paper,
            book,
            folder=output,
            scenario=scenario,
            seed=seed,
            draws=draws,
            progress=progress,
        )
    for id, why in means_left_out(paths).items():
        say(f"not reproduced: {id}: {why}")
    deliver("".join(f"{path}\n" for path in paths))
