"""XLSForm, the form of ODK, KoboToolbox and SurveyCTO, as a codebook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from surveykit.codebook import Choice, Codebook, Kind, Variable
from surveykit.errors import InputError
from surveykit.io._asked import name_in_rule, xlsform_rule
from surveykit.io._export import plain_text
from surveykit.io._head import Head
from surveykit.io._xlsx import sheet_rows
from surveykit.text import Label

__all__ = ["is_xlsform", "read_xlsform"]

_KINDS: Mapping[str, Kind] = {
    "integer": "number", "decimal": "number", "range": "number", "int": "number",
    "text": "text", "string": "text", "calculate": "text", "hidden": "text", "rank": "text",
    "date": "date", "datetime": "date", "time": "text", "today": "date", "start": "date", "end": "date",
}  # fmt: skip
_IDENTIFIERS = {
    "geopoint", "geotrace", "geoshape", "start-geopoint", "deviceid", "device id", "phonenumber", "phone number",
    "subscriberid", "simserial", "simid", "username", "email", "image", "audio", "video", "background-audio",
}  # fmt: skip
_BEGIN = re.compile(r"begin[ _](?:group|repeat|lgroup)")
_END = re.compile(r"end[ _](?:group|repeat|lgroup)")
_SELECT = re.compile(
    r"(?P<how>select[ _]one|select1|select[ _]multiple|select all that apply|select one external)"
    r"(?:[ _]from)? +(?P<list>\S+)(?P<other>.*or[ _](?:specify[ _])?other)?.*"
)
_LABEL = re.compile(r"label\s*(?:::?\s*(?P<lang>.+))?", re.IGNORECASE)
_CHINESE = re.compile(r"\(\s*(?:zh|cmn)\b|中文|汉语|漢語|chinese|mandarin", re.IGNORECASE)
_ENGLISH = re.compile(r"\(\s*en\b|english|英文|英语", re.IGNORECASE)
_Row = dict[str, str]


def is_xlsform(head: Head) -> bool:
    """Whether a workbook has a sheet `survey` of types and names."""
    sheet = {t.strip().lower(): rows for t, rows in head.sheets.items()}.get("survey", ())
    header = {c.strip().lower() for c in sheet[0]} if sheet else set[str]()
    return {"type", "name"} <= header and any(_LABEL.fullmatch(h) for h in header)


def read_xlsform(path: Path, data: bytes, titles: Sequence[str]) -> Codebook:
    """Read the questions of a form: choices, labels in Chinese and English, skip rules.

    Parameters
    ----------
    path, data
    titles : sequence of str
        Of the sheets.

    Raises
    ------
    InputError
        When the sheet of questions is damaged.
    """
    sheets = {t.strip().lower(): t for t in titles}
    survey = _rows(path, data, sheets["survey"])
    lists = _choices(_rows(path, data, sheets["choices"])) if "choices" in sheets else {}
    settings = _rows(path, data, sheets["settings"])[:1] if "settings" in sheets else []
    variables = _variables(survey, lists)
    title = settings[0].get("form_title", "") if settings else ""
    return Codebook(Label.of(title), variables, None, str(path))


def _rows(path: Path, data: bytes, title: str) -> list[_Row]:
    try:
        _, rows, _ = sheet_rows(path, data, title)
    except InputError as error:
        if "is empty" in error.message:
            return []
        raise
    header = [h.strip() for h in rows[0]]
    header = [h.lower() if not h.lower().startswith("label") else h for h in header]
    return [
        {h: c.strip() for h, c in zip(header, row, strict=True) if h and c.strip()}
        for row in rows[1:]
    ]


def _label(row: _Row, default: str) -> Label:
    """Return the label of a row: Chinese, English, or whatever language there is."""
    found: dict[str, str] = {}
    for key, text in row.items():
        match = _LABEL.fullmatch(key)
        if match:
            lang = match["lang"] or ""
            which = "zh" if _CHINESE.search(lang) else "en" if _ENGLISH.search(lang) else "any"
            found.setdefault(which, plain_text(text))
    either = found.get("any", "")
    zh, en = found.get("zh", ""), found.get("en", "")
    if not zh and not en:
        return Label.of(either or default)
    return Label(zh or ("" if en else either), en or (either if zh else ""))


def _choices(rows: list[_Row]) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, dict[str, Choice]] = {}
    for row in rows:
        name = row.get("name") or row.get("value") or ""
        listed = row.get("list_name") or row.get("list name") or ""
        if name and listed:
            lists.setdefault(listed, {}).setdefault(name, Choice(name, _label(row, name)))
    return {listed: tuple(found.values()) for listed, found in lists.items()}


# ---------------------------------------------------------------- questions
@dataclass(frozen=True, slots=True)
class _Question:
    name: str
    type: str
    label: Label
    relevant: tuple[str, ...]


def _questions(rows: list[_Row]) -> list[_Question]:
    """Return the questions with the rules of the groups around them."""
    groups: list[str] = []
    found = []
    for row in rows:
        kind = " ".join(row.get("type", "").split())
        if _BEGIN.fullmatch(kind.lower()):
            groups.append(row.get("relevant") or row.get("relevance") or "")
        elif _END.fullmatch(kind.lower()):
            del groups[-1:]
        elif kind and row.get("name"):
            own = row.get("relevant") or row.get("relevance") or ""
            rules = tuple(rule for rule in (*groups, own) if rule)
            found.append(_Question(row["name"], kind, _label(row, row["name"]), rules))
    return found


def _variables(rows: list[_Row], lists: dict[str, tuple[Choice, ...]]) -> dict[str, Variable]:
    variables: dict[str, Variable] = {}
    for question in _questions(rows):
        variable = _variable(question, lists)
        if variable is None:
            continue
        variables.setdefault(variable.name, _with_rule(variable, question.relevant))
        if _or_other(question.type):
            other = f"{question.name}_other"
            typed = Label(f"{question.label.zh}：其他", f"{question.label.en}: other")
            rule = f"{name_in_rule(question.name)} == 'other'"
            variables.setdefault(other, Variable(other, "text", typed, asked_if=rule))
    return variables


def _or_other(kind: str) -> bool:
    match = _SELECT.fullmatch(kind)
    return bool(match and match["other"])


def _variable(question: _Question, lists: dict[str, tuple[Choice, ...]]) -> Variable | None:
    match = _SELECT.fullmatch(question.type)
    if match is None:
        return _open(question)
    choices = lists.get(match["list"], ())
    if match["other"] and all(c.code != "other" for c in choices):
        choices = (*choices, Choice("other", Label("其他", "Other")))
    if not choices:
        return Variable(question.name, "text", question.label)
    if match["how"].replace("_", " ") in ("select multiple", "select all that apply"):
        return Variable(question.name, "multiple", question.label, choices, separator=" ")
    return Variable(question.name, "single", question.label, choices)


def _open(question: _Question) -> Variable | None:
    kind = question.type.lower()
    if kind in _IDENTIFIERS:
        return Variable(question.name, "text", question.label, identifier=True)
    known = _KINDS.get(kind) or _KINDS.get(kind.split(" ")[0])
    return None if known is None else Variable(question.name, known, question.label)


def _with_rule(variable: Variable, relevant: tuple[str, ...]) -> Variable:
    rules = [xlsform_rule(rule) for rule in relevant]
    known = [rule for rule in rules if rule]
    if len(known) < len(relevant):
        text = " and ".join(f"({r})" for r in relevant)
        note = Label(
            f"原表单的跳题条件未能译成规则：{text}", f"asked only where (not translated): {text}"
        )
        return replace(variable, note=note)
    if not known:
        return variable
    rule = known[0] if len(known) == 1 else " and ".join(f"({r})" for r in known)
    return replace(variable, asked_if=rule)
