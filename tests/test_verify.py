"""`verify`: the data behind a paper always match what it printed; anything else is told apart."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Choice, Codebook, Variable
from surveykit.errors import InputError, UnknownNameError
from surveykit.published import Published, load_published, verify
from surveykit.published.load import parse_published
from surveykit.published.rounding import ROUNDINGS, Printed, count_range, prints
from surveykit.survey import Survey, read
from surveykit.text import Label

BADONG = Path(__file__).parents[1] / "data" / "badong"
MODES = ("either", "half_up", "half_even", "half_down", "truncate", "ceil")


# ---------------------------------------------------------------- how a share prints
def by_hand(count: int, base: int, decimals: int, mode: str) -> str:
    """Round an exact fraction as its definition says."""
    exact = Fraction(100 * count, base) * 10**decimals
    floor = exact.numerator // exact.denominator
    rest = exact - floor
    up = {
        "half_up": rest >= Fraction(1, 2), "half_down": rest > Fraction(1, 2),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and floor % 2 == 1),
        "truncate": False, "ceil": rest > 0,
    }[mode]  # fmt: skip
    digits = str(floor + up).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


@pytest.mark.parametrize("mode", MODES[1:])
def test_a_share_prints_as_its_rounding_says(mode: str) -> None:
    for base in range(1, 50):
        for count in range(base + 1):
            for decimals in (0, 1, 2):
                assert prints(count, base, decimals, mode) == (
                    by_hand(count, base, decimals, mode),
                )


@pytest.mark.parametrize("mode", MODES)
def test_prints_and_count_range_agree(mode: str) -> None:
    for base in range(1, 41):
        for count in range(base + 1):
            for digits in range(1001):
                text = Printed(digits, 1)
                if abs(digits * base - 1000 * count) > 2 * base:
                    continue
                low, high = count_range(text, np.array([base]), mode)
                assert (low[0] <= count <= high[0]) == (str(text) in prints(count, base, 1, mode))


# ---------------------------------------------------------------- the true data always match
def made_up(seed: int) -> tuple[Survey, dict[str, Any]]:
    """Draw answers with missing values and a multiple response; print them by plain loops."""
    rng = np.random.default_rng([seed, 5])
    n, mode = int(rng.integers(8, 60)), MODES[seed % len(MODES)]
    village = rng.choice(["d", "o"], n)
    aware = np.where(rng.random(n) < 0.2, "", rng.choice(["y", "n", "x"], n))
    likes = [
        ";".join(lv for lv in ("t", "m", "w") if rng.random() < 0.4) for _ in range(n)
    ]  # fmt: skip
    frame = pd.DataFrame({"village": village, "aware": aware, "likes": likes}, dtype=str)
    variables = {
        "village": Variable("village", "single", Label(), _choices("do")),
        "aware": Variable("aware", "single", Label(), _choices("ynx")),
        "likes": Variable("likes", "multiple", Label(), _choices("tmw"), separator=";"),
    }
    figures = []

    def put(id: str, count: int, base: int, **more: Any) -> None:
        if base and rng.random() < 0.4:
            pick = "half_up" if mode == "either" and rng.random() < 0.5 else mode
            pick = "half_even" if pick == "either" else pick
            decimals = int(rng.integers(0, 3))
            figures.append({"id": id, "percent": by_hand(count, base, decimals, pick), **more})

    for group in ("", "d", "o"):
        rows = [i for i in range(n) if group in ("", village[i])]
        within = {"within": {"village": group}} if group else {}
        answered = [i for i in rows if aware[i]]
        for level in "ynx":
            hits = sum(aware[i] == level for i in answered)
            put(f"aware {level} {group}", hits, len(answered), where={"aware": level}, **within)
        chosen = [set(likes[i].split(";")) - {""} for i in rows]
        for level in "tmw":
            hits = sum(level in c for c in chosen)
            where = {"where": {"likes": level}, **within}
            put(f"cases {level} {group}", hits, sum(map(bool, chosen)), **where)
            put(f"responses {level} {group}", hits, sum(map(len, chosen)), of="responses", **where)
    paper = {
        "surveykit": "published/1", "study": {"title": "made up"}, "rounding": mode,
        "variables": {"village": {"levels": ["d", "o"]}, "aware": {"levels": ["y", "n", "x"]},
                      "likes": {"kind": "multiple", "levels": ["t", "m", "w"]}},
        "counts": [{"id": "n", "count": str(n)},
                   {"id": "d", "count": str(int((village == "d").sum())), "where": {"village": "d"}}],
        "figures": figures,
    }  # fmt: skip
    return Survey(frame, Codebook(Label(), variables, None, "c.yaml")), paper


def _choices(codes: str) -> tuple[Choice, ...]:
    return tuple(Choice(c, Label()) for c in codes)


def test_the_true_data_always_match() -> None:
    compared = 0
    for seed in range(240):
        survey, paper = made_up(seed)
        result = verify(parse_published(json.dumps(paper)), survey)
        assert {c.status for c in result.comparisons} == {"match"}, seed
        compared += len(result.comparisons)
    assert compared > 2000


def test_a_planted_misprint_always_differs() -> None:
    for seed in range(40):
        survey, paper = made_up(seed)
        if not paper["figures"]:
            continue
        figure = paper["figures"][seed % len(paper["figures"])]
        text = figure["percent"]
        last = str((int(text[-1]) + 5) % 10)
        figure["percent"] = text[:-1] + last if text != "100" else "95"
        result = verify(parse_published(json.dumps(paper)), survey)
        assert [c.id for c in result.differences] == [figure["id"]]


# ---------------------------------------------------------------- readings under which it would match
PAPER = """
surveykit: published/1
study: {title: made up}
rounding: half_up
variables:
  village: {levels: [demo, other]}
  aware: {levels: ["yes", "no"]}
  likes: {kind: multiple, levels: [tea, milk]}
