"""`reconstruct`: synthetic responses that reproduce the printed figures of one reading.

No data are recovered. Each file holds records that stand on one feasible table of a stated reading
and seed; several draws show what the paper pins down and what it does not. The sidecar beside each
file says which cells are printed, which are implied, and that everything else is arbitrary.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from surveykit.codebook import Codebook, load_codebook
from surveykit.errors import InputError, SurveyKitError, UnknownNameError, UsageError
from surveykit.io import write_atomic, write_csv
from surveykit.published.audit import FigureVerdict, ReadingAudit, audit_reading
from surveykit.published.document import Published
from surveykit.published.document_means import PrintedMean
from surveykit.published.draw import draw_table
from surveykit.published.glue import cannot
from surveykit.published.joint import JointGroup
from surveykit.published.load import as_published
from surveykit.published.matching import Matched, match_variable
from surveykit.published.means_asked import NOT_FOUND, OVER_N, means_to_meet
from surveykit.published.means_records import unmet
from surveykit.published.model import Item, Reading
from surveykit.published.ranges import feasible_ranges
from surveykit.published.records import (
    MeansToMeet,
    Records,
    UnfitError,
    UnmetError,
    build_records,
    share_of,
)
from surveykit.published.states import TooLargeError
from surveykit.rules import parse_rule
from surveykit.survey import Survey
from surveykit.text import Label

__all__ = ["Synthesis", "means_left_out", "reconstruct", "synthesize"]

MAX_DRAWS = 200
MAX_MISSED = 6
"""Tables drawn in vain for a mean before it is left out."""

STATEMENT = {
    "zh": "合成记录：由印出的百分比推出的一张可行表随机生成，不是调查所得的数据，也不是复原的数据。",
    "en": "SYNTHETIC records: generated at random from one table that the printed percentages "
    "allow. They are not survey data, and no data were recovered.",
}


@dataclass(frozen=True)
class Synthesis:
    """One synthetic file: its rows, its sidecar, and the name both are written under."""

    name: str
    frame: pd.DataFrame
    sidecar: Mapping[str, Any]


def reconstruct(
    published: Published | str | os.PathLike[str],
    codebook: Codebook | str | os.PathLike[str],
    *,
    folder: str | Path,
    scenario: str | None = None,
    seed: int = 1,
    draws: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Path, ...]:
    """Write `draws` synthetic files and their sidecars into `folder`.

    Parameters
    ----------
    published : Published or path
    codebook : Codebook or path
        Its variables are matched by name; a level by code, else by label, else by position.
    folder : path
    scenario : str, optional
        Id of the reading; ``as_printed`` when not given.
    seed : int
        The same seed gives the same bytes; draw k uses the k-th stream of it.
    draws : int
        Number of files, at least 1.

    Returns
    -------
    tuple of Path
        The CSV files, ``SYNTHETIC_<reading>_<draw>.csv``.

    Raises
    ------
    InputError
        When the reading has no feasible table, or the codebook lacks a variable or level.
    """
    published = as_published(published)
    codebook = codebook if isinstance(codebook, Codebook) else load_codebook(Path(codebook))
    made = synthesize(
        published, codebook, scenario=scenario, seed=seed, draws=draws, progress=progress
    )
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder cannot be made ({error.strerror}).", where=str(target)
        ) from None
    paths = []
    for one in made:
        sidecar = json.dumps(one.sidecar, ensure_ascii=False, indent=1, sort_keys=True)
        write_atomic(target / f"{one.name}.json", sidecar + "\n")
        paths.append(write_csv(one.frame, target / f"{one.name}.csv"))
    return tuple(paths)


def means_left_out(paths: Sequence[Path]) -> dict[str, str]:
    """Return the printed means that some written file does not reproduce, and why."""
    out: dict[str, str] = {}
    for path in paths:
        side = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        out |= {entry["id"]: entry["why"]["en"] for entry in side.get("means_not_reproduced", ())}
    return out


def synthesize(
    published: Published,
    codebook: Codebook,
    *,
    scenario: str | None = None,
    seed: int = 1,
    draws: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Synthesis, ...]:
    """Make synthetic files in memory; see :func:`reconstruct`. All checks come before any file."""
    if draws < 1 or seed < 0:
        raise UsageError(f"draws must be at least 1 and seed at least 0, got {draws} and {seed}.")
    chosen = published.scenario(scenario or "as_printed")
    result = audit_reading(published, chosen, progress, judge_claims=False)
    _require_tables(published, result)
    wanted, refused = means_to_meet(published, result, chosen, codebook)
    matched = _match(result.reading, codebook, wanted.names)
    open_ranges = _open_ranges(result, matched)
    filters = _filters(matched, codebook)
    out = []
    for draw in range(1, draws + 1):
        if progress:
            progress(chosen.id, draw - 1, draws)
        records, met, left = _records(published, result, filters, (seed, draw), wanted, refused)
        marks = _Marks(result, matched, met, frozenset(left))
        one = _synthesis(published, result, matched, marks, records, open_ranges, left, seed, draw)
        _blank_unasked(one, matched, marks, codebook)
        out.append(one)
    return tuple(out)


def _records(
    published: Published,
    result: ReadingAudit,
    filters: Mapping[str, Collection[str]],
    seed: tuple[int, int],
    wanted: MeansToMeet,
    refused: Mapping[str, Label],
) -> tuple[Records, MeansToMeet, Mapping[str, Label]]:
    """Build records on drawn tables; a table that none can stand on is drawn again.

    What is drawn again is not feasible, so that the draws stay uniform over the tables that are.
    Means that no records were found for are left out, and named.
    """
    aside = frozenset(f.id for f in result.figures if f.status in ("impossible", "explained"))
    if any(isinstance(g.solved, JointGroup) for g in result.groups):
        raise cannot("figures whose groupings cross", result.reading)
    rng = np.random.default_rng(seed)
    missed = attempt = 0
    given, wanted = wanted, wanted.divided()
    while True:
        tables = [draw_table(g.solved, rng) for g in result.groups if g.solved is not None]
        try:
            made = build_records(
                result.reading,
                tables,
                claims=published.claims,
                impossible=published.impossible,
                filters=filters,
                aside=aside,
                rng=rng,
                means=wanted,
            )
            over_n = unmet(result.reading, made, [replace(m, divisor="n-1") for m in wanted.means])
            return made, wanted, {**refused, **dict.fromkeys(over_n, OVER_N)}
        except UnmetError as error:
            missed += 1
            if missed == MAX_MISSED and wanted != given:
                wanted, missed = given, 0
            elif missed == MAX_MISSED:
                refused = {**refused, **dict.fromkeys(error.ids, NOT_FOUND)}
                wanted = given = wanted.without(error.ids)
                missed = 0
        except UnfitError:
            attempt += 1
            if attempt == MAX_DRAWS:
                raise


def _filters(matched: Mapping[str, Matched], codebook: Codebook) -> dict[str, tuple[str, ...]]:
    """Return the variables that decide who was asked each question, all of them in the records."""
    out = {}
    for name, one in matched.items():
        names = parse_rule(one.variable.asked_if).names if one.variable.asked_if else ()
        for other in names:
            if other not in matched:
                raise InputError(
                    f"who was asked {name!r} depends on {other!r}, of which no figure speaks.",
                    where=f"{codebook.path}, asked_if of {name!r}",
                    hint="declare a figure of it without `percent`, so that it is made up too.",
                )
        out[name] = names
    return out


def _require_tables(published: Published, result: ReadingAudit) -> None:
    """Refuse a reading in which some group has no table, and say which readings to try."""
    if result.reading.total is None:
        raise InputError(
            "the number of respondents is not printed: no records can be made.",
            where=published.path,
            hint="add  counts: [{id: valid, count: …}].",
        )
    stuck = [f.id for f in result.figures if f.status == "conflict"]
    unsolved = [g.figures[0] for g in result.groups if g.number is None]
    if stuck or unsolved:
        others = ", ".join(s.id for s in published.scenarios if s.id != result.id)
        what = ", ".join((stuck or unsolved)[:6]) + (" …" if len(stuck or unsolved) > 6 else "")
        raise InputError(
            f"the reading {result.id!r} has no table for the figures {what}."
            if stuck
            else f"the reading {result.id!r} is too large to solve around {what}.",
            where=published.path,
            hint=f"choose another reading with --scenario: {others}."
            if others
            else "declare a reading under `scenarios` in which they can be true together."
            if stuck
            else "declare a reading under `scenarios` that leaves some of them out (`without`).",
        )
    _require_tests(published, result)


def _require_tests(published: Published, result: ReadingAudit) -> None:
    """Refuse a reading whose draws might not print a test that the paper prints.

    A test that no table prints is set aside, as a figure is that no number of respondents prints.
    """
    unmet = [
        t.id
        for t in result.tests
        if t.status == "conflict" or (t.status == "possible" and not t.narrows)
    ]
    if unmet:
        raise InputError(
            f"the reading {result.id!r}: tables drawn would not all print the tests {', '.join(unmet)}.",
            where=published.path,
            hint=f"declare a reading with  without: [{', '.join(unmet)}].",
        )


# --- levels and choices -------------------------------------------------------------------


def _match(reading: Reading, codebook: Codebook, more: Sequence[str] = ()) -> dict[str, Matched]:
    """Match the variables that the reading uses with the codebook's."""
    used = dict.fromkeys(n for i in reading.items for n in (*i.by, *i.outcome))
    used |= dict.fromkeys(more)
    out = {}
    order = list(codebook.variables)
    for name in sorted(used, key=lambda n: order.index(n) if n in order else -1):
        if name not in reading.levels or name.endswith(")"):
            continue
        if name not in codebook.variables:
            raise UnknownNameError.for_name(
                "variable", name, codebook.variables, where=f"{codebook.path} (codebook)"
            )
        out[name] = match_variable(
            name,
            reading.levels[name],
            codebook.variables[name],
            multiple=name in reading.multiple,
            path=codebook.path,
        )
    return out


