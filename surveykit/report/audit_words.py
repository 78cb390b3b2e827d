"""The phrases of an audit in both languages."""

from __future__ import annotations

from typing import Final

from surveykit.text import Label, Lang

__all__ = [
    "COUNTED",
    "EXPLAINED",
    "INTRO",
    "OPEN",
    "OPEN_MEANS",
    "STATUS",
    "STATUS_MEANS",
    "VERDICT",
    "VERDICT_MEANS",
    "say",
]

_PHRASES: Final = {
    # punctuation
    "comma": Label("、", ", "),
    "colon": Label("：", ": "),
    "dash": Label("——", " — "),
    "stop": Label("；", "; "),
    "quote": Label("“{text}”", "“{text}”"),
    # figures
    "within": Label("{outcome}（{group}）", "{outcome} ({group})"),
    "of_responses": Label("占选择次数", "of responses"),
    "everyone": Label("全体", "everyone"),
    "ratio": Label("两个印出的数之比 {top}/{bottom}", "share of two printed numbers, {top} of {bottom}"),
    "not_printed": Label("未印出", "not printed"),
    # claims
    "association": Label("{a}与{b}有关联", "{a} and {b} go together"),
    "largest": Label("{a} 是其中最多的一项", "{a} is the most frequent"),
    "rank": Label("{a} 在 {of} 项中居第 {rank} 位", "{a} is number {rank} of {of}"),
    "above": Label(" 高于 ", " > "),
    "rising": Label(" 低于 ", " < "),
    # the page
    "title": Label("印出数字的核查", "Audit of printed figures"),
    "what": Label("这是什么", "What this is"),
    "words": Label("用词", "Words used here"),
    "overview": Label("结果一览", "Overview"),
    "reading": Label("读法：{label}", "Reading: {label}"),
    "problems": Label("不是简单可能的数字", "Figures that are not simply possible"),
    "no_problems": Label(
        "在这种读法下，印出的数字可以同时成立。",
        "In this reading all printed figures can be true together.",
    ),
    "no_problems_open": Label(
        "求解过的数字中，没有不可能的，也没有互相矛盾的；其余见下。",
        "Of what was solved nothing is impossible or in conflict; for the rest see below.",
    ),
    "open": Label("未求解、未核查的数字", "Not solved, or not held against the tables"),
    "open_reason": Label("{word}：{why}", "{word}: {why}"),
    "groups": Label("互有牵连的数字", "Figures that hang together"),
    "figures": Label("全部数字", "All figures"),
    "figures_caption": Label(
        "{reading}：印出的数字，及所有可行表留下的基数和人数",
        "{reading}: the printed figures, and the bases and counts that all feasible tables leave",
    ),
    "unprinted": Label("没有印出的数字（{n} 个）", "Figures that are not printed ({n})"),
    "unprinted_caption": Label(
        "{reading}：没有印出的数字，及所有可行表留下的范围",
        "{reading}: figures that are not printed, and the ranges that all feasible tables leave",
    ),
    "orders": Label("文中所说的次序", "The orders that the paper states"),
    "orders_why": Label(
        "文中一句话说谁高谁低，就只看谁高谁低：这里不用任何检验。",
        "A sentence about an order is held against the order alone; no test is used here.",
    ),
    "tests": Label("核查者的检验", "The auditor's tests"),
    "tests_why": Label(
        "检验是核查者做的，文中没有报告；成立指方向相符且 P 小于所定水平，并假定样本是简单随机抽样。"
        "同村的人回答相近，实际误差往往更大：设计效应是误差方差放大的倍数，"
        "临界设计效应是放大到多少倍时检验不再显著（不到 1 表示不放大也不显著）。",
        "The tests are the auditor's; the paper reports none. A claim holds when the order is as "
        "stated and p is below the level, for a simple random sample. People of one village answer "
        "alike, so that the true error is often larger: the design effect is the factor by which the "
        "variance grows, and the break-even design effect is the factor at which the test stops being "
        "significant (below 1: it is not significant even without any).",
    ),
    "tests_why_printed": Label(
        "检验是核查者做的；文中自己印出的检验结果列在“全部数字”中，每项说明里写出对应的是哪一项。"
        "成立指方向相符且 P 小于所定水平，并假定样本是简单随机抽样。"
        "同村的人回答相近，实际误差往往更大：设计效应是误差方差放大的倍数，"
        "临界设计效应是放大到多少倍时检验不再显著（不到 1 表示不放大也不显著）。",
        "The tests are the auditor's; what the paper itself prints of tests stands under “All figures”, "
        "and each note names it. A claim holds when the order is as "
        "stated and p is below the level, for a simple random sample. People of one village answer "
        "alike, so that the true error is often larger: the design effect is the factor by which the "
        "variance grows, and the break-even design effect is the factor at which the test stops being "
        "significant (below 1: it is not significant even without any).",
    ),
    "tests_caption": Label("{reading}：核查者的检验", "{reading}: the auditor's tests"),
    "orders_caption": Label("{reading}：文中所说的次序", "{reading}: the orders that the paper states"),
    # columns
    "figure": Label("数字", "Figure"),
    "printed": Label("印出", "Printed"),
    "verdict": Label("判断", "Verdict"),
    "base": Label("基数", "Base"),
    "count": Label("人数", "Count"),
    "claim": Label("说法", "Claim"),
    "test": Label("检验", "Test"),
    "statistic": Label("统计量", "Statistic"),
    "p": Label("P", "p"),
    "deff": Label("临界设计效应", "Break-even design effect"),
    "why": Label("说明", "Note"),
    "reading_column": Label("读法", "Reading"),
    "together": Label("全部数字能否同时成立", "All figures together"),
    "yes": Label("能", "possible"),
    "no": Label("不能", "not possible"),
    "unknown": Label("未判定", "not decided"),
    # a reading
    "summary": Label(
        "{n} 个印出的数字：{parts}。",
        "{n} printed figures: {parts}.",
    ),
    "summary_orders": Label(
        "文中所说的次序 {n} 处：{parts}。", "Orders that the paper states ({n}): {parts}."
    ),
    "summary_tests": Label("核查者的检验 {n} 项：{parts}。", "The auditor's tests ({n}): {parts}."),
    "part": Label("{n} 个{word}", "{n} {word}"),
    "claim_part": Label("{n} 项{word}", "{n} {word}"),
    "change_missing": Label("可能有人未回答：{names}", "some may not have answered: {names}"),
    "change_hidden": Label("另有一组未印出：{names}", "one more group, not printed: {names}"),
    "change_percent": Label("{name}：印作 {new}", "{name}: printed as {new}"),
    "change_printed": Label("{name}：读作 {new}", "{name}: read as {new}"),
    "change_responses": Label(
        "以选择次数而非人数为基数：{names}", "shares of responses, not of respondents: {names}"
    ),
    "change_base": Label("另取基数：{names}", "another base: {names}"),
    "change_without": Label("不计：{names}", "left out: {names}"),
    "plain": Label(
        "照字面读：每句话所说的人群就是基数，人人作答。",
        "As printed: the base that each sentence names, everyone answered.",
    ),
    # conflicts
    "conflict_lead": Label(
        "单独看都可能，放在一起却不可能（属于下文所列的最小矛盾）。先考虑抄录或排印错误，再考虑有人未作答、有未印出的组别、另有基数：",
        "Each possible alone, but not together (they belong to the minimal conflicts listed below). "
        "A copying or printing error comes first, then item non-response, a group that is not "
        "printed, another base:",
    ),
    "group_title": Label("{outcomes}（{n} 个数字）", "{outcomes} ({n} figures)"),
    "group_title_one": Label("{outcomes}（1 个数字）", "{outcomes} (1 figure)"),
    "group_title_by_one": Label("{outcomes} × {by}（1 个数字）", "{outcomes} × {by} (1 figure)"),
    "group_title_by": Label("{outcomes} × {by}（{n} 个数字）", "{outcomes} × {by} ({n} figures)"),
    "tables": Label("可行表：{n} 张。", "Feasible tables: {n}."),
    "tables_inexact": Label("可行表：{n} 张（不是确数）。", "Feasible tables: {n} (not exact)."),
    "tables_none": Label(
        "没有一张整数人数的表能印出这组数字。", "No table of whole numbers prints these figures."
    ),
    "tables_unknown": Label("可行表的数目未求出。", "The feasible tables have not been counted."),
    "conflicts": Label(
        "最小矛盾 {n} 组（组内的数字不能同时成立，去掉任何一个就能）：",
        "Minimal conflicts: {n} (the figures of each cannot all be true; without any one of them they can):",
    ),
    "conflicts_more": Label(
        "最小矛盾：列出 {n} 组，此外还有（组内的数字不能同时成立，去掉任何一个就能）：",
        "Minimal conflicts: {n} are listed and there are more (the figures of each cannot all be "
        "true; without any one of them they can):",
    ),
    "more": Label("…… 另有 {n} 组", "… and {n} more"),
    "more_figures": Label("…… 另有 {n} 个", "… and {n} more"),
    "repairs": Label(
        "改动最少就能同时成立的读法（供查证，不是结论）：",
        "The smallest changes that would make them fit (to be checked; these are no findings):",
    ),
    "repair_percent": Label(
        "{name}：若印作 {percents}，而不是 {printed}{how}",
        "{name}: if it were {percents}, not {printed}{how}",
    ),
    "or": Label("或", " or "),
    "edit_digit": Label("（错一个数字）", " (one digit)"),
    "edit_swap": Label("（相邻两个数字颠倒）", " (two neighbouring digits swapped)"),
    "edit_point": Label("（小数点错位）", " (the decimal point)"),
    "repair_misprints": Label("两处都改：{names}", "both of these: {names}"),
    "repair_count": Label(
        "若印出的人数（{name}）是 {values}，而不是 {printed}",
        "if the printed number ({name}) were {values}, not {printed}",
    ),
    "repair_missing_some": Label("若有人未回答：{name}", "if some did not answer: {name}"),
    "repair_missing": Label(
        "若有人未回答：{name}（至少 {n} 人）", "if some did not answer: {name} (at least {n})"
    ),
    "repair_responses": Label(
        "若以选择次数而非人数为基数：{name}", "if they were shares of responses, not of respondents: {name}"
    ),
    "repair_cases": Label(
        "若以人数而非选择次数为基数：{name}", "if they were shares of respondents, not of responses: {name}"
    ),
    "repair_base": Label("{name}：若以{group}为基数", "{name}: if it were a share of {group}"),
    "repair_swapped": Label(
        "若百分比是在“{outcome}”各组中计算的（行列互换）",
        "if the percentages were within the groups of “{outcome}” (rows for columns)",
    ),
    "repair_hidden_some": Label("若另有一组未印出：{name}", "if one more group is not printed: {name}"),
    "repair_hidden": Label(
        "若另有一组未印出：{name}（{n} 人）", "if one more group is not printed: {name} ({n} respondents)"
    ),
    "repair_without": Label("若不计：{names}", "if left out: {names}"),
    "repairs_order": Label(
        "改动少的在前；同样多时，先列抄录或排印错误，再列印出的人数、有人未作答、另有基数、有未印出的组别。",
        "What changes least comes first; among equals a copying or printing error, then a printed number, "
        "people who did not answer, another base, a group that is not printed.",
    ),
    "repairs_where": Label(
        "每种读法的写法见 --format html 或 json。",
        " The lines that try each are in --format html and json.",
    ),
    "stopped": Label(
        "核查提前结束：已完成的照列，其余标明“未核查”。",
        "The audit ended early: what is finished is shown, the rest says “not evaluated”.",
    ),
    "answer": Label("先说结果", "The answer first"),
    "answer_all": Label(
        "按“{label}”的读法，印出的 {n} 个数字可以同时成立。",
        "Read “{label}”, all {n} printed figures can be true together.",
    ),
    "answer_some": Label(
        "按“{label}”的读法，印出的 {n} 个数字中最多有 {most} 个可以同时成立。",
        "Read “{label}”, at most {most} of the {n} printed figures can be true together.",
    ),
    "answer_open": Label(
        "按“{label}”的读法，印出的 {n} 个数字能否同时成立，没有全部判定。",
        "Read “{label}”, it is not decided whether the {n} printed figures can all be true together.",
    ),
    "answer_none_bad": Label(
        "没有哪个数字单独看就不可能，也没有哪几个互相矛盾。",
        "None of them is impossible by itself, and none contradict each other.",
    ),
    "answer_none_bad_open": Label(
        "求解过的数字中没有不可能的，也没有互相矛盾的；另有 {n} 个未求解。",
        "Of those that were solved none is impossible or in conflict; {n} were not solved.",
    ),
    "answer_means_open": Label(
        "未求解的数字既未被证实，也未被否定。",
        "What was not solved is neither borne out nor refuted.",
    ),
    "answer_not_held": Label(
        "印出的检验中有 {n} 项没有核查：{names}（原因见下）。",
        "Printed tests that were not held against the tables: {n} ({names}; reasons below).",
    ),
    "answer_bad": Label("单独看就不可能的是：{names}。", "Impossible by themselves are: {names}."),
    "answer_apart": Label(
        "与其他数字不能同时成立的还有：{names}。",
        "Not possible together with other figures are also: {names}.",
    ),
    "mean_of": Label("均值 {id}", "mean {id}"),
    "test_of": Label("检验 {id}", "test {id}"),
    "answer_conflict": Label(
        "有 {n} 个数字单独看都可能，却不能全部成立，分属 {groups} 组相互牵连的数字。",
        "Another {n} are possible one by one but not all at once; they hang together in {groups} group(s).",
    ),
    "answer_conflict_only": Label(
        "有 {n} 个数字单独看都可能，却不能全部成立，分属 {groups} 组相互牵连的数字。",
        "{n} of them are possible one by one but not all at once; they hang together in {groups} group(s).",
    ),
    "answer_means": Label(
        "这只说明印出的数字与这种读法不合：可能是抄录或排印错误，可能有人未作答，也可能基数另有所指；它不说明原因，更不说明有人作假。",
        "This says only that the figures as printed do not fit this reading: a copying or printing error, people who did "
        "not answer or another base would do; it does not say why, and least of all that anybody made figures up.",
    ),
    "answer_means_all": Label(
        "这只说明有整数人数的表能印出这些数字，不说明它们就是真的，也不说明调查做得好。",
        "This says only that some table of whole numbers of respondents prints these figures; not that they are right, "
        "nor that the survey was a good one.",
    ),
    "repairs_some": Label(
        "要试的改法太多，没有全部试完。", "There were too many changes to try them all."
    ),
    "repair_try": Label("用来核对的写法", "to try it"),
    "repairs_more": Label("…… 另有 {n} 种读法", "… and {n} more readings"),
    "singles": Label(
        "另有 {n} 个数字不与别的数字牵连，见“全部数字”。",
        "{n} more figures hang together with no other; see “All figures”.",
    ),
    # claims
    "unprinted_needed": Label("所需的数字没有印出", "figures that it needs are not printed"),
    "aside_needed": Label(
        "所需的数字已搁置（不可能或已解释）",
        "a figure that it needs is set aside (impossible or explained)",
    ),
    "left_out": Label("本读法不含所需的数字", "this reading leaves out a figure that it needs"),
    "no_cross_table": Label("交叉表没有印出", "the cross-table is not printed"),
    "no_range": Label(
        "另有 {n} 个，印出的数字没有给它们留下范围。",
        "{n} more, for which the printed figures leave no range.",
    ),
    "question_mark": Label(
        "? 表示没有可行表，或印出的数字没有限定。",
        "?: no feasible table, or not limited by the printed figures.",
    ),
    "paper_prints": Label("文中印出：{names}", "the paper prints {names}"),
    "paper_prints_whole": Label(
        "文中印出的是整张表的检验：{names}", "of the whole table the paper prints {names}"
    ),
    "witness_yes": Label("成立的一例：{cells}", "one in which it holds: {cells}"),
    "witness_no": Label("不成立的一例：{cells}", "one in which it fails: {cells}"),
    "witness_cell": Label("{name} {count}/{base}", "{name} {count} of {base}"),
    "at_level": Label("（水平 {alpha}）", " (level {alpha})"),
    "and_more_claims": Label("……另有 {n} 项", "… and {n} more"),
    # readings that are told by what they change
    "same_as": Label(
        "以下只列与“{label}”不同之处；要看全部，用 --scenario {id}。",
        "Only what differs from “{label}” is listed; --scenario {id} shows all.",
    ),
    "nothing_differs": Label("与“{label}”没有不同。", "Nothing differs from “{label}”."),
    "differing_figures": Label("与“{label}”不同的数字", "Figures that differ from “{label}”"),
    "fits": Label(
        "能使全部印出的数字同时成立的读法：{labels}。",
        "Readings in which all printed figures can be true together: {labels}.",
    ),
    "fits_none": Label(
        "所列读法中，没有一种能使全部印出的数字同时成立。",
        "In none of the readings can all printed figures be true together.",
    ),
}  # fmt: skip

