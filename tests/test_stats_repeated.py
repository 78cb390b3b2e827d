"""Repeated questions: scipy, brute force over signs, Cochran's Q and McNemar as one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from surveykit.errors import UsageError
from surveykit.stats.repeated import cochran_q, mcnemar

RNG = np.random.default_rng(3)


@given(arrays(np.int64, (2, 2), elements=st.integers(0, 30)))
def test_mcnemar_by_its_definitions(table):
    got = mcnemar(table)
    b, c = int(table[0, 1]), int(table[1, 0])
    if b + c == 0:
        assert np.isnan([got.p, got.p_corrected, got.p_exact, got.p_mid]).all()
        return
    assert got.statistic == pytest.approx((b - c) ** 2 / (b + c))
    assert got.p == pytest.approx(stats.chi2.sf((b - c) ** 2 / (b + c), 1))
    edwards = max(abs(b - c) - 1, 0) ** 2 / (b + c)
    assert got.p_corrected == pytest.approx(stats.chi2.sf(edwards, 1))
    assert got.p_exact == pytest.approx(stats.binomtest(b, b + c).pvalue, rel=1e-9)
    # mid-p: what is less likely than b, and half of what is as likely
    pmf = stats.binom.pmf(range(b + c + 1), b + c, 0.5)
    same = np.isclose(pmf, pmf[b], rtol=1e-9)
    less = (pmf < pmf[b]) & ~same
    assert got.p_mid == pytest.approx(pmf[less].sum() + pmf[same].sum() / 2, rel=1e-7)


def test_mcnemar_as_published():
    # Fagerland et al. (2013), table 3: airway hyper-responsiveness before and after stem cell
    # transplantation, b = 1, c = 7: asymptotic 0.034, exact 0.070, mid-p 0.039
    got = mcnemar([[1, 1], [7, 12]])
    assert [round(float(x), 3) for x in (got.p, got.p_exact, got.p_mid)] == [0.034, 0.070, 0.039]


def test_many_tables_at_once_are_each_alone():
    tables = RNG.integers(0, 9, (5, 4, 2, 2))
    got = mcnemar(tables)
    assert got.p.shape == (5, 4)
    for i, j in itertools.product(range(5), range(4)):
        one = mcnemar(tables[i, j])
        for name in ("statistic", "p", "p_corrected", "p_exact", "p_mid", "difference"):
            np.testing.assert_array_equal(getattr(got, name)[i, j], getattr(one, name))
    weights = mcnemar([[5.5, 2.5], [6.5, 3.0]])
    assert np.isnan(weights.p_exact)
    assert weights.statistic == pytest.approx(16 / 9)


@given(arrays(np.bool_, st.tuples(st.integers(1, 25), st.just(2))))
def test_q_of_two_questions_is_mcnemar(answers):
    table = np.zeros((2, 2))
    np.add.at(table, (1 - answers[:, 0].astype(int), 1 - answers[:, 1].astype(int)), 1)
    q, m = cochran_q(answers), mcnemar(table)
    if q.statistic is None:
        assert q.reason == "no_disagreement"
        assert np.isnan(m.statistic)
        return
    assert q.statistic == pytest.approx(float(m.statistic))
    assert q.p == pytest.approx(float(m.p))
    assert q.informative == int(m.discordant)


def test_q_is_friedmans_test_of_zeros_and_ones():
    answers = RNG.random((40, 4)) < [0.3, 0.5, 0.4, 0.6]
    kept = answers[(answers.sum(1) > 0) & (answers.sum(1) < 4)]
    wanted = stats.friedmanchisquare(*kept.T.astype(float))
    got = cochran_q(answers)
    assert got.statistic == pytest.approx(wanted.statistic, rel=1e-9)
    assert got.p == pytest.approx(wanted.pvalue, rel=1e-9)
    assert (got.n, got.informative, got.df) == (40, len(kept), 3)


def test_q_by_every_permutation_within_respondents():
    """Its moments under the null are those of chi-square: mean k - 1."""
    answers = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 1]])
    ways = [sorted(set(itertools.permutations(row))) for row in answers.tolist()]
    every = [cochran_q(np.array(rows)).statistic for rows in itertools.product(*ways)]
    assert np.mean(every) == pytest.approx(2.0)


def test_q_uses_complete_cases_only():
    answers = (RNG.random((30, 3)) < 0.5).astype(float)
    known = np.ones((30, 3), dtype=bool)
    known[4, 1] = known[9, 0] = False
    blank = np.where(known, answers, np.nan)
    wanted = cochran_q(answers[known.all(1)])
    assert cochran_q(answers, known) == cochran_q(blank) == wanted
    assert cochran_q(answers, known.all(1)) == wanted
    assert wanted.n == 28


def test_no_test_says_why():
    assert cochran_q(np.zeros((0, 3), dtype=bool)).reason == "no_observations"
    assert cochran_q([[1], [0]]).reason == "one_question"
    assert cochran_q([[1, 1], [0, 0]]).reason == "no_disagreement"
    for call in (
        lambda: cochran_q([1, 0]),
        lambda: cochran_q([[2, 1]]),
        lambda: cochran_q([[1, 1]], [[True]]),
        lambda: mcnemar([[1, 2, 3]]),
        lambda: mcnemar([[1, -2], [3, 4]]),
        lambda: mcnemar([[1, np.nan], [3, 4]]),
    ):
        with pytest.raises(UsageError):
            call()
