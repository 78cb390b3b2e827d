"""The command line as a user meets it: processes, exit codes, stdout, stderr, files."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from surveykit import __version__, cli
from surveykit.estimate import Estimates, Tests

ROOT = Path(__file__).resolve().parents[1]
RESPONSES = """village,aware,age,phone
示范村,知道,31,13912345678
示范村,知道,44,13912345679
示范村,不知道,12,13912345670
其他村,知道,70,13912345671
其他村,不知道,,13912345672
其他村,不知道,25,13912345673
"""
CODEBOOK = """surveykit: codebook/1
variables:
  village:
    question: {zh: 村, en: Village}
    kind: single
    choices: [{code: 示范村, label: {zh: 示范村, en: Demo}}, {code: 其他村, label: {zh: 其他村, en: Other}}]
  aware:
    question: {zh: 知晓, en: Aware}
    kind: single
    choices: [{code: 知道, label: {zh: 知道, en: "Yes"}}, {code: 不知道, label: {zh: 不知道, en: "No"}}]
  age: {kind: number}
"""
PUBLISHED = """surveykit: published/1
study: {title: {zh: 一项调查, en: A survey}}
variables:
  village: {levels: [示范村, 其他村], label: {zh: 村, en: Village}}
  aware: {levels: [知道, 不知道], label: {zh: 知晓, en: Aware}}
counts: [{id: all, count: "80"}, {id: demo, count: "30", where: {village: 示范村}}]
figures:
  - {id: a, percent: "73.3", where: {aware: 知道}, within: {village: 示范村}}
  - {id: b, percent: "54.0", where: {aware: 知道}, within: {village: 其他村}}
