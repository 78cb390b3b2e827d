"""The data of the documentation: a fictitious survey of four towns and their libraries.

No respondent, town or answer is real; every value is drawn at random, with a fixed seed. Beside it
stand the public data of the guides, from ``tests/reference``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
REFERENCE = Path(os.environ.get("SURVEYKIT_DOCS", HERE.parent)).parent / "tests" / "reference"
SHARED = (
    "r/apistrat.csv",
    "r/apiclus1.csv",
    "crosstabs/housing.csv",
    "banner/product_test_expss.csv",
)
N = 640
TOWNS = {1: 1 / 5200, 2: 1 / 8100, 3: 1 / 3300, 4: 1 / 6400}
ITEMS = ("sat_books", "sat_hours", "sat_staff", "sat_wifi", "sat_noise")
HEADERS = {
    "submitted": "提交答卷时间",
    "seconds": "所用时间",
    "ip": "来自IP",
    "area": "1、您住在",
    "age": "2、您的年龄段",
    "card": "3、您有借书证吗",
    "use": "4、您去镇图书馆的频率",
    "why": "5、去图书馆做什么【多选题】",
    "rated": "6、总的来说您对图书馆",
    "advise": "7、您愿意推荐图书馆吗（0-10）",
    "phone": "8、手机号（自愿）",
}
AREA, AGE = ("镇区", "村里"), ("18-35岁", "36-59岁", "60岁及以上")
CARD, USE = ("有", "没有"), ("每周", "每月", "更少", "从不")
WHY = ("借书", "自习", "上网", "听讲座", "带孩子", "其他")
RATED = ("很不满意", "不满意", "一般", "满意", "很满意")


def answers() -> pd.DataFrame:
    """Return the coded answers, one row a respondent."""
    draw = np.random.default_rng(2026)
    town = draw.choice(list(TOWNS), N, p=[0.3, 0.3, 0.2, 0.2])
    site = town * 10 + draw.integers(1, 7, N)
    area = np.where(draw.random(N) < 0.45, 1, 2)
    sex = draw.choice([1, 2], N, p=[0.47, 0.53])
    age = draw.choice([1, 2, 3], N, p=[0.34, 0.41, 0.25])
    school = np.clip(draw.integers(1, 5, N) + (age == 1) - (age == 3), 1, 4)
    keen = 0.55 * (area == 1) - 0.35 * (age - 2) + 0.3 * (school - 2) + draw.normal(0, 0.9, N)
    keen += np.array([0.0, 0.3, -0.2, 0.15])[town - 1] + 0.12 * np.sin(site)
    card = np.where(keen + draw.normal(0, 0.6, N) > 0.2, 1, 2)
    use = 4 - np.digitize(keen, [-0.5, 0.4, 1.3])
    goes = use < 4
    lean = np.array([0.25, 0.05, -0.1, -0.6, -0.3, -1.2])
    why = goes[:, None] & (lean + 0.5 * draw.normal(0, 1, (N, 6)) + 0.3 * keen[:, None] > 0.1)
    why[:, 4] |= goes & (age == 2) & (draw.random(N) < 0.35)
    columns = {
        "town": town,
        "site": site,
        "w": np.round(
            np.array([TOWNS[t] for t in town]) ** -1 / 160 * draw.uniform(0.8, 1.2, N), 3
        ),
        "area": area,
        "sex": sex,
        "age": age,
        "school": school,
        "card": card,
        "use": use,
    }
    frame = pd.DataFrame(columns).astype(str)
    for k in range(6):
        frame[f"why_{k + 1}"] = np.where(goes, why[:, k].astype(int).astype(str), "")
    mood = 3.2 + 0.45 * keen
    for item, shift in zip(ITEMS, (0.5, -0.4, 0.8, -0.1, -0.7), strict=True):
        mark = np.clip(np.rint(mood + shift + draw.normal(0, 0.9, N)), 1, 5).astype(int).astype(str)
        mark[draw.random(N) < 0.05] = "9"  # does not know
        mark[draw.random(N) < 0.04] = ""
        frame[item] = np.where(goes, mark, "")
    advise = np.clip(np.rint(6.6 + 1.3 * keen + draw.normal(0, 1.8, N)), 0, 10).astype(int)
    frame["advise"] = np.where(draw.random(N) < 0.06, "", advise.astype(str))
    minutes = np.rint(np.exp(3.3 + 0.35 * keen + draw.normal(0, 0.5, N)))
    frame["minutes"] = np.where(goes, minutes.astype(int).astype(str), "")
    frame.loc[draw.random(N) < 0.03, "school"] = ""
    return frame


def export(frame: pd.DataFrame, people: int = 240) -> pd.DataFrame:
    """Return the answers of some as 问卷星 exports them, with all that its users meet."""
    some = frame.head(people)
    chosen = some[[f"why_{k}" for k in range(1, 7)]].to_numpy()
    rated = some["sat_books"].to_numpy()
    rows = {
        "submitted": [f"2026/4/{1 + i % 28} {9 + i % 11}:{i % 60:02d}:07" for i in range(people)],
        "seconds": [f"{95 + 7 * i % 240}秒" for i in range(people)],
        "ip": [f"10.0.{i % 8}.{i}" for i in range(people)],
        "area": [AREA[int(v) - 1] for v in some["area"]],
        "age": [AGE[int(v) - 1] for v in some["age"]],
        "card": [CARD[int(v) - 1] for v in some["card"]],
        "use": [USE[int(v) - 1] for v in some["use"]],
        "why": [
            "(跳过)"
            if use == "4"
            else "┋".join(w for w, c in zip(WHY, row, strict=True) if c == "1") or "(空)"
            for use, row in zip(some["use"], chosen, strict=True)
        ],
        "rated": [
            "(跳过)" if use == "4" else RATED[int(v) - 1] if v in "12345" and v else "(空)"
            for use, v in zip(some["use"], rated, strict=True)
        ],
        "advise": [v or "(空)" for v in some["advise"]],
        "phone": [f"1390000{i:04d}" if i % 5 == 0 else "(空)" for i in range(people)],
    }
    made = pd.DataFrame(rows)
    made.insert(0, "序号", [str(i) for i in range(1, people + 1)])
    return made.rename(columns=HEADERS)


def write(folder: Path) -> None:
    """Write all files of the documentation into `folder`."""
    frame = answers()
    frame.to_csv(folder / "library.csv", index=False)
    export(frame).to_excel(folder / "问卷.xlsx", index=False)
    for name in ("library.yaml", "published.yaml", "paper.yaml", "rated.yaml"):
        shutil.copy(HERE / name, folder / name)
    for name in SHARED:
        shutil.copy(REFERENCE / name, folder)
