"""Published figures: what a paper printed, every respondent table that could have printed it.

`document` holds what `load` reads from `published.yaml`; `rounding` says which counts print a
percentage; `model` applies
a reading and groups figures that share an unknown; `local`, `fold`, `relation` and `states` list and
count the feasible tables of a group, `solve` puts them together; `program` and `certain` give ranges
where they are too many to follow; `conflicts` and `repairs` explain a
group without any; `claims` are judged over all tables; `audit` runs the stages in order. `draw`
takes one table at random, `glue` builds respondents on it, `arbitrary` adds what no figure pins,
`records` runs both in order, `reconstruct` writes SYNTHETIC files. `verify` holds real data against
the paper: `observed` counts its cells, `comparing` is one comparison, `verify_claims` its claims. `grids` reads tables typed as CSV,
`digits` and `transcription` digits that cannot be read, `second` compares two transcriptions,
`schema` describes the file to editors.
"""

from surveykit.published.audit import Audit, FigureVerdict, GroupVerdict, ReadingAudit, audit
from surveykit.published.claims import ClaimVerdict
from surveykit.published.comparing import Comparison
from surveykit.published.document import Published
from surveykit.published.load import load_published
from surveykit.published.reconstruct import Synthesis, reconstruct, synthesize
from surveykit.published.rounding import Printed, count_range
from surveykit.published.second import Transcriptions, compare_transcriptions
from surveykit.published.verify import Verification, verify

__all__ = [
    "Audit",
    "ClaimVerdict",
    "Comparison",
    "FigureVerdict",
    "GroupVerdict",
    "Printed",
    "Published",
    "ReadingAudit",
    "Synthesis",
    "Transcriptions",
    "Verification",
    "audit",
    "compare_transcriptions",
    "count_range",
    "load_published",
    "reconstruct",
    "synthesize",
    "verify",
]
