"""Repairs: pasted, each makes its figures possible; none smaller of its kind exists."""

from __future__ import annotations

import threading
import time
from functools import cache
from pathlib import Path

import pytest

from surveykit.published import Audit, audit, load_published
from surveykit.published.halting import INTERRUPTED, OUT_OF_TIME, Halt
from surveykit.published.load import parse_published
from surveykit.published.repairs import RANK, Repair
from surveykit.published.rounding import Printed, prints

BADONG = Path(__file__).resolve().parents[1] / "data" / "badong" / "published.yaml"
SIMPLE = """
surveykit: published/1
study: {title: A survey}
variables:
  aware: {levels: [know, other]}
  sex: {levels: [man, woman]}
  likes: {kind: multiple, levels: [song, dance, play]}
counts: [{id: all, count: "85"}, {id: men, count: "39", where: {sex: man}}]
figures:
"""
PAPERS = {
    "alone": '  - {id: a, percent: "62.8", where: {aware: know}}\n',
    "groups": '  - {id: a, percent: "61.5", where: {aware: know}, within: {sex: man}}\n'
    '  - {id: b, percent: "30.4", where: {aware: know}, within: {sex: woman}}\n'
    '  - {id: t, percent: "49.4", where: {aware: know}}\n',
    "choices": '  - {id: s, percent: "37.6", where: {likes: song}}\n'
    '  - {id: d, percent: "20.0", where: {likes: dance}}\n'
    '  - {id: p, percent: "20.1", where: {likes: play}}\n',
    "two": '  - {id: a, percent: "61.4", where: {aware: know}, within: {sex: man}}\n'
    '  - {id: b, percent: "30.5", where: {aware: know}, within: {sex: woman}}\n',
    "ratio": '  - {id: r, percent: "97.8", of: ["385", "390"]}\n',
}


@cache
def small(name: str) -> Audit:
    return audit(parse_published(SIMPLE + PAPERS[name]))


def _repairs(found: Audit) -> list[Repair]:
    return [r for g in found.readings[0].groups for r in g.repairs]


@pytest.mark.parametrize("name", PAPERS)
def test_each_repair_pasted_makes_its_figures_possible(name: str) -> None:
    found = small(name)
    assert _repairs(found)
    plain = found.readings[0]
    wrong = {f.id for f in plain.figures if f.status != "possible"}
    for repair in _repairs(found):
        again = audit(parse_published(SIMPLE + PAPERS[name] + repair.scenario))
        reading = again.readings[1]
        left = {f.id for f in reading.figures if f.status != "possible"}
        touched = {i for g in plain.groups if repair in g.repairs for i in g.figures}
        mended = wrong & touched if repair.whole else wrong & set(repair.figures)
        assert not left & mended, repair
        assert left < wrong, repair


def test_no_smaller_repair_of_its_kind_exists() -> None:
    """Against counts tried one by one: 62.8 % on a base of 85 and around it."""
    by_kind = {r.kind: r for r in _repairs(small("alone"))}

    def printed_on(n: int) -> set[str]:
        return {t for a in range(n + 1) for t in prints(a, n, 1)}

    target = Printed.parse("62.8")
    near = min(abs(Printed.parse(t).digits - target.digits) for t in printed_on(85))
    found = [r for r in _repairs(small("alone")) if r.kind in ("slip", "misprint")]
    assert min(round(float(str(r.size)) * 10) for r in found) == near
    fewest = next(k for k in range(1, 85) if "62.8" in printed_on(85 - k))
    assert by_kind["missing"].size == fewest
    off = next(k for k in range(1, 85) if {"62.8"} & (printed_on(85 - k) | printed_on(85 + k)))
    assert by_kind["count"].size == off


def test_the_order_is_the_stated_one() -> None:
    for name in PAPERS:
        for group in small(name).readings[0].groups:
            ranks = [r.rank for r in group.repairs]
            assert ranks == sorted(ranks)
    assert RANK[:2] == ("slip", "misprint")


def test_a_ratio_is_told_what_it_prints_as() -> None:
    (repair,) = _repairs(small("ratio"))
    assert (repair.percents, repair.kind, repair.edit) == (("98.7",), "slip", "swap")


def test_json_keeps_what_it_had_and_adds() -> None:
    group = small("groups").to_json("en")["scenarios"][0]["groups"][0]
    for repair in group["repairs"]:
        assert {"change", "figures", "kind", "size", "scenario", "percents"} <= set(repair)
        assert repair["scenario"].startswith("scenarios:\n  - {id: try_")


@cache
def badong() -> Audit:
    return audit(load_published(BADONG), ["as_printed"])


def test_the_badong_conflicts_have_these_smallest_repairs() -> None:
    groups = {g.figures[0]: g.repairs for g in badong().readings[0].groups}
    education = [(r.kind, r.percents, r.size) for r in groups["never"]]
    assert education[0] == ("slip", ("15.4",), "0.3")
    assert ("missing", (), 3) in education
    assert ("hidden", (), (3, 104)) in education
    villages = groups["aware_demonstration"]
    assert not any(r.kind in ("slip", "misprint") for r in villages)  # no single figure suffices
    both = [r for r in villages if r.kind == "misprints"]
    assert both[0].names == ("aware_other", "formality_other")
    assert both[0].percents == ("54.4", "28.2")
    assert [r.size for r in groups["leisure_richer"]] == ["0.1", 1, 1]


# --- ending early -------------------------------------------------------------------------


def test_a_time_limit_keeps_what_is_done_and_names_the_rest() -> None:
    found = audit(load_published(BADONG), ["as_printed"], time_limit=0)
    assert found.stopped == OUT_OF_TIME
    (reading,) = found.readings
    left = [g for g in reading.groups if g.number is None]
    assert left
    assert {g.why.en for g in left} == {"not evaluated: out of time"}
    assert {c.verdict for c in reading.claims} == {"not evaluated"}
    assert found.to_json("en")["stopped"] == "not evaluated: out of time"
    assert "stopped" not in small("alone").to_json("en")


def test_a_running_piece_is_stopped_in_the_main_thread() -> None:
    assert threading.current_thread() is threading.main_thread()
    with Halt(0.05) as halt:
        started = time.perf_counter()
        assert (
            halt.run(lambda: [time.sleep(0.01) for _ in range(500)] and "done", lambda: "cut")
            == "cut"
        )
        assert time.perf_counter() - started < 3
        assert halt.run(lambda: "done", lambda: "cut") == "cut"
    assert halt.reason == OUT_OF_TIME


def test_an_interrupt_stops_once_and_a_second_one_is_not_held_back() -> None:
    def press() -> str:
        raise KeyboardInterrupt

    with Halt() as halt:
        assert halt.run(press, lambda: "kept") == "kept"
        assert halt.reason == INTERRUPTED
        with pytest.raises(KeyboardInterrupt):
            halt.run(lambda: "no", press)
