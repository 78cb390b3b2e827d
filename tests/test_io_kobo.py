"""KoboToolbox, ODK Central and SurveyCTO exports, and the XLSForm behind them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from exports import (
    AWARE,
    LIKES,
    PHONE,
    ROWS,
    SCALE,
    SEX,
    SOURCE,
    Person,
    assert_clear,
    assert_truth,
    csv_bytes,
    damaged,
    fuzz,
    missing,
    people,
    put,
    tabulated,
    xlsx_bytes,
    zipped,
)

import surveykit as sk
from surveykit.errors import InputError
from surveykit.io import read_codebook_source, read_frame

TRUTH = people(seed=31)
NAMES = {"sex": "sex", "aware": "aware", "source": "source", "likes": "likes", "sat1": "sat1", "sat2": "sat2", "age": "age"}  # fmt: skip
KEYS = {
    "sex": ("m", "f"), "aware": ("yes", "heard", "no"), "source": ("tv", "web", "other"),
    "likes": ("dance", "sport", "fair", "other"), "sat": ("1", "2", "3", "4", "5"),
}  # fmt: skip
LABELS = {"sex": SEX, "aware": AWARE, "source": SOURCE, "likes": LIKES, "sat": SCALE}


def form() -> list[tuple[str, list[list[object]]]]:
    survey: list[list[object]] = [
        ["type", "name", "label::中文 (zh)", "label::English (en)", "relevant", "appearance"],
        ["start", "start", "", "", "", ""],
        ["deviceid", "deviceid", "", "", "", ""],
        ["begin_group", "person", "个人", "Person", "", ""],
        ["select_one sex", "sex", "<b>性别</b>", "Sex", "", ""],
        ["integer", "age", "年龄", "Age", "", ""],
        ["text", "phone", "手机号", "Phone number", "", ""],
        ["end_group", "", "", "", "", ""],
        ["begin_group", "views", "看法", "Views", "", "field-list"],
        ["select_one aware", "aware", "是否知晓", "Aware?", "", ""],
        ["select_one source", "source", "从哪里知晓", "Source", "${aware} = 'yes' or ${aware} = 'heard'", ""],
        ["text", "source_other", "请说明", "Which?", "${source} = 'other'", ""],
        ["select_multiple likes", "likes", "喜欢的活动", "Likes", "", ""],
        ["text", "likes_other", "请说明", "Which?", "selected(${likes}, 'other')", ""],
        *(["select_one sat", f"sat{i}", f"{r}", f"Row {i}", "", ""] for i, r in enumerate(ROWS, 1)),
        ["text", "why", "为什么", "Why?", "count-selected(${likes}) > 2", ""],
        ["note", "thanks", "谢谢", "Thanks", "", ""],
        ["end_group", "", "", "", "", ""],
        ["geopoint", "place", "位置", "Place", "", ""],
        ["text", "comment", "意见", "Comment", "", ""],
    ]  # fmt: skip
    choices: list[list[object]] = [["list_name", "name", "label::中文 (zh)", "label::English (en)"]]
    for listed, keys in KEYS.items():
        for key, label in zip(keys, LABELS[listed], strict=True):
            choices.append([listed, int(key) if key.isdigit() else key, label, f"{key}_en"])
    settings: list[list[object]] = [["form_title", "form_id", "default_language"], ["试点", "pilot", "中文 (zh)"]]  # fmt: skip
    return [("survey", survey), ("choices", choices), ("settings", settings)]


def rows(truth: Sequence[Person], style: str = "both", *, labels: bool = False, central: bool = False) -> list[list[object]]:  # fmt: skip
    """Return the records; `style` of the select-multiple is both, joined or split."""
    mark = "-" if central else "/"
    named = LABELS if labels else KEYS

    def cell(listed: str, label: str | None) -> str:
        return named[listed][LABELS[listed].index(label)] if label else ""

    def g(name: str, group: str) -> str:
        return f"{group}{mark}{name}"

    options = [f"{g('likes', 'views')}/{k}" for k in named["likes"]]
    joined = [g("likes", "views")] if style != "split" else []
    split = options if style != "joined" else []
    first = ["SubmissionDate", "meta-instanceID"] if central else ["start", "deviceid"]
    last = ["KEY", "SubmitterName", "FormVersion"] if central else ["_id", "_uuid", "_submission_time", "_validation_status", "_submitted_by", "_index"]  # fmt: skip
    place = [f"place-{p}" for p in ("Latitude", "Longitude")] if central else ["place", "_place_latitude", "_place_longitude", "_place_altitude", "_place_precision"]  # fmt: skip
    header: list[object] = [*first, g("sex", "person"), g("age", "person"), g("phone", "person"), g("aware", "views"), g("source", "views"), g("source_other", "views"), *joined, *split, g("likes_other", "views"), g("sat1", "views"), g("sat2", "views"), *place, "comment", *last]  # fmt: skip
    made = [header]
    for p in truth:
        ones: list[object] = []
        if split:
            ones = [int(c in p.likes) if p.likes or central else "" for c in LIKES]
        together = [" ".join(cell("likes", c) for c in p.liked)] if joined else []
        start: list[object] = ["2026-05-01T09:00:00.000Z", f"uuid:{p.number}" if central else f"dev{p.number}"]  # fmt: skip
        spot = ["30.123456", "109.123456"] if central else ["30.123456 109.123456 0 0", "30.123456", "109.123456", "0", "0"]  # fmt: skip
        end: list[object] = [f"uuid:{p.number}", "小明", "1"] if central else [p.number, f"u{p.number}", "2026-05-01T09:00:00", "", "小明", p.number]  # fmt: skip
        made.append([*start, cell("sex", p.sex), p.age, PHONE.format(p.number), cell("aware", p.aware), cell("source", p.source), p.source_text, *together, *ones, p.likes_text, *(cell("sat", s) for s in p.satisfied), *spot, p.comment, *end])  # fmt: skip
    return made


def labelled(found: dict[str, float], listed: str) -> dict[str, float]:
    return {LABELS[listed][KEYS[listed].index(k)]: v for k, v in found.items()}


@pytest.mark.parametrize("style", ["both", "joined", "split"])
@pytest.mark.parametrize("kind", ["kobo", "central", "xlsx"])
def test_with_the_form(tmp_path: Path, kind: str, style: str) -> None:
    made = rows(TRUTH, style, central=kind == "central")
    data = {"kobo": lambda: csv_bytes(made, ";"), "central": lambda: csv_bytes(made), "xlsx": lambda: xlsx_bytes(("pilot", made))}[kind]()  # fmt: skip
    path = put(tmp_path, "a.xlsx" if kind == "xlsx" else "a.csv", data)
    survey = sk.read(path, codebook=put(tmp_path, "form.xlsx", xlsx_bytes(*form())))
    assert_truth(survey, TRUTH, NAMES)
    for name in ("sex", "aware", "source", "likes"):
        codes = survey.variable(name).choices
        assert [(c.code, c.label.zh, c.label.en) for c in codes] == [(k, label, f"{k}_en") for k, label in zip(KEYS[name], LABELS[name], strict=True)]  # fmt: skip
    assert survey.variable("sex").question.zh == "性别"
    assert survey.variable("sex").question.en == "Sex"
    assert survey.variable("source").asked_if == "aware == 'yes' or aware == 'heard'"
    assert survey.variable("likes_other").asked_if == "likes == 'other'"
    assert missing(survey, "source") == (sum(p.source == "" for p in TRUTH), sum(p.source is None for p in TRUTH), 0)  # fmt: skip
    assert survey.codebook.title.zh == "试点"
    assert survey.variable("sat1").choices == survey.variable("sat2").choices
    assert survey.frame["comment"].tolist() == [p.comment for p in TRUTH]
    who = {"phone", "SubmitterName", "place-Latitude"} if kind == "central" else {"phone", "deviceid", "place", "_place_latitude", "_submitted_by"}  # fmt: skip
    assert who <= set(survey.dropped)
    assert not who & set(survey.frame.columns)


@pytest.mark.parametrize("style", ["both", "joined", "split"])
def test_without_the_form(tmp_path: Path, style: str) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(rows(TRUTH, style), ";")))
    text = sk.read(put(tmp_path, "b.csv", csv_bytes(rows(TRUTH, style), ";")), codebook=put(tmp_path, "form.xlsx", xlsx_bytes(*form())))  # fmt: skip
    for name in ("sex", "aware", "source", "likes"):
        assert labelled(tabulated(survey, name), name) == pytest.approx(tabulated(text, name))
    assert survey.variable("likes").kind == "multiple"
    # a group's prefix goes, an option of a select-multiple keeps its question
    names = set(survey.frame.columns)
    assert {"sex", "age"} <= names
    assert ("likes/dance" in names) == (style == "both")
    assert ("dance" in names) == (style == "split")


def test_labels_in_place_of_names(tmp_path: Path) -> None:
    made = rows(TRUTH, labels=True)
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(made, ";")))
    assert_truth(survey, TRUTH, NAMES)
    headers = {
        "person/sex": "性别",
        "views/aware": "是否知晓",
        "views/source": "从哪里知晓",
        "person/age": "年龄",
    }
    made[0] = [headers.get(str(h), h) for h in made[0]]
    made[0] = [str(h).replace("views/likes", "喜欢的活动") for h in made[0]]
    survey = sk.read(put(tmp_path, "b.csv", csv_bytes(made, ";")), codebook=put(tmp_path, "form.xlsx", xlsx_bytes(*form())))  # fmt: skip
    assert tabulated(survey, "aware") == pytest.approx(tabulated(survey, "是否知晓"))
    assert [c.code for c in survey.variable("likes").choices] == list(KEYS["likes"])
    assert missing(survey, "source")[1] == sum(p.source is None for p in TRUTH)


def test_the_zip_of_a_form_with_repeats(tmp_path: Path) -> None:
    made = csv_bytes(rows(TRUTH, central=True))
    data = zipped(
        ("media/a.jpg", b"x"), ("form-people.csv", b"PARENT_KEY,KEY\n"), ("form.csv", made)
    )
    survey = sk.read(put(tmp_path, "a.zip", data), codebook=put(tmp_path, "form.xlsx", xlsx_bytes(*form())))  # fmt: skip
    assert_truth(survey, TRUTH, NAMES)
    assert any("the zip holds 2 tables; read 'form.csv'" in n for n in survey.notes)


def test_names_that_collide_keep_their_group(tmp_path: Path) -> None:
    text = "a/age;b/age;b/sex;_id;_uuid;_submission_time\n1;2;m;1;u;2026-05-01\n"
    assert {"a/age", "b/age", "sex"} <= set(read_frame(put(tmp_path, "a.csv", text)).frame.columns)


def test_the_form_is_valid_for_pyxform(tmp_path: Path) -> None:
    pyxform = pytest.importorskip("pyxform.xls2xform", reason="pyxform is not installed")
    made = pyxform.convert(io.BytesIO(xlsx_bytes(*form())), file_type=".xlsx")
    assert "aware" in made.xform


def test_what_a_form_says(tmp_path: Path) -> None:
    book = read_codebook_source(put(tmp_path, "form.xlsx", xlsx_bytes(*form())))
    assert book is not None
    assert book["age"].kind == "number"
    assert book["place"].identifier
    assert "thanks" not in book
    assert book["why"].asked_if is None
    assert book["why"].note is not None
    assert "count-selected" in book["why"].note.en
    assert (
        read_codebook_source(put(tmp_path, "b.xlsx", xlsx_bytes(("survey", [["a"], [1]])))) is None
    )


def test_or_other_groups_and_other_languages(tmp_path: Path) -> None:
    survey = [
        ["type", "name", "label::Français (fr)", "relevant"],
        ["begin group", "g", "G", "${a} = '1'"],
        ["select one yn or_other", "b", "Question ?", "${c} > 3"],
        ["end group", "", "", ""],
        ["select_one yn", "a", "A ?", ""],
        ["integer", "c", "C", ""],
    ]
    choices = [
        ["list name", "name", "label"],
        ["yn", "1", "Oui"],
        ["yn", "2", "Non"],
        ["", "x", "y"],
    ]
    book = read_codebook_source(put(tmp_path, "f.xlsx", xlsx_bytes(("Survey", survey), ("choices", choices))))  # fmt: skip
    assert book is not None
    assert book["b"].asked_if == "(a == '1') and (c > 3)"
    assert [c.code for c in book["b"].choices] == ["1", "2", "other"]
    assert book["b_other"].kind == "text"
    assert book["a"].question.text("zh") == "A ?"


@pytest.mark.parametrize(
    "text",
    ["_id,a\n1,2\n", "KEY,SubmissionDate\n1,2\n", "person/sex,person/age\n1,2\n", "_uuid,a\n1,2\n"],
)
def test_a_plain_file_stays_plain(tmp_path: Path, text: str) -> None:
    assert read_frame(put(tmp_path, "a.csv", text)).format == "csv"


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
def test_damaged_files(tmp_path: Path, how: str) -> None:
    data = csv_bytes(rows(TRUTH[:6]), ";")
    assert_clear(put(tmp_path, "a.csv", damaged(data)[how]), "kobo")
    with pytest.raises(InputError, match="no export of KoboToolbox"):
        read_frame(put(tmp_path, "b.csv", "a,b\n1,2\n"), format="kobo")
    spoilt = put(tmp_path, "form.xlsx", damaged(xlsx_bytes(*form()))[how])
    said = None
    try:
        book = read_codebook_source(spoilt)
    except InputError as error:
        said = str(error)
    assert "form.xlsx" in said if said else book is None or "sex" in book


def test_fuzz(tmp_path: Path) -> None:
    book = put(tmp_path, "form.xlsx", xlsx_bytes(*form()))
    fuzz(tmp_path, "kobo", csv_bytes(rows(TRUTH[:5]), ";"), ["likes/", "person/", "_uuid", "TRUE"])
    fuzz(tmp_path, "kobo", csv_bytes(rows(TRUTH[:5], "split"), ";"), ["likes", "/"], 25, codebook=book)  # fmt: skip
