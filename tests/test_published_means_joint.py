"""Means linked with everything else: beside every table of small studies, and by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from means_check import check, check_claims
from tally import Tally

from surveykit.errors import SurveyKitError
from surveykit.published import audit
from surveykit.published.audit import ReadingAudit
from surveykit.published.comparing import Comparison
from surveykit.published.load import parse_published
from surveykit.published.verdicts import ClaimVerdict
from surveykit.published.verify import verify
from surveykit.survey import Survey

HEAD = """
surveykit: published/1
study: {title: A survey}
variables:
  score: {levels: ["1", "2", "3", "4", "5"]}
  village: {levels: [demo, other]}
"""


def reading(text: str, scenario: str = "as_printed") -> ReadingAudit:
    return audit(parse_published(HEAD + text), [scenario]).reading(scenario)


def status(result: ReadingAudit) -> dict[str, str]:
    out = {f.id: f.status for f in result.figures if f.printed is not None}
    return {**out, **{m.id: m.status for m in result.means.means}}


@pytest.mark.parametrize("block", range(4))
def test_verdicts_ranges_and_conflicts_are_those_of_all_tables(block: int) -> None:
    tally = Tally()
    for seed in range(6 * block, 6 * block + 6):
        check(seed, 5, tally, 15_000)
    assert tally.wrong == []
    assert tally.seen["studies"] >= 8
    assert tally.seen["found"] == tally.seen["impossible together"] >= 1
    assert tally.seen["range wider (mean)"] == 0


def test_top_box_and_mean_of_one_scale() -> None:
    # 8 of 10 at 4 or 5, and the others at 1 or more: at least 34 / 10 … at most 46 / 10
    text = """
counts: [{{id: all, count: "10"}}]
figures: [{{id: top, percent: "80", where: {{score: ["4", "5"]}}}}]
means: [{{id: m, mean: "{mean}", of: score}}]
"""
    possible = [
        m / 10 for m in (10, 33, 34, 40, 46, 47)
        if status(reading(text.format(mean=m / 10))) == {"m": "possible", "top": "possible"}
    ]  # fmt: skip
    assert possible == [3.4, 4.0, 4.6]
    found = reading(text.format(mean="3.3"))
    assert found.means.groups[0].conflicts == (("m", "top"),)


def test_means_of_groups_say_how_many_people_they_have() -> None:
    text = """
counts: [{id: all, count: "100"}]
means:
  - {id: a, mean: "2.00", of: score, within: {village: demo}}
  - {id: b, mean: "4.00", of: score, within: {village: other}}
  - {id: everyone, mean: "3.10", of: score}
"""
    found = reading(text)
    assert {m.id: m.base for m in found.means.means} == {
        "a": (45, 45), "b": (55, 55), "everyone": (100, 100),
    }  # fmt: skip
    size = 'figures: [{id: demo, percent: "46.0", where: {village: demo}}]'
    wrong = reading(text + size)
    assert status(wrong) == dict.fromkeys(["demo", "a", "b", "everyone"], "conflict")
    (group,) = wrong.means.groups
    assert set(group.conflicts[0]) == {"demo", "a", "b", "everyone"}
    assert status(reading(text + size.replace("46.0", "45.0"))) == dict.fromkeys(
        ["demo", "a", "b", "everyone"], "possible"
    )


def test_mean_of_everyone_lies_between_those_of_the_groups() -> None:
    text = """
counts: [{{id: all, count: "40"}}]
means:
  - {{id: a, mean: "2.00", of: score, within: {{village: demo}}}}
  - {{id: b, mean: "4.00", of: score, within: {{village: other}}}}
  - {{id: everyone, mean: "{mean}", of: score}}
"""
    assert set(status(reading(text.format(mean="1.95"))).values()) == {"conflict"}
    assert set(status(reading(text.format(mean="3.00"))).values()) == {"possible"}


def test_percentages_of_something_else_by_the_same_groups_bound_the_sizes() -> None:
    # 61.5 of the demo group and 63.5 of the others know, 62.8 of all: 130 and 255 of 385
    text = """
