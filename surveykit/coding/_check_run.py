"""What every rule of `check` needs: who is inside, the ids of records, findings row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from surveykit.codebook import Cells, Variable
from surveykit.coding._findings import Finding, Severity
from surveykit.survey import Survey
from surveykit.text import Bilingual, fold

__all__ = ["Bools", "Run"]

Bools = npt.NDArray[np.bool_]

_MOST_LISTED = 100_000
_ID_NAMES = (
    "record_id", "respondent_id", "response_id", "responseid", "record", "respondent", "id", "_id",
    "_uuid", "uuid", "caseid", "case_id", "序号", "编号", "答卷编号", "问卷编号", "样本编号",
)  # fmt: skip


class Run:
    """One check of one survey; every rule is a function of it that yields findings."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        everyone = np.ones(survey.rows, dtype=bool)
        self.inside: Bools = everyone if survey.mask is None else survey.mask
        names = {str(c).lower(): str(c) for c in survey.frame.columns}
        self.id_column = next((names[n] for n in _ID_NAMES if n in names), None)

    @cached_property
    def ids(self) -> Cells | None:
        """The column of record ids."""
        return None if self.id_column is None else self.survey.column(self.id_column)

    @cached_property
    def held(self) -> tuple[Variable, ...]:
        """The variables of the codebook whose columns are there."""
        variables = self.survey.codebook.variables.values()
        return tuple(v for v in variables if self.survey.holds(v))

    @cached_property
    def shared_ids(self) -> frozenset[str]:
        """The ids that stand in several records."""
        if self.ids is None:
            return frozenset()
        pairs = zip(self.ids.values, self.ids.counts(), strict=True)
        return frozenset(v for v, n in pairs if n > 1 and fold(v))

    def respondent(self, row: int) -> str:
        """Return the id of a record, else its number from 1."""
        if self.ids is None:
            return str(row + 1)
        return self.ids.values[self.ids.index[row]] or f"#{row + 1}"

    def header(self, column: str) -> str:
        """Return the header of a column as it stands in the file."""
        return self.survey.headers.get(column, column)

    def text_of(self, column: str) -> Callable[[int], str]:
        """Return what gives the text of a row of a column."""
        found = self.survey.column(column)
        return lambda row: found.values[int(found.index[row])]

    def rows(self, where: Bools) -> npt.NDArray[np.intp]:
        """Return the rows of the domain where something holds."""
        return np.flatnonzero(where & self.inside)

    def each(
        self,
        where: Bools,
        variable: str,
        rule: str,
        severity: Severity,
        said: Bilingual | Callable[[int], Bilingual],
        value: str | Callable[[int], str] = "",
    ) -> Iterator[Finding]:
        """Make one finding per row, and past 100,000 one that counts the others."""
        rows = self.rows(where)
        for row in rows[:_MOST_LISTED].tolist():
            told = said(row) if callable(said) else said
            shown = value(row) if callable(value) else value
            who = self.respondent(row)
            found = Finding(who, variable, rule, shown, told.zh, str(told), severity)
            yield self._placed(found, row) if who in self.shared_ids else found
        rest = len(rows) - _MOST_LISTED
        if rest > 0:
            zh, en = f"另有 {rest} 条同类记录。", f"{rest} more records like these."
            yield Finding("", variable, rule, "", zh, en, severity)

    @staticmethod
    def about_all(
        variable: str, rule: str, severity: Severity, said: Bilingual, value: str = ""
    ) -> Finding:
        """Make a finding that is about no single record."""
        return Finding("", variable, rule, value, said.zh, str(said), severity)

    def _placed(self, finding: Finding, row: int) -> Finding:
        """Add the number of the record where its id stands for several."""
        zh = f"{finding.message_zh}（第 {row + 1} 条记录）"
        en = f"{finding.message_en} (record {row + 1})"
        return replace(finding, message_zh=zh, message_en=en)
