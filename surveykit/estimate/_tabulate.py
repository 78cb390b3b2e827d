"""The pipelines of the verbs: look up, count, make rows, test, compare columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from surveykit.coding import Numbers, numbers
from surveykit.counts import Axis
from surveykit.errors import UnsupportedError
from surveykit.estimate._axes import Banner, Column, Level, Stub, banner, stub, total
from surveykit.estimate._blocks import Block, beside, count_blocks
from surveykit.estimate._comparisons import Comparison, Comparisons
from surveykit.estimate._design import Totals, block_totals
from surveykit.estimate._estimates import Estimate, Estimates, TestRow, Tests
from surveykit.estimate._letters import (
    Columns,
    check_columns,
    compare_means,
    compare_numbers,
    compare_shares,
    letters_of,
)
from surveykit.estimate._means import MeanBlock, mean_block, mean_cells
from surveykit.estimate._meantests import mean_test_rows
from surveykit.estimate._request import Request, opening
from surveykit.estimate._rows import Cells, cell_rows, missing_rows, missing_split, plain_rows
from surveykit.estimate._shares import responses, simple_shares
from surveykit.estimate._summaries import summary_cells
from surveykit.estimate._tests import caution, default_names, misfit, refusal, test_rows
from surveykit.estimate._weighted import effective_base, weighted_shares, weighted_summaries
from surveykit.estimate._words import say
from surveykit.survey import Survey
from surveykit.text import PRINTED_AS, Lang, in_lang

__all__ = ["averages", "banners_of", "both", "by_notes", "mean_notes", "refuse", "tables", "valued"]

_WHOLE = (Level("", ""),)


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """One variable by one by-variable, counted, with the total column beside it."""

    stub: Stub
    banner: Banner
    block: Block
    totals: Totals | None
    total: Block


# ---------------------------------------------------------------- categories
def tables(asked: Request, *, demanded: bool = False) -> Estimates:
    """Look up, count, make rows, test, compare: the pipeline of `freq` and `crosstab`."""
    spec, survey = asked.spec, asked.survey
    banners = banners_of(asked)
    stubs = [stub(survey, v, spec.lang, asked.nets, spec.summaries) for v in spec.variables]
    weights = None if asked.design is None else asked.design.weights
    grid = count_blocks(stubs, banners, weights=weights, mask=survey.mask)
    rows: list[Estimate] = []
    pairs: list[_Pair] = []
    notes = [*opening(asked)]
    for row, blocks in zip(stubs, grid, strict=True):
        totals = _totals(asked, row, banners)
        for columns, block, under in _wide(banners, blocks, totals):
            rows.extend(_block_rows(asked, row, columns, block, under))
        pairs.extend(
            _Pair(row, *pair, blocks[0])
            for pair in zip(banners[1:], blocks[1:], totals[1:], strict=True)
            # a variable by itself says nothing that a test could tell
            if row.levels and (demanded or row.name not in pair[0].name.split("*"))
        )
        notes.extend((*row.notes, *_missing_note(row.name, blocks[0], spec.lang)))
    notes.extend((*by_notes(banners, survey, spec.lang), *_edge_note(asked, rows)))
    tests, left_out = _tests(asked, pairs, demanded)
    comparisons, not_compared = _comparisons(asked, pairs)
    notes.extend((*left_out, *not_compared))
    return Estimates(tuple(rows), spec, tests, tuple(notes), comparisons)


def _edge_note(asked: Request, rows: Sequence[Estimate]) -> Iterable[str]:
    """Say which interval stands beside 0 and 100 % of a design, where no method has a formula."""
    if asked.design is not None and any(
        r.se == 0 and r.low is not None and r.estimate in (0.0, 100.0)
        for r in rows
        if r.stat == "percent"
    ):
        yield say("edge_interval", asked.spec.lang)


def banners_of(asked: Request) -> list[Banner]:
    """Return the total column and the banner."""
    spec, survey = asked.spec, asked.survey
    found = [banner(survey, name, spec.lang) for name in spec.by]
    for column in found if asked.letters is not None else ():
        check_columns(column)
    return [total(survey.rows), *found]


def _wide(
    banners: Sequence[Banner], blocks: Sequence[Block], totals: Sequence[Totals | None]
) -> Iterator[tuple[list[Column], Block, Totals | None]]:
    """Yield the total and, in a simple sample, all by-variables at once; else one by one."""
    yield banners[0].columns, blocks[0], totals[0]
    if len(banners) > 1 and totals[0] is None:
        yield [c for b in banners[1:] for c in b.columns], beside(blocks[1:]), None
    elif len(banners) > 1:
        rest = zip(banners[1:], blocks[1:], totals[1:], strict=True)
        yield from ((b.columns, block, under) for b, block, under in rest)


def _totals(asked: Request, row: Stub, banners: Sequence[Banner]) -> Sequence[Totals | None]:
    if asked.design is None:
        return [None] * len(banners)
    return block_totals(row, banners, asked.design, asked.survey.mask)


def _block_rows(
    asked: Request, row: Stub, columns: list[Column], block: Block, totals: Totals | None
) -> list[Estimate]:
    """Make all rows of one variable in some columns."""
    spec, mark = asked.spec, asked.mark
    names, total_column = spec.summaries, not columns[0][0]
    if totals is None:
        stats = simple_shares(row, total_column, block, spec)
        summed = summary_cells(row, block, names, spec.level)
    else:
        stats = weighted_shares(row, total_column, block, totals, spec)
        summed = weighted_summaries(row, block, totals, names, spec.level)
        stats, summed = _sized(asked, stats), _sized(asked, summed)
    rows = cell_rows(row.name, row.rows, columns, stats, mark)
    rows += cell_rows(row.name, _WHOLE, columns, summed, mark)
    rows += _base_rows(asked, row, columns, block)
    rows += missing_rows(row.name, columns, block, spec.lang, mark)
    return _with_digits(rows, asked.survey, spec.lang)


def _sized(asked: Request, stats: list[Cells]) -> list[Cells]:
    """Leave out design effects where the weights do not tell the population's size."""
    if asked.design is None or asked.sized:
        return stats
    return [replace(c, deff=None) for c in stats]


