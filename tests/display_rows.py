"""Estimates made by hand, for the tests of tables and figures (no tabulation involved)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from surveykit.estimate import Estimate, Estimates, Spec, TestRow, Tests

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
    marks: Mapping[tuple[str, str], str] | str = "",
    note: str = "",
) -> list[Estimate]:
    """Percent and count of every cell; arbitrary cells carry no interval."""
    rows = []
    for code, label, base, counts in groups:
        for (level, text), count in zip(levels, counts, strict=True):
            mark = marks if isinstance(marks, str) else marks.get((code, level), "")
            place = (variable, text, level, by, label, code)
            share = 100 * count / base if base else None
            se = low = high = None
            if share is not None and mark != "arbitrary":
                se = 100 * math.sqrt(share / 100 * (1 - share / 100) / base)
                low, high = max(0.0, share - 1.96 * se), min(100.0, share + 1.96 * se)
            rows.append(
                Estimate(*place, "percent", share, se, low, high, base, mark=mark, note=note)
            )
            of_count = mark if mark in ("", "arbitrary") else "implied"
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
    by_village = {
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
