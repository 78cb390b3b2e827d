"""Options that several commands take, declared once: a group is a dataclass of options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

__all__ = ["gathered"]

Command = Callable[..., None]


def gathered(command: Command) -> Command:
    """Return the command with the options of its groups after its own.

    Parameters
    ----------
    command : function
        Parameters annotated with a dataclass are groups; its fields are annotated as options
        are, and have defaults.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size:
    ...     width: int = 1
    ...     height: int = 2
    >>> def area(name: str, size: Size) -> None:
    ...     print(name, size.width * size.height)
    >>> made = gathered(area)
    >>> list(inspect.signature(made).parameters)
    ['name', 'width', 'height']
    >>> made("a", width=3, height=4)
    a 12
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {n: t for n, t in hints.items() if isinstance(t, type) and is_dataclass(t)}
    own = [
        parameter.replace(annotation=hints[name])
        for name, parameter in inspect.signature(command).parameters.items()
        if name not in groups
    ]
    parameters = [*own, *(option for group in groups.values() for option in _options(group))]
    signature = inspect.Signature(parameters)

    def run(*args: Any, **options: Any) -> None:
        values = dict(signature.bind(*args, **options).arguments)
        held = {name: _taken(group, values) for name, group in groups.items()}
        command(**values, **held)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__module__ = command.__module__
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def _options(group: type) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [
        inspect.Parameter(f.name, kind, default=f.default, annotation=hints[f.name])
        for f in fields(group)
    ]


def _taken(group: type, values: dict[str, Any]) -> Any:
    """Make a group of its options, and take them out of `values`."""
    return group(**{f.name: values.pop(f.name) for f in fields(group) if f.name in values})
