"""Audits of simulated studies with claims and printed tests, whose truth is known::

    python benchmarks/simulated_claims.py [STUDIES] [LARGEST]

`tests/simulated_claims.py` says what is claimed and printed, and what must never come out.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from simulated_claims import Tally, run


def main() -> None:
    """Run and print what came out."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    largest = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    tally, start = Tally(), time.perf_counter()
    for seed in range(studies):
        run(seed, largest, tally)
    for what, number in sorted(tally.seen.items()):
        print(f"{number:5d}  {what}")
    print(f"{len(tally.wrong):5d}  wrong", *tally.wrong, sep="\n")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
