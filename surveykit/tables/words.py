"""The phrases of a table in both languages."""

from __future__ import annotations

import re
from typing import Final, Literal

from surveykit.text import Label, Lang

__all__ = ["BASES", "STATS", "TESTS", "WORDS", "Base", "stat_name"]

Base = Literal["n", "weighted", "effective", "asked", "answered", "responses"]

WORDS: Final = {
    "total": Label(zh="合计", en="Total"),
    "base": Label(zh="有效样本 n", en="Base n"),
    "missing_line": Label(zh="缺失", en="Missing"),
    "valid_total": Label(zh="有效合计", en="Valid total"),
    "net": Label(zh="小计：{label}", en="Net: {label}"),
    "contents": Label(zh="目录", en="Contents"),
    "back": Label(zh="← 目录", en="← Contents"),
    "book": Label(zh="表册", en="Tables"),
    "book_by": Label(zh="表册：按{by}", en="Tables by {by}"),
    "cross": Label(zh="×", en="×"),
    "by": Label(zh="{rows}（按{by}）", en="{rows} by {by}"),
    "comma": Label(zh="、", en=", "),
    "number": Label(zh="表 {n}", en="Table {n}"),
    "numbered": Label(zh="{number}　{title}", en="{number}. {title}"),
    "note": Label(zh="注：", en="Note. "),
    "note_gbt": Label(zh="注：", en="Note: "),
    "colon": Label(zh="：", en=": "),
    "aside": Label(zh="（{text}）", en=" ({text})"),
    "interval": Label(zh="{level}% 置信区间", en="{level} % CI"),
    "unit": Label(zh="{question}，{unit}", en="{question}, {unit}"),
    "stars": Label(zh="{levels}（{test}）。", en="{levels} ({test})."),
    "star": Label(zh="{stars} P < {level}", en="{stars} p < {level}"),
    "star_test": Label(zh="表下第一个检验", en="first test given for the pair"),
    "star_residual": Label(zh="调整残差，双侧", en="adjusted residuals, two-sided"),
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
    "unreliable": Label(zh="‡：不够可靠，慎用。", en="‡: not reliable enough; use with caution."),
    "suppressed": Label(zh="×：不宜公布，不列出。", en="×: not to be published, and left out."),
}

BASES: Final[dict[Base, tuple[str, Label, Label]]] = {  # statistic, in a header, as a line
    "n": ("", Label.of("n"), Label(zh="有效样本 n", en="Base n")),
    "weighted": (
        "weighted_base",
        Label(zh="加权 n", en="weighted n"),
        Label(zh="加权样本 n", en="Weighted base"),
    ),
    "effective": (
        "effective_base",
        Label(zh="等效 n", en="effective n"),
        Label(zh="等效样本量", en="Effective base"),
    ),
    "asked": ("asked", Label(zh="被询问", en="asked"), Label(zh="被询问人数", en="Asked")),
    "answered": ("answered", Label(zh="作答", en="answered"), Label(zh="作答人数", en="Answered")),
    "responses": (
        "responses",
        Label(zh="应答数", en="responses"),
        Label(zh="应答总数", en="Responses"),
    ),
}

