"""Skip rules of survey tools → the rules of :mod:`surveykit.rules`.

ODK's ``relevant`` (XPath), REDCap's branching logic and LimeSurvey's relevance equations are
one grammar with other words: comparisons of a question with a value, joined by and, or, not.
What goes beyond that is not translated; the questionnaire's own text is then told in a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["limesurvey_rule", "name_in_rule", "redcap_rule", "xlsform_rule"]

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<odk>\$\{\s*[^{}]+?\s*\})
  | (?P<redcap>\[[^\[\]]+\])
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
  | (?P<op>==|=|!=|<>|<=|>=|<|>|&&|\|\||!|\(|\)|,)
  | (?P<word>[A-Za-z_][\w.-]*)
    """,
    re.VERBOSE,
)
_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SIGNS = {"=": "==", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_RESERVED = {"and", "or", "not", "in"}
_DEEPEST = 30


class _Beyond(Exception):  # noqa: N818
    """The rule says more than can be translated."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A question, or one option of a multiple response (`option`)."""

    name: str
    option: str | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def xlsform_rule(text: str) -> str | None:
    """Translate ``relevant`` of an XLSForm; None when it goes beyond comparisons.

    Examples
    --------
    >>> xlsform_rule("${aware} = '1' and ${age} >= 18")
    "aware == '1' and age >= 18"
    >>> xlsform_rule("selected(${likes}, 'tea') or not(${a} = '2')")
    "likes == 'tea' or not (a == '2')"
    >>> xlsform_rule("count(${likes}) > 2")
    """
    return _translated(text, _odk_name)


def redcap_rule(text: str) -> str | None:
    """Translate branching logic of REDCap; None when it goes beyond comparisons.

    Examples
    --------
    >>> redcap_rule("[aware] = '1' and [likes(3)] = '1'")
    "aware == '1' and likes == '3'"
    >>> redcap_rule("datediff([dob], 'today', 'y') > 3")
    """
    return _translated(text, _redcap_name)


def limesurvey_rule(
    text: str, names: Mapping[str, tuple[str, str | None]] | None = None
) -> str | None:
    """Translate a relevance equation of LimeSurvey; None when it goes beyond comparisons.

    Parameters
    ----------
    text : str
    names : mapping, optional
        What a name such as ``likes_SQ001`` stands for: a variable, and an option of it.

    Examples
    --------
    >>> limesurvey_rule('((aware.NAOK == "1"))'), limesurvey_rule("1")
    ("((aware == '1'))", '')
    >>> limesurvey_rule('likes_SQ001 == "Y"', {"likes_SQ001": ("likes", "SQ001")})
    "likes == 'SQ001'"
    """
    plain = text.strip().removeprefix("{").removesuffix("}").strip()
    if plain in ("", "1"):
        return ""

    def name(token: _Token) -> _Name | None:
        found = _lime_name(token)
        return found and _Name(*(names or {}).get(found.name, (found.name, None)))

    return _translated(plain, name)


def name_in_rule(name: str) -> str:
    """Return a name as rules write it, in backquotes where it is no plain word.

    Examples
    --------
    >>> name_in_rule("aware"), name_in_rule("q-1")
    ('aware', '`q-1`')
    """
    plain = _PLAIN_NAME.fullmatch(name) and name.lower() not in _RESERVED
    return name if plain else f"`{name}`"


def _odk_name(token: _Token) -> _Name | None:
    return _Name(token.text[2:-1].strip()) if token.kind == "odk" else None


def _redcap_name(token: _Token) -> _Name | None:
    if token.kind != "redcap":
        return None
    name, _, option = token.text[1:-1].strip().partition("(")
    return _Name(name.strip(), option.removesuffix(")").strip() if option else None)


def _lime_name(token: _Token) -> _Name | None:
    if token.kind != "word" or token.text in _WORDS or token.text.lower() in _RESERVED:
        return None
    return _Name(re.sub(r"\.(?:NAOK|code|value|shown|valueNAOK)$", "", token.text))


def _translated(text: str, name: Callable[[_Token], _Name | None]) -> str | None:
    try:
        return _Translator(_tokens(text), name).run()
    except _Beyond:
        return None


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _Beyond
        kind, piece = str(match.lastgroup), match[0]
        at = match.end()
        if kind == "word" and piece.lower() in _WORDS:
            kind, piece = "op", _WORDS[piece.lower()]
        if kind == "op":
            piece = _SIGNS.get(piece, piece)
        if kind == "word" and piece.lower() in _RESERVED:
            piece = piece.lower()
        if kind != "blank":
            found.append(_Token(kind, piece))
    return found


class _Translator:
    """Recursive descent over the tokens; writes the rule while it reads."""

    def __init__(self, tokens: list[_Token], name: Callable[[_Token], _Name | None]) -> None:
        self.tokens, self.name = tokens, name
        self.at = self.depth = 0

    def run(self) -> str:
        rule = self.joined()
        if self.at < len(self.tokens):
            raise _Beyond
        return rule

    @property
    def here(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "")

    def take(self, *texts: str) -> bool:
        found = self.here.kind in ("op", "word") and self.here.text in texts
        self.at += found
        return found

    def joined(self) -> str:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Beyond
        parts = [self.one()]
        while self.here.text in ("and", "or") and self.here.kind in ("op", "word"):
            parts += [self.here.text]
            self.at += 1
            parts += [self.one()]
        self.depth -= 1
        return " ".join(parts)

    def one(self) -> str:
        if self.take("not"):
            return f"not {self.inner()}"
        if self.here.text == "(" and self.here.kind == "op":
            return self.inner()
        if self.take("selected"):
            return self.selected()
        return self.comparison()

    def inner(self) -> str:
        if not self.take("("):
            return self.one()
        rule = self.joined()
        if not self.take(")"):
            raise _Beyond
        return f"({rule})"

    def selected(self) -> str:
        if not self.take("("):
            raise _Beyond
        name = self.operand()
        if not self.take(","):
            raise _Beyond
        value = self.operand()
        if not self.take(")") or not isinstance(name, _Name) or isinstance(value, _Name):
            raise _Beyond
        return f"{name_in_rule(name.name)} == {value}"

    def comparison(self) -> str:
        left, op = self.operand(), self.here
        if op.kind != "op" or op.text not in _FLIPPED:
            raise _Beyond
        self.at += 1
        right, sign = self.operand(), op.text
        if isinstance(right, _Name):
            left, right, sign = right, left, _FLIPPED[sign]
        if not isinstance(left, _Name) or isinstance(right, _Name):
            raise _Beyond
        return _compared(left, sign, right)

    def operand(self) -> _Name | str:
        token = self.here
        self.at += 1
        found = self.name(token)
        if found is not None:
            return found
        if token.kind == "number":
            return token.text
        if token.kind == "text" and token.text[1:-1].strip() and "'" not in token.text[1:-1]:
            return f"'{token.text[1:-1]}'"
        raise _Beyond


def _compared(name: _Name, sign: str, value: str) -> str:
    """Write a comparison: an option of a multiple response is chosen (1) or not (0).

    In the tools' own rules an empty answer differs from every value, in ours it does not.
    """
    written = name_in_rule(name.name)
    if name.option is not None:
        chosen = {("==", "1"): True, ("==", "0"): False, ("!=", "1"): False}
        chosen |= {("==", "Y"): True, ("!=", "Y"): False}
        yes = chosen.get((sign, value.strip("'")))
        if yes is None:
            raise _Beyond
        return f"{written} == '{name.option}'" if yes else f"not {written} == '{name.option}'"
    if sign == "!=":
        return f"not {written} == {value}"
    number = value.strip("'")
    return f"{written} {sign} {number if sign[0] in '<>' and _is_number(number) else value}"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) is not None
