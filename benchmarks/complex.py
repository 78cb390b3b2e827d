"""Six cross-tables under a sample design beside other packages, in one run::

    python benchmarks/complex.py                  # 10⁶ and 10⁷ respondents
    python benchmarks/complex.py 1e6 --limit 300

A target of 3 categories by a banner of six variables of 2 to 10 categories; weights, 20 strata of
200 PSUs. Asked for: the column percentages with standard error, design effect and logit interval,
and the Rao-Scott test (second order, F) of each table. The F statistics must agree.

The floor is what a statistician would write by hand with numpy, for codes without missing values
that are integers already: for each table one `bincount` of weights by (PSU, cell), one of
respondents, the covariance of the totals, and formulas. It makes no rows, labels, total
column, or row and table percentages, which `sk.crosstab` makes with their standard errors and
intervals too.

A second table: 200 columns of replicate weights (a jackknife), one table and the whole banner; its
floor is one `bincount` for each column and table.

Processes, rounds and memory as in `tabulate.py`.
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
TARGET, STRATA, PSUS, REPLICATES = 3, 20, 200, 200
FLOOR, REPLICATE_FLOOR = "numpy floor", "numpy floor, 200 replicates, banner"
Run = Callable[[], list[float]]


# ---------------------------------------------------------------- the data
def codes(n: int) -> dict[str, np.ndarray]:
    """Return target, banner, strata, PSUs (numbered through) and weights."""
    rng = np.random.default_rng(20)
    data = {name: rng.integers(0, k, n, dtype=np.int8) for name, k in LEVELS.items()}
    stratum = rng.integers(0, STRATA, n, dtype=np.int16)
    psu = stratum * np.int16(PSUS) + rng.integers(0, PSUS, n, dtype=np.int16)
    target = rng.integers(0, TARGET, n, dtype=np.int8)
    clustered = rng.random(n) < 0.05
    target[clustered] = psu[clustered] % TARGET
    return {**data, "y": target, "stratum": stratum, "psu": psu, "w": rng.gamma(2, 1, n) + 0.1}


def frame(n: int):
    """Return a pandas frame of categoricals, numbers of strata and PSUs, and weights."""
    import pandas as pd

    data = codes(n)
    for name, k in {"y": TARGET, **LEVELS}.items():
        data[name] = pd.Categorical.from_codes(data[name], [f"level {i}" for i in range(k)])
    return pd.DataFrame(data)


# ---------------------------------------------------------------- surveykit
def of(estimates) -> list[float]:
    """Return the F statistics."""
    return [t["statistic"] for t in estimates.tests.to_dicts()]


def crosstab(n: int) -> Run:
    """Tabulate a survey whose codes and design are kept from the first call on."""
    import surveykit as sk

    survey = sk.Survey(frame(n), design=sk.Design("w", "stratum", "psu"))
    return lambda: of(sk.crosstab(survey, "y", by=list(LEVELS)))


def replicated(by: list[str]) -> Callable[[int], Run]:
    """Tabulate with replicate weights."""

    def setup(n: int) -> Run:
        import pandas as pd

        import surveykit as sk

        data = frame(n)
        columns = replicates(data["w"].to_numpy(), n)
        names = [f"rep{i + 1}" for i in range(REPLICATES)]
        wide = pd.concat([data, pd.DataFrame(columns, columns=names, copy=False)], axis=1)
        design = sk.Design("w", repweights="rep*", kind="JK1")
        survey = sk.Survey(wide, design=design)
        return lambda: of(sk.crosstab(survey, "y", by=by))

    return setup


def replicates(w: np.ndarray, n: int) -> np.ndarray:
    """Return jackknife weights, each without one of 200 groups, shape (n, 200)."""
    group = np.random.default_rng(5).integers(0, REPLICATES, n)
    kept = w * REPLICATES / (REPLICATES - 1)
    columns = np.empty((n, REPLICATES), order="F")
    for i in range(REPLICATES):
        columns[:, i] = np.where(group == i, 0.0, kept)
    return columns


# ---------------------------------------------------------------- the floor
def floor(n: int) -> Run:
    """Return the numpy floor."""
    from scipy.special import fdtrc, stdtrit

    data = codes(n)
    y, psu, w = data["y"].astype(np.int64), data["psu"].astype(np.int64), data["w"]
    banner = {b: data[b].astype(np.int64) for b in LEVELS}
    units = STRATA * PSUS

    def table(b: str) -> float:
        k = LEVELS[b]
        cell = y * k + banner[b]
        totals = np.bincount(psu * (TARGET * k) + cell, weights=w, minlength=units * TARGET * k)
        n_cells = np.bincount(cell, minlength=TARGET * k).reshape(TARGET, k)
        v = covariance(totals.reshape(STRATA, PSUS, -1))
        t = totals.reshape(units, -1).sum(axis=0).reshape(TARGET, k)
        column_percentages(t, n_cells, v, stdtrit(units - STRATA, 0.975))
        return rao_scott(t, v, n, units - STRATA, fdtrc)

    return lambda: [table(b) for b in LEVELS]


def covariance(totals: np.ndarray) -> np.ndarray:
    """Covariance of totals, from those of units, (strata, units, cells)."""
    distance = (totals - totals.mean(axis=1, keepdims=True)).reshape(-1, totals.shape[2])
    return distance.T @ distance * (PSUS / (PSUS - 1))


def column_percentages(t, counts, v, quantile) -> tuple[np.ndarray, ...]:
    """Shares of columns, standard errors, design effects and logit intervals."""
    base, bases = t.sum(axis=0), counts.sum(axis=0)
    p = t / base
    k = t.shape[1]
    jacobian = np.eye(t.size) - p.ravel()[:, None] * np.kron(np.ones((TARGET, TARGET)), np.eye(k))
    jacobian /= np.tile(base, TARGET)[:, None]
    variance = np.einsum("ij,jk,ik->i", jacobian, v, jacobian, optimize=True).reshape(t.shape)
    effect = variance / (p * (1 - p) / (bases - 1) * (1 - bases / base))
    half = quantile * np.sqrt(variance) / (p * (1 - p))
    logit = np.log(p / (1 - p))
    return (
        p,
        np.sqrt(variance),
        effect,
        1 / (1 + np.exp(half - logit)),
        1 / (1 + np.exp(-half - logit)),
    )


def rao_scott(t, v, n, df, tail) -> float:
    """Return F of the second-order Rao-Scott test."""
    k = t.shape[1]
    p = (t / t.sum()).ravel()
    jacobian = (np.eye(t.size) - p[:, None]) / t.sum()
    vp = jacobian @ v @ jacobian.T
    contrasts = np.kron(basis(TARGET), basis(k))
    scaled = contrasts / p[:, None]
    delta = np.linalg.solve(contrasts.T @ scaled / n, scaled.T @ vp @ scaled)
    expected = np.outer(t.sum(axis=1), t.sum(axis=0)) / t.sum()
    x2 = ((t - expected) ** 2 / expected).sum() / t.sum() * n
    trace = np.trace(delta)
    d0 = trace**2 / np.trace(delta @ delta)
    tail(d0, d0 * df, x2 / trace)
    return float(x2 / trace)


def basis(k: int) -> np.ndarray:
    """Contrasts of k categories."""
    return np.vstack([np.ones((1, k - 1)), -np.eye(k - 1)])


def replicate_floor(n: int) -> Run:
    """One `bincount` for every column of replicate weights and table."""
    data = codes(n)
    columns = replicates(data["w"], n)
    y = data["y"].astype(np.int64)
    banner = {b: data[b].astype(np.int64) for b in LEVELS}

    def run() -> list[float]:
        for b, k in LEVELS.items():
            cell = y * k + banner[b]
            for i in range(REPLICATES):
                np.bincount(cell, weights=columns[:, i], minlength=TARGET * k)
        return []

    return run


# ---------------------------------------------------------------- peers
def svy(n: int) -> Run:
    """Tabulate with svy: percentages of the table, standard errors, intervals, Rao-Scott."""
    import polars as pl
    import svy

    data = pl.from_pandas(frame(n)).with_columns(pl.selectors.categorical().cast(pl.String))
    sample = svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="w"))

    def run() -> list[float]:
        for b in LEVELS:
            sample.categorical.tabulate("y", b)
        return []

    return run


def samplics(n: int) -> Run:
    """Tabulate with samplics."""
    import warnings

    warnings.simplefilter("ignore")
    from samplics.categorical import CrossTabulation
    from samplics.utils.types import PopParam

    data = frame(n)
    texts = {b: data[["y", b]].astype(str) for b in LEVELS}
    design = {"samp_weight": data["w"], "stratum": data["stratum"], "psu": data["psu"]}

    def run() -> list[float]:
        for b in LEVELS:
            CrossTabulation(PopParam.prop).tabulate(vars=texts[b], **design)
        return []

    return run


CONTENDERS: dict[str, Callable[[int], Run]] = {
    FLOOR: floor,
    "sk.crosstab": crosstab,
    "svy": svy,
    "samplics": samplics,
}
WITH_REPLICATES: dict[str, Callable[[int], Run]] = {
    REPLICATE_FLOOR: replicate_floor,
    "sk.crosstab, 200 replicates, one table": replicated(["b5"]),
    "sk.crosstab, 200 replicates, banner": replicated(list(LEVELS)),
}


# ---------------------------------------------------------------- one contender, in its process
def resident(what: str) -> float:
    """Return resident memory in MB: now (VmRSS) or its high-water mark (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(x for x in lines if x.startswith(what)).split()[1]) / 1024


