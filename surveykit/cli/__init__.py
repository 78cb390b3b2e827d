"""The command line: `reproduce`; `tab`, `mean`, `total`, `ratio`, `quantile`, `difference`, `book`;
`check`, `codebook`; `audit`, `reconstruct`, `verify`, `transcriptions`, `schema`.

Thin: each command reads, calls one function of a room, and hands text over to be written. Nothing
is written before the command has succeeded; JSON on stdout is stable, text is for people.

One rule for ``-o``: a file that is there is replaced, whole or not at all, but never the file that is
read; in a folder other files stay. `codebook` adds to the codebook that is there.

Exit codes: 0 done · 1 findings (`audit`, `check`, `verify`, `transcriptions`) · 2 bad use or unreadable
input, with one message on stderr.

`options` declares what commands take, `groups` what several take together; one module per family
of commands holds them (`tabulate`, `checks`, `audits`, `papers`, `studies`); `reading`, `sampling`,
`targets`, `writing` and `talk` hold what they share; a new command is added to `COMMANDS` in `entry`.
"""

from __future__ import annotations

from surveykit.cli.entry import app, main

__all__ = ["app", "main"]
