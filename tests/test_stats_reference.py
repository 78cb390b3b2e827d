"""Every stored two-way statistic (textbook formulas, checked against PSPP) against ours."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from surveykit.stats import association, twoway

HERE = Path(__file__).parent / "reference" / "crosstabs"
REFERENCE = json.loads((HERE / "crosstabs.json").read_text(encoding="utf-8"))
VALUES = [(t, k, v) for t, values in REFERENCE.items() for k, v in values.items()]


def cells(file: str, row: str, column: str, keep: dict[str, str]) -> np.ndarray:
    """Add up the frequencies of a file of counts; both variables are coded 1, 2, 3, …."""
    counts: Counter[tuple[int, int]] = Counter()
    with (HERE / file).open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            if all(line[k] == v for k, v in keep.items()):
                counts[int(line[row]) - 1, int(line[column]) - 1] += int(line["Freq"])
    table = np.zeros(np.max(list(counts), axis=0) + 1)
    for cell, n in counts.items():
        table[cell] = n
    return table


TABLES = {
    "housing_infl_x_sat": cells("housing.csv", "Infl_n", "Sat_n", {}),
    "housing_type_x_sat": cells("housing.csv", "Type_n", "Sat_n", {}),
    **{
        f"housing_cont_x_sat|infl={level}": cells("housing.csv", "Cont_n", "Sat_n", {"Infl": level})
        for level in ("Low", "Medium", "High")
    },
    "mspatients_no_x_wi": cells("mspatients.csv", "neuro_no", "neuro_wi", {}),
}


def computed(t: np.ndarray) -> dict[str, float | None]:
    """Everything that stats/ computes of one table, under the reference's names."""
    pearson, lr, linear = twoway.chi2(t), twoway.g2(t), twoway.linear_by_linear(t)
    expected = twoway.expected_counts(t)
    o, r = association.ordinal(t), association.correlations(t)
    lam, tau = association.lambda_(t), association.goodman_kruskal_tau(t)
    uc, eta = association.uncertainty(t), association.eta(t)
    kappa = association.kappa(t) if t.shape[0] == t.shape[1] else association.UNDEFINED
    return {
        "pearson": pearson.statistic, "pearson_df": pearson.df, "pearson_p": pearson.p,
        "lr": lr.statistic, "lr_p": lr.p,
        "linear_by_linear": linear.statistic, "linear_by_linear_p": linear.p,
        "min_expected": expected.minimum, "cells_expected_below_5": expected.below_5,
        "phi": twoway.phi(t), "cramers_v": twoway.cramers_v(t),
        "contingency_c": twoway.contingency_coefficient(t),
        "tau_b": o.tau_b.value, "tau_b_ase": o.tau_b.ase, "tau_b_t": o.tau_b.statistic,
        "tau_c": o.tau_c.value, "tau_c_ase": o.tau_c.ase, "tau_c_t": o.tau_c.statistic,
        "gamma": o.gamma.value, "gamma_ase": o.gamma.ase, "gamma_t": o.gamma.statistic,
        "somers_sym": o.somers_d.symmetric.value, "somers_t": o.somers_d.symmetric.statistic,
        "somers_col_dep": o.somers_d.columns.value, "somers_col_dep_ase": o.somers_d.columns.ase,
        "somers_row_dep": o.somers_d.rows.value, "somers_row_dep_ase": o.somers_d.rows.ase,
        "spearman": r.spearman.value, "spearman_t": r.spearman.statistic, "spearman_p": r.spearman.p,
        "pearson_r": r.pearson.value, "pearson_r_t": r.pearson.statistic, "pearson_r_p": r.pearson.p,
        "lambda_col_dep": lam.columns.value, "lambda_col_dep_ase": lam.columns.ase,
        "lambda_row_dep": lam.rows.value, "lambda_row_dep_ase": lam.rows.ase,
        "lambda_sym": lam.symmetric.value,
        "gk_tau_col_dep": tau.columns.value, "gk_tau_row_dep": tau.rows.value,
        "uc_sym": uc.symmetric.value, "uc_row_dep": uc.rows.value,
        "uc_col_dep": uc.columns.value, "uc_col_dep_ase": uc.columns.ase,
        "eta_row_dep": eta.rows.value, "eta_col_dep": eta.columns.value,
        "kappa": kappa.value, "kappa_ase": kappa.ase, "kappa_t": kappa.statistic,
    }  # fmt: skip


OURS = {name: computed(table) for name, table in TABLES.items()}


def test_the_reference_has_282_values_and_all_are_checked():
    assert len(VALUES) == 282
    assert [f"{t}: {k}" for t, k, _ in VALUES if OURS[t].get(k) is None] == []


@pytest.mark.parametrize(("table", "key", "value"), VALUES, ids=[f"{t}-{k}" for t, k, _ in VALUES])
def test_value(table, key, value):
    # 1e-10: both sides are double precision; a p of 1e-24 loses 4 to 5 of 16 digits because
    # its relative error is that of the statistic times the statistic; 1e-14 is for exact zeros
    assert OURS[table][key] == pytest.approx(value, rel=1e-10, abs=1e-14 if value == 0 else 0)
