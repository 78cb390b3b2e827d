"""From an audit to what its page says, in one language: the parts that text and HTML share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from surveykit.codebook import Codebook
from surveykit.published import Audit, ClaimVerdict, FigureVerdict, GroupVerdict, ReadingAudit
from surveykit.published.document import AS_PRINTED, Claim, Scenario
from surveykit.published.evidence import EvidenceVerdict
from surveykit.report.audit_names import Names
from surveykit.report.audit_repairs import RepairLine, RepairWords
from surveykit.report.audit_words import COUNTED, OPEN, STATUS, VERDICT, say
from surveykit.tables.words import TESTS
from surveykit.text import Lang, NumberFormat, clean

__all__ = [
    "ClaimLine",
    "Conflict",
    "FigureLine",
    "GroupPart",
    "ReadingPart",
    "RepairLine",
    "TestLine",
    "big",
    "fitting",
    "reading_parts",
]

_RANGE = "–"
_NUMBER = NumberFormat(thousands=",")


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure: its name in words, what is printed, the verdict, and what is left open."""

    id: str
    name: str
    printed: str
    status: str
    verdict: str
    base: str
    count: str
    why: str


@dataclass(frozen=True, slots=True)
class OpenPart:
    """Figures or printed tests about which nothing was found out, for one reason."""

    status: str
    verdict: str
    why: str
    lines: tuple[FigureLine, ...]


Conflict = tuple[str, ...]
"""A minimal conflict in words: one text for each outcome."""


@dataclass(frozen=True, slots=True)
class GroupPart:
    """Figures that share an unknown."""

    ids: tuple[str, ...]
    title: str
    tables: str
    feasible: bool
    note: str
    conflicts_lead: str
    conflicts: tuple[Conflict, ...]
    repairs: tuple[RepairLine, ...]
    all_repairs: bool = True


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """The orders of one sentence of the paper that have one verdict, for one reason."""

    ids: tuple[str, ...]
    quote: str
    texts: tuple[str, ...]
    status: str
    verdict: str
    why: str
    witnesses: tuple[str, ...] = ()

    @property
    def quoted_in(self) -> str:
        """``zh`` for a quotation with Chinese characters, else empty."""
        return "zh" if any("\u4e00" <= c <= "\u9fff" for c in self.quote) else ""


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test of the auditor's."""

    __test__ = False

    id: str
    quote: str
    text: str
    test: str
    status: str
    verdict: str
    statistic: str
    p: str
    deff: str
    why: str
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingPart:
    """One reading of the paper."""

    id: str
    label: str
    note: str
    summary: str
    together: str
    answer: tuple[str, ...]
    """The answer in three sentences: how many fit, which do not, what that means; a fourth names
    printed tests that were not evaluated."""
    numbers: tuple[int, int, int]
    """Impossible, explained, in conflict."""
    problems: tuple[FigureLine, ...]
    conflicting: tuple[FigureLine, ...]
    open: tuple[OpenPart, ...]
    groups: tuple[GroupPart, ...]
    singles: int
    figures: tuple[FigureLine, ...]
    unprinted: tuple[FigureLine, ...]
    orders: tuple[ClaimLine, ...]
    tests: tuple[TestLine, ...]
    tests_lead: str


def reading_parts(
    audit: Audit, lang: Lang, codebook: Codebook | None = None
) -> tuple[ReadingPart, ...]:
    """Return every reading of `audit` in words."""
    return tuple(_Reading(audit, r, lang, codebook).part() for r in audit.readings)


def fitting(parts: Iterable[ReadingPart], lang: Lang) -> str:
    """Say in which readings all printed figures can be true together."""
    labels = [p.label for p in parts if p.together == say("yes", lang)]
    if not labels:
        return say("fits_none", lang)
    return say("fits", lang).format(labels=say("comma", lang).join(labels))


def big(number: int, lang: Lang) -> str:
    """Return a number of tables: thousands apart, powers of ten beyond 18 digits.

    Examples
    --------
    >>> big(1591518588, "zh"), big(123 * 10**20, "en")
    ('1,591,518,588', 'about 1.2 × 10^22')
    """
    text = str(number)
    if len(text) <= 18:
        return f"{number:,}"
    about = "约 " if lang == "zh" else "about "
    return f"{about}{text[0]}.{text[1]} × 10^{len(text) - 1}"


