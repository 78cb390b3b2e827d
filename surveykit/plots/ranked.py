"""`ranking`: the options of a multiple response, the most chosen first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate import Estimates
from surveykit.estimate.places import Bases, Group, Ranges
from surveykit.plots.canvas import BAR, draw_bar, make_canvas
from surveykit.plots.looks import named
from surveykit.plots.plan import Category, Maker, Options, Plan
from surveykit.plots.style import style
from surveykit.text import Label, Lang, NumberFormat, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ranking"]

Order = Literal["value", "given"]

_NET: Final = "net:"
_SERIES: Final = 6  # groups that can still be told apart
_NONE: Final = re.compile(
    r"以上(?:都|均|皆)?(?:没有|不|无)|都没有|都不|均无|皆无|没有以上|^无$|^没有$|none of|^none$|^nothing$",
    re.IGNORECASE,
)
_WORDS: Final = {
    "nets": Label(zh="合并（至少选了其中一项）", en="Nets (at least one of them chosen)"),
    "cases": Label(zh="占回答者的百分比（%）", en="Percent of those who answered"),
}


def ranking(
    estimates: Estimates,
    *,
    ax: Axes | None = None,
    variable: str | None = None,
    by: str | Sequence[str] | None = None,
    stat: str = "percent",
    order: Order = "value",
    last: Collection[str] | None = None,
    title: str | None = None,
    lang: Lang | None = None,
    decimals: int = 1,
    number: NumberFormat | None = None,
    ranges: Ranges | None = None,
    bases: Bases | None = None,
) -> Axes:
    """Draw the options of a multiple response, the most chosen first, with intervals.

    Parameters
    ----------
    estimates : Estimates
        Rows of contract 1; any variable with levels can be ranked.
    ax, variable, stat, title, lang, decimals, number, ranges, bases
        As in :func:`surveykit.plots.bars`.
    by : str or sequence of str, optional
        Which groups, each a bar of every option; the total by default, where there is one.
    order : {"value", "given"}
        The largest first (of the total, where there is one, else of the largest group), or as in
        the codebook. Values that are no print of the source keep the order of the codebook,
        behind the others.
    last : collection of str, optional
        Codes that stay last, whatever their value; by default the options that say "none of
        these" (``以上都没有``, ``none of the above``).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UsageError, UnknownNameError
        As :func:`surveykit.plots.bars`; also for more groups than can be told apart.

    Notes
    -----
    Nets stand below the options under a heading of their own.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> shares = {"tv": 20.0, "web": 70.0, "None of these": 25.0}
    >>> rows = [
    ...     Estimate("media", c, c, "", "", "", "percent", x, n=80) for c, x in shares.items()
    ... ]
    >>> ax = ranking(Estimates(tuple(rows), Spec("freq", ("media",), lang="en")))
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['web', 'tv', 'None of these']
    """
    if order not in ("value", "given"):
        raise UnknownNameError.for_name("order", order, ("value", "given"))
    options = Options(variable, by, None, stat, title, lang, decimals, number, ranges, bases)
    maker = Maker.of(estimates, options)
    plan = named(_plan(maker, order, last), "ranking")
    with style():
        canvas = make_canvas(plan, ax, BAR, upright=False)
        texts = [
            text
            for place, index, point in canvas.values()
            for text in draw_bar(canvas, place, index, point)
        ]
        return canvas.finish(texts, "bar")


def _plan(maker: Maker, order: Order, last: Collection[str] | None) -> Plan:
    variable = maker.variable()
    levels = maker.levels(variable)
    groups = _groups(maker, variable)
    ranked = _ranked(maker, variable, levels, groups, order, _last(levels, last))
    points = tuple(tuple(maker.point(variable, code, group) for group in groups) for code in ranked)
    heading = _WORDS["nets"].text(maker.lang)
    plain = any(not code.startswith(_NET) for code in ranked)
    categories = tuple(
        Category(levels[code], "", heading if code.startswith(_NET) and plain else "")
        for code in ranked
    )
    total = list(groups) == [("", "")]
    spec = maker.estimates.spec
    axis = _axis(maker, variable)
    by = list(dict.fromkeys(name for name, _ in groups if name))
    plan = maker.plan(
        maker.title(variable, by),
        categories,
        ("",) if total else tuple(_series(maker, variable, g, t) for g, t in groups.items()),
        points,
        maker.base(variable, ("", "")) if total else "",
    )
    return replace(plan, axis=plan.axis.replace(maker.axis(), axis), synthetic=spec.synthetic)


def _axis(maker: Maker, variable: str) -> str:
    many = maker.estimates.spec.kinds.get(variable) == "multiple"
    return (
        _WORDS["cases"].text(maker.lang)
        if many and maker.options.stat == "percent"
        else maker.axis()
    )


def _groups(maker: Maker, variable: str) -> dict[Group, str]:
    held = maker.groups(variable)
    if maker.options.by is None and ("", "") in held:
        return {("", ""): held["", ""]}
    if len(held) > _SERIES:
        raise UsageError(
            f"{len(held)} groups cannot be told apart in one ranking; {_SERIES} can.",
            hint="by= fewer groups, or one figure for each.",
        )
    return held


def _series(maker: Maker, variable: str, group: Group, label: str) -> str:
    base = maker.base(variable, group)
    name = clean(label).replace("*", " / ") if group[0] else maker.word("total")
    if not base:
        return name
    return f"{name} {base}" if base.startswith("(") else f"{name}{maker.word('comma')}{base}"


def _last(levels: Mapping[str, str], last: Collection[str] | None) -> set[str]:
    if last is None:
        return {code for code, label in levels.items() if _NONE.search(label.strip())}
    for code in last:
        if code not in levels:
            raise UnknownNameError.for_name("level", code, levels)
    return set(last)


def _ranked(
    maker: Maker,
    variable: str,
    levels: Mapping[str, str],
    groups: Mapping[Group, str],
    order: Order,
    last: set[str],
) -> list[str]:
    """Return the codes in the order of the figure: options, "none of these", nets."""

    def value(code: str) -> float:
        total = maker.point(variable, code, ("", ""))
        points = [total] if total else [maker.point(variable, code, g) for g in groups]
        return max((p.value for p in points if p and p.mark != "arbitrary"), default=-1.0)

    def rank(code: str) -> tuple[bool, bool, float]:
        return (
            code.startswith(_NET),
            code in last,
            -value(code) if order == "value" else 0.0,
        )

    return sorted(levels, key=rank)