counts: [{id: all, count: "385"}]
figures:
  - {id: k1, percent: "61.5", where: {aware: know}, within: {village: demo}}
  - {id: k2, percent: "63.5", where: {aware: know}, within: {village: other}}
  - {id: k, percent: "62.9", where: {aware: know}}
  - {id: size, percent: "33.8", where: {village: demo}}
means:
  - {id: a, mean: "3.00", of: score, within: {village: demo}}
  - {id: b, mean: "4.00", of: score, within: {village: other}}
  - {id: everyone, mean: "MEAN", of: score}
"""
    head = HEAD + "  aware: {levels: [know, other]}\n"

    def found(mean: str) -> ReadingAudit:
        paper = parse_published(head + text.replace("MEAN", mean))
        return audit(paper, ["as_printed"]).reading("as_printed")

    assert set(status(found("3.66")).values()) == {"possible"}  # (3 · 130 + 4 · 255) / 385 = 3.662
    wrong = found("3.70")
    assert status(wrong)["everyone"] == "conflict"
    assert all("everyone" in c for c in wrong.means.groups[0].conflicts)


def test_scenarios_change_a_mean_its_base_or_leave_it_out() -> None:
    text = """
counts: [{id: all, count: "28"}]
means: [{id: m, mean: "5.19", of: scale, range: [1, 7]}, {id: o, mean: "3.50", of: score}]
scenarios:
  - {id: digits, figures: {m: {mean: "5.18"}}}
  - {id: base, figures: {m: {n: "27"}}}
  - {id: items, figures: {m: {items: "4"}}}
  - {id: aside, without: [m]}
  - {id: fewer, missing: {score: allowed}}
"""
    paper = parse_published(HEAD + text)
    found = audit(paper)
    verdicts = {r.id: {m.id: m.status for m in r.means.means} for r in found.readings}
    assert verdicts["as_printed"] == {"m": "impossible", "o": "possible"}
    assert verdicts["digits"] == verdicts["base"] == {"m": "possible", "o": "possible"}
    assert verdicts["items"] == {"m": "possible", "o": "possible"}  # 581 / 112 = 5.1875
    assert verdicts["aside"] == {"o": "possible"}
    assert verdicts["fewer"]["m"] == "impossible"


@pytest.mark.parametrize(
    ("mode", "mean"),
    [("half_up", "3.13"), ("half_even", "3.12"), ("half_down", "3.12"), ("truncate", "3.12"), ("ceil", "3.13")],
)  # fmt: skip
def test_rounding_of_the_file_holds_for_means(mode: str, mean: str) -> None:
    text = f"""
rounding: {mode}
counts: [{{id: all, count: "8"}}]
means: [{{id: m, mean: "{mean}", of: score}}]
"""
    found = reading(text)
    (m,) = found.means.means
    assert m.status == "possible"
    assert m.sum == (25, 25)  # 25 / 8 = 3.125, a tie


def test_divisor_of_the_sd() -> None:
    text = """
counts: [{{id: all, count: "2"}}]
means: [{{id: m, mean: "3.00", sd: "{sd}", of: score, divisor: {divisor}}}]
"""
    # 2 and 4: √2 with n - 1, 1 with n
    seen = {
        (sd, d): status(reading(text.format(sd=sd, divisor=d)))["m"]
        for sd in ("1.41", "1.00") for d in ("n-1", "n", "either")
    }  # fmt: skip
    assert [seen["1.41", d] == "possible" for d in ("n-1", "n", "either")] == [True, False, True]
    assert [seen["1.00", d] == "possible" for d in ("n-1", "n", "either")] == [False, True, True]


# --- claims --------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(2))
def test_orders_and_ranks_of_means_are_those_of_all_tables(block: int) -> None:
    tally = Tally()
    for seed in range(9 * block, 9 * block + 9):
        check_claims(seed, 5, tally, 4_000)
    assert tally.wrong == []
    assert tally.seen["not evaluated although exact"] == 0
    assert min(tally.seen[v] for v in ("holds in all", "holds in none")) >= 1


CLAIMS = """
counts: [{id: all, count: "30"}, {id: demo, count: "15", where: {village: demo}}]
means:
  - {id: a, mean: "3.5", of: score, within: {village: demo}}
  - {id: b, mean: "3.47", of: score, within: {village: other}}
  - {id: c, mean: "4.1", of: trust, range: [1, 5]}
  - {id: d, mean: "4.0", of: pride, range: [1, 5]}
  - {id: s, sd: "1.0", of: score}
