"""What must hold of any table: margins, merging, order, weights, domains, columns, letters."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tabulate_cells import cells, choices, codebook, one, values

import surveykit as sk
from surveykit.codebook import Choice, Design, Net, Variable
from surveykit.estimate import Letters
from surveykit.text import Label

FEW = settings(max_examples=8)
RATINGS = [str(i) for i in range(11)]
BOOK = codebook(
    Variable("v", "single", Label.of("V"), choices("One", "Two", "Three", "Four"),
             missing=(Choice("9", Label.of("Refused")),),
             nets=(Net(Label.of("First two"), ("1", "2")),)),
    Variable("merged", "single", Label.of("Merged"), (
        Choice("12", Label.of("One or two")), *choices("Three", "Four", start=3)),
             missing=(Choice("9", Label.of("Refused")),)),
    Variable("g", "single", Label.of("G"), choices("A", "B", "C")),
    Variable("h", "single", Label.of("H"), choices("X", "Y")),
    Variable("pasted", "single", Label.of("G and H"), tuple(
        Choice(f"{g}*{h}", Label.of(f"{g}*{h}")) for g in "123" for h in "12")),
    Variable("m", "multiple", Label.of("M"), tuple(Choice(c, Label.of(c)) for c in "abcd"),
             separator=";", nets=(Net(Label.of("a or b"), ("a", "b")),)),
    Variable("r", "scale", Label.of("R"), tuple(Choice(c, Label.of(c)) for c in RATINGS)),
    Variable("x", "number", Label.of("X")),
    Variable("t", "text", Label.of("Free")),
)  # fmt: skip


@st.composite
def frames(draw: st.DrawFn, least: int = 8) -> pd.DataFrame:
    """Random answers; the numbers of every column come from one seed, so that they shrink fast."""
    n = draw(st.integers(least, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    blank = draw(st.sampled_from([0.0, 0.15]))

    def pick(options: list[str]) -> np.ndarray:
        weights = rng.dirichlet(np.ones(len(options)))
        chosen = rng.choice(options, n, p=weights)
        return np.where(rng.random(n) < blank, "", chosen)

    ticked = rng.random((n, 4)) < rng.uniform(0.1, 0.7, 4)
    frame = pd.DataFrame(
        {
            "v": pick(["1", "2", "3", "4", "9"]),
            "g": pick(["1", "2", "3"]),
            "h": pick(["1", "2"]),
            "m": [";".join(np.array(list("abcd"))[row]) for row in ticked],
            "r": pick(RATINGS),
            "x": np.where(rng.random(n) < blank, "", rng.integers(-50, 50, n).astype(str)),
            "t": "free",
            "w": rng.uniform(0.2, 5, n),
            "p": rng.permutation(np.arange(n) // 2).astype(str),
        }
    )
    frame["merged"] = frame["v"].replace({"1": "12", "2": "12"})
    both = (frame["g"] != "") & (frame["h"] != "")
    frame["pasted"] = (frame["g"] + "*" + frame["h"]).where(both, "")
    return frame


DESIGNS = {
    "simple": Design(),
    "weights": Design(weight="w"),
    "clusters": Design(weight="w", psu="p"),
}
ANY = st.sampled_from(list(DESIGNS.values()))


def survey(frame: pd.DataFrame, design: Design = DESIGNS["simple"]) -> sk.Survey:
    return sk.Survey(frame, BOOK, design)


def same(got: Any, wanted: Any, what: object, rel: float = 1e-9) -> None:
    if wanted is None or got is None:
        assert got is None, what
        assert wanted is None, what
    else:
        assert got == pytest.approx(wanted, rel=rel, abs=1e-9), what


NUMBERS = ("estimate", "n", "df", "se", "low", "high", "deff")


def same_row(got: Any, wanted: Any, fields: tuple[str, ...] = NUMBERS) -> None:
    """Equal but for the last bits of sums: 1e-5 where a variance of 0 leaves a rest of 1e-16."""
    for field in fields:
        a, b = getattr(got, field), getattr(wanted, field)
        if field == "deff" and wanted.estimate in (None, 0.0, 100.0):
            continue
        if field in ("se", "low", "high") and a is not None and b is not None:
            assert a == pytest.approx(b, rel=1e-6, abs=1e-5), (got, wanted, field)
        else:
            same(a, b, (got, wanted, field))


def same_pair(got: Any, wanted: Any) -> None:
    """Two columns at exactly 0 or 100 % have the p of 1 or none, by the rest of a variance of 0."""
    if {got, wanted} != {None, 1.0}:
        same(got, wanted, (got, wanted), 1e-6)


# ---------------------------------------------------------------- margins, merging, order
@FEW
@given(frames(), ANY)
def test_margins_add_and_percentages_add_to_100(frame: pd.DataFrame, design: Design) -> None:
    found = sk.crosstab(survey(frame, design), ["v", "r"], by=["g", "h", "g*h"], nets="none")
    stats = ["count"] if design.simple else ["count", "weighted_count"]
    for stat in stats:
        held = values(found, stat)
        w = np.ones(len(frame)) if stat == "count" else frame["w"].to_numpy()
        for name in ("v", "r"):
            codes = [c for c in RATINGS if (name, c, "", "") in held]
            for code, (by, known) in (
                (code, pair)
                for code in codes
                for pair in (
                    ("g", frame["g"] != ""),
                    ("h", frame["h"] != ""),
                    ("g*h", frame["pasted"] != ""),
                )
            ):
                columns = sum(v for k, v in held.items() if k[:3] == (name, code, by))
                unknown = w[(frame[name] == code) & ~known].sum()
                same(columns + unknown, held[name, code, "", ""], (name, code, by))
    shares = cells(found, "percent")
    for name, by, group in {(k[0], k[2], k[3]) for k in shares}:
        column = [r for k, r in shares.items() if (k[0], k[2], k[3]) == (name, by, group)]
        if column[0].estimate is not None:
            same(sum(r.estimate for r in column), 100.0, (name, by, group))
    for stat in ("row_percent", "total_percent"):
        held = values(found, stat)
        for name, by in {(k[0], k[2]) for k in held}:
            per_level: dict[str, float] = {}
            for k, v in held.items():
                if (k[0], k[2]) == (name, by) and v is not None:
                    per_level[k[1]] = per_level.get(k[1], 0.0) + v
            if stat == "row_percent":
                assert all(s == pytest.approx(100) for s in per_level.values())
            elif per_level:
                assert sum(per_level.values()) == pytest.approx(100)


def as_bytes(found: sk.Estimates) -> str:
    return json.dumps(
        [found.to_dicts(), found.tests.to_dicts(), found.comparisons.to_dicts(), found.notes]
    )


@FEW
@given(frames(), st.randoms(use_true_random=False))
def test_the_order_of_respondents_does_not_matter(frame: pd.DataFrame, random: Any) -> None:
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = frame.iloc[order].reset_index(drop=True)
    options = {"by": ["g", "m", "g*h"], "letters": "all", "lang": "en"}
    first, second = (sk.crosstab(survey(f), ["v", "m", "r"], **options) for f in (frame, shuffled))
    assert as_bytes(first) == as_bytes(second)
    first, second = (
        sk.crosstab(survey(f, DESIGNS["clusters"]), ["v", "m"], **options)
        for f in (frame, shuffled)
    )
    for a, b in zip(first.rows, second.rows, strict=True):
        assert a[:7] == b[:7]
        if a.stat != "weighted_count":
            same_row(b, a)
    for a, b in zip(first.tests.rows, second.tests.rows, strict=True):
        same(b.p, a.p, a, 1e-6)


@FEW
@given(frames(), ANY)
def test_a_net_is_the_merged_category(frame: pd.DataFrame, design: Design) -> None:
    asked = survey(frame, design)
    netted = sk.crosstab(asked, "v", by=["g", "m"], letters="all")
    merged = sk.crosstab(asked, "merged", by=["g", "m"], letters="all")
    for stat in ("count", "percent", "row_percent", "total_percent", "weighted_count"):
        ours, theirs = cells(netted, stat), cells(merged, stat)
        for (_, code, by, group), row in ours.items():
            other = {"net:1+2": "12", "3": "3", "4": "4"}.get(code)
            if other:
                match = theirs["merged", other, by, group]
                same_row(row, match, NUMBERS[:-1])
    pairs = {(c.level_code, c.by, c.by_code, c.against_code): c.p for c in merged.comparisons.rows}
    for c in netted.comparisons.rows:
        if c.level_code == "net:1+2":
            same_pair(c.p, pairs["12", c.by, c.by_code, c.against_code])


@FEW
@given(frames())
def test_a_net_of_options_is_anyone_who_chose_one(frame: pd.DataFrame) -> None:
    found = sk.crosstab(survey(frame), "m", by="g")
    any_of = frame["m"].str.contains("a|b")
    for group in "123":
        row = one(found, "count", "net:a+b", "g", group)
        assert row.estimate == (any_of & (frame["g"] == group)).sum()


# ---------------------------------------------------------------- weights, domains
@FEW
@given(frames(least=12))
def test_a_weight_of_2_is_a_doubled_row_for_estimates(frame: pd.DataFrame) -> None:
    twice = frame.index % 3 == 0
    doubled = pd.concat([frame, frame[twice]], ignore_index=True)
    weighted = survey(frame.assign(w=np.where(twice, 2.0, 1.0)), Design(weight="w"))
    plain = survey(doubled)
    for verb, variables in ((sk.crosstab, ["v", "m", "r"]), (sk.mean, ["x", "r"])):
        ours = verb(weighted, variables, by=["g", "m", "g*h"])
        theirs = verb(plain, variables, by=["g", "m", "g*h"])
        for stat in ("percent", "row_percent", "total_percent", "percent_of_responses", "mean"):
            mine, other = values(ours, stat), values(theirs, stat)
            assert mine.keys() == other.keys()
            for place, value in mine.items():
                same(value, other[place], (stat, place))
        if verb is sk.crosstab:
            for place, value in values(ours, "weighted_count").items():
                same(value, values(theirs, "count")[place], place)
    # but not for the standard error: two answers of one person are no two people
    a, b = (one(sk.freq(s, "v"), "percent", "1") for s in (weighted, plain))
    if a.estimate is not None and 5 < a.estimate < 95:
        assert a.se > b.se


@FEW
@given(frames(), st.sampled_from(["weights", "clusters"]), st.floats(1e-3, 1e4))
def test_the_scale_of_weights_does_not_matter(frame: pd.DataFrame, name: str, scale: float) -> None:
    made = []
    for factor in (1.0, scale):
        asked = survey(frame.assign(w=frame["w"] * factor), DESIGNS[name])
        made.append(sk.crosstab(asked, ["v", "m"], by=["g", "m"], letters="all"))
    ours, theirs = made
    for stat in ("percent", "row_percent"):
        for place, row in cells(ours, stat).items():
            # not the design effect: as R survey's, it compares with a sample without replacement
            # from a population of the size Σw
            same_row(cells(theirs, stat)[place], row, NUMBERS[:-1])
    for a, b in zip(ours.tests.rows, theirs.tests.rows, strict=True):
        same(b.p, a.p, a, 1e-6)
    for a, b in zip(ours.comparisons.rows, theirs.comparisons.rows, strict=True):
        same_pair(b.p, a.p)


@FEW
@given(frames())
def test_a_domain_is_the_subset_for_estimates(frame: pd.DataFrame) -> None:
    subset = frame[frame["h"] == "1"].reset_index(drop=True)
    for design in (DESIGNS["simple"], DESIGNS["weights"]):
        if not len(subset):
            return
        found = sk.crosstab(survey(frame, design), ["v", "m"], by="g", where="h == 1")
        wanted = sk.crosstab(survey(subset, design), ["v", "m"], by="g")
        for stat in ("count", "percent", "row_percent", "missing"):
            fields = ("estimate", "n", "se") if design.simple else ("estimate", "n")
            for place, row in cells(wanted, stat).items():
                for field in fields:
                    same(getattr(cells(found, stat)[place], field), getattr(row, field), place)


# ---------------------------------------------------------------- columns
@FEW
@given(frames(), st.sampled_from(["simple", "weights"]))
def test_a_column_of_choices_is_the_table_of_those_who_chose(
    frame: pd.DataFrame, name: str
) -> None:
    asked = survey(frame, DESIGNS[name])
    found = sk.crosstab(asked, ["v", "m"], by="m")
    means = sk.mean(asked, "x", by="m")
    for option in "abcd":
        rule = f"m == '{option}'"
        if not frame["m"].str.contains(option).any():
            continue
        alone, mean = sk.freq(asked, ["v", "m"], where=rule), sk.mean(asked, "x", where=rule)
        for stat in ("count", "percent"):
            for (variable, code, by, group), row in cells(found, stat).items():
                if by and group == option:
                    match = cells(alone, stat)[variable, code, "", ""]
                    same_row(row, match, NUMBERS[:-1])
        same_row(one(means, "mean", by="m", code=option), one(mean, "mean"), NUMBERS[:-1])


@FEW
@given(frames(), ANY)
def test_a_nested_banner_is_the_table_by_the_pasted_variable(
    frame: pd.DataFrame, design: Design
) -> None:
    asked = survey(frame, design)
    for verb, variables in ((sk.crosstab, ["v", "m", "r"]), (sk.mean, ["x"])):
        nested = verb(asked, variables, by="g*h")
        pasted = verb(asked, variables, by="pasted")
        for a, b in zip(nested.rows, pasted.rows, strict=True):
            assert (a.variable, a.level_code, a.stat, a.by_code) == (
                b.variable, b.level_code, b.stat, b.by_code,
            )  # fmt: skip
            if a.stat != "weighted_count":
                same_row(a, b)
        for a, b in zip(nested.tests.rows, pasted.tests.rows, strict=True):
            same(a.p, b.p, (a, b))


@FEW
@given(frames(), ANY)
def test_a_book_is_its_single_tables(frame: pd.DataFrame, design: Design) -> None:
    asked = survey(frame, design)
    options = {"by": ["g", "m"], "letters": "all"}
    whole = sk.book(asked, summaries=("mean", "top2"), **options)
    assert "t" not in whole.spec.variables
    for name in whole.spec.variables:
        if name == "x":
            alone = sk.mean(asked, name, **options)
        elif name == "r":
            alone = sk.crosstab(asked, name, summaries=("mean", "top2"), **options)
        else:
            alone = sk.crosstab(asked, name, **options)
        part = whole.select(name)
        if design.simple:  # sums of weights may be added in another order
            assert part.rows == alone.rows
            assert part.tests.rows == alone.tests.rows
            assert part.comparisons.rows == alone.comparisons.rows
        for a, b in zip(part.rows, alone.rows, strict=True):
            assert a[:7] == b[:7]
            if a.stat != "weighted_count":
                same_row(a, b)
        for a, b in zip(part.tests.rows, alone.tests.rows, strict=True):
            assert (a.test, a.by, a.note) == (b.test, b.by, b.note)
            same(a.p, b.p, a, 1e-6)
        for a, b in zip(part.comparisons.rows, alone.comparisons.rows, strict=True):
            same_pair(a.p, b.p)
    assert whole.spec.variables == tuple(v for v in BOOK if v != "t")


# ---------------------------------------------------------------- letters
ORDERS = st.permutations(list("123"))
ADJUSTED = ("none", "bonferroni", "holm", "bh")


@FEW
@given(frames(), ORDERS, ANY)
def test_letters_follow_their_columns(
    frame: pd.DataFrame, order: list[str], design: Design
) -> None:
    """Another order of the columns renames the letters and changes nothing else."""
    g = BOOK["g"]
    turned = dataclasses.replace(g, choices=tuple(g.choice(c) for c in order))
    other = codebook(*(turned if v.name == "g" else v for v in BOOK.variables.values()))
    options = {"by": "g", "letters": Letters(levels=(0.05, 0.2), adjust="holm")}
    found = sk.crosstab(survey(frame, design), ["v", "m"], **options)
    again = sk.crosstab(sk.Survey(frame, other, design), ["v", "m"], **options)
    pairs = {}
    for c in again.comparisons.rows:
        place = (c.variable, c.level_code)
        pairs[(*place, c.by_code, c.against_code)] = (c.difference, c.statistic, c.p, c.p_adjusted)
        flipped = (None if x is None else -x for x in (c.difference, c.statistic))  # antisymmetric
        pairs[(*place, c.against_code, c.by_code)] = (*flipped, c.p, c.p_adjusted)
    for c in found.comparisons.rows:
        match = pairs[c.variable, c.level_code, c.by_code, c.against_code]
        for got, wanted in zip((c.difference, c.statistic, c.p, c.p_adjusted), match, strict=True):
            same_pair(got, wanted)
    renamed = {again.comparisons.letters["g", c]: found.comparisons.letters["g", c] for c in "123"}

    def sets(marks: dict[Any, str], names: dict[str, str]) -> dict[Any, set[str]]:
        return {
            k: {names[x.upper()] if x.isupper() else names[x.upper()].lower() for x in v.split()}
            for k, v in marks.items()
        }

    kept = {x: x for x in "ABC"}
    ours, theirs = found.comparisons.marks(), again.comparisons.marks()
    assert sets(ours, kept) == sets(theirs, renamed)


def adjusted_by_hand(p: list[float], method: str) -> list[float]:
    m, order = len(p), sorted(range(len(p)), key=p.__getitem__)
    out = [0.0] * m
    if method == "none":
        return p
    if method == "bonferroni":
        return [min(1.0, m * x) for x in p]
    if method == "holm":
        best = 0.0
        for rank, i in enumerate(order):
            best = max(best, min(1.0, (m - rank) * p[i]))
            out[i] = best
        return out
    least = 1.0
    for rank in range(m, 0, -1):
        i = order[rank - 1]
        least = min(least, p[i] * m / rank)
        out[i] = least
    return out


@FEW
@given(frames(), st.sampled_from(ADJUSTED), st.sampled_from(["all", "total", "previous", "first"]))
def test_adjusted_p_by_hand(frame: pd.DataFrame, method: str, against: str) -> None:
    letters = Letters(adjust=method, against=against)
    for found in (
        sk.crosstab(survey(frame), ["v", "m"], by=["g", "m"], letters=letters),
        sk.mean(survey(frame, DESIGNS["weights"]), "x", by=["g", "m"], letters=letters),
    ):
        rows: dict[tuple[str, ...], list[Any]] = {}
        for c in found.comparisons.rows:
            rows.setdefault((c.variable, c.level_code, c.stat, c.by), []).append(c)
        for row in rows.values():
            tested = [c for c in row if c.p is not None]
            assert all(c.p_adjusted is None for c in row if c.p is None)
            wanted = adjusted_by_hand([c.p for c in tested], method)
            for c, p in zip(tested, wanted, strict=True):
                assert c.p_adjusted == pytest.approx(p, rel=1e-9)
                assert c.p_adjusted >= c.p * (1 - 1e-12)
                assert (c.alpha == 0.05) == (c.p_adjusted < 0.05)


@FEW
@given(frames())
def test_overlapping_columns_by_records(frame: pd.DataFrame) -> None:
    """Pooled z of two options' columns: p of the respondents in either, shared ones counted once."""
    found = sk.crosstab(survey(frame), "v", by="m", letters="all")
    valid = frame["v"].isin(list("1234"))
    for c in found.comparisons.rows:
        if c.level_code.startswith("net:"):
            continue
        a, b = (frame["m"].str.contains(x) & valid for x in (c.by_code, c.against_code))
        y = frame["v"].eq(c.level_code)
        na, nb, common = int(a.sum()), int(b.sum()), int((a & b).sum())
        if min(na, nb) < 2:
            assert c.p is None
            continue
        p = y[a | b].mean()
        gap = y[a].mean() - y[b].mean()
        variance = p * (1 - p) * (1 / na + 1 / nb - 2 * common / (na * nb))
        same(c.difference, 100 * gap, c)
        if variance <= 1e-12:
            assert c.p is None
            continue
        same(c.p, math.erfc(abs(gap) / math.sqrt(2 * variance)), c)


