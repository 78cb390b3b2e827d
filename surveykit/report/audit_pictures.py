"""Pictures of an audit's page, each with its words for who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from surveykit.codebook import Codebook
from surveykit.errors import UsageError
from surveykit.published import Audit, ReadingAudit
from surveykit.report.audit_names import Names
from surveykit.report.audit_words import say
from surveykit.report.page import data_uri
from surveykit.text import Lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Picture", "grid_picture", "reading_pictures"]

_BREAK = re.compile(r"([\x21-\x7e])\n([\x21-\x7e])")  # a line ends between words, not characters
MOST_ROWS = 40
"""A picture with more lines than this is left out: the tables say the same."""
MOST_TICKS = 60
"""A figure with more feasible shares than this has no line among the shares: all are possible."""
MOST_PAIRS = 3
"""Claims of which the pairs of shares are drawn, and means of which the scores are."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a URI that holds it, with its title, its words and its size in pixels."""

    source: str
    title: str
    alt: str
    size: tuple[int, int]


def grid_picture(
    audit: Audit, lang: Lang, codebook: Codebook | None, labels: Mapping[str, str]
) -> Picture | None:
    """Return the claims' verdicts by readings, of claims that some reading can evaluate.

    None with one reading, no such claim or too many.
    """
    from surveykit.plots.feasible import verdicts

    claims = list(dict.fromkeys(
        c.id for r in audit.readings for c in r.claims if c.verdict != "not evaluated"
    ))  # fmt: skip
    if len(audit.readings) < 2 or not 0 < len(claims) <= MOST_ROWS:
        return None
    names = _claims(audit, audit.readings[0], lang, codebook)
    return _drawn(lambda: verdicts(audit, claims=claims, names=names, readings=labels, lang=lang))


def reading_pictures(
    audit: Audit, reading: ReadingAudit, lang: Lang, codebook: Codebook | None
) -> Iterator[Picture]:
    """Yield what is left open: bases, shares, pairs of shares, scores; and the p of the tests.

    A picture that would say nothing (everything fixed, or every share possible) is left out.
    """
    from surveykit.plots.feasible import (
        feasible_bases,
        feasible_p,
        feasible_pairs,
        feasible_scores,
        feasible_shares,
    )

    names = _names(audit, reading, lang, codebook)
    told = {f.id: names.figure(f.id) for f in reading.figures}
    claims = _claims(audit, reading, lang, codebook)
    common: dict[str, Any] = {"reading": reading.id, "lang": lang}
    open_ = _open(reading)
    if 0 < len(open_) <= MOST_ROWS:
        figures: dict[str, Any] = {"figures": open_, "names": told, **common}
        yield _drawn(lambda: feasible_bases(audit, **figures))
        yield from _if_any(lambda: feasible_shares(audit, most=MOST_TICKS, **figures))
    for id in _undecided(audit, reading)[:MOST_PAIRS]:
        pair = partial(feasible_pairs, audit, id, names={**told, **claims}, **common)
        yield from _if_any(pair)
    for id in _telling(reading)[:MOST_PAIRS]:
        told[id] = say("mean_of", lang).format(id=id)
        yield from _if_any(partial(feasible_scores, audit, id, names=told, **common))
    if 0 < sum(c.p is not None for c in reading.claims) <= MOST_ROWS:
        yield _drawn(lambda: feasible_p(audit, names=claims, **common))


def _telling(reading: ReadingAudit) -> list[str]:
    """Return the printed means with an SD whose people are known: they leave little open."""
    return [
        m.id
        for m in reading.means.means
        if m.sd is not None and 0 < len(m.ranges) <= MOST_ROWS and len(set(m.base or ())) == 1
    ]


def _open(reading: ReadingAudit) -> list[str]:
    """Return the figures whose base is not fixed."""
    return [
        f.id for f in reading.figures
        if f.printed is not None and f.base is not None and f.base[0] < f.base[1]
    ]  # fmt: skip


def _undecided(audit: Audit, reading: ReadingAudit) -> list[str]:
    """Return the claims about two figures whose order feasible tables disagree on.

    Of several about the same two figures the first.
    """
    claims = {c.id: c for c in audit.published.claims}
    two: dict[tuple[tuple[str, ...], ...], str] = {}
    for verdict in reading.claims:
        claim = claims[verdict.id]
        single = claim.kind == "greater" and all(len(o) == 1 for o in claim.operands)
        if single and (verdict.order or verdict.verdict) == "undetermined":
            two.setdefault(claim.operands, claim.id)
    return list(two.values())


def _names(audit: Audit, reading: ReadingAudit, lang: Lang, codebook: Codebook | None) -> Names:
    figures = {f.id: f for f in reading.reading.figures}
    return Names(audit.published, figures, lang, codebook)


def _claims(
    audit: Audit, reading: ReadingAudit, lang: Lang, codebook: Codebook | None
) -> dict[str, str]:
    """Return claims in words; of two with the same words the tested one says so."""
    from surveykit.tables.words import TESTS

    names = _names(audit, reading, lang, codebook)
    said: dict[str, str] = {}
    for claim in audit.published.claims:
        test = TESTS[claim.test].text(lang) if claim.test in TESTS else claim.test or ""
        text = names.claim(claim)
        said[claim.id] = f"{text} [{test}]" if text in said.values() and test else text
    return said


def _if_any(draw: Callable[[], Axes]) -> Iterator[Picture]:
    """Yield a picture, or nothing where there is nothing to draw."""
    try:
        yield _drawn(draw)
    except UsageError:
        return


def _drawn(draw: Callable[[], Axes]) -> Picture:
    from surveykit.plots.style import style

    axes = draw()
    figure: Any = axes.figure
    buffer = BytesIO()
    with style():
        figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    wide, high = figure.get_size_inches() * 100
    title = _BREAK.sub(r"\1 \2", axes.get_title(loc="left")).replace("\n", "")
    alt = str(getattr(axes, "surveykit_alt", title))
    return Picture(data_uri("image/png", buffer.getvalue()), title, alt, (round(wide), round(high)))
