"""Printed tests as evidence: against every table of small studies, and scipy on each table."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brute import as_text
from brute import prints as share_prints
from scipy import stats

from surveykit.codebook import load_codebook
from surveykit.errors import InputError, SurveyKitError, UnknownNameError
from surveykit.published import audit, reconstruct
from surveykit.published.audit import ReadingAudit
from surveykit.published.document_tests import PrintedNumber, PrintedTest, p_window, star_window
from surveykit.published.draw import draw_table, draw_tables
from surveykit.published.evidence import EvidenceVerdict
from surveykit.published.load import parse_published
from surveykit.published.narrowed import Narrowed
from surveykit.published.printing import chi2_exact, prints, yates_exact

MODES = ("half_up", "half_even", "half_down", "either", "truncate", "ceil")
Table = tuple[tuple[int, ...], ...]


# --- nothing of the package in here -------------------------------------------------------


def shown(value: Fraction, decimals: int, mode: str) -> set[str]:
    """Return the texts that a value of at least 0 may print as; a tie in floating point: both."""
    scaled = value * 10**decimals
    low, half = math.floor(scaled), Fraction(1, 2)
    rest = scaled - low
    if mode == "truncate":
        digits = {low} | ({max(low - 1, 0)} if rest == 0 else set())
    elif mode == "ceil":
        digits = {low, low + 1} if rest == 0 else {low + 1}
    else:
        digits = {low, low + 1} if rest == half else {low + (rest > half)}
    return {as_text(d, decimals) for d in digits}


def pearson(table: Table) -> Fraction | None:
    rows = [sum(r) for r in table]
    columns = [sum(c) for c in zip(*table, strict=True)]
    n = sum(rows)
    if 0 in rows or 0 in columns:
        return None
    expected = [[Fraction(r * c, n) for c in columns] for r in rows]
    return sum(
        ((o - e) ** 2 / e for t, x in zip(table, expected, strict=True) for o, e in zip(t, x, strict=True)),
        Fraction(0),
    )  # fmt: skip


def yates(table: Table) -> Fraction | None:
    if pearson(table) is None:
        return None
    rows = [sum(r) for r in table]
    columns = [sum(c) for c in zip(*table, strict=True)]
    out = Fraction(0)
    for r, line in zip(rows, table, strict=True):
        for c, o in zip(columns, line, strict=True):
            e = Fraction(r * c, sum(rows))
            out += max(Fraction(0), abs(o - e) - Fraction(1, 2)) ** 2 / e
    return out


def all_tables(n: int, cells: int) -> Iterator[tuple[int, ...]]:
    for cuts in itertools.combinations(range(n + cells - 1), cells - 1):
        ends = (-1, *cuts, n + cells - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(ends))


def study(
    n: int, table: Table, decimals: int, mode: str, tests: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    figures = []
    for j, row in enumerate(table):
        for k, count in enumerate(row[:-1]):
            digits = min(share_prints(count, sum(row), decimals, mode))
            figures.append(
                {
                    "id": f"f{j}{k}", "percent": as_text(digits, decimals),
                    "where": {"o": f"o{k}"}, "within": {"g": f"g{j}"},
                }
            )  # fmt: skip
    return {
        "surveykit": "published/1",
        "study": {"title": "made up"},
        "rounding": mode,
        "variables": {
            "g": {"levels": [f"g{j}" for j in range(len(table))]},
            "o": {"levels": [f"o{k}" for k in range(len(table[0]))]},
        },
        "counts": [{"id": "n", "count": str(n)}],
        "figures": figures,
        "tests": tests,
        **more,
    }


def read(paper: dict[str, Any]) -> ReadingAudit:
    return audit(parse_published(json.dumps(paper)), lang="en").readings[0]


def only(reading: ReadingAudit) -> EvidenceVerdict:
    (verdict,) = reading.tests
    return verdict


def printing_figures(paper: dict[str, Any], n: int, shape: tuple[int, int]) -> list[Table]:
    mode = paper["rounding"]
    out = []
    for flat in all_tables(n, shape[0] * shape[1]):
        table = tuple(flat[j * shape[1] : (j + 1) * shape[1]] for j in range(shape[0]))
        if all(
            (base := sum(table[int(f["id"][1])])) > 0
            and int(f["percent"].replace(".", ""))
            in share_prints(table[int(f["id"][1])][int(f["id"][2])], base,
                            len(f["percent"].partition(".")[2]), mode)
            for f in paper["figures"]
        ):  # fmt: skip
            out.append(table)
    return out


def truth(rng: np.random.Generator, n: int, shape: tuple[int, int]) -> Table:
    while True:
        cells = rng.multinomial(n, rng.dirichlet(np.full(shape[0] * shape[1], 2.0)))
        table = cells.reshape(shape)
        if table.sum(axis=0).min() and table.sum(axis=1).min():
            return tuple(tuple(int(x) for x in row) for row in table)


# --- every table of small studies ---------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_narrowed_tables_are_those_that_print_the_test(seed: int) -> None:
    rng = np.random.default_rng([seed, 5])
    mode, correction = MODES[seed % 6], ("none", "yates", "either")[seed % 3]
    n, shape = int(rng.integers(14, 26)), (2, 2)
    table = truth(rng, n, shape)
    ways = {"none": [pearson], "yates": [yates], "either": [pearson, yates]}[correction]
    value = ways[seed % len(ways)](table)
    assert value is not None
    decimals = int(rng.integers(1, 4))
    text = max(shown(value, decimals, mode))
    for wrong in (False, True):
        if wrong:
            digits = int(text.replace(".", "")) + int(rng.integers(1, 40))
            text = as_text(digits, decimals)
        test = {"id": "t", "of": ["g", "o"], "chi2": text, "df": "1", "correction": correction}
        paper = study(n, table, 0, mode, [test])
        figures = printing_figures(paper, n, shape)
        good = [
            t for t in figures if any((x := way(t)) is not None and text in shown(x, decimals, mode) for way in ways)
        ]  # fmt: skip
        reading = read(paper)
        verdict = only(reading)
        assert wrong or table in good
        assert verdict.status == ("possible" if good else "impossible"), (verdict, good)
        assert verdict.tables == (len(figures), len(good))
        left = good or figures
        (group,) = reading.groups
        assert (group.number, group.exact) == (len(left), True)
        for j, figure in enumerate(reading.figures):
            bases = [sum(t[j]) for t in left]
            assert figure.base == (min(bases), max(bases))
            assert figure.count == (min(t[j][0] for t in left), max(t[j][0] for t in left))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["chi2", "yates", "g2", "fisher", "v", "odds", "ci", "risk"])
def test_the_truth_is_never_excluded(mode: str, kind: str) -> None:
    rng = np.random.default_rng([MODES.index(mode), len(kind), 9])
    for _ in range(5):
        shape = (2, 2) if kind in ("yates", "odds", "ci", "fisher", "risk") else (3, 3)
        n = int(rng.integers(30, 70))
        table = truth(rng, n, shape)
        while shape == (2, 2) and min(min(r) for r in table) == 0:
            table = truth(rng, n, shape)
        reading = read(study(n, table, 1, mode, [printed_test(kind, table, mode)]))
        assert only(reading).status == "possible", (table, only(reading))
        assert only(reading).narrows
        for j, row in enumerate(table):
            base, count = reading.figure(f"f{j}0").base, reading.figure(f"f{j}0").count
            assert base
            assert count
            assert base[0] <= sum(row) <= base[1]
            assert count[0] <= row[0] <= count[1]


def text_of(value: float, decimals: int, mode: str) -> str:
    return min(shown(Fraction(value), decimals, mode))


def printed_test(kind: str, table: Table, mode: str) -> dict[str, Any]:
    """Return what a paper would print of its true table, computed by scipy."""
    t = np.array(table)
    if kind in ("odds", "ci", "risk"):
        (a, b), (c, d) = table
        if kind == "ci":
            low, high = stats.binomtest(a, a + b).proportion_ci(method="wilson")
            ends = [text_of(100 * x, 1, mode) for x in (low, high)]
            return {"id": "t", "of": "f00", "ci": ends}
        value, se = a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        name = "odds_ratio"
        if kind == "risk":
            value, name = a * (c + d) / (c * (a + b)), "risk_ratio"
            se = math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
        ends = [text_of(value * math.exp(s * 1.96 * se), 2, mode) for s in (-1, 1)]
        return {"id": "t", "of": ["f00", "f10"], name: text_of(value, 2, mode), "ci": ends}
    if kind == "fisher":
        return {"id": "t", "of": ["g", "o"], "fisher": text_of(stats.fisher_exact(t).pvalue, 3, mode)}  # fmt: skip
    chosen = "log-likelihood" if kind == "g2" else "pearson"
    x = stats.chi2_contingency(t, correction=kind == "yates", lambda_=chosen)
    out: dict[str, Any] = {"id": "t", "of": ["g", "o"], "df": str(x.dof)}
    if kind == "v":
        return out | {"v": text_of(math.sqrt(x.statistic / t.sum() / (min(t.shape) - 1)), 3, mode)}
    p = text_of(x.pvalue, 3, mode)
    stars = "***" if x.pvalue < 0.001 else "**" if x.pvalue < 0.01 else "*" if x.pvalue < 0.05 else "ns"  # fmt: skip
    return out | {"g2" if kind == "g2" else "chi2": text_of(x.statistic, 2, mode), "p": p, "stars": stars}  # fmt: skip


def test_statistics_of_every_table_are_those_of_scipy() -> None:
    rng = np.random.default_rng(3)
    for _ in range(150):
        t = rng.integers(1, 40, (2, 2))
        (a, b), (c, d) = t.tolist()
        found = stats.chi2_contingency(t, correction=True)
        assert math.isclose(float(yates_exact(t)), found.statistic, rel_tol=1e-9, abs_tol=1e-12)
        plain = stats.chi2_contingency(t, correction=False)
        assert math.isclose(float(chi2_exact(t)), plain.statistic, rel_tol=1e-9)
        p = f"{plain.pvalue:.6f}"
        test = PrintedTest("t", ("g", "o"), "table", p=p, correction="none")
        assert prints(test, t[None], "either").all()
        low, high = stats.binomtest(a, a + b).proportion_ci(method="exact")
        ends = (f"{100 * low:.3f}", f"{100 * high:.3f}")
        share = PrintedTest("t", ("f",), "share", ci=ends, method="clopper_pearson")
        assert prints(share, np.array([[a, a + b]]), "either").all()
        assert not prints(share, np.array([[a + 1, a + b]]), "either").any()
        odds = PrintedTest("t", ("f", "h"), "pair", (("odds_ratio", f"{a * d / b / c:.4f}"),))
        assert prints(odds, t[None], "either").all()


def test_r_by_c_fisher_is_that_of_a_full_listing() -> None:
    table = ((4, 1, 0), (1, 3, 5))
    t = np.array(table)
    rows, columns = t.sum(axis=1), t.sum(axis=0)

    def weight(x: Any) -> float:
        return 1 / math.prod(math.factorial(int(v)) for v in np.ravel(x))

    fits = [
        weight([[i, j, rows[0] - i - j], columns - [i, j, rows[0] - i - j]])
        for i in range(columns[0] + 1)
        for j in range(columns[1] + 1)
        if 0 <= rows[0] - i - j <= columns[2]
    ]
    p = sum(w for w in fits if w <= weight(t) * (1 + 1e-7)) / sum(fits)
    paper = study(14, table, 1, "half_up", [{"id": "t", "of": ["g", "o"], "fisher": f"{p:.3f}"}])
    assert only(read(paper)).status == "possible"
    paper["tests"][0]["fisher"] = "0.999"
    assert only(read(paper)).status == "impossible"


def test_p_near_zero_against_closed_forms() -> None:
    """With two degrees of freedom p = exp(-x / 2), exact to 50 digits in decimal arithmetic."""
    from decimal import Decimal, getcontext

    from scipy.special import chdtrc

    getcontext().prec = 50
    for x in (Fraction(k, 7) for k in range(1, 900, 13)):
        exact = (-Decimal(x.numerator) / Decimal(2 * x.denominator)).exp()
        assert abs(Decimal(float(chdtrc(2, float(x)))) / exact - 1) < Decimal("1e-11")


# --- windows -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_windows_hold_what_prints_so(mode: str) -> None:
    for digits in range(30):
        text = as_text(digits, 1)
        window = PrintedNumber.parse(text).window(mode)
        for twentieth in range(80):
            value = Fraction(twentieth, 20)
            assert window.has(value) == (text in shown(value, 1, mode)), (text, value)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("<0.05", ["0.049", "0"], ["0.05", "0.2"]),
        ("≤ .05", ["0.05"], ["0.0501"]),
        (">0.05", ["0.0500001"], ["0.05"]),
        ("0.018", ["0.0175", "0.0185"], ["0.0174", "0.0186"]),
        (".000", ["0.0004"], ["0.00051"]),
    ],
)
def test_printed_p(text: str, inside: list[str], outside: list[str]) -> None:
    window = p_window(text)
    assert all(window.has(Fraction(x)) for x in inside)
    assert not any(window.has(Fraction(x)) for x in outside)


def test_stars_of_a_legend_of_two() -> None:
    legend = (("*", Fraction(1, 20)), ("**", Fraction(1, 100)))
    assert star_window("**", legend).has(Fraction(0))
    assert star_window("*", legend).has(Fraction(1, 100))
    assert not star_window("*", legend).has(Fraction(1, 101))
    assert star_window("ns", legend).has(Fraction(1, 20))


# --- findings ------------------------------------------------------------------------------

PAPER = study(
    200,
    ((60, 30), (40, 70)),
    0,
    "either",
    [{"id": "t", "of": ["g", "o"], "chi2": "18.18", "df": "1", "p": "<0.001", "stars": "***"}],
)


def changed(**parts: Any) -> dict[str, Any]:
    test = {"id": "t", "of": ["g", "o"], **parts}
    return {**PAPER, "tests": [test]}


def feasible() -> list[Table]:
    """Return the tables that print the figures of PAPER."""
    solved = read({**PAPER, "tests": []}).groups[0].solved
    assert solved is not None
    found = solved.project(solved.items)
    pairs = zip(found.counts.tolist(), found.bases.tolist(), strict=True)
    return [tuple((a, n - a) for a, n in zip(*pair, strict=True)) for pair in pairs]


def test_another_df_is_its_own_finding() -> None:
    verdict = only(read(changed(chi2="18.18", df="2")))
    assert verdict.status == "impossible"
    assert verdict.df == (1,)
    assert "df is printed as 2; the printed 2 × 2 table has 1" in verdict.why.en
    assert "3 × 2" in verdict.why.en


def test_benign_causes_are_tried_and_named() -> None:
    tables = feasible()
    plain = {text for t in tables if (x := pearson(t)) for text in shown(x, 3, "either")}
    yates_only = next(
        text for t in tables if (x := yates(t)) for text in shown(x, 3, "either") - plain
    )
    assert only(read(changed(chi2=yates_only, correction="yates"))).narrows
    verdict = only(read(changed(chi2=yates_only, correction="none")))
    assert "the other continuity correction" in verdict.why.en
    assert "First to consider" in verdict.why.en


def test_a_conflict_names_figures_of_which_none_can_be_spared() -> None:
    paper = {**changed(chi2="99.0")}
    paper["counts"] = [
        {"id": "n", "count": "200"}, {"id": "n0", "count": "90", "where": {"g": "g0"}},
    ]  # fmt: skip
    verdict = only(read(paper))
    assert verdict.status == "impossible"
    (conflict,) = verdict.conflicts
    assert set(conflict) <= {"f00", "f10"}
    assert conflict


def test_two_tests_that_cannot_both_be_true() -> None:
    values = sorted({v for t in feasible() if (v := pearson(t))})
    a, b = (min(shown(v, 2, "either")) for v in (values[0], values[-1]))
    tests = [{"id": x, "of": ["g", "o"], "chi2": v} for x, v in (("t1", a), ("t2", b))]
    both = read({**PAPER, "tests": tests})
    assert [t.status for t in both.tests] == ["conflict", "conflict"]
    assert both.tests[0].conflicts == (("t1", "t2"),)
    assert both.groups[0].number == len(feasible())
    assert not both.clean


def test_claims_are_judged_over_what_the_tests_leave() -> None:
    claims = [{"id": "c", "association": ["g", "o"], "test": "chi2", "alpha": "0.05"}]
    wide = read({**PAPER, "tests": [], "claims": claims}).claims[0]
    narrow = read({**PAPER, "claims": claims}).claims[0]
    assert wide.statistic
    assert narrow.statistic
    assert narrow.tables
    assert wide.tables
    assert narrow.tables < wide.tables
    assert narrow.statistic[0] >= wide.statistic[0]
    assert narrow.statistic[1] <= wide.statistic[1]


def test_scenarios_change_or_drop_a_test() -> None:
    scenarios = [
        {"id": "typing", "figures": {"t": {"chi2": "99.9"}}},
        {"id": "no_tests", "without": ["t"]},
    ]
    result = audit(parse_published(json.dumps({**PAPER, "scenarios": scenarios})))
    assert [s["tests"][0]["status"] for s in result.to_json("en")["scenarios"][:2]] == [
        "possible",
        "impossible",
    ]
    assert result.reading("no_tests").tests == ()


def test_draws_print_the_test() -> None:
    reading = read(PAPER)
    solved = reading.groups[0].solved
    assert isinstance(solved, Narrowed)
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(60):
        cells = draw_table(solved, rng).folds[("g",), None]
        rows = [cells[(f"g{j}",)].cells[("o",)] for j in range(2)]
        table = tuple((c.counts[f"f{j}0"], c.base - c.counts[f"f{j}0"]) for j, c in enumerate(rows))
        assert any("18.18" in shown(x, 2, "either") for f in (pearson, yates) if (x := f(table)))
        seen.add(table)
    assert len(seen) == reading.groups[0].number
    tables = draw_tables(solved, 5, rng)
    assert tables.bases.shape == (5, 2)


CODEBOOK = """
surveykit: codebook/1
study: {title: made up}
variables:
  g: {question: G, kind: single, choices: [{code: g0, label: g0}, {code: g1, label: g1}]}
  o: {question: O, kind: single, choices: [{code: o0, label: o0}, {code: o1, label: o1}]}
