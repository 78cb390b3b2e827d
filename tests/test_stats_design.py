"""Designs from columns, and the covariance of totals: identities, brute force, bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UsageError
from surveykit.stats.design import (
    LONELY_RULES,
    cell_covariance,
    cell_degrees_of_freedom,
    covariance,
    degrees_of_freedom,
    element_covariance,
    row_covariance,
    sums_by,
)
from surveykit.stats.designinput import Labelled, resolve_design
from surveykit.stats.linear import (
    contrasts,
    design_effect,
    mean_sums,
    means,
    proportion_sums,
    proportions,
    ratios,
    srs_variance,
)
from surveykit.stats.replicates import replicate_covariance, replicate_ratios

STRATA, PSUS, SSUS = 4, 5, 2


def population(seed: int = 1, n: int = 400) -> dict[str, np.ndarray]:
    """Respondents of a three-stage sample, in no order, with numbers and cells."""
    rng = np.random.default_rng(seed)
    strata = rng.integers(0, STRATA, n)
    return {
        "strata": strata,
        "psu": rng.integers(0, PSUS, n),
        "ssu": rng.integers(0, SSUS, n),
        "weights": rng.uniform(0.5, 3.0, n) * (rng.random(n) > 0.05),
        "y": 10 + strata + rng.normal(size=n),
        "cell": rng.integers(-1, 6, n),
        "size": np.array([10, 20, 40, 80])[strata].astype(float),
    }


def by_hand(x: np.ndarray, levels: list[np.ndarray], fractions: list[float]) -> np.ndarray:
    """Recursive variance of a total, one stage after the other, in plain loops.

    `levels` alternates units within strata: [stratum, unit, unit of the next stage, …].
    """
    total = np.zeros((x.shape[1], x.shape[1]))
    for h in np.unique(levels[0]):
        here = levels[0] == h
        ids = np.unique(levels[1][here])
        sums = [x[here & (levels[1] == i)].sum(0) for i in ids]
        centre, n = sum(sums) / len(sums), len(sums)
        for s in sums:
            total += (1 - fractions[0]) * n / (n - 1) * np.outer(s - centre, s - centre)
        if len(levels) > 2 and fractions[0] > 0:
            for i in ids:
                unit = here & (levels[1] == i)
                rest = [np.zeros(unit.sum()), *(level[unit] for level in levels[2:])]
                total += fractions[0] * by_hand(x[unit], rest, fractions[1:])
    return total


def fraction(design, i: int = 0) -> np.ndarray:
    return design.stages[i].fraction


@pytest.mark.parametrize("stages", [0, 1, 2, 3])
def test_covariance_is_that_of_plain_loops(stages):
    p = population()
    everyone = np.arange(len(p["y"]))
    ids = [p["psu"], p["ssu"], everyone][:stages]
    shares = [0.3, 0.5, 0.25]
    design = resolve_design(
        p["weights"], p["strata"], ids, [np.full(len(everyone), f) for f in shares[: stages or 1]]
    )
    x = p["weights"][:, None] * np.column_stack([np.ones_like(p["y"]), p["y"]])
    expected = by_hand(x, [p["strata"], *(ids or [everyone])], shares)
    assert row_covariance(x, design) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("stages", [0, 1, 2, 3])
@pytest.mark.parametrize("fpc", [0, 1, 2])
def test_cells_by_one_pass_are_the_rows(stages, fpc):
    p = population(2)
    n = len(p["y"])
    ids = [p["psu"], p["ssu"], np.arange(n)][:stages]
    corrections = [np.full(n, 0.3), np.full(n, 0.5)][: min(fpc, max(stages, 1))]
    design = resolve_design(p["weights"], p["strata"], ids, corrections)
    chosen = p["cell"][:, None] == np.arange(6)
    rows = np.column_stack([chosen, chosen * p["y"][:, None]]) * p["weights"][:, None]
    totals, v = cell_covariance(p["cell"], 6, design, values=[p["y"]])
    assert totals == pytest.approx(rows.sum(0))
    assert v == pytest.approx(row_covariance(rows, design), rel=1e-9, abs=1e-7)


def test_sums_by_stratum_are_enough_when_each_respondent_is_a_unit():
    p = population(3)
    design = resolve_design(p["weights"], p["strata"], fpc=[p["size"] * 10])
    w, cells = p["weights"][:, None], p["cell"][:, None] == np.arange(6)
    overlapping = np.column_stack([cells, p["y"] > 12]) * w
    first = sums_by(overlapping, design.groups, design.n_groups)
    pairs = np.stack([overlapping[p["strata"] == h].T @ overlapping[p["strata"] == h]
                      for h in range(STRATA)])  # fmt: skip
    expected = row_covariance(overlapping, design)
    assert element_covariance(first, pairs, design) == pytest.approx(expected, rel=1e-10)
    squares = np.stack([np.diag(x) for x in pairs])[:, :6]
    exclusive = element_covariance(first[:, :6], squares, design)
    assert exclusive == pytest.approx(expected[:6, :6], rel=1e-10)


def test_units_of_one_respondent_are_found():
    p = population(4)
    each = resolve_design(p["weights"], p["strata"], [np.arange(400)])
    assert each.units is None
    assert each.psu is None
    v = cell_covariance(p["cell"], 6, each)[1]
    assert v == pytest.approx(
        cell_covariance(p["cell"], 6, resolve_design(p["weights"], p["strata"]))[1]
    )


def test_stages_below_sampling_with_replacement_add_nothing():
    p = population(5)
    one = resolve_design(p["weights"], p["strata"], [p["psu"]])
    three = resolve_design(p["weights"], p["strata"], [p["psu"], p["ssu"], np.arange(400)])
    assert len(three.stages) == 1
    assert (cell_covariance(p["cell"], 6, one)[1] == cell_covariance(p["cell"], 6, three)[1]).all()


def test_the_same_id_in_two_strata_is_two_units():
    d = resolve_design(strata=["a", "a", "b", "b"], psu=[[1, 2, 1, 2]])
    assert d.n_units == 4
    assert degrees_of_freedom(d) == 2


def test_labels_of_any_kind_make_the_same_design():
    p = population(6)
    words = np.array(["north", "south", "east", "west"])
    kinds = [
        p["strata"],
        p["strata"].astype(float),
        words[p["strata"]],
        words[p["strata"]].astype(object),
        (p["strata"] * 10**9).tolist(),
        Labelled(p["strata"].astype(np.int8), list(words)),
    ]
    results = [
        cell_covariance(p["cell"], 6, resolve_design(p["weights"], s, [p["psu"]]))[1] for s in kinds
    ]
    assert all(r == pytest.approx(results[0], rel=1e-12) for r in results)


def test_weights_implied_by_sizes_of_two_stages():
    d = resolve_design(psu=[[1, 1, 2], [1, 2, 1]], fpc=[[10, 10, 10], [4, 4, 1]])
    assert d.weights.tolist() == [10.0, 10.0, 5.0]


def test_a_share_and_a_size_say_the_same():
    p = population(7)
    n_h = np.bincount(p["strata"])[p["strata"]]
    by_size = resolve_design(p["weights"], p["strata"], fpc=[1000.0 + p["strata"]])
    by_share = resolve_design(p["weights"], p["strata"], fpc=[n_h / (1000.0 + p["strata"])])
    assert fraction(by_size) == pytest.approx(fraction(by_share), rel=1e-15)


def test_a_census_has_no_variance():
    d = resolve_design(strata=[1, 1, 2], fpc=[[2, 2, 1]])
    assert (row_covariance([[1.0], [5.0], [9.0]], d) == 0).all()


@pytest.mark.parametrize("fpc", [None, 0.2])
def test_lonely_rules_in_words(fpc):
    """ "adjust": from the mean of all units; "average": the other strata's mean; else nothing."""
    strata, x = np.array([1, 1, 1, 2, 2, 3]), np.array([1.0, 4.0, 2.0, 3.0, 7.0, 8.0])
    rest = 1 - (fpc or 0)
    others = rest * (3 / 2 * ((x[:3] - x[:3].mean()) ** 2).sum() + 2 * 8.0)
    expected = {
        "remove": others,
        "certainty": others,
        "average": others * 3 / 2,
        "adjust": others + rest * (8.0 - x.mean()) ** 2,
    }
    for rule in LONELY_RULES[1:]:
        d = resolve_design(
            np.ones(6), strata, fpc=[] if fpc is None else [np.full(6, fpc)], lonely=rule
        )
        v = cell_covariance(np.zeros(6, int), 1, d, values=[x])[1][1, 1]
        assert v == pytest.approx(expected[rule]), rule
        units = resolve_design(np.ones(12), np.repeat(strata, 2), [np.repeat(np.arange(6), 2)],
                               [] if fpc is None else [np.full(12, fpc)], lonely=rule)  # fmt: skip
        assert covariance(x[:, None], units)[0, 0] == pytest.approx(expected[rule]), rule


