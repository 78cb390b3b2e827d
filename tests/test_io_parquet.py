"""Parquet and Arrow: columns as pyarrow, polars and pandas write them; the codebook in the schema."""

from __future__ import annotations

import datetime as dt
import decimal
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.codebook import Choice, Codebook, Design, Variable, parse_codebook
from surveykit.errors import InputError, MissingDependencyError, SurveyKitError, UnknownNameError
from surveykit.io._parquet import read_parquet
from surveykit.io._write_parquet import write_parquet
from surveykit.survey import Survey, read, write
from surveykit.text import Label

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

VILLAGES = ["示范村", "非示范村", "示范村", None, "示范村"]


def table() -> Any:
    return pa.table(
        {
            "village": pa.array(VILLAGES).dictionary_encode(),
            "age": pa.array([31, 45, None, 18, 60]),
            "rows": pa.array([1, 2, 3, 4, 300]),
            "share": pa.array([0.5, None, 1.5, 2, 2], pa.float32()),
            "price": [decimal.Decimal("1.10")] * 5,
            "aware": [True, None, False, True, True],
            "free": ["好", "NA", None, "", " x "],
            "likes": [["茶"], ["茶", "咖啡"], None, [], ["咖啡"]],
            "day": [dt.date(2026, 5, 1), None, dt.date(2025, 1, 1), None, None],
            "moment": [dt.datetime(2026, 5, 1, 10, 20, 30), None, dt.datetime(2025, 1, 1), None, None],
            "abroad": pa.array([dt.datetime(2026, 5, 1, 10)] * 5, pa.timestamp("us", tz="Asia/Shanghai")),
            "spent": [dt.timedelta(seconds=90)] * 5,
            "nothing": pa.nulls(5),
            "record": [{"a": 1}] * 5,
        }
    )  # fmt: skip


def put(path: Path, content: Any) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(content, path)
        return path
    make = pa.ipc.new_stream if path.suffix == ".arrows" else pa.ipc.new_file
    with make(path, content.schema) as writer:
        writer.write_table(content)
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".arrows", ".feather"])
def test_what_becomes_what(tmp_path: Path, suffix: str) -> None:
    survey = read(put(tmp_path / f"a{suffix}", table()))
    assert [(v.name, v.kind) for v in survey.codebook.variables.values()] == [
        ("village", "single"), ("age", "number"), ("rows", "number"), ("share", "number"), ("price", "number"),
        ("aware", "single"), ("free", "single"), ("likes", "multiple"), ("day", "date"), ("moment", "date"),
        ("abroad", "date"), ("spent", "number"), ("nothing", "text"),
    ]  # fmt: skip
    frame = survey.frame
    assert frame["village"].cat.codes.tolist() == [0, 1, 0, -1, 0]
    assert frame["village"].cat.codes.dtype == np.int8
    assert (frame["rows"].dtype, frame["age"].dtype) == (np.int16, np.float64)
    assert [c.code for c in survey.codebook["aware"].choices] == ["False", "True"]
    assert frame["free"].tolist() == ["好", "NA", "", "", " x "]
    assert frame["likes"].tolist() == ["茶", "茶┋咖啡", "", "", "咖啡"]
    assert frame["day"].tolist() == ["2026-05-01", "", "2025-01-01", "", ""]
    assert frame["moment"].tolist()[:3] == ["2026-05-01T10:20:30", "", "2025-01-01"]
    assert frame["abroad"].iloc[0] == "2026-05-01T18:00:00+08:00"
    assert frame["spent"].iloc[0] == 90
    assert any("record (struct" in n for n in survey.notes)
    found = {r.level: r.estimate for r in sk.freq(survey, "village").rows if r.stat == "percent"}
    assert found == {"示范村": 75.0, "非示范村": 25.0}


