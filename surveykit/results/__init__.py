"""Tidy rows that show themselves.

A result class says only what its columns and rows are (``columns`` and ``to_dicts``);
pandas, text, Markdown, HTML and notebook views are inherited from :class:`Rows`.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from surveykit.errors import MissingDependencyError
from surveykit.results._view import attributes, view
from surveykit.text import pad, width

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Rows", "show_value"]


def show_value(value: object) -> str:
    """Show one value in a text view: empty for missing, 4 significant digits for fractions.

    Examples
    --------
    >>> show_value(None), show_value(61.53846), show_value(385), show_value("a")
    ('', '61.54', '385', 'a')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.4g}"
    return str(value)


class Rows:
    """Base of every tidy result; subclasses define `columns` and `to_dicts`."""

    columns: ClassVar[tuple[str, ...]] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as plain dictionaries, keys in the order of `columns`."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.to_dicts())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame, one column for each of `columns`."""
        import pandas as pd

        return pd.DataFrame(self.to_dicts(), columns=list(self.columns))

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars frame, one column for each of `columns`.

        Raises
        ------
        MissingDependencyError
            When polars is not installed.
        """
        try:
            import polars as pl
        except ImportError:
            raise MissingDependencyError.for_extra("polars", "polars", "to_polars") from None
        rows = [tuple(row.values()) for row in self.to_dicts()]
        # all rows are looked at: a column may begin with thousands that are missing
        frame = pl.DataFrame(rows, list(self.columns), orient="row", infer_schema_length=None)
        return frame.with_columns(pl.col(pl.Null).cast(pl.Float64))  # what is all missing: numbers

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        rows = self.to_dicts()
        kept = [c for c in self.columns if any(show_value(r[c]) != "" for r in rows)]
        return kept, [[show_value(r[c]) for c in kept] for r in rows]

    def to_text(self) -> str:
        """Return an aligned text view (Chinese characters count two cells)."""
        kept, body = self._shown()
        widths = [max([width(c), *(width(r[i]) for r in body)]) for i, c in enumerate(kept)]
        lines = [[pad(c, w) for c, w in zip(kept, widths, strict=True)]]
        lines += [[pad(v, w) for v, w in zip(r, widths, strict=True)] for r in body]
        return "\n".join("  ".join(line).rstrip() for line in lines)

    def to_markdown(self) -> str:
        """Return a Markdown pipe table."""
        kept, body = self._shown()

        def line(cells: list[str]) -> str:
            return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |"

        return "\n".join([line(kept), line(["---"] * len(kept)), *(line(r) for r in body)])

    def to_html(self) -> str:
        """Return a plain HTML table; every value is escaped."""
        kept, body = self._shown()
        head = "".join(f"<th>{html.escape(c)}</th>" for c in kept)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(v)}</td>" for v in r) + "</tr>" for r in body
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _about(self, row: dict[str, Any]) -> dict[str, str]:
        """Return what stands behind the values of a row, by column, for a view to show."""
        return {}

    def _spoken(self) -> Literal["zh", "en"] | None:
        """Return the language of the view; None for that of the rows."""
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}, {len(self)} rows\n{self.to_text()}"

    def _repr_html_(self) -> str:
        """Return a view of the first rows that can be sorted and copied."""
        rows = self.to_dicts()
        shown = rows[:_SHOWN]
        kept = [c for c in self.columns if any(show_value(r[c]) != "" for r in shown)]
        lang = self._spoken() or _language(shown)
        head = "".join(_head(c, shown) for c in kept)
        body = "".join(f"<tr>{self._line(row, kept)}</tr>" for row in shown)
        name = html.escape(f"{type(self).__name__}, {len(rows)} rows")
        more = ""
        if len(rows) > len(shown):
            what = _MORE[lang].format(shown=len(shown), rows=len(rows))
            more = f'<p class="sk-more">{what}</p>'
        return view(
            f'<div class="sk-rows" role="region" aria-label="{name}" tabindex="0">'
            f'<table aria-label="{name}"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>{more}",
            lang,
        )

    def _line(self, row: dict[str, Any], kept: list[str]) -> str:
        about = self._about(row)
        return "".join(_cell(row[c], about.get(c, "")) for c in kept)


_LONG: Final = 60  # cells of a text that wraps in a notebook
_SHOWN: Final = 500  # rows in a notebook
_MORE: Final = {
    "zh": "共 {rows:,} 行，此处为前 {shown} 行；全部见 to_pandas()。",
    "en": "The first {shown} of {rows:,} rows; to_pandas() has all.",
}


def _language(rows: list[dict[str, Any]]) -> Literal["zh", "en"]:
    """Return Chinese where rows hold Chinese."""
    held = (v for row in rows for v in row.values() if isinstance(v, str))
    return "zh" if any("一" <= letter <= "鿿" for v in held for letter in v) else "en"


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _head(column: str, rows: list[dict[str, Any]]) -> str:
    how = ' class="sk-num"' if any(_number(row[column]) for row in rows) else ""
    return f'<th scope="col"{how}>{html.escape(column)}</th>'


def _cell(value: object, about: str) -> str:
    number = _number(value)
    shown = show_value(value)
    how = ' class="sk-num"' if number else " data-sk-text"
    if not number and width(shown) > _LONG:
        how += ' class="sk-long"'
    behind = attributes(float(value), about) if number else attributes(None, about)  # type: ignore[arg-type]
    return f"<td{how}{behind}>{html.escape(shown)}</td>"
