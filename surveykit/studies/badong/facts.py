"""What the report of the study is written from: the figures, the audit, the comparison; its grids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from surveykit.codebook import Codebook
from surveykit.estimate import Estimates, Tests
from surveykit.published import Audit, ClaimVerdict, Published, ReadingAudit
from surveykit.published.document import Claim
from surveykit.report import Grid
from surveykit.report.audit_names import Names
from surveykit.report.audit_parts import GroupPart, ReadingPart, reading_parts
from surveykit.report.audit_words import STATUS, VERDICT
from surveykit.report.manifest import versions
from surveykit.studies.badong import analysis
from surveykit.studies.badong.comparison import PLAIN, Comparison, ComparisonRow
from surveykit.studies.badong.words import COUNTS, WORDS
from surveykit.survey import Survey
from surveykit.text import Lang

__all__ = ["Study"]

OPEN = "not evaluated"
_SHOWN = 5  # repairs of a group that the report names; audit.html has all


@dataclass(frozen=True)
class Study:
    """Everything that was read and computed, in one language.

    `inputs` maps the names of the files read to their SHA-256.
    """

    published: Published
    codebook: Codebook
    survey: Survey
    audit: Audit
    comparison: Comparison
    inputs: dict[str, str]
    lang: Lang
    source: Path

    # ------------------------------------------------------------ words and names
    def word(self, key: str) -> str:
        """Return one of the report's words."""
        return WORDS[key].text(self.lang)

    @cached_property
    def names(self) -> Names:
        """Figures and claims in words."""
        figures = {f.id: f for f in self.published.figures}
        return Names(self.published, figures, self.lang, self.codebook)

    @cached_property
    def readings(self) -> tuple[ReadingPart, ...]:
        """Every reading in words."""
        return reading_parts(self.audit, self.lang, self.codebook)

    @property
    def followed(self) -> str:
        """The reading that the SYNTHETIC responses follow."""
        return self.survey.synthetic.reading if self.survey.synthetic is not None else PLAIN

    def label(self, reading: str) -> str:
        """Return what a reading is called."""
        return next((r.label for r in self.readings if r.id == reading), reading)

    # ------------------------------------------------------------ numbers
    def facts(self) -> dict[str, Any]:
        """Return the numbers and names that the texts of the report hold."""
        clean = [r.label for r in self.readings if not sum(r.numbers)]
        compared = [r for r in self.comparison.rows if r.match]
        synthetic = self.survey.synthetic
        return {
            **{f"count_{c.id}": c.count for c in self.published.counts},
            **{f"figure_{f.id}": f.percent for f in self.published.figures},
            **dict.fromkeys(STATUS, 0),
            **Counter(r.status for r in self.comparison.rows),
            "percents": sum(f.percent is not None for f in self.published.figures),
            "counts": len(self.published.counts),
            "benign": self.word("benign" if clean else "no_benign").format(
                clean=self.word("quoted_comma").join(clean)
            ),
            "reading": self.label(self.followed),
            "matched": sum(r.match == "yes" for r in compared),
            "compared": len(compared),
            "draw": synthetic.draw if synthetic is not None else self.word(""),
            "seed": synthetic.seed if synthetic is not None else self.word(""),
            **self._orders(),
            **self._tests(),
        }

    def _verdicts(self, claim: Claim, *, order: bool) -> set[str]:
        """Return the verdicts on a claim in the readings that can judge it."""
        found = [_verdict(r, claim) for r in self.audit.readings]
        said: set[str] = {(v.order or v.verdict) if order else v.verdict for v in found}
        return said - {OPEN}

    def _claims(self) -> list[Claim]:
        """Return the claims; of two that say the same, the one that is also tested."""
        said = {(c.kind, c.operands): c for c in self.published.claims}
        tested = {(c.kind, c.operands): c for c in self.published.claims if c.test is not None}
        return list((said | tested).values())

    def _orders(self) -> dict[str, int]:
        orders = [c for c in self._claims() if c.kind != "association"]
        number = Counter(_sum_up(self._verdicts(c, order=True)) for c in orders)
        return {
            "said": len(orders),
            "orders": number["holds in all"],
            "refuted": number["holds in none"],
            "undecided": number["undetermined"],
            "open": number[OPEN],
        }

    def _tests(self) -> dict[str, int | str]:
        tests = [c for c in self.published.claims if c.test is not None]
        found = {c.id: _sum_up(self._verdicts(c, order=False)) for c in tests}
        number = Counter(found.values())
        never = [self.names.claim(c) for c in tests if found[c.id] == "holds in none"]
        return {
            "tests": len(tests),
            "always": number["holds in all"],
            "never": number["holds in none"],
            "mixed": number["undetermined"],
            "untested": number[OPEN],
            "never_names": self.word("semicolon").join(never) or self.word(""),
        }

    def tabulated(self) -> tuple[Estimates, ...]:
        """Return what the tables and figures show, from which the methods are written."""
        options: dict[str, Any] = {"draw": self.source, "lang": self.lang}
        made = (
            analysis.sample(**options),
            analysis.awareness(analysis.DEMOGRAPHICS, **options),
            analysis.participation(analysis.DEMOGRAPHICS, **options),
            analysis.improvement(**options),
        )
        return tuple(replace(e, tests=Tests()) for e in made)  # no table shows a test

    # ------------------------------------------------------------ lists
    def problems(self) -> str:
        """List the figures that are not simply possible in the plain reading, and why."""
        plain = self.readings[self.audit.readings.index(self.audit.reading(PLAIN))]
        lines = [
            self.word("problem").format(
                name=line.name,
                printed=line.printed,
                verdict=line.verdict,
                why=line.why.rstrip("。."),
            )
            for line in plain.problems
        ]
        lines += [self._together(group) for group in plain.groups if group.conflicts]
        return "\n".join(f"- {line}" for line in lines)

    def _together(self, group: GroupPart) -> str:
        """Say of one group that its figures do not fit: one conflict, the repairs."""
        stop = self.word("semicolon")
        text = self.word("together").format(
            title=group.title, k=len(group.conflicts), least=stop.join(group.conflicts[0])
        )
        if not group.repairs:
            return text
        changes = stop.join(r.text for r in group.repairs[:_SHOWN])
        more = len(group.repairs) - _SHOWN
        said = self.word("repairs").format(changes=changes)
        return f"{text}{said}{self.word('more').format(more=more) if more > 0 else ''}"

    # ------------------------------------------------------------ grids
    def comparison_grid(self) -> Grid:
        """Every printed figure beside the computed one."""
        keys = ("figure", "printed", "computed", "match", "status", "place", "id")
        rows: list[tuple[str, ...]] = []
        for key, kind in (("counts", True), ("percents", False)):
            rows.append((self.word(key),))
            rows += [
                self._compared(r) for r in self.comparison.rows if (r.status == "count") is kind
            ]
        return self._grid("caption_comparison", keys, rows, "tnnssts")

    def _compared(self, row: ComparisonRow) -> tuple[str, ...]:
        if row.status == "count":
            name, status = self._count_name(row.id), self.word("count")
        else:
            name, status = self.names.figure(row.id), STATUS[row.status].text(self.lang)
        computed = row.computed or self.word("")
        return name, row.printed, computed, self.word(row.match), status, row.place, row.id

    def _count_name(self, id: str) -> str:
        what = next(c.what for c in self.published.counts if c.id == id)
        return COUNTS[id].text(self.lang) if id in COUNTS else what or id

    def readings_grid(self) -> Grid:
        """How many percentages can be true, in each reading."""
        rows = []
        for part in self.readings:
            possible = len(part.figures) - sum(part.numbers)
            rows.append((part.label, *map(str, (possible, *part.numbers)), part.note))
        head = (
            self.word("reading"),
            *(label.text(self.lang) for label in STATUS.values()),
            self.word("meaning"),
        )
        return Grid(self.word("caption_readings"), head, tuple(rows), "snnnnt")

    def claims_grid(self) -> Grid:
        """The claims that some reading can judge: one row for each different verdict."""
        rows: list[tuple[str, ...]] = []
        for claim in self._claims():
            found = list(self._judged(claim))
            if found:
                quote = f"“{claim.quote}”" if claim.quote and self.lang == "zh" else ""
                rows += [(f"{self.names.claim(claim)}　{quote}".strip(),), *found]
        keys = ("reading", "order", "test", "p", "deff")
        return self._grid("caption_claims", keys, rows, "tssnn")

    def _judged(self, claim: Claim) -> Iterator[tuple[str, ...]]:
        """Yield the readings that say the same of a claim, and what they say."""
        said: dict[tuple[str, ...], list[str]] = {}
        for reading, part in zip(self.audit.readings, self.readings, strict=True):
            verdict = _verdict(reading, claim)
            if {verdict.verdict, verdict.order or OPEN} != {OPEN}:
                said.setdefault(self._said(claim, verdict, part), []).append(part.label)
        for words, labels in said.items():
            yield (self.word("comma").join(labels), *words)

    def _said(self, claim: Claim, verdict: ClaimVerdict, part: ReadingPart) -> tuple[str, ...]:
        none = self.word("")
        order = VERDICT[verdict.order].text(self.lang) if verdict.order else none
        if claim.test is None:
            return order, none, none, none
        line = next(t for t in part.tests if t.id == claim.id)
        return order, line.verdict, line.p or none, line.deff or none

    def open_grid(self) -> Grid:
        """The claims that no reading can judge, with the reason in the reading that is followed."""
        reading = self.audit.reading(self.followed)
        part = self.readings[self.audit.readings.index(reading)]
        why = {id: line.why for line in part.orders for id in line.ids}
        why |= {line.id: line.why for line in part.tests}
        claims = [c for c in self._claims() if not any(self._judged(c))]
        rows = [(self.names.claim(c), why.get(c.id, "")) for c in claims]
        grid = self._grid("caption_open", ("claim", "why"), rows, "tt", folded=True)
        return Grid(grid.caption.format(n=len(rows)), grid.head, grid.rows, grid.kinds, True)

    def versions_grid(self) -> Grid:
        """What the files were made with."""
        return self._grid("caption_versions", ("package", "version"), [*versions().items()], "ss")

    def inputs_grid(self) -> Grid:
        """What was read."""
        keys = ("file", "sha256")
        return self._grid("caption_inputs", keys, [*self.inputs.items()], "st", folded=True)

    def _grid(
        self,
        caption: str,
        keys: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        kinds: str,
        *,
        folded: bool = False,
    ) -> Grid:
        head = tuple(self.word(key) for key in keys)
        return Grid(self.word(caption), head, tuple(rows), kinds, folded)


def _verdict(reading: ReadingAudit, claim: Claim) -> ClaimVerdict:
    return next(v for v in reading.claims if v.id == claim.id)


def _sum_up(verdicts: set[str]) -> str:
    """Return the one verdict of all readings that can judge; several make it undetermined."""
    if len(verdicts) > 1:
        return "undetermined"
    return next(iter(verdicts), OPEN)
