"""An audit for people: as text for a terminal, and as a page of its own or a part of a report.

The order is the same in all: what this is and what the words mean; one line for each reading;
then each reading: figures that are not simply possible, groups with their conflicts and repairs,
all figures, the orders that the paper states, and apart from them the auditor's tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from surveykit.codebook import Codebook
from surveykit.published import Audit
from surveykit.report.audit_parts import (
    ClaimLine,
    FigureLine,
    GroupPart,
    ReadingPart,
    TestLine,
    fitting,
    reading_parts,
)
from surveykit.report.audit_pictures import Picture, grid_picture, reading_pictures
from surveykit.report.audit_words import (
    EXPLAINED,
    INTRO,
    OPEN,
    OPEN_MEANS,
    STATUS,
    STATUS_MEANS,
    VERDICT,
    VERDICT_MEANS,
    say,
)
from surveykit.report.build import Report
from surveykit.report.page import fill, template_text
from surveykit.report.parts import Html, Part, Text
from surveykit.text import Lang, pad, width, wrap

__all__ = ["audit_html", "audit_sections", "audit_text"]

_WIDE: Final = 92
_NAME: Final = 46  # widest name of a figure before it wraps
_SHOWN: Final = 3  # entries of a long list before it is cut or folded


def audit_html(audit: Audit, lang: Lang = "zh", *, codebook: Codebook | None = None) -> str:
    """Return the audit as one page that needs no network and no other file.

    Parameters
    ----------
    audit : Audit
    lang : {"zh", "en"}
    codebook : Codebook, optional
        Labels of the levels; variables are matched by name, levels by code.

    Examples
    --------
    >>> from surveykit.published import audit
    >>> from surveykit.published.load import parse_published
    >>> paper = parse_published('''
    ... surveykit: published/1
    ... study: {title: A survey}
    ... variables: {aware: {levels: [know, other]}}
    ... counts: [{id: all, count: "385"}]
    ... figures: [{id: a, percent: "61.5", where: {aware: know}}]
    ... ''')
    >>> page = audit_html(audit(paper), "en")
    >>> page.startswith("<!DOCTYPE html>"), "aware: know" in page
    (True, True)
    """
    heading = audit.published.heading.text(lang) or audit.published.title
    parts = reading_parts(audit, lang, codebook)
    pictures = _pictures(audit, parts, lang, codebook)
    sections = [
        _filled("intro", parts, lang),
        _filled("overview", parts, lang, pictures=pictures),
    ]
    sections += [
        _filled("reading", [part], lang, level=3, folded=part is not parts[0], pictures=pictures)
        for part in parts
    ]
    headings = [say("what", lang), say("overview", lang)]
    headings += [say("reading", lang).format(label=p.label) for p in parts]
    page: list[Part] = [Html(_style())]
    for title, html in zip(headings, sections, strict=True):
        page += [Text(title), Html(html)]
    return Report(say("title", lang), tuple(page), lang, heading).to_html()


def audit_sections(
    audit: Audit, lang: Lang = "zh", *, codebook: Codebook | None = None, level: int = 3
) -> str:
    """Return the audit as a part of a larger page, with its style; headings start at `level`.

    Examples
    --------
    >>> from surveykit.published import audit
    >>> from surveykit.published.load import parse_published
    >>> paper = parse_published('''
    ... surveykit: published/1
    ... study: {title: A survey}
    ... variables: {aware: {levels: [know, other]}}
    ... counts: [{id: all, count: "385"}]
    ... figures: [{id: a, percent: "61.7", where: {aware: know}}]
    ... ''')
    >>> "no whole number of 385 prints as 61.7 %" in audit_sections(audit(paper), "en")
    True
    """
    parts = reading_parts(audit, lang, codebook)
    pictures = _pictures(audit, parts, lang, codebook)
    pieces = [
        _style(),
        _filled("intro", parts, lang),
        _filled("overview", parts, lang, pictures=pictures),
    ]
    pieces += [
        _filled(
            "reading",
            [part],
            lang,
            level=level + 1,
            titled=True,
            folded=part is not parts[0],
            pictures=pictures,
        )
        for part in parts
    ]
    return "\n".join(pieces)


def _style() -> str:
    return f"<style>\n{template_text('audit.css')}</style>"


Pictures = Mapping[str, Sequence[Picture]]
"""Pictures by the id of their reading; those of all readings under ""."""


def _pictures(
    audit: Audit, parts: Sequence[ReadingPart], lang: Lang, codebook: Codebook | None
) -> Pictures:
    grid = grid_picture(audit, lang, codebook, {p.id: p.label for p in parts})
    out = {r.id: list(reading_pictures(audit, r, lang, codebook)) for r in audit.readings}
    return {**out, "": [] if grid is None else [grid]}


def _filled(
    name: str,
    parts: Sequence[ReadingPart],
    lang: Lang,
    *,
    level: int = 3,
    titled: bool = False,
    folded: bool = False,
    pictures: Pictures | None = None,
) -> str:
    return fill(
        f"audit_{name}.html.j2",
        parts=parts,
        level=level,
        titled=titled,
        folded=folded,
        pictures=pictures or {},
        most=_most,
        fitting=fitting(parts, lang),
        intro=[p.text(lang) for p in INTRO],
        terms=list(_terms(lang, parts)),
        verdicts=list(_verdicts(lang)),
        say=lambda key, **values: say(key, lang).format(**values),
    )


def _most(entries: Sequence[object]) -> int:
    """Return how many entries of a list are shown at once; one is never left over alone."""
    return len(entries) if len(entries) <= _SHOWN + 1 else _SHOWN


def _terms(lang: Lang, parts: Sequence[ReadingPart]) -> Iterator[tuple[str, str]]:
    """Yield the words of the page with what they mean."""
    for label in EXPLAINED:
        term, meaning = label.text(lang).split("：" if lang == "zh" else ": ", 1)
        yield term, meaning
    for key, word in STATUS.items():
        yield word.text(lang), STATUS_MEANS[key].text(lang)
    used = {line.status for part in parts for line in part.open}
    for key, word in OPEN.items():
        if key in used:
            yield word.text(lang), OPEN_MEANS[key].text(lang)


def _verdicts(lang: Lang) -> Iterator[tuple[str, str]]:
    for key, word in VERDICT.items():
        yield word.text(lang), VERDICT_MEANS[key].text(lang)


# --- text ---------------------------------------------------------------------------------


def audit_text(audit: Audit, lang: Lang = "zh", *, codebook: Codebook | None = None) -> str:
    """Return the audit as text for a terminal; of later readings what differs from the first.

    Parameters
    ----------
    audit, lang, codebook
        As in :func:`audit_html`.

    Examples
    --------
    >>> from surveykit.published import audit
    >>> from surveykit.published.load import parse_published
    >>> paper = parse_published('''
    ... surveykit: published/1
    ... study: {title: A survey}
    ... variables: {aware: {levels: [know, other]}}
    ... counts: [{id: all, count: "385"}]
    ... figures: [{id: a, percent: "61.7", where: {aware: know}}]
    ... ''')
    >>> print(*audit_text(audit(paper), "en").splitlines()[:2], sep="\\n")
    Audit of printed figures
    A survey
    """
    parts = reading_parts(audit, lang, codebook)
    heading = audit.published.heading.text(lang) or audit.published.title
    lines = [say("title", lang), *([heading] if heading else []), "═" * _WIDE]
    for label in INTRO:
        lines += wrap(label.text(lang), _WIDE)
    if audit.stopped is not None:
        lines += ["", *wrap(say("stopped", lang), _WIDE)]
    lines += ["", *_headed(say("answer", lang), _answer(parts, lang))[1:]]
    lines += ["", *_overview(parts, lang), ""]
    for number, part in enumerate(parts):
        lines += ["═" * _WIDE, *(_first if number == 0 else _later)(part, parts[0], lang)]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def _headed(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return ["", title, "─" * min(_WIDE, width(title)), *body] if body else []


def _hang(text: str, indent: int = 2, mark: str = "") -> list[str]:
    """Wrap `text` behind an indent; `mark` stands in front of the first line."""
    inner = indent + width(mark)
    first, *rest = wrap(text, _WIDE - inner)
    return [" " * indent + mark + first, *(" " * inner + line for line in rest)]


def _answer(parts: Sequence[ReadingPart], lang: Lang) -> Iterator[str]:
    """The answer of the first reading in three sentences."""
    for sentence in parts[0].answer:
        yield from _hang(sentence, 2)


def _overview(parts: Sequence[ReadingPart], lang: Lang) -> Iterator[str]:
    yield say("overview", lang)
    yield "─" * width(say("overview", lang))
    room = max(width(p.label) for p in parts) + 2
    for part in parts:
        first, *rest = wrap(part.summary, _WIDE - room - 2)
        yield "  " + pad(part.label, room) + first
        yield from (" " * (room + 2) + line for line in rest)
    if len(parts) > 1:
        yield from ("", *wrap(fitting(parts, lang), _WIDE))
    yield ""
    for term, meaning in _terms(lang, parts):
        yield from _hang(f"{term}{say('colon', lang)}{meaning}", 2)


def _first(part: ReadingPart, _: ReadingPart, lang: Lang) -> Iterator[str]:
    """Tell one reading in full."""
    yield from _title(part, lang)
    yield from _problems(part, lang)
    yield from _headed(say("open", lang), _open(part, lang))
    yield from _headed(say("groups", lang), _groups(part.groups, part.singles, lang))
    yield from _headed(say("figures", lang), _figure_table(part.figures, lang))
    title = say("unprinted", lang).format(n=len(part.unprinted))
    yield from _headed(title, _unprinted(part.unprinted, lang))
    yield from _claims(part, lang)
    yield ""


def _later(part: ReadingPart, first: ReadingPart, lang: Lang) -> Iterator[str]:
    """Tell what differs from the first reading."""
    yield from _title(part, lang)
    less = _difference(part, first)
    if not (
        less.figures or less.unprinted or less.groups or less.orders or less.tests or less.open
    ):
        yield from _hang(say("nothing_differs", lang).format(label=first.label), 0)
        yield ""
        return
    yield from _hang(say("same_as", lang).format(label=first.label, id=part.id), 0)
    yield from _problems(less, lang, always=False)
    yield from _headed(say("open", lang), _open(less, lang))
    yield from _headed(say("groups", lang), _groups(less.groups, 0, lang))
    figures = (*less.figures, *less.unprinted)
    title = say("differing_figures", lang).format(label=first.label)
    yield from _headed(title, _figure_table(figures, lang))
    yield from _claims(less, lang)
    yield ""


def _difference(part: ReadingPart, first: ReadingPart) -> ReadingPart:
    """Leave out of a reading what the first one says in the same words."""
    known = {
        *first.figures, *first.unprinted, *first.groups, *first.orders, *first.tests, *first.open
    }  # fmt: skip
    return replace(
        part,
        problems=tuple(x for x in part.problems if x not in known),
        conflicting=tuple(x for x in part.conflicting if x not in known),
        open=tuple(x for x in part.open if x not in known),
        groups=tuple(x for x in part.groups if x not in known),
        figures=tuple(x for x in part.figures if x not in known),
        unprinted=tuple(x for x in part.unprinted if x not in known),
        orders=tuple(x for x in part.orders if x not in known),
        tests=tuple(x for x in part.tests if x not in known),
    )


def _title(part: ReadingPart, lang: Lang) -> Iterator[str]:
    yield f"{say('reading', lang).format(label=part.label)}  [{part.id}]"
    yield from _hang(part.note, 0)
    yield from _hang(part.summary, 0)


def _problems(part: ReadingPart, lang: Lang, *, always: bool = True) -> list[str]:
    lines: list[str] = []
    for line in part.problems:
        lines += _hang(f"{line.name} {line.printed}{say('dash', lang)}{line.verdict}", 2, "· ")
        lines += _hang(line.why, 4)
    if part.conflicting:
        lines += _hang(say("conflict_lead", lang), 2, "· ")
        for line in part.conflicting:
            lines += _hang(f"{line.name} {line.printed}", 4, "- ")
    if not lines and always:
        whole = part.together == say("yes", lang)
        lines = _hang(say("no_problems" if whole else "no_problems_open", lang), 2)
    return _headed(say("problems", lang), lines)


def _open(part: ReadingPart, lang: Lang) -> Iterator[str]:
    """List what was not solved or not evaluated under its reasons."""
    for piece in part.open:
        yield from _hang(
            say("open_reason", lang).format(word=piece.verdict, why=piece.why), 2, "· "
        )
        most = _most(piece.lines)
        for line in piece.lines[:most]:
            yield from _hang(f"{line.name} {line.printed}", 4, "- ")
        if len(piece.lines) > most:
            yield from _hang(say("more_figures", lang).format(n=len(piece.lines) - most), 4)


def _groups(groups: Sequence[GroupPart], singles: int, lang: Lang) -> Iterator[str]:
    for group in groups:
        yield from _hang(group.title, 2, "· ")
        yield from _hang(" ".join(x for x in (group.tables, group.note) if x), 4)
        if group.conflicts:
            yield from _hang(group.conflicts_lead, 4)
            most = _most(group.conflicts)
            for number, conflict in enumerate(group.conflicts[:most], start=1):
                yield from _hang(say("stop", lang).join(conflict), 4, f"{number}. ")
            left = len(group.conflicts) - most
            if left:
                yield from _hang(say("more", lang).format(n=left), 4)
        if group.repairs:
            yield from _hang(say("repairs", lang), 4)
            most = _most(group.repairs)
            for repair in group.repairs[:most]:
                yield from _hang(repair.text, 4, "- ")
            if len(group.repairs) > most:
                yield from _hang(say("repairs_more", lang).format(n=len(group.repairs) - most), 4)
    if any(g.repairs for g in groups):
        yield from _hang(say("repairs_order", lang) + say("repairs_where", lang), 2)
    if singles and groups:
        yield from _hang(say("singles", lang).format(n=singles), 2)


def _figure_table(lines: Sequence[FigureLine], lang: Lang) -> list[str]:
    """Return the figures as aligned columns; long names wrap."""
    if not lines:
        return []
    keys = ("figure", "printed", "verdict", "base", "count")
    rows = [tuple(say(k, lang) for k in keys)]
    rows += [(x.name, x.printed, x.verdict, x.base or "?", x.count or "?") for x in lines]
    name = min(_NAME, max(width(r[0]) for r in rows))
    rooms = [max(width(r[i]) for r in rows) for i in range(1, 5)]
    out: list[str] = []
    for row in rows:
        wrapped = wrap(row[0], name)
        cells = [
            pad(cell, room, "left" if i == 1 else "right")
            for i, (cell, room) in enumerate(zip(row[1:], rooms, strict=True))
        ]
        out += [f"  {line}" for line in wrapped[:-1]]
        out.append("  " + "  ".join([pad(wrapped[-1], name), *cells]))
    open_ = any("?" in row[3:] for row in rows[1:])
    return [*out, *(_hang(say("question_mark", lang)) if open_ else [])]


def _unprinted(lines: Sequence[FigureLine], lang: Lang) -> list[str]:
    """Return the figures that are not printed; those without a range are only counted."""
    known = [x for x in lines if x.count]
    left = len(lines) - len(known)
    counted = _hang(say("no_range", lang).format(n=left)) if left else []
    return [*_figure_table(known, lang), *counted]


def _claims(part: ReadingPart, lang: Lang) -> Iterator[str]:
    orders, tests = part.orders, part.tests
    if orders:
        lead = [*_hang(say("orders_why", lang), 2)]
        body = [text for line in orders for text in _order(line, lang)]
        yield from _headed(say("orders", lang), [*lead, *body])
    if tests:
        body = [text for line in tests if _judged(line) for text in _test(line, lang)]
        body += _not_evaluated([x for x in tests if not _judged(x)], lang)
        yield from _headed(say("tests", lang), [*_hang(part.tests_lead, 2), *body])
    if orders or tests:
        yield ""
        for word, meaning in _verdicts(lang):
            yield from _hang(f"{word}{say('colon', lang)}{meaning}", 2)


def _order(line: ClaimLine, lang: Lang) -> Iterator[str]:
    reason = f"{say('dash', lang)}{line.why}" if line.why else ""
    quote = say("quote", lang).format(text=line.quote) if line.quote else ""
    yield from _hang(quote or line.texts[0], 2, "· ")
    most = _most(line.texts)
    for text in line.texts[:most] if quote else ():
        yield from _hang(text, 4)
    left = len(line.texts) - most
    if left:
        yield from _hang(say("and_more_claims", lang).format(n=left), 4)
    yield from _hang(f"{line.verdict}{reason}", 4, "→ ")
    for witness in line.witnesses:
        yield from _hang(witness, 6)


def _judged(line: TestLine) -> bool:
    return line.status != "not evaluated"


def _not_evaluated(tests: Sequence[TestLine], lang: Lang) -> Iterator[str]:
    """List the tests that could not be made under their reasons."""
    for why in dict.fromkeys(x.why for x in tests):
        same = [x for x in tests if x.why == why]
        reason = f"{say('dash', lang)}{why}" if why else ""
        yield from _hang(f"{same[0].verdict}{reason}", 2, "· ")
        for line in same:
            yield from _hang(f"{line.text}{say('stop', lang)}{line.test}", 4, "- ")


def _test(line: TestLine, lang: Lang) -> Iterator[str]:
    yield from _hang(line.text, 2, "· ")
    yield from _hang(line.test, 4)
    numbers = [
        f"{say(key, lang)} {value}"
        for key, value in (("statistic", line.statistic), ("p", line.p), ("deff", line.deff))
        if value
    ]
    said = [line.verdict, *([line.why] if line.why else []), *numbers]
    yield from _hang(say("stop", lang).join(said), 4, "→ ")
    for witness in line.witnesses:
        yield from _hang(witness, 6)