def test_files_of_polars_and_pandas(tmp_path: Path) -> None:
    order = ["低", "中", "高"]
    frame = pl.DataFrame(
        {"q": pl.Series(["高", "低", "高"], dtype=pl.Enum(order)), "t": ["a", None, "b"]}
    )
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_ipc(tmp_path / "a.arrow")
    other = pd.DataFrame(
        {"q": pd.Categorical(["高", "低", "高"], order), "t": ["a", None, "b"]}, index=[3, 5, 9]
    )
    other.to_parquet(tmp_path / "b.parquet")
    for path in tmp_path.iterdir():
        survey = read(path)
        assert list(survey.codebook) == ["q", "t"]
        assert [c.code for c in survey.codebook["q"].choices] == order
        assert survey.frame["t"].tolist() == ["a", "", "b"]


def test_one_dictionary_out_of_many_parts(tmp_path: Path) -> None:
    parts = [
        pa.array(["b", "a"]).dictionary_encode(),
        pa.array(["a", None, "c"]).dictionary_encode(),
    ]
    content = pa.table({"x": pa.chunked_array(parts)})
    with pa.ipc.new_stream(tmp_path / "a.arrow", content.schema) as writer:
        writer.write_table(content)
    found = read(tmp_path / "a.arrow").frame["x"]
    assert found.astype(object).fillna("").tolist() == ["b", "a", "a", "", "c"]


def test_long_numbers_keep_their_digits(tmp_path: Path) -> None:
    content = pa.table(
        {"id": [110101199003071234, 110101199003071242], "n": pa.array([2**60, None])}
    )
    path = put(tmp_path / "a.parquet", content)
    found = read(path, keep=["id"])
    assert found.frame["id"].tolist() == [110101199003071234, 110101199003071242]
    assert found.frame["n"].tolist() == [str(2**60), ""]
    assert "id" not in read(path).frame  # an ID number, although it came as a number


def test_only_some_columns(tmp_path: Path) -> None:
    path = put(tmp_path / "a.parquet", table())
    assert list(read(path, columns=["age", "village"]).frame) == ["village", "age"]
    with pytest.raises(UnknownNameError, match="did you mean 'age'"):
        read(path, columns=["agee"])


# ---------------------------------------------------------------- the codebook in the schema
def example() -> Survey:
    yes, no = (
        Choice("1", Label(zh="知晓", en="Aware")),
        Choice("0", Label(zh="不知晓", en="Not aware")),
    )
    book = Codebook(
        Label.of("虚构的调查"),
        {
            "aware": Variable("aware", "single", Label.of("是否知晓"), (yes, no), (Choice("9", Label.of("拒答")),)),
            "age": Variable("age", "number", Label.of("年龄"), column="AGE"),
            "likes": Variable("likes", "multiple", Label.of("喜欢"), (yes, no), columns=("l1", "l2"), counted="0"),
            "phone": Variable("phone", "text", Label.of("电话"), identifier=True),
        },
        Design(weight="w"),
    )  # fmt: skip
    frame = pd.DataFrame(
        {
            "aware": ["1", "知晓", "9", ""],
            "AGE": [31, 45, np.nan, 18],
            "l1": ["0", "1", "", "0"],
            "l2": ["1", "1", "", "0"],
            "w": [1.0, 2, 1, 1],
        }
    )
    return Survey(frame, book)


def test_the_codebook_is_read_from_the_schema(tmp_path: Path) -> None:
    survey = example()
    assert write(survey, tmp_path / "a.parquet") == ()
    again = read(tmp_path / "a.parquet")
    assert dict(again.codebook.variables) == {
        n: survey.codebook[n] for n in ("aware", "age", "likes")
    }
    assert (again.codebook.title, again.design) == (survey.codebook.title, survey.design)
    stored = pq.read_schema(tmp_path / "a.parquet").metadata[b"surveykit"].decode("utf-8")
    assert stored == (tmp_path / "a.codebook.yaml").read_text(encoding="utf-8")


def test_a_codebook_beside_the_file_is_not_looked_for(tmp_path: Path) -> None:
    path = put(tmp_path / "a.parquet", table())
    (tmp_path / "a.codebook.yaml").write_text(
        "surveykit: codebook/1\nvariables: {}\n", encoding="utf-8"
    )
    assert len(read(path).codebook) == 13


