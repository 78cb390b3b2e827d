"""Synthetic files of made-up studies: what is printed comes out of the CSV, read with plain pandas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from joint_tables import Joint, small
from published_cases import (
    LAYOUTS,
    MATCHES,
    SHAPES,
    Answers,
    Study,
    chain,
    choices,
    prints_as,
    several,
    single,
    unpinned,
)
from scipy import stats

import surveykit as sk
from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UnsupportedError
from surveykit.published import load_published, reconstruct, synthesize

LEAST_P = 1e-4
"""As rare as this by chance; the seeds are fixed and few."""

SIDECAR = {
    "surveykit", "status", "statement", "file", "reading", "reading_in_words", "draw", "seed",
    "records", "published_sha256", "variables", "cells", "pinned_associations", "ranges", "sizes",
    "bases", "not_reproduced", "table", "limits",
}  # fmt: skip


def made(study: Study, folder: Path, *, seed: int = 1, draws: int = 1) -> list[Path]:
    published, codebook = study.write(folder)
    return list(
        reconstruct(
            load_published(published), sk.load_codebook(codebook),
            folder=folder, scenario=study.reading, seed=seed, draws=draws,
        )
    )  # fmt: skip


def sidecar(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return content


def levels(where: dict[str, Any]) -> dict[str, list[str]]:
    return {n: [v] if isinstance(v, str) else list(v) for n, v in where.items()}


def assert_file(study: Study, path: Path) -> Answers:
    """Every printed figure prints as given; rows, ids, prefixes and the sidecar are as promised."""
    answers, known = Answers(study, path), sidecar(path)
    frame = answers.frame
    assert list(frame.columns[:2]) == ["record_status", "record_id"]
    assert (frame["record_status"] == "SYNTHETIC").all()
    assert list(frame["record_id"]) == [f"SYN-{i:04d}" for i in range(1, study.n + 1)]
    assert not known["not_reproduced"]
    for figure in study.figures:
        if figure.percent is not None:
            share = answers.share(figure)
            assert prints_as(*share, figure.percent), (figure, share)
            assert known["table"][figure.id] == list(share)
    pinned = {n for f in study.figures if f.percent is not None for n in (f.variable, f.by) if n}
    for name, variable in known["variables"].items():
        assert variable["status"] == ("pinned" if name in pinned else "arbitrary")
        if name not in pinned:
            assert all(c.startswith("arbitrary_") for c in variable["columns"])
    listed = [c for v in known["variables"].values() for c in v["columns"]]
    assert sorted(listed) == sorted(frame.columns[2:])
    assert set(known) == SIDECAR
    assert (known["surveykit"], known["file"], known["records"]) == (
        "synthetic/1",
        path.name,
        study.n,
    )
    return answers


def assert_stated(study: Study, answers: Answers) -> None:
    """Structural zeros never occur; stated orders of unprinted cells hold."""
    for rule in study.impossible:
        met = np.ones(study.n, dtype=bool)
        for name, some in levels(rule).items():
            met &= np.column_stack([answers.chosen(name, lv) for lv in some]).any(axis=1)
        assert not met.any(), rule
    by_id = {f.id: f for f in study.figures}
    for claim in study.claims:
        if "greater" in claim:
            (a, m), (b, n) = (answers.share(by_id[i]) for i in claim["greater"])
            assert a * n > b * m, claim


# --- every shape ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.__name__)
def test_every_printed_figure_comes_out_of_the_file(
    shape: Callable[[np.random.Generator], Study], tmp_path: Path
) -> None:
    for seed in range(10):
        study = shape(np.random.default_rng([seed, SHAPES.index(shape)]))
        (path,) = made(study, tmp_path / str(seed))
        assert path.name == f"SYNTHETIC_{study.reading}_1.csv"
        answers = assert_file(study, path)
        assert_stated(study, answers)
        findings = sk.check(sk.read(path, codebook=path.parent / "codebook.yaml")).to_dicts()
        assert not [f for f in findings if f["severity"] == "error" or f["rule"] == "skip"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("match", MATCHES)
def test_layouts_of_choices_and_matches_of_levels(layout: str, match: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(len(layout) + 10 * len(match))
    for responses in (False, True):
        study = Study(70)
        study.add(single(rng, "by", 70, 3, match=match))
        study.add(several(rng, "pick", 70, 5, layout=layout, match=match))
        study.print("by")
        study.print("pick", "by", levels=["pick0", "pick3"], responses=responses)
        answers = assert_file(study, made(study, tmp_path / str(responses))[0])
        assert answers.answered("pick").all()


def test_large_files(tmp_path: Path) -> None:
    """2,000 records, orders and zeros among variables that nothing pins."""
    rng = np.random.default_rng(5)
    study = Study(2000)
    for name, k in (("by", 4), ("out", 2), ("job", 8), ("place", 6)):
        study.add(single(rng, name, 2000, k))
    study.print("out", "by", levels=["out0"])
    study.counts = [
        (f"n_{g}", int(study.variables["by"].chosen(g).sum()), {"by": g})
        for g in study.variables["by"].levels
    ]
    study.print("out", "job", levels=["out0"], decimals=None)
    ids = [f"out_out0_job_job{j}" for j in range(8)]
    study.claims = [
        {"id": f"c{i}{j}", "greater": [ids[i], ids[j]]} for i in range(4) for j in range(4, 8)
    ]
    study.impossible = [
        {"job": ["job0", "job1"], "place": "place0"},
        {"by": "by0", "place": "place5"},
    ]
    study.print("out", "place", levels=["out0"], decimals=None)
    assert_stated(study, assert_file(study, made(study, tmp_path)[0]))


def test_a_drawn_table_is_one_of_the_feasible_ones(tmp_path: Path) -> None:
    for kind in ("plain", "linked", "outcomes", "missing"):
        for seed in range(4):
            study = small(np.random.default_rng([seed, *map(ord, kind)]), kind)
            truth = Joint.of(study).tables()
            for path in made(study, tmp_path / f"{kind}{seed}", draws=3):
                table = sidecar(path)["table"]
                assert tuple(x for f in study.figures if f.percent for x in table[f.id]) in truth


def test_draws_are_uniform_where_some_tables_hold_no_records(tmp_path: Path) -> None:
    """Non-response in both variables: files stand on every feasible table, each as often."""
    study = small(np.random.default_rng([10, *map(ord, "missing")]), "missing")
    published, codebook = study.write(tmp_path)
    truth = Joint.of(study).tables()
    assert 2 <= len(truth) <= 8
    files = synthesize(
        load_published(published), sk.load_codebook(codebook), draws=30 * len(truth), seed=5
    )
    seen = [
        tuple(x for f in study.figures if f.percent for x in one.sidecar["table"][f.id])
        for one in files
    ]
    assert set(seen) == truth
    assert stats.chisquare([seen.count(t) for t in truth]).pvalue > LEAST_P


# --- who was asked, hidden groups ----------------------------------------------------------


def test_those_not_asked_leave_the_question_blank(tmp_path: Path) -> None:
    for seed in range(12):
        study = chain(np.random.default_rng([seed, 3]))
        if not study.variables["reason"].asked_if:
            continue
        answers = Answers(study, made(study, tmp_path / str(seed))[0])
        assert (answers.answered("reason") == answers.chosen("part", "part2")).all()


def test_a_free_question_is_blank_where_nobody_asked(tmp_path: Path) -> None:
    study = unpinned(np.random.default_rng(2))
    study.claims, study.impossible = [], []
    study.variables["job"].asked_if = f'out == "{study.variables["out"].code("out0")}"'
    answers = Answers(study, made(study, tmp_path)[0])
    assert (answers.answered("job") == answers.chosen("out", "out0")).all()


def test_a_rule_on_a_variable_that_is_not_made_is_refused(tmp_path: Path) -> None:
    study = unpinned(np.random.default_rng(2))
    study.add(single(np.random.default_rng(1), "age", study.n, 2, match="code"))
    study.variables["job"].asked_if = 'age == "age1"'
    with pytest.raises(InputError, match="depends on 'age', of which no figure speaks"):
        made(study, tmp_path)


def test_a_hidden_group_is_blank_and_of_its_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    study = Study(40)
    by = single(rng, "by", 40, 3)
    study.add(single(rng, "out", 40, 2, given=by))
    by.values[by.values == 2] = -1
    by.levels = by.levels[:2]
    study.add(by)
    hidden = int((~by.answered).sum())
    study.scenario = {"id": "hidden", "hidden": {"by": hidden}}
    study.print("out", "by", levels=["out0"])
    answers = assert_file(study, made(study, tmp_path)[0])
    assert (~answers.answered("by")).sum() == hidden


# --- multiple response ---------------------------------------------------------------------


def ranked(claim: dict[str, Any], percents: tuple[str, str]) -> Study:
    study = Study(200)
    study.add(several(np.random.default_rng(1), "pick", 200, 6, layout="counted", match="code"))
    study.print("pick", levels=["pick0", "pick1"])
    study.print("pick", levels=[f"pick{j}" for j in range(2, 6)], decimals=None)
    for figure, text in zip(study.figures, percents, strict=False):
        figure.percent = text
    study.claims = [claim]
    return study


@pytest.mark.parametrize(
    ("claim", "percents", "place"),
    [
        ({"id": "l", "largest": "pick_pick0"}, ("30.0", "10.0"), ("pick0", 1)),
        ({"id": "r", "rank": {"pick_pick1": 4, "among": [f"pick_pick{j}" for j in range(6)]}},
         ("30.0", "10.0"), ("pick1", 4)),
        ({"id": "r", "rank": {"pick_pick0": 3, "among": [f"pick_pick{j}" for j in range(6)]}},
         ("70.0", "10.0"), ("pick0", 3)),
    ],
)  # fmt: skip
def test_choices_that_are_not_printed_keep_the_stated_ranks(
    claim: dict[str, Any], percents: tuple[str, str], place: tuple[str, int], tmp_path: Path
) -> None:
    study = ranked(claim, percents)
    answers = assert_file(study, made(study, tmp_path)[0])
    counts = {lv: answers.chosen("pick", lv).sum() for lv in study.variables["pick"].levels}
    level, rank = place
    assert sum(c > counts[level] for c in counts.values()) == rank - 1
    assert list(counts.values()).count(counts[level]) == 1


def test_ranks_that_leave_too_few_choices_are_refused(tmp_path: Path) -> None:
    study = ranked({"id": "l", "largest": "pick_pick0"}, ("2.0", "1.0"))
    with pytest.raises(SurveyKitError, match="too few choices of 'pick'"):
        made(study, tmp_path)


def test_options_of_one_question_that_share_no_unknown(tmp_path: Path) -> None:
    """Everyone answers and sizes are printed: each option is a group of its own, all are kept."""
    rng = np.random.default_rng(3)
    study = Study(80)
    study.add(single(rng, "by", 80, 2))
    study.add(several(rng, "pick", 80, 4))
    study.counts = [
        (f"n_{g}", int(study.variables["by"].chosen(g).sum()), {"by": g}) for g in ("by0", "by1")
    ]
    study.print("pick", "by", levels=["pick0", "pick1", "pick2"])
    assert_file(study, made(study, tmp_path)[0])


def test_one_response_each(tmp_path: Path) -> None:
    """As many responses as respondents is still a share of responses."""
    study = Study(12)
    chosen = np.eye(3, dtype=bool)[np.array([0] * 5 + [1] * 4 + [2] * 3)]
    study.add(several(np.random.default_rng(1), "pick", 12, 3, layout="counted", match="code"))
    study.variables["pick"].values = chosen
    study.print("pick", levels=["pick0", "pick1"], decimals=2, responses=True)
    assert_file(study, made(study, tmp_path)[0])


# --- what is arbitrary ---------------------------------------------------------------------


def test_free_variables_are_even_and_about_independent(tmp_path: Path) -> None:
    study = Study(360)
    rng = np.random.default_rng(6)
    study.add(single(rng, "out", 360, 2))
    study.print("out", levels=["out0"])
    for name in ("job", "place"):
        study.add(single(rng, name, 360, 4))
        study.print("out", name, levels=["out0"], decimals=None)
    values = []
    for path in made(study, tmp_path, draws=12):
        answers = Answers(study, path)
        job, place = (
            np.column_stack([answers.chosen(n, f"{n}{j}") for j in range(4)]).argmax(axis=1)
            for n in ("job", "place")
        )
        for column in (job, place):
            assert np.bincount(column).tolist() == [90] * 4
        table = np.zeros((4, 4))
        np.add.at(table, (job, place), 1)
        values.append(stats.chi2_contingency(table, correction=False).statistic)
    total = float(np.sum(values))  # chi-square with 12 * 9 degrees of freedom when independent
    assert LEAST_P < stats.chi2.sf(total, 12 * 9) < 1 - LEAST_P


def test_a_free_variable_is_even_over_what_each_record_may_be(tmp_path: Path) -> None:
    study = unpinned(np.random.default_rng(5))
    study.claims = []
    study.impossible = [{"by": "by0", "place": ["place0", "place1"]}]
    answers = Answers(study, made(study, tmp_path)[0])
    for group, allowed in (("by0", (2, 3)), ("by1", (0, 1, 2, 3))):
        counts = [
            (answers.chosen("by", group) & answers.chosen("place", f"place{j}")).sum()
            for j in range(4)
        ]
        inside = [counts[j] for j in allowed]
        assert max(inside) - min(inside) <= 1
        assert sum(inside) == answers.chosen("by", group).sum()


def test_an_order_of_everyone_tilts_a_free_variable_least(tmp_path: Path) -> None:
    study = unpinned(np.random.default_rng(5))
    study.impossible = []
    study.print("place", decimals=None)
    study.claims = [{"id": "o", "greater": ["place_place3", "place_place0"]}]
    answers = Answers(study, made(study, tmp_path)[0])
    assert_stated(study, answers)
    counts = [answers.chosen("place", f"place{j}").sum() for j in range(4)]
    assert max(counts) - min(counts) <= 3


def test_a_trend_of_unprinted_cells_holds(tmp_path: Path) -> None:
    study = unpinned(np.random.default_rng(5))
    study.impossible = []
    ids = [f"out_out0_job_job{j}" for j in range(4)]
    study.claims = [{"id": "t", "trend": [[i] for i in ids]}]
    answers = Answers(study, made(study, tmp_path)[0])
    by_id = {f.id: f for f in study.figures}
    shares = [np.divide(*answers.share(by_id[i])) for i in ids]
    assert shares == sorted(shares)
    assert len(set(shares)) == 4


def test_a_free_multiple_question_is_half_chosen(tmp_path: Path) -> None:
    for layout in LAYOUTS:
        study = unpinned(np.random.default_rng(5))
        study.add(several(np.random.default_rng(1), "pick", study.n, 4, layout=layout))
        study.print("pick", decimals=None)
        path = made(study, tmp_path / layout)[0]
        frame = Answers(study, path).frame
        assert all(c.startswith("arbitrary_") for c in frame.columns if "pick" in c)
        survey = sk.read(path, codebook=path.parent / "codebook.yaml")
        shares = [r.estimate for r in sk.freq(survey, "pick").rows if r.stat == "percent"]
        assert all(45 <= s <= 55 for s in shares)


# --- bytes ---------------------------------------------------------------------------------

SCRIPT = """
import sys
from surveykit import load_codebook
from surveykit.published import load_published, reconstruct
folder = sys.argv[1]
reconstruct(load_published(folder + "/published.yaml"), load_codebook(folder + "/codebook.yaml"),
            folder=sys.argv[2], seed=3, draws=2)
