"""Rules: the small expression language of ``--where`` and ``asked_if``.

A rule is text such as ``aware == 1 and age_group in ["19-35", "36-60"]``. It is cut into
tokens, parsed into a frozen tree and evaluated over arrays; it is never run as code.

- comparisons ``== != < <= > >=`` (also chained: ``19 <= age < 36``), ``in [..]``,
  ``not in (..)``, ``and``, ``or``, ``not``, parentheses;
- names are identifiers of any script; other names stand in backquotes;
- numbers, and text in single, double or Chinese quotes.

A comparison with a missing value is false, whatever the comparison; ``not`` then turns it
true. To leave the missing out write ``x != 1``, not ``not x == 1``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt

from surveykit.errors import UnknownNameError, UsageError
from surveykit.text import fold

__all__ = ["Categories", "Levels", "Rule", "Sets", "Values", "parse_rule"]

Bools = npt.NDArray[np.bool_]
Op = Literal["==", "!=", "<", "<=", ">", ">="]

_ORDERED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FLIPPED: dict[str, Op] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


# ---------------------------------------------------------------- what names stand for
class Levels:
    """The names of the levels of a variable, and how a text finds its level.

    A text is first a code as written, then a code, a Chinese label or an English label
    after folding (blanks, full-width forms, ``2.0`` for ``2``). A label that two levels
    share names neither.

    Parameters
    ----------
    names : iterable of tuple of str
        For each level its code, then its labels.

    Examples
    --------
    >>> levels = Levels([("1", "知晓", "Aware"), ("2", "不知晓", "Not aware")])
    >>> levels.find(" 2.0"), levels.find("知晓"), levels.find("3")
    (1, 0, None)
    """

    __slots__ = ("exact", "folded", "names")

    def __init__(self, names: Iterable[tuple[str, ...]]) -> None:
        self.names = tuple(names)
        self.exact = {level[0]: i for i, level in enumerate(self.names)}
        self.folded: dict[str, int] = {}
        for place in reversed(range(max(map(len, self.names), default=0))):
            self.folded |= self._one(place)

    def _one(self, place: int) -> dict[str, int]:
        """Map the folded names at one place to their level, those of two levels to none."""
        found: dict[str, int] = {}
        for i, level in enumerate(self.names):
            key = fold(level[place]) if place < len(level) else ""
            found[key] = i if found.get(key, i) == i else -1
        return {key: i for key, i in found.items() if key and i >= 0}

    def __len__(self) -> int:
        return len(self.names)

    def find(self, text: str) -> int | None:
        """Return the level that a text names, None when it names none."""
        found = self.exact.get(text)
        return self.folded.get(fold(text)) if found is None else found

    @property
    def shown(self) -> tuple[str, ...]:
        """Every code and label, each once."""
        return tuple(dict.fromkeys(n for level in self.names for n in level if n))


@dataclass(frozen=True, slots=True)
class Categories:
    """Values of a variable with categories.

    Attributes
    ----------
    codes : int array, shape (n,)
        Index into `levels`; negative where missing.
    levels : Levels
    open : bool
        True when a text outside `levels` is no error (free text).
    missing : Levels
        User-missing codes.
    """

    codes: npt.NDArray[np.integer[Any]]
    levels: Levels
    open: bool = False
    missing: Levels = field(default_factory=lambda: Levels(()))


@dataclass(frozen=True, slots=True)
class Sets:
    """Values of a multiple-response variable: `chosen` (n, k), `answered` (n,)."""

    chosen: Bools
    answered: Bools
    levels: Levels
    missing: Levels = field(default_factory=lambda: Levels(()))


Values = Categories | Sets | npt.NDArray[np.float64]
Lookup = Callable[[str], Values]


# ---------------------------------------------------------------- the tree
@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or a quoted text."""

    value: float | str
    shown: str
    at: int


@dataclass(frozen=True, slots=True)
class Compare:
    """``name op literal``, ``literal op name`` or ``name op name``."""

    left: Name | Constant
    op: Op
    right: Name | Constant