def test_a_damaged_codebook_is_told(tmp_path: Path) -> None:
    content = table().replace_schema_metadata(
        {"surveykit": "surveykit: codebook/1\nvariabels: {}\n"}
    )
    with pytest.raises(SurveyKitError, match="did you mean 'variables'"):
        read(put(tmp_path / "a.parquet", content))


_TEXTS = st.lists(
    st.sampled_from(["", "NA", "None", "=1", "a\nb", "\t", "😀", '"', "　x　"])
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=5),
    max_size=6,
)


@settings(max_examples=40)
@given(texts=_TEXTS, category=st.booleans())
def test_text_survives(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], category: bool
) -> None:
    series = pd.Series(texts, dtype=str)
    path = tmp_path_factory.mktemp("p") / "a.parquet"
    write_parquet(
        pd.DataFrame({"a": series.astype("category") if category else series}), Codebook(), path
    )
    frame = read_parquet(path, b"PAR1").frame
    assert frame["a"].astype(object).fillna("").tolist() == texts


# ---------------------------------------------------------------- bad input
@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.parquet", b"", "the file is empty"),
        ("a.parquet", b"PAR1\x15\x04", "is damaged, or no Parquet file"),
        ("a.parquet", b"PARE\x00\x01\x02\x03" + bytes(40), "encrypted Parquet file"),
        ("a.parquet", b"a,b\n1,2\n", "unknown format: the name ends in '.parquet'"),
        ("a.arrow", b"ARROW1\x00\x00" + bytes(40), "is damaged, or no Arrow file"),
        ("a.arrow", b"\xff\xff\xff\xff\x10\x00\x00\x00", "is damaged, or no Arrow file"),
        ("a.feather", b"FEA1\x00\x00\x00\x00", "Feather file of version 1"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_header_that_looks_like_a_mark_is_text(tmp_path: Path) -> None:
    for text in ("PAR1,PAR2\nyes,no\n", "PARENT,CHILD\nyes,no\n"):
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        assert read(path).rows == 1


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".arrows"])
def test_a_damaged_file_raises_nothing_but_our_own(tmp_path: Path, suffix: str) -> None:
    path = put(tmp_path / f"a{suffix}", table())
    whole = path.read_bytes()
    outcomes: Counter[str] = Counter()
    for seed in range(80):
        rng = random.Random(seed)
        data = bytearray(whole if rng.random() < 0.8 else whole[: rng.randrange(9, len(whole))])
        for _ in range(rng.choice((1, 2, 4))):
            data[rng.randrange(8, len(data))] = rng.choice((0, 1, 2, 127, 128, 255))
        path.write_bytes(data)
        outcomes[_outcome(path)] += 1
    assert outcomes["told"] > 10


def _outcome(path: Path) -> str:
    try:
        found = read(path)
        for name in found.codebook:
            found.coded(name)
    except SurveyKitError:
        return "told"
    return "read"


def test_without_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = put(tmp_path / "a.parquet", table())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'surveykit\[arrow\]'"):
        read(path)
    with pytest.raises(MissingDependencyError, match=r"surveykit\[arrow\]"):
        write(example(), tmp_path / "b.parquet")
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


def test_no_rows_twice_a_name_and_many_columns(tmp_path: Path) -> None:
    empty = read(put(tmp_path / "a.parquet", table().slice(0, 0)))
    assert empty.rows == 0
    assert parse_codebook(empty.codebook.to_yaml()).variables == empty.codebook.variables
    twice = pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["a", "a"])
    found = read(put(tmp_path / "b.parquet", twice))
    assert found.frame.to_dict("list") == {"a": [1, 2], "a_2": [3, 4]}
    wide = pa.table({f"v{i}": [1, 2] for i in range(1500)})
    assert len(read(put(tmp_path / "c.parquet", wide)).codebook) == 1500
