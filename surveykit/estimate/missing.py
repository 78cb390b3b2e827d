"""Kinds of missing answers in words: how a row ``missing`` splits them, written and read back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from surveykit.text import Label, Lang

__all__ = ["KINDS", "read_split", "write_split"]

KINDS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "blank": Label(zh="未回答", en="blank"),
        "not_asked": Label(zh="未被询问", en="not asked"),
        "user_missing": Label(zh="用户缺失值", en="user-missing"),
        "none_chosen": Label(zh="一项未选", en="chose none"),
    }
)
_BETWEEN: Final = Label(zh="、", en=", ")
_CODES: Final = {label.text(lang): code for code, label in KINDS.items() for lang in ("zh", "en")}


def write_split(counts: Mapping[str, int], lang: Lang) -> str:
    """Say how many are missing of each kind; "" where nobody is.

    Examples
    --------
    >>> write_split({"blank": 3, "not_asked": 0, "user_missing": 2}, "en")
    'blank 3, user-missing 2'
    """
    return _BETWEEN.text(lang).join(
        f"{KINDS[kind].text(lang)} {count}" for kind, count in counts.items() if count
    )


def read_split(note: str) -> dict[str, int]:
    """Return kind to number, as `write_split` wrote them in either language.

    Examples
    --------
    >>> read_split("未回答 142、未被询问 199"), read_split("blank 3, user-missing 2")
    ({'blank': 142, 'not_asked': 199}, {'blank': 3, 'user_missing': 2})
    """
    found: dict[str, int] = {}
    for part in note.replace("、", ", ").split(", "):
        words, _, count = part.rpartition(" ")
        if words in _CODES and count.isdigit():
            found[_CODES[words]] = int(count)
    return found
