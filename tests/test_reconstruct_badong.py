"""The shipped SYNTHETIC files: they come out of the code again, byte for byte, with their ranges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_cases import prints_as

from surveykit import load_codebook
from surveykit.published import load_published, reconstruct
from surveykit.published.audit import audit_reading
from surveykit.published.ranges import feasible_ranges

DATA = Path(__file__).parents[1] / "data" / "badong"
READING, DRAWS = "nonresponse", 3


def sidecar(draw: int = 1) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        (DATA / f"SYNTHETIC_{READING}_{draw}.json").read_text(encoding="utf-8")
    )
    return content


def records(draw: int) -> pd.DataFrame:
    path = DATA / f"SYNTHETIC_{READING}_{draw}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_the_shipped_files_come_out_again(tmp_path: Path) -> None:
    """All six, made once more: the slow one."""
    reconstruct(
        load_published(DATA / "published.yaml"), load_codebook(DATA / "codebook.yaml"),
        folder=tmp_path, scenario=READING, seed=1, draws=DRAWS,
    )  # fmt: skip
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == sorted(p.name for p in DATA.glob("SYNTHETIC_*"))
    for name in names:
        assert (DATA / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_the_sidecar_holds_the_ranges_of_the_audit() -> None:
    published = load_published(DATA / "published.yaml")
    result = audit_reading(published, published.scenario(READING), judge_claims=False)
    ranges = feasible_ranges(result)
    shares = {
        (r["variable"], r["level_code"], r["by"], r["by_code"]): (r["low"], r["high"])
        for r in sidecar()["ranges"]
    }
    assert set(shares) == set(ranges.shares)
    for place, span in shares.items():
        assert span == pytest.approx(ranges.shares[place], abs=1e-9)
    sizes = {(r["by"], r["by_code"]): (r["low"], r["high"]) for r in sidecar()["sizes"]}
    assert sizes == ranges.sizes


@pytest.mark.parametrize("draw", range(1, DRAWS + 1))
def test_every_draw_lies_within_the_ranges(draw: int) -> None:
    frame, known = records(draw), sidecar(draw)
    column = {n: v["columns"] for n, v in known["variables"].items()}
    for row in known["sizes"]:
        if len(column[row["by"]]) == 1:
            size = int((frame[column[row["by"]][0]] == row["by_code"]).sum())
            assert row["low"] <= size <= row["high"], row
    for row in known["ranges"]:
        if len(column[row["variable"]]) > 1:
            continue
        answers = frame[column[row["variable"]][0]]
        asked = answers != ""
        if row["by"]:
            asked &= frame[column[row["by"]][0]] == row["by_code"]
        share = 100 * float((answers[asked] == row["level_code"]).mean())
        assert row["low"] - 1e-9 <= share <= row["high"] + 1e-9, row


@pytest.mark.parametrize("draw", range(1, DRAWS + 1))
def test_every_figure_of_a_single_question_comes_out_of_the_csv(draw: int) -> None:
    frame, known = records(draw), sidecar(draw)
    column = {n: v["columns"] for n, v in known["variables"].items()}
    checked = 0
    for figure in load_published(DATA / "published.yaml").figures:
        if (
            figure.percent is None
            or isinstance(figure.of, tuple)
            or figure.id not in known["table"]
        ):
            continue
        ((name, wanted),) = figure.where.items()
        if len(column[name]) > 1 or figure.id in known["not_reproduced"]:
            continue
        asked = frame[column[name][0]] != ""
        for by, (level,) in figure.within.items():
            asked &= frame[column[by][0]] == level
        hit = int(frame[column[name][0]][asked].isin(wanted).sum())
        assert prints_as(hit, int(asked.sum()), figure.percent), figure.id
        checked += 1
    assert checked >= 25


def test_draws_stand_on_different_tables() -> None:
    tables = [json.dumps(sidecar(d)["table"], sort_keys=True) for d in range(1, DRAWS + 1)]
    assert len(set(tables)) == DRAWS