counts: [{id: n, count: "10"}]
figures:
"""
ROWS = pd.DataFrame(
    {
        "village": ["demo"] * 4 + ["other"] * 6,
        "aware": ["yes", "yes", "no", "", "yes", "no", "no", "no", "99", ""],
        "likes": ["tea", "tea;milk", "milk", "tea", "", "tea", "tea;milk", "", "", "tea"],
    },
    dtype=str,
)
BOOK = Codebook(
    Label(),
    {
        "village": Variable("village", "single", Label(), (Choice("demo", Label()), Choice("other", Label()))),
        "aware": Variable("aware", "single", Label(), (Choice("yes", Label()), Choice("no", Label())), missing=(Choice("99", Label()),)),
        "likes": Variable("likes", "multiple", Label(), (Choice("tea", Label()), Choice("milk", Label())), separator=";"),
    },
    None,
    "c.yaml",
)  # fmt: skip


def paper_of(figure: str, rounding: str = "half_up") -> Published:
    return parse_published(f"{PAPER.replace('half_up', rounding)}  - {{id: f, {figure}}}\n")


READINGS = [
    ('percent: "66.6", where: {aware: "yes"}, within: {village: demo}', "rounding truncate"),
    (
        'percent: "50.0", where: {aware: "yes"}, within: {village: demo}',
        "those who did not answer counted in the base",
    ),
    ('percent: "37.5", where: {aware: "yes"}', "user-missing answers counted"),
    ('percent: "66.7", where: {likes: tea}', "responses, not cases"),
    ('percent: "85.7", where: {likes: tea}, of: responses', "cases, not responses"),
    (
        'percent: "42.9", where: {aware: "yes"}, within: {village: demo}',
        "the share of all respondents",
    ),
    ('percent: "28.6", where: {aware: "yes"}, within: {village: demo}', "a total percentage"),
    ('percent: "33.3", where: {aware: "no"}, within: {village: demo}', ""),
    ('percent: "33.3", where: {aware: "yes"}, within: {village: other}', "the other direction"),
]


@pytest.mark.parametrize(("figure", "reading"), READINGS)
def test_the_reading_that_would_match_is_named(figure: str, reading: str) -> None:
    (found,) = [
        c for c in verify(paper_of(figure), Survey(ROWS, BOOK)).comparisons if c.kind == "figure"
    ]
    if not reading:
        assert found.status == "match"
        return
    assert found.status == "differs"
    assert any(reading in r.en for r in found.readings), [r.en for r in found.readings]


def test_how_many_respondents_more_and_the_exact_difference() -> None:
    found = verify(paper_of('percent: "100.0", where: {aware: "yes"}, within: {village: demo}'), Survey(ROWS, BOOK)).differences[0]  # fmt: skip
    assert (found.count, found.base, found.difference) == (2, 3, Fraction(-100, 3))
    assert found.why.en == "1 more would print so."


def test_digits_that_cannot_be_read_match_one_of_them() -> None:
    paper = paper_of(
        'percent: "6[17]?.7", where: {aware: "yes"}, within: {village: demo}'.replace(
            "[17]?", "[67]"
        )
    )
    assert verify(paper, Survey(ROWS, BOOK)).clean


def test_orders_and_the_auditors_tests_are_kept_apart() -> None:
    paper = parse_published(PAPER + """
  - {id: a, where: {aware: "yes"}, within: {village: demo}}
  - {id: b, where: {aware: "yes"}, within: {village: other}}
  - {id: tea, where: {likes: tea}}
  - {id: milk, where: {likes: milk}}
