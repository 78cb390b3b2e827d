"""The auditor's test of a claim beside what the paper itself prints of tests of the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from surveykit.published.document import Claim
from surveykit.published.document_tests import PrintedTest
from surveykit.published.model import Item
from surveykit.published.verdicts import ClaimVerdict
from surveykit.text import Label

__all__ = ["beside_printed"]

NONE = Label("原文没有报告检验。", "the paper reports none.")


def beside_printed(
    verdict: ClaimVerdict,
    claim: Claim,
    items: Mapping[str, Item],
    tests: Sequence[PrintedTest],
) -> ClaimVerdict:
    """Name in the verdict on a tested claim what the paper prints of tests, or that it prints none."""
    if claim.test is None:
        return verdict
    same, whole = _same(claim, tests), _of_whole_table(claim, items, tests)
    if verdict.verdict == "not evaluated" and not same:
        return verdict
    more = NONE
    if same:
        shown = _named(same)
        more = Label(f"原文印出 {shown}。", f"the paper prints {shown}.")
    elif whole:
        shown = _named(whole)
        more = Label(
            f"原文未印出这项检验，但印出了整张表的 {shown}。",
            f"the paper prints no test of these figures alone, but of their whole table {shown}.",
        )
    why = Label(f"{verdict.why.zh}{more.zh}", f"{verdict.why.en} {more.en}".strip())
    return replace(verdict, why=why, printed_tests=tuple(t.id for t in same or whole))


def _same(claim: Claim, tests: Sequence[PrintedTest]) -> list[PrintedTest]:
    ids = {i for operand in claim.operands for i in operand}
    tables = claim.kind == "association"
    return [t for t in tests if set(t.of) == ids and (t.kind == "table") == tables]


def _of_whole_table(
    claim: Claim, items: Mapping[str, Item], tests: Sequence[PrintedTest]
) -> list[PrintedTest]:
    """Return the printed tests of the cross-tables that the claim's figures are cells of."""
    mine = [items[i] for operand in claim.operands for i in operand if i in items]
    tables = [{*i.by, *i.outcome} for i in mine]
    return [t for t in tests if t.kind == "table" and set(t.of) in tables]


def _named(tests: Sequence[PrintedTest]) -> str:
    """Return tests as ``t1 (chi2 15.32, df 6)``."""
    return ", ".join(f"{t.id} ({', '.join(_digits(t))})" for t in tests)


def _digits(test: PrintedTest) -> list[str]:
    return [f"{k} {'–'.join(v) if isinstance(v, list) else v}" for k, v in test.printed.items()]
