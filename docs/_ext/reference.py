"""``{reference} module [name …]``: the public names of a room, a list of them first.

Without names, those of the module's ``__all__``; what a module only passes on is left out where
``:own:`` is set.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any, ClassVar

from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective


class Reference(SphinxDirective):
    """Write autodoc's directives for a room."""

    required_arguments = 1
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"own": directives.flag}

    def run(self) -> list[Any]:
        """Return the nodes of every name."""
        module = importlib.import_module(self.arguments[0])
        asked = self.arguments[1].split() if len(self.arguments) > 1 else list(module.__all__)
        lines = [f".. py:module:: {module.__name__}", ""]
        lines += [line for name in asked for line in _entry(module, name, "own" in self.options)]
        return self._rst(lines)

    def _rst(self, lines: list[str]) -> list[Any]:
        from docutils import nodes
        from docutils.statemachine import StringList

        node = nodes.container()
        node.document = self.state.document
        source = StringList(lines, source=self.arguments[0])
        self.state.nested_parse(source, self.content_offset, node)
        return node.children


def _entry(module: Any, name: str, own: bool) -> list[str]:
    found = getattr(module, name)
    if inspect.ismodule(found) or name == "__version__":
        return []
    if own and getattr(found, "__module__", module.__name__) != module.__name__:
        return []
    if inspect.isclass(found):
        return [f".. autoclass:: {module.__name__}.{name}", "   :members:", ""]
    if inspect.isroutine(found):
        return [f".. autofunction:: {module.__name__}.{name}", ""]
    if type(found).__module__ == "typing" or not hasattr(found, "__doc__"):
        return []
    return []


def setup(app: Any) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("reference", Reference)
    return {"parallel_read_safe": True}