# ---------------------------------------------------------------- numbers of levels
@FEW
@given(frames(), ANY)
def test_mean_of_levels_is_the_mean_verb(frame: pd.DataFrame, design: Design) -> None:
    asked = survey(frame, design)
    by = ["g", "m", "g*h"]
    levels = sk.crosstab(asked, "r", by=by, summaries=("mean", "sd", "median"), letters="all")
    verb = sk.mean(asked, "r", by=by, letters="all")
    for stat in ("mean", "sd", "median"):
        for place, row in cells(verb, stat).items():
            fields = NUMBERS[:-1] if stat == "mean" else NUMBERS[:2]
            same_row(cells(levels, stat)[place], row, fields)
    ours = {(c.by, c.by_code, c.against_code): c.p for c in verb.comparisons.rows}
    for c in levels.comparisons.rows:
        if c.stat == "mean":
            same_pair(c.p, ours[c.by, c.by_code, c.against_code])


QUANTILES = ("min", "quantile_10", "quantile_25", "median", "quantile_75", "quantile_99", "max")


@FEW
@given(frames())
def test_statistics_are_those_of_numpy_on_the_records(frame: pd.DataFrame) -> None:
    chances = (0, 0.1, 0.25, 0.5, 0.75, 0.99, 1)
    names = (*QUANTILES, "mean", "sd")
    for name, found in (
        ("r", sk.crosstab(survey(frame), "r", by="g", summaries=names)),
        ("x", sk.mean(survey(frame), "x", by="g", summaries=QUANTILES)),
    ):
        for group in ("", *"123"):
            part = frame if not group else frame[frame["g"] == group]
            x = part.loc[part[name] != "", name].to_numpy(float)
            by = "g" if group else ""
            if not len(x):
                assert one(found, "median", "", by, group).estimate is None
                continue
            for stat, chance in zip(QUANTILES, chances, strict=True):
                wanted = np.quantile(x, chance)
                same(one(found, stat, "", by, group).estimate, wanted, (name, stat, group))
            same(one(found, "mean", "", by, group).estimate, x.mean(), group)
            spread = x.std(ddof=1) if len(x) > 1 else None
            same(one(found, "sd", "", by, group).estimate, spread, group)
            error = None if spread is None else spread / math.sqrt(len(x))
            same(one(found, "mean", "", by, group).se, error, group)


