"""The Badong cross-tables at N = 385, counted a second time with plain loops and arrays.

Nothing of the package enters the counting: percentages are compared as exact fractions, tables are
pairs (or triples) of groups that add up. The package is then asked the same of the same figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import brute
import numpy as np
import pytest

from surveykit.published import audit, load_published

PUBLISHED = Path(__file__).parents[1] / "data" / "badong" / "published.yaml"
N = 385
VILLAGE = {"aware_demonstration": "72.5", "aware_other": "54.3"}
AGE = {"aware_12_18": "41", "aware_19_35": "53.3", "aware_36_60": "70", "aware_61_70": "72"}
ZEROS = {k: v if "." in v else f"{v}.0" for k, v in AGE.items()}
EDUCATION = {  # often, occasionally
    "college": ("15.1", "37.8"), "senior": ("13.7", "37.0"),
    "junior": ("15.9", "28.0"), "primary": ("14.3", "28.6"),
}  # fmt: skip

Atom = tuple[int, ...]


@cache
def prints(count: int, base: int, text: str) -> bool:
    digits, decimals = brute.digits_of(text)
    return base > 0 and digits in brute.prints(count, base, decimals, "either")


@cache
def atoms(*texts: str) -> tuple[Atom, ...]:
    """Every (base, counts of disjoint levels) up to N that prints the percentages."""
    out = []
    for n in range(1, N + 1):
        ways = [[a for a in range(n + 1) if prints(a, n, t)] for t in texts]
        tails: list[Atom] = [()]
        for counts in ways:
            tails = [(*t, a) for t in tails for a in counts if sum(t) + a <= n]
        out += [(n, *t) for t in tails]
    return tuple(out)


def asked(ids: Iterable[str], scenario: str = "as_printed") -> dict[str, Any]:
    """The package's audit of these figures alone."""
    published = load_published(PUBLISHED)
    kept = set(ids)
    figures = tuple(f for f in published.figures if f.id in kept)
    assert {f.id for f in figures} == kept
    claims = tuple(
        c for c in published.claims
        if c.kind != "association" and all(i in kept for o in c.operands for i in o)
    )  # fmt: skip
    (chosen,) = (s for s in published.scenarios if s.id == scenario)
    changes = {k: v for k, v in chosen.figures.items() if k in kept}
    reading = replace(chosen, figures=changes)
    published = replace(published, figures=figures, claims=claims, scenarios=(reading,))
    (out,) = audit(published).to_json("en")["scenarios"]
    return out  # type: ignore[no-any-return]


def number(result: dict[str, Any]) -> int:
    (group,) = result["groups"]
    assert group["tables"]["exact"]
    return int(group["tables"]["number"])


def ranges(result: dict[str, Any]) -> dict[str, tuple[list[int], list[int]]]:
    return {f["id"]: (f["base"], f["count"]) for f in result["figures"]}


def spans(tables: Sequence[Sequence[Atom]]) -> list[tuple[list[int], list[int]]]:
    """Smallest and largest base and count of each group over tables of (base, count) groups."""
    rows = np.array(tables)
    low, high = rows.min(axis=0), rows.max(axis=0)
    return [
        ([int(a[0]), int(b[0])], [int(a[1]), int(b[1])]) for a, b in zip(low, high, strict=True)
    ]


# --- awareness -----------------------------------------------------------------------------


def by_village() -> list[tuple[Atom, Atom]]:
    demonstration, other = (atoms(p) for p in VILLAGE.values())
    return [(d, o) for d in demonstration for o in other if d[0] + o[0] == N]


def grid(percents: Iterable[str]) -> np.ndarray:
    """Number of ways to reach each (respondents, aware) with one atom of every group."""
    ways = np.zeros((N + 1, N + 1), dtype=np.int64)
    ways[0, 0] = 1
    for percent in percents:
        more = np.zeros_like(ways)
        for n, a in atoms(percent):
            more[n:, a:] += ways[: N + 1 - n, : N + 1 - a]
        ways = more
    return ways


def test_awareness_by_village() -> None:
    tables = by_village()
    assert len(tables) == 11
    result = asked(VILLAGE)
    assert number(result) == 11
    assert ranges(result) == dict(zip(VILLAGE, spans(tables), strict=True))


