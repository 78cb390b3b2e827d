"""Fisher's exact test of r × c tables (Freeman and Halton): exact, or by seeded Monte Carlo.

p is the probability, given the margins, of all tables no more likely than the observed one.
Tables are not listed one by one. Columns are filled from the smallest on; two ways to fill
the first j columns that leave the same counts in the rows (a node) and are equally likely are
one state; a state is settled as soon as all of its completions are, or none is, more likely
than the observed table. The last two columns are settled together.

References
----------
Freeman and Halton (1951), Note on an exact treatment of contingency, goodness of fit and
other problems of significance, Biometrika 38, 141-149.
Mehta and Patel (1983), A network algorithm for performing Fisher's exact test in r × c
contingency tables, JASA 78, 427-434.
Patefield (1981), Algorithm AS 159: an efficient method of generating random r × c tables
with given row and column totals, Applied Statistics 30, 91-97.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from surveykit.errors import UnsupportedError, UsageError
from surveykit.stats.intervals import clopper_pearson
from surveykit.stats.many import FISHER_TIES, as_tables

__all__ = ["ExactMethod", "ExactTest", "fisher_freeman_halton"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ExactMethod = Literal["exact", "monte_carlo"]

LIMIT = 10_000_000
SAMPLES = 100_000
LARGEST_EXACT = 1_000_000  # respondents: Σ log x! is kept in a table
LARGEST = 1_000_000_000  # respondents that a random table can have
CHUNK = 1_000_000  # fillings held in memory at a time
SAME = 1e10  # states whose log-probabilities agree to ten decimals are one


@dataclass(frozen=True, slots=True)
class ExactTest:
    """Fisher-Freeman-Halton test of one table.

    Attributes
    ----------
    p : float or None
        None where fewer than two rows or columns have observations.
    method : {"exact", "monte_carlo"}
        How p was found.
    low, high : float or None
        99 % interval (Clopper-Pearson) of the exact p around a Monte Carlo one.
    samples : int
        Random tables drawn; 0 for an exact p.
    """

    p: float | None
    method: ExactMethod = "exact"
    low: float | None = None
    high: float | None = None
    samples: int = 0


class _TooManyError(Exception):
    """The budget of states is spent."""


def fisher_freeman_halton(
    table: ArrayLike, *, limit: int = LIMIT, samples: int = SAMPLES, seed: int = 0
) -> ExactTest:
    """Fisher's exact test of an r × c table, by probability ordering as in R.

    Parameters
    ----------
    table : array_like, shape (r, c)
        Whole numbers; rows and columns without observations are left out.
    limit : int
        How many fillings of columns may be looked at for an exact p; beyond it p is estimated
        from random tables. Ten million take about a second, and are enough for 3 × 3 tables
        of 300 respondents, 4 × 4 of 100, and 2 × 6 of 1,000. 0: always estimate.
    samples : int
        Number of random tables with the observed margins, at least 1.
    seed : int
        Of the random tables.

    Returns
    -------
    ExactTest
        A Monte Carlo p is (1 + hits) / (1 + samples), never 0.

    Raises
    ------
    UsageError
        For another shape, counts that are not whole, or samples below 1.
    UnsupportedError
        For more than 1,000,000,000 respondents.

    Examples
    --------
    >>> job = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]
    >>> test = fisher_freeman_halton(job)
    >>> round(test.p, 4), test.method
    (0.7827, 'exact')
    """
    t = _whole(table)
    if samples < 1:
        raise UsageError(f"samples must be at least 1; got {samples}.")
    if min(t.shape) < 2:
        return ExactTest(None)
    try:
        return ExactTest(_exact_p(t, limit))
    except _TooManyError:
        return _monte_carlo(t, samples, seed)


def _whole(table: ArrayLike) -> Ints:
    given = np.asarray(table, dtype=np.float64)
    if given.ndim != 2:
        raise UsageError(f"a two-way table must have the shape (r, c); got {given.shape}.")
    t = as_tables(given[None])[0]
    if not bool(np.all(t == np.floor(t))):
        raise UsageError("Fisher's exact test needs whole counts.")
    return np.asarray(t[t.sum(1) > 0][:, t.sum(0) > 0].astype(np.int64))


def _log_factorials(n: int) -> Floats:
    # added up in extended precision where there is one: the sums run over all of n
    logs = np.log(np.arange(1, n + 1, dtype=np.longdouble))
    return np.concatenate([[0.0], np.cumsum(logs).astype(np.float64)])


def _oriented(t: Ints) -> Ints:
    """The table or its transpose, whichever needs fewer fillings; columns in rising order."""
    turned = min((t, t.T), key=_cost)
    if _cost(turned) == np.inf:
        raise _TooManyError
    return turned[:, np.argsort(turned.sum(0), kind="stable")]


def _cost(t: Ints) -> float:
    """Nodes before the last two columns, times fillings of the first of these."""
    if np.prod(t.sum(1) + 1.0) > 2**62:
        return np.inf  # nodes could not be numbered
    columns = np.sort(t.sum(0))
    ways = _fillings(t.sum(1), int(columns[:-1].max(initial=0) + columns[:-2].sum()))
    return float(ways[columns[:-2].sum()] * ways[columns[-2]])


def _fillings(rows: Ints, most: int) -> Floats:
    """Ways to spread 0, 1, …, `most` over rows that hold no more than `rows`."""
    ways = np.zeros(most + 1)
    ways[0] = 1.0
    for size in rows.tolist():
        total = np.cumsum(ways)
        total[size + 1 :] -= total[: -size - 1].copy() if size < most else 0.0
        ways = total
    return ways


@dataclass(frozen=True, slots=True, eq=False)
class _States:
    """What the first columns leave: `ways` fillings with one cost for the same rows left.

    The cost of a filling is Σ log x! over its cells: the log-probability of a whole table is a
    constant less its cost.
    """

    left: Ints  # shape (s, r): still to be placed in each row
    cost: Floats  # shape (s,)
    ways: Floats  # shape (s,)

    def __getitem__(self, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> _States:
        return _States(self.left[which], self.cost[which], self.ways[which])


@dataclass(slots=True)
class _Budget:
    left: int

    def spend(self, n: int) -> None:
        self.left -= n
        if self.left < 0:
            raise _TooManyError


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    logf: Floats  # log 0!, log 1!, …, log n!
    threshold: float  # tables of at least this cost count
    constant: float  # log-probability of a table of cost 0

    @classmethod
    def of(cls, t: Ints) -> _Problem:
        logf = _log_factorials(int(t.sum()))
        observed = float(logf[t].sum())
        constant = logf[t.sum(0)].sum() + logf[t.sum(1)].sum() - logf[-1]
        return cls(logf, observed - float(np.log(FISHER_TIES)), float(constant))

    def weight(self, states: _States, further: Floats) -> float:
        """Probability of states and what follows them; `further` is its cost."""
        return float((states.ways * np.exp(self.constant - states.cost - further)).sum())


def _exact_p(table: Ints, limit: int) -> float:
    if int(table.sum()) > LARGEST_EXACT:
        raise _TooManyError
    t = _oriented(table)
    problem, budget, columns = _Problem.of(t), _Budget(limit), t.sum(0)
    states = _States(t.sum(1)[None], np.zeros(1), np.ones(1))
    p = 0.0
    for j in range(len(columns) - 2):
        settled, states = _stage(states, columns[j:], problem, budget)
        p += settled
        if not len(states.cost):
            return min(1.0, p)
    return min(1.0, p + _last_two(states, int(columns[-2]), problem, budget))


def _stage(
    states: _States, columns: Ints, problem: _Problem, budget: _Budget
) -> tuple[float, _States]:
    """Fill the first of `columns`: the probability now settled, and what is still open."""
    parts = [
        _settle(filled, columns[1:], problem, budget)
        for filled in _filled(states, int(columns[0]), problem, budget)
    ]
    return sum(settled for settled, _ in parts), _merged([open_ for _, open_ in parts])


def _filled(states: _States, column: int, problem: _Problem, budget: _Budget) -> Iterator[_States]:
    """Every filling of one column after every state, in pieces that fit in memory."""
    for piece in _pieces(states, column):
        which, cells = _spread(piece.left, column, budget)
        left = piece.left[which] - cells
        yield _States(left, piece.cost[which] + problem.logf[cells].sum(1), piece.ways[which])


def _pieces(states: _States, column: int) -> Iterator[_States]:
    most = np.minimum(states.left, column) + 1.0
    size = np.cumsum(np.sort(most, axis=1)[:, :-1].prod(axis=1))
    cuts = np.flatnonzero(np.diff(np.floor(size / CHUNK))) + 1
    for start, stop in zip([0, *cuts], [*cuts, len(size)], strict=True):
        yield states[start:stop]


def _spread(left: Ints, column: int, budget: _Budget) -> tuple[NDArray[np.intp], Ints]:
    """All ways to fill a column from rows that have `left`: which state, and the cells."""
    which = np.arange(len(left))
    rest = np.full(len(left), column)
    room = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]  # of this row and those below
    cells: list[Ints] = []
    for i in range(left.shape[1] - 1):
        low = np.maximum(rest - room[which, i + 1], 0)
        count = np.minimum(left[which, i], rest) - low + 1
        budget.spend(int(count.sum()))
        source = np.repeat(np.arange(len(which)), count)
        value = np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count) + low[source]
        cells = [*(c[source] for c in cells), value]
        which, rest = which[source], rest[source] - value
    return which, np.stack([*cells, rest], axis=1)


def _settle(
    states: _States, columns: Ints, problem: _Problem, budget: _Budget
) -> tuple[float, _States]:
    """Probability of the states that count whatever follows, and the undecided ones."""
    first, which = _distinct(_nodes(states.left))
    nodes = states.left[first]
    budget.spend(nodes.size * len(columns) // 2)  # bounds take time too
    counted = states.cost + _least(nodes, columns, problem.logf)[which] >= problem.threshold
    open_ = states.cost + _most(nodes, columns, problem.logf)[which] >= problem.threshold
    m = int(columns.sum())
    rest = problem.logf[columns].sum() + problem.logf[nodes].sum(1) - problem.logf[m]
    return problem.weight(states[counted], rest[which[counted]]), states[~counted & open_]


def _distinct(node: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """A place of each distinct number, and which of them each is."""
    size = int(node.max(initial=-1)) + 1
    if size > CHUNK:
        _, first, which = np.unique(node, return_index=True, return_inverse=True)
        return first, which.reshape(-1)
    place = np.full(size, -1)
    place[node] = np.arange(len(node))
    number = np.cumsum(place >= 0) - 1
    return place[place >= 0], number[node]


def _least(left: Ints, columns: Ints, logf: Floats) -> Floats:
    """A lower bound of the cost of any completion.

    The Lagrangian dual: for any a and b, Σ log x! is at least Σ min_x (log x! - (aᵢ + bⱼ) x) +
    Σ aᵢ rowᵢ + Σ bⱼ columnⱼ; the minimum is at x = ⌊exp(aᵢ + bⱼ)⌋. exp(aᵢ + bⱼ) is the expected
    count plus about a half, where the bound is nearly sharp.
    """
    r, c = left.shape[1], len(columns)
    a = np.log(left + c / 2)
    b = np.log((columns + r / 2) / (columns.sum() + r * c / 2))
    both = a[:, :, None] + b
    x = np.floor(np.exp(both)).astype(np.int64)
    inner = (logf[np.minimum(x, len(logf) - 1)] - both * x).sum(axis=(1, 2))
    return np.asarray(inner + (a * left).sum(1) + float(b @ columns) - 1e-9)


def _most(left: Ints, columns: Ints, logf: Floats) -> Floats:
    """An upper bound of the cost of any completion: each column (each row) as uneven as can be."""
    by_column = sum(_greedy(left, int(n), logf) for n in columns)
    bins = np.sort(columns)[::-1]
    before = np.cumsum(bins) - bins
    by_row = logf[np.clip(left[:, :, None] - before, 0, bins)].sum(axis=(1, 2))
    return np.asarray(np.minimum(by_column, by_row))


def _greedy(left: Ints, n: int, logf: Floats) -> Floats:
    """Cost of filling the largest rows first with n."""
    rows = -np.sort(-left, axis=1)
    before = np.cumsum(rows, axis=1) - rows
    return np.asarray(logf[np.clip(n - before, 0, rows)].sum(axis=1))


def _merged(parts: list[_States]) -> _States:
    """One state for each node and cost, sorted by node."""
    left, cost, ways = (
        np.concatenate([getattr(s, name) for s in parts]) for name in ("left", "cost", "ways")
    )
    if not len(cost):
        return _States(left, cost, ways)
    node, level = _nodes(left), np.round((cost - cost.min()) * SAME).astype(np.int64)
    order = _order(node, level)
    new = (np.diff(node[order]) != 0) | (np.diff(level[order]) != 0)
    starts = np.flatnonzero(np.concatenate([[True], new]))
    return _States(left[order][starts], cost[order][starts], np.add.reduceat(ways[order], starts))


def _order(node: Ints, level: Ints) -> NDArray[np.intp]:
    """The order by node, then level; one key sorts faster than two where it fits."""
    span = int(level.max()) + 1
    if int(node.max()) < 2**62 // span:
        return np.argsort(node * span + level)
    return np.lexsort((level, node))


def _nodes(left: Ints) -> Ints:
    """A number for each vector of rows left; the last row follows from the others."""
    radix = np.concatenate([[1], np.cumprod(left.max(axis=0)[:-1] + 1)])[:-1]
    return np.asarray(left[:, :-1] @ radix)


def _last_two(states: _States, column: int, problem: _Problem, budget: _Budget) -> float:
    """Probability of the completions that count, two columns before the end."""
    starts = np.flatnonzero(np.concatenate([[True], np.diff(_nodes(states.left)) != 0]))
    nodes = _States(
        states.left[starts], starts.astype(np.float64), np.diff([*starts, len(states.cost)])
    )
    p = 0.0
    for piece in _pieces(nodes, column):
        which, cells = _spread(piece.left, column, budget)
        further = problem.logf[cells].sum(1) + problem.logf[piece.left[which] - cells].sum(1)
        p += _counted(states, piece, which, further, problem)
    return p


def _counted(
    states: _States, nodes: _States, which: NDArray[np.intp], further: Floats, problem: _Problem
) -> float:
    """Probability of completions that count; `nodes` hold the first of their states in `cost`."""
    start, number = nodes.cost.astype(np.int64), nodes.ways.astype(np.int64)
    single = number[which] == 1
    own = states[start[which]]
    hit = single & (own.cost + further >= problem.threshold)
    p = problem.weight(own[hit], further[hit])
    ends = np.searchsorted(which, np.arange(len(start) + 1))
    for i in np.flatnonzero(number > 1):
        ordered = np.sort(further[ends[i] : ends[i + 1]])[::-1]
        p += _several(states[start[i] : start[i] + number[i]], ordered, problem)
    return p


def _several(states: _States, further: Floats, problem: _Problem) -> float:
    """As `_counted` for the states of one node; `further` falls."""
    least = further[-1]
    sums = np.concatenate([[0.0], np.cumsum(np.exp(least - further))])
    reached = np.searchsorted(-further, states.cost - problem.threshold, side="right")
    return float(
        (states.ways * np.exp(problem.constant - states.cost - least) * sums[reached]).sum()
    )


def _monte_carlo(t: Ints, samples: int, seed: int) -> ExactTest:
    if int(t.sum()) > LARGEST:
        raise UnsupportedError(f"Fisher's test is there for up to {LARGEST:,} respondents.")
    threshold = float(gammaln(t + 1.0).sum() - np.log(FISHER_TIES))
    costs = _random_costs(t, samples, np.random.default_rng(seed))
    hits = int((costs >= threshold).sum())
    ends = clopper_pearson(hits, samples, level=0.99)
    p = (1 + hits) / (1 + samples)
    return ExactTest(p, "monte_carlo", float(ends.low), float(ends.high), samples)


def _random_costs(t: Ints, samples: int, rng: np.random.Generator) -> Floats:
    """Σ log x! of random tables with the margins of `t`: cell by cell, hypergeometric."""
    left = np.repeat(t.sum(1)[:, None], samples, axis=1)
    cost = np.zeros(samples)
    for column in t.sum(0)[:-1].tolist():
        rest = np.full(samples, column)
        below = left.sum(axis=0)
        for row in left[:-1]:
            below -= row
            cell = rng.hypergeometric(row, below, rest)
            cost += gammaln(cell + 1.0)
            row -= cell
            rest -= cell
        cost += gammaln(rest + 1.0)
        left[-1] -= rest
    return np.asarray(cost + gammaln(left + 1.0).sum(axis=0))
