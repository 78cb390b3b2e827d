"""Columns compared with each other: from counts, or under a sample design."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveykit.coding import Numbers
from surveykit.counts import Axis, Choices, level_overlaps, overlaps
from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import Banner, Level, Stub
from surveykit.estimate._blocks import Block
from surveykit.estimate._comparisons import Comparison, Letters, column_letter, strictest
from surveykit.estimate._design import block_totals
from surveykit.estimate._means import MeanBlock, mean_block
from surveykit.estimate._spread import AnyDesign, freedom_of
from surveykit.estimate._summaries import Scored, scored
from surveykit.stats.compare import (
    PairTests,
    adjust_pairs,
    estimate_pairs,
    mean_pairs,
    proportion_pairs,
)

__all__ = [
    "Columns",
    "check_columns",
    "compare_means",
    "compare_numbers",
    "compare_shares",
    "letters_of",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_WHOLE = (Level("", ""),)
_MOST_COLUMNS = 400  # 80,000 pairs in each row of the table


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What is compared: the columns of a banner, and behind them the total if `total`."""

    banner: Banner
    total: bool

    @property
    def names(self) -> list[tuple[str, Level, str]]:
        """Banner name, level and letter of each column."""
        letters = letters_of(self.banner)
        found = [(self.banner.name, v, letters[v.code]) for v in self.banner.levels]
        return [*found, ("", Level("", ""), "")] if self.total else found


def letters_of(banner: Banner) -> dict[str, str]:
    """Return the letter of each column by its code; nested banners begin anew in each part."""
    found: dict[str, str] = {}
    seen: dict[int, int] = {}
    for level, part in zip(banner.levels, banner.parts, strict=True):
        place = seen.get(part, 0)
        found[level.code], seen[part] = column_letter(place), place + 1
    return found


def compare_shares(
    stub: Stub,
    columns: Columns,
    block: Block,
    total: Block,
    options: Letters,
    mask: Bools | None,
    design: AnyDesign | None,
) -> list[Comparison]:
    """Compare the column percentages of every level and net; `total` is the total column."""
    if design is None:
        made = _simple_shares(stub, columns, block, total, options, mask)
        test = "z" if options.variance == "pooled" else "z_unpooled"
    else:
        made = _design_shares(stub, columns, block, total, options, mask, design)
        test = "design"
    return list(_rows(stub.name, stub.rows, "percent", columns, options, made, test, 100.0))


def compare_means(
    stub: Stub,
    columns: Columns,
    block: Block,
    total: Block,
    options: Letters,
    mask: Bools | None,
    design: AnyDesign | None,
) -> list[Comparison]:
    """Compare the means of the scores of a stub."""
    assert stub.scores is not None
    if design is None:
        made = _means_tests(
            [scored(stub, block), *([scored(stub, total)] if columns.total else [])],
            options,
            _overlaps(stub, columns, options, mask),
        )
        test = "t" if options.variance == "pooled" else "welch"
    else:
        (totals,) = block_totals(stub, [_with_total(columns)], design, mask)
        means = totals.means(stub.scores - stub.scores.mean())
        bases = _behind(block.n.bases, total.n.bases, columns)
        cov = means.covariance()
        made = _design_tests(means.estimate[None], cov[None], totals.whole_df, bases, options)
        test = "design"
    return list(_rows(stub.name, _WHOLE, "mean", columns, options, made, test, 1.0))


def compare_numbers(
    values: Numbers,
    columns: Columns,
    block: MeanBlock,
    total: MeanBlock,
    options: Letters,
    mask: Bools | None,
    design: AnyDesign | None,
) -> list[Comparison]:
    """Compare the means of a number variable."""
    if design is None:
        answered = Stub(values.name, _WHOLE, Axis(values.status, 1))
        made = _means_tests(
            [block.scored, *([total.scored] if columns.total else [])],
            options,
            _overlaps(answered, columns, options, mask),
        )
        test = "t" if options.variance == "pooled" else "welch"
    else:
        found = mean_block(values, _with_total(columns), mask, design) if columns.total else block
        assert found.spread is not None
        df = freedom_of(_known(values, columns.banner, mask), design)
        made = _design_tests(
            found.mean[None], found.spread.covariance()[None], df, found.n, options
        )
        test = "design"
    return list(_rows(values.name, _WHOLE, "mean", columns, options, made, test, 1.0))


def _known(values: Numbers, banner: Banner, mask: Bools | None) -> Bools:
    """Return who has a number and a group, shape (n,)."""
    known = ~np.isnan(values.values) & ~banner.unknown()
    return known if mask is None else known & mask


def _means_tests(parts: Sequence[Scored], options: Letters, shared: Floats | None) -> PairTests:
    """Compare means by their groups, the last part being the total where there are two."""
    mean, variance, n = (
        np.concatenate([np.asarray(getattr(s, name), dtype=np.float64) for s in parts])
        for name in ("mean", "variance", "n")
    )
    return mean_pairs(
        mean[None],
        np.sqrt(variance)[None],
        n,
        equal_var="pooled" if options.variance == "pooled" else "welch",
        overlap=shared,
        min_base=options.min_base,
    )


def _behind(of_columns: NDArray[Any], of_total: NDArray[Any], columns: Columns) -> NDArray[Any]:
    """Return the numbers of the columns, behind them that of the total where it is compared."""
    if not columns.total:
        return of_columns
    return np.concatenate([of_columns, of_total], axis=-1)


