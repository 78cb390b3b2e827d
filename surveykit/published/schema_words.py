"""What every key of `published.yaml` means, in Chinese and English; shown by editors."""

from __future__ import annotations

from surveykit.text import Label

__all__ = ["WORDS_OF"]

_ID = Label("编号，只用一次", "Its name, used once")
_SOURCE = Label("在论文中的位置", "Where the paper prints it")
_LABEL = Label("显示用的名称", "The name that is shown")
_NOTE = Label("备注", "A remark")
_COMMON = {"id": _ID, "source": _SOURCE, "label": _LABEL, "note": _NOTE}

WORDS_OF: dict[str, dict[str, Label]] = {
    "top": {
        "surveykit": Label("文件类型，第一行", "What the file is; the first line"),
        "study": Label("论文", "The paper"),
        "rounding": Label("舍入方式", "How percentages were rounded"),
        "variables": Label("变量及其类别", "Variables and their levels"),
        "counts": Label("印出的人数", "Printed whole numbers"),
        "figures": Label("印出的百分比", "Printed percentages"),
        "grids": Label("录成 CSV 的交叉表", "Cross-tables typed as CSV files"),
        "means": Label("印出的均值与标准差", "Printed means and standard deviations"),
        "claims": Label("论文的论断", "Sentences of the paper that figures can bear out"),
        "tests": Label("印出的检验结果", "What the paper printed of tests"),
        "scenarios": Label("读法", "Readings of the paper"),
        "impossible": Label("不可能的组合", "Combinations that nobody can have"),
    },
    "study": {
        "title": Label("题名", "Its title"),
        "citation": Label("引文", "How it is cited"),
        "url": Label("网址", "Its address"),
        "label": _LABEL,
        "note": _NOTE,
    },
    "variable": {
        "levels": Label("类别，互不重叠", "Its levels; they partition the respondents"),
        "kind": Label("单选或多选", "Single choice or multiple response"),
        "missing": Label("未作答：none、allowed 或人数", "Item non-response: none, allowed or how many"),
        "label": _LABEL,
    },
    "count": {
        **_COMMON,
        "count": Label("印出的整数", "The whole number as printed"),
        "where": Label("哪些人；没有则为全体", "Of whom; everyone where it is absent"),
        "what": Label("数的是什么；有此项则不进入任何表", "What is counted; then it enters no table"),
    },
    "figure": {
        **_COMMON,
        "percent": Label('印出的数字，须加引号；看不清的数位写 "4[17].0" 或 "4?.0"', 'The digits as printed, in quotes; "4[17].0" or "4?.0" where one cannot be read'),
        "where": Label("是哪一类的百分比", "The cell that it is the percentage of"),
        "within": Label("在哪一组之内；没有则为全体", "Within which group; everyone where it is absent"),
        "of": Label("基数：cases、responses 或两个印出的数", "The base: cases, responses, or two printed numbers"),
        "sum": Label("是哪几个数字之和", "The figures whose categories it joins"),
    },
    "grid": {
        **_COMMON,
        "file": Label("CSV 文件，相对于本文件", "The CSV file, relative to this one"),
        "rows": Label("行变量", "The variable of the rows"),
        "columns": Label("列变量", "The variable of the columns"),
        "where": Label("百分比所属的变量（方向自动识别）", "The variable that percentages are of; orientation is recognised"),
        "within": Label("分组变量", "The variable that percentages are within"),
        "percent": Label("按列、按行或占总数", "Of columns, of rows or of the total"),
        "cells": Label("单元格里是什么", "What a cell holds"),
        "labels": Label("表中的文字对应的类别", "The level that each text of the table means"),
    },
    "mean": {
        **_COMMON,
        "mean": Label("印出的均值", "The mean as printed"),
        "sd": Label("印出的标准差", "The standard deviation as printed"),
        "of": Label("变量", "The variable"),
        "scores": Label("各类别的分值", "The score of each level"),
        "range": Label("最低分与最高分", "The lowest and the highest score"),
        "within": Label("在哪一组之内", "Within which group"),
        "n": Label("人数", "The number of respondents"),
        "items": Label("题数（总分除以题数）", "The number of items that a total is divided by"),
        "divisor": Label("标准差的除数", "The divisor of the standard deviation"),
    },
    "claim": {
        **_COMMON,
        "greater": Label("前者大于后者", "The first is larger than the second"),
        "association": Label("两个变量相关", "Two variables are associated"),
        "trend": Label("后一个都大于前一个", "Each is larger than the one before"),
        "largest": Label("是其变量中最大的", "The most frequent of its variable"),
        "rank": Label("在若干数字中的名次", "Its place among some figures"),
        "test": Label("审计者的检验", "The auditor's test"),
        "alpha": Label("显著性水平", "The level of the test"),
        "quote": Label("原文", "The paper's words"),
    },
    "test": {
        **_COMMON,
        "of": Label("两个变量、两个数字或一个数字", "Two variables, two figures or one"),
        "chi2": Label("印出的卡方值", "The chi-square as printed"),
        "g2": Label("印出的似然比统计量", "The likelihood ratio statistic as printed"),
        "v": Label("印出的 Cramér V", "Cramér's V as printed"),
        "phi": Label("印出的 φ", "Phi as printed"),
        "odds_ratio": Label("印出的比值比", "The odds ratio as printed"),
        "risk_ratio": Label("印出的风险比", "The risk ratio as printed"),
        "difference": Label("印出的百分点之差", "The difference in percentage points as printed"),
        "df": Label("自由度", "Degrees of freedom"),
        "p": Label('印出的 p："0.018"、"<0.05"', 'The p as printed: "0.018", "<0.05"'),
        "fisher": Label("印出的 Fisher p", "Fisher's p as printed"),
        "stars": Label("印出的星号", "The stars as printed"),
        "legend": Label("星号的含义", "What the stars mean"),
        "ci": Label("印出的置信区间", "The confidence interval as printed"),
        "level": Label("置信水平", "The confidence level"),
        "method": Label("区间的方法", "The method of the interval"),
        "correction": Label("是否连续性校正（2×2）", "Continuity correction (2 × 2)"),
        "test": Label("p 或星号出自哪个检验", "Which test p and stars are of"),
        "measure": Label("区间是什么的", "What the interval is of"),
    },
    "scenario": {
        **_COMMON,
        "missing": Label("各变量的未作答", "Item non-response by variable"),
        "hidden": Label("未印出的组及其人数", "A group that is not printed, and its size"),
        "counts": Label("改读的人数", "Other numbers for printed counts"),
        "figures": Label("改读的数字或基数", "Other digits or bases of figures"),
        "without": Label("搁置的数字", "Figures set aside"),
    },
}  # fmt: skip
