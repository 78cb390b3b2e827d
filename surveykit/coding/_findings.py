"""Findings as tidy rows, and grouped for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal

from surveykit.results import Rows
from surveykit.text import Lang

__all__ = ["Case", "Finding", "Findings", "Group", "Severity"]

Severity = Literal["error", "warning", "info"]
RANK = {"error": 0, "warning": 1, "info": 2}
_SHOWN = 20  # findings of one rule and variable that a table shows; all of them are rows


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes
    ----------
    respondent : str
        Id of the record where a column holds ids (``#7`` for the seventh record where that is
        empty), else its number from 1; empty when the finding is about all of them.
    variable, rule, value : str
        `rule` is one of those that :func:`check` describes.
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

    def message(self, lang: Lang) -> str:
        """Return the message in one language."""
        return self.message_zh if lang == "zh" else self.message_en


@dataclass(frozen=True, slots=True)
class Case:
    """Findings of one group that say the same of the same value."""

    value: str
    finding: Finding
    respondents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one severity, rule and variable.

    Attributes
    ----------
    severity, rule, variable : str
    count : int
        Number of findings.
    cases : tuple of Case
        By value and message, the most frequent first.
    """

    severity: Severity
    rule: str
    variable: str
    count: int
    cases: tuple[Case, ...]


@dataclass(frozen=True, repr=False)
class Findings(Rows):
    """Findings as tidy rows, errors first.

    The rows hold the messages in both languages; text, Markdown and HTML show that of `lang`,
    and of many findings alike the first.
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

    def groups(self) -> tuple[Group, ...]:
        """Return the findings by severity, rule and variable, in the order of the rows.

        Examples
        --------
        >>> two = [Finding(who, "sex", "range", "7", "…", "too high", "error") for who in "ab"]
        >>> [(g.variable, g.count, g.cases[0].respondents) for g in Findings(tuple(two)).groups()]
        [('sex', 2, ('a', 'b'))]
        """
        return tuple(_group(key, rows) for key, rows in _gathered(self.rows))

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        """Show what matters first, one language, and of many rows alike the first."""
        order = ("severity", "respondent", "variable", "rule", "value", f"message_{self.lang}")
        rows = [asdict(r) for r in _first(self.rows)]
        kept = [c for c in order if any(r[c] for r in rows)]
        heads = [c.removesuffix(f"_{self.lang}") for c in kept]
        return heads, [[r[c] for c in kept] for r in rows]


Key = tuple[Severity, str, str]


def _gathered(rows: Iterable[Finding]) -> Iterator[tuple[Key, list[Finding]]]:
    groups: dict[Key, list[Finding]] = {}
    for row in rows:
        groups.setdefault((row.severity, row.rule, row.variable), []).append(row)
    yield from groups.items()


def _group(key: Key, rows: list[Finding]) -> Group:
    cases: dict[tuple[str, str], list[Finding]] = {}
    for row in rows:
        cases.setdefault((row.value, row.message_en), []).append(row)
    most = sorted(cases.values(), key=lambda same: -len(same))
    found = (Case(c[0].value, c[0], tuple(f.respondent for f in c)) for c in most)
    return Group(*key, len(rows), tuple(found))


def _first(rows: tuple[Finding, ...]) -> Iterator[Finding]:
    """Return the first findings of each group, and one that counts the rest."""
    for (severity, rule, variable), same in _gathered(rows):
        yield from same[:_SHOWN]
        rest = len(same) - _SHOWN
        if rest > 0:
            zh, en = f"另有 {rest} 条同类记录。", f"{rest} more records like these."
            yield Finding("", variable, rule, "", zh, en, severity)