claims: [{id: c, greater: [a, b], test: chi2, quote: 示范村较高}]
"""
IMPOSSIBLE = PUBLISHED.replace("73.3", "73.4")
CONFLICT = PUBLISHED.replace(
    "claims:", '  - {id: all_aware, percent: "10.0", where: {aware: 知道}}\nclaims:'
)


def run(
    *args: object, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line; `-m` so that it works from a checkout and an installation alike."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "surveykit.cli", *map(str, args)],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        timeout=300,
        check=False,
    )


@dataclass(frozen=True)
class Here:
    """The command line in this process: many cases, quickly."""

    monkeypatch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def run(self, *args: object, cwd: Path) -> tuple[int, str, str]:
        """Return the exit code, stdout and stderr."""
        self.monkeypatch.chdir(cwd)
        self.monkeypatch.setattr(sys, "argv", ["surveykit", *map(str, args)])
        before = signal.getsignal(signal.SIGINT)
        try:
            with pytest.raises(SystemExit) as ended:
                cli.main()
        finally:
            signal.signal(signal.SIGINT, before)
        said = self.capture.readouterr()
        return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


def out(*args: object, code: int = 0) -> str:
    """Run, expect `code`, and return stdout."""
    done = run(*args)
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cli")
    (made / "r.csv").write_text(RESPONSES, encoding="utf-8")
    (made / "book.yaml").write_text(CODEBOOK, encoding="utf-8")
    (made / "p.yaml").write_text(PUBLISHED, encoding="utf-8")
    (made / "impossible.yaml").write_text(IMPOSSIBLE, encoding="utf-8")
    return made


# ---------------------------------------------------------------- tab and mean
def test_tab_json_is_contract_2(folder: Path) -> None:
    args = ("tab", folder / "r.csv", "aware", "--by", "village", "--codebook", folder / "book.yaml")
    made = json.loads(out(*args, "--format", "json", "--lang", "en"))
    assert list(made) == ["estimates", "tests", "notes"]
    assert all(tuple(row) == Estimates.columns for row in made["estimates"])
    assert all(tuple(row) == Tests.columns for row in made["tests"])
    (row,) = (
        r for r in made["estimates"]
        if (r["level"], r["by_level"], r["stat"]) == ("Yes", "Demo", "percent")
    )  # fmt: skip
    assert row["estimate"] == pytest.approx(200 / 3, rel=1e-14)
    assert (row["level_code"], row["by_code"], row["n"]) == ("知道", "示范村", 3)
    (test,) = made["tests"]
    assert test["statistic"] == pytest.approx(2 / 3)  # 6 (2·2 − 1·1)² / 3⁴


def test_tab_csv_has_the_rows_of_contract_1(folder: Path) -> None:
    text = out("tab", folder / "r.csv", "aware", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == Estimates.columns
    percent = next(r for r in rows if r["stat"] == "percent")
    assert (percent["level"], float(percent["estimate"]), percent["n"]) == ("知道", 50.0, "6")


def test_what_csv_has_no_place_for_is_said_on_stderr(folder: Path) -> None:
    args = ("tab", folder / "r.csv", "aware", "--by", "village", "--test", "fisher")
    done = run(*args, "--format", "csv")
    assert done.returncode == 0
    said = done.stderr.decode("utf-8")
    assert "--format json" in said
    assert "phone" in said


def test_tab_shows_percent_and_n_in_the_language_asked_for(folder: Path) -> None:
    args = ("tab", folder / "r.csv", "aware", "--by", "village", "--codebook", folder / "book.yaml")
    zh, en = out(*args), out(*args, "--lang", "en")
    assert "66.7" in zh
    assert "合计" in zh
    assert "χ²" in zh
    assert "Demo" in en
    assert "Total" in en


def test_tab_nests_and_takes_a_domain(folder: Path) -> None:
    made = json.loads(
        out(
            *("tab", folder / "r.csv", "aware", "--by", "village*age", "--where", "age >= 30"),
            *("--format", "json"),
        )
    )
    assert {r["by"] for r in made["estimates"]} == {"", "village*age"}
    total = next(r for r in made["estimates"] if r["by"] == "" and r["stat"] == "percent")
    assert (total["estimate"], total["n"]) == (100.0, 3)


def test_tests_are_those_asked_for(folder: Path) -> None:
    args = ("tab", folder / "r.csv", "aware", "--by", "village", "--format", "json")
    made = json.loads(out(*args, "--test", "fisher", "--test", "g2"))
    assert [t["test"] for t in made["tests"]] == ["fisher", "g2"]


def test_mean(folder: Path) -> None:
    made = json.loads(out("mean", folder / "r.csv", "age", "--by", "village", "--format", "json"))
    assert list(made) == ["estimates", "tests", "notes"]
    total = made["estimates"][0]
    assert (total["stat"], total["estimate"], total["n"]) == ("mean", 36.4, 5)
    assert total["deff"] is None
    assert "36.4" in out("mean", folder / "r.csv", "age")


def test_identifiers_go_unless_kept(folder: Path) -> None:
    done = run("tab", folder / "r.csv", "phone")
    assert done.returncode == 2
    assert "13912345678" in out("tab", folder / "r.csv", "phone", "--keep", "phone")


@pytest.mark.parametrize(("ending", "holds"), [("html", "<!DOCTYPE html>"), ("md", "| --- |"), ("json", '"estimates"'), ("txt", "━━")])  # fmt: skip
def test_the_ending_of_the_output_names_the_format(folder: Path, ending: str, holds: str) -> None:
    target = folder / f"t.{ending}"
    assert out("tab", folder / "r.csv", "aware", "-o", target) == ""
    assert holds in target.read_text(encoding="utf-8").replace(":---", "---").replace("---:", "---")


def test_xlsx_holds_numbers(folder: Path) -> None:
    out("tab", folder / "r.csv", "aware", "--format", "xlsx", "-o", folder / "t.xlsx")
    (sheet,) = openpyxl.load_workbook(folder / "t.xlsx").worksheets
    assert 50.0 in [c.value for row in sheet.iter_rows() for c in row]


# ---------------------------------------------------------------- check and codebook
def test_check_finds_what_the_codebook_does_not_allow(folder: Path) -> None:
    clean = json.loads(
        out("check", folder / "r.csv", "--codebook", folder / "book.yaml", "--format", "json")
    )
    assert list(clean) == ["findings", "notes"]
    assert {f["severity"] for f in clean["findings"]} == {"info"}
    wrong = folder / "wrong.csv"
    wrong.write_text(RESPONSES.replace("不知道,25", "=不清楚,25"), encoding="utf-8")
    args = ("check", wrong, "--codebook", folder / "book.yaml")
    assert "=不清楚" in out(*args, code=1)
    assert "not in the codebook" in out(*args, "--lang", "en", code=1)
    page = folder / "check.html"
    out(*args, "-o", page, code=1)
    assert "=不清楚" in page.read_text(encoding="utf-8")


def test_a_drafted_codebook_reads_the_file_again(folder: Path) -> None:
    draft = folder / "draft.yaml"
    out("codebook", folder / "r.csv", "-o", draft)
    assert draft.read_text(encoding="utf-8") == out("codebook", folder / "r.csv")
    made = json.loads(
        out("tab", folder / "r.csv", "aware", "--codebook", draft, "--format", "json")
    )
    assert made["estimates"][0]["level"] == "知道"


# ---------------------------------------------------------------- audit and reconstruct
def test_audit_json_is_contract_2(folder: Path) -> None:
    made = json.loads(out("audit", folder / "p.yaml", "--format", "json"))
    assert list(made) == ["scenarios"]
    (reading,) = made["scenarios"]
    assert reading["id"] == "as_printed"
    assert {"figures", "groups", "claims"} <= set(reading)
    a, b = reading["figures"]
    assert {"id", "printed", "status", "base", "count", "why"} <= set(a)
    assert (a["printed"], a["status"], a["base"], a["count"]) == (
        "73.3",
        "possible",
        [30, 30],
        [22, 22],
    )
    assert (b["base"], b["count"]) == ([50, 50], [27, 27])
    for group in reading["groups"]:
        assert {"figures", "tables", "conflicts", "repairs"} <= set(group)
        assert set(group["tables"]) == {"number", "exact"}
    (claim,) = reading["claims"]
    assert {"id", "verdict", "order", "break_even_deff", "statistic", "p", "why"} <= set(claim)
    assert (claim["verdict"], claim["order"]) == ("holds in none", "holds in all")


def test_audit_reports_findings_by_its_exit_code(folder: Path) -> None:
    for kind in ("text", "json", "html"):
        assert out("audit", folder / "impossible.yaml", "--format", kind, code=1)
    target = folder / "audit.html"
    assert out("audit", folder / "impossible.yaml", "-o", target, code=1) == ""
    assert "73.4%" in target.read_text(encoding="utf-8")


def test_the_exit_code_is_that_of_the_reading_named(folder: Path) -> None:
    path = folder / "readings.yaml"
    reading = 'scenarios: [{id: misprint, figures: {a: {percent: "73.3"}}}]\n'
    path.write_text(IMPOSSIBLE + reading, encoding="utf-8")
    both = json.loads(out("audit", path, "--format", "json", code=1))
    assert [s["id"] for s in both["scenarios"]] == ["as_printed", "misprint"]
    one = json.loads(out("audit", path, "--scenario", "misprint", "--format", "json"))
    assert [s["id"] for s in one["scenarios"]] == ["misprint"]


def test_labels_come_from_the_codebook_beside(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PUBLISHED, encoding="utf-8")
    (tmp_path / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    assert "Aware: Yes (Demo)" in out("audit", tmp_path / "p.yaml", "--lang", "en")
    (tmp_path / "codebook.yaml").write_text("nonsense", encoding="utf-8")
    done = run("audit", tmp_path / "p.yaml", "--lang", "en")
    assert done.returncode == 0
    assert b"Aware: \xe7\x9f\xa5\xe9\x81\x93 (Village" in done.stdout
    assert b"labels are not taken" in done.stderr


def test_reconstruct_goes_back_in_by_the_front_door(folder: Path) -> None:
    made = folder / "made"
    args = ("--codebook", folder / "book.yaml", "--seed", 3, "--draws", 2, "-o", made)
    paths = out("reconstruct", folder / "p.yaml", *args).splitlines()
    assert [Path(p).name for p in paths] == [
        "SYNTHETIC_as_printed_1.csv",
        "SYNTHETIC_as_printed_2.csv",
    ]
    table = json.loads(
        out(
            *("tab", paths[0], "aware", "--by", "village", "--codebook", folder / "book.yaml"),
            *("--format", "json"),
        )
    )
    cell = next(
        r for r in table["estimates"]
        if (r["level_code"], r["by_code"], r["stat"]) == ("知道", "示范村", "percent")
    )  # fmt: skip
    assert (round(cell["estimate"], 1), cell["mark"]) == (73.3, "printed")


def test_reproduce_builds_the_study_in_an_empty_folder(tmp_path: Path) -> None:
    done = run("reproduce", "badong", "-o", "out", "--format", "html", "--lang", "en", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"out\n"), done.stderr.decode()
    assert done.stderr == b""  # no progress where stderr is no terminal
    made = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"report.html", "comparison.csv", "manifest.json", "tables", "figures"} <= made
    page = (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
    assert 'id="audit-nonresponse"' in page


# ---------------------------------------------------------------- bad input
BAD_PUBLISHED = {
    "unknown_key": (PUBLISHED.replace("within:", "withn:", 1), ["withn", "within", "line 8"]),
    "number": (PUBLISHED.replace('"73.3"', "73.3"), ["73.3", "string", "line 8"]),
    "level": (PUBLISHED.replace("aware: 知道}, within", "aware: 知到}, within", 1), ["知到", "知道"]),
    "not_yaml": (PUBLISHED + "figures: [", ["YAML"]),
    "codebook": (CODEBOOK, ["published/1"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_PUBLISHED)
def test_a_bad_published_file_is_one_message_with_its_place(tmp_path: Path, case: str) -> None:
    content, named = BAD_PUBLISHED[case]
    path = tmp_path / "p.yaml"
    path.write_text(content, encoding="utf-8")
    book = tmp_path / "book.yaml"
    book.write_text(CODEBOOK, encoding="utf-8")
    for args in (
        ("audit", path, "-o", tmp_path / "new.txt"),
        ("reconstruct", path, "--codebook", book, "-o", tmp_path / "new"),
    ):
        said = _refused(*args)
        assert str(path) in said
        assert all(word in said for word in named), said
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book.yaml", "p.yaml"]


def _refused(*args: object, env: dict[str, str] | None = None) -> str:
    """Expect exit code 2, nothing on stdout, and one message; return it."""
    done = run(*args, env=env)
    said = done.stderr.decode("utf-8")
    assert done.returncode == 2, said
    assert done.stdout == b""
    assert "Traceback" not in said
    assert said.startswith(("surveykit: ", "Usage: "))
    assert len(said.strip().splitlines()) == (1 if said.startswith("surveykit: ") else 4)
    return said


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("tab", "missing.csv", "aware"), ["missing.csv"]),
        (("tab", "binary.bin", "aware"), ["binary.bin", "unknown format", "csv"]),
        (("tab", "empty.csv", "aware"), ["empty.csv", "empty"]),
        (("tab", ".", "aware"), ["."]),
        (("tab", "r.csv", "awere"), ["awere", "did you mean 'aware'"]),
        (("tab", "r.csv", "aware", "--by", "vilage"), ["vilage", "village"]),
        (("tab", "r.csv", "aware", "--by", "village", "--test", "fishr"), ["fishr", "fisher"]),
        (("tab", "r.csv", "aware", "--test", "chi2"), ["--by"]),
        (("tab", "r.csv", "aware", "--ci", "wilsn"), ["wilsn", "wilson"]),
        (("tab", "r.csv", "aware", "--ci", "logit"), ["logit", "no design", "wilson"]),
        (("tab", "r.csv", "aware", "--by", "village", "--test", "rao_scott"), ["rao_scott", "no design", "chi2"]),
        (("tab", "r.csv", "aware", "--where", "age >>"), ["age >>"]),
        (("tab", "r.csv", "aware", "--where", "agee > 3"), ["agee", "age"]),
        (("tab", "r.csv", "aware", "--keep", "fone"), ["fone"]),
        (("tab", "r.csv", "aware", "--format", "word"), ["word", "docx"]),
        (("tab", "r.csv", "aware", "--format", "xlsx"), ["-o"]),
        (("tab", "r.csv", "aware", "-o", "r.csv"), ["r.csv", "read"]),
        (("tab", "r.csv", "aware", "-o", "r.csv/x.txt"), ["r.csv/x.txt", "cannot be written"]),
        (("tab", "r.csv", "aware", "-o", "."), ["cannot be written"]),
        (("tab", "r.csv", "aware", "--lang", "fr"), ["fr", "zh"]),
        (("tab", "r.csv"), ["VARIABLE"]),
        (("tab", "r.csv", "aware", "--wieght", "w"), ["--wieght"]),
        (("tab", "r.csv", "aware", "--codebook", "nothing.yaml"), ["nothing.yaml"]),
        (("tab", "wrong.csv", "aware", "--codebook", "book.yaml"), ["wrong.csv", "不清楚", "record 6"]),
        (("tab", "r.csv", "aware", "--codebook", "design.yaml"), ["design"]),
        (("mean", "r.csv", "village"), ["village"]),
        (("mean", "r.csv", "age", "--test", "anova"), ["--by"]),
        (("tab", "r.csv", "aware", "--letters", "all"), ["--letters", "--by"]),
        (("tab", "r.csv", "aware", "--by", "village", "--letters", "some"), ["some", "previous"]),
        (("tab", "r.csv", "aware", "--by", "village", "--alpha", "0.01"), ["--alpha", "--letters all"]),
        (("tab", "r.csv", "aware", "--by", "village", "--letters", "all", "--alpha", "5"), ["between 0 and 1", "5"]),
        (("tab", "r.csv", "aware", "--summary", "maen"), ["maen", "mean"]),
        (("tab", "r.csv", "aware", "--summary", "mean"), ["aware", "no numbers"]),
        (("tab", "r.csv", "aware", "--stat", "percnt"), ["percnt", "percent"]),
        (("tab", "r.csv", "aware", "--lonely-psu", "adjust"), ["--lonely-psu", "--strata"]),
        (("tab", "r.csv", "aware", "--weight", "age", "--lonely-psu", "adjsut"), ["adjsut", "adjust"]),
        (("tab", "r.csv", "aware", "--weight", "w"), ["'w'", "age"]),
        (("book", "r.csv", "--banner", "vilage"), ["vilage", "village"]),
        (("book", "r.csv", "--letters", "all"), ["--letters", "--banner"]),
        (("book", "r.csv", "--format", "csv"), ["csv", "xlsx"]),
        (("book", "r.csv", "--format", "xlsx"), ["-o"]),
        (("book", "r.csv", "-o", "r.csv"), ["r.csv", "read"]),
        (("check", "r.csv"), ["--codebook"]),
        (("check", "r.csv", "--codebook", "r.csv"), ["r.csv", "line 1"]),
        (("audit", "missing.yaml"), ["missing.yaml"]),
        (("audit", "p.yaml", "--scenario", "as_print"), ["as_print", "as_printed"]),
        (("reconstruct", "p.yaml", "--codebook", "book.yaml", "--draws", "0", "-o", "new"), ["draws"]),
        (("reconstruct", "conflict.yaml", "--codebook", "book.yaml", "-o", "new"), ["as_printed"]),
        (("reproduce", "badng"), ["badng", "badong"]),
        (("reproduce", "badong", "--format", "htlm"), ["htlm", "html"]),
        (("tabb", "r.csv", "aware"), ["tabb"]),
    ],
)  # fmt: skip
def test_bad_use_is_one_message_and_writes_nothing(
    here: Here, folder: Path, tmp_path: Path, args: tuple[str, ...], named: list[str]
) -> None:
    for name in ("r.csv", "book.yaml", "p.yaml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)))
    (tmp_path / "wrong.csv").write_text(RESPONSES.replace("不知道,25", "不清楚,25"), "utf-8")
    design = CODEBOOK.replace("variables:", "design: {weight: age}\nvariables:", 1)
    (tmp_path / "design.yaml").write_text(design, "utf-8")
    (tmp_path / "conflict.yaml").write_text(CONFLICT, "utf-8")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    code, stdout, said = here.run(*args, cwd=tmp_path)
    assert (code, stdout) == (2, ""), said
    assert "Traceback" not in said
    assert "fault of surveykit" not in said
    assert all(word in said for word in named), said
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


# ---------------------------------------------------------------- weights and designs
WEIGHTED = """aware,age,w,s,p,village
yes,20,1,a,1,x
no,30,2,a,1,x
yes,40,3,a,2,y
no,50,1,b,3,y
yes,60,1,b,4,z
no,70,4,b,4,z
"""


@pytest.fixture
def weighted(tmp_path: Path) -> Path:
    (tmp_path / "w.csv").write_text(WEIGHTED, encoding="utf-8")
    return tmp_path


def made(here: Here, folder: Path, *args: str) -> dict[str, list[dict[str, object]]]:
    code, stdout, said = here.run(*args, "--format", "json", cwd=folder)
    assert code == 0, said
    found: dict[str, list[dict[str, object]]] = json.loads(stdout)
    return found


def value(rows: list[dict[str, object]], **place: str) -> dict[str, object]:
    (row,) = (r for r in rows if all(r[k] == v for k, v in place.items()))
    return row


def test_weights_strata_and_clusters_reach_the_estimates(here: Here, weighted: Path) -> None:
    args = ("tab", "w.csv", "aware", "--weight", "w")
    plain = value(made(here, weighted, *args)["estimates"], level="yes", stat="percent")
    assert plain["estimate"] == pytest.approx(100 * 5 / 12)
    assert plain["n"] == 6
    clustered = value(
        made(here, weighted, *args, "--strata", "s", "--psu", "p")["estimates"],
        level="yes", stat="percent",
    )  # fmt: skip
    assert clustered["estimate"] == plain["estimate"]
    assert clustered["df"] == 2  # four clusters in two strata
    assert clustered["se"] != plain["se"]
    age = value(
        made(here, weighted, "mean", "w.csv", "age", "--weight", "w")["estimates"], stat="mean"
    )
    assert age["estimate"] == pytest.approx((20 + 60 + 120 + 50 + 60 + 280) / 12)


def test_options_change_single_roles_of_the_design_of_the_codebook(
    here: Here, weighted: Path
) -> None:
    book = (
        "surveykit: codebook/1\ndesign: {weight: w, strata: s, psu: [p]}\nvariables:\n"
        "  aware: {kind: single, choices: [{code: 'yes', label: Y}, {code: 'no', label: N}]}\n"
    )
    (weighted / "b.yaml").write_text(book, encoding="utf-8")
    args = ("tab", "w.csv", "aware", "--codebook", "b.yaml")
    place = {"level_code": "yes", "stat": "percent"}
    own = value(made(here, weighted, *args)["estimates"], **place)
    other = value(made(here, weighted, *args, "--psu", "age")["estimates"], **place)
    assert own["estimate"] == other["estimate"] == pytest.approx(100 * 5 / 12)
    assert own["se"] != other["se"]


def test_a_design_column_may_be_one_that_identifies_people(here: Here, weighted: Path) -> None:
    phones = WEIGHTED.replace("village", "phone")
    for short, whole in (("x", "13912345678"), ("y", "13912345679"), ("z", "13912345670")):
        phones = phones.replace(f",{short}\n", f",{whole}\n")
    (weighted / "p.csv").write_text(phones, encoding="utf-8")
    rows = made(here, weighted, "tab", "p.csv", "aware", "--psu", "phone")["estimates"]
    assert value(rows, level="yes", stat="percent")["df"] == 2
    code, _, said = here.run("tab", "p.csv", "phone", cwd=weighted)
    assert (code, "identifier" in said) == (2, True)


# ---------------------------------------------------------------- letters, summaries, books
SCALES = "group,q4_1,q4_2,likes\n" + "".join(
    f"{g},{a},{b},{likes}\n"
    for g, a, b, likes in [("a", 5, 4, "tv┋web")] * 20
    + [("a", 4, 5, "tv")] * 20
    + [("b", 1, 2, "web")] * 30
    + [("b", 5, 1, "")] * 5
)
SCALES_BOOK = """surveykit: codebook/1
variables:
  group: {question: Group, kind: single, choices: [{code: a, label: Men}, {code: b, label: Women}]}
  q4_1: {question: "Trust: courts", kind: scale, choices: [{code: 1, label: low}, {code: 2, label: lower}, {code: 4, label: higher}, {code: 5, label: high}], nets: [{label: little, of: [1, 2]}]}
  q4_2: {question: "Trust: police", kind: scale, choices: [{code: 1, label: low}, {code: 2, label: lower}, {code: 4, label: higher}, {code: 5, label: high}]}
  likes: {question: Sources, kind: multiple, separator: "┋", choices: [{code: tv, label: TV}, {code: web, label: Web}]}