def test_one_respondent_without_a_declared_design_has_no_variance_but_an_estimate():
    totals, v = cell_covariance(np.array([0]), 2, resolve_design([2.0]))
    assert totals.tolist() == [2.0, 0.0]
    assert np.isnan(v).all()


def test_degrees_of_freedom_of_domains():
    p = population(8)
    for ids in ([], [p["psu"]], [p["psu"], p["ssu"]]):
        design = resolve_design(p["weights"], p["strata"], ids, [np.full(400, 0.5)] * len(ids))
        domains = p["cell"][:, None] == np.arange(6)
        # one domain that misses a stratum
        domains[:, 0] &= p["strata"] != 0
        counted = domains * (p["weights"] > 0)[:, None].astype(float)
        by = design.groups if design.units is None else design.units
        size = design.n_groups if design.units is None else design.n_units
        expected = []
        for c in range(6):
            here = counted[:, c] > 0
            pairs = set(
                zip(p["strata"][here], (ids[0] if ids else np.arange(400))[here], strict=True)
            )
            expected.append(len(pairs) - len(set(p["strata"][here])))
        assert [degrees_of_freedom(design, domains[:, c]) for c in range(6)] == expected
        assert cell_degrees_of_freedom(sums_by(counted, by, size), design).tolist() == expected


