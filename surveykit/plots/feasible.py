"""Pictures of what printed figures leave open: functions ``(audit, *, ax=None) -> Axes``.

``feasible_bases``     the smallest and largest number of respondents behind each figure
``feasible_shares``    where in its rounding interval each figure's true share can lie
``feasible_p``         the smallest and largest p of each test, with the level
``verdicts``           claims by readings
``feasible_pairs``     every pair of shares that a claim about two groups can have
``feasible_scores``    how many people can have each score behind a printed mean and SD
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from surveykit.errors import SurveyKitError, UnknownNameError, UsageError
from surveykit.plots.canvas import DOT, Canvas, make_canvas, texts_before
from surveykit.plots.frame import furnish, lines_of, new_axes
from surveykit.plots.plan import Category, Plan
from surveykit.plots.style import GREY, INK, PALETTE, style
from surveykit.published import Audit, FigureVerdict, ReadingAudit
from surveykit.published.document import AS_PRINTED
from surveykit.published.model import Item
from surveykit.published.states import TooLargeError
from surveykit.text import Label, Lang, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "feasible_bases",
    "feasible_p",
    "feasible_pairs",
    "feasible_scores",
    "feasible_shares",
    "verdicts",
]

LISTED = 20_000
"""Tables that are listed for a picture of shares or pairs; above it there is none."""

_SOLID, _PALE = PALETTE[0], "#C9D3DC"
_WORDS: Final = {
    "bases": Label("各数字背后的人数：{reading}", "Respondents behind each figure: {reading}"),
    "bases_axis": Label("基数（人）", "Base (respondents)"),
    "range": Label("所有可行表留下的范围", "range over all feasible tables"),
    "one": Label("只有一个可能", "only one value possible"),
    "open": Label("未限定", "not limited"),
    "none": Label("没有可行表", "no feasible table"),
    "shares": Label("各数字在舍入范围内的位置：{reading}", "Where each share lies within its rounding: {reading}"),
    "shares_axis": Label(
        "与印出数字之差（以末位为 1）", "Difference from the printed figure (units of its last digit)"
    ),
    "rounding": Label("印成这个数的全部占比", "all shares that print so"),
    "feasible": Label("可行的占比", "shares that some feasible table has"),
    "plain": Label("照字面", "as printed"),
    "p": Label("核查者检验的 P 值：{reading}", "p of the auditor's tests: {reading}"),
    "p_axis": Label("P（对数刻度）", "p (logarithmic)"),
    "alpha": Label("水平 {alpha}", "level {alpha}"),
    "verdicts": Label("各种读法下的判断", "Verdicts in each reading"),
    "pairs": Label("{claim}：可行的两个占比", "{claim}: the feasible pairs of shares"),
    "equal": Label("两者相等", "both equal"),
    "pair": Label("一张可行表（或多张）", "one feasible table, or several"),
    "scores": Label(
        "{name} {printed}：各分值的可能人数",
        "{name}, {printed}: people who can have each score",
    ),
    "scores_axis": Label("人数", "Respondents"),
    "distributions": Label("所有可能的得分分布留下的范围", "range over all distributions of scores"),
    "row": Label("{name}：{text}", "{name}: {text}"),
    "to": Label("{low} 至 {high}", "{low} to {high}"),
}  # fmt: skip
_VERDICTS: Final = {
    "holds in all": (Label("都成立", "holds in all"), "#3B76AF", "✓"),
    "holds in none": (Label("都不成立", "holds in none"), "#1A1A1A", "✗"),
    "undetermined": (Label("未定", "undetermined"), "#C9D3DC", "?"),
    "not evaluated": (Label("无法核查", "not evaluated"), "#FFFFFF", "–"),
}
_CLAIM: Final = 40  # width of a claim in cells, before it wraps


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a picture: its label, a range, and what the range is in words."""

    name: str
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a picture was asked for: the reading, the language, words for ids, a title."""

    found: ReadingAudit
    lang: Lang
    names: Mapping[str, str]
    title: str | None

    def say(self, key: str, **values: object) -> str:
        return _WORDS[key].text(self.lang).format(**values)

    def name(self, id: str) -> str:
        return self.names.get(id, id)

    def head(self, key: str) -> str:
        """Return the title: the one that was given, or the picture's own with the reading."""
        if self.title:
            return self.title
        return self.say(key, reading=_label(self.found, self.lang))

    def figures(self, ids: Sequence[str] | None) -> list[FigureVerdict]:
        """Return the figures of these ids; all that are printed where there are none."""
        if ids is None:
            return [f for f in self.found.figures if f.printed is not None]
        return [self.found.figure(i) for i in ids]


