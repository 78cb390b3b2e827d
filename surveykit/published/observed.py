"""Respondents' answers in the paper's own levels: who is in a cell, and who could have been."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.codebook import Variable
from surveykit.coding import BLANK, NONE_CHOSEN, NOT_ASKED, USER_MISSING, codes, multiple
from surveykit.errors import SurveyKitError, UnknownNameError
from surveykit.published.document import Cell, Figure, Published, PublishedVariable
from surveykit.published.matching import How, codes_of
from surveykit.survey import Survey
from surveykit.text import fold

__all__ = ["Answers", "Observed", "Share", "other_bases"]

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """One variable of the paper in the data; arrays over all rows.

    Attributes
    ----------
    members : mapping of str to bool array, shape (n,)
        Who is in each level of the paper.
    status : int array, shape (n,)
        0 answered, else BLANK, NOT_ASKED, USER_MISSING or NONE_CHOSEN.
    chosen : int array, shape (n,)
        Number of choices of a multiple response, whether the paper lists them or not.
    name : str
        Its name in the codebook.
    """

    members: Mapping[str, Bools]
    status: NDArray[np.signedinteger[Any]]
    chosen: NDArray[np.int64] | None
    name: str
    how: How

    @property
    def answered(self) -> Bools:
        """Who gave a valid answer."""
        return np.asarray(self.status == 0)

    def of(self, levels: Iterable[str]) -> Bools:
        """Who is in one of some levels."""
        return np.asarray(np.any([self.members[level] for level in levels], axis=0))


@dataclass(frozen=True, slots=True)
class Share:
    """A count and its base."""

    count: int
    base: int


class Observed:
    """The data beside a paper: cells counted by the paper's names."""

    def __init__(self, survey: Survey, published: Published) -> None:
        self.survey, self.published = survey, published
        self.everyone: Bools = (
            np.ones(survey.rows, dtype=bool) if survey.mask is None else survey.mask
        )
        self._known: dict[str, Answers | SurveyKitError] = {}

    def answers(self, name: str) -> Answers:
        """Return the answers to a variable of the paper.

        Raises
        ------
        SurveyKitError
            When the data lack it, or one of its levels.
        """
        if name not in self._known:
            try:
                self._known[name] = self._answers(self.published.variables[name])
            except SurveyKitError as error:
                self._known[name] = error
        found = self._known[name]
        if isinstance(found, SurveyKitError):
            raise found
        return found

    def members(self, cell: Cell) -> Bools:
        """Who of the respondents is in a cell."""
        parts = [self.answers(name).of(levels) for name, levels in cell.items()]
        return _all_of([self.everyone, *parts])

    def base(self, figure: Figure) -> Bools:
        """Who of the figure's group answered what it is a share of."""
        parts = [self.answers(name).answered for name in figure.where]
        return _all_of([self.members(figure.within), *parts])

    def share(self, figure: Figure, base: Bools | None = None) -> Share:
        """Count a figure's cell on a base: its own where none is given."""
        base = self.base(figure) if base is None else base
        if figure.of == "responses":
            (name,) = figure.where
            answers = self.answers(name)
            assert answers.chosen is not None
            count = sum(int((answers.members[lv] & base).sum()) for lv in figure.where[name])
            return Share(count, int(answers.chosen[base].sum()))
        mine = base & self.members(figure.where)
        return Share(int(mine.sum()), int(base.sum()))

    # --------------------------------------------------------------- one variable
    def _answers(self, variable: PublishedVariable) -> Answers:
        known = self._find(variable)
        if not self.survey.holds(known):
            self.survey.columns_of(known)  # says which column is missing
        if variable.kind == "multiple":
            return self._multiple(variable, known)
        found = codes(self.survey, known.name)
        choices = [(c.code, (c.label.zh, c.label.en)) for c in found.levels]
        matched, how = self._match(variable, known, choices)
        at = {code: i for i, (code, _) in enumerate(choices)}
        members = {lv: np.asarray(found.values == at.get(c, -9)) for lv, c in matched.items()}
        return Answers(members, np.minimum(found.values, 0), None, known.name, how)

    def _multiple(self, variable: PublishedVariable, known: Variable) -> Answers:
        found = multiple(self.survey, known.name)
        choices = [(c.code, (c.label.zh, c.label.en)) for c in found.levels]
        matched, how = self._match(variable, known, choices)
        at = {code: i for i, (code, _) in enumerate(choices)}
        members = {lv: found.chosen[:, at[code]] for lv, code in matched.items()}
        chosen = np.count_nonzero(found.chosen, axis=1)
        return Answers(members, found.status, chosen, known.name, how)

    def _find(self, variable: PublishedVariable) -> Variable:
        """Find a variable of the paper: by name or header, else by the text of its question."""
        try:
            found = self.survey.variable(variable.name)
        except UnknownNameError as error:
            texts = {fold(t) for t in (variable.label.zh, variable.label.en) if t}
            same = [
                v
                for v in self.survey.codebook.variables.values()
                if texts & {fold(t) for t in (v.question.zh, v.question.en) if t}
            ]
            if len(same) != 1:
                raise error
            (found,) = same
        if (found.kind == "multiple") != (variable.kind == "multiple"):
            kind = "a multiple response" if found.kind == "multiple" else f"of kind {found.kind}"
            raise UnknownNameError(
                f"{variable.name!r} is {kind} in the data, but {variable.kind} in the paper.",
                where=self.survey.codebook.path or self.survey.source or None,
                hint="give the codebook of the file (--codebook).",
            )
        return found

    def _match(
        self, variable: PublishedVariable, known: Variable, choices: list[tuple[str, Any]]
    ) -> tuple[dict[str, str], How]:
        listed = bool(known.choices) and known.name in self.survey.codebook
        drafted = self.survey.codebook.path in ("", self.survey.source)
        if known.numeric and not known.choices:  # a number that nobody gave is a count of none
            given = {code for code, _ in choices}
            numbers = [lv for lv in variable.levels if lv not in given and _is_number(lv)]
            choices = [*choices, *((lv, ()) for lv in numbers)]
        return codes_of(
            variable.name,
            variable.levels,
            choices,
            path=self.survey.codebook.path or self.survey.source or "the data",
            by_position=listed and not drafted,
        )


