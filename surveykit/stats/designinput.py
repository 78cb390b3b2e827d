"""From columns to a :class:`~surveykit.stats.design.SampleDesign`: every check of a design.

Stratum and unit columns hold labels of any kind, or :class:`Labelled` labels, which are faster for
long columns of text. Messages count respondents from 1 and name strata by their label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveykit.errors import InputError, UnknownNameError, UsageError
from surveykit.stats.design import CENSUS, LONELY_RULES, LonelyRule, SampleDesign, Stage

__all__ = ["Labelled", "resolve_design"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

REMEDIES = (
    "check the strata and PSU columns; merge the stratum with a similar one; or choose a rule "
    "for such strata: 'certainty' or 'remove' (they add no variance), 'adjust' (centred at the "
    "mean of all PSUs, cautious) or 'average' (the mean of the other strata)."
)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Labels by code: ``labels[codes[i]]`` is the label of respondent i; -1 is missing.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
    labels : sequence, length k
    """

    codes: NDArray[np.integer[Any]]
    labels: Sequence[object]


Column = ArrayLike | Labelled
Name = Callable[[int], str]


def resolve_design(
    weights: ArrayLike | None = None,
    strata: Column | None = None,
    psu: Sequence[Column] = (),
    fpc: Sequence[ArrayLike] = (),
    lonely: LonelyRule = "fail",
    *,
    n: int | None = None,
) -> SampleDesign:
    """Check the columns of a design and resolve them to codes and sampling fractions.

    Parameters
    ----------
    weights : array_like of float, shape (n,), optional
        Without weights, `fpc` of all stages implies them; without both they are 1.
    strata : array_like or Labelled, shape (n,), optional
        First-stage strata.
    psu : sequence of array_like or Labelled, each of shape (n,)
        Sampling units, first stage first; each respondent is a unit when there is none.
        Ids are taken as nested: the same id in two strata (or units) means two units.
    fpc : sequence of array_like, each of shape (n,)
        Finite population correction of each stage: the number of units in the population of
        the stratum (a stage whose values are all 1 or more), or the share that was sampled
        (all 1 or less). Stages without one are sampled with replacement.
    lonely : {"fail", "remove", "adjust", "average", "certainty"}
        Rule for strata with one sampled unit (see :class:`SampleDesign`).
    n : int, optional
        Number of respondents, needed when no column is given.

    Returns
    -------
    SampleDesign

    Raises
    ------
    InputError
        For missing labels; missing, negative or infinite weights, or only zeros; corrections
        that are missing, mixed, vary within a stratum or are smaller than the sample; a
        stratum with one unit under "fail".
    UsageError
        If lengths differ, or there are more corrections than stages.
    UnknownNameError
        For an unknown rule.

    Examples
    --------
    >>> design = resolve_design(strata=["a", "a", "b", "b"], fpc=[[10, 10, 40, 40]])
    >>> design.weights.tolist(), design.stages[0].fraction.tolist()
    ([5.0, 5.0, 20.0, 20.0], [0.2, 0.05])
    """
    if lonely not in LONELY_RULES:
        raise UnknownNameError.for_name("lonely-PSU rule", lonely, LONELY_RULES)
    columns = list(psu)
    size = _size(weights, strata, columns, fpc, n)
    levels = list(_levels(strata, columns, size))
    fractions = _fractions(fpc, levels)
    w = _implied(levels, fractions, fpc, size) if weights is None else _weights(weights)
    used = _used(levels, fractions)
    if lonely == "fail" and (strata is not None or columns):
        for i in range(used):
            _check_lonely(levels[i], fractions[i], i)
    return _design(w, levels[:used], fractions[:used], lonely)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """One stage while it is resolved: strata and units of all respondents."""

    strata: Ints  # (n,)
    units: Ints | None  # (n,), None = each respondent
    parents: Ints | None  # (U,) stratum of each unit
    sampled: Ints  # (S,)
    name: Name | None  # of a stratum, by its code; None without strata

    def label(self, stratum: int) -> str:
        return "the sample" if self.name is None else f"stratum {self.name(stratum)!r}"


def _size(
    weights: ArrayLike | None,
    strata: Column | None,
    psu: Sequence[Column],
    fpc: Sequence[ArrayLike],
    n: int | None,
) -> int:
    named = [("weights", weights), ("strata", strata)]
    named += [(f"psu of stage {i + 1}", c) for i, c in enumerate(psu)]
    named += [(f"fpc of stage {i + 1}", c) for i, c in enumerate(fpc)]
    lengths = [(name, _length(c)) for name, c in named if c is not None]
    if n is not None:
        lengths.insert(0, ("n", n))
    if not lengths:
        raise UsageError("a design needs at least one column, or the number of respondents.")
    for name, length in lengths[1:]:
        if length != lengths[0][1]:
            raise UsageError(f"{lengths[0][0]} has {lengths[0][1]} rows, {name} has {length}.")
    return lengths[0][1]


