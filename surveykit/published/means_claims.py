"""Orders and ranks of printed means over all distributions of scores: a proof, or two witnesses.

Printed digits whose rounding intervals lie apart decide an order for any number of people. Otherwise
every (people, sum) that a mean can have beside the others is listed, and those that decide the
claim are solved for together. Tests between means are not run: two means and SDs do not fix one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from surveykit.errors import UnsupportedError
from surveykit.published.crosstable import NotEvaluatedError
from surveykit.published.document import Claim
from surveykit.published.document_means import PrintedMean, PrintedValue, mean_rivals
from surveykit.published.means_audit import Joint, MeansAudit, sound_joints
from surveykit.published.model import Reading
from surveykit.published.states import TooLargeError
from surveykit.published.verdicts import ClaimVerdict, Verdict
from surveykit.text import Label

__all__ = ["MeansCase", "judge_means"]

MOST_VALUES = 60
MOST_PAIRS = 3_000

Value = tuple[int, int]
"""People and the sum of their scores (over all items)."""

Span = tuple[Fraction, bool, Fraction, bool]
"""Smallest value, whether it is taken, largest value, whether it is taken."""


@dataclass(frozen=True)
class MeansCase:
    """The means of a reading, what was found of them, and the percentages beside them."""

    means: Sequence[PrintedMean]
    found: MeansAudit
    reading: Reading
    solvable: tuple[str, ...]

    def speaks(self, claim: Claim) -> bool:
        """Whether a claim is about means."""
        if claim.kind == "association":
            return False
        known = {m.id for m in self.means} | {m.id for m in self.found.means}
        return any(i in known for operand in claim.operands for i in operand)

    @cached_property
    def joints(self) -> list[Joint]:
        """The possible means, those of one variable together."""
        return sound_joints(self.means, self.found, self.reading, self.solvable)

    def joint(self, id: str) -> Joint:
        """Return the means that one is solved with."""
        return next(j for j in self.joints if any(p.mean.id == id for p in j.places))

    def ids(self, claim: Claim) -> list[str]:
        """Return the means of a claim in its order, the smaller of an order first."""
        ids = [operand[0] for operand in claim.operands]
        if claim.kind == "greater":
            return ids[::-1]
        if claim.kind == "largest":
            self.mean(ids[0])
            sound = {v.id for v in self.found.means if v.status == "possible"}
            ids += [i for i in mean_rivals(self.means, ids[0]) if i in sound]
        return ids

    def mean(self, id: str) -> PrintedMean:
        """Return a mean of the reading that is possible."""
        mean = next((m for m in self.means if m.id == id), None)
        if mean is None:
            raise NotEvaluatedError(
                f"本读法不含 {id}。", f"the mean {id} is not part of this reading."
            )
        status = next(v.status for v in self.found.means if v.id == id)
        if status != "possible":
            raise NotEvaluatedError(f"平均数 {id} 已搁置（{status}）。", f"the mean {id} is set aside ({status}).")  # fmt: skip
        return mean


def judge_means(claim: Claim, case: MeansCase) -> ClaimVerdict:
    """Judge an order, a trend or a rank of means over all distributions of scores."""
    try:
        ids = case.ids(claim)
        for id in ids:
            case.mean(id)
        return _Judge(claim, case, ids).verdict()
    except NotEvaluatedError as reason:
        return ClaimVerdict(claim.id, "not evaluated", "not evaluated", why=reason.why)
    except (TooLargeError, UnsupportedError) as reason:
        why = Label(f"未判定：{reason}。", f"not evaluated: {reason}.")
        return ClaimVerdict(claim.id, "not evaluated", "not evaluated", why=why)


class _Judge:
    def __init__(self, claim: Claim, case: MeansCase, ids: Sequence[str]) -> None:
        self.claim, self.case, self.ids = claim, case, list(ids)
        self.means = [case.mean(i) for i in ids]
        rank = claim.rank if claim.kind == "rank" else 1
        chain = claim.kind in ("greater", "trend")
        self.by_spans: Callable[[Sequence[Span]], Verdict | None] = (
            _chain_spans if chain else lambda spans: _rank_spans(spans, rank)
        )
        self.holds: Callable[[Sequence[Fraction]], bool] = (
            _rising if chain else lambda values: _ranked(values, rank)
        )

    def verdict(self) -> ClaimVerdict:
        """Judge by the printed digits, else by the values, else by witnesses."""
        spans = [PrintedValue.parse(m.mean or "").interval(self.case.reading.rounding) for m in self.means]  # fmt: skip
        quick = self.by_spans(spans)
        if quick is not None:
            why = Label("印出的数字本身已定次序，与人数无关。", "the printed digits settle the order, whatever the bases.")  # fmt: skip
            return ClaimVerdict(self.claim.id, quick, quick, why=why)
        values = [self._values(m) for m in self.means]
        shown = [[self._value(m, v) for v in some] for m, some in zip(self.means, values, strict=True)]  # fmt: skip
        quick = self.by_spans([(min(v), True, max(v), True) for v in shown])
        if quick is not None:
            why = Label("各平均数的取值范围不相交（证明）。", "the ranges of the means lie apart: a proof.")  # fmt: skip
            return ClaimVerdict(self.claim.id, quick, quick, why=why)
        return self._by_witnesses(values)

    def _value(self, mean: PrintedMean, value: Value) -> Fraction:
        return Fraction(value[1], value[0] * mean.items)

    def _values(self, mean: PrintedMean) -> list[Value]:
        """Return every (people, sum) that a mean can have beside all others of its variable."""
        joint = self.case.joint(mean.id)
        verdict = next(v for v in self.case.found.means if v.id == mean.id)
        if verdict.base is None:
            raise TooLargeError("the base of a mean is not printed")
        moments, scores = mean.measured(self.case.reading.rounding), mean.totals
        low, high = verdict.sum or (-(10**12), 10**12)
        out = []
        for n in range(max(1, verdict.base[0]), verdict.base[1] + 1):
            for total in moments.sums(n, scores[0], scores[-1]):
                if low <= total <= high:
                    out.append((n, total))
                if len(out) > MOST_VALUES:
                    raise TooLargeError("a mean can have too many values")
        whole = frozenset(joint.ids)
        return [v for v in out if joint.solve(whole, pins={mean.id: v}).feasible]

    def _by_witnesses(self, values: Sequence[Sequence[Value]]) -> ClaimVerdict:
        """Look for values in which the claim holds, and fails, that can be had together."""
        seen: dict[bool, Sequence[Value] | None] = {True: None, False: None}
        open_ = {True: False, False: False}
        combos = 1
        for some in values:
            combos *= len(some)
        if combos > MOST_PAIRS:
            raise TooLargeError("the means can have too many values together")
        for pick in itertools.product(*values):
            holds = self.holds([self._value(m, v) for m, v in zip(self.means, pick, strict=True)])
            if seen[holds] is None:
                together = self._together(pick)
                if together:
                    seen[holds] = pick
                open_[holds] = open_[holds] or together is None
        return self._told(seen, open_)

    def _together(self, pick: Sequence[Value]) -> bool | None:
        """Whether means can have these values together; None where that is not certain."""
        pins = dict(zip(self.ids, pick, strict=True))
        joints = list({id(j): j for j in (self.case.joint(i) for i in self.ids)}.values())
        sure = len(joints) == 1 or all(self._free(j) for j in joints)
        for joint in joints:
            mine = {i: v for i, v in pins.items() if any(p.mean.id == i for p in joint.places)}
            found = joint.solve(frozenset(joint.ids), pins=mine)
            if not found.feasible:
                return False
            sure = sure and found.exact
        return True if sure else None

    def _free(self, joint: Joint) -> bool:
        """Whether means share nothing with those of other variables: all sizes are known."""
        reading = joint.reading
        return not joint.figures and all(
            p.mean.n is not None
            or (reading.size(p.by, p.level) is not None and reading.answered_by_all((p.mean.of,)))
            for p in joint.places
        )

    def _told(
        self, seen: Mapping[bool, Sequence[Value] | None], open_: Mapping[bool, bool]
    ) -> ClaimVerdict:
        id = self.claim.id
        possible = {k: seen[k] is not None or open_[k] for k in (True, False)}
        if not possible[False] or not possible[True]:
            verdict: Verdict = "holds in all" if possible[True] else "holds in none"
            why = Label("凡与印出数字相容的得分分布结论一致（证明）。", "all distributions of scores that print the figures agree: a proof.")  # fmt: skip
            return ClaimVerdict(id, verdict, verdict, why=why)
        yes, no = seen[True], seen[False]
        if yes is None or no is None:
            why = Label("只能用必要条件求解，无法断定。", "only necessary conditions could be solved: nothing is proven.")  # fmt: skip
            return ClaimVerdict(id, "not evaluated", "not evaluated", why=why)
        why = Label("有的得分分布成立，有的不成立（各举一例：总分与人数）。", "holds in some distributions of scores and fails in others (one of each is given: sum and people).")  # fmt: skip
        return ClaimVerdict(
            id, "undetermined", "undetermined", why=why, witnesses=(self._witness(yes), self._witness(no))
        )  # fmt: skip

    def _witness(self, pick: Iterable[Value]) -> dict[str, tuple[int, int]]:
        return {i: (total, n) for i, (n, total) in zip(self.ids, pick, strict=True)}


def _below(low: Span, high: Span) -> bool:
    """Whether every value of one is below every value of another."""
    return low[2] < high[0] or (low[2] == high[0] and not (low[3] and high[1]))


def _not_below(low: Span, high: Span) -> bool:
    """Whether no value of one is below any value of another."""
    return low[0] >= high[2]


def _chain_spans(spans: Sequence[Span]) -> Verdict | None:
    pairs = list(itertools.pairwise(spans))
    if all(_below(a, b) for a, b in pairs):
        return "holds in all"
    return "holds in none" if any(_not_below(a, b) for a, b in pairs) else None


def _rank_spans(spans: Sequence[Span], rank: int) -> Verdict | None:
    mine, others = spans[0], spans[1:]
    above = sum(_below(mine, o) for o in others)
    below = sum(_below(o, mine) for o in others)
    if above + below == len(others):
        return "holds in all" if above == rank - 1 else "holds in none"
    return "holds in none" if above > rank - 1 or len(others) - below < rank - 1 else None


def _rising(values: Sequence[Fraction]) -> bool:
    return all(a < b for a, b in itertools.pairwise(values))


def _ranked(values: Sequence[Fraction], rank: int) -> bool:
    mine, others = values[0], values[1:]
    return mine not in others and sum(o > mine for o in others) == rank - 1
