"""What stands elsewhere in the repository becomes part of the site, its links made to fit.

Notebooks and pictures are copied into ``docs/`` (git ignores the copies), pages such as the
changelog are included; a link from a page to a file that the site does not have loses its link.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
# a page of the repository → its page here
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "data/badong/README.md": "badong-data.md",
    "README.md": "index.md",
    "README.zh.md": "index.md",
    "notebooks/01_badong.ipynb": "notebooks/01_badong.ipynb",
    "notebooks/02_audit.ipynb": "notebooks/02_audit.ipynb",
    "notebooks/03_your_survey.ipynb": "notebooks/03_your_survey.ipynb",
}
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def copy_in(app: Any) -> None:
    """Copy notebooks and figures to where Sphinx reads them."""
    for folder, ends in (("notebooks", ".ipynb"), ("figures", ".png")):
        target = DOCS / folder
        target.mkdir(exist_ok=True)
        for path in sorted((ROOT / folder).glob(f"*{ends}")):
            if not (target / path.name).exists() or (
                (target / path.name).read_bytes() != path.read_bytes()
            ):
                shutil.copy(path, target / path.name)


def fit(app: Any, name: str, content: list[str]) -> None:
    """Lead a page's links to files of the repository to where they are in the site."""
    content[0] = _LINK.sub(lambda m: _fitted(m, _home(name)), content[0])


def fit_included(app: Any, path: Path, parent: str, content: list[str]) -> None:
    """Do the same in what a page includes from the repository."""
    home = (DOCS / parent).parent / path
    content[0] = _LINK.sub(lambda m: _fitted(m, home.resolve().parent), content[0])


def _home(name: str) -> Path:
    return ROOT / "notebooks" if name.startswith("notebooks/") else (DOCS / name).parent


def _fitted(match: re.Match[str], home: Path) -> str:
    picture, text, link, anchor = match.groups()
    if "://" in link or link.startswith(("mailto:", "/")):
        return match.group(0)
    target = (home / link).resolve()
    if target.is_relative_to(DOCS) or not target.is_relative_to(ROOT):
        inside = f"/{target.relative_to(DOCS)}" if target.is_relative_to(DOCS) else link
        return f"{picture}[{text}]({inside}{anchor or ''})"
    known = target.relative_to(ROOT).as_posix()
    if known == "data/badong":
        known = "data/badong/README.md"
    if known.startswith("figures/") and known.endswith(".png"):
        return f"{picture}[{text}](/{known})"
    if known in PAGES:
        return f"{picture}[{text}](/{PAGES[known]}{anchor or ''})"
    return text


def reachable(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Let the keyboard reach tables that scroll sideways on a narrow screen."""
    for plain, fit_for_all in (
        ('<table class="table', '<table tabindex="0" class="table'),
        ('<table border="1" class="dataframe">', '<table tabindex="0" class="dataframe">'),
        ("<th></th>", "<td></td>"),  # the corner that pandas leaves empty
    ):
        context["body"] = context.get("body", "").replace(plain, fit_for_all)


def setup(app: Any) -> dict[str, Any]:
    """Connect the stages."""
    app.connect("builder-inited", copy_in)
    app.connect("source-read", fit)
    app.connect("include-read", fit_included)
    app.connect("html-page-context", reachable)
    return {"parallel_read_safe": True}
