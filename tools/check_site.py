"""Check the built documentation: it loads nothing from elsewhere, its links lead somewhere::

    python tools/check_site.py SITE

Pages, style sheets and scripts are read as they are; a link that a person may follow to another
site is fine, anything that a browser would fetch by itself is not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("link", "href"),
}
_URL = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^'\")]+)|@import\s+['\"](https?:[^'\"]+)")


class Page(HTMLParser):
    """What a page fetches, where its links lead, its anchors, and pictures without words."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.mute: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what a tag refers to."""
        given = {name: value or "" for name, value in attrs}
        self.ids.update(value for name, value in given.items() if name in ("id", "name"))
        for name, value in given.items():
            if (tag, name) in FETCHED and given.get("rel") not in (
                "next",
                "prev",
                "index",
                "search",
            ):
                self.fetched.append(value)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img" and not given.get("alt", "").strip():
            self.mute.append(given.get("src", "")[:60])


def problems(site: Path) -> Iterator[str]:
    """Yield what is wrong, one line each."""
    pages = {
        p: Page(p.read_text(encoding="utf-8"))
        for p in sorted(site.rglob("*.html"))
        if "_static" not in p.parts
    }
    for path, page in pages.items():
        name = path.relative_to(site)
        for address in page.fetched:
            if urlsplit(address).scheme in ("http", "https") or address.startswith("//"):
                yield f"{name}: fetches {address}"
            elif not address.startswith("data:") and not _target(path, address).exists():
                yield f"{name}: {address} is not there"
        yield from (f"{name}: a picture without words: {src}" for src in page.mute)
        for link in page.links:
            if not urlsplit(link).scheme and not link.startswith("//"):
                yield from _followed(name, path, link, pages)
    for path in (*site.rglob("*.css"), *site.rglob("*.html")):
        for found in _URL.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)}: a style fetches {''.join(found)}"


def _followed(name: Path, path: Path, link: str, pages: dict[Path, Page]) -> Iterator[str]:
    target, anchor = _target(path, link), unquote(urlsplit(link).fragment)
    if not target.exists():
        yield f"{name}: {link} leads nowhere"
    elif anchor and target in pages and anchor not in pages[target].ids:
        yield f"{name}: {link} has no such place"


def _target(path: Path, link: str) -> Path:
    inside = unquote(urlsplit(link).path)
    return (path.parent / inside).resolve() if inside else path


def main() -> int:
    """Print the problems; 1 where there is one."""
    site = Path(sys.argv[1]).resolve()
    found = list(problems(site))
    print(*found, sep="\n")
    print(f"{len(list(site.rglob('*.html')))} pages, {len(found)} problems.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
