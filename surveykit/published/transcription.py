"""Digits that cannot be read: every alternative is a reading of its own, and all are audited.

`4[17].0` stands for 41.0 and 47.0. The alternatives of the figures that share an unknown are tried
together (their product, up to a limit); those of other groups stay as they are, so that a group
without such digits is solved once. What is possible is the union over the alternatives that are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from surveykit.published.digits import alternatives, is_pattern
from surveykit.published.document import Claim, Figure, Published, Scenario
from surveykit.published.evidence import EvidenceVerdict
from surveykit.published.rounding import Printed
from surveykit.text import Label

if TYPE_CHECKING:
    from surveykit.published.audit import FigureVerdict, GroupVerdict, ReadingAudit
    from surveykit.published.verdicts import ClaimVerdict

__all__ = ["MOST_TOGETHER", "audit_alternatives", "unread"]

MOST_TOGETHER = 200
_AT_TIES = Label(
    "相邻的两种读法在恰为一半时可由同一张表印出：可行表数是上界，区间是精确的。",
    "at an exact tie one table prints two neighbouring alternatives: the number is an upper bound, "
    "ranges are exact.",
)
Digits = Mapping[str, str]
Solve = Callable[[Scenario], "ReadingAudit"]


def unread(published: Published, scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Return the figures of a reading with digits that cannot be read, and what they may be."""
    out = {}
    for figure in published.figures:
        percent = scenario.figures.get(figure.id, {}).get("percent", figure.percent)
        if percent is not None and is_pattern(percent) and figure.id not in scenario.without:
            out[figure.id] = alternatives(percent)
    return out


def with_digits(scenario: Scenario, digits: Digits) -> Scenario:
    """Return the reading in which some figures print these digits."""
    changes = {i: {**scenario.figures.get(i, {}), "percent": d} for i, d in digits.items()}
    return replace(scenario, figures={**scenario.figures, **changes})


def audit_alternatives(published: Published, scenario: Scenario, solve: Solve) -> ReadingAudit:
    """Audit a reading whose figures have digits that cannot be read; without any, `solve` it.

    Parameters
    ----------
    solve : callable
        Audits a reading all of whose digits are read.
    """
    open_ = unread(published, scenario)
    if not open_:
        return solve(scenario)
    first = {id: texts[0] for id, texts in open_.items()}
    base = solve(with_digits(scenario, first))
    merged, affected = base, dict[str, tuple[str, ...]]()
    for group in base.groups:
        ids = [i for i in group.figures if i in open_]
        if not ids:
            continue
        affected |= dict.fromkeys(group.figures, group.figures)
        number = 1
        for id in ids:
            number *= len(open_[id])
        if number > MOST_TOGETHER:
            merged = _too_many(merged, group.figures, number)
            continue
        choices = [
            dict(zip(ids, c, strict=True)) for c in itertools.product(*(open_[i] for i in ids))
        ]
        runs = [(c, solve(with_digits(scenario, {**first, **c}))) for c in choices]
        merged = _merged(merged, published.claims, group.figures, runs)
    claims = [
        _if_apart(v, c, affected, published.figures)
        for c, v in zip(published.claims, merged.claims, strict=False)
    ]
    patterns = {f.id: _pattern(f, scenario) for f in published.figures if f.id in open_}
    figures = tuple(replace(f, printed=patterns.get(f.id, f.printed)) for f in merged.figures)
    return replace(merged, figures=figures, claims=tuple(claims))


def _pattern(figure: Figure, scenario: Scenario) -> str:
    return str(scenario.figures.get(figure.id, {}).get("percent", figure.percent))


# --- one group --------------------------------------------------------------------------------


def _merged(
    whole: ReadingAudit,
    claims: Sequence[Claim],
    ids: tuple[str, ...],
    runs: Sequence[tuple[Digits, ReadingAudit]],
) -> ReadingAudit:
    """Put the union over one group's alternatives into the audit."""
    left = [(c, r) for c, r in runs if _possible(r, ids, c)]
    if left:
        figures = {id: _union([r.figure(id) for _, r in left]) for id in ids}
        groups = [_group_of(r, ids) for _, r in left]
        number = (
            None if any(g.number is None for g in groups) else sum(g.number or 0 for g in groups)
        )
        one = replace(
            groups[0], figures=ids, number=number, exact=all(g.exact for g in groups), solved=None,
            why=_joined(groups),
        )  # fmt: skip
        if len(left) > 1 and _tied([c for c, _ in left], whole.reading.rounding):
            one = replace(one, exact=False, why=_AT_TIES)
    else:  # none of them: the alternative that has the fewest figures against it
        _, nearest = min(
            runs, key=lambda run: sum(run[1].figure(i).status != "possible" for i in ids)
        )
        figures = {id: nearest.figure(id) for id in ids}
        one = replace(_group_of(nearest, ids), figures=ids)
    for id in runs[0][0]:
        alone = _alone(runs, id)
        figures[id] = replace(
            figures[id], why=_why(figures[id].why, [c[id] for c, _ in left], alone)
        )
    touched = {c.id for c in claims if _touches(c, ids, whole)}
    verdicts = tuple(
        _claim_union([next(v for v in r.claims if v.id == c.id) for _, r in left or runs])
        if c.id in touched
        else c
        for c in whole.claims
    )
    return replace(
        whole,
        figures=tuple(figures.get(f.id, f) for f in whole.figures),
        groups=tuple(one if g.figures == ids else g for g in whole.groups),
        claims=verdicts,
        tests=tuple(
            _test_union([next(v for v in r.tests if v.id == t.id) for _, r in left or runs])
            if _tests_here(t, ids, whole)
            else t
            for t in whole.tests
        ),
    )