def measured(name: str, n: int) -> dict[str, object]:
    """Time a contender and how far memory grew."""
    run = (CONTENDERS | WITH_REPLICATES)[name](n)
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    start = time.perf_counter()
    answer = run()
    first = time.perf_counter() - start
    times, stop = [first], time.perf_counter() + 3
    while first < 10 and time.perf_counter() < stop and len(times) < 200:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    peak = resident("VmHWM") - before
    return {"first": first, "best": min(times[1:] or times), "peak": peak, "f": answer}


def tried(name: str, n: int, limit: float) -> dict[str, object] | str:
    """Run a contender in a fresh process; a text says why there is no result."""
    call = [sys.executable, "-P", __file__, str(n), "--only", name]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"not done within {limit:g} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1][:100]
    return json.loads(done.stdout.splitlines()[-1])


def rounds(names: list[str], n: int, limit: float) -> dict[str, dict[str, object] | str]:
    """Run contenders in turn, three times, and keep the best of each; the slow ones once."""
    results = {name: tried(name, n, limit) for name in names}
    for name in [*names, *names]:
        best = results[name]
        if isinstance(best, str) or best["first"] > 10:
            continue
        again = tried(name, n, limit)
        if not isinstance(again, str):
            better = {key: min(best[key], again[key]) for key in ("first", "best", "peak")}
            results[name] = {**best, **better}
    return results


