"""`check`: what in the data breaks the codebook, as findings; raises nothing by itself."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from surveykit.codebook import (
    BLANK,
    NONE_CHOSEN,
    NOT_ASKED,
    USER_MISSING,
    CodedCategories,
    CodedNumbers,
    CodedSets,
    Variable,
    cells,
    missing_token,
    parse_number,
)
from surveykit.coding._advice import advice
from surveykit.errors import SurveyKitError
from surveykit.results import Rows
from surveykit.rules import Values, parse_rule
from surveykit.survey import Coded, Survey, operand_of
from surveykit.text import Lang, fold

__all__ = ["Finding", "Findings", "check"]

Severity = Literal["error", "warning", "info"]
Bools = npt.NDArray[np.bool_]

_MOST_LISTED, _MOST_COLUMNS = 100, 12
_TOTALS = frozenset(["合计", "总计", "共计", "小计", "总数", "total", "totals", "subtotal", "sum"])
_ID_NAMES = (
    "record_id", "respondent_id", "response_id", "responseid", "record", "respondent", "id", "_id",
    "_uuid", "uuid", "caseid", "case_id", "序号", "编号", "答卷编号", "问卷编号", "样本编号",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes
    ----------
    respondent : str
        Id of the record where a column holds ids (``#7`` for the seventh record where that is
        empty), else its number from 1; empty when the finding is about all of them.
    variable, rule, value : str
        `rule` is one of not_in_codebook, range, skip, duplicate_id, not_found,
        not_evaluated, never_counted, weight, empty_record, total_row, nonresponse, not_described.
    message_zh, message_en : str
    severity : {"error", "warning", "info"}
    """

    respondent: str
    variable: str
    rule: str
    value: str
    message_zh: str
    message_en: str
    severity: Severity


