"""The report's tables: 1 to 4 as it numbers them, then two of ours.

Cells are printed, implied or "not printed" with their feasible range; an illustrative value from
the synthetic records stands in brackets at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from surveykit.estimate import Estimates
from surveykit.studies.badong.analysis import (
    DEMOGRAPHICS,
    awareness,
    improvement,
    participation,
    sample,
)
from surveykit.studies.badong.data import Draw, codebook, open_ranges, open_sizes
from surveykit.tables import Table, table
from surveykit.text import Lang

__all__ = [
    "TABLES",
    "both_outcomes",
    "participation_by_education",
    "table1",
    "table2",
    "table3",
    "table4",
]

RESPONDENTS = 385

_ORDERS: Mapping[str, Mapping[Lang, str]] = {
    "site": {
        "zh": "报告所述次序：3个非示范点的知晓度都明显低于3个示范村；各点的数字未印出。",
        "en": "Order stated by the report: each of the three other places lies clearly below each "
        "demonstration village; their figures are not printed.",
    },
    "occupation": {
        "zh": "报告所述次序：教师、公务员、医生的知晓度高，工人、学生低；各职业的数字未印出。",
        "en": "Order stated by the report: teachers, civil servants and doctors know more, workers "
        "and students less; their figures are not printed.",
    },
    "sample": {
        "zh": "报告的表1不在所见文本中：除经济状况外，各组人数均未印出；方括号内为全部可行表的范围。"
        "民族、具体年龄和乡镇不合成。",
        "en": "The report's table 1 is not in our copy: but for the economic situation no group size "
        "is printed; square brackets give the range over all feasible tables. Ethnicity, exact "
        "age and township are not synthesised.",
    },
    "improve": {
        "zh": "多选题，百分比为作答者的占比；其余选项未列名。",
        "en": "Multiple choice, in per cent of those who answered; the other options are not named.",
    },
}


def table1(
    part: Literal["sample", "awareness"] = "sample", *, lang: Lang = "zh", draw: Draw = 1
) -> Table:
    """表1: the sample by every demographic variable, or awareness by type of village.

    The report calls both table 1.

    Examples
    --------
    >>> table1("awareness", lang="en").title
    'Table 1 (2). Awareness of the campaign by type of village'
    """
    if part == "awareness":
        title = {
            "zh": "表1（二） 示范村与非示范点的知晓情况",
            "en": "Table 1 (2). Awareness of the campaign by type of village",
        }
        return _aware_table(["village_type"], title[lang], lang, draw)
    title = {"zh": "表1（一） 样本分布", "en": "Table 1 (1). The sample"}
    sizes = {
        (by, code, "", ""): (100 * low / RESPONDENTS, 100 * high / RESPONDENTS)
        for (by, code), (low, high) in open_sizes(draw).items()
    }
    return table(
        sample(draw=draw, lang=lang),
        title=title[lang],
        ranges=open_ranges(draw) | sizes,
        notes=[_ORDERS["sample"][lang]],
    )


def table2(*, lang: Lang = "zh", draw: Draw = 1) -> Table:
    """表2: awareness by age group."""
    title = {"zh": "表2 各年龄段的知晓情况", "en": "Table 2. Awareness by age group"}
    return _aware_table(["age_group"], title[lang], lang, draw)


def table3(*, lang: Lang = "zh", draw: Draw = 1) -> Table:
    """表3: awareness by occupation: an order is stated, no figure is printed."""
    title = {"zh": "表3 不同职业的知晓情况", "en": "Table 3. Awareness by occupation"}
    return _aware_table(["occupation"], title[lang], lang, draw, [_ORDERS["occupation"][lang]])


def table4(*, lang: Lang = "zh", draw: Draw = 1) -> Table:
    """表4: what should be improved, by type of village."""
    title = {
        "zh": "表4 创建活动有待改进的方面",
        "en": "Table 4. What should be improved, by type of village",
    }
    named = [c.code for c in codebook()["improve"].choices if not c.code.startswith("unnamed")]
    estimates = improvement(draw=draw, lang=lang).filter(
        lambda r: r.stat == "missing" or r.level_code in named
    )
    return table(
        estimates,
        stats=["percent"],
        title=title[lang],
        tests="hide",
        ranges=open_ranges(draw),
        notes=[_ORDERS["improve"][lang]],
    )


def participation_by_education(*, lang: Lang = "zh", draw: Draw = 1) -> Table:
    """Beyond the report's tables: participation by education (its section 3.1 in a table)."""
    title = {
        "zh": "表5 各文化程度的参与情况（报告三.1⑵，原无表）",
        "en": "Table 5. Participation by education (section 3.1; no table in the report)",
    }
    return table(
        participation("education", draw=draw, lang=lang),
        stats=["percent"],
        layout="groups_down",
        title=title[lang],
        tests="hide",
        ranges=open_ranges(draw),
    )


def both_outcomes(*, lang: Lang = "zh", draw: Draw = 1) -> Table:
    """Beyond the report: both outcomes by all demographic variables in one banner."""
    from dataclasses import replace

    title = {
        "zh": "表6 知晓与参与：全部人口学变量",
        "en": "Table 6. Awareness and participation by all demographic variables",
    }
    aware = _knowers(awareness(DEMOGRAPHICS, draw=draw, lang=lang))
    part = participation(DEMOGRAPHICS, draw=draw, lang=lang)
    spec = replace(
        aware.spec,
        variables=("aware", "participation"),
        questions={**aware.spec.questions, **part.spec.questions},
        kinds={**aware.spec.kinds, **part.spec.kinds},
    )
    merged = replace(aware, rows=aware.rows + part.rows, spec=spec, notes=aware.notes[:1])
    return table(
        merged,
        stats=["percent"],
        layout="groups_down",
        title=title[lang],
        tests="hide",
        ranges=open_ranges(draw),
        notes=[_ORDERS["site"][lang], _ORDERS["occupation"][lang]],
    )


TABLES: Mapping[str, Callable[..., Table]] = {
    "table1_sample": lambda **o: table1("sample", **o),
    "table1_awareness": lambda **o: table1("awareness", **o),
    "table2": table2,
    "table3": table3,
    "table4": table4,
    "participation_by_education": participation_by_education,
    "both_outcomes": both_outcomes,
}
"""Every table of the study, in the order of the report."""


def _knowers(estimates: Estimates) -> Estimates:
    """Keep those who know of the campaign: the report gives no other row."""
    return estimates.filter(lambda r: r.stat == "missing" or r.level_code == "yes")


def _aware_table(
    by: list[str], title: str, lang: Lang, draw: Draw, notes: list[str] | None = None
) -> Table:
    return table(
        _knowers(awareness(by, draw=draw, lang=lang)),
        stats=["percent"],
        layout="groups_down",
        title=title,
        tests="hide",
        ranges=open_ranges(draw),
        notes=notes or [],
    )
