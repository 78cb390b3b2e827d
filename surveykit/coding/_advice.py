"""What a value that the codebook does not allow may have been meant for, in both languages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from surveykit.codebook import Choice, Variable, missing_token, parse_number
from surveykit.text import Bilingual, fold

__all__ = ["advice", "allowed"]

_MOST_SHOWN = 8
_SEPARATORS = re.compile(r"[、，,;；/|┋→\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_TOKEN_OUTSIDE = ("无", "没有", "none")


def advice(variable: Variable, value: str) -> Bilingual:
    """Say what is allowed for `variable`, and what `value` may have been meant for.

    Examples
    --------
    >>> from surveykit.text import Label
    >>> sex = Variable("sex", "single", Label.of("sex"), (Choice("1", Label("男", "male")),))
    >>> advice(sex, "男性"), advice(sex, "男性").zh
    ("Allowed: 1 (male). Did you mean '男'?", '允许的取值：1（男）。是否应为“男”？')
    """
    parts = [allowed(variable)]
    if variable.numeric:
        found = _one_number(value)
    else:
        found = _joined(variable, value) or _near(variable, value)
    if found is not None:
        parts.append(found)
    zh = "".join(part.zh for part in parts)
    return Bilingual(" ".join(parts), zh)


def allowed(variable: Variable) -> Bilingual:
    """Say which values a variable may have."""
    return _allowed_numbers(variable) if variable.numeric else _allowed_choices(variable)


def _allowed_choices(variable: Variable) -> Bilingual:
    shown = [*variable.choices, *variable.missing][:_MOST_SHOWN]
    more = len(variable.choices) + len(variable.missing) - len(shown)
    zh = "、".join(_with_label(c, c.label.text("zh"), "（{}）") for c in shown)
    en = ", ".join(_with_label(c, c.label.text("en"), " ({})") for c in shown)
    return Bilingual(
        f"Allowed: {en}{f' and {more} more' if more else ''}.",
        f"允许的取值：{zh}{f' 等 {len(shown) + more} 个' if more else ''}。",
    )


def _with_label(choice: Choice, label: str, brackets: str) -> str:
    return choice.code if label in ("", choice.code) else choice.code + brackets.format(label)


def _allowed_numbers(variable: Variable) -> Bilingual:
    codes = [c.code for c in variable.missing]
    if not codes:
        return Bilingual("Allowed: numbers.", "应填数字。")
    return Bilingual(
        f"Allowed: numbers, and {', '.join(codes)} for missing.",
        f"应填数字，或缺失值代码 {'、'.join(codes)}。",
    )


def _one_number(value: str) -> Bilingual | None:
    """Find the number in an answer such as ``17岁``."""
    found = _NUMBER.findall(fold(value))
    if len(found) != 1 or parse_number(value) is not None:
        return None
    return Bilingual(f"Did you mean {found[0]}?", f"是否应为 {found[0]}？")


def _names(choices: Iterable[Choice]) -> dict[str, str]:
    """Return every code and label, folded and in lower case, with its own spelling."""
    names = (n for c in choices for n in (c.code, c.label.zh, c.label.en) if n)
    return {fold(n).lower(): n for n in names}


def _joined(variable: Variable, value: str) -> Bilingual | None:
    """Recognise several answers in one cell."""
    parts = [fold(part).lower() for part in _SEPARATORS.split(value)]
    if len(parts) < 2 or not set(parts) <= set(_names(variable.choices)):
        return None
    if variable.separator is None:
        return Bilingual("The cell holds several answers.", "一格中填了多个选项。")
    mark = next(c for c in value if _SEPARATORS.fullmatch(c))
    return Bilingual(
        f"The answers are joined by {mark!r}; the codebook says separator: {variable.separator!r}.",
        f"选项之间用的是“{mark}”，编码簿写的分隔符是“{variable.separator}”。",
    )


def _near(variable: Variable, value: str) -> Bilingual | None:
    """Name the choice that is spelt nearly so, or the only one that begins so."""
    key = fold(value).lower()
    if not key or missing_token(value) is not None:
        return None
    if key in _TOKEN_OUTSIDE and variable.kind == "multiple":
        return Bilingual(
            "If it means that none applies, list it under `none:` or as a choice.",
            "若表示“都没有”，请写入编码簿的 none，或列为一个选项。",
        )
    names = _names([*variable.choices, *variable.missing])
    close = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    begins = [n for n in names if not n.isdigit() and (n.startswith(key) or key.startswith(n))]
    chosen = close or (begins if len(begins) == 1 else [])
    if not chosen:
        return None
    return Bilingual(f"Did you mean {names[chosen[0]]!r}?", f"是否应为“{names[chosen[0]]}”？")
