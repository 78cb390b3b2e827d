"""Estimates made by hand, for the tests of tables and figures (no tabulation involved)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from surveykit.estimate import (
    Comparison,
    Comparisons,
    Estimate,
    Estimates,
    Letters,
    Mark,
    Spec,
    TestRow,
    Tests,
)

YES_NO = (("yes", "知道"), ("no", "不知道"))
TAKE_PART = (("often", "经常参加"), ("some", "偶尔参加"), ("never", "没有参加"))
OCCUPATIONS = ("学生", "教师", "农民", "工人", "医生", "公务员", "个体户", "其他职业")
QUESTIONS = {
    "aware": "是否知道正在开展的民族团结进步创建活动",
    "participation": "是否参加民族团结进步创建活动",
    "village_type": "村类型",
    "age_group": "年龄段",
    "occupation": "职业",
    "sex": "性别",
}

Group = tuple[str, str, int, tuple[int, ...]]


def cells(
    variable: str,
    levels: Sequence[tuple[str, str]],
    by: str,
    groups: Sequence[Group],
    marks: Mapping[tuple[str, str], Mark] | Mark = "",
    note: str = "",
) -> list[Estimate]:
    """Percent and count of every cell; arbitrary cells carry no interval."""
    rows = []
    for code, label, base, counts in groups:
        for (level, text), count in zip(levels, counts, strict=True):
            mark: Mark = marks if isinstance(marks, str) else marks.get((code, level), "")
            place = (variable, text, level, by, label, code)
            share = 100 * count / base if base else None
            se = low = high = None
            if share is not None and mark != "arbitrary":
                se = 100 * math.sqrt(share / 100 * (1 - share / 100) / base)
                low, high = max(0.0, share - 1.96 * se), min(100.0, share + 1.96 * se)
            rows.append(
                Estimate(*place, "percent", share, se, low, high, base, mark=mark, note=note)
            )
            of_count: Mark = mark if mark in ("", "arbitrary") else "implied"
            rows.append(Estimate(*place, "count", float(count), n=base, mark=of_count))
    return rows


def awareness() -> Estimates:
    """A banner of three: two plain groups and a nested one with an empty cell."""
    rows = [
        *cells("aware", YES_NO, "", [("", "", 385, (237, 148))]),
        *cells(
            "aware",
            YES_NO,
            "village_type",
            [("demo", "示范村", 153, (111, 42)), ("other", "非示范村", 232, (126, 106))],
        ),
        *cells(
            "aware",
            YES_NO,
            "age_group",
            [("a", "12-18岁", 100, (41, 59)), ("b", "19-35岁", 150, (80, 70))],
        ),
        *cells(
            "aware",
            YES_NO,
            "village_type*sex",
            [
                ("demo*m", "示范村*男", 80, (61, 19)),
                ("demo*f", "示范村*女", 73, (50, 23)),
                ("other*m", "非示范村*男", 232, (126, 106)),
                ("other*f", "非示范村*女", 0, (0, 0)),
            ],
        ),
    ]
    tests = (
        TestRow("chi2", "aware", "village_type", 12.8412, 1, None, 0.00034, 0.1826, "cramers_v"),
        TestRow("chi2", "aware", "age_group", 3.639, 1, None, 0.05644, 0.1207, "cramers_v"),
    )
    spec = Spec(
        "crosstab",
        ("aware",),
        ("village_type", "age_group", "village_type*sex"),
        questions=QUESTIONS,
    )
    return Estimates(tuple(rows), spec, Tests(tests), ("一条说明。",))


def synthetic() -> Estimates:
    """Printed and implied cells by village type, arbitrary ones by occupation."""
    by_village: dict[tuple[str, str], Mark] = {
        ("demo", "yes"): "printed",
        ("demo", "no"): "implied",
        ("other", "yes"): "printed",
        ("other", "no"): "implied",
    }
    jobs = [(str(i), name, 48, (20 + i, 28 - i)) for i, name in enumerate(OCCUPATIONS)]
    rows = [
        *cells("aware", YES_NO, "", [("", "", 385, (237, 148))], "implied"),
        *cells(
            "aware",
            YES_NO,
            "village_type",
            [("demo", "示范村", 153, (111, 42)), ("other", "非示范村", 232, (126, 106))],
            by_village,
        ),
        *cells("aware", YES_NO, "occupation", jobs, "arbitrary", "可行范围 10.0–90.0"),
    ]
    tests = (
        TestRow("chi2", "aware", "village_type", 12.8412, 1, None, 0.00034, 0.1826, "cramers_v"),
        TestRow("chi2", "aware", "occupation", 9.9, 7, None, 0.19, 0.16, "cramers_v"),
    )
    spec = Spec(
        "crosstab",
        ("aware",),
        ("village_type", "occupation"),
        questions=QUESTIONS,
        synthetic=True,
    )
    return Estimates(tuple(rows), spec, Tests(tests))


def participation() -> Estimates:
    """One variable of three levels, the total and two groups; one level is very small."""
    rows = [
        *cells("participation", TAKE_PART, "", [("", "", 385, (57, 135, 193))]),
        *cells(
            "participation",
            TAKE_PART,
            "village_type",
            [("demo", "示范村", 150, (30, 60, 60)), ("other", "非示范村", 235, (5, 75, 155))],
        ),
    ]
    return Estimates(
        tuple(rows),
        Spec("crosstab", ("participation",), ("village_type",), questions=QUESTIONS),
    )


def both() -> Estimates:
    """Two variables with different bases."""
    first, second = awareness(), participation()
    kept = tuple(r for r in first.rows if r.by in ("", "village_type"))
    spec = replace(second.spec, variables=("aware", "participation"))
    return Estimates(kept + second.rows, spec)


def labelled(text: str) -> Estimates:
    """One variable whose labels, question and note all hold `text`."""
    row = Estimate("v", text, "1", "", "", "", "percent", 50.0, n=10)
    return Estimates((row,), Spec("freq", ("v",), questions={"v": text}), notes=(text,))


# ---------------------------------------------------------------- nets, summaries, letters, bases
SATISFIED = (("1", "很不满意"), ("2", "不满意"), ("3", "一般"), ("4", "满意"), ("5", "很满意"))
BOX = ("net:top2", "最高 2 项（满意＋很满意）")
NET = ("net:1+2", "不满意的")
VILLAGES = (("demo", "示范村"), ("other", "非示范村"), ("third", "其他村"))


def alone(
    variable: str, by: str, group: tuple[str, str], n: int, **stats: float | None
) -> list[Estimate]:
    """Rows that belong to no level: a mean, a base."""
    code, label = group
    return [Estimate(variable, "", "", by, label, code, s, x, n=n) for s, x in stats.items()]


def scale(
    variable: str, by: str, group: tuple[str, str], counts: Sequence[int], missing: int = 0
) -> list[Estimate]:
    """A scale of five in one group, with a box, a net, the mean and its company."""
    code, label = group
    n = sum(counts)
    tallies = (*counts, sum(counts[3:]), sum(counts[:2]))
    rows = cells(variable, (*SATISFIED, BOX, NET), by, [(code, label, n, tallies)])
    upto = 0
    for (level, text), count in zip(SATISFIED, counts, strict=True):
        upto += count
        place = (variable, text, level, by, label, code)
        everyone = n + missing
        rows.append(Estimate(*place, "percent_of_all", 100 * count / everyone, n=everyone))
        rows.append(Estimate(*place, "cumulative_percent", 100 * upto / n, n=n))
    average = sum(c * (i + 1) for i, c in enumerate(counts)) / n
    spread = math.sqrt(sum(c * (i + 1 - average) ** 2 for i, c in enumerate(counts)) / (n - 1))
    rows += alone(variable, by, group, n, mean=average, sd=spread, median=4.0, quantile_25=3.0)
    rows.append(
        Estimate(variable, "", "", by, label, code, "missing", float(missing), n=n + missing)
    )
    return rows


def satisfaction() -> Estimates:
    """A scale by villages with nets, summaries, a nested banner and letters of both kinds."""
    counts = {"demo": (5, 10, 15, 70, 53), "other": (22, 40, 60, 70, 40), "third": (9, 8, 7, 6, 5)}
    rows = scale("satisfied", "", ("", ""), (36, 58, 82, 146, 98), missing=12)
    for code, label in VILLAGES:
        rows += scale("satisfied", "village_type", (code, label), counts[code])
    pairs = (
        ("满意", "4", "percent", 45.8 - 30.2, 0.01),
        ("很满意", "5", "percent", 34.6 - 17.2, 0.05),
        (BOX[1], BOX[0], "percent", 80.4 - 47.4, 0.01),
        (NET[1], NET[0], "percent", 9.8 - 26.7, 0.01),
        ("", "", "mean", 4.02 - 3.28, 0.01),
    )
    compared = [
        compared_pair("satisfied", *pair, a=("demo", "示范村", "A"), b=(code, label, letter))
        for pair in pairs
        for code, label, letter in (("other", "非示范村", "B"), ("third", "其他村", "C"))
    ]
    letters = {("village_type", code): "ABC"[i] for i, (code, _) in enumerate(VILLAGES)}
    tests = (
        TestRow("chi2", "satisfied", "village_type", 58.2, 8, None, 1e-9, 0.26, "cramers_v"),
        TestRow("anova", "satisfied", "village_type", 24.1, 2, 417, 1e-10, 0.104, "eta_squared"),
        TestRow("gamma", "satisfied", "village_type", None, None, None, 2e-7, -0.41, "gamma"),
    )
    questions = QUESTIONS | {"satisfied": "您对村里的创建活动是否满意"}
    kinds = {"satisfied": "scale", "village_type": "single"}
    spec = Spec(
        "crosstab", ("satisfied",), ("village_type",), questions=questions, kinds=kinds,
        summaries=("mean", "sd", "median", "quantile_25", "top2"),
    )  # fmt: skip
    options = Letters(levels=(0.01, 0.05))
    return Estimates(
        tuple(rows), spec, Tests(tests), (), Comparisons(tuple(compared), options, letters)
    )


def compared_pair(
    variable: str,
    level: str,
    code: str,
    stat: str,
    difference: float,
    alpha: float,
    *,
    a: tuple[str, str, str],
    b: tuple[str, str, str],
) -> Comparison:
    """Column a against column b of one line."""
    (a_code, a_label, a_letter), (b_code, b_label, b_letter) = a, b
    return Comparison(
        variable, level, code, stat, "village_type", a_label, a_code, a_letter, "village_type",
        b_label, b_code, b_letter, difference, 1.0, 3.0, None, 0.001, 0.001, alpha,
        "t" if stat == "mean" else "z",
    )  # fmt: skip


def frequency() -> Estimates:
    """A frequency table: valid, of everyone and cumulative percentages, 12 missing."""
    rows = [r for r in satisfaction().rows if not r.by and not r.net and r.level_code]
    rows += [r for r in satisfaction().rows if not r.by and r.stat == "missing"]
    spec = replace(satisfaction().spec, verb="freq", by=(), summaries=())
    return Estimates(tuple(rows), spec)


def grid_of_questions() -> Estimates:
    """A battery of three questions with the same scale, by two groups."""
    lead = "您对以下方面是否满意？—"
    names = {"q4_1": "村容环境", "q4_2": "社会治安", "q4_3": "民族团结进步创建宣传"}
    rows: list[Estimate] = []
    for i, name in enumerate(names):
        rows += scale(name, "", ("", ""), (10 + i, 20, 30 + i, 40, 50 + 2 * i))
        for j, group in enumerate(VILLAGES[:2]):
            rows += scale(name, "village_type", group, (5, 10 + j, 15, 20 + i, 25))
    spec = Spec(
        "book", tuple(names), ("village_type",),
        questions=QUESTIONS | {n: lead + t for n, t in names.items()},
        kinds=dict.fromkeys(names, "scale"), batteries={"q4": tuple(names)},
    )  # fmt: skip
    return Estimates(tuple(rows), spec)


def channels() -> Estimates:
    """A weighted multiple response with all its bases and a net."""
    levels = (("tv", "电视"), ("web", "网络"), ("talk", "村干部宣传"), ("net:tv+web", "媒体"))
    by = [("demo", "示范村", 140, (60, 90, 70, 110)), ("other", "非示范村", 200, (80, 99, 61, 150))]
    rows = cells("channels", levels, "", [("", "", 340, (140, 189, 131, 260))])
    rows += cells("channels", levels, "village_type", by)
    rows += [
        r._replace(stat="weighted_count", estimate=1.05 * (r.estimate or 0))
        for r in rows
        if r.stat == "count"
    ]
    for code, label, n, _ in (("", "", 340, ()), *by):
        where = "village_type" if code else ""
        rows += alone(
            "channels", where, (code, label), n, weighted_base=1.05 * n, effective_base=0.8 * n,
            asked=n + 20.0, answered=n + 8.0, responses=1.5 * n,
        )  # fmt: skip
    spec = Spec(
        "crosstab", ("channels",), ("village_type",), weight="w", kinds={"channels": "multiple"},
        questions=QUESTIONS | {"channels": "从哪里知道创建活动（可多选）"},
    )  # fmt: skip
    return Estimates(tuple(rows), spec)


def whole_survey() -> Estimates:
    """What a book is made of: single choices, a battery, a multiple response, a number."""
    village = ("", "village_type")
    parts = (participation(), satisfaction(), grid_of_questions(), channels())
    rows = tuple(r for e in parts for r in e.rows if r.by in village)
    ages: list[Estimate] = []
    for code, label in (("", ""), *VILLAGES[:2]):
        where = "village_type" if code else ""
        ages += alone(
            "age", where, (code, label), 200, count=200.0, mean=39.4, sd=11.2, median=38.0
        )
    variables = tuple(v for e in parts for v in e.spec.variables)
    questions = {k: v for e in parts for k, v in e.spec.questions.items()} | {"age": "年龄"}
    notes = (
        "已略去可识别个人的列：手机号。",
        "participation：400 人中 15 人缺失（未回答 15），不计入任何基数。",
        "channels × village_type：多选题每人可选多项，不做列联表检验。",
        "village_type：3 人的分组未知，只计入合计列。",
    )
    kinds = dict.fromkeys(variables, "single") | {"channels": "multiple", "age": "number"}
    spec = Spec(
        "book", (*variables, "age"), ("village_type",), questions=questions, kinds=kinds,
        batteries=grid_of_questions().spec.batteries,
    )  # fmt: skip
    made = satisfaction()
    return Estimates(rows + tuple(ages), spec, made.tests, notes, made.comparisons)
