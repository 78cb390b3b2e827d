"""The options: the names they allow and how a command declares them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class LangName(StrEnum):
    zh = "zh"
    en = "en"


class TableFormat(StrEnum):
    text = "text"
    json = "json"
    csv = "csv"
    md = "md"
    html = "html"
    latex = "latex"
    docx = "docx"
    xlsx = "xlsx"
    pdf = "pdf"
    png = "png"
    svg = "svg"


class PageFormat(StrEnum):
    text = "text"
    json = "json"
    html = "html"


class BookFormat(StrEnum):
    text = "text"
    json = "json"
    md = "md"
    html = "html"
    latex = "latex"
    docx = "docx"
    xlsx = "xlsx"
    pdf = "pdf"


class Against(StrEnum):
    all = "all"
    total = "total"
    previous = "previous"
    first = "first"


class Adjust(StrEnum):
    none = "none"
    bonferroni = "bonferroni"
    holm = "holm"
    bh = "bh"


class ThemeName(StrEnum):
    three_line = "three_line"
    apa = "apa"
    gbt = "gbt"
    booktabs = "booktabs"
    plain = "plain"


class LayoutName(StrEnum):
    groups_across = "groups_across"
    groups_down = "groups_down"
    battery = "battery"


class NetsName(StrEnum):
    codebook = "codebook"
    none = "none"


class MeasureName(StrEnum):
    difference = "difference"
    ratio = "ratio"
    odds_ratio = "odds_ratio"


class RepType(StrEnum):
    jk1 = "JK1"
    jk2 = "JK2"
    jkn = "JKn"
    brr = "BRR"
    fay = "Fay"
    bootstrap = "bootstrap"
    sdr = "SDR"
    other = "other"


File = Annotated[
    str, typer.Argument(metavar="FILE", help="Responses, as the survey tool exported them.")
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", metavar="F", help="问卷星: the text export, FILE being the numbers."),
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Of a workbook.")]
InputFormat = Annotated[
    str | None,
    typer.Option("--input-format", metavar="NAME", help="wjx, qualtrics, csv, … [recognised]"),
]
Published = Annotated[
    str, typer.Argument(metavar="PUBLISHED.yaml", help="The figures that a paper printed.")
]
Variable = Annotated[str, typer.Argument(metavar="VARIABLE", help="Name or full header.")]
By = Annotated[
    list[str] | None, typer.Option("--by", metavar="V", help="Group by V; 'a*b' nests b in a.")
]
CodebookFile = Annotated[
    str | None, typer.Option("--codebook", metavar="F", help="codebook.yaml of the file.")
]
Weight = Annotated[str | None, typer.Option("--weight", metavar="C", help="Column of weights.")]
Strata = Annotated[str | None, typer.Option("--strata", metavar="C", help="Column of strata.")]
Psu = Annotated[list[str] | None, typer.Option("--psu", metavar="C", help="Columns of clusters.")]
Fpc = Annotated[
    list[str] | None,
    typer.Option("--fpc", metavar="C", help="Columns of population sizes or sampling fractions."),
]
LonelyPsu = Annotated[
    str | None,
    typer.Option("--lonely-psu", metavar="RULE", help="What a stratum with one cluster does."),
]
RepWeights = Annotated[
    list[str] | None,
    typer.Option(
        "--repweights",
        metavar="C",
        help="Columns of replicate weights, in place of strata and clusters; 'rep*' is a pattern.",
    ),
]
RepTypeOption = Annotated[
    RepType | None,
    typer.Option(
        "--rep-type",
        metavar="TYPE",
        case_sensitive=False,
        help="JK1, JK2, JKn, BRR, Fay, bootstrap, SDR (ACS, CPS) or other: how they were made.",
    ),
]
Rho = Annotated[
    float | None, typer.Option("--rho", metavar="R", help="The factor of Fay's method.")
]
Scale = Annotated[
    float | None,
    typer.Option("--scale", metavar="A", help="Factor of the variance, not that of --rep-type."),
]
Rscales = Annotated[
    list[str] | None,
    typer.Option(
        "--rscales", metavar="A,A", help="Factor of each replicate; one number stands for all."
    ),
]
Mse = Annotated[
    bool | None,
    typer.Option(
        "--mse/--no-mse", help="Spread about the estimate, or the mean of the replicates [no-mse]."
    ),
]
CombinedWeights = Annotated[
    bool | None,
    typer.Option(
        "--combined-weights/--no-combined-weights",
        help="Whether replicate weights contain the weight; if not, they are multiplied by it.",
    ),
]
Where = Annotated[
    str | None, typer.Option("--where", metavar="EXPR", help="Only these, as in: age >= 18.")
]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="COL", help="Keep this column though it identifies people."),
]
Level = Annotated[
    float, typer.Option("--level", metavar="P", help="Confidence level of the intervals.")
]
Tests = Annotated[
    list[str] | None, typer.Option("--test", metavar="NAME", help="chi2, fisher, anova, …")
]
LettersOption = Annotated[
    Against | None,
    typer.Option(
        "--letters", help="Compare columns: all pairs by letters, or with one by + and -."
    ),
]
Alpha = Annotated[
    list[float] | None,
    typer.Option("--alpha", metavar="P", help="Level of --letters; two for A and a. [0.05]"),
]
AdjustOption = Annotated[
    Adjust | None, typer.Option("--adjust", help="For several comparisons in one row. [none]")
]
Summary = Annotated[
    list[str] | None,
    typer.Option("--summary", metavar="NAME", help="mean, sd, median, quantile_25, top2, nps, …"),
]
NetsOption = Annotated[NetsName, typer.Option("--nets", help="Nets of the codebook, or none.")]
Stat = Annotated[
    list[str] | None,
    typer.Option(
        "--stat", metavar="NAME", help="Column of the table: n, percent, 'percent (n)', …"
    ),
]
LayoutOption = Annotated[
    LayoutName | None,
    typer.Option("--layout", help="battery for a battery on its own, else groups_across."),
]
ThemeOption = Annotated[
    ThemeName, typer.Option("--theme", help="Rules, caption and notes of the table.")
]
LangOption = Annotated[LangName, typer.Option("--lang", help="Language of labels and notes.")]
TableOption = Annotated[
    TableFormat | None,
    typer.Option("--format", help="text unless the ending of -o says otherwise."),
]
BookOption = Annotated[
    BookFormat | None,
    typer.Option("--format", help="text unless the ending of -o says otherwise."),
]
PageOption = Annotated[
    PageFormat | None,
    typer.Option("--format", help="text unless the ending of -o says otherwise."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="PATH",
        help="Write here, not to stdout; a file that is there is replaced, whole or not at all.",
    ),
]
Scenario = Annotated[
    str | None, typer.Option("--scenario", metavar="ID", help="One reading of the paper.")
]
