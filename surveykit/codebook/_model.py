"""The model: what every column of a questionnaire file means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from surveykit.errors import UnknownNameError, UsageError
from surveykit.text import Label, Lang, shortest

if TYPE_CHECKING:
    from surveykit.codebook._overview import Overview

__all__ = [
    "Choice",
    "Codebook",
    "Design",
    "Kind",
    "LonelyPsu",
    "Net",
    "ReplicateKind",
    "Role",
    "Score",
    "ScoreMethod",
    "Study",
    "Variable",
    "completed",
    "derivation_order",
]

Kind = Literal["single", "multiple", "scale", "number", "text", "date"]
LonelyPsu = Literal["fail", "remove", "adjust", "average", "certainty"]
ReplicateKind = Literal["JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "SDR", "other"]
Role = Literal["duration", "start", "end", "age", "quasi_identifier"]
ScoreMethod = Literal["mean", "sum"]


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
class Score:
    """A scale score: several items as one number.

    Attributes
    ----------
    of : tuple of str
        The items: numbers, or choices whose codes are numbers. A reversed item is named by its
        derived variable.
    method : {"mean", "sum"}
        Of the items that were answered.
    min_items : int or None
        Fewest answered items that make a score; all of them where None.
    """

    of: tuple[str, ...]
    method: ScoreMethod = "mean"
    min_items: int | None = None

    @property
    def least(self) -> int:
        """The fewest answered items that make a score."""
        return len(self.of) if self.min_items is None else self.min_items


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
    source : str or None
        Derived variable: the variable it comes from (``from`` in the file), by one of the next.
    bins : tuple of float
        The left-closed limits of its choices, one more than there are choices.
    collapse : tuple of tuple of str
        For each of its choices, the codes of the source that become it.
    reverse : bool
        A scale scored the other way round: each code becomes highest + lowest - code, and takes
        its label with it. The choices follow from those of the source.
    score : Score or None
        Derived from several variables.
    nets : tuple of Net
    identifier, sensitive : bool
    note : Label or None
    exclusive : tuple of str
        Choices of a multiple response that exclude all others, such as "none of these".
    range : tuple of two floats or None
        Lowest and highest number that makes sense, both included; infinite where open.
    role : {"duration", "start", "end", "age", "quasi_identifier"} or None
        What checks should take the variable for, where its name does not tell.
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
    collapse: tuple[tuple[str, ...], ...] = ()
    reverse: bool = False
    score: Score | None = None
    exclusive: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    role: Role | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The variables that a derived one is computed from; none for one with columns."""
        if self.score is not None:
            return self.score.of
        return () if self.source is None else (self.source,)

    @property
    def derived(self) -> bool:
        """True where the variable is computed from others and has no column of its own."""
        return self.source is not None or self.score is not None

    @property
    def numeric(self) -> bool:
        """True where the values are numbers, not choices."""
        return self.kind == "number" or (self.kind == "scale" and not self.choices)

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns that hold the variable; none for a derived one."""
        if self.derived:
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


@dataclass(frozen=True, slots=True)
class Study:
    """What is known of the fieldwork, beside the data.

    Attributes
    ----------
    distributed, returned, valid : int or None
        Questionnaires handed out, that came back, and that are used.
    partial, refusal, noncontact, other, unknown, ineligible : int or None
        Of those handed out: usable only in part, refused, nobody reached, lost for another
        reason, eligibility unknown, not of the population.
    disposition : str or None
        The variable that says what became of each case, where the file holds all of them.
    dispositions : mapping of str to tuple of str
        Outcome ("complete", "partial", "refusal", …) → the codes of `disposition`.
    fieldwork : tuple of two str or None
        First and last day (ISO).
    """

    distributed: int | None = None
    returned: int | None = None
    valid: int | None = None
    partial: int | None = None
    refusal: int | None = None
    noncontact: int | None = None
    other: int | None = None
    unknown: int | None = None
    ineligible: int | None = None
    disposition: str | None = None
    dispositions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fieldwork: tuple[str, str] | None = None


def reversed_choices(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return choices scored the other way round, in the order of the source's codes.

    Examples
    --------
    >>> scale = tuple(Choice(c, Label.of(t)) for c, t in (("1", "never"), ("2", "often")))
    >>> [(c.code, c.label.en) for c in reversed_choices(scale)]
    [('1', 'often'), ('2', 'never')]
    """
    try:
        codes = [float(c.code) for c in choices]
    except ValueError as error:
        raise UsageError(f"a scale is reversed by its codes as numbers ({error}).") from None
    turn = max(codes, default=0.0) + min(codes, default=0.0)
    turned = [
        Choice(shortest(round(turn - code, 10)), c.label)
        for code, c in zip(codes, choices, strict=True)
    ]
    return tuple(reversed(turned))


def derivation_order(variables: Mapping[str, Variable]) -> list[str]:
    """Return the names of variables, each after those it is computed from.

    Raises
    ------
    UsageError
        When they are derived in a circle.
    """
    order: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circle = " from ".join((*above[above.index(name) :], name))
            raise UsageError(f"variables are derived in a circle: {circle}.")
        if name in variables and name not in order:
            for source in variables[name].sources:
                visit(source, (*above, name))
            order[name] = None

    for name in variables:
        visit(name, ())
    return list(order)


def completed(variable: Variable, known: Mapping[str, Variable]) -> Variable:
    """Give a reversed variable the kind, choices and range that follow from its source."""
    source = known.get(variable.source or "")
    if not variable.reverse or source is None:
        return variable
    kind: Kind = "scale" if source.numeric else source.kind
    limits = source.range if source.numeric else None
    return replace(variable, kind=kind, choices=reversed_choices(source.choices), range=limits)


def _all_completed(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    if not any(v.reverse or v.sources for v in variables.values()):
        return dict(variables)
    found = dict(variables)
    for name in derivation_order(variables):
        found[name] = completed(found[name], found)
    return found


@dataclass(frozen=True, repr=False)
class Codebook:
    """Frozen, ordered: variable name -> :class:`Variable`.

    Raises
    ------
    UsageError
        When variables are derived from each other in a circle.

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
    study: Study = field(default_factory=Study)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", MappingProxyType(_all_completed(self.variables)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Codebook, (self.title, dict(self.variables), self.design, self.path, self.study)

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

    def overview(self, lang: Lang = "zh") -> Overview:
        """Return the variables as rows to look at: question, kind, choices, missing codes.

        Examples
        --------
        >>> answers = (Choice("1", Label.of("Yes")), Choice("2", Label.of("No")))
        >>> aware = Variable("aware", "single", Label.of("Aware?"), answers)
        >>> print(Codebook(variables={"aware": aware}).overview("en").to_text())
        variable  question  kind    choices
        aware     Aware?    single  1 Yes · 2 No
        """
        from surveykit.codebook._overview import Overview

        return Overview(self.variables, lang)

    def __repr__(self) -> str:
        title = self.title.text("zh")
        return f"Codebook({f'{title!r}, ' if title else ''}{len(self)} variables)"

    def _repr_html_(self) -> str:
        """Return the overview, to be sorted and copied in a notebook."""
        return self.overview()._repr_html_()
