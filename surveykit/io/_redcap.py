"""REDCap: CSV of records, raw or with labels; and the data dictionary as a codebook.

A checkbox is one column for each choice, ``likes___1`` with 1 or 0 (in the labelled export
``Likes (choice=Tea)`` with Checked or Unchecked), also 0 where it was never asked: one
variable, and the branching logic of the dictionary says who was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from surveykit.codebook import Choice, Codebook, Kind, Variable
from surveykit.io._asked import redcap_rule
from surveykit.io._export import Build, Table, plain_text, require, table_of
from surveykit.io._head import Head
from surveykit.io._raw import Raw
from surveykit.text import Label, fold

__all__ = ["is_dictionary", "is_redcap", "read_dictionary", "read_redcap"]

_RAW = re.compile(r"(?P<stem>[a-z]\w*?)___(?P<code>\w+)")
_LABELLED = re.compile(r"(?P<stem>.*\S)\s*\(choice=(?P<code>.*)\)", re.DOTALL)
_STATUS = re.compile(r"[a-z]\w*_complete")
_NAME, _TYPE, _FIELD = "Variable / Field Name", "Field Type", "field_name"
# headers of the dictionary as it is downloaded, and as the API gives them
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": (_NAME, _FIELD), "form": ("Form Name", "form_name"), "type": (_TYPE, "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "Choices OR Calculations", "select_choices_or_calculations"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "identifier": ("Identifier?", "identifier"),
    "branching": ("Branching Logic (Show field only if...)", "branching_logic"),
}  # fmt: skip
_FIXED = {"yesno": (("1", "是", "Yes"), ("0", "否", "No")), "truefalse": (("1", "对", "True"), ("0", "错", "False"))}  # fmt: skip
_COMPLETE = (
    ("0", "未完成", "Incomplete"),
    ("1", "未核实", "Unverified"),
    ("2", "完成", "Complete"),
)


def is_redcap(head: Head) -> bool:
    """Whether the columns are those of REDCap: its own, or checkboxes and states of forms."""
    names = head.header
    own = any(n.startswith("redcap_") for n in names)
    status = any(_STATUS.fullmatch(n) for n in names)
    raw = status and (names[0] == "record_id" or any(_RAW.fullmatch(n) for n in names))
    labelled = "Complete?" in names and any(_LABELLED.fullmatch(n) for n in names)
    return own or raw or labelled


def read_redcap(path: Path, data: bytes, sheet: str | None = None) -> Raw:
    """Read an export of records.

    Raises
    ------
    InputError
        When the file is no table.
    """
    table = table_of(path, data, sheet)
    headers = table.header
    known = any(
        _RAW.fullmatch(h) or _LABELLED.fullmatch(h) or _STATUS.fullmatch(h) for h in headers
    )
    found = known or any(h.startswith("redcap_") for h in headers)
    require(path, found, "REDCap", "there is no checkbox, no state of a form, no redcap_ column")
    build = Build(len(table.rows) - 1)
    groups: dict[str, list[tuple[str, str, list[str]]]] = {}
    for header, cells in zip(headers, table.columns(), strict=True):
        match = _RAW.fullmatch(header) or _LABELLED.fullmatch(header)
        key = match["stem"] if match else f"={header}"
        code = _code(match["code"], _RAW.fullmatch(header) is not None) if match else ""
        groups.setdefault(key, []).append((header, code, cells))
    for stem, group in groups.items():
        _add(build, stem, group)
    _tell_events(build, headers, table)
    return build.raw(path, table, "redcap")


def _code(text: str, raw: bool) -> str:
    """Return the code of a checkbox column; -1 is written _1 in its name."""
    negative = raw and text.startswith("_")
    return f"-{text[1:]}" if negative else text


def _add(build: Build, stem: str, group: list[tuple[str, str, list[str]]]) -> None:
    answers = {fold(t) for _, _, cells in group for t in cells} - {""}
    yes = "1" if answers <= {"0", "1"} else "Checked"
    if stem.startswith("=") or not answers <= {"0", "1", "Checked", "Unchecked"}:
        for header, _, cells in group:
            build.drafted(header, cells)
        return
    names = tuple(build.column(header, cells) for header, _, cells in group)
    choices = tuple(Choice(code, Label.of(code)) for _, code, _ in group)
    name = build.free(stem)
    build.variable(Variable(name, "multiple", Label.of(stem), choices, columns=names, counted=yes))


def _tell_events(build: Build, headers: Sequence[str], table: Table) -> None:
    """Say that rows are no respondents where a project has events or repeats."""
    repeated = [h for h in ("redcap_event_name", "redcap_repeat_instance") if h in headers]
    records = len(set(build.columns[headers[0]])) if headers[0] in build.columns else build.rows
    if repeated and records < build.rows:
        build.note(
            f"{build.rows} rows hold {records} records, one row for each event or repeat "
            f"({', '.join(repeated)}): choose one with where before percentages are taken.",
            f"{build.rows} 行属于 {records} 条记录，每个事件或重复各占一行"
            f"（{'、'.join(repeated)}）：计算百分比前请用 where 选定其一。",
        )


# ---------------------------------------------------------------- data dictionary
def is_dictionary(head: Head) -> bool:
    """Whether the first record is the header of a data dictionary."""
    names = set(head.header)
    return {_NAME, _TYPE} <= names or {_FIELD, "field_type", "field_label"} <= names


def read_dictionary(path: Path, data: bytes) -> Codebook:
    """Read fields, choices, identifiers and branching logic.

    Raises
    ------
    InputError
        When the file is no table.
    """
    table = table_of(path, data)
    place = {h: i for i, h in enumerate(table.header)}
    at = {key: next((place[h] for h in known if h in place), -1) for key, known in _HEADERS.items()}
    rows = [
        {key: row[i].strip() if i >= 0 else "" for key, i in at.items()} for row in table.rows[1:]
    ]
    variables: dict[str, Variable] = {}
    for row in rows:
        variable = _field(row)
        if variable is not None:
            variables.setdefault(variable.name, _with_rule(variable, row["branching"]))
    for form in dict.fromkeys(row["form"] for row in rows if row["form"]):
        name = f"{form}_complete"
        variables.setdefault(name, Variable(name, "single", Label.of(name), _fixed(_COMPLETE)))
    return Codebook(Label(), variables, None, str(path))


def _fixed(choices: Sequence[tuple[str, str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(code, Label(zh, en)) for code, zh, en in choices)


def _field(row: Mapping[str, str]) -> Variable | None:
    name, kind = row["name"], row["type"].lower()
    if not name or kind == "descriptive":
        return None
    label = Label.of(plain_text(row["label"]) or name)
    hidden = row["identifier"].lower() == "y" or kind in ("file", "signature")
    variable = Variable(name, _kind(kind, row["validation"].lower()), label, identifier=hidden)
    choices = _fixed(_FIXED[kind]) if kind in _FIXED else ()
    if kind in ("radio", "dropdown", "checkbox"):
        choices = _choices(row["choices"])
    if not choices:
        return variable
    if kind == "checkbox":
        columns = tuple(f"{name}___{c.code.replace('-', '_').lower()}" for c in choices)
        return replace(variable, kind="multiple", choices=choices, columns=columns, counted="1")
    return replace(variable, kind="single", choices=choices)


def _kind(kind: str, validation: str) -> Kind:
    if kind in ("calc", "slider") or validation.startswith(("integer", "number", "float")):
        return "number"
    return "date" if kind == "text" and validation.startswith("date") else "text"


def _choices(text: str) -> tuple[Choice, ...]:
    """Return the choices of ``1, Yes | 2, No``.

    Examples
    --------
    >>> [(c.code, c.label.en) for c in _choices("1, Yes, often | 2, No")]
    [('1', 'Yes, often'), ('2', 'No')]
    """
    found: dict[str, Choice] = {}
    for part in text.replace("\n", "|").split("|"):
        code, _, label = part.partition(",")
        if code.strip():
            shown = plain_text(label) or code.strip()
            found.setdefault(code.strip(), Choice(code.strip(), Label.of(shown)))
    return tuple(found.values())


def _with_rule(variable: Variable, branching: str) -> Variable:
    if not branching:
        return variable
    rule = redcap_rule(branching)
    if rule is not None:
        return replace(variable, asked_if=rule)
    note = Label(
        f"原问卷的分支逻辑未能译成规则：{branching}",
        f"asked only where (not translated): {branching}",
    )
    return replace(variable, note=note)
