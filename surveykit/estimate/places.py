"""Estimates by their place in a display: what tables and figures both look up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from surveykit.estimate._estimates import Estimate, Estimates, told_apart
from surveykit.text import clean, feasible_range

__all__ = ["Bases", "Group", "Places", "Ranges", "told_apart"]

Group = tuple[str, str]
"""(by, by_code); ("", "") is the total."""

Ranges = Mapping[tuple[str, str, str, str], tuple[float, float]]
"""(variable, level_code, by, by_code) to the feasible range; level_code "" is the base."""

Bases = Mapping[tuple[str, str, str], str]
"""(variable, by, by_code) to the mark of the group's size."""


@dataclass(frozen=True, slots=True)
class Places:
    """The rows of `estimates` by place, the size of each group, and whether it is known.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Estimates, Spec
    >>> row = Estimate("aware", "Yes", "1", "sex", "Men", "m", "percent", 61.5, n=130)
    >>> places = Places.of(Estimates((row,), Spec("crosstab", ("aware",), ("sex",))))
    >>> places.base("aware", ("sex", "m")), places.groups(["percent"])
    (130, {('sex', 'm'): 'Men'})
    """

    estimates: Estimates
    rows: Mapping[tuple[str, str, str, str, str], Estimate]
    sizes: Mapping[tuple[str, str, str], int]
    known: Mapping[tuple[str, str, str], bool]
    ranges: Ranges

    @classmethod
    def of(
        cls, estimates: Estimates, ranges: Ranges | None = None, bases: Bases | None = None
    ) -> Places:
        """Index `estimates`; `ranges` and `bases` add what its rows do not say."""
        stated = {place: mark != "arbitrary" for place, mark in (bases or {}).items()}
        return cls(
            estimates,
            {(r.variable, r.level_code, r.by, r.by_code, r.stat): r for r in estimates.rows},
            _sizes(estimates),
            _known(estimates) | stated,
            ranges or {},
        )

    def row(self, variable: str, level: str, group: Group, stat: str) -> Estimate | None:
        """Return the row of one statistic of one cell."""
        return self.rows.get((variable, level, *group, stat))

    def levels(self, variable: str, stats: Collection[str]) -> dict[str, str]:
        """Return code to label of the levels that have one of `stats`, in the order of the rows.

        Where two levels have one label, their codes stand behind it.
        """
        kept = (r for r in self.estimates.rows if r.variable == variable and r.stat in stats)
        return told_apart({r.level_code: clean(r.level) for r in kept})

    def groups(self, stats: Collection[str]) -> dict[Group, str]:
        """Return the total and every group with its label, in the order of the banner."""
        held = {(r.by, r.by_code): r.by_level for r in self.estimates.rows if r.stat in stats}
        for by in {by for by, _ in held if "*" not in by}:
            own = {code: label for (name, code), label in held.items() if name == by}
            held |= {(by, code): label for code, label in told_apart(own).items()}
        order = {by: i for i, by in enumerate(("", *self.estimates.spec.by))}
        return dict(sorted(held.items(), key=lambda item: order.get(item[0][0], len(order))))

    def question(self, name: str, cross: str = " × ") -> str:
        """Return the question of a variable; of ``a*b`` both, with `cross` between."""
        asked = self.estimates.spec.questions
        names = [name] if name in asked else name.split("*")
        return clean(cross.join(asked.get(part, part) for part in names))

    def base(self, variable: str, group: Group) -> int | None:
        """Return the unweighted base of a group: the valid answers in it."""
        return self.sizes.get((variable, *group))

    def base_known(self, variable: str, group: Group) -> bool:
        """Whether the size of a group is printed or implied (always, outside synthetic data)."""
        synthetic = self.estimates.spec.synthetic
        return not synthetic or self.known.get((variable, *group), False)

    def span(self, row: Estimate) -> tuple[float, float] | None:
        """Return the feasible range of a cell that is not printed, where it is known."""
        place = (row.variable, row.level_code, row.by, row.by_code)
        return self.ranges.get(place) or feasible_range(row.note)

    def base_span(self, variable: str, group: Group) -> tuple[float, float] | None:
        """Return the feasible range of a group's size, where it is known."""
        return self.ranges.get((variable, "", *group))


_OTHER_BASES = frozenset(
    (
        "asked",
        "answered",
        "missing",
        "percent_of_all",
        "percent_of_asked",
        "percent_of_responses",
        "responses",
        "row_percent",
        "total_percent",
    )
)


def _sizes(estimates: Estimates) -> dict[tuple[str, str, str], int]:
    """Take the base from the statistics whose base is the group itself."""
    found: dict[tuple[str, str, str], int] = {}
    for row in estimates.rows:
        if row.n is not None and row.stat not in _OTHER_BASES:
            place = (row.variable, row.by, row.by_code)
            found[place] = max(row.n, found.get(place, 0))
    return found


def _known(estimates: Estimates) -> dict[tuple[str, str, str], bool]:
    """A group's size is known when every count in it is printed or implied."""
    found: dict[tuple[str, str, str], bool] = {}
    for row in estimates.rows:
        if row.stat == "count":
            place = (row.variable, row.by, row.by_code)
            found[place] = found.get(place, True) and row.mark in ("printed", "implied")
    return found
