"""Audits of simulated studies with claims and printed tests, whose truth is known::

    python benchmarks/simulated_claims.py [STUDIES] [LARGEST]

`tests/simulated_claims.py` says what is claimed and printed, and what must never come out.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from simulated_claims import run
from tally import Tally


def main() -> None:
    """Run and print what came out."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    largest = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    tally = Tally()
    for seed in range(studies):
        run(seed, largest, tally)
    tally.show()


if __name__ == "__main__":
    main()
