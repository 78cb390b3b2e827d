"""The methods paragraph: what was done, said from the estimates themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from surveykit.estimate import Estimates
from surveykit.report.manifest import versions
from surveykit.tables.words import TESTS
from surveykit.text import Label, Lang

__all__ = ["methods"]

_TOUCHING: Final = re.compile(
    r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9χ])|(?<=[A-Za-z0-9χ])(?=[\u4e00-\u9fff])"
)
_SAY: Final = {
    "source": Label("数据取自 {files}。", "The data were read from {files}."),
    "synthetic": Label(
        "记录是按印出的数字合成的（SYNTHETIC），不是受访者的回答；凡与论文一致之处均由构造而来。",
        "The records are SYNTHETIC: made to agree with printed figures, they are nobody's answers, "
        "and what agrees with the paper does so by construction.",
    ),
    "domain": Label("只分析满足 {rules} 的受访者。", "Only respondents with {rules} were analysed."),
    "domain_design": Label(
        "只分析满足 {rules} 的受访者，方差仍按完整样本的设计估计。",
        "Only respondents with {rules} were analysed, as a domain of the whole design.",
    ),
    "simple": Label(
        "结果未加权，受访者视为简单随机样本。",
        "Results are unweighted; respondents are taken for a simple random sample.",
    ),
    "linearised": Label(
        "结果按抽样设计（{design}）估计，标准误用泰勒线性化法求得。",
        "Estimates follow the sample design ({design}); standard errors come from Taylor "
        "linearisation.",
    ),
    "replicated": Label(
        "结果按抽样设计（{design}）估计，标准误由重复权重求得。",
        "Estimates follow the sample design ({design}); standard errors come from the replicate "
        "weights.",
    ),
    "interval": Label(
        "比例附 {methods} {level}% 置信区间。",
        "{level} % confidence intervals of proportions are {methods}.",
    ),
    "t_interval": Label(
        "{of}的 {level}% 置信区间用 t 分布。",
        "{level} % confidence intervals of {of} use the t distribution.",
    ),
    "quantile_interval": Label(
        "分位数的 {level}% 置信区间用 Woodruff 法。",
        "{level} % confidence intervals of quantiles are Woodruff's.",
    ),
    "contrast_interval": Label(
        "{of}的 {level}% 置信区间用{methods}。",
        "{level} % confidence intervals of {of} are {methods}.",
    ),
    "contrast_tests": Label("各组与参照组比较用{tests}。", "Groups were compared with the reference by {tests}."),
    "adjusted": Label("P 值按比较次数校正。", "p-values are adjusted for the number of comparisons."),
    "tests": Label("组间比较用{tests}。", "Groups were compared with {tests}."),
    "effects": Label("效应量为 {effects}。", "Effect sizes are {effects}."),
    "letters": Label(
        "各列两两比较，P < {alpha} 为显著，{adjust}。",
        "Columns were compared in pairs at p < {alpha}, {adjust}.",
    ),
    "letters_one": Label(
        "各列与{against}比较，P < {alpha} 为显著，{adjust}。",
        "Columns were compared with {against} at p < {alpha}, {adjust}.",
    ),
    "missing": Label(
        "未回答、未被询问和标为缺失的回答不计入基数。",
        "Blank answers, questions that were not asked and answers coded as missing are outside every base.",
    ),
    "pairs": Label("检验只用成对完整的个案。", "Tests use complete pairs."),
    "multiple": Label(
        "多选题的百分比以至少选一项的受访者为基数。",
        "Percentages of multiple responses are of the respondents who chose at least one option.",
    ),
    "software": Label("分析用 surveykit {own}（{others}）完成。", "The analysis was made with surveykit {own} ({others})."),
}  # fmt: skip
_TESTS: Final = {
    "chi2": Label("皮尔逊 χ² 检验（不作连续性校正）", "Pearson's chi-square test without continuity correction"),
    "g2": Label("似然比 χ² 检验", "the likelihood-ratio chi-square test"),
    "fisher": Label("Fisher 精确检验", "Fisher's exact test"),
    "linear_by_linear": Label("线性趋势（linear-by-linear）检验", "the linear-by-linear test of trend"),
    "cochran_armitage": Label("Cochran–Armitage 趋势检验", "the Cochran–Armitage test of trend"),
    "rao_scott": Label("Rao–Scott 二阶校正的 F 检验", "the second-order Rao–Scott F test"),
    "rao_scott_chi2": Label("Rao–Scott 校正的 χ² 检验", "the Rao–Scott chi-square test"),
    "wald": Label("按抽样设计的 Wald 检验", "the design-based Wald test"),
    "adj_wald": Label("调整的 Wald 检验", "the adjusted Wald test"),
    "lincom": Label("χ² 线性组合的精确分布检验", "the test from the exact distribution of a linear combination of chi-squares"),
    "saddlepoint": Label("鞍点近似检验", "the saddlepoint test"),
    "multiple_response": Label(
        "多选题的 Bilder–Loughin 检验（Rao–Scott 二阶校正）", "the Bilder–Loughin test for multiple responses with the second-order Rao–Scott correction"
    ),
    "anova": Label("单因素方差分析", "one-way analysis of variance"),
    "welch": Label("Welch 方差分析", "Welch's analysis of variance"),
    "welch_anova": Label("Welch 方差分析", "Welch's analysis of variance"),
    "kruskal_wallis": Label("Kruskal–Wallis 检验", "the Kruskal–Wallis test"),
}  # fmt: skip
_INTERVALS: Final = {
    "wald": Label.of("Wald"),
    "wilson": Label("Wilson 得分法", "Wilson score intervals"),
    "clopper_pearson": Label("Clopper–Pearson 精确法", "exact Clopper–Pearson intervals"),
    "agresti_coull": Label("Agresti–Coull 法", "Agresti–Coull intervals"),
    "jeffreys": Label("Jeffreys 法", "Jeffreys intervals"),
    "logit": Label("logit 变换法", "taken on the logit scale"),
    "likelihood": Label("似然法", "from the scaled likelihood"),
    "asin": Label("反正弦变换法", "taken on the arcsine scale"),
    "beta": Label("Korn–Graubard（beta）法", "Korn–Graubard (beta) intervals"),
    "mean": Label("t 分布", "from the t distribution"),
    "xlogit": Label("xlogit 法", "from a logistic fit (xlogit)"),
}
_ADJUST: Final = {
    "none": Label("未作多重比较校正", "without adjustment for several comparisons"),
    "bonferroni": Label("每行作 Bonferroni 校正", "with Bonferroni's adjustment within each row"),
    "holm": Label("每行作 Holm 校正", "with Holm's adjustment within each row"),
    "bh": Label("每行作 Benjamini–Hochberg 校正", "with the Benjamini–Hochberg adjustment within each row"),
}  # fmt: skip
_AGAINST: Final = {
    "total": Label("合计列", "the total"),
    "previous": Label("前一列", "the column before"),
    "first": Label("第一列", "the first column"),
}
_AMOUNTS: Final = {
    "mean": Label("均值", "means"),
    "total": Label("总量", "totals"),
    "ratio": Label("比值", "ratios"),
}
_CONTRASTS: Final = {
    "difference": Label("差", "differences"),
    "ratio": Label("组间之比", "ratios of groups"),
    "odds_ratio": Label("优势比", "odds ratios"),
}
_CONTRAST_INTERVALS: Final = {
    "newcombe": Label("Newcombe 法", "Newcombe's"),
    "miettinen_nurminen": Label("Miettinen–Nurminen 得分法", "Miettinen and Nurminen's score intervals"),
    "wald": Label("Wald 法", "Wald's"),
    "koopman": Label("Koopman 得分法", "Koopman's score intervals"),
    "log": Label("对数尺度上的正态近似", "taken on the log scale"),
    "exact": Label("精确法", "exact"),
    "t": Label(" t 分布", "from the t distribution"),
}  # fmt: skip
_CONTRAST_TESTS: Final = {
    "z": Label("两比例 z 检验", "the z test of two proportions"),
    "welch": Label("Welch t 检验", "Welch's t test"),
    "design": Label("按抽样设计的 t 检验", "the design-based t test"),
    "linear": Label("线性化的 t 检验", "the t test of linearised values"),
}
_PACKAGES: Final = (("python", "Python"), ("numpy", "numpy"), ("pandas", "pandas"), ("scipy", "scipy"))  # fmt: skip


def methods(estimates: Estimates | Iterable[Estimates], lang: Lang = "zh") -> str:
    """Return the methods paragraph of what was estimated, as a journal takes it.

    Everything comes from the estimates: file, domain, sample design, intervals, tests and their
    effect sizes, comparisons of columns, missing answers; software and versions close it. What
    no estimate did is not mentioned.

    Parameters
    ----------
    estimates : Estimates or iterable of Estimates
        Of one analysis; where they differ, all that was done is named.
    lang : {"zh", "en"}
        Of the paragraph. Names of columns and the design's words stay as in the estimates.

    Examples
    --------
    >>> from surveykit.estimate import Estimate, Spec
    >>> row = Estimate("aware", "Yes", "1", "", "", "", "percent", 50.0, low=20.0, high=80.0, n=10)
    >>> made = Estimates((row,), Spec("freq", ("aware",), source="pilot.csv", lang="en"))
    >>> methods(made, "en").split(". ")[2]
    '95 % confidence intervals of proportions are Wilson score intervals'
    """
    given = (estimates,) if isinstance(estimates, Estimates) else tuple(estimates)
    said = [line for stage in _STAGES for line in stage(given, lang)] if given else []
    text = ("" if lang == "zh" else " ").join([*said, *_software(lang)])
    return _TOUCHING.sub(" ", text) if lang == "zh" else text


def _say(key: str, lang: Lang, **values: str) -> str:
    return _SAY[key].text(lang).format(**values)


def _list(items: Iterable[str], lang: Lang) -> str:
    """Return the items once each, as a sentence lists them."""
    held = list(dict.fromkeys(items))
    if lang == "zh":
        return "、".join(held)
    return " and ".join([", ".join(held[:-1]), held[-1]] if len(held) > 1 else held)


def _samples(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    """Say what was read and how it was sampled; of files with other designs, one by one."""
    files = dict.fromkeys(e.spec.source for e in given)
    parts = [[e for e in given if e.spec.source == file] for file in files]
    designs = {frozenset(e.spec.design for e in part) for part in parts}
    for part in parts if len(designs) > 1 else [given]:
        yield from _data(part, lang)
        yield from _design(part, lang)


def _data(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    # the name alone: where a file lies is nobody's business in print
    files = [re.split(r"[\\/]", e.spec.source)[-1] for e in given if e.spec.source]
    if files:
        yield _say("source", lang, files=_list(files, lang))
    if any(e.spec.synthetic for e in given):
        yield _say("synthetic", lang)
    rules = [e.spec.where for e in given if e.spec.where]
    if rules:
        designed = any(e.spec.design for e in given)
        yield _say("domain_design" if designed else "domain", lang, rules=_list(rules, lang))


def _design(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    if any(not e.spec.design for e in given):
        yield _say("simple", lang)
    for design in dict.fromkeys(e.spec.design for e in given if e.spec.design):
        replicated = "重复权重" in design or "replicate weights" in design
        yield _say("replicated" if replicated else "linearised", lang, design=design)


def _intervals(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    shares: dict[str, list[str]] = {}
    amounts: dict[str, list[str]] = {}
    quantiles: dict[str, None] = {}
    for made in _plain(given):
        level = _level(made)
        stats = dict.fromkeys(row.stat for row in made.rows if row.low is not None)
        if any(s.endswith("percent") for s in stats):
            shares.setdefault(level, []).append(_named(_INTERVALS, made.spec.ci, lang))
        found = [_AMOUNTS[s].text(lang) for s in stats if s in _AMOUNTS]
        amounts.setdefault(level, []).extend(found)
        if any(s.startswith("quantile_") or s == "median" for s in stats):
            quantiles[level] = None
    for level, names in shares.items():
        yield _say("interval", lang, level=level, methods=_list(names, lang))
    for level, names in amounts.items():
        if names:
            yield _say("t_interval", lang, level=level, of=_list(names, lang))
    for level in quantiles:
        yield _say("quantile_interval", lang, level=level)


def _contrasts(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    """Say how groups were compared with a reference."""
    for made in given:
        if made.spec.verb != "difference":
            continue
        of = _list((_CONTRASTS[r.stat].text(lang) for r in made.rows), lang)
        compared = made.comparisons.rows
        # an interval of shares is that of the option; of means and under a design it is Student's
        ways = [made.spec.ci if row.test == "z" else "t" for row in compared]
        methods = _list((_named(_CONTRAST_INTERVALS, way, lang) for way in ways), lang)
        yield _say("contrast_interval", lang, level=_level(made), of=of, methods=methods)
        names = (r.test if made.spec.design or r.test != "design" else "linear" for r in compared)
        tests = _list((_named(_CONTRAST_TESTS, name, lang) for name in names), lang)
        yield _say("contrast_tests", lang, tests=tests)
        if any(row.p_adjusted != row.p for row in compared if row.p is not None):
            yield _say("adjusted", lang)


def _plain(given: Sequence[Estimates]) -> list[Estimates]:
    return [made for made in given if made.spec.verb != "difference"]


def _level(made: Estimates) -> str:
    return f"{100 * made.spec.level:g}"


def _tests(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    done = [row for made in given for row in made.tests.rows if row.p is not None]
    names = [_named(_TESTS, row.test, lang) for row in done if row.test in _TESTS]
    if names:
        yield _say("tests", lang, tests=_list(names, lang))
    effects = [_named(TESTS, r.effect_name, lang) for r in done if r.effect is not None]
    if any(effects):
        yield _say("effects", lang, effects=_list(filter(None, effects), lang))


def _letters(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    asked = dict.fromkeys(e.comparisons.options for e in given if e.comparisons.options is not None)
    for letters in asked:
        alpha = _list((f"{a:g}" for a in letters.alphas), lang)
        adjust = _ADJUST[letters.adjust].text(lang)
        if letters.against == "all":
            yield _say("letters", lang, alpha=alpha, adjust=adjust)
        else:
            one = _AGAINST[letters.against].text(lang)
            yield _say("letters_one", lang, against=one, alpha=alpha, adjust=adjust)


def _missing(given: Sequence[Estimates], lang: Lang) -> Iterator[str]:
    yield _say("missing", lang)
    if any(made.tests.rows for made in given):
        yield _say("pairs", lang)
    held = chain.from_iterable((e.spec.kinds.get(v) for v in e.spec.variables) for e in given)
    if "multiple" in held:
        yield _say("multiple", lang)


def _software(lang: Lang) -> Iterator[str]:
    held = versions()
    joint = "、" if lang == "zh" else ", "
    others = joint.join(f"{shown} {held[name]}" for name, shown in _PACKAGES)
    yield _say("software", lang, own=held["surveykit"], others=others)


def _named(table: Mapping[str, Label], name: str, lang: Lang) -> str:
    return table[name].text(lang) if name in table else name


_STAGES: Final = (_samples, _intervals, _tests, _contrasts, _letters, _missing)
