"""Repairs in words: names of the paper instead of ids, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from surveykit.published import Published
from surveykit.published.repairs import Repair
from surveykit.report.audit_names import Names
from surveykit.report.audit_words import say
from surveykit.text import clean

__all__ = ["RepairLine", "RepairWords"]


@dataclass(frozen=True, slots=True)
class RepairLine:
    """A change that would make figures fit, and the lines of YAML that try it."""

    text: str
    scenario: str


@dataclass(frozen=True, slots=True)
class RepairWords:
    """Says what a repair changes."""

    published: Published
    names: Names

    def line(self, repair: Repair) -> RepairLine:
        """Return a repair in words, with its snippet."""
        return RepairLine(self._text(repair), repair.scenario)

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.names.lang).format(**values)

    def _join(self, texts: Iterable[str]) -> str:
        return say("comma", self.names.lang).join(texts)

    def _text(self, repair: Repair) -> str:
        match repair.kind:
            case "slip" | "misprint":
                how = self._say(f"edit_{repair.edit}") if repair.edit else ""
                return self._percent(repair.name, repair.percents, how)
            case "misprints":
                each = zip(repair.names, repair.percents, strict=True)
                return self._say(
                    "repair_misprints", names=self._join(self._percent(i, [p]) for i, p in each)
                )
            case "count":
                return self._count(repair)
            case "missing":
                name = self._join(map(self._variable, repair.names))
                key = "repair_missing" if repair.size else "repair_missing_some"
                return self._say(key, name=name, n=repair.size)
            case "hidden":
                return self._hidden(repair)
            case "responses":
                changed = next(iter(repair.changes[0]["figures"].values()))
                key = "repair_responses" if changed["of"] == "responses" else "repair_cases"
                return self._say(key, name=self._variable(repair.name))
            case "base":
                return self._base(repair)
            case "swapped":
                return self._say("repair_swapped", outcome=self._variable(repair.names[1]))
            case _:
                return self._say("repair_without", names=self._join(map(self._shown, repair.names)))

    def _percent(self, id: str, percents: Iterable[str], how: str = "") -> str:
        return self._say(
            "repair_percent",
            name=self.names.figure(id),
            percents=say("or", self.names.lang).join(map(self.names.percent, percents)),
            printed=self.names.percent(self.names.figures[id].percent),
            how=how,
        )

    def _shown(self, id: str) -> str:
        return f"{self.names.figure(id)} {self.names.percent(self.names.figures[id].percent)}"

    def _count(self, repair: Repair) -> str:
        values = [str(c["counts"][repair.name]) for c in repair.changes]
        count = next(c for c in self.published.counts if c.id == repair.name)
        cell = [self.names.level(v, lv) for v, levels in count.where.items() for lv in levels]
        name = self._join(cell) or say("everyone", self.names.lang)
        return self._say(
            "repair_count",
            name=name,
            values=say("or", self.names.lang).join(values),
            printed=count.count,
        )

    def _hidden(self, repair: Repair) -> str:
        name = self._variable(repair.name)
        if not isinstance(repair.size, tuple):
            return self._say("repair_hidden_some", name=name)
        low, high = repair.size
        return self._say("repair_hidden", name=name, n=f"{low}–{high}" if low != high else low)

    def _base(self, repair: Repair) -> str:
        figure = self.names.figures[repair.name]
        within = repair.changes[0]["figures"][repair.name]["within"]
        group = self.names.group(replace(figure, within=within))
        return self._say(
            "repair_base",
            name=self._shown(repair.name),
            group=group or say("everyone", self.names.lang),
        )

    def _variable(self, name: str) -> str:
        """Return the label of a variable; one that the audit derived keeps its name."""
        known = name in self.published.variables
        return self.names.variable(name) if known else clean(name)