@dataclass(frozen=True, slots=True)
class Member:
    """``name in [...]`` or ``name not in [...]``."""

    name: Name
    values: tuple[Constant, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """``not part``."""

    part: Node


@dataclass(frozen=True, slots=True)
class Join:
    """Parts joined by ``and`` or ``or``."""

    how: Literal["and", "or"]
    parts: tuple[Node, ...]


Node = Compare | Member | Not | Join


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed rule.

    Examples
    --------
    >>> import numpy as np
    >>> rule = parse_rule("19 <= age < 36 and not (年级 == 3)")
    >>> rule.names
    ('age', '年级')
    >>> values = {"age": np.array([18.0, 19.0, 20.0, np.nan]), "年级": np.array([1.0, 1.0, 3.0, 1.0])}
    >>> rule.evaluate(values.__getitem__).tolist()
    [False, True, False, False]
    """

    text: str
    root: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that the rule uses, in order, each once."""
        return tuple(dict.fromkeys(n.name for n in _names(self.root)))

    def evaluate(self, lookup: Lookup) -> Bools:
        """Return where the rule holds, shape (n,); `lookup` gives the values of a name.

        Raises
        ------
        UnknownNameError
            For a code or label that the variable does not have.
        UsageError
            For a comparison that makes no sense, such as the order of unordered text.
        """
        return _Evaluation(self, lookup).run(self.root)


def _names(node: Node) -> Iterator[Name]:
    match node:
        case Compare(left, _, right):
            yield from (side for side in (left, right) if isinstance(side, Name))
        case Member(name):
            yield name
        case Not(part):
            yield from _names(part)
        case Join(_, parts):
            for part in parts:
                yield from _names(part)


# ---------------------------------------------------------------- tokens
_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|“[^”]*”|‘[^’]*’)
  | (?P<quoted>`[^`]+`)
  | (?P<op>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)
  | (?P<name>[^\W\d]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"and", "or", "not", "in", "AND", "OR", "NOT", "IN"}
_HINTS = {
    "=": "compare with ==.",
    "&": "write and.",
    "|": "write or.",
    "!": "write not, or != to compare.",
    "~": "write not.",
    '"': "the quoted text has no end.",
    "'": "the quoted text has no end.",
    "“": "the quoted text has no end.",
    "`": "the name in backquotes has no end.",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `kind` is number, text, name, word, op or end; `at` counts from 1."""

    kind: str
    text: str
    at: int


def _fail(rule: str, at: int, message: str, where: str | None, hint: str | None = None) -> NoReturn:
    place = f"rule {rule!r}, position {at}"
    raise UsageError(message, where=f"{where}: {place}" if where else place, hint=hint)


def _tokens(rule: str, where: str | None) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(rule):
        match = _TOKEN.match(rule, at)
        if not match:
            hint = _HINTS.get(
                rule[at], "names with odd characters go in backquotes, text in quotes."
            )
            _fail(rule, at + 1, f"{rule[at]!r} is not understood here.", where, hint)
        kind = match.lastgroup or ""
        if kind != "blank":
            found.append(_token(kind, match[0], at + 1))
        at = match.end()
    return [*found, Token("end", "", len(rule) + 1)]


def _token(kind: str, text: str, at: int) -> Token:
    if kind == "quoted":
        return Token("name", text[1:-1], at)
    if kind == "text":
        inner = text[1:-1]
        return Token("text", re.sub(r"\\(.)", r"\1", inner) if text[0] in "\"'" else inner, at)
    if kind == "name" and text in _WORDS:
        return Token("word", text.lower(), at)
    return Token(kind, text, at)


# ---------------------------------------------------------------- parser
_DEEPEST = 50