"""


def test_synthetic_files_print_the_test_or_are_refused(tmp_path: Path) -> None:
    (tmp_path / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    codebook = load_codebook(tmp_path / "codebook.yaml")
    published = parse_published(json.dumps(PAPER))
    for file in reconstruct(published, codebook, folder=tmp_path / "out", draws=2):
        frame = pd.read_csv(file)
        table = pd.crosstab(frame["g"], frame["o"]).to_numpy().tolist()
        assert any("18.18" in shown(x, 2, "either") for f in (pearson, yates) if (x := f(table)))
    values = sorted({v for t in feasible() if (v := pearson(t))})
    tests = [
        {"id": f"t{j}", "of": ["g", "o"], "chi2": min(shown(values[j], 2, "either"))}
        for j in (0, -1)
    ]
    with pytest.raises(InputError, match="would not all print the tests t0, t-1"):
        reconstruct(parse_published(json.dumps({**PAPER, "tests": tests})), codebook, folder=tmp_path)  # fmt: skip


def test_too_many_tables_are_bounded_and_not_narrowed() -> None:
    def large(chi2: str) -> EvidenceVerdict:
        table = ((300, 200), (250, 250), (260, 240), (240, 260))
        paper = study(2000, table, 0, "either", [{"id": "t", "of": ["g", "o"], "chi2": chi2}])
        paper["figures"].append({"id": "all", "where": {"o": "o0"}, "percent": "53"})
        return only(read(paper))

    possible = large("16.5")
    assert (possible.status, possible.narrows) == ("possible", False)
    assert "it narrows nothing" in possible.why.en
    impossible = large("400.1")
    assert impossible.status == "impossible"
    assert "proven" in impossible.why.en


def test_a_table_with_parts_not_printed_is_not_evaluated() -> None:
    paper = {**PAPER, "figures": PAPER["figures"][:1]}
    verdict = only(read(paper))
    assert verdict.status == "not evaluated"
    assert "g1" in verdict.why.en


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ({"chi2": 15.3}, "must be a string"),
        ({"chi2": "15,3"}, "not a printed number"),
        ({}, "says not what is printed"),
        ({"p": "5%"}, "not a printed p"),
        ({"ci": ["1", "2"]}, "`of` names two variables"),
        ({"odds_ratio": "2.3"}, "compares two figures"),
        ({"of": ["f00"], "chi2": "3.1"}, "only its interval"),
        ({"of": ["f00", "f10"], "ci": ["1.1", "3"], "method": "wilson"}, "wilson"),
        ({"of": ["f00", "f99"], "p": "0.1"}, "f99"),
        ({"stars": "****"}, "****"),
        ({"df": "0", "chi2": "1.1"}, "df must be a whole number"),
        ({"chi2": "1.1", "level": "0"}, "level must be between"),
        ({"chi2": "1.1", "chi": "1"}, "chi"),
    ],
)
def test_bad_entries_are_named(test: dict[str, Any], words: str) -> None:
    paper = {**PAPER, "tests": [{"id": "t", "of": ["g", "o"], **test}]}
    with pytest.raises((InputError, UnknownNameError, SurveyKitError)) as error:
        parse_published(json.dumps(paper))
    assert words in str(error.value)


def test_the_name_that_is_unknown_is_the_one_told() -> None:
    paper = """
surveykit: published/1
study: {title: t}
variables: {a: {levels: [y, n]}}
counts: [{id: n, count: "40"}]
figures: [{id: f, percent: "50.0", where: {a: y}}]
tests: [{id: t, of: [%s], chi2: "3.1"}]
"""
    with pytest.raises(UnknownNameError, match="unknown variable or figure 'zz'"):
        parse_published(paper % "a, zz")
    with pytest.raises(InputError, match="two variables, two figures, or one figure"):
        parse_published(paper % "a, f")