def _base_rows(asked: Request, row: Stub, columns: list[Column], block: Block) -> list[Estimate]:
    """Make the rows of other bases: asked, answered, responses; weighted, effective."""
    found = {}
    if row.multiple:
        blank, _, user, none = block.missing
        found["asked"] = block.bases + blank + user + none
        found["answered"] = block.bases + none
        found["responses"] = responses(row, block.n)
    if block.w is not None:
        found["weighted_base"] = block.w.bases
        found["effective_base"] = effective_base(block)
    rows: list[Estimate] = []
    for stat, values in found.items():
        rows += plain_rows(row.name, columns, stat, values, block.bases, asked.mark)
    return rows


def _with_digits(rows: list[Estimate], survey: Survey, lang: Lang) -> list[Estimate]:
    """Note the digits that the source prints beside the value computed from synthetic records."""
    printed = survey.synthetic.printed if survey.synthetic is not None else {}
    if not printed:
        return rows
    place = attrgetter("variable", "level_code", "by", "by_code", "stat")
    return [_beside(r, printed[place(r)], lang) if place(r) in printed else r for r in rows]


def _beside(row: Estimate, digits: str, lang: Lang) -> Estimate:
    """Add the printed digits; records that no longer print so lose the mark, and it is said."""
    unit = 10.0 ** -len(digits.partition(".")[2])
    value = row.estimate
    # within rounding, ties to either side; 1e-9 covers the last bit of a division
    if value is not None and abs(value - float(digits)) <= unit / 2 + 1e-9:
        return row._replace(note=PRINTED_AS.text(lang).format(digits=digits))
    return row._replace(mark="", note=say("changed", lang, digits=digits))


