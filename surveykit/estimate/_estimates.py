"""`Estimates`: tidy rows, one per statistic, plus the frozen spec that made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from surveykit.errors import UnknownNameError
from surveykit.results import Rows
from surveykit.text import Lang

if TYPE_CHECKING:
    import pandas as pd

    from surveykit.estimate._comparisons import Comparisons

__all__ = ["Estimate", "Estimates", "Mark", "Spec", "TestRow", "Tests", "told_apart"]

Mark = Literal["", "printed", "implied", "arbitrary", "unreliable", "suppressed"]
NET = "net:"  # begins the code of a level that counts several others


class Estimate(NamedTuple):
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

    @property
    def net(self) -> bool:
        """True for a net or a box: a level that counts several others."""
        return self.level_code.startswith(NET)


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

    Attributes
    ----------
    verb : str
        ``freq``, ``crosstab``, ``mean``, ``residuals`` or ``book``.
    variables, by : tuple of str
        The rows (stub) and the banner, in order (nested as ``a*b``).
    ci, level, tests : as asked for
    where : str
        The domain, as text.
    lang : {"zh", "en"}
    questions, kinds : mapping
        Variable name to its question in `lang`, and to its kind.
    source : str
        The file.
    synthetic : bool
        The data are synthetic records.
    weight, design : str
        The column of weights, and the design in words; empty for a simple sample.
    batteries : mapping
        Name of a battery (a grid of questions) to its variables, of those tabulated.
    summaries : tuple of str
        The statistics beside the levels (``mean``, ``top2``, …).
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
    weight: str = ""
    design: str = ""
    batteries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    summaries: tuple[str, ...] = ()


def _no_comparisons() -> Comparisons:
    from surveykit.estimate._comparisons import Comparisons

    return Comparisons()


@dataclass(frozen=True, repr=False)
class Estimates(Rows):
    """Tidy estimates (contract 1), their tests, column comparisons and notes.

    Attributes
    ----------
    rows : tuple of Estimate
    spec : Spec
    tests : Tests
    notes : tuple of str
        What a reader must know: what was guessed, dropped or left out.
    comparisons : Comparisons
        Columns compared with each other, and the letters of it; empty unless asked for.
    """

    columns: ClassVar[tuple[str, ...]] = Estimate._fields

    rows: tuple[Estimate, ...]
    spec: Spec
    tests: Tests = Tests()
    notes: tuple[str, ...] = ()
    comparisons: Comparisons = field(default_factory=_no_comparisons)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [r._asdict() for r in self.rows]

    def to_pandas(self, shape: Literal["long", "wide"] = "long") -> pd.DataFrame:
        """Return a pandas frame: one row per statistic, or as :meth:`pivot` lays them out.

        Parameters
        ----------
        shape : {"long", "wide"}

        Examples
        --------
        >>> row = Estimate("aware", "Yes", "1", "sex", "Men", "m", "percent", 61.5, n=130)
        >>> Estimates((row,), Spec("crosstab", ("aware",), ("sex",))).to_pandas().loc[0, "estimate"]
        np.float64(61.5)
        """
        if shape not in ("long", "wide"):
            raise UnknownNameError.for_name("shape", shape, ("long", "wide"))
        if shape == "wide":
            return self.pivot()
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(self.columns))

    def pivot(
        self, stats: str | Collection[str] | None = None, values: str = "estimate"
    ) -> pd.DataFrame:
        """Return a wide pandas frame: levels down, groups across, statistics innermost.

        Parameters
        ----------
        stats : str or collection of str, optional
            Which statistics; all but ``missing`` by default.
        values : str
            Which column of the rows fills the cells: ``estimate``, ``se``, ``low``, ``n``, …

        Returns
        -------
        DataFrame
            Index ``(variable, level)``, columns ``(by, by_level, stat)``; the order is that of
            the rows. Where two levels have one label, their codes stand behind it.

        Raises
        ------
        UnknownNameError
            For a statistic or column that the rows do not have.

        Examples
        --------
        >>> rows = tuple(
        ...     Estimate("aware", "Yes", "1", "sex", sex, sex, "percent", x, n=50)
        ...     for sex, x in (("Men", 40.0), ("Women", 60.0))
        ... )
        >>> wide = Estimates(rows, Spec("crosstab", ("aware",), ("sex",))).pivot("percent")
        >>> wide.loc[("aware", "Yes")].tolist()
        [40.0, 60.0]
        """
        import pandas as pd

        kept = self._kept(stats)
        if values not in self.columns:
            raise UnknownNameError.for_name("column", values, self.columns)
        levels = _labels((r.variable, r.level, r.level_code) for r in kept)
        groups = _labels((r.by, r.by_level, r.by_code) for r in kept)
        index = dict.fromkeys((r.variable, r.level_code) for r in kept)
        columns = dict.fromkeys((r.by, r.by_code, r.stat) for r in kept)
        cells = {
            (r.variable, r.level_code, r.by, r.by_code, r.stat): getattr(r, values) for r in kept
        }
        return pd.DataFrame(
            [[cells.get((*i, *c)) for c in columns] for i in index],
            index=pd.MultiIndex.from_tuples(
                [(v, levels[v, code]) for v, code in index], names=["variable", "level"]
            ),
            columns=pd.MultiIndex.from_tuples(
                [(by, groups[by, code], stat) for by, code, stat in columns],
                names=["by", "by_level", "stat"],
            ),
        )

    def _kept(self, stats: str | Collection[str] | None) -> list[Estimate]:
        held = dict.fromkeys(r.stat for r in self.rows)
        if stats is None:
            return [r for r in self.rows if r.stat != "missing"]
        wanted = (stats,) if isinstance(stats, str) else tuple(stats)
        for name in wanted:
            if name not in held:
                raise UnknownNameError.for_name("statistic", name, held)
        return [r for r in self.rows if r.stat in wanted]

    def filter(self, keep: Callable[[Estimate], bool]) -> Estimates:
        """Return a copy with the rows for which `keep(row)` is true."""
        return replace(self, rows=tuple(r for r in self.rows if keep(r)))

    def inline(
        self,
        variable: str,
        *,
        level: str | None = None,
        by: str | Mapping[str, str] | None = None,
        stat: str | None = None,
        template: str | None = None,
        lang: Lang | None = None,
        decimals: int = 1,
    ) -> str:
        """Return one estimate as text for prose.

        Parameters
        ----------
        variable : str
        level : str, optional
            Code or label; not needed where there is one, or a yes and a no (then the yes).
        by : str or mapping, optional
            The group: ``"village_type=demonstration"``, of a nested banner
            ``"village_type=demonstration, sex=f"``; codes or labels. The total by default.
        stat : str, optional
            The percentage by default, else the mean.
        template : str, optional
            As ``"{n} of {base} ({percent:.0f} %)"``: any statistic of the cell, ``n`` (the count),
            ``base``, ``estimate``, ``low``, ``high``, ``se``, ``level``, ``by``, ``question``.
        lang : {"zh", "en"}, optional
        decimals : int
            Of everything but counts.

        Returns
        -------
        str
            A suppressed figure is said to be; what is synthetic, or not reliable, is said so.

        Raises
        ------
        UnknownNameError, UsageError
            For what was not tabulated, and where several figures match.
        UnsupportedError
            For a figure of synthetic data that the source does not print.

        Examples
        --------
        >>> place = ("aware", "Yes", "1", "village_type", "Demonstration", "demonstration")
        >>> row = Estimate(*place, "percent", 61.5, low=55.0, high=67.6, n=130)
        >>> made = Estimates((row,), Spec("crosstab", ("aware",), ("village_type",)))
        >>> made.inline("aware", by="village_type=demonstration", lang="en")
        '61.5 % (95 % CI 55.0–67.6, n = 130)'
        >>> made.inline("aware", by="village_type=demonstration")
        '61.5%（95% 置信区间 55.0–67.6，n = 130）'
        """
        from surveykit.estimate._inline import inline

        return inline(
            self, variable, level=level, by=by, stat=stat, template=template, lang=lang,
            decimals=decimals,
        )  # fmt: skip

    def inline_test(
        self,
        by: str | None = None,
        *,
        variable: str | None = None,
        test: str | None = None,
        lang: Lang | None = None,
        decimals: int = 2,
    ) -> str:
        """Return one test as text for prose: in English as APA style has it.

        Parameters
        ----------
        by, variable, test : str, optional
            Which test; what only one test has need not be said.
        lang : {"zh", "en"}, optional
        decimals : int
            Of the statistic.

        Raises
        ------
        UnknownNameError, UsageError
            Where no test, or more than one, is meant.
        UnsupportedError
            For a test of synthetic data of which the source prints no figure.

        Examples
        --------
        >>> row = TestRow("chi2", "aware", "sex", 12.3, 1, None, 0.0004, 0.179, "cramers_v")
        >>> made = Estimates((), Spec("crosstab", ("aware",), ("sex",)), Tests((row,)))
        >>> made.inline_test("sex", lang="en"), made.inline_test("sex")
        ('χ²(1) = 12.30, p < .001, V = .18', 'χ²(1) = 12.30，P < 0.001，V = 0.18')
        """
        from surveykit.estimate._inline import inline_test

        return inline_test(self, by, variable=variable, test=test, lang=lang, decimals=decimals)

    def _about(self, row: dict[str, Any]) -> dict[str, str]:
        from surveykit.estimate._inline import behind

        return {"estimate": behind(row, self.spec.level, self.spec.lang)}

    def _spoken(self) -> Lang:
        return self.spec.lang

    def select(self, *variables: str) -> Estimates:
        """Return a copy with only these variables: rows, tests, comparisons and spec.

        Raises
        ------
        UnknownNameError
            For a variable that was not tabulated.

        Examples
        --------
        >>> rows = tuple(Estimate(v, "", "", "", "", "", "mean", 1.0) for v in ("a", "b"))
        >>> Estimates(rows, Spec("mean", ("a", "b"))).select("b").spec.variables
        ('b',)
        """
        for name in variables:
            if name not in self.spec.variables:
                raise UnknownNameError.for_name("variable", name, self.spec.variables)
        batteries = {
            name: kept
            for name, items in self.spec.batteries.items()
            if (kept := tuple(i for i in items if i in variables))
        }
        return replace(
            self,
            rows=tuple(r for r in self.rows if r.variable in variables),
            spec=replace(self.spec, variables=variables, batteries=batteries),
            tests=Tests(tuple(t for t in self.tests.rows if t.variable in variables)),
            comparisons=replace(
                self.comparisons,
                rows=tuple(c for c in self.comparisons.rows if c.variable in variables),
            ),
        )


def told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Put the code behind a label that several codes have.

    Examples
    --------
    >>> told_apart({"1": "Other", "2": "Tea", "3": "Other"})
    {'1': 'Other (1)', '2': 'Tea', '3': 'Other (3)'}
    """
    held = Counter(labels.values())
    return {
        code: f"{label} ({code})" if held[label] > 1 and code else label
        for code, label in labels.items()
    }


def _labels(places: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Return (name, code) to a label that no other code of that name has."""
    found: dict[str, dict[str, str]] = {}
    for name, label, code in places:
        found.setdefault(name, {})[code] = label
    return {
        (name, code): label
        for name, own in found.items()
        for code, label in told_apart(own).items()
    }
