"""Tables of R expss 0.11.6 and estimates of R survey 4.5, met through the verbs."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from tabulate_cells import choices, codebook, values

import surveykit as sk
from surveykit.codebook import Choice, Net, Variable
from surveykit.estimate import Estimates, Letters
from surveykit.text import Label

HERE = Path(__file__).parent / "reference"

# ---------------------------------------------------------------- expss: banners and letters
LIKES = (
    "Liked everything", "Disliked everything", "Chocolate", "Appearance", "Taste", "Stuffing",
    "Nuts", "Consistency",
)  # fmt: skip
OTHERS = (Choice("98", Label.of("Other")), Choice("99", Label.of("Hard to answer")))
PREFERRED = ("First", "Second", "Hard to say")
BANNER = ("cell", "age2", "cell*age2")
# the columns of every expss table, in its order
COLUMNS = (
    ("", ""), ("cell", "1"), ("cell", "2"), ("age2", "1"), ("age2", "2"),
    ("cell*age2", "1*1"), ("cell*age2", "1*2"), ("cell*age2", "2*1"), ("cell*age2", "2*2"),
)  # fmt: skip
CODES = {
    **{text: str(i) for i, text in enumerate(PREFERRED, 1)},
    **{text: str(i) for i, text in enumerate(LIKES, 1)},
    **{c.label.text("en"): c.code for c in OTHERS},
    "General": "net:1+2",
    "Product features": "net:3+4+5+6+7+8",
}


@cache
def product() -> sk.Survey:
    likes = Variable(
        "a1", "multiple", Label.of("Likes, first product"), (*choices(*LIKES), *OTHERS),
        columns=tuple(f"a1_{i}" for i in range(1, 7)), none=("-1",),
        nets=(
            Net(Label.of("General"), ("1", "2")),
            Net(Label.of("Product features"), ("3", "4", "5", "6", "7", "8")),
        ),
    )  # fmt: skip
    book = codebook(
        Variable("cell", "single", Label.of("Test order"), choices("VSX123 first", "SDF456 first")),
        Variable("age2", "single", Label.of("Age"), choices("18-25", "26-35")),
        Variable("c1", "single", Label.of("Preference"), choices(*PREFERRED)),
        likes,
    )
    return sk.Survey(pd.read_csv(HERE / "banner" / "product_test_expss.csv"), book)


@cache
def preference(letters: Letters | str = "none") -> Estimates:
    return sk.crosstab(product(), "c1", by=BANNER, letters=letters, lang="en")


@cache
def likes(letters: Letters | str = "none") -> Estimates:
    return sk.crosstab(product(), "a1", by=BANNER, letters=letters, lang="en")


def printed(name: str) -> dict[tuple[str, tuple[str, str]], str]:
    """(label of the row, column) to what expss prints there."""
    with (HERE / "banner" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    assert all(len(row) == 1 + len(COLUMNS) for row in rows)
    return {
        (row[0].partition("|")[2], column): cell
        for row in rows
        for column, cell in zip(COLUMNS, row[1:], strict=True)
    }


TABLES = {
    # file: (estimates, statistic of the levels, numbers in the file)
    "cpct_nested_banner": (preference, "percent", 45),
    "mr_cpct": (likes, "percent", 108),
    "mr_cpct_responses": (likes, "percent_of_responses", 99),
    "mr_net": (likes, "percent", 45),
}
BASES = {
    "#Total cases": "base",
    "#Total wtd. cases": "base",
    "#Total responses": "responses",
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_expss(name: str) -> None:
    made, stat, size = TABLES[name]
    found = made()
    (variable,) = found.spec.variables
    wanted = printed(name)
    assert len(wanted) == size
    bases = {(r.by, r.by_code): r.n for r in found.rows if r.stat == "percent"}
    for (label, column), text in wanted.items():
        if BASES.get(label) == "base":
            got: float | None = bases[column]
        elif label in BASES:
            got = values(found, BASES[label])[(variable, "", *column)]
        else:
            got = values(found, stat)[(variable, CODES[label], *column)]
        # a blank cell of expss is nobody; 1e-13: both are double precision
        assert got == pytest.approx(float(text or 0), rel=1e-13), (label, column)


MARKED = {
    # file: (estimates, options, cells of percent in the file, cells with a letter or sign)
    "sig_c1_letters": (preference, Letters(), 27, 2),
    "sig_c1_first_column": (preference, Letters(against="total", overlap="ignore"), 27, 5),
    "sig_mr_letters": (likes, Letters(), 90, 0),
    "sig_mr_letters_bonferroni": (likes, Letters(adjust="bonferroni"), 90, 0),
}


@pytest.mark.parametrize("name", MARKED)
def test_letters_of_expss(name: str) -> None:
    made, options, size, marked = MARKED[name]
    found = made(options)
    (variable,) = found.spec.variables
    wanted = {k: v for k, v in printed(name).items() if k[0] in CODES}
    assert len(wanted) == size
    marks = {k: v for k, v in found.comparisons.marks().items() if "net:" not in k[1]}
    percent = values(found, "percent")
    seen = {}
    for (label, column), text in wanted.items():
        number, *signs = text.split()[:2] or ["0"]
        place = (variable, CODES[label], *column)
        assert percent[place] == pytest.approx(float(number), rel=1e-13), place  # 15 digits
        if signs:
            seen[(*place, "percent")] = signs[0]
    assert marks == seen
    assert len(seen) == marked


def test_expss_letters_are_those_of_a_plain_pooled_z() -> None:
    """Where expss prints no letter at all (multiple response), p is still checked, cell by cell."""
    from math import erfc, sqrt

    frame = pd.read_csv(HERE / "banner" / "product_test_expss.csv")
    picked = frame[[f"a1_{i}" for i in range(1, 7)]]
    groups = {("cell", "1"): frame.cell == 1, ("cell", "2"): frame.cell == 2}
    groups |= {("age2", "1"): frame.age2 == 1, ("age2", "2"): frame.age2 == 2}
    groups |= {
        ("cell*age2", f"{c}*{a}"): (frame.cell == c) & (frame.age2 == a)
        for c in (1, 2)
        for a in (1, 2)
    }
    checked = 0
    for row in likes(Letters()).comparisons.rows:
        if row.level_code.startswith("net:"):
            continue
        has = picked.eq(int(row.level_code)).any(axis=1)
        (x1, n1), (x2, n2) = (
            (int((has & groups[row.by, code]).sum()), int(groups[row.by, code].sum()))
            for code in (row.by_code, row.against_code)
        )
        pooled = (x1 + x2) / (n1 + n2)
        se = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        assert row.difference == pytest.approx(100 * (x1 / n1 - x2 / n2))
        if se == 0:
            assert row.p is None
            continue
        z = (x1 / n1 - x2 / n2) / se
        assert row.p == pytest.approx(erfc(abs(z) / sqrt(2)), rel=1e-12)
        checked += 1
    assert checked == 27  # 7 options that anybody chose by 4 pairs, less one of two empty columns