def _all_of(parts: Iterable[Bools]) -> Bools:
    return np.asarray(np.all(list(parts), axis=0))


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def other_bases(observed: Observed, figure: Figure) -> list[tuple[str, Figure, Bools]]:
    """Return other readings of a figure's base: (name, figure, who is in it)."""
    group = observed.members(figure.within)
    statuses = [observed.answers(name).status for name in figure.where]
    own = observed.base(figure)

    def missing(*kinds: int) -> Bools:
        among = [np.isin(status, (0, *kinds)) for status in statuses]
        return _all_of([group, *among])

    cases = replace(figure, of="cases")
    out: list[tuple[str, Figure, Bools]] = []
    if any(observed.published.variables[n].kind == "multiple" for n in figure.where):
        turned = cases if figure.of == "responses" else replace(figure, of="responses")
        out.append((str(turned.of), turned, own))
    out += [
        ("refused", cases, missing(USER_MISSING)),
        ("asked", cases, missing(USER_MISSING, BLANK, NONE_CHOSEN)),
        ("group", cases, missing(USER_MISSING, BLANK, NOT_ASKED, NONE_CHOSEN)),
    ]
    out += _listed_only(observed, figure, own)
    if figure.within:
        out += _without_group(observed, figure)
    return out


def _listed_only(observed: Observed, figure: Figure, own: Bools) -> list[tuple[str, Figure, Bools]]:
    """Only those whose answer the paper lists."""
    listed = [observed.answers(n).of(observed.published.variables[n].levels) for n in figure.where]
    return [("listed", figure, _all_of([own, *listed]))]


def _without_group(observed: Observed, figure: Figure) -> list[tuple[str, Figure, Bools]]:
    """The figure of all respondents; the cell's share of all; the share in the other direction."""
    total = replace(figure, within={})
    if figure.of == "responses":
        return [("total", total, observed.base(total))]
    names = [*figure.where, *figure.within]
    everyone = _all_of([observed.everyone, *(observed.answers(n).answered for n in names)])
    cell = replace(figure, where={**figure.where, **figure.within}, within={})
    turned = replace(figure, where=figure.within, within=figure.where)
    return [
        ("total", total, observed.base(total)),
        ("share of all", cell, everyone),
        ("other direction", turned, observed.base(turned)),
    ]
