"""What is asked for, checked once: the spec, the sample design, how columns are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import get_args

from surveykit.codebook import Variable
from surveykit.coding import design_notes, replicate_columns, sample_design
from surveykit.errors import UnknownNameError, UnsupportedError, UsageError
from surveykit.estimate._axes import Nets, as_names, check_nets, nested, with_batteries
from surveykit.estimate._comparisons import Letters
from surveykit.estimate._estimates import Spec
from surveykit.estimate._rows import Marker
from surveykit.estimate._spread import AnyDesign
from surveykit.estimate._summaries import check_summaries
from surveykit.estimate._words import say
from surveykit.stats import INTERVAL_METHODS
from surveykit.stats.designci import DESIGN_INTERVALS
from surveykit.stats.intervals import check_level
from surveykit.survey import Survey, expect_survey
from surveykit.text import SYNTHETIC_LONG, Bilingual, Lang, in_lang

__all__ = ["Names", "Options", "Request", "opening", "request"]

Names = str | Sequence[str]
_AVERAGE_1 = 1e-6  # of weights written with six decimals


@dataclass(frozen=True, slots=True)
class Options:
    """What the verbs share, as their callers gave it."""

    ci: str | None = None
    level: float = 0.95
    tests: tuple[str, ...] = ()
    summaries: Names = ()
    nets: str = "codebook"
    letters: Letters | str = "none"
    where: str | None = None
    lang: Lang = "zh"


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What a verb works on.

    Attributes
    ----------
    survey : Survey
        In its domain.
    spec : Spec
    design : SampleDesign, ReplicateDesign or None
        None for a simple random sample.
    nets : {"codebook", "none"}
    letters : Letters or None
    sized : bool
        Whether the weights tell the size of the population, as a design effect needs. Weights
        that average 1 (or less) do not: they would make the sample a census.
    """

    survey: Survey
    spec: Spec
    design: AnyDesign | None
    nets: Nets
    letters: Letters | None
    sized: bool

    @property
    def mark(self) -> Marker | None:
        """What marks the rows of synthetic data; None for any other."""
        return None if self.survey.synthetic is None else self.survey.synthetic.mark


def request(
    survey: Survey, verb: str, variables: Names, by: Sequence[str], options: Options
) -> Request:
    """Check what was asked for, and keep it under the names of the codebook.

    Raises
    ------
    UnknownNameError
        For a variable or an option that does not exist, with the near miss.
    UnsupportedError
        For an interval that does not belong to this kind of sample.
    """
    domain = _domain(survey, options.where)
    if options.lang not in get_args(Lang):
        raise UnknownNameError.for_name("language", options.lang, get_args(Lang))
    rows, grids = with_batteries(domain, as_names(variables, "variables"))
    columns = [[domain.variable(name) for name in nested(domain, b)] for b in by]
    held = [*rows, *chain.from_iterable(columns)]
    lang, roles = options.lang, domain.design
    spec = Spec(
        verb,
        tuple(v.name for v in rows),
        tuple("*".join(v.name for v in parts) for parts in columns),
        interval(options.ci, roles.simple),
        check_level(options.level),
        options.tests,
        domain.where_text,
        lang,
        {v.name: _question(v, lang) for v in held},
        {v.name: v.kind for v in held},
        domain.source,
        domain.synthetic is not None,
        roles.weight or "",
        "" if roles.simple else design_text(domain, lang),
        grids,
        check_summaries(options.summaries),
    )
    letters = Letters.of(options.letters)
    design = sample_design(domain)
    nets = check_nets(options.nets)
    return Request(domain, spec, design, nets, letters, _sized(design))


def _sized(design: AnyDesign | None) -> bool:
    if design is None:
        return False
    return bool(design.weights.sum() > len(design.weights) * (1 + _AVERAGE_1))


def _domain(survey: Survey, where: str | None) -> Survey:
    expect_survey(survey)
    if where is None:
        return survey
    if not isinstance(where, str):
        raise UsageError(f"where is a rule as text; got {where!r}.", hint="where='age >= 18'.")
    return survey.where(where)


def _question(variable: Variable, lang: Lang) -> str:
    return variable.question.text(lang) or variable.name


def interval(name: str | None, simple: bool) -> str:
    """Return the interval method: wilson by default, logit under a design.

    Examples
    --------
    >>> interval(None, True), interval(None, False), interval("beta", False)
    ('wilson', 'logit', 'beta')
    """
    own, others = (
        (INTERVAL_METHODS, DESIGN_INTERVALS) if simple else (DESIGN_INTERVALS, INTERVAL_METHODS)
    )
    if name is None:
        return "wilson" if simple else "logit"
    if name in own:
        return name
    if name in others:
        kind = (
            "belongs to weighted and complex samples; this survey has no design"
            if simple
            else "takes every respondent for one of a simple random sample; this survey has a design"
        )
        raise UnsupportedError(
            f"the interval {name!r} {kind}.", hint=f"choose from {', '.join(own)}."
        )
    raise UnknownNameError.for_name("interval method", name, own)


def design_text(survey: Survey, lang: Lang) -> str:
    """Say in words what the design is made of."""
    roles = survey.design
    given = {
        "weight": (roles.weight,),
        "strata": (roles.strata,),
        "psu": roles.psu,
        "fpc": roles.fpc,
    }
    parts = [
        say(f"design_{role}", lang, name=", ".join(n for n in names if n))
        for role, names in given.items()
        if any(names)
    ]
    if roles.replicated:
        columns = replicate_columns(survey)
        shown = ", ".join(columns) if len(columns) <= 4 else f"{columns[0]} … {columns[-1]}"
        parts.append(say("design_repweights", lang, name=shown, n=len(columns), kind=roles.kind))
    if roles.lonely_psu != "fail":
        parts.append(say("design_lonely_psu", lang, name=roles.lonely_psu))
    return say("separator", lang).join(parts)


def _names(asked: Request) -> set[str]:
    """Return the variables of a table and the columns that hold them."""
    found = {*asked.spec.variables, *chain.from_iterable(b.split("*") for b in asked.spec.by)}
    survey = asked.survey
    for name in tuple(found):
        try:
            found.update(survey.columns_of(survey.variable(name)))
        except UnknownNameError:  # a name with a * in it
            continue
    return found


def opening(asked: Request) -> tuple[str, ...]:
    """What comes before everything else: synthetic records, what was read, domain, design."""
    survey, lang = asked.survey, asked.spec.lang
    notes = [SYNTHETIC_LONG.text(lang)] if survey.synthetic is not None else []
    names = _names(asked)
    notes.extend(
        in_lang(note, lang)
        for note in survey.notes
        if not isinstance(note, Bilingual) or note.concerns(names)
    )
    if survey.where_text:
        notes.append(say("where", lang, rule=survey.where_text, n=survey.n))
    roles = survey.design
    if roles.columns == (roles.weight,) and not roles.replicated:
        notes.append(say("weights_only", lang, weight=roles.weight))
    elif not roles.simple:
        notes.append(say("design", lang, parts=asked.spec.design))
        notes.extend(in_lang(note, lang) for note in design_notes(survey))
    if roles.weight and not asked.sized:
        notes.append(say("unsized", lang))
    return tuple(dict.fromkeys(notes))