"""


@pytest.fixture
def scales(tmp_path: Path) -> Path:
    (tmp_path / "s.csv").write_text(SCALES, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SCALES_BOOK, encoding="utf-8")
    return tmp_path


def shown(here: Here, folder: Path, *args: str) -> str:
    code, stdout, said = here.run(*args, "--codebook", "b.yaml", "--lang", "en", cwd=folder)
    assert code == 0, said
    return stdout


def test_letters_summaries_and_nets_of_a_table(here: Here, scales: Path) -> None:
    args = ("tab", "s.csv", "q4_1", "--by", "group", "--letters", "all")
    text = shown(here, scales, *args, "--summary", "mean", "--summary", "top2")
    assert "Men (A)" in text
    assert "Women (B)" in text
    lines = {line.strip().split("  ")[0]: line.split() for line in text.splitlines()}
    assert "A" in lines["low"]  # 0 % of men, 86 % of women
    assert lines["Mean"][-3:-1] == ["4.5", "B"]
    assert "Net: little" in text
    assert "Net: little" not in shown(here, scales, *args, "--nets", "none")
    strict = ("--alpha", "0.05", "--alpha", "1e-9", "--adjust", "holm")
    text = shown(here, scales, *args, *strict, "--summary", "mean")
    assert "capital p < 1e-09, small p < 0.05" in text
    assert "Holm within each row" in text


def test_json_holds_comparisons_only_where_they_were_asked_for(here: Here, scales: Path) -> None:
    args = ("tab", "s.csv", "q4_1", "--codebook", "b.yaml", "--by", "group")
    assert list(made(here, scales, *args)) == ["estimates", "tests", "notes"]
    found = made(here, scales, *args, "--letters", "total")
    assert list(found) == ["estimates", "tests", "notes", "comparisons"]
    assert {c["against"] for c in found["comparisons"]} == {""}


def test_columns_of_the_table_are_those_asked_for(here: Here, scales: Path) -> None:
    stats = ("n", "percent_of_all", "percent", "cumulative_percent")
    text = shown(here, scales, "tab", "s.csv", "q4_1", *(x for s in stats for x in ("--stat", s)))
    assert "cumulative %" in text
    assert next(x.split() for x in text.splitlines() if "Total  " in x)[-3:] == [
        "75",
        "100.0",
        "100.0",
    ]


def test_a_battery_is_one_table(here: Here, scales: Path) -> None:
    text = shown(here, scales, "tab", "s.csv", "q4", "--summary", "mean")
    assert text.splitlines()[0] == "Trust"
    assert next(x.split() for x in text.splitlines() if x.startswith("police"))[:2] == [
        "police",
        "75",
    ]
    assert "Trust: courts" in shown(here, scales, "tab", "s.csv", "q4", "--layout", "groups_across")


def test_means_are_compared_and_tested(here: Here, scales: Path) -> None:
    args = (
        "mean",
        "s.csv",
        "q4_2",
        "--by",
        "group",
        "--letters",
        "all",
        "--test",
        "kruskal_wallis",
    )
    text = shown(here, scales, *args, "--summary", "quantile_25")
    assert "Kruskal–Wallis H(1)" in text
    assert "25% quantile" in text
    assert "4.5 B" in text


@pytest.mark.parametrize("kind", ["text", "md", "html", "xlsx", "json"])
def test_a_book_in_every_format(here: Here, scales: Path, kind: str) -> None:
    target = scales / f"out.{kind}"
    args = ("book", "s.csv", "--banner", "group", "-o", target.name, "--format", kind)
    kept = ("--variable", "group", "--variable", "q4", "--variable", "likes")
    assert shown(here, scales, *args, *kept, "--letters", "all") == ""
    if kind == "json":
        found = json.loads(target.read_text(encoding="utf-8"))
        assert list(found) == ["estimates", "tests", "notes", "comparisons"]
        assert {r["variable"] for r in found["estimates"]} == {"group", "q4_1", "q4_2", "likes"}
    elif kind == "xlsx":
        names = openpyxl.load_workbook(target).sheetnames
        assert names == ["Contents", "1 Group", "2 Trust", "3 Sources"]
    else:
        said = target.read_text(encoding="utf-8")
        assert all(
            f"Table {i}. {t}" in said for i, t in ((1, "Group"), (2, "Trust"), (3, "Sources"))
        )
        assert said.startswith("<!doctype html>") == (kind == "html")


def test_a_book_of_some_questions_without_a_banner(here: Here, scales: Path) -> None:
    text = shown(here, scales, "book", "s.csv", "--variable", "q4", "--variable", "likes")
    assert "Table 1. Trust" in text
    assert "Table 2. Sources" in text
    assert "Group" not in text
    assert next(x.split() for x in text.splitlines() if x.startswith("courts"))[1] == "75"


@pytest.mark.parametrize(("kind", "begins"), [("docx", b"PK"), ("pdf", b"%PDF")])
@pytest.mark.parametrize("command", [("tab", "aware"), ("book",)])
def test_files_for_paper(
    here: Here, folder: Path, tmp_path: Path, kind: str, begins: bytes, command: tuple[str, ...]
) -> None:
    name, *rest = command
    target = tmp_path / f"made.{kind}"
    assert here.run(name, "r.csv", *rest, "-o", target, cwd=folder)[0] == 0
    assert target.read_bytes().startswith(begins)
    assert [p.name for p in tmp_path.iterdir()] == [target.name]


def test_latex_on_stdout_and_by_the_ending(here: Here, folder: Path, tmp_path: Path) -> None:
    _, said, _ = here.run("tab", "r.csv", "aware", "--format", "latex", cwd=folder)
    here.run("tab", "r.csv", "aware", "-o", tmp_path / "made.tex", cwd=folder)
    assert "\\toprule" in said
    assert (tmp_path / "made.tex").read_text(encoding="utf-8") == said


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_a_format_that_is_no_text_needs_a_file(folder: Path, kind: str) -> None:
    assert f"-o table.{kind}" in _refused("tab", folder / "r.csv", "aware", "--format", kind)


# ---------------------------------------------------------------- terminals and pipes
def test_version_and_help() -> None:
    assert out("--version") == f"surveykit {__version__}\n"
    text = out("--help")
    for command in (
        "reproduce",
        "tab",
        "mean",
        "book",
        "check",
        "codebook",
        "audit",
        "reconstruct",
    ):
        assert command in text


def test_stdout_is_utf8_in_any_locale(folder: Path) -> None:
    env = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    done = run("tab", folder / "r.csv", "aware", env=env)
    assert done.returncode == 0, done.stderr
    assert "知道" in done.stdout.decode("utf-8")
    assert "不清楚" in _refused(
        "tab", folder / "r.csv", "不清楚", env={"PYTHONIOENCODING": "ascii"}
    )


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    command = [sys.executable, "-m", "surveykit.cli", "audit", str(folder / "impossible.yaml")]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command,
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_one_message(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "surveykit.cli", "tab", str(folder / "r.csv"), "aware"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['surveykit', '--help']\n"
        "from surveykit import cli\n"
        "try: cli.main()\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(done.stderr.split())
    assert loaded.isdisjoint(
        {"scipy.stats", "matplotlib", "jinja2", "rich", "openpyxl", "xlsxwriter", "ruamel.yaml"}
    )
