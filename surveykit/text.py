"""Text: languages, labels, the width of Chinese in a terminal, wrapping, numbers as text."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import takewhile
from typing import Literal, Self

__all__ = [
    "NOT_PRINTED",
    "PRINTED_AS",
    "SYNTHETIC",
    "SYNTHETIC_LONG",
    "Bilingual",
    "Label",
    "Lang",
    "NumberFormat",
    "clean",
    "feasible_range",
    "fold",
    "half_up",
    "in_lang",
    "pad",
    "printed_digits",
    "shared_lead",
    "shortest",
    "width",
    "wrap",
    "wrap_evenly",
]

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Label:
    """A label in one or both languages; `text` falls back to the language that is there.

    Examples
    --------
    >>> Label(zh="示范村", en="Demonstration village").text("en")
    'Demonstration village'
    >>> Label.of("Yes").text("zh")
    'Yes'
    """

    zh: str = ""
    en: str = ""

    @classmethod
    def of(cls, value: str | Mapping[str, str] | Label) -> Label:
        """Make a label from plain text (both languages) or from ``{zh: …, en: …}``."""
        if isinstance(value, Label):
            return value
        if isinstance(value, str):
            return cls(value, value)
        return cls(str(value.get("zh", "")), str(value.get("en", "")))

    def text(self, lang: Lang) -> str:
        """Return the label in `lang`, else in the other language."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


class Bilingual(str):
    """A text in English that carries the same text in Chinese; for notes, shown by `in_lang`.

    `about` names the columns that it concerns; a note about none concerns them all.

    Examples
    --------
    >>> note = Bilingual("read as gb18030.", zh="按 gb18030 编码读取。")
    >>> note, note.text("zh")
    ('read as gb18030.', '按 gb18030 编码读取。')
    """

    __slots__ = ("about", "zh")
    zh: str
    about: tuple[str, ...]

    def __new__(cls, en: str, zh: str, about: tuple[str, ...] = ()) -> Self:
        """Hold `en` as the text itself."""
        note = super().__new__(cls, en)
        note.zh, note.about = zh, about
        return note

    def __reduce__(self) -> tuple[type[Bilingual], tuple[str, str, tuple[str, ...]]]:
        """Return what a copy or a pickle is made of."""
        return Bilingual, (str(self), self.zh, self.about)

    def concerns(self, names: Collection[str]) -> bool:
        """Say whether it is about one of `names`, or about nothing in particular.

        Examples
        --------
        >>> note = Bilingual("read as text.", "按文本读取。", about=("q1",))
        >>> note.concerns(["q1", "q2"]), note.concerns(["q2"]), Bilingual("a", "b").concerns([])
        (True, False, True)
        """
        return not self.about or any(name in names for name in self.about)

    def text(self, lang: Lang) -> str:
        """Return the text in `lang`."""
        return self.zh if lang == "zh" else str(self)


def in_lang(text: str, lang: Lang) -> str:
    """Return a note in `lang`; plain text stays as it is.

    Examples
    --------
    >>> in_lang(Bilingual("no rows.", "没有数据行。"), "zh"), in_lang("as written", "zh")
    ('没有数据行。', 'as written')
    """
    return text.text(lang) if isinstance(text, Bilingual) else text


SYNTHETIC = Label(zh="合成 SYNTHETIC", en="SYNTHETIC 合成")
SYNTHETIC_LONG = Label(
    zh="合成 SYNTHETIC：由印出的百分比重构的示意记录，不是受访者的回答。",
    en="SYNTHETIC 合成: illustrative records rebuilt from printed percentages, "
    "not the answers of respondents.",
)
NOT_PRINTED = Label(zh="未印出", en="not printed")


def width(text: str) -> int:
    """Return the number of terminal cells that `text` takes.

    Examples
    --------
    >>> width("abc"), width("知晓率")
    (3, 6)
    """
    if text.isascii():
        return len(text)
    cells = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me", "Mn"):
            continue
        cells += 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
    return cells