figures: [{id: share, percent: "50", where: {village: demo}}]
claims: [CLAIM]
"""


def claim(text: str) -> ClaimVerdict:
    text = CLAIMS.replace("CLAIM", "{id: x, " + text + "}")
    (verdict,) = reading(text).claims
    return verdict


def test_claims_of_means() -> None:
    # 52/15 and 53/15 print 3.5, 52/15 alone prints 3.47
    found = claim("greater: [a, b]")
    assert found.verdict == found.order == "undetermined"
    assert [w["a"] for w in found.witnesses] == [(53, 15), (52, 15)]
    assert claim("greater: [c, d]").verdict == "holds in all"
    assert claim("trend: [c, d]").verdict == "holds in none"
    assert claim("largest: c").verdict == "holds in all"
    assert claim("largest: b").verdict == "holds in none"
    assert claim("rank: {id: d, rank: 2, among: [c, d, a]}").verdict == "holds in all"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("greater: [a, share]", "'a' is a mean, 'share' is not", "compare means"),
        ("trend: [[a, b], [c]]", "means do not add up", "one mean on each side"),
        ("greater: [a, b], test: chi2", "no test is run between means", "leave `test` out"),
        ("largest: s", "only the SD is printed", "of means"),
        ("greater: [a, bb]", "unknown figure 'bb'", "Allowed"),
    ],
)
def test_what_cannot_be_claimed_of_means(text: str, message: str, hint: str) -> None:
    with pytest.raises(SurveyKitError) as caught:
        claim(text)
    assert message in str(caught.value)
    assert hint in str(caught.value).partition("Hint: ")[2]


def test_a_claim_of_an_impossible_mean_is_not_evaluated() -> None:
    text = CLAIMS.replace("CLAIM", "{id: x, greater: [a, b]}").replace('"3.47"', '"3.49"')
    (verdict,) = reading(text).claims
    assert verdict.verdict == "not evaluated"
    assert "b is set aside (impossible)" in verdict.why.text("en")


# --- data against the paper ------------------------------------------------------------------


def verified(values: dict[str, list[object]], text: str) -> list[Comparison]:
    paper = parse_published(HEAD + text)
    return list(verify(paper, Survey(pd.DataFrame(values)), lang="en").comparisons)


def test_verify_means_of_several_items() -> None:
    text = """
means: [{id: m, mean: "2.38", sd: "0.48", of: scale, range: [1, 3], items: 4, divisor: n-1}]
"""
    totals = [7, 8, 10, 12]  # averages 1.75, 2, 2.5, 3
    (by_totals,) = verified({"scale": totals}, text)
    (by_averages,) = verified({"scale": [t / 4 for t in totals]}, text)
    assert by_totals.computed == by_averages.computed == "2.3125, SD 0.554339"
    assert by_totals.status == by_averages.status == "differs"
    (good,) = verified({"scale": totals}, text.replace("2.38", "2.31").replace("0.48", "0.55"))
    assert good.status == "match"
    with pytest.raises(SurveyKitError, match="neither totals nor averages of 4 items of 1 to 3"):
        verified({"scale": [0.5, 9.3]}, text)


def test_verify_orders_of_means() -> None:
    text = """
means:
  - {id: a, mean: "3.0", of: score, within: {village: demo}}
  - {id: b, mean: "2.5", of: score, within: {village: other}}
claims: [{id: x, greater: [a, b]}, {id: y, largest: b}, {id: z, rank: {id: b, rank: 2, among: [a, b]}}]
"""
    data: dict[str, list[object]] = {
        "score": ["3", "3", "2", "3"], "village": ["demo", "demo", "other", "other"],
    }  # fmt: skip
    found = {c.id: c for c in verified(data, text)}
    assert {i: c.status for i, c in found.items()} == {
        "a": "match", "b": "match", "x": "match", "y": "differs", "z": "match",
    }  # fmt: skip
    assert found["x"].computed == "3 > 2.5"