def _possible(run: ReadingAudit, ids: Iterable[str], digits: Digits) -> bool:
    """Whether the group has a table in a run, none of the figures in question set aside."""
    group = _group_of(run, tuple(ids))
    some = group.number is None or group.number > 0
    return some and all(run.figure(i).status == "possible" for i in digits)


def _group_of(run: ReadingAudit, ids: tuple[str, ...]) -> GroupVerdict:
    return next(g for g in run.groups if ids[0] in g.figures)


def _alone(runs: Sequence[tuple[Digits, ReadingAudit]], id: str) -> list[str]:
    """Return the alternatives that are not impossible by themselves."""
    return list(
        dict.fromkeys(
            c[id] for c, r in runs if r.figure(id).status not in ("impossible", "explained")
        )
    )


def _why(why: Label, together: Sequence[str], alone: Sequence[str]) -> Label:
    good, single = (", ".join(dict.fromkeys(x)) for x in (together, alone))
    if good:
        return Label(
            f"看不清的数字：可为 {good}（单独看可为 {single}）。{why.zh}",
            f"digits that cannot be read: {good} can be true with the other figures (alone: {single}). {why.en}".rstrip(),
        )
    if single:
        return Label(
            f"看不清的数字：单独看可为 {single}，但都不能与其他数字同时成立。{why.zh}",
            f"digits that cannot be read: {single} alone, none together with the other figures. {why.en}".rstrip(),
        )
    return Label(
        f"看不清的数字：没有一种读法能成立。{why.zh}",
        f"digits that cannot be read: none of them is possible. {why.en}".rstrip(),
    )


def _joined(groups: Sequence[GroupVerdict]) -> Label:
    return next((g.why for g in groups if g.why.en), Label())


def _tied(choices: Sequence[Digits], rounding: str) -> bool:
    """Whether one table may print two of the alternatives: neighbours, at a tie of ``either``."""
    if rounding != "either":
        return False
    seen = {(id, Printed.parse(text)) for choice in choices for id, text in choice.items()}
    return any(
        p.digits % 2 == 0 and (id, Printed(p.digits + 1, p.decimals)) in seen for id, p in seen
    )


def _union(verdicts: Sequence[FigureVerdict]) -> FigureVerdict:
    """Return the smallest and largest base and count over the alternatives."""
    best = next((v for v in verdicts if v.status == "possible"), verdicts[0])
    return replace(
        best, base=_hull([v.base for v in verdicts]), count=_hull([v.count for v in verdicts]),
        solved=all(v.solved for v in verdicts),
    )  # fmt: skip


def _hull(spans: Sequence[tuple[Any, Any] | None]) -> tuple[Any, Any] | None:
    known = [s for s in spans if s is not None]
    if not known or len(known) < len(spans):
        return None
    return min(s[0] for s in known), max(s[1] for s in known)


def _too_many(whole: ReadingAudit, ids: tuple[str, ...], number: int) -> ReadingAudit:
    """Say that a group was not solved: too many alternatives together."""
    why = Label(
        f"未求解：看不清的数字合起来有 {number} 种读法，超过 {MOST_TOGETHER} 种。",
        f"not solved: the digits that cannot be read make {number} readings together, more than {MOST_TOGETHER}.",
    )
    figures = tuple(
        replace(f, status="possible", base=None, count=None, why=why, solved=False)
        if f.id in ids
        else f
        for f in whole.figures
    )
    groups = tuple(
        replace(
            g, number=None, exact=False, conflicts=(), repairs=(), why=why, solved=None
        ) if g.figures == ids else g
        for g in whole.groups
    )  # fmt: skip
    claims = tuple(
        replace(v, verdict="not evaluated", order=None, statistic=None, p=None, witnesses=(),
                break_even_deff=None, tables=None, why=why)
        if set(ids) & _named(v, whole) else v
        for v in whole.claims
    )  # fmt: skip
    tests = tuple(
        EvidenceVerdict(t.id, "not evaluated", t.of, t.printed, why=why)
        if _tests_here(t, ids, whole) else t
        for t in whole.tests
    )  # fmt: skip
    return replace(whole, figures=figures, groups=groups, claims=claims, tests=tests)