"""


def test_the_same_seed_gives_the_same_bytes_in_two_processes(tmp_path: Path) -> None:
    study = choices(np.random.default_rng([3, 7]))
    study.write(tmp_path)
    contents = []
    for hash_seed in ("1", "2"):
        out = tmp_path / hash_seed
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(out)]
        subprocess.run(command, check=True, env=environment, timeout=120)
        contents.append({p.name: p.read_bytes() for p in sorted(out.iterdir())})
    assert len(contents[0]) == 4
    assert contents[0] == contents[1]


def test_draws_differ_and_do_not_depend_on_their_number(tmp_path: Path) -> None:
    study = small(np.random.default_rng([11, *map(ord, "plain")]), "plain")
    assert len(Joint.of(study).tables()) > 10
    three = made(study, tmp_path / "three", draws=3)
    assert len({json.dumps(sidecar(p)["table"]) for p in three}) > 1
    (one,) = made(study, tmp_path / "one", draws=1)
    other = made(study, tmp_path / "other", seed=2)[0]
    texts = [p.read_bytes() for p in three]
    assert len(set(texts)) == 3
    assert one.read_bytes() == texts[0] != other.read_bytes()


# --- refusals ------------------------------------------------------------------------------


def conflicting() -> Study:
    study = Study(100)
    rng = np.random.default_rng(1)
    study.add(single(rng, "by", 100, 2, match="code"))
    study.add(single(rng, "out", 100, 2, match="code"))
    study.print("out", "by", levels=["out0"])
    study.print("out", levels=["out0"])
    for figure, text in zip(study.figures, ("10.0", "20.0", "90.0"), strict=True):
        figure.percent = text
    study.scenario = {"id": "nonresponse", "missing": {"out": "allowed", "by": "allowed"}}
    return study


def refused(
    study: Study, folder: Path, edit: Callable[[str], str] = str, **options: Any
) -> SurveyKitError:
    published, codebook = study.write(folder)
    codebook.write_text(edit(codebook.read_text(encoding="utf-8")), encoding="utf-8")
    out = options.pop("out", folder / "out")
    with pytest.raises(SurveyKitError) as caught:
        reconstruct(load_published(published), sk.load_codebook(codebook), folder=out, **options)
    assert not (folder / "out").exists()
    return caught.value


def test_a_reading_without_a_table_names_others(tmp_path: Path) -> None:
    text = str(refused(conflicting(), tmp_path))
    assert "'as_printed' has no table for the figures out_out0_by_by0" in text
    assert "--scenario: nonresponse" in text


def test_the_number_of_respondents_is_needed(tmp_path: Path) -> None:
    study = conflicting()
    published, codebook = study.write(tmp_path)
    content = json.loads(published.read_text(encoding="utf-8"))
    published.write_text(json.dumps({**content, "counts": []}), encoding="utf-8")
    with pytest.raises(InputError, match="number of respondents is not printed"):
        reconstruct(load_published(published), sk.load_codebook(codebook), folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def feasible() -> Study:
    study = conflicting()
    study.figures = study.figures[:2]
    return study


def test_the_codebook_lacks_a_variable_or_a_level(tmp_path: Path) -> None:
    error = refused(feasible(), tmp_path, lambda t: t.replace('"out": {', '"outt": {'))
    assert isinstance(error, UnknownNameError)
    assert "unknown variable 'out'" in str(error)
    assert "did you mean 'outt'" in str(error)

    def rename(text: str) -> str:
        book = json.loads(text)
        book["variables"]["out"]["choices"][0]["code"] = "out_0"
        book["variables"]["out"]["choices"].append({"code": "other", "label": "Other"})
        return json.dumps(book)

    error = refused(feasible(), tmp_path, rename)
    assert isinstance(error, UnknownNameError)
    assert "'out0'" in str(error)
    assert "did you mean 'out_0'" in str(error)


def test_kinds_must_agree(tmp_path: Path) -> None:
    def number(text: str) -> str:
        book = json.loads(text)
        book["variables"]["out"] = {"kind": "number"}
        return json.dumps(book)

    assert "'out' is number in the codebook" in str(refused(feasible(), tmp_path, number))


@pytest.mark.parametrize("options", [{"draws": 0}, {"seed": -1}, {"scenario": "nonrespons"}])
def test_impossible_options(options: dict[str, Any], tmp_path: Path) -> None:
    text = str(refused(feasible(), tmp_path, **options))
    assert "at least" in text or "did you mean 'nonresponse'" in text


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("here already", encoding="utf-8")
    for folder in (blocked, blocked / "below"):
        assert "file" in str(refused(feasible(), tmp_path, out=folder))
    assert blocked.read_text(encoding="utf-8") == "here already"
    assert not list(tmp_path.glob("SYNTHETIC*"))


def test_too_few_columns_for_the_choices(tmp_path: Path) -> None:
    study = Study(60)
    study.add(several(np.random.default_rng(1), "pick", 60, 5, layout="codes", match="code"))
    study.print("pick", levels=["pick0", "pick1"])

    def narrow(text: str) -> str:
        book = json.loads(text)
        book["variables"]["pick"]["columns"] = ["pick_1"]
        return json.dumps(book)

    assert "fewer than some records' choices" in str(refused(study, tmp_path, narrow))


def test_what_records_are_not_built_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    study = Study(60)
    for name in "ab":
        study.add(single(rng, name, 60, 2))
    study.add(several(rng, "pick", 60, 3))
    study.print("pick", "a", levels=["pick0"])
    study.print("pick", "b", levels=["pick0"])
    error = refused(study, tmp_path / "several")
    assert isinstance(error, UnsupportedError)
    assert "cross-tables that form a loop" in str(error)
    study.figures = study.figures[:2]
    study.impossible = [{"a": "a0", "pick": "pick0"}]
    error = refused(study, tmp_path / "zeros")
    assert isinstance(error, UnsupportedError)
    assert "impossible combinations with a multiple-response question" in str(error)


# --- the front door ------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.__name__)
def test_files_go_back_in_through_the_front_door(
    shape: Callable[[np.random.Generator], Study], tmp_path: Path
) -> None:
    """Tabulating the file gives the printed percentages, marked; arbitrary rows have no interval."""
    for seed in (20, 21, 22):
        study = shape(np.random.default_rng([seed, SHAPES.index(shape)]))
        (path,) = made(study, tmp_path / str(seed))
        survey = sk.read(path, codebook=path.parent / "codebook.yaml")
        pairs = {(f.variable, f.by) for f in study.figures}
        rows = {}
        for name, by in pairs:
            found = sk.crosstab(survey, name, by=[by]) if by else sk.freq(survey, name)
            rows |= {(r.variable, r.level_code, r.by, r.by_code, r.stat): r for r in found.rows}
        for figure in study.figures:
            row = rows[place_of(study, figure)]
            if figure.percent is not None:
                assert row.mark == "printed"
                count = round(row.estimate * row.n / 100)
                assert prints_as(count, row.n, figure.percent)
        for row in rows.values():
            assert row.mark in ("printed", "implied", "arbitrary")
            if row.mark == "arbitrary":
                assert (row.se, row.low, row.high) == (None, None, None)


def place_of(study: Study, figure: Any) -> tuple[str, str, str, str, str]:
    variable = study.variables[figure.variable]
    group = study.variables[figure.by].code(figure.group) if figure.by else ""
    stat = "percent_of_responses" if figure.responses else "percent"
    return figure.variable, variable.code(figure.level), figure.by, group, stat


def test_implied_cells_are_the_same_in_every_table(tmp_path: Path) -> None:
    """Marks against all joint tables: implied cells have one value, printed ones print alike."""
    for kind in ("plain", "linked", "missing"):
        for seed in range(6):
            study = small(np.random.default_rng([seed, *map(ord, kind)]), kind)
            joint = Joint.of(study)
            (path,) = made(study, tmp_path / f"{kind}{seed}")
            by_place = {place_of(study, f): f for f in study.figures}
            for cell in sidecar(path)["cells"]:
                place = (cell["variable"], cell["level_code"], cell["by"], cell["by_code"])
                figure = by_place[*place, "percent"]
                count, base = joint.share(figure)
                if cell["mark"] == "printed":
                    assert cell["printed"] == figure.percent
                elif cell["stat"] == "count":
                    assert len(set(count.tolist())) == 1
                else:
                    decimals = max(
                        len(f.percent.partition(".")[2]) for f in study.figures if f.percent
                    )
                    shown = (2 * 10 ** (decimals + 2) * count[base > 0] + base[base > 0]) // (
                        2 * base[base > 0]
                    )
                    assert len(set(shown.tolist())) == 1


def test_tests_of_associations_that_nothing_pins_are_refused(tmp_path: Path) -> None:
    study = unpinned(np.random.default_rng(3))
    (path,) = made(study, tmp_path)
    survey = sk.read(path, codebook=tmp_path / "codebook.yaml")
    assert [t.test for t in sk.crosstab(survey, "out", by=["by"]).tests.rows]
    free = sk.crosstab(survey, "out", by=["job"])
    assert not free.tests.rows
    assert any("job" in note for note in free.notes)
    with pytest.raises(UnsupportedError):
        sk.crosstab(survey, "out", by=["job"], tests=("chi2",))
