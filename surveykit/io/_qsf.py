"""QSF, the survey file of Qualtrics, as a codebook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from surveykit.codebook import Choice, Codebook, Variable
from surveykit.errors import InputError
from surveykit.io._asked import name_in_rule
from surveykit.io._delimited import decode
from surveykit.io._export import plain_text
from surveykit.text import Label

__all__ = ["is_qsf", "read_qsf"]

_MULTIPLE = {"MAVR", "MAHR", "MACOL", "MSB"}
_UNASKED = {"DB", "Timing", "Captcha", "Meta", "FileUpload", "Draw"}
_LOCATOR = re.compile(r"q://(?P<id>QID[0-9]+)/SelectableChoice/(?P<choice>[^/]+)")
_Json = dict[str, Any]


def is_qsf(data: bytes) -> bool:
    """Whether bytes are the beginning of a QSF file."""
    start = data[:400].lstrip(b"\xef\xbb\xbf \r\n\t")
    return start.startswith(b"{") and b'"SurveyEntry"' in start


def read_qsf(path: Path, data: bytes) -> Codebook:
    """Read the questions of a QSF: choices with their recodes, rows of a matrix, display logic.

    Raises
    ------
    InputError
        When it is no QSF.
    """
    content = _json(path, data)
    questions = dict(_questions(content))
    variables: dict[str, Variable] = {}
    for key in _order(content, list(questions)):
        for variable in _variables(questions[key], questions):
            variables.setdefault(variable.name, variable)
    title = plain_text(_mapping(content.get("SurveyEntry")).get("SurveyName"))
    return Codebook(Label.of(title), variables, None, str(path))


def _json(path: Path, data: bytes) -> _Json:
    try:
        content = json.loads(decode(path, data)[0])
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"is no JSON ({error}).", where=str(path), hint="export it again."
        ) from None
    if not isinstance(content, dict) or not isinstance(content.get("SurveyElements"), list):
        message = "is no survey of Qualtrics (there are no SurveyElements)."
        raise InputError(message, where=str(path), hint="export the survey as .qsf.")
    return content


def _mapping(value: Any) -> _Json:
    """Return a JSON object; PHP writes one with the keys 0, 1, … as a list."""
    if isinstance(value, dict):
        return {str(k): v for k, v in value.items()}
    if isinstance(value, list):
        return {str(i): v for i, v in enumerate(value)}
    return {}


def _elements(content: _Json, kind: str) -> Iterator[Any]:
    for element in content["SurveyElements"]:
        if isinstance(element, dict) and element.get("Element") == kind:
            yield element.get("Payload")


def _questions(content: _Json) -> Iterator[tuple[str, _Json]]:
    for payload in _elements(content, "SQ"):
        question = _mapping(payload)
        if question.get("QuestionID") and str(question.get("QuestionType")) not in _UNASKED:
            yield str(question["QuestionID"]), question


def _order(content: _Json, keys: list[str]) -> list[str]:
    """Return the ids in the order of the blocks, without those in the trash."""
    placed: list[str] = []
    trash: set[str] = set()
    for payload in _elements(content, "BL"):
        for block in _mapping(payload).values():
            parts = _mapping(_mapping(block).get("BlockElements")).values()
            ids = [str(_mapping(p).get("QuestionID")) for p in parts]
            if _mapping(block).get("Type") == "Trash":
                trash |= set(ids)
            else:
                placed += ids
    known = dict.fromkeys(k for k in placed if k in keys)
    return [*known, *(k for k in keys if k not in known and k not in trash)]


# ---------------------------------------------------------------- one question
def _variables(question: _Json, questions: Mapping[str, _Json]) -> list[Variable]:
    tag = str(question.get("DataExportTag") or question["QuestionID"])
    text = plain_text(question.get("QuestionText")) or tag
    kind, selector = str(question.get("QuestionType")), str(question.get("Selector"))
    if kind == "MC":
        found = [_choice_variable(tag, text, question, selector)]
    elif kind == "Matrix":
        found = _rows(tag, text, question)
    elif kind == "TE" and selector != "FORM":
        found = [Variable(tag, "number" if _wants_number(question) else "text", Label.of(text))]
    else:
        number = kind in ("Slider", "CS", "RO")
        found = [
            Variable(f"{tag}_{key}", "number" if number else "text", Label.of(f"{text} - {label}"))
            for key, label, _ in _listed(question, "Choices", "ChoiceOrder")
        ]
    rule, note = _asked(question, questions)
    found = [replace(v, asked_if=rule, note=note) for v in found]
    return [*found, *_typed(tag, text, question)]


def _wants_number(question: _Json) -> bool:
    settings = _mapping(_mapping(question.get("Validation")).get("Settings"))
    return settings.get("ContentType") == "ValidNumber"


def _listed(question: _Json, what: str, order: str) -> list[tuple[str, str, _Json]]:
    """Return (id, label, entry) of choices or answers, in the order they are shown."""
    entries = {k: _mapping(v) for k, v in _mapping(question.get(what)).items()}
    asked = question.get(order)
    keys = [str(k) for k in asked] if isinstance(asked, list) else []
    keys = [k for k in dict.fromkeys(keys) if k in entries] or list(entries)
    return [(k, plain_text(entries[k].get("Display")) or k, entries[k]) for k in keys]


def _codes(question: _Json) -> _Json:
    return _mapping(question.get("RecodeValues"))


def _coded(question: _Json, what: str, order: str) -> tuple[Choice, ...]:
    codes = _codes(question)
    found: dict[str, Choice] = {}
    for key, label, _ in _listed(question, what, order):
        code = str(codes.get(key, key))
        found.setdefault(code, Choice(code, Label.of(label)))
    return tuple(found.values())


def _choice_variable(tag: str, text: str, question: _Json, selector: str) -> Variable:
    choices = _coded(question, "Choices", "ChoiceOrder")
    if not choices:
        return Variable(tag, "text", Label.of(text))
    if selector in _MULTIPLE:
        return Variable(tag, "multiple", Label.of(text), choices, separator=",")
    return Variable(tag, "single", Label.of(text), choices)


def _rows(tag: str, text: str, question: _Json) -> list[Variable]:
    answers = _coded(question, "Answers", "AnswerOrder")
    tags = _mapping(question.get("ChoiceDataExportTags"))
    several = question.get("SubSelector") == "MultipleAnswer"
    found = []
    for key, label, _ in _listed(question, "Choices", "ChoiceOrder"):
        name, title = str(tags.get(key) or f"{tag}_{key}"), Label.of(f"{text} - {label}")
        if not answers:
            found.append(Variable(name, "text", title))
        elif several:
            found.append(Variable(name, "multiple", title, answers, separator=","))
        else:
            found.append(Variable(name, "single", title, answers))
    return found


def _typed(tag: str, text: str, question: _Json) -> list[Variable]:
    """Return the variables of what is typed beside choices, asked of who chose them."""
    found, codes = [], _codes(question)
    for key, label, entry in _listed(question, "Choices", "ChoiceOrder"):
        if entry.get("TextEntry") not in (True, "true", "on", 1, "1"):
            continue
        code = str(codes.get(key, key)).replace("'", "")
        rule = f"{name_in_rule(tag)} == '{code}'" if question.get("QuestionType") == "MC" else None
        title = Label.of(f"{text} - {label}")
        found.append(Variable(f"{tag}_{key}_TEXT", "text", title, asked_if=rule))
    return found


# ---------------------------------------------------------------- display logic
def _asked(question: _Json, questions: Mapping[str, _Json]) -> tuple[str | None, Label | None]:
    """Return display logic as a rule, else a note that there is some."""
    logic = _mapping(question.get("DisplayLogic"))
    if not logic:
        return None, None
    rule = _rule(logic, questions)
    if rule is not None:
        return rule, None
    return None, Label("有显示逻辑，未能译成规则。", "has display logic that is no simple rule.")


def _rule(logic: _Json, questions: Mapping[str, _Json]) -> str | None:
    groups = [_mapping(v) for k, v in sorted(logic.items()) if k.isdigit()]
    written: list[str] = []
    for group in groups:
        terms: list[str] = []
        for _, term in sorted((int(k), _mapping(v)) for k, v in group.items() if k.isdigit()):
            one = _term(term, questions)
            if one is None:
                return None
            joint = str(term.get("Conjuction") or term.get("Conjunction") or "And").lower()
            if terms and joint not in ("and", "or"):
                return None
            terms += [joint, one] if terms else [one]
        if not terms or {"and", "or"} <= set(terms):
            return None
        written.append(" ".join(terms))
    if len(written) > 1:
        joint = str(groups[1].get("Type", "")).lower().removesuffix("if").strip()
        if joint not in ("and", "or") or len(written) > 2:
            return None
        return f" {joint} ".join(f"({w})" for w in written)
    return written[0] if written else None


def _term(term: _Json, questions: Mapping[str, _Json]) -> str | None:
    match = _LOCATOR.fullmatch(str(term.get("LeftOperand") or term.get("ChoiceLocator") or ""))
    if match is None or match["id"] not in questions or term.get("LogicType") != "Question":
        return None
    other = questions[match["id"]]
    if other.get("QuestionType") != "MC":
        return None
    tag = name_in_rule(str(other.get("DataExportTag") or match["id"]))
    code = str(_codes(other).get(match["choice"], match["choice"])).replace("'", "")
    operator = term.get("Operator")
    if operator == "Selected":
        return f"{tag} == '{code}'"
    return f"not {tag} == '{code}'" if operator == "NotSelected" else None