def _length(column: Column) -> int:
    return len(column.codes) if isinstance(column, Labelled) else len(np.asarray(column))


def _levels(strata: Column | None, psu: Sequence[Column], n: int) -> Iterator[_Level]:
    """Resolve the stages one by one: the units of one are the strata of the next."""
    codes, name = np.zeros(n, dtype=np.intp), cast("Name | None", None)
    if strata is not None:
        codes, name = _codes(strata, "strata")
    if not psu:
        yield _Level(codes, None, None, np.bincount(codes), name)
    for i, column in enumerate(psu):
        ids, own_name = _codes(column, f"PSU (stage {i + 1})")
        units, representatives = _compact(codes * (ids.max(initial=0) + np.intp(1)) + ids)
        parents = codes[representatives]
        sampled = np.bincount(parents, minlength=int(codes.max(initial=-1)) + 1)
        each = len(representatives) == n
        yield _Level(codes, None if each else units, parents, sampled, name)
        name = _nested(name, parents, own_name, ids[representatives])
        codes = units


def _nested(outer: Name | None, parents: Ints, inner: Name, ids: Ints) -> Name:
    """Names of units: of what they lie in as well, where that has a name."""

    def name(unit: int) -> str:
        own = inner(int(ids[unit]))
        return own if outer is None else f"{outer(int(parents[unit]))} / {own}"

    return name


def _codes(column: Column, what: str) -> tuple[Ints, Name]:
    """Codes 0 … k-1 without gaps, and the name of each; missing labels are refused."""
    raw, missing = _raw_codes(column)
    if missing.any():
        raise InputError(
            f"{what}: no label for {_rows(missing)}.",
            hint="give these respondents their stratum and unit, or leave them out of the file.",
        )
    codes, representatives = _compact(raw)

    def name(code: int) -> str:
        row = int(representatives[code])
        if isinstance(column, Labelled):
            return str(column.labels[int(raw[row])])
        return _text(np.asarray(column)[row])

    return codes, name


def _raw_codes(column: Column) -> tuple[Ints, Bools]:
    if isinstance(column, Labelled):
        codes = np.asarray(column.codes)
        return codes.astype(np.intp, copy=False), codes < 0
    values = np.asarray(column)
    if values.ndim != 1:
        raise UsageError(f"a column of a design has one value a row; got shape {values.shape}.")
    if values.dtype.kind in "biu":
        return values.astype(np.intp), np.zeros(len(values), dtype=bool)
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        return _inverse(np.where(missing, 0.0, values)), missing
    # nan is the one value that differs from itself
    missing = np.array([v is None or v != v or v == "" for v in values.tolist()], dtype=bool)
    return _inverse(values.astype(str)), missing


def _inverse(values: NDArray[Any]) -> Ints:
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.intp, copy=False)


def _compact(keys: Ints) -> tuple[Ints, Ints]:
    """Codes 0 … k-1 in the order of `keys`, and the first row of each, shape (k,)."""
    if len(keys) == 0:
        return keys, keys
    low, span = int(keys.min()), int(keys.max()) - int(keys.min()) + 1
    if span > 4 * len(keys) + 1024:
        _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
        return codes.reshape(-1).astype(np.intp, copy=False), first.astype(np.intp, copy=False)
    first = np.full(span, -1, dtype=np.intp)
    # of several writes to one place the last one stays: backwards, the first row
    first[(keys - low)[::-1]] = np.arange(len(keys) - 1, -1, -1)
    present = first >= 0
    return (np.cumsum(present) - 1)[keys - low], first[present]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _weights(weights: ArrayLike) -> Floats:
    try:
        w = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"weights must be numbers ({error}).") from error
    if w.ndim != 1:
        raise UsageError(f"weights must have one value a row; got the shape {w.shape}.")
    _refuse(np.isnan(w), "weights: missing for", "give a weight to every respondent, 0 at least.")
    _refuse(np.isinf(w), "weights: infinite for", "weights are finite numbers.")
    _refuse(w < 0, "weights: negative for", "weights are 0 or more.")
    if len(w) and not w.any():
        raise InputError("weights: all of them are 0.", hint="check the weight column.")
    return w


def _refuse(bad: Bools, what: str, hint: str) -> None:
    if bad.any():
        raise InputError(f"{what} {_rows(bad)}.", hint=hint)


def _rows(bad: Bools) -> str:
    rows = np.flatnonzero(bad) + 1
    shown = ", ".join(str(r) for r in rows[:5])
    if len(rows) == 1:
        return f"respondent {shown}"
    more = f", … ({len(rows)} in all)" if len(rows) > 5 else ""
    return f"respondents {shown}{more}"