# --- printed tests ----------------------------------------------------------------------------


def _tests_here(test: EvidenceVerdict, ids: Iterable[str], whole: ReadingAudit) -> bool:
    """Whether a printed test is of figures among some."""
    figures = {f.id: f for f in whole.reading.figures}
    if set(test.of) <= set(figures):
        return bool(set(test.of) & set(ids))
    named = [figures[i] for i in ids if i in figures]
    return any({*f.where, *f.within} == set(test.of) for f in named)


def _test_union(verdicts: Sequence[EvidenceVerdict]) -> EvidenceVerdict:
    """Return the verdict on a printed test over the alternatives: possible in one is possible."""
    first = next((v for v in verdicts if v.status == "possible"), None)
    if first is None or all(v == verdicts[0] for v in verdicts):
        return first or next((v for v in verdicts if v.status == "not evaluated"), verdicts[0])
    some = [v for v in verdicts if v.status == "possible"]
    why = Label(
        f"看不清的数字的 {len(verdicts)} 种读法中，有 {len(some)} 种有可行表印成如此。",
        f"some feasible table prints it in {len(some)} of the {len(verdicts)} readings of the digits "
        "that cannot be read.",
    )
    values = {k: _hull([(v.values or {}).get(k) for v in verdicts]) for k in first.values or {}}
    known = {k: v for k, v in values.items() if v is not None}
    return replace(first, values=known, tables=None, narrows=any(v.narrows for v in some), why=why)


# --- claims -----------------------------------------------------------------------------------


def _named(verdict: ClaimVerdict, whole: ReadingAudit) -> set[str]:
    """Return the figures a claim may rest on: all where that is not known."""
    return {f.id for f in whole.figures}


def _figures_of(claim: Claim, figures: Iterable[Figure]) -> set[str]:
    """Return the figures that a claim speaks of."""
    if claim.kind != "association":
        return {i for operand in claim.operands for i in operand}
    names = {operand[0] for operand in claim.operands}
    return {f.id for f in figures if {*f.where, *f.within} & names}


def _touches(claim: Claim, ids: Iterable[str], whole: ReadingAudit) -> bool:
    return bool(_figures_of(claim, whole.reading.figures) & set(ids))


def _if_apart(
    verdict: ClaimVerdict,
    claim: Claim,
    affected: Mapping[str, tuple[str, ...]],
    figures: Iterable[Figure],
) -> ClaimVerdict:
    """Say that a claim over two groups with such digits was not evaluated."""
    groups = {affected[i] for i in _figures_of(claim, figures) if i in affected}
    if len(groups) < 2:
        return verdict
    why = Label(
        "所涉数字分属两组，且两组都有看不清的数字。",
        "the figures belong to two groups, both with digits that cannot be read.",
    )
    return replace(
        verdict, verdict="not evaluated", order=None, statistic=None, p=None,
        break_even_deff=None, tables=None, why=why, witnesses=(),
    )  # fmt: skip


def _claim_union(verdicts: Sequence[ClaimVerdict]) -> ClaimVerdict:
    """Return a claim's verdict over all alternatives: the common one, else undetermined."""
    first = verdicts[0]
    tables = [v.tables for v in verdicts]
    return replace(
        first,
        verdict=_common([v.verdict for v in verdicts]),
        order=_common([v.order for v in verdicts]),
        statistic=_hull([v.statistic for v in verdicts]),
        p=_hull([v.p for v in verdicts]),
        break_even_deff=_hull([v.break_even_deff for v in verdicts]),
        tables=None if None in tables else sum(t or 0 for t in tables),
        witnesses=_witnesses(verdicts),
    )


def _common(words: Sequence[Any]) -> Any:
    """Return the one verdict of all, "not evaluated" if one is, else "undetermined"."""
    if len(set(words)) == 1:
        return words[0]
    return "not evaluated" if {None, "not evaluated"} & set(words) else "undetermined"


def _witnesses(verdicts: Sequence[ClaimVerdict]) -> tuple[Mapping[str, tuple[int, int]], ...]:
    both = next((v.witnesses for v in verdicts if len(v.witnesses) > 1), None)
    if both is not None:
        return both
    found = [v.witnesses[0] for v in verdicts if v.witnesses]
    return tuple(found[:1]) if len({v.verdict for v in verdicts}) == 1 else ()
