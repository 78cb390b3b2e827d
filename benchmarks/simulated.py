"""Audits of simulated studies with known truth, each with one planted misprint::

    python benchmarks/simulated.py [STUDIES] [LARGEST]

`tests/simulated.py` says what is drawn and what is asked of CP-SAT (ortools), which is needed here.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from simulated import run
from tally import Tally


def main() -> None:
    """Run and print what came out."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    largest = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    tally = Tally()
    for seed in range(studies):
        run(seed, largest, tally, solver=True)
    tally.show()


if __name__ == "__main__":
    main()
