"""What came out of many simulated studies."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What came out, and every study in which something is wrong."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.perf_counter)

    def show(self) -> None:
        """Print it, with the time that it took."""
        for what, number in sorted(self.seen.items()):
            print(f"{number:5d}  {what}")
        print(f"{len(self.wrong):5d}  wrong", *self.wrong, sep="\n")
        print(f"{time.perf_counter() - self.begun:.0f} s")
