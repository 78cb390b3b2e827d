"""`missing`: who is missing on which question, by kind, and together with what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from surveykit.coding import MissingPatterns
from surveykit.errors import UnknownNameError, UsageError, expect
from surveykit.estimate import Estimates
from surveykit.estimate.missing import KINDS, read_split
from surveykit.plots.canvas import Canvas, make_canvas, texts_before
from surveykit.plots.frame import furnish, lines_of, new_axes
from surveykit.plots.glyphs import readable
from surveykit.plots.looks import bar_look, patch
from surveykit.plots.output import describe
from surveykit.plots.plan import Category, Plan, Point
from surveykit.plots.style import GREY, PALETTE, style
from surveykit.text import NOT_PRINTED, Label, Lang, NumberFormat, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["missing"]

View = Literal["kinds", "patterns"]

_KINDS: Final = {
    **{kind: KINDS[kind] for kind in ("blank", "user_missing", "not_asked", "none_chosen")},
    "missing": Label(zh="缺失", en="missing"),
}
_SIGNS: Final = {"blank": "o", "user_missing": "s", "not_asked": "x", "none_chosen": "D",
                 "missing": "v"}  # fmt: skip
_WORDS: Final = {
    "kinds": Label(zh="各题缺失情况", en="Missing answers by question"),
    "patterns": Label(zh="缺失的组合", en="Which answers are missing together"),
    "share": Label(zh="占全部受访者的百分比（%）", en="Percent of all respondents"),
    "people": Label(zh="人数、n = {n}", en="Respondents, n = {n}"),
    "complete": Label(zh="无缺失", en="nothing missing"),
    "rest": Label(
        zh="另有 {patterns} 种组合（共 {n} 人）未画出。",
        en="{patterns} more patterns ({n} respondents) are not drawn.",
    ),
    "bar": Label(zh="条形图", en="Bar chart"),
    "map": Label(zh="缺失组合图", en="Map of patterns"),
    "comma": Label(zh="、", en=", "),
    "none": Label(zh="没有缺失", en="none missing"),
}
# in inches
_BAR, _COLUMN, _ROW, _TALL = 0.24, 0.34, 0.26, 1.2


def missing(
    data: MissingPatterns | Estimates,
    *,
    ax: Axes | None = None,
    view: View = "kinds",
    most: int = 20,
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
) -> Axes:
    """Draw who is missing on each question and why, or which questions are missing together.

    Parameters
    ----------
    data : MissingPatterns or Estimates
        Of :func:`surveykit.coding.missing_patterns`; or estimates with the stat ``missing``, for
        the kinds alone.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of the size that the labels need is made by default.
    view : {"kinds", "patterns"}
        ``kinds``: one bar for each question, the share of all respondents who are missing,
        divided by kind. ``patterns``: one column for each combination of missing answers, with
        the number of respondents above it and a sign for every question missing in it.
    most : int
        How many patterns are drawn, the most frequent; a note counts the rest.
    title, lang, decimals, number
        As in :func:`surveykit.plots.bars`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError
        When there is nothing to draw, or estimates are to show patterns.

    Examples
    --------
    >>> import pandas as pd
    >>> from surveykit.coding import missing_patterns
    >>> from surveykit.survey import Survey
    >>> found = missing_patterns(Survey(pd.DataFrame({"a": ["1", "", "2"], "b": ["1", "", ""]})))
    >>> ax = missing(found, lang="en")
    >>> [t.get_text() for t in ax.texts]
    ['1 (33.3%)', '2 (66.7%)']
    """
    if view not in ("kinds", "patterns"):
        raise UnknownNameError.for_name("view", view, ("kinds", "patterns"))
    if not isinstance(data, MissingPatterns):
        expect(data, Estimates, hint="missing_patterns(survey), or freq(survey, …).")
    held = data.lang if isinstance(data, MissingPatterns) else data.spec.lang
    words = _Words(lang or held, number, decimals)
    if view == "patterns":
        if not isinstance(data, MissingPatterns):
            raise UsageError(
                "estimates do not tell which answers are missing together.",
                hint="surveykit.coding.missing_patterns(survey) does.",
            )
        return _patterns(data, words, ax, most, title)
    return _kinds(data, words, ax, title)


class _Words:
    """The language and the numbers of a figure."""

    def __init__(self, lang: Lang, number: NumberFormat | None, decimals: int) -> None:
        self.lang = lang
        self.number = number or NumberFormat.of(lang)
        self.decimals = decimals

    def say(self, key: str, **values: str) -> str:
        return _WORDS[key].text(self.lang).format(**values)

    def kind(self, name: str) -> str:
        return _KINDS[name].text(self.lang)

    def share(self, count: float, n: float) -> str:
        share = self.number.number(100 * count / n if n else None, self.decimals)
        return f"{self.number.number(count)} ({share}%)"


# ---------------------------------------------------------------- by kind
class _Row:
    """One question: its name, how many are missing by kind, of how many."""

    def __init__(self, name: str, kinds: dict[str, float], n: int, mark: str) -> None:
        self.name, self.n, self.mark = name, n, mark
        self.kinds = {k: v for k, v in kinds.items() if v}


def _rows_of(data: MissingPatterns | Estimates) -> list[_Row]:
    if isinstance(data, MissingPatterns):
        mark = "arbitrary" if data.synthetic else ""
        return [
            _Row(
                clean(data.questions.get(r.variable, r.variable)),
                {k: float(getattr(r, k)) for k in _KINDS if k != "missing"},
                r.n,
                mark,
            )
            for r in data.by_variable
        ]
    rows = []
    for row in data.rows:
        if row.stat != "missing" or row.by or row.estimate is None or row.n is None:
            continue
        kinds: dict[str, float] = dict(read_split(row.note))
        if sum(kinds.values()) != row.estimate:
            kinds = {"missing": row.estimate}
        question = data.spec.questions.get(row.variable, row.variable)
        rows.append(_Row(clean(question), kinds, row.n, row.mark))
    return rows


def _kinds(
    data: MissingPatterns | Estimates, words: _Words, ax: Axes | None, title: str | None
) -> Axes:
    rows = _rows_of(data)
    if not rows:
        raise UsageError("there are no rows of missing answers to draw.")
    held = [k for k in _KINDS if any(k in row.kinds for row in rows)] or ["blank"]
    synthetic = data.synthetic if isinstance(data, MissingPatterns) else data.spec.synthetic
    points = tuple(tuple(_point(row, kind, words) for kind in held) for row in rows)
    sizes = [row.n for row in rows]
    same = len(set(sizes)) == 1
    plan = Plan(
        words.say("kinds") if title is None else clean(title),
        words.say("share")
        + (f"{words.say('comma')}n = {words.number.number(sizes[0])}" if same else ""),
        tuple(
            Category(row.name, "" if same else f"n = {words.number.number(row.n)}") for row in rows
        ),
        tuple(words.kind(k) for k in held),
        points,
        words.lang,
        synthetic,
        True,
        chart=words.say("bar"),
    )
    with style():
        canvas = make_canvas(plan, ax, _BAR, upright=False, deep=1)
        texts = [
            _stack(canvas, place, row, held, words)
            for place, row in zip(canvas.centres, rows, strict=True)
        ]
        return canvas.finish(texts, "bar", legend=_legend(plan, held))


def _point(row: _Row, kind: str, words: _Words) -> Point | None:
    count = row.kinds.get(kind)
    if count is None:
        return None
    hidden = row.mark == "arbitrary"
    text = NOT_PRINTED.text(words.lang) if hidden else words.share(count, row.n)
    return Point(100 * count / row.n, text, row.mark)


def _stack(canvas: Canvas, place: float, row: _Row, held: Sequence[str], words: _Words) -> Text:
    """Draw one bar of all kinds, and what they come to behind its end."""
    left = 0.0
    for kind, count in row.kinds.items():
        look = _look(kind, row.mark, canvas.plan)
        wide = 100 * count / row.n
        drawn = canvas.ax.barh(place, wide, left=left, height=canvas.thick * 0.88, **look)
        for one in drawn.patches:
            patch(one)
        left += wide
    total = sum(row.kinds.values())
    text = NOT_PRINTED.text(words.lang) if row.mark == "arbitrary" else words.share(total, row.n)
    shown = text if total else words.say("none")
    return canvas.write(place, Point(left, shown, row.mark))


def _look(kind: str, mark: str, plan: Plan) -> dict[str, Any]:
    index = list(_KINDS).index(kind)
    look = bar_look("" if mark in ("printed", "implied") else mark, index, plan)
    return look | ({} if mark == "arbitrary" else {"linewidth": 0.5})


def _legend(plan: Plan, held: Sequence[str]) -> list[Any]:
    from matplotlib.patches import Patch

    if plan.marks == {"arbitrary"}:
        return []
    return [
        patch(Patch(label=name, **_look(kind, "", plan)))
        for kind, name in zip(held, plan.series, strict=True)
    ]


# ---------------------------------------------------------------- together
def _patterns(
    data: MissingPatterns, words: _Words, ax: Axes | None, most: int, title: str | None
) -> Axes:
    if not data.rows or most < 1:
        raise UsageError("there are no patterns of missing answers to draw.")
    with style():
        plan = readable(_pattern_plan(data, words, most, title))
        names = _variables(data)
        labels = ["\n".join(lines_of(clean(data.questions.get(v, v)), 24)) for v in names]
        digits = max(len(p.text) for (p,) in plan.points if p is not None)
        column = max(_COLUMN, 0.07 * digits + 0.1)
        rows = [max(_ROW, 0.165 * (label.count("\n") + 1) + 0.08) for label in labels]
        owned = ax is None
        axes = (
            new_axes(max(1.0, column * len(plan.points)), _TALL + sum(rows)) if ax is None else ax
        )
        before = {} if owned else texts_before(axes)
        centres = [sum(rows[:i]) + rows[i] / 2 for i in range(len(rows))]
        axes.set_xlim(-0.5, len(plan.points) - 0.5)
        axes.set_ylim(sum(rows) or 0.1, -_TALL)
        axes.set_yticks(centres, labels)
        axes.tick_params(axis="y", length=0)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.spines["left"].set_visible(False)
        axes.axhline(0, color="#8C8C8C", linewidth=0.6)
        _columns(axes, plan)
        held = _signs(axes, data, names, centres, len(plan.points))
        axes.set_xlabel(plan.axis)
        axes.surveykit_alt = describe(plan)  # type: ignore[attr-defined]
        return furnish(
            axes, plan, "bar", owned=owned, before=before, legend=_sign_legend(words, held)
        )


def _variables(data: MissingPatterns) -> list[str]:
    """Return the variables that somebody is missing on, in their order."""
    return [r.variable for r in data.by_variable if r.answered < r.n]


def _pattern_plan(data: MissingPatterns, words: _Words, most: int, title: str | None) -> Plan:
    shown = data.rows[:most]
    rest = data.rows[most:]
    mark = "arbitrary" if data.synthetic else ""
    hidden = NOT_PRINTED.text(words.lang)
    notes: tuple[str, ...] = ()
    if rest:
        left = words.number.number(sum(r.count for r in rest))
        notes = (words.say("rest", patterns=words.number.number(len(rest)), n=left),)
    points = tuple(
        (Point(float(r.count), hidden if mark else words.number.number(r.count), mark),)
        for r in shown
    )
    n = sum(r.count for r in data.rows)
    return Plan(
        words.say("patterns") if title is None else clean(title),
        words.say("people", n=words.number.number(n)),
        tuple(Category(_in_words(r.kinds, data, words), "") for r in shown),
        ("",),
        points,
        words.lang,
        data.synthetic,
        False,
        notes=notes,
        chart=words.say("map"),
    )


def _in_words(kinds: dict[str, str], data: MissingPatterns, words: _Words) -> str:
    said = [f"{clean(data.questions.get(v, v))} {words.kind(k)}" for v, k in kinds.items()]
    return words.say("comma").join(said) or words.say("complete")


def _columns(ax: Axes, plan: Plan) -> None:
    """Draw the number of respondents of each pattern as a bar above its column."""
    most = max(p.value for (p,) in plan.points if p is not None)
    for i, (point,) in enumerate(plan.points):
        if point is None:
            continue
        tall = (_TALL - 0.24) * point.value / most
        look = bar_look(point.mark, None, plan) | {"hatch": None}
        ax.bar(i, -tall, width=0.62, bottom=-0.04, **look)
        ax.annotate(
            "" if point.mark == "arbitrary" else point.text, (i, -tall - 0.04), xytext=(0, 2),
            textcoords="offset points", ha="center", va="bottom", fontsize=8.0,
        )  # fmt: skip


def _signs(
    ax: Axes, data: MissingPatterns, names: Sequence[str], centres: Sequence[float], columns: int
) -> list[str]:
    """Draw a sign for every question that is missing in a pattern, a pale dot elsewhere."""
    places: dict[str, list[tuple[float, float]]] = {}
    for i, row in enumerate(data.rows[:columns]):
        for name, y in zip(names, centres, strict=True):
            places.setdefault(row.kinds.get(name, ""), []).append((i, y))
    for kind, found in places.items():
        look: dict[str, Any] = {"marker": "o", "s": 9, "color": "#CFCFCF"}
        if kind:
            look = _sign(kind)
        ax.scatter(*zip(*found, strict=True), zorder=3, **look)
    return [k for k in _KINDS if k in places]


def _sign(kind: str) -> dict[str, Any]:
    color = GREY if kind in ("not_asked", "missing") else PALETTE[list(_KINDS).index(kind)]
    return {"marker": _SIGNS[kind], "s": 42, "color": color}


def _sign_legend(words: _Words, held: Sequence[str]) -> list[Any]:
    from matplotlib.lines import Line2D

    return [
        Line2D(
            [], [], linestyle="none", marker=_SIGNS[k], color=_sign(k)["color"], markersize=6,
            label=words.kind(k),
        )
        for k in held
    ]  # fmt: skip
