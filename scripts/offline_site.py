"""Hold the built site to itself: no page loads a script, style, font or picture from another host.

    python scripts/offline_site.py site

A link that a reader may click is another matter, and free.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

# Attributes whose address the browser fetches on its own, by tag.
FETCHED = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
# Of <link>, these name a page and fetch nothing.
NAMES_ONLY = {"canonical", "next", "prev", "alternate", "edit", "license", "author"}
ELSEWHERE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
STYLE_FETCH = re.compile(r"(?:url\(\s*|@import\s+)['\"]?((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


class Fetches(HTMLParser):
    """Collects what one page fetches from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser for each opening tag."""
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and NAMES_ONLY & set(values.get("rel", "").split()):
            return
        address = values.get(FETCHED.get(tag, ""), "")
        if ELSEWHERE.match(address):
            self.elsewhere.append(f"<{tag}> {address}")


def fetches(file: Path) -> list[str]:
    """The addresses on other hosts that a page or style sheet loads by itself."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".css":
        return STYLE_FETCH.findall(text)
    page = Fetches()
    page.feed(text)
    return page.elsewhere + STYLE_FETCH.findall(text)


def main(site: Path) -> int:
    """Print every such address with its page.

    Returns:
        0 none, 1 some, or no site at all.
    """
    files = sorted(file for pattern in ("*.html", "*.css") for file in site.rglob(pattern))
    found = [f"{file}: {address}" for file in files for address in fetches(file)]
    for line in found:
        print(line, file=sys.stderr)
    if not files:
        print(f"{site}: no pages; run `mkdocs build` first", file=sys.stderr)
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