def test_the_village_order_and_its_test() -> None:
    """Every one of the 11 tables by scipy."""
    tests = [
        brute.chi_square([(a, n - a), (b, m - b)])
        for (n, a), (m, b) in by_village()
    ]  # fmt: skip
    (claim,) = asked(VILLAGE)["claims"]
    assert claim["tables"] == 11
    for name, values in (
        ("statistic", [t[0] for t in tests if t]), ("p", [t[2] for t in tests if t]),
        ("break_even_deff", [t[0] / 3.841458820694124 for t in tests if t]),
    ):  # fmt: skip
        assert claim[name] == pytest.approx([min(values), max(values)], rel=1e-9)
    verdicts = {t[2] < 0.05 for t in tests if t}
    expected = "undetermined" if len(verdicts) == 2 else "holds in all" if True in verdicts else "holds in none"  # fmt: skip
    assert (claim["verdict"], claim["order"]) == (expected, "holds in all")


@pytest.mark.parametrize(
    ("scenario", "percents", "expected"),
    [("as_printed", AGE, 328_449), ("trailing_zero", ZEROS, None)],
    ids=["as printed", "with the final zeros"],
)
def test_awareness_by_age(scenario: str, percents: dict[str, str], expected: int | None) -> None:
    ways = int(grid(percents.values())[N].sum())
    if expected is not None:
        assert ways == expected
    result = asked(AGE, scenario)
    assert [f["printed"] for f in result["figures"]] == list(percents.values())
    assert number(result) == ways > 0
    for j, id in enumerate(percents):
        assert ranges(result)[id] == one_group(list(percents.values()), j)


def one_group(percents: list[str], index: int) -> tuple[list[int], list[int]]:
    """Ranges of one group's base and count: the other groups take the rest."""
    rest = grid(p for j, p in enumerate(percents) if j != index).any(axis=1)
    fit = [(n, a) for n, a in atoms(percents[index]) if rest[N - n]]
    bases, counts = zip(*fit, strict=True)
    return [min(bases), max(bases)], [min(counts), max(counts)]


def test_the_orders_by_age() -> None:
    """41 and 53.3 % are below 70 and 72 % whatever the bases."""
    orders = {c["id"]: c["order"] for c in asked(AGE)["claims"]}
    assert len(orders) == 4
    assert set(orders.values()) == {"holds in all"}


def test_village_and_age_share_the_number_of_the_aware() -> None:
    totals = Counter(d[1] + o[1] for d, o in by_village())
    age = grid(AGE.values())[N]
    joint = sum(ways * int(age[total]) for total, ways in totals.items())
    assert joint == 54_739
    result = asked({**VILLAGE, **AGE})
    assert number(result) == 54_739
    kept = [(d, o) for d, o in by_village() if age[d[1] + o[1]]]
    found = ranges(result)
    assert {i: found[i] for i in VILLAGE} == dict(zip(VILLAGE, spans(kept), strict=True))


# --- participation by education ------------------------------------------------------------


def education(n: int = 4) -> list[np.ndarray]:
    """(base, often, occasionally) of each level, shape (m, 3)."""
    return [np.array(atoms(*texts)) for texts in list(EDUCATION.values())[:n]]


