"""Measures of association through the verb, against the reference cross-tables."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from surveykit.codebook import Choice, Codebook, Design, Variable
from surveykit.errors import UnknownNameError, UnsupportedError
from surveykit.estimate import association
from surveykit.survey import Survey
from surveykit.text import Label

HERE = Path(__file__).parent / "reference" / "crosstabs"
VALUES = json.loads((HERE / "crosstabs.json").read_text(encoding="utf-8"))
HOUSING = pd.read_csv(HERE / "housing.csv")
PATIENTS = pd.read_csv(HERE / "mspatients.csv")
TABLES = {
    "housing_infl_x_sat": (HOUSING, "Infl_n", "Sat_n", None),
    "housing_type_x_sat": (HOUSING, "Type_n", "Sat_n", None),
    "housing_cont_x_sat|infl=High": (HOUSING, "Cont_n", "Sat_n", "Infl_n == 3"),
    "mspatients_no_x_wi": (PATIENTS, "neuro_no", "neuro_wi", None),
}
MEASURES = ("phi", "cramers_v", "contingency_c", "gamma", "tau_b", "tau_c", "kappa")


def survey(frame: pd.DataFrame) -> Survey:
    """Repeat each row as often as its frequency; codes are numbers in their order."""
    records = frame.loc[frame.index.repeat(frame["Freq"])].reset_index(drop=True)
    names = [c for c in records.columns if pd.api.types.is_integer_dtype(records[c])]
    book = {
        n: Variable(n, "scale", Label.of(n),
                    tuple(Choice(str(c), Label.of(str(c))) for c in sorted(records[n].unique())))
        for n in names
    }  # fmt: skip
    return Survey(records[names].astype(str), Codebook(Label.of("Test"), book))


@pytest.mark.parametrize("table", TABLES)
def test_the_measures_of_the_reference_tables(table: str) -> None:
    frame, variable, by, rule = TABLES[table]
    known = VALUES[table]
    square = table.startswith("mspatients")
    names = [m for m in MEASURES if m in known and (m != "kappa" or square)]
    found = association(survey(frame), variable, by, names, where=rule)
    rows = {r.measure: r for r in found.rows if r.dependent == ""}
    for name in names:
        assert rows[name].value == pytest.approx(known[name], rel=1e-10)
        if f"{name}_ase" in known and name != "kappa":
            assert rows[name].ase == pytest.approx(known[f"{name}_ase"], rel=1e-9)
    assert {"phi", "gamma", "tau_b"} <= set(names)
    assert rows["gamma"].low < rows["gamma"].value < rows["gamma"].high


def test_directed_measures_name_what_they_predict() -> None:
    rows = association(survey(HOUSING), "Infl_n", "Sat_n", "somers_d").rows
    known = VALUES["housing_infl_x_sat"]
    by_dependent = {r.dependent: r.value for r in rows}
    assert by_dependent[""] == pytest.approx(known["somers_sym"], rel=1e-10)
    assert by_dependent["Infl_n"] == pytest.approx(known["somers_row_dep"], rel=1e-10)
    assert by_dependent["Sat_n"] == pytest.approx(known["somers_col_dep"], rel=1e-10)


def test_bad_use_of_association() -> None:
    data = survey(HOUSING)
    with pytest.raises(UnknownNameError, match="did you mean 'gamma'"):
        association(data, "Infl_n", "Sat_n", "gama")
    with pytest.raises(UnsupportedError, match="has a design"):
        association(data.with_design(Design(weight="Type_n")), "Infl_n", "Sat_n")
    both = Survey(pd.DataFrame({"m": ["a┋b", "a", "b"], "x": ["1", "2", "1"]}))
    with pytest.raises(UnsupportedError, match="several options"):
        association(both, "m", "x")
