"""`response`: what became of the questionnaires, from sent to valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from surveykit.coding import ResponseRates, rate_name
from surveykit.errors import UnknownNameError, UsageError, expect
from surveykit.plots.canvas import Canvas, make_canvas
from surveykit.plots.looks import bar_look, patch
from surveykit.plots.plan import Category, Plan, Point
from surveykit.plots.style import style
from surveykit.text import Label, Lang, NumberFormat, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["response"]

_NAMES: Final = {
    "distributed": Label(zh="发放", en="Distributed"),
    "returned": Label(zh="回收", en="Returned"),
    "valid": Label(zh="有效", en="Valid"),
    "partial": Label(zh="部分完成", en="Partial interviews"),
    "refusal": Label(zh="拒访", en="Refusals"),
    "noncontact": Label(zh="未能联系到", en="Non-contacts"),
    "other": Label(zh="其他原因未访", en="Other non-interviews"),
    "unknown": Label(zh="是否合格不明", en="Unknown eligibility"),
    "ineligible": Label(zh="不合格", en="Not eligible"),
    "not_returned": Label(zh="未回收", en="Not returned"),
    "not_valid": Label(zh="无效", en="Not valid"),
    "rest": Label(zh="去向不明", en="Not accounted for"),
}
_STAGES: Final = ("distributed", "returned", "valid")
_ENDS: Final = ("partial", "refusal", "noncontact", "other", "unknown", "ineligible")
_WORDS: Final = {
    "title": Label(zh="问卷的发放与回收", en="What became of the questionnaires"),
    "axis": Label(zh="份数", en="Questionnaires"),
    "chart": Label(zh="条形图", en="Bar chart"),
    "of": Label(zh="占发放的 {p}%", en="{p}% of those distributed"),
}
_BAR: Final = 0.27  # inches


def response(
    rates: ResponseRates | Mapping[str, int],
    *,
    ax: Axes | None = None,
    title: str | None = None,
    lang: Lang = "zh",
    decimals: int = 1,
    number: NumberFormat | None = None,
) -> Axes:
    """Draw what became of the questionnaires: distributed, returned, valid, and what was lost.

    Parameters
    ----------
    rates : ResponseRates or mapping of str to int
        Of :func:`surveykit.coding.response_rates`; or counts by name: ``distributed``, ``returned``,
        ``valid``, and AAPOR's final dispositions ``partial``, ``refusal``, ``noncontact``,
        ``other``, ``unknown``, ``ineligible``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of the size that the labels need is made by default.
    title, lang, decimals, number
        As in :func:`surveykit.plots.bars`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError
        When the counts contradict each other, or are none.
    UnknownNameError
        For another name of a count.

    Notes
    -----
    A solid bar is what is left; a hatched one, from where that ends, what was lost. Rates are
    written below.

    Examples
    --------
    >>> ax = response({"distributed": 400, "returned": 390, "valid": 385}, lang="en")
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['Distributed', 'Not returned', 'Returned', 'Not valid', 'Valid']
    >>> [(int(p.get_x()), int(p.get_width())) for p in ax.patches]
    [(0, 400), (390, 10), (0, 390), (385, 5), (0, 385)]
    """
    if not isinstance(rates, Mapping):
        expect(rates, ResponseRates, hint="response_rates(survey, …), or the counts by name.")
    counts = _counts(rates)
    bars = _bars(counts)
    numbers = number or NumberFormat.of(lang)
    whole = bars[0].count
    points = tuple(
        (Point(b.count, _text(b.count, whole, numbers, decimals, lang, first=b is bars[0])),)
        for b in bars
    )
    plan = Plan(
        _WORDS["title"].text(lang) if title is None else clean(title),
        _WORDS["axis"].text(lang), tuple(Category(_NAMES[b.name].text(lang), "") for b in bars),
        ("",), points, lang, False, False, notes=_notes(rates, numbers, decimals, lang),
        chart=_WORDS["chart"].text(lang),
    )  # fmt: skip
    with style():
        canvas = make_canvas(plan, ax, _BAR, upright=False)
        texts = [_draw(canvas, i, bar, points[i][0]) for i, bar in enumerate(bars)]
        return canvas.finish(texts, "bar")


@dataclass(frozen=True, slots=True)
class _Bar:
    name: str
    count: float
    left: float
    lost: bool


def _counts(rates: ResponseRates | Mapping[str, int]) -> dict[str, float]:
    if isinstance(rates, ResponseRates):
        return _of_rates(rates)
    for name, count in rates.items():
        if name not in (*_STAGES, *_ENDS):
            raise UnknownNameError.for_name("count", name, (*_STAGES, *_ENDS))
        if isinstance(count, bool) or count < 0 or count != int(count):
            raise UsageError(f"{name} is a number of questionnaires; got {count!r}.")
    return {n: float(rates[n]) for n in (*_STAGES, *_ENDS) if n in rates}


def _of_rates(rates: ResponseRates) -> dict[str, float]:
    """Read the counts off the rates: what was counted, of what."""
    pairs = {
        "return_rate": ("returned", "distributed"),
        "valid_rate": ("valid", "returned"),
        "valid_of_distributed": ("valid", "distributed"),
    }
    found: dict[str, float] = {}
    for row in rates.rows:
        if row.rate in pairs:
            few, many = pairs[row.rate]
            found |= {few: float(row.count), many: float(row.base)}
    return {n: found[n] for n in _STAGES if n in found}


def _bars(counts: Mapping[str, float]) -> list[_Bar]:
    stages = [s for s in _STAGES if s in counts]
    lost = [e for e in _ENDS if counts.get(e)]
    if not stages or (len(stages) < 2 and not lost) or not counts[stages[0]]:
        raise UsageError(
            "the counts do not tell what became of the questionnaires.",
            hint="response({'distributed': 400, 'returned': 390, 'valid': 385}).",
        )
    if lost:
        return _with_ends(counts, stages, lost)
    bars = [_Bar(stages[0], counts[stages[0]], 0.0, lost=False)]
    for before, stage in pairwise(stages):
        gone = counts[before] - counts[stage]
        _check(gone, stage, before)
        name = "not_returned" if stage == "returned" else "not_valid"
        name = "rest" if (before, stage) == ("distributed", "valid") else name
        bars += [_Bar(name, gone, counts[stage], lost=True)] if gone else []
        bars.append(_Bar(stage, counts[stage], 0.0, lost=False))
    return bars


def _with_ends(counts: Mapping[str, float], stages: list[str], lost: list[str]) -> list[_Bar]:
    """Take the dispositions off one after the other, from the whole down to what is valid."""
    whole = counts.get("distributed", sum(counts[e] for e in (*lost, "valid") if e in counts))
    left = whole
    bars = [_Bar("distributed", whole, 0.0, lost=False)]
    for end in lost[::-1]:
        left -= counts[end]
        _check(left, end, "distributed")
        bars.append(_Bar(end, counts[end], left, lost=True))
    valid = counts.get("valid", left)
    _check(left - valid, "valid", "distributed")
    if left > valid:
        bars.append(_Bar("rest", left - valid, valid, lost=True))
    return [*bars, _Bar("valid", valid, 0.0, lost=False)]


def _check(rest: float, few: str, many: str) -> None:
    if rest < 0:
        raise UsageError(f"the counts contradict each other: {few} and others exceed {many}.")


def _text(
    count: float, whole: float, number: NumberFormat, decimals: int, lang: Lang, *, first: bool
) -> str:
    text = number.number(count)
    if first:
        return text
    share = number.number(100 * count / whole, decimals)
    return f"{text}（{share}%）" if lang == "zh" else f"{text} ({share}%)"


def _notes(
    rates: ResponseRates | Mapping[str, int], number: NumberFormat, decimals: int, lang: Lang
) -> tuple[str, ...]:
    """Write the rates, where they are given."""
    if not isinstance(rates, ResponseRates):
        return ()
    colon, stop = ("：", "。") if lang == "zh" else (": ", ".")
    return tuple(
        f"{rate_name(r.rate, lang)}{colon}{number.number(r.percent, decimals)}%{stop}"
        for r in rates.rows
    )


def _draw(canvas: Canvas, i: int, bar: _Bar, point: Point) -> Text:
    place = canvas.centres[i]
    look = bar_look("", 1 if bar.lost else 0, canvas.plan)
    height = canvas.thick * 0.88
    for one in canvas.ax.barh(place, bar.count, left=bar.left, height=height, **look).patches:
        patch(one)
    return canvas.write(place, Point(bar.left + bar.count, point.text))
