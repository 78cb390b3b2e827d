"""surveykit: survey analysis from raw export to publication, and audits of printed percentages.

The rooms of the house, low to high; a room imports only from rooms above it in this list,
and rooms on one line never import each other::

    errors      what can go wrong: one base class, messages with place and remedy
    text        languages, number formats, the width of Chinese in a terminal
    fonts       the font that comes with surveykit
    results     tidy rows that show themselves as pandas, text, Markdown, HTML
    rules       the small language of `where` and `asked_if`
    stats       arrays only: intervals, tests, association
    codebook    `Codebook`: what every column means, and its YAML
    io          one module for each source format: file to text and back
    survey      `Survey`: responses, codebook and design held together; `read`
    coding      text to codes, with blank, not asked and user-missing apart; `check`
    counts      the one pass over the data
    estimate · published    `freq`, `crosstab`, `mean`, `book`, … · `audit`, `reconstruct`
    release     which estimates are reliable: `mark_reliability`
    tables · plots          `table` and its renderers · figures
    report      a folder of tables, figures and one page that explains them
    studies     published studies, each in code that reads like its paper
    cli         the command line

The names below are the interface. What needs scipy, matplotlib or YAML is imported when it is
first used, so that ``import surveykit`` costs about as much as ``import pandas``.

Examples
--------
>>> import pandas as pd
>>> import surveykit as sk
>>> survey = sk.Survey(pd.DataFrame({"aware": ["yes", "no", "yes", "yes"]}))
>>> [(r.level, r.estimate) for r in sk.freq(survey, "aware").rows if r.stat == "percent"]
[('yes', 75.0), ('no', 25.0)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from surveykit.codebook import Codebook, Design, load_codebook
from surveykit.coding import check, reliability, response_rates
from surveykit.errors import SurveyKitError
from surveykit.survey import Survey, read, write

if TYPE_CHECKING:
    from surveykit import plots, tables
    from surveykit.estimate import (
        Estimates,
        Letters,
        association,
        book,
        crosstab,
        difference,
        freq,
        mean,
        quantile,
        ratio,
        repeated,
        total,
    )
    from surveykit.published import audit, load_published, reconstruct
    from surveykit.release import mark_reliability
    from surveykit.tables import table

__all__ = [
    "Codebook",
    "Design",
    "Estimates",
    "Letters",
    "Survey",
    "SurveyKitError",
    "__version__",
    "association",
    "audit",
    "book",
    "check",
    "crosstab",
    "difference",
    "freq",
    "load_codebook",
    "load_published",
    "mark_reliability",
    "mean",
    "plots",
    "quantile",
    "ratio",
    "read",
    "reconstruct",
    "reliability",
    "repeated",
    "response_rates",
    "table",
    "tables",
    "total",
    "write",
]

__version__ = "0.1.0"

# name → the room that holds it; imported when the name is first used
_LATER = {
    "Estimates": "estimate",
    "Letters": "estimate",
    "association": "estimate",
    "audit": "published",
    "book": "estimate",
    "crosstab": "estimate",
    "difference": "estimate",
    "freq": "estimate",
    "load_published": "published",
    "mark_reliability": "release",
    "mean": "estimate",
    "plots": "plots",
    "quantile": "estimate",
    "ratio": "estimate",
    "reconstruct": "published",
    "repeated": "estimate",
    "table": "tables",
    "tables": "tables",
    "total": "estimate",
}


def __getattr__(name: str) -> Any:
    """Import what is not needed at once (PEP 562)."""
    from importlib import import_module

    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = import_module(f"{__name__}.{_LATER[name]}")
    value = room if name == _LATER[name] else getattr(room, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the interface, whether imported yet or not."""
    return sorted({*globals(), *__all__})