# --- marks --------------------------------------------------------------------------------


class _Marks:
    """Which cells of the tabulated records are printed or implied; all others are arbitrary."""

    def __init__(
        self,
        result: ReadingAudit,
        matched: Mapping[str, Matched],
        means: MeansToMeet,
        over_n: frozenset[str] = frozenset(),
    ) -> None:
        self.result, self.matched = result, matched
        self.verdicts = {f.id: f for f in result.figures}
        self.items = [
            i for i in result.reading.items
            if len(i.outcome) == 1 and len(i.by) <= 1 and i.outcome[0] in matched
            and (not i.by or i.by[0] in matched)
        ]  # fmt: skip
        self.given = [
            i for i in self.items
            if i.percent is not None and self.verdicts[i.id].status == "possible"
        ]  # fmt: skip
        self.pinned = {n for i in self.given for n in (*i.by, *i.outcome)} | {*means.names}
        self.cells: dict[tuple[str, str, str, str, str], str] = {}
        self.printed: dict[tuple[str, str, str, str, str], str] = {}
        for item in self.items:
            self._mark(item)
        self._mark_rest()
        for mean in means.means:
            self._mark_mean(mean, squared=mean.id not in over_n)

    def _place(self, item: Item, level: str) -> tuple[str, str, str, str]:
        name = item.outcome[0]
        by = item.by[0] if item.by else ""
        by_code = self.matched[by].codes[item.level[0]] if by else ""
        return name, self.matched[name].codes[level], by, by_code

    def _mark(self, item: Item) -> None:
        verdict = self.verdicts[item.id]
        if len(item.levels) != 1 or verdict.status != "possible":
            return
        ((level,),) = item.levels
        place = self._place(item, level)
        stat = "percent_of_responses" if item.responses else "percent"
        fixed = _same(verdict.base) and _same(verdict.count) and verdict.base != (0, 0)
        if item.percent is not None:
            self.cells[(*place, stat)] = "printed"
            self.printed[(*place, stat)] = str(item.percent)
        elif fixed:
            self.cells[(*place, stat)] = "implied"
        if _same(verdict.count) and item.percent is not None:
            self.cells[(*place, "count")] = "implied"

    def _mark_mean(self, mean: PrintedMean, *, squared: bool) -> None:
        ((by, levels),) = mean.within.items() if mean.within else (("", ("",)),)
        place = mean.of, "", by, self.matched[by].codes[levels[0]] if by else ""
        if mean.mean is not None:
            self.cells[(*place, "mean")] = "printed"
            self.printed[(*place, "mean")] = mean.mean
        if mean.sd is not None and squared:
            self.cells[(*place, "sd")] = "printed"
            self.printed[(*place, "sd")] = mean.sd

    def _mark_rest(self) -> None:
        """The one level that printed ones leave: implied where every table prints it alike."""
        places: dict[tuple[str, str, str], list[Item]] = {}
        for item in self.items:
            by = item.by[0] if item.by else ""
            code = self.matched[by].codes[item.level[0]] if by else ""
            single = item.outcome[0] not in self.result.reading.multiple and len(item.levels) == 1
            given = item.percent is not None and self.verdicts[item.id].status == "possible"
            if single and given:
                places.setdefault((item.outcome[0], by, code), []).append(item)
        for (name, by, code), items in places.items():
            printed = {lv[0] for i in items for lv in i.levels}
            rest = [lv for lv in self.result.reading.levels[name] if lv not in printed]
            if len(rest) != 1 or name in self.result.reading.hidden:
                continue
            if self._rest_alike(items):
                self.cells[name, self.matched[name].codes[rest[0]], by, code, "percent"] = "implied"
            if all(_same(v.base) and _same(v.count) for v in self._of(items)):
                self.cells[name, self.matched[name].codes[rest[0]], by, code, "count"] = "implied"

    def _of(self, items: Sequence[Item]) -> list[FigureVerdict]:
        return [self.verdicts[i.id] for i in items]

    def _rest_alike(self, items: Sequence[Item]) -> bool:
        """Whether the rest prints the same in every table, at the decimals of the others."""
        solved = next((g.solved for g in self.result.groups if items[0].id in g.figures), None)
        if solved is None:
            return False
        unique = list({i.levels: i for i in items}.values())
        try:
            tables = solved.project(unique)
        except (TooLargeError, SurveyKitError):
            return False
        rest = tables.bases[:, 0] - tables.counts.sum(axis=1)
        decimals = max(i.percent.decimals for i in unique if i.percent is not None)
        scale = 100 * 10**decimals
        printed = (2 * scale * rest + tables.bases[:, 0]) // (2 * tables.bases[:, 0])
        return len(np.unique(printed)) == 1

    def rows(self) -> list[dict[str, str]]:
        """Return the marked cells for the sidecar, sorted."""
        keys = ("variable", "level_code", "by", "by_code", "stat")
        return [
            {**dict(zip(keys, cell, strict=True)), "mark": mark, **self._digits(cell)}
            for cell, mark in sorted(self.cells.items())
        ]

    def _digits(self, cell: tuple[str, str, str, str, str]) -> dict[str, str]:
        return {"printed": self.printed[cell]} if cell in self.printed else {}

    def associations(self) -> list[list[str]]:
        """Return the pairs of variables whose table printed figures pin, sorted."""
        pairs = {(i.outcome[0], i.by[0]) for i in self.given if i.by}
        return [list(p) for p in sorted(pairs)]


