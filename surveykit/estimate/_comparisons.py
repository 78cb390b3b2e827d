"""Columns of a table compared with each other: options, rows, and the letters of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any, ClassVar, Literal, NamedTuple, get_args

from surveykit.errors import UnknownNameError, UsageError
from surveykit.estimate._words import say
from surveykit.results import Rows
from surveykit.text import Lang

__all__ = ["Adjust", "Against", "Comparison", "Comparisons", "Letters", "column_letter"]

Against = Literal["all", "total", "previous", "first"]
Adjust = Literal["none", "bonferroni", "holm", "bh"]
Variance = Literal["pooled", "unpooled"]
Overlap = Literal["adjust", "ignore"]
Extremes = Literal["test", "skip"]


@dataclass(frozen=True, slots=True)
class Letters:
    """How the columns of a table are compared.

    Parameters
    ----------
    against : {"all", "total", "previous", "first"}
        Every pair of columns of a by-variable (of a nested one: within its outer level), shown
        by letters; or each column against the total, the one before it, or the first one, shown
        by + and -.
    levels : float or two of them
        Significance levels. With two, ``A`` is the stricter and ``a`` the laxer.
    adjust : {"none", "bonferroni", "holm", "bh"}
        For the number of pairs in one row of a table; "bh" is Benjamini and Hochberg (1995).
    variance : {"pooled", "unpooled"}
        Of two proportions: pooled as in SPSS and expss. Of means: Student's pooled or Welch's.
    overlap : {"adjust", "ignore"}
        Respondents that two columns share (multiple response, or the total) are allowed for.
    extremes : {"test", "skip"}
        Whether a column at exactly 0 or 100 % is compared; SPSS and expss skip it.
    min_base : int
        A column with a smaller unweighted base is not compared.

    Raises
    ------
    UnknownNameError, UsageError
        For an option that does not exist, or a level outside (0, 1).

    Examples
    --------
    >>> Letters(levels=(0.05, 0.01)).levels
    (0.01, 0.05)
    """

    against: Against = "all"
    levels: float | tuple[float, ...] = (0.05,)
    adjust: Adjust = "none"
    variance: Variance = "pooled"
    overlap: Overlap = "adjust"
    extremes: Extremes = "test"
    min_base: int = 2

    def __post_init__(self) -> None:
        one = isinstance(self.levels, int | float | None)
        given = (self.levels,) if one else tuple(self.levels)  # type: ignore[arg-type]
        if not 1 <= len(given) <= 2 or not all(
            isinstance(a, int | float) and 0 < a < 1 for a in given
        ):
            raise UsageError(
                f"levels of significance lie between 0 and 1, one or two; got {self.levels!r}.",
                hint="levels=0.05, or levels=(0.01, 0.05) for A and a.",
            )
        object.__setattr__(self, "levels", tuple(sorted(set(given))))
        if not isinstance(self.min_base, int) or self.min_base < 0:
            raise UsageError(f"min_base is a number of respondents; got {self.min_base!r}.")
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in get_args(allowed):
                raise UnknownNameError.for_name(name, getattr(self, name), get_args(allowed))

    @property
    def alphas(self) -> tuple[float, ...]:
        """The levels, the strictest first."""
        assert isinstance(self.levels, tuple)
        return self.levels

    @classmethod
    def of(cls, asked: Letters | str) -> Letters | None:
        """Return the options for what was asked: options, one of `against`, or "none"."""
        if isinstance(asked, Letters):
            return asked
        if asked == "none":
            return None
        if asked not in get_args(Against):
            raise UnknownNameError.for_name("letters", asked, ("none", *get_args(Against)))
        return cls(against=asked)  # type: ignore[arg-type]


_ALLOWED: Mapping[str, Any] = {
    "against": Against,
    "adjust": Adjust,
    "variance": Variance,
    "overlap": Overlap,
    "extremes": Extremes,
}


class Comparison(NamedTuple):
    """One pair of columns in one row of a table: `by_code` less `against_code`.

    `difference` is in the unit of the statistic (percent: percentage points); `alpha` is the
    strictest level at which the pair differs, None where it does not.
    """

    variable: str
    level: str
    level_code: str
    stat: str
    by: str
    by_level: str
    by_code: str
    letter: str
    against: str
    against_level: str
    against_code: str
    against_letter: str
    difference: float | None
    se: float | None
    statistic: float | None
    df: float | None
    p: float | None
    p_adjusted: float | None
    alpha: float | None
    test: str


Place = tuple[str, str, str, str, str]
"""(variable, level_code, by, by_code, stat)"""


@dataclass(frozen=True, repr=False)
class Comparisons(Rows):
    """All pairs that were compared, and what a table shows of them.

    Attributes
    ----------
    rows : tuple of Comparison
    options : Letters or None
        None where nothing was compared.
    letters : mapping
        ``(by, by_code)`` to the letter of the column.
    """

    columns: ClassVar[tuple[str, ...]] = Comparison._fields

    rows: tuple[Comparison, ...] = ()
    options: Letters | None = None
    letters: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the comparisons as dictionaries."""
        return [r._asdict() for r in self.rows]

    def marks(self) -> dict[Place, str]:
        """Return what stands behind each cell that differs from another.

        Letters of the columns that the cell is larger than, in their order; or, against one
        column, + and - (++ and -- at the stricter of two levels).

        Examples
        --------
        >>> pair = Comparison("v", "Yes", "1", "percent", "sex", "M", "m", "A", "sex", "F", "f",
        ...                   "B", 29.3, 7.9, 3.7, None, 0.0002, 0.0002, 0.05, "z")
        >>> Comparisons((pair,), Letters()).marks()
        {('v', '1', 'sex', 'm', 'percent'): 'B'}
        """
        found: dict[Place, list[str]] = {}
        for row in self.rows:
            if row.alpha is None or not row.difference or self.options is None:
                continue
            strict = row.alpha == self.options.alphas[0]
            if self.options.against == "all":
                winner, letter = (
                    (row.by_code, row.against_letter)
                    if row.difference > 0
                    else (row.against_code, row.letter)
                )
                mark = letter if strict else letter.lower()
            else:
                winner = row.by_code
                sign = "+" if row.difference > 0 else "-"
                mark = sign * (2 if strict and len(self.options.alphas) > 1 else 1)
            place = (row.variable, row.level_code, row.by, winner, row.stat)
            found.setdefault(place, []).append(mark)
        joined = "" if self.options and self.options.against != "all" else " "
        return {place: joined.join(sorted(m, key=_order)) for place, m in found.items()}

    def legend(self, lang: Lang) -> tuple[str, ...]:
        """Say in words what the letters mean and how they were computed."""
        if self.options is None or not self.rows:
            return ()
        o = self.options
        alphas = [f"{a:g}" for a in o.alphas]
        tests = {r.test for r in self.rows if r.test}
        names = say("separator", lang).join(say(f"pair_{t}", lang) for t in sorted(tests))
        two = len(alphas) == 2
        kind = "letters" if o.against == "all" else "signs"
        lines = [
            say(
                f"{kind}_two" if two else kind,
                lang,
                alpha=alphas[0],
                lax=alphas[-1],
                other=say(f"against_{o.against}", lang),
                tests=names,
                adjust=say(f"adjust_{o.adjust}", lang),
            )
        ]
        return tuple(lines)


def column_letter(place: int) -> str:
    """Return the letter of a column: A … Z, AA, AB, ….

    Examples
    --------
    >>> [column_letter(i) for i in (0, 25, 26, 52)]
    ['A', 'Z', 'AA', 'BA']
    """
    letters = ""
    place += 1
    while place:
        place, last = divmod(place - 1, 26)
        letters = ascii_uppercase[last] + letters
    return letters


def _order(mark: str) -> tuple[int, str, bool]:
    return len(mark), mark.upper(), mark.islower()


def strictest(p: float | None, alphas: Sequence[float]) -> float | None:
    """Return the strictest of `alphas` that p is below, None for none.

    Examples
    --------
    >>> strictest(0.02, (0.01, 0.05)), strictest(0.2, (0.05,)), strictest(None, (0.05,))
    (0.05, None, None)
    """
    return None if p is None else next((a for a in alphas if p < a), None)
