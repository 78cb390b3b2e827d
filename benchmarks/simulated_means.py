"""Simulated studies with printed means and known truth, each with one planted misprint::

    python benchmarks/simulated_means.py [STUDIES] [MOST] [LARGE] [LARGEST]

STUDIES of up to MOST respondents are compared with every table that there is (`tests/brute_means.py`:
no code of the package in it): the truth must be possible, ranges must hold it, and a misprint be
found whenever no table prints everything. LARGE studies of up to LARGEST respondents, too many to
list, must never lose the truth.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import brute_means
from means_check import audited, check, statuses, weak
from tally import Tally


def large(seed: int, most: int, tally: Tally) -> None:
    """Audit a study too large to list, as it was drawn and with a misprint."""
    study = brute_means.drawn(seed, most)
    result = audited(study)
    where = f"seed {seed}, n = {study.problem.n}"
    tally.seen["large studies"] += 1
    tally.seen["large, by necessary conditions"] += weak(result)
    tally.wrong += [f"{where}: {i} {s}" for i, s in statuses(result).items() if s != "possible"]
    for m in result.means.means:
        n, total, _ = study.truth[m.id]
        for value, span in ((n, m.base), (total, m.sum)):
            if span is not None and not span[0] <= value <= span[1]:
                tally.wrong.append(f"{where}: {m.id} {span} leaves out {value}")
    brute_means.misprint(study, seed)
    found = any(s != "possible" for s in statuses(audited(study)).values())
    tally.seen["large, misprint found" if found else "large, misprint not found"] += 1


def main() -> None:
    """Run and print what came out."""
    given = [int(x) for x in sys.argv[1:]]
    studies, most, many, largest = (given + [240, 6, 40, 120][len(given) :])[:4]
    tally = Tally()
    for seed in range(studies):
        check(seed, most, tally)
    for seed in range(many):
        large(seed, largest, tally)
    tally.show()


if __name__ == "__main__":
    main()
