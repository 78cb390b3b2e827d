"""The auditor's test of a claim whose tables cannot be listed: a proof, two tables, or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.auditor import run_test
from surveykit.published.boxes import Box
from surveykit.published.document import Claim
from surveykit.published.model import Item
from surveykit.published.solve import Group, Tables
from surveykit.published.states import TooLargeError
from surveykit.published.unlisted import Limits, known_tables, limits_of, probe, superset
from surveykit.published.verdicts import ClaimVerdict, Verdict
from surveykit.text import Label

__all__ = ["Subject", "judge_unlisted"]

Bools = NDArray[np.bool_]
Witness = Mapping[str, tuple[int, int]]
EDGE = 1e-9
"""Limits so near the critical value decide nothing: far more than the error of its inverse."""


@dataclass(frozen=True)
class Subject:
    """What a test is of: figures, how their tables are stacked, where the order is as claimed.

    `order` is the order's own verdict (None for a claim of association), `box` the ranges around
    the tables, made when asked for.
    """

    claim: Claim
    group: Group
    items: Sequence[Item]
    stack: Callable[[Tables], NDArray[np.int64]]
    ordered: Callable[[Tables], Bools]
    box: Callable[[], Box]
    order: Verdict | None = None

    def holds(self, tables: Tables) -> tuple[Bools, Any, Any, Any]:
        """Return where the claim holds, the statistic, df and p of each table."""
        assert self.claim.test is not None
        statistic, df, p = run_test(self.claim.test, self.stack(tables))
        below = np.nan_to_num(p, nan=1.0) < float(self.claim.alpha)
        return self.ordered(tables) & below, statistic, df, p


def judge_unlisted(subject: Subject) -> ClaimVerdict:
    """Judge the auditor's test without a list of the feasible tables.

    Raises
    ------
    TooLargeError
        When nothing at all is known: no limits, and no two tables.
    """
    try:
        return _by_superset(subject, superset(subject.group, subject.items))
    except TooLargeError:
        return _by_limits(subject)


# --- every combination of groups ----------------------------------------------------------


def _by_superset(subject: Subject, tables: Tables) -> ClaimVerdict:
    from scipy.special import chdtri

    claim = subject.claim
    holds, statistic, df, p = subject.holds(tables)
    verdict, witnesses = _decided(subject, tables, holds, p)
    scale = statistic**2 if claim.test == "cochran_armitage" else statistic
    critical = chdtri(np.where(np.isnan(df) | (df < 1), 1.0, df), float(claim.alpha))
    number = len(holds)
    zh = f"可行表无法逐一列出，但都在各组各自可取的 {number:,} 种组合之内"
    en = (
        "the feasible tables cannot be listed, but all are among "
        f"{number:,} combinations of what each group can be"
    )
    return ClaimVerdict(
        claim.id, verdict, subject.order, claim.test,
        statistic=_ends(statistic), p=_ends(p), break_even_deff=_ends(scale / critical),
        why=_why(claim, verdict, zh, en), witnesses=witnesses, exact=False,
    )  # fmt: skip


def _decided(
    subject: Subject, tables: Tables, holds: Bools, p: NDArray[np.float64]
) -> tuple[Verdict, tuple[Witness, ...]]:
    """Decide by all combinations, else by known tables, else by trying the most extreme ones."""
    if holds.all():
        return "holds in all", ()
    if not holds.any():
        return "holds in none", ()
    found: list[Witness] = []
    known = known_tables(subject.group, subject.items)
    seen = subject.holds(known)[0] if len(known.counts) else np.zeros(0, dtype=np.bool_)
    never: dict[bool, Verdict] = {True: "holds in none", False: "holds in all"}
    for wanted in (True, False):
        mine = np.flatnonzero(seen == wanted)
        if len(mine):
            found.append(_witness(subject.items, known, int(mine[0])))
            continue
        order = np.argsort(np.nan_to_num(p, nan=1.0), kind="stable")
        order = order if wanted else order[::-1]
        row, none = probe(subject.group, subject.items, tables, order[holds[order] == wanted].tolist())  # fmt: skip
        if none:
            return never[wanted], ()
        if row is not None:
            found.append(_witness(subject.items, tables, row))
    return ("undetermined", tuple(found)) if len(found) == 2 else ("not evaluated", ())


# --- limits -------------------------------------------------------------------------------


def _by_limits(subject: Subject) -> ClaimVerdict:
    claim = subject.claim
    limits = limits_of(claim.test or "", subject.box())
    deff = limits.break_even(float(claim.alpha))
    verdict, witnesses = _by_ends(subject, deff)
    low, high = f"{limits.low:.6g}", f"{limits.high:.6g}"
    zh = f"可行表无法逐一列出：统计量必在 {low} 与 {high} 之间（证明；界限可能偏宽）"
    en = (
        "the feasible tables cannot be listed: the statistic is proven to lie between "
        f"{low} and {high} (limits that may be wide)"
    )
    return ClaimVerdict(
        claim.id, verdict, subject.order, claim.test,
        statistic=_shown(claim, limits), p=limits.p, break_even_deff=deff,
        why=_why(claim, verdict, zh, en), witnesses=witnesses, exact=False,
    )  # fmt: skip


def _by_ends(subject: Subject, deff: tuple[float, float]) -> tuple[Verdict, tuple[Witness, ...]]:
    if deff[1] < 1 - EDGE or subject.order == "holds in none":
        return "holds in none", ()
    if deff[0] > 1 + EDGE and subject.order in (None, "holds in all"):
        return "holds in all", ()
    known = known_tables(subject.group, subject.items)
    seen = subject.holds(known)[0] if len(known.counts) else np.zeros(0, dtype=np.bool_)
    if seen.any() and not seen.all():
        rows = int(np.flatnonzero(seen)[0]), int(np.flatnonzero(~seen)[0])
        return "undetermined", tuple(_witness(subject.items, known, r) for r in rows)
    return "not evaluated", ()


def _shown(claim: Claim, limits: Limits) -> tuple[float, float] | None:
    """Return limits of the statistic; that of Cochran and Armitage is z, whose sign is not bounded."""
    return None if claim.test == "cochran_armitage" else (limits.low, limits.high)


# --- words --------------------------------------------------------------------------------


def _why(claim: Claim, verdict: Verdict, zh: str, en: str) -> Label:
    open_ = verdict == "not evaluated"
    return Label(
        f"审计者的检验（{claim.test}），假定简单随机抽样；{zh}{'，不能决定' if open_ else ''}。",
        f"the auditor's test ({claim.test}), assuming a simple random sample; {en}"
        f"{', which does not decide' if open_ else ''};",
    )


def _ends(values: NDArray[Any]) -> tuple[float, float] | None:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else None


def _witness(items: Sequence[Item], tables: Tables, row: int) -> Witness:
    return {
        i.id: (int(tables.counts[row, j]), int(tables.bases[row, j])) for j, i in enumerate(items)
    }