class _Parser:
    """Recursive descent: or < and < not < comparison."""

    def __init__(self, rule: str, where: str | None) -> None:
        self.rule, self.where = rule, where
        self.tokens = _tokens(rule, where)
        self.next = 0
        self.depth = 0

    def parse(self) -> Node:
        node = self.either()
        if self.here.kind != "end":
            self.fail("the rule should end here, or go on with and / or", self.here)
        return node

    @property
    def here(self) -> Token:
        return self.tokens[self.next]

    def take(self) -> Token:
        token = self.here
        self.next += 1
        return token

    def accept(self, kind: str, *texts: str) -> bool:
        if self.here.kind == kind and self.here.text in texts:
            self.next += 1
            return True
        return False

    def fail(self, message: str, token: Token, hint: str | None = None) -> NoReturn:
        got = f"got {token.text!r}" if token.kind != "end" else "the rule ends"
        _fail(self.rule, token.at, f"{message}; {got}.", self.where, hint)

    def either(self) -> Node:
        parts = [self.both()]
        while self.accept("word", "or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Join("or", tuple(parts))

    def both(self) -> Node:
        parts = [self.negation()]
        while self.accept("word", "and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Join("and", tuple(parts))

    def negation(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"more than {_DEEPEST} levels of not and parentheses", self.here)
        try:
            if self.accept("word", "not"):
                return Not(self.negation())
            if self.accept("op", "("):
                node = self.either()
                if not self.accept("op", ")"):
                    self.fail("a closing ) is missing", self.here)
                return node
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Node:
        left = self.operand()
        negated = self.accept("word", "not")
        if self.accept("word", "in"):
            if not isinstance(left, Name):
                _fail(self.rule, left.at, "a variable is expected before in.", self.where)
            return Member(left, self.members(), negated)
        if negated or not (self.here.kind == "op" and self.here.text in _ORDERED):
            self.fail(
                "a comparison (== != < <= > >= in) is expected", self.here, "as in: aware == 1"
            )
        return self.chain(left)

    def chain(self, left: Name | Constant) -> Node:
        parts: list[Node] = []
        while self.here.kind == "op" and self.here.text in _ORDERED:
            op: Op = self.take().text  # type: ignore[assignment]
            right = self.operand()
            if isinstance(left, Constant) and isinstance(right, Constant):
                _fail(self.rule, left.at, "a comparison needs a variable on one side.", self.where)
            parts.append(Compare(left, op, right))
            left = right
        return parts[0] if len(parts) == 1 else Join("and", tuple(parts))

    def operand(self) -> Name | Constant:
        token = self.take()
        if token.kind == "name":
            return Name(token.text, token.at)
        if token.kind in ("number", "text"):
            return self.literal(token)
        self.next -= 1
        return self.fail("a variable, a number or a quoted text is expected", token)

    def literal(self, token: Token) -> Constant:
        if token.kind == "number" and self.here.kind == "name" and self.glued(token):
            _fail(
                self.rule,
                token.at,
                "a name that begins with a digit goes in backquotes.",
                self.where,
            )
        value = float(token.text) if token.kind == "number" else token.text
        return Constant(value, token.text, token.at)

    def glued(self, token: Token) -> bool:
        return self.here.at == token.at + len(token.text)

    def members(self) -> tuple[Constant, ...]:
        close = {"[": "]", "(": ")"}.get(self.here.text)
        if self.here.kind != "op" or close is None:
            self.fail("a list is expected after in", self.here, "as in: region in [1, 2]")
        self.take()
        values: list[Constant] = []
        while not self.accept("op", close):
            token = self.take()
            if token.kind not in ("number", "text"):
                self.fail("a number or a quoted text is expected in the list", token)
            values.append(self.literal(token))
            if not self.accept("op", ",") and self.here.text != close:
                self.fail(f"a comma or {close} is expected", self.here)
        return tuple(values)


def parse_rule(text: str, *, where: str | None = None) -> Rule:
    """Parse a rule.

    Parameters
    ----------
    text : str
    where : str, optional
        File and line, or option, that holds the rule; put in front of an error.

    Raises
    ------
    UsageError
        With the position (counted from 1) of what is not understood.

    Examples
    --------
    >>> parse_rule("`1、您所在的村` in ['示范村', 2]").names
    ('1、您所在的村',)
    >>> try:
    ...     parse_rule("aware = 1")
    ... except UsageError as error:
    ...     print(error)
    rule 'aware = 1', position 7: '=' is not understood here. Hint: compare with ==.
    """
    return Rule(text, _Parser(text, where).parse())


# ---------------------------------------------------------------- evaluation
class _Evaluation:
    """One evaluation of one rule."""

    def __init__(self, rule: Rule, lookup: Lookup) -> None:
        self.rule, self.lookup = rule, lookup

    def fail(self, at: int, message: str, hint: str | None = None) -> NoReturn:
        _fail(self.rule.text, at, message, None, hint)

    def run(self, node: Node) -> Bools:
        match node:
            case Not(part):
                return np.logical_not(self.run(part))
            case Join(how, parts):
                join = np.logical_and if how == "and" else np.logical_or
                return np.asarray(join.reduce([self.run(p) for p in parts]), dtype=bool)
            case Member(name, values, negated):
                return self.member(name, values, negated)
            case Compare(Name() as left, op, Name() as right):
                return self.names(left, op, right)
            case Compare(Name() as name, op, Constant() as value):
                return self.compare(name, op, value)
            case Compare(Constant() as value, op, Name() as name):
                return self.compare(name, _FLIPPED[op], value)
        raise AssertionError(node)  # pragma: no cover

    def names(self, left: Name, op: Op, right: Name) -> Bools:
        a, b = self.lookup(left.name), self.lookup(right.name)
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
            hint = f"put text in quotes: {left.name} {op} {right.name!r}."
            self.fail(right.at, "two variables can be compared only when both are numbers.", hint)
        return np.asarray(_ORDERED[op](a, b) & ~np.isnan(a) & ~np.isnan(b), dtype=bool)

    def compare(self, name: Name, op: Op, literal: Constant) -> Bools:
        if op in ("==", "!="):
            return self.member(name, (literal,), op == "!=")
        numbers = self.ordered(name, self.lookup(name.name))
        return np.asarray(_ORDERED[op](numbers, self.number(name, literal)), dtype=bool)

    def ordered(self, name: Name, values: Values) -> npt.NDArray[np.float64]:
        if isinstance(values, np.ndarray):
            return values
        codes = [_number(level[0]) for level in values.levels.names]
        if isinstance(values, Sets) or any(c is None for c in codes):
            hint = "use ==, != or in."
            self.fail(name.at, f"{name.name!r} has no numbers that could be ordered.", hint)
        table = np.array([*(c for c in codes if c is not None), np.nan], dtype=float)
        return table[np.where(values.codes < 0, len(codes), values.codes)]

    def number(self, name: Name, literal: Constant) -> float:
        value = literal.value if isinstance(literal.value, float) else _number(literal.value)
        if value is None:
            self.fail(literal.at, f"{name.name!r} is a number; got the text {literal.shown!r}.")
        return value

    def member(self, name: Name, literals: tuple[Constant, ...], negated: bool) -> Bools:
        values = self.lookup(name.name)
        if isinstance(values, np.ndarray):
            hit = np.isin(values, [self.number(name, v) for v in literals])
            return np.asarray(hit ^ negated) & ~np.isnan(values)
        found = [self.level(name, values, v, negated) for v in literals]
        wanted = [i for i in found if i is not None]
        if isinstance(values, Sets):
            return (values.chosen[:, wanted].any(axis=1) ^ negated) & values.answered
        return np.asarray(np.isin(values.codes, wanted) ^ negated) & (values.codes >= 0)

    def level(
        self, name: Name, values: Categories | Sets, literal: Constant, negated: bool
    ) -> int | None:
        found = values.levels.find(literal.shown)
        if found is not None:
            return found
        if values.missing.find(literal.shown) is not None:
            if not negated:
                message = (
                    f"{literal.shown!r} is a missing code of {name.name!r}; it equals nothing."
                )
                self.fail(literal.at, message, "leave it out.")
            return None
        if isinstance(values, Categories) and values.open:
            return None
        place_text = f"rule {self.rule.text!r}, position {literal.at}"
        raise UnknownNameError.for_name(
            f"code or label of {name.name!r}:", literal.shown, values.levels.shown, where=place_text
        )


def _number(text: str) -> float | None:
    plain = fold(text)
    match = _TOKEN.match(plain)
    whole = match is not None and match.lastgroup == "number" and match.end() == len(plain)
    return float(plain) if whole else None
