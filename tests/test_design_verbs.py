"""The stored results of R survey 4.5 through the verbs: how many, and why not the others."""

from __future__ import annotations

import math
import re

import pytest
from design_verbs import VERBS
from test_stats_design_reference import CHECKED, REFERENCE, tolerance

NORMAL = "normal quantiles: verbs give Student's intervals (the ends are estimate ± 1.96 se)"
WITH = "design effect against sampling with replacement: ours is without, as deff=TRUE"
KERNEL = "checked in the kernel; no verb gives it"
# by a pattern of "file:id"
NOT_BY_VERBS = {
    r".*(ci_lo_z|ci_hi_z|lo_z|hi_z)": NORMAL,
    r"apiclus1:by_mean.*ci_[lu]": NORMAL,
    r"apiclus2:by\[.*ci_[lu]": NORMAL,
    r"apistrat:by_(mean|mean_2way|prop|ratio)\[.*ci_[lu]": NORMAL,
    r"apiclus1:deff_replace": WITH,
    r"apistrat:mean_deff_replace": WITH,
    r"apiclus2:mean(_wr)?\[ci_.._t": (
        "R was given the degrees of freedom of the whole design; ours are those of the schools "
        "with a value, as in a domain of R"
    ),
    r"apiclus1:median_nonCIdf": "an interval by normal quantiles: verbs use the design's df",
    r"apiclus1:jk1_withreplicates": f"a correlation over replicates: {KERNEL}",
    r"apiclus1:.*(scale|rscale1)\]": "the scale factors themselves are tested with `coding`",
    r"apiclus2:weights": "the weights that fpc implies are tested with `coding`; their sum is a base",
    r"apistrat:(mean_cov|covar|var|cor)": f"covariances of variables: {KERNEL}",
    r"apistrat:(contrast_diff|contrast_nonlinear|ttest_paired)": (
        f"two variables of the same respondents: {KERNEL}"
    ),
}


def why(place: str) -> str | None:
    return next((r for p, r in NOT_BY_VERBS.items() if re.match(p, place)), None)


BY_VERBS = [(f, k) for f, k in CHECKED if why(f"{f}:{k}") is None]
GROUPS = sorted({(f, k.split("[")[0]) for f, k in BY_VERBS})


def test_1076_of_1971_values_go_through_the_verbs_and_every_other_has_its_reason():
    assert [(f, k) for f, k in BY_VERBS if k not in VERBS[f]] == []
    assert len(BY_VERBS) == 1076
    places = [f"{f}:{k}" for f, k in CHECKED]
    assert [p for p in NOT_BY_VERBS if not any(re.match(p, x) for x in places)] == []


@pytest.mark.parametrize(("file", "group"), GROUPS, ids=[f"{f}-{g}" for f, g in GROUPS])
def test_values(file, group):
    wrong = {}
    for f, key in BY_VERBS:
        if f != file or key.split("[")[0] != group:
            continue
        theirs, ours = REFERENCE[f][key], VERBS[f][key]
        if theirs == "NaN":
            same = math.isnan(ours)
        else:
            rel, absolute = tolerance(key)
            same = ours == pytest.approx(
                theirs, rel=rel, abs=absolute if theirs == 0 or not rel else 0
            )
        if not same:
            wrong[key] = (theirs, ours)
    assert wrong == {}