def _fractions(fpc: Sequence[ArrayLike], levels: list[_Level]) -> list[Floats]:
    """Sampled share by stratum of each stage; 0 (with replacement) where there is no fpc."""
    if len(fpc) > len(levels):
        raise UsageError(
            f"{len(fpc)} finite population corrections for {len(levels)} stages of sampling.",
            hint="name the sampling units of every stage that has one.",
        )
    given = [_fraction(c, level, i) for i, (c, level) in enumerate(zip(fpc, levels, strict=False))]
    return given + [np.zeros(len(level.sampled)) for level in levels[len(fpc) :]]


def _fraction(column: ArrayLike, level: _Level, i: int) -> Floats:
    what = f"fpc (stage {i + 1})"
    values = _fpc_numbers(column, what)
    _, first = _compact(level.strata)
    by_stratum = values[first]
    varying = values != by_stratum[level.strata]
    if varying.any():
        row = int(np.flatnonzero(varying)[0])
        stratum = int(level.strata[row])
        raise InputError(
            f"{what} varies within {level.label(stratum)}: {by_stratum[stratum]:g} for "
            f"respondent {int(first[stratum]) + 1}, {values[row]:g} for respondent {row + 1}.",
            hint="it is one number for each stratum; in a further stage, for each unit above it.",
        )
    if (by_stratum <= 1).all():
        return by_stratum
    small = by_stratum < level.sampled
    if small.any():
        s = int(np.flatnonzero(small)[0])
        raise InputError(
            f"{what}: {level.label(s)} has {level.sampled[s]} sampled units, "
            f"more than its population of {by_stratum[s]:g}.",
            hint="fpc counts the sampling units of the population, not its people or weights.",
        )
    return np.asarray(level.sampled / by_stratum)


def _fpc_numbers(column: ArrayLike, what: str) -> Floats:
    try:
        values = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} must be numbers ({error}).") from error
    _refuse(np.isnan(values), f"{what}: missing for", "every respondent needs one.")
    _refuse(values < 0, f"{what}: negative for", "it is a population size or a share.")
    if (values > 1).any() and (values < 1).any():
        large, small = int(np.argmax(values > 1)), int(np.argmax(values < 1))
        raise InputError(
            f"{what} mixes population sizes and shares: {values[large]:g} for respondent "
            f"{large + 1}, {values[small]:g} for respondent {small + 1}.",
            hint="give all sizes (1 or more) or all sampled shares (1 or less).",
        )
    return values


def _implied(
    levels: list[_Level], fractions: list[Floats], fpc: Sequence[ArrayLike], n: int
) -> Floats:
    if not fpc:
        return np.ones(n)
    w = np.ones(n)
    for i, (level, fraction) in enumerate(zip(levels, fractions, strict=True)):
        if not (fraction > 0).all():
            raise InputError(
                f"there are no weights, and fpc (stage {i + 1}) is not known, which would "
                "imply them.",
                hint="name a weight column, or the fpc of every stage.",
            )
        w /= fraction[level.strata]
    return w


def _check_lonely(level: _Level, fraction: Floats, i: int) -> None:
    lonely = np.flatnonzero((level.sampled == 1) & (1 - fraction >= CENSUS))
    if len(lonely) == 0:
        return
    if level.name is None:
        raise InputError(
            "the sample has only one PSU, from which no variance can be estimated.",
            hint="check the PSU column.",
        )
    shown = ", ".join(repr(level.name(int(s))) for s in lonely[:5])
    more = f", … ({len(lonely)} in all)" if len(lonely) > 5 else ""
    strata = "stratum" if len(lonely) == 1 else "strata"
    what = f"only one PSU in {strata} {shown}{more}."
    if i:
        what = f"only one unit of stage {i + 1} in {shown}{more}."
    raise InputError(what, hint=REMEDIES)


def _used(levels: list[_Level], fractions: list[Floats]) -> int:
    """How many stages count: below units drawn with replacement nothing adds variance."""
    used = 1
    while (
        used < len(levels)
        and levels[used - 1].units is not None
        and (fractions[used - 1] > 0).any()
    ):
        used += 1
    return used


def _design(
    w: Floats, levels: list[_Level], fractions: list[Floats], lonely: LonelyRule
) -> SampleDesign:
    last = levels[-1]
    stages = tuple(
        Stage(None if level.units is None else cast(Ints, level.parents), level.sampled, fraction)
        for level, fraction in zip(levels, fractions, strict=True)
    )
    return SampleDesign(
        w, levels[0].strata, levels[0].units, last.strata, last.units, stages, lonely
    )
