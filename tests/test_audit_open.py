"""What was not solved or not held against the tables is told as that: text, page and JSON."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from surveykit.published import Audit, audit
from surveykit.published.load import parse_published
from surveykit.report.audit_parts import reading_parts
from surveykit.report.audit_view import audit_html, audit_text
from surveykit.text import Lang

PAPER = """
surveykit: published/1
study: {title: t}
variables:
  a: {levels: [y, n]}
  g: {levels: [u, v, w]}
  s: {levels: ["1", "2", "3"]}
counts: [{id: n, count: "60"}, {id: nu, count: "20", where: {g: u}}, {id: nv, count: "20", where: {g: v}}]
figures:
  - {id: fu, percent: "25.0", where: {a: y}, within: {g: u}}
  - {id: fv, percent: "75.0", where: {a: y}, within: {g: v}}
means:
  - {id: m, mean: "2.50", of: s}
tests:
  - {id: whole, of: [g, a], chi2: "9.99", df: "2"}
  - {id: pair, of: [fu, fv], chi2: "10.00", correction: none}
claims:
  - {id: c, greater: [fv, fu], test: chi2}
  - {id: d, greater: [fv, fu], test: fisher}
  - {id: e, association: [g, a], test: chi2}
"""


def seen(found: Audit, lang: Lang = "en") -> tuple[str, str]:
    """Return the text and the page, blanks as one."""
    text = " ".join(audit_text(found, lang).split())
    return text, " ".join(audit_html(found, lang).split())


def test_a_printed_test_that_was_not_evaluated_is_told_with_its_reason() -> None:
    found = audit(parse_published(PAPER))
    assert {t.id: t.status for t in found.readings[0].tests} == {
        "whole": "not evaluated",
        "pair": "possible",
    }
    for shown in seen(found):
        assert "test whole" in shown
        assert "groups of the table are not printed: w." in shown
        assert "not held against the tables: 1 (test whole; reasons below)" in shown
    text, _ = seen(found)
    assert "5 printed figures: 4 possible, 1 not evaluated." in text
    assert "all 4 printed figures can be true together" in text
    zh = audit_text(found, "zh")
    assert "印出的检验中有 1 项没有核查" in zh
    assert "交叉表缺组：w" in zh


def test_the_auditors_test_stands_beside_the_printed_one() -> None:
    found = audit(parse_published(PAPER))
    c, d, e = found.readings[0].claims
    assert c.printed_tests == d.printed_tests == ("pair",)
    assert "the paper prints pair (chi2 10.00)." in c.why.en
    assert "reports none" not in c.why.en
    assert e.printed_tests == ("whole",)
    for shown in seen(found):
        assert "the paper prints test pair (chi2 10.00; possible)" in shown
        assert "what the paper itself prints of tests stands under" in shown
        assert "the paper reports none" not in shown
    entry = next(x for x in found.to_json("en")["scenarios"][0]["claims"] if x["id"] == "c")
    assert entry["printed_tests"] == ["pair"]


def test_a_test_of_the_whole_table_is_named_as_that() -> None:
    paper = PAPER.replace(', {id: nv, count: "20", where: {g: v}}', "").replace("u, v, w", "u, v")
    paper = paper.replace('  - {id: pair, of: [fu, fv], chi2: "10.00", correction: none}\n', "")
    verdict = (
        audit(parse_published(paper.replace('percent: "75.0"', 'percent: "55.0"')))
        .readings[0]
        .claims[0]
    )
    assert verdict.printed_tests == ("whole",)
    assert "of their whole table whole (chi2 9.99, df 2)" in verdict.why.en


def test_without_printed_tests_the_paper_reports_none() -> None:
    paper = PAPER[: PAPER.index("tests:")] + PAPER[PAPER.index("claims:") :]
    verdict = audit(parse_published(paper)).readings[0].claims[0]
    assert verdict.why.en == (
        "the auditor's test (chi2), assuming a simple random sample; the paper reports none."
    )
    assert verdict.printed_tests == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_after_an_early_stop_unsolved_figures_are_not_called_possible(lang: Lang) -> None:
    found = audit(parse_published(PAPER), time_limit=0)
    (part,) = reading_parts(found, lang)
    assert {x.status for x in part.figures} == {"unsolved", "not evaluated"}
    words = {"en": ("3 not solved, 2 not evaluated", "not decided"), "zh": ("3 个未求解", "未判定")}
    assert words[lang][0] in part.summary
    assert part.together == words[lang][1]
    text, page = seen(found, lang)
    assert {"en": "out of time", "zh": "时间已到"}[lang] in text
    assert {"en": "out of time", "zh": "时间已到"}[lang] in page
    assert {"en": "0 possible", "zh": "0 个可能"}[lang] not in text
    scenario = found.to_json(lang)["scenarios"][0]
    assert [(f["status"], f["solved"]) for f in scenario["figures"]] == [("possible", False)] * 3
    assert {t["status"] for t in scenario["tests"]} == {"not evaluated"}
    done = audit(parse_published(PAPER)).to_json(lang)["scenarios"][0]
    assert all(f["solved"] for f in done["figures"])


SLOW = """
import sys
from surveykit.published import audit as module  # the function; its module is the next line's
module = sys.modules["surveykit.published.audit"]
solve = module._solve