def test_domains_add_up_and_a_domain_mean_is_a_ratio():
    p = population(9)
    design = resolve_design(p["weights"], p["strata"], [p["psu"]])
    inside = p["cell"] >= 3
    t, v = cell_covariance(inside.astype(int), 2, design, values=[p["y"]])
    whole, v_whole = cell_covariance(np.zeros(400, int), 1, design, values=[p["y"]])
    add = np.kron(np.eye(2), np.ones((1, 2)))
    assert add @ t == pytest.approx(whole)
    assert add @ v @ add.T == pytest.approx(v_whole, rel=1e-9)
    mean = means(t[:2], t[2:])
    w = p["weights"]
    residual = w * inside * (p["y"] - mean.estimate[1]) / (w * inside).sum()
    assert mean.se(v)[1] ** 2 == pytest.approx(
        row_covariance(residual[:, None], design)[0, 0], rel=1e-9
    )


def test_difference_of_domain_means_is_the_coefficient_of_a_dummy():
    p = population(10)
    w, y, x = p["weights"], p["y"], (p["cell"] >= 3).astype(float)
    design = resolve_design(w, p["strata"], [p["psu"]])
    t, v = cell_covariance(x.astype(int), 2, design, values=[y - y.mean()])
    gap = contrasts(means(t[:2], t[2:]), [[-1.0, 1.0]])
    X = np.column_stack([np.ones(400), x])
    bread = np.linalg.inv(X.T @ (w[:, None] * X))
    beta = bread @ X.T @ (w * y)
    scores = X * (w * (y - X @ beta))[:, None] @ bread
    assert gap.estimate[0] == pytest.approx(beta[1])
    assert gap.se(v)[0] == pytest.approx(np.sqrt(row_covariance(scores, design)[1, 1]), rel=1e-9)


def test_a_stratified_jackknife_is_the_linearised_variance_of_totals():
    p = population(11)
    design = resolve_design(p["weights"], p["strata"], [p["psu"]])
    cells = (p["cell"][:, None] == np.arange(6)) * p["weights"][:, None]
    units = sums_by(cells, design.psu, design.n_units)
    stratum = design.stages[0].strata
    n_h = np.bincount(stratum)[stratum]
    theta = []
    for j in range(design.n_units):
        factor = np.where(stratum == stratum[j], n_h[j] / (n_h[j] - 1), 1.0)
        factor[j] = 0
        theta.append(factor @ units)
    v = replicate_covariance(theta, units.sum(0), 1.0, (n_h - 1) / n_h)
    assert v == pytest.approx(covariance(units, design), rel=1e-9, abs=1e-9)