def pad(text: str, cells: int, align: Literal["left", "right", "center"] = "left") -> str:
    """Pad `text` with blanks to `cells` terminal cells.

    Examples
    --------
    >>> pad("村", 4) + "|", pad("5", 3, "right")
    ('村  |', '  5')
    """
    gap = max(0, cells - width(text))
    if align == "left":
        return text + " " * gap
    if align == "right":
        return " " * gap + text
    return " " * (gap // 2) + text + " " * (gap - gap // 2)


_CLOSING = frozenset("，。、；：？！）］｝】〕》〉」』”’…·,.;:?!)]}%†‡")
_OPENING = frozenset("（［｛【〔《〈「『“‘([{")
_NO_BREAK = "\u00a0\u2007\u202f"


def wrap(text: str, cells: int) -> list[str]:
    """Wrap `text` into lines of at most `cells` cells; Chinese breaks anywhere, Latin at blanks.

    No line begins with closing punctuation or ends with an opening bracket. A word that is
    wider than a line stands alone on its own.

    Examples
    --------
    >>> wrap("民族团结进步", 8)
    ['民族团结', '进步']
    >>> wrap("民族团结，进步", 8)
    ['民族团', '结，进步']
    >>> wrap("to take part often", 8)
    ['to take', 'part', 'often']
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line) + width(piece.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line = line + piece if line or not piece.isspace() else line
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def wrap_evenly(text: str, cells: int) -> list[str]:
    """Wrap `text` as `wrap` does, into as many lines, but of about the same length.

    Examples
    --------
    >>> wrap_evenly("too little attention by local government", 30)
    ['too little attention', 'by local government']
    """
    lines = wrap(text, cells)
    if len(lines) == 1:
        return lines
    narrow = -(-width(text) // len(lines))
    tries = (wrap(text, at) for at in range(narrow, cells))
    return next((even for even in tries if len(even) == len(lines)), lines)


def _pieces(text: str) -> list[str]:
    """Cut `text` where a line may end: blanks, words, single Chinese characters."""
    pieces: list[str] = []
    for char in text:
        if pieces and not _may_break(pieces[-1][-1], char):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _may_break(before: str, after: str) -> bool:
    if before in _NO_BREAK or after in _NO_BREAK:
        return False
    if before.isspace() or after.isspace():
        return True
    if before in _OPENING or after in _CLOSING:
        return False
    return width(before) == 2 or width(after) == 2


_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")


def fold(text: str) -> str:
    """Return the key by which a cell is compared with a code or a label; never shown.

    Blanks at the edges and zero-width characters go, full-width forms become plain
    ones, a whole number loses its ``.0``.

    Examples
    --------
    >>> fold(" ２\u3000"), fold("2.0"), fold("（空）"), fold("1.50")
    ('2', '2', '(空)', '1.50')
    """
    plain = text if text.isascii() else text.translate(_WIDE).translate(_UNSEEN)
    plain = plain.strip()
    whole = _WHOLE.fullmatch(plain)
    return whole[1] if whole else plain


def shortest(number: float) -> str:
    """Return the shortest text that reads back as `number`; empty for nan.

    Examples
    --------
    >>> shortest(1.0), shortest(0.1), shortest(-0.0), shortest(float("nan"))
    ('1', '0.1', '0', '')
    """
    value = float(number)
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def clean(text: str) -> str:
    """Return `text` without control characters, line breaks as blanks: safe in any file.

    Examples
    --------
    >>> clean("a\\x00b\\nc")
    'ab c'
    """
    spaced = re.sub(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+", " ", text)
    kept = (c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(c for c in kept if ord(c) & 0xFFFE != 0xFFFE)


def half_up(value: float, decimals: int) -> Decimal:
    """Round `value` to `decimals` places, halves away from zero, on exact decimals.

    The binary fraction is first read as the decimal of 12 significant digits that it stands
    for, so that 12.35 (stored as 12.3499…) is a tie, and rounds to 12.4 as printed tables do.

    Examples
    --------
    >>> half_up(12.35, 1), half_up(100 * 13 / 80, 1), half_up(-0.04, 1)
    (Decimal('12.4'), Decimal('16.3'), Decimal('0.0'))
    """
    with localcontext(prec=400):  # wide enough for any float
        exact = Decimal(f"{value:.12g}")
        rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded.is_zero() else rounded


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How numbers are written: a frozen choice, handed down, never taken from the locale.

    Parameters
    ----------
    thousands : str
        Between groups of three digits before the point ("" for none).
    minus, missing, dash : str
        The minus sign, what stands for no value, and what stands between the ends of a range.

    Examples
    --------
    >>> en, zh = NumberFormat.of("en"), NumberFormat.of("zh")
    >>> en.number(12345.25, 1), zh.number(12345.25, 1), zh.number(None)
    ('12,345.3', '12345.3', '—')
    """

    thousands: str = ""
    minus: str = "−"
    missing: str = "—"
    dash: str = "–"

    @classmethod
    def of(cls, lang: Lang) -> NumberFormat:
        """Return the format of `lang`: English groups thousands by commas, Chinese does not."""
        return cls(thousands="," if lang == "en" else "")

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Return `value` with `decimals` places, halves away from zero.

        Examples
        --------
        >>> NumberFormat().number(-2.5), NumberFormat().number(61.5384615, 1)
        ('−3', '61.5')
        """
        if value is None or math.isnan(value):
            return self.missing
        if math.isinf(value):
            return "∞" if value > 0 else f"{self.minus}∞"
        grouped = f"{half_up(value, decimals):,f}"
        return grouped.replace(",", self.thousands).replace("-", self.minus)

    def span(self, low: float | None, high: float | None, decimals: int = 0) -> str:
        """Return a range; its ends are given once if they print alike.

        Examples
        --------
        >>> NumberFormat().span(41.2, 44.0, 1), NumberFormat().span(7.01, 7.02, 1)
        ('41.2–44.0', '7.0')
        """
        first, last = self.number(low, decimals), self.number(high, decimals)
        return first if first == last else f"{first}{self.dash}{last}"

    def p(self, value: float | None, decimals: int = 3) -> str:
        """Return a p-value with its relation sign, never as zero.

        Examples
        --------
        >>> NumberFormat().p(0.0231), NumberFormat().p(0.00004), NumberFormat().p(1.0)
        ('= 0.023', '< 0.001', '= 1.000')
        """
        if value is None or math.isnan(value):
            return f"= {self.missing}"
        least = Decimal(1).scaleb(-decimals)
        if Decimal(value) < least:
            return f"< {least:f}"
        return f"= {half_up(value, decimals):f}"


PRINTED_AS = Label("印作 {digits}", "printed as {digits}")
_PRINTED = re.compile(r"(?:印作|printed as) (\d+(?:\.\d+)?)")
_RANGE = re.compile(
    r"(?:feasible|可行)[^0-9]*?(\d+(?:\.\d+)?)\s*%?\s*(?:[-–—~～]|to|至|到)\s*(\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


def printed_digits(note: str) -> str | None:
    """Return the digits that the source prints, where the `note` of an estimate names them.

    Examples
    --------
    >>> printed_digits("印作 70"), printed_digits("printed as 72.5"), printed_digits("")
    ('70', '72.5', None)
    """
    found = _PRINTED.search(note)
    return found[1] if found else None


def feasible_range(note: str) -> tuple[float, float] | None:
    """Return the feasible range that the `note` of an estimate names, if it names one.

    Examples
    --------
    >>> feasible_range("not printed; feasible range 20.1–45.3")
    (20.1, 45.3)
    >>> feasible_range("可行范围：7.0 至 9.5"), feasible_range("")
    ((7.0, 9.5), None)
    """
    found = _RANGE.search(note)
    return (float(found[1]), float(found[2])) if found else None


_BOUNDARY = re.compile(r".*(?:[：:—–_/|；;。？?！!…）)\]】]|\s[-–]?|-\s)", re.DOTALL)
_LOOSE = " \t：:—–-_/|；;"


def shared_lead(questions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Cut what questions begin with in common from what is their own.

    The lead ends where a separator stands; without one, or where a question would be left
    empty, there is no lead.

    Examples
    --------
    >>> shared_lead(["以下方面您满意吗？—环境", "以下方面您满意吗？—治安"])
    ('以下方面您满意吗？', ('环境', '治安'))
    >>> shared_lead(["Trust: courts", "Trust: police"]), shared_lead(["Age", "Agency"])
    (('Trust', ('courts', 'police')), ('', ('Age', 'Agency')))
    """
    whole = ("", tuple(questions))
    if len(questions) < 2:
        return whole
    found = _BOUNDARY.match(_common(min(questions), max(questions)))
    if found is None:
        return whole
    lead = found[0].strip(_LOOSE)
    items = tuple(q[found.end() :].strip(_LOOSE) for q in questions)
    return (lead, items) if lead and all(items) else whole


def _common(first: str, last: str) -> str:
    """Return what two texts begin with; of the first and last of many in order, what all do."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(a for a, _ in same)
