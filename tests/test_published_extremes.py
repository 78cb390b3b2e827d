"""Limits of chi-square that are proven without listing the tables, against listing them."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from published_cases import printed

from surveykit.published import audit
from surveykit.published.claims import ClaimVerdict
from surveykit.published.extremes import chi2_of
from surveykit.published.load import parse_published
from surveykit.published.solve import Group
from surveykit.published.states import TooLargeError


def study(seed: int, n: int, groups: int, spread: float = 0.15) -> str:
    """Shares by groups without decimals, everyone's share, and a claim of association."""
    rng = np.random.default_rng(seed)
    g = rng.integers(0, groups, n)
    yes = rng.random(n) < 0.4 + spread * (g / (groups - 1) - 0.5)
    figures = [
        {
            "id": f"f{j}", "where": {"o": "yes"}, "within": {"g": f"g{j}"},
            "percent": printed(int(yes[g == j].sum()), int((g == j).sum()), 0),
        }
        for j in range(groups)
    ]  # fmt: skip
    figures.append({"id": "all", "where": {"o": "yes"}, "percent": printed(int(yes.sum()), n, 0)})
    levels = {"levels": [f"g{j}" for j in range(groups)]}
    return json.dumps(
        {
            "surveykit": "published/1",
            "study": {"title": "made up"},
            "variables": {"g": levels, "o": {"levels": ["yes", "no"]}},
            "counts": [{"id": "n", "count": str(n)}],
            "figures": figures,
            "claims": [{"id": "c", "association": ["g", "o"], "test": "chi2", "alpha": "0.05"}],
        }
    )


def judged(text: str) -> ClaimVerdict:
    return audit(parse_published(text)).readings[0].claims[0]


@pytest.mark.parametrize("seed", range(8))
def test_the_limits_hold_every_table_and_are_near(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = study(seed, 150, 3, (0.02, 0.3, 0.6)[seed % 3])
    exact = judged(text)

    def too_many(*_: object, **__: object) -> None:
        raise TooLargeError("made too large")

    monkeypatch.setattr(Group, "project", too_many)
    bounded = judged(text)
    assert exact.statistic
    assert bounded.statistic
    assert bounded.statistic[0] <= exact.statistic[0] * (1 + 1e-12)
    assert exact.statistic[1] <= bounded.statistic[1] * (1 + 1e-12)
    assert bounded.statistic[1] < 1.1 * exact.statistic[1] + 0.5
    assert bounded.verdict in (exact.verdict, "not evaluated")
    assert bounded.tables == exact.tables
    assert "proven" in bounded.why.en


def test_tables_too_many_to_list_get_a_verdict_with_two_tables() -> None:
    text = study(5, 1500, 4, 0.03)
    verdict = judged(text)
    assert verdict.verdict == "undetermined"
    assert verdict.tables is not None
    assert verdict.tables > 3_000_000
    values = []
    for witness in verdict.witnesses:
        rows = [(n, a) for a, n in witness.values()]
        assert sum(n for n, _ in rows) == 1500
        for id, (a, n) in witness.items():
            (percent,) = (f["percent"] for f in json.loads(text)["figures"] if f["id"] == id)
            assert printed(a, n, 0) == percent
        values.append(chi2_of(rows))
    assert values[0] > Fraction("7.8147") > values[1]


def test_a_strong_association_holds_in_all_of_many_tables() -> None:
    verdict = judged(study(5, 1500, 4, 0.5))
    assert verdict.verdict == "holds in all"
    assert verdict.p
    assert verdict.p[1] < 0.05
