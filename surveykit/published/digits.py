"""Digits as a paper prints them and as people type them: what is stripped, what cannot be read.

A digit that cannot be read is written ``?`` (any digit) or ``[17]`` (1 or 7); each of the texts that
it may be is an alternative, and all of them are looked at.
"""

from __future__ import annotations

import itertools
import re

from surveykit.errors import UsageError
from surveykit.published.rounding import Printed
from surveykit.text import Label

__all__ = [
    "PERCENT_PATTERN",
    "alternatives",
    "checked_percent",
    "cleaned_percent",
    "is_pattern",
    "widthless",
]

MOST = 200
PERCENT_PATTERN = r"^(?:[0-9?]|\[[0-9]{2,10}\]){1,3}(?:\.(?:[0-9?]|\[[0-9]{2,10}\]){1,9})?$"
"""What a percentage of the YAML looks like, digits that cannot be read included."""
_MARKS = re.compile(r"[*†‡§¶#¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]+$|(?<=\d)[a-d]$")
_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
_POINTS = {0xB7: 0x2E, 0x2219: 0x2E}
_TOKEN = re.compile(r"\[([0-9]+)\]|(\?)|([0-9.])")


def widthless(text: str) -> str:
    """Return full-width forms as plain ones; a superscript stays what it is.

    Examples
    --------
    >>> widthless("（６１．５％）"), widthless("61²")
    ('(61.5%)', '61²')
    """
    return text.translate(_WIDE)


def is_pattern(text: str) -> bool:
    """Whether a printed percentage has digits that cannot be read.

    Examples
    --------
    >>> is_pattern("4[17].0"), is_pattern("41.0")
    (True, False)
    """
    return "?" in text or "[" in text


def alternatives(text: str) -> tuple[str, ...]:
    """Return every percentage that a text may be, ascending; more than 100 is none of them.

    Raises
    ------
    UsageError
        When it is no pattern of digits, or stands for more than 200 percentages.

    Examples
    --------
    >>> alternatives("4[17].0"), alternatives("61.5"), len(alternatives("4?.0"))
    (('41.0', '47.0'), ('61.5',), 10)
    """
    if not is_pattern(text):
        return (text,)
    parts, end = [], 0
    for match in _TOKEN.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        parts.append(match[1] or ("0123456789" if match[2] else match[3]))
    if end != len(text) or not parts:
        raise UsageError(
            f"{text!r} is no percentage with digits that cannot be read.",
            hint='write "4[17].0" for 1 or 7, "4?.0" for any digit.',
        )
    single = next((m[0] for m in _TOKEN.finditer(text) if m[1] and len(set(m[1])) < 2), None)
    if single:
        raise UsageError(
            f"{single} leaves no choice.", hint="write the digits that it may be: [17]."
        )
    number = 1
    for part in parts:
        number *= len(set(part))
    if number > MOST:
        raise UsageError(
            f"{text!r} stands for {number} percentages; at most {MOST} are looked at.",
            hint="say which digits it can be: [17].",
        )
    texts = ["".join(p) for p in itertools.product(*(sorted(set(p)) for p in parts))]
    good = [t for t in texts if _is_percent(t)]
    if not good:
        Printed.parse(texts[0])  # says what is wrong with all of them
    return tuple(good)


def _is_percent(text: str) -> bool:
    try:
        Printed.parse(text)
    except UsageError:
        return False
    return True


def cleaned_percent(text: str, *, footnotes: bool = False) -> tuple[str, tuple[Label, ...]]:
    """Return the digits of a percentage as typed, and what was done to them.

    Full-width forms become plain, a final ``%`` goes, a raised point becomes a point; with
    `footnotes` their marks go too. A decimal comma is refused: it may as well part thousands.

    Raises
    ------
    UsageError
        For anything else than digits and one point, and for more than 100.

    Examples
    --------
    >>> cleaned_percent("６１．５％")[0], cleaned_percent("61.5*", footnotes=True)[0]
    ('61.5', '61.5')
    """
    stripped = text.strip()
    notes = []
    marks = _MARKS.search(stripped) if footnotes else None
    if marks:
        stripped = stripped[: marks.start()].rstrip()
        notes.append(
            Label(f"去掉了注释标记 {marks[0]!r}。", f"the mark {marks[0]!r} was left out.")
        )
    plain = widthless(stripped).translate(_POINTS)
    if plain != stripped:
        notes.append(Label(f"{stripped!r} 读作 {plain!r}。", f"{stripped!r} is read as {plain!r}."))
    if plain.endswith("%"):
        plain = plain[:-1].rstrip()
        if "%" not in stripped or len(notes) == 0:
            notes.append(Label("去掉了百分号。", "the per-cent sign was left out."))
    if "," in plain:
        raise UsageError(
            f"{text!r} has a comma.", hint=f'write a point: "{plain.replace(",", ".")}".'
        )
    if plain.startswith("-"):
        raise UsageError(f"{text!r} is negative; a percentage of respondents is not.")
    for one in alternatives(plain):
        Printed.parse(one)
    return plain, tuple(notes)


def checked_percent(text: str) -> str:
    """Return a percentage of the YAML, which holds its digits and nothing else.

    Raises
    ------
    UsageError
        Showing what to write instead.
    """
    plain, notes = cleaned_percent(text)
    if notes or plain != text:
        raise UsageError(
            f"{text!r} is not a printed percentage.",
            hint=f'write the digits as printed and nothing else: "{plain}".',
        )
    return plain
