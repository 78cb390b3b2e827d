"""`Estimates`: tidy rows, one per statistic, plus the frozen spec that made them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Literal

from surveykit.results import Rows
from surveykit.text import Lang

__all__ = ["Estimate", "Estimates", "Mark", "Spec", "TestRow", "Tests"]

Mark = Literal["", "printed", "implied", "arbitrary", "unreliable", "suppressed"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One statistic of one cell (contract 1). Percentages are 0-100; `n` is the row's base."""

    variable: str
    level: str
    level_code: str
    by: str
    by_level: str
    by_code: str
    stat: str
    estimate: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    df: float | None = None
    deff: float | None = None
    mark: Mark = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TestRow:
    """One test or measure of association of `variable` by `by`."""

    __test__: ClassVar[bool] = False

    test: str
    variable: str
    by: str
    statistic: float | None
    df: float | None
    df2: float | None
    p: float | None
    effect: float | None
    effect_name: str
    note: str = ""


@dataclass(frozen=True, repr=False)
class Tests(Rows):
    """The tests of a table, one row each."""

    __test__: ClassVar[bool] = False
    columns: ClassVar[tuple[str, ...]] = (
        "test", "variable", "by", "statistic", "df", "df2", "p", "effect", "effect_name", "note",
    )  # fmt: skip

    rows: tuple[TestRow, ...] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the tests as dictionaries."""
        return [asdict(r) for r in self.rows]


@dataclass(frozen=True, slots=True)
class Spec:
    """What was asked for, kept with the result.

    `variables` are the rows (stub), `by` the banner in order (nested as ``a*b``);
    `questions` maps each variable name to its question text in `lang`;
    `kinds` maps it to its kind; `synthetic` says that the data are synthetic records.
    """

    verb: str
    variables: tuple[str, ...]
    by: tuple[str, ...] = ()
    ci: str = "wilson"
    level: float = 0.95
    tests: tuple[str, ...] = ()
    where: str = ""
    lang: Lang = "zh"
    questions: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    synthetic: bool = False


@dataclass(frozen=True, repr=False)
class Estimates(Rows):
    """Tidy estimates (contract 1), their tests and notes.

    Attributes
    ----------
    rows : tuple of Estimate
    spec : Spec
    tests : Tests
    notes : tuple of str
        What a reader must know: what was guessed, dropped or left out.
    """

    columns: ClassVar[tuple[str, ...]] = tuple(Estimate.__dataclass_fields__)

    rows: tuple[Estimate, ...]
    spec: Spec
    tests: Tests = Tests()
    notes: tuple[str, ...] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [asdict(r) for r in self.rows]

    def filter(self, keep: Callable[[Estimate], bool]) -> Estimates:
        """Return a copy with the rows for which `keep(row)` is true."""
        return replace(self, rows=tuple(r for r in self.rows if keep(r)))
