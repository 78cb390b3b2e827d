"""The study, end to end: every printed figure compared, the folder whole, the same bytes twice."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from surveykit.errors import InputError, UsageError
from surveykit.studies.badong import data, reproduce
from surveykit.studies.badong.comparison import as_percent, comparison
from surveykit.studies.badong.figures import FIGURES
from surveykit.studies.badong.tables import TABLES

FILES = data.files()


def copy_of_the_data(folder: Path) -> Path:
    return Path(shutil.copytree(FILES, folder / "data"))


def flip_one(folder: Path) -> str:
    """Change one answer of one record in a copy of the first draw; return the record's id."""
    path = folder / f"SYNTHETIC_{data.READING}_1.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    aware, village = rows[0].index("aware"), rows[0].index("village_type")
    row = next(r for r in rows[1:] if r[aware] == "yes" and r[village] == "demonstration")
    row[aware] = "no"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return row[1]


def everything(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


# ---------------------------------------------------------------- the comparison
def spreadsheet(draw: int) -> list[dict[str, str]]:
    path = FILES / f"SYNTHETIC_{data.READING}_{draw}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [{k.removeprefix("arbitrary_"): v for k, v in row.items()} for row in rows]


def answered(row: dict[str, str], variable: str, kind: str) -> bool:
    if kind == "multiple":
        return any(v == "1" for k, v in row.items() if k.startswith(f"{variable}_"))
    return row[variable] != ""


def has(row: dict[str, str], variable: str, level: str, kind: str) -> bool:
    return row[f"{variable}_{level}"] == "1" if kind == "multiple" else row[variable] == level


def recount() -> Iterator[tuple[str, str, list[str]]]:
    """Count every printed percentage with the csv module alone: id, printed, computed by draw."""
    paper = YAML(typ="safe").load((FILES / "published.yaml").read_text(encoding="utf-8"))
    kinds = {n: v.get("kind", "single") for n, v in paper["variables"].items()}
    figures = {f["id"]: f for f in paper["figures"]}
    draws = {draw: spreadsheet(draw) for draw in (1, 2, 3)}
    for figure in (f for f in figures.values() if "percent" in f):
        decimals = len(figure["percent"].partition(".")[2])
        place = Decimal(1).scaleb(-decimals)
        found = []
        for rows in draws.values():
            if isinstance(figure.get("of"), list):
                top, bottom = map(int, figure["of"])
            else:
                cells = [figures[i]["where"] for i in figure.get("sum", [])] or [figure["where"]]
                ((variable, _),) = cells[0].items()
                levels = [level for cell in cells for level in cell.values()]
                within = figure.get("within", {})
                group = [r for r in rows if all(r[k] == v for k, v in within.items())]
                base = [r for r in group if answered(r, variable, kinds[variable])]
                bottom = len(base)
                top = sum(any(has(r, variable, lv, kinds[variable]) for lv in levels) for r in base)
            share = Decimal(100 * top) / Decimal(bottom)
            found.append(str(share.quantize(place, rounding=ROUND_HALF_UP)))
        yield figure["id"], figure["percent"], found


@pytest.fixture(scope="module")
def compared() -> dict[int, list[dict[str, str]]]:
    audit = data.audit()
    return {draw: comparison(draw=draw, audit=audit).to_dicts() for draw in (1, 2, 3)}


def test_every_printed_figure_is_compared_once(compared: dict[int, list[dict[str, str]]]) -> None:
    paper = YAML(typ="safe").load((FILES / "published.yaml").read_text(encoding="utf-8"))
    printed = [(c["id"], c["count"]) for c in paper["counts"]]
    printed += [(f["id"], f["percent"]) for f in paper["figures"] if "percent" in f]
    for rows in compared.values():
        assert [(r["id"], r["printed"]) for r in rows] == printed
    assert {"400", "390", "385", "17", "7"} <= {r["printed"] for r in compared[1]}
    assert all(r["place"] for r in compared[1])


def test_the_comparison_agrees_with_a_count_by_hand(
    compared: dict[int, list[dict[str, str]]],
) -> None:
    expected = list(recount())
    assert len(expected) == 36
    for id, printed, computed in expected:
        rows = [next(r for r in compared[draw] if r["id"] == id) for draw in (1, 2, 3)]
        assert [r["computed"] for r in rows] == computed, id
        assert {r["match"] for r in rows} == {"yes"}, id
        assert {r["printed"] for r in rows} == {printed}


def test_counts_that_enter_no_table_are_not_computed(
    compared: dict[int, list[dict[str, str]]],
) -> None:
    counts = {r["id"]: r for r in compared[1] if r["status"] == "count"}
    assert (counts["valid"]["computed"], counts["valid"]["match"]) == ("385", "yes")
    assert all((r["computed"], r["match"]) == ("", "") for id, r in counts.items() if id != "valid")


def test_status_is_that_of_the_plain_reading(compared: dict[int, list[dict[str, str]]]) -> None:
    plain = data.audit().reading("as_printed")
    status = {r["id"]: r["status"] for r in compared[1] if r["status"] != "count"}
    assert status == {f.id: f.status for f in plain.figures if f.printed is not None}
    assert status["library_top2"] == "explained"
    assert status["leisure_richer"] == "impossible"


def test_one_flipped_response_shows(
    tmp_path: Path, compared: dict[int, list[dict[str, str]]]
) -> None:
    folder = copy_of_the_data(tmp_path)
    assert flip_one(folder).startswith("SYN-")
    changed = comparison(folder=folder, audit=data.audit())
    pairs = zip(compared[1], changed.to_dicts(), strict=True)
    differing = {new["id"] for old, new in pairs if old != new}
    assert "aware_demonstration" in differing
    assert all(id.startswith("aware_") for id in differing)
    assert "aware_demonstration" in {r.id for r in changed.differing}
    assert changed.to_csv() != comparison(audit=data.audit()).to_csv()


PAPER = """
surveykit: published/1
study: {title: t}
rounding: ROUNDING
variables:
  a: {levels: ["yes", "no"]}
  m: {kind: multiple, levels: [p, q, r]}
  w: {kind: multiple, levels: [p, q]}
  g: {levels: [x, y]}
  h: {levels: [u, v]}
counts:
  - {id: all, count: "8"}
  - {id: girls, count: "5", where: {g: x}}
  - {id: wrong, count: "2", where: {g: x, a: "yes"}}
  - {id: letters, count: "3", what: letters}
figures:
  - {id: a_up, percent: "13", where: {a: "yes"}}
  - {id: a_even, percent: "12", where: {a: "yes"}}
  - {id: a_fine, percent: "12.50", where: {a: "yes"}}
  - {id: nested, percent: "33.3", where: {a: "yes"}, within: {g: x, h: u}}
  - {id: p_cases, percent: "75.0", where: {m: p}}
  - {id: p_responses, percent: "60.0", where: {w: p}, of: responses}
  - {id: both, percent: "100", sum: [a_up, a_no]}
  - {id: a_no, percent: "88", where: {a: "no"}}
  - {id: not_printed, where: {a: "yes"}, within: {g: y}}
scenarios:
  - {id: nonresponse, missing: {m: allowed}}
"""
CODEBOOK = """
surveykit: codebook/1
study: {title: t}
variables:
  a: {kind: single, choices: [{code: "yes", label: Y}, {code: "no", label: N}]}
  m: {kind: multiple, columns: [m_p, m_q, m_r], counted: "1", choices: [{code: p, label: P}, {code: q, label: Q}, {code: r, label: R}]}
  w: {kind: multiple, column: w, separator: ";", choices: [{code: p, label: P}, {code: q, label: Q}]}
  g: {kind: single, choices: [{code: x, label: X}, {code: y, label: Y}]}
  h: {kind: single, choices: [{code: u, label: U}, {code: v, label: V}]}
"""
RECORDS = """record_status,record_id,a,m_p,m_q,m_r,g,h,w
SYNTHETIC,SYN-0001,yes,1,0,0,x,u,p;q
SYNTHETIC,SYN-0002,no,1,1,0,x,u,p
SYNTHETIC,SYN-0003,no,1,1,1,x,u,p;q
SYNTHETIC,SYN-0004,no,0,1,0,x,v,
SYNTHETIC,SYN-0005,no,,,,x,v,
SYNTHETIC,SYN-0006,no,,,,y,u,
SYNTHETIC,SYN-0007,no,,,,y,u,
SYNTHETIC,SYN-0008,no,,,,y,v,
"""


def small_study(folder: Path, rounding: str = "either") -> Path:
    (folder / "published.yaml").write_text(PAPER.replace("ROUNDING", rounding), encoding="utf-8")
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    (folder / f"SYNTHETIC_{data.READING}_1.csv").write_text(RECORDS, encoding="utf-8")
    return folder


def test_what_is_tabulated_follows_from_the_figure(tmp_path: Path) -> None:
    found = {r.id: (r.computed, r.match) for r in comparison(folder=small_study(tmp_path)).rows}
    assert found == {
        "all": ("8", "yes"),
        "girls": ("5", "yes"),
        "wrong": ("1", "no"),
        "letters": ("", ""),
        "a_up": ("13", "yes"),  # 1 of 8 is 12.5: a tie matches the upper and the even neighbour
        "a_even": ("13", "yes"),
        "a_fine": ("12.50", "yes"),
        "nested": ("33.3", "yes"),
        "p_cases": ("75.0", "yes"),
        "p_responses": ("60.0", "yes"),
        "both": ("100", "yes"),
        "a_no": ("88", "yes"),
    }


@pytest.mark.parametrize(
    ("rounding", "shown", "matches"),
    [
        ("half_up", "13", ("yes", "no")),
        ("half_even", "12", ("no", "yes")),
        ("half_down", "12", ("no", "yes")),
        ("truncate", "12", ("no", "yes")),
        ("ceil", "13", ("yes", "no")),
    ],
)
def test_ties_follow_the_rounding_of_the_paper(
    tmp_path: Path, rounding: str, shown: str, matches: tuple[str, str]
) -> None:
    rows = {r.id: r for r in comparison(folder=small_study(tmp_path, rounding)).rows}
    assert (rows["a_up"].computed, rows["a_up"].match, rows["a_even"].match) == (shown, *matches)


def test_a_share_is_exact() -> None:
    # 2675 of 10000 is 26.75: binary fractions make it 26.7 or 26.8 by chance
    assert as_percent(2675, 10000, 1) == "26.8"
    assert as_percent(1, 3, 9) == "33.333333333"
    assert as_percent(999_999_999, 2_000_000_000, 1) == "50.0"


# ---------------------------------------------------------------- the folder
@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("badong") / "out"
    written = reproduce(folder)
    assert {p.relative_to(folder).as_posix() for p in written} == set(everything(folder))
    return folder


def test_all_that_is_promised_is_there(built: Path) -> None:
    names = set(everything(built))
    tables = {f"tables/{n}.{e}" for n in TABLES for e in ("html", "md", "xlsx")}
    figures = {f"figures/{n}.{e}" for n in FIGURES for e in ("png", "svg")}
    others = {"report.html", "comparison.csv", "audit.html", "audit.json", "manifest.json"}
    assert names == tables | figures | others


def test_the_manifest_lists_files_inputs_versions_and_seed(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_bytes())
    files = everything(built)
    for name, entry in manifest["files"].items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    source = f"SYNTHETIC_{data.READING}_1"
    assert set(manifest["inputs"]) == {
        "published.yaml",
        "codebook.yaml",
        f"{source}.csv",
        f"{source}.json",
    }
    for name, digest in manifest["inputs"].items():
        assert digest == hashlib.sha256((FILES / name).read_bytes()).hexdigest()
    assert manifest["seed"] == json.loads((FILES / f"{source}.json").read_bytes())["seed"]


def test_no_file_tells_where_or_when_it_was_made(built: Path) -> None:
    for name, content in everything(built).items():
        for place in (str(built), str(Path.home()), str(FILES), str(Path(__file__).parent)):
            assert place.encode() not in content, name
    texts = [(built / n).read_text(encoding="utf-8") for n in ("report.html", "manifest.json")]
    assert not any(re.search(r"\b20[2-9]\d-\d\d-\d\d", text) for text in texts)


def test_every_printed_percentage_stands_in_the_comparison(built: Path) -> None:
    with (built / "comparison.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["id", "place", "printed", "computed", "match", "status"]
    assert len(rows) == 41
    assert {r["match"] for r in rows} == {"yes", ""}


def test_the_audit_is_that_of_the_contract(built: Path) -> None:
    made = json.loads((built / "audit.json").read_bytes())
    assert [s["id"] for s in made["scenarios"]] == [s.id for s in data.published().scenarios]
    first = made["scenarios"][0]
    assert {"id", "printed", "status", "base", "count", "why"} <= set(first["figures"][0])
    assert {"figures", "tables", "conflicts", "repairs"} <= set(first["groups"][0])
    assert {"id", "verdict", "order", "break_even_deff", "statistic", "p", "why"} <= set(
        first["claims"][0]
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_says_what_it_is(built: Path, tmp_path: Path, lang: str) -> None:
    if lang == "zh":
        text = (built / "report.html").read_text(encoding="utf-8")
        said: tuple[str, ...] = (
            "重构核查",
            "没有找回任何数据",
            "没有作者",
            "构造使然",
            "简单随机抽样",
            "设计效应",
        )
    else:
        reproduce(tmp_path, lang="en")
        text = (tmp_path / "report.html").read_text(encoding="utf-8")
        said = (
            "reconstruction audit",
            "no data are recovered",
            "holds by construction",
            "simple random sample",
            "design effect",
        )
        body = re.sub(r"<style.*?</style>|data:[^\"]*", "", text, flags=re.S)
        quoted = {c.quote for c in data.published().claims} | {"合成"}
        quoted |= {r.place for r in comparison(audit=data.audit()).rows}
        for words in sorted(quoted - {""}, key=len, reverse=True):
            body = body.replace(words, "")
        chinese = re.findall(r"[\u4e00-\u9fff]+", body)
        assert chinese == []
    assert [s for s in said if s not in text] == []
    assert "{" not in re.sub(r"<style.*?</style>", "", text, flags=re.S)
    main = text[text.index("<main") :]
    benign, conflict = ("抄录", "矛盾") if lang == "zh" else ("copying", "conflict")
    assert main.index(benign) < main.index(conflict)
    assert not re.search(r'(src|href)="(?!data:|#)', text)


def test_tables_follow_other_data_too(tmp_path: Path, built: Path) -> None:
    folder = copy_of_the_data(tmp_path)
    flip_one(folder)
    reproduce(tmp_path / "out", data=folder)
    old, new = everything(built), everything(tmp_path / "out")
    changed = {name for name in old if old[name] != new[name]}
    assert {"comparison.csv", "report.html", "manifest.json"} <= changed
    assert "audit.json" not in changed
    with (tmp_path / "out" / "comparison.csv").open(encoding="utf-8", newline="") as stream:
        rows = {r["id"]: r for r in csv.DictReader(stream)}
    assert rows["aware_demonstration"]["match"] == "no"
    assert rows["aware_demonstration"]["computed"] != "72.5"


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"formats": ("html", "word")}, UsageError, "unknown format 'word'"),
        ({"formats": "xlxs"}, UsageError, "did you mean 'xlsx'"),
        ({"draw": 9}, InputError, "no draw 9"),
        ({"data": "no/such/folder"}, InputError, "no draw 1"),
    ],
)
def test_bad_use_stops_before_anything_is_written(
    tmp_path: Path, options: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        reproduce(tmp_path / "out", **options)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    reproduce(tmp_path, formats="xlsx", progress=lambda *step: heard.append(step))
    assert set(FIGURES) <= {what for what, _, _ in heard}
    assert all(0 <= done < total for _, done, total in heard)


def test_another_process_writes_the_same_bytes(built: Path, tmp_path: Path) -> None:
    code = "import sys; from surveykit.studies.badong import reproduce; reproduce(sys.argv[1])"
    root = Path(sys.modules["surveykit"].__file__ or "").parents[1]
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "4242"},
        cwd=root,
    )
    assert everything(tmp_path / "out") == everything(built)
