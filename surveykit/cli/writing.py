"""What a command writes: estimates, books and audits in each format."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from surveykit.cli.groups import Shown
from surveykit.cli.reading import codebook_beside
from surveykit.cli.talk import deliver, remark
from surveykit.cli.targets import FILES
from surveykit.text import Lang, NumberFormat

if TYPE_CHECKING:
    from surveykit.estimate import Estimates
    from surveykit.published import Audit
    from surveykit.tables import Book, Table
    from surveykit.tables.themes import ThemeName


def csv_lacks(kind: str, test: list[str] | None, letters: object) -> None:
    if kind == "csv" and (test or letters != "none"):
        remark(["csv holds the estimates only; --format json holds the tests too."])


def show(
    estimates: Estimates,
    kind: str,
    shown: Shown,
    *,
    default: list[str] | None = None,
    notes: tuple[str, ...] = (),
) -> None:
    """Write estimates in one of the formats; `default` stands where no statistic is asked for."""
    if kind == "json":
        deliver(_estimates_json(estimates), shown.output)
    elif kind == "csv":
        remark(estimates.notes)
        deliver(_estimates_csv(estimates), shown.output)
    else:
        _table(estimates, kind, shown, shown.stat or default, notes)


def _table(
    estimates: Estimates,
    kind: str,
    shown: Shown,
    stats: list[str] | None,
    notes: tuple[str, ...],
) -> None:
    from surveykit.tables import table

    battery = shown.layout is None and _is_battery(estimates)
    made = table(
        estimates,
        stats=stats or (["percent"] if battery else None),
        layout="battery" if battery else shown.layout.value if shown.layout else "groups_across",
        notes=notes,
    )
    theme: ThemeName = shown.theme.value
    output = shown.output
    if kind in FILES and output is not None:
        _to_file(made, kind, output, theme)
    elif kind == "html":
        from surveykit.report import Html, Report

        lang = estimates.spec.lang
        deliver(Report(made.title, (Html(made.to_html(theme=theme)),), lang).to_html(), output)
    else:
        views: dict[str, Callable[..., str]] = {
            "md": made.to_markdown,
            "latex": made.to_latex,
            "text": made.to_text,
        }
        deliver(views[kind](theme=theme).rstrip("\n") + "\n", output)


def contrast_notes(estimates: Estimates) -> tuple[str, ...]:
    """Return the p-values of differences, a line of each level."""
    number = NumberFormat.of(estimates.spec.lang)
    lines: dict[str, list[str]] = {}
    for row in estimates.comparisons.rows:
        p = row.p if row.p_adjusted is None else row.p_adjusted
        lines.setdefault(row.level, []).append(f"{row.by_level} p {number.p(p)}")
    stop, colon = ("；", "：") if estimates.spec.lang == "zh" else ("; ", ": ")
    return tuple(
        f"{level}{colon if level else ''}{stop.join(said)}" for level, said in lines.items()
    )


def _to_file(made: Table | Book, kind: str, output: str, theme: ThemeName) -> None:
    """Write a table or a book to a file that is no text."""
    getattr(made, f"to_{kind}")(output, theme=theme)


def _is_battery(estimates: Estimates) -> bool:
    """True for one battery and nothing else, without a banner."""
    held = [set(items) for items in estimates.spec.batteries.values()]
    return not estimates.spec.by and held == [set(estimates.spec.variables)]


def show_book(
    estimates: Estimates,
    kind: str,
    output: str | None,
    stats: list[str] | None,
    theme: ThemeName = "three_line",
) -> None:
    """Write a book of tables in one of the formats."""
    if kind == "json":
        deliver(_estimates_json(estimates), output)
        return
    from surveykit.report import methods
    from surveykit.tables import book

    made = book(estimates, stats=stats or None, notes=(methods(estimates, estimates.spec.lang),))
    if kind in FILES and output is not None:
        _to_file(made, kind, output, theme)
        return
    views: dict[str, Callable[..., str]] = {
        "html": made.to_html,
        "latex": made.to_latex,
        "md": made.to_markdown,
        "text": made.to_text,
    }
    deliver(views[kind](theme=theme).rstrip("\n") + "\n", output)


def _estimates_json(estimates: Estimates) -> str:
    content: dict[str, Any] = {
        "estimates": estimates.to_dicts(),
        "tests": estimates.tests.to_dicts(),
        "notes": list(estimates.notes),
    }
    if estimates.comparisons.options is not None or estimates.comparisons.rows:
        content["comparisons"] = estimates.comparisons.to_dicts()
    return to_json(content)


def _estimates_csv(estimates: Estimates) -> str:
    """Return the rows of contract 1 as CSV, numbers in full."""
    import pandas as pd

    from surveykit.io import to_delimited

    rows = [[_csv_cell(v) for v in row.values()] for row in estimates.to_dicts()]
    return to_delimited(pd.DataFrame(rows, columns=list(estimates.columns), dtype=object))


def _csv_cell(value: object) -> str:
    plain = _plain(value)
    return "" if plain is None else repr(plain) if isinstance(plain, float) else str(plain)


def audited(result: Audit, kind: str, lang: Lang, path: str) -> str:
    if kind == "json":
        return to_json(result.to_json(lang))
    from surveykit.report.audit_view import audit_html, audit_text

    view = audit_html if kind == "html" else audit_text
    return view(result, lang, codebook=codebook_beside(path))


def to_json(content: Mapping[str, Any]) -> str:
    return json.dumps(_plain(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _plain(value: Any) -> Any:
    """Return `value` as JSON holds it: missing and infinite numbers are null."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):  # a number of numpy
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
