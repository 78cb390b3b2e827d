"""Printed means in synthetic records: through the ordinary reader and `sk.mean`, or named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import brute_means
import pandas as pd
import pytest
from brute_means import Study

import surveykit as sk
from surveykit.codebook import load_codebook
from surveykit.errors import UnsupportedError
from surveykit.published.load import load_published
from surveykit.published.reconstruct import reconstruct
from surveykit.published.verify import verify


def book(study: Study) -> str:
    """A codebook whose scale codes are the scores."""
    variables: dict[str, Any] = {}
    for name, v in study.problem.variables.items():
        codes = study.scores.get(name, v.levels)
        variables[name] = {
            "question": name, "kind": "scale" if name in study.scores else "single",
            "choices": [{"code": str(c), "label": lv} for c, lv in zip(codes, v.levels, strict=True)],
        }  # fmt: skip
    top = {"surveykit": "codebook/1", "study": {"title": "made up"}, "variables": variables}
    return json.dumps(top)


def made(study: Study, folder: Path, draws: int = 1) -> tuple[list[Path], Path]:
    paper, codes = folder / "published.yaml", folder / "codebook.yaml"
    paper.write_text(study.yaml(), encoding="utf-8")
    codes.write_text(book(study), encoding="utf-8")
    paths = reconstruct(
        load_published(paper),
        load_codebook(codes),
        folder=folder / "out",
        scenario="r",
        draws=draws,
    )
    return list(paths), codes


def scores_of(study: Study, path: Path, within: dict[str, str]) -> list[int]:
    """The scores in one group, with pandas alone."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, level in within.items():
        frame = frame[frame[name] == level]
    return [int(v) for v in frame["v"] if v]


@pytest.mark.parametrize("seed", range(8))
def test_the_file_prints_the_means_or_names_them(seed: int, tmp_path: Path) -> None:
    study = brute_means.drawn(seed, 40)
    if any(v.hidden for v in study.problem.variables.values()):
        study.problem.figures.clear()  # shares beside a hidden group are refused by records
    try:
        paths, codes = made(study, tmp_path, draws=2)
    except UnsupportedError as error:  # cross-tables that form a loop: no records, means or not
        pytest.skip(str(error))
    published = load_published(tmp_path / "published.yaml")
    for path in paths:
        side = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        named = {entry["id"]: entry["why"]["en"] for entry in side.get("means_not_reproduced", ())}
        assert set(named) <= set(side["not_reproduced"])
        survey = sk.read(path, codebook=codes)
        found = {c.id: c.status for c in verify(published, survey, lang="en").comparisons}
        for f in study.problem.figures:
            assert found[f.id] == "match"
        for m in study.means:
            over_n = "divisor n only" in named.get(m.id, "")
            if m.id in named and not over_n:
                continue
            values = scores_of(study, path, m.within)
            n, total, squares = len(values), sum(values), sum(v * v for v in values)
            assert brute_means.mean_holds(study, m, n, total, squares)
            _shown_by_the_ordinary_tabulation(survey, m, total, n)


def _shown_by_the_ordinary_tabulation(
    survey: sk.Survey, mean: brute_means.Mean, total: int, n: int
) -> None:
    by = next(iter(mean.within), None)
    rows = sk.mean(survey, "v", by=by).to_pandas() if by else sk.mean(survey, "v").to_pandas()
    rows = rows[(rows["stat"] == "mean") & (rows["by_code"] == (mean.within[by] if by else ""))]
    (row,) = rows.to_dict("records")
    assert row["n"] == n
    assert row["estimate"] == pytest.approx(total / n, abs=1e-9)
    assert row["mark"] == ("printed" if mean.mean is not None else "arbitrary")


PAPER = """
surveykit: published/1
study: {title: A survey}
variables:
  score: {levels: ["1", "2", "3", "4", "5"]}
  village: {levels: [demo, other]}
counts: [{id: all, count: "385"}]
figures:
  - {id: size, percent: "33.8", where: {village: demo}}
  - {id: top, percent: "42.3", where: {score: ["4", "5"]}, within: {village: demo}}
means:
  - {id: a, mean: "3.20", sd: "1.21", of: score, within: {village: demo}}
  - {id: b, mean: "3.96", sd: "0.98", of: score, within: {village: other}}
  - {id: c, mean: "3.70", of: score}
  - {id: d, mean: "2.10", of: income, range: [1, 7]}
  - {id: e, mean: "2.10", of: score, items: 3, within: {village: demo}}
  - {id: f, mean: "3.33", of: score, n: "30"}
"""
BOOK = """
surveykit: codebook/1
study: {title: A survey}
variables:
  score: {question: s, kind: scale, choices: [1, 2, 3, 4, 5]}
  village: {question: v, kind: single, choices: [demo, other]}
"""


def survey_files(folder: Path, paper: str = PAPER, codes: str = BOOK) -> list[str]:
    (folder / "p.yaml").write_text(paper, encoding="utf-8")
    (folder / "c.yaml").write_text(codes, encoding="utf-8")
    return [str(folder / "p.yaml"), "--codebook", str(folder / "c.yaml"), "-o", str(folder / "out")]


BOOK = BOOK.replace(
    "[1, 2, 3, 4, 5]", "[" + ", ".join(f'{{code: {k}, label: "{k}"}}' for k in range(1, 6)) + "]"
).replace("[demo, other]", "[{code: demo, label: demo}, {code: other, label: other}]")


def test_the_command_line_names_what_is_not_reproduced(tmp_path: Path) -> None:
    command = [
        sys.executable, "-c", "from surveykit.cli.entry import main; main()", "reconstruct",
        *survey_files(tmp_path),
    ]  # fmt: skip
    done = subprocess.run([*command, "--seed", "3"], capture_output=True, text=True, check=True)
    path = Path(done.stdout.strip())
    assert all(f"not reproduced: {i}: " in done.stderr for i in ("d", "e", "f"))
    assert "'income' is no declared variable" in done.stderr
    side = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert side["not_reproduced"] == ["d", "e", "f"]
    cells = {
        (c["by_code"], c["stat"]): c.get("printed") for c in side["cells"] if not c["level_code"]
    }
    assert cells == {
        ("demo", "mean"): "3.20", ("demo", "sd"): "1.21", ("other", "mean"): "3.96",
        ("other", "sd"): "0.98", ("", "mean"): "3.70",
    }  # fmt: skip
    rows = sk.mean(sk.read(path, codebook=tmp_path / "c.yaml"), "score", by="village").to_pandas()
    shown = {(r["by_code"], r["stat"]): round(r["estimate"], 2) for r in rows.to_dict("records") if r["stat"] in ("mean", "sd")}  # fmt: skip
    assert [shown[k, s] for k in ("demo", "other") for s in ("mean", "sd")] == [
        3.2,
        1.21,
        3.96,
        0.98,
    ]
    assert shown["", "mean"] == 3.7


def test_codes_that_are_not_the_scores_are_named(tmp_path: Path) -> None:
    paper = PAPER.split("  - {id: b")[0].replace(
        "of: score,", "of: score, scores: [0, 1, 2, 3, 4],"
    )
    paper = paper.replace('mean: "3.20"', 'mean: "2.20"')
    survey_files(tmp_path, paper)
    (path,) = reconstruct(
        load_published(tmp_path / "p.yaml"), load_codebook(tmp_path / "c.yaml"), folder=tmp_path
    )
    side = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert side["not_reproduced"] == ["a"]
    assert "ordinary reader makes another mean" in side["means_not_reproduced"][0]["why"]["en"]
