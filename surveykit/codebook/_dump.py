"""A codebook as YAML text; reading it back gives the same codebook."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from surveykit.text import Label, shortest

if TYPE_CHECKING:
    from surveykit.codebook._model import Choice, Codebook, Design, Net, Score, Study, Variable

__all__ = ["dump"]

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()（）、，。？！+-]*[\w.)）、，。？！])?")


def dump(book: Codebook) -> str:
    """Return `book` as YAML 1.2, keys in a fixed order, Chinese as it is."""
    from ruamel.yaml import YAML

    content: dict[str, Any] = {"surveykit": "codebook/1"}
    study = _study(book.title, book.study)
    if study:
        content["study"] = study
    if book.design is not None:
        content["design"] = _flow(_design(book.design))
    content["variables"] = {_text(name): _variable(v) for name, v in book.variables.items()}
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 100_000
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()


def _text(text: str) -> Any:
    """Leave plain words plain; quote whatever YAML could take for something else."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return text if _PLAIN.fullmatch(text) else DoubleQuotedScalarString(text)


def _texts(texts: Iterable[str]) -> Any:
    return _flow([_text(t) for t in texts])


def _optional(text: str | None) -> Any:
    return None if text is None else _text(text)


def _study(title: Label, study: Study) -> dict[str, Any]:
    entries: dict[str, Any] = {"title": _label(title) if title != Label() else None}
    values = ((f.name, getattr(study, f.name)) for f in fields(study))
    entries |= {name: value for name, value in values if isinstance(value, int)}
    if study.disposition is not None:
        outcomes = {n: _flow([_code(c) for c in of]) for n, of in study.dispositions}
        entries["disposition"] = _flow({"variable": _text(study.disposition), **outcomes})
    if study.fieldwork is not None:
        entries["fieldwork"] = _texts(study.fieldwork)
    return {k: v for k, v in entries.items() if v is not None}


def _design(design: Design) -> dict[str, Any]:
    roles = {
        "weight": _optional(design.weight),
        "strata": _optional(design.strata),
        "psu": _texts(design.psu),
        "fpc": _texts(design.fpc),
        "lonely_psu": design.lonely_psu if design.lonely_psu != "fail" else None,
        "repweights": _texts(design.repweights),
        "kind": design.kind,
        "rho": _factor(design.rho),
        "scale": _factor(design.scale),
        "rscales": _flow([_factor(x) for x in design.rscales]),
    }
    found = {k: v for k, v in roles.items() if v is not None and v != []}
    if design.mse:
        found["mse"] = True
    return found if design.combined else {**found, "combined": False}


def _factor(number: float | None) -> Any:
    """Write a factor so that it is read back to the last digit."""
    if number is None:
        return None
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else number


def _variable(variable: Variable) -> dict[str, Any]:
    plain = Label.of(variable.name)
    entries: dict[str, Any] = {
        "question": _label(variable.question) if variable.question != plain else None,
        "kind": _kind(variable),
        "column": _optional(variable.column),
        "columns": _texts(variable.columns),
        "counted": _code(variable.counted),
        "separator": _optional(variable.separator),
        "none": _codes(variable.none),
        "from": _optional(variable.source),
        "bins": _flow([_bound(b) for b in variable.bins]),
        "collapse": [
            _flow({"code": _code(c.code), "label": _label(c.label), "of": _codes(of)})
            for c, of in zip(variable.choices, variable.collapse, strict=False)
        ],
        "reverse": variable.reverse,
        "score": None if variable.score is None else _score(variable.score),
        "choices": []
        if variable.collapse or variable.reverse
        else list(map(_choice, variable.choices)),
        "missing": [_choice(c) for c in variable.missing],
        "nets": [_net(n) for n in variable.nets],
        "exclusive": _codes(variable.exclusive),
        "range": None if variable.range is None or variable.reverse else _limits(variable.range),
        "role": variable.role,
        "asked_if": _optional(variable.asked_if),
        "identifier": variable.identifier,
        "sensitive": variable.sensitive,
        "note": None if variable.note is None else _label(variable.note),
    }
    # a code 0 is written, although it equals False
    return {k: v for k, v in entries.items() if v is not None and v is not False and v != []}


def _kind(variable: Variable) -> str | None:
    """Return the kind where it does not follow from how the variable is derived."""
    if variable.score is not None or variable.reverse:
        return None
    return None if variable.derived and variable.kind == "single" else variable.kind


def _score(score: Score) -> Any:
    least = {} if score.min_items is None else {"min_items": score.min_items}
    return _flow({"of": _texts(score.of), "method": score.method, **least})


def _limits(limits: tuple[float, float]) -> Any:
    return _flow([None if math.isinf(x) else _bound(x) for x in limits])


def _codes(codes: Iterable[str]) -> Any:
    return _flow([_code(c) for c in codes])


def _choice(choice: Choice) -> Any:
    return _flow({"code": _code(choice.code), "label": _label(choice.label)})


def _net(net: Net) -> Any:
    return _flow({"label": _label(net.label), "of": _codes(net.of)})


def _label(label: Label) -> Any:
    if label.zh == label.en:
        return _text(label.zh)
    return _flow({k: _text(v) for k, v in (("zh", label.zh), ("en", label.en)) if v})


def _code(code: str | None) -> Any:
    """Write a whole number without quotes; the reader keeps the text as written."""
    if code is None:
        return None
    digits = code.removeprefix("-")
    whole = digits.isascii() and digits.isdigit() and str(int(digits)) == digits and code != "-0"
    return int(code) if whole and len(code) < 16 else _text(code)


def _bound(bound: float) -> Any:
    text = shortest(bound)
    return int(text) if text.lstrip("-").isdigit() else bound


def _flow(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict):
        mapping = CommentedMap(value)
        mapping.fa.set_flow_style()
        return mapping
    sequence = CommentedSeq(value)
    sequence.fa.set_flow_style()
    return sequence