def fewest_hitting(conflicts: Sequence[Sequence[str]]) -> int:
    """Return how many figures must be given up for every conflict to go.

    Examples
    --------
    >>> fewest_hitting([["a", "b"], ["b", "c"]]), fewest_hitting([["a"], ["b", "c"]])
    (1, 2)
    """
    members = list(dict.fromkeys(i for c in conflicts for i in c))
    for many in range(len(members) + 1):
        for pick in combinations(members, many):
            if all(any(i in pick for i in c) for c in conflicts):
                return many
    return len(members)


def _span(pair: tuple[int, int] | None) -> str:
    if pair is None:
        return ""
    low, high = pair
    return f"{low:,}" if low == high else f"{low:,}{_RANGE}{high:,}"


def _p_span(pair: tuple[float, float]) -> str:
    low, high = (_NUMBER.p(x).removeprefix("= ").replace("< ", "<") for x in pair)
    return low if low == high else f"{low}{_RANGE}{high}"


@dataclass(frozen=True)
class _Reading:
    """One reading on its way into words."""

    audit: Audit
    reading: ReadingAudit
    lang: Lang
    codebook: Codebook | None

    @property
    def names(self) -> Names:
        figures = {f.id: f for f in self.reading.reading.figures}
        return Names(self.audit.published, figures, self.lang, self.codebook)

    def part(self) -> ReadingPart:
        """Put the parts together, in the order of the page."""
        lines = {f.id: self._figure(f) for f in self.reading.figures}
        printed = [lines[f.id] for f in self.reading.figures if f.printed is not None]
        others = self._others()
        printed += others
        told = [g for g in self.reading.groups if len(self._printed(g)) > 1 or g.repairs]
        number = Counter(line.status for line in printed)
        return ReadingPart(
            id=self.reading.id,
            label=self._label(),
            note=self._note(),
            summary=self._summary([x.status for x in printed]),
            together=self._together(),
            answer=self._answer(
                [x for x in printed if x.status == "impossible"],
                [x for x in others if x.status == "conflict"],
                number,
            ),
            numbers=(number["impossible"], number["explained"], number["conflict"]),
            problems=tuple(
                x
                for x in printed
                if x.status in ("impossible", "explained")
                or (x in others and x.status == "conflict")
            ),
            conflicting=tuple(x for x in printed if x.status == "conflict" and x not in others),
            open=_open_parts(printed),
            groups=tuple(self._group(g) for g in told),
            singles=sum(len(self._printed(g)) == 1 and not g.repairs for g in self.reading.groups),
            figures=tuple(printed),
            unprinted=tuple(lines[f.id] for f in self.reading.figures if f.printed is None),
            orders=self._orders(),
            tests=self._tests(),
            tests_lead=say(
                "tests_why_printed" if self.audit.published.tests else "tests_why", self.lang
            ),
        )

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.lang).format(**values)

    def _join(self, texts: Iterable[str]) -> str:
        return say("comma", self.lang).join(texts)

    # ------------------------------------------------------------ the reading
    def _label(self) -> str:
        label = self.reading.label.text(self.lang)
        plain = {"zh": "照字面", "en": "As printed"}[self.lang]
        return clean(plain if self.reading.id == AS_PRINTED == label else label)

    def _note(self) -> str:
        """Return the reading in words: its own note, else what it changes."""
        note = self.reading.note.text(self.lang)
        if note:
            return clean(note)
        scenario = self.audit.published.scenario(self.reading.id)
        changes = list(self._changes(scenario))
        end = "。" if self.lang == "zh" else "."
        return say("stop", self.lang).join(changes) + end if changes else say("plain", self.lang)

    def _changes(self, scenario: Scenario) -> Iterable[str]:
        names = self.names
        missing = [n for n, amount in scenario.missing.items() if amount not in ("none", 0)]
        if missing:
            yield self._say("change_missing", names=names.variables(missing))
        if scenario.hidden:
            yield self._say("change_hidden", names=names.variables(scenario.hidden))
        for id, parts in scenario.figures.items():
            if "percent" in parts:
                new = names.percent(parts["percent"])
                yield self._say("change_percent", name=names.figure(id), new=new)
        yield from self._other_changes(scenario)
        for key, part in (("change_responses", "of"), ("change_base", "within")):
            ids = [i for i, parts in scenario.figures.items() if part in parts]
            if ids:
                yield self._say(key, names=self._join(map(names.figure, ids)))
        if scenario.without:
            yield self._say("change_without", names=self._join(map(names.figure, scenario.without)))

    def _other_changes(self, scenario: Scenario) -> Iterable[str]:
        """Name what a reading takes otherwise of printed means and tests."""
        published = self.audit.published
        mine = {m.id for m in published.means} | {t.id for t in published.tests}
        for id, parts in scenario.figures.items():
            if id in mine:
                digits = {**parts, **dict(parts.get("numbers", ()))}
                kept = {k: v for k, v in digits.items() if k != "numbers" and v is not None}
                new = clean(self._join(f"{k} {_shown(v)}" for k, v in kept.items()))
                yield self._say("change_printed", name=self.names.figure(id), new=new)

    def _summary(self, statuses: Sequence[str]) -> str:
        """Count figures, the paper's orders, and apart from them the auditor's tests."""
        orders = [line.status for line in self._orders() for _ in line.texts]
        counted = (
            self._counted("summary", "part", {**STATUS, **OPEN}, statuses),
            self._counted("summary_orders", "claim_part", VERDICT, orders),
            self._counted(
                "summary_tests", "claim_part", VERDICT, [t.status for t in self._tests()]
            ),
        )
        return ("" if self.lang == "zh" else " ").join(text for text in counted if text)

    def _answer(
        self, bad: Sequence[FigureLine], apart: Sequence[FigureLine], number: Counter[str]
    ) -> tuple[str, ...]:
        """Say how many figures can be true together, which cannot, and what that means."""
        label, n = self._label(), number.total() - number["not evaluated"]
        last = self._not_held()
        if self._together() == say("yes", self.lang):
            first = self._say("answer_all", label=label, n=n)
            said = say("answer_none_bad", self.lang), say("answer_means_all", self.lang)
            return (first, *said, *last)
        if self._together() == say("unknown", self.lang):
            first = self._say("answer_open", label=label, n=n)
            open_ = self._say("answer_none_bad_open", n=number["unsolved"])
            return (first, open_, say("answer_means_open", self.lang), *last)
        groups = [g for g in self.reading.groups if g.conflicts]
        most = n - len(bad) - sum(fewest_hitting(g.conflicts) for g in groups)
        told = [f"{x.name} {x.printed}" for x in bad]
        cannot = [self._say("answer_bad", names=self._join(told))] if bad else []
        if groups:
            key = "answer_conflict" if bad else "answer_conflict_only"
            inside = number["conflict"] - len(apart)
            cannot.append(self._say(key, n=inside, groups=len(groups)))
        if apart:
            told = [f"{x.name} {x.printed}" for x in apart]
            cannot.append(self._say("answer_apart", names=self._join(told)))
        if not cannot:
            cannot = [say("answer_none_bad", self.lang)]
        gap = "" if self.lang == "zh" else " "
        return (
            self._say("answer_some", label=label, n=n, most=most),
            gap.join(cannot),
            say("answer_means", self.lang),
            *last,
        )

    def _not_held(self) -> tuple[str, ...]:
        """Name the printed tests that were not evaluated."""
        ids = [t.id for t in self.reading.tests if t.status == "not evaluated"]
        names = self._join(self._say("test_of", id=clean(i)) for i in ids)
        return (self._say("answer_not_held", n=len(ids), names=names),) if ids else ()

    def _counted(self, key: str, part: str, words: Iterable[str], found: Sequence[str]) -> str:
        number = Counter(found)
        parts = [
            self._say(part, n=number[word], word=COUNTED[word].text(self.lang))
            for word in words
            if number[word]
        ]
        return self._say(key, n=len(found), parts=self._join(parts)) if parts else ""

    def _together(self) -> str:
        if not self.reading.clean:
            return say("no", self.lang)
        reading = self.reading
        solved = all(f.solved for f in reading.figures if f.printed is not None)
        solved = solved and all(m.solved for m in reading.means.means)
        return say("yes" if solved else "unknown", self.lang)

    # ------------------------------------------------------------ figures
    def _figure(self, verdict: FigureVerdict) -> FigureLine:
        conflict = verdict.status == "conflict"  # its own words name figures by their ids
        return FigureLine(
            verdict.id,
            self.names.figure(verdict.id),
            self.names.percent(verdict.printed),
            *self._word(verdict.status, solved=verdict.solved or verdict.printed is None),
            _span(verdict.base),
            _span(verdict.count),
            "" if conflict else clean(verdict.why.text(self.lang)),
        )

    def _others(self) -> list[FigureLine]:
        """Put printed means and tests into words."""
        means = [
            FigureLine(
                m.id,
                self._say("mean_of", id=clean(m.id)),
                clean(m.printed),
                *self._word(m.status, solved=m.solved),
                _span(m.base),
                "",
                clean(m.why.text(self.lang)),
            )
            for m in self.reading.means.means
        ]
        tests = [
            FigureLine(
                t.id,
                self._say("test_of", id=clean(t.id)),
                self._digits(t),
                *self._word(t.status),
                "",
                "",
                clean(t.why.text(self.lang)),
            )
            for t in self.reading.tests
        ]
        return [*means, *tests]

    def _word(self, status: str, *, solved: bool = True) -> tuple[str, str]:
        """Return the status that is told, and its word: of what was not solved, that it was not."""
        shown = status if solved or status != "possible" else "unsolved"
        return shown, {**STATUS, **OPEN}[shown].text(self.lang)

    def _printed(self, group: GroupVerdict) -> list[str]:
        printed = {f.id for f in self.reading.figures if f.printed is not None}
        return [i for i in group.figures if i in printed]

    # ------------------------------------------------------------ groups
    def _group(self, group: GroupVerdict) -> GroupPart:
        conflicts = tuple(self.names.together(c) for c in group.conflicts)
        lead = "conflicts" if group.all_conflicts else "conflicts_more"
        return GroupPart(
            ids=group.figures,
            title=self._group_title(group),
            tables=self._tables(group),
            feasible=group.number != 0,
            note=clean(group.why.text(self.lang)),
            conflicts_lead=self._say(lead, n=len(conflicts)) if conflicts else "",
            conflicts=conflicts,
            repairs=tuple(map(RepairWords(self.audit.published, self.names).line, group.repairs)),
            all_repairs=group.all_repairs,
        )

    def _group_title(self, group: GroupVerdict) -> str:
        ids = self._printed(group)
        figures = [self.names.figures[i] for i in ids]
        outcomes = dict.fromkeys(v for f in figures for v in f.where)
        by = [n for n in dict.fromkeys(v for f in figures for v in f.within) if n not in outcomes]
        shown = self.names.variables(outcomes)
        key = ("group_title_by" if by else "group_title") + ("_one" if len(ids) == 1 else "")
        return self._say(key, outcomes=shown, by=self.names.variables(by), n=len(ids))

    def _tables(self, group: GroupVerdict) -> str:
        if group.number is None:
            return say("tables_unknown", self.lang)
        if group.number == 0:
            return say("tables_none", self.lang)
        key = "tables" if group.exact else "tables_inexact"
        return self._say(key, n=big(group.number, self.lang))

    # ------------------------------------------------------------ claims
    def _claims(self) -> Iterable[tuple[Claim, ClaimVerdict]]:
        claims = {c.id: c for c in self.audit.published.claims}
        return ((claims[v.id], v) for v in self.reading.claims)

    def _orders(self) -> tuple[ClaimLine, ...]:
        """Return the orders: one line for each sentence, verdict and reason."""
        lines: dict[tuple[object, ...], ClaimLine] = {}
        for claim, verdict in self._claims():
            if claim.kind == "association":
                continue
            order = verdict.order or verdict.verdict
            why = self._why(claim, verdict, tested=False)
            shown = self._witnesses(verdict) if claim.test is None else ()
            text = self.names.claim(claim)
            sentence = (claim.quote or claim.id, order)
            same = (k for k, line in lines.items() if k[:2] == sentence and text in line.texts)
            key = next(same, (*sentence, why, shown))  # an order that a test repeats is said once
            old = lines.get(key)
            texts = dict.fromkeys((*old.texts, text) if old else (text,))
            ids = (*old.ids, claim.id) if old else (claim.id,)
            word = VERDICT[order].text(self.lang)
            why, shown = (old.why, old.witnesses) if old else (why, shown)
            lines[key] = ClaimLine(ids, claim.quote, tuple(texts), order, word, why, shown)
        return tuple(lines.values())

    def _tests(self) -> tuple[TestLine, ...]:
        return tuple(self._test(c, v) for c, v in self._claims() if c.test is not None)

    def _test(self, claim: Claim, verdict: ClaimVerdict) -> TestLine:
        name = claim.test or ""
        level = self._say("at_level", alpha=f"{float(claim.alpha):g}")
        return TestLine(
            id=claim.id,
            quote=claim.quote,
            text=self.names.claim(claim),
            test=(TESTS[name].text(self.lang) if name in TESTS else name) + level,
            status=verdict.verdict,
            verdict=VERDICT[verdict.verdict].text(self.lang),
            statistic=_NUMBER.span(*verdict.statistic, 2) if verdict.statistic else "",
            p=_p_span(verdict.p) if verdict.p else "",
            deff=_NUMBER.span(*verdict.break_even_deff, 2) if verdict.break_even_deff else "",
            why=self._why(claim, verdict, tested=True),
            witnesses=self._witnesses(verdict),
        )

    def _why(self, claim: Claim, verdict: ClaimVerdict, *, tested: bool) -> str:
        """Return the reason for a verdict, without ids; of an evaluated test it is said above."""
        shown = verdict.verdict if tested else verdict.order or verdict.verdict
        if shown != "not evaluated" and tested and verdict.printed_tests:
            return self._printed_tests(claim, verdict)
        if shown != "not evaluated":
            plain = claim.test is None and not verdict.witnesses
            return _no_stop(clean(verdict.why.text(self.lang))) if plain else ""
        reason = self._missing(claim)
        return say(reason, self.lang) if reason else _no_stop(clean(verdict.why.text(self.lang)))

    def _printed_tests(self, claim: Claim, verdict: ClaimVerdict) -> str:
        """Name what the paper prints of tests of a claim's figures."""
        tests = {t.id: t for t in self.reading.tests if t.id in verdict.printed_tests}
        names = [
            f"{self._say('test_of', id=clean(t.id))} ({self._digits(t)}; {self._word(t.status)[1]})"
            for t in tests.values()
        ]
        figures = {i for operand in claim.operands for i in operand}
        whole = any(set(t.of) != figures for t in tests.values())
        return self._say("paper_prints_whole" if whole else "paper_prints", names=self._join(names))

    def _digits(self, test: EvidenceVerdict) -> str:
        return clean(self._join(f"{k} {_shown(v)}" for k, v in (test.printed or {}).items()))

    def _missing(self, claim: Claim) -> str:
        """Return which kind of figure a claim lacks, "" if none."""
        if claim.kind == "association":
            pair = {name for (name,) in claim.operands}
            figures = self.names.figures.values()
            cross = [f for f in figures if f.percent and {*f.where, *f.within} == pair]
            return "" if cross else "no_cross_table"
        status = {f.id: f for f in self.reading.figures}
        ids = [i for operand in claim.operands for i in operand]
        means = {m.id: m.status for m in self.reading.means.means}
        if any(i in means for i in ids):
            return "aside_needed" if any(means.get(i) == "impossible" for i in ids) else ""
        if any(i not in status for i in ids):
            return "left_out"
        if any(status[i].status in ("impossible", "explained") for i in ids):
            return "aside_needed"
        return "unprinted_needed" if any(status[i].printed is None for i in ids) else ""

    def _witnesses(self, verdict: ClaimVerdict) -> tuple[str, ...]:
        if len(verdict.witnesses) != 2:
            return ()
        return tuple(
            self._say(key, cells=self._join(self._cells(witness)))
            for key, witness in zip(("witness_yes", "witness_no"), verdict.witnesses, strict=True)
        )

    def _cells(self, witness: object) -> Sequence[str]:
        assert hasattr(witness, "items")
        return [
            self._say("witness_cell", name=self._short(id), count=f"{c:,}", base=f"{n:,}")
            if id in self.names.figures
            else f"{self._short(id)} = {c:,}/{n:,}"  # a mean: sum of scores over people
            for id, (c, n) in witness.items()
        ]

    def _short(self, id: str) -> str:
        """Return a figure by its group where it has one, with the level of an outcome."""
        if id not in self.names.figures:
            return self.names.figure(id)
        figure = self.names.figures[id]
        group = self.names.group(figure)
        ((variable, levels), *rest) = figure.where.items()
        level = " + ".join(self.names.level(variable, lv) for lv in levels)
        if rest or not group:
            return self.names.figure(id)
        return self._say("within", outcome=level, group=group)


def _open_parts(lines: Iterable[FigureLine]) -> tuple[OpenPart, ...]:
    """Put what was not solved or not evaluated under its reasons."""
    found: dict[tuple[str, str, str], list[FigureLine]] = {}
    for line in lines:
        if line.status in OPEN:
            found.setdefault((line.status, line.verdict, line.why), []).append(line)
    return tuple(OpenPart(*key, tuple(same)) for key, same in found.items())


def _shown(printed: object) -> str:
    return _RANGE.join(map(str, printed)) if isinstance(printed, list | tuple) else str(printed)


def _no_stop(text: str) -> str:
    """Return `text` without the stop at its end."""
    return text.rstrip("。.")
