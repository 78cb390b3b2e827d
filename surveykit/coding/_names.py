"""What a variable is about, told by its role, name, header or question, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveykit.codebook import Variable
from surveykit.text import fold

__all__ = ["asks_for", "plain_name"]

_NUMBERED = re.compile(r"^(q)?[0-9]+([._-][0-9]+)?\s*[、.．:：)]\s*", re.IGNORECASE)
_ASIDE = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_FILLERS_ZH = re.compile(
    r"请问|请|选择|填写|输入|您|你|的|是|属于|为|哪一个|哪个|哪一|哪|什么|多少|多大|目前|现在|当前|所在|居住|受访者|被访者"
    r"|被调查者|调查对象|本人|贵|来自|实际|在|[\s，,。.？?！!：:、“”\"']"
)
_FILLERS_EN = re.compile(
    r"\b(what|which|is|are|your|you|the|of|a|an|do|does|in|to|please|respondent'?s?|current|select|how|enter|"
    r"live|belong|were|when)\b|[^a-z ]"
)


def plain_name(text: str) -> str:
    """Return what a name or question is about, without numbers, asides and courtesies.

    Examples
    --------
    >>> plain_name("2、请问您的年龄是？（周岁）"), plain_name("What is your ethnic group?")
    ('年龄', 'ethnic group')
    >>> plain_name("您对民族团结进步创建活动的了解")
    '对民族团结进步创建活动了解'
    """
    short = _NUMBERED.sub("", _ASIDE.sub("", fold(text)).strip())
    if short.isascii():
        spaced = re.sub(r"[_\-./]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", short)).lower()
        return " ".join(_FILLERS_EN.sub(" ", spaced).split())
    return _FILLERS_ZH.sub("", short).lower()


def asks_for(variable: Variable, pattern: re.Pattern[str]) -> bool:
    """Say whether the name, header or question of a variable is as a whole what `pattern` is."""
    return any(pattern.fullmatch(plain_name(text)) for text in _texts(variable))


def _texts(variable: Variable) -> Iterator[str]:
    yield variable.name
    yield from (text for text in (variable.question.zh, variable.question.en) if text)
    if variable.column:
        yield variable.column
