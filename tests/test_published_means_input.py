"""The section `means` of published.yaml: one clear message for each mistake, with file and line."""

from __future__ import annotations

import pytest

from surveykit.errors import SurveyKitError
from surveykit.published import audit
from surveykit.published.load import parse_published

HEAD = """surveykit: published/1
study: {title: A survey}
variables:
  score: {levels: ["1", "2", "3"]}
  words: {levels: [low, high]}
  twice: {levels: ["1", "01"]}
  village: {levels: [demo, other]}
  likes: {kind: multiple, levels: [a, b]}
counts:
  - {id: all, count: "40"}
  - {id: demo, count: "15", where: {village: demo}}
means:
"""
LINE = HEAD.count("\n") + 1

CASES = [
    ('{of: score, mean: "2.1"}', "the key 'id' is missing", "of: satisfaction"),
    ('{id: m, mean: "2.1"}', "the key 'of' is missing", "of: satisfaction"),
    ("{id: m, of: score}", "neither `mean` nor `sd` is given", "sd:"),
    ('{id: m, of: score, mena: "2.1"}', "unknown key in a mean: 'mena'", "did you mean 'mean'"),
    ("{id: m, of: score, mean: 2.10}", "must be a string, got the number 2.10", 'mean: "2.10"'),
    ('{id: m, of: score, mean: "two"}', "'two' is not a printed mean", "digits as printed"),
    ('{id: m, of: score, mean: "2,1"}', "'2,1' is not a printed mean", 'mean: "2.1"'),
    ('{id: m, of: score, mean: "2.1±0.8"}', "is not a printed mean", 'mean: "2.1", sd: "0.8"'),
    ('{id: m, of: score, mean: "2.1 (0.8)"}', "is not a printed mean", 'mean: "2.1", sd: "0.8"'),
    ('{id: m, of: score, mean: "21%"}', "is not a printed mean", "`figures`"),
    ('{id: m, of: score, mean: "2.?"}', "is not a printed mean", "`scenarios`"),
    ('{id: m, of: score, mean: "2.1", sd: "-0.8"}', "is not negative, got '-0.8'", "check"),
    ('{id: m, of: words, mean: "1.2"}', "are no whole numbers (low, high)", "scores: [1, 2, …]"),
    ('{id: m, of: twice, mean: "1.2"}', "two levels of 'twice' are the same", "scores:"),
    ('{id: m, of: likes, mean: "1.2"}', "multiple-response question", "range: [0, …]"),
    ('{id: m, of: scroe, mean: "1.2"}', "Did you mean 'score'?", "range: [1, 5]"),
    ('{id: m, of: income, mean: "1.2"}', "The variables are score, words", "range: [1, 5]"),
    ('{id: m, of: words, scores: [1, 2, 3], mean: "1.2"}', "2 levels, but there are 3", "each level"),
    ('{id: m, of: age, scores: [1, 1], mean: "1.2"}', "named once each", "scores: [1, 3, 5]"),
    ('{id: m, of: age, scores: [1.5, 2], mean: "1.2"}', "a whole number, got '1.5'", "items: 2"),
    ('{id: m, of: age, range: [5, 1], mean: "1.2"}', "the smallest and the largest", "range: [1, 5]"),
    ('{id: m, of: age, range: [1, 5], scores: [1], mean: "1.2"}', "both `scores` and `range`", "one"),
    ('{id: m, of: score, mean: "1.2", n: "12.5"}', "n must be a whole number", "people who answered"),
    ('{id: m, of: score, mean: "1.2", n: "0"}', "of 1 or more, got '0'", 'n: "4"'),
    ('{id: m, of: score, mean: "1.2", n: [3]}', "of 1 or more, got a list", 'n: "4"'),
    ('{id: m, of: score, mean: "1.2", items: "0"}', "items must be a whole number", "averaged"),
    ('{id: m, of: score, mean: "1.2", items: "-2"}', "of 1 or more, got '-2'", 'items: "4"'),
    ('{id: m, of: score, mean: "1.2", n: "41"}', "is 41, but 'all' counts 40", "leave `n` out"),
    (
        '{id: m, of: score, mean: "1.2", within: {village: demo}, n: "16"}',
        "n of the mean 'm' is 16, but 'demo' counts 15", "leave `n` out",
    ),
    ('{id: m, of: score, mean: "1.2", divisor: n-2}', "unknown divisor 'n-2'", "Allowed: n, n-1"),
    ('{id: m, of: score, mean: "1.2", within: {vilage: demo}}', "'vilage'", "did you mean 'village'"),
    ('{id: m, of: score, mean: "1.2", within: {village: dem}}', "'dem'", "did you mean 'demo'"),
    ('{id: m, of: score, mean: "1.2", within: {score: "1"}}', "stands within 'score'", "grouping"),
    ('{id: all, of: score, mean: "1.2"}', "the id 'all' is used twice", "own id"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "message", "hint"), CASES)
def test_one_message_for_each_mistake(entry: str, message: str, hint: str) -> None:
    with pytest.raises(SurveyKitError) as caught:
        parse_published(f"{HEAD}  - {entry}\n", "paper.yaml")
    text = str(caught.value)
    assert f"paper.yaml, line {LINE}" in text
    assert message in text
    assert hint in text.partition("Hint: ")[2]
    assert "\n" not in text.replace("\nHint: ", " ").strip() or text.count("Hint: ") == 1


def test_a_mean_outside_its_scores_is_a_finding_with_a_hint() -> None:
    # a paper can print it: it is audited like any other misprint, not refused
    text = f'{HEAD}  - {{id: m, of: score, mean: "3.9"}}\n'
    (m,) = audit(parse_published(text)).reading("as_printed").means.means
    assert m.status == "impossible"
    assert "outside the scores (1, 2, 3): check `scores`, `range` and `items`" in m.why.text("en")
    assert "3.00" in m.nearest or "3.0" in m.nearest


def test_the_base_may_be_smaller_than_a_printed_count() -> None:
    text = f'{HEAD}  - {{id: m, of: score, mean: "2.1", n: "39"}}\n'
    assert parse_published(text).means[0].n == 39
