"""Numbers for prose: one estimate, or one test, as it stands in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate.templates import Field, Template, parse_template
from surveykit.text import (
    SYNTHETIC,
    Label,
    Lang,
    NumberFormat,
    clean,
    fold,
    half_up,
    printed_digits,
)

if TYPE_CHECKING:
    from surveykit.estimate._estimates import Estimate, Estimates, TestRow

__all__ = ["By", "behind", "inline", "inline_test"]

By = str | Mapping[str, str]

_INTERVAL: Final = Label(zh="{level}% 置信区间 {span}", en="{level} % CI {span}")
_WHOLE: Final = Label(zh="{figure}（{more}）", en="{figure} ({more})")
_COMMA: Final = Label(zh="，", en=", ")
_SUPPRESSED: Final = Label(zh="不予公布", en="suppressed")
_UNRELIABLE: Final = Label(zh="不够可靠，慎用", en="not reliable enough, use with caution")
_STATUS: Final[Mapping[str, Label]] = {
    "printed": Label(zh="原文印出", en="printed in the source"),
    "implied": Label(zh="由印出的数字确定", en="implied by the printed figures"),
}
_YES: Final = frozenset(("yes", "y", "true", "是", "有", "知道", "同意", "1", "aware"))
_NO: Final = frozenset(("no", "n", "false", "否", "没有", "无", "不知道", "不同意", "0", "unaware"))
_NEGATIONS: Final = ("不", "没", "未", "非", "not ", "no ", "non-", "un")
_COUNTS: Final = ("count", "missing", "asked", "answered", "responses")
_FINE: Final = ("ratio", "odds_ratio", "cv")
_FIELDS: Final = ("estimate", "se", "low", "high", "df", "deff")
_WORDS: Final = ("n", "base", "level", "by", "question")
_MAIN: Final = ("percent", "mean", "total", "ratio", "difference", "odds_ratio")

_SYMBOLS: Final[Mapping[str, str]] = {
    "chi2": "χ²", "g2": "G²", "linear_by_linear": "χ²", "mcnemar": "χ²", "multiple_response": "χ²",
    "rao_scott_chi2": "χ²", "cochran_armitage": "z", "cochran_q": "Q", "kruskal_wallis": "H",
    "mann_whitney": "U", "anova": "F", "welch": "F", "welch_anova": "F", "rao_scott": "F",
    "wald": "F", "adj_wald": "F", "t": "t", "welch_t": "t", "lincom": "χ²", "saddlepoint": "χ²",
    "cramers_v": "V", "cramers_v_corrected": "V", "phi": "φ", "eta": "η", "eta_squared": "η²",
    "epsilon_squared": "ε²", "omega_squared": "ω²", "kendalls_w": "W", "gamma": "γ",
    "tau_b": "τ-b", "tau_c": "τ-c", "somers_d": "d", "lambda": "λ", "kappa": "κ", "pearson": "r",
    "pearson_r": "r", "spearman": "ρ", "spearman_rho": "ρ", "cohens_d": "d", "cohens_g": "g",
    "odds_ratio": "OR", "fisher": "Fisher",
}  # fmt: skip
_EXACT: Final = Label(zh="Fisher 精确检验", en="Fisher's exact test")
_UNBOUNDED: Final = ("cohens_d", "odds_ratio", "difference", "ratio")  # keep the zero in front


# ---------------------------------------------------------------- one estimate
def inline(
    estimates: Estimates,
    variable: str,
    *,
    level: str | None,
    by: By | None,
    stat: str | None,
    template: str | None,
    lang: Lang | None,
    decimals: int,
) -> str:
    """Write one estimate; see :meth:`Estimates.inline`."""
    row = _found(estimates, variable, level, by, stat)
    said: Lang = lang or estimates.spec.lang
    if row.mark == "arbitrary":
        raise UnsupportedError(
            f"{_place(row)} is not printed in the source: its value is made up.",
            hint="only printed and implied figures can be quoted.",
        )
    if row.mark == "suppressed":
        return _SUPPRESSED.text(said)
    known = not estimates.spec.synthetic or _base_known(estimates, row)
    writer = _Writer(estimates, row, said, decimals, known)
    return writer.whole() if template is None else writer.filled(parse_template(template))


def _place(row: Estimate) -> str:
    return ", ".join(
        text
        for text in (row.variable, row.level, f"{row.by}={row.by_level}" if row.by else "")
        if text
    )


def _base_known(estimates: Estimates, row: Estimate) -> bool:
    """Whether every count of the group is printed or implied."""
    group = (row.variable, row.by, row.by_code)
    marks = {
        r.mark
        for r in estimates.rows
        if (r.variable, r.by, r.by_code) == group and r.stat == "count"
    }
    return bool(marks) and marks <= {"printed", "implied"}


def _found(
    estimates: Estimates, variable: str, level: str | None, by: By | None, stat: str | None
) -> Estimate:
    if variable not in estimates.spec.variables:
        raise UnknownNameError.for_name("variable", variable, estimates.spec.variables)
    rows = [r for r in estimates.rows if r.variable == variable]
    rows = _in_group(rows, estimates.spec.by, by)
    held = dict.fromkeys(r.stat for r in rows)
    if stat is None:
        stat = next((s for s in _MAIN if s in held), next(iter(held), ""))
    if stat not in held:
        raise UnknownNameError.for_name("statistic", "count" if stat == "n" else stat, held)
    rows = [r for r in rows if r.stat == stat]
    return _level(rows, variable, level)


def _in_group(rows: Sequence[Estimate], bys: Sequence[str], by: By | None) -> list[Estimate]:
    asked = _parsed(by)
    if not asked:
        found = [r for r in rows if not r.by]
        if not found:
            groups = dict.fromkeys(f"{r.by}={r.by_code}" for r in rows)
            raise UsageError(
                "these estimates have no total.", hint=f"by= one of {', '.join(groups)}."
            )
        return found
    name = next((b for b in bys if _parts(b, asked)), None)
    if name is None:
        raise UnknownNameError.for_name("grouping", "*".join(asked), bys)
    parts = _parts(name, asked)
    own = [r for r in rows if r.by == name]
    codes = {r.by_code: r.by_level for r in own}
    wanted = [asked[part] for part in parts]
    hits = [code for code, label in codes.items() if _fits(wanted, code, label)]
    if not hits:
        shown = [f"{code} ({label})" if label != code else code for code, label in codes.items()]
        raise UnknownNameError.for_name(f"group of {name!r}", "*".join(wanted), shown)
    _one(hits, lambda code: f"{name}={code} ({codes[code]})")
    return [r for r in own if r.by_code == hits[0]]


def _parsed(by: By | None) -> dict[str, str]:
    """Read ``a=x, b=y``; a mapping is taken as it is.

    Examples
    --------
    >>> _parsed("village_type=demo, sex = f"), _parsed(None)
    ({'village_type': 'demo', 'sex': 'f'}, {})
    """
    if by is None:
        return {}
    if isinstance(by, Mapping):
        return {str(k): str(v) for k, v in by.items()}
    found: dict[str, str] = {}
    for piece in re.split(r",\s*(?=[^,=]+=)", by):
        name, sign, value = piece.partition("=")
        if not (sign and name.strip() and value.strip("= ")):
            raise UsageError(f"{by!r} names no group.", hint="by='village_type=demonstration'.")
        found[name.strip()] = value.strip("= ")
    return found


def _parts(name: str, asked: Mapping[str, str]) -> list[str]:
    """Return the parts of a grouping by which it was asked for; none where it was not."""
    if list(asked) == [name]:
        return [name]
    parts = name.split("*")
    return parts if set(parts) == set(asked) and len(parts) > 1 else []


def _fits(wanted: Sequence[str], code: str, label: str) -> bool:
    if len(wanted) == 1:
        return fold(wanted[0]) in (fold(code), fold(label))
    codes, labels = code.split("*"), label.split("*")
    if not len(codes) == len(labels) == len(wanted):
        return False
    places = zip(wanted, codes, labels, strict=True)
    return all(fold(w) in (fold(c), fold(t)) for w, c, t in places)


def _level(rows: Sequence[Estimate], variable: str, level: str | None) -> Estimate:
    if level is None:
        plain = [r for r in rows if not r.net]
        chosen = _affirmative(plain) if len(plain) == 2 else None
        found = plain if chosen is None else [chosen]
    else:
        found = [r for r in rows if r.level_code == level]
        found = found or [r for r in rows if fold(r.level) == fold(level)]
        if not found:
            shown = [f"{r.level_code} ({r.level})" for r in rows]
            raise UnknownNameError.for_name(f"level of {variable!r}", level, shown)
    _one(found, lambda r: f"{r.level_code} ({r.level})")
    return found[0]


def _affirmative(rows: Sequence[Estimate]) -> Estimate | None:
    """Return the yes of a yes and a no; None where two levels are no such pair."""
    for row, other in (tuple(rows), tuple(reversed(rows))):
        yes, no = fold(row.level).lower(), fold(other.level).lower()
        if (yes in _YES and no in _NO) or no in [negation + yes for negation in _NEGATIONS]:
            return row
        if (row.level_code.lower(), other.level_code.lower()) == ("yes", "no"):
            return row
    return None


def _one(found: Sequence[Any], named: Callable[[Any], str]) -> None:
    if len(found) > 1:
        shown = ", ".join(named(item) for item in found[:12])
        more = f", … ({len(found)} in all)" if len(found) > 12 else ""
        raise UsageError(f"several figures match: {shown}{more}.", hint="level=, by= or stat=.")


@dataclass(frozen=True, slots=True)
class _Writer:
    """One estimate being written."""

    estimates: Estimates
    row: Estimate
    lang: Lang
    decimals: int
    known: bool  # whether the size of the group is, without which there is no interval

    @property
    def number(self) -> NumberFormat:
        return NumberFormat.of(self.lang)

    def whole(self) -> str:
        comma = _COMMA.text(self.lang)
        more = comma.join(self._more())
        figure = self._figure()
        return _WHOLE.text(self.lang).format(figure=figure, more=more) if more else figure

    def _figure(self) -> str:
        text = self._number(self.row, self.row.estimate, None)
        if "percent" not in self.row.stat or self.row.estimate is None:
            return text
        return f"{text}%" if self.lang == "zh" else f"{text} %"

    def _more(self) -> Iterable[str]:
        row = self.row
        if self.known and row.low is not None and row.high is not None:
            level = f"{100 * self.estimates.spec.level:g}"
            span = self.number.span(row.low, row.high, self._places(row.stat))
            yield _INTERVAL.text(self.lang).format(level=level, span=span)
        if self.known and row.n is not None:
            yield f"n = {self.number.number(row.n)}"
        yield from self._aside()

    def _aside(self) -> Iterable[str]:
        """Say what a reader must know of the figure: that it is synthetic, or not reliable."""
        if self.row.mark == "unreliable":
            yield _UNRELIABLE.text(self.lang)
        if self.estimates.spec.synthetic:
            yield SYNTHETIC.text(self.lang)
            if self.row.mark in _STATUS:
                yield _STATUS[self.row.mark].text(self.lang)

    def filled(self, template: Template) -> str:
        """Fill a template, and say behind it what a reader must know."""
        place = (self.row.level_code, self.row.by, self.row.by_code)
        beside = {
            r.stat: r
            for r in self.estimates.rows
            if r.variable == self.row.variable and (r.level_code, r.by, r.by_code) == place
        }
        template.check([*_WORDS, *_FIELDS, *(s for s in beside if s not in _FIELDS)])
        text = template.fill(lambda f: self._field(f, beside))
        more = _COMMA.text(self.lang).join(self._aside())
        return _WHOLE.text(self.lang).format(figure=text, more=more) if more else text

    def _field(self, asked: Field, beside: Mapping[str, Estimate]) -> str:
        row, name = self.row, asked.name
        match name:
            case "level":
                return clean(row.level)
            case "by":
                return clean(row.by_level)
            case "question":
                return clean(self.estimates.spec.questions.get(row.variable, row.variable))
            case "base":
                return self.number.number(row.n if self.known else None)
            case "n" | "count":
                found = beside.get("count")
            case "estimate":
                found = row
            case _ if name in _FIELDS:
                value = getattr(row, name) if self.known else None
                places = self._places(row.stat) if asked.decimals is None else asked.decimals
                return self.number.number(value, places)
            case _:
                found = beside.get(name)
        if found is None or found.mark in ("arbitrary", "suppressed"):
            return self.number.missing
        return self._number(found, found.estimate, asked.decimals)

    def _number(self, row: Estimate, value: float | None, decimals: int | None) -> str:
        digits = printed_digits(row.note) if row.mark == "printed" else None
        if digits:  # as the source prints it: 70, not 69.7
            return self.number.number(float(digits), len(digits.partition(".")[2]))
        return self.number.number(value, self._places(row.stat) if decimals is None else decimals)

    def _places(self, stat: str) -> int:
        if stat in _COUNTS:
            return 0
        return self.decimals + (2 if stat in _FINE else 0)


def behind(row: Mapping[str, Any], level: float, lang: Lang) -> str:
    """Say the interval and the base behind an estimate.

    Examples
    --------
    >>> behind({"low": 55.0, "high": 67.6, "n": 130}, 0.95, "en")
    '95 % CI 55.0–67.6, n = 130'
    """
    number, parts = NumberFormat.of(lang), []
    if row["low"] is not None and row["high"] is not None:
        decimals = 1 if abs(row["high"]) >= 10 else 2
        span = number.span(row["low"], row["high"], decimals)
        parts.append(_INTERVAL.text(lang).format(level=f"{100 * level:g}", span=span))
    if row["n"] is not None:
        parts.append(f"n = {number.number(row['n'])}")
    return _COMMA.text(lang).join(parts)


# ---------------------------------------------------------------- one test
def inline_test(
    estimates: Estimates,
    by: str | None,
    *,
    variable: str | None,
    test: str | None,
    lang: Lang | None,
    decimals: int,
) -> str:
    """Write one test; see :meth:`Estimates.inline_test`."""
    said: Lang = lang or estimates.spec.lang
    row = _test_found(estimates, by, variable, test)
    cells = [r for r in estimates.rows if (r.variable, r.by) == (row.variable, row.by)]
    if estimates.spec.synthetic and {r.mark for r in cells} == {"arbitrary"}:
        raise UnsupportedError(
            f"no figure of {row.variable} by {row.by} is printed: a test of it is made up."
        )
    parts = [part for part in _test_parts(row, said, decimals) if part]
    text = _COMMA.text(said).join(parts)
    if not parts:
        raise UnsupportedError(f"the test {row.test!r} gave no result. {row.note}".strip())
    if estimates.spec.synthetic:
        return _WHOLE.text(said).format(figure=text, more=SYNTHETIC.text(said))
    return text


def _test_found(
    estimates: Estimates, by: str | None, variable: str | None, test: str | None
) -> TestRow:
    rows = estimates.tests.rows
    if not rows:
        raise UsageError("these estimates hold no tests.", hint="crosstab(…, tests=('chi2',)).")
    for kind, name, field in (
        ("grouping", by, "by"),
        ("variable", variable, "variable"),
        ("test", test, "test"),
    ):
        if name is not None:
            held = dict.fromkeys(str(getattr(r, field)) for r in rows)
            if name not in held:
                raise UnknownNameError.for_name(kind, name, held)
            rows = tuple(r for r in rows if getattr(r, field) == name)
    if not rows:
        raise UsageError("no test is of all of these.")
    if len(rows) > 1:
        shown = ", ".join(f"{r.test} of {r.variable} by {r.by}" for r in rows[:12])
        raise UsageError(f"several tests match: {shown}.", hint="by=, variable= or test=.")
    return rows[0]


def _test_parts(row: TestRow, lang: Lang, decimals: int) -> Iterable[str]:
    number = NumberFormat.of(lang)
    name = _EXACT.text(lang) if row.test == "fisher" else _SYMBOLS.get(row.test, row.test)
    p = f"P {number.p(row.p)}" if lang == "zh" else f"p {_bare(number.p(row.p))}"
    if row.statistic is not None:
        freedom = ", ".join(_degrees(d) for d in (row.df, row.df2) if d is not None)
        around = f"({freedom})" if freedom else ""
        yield f"{name}{around} = {number.number(row.statistic, decimals)}"
    elif row.effect is not None and row.effect_name in ("", row.test):  # a measure on its own
        yield _effect(row, row.effect, lang)
        yield p if row.p is not None else ""
        return
    elif row.p is not None:
        yield name
    yield p if row.p is not None else ""
    yield _effect(row, row.effect, lang) if row.effect is not None else ""


def _effect(row: TestRow, effect: float, lang: Lang) -> str:
    own = row.effect_name or row.test
    value = NumberFormat.of(lang).number(effect, 2)
    shown = value if lang == "zh" or own in _UNBOUNDED else _bare(value)
    return f"{_SYMBOLS.get(own, own.replace('_', ' '))} = {shown}"


def _degrees(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{half_up(value, 2):f}"


def _bare(text: str) -> str:
    """Leave out the zero before the point, as APA style does where nothing exceeds 1.

    Examples
    --------
    >>> _bare("= 0.031"), _bare("−0.41"), _bare("= 1.000")
    ('= .031', '−.41', '= 1.000')
    """
    return re.sub(r"(?<![0-9])0\.", ".", text)
