"""What an audit of printed percentages refuses, with the reason."""

from __future__ import annotations

from surveykit.codebook import Tree

__all__ = ["refuse_weighted"]


def refuse_weighted(tree: Tree) -> None:
    """Refuse weighted percentages wherever a file declares them.

    Raises
    ------
    InputError
        Naming file and line of the key, why, and what to do.
    """
    if not isinstance(tree.value, dict):
        return
    for key in ("weighted", "weights", "weight"):
        if key in tree.value and tree.value[key].value != "false":
            tree.value[key].fail(
                "weighted percentages have no whole numbers of respondents behind them: a share is "
                "a sum of weights over a sum of weights, so that any digits can occur and none can "
                "be refuted.",
                "leave the figure out; write down what the paper prints unweighted, such as "
                "the numbers of respondents.",
            )
