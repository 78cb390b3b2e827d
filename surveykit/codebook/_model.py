"""The model: what every column of a questionnaire file means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from surveykit.errors import UnknownNameError, UsageError
from surveykit.text import Label

__all__ = [
    "Choice",
    "Codebook",
    "Design",
    "Kind",
    "LonelyPsu",
    "Net",
    "ReplicateKind",
    "Variable",
]

Kind = Literal["single", "multiple", "scale", "number", "text", "date"]
LonelyPsu = Literal["fail", "remove", "adjust", "average", "certainty"]
ReplicateKind = Literal["JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "SDR", "other"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its code (always text) and label."""

    code: str
    label: Label


@dataclass(frozen=True, slots=True)
class Net:
    """Several choices counted as one, such as a top-2 box."""

    label: Label
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a codebook.

    Attributes
    ----------
    name : str
    kind : {"single", "multiple", "scale", "number", "text", "date"}
    question : Label
        The question as asked; the name where none is given.
    choices : tuple of Choice
        In the order of the questionnaire.
    missing : tuple of Choice
        User-missing codes: answers such as "refused", outside every base.
    column : str or None
        The header of the column when it differs from `name`.
    columns : tuple of str
        Multiple response in several columns.
    counted : str or None
        With `columns`: one yes/no column per choice, and this is the yes.
    separator : str or None
        Multiple response joined in one column.
    none : tuple of str
        Codes that are no answer in a column of a multiple response.
    asked_if : str or None
        Rule that says who was asked.
    source, bins
        Derived variable: the number variable it comes from (``from`` in the file), and
        the left-closed limits of its choices, one more than there are choices.
    nets : tuple of Net
    identifier, sensitive : bool
    note : Label or None
    """

    name: str
    kind: Kind
    question: Label
    choices: tuple[Choice, ...] = ()
    missing: tuple[Choice, ...] = ()
    column: str | None = None
    columns: tuple[str, ...] = ()
    counted: str | None = None
    separator: str | None = None
    none: tuple[str, ...] = ()
    asked_if: str | None = None
    source: str | None = None
    bins: tuple[float, ...] = ()
    nets: tuple[Net, ...] = ()
    identifier: bool = False
    sensitive: bool = False
    note: Label | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns that hold the variable; none for a derived one."""
        if self.source is not None:
            return ()
        return self.columns or (self.column or self.name,)

    def choice(self, code: str) -> Choice:
        """Return the choice with `code`.

        Raises
        ------
        UnknownNameError
            When there is none.
        """
        for choice in self.choices:
            if choice.code == code:
                return choice
        codes = [c.code for c in self.choices]
        raise UnknownNameError.for_name(f"code of {self.name!r}:", code, codes)