def shown(n: int, results: dict[str, dict[str, object] | str], base: str) -> str:
    """Return the results of one size as a Markdown table."""
    lowest = results[base]["best"]
    lines = [
        f"{n:,} respondents.\n",
        "| | first call, s | best call, s | × floor | peak memory, MB |",
        "|---|---|---|---|---|",
    ]
    for name, r in results.items():
        if isinstance(r, str):
            lines.append(f"| {name} | {r} | | | |")
        else:
            ratio = r["best"] / lowest
            lines.append(
                f"| {name} | {r['first']:.2g} | {r['best']:.2g} | {ratio:.2g} | {r['peak']:.0f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Print the tables of RESULTS.md."""
    parser = argparse.ArgumentParser(description="Cross-tables under a design, beside others.")
    parser.add_argument("sizes", nargs="*", type=float, default=[1e6, 1e7])
    parser.add_argument("--limit", type=float, default=300, help="seconds for each contender")
    parser.add_argument("--only", help="run one contender in this process")
    asked = parser.parse_args()
    for n in map(int, asked.sizes):
        if asked.only:
            print(json.dumps(measured(asked.only, n)))
            continue
        results = rounds(list(CONTENDERS), n, asked.limit)
        print(shown(n, results, FLOOR), "\n", flush=True)
        odd = [
            name
            for name, r in results.items()
            if not isinstance(r, str) and r["f"] and not np.allclose(r["f"], results[FLOOR]["f"])
        ]
        if odd:
            sys.exit(f"F of {', '.join(odd)} is not that of the floor")
        if n <= 1e6:
            found = rounds(list(WITH_REPLICATES), n, asked.limit)
            print(shown(n, found, REPLICATE_FLOOR), "\n", flush=True)


if __name__ == "__main__":
    main()
