"""Groups of options that several commands take: how FILE is read, its design, what is written."""

from __future__ import annotations

from dataclasses import dataclass

from surveykit.cli import options as opt

__all__ = ["Bound", "Columns", "Sample", "Shown", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """How FILE is read, and which of its respondents count."""

    codebook: opt.CodebookFile = None
    where: opt.Where = None
    keep: opt.Keep = None
    labels: opt.Labels = None
    sheet: opt.Sheet = None
    input_format: opt.InputFormat = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The roles of columns in the sample design, as `Design` has them."""

    weight: opt.Weight = None
    strata: opt.Strata = None
    psu: opt.Psu = None
    fpc: opt.Fpc = None
    lonely_psu: opt.LonelyPsu = None
    repweights: opt.RepWeights = None
    rep_type: opt.RepTypeOption = None
    rho: opt.Rho = None
    scale: opt.Scale = None
    rscales: opt.Rscales = None
    mse: opt.Mse = None
    combined_weights: opt.CombinedWeights = None


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of a table are compared."""

    letters: opt.LettersOption = None
    alpha: opt.Alpha = None
    adjust: opt.AdjustOption = None


@dataclass(frozen=True, slots=True)
class Shown:
    """How a table looks and where it goes."""

    stat: opt.Stat = None
    layout: opt.LayoutOption = None
    theme: opt.ThemeOption = opt.ThemeName.three_line
    lang: opt.LangOption = opt.LangName.zh
    format: opt.TableOption = None
    output: opt.Output = None


@dataclass(frozen=True, slots=True)
class Bound:
    """How a book of tables looks and where it goes."""

    stat: opt.Stat = None
    theme: opt.ThemeOption = opt.ThemeName.three_line
    lang: opt.LangOption = opt.LangName.zh
    format: opt.BookOption = None
    output: opt.Output = None
