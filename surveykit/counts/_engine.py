"""The one pass: joint tables of several code columns, in blocks of rows that stay in cache.

Columns that are asked for together are fused into one key (a number in a mixed base), so that
one `bincount` serves several tables; each table is then a margin of the fused one. Keys are
16 bits wide where they fit. numpy's `bincount` holds the interpreter lock, so that a second
thread gains nothing; the order of summation depends on the number of rows and on what is
asked for, on nothing else, and weighted sums are the same to the last bit from run to run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.counts._layout import BLANK, MISSING_KINDS, Axis, Bools, Choices, Codes, Floats, Ints
from surveykit.errors import UsageError

__all__ = ["BLOCK", "Atom", "CodePart", "Part", "PatternPart", "Tables", "axis_part", "blocks",
           "checked_mask", "checked_weights", "joint_tables", "pattern_parts"]  # fmt: skip

BLOCK = 65_536
_FUSED_CELLS = 8_192
_MOST_CELLS = 1 << 28

Keys = NDArray[np.signedinteger[Any]]
Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class CodePart:
    """A column of codes `low` … `high` as one digit of a key.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
    low, high : int
        Smallest (at most 0) and largest code that occurs.
    """

    codes: Codes
    low: int
    high: int

    @property
    def width(self) -> int:
        """Number of values of the digit: ``code - low``."""
        return self.high - self.low + 1

    def load(self, rows: slice, out: Keys) -> None:
        """Write the codes of some rows into `out`."""
        out[...] = self.codes[rows]


@dataclass(frozen=True, slots=True, eq=False)
class PatternPart:
    """Some options of a multiple response as one digit: which of them were chosen.

    Attributes
    ----------
    chosen : ndarray of bool, shape (n, m)
        m options; the pattern is the binary number with the first as its highest bit.
    status : CodePart
        Why there is no choice; its `high` is 0.
    """

    chosen: Bools
    status: CodePart

    @property
    def low(self) -> int:
        """Smallest code: the missing kinds are below 0."""
        return self.status.low

    @property
    def high(self) -> int:
        """Largest code: all chosen."""
        return (1 << int(self.chosen.shape[1])) - 1

    @property
    def width(self) -> int:
        """Number of values of the digit: ``code - low``."""
        return self.high - self.low + 1

    @property
    def bits(self) -> Bools:
        """Which patterns hold which option, shape (2**m, m)."""
        m = self.chosen.shape[1]
        return np.asarray((np.arange(1 << m)[:, None] >> np.arange(m - 1, -1, -1)) & 1 == 1)

    def load(self, rows: slice, out: Keys) -> None:
        """Write the patterns of some rows, or why there is none, into `out`."""
        chosen = np.ascontiguousarray(self.chosen[rows].T).view(np.int8)
        pattern = np.zeros(len(out), np.int8 if len(chosen) < 8 else out.dtype)
        for column in chosen:
            np.add(pattern, pattern, out=pattern)
            np.add(pattern, column, out=pattern)
        if self.status.low < 0:
            status = self.status.codes[rows].astype(pattern.dtype, copy=False)
            np.multiply(pattern, status == 0, out=pattern)
            np.add(pattern, status, out=pattern)
        out[...] = pattern


Part = CodePart | PatternPart
Atom = tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Joint tables of one pair of atoms.

    Attributes
    ----------
    n : ndarray of int, shape (widths of the left parts, widths of the right parts)
    w, w2 : ndarray of float, the same shape, or None without weights
    """

    n: Ints
    w: Floats | None = None
    w2: Floats | None = None

    def each(self, change: Callable[[Array], Array]) -> Tables:
        """Return the tables with every array changed in one way."""
        w, w2 = (None if x is None else change(x) for x in (self.w, self.w2))
        return Tables(change(self.n), w, w2)


# ---------------------------------------------------------------- what comes in
def axis_part(axis: Axis) -> CodePart:
    """Check the codes of an axis and find their range."""
    return _part(axis.codes, axis.k)