claims:
  - {id: up, greater: [a, b], test: fisher}
  - {id: down, greater: [b, a]}
  - {id: both, association: [village, aware]}
  - {id: trend, trend: [b, a]}
  - {id: first, largest: tea}
  - {id: second, rank: {milk: 2, among: [tea, milk]}}
  - {id: third, rank: {tea: 2, among: [tea, milk]}}
  - {id: across, association: [village, likes]}
""")  # fmt: skip
    found = {c.id: c for c in verify(paper, Survey(ROWS, BOOK)).comparisons if c.kind == "claim"}
    assert {i: c.status for i, c in found.items()} == {
        "up": "match", "down": "differs", "both": "not significant", "trend": "match",
        "first": "match", "second": "match", "third": "differs", "across": "cannot be computed",
    }  # fmt: skip
    from scipy.stats import fisher_exact

    p = fisher_exact([[2, 1], [1, 3]]).pvalue
    assert f"p = {p:.4g}" in found["up"].why.en


# ---------------------------------------------------------------- printed means and tests
EVIDENCE = """
surveykit: published/1
study: {title: made up}
variables:
  score: {levels: ["1", "2", "3", "4", "5"]}
  group: {levels: [a, b]}
figures:
  - {id: a, where: {score: "5"}, within: {group: a}}
  - {id: b, where: {score: "5"}, within: {group: b}}
means:
  - {id: good, mean: "MEAN", sd: "SD", of: score}
  - {id: within, mean: "MEANA", of: score, within: {group: a}}
  - {id: bad, mean: "9.99", of: score, range: [1, 5]}
  - {id: divisor, sd: "SDN", of: score, divisor: n-1}
tests:
  - {id: table, of: [group, score], chi2: "CHI", df: "DF", p: "PP"}
  - {id: pair, of: [a, b], odds_ratio: "OR"}
  - {id: wrong, of: [group, score], chi2: "99.99"}