def slow(reading, *rest):
    if reading.id == "slow":
        print("SOLVING", file=sys.stderr, flush=True)
        n = 0
        while True:
            n += 1
    return solve(reading, *rest)

module._solve = slow
from surveykit.cli import main
main()
"""
READINGS = """
scenarios:
  - {id: first, without: [fv, m, whole, pair]}
  - {id: slow, missing: {a: allowed}}
  - {id: last, without: [fu]}
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT of this kind")
@pytest.mark.parametrize("kind", ["json", "text"])
def test_ctrl_c_keeps_finished_readings(tmp_path: Path, kind: str) -> None:
    path, out = tmp_path / "slow.yaml", tmp_path / "out.txt"
    path.write_text(PAPER + READINGS, encoding="utf-8")
    command = ["audit", str(path), "--lang", "en", "--format", kind, "-o", str(out)]
    run = subprocess.Popen(
        [sys.executable, "-c", SLOW, *command], stderr=subprocess.PIPE, text=True
    )
    assert run.stderr is not None
    before = list(itertools.takewhile(lambda line: line != "SOLVING\n", run.stderr))
    assert run.poll() is None, before
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert "not evaluated: interrupted" in said
    assert "Traceback" not in said
    written = out.read_text(encoding="utf-8")
    if kind == "text":
        assert "The audit ended early" in written
        assert "not solved: not evaluated: interrupted" in " ".join(written.split())
        return
    found = json.loads(written)
    assert found["stopped"] == "not evaluated: interrupted"
    solved = {s["id"]: {f["solved"] for f in s["figures"]} for s in found["scenarios"]}
    assert solved == {"as_printed": {True}, "first": {True}, "slow": {False}, "last": {False}}
    plain, *_ = found["scenarios"]
    assert next(c["verdict"] for c in plain["claims"]) == "holds in all"
    assert {c["verdict"] for c in found["scenarios"][2]["claims"]} == {"not evaluated"}


def test_readings_of_means_and_tests_are_told_by_what_they_change() -> None:
    changes = "{pair: {chi2: '9.00', correction: yates}, m: {mean: '2.51'}}"
    more = f"scenarios: [{{id: x, figures: {changes}}}, {{id: y, without: [m, whole]}}]"
    _, x, y = reading_parts(audit(parse_published(PAPER + more)), "en")
    assert x.note == ("test pair: read as correction yates, chi2 9.00; mean m: read as mean 2.51.")
    assert y.note == "left out: mean m, test whole."