@FEW
@given(frames(), st.sampled_from(["simple", "weights"]))
def test_net_promoters_and_boxes_by_hand(frame: pd.DataFrame, name: str) -> None:
    found = sk.crosstab(
        survey(frame, DESIGNS[name]), "r", by="g", summaries=("nps", "top2", "bottom9")
    )
    w = frame["w"] if name == "weights" else pd.Series(1.0, frame.index)
    for group in ("", *"123"):
        inside = (frame["r"] != "") & (frame["g"].eq(group) if group else True)
        by = "g" if group else ""
        row = one(found, "nps", "", by, group)
        if not inside.any():
            assert row.estimate is None
            continue
        score, base = pd.to_numeric(frame["r"][inside]), w[inside].sum()
        up, down = (w[inside][ok].sum() / base for ok in (score >= 9, score <= 6))
        same(row.estimate, 100 * (up - down), group)
        top, rest = (one(found, "percent", f"net:{b}", by, group) for b in ("top2", "bottom9"))
        same(top.estimate, 100 * up, group)
        same(top.estimate + rest.estimate, 100.0, group)
        if name == "simple":
            values_ = np.where(score >= 9, 100, np.where(score <= 6, -100, 0))
            same(row.se, values_.std() / math.sqrt(len(values_)), group)


@FEW
@given(frames())
def test_weighted_quantiles_are_where_the_distribution_reaches(frame: pd.DataFrame) -> None:
    found = sk.mean(survey(frame, DESIGNS["weights"]), "x", by="g", summaries=QUANTILES)
    for group in ("", *"123"):
        inside = (frame["x"] != "") & (frame["g"].eq(group) if group else True)
        pairs = sorted(zip(frame["x"][inside].astype(float), frame["w"][inside], strict=True))
        whole = sum(w for _, w in pairs)
        for stat, chance in (("quantile_25", 0.25), ("median", 0.5), ("quantile_99", 0.99)):
            upto, wanted = 0.0, None
            for x, w in pairs:
                upto += w
                if upto >= chance * whole - 1e-9 * whole:
                    wanted = x
                    break
            same(one(found, stat, "", "g" if group else "", group).estimate, wanted, stat)