STATS: Final = {
    "count": Label.of("n"),
    "weighted_count": Label(zh="加权 n", en="weighted n"),
    "percent": Label.of("%"),
    "valid_percent": Label(zh="有效百分比", en="valid %"),
    "percent_of_all": Label(zh="含缺失百分比", en="% of all"),
    "cumulative_percent": Label(zh="累积百分比", en="cumulative %"),
    "percent_of_asked": Label(zh="占被询问者 %", en="% of asked"),
    "row_percent": Label(zh="行 %", en="row %"),
    "total_percent": Label(zh="总 %", en="total %"),
    "percent_of_responses": Label(zh="应答 %", en="% of responses"),
    "mean": Label(zh="均值", en="mean"),
    "median": Label(zh="中位数", en="median"),
    "total": Label(zh="总量", en="total"),
    "ratio": Label(zh="比值", en="ratio"),
    "odds_ratio": Label(zh="优势比", en="odds ratio"),
    "difference": Label(zh="差", en="difference"),
    "cv": Label(zh="变异系数", en="CV"),
    "missing": Label(zh="缺失", en="missing"),
    "sd": Label(zh="标准差", en="SD"),
    "min": Label(zh="最小值", en="minimum"),
    "max": Label(zh="最大值", en="maximum"),
    "nps": Label.of("NPS"),
    "base": Label.of("n"),
    "expected": Label(zh="期望频数", en="expected n"),
    "adjusted_residual": Label(zh="调整残差", en="adjusted residual"),
    "deff": Label(zh="设计效应", en="deff"),
    "df": Label(zh="自由度", en="df"),
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
    "mcnemar": Label(zh="McNemar 检验 χ²", en="McNemar χ²"),
    "cochran_q": Label.of("Cochran Q"),
    "multiple_response": Label.of("Bilder–Loughin χ²"),
    "kruskal_wallis": Label(zh="Kruskal–Wallis H", en="Kruskal–Wallis H"),
    "mann_whitney": Label(zh="Mann–Whitney U", en="Mann–Whitney U"),
    "anova": Label(zh="方差分析 F", en="ANOVA F"),
    "welch": Label(zh="Welch 方差分析 F", en="Welch ANOVA F"),
    "welch_anova": Label(zh="Welch 方差分析 F", en="Welch ANOVA F"),
    "t": Label.of("t"),
    "welch_t": Label(zh="Welch t", en="Welch t"),
    "rao_scott": Label.of("Rao–Scott F"),
    "rao_scott_chi2": Label.of("Rao–Scott χ²"),
    "wald": Label.of("Wald F"),
    "adj_wald": Label(zh="调整 Wald F", en="adjusted Wald F"),
    "lincom": Label(zh="Rao–Scott（线性组合）", en="Rao–Scott (linear combination)"),
    "saddlepoint": Label(zh="Rao–Scott（鞍点近似）", en="Rao–Scott (saddlepoint)"),
    # measures of association
    "phi": Label.of("φ"),
    "cramers_v": Label.of("Cramér's V"),
    "cramers_v_corrected": Label(zh="Cramér's V（校正偏差）", en="Cramér's V (bias-corrected)"),
    "contingency": Label(zh="列联系数 C", en="contingency coefficient C"),
    "contingency_coefficient": Label(zh="列联系数 C", en="contingency coefficient C"),
    "gamma": Label.of("γ"),
    "tau_b": Label.of("τ-b"),
    "tau_c": Label.of("τ-c"),
    "somers_d": Label.of("Somers' d"),
    "somers_d_row": Label(zh="Somers' d（行为因变量）", en="Somers' d (rows dependent)"),
    "somers_d_column": Label(zh="Somers' d（列为因变量）", en="Somers' d (columns dependent)"),
    "somers_d_symmetric": Label(zh="Somers' d（对称）", en="Somers' d (symmetric)"),
    "lambda": Label.of("λ"),
    "lambda_row": Label(zh="λ（行为因变量）", en="λ (rows dependent)"),
    "lambda_column": Label(zh="λ（列为因变量）", en="λ (columns dependent)"),
    "lambda_symmetric": Label(zh="λ（对称）", en="λ (symmetric)"),
    "goodman_kruskal_tau": Label.of("Goodman–Kruskal τ"),
    "goodman_kruskal_tau_row": Label(zh="Goodman–Kruskal τ（行为因变量）", en="Goodman–Kruskal τ (rows dependent)"),
    "goodman_kruskal_tau_column": Label(zh="Goodman–Kruskal τ（列为因变量）", en="Goodman–Kruskal τ (columns dependent)"),
    "uncertainty": Label(zh="不确定系数 U", en="uncertainty coefficient U"),
    "uncertainty_row": Label(zh="不确定系数 U（行为因变量）", en="uncertainty coefficient U (rows dependent)"),
    "uncertainty_column": Label(zh="不确定系数 U（列为因变量）", en="uncertainty coefficient U (columns dependent)"),
    "uncertainty_symmetric": Label(zh="不确定系数 U（对称）", en="uncertainty coefficient U (symmetric)"),
    "eta": Label.of("η"),
    "eta_row": Label(zh="η（行为因变量）", en="η (rows dependent)"),
    "eta_column": Label(zh="η（列为因变量）", en="η (columns dependent)"),
    "eta_squared": Label.of("η²"),
    "epsilon_squared": Label.of("ε²"),
    "omega_squared": Label.of("ω²"),
    "kendalls_w": Label.of("Kendall W"),
    "kappa": Label.of("κ"),
    "pearson": Label(zh="Pearson 相关 r", en="Pearson r"),
    "pearson_r": Label(zh="Pearson 相关 r", en="Pearson r"),
    "spearman": Label(zh="Spearman 相关 ρ", en="Spearman ρ"),
    "spearman_rho": Label(zh="Spearman 相关 ρ", en="Spearman ρ"),
    "cohens_d": Label.of("Cohen's d"),
    "cohens_g": Label.of("Cohen's g"),
    "odds_ratio": Label(zh="比数比", en="odds ratio"),
    "difference": Label(zh="差", en="difference"),
    "ratio": Label(zh="比", en="ratio"),
}  # fmt: skip

_QUANTILE: Final = re.compile(r"quantile_([0-9]+(?:\.[0-9]+)?)")
_PERCENTILE: Final = Label(zh="{q}% 分位数", en="{q}% quantile")


def stat_name(stat: str, lang: Lang) -> str:
    """Return what a statistic is called in a table; of an unknown one its own name.

    Examples
    --------
    >>> stat_name("sd", "zh"), stat_name("quantile_25", "en"), stat_name("new", "en")
    ('标准差', '25% quantile', 'new')
    """
    if stat in STATS:
        return STATS[stat].text(lang)
    found = _QUANTILE.fullmatch(stat)
    return _PERCENTILE.text(lang).format(q=found[1]) if found else stat
