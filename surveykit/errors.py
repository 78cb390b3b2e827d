"""Errors: one base class, few subclasses, one way to write a message.

Every message says what happened and where, what was got and what is allowed, and
(as ``Hint:``) what to do about it. The command line prints the message and exits with 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "InputError",
    "MissingDependencyError",
    "SurveyKitError",
    "UnknownNameError",
    "UnsupportedError",
    "UsageError",
    "expect",
]


class SurveyKitError(Exception):
    """Base of every error that surveykit raises on purpose.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    where : str, optional
        File and place in it (``"survey.csv, line 3"``), put in front of the message.
    hint : str, optional
        What the user can do, added as ``Hint: …``.

    Examples
    --------
    >>> print(SurveyKitError("no rows.", where="a.csv", hint="export it again."))
    a.csv: no rows. Hint: export it again.
    """

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.message = message
        self.where = where
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} Hint: {self.hint}" if self.hint else text


class InputError(SurveyKitError, ValueError):
    """A file or a frame cannot be read, or contradicts its description."""


class UsageError(SurveyKitError, ValueError):
    """A call or a command asks for something that makes no sense."""


def expect(value: object, kind: type, *, hint: str) -> None:
    """Raise unless `value` is a `kind`: a frame where a survey or its estimates are wanted.

    Examples
    --------
    >>> try:
    ...     expect([1], dict, hint="dict(pairs).")
    ... except UsageError as error:
    ...     print(error)
    a dict is expected first; got list. Hint: dict(pairs).
    """
    if not isinstance(value, kind):
        name, got = kind.__name__, type(value).__name__
        article = "an" if name[0] in "AEIO" else "a"
        raise UsageError(f"{article} {name} is expected first; got {got}.", hint=hint)


class UnsupportedError(SurveyKitError, NotImplementedError):
    """A combination that surveykit does not compute, said rather than guessed."""


class MissingDependencyError(SurveyKitError, ImportError):
    """An optional package is needed; the message names the extra to install."""

    @classmethod
    def for_extra(cls, package: str, extra: str, purpose: str) -> MissingDependencyError:
        """Build the message for a missing optional `package`."""
        return cls(
            f"{purpose} needs the package {package!r}, which is not installed.",
            hint=f"pip install 'surveykit[{extra}]'",
        )


class UnknownNameError(SurveyKitError, KeyError):
    """A name (variable, level, scenario, key …) that does not exist."""

    @classmethod
    def for_name(
        cls,
        kind: str,
        name: str,
        allowed: Iterable[str],
        *,
        where: str | None = None,
    ) -> UnknownNameError:
        """Build the message, with the near miss if there is one.

        Examples
        --------
        >>> print(UnknownNameError.for_name("variable", "incme", ["age", "income"]))
        unknown variable 'incme'. Hint: did you mean 'income'? Allowed: age, income.
        """
        names = list(allowed)
        close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
        shown = ", ".join(names[:20]) + (f", … ({len(names)} in all)" if len(names) > 20 else "")
        near = f"did you mean {close[0]!r}? " if close else ""
        return cls(
            f"unknown {kind} {name!r}.", where=where, hint=f"{near}Allowed: {shown or 'none'}."
        )
