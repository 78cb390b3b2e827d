"""The phrases of a table in both languages."""

from __future__ import annotations

from typing import Final

from surveykit.text import Label

__all__ = ["STATS", "TESTS", "WORDS"]

WORDS: Final = {
    "total": Label(zh="合计", en="Total"),
    "base": Label(zh="有效样本 n", en="Base n"),
    "cross": Label(zh="×", en="×"),
    "by": Label(zh="{rows}（按{by}）", en="{rows} by {by}"),
    "comma": Label(zh="、", en=", "),
    "note": Label(zh="注：", en="Note. "),
    "colon": Label(zh="：", en=": "),
    "stop": Label(zh="；", en="; "),
    "where": Label(zh="范围：{where}", en="Only cases where {where}"),
    "multiple": Label(
        zh="多选题：百分比以至少选了一项的人为基数，合计可以超过 100%。",
        en="Multiple choice: percentages of those with at least one choice; they may exceed 100 % in all.",
    ),
    "no_test": Label(
        zh="未作检验：{pair} 的数字原文都没有印出。",
        en="Not tested: the source prints no figure of {pair}.",
    ),
    "printed": Label(zh="无标记：原文印出。", en="Unmarked: printed in the source."),
    "implied": Label(
        zh="†：原文未印出，但在所有可行的表中都相同。",
        en="†: not printed in the source, but the same in every feasible table.",
    ),
    "arbitrary": Label(
        zh="未印出：原文没有给出；方括号内为可行范围，圆括号内（灰色）的数字仅为示意，不是估计值。",
        en="not printed: the source does not give it; in square brackets the feasible range, "
        "in round brackets and grey an illustrative value, which is no estimate.",
    ),
    "illustrative_base": Label(
        zh="圆括号内（灰色）的 n：原文没有印出这一组的人数，仅为示意，所以不给区间。",
        en="n in round brackets and grey: the source does not print the size of this group; illustrative, so no interval is given.",
    ),
    "unreliable": Label(zh="‡：基数小，不可靠。", en="‡: unreliable, small base."),
    "suppressed": Label(zh="×：为保密而不列出。", en="×: suppressed to protect respondents."),
}

STATS: Final = {
    "count": Label.of("n"),
    "weighted_count": Label(zh="加权 n", en="weighted n"),
    "percent": Label.of("%"),
    "row_percent": Label(zh="行 %", en="row %"),
    "total_percent": Label(zh="总 %", en="total %"),
    "percent_of_responses": Label(zh="应答 %", en="% of responses"),
    "mean": Label(zh="均值", en="mean"),
    "median": Label(zh="中位数", en="median"),
    "total": Label(zh="总量", en="total"),
    "ratio": Label(zh="比值", en="ratio"),
    "missing": Label(zh="缺失", en="missing"),
    "sd": Label(zh="标准差", en="SD"),
    "adjusted_residual": Label(zh="调整残差", en="adjusted residual"),
    "se": Label(zh="标准误", en="SE"),
    "low": Label(zh="下限", en="low"),
    "high": Label(zh="上限", en="high"),
}

TESTS: Final = {
    "chi2": Label.of("χ²"),
    "g2": Label.of("G²"),
    "fisher": Label(zh="Fisher 精确检验", en="Fisher's exact test"),
    "linear_by_linear": Label(zh="线性趋势 χ²", en="linear-by-linear χ²"),
    "cochran_armitage": Label(zh="Cochran–Armitage 趋势 z", en="Cochran–Armitage trend z"),
    "rao_scott": Label.of("Rao–Scott F"),
    "rao_scott_chi2": Label.of("Rao–Scott χ²"),
    "wald": Label.of("Wald F"),
    "adj_wald": Label(zh="调整 Wald F", en="adjusted Wald F"),
    "cramers_v": Label.of("Cramér's V"),
}
