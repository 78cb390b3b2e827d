"""Privacy: what is sensitive, who can be told apart, who is a child.

Sensitive by the law of China (PIPL, articles 28 and 31): religious belief, specific identity,
medical health, financial accounts, whereabouts, and all information on children under 14.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from surveykit.codebook import CodedCategories, CodedNumbers, Variable
from surveykit.coding._check_run import Bools, Run
from surveykit.coding._findings import Finding
from surveykit.coding._names import asks_for
from surveykit.survey import Coded
from surveykit.text import Bilingual, fold, shortest

__all__ = ["privacy", "quasi_identifiers"]

_CHILD = 14
_SENSITIVE = re.compile(
    r".{0,4}(宗教信仰|宗教|民族|族别|政治面貌|疾病|病史|患病情况|健康状况|身体状况|残疾|性取向|犯罪记录|银行账户|hiv.*)"
    r"|(ethnicity|ethnic group|race|religion|religious belief|faith|health|health status|disease|illness|disability"
    r"|sexual orientation|political affiliation|party membership|criminal record|diagnosis)"
)
# in the order in which they tell people apart in a village study
_QUASI = {
    "place": r"(户籍|户口)?(村|村庄|村名|行政村|自然村|社区|小区|乡镇|乡|镇|街道|区县|县|县区|地址|居住地|住址|所在地|户籍地|籍贯|邮编|邮政编码)"
    r"|village|township|town|county|district|community|neighbou?rhood|zip( code)?|post(al)? ?code|hometown|residence",
    "ethnicity": r"民族|族别|ethnicity|ethnic( group)?|nationality|race",
    "age": r"(周岁)?年龄(段|组)?|岁数|出生(年月日?|日期|年份?)|生日|age( group| years)?|birth( ?day| ?date| ?year)|date birth|year birth|dob|yob",
    "sex": r"性别|sex|gender",
    "occupation": r"职业(类型)?|职务|职位|工作|工作单位|单位|occupation|job|profession|employer",
    "education": r"(受)?教育程度|文化程度|(最高)?学历|education( level)?|schooling|highest education",
    "religion": r"宗教信仰|宗教|religion",
    "marital status": r"婚姻(状况|状态)?|marital( status)?",
    "household": r"家庭人口数?|家庭成员数|子女数|household size|number children",
}
_PATTERNS = {key: re.compile(text) for key, text in _QUASI.items()}
_AGE = re.compile(r"(周岁)?年龄(段|组)?|岁数|age( group| years)?")
_AGES = re.compile(r"[0-9]+")
_BELOW = re.compile(r"以下|及以下|不满|未满|小于|<|under|below|less|younger")
_FEW = 5
_CORE = 3


def privacy(run: Run) -> Iterator[Finding]:
    """Point out what tells who a respondent is, and what must be handled with care."""
    if run.survey.synthetic is not None:
        return
    yield from _identifiers(run)
    yield from _sensitive(run)
    yield from _unique(run)
    yield from _children(run)


def _identifiers(run: Run) -> Iterator[Finding]:
    said = Bilingual(
        "a direct identifier is in the data; leave it out of what is passed on.",
        "数据中含有直接标识信息；对外提供前请删除。",
    )
    for variable in run.held:
        if variable.identifier:
            yield run.about_all(variable.name, "identifier", "warning", said)


def _sensitive(run: Run) -> Iterator[Finding]:
    for variable in run.held:
        if variable.sensitive:
            said = Bilingual("marked as sensitive in the codebook.", "编码簿标为敏感信息。")
        elif not variable.derived and asks_for(variable, _SENSITIVE):
            said = Bilingual(
                "looks like sensitive information; mark it `sensitive: true` if it is.",
                "像是敏感个人信息；若是，请在编码簿中标 sensitive: true。",
            )
        else:
            continue
        yield run.about_all(variable.name, "sensitive", "info", said)


# ---------------------------------------------------------------- who can be told apart
def quasi_identifiers(run: Run) -> list[Variable]:
    """Return the variables that tell people apart in combination, the most telling first.

    Of several on one thing (a village and its township) all count; what is derived does not, as it
    is coarser than what it comes from.
    """
    asked = [
        v
        for v in run.held
        if not v.derived and v.kind in ("single", "scale", "number", "text", "date")
    ]
    marked = [
        v for v in asked if v.role == "quasi_identifier" or (v.sensitive and v.kind != "text")
    ]
    named = [v for p in _PATTERNS.values() for v in asked if _is_about(v, p)]
    return list({v.name: v for v in (*named, *marked)}.values())


def _is_about(variable: Variable, pattern: re.Pattern[str]) -> bool:
    if variable.role is not None:
        return variable.role == "age" and pattern is _PATTERNS["age"]
    return asks_for(variable, pattern)


def _unique(run: Run) -> Iterator[Finding]:
    found = quasi_identifiers(run)
    combined = [found[:_CORE], found] if len(found) > _CORE else [found]
    for variables in combined:
        if len(variables) < 2:
            continue
        sizes = _group_sizes(run, variables)
        base = len(sizes)
        alone, few = int(np.count_nonzero(sizes == 1)), int(np.count_nonzero(sizes < _FEW))
        if not few:
            continue
        name = " × ".join(v.name for v in variables)
        zh_names = "、".join(v.question.text("zh") for v in variables)
        said = Bilingual(
            f"quasi-identifiers in combination ({name}): of {base} respondents who answered them all, "
            f"{alone} have a combination of their own (k = 1), {few} share it with fewer than four others.",
            f"准标识变量组合（{zh_names}）：答全这些变量的 {base} 人中，{alone} 人的组合独一无二（k = 1），"
            f"{few} 人所在组合不足 {_FEW} 人。",
        )
        yield run.about_all(name, "unique_combination", "info", said, str(alone))


def _group_sizes(run: Run, variables: list[Variable]) -> npt.NDArray[np.intp]:
    """Return for each respondent who answered all variables how many share the combination."""
    group = np.zeros(run.survey.rows, dtype=np.int64)
    valid = run.inside.copy()
    for variable in variables:
        codes, given = _codes_of(run.survey.coded(variable.name))
        valid &= given
        pairs = group * (int(codes.max(initial=0)) + 1) + np.where(given, codes, 0)
        group = np.unique(pairs, return_inverse=True)[1]  # so that the product never overflows
    kept = group[valid]
    return np.bincount(kept)[kept] if len(kept) else np.zeros(0, dtype=np.intp)


def _codes_of(coded: Coded) -> tuple[npt.NDArray[np.int64], Bools]:
    if isinstance(coded, CodedNumbers):
        given = coded.status == 0
        codes = np.unique(np.where(given, coded.values, 0.0), return_inverse=True)[1]
        return codes.astype(np.int64), given
    assert isinstance(coded, CodedCategories)
    return coded.values.astype(np.int64), coded.values >= 0


# ---------------------------------------------------------------- children
def _children(run: Run) -> Iterator[Finding]:
    """Find respondents under 14, whose data are sensitive by law."""
    for variable in run.held:
        about = variable.role == "age" or (variable.role is None and asks_for(variable, _AGE))
        if not about or variable.derived:
            continue
        coded = run.survey.coded(variable.name)
        if isinstance(coded, CodedNumbers):
            yield from _young(run, variable, coded)
        elif isinstance(coded, CodedCategories):
            yield from _young_groups(run, variable, coded)


def _young(run: Run, variable: Variable, coded: CodedNumbers) -> Iterator[Finding]:
    with np.errstate(invalid="ignore"):
        young = (coded.status == 0) & (coded.values >= 0) & (coded.values < _CHILD)
    said = Bilingual(
        "under 14: all their data are sensitive (PIPL art. 28); a parent must agree (art. 31).",
        "未满十四周岁：其个人信息属敏感信息（个人信息保护法第 28 条），须经父母或监护人同意（第 31 条）。",
    )
    yield from run.each(
        young,
        variable.name,
        "under_14",
        "info",
        said,
        lambda row: shortest(float(coded.values[row])),
    )


def _young_groups(run: Run, variable: Variable, coded: CodedCategories) -> Iterator[Finding]:
    """Tell of age groups that begin below 14."""
    for i, choice in enumerate(coded.levels):
        youngest, oldest = _ages(choice.label.text("zh"))
        count = int(np.count_nonzero((coded.values == i) & run.inside))
        if youngest >= _CHILD or not count:
            continue
        label = choice.label
        sure = oldest < _CHILD
        said = Bilingual(
            f"{count} respondents are in the age group {label.text('en')!r}, which "
            f"{'is' if sure else 'includes people'} under 14: their data are sensitive (PIPL art. 28).",
            f"{count} 人属于年龄组“{label.text('zh')}”，{'未满' if sure else '其中可能有未满'}十四周岁者，"
            "其个人信息属敏感信息（个人信息保护法第 28 条）。",
        )
        yield run.about_all(variable.name, "under_14", "info", said, choice.code)


def _ages(label: str) -> tuple[float, float]:
    """Return the youngest and oldest age that a label names.

    Examples
    --------
    >>> _ages("12-18岁"), _ages("14岁以下"), _ages("61岁及以上"), _ages("拒答")
    ((12.0, 18.0), (0.0, 13.0), (61.0, inf), (inf, inf))
    """
    text = fold(label)
    numbers = [float(n) for n in _AGES.findall(text)]
    if not numbers:
        return np.inf, np.inf
    if len(numbers) == 1:
        return (0.0, numbers[0] - 1) if _BELOW.search(text) else (numbers[0], np.inf)
    return numbers[0], numbers[1]
