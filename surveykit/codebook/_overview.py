"""A codebook as rows to look at: what SPSS shows as its variable view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from surveykit.results import Rows
from surveykit.text import Lang

if TYPE_CHECKING:
    from surveykit.codebook._model import Choice, Variable

__all__ = ["Overview"]


@dataclass(frozen=True, slots=True, repr=False)
class Overview(Rows):
    """The variables of a codebook in its order, one row for each.

    Attributes
    ----------
    variables : mapping of str to Variable
    lang : {"zh", "en"}
        Language of questions and labels.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "variable", "question", "kind", "choices", "missing", "asked_if", "source", "identifier",
    )  # fmt: skip

    variables: Mapping[str, Variable]
    lang: Lang = "zh"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one row for each variable."""
        return [
            dict(zip(self.columns, (
                name, v.question.text(self.lang), v.kind, _listed(v.choices, self.lang),
                _listed(v.missing, self.lang), v.asked_if or "", v.source or "",
                "yes" if v.identifier else "",
            ), strict=True))
            for name, v in self.variables.items()
        ]  # fmt: skip

    def _spoken(self) -> Literal["zh", "en"]:
        return self.lang


def _listed(choices: Iterable[Choice], lang: Lang) -> str:
    """Return choices as ``code label``, or the code where the label says no more."""
    said = ((c.code, c.label.text(lang)) for c in choices)
    return " · ".join(code if label in ("", code) else f"{code} {label}" for code, label in said)
