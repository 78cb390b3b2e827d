"""Checks of dates and durations: days that do not exist, records filled in too fast."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from surveykit.codebook import Cells, Variable, missing_token, parse_number
from surveykit.coding._check_run import Run
from surveykit.coding._findings import Finding
from surveykit.coding._names import asks_for, plain_name
from surveykit.text import Bilingual, fold

__all__ = ["parse_moment", "parse_seconds", "times"]

_MOMENT = re.compile(
    r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:[T ]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*"
    r"(?:Z|[+-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_PARTS = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)(?:天|日|days?|d))?(?:(?P<h>\d+(?:\.\d+)?)(?:小时|时|hours?|hrs?|h))?"
    r"(?:(?P<m>\d+(?:\.\d+)?)(?:分钟|分|minutes?|mins?|m))?(?:(?P<s>\d+(?:\.\d+)?)(?:秒钟|秒|seconds?|secs?|s))?"
)
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:\.\d+)?")
_DURATION = re.compile(
    r"(所用|答题|作答|填写|填答|总|访问|答卷)(时间|时长|用时|耗时)|时长|用时|耗时"
    r"|(q )?(total )?duration( seconds| minutes)?|time (taken|spent)|total time"
    r"|(total )?(interview|completion|response|answer(ing)?) ?time"
)
_END = re.compile(
    r"(提交|结束|完成|交卷)(答卷|答题|作答|填写|访问)?(时间|日期)?|end ?(date|time)?|submit ?(date|time)?|submission (date|time)"
    r"|date submitted|submitted( at)?|recorded ?date|date modified|timestamp|时间戳记?"
)
_START = re.compile(
    r"开始(答卷|答题|作答|填写|访问)?(时间|日期)?|start ?(date|time)?|started( at)?|date created|date started"
)
_EARLIEST = dt.datetime(1900, 1, 1)
_FASTEST = 3  # a duration under a third of the median is that of a speeder
_FEWEST = 5  # durations from which a median is taken

Floats = npt.NDArray[np.float64]


def parse_moment(text: str) -> dt.datetime | None:
    """Return a day, with its time where given; None for a text that is none.

    Raises
    ------
    ValueError
        When it is written as a day that does not exist.

    Examples
    --------
    >>> parse_moment("2016年7月5日"), parse_moment("2016/7/5 9:30:00"), parse_moment("July")
    (datetime.datetime(2016, 7, 5, 0, 0), datetime.datetime(2016, 7, 5, 9, 30), None)
    """
    plain = fold(text)
    found = _MOMENT.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part is not None]
    return dt.datetime(*parts)  # type: ignore[arg-type]


def parse_seconds(text: str) -> float | None:
    """Return a duration in seconds: ``123秒``, ``2分3秒``, ``0:02:03``, or a plain number.

    Examples
    --------
    >>> parse_seconds("123秒"), parse_seconds("1小时2分3秒"), parse_seconds("0:02:03"), parse_seconds("?")
    (123.0, 3723.0, 123.0, None)
    """
    plain = re.sub(r"[\s,，]", "", fold(text)).lower()
    number = parse_number(plain)
    if number is not None or not plain:
        return number
    clock = _CLOCK.fullmatch(plain)
    if clock is not None:
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return 3600 * hours + 60 * minutes + seconds
    parts = _PARTS.fullmatch(plain)
    if parts is None:
        return None
    return sum(float(parts[k] or 0) * n for k, n in zip("dhms", (86400, 3600, 60, 1), strict=True))


def times(run: Run) -> Iterator[Finding]:
    """Check all dates, and the durations of the interviews."""
    start, end = _time_column(run, "start", _START), _time_column(run, "end", _END)
    dated = dict.fromkeys(filter(None, (start, end, *_date_columns(run))))
    moments = {column: _moments(run.survey.column(column)) for column in dated}
    latest, told = _latest(run, moments[end][0] if end else None)
    for column in dated:
        yield from _dates(run, column, moments[column], latest, told, own=column in (start, end))
    if start and end and start != end:
        yield from _backwards(run, start, end, moments[start][0], moments[end][0])
    yield from _fieldwork(run, end or start, moments)
    yield from _durations(run, start, end, moments)


# ---------------------------------------------------------------- which columns
def _column(run: Run, role: str, pattern: re.Pattern[str]) -> str | None:
    """Return the column of a role: as the codebook says, else by its name."""
    for variable in run.held:
        if variable.role == role:
            return run.survey.columns_of(variable)[0]
    described: dict[str, Variable] = {}
    for variable in run.held:
        if variable.role is None and len(variable.headers) == 1:
            described[run.survey.columns_of(variable)[0]] = variable
    for column in map(str, run.survey.frame.columns):
        held = described.get(column)
        if held is not None and held.kind not in ("date", "text", "number", "single"):
            continue
        names = (column, run.header(column))
        if any(pattern.fullmatch(plain_name(n)) for n in names) or (
            held is not None and asks_for(held, pattern)
        ):
            return column
    return None


def _time_column(run: Run, role: str, pattern: re.Pattern[str]) -> str | None:
    """Return the column of a role, unless its cells are no dates."""
    column = _column(run, role, pattern)
    if column is None:
        return None
    cells = run.survey.column(column)
    given = sum(missing_token(v) is None for v in cells.values)
    return column if given and 2 * len(_moments(cells)[1]) < given else None


def _date_columns(run: Run) -> list[str]:
    dates = (v for v in run.held if v.kind == "date" and not v.derived)
    return [run.survey.columns_of(v)[0] for v in dates]


def _name(run: Run, column: str) -> str:
    """Return the variable that a column holds, else its header."""
    for variable in run.held:
        if len(variable.headers) == 1 and run.survey.columns_of(variable)[0] == column:
            return variable.name
    return run.header(column)


# ---------------------------------------------------------------- dates
Moments = tuple[npt.NDArray[Any], dict[str, bool]]


def _moments(column: Cells) -> Moments:
    """Return the moment of each row (NaT where none), and the texts that are no existing day.

    Of these, True marks one written as a day that does not exist.
    """
    table = np.full(len(column.values), np.datetime64("NaT"), dtype="datetime64[s]")
    wrong: dict[str, bool] = {}
    for i, text in enumerate(column.values):
        if missing_token(text) is not None:
            continue
        try:
            found = parse_moment(text)
        except ValueError:
            wrong[text] = True
            continue
        if found is None:
            wrong[text] = False
        else:
            table[i] = np.datetime64(found, "s")
    return column.spread(table), wrong


def _latest(run: Run, ends: npt.NDArray[Any] | None) -> tuple[np.datetime64, Bilingual]:
    """Return the moment after which nothing can have happened, and why."""
    today = np.datetime64(dt.date.today() + dt.timedelta(days=1), "s")
    if ends is not None:
        known = ends[run.inside & ~np.isnat(ends) & (ends <= today)]
        if len(known):
            last = known.max()
            day = str(last)[:10]
            return last.astype("datetime64[D]").astype("datetime64[s]") + 86399, Bilingual(
                f"after the last questionnaire came in ({day})",
                f"晚于最后一份答卷的提交日（{day}）",
            )
    return today, Bilingual("in the future", "晚于今天")


def _dates(
    run: Run, column: str, moments: Moments, latest: np.datetime64, told: Bilingual, *, own: bool
) -> Iterator[Finding]:
    found, wrong = moments
    cells, name = run.survey.column(column), _name(run, column)
    missing = _missing_texts(run, column)

    shown = run.text_of(column)

    def where(impossible: bool) -> npt.NDArray[np.bool_]:
        texts = {t for t, kind in wrong.items() if kind == impossible and fold(t) not in missing}
        return cells.spread(np.array([v in texts for v in cells.values], dtype=bool))

    said = Bilingual("there is no such day.", "没有这一天。")
    yield from run.each(where(True), name, "impossible_date", "error", said, shown)
    said = Bilingual("is no date; write 2016-07-05.", "不是日期；请写成 2016-07-05。")
    if not own:
        yield from run.each(where(False), name, "not_a_date", "warning", said, shown)
    late = found > latest
    said = Bilingual(f"the date is {told}.", f"日期{told.zh}。")
    yield from run.each(late, name, "impossible_date", "warning", said, shown)
    said = Bilingual("the date is before 1900.", "日期早于 1900 年。")
    early = found < np.datetime64(_EARLIEST, "s")
    yield from run.each(early, name, "impossible_date", "warning", said, shown)


def _missing_texts(run: Run, column: str) -> frozenset[str]:
    held = (v for v in run.held if column in run.survey.columns_of(v))
    return frozenset(
        fold(t) for v in held for c in v.missing for t in (c.code, c.label.zh, c.label.en)
    )


def _backwards(
    run: Run, start: str, end: str, starts: npt.NDArray[Any], ends: npt.NDArray[Any]
) -> Iterator[Finding]:
    said = Bilingual("it ends before it starts.", "结束时间早于开始时间。")
    yield from run.each(
        ends < starts,
        _name(run, end),
        "impossible_date",
        "error",
        said,
        run.text_of(end),
    )


def _fieldwork(run: Run, column: str | None, moments: dict[str, Moments]) -> Iterator[Finding]:
    """Find questionnaires that came in before or after the fieldwork."""
    days = run.survey.codebook.study.fieldwork
    if days is None or column is None:
        return
    first, last = (np.datetime64(day, "s") for day in days)
    found = moments[column][0]
    outside = (found < first) | (found >= last + np.timedelta64(86400, "s"))
    said = Bilingual(
        f"outside the fieldwork ({days[0]} to {days[1]}).",
        f"不在调查期内（{days[0]} 至 {days[1]}）。",
    )
    yield from run.each(
        outside,
        _name(run, column),
        "fieldwork",
        "warning",
        said,
        run.text_of(column),
    )


# ---------------------------------------------------------------- durations
def _durations(
    run: Run, start: str | None, end: str | None, moments: dict[str, Moments]
) -> Iterator[Finding]:
    column = _column(run, "duration", _DURATION)
    if column is not None:
        cells = run.survey.column(column)
        parsed = [np.nan if (s := parse_seconds(v)) is None else s for v in cells.values]
        seconds: Floats = cells.spread(np.array(parsed, dtype=np.float64))
        name = _name(run, column)
        yield from _speeders(run, seconds, name, run.text_of(column))
    elif start and end and start != end:
        between = moments[end][0] - moments[start][0]
        seconds = np.where(np.isnat(between), np.nan, between.astype("int64").astype(np.float64))
        seconds = np.where(seconds < 0, np.nan, seconds)  # told as a date
        if np.nanmax(seconds, initial=0.0) > 0 and np.count_nonzero(seconds > 0) * 2 > len(seconds):
            yield from _speeders(run, seconds, _name(run, end), lambda row: f"{seconds[row]:.0f} s")


def _speeders(run: Run, seconds: Floats, name: str, shown: Any) -> Iterator[Finding]:
    negative = seconds < 0
    said = Bilingual("a duration cannot be negative.", "时长不能为负数。")
    yield from run.each(negative, name, "impossible_duration", "error", said, shown)
    valid = run.inside & (seconds >= 0)
    count = int(np.count_nonzero(valid))
    if count < _FEWEST:
        return
    median = float(np.median(seconds[valid]))
    fast = valid & (seconds < median / _FASTEST)
    if fast.any():
        share = 100 * np.count_nonzero(fast) / count
        said = Bilingual(
            f"took less than a third of the median duration ({median:g}); so did {share:.1f} % of all.",
            f"作答时长不足中位数（{median:g}）的三分之一；这样的答卷占 {share:.1f}%。",
        )
        yield from run.each(fast, name, "speeder", "warning", said, shown)