def sums(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    both = (a[:, None, :] + b[None, :, :]).reshape(-1, a.shape[1])
    return both[both[:, 0] <= N]


IDS = ["often", "never"] + [f"{p}_{e}" for e in EDUCATION for p in ("often", "occasionally")]


def test_participation_by_education_as_printed() -> None:
    """Everyone answered: often and never of 385 leave the occasional takers too."""
    often = [a for a in range(N + 1) if prints(a, N, "14.8")]
    never = [a for a in range(N + 1) if prints(a, N, "50.1")]
    assert (often, never) == ([57], [193])
    college, senior, junior, primary = education()
    left = set(map(tuple, sums(college, senior).tolist()))
    need = np.array([N, often[0], N - often[0] - never[0]])
    right = (need - sums(junior, primary)).tolist()
    assert sum(tuple(r) in left for r in right) == 0
    result = asked(IDS)
    assert number(result) == 0
    assert result["groups"][0]["conflicts"]


def nonresponse() -> tuple[int, int]:
    """Tables with item non-response in education and in participation: without and with the
    share of those who never take part for want of time, whose base is any part of them."""
    college, senior, junior, primary = (
        np.c_[e, e[:, 0] - e[:, 1:].sum(axis=1)] for e in education()
    )
    left, right = sums(college, senior)[:, 1:], sums(junior, primary)[:, 1:]
    never_base = Counter[int]()  # reasons known of m who never take part
    for m in range(1, N + 1):
        never_base[m] = sum(prints(a, m, "40.9") for a in range(m + 1))
    reasons = np.cumsum([never_base[m] for m in range(N + 1)])
    plain = full = 0
    for total in range(1, N + 1):
        for often in range(total + 1):
            if not prints(often, total, "14.8"):
                continue
            for never in range(total - often + 1):
                if prints(never, total, "50.1"):
                    limits = np.array([often, total - often - never, never])
                    fit = left[(left <= limits).all(axis=1)]
                    rest = right[(right <= limits).all(axis=1)]
                    ways = sum(int((rest <= limits - f).all(axis=1).sum()) for f in fit)
                    plain += ways
                    full += ways * int(reasons[never])
    return plain, full


def test_participation_by_education_with_non_response() -> None:
    plain, full = nonresponse()
    assert full == 4_875
    assert number(asked(IDS, "nonresponse")) == plain
    assert number(asked([*IDS, "no_time"], "nonresponse")) == full


def test_a_minimal_conflict_is_one() -> None:
    """Each conflict of the education table, tried by hand: no table with it, some without any one."""
    result = asked(IDS)
    conflicts = result["groups"][0]["conflicts"]
    for conflict in conflicts:
        assert number(asked(conflict)) == 0
        for left_out in conflict:
            for group in asked([i for i in conflict if i != left_out])["groups"]:
                assert group["tables"]["number"] > 0


# --- shares of everyone --------------------------------------------------------------------


def alone(text: str) -> list[int]:
    return [a for a in range(N + 1) if prints(a, N, text)]


def test_economic_situation() -> None:
    texts = {
        "economic_good": "7.5", "economic_fairly_good": "17.9", "economic_average": "62.9",
        "economic_fairly_poor": "7.0", "economic_poor": "4.7",
    }  # fmt: skip
    tables = [()]
    for text in texts.values():
        tables = [(*t, a) for t in tables for a in alone(text)]
    tables = [t for t in tables if sum(t) == N]
    result = asked(texts)
    assert number(result) == len(tables) == 1
    assert ranges(result) == {
        i: ([N, N], [a, a]) for i, a in zip(texts, tables[0], strict=True)
    }  # fmt: skip


def test_library() -> None:
    """Four levels fit; their top two as printed are no share of 385, but the sum of two shares."""
    texts = {
        "library_good": "15.8", "library_fairly_good": "19.7",
        "library_fairly_poor": "12.2", "library_poor": "9.9",
    }  # fmt: skip
    counts = [alone(t) for t in texts.values()]
    assert [len(c) for c in counts] == [1, 1, 1, 1]
    assert alone("35.5") == []
    assert Fraction("15.8") + Fraction("19.7") == Fraction("35.5")
    result = asked([*texts, "library_top2"])
    assert number(result) == 1
    found = {f["id"]: f for f in result["figures"]}
    assert {i: found[i]["count"] for i in texts} == {
        i: [c[0], c[0]] for i, c in zip(texts, counts, strict=True)
    }
    assert found["library_top2"]["status"] == "explained"


@pytest.mark.parametrize(
    ("id", "text"),
    [("effect_social", "15.5"), ("effect_development", "10.6"), ("leisure_richer", "62.8")],
)
def test_a_share_of_everyone_alone(id: str, text: str) -> None:
    (figure,) = asked([id])["figures"]
    assert figure["printed"] == text
    fits = alone(text)
    assert figure["status"] == ("possible" if fits else "impossible")
    assert figure["base"] == [N, N]
    assert figure["count"] == ([fits[0], fits[-1]] if fits else None)


def test_valid_questionnaires() -> None:
    assert prints(385, 390, "98.7")
    (figure,) = asked(["valid_rate"])["figures"]
    assert (figure["status"], figure["base"], figure["count"]) == (
        "possible",
        [390, 390],
        [385, 385],
    )


def test_interviewees() -> None:
    """Of everyone who mentioned it or not: any base up to 385."""
    tables = [(n, a) for n in range(1, N + 1) for a in range(n + 1) if prints(a, n, "59.7")]
    result = asked(["hope_kept_up"])
    assert number(result) == len(tables)
    bases, counts = zip(*tables, strict=True)
    assert ranges(result)["hope_kept_up"] == (
        [min(bases), max(bases)], [min(counts), max(counts)],
    )  # fmt: skip
