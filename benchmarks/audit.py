"""Times of the audit: the Badong paper's groups of figures, then larger papers (`feasible.py`)::

    python benchmarks/audit.py

The audit counts every feasible table of a group and gives exact ranges. HiGHS (scipy's `milp`) is
asked for less: one table, or that there is none, in floating point. Both formulations are of the
same figures; that of HiGHS is written out below by hand, apart from the package. Its answer
"infeasible" is no proof, and its table is checked in integers here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from feasible import main as larger_papers
from scipy.optimize import Bounds, LinearConstraint, milp

from surveykit.published import audit, load_published
from surveykit.published.model import Item, Reading, groups_of, read_as
from surveykit.published.solve import group_for
from surveykit.studies.badong import files

N = 385
Terms = Mapping[str, float]


# ---------------------------------------------------------------- HiGHS
@dataclass
class Program:
    """Whole unknowns from 0 to N and linear rules on them."""

    names: list[str] = field(default_factory=list)
    rules: list[tuple[Terms, float, float]] = field(default_factory=list)

    def rule(self, terms: Terms, low: float, high: float) -> None:
        """Add ``low <= terms <= high``."""
        self.names += [n for n in terms if n not in self.names]
        self.rules.append((terms, low, high))

    def prints(self, percent: str, count: str, base: Terms) -> None:
        """`count` of `base` prints as `percent`; ties are allowed at both ends."""
        digits, decimals = int(percent.replace(".", "")), len(percent.partition(".")[2])
        scale = 200 * 10**decimals
        for sign, bound in ((1, 2 * digits - 1), (-1, -(2 * digits + 1))):
            terms = {name: -bound * times for name, times in base.items()}
            terms[count] = terms.get(count, 0) + sign * scale
            self.rule(terms, 0, np.inf)

    def solve(self) -> tuple[bool, bool]:
        """Return whether a table was found, and whether it holds in whole numbers."""
        at = {name: i for i, name in enumerate(self.names)}
        matrix = np.zeros((len(self.rules), len(at)))
        for row, (terms, _, _) in enumerate(self.rules):
            for name, times in terms.items():
                matrix[row, at[name]] = times
        low, high = (np.array([r[i] for r in self.rules]) for i in (1, 2))
        found = milp(
            np.zeros(len(at)),
            constraints=LinearConstraint(matrix, low, high),
            integrality=np.ones(len(at)),
            bounds=Bounds(0, N),
        )
        if found.x is None:
            return False, False
        sums = matrix @ np.rint(found.x)
        return True, bool(((low <= sums) & (sums <= high)).all())


def participation(*, all_answered: bool) -> Program:
    """Participation, by education, and the reason for not taking part (11 printed figures)."""
    program = Program()
    slack = 0 if all_answered else N
    total = {"often": 1, "occasionally": 1, "never": 1}
    program.rule(total, N if all_answered else 1, N)
    program.prints("50.1", "never", total)
    program.prints("14.8", "often", total)
    program.rule({"never": 1, "reason": -1}, 0, slack)
    program.rule({"reason": 1, "no_time": -1}, 0, N)
    program.prints("40.9", "no_time", {"reason": 1})
    groups = {
        "college": ("15.1", "37.8"),
        "senior": ("13.7", "37.0"),
        "junior": ("15.9", "28.0"),
        "primary": ("14.3", "28.6"),
    }
    for group, (often, occasionally) in groups.items():
        base = {f"{level} {group}": 1 for level in total}
        program.rule(base, 1, N)
        program.prints(often, f"often {group}", base)
        program.prints(occasionally, f"occasionally {group}", base)
    for level in total:
        program.rule({level: 1} | {f"{level} {g}": -1 for g in groups}, 0, slack)
    return program


def awareness(*, all_answered: bool) -> Program:
    """Awareness by type of village and age, what to improve by type of village (10 printed figures)."""
    program = Program()
    slack = 0 if all_answered else N
    program.rule({"size demonstration": 1, "size other": 1}, N, N)
    shares = {
        "demonstration": ("72.5", {"formality": "13.8"}),
        "other": ("54.3", {"formality": "28.1", "attention": "21.6", "conditions": "14.8"}),
    }
    for village, (aware, named) in shares.items():
        base = {f"yes {village}": 1, f"no {village}": 1}
        program.rule(base, 1, N)
        program.rule({f"size {village}": 1} | dict.fromkeys(base, -1), 0, slack)
        program.prints(aware, f"yes {village}", base)
        answered = f"improve {village}"
        program.rule({answered: 1}, 1, N)
        program.rule({f"size {village}": 1, answered: -1}, 0, slack)
        for option, percent in named.items():
            program.rule({answered: 1, f"{option} {village}": -1}, 0, N)
            program.prints(percent, f"{option} {village}", {answered: 1})
    ages = {"12-18": "41", "19-35": "53.3", "36-60": "70", "61-70": "72"}
    for age, percent in ages.items():
        base = {f"yes {age}": 1, f"no {age}": 1}
        program.rule(base, 1, N)
        program.prints(percent, f"yes {age}", base)
    for level in ("yes", "no"):
        everyone = {f"{level} {village}": 1 for village in shares}
        program.rule(everyone | {f"{level} {age}": -1 for age in ages}, 0, slack)
    return program


PROGRAMS = {"often_college": participation, "aware_other": awareness}


# ---------------------------------------------------------------- the package
def timed_group(reading: Reading, items: list[Item]) -> tuple[str, float, float]:
    """Return the number of tables, the time to count them, and that of all ranges."""
    start = time.perf_counter()
    group = group_for(reading, items)
    number = f"{group.number:,}" if group.feasible else "none"
    counted = time.perf_counter()
    if group.feasible:
        for item in items:
            group.ranges(item)
    return number, counted - start, time.perf_counter() - counted


def main() -> None:
    """Print the table of RESULTS.md."""
    published = load_published(files() / "published.yaml")
    print("| reading | group | figures | tables | count them | all ranges | HiGHS: one table | × |")
    print("|---|---|---|---|---|---|---|---|")
    for name in ("as_printed", "nonresponse"):
        reading = read_as(published, published.scenario(name), {})
        printed = [i for i in reading.items if i.percent is not None]
        for items in groups_of(reading, [*printed, *reading.evidence]):
            key = next((i.id for i in items if i.id in PROGRAMS), None)
            if key is not None:
                number, count, ranges = timed_group(reading, list(items))
                program = PROGRAMS[key](all_answered=name == "as_printed")
                start = time.perf_counter()
                found, whole = program.solve()
                taken = time.perf_counter() - start
                answer = "none" if not found else "one" if whole else "one, wrong in integers"
                print(
                    f"| {name} | {key} … | {len(items)} | {number} | {count:.2f} s "
                    f"| {ranges:.2f} s | {answer}, {taken:.2f} s | {count / taken:.1f} |"
                )
    start = time.perf_counter()
    done = audit(published)
    print(f"\nAll {len(done.readings)} readings with conflicts, repairs and claims: ", end="")
    print(f"{time.perf_counter() - start:.1f} s.\n")
    larger_papers()


if __name__ == "__main__":
    main()