def _names(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


@dataclass(frozen=True, slots=True)
class Design:
    """Column roles of a sample design; no data.

    Attributes
    ----------
    weight, strata : str or None
    psu, fpc : tuple of str
        One name per stage; a single name may be given as text.
    lonely_psu : {"fail", "remove", "adjust", "average", "certainty"}
        What is done with a stratum of one primary sampling unit.
    repweights : tuple of str
        Columns of replicate weights that come with the data, in place of strata and PSUs; a name
        may be a pattern: ``repwt_*`` stands for all such columns, in the order of the data.
    kind : {"JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "SDR", "other"}, optional
        How the replicates were made; it must be said where there are any.
    rho : float, optional
        The factor of Fay's method.
    scale, rscales : float and tuple of float, optional
        Factors of the variance in place of those of the kind; "JKn" and "other" need `rscales`.
        One number stands for all columns.
    mse : bool
        Spread about the estimate itself; about the mean of the replicates if not.
    combined : bool
        Whether replicate weights contain the weight; if not, they are multiplied by it.

    Raises
    ------
    UsageError
        For an unknown rule or kind, or roles that exclude each other.

    Examples
    --------
    >>> Design(weight="w", psu="village").psu
    ('village',)
    >>> Design(weight="w", repweights="repwt_*", kind="BRR").replicated
    True
    """

    weight: str | None = None
    strata: str | None = None
    psu: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    lonely_psu: LonelyPsu = "fail"
    repweights: tuple[str, ...] = ()
    kind: ReplicateKind | None = None
    rho: float | None = None
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    mse: bool = False
    combined: bool = True

    def __post_init__(self) -> None:
        for role in ("psu", "fpc", "repweights"):
            object.__setattr__(self, role, _names(getattr(self, role)))
        object.__setattr__(self, "rscales", _numbers(self.rscales))
        if self.lonely_psu not in get_args(LonelyPsu):
            allowed = ", ".join(get_args(LonelyPsu))
            raise UsageError(f"lonely_psu should be one of {allowed}; got {self.lonely_psu!r}.")
        _check_replicates(self)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that has a role, each once; patterns are not among them."""
        named = (n for n in self.repweights if "*" not in n)
        names = (self.weight, self.strata, *self.psu, *self.fpc, *named)
        return tuple(dict.fromkeys(n for n in names if n is not None))

    @property
    def replicated(self) -> bool:
        """True where replicate weights give the variance."""
        return bool(self.repweights)

    @property
    def simple(self) -> bool:
        """True when no role is given: a simple random sample."""
        return not self.columns and not self.repweights


def _numbers(values: float | tuple[float, ...] | list[float] | None) -> tuple[float, ...]:
    if values is None:
        return ()
    return (float(values),) if isinstance(values, int | float) else tuple(map(float, values))


def _check_replicates(design: Design) -> None:
    """Refuse roles that exclude each other, and replicates of which too little is said."""
    kinds = get_args(ReplicateKind)
    if design.kind is not None and design.kind not in kinds:
        raise UsageError(f"kind should be one of {', '.join(kinds)}; got {design.kind!r}.")
    if not design.repweights:
        given = [n for n in ("kind", "rho", "scale", "rscales") if getattr(design, n)]
        if given:
            raise UsageError(
                f"{' and '.join(given)} belong to replicate weights, and there are none.",
                hint="name their columns: repweights=('rep1', 'rep2', …) or a pattern 'rep*'.",
            )
        return
    others = [n for n in ("strata", "psu", "fpc") if getattr(design, n)]
    if others:
        raise UsageError(
            f"replicate weights take the place of {' and '.join(others)}; the design has both.",
            hint="keep one of them: replicates contain what strata and PSUs say.",
        )
    if design.weight is None:
        raise UsageError(
            "replicate weights need the weight as well.",
            hint="weight= names the column of the full sample's weights.",
        )
    if design.kind is None:
        raise UsageError(
            "the kind of the replicate weights is not given.",
            hint=f"one of {', '.join(kinds)}; the documentation of the data says which.",
        )


@dataclass(frozen=True)
class Codebook:
    """Frozen, ordered: variable name -> :class:`Variable`.

    Examples
    --------
    >>> book = Codebook(Label.of("Pilot"), {"age": Variable("age", "number", Label.of("Age"))})
    >>> book["age"].kind, list(book), len(book)
    ('number', ['age'], 1)
    """

    title: Label = field(default_factory=Label)
    variables: Mapping[str, Variable] = field(default_factory=dict)
    design: Design | None = None
    path: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", MappingProxyType(dict(self.variables)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Codebook, (self.title, dict(self.variables), self.design, self.path)

    def __getitem__(self, name: str) -> Variable:
        try:
            return self.variables[name]
        except KeyError:
            where = self.path or None
            raise UnknownNameError.for_name("variable", name, self.variables, where=where) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)

    def __contains__(self, name: object) -> bool:
        return name in self.variables

    def to_yaml(self) -> str:
        """Return the codebook as the text of a ``codebook.yaml``."""
        from surveykit.codebook._dump import dump

        return dump(self)
