"""Repairs of printed means: the smallest changes after which they are possible with everything else.

The order is that of :mod:`repairs`: one slip of a digit first, then the nearest other value, then
another base (people who did not answer), another reading (the SD's divisor, several items averaged,
another rounding), and last a mean set aside. Each is tried before it is told, and carries the YAML
that makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from surveykit.errors import SurveyKitError
from surveykit.published.document import Published, Scenario
from surveykit.published.document_means import PrintedMean, PrintedValue
from surveykit.published.edits import Edit, edits
from surveykit.published.means_audit import (
    Joint,
    MeanGroup,
    MeansAudit,
    Place,
    clusters,
    means_of,
)
from surveykit.published.model import Reading, read_as
from surveykit.published.repairs import Kind, Repair
from surveykit.published.rounding import ROUNDINGS, Printed
from surveykit.published.states import TooLargeError
from surveykit.published.trials import Change, merged, possible_alone, snippet
from surveykit.text import Label

__all__ = ["mend_means"]

NEAR = 60
"""How far another value is looked for, in units of the last digit."""
FEWER = 40
"""How many people fewer than the base are tried."""
ITEMS = 10
TRIALS = 400


def mend_means(
    published: Published,
    scenario: Scenario,
    reading: Reading,
    found: MeansAudit,
    solvable: Iterable[str],
) -> tuple[MeanGroup, ...]:
    """Return the groups of means with the repairs of those that are not possible."""
    case = _Case(published, scenario, reading, found, tuple(solvable))
    return tuple(
        replace(g, repairs=tuple(case.repairs(g))) if g.number == 0 else g for g in found.groups
    )


@dataclass
class _Case:
    published: Published
    scenario: Scenario
    reading: Reading
    found: MeansAudit
    solvable: tuple[str, ...]
    left: int = TRIALS
    known: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.means = {m.id: m for m in means_of(self.published, self.scenario)}
        self.status = {v.id: v.status for v in self.found.means}
        self.bad = {v.id for v in self.found.means if v.number == 0 and v.status != "possible"}
        """Impossible by themselves: mean, SD or both together."""

    def repairs(self, group: MeanGroup) -> list[Repair]:
        """Return the repairs of one group in order."""
        alone = [i for i in group.means if i in self.bad]
        conflicts = [c for c in group.conflicts if len(c) > 1]
        out: list[Repair] = []
        for id in alone:
            out += self._of_mean(id, self._beside(id), alone=True)
        hitting = [i for i in group.means if conflicts and all(i in c for c in conflicts)]
        for id in hitting:
            out += self._of_mean(id, self._beside(id), alone=False)
        members = {i for c in conflicts for i in c}
        figures = [i for i in group.figures if i in members and all(i in c for c in conflicts)]
        for id in figures:
            out += self._of_figure(id, frozenset(group.means))
        out += self._of_counts(frozenset(group.means)) if conflicts else ()
        taken = [s.id for s in self.published.scenarios]
        told = [
            r if r.scenario else replace(r, scenario=snippet(self.scenario, r.changes[0], taken))
            for r in out
        ]
        return sorted(told, key=lambda r: r.rank)

    def _beside(self, id: str) -> frozenset[str]:
        """Return the means to be possible together with one: those sound by themselves."""
        of = self.means[id].of
        return frozenset(i for i, m in self.means.items() if m.of == of and i not in self.bad) | {
            id
        }

    # --- trying -----------------------------------------------------------------------------

    def holds(self, change: Change, ids: frozenset[str], rounding: str | None = None) -> bool:
        """Whether some means are possible with their percentages once a change is made."""
        key = repr((change, sorted(ids), rounding))
        if key not in self.known:
            if self.left <= 0:
                return False
            self.left -= 1
            try:
                self.known[key] = self._holds(change, ids, rounding)
            except (SurveyKitError, TooLargeError):
                self.known[key] = False
        return self.known[key]

    def _holds(self, change: Change, ids: frozenset[str], rounding: str | None) -> bool:
        made = merged(self.scenario, change)
        reading = self.reading
        if set(change.get("figures", {})) - set(self.means) or set(change) - {"figures", "without"}:
            reading = read_as(self.published, made, self.reading.memo)
        if rounding is not None:
            reading = replace(self.reading, rounding=rounding, memo={})
        solvable = frozenset(self.solvable)
        if any(not possible_alone(reading, i) for i in reading.items if i.id in solvable):
            return False
        means = [m for m in means_of(self.published, made) if m.id in ids]
        places = [Place(m, reading, solvable) for m in means]
        if any(p.sizes is not None and not p.found.possible for p in places):
            return False
        joints = [Joint(c) for c in clusters(places)]
        return all(j.solve(frozenset(j.ids)).feasible for j in joints)

    # --- one mean ---------------------------------------------------------------------------

    def _of_mean(self, id: str, ids: frozenset[str], *, alone: bool) -> Iterator[Repair]:
        mean = self.means[id]
        for part, text in (("mean", mean.mean), ("sd", mean.sd)):
            if text is not None:
                yield from self._digits(id, part, text, ids)
        if alone or mean.n is not None:
            yield from self._fewer(mean, ids)
        yield from self._divisors(mean, ids)
        if alone and mean.items == 1:
            yield from self._items(mean, ids)
        if alone:
            yield from self._roundings(mean, ids)
        change: Change = {"without": [id]}
        if self.holds(change, ids):
            yield _repair(
                Label(f"不计 {id}，其余有解", f"without {id} the rest has a solution"),
                id, "without", change,
            )  # fmt: skip

    def _digits(self, id: str, part: str, text: str, ids: frozenset[str]) -> Iterator[Repair]:
        """The nearest single slip, and the nearest other value where it is nearer."""
        old = PrintedValue.parse(text)
        slips = _slips(text)
        slip = next((t for t in slips if self.holds(_set(id, part, t), ids)), None)
        if slip is not None:
            yield self._misprint(id, part, text, [slip], slips[slip])
        near = self._nearest(id, part, old, ids)
        if near and (slip is None or _away(near[0], text) < _away(slip, text)):
            yield self._misprint(id, part, text, near, "")

    def _nearest(self, id: str, part: str, old: PrintedValue, ids: frozenset[str]) -> list[str]:
        for step in range(1, NEAR + 1):
            both = [str(old.moved(way * step)) for way in (-1, 1)]
            fits = [
                t for t in both
                if not (part == "sd" and t.startswith("-")) and self.holds(_set(id, part, t), ids)
            ]  # fmt: skip
            if fits:
                return fits
        return []

    def _misprint(
        self, id: str, part: str, text: str, fits: Sequence[str], edit: Edit | Literal[""]
    ) -> Repair:
        what = Label("标准差", " (SD)") if part == "sd" else Label("", "")
        zh, en = "或".join(fits), " or ".join(fits)
        how = {
            "digit": Label("：错一个数字", ": one digit"),
            "swap": Label("：相邻两个数字颠倒", ": two neighbouring digits swapped"),
            "point": Label("：小数点错位", ": the decimal point"),
            "": Label("", ""),
        }[edit]
        change = [_set(id, part, t) for t in fits]
        return Repair(
            Label(
                f"{id} {what.zh}若印作 {zh}（而非 {text}{how.zh}），则有解",
                f"{id}{what.en} printed as {en} (not {text}{how.en}) would have a solution",
            ),
            (id,),
            "slip" if edit else "misprint",
            id,
            tuple(fits),
            (id,),
            _shown(_away(fits[0], text)),
            edit,
            changes=tuple(change),
        )

    def _fewer(self, mean: PrintedMean, ids: frozenset[str]) -> Iterator[Repair]:
        """A base of fewer people (or, where the paper prints it, another one)."""
        place = Place(mean, self.reading, frozenset(self.solvable))
        if place.sizes is None or len(place.sizes) != 1:
            return
        (old,) = place.sizes
        up = [old + k for k in range(1, 11)] if mean.n is not None else []
        tried = sorted([*range(max(1, old - FEWER), old), *up], key=lambda n: abs(n - old))
        for n in tried:
            change = _set(mean.id, "n", str(n))
            if self.holds(change, ids):
                zh, en = f"{mean.id} 的基数若为 {n} 人（而非 {old}），则有解", f"{mean.id} of {n} people (not {old}) would have a solution"  # fmt: skip
                kind: Kind = "count" if mean.n is not None else "missing"
                yield _repair(Label(zh, en), mean.id, kind, change, abs(n - old))
                return

    def _divisors(self, mean: PrintedMean, ids: frozenset[str]) -> Iterator[Repair]:
        if mean.sd is None or mean.divisor == "either":
            return
        other = "n" if mean.divisor == "n-1" else "n-1"
        change = _set(mean.id, "divisor", other)
        if self.holds(change, ids):
            yield _repair(
                Label(f"{mean.id} 的标准差若除以 {other}，则有解", f"the SD of {mean.id} over {other} would have a solution"),
                mean.id, "base", change,
            )  # fmt: skip

    def _items(self, mean: PrintedMean, ids: frozenset[str]) -> Iterator[Repair]:
        for k in range(2, ITEMS + 1):
            change = _set(mean.id, "items", str(k))
            if self.holds(change, ids):
                yield _repair(
                    Label(f"{mean.id} 若是 {k} 个题目的平均分，则有解", f"{mean.id} as an average over {k} items would have a solution"),
                    mean.id, "base", change, k,
                )  # fmt: skip
                return

    def _roundings(self, mean: PrintedMean, ids: frozenset[str]) -> Iterator[Repair]:
        """Another rounding of the whole file, under which all its means are possible."""
        every = frozenset(i for i in self.means if i not in self.bad) | ids
        for mode in ROUNDINGS:
            if mode not in ("either", self.reading.rounding) and self.holds({}, every, mode):
                yield Repair(
                    Label(f"若全文按 {mode} 舍入，则平均数有解", f"rounding {mode} throughout would have a solution for the means"),
                    (mean.id,), "base", mean.id, names=(mean.id,), size=ITEMS,
                    scenario=f"rounding: {mode}\n",
                )  # fmt: skip
                return

    # --- percentages and counts beside them ----------------------------------------------------

    def _of_figure(self, id: str, means: frozenset[str]) -> Iterator[Repair]:
        figure = next(f for f in self.reading.figures if f.id == id)
        if figure.percent is None or figure.printed is None:
            return
        slips = edits(figure.printed)
        slip = next((p for p in slips if self.holds(_set(id, "percent", str(p)), means)), None)
        if slip is not None:
            fits, edit = [str(slip)], slips[slip]
            yield replace(
                self._misprint(id, "percent", figure.percent, fits, edit),
                changes=(_set(id, "percent", fits[0]),),
            )

    def _of_counts(self, means: frozenset[str]) -> Iterator[Repair]:
        """A nearby number for each printed count that the means rest on."""
        names = {n for i in means for n in (self.means[i].of, *self.means[i].within)}
        for count in self.reading.counts:
            if not set(count.where) <= names:
                continue
            for step in range(1, 11):
                values = [v for v in (count.count - step, count.count + step) if v > 0]
                fits = [v for v in values if self.holds({"counts": {count.id: v}}, means)]
                if fits:
                    zh, en = "或".join(map(str, fits)), " or ".join(map(str, fits))
                    yield Repair(
                        Label(f"印出的人数 {count.id} 若为 {zh}（而非 {count.count}），则有解", f"the count {count.id} being {en} (not {count.count}) would have a solution"),
                        tuple(sorted(means)), "count", count.id, names=(count.id,), size=step,
                        changes=tuple({"counts": {count.id: v}} for v in fits),
                    )  # fmt: skip
                    break


def _set(id: str, part: str, value: str) -> dict[str, Any]:
    """Return the change of one part of a mean or a percentage, as a scenario has it."""
    made: Any = int(value) if part in ("n", "items") else value
    return {"figures": {id: {part: made}}}


def _repair(label: Label, id: str, kind: Kind, change: Change, size: int | None = None) -> Repair:
    return Repair(label, (id,), kind, id, names=(id,), size=size, changes=(change,))


def _slips(text: str) -> Mapping[str, Edit]:
    """Return the values that are one slip away, nearest first; none for what is no percentage."""
    try:
        return {str(p): kind for p, kind in edits(Printed.parse(text)).items()}
    except SurveyKitError:
        return {}


def _away(a: str, b: str) -> Fraction:
    return abs(PrintedValue.parse(a).value - PrintedValue.parse(b).value)


def _shown(value: Fraction) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
