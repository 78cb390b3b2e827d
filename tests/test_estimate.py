"""freq, crosstab, mean, residuals: rows as the contract says, against pandas and scipy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.codebook import Choice, Codebook, Design, Variable
from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate import Estimate, Estimates, crosstab, freq, mean, residuals
from surveykit.survey import Survey, Synthetic, read
from surveykit.text import SYNTHETIC_LONG, Bilingual, Label


def choices(**labels: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(code.lstrip("_"), Label(zh=f"中{text}", en=text)) for code, text in labels.items()
    )


BOOK = Codebook(
    Label.of("Test"),
    {
        "aware": Variable("aware", "single", Label(zh="知晓", en="Aware?"), choices(_1="Yes", _2="No"),
                          missing=choices(_9="Refused")),
        "why": Variable("why", "single", Label.of("Why?"), choices(_1="A", _2="B", _3="C"),
                        asked_if="aware == 2"),
        "village": Variable("village", "single", Label.of("Village"),
                            choices(d="Demo", o="Other", x="Nobody")),
        "sex": Variable("sex", "single", Label.of("Sex"), choices(f="Female", m="Male")),
        "likes": Variable("likes", "multiple", Label.of("Likes"), choices(a="Tea", b="Milk", c="Ale"),
                          separator=";"),
        "age": Variable("age", "number", Label.of("Age")),
        "rating": Variable("rating", "scale", Label.of("Rating"), choices(_1="Low", _2="Mid", _3="High")),
    },
)  # fmt: skip


def draw(n: int = 300, seed: int = 11) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    likes = ["", "a", "b", "a;b", "a;b;c", "c"]
    aware = rng.choice(["1", "2", "9", ""], n, p=[0.5, 0.3, 0.1, 0.1])
    return pd.DataFrame(
        {
            "aware": aware,
            "why": np.where(aware == "2", rng.choice(["1", "2", "3", ""], n), ""),
            "village": rng.choice(["d", "o", ""], n, p=[0.4, 0.5, 0.1]),
            "sex": rng.choice(["f", "m"], n),
            "likes": rng.choice(likes, n),
            "age": rng.choice(["9", "10", "31.5", "100", ""], n),
            "rating": rng.choice(["1", "2", "3"], n),
        }
    )


FRAME = draw()
SURVEY = Survey(FRAME, BOOK, source="test.csv")


def find(result: Estimates, **wanted: object) -> list[Estimate]:
    return [r for r in result.rows if all(getattr(r, k) == v for k, v in wanted.items())]


def one(result: Estimates, **wanted: object) -> Estimate:
    (row,) = find(result, **wanted)
    return row


# ---------------------------------------------------------------- freq and the total column
def test_freq_counts_everyone_who_answered():
    result = freq(SURVEY, "aware", lang="en")
    valid = FRAME["aware"].isin(["1", "2"])
    for code, label in (("1", "Yes"), ("2", "No")):
        row = one(result, level_code=code, stat="percent")
        assert row.level == label
        assert row.estimate == pytest.approx(100 * (FRAME["aware"] == code).sum() / valid.sum())
        assert one(result, level_code=code, stat="count").estimate == (FRAME["aware"] == code).sum()
        assert row.n == valid.sum()
        assert (row.by, row.by_level, row.by_code) == ("", "", "")


def test_missing_is_counted_apart_and_split_in_its_note():
    row = one(freq(SURVEY, "aware", lang="en"), stat="missing")
    blank, refused = (FRAME["aware"] == "").sum(), (FRAME["aware"] == "9").sum()
    assert row.estimate == blank + refused
    assert row.n == len(FRAME)
    assert row.note == f"blank {blank}, user-missing {refused}"
    why = one(freq(SURVEY, "why"), stat="missing")
    asked = FRAME["aware"] == "2"
    assert f"未被询问 {(~asked).sum()}" in why.note
    assert f"未回答 {(asked & (FRAME['why'] == '')).sum()}" in why.note


def test_labels_and_notes_follow_the_language_and_codes_do_not():
    zh, en = (crosstab(SURVEY, "aware", "village", lang=lang) for lang in ("zh", "en"))
    assert [r.level_code for r in zh.rows] == [r.level_code for r in en.rows]
    assert {r.by_level for r in zh.rows} == {"", "中Demo", "中Other", "中Nobody"}
    assert {r.by_level for r in en.rows} == {"", "Demo", "Other", "Nobody"}
    assert zh.spec.questions["aware"] == "知晓"
    assert en.spec.questions["aware"] == "Aware?"
    assert zh.notes[0].startswith("aware：300 人中")
    assert en.notes[0].startswith("aware:")


def test_numbers_are_categories_in_ascending_order():
    rows = find(freq(SURVEY, "age"), stat="count")
    assert [r.level_code for r in rows] == ["9", "10", "31.5", "100"]


def test_standard_error_and_interval_of_a_simple_sample():
    row = one(
        freq(SURVEY, "aware", ci="clopper_pearson", level=0.9), level_code="1", stat="percent"
    )
    n, p = row.n, row.estimate / 100
    exact = stats.binomtest(round(p * n), n).proportion_ci(0.9, method="exact")
    assert row.se == pytest.approx(100 * np.sqrt(p * (1 - p) / n), rel=1e-12)
    assert (row.low, row.high) == pytest.approx((100 * exact.low, 100 * exact.high), rel=1e-9)
    assert row.df is None


# ---------------------------------------------------------------- crosstab
def test_crosstab_is_that_of_pandas():
    result = crosstab(SURVEY, "aware", "village")
    pairs = FRAME[FRAME["aware"].isin(["1", "2"]) & (FRAME["village"] != "")]
    counts = pd.crosstab(pairs["aware"], pairs["village"])
    for stat, wanted in (
        ("count", counts),
        ("percent", 100 * counts / counts.sum()),
        ("row_percent", 100 * counts.div(counts.sum(axis=1), axis=0)),
        ("total_percent", 100 * counts / counts.to_numpy().sum()),
    ):
        for a in "12":
            for v in "do":
                row = one(result, level_code=a, by_code=v, stat=stat)
                assert row.estimate == pytest.approx(wanted.loc[a, v], rel=1e-12), (stat, a, v)
    assert one(result, level_code="1", by_code="d", stat="percent").n == counts["d"].sum()
    assert one(result, level_code="1", by_code="d", stat="row_percent").n == counts.loc["1"].sum()
    assert one(result, level_code="1", by_code="d", stat="total_percent").n == len(pairs)


def test_total_column_uses_all_valid_and_by_columns_complete_pairs():
    result = crosstab(SURVEY, "aware", "village", lang="en")
    total = one(result, level_code="1", by="", stat="percent")
    assert total.n == FRAME["aware"].isin(["1", "2"]).sum()
    assert total == one(freq(SURVEY, "aware", lang="en"), level_code="1", stat="percent")
    by = {r.by_code: r.n for r in find(result, level_code="1", by="village", stat="percent")}
    assert sum(by.values()) < total.n
    assert any(n.startswith("village: the group of") for n in result.notes)


def test_an_empty_by_level_is_shown_without_percentages():
    result = crosstab(SURVEY, "aware", "village")
    count, percent = (
        one(result, level_code="1", by_code="x", stat=s) for s in ("count", "percent")
    )
    assert (count.estimate, count.n) == (0.0, 0)
    assert (percent.estimate, percent.se, percent.low, percent.high) == (None, None, None, None)


def test_chi_square_of_complete_pairs():
    (test,) = crosstab(SURVEY, "aware", "village").tests.rows
    pairs = FRAME[FRAME["aware"].isin(["1", "2"]) & (FRAME["village"] != "")]
    wanted = stats.chi2_contingency(pd.crosstab(pairs["aware"], pairs["village"]), correction=False)
    assert (test.statistic, test.p) == pytest.approx((wanted.statistic, wanted.pvalue), rel=1e-9)
    assert (test.df, test.df2, test.effect_name) == (1.0, None, "cramers_v")
    assert test.effect == pytest.approx(np.sqrt(wanted.statistic / len(pairs)))
    assert "village 1 个" in test.note  # the level nobody has


def test_every_named_test_has_its_row():
    names = ("chi2", "g2", "fisher", "linear_by_linear", "cochran_armitage")
    rows = crosstab(SURVEY, "aware", "sex", tests=names).tests.rows
    assert tuple(r.test for r in rows) == names
    assert all(0 <= r.p <= 1 for r in rows)
    assert crosstab(SURVEY, "aware", "sex", tests=()).tests.rows == ()


def test_a_banner_stands_side_by_side_and_nests():
    result = crosstab(SURVEY, ["aware", "rating"], ["village", "sex*village"])
    assert result.spec.by == ("village", "sex*village")
    assert [t.by for t in result.tests.rows] == ["village", "sex*village"] * 2
    nested = one(
        result, variable="rating", level_code="3", by="sex*village", by_code="f*d", stat="count"
    )
    f = FRAME
    assert (
        nested.estimate == ((f["rating"] == "3") & (f["sex"] == "f") & (f["village"] == "d")).sum()
    )
    assert nested.by_level == "中Female*中Demo"
    assert len({r.by_code for r in result.rows if r.by == "sex*village"}) == 6
    spaced = crosstab(SURVEY, "aware", "sex * village")
    assert spaced.spec.by == ("sex*village",)


def test_the_test_of_a_nested_banner_is_over_its_cells():
    (test,) = crosstab(SURVEY, "rating", "sex*village").tests.rows
    pairs = FRAME[FRAME["village"] != ""]
    table = pd.crosstab(pairs["rating"], pairs["sex"] + pairs["village"])
    assert test.p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-9)


def test_a_domain_restricts_every_base_and_says_so():
    result = crosstab(SURVEY.where("sex == 'f'"), "aware", "village", lang="en")
    women = Survey(FRAME[FRAME["sex"] == "f"].reset_index(drop=True), BOOK)
    alone = crosstab(women, "aware", "village", lang="en")
    assert [r._replace(note="") for r in result.rows] == [r._replace(note="") for r in alone.rows]
    assert result.tests == alone.tests
    assert result.notes[0] == f"Only respondents with sex == 'f' ({(FRAME['sex'] == 'f').sum()})."
    assert result.spec.where == "sex == 'f'"


def test_the_survey_is_not_changed():
    before = FRAME.copy()
    crosstab(SURVEY, ["aware", "likes"], ["village", "sex*village"])
    pd.testing.assert_frame_equal(FRAME, before)


# ---------------------------------------------------------------- multiple response
def test_multiple_response_has_cases_and_responses():
    result = crosstab(SURVEY, "likes", "sex", lang="en")
    answered = FRAME[FRAME["likes"] != ""]
    for code in "abc":
        for sex, rows in (("", answered), ("f", answered[answered["sex"] == "f"])):
            count = rows["likes"].str.split(";").map(lambda x, code=code: code in x).sum()
            responses = rows["likes"].str.split(";").map(len).sum()
            percent = one(result, level_code=code, by_code=sex, stat="percent")
            share = one(result, level_code=code, by_code=sex, stat="percent_of_responses")
            assert (percent.estimate, percent.n) == (
                pytest.approx(100 * count / len(rows)),
                len(rows),
            )
            assert (share.estimate, share.n) == (pytest.approx(100 * count / responses), responses)
            assert share.se is None
    (test,) = result.tests.rows
    assert (test.test, test.effect) == ("multiple_response", None)
    assert crosstab(SURVEY, "sex", "likes", lang="en").tests.rows == ()


def test_multiple_response_is_not_tested_by_a_test_of_exclusive_cells():
    with pytest.raises(UnsupportedError, match="several options"):
        crosstab(SURVEY, "likes", "sex", tests="chi2")
    with pytest.raises(UnsupportedError, match="overlap"):
        crosstab(SURVEY, "sex", "likes", tests="chi2")


# ---------------------------------------------------------------- mean, residuals
def test_means_are_those_of_pandas():
    result = mean(SURVEY, "age", ["village", "sex"])
    ages = pd.to_numeric(FRAME["age"])
    for by, code, group in (("", "", ages), ("village", "d", ages[FRAME["village"] == "d"])):
        row = one(result, by=by, by_code=code, stat="mean")
        low, high = stats.t.interval(0.95, row.df, group.mean(), group.sem())
        assert (row.estimate, row.se) == pytest.approx((group.mean(), group.sem()), rel=1e-12)
        assert (row.low, row.high) == pytest.approx((low, high), rel=1e-9)
        assert (row.n, row.df) == (group.count(), group.count() - 1)
        assert one(result, by=by, by_code=code, stat="median").estimate == group.median()
        assert one(result, by=by, by_code=code, stat="sd").estimate == pytest.approx(group.std())
        assert one(result, by=by, by_code=code, stat="missing").estimate == group.isna().sum()
    nobody = one(result, by_code="x", stat="mean")
    assert (nobody.estimate, nobody.se, nobody.df, nobody.n) == (None, None, None, 0)


def test_mean_of_a_scale_and_of_a_domain():
    row = one(mean(SURVEY.where("village == 'd'"), "rating"), stat="mean")
    wanted = FRAME.loc[FRAME["village"] == "d", "rating"].astype(float)
    assert (row.estimate, row.n) == (pytest.approx(wanted.mean()), len(wanted))
    assert any("aware 是单选题" in n for n in mean(SURVEY, "aware").notes)


def test_residuals_square_to_the_chi_square_of_a_2_by_2_table():
    result = residuals(SURVEY, "aware", "sex")
    chi2 = crosstab(SURVEY, "aware", "sex").tests.rows[0].statistic
    for row in find(result, stat="adjusted_residual"):
        assert row.estimate**2 == pytest.approx(chi2, rel=1e-9)
    assert sum(r.estimate for r in find(result, stat="expected")) == pytest.approx(
        FRAME["aware"].isin(["1", "2"]).sum()
    )
    with pytest.raises(UnsupportedError):
        residuals(SURVEY, "likes", "sex")


# ---------------------------------------------------------------- small and empty tables
def small(rows: list[tuple[str, str]]) -> Survey:
    return Survey(pd.DataFrame(rows, columns=["a", "b"]))


def test_small_expected_counts_name_the_better_test():
    two = small([("x", "p")] * 3 + [("y", "q")] * 3 + [("x", "q")])
    assert crosstab(two, "a", "b").tests.rows[0].note.endswith("宜用 fisher。")
    three = small([("x", "p"), ("y", "q"), ("z", "p")])
    note = crosstab(three, "a", "b", lang="en").tests.rows[0].note
    assert "6 of 6 expected counts are below 5 (smallest 0.33)" in note
    assert "fisher" in note
    large = small([("x", "p"), ("y", "q"), ("x", "q"), ("y", "p")] * 10)
    assert crosstab(large, "a", "b").tests.rows[0].note == ""


def test_a_table_that_allows_no_test_says_why():
    test = crosstab(small([("x", "p"), ("x", "q")]), "a", "b", lang="en").tests.rows[0]
    assert (test.statistic, test.df, test.p, test.effect) == (None, None, None, None)
    assert test.note == "No test: only one level of a has anyone."
    apart = crosstab(small([("x", ""), ("", "q")]), "a", "b", lang="en").tests.rows[0]
    assert apart.note == "No test: no complete pairs."


def test_a_refused_test_stands_in_a_banner_but_alone_is_an_error():
    both = crosstab(SURVEY, "why", ["rating", "aware"], tests="cochran_armitage").tests.rows
    assert both[0].p is None
    assert "此表为 3 × 3" in both[0].note
    said = crosstab(SURVEY, "why", ["rating", "sex"], tests="cochran_armitage", lang="en").tests
    assert "this table is 3 × 3" in said.rows[0].note
    assert said.rows[1].p is not None
    with pytest.raises(UnsupportedError, match="why × rating: the Cochran"):
        crosstab(SURVEY, "why", "rating", tests="cochran_armitage")


def fisher_by_listing(table: np.ndarray) -> float:
    """Sum the probabilities of all 2 × 3 tables that are no likelier than this one."""
    columns, row = table.sum(0), int(table.sum(1)[0])
    log_of = stats.multivariate_hypergeom.logpmf
    firsts = [
        (a, b, row - a - b)
        for a in range(columns[0] + 1)
        for b in range(columns[1] + 1)
        if 0 <= row - a - b <= columns[2]
    ]
    p = np.exp(log_of(firsts, m=columns, n=row))
    here = np.exp(log_of(table[0], m=columns, n=row))
    return float(p[p <= here * (1 + 1e-7)].sum())


def test_fisher_of_any_shape_is_exact_or_says_that_it_is_not():
    exact = crosstab(SURVEY, "aware", "rating", tests="fisher").tests.rows[0]
    table = pd.crosstab(FRAME["aware"], FRAME["rating"]).loc[["1", "2"]].to_numpy()
    assert exact.p == pytest.approx(fisher_by_listing(table), rel=1e-9)
    assert exact.note == ""
    wide = pd.DataFrame({"a": np.arange(3000) % 7, "b": (np.arange(3000) * 7 // 11) % 6})
    drawn = crosstab(Survey(wide), "a", "b", tests="fisher", lang="en").tests.rows[0]
    assert drawn.note.startswith("Too large for an exact answer: p is estimated from")


# ---------------------------------------------------------------- synthetic records
CELLS = {
    ("aware", "1", "", "", "percent"): "printed",
    ("aware", "1", "village", "d", "percent"): "printed",
    ("aware", "2", "village", "d", "percent"): "implied",
}
RECORDS = Survey(
    FRAME, BOOK, synthetic=Synthetic(cells=CELLS, pinned=frozenset({("aware", "village")}))
)


def test_notes_of_the_reader_follow_the_language_and_synthetic_is_said_once():
    notes = (Bilingual(SYNTHETIC_LONG.en, SYNTHETIC_LONG.zh), Bilingual("read.", "已读。"), "plain")
    noted = Survey(FRAME, BOOK, synthetic=Synthetic(), notes=notes)
    for lang, said in (("zh", "已读。"), ("en", "read.")):
        for result in (
            freq(noted, "aware", lang=lang),
            crosstab(noted, "aware", "sex", lang=lang),
            mean(noted, "age", lang=lang),
        ):
            assert result.notes[:3] == (SYNTHETIC_LONG.text(lang), said, "plain")
            assert sum("SYNTHETIC" in n for n in result.notes) == 1


def test_synthetic_rows_are_marked_and_arbitrary_ones_have_no_interval():
    result = crosstab(RECORDS, "aware", ["village", "sex"])
    assert result.notes[0].startswith("合成 SYNTHETIC")
    assert crosstab(RECORDS, "aware", "village", lang="en").notes[0].startswith("SYNTHETIC")
    assert result.spec.synthetic
    assert one(result, level_code="1", by_code="d", stat="percent").mark == "printed"
    assert one(result, level_code="1", by_code="d", stat="percent").low is not None
    assert one(result, level_code="2", by_code="d", stat="percent").mark == "implied"
    arbitrary = find(result, mark="arbitrary")
    assert {(r.se, r.low, r.high, r.df) for r in arbitrary} == {(None, None, None, None)}
    assert len(arbitrary) == len(result.rows) - 3
    assert {r.mark for r in mean(RECORDS, "age").rows} == {"arbitrary"}
    assert {r.se for r in mean(RECORDS, "age").rows} == {None}


def test_an_association_that_no_figure_pins_is_not_tested():
    result = crosstab(RECORDS, "aware", ["village", "sex"], lang="en")
    assert [t.by for t in result.tests.rows] == ["village"]
    assert any(n.startswith("aware × sex: no printed figure pins") for n in result.notes)
    with pytest.raises(UnsupportedError, match="no printed figure pins"):
        crosstab(RECORDS, "aware", ["village", "sex"], tests=["chi2"])
    with pytest.raises(UnsupportedError, match="no printed figure pins"):
        residuals(RECORDS, "aware", "sex")
    assert residuals(RECORDS, "aware", "village").rows[0].mark == "arbitrary"


# ---------------------------------------------------------------- bad use
def test_what_belongs_to_another_kind_of_sample_is_refused():
    weighted = Survey(FRAME.assign(w="1.5"), BOOK, Design(weight="w"))
    for call, said in (
        (lambda s: crosstab(s, "aware", "sex", tests="chi2"), "takes every respondent"),
        (lambda s: freq(s, "aware", ci="clopper_pearson"), "takes every respondent"),
        (lambda s: mean(s, "age", "sex", tests="anova"), "takes every respondent"),
        (lambda s: residuals(s, "aware", "sex"), "take every respondent"),
    ):
        with pytest.raises(UnsupportedError, match=said):
            call(weighted)
    for call in (
        lambda s: crosstab(s, "aware", "sex", tests="rao_scott"),
        lambda s: freq(s, "aware", ci="beta"),
        lambda s: mean(s, "age", "sex", tests="wald"),
    ):
        with pytest.raises(UnsupportedError, match="belongs to weighted and complex samples"):
            call(SURVEY)


def test_unknown_names_show_the_near_miss():
    with pytest.raises(UnknownNameError, match="did you mean 'aware'"):
        freq(SURVEY, "awre")
    with pytest.raises(UnknownNameError, match="did you mean 'village'"):
        crosstab(SURVEY, "aware", "sex*vilage")
    with pytest.raises(UnknownNameError, match="did you mean 'chi2'"):
        crosstab(SURVEY, "aware", "sex", tests="chi")
    with pytest.raises(UnknownNameError, match="did you mean 'wilson'"):
        freq(SURVEY, "aware", ci="wilsn")
    with pytest.raises(UsageError, match="strictly between 0 and 1"):
        freq(SURVEY, "aware", level=95)
    with pytest.raises(UsageError, match="variables is empty"):
        freq(SURVEY, [])
    with pytest.raises(UsageError, match="no numbers"):
        mean(SURVEY, "likes")


def test_a_test_on_illustrative_group_sizes_says_so() -> None:
    from surveykit.studies import badong

    (row,) = badong.awareness("village_type", lang="en").tests.rows
    assert row.p is not None
    assert "sizes of the groups are not printed" in row.note


def test_changed_synthetic_records_are_not_shown_as_printed(tmp_path: Path) -> None:
    from surveykit.studies import badong

    name = "SYNTHETIC_nonresponse_1"
    for end in (".csv", ".json"):
        (tmp_path / f"{name}{end}").write_bytes((badong.files() / f"{name}{end}").read_bytes())
    frame = pd.read_csv(tmp_path / f"{name}.csv", dtype=str, keep_default_na=False)
    knowers = frame.index[(frame.village_type == "demonstration") & (frame.aware == "yes")]
    frame.loc[knowers[:3], "aware"] = "no"
    frame.to_csv(tmp_path / f"{name}.csv", index=False)
    survey = read(tmp_path / f"{name}.csv", codebook=badong.files() / "codebook.yaml")
    rows = crosstab(survey, "aware", "village_type", lang="en").rows
    (row,) = [
        r for r in rows
        if (r.level_code, r.by_code, r.stat) == ("yes", "demonstration", "percent")
    ]  # fmt: skip
    assert row.estimate is not None
    assert row.estimate < 72
    assert row.mark == ""
    assert "were changed" in row.note