"""


@pytest.mark.parametrize("seed", range(8))
def test_means_and_tests_of_the_data_match(seed: int) -> None:
    from scipy.stats import chi2_contingency

    rng = np.random.default_rng(seed)
    score, group = rng.integers(1, 6, 77), rng.choice(["a", "b"], 77)  # no ties
    table = pd.crosstab(group, score).to_numpy()
    chi2, p, df, _ = chi2_contingency(table, correction=False)
    (x, y) = ([int(((group == g) & (score == 5)).sum()), int(((group == g) & (score != 5)).sum())] for g in "ab")  # fmt: skip
    put = {
        "MEANA": f"{score[group == 'a'].mean():.2f}", "MEAN": f"{score.mean():.2f}",
        "SDN": f"{score.std():.4f}", "SD": f"{score.std(ddof=1):.2f}", "CHI": f"{chi2:.2f}", "DF": str(df),
        "PP": f"{p:.3f}", "OR": f"{x[0] * y[1] / (x[1] * y[0]):.2f}",
    }  # fmt: skip
    text = EVIDENCE
    for key, value in put.items():
        text = text.replace(f'"{key}"', f'"{value}"')
    frame = pd.DataFrame({"score": score.astype(str), "group": group}, dtype=str)
    result = verify(parse_published(text), Survey(frame), lang="en")
    found = {c.id: c for c in result.comparisons if c.kind in ("mean", "test")}
    assert {i: c.status for i, c in found.items()} == {
        "good": "match", "within": "match", "bad": "differs", "divisor": "differs",
        "table": "match", "pair": "match", "wrong": "differs",
    }  # fmt: skip
    assert found["divisor"].readings[0].en == "n as the divisor of the SD"
    assert f"chi2 {chi2:.5g}" in found["table"].computed


# ---------------------------------------------------------------- what cannot be computed
def test_a_variable_or_level_that_the_data_lack_is_told() -> None:
    frame = ROWS.rename(columns={"aware": "awre"})
    result = verify(paper_of('percent: "50.0", where: {aware: "yes"}'), Survey(frame))
    (found,) = [c for c in result.comparisons if c.kind == "figure"]
    assert found.status == "cannot be computed"
    assert "did you mean 'awre'" in found.why.en
    other = parse_published(PAPER.replace("[demo, other]", "[demo, othr]") + '  - {id: f, percent: "40.0", where: {village: demo}}\n')  # fmt: skip
    (found,) = [c for c in verify(other, Survey(ROWS)).comparisons if c.kind == "figure"]
    assert "othr" in found.why.en
    assert "'other'" in found.why.en


def test_a_file_of_something_else_is_refused() -> None:
    paper = parse_published(PAPER.replace('counts: [{id: n, count: "10"}]\n', "") + '  - {id: f, percent: "40.0", where: {village: demo}}\n')  # fmt: skip
    with pytest.raises(InputError, match="nothing that the paper prints"):
        verify(paper, Survey(pd.DataFrame({"x": ["1"]})))


def test_levels_are_matched_by_label_and_by_position() -> None:
    choices = (Choice("1", Label("示范", "demo")), Choice("2", Label("其他", "other")))
    frame = pd.DataFrame({"village": ["1", "1", "2"]}, dtype=str)
    book = Codebook(
        Label(), {"village": Variable("village", "single", Label(), choices)}, None, "c.yaml"
    )
    for levels in ("[demo, other]", "[示范, 其他]", '["1", "2"]', "[a, b]"):
        first = levels.strip("[]").split(",")[0]
        text = PAPER.replace("[demo, other]", levels).replace('"10"', '"3"')
        paper = parse_published(
            f'{text}  - {{id: f, percent: "66.7", where: {{village: {first}}}}}\n'
        )
        result = verify(paper, Survey(frame, book))
        assert result.clean
        assert any("by their order" in n for n in result.notes) == (levels == "[a, b]")


# ---------------------------------------------------------------- Badong and the command line
@pytest.mark.parametrize("draw", [1, 2, 3])
def test_the_shipped_files_print_what_the_paper_prints(draw: int) -> None:
    paper = load_published(BADONG / "published.yaml")
    survey = read(BADONG / f"SYNTHETIC_nonresponse_{draw}.csv", codebook=BADONG / "codebook.yaml")
    result = verify(paper, survey, lang="en")
    assert result.scenario == "nonresponse"
    assert result.clean
    printed = {f.id for f in paper.figures if f.percent is not None}
    assert printed <= {c.id for c in result.comparisons if c.status == "match"}
    assert "SYNTHETIC" in result.notes[0]
    with pytest.raises(UnknownNameError):
        verify(paper, survey, scenario="nonrespons")


def run(*args: object, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "surveykit.cli", *map(str, args)],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout


def test_the_command_in_every_format(tmp_path: Path) -> None:
    file, paper = BADONG / "SYNTHETIC_nonresponse_1.csv", BADONG / "published.yaml"
    book = ("--codebook", BADONG / "codebook.yaml")
    page = tmp_path / "v.html"
    run("verify", paper, file, *book, "-o", page)
    assert "SYNTHETIC" in page.read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        paper.read_text(encoding="utf-8").replace('"54.3"', '"45.3"'), encoding="utf-8"
    )
    made = json.loads(run("verify", wrong, file, *book, "--format", "json", code=1))
    assert [c["id"] for c in made["comparisons"] if c["status"] == "differs"] == ["aware_other"]
    assert not made["clean"]
    assert made["tally"]["differs"] == 1


def test_transcriptions_and_schema_on_the_command_line(tmp_path: Path) -> None:
    paper = BADONG / "published.yaml"
    other = tmp_path / "b.yaml"
    other.write_text(
        paper.read_text(encoding="utf-8").replace('"62.8"', '"68.2"'), encoding="utf-8"
    )
    made = json.loads(run("transcriptions", paper, other, "--format", "json", code=1))
    (found,) = made["differences"]
    assert (found["id"], found["first"], found["second"]) == ("leisure_richer", "62.8", "68.2")
    run("schema", "codebook", "-o", tmp_path / "s.json")
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))["title"].startswith(
        "codebook"
    )


def test_a_mode_is_one_of_the_known() -> None:
    assert set(MODES) == set(ROUNDINGS)