def _open_ranges(result: ReadingAudit, matched: Mapping[str, Matched]) -> dict[str, Any]:
    """Return what all feasible tables leave open, in the codebook's codes, for the sidecar."""
    ranges = feasible_ranges(result)

    def code(name: str, level: str) -> str:
        return matched[name].codes[level] if name else ""

    shares = [
        {
            "variable": variable, "level_code": code(variable, level), "by": by,
            "by_code": code(by, group), "low": float(f"{low:.12g}"), "high": float(f"{high:.12g}"),
        }
        for (variable, level, by, group), (low, high) in ranges.shares.items()
        if variable in matched and (not by or by in matched)
    ]  # fmt: skip
    sizes = [
        {"by": by, "by_code": code(by, level), "low": low, "high": high}
        for (by, level), (low, high) in ranges.sizes.items()
        if by in matched
    ]
    return {"ranges": shares, "sizes": sizes, "bases": _open_bases(result, matched)}


def _open_bases(result: ReadingAudit, matched: Mapping[str, Matched]) -> list[dict[str, Any]]:
    """Return the feasible range of each figure's base, once for each variable and group."""
    out: dict[tuple[str, str, str], dict[str, Any]] = {}
    for item in result.reading.items:
        base = result.figure(item.id).base
        names = (*item.outcome, *item.by)
        if base is None or len(item.outcome) > 1 or any(n not in matched for n in names):
            continue
        by = item.by[0] if item.by else ""
        code = matched[by].codes[item.level[0]] if by else ""
        row = {"variable": item.outcome[0], "by": by, "by_code": code}
        out.setdefault((item.outcome[0], by, code), {**row, "low": base[0], "high": base[1]})
    return list(out.values())


