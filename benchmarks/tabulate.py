"""Six cross-tables with χ² beside other packages, in one run::

    python benchmarks/tabulate.py                  # 10⁴, 10⁶ and 10⁷ respondents
    python benchmarks/tabulate.py 1e4 --limit 30

A target of 3 categories by a banner of six variables of 2 to 10 categories, unweighted. Every
contender gets the data as it likes them (codes, categoricals, enums) before the clock starts
and returns Pearson's χ² of the six tables, which must agree. Each runs in a process of its
own, one after the other: the first call, then the best of as many as fit in two seconds; then
two more rounds of all in turn, so that a machine that is busy for a while slows no one alone.

Peak memory is what the process grew by during the calls: the kernel's high-water mark of
resident memory, reset before them (Linux), less what was resident then. It counts what no
tracer of Python sees, threads and engines included.

A contender that is not installed, or is not done within the limit, is named and left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

LEVELS = {"b2": 2, "b3": 3, "b4": 4, "b5": 5, "b7": 7, "b10": 10}
TARGET = 3
FLOOR = "numpy bincount, int64 codes"
Run = Callable[[], list[float]]


# ---------------------------------------------------------------- the data
def codes(n: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the target and the banner as int8 codes; the target leans on each of the banner."""
    rng = np.random.default_rng(20)
    by = {name: rng.integers(0, k, n, dtype=np.int8) for name, k in LEVELS.items()}
    target = rng.integers(0, TARGET, n, dtype=np.int8)
    lean = rng.random(n) < 0.02
    for name, k in LEVELS.items():
        target[lean] = (by[name][lean] * TARGET // k).astype(np.int8)
    return target, by


def labels(k: int) -> list[str]:
    """Return the names of k categories."""
    return [f"level {i}" for i in range(k)]


def frame(n: int):
    """Return a pandas frame of categoricals."""
    import pandas as pd

    target, by = codes(n)
    columns = {"y": (target, TARGET), **{b: (x, LEVELS[b]) for b, x in by.items()}}
    return pd.DataFrame(
        {name: pd.Categorical.from_codes(x, labels(k)) for name, (x, k) in columns.items()}
    )


def chi2(table: np.ndarray) -> float:
    """Return Pearson's χ² of a table of counts."""
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return float(((table - expected) ** 2 / expected).sum())


# ---------------------------------------------------------------- surveykit
def engine(n: int) -> Run:
    """Count with `surveykit.counts` from codes."""
    from surveykit.counts import Axis, count_tables

    target, by = codes(n)
    stub, banner = Axis(target, TARGET), [Axis(x, LEVELS[b]) for b, x in by.items()]
    return lambda: [chi2(t.valid) for t in count_tables([stub], banner)[0]]


def crosstab(n: int) -> Run:
    """Tabulate a survey whose codes are kept from a call before the clock starts."""
    import surveykit as sk

    survey = sk.Survey(frame(n))

    def run() -> list[float]:
        return chi2_of(sk.crosstab(survey, "y", by=list(LEVELS)))

    run()
    return run


def crosstab_anew(n: int) -> Run:
    """Make a survey of the frame and tabulate it."""
    import surveykit as sk

    data = frame(n)
    return lambda: chi2_of(sk.crosstab(sk.Survey(data), "y", by=list(LEVELS)))


def chi2_of(estimates) -> list[float]:
    """Return the χ² of the tests that `crosstab` makes by default."""
    found = [t.to_dict() if hasattr(t, "to_dict") else t for t in estimates.tests.to_dicts()]
    return [t["statistic"] for t in found if t["test"] == "chi2"]


def inside_duckdb(n: int) -> Run:
    """Count with surveykit's query, inside DuckDB."""
    from surveykit.counts.duck import Column, count_duckdb

    table = duckdb_table(n)
    sides = [Column(name, tuple(labels(k))) for name, k in {"y": TARGET, **LEVELS}.items()]
    return lambda: [chi2(t.valid) for t in count_duckdb(table, sides[:1], sides[1:])[0]]


# ---------------------------------------------------------------- peers
def bincount(dtype: type) -> Callable[[int], Run]:
    """Return the floor: one `bincount` of fused codes for each table, and no missing values."""

    def setup(n: int) -> Run:
        target, by = codes(n)
        t, columns = target.astype(dtype), {b: x.astype(dtype) for b, x in by.items()}

        def table(b: str) -> np.ndarray:
            k = LEVELS[b]
            return np.bincount(t * dtype(k) + columns[b], minlength=TARGET * k).reshape(TARGET, k)

        return lambda: [chi2(table(b)) for b in LEVELS]

    return setup


def groupby(n: int) -> Run:
    """Group a pandas frame of categoricals."""
    data = frame(n)

    def table(b: str) -> np.ndarray:
        return data.groupby(["y", b], observed=False).size().unstack().to_numpy()

    return lambda: [chi2(table(b)) for b in LEVELS]


def pandas_crosstab(n: int) -> Run:
    """Cross-tabulate with pandas.crosstab."""
    import pandas as pd

    data = frame(n)
    return lambda: [chi2(pd.crosstab(data["y"], data[b]).to_numpy()) for b in LEVELS]


def polars(n: int) -> Run:
    """Group a polars frame of enums, all six in one `collect_all`."""
    import polars as pl

    enums = [pl.col(name).cast(pl.Enum(labels(k))) for name, k in {"y": TARGET, **LEVELS}.items()]
    data = pl.from_pandas(frame(n)).with_columns(enums).lazy()

    def run() -> list[float]:
        asked = [data.group_by("y", b).agg(pl.len()) for b in LEVELS]
        found = pl.collect_all(asked)
        return [
            filled(f["y"].to_physical(), f[b].to_physical(), f["len"], LEVELS[b])
            for f, b in zip(found, LEVELS, strict=True)
        ]

    return run


def filled(rows, columns, counts, k: int) -> float:
    """Return χ² of counts that came as a list of cells."""
    table = np.zeros((TARGET, k), np.int64)
    table[np.asarray(rows), np.asarray(columns)] = np.asarray(counts)
    return chi2(table)


def duckdb_table(n: int):
    """Return an in-memory DuckDB table of enums."""
    import duckdb

    connection = duckdb.connect()
    connection.register("incoming", frame(n))
    connection.execute("create table answers as select * from incoming")
    connection.unregister("incoming")
    return connection.table("answers")


def duckdb(n: int) -> Run:
    """Group a DuckDB table by grouping sets."""
    table = duckdb_table(n)
    what = f"y, {', '.join(LEVELS)}, count(*)"
    sets = f"grouping sets ({', '.join(f'(y, {b})' for b in LEVELS)})"

    def run() -> list[float]:
        cells: dict[str, list] = {b: [] for b in LEVELS}
        for y, *by, count in table.aggregate(what, sets).fetchall():
            (b, level), *_ = ((b, x) for b, x in zip(LEVELS, by, strict=True) if x is not None)
            cells[b].append((int(y[6:]), int(level[6:]), count))
        return [filled(*zip(*cells[b], strict=True), LEVELS[b]) for b in LEVELS]

    return run


def svy(n: int) -> Run:
    """Tabulate with svy, whose test is design-based: its statistics are not compared."""
    import polars as pl
    import svy

    sample = svy.Sample(pl.from_pandas(frame(n)).with_columns(pl.all().cast(pl.String)))

    def run() -> list[float]:
        for b in LEVELS:
            sample.categorical.tabulate("y", b)
        return []

    return run


def tableone(n: int) -> Run:
    """Tabulate with tableone, whose p-values are printed to three decimals: not compared."""
    import warnings

    from tableone import TableOne

    warnings.simplefilter("ignore")
    data, names = frame(n).astype(str), list(LEVELS)

    def run() -> list[float]:
        TableOne(data, columns=names, categorical=names, groupby="y", pval=True)
        return []

    return run


CONTENDERS: dict[str, Callable[[int], Run]] = {
    FLOOR: bincount(np.int64),
    "numpy bincount, int8 codes": bincount(np.int8),
    "surveykit.counts, from codes": engine,
    "sk.crosstab, codes kept": crosstab,
    "sk.crosstab, survey made anew": crosstab_anew,
    "surveykit inside DuckDB": inside_duckdb,
    "DuckDB, grouping sets": duckdb,
    "polars": polars,
    "pandas groupby": groupby,
    "pandas.crosstab": pandas_crosstab,
    "svy": svy,
    "tableone": tableone,
}


# ---------------------------------------------------------------- one contender, in its process
def resident(what: str) -> float:
    """Return resident memory in MB: now (VmRSS) or its high-water mark (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(x for x in lines if x.startswith(what)).split()[1]) / 1024


def measured(name: str, n: int) -> dict[str, object]:
    """Time a contender and how far memory grew."""
    run = CONTENDERS[name](n)
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    start = time.perf_counter()
    answer = run()
    first = time.perf_counter() - start
    times, stop = [first], time.perf_counter() + 2
    while first < 10 and time.perf_counter() < stop and len(times) < 200:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    peak = resident("VmHWM") - before
    return {"first": first, "best": min(times[1:] or times), "peak": peak, "chi2": answer}


def tried(name: str, n: int, limit: float) -> dict[str, object] | str:
    """Run a contender in a fresh process; a text says why there is no result."""
    # -P: this file is called as a package that tableone imports
    call = [sys.executable, "-P", __file__, str(n), "--only", name]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"not done within {limit:g} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1][:100]
    return json.loads(done.stdout.splitlines()[-1])


# ---------------------------------------------------------------- the table
def rounds(n: int, limit: float) -> dict[str, dict[str, object] | str]:
    """Run all contenders in turn, three times, and keep the best of each; the slow ones once."""
    results = {name: tried(name, n, limit) for name in CONTENDERS}
    for name in [*CONTENDERS, *CONTENDERS]:
        best = results[name]
        if isinstance(best, str) or best["first"] > 10:
            continue
        again = tried(name, n, limit)
        if not isinstance(again, str):
            better = {key: min(best[key], again[key]) for key in ("first", "best", "peak")}
            results[name] = {**best, **better}
    return results


def disagreeing(results: dict[str, dict[str, object] | str]) -> list[str]:
    """Return the contenders whose χ² are not those of the floor."""
    wanted = results[FLOOR]["chi2"]
    return [
        name
        for name, r in results.items()
        if not isinstance(r, str) and r["chi2"] and not np.allclose(r["chi2"], wanted, rtol=1e-9)
    ]


def shown(n: int, results: dict[str, dict[str, object] | str]) -> str:
    """Return the results of one size as a Markdown table."""
    floor = results[FLOOR]["best"]
    lines = [
        f"{n:,} respondents; the codes take {7 * n / 2**20:.1f} MB.\n",
        "| | first call, s | best call, s | × floor | peak memory, MB |",
        "|---|---|---|---|---|",
    ]
    for name, r in results.items():
        if isinstance(r, str):
            lines.append(f"| {name} | {r} | | | |")
        else:
            best, ratio = (
                f"{r['best']:.2g}" if r["best"] < 1 else f"{r['best']:.1f}",
                r["best"] / floor,
            )
            lines.append(f"| {name} | {r['first']:.2g} | {best} | {ratio:.2g} | {r['peak']:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables of RESULTS.md."""
    parser = argparse.ArgumentParser(description="Six cross-tables beside other packages.")
    parser.add_argument("sizes", nargs="*", type=float, default=[1e4, 1e6, 1e7])
    parser.add_argument("--limit", type=float, default=120, help="seconds for each contender")
    parser.add_argument("--only", help="run one contender in this process")
    asked = parser.parse_args()
    for n in map(int, asked.sizes):
        if asked.only:
            print(json.dumps(measured(asked.only, n)))
            continue
        results = rounds(n, asked.limit)
        print(shown(n, results), "\n", flush=True)
        if odd := disagreeing(results):
            sys.exit(f"χ² of {', '.join(odd)} is not that of the floor")


if __name__ == "__main__":
    main()