def _simple_shares(
    stub: Stub,
    columns: Columns,
    block: Block,
    total: Block,
    options: Letters,
    mask: Bools | None,
) -> PairTests:
    shared = _overlaps(stub, columns, options, mask)
    return proportion_pairs(
        _behind(block.n.cells, total.n.cells, columns),
        _behind(block.n.bases, total.n.bases, columns),
        overlap=shared,
        shared=None if shared is None else _level_overlaps(stub, columns, mask),
        pooled=options.variance,
        extremes=options.extremes,
        min_base=options.min_base,
    )


def _overlaps(stub: Stub, columns: Columns, options: Letters, mask: Bools | None) -> Floats | None:
    """Return how many respondents valid on the stub two columns share, (b, b); None for none."""
    if options.overlap == "ignore" or not (columns.banner.overlaps or columns.total):
        return None
    side = _with_total(columns).side
    assert isinstance(side, Choices)
    return np.asarray(overlaps(stub.side, side, mask=mask).n, dtype=np.float64)


def _level_overlaps(stub: Stub, columns: Columns, mask: Bools | None) -> Floats:
    """Return how many of those are in each level and net, (k + nets, b, b)."""
    side = _with_total(columns).side
    assert isinstance(side, Choices)
    found = np.asarray(level_overlaps(stub.side, side, mask=mask).n, dtype=np.float64)
    if stub.multiple or not stub.nets:
        return found
    nets = [found[list(net.members)].sum(axis=0) for net in stub.nets]
    return np.concatenate([found, np.stack(nets)])


def _with_total(columns: Columns) -> Banner:
    """Return the banner with the total behind its columns, where it is compared."""
    if not columns.total:
        return columns.banner
    side = columns.banner.side
    if isinstance(side, Axis):
        inside = side.codes[:, None] == np.arange(side.k, dtype=side.codes.dtype)
    else:
        inside = side.chosen & (side.status == 0)[:, None]
    everyone = np.ones((len(inside), 1), dtype=bool)
    chosen = np.concatenate([inside, everyone], axis=1)
    levels = (*columns.banner.levels, Level("", ""))
    return replace(
        columns.banner, levels=levels, side=Choices(chosen, np.zeros(len(chosen), dtype=np.int8))
    )


def _design_shares(
    stub: Stub,
    columns: Columns,
    block: Block,
    total: Block,
    options: Letters,
    mask: Bools | None,
    design: AnyDesign,
) -> PairTests:
    (totals,) = block_totals(stub, [_with_total(columns)], design, mask)
    shares = totals.percent()
    k, b = len(totals.rows), len(totals.columns)
    covariance = shares.within(k)
    bases = _behind(block.n.bases, total.n.bases, columns)
    estimate = shares.estimate.reshape(k, b)
    return _design_tests(estimate, covariance, totals.whole_df, bases, options)


def _design_tests(
    estimate: Floats, covariance: Floats, df: float, bases: NDArray[Any], options: Letters
) -> PairTests:
    return estimate_pairs(estimate, covariance, df, base=bases, min_base=options.min_base)


def check_columns(banner: Banner) -> None:
    """Refuse to compare more columns than anyone can read, before their pairs are made.

    Raises
    ------
    UnsupportedError
    """
    if len(banner.levels) > _MOST_COLUMNS:
        raise UnsupportedError(
            f"{banner.name!r} has {len(banner.levels):,} columns; at most {_MOST_COLUMNS} are "
            "compared with each other.",
            hint="cut numbers into bins, merge groups, or leave letters out.",
        )


def _pairs(columns: Columns, options: Letters) -> dict[int, list[tuple[int, int]]]:
    """Return the pairs (column, against) of each part of the banner."""
    parts: dict[int, list[int]] = {}
    for i, part in enumerate(columns.banner.parts):
        parts.setdefault(part, []).append(i)
    total = len(columns.banner.levels)
    return {part: list(_of_part(places, total, options)) for part, places in parts.items()}


def _of_part(places: Sequence[int], total: int, options: Letters) -> Iterator[tuple[int, int]]:
    if options.against == "all":
        yield from ((a, b) for i, a in enumerate(places) for b in places[i + 1 :])
    elif options.against == "total":
        yield from ((a, total) for a in places)
    elif options.against == "previous":
        yield from zip(places[1:], places, strict=False)
    else:
        yield from ((a, places[0]) for a in places[1:])


def _rows(
    name: str,
    levels: Sequence[Level],
    stat: str,
    columns: Columns,
    options: Letters,
    made: PairTests,
    test: str,
    unit: float,
) -> Iterator[Comparison]:
    names = columns.names
    for pairs in _pairs(columns, options).values():
        adjusted = _adjusted(made, pairs, options)
        for i, level in enumerate(levels):
            for a, b in pairs:
                (by, one, letter), (against, other, other_letter) = names[a], names[b]
                at = (i, a, b)
                p = _number(adjusted[at])
                yield Comparison(
                    name, level.label, level.code, stat,
                    by, one.label, one.code, letter,
                    against, other.label, other.code, other_letter,
                    _number(made.difference[at] * unit), _number(made.se[at] * unit),
                    _number(made.statistic[at]), _number(made.df[at]),
                    _number(made.p[at]), p, strictest(p, options.alphas), test,
                )  # fmt: skip


def _adjusted(made: PairTests, pairs: Sequence[tuple[int, int]], options: Letters) -> Floats:
    asked = np.zeros(made.p.shape[1:], dtype=bool)
    for a, b in pairs:
        asked[a, b] = True
    return adjust_pairs(made.p, options.adjust, pairs=asked)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
