"""A large file to its first cross-table: seconds and the most memory, each in a fresh interpreter::

    python benchmarks/large_files.py [ROWS]

The file has 20 columns: 14 with categories, 4 with numbers, 1 with text, 1 with dates; or 20 with
text that is stored as text. For SPSS it has a tenth of the rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = 10_000_000

MAKE = """
import sys
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
rows, path = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(1)
def answers(k):
    codes = pa.array(rng.integers(0, k, rows, dtype=np.int8), mask=rng.random(rows) < 0.05)
    return pa.DictionaryArray.from_arrays(codes, pa.array([f"回答{i + 1}" for i in range(k)]))
columns = {f"q{i + 1}": answers(2 + i % 9) for i in range(14)}
columns |= {f"n{i + 1}": pa.array(rng.normal(50, 10, rows).round(1)) for i in range(3)}
columns |= {"age": pa.array(rng.integers(12, 90, rows))}
columns |= {"village": pa.array(rng.integers(0, 500, rows).astype(str))}
columns |= {"day": pa.array(rng.integers(20000, 20400, rows).astype(np.int32)).cast(pa.date32())}
pq.write_table(pa.table(columns), path)
"""

MAKE_TEXT = """
import sys
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
rows, path = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(1)
texts = pa.array([f"回答{i + 1}" for i in range(10)])
names = [f"q{i + 1}" for i in range(20)]
with pq.ParquetWriter(path, pa.schema([(n, pa.string()) for n in names])) as writer:
    for size in [rows // 10] * 10:
        codes = [pa.array(rng.integers(0, 10, size, dtype=np.int8)) for _ in names]
        columns = [pa.DictionaryArray.from_arrays(c, texts).cast(pa.string()) for c in codes]
        writer.write_table(pa.table(columns, names=names))
"""

MAKE_SAV = """
import sys
import numpy as np, pandas as pd, pyreadstat
rows, path = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(1)
frame = pd.DataFrame({f"q{i + 1}": rng.integers(1, 3 + i % 9, rows).astype(float) for i in range(20)})
labels = {c: {float(k): f"回答{k}" for k in range(1, 12)} for c in frame}
pyreadstat.write_sav(frame, path, variable_value_labels=labels, row_compress=True)
"""

TABLE = """
import json, resource, sys, time
start = time.perf_counter()
import surveykit as sk
survey = sk.read(sys.argv[1], **json.loads(sys.argv[2]))
read = time.perf_counter()
table = sk.crosstab(survey, "q1", by="q2")
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps([survey.rows, read - start, done - read, peak]))
"""


def run(code: str, *arguments: str) -> str:
    """Run `code` in a fresh interpreter and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def main() -> None:
    """Print the table of RESULTS.md."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print("| file | rows | size | read | cross-table | most memory |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        parquet, text, sav = (Path(folder, n) for n in ("a.parquet", "text.parquet", "a.sav"))
        run(MAKE, str(rows), str(parquet))
        run(MAKE_TEXT, str(rows), str(text))
        run(MAKE_SAV, str(rows // 10), str(sav))
        cases = [
            ("Parquet, 20 columns", parquet, {}),
            ("Parquet, 2 of 20 columns", parquet, {"columns": ["q1", "q2"]}),
            ("Parquet, 20 columns of text", text, {}),
            ("SPSS, 20 columns", sav, {}),
            ("SPSS, 2 of 20 columns", sav, {"columns": ["q1", "q2"]}),
        ]
        for name, path, options in cases:
            n, read, table, peak = json.loads(run(TABLE, str(path), json.dumps(options)))
            size = os.path.getsize(path) / 1e6
            print(
                f"| {name} | {n:,} | {size:.0f} MB | {read:.1f} s | {table:.1f} s | {peak:.2f} GB |"
            )


if __name__ == "__main__":
    main()