def test_weights_only_is_the_textbook_formula():
    rng = np.random.default_rng(12)
    w, y = rng.uniform(1, 3, 50), rng.integers(0, 2, 50)
    t, v = cell_covariance(y, 2, resolve_design(w))
    p = proportions(t[:, None])
    expected = 50 / 49 * (w**2 * (y - p.estimate[1]) ** 2).sum() / w.sum() ** 2
    assert p.variance(v)[1] == pytest.approx(expected, rel=1e-12)


def test_equal_weights_have_a_design_effect_of_1():
    y = np.repeat([0, 1], [30, 70])
    t, v = cell_covariance(y, 2, resolve_design(np.full(100, 7.0)))
    p = proportions(t[:, None])
    simple = srs_variance(p.estimate * (1 - p.estimate), 100, 700, replacement="with")
    assert design_effect(p.variance(v), simple) == pytest.approx([1.0, 1.0])


def test_proportions_within_rows_columns_and_table():
    t = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 0.0]])
    assert proportions(t, "rows").estimate.reshape(2, 3).sum(1) == pytest.approx([1, 1])
    assert proportions(t, "columns").estimate.reshape(2, 3).sum(0) == pytest.approx([1, 1, 1])
    assert proportions(t, "table").estimate == pytest.approx(t.ravel() / 15)


def test_jacobians_are_derivatives():
    rng = np.random.default_rng(13)
    t = rng.uniform(1, 5, 6)
    sums = [proportion_sums(2, 3, x) for x in ("rows", "columns", "table")] + [mean_sums(3)]
    for a, b in sums:
        steps = np.eye(6) * 1e-6
        up, down = replicate_ratios(t + steps, a, b), replicate_ratios(t - steps, a, b)
        assert ratios(t, a, b).jacobian == pytest.approx((up - down).T / 2e-6, abs=1e-8)


def test_an_empty_base_is_nan_and_spoils_no_other():
    t, v = cell_covariance(np.array([0, 1, 0]), 4, resolve_design(n=3))
    p = proportions(t.reshape(2, 2))
    assert np.isnan(p.se(v)).tolist() == [False, False, False, False]
    t, v = cell_covariance(np.array([0, 2, 0]), 4, resolve_design(n=3))
    p = proportions(t.reshape(2, 2))
    assert np.isnan(p.se(v)).tolist() == [False, True, False, True]


def test_intervals_cover_in_a_stratified_cluster_sample():
    """Seeded: 2,000 samples of 4 strata × 10 of 40 PSUs; 95 % intervals hold 93 to 97 %."""
    from surveykit.stats.designci import t_interval

    rng = np.random.default_rng(20)
    strata, units = 4, 40
    means_of_units = rng.normal(size=(strata, units)) * 2 + np.arange(strata)[:, None]
    truth = means_of_units.mean()
    design = resolve_design(
        strata=np.repeat(np.arange(strata), 10), fpc=[np.full(strata * 10, units)]
    )
    zero = np.zeros(strata * 10, dtype=int)
    hits = 0
    for _ in range(2000):
        y = np.concatenate([row[rng.permutation(units)[:10]] for row in means_of_units])
        t, v = cell_covariance(zero, 1, design, values=[y])
        m = means(t[:1], t[1:])
        i = t_interval(m.estimate, m.se(v), 36)
        hits += bool(i.low[0] <= truth <= i.high[0])
    assert 0.93 < hits / 2000 < 0.97


