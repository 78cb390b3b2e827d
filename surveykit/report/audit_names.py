"""Figures in words: "knows of it (demonstration village) 72.5 %" rather than an id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveykit.codebook import Codebook
from surveykit.published import Published
from surveykit.published.document import Claim, Figure
from surveykit.published.document_means import mean_rivals
from surveykit.report.audit_words import say
from surveykit.text import Label, Lang, clean

__all__ = ["Names"]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the figures, variables and levels of a paper in one language.

    Parameters
    ----------
    published : Published
    figures : mapping of str to Figure
        As the reading has them (bases and digits may be changed).
    lang : {"zh", "en"}
    codebook : Codebook, optional
        Labels of the levels; their names in the file where it has none.
    """

    published: Published
    figures: Mapping[str, Figure]
    lang: Lang
    codebook: Codebook | None = None

    # ------------------------------------------------------------ variables and levels
    def variable(self, name: str) -> str:
        """Return the label of a variable: the paper's, else the codebook's, else its name."""
        own = self.published.variables[name].label.text(self.lang)
        book = self.codebook
        asked = book[name].question.text(self.lang) if book and name in book else ""
        return clean(own or asked or name)

    def variables(self, names: Iterable[str]) -> str:
        """Return the labels of several variables."""
        return say("comma", self.lang).join(self.variable(n) for n in names)

    def _label(self, variable: str, level: str) -> str:
        if self.codebook is None or variable not in self.codebook:
            return ""
        choices = self.codebook[variable].choices
        found = next((c.label for c in choices if c.code == level), Label())
        return clean(found.text(self.lang))

    def level(self, variable: str, level: str) -> str:
        """Return the label of a level, else its name."""
        return self._label(variable, level) or level

    # ------------------------------------------------------------ figures
    def outcome(self, figure: Figure) -> str:
        """Return what is counted: "Takes part: often + occasionally"."""
        if isinstance(figure.of, tuple):
            return say("ratio", self.lang).format(top=figure.of[0], bottom=figure.of[1])
        colon = say("colon", self.lang)
        parts = [
            f"{self.variable(v)}{colon}{' + '.join(self.level(v, lv) for lv in levels)}"
            for v, levels in figure.where.items()
        ]
        return say("comma", self.lang).join(parts)

    def group(self, figure: Figure) -> str:
        """Return among whom: a label says it alone, a bare name needs its variable; "" for all."""
        return say("comma", self.lang).join(
            self._group(v, levels) for v, levels in figure.within.items()
        )

    def _group(self, variable: str, levels: Iterable[str]) -> str:
        labels = [self._label(variable, level) for level in levels]
        if all(labels):
            return " + ".join(labels)
        return f"{self.variable(variable)} {' + '.join(levels)}"

    def figure(self, id: str) -> str:
        """Return a figure (or a printed mean or test) in words, without its number."""
        for key, others in (("mean_of", self.published.means), ("test_of", self.published.tests)):
            if any(other.id == id for other in others):
                return say(key, self.lang).format(id=clean(id))
        figure = self.figures.get(id) or self.published.figure(id)
        if figure.label.text(self.lang):
            return clean(figure.label.text(self.lang))
        parts = [p for p in (self.group(figure), self._base(figure)) if p]
        inside = say("comma", self.lang).join(parts)
        outcome = self.outcome(figure)
        return say("within", self.lang).format(outcome=outcome, group=inside) if inside else outcome

    def _base(self, figure: Figure) -> str:
        return say("of_responses", self.lang) if figure.of == "responses" else ""

    def percent(self, printed: str | None) -> str:
        """Return a printed percentage, or that it is not printed."""
        if printed is None:
            return say("not_printed", self.lang)
        return f"{printed}%"

    def together(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return figures with their numbers, those of one outcome in one text."""
        by_outcome: dict[str, list[str]] = {}
        for id in ids:
            figure = self.figures[id]
            where = self.group(figure) or say("everyone", self.lang)
            if isinstance(figure.of, tuple) or figure.label.text(self.lang):
                by_outcome.setdefault(self.figure(id), []).append(self.percent(figure.percent))
            else:
                shown = f"{where} {self.percent(figure.percent)}"
                base = self._base(figure)
                outcome = self.outcome(figure)
                key = say("within", self.lang).format(outcome=outcome, group=base)
                by_outcome.setdefault(key if base else outcome, []).append(shown)
        dash, comma = say("dash", self.lang), say("comma", self.lang)
        return tuple(f"{outcome}{dash}{comma.join(cells)}" for outcome, cells in by_outcome.items())

    # ------------------------------------------------------------ claims
    def claim(self, claim: Claim) -> str:
        """Return a claim in words."""
        if claim.label.text(self.lang):
            return clean(claim.label.text(self.lang))
        if claim.kind == "association":
            names = [self.variable(n) for (n,) in claim.operands]
            return say("association", self.lang).format(a=names[0], b=names[1])
        if claim.kind == "largest" and any(
            m.id == claim.operands[0][0] for m in self.published.means
        ):
            rivals = mean_rivals(self.published.means, claim.operands[0][0])
            return say("rank", self.lang).format(
                a=self.figure(claim.operands[0][0]), rank=1, of=len(rivals) + 1
            )
        if claim.kind == "largest":
            return say("largest", self.lang).format(a=self.figure(claim.operands[0][0]))
        if claim.kind == "rank":
            return say("rank", self.lang).format(
                a=self.figure(claim.operands[0][0]), rank=claim.rank, of=len(claim.operands)
            )
        return self._order(claim)

    def _order(self, claim: Claim) -> str:
        """Return an order in words; what all its figures share is said once."""
        said = say("above" if claim.kind == "greater" else "rising", self.lang)
        if any(
            m.id == i for m in self.published.means for operand in claim.operands for i in operand
        ):
            return said.join(self.figure(i) for operand in claim.operands for i in operand)
        sides = [[self._known(i) for i in operand] for operand in claim.operands]
        outcomes = [self._joined(side) for side in sides]
        groups = [self.group(side[0]) for side in sides]
        if len(set(outcomes)) == 1 and all(groups):
            shared, parts = outcomes[0], groups
        elif len(set(groups)) == 1 and all(len(s) == 1 and len(s[0].where) == 1 for s in sides):
            shared, parts = self._shared_variable(sides)
        else:
            shared, parts = "", [" + ".join(self.figure(f.id) for f in side) for side in sides]
        order = said.join(parts)
        return f"{shared}{say('dash', self.lang)}{order}" if shared else order

    def _known(self, id: str) -> Figure:
        return self.figures.get(id) or self.published.figure(id)

    def _joined(self, side: list[Figure]) -> str:
        """Return the outcome of the sum of figures: levels of one variable are joined."""
        names = {tuple(f.where) for f in side}
        if len(names) == 1 and len(side[0].where) == 1:
            ((variable, _),) = side[0].where.items()
            levels = [lv for f in side for lv in f.where[variable]]
            shown = " + ".join(self.level(variable, lv) for lv in levels)
            return f"{self.variable(variable)}{say('colon', self.lang)}{shown}"
        return " + ".join(self.outcome(f) for f in side)

    def _shared_variable(self, sides: list[list[Figure]]) -> tuple[str, list[str]]:
        """Split levels of one variable, on one base, into the variable and the levels."""
        figures = [side[0] for side in sides]
        names = {tuple(f.where) for f in figures}
        if len(names) != 1:
            return "", [self.figure(f.id) for f in figures]
        (variable,) = names.pop()
        levels = [" + ".join(self.level(variable, lv) for lv in f.where[variable]) for f in figures]
        group = self.group(figures[0])
        name = self.variable(variable)
        return (
            say("within", self.lang).format(outcome=name, group=group) if group else name
        ), levels
