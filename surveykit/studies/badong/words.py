"""What the report of the study says, in both languages; numbers come from the audit and the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from surveykit.text import Label

__all__ = ["COUNTS", "HEADINGS", "SUBTITLE", "TEXTS", "TITLE", "WORDS"]

TITLE: Final = Label(
    "巴东县民族团结进步创建活动调查：重构核查",
    "The Badong survey of the campaign for ethnic unity and progress: a reconstruction audit",
)
SUBTITLE: Final = Label(
    "只凭一份调研报告印出的百分比：核对、制表、作图",
    "From nothing but the percentages that a report prints: checks, tables, figures",
)

HEADINGS: Final[Mapping[str, Label]] = {
    "summary": Label("要点", "In brief"),
    "study": Label("这项调查", "The survey"),
    "comparison": Label("印出的与算得的", "What was printed and what was computed"),
    "paper": Label("报告的表与图", "The report's tables and figures"),
    "beyond": Label("报告之外", "Beyond the report"),
    "conflicts": Label("哪些数字不能成立，为什么", "What cannot be true, and why"),
    "claims": Label("次序与检验", "Orders and tests"),
    "audit": Label("核查全文", "The audit in full"),
    "methods": Label("方法与局限", "Methods and limits"),
    "files": Label("文件是怎样生成的", "How the files were made"),
    "plain": Label("照字面读时", "Read as printed"),
    "readings": Label("换一种读法", "Read in other ways"),
    "open": Label("不能评判的说法", "Claims that cannot be judged"),
    "limits": Label("局限", "Limits"),
    "statistics": Label("表与图的统计", "Statistics of the tables and figures"),
}

TEXTS: Final[Mapping[str, Label]] = {
    "opening": Label(
        """
        这是一份重构核查：没有找回任何数据，也没有重做任何研究。文中的记录都是合成的（SYNTHETIC），由印出的百分比推演而来，不是任何人的回答。

        我们手中只有聚合网站上的一份文本：没有作者、期刊和年份，也没有表和图；原刊未能核对。数字若看来不能成立，首先要想到抄录或排印的差错，其次是有人没有作答，或者基数另有所指。
        """,
        """
        This is a reconstruction audit: no data are recovered and no study is repeated.
        The records behind it are SYNTHETIC, derived from printed percentages; they are nobody's answers.

        All we have is a text on an aggregator's page: without author, journal or year, without its tables
        and figures; the original was not consulted. Where a figure seems impossible, an error of copying or
        printing comes first, then questions left unanswered, or a base other than the one we read.
        """,
    ),
    "summary": Label(
        """
        - 报告的文字里有 {percents} 个百分比和 {counts} 个整数。
        - 照字面读（句中所说的人群就是基数，人人作答），{percents} 个百分比中有 {possible} 个没有问题；{impossible} 个不是任何整数人数的占比；{explained} 个是已取整的数字之和；{conflict} 个各自可以成立，但凑不到同一张表里。
        - {benign}
        - 合成记录经普通的读取与制表，{compared} 个可比的数字中 {matched} 个与印出的一致。这是构造出来的一致：检验的是本程序，不是报告。
        - 报告说到的 {said} 条次序里，{orders} 条在可以评判的每一种读法、每一张可行表中都成立，{refuted} 条一概不成立，{undecided} 条印出的数字不能决定，{open} 条因数字没有印出而无从评判。
        - 报告没有做统计检验。核查者补做的 {tests} 项检验（假定简单随机抽样）中，{always} 项在每一张可行表中都显著，{mixed} 项有的可行表显著、有的不显著，{untested} 项无从检验；{never} 项在任何可行表中都不显著：{never_names}。
        """,
        """
        - The text prints {percents} percentages and {counts} whole numbers.
        - Read as printed (the base is the group that the sentence names, and everyone answered), {possible} of the {percents} percentages stand; {impossible} are the share of no whole number of respondents; {explained} is a sum of rounded figures; {conflict} are possible one by one, but fit into no one table.
        - {benign}
        - The SYNTHETIC records, read and tabulated in the ordinary way, give back {matched} of {compared} comparable figures. They do so by construction: this checks our pipeline, not the report.
        - Of the {said} orders that the report states, {orders} hold in every feasible table of every reading that can judge them, {refuted} in none, {undecided} are not settled by the printed figures and {open} cannot be judged, since their figures are not printed.
        - The report makes no statistical test. Of the auditor's {tests} tests (assuming a simple random sample), {always} are significant in every feasible table, {mixed} in some tables and not in others, {untested} cannot be made; {never} are significant in none: {never_names}.
        """,
    ),
    "study": Label(
        """
        调查在湖北省恩施土家族苗族自治州巴东县进行，考察民族团结进步创建活动开展得怎样，实地工作 {count_days} 天。方法是问卷、入户访谈和观察：发放问卷 {count_distributed} 份，回收 {count_returned} 份，有效 {count_valid} 份，有效率 {figure_valid_rate}%；另有深度访谈与座谈 {count_interviews} 次。

        调研地是信陵、茶店子、野三关、清太坪四镇的三个示范村和三个非示范点（其中一处是县城）。本文用字母称呼各点：意见不应系在点了名的村庄上。受访者 12 至 70 岁，分为四个年龄段、八类职业、四级文化程度。

        报告最关心的两件事是知晓（“您是否知道正在开展的民族团结进步创建活动”）与参与（经常、偶尔还是没有参加）。它还问到创建活动的成效、业余生活、农家书屋与科技下乡的效果、有待改进的方面、不参加的原因和自身的经济状况。

        它的主要说法是：示范村的知晓率明显高于非示范点；青少年和青年低于中老年；教师、公务员、医生高，工人、学生低；一半的人没有参加过；文化程度越低，参与度总体上越低；非示范村有更多的人认为创建活动走过场。样本如何抽取、各组各有多少人，文中都没有说。
        """,
        """
        The survey was made in Badong county (Enshi prefecture, Hubei) to see how the campaign for ethnic unity and progress was going; the field work took {count_days} days.
        Questionnaires, household interviews and observation were used: {count_distributed} questionnaires were distributed, {count_returned} returned and {count_valid} valid ({figure_valid_rate} %); there were {count_interviews} in-depth interviews and discussions.

        The sites were three demonstration villages and three other places (one of them the county seat) in four townships: Xinling, Chadianzi, Yesanguan and Qingtaiping.
        Here they are letters, since opinions should not be attached to named villages. Respondents were 12 to 70 years old, in four age groups, eight occupations and four levels of education.

        The report cares most about awareness (“Do you know of the campaign?”) and participation (often, occasionally, never).
        It also asks about effects of the campaign, leisure life, farmers' libraries, what to improve, reasons for not taking part and the respondents' economic situation.

        Its main statements: awareness is clearly higher in demonstration villages; the young know less than their elders; teachers, civil servants and doctors know more, workers and students less; half never took part;
        the lower the education, the lower the participation on the whole; more people outside demonstration villages find that the campaign goes through the motions.
        How the sample was drawn, and how many respondents are in each group, is not said.
        """,
    ),
    "comparison": Label(
        """
        下表逐一列出报告印出的数字，以及把随包附带的合成记录当作普通数据文件读入、制表后算得的数字，取到印出的小数位。两者一致是构造使然：记录本来就是按能印出这些数字的表生成的。它检验的是读取、编码与制表，不能证明报告是对的，也不能证明它是错的。

        “状态”是照字面读的结论：“可能”即单独和一起都成立；“不可能”即没有整数人数会印成这样；“已解释”即不是人数的占比，却恰等于已取整数字之和；“矛盾”即单独可能，却与别的数字合不到一张表里。合成记录依照“{reading}”的读法，所以照字面读有问题的数字，在这里也能算出来。不进入任何表的整数没有可算的数。
        """,
        """
        The table lists every figure that the report prints, beside the one computed from the SYNTHETIC records that come with the package: read and tabulated as any user's file, to the printed decimals.
        A match holds by construction, since the records were made from a table that prints so. It checks reading, coding and tabulation; it neither confirms nor refutes the report.

        “Status” is the verdict of the plain reading: possible, alone and together; impossible, no whole number of respondents prints so; explained, no share of respondents but equal to a sum of rounded figures; conflict, possible alone but in no table with the others.
        The records follow the reading “{reading}”, so that figures with a problem in the plain reading can be computed here. Whole numbers that enter no table have nothing to be compared with.
        """,
    ),
    "paper": Label(
        """
        报告提到四张表和两幅图，我们手中的文本里一张也没有。以下按文字所述重排：{{table:table1_sample}}是样本；知晓见{{table:table1_awareness}}（按村）、{{figure:figure1}}（按调研地）、{{table:table2}}（按年龄）和{{table:table3}}（按职业）；{{figure:figure2}}是参与；{{table:table4}}是有待改进的方面。

        印出的数字原样照录；没有印出、但在所有可行表中都一样的，加剑号（†）；其余写“未印出”，方括号里是全部可行表的范围，圆括号里灰色的数只是某一份合成记录的示意，不是估计，不带区间，也不作检验。
        """,
        """
        The report mentions four tables and two figures; our copy holds none of them. They are laid out here from what the text says: {{table:table1_sample}} is the sample; awareness is in {{table:table1_awareness}} (by village), {{figure:figure1}} (by site), {{table:table2}} (by age) and {{table:table3}} (by occupation); {{figure:figure2}} shows participation, {{table:table4}} what should be improved.

        Printed figures stand as printed; what is not printed but the same in every feasible table with a dagger (†); all else is “not printed”, with the range over all feasible tables in square brackets.
        Grey numbers in round brackets illustrate one SYNTHETIC file: they are no estimates, have no interval and are not tested.
        """,
    ),
    "beyond": Label(
        """
        文化程度与参与的百分比散见于报告第三部分的文字，没有列成表。{{table:participation_by_education}}和{{figure:figure3}}补上；{{table:both_outcomes}}再把知晓与参与按全部人口学变量列在一起：哪些格子报告根本没有给出，一望可知。
        """,
        """
        The percentages of participation by education stand in the running text of the report's third part; {{table:participation_by_education}} and {{figure:figure3}} bring them together. {{table:both_outcomes}} has both outcomes by all demographic variables, which shows at a glance how much the report does not print.
        """,
    ),
    "causes": Label(
        """
        数字对不上，最常见的原因都是平常的：

        - 抄录或排印的差错：我们手中的是转抄的文本，一个数字的出入就足以造成以下的矛盾；
        - 有人没有回答某一题，因而该题的基数小于 {count_valid}：入户问卷中这几乎难免，报告没有提；
        - 多选题的百分比以选择次数、而不是人数为基数；
        - 有一组人没有印出（如“文化程度”不详），或者“村民”不含县城；
        - 已取整的百分比相加，而不是由人数重算。

        以下每一条都应在这些原因之后再作他想。
        """,
        """
        Figures that do not fit have ordinary causes most of the time:

        - an error of copying or printing: ours is a copied text, and one digit suffices for the conflicts below;
        - questions left unanswered, so that a base is smaller than {count_valid}: hardly avoidable in household interviews, and the report does not speak of it;
        - percentages of a multiple choice that are of responses, not of respondents;
        - a group that is not printed (education unknown, say), or “villagers” without the county seat;
        - rounded percentages added up, where the respondents should have been counted.

        Whatever follows should be read with these first.
        """,
    ),
    "plain": Label(
        """
        句中所说的人群就是基数，人人作答，没有印出的人数一律未知：

        {problems}

        矛盾属于整组数字，不能说是其中哪一个错了；所列的改动供查证原刊之用，不是结论。
        """,
        """
        The base is the group that a sentence names, everyone answered, sizes that are not printed are unknown:

        {problems}

        A conflict belongs to all its figures and does not say which is wrong; the changes are there to be checked against the original, they are no findings.
        """,
    ),
    "readings": Label(
        """
        读法是对基数和作答情况的假定，由我们声明，不是报告所说。每种读法都重新求解一遍。
        """,
        """
        A reading assumes something of bases and answers; we declare it, the report does not. Everything is solved again in each.
        """,
    ),
    "claims": Label(
        """
        报告只说次序（谁高谁低），没有做检验，所以检验不显著并不否定它的任何一句话。“次序”一栏回答：在这种读法的每一张可行表中，次序是否都成立。“都成立”即每一张都成立，“都不成立”即没有一张成立，“未定”即有的成立、有的不成立。

        “检验”一栏是核查者补做的，显著性水平 0.05，并且假定简单随机抽样：每一张可行表都检验一次，列出 p 值的最小与最大。“成立”要求次序对、检验也显著。

        最后一栏是抵消显著性的设计效应，同样是最小与最大：设计效应大于它，检验就不再显著。同村的人答案相近，按村取样的调查，设计效应常在 1.5 至 3 之间甚至更大；小于 1 的数表示在那张表里，即使是简单随机样本也不显著。
        """,
        """
        The report states orders (who is higher) and makes no test, so a test that is not significant refutes none of its sentences. “Order” says whether the order holds in every feasible table of a reading: “holds in all” of them, in none, or in some only (“undetermined”).

        “Test” is the auditor's, at the level 0.05 and assuming a simple random sample: every feasible table is tested; the smallest and largest p are given. It holds where the order is right and the test significant.

        The last column is the design effect that would undo the significance, again smallest and largest: with a larger one the test is no longer significant.
        People of one village answer alike, so surveys by village often have design effects of 1.5 to 3 or more; a number below 1 means that in that table not even a simple random sample is significant.
        """,
    ),
    "audit": Label(
        """
        核查的全部结果逐读法列在另一页 audit.html，供程序读的在 audit.json；命令 surveykit audit 得到的与此相同。
        """,
        """
        All that the audit finds, reading by reading, is on a page of its own, audit.html, and for programs in audit.json; the command surveykit audit gives the same.
        """,
    ),
    "methods": Label(
        """
        - 可行表：一种读法之下，凡是能印出全部数字的人数表，都是可行表。求解全程用整数，精确，不抽样，不用浮点数；“全部”就是全部。
        - 印出的小数位是证据：印作 41 与印作 41.0 不同。恰在两数正中时，进上去和取偶数都算一致。
        - 合成记录：在“{reading}”读法的可行表中按种子随机取一张，再据以生成 {count_valid} 条记录。没有印出的部分，只服从报告所说的次序和结构性的零（如没有 12 岁的公务员），此外取最大熵；这样的列名以 arbitrary_ 开头。
        - 一条路：合成记录走的是用户自己的数据也走的那条路——同一个读取器、编码表、制表、表格和作图。
        - 区间与检验：只用于人数已定的组；没有任何印出的数字能确定的关联，一律不作检验。表中不列检验；核查者的检验在“次序与检验”一节，对每一张可行表各做一次。
        """,
        """
        - Feasible tables: in a reading, every table of respondents that prints all the figures. They are found exactly, in integers, without sampling or floating point: all means all.
        - Printed decimals are evidence: 41 is not 41.0. At an exact tie both the upper and the even neighbour count as a match.
        - SYNTHETIC records: one feasible table of the reading “{reading}” is drawn by a seed, and {count_valid} records are made from it. What is not printed keeps to stated orders and structural zeros (no civil servants aged 12) and is of maximum entropy otherwise; such columns begin with arbitrary_.
        - One way: the records go where a user's own data go: the same reader, codebook, tabulation, tables and figures.
        - Intervals and tests: only for groups whose size is settled; an association that no printed figure pins is not tested. The tables show no test; the auditor's stand in “Orders and tests”, made in every feasible table.
        """,
    ),
    "limits": Label(
        """
        - 可行不等于真实：可行表说明印出的数字可以从何而来，不说明当时的人如何作答。
        - 读法是有限的几种；真实的情形可能不在其中。
        - 抽样方式没有说明，村是选定的，因此没有一个检验可以推广到全县。
        - 民族、具体年龄、乡镇没有合成，村庄只用字母：系在点名村庄里少数民族未成年人身上的意见，看上去会像真的。
        - 三份合成记录取自不同的可行表，彼此不同，谁也不比谁更接近真实。
        - 单独一份合成记录不能用来研究任何没有印出的关系。
        """,
        """
        - Feasible is not true: feasible tables say where printed figures can come from, not how people answered.
        - The readings are a few; the truth may be none of them.
        - How the sample was drawn is not said and the villages were chosen, so no test speaks for the county.
        - Ethnicity, exact age and township are not synthesised and villages are letters: opinions attached to minority minors in named villages would look real.
        - The three SYNTHETIC files come from different feasible tables; none is closer to the truth than another.
        - No relation that is not printed can be studied with a SYNTHETIC file.
        """,
    ),
    "files": Label(
        """
        同样的输入、同样的版本，两次生成的文件逐字节相同。本页不需要网络。与本页同在的文件：

        - tables/：每张表的 HTML、Markdown 和 xlsx；
        - figures/：每幅图的 PNG 和 SVG；
        - comparison.csv：每个印出的数字，及算得的数字；
        - audit.html、audit.json：全部读法的核查结果；
        - manifest.json：每个文件的 SHA-256，输入、版本与种子。

        本页用的是第 {draw} 份合成记录，种子 {seed}。
        """,
        """
        The same inputs and versions give the same bytes. This page needs no network. Beside it stand:

        - tables/: each table as HTML, Markdown and xlsx;
        - figures/: each figure as PNG and SVG;
        - comparison.csv: every printed figure, and the computed one;
        - audit.html, audit.json: the audit of all readings;
        - manifest.json: the SHA-256 of each file; inputs, versions and seed.

        This page uses SYNTHETIC file number {draw}, made with the seed {seed}.
        """,
    ),
}

WORDS: Final[Mapping[str, Label]] = {
    "count": Label("整数", "whole number"),
    "yes": Label("一致", "yes"),
    "no": Label("不一致", "no"),
    "": Label("—", "—"),
    "audit": Label("核查：{reading}", "audit: {reading}"),
    "caption_comparison": Label(
        "印出的与算得的全部数字", "Every figure, as printed and as computed"
    ),
    "caption_readings": Label("各种读法下的百分比", "The percentages in each reading"),
    "caption_claims": Label(
        "次序与检验，限于至少一种读法可以评判的说法",
        "Orders and tests, of claims that some reading can judge",
    ),
    "caption_open": Label(
        "任何读法都不能评判的说法（{n} 条）", "Claims that no reading can judge ({n})"
    ),
    "caption_versions": Label("版本", "Versions"),
    "caption_inputs": Label("读入的文件", "Files read"),
    "figure": Label("数字", "figure"),
    "id": Label("编号", "id"),
    "place": Label("出处", "place"),
    "printed": Label("印出", "printed"),
    "computed": Label("算得", "computed"),
    "match": Label("一致？", "match"),
    "status": Label("状态", "status"),
    "reading": Label("读法", "reading"),
    "meaning": Label("含义", "what it assumes"),
    "order": Label("次序", "order"),
    "test": Label("核查者的检验", "auditor's test"),
    "p": Label("P 值", "p"),
    "deff": Label("抵消它的设计效应", "design effect that undoes it"),
    "claim": Label("说法", "claim"),
    "why": Label("原因", "why"),
    "package": Label("软件", "software"),
    "version": Label("版本", "version"),
    "file": Label("文件", "file"),
    "counts": Label("整数", "Whole numbers"),
    "percents": Label("百分比", "Percentages"),
    "sha256": Label.of("SHA-256"),
    "comma": Label("、", ", "),
    "semicolon": Label("；", "; "),
    "benign": Label(
        "平常的解释就已够用，不必归咎于谁：有的读法能使全部百分比同时成立，即“{clean}”。",
        "Ordinary explanations suffice and nobody needs to be at fault: all percentages can be true together in some readings, namely “{clean}”.",
    ),
    "no_benign": Label(
        "在我们声明的读法中，没有一种能使全部百分比同时成立；抄录或排印的差错仍是首先要查的。",
        "In none of the readings declared here can all percentages be true together; an error of copying or printing is still the first thing to look for.",
    ),
    "quoted_comma": Label("”“", "”, “"),
    "problem": Label(
        "{name}，印作 {printed}：{verdict}。{why}。",
        "{name}, printed as {printed}: {verdict}. {why}.",
    ),
    "together": Label(
        "{title}：没有一张整数人数的表能同时印出它们。去掉任何一个数字就有解的“最小矛盾”共 {k} 组，例如：{least}。",
        "{title}: no table of whole numbers prints them all. There are {k} minimal conflicts (without any one figure of it the rest fit), for example: {least}. ",
    ),
    "repairs": Label(
        "照此改动便有解，例如：{changes}。", "A change would do, for example: {changes}."
    ),
    "more": Label(
        "另有 {more} 种改法，见 audit.html。", " Another {more} changes are in audit.html."
    ),
}

COUNTS: Final[Mapping[str, Label]] = {
    "distributed": Label("发放问卷", "questionnaires distributed"),
    "returned": Label("回收问卷", "questionnaires returned"),
    "valid": Label("有效问卷", "valid questionnaires"),
    "interviews": Label("深度访谈与座谈（次）", "in-depth interviews and discussions"),
    "days": Label("实地工作（天）", "days of field work"),
}
