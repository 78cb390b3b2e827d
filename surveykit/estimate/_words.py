"""What estimates say about themselves, in both languages."""

from __future__ import annotations

from collections.abc import Iterable

from surveykit.text import Label, Lang

__all__ = ["say", "sentences"]

_TEXTS = {
    "where": Label(
        zh="只含满足 {rule} 的受访者（{n} 人）。",
        en="Only respondents with {rule} ({n}).",
    ),
    "missing": Label(
        zh="{name}：{total} 人中 {missing} 人缺失（{split}），不计入任何基数。",
        en="{name}: {missing} of {total} respondents are missing ({split}) and outside every base.",
    ),
    "by_missing": Label(
        zh="{name}：{missing} 人的分组未知，只计入合计列。",
        en="{name}: the group of {missing} respondents is unknown; they are in the total column only.",
    ),
    "plus": Label(zh="＋", en=" + "),
    "top_box": Label(zh="最高 {size} 项（{held}）", en="Top-{size} box ({held})"),
    "bottom_box": Label(zh="最低 {size} 项（{held}）", en="Bottom-{size} box ({held})"),
    "separator": Label(zh="、", en=", "),
    "no_multiple_test": Label(
        zh="{name} × {by}：多选题每人可选多项，不做列联表检验。",
        en="{name} × {by}: no test, because a respondent may choose several options.",
    ),
    "no_single_test": Label(
        zh="{name} × {by}：multiple_response 检验只用于多选题；单选题可用 chi2。",
        en="{name} × {by}: the multiple_response test is for multiple response; chi2 is for a "
        "single choice.",
    ),
    "summed_options": Label(
        zh="各选项 χ² 之和，按选项间的相关作 Rao–Scott 二阶校正（Bilder & Loughin 2004）。",
        en="Sum of the options' chi-squares with the second-order Rao–Scott correction for their "
        "correlation (Bilder & Loughin 2004).",
    ),
    "no_overlap_test": Label(
        zh="{name} × {by}：{by} 是多选题，各列的人互相重叠，不做列联表检验；可逐对比较各列（letters）。",
        en="{name} × {by}: no test, because the columns of {by}, a multiple response, overlap; "
        "they can be compared in pairs (letters).",
    ),
    "no_df": Label(
        zh="初级抽样单位太少，没有剩余的自由度，无法检验。",
        en="No test: too few sampling units for its degrees of freedom.",
    ),
    "singular": Label(
        zh="单元格总量的协方差矩阵是奇异的，无法检验；可试 rao_scott，或合并类别。",
        en="No test: the covariance of the cells is singular; try rao_scott, or merge levels.",
    ),
    "few_groups": Label(
        zh="{name} × {by}：有足够回答的组不到两个，无法检验。",
        en="{name} × {by}: no test, because fewer than two groups have enough answers.",
    ),
    "incomplete": Label(
        zh="{n} 人没有回答全部题目，不计入比较。",
        en="{n} respondents did not answer all of the questions and are left out.",
    ),
    "no_disagreement": Label(
        zh="每个人对各题的回答都相同，无法检验。",
        en="No test: nobody answered the questions differently.",
    ),
    "weights_only": Label(
        zh="已按 {weight} 加权。没有给出层和初级抽样单位：每位受访者各作一个抽样单位，标准误和检验"
        "按此计算，不把权重当作人数。",
        en="Weighted by {weight}. Without strata and PSUs every respondent is taken as a sampling "
        "unit of its own for standard errors and tests; weights are not taken for counts.",
    ),
    "design": Label(
        zh="标准误、区间和检验按抽样设计计算（{parts}）。",
        en="Standard errors, intervals and tests follow the sample design ({parts}).",
    ),
    "unsized": Label(
        zh="权重的均值不大于 1，没有说明总体有多少人，因此不给出设计效应。",
        en="Weights that average 1 or less do not tell the size of the population; no design effect "
        "is given.",
    ),
    "design_weight": Label(zh="权重 {name}", en="weight {name}"),
    "design_strata": Label(zh="层 {name}", en="strata {name}"),
    "design_psu": Label(zh="抽样单位 {name}", en="PSU {name}"),
    "design_fpc": Label(zh="有限总体校正 {name}", en="fpc {name}"),
    "design_repweights": Label(
        zh="重复权重 {name}（{n} 列，{kind}）", en="replicate weights {name} ({n} columns, {kind})"
    ),
    "design_lonely_psu": Label(zh="单一单位的层：{name}", en="lonely PSUs: {name}"),
    "skipped_text": Label(
        zh="未列表（自由文本、日期、标识或抽样设计的列）：{names}。",
        en="Not tabulated (free text, dates, identifiers, columns of the design): {names}.",
    ),
    "no_letters": Label(
        zh="{name} × {by}：合成记录中有未印出的数字，不作列间比较。",
        en="{name} × {by}: columns are not compared, because synthetic records hold cells that "
        "are not printed.",
    ),
    "no_joint_options": Label(
        zh="{name} × {by}：没有印出各选项同时被选的人数，合成记录不做检验。",
        en="{name} × {by}: which options were chosen together is not printed; it is not tested on "
        "synthetic records.",
    ),
    "not_pinned": Label(
        zh="{name} × {by}：没有印出的数字能确定这一关联，合成记录不做检验。",
        en="{name} × {by}: no printed figure pins this association; it is not tested on "
        "synthetic records.",
    ),
    "sizes_open": Label(
        zh="示意：各组人数没有印出，结果随示意人数而变；它在全部可行表上的范围由 audit 给出。",
        en="Illustrative: the sizes of the groups are not printed, and the result changes with "
        "them; the audit gives its range over all feasible tables.",
    ),
    "changed": Label(
        zh="这些合成记录已被改动：原文为 {digits}",
        en="these synthetic records were changed: the source has {digits}",
    ),
    "no_observations": Label(zh="没有完整的观测，无法检验。", en="No test: no complete pairs."),
    "one_row": Label(
        zh="{name} 只有一个类别有人，无法检验。", en="No test: only one level of {name} has anyone."
    ),
    "one_column": Label(
        zh="{by} 只有一个类别有人，无法检验。", en="No test: only one level of {by} has anyone."
    ),
    "dropped_no_df": Label(
        zh="已略去无人的类别（{name} {rows} 个，{by} {columns} 个）。",
        en="Levels without anyone are left out ({name}: {rows}, {by}: {columns}).",
    ),
    "dropped": Label(
        zh="已略去无人的类别（{name} {rows} 个，{by} {columns} 个），自由度随之减少。",
        en="Levels without anyone are left out ({name}: {rows}, {by}: {columns}); df follows.",
    ),
    "small": Label(
        zh="{below}/{cells} 个期望频数小于 5（最小 {minimum:.2f}）：χ² 近似不可靠，宜用 fisher。",
        en="{below} of {cells} expected counts are below 5 (smallest {minimum:.2f}): the chi-square "
        "approximation is poor; fisher is exact.",
    ),
    "monte_carlo": Label(
        zh="表太大，不能精确计算：P 由 {samples} 张随机表估计，99% 区间 [{low:.4f}, {high:.4f}]。",
        en="Too large for an exact answer: p is estimated from {samples} random tables, 99 % interval "
        "[{low:.4f}, {high:.4f}].",
    ),
    "codes_averaged": Label(
        zh="{name} 是单选题：均值按选项代码计算。",
        en="{name} is a single choice: its codes are averaged as numbers.",
    ),
    "unfit_cochran_armitage": Label(
        zh="Cochran–Armitage 趋势检验要求其中一个变量恰有两类；此表为 {rows} × {columns}，"
        "宜合并类别，或用 linear_by_linear。",
        en="The Cochran–Armitage trend test needs one variable with exactly two levels; this table "
        "is {rows} × {columns}: merge levels, or use linear_by_linear.",
    ),
    "pair_z": Label(zh="列比例 z 检验（合并方差）", en="z tests of column proportions, pooled variance"),
    "pair_z_unpooled": Label(
        zh="列比例 z 检验（不合并方差）", en="z tests of column proportions, unpooled variance"
    ),
    "pair_t": Label(zh="列均值 t 检验（合并方差）", en="t tests of column means, pooled variance"),
    "pair_welch": Label(zh="列均值 Welch t 检验", en="Welch's t tests of column means"),
    "pair_design": Label(zh="按抽样设计的 t 检验", en="design-based t tests"),
    "edge_interval": Label(
        zh="恰为 0 或 100% 时，区间是按有效基数计算的 Clopper–Pearson（Korn–Graubard）精确区间。",
        en="Where a percentage is exactly 0 or 100, the interval is Clopper–Pearson's exact one for "
        "the effective base (Korn–Graubard).",
    ),
    "each_group": Label(zh="各组", en="each group"),
    "against_difference": Label(zh="减去 {other}", en="less {other}"),
    "against_ratio": Label(zh="比 {other}", en="over {other}"),
    "against_odds_ratio": Label(zh="优势比，比 {other}", en="odds, over {other}"),
    "letters": Label(
        zh="字母：该格显著大于所标字母的列（P < {alpha}；{tests}；{adjust}）。",
        en="Letters: the cell is significantly larger than the column of that letter "
        "(p < {alpha}; {tests}; {adjust}).",
    ),
    "letters_two": Label(
        zh="字母：该格显著大于所标字母的列（大写 P < {alpha}，小写 P < {lax}；{tests}；{adjust}）。",
        en="Letters: the cell is significantly larger than the column of that letter (capital "
        "p < {alpha}, small p < {lax}; {tests}; {adjust}).",
    ),
    "signs": Label(
        zh="+、-：与{other}相比显著较大、较小（P < {alpha}；{tests}；{adjust}）。",
        en="+, -: significantly larger, smaller than {other} (p < {alpha}; {tests}; {adjust}).",
    ),
    "signs_two": Label(
        zh="++、--：与{other}相比显著较大、较小（P < {alpha}）；+、-：P < {lax}（{tests}；{adjust}）。",
        en="++, --: significantly larger, smaller than {other} (p < {alpha}); +, -: p < {lax} "
        "({tests}; {adjust}).",
    ),
    "against_all": Label(zh="其他列", en="the other columns"),
    "against_total": Label(zh="合计列", en="the total"),
    "against_previous": Label(zh="前一列", en="the column before"),
    "against_first": Label(zh="第一列", en="the first column"),
    "adjust_none": Label(zh="未作多重比较校正", en="not adjusted for several comparisons"),
    "adjust_bonferroni": Label(zh="每行作 Bonferroni 校正", en="Bonferroni within each row"),
    "adjust_holm": Label(zh="每行作 Holm 校正", en="Holm within each row"),
    "adjust_bh": Label(zh="每行作 Benjamini–Hochberg 校正", en="Benjamini–Hochberg within each row"),
    "scores": Label(
        zh="按编码簿中的类别顺序记分 1、2、3……", en="Scores 1, 2, 3, … in the order of the levels."
    ),
}  # fmt: skip


def say(key: str, lang: Lang, **values: object) -> str:
    """Return the text called `key` in `lang`, with its blanks filled in.

    Examples
    --------
    >>> say("no_observations", "en")
    'No test: no complete pairs.'
    """
    return _TEXTS[key].text(lang).format(**values)


def sentences(parts: Iterable[str], lang: Lang) -> str:
    """Join sentences: English with a space between, Chinese without.

    Examples
    --------
    >>> sentences(["One.", "", "Two."], "en"), sentences(["一。", "二。"], "zh")
    ('One. Two.', '一。二。')
    """
    return ("" if lang == "zh" else " ").join(part for part in parts if part)
