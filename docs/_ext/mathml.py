"""Formulas as MathML, made at the build: no script runs and nothing is fetched when a page is read."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert


def inline(self: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(_mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def block(self: Any, node: nodes.math_block) -> None:
    """Write a formula on lines of its own; ``\\\\`` begins a new line."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate"))
    for line in re.split(r"\\\\\s*\n", node.astext()):
        self.body.append(_mathml(line.strip(), "block"))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _mathml(formula: str, display: str) -> str:
    made = convert(formula, display=display)
    label = formula.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return made.replace("<math ", f'<math aria-label="{label}" ', 1)


def setup(app: Any) -> dict[str, Any]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
