"""Which printed means synthetic records are asked to print, and why others are not."""

from __future__ import annotations

from surveykit.codebook import Codebook
from surveykit.published.audit import ReadingAudit
from surveykit.published.document import Published, Scenario
from surveykit.published.document_means import PrintedMean
from surveykit.published.matching import match_variable
from surveykit.published.means_audit import means_of
from surveykit.published.means_records import MeansToMeet
from surveykit.text import Label

__all__ = ["NOT_FOUND", "OVER_N", "means_to_meet"]

NOT_FOUND = Label(
    "在抽出的表上没有找到印成这样的记录。",
    "no records that print it were found on the drawn tables.",
)


OVER_N = Label(
    "标准差只在除数为 n 时印成这样，普通制表除以 n − 1。",
    "its SD prints so with the divisor n only; the ordinary tabulation divides by n - 1.",
)


def means_to_meet(
    published: Published,
    result: ReadingAudit,
    scenario: Scenario,
    codebook: Codebook,
) -> tuple[MeansToMeet, dict[str, Label]]:
    """Return the means that synthetic records are to print, and why the others are not asked."""
    found = {v.id: v for v in result.means.means}
    wanted: list[PrintedMean] = []
    refused: dict[str, Label] = {}
    for mean in means_of(published, scenario):
        why = _refused(mean, found[mean.id].status, published, codebook)
        if why is None:
            wanted.append(mean)
        else:
            refused[mean.id] = why
    bases = {m.id: base for m in wanted if (base := found[m.id].base) is not None}
    return MeansToMeet(tuple(wanted), bases), refused


def _refused(
    mean: PrintedMean, status: str, published: Published, codebook: Codebook
) -> Label | None:
    """Say why a mean cannot be asked of records, None when it can."""
    variable = published.variables.get(mean.of)
    book = codebook.variables.get(mean.of)
    if status != "possible":
        return Label(f"它在此读法中是 {status}。", f"it is {status} in this reading.")
    if mean.n is not None:
        return Label("它的基数不是本文件的人数。", "its base is no number of people of the file.")
    if mean.items > 1:
        return Label(
            "它是几个题目的平均分。", "it is of several items, which are no variable of the file."
        )
    if variable is None or book is None:
        return Label(f"{mean.of} 不是已声明的变量。", f"{mean.of!r} is no declared variable.")
    if len(mean.within) > 1 or any(published.variables[n].kind == "multiple" for n in mean.within):
        return Label(
            "它的分组不是一个单选变量。", "its group is not one of a single-choice variable."
        )
    if any(n not in codebook.variables for n in mean.within):
        return Label("编码表没有它的分组变量。", "the codebook lacks its grouping.")
    if any(n in rule for rule in published.impossible for n in mean.within):
        return Label(
            "它的分组出现在 impossible 里。", "its grouping stands in `impossible` combinations."
        )
    if book.asked_if:
        return Label("并非人人被问到这一题。", "not everybody was asked this question.")
    codes = match_variable(mean.of, variable.levels, book, multiple=False, path=codebook.path).codes
    texts = [codes[lv] for lv in variable.levels]
    if book.kind != "scale" or texts != [str(s) for s in mean.scores]:
        return Label(
            f"编码表中 {mean.of} 不是以得分为编码的 scale，普通读取算不出同一平均数。",
            f"{mean.of!r} is no `kind: scale` with the scores as codes in the codebook, so that the "
            "ordinary reader makes another mean of it.",
        )
    return None