def _tests(asked: Request, pairs: Sequence[_Pair], demanded: bool) -> tuple[Tests, list[str]]:
    """Test every pair; what may not be tested is left out with a note, or raised if demanded."""
    spec, survey = asked.spec, asked.survey
    rows: list[TestRow] = []
    left_out: list[str] = []
    refused = []
    for pair in pairs if spec.tests else ():
        sides = (pair.stub, pair.banner)
        why = refusal(survey, *sides, spec.lang)
        if why:
            refuse(refusal(survey, *sides, "en") if demanded else "")
            left_out.append(why)
            continue
        names = spec.tests
        if not demanded:
            named = default_names(names, pair.stub, asked.design is None)
            names = tuple(n for n in named if not misfit(n, *sides, spec.lang))
            left_out.extend(misfit(n, *sides, spec.lang) for n in named if n not in names)
        made, not_made = test_rows(names, *sides, pair.block, pair.totals, survey, spec.lang)
        rows.extend(made)
        refused.extend(not_made)
    if refused and len(refused) == len(rows):
        raise refused[0]
    return Tests(tuple(rows)), left_out


def refuse(why: str) -> None:
    """Raise UnsupportedError where there is a reason."""
    if why:
        raise UnsupportedError(why)


def _comparisons(asked: Request, pairs: Sequence[_Pair]) -> tuple[Comparisons, list[str]]:
    """Compare the columns of every pair."""
    options, lang = asked.letters, asked.spec.lang
    if options is None:
        return Comparisons(), []
    rows: list[Comparison] = []
    left_out = []
    for pair in pairs:
        if _hidden(asked, pair.stub, pair.banner):
            left_out.append(say("no_letters", lang, name=pair.stub.name, by=pair.banner.name))
            continue
        columns = Columns(pair.banner, options.against == "total")
        given = (pair.stub, columns, pair.block, pair.total, options)
        rows += compare_shares(*given, asked.survey.mask, asked.design)
        if "mean" in asked.spec.summaries:
            rows += compare_means(*given, asked.survey.mask, asked.design)
    return Comparisons(tuple(rows), options, _letters(pair.banner for pair in pairs)), left_out


def _letters(banners: Iterable[Banner]) -> dict[tuple[str, str], str]:
    return {(b.name, code): letter for b in banners for code, letter in letters_of(b).items()}


def _hidden(asked: Request, row: Stub, column: Banner) -> bool:
    """Whether a table of synthetic records holds cells that no printed figure fixes."""
    known = asked.survey.synthetic
    if known is None:
        return False
    pinned = known.pins(row.name, column.name)
    return not pinned or bool(caution(asked.survey, row, column, asked.spec.lang))


def _missing_note(name: str, block: Block, lang: Lang) -> Iterable[str]:
    missing = int(block.missing.sum())
    if missing:
        split = missing_split(block.missing[:, 0], lang)
        everyone = missing + int(block.bases[0])
        yield say("missing", lang, name=name, total=everyone, missing=missing, split=split)


def by_notes(banners: Sequence[Banner], survey: Survey, lang: Lang) -> Iterable[str]:
    """Say what is to be known of the by-variables: their own notes, and who has no group."""
    for column in banners[1:]:
        yield from column.notes
        unknown = column.unknown()
        count = int((unknown if survey.mask is None else unknown & survey.mask).sum())
        if count:
            yield say("by_missing", lang, name=column.name, missing=count)


