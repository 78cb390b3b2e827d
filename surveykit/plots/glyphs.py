"""Characters that no font at hand has: named, never drawn as an empty box."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from surveykit.plots.output import describe
from surveykit.plots.plan import Plan
from surveykit.plots.style import families

__all__ = ["MissingGlyphWarning", "legible", "readable"]


class MissingGlyphWarning(UserWarning):
    """No font at hand has a character of a figure."""


@cache
def _held(family: str) -> frozenset[int]:
    """Return the code points that a font family has."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(font_manager.findfont(family)).get_charmap())


def _lacking(text: str) -> list[str]:
    found = sorted({c for c in text if not c.isascii()})
    for family in families():
        if found:
            found = [c for c in found if ord(c) not in _held(family)]
    return found


def legible(text: str, missing: Iterable[str]) -> str:
    """Write the code point in place of a character that cannot be drawn.

    Signs without a shape of their own (joiners, variation selectors) are left out.

    Examples
    --------
    >>> legible("好 😊", ["😊"])
    '好 [U+1F60A]'
    """
    for char in missing:
        blank = " " if unicodedata.category(char).startswith("Z") else ""
        text = text.replace(char, f"[U+{ord(char):04X}]" if _shaped(char) else blank)
    return text


def _shaped(char: str) -> bool:
    """Whether a character has a shape of its own; one newer than Python's tables has."""
    kind = unicodedata.category(char)
    return kind not in ("Cf", "Mn", "Me") and not kind.startswith("Z")


def readable(plan: Plan) -> Plan:
    """Return the plan with code points in place of what no font can draw; its words stay.

    Warns
    -----
    MissingGlyphWarning
        Naming the characters.
    """
    labels = [t for c in plan.categories for t in (c.label, c.section)]
    texts = (plan.title, plan.axis, *plan.series, *plan.notes, *labels)
    missing = _lacking("".join(texts))
    if not missing:
        return plan
    _warn(missing)
    return replace(
        plan,
        alt=describe(plan),
        title=legible(plan.title, missing),
        axis=legible(plan.axis, missing),
        series=tuple(legible(s, missing) for s in plan.series),
        notes=tuple(legible(n, missing) for n in plan.notes),
        categories=tuple(
            replace(c, label=legible(c.label, missing), section=legible(c.section, missing))
            for c in plan.categories
        ),
    )


def _warn(missing: Iterable[str]) -> None:
    shown = [c for c in missing if _shaped(c)]
    if not shown:
        return
    named = ", ".join(f"{c} (U+{ord(c):04X})" for c in shown[:10])
    more = f" and {len(shown) - 10} more" if len(shown) > 10 else ""
    warnings.warn(
        f"no font here has {named}{more}; the figure shows the number instead. Hint: install a "
        "font that has it (Noto Sans CJK SC has rare Chinese characters), or change the label.",
        MissingGlyphWarning,
        stacklevel=4,
    )
