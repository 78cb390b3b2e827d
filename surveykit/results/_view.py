"""The view of a result in a notebook: sorted, copied and asked for what stands behind a figure.

The markup is a plain table; the script, which needs nothing from elsewhere, adds the buttons. Where
a notebook is not trusted, or scripts are off, the table stands there as it is.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import Literal

__all__ = ["attributes", "view"]


@cache
def _held(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8").strip()


def view(markup: str, lang: Literal["zh", "en"] = "en") -> str:
    """Return a table with what a notebook needs to sort, copy and explain it.

    Parameters
    ----------
    markup : str
        HTML with one table, escaped. Its cells may have what `attributes` writes; a line with
        ``data-sk-fixed`` stays where it is when others are sorted.
    lang : {"zh", "en"}
        Of the buttons.

    Examples
    --------
    >>> made = view("<table></table>")
    >>> made.startswith('<div class="sk-view" lang="en">'), made.count("<script>")
    (True, 1)
    """
    tag = "zh-CN" if lang == "zh" else "en"
    return "\n".join(
        [
            f'<div class="sk-view" lang="{tag}">',
            f"<style>\n{_held('view.css')}\n</style>",
            markup,
            "</div>",
            f"<script>\n{_held('view.js')}\n</script>",
        ]
    )


def attributes(value: float | None = None, about: str = "") -> str:
    """Return the attributes of a cell: the number that it is sorted by, what stands behind it.

    Examples
    --------
    >>> attributes(61.53846153846153, "n = 130"), attributes()
    (' data-sk-v="61.5384615385" data-sk-tip="n = 130"', '')
    """
    parts = [f' data-sk-v="{value:.12g}"'] if value is not None and value == value else []
    parts += [f' data-sk-tip="{escape(about)}"'] if about else []
    return "".join(parts)