# ---------------------------------------------------------------- numbers
def averages(asked: Request) -> Estimates:
    """Look up, average, test, compare: the pipeline of `mean`."""
    spec, survey = asked.spec, asked.survey
    banners = banners_of(asked)
    rows: list[Estimate] = []
    tests: list[TestRow] = []
    comparisons: list[Comparison] = []
    notes = [*opening(asked)]
    for name in spec.variables:
        values = numbers(survey, name)
        counted = count_blocks([valued(values)], banners, mask=survey.mask)[0]
        blocks = [mean_block(values, b, survey.mask, asked.design) for b in banners]
        for column, block, counts in zip(banners, blocks, counted, strict=True):
            rows.extend(_mean_rows(asked, values, column, block, counts))
        tests += mean_test_rows(asked, values, banners[1:], blocks[1:])
        comparisons += _compared(asked, values, banners, blocks)
        notes.extend(mean_notes(values, spec.kinds[name], counted[0], spec.lang))
    notes.extend(by_notes(banners, survey, spec.lang))
    found = Comparisons(tuple(comparisons), asked.letters, _letters(banners[1:]))
    return Estimates(
        tuple(rows),
        spec,
        Tests(tuple(tests)),
        tuple(notes),
        Comparisons() if asked.letters is None else found,
    )


def valued(values: Numbers) -> Stub:
    """Return a number variable as one row: who has a number."""
    return Stub(values.name, _WHOLE, Axis(values.status, 1))


def _mean_rows(
    asked: Request, values: Numbers, column: Banner, block: MeanBlock, counts: Block
) -> list[Estimate]:
    spec, mark, mask = asked.spec, asked.mark, asked.survey.mask
    cells = mean_cells(block, values, column, mask, asked.design, spec.summaries, spec.level)
    cells = _sized(asked, cells)
    rows = cell_rows(values.name, _WHOLE, column.columns, cells, mark)
    if asked.design is not None:
        effective = np.where(block.w2 > 0, block.w**2 / np.where(block.w2 > 0, block.w2, 1), 0)
        rows += plain_rows(values.name, column.columns, "weighted_base", block.w, block.n, mark)
        rows += plain_rows(values.name, column.columns, "effective_base", effective, block.n, mark)
    return rows + missing_rows(values.name, column.columns, counts, spec.lang, mark)


def _compared(
    asked: Request, values: Numbers, banners: Sequence[Banner], blocks: Sequence[MeanBlock]
) -> list[Comparison]:
    if asked.letters is None or asked.survey.synthetic is not None:
        return []
    found: list[Comparison] = []
    for column, block in zip(banners[1:], blocks[1:], strict=True):
        columns = Columns(column, asked.letters.against == "total")
        found += compare_numbers(
            values, columns, block, blocks[0], asked.letters, asked.survey.mask, asked.design
        )
    return found


def mean_notes(values: Numbers, kind: str, block: Block, lang: Lang) -> Iterable[str]:
    """Say what is to be known of a number variable: codes that are averaged, who is missing."""
    if kind == "single":
        yield say("codes_averaged", lang, name=values.name)
    yield from (in_lang(note, lang) for note in values.notes)
    yield from _missing_note(values.name, block, lang)


# ---------------------------------------------------------------- both
def both(parts: Sequence[Estimates], asked: Request) -> Estimates:
    """Join the estimates of categories and of numbers in the order of the spec's variables."""
    held: dict[str, list[Estimate]] = {v: [] for v in asked.spec.variables}
    for part in parts:
        for row in part.rows:
            held[row.variable].append(row)
    place = {v: i for i, v in enumerate(asked.spec.variables)}
    tests = sorted((t for p in parts for t in p.tests.rows), key=lambda t: place[t.variable])
    compared = sorted(
        (c for p in parts for c in p.comparisons.rows), key=lambda c: place[c.variable]
    )
    letters = {k: v for p in parts for k, v in p.comparisons.letters.items()}
    found = Comparisons(tuple(compared), asked.letters, letters)
    return Estimates(
        tuple(row for rows in held.values() for row in rows),
        asked.spec,
        Tests(tuple(tests)),
        tuple(dict.fromkeys(note for p in parts for note in p.notes)),
        Comparisons() if asked.letters is None else found,
    )
