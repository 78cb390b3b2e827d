"""LimeSurvey: codes and full answers, and the structure behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from exports import (
    AWARE,
    GOALS,
    IP,
    LIKES,
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
)

import surveykit as sk
from surveykit.errors import InputError
from surveykit.io import read_codebook_source, read_frame

TRUTH = [replace(p, likes_text=p.likes_text if "其他" in p.likes else "") for p in people(seed=51)]
NAMES = {"sex": "sex", "aware": "aware", "source": "source", "likes": "likes", "sat1": "sat_SQ001", "sat2": "sat_SQ002", "age": "age"}  # fmt: skip
UNFINISHED = (4, 9, 17)


def answer(prefix: str, choices: Sequence[str], label: str | None, full: bool) -> str:
    if not label:
        return ""
    if label == "其他" and choices is SOURCE:
        return "其他" if full else "-oth-"
    return label if full else f"{prefix}{choices.index(label) + 1}"


def rows(truth: Sequence[Person], *, full: bool = False) -> list[list[object]]:
    header: list[object] = ["id", "submitdate", "lastpage", "startlanguage", "seed", "ipaddr", "sex", "aware", "source", "source[other]", *(f"likes[SQ00{i}]" for i in (1, 2, 3)), "likes[other]", "sat[SQ001]", "sat[SQ002]", "goals[1]", "goals[2]", "goals[3]", "age", "comment"]  # fmt: skip
    made = [header]
    for p in truth:
        done = "" if p.number in UNFINISHED else "2026-05-01 09:00:00"
        source = "N/A" if p.source is None else answer("A", SOURCE, p.source, full)
        yes, no = ("Yes", "No") if full else ("Y", "")
        likes = [(yes if c in p.likes else no) if p.likes else "" for c in LIKES[:3]]
        goals = [answer("G", GOALS, g, full) for g in p.goals]
        made.append([p.number, done, 3, "zh-Hans", 1234 + p.number, IP.format(p.number), answer("", SEX, p.sex, full), answer("A", AWARE, p.aware, full), source, "N/A" if p.source is None else p.source_text, *likes, p.likes_text, *(answer("S", SCALE, s, full) for s in p.satisfied), *goals, p.age, p.comment])  # fmt: skip
    return made


def structure() -> bytes:
    header = ["id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "mandatory", "other"]  # fmt: skip
    made: list[list[object]] = [header]

    def row(kind: str, scale: str, name: str, text: str, lang: str = "", rule: str = "", other: str = "") -> None:  # fmt: skip
        made.append(["1", "", kind, scale, name, rule, text, "", lang, "", other])

    row("S", "", "language", "zh-Hans")
    row("S", "", "additional_languages", "en")
    row("SL", "", "surveyls_title", "试点", "zh-Hans")
    row("SL", "", "surveyls_title", "Pilot", "en")
    for lang in ("zh-Hans", "en"):
        zh = lang == "zh-Hans"

        def say(label: str, english: str, zh: bool = zh) -> str:
            return f"<p>{label}</p>" if zh else english

        def answers(prefix: str, choices: Sequence[str], kind: str = "A", lang: str = lang, zh: bool = zh) -> None:  # fmt: skip
            for i, c in enumerate(choices, 1):
                row(kind, "0", f"{prefix}{i}", c if zh else f"{prefix}{i}_en", lang)

        row("G", "", "看法", "", lang, "1")
        row("Q", "L", "sex", say("性别", "Sex"), lang, "1")
        answers("", SEX)
        row("Q", "!", "aware", say("是否知晓", "Aware?"), lang, "1")
        answers("A", AWARE)
        rule = '((aware.NAOK == "A1" or aware.NAOK == "A2"))'
        row("Q", "L", "source", say("从哪里知晓", "Source"), lang, rule, "Y")
        answers("A", SOURCE[:2])
        row("Q", "M", "likes", say("喜欢的活动", "Likes"), lang, "1", "Y")
        answers("SQ00", LIKES[:3], "SQ")
        row(
            "Q",
            "F",
            "sat",
            say("满意度", "Satisfied"),
            lang,
            '{likes_SQ001.NAOK == "Y" or age >= 0}',
        )
        answers("SQ00", ROWS, "SQ")
        answers("S", SCALE)
        row("Q", "R", "goals", say("排序", "Goals"), lang, "1")
        answers("G", GOALS)
        row("Q", "N", "age", say("年龄", "Age"), lang, "1")
        row("Q", "T", "comment", say("意见", "Comment"), lang, "strlen(aware) > 2")
        row("Q", "X", "thanks", say("谢谢", "Thanks"), lang, "1")
    return csv_bytes(made, "\t", "utf-8-sig")


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("kind", ["csv", "semicolon", "xlsx"])
def test_with_the_structure(tmp_path: Path, kind: str, full: bool) -> None:
    made = rows(TRUTH, full=full)
    data = {"csv": lambda: csv_bytes(made), "semicolon": lambda: csv_bytes(made, ";"), "xlsx": lambda: xlsx_bytes(("Worksheet", made))}[kind]()  # fmt: skip
    path = put(tmp_path, "a.xlsx" if kind == "xlsx" else "a.csv", data)
    survey = sk.read(path, codebook=put(tmp_path, "survey.txt", structure()))
    assert_truth(survey, TRUTH, NAMES)
    assert [(c.code, c.label.zh, c.label.en) for c in survey.variable("aware").choices] == [(f"A{i}", c, f"A{i}_en") for i, c in enumerate(AWARE, 1)]  # fmt: skip
    assert [c.label.zh for c in survey.variable("likes").choices] == list(LIKES)
    assert survey.variable("sat_SQ001").question.zh == "满意度: 环境"
    assert survey.variable("sat_SQ001").choices == survey.variable("sat_SQ002").choices
    assert survey.variable("source").asked_if == "((aware == 'A1' or aware == 'A2'))"
    assert survey.variable("sat_SQ001").asked_if == "likes == 'SQ001' or age >= 0"
    assert survey.variable("comment").note is not None
    assert missing(survey, "source") == (sum(p.source == "" for p in TRUTH), sum(p.source is None for p in TRUTH), 0)  # fmt: skip
    assert survey.codebook.title.en == "Pilot"
    assert survey.variable("sex").question.en == "Sex"
    first = [p.goals[0] for p in TRUTH]
    assert tabulated(survey, "goals_1") == pytest.approx({g: 100 * first.count(g) / 60 for g in GOALS})  # fmt: skip
    assert survey.frame["comment"].tolist() == [p.comment for p in TRUTH]
    assert "ipaddr" in survey.dropped
    assert survey.variable("sat[SQ001]").name == "sat_SQ001"
    whole = sk.freq(survey, "sat").to_dicts()  # the battery
    assert {r["variable"] for r in whole} == {"sat_SQ001", "sat_SQ002"}


def test_without_the_structure(tmp_path: Path) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(rows(TRUTH, full=True))))
    text = sk.read(put(tmp_path, "b.csv", csv_bytes(rows(TRUTH))), codebook=put(tmp_path, "s.txt", structure()))  # fmt: skip
    for name in ("sex", "aware", "source", "sat_SQ001"):
        assert tabulated(survey, name) == pytest.approx(tabulated(text, name))
    labels = {"SQ001": "歌舞", "SQ002": "体育", "SQ003": "集市", "other": "其他"}
    ours = {labels[k]: v for k, v in tabulated(survey, "likes").items()}
    assert ours == pytest.approx(tabulated(text, "likes"))
    assert survey.frame["source_other"].tolist() == ["(跳过)" if p.source is None else p.source_text for p in TRUTH]  # fmt: skip
    assert survey.frame["likes_other"].tolist() == [p.likes_text for p in TRUTH]
    assert any("'goals' looks like a ranking" in n for n in survey.notes)
    assert missing(survey, "source")[1] == sum(p.source is None for p in TRUTH)


def test_unfinished_responses_are_counted_and_can_be_left_out(tmp_path: Path) -> None:
    survey = sk.read(put(tmp_path, "a.csv", csv_bytes(rows(TRUTH))))
    assert any('3 of 60 responses were not submitted' in n and 'submitdate != ""' in n for n in survey.notes)  # fmt: skip
    assert survey.where('submitdate != ""').n == 57


def test_every_type_of_question(tmp_path: Path) -> None:
    header = ["class", "type/scale", "name", "relevance", "text", "language", "other"]
    made: list[list[object]] = [header, ["S", "", "language", "", "en", "", ""]]
    for kind in [
        "Y",
        "G",
        "5",
        "O",
        "A",
        "B",
        "C",
        "E",
        "K",
        "Q",
        "1",
        ";",
        ":",
        "S",
        "U",
        "*",
        "|",
        "I",
    ]:
        made.append(["Q", kind, f"q{ord(kind)}", "1", f"Question {kind}", "en", ""])
        made += [["SQ", "0", f"R{i}", "", f"row {i}", "en", ""] for i in (1, 2)]
        made += [["SQ", "1", f"C{i}", "", f"column {i}", "en", ""] for i in (1, 2) if kind in ";:"]
        made += [["A", s, f"A{i}", "", f"answer {i}", "en", ""] for s in "01" for i in (1, 2)]
    book = read_codebook_source(put(tmp_path, "s.txt", csv_bytes(made, "\t")))
    assert book is not None
    kinds = {n: v.kind for n, v in book.variables.items()}
    assert kinds["q89"] == kinds["q71"] == kinds["q53"] == "single"
    assert [c.code for c in book["q67_R1"].choices] == ["Y", "U", "N"]
    assert len(book["q66_R2"].choices) == 10
    assert {"q49_R1_1", "q49_R2_2", "q59_R1_C2", "q58_R2_C1", "q79_comment"} <= set(kinds)
    assert (kinds["q58_R2_C1"], kinds["q75_R1"], kinds["q81_R1"]) == ("number", "number", "text")
    assert "q124" not in kinds


@pytest.mark.parametrize("text", ["id,submitdate,a\n1,2026-01-01,x\n", "startlanguage,a\nzh,1\n"])
def test_a_plain_file_stays_plain(tmp_path: Path, text: str) -> None:
    assert read_frame(put(tmp_path, "a.csv", text)).format == "csv"


@pytest.mark.parametrize("how", damaged(b"a\nb\n"))
def test_damaged_files(tmp_path: Path, how: str) -> None:
    assert_clear(put(tmp_path, "a.csv", damaged(csv_bytes(rows(TRUTH[:6])))[how]), "limesurvey")
    with pytest.raises(InputError, match="no export of LimeSurvey"):
        read_frame(put(tmp_path, "b.csv", "a,b\n1,2\n"), format="limesurvey")
    spoilt = put(tmp_path, "s.txt", damaged(structure())[how])
    said = None
    try:
        book = read_codebook_source(spoilt)
    except InputError as error:
        said = str(error)
    assert "s.txt" in said if said else book is None or len(book) >= 0


def test_fuzz(tmp_path: Path) -> None:
    book = put(tmp_path, "s.txt", structure())
    data = csv_bytes(rows(TRUTH[:5]))
    fuzz(tmp_path, "limesurvey", data, ["[SQ001]", "[other]", "N/A", "Y"], codebook=book)