def _same(span: tuple[int, int] | None) -> bool:
    return span is not None and span[0] == span[1]


# --- the file -----------------------------------------------------------------------------


def _synthesis(
    published: Published,
    result: ReadingAudit,
    matched: Mapping[str, Matched],
    marks: _Marks,
    records: Records,
    open_ranges: Mapping[str, Any],
    refused: Mapping[str, Label],
    seed: int,
    draw: int,
) -> Synthesis:
    columns: dict[str, list[str]] = {
        "record_status": ["SYNTHETIC"] * records.n,
        "record_id": [f"SYN-{i:04d}" for i in range(1, records.n + 1)],
    }
    variables = {}
    for name, one in matched.items():
        made = _columns(name, one, result.reading, records, marks)
        columns.update(made)
        variables[name] = {
            "columns": list(made),
            "status": "pinned" if name in marks.pinned else "arbitrary",
        }
    name = f"SYNTHETIC_{result.id}_{draw}"
    sidecar = {
        "surveykit": "synthetic/1",
        "status": "SYNTHETIC",
        "statement": STATEMENT,
        "file": f"{name}.csv",
        "reading": result.id,
        "reading_in_words": {"zh": result.note.text("zh"), "en": result.note.text("en")},
        "draw": draw,
        "seed": seed,
        "records": records.n,
        "published_sha256": published.sha256,
        "variables": variables,
        "cells": marks.rows(),
        "pinned_associations": marks.associations(),
        **open_ranges,
        "not_reproduced": sorted(
            [*(f.id for f in result.figures if f.status != "possible"), *refused]
        ),
        **_named(refused),
        "table": _table_of(result, records),
        "limits": {
            "zh": "未列出的单元格、分布和关联都是任意的；不得据此推断任何个人、村或民族。",
            "en": "Cells, distributions and associations that are not listed are arbitrary; nothing "
            "can be inferred from them about any person, village or ethnic group.",
        },
    }
    return Synthesis(name, pd.DataFrame(columns, dtype=str), sidecar)


