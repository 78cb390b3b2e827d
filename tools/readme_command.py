"""Print one of the README's commands, so that CI runs what the README says::

    python3 tools/readme_command.py main
    python3 tools/readme_command.py test

In the README a command stands in a fenced block after ``<!-- command: NAME -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
BLOCK = re.compile(r"<!-- command: (\w+) -->\n+```(?:bash|sh|console)\n(.*?)\n```", re.DOTALL)


def commands() -> dict[str, str]:
    """Return the README's commands by name."""
    return dict(BLOCK.findall(README.read_text(encoding="utf-8")))


if __name__ == "__main__":
    print(commands()[sys.argv[1]])