def _label(found: ReadingAudit, lang: Lang) -> str:
    """Return the name of a reading; the plain one has none of its own."""
    label = found.label.text(lang)
    return _WORDS["plain"].text(lang) if found.id == AS_PRINTED == label else label


def _asked(
    audit: Audit | ReadingAudit,
    reading: str | None,
    lang: Lang | None,
    names: Mapping[str, str] | None,
    title: str | None,
) -> _Asked:
    if isinstance(audit, ReadingAudit):
        return _Asked(audit, lang or "zh", names or {}, title)
    found = audit.readings[0] if reading is None else audit.reading(reading)
    return _Asked(found, lang or audit.lang, names or {}, title)


def _start(
    rows: Sequence[_Row],
    ax: Axes | None,
    title: str,
    axis: str,
    lang: Lang,
    label: int | None = None,
) -> Canvas:
    if not rows:
        raise UsageError("there is nothing to draw.", hint="choose figures of this reading.")
    told = [_WORDS["row"].text(lang).format(name=r.name, text=r.text) for r in rows]
    stop, semi = ("。", "；") if lang == "zh" else (". ", "; ")
    plan = Plan(
        clean(title),
        axis,
        tuple(Category(clean(r.name), "") for r in rows),
        ("",),
        tuple((None,) for _ in rows),
        lang,
        synthetic=False,
        percent=False,
        alt=f"{clean(title)}{stop}{axis}{stop}{semi.join(told)}{stop}".strip(),
    )
    return make_canvas(plan, ax, DOT, upright=False, label=label)


def _finish(canvas: Canvas, legend: Sequence[Any]) -> Axes:
    ax = canvas.ax
    ax.set_xlabel(canvas.plan.axis)
    ax.grid(visible=True, axis="x", color="#E3E3E3", linewidth=0.7)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    ax.surveykit_alt = canvas.plan.alt  # type: ignore[attr-defined]
    return furnish(ax, canvas.plan, "dot", owned=canvas.owned, before=canvas.before, legend=legend)


def _bar(canvas: Canvas, place: float, low: float, high: float, color: str, thick: float) -> None:
    canvas.ax.barh(place, high - low, left=low, height=thick, color=color, linewidth=0, zorder=2)


def _write(canvas: Canvas, place: float, x: float, text: str, color: str = INK) -> None:
    canvas.ax.annotate(
        text, (x, place), xytext=(6, 0), textcoords="offset points", ha="left",
        va="center_baseline", fontsize=8.5, color=color,
    )  # fmt: skip


def _patch(color: str, label: str, **more: Any) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=color, label=label, **more)


def _line(label: str, **look: Any) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **look)