def _named(refused: Mapping[str, Label]) -> dict[str, Any]:
    """Say of each mean that is not reproduced why."""
    why = [{"id": i, "why": {"zh": w.text("zh"), "en": w.text("en")}} for i, w in sorted(refused.items())]  # fmt: skip
    return {"means_not_reproduced": why} if why else {}


def _blank_unasked(
    made: Synthesis, matched: Mapping[str, Matched], marks: _Marks, codebook: Codebook
) -> None:
    """Take back answers that no figure pins from those whom the codebook does not ask."""
    for name, one in matched.items():
        if one.variable.asked_if and name not in marks.pinned:
            rule = parse_rule(one.variable.asked_if)
            asked = rule.evaluate(Survey(made.frame, codebook).operand)
            made.frame.loc[~asked, made.sidecar["variables"][name]["columns"]] = ""


def _table_of(result: ReadingAudit, records: Records) -> dict[str, list[int]]:
    """Return count and base of every printed figure in this draw: the table it stands on."""
    return {
        i.id: list(share_of(result.reading, records, i))
        for i in result.reading.items
        if i.percent is not None
    }


def _columns(
    name: str, one: Matched, reading: Reading, records: Records, marks: _Marks
) -> dict[str, list[str]]:
    levels, variable = reading.levels[name], one.variable
    if name in records.single:
        codes = np.array([*(one.codes[lv] for lv in levels), *([""] * 2)], dtype=object)
        values = np.where(records.single[name] < len(levels), records.single[name], -1)
        header = variable.column or name
        return {header if name in marks.pinned else f"arbitrary_{header}": list(codes[values])}
    chosen = records.multiple[name]
    answered = chosen.any(axis=1)
    at = {one.codes[lv]: j for j, lv in enumerate(levels)}
    if variable.columns and variable.counted is not None:
        out = {}
        for choice, header in zip(variable.choices, variable.columns, strict=True):
            yes = (
                chosen[:, at[choice.code]] if choice.code in at else np.zeros(records.n, dtype=bool)
            )
            cells = np.where(answered, np.where(yes, variable.counted, "0"), "")
            known = any(c[:2] == (name, choice.code) for c in marks.cells)
            out[header if known else f"arbitrary_{header}"] = [str(c) for c in cells]
        return out
    codes_of = [[one.codes[lv] for j, lv in enumerate(levels) if row[j]] for row in chosen]
    prefix = "" if name in marks.pinned else "arbitrary_"
    if not variable.columns:
        separator = variable.separator or ";"
        return {prefix + (variable.column or name): [separator.join(c) for c in codes_of]}
    if max(map(len, codes_of), default=0) > len(variable.columns):
        raise InputError(
            f"{name!r} has {len(variable.columns)} columns, fewer than some records' choices.",
            hint="give it one column for each choice.",
        )
    return {
        prefix + h: [c[j] if j < len(c) else "" for c in codes_of]
        for j, h in enumerate(variable.columns)
    }
