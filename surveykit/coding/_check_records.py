"""Checks of records and columns: ids and whole records that stand twice, rows that are none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from surveykit.codebook import cells, missing_token, parse_number
from surveykit.coding._check_run import Bools, Run
from surveykit.coding._findings import Finding
from surveykit.text import Bilingual, fold

__all__ = ["design", "duplicate_ids", "duplicate_records", "not_described", "rows_that_are_none"]

_MOST_COLUMNS = 12
_FEWEST_COLUMNS, _FEWEST_ANSWERS = 3, 5  # records of fewer answers are alike by chance
_COMMON, _NAMED = 0.1, 3  # where a larger share has a twin, and more than three, that is chance too
_TOTALS = frozenset(["合计", "总计", "共计", "小计", "总数", "total", "totals", "subtotal", "sum"])


def duplicate_ids(run: Run) -> Iterator[Finding]:
    """Find record ids that stand in several records."""
    column = run.ids
    if column is None:
        return
    counts = np.bincount(column.index[run.inside], minlength=len(column.values))
    twice = [i for i in np.flatnonzero(counts > 1).tolist() if fold(column.values[i])]
    if not twice:
        return
    order = np.argsort(column.index, kind="stable")
    starts = np.searchsorted(column.index[order], twice)
    ends = np.searchsorted(column.index[order], twice, side="right")
    for i, start, end in zip(twice, starts, ends, strict=True):
        rows = [int(r) for r in order[start:end] if run.inside[r]]
        value, times, more = column.values[i], len(rows), "…" if len(rows) > 5 else ""
        places = [str(r + 1) for r in rows[:5]]
        zh = f"编号出现 {times} 次（第 {'、'.join(places)}{more} 条记录）。"
        en = f"the record id stands {times} times (records {', '.join(places)}{more})."
        yield Finding(value, column.name, "duplicate_id", value, zh, en, "error")


def duplicate_records(run: Run) -> Iterator[Finding]:
    """Find records that are the same in every column but the id.

    Where records hold few answers many are alike by chance: then their number is told, and no
    record is named.
    """
    survey = run.survey
    names = [str(c) for c in survey.frame.columns if str(c) != run.id_column]
    if survey.synthetic is not None or len(names) < _FEWEST_COLUMNS:
        return
    marks, answers = _marks(run, names)
    candidates = np.flatnonzero(run.inside & (answers >= min(_FEWEST_ANSWERS, len(names))))
    if len(candidates) < 2:
        return
    _, first, which = np.unique(marks[candidates], return_index=True, return_inverse=True)
    original = candidates[first[which]]
    twin = np.zeros(survey.rows, dtype=bool)
    twin[candidates] = original != candidates
    count = int(np.count_nonzero(twin))
    if not count:
        return
    if count > max(_NAMED, _COMMON * len(candidates)):
        zh = f"{count} 条记录与前面某条记录（编号除外）完全相同；列数少时可能只是巧合。"
        en = f"{count} records are the same as one before them in every column but the id; with few columns that may be chance."
        yield run.about_all("", "duplicate_record", "info", Bilingual(en, zh), str(count))
        return
    source = np.zeros(survey.rows, dtype=np.intp)
    source[candidates] = original

    def said(row: int) -> Bilingual:
        other = run.respondent(int(source[row]))
        return Bilingual(
            f"the same as record {other} in every column but the id.",
            f"除编号外与记录 {other} 完全相同。",
        )

    yield from run.each(twin, "", "duplicate_record", "warning", said)


def _marks(run: Run, names: list[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Return a 64-bit mark of each record, and how many of its cells are answers."""
    rows = run.survey.rows
    marks = np.zeros(rows, dtype=np.uint64)
    answers = np.zeros(rows, dtype=np.int32)
    odd, spread = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
    for name in names:
        column = run.survey.column(name)
        mixed = column.index.astype(np.uint64) + np.uint64(1)
        marks = (marks ^ (mixed * spread)) * odd  # wraps around: a hash, not a number
        marks ^= marks >> np.uint64(29)
        given = np.array([missing_token(v) is None for v in column.values], dtype=np.int32)
        answers += column.spread(given)
    return marks, answers


def rows_that_are_none(run: Run) -> Iterator[Finding]:
    """Find records without any answer, and rows of totals below the records."""
    names = [str(c) for c in run.survey.frame.columns]
    if len(names) < 2:
        return
    empty = np.ones(run.survey.rows, dtype=bool)
    for name in names:
        column = run.survey.column(name)
        empty &= column.spread(np.array([not fold(v) for v in column.values], dtype=bool))
        if not empty.any():
            break
    zh = "整行没有内容，却算作一名受访者；若是空行，请删除。"
    en = "the whole row is empty, and counts as a respondent; delete it if it is none."
    yield from run.each(empty, "", "empty_record", "warning", Bilingual(en, zh))
    first = run.ids or run.survey.column(names[0])
    named = np.array([fold(v).lower() in _TOTALS for v in first.values], dtype=bool)
    zh = f"列“{run.header(first.name)}”是合计字样：这一行像合计行，却算作一名受访者。"
    en = f"column {run.header(first.name)!r} says total: the row looks like one of totals."
    yield from run.each(first.spread(named), "", "total_row", "warning", Bilingual(en, zh))


def not_described(run: Run) -> Iterator[Finding]:
    """Name the columns that the codebook does not describe: a header may be misspelt."""
    survey = run.survey
    used = {column for variable in run.held for column in survey.columns_of(variable)}
    used |= {c for role in survey.design.columns if (c := survey.find_column(role))}
    used |= {run.id_column or "", "record_status"}
    rest = [run.header(str(c)) for c in survey.frame.columns if str(c) not in used]
    if rest:
        shown = rest[:_MOST_COLUMNS]
        more = len(rest) - len(shown)
        zh = f"编码簿没有说明 {len(rest)} 列：{'、'.join(shown)}{'……' if more else ''}。"
        count = "one column" if len(rest) == 1 else f"{len(rest)} columns"
        en = f"the codebook does not describe {count}: {', '.join(shown)}"
        en += f" and {more} more." if more else "."
        yield run.about_all("", "not_described", "info", Bilingual(en, zh), ", ".join(shown))


def design(run: Run) -> Iterator[Finding]:
    """Check the columns of the design, and the weights."""
    roles = run.survey.design
    for role in roles.columns:
        if run.survey.find_column(role) is None:
            zh, en = "设计所用的列不在数据中。", "this column of the design is not in the data."
            yield run.about_all(role, "not_found", "error", Bilingual(en, zh))
    column = roles.weight and run.survey.find_column(roles.weight)
    if roles.weight and column:
        series = cells(column, run.survey.frame[column])
        bad = np.array([not _is_weight(v) for v in series.values], dtype=bool)
        said = Bilingual("a weight should be a number of at least 0.", "权重应为不小于 0 的数。")
        wrong: Bools = bad[series.index]
        yield from run.each(
            wrong,
            roles.weight,
            "weight",
            "error",
            said,
            lambda row: series.values[series.index[row]],
        )


def _is_weight(text: str) -> bool:
    number = parse_number(text)
    return number is not None and number >= 0