def pattern_parts(choices: Choices, bits: int) -> tuple[PatternPart, ...]:
    """Cut a multiple response into digits of at most `bits` options each."""
    chosen = choices.chosen
    if chosen.dtype != np.bool_ or chosen.ndim != 2:
        raise UsageError(f"chosen must be a matrix of bool, not {chosen.ndim}-d {chosen.dtype}.")
    if len(chosen) != len(choices.status):
        raise UsageError(
            f"chosen and status have {len(chosen)} and {len(choices.status)} respondents."
        )
    status = _part(choices.status, 1)
    k = chosen.shape[1]
    pieces = max(1, -(-k // bits))
    size = max(1, -(-k // pieces))
    starts = range(0, max(k, 1), size)
    return tuple(PatternPart(chosen[:, i : i + size], status) for i in starts)


def _part(codes: Codes, k: int) -> CodePart:
    if codes.ndim != 1 or not np.issubdtype(codes.dtype, np.integer):
        raise UsageError(f"codes must be one column of integers, not {codes.ndim}-d {codes.dtype}.")
    if not len(codes):
        return CodePart(codes, 0, 0)
    seen = codes[:1] if codes.strides == (0,) else codes
    low, high = int(np.minimum.reduce(seen)), int(np.maximum.reduce(seen))
    if low < -MISSING_KINDS or high >= k:
        raise UsageError(
            f"codes must lie between {-MISSING_KINDS} and {k - 1}; found {low} to {high}."
        )
    return CodePart(codes, min(low, 0), max(high, BLANK))


def checked_weights(weights: Floats | None, n: int) -> Floats | None:
    """Return the weights as float, one for each of `n` respondents."""
    if weights is not None and weights.shape != (n,):
        raise UsageError(f"weights have shape {weights.shape}, not ({n},).")
    return weights


def checked_mask(mask: Bools | None, n: int) -> Bools | None:
    """Return the domain, one truth value for each of `n` respondents."""
    if mask is None:
        return None
    if mask.shape != (n,) or mask.dtype != np.bool_:
        raise UsageError(f"the mask is {mask.dtype} of shape {mask.shape}, not bool of ({n},).")
    return mask


def blocks(n: int, size: int) -> Iterator[slice]:
    """Yield the blocks of `n` rows.

    Examples
    --------
    >>> list(blocks(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    return (slice(i, min(i + size, n)) for i in range(0, n, size))


# ---------------------------------------------------------------- what is fused with what
def _width(atom: Atom) -> int:
    return prod(p.width for p in atom)


def _pack(widths: Sequence[int], limit: int) -> list[list[int]]:
    """Group atoms, the widest first, each where it fits, so that products stay within `limit`."""
    groups: list[list[int]] = []
    sizes: list[int] = []
    for i in sorted(range(len(widths)), key=lambda i: -widths[i]):
        for g, size in enumerate(sizes):
            if size * widths[i] <= limit:
                groups[g].append(i)
                sizes[g] *= widths[i]
                break
        else:
            groups.append([i])
            sizes.append(widths[i])
    return groups


def _plan(
    lefts: Sequence[int], rights: Sequence[int], limit: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Share `limit` cells between the two sides so that the fewest fused tables serve all pairs."""
    tried = []
    for share in _shares(lefts, rights, limit):
        packed = _pack(lefts, share), _pack(rights, limit // share)
        cells = sum(prod(lefts[i] for i in g) for g in packed[0]) * sum(
            prod(rights[j] for j in g) for g in packed[1]
        )
        tried.append((len(packed[0]) * len(packed[1]), cells, packed))
    return min(tried, key=lambda t: t[:2])[2]


def _shares(lefts: Sequence[int], rights: Sequence[int], limit: int) -> Sequence[int]:
    """Return the shares of the left side that are worth a try."""
    if len(lefts) == 1:
        return (min(lefts[0], limit),)
    if len(rights) == 1:
        return (max(limit // rights[0], 1),)
    return [4**i for i in range(limit.bit_length() // 2 + 1) if 4**i <= limit]


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Atoms fused into one key: ``Σ (code - low) · stride``."""

    atoms: tuple[int, ...]
    widths: tuple[int, ...]
    parts: tuple[Part, ...]
    size: int

    def key(self, rows: slice, out: Keys, scratch: Keys) -> None:
        """Write the key of some rows into `out`."""
        first, offset = True, 0
        for part in self.parts:
            if part.width == 1:
                continue
            offset = offset * part.width - part.low
            if first:
                part.load(rows, out)
                first = False
                continue
            part.load(rows, scratch)
            np.multiply(out, out.dtype.type(part.width), out=out)
            np.add(out, scratch, out=out)
        if first:
            out[...] = 0
        elif offset:
            np.add(out, out.dtype.type(offset), out=out)


def _groups(atoms: Sequence[Atom], packed: Sequence[Sequence[int]]) -> list[_Group]:
    groups = []
    for g in packed:
        widths = tuple(_width(atoms[i]) for i in g)
        groups.append(_Group(tuple(g), widths, tuple(p for i in g for p in atoms[i]), prod(widths)))
    return groups


# ---------------------------------------------------------------- the pass
def joint_tables(
    lefts: Sequence[Atom],
    rights: Sequence[Atom],
    n: int,
    weights: Floats | None = None,
    mask: Bools | None = None,
) -> list[list[Tables]]:
    """Count every left atom by every right atom, all in one pass over `n` rows.

    Parameters
    ----------
    lefts, rights : sequence of tuple of parts
        The parts of one atom are kept jointly.
    n : int
        Number of rows.
    weights : ndarray of float, shape (n,), optional
    mask : ndarray of bool, shape (n,), optional

    Returns
    -------
    list of list of Tables
        Indexed [left][right].
    """
    limit = max(64, min(_FUSED_CELLS, n))
    plan = _plan([_width(a) for a in lefts], [_width(a) for a in rights], limit)
    left, right = _groups(lefts, plan[0]), _groups(rights, plan[1])
    sums = _pass(left, right, n, checked_weights(weights, n), checked_mask(mask, n))
    places = {i: (g, a) for g, group in enumerate(left) for a, i in enumerate(group.atoms)}
    columns = {j: (h, b) for h, group in enumerate(right) for b, j in enumerate(group.atoms)}

    def table(i: int, j: int) -> Tables:
        (g, a), (h, b) = places[i], columns[j]
        shape = tuple(p.width for p in (*lefts[i], *rights[j]))
        return sums[g][h].each(lambda fused: _margin(fused, left[g], right[h], a, b, shape))

    return [[table(i, j) for j in range(len(rights))] for i in range(len(lefts))]


def _margin(fused: Array, g: _Group, h: _Group, a: int, b: int, shape: tuple[int, ...]) -> Array:
    """Sum a fused table over all atoms but one of each side, the slowest index first."""
    head, tail = prod(g.widths[:a]), prod(h.widths[b + 1 :])
    between = prod(g.widths[a + 1 :]) * prod(h.widths[:b])
    if head > 1:
        fused = np.add.reduce(fused.reshape(head, -1), axis=0)
    if between > 1:
        fused = np.add.reduce(fused.reshape(g.widths[a], between, -1), axis=1)
    if tail > 1:
        fused = np.add.reduce(fused.reshape(-1, tail), axis=1)
    return fused.reshape(shape)


def _largest(left: Sequence[_Group], right: Sequence[_Group]) -> int:
    """Return the number of cells of the largest fused table; one that no memory holds is refused."""
    largest = max((g.size * h.size for g in left for h in right), default=1)
    if largest > _MOST_CELLS:
        raise UsageError(
            f"a table of {largest:,} cells is too large.",
            hint="merge categories, or take a variable with fewer of them.",
        )
    return largest


def _pass(
    left: Sequence[_Group],
    right: Sequence[_Group],
    n: int,
    weights: Floats | None,
    mask: Bools | None,
) -> list[list[Tables]]:
    """Sum 1, w and w² over the fused keys of every left and right group."""
    largest = _largest(left, right) + 1
    size = min(max(BLOCK, 2 * largest), max(n, 1))
    dtype = np.int16 if largest <= np.iinfo(np.int16).max else np.int64
    totals = [[_empty(g.size * h.size + 1, weights) for h in right] for g in left]
    keys = np.empty((len(right) + 3, size), dtype)
    for rows in blocks(n, size):
        *rkeys, lkey, key, scratch = keys[:, : rows.stop - rows.start]
        w = None if weights is None else weights[rows]
        w2 = None if w is None else w * w
        for h, out in zip(right, rkeys, strict=True):
            h.key(rows, out, scratch)
        for g, row in zip(left, totals, strict=True):
            g.key(rows, lkey, scratch)
            for h, rkey, total in zip(right, rkeys, row, strict=True):
                np.multiply(lkey, dtype(h.size), out=key)
                np.add(key, rkey, out=key)
                if mask is not None:
                    _only(mask[rows], key, scratch)
                _add(total, key, w, w2)
    inside = slice(None, -1) if mask is None else slice(1, None)
    return [[total.each(lambda sums: sums[inside]) for total in row] for row in totals]


def _only(inside: Bools, key: Keys, scratch: Keys) -> None:
    """Move the cells up by one; those outside the domain share the cell 0, which is dropped."""
    scratch[...] = inside
    np.add(key, key.dtype.type(1), out=key)
    np.multiply(key, scratch, out=key)


def _empty(size: int, weights: Floats | None) -> Tables:
    n = np.zeros(size, np.int64)
    return Tables(n) if weights is None else Tables(n, np.zeros(size), np.zeros(size))


def _add(total: Tables, key: Keys, w: Floats | None, w2: Floats | None) -> None:
    n, sum_w, sum_w2 = total.n, total.w, total.w2
    if sum_w is None or sum_w2 is None:
        n += np.bincount(key, minlength=len(n))
        return
    wide = key.astype(np.intp)
    n += np.bincount(wide, minlength=len(n))
    sum_w += np.bincount(wide, weights=w, minlength=len(n))
    sum_w2 += np.bincount(wide, weights=w2, minlength=len(n))
