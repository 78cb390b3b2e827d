"""What ``import surveykit`` costs, as a ratio to ``import pandas`` in the same run::

    python benchmarks/import_cost.py

Each import runs in a fresh interpreter; the two take turns, so that a busy machine slows both.
The cost of starting Python is taken off. The median of the rounds is printed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
IMPORTS = {
    "python": "pass",
    "pandas": "import pandas",
    "surveykit": "import surveykit",
    "surveykit, and freq": "import surveykit; surveykit.freq",
    "surveykit, and audit": "import surveykit; surveykit.audit",
    "surveykit, and table": "import surveykit; surveykit.table",
}


def seconds(code: str) -> float:
    """Return the time of a fresh interpreter that runs `code`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the table of RESULTS.md."""
    for code in IMPORTS.values():  # once, so that everything is compiled and in the cache
        seconds(code)
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(ROUNDS):
        for name, code in IMPORTS.items():
            taken[name].append(seconds(code))
    median = {name: statistics.median(times) for name, times in taken.items()}
    bare = median.pop("python")
    pandas = median["pandas"] - bare
    print("| import | seconds | × pandas |\n|---|---|---|")
    for name, total in median.items():
        print(f"| {name} | {total - bare:.2f} | {(total - bare) / pandas:.2f} |")


if __name__ == "__main__":
    main()