INTRO: Final = (
    Label(
        "这是重构核查：只从印出的百分比出发，找出所有能印出它们的受访者人数表。"
        "没有恢复任何原始数据，也没有重做调查。",
        "This is a reconstruction audit: from the printed percentages alone it finds every table of "
        "respondents that could have printed them. No data are recovered and no study is repeated.",
    ),
    Label(
        "数字不能同时成立，不等于学术不端。先考虑最平常的原因：抄录或排印错误，其次是有人未作答、"
        "以选择次数而非人数为基数、有未印出的组别。",
        "Figures that cannot be true together are no sign of misconduct. The benign causes come "
        "first: a copying or printing error before all others, then item non-response, responses "
        "instead of respondents as the base, a group that is not printed.",
    ),
    Label(
        "文中没有印出的人数一律当作未知，由印出的数字求出可能的范围。",
        "Numbers of respondents that are not printed are taken as unknown, and solved for.",
    ),
)

STATUS: Final = {
    "possible": Label("可能", "possible"),
    "impossible": Label("不可能", "impossible"),
    "explained": Label("已解释", "explained"),
    "conflict": Label("矛盾", "conflict"),
}

STATUS_MEANS: Final = {
    "possible": Label(
        "有整数人数能印出这个数，并与其他数字相容",
        "a whole number of respondents prints so, together with the other figures",
    ),
    "impossible": Label(
        "在所说的基数上，没有任何整数人数会印成这个数",
        "no whole number of respondents on that base prints so",
    ),
    "explained": Label(
        "作为人数的占比不可能，但恰好等于其他印出数字之和",
        "impossible as a share of respondents, but equal to the sum of other printed figures",
    ),
    "conflict": Label(
        "单独看可能，与别的数字放在一起则不可能", "possible alone, but not together with other figures"
    ),
}  # fmt: skip

