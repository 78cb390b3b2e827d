"""SPSS .sav and .zsav: what can be written, and a note on everything that cannot.

Limits of the format, found by trial with pyreadstat 1.3.7: a variable label holds 256 bytes (85
Chinese characters), a value label 120 (40), the label of the file 64 (21), a name 64; a text 32,767;
three missing values, or a range and one. A name begins with a letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from surveykit.codebook import (
    BLANK,
    NOT_ASKED,
    UNKNOWN,
    USER_MISSING,
    Cells,
    Choice,
    Codebook,
    CodedCategories,
    CodedNumbers,
    Variable,
    cells,
    derive,
    draft_variable,
    encode_categories,
    encode_multiple,
    encode_numbers,
    levels_of,
    missing_token,
    parse_number,
)
from surveykit.errors import InputError, MissingDependencyError
from surveykit.io._write import replacing
from surveykit.text import Bilingual, Label, Lang, clean, shortest

__all__ = ["plan_sav", "write_sav"]

_LABEL, _VALUE_LABEL, _TITLE, _NAME, _TEXT, _MISSING_TEXT = 256, 120, 64, 64, 32767, 8
_RESERVED = frozenset(
    ["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"]
)
_SHOWN = 40
_DAY = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")
_MOMENT = re.compile(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
)
_EPOCH = np.datetime64("1582-10-14", "ms")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Out:
    """One column as SPSS holds it."""

    name: str
    label: str
    values: Floats | list[str]
    labels: Mapping[float | str, str] = field(default_factory=dict)
    missing: tuple[float | str, ...] = ()
    measure: str = "nominal"
    format: str = ""


def write_sav(
    frame: pd.DataFrame, codebook: Codebook, path: str | Path, *, lang: Lang = "zh"
) -> tuple[Codebook, tuple[str, ...]]:
    """Write responses as SPSS reads them, whole or not at all.

    Parameters
    ----------
    frame : pandas.DataFrame
    codebook : Codebook
        Its variables name columns of the frame as they are.
    path : str or Path
        A name that ends in ``.zsav`` is compressed more strongly.
    lang : {"zh", "en"}
        Of the labels.

    Returns
    -------
    Codebook, tuple of str
        The codebook of the file as written, with its names; and what was renamed, cut or
        cannot be written.

    Raises
    ------
    InputError
        When the data contradict the codebook, or the place cannot be written.
    MissingDependencyError
        Without the package pyreadstat.
    """
    book, notes, save = plan_sav(frame, codebook, path, lang=lang)
    save()
    return book, notes


def plan_sav(
    frame: pd.DataFrame, codebook: Codebook, path: str | Path, *, lang: Lang = "zh"
) -> tuple[Codebook, tuple[str, ...], Callable[[], None]]:
    """Return what `write_sav` returns, and the function that writes the file."""
    library = _library(path)
    work = _Work(frame, codebook, str(path), lang)
    columns = work.columns()
    strong = Path(path).suffix.lower() == ".zsav"
    options = {
        "file_label": work.cut("", "the title", "标题", codebook.title.text(lang), _TITLE),
        "column_labels": {
            c.name: work.cut(c.name, "the label", "变量标签", c.label, _LABEL) for c in columns
        },
        "variable_value_labels": {c.name: dict(work.value_labels(c)) for c in columns if c.labels},
        "missing_ranges": {c.name: list(c.missing) for c in columns if c.missing},
        "variable_measure": {c.name: c.measure for c in columns},
        "variable_format": {c.name: c.format for c in columns if c.format},
        "compress": strong,
        "row_compress": not strong,
    }

    def save() -> None:
        data = pd.DataFrame({c.name: c.values for c in columns}, index=pd.RangeIndex(len(frame)))
        with replacing(path) as part:
            try:
                library.write_sav(data, str(part), **options)
            except (OSError, MemoryError):
                raise
            except Exception as error:  # whatever the library refuses
                message = f"cannot be written as an SPSS file ({error})."
                hint = "write it as Parquet or CSV."
                raise InputError(message, where=str(path), hint=hint) from error

    return work.written(), tuple(work.notes()), save


def _library(path: str | Path) -> Any:
    try:
        import pyreadstat
    except ImportError as error:
        purpose = f"writing the SPSS file {path}"
        raise MissingDependencyError.for_extra("pyreadstat", "spss", purpose) from error
    return pyreadstat


# ---------------------------------------------------------------- names and lengths
def _spss_name(wanted: str, taken: Iterable[str]) -> str:
    """Return the nearest name that SPSS takes and that no other column has.

    Examples
    --------
    >>> _spss_name("1、性别", []), _spss_name("a b", ["A_B"]), _spss_name("all", []), _spss_name("q1.", [])
    ('v1_性别', 'a_b_2', 'all_', 'q1')
    """
    name = re.sub(r"[^\w.]+", "_", wanted).rstrip(".") or "v"
    name = name if name[0].isalpha() else f"v{name}"
    name = _within(name, _NAME).rstrip(".")
    name += "_" if name.upper() in _RESERVED else ""
    used, number, found = {t.upper() for t in taken}, 1, name
    while found.upper() in used:
        number += 1
        end = f"_{number}"
        found = _within(name, _NAME - len(end)) + end
    return found


def _within(text: str, size: int) -> str:
    """Cut a text at a whole character so that it takes at most `size` bytes."""
    return text.encode("utf-8")[:size].decode("utf-8", errors="ignore")


class _Work:
    """The columns of one file, and what is to be told of them."""

    def __init__(self, frame: pd.DataFrame, codebook: Codebook, path: str, lang: Lang) -> None:
        self.frame, self.codebook, self.path, self.lang = frame, codebook, path, lang
        self.out: dict[str, _Out] = {}
        self.book: dict[str, Variable] = {}
        self.names: dict[str, str] = {}  # column of the frame → name in the file
        self.told: dict[tuple[str, str], list[str]] = {}

    # ------------------------------------------------------------ what is told
    def tell(self, en: str, zh: str, what: str) -> None:
        """Add `what` to the list that stands in the place of ``{}``."""
        self.told.setdefault((en, zh), []).append(what)

    def notes(self) -> Iterator[str]:
        for (en, zh), items in self.told.items():
            some = list(dict.fromkeys(items))
            more = f", … ({len(some)})" if len(some) > _SHOWN else ""
            shown = ", ".join(some[:_SHOWN]) + more
            yield Bilingual(en.replace("{}", shown), zh.replace("{}", shown))

    def cut(self, name: str, en: str, zh: str, text: str, size: int) -> str:
        """Return a label that fits, and tell of one that did not."""
        plain = clean(text)
        found = _within(plain, size)
        if found != plain:
            self.tell(
                f"cut, since SPSS holds {size} bytes of it: {en} of {{}}."
                if name
                else f"cut, since SPSS holds {size} bytes of it: {{}}.",
                f"{zh}超过 SPSS 的上限（{size} 字节），已截断：{{}}。",
                name or en,
            )
        return found

    def value_labels(self, column: _Out) -> Iterator[tuple[float | str, str]]:
        for value, label in column.labels.items():
            yield value, self.cut(column.name, "a value label", "取值标签", label, _VALUE_LABEL)

    def label(self, label: Label) -> str:
        if label.zh and label.en and label.zh != label.en:
            other = "en" if self.lang == "zh" else "zh"
            self.tell(
                f"labels are written in one language ({self.lang}); those in {{}} stay in the codebook.",
                f"SPSS 只写入一种语言（{self.lang}）的标签；{{}} 标签保留在编码本中。",
                other,
            )
        return label.text(self.lang)

    # ------------------------------------------------------------ columns
    def columns(self) -> list[_Out]:
        """Make every column of the file: those of variables, then those without one."""
        variables = self.codebook.variables
        held = {n: v for n, v in variables.items() if not v.derived}
        described = {c for v in held.values() for c in v.headers}
        for name, variable in held.items():
            self.variable(name, variable)
        for column in map(str, self.frame.columns):
            if column not in described:
                drafted = draft_variable(self.cells(column))
                self.variable("", replace(drafted, name=column))
        for name, variable in variables.items():
            if variable.derived:
                self.derived(name, variable)
        self.design()
        return list(self.out.values())

    def cells(self, column: str) -> Cells:
        found = cells(column, self.frame[column])
        if any(missing_token(text) == NOT_ASKED for text in found.values):
            self.tell(
                "not asked becomes system-missing, as no answer does: {}.",
                "“未被提问”与“未回答”一样写为系统缺失值：{}。",
                column,
            )
        return found

    def add(self, column: str, out: _Out) -> str:
        """Add a column under a name that SPSS takes, which is returned."""
        name = _spss_name(column, self.out)
        if name != column:
            self.tell(
                "renamed, since SPSS does not take the name: {}.",
                "SPSS 不接受原列名，已改名：{}。",
                f"{column} → {name}",
            )
        self.out[name] = replace(out, name=name)
        self.names[column] = name
        return name

    def variable(self, name: str, variable: Variable) -> None:
        if variable.kind == "multiple":
            written = self.multiple(variable)
        elif variable.headers[0] in self.names:  # two variables of one column
            written = self.placed(variable, self.names[variable.headers[0]])
        else:
            column = variable.headers[0]
            written = self.placed(variable, self.add(column, self.single(variable, column)))
        if name:
            self.book[name] = written
        if variable.asked_if is not None:
            self.tell(
                "who was asked is not written; in SPSS these cells are system-missing: {}.",
                "跳题规则不能写入 SPSS，未被提问者为系统缺失值：{}。",
                variable.name,
            )

    @staticmethod
    def placed(variable: Variable, column: str) -> Variable:
        return replace(variable, column=None if column == variable.name else column)

    def single(self, variable: Variable, column: str) -> _Out:
        if variable.kind == "number" or (variable.kind == "scale" and not variable.choices):
            return self.number(variable, column)
        if variable.choices:
            return self.category(variable, column)
        found = self.cells(column)
        times = self.times(variable, found) if variable.kind == "date" else None
        if times is not None:
            return replace(times, label=self.label(variable.question))
        return self.text(variable, found)

    def category(self, variable: Variable, column: str) -> _Out:
        """Write the codes of a variable with choices: numbers if all of them are."""
        found = self.cells(column)
        known = self.codes(variable, found)
        every = (*variable.choices, *variable.missing)
        values: Floats | list[str]
        numeric = all(_is_number(c.code) for c in every) and all(
            map(_is_number, filter(None, known))
        )
        if numeric:
            values = found.spread(np.array([float(c) if c else np.nan for c in known]))
        else:
            values = list(found.spread(np.array(known, dtype=object)))
        return _Out(
            column,
            self.label(variable.question),
            values,
            {_value(c.code, numeric): self.label(c.label) for c in every if numeric or _says(c)},
            self.missing(variable, [_value(c.code, numeric) for c in variable.missing], known),
            "ordinal" if variable.kind == "scale" else "nominal",
        )

    def codes(self, variable: Variable, found: Cells) -> list[str]:
        """Return the code of each distinct text, empty where there is no answer."""
        each = _distinct(found)
        coded = encode_categories(replace(variable, kind="single"), each)
        missing = levels_of(variable.missing)
        codes = []
        rows = zip(found.values, coded.values.tolist(), found.counts(), strict=True)
        for text, place, count in rows:
            if place == UNKNOWN and count:
                self.contradicts(variable, text)
            code = variable.choices[place].code if place >= 0 else ""
            if place == USER_MISSING:
                code = variable.missing[missing.find(text) or 0].code
            if place >= 0 and "〖" in text:
                self.tell(
                    "texts filled in beside a choice are not written: {}.",
                    "选项后填写的文字不能写入 SPSS：{}。",
                    variable.name,
                )
            codes.append(code)
        return codes

    def contradicts(self, variable: Variable, text: str) -> None:
        message = f"the data contradict the codebook for {variable.name!r}: {text!r} is none of its codes."
        raise InputError(message, where=self.path, hint="sk.check(survey) lists every such value.")

    def missing(
        self, variable: Variable, values: Sequence[float | str], valid: Iterable[str]
    ) -> tuple[Any, ...]:
        """Return the missing values as SPSS can declare them: three, or a range and one."""
        if any(isinstance(v, str) for v in values):
            short = [v for v in values if len(str(v).encode()) <= _MISSING_TEXT]
            if len(short) == len(values) <= 3:
                return tuple(values)
            self.undeclared(variable)
            return tuple(short[:3])
        numbers = sorted(v for v in values if isinstance(v, float))
        if len(numbers) <= 3:
            return tuple(numbers)
        codes = {c.code for c in variable.missing}
        others = {float(c) for c in valid if c and c not in codes and _is_number(c)}
        others |= {float(c.code) for c in variable.choices if _is_number(c.code)}
        for low, high, rest in _ranges(numbers):
            if not any(low <= x <= high for x in others):
                return ({"lo": low, "hi": high}, *rest)
        self.undeclared(variable)
        return tuple(numbers[:3])

    def undeclared(self, variable: Variable) -> None:
        self.tell(
            "not every missing code can be declared in SPSS (three, or a range and one; texts of 8 bytes): {}.",
            "SPSS 最多声明 3 个缺失值（或一个区间加一个值；文字不超过 8 字节），以下变量的缺失值没有全部声明：{}。",
            variable.name,
        )

    # ------------------------------------------------------------ numbers, text, dates
    def number(self, variable: Variable, column: str) -> _Out:
        series = self.frame[column]
        if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(
            series.dtype
        ):
            values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            values = self.parsed(variable, self.cells(column))
        codes = [c.code for c in variable.missing if _is_number(c.code)]
        valid = map(shortest, np.unique(values[~np.isnan(values)])) if len(codes) > 3 else ()
        return _Out(
            column,
            self.label(variable.question),
            values,
            {float(c.code): self.label(c.label) for c in variable.missing if c.code in codes},
            self.missing(variable, [float(c) for c in codes], valid),
            "scale",
        )

    def parsed(self, variable: Variable, found: Cells) -> Floats:
        coded = encode_numbers(variable, _distinct(found))
        missing, table = levels_of(variable.missing), coded.values.copy()
        for i in np.flatnonzero(coded.status != 0):
            text = found.values[i]
            if coded.status[i] == USER_MISSING:
                code = variable.missing[missing.find(text) or 0].code
                table[i] = float(code) if _is_number(code) else np.nan
                if not _is_number(code):
                    self.tell(
                        "missing codes that are no numbers become system-missing: {}.",
                        "不是数字的缺失值写为系统缺失值：{}。",
                        f"{variable.name} ({code})",
                    )
            elif coded.status[i] == UNKNOWN and found.counts()[i]:
                self.contradicts(variable, text)
        return found.spread(table)

    def text(self, variable: Variable, found: Cells) -> _Out:
        values = []
        for text in found.values:
            if "\x00" in text:
                message = (
                    f"a text of {variable.name!r} holds a null character, which no reader takes."
                )
                raise InputError(message, where=self.path)
            short = _within(text, _TEXT)
            lost = "longer than 32,767 bytes" if short != text else ""
            lost = lost or ("blanks at their end" if text != text.rstrip(" ") else "")
            if lost:
                self.tell(
                    f"texts are cut ({lost}): {{}}.", f"文字被截断（{lost}）：{{}}。", variable.name
                )
            values.append("" if missing_token(text) is not None else short)
        codes = [c.code for c in variable.missing]
        return _Out(
            variable.name,
            self.label(variable.question),
            list(found.spread(np.array(values, dtype=object))),
            {c.code: self.label(c.label) for c in variable.missing if _says(c)},
            self.missing(variable, codes, ()),
        )

    def times(self, variable: Variable, found: Cells) -> _Out | None:
        """Return ISO dates as SPSS counts them; None when there are other texts among them."""
        if variable.missing:
            return None
        texts = ["" if missing_token(t) is not None else t for t in found.values]
        present = [t for t in texts if t]
        days = all(_DAY.fullmatch(t) for t in present)
        if not present or not all(_DAY.fullmatch(t) or _MOMENT.fullmatch(t) for t in present):
            return None
        try:
            moments = np.array(
                [t.replace(" ", "T") or "NaT" for t in texts], dtype="datetime64[ms]"
            )
        except (TypeError, ValueError):
            return None
        seconds = (moments - _EPOCH) / np.timedelta64(1, "s")
        if (seconds < 0).any():
            return None
        style = "SDATE10" if days else "DATETIME23.3"
        return _Out("", "", found.spread(np.asarray(seconds)), measure="scale", format=style)

    # ------------------------------------------------------------ multiple response
    def multiple(self, variable: Variable) -> Variable:
        if variable.separator is not None:
            return self.joined(variable)
        columns = list(variable.headers)
        pairs = list(zip(columns, variable.choices, strict=False)) if variable.counted else []
        options = dict(pairs)
        for column in columns:
            if column not in self.names:
                self.add(column, self.member(variable, column, options.get(column)))
        names = tuple(self.names[c] for c in columns)
        self.as_set(variable, names, variable.counted)
        return replace(variable, columns=names)

    def member(self, variable: Variable, column: str, option: Choice | None) -> _Out:
        """Write one column of a set: as numbers when all that is in it are numbers."""
        if option is None:
            none = tuple(Choice(c, Label.of(c)) for c in variable.none)
            return self.category(replace(variable, choices=(*variable.choices, *none)), column)
        found = self.cells(column)
        texts = ["" if missing_token(t) is not None else t for t in found.values]
        counted = variable.counted or ""
        numeric = all(map(_is_number, [*filter(None, texts), counted]))
        values: Floats | list[str]
        if numeric:
            values = found.spread(np.array([float(t) if t else np.nan for t in texts]))
        else:
            values = list(found.spread(np.array(texts, dtype=object)))
        codes = [c for c in variable.missing if not numeric or _is_number(c.code)]
        return _Out(
            column,
            self.label(option.label),
            values,
            {_value(c.code, numeric): self.label(c.label) for c in codes},
            self.missing(variable, [_value(c.code, numeric) for c in codes], texts),
        )

    def joined(self, variable: Variable) -> Variable:
        """Write answers joined in one cell as one column of 0 and 1 for each choice."""
        found = self.cells(variable.headers[0])
        coded = encode_multiple(variable, [_distinct(found)])
        for text, status, count in zip(found.values, coded.status, found.counts(), strict=True):
            if status == UNKNOWN and count:
                self.contradicts(variable, text)
        gone = next((c for c in variable.missing if _is_number(c.code)), None)
        code = float(gone.code) if gone and float(gone.code) not in (0.0, 1.0) else np.nan
        silent = np.isin(coded.status, (BLANK, NOT_ASKED))
        names = []
        for i, choice in enumerate(coded.levels):
            table = np.where(silent, np.nan, coded.chosen[:, i].astype(np.float64))
            table[coded.status == USER_MISSING] = code
            labels: dict[float | str, str] = {}
            if gone and not np.isnan(code):
                labels[code] = self.label(gone.label)
            out = _Out("", self.label(choice.label), found.spread(table), labels, tuple(labels))
            names.append(self.add(f"{variable.name}_{i + 1}", out))
        self.tell(
            "written as one column of 0 and 1 for each choice: {}.",
            "合并在一个单元格中的多选题按每个选项一列（0/1）写入：{}。",
            variable.name,
        )
        self.as_set(variable, names, "1")
        kept = tuple(c for c in variable.missing if c is gone and not np.isnan(code))
        return replace(
            variable,
            column=None,
            separator=None,
            columns=tuple(names),
            counted="1",
            missing=kept,
            none=(),
        )

    def as_set(self, variable: Variable, names: Sequence[str], counted: str | None) -> None:
        """Tell by which command SPSS makes the set that pyreadstat cannot write."""
        kind = "MCGROUP" if counted is None else "MDGROUP"
        label = _within(clean(variable.question.text(self.lang)), _LABEL).replace("'", "''")
        value = ""
        if counted is not None:
            value = f" VALUE={counted}" if _is_number(counted) else f" VALUE='{counted}'"
        name = _spss_name(variable.name, ())
        syntax = f"MRSETS /{kind} NAME=${name} LABEL='{label}' VARIABLES={' '.join(names)}{value}."
        self.tell(
            "multiple response sets cannot be written; in SPSS run: {}",
            "多选题集合不能写入文件，请在 SPSS 中运行：{}",
            syntax,
        )

    # ------------------------------------------------------------ derived variables, design
    def derived(self, name: str, variable: Variable) -> None:
        coded = self.coded(variable)
        label = self.label(variable.question)
        if isinstance(coded, CodedNumbers):
            out = _Out(name, label, coded.values, measure="scale")
            kept = replace(variable, score=None, source=None, reverse=False)
        else:
            numeric = all(_is_number(c.code) for c in coded.levels)
            codes = [_value(c.code, numeric) for c in coded.levels]
            places = np.where(coded.values < 0, len(codes), coded.values)
            empty: Any = np.nan if numeric else ""
            found = np.array([*codes, empty], dtype=np.float64 if numeric else object)[places]
            labels = {_value(c.code, numeric): self.label(c.label) for c in coded.levels}
            values = found if numeric else list(found)
            out = _Out(name, label, values, labels, measure="ordinal")
            kept = replace(variable, source=None, bins=(), collapse=(), reverse=False)
        self.book[name] = self.placed(kept, self.add(name, out))

    def coded(self, variable: Variable) -> CodedCategories | CodedNumbers:
        """Return a variable as the codebook reads it, computed from its sources if derived."""
        if variable.derived:
            sources = [self.codebook[name] for name in variable.sources]
            return derive(variable, list(map(self.coded, sources)), sources[0])
        found = self.cells(variable.headers[0])
        return (
            encode_numbers(variable, found)
            if variable.numeric
            else encode_categories(variable, found)
        )

    def design(self) -> None:
        design = self.codebook.design
        if design is not None and design.columns:
            roles = ", ".join(self.names.get(c, c) for c in design.columns)
            self.tell(
                "the design is not in the file (in SPSS: WEIGHT BY …, CSPLAN): {}.",
                "抽样设计不能写入文件（SPSS 中用 WEIGHT BY、CSPLAN 指定）：{}。",
                roles,
            )

    def written(self) -> Codebook:
        """Return the codebook of the file, variables in the order of the survey's."""
        order = [n for n in self.codebook.variables if n in self.book]
        design = self.codebook.design
        if design is not None:
            psu, fpc = (tuple(self.names.get(c, c) for c in p) for p in (design.psu, design.fpc))
            weight, strata = (c and self.names.get(c, c) for c in (design.weight, design.strata))
            design = replace(design, weight=weight, strata=strata, psu=psu, fpc=fpc)
        return Codebook(self.codebook.title, {n: self.book[n] for n in order}, design, self.path)


def _distinct(found: Cells) -> Cells:
    """Return cells with one row for each distinct text."""
    return replace(found, index=np.arange(len(found.values)))


def _ranges(numbers: Sequence[float]) -> Iterator[tuple[float, float, tuple[float, ...]]]:
    """Give a range and at most one more number that hold all of `numbers`, which are sorted."""
    yield numbers[0], numbers[-1], ()
    yield numbers[0], numbers[-2], (numbers[-1],)
    yield numbers[1], numbers[-1], (numbers[0],)


def _says(choice: Choice) -> bool:
    """Whether a label says more than the code."""
    return choice.label != Label.of(choice.code)


def _is_number(code: str) -> bool:
    number = parse_number(code)
    return number is not None and shortest(number) == code


def _value(code: str, numeric: bool) -> float | str:
    return float(code) if numeric else code
