"""Slips of a typesetter: which other percentages are one slip away from a printed one."""

from __future__ import annotations

import itertools
from typing import Literal

from surveykit.published.rounding import Printed

__all__ = ["Edit", "distance", "edits"]

Edit = Literal["digit", "swap", "point"]
"""One digit for another, two neighbouring digits the wrong way round, the point misplaced."""


def edits(printed: Printed) -> dict[Printed, Edit]:
    """Return every percentage that is one slip away, nearest first.

    Examples
    --------
    >>> found = edits(Printed.parse("15.1"))
    >>> found[Printed.parse("15.7")], found[Printed.parse("51.1")], found[Printed.parse("1.51")]
    ('digit', 'swap', 'point')
    >>> Printed.parse("16.2") in found
    False
    """
    text = str(printed)
    found: dict[Printed, Edit] = {}
    for other, kind in (*_digits(text), *_swaps(text), *_points(text)):
        whole = other.split(".")[0]
        if other == text or (len(whole) > 1 and whole[0] == "0") or len(whole) > 3:
            continue
        made = Printed(int(other.replace(".", "")), len(other.partition(".")[2]))
        if made.value <= 100:
            found.setdefault(made, kind)
    order = sorted(found, key=lambda p: (distance(printed, p), p.value))
    return {p: found[p] for p in order}


def distance(a: Printed, b: Printed) -> float:
    """Return how far apart two percentages are, in points.

    Examples
    --------
    >>> distance(Printed.parse("37.0"), Printed.parse("36.8"))
    0.2
    """
    return float(abs(a.value - b.value))


def _digits(text: str) -> list[tuple[str, Edit]]:
    return [
        (text[:i] + d + text[i + 1 :], "digit")
        for i, old in enumerate(text) if old != "."
        for d in "0123456789" if d != old
    ]  # fmt: skip


def _swaps(text: str) -> list[tuple[str, Edit]]:
    """Swap neighbouring digits; the point keeps its place."""
    at = [i for i, c in enumerate(text) if c != "."]
    out: list[tuple[str, Edit]] = []
    for i, j in itertools.pairwise(at):
        chars = list(text)
        chars[i], chars[j] = chars[j], chars[i]
        out.append(("".join(chars), "swap"))
    return out


def _points(text: str) -> list[tuple[str, Edit]]:
    """Put the point anywhere else, or leave it out."""
    digits = text.replace(".", "")
    places = range(1, len(digits) + 1)
    return [(f"{digits[:i]}.{digits[i:]}".rstrip("."), "point") for i in places]
