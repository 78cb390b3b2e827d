"""The parts of the solver alone: rounding, minimal conflicts, sums of groups, joins."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
)
from fractions import Fraction
from pathlib import Path

import brute
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.errors import InputError, UsageError
from surveykit.published import states
from surveykit.published.conflicts import minimal_conflicts
from surveykit.published.load import load_published
from surveykit.published.reconstruct import reconstruct
from surveykit.published.relation import Relation, Whole, join
from surveykit.published.rounding import Printed, count_range, share_range
from surveykit.published.states import (
    Box,
    add_groups,
    aggregate,
    decode,
    encode,
    reachable_back,
    steps_that_lead,
)
from surveykit.published.verify import verify

DECIMAL = {
    "half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "half_down": ROUND_HALF_DOWN,
    "truncate": ROUND_DOWN, "ceil": ROUND_CEILING,
}  # fmt: skip
MODES = (*DECIMAL, "either")
PLACES = Context(prec=60)


def digits_by_decimal(count: int, base: int, decimals: int, mode: str) -> set[int]:
    """What `decimal` prints; 60 digits tell every tie of these bases from its neighbours."""
    if mode == "either":
        ups = digits_by_decimal(count, base, decimals, "half_up")
        return ups | digits_by_decimal(count, base, decimals, "half_even")
    scaled = PLACES.divide(Decimal(100 * 10**decimals * count), Decimal(base))
    return {int(scaled.quantize(Decimal(1), rounding=DECIMAL[mode]))}


# --- rounding ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_counts_that_print_a_percentage(mode: str, decimals: int) -> None:
    """Every count on every base up to 60, in both directions."""
    bases = np.arange(61)
    printed: dict[int, set[tuple[int, int]]] = {}
    for n in range(1, 61):
        for a in range(n + 1):
            for digits in digits_by_decimal(a, n, decimals, mode):
                printed.setdefault(digits, set()).add((a, n))
    step = 1 if decimals < 2 else 7  # every digit string, or those that occur and every seventh
    shown = set(range(0, 100 * 10**decimals + 1, step)) | set(printed)
    for digits in shown:
        low, high = count_range(Printed(digits, decimals), bases, mode)
        said = {(a, n) for n in range(61) for a in range(low[n], high[n] + 1)}
        assert said == printed.get(digits, set()), (digits, mode)


@pytest.mark.parametrize("mode", MODES)
def test_the_brute_force_rounds_as_decimal_does(mode: str) -> None:
    for n, decimals in itertools.product(range(1, 61), (0, 1, 2)):
        for a in range(n + 1):
            assert brute.prints(a, n, decimals, mode) == digits_by_decimal(a, n, decimals, mode)


@pytest.mark.parametrize(
    ("mode", "fits"),
    [
        ("half_up", {"13"}), ("half_even", {"12"}), ("half_down", {"12"}),
        ("either", {"12", "13"}), ("truncate", {"12"}), ("ceil", {"13"}),
    ],
)  # fmt: skip
def test_a_tie(mode: str, fits: set[str]) -> None:
    """1 of 8 is 12.5 %."""
    for text in ("11", "12", "13", "14"):
        low, high = count_range(Printed.parse(text), np.array([8]), mode)
        assert (low[0] <= 1 <= high[0]) == (text in fits)


def test_a_tie_between_odd_and_even_above() -> None:
    """3 of 8 is 37.5 %: up and even are the same, so 37 is not allowed."""
    low, high = count_range(Printed.parse("37"), np.array([8]), "either")
    assert low[0] > high[0]


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_printed_of_nobody(mode: str) -> None:
    for text in ("0", "0.0", "100", "50.00"):
        low, high = count_range(Printed.parse(text), np.array([0]), mode)
        assert low[0] > high[0]


@pytest.mark.parametrize("mode", MODES)
def test_all_and_none(mode: str) -> None:
    for text, count in (("0.00", 0), ("100.0", 7)):
        low, high = count_range(Printed.parse(text), np.array([7]), mode)
        assert (low[0], high[0]) == (count, count)


@given(
    base=st.integers(1, 10**6), share=st.fractions(0, 1), decimals=st.integers(0, 4),
    mode=st.sampled_from(MODES),
)  # fmt: skip
@settings(max_examples=200)
def test_large_bases_and_the_interval_of_shares(
    base: int, share: Fraction, decimals: int, mode: str
) -> None:
    count = int(share * base)
    for digits in digits_by_decimal(count, base, decimals, mode):
        printed = Printed(digits, decimals)
        low, high = count_range(printed, np.array([base]), mode)
        assert low[0] <= count <= high[0]
        least, closed, most, shut = share_range(printed, mode)
        exact = Fraction(count, base)
        assert least <= exact if closed else least < exact
        assert exact <= most if shut else exact < most


@pytest.mark.parametrize(
    "text", ["", "-1", "1e1", "12,5", "12.", ".5", "61.5%", " 61", "100.1", "١٢"]
)
def test_what_is_no_printed_percentage(text: str) -> None:
    with pytest.raises(UsageError):
        Printed.parse(text)


@given(st.integers(0, 10_000), st.integers(0, 2))
def test_printed_text_comes_back(digits: int, decimals: int) -> None:
    digits = min(digits, 100 * 10**decimals)
    printed = Printed(digits, decimals)
    assert Printed.parse(str(printed)) == printed
    assert str(printed) == brute.as_text(digits, decimals)


def test_unknown_mode() -> None:
    with pytest.raises(UsageError, match="half_up"):
        count_range(Printed.parse("5"), np.array([8]), "nearest")


# --- minimal conflicts ---------------------------------------------------------------------


def smallest(sets: list[frozenset[str]]) -> set[frozenset[str]]:
    return {s for s in sets if not any(t < s for t in sets)}


IDS = tuple("abcdefg")
CORES = st.lists(st.frozensets(st.sampled_from(IDS), min_size=1), max_size=6)


@given(CORES)
@settings(max_examples=300)
def test_every_minimal_conflict_is_found(cores: list[frozenset[str]]) -> None:
    """A set is solvable when it holds none of the cores."""
    found = minimal_conflicts(IDS, lambda s: not any(c <= s for c in cores))
    assert {frozenset(c) for c in found.sets} == smallest(cores)
    assert len(set(found.sets)) == len(found.sets)
    assert found.complete
    assert list(found.sets) == sorted(found.sets, key=lambda c: (len(c), [IDS.index(i) for i in c]))


@given(CORES, st.integers(1, 3))
def test_the_limit_is_kept_and_said(cores: list[frozenset[str]], limit: int) -> None:
    found = minimal_conflicts(IDS, lambda s: not any(c <= s for c in cores), limit)
    assert len(found.sets) <= limit
    assert {frozenset(c) for c in found.sets} <= smallest(cores)
    if found.complete:
        assert len(found.sets) == len(smallest(cores))


def test_nothing_is_asked_twice() -> None:
    asked: Counter[frozenset[str]] = Counter()

    def feasible(s: frozenset[str]) -> bool:
        asked[s] += 1
        return not ({"a", "b"} <= s or {"c", "d", "e"} <= s)

    minimal_conflicts(IDS, feasible)
    assert max(asked.values()) == 1


# --- sums of groups ------------------------------------------------------------------------


def random_rows(rng: np.random.Generator, m: int, limits: tuple[int, ...]) -> np.ndarray:
    rows = np.stack([rng.integers(0, limit + 3, size=m) for limit in limits], axis=1)
    return np.unique(rows, axis=0).astype(np.int64)


BOXES = [(7,), (4, 5), (3, 3, 3), (2**21, 2**21, 2**21, 2**21), (300, 300, 300)]


@pytest.mark.parametrize("limits", BOXES, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_adding_a_group(limits: tuple[int, ...], seed: int) -> None:
    """Dense, sparse and wide boxes against a dictionary."""
    rng = np.random.default_rng(seed)
    small = tuple(min(limit, 9) for limit in limits)
    rows, steps = random_rows(rng, 15, small), random_rows(rng, 14, small)
    rows = rows[(rows <= limits).all(axis=1)]
    ways, weights = rng.integers(1, 9, len(rows)), rng.integers(1, 9, len(steps))
    expected: Counter[tuple[int, ...]] = Counter()
    for (r, w), (s, v) in itertools.product(
        zip(rows.tolist(), ways.tolist(), strict=True), zip(steps.tolist(), weights.tolist(), strict=True)
    ):  # fmt: skip
        total = tuple(a + b for a, b in zip(r, s, strict=True))
        if all(t <= limit for t, limit in zip(total, limits, strict=True)):
            expected[total] += w * v
    got, counts = add_groups((rows, ways), (steps, weights), Box(limits))
    assert dict(zip(map(tuple, got.tolist()), counts.tolist(), strict=True)) == expected


def test_ways_beyond_64_bits() -> None:
    box = Box((4,))
    state = (np.array([[0]]), np.array([2**40]))
    step = (np.array([[0], [1]]), np.array([2**40, 1]))
    rows, counts = add_groups(state, step, box)
    assert rows.tolist() == [[0], [1]]
    assert counts.tolist() == [2**80, 2**40]


@pytest.mark.parametrize("limits", BOXES, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_going_back(limits: tuple[int, ...], seed: int) -> None:
    rng = np.random.default_rng([9, seed])
    small = tuple(min(limit, 9) for limit in limits)
    inside = [random_rows(rng, m, small) for m in (20, 12, 14)]
    allowed, states = (r[(r <= limits).all(axis=1)] for r in inside[:2])
    steps, box = inside[2], Box(limits)
    ends = set(map(tuple, allowed.tolist()))
    fitting = [s for s in steps.tolist() if all(a <= b for a, b in zip(s, limits, strict=True))]
    before = {
        tuple(e - x for e, x in zip(end, s, strict=True))
        for end in ends for s in fitting
        if all(e >= x for e, x in zip(end, s, strict=True))
    }  # fmt: skip
    assert set(map(tuple, reachable_back(allowed, steps, box).tolist())) == before
    leads = [
        any(tuple(a + b for a, b in zip(r, s, strict=True)) in ends for r in states.tolist())
        for s in steps.tolist()
    ]
    assert steps_that_lead(states, steps, allowed, box).tolist() == leads


@pytest.mark.parametrize("limits", BOXES, ids=str)
def test_keys_keep_rows_and_their_order(limits: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    rows = np.stack([rng.integers(0, limit + 1, size=50) for limit in limits], axis=1)
    keys = encode(rows, Box(limits))
    assert (decode(keys, Box(limits)) == rows).all()
    order = sorted(range(50), key=lambda i: rows[i].tolist())
    assert rows[np.argsort(keys, kind="stable")].tolist() == rows[order].tolist()


def test_equal_keys_are_added_up() -> None:
    keys, counts = aggregate(np.array([3, 1, 3, 2, 1]), np.array([1, 2, 3, 4, 5]))
    assert (keys.tolist(), counts.tolist()) == ([1, 2, 3], [7, 4, 4])


# --- joins ---------------------------------------------------------------------------------

X, Y, Z = ((("o",), frozenset([(name,)])) for name in "xyz")


def random_relation(rng: np.random.Generator, names: tuple[object, ...]) -> Relation:
    m = int(rng.integers(1, 6))
    low = rng.integers(0, 4, size=(m, len(names)))
    high = low + rng.integers(0, 3, size=low.shape) * (rng.random(low.shape) < 0.5)
    return Relation(names, low, high, rng.integers(1, 4, size=m))  # type: ignore[arg-type]


def values(relation: Relation, row: int) -> Callable[[dict[object, int]], bool]:
    spans = list(zip(relation.names, relation.low[row], relation.high[row], strict=True))
    return lambda point: all(low <= point[n] <= high for n, low, high in spans)


@pytest.mark.parametrize("seed", range(40))
def test_joined_rows_are_the_pairs_that_some_totals_meet(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = random_relation(rng, (X, Y) if seed % 2 else (X, Y, Z))
    b = random_relation(rng, (Y, Z))
    whole = Whole(least=int(rng.integers(0, 8)), most=8, options=0, complete=True)
    expected = 0
    for i, j in itertools.product(range(len(a.low)), range(len(b.low))):
        left, right = values(a, i), values(b, j)
        points = ({X: x, Y: y, Z: z} for x, y, z in itertools.product(range(9), repeat=3))
        if any(
            left(p) and right(p) and whole.least <= sum(p.values()) <= whole.most for p in points
        ):
            expected += int(a.count[i] * b.count[j])
    joined, rows = join(a, b, {("o",): whole})
    assert int(joined.count.sum()) == expected
    assert len(rows) == len(joined.low)


def test_projection_adds_up_equal_rows() -> None:
    low = np.array([[1, 2], [1, 3], [4, 2]])
    both = Relation((X, Y), low, low, np.array([1, 2, 5]))
    kept = both.project([X])
    assert (kept.low.tolist(), kept.count.tolist()) == ([[1], [4]], [3, 5])


def test_states_back_and_forth_agree_with_plain_loops() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        width = int(rng.integers(1, 4))
        limits = tuple(int(x) for x in rng.integers(2, 9, width))
        box = states.Box(limits)

        def some(box: states.Box = box) -> np.ndarray:
            size = (int(rng.integers(9, 40)), len(box.limits))
            return np.unique(rng.integers(0, np.array(box.limits) + 1, size), axis=0)

        ends, steps, starts = some(), some(), some()
        inside = {tuple(e) for e in ends}
        back = {tuple(e - s) for e in ends for s in steps if (e >= s).all()}
        transformed = states._back_transformed(states._grid(ends, box), states._grid(steps, box))
        for grid in (states._back_dense(ends, steps, box), transformed):
            assert {tuple(x) for x in np.argwhere(grid)} == back
        for here in (starts, starts[:2]):
            leads = [any(tuple(h + s) in inside for h in here) for s in steps]
            assert states.steps_that_lead(here, steps, ends, box).tolist() == leads


def test_files_are_taken_where_what_they_hold_is(tmp_path: Path) -> None:
    paper = tmp_path / "published.yaml"
    paper.write_text(
        'surveykit: published/1\nstudy: {title: A paper}\nvariables: {aware: {levels: ["yes", "no"]}}\n'
        'counts: [{id: all, count: "3"}]\n'
        'figures: [{id: yes, percent: "66.7", where: {aware: "yes"}}]\n'
    )
    book = tmp_path / "codebook.yaml"
    book.write_text(
        "surveykit: codebook/1\nstudy: {title: A paper}\nvariables:\n  aware:\n    question: Aware\n"
        '    kind: single\n    choices: [{code: "yes", label: "yes"}, {code: "no", label: "no"}]\n'
    )
    assert sk.audit(str(paper)).to_json() == sk.audit(load_published(paper)).to_json()
    (made,) = reconstruct(str(paper), book, folder=tmp_path)
    found = verify(paper, sk.read(made, codebook=book))
    assert [(c.id, c.computed, c.status) for c in found.comparisons] == [
        ("all", "3", "match"),
        ("yes", "66.7", "match"),
    ]
    with pytest.raises(InputError, match="cannot be read"):
        sk.audit(tmp_path / "none.yaml")