OPEN: Final = {
    "unsolved": Label("未求解", "not solved"),
    "not evaluated": Label("未核查", "not evaluated"),
}
"""What is said of a figure or printed test where there is no status."""

OPEN_MEANS: Final = {
    "unsolved": Label(
        "没有与其他数字一起求解：单独看没有矛盾，仅此而已",
        "not solved beside the other figures: nothing speaks against it alone, and no more is known",
    ),
    "not evaluated": Label(
        "印出的检验没有与可行表核对，原因写在旁边",
        "a printed test that was not held against the feasible tables, for the reason beside it",
    ),
}

EXPLAINED: Final = (
    Label(
        "读法：对文中没有说清之处（基数是谁、有没有人未作答）的一种理解",
        "reading: one way to take what the paper leaves open (who the base is, whether all answered)",
    ),
    Label(
        "可行表：一张整数人数的表，按四舍五入恰好印出文中的全部数字",
        "feasible table: a table of whole numbers of respondents that, rounded, prints exactly the paper's figures",
    ),
)

VERDICT: Final = {
    "holds in all": Label("都成立", "holds in all"),
    "holds in none": Label("都不成立", "holds in none"),
    "undetermined": Label("未定", "undetermined"),
    "not evaluated": Label("无法核查", "not evaluated"),
}

COUNTED: Final = {
    **STATUS,
    **VERDICT,
    "conflict": Label("矛盾", "in conflict"),
    "unsolved": OPEN["unsolved"],
    "holds in all": Label("都成立", "hold in all feasible tables"),
    "holds in none": Label("都不成立", "hold in none"),
}
"""The words behind a number of figures or claims."""

VERDICT_MEANS: Final = {
    "holds in all": Label("在每一张可行表中都成立", "true in every feasible table"),
    "holds in none": Label("在任何可行表中都不成立", "true in no feasible table"),
    "undetermined": Label(
        "有的可行表成立，有的不成立：印出的数字不能决定",
        "true in some feasible tables and not in others: the printed figures do not decide",
    ),
    "not evaluated": Label(
        "缺少所需的数字，或那组数字没有可行表，或可行表多得无法逐一列出",
        "figures are missing, or have no feasible table, or more than can be listed",
    ),
}


def say(key: str, lang: Lang) -> str:
    """Return a phrase.

    Examples
    --------
    >>> say("figure", "en"), say("figure", "zh")
    ('Figure', '数字')
    """
    status = STATUS.get(key.removeprefix("status_")) if key.startswith("status_") else None
    return (status or _PHRASES[key]).text(lang)