def feasible_bases(
    audit: Audit | ReadingAudit,
    *,
    ax: Axes | None = None,
    reading: str | None = None,
    figures: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    lang: Lang | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the smallest and the largest base of each figure over all feasible tables.

    Parameters
    ----------
    audit : Audit or ReadingAudit
    ax : Axes, optional
    reading : str, optional
        Id of a reading; the first one audited when not given.
    figures : sequence of str, optional
        Ids; all printed figures when not given.
    names : mapping of str to str, optional
        Figures in words, by id.
    lang : {"zh", "en"}, optional
    title : str, optional

    Raises
    ------
    UsageError
        When there is no figure to draw.

    Examples
    --------
    >>> from surveykit.published import audit
    >>> from surveykit.published.load import parse_published
    >>> paper = parse_published('''
    ... surveykit: published/1
    ... study: {title: A survey}
    ... variables: {aware: {levels: [know, other]}, sex: {levels: [man, woman]}}
    ... counts: [{id: all, count: "85"}]
    ... figures:
    ...   - {id: a, percent: "61.5", where: {aware: know}, within: {sex: man}}
    ...   - {id: b, percent: "30.4", where: {aware: know}, within: {sex: woman}}
    ... ''')
    >>> feasible_bases(audit(paper), lang="en").surveykit_alt
    'Respondents behind each figure: as printed. Base (respondents). a: 39; b: 46.'
    """
    asked = _asked(audit, reading, lang, names, title)
    rows = [_base_row(asked, f) for f in asked.figures(figures)]
    with style():
        canvas = _start(rows, ax, asked.head("bases"), asked.say("bases_axis"), asked.lang)
        most = max([asked.found.reading.total or 0, *(r.high or 0 for r in rows), 1])
        canvas.ax.set_xlim(0, most * 1.28)
        canvas.ax.set_xticks([t for t in canvas.ax.get_xticks() if 0 <= t <= most])
        for place, row in zip(canvas.centres, rows, strict=True):
            _base(canvas, place, row, most)
        legend = [
            _patch(_SOLID, asked.say("range")),
            _line(asked.say("one"), marker="o", color=_SOLID, linestyle="none"),
        ]
        return _finish(canvas, legend)


def _base_row(asked: _Asked, figure: FigureVerdict) -> _Row:
    name = asked.name(figure.id)
    if figure.base is None:
        stuck = figure.status in ("conflict", "impossible")
        return _Row(name, None, None, asked.say("none" if stuck else "open"))
    low, high = figure.base
    return _Row(name, low, high, _span(low, high))


def _base(canvas: Canvas, place: float, row: _Row, most: float) -> None:
    if row.low is None or row.high is None:
        canvas.ax.plot([0, most], [place, place], color=GREY, linewidth=0.8, linestyle=(0, (1, 3)))
        _write(canvas, place, most, row.text, GREY)
    elif row.low == row.high:
        canvas.ax.scatter([row.low], [place], color=_SOLID, s=28, zorder=3)
        _write(canvas, place, row.high, row.text)
    else:
        _bar(canvas, place, row.low, row.high, _SOLID, DOT * 0.55)
        _write(canvas, place, row.high, row.text)


def feasible_shares(
    audit: Audit | ReadingAudit,
    *,
    ax: Axes | None = None,
    reading: str | None = None,
    figures: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    lang: Lang | None = None,
    title: str | None = None,
    most: int = LISTED,
) -> Axes:
    """Draw each figure's feasible shares inside the interval of shares that print so.

    Figures whose tables are too many to list (more than 20,000) or have none are left out.

    Parameters
    ----------
    audit, ax, reading, figures, names, lang, title
        As in :func:`feasible_bases`.
    most : int, optional
        Figures with more feasible shares than this are left out: their ticks fill the interval.

    Raises
    ------
    UsageError
        When no figure is left.
    """
    asked = _asked(audit, reading, lang, names, title)
    listed = [(f, _offsets(asked.found, f)) for f in asked.figures(figures)]
    drawn = [(f, o) for f, o in listed if o is not None and len(o[1]) <= most]
    rows = [_share_row(asked, f, offsets) for f, offsets in drawn]
    with style():
        canvas = _start(rows, ax, asked.head("shares"), asked.say("shares_axis"), asked.lang)
        canvas.ax.set_xlim(-1.02, 1.02)
        canvas.ax.set_xticks([-1, -0.5, 0, 0.5, 1])
        for place, (_, (edges, values)) in zip(canvas.centres, drawn, strict=True):
            _bar(canvas, place, *edges, _PALE, DOT * 0.9)
            y = [place] * len(values)
            canvas.ax.scatter(values, y, color=INK, s=60, marker="|", linewidths=1.1, zorder=3)
        legend = [
            _patch(_PALE, asked.say("rounding")),
            _line(asked.say("feasible"), marker="|", color=INK, linestyle="none"),
        ]
        return _finish(canvas, legend)


_Offsets = tuple[tuple[float, float], list[float]]


def _offsets(found: ReadingAudit, figure: FigureVerdict) -> _Offsets | None:
    """Return the rounding interval and the feasible shares, in units of the last digit."""
    from surveykit.published.rounding import share_range

    item = next((i for i in found.reading.items if i.id == figure.id), None)
    group = next((g.solved for g in found.groups if figure.id in g.figures), None)
    if item is None or item.percent is None or group is None or figure.status != "possible":
        return None
    try:
        if not group.feasible:
            return None
        tables = group.project([item], LISTED)
    except (TooLargeError, SurveyKitError):
        return None
    unit = Fraction(100 * 10**item.percent.decimals)
    low, _, high, _ = share_range(item.percent, found.reading.rounding)
    pairs = np.unique(np.c_[tables.counts[:, 0], tables.bases[:, 0]], axis=0).tolist()
    shares = {Fraction(a, n) for a, n in pairs if n}
    at = [float(unit * s - item.percent.digits) for s in sorted(shares)]
    ends = tuple(float(unit * s - item.percent.digits) for s in (low, high))
    return (ends[0], ends[1]), at


def _share_row(asked: _Asked, figure: FigureVerdict, offsets: _Offsets) -> _Row:
    values = offsets[1]
    text = f"{values[0]:+.2f}–{values[-1]:+.2f}" if len(values) > 1 else f"{values[0]:+.2f}"
    return _Row(f"{asked.name(figure.id)} {figure.printed}%", *offsets[0], text)


def feasible_scores(
    audit: Audit | ReadingAudit,
    mean: str,
    *,
    ax: Axes | None = None,
    reading: str | None = None,
    names: Mapping[str, str] | None = None,
    lang: Lang | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how many people can have each score, over all distributions behind a printed mean.

    Parameters
    ----------
    audit, ax, reading, lang, title
        As in :func:`feasible_bases`.
    mean : str
        Id of a printed mean (and SD) whose number of people is known.
    names : mapping of str to str, optional
        Means in words, by id.

    Raises
    ------
    UnknownNameError
        When there is no such mean.
    UsageError
        When no distribution prints it, or its distributions cannot be followed.

    Examples
    --------
    >>> from surveykit.published import audit
    >>> from surveykit.published.load import parse_published
    >>> paper = parse_published('''
    ... surveykit: published/1
    ... study: {title: A survey}
    ... variables: {content: {levels: ["1", "2", "3", "4", "5"]}}
    ... counts: [{id: all, count: "52"}]
    ... means: [{id: m, mean: "4.56", sd: "0.69", of: content}]
    ... ''')
    >>> feasible_scores(audit(paper), "m", lang="en").surveykit_alt.split(". ", 1)[1]
    'Respondents. 1: 0–1; 2: 0–2; 3: 0–6; 4: 11–19; 5: 32–35.'
    """
    asked = _asked(audit, reading, lang, names, title)
    found = {m.id: m for m in asked.found.means.means}
    if mean not in found:
        raise UnknownNameError.for_name("mean", mean, found)
    ranges = found[mean].ranges
    rows = [_Row(f"{s}", *r, _span(*r)) for s, r in sorted(ranges.items())]
    if not rows:
        raise UsageError(f"the distributions behind {mean!r} cannot be followed, or there is none.")
    head = title or asked.say("scores", name=asked.name(mean), printed=found[mean].printed)
    with style():
        canvas = _start(rows, ax, head, asked.say("scores_axis"), asked.lang)
        most = max(high for _, high in ranges.values()) or 1
        canvas.ax.set_xlim(0, most * 1.2)
        canvas.ax.set_xticks([t for t in canvas.ax.get_xticks() if 0 <= t <= most])
        for place, row in zip(canvas.centres, rows, strict=True):
            _base(canvas, place, row, most)
        legend = [
            _patch(_SOLID, asked.say("distributions")),
            _line(asked.say("one"), marker="o", color=_SOLID, linestyle="none"),
        ]
        return _finish(canvas, legend)


def _span(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def feasible_p(
    audit: Audit | ReadingAudit,
    *,
    ax: Axes | None = None,
    reading: str | None = None,
    names: Mapping[str, str] | None = None,
    alphas: Mapping[str, float] | None = None,
    lang: Lang | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the smallest and largest p of each tested claim over all feasible tables.

    Parameters
    ----------
    audit, ax, reading, lang, title
        As in :func:`feasible_bases`.
    names : mapping of str to str, optional
        Claims in words, by id.
    alphas : mapping of str to float, optional
        Levels by claim; those of the paper's file when an Audit is given.

    Raises
    ------
    UsageError
        When no claim was tested.
    """
    asked = _asked(audit, reading, lang, names, title)
    if alphas is None and isinstance(audit, Audit):
        alphas = {c.id: float(c.alpha) for c in audit.published.claims}
    tested = [(c.id, c.p) for c in asked.found.claims if c.p is not None]
    rows = [_p_row(asked, id, p) for id, p in tested]
    with style():
        canvas = _start(rows, ax, asked.head("p"), asked.say("p_axis"), asked.lang)
        canvas.ax.set_xscale("log")
        canvas.ax.set_xlim(1e-6, 30)
        ticks = [1e-6, 1e-4, 0.01, 1.0]
        canvas.ax.set_xticks(ticks, ["≤0.000001", "0.0001", "0.01", "1"])
        canvas.ax.set_xticks([], minor=True)
        levels = sorted({(alphas or {}).get(id, 0.05) for id, _ in tested})
        for alpha in levels:
            canvas.ax.axvline(alpha, color="#8A1C1C", linewidth=1.1, linestyle=(0, (4, 2)))
        for place, row in zip(canvas.centres, rows, strict=True):
            _p_bar(canvas, place, row)
        said = [asked.say("alpha", alpha=f"{a:g}") for a in levels]
        lines = [_line(t, color="#8A1C1C", linestyle=(0, (4, 2))) for t in said]
        return _finish(canvas, [_patch(_SOLID, asked.say("range")), *lines])


def _p_row(asked: _Asked, id: str, p: tuple[float, float]) -> _Row:
    low, high = (f"{x:.3f}" if x >= 0.0005 else "<0.001" for x in p)
    text = low if low == high else asked.say("to", low=low, high=high)
    return _Row(asked.name(id), max(p[0], 1e-6), max(p[1], 1e-6), text)


def _p_bar(canvas: Canvas, place: float, row: _Row) -> None:
    assert row.low is not None
    assert row.high is not None
    if row.high <= row.low * 1.05:
        canvas.ax.scatter([row.low], [place], color=_SOLID, s=28, zorder=3)
    else:
        _bar(canvas, place, row.low, row.high, _SOLID, DOT * 0.55)
    _write(canvas, place, row.high, row.text)


def verdicts(
    audit: Audit,
    *,
    ax: Axes | None = None,
    claims: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    readings: Mapping[str, str] | None = None,
    lang: Lang | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the verdict on every claim (down) in every reading (across): colour and a sign.

    Parameters
    ----------
    audit : Audit
    ax, lang, title
        As in :func:`feasible_bases`.
    claims : sequence of str, optional
        Ids; all claims when not given.
    names, readings : mapping of str to str, optional
        Claims and readings in words, by id.

    Raises
    ------
    UsageError
        When the paper makes no claim.
    """
    lang = lang or audit.lang
    made = list(dict.fromkeys(c.id for r in audit.readings for c in r.claims))
    shown = made if claims is None else [c for c in made if c in claims]
    told = [(readings or {}).get(r.id, _label(r, lang)) for r in audit.readings]
    said = {(r.id, c.id): c.verdict for r in audit.readings for c in r.claims}
    rows = [
        _Row((names or {}).get(c, c), None, None, "、".join(
            f"{t} {_VERDICTS[said[r.id, c]][0].text(lang)}"
            for r, t in zip(audit.readings, told, strict=True)
        ))
        for c in shown
    ]  # fmt: skip
    with style():
        canvas = _start(rows, ax, title or _WORDS["verdicts"].text(lang), "", lang, _CLAIM)
        for x, reading in enumerate(audit.readings):
            for place, claim in zip(canvas.centres, shown, strict=True):
                _cell(canvas, x, place, said[reading.id, claim])
        canvas.ax.set_xlim(-0.5, len(told) - 0.5)
        wrapped = ["\n".join(lines_of(t, 10 if len(told) < 6 else 7)) for t in told]
        canvas.ax.set_xticks(range(len(told)), wrapped, fontsize=8.0)
        canvas.ax.xaxis.set_ticks_position("bottom")
        legend = [
            _patch(color, f"{sign} {label.text(lang)}", edgecolor=GREY, linewidth=0.6)
            for label, color, sign in _VERDICTS.values()
        ]
        done = _finish(canvas, legend)
        done.grid(visible=False)
        return done


def _cell(canvas: Canvas, x: float, place: float, verdict: str) -> None:
    _, color, sign = _VERDICTS[verdict]
    canvas.ax.barh(
        place, 0.86, left=x - 0.43, height=DOT * 1.05, color=color, edgecolor=GREY, linewidth=0.6
    )
    ink = "white" if color in ("#3B76AF", "#1A1A1A") else INK
    canvas.ax.text(x, place, sign, ha="center", va="center_baseline", fontsize=9.0, color=ink)


def feasible_pairs(
    audit: Audit | ReadingAudit,
    claim: str,
    *,
    ax: Axes | None = None,
    reading: str | None = None,
    names: Mapping[str, str] | None = None,
    lang: Lang | None = None,
    title: str | None = None,
) -> Axes:
    """Draw every pair of shares that the two figures of a claim take over the feasible tables.

    Parameters
    ----------
    audit, ax, reading, lang, title
        As in :func:`feasible_bases`.
    claim : str
        Id of a claim ``greater: [a, b]``, each one figure of the same grouping.
    names : mapping of str to str, optional
        Figures and claims in words, by id.

    Raises
    ------
    UsageError
        When the claim is of another kind, or its tables cannot be listed.
    """
    asked = _asked(audit, reading, lang, names, title)
    pair = _pair(audit, asked.found, claim)
    points = _points(asked.found, pair)
    if points is None:
        raise UsageError(f"the feasible pairs of {claim!r} cannot be listed.")
    head = title or asked.say("pairs", claim=asked.name(claim))
    first, second = (asked.name(i.id) for i in pair)
    spans = [f"{v.min():.2f}–{v.max():.2f}" for v in points.T]
    alt = f"{head}. {first} {spans[0]} %; {second} {spans[1]} %."
    with style():
        axes = new_axes(3.4, 3.4) if ax is None else ax
        before = {} if ax is None else texts_before(axes)
        size = 18 if len(points) < 200 else 9
        axes.scatter(points[:, 1], points[:, 0], s=size, color=_SOLID, alpha=0.75, linewidths=0)
        lows, highs = points.min(axis=0), points.max(axis=0)
        pad = max(float((highs - lows).max()) * 0.15, 0.05)
        axes.set_xlim(lows[1] - pad, highs[1] + pad)
        axes.set_ylim(lows[0] - pad, highs[0] + pad)
        seen = highs[1] + pad > lows[0] - pad and lows[1] - pad < highs[0] + pad
        if seen:  # the line of equal shares crosses the picture
            axes.axline((lows[1], lows[1]), slope=1, color="#8A1C1C", linewidth=1.0, linestyle=(0, (4, 2)))  # fmt: skip
        axes.set_xlabel("\n".join(lines_of(f"{second} (%)", 40)))
        axes.set_ylabel("\n".join(lines_of(f"{first} (%)", 40)))
        axes.surveykit_alt = alt  # type: ignore[attr-defined]
        plan = Plan(clean(head), "", (), (), (), asked.lang, synthetic=False, percent=True, alt=alt)
        legend = [
            _line(asked.say("pair"), marker="o", markersize=4, color=_SOLID, linestyle="none"),
            *([_line(asked.say("equal"), color="#8A1C1C", linestyle=(0, (4, 2)))] if seen else []),
        ]
        return furnish(axes, plan, "dot", owned=ax is None, before=before, legend=legend)


def _pair(audit: Audit | ReadingAudit, found: ReadingAudit, id: str) -> tuple[Item, Item]:
    if not isinstance(audit, Audit):
        raise UsageError("the claims are in the audit of the paper.", hint="give the whole audit.")
    claim = next((c for c in audit.published.claims if c.id == id), None)
    if claim is None or claim.kind != "greater" or any(len(o) != 1 for o in claim.operands):
        raise UsageError(f"{id!r} is no claim about two single figures.")
    items = {i.id: i for i in found.reading.items}
    (a,), (b,) = claim.operands
    if a not in items or b not in items:
        raise UsageError(f"{id!r} needs figures that this reading leaves out.")
    return items[a], items[b]


def _points(found: ReadingAudit, pair: tuple[Item, Item]) -> Any:
    """Return the feasible pairs of percentages, shape (m, 2), None where they cannot be listed."""
    group = next((g.solved for g in found.groups if pair[0].id in g.figures), None)
    known: Callable[[], bool] = lambda: group is not None and group.feasible  # noqa: E731
    try:
        if group is None or not known() or any(i not in group.items for i in pair):
            return None
        tables = group.project(list(pair), LISTED)
    except (TooLargeError, SurveyKitError):
        return None
    some = (tables.bases > 0).all(axis=1)
    shares = 100 * tables.counts[some] / tables.bases[some]
    return np.unique(shares, axis=0) if len(shares) else None