NAN = float("nan")
BAD = {
    "missing weight": ({"weights": [1, NAN, 1]}, "weights: missing for respondent 2."),
    "negative weight": ({"weights": [1, -1, -2]}, "weights: negative for respondents 2, 3."),
    "infinite weight": ({"weights": [np.inf, 1, 1]}, "weights: infinite for respondent 1."),
    "weights of text": ({"weights": ["1", "x", "2"]}, "weights must be numbers"),
    "no weight above 0": ({"weights": [0, 0, 0]}, "all of them are 0"),
    "missing stratum": ({"strata": ["a", "", "a"]}, "strata: no label for respondent 2."),
    "missing number": ({"strata": [1.0, NAN, NAN]}, "strata: no label for respondents 2, 3."),
    "missing code": (
        {"psu": [Labelled(np.array([0, -1, 0]), ["x"])]},
        "PSU (stage 1): no label for respondent 2.",
    ),
    "missing in objects": ({"strata": np.array(["a", None, NAN], dtype=object)}, "respondents 2, 3"),
    "one PSU in a stratum": (
        {"strata": ["a", "a", "b"], "psu": [[1, 2, 1]]}, "only one PSU in stratum 'b'.",
    ),
    "one respondent in strata": ({"strata": [1, 2, 2, 3, 3, 3, 4]}, "strata '1', '4'."),
    "one PSU in all": ({"psu": [[1, 1, 1]]}, "only one PSU"),
    "one at stage 2": (
        {"psu": [["p", "p", "q"], [1, 2, 1]], "fpc": [[9, 9, 9], [5, 5, 5]]},
        "only one unit of stage 2 in 'q'.",
    ),
    "fpc below the sample": (
        {"strata": list("aab"), "fpc": [[2, 2, 0.5]]}, "mixes population sizes and shares",
    ),
    "fpc smaller": ({"strata": list("aaabb"), "fpc": [[2, 2, 2, 9, 9]]}, "'a' has 3 sampled units"),
    "fpc varies": (
        {"strata": list("abab"), "fpc": [[9, 9, 8, 9]]},
        "varies within stratum 'a': 9 for respondent 1, 8 for respondent 3.",
    ),
    "fpc missing": ({"fpc": [[5, NAN, 5]]}, "fpc (stage 1): missing for respondent 2."),
    "fpc negative": ({"fpc": [[-5, -5, -5]]}, "fpc (stage 1): negative for"),
    "weights not implied": (
        {"psu": [[1, 1, 2], [1, 2, 3]], "fpc": [[5, 5, 5]]}, "fpc (stage 2) is not known",
    ),
    "fpc of nothing": ({"weights": [1, 1], "fpc": [[5, 5], [5, 5]]}, "2 finite population corrections"),
    "lengths": ({"weights": [1, 1], "strata": [1, 1, 1]}, "weights has 2 rows, strata has 3."),
    "nothing": ({}, "at least one column"),
    "unknown rule": ({"weights": [1, 1], "lonely": "avrage"}, "did you mean 'average'"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_designs_are_refused_with_a_reason(case):
    arguments, message = BAD[case]
    with pytest.raises(SurveyKitError) as error:
        resolve_design(**arguments)
    assert message in str(error.value)


def test_the_remedies_for_a_lonely_psu_are_named():
    with pytest.raises(InputError) as error:
        resolve_design(strata=["a", "a", "b"])
    assert all(rule in str(error.value) for rule in LONELY_RULES[1:])


def test_shapes_that_do_not_fit_are_refused():
    design = resolve_design(strata=[1, 1, 2, 2], psu=[[1, 1, 1, 2]], lonely="remove")
    with pytest.raises(UsageError, match="units of several"):
        element_covariance([[1.0]], [[1.0]], design)
    for call in (covariance, row_covariance):
        with pytest.raises(UsageError, match="shape"):
            call(np.ones((7, 1)), design)
    with pytest.raises(UsageError, match="without"):
        srs_variance(1.0, 2, 3, replacement="none")
    with pytest.raises(UnknownNameError):
        resolve_design(n=2, lonely="none")


def test_nothing_is_changed():
    p = population(14)
    before = {k: v.copy() for k, v in p.items()}
    design = resolve_design(p["weights"], p["strata"], [p["psu"]], [np.full(400, 0.5)])
    cell_covariance(p["cell"], 6, design, values=[p["y"]])
    degrees_of_freedom(design, p["cell"] > 0)
    assert all((before[k] == p[k]).all() for k in p)


def test_order_of_rows_does_not_matter():
    p = population(15)
    order = np.random.default_rng(0).permutation(400)
    results = [
        cell_covariance(
            p["cell"][o], 6, resolve_design(p["weights"][o], p["strata"][o], [p["psu"][o]])
        )[1]
        for o in (np.arange(400), order)
    ]
    assert results[0] == pytest.approx(results[1], rel=1e-10)


def test_random_designs_against_loops():
    for seed, stages in itertools.product(range(5), (1, 2)):
        p = population(seed, 120)
        ids = [p["psu"], p["ssu"]][:stages]
        design = resolve_design(p["weights"], p["strata"], ids, [np.full(120, 0.4)], "remove")
        x = p["weights"][:, None] * (p["cell"][:, None] == np.arange(6))
        if stages == 1:
            expected = by_hand(x, [p["strata"], p["psu"]], [0.4])
            assert row_covariance(x, design) == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert np.linalg.eigvalsh(row_covariance(x, design)).min() > -1e-9
