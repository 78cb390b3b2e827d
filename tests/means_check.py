"""One small study with means: the audit's verdicts, ranges and conflicts beside every table."""

from __future__ import annotations

import itertools
from fractions import Fraction

import brute_means
import numpy as np
from brute import TooManyError
from brute_means import Study
from tally import Tally

from surveykit.published import audit
from surveykit.published.audit import ReadingAudit
from surveykit.published.load import parse_published


def audited(study: Study) -> ReadingAudit:
    return audit(parse_published(study.yaml()), ["r"]).reading("r")


def statuses(result: ReadingAudit) -> dict[str, str]:
    out = {f.id: f.status for f in result.figures if f.printed is not None}
    return {**out, **{m.id: m.status for m in result.means.means}}


def weak(result: ReadingAudit) -> bool:
    """Whether some means were looked at by necessary conditions only."""
    words = [g.why.text("en") for g in result.means.groups]
    return any("necessary" in w or "one by one" in w or "not evaluated" in w for w in words)


def check(seed: int, most: int, tally: Tally, limit: int = 400_000) -> None:
    """Draw, audit and list a study; then the same with one misprint."""
    study = brute_means.drawn(seed, most)
    for planted in (False, True):
        if planted:
            brute_means.misprint(study, seed)
        try:
            tables = brute_means.all_tables(study, limit)
        except TooManyError:
            tally.seen["too many tables to list"] += 1
            return
        _compare(study, tables, f"seed {seed}{', misprint' if planted else ''}", tally)


def _compare(study: Study, tables: np.ndarray, where: str, tally: Tally) -> None:
    masks = brute_means.printing(study, tables)
    result = audited(study)
    found = {i for i, s in statuses(result).items() if s != "possible"}
    good = np.logical_and.reduce([masks[i] for i in study.ids])
    tally.seen["studies"] += 1
    tally.seen["weak" if weak(result) else "exact"] += 1
    if good.any():
        tally.seen["possible"] += 1
        if found:
            tally.wrong.append(f"{where}: {sorted(found)} refuted, but there is a table")
        else:
            _ranges(study, tables[good], result, where, tally)
        return
    tally.seen["impossible together"] += 1
    if found:
        tally.seen["found"] += 1
    elif weak(result):
        tally.seen["not found, by necessary conditions"] += 1
    else:
        tally.wrong.append(f"{where}: no table, not found")
    _conflicts(masks, result, where, tally)


def _ranges(study: Study, rows: np.ndarray, result: ReadingAudit, where: str, tally: Tally) -> None:
    spans = [(m.id, 0, m.base) for m in result.means.means]
    spans += [(m.id, 1, m.sum) for m in result.means.means]
    spans += [(f.id, 0, f.base) for f in result.figures if f.printed is not None]
    spans += [(f.id, 1, f.count) for f in result.figures if f.printed is not None]
    for id, k, span in spans:
        values = rows[:, brute_means.column(study, id) + k]
        true = (int(values.min()), int(values.max()))
        if span is None or span == true:
            tally.seen["range exact" if span else "range not given"] += 1
        elif not span[0] <= true[0] <= true[1] <= span[1]:
            tally.wrong.append(f"{where}: {id} {span} leaves out {true}")
        else:  # percentages of other variables are narrowed by sizes only
            mine = any(id == m.id for m in study.means)
            kind = "weak" if weak(result) else "mean" if mine else "percentage"
            tally.seen[f"range wider ({kind})"] += 1


def _conflicts(
    masks: dict[str, np.ndarray], result: ReadingAudit, where: str, tally: Tally
) -> None:
    for conflict in [c for g in result.means.groups for c in g.conflicts]:
        if np.logical_and.reduce([masks[i] for i in conflict]).any():
            tally.wrong.append(f"{where}: {conflict} has a table")
        for i in conflict if len(conflict) > 1 else ():
            rest = np.logical_and.reduce([masks[j] for j in conflict if j != i])
            if not rest.any() and not weak(result):
                tally.wrong.append(f"{where}: {conflict} is not minimal")
        tally.seen["conflicts"] += 1


def check_claims(seed: int, most: int, tally: Tally, limit: int = 100_000) -> None:
    """Judge orders and ranks of means beside every table of a study."""
    study = brute_means.drawn(seed, most)
    means = [m for m in study.means if m.mean is not None]
    if len(means) < 2:
        return
    rng = np.random.default_rng([seed, 17])
    ids = [means[j].id for j in rng.permutation(len(means))]
    for m in means if rng.random() < 0.7 else []:  # coarse digits leave orders open
        n, total, _ = study.truth[m.id]
        m.mean = brute_means.signed(min(brute_means.mean_prints(n, total, 0, study.problem.rounding)), 0)  # fmt: skip
    study.problem.claims = [
        {"id": "order", "greater": ids[:2]},
        {"id": "rising", "trend": [[i] for i in ids]},
        {"id": "first", "rank": {"id": ids[0], "rank": "1", "among": ids}},
    ]
    try:
        tables = brute_means.all_tables(study, limit)
    except TooManyError:
        return
    masks = brute_means.printing(study, tables)
    rows = tables[np.logical_and.reduce([masks[i] for i in study.ids])]
    at = [brute_means.column(study, i) for i in ids]
    result = audited(study)
    for claim in result.claims:
        holds = [_holds(claim.id, [Fraction(int(r[j + 1]), int(r[j])) for j in at]) for r in rows]
        truth = "holds in all" if all(holds) else "undetermined" if any(holds) else "holds in none"
        tally.seen[claim.verdict] += 1
        if claim.verdict == "not evaluated":
            tally.seen["not evaluated although exact"] += not weak(result)
        elif claim.verdict != truth:
            tally.wrong.append(f"seed {seed}: {claim.id} {claim.verdict}, all tables: {truth}")
        for expected, witness in zip((True, False), claim.witnesses, strict=False):
            some = np.ones(len(rows), dtype=bool)
            for id, (total, n) in witness.items():
                j = brute_means.column(study, id)
                some &= (rows[:, j] == n) & (rows[:, j + 1] == total)
            if not any(h == expected for h, s in zip(holds, some, strict=True) if s):
                tally.wrong.append(f"seed {seed}: {claim.id}: no table like {witness}")


def _holds(claim: str, values: list[Fraction]) -> bool:
    if claim == "order":
        return values[0] > values[1]
    if claim == "rising":
        return all(a < b for a, b in itertools.pairwise(values))
    return all(values[0] > v for v in values[1:])
