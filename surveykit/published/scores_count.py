"""How many distributions of scores there are, and one of them at random: dynamic programming.

People whose score is not one of the three solved for (:mod:`scores`) are added score by score, in
an array over (people, what they take of the one number, of the other); each further person of one
score is one more step along the array. Numbers are 64-bit where that is certain to hold them, and
residues of several moduli otherwise, exact by the Chinese remainder theorem.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.published.plane import MODULI, combine
from surveykit.published.plane_draw import pick
from surveykit.published.scores import Scores, Target, Triple, central, normal
from surveykit.published.states import TooLargeError

__all__ = ["Distributions"]

MOST_CELLS = 60_000_000
MOST_WORK = 1_000_000_000
Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Goal:
    """A target in the units of the array."""

    target: Target
    people: int
    u: int
    v: int


@dataclass(frozen=True)
class Distributions:
    """All distributions of scores with one of the targets (people, sum, squares or None)."""

    scores: Scores
    targets: tuple[Target, ...]

    @cached_property
    def _steps(self) -> Scores:
        scaled = normal(self.scores, (0, 0, None))
        assert scaled is not None
        return scaled[0]

    @cached_property
    def _squared(self) -> bool:
        return bool(self.targets) and self.targets[0][2] is not None

    @cached_property
    def _triple(self) -> Triple | None:
        """The three scores solved for; none where only sums matter or there are fewer."""
        if not self._squared or len(self._steps) < 3:
            return None
        n, total, _ = self.targets[len(self.targets) // 2]
        scaled = normal(self.scores, (n, total, None))
        assert scaled is not None
        return Triple(self._steps, central(self._steps, n, scaled[1][1]))

    @cached_property
    def _moves(self) -> list[tuple[int, int, int]]:
        """Score, and what one person of it takes of both numbers, the largest first."""
        triple = self._triple
        if triple is None:
            return [(s, s, 0) for s in reversed(self._steps) if s]
        moves = list(zip(triple.outer, triple.u, triple.v, strict=True))
        return sorted(moves, key=lambda m: -(m[1] + m[2]))

    @cached_property
    def _goals(self) -> list[_Goal]:
        out = []
        for target in self.targets:
            scaled = normal(self.scores, target)
            if scaled is None:
                continue
            n, s, q = scaled[1]
            if self._triple is None or q is None:
                fits = q is None or self._pair_fits(n, s, q)
                goal = _Goal(target, n, s, 0) if fits and s >= 0 else None
            else:
                needs = self._triple.needs(n, s, q)
                goal = _Goal(target, n, *needs) if needs else None
            if goal is not None:
                out.append(goal)
        return out

    def _pair_fits(self, n: int, s: int, q: int) -> bool:
        """Whether one or two scores, whose sum decides, have these squares too."""
        top = self._steps[-1]
        return q == s * top if top else q == 0

    @cached_property
    def _shape(self) -> tuple[int, int, int]:
        """Sizes of the array: people, one number, the other."""
        people = max((g.people for g in self._goals), default=0)
        u, v = (max((x[i] for x in ((g.u, g.v) for g in self._goals)), default=0) for i in (0, 1))
        if self._triple is not None:
            people = self._triple.most_outer(people, u, v)
        return people + 1, u + 1, v + 1

    @cached_property
    def _moduli(self) -> tuple[int, ...]:
        n = max((g.people for g in self._goals), default=0)
        bound = max(1, len(self._goals)) * math.comb(n + len(self.scores), len(self.scores))
        product = 1
        for k, modulus in enumerate(MODULI, 1):
            product *= modulus
            if product > bound:
                return MODULI[:k]
        raise TooLargeError(f"more than {product} distributions")

    def _tables(self, upto: int) -> list[Words]:
        """Return the ways of the first `upto` scores to be at each place, for each modulus.

        Raises
        ------
        TooLargeError
            When the array would be too large.
        """
        cells = math.prod(self._shape)
        if cells > MOST_CELLS or cells * len(self._moves) * len(self._moduli) > MOST_WORK:
            raise TooLargeError("too many sums of scores to count distributions")
        return [self._table(self._moves[:upto], m) for m in self._moduli]

    def _table(self, moves: Sequence[tuple[int, int, int]], modulus: int) -> Words:
        out: Words = np.zeros(self._shape, dtype=np.uint64)
        out[0, 0, 0] = 1
        _, height, width = self._shape
        for _, du, dv in moves:
            if du >= height or dv >= width:
                continue
            for k in range(1, len(out)):
                _add(out[k, du:, dv:], out[k - 1, : height - du, : width - dv], modulus)
        return out

    def _ends(self, goal: _Goal, k: int) -> tuple[Any, Any]:
        """Return the places, with k people in the array, that complete to a goal."""
        if self._triple is None:
            return np.array([goal.u]), np.array([0])
        x = np.arange(min(goal.u // self._triple.left, goal.people - k) + 1)[:, None]
        z = np.arange(min(goal.v // self._triple.right, goal.people - k) + 1)[None, :]
        x, z = np.nonzero(x + z <= goal.people - k)
        return goal.u - self._triple.left * x, goal.v - self._triple.right * z

    @cached_property
    def _full(self) -> list[Words]:
        return self._tables(len(self._moves))

    @cached_property
    def _by_people(self) -> list[list[int]]:
        """For each goal, the number of distributions by the people in the array."""
        return [
            [self._sum(k, *self._ends(goal, k)) for k in range(self._most(goal) + 1)]
            for goal in self._goals
        ]

    def _most(self, goal: _Goal) -> int:
        return min(self._shape[0] - 1, goal.people)

    def _sum(self, k: int, u: Any, v: Any) -> int:
        """Return the exact number of ways at all places together, below the moduli's product."""
        parts = [t[k, u, v] for t in self._full]
        low = [int((p & np.uint64(2**32 - 1)).sum()) for p in parts]
        high = [int((p >> np.uint64(32)).sum()) for p in parts]
        sums = [a + (b << 32) for a, b in zip(low, high, strict=True)]
        return combine([s % m for s, m in zip(sums, self._moduli, strict=True)], self._moduli)

    def _weights(self, tables: list[Words], k: Any, u: Any, v: Any) -> list[int]:
        """Return exact numbers of ways at some places."""
        columns = [t[k, u, v].tolist() for t in tables]
        if len(columns) == 1:
            return list(columns[0])
        return [combine(c, self._moduli) for c in zip(*columns, strict=True)]

    @cached_property
    def number(self) -> int:
        """The exact number of distributions.

        Raises
        ------
        TooLargeError
            When counting would need too much room or time.
        """
        return sum(sum(ways) for ways in self._by_people)

    def draw(self, rng: np.random.Generator) -> tuple[Target, tuple[int, ...]]:
        """Draw a distribution: every one is as likely as any other.

        Returns
        -------
        (n, sum, squares), counts in the order of `scores`.
        """
        totals = [sum(ways) for ways in self._by_people]
        index = pick(np.array(totals, dtype=object), rng)
        goal = self._goals[index]
        k = pick(np.array(self._by_people[index], dtype=object), rng)
        u, v = self._ends(goal, k)
        at = pick(np.array(self._weights(self._full, k, u, v), dtype=object), rng)
        state = k, int(u[at]), int(v[at])
        counts = self._solved(goal, *state)
        for place in range(len(self._moves) - 1, -1, -1):
            s, du, dv = self._moves[place]
            limits = [state[0], *(t // d for t, d in ((state[1], du), (state[2], dv)) if d)]
            c = np.arange(min(limits) + 1)
            before = state[0] - c, state[1] - c * du, state[2] - c * dv
            ways = self._weights(self._before(place), *before)
            taken = pick(np.array(ways, dtype=object), rng)
            counts[s] = taken
            state = state[0] - taken, state[1] - taken * du, state[2] - taken * dv
        return goal.target, tuple(counts.get(s, 0) for s in self._steps)

    @cached_property
    def _kept(self) -> dict[int, list[Words]]:
        return {}

    def _before(self, place: int) -> list[Words]:
        cells = math.prod(self._shape) * len(self._moves) * len(self._moduli)
        if cells > MOST_CELLS:  # several gigabytes: made again for each draw
            return self._tables(place)
        if place not in self._kept:
            self._kept[place] = self._tables(place)
        return self._kept[place]

    def _solved(self, goal: _Goal, k: int, u: int, v: int) -> dict[int, int]:
        if self._triple is None:
            return {0: goal.people - k}
        t = self._triple
        x, z = (goal.u - u) // t.left, (goal.v - v) // t.right
        return {t.low: x, t.middle: goal.people - k - x - z, t.high: z}


def _add(out: Words, more: Words, modulus: int) -> None:
    """Add residues in place (2**64 wraps by itself)."""
    np.add(out, more, out=out)
    if modulus < 2**64:
        np.minimum(out, out - np.uint64(modulus), out=out)
