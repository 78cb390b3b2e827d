"""The tab-separated structure of a LimeSurvey questionnaire as a codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from surveykit.codebook import Choice, Codebook, Kind, Variable
from surveykit.io._asked import limesurvey_rule
from surveykit.io._delimited import delimited_rows
from surveykit.io._export import plain_text
from surveykit.io._head import Head
from surveykit.text import Label

__all__ = ["is_structure", "read_structure"]

_Row = dict[str, str]
_Names = dict[str, tuple[str, str | None]]

_FIXED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "Y": (("Y", "是", "Yes"), ("N", "否", "No")),
    "G": (("F", "女", "Female"), ("M", "男", "Male")),
    "C": (("Y", "是", "Yes"), ("U", "不确定", "Uncertain"), ("N", "否", "No")),
    "E": (("I", "增加", "Increase"), ("S", "不变", "Same"), ("D", "减少", "Decrease")),
    "5": tuple((str(i), str(i), str(i)) for i in range(1, 6)),
    "A": tuple((str(i), str(i), str(i)) for i in range(1, 6)),
    "B": tuple((str(i), str(i), str(i)) for i in range(1, 11)),
}
_LISTS, _ARRAYS = {"L", "!", "O"}, {"F", "H", "A", "B", "C", "E"}
_OPEN: Mapping[str, Kind] = {
    "N": "number", "K": "number", ":": "number", "D": "date",
    "S": "text", "T": "text", "U": "text", "Q": "text", ";": "text", "*": "text",
}  # fmt: skip


def is_structure(head: Head) -> bool:
    """Whether the first record is the header of a structure file."""
    return {"class", "type/scale", "name", "text"} <= set(head.header)


def read_structure(path: Path, data: bytes) -> Codebook:
    """Read questions, answers and relevance equations, in every language of the file.

    Raises
    ------
    InputError
        When the file is no text, or its rows do not fit its header.
    """
    records, _, _ = delimited_rows(path, data, "\t")
    header = [h.strip().strip("\ufeff") for h in records[0]]
    rows = [dict(zip(header, record, strict=True)) for record in records[1:]]
    base = next((r["text"] for r in rows if r["class"] == "S" and r["name"] == "language"), "")
    questions, title = _collected(rows, base)
    names: _Names = {}
    for question in questions:
        names |= _names_of(question)
    variables: dict[str, Variable] = {}
    for question in questions:
        for variable in _variables(question):
            variables.setdefault(variable.name, _with_rule(variable, question.rules, names))
    return Codebook(_labelled(title, ""), variables, None, str(path))


@dataclass(slots=True)
class _Entry:
    """A subquestion or an answer: its text by language."""

    name: str
    scale: str
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Question:
    name: str
    type: str
    other: bool
    rules: tuple[str, ...]
    texts: dict[str, str] = field(default_factory=dict)
    subs: dict[tuple[str, str], _Entry] = field(default_factory=dict)
    answers: dict[tuple[str, str], _Entry] = field(default_factory=dict)

    def listed(self, what: str, scale: str = "0") -> list[_Entry]:
        """Return subquestions or answers of one scale."""
        entries = self.subs if what == "subs" else self.answers
        return [e for e in entries.values() if (e.scale or "0") == scale]


def _collected(rows: Sequence[_Row], base: str) -> tuple[list[_Question], dict[str, str]]:
    """Put the rows of every language together, question by question."""
    questions: dict[str, _Question] = {}
    title: dict[str, str] = {}
    group, current = "", None
    for row in rows:
        kind, name = row["class"].strip(), row["name"].strip()
        lang, text = row.get("language", "").strip() or base, plain_text(row["text"])
        if kind == "SL" and name == "surveyls_title":
            title[lang] = text
        elif kind == "G":
            group = row.get("relevance", "")
        elif kind == "Q" and name:
            rules = tuple(
                r for r in (group, row.get("relevance", "")) if r.strip() not in ("", "1")
            )
            made = _Question(name, row["type/scale"].strip(), row.get("other", "") == "Y", rules)
            current = questions.setdefault(name, made)
            current.texts[lang] = text
        elif kind in ("SQ", "A") and name and current is not None:
            entries = current.subs if kind == "SQ" else current.answers
            scale = row["type/scale"].strip()
            entry = entries.setdefault((scale, name), _Entry(name, scale))
            entry.texts[lang] = text
    return list(questions.values()), title


def _labelled(texts: Mapping[str, str], default: str) -> Label:
    zh = next((t for lang, t in texts.items() if lang.startswith("zh")), "")
    en = next((t for lang, t in texts.items() if lang.startswith("en")), "")
    either = next((t for t in texts.values() if t), "") or default
    return Label(zh, en) if zh or en else Label.of(either)


def _joined(stem: Label, part: Label) -> Label:
    return Label(f"{stem.text('zh')}: {part.text('zh')}", f"{stem.text('en')}: {part.text('en')}")


# ---------------------------------------------------------------- one question
def _choices(question: _Question, scale: str = "0") -> tuple[Choice, ...]:
    fixed = _FIXED.get(question.type)
    if fixed is not None:
        return tuple(Choice(code, Label(zh, en)) for code, zh, en in fixed)
    found = question.listed("answers", scale)
    return tuple(Choice(e.name, _labelled(e.texts, e.name)) for e in found)


def _variables(question: _Question) -> list[Variable]:
    name, label = question.name, _labelled(question.texts, question.name)
    kind = question.type
    if kind in ("M", "P"):
        return _multiple(question, label)
    if kind in _LISTS or kind in ("Y", "G", "5"):
        return _single(question, label)
    if kind in _ARRAYS:
        return [
            Variable(f"{name}_{e.name}", "single", _joined(label, _labelled(e.texts, e.name)), _choices(question))
            for e in question.listed("subs")
        ]  # fmt: skip
    if kind == "1":
        return [
            Variable(f"{name}_{e.name}_{int(scale) + 1}", "single", _joined(label, _labelled(e.texts, e.name)), _choices(question, scale))
            for e in question.listed("subs") for scale in ("0", "1")
        ]  # fmt: skip
    if kind == "R":
        choices = _choices(question)
        return [
            Variable(f"{name}_{i}", "single", _joined(label, Label(f"第{i}位", f"place {i}")), choices)
            for i in range(1, len(choices) + 1)
        ]  # fmt: skip
    return _open(question, label)


def _single(question: _Question, label: Label) -> list[Variable]:
    name, choices = question.name, _choices(question)
    other = Choice("-oth-", Label("其他", "Other"))
    found = [Variable(name, "single", label, (*choices, other) if question.other else choices)]
    if question.other:
        found.append(Variable(f"{name}_other", "text", _joined(label, other.label)))
    if question.type == "O":
        found.append(Variable(f"{name}_comment", "text", _joined(label, Label("说明", "comment"))))
    return [v if v.choices or v.kind == "text" else replace(v, kind="text") for v in found]


def _multiple(question: _Question, label: Label) -> list[Variable]:
    name = question.name
    entries = question.listed("subs")
    choices = [Choice(e.name, _labelled(e.texts, e.name)) for e in entries]
    columns = [f"{name}_{e.name}" for e in entries]
    found = []
    if question.other:
        choices.append(Choice("other", Label("其他", "Other")))
        columns.append(f"{name}_chosen_other")
        typed = _joined(label, choices[-1].label)
        found.append(Variable(f"{name}_other", "text", typed))
    if choices:
        whole = Variable(name, "multiple", label, tuple(choices), columns=tuple(columns), counted="Y")  # fmt: skip
        found.insert(0, whole)
    return found


def _open(question: _Question, label: Label) -> list[Variable]:
    kind = _OPEN.get(question.type)
    if kind is None:
        return []
    rows, across = question.listed("subs"), question.listed("subs", "1")
    if not rows:
        return [Variable(question.name, kind, label)]
    if not across:
        pairs = [(e.name, _labelled(e.texts, e.name)) for e in rows]
    else:
        pairs = [
            (f"{a.name}_{b.name}", _joined(_labelled(a.texts, a.name), _labelled(b.texts, b.name)))
            for a in rows
            for b in across
        ]
    return [Variable(f"{question.name}_{sub}", kind, _joined(label, text)) for sub, text in pairs]


# ---------------------------------------------------------------- relevance
def _names_of(question: _Question) -> _Names:
    """Return what the names in relevance equations stand for: ``likes_SQ001`` an option."""
    name = question.name
    several = question.type in ("M", "P")
    found: _Names = {name: (name, None)}
    for entry in question.subs.values():
        part: tuple[str, str | None] = (name, entry.name) if several else (f"{name}_{entry.name}", None)  # fmt: skip
        found[f"{name}_{entry.name}"] = part
    return found


def _with_rule(variable: Variable, rules: tuple[str, ...], names: _Names) -> Variable:
    translated = [limesurvey_rule(rule, names) for rule in rules]
    if any(rule is None for rule in translated):
        text = " and ".join(rules)
        note = Label(
            f"原问卷的跳题条件未能译成规则：{text}", f"asked only where (not translated): {text}"
        )
        return replace(variable, note=note)
    known = [rule for rule in translated if rule]
    rule = known[0] if len(known) == 1 else " and ".join(f"({r})" for r in known)
    return replace(variable, asked_if=rule or None)