@dataclass(frozen=True, repr=False)
class Findings(Rows):
    """Findings as tidy rows, errors first.

    The rows hold the messages in both languages; text, Markdown and HTML show that of `lang`.
    """

    columns: ClassVar[tuple[str, ...]] = tuple(Finding.__dataclass_fields__)

    rows: tuple[Finding, ...] = ()
    lang: Lang = "zh"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the findings as dictionaries."""
        return [asdict(r) for r in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, severity: Severity) -> Findings:
        """Return the findings of one severity."""
        return replace(self, rows=tuple(r for r in self.rows if r.severity == severity))

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        """Show what matters first, and one language."""
        order = ("severity", "respondent", "variable", "rule", "value", f"message_{self.lang}")
        kept, body = super()._shown()
        places = [kept.index(c) for c in order if c in kept]
        heads = [kept[i].removesuffix(f"_{self.lang}") for i in places]
        return heads, [[row[i] for i in places] for row in body]


def check(survey: Survey, *, lang: Lang = "zh") -> Findings:
    """Compare the data with the codebook.

    Errors: values that are neither choices nor missing codes, answers of people who were
    not asked, record ids that stand twice, weights that are none. Warnings: columns that
    are not in the file, numbers that no bin takes, rules that cannot be evaluated, records
    that are empty or look like a row of totals. Info: item non-response of every variable
    that has any, columns that the codebook does not describe. The messages say what is
    allowed and what may have been meant.

    Parameters
    ----------
    survey : Survey
        The rows outside its domain are left out.
    lang : {"zh", "en"}
        Of the messages that are shown; the rows hold both.

    Returns
    -------
    Findings
        At most 100 respondents are listed for one variable and rule; a last row counts the rest.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.codebook import parse_codebook
    >>> book = parse_codebook('''
    ... surveykit: codebook/1
    ... variables: {sex: {kind: single, choices: [{code: 1, label: f}, {code: 2, label: m}]}}
    ... ''')
    >>> found = check(Survey(pd.DataFrame({"sex": [1, 7, 2]}), book))
    >>> [(r["respondent"], r["rule"], r["value"], r["severity"]) for r in found]
    [('2', 'not_in_codebook', '7', 'error')]
    """
    run = _Check(survey)
    found = [*run.identifiers(), *run.design(), *run.rows_that_are_none(), *run.not_described()]
    for name, variable in survey.codebook.variables.items():
        if not survey.holds(variable):
            found += run.not_found(variable)
            continue
        coded = survey.coded(name)
        found += [*run.values(variable, coded), *run.ranges(variable, coded)]
        found += [*run.skips(variable, coded), *run.counted(variable, coded)]
    rank = {"error": 0, "warning": 1, "info": 2}
    return Findings(tuple(sorted(found, key=lambda f: rank[f.severity])), lang)


def _answered(coded: Coded) -> Bools:
    status = coded.values if isinstance(coded, CodedCategories) else coded.status
    return np.isin(status, (BLANK, NONE_CHOSEN, NOT_ASKED), invert=True)


class _Check:
    """The rules of `check`, each one a generator of findings."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        everyone = np.ones(survey.rows, dtype=bool)
        self.inside: Bools = everyone if survey.mask is None else survey.mask
        self.id_column = next(filter(None, map(self._id_column, _ID_NAMES)), None)

    def _id_column(self, name: str) -> str | None:
        names = {str(c).lower(): str(c) for c in self.survey.frame.columns}
        return names.get(name)

    def respondent(self, row: int) -> str:
        if self.id_column is None:
            return str(row + 1)
        column = self.survey.column(self.id_column)
        return column.values[column.index[row]] or f"#{row + 1}"

    def each(
        self, rows: npt.NDArray[np.intp], make: Callable[[int, str], Finding]
    ) -> Iterator[Finding]:
        """Make one finding per row, the first hundred, and one that counts the others."""
        for row in rows[:_MOST_LISTED]:
            yield self._placed(make(int(row), self.respondent(int(row))), int(row))
        rest = len(rows) - _MOST_LISTED
        if rest > 0:
            model = make(int(rows[_MOST_LISTED]), "")
            zh, en = f"另有 {rest} 条同类记录。", f"{rest} more records like these."
            yield Finding("", model.variable, model.rule, "", zh, en, model.severity)

    def _placed(self, finding: Finding, row: int) -> Finding:
        """Add the number of the record where its id stands for several."""
        if finding.respondent not in self.shared_ids:
            return finding
        zh = f"{finding.message_zh}（第 {row + 1} 条记录）"
        return replace(
            finding, message_zh=zh, message_en=f"{finding.message_en} (record {row + 1})"
        )

    @cached_property
    def shared_ids(self) -> frozenset[str]:
        """The ids that stand in several records."""
        if self.id_column is None:
            return frozenset()
        column = self.survey.column(self.id_column)
        pairs = zip(column.values, column.counts(), strict=True)
        return frozenset(v for v, n in pairs if n > 1 and fold(v))

    def header(self, column: str) -> str:
        """Return the header of a column as it stands in the file."""
        return self.survey.headers.get(column, column)

    def rows(self, where: Bools) -> npt.NDArray[np.intp]:
        return np.flatnonzero(where & self.inside)

    # ------------------------------------------------------------ about all
    def identifiers(self) -> Iterator[Finding]:
        if self.id_column is None:
            return
        name = self.id_column
        column = self.survey.column(name)
        counts = np.bincount(column.index[self.inside], minlength=len(column.values))
        empty = np.array([not fold(v) for v in column.values], dtype=bool)
        for i in np.flatnonzero((counts > 1) & ~empty):
            value, times = column.values[i], int(counts[i])
            places = [str(r + 1) for r in self.rows(np.asarray(column.index == i))[:5]]
            more = "…" if times > 5 else ""
            zh = f"编号出现 {times} 次（第 {'、'.join(places)}{more} 条记录）。"
            en = f"the record id stands {times} times (records {', '.join(places)}{more})."
            yield Finding(value, name, "duplicate_id", value, zh, en, "error")

    def rows_that_are_none(self) -> Iterator[Finding]:
        """Find records without any answer, and rows of totals below the records."""
        names = [str(c) for c in self.survey.frame.columns]
        if len(names) < 2:
            return
        empty = np.ones(self.survey.rows, dtype=bool)
        for name in names:
            column = self.survey.column(name)
            empty &= column.spread(np.array([not fold(v) for v in column.values], dtype=bool))
            if not empty.any():
                break
        zh = "整行没有内容，却算作一名受访者；若是空行，请删除。"
        en = "the whole row is empty, and counts as a respondent; delete it if it is none."
        yield from self._rows_of("empty_record", empty, zh, en)
        first = (
            self.survey.column(self.id_column) if self.id_column else self.survey.column(names[0])
        )
        named = np.array([fold(v).lower() in _TOTALS for v in first.values], dtype=bool)
        zh = f"列“{self.header(first.name)}”是合计字样：这一行像合计行，却算作一名受访者。"
        en = f"column {self.header(first.name)!r} says total: the row looks like one of totals."
        yield from self._rows_of("total_row", first.spread(named), zh, en)

    def _rows_of(self, rule: str, where: Bools, zh: str, en: str) -> Iterator[Finding]:
        def make(row: int, who: str) -> Finding:
            return Finding(who, "", rule, "", zh, en, "warning")

        yield from self.each(self.rows(where), make)

    def not_described(self) -> Iterator[Finding]:
        """Name the columns that the codebook does not describe: a header may be misspelt."""
        survey = self.survey
        held = [v for v in survey.codebook.variables.values() if survey.holds(v)]
        used = {column for variable in held for column in survey.columns_of(variable)}
        used |= {c for role in survey.design.columns if (c := survey.find_column(role))}
        used |= {self.id_column or "", "record_status"}
        rest = [self.header(str(c)) for c in survey.frame.columns if str(c) not in used]
        if rest:
            shown = rest[:_MOST_COLUMNS]
            more = len(rest) - len(shown)
            zh = f"编码簿没有说明 {len(rest)} 列：{'、'.join(shown)}{'……' if more else ''}。"
            count = "one column" if len(rest) == 1 else f"{len(rest)} columns"
            en = f"the codebook does not describe {count}: {', '.join(shown)}"
            en += f" and {more} more." if more else "."
            yield Finding("", "", "not_described", ", ".join(shown), zh, en, "info")

    def design(self) -> Iterator[Finding]:
        roles = self.survey.design
        for role in roles.columns:
            if self.survey.find_column(role) is None:
                zh, en = "设计所用的列不在数据中。", "this column of the design is not in the data."
                yield Finding("", role, "not_found", "", zh, en, "error")
        column = roles.weight and self.survey.find_column(roles.weight)
        if roles.weight and column:
            series = cells(column, self.survey.frame[column])
            good = np.array([_is_weight(v) for v in series.values], dtype=bool)
            yield from self.each(self.rows(~good[series.index]), self._weight(roles.weight, column))

    def _weight(self, weight: str, column: str) -> Callable[[int, str], Finding]:
        series = self.survey.column(column)

        def make(row: int, respondent: str) -> Finding:
            value = series.values[series.index[row]]
            zh, en = "权重应为不小于 0 的数。", "a weight should be a number of at least 0."
            return Finding(respondent, weight, "weight", value, zh, en, "error")

        return make

    def not_found(self, variable: Variable) -> Iterator[Finding]:
        if variable.identifier:
            return
        headers = ", ".join(variable.headers or (variable.source or "",))
        zh, en = f"数据中没有该变量的列：{headers}。", f"no column in the data: {headers}."
        known = [self.header(str(c)) for c in self.survey.frame.columns]
        near = [n for h in variable.headers for n in difflib.get_close_matches(h, known, n=1)]
        if near:
            zh, en = f"{zh}是否应为“{near[0]}”？", f"{en} Did you mean {near[0]!r}?"
        yield Finding("", variable.name, "not_found", "", zh, en, "warning")

    # ------------------------------------------------------------ one variable
    def values(self, variable: Variable, coded: Coded) -> Iterator[Finding]:
        if variable.source is not None:
            return
        for unknown in coded.unknown:
            column = self.survey.column(unknown.column)
            where = np.asarray(column.index == column.values.index(unknown.value))
            what_zh, what_en = "取值不在编码簿中", "value not in the codebook"
            if isinstance(coded, CodedNumbers):
                what_zh, what_en = "不是数字", "not a number"
            header, told = self.header(unknown.column), advice(variable, unknown.value)
            zh = f"{what_zh}（列“{header}”）。{told.zh}"
            en = f"{what_en} (column {header!r}). {told}"

            def make(
                row: int, who: str, value: str = unknown.value, zh: str = zh, en: str = en
            ) -> Finding:
                return Finding(who, variable.name, "not_in_codebook", value, zh, en, "error")

            yield from self.each(self.rows(where), make)

    def ranges(self, variable: Variable, coded: Coded) -> Iterator[Finding]:
        if variable.source is None or not isinstance(coded, CodedCategories):
            return
        source = self.survey.coded(variable.source)
        if not isinstance(source, CodedNumbers):
            return
        low, high = variable.bins[0], variable.bins[-1]
        zh = f"{variable.source} 超出分组范围 [{low:g}, {high:g})，按用户缺失值处理；请核对原始记录。"
        en = (
            f"{variable.source} lies outside the bins [{low:g}, {high:g}) and counts as missing; "
            "check the record."
        )
        outside = (source.status == 0) & (coded.values == USER_MISSING)

        def make(row: int, who: str) -> Finding:
            value = f"{source.values[row]:g}"
            return Finding(who, variable.name, "range", value, zh, en, "warning")

        yield from self.each(self.rows(outside), make)

    def skips(self, variable: Variable, coded: Coded) -> Iterator[Finding]:
        """Find answers of people who were not asked; then item non-response of those who were."""
        who = self.inside
        if variable.asked_if is not None:
            try:
                who = parse_rule(variable.asked_if).evaluate(self._lenient)
            except SurveyKitError as error:
                zh = f"无法判断跳答规则 {variable.asked_if!r}：{error}"
                en = f"the rule {variable.asked_if!r} cannot be evaluated: {error}"
                yield Finding("", variable.name, "not_evaluated", "", zh, en, "warning")
                return
            zh = f"按跳答规则 {variable.asked_if!r} 未被询问，却有回答。"
            en = f"answered although {variable.asked_if!r} does not hold."

            def make(row: int, respondent: str) -> Finding:
                value = self._shown(coded, row)
                return Finding(respondent, variable.name, "skip", value, zh, en, "error")

            yield from self.each(self.rows(_answered(coded) & ~who), make)
        if variable.source is None:
            yield from self._nonresponse(variable, coded, who)

    def _nonresponse(self, variable: Variable, coded: Coded, who: Bools) -> Iterator[Finding]:
        status = coded.values if isinstance(coded, CodedCategories) else coded.status
        base = int(np.count_nonzero(who & self.inside & (status != -2)))
        blank = int(np.count_nonzero(who & self.inside & (status == BLANK)))
        if blank:
            share = 100 * blank / base
            zh = f"被询问的 {base} 人中 {blank} 人未回答（项目无回答 {share:.1f}%）。"
            en = f"{blank} of {base} who were asked did not answer (item non-response {share:.1f} %)."
            yield Finding("", variable.name, "nonresponse", str(blank), zh, en, "info")

    def counted(self, variable: Variable, coded: Coded) -> Iterator[Finding]:
        """Find yes/no columns that hold answers, none of which is the counted one."""
        if variable.counted is None or not isinstance(coded, CodedSets) or coded.chosen.any():
            return
        columns = [self.survey.column(c) for c in self.survey.columns_of(variable)]
        held = sorted({v for c in columns for v in c.values if missing_token(v) is None})
        if held:
            shown = ", ".join(held[:8])
            zh = f"没有一列含有计数值 {variable.counted!r}；出现的是：{shown}。"
            en = f"no column holds the counted value {variable.counted!r}; they hold: {shown}."
            yield Finding("", variable.name, "never_counted", shown, zh, en, "warning")

    def _lenient(self, name: str) -> Values:
        return operand_of(self.survey.variable(name), self.survey.coded(name))

    def _shown(self, coded: Coded, row: int) -> str:
        if isinstance(coded, CodedSets):
            chosen = np.flatnonzero(coded.chosen[row])
            return ", ".join(coded.levels[i].code for i in chosen)
        if isinstance(coded, CodedNumbers):
            return f"{coded.values[row]:g}" if coded.status[row] == 0 else ""
        code = int(coded.values[row])
        return coded.levels[code].code if code >= 0 else ""


def _is_weight(text: str) -> bool:
    number = parse_number(text)
    return number is not None and number >= 0
